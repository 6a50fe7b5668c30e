import{b as te,c as j}from"./chunks/XKUGGR46.js";import{a as C,b as w,c as re,d as se,e as ne,f as E,g as _,i as oe,j as ie,k as ae,l as le,m as he,n as ce,o as de}from"./chunks/SX4M7UQM.js";import{a as me,b as ue}from"./chunks/IGPV4GCE.js";import{a as $,b as k,c as X,d as Q,i as Z,j as ee,k as d}from"./chunks/LMEHCCPS.js";import{a as g,b as N,c,f,h as B,i as V,k as b,l as S,n as I,o as pe}from"./chunks/FALRISK7.js";var ge=64<<20;async function D(i,e){let{status:t}=i,s=i.headers.get("content-type")?.startsWith("application/problem+json")?await i.json().catch(()=>null):null;if(s){let{type:o,title:a,status:l,detail:h,kind:m,...u}=s;return new d(h,t,m,u)}let n=`the server answers ${t} ${i.statusText}`.trim();return new d(`${e} cannot be read: ${n}.
Reload the page to try again.`,t,"ServerFault")}async function we(i,e){let t=await D(i,e);return t.kind==="ServerFault"&&[404,410].includes(t.status)?w(e,"it is missing"):t}var T=class{constructor(e,t){this.fetch=e;this.gone=t;this.kept=new Map;this.nKept=0;this.underway=new Map;this.probes=new Map}async read(e,t,r,s){if(s?.throwIfAborted(),t===r)return new Uint8Array;if(r>e.size)throw w(e.name,"it is cut short");let n=`${t}-${r} ${e.url}`,o=this.probes.get(e.url);o&&!this.underway.has(n)&&await fe(o,s);let a=this.recall(n)??this.recall(e.url)?.subarray(t,r);if(a)return a;let l=this.share(n,h=>this.request(e,t,r,h),s);if(!o){let h=l.then(()=>{},()=>this.probes.delete(e.url));this.probes.set(e.url,h)}return l}async whole(e,t){let r=await this.answer(e,{cache:"no-cache"});if(!r.ok)throw await we(r,t);return this.body(r)}async load(e){let t=await this.whole(e.url,e.name);F(t.length,e),this.keep(e.url,t)}async share(e,t,r){let s=this.underway.get(e);if(!s){let n=new AbortController;s={bytes:t(n.signal).finally(()=>{this.underway.get(e)===s&&this.underway.delete(e)}),stop:n,nWaiting:0},this.underway.set(e,s)}s.nWaiting++;try{return await fe(s.bytes,r)}finally{--s.nWaiting===0&&r?.aborted&&(this.underway.get(e)===s&&this.underway.delete(e),s.stop.abort())}}async request(e,t,r,s){let n=await this.answer(e.url,{cache:"no-store",headers:{range:`bytes=${t}-${r-1}`},signal:s});if(n.status===416)throw w(e.name,"it is cut short");if(!n.ok)throw await we(n,e.name);let o=n.status!==206;if(o&&e.size>ge){await n.body?.cancel();let h=`${e.name} has ${Math.round(e.size/(1<<20))} MB`;throw new d(`This host does not send pieces of files (HTTP Range), and ${h}.
Put the folder on a host that does, or show it with: lmscope serve`,n.status,"NoRanges")}let a=await this.body(n);if(o)return F(a.length,e),this.keep(e.url,a),a.subarray(t,r);let l=/\/(\d+)$/.exec(n.headers.get("content-range")??"")?.[1];if(l&&F(Number(l),e),a.length!==r-t)throw w(e.name,"it is cut short");return this.keep(`${t}-${r} ${e.url}`,a),a}async answer(e,t){return this.reached(()=>this.fetch(e,t))}async body(e){return new Uint8Array(await this.reached(()=>e.arrayBuffer()))}async reached(e){try{return await e()}catch(t){throw t instanceof DOMException&&t.name==="AbortError"?t:new d(this.gone(),0,"NoAnswer")}}recall(e){let t=this.kept.get(e);return t&&(this.kept.delete(e),this.kept.set(e,t)),t}keep(e,t){this.nKept+=t.length-(this.kept.get(e)?.length??0),this.kept.delete(e),this.kept.set(e,t);for(let[r,{length:s}]of this.kept){if(this.nKept<=ge)break;this.kept.delete(r),this.nKept-=s}}};function F(i,e){if(i!==e.size)throw w(e.name,`it has ${i.toLocaleString("en")} bytes instead of ${e.size.toLocaleString("en")}`)}function fe(i,e){return e?e.aborted?Promise.reject(e.reason):new Promise((t,r)=>{let s=()=>r(e.reason);e.addEventListener("abort",s,{once:!0}),i.then(t,r).finally(()=>e.removeEventListener("abort",s))}):i}var xe=16384,Ae=64,be="vocab.safetensors",R="documents/documents.safetensors",x="documents/segments.safetensors",H="documents/tokens.safetensors",ve="documents/text.bin",Le="documents/pack.json",Me=2048,A=class{constructor(e=document.baseURI,t=(r,s)=>globalThis.fetch(r,s)){this.catalogues=new Map;this.base=e,this.ranges=new T(t,()=>this.live||this.journal?"lmscope serve is no longer answering. Start it again with: lmscope serve":`${new URL(e).host} is not answering. Is this computer online?
Reload the page to try again.`),this.api=new G(e,this.ranges)}shelf(){return this.shelving??=this.readShelf().catch(e=>{throw this.shelving=void 0,e}),this.shelving}async readShelf(){let e;try{e=J(await this.ranges.whole(new URL("catalogues.json",this.base).href,"catalogues.json"))}catch(t){throw t instanceof d&&t.kind!=="CatalogueDamaged"?t:new d(`There is no list of catalogues (catalogues.json) beside this page, or it cannot be read.
Make a site that has one with: lmscope export CATALOGUE -o DIR`,0,"NoShelf")}return this.onShelf=e,e.why_no_journal===null&&(this.notebook=new z(this.api,e.person)),e}catalogue(e){let t=this.catalogues.get(e);return t||(t=this.open(e).catch(r=>{throw this.catalogues.delete(e),r}),this.catalogues.set(e,t)),t}async open(e){let{catalogues:t}=await this.shelf(),r=t.find(o=>o.address===e);if(!r){let o=t.slice(0,5).map(a=>a.address).join(", ")+(t.length>5?", ...":"");throw new d(`This site has no catalogue '${e}'. It has: ${o||"none"}.`,404,"UnknownCatalogue")}let s=new URL(r.path,this.base).href,n=await Pe(this.ranges,new URL("manifest.json",s).href,`manifest.json of ${e}`);if(n.format!==C){let o=`it has format ${n.format}, these pages read format ${C}`;throw new d(`${e} cannot be read: ${o}.
Reload the page, or update lmscope.`,0,"NotACatalogue")}return new q(r,n,s,this.ranges)}get live(){return this.onShelf?.catalogues.some(e=>e.why_not_live===null)?this.api:null}get evidence(){return!this.live&&!this.journal?null:(this.tester??=new W(this.api,()=>this.notebook?.person??Ne),this.tester)}get journal(){return this.notebook??null}},J=i=>JSON.parse(new TextDecoder().decode(i));async function Pe(i,e,t){let r=await i.whole(e,t);try{return J(r)}catch{throw w(t,"it is no JSON")}}var q=class{constructor(e,t,r,s){this.shelved=e;this.manifest=t;this.root=r;this.ranges=s;this.files=new Map;this.columns=new Map;this.places=new ie(t)}async neuron(e,t,r){let{i:s,row:n}=this.places.find(e,t),o=s*this.places.nRows+n,a=`examples/L${String(e).padStart(2,"0")}.safetensors`,l=async(P,Y,$e,ke)=>{let Ee=this.file(P),Te=await Promise.all(Y.map(U=>Ee.row(U,$e,ke,r)));return Object.fromEntries(Y.map((U,Re)=>[U,Te[Re]]))},h="logits.safetensors"in this.manifest.files,[m,u,v,M,O]=await Promise.all([l("stats.safetensors",ae,2,o),l("histograms.safetensors",le,2,o),h?l("logits.safetensors",he,2,o):null,l(a,ce,1,n),this.vocabulary()]);r?.throwIfAborted();let y=P=>this.window(P,r);return de(this.manifest,{layer:e,index:t},{stats:m,histograms:u,logits:v,examples:M},O,y)}async row(e,t){let{layer:r,index:s}=this.places.at(t),{i:n,row:o}=this.places.find(r,s);return await this.file("stats.safetensors").row(e,2,n*this.places.nRows+o)}column(e){let t=this.columns.get(e);return t||(t=this.readColumn(e).catch(r=>{throw this.columns.delete(e),r}),this.columns.set(e,t)),t}async readColumn(e){let t=await this.file("stats.safetensors").whole(e),{layers:r,nRows:s,length:n}=this.places;if(n===r.length*s)return t;let o=t.length/(r.length*s),a=r.map((m,u)=>t.subarray(u*s*o,(u*s+this.places.count(u))*o)),l=t.slice(0,n*o),h=0;for(let m of a)l.set(m,h),h+=m.length;return l}vocabulary(){return this.reading??=this.readVocabulary().catch(e=>{throw this.reading=void 0,e}),this.reading}async readVocabulary(){await this.ranges.load(this.remote(be));let e=this.file(be),[t,r]=await Promise.all([e.whole("bytes"),e.whole("ends")]);return new oe(t,r)}async origin(e){this.check(e,this.manifest.corpus.n_documents,"document"),this.sources??=this.readSources().catch(n=>{throw this.sources=void 0,n});let[t,r,s]=await Promise.all([this.sources,this.number(R,"source",e),this.number(R,"offset",e)]);return{source:t[r],offset:s}}async document(e,t=0,r=1/0){this.check(e,this.manifest.corpus.n_documents,"document");let[s,n]=await Promise.all([e,e+1].map(h=>this.number(R,"text_start",h))),o=n-s,a=Math.max(0,Math.min(t,o)),l=Math.max(a,Math.min(r,o));return{bytes:await this.ranges.read(this.remote(ve),s+a,s+l),start:a,size:o}}async segment(e){this.check(e,this.manifest.corpus.n_segments,"segment");let[t,r,s]=await Promise.all([this.number(x,"document",e),this.number(x,"token_start",e),this.number(x,"token_start",e+1)]);if(r===s)return{document:t,start:0,end:0};let[n,o]=await Promise.all([this.number(H,"starts",r),this.number(H,"ends",s-1)]);return{document:t,start:n,end:o}}check(e,t,r){if(e>=0&&e<t)return;let s=t===1?`one ${r}, numbered 0`:`${r}s 0 to ${t-1}`;throw new d(`The corpus has ${s}. You asked for ${r} ${e}.`,404,"OutOfRange")}async number(e,t,r,s){return(await this.file(e).row(t,1,r,s))[0]}async readSources(){let{url:e,name:t}=this.remote(Le);return(await Pe(this.ranges,e,t)).sources}async window({segment:e,document:t,start:r,end:s,first:n,n:o},a){let l=this.file(H),[h,m]=await Promise.all([this.number(R,"text_start",t,a).then(u=>this.ranges.read(this.remote(ve),u+r,u+s,a)),this.number(x,"token_start",e,a).then(async u=>{let v=y=>l.rows(y,1,u+n,o,a),[M,O]=await Promise.all([v("starts"),v("ends")]);return Array.from(M,(y,P)=>[y,O[P]])})]);return{text:h,spans:m}}remote(e){let t=`${e} of ${this.shelved.address}`,r=this.manifest.files[e];if(!r)throw w(t,"it is missing");return{url:new URL(e,this.root).href,name:t,size:r.bytes}}file(e){let t=this.files.get(e);return t||(t=new K(this.remote(e),this.ranges),this.files.set(e,t)),t}},K=class{constructor(e,t){this.remote=e;this.ranges=t;this.held=new Map}async tensor(e,t){return this.header??=await this.readHeader(t),ne(this.header,e,this.remote.name)}async readHeader(e){let{size:t,name:r}=this.remote,s=await this.ranges.read(this.remote,0,Math.min(Me,t),e),n=8+re(s,t,r);return n>s.length&&(s=await this.ranges.read(this.remote,0,n,e)),se(s.subarray(8,n),t,r)}async row(e,t,r,s){let n=await this.tensor(e,s),{n:o,stride:a}=E(n,t);if(!(r<o))throw w(this.remote.name,`'${e}' has no row ${r}`);let l=this.held.get(e);if(l)return l.subarray(r*l.length/o,(r+1)*l.length/o);let h=Math.min(Ae,Math.max(1,Math.floor(xe/a))),m=r-r%h,u=Math.min(o,m+h),v=await this.ranges.read(this.remote,n.start+m*a,n.start+u*a,s);return _(n.dtype,v.subarray((r-m)*a,(r-m+1)*a))}async rows(e,t,r,s,n){let o=await this.tensor(e,n),{n:a,stride:l}=E(o,t);if(!(r+s<=a))throw w(this.remote.name,`'${e}' has no row ${r+s-1}`);let h=o.start+r*l;return _(o.dtype,await this.ranges.read(this.remote,h,h+s*l,n))}async whole(e){let{n:t}=E(await this.tensor(e),1),r=await this.rows(e,1,0,t);return this.held.set(e,r),r}},G=class{constructor(e,t){this.base=e;this.ranges=t}look(e,t,r,s,n){return this.send("POST","look",{catalogue:e,layer:t,index:r,text:s},n)}rank(e,t,r,s){return this.send("POST","rank",{catalogue:e,text:t,token:r,n:Ue},s)}url(e){return new URL(`api/${e}`,this.base).href}async send(e,t,r,s){return J(await this.bytes(e,t,r,s))}async bytes(e,t,r,s){let n=typeof r=="string",o=await this.ranges.answer(this.url(t),{method:e,cache:"no-store",signal:s??null,...r&&{body:n?r:JSON.stringify(r),headers:{"content-type":n?"text/plain":"application/json"}}});if(!o.ok)throw await D(o,"The answer");return this.ranges.body(o)}},W=class{constructor(e,t){this.api=e;this.person=t}preview(e,t,r,s){return this.api.send("POST","preview",{...Oe(e),rule:t,tokens:r},s)}texts(e,t,r){return this.api.send("POST","texts",{written:e,rule:t},r)}test(e){return this.api.send("POST","tests",{person:this.person(),...e})}job(e){return this.api.send("GET",`jobs/${encodeURIComponent(e)}`)}cancel(e){return this.api.send("DELETE",`jobs/${encodeURIComponent(e)}`)}async tests(e){let t=e?`/of/${encodeURIComponent(e.catalogue)}/${e.layer}/${e.neuron}`:"";return(await this.api.send("GET",`tests${t}?${this.query()}`)).tests}one(e){return this.api.send("GET",`tests/${e}?${this.query()}`)}async markdown(e){return new TextDecoder().decode(await this.api.bytes("GET",`tests/${e}/report.md?${this.query()}`))}fileUrl(e,t){return this.api.url(`tests/${e}/${t}?${this.query()}`)}query(){return new URLSearchParams({person:this.person()}).toString()}},Oe=({catalogue:i,layer:e,neuron:t})=>({catalogue:i,layer:e,index:t}),Ue=50,Se="lmscope.person",Ne="nobody",z=class{constructor(e,t){this.api=e;this.name=je()??t??""}get person(){return this.name}set person(e){this.name=e;try{localStorage.setItem(Se,e)}catch{}}log(){return this.api.send("GET",`journal?${this.query()}`)}entry(e,t,r){return this.api.send("GET",`${ye(e,t,r)}?${this.query()}`)}visit(e,t,r){return this.api.send("POST","journal/visits",{person:this.name,catalogue:e,layer:t,index:r})}mark({catalogue:e,model:t,layer:r,index:s,starred:n,note:o,tags:a,version:l}){if(e===null){let h=`No catalogue of ${t} is on this site, so this entry cannot be changed here.`;return Promise.reject(new d(h,0,"NotServed"))}return this.api.send("PUT",ye(e,r,s),{person:this.name,starred:n,note:o,tags:a,version:l})}importLines(e){return this.api.send("POST",`journal/import?${this.query()}`,e)}exportUrl(e){return this.api.url(`journal/export?${this.query()}&format=${e}`)}query(){return new URLSearchParams({person:this.name}).toString()}},ye=(i,e,t)=>`journal/entries/${encodeURIComponent(i)}/${e}/${t}`;function je(){try{return localStorage.getItem(Se)}catch{return null}}var L={models:{tag:"lms-models-page",label:"Models",to:k(),load:()=>import("./chunks/AVDVPKNY.js")},scope:{tag:"lms-scope-page",label:"Scope",to:Z(null,[]),load:()=>import("./chunks/PIAE75II.js")},compare:{tag:"lms-compare-page",label:"Compare",to:ee(null,null),load:()=>import("./chunks/SMYIOMCO.js")},log:{tag:"lms-log-page",label:"Log",to:X(),load:()=>import("./chunks/GPJN3P4I.js")},help:{tag:"lms-help-page",label:"Help",to:Q(),load:()=>import("./chunks/ZX5ZQMGL.js")},model:{tag:"lms-model-page",label:"Model",to:null,load:()=>import("./chunks/TLWMM6H4.js")},test:{tag:"lms-test-page",label:"Test",to:null,load:()=>import("./chunks/G6L4IKLG.js")},neuron:{tag:"lms-neuron-page",label:"Neuron",to:null,load:()=>import("./chunks/MJPH6W56.js")}},Ce={tag:"lms-framed-page",load:()=>import("./chunks/FJ3642PD.js")},_e=3e3,Ie=`This page did not come: the server is not answering, or has been updated.
Reload it. If lmscope serve has stopped, start it again with: lmscope serve`,Fe="Load it again; if that does not help, tell the authors of lmscope.",De=N`
  body {
    margin: 0;
    background: var(--page);
  }
`;document.adoptedStyleSheets=[I.styleSheet,De.styleSheet];function He(i){switch(i.page){case"models":return"lmscope";case"model":return`${i.catalogue} · lmscope`;case"neuron":return`L${i.at.layer}N${i.at.neuron} · ${i.at.catalogue} · lmscope`;case"scope":return i.layer===null?"Scope · lmscope":`Scope: L${i.layer}N${i.neuron} · ${i.catalogue} · lmscope`;case"test":return`Test ${i.id} · lmscope`;case"unknown":return"Nothing here · lmscope";default:return`${L[i.page].label} · lmscope`}}function qe(i){let e=i.shadowRoot??i,t=e.querySelector("h1");if(t)return t;for(let r of e.querySelectorAll("*")){let s=r.localName.startsWith("lms-")&&r.shadowRoot?.querySelector("h1");if(s)return s}return null}var p=class extends B{constructor(){super(...arguments);this.address=$(location.hash);this.shelf=null;this.shown=null;this.missing=null;this.answer=null;this.trouble=null;this.source=new A;this.isFramed=document.body.dataset.view==="embed";this.nMoves=0;this.scrollTimer=0;this.move=async()=>{let{shelf:t}=this;if(!t)return;clearTimeout(this.scrollTimer);let r=++this.nMoves,s=$(location.hash);if(this.address=s,this.trouble=this.answer=null,document.title=He(s),this.missing=s.page==="unknown"?this.nearTo(s.typed,t):te(t,s),this.missing)this.shown=null;else{let n=await this.load(s);if(r!==this.nMoves)return;let o=this.shown?.localName===n?this.shown:document.createElement(n);Object.assign(o,{source:this.source,shelf:t,address:s}),this.shown=o}await this.updateComplete,window.removeEventListener("keydown",this.press),window.addEventListener("keydown",this.press),this.restoreScroll(r),r>1&&await this.focusHeading(r)};this.rememberScroll=()=>{clearTimeout(this.scrollTimer),this.scrollTimer=window.setTimeout(()=>{history.replaceState({...history.state,scroll:window.scrollY},"")},100)};this.explain=t=>{let{reason:r}=t;if(r instanceof DOMException&&r.name==="AbortError")return t.preventDefault();r instanceof d&&t.preventDefault();let s=r instanceof Error?r.message:String(r);this.trouble=r instanceof d?s:`This page broke: ${s}
${Fe}`};this.press=t=>{t.defaultPrevented||ue(t)||(t.key==="?"&&!this.isFramed?(t.preventDefault(),this.overlay.showModal()):t.key==="/"&&this.box&&(t.preventDefault(),this.box.focus(),this.box.select()))}}connectedCallback(){super.connectedCallback(),history.scrollRestoration="manual",window.addEventListener("hashchange",this.move),window.addEventListener("scroll",this.rememberScroll,{passive:!0}),window.addEventListener("unhandledrejection",this.explain),this.start()}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener("hashchange",this.move),window.removeEventListener("scroll",this.rememberScroll),window.removeEventListener("unhandledrejection",this.explain),window.removeEventListener("keydown",this.press)}async start(){[this.shelf]=await Promise.all([this.source.shelf(),this.load($(location.hash))]),await this.move()}async load(t){if(t.page==="unknown")return"";let{tag:r,load:s}=this.isFramed&&t.page==="neuron"?Ce:L[t.page];return await s().catch(n=>{throw n instanceof TypeError?new d(Ie):n}),r}nearTo(t,r){let s=j(t.replace(/^#/,""),r,{catalogue:null,layer:null});return"sentence"in s?s:{sentence:"No page has this address.",near:[{label:s.to.replace(/^#\//,"")||"Models",to:s.to}]}}restoreScroll(t){let r=history.state?.scroll??0;if(window.scrollTo(0,r),window.scrollY>=r)return;let s=()=>{n.disconnect(),window.removeEventListener("wheel",s),window.removeEventListener("keydown",s),window.removeEventListener("pointerdown",s)},n=new ResizeObserver(()=>{if(t!==this.nMoves)return s();window.scrollTo(0,r),window.scrollY>=r&&s()});n.observe(this.main),window.addEventListener("wheel",s),window.addEventListener("keydown",s),window.addEventListener("pointerdown",s)}async focusHeading(t){let r=performance.now()+_e,s=document.activeElement===this?this.shadowRoot?.activeElement:document.activeElement;for(;performance.now()<r&&t===this.nMoves;){let n=document.activeElement===this?this.shadowRoot?.activeElement:document.activeElement;if(n!==s&&n!==document.body)return;let o=qe(this.shown??this.main);if(o){o.tabIndex=-1,o.style.setProperty("outline","none"),o.focus({preventScroll:!0});return}await new Promise(a=>setTimeout(a,30))}}goTo(t){t.preventDefault();let r=this.box.value;if(!r.trim()||!this.shelf)return;let s=this.address,n=s.page==="neuron"?s.at:s.page==="compare"?s.a:null,o=n?.catalogue??("catalogue"in s?s.catalogue:null),a=n?.layer??(s.page==="scope"?s.layer:null),l=j(r,this.shelf,{catalogue:o,layer:a});if("sentence"in l){this.answer=l;return}this.answer=null,this.box.value="",this.box.blur(),location.hash=l.to}render(){return this.isFramed?c`<main>${this.renderPage()}</main>`:c`
      <header class="no-print">
        <a class="skip" href=${location.hash||"#/"} @click=${this.skip}>Skip to the page</a>
        <a class="brand" href=${k()}>lmscope</a>
        <nav aria-label="Pages">
          ${Object.keys(L).map(t=>this.renderLink(t))}
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
    `}renderLink(t){let{label:r,to:s}=L[t];if(!s)return f;let n=t===this.address.page||t==="models"&&this.address.page==="model";return c`<a href=${s} aria-current=${this.address.page===t?"page":n?"true":f}>${r}</a>`}renderPage(){let t=this.trouble?c`<div class="alert" role="alert">${this.trouble}</div>`:f;return this.missing?c`${t}
        <h1>Nothing here</h1>
        ${this.renderMissing(this.missing)}
        <p><a href=${k()}>All catalogues</a></p>`:this.shown?c`${t}${this.shown}`:t===f?c`<p class="quiet">Loading…</p>`:t}renderMissing({sentence:t,near:r}){let s=c`<div class="near">${r.map(n=>c`<a href=${n.to}>${n.label}</a>`)}</div>`;return c`<div class="alert" role="alert">${t}${r.length?s:f}</div>`}renderOverlay(){return c`<dialog aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      ${me.map(({where:t,keys:r})=>c`
          <h3>${t}</h3>
          <dl>
            ${r.map(({keys:s,what:n})=>c`<div><dt>${s.map(o=>c`<kbd>${o}</kbd> `)}</dt><dd>${n}</dd></div>`)}
          </dl>
        `)}
      <form method="dialog"><button autofocus>Close</button></form>
    </dialog>`}skip(t){t.preventDefault(),this.main.focus()}};p.styles=[I,pe,N`
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
    `],g([b()],p.prototype,"address",2),g([b()],p.prototype,"shelf",2),g([b()],p.prototype,"shown",2),g([b()],p.prototype,"missing",2),g([b()],p.prototype,"answer",2),g([b()],p.prototype,"trouble",2),g([S("#go")],p.prototype,"box",2),g([S("main")],p.prototype,"main",2),g([S("dialog")],p.prototype,"overlay",2),p=g([V("lms-app")],p);export{p as App};
