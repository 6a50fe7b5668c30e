import{j as J}from"./SX4M7UQM.js";import{d as et}from"./BVDZSTZK.js";import{b as X}from"./IGPV4GCE.js";import{a as tt}from"./3NYV56MM.js";import{a as H,b as I,c as k,e as P}from"./CS66JUC2.js";import{e as U,h as _,i as Y}from"./LMEHCCPS.js";import{a as u,b as E,c,d as B,f as p,h as A,i as C,j as f,k as w,l as N,n as T,o as M}from"./FALRISK7.js";function st(i,{isDescending:n=!1}={}){let{words:t,least:e,most:s}=gt(i),r=t.at(-1),o=h=>r[h]>=e&&r[h]<=s,a=new Uint32Array(i.length),l=0;for(let h=0;h<a.length;h++)o(h)&&(a[l++]=h);for(let h=0,g=l;g<a.length;h++)o(h)||(a[g++]=h);for(let h of t)wt(a.subarray(0,l),h,n);return a}function gt(i){return i instanceof Float32Array?{words:[yt(i)],least:8388607,most:4286578688}:i instanceof Float64Array?{words:bt(i),least:1048575,most:4293918720}:{words:[new Uint32Array(i)],least:0,most:4294967295}}function yt(i){let n=new Uint32Array(i.length),t=new Int32Array(i.buffer,i.byteOffset,i.length);for(let e=0;e<n.length;e++){let s=t[e]===-2147483648?0:t[e];n[e]=s^(s>>31|-2147483648)}return n}function bt(i){let[n,t]=[new Uint32Array(i.length),new Uint32Array(i.length)],e=new Int32Array(i.buffer,i.byteOffset,2*i.length);for(let s=0;s<i.length;s++){let r=i[s],o=r===0?0:r===r?e[2*s+1]:2146959360;n[s]=e[2*s]^o>>31,t[s]=o^(o>>31|-2147483648)}return[n,t]}function wt(i,n,t){let e=i.length,s=t?-1:0,[r,o]=[new Uint32Array(2*e),new Uint32Array(2*e)],a=Array.from({length:3},()=>new Uint32Array(2048)),[l,h,g]=a;for(let m=0;m<e;m++){let S=i[m],y=n[S]^s;r[2*m]=y,r[2*m+1]=S,l[y&2047]++,h[y>>>11&2047]++,g[y>>>22]++}a.forEach((m,S)=>{let y=S*11;if(e&&m[r[0]>>>y&2047]===e)return;let Z=0;for(let v=0;v<=2047;v++){let R=m[v];m[v]=Z,Z+=R}for(let v=0;v<2*e;v+=2){let R=r[v],q=2*m[R>>>y&2047]++;o[q]=R,o[q+1]=r[v+1]}[r,o]=[o,r]});for(let m=0;m<e;m++)i[m]=r[2*m+1]}function Q(i,n,t,e){for(let s=0;s<n.length;s++)n[s]>=t&&n[s]<=e||(i[s]=0)}function rt(i,n,{isExact:t=!1,isCaseSensitive:e=!1}={}){let s=o=>e?o:o.toLowerCase(),r=s(n);return Uint8Array.from({length:i.length},(o,a)=>{let l=s(i.text(a));return+(t?l===r:l.includes(r))})}function it(i,n,t,e){let s=n.length/i.length;for(let r=0;r<i.length;r++){let o=!1;for(let a=r*s;a<(r+1)*s&&!o;a++)o=t[a]>0&&e[n[a]]===1;o||(i[r]=0)}}var $=["density","kurtosis","skew","max","min","peak_share"],K=["alive","dead"],W=["seen","unseen","starred"],nt=0,O=1,L=2;function ot(i){return i!==null&&i.trim()!==""&&Number.isFinite(Number(i))?Number(i):null}function z(i,n){return i.find(t=>t===n)??null}function V(i){let n={};for(let r of $){let[o,a]=[ot(i.get(`min.${r}`)),ot(i.get(`max.${r}`))];(o!==null||a!==null)&&(n[r]={min:o,max:a})}let t=i.get("sort")??"",e=z($,t.replace(/^-/,"")),s=i.get("layer");return{layer:s!==null&&/^\d+$/.test(s)?Number(s):null,token:i.get("token")??"",isExact:i.has("exact"),isCaseSensitive:i.has("case"),life:z(K,i.get("only")),seen:z(W,i.get("log")),limits:n,sort:e&&{key:e,isDescending:t.startsWith("-")}}}function G(i){let n=new URLSearchParams;i.layer!==null&&n.set("layer",String(i.layer)),i.token&&n.set("token",i.token),i.token&&i.isExact&&n.set("exact",""),i.token&&i.isCaseSensitive&&n.set("case",""),i.life&&n.set("only",i.life),i.seen&&n.set("log",i.seen);for(let t of $){let{min:e=null,max:s=null}=i.limits[t]??{};e!==null&&n.set(`min.${t}`,String(e)),s!==null&&n.set(`max.${t}`,String(s))}return i.sort&&n.set("sort",(i.sort.isDescending?"-":"")+i.sort.key),n}function at(i,n){return i?.key!==n?{key:n,isDescending:!0}:i.isDescending?{key:n,isDescending:!1}:null}var D=class{constructor(){this.known=new Map}of(n,{key:t,isDescending:e}){let s=`${e?"-":""}${t}`,r=this.known.get(s);return r||(r=st(n.numeric[t],{isDescending:e}),this.known.set(s,r)),r}};function lt(i,n,t){let{places:e}=i,s=new Uint8Array(e.length).fill(1);if(n.layer!==null){let l=0;e.layers.forEach((h,g)=>{let m=l+e.count(g);h!==n.layer&&s.fill(0,l,m),l=m})}for(let l of $){let h=n.limits[l];h&&Q(s,i.numeric[l],Math.fround(h.min??-1/0),Math.fround(h.max??1/0))}if(n.life&&Q(s,i.isDead,+(n.life==="dead"),+(n.life==="dead")),n.seen&&i.marks){let[l,h]={unseen:[nt,nt],seen:[O,L],starred:[L,L]}[n.seen];Q(s,i.marks,l,h)}if(n.token&&i.peaks){let{ids:l,counts:h,vocabulary:g}=i.peaks;it(s,l,h,rt(g,vt(n.token),n))}let r=new Uint32Array(s.length),o=n.sort&&t.of(i,n.sort),a=0;for(let l=0;l<s.length;l++){let h=o?o[l]:l;s[h]&&(r[a++]=h)}return r.subarray(0,a)}function vt(i){return i.replaceAll("·"," ").replaceAll("↵",`
`).replaceAll("→","	")}function j(i){let n=Float32Array.from(i).sort(),t=n.length;for(;t&&Number.isNaN(n[t-1]);)t--;if(!t)return null;let e=s=>{let r=s*(t-1),o=n[Math.floor(r)];return o+(n[Math.ceil(r)]-o)*(r%1)};return{min:e(0),low:e(.25),median:e(.5),high:e(.75),max:e(1)}}var x=class extends A{constructor(){super(...arguments);this.catalogue="";this.layers=[]}render(){let{layers:t,query:e}=this;if(!t.length)return c`<p class="quiet">Summing up…</p>`;let s=ct(t.map(o=>o.density),o=>o),r=ct(t.map(o=>o.kurtosis),Math.asinh);return c`
      <div class="wide" role="region" tabindex="0" aria-label="Layers">
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
            ${t.map(o=>c`<tr>
                <th scope="row">
                  <a
                    href=${_(this.catalogue,G({...e,layer:o.layer}))}
                    aria-label="Layer ${o.layer}: show only its neurons"
                    title="Show only its neurons in the table"
                    >${o.layer}</a
                  >
                </th>
                <td class="links">${this.renderEnds(o)}</td>
                <td class="number">${I(o.deadShare)}</td>
                <td>${ut(o.density,s)}</td>
                <td class="number">${o.density?ht(o.density,I):p}</td>
                <td>${ut(o.kurtosis,r)}</td>
                <td class="number">${o.kurtosis?ht(o.kurtosis,H):p}</td>
              </tr>`)}
          </tbody>
        </table>
      </div>
    `}renderEnds({layer:t,first:e,n:s}){if(!s)return c`<span class="quiet">none kept</span>`;let r=o=>U({catalogue:this.catalogue,layer:t,neuron:this.places.at(o).index});return c`<a href=${r(e)} aria-label="First neuron of layer ${t}">first</a>
      <button
        class="plain"
        aria-label="Random neuron of layer ${t}"
        @click=${()=>location.hash=r(e+Math.floor(Math.random()*s))}
      >random</button>
      <a href=${r(e+s-1)} aria-label="Last neuron of layer ${t}">last</a>`}};x.styles=[T,M,E`
      .wide {
        max-height: 22rem;
        overflow-y: auto;
      }
      thead th {
        position: sticky;
        top: 0;
        z-index: 1;
        background: var(--page);
      }
      td,
      th {
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
    `],u([f()],x.prototype,"catalogue",2),u([f({attribute:!1})],x.prototype,"places",2),u([f({attribute:!1})],x.prototype,"layers",2),u([f({attribute:!1})],x.prototype,"query",2),x=u([C("lms-layers")],x);var ht=({low:i,median:n,high:t},e)=>c`${e(n)} <span class="quiet">(${e(i)} to ${e(t)})</span>`;function ct(i,n){let t=i.flatMap(r=>r?[r]:[]),e=n(Math.min(...t.map(r=>r.low))),s=n(Math.max(...t.map(r=>r.high)));return r=>s>e?100*(n(r)-e)/(s-e):50}function ut(i,n){if(!i)return p;let[t,e,s]=[n(i.low),n(i.median),n(i.high)];return c`<svg viewBox="-2 0 104 16" preserveAspectRatio="none" aria-hidden="true">
    ${B`<rect class="axis" x="0" y="7.5" width="100" height="1"/>
      <rect class="span" x=${t} y="3" width=${Math.max(.5,s-t)} height="10"/>
      <rect class="median" x=${e-.75} y="1" width="1.5" height="14"/>`}
  </svg>`}var F=class{constructor(n=8e6){this.longest=n;this.top=0;this.thumb=0;this.whole=0;this.height=0}get shown(){return Math.min(this.whole,this.longest)}resize(n,t){this.whole=n,this.height=t,this.moveTo(this.top)}moveTo(n){this.top=Math.max(0,Math.min(this.furthest,n)),this.settle()}settle(){let{furthest:n,furthestThumb:t}=this;this.thumb=Math.round(mt(this.top,n,t,.125*t))}follow(n){let t=n-this.thumb;this.thumb=n;let{furthest:e,furthestThumb:s}=this;this.whole===this.shown?this.top=n:Math.abs(t)>3*this.height?this.top=mt(n,s,e,.125*s):this.top+=t,this.top=Math.max(0,Math.min(e,this.top)),(n<=0||n>=s-1)&&this.settle()}get furthest(){return Math.max(0,this.whole-this.height)}get furthestThumb(){return Math.max(0,this.shown-this.height)}};function mt(i,n,t,e){return i<=e?i:i>=n-e?t-(n-i):e+(i-e)/(n-2*e)*(t-2*e)}var $t=150,b=class extends A{constructor(){super(...arguments);this.label="";this.columns=[];this.length=0;this.sort=null;this.current=-1;this.roll=new F;this.rowHeight=32;this.rest=0;this.shown="";this.observer=new ResizeObserver(()=>this.measure())}async startAt(t){await this.updateComplete,this.current=-1,this.moveTo(t*this.rowHeight)}connectedCallback(){super.connectedCallback();let t=parseFloat(getComputedStyle(document.documentElement).fontSize);this.rowHeight=2*t,this.style.setProperty("--row",`${this.rowHeight}px`),this.hasUpdated&&this.observer.observe(this.box)}disconnectedCallback(){super.disconnectedCallback(),this.observer.disconnect(),clearTimeout(this.rest)}firstUpdated(){this.observer.observe(this.box),this.measure()}measure(){this.roll.resize(this.length*this.rowHeight,Math.max(0,this.box.clientHeight-this.head.offsetHeight)),this.placeThumb(),this.requestUpdate()}moveTo(t){this.roll.moveTo(t),this.placeThumb(),this.requestUpdate()}get isOff(){return Math.abs(this.box.scrollTop-this.roll.thumb)>=1}placeThumb(){this.isOff&&(this.box.scrollTop=this.roll.thumb)}scrolled(){this.isOff&&(this.roll.follow(this.box.scrollTop),this.placeThumb(),this.requestUpdate(),clearTimeout(this.rest),this.rest=window.setTimeout(()=>{this.roll.settle(),this.placeThumb()},$t))}press(t){if(t.ctrlKey||t.metaKey||t.altKey||t.target!==this.box)return;let e=Math.max(1,Math.floor(this.roll.height/this.rowHeight)-1),r={ArrowDown:1,ArrowUp:-1,PageDown:e,PageUp:-e,Home:-1/0,End:1/0}[t.key];if(r!==void 0&&this.length){t.preventDefault();let o=this.current>=0?this.current:Math.ceil(this.roll.top/this.rowHeight)-(r>0?1:0);this.current=Math.max(0,Math.min(this.length-1,o+r));let a=this.current*this.rowHeight,l=a+this.rowHeight-this.roll.height;this.moveTo(Math.max(l,Math.min(a,this.roll.top)))}else t.key==="Enter"&&this.current>=0&&(t.preventDefault(),location.assign(this.row(this.current).to))}open(t,e){t.composedPath().some(r=>r instanceof HTMLAnchorElement)||!document.getSelection()?.isCollapsed||(t.ctrlKey||t.metaKey?window.open(e):location.assign(e))}get range(){let{top:t,height:e}=this.roll;return{first:Math.floor(t/this.rowHeight),last:Math.min(this.length,Math.ceil((t+e)/this.rowHeight))}}willUpdate(t){if(t.has("columns")){let e=s=>s.canGrow?`minmax(${s.width}rem, 1fr)`:`${s.width}rem`;this.style.setProperty("--columns",this.columns.map(e).join(" ")),this.style.setProperty("--least",`${this.columns.reduce((s,r)=>s+r.width,0)}rem`)}t.has("length")&&(this.roll.resize(this.length*this.rowHeight,this.roll.height),this.current=Math.min(this.current,this.length-1))}updated(t){let{range:e,roll:s}=this;t.has("length")&&(this.style.setProperty("--length",`${s.shown}px`),this.placeThumb()),this.style.setProperty("--offset",`${(e.first*this.rowHeight-s.top).toFixed(2)}px`);let r=`${e.first} ${e.last}`;r===this.shown&&!t.has("row")||(this.shown=r,this.dispatchEvent(new CustomEvent("lms-show",{detail:e})))}render(){let{first:t,last:e}=this.range;return c`
      <div
        class="box" role="grid" tabindex="0" aria-label=${this.label}
        aria-rowcount=${this.length+1} aria-colcount=${this.columns.length}
        aria-activedescendant=${this.current>=t&&this.current<e?`row-${this.current}`:p}
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
    `}renderName({key:t,label:e,meaning:s,isNumber:r,canSort:o}){let a=this.sort?.key===t,l=a?this.sort.isDescending?"descending":"ascending":"none",h=a?this.sort.isDescending?"↓":"↑":"";return c`<div
      role="columnheader" title=${s} class=${r?"number":""} aria-sort=${o?l:p}
    >
      ${o?c`<button
            class="plain"
            @click=${()=>this.dispatchEvent(new CustomEvent("lms-sort",{detail:t}))}
          >${e}<span class="arrow" aria-hidden="true">${h}</span></button>`:e}
    </div>`}renderRow(t){let{to:e,cells:s}=this.row(t);return c`<div
      class="line ${t===this.current?"current":""}" role="row" id="row-${t}" aria-rowindex=${t+2}
      @click=${r=>this.open(r,e)}
    >
      ${s.map((r,o)=>{let a=this.columns[o];return c`<div role="gridcell" class=${a.isNumber?"number":""}>
          ${o===0?c`<a href=${e} tabindex="-1">${r}</a>`:r}
        </div>`})}
    </div>`}};b.styles=[T,M,E`
      .box {
        position: relative;
        max-height: var(--tallest, 40rem);
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
    `],u([f()],b.prototype,"label",2),u([f({attribute:!1})],b.prototype,"columns",2),u([f({type:Number})],b.prototype,"length",2),u([f({attribute:!1})],b.prototype,"sort",2),u([f({attribute:!1})],b.prototype,"row",2),u([w()],b.prototype,"current",2),u([N(".box")],b.prototype,"box",2),u([N(".head")],b.prototype,"head",2),b=u([C("lms-table")],b);var xt=60,dt=10,St={density:5.5,kurtosis:6,skew:5.5,max:5.5,min:5.5,peak_share:8.5},ft=i=>i==="density"||i==="peak_share",Et=(i,n)=>ft(i)?I(n):H(n),d=class extends A{constructor(){super(...arguments);this.catalogue=null;this.columns=null;this.layers=[];this.query=V(new URLSearchParams);this.chosen=new Uint32Array;this.row=()=>({to:"",cells:[]});this.progress="";this.trouble="";this.orders=new D;this.vocabulary=null;this.peaks=new Map;this.still=0;this.nChoices=0;this.press=t=>{t.key!=="/"||X(t)||!this.search||(t.preventDefault(),this.search.focus(),this.search.select())}}connectedCallback(){super.connectedCallback(),window.addEventListener("keydown",this.press)}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener("keydown",this.press),clearTimeout(this.still)}willUpdate(t){t.has("address")&&(this.query=V(this.address.query),clearTimeout(this.still),t.get("address")?.catalogue!==this.address.catalogue?this.open(this.address.catalogue):this.choose().then(()=>this.startAgain(),e=>this.fail(e)))}async startAgain(){let t=history.state?.row??0;await this.updateComplete,await this.table?.startAt(t)}async open(t){let e=()=>this.address.catalogue!==t||!this.isConnected;this.catalogue=this.columns=this.vocabulary=null,this.orders=new D,this.peaks.clear(),this.layers=[],this.trouble="";try{let s=await this.source.catalogue(t);if(e())return;this.catalogue=s;let r=new J(s.manifest);this.progress=`Reading the statistics of ${k(r.length)} neurons…`;let[o,...a]=await Promise.all(["is_dead",...$].map(l=>s.column(l)));if(e())return;this.columns={places:r,numeric:Object.fromEntries($.map((l,h)=>[l,a[h]])),isDead:o,marks:null,peaks:null},await this.choose(),await this.startAgain(),await Promise.all([this.readMarks(e),this.sumUp(e)])}catch(s){e()||this.fail(s)}}fail(t){if(this.progress="",!(t instanceof Error))throw t;this.trouble=t.message}async readMarks(t){if(!this.source.journal)return;let{entries:e}=await this.source.journal.log();if(t()||!this.columns)return;let{places:s}=this.columns,r=new Uint8Array(s.length);for(let o of e){let a=o.catalogue===this.address.catalogue?s.flat(o.layer,o.index):-1;a>=0&&(r[a]=o.starred?L:O)}this.columns={...this.columns,marks:r},await this.choose()}async sumUp(t){let{places:e,numeric:s,isDead:r}=this.columns,o=[],a=0,l=performance.now()+dt;for(let[h,g]of e.layers.entries()){let m=e.count(h),S=0;for(let y=a;y<a+m;y++)S+=r[y];if(o.push({layer:g,first:a,n:m,deadShare:S/Math.max(1,m),density:j(s.density.subarray(a,a+m)),kurtosis:j(s.kurtosis.subarray(a,a+m))}),a+=m,!(performance.now()<l)){if(await new Promise(y=>setTimeout(y)),t())return;l=performance.now()+dt}}this.layers=o}async choose(){let{catalogue:t,query:e}=this;if(!t||!this.columns)return;let s=++this.nChoices;if(e.token&&!this.columns.peaks){this.progress=`Reading the peak tokens of ${k(this.columns.places.length)} neurons…`;let[r,o,a]=await Promise.all([t.column("peak_ids"),t.column("peak_counts"),t.vocabulary()]);if(t!==this.catalogue||(this.columns.peaks={ids:r,counts:o,vocabulary:a},s!==this.nChoices))return}this.chosen=lt(this.columns,e,this.orders),this.row=r=>this.describe(this.chosen[r]),this.progress=""}change(t){this.query={...this.query,...t},history.replaceState(history.state,"",_(this.address.catalogue,G(this.query))),this.choose().then(()=>this.table?.startAt(0),e=>this.fail(e))}limit(t,e,s){let r=s.trim()===""||!Number.isFinite(Number(s))?null:Number(s),o={min:null,max:null,...this.query.limits[t],[e]:r},a={...this.query.limits,[t]:o};o.min===null&&o.max===null&&delete a[t],this.change({limits:a})}describe(t){let{places:e,numeric:s,isDead:r,marks:o}=this.columns,{layer:a,index:l}=e.at(t),h=m=>Et(m,s[m][t]),g=o?.[t];return{to:U({catalogue:this.address.catalogue,layer:a,neuron:l}),cells:[`L${a}N${l}`,h("density"),h("kurtosis"),h("skew"),h("max"),h("min"),this.peaksOf(t),h("peak_share"),r[t]?"dead":"",...o?[g===L?"★ starred":g===O?"seen":""]:[]]}}peaksOf(t){let{peaks:e,places:s}=this.columns;if(!e)return this.peaks.get(t)??"…";let r=e.ids.length/s.length,[o,a]=[e.ids,e.counts].map(l=>l.subarray(r*t,r*(t+1)));return pt(o,a,e.vocabulary)}showed(t){clearTimeout(this.still);let{first:e,last:s}=t.detail;this.still=window.setTimeout(()=>{history.replaceState({...history.state,row:e},""),this.readPeaks(e,s).catch(r=>this.fail(r))},xt)}async readPeaks(t,e){let{catalogue:s}=this;if(!s||this.columns?.peaks)return;let r=[...this.chosen.subarray(t,e)].filter(a=>!this.peaks.has(a));if(!r.length)return;this.vocabulary??=await s.vocabulary();let o=await Promise.all(r.map(a=>Promise.all([s.row("peak_ids",a),s.row("peak_counts",a)])));s===this.catalogue&&(o.forEach(([a,l],h)=>this.peaks.set(r[h],pt(a,l,this.vocabulary))),this.table?.requestUpdate())}openRandom(){let{layer:t,index:e}=this.columns.places.at(this.chosen[Math.floor(Math.random()*this.chosen.length)]);location.hash=U({catalogue:this.address.catalogue,layer:t,neuron:e})}render(){return c`
      <h1>${this.address.catalogue}</h1>
      ${this.trouble?c`<div class="alert" role="alert">${this.trouble}</div>`:p}
      ${this.catalogue?this.renderFacts(this.catalogue):p}
      ${this.columns?c`${this.renderLayers(this.columns)} ${this.renderNeurons(this.columns)}`:p}
      <p class="quiet" role="status">${this.columns?"":this.progress}</p>
    `}renderFacts({manifest:t,shelved:e}){let{model:s}=t,r=e.layers.length<e.n_layers;return c`
      <dl class="facts">
        <dt>Model</dt>
        <dd>
          ${s.name}${s.source===s.name?p:c` <span class="quiet">from ${s.source}</span>`}
        </dd>
        <dt>Neurons</dt>
        <dd>
          ${k(e.n_neurons)} in ${r?`${e.layers.length} of `:""}${e.n_layers}
          ${e.n_layers===1?"layer":"layers"}; activation function ${e.activation_function}${e.is_gated?", gated: a neuron is a product of two, and negative values speak too":""}
        </dd>
        <dt>Site</dt>
        <dd>${e.site} <span class="quiet">${et[e.site]}</span></dd>
        <dt>Corpus</dt>
        <dd>
          ${e.corpus} <span class="quiet">${k(e.n_tokens)} tokens of ${k(e.n_documents)}
          documents, ${t.corpus.context} tokens at a time${e.date?`; scanned on ${e.date}`:""}</span>
        </dd>
        <dt>Python</dt>
        <dd><code>${e.python}</code> <lms-copy .value=${e.python} what="Copy the line of Python"></lms-copy></dd>
        <dt>Any text</dt>
        <dd>
          ${e.why_not_live===null?c`<a href=${Y({catalogue:e.address,layer:null,neuron:null},[])}>
                Which neurons respond to my text?</a
              >`:c`<span class="quiet">${e.why_not_live}</span>`}
        </dd>
      </dl>
    `}renderLayers({places:t}){return c`<h2>Layers</h2>
      <lms-layers
        .catalogue=${this.address.catalogue} .places=${t} .layers=${this.layers} .query=${this.query}
      ></lms-layers>`}renderNeurons({places:t,marks:e}){let{query:s,chosen:r}=this,o=r.length===t.length;return c`
      <h2>Neurons</h2>
      <div class="row" role="search" aria-label="Neurons">
        <label>
          Peak token
          <input
            id="token" type="text" .value=${s.token} placeholder="part of a token" autocomplete="off"
            autocapitalize="off" spellcheck="false" title="Among the five tokens on which its largest activations lie"
            @input=${a=>this.change({token:a.target.value})}
          />
        </label>
        <label>
          <input
            type="checkbox" .checked=${s.isExact}
            @change=${a=>this.change({isExact:a.target.checked})}
          />
          whole token
        </label>
        <label>
          <input
            type="checkbox" .checked=${s.isCaseSensitive}
            @change=${a=>this.change({isCaseSensitive:a.target.checked})}
          />
          same case
        </label>
        ${t.layers.length>1?this.renderChoice("Layer",t.layers.map(String),s.layer===null?"":String(s.layer),a=>this.change({layer:a===null?null:Number(a)})):p}
        ${this.renderChoice("Only",K,s.life??"",a=>this.change({life:a}))}
        ${e?this.renderChoice("Log",W,s.seen??"",a=>this.change({seen:a})):p}
      </div>
      ${this.renderLimits()}
      <p class="row">
        <span role="status">
          ${this.progress||(o?`${k(t.length)} neurons`:`${k(r.length)} of ${k(t.length)} neurons`)}
        </span>
        <button ?disabled=${!r.length} @click=${this.openRandom}>Random of these</button>
        ${o?p:c`<button class="plain" @click=${()=>this.change(V(new URLSearchParams))}>Show all</button>`}
      </p>
      <lms-table
        .label=${`Neurons of ${this.address.catalogue}`}
        .columns=${At(e!==null)}
        .length=${r.length}
        .row=${this.row}
        .sort=${s.sort}
        @lms-sort=${a=>this.change({sort:at(s.sort,a.detail)})}
        @lms-show=${this.showed}
      ></lms-table>
    `}renderChoice(t,e,s,r){return c`<label>
      ${t}
      <select @change=${o=>r(o.target.value||null)}>
        <option value="" ?selected=${s===""}>all</option>
        ${e.map(o=>c`<option value=${o} ?selected=${o===s}>${o}</option>`)}
      </select>
    </label>`}renderLimits(){let{limits:t}=this.query,e=Object.keys(t).length;return c`<details ?open=${e>0}>
      <summary>Limits${e?` (${e})`:""}</summary>
      <div class="limits">
        ${$.map(s=>{let{label:r,meaning:o}=P[s],a=l=>c`<input
            type="text" inputmode="decimal" aria-label="${l==="min"?"Least":"Greatest"} ${r}"
            .value=${String(t[s]?.[l]??"")} placeholder=${ft(s)?l==="min"?"0":"1":"any"}
            @change=${h=>this.limit(s,l,h.target.value)}
          />`;return c`<div title=${o}>${a("min")}<span>≤ ${r} ≤</span>${a("max")}</div>`})}
      </div>
    </details>`}};d.styles=[T,M,E`
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
        grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr));
        gap: 0.4rem 1rem;
        padding: 0.5rem 0;
      }
      .limits div {
        display: grid;
        grid-template-columns: 5rem 1fr 5rem;
        gap: 0.5rem;
        align-items: center;
        text-align: center;
      }
      lms-table {
        --tallest: max(18rem, min(44rem, calc(100vh - 12rem)));
      }
    `],u([f({attribute:!1})],d.prototype,"source",2),u([f({attribute:!1})],d.prototype,"shelf",2),u([f({attribute:!1})],d.prototype,"address",2),u([w()],d.prototype,"catalogue",2),u([w()],d.prototype,"columns",2),u([w()],d.prototype,"layers",2),u([w()],d.prototype,"query",2),u([w()],d.prototype,"chosen",2),u([w()],d.prototype,"row",2),u([w()],d.prototype,"progress",2),u([w()],d.prototype,"trouble",2),u([N("lms-table")],d.prototype,"table",2),u([N("#token")],d.prototype,"search",2),d=u([C("lms-model-page")],d);function At(i){let n=s=>({key:s,...P[s],width:St[s],isNumber:!0,canSort:!0}),t=(s,r,o,a)=>({key:s,label:r,meaning:o,width:a,isNumber:!1,canSort:!1}),e=t("peaks","peak tokens","The tokens at the peaks of the top examples, most frequent first",16);return[t("neuron","neuron","Layer and number",7.5),...$.slice(0,5).map(n),{...e,canGrow:!0},n("peak_share"),t("dead","dead",P.is_dead.meaning,4),...i?[t("log","log","What your log says of it",6)]:[]]}function pt(i,n,t){return Array.from(i,(e,s)=>{let r=n[s];return r?c`${s?" ":""}<bdi>${tt(t.text(e))}</bdi>${r>1?` ×${r}`:""}`:p})}export{d as ModelPage};
