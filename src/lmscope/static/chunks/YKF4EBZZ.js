import{a as w,b as M,c as O}from"./3NYV56MM.js";import{a as L,b as S,c as b}from"./CS66JUC2.js";import{a as r,b as x,c,f as u,h as g,i as k,j as o,k as f,l as v,m as y,n as $,o as E,p as C}from"./FALRISK7.js";var F=24;function H(a,l){let e=document.createElement("span");return e.className=a,e.textContent=l,e}function R(a){if(a.kind==="text")return document.createTextNode(a.text);let l=document.createElement("span");return a.kind==="mark"?(l.className="mark",l.dataset.shown=a.shown,l.append(H(a.text===`
`?"as-is line-break":"as-is",a.text))):(l.className="bytes",l.dataset.shown=a.hex,l.textContent=a.text),l}var s=class extends g{constructor(){super(...arguments);this.tokens=[];this.activations=[];this.spans=[];this.tokenIds=[];this.split=[];this.peak=null;this.scale={min:0,max:0};this.counted=null;this.marked=null;this.chosen=[];this.width="window";this.textBefore="";this.textAfter="";this.label="Tokens";this.shown=null;this.current=0;this.isFocused=!1;this.elements=[];this.parts=[];this.run=document.createElement("span");this.observer=null;this.centre=()=>{let e=this.elements[this.peak??0];this.width!=="line"||!e||this.isFocused||(this.text.scrollLeft=e.offsetLeft-this.text.offsetLeft+(e.offsetWidth-this.text.clientWidth)/2)}}connectedCallback(){super.connectedCallback(),this.width==="line"&&this.requestUpdate("width")}disconnectedCallback(){super.disconnectedCallback(),this.observer?.disconnect(),this.observer=null}willUpdate(e){["tokens","activations","split","peak","scale","counted"].some(t=>e.has(t))&&this.draw(),e.has("tokens")&&(this.shown=null),this.outline()}outline(){let[e,t,i]=[this.marked?.tokens,this.marked?.touched,this.chosen].map(n=>new Set(n));this.elements.forEach((n,h)=>{n.classList.toggle("fires",e.has(h)),n.classList.toggle("touched",t.has(h)&&!e.has(h)),n.classList.toggle("chosen",i.has(h))})}draw(){this.parts=O(this.tokens,this.split),this.elements=this.parts.map((t,i)=>{let n=document.createElement(i===this.peak?"mark":"span"),{side:h,level:d}=this.isCounted(i)?y(this.activations[i]??0,this.scale):{side:"none",level:0},p=this.tokens[i].length<=F,m=i===this.peak?` peak${p?" whole":""}`:"",A=this.isCounted(i)?"":" uncounted";return n.className=`t${d?` ${h[0]}${d}`:""}${m}${A}`,n.append(...t.map(R)),n}),this.isFocused=!1,this.run=document.createElement("span"),this.run.className="run",this.run.append(...this.elements),this.current=Math.min(this.peak??0,this.elements.length-1);let e=this.elements[this.current];e&&(e.tabIndex=0)}isCounted(e){return this.counted?.[e]??!0}updated(e){e.has("shown")&&this.place(),this.width==="document"&&e.has("width")&&this.reveal(),this.width==="line"&&this.elements.length?this.observer?(e.has("tokens")||e.has("width")||e.has("peak"))&&requestAnimationFrame(this.centre):(this.observer=new ResizeObserver(this.centre),this.observer.observe(this.text)):(this.observer?.disconnect(),this.observer=null)}reveal(){let e=this.elements[this.peak??0];e&&(this.text.scrollTop=e.offsetTop-this.text.offsetTop-(this.text.clientHeight-e.offsetHeight)/2)}place(){let{readout:e}=this,t=this.shown===null?null:this.elements[this.shown];if(!e||!t)return;let i=this.getBoundingClientRect(),n=t.getClientRects()[0]??t.getBoundingClientRect(),{width:h,height:d}=e.getBoundingClientRect(),p=Math.min(Math.max(n.left,i.left),Math.max(i.left,i.right-h)),m=n.top-d-4>=0;e.style.setProperty("left",`${p-i.left}px`),e.style.setProperty("top",`${(m?n.top-d-3:n.bottom+3)-i.top}px`)}tokenOf(e){let t=e.target instanceof Element?e.target.closest(".t"):null,i=t?this.elements.indexOf(t):-1;return i<0?null:i}point(e){let t=this.tokenOf(e);t!==null?this.shown=t:this.isFocused||(this.shown=null)}leave(){this.shown=this.isFocused?this.current:null}focusIn(e){let t=this.tokenOf(e);t!==null&&(this.isFocused=!0,this.current=this.shown=t)}focusOut(){this.isFocused=!1,this.shown=null}choose(e){let t=this.tokenOf(e);t===null||!(this.selection()?.isCollapsed??!0)||(this.go(t),this.pick(t))}pick(e){this.dispatchEvent(new CustomEvent("pick",{detail:e}))}go(e){let[t,i]=[this.elements[this.current],this.elements[e]];!t||!i||(t.removeAttribute("tabindex"),i.tabIndex=0,i.focus({preventScroll:this.width!=="line"&&this.isSeen(i)}))}isSeen(e){let{top:t,bottom:i}=e.getBoundingClientRect();return t>=0&&i<=window.innerHeight}press(e){if(e.ctrlKey||e.metaKey||e.altKey)return;let t=this.elements.length-1,n={ArrowLeft:Math.max(0,this.current-1),ArrowRight:Math.min(t,this.current+1),Home:0,End:t}[e.key];if(e.key==="Escape"&&this.shown!==null)this.shown=null;else if((e.key==="Enter"||e.key===" ")&&this.isFocused)this.pick(this.current);else if(n!==void 0)this.go(n);else return;e.preventDefault()}selection(){let e=this.renderRoot;return e.getSelection?e.getSelection():document.getSelection()}copy(e){let t=this.selection();if(!t?.rangeCount||t.isCollapsed||!e.clipboardData)return;let i=t.getRangeAt(0);!this.text.contains(i.startContainer)||!this.text.contains(i.endContainer)||(e.clipboardData.setData("text/plain",i.toString()),e.preventDefault())}render(){let e=this.width==="document",t=this.shown===null?null:this.facts(this.shown);return c`<div
        class="text" dir="ltr" role="group" aria-label=${this.label}
        @pointerover=${this.point} @pointerleave=${this.leave} @focusin=${this.focusIn} @focusout=${this.focusOut}
        @click=${this.choose} @keydown=${this.press} @copy=${this.copy}
      >${e&&this.textBefore?this.renderAround(this.textBefore):u}${this.run}${e&&this.textAfter?this.renderAround(this.textAfter):u}</div>
      <div class="readout" aria-hidden="true" ?hidden=${!t}>
        ${t?c`<div class="value">${t.value}</div><div class="name">${t.name}</div><div>${t.where}</div>`:u}
      </div>
      <div class="visually-hidden" aria-live="polite">
        ${this.isFocused&&t?[t.value,t.name,t.where].filter(Boolean).join("; "):u}
      </div>`}renderAround(e){return c`<span class="around">${M(e).map(R)}</span>`}facts(e){let t=this.activations[e],i=this.spans[e],n=i?[`bytes ${b(i[0])} to ${b(i[1])}`]:[];return e in this.tokenIds&&n.push(`token ${this.tokenIds[e]}`),this.marked?.tokens.includes(e)&&n.push("marked by the rule"),this.chosen.includes(e)&&n.push("chosen"),{value:t===void 0?"":L(t)+(this.isCounted(e)?this.partOf(t):", not counted"),name:this.name(e)+(e===this.peak?" (peak)":""),where:n.join(", ")}}partOf(e){let t=e>0?this.scale.max:this.scale.min;return e*t>0?`, ${S(e/t)} of ${e>0?"max":"min"}`:""}name(e){return this.split.includes(e)?this.parts[e].map(t=>t.kind==="bytes"?t.hex:w(t.text)).join(" "):w(this.tokens[e])}};s.styles=[$,E,C,x`
      :host {
        position: relative;
        line-height: 1.65;
      }
      .text {
        forced-color-adjust: none;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
        tab-size: 4;
      }
      .t,
      .around {
        unicode-bidi: isolate;
      }
      .t {
        padding-block: 0.12em;
        border-radius: 2px;
      }
      mark {
        background: none;
        color: inherit;
      }
      .t:hover {
        box-shadow: 0 0 0 1px var(--edge);
      }
      .touched {
        outline: 1px dashed var(--edge);
        outline-offset: -1px;
      }
      .fires {
        box-shadow: 0 0 0 2px var(--ink);
      }
      .chosen {
        outline: 3px double var(--link);
        outline-offset: 1px;
      }
      .t:focus {
        outline: 2px solid var(--link);
        outline-offset: 0;
      }
      .peak {
        border-bottom: 2px solid var(--ink);
        border-radius: 2px 2px 0 0;
        font-weight: 650;
      }
      .whole {
        white-space: pre;
      }
      .uncounted,
      .around {
        color: var(--quiet);
      }
      .mark,
      .bytes {
        unicode-bidi: isolate;
      }
      .mark::before {
        content: attr(data-shown);
      }
      [class="t"] > .mark::before,
      .around .mark::before {
        color: var(--quiet);
      }
      .as-is {
        display: inline-block;
        width: 0;
        height: 0;
        overflow: hidden;
        white-space: pre;
      }
      :host([width="document"]) .line-break {
        display: inline;
      }
      .bytes::after {
        margin-inline: 1px;
        padding-inline: 0.25em;
        border: 1px solid currentcolor;
        border-radius: 3px;
        content: attr(data-shown);
        font-family: var(--mono);
        font-size: 0.72em;
        white-space: nowrap;
      }

      :host([width="line"]) .text {
        overflow-x: auto;
        padding-block: 0.15rem;
        scrollbar-width: none;
        white-space: pre;
        mask-image: linear-gradient(to right, transparent, #000 3rem, #000 calc(100% - 3rem), transparent);
      }
      :host([width="line"]) .run {
        padding-inline: 50%;
      }
      :host([width="document"]) .text {
        max-height: 70vh;
        overflow-y: auto;
        padding: 0.5rem 0.75rem;
        border: 1px solid var(--line);
        border-radius: var(--round);
      }

      .readout {
        position: absolute;
        z-index: 5;
        width: max-content;
        max-width: min(100%, 22rem);
        padding: 0.25rem 0.55rem;
        border-radius: var(--round);
        background: var(--ink);
        color: var(--page);
        font-size: 0.8125rem;
        line-height: 1.4;
        pointer-events: none;
        user-select: none;
      }
      .value {
        font-weight: 650;
      }
      .name {
        font-family: var(--mono);
        overflow-wrap: anywhere;
        unicode-bidi: isolate;
      }
      @media (forced-colors: active) {
        .text {
          background: var(--page);
          color: var(--ink);
        }
      }
      @media print {
        :host([width="document"]) .text {
          max-height: none;
        }
      }
    `],r([o({attribute:!1})],s.prototype,"tokens",2),r([o({attribute:!1})],s.prototype,"activations",2),r([o({attribute:!1})],s.prototype,"spans",2),r([o({attribute:!1})],s.prototype,"tokenIds",2),r([o({attribute:!1})],s.prototype,"split",2),r([o({attribute:!1})],s.prototype,"peak",2),r([o({attribute:!1})],s.prototype,"scale",2),r([o({attribute:!1})],s.prototype,"counted",2),r([o({attribute:!1})],s.prototype,"marked",2),r([o({attribute:!1})],s.prototype,"chosen",2),r([o({reflect:!0})],s.prototype,"width",2),r([o()],s.prototype,"textBefore",2),r([o()],s.prototype,"textAfter",2),r([o()],s.prototype,"label",2),r([f()],s.prototype,"shown",2),r([v(".text")],s.prototype,"text",2),r([v(".readout")],s.prototype,"readout",2),r([f()],s.prototype,"isFocused",2),s=r([k("lms-tokens")],s);
