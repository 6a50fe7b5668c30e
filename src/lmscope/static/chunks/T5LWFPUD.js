import{a as S,b as A,c as N,d as H}from"./AGVVSL5M.js";import{h as L}from"./RMMF26DR.js";import{a as O,b as z,c as v,d as B}from"./6SWVKY2T.js";import{g as P}from"./LMWNW5NJ.js";import{a as s,b,c as a,f as u,h as g,i as w,j as r,k as f,l as M,m as $,n as x,o as k,p as C}from"./QR6IBEXU.js";var q=24;function j(c,p){let e=document.createElement("span");return e.className=c,e.textContent=p,e}function F(c){if(c.kind==="text")return document.createTextNode(c.text);let p=document.createElement("span");return c.kind==="mark"?(p.className="mark",p.dataset.shown=c.shown,p.append(j(c.text===`
`?"as-is line-break":"as-is",c.text))):(p.className="bytes",p.dataset.shown=c.hex,p.textContent=c.text),p}var o=class extends g{constructor(){super(...arguments);this.tokens=[];this.activations=[];this.spans=[];this.tokenIds=[];this.split=[];this.peak=null;this.scale={min:0,max:0};this.counted=null;this.width="window";this.textBefore="";this.textAfter="";this.label="Tokens";this.shown=null;this.current=0;this.isFocused=!1;this.elements=[];this.parts=[];this.run=document.createElement("span");this.observer=null;this.centre=()=>{let e=this.elements[this.peak??0];this.width!=="line"||!e||this.isFocused||(this.text.scrollLeft=e.offsetLeft-this.text.offsetLeft+(e.offsetWidth-this.text.clientWidth)/2)}}connectedCallback(){super.connectedCallback(),this.width==="line"&&this.requestUpdate("width")}disconnectedCallback(){super.disconnectedCallback(),this.observer?.disconnect(),this.observer=null}willUpdate(e){["tokens","activations","split","peak","scale","counted"].some(t=>e.has(t))&&this.draw(),e.has("tokens")&&(this.shown=null)}draw(){this.parts=N(this.tokens,this.split),this.elements=this.parts.map((t,i)=>{let n=document.createElement(i===this.peak?"mark":"span"),{side:d,level:h}=this.isCounted(i)?$(this.activations[i]??0,this.scale):{side:"none",level:0},m=this.tokens[i].length<=q,E=i===this.peak?` peak${m?" whole":""}`:"",D=this.isCounted(i)?"":" uncounted";return n.className=`t${h?` ${d[0]}${h}`:""}${E}${D}`,n.append(...t.map(F)),n}),this.isFocused=!1,this.run=document.createElement("span"),this.run.className="run",this.run.append(...this.elements),this.current=Math.min(this.peak??0,this.elements.length-1);let e=this.elements[this.current];e&&(e.tabIndex=0)}isCounted(e){return this.counted?.[e]??!0}updated(e){e.has("shown")&&this.place(),this.width==="document"&&e.has("width")&&this.reveal(),this.width==="line"&&this.elements.length?this.observer?(e.has("tokens")||e.has("width")||e.has("peak"))&&requestAnimationFrame(this.centre):(this.observer=new ResizeObserver(this.centre),this.observer.observe(this.text)):(this.observer?.disconnect(),this.observer=null)}reveal(){let e=this.elements[this.peak??0];e&&(this.text.scrollTop=e.offsetTop-this.text.offsetTop-(this.text.clientHeight-e.offsetHeight)/2)}place(){let{readout:e}=this,t=this.shown===null?null:this.elements[this.shown];if(!e||!t)return;let i=this.getBoundingClientRect(),n=t.getClientRects()[0]??t.getBoundingClientRect(),{width:d,height:h}=e.getBoundingClientRect(),m=Math.min(Math.max(n.left,i.left),Math.max(i.left,i.right-d)),E=n.top-h-4>=0;e.style.setProperty("left",`${m-i.left}px`),e.style.setProperty("top",`${(E?n.top-h-3:n.bottom+3)-i.top}px`)}tokenOf(e){let t=e.target instanceof Element?e.target.closest(".t"):null,i=t?this.elements.indexOf(t):-1;return i<0?null:i}point(e){let t=this.tokenOf(e);t!==null?this.shown=t:this.isFocused||(this.shown=null)}leave(){this.shown=this.isFocused?this.current:null}focusIn(e){let t=this.tokenOf(e);t!==null&&(this.isFocused=!0,this.current=this.shown=t)}focusOut(){this.isFocused=!1,this.shown=null}choose(e){let t=this.tokenOf(e);t===null||!(this.selection()?.isCollapsed??!0)||(this.go(t),this.pick(t))}pick(e){this.dispatchEvent(new CustomEvent("pick",{detail:e}))}go(e){let[t,i]=[this.elements[this.current],this.elements[e]];!t||!i||(t.removeAttribute("tabindex"),i.tabIndex=0,i.focus({preventScroll:this.width!=="line"&&this.isSeen(i)}))}isSeen(e){let{top:t,bottom:i}=e.getBoundingClientRect();return t>=0&&i<=window.innerHeight}press(e){if(e.ctrlKey||e.metaKey||e.altKey)return;let t=this.elements.length-1,n={ArrowLeft:Math.max(0,this.current-1),ArrowRight:Math.min(t,this.current+1),Home:0,End:t}[e.key];if(e.key==="Escape"&&this.shown!==null)this.shown=null;else if(e.key==="Enter"&&this.isFocused)this.pick(this.current);else if(n!==void 0)this.go(n);else return;e.preventDefault()}selection(){let e=this.renderRoot;return e.getSelection?e.getSelection():document.getSelection()}copy(e){let t=this.selection();if(!t?.rangeCount||t.isCollapsed||!e.clipboardData)return;let i=t.getRangeAt(0);!this.text.contains(i.startContainer)||!this.text.contains(i.endContainer)||(e.clipboardData.setData("text/plain",i.toString()),e.preventDefault())}render(){let e=this.width==="document",t=this.shown===null?null:this.facts(this.shown);return a`<div
        class="text" dir="ltr" role="group" aria-label=${this.label}
        @pointerover=${this.point} @pointerleave=${this.leave} @focusin=${this.focusIn} @focusout=${this.focusOut}
        @click=${this.choose} @keydown=${this.press} @copy=${this.copy}
      >${e&&this.textBefore?this.renderAround(this.textBefore):u}${this.run}${e&&this.textAfter?this.renderAround(this.textAfter):u}</div>
      <div class="readout" aria-hidden="true" ?hidden=${!t}>
        ${t?a`<div class="value">${t.value}</div><div class="name">${t.name}</div><div>${t.where}</div>`:u}
      </div>
      <div class="visually-hidden" aria-live="polite">
        ${this.isFocused&&t?[t.value,t.name,t.where].filter(Boolean).join("; "):u}
      </div>`}renderAround(e){return a`<span class="around">${A(e).map(F)}</span>`}facts(e){let t=this.activations[e],i=this.spans[e],n=i?[`bytes ${v(i[0])} to ${v(i[1])}`]:[];return e in this.tokenIds&&n.push(`token ${this.tokenIds[e]}`),{value:t===void 0?"":O(t)+(this.isCounted(e)?this.partOf(t):", not counted"),name:this.name(e)+(e===this.peak?" (peak)":""),where:n.join(", ")}}partOf(e){let t=e>0?this.scale.max:this.scale.min;return e*t>0?`, ${z(e/t)} of ${e>0?"max":"min"}`:""}name(e){return this.split.includes(e)?this.parts[e].map(t=>t.kind==="bytes"?t.hex:S(t.text)).join(" "):S(this.tokens[e])}};o.styles=[x,k,C,b`
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
    `],s([r({attribute:!1})],o.prototype,"tokens",2),s([r({attribute:!1})],o.prototype,"activations",2),s([r({attribute:!1})],o.prototype,"spans",2),s([r({attribute:!1})],o.prototype,"tokenIds",2),s([r({attribute:!1})],o.prototype,"split",2),s([r({attribute:!1})],o.prototype,"peak",2),s([r({attribute:!1})],o.prototype,"scale",2),s([r({attribute:!1})],o.prototype,"counted",2),s([r({reflect:!0})],o.prototype,"width",2),s([r()],o.prototype,"textBefore",2),s([r()],o.prototype,"textAfter",2),s([r()],o.prototype,"label",2),s([f()],o.prototype,"shown",2),s([M(".text")],o.prototype,"text",2),s([M(".readout")],o.prototype,"readout",2),s([f()],o.prototype,"isFocused",2),o=s([w("lms-tokens")],o);var R=2e4,I=24,T=c=>H(c.text,c.tokens.length,c.split),l=class extends g{constructor(){super(...arguments);this.rank=null;this.list="";this.scale={min:0,max:0};this.width="window";this.at=null;this.source=null;this.isLive=!1;this.origin=null;this.document=null;this.isOpen=!1;this.isBusy=!1;this.trouble="";this.watcher=null}disconnectedCallback(){super.disconnectedCallback(),this.watcher?.disconnect(),this.watcher=null}willUpdate(e){(e.has("example")||e.has("source"))&&(this.origin=this.document=null,this.isOpen=this.isBusy=!1,this.trouble=""),e.has("width")&&(this.isOpen=!1)}updated(){this.origin||!this.source||!this.at||this.watcher||(this.watcher=new IntersectionObserver(e=>{e.some(t=>t.isIntersecting)&&(this.watcher?.disconnect(),this.watcher=null,this.findOrigin())}),this.watcher.observe(this))}async findOrigin(){let{example:e,source:t,at:i}=this;try{let n=await(await t.catalogue(i.catalogue)).origin(e.document);e===this.example&&(this.origin=n)}catch{e===this.example&&(this.origin={source:"",offset:0})}}async toggleDocument(){if(this.document){this.document=null;return}let{example:e,source:t,at:i}=this;this.isBusy=!0,this.trouble="";try{let n=Math.max(0,e.start-R),d=await(await t.catalogue(i.catalogue)).document(e.document,n,e.end+R);if(e!==this.example)return;let h=d.size,{bytes:m}=d;this.document={before:L(m.subarray(0,e.start-d.start)),after:L(m.subarray(e.end-d.start)),size:h,isCut:m.length<h},this.isOpen=!0}catch(n){e===this.example&&(this.trouble=n instanceof Error?n.message:String(n))}finally{e===this.example&&(this.isBusy=!1)}}render(){return this.width==="line"&&!this.isOpen?this.renderLine():this.renderWhole()}get name(){return[this.list,this.rank??""].join(" ").trim()||"example"}renderTokens(e){let{example:t}=this;return a`<lms-tokens
      .tokens=${t.tokens} .activations=${t.activations} .spans=${t.spans}
      .tokenIds=${t.token_ids} .split=${t.split} .peak=${t.peak} .scale=${this.scale}
      .width=${e} .textBefore=${this.document?.before??""} .textAfter=${this.document?.after??""}
      .label=${`Tokens of ${this.name}`}
    ></lms-tokens>`}renderRank(){return this.rank===null?u:a`<span class="rank">${this.rank}</span>`}renderLine(){return a`<div class="one-line">
      ${this.renderRank()}
      <b class="value">${B(this.example.max,this.scale)}</b>
      ${this.renderTokens("line")}
      <button class="plain" aria-expanded="false" aria-label=${`more: ${this.name}`} @click=${()=>this.isOpen=!0}>
        more
      </button>
    </div>`}renderWhole(){let{example:e}=this,t=S(e.tokens[e.peak]),i=this.width==="line",n=this.document?"window only":"full document";return a`<div class="head">
        ${this.renderRank()}
        <b class="value">${B(e.max,this.scale)}</b>
        <span class="token">${t.length>I?t.slice(0,I-1)+"…":t}</span>
        ${this.renderOrigin()}
        <span class="actions no-print">
          ${this.at&&this.isLive?a`<a href=${P(this.at,[T(e)])} aria-label=${`open in scope: ${this.name}`}>open in scope</a>`:u}
          ${this.source&&this.at?a`<button
                class="plain" aria-expanded=${this.document!==null} ?disabled=${this.isBusy}
                aria-label=${`${n}: ${this.name}`} @click=${this.toggleDocument}
              >${n}</button>`:u}
          <lms-copy .value=${e.text} label="copy text" .what=${`copy text: ${this.name}`}></lms-copy>
          ${i?a`<button class="plain" aria-expanded="true" aria-label=${`less: ${this.name}`} @click=${this.close}>
                less
              </button>`:u}
        </span>
      </div>
      ${this.trouble?a`<div class="alert" role="alert">${this.trouble}</div>`:u}
      ${this.document?.isCut?a`<p class="quiet">
            This document has ${v(this.document.size)} bytes; here are the window and
            ${v(R)} bytes on each side of it.
          </p>`:u}
      ${this.renderTokens(this.document?"document":"window")}`}close(){this.document=null,this.isOpen=!1}renderOrigin(){let{document:e,start:t}=this.example,{source:i="",offset:n=0}=this.origin??{},d=i.split("/").filter(Boolean).at(-1),h=`byte ${v(t)}`,m=`document ${v(e)}`;return a`<span class="origin" title=${i?`${i}:${n}, ${m}, ${h}`:`${m}, ${h}`}
      ><bdi>${d?`${d}:${n}`:m}</bdi> · ${h}</span
    >`}};l.styles=[x,k,b`
      :host {
        container-type: inline-size;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 0.75rem;
      }
      .rank {
        min-width: 1.4rem;
        color: var(--quiet);
        font-variant-numeric: tabular-nums;
        text-align: right;
      }
      .value {
        min-width: 3.6rem;
        font-variant-numeric: tabular-nums;
        text-align: right;
      }
      .token {
        font-family: var(--mono);
        font-size: 0.875em;
        unicode-bidi: isolate;
        white-space: pre;
      }
      .origin {
        flex: 1 1 12rem;
        min-width: 0;
        overflow: hidden;
        color: var(--quiet);
        font-size: 0.8125rem;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 0 0.75rem;
        font-size: 0.8125rem;
      }
      .one-line {
        display: flex;
        align-items: baseline;
        gap: 0.75rem;
      }
      .one-line lms-tokens {
        flex: 1;
        min-width: 0;
      }
      .one-line button {
        font-size: 0.8125rem;
      }
      .head ~ :is(lms-tokens, p) {
        margin-left: 2.15rem;
      }
      @container (max-width: 38rem) {
        .head ~ :is(lms-tokens, p) {
          margin-left: 0;
        }
        .origin {
          flex-basis: 100%;
        }
        .one-line {
          gap: 0.4rem;
        }
      }
    `],s([r({attribute:!1})],l.prototype,"example",2),s([r({attribute:!1})],l.prototype,"rank",2),s([r()],l.prototype,"list",2),s([r({attribute:!1})],l.prototype,"scale",2),s([r({reflect:!0})],l.prototype,"width",2),s([r({attribute:!1})],l.prototype,"at",2),s([r({attribute:!1})],l.prototype,"source",2),s([r({type:Boolean})],l.prototype,"isLive",2),s([f()],l.prototype,"origin",2),s([f()],l.prototype,"document",2),s([f()],l.prototype,"isOpen",2),s([f()],l.prototype,"isBusy",2),s([f()],l.prototype,"trouble",2),l=s([w("lms-example")],l);var W=12,y=class extends g{constructor(){super(...arguments);this.scale={min:0,max:0}}render(){let{min:e,max:t}=this.scale,i=[e<0?O(e):"",t>0?O(t):""],n=$(e,this.scale).level?"orange":"no colour",d=$(t,this.scale).level?"blue":"no colour",h=[i[0]&&`${n} from ${i[0]}`,"no colour at 0",i[1]&&`${d} to ${i[1]}`].filter(Boolean);return a`<div class="legend" role="img" aria-label=${`Scale: ${h.join(", ")}`}>
      ${i[0]?a`<span>${i[0]}</span><span class="bar">${this.renderSteps(e,0)}</span>`:u}
      <span>0</span>
      ${i[1]?a`<span class="bar">${this.renderSteps(0,t)}</span><span>${i[1]}</span>`:u}
    </div>`}renderSteps(e,t){return Array.from({length:W},(i,n)=>{let{side:d,level:h}=$(e+(n+.5)/W*(t-e),this.scale);return a`<i class=${h?`${d[0]}${h}`:""}></i>`})}};y.styles=[x,k,C,b`
      :host {
        display: inline-block;
        font: inherit;
      }
      .legend {
        display: flex;
        align-items: center;
        gap: 0.4rem;
        font-variant-numeric: tabular-nums;
      }
      .bar {
        display: flex;
        width: 5rem;
        height: 0.9rem;
        border: 1px solid var(--line);
        forced-color-adjust: none;
      }
      i {
        flex: 1;
      }
    `],s([r({attribute:!1})],y.prototype,"scale",2),y=s([w("lms-legend")],y);export{T as a};
