import"./ZZZWQUU6.js";import{c as ne}from"./2IVJHKUU.js";import"./WLPU745K.js";import"./OUXERHIL.js";import"./F73YSGWY.js";import{a as ae,h as H}from"./HHYJPGQH.js";import{a as g,b as I,c as A,e as oe}from"./OKW6DA77.js";import{a as te,e as U,h as se,i as re}from"./LMWNW5NJ.js";import{a as f,b as T,c,d as N,f as y,h as R,i as _,j as k,k as M,n as D,o as L}from"./2YP3OCLO.js";function ie(a,r,e){if(!(r>a))return[a];let t=(r-a)/e,s=10**Math.floor(Math.log10(t)),n=[1,2,5,10].map(o=>o*s).find(o=>o>=t*(1-1e-9)),i=[];for(let o=Math.ceil(a/n-1e-9);o*n<=r+n*1e-9;o++)i.push(Number((o*n).toPrecision(12)));return i}function le(a,r,e){let[t,s]=[Math.ceil(Math.log10(a)-1e-9),Math.floor(Math.log10(r)+1e-9)],n=Math.max(1,Math.ceil((s-t+1)/e)),i=[];for(let o=t;o<=s;o+=n)i.push(+`1e${o}`);return i}var w=220,de=1e3,Pe=1e6,Q=T`
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
`,S=class extends R{constructor(){super(...arguments);this.axis="";this.unit=""}render(){let e=this.axes(),t=s=>`${(100*(s-e.low)/(e.high-e.low)).toFixed(3)}%`;return c`<figure>
      <figcaption class="quiet">
        <span class="which"><span class="key"></span>${this.first.name}</span>
        <span class="which"><span class="key second"></span>${this.second.name}</span>
        <span>Tokens in a million per ${this.unit}, on a logarithmic scale.</span>
      </figcaption>
      <svg height=${w+46} role="img" aria-label=${this.summary(e)}>
        ${le(10**e.floor,10**e.top,6).map(s=>{let n=he(Math.log10(s),e);return N`<line class="grid" x1="0" x2="100%" y1=${n} y2=${n}></line>
            <text class="density" x="-6" y=${n} dy="0.32em">${g(s)}</text>`})}
        ${e.low<0&&e.high>0?N`<line class="zero" x1=${t(0)} x2=${t(0)} y1="0" y2=${w}></line>`:y}
        <svg width="100%" height=${w} viewBox="0 0 ${de} ${w}" preserveAspectRatio="none">
          <path class="first area" d=${J(this.first.pieces,e)}></path>
          <path class="first" d=${J(this.first.pieces,e)}></path>
          <path class="second" d=${J(this.second.pieces,e)}></path>
        </svg>
        <line class="base" x1="0" x2="100%" y1=${w} y2=${w}></line>
        ${ie(e.low,e.high,6).map(s=>{let n=(s-e.low)/(e.high-e.low);return N`<line class="base" x1=${t(s)} x2=${t(s)} y1=${w} y2=${w+5}></line>
            <text class=${n<.04?"start":n>.96?"end":""} x=${t(s)} y=${w+20}>${g(s)}</text>`})}
        <text x="50%" y=${w+40}>${this.axis}</text>
      </svg>
      ${[this.first,this.second].map(s=>this.renderHeaps(s))}
      <details>
        <summary>The bins as numbers</summary>
        <div class="tables" role="region" tabindex="0" aria-label="Bins of both histograms">${[this.first,this.second].map(s=>this.renderBins(s))}</div>
      </details>
    </figure>`}axes(){let e=[...this.first.pieces,...this.second.pieces],t=e.filter(d=>d.high>d.low).map(ce),[s,n]=[Math.min(...e.map(d=>d.low)),Math.max(...e.map(d=>d.high))],[i,o]=t.length?[Math.min(...t),Math.max(...t)]:[1,10],l=n>s?0:.5;return{low:s-l,high:n+l,floor:Math.log10(i)-.4,top:Math.log10(o)+.1}}renderHeaps({name:e,pieces:t}){return t.filter(s=>s.high===s.low).map(s=>c`<p class="quiet heap">
          The stroke to the top at ${g(s.low)}: ${I(s.share)} of the tokens of ${e} have that one value.
        </p>`)}renderBins({name:e,pieces:t,nTokens:s}){return c`<table>
      <caption>${e}</caption>
      <thead><tr><th class="number">from</th><th class="number">to</th><th class="number">tokens</th></tr></thead>
      <tbody>
        ${t.map(n=>c`<tr>
            <td class="number">${g(n.low)}</td><td class="number">${g(n.high)}</td>
            <td class="number">${A(Math.round(n.share*s))}</td>
          </tr>`)}
      </tbody>
    </table>`}summary({low:e,high:t}){let s=({name:n,pieces:i})=>`${n} reaches from ${g(i[0].low)} to ${g(i.at(-1).high)}`;return`Two histograms over one axis, ${this.axis}, from ${g(e)} to ${g(t)}. ${s(this.first)}; ${s(this.second)}. The numbers follow below.`}};S.styles=[D,L,Q,T`
      figure {
        margin: 0.5rem 0;
        padding-left: 4.5rem;
      }
      figcaption {
        display: flex;
        flex-wrap: wrap;
        gap: 0 1.25rem;
        margin: 0 0 0.5rem -4.5rem;
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
      .heap,
      details {
        margin-left: -4.5rem;
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
    `],f([k({attribute:!1})],S.prototype,"first",2),f([k({attribute:!1})],S.prototype,"second",2),f([k()],S.prototype,"axis",2),f([k()],S.prototype,"unit",2),S=f([_("lms-chart")],S);var ce=({low:a,high:r,share:e})=>Pe*e/(r-a),he=(a,{floor:r,top:e})=>Math.round(10*w*(1-(a-r)/(e-r)))/10;function J(a,r){let e=n=>(de*(n-r.low)/(r.high-r.low)).toFixed(2),[t,s]=["",NaN];return a.forEach((n,i)=>{let o=n.high>n.low?he(Math.log10(ce(n)),r):0;t+=n.low===s?`L${e(n.low)} ${o}`:`M${e(n.low)} ${w}V${o}`,t+=`H${e(n.high)}`,a[i+1]?.low!==n.high&&(t+=`V${w}`),s=n.high}),t}function Te({histogram:a,stats:r}){let{edges:e,counts:t}=a,s=q(t),n=[];t.forEach((l,d)=>{if(l===0)return;let[u,h]=[e[d],e[d+1]],m=u===0?q(t.slice(d))-Math.round(r.density*r.count):0,$=Math.min(l,Math.max(0,m));$&&n.push({low:0,high:0,share:$/s}),l>$&&n.push({low:u,high:h,share:(l-$)/s})});let[i,o]=[n[0],n.at(-1)];return i&&i.high>i.low&&(i.low=r.min),o&&o.high>o.low&&(o.high=r.max),n}function me(a){let r=Te(a),{mean:e,sd:t}=a.stats;if(!t||e===null)return{raw:{binned:r,spread:r},standardised:null};let s=X(r,-e/t,1/t),n=qe(s);return{raw:{binned:r,spread:X(n,e,t)},standardised:{binned:s,spread:n}}}var Ae=a=>X(a,0,-1);function X(a,r,e){let t=a.map(s=>{let n=[r+e*s.low,r+e*s.high];return{low:Math.min(...n),high:Math.max(...n),share:s.share}});return e<0?t.reverse():t}function qe(a){let r=a.map(Ee),e=(i,o)=>{let[l,d,u,h,m,$]=[-o,0,-1,1e-12,0,1e-12],z=a.map(({share:x},v)=>{let C=r[v].map(p=>i*p.x+o*p.x2),ee=Math.max(...C),F=r[v].map((p,K)=>p.share*Math.exp(C[K]-ee)),V=q(F),P=p=>F.reduce((K,Se,Me)=>K+Se*p(Me),0)/V,[j,G]=[P(p=>r[v][p].x),P(p=>r[v][p].x2)];return l+=x*(ee+Math.log(V)),d+=x*j,u+=x*G,h+=x*P(p=>(r[v][p].x-j)**2),m+=x*P(p=>(r[v][p].x-j)*(r[v][p].x2-G)),$+=x*P(p=>(r[v][p].x2-G)**2),F.map(p=>x*p/V)});return{value:l,m1:d,m2:u,v11:h,v12:m,v22:$,weights:z}},[t,s]=[0,0],n=e(t,s);for(let i=0;i<100&&Math.abs(n.m1)+Math.abs(n.m2)>1e-9;i++){let o=n.v11*n.v22-n.v12**2,l=(n.v22*n.m1-n.v12*n.m2)/o,d=(n.v11*n.m2-n.v12*n.m1)/o,u=l*n.m1+d*n.m2,h=1,m=e(t-l,s-d);for(;!(m.value<=n.value-1e-4*h*u)&&h>1e-9;)h/=2,m=e(t-h*l,s-h*d);if(h<=1e-9)break;[t,s,n]=[t-h*l,s-h*d,m]}return r.flatMap((i,o)=>i.map(({low:l,high:d},u)=>({low:l,high:d,share:n.weights[o][u]})).filter(l=>l.share>0))}function Ee({low:a,high:r}){let e=Array.from({length:17},(i,o)=>(o/16)**3),t=(i,o)=>e.map(l=>i+l*(o-i)),s=(i,o)=>e.map(l=>o-l*(o-i)).reverse(),n=a===r?[a,r]:a>=0?t(a,r):r<=0?s(a,r):[...s(a,0),...t(0,r).slice(1)];return n.slice(1).map((i,o)=>{let l=n[o];return{low:l,high:i,x:(l+i)/2,x2:(l*l+l*i+i*i)/3,share:r>a?(i-l)/(r-a):1}})}function*Z(a,r){let[e,t,s,n]=[0,0,0,0];for(;e<a.length&&t<r.length;){let[i,o]=[a[e],r[t]],[l,d]=[i.share-s,o.share-n],u=Math.min(l,d),h=(m,$)=>m.low+(m.high-m.low)*Math.min(1,$/m.share);yield{share:u,p:i,q:o,first:h(i,s)-h(o,n),last:h(i,s+u)-h(o,n+u)},[e,s]=l>d?[e,s+u]:[e+1,0],[t,n]=d>l?[t,n+u]:[t+1,0]}}function Ne(a,r){let e=0;for(let{share:t,first:s,last:n}of Z(a,r))e+=t*(s*n>=0?Math.abs(s+n)/2:(s*s+n*n)/(2*Math.abs(s-n)));return e}function pe(a,r){let e=0;for(let{share:t,first:s,last:n}of Z(a,r))e+=t*(s*s+s*n+n*n)/3;return Math.sqrt(e)}function Re(a,r){let[e,t]=[ue(a),ue(r)],s=0;for(let n of fe(a,r))for(let i of[!0,!1])s=Math.max(s,Math.abs(e(n,i)-t(n,i)));return s}function ue(a){let[r,e]=[0,0];return(t,s)=>{for(let i=a[r];i&&(i.high<t||i.high===t&&(i.low<t||!s));i=a[++r])e+=i.share;let n=a[r];return n&&n.low<t?e+n.share*(t-n.low)/(n.high-n.low):e}}var fe=(a,r)=>[...new Set([...a,...r].flatMap(e=>[e.low,e.high]))].sort((e,t)=>e-t);function ge(a,r){let e={near1:0,far1:0,near2:0,far2:0};for(let{share:t,p:s,q:n}of Z(a,r)){let i=Math.max(0,s.low-n.high,n.low-s.high),o=Math.max(s.high-n.low,n.high-s.low);e.near1+=t*i,e.far1+=t*o,e.near2+=t*i*i,e.far2+=t*o*o}return e}function _e(a,r){let e=(i,o,l)=>q(i.map((d,u)=>{let h=d.high>d.low&&u<i.length-1;return d.high<o||d.high===o&&(h||!l)?d.share:0})),t=(i,o,l)=>q(i.map(d=>d.low<o||d.low===o&&!l?d.share:0)),[s,n]=[0,0];for(let i of fe(a,r))for(let o of[!0,!1])s=Math.max(s,e(a,i,o)-t(r,i,o),e(r,i,o)-t(a,i,o)),n=Math.max(n,t(a,i,o)-e(r,i,o),t(r,i,o)-e(a,i,o));return[s,n]}function we(a,r,e=1/0){let t=ge(a.binned,r.binned),[s,n]=_e(a.binned,r.binned),i=(o,l,d)=>({low:o,high:l,value:Math.min(l,Math.max(o,d))});return{w1:i(t.near1,Math.min(e,t.far1),Ne(a.spread,r.spread)),w2:i(Math.sqrt(t.near2),Math.min(e,Math.sqrt(t.far2)),pe(a.spread,r.spread)),ks:i(s,n,Re(a.spread,r.spread))}}var be=Math.SQRT2;function $e(a,r){let e=t=>Math.min(1,1-ge(a.binned,t).near2/2+1e-6);return{least:-e(Ae(r.binned)),most:e(r.binned),likely:Math.min(1,1-pe(a.spread,r.spread)**2/2)}}var B=.95,W=a=>(a<0?Math.floor(a*100)/100:Math.ceil(a*100)/100).toFixed(2).replace("-","−");function ye({least:a,most:r,likely:e}){let t="a shuffled copy of a neuron has the very same histogram";if(r>=B&&e>=B)return`The shapes agree; that alone says nothing about the same feature: ${t}.`;if(r>=B)return`The shapes look different, but the bins are too wide to make much of it: ${Number(W(r))<1?`they rule out only a correlation above ${W(r)}`:"they rule out no correlation"}.`;let s=-a<B?` and below ${W(a)}`:"";return`The shapes rule out a correlation above ${W(r)}${s}. Whether there is any they cannot say: ${t}.`}function ve(a,r){if(a.model.tokenizer_hash!==r.model.tokenizer_hash)return"the two models cut text into different tokens";if(a.corpus.sha256!==r.corpus.sha256)return"the two were scanned over different texts";let e=({corpus:t,counted:s})=>JSON.stringify([t.context,t.n_tokens,s.n_tokens,s.first_position_counted,s.bos,s.eos,s.special_ids_never_counted]);return e(a)===e(r)?null:"the two scans did not count the same tokens of the text"}function q(a){let r=0;for(let e of a)r+=e;return r}var De=10,Le=["max","min","mean","sd","skew","kurtosis","density","density_half_max"],Ie=["density","density_half_max"],O=["a","b"],He={a:"First",b:"Second"},b=class extends R{constructor(){super(...arguments);this.shown={a:null,b:null};this.trouble={a:null,b:null};this.typed={a:"",b:""};this.wantsRaw=!1;this.width="line";this.loading=new AbortController}disconnectedCallback(){super.disconnectedCallback(),this.loading.abort()}willUpdate(e){e.has("address")&&this.begin()}begin(){this.loading.abort(),this.loading=new AbortController,this.trouble={a:null,b:null};for(let e of O){let t=this.address[e];this.typed={...this.typed,[e]:t?Y(t):""},!(t&&xe(t,this.shown[e]?.at))&&(this.shown={...this.shown,[e]:null},t&&this.load(e,t,this.loading.signal))}}async load(e,t,s){try{let n=await this.source.catalogue(t.catalogue),i=await n.neuron(t.layer,t.neuron,s);if(s.aborted)return;this.shown={...this.shown,[e]:{at:t,record:i,catalogue:n,...me(i)}}}catch(n){if(s.aborted)return;if(!(n instanceof re))throw n;this.trouble={...this.trouble,[e]:n.message}}}submit(e){e.preventDefault();let t={a:null,b:null};this.trouble={a:null,b:null};for(let i of O){let o=this.typed[i].trim();if(!o)continue;let l=this.address[i]??this.address[i==="a"?"b":"a"],d=ne(o,this.shelf,{catalogue:l?.catalogue??null,layer:l?.layer??null}),u="to"in d?te(d.to):null;if(u?.page==="neuron")t[i]=u.at;else{let h="sentence"in d?d.sentence:`'${o}' names no neuron: which layer, which number?`;this.trouble={...this.trouble,[i]:h}}}if(this.trouble.a||this.trouble.b)return;let[s,n]=t.a?[t.a,t.b]:[t.b,null];location.hash=se(s,n)}render(){let{a:e,b:t}=this.shown,s=this.address.a||this.address.b;return c`
      <h1>${e&&t?c`${e.record.neuron} <span class="quiet">and</span> ${t.record.neuron}`:"Compare two neurons"}</h1>
      ${s?y:c`<p class="quiet">Any two, of any two catalogues: statistics, histograms and examples side by side.</p>`}
      ${this.renderForm()}
      ${e&&t?this.renderBoth(e,t):s?this.renderWaiting():y}
    `}renderForm(){let{catalogues:e}=this.shelf,t=e.at(-1);return c`<form class="picker" aria-label="Neurons to compare" @submit=${this.submit}>
        ${O.map(s=>c`<div class="field">
            <label for=${s}><span class=${s==="b"?"key second":"key"}></span>${He[s]} neuron</label>
            <input
              id=${s} type="text" autocomplete="off" autocapitalize="off" spellcheck="false" list="catalogues"
              placeholder=${t?`${t.address}/${t.layers[0]}/12`:""} aria-invalid=${this.trouble[s]?"true":"false"}
              .value=${this.typed[s]}
              @input=${n=>this.typed={...this.typed,[s]:n.target.value}}
            />
          </div>`)}
        <datalist id="catalogues">${e.map(s=>c`<option value="${s.address}/${s.layers[0]}/"></option>`)}</datalist>
        <button>Compare</button>
      </form>
      ${O.map(s=>this.trouble[s]?c`<div class="alert" role="alert">${this.trouble[s]}</div>`:y)}`}renderWaiting(){let{a:e,b:t}=this.address,s=!e||!t;return this.trouble.a||this.trouble.b?y:s?c`<p>Which neuron shall it be compared with? Write it into the other box, as <kbd>L0N737</kbd> or with its catalogue.</p>`:c`<p class="quiet" role="status">Loading…</p>`}renderBoth(e,t){return c`${this.renderStats(e,t)} ${this.renderHistograms(e,t)} ${this.renderExamples(e,t)}`}renderStats(e,t){let s=(o,l,d,u="")=>c`<tr>
        <th scope="row" title=${l||y}>${o}</th>
        ${[e,t].map(h=>c`<td class=${u}>${d(h)}</td>`)}
        <td class="quiet meaning">${l}</td>
      </tr>`,n=o=>c`<span class="tokens">${o.slice(0,5).map(({token:l})=>c`<code>${ae(l)}</code> `)}</span>`,i=o=>{let{label:l,meaning:d}=oe[o],u=h=>{let m=h[o];return Ie.includes(o)&&m!==null?I(m):g(m)};return s(l,d,({record:h})=>u(h.stats),"number")};return c`<div class="wide">
      <table class="stats">
        <caption class="visually-hidden">Both neurons, line by line</caption>
        <thead>
          <tr>
            <td></td>
            ${[e,t].map(({at:o,record:l},d)=>c`<th scope="col">
                <span class=${d?"key second":"key"}></span><a href=${U(o)}>${l.neuron}</a>
              </th>`)}
            <td class="meaning"></td>
          </tr>
        </thead>
        <tbody>
          ${s("model","",({record:o})=>o.model)}
          ${s("site","",({record:o})=>c`<span title=${H[o.site]??""}>${o.site}</span>`)}
          ${s("activation function","",({catalogue:o})=>ke(o.shelved))}
          ${s("corpus","",({catalogue:o})=>c`<bdi>${o.shelved.corpus}</bdi>`)}
          ${s("tokens","Tokens behind every statistic.",({record:o})=>A(o.stats.count),"number")}
          ${Le.map(i)}
          ${s("peaks on","Tokens at the peaks of the top examples.",({record:o})=>o.dead?c`<span class="quiet">dead: never above 0</span>`:n(o.peak_tokens))}
          ${s("promotes","Tokens whose logit it raises most, by the direct path.",({record:o})=>o.logits?n(o.logits.promoted):c`<span class="quiet">not known</span>`)}
          ${s("suppresses","Tokens whose logit it lowers most.",({record:o})=>o.logits?n(o.logits.suppressed):c`<span class="quiet">not known</span>`)}
        </tbody>
      </table>
    </div>`}renderHistograms(e,t){let s=Be(e,t),n=[e,t].filter(d=>!d.standardised).map(d=>E(d,e,t)),i=s===null&&(this.wantsRaw||n.length>0),[o,l]=i?[e.raw,t.raw]:[e.standardised,t.standardised];return c`<section aria-labelledby="histograms">
      <h2 id="histograms">Histograms on one axis</h2>
      <div class="row no-print" role="group" aria-label="Unit of the axis">
        <button aria-pressed=${i?"false":"true"} ?disabled=${n.length>0} @click=${()=>this.wantsRaw=!1}>
          standardised
        </button>
        <button aria-pressed=${i?"true":"false"} ?disabled=${s!==null} @click=${()=>this.wantsRaw=!0}>
          raw activations
        </button>
      </div>
      ${s?c`<p class="quiet">${s}</p>`:y}
      ${n.length?c`<p class="quiet">
            ${n.join(" and ")} had the same value on every token, so ${n.length>1?"they have":"it has"} no
            standard deviation and correlate${n.length>1?"":"s"} with nothing.
          </p>`:y}
      ${o&&l?this.renderAxis(e,t,o,l,i):y}
    </section>`}renderAxis(e,t,s,n,i){let o=(h,{binned:m})=>({name:E(h,e,t),pieces:m,nTokens:h.record.stats.count}),l=we(s,n,i?1/0:be),d=i?"unit":"sd",u=(h,{value:m,low:$,high:z},x,v)=>c`<tr>
      <th scope="row">${h}</th>
      <td class="number">${g(m)}${x}</td>
      <td class="number quiet">${g($)} to ${g(z)}</td>
      <td class="quiet meaning">${v}</td>
    </tr>`;return c`<lms-chart
        .first=${o(e,s)} .second=${o(t,n)} .unit=${d}
        .axis=${i?We(e,t):"standard deviations from each neuron's own mean"}
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
            ${u("Wasserstein-1",l.w1,i?"":" sd","How far a token moves on average to turn one histogram into the other.")}
            ${u("Wasserstein-2",l.w2,i?"":" sd","The same as a root mean square: far moves weigh more.")}
            ${u("Kolmogorov–Smirnov",l.ks,"","Largest difference between the shares of tokens below any one value.")}
          </tbody>
        </table>
      </div>
      <p class="quiet">
        A histogram knows the bin of a token, not its place in it. Surely: wherever in their bins the tokens lie. About: with
        the tokens spread inside the bins so that mean and sd are the measured ones.
      </p>`}verdict(e,t){let s=ve(e.catalogue.manifest,t.catalogue.manifest);return!e.standardised||!t.standardised?"No correlation can be spoken of.":xe(e.at,t.at)?"This is one neuron twice.":s===null?ye($e(e.standardised,t.standardised)):`Shapes bound a correlation only over the same tokens, and ${s}. So these distances describe two shapes: they can neither rule out nor confirm that both neurons stand for the same feature.`}renderExamples(e,t){let s=(n,i)=>c`<button aria-pressed=${this.width===n?"true":"false"} @click=${()=>this.width=n}>${i}</button>`;return c`<section aria-labelledby="examples">
      <h2 id="examples">Top examples, each neuron on its own scale</h2>
      <div class="row no-print" role="group" aria-label="Examples">${s("line","one line each")} ${s("window","windows")}</div>
      <div class="sides">${[e,t].map((n,i)=>this.renderSide(n,E(n,e,t),i))}</div>
    </section>`}renderSide({at:e,record:t,catalogue:s},n,i){let o=!!this.source.live&&s.shelved.why_not_live===null;return c`<div class="side">
      <h3><span class=${i?"key second":"key"}></span><a href=${U(e)}>${n}</a></h3>
      <lms-legend .scale=${t.stats}></lms-legend>
      ${t.dead?c`<p class="alert">Dead on this corpus: never above 0 on ${A(t.stats.count)} tokens.</p>`:c`<ol>
            ${t.top.slice(0,De).map((l,d)=>c`<li>
                <lms-example
                  .example=${l} .rank=${d+1} .list=${`${n} top`} .scale=${t.stats} .width=${this.width}
                  .at=${e} .source=${this.source} .isLive=${o}
                ></lms-example>
              </li>`)}
          </ol>`}
    </div>`}};b.styles=[D,L,Q,T`
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
      .stats td:not(.meaning) {
        min-width: 7rem;
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
        .stats td:not(.meaning) {
          min-width: 0;
        }
        th,
        td {
          padding-right: 0.6rem;
        }
      }
    `],f([k({attribute:!1})],b.prototype,"source",2),f([k({attribute:!1})],b.prototype,"shelf",2),f([k({attribute:!1})],b.prototype,"address",2),f([M()],b.prototype,"shown",2),f([M()],b.prototype,"trouble",2),f([M()],b.prototype,"typed",2),f([M()],b.prototype,"wantsRaw",2),f([M()],b.prototype,"width",2),b=f([_("lms-compare-page")],b);var Y=({catalogue:a,layer:r,neuron:e})=>`${a}/${r}/${e}`,xe=(a,r)=>r!==void 0&&Y(a)===Y(r);function E(a,r,e){return r.at.catalogue===e.at.catalogue?a.record.neuron:`${a.at.catalogue} ${a.record.neuron}`}var ke=({activation_function:a,is_gated:r})=>r?`${a}, gated`:a;function Be(a,r){if(a.record.site!==r.record.site){let[e,t]=[a.record.site,r.record.site];return`Only standardised: ${E(a,a,r)} was recorded at site ${e} (${H[e]}), ${E(r,a,r)} at site ${t} (${H[t]}). Values of different sites are never laid on one axis.`}return a.catalogue.shelved.is_gated===r.catalogue.shelved.is_gated?null:"Only standardised: one of the two MLPs is gated, so its value is a product of two; the other's is not."}function We(a,r){let[e,t]=[a,r].map(n=>`${n.record.model} (${ke(n.catalogue.shelved)})`),s=`activation at site ${a.record.site}`;return e===t?s:`${s}, each in its own model's unit: ${e}, ${t}`}export{b as ComparePage};
