import{h as y}from"./SX4M7UQM.js";import{a as B,d as C}from"./3NYV56MM.js";import{a as x,c as f,d as O}from"./CS66JUC2.js";import{i as T}from"./LMEHCCPS.js";import{a as i,b,c as a,f as h,h as $,i as v,j as o,k as u,m as g,n as k,o as w,p as z}from"./FALRISK7.js";var S=2e4,M=24,L=d=>C(d.text,d.tokens.length,d.split),s=class extends ${constructor(){super(...arguments);this.rank=null;this.list="";this.scale={min:0,max:0};this.width="window";this.at=null;this.source=null;this.marked=null;this.chosen=null;this.isLive=!1;this.origin=null;this.document=null;this.isOpen=!1;this.isBusy=!1;this.trouble="";this.watcher=null}disconnectedCallback(){super.disconnectedCallback(),this.watcher?.disconnect(),this.watcher=null}willUpdate(e){(e.has("example")||e.has("source"))&&(this.origin=this.document=null,this.isOpen=this.isBusy=!1,this.trouble=""),e.has("width")&&(this.isOpen=!1)}updated(){this.origin||!this.source||!this.at||this.watcher||(this.watcher=new IntersectionObserver(e=>{e.some(t=>t.isIntersecting)&&(this.watcher?.disconnect(),this.watcher=null,this.findOrigin())}),this.watcher.observe(this))}async findOrigin(){let{example:e,source:t,at:n}=this;try{let r=await(await t.catalogue(n.catalogue)).origin(e.document);e===this.example&&(this.origin=r)}catch{e===this.example&&(this.origin={source:"",offset:0})}}async toggleDocument(){if(this.document){this.document=null;return}let{example:e,source:t,at:n}=this;this.isBusy=!0,this.trouble="";try{let r=Math.max(0,e.start-S),l=await(await t.catalogue(n.catalogue)).document(e.document,r,e.end+S);if(e!==this.example)return;let c=l.size,{bytes:m}=l;this.document={before:y(m.subarray(0,e.start-l.start)),after:y(m.subarray(e.end-l.start)),size:c,isCut:m.length<c},this.isOpen=!0}catch(r){e===this.example&&(this.trouble=r instanceof Error?r.message:String(r))}finally{e===this.example&&(this.isBusy=!1)}}render(){return this.width==="line"&&!this.isOpen?this.renderLine():this.renderWhole()}get name(){return[this.list,this.rank??""].join(" ").trim()||"example"}renderTokens(e){let{example:t}=this;return a`<lms-tokens
      .tokens=${t.tokens} .activations=${t.activations} .spans=${t.spans}
      .tokenIds=${t.token_ids} .split=${t.split} .peak=${t.peak} .scale=${this.scale}
      .width=${e} .textBefore=${this.document?.before??""} .textAfter=${this.document?.after??""}
      .marked=${this.marked} .chosen=${this.chosen??[]} @pick=${this.pick}
      .label=${`Tokens of ${this.name}${this.chosen?"; Enter chooses a token for a rule":""}`}
    ></lms-tokens>`}pick(e){if(!this.chosen)return;let t={example:this.example,token:e.detail};this.dispatchEvent(new CustomEvent("choose",{detail:t,bubbles:!0,composed:!0}))}renderRank(){return this.rank===null?h:a`<span class="rank">${this.rank}</span>`}renderLine(){return a`<div class="one-line">
      ${this.renderRank()}
      <b class="value">${O(this.example.max,this.scale)}</b>
      ${this.renderTokens("line")}
      <button class="plain" aria-expanded="false" aria-label=${`more: ${this.name}`} @click=${()=>this.isOpen=!0}>
        more
      </button>
    </div>`}renderWhole(){let{example:e}=this,t=B(e.tokens[e.peak]),n=this.width==="line",r=this.document?"window only":"full document";return a`<div class="head">
        ${this.renderRank()}
        <b class="value">${O(e.max,this.scale)}</b>
        <span class="token">${t.length>M?t.slice(0,M-1)+"…":t}</span>
        ${this.renderOrigin()}
        <span class="actions no-print">
          ${this.at&&this.isLive?a`<a href=${T(this.at,[L(e)])} aria-label=${`open in scope: ${this.name}`}>open in scope</a>`:h}
          ${this.source&&this.at?a`<button
                class="plain" aria-expanded=${this.document!==null} ?disabled=${this.isBusy}
                aria-label=${`${r}: ${this.name}`} @click=${this.toggleDocument}
              >${r}</button>`:h}
          <lms-copy .value=${e.text} label="copy text" .what=${`copy text: ${this.name}`}></lms-copy>
          ${n?a`<button class="plain" aria-expanded="true" aria-label=${`less: ${this.name}`} @click=${this.close}>
                less
              </button>`:h}
        </span>
      </div>
      ${this.trouble?a`<div class="alert" role="alert">${this.trouble}</div>`:h}
      ${this.document?.isCut?a`<p class="quiet">
            This document has ${f(this.document.size)} bytes; here are the window and
            ${f(S)} bytes on each side of it.
          </p>`:h}
      ${this.renderTokens(this.document?"document":"window")}`}close(){this.document=null,this.isOpen=!1}renderOrigin(){let{document:e,start:t}=this.example,{source:n="",offset:r=0}=this.origin??{},l=n.split("/").filter(Boolean).at(-1),c=`byte ${f(t)}`,m=`document ${f(e)}`;return a`<span class="origin" title=${n?`${n}:${r}, ${m}, ${c}`:`${m}, ${c}`}
      ><bdi>${l?`${l}:${r}`:m}</bdi> · ${c}</span
    >`}};s.styles=[k,w,b`
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
    `],i([o({attribute:!1})],s.prototype,"example",2),i([o({attribute:!1})],s.prototype,"rank",2),i([o()],s.prototype,"list",2),i([o({attribute:!1})],s.prototype,"scale",2),i([o({reflect:!0})],s.prototype,"width",2),i([o({attribute:!1})],s.prototype,"at",2),i([o({attribute:!1})],s.prototype,"source",2),i([o({attribute:!1})],s.prototype,"marked",2),i([o({attribute:!1})],s.prototype,"chosen",2),i([o({type:Boolean})],s.prototype,"isLive",2),i([u()],s.prototype,"origin",2),i([u()],s.prototype,"document",2),i([u()],s.prototype,"isOpen",2),i([u()],s.prototype,"isBusy",2),i([u()],s.prototype,"trouble",2),s=i([v("lms-example")],s);var P=12,p=class extends ${constructor(){super(...arguments);this.scale={min:0,max:0}}render(){let{min:e,max:t}=this.scale,n=[e<0?x(e):"",t>0?x(t):""],r=g(e,this.scale).level?"orange":"no colour",l=g(t,this.scale).level?"blue":"no colour",c=[n[0]&&`${r} from ${n[0]}`,"no colour at 0",n[1]&&`${l} to ${n[1]}`].filter(Boolean);return a`<div class="legend" role="img" aria-label=${`Scale: ${c.join(", ")}`}>
      ${n[0]?a`<span>${n[0]}</span><span class="bar">${this.renderSteps(e,0)}</span>`:h}
      <span>0</span>
      ${n[1]?a`<span class="bar">${this.renderSteps(0,t)}</span><span>${n[1]}</span>`:h}
    </div>`}renderSteps(e,t){return Array.from({length:P},(n,r)=>{let{side:l,level:c}=g(e+(r+.5)/P*(t-e),this.scale);return a`<i class=${c?`${l[0]}${c}`:""}></i>`})}};p.styles=[k,w,z,b`
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
    `],i([o({attribute:!1})],p.prototype,"scale",2),p=i([v("lms-legend")],p);export{L as a};
