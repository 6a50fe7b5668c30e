import"./VEY7G6VR.js";import{a as q}from"./T5LWFPUD.js";import"./N5ID2PTC.js";import"./AGVVSL5M.js";import{j as E}from"./RMMF26DR.js";import{e as j,f as M,j as z,k as O,l as _}from"./BPDRC6KD.js";import{a as $,c as f}from"./6SWVKY2T.js";import{a as A,e as g,f as y,g as S,h as C,i as m}from"./LMWNW5NJ.js";import{b as R}from"./WXVFMCPU.js";import{a as d,b as k,c as n,f as u,h as x,i as L,j as b,k as p,l as T,n as B,o as U}from"./QR6IBEXU.js";var D=["n","p"],l=class extends x{constructor(){super(...arguments);this.shown=null;this.isLoading=!1;this.trouble="";this.entry=null;this.logTrouble="";this.check=null;this.loading=new AbortController;this.checking=new AbortController;this.seen=null;this.press=e=>{if(e.defaultPrevented||R(e)||!this.shown)return;let t={n:()=>this.step(1),p:()=>this.step(-1),r:()=>this.random(),u:this.source.journal?()=>{this.randomUnseen()}:null,s:this.notes?()=>this.notes.toggleStar():null,e:this.isLive?()=>location.hash=this.scopeAddress():null}[e.key];!t||e.repeat&&!D.includes(e.key)||(e.preventDefault(),t())}}connectedCallback(){super.connectedCallback(),window.addEventListener("keydown",this.press)}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener("keydown",this.press),this.loading.abort(),this.checking.abort()}willUpdate(e){e.has("address")&&this.address.page==="neuron"&&this.load(this.address.at)}async load(e){this.loading.abort(),this.checking.abort();let{signal:s}=this.loading=new AbortController;this.isLoading=!0;try{let t=await this.source.catalogue(e.catalogue),o=await t.neuron(e.layer,e.neuron,s);if(s.aborted)return;this.shown={at:e,record:o,catalogue:t,places:new E(t.manifest)},this.trouble=this.logTrouble="",this.entry=this.check=null,this.isLoading=!1,document.title=`${o.neuron} · ${o.model} · lmscope`,this.visit(this.shown),this.prepare(this.shown,s)}catch(t){if(s.aborted)return;if(this.isLoading=!1,this.shown=null,!(t instanceof m))throw t;this.trouble=t.message}}prepare({at:e,catalogue:s,places:t},o){(window.requestIdleCallback??(i=>setTimeout(i,200)))(()=>{let i=t.flat(e.layer,e.neuron);for(let a of[i+1,i-1]){if(o.aborted||a<0||a>=t.length)continue;let{layer:h,index:c}=t.at(a);s.neuron(h,c,o).catch(()=>{})}})}async visit(e){let{journal:s}=this.source,{at:t,places:o}=e;if(s)try{let r=await s.visit(t.catalogue,t.layer,t.neuron);this.seen?.catalogue===t.catalogue&&this.seen.places.add(o.flat(t.layer,t.neuron)),e===this.shown&&(this.entry=r)}catch(r){if(!(r instanceof m))throw r;e===this.shown&&(this.logTrouble=`This visit is not in the log: ${r.message}`)}}go(e){let{at:s,places:t}=this.shown,{layer:o,index:r}=t.at(e);location.hash=g({catalogue:s.catalogue,layer:o,neuron:r})}get flat(){let{at:e,places:s}=this.shown,t=A(location.hash),o=t.page==="neuron"&&t.at.catalogue===e.catalogue?t.at:e;return s.flat(o.layer,o.neuron)}step(e){let s=this.flat+e;s>=0&&s<this.shown.places.length&&this.go(s)}random(){let{length:e}=this.shown.places,s=Math.floor(Math.random()*(e-1));this.go(e>1&&s>=this.flat?s+1:s)}async randomUnseen(){let{journal:e}=this.source,{at:s,places:t}=this.shown;if(e)try{if(this.seen?.catalogue!==s.catalogue){let{entries:r}=await e.log(),i=r.filter(a=>a.catalogue===s.catalogue).map(a=>t.flat(a.layer,a.index));this.seen={catalogue:s.catalogue,places:new Set([...i.filter(a=>a>=0),this.flat])}}let o=z(t.length,this.seen.places);o<0?this.logTrouble=`You have seen all ${f(t.length)} neurons of this catalogue.`:this.go(o)}catch(o){if(!(o instanceof m))throw o;this.logTrouble=o.message}}get isLive(){return!!this.source.live&&this.shown.catalogue.shelved.why_not_live===null}scopeAddress(){let{at:e,record:s}=this.shown,t=s.top[0];return S(e,t&&!s.dead?[q(t)]:[])}async recompute(){let{at:e,record:s,catalogue:t}=this.shown,o=s.top[0],{signal:r}=this.checking=new AbortController;this.check={isBusy:!0,said:"The model reads the segment again…",agrees:null};try{let{document:i,start:a,end:h}=await t.segment(o.segment),{bytes:c}=await t.document(i,a,h),v=new TextDecoder("utf-8",{ignoreBOM:!0}).decode(c),I=await this.source.live.look(e.catalogue,e.layer,e.neuron,v,r),w=O(o,I,a);if(r.aborted)return;this.check=w===null?{isBusy:!1,said:"Read by itself, the segment of this example is cut into other tokens, so its values cannot be compared.",agrees:null}:{isBusy:!1,said:`Peak of the first example: stored ${$(o.max)}, recomputed ${$(w)} (the model read its whole segment, ${f(h-a)} bytes).`,agrees:_(o.max,w)}}catch(i){if(r.aborted)return;if(this.check={isBusy:!1,said:i instanceof m?i.message:"",agrees:null},!(i instanceof m))throw i}}render(){if(this.trouble){let{at:o}=this.address;return n`<h1>No such neuron here</h1>
        <p class="alert" role="alert">${this.trouble}</p>
        <p><a href=${y(o.catalogue)}>All neurons of ${o.catalogue}</a></p>`}if(!this.shown)return n`<p class="quiet" role="status">Reading the catalogue…</p>`;let{record:e,catalogue:s}=this.shown,{journal:t}=this.source;return n`
      ${this.renderWays()}
      <lms-neuron .record=${e} .shelved=${s.shelved} .source=${this.source} aria-busy=${this.isLoading}>
        ${t?n`<div class="notes">
              ${this.entry?n`<lms-notes .journal=${t} .entry=${this.entry}></lms-notes>`:u}
              ${this.logTrouble?n`<p class="alert" role="status">${this.logTrouble}</p>`:u}
            </div>`:u}
        ${this.renderOnwards()}
        <div slot="after">${this.renderAddresses()}</div>
      </lms-neuron>
    `}renderWays(){let{at:e,places:s}=this.shown,t=s.flat(e.layer,e.neuron),o=(r,i,a)=>{if(r<0||r>=s.length)return n`<a class="button" role="link" aria-disabled="true">${a} <kbd>${i}</kbd></a>`;let{layer:h,index:c}=s.at(r),v=g({catalogue:e.catalogue,layer:h,neuron:c});return n`<a class="button" href=${v} title=${`L${h}N${c}`}>${a} <kbd>${i}</kbd></a>`};return n`<nav class="row ways no-print" aria-label="Neurons">
      ${o(t-1,"p","previous")} ${o(t+1,"n","next")}
      <button @click=${this.random}>random <kbd>r</kbd></button>
      ${this.source.journal?n`<button @click=${this.randomUnseen}>random unseen <kbd>u</kbd></button>`:u}
      <span class="quiet">
        <a href=${y(e.catalogue)}>${e.catalogue}</a>: ${f(t+1)} of ${f(s.length)}
      </span>
    </nav>`}renderOnwards(){let{at:e,record:s,catalogue:t}=this.shown,{check:o}=this;return n`<div class="row onwards no-print">
        ${this.isLive?n`<a href=${this.scopeAddress()}>try your own text <kbd>e</kbd></a>
              <button class="plain" ?disabled=${o?.isBusy??!1} @click=${this.recompute} ?hidden=${s.dead}>
                check against the model
              </button>`:u}
        <a href=${C(e,null)}>compare</a>
        ${this.isLive?u:n`<span class="quiet">${t.shelved.why_not_live}</span>`}
      </div>
      <div class="check" role="status">
        ${o?n`${o.agrees===null?u:n`<span class="badge">${o.agrees?"✓ agrees":"✗ differs"}</span>`}
              <span class="said">${o.said}</span>`:u}
      </div>`}renderAddresses(){let{record:e,catalogue:s,at:t}=this.shown,o=new URL(g(t),document.baseURI).href,r=new URL(`embed.html${g(t)}`,document.baseURI).href,i=[["address",j(e)],["link",[o]],["embed",[M(r,`${e.neuron} of ${e.model}`)]],["Python",[`${s.shelved.python}["${e.neuron}"]`]]];return n`<section class="no-print" aria-labelledby="addresses">
      <h2 id="addresses">Take it elsewhere</h2>
      <dl class="facts">
        ${i.map(([a,h])=>n`<dt>${a}</dt>
            ${h.map(c=>n`<dd>
                <code>${c}</code> <lms-copy .value=${c} .what=${`copy ${a}: ${c}`}></lms-copy>
              </dd>`)}`)}
      </dl>
    </section>`}};l.styles=[B,U,k`
      .ways {
        margin: 0.75rem 0 0;
        font-size: 0.875rem;
      }
      .ways .quiet {
        margin-left: auto;
      }
      .button,
      .ways button {
        padding-block: 0.1rem;
      }
      .notes {
        min-height: 3.1rem;
      }
      .onwards {
        gap: 0.25rem 1.25rem;
        font-size: 0.875rem;
      }
      .check {
        font-size: 0.875rem;
      }
      .said {
        white-space: pre-line;
      }
      dd + dd {
        grid-column: 2;
      }
      code {
        overflow-wrap: anywhere;
      }
      lms-copy {
        font-size: 0.8125rem;
      }
      @media (max-width: 40rem) {
        .ways .quiet {
          margin-left: 0;
        }
        dl.facts {
          grid-template-columns: minmax(0, 1fr);
        }
        dd + dd {
          grid-column: 1;
        }
        dt:not(:first-child) {
          margin-top: 0.4rem;
        }
        kbd {
          display: none;
        }
      }
      @media print {
        .notes {
          min-height: 0;
        }
      }
      @media (pointer: coarse) {
        kbd {
          display: none;
        }
      }
    `],d([b({attribute:!1})],l.prototype,"source",2),d([b({attribute:!1})],l.prototype,"shelf",2),d([b({attribute:!1})],l.prototype,"address",2),d([p()],l.prototype,"shown",2),d([p()],l.prototype,"isLoading",2),d([p()],l.prototype,"trouble",2),d([p()],l.prototype,"entry",2),d([p()],l.prototype,"logTrouble",2),d([p()],l.prototype,"check",2),d([T("lms-notes")],l.prototype,"notes",2),l=d([L("lms-neuron-page")],l);export{l as NeuronPage};
