import"./OUXERHIL.js";import{j as Y}from"./F73YSGWY.js";import{a as X,h as q}from"./HHYJPGQH.js";import{a as O,b as R,c as x,e as _}from"./OKW6DA77.js";import{e as M,f as Q,g as B}from"./LMWNW5NJ.js";import{b as J}from"./ZLZRQF7C.js";import{a as m,b as N,c as u,d as Z,f as g,h as T,i as L,j as v,k as b,l as S,n as U,o as I}from"./2YP3OCLO.js";function tt(i,{isDescending:n=!1,mask:t}={}){let{words:e,least:s,most:r}=pt(i),a=e.at(-1),o=h=>a[h]>=s&&a[h]<=r,l=new Uint32Array(i.length),c=0,f=0;for(let h=0;h<l.length;h++)t&&!t[h]||(f++,o(h)&&(l[c++]=h));for(let h=0,w=c;w<f;h++)(!t||t[h])&&!o(h)&&(l[w++]=h);for(let h of e)yt(l.subarray(0,c),h,n);return l.subarray(0,f)}function pt(i){return i instanceof Float32Array?{words:[ft(i)],least:8388607,most:4286578688}:i instanceof Float64Array?{words:gt(i),least:1048575,most:4293918720}:{words:[new Uint32Array(i)],least:0,most:4294967295}}function ft(i){let n=new Uint32Array(i.length),t=new Int32Array(i.buffer,i.byteOffset,i.length);for(let e=0;e<n.length;e++){let s=t[e]===-2147483648?0:t[e];n[e]=s^(s>>31|-2147483648)}return n}function gt(i){let[n,t]=[new Uint32Array(i.length),new Uint32Array(i.length)],e=new Int32Array(i.buffer,i.byteOffset,2*i.length);for(let s=0;s<i.length;s++){let r=i[s],a=r===0?0:r===r?e[2*s+1]:2146959360;n[s]=e[2*s]^a>>31,t[s]=a^(a>>31|-2147483648)}return[n,t]}function yt(i,n,t){let e=i.length,s=t?-1:0,[r,a]=[new Uint32Array(2*e),new Uint32Array(2*e)],o=Array.from({length:3},()=>new Uint32Array(2048)),[l,c,f]=o;for(let h=0;h<e;h++){let w=i[h],y=n[w]^s;r[2*h]=y,r[2*h+1]=w,l[y&2047]++,c[y>>>11&2047]++,f[y>>>22]++}o.forEach((h,w)=>{let y=w*11;if(e&&h[r[0]>>>y&2047]===e)return;let z=0;for(let k=0;k<=2047;k++){let C=h[k];h[k]=z,z+=C}for(let k=0;k<2*e;k+=2){let C=r[k],j=2*h[C>>>y&2047]++;a[j]=C,a[j+1]=r[k+1]}[r,a]=[a,r]});for(let h=0;h<e;h++)i[h]=r[2*h+1]}function D(i,n,t,e){for(let s=0;s<n.length;s++)n[s]>=t&&n[s]<=e||(i[s]=0)}function et(i,n,{isExact:t=!1,isCaseSensitive:e=!1}={}){let s=a=>e?a:a.toLowerCase(),r=s(n);return Uint8Array.from({length:i.length},(a,o)=>{let l=s(i.text(o));return+(t?l===r:l.includes(r))})}function st(i,n,t,e){let s=n.length/i.length;for(let r=0;r<i.length;r++){let a=!1;for(let o=r*s;o<(r+1)*s&&!a;o++)a=t[o]>0&&e[n[o]]===1;a||(i[r]=0)}}var $=["density","kurtosis","skew","max","min","peak_share"],G=["alive","dead"],F=["seen","unseen","starred"],rt=0,H=1,E=2;function it(i){return i!==null&&i.trim()!==""&&Number.isFinite(Number(i))?Number(i):null}function V(i,n){return i.find(t=>t===n)??null}function P(i){let n={};for(let r of $){let[a,o]=[it(i.get(`min.${r}`)),it(i.get(`max.${r}`))];(a!==null||o!==null)&&(n[r]={min:a,max:o})}let t=i.get("sort")??"",e=V($,t.replace(/^-/,"")),s=i.get("layer");return{layer:s!==null&&/^\d+$/.test(s)?Number(s):null,token:i.get("token")??"",isExact:i.has("exact"),isCaseSensitive:i.has("case"),life:V(G,i.get("only")),seen:V(F,i.get("log")),limits:n,sort:e&&{key:e,isDescending:t.startsWith("-")}}}function K(i){let n=new URLSearchParams;i.layer!==null&&n.set("layer",String(i.layer)),i.token&&n.set("token",i.token),i.token&&i.isExact&&n.set("exact",""),i.token&&i.isCaseSensitive&&n.set("case",""),i.life&&n.set("only",i.life),i.seen&&n.set("log",i.seen);for(let t of $){let{min:e=null,max:s=null}=i.limits[t]??{};e!==null&&n.set(`min.${t}`,String(e)),s!==null&&n.set(`max.${t}`,String(s))}return i.sort&&n.set("sort",(i.sort.isDescending?"-":"")+i.sort.key),n}function nt(i,n){return i?.key!==n?{key:n,isDescending:!0}:i.isDescending?{key:n,isDescending:!1}:null}var A=class{constructor(){this.known=new Map}of(n,{key:t,isDescending:e}){let s=`${e?"-":""}${t}`,r=this.known.get(s);return r||(r=tt(n.numeric[t],{isDescending:e}),this.known.set(s,r)),r}};function ot(i,n,t){let{places:e}=i,s=new Uint8Array(e.length).fill(1);if(n.layer!==null){let l=0;e.layers.forEach((c,f)=>{let h=l+e.count(f);c!==n.layer&&s.fill(0,l,h),l=h})}for(let l of $){let c=n.limits[l];c&&D(s,i.numeric[l],c.min??-1/0,c.max??1/0)}if(n.life&&D(s,i.isDead,+(n.life==="dead"),+(n.life==="dead")),n.seen&&i.marks){let[l,c]={unseen:[rt,rt],seen:[H,E],starred:[E,E]}[n.seen];D(s,i.marks,l,c)}if(n.token&&i.peaks){let{ids:l,counts:c,vocabulary:f}=i.peaks;st(s,l,c,et(f,bt(n.token),n))}let r=new Uint32Array(s.length),a=n.sort&&t.of(i,n.sort),o=0;for(let l=0;l<s.length;l++){let c=a?a[l]:l;s[c]&&(r[o++]=c)}return r.subarray(0,o)}function bt(i){return i.replaceAll("·"," ").replaceAll("↵",`
`).replaceAll("→","	")}function W(i){let n=Float32Array.from(i).sort(),t=n.length;for(;t&&Number.isNaN(n[t-1]);)t--;if(!t)return null;let e=s=>{let r=s*(t-1),a=n[Math.floor(r)];return a+(n[Math.ceil(r)]-a)*(r%1)};return{min:e(0),low:e(.25),median:e(.5),high:e(.75),max:e(1)}}var vt=8e6,wt=150;function at(i,n,t){return n>0?i/n*t:0}var p=class extends T{constructor(){super(...arguments);this.label="";this.columns=[];this.length=0;this.sort=null;this.start=0;this.current=-1;this.top=0;this.height=0;this.rowHeight=32;this.lastScroll=0;this.rest=0;this.observer=new ResizeObserver(()=>this.measure())}toTop(){this.current=-1,this.moveTo(0)}connectedCallback(){super.connectedCallback();let t=parseFloat(getComputedStyle(document.documentElement).fontSize);this.rowHeight=2*t,this.style.setProperty("--row",`${this.rowHeight}px`),this.hasUpdated&&this.observer.observe(this.box)}disconnectedCallback(){super.disconnectedCallback(),this.observer.disconnect(),clearTimeout(this.rest)}firstUpdated(){this.observer.observe(this.box),this.measure(),this.moveTo(this.start*this.rowHeight)}measure(){this.height=Math.max(0,this.box.clientHeight-this.head.offsetHeight),this.moveTo(Math.min(this.top,this.furthest))}get whole(){return this.length*this.rowHeight}get shown(){return Math.min(this.whole,vt)}get furthest(){return Math.max(0,this.whole-this.height)}get furthestThumb(){return Math.max(0,this.shown-this.height)}moveTo(t){this.top=Math.max(0,Math.min(this.furthest,t)),this.placeThumb()}placeThumb(){let t=Math.round(at(this.top,this.furthest,this.furthestThumb));this.lastScroll=t,this.box&&this.box.scrollTop!==t&&(this.box.scrollTop=t)}scrolled(){let t=this.box.scrollTop;if(t===this.lastScroll)return;let e=t-this.lastScroll;if(this.lastScroll=t,this.whole===this.shown||Math.abs(e)>3*this.height){this.top=at(t,this.furthestThumb,this.furthest);return}this.top=Math.max(0,Math.min(this.furthest,this.top+e));let s=t<=0||t>=this.furthestThumb-1;clearTimeout(this.rest),s?this.placeThumb():this.rest=window.setTimeout(()=>this.placeThumb(),wt)}press(t){if(t.ctrlKey||t.metaKey||t.altKey||t.target!==this.box)return;let e=Math.max(1,Math.floor(this.height/this.rowHeight)-1),r={ArrowDown:1,ArrowUp:-1,PageDown:e,PageUp:-e,Home:-1/0,End:1/0}[t.key];if(r!==void 0&&this.length){t.preventDefault();let a=this.current>=0?this.current:Math.ceil(this.top/this.rowHeight)-(r>0?1:0);this.current=Math.max(0,Math.min(this.length-1,a+r));let o=this.current*this.rowHeight,l=o+this.rowHeight-this.height;this.moveTo(Math.max(l,Math.min(o,this.top)))}else t.key==="Enter"&&this.current>=0&&(t.preventDefault(),location.assign(this.row(this.current).to))}open(t,e){t.composedPath().some(r=>r instanceof HTMLAnchorElement)||!document.getSelection()?.isCollapsed||(t.ctrlKey||t.metaKey?window.open(e):location.assign(e))}get range(){return{first:Math.floor(this.top/this.rowHeight),last:Math.min(this.length,Math.ceil((this.top+this.height)/this.rowHeight))}}willUpdate(t){if(t.has("columns")){let e=s=>s.canGrow?`minmax(${s.width}rem, 1fr)`:`${s.width}rem`;this.style.setProperty("--columns",this.columns.map(e).join(" ")),this.style.setProperty("--least",`${this.columns.reduce((s,r)=>s+r.width,0)}rem`)}t.has("length")&&(this.top=Math.max(0,Math.min(this.top,this.furthest)),this.current=Math.min(this.current,this.length-1))}updated(t){t.has("length")&&(this.style.setProperty("--length",`${this.shown}px`),this.placeThumb()),this.style.setProperty("--offset",`${(this.range.first*this.rowHeight-this.top).toFixed(2)}px`),(t.has("top")||t.has("height")||t.has("length")||t.has("row"))&&this.dispatchEvent(new CustomEvent("lms-show",{detail:this.range}))}render(){let{first:t,last:e}=this.range;return u`
      <div
        class="box" role="grid" tabindex="0" aria-label=${this.label}
        aria-rowcount=${this.length+1} aria-colcount=${this.columns.length}
        aria-activedescendant=${this.current>=t&&this.current<e?`row-${this.current}`:g}
        @scroll=${this.scrolled} @keydown=${this.press}
      >
        <div class="head" role="rowgroup">
          <div class="line" role="row" aria-rowindex="1">${this.columns.map(s=>this.renderName(s))}</div>
        </div>
        <div class="whole" role="presentation">
          <div class="rows" role="rowgroup">
            ${Array.from({length:Math.max(0,e-t)},(s,r)=>this.renderRow(t+r))}
          </div>
        </div>
      </div>
    `}renderName({key:t,label:e,meaning:s,isNumber:r,canSort:a}){let o=this.sort?.key===t,l=o?this.sort.isDescending?"descending":"ascending":"none",c=o?this.sort.isDescending?"↓":"↑":"";return u`<div
      role="columnheader" title=${s} class=${r?"number":""} aria-sort=${a?l:g}
    >
      ${a?u`<button
            class="plain"
            @click=${()=>this.dispatchEvent(new CustomEvent("lms-sort",{detail:t}))}
          >${e}<span class="arrow" aria-hidden="true">${c}</span></button>`:e}
    </div>`}renderRow(t){let{to:e,cells:s}=this.row(t);return u`<div
      class="line ${t===this.current?"current":""}" role="row" id="row-${t}" aria-rowindex=${t+2}
      @click=${r=>this.open(r,e)}
    >
      ${s.map((r,a)=>{let o=this.columns[a];return u`<div role="gridcell" class=${o.isNumber?"number":""}>
          ${a===0?u`<a href=${e} tabindex="-1">${r}</a>`:r}
        </div>`})}
    </div>`}};p.styles=[U,I,N`
      .box {
        position: relative;
        height: 100%;
        overflow: auto;
        overflow-anchor: none;
        border: 1px solid var(--line);
        border-radius: var(--round);
      }
      .head {
        position: sticky;
        top: 0;
        z-index: 2;
        min-width: var(--least);
        border-bottom: 1px solid var(--edge);
        background: var(--raised);
      }
      .whole {
        min-width: var(--least);
        height: var(--length, 0);
        overflow: clip;
      }
      .rows {
        position: sticky;
        top: var(--row);
        height: 0;
      }
      .line {
        display: grid;
        grid-template-columns: var(--columns);
        height: var(--row);
        align-items: center;
        font-size: 0.875rem;
      }
      .rows .line {
        transform: translateY(var(--offset));
        cursor: pointer;
      }
      .rows .line:nth-child(n) {
        border-bottom: 1px solid var(--line);
      }
      .rows .line:hover > * {
        background: var(--raised);
      }
      .rows .line.current {
        outline: 2px solid var(--link);
        outline-offset: -2px;
      }
      .line > * {
        height: 100%;
        padding: 0 0.6rem;
        overflow: hidden;
        line-height: calc(var(--row) - 1px);
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .line > :first-child {
        position: sticky;
        left: 0;
        z-index: 1;
        background: var(--page);
      }
      .head .line > :first-child {
        background: var(--raised);
      }
      .head .plain {
        color: var(--ink);
        font-weight: 600;
        line-height: inherit;
        text-decoration: none;
      }
      .head .plain:hover:enabled {
        text-decoration: underline;
      }
      .arrow {
        display: inline-block;
        width: 1em;
        text-align: center;
      }
      .head .number .arrow:empty {
        display: none;
      }
    `],m([v()],p.prototype,"label",2),m([v({attribute:!1})],p.prototype,"columns",2),m([v({type:Number})],p.prototype,"length",2),m([v({attribute:!1})],p.prototype,"sort",2),m([v({type:Number})],p.prototype,"start",2),m([v({attribute:!1})],p.prototype,"row",2),m([b()],p.prototype,"current",2),m([b()],p.prototype,"top",2),m([b()],p.prototype,"height",2),m([S(".box")],p.prototype,"box",2),m([S(".head")],p.prototype,"head",2),p=m([L("lms-table")],p);var kt=60,lt=10,xt={density:6,kurtosis:6.5,skew:6,max:6,min:6,peak_share:8.5},dt=i=>i==="density"||i==="peak_share",$t=(i,n)=>dt(i)?R(n):O(n),d=class extends T{constructor(){super(...arguments);this.catalogue=null;this.columns=null;this.layers=[];this.query=P(new URLSearchParams);this.chosen=new Uint32Array;this.row=()=>({to:"",cells:[]});this.progress="";this.trouble="";this.orders=new A;this.vocabulary=null;this.peaks=new Map;this.still=0;this.nChoices=0;this.press=t=>{t.key!=="/"||J(t)||!this.search||(t.preventDefault(),this.search.focus(),this.search.select())}}connectedCallback(){super.connectedCallback(),window.addEventListener("keydown",this.press)}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener("keydown",this.press),clearTimeout(this.still)}willUpdate(t){t.has("address")&&(this.query=P(this.address.query),t.get("address")?.catalogue!==this.address.catalogue?this.open(this.address.catalogue):this.choose())}async open(t){let e=()=>this.address.catalogue!==t||!this.isConnected;this.catalogue=this.columns=this.vocabulary=null,this.orders=new A,this.peaks.clear(),this.layers=[],this.trouble="";try{let s=await this.source.catalogue(t);if(e())return;this.catalogue=s;let r=new Y(s.manifest);this.progress=`Reading the statistics of ${x(r.length)} neurons…`;let[a,...o]=await Promise.all(["is_dead",...$].map(l=>s.column(l)));if(e())return;this.columns={places:r,numeric:Object.fromEntries($.map((l,c)=>[l,o[c]])),isDead:a,marks:null,peaks:null},await Promise.all([this.choose(),this.readMarks(e),this.sumUp(e)])}catch(s){e()||this.fail(s)}}fail(t){if(this.progress="",!(t instanceof Error))throw t;this.trouble=t.message}async readMarks(t){if(!this.source.journal)return;let{entries:e}=await this.source.journal.log();if(t()||!this.columns)return;let{places:s}=this.columns,r=new Uint8Array(s.length);for(let a of e){let o=a.catalogue===this.address.catalogue?s.flat(a.layer,a.index):-1;o>=0&&(r[o]=a.starred?E:H)}this.columns={...this.columns,marks:r},await this.choose()}async sumUp(t){let{places:e,numeric:s,isDead:r}=this.columns,a=[],o=0,l=performance.now()+lt;for(let[c,f]of e.layers.entries()){let h=e.count(c),w=0;for(let y=o;y<o+h;y++)w+=r[y];if(a.push({layer:f,first:o,n:h,deadShare:w/Math.max(1,h),density:W(s.density.subarray(o,o+h)),kurtosis:W(s.kurtosis.subarray(o,o+h))}),o+=h,!(performance.now()<l)){if(await new Promise(y=>setTimeout(y)),t())return;l=performance.now()+lt}}this.layers=a}async choose(){let{catalogue:t,query:e}=this;if(!t||!this.columns)return;let s=++this.nChoices;if(e.token&&!this.columns.peaks){this.progress=`Reading the peak tokens of ${x(this.columns.places.length)} neurons…`;let[r,a,o]=await Promise.all([t.column("peak_ids"),t.column("peak_counts"),t.vocabulary()]);if(t!==this.catalogue||(this.columns.peaks={ids:r,counts:a,vocabulary:o},s!==this.nChoices))return}this.chosen=ot(this.columns,e,this.orders),this.row=r=>this.describe(this.chosen[r]),this.progress=""}change(t){this.query={...this.query,...t},history.replaceState(history.state,"",Q(this.address.catalogue,K(this.query))),this.table?.toTop(),this.choose().catch(e=>this.fail(e))}limit(t,e,s){let r=s.trim()===""||!Number.isFinite(Number(s))?null:Number(s),a={min:null,max:null,...this.query.limits[t],[e]:r},o={...this.query.limits,[t]:a};a.min===null&&a.max===null&&delete o[t],this.change({limits:o})}describe(t){let{places:e,numeric:s,isDead:r,marks:a}=this.columns,{layer:o,index:l}=e.at(t),c=h=>$t(h,s[h][t]),f=a?.[t];return{to:M({catalogue:this.address.catalogue,layer:o,neuron:l}),cells:[`L${o}N${l}`,c("density"),c("kurtosis"),c("skew"),c("max"),c("min"),this.peaksOf(t),c("peak_share"),r[t]?"dead":"",...a?[f===E?"★ starred":f===H?"seen":""]:[]]}}peaksOf(t){let{peaks:e}=this.columns;return e?ht(e.ids.subarray(5*t,5*t+5),e.counts.subarray(5*t,5*t+5),e.vocabulary):this.peaks.get(t)??"…"}showed(t){clearTimeout(this.still);let{first:e,last:s}=t.detail;this.still=window.setTimeout(()=>{history.replaceState({...history.state,row:e},""),this.readPeaks(e,s).catch(r=>this.fail(r))},kt)}async readPeaks(t,e){let{catalogue:s}=this;if(!s||this.columns?.peaks)return;let r=[...this.chosen.subarray(t,e)].filter(o=>!this.peaks.has(o));if(!r.length)return;this.vocabulary??=await s.vocabulary();let a=await Promise.all(r.map(o=>Promise.all([s.row("peak_ids",o),s.row("peak_counts",o)])));s===this.catalogue&&(a.forEach(([o,l],c)=>this.peaks.set(r[c],ht(o,l,this.vocabulary))),this.table?.requestUpdate())}openRandom(){let{layer:t,index:e}=this.columns.places.at(this.chosen[Math.floor(Math.random()*this.chosen.length)]);location.hash=M({catalogue:this.address.catalogue,layer:t,neuron:e})}render(){return u`
      <h1>${this.address.catalogue}</h1>
      ${this.trouble?u`<div class="alert" role="alert">${this.trouble}</div>`:g}
      ${this.catalogue?this.renderFacts(this.catalogue):g}
      ${this.columns?u`${this.renderLayers()} ${this.renderNeurons(this.columns)}`:g}
      <p class="quiet" role="status">${this.columns?"":this.progress}</p>
    `}renderFacts({manifest:t,shelved:e}){let{model:s}=t,r=e.layers.length<e.n_layers;return u`
      <dl class="facts">
        <dt>Model</dt>
        <dd>
          ${s.name}${s.source===s.name?g:u` <span class="quiet">from ${s.source}</span>`}
        </dd>
        <dt>Neurons</dt>
        <dd>
          ${x(e.n_neurons)} in ${r?`${e.layers.length} of `:""}${e.n_layers}
          ${e.n_layers===1?"layer":"layers"}; activation function ${e.activation_function}${e.is_gated?", gated: a neuron is a product of two, and negative values speak too":""}
        </dd>
        <dt>Site</dt>
        <dd>${e.site} <span class="quiet">${q[e.site]}</span></dd>
        <dt>Corpus</dt>
        <dd>
          ${e.corpus} <span class="quiet">${x(e.n_tokens)} tokens of ${x(e.n_documents)}
          documents, ${t.corpus.context} tokens at a time${e.date?`; scanned on ${e.date}`:""}</span>
        </dd>
        <dt>Python</dt>
        <dd><code>${e.python}</code> <lms-copy .value=${e.python} what="Copy the line of Python"></lms-copy></dd>
        <dt>Any text</dt>
        <dd>
          ${e.why_not_live===null?u`<a href=${B({catalogue:e.address,layer:null,neuron:null},[])}>
                Which neurons respond to my text?</a
              >`:u`<span class="quiet">${e.why_not_live}</span>`}
        </dd>
      </dl>
    `}renderLayers(){let{layers:t}=this;if(!t.length)return u`<h2>Layers</h2><p class="quiet">Summing up…</p>`;let e=ut(t.map(r=>r.density),r=>r),s=ut(t.map(r=>r.kurtosis),Math.asinh);return u`
      <h2>Layers</h2>
      <div class="wide layers" role="region" tabindex="0" aria-label="Layers">
        <table>
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col">Neurons</th>
              <th scope="col" class="number">Dead</th>
              <th scope="col" colspan="2">Density: middle half and median</th>
              <th scope="col" colspan="2">Kurtosis: middle half and median</th>
            </tr>
          </thead>
          <tbody>
            ${t.map(r=>u`<tr>
                <th scope="row">
                  <a
                    href=${this.urlOf({layer:r.layer})}
                    aria-label="Layer ${r.layer}: show only its neurons"
                    title="Show only its neurons in the table"
                    >${r.layer}</a
                  >
                </th>
                <td class="links">${this.renderEnds(r)}</td>
                <td class="number">${R(r.deadShare)}</td>
                <td>${mt(r.density,e)}</td>
                <td class="number">${r.density?ct(r.density,R):g}</td>
                <td>${mt(r.kurtosis,s)}</td>
                <td class="number">${r.kurtosis?ct(r.kurtosis,O):g}</td>
              </tr>`)}
          </tbody>
        </table>
      </div>
    `}renderEnds({layer:t,first:e,n:s}){if(!s)return u`<span class="quiet">none kept</span>`;let{places:r}=this.columns,a=o=>M({catalogue:this.address.catalogue,layer:t,neuron:r.at(o).index});return u`<a href=${a(e)} aria-label="First neuron of layer ${t}">first</a>
      <button
        class="plain"
        aria-label="Random neuron of layer ${t}"
        @click=${()=>location.hash=a(e+Math.floor(Math.random()*s))}
      >random</button>
      <a href=${a(e+s-1)} aria-label="Last neuron of layer ${t}">last</a>`}urlOf(t){return Q(this.address.catalogue,K({...this.query,...t}))}renderNeurons({places:t,marks:e}){let{query:s,chosen:r}=this,a=r.length===t.length;return u`
      <h2>Neurons</h2>
      <div class="row" role="search" aria-label="Neurons">
        <label>
          Peak token
          <input
            id="token" type="text" .value=${s.token} placeholder="part of a token" autocomplete="off"
            autocapitalize="off" spellcheck="false" title="Among the five tokens on which its largest activations lie"
            @input=${o=>this.change({token:o.target.value})}
          />
        </label>
        <label>
          <input
            type="checkbox" .checked=${s.isExact}
            @change=${o=>this.change({isExact:o.target.checked})}
          />
          whole token
        </label>
        <label>
          <input
            type="checkbox" .checked=${s.isCaseSensitive}
            @change=${o=>this.change({isCaseSensitive:o.target.checked})}
          />
          same case
        </label>
        ${t.layers.length>1?this.renderChoice("Layer",t.layers.map(String),s.layer===null?"":String(s.layer),o=>this.change({layer:o===null?null:Number(o)})):g}
        ${this.renderChoice("Only",G,s.life??"",o=>this.change({life:o}))}
        ${e?this.renderChoice("Log",F,s.seen??"",o=>this.change({seen:o})):g}
      </div>
      ${this.renderLimits()}
      <p class="row">
        <span role="status">
          ${this.progress||(a?`${x(t.length)} neurons`:`${x(r.length)} of ${x(t.length)} neurons`)}
        </span>
        <button ?disabled=${!r.length} @click=${this.openRandom}>Random of these</button>
        ${a?g:u`<button class="plain" @click=${()=>this.change(P(new URLSearchParams))}>Show all</button>`}
      </p>
      <lms-table
        .label=${`Neurons of ${this.address.catalogue}`}
        .columns=${St(e!==null)}
        .length=${r.length}
        .row=${this.row}
        .sort=${s.sort}
        .start=${history.state?.row??0}
        @lms-sort=${o=>this.change({sort:nt(s.sort,o.detail)})}
        @lms-show=${this.showed}
      ></lms-table>
    `}renderChoice(t,e,s,r){return u`<label>
      ${t}
      <select @change=${a=>r(a.target.value||null)}>
        <option value="" ?selected=${s===""}>all</option>
        ${e.map(a=>u`<option value=${a} ?selected=${a===s}>${a}</option>`)}
      </select>
    </label>`}renderLimits(){let{limits:t}=this.query,e=Object.keys(t).length;return u`<details ?open=${e>0}>
      <summary>Limits${e?` (${e})`:""}</summary>
      <div class="limits">
        ${$.map(s=>{let{label:r,meaning:a}=_[s],o=l=>u`<input
            type="text" inputmode="decimal" size="7" aria-label="${l==="min"?"Least":"Greatest"} ${r}"
            .value=${String(t[s]?.[l]??"")} placeholder=${dt(s)?l==="min"?"0":"1":"any"}
            @change=${c=>this.limit(s,l,c.target.value)}
          />`;return u`<div title=${a}>${o("min")} ≤ ${r} ≤ ${o("max")}</div>`})}
      </div>
    </details>`}};d.styles=[U,I,N`
      .layers {
        max-height: 22rem;
        overflow-y: auto;
      }
      .layers thead th {
        position: sticky;
        top: 0;
        z-index: 1;
        background: var(--page);
      }
      .layers td,
      .layers th {
        white-space: nowrap;
        vertical-align: middle;
      }
      .links a,
      .links button {
        margin-right: 0.5rem;
      }
      svg {
        display: block;
        width: 8rem;
        height: 1rem;
      }
      .span {
        fill: var(--positive);
      }
      .median {
        fill: var(--ink);
      }
      .axis {
        fill: var(--line);
      }
      label {
        white-space: nowrap;
      }
      [role="search"] {
        gap: 0.5rem 1rem;
      }
      #token {
        width: 12rem;
      }
      details {
        margin: 0.5rem 0;
      }
      .limits {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr));
        gap: 0.4rem 1rem;
        padding: 0.5rem 0;
      }
      lms-table {
        height: max(18rem, min(44rem, calc(100vh - 12rem)));
      }
    `],m([v({attribute:!1})],d.prototype,"source",2),m([v({attribute:!1})],d.prototype,"shelf",2),m([v({attribute:!1})],d.prototype,"address",2),m([b()],d.prototype,"catalogue",2),m([b()],d.prototype,"columns",2),m([b()],d.prototype,"layers",2),m([b()],d.prototype,"query",2),m([b()],d.prototype,"chosen",2),m([b()],d.prototype,"row",2),m([b()],d.prototype,"progress",2),m([b()],d.prototype,"trouble",2),m([S("lms-table")],d.prototype,"table",2),m([S("#token")],d.prototype,"search",2),d=m([L("lms-model-page")],d);function St(i){let n=s=>({key:s,..._[s],width:xt[s],isNumber:!0,canSort:!0}),t=(s,r,a,o)=>({key:s,label:r,meaning:a,width:o,isNumber:!1,canSort:!1}),e=t("peaks","peak tokens","The tokens at the peaks of the top examples, most frequent first",16);return[t("neuron","neuron","Layer and number",7.5),...$.slice(0,5).map(n),{...e,canGrow:!0},n("peak_share"),t("dead","dead",_.is_dead.meaning,4),...i?[t("log","log","What your log says of it",6)]:[]]}function ht(i,n,t){return Array.from(i,(e,s)=>({id:e,n:n[s]})).filter(({n:e})=>e>0).map(({id:e,n:s})=>X(t.text(e))+(s>1?` ×${s}`:"")).join(" ")}var ct=({low:i,median:n,high:t},e)=>u`${e(n)} <span class="quiet">(${e(i)} to ${e(t)})</span>`;function ut(i,n){let t=i.flatMap(r=>r?[r]:[]),e=n(Math.min(...t.map(r=>r.low))),s=n(Math.max(...t.map(r=>r.high)));return r=>s>e?100*(n(r)-e)/(s-e):50}function mt(i,n){if(!i)return g;let[t,e,s]=[n(i.low),n(i.median),n(i.high)];return u`<svg viewBox="-2 0 104 16" preserveAspectRatio="none" aria-hidden="true">
    ${Z`<rect class="axis" x="0" y="7.5" width="100" height="1"/>
      <rect class="span" x=${t} y="3" width=${Math.max(.5,s-t)} height="10"/>
      <rect class="median" x=${e-.75} y="1" width="1.5" height="14"/>`}
  </svg>`}export{d as ModelPage};
