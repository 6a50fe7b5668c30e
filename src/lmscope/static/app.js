import{b as Z,c as C}from"./chunks/2IVJHKUU.js";import{a as H,b as g,c as ee,d as te,e as re,f as k,g as I,i as se,j as ne,k as oe,l as ae,m as ie,n as le,o as he}from"./chunks/F73YSGWY.js";import{a as _,b as P,c as B,d as V,g as X,h as Q,i as m}from"./chunks/LMWNW5NJ.js";import{a as ce,b as me}from"./chunks/ZLZRQF7C.js";import{a as p,b as j,c,f,h as Y,i as J,k as b,l as $,n as F,o as de}from"./chunks/2YP3OCLO.js";var ue=64<<20;async function E(l,e){let{status:t}=l;if(l.headers.get("content-type")?.startsWith("application/problem+json")){let{type:s,title:n,status:o,detail:a,kind:i,...h}=await l.json();return new m(a,t,i,h)}if(t===404||t===410)return g(e,"it is missing");let r=`${t} ${l.statusText}`.trim();return new m(`${e} cannot be read: the server answers ${r}.
Reload the page to try again.`,t,"ServerFault")}var T=class{constructor(e,t){this.fetch=e;this.gone=t;this.kept=new Map;this.nKept=0;this.underway=new Map;this.probes=new Map}async read(e,t,r,s){if(s?.throwIfAborted(),t===r)return new Uint8Array;if(r>e.size)throw g(e.name,"it is cut short");let n=`${t}-${r} ${e.url}`,o=this.probes.get(e.url);o&&!this.underway.has(n)&&await pe(o,s);let a=this.recall(n)??this.recall(e.url)?.subarray(t,r);if(a)return a;let i=this.share(n,h=>this.request(e,t,r,h),s);if(!o){let h=i.then(()=>{},()=>this.probes.delete(e.url));this.probes.set(e.url,h)}return i}async whole(e,t){let r=await this.answer(e,{cache:"no-cache"});if(!r.ok)throw await E(r,t);return this.body(r)}async share(e,t,r){let s=this.underway.get(e);if(!s){let n=new AbortController;s={bytes:t(n.signal).finally(()=>{this.underway.get(e)===s&&this.underway.delete(e)}),stop:n,nWaiting:0},this.underway.set(e,s)}s.nWaiting++;try{return await pe(s.bytes,r)}finally{--s.nWaiting===0&&r?.aborted&&(this.underway.get(e)===s&&this.underway.delete(e),s.stop.abort())}}async request(e,t,r,s){let n=await this.answer(e.url,{cache:"no-store",headers:{range:`bytes=${t}-${r-1}`},signal:s});if(n.status===416)throw g(e.name,"it is cut short");if(!n.ok)throw await E(n,e.name);let o=n.status===200;if(o&&e.size>ue){await n.body?.cancel();let h=`${Math.round(e.size/(1<<20))} MB`;throw new m(`This host does not send pieces of files (HTTP Range), and ${e.name} has ${h}.
Put the folder on a host that does, or show it with: lmscope serve`,200,"NoRanges")}let a=await this.body(n),i=o?a.length:Number(/\/(\d+)$/.exec(n.headers.get("content-range")??"")?.[1]??e.size);if(i!==e.size)throw g(e.name,`it has ${i.toLocaleString("en")} bytes instead of ${e.size.toLocaleString("en")}`);if(o)return this.keep(e.url,a),a.subarray(t,r);if(a.length!==r-t)throw g(e.name,"it is cut short");return this.keep(`${t}-${r} ${e.url}`,a),a}async answer(e,t){return this.reached(()=>this.fetch(e,t))}async body(e){return new Uint8Array(await this.reached(()=>e.arrayBuffer()))}async reached(e){try{return await e()}catch(t){throw t instanceof DOMException&&t.name==="AbortError"?t:new m(this.gone(),0,"NoAnswer")}}recall(e){let t=this.kept.get(e);return t&&(this.kept.delete(e),this.kept.set(e,t)),t}keep(e,t){this.nKept+=t.length-(this.kept.get(e)?.length??0),this.kept.delete(e),this.kept.set(e,t);for(let[r,{length:s}]of this.kept){if(this.nKept<=ue)break;this.kept.delete(r),this.nKept-=s}}};function pe(l,e){return e?e.aborted?Promise.reject(e.reason):new Promise((t,r)=>{let s=()=>r(e.reason);e.addEventListener("abort",s,{once:!0}),l.then(t,r).finally(()=>e.removeEventListener("abort",s))}):l}var Pe=16384,ke=256,R="documents/documents.safetensors",x="documents/segments.safetensors",D="documents/tokens.safetensors",ge="documents/text.bin",Ee="documents/pack.json",Te=2048,L=class{constructor(e=document.baseURI,t=(r,s)=>globalThis.fetch(r,s)){this.catalogues=new Map;this.base=e,this.ranges=new T(t,()=>this.live||this.journal?"lmscope serve is no longer answering. Start it again with: lmscope serve":`${new URL(e).host} is not answering. Is this computer online?
Reload the page to try again.`),this.api=new q(e,this.ranges)}shelf(){return this.shelving??=this.readShelf().catch(e=>{throw this.shelving=void 0,e}),this.shelving}async readShelf(){let e=await this.ranges.whole(new URL("catalogues.json",this.base).href,"catalogues.json"),t=M(e,"catalogues.json");return this.onShelf=t,t.why_no_journal===null&&(this.notebook=new G(this.api,t.person)),t}catalogue(e){let t=this.catalogues.get(e);return t||(t=this.open(e).catch(r=>{throw this.catalogues.delete(e),r}),this.catalogues.set(e,t)),t}async open(e){let{catalogues:t}=await this.shelf(),r=t.find(a=>a.address===e);if(!r){let a=t.slice(0,5).map(i=>i.address).join(", ")+(t.length>5?", ...":"");throw new m(`This site has no catalogue '${e}'. It has: ${a||"none"}.`,404,"UnknownCatalogue")}let s=new URL(r.path,this.base).href,n=`manifest.json of ${e}`,o=M(await this.ranges.whole(new URL("manifest.json",s).href,n),n);if(o.format!==H){let a=`it has format ${o.format}, these pages read format ${H}`;throw new m(`${e} cannot be read: ${a}.
Reload the page, or update lmscope.`,0,"NotACatalogue")}return new K(r,o,s,this.ranges)}get live(){return this.onShelf?.catalogues.some(e=>e.why_not_live===null)?this.api:null}get journal(){return this.notebook??null}};function M(l,e){try{return JSON.parse(new TextDecoder().decode(l))}catch{throw g(e,"it is no JSON")}}var K=class{constructor(e,t,r,s){this.shelved=e;this.manifest=t;this.root=r;this.ranges=s;this.files=new Map;this.columns=new Map;this.places=new ne(t)}async neuron(e,t,r){let{i:s,row:n}=this.places.find(e,t),o=s*this.places.nRows+n,a=`examples/L${String(e).padStart(2,"0")}.safetensors`,i=async(y,W,be,ve)=>{let ye=this.file(y),Se=await Promise.all(W.map(U=>ye.row(U,be,ve,r)));return Object.fromEntries(W.map((U,$e)=>[U,Se[$e]]))},h="logits.safetensors"in this.manifest.files,[w,u,S,N,O]=await Promise.all([i("stats.safetensors",oe,2,o),i("histograms.safetensors",ae,2,o),h?i("logits.safetensors",ie,2,o):null,i(a,le,1,n),this.vocabulary()]);r?.throwIfAborted();let v=y=>this.window(y,r);return he(this.manifest,{layer:e,index:t},{stats:w,histograms:u,logits:S,examples:N},O,v)}async row(e,t){let{layer:r,index:s}=this.places.at(t),{i:n,row:o}=this.places.find(r,s);return await this.file("stats.safetensors").row(e,2,n*this.places.nRows+o)}column(e){let t=this.columns.get(e);return t||(t=this.readColumn(e).catch(r=>{throw this.columns.delete(e),r}),this.columns.set(e,t)),t}async readColumn(e){let t=await this.file("stats.safetensors").whole(e),{layers:r,nRows:s,length:n}=this.places;if(n===r.length*s)return t;let o=t.length/(r.length*s),a=r.map((w,u)=>t.subarray(u*s*o,(u*s+this.places.count(u))*o)),i=t.slice(0,n*o),h=0;for(let w of a)i.set(w,h),h+=w.length;return i}vocabulary(){return this.reading??=this.readVocabulary().catch(e=>{throw this.reading=void 0,e}),this.reading}async readVocabulary(){let e=this.file("vocab.safetensors"),[t,r]=await Promise.all([e.whole("bytes"),e.whole("ends")]);return new se(t,r)}async origin(e){this.check(e,this.manifest.corpus.n_documents,"document"),this.sources??=this.readSources().catch(n=>{throw this.sources=void 0,n});let[t,r,s]=await Promise.all([this.sources,this.number(R,"source",e),this.number(R,"offset",e)]);return{source:t[r],offset:s}}async document(e,t=0,r=1/0){this.check(e,this.manifest.corpus.n_documents,"document");let[s,n]=await Promise.all([e,e+1].map(h=>this.number(R,"text_start",h))),o=n-s,a=Math.max(0,Math.min(t,o)),i=Math.max(a,Math.min(r,o));return{bytes:await this.ranges.read(this.remote(ge),s+a,s+i),start:a,size:o}}async segment(e){this.check(e,this.manifest.corpus.n_segments,"segment");let[t,r,s]=await Promise.all([this.number(x,"document",e),this.number(x,"token_start",e),this.number(x,"token_start",e+1)]),[n,o]=await Promise.all([this.number(D,"starts",r),this.number(D,"ends",s-1)]);return{document:t,start:n,end:o}}check(e,t,r){if(e>=0&&e<t)return;let s=t===1?`one ${r}, numbered 0`:`${r}s 0 to ${t-1}`;throw new m(`The corpus has ${s}. You asked for ${r} ${e}.`,404,"OutOfRange")}async number(e,t,r,s){return(await this.file(e).row(t,1,r,s))[0]}async readSources(){let{url:e,name:t}=this.remote(Ee);return M(await this.ranges.whole(e,t),t).sources}async window({segment:e,document:t,start:r,end:s,first:n,n:o},a){let i=this.file(D),[h,w]=await Promise.all([this.number(R,"text_start",t,a).then(u=>this.ranges.read(this.remote(ge),u+r,u+s,a)),this.number(x,"token_start",e,a).then(async u=>{let S=v=>i.rows(v,1,u+n,o,a),[N,O]=await Promise.all([S("starts"),S("ends")]);return Array.from(N,(v,y)=>[v,O[y]])})]);return{text:h,spans:w}}remote(e){let t=`${e} of ${this.shelved.address}`,r=this.manifest.files[e];if(!r)throw g(t,"it is missing");return{url:new URL(e,this.root).href,name:t,size:r.bytes}}file(e){let t=this.files.get(e);return t||(t=new z(this.remote(e),this.ranges),this.files.set(e,t)),t}},z=class{constructor(e,t){this.remote=e;this.ranges=t}async tensor(e,t){return this.header??=await this.readHeader(t),re(this.header,e,this.remote.name)}async readHeader(e){let{size:t,name:r}=this.remote,s=await this.ranges.read(this.remote,0,Math.min(Te,t),e),n=8+ee(s,t,r);return n>s.length&&(s=await this.ranges.read(this.remote,0,n,e)),te(s.subarray(8,n),t,r)}async row(e,t,r,s){let n=await this.tensor(e,s),{n:o,stride:a}=k(n,t);if(!(r<o))throw g(this.remote.name,`'${e}' has no row ${r}`);let i=Math.min(ke,Math.max(1,Math.floor(Pe/a))),h=r-r%i,w=Math.min(o,h+i),u=await this.ranges.read(this.remote,n.start+h*a,n.start+w*a,s);return I(n.dtype,u.subarray((r-h)*a,(r-h+1)*a))}async rows(e,t,r,s,n){let o=await this.tensor(e,n),{n:a,stride:i}=k(o,t);if(!(r+s<=a))throw g(this.remote.name,`'${e}' has no row ${r+s-1}`);let h=o.start+r*i;return I(o.dtype,await this.ranges.read(this.remote,h,h+s*i,n))}async whole(e){let{n:t}=k(await this.tensor(e),1);return this.rows(e,1,0,t)}},q=class{constructor(e,t){this.base=e;this.ranges=t}look(e,t,r,s,n){return this.send("POST","look",{catalogue:e,layer:t,index:r,text:s},n)}rank(e,t,r,s){return this.send("POST","rank",{catalogue:e,text:t,token:r,n:Re},s)}url(e){return new URL(`api/${e}`,this.base).href}async send(e,t,r,s){let n=typeof r=="string",o=await this.ranges.answer(this.url(t),{method:e,cache:"no-store",signal:s??null,...r&&{body:n?r:JSON.stringify(r),headers:{"content-type":n?"application/jsonl":"application/json"}}});if(!o.ok)throw await E(o,`The answer to ${t}`);return M(await this.ranges.body(o),`The answer to ${t}`)}},Re=50,fe="lmscope.person",G=class{constructor(e,t){this.api=e;this.name=xe()??t??""}get person(){return this.name}set person(e){this.name=e;try{localStorage.setItem(fe,e)}catch{}}log(){return this.api.send("GET",`journal?${this.query()}`)}entry(e,t,r){return this.api.send("GET",`${we(e,t,r)}?${this.query()}`)}visit(e,t,r){return this.api.send("POST","journal/visits",{person:this.name,catalogue:e,layer:t,index:r})}mark({catalogue:e,model:t,layer:r,index:s,starred:n,note:o,tags:a,version:i}){return e===null?Promise.reject(new m(`No catalogue of ${t} is on this site, so this entry cannot be changed here.`,0,"NotServed")):this.api.send("PUT",we(e,r,s),{person:this.name,starred:n,note:o,tags:a,version:i})}importLines(e){return this.api.send("POST",`journal/import?${this.query()}`,e)}exportUrl(e){return this.api.url(`journal/export?${this.query()}&format=${e}`)}query(){return new URLSearchParams({person:this.name}).toString()}},we=(l,e,t)=>`journal/entries/${encodeURIComponent(l)}/${e}/${t}`;function xe(){try{return localStorage.getItem(fe)}catch{return null}}var A={models:{tag:"lms-models-page",label:"Models",to:P(),load:()=>import("./chunks/2KBKMUZN.js")},scope:{tag:"lms-scope-page",label:"Scope",to:X(null,[]),load:()=>import("./chunks/UBWVJULO.js")},compare:{tag:"lms-compare-page",label:"Compare",to:Q(null,null),load:()=>import("./chunks/6YKOWXPF.js")},log:{tag:"lms-log-page",label:"Log",to:B(),load:()=>import("./chunks/4HGKSR4R.js")},help:{tag:"lms-help-page",label:"Help",to:V(),load:()=>import("./chunks/ZMXG7G5K.js")},model:{tag:"lms-model-page",label:"Model",to:null,load:()=>import("./chunks/5CLNDKA4.js")},neuron:{tag:"lms-neuron-page",label:"Neuron",to:null,load:()=>import("./chunks/ZQ5WBWMP.js")}},Le={tag:"lms-framed-page",load:()=>import("./chunks/KTBQ4YI7.js")},Me=3e3,Ae=`This page did not come: the server is not answering, or has been updated.
Reload it. If lmscope serve has stopped, start it again with: lmscope serve`,Ne=j`
  body {
    margin: 0;
    background: var(--page);
  }
`;document.adoptedStyleSheets=[F.styleSheet,Ne.styleSheet];function Oe(l){switch(l.page){case"models":return"lmscope";case"model":return`${l.catalogue} · lmscope`;case"neuron":return`L${l.at.layer}N${l.at.neuron} · ${l.at.catalogue} · lmscope`;case"scope":return l.layer===null?"Scope · lmscope":`Scope: L${l.layer}N${l.neuron} · ${l.catalogue} · lmscope`;case"unknown":return"Nothing here · lmscope";default:return`${A[l.page].label} · lmscope`}}function Ue(l){let e=l.shadowRoot??l,t=e.querySelector("h1");if(t)return t;for(let r of e.querySelectorAll("*")){let s=r.localName.startsWith("lms-")&&r.shadowRoot?.querySelector("h1");if(s)return s}return null}var d=class extends Y{constructor(){super(...arguments);this.address=_(location.hash);this.shelf=null;this.shown=null;this.missing=null;this.answer=null;this.trouble=null;this.source=new L;this.isFramed=document.body.dataset.view==="embed";this.nMoves=0;this.scrollTimer=0;this.move=async()=>{let{shelf:t,isFramed:r}=this;if(!t)return;clearTimeout(this.scrollTimer);let s=++this.nMoves,n=_(location.hash);if(this.address=n,this.trouble=this.answer=null,document.title=Oe(n),this.missing=n.page==="unknown"?this.nearTo(n.typed,t):Z(t,n),this.missing||n.page==="unknown")this.shown=null;else{let{tag:o,load:a}=r&&n.page==="neuron"?Le:A[n.page];if(await a().catch(h=>{throw h instanceof TypeError?new m(Ae):h}),s!==this.nMoves)return;let i=this.shown?.localName===o?this.shown:document.createElement(o);Object.assign(i,{source:this.source,shelf:t,address:n}),this.shown=i}await this.updateComplete,window.removeEventListener("keydown",this.press),window.addEventListener("keydown",this.press),this.restoreScroll(s),s>1&&await this.focusHeading(s)};this.rememberScroll=()=>{clearTimeout(this.scrollTimer),this.scrollTimer=window.setTimeout(()=>{history.replaceState({...history.state,scroll:window.scrollY},"")},100)};this.explain=t=>{let{reason:r}=t;if(r instanceof DOMException&&r.name==="AbortError")return t.preventDefault();r instanceof m&&t.preventDefault();let s=r instanceof Error?r.message:String(r);this.trouble=r instanceof m?s:`This page broke: ${s}
Load it again; if that does not help, tell the authors of lmscope.`};this.press=t=>{t.defaultPrevented||me(t)||(t.key==="?"&&!this.isFramed?(t.preventDefault(),this.overlay.showModal()):t.key==="/"&&this.box&&(t.preventDefault(),this.box.focus(),this.box.select()))}}connectedCallback(){super.connectedCallback(),history.scrollRestoration="manual",window.addEventListener("hashchange",this.move),window.addEventListener("scroll",this.rememberScroll,{passive:!0}),window.addEventListener("unhandledrejection",this.explain),this.start()}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener("hashchange",this.move),window.removeEventListener("scroll",this.rememberScroll),window.removeEventListener("unhandledrejection",this.explain),window.removeEventListener("keydown",this.press)}async start(){this.shelf=await this.source.shelf(),await this.move()}nearTo(t,r){let s=C(t.replace(/^#/,""),r,{catalogue:null,layer:null});return"sentence"in s?s:{sentence:"No page has this address.",near:[{label:s.to.replace(/^#\//,"")||"Models",to:s.to}]}}restoreScroll(t){let r=history.state?.scroll??0;if(window.scrollTo(0,r),window.scrollY>=r)return;let s=()=>{n.disconnect(),window.removeEventListener("wheel",s),window.removeEventListener("keydown",s),window.removeEventListener("pointerdown",s)},n=new ResizeObserver(()=>{if(t!==this.nMoves)return s();window.scrollTo(0,r),window.scrollY>=r&&s()});n.observe(this.main),window.addEventListener("wheel",s),window.addEventListener("keydown",s),window.addEventListener("pointerdown",s)}async focusHeading(t){let r=performance.now()+Me,s=document.activeElement===this?this.shadowRoot?.activeElement:document.activeElement;for(;performance.now()<r&&t===this.nMoves;){let n=document.activeElement===this?this.shadowRoot?.activeElement:document.activeElement;if(n!==s&&n!==document.body)return;let o=Ue(this.shown??this.main);if(o){o.tabIndex=-1,o.style.setProperty("outline","none"),o.focus({preventScroll:!0});return}await new Promise(a=>setTimeout(a,30))}}goTo(t){t.preventDefault();let r=this.box.value;if(!r.trim()||!this.shelf)return;let s=this.address,n=s.page==="neuron"?s.at:s.page==="compare"?s.a:null,o=n?.catalogue??("catalogue"in s?s.catalogue:null),a=n?.layer??(s.page==="scope"?s.layer:null),i=C(r,this.shelf,{catalogue:o,layer:a});if("sentence"in i){this.answer=i;return}this.answer=null,this.box.value="",this.box.blur(),location.hash=i.to}render(){return this.isFramed?c`<main>${this.renderPage()}</main>`:c`
      <header class="no-print">
        <a class="skip" href=${location.hash||"#/"} @click=${this.skip}>Skip to the page</a>
        <a class="brand" href=${P()}>lmscope</a>
        <nav aria-label="Pages">
          ${Object.keys(A).map(t=>this.renderLink(t))}
          <button class="keys" aria-label="Keys" title="Keys: ?" @click=${()=>this.overlay.showModal()}>?</button>
        </nav>
        <form role="search" @submit=${this.goTo}>
          <input
            id="go" type="text" aria-label="Go to a neuron or a catalogue" placeholder="Go to L0N737"
            autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="go"
          />
          <button>Go</button>
        </form>
      </header>
      ${this.answer?c`<div class="answer">${this.renderMissing(this.answer)}</div>`:f}
      <main tabindex="-1">${this.renderPage()}</main>
      ${this.renderOverlay()}
    `}renderLink(t){let{label:r,to:s}=A[t];if(!s)return f;let n=t===this.address.page||t==="models"&&this.address.page==="model";return c`<a href=${s} aria-current=${this.address.page===t?"page":n?"true":f}>${r}</a>`}renderPage(){let t=this.trouble?c`<div class="alert" role="alert">${this.trouble}</div>`:f;return this.missing?c`${t}
        <h1>Nothing here</h1>
        ${this.renderMissing(this.missing)}
        <p><a href=${P()}>All catalogues</a></p>`:this.shown?c`${t}${this.shown}`:t===f?c`<p class="quiet">Loading…</p>`:t}renderMissing({sentence:t,near:r}){let s=c`<div class="near">${r.map(n=>c`<a href=${n.to}>${n.label}</a>`)}</div>`;return c`<div class="alert" role="alert">${t}${r.length?s:f}</div>`}renderOverlay(){return c`<dialog aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      ${ce.map(({where:t,keys:r})=>c`
          <h3>${t}</h3>
          <dl>
            ${r.map(({keys:s,what:n})=>c`<div><dt>${s.map(o=>c`<kbd>${o}</kbd> `)}</dt><dd>${n}</dd></div>`)}
          </dl>
        `)}
      <form method="dialog"><button autofocus>Close</button></form>
    </dialog>`}skip(t){t.preventDefault(),this.main.focus()}};d.styles=[F,de,j`
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.4rem 1.25rem;
        padding: 0.5rem max(1rem, calc((100vw - 74rem) / 2));
        border-bottom: 1px solid var(--line);
        background: var(--raised);
      }
      .brand {
        color: var(--ink);
        font: 600 1.2rem/1.5 var(--serif);
        text-decoration: none;
      }
      nav {
        display: flex;
        flex: 1 1 auto;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.2rem 1rem;
      }
      nav a {
        padding: 0.15rem 0;
        color: var(--ink);
        text-decoration: none;
      }
      nav a:hover {
        text-decoration: underline;
      }
      nav a[aria-current] {
        box-shadow: 0 2px 0 var(--link);
      }
      .keys {
        padding: 0 0.55rem;
      }
      form[role="search"] {
        display: flex;
        gap: 0.35rem;
      }
      #go {
        width: 12rem;
      }
      main {
        max-width: 76rem;
        margin: 0 auto;
        padding: 0 1rem 3rem;
      }
      main:focus {
        outline: none;
      }
      .answer {
        max-width: 76rem;
        margin: 0 auto;
        padding: 0 1rem;
      }
      .near {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 1rem;
        white-space: normal;
      }
      .skip {
        position: absolute;
        left: -100vw;
      }
      .skip:focus {
        left: 0.5rem;
        top: 0.5rem;
        z-index: 10;
        padding: 0.4rem 0.8rem;
        background: var(--page);
      }
      dialog h2 {
        margin-top: 0;
      }
      dialog h3 {
        margin-bottom: 0.25rem;
      }
      dialog dl {
        margin: 0 0 1rem;
      }
      dialog dl div {
        display: grid;
        grid-template-columns: 11rem 1fr;
        gap: 0.75rem;
        padding: 0.15rem 0;
      }
      dialog dd {
        margin: 0;
      }
      kbd {
        white-space: nowrap;
      }
      @media (max-width: 40rem) {
        header {
          padding: 0.5rem 1rem;
        }
        nav {
          order: 3;
          flex-basis: 100%;
          gap: 0.2rem 0.9rem;
        }
        form[role="search"] {
          flex: 1 1 10rem;
        }
        #go {
          flex: 1;
          width: 0;
        }
      }
    `],p([b()],d.prototype,"address",2),p([b()],d.prototype,"shelf",2),p([b()],d.prototype,"shown",2),p([b()],d.prototype,"missing",2),p([b()],d.prototype,"answer",2),p([b()],d.prototype,"trouble",2),p([$("#go")],d.prototype,"box",2),p([$("main")],d.prototype,"main",2),p([$("dialog")],d.prototype,"overlay",2),d=p([J("lms-app")],d);export{d as App};
