import{c as ne}from"./2IVJHKUU.js";import"./T5LWFPUD.js";import{a as oe}from"./AGVVSL5M.js";import"./RMMF26DR.js";import{d as H}from"./BPDRC6KD.js";import{a as g,b as I,c as q,e as ae}from"./6SWVKY2T.js";import{a as te,e as K,h as se,i as re}from"./LMWNW5NJ.js";import{a as f,b as A,c,d as N,f as w,h as R,i as _,j as k,k as P,n as D,o as L}from"./QR6IBEXU.js";function ie(i,r,e){if(!(r>i))return[i];let t=(r-i)/e,n=10**Math.floor(Math.log10(t)),s=[1,2,5,10].map(a=>a*n).find(a=>a>=t*(1-1e-9)),o=[];for(let a=Math.ceil(i/s-1e-9);a*s<=r+s*1e-9;a++)o.push(Number((a*s).toPrecision(12)));return o}function le(i,r,e){let[t,n]=[Math.ceil(Math.log10(i)-1e-9),Math.floor(Math.log10(r)+1e-9)],s=Math.max(1,Math.ceil((n-t+1)/e)),o=[];for(let a=t;a<=n;a+=s)o.push(+`1e${a}`);return o}var $=220,de=1e3,Q=A`
  :host {
    --first: #6a4aa3;
    --second: #0b7465;
  }
  @media (prefers-color-scheme: dark) {
    :host {
      --first: #bda6ee;
      --second: #58c7b3;
    }
  }
  .key {
    display: inline-block;
    width: 1.6rem;
    margin-right: 0.3rem;
    border-top: 3px solid var(--first);
    vertical-align: middle;
    forced-color-adjust: none;
  }
  .key.second {
    border-top: 3px dashed var(--second);
  }
`,S=class extends R{constructor(){super(...arguments);this.axis="";this.unit=""}render(){let e=this.axes(),t=n=>`${(100*(n-e.low)/(e.high-e.low)).toFixed(3)}%`;return c`<figure>
      <figcaption class="quiet">
        <span class="which"><span class="key"></span>${this.first.name}</span>
        <span class="which"><span class="key second"></span>${this.second.name}</span>
        <span>Share of the tokens per ${this.unit}, on a logarithmic scale.</span>
      </figcaption>
      <svg height=${$+24} role="img" aria-label=${this.summary(e)}>
        ${le(10**e.floor,10**e.top,6).map(n=>{let s=he(Math.log10(n),e);return N`<line class="grid" x1="0" x2="100%" y1=${s} y2=${s}></line>
            <text class="density" x="-6" y=${s} dy="0.32em">${g(n)}</text>`})}
        ${e.low<0&&e.high>0?N`<line class="zero" x1=${t(0)} x2=${t(0)} y1="0" y2=${$}></line>`:w}
        <svg width="100%" height=${$} viewBox="0 0 ${de} ${$}" preserveAspectRatio="none">
          <path class="first area" d=${J(this.first.pieces,e)}></path>
          <path class="first" d=${J(this.first.pieces,e)}></path>
          <path class="second" d=${J(this.second.pieces,e)}></path>
        </svg>
        <line class="base" x1="0" x2="100%" y1=${$} y2=${$}></line>
        ${ie(e.low,e.high,6).map(n=>{let s=(n-e.low)/(e.high-e.low);return N`<line class="base" x1=${t(n)} x2=${t(n)} y1=${$} y2=${$+5}></line>
            <text class=${s<.04?"start":s>.96?"end":""} x=${t(n)} y=${$+20}>${g(n)}</text>`})}
      </svg>
      <p class="axis quiet" aria-hidden="true">${this.axis}</p>
      ${[this.first,this.second].map(n=>this.renderHeaps(n))}
      <details>
        <summary>The bins as numbers</summary>
        <div class="tables" role="region" tabindex="0" aria-label="Bins of both histograms">
          ${[this.first,this.second].map(n=>this.renderBins(n))}
        </div>
      </details>
    </figure>`}axes(){let e=[...this.first.pieces,...this.second.pieces],t=e.filter(d=>d.high>d.low).map(ce),[n,s]=[Math.min(...e.map(d=>d.low)),Math.max(...e.map(d=>d.high))],[o,a]=t.length?[Math.min(...t),Math.max(...t)]:[.1,1],l=s>n?0:.5;return{low:n-l,high:s+l,floor:Math.log10(o)-.4,top:Math.log10(a)+.1}}renderHeaps({name:e,pieces:t}){return t.filter(n=>n.high===n.low).map(n=>c`<p class="quiet heap">
          ${n.share===1?"All":`${I(n.share)} of the`} tokens of ${e} have one and the same value,
          ${g(n.low)}: the stroke to the top.
        </p>`)}renderBins({name:e,pieces:t,nTokens:n}){return c`<table>
      <caption>${e}</caption>
      <thead><tr><th class="number">from</th><th class="number">to</th><th class="number">tokens</th></tr></thead>
      <tbody>
        ${t.map(s=>c`<tr>
            <td class="number">${g(s.low)}</td><td class="number">${g(s.high)}</td>
            <td class="number">${q(Math.round(s.share*n))}</td>
          </tr>`)}
      </tbody>
    </table>`}summary({low:e,high:t}){let n=({name:s,pieces:o})=>`${s} reaches from ${g(o[0].low)} to ${g(o.at(-1).high)}`;return`Two histograms over one axis, ${this.axis}, from ${g(e)} to ${g(t)}. ${n(this.first)}; ${n(this.second)}. The numbers follow below.`}};S.styles=[D,L,Q,A`
      figure {
        margin: 0.5rem 0;
        padding-left: 4rem;
      }
      figcaption {
        display: flex;
        flex-wrap: wrap;
        gap: 0 1.25rem;
        margin: 0 0 0.5rem -4rem;
        font-size: 0.8125rem;
      }
      .which {
        color: var(--ink);
      }
      svg {
        display: block;
        width: 100%;
        overflow: visible;
        forced-color-adjust: none;
      }
      text {
        fill: var(--quiet);
        font-size: 0.75rem;
        font-variant-numeric: tabular-nums;
        text-anchor: middle;
      }
      .density,
      .end {
        text-anchor: end;
      }
      .start {
        text-anchor: start;
      }
      .grid {
        stroke: var(--line);
      }
      .base {
        stroke: var(--edge);
      }
      .zero {
        stroke: var(--edge);
        stroke-dasharray: 1 3;
      }
      path {
        fill: none;
        stroke-width: 1.75px;
        vector-effect: non-scaling-stroke;
      }
      .first {
        stroke: var(--first);
      }
      .first.area {
        fill: var(--first);
        opacity: 0.16;
        stroke: none;
      }
      .second {
        stroke: var(--second);
        stroke-dasharray: 6 3;
      }
      .axis {
        max-width: none;
        margin: 0 0 0.5rem;
        font-size: 0.8125rem;
        text-align: center;
      }
      .heap,
      details {
        margin-left: -4rem;
        font-size: 0.8125rem;
      }
      .tables {
        display: flex;
        flex-wrap: wrap;
        gap: 1rem 3rem;
        align-items: start;
        max-height: 24rem;
        overflow: auto;
      }
    `],f([k({attribute:!1})],S.prototype,"first",2),f([k({attribute:!1})],S.prototype,"second",2),f([k()],S.prototype,"axis",2),f([k()],S.prototype,"unit",2),S=f([_("lms-chart")],S);var ce=({low:i,high:r,share:e})=>e/(r-i),he=(i,{floor:r,top:e})=>Math.round(10*$*(1-(i-r)/(e-r)))/10;function J(i,r){let e=s=>(de*(s-r.low)/(r.high-r.low)).toFixed(2),[t,n]=["",NaN];return i.forEach((s,o)=>{let a=s.high>s.low?he(Math.log10(ce(s)),r):0;t+=s.low===n?`L${e(s.low)} ${a}`:`M${e(s.low)} ${$}V${a}`,t+=`H${e(s.high)}`,i[o+1]?.low!==s.high&&(t+=`V${$}`),n=s.high}),t}function Pe({histogram:i,stats:r}){let{edges:e,counts:t}=i,n=E(t),s=[];t.forEach((l,d)=>{if(l===0)return;let[u,h]=[e[d],e[d+1]],m=u===0?E(t.slice(d))-Math.round(r.density*r.count):0,y=Math.min(l,Math.max(0,m));y&&s.push({low:0,high:0,share:y/n}),l>y&&s.push({low:u,high:h,share:(l-y)/n})});let[o,a]=[s[0],s.at(-1)];return o&&o.high>o.low&&(o.low=r.min),a&&a.high>a.low&&(a.high=r.max),s}function me(i){let r=Pe(i),{mean:e,sd:t}=i.stats;if(!t||e===null)return{raw:{binned:r,spread:r},standardised:null};let n=X(r,-e/t,1/t),s=Ae(n);return{raw:{binned:r,spread:X(s,e,t)},standardised:{binned:n,spread:s}}}var Te=i=>X(i,0,-1);function X(i,r,e){let t=i.map(n=>{let s=[r+e*n.low,r+e*n.high];return{low:Math.min(...s),high:Math.max(...s),share:n.share}});return e<0?t.reverse():t}function Ae(i){let r=i.map(qe),e=(o,a)=>{let[l,d,u,h,m,y]=[-a,0,-1,1e-12,0,1e-12],O=i.map(({share:x},v)=>{let C=r[v].map(p=>o*p.x+a*p.x2),ee=Math.max(...C),F=r[v].map((p,G)=>p.share*Math.exp(C[G]-ee)),V=E(F),T=p=>F.reduce((G,Se,Me)=>G+Se*p(Me),0)/V,[j,U]=[T(p=>r[v][p].x),T(p=>r[v][p].x2)];return l+=x*(ee+Math.log(V)),d+=x*j,u+=x*U,h+=x*T(p=>(r[v][p].x-j)**2),m+=x*T(p=>(r[v][p].x-j)*(r[v][p].x2-U)),y+=x*T(p=>(r[v][p].x2-U)**2),F.map(p=>x*p/V)});return{value:l,m1:d,m2:u,v11:h,v12:m,v22:y,weights:O}},[t,n]=[0,0],s=e(t,n);for(let o=0;o<100&&Math.abs(s.m1)+Math.abs(s.m2)>1e-9;o++){let a=s.v11*s.v22-s.v12**2,l=(s.v22*s.m1-s.v12*s.m2)/a,d=(s.v11*s.m2-s.v12*s.m1)/a,u=l*s.m1+d*s.m2,h=1,m=e(t-l,n-d);for(;!(m.value<=s.value-1e-4*h*u)&&h>1e-9;)h/=2,m=e(t-h*l,n-h*d);if(h<=1e-9)break;[t,n,s]=[t-h*l,n-h*d,m]}return r.flatMap((o,a)=>o.map(({low:l,high:d},u)=>({low:l,high:d,share:s.weights[a][u]})).filter(l=>l.share>0))}function qe({low:i,high:r}){let e=Array.from({length:17},(o,a)=>(a/16)**3),t=(o,a)=>e.map(l=>o+l*(a-o)),n=(o,a)=>e.map(l=>a-l*(a-o)).reverse(),s=i===r?[i,r]:i>=0?t(i,r):r<=0?n(i,r):[...n(i,0),...t(0,r).slice(1)];return s.slice(1).map((o,a)=>{let l=s[a];return{low:l,high:o,x:(l+o)/2,x2:(l*l+l*o+o*o)/3,share:r>i?(o-l)/(r-i):1}})}function*Z(i,r){let[e,t,n,s]=[0,0,0,0];for(;e<i.length&&t<r.length;){let[o,a]=[i[e],r[t]],[l,d]=[o.share-n,a.share-s],u=Math.min(l,d),h=(m,y)=>m.low+(m.high-m.low)*Math.min(1,y/m.share);yield{share:u,p:o,q:a,first:h(o,n)-h(a,s),last:h(o,n+u)-h(a,s+u)},[e,n]=l>d?[e,n+u]:[e+1,0],[t,s]=d>l?[t,s+u]:[t+1,0]}}function Ee(i,r){let e=0;for(let{share:t,first:n,last:s}of Z(i,r))e+=t*(n*s>=0?Math.abs(n+s)/2:(n*n+s*s)/(2*Math.abs(n-s)));return e}function pe(i,r){let e=0;for(let{share:t,first:n,last:s}of Z(i,r))e+=t*(n*n+n*s+s*s)/3;return Math.sqrt(e)}function Ne(i,r){let[e,t]=[ue(i),ue(r)],n=0;for(let s of fe(i,r))for(let o of[!0,!1])n=Math.max(n,Math.abs(e(s,o)-t(s,o)));return n}function ue(i){let[r,e]=[0,0];return(t,n)=>{for(let o=i[r];o&&(o.high<t||o.high===t&&(o.low<t||!n));o=i[++r])e+=o.share;let s=i[r];return s&&s.low<t?e+s.share*(t-s.low)/(s.high-s.low):e}}var fe=(i,r)=>[...new Set([...i,...r].flatMap(e=>[e.low,e.high]))].sort((e,t)=>e-t);function ge(i,r){let e={near1:0,far1:0,near2:0,far2:0};for(let{share:t,p:n,q:s}of Z(i,r)){let o=Math.max(0,n.low-s.high,s.low-n.high),a=Math.max(n.high-s.low,s.high-n.low);e.near1+=t*o,e.far1+=t*a,e.near2+=t*o*o,e.far2+=t*a*a}return e}function Re(i,r){let e=(o,a,l)=>E(o.map((d,u)=>{let h=d.high>d.low&&u<o.length-1;return d.high<a||d.high===a&&(h||!l)?d.share:0})),t=(o,a,l)=>E(o.map(d=>d.low<a||d.low===a&&!l?d.share:0)),[n,s]=[0,0];for(let o of fe(i,r))for(let a of[!0,!1])n=Math.max(n,e(i,o,a)-t(r,o,a),e(r,o,a)-t(i,o,a)),s=Math.max(s,t(i,o,a)-e(r,o,a),t(r,o,a)-e(i,o,a));return[n,s]}function be(i,r,e=1/0){let t=ge(i.binned,r.binned),[n,s]=Re(i.binned,r.binned),o=(a,l,d)=>({low:a,high:l,value:Math.min(l,Math.max(a,d))});return{w1:o(t.near1,Math.min(e,t.far1),Ee(i.spread,r.spread)),w2:o(Math.sqrt(t.near2),Math.min(e,Math.sqrt(t.far2)),pe(i.spread,r.spread)),ks:o(n,s,Ne(i.spread,r.spread))}}var we=Math.SQRT2;function $e(i,r){let e=t=>Math.min(1,1-ge(i.binned,t).near2/2+1e-6);return{least:-e(Te(r.binned)),most:e(r.binned),likely:Math.min(1,1-pe(i.spread,r.spread)**2/2)}}var B=.98,W=i=>((i<0?Math.floor(i*100):Math.ceil(i*100))/100).toFixed(2).replace("-","−");function ye({least:i,most:r,likely:e}){let t="a shuffled copy of a neuron has the very same histogram";if(r>=B&&e>=B)return`The shapes agree; that alone says nothing about the same feature: ${t}.`;if(r>=B)return`The shapes differ, but in bins as wide as these that proves little: ${Number(W(r))<1?`they rule out only a correlation above ${W(r)}`:"they rule out no correlation"}.`;let n=-i<B?` and below ${W(i)}`:"";return`The shapes rule out a correlation above ${W(r)}${n}. Whether there is any they cannot say: ${t}.`}function ve(i,r){if(i.model.tokenizer_hash!==r.model.tokenizer_hash)return"the two models cut text into different tokens";if(i.corpus.sha256!==r.corpus.sha256)return"the two were scanned over different texts";let e=({corpus:t,counted:n})=>JSON.stringify([t.context,t.n_tokens,n.n_tokens,n.first_position_counted,n.bos,n.eos,n.special_ids_never_counted]);return e(i)===e(r)?null:"the two scans did not count the same tokens of the text"}function E(i){let r=0;for(let e of i)r+=e;return r}var _e=10,De=["max","min","mean","sd","skew","kurtosis","density","density_half_max"],Le=["density","density_half_max"],z=["a","b"],Ie={a:"First",b:"Second"},b=class extends R{constructor(){super(...arguments);this.shown={a:null,b:null};this.trouble={a:null,b:null};this.typed={a:"",b:""};this.wantsRaw=!1;this.width="line";this.loading=new AbortController}disconnectedCallback(){super.disconnectedCallback(),this.loading.abort()}willUpdate(e){e.has("address")&&this.begin()}begin(){this.loading.abort(),this.loading=new AbortController,this.trouble={a:null,b:null};for(let e of z){let t=this.address[e];this.typed={...this.typed,[e]:t?Y(t):""},!(t&&xe(t,this.shown[e]?.at))&&(this.shown={...this.shown,[e]:null},t&&this.load(e,t,this.loading.signal))}}async load(e,t,n){try{let s=await this.source.catalogue(t.catalogue),o=await s.neuron(t.layer,t.neuron,n);if(n.aborted)return;this.shown={...this.shown,[e]:{at:t,record:o,catalogue:s,...me(o)}}}catch(s){if(n.aborted)return;if(!(s instanceof re))throw s;this.trouble={...this.trouble,[e]:s.message}}}submit(e){e.preventDefault();let t={a:null,b:null};this.trouble={a:null,b:null};for(let o of z){let a=this.typed[o].trim();if(!a)continue;let l=this.address[o]??this.address[o==="a"?"b":"a"],d=ne(a,this.shelf,{catalogue:l?.catalogue??null,layer:l?.layer??null}),u="to"in d?te(d.to):null;if(u?.page==="neuron")t[o]=u.at;else{let h="sentence"in d?d.sentence:`'${a}' names no neuron: which layer, which number?`;this.trouble={...this.trouble,[o]:h}}}if(this.trouble.a||this.trouble.b)return;let[n,s]=t.a?[t.a,t.b]:[t.b,null];location.hash=se(n,s)}render(){let{a:e,b:t}=this.shown,n=this.address.a||this.address.b;return c`
      <h1>${e&&t?c`${M(e,e,t)} <span class="quiet">and</span> ${M(t,e,t)}`:"Compare two neurons"}</h1>
      ${n?w:c`<p class="quiet">
            Any two, of any two catalogues: statistics, histograms and examples side by side. Write them as below, or begin on
            the page of a neuron.
          </p>`}
      ${this.renderForm()}
      ${e&&t?this.renderBoth(e,t):n?this.renderWaiting():w}
    `}renderForm(){let{catalogues:e}=this.shelf,t=(s,o)=>s?`${s.address}/${s.layers.at(-1)}/${o}`:"",n={a:t(e[0],3),b:t(e.at(-1),12)};return c`<form class="picker" aria-label="Neurons to compare" @submit=${this.submit}>
        ${z.map(s=>c`<div class="field">
            <label for=${s}><span class=${s==="b"?"key second":"key"}></span>${Ie[s]} neuron</label>
            <input
              id=${s} type="text" autocomplete="off" autocapitalize="off" spellcheck="false" list="catalogues"
              placeholder=${n[s]} aria-invalid=${this.trouble[s]?"true":"false"} .value=${this.typed[s]}
              @input=${o=>this.typed={...this.typed,[s]:o.target.value}}
            />
          </div>`)}
        <datalist id="catalogues">${e.map(s=>c`<option value="${s.address}/${s.layers[0]}/"></option>`)}</datalist>
        <button>Compare</button>
      </form>
      ${z.map(s=>this.trouble[s]?c`<div class="alert" role="alert">${this.trouble[s]}</div>`:w)}`}renderWaiting(){let{a:e,b:t}=this.address,n=!e||!t;return this.trouble.a||this.trouble.b?w:n?c`<p>Which neuron shall it be compared with? Write it into the other box, as <kbd>L0N737</kbd> or with its catalogue.</p>`:c`<p class="quiet" role="status">Loading…</p>`}renderBoth(e,t){return c`${this.renderStats(e,t)} ${this.renderHistograms(e,t)} ${this.renderExamples(e,t)}`}renderStats(e,t){let n=(a,l,d,u="")=>c`<tr>
        <th scope="row" title=${l||w}>${a}</th>
        ${[e,t].map(h=>c`<td class=${u}>${d(h)}</td>`)}
        <td class="quiet meaning">${l}</td>
      </tr>`,s=a=>c`<span class="tokens">${a.slice(0,5).map(({token:l})=>c`<code>${oe(l)}</code> `)}</span>`,o=a=>{let{label:l,meaning:d}=ae[a],u=h=>{let m=h[a];return Le.includes(a)&&m!==null?I(m):g(m)};return n(l,d,({record:h})=>u(h.stats),"number")};return c`<div class="wide">
      <table class="stats">
        <caption class="visually-hidden">Both neurons, line by line</caption>
        <thead>
          <tr>
            <td></td>
            ${[e,t].map(({at:a,record:l},d)=>c`<th scope="col">
                <span class=${d?"key second":"key"}></span><a href=${K(a)}>${l.neuron}</a>
              </th>`)}
            <td class="meaning"></td>
          </tr>
        </thead>
        <tbody>
          ${n("model","",({record:a})=>a.model)}
          ${n("site","",({record:a})=>c`<span title=${H[a.site]??""}>${a.site}</span>`)}
          ${n("activation function","",({catalogue:a})=>ke(a.shelved))}
          ${n("corpus","",({catalogue:a})=>c`<bdi>${a.shelved.corpus}</bdi>`)}
          ${n("tokens","Tokens behind every statistic.",({record:a})=>q(a.stats.count),"number")}
          ${De.map(o)}
          ${n("peaks on","Tokens at the peaks of the top examples.",({record:a})=>a.dead?c`<span class="quiet">dead: never above 0</span>`:s(a.peak_tokens))}
          ${n("promotes","Tokens whose logit it raises most, by the direct path.",({record:a})=>a.logits?s(a.logits.promoted):c`<span class="quiet">not known</span>`)}
          ${n("suppresses","Tokens whose logit it lowers most.",({record:a})=>a.logits?s(a.logits.suppressed):c`<span class="quiet">not known</span>`)}
        </tbody>
      </table>
    </div>`}renderHistograms(e,t){let n=He(e,t),s=[e,t].filter(d=>!d.standardised).map(d=>M(d,e,t)),o=n===null&&(this.wantsRaw||s.length>0),[a,l]=o?[e.raw,t.raw]:[e.standardised,t.standardised];return c`<section aria-labelledby="histograms">
      <h2 id="histograms">Histograms on one axis</h2>
      ${a&&l?this.renderUnits(o,s.length===0,n===null):w}
      ${n?c`<p class="quiet">${n}</p>`:w}
      ${s.length?c`<p class="quiet">
            ${s.join(" and ")} had the same value on every token, so ${s.length>1?"they have":"it has"} no
            standard deviation to be measured by.
          </p>`:w}
      ${a&&l?this.renderAxis(e,t,a,l,o):w}
    </section>`}renderUnits(e,t,n){return c`<div class="row no-print" role="group" aria-label="Unit of the axis">
      <button aria-pressed=${e?"false":"true"} ?disabled=${!t} @click=${()=>this.wantsRaw=!1}>
        standardised
      </button>
      <button aria-pressed=${e?"true":"false"} ?disabled=${!n} @click=${()=>this.wantsRaw=!0}>
        raw activations
      </button>
    </div>`}renderAxis(e,t,n,s,o){let a=(h,{binned:m})=>({name:M(h,e,t),pieces:m,nTokens:h.record.stats.count}),l=be(n,s,o?1/0:we),d=o?"unit":"sd",u=(h,{value:m,low:y,high:O},x,v)=>c`<tr>
      <th scope="row">${h}</th>
      <td class="number">${g(m)}${x}</td>
      <td class="number quiet">${g(y)} to ${g(O)}</td>
      <td class="quiet meaning">${v}</td>
    </tr>`;return c`<lms-chart
        .first=${a(e,n)} .second=${a(t,s)} .unit=${d}
        .axis=${o?Be(e,t):"standard deviations from each neuron's own mean"}
      ></lms-chart>
      <p class="verdict">${this.verdict(e,t)}</p>
      <div class="wide">
        <table>
          <caption class="visually-hidden">How far apart the histograms are</caption>
          <thead>
            <tr>
              <th scope="col">Distance</th><th scope="col" class="number">About</th><th scope="col" class="number">Surely</th>
              <td class="meaning"></td>
            </tr>
          </thead>
          <tbody>
            ${u("Wasserstein-1",l.w1,o?"":" sd","How far a token moves on average to turn one histogram into the other.")}
            ${u("Wasserstein-2",l.w2,o?"":" sd","The same as a root mean square: far moves weigh more.")}
            ${u("Kolmogorov–Smirnov",l.ks,"","Largest difference between the shares of tokens below any one value.")}
          </tbody>
        </table>
      </div>
      <p class="quiet">
        A histogram knows the bin of a token, not its place in it. Surely: wherever in their bins the tokens lie. About: with
        the tokens spread inside the bins so that mean and sd are the measured ones.
      </p>`}verdict(e,t){let n=ve(e.catalogue.manifest,t.catalogue.manifest);return!e.standardised||!t.standardised?"A constant neuron correlates with nothing.":xe(e.at,t.at)?"This is one neuron twice.":n===null?ye($e(e.standardised,t.standardised)):`Shapes bound a correlation only over the same tokens, and ${n}. So these distances describe two shapes: they can neither rule out nor confirm that both neurons stand for the same feature.`}renderExamples(e,t){let n=(s,o)=>c`<button aria-pressed=${this.width===s?"true":"false"} @click=${()=>this.width=s}>${o}</button>`;return c`<section aria-labelledby="examples">
      <h2 id="examples">Top examples, each neuron on its own scale</h2>
      <div class="row no-print" role="group" aria-label="Examples">${n("line","one line each")} ${n("window","windows")}</div>
      <div class="sides">${[e,t].map((s,o)=>this.renderSide(s,M(s,e,t),o))}</div>
    </section>`}renderSide({at:e,record:t,catalogue:n},s,o){let a=!!this.source.live&&n.shelved.why_not_live===null;return c`<div class="side">
      <h3><span class=${o?"key second":"key"}></span><a href=${K(e)}>${s}</a></h3>
      <lms-legend .scale=${t.stats}></lms-legend>
      ${t.dead?c`<p class="alert">Dead on this corpus: never above 0 on ${q(t.stats.count)} tokens.</p>`:c`<ol>
            ${t.top.slice(0,_e).map((l,d)=>c`<li>
                <lms-example
                  .example=${l} .rank=${d+1} .list=${`${s} top`} .scale=${t.stats} .width=${this.width}
                  .at=${e} .source=${this.source} .isLive=${a}
                ></lms-example>
              </li>`)}
          </ol>`}
    </div>`}};b.styles=[D,L,Q,A`
      h1 .quiet {
        font-weight: 400;
      }
      .picker {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 0.5rem 1rem;
        margin: 0.75rem 0;
      }
      .field {
        display: flex;
        flex: 0 1 22rem;
        flex-direction: column;
        min-width: 0;
      }
      input[aria-invalid="true"] {
        border-color: var(--negative-mark);
      }
      .stats {
        margin-top: 1rem;
      }
      .stats th[scope="row"] {
        color: var(--quiet);
        white-space: nowrap;
      }
      td:not(.number) {
        overflow-wrap: anywhere;
      }
      .stats td:not(.meaning) {
        min-width: 7rem;
        max-width: 16rem;
      }
      thead td {
        border-bottom-color: var(--edge);
      }
      .stats thead th {
        color: var(--ink);
        font-weight: 600;
        text-align: right;
        white-space: nowrap;
      }
      .stats tbody td:not(.meaning) {
        text-align: right;
      }
      .meaning {
        font-size: 0.8125rem;
      }
      code {
        unicode-bidi: isolate;
        white-space: pre-wrap;
      }
      .verdict {
        margin: 1rem 0;
        font-weight: 600;
      }
      .sides {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 0 2.5rem;
      }
      .side h3 {
        margin-bottom: 0.3rem;
      }
      ol {
        margin: 0.5rem 0 0;
        padding: 0;
        list-style: none;
      }
      li {
        padding: 0.4rem 0 0.5rem;
        border-bottom: 1px solid var(--line);
      }
      @media (max-width: 56rem) {
        .sides {
          grid-template-columns: minmax(0, 1fr);
        }
      }
      @media (max-width: 40rem) {
        .meaning {
          display: none;
        }
        .stats {
          width: 100%;
          table-layout: fixed;
        }
        .stats td:not(.meaning) {
          min-width: 0;
        }
        .stats th[scope="row"] {
          white-space: normal;
        }
        th,
        td {
          padding-right: 0.6rem;
        }
      }
    `],f([k({attribute:!1})],b.prototype,"source",2),f([k({attribute:!1})],b.prototype,"shelf",2),f([k({attribute:!1})],b.prototype,"address",2),f([P()],b.prototype,"shown",2),f([P()],b.prototype,"trouble",2),f([P()],b.prototype,"typed",2),f([P()],b.prototype,"wantsRaw",2),f([P()],b.prototype,"width",2),b=f([_("lms-compare-page")],b);var Y=({catalogue:i,layer:r,neuron:e})=>`${i}/${r}/${e}`,xe=(i,r)=>r!==void 0&&Y(i)===Y(r);function M(i,r,e){return r.at.catalogue===e.at.catalogue?i.record.neuron:`${i.at.catalogue} ${i.record.neuron}`}var ke=({activation_function:i,is_gated:r})=>r?`${i}, gated`:i;function He(i,r){if(i.record.site!==r.record.site){let[e,t]=[i.record.site,r.record.site];return`Only standardised: ${M(i,i,r)} was recorded at site ${e} (${H[e]}), ${M(r,i,r)} at site ${t} (${H[t]}). Values of different sites are never laid on one axis.`}return i.catalogue.shelved.is_gated===r.catalogue.shelved.is_gated?null:"Only standardised: one of the two MLPs is gated, so its value is a product of two; the other's is not."}function Be(i,r){let[e,t]=[i,r].map(s=>`${s.record.model} (${ke(s.catalogue.shelved)})`),n=`activation at site ${i.record.site}`;return e===t?n:`${n}, each in its own model's unit: ${e}, ${t}`}export{b as ComparePage};
