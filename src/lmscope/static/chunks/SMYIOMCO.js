import"./WAFKCCD6.js";import{c as ne}from"./XKUGGR46.js";import"./SX4M7UQM.js";import{d as H}from"./BVDZSTZK.js";import{a as ie,b as le}from"./62JDYWOL.js";import"./YKF4EBZZ.js";import{a as oe}from"./3NYV56MM.js";import{a as g,b as I,c as q,e as ae}from"./CS66JUC2.js";import{a as te,e as K,j as se,k as re}from"./LMEHCCPS.js";import{a as f,b as A,c as h,d as R,f as b,h as _,i as D,j as k,k as P,n as N,o as L}from"./FALRISK7.js";var $=220,de=1e3,Q=A`
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
`,S=class extends _{constructor(){super(...arguments);this.axis="";this.unit=""}render(){let e=this.axes(),t=n=>`${(100*(n-e.low)/(e.high-e.low)).toFixed(3)}%`;return h`<figure>
      <figcaption class="quiet">
        <span class="which"><span class="key"></span>${this.first.name}</span>
        <span class="which"><span class="key second"></span>${this.second.name}</span>
        <span>Share of the tokens per ${this.unit}, on a logarithmic scale.</span>
      </figcaption>
      <svg height=${$+24} role="img" aria-label=${this.summary(e)}>
        ${le(10**e.floor,10**e.top,6).map(n=>{let s=ce(Math.log10(n),e);return R`<line class="grid" x1="0" x2="100%" y1=${s} y2=${s}></line>
            <text class="density" x="-6" y=${s} dy="0.32em">${g(n)}</text>`})}
        ${e.low<0&&e.high>0?R`<line class="zero" x1=${t(0)} x2=${t(0)} y1="0" y2=${$}></line>`:b}
        <svg width="100%" height=${$} viewBox="0 0 ${de} ${$}" preserveAspectRatio="none">
          <path class="first area" d=${J(this.first.pieces,e)}></path>
          <path class="first" d=${J(this.first.pieces,e)}></path>
          <path class="second" d=${J(this.second.pieces,e)}></path>
        </svg>
        <line class="base" x1="0" x2="100%" y1=${$} y2=${$}></line>
        ${ie(e.low,e.high,6).map(n=>{let s=(n-e.low)/(e.high-e.low);return R`<line class="base" x1=${t(n)} x2=${t(n)} y1=${$} y2=${$+5}></line>
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
    </figure>`}axes(){let e=[...this.first.pieces,...this.second.pieces],t=e.filter(d=>d.high>d.low).map(he),[n,s]=[Math.min(...e.map(d=>d.low)),Math.max(...e.map(d=>d.high))],[a,i]=t.length?[Math.min(...t),Math.max(...t)]:[.1,1],l=s>n?0:.5;return{low:n-l,high:s+l,floor:Math.log10(a)-.4,top:Math.log10(i)+.1}}renderHeaps({name:e,pieces:t}){return t.filter(n=>n.high===n.low).map(n=>h`<p class="quiet heap">
          ${n.share===1?"All":`${I(n.share)} of the`} tokens of ${e} have one and the same value,
          ${g(n.low)}: the stroke to the top.
        </p>`)}renderBins({name:e,pieces:t,nTokens:n}){return h`<table>
      <caption>${e}</caption>
      <thead><tr><th class="number">from</th><th class="number">to</th><th class="number">tokens</th></tr></thead>
      <tbody>
        ${t.map(s=>h`<tr>
            <td class="number">${g(s.low)}</td><td class="number">${g(s.high)}</td>
            <td class="number">${q(Math.round(s.share*n))}</td>
          </tr>`)}
      </tbody>
    </table>`}summary({low:e,high:t}){let n=({name:s,pieces:a})=>`${s} reaches from ${g(a[0].low)} to ${g(a.at(-1).high)}`;return`Two histograms over one axis, ${this.axis}, from ${g(e)} to ${g(t)}. ${n(this.first)}; ${n(this.second)}. The numbers follow below.`}};S.styles=[N,L,Q,A`
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
    `],f([k({attribute:!1})],S.prototype,"first",2),f([k({attribute:!1})],S.prototype,"second",2),f([k()],S.prototype,"axis",2),f([k()],S.prototype,"unit",2),S=f([D("lms-chart")],S);var he=({low:o,high:r,share:e})=>e/(r-o),ce=(o,{floor:r,top:e})=>Math.round(10*$*(1-(o-r)/(e-r)))/10;function J(o,r){let e=s=>(de*(s-r.low)/(r.high-r.low)).toFixed(2),[t,n]=["",NaN];return o.forEach((s,a)=>{let i=s.high>s.low?ce(Math.log10(he(s)),r):0;t+=s.low===n?`L${e(s.low)} ${i}`:`M${e(s.low)} ${$}V${i}`,t+=`H${e(s.high)}`,o[a+1]?.low!==s.high&&(t+=`V${$}`),n=s.high}),t}function Pe({histogram:o,stats:r}){let{edges:e,counts:t}=o,n=E(t),s=[];t.forEach((l,d)=>{if(l===0)return;let[u,c]=[e[d],e[d+1]],m=u===0?E(t.slice(d))-Math.round(r.density*r.count):0,y=Math.min(l,Math.max(0,m));y&&s.push({low:0,high:0,share:y/n}),l>y&&s.push({low:u,high:c,share:(l-y)/n})});let[a,i]=[s[0],s.at(-1)];return a&&a.high>a.low&&(a.low=r.min),i&&i.high>i.low&&(i.high=r.max),s}function me(o){let r=Pe(o),{mean:e,sd:t}=o.stats;if(!t||e===null)return{raw:{binned:r,spread:r},standardised:null};let n=X(r,-e/t,1/t),s=Ae(n);return{raw:{binned:r,spread:X(s,e,t)},standardised:{binned:n,spread:s}}}var Te=o=>X(o,0,-1);function X(o,r,e){let t=o.map(n=>{let s=[r+e*n.low,r+e*n.high];return{low:Math.min(...s),high:Math.max(...s),share:n.share}});return e<0?t.reverse():t}function Ae(o){let r=o.map(qe),e=(a,i)=>{let[l,d,u,c,m,y]=[-i,0,-1,1e-12,0,1e-12],O=o.map(({share:x},v)=>{let C=r[v].map(p=>a*p.x+i*p.x2),ee=Math.max(...C),F=r[v].map((p,G)=>p.share*Math.exp(C[G]-ee)),V=E(F),T=p=>F.reduce((G,Se,Me)=>G+Se*p(Me),0)/V,[j,U]=[T(p=>r[v][p].x),T(p=>r[v][p].x2)];return l+=x*(ee+Math.log(V)),d+=x*j,u+=x*U,c+=x*T(p=>(r[v][p].x-j)**2),m+=x*T(p=>(r[v][p].x-j)*(r[v][p].x2-U)),y+=x*T(p=>(r[v][p].x2-U)**2),F.map(p=>x*p/V)});return{value:l,m1:d,m2:u,v11:c,v12:m,v22:y,weights:O}},[t,n]=[0,0],s=e(t,n);for(let a=0;a<100&&Math.abs(s.m1)+Math.abs(s.m2)>1e-9;a++){let i=s.v11*s.v22-s.v12**2,l=(s.v22*s.m1-s.v12*s.m2)/i,d=(s.v11*s.m2-s.v12*s.m1)/i,u=l*s.m1+d*s.m2,c=1,m=e(t-l,n-d);for(;!(m.value<=s.value-1e-4*c*u)&&c>1e-9;)c/=2,m=e(t-c*l,n-c*d);if(c<=1e-9)break;[t,n,s]=[t-c*l,n-c*d,m]}return r.flatMap((a,i)=>a.map(({low:l,high:d},u)=>({low:l,high:d,share:s.weights[i][u]})).filter(l=>l.share>0))}function qe({low:o,high:r}){let e=Array.from({length:17},(a,i)=>(i/16)**3),t=(a,i)=>e.map(l=>a+l*(i-a)),n=(a,i)=>e.map(l=>i-l*(i-a)).reverse(),s=o===r?[o,r]:o>=0?t(o,r):r<=0?n(o,r):[...n(o,0),...t(0,r).slice(1)];return s.slice(1).map((a,i)=>{let l=s[i];return{low:l,high:a,x:(l+a)/2,x2:(l*l+l*a+a*a)/3,share:r>o?(a-l)/(r-o):1}})}function*Z(o,r){let[e,t,n,s]=[0,0,0,0];for(;e<o.length&&t<r.length;){let[a,i]=[o[e],r[t]],[l,d]=[a.share-n,i.share-s],u=Math.min(l,d),c=(m,y)=>m.low+(m.high-m.low)*Math.min(1,y/m.share);yield{share:u,p:a,q:i,first:c(a,n)-c(i,s),last:c(a,n+u)-c(i,s+u)},[e,n]=l>d?[e,n+u]:[e+1,0],[t,s]=d>l?[t,s+u]:[t+1,0]}}function Ee(o,r){let e=0;for(let{share:t,first:n,last:s}of Z(o,r))e+=t*(n*s>=0?Math.abs(n+s)/2:(n*n+s*s)/(2*Math.abs(n-s)));return e}function pe(o,r){let e=0;for(let{share:t,first:n,last:s}of Z(o,r))e+=t*(n*n+n*s+s*s)/3;return Math.sqrt(e)}function Re(o,r){let[e,t]=[ue(o),ue(r)],n=0;for(let s of fe(o,r))for(let a of[!0,!1])n=Math.max(n,Math.abs(e(s,a)-t(s,a)));return n}function ue(o){let[r,e]=[0,0];return(t,n)=>{for(let a=o[r];a&&(a.high<t||a.high===t&&(a.low<t||!n));a=o[++r])e+=a.share;let s=o[r];return s&&s.low<t?e+s.share*(t-s.low)/(s.high-s.low):e}}var fe=(o,r)=>[...new Set([...o,...r].flatMap(e=>[e.low,e.high]))].sort((e,t)=>e-t);function ge(o,r){let e={near1:0,far1:0,near2:0,far2:0};for(let{share:t,p:n,q:s}of Z(o,r)){let a=Math.max(0,n.low-s.high,s.low-n.high),i=Math.max(n.high-s.low,s.high-n.low);e.near1+=t*a,e.far1+=t*i,e.near2+=t*a*a,e.far2+=t*i*i}return e}function _e(o,r){let e=(a,i,l)=>E(a.map((d,u)=>{let c=d.high>d.low&&u<a.length-1;return d.high<i||d.high===i&&(c||!l)?d.share:0})),t=(a,i,l)=>E(a.map(d=>d.low<i||d.low===i&&!l?d.share:0)),[n,s]=[0,0];for(let a of fe(o,r))for(let i of[!0,!1])n=Math.max(n,e(o,a,i)-t(r,a,i),e(r,a,i)-t(o,a,i)),s=Math.max(s,t(o,a,i)-e(r,a,i),t(r,a,i)-e(o,a,i));return[n,s]}function we(o,r,e=1/0){let t=ge(o.binned,r.binned),[n,s]=_e(o.binned,r.binned),a=(i,l,d)=>({low:i,high:l,value:Math.min(l,Math.max(i,d))});return{w1:a(t.near1,Math.min(e,t.far1),Ee(o.spread,r.spread)),w2:a(Math.sqrt(t.near2),Math.min(e,Math.sqrt(t.far2)),pe(o.spread,r.spread)),ks:a(n,s,Re(o.spread,r.spread))}}var be=Math.SQRT2;function $e(o,r){let e=t=>Math.min(1,1-ge(o.binned,t).near2/2+1e-6);return{least:-e(Te(r.binned)),most:e(r.binned),likely:Math.min(1,1-pe(o.spread,r.spread)**2/2)}}var B=.98,W=o=>((o<0?Math.floor(o*100):Math.ceil(o*100))/100).toFixed(2).replace("-","−");function ye({least:o,most:r,likely:e}){let t="a shuffled copy of a neuron has the very same histogram";if(r>=B&&e>=B)return`The shapes agree; that alone says nothing about the same feature: ${t}.`;if(r>=B)return`The shapes differ, but in bins as wide as these that proves little: ${Number(W(r))<1?`they rule out only a correlation above ${W(r)}`:"they rule out no correlation"}.`;let n=-o<B?` and below ${W(o)}`:"";return`The shapes rule out a correlation above ${W(r)}${n}. Whether there is any they cannot say: ${t}.`}function ve(o,r){if(o.model.tokenizer_hash!==r.model.tokenizer_hash)return"the two models cut text into different tokens";if(o.corpus.sha256!==r.corpus.sha256)return"the two were scanned over different texts";let e=({corpus:t,counted:n})=>JSON.stringify([t.context,t.n_tokens,n.n_tokens,n.first_position_counted,n.bos,n.eos,n.special_ids_never_counted]);return e(o)===e(r)?null:"the two scans did not count the same tokens of the text"}function E(o){let r=0;for(let e of o)r+=e;return r}var De=10,Ne=["max","min","mean","sd","skew","kurtosis","density","density_half_max"],Le=["density","density_half_max"],z=["a","b"],Ie={a:"First",b:"Second"},w=class extends _{constructor(){super(...arguments);this.shown={a:null,b:null};this.trouble={a:null,b:null};this.typed={a:"",b:""};this.wantsRaw=!1;this.width="line";this.loading=new AbortController}disconnectedCallback(){super.disconnectedCallback(),this.loading.abort()}willUpdate(e){e.has("address")&&this.begin()}begin(){this.loading.abort(),this.loading=new AbortController,this.trouble={a:null,b:null};for(let e of z){let t=this.address[e];this.typed={...this.typed,[e]:t?Y(t):""},!(t&&xe(t,this.shown[e]?.at))&&(this.shown={...this.shown,[e]:null},t&&this.load(e,t,this.loading.signal))}}async load(e,t,n){try{let s=await this.source.catalogue(t.catalogue),a=await s.neuron(t.layer,t.neuron,n);if(n.aborted)return;this.shown={...this.shown,[e]:{at:t,record:a,catalogue:s,...me(a)}}}catch(s){if(n.aborted)return;if(!(s instanceof re))throw s;this.trouble={...this.trouble,[e]:s.message}}}submit(e){e.preventDefault();let t={a:null,b:null};this.trouble={a:null,b:null};for(let a of z){let i=this.typed[a].trim();if(!i)continue;let l=this.address[a]??this.address[a==="a"?"b":"a"],d=ne(i,this.shelf,{catalogue:l?.catalogue??null,layer:l?.layer??null}),u="to"in d?te(d.to):null;if(u?.page==="neuron")t[a]=u.at;else{let c="sentence"in d?d.sentence:`'${i}' names no neuron: which layer, which number?`;this.trouble={...this.trouble,[a]:c}}}if(this.trouble.a||this.trouble.b)return;let[n,s]=t.a?[t.a,t.b]:[t.b,null];location.hash=se(n,s)}render(){let{a:e,b:t}=this.shown,n=this.address.a||this.address.b;return h`
      <h1>${e&&t?h`${M(e,e,t)} <span class="quiet">and</span> ${M(t,e,t)}`:"Compare two neurons"}</h1>
      ${n?b:h`<p class="quiet">
            Any two, of any two catalogues: statistics, histograms and examples side by side. Write them as below, or begin on
            the page of a neuron.
          </p>`}
      ${this.renderForm()}
      ${e&&t?this.renderBoth(e,t):n?this.renderWaiting():b}
    `}renderForm(){let{catalogues:e}=this.shelf,t=(s,a)=>s?`${s.address}/${s.layers.at(-1)}/${a}`:"",n={a:t(e[0],3),b:t(e.at(-1),12)};return h`<form class="picker" aria-label="Neurons to compare" @submit=${this.submit}>
        ${z.map(s=>h`<div class="field">
            <label for=${s}><span class=${s==="b"?"key second":"key"}></span>${Ie[s]} neuron</label>
            <input
              id=${s} type="text" autocomplete="off" autocapitalize="off" spellcheck="false" list="catalogues"
              placeholder=${n[s]} aria-invalid=${this.trouble[s]?"true":"false"} .value=${this.typed[s]}
              @input=${a=>this.typed={...this.typed,[s]:a.target.value}}
            />
          </div>`)}
        <datalist id="catalogues">${e.map(s=>h`<option value="${s.address}/${s.layers[0]}/"></option>`)}</datalist>
        <button>Compare</button>
      </form>
      ${z.map(s=>this.trouble[s]?h`<div class="alert" role="alert">${this.trouble[s]}</div>`:b)}`}renderWaiting(){let{a:e,b:t}=this.address,n=!e||!t;return this.trouble.a||this.trouble.b?b:n?h`<p>Which neuron shall it be compared with? Write it into the other box, as <kbd>L0N737</kbd> or with its catalogue.</p>`:h`<p class="quiet" role="status">Loading…</p>`}renderBoth(e,t){return h`${this.renderStats(e,t)} ${this.renderHistograms(e,t)} ${this.renderExamples(e,t)}`}renderStats(e,t){let n=(i,l,d,u="")=>h`<tr>
        <th scope="row" title=${l||b}>${i}</th>
        ${[e,t].map(c=>h`<td class=${u}>${d(c)}</td>`)}
        <td class="quiet meaning">${l}</td>
      </tr>`,s=i=>h`<span class="tokens">${i.slice(0,5).map(({token:l})=>h`<code>${oe(l)}</code> `)}</span>`,a=i=>{let{label:l,meaning:d}=ae[i],u=c=>{let m=c[i];return Le.includes(i)&&m!==null?I(m):g(m)};return n(l,d,({record:c})=>u(c.stats),"number")};return h`<div class="wide">
      <table class="stats">
        <caption class="visually-hidden">Both neurons, line by line</caption>
        <thead>
          <tr>
            <td></td>
            ${[e,t].map(({at:i,record:l},d)=>h`<th scope="col">
                <span class=${d?"key second":"key"}></span><a href=${K(i)}>${l.neuron}</a>
              </th>`)}
            <td class="meaning"></td>
          </tr>
        </thead>
        <tbody>
          ${n("model","",({record:i})=>i.model)}
          ${n("site","",({record:i})=>h`<span title=${H[i.site]??""}>${i.site}</span>`)}
          ${n("activation function","",({catalogue:i})=>ke(i.shelved))}
          ${n("corpus","",({catalogue:i})=>h`<bdi>${i.shelved.corpus}</bdi>`)}
          ${n("tokens","Tokens behind every statistic.",({record:i})=>q(i.stats.count),"number")}
          ${Ne.map(a)}
          ${n("peaks on","Tokens at the peaks of the top examples.",({record:i})=>i.dead?h`<span class="quiet">dead: never above 0</span>`:s(i.peak_tokens))}
          ${n("promotes","Tokens whose logit it raises most, by the direct path.",({record:i})=>i.logits?s(i.logits.promoted):h`<span class="quiet">not known</span>`)}
          ${n("suppresses","Tokens whose logit it lowers most.",({record:i})=>i.logits?s(i.logits.suppressed):h`<span class="quiet">not known</span>`)}
        </tbody>
      </table>
    </div>`}renderHistograms(e,t){let n=He(e,t),s=[e,t].filter(d=>!d.standardised).map(d=>M(d,e,t)),a=n===null&&(this.wantsRaw||s.length>0),[i,l]=a?[e.raw,t.raw]:[e.standardised,t.standardised];return h`<section aria-labelledby="histograms">
      <h2 id="histograms">Histograms on one axis</h2>
      ${i&&l?this.renderUnits(a,s.length===0,n===null):b}
      ${n?h`<p class="quiet">${n}</p>`:b}
      ${s.length?h`<p class="quiet">
            ${s.join(" and ")} had the same value on every token, so ${s.length>1?"they have":"it has"} no
            standard deviation to be measured by.
          </p>`:b}
      ${i&&l?this.renderAxis(e,t,i,l,a):b}
    </section>`}renderUnits(e,t,n){return h`<div class="row no-print" role="group" aria-label="Unit of the axis">
      <button aria-pressed=${e?"false":"true"} ?disabled=${!t} @click=${()=>this.wantsRaw=!1}>
        standardised
      </button>
      <button aria-pressed=${e?"true":"false"} ?disabled=${!n} @click=${()=>this.wantsRaw=!0}>
        raw activations
      </button>
    </div>`}renderAxis(e,t,n,s,a){let i=(c,{binned:m})=>({name:M(c,e,t),pieces:m,nTokens:c.record.stats.count}),l=we(n,s,a?1/0:be),d=a?"unit":"sd",u=(c,{value:m,low:y,high:O},x,v)=>h`<tr>
      <th scope="row">${c}</th>
      <td class="number">${g(m)}${x}</td>
      <td class="number quiet">${g(y)} to ${g(O)}</td>
      <td class="quiet meaning">${v}</td>
    </tr>`;return h`<lms-chart
        .first=${i(e,n)} .second=${i(t,s)} .unit=${d}
        .axis=${a?Be(e,t):"standard deviations from each neuron's own mean"}
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
            ${u("Wasserstein-1",l.w1,a?"":" sd","How far a token moves on average to turn one histogram into the other.")}
            ${u("Wasserstein-2",l.w2,a?"":" sd","The same as a root mean square: far moves weigh more.")}
            ${u("Kolmogorov–Smirnov",l.ks,"","Largest difference between the shares of tokens below any one value.")}
          </tbody>
        </table>
      </div>
      <p class="quiet">
        A histogram knows the bin of a token, not its place in it. Surely: wherever in their bins the tokens lie. About: with
        the tokens spread inside the bins so that mean and sd are the measured ones.
      </p>`}verdict(e,t){let n=ve(e.catalogue.manifest,t.catalogue.manifest);return!e.standardised||!t.standardised?"A constant neuron correlates with nothing.":xe(e.at,t.at)?"This is one neuron twice.":n===null?ye($e(e.standardised,t.standardised)):`Shapes bound a correlation only over the same tokens, and ${n}. So these distances describe two shapes: they can neither rule out nor confirm that both neurons stand for the same feature.`}renderExamples(e,t){let n=(s,a)=>h`<button aria-pressed=${this.width===s?"true":"false"} @click=${()=>this.width=s}>${a}</button>`;return h`<section aria-labelledby="examples">
      <h2 id="examples">Top examples, each neuron on its own scale</h2>
      <div class="row no-print" role="group" aria-label="Examples">${n("line","one line each")} ${n("window","windows")}</div>
      <div class="sides">${[e,t].map((s,a)=>this.renderSide(s,M(s,e,t),a))}</div>
    </section>`}renderSide({at:e,record:t,catalogue:n},s,a){let i=!!this.source.live&&n.shelved.why_not_live===null;return h`<div class="side">
      <h3><span class=${a?"key second":"key"}></span><a href=${K(e)}>${s}</a></h3>
      <lms-legend .scale=${t.stats}></lms-legend>
      ${t.dead?h`<p class="alert">Dead on this corpus: never above 0 on ${q(t.stats.count)} tokens.</p>`:h`<ol>
            ${t.top.slice(0,De).map((l,d)=>h`<li>
                <lms-example
                  .example=${l} .rank=${d+1} .list=${`${s} top`} .scale=${t.stats} .width=${this.width}
                  .at=${e} .source=${this.source} .isLive=${i}
                ></lms-example>
              </li>`)}
          </ol>`}
    </div>`}};w.styles=[N,L,Q,A`
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
    `],f([k({attribute:!1})],w.prototype,"source",2),f([k({attribute:!1})],w.prototype,"shelf",2),f([k({attribute:!1})],w.prototype,"address",2),f([P()],w.prototype,"shown",2),f([P()],w.prototype,"trouble",2),f([P()],w.prototype,"typed",2),f([P()],w.prototype,"wantsRaw",2),f([P()],w.prototype,"width",2),w=f([D("lms-compare-page")],w);var Y=({catalogue:o,layer:r,neuron:e})=>`${o}/${r}/${e}`,xe=(o,r)=>r!==void 0&&Y(o)===Y(r);function M(o,r,e){return r.at.catalogue===e.at.catalogue?o.record.neuron:`${o.at.catalogue} ${o.record.neuron}`}var ke=({activation_function:o,is_gated:r})=>r?`${o}, gated`:o;function He(o,r){if(o.record.site!==r.record.site){let[e,t]=[o.record.site,r.record.site];return`Only standardised: ${M(o,o,r)} was recorded at site ${e} (${H[e]}), ${M(r,o,r)} at site ${t} (${H[t]}). Values of different sites are never laid on one axis.`}return o.catalogue.shelved.is_gated===r.catalogue.shelved.is_gated?null:"Only standardised: one of the two MLPs is gated, so its value is a product of two; the other's is not."}function Be(o,r){let[e,t]=[o,r].map(s=>`${s.record.model} (${ke(s.catalogue.shelved)})`),n=`activation at site ${o.record.site}`;return e===t?n:`${n}, each in its own model's unit: ${e}, ${t}`}export{w as ComparePage};
