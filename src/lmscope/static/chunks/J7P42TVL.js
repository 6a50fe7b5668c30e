import{a as B,b as I,c as V,d as W}from"./BVDZSTZK.js";import{a as C}from"./3NYV56MM.js";import{a as p,b as D,c as b,e as G}from"./CS66JUC2.js";import{a as c,b as E,c as n,d as M,f as d,h as L,i as z,j as $,k as A,n as q,o as R}from"./FALRISK7.js";function j({edges:a,counts:m}){let t=m.flatMap((r,f)=>r?[f]:[]);if(!t.length)return null;let e=a.reduce((r,f,v)=>Math.abs(f)<Math.abs(a[r])?v:r,0),o=Math.min(t[0],e),s=Math.max(t.at(-1),e-1),i=Math.max(...m),l=r=>Math.log1p(r)/Math.log1p(i),u=m.slice(o,s+1).map((r,f)=>{let v=o+f;return{low:a[v],high:a[v+1],count:r,height:l(r),side:v>=e?"positive":"negative"}}),x=r=>(r-o)/u.length,y=m.length>>2,S=[];for(let r of[e,o,s+1,e-y,e+y,e-y/2,e+y/2]){let f=x(r),v=_=>N=>Math.abs(N.at-f)<_;r<o||r>s+1||S.some(v(.11))||S.push({value:a[r],at:f,isMinor:S.filter(_=>!_.isMinor).some(v(.27))})}let O=Math.floor(Math.log10(i)),K=Math.max(1,Math.ceil((O+1)/4)),P=[];for(let r=0;r<=O;r+=K)P.push({count:10**r,height:l(10**r)});return{bins:u,most:i,levels:P,ticks:S,zero:x(e)}}function F({bins:a},m){let t=a.findIndex(s=>m<s.high);if(t<0)return 1;let{low:e,high:o}=a[t];return(t+Math.max(0,(m-e)/(o-e)))/a.length}var g=132,w=a=>`${(100*a).toFixed(3)}%`,k=class extends L{constructor(){super(...arguments);this.histogram={edges:[],counts:[]};this.marks=[]}render(){let t=j(this.histogram);return t?n`<figure>
      <svg height=${g+44} role="img" aria-label=${this.summary(t)}>
        ${t.levels.map(({count:e,height:o})=>M`
            <line class="grid" x1="0" x2="100%" y1=${T(o)} y2=${T(o)}></line>
            <text class="count" x="-6" y=${T(o)} dy="0.32em">${b(e)}</text>`)}
        ${t.bins.map((e,o)=>{let s=w(o/t.bins.length),i=w(1/t.bins.length);return M`<g>
            <title>${p(e.low)} to ${p(e.high)}: ${b(e.count)} tokens</title>
            <rect class="area" x=${s} width=${i} y="0" height=${g}></rect>
            <rect class=${e.side} x=${s} width=${i} y=${T(e.height)} height=${g-T(e.height)}></rect>
          </g>`})}
        <line class="axis" x1="0" x2="100%" y1=${g} y2=${g}></line>
        <line class="zero" x1=${w(t.zero)} x2=${w(t.zero)} y1="0" y2=${g+14}></line>
        ${this.marks.map(({value:e,kind:o})=>{let s=w(F(t,e));return M`<line class=${o} x1=${s} x2=${s} y1=${g+2} y2=${g+(o==="band"?7:12)}></line>`})}
        ${t.ticks.map(({value:e,at:o,isMinor:s})=>M`<text
            class="${o<.05?"first":o>.95?"last":""} ${s?"minor":""}"
            x=${w(o)} y=${g+28}
          >${p(e)}</text>`)}
      </svg>
      <figcaption class="quiet">
        Tokens by activation. Counts are logarithmic; each side of zero has its own scale, finer near
        zero.${this.marks.length?n` Strokes under the axis: the <span class="key top">top</span>, the
              <span class="key bottom">bottom</span> and the random examples of this page.`:d}
      </figcaption>
      <div class="visually-hidden">
        <table>
          <caption>Tokens by activation</caption>
          <thead><tr><th>from</th><th>to</th><th>tokens</th></tr></thead>
          <tbody>
            ${t.bins.filter(e=>e.count).map(e=>n`<tr><td>${p(e.low)}</td><td>${p(e.high)}</td><td>${b(e.count)}</td></tr>`)}
          </tbody>
        </table>
      </div>
    </figure>`:n`<p class="quiet">No token was counted.</p>`}summary({bins:t,most:e}){let o=t.reduce((l,u)=>l+u.count,0),s=t.reduce((l,u)=>l+(u.side==="positive"?u.count:0),0),i=t.find(l=>l.count===e);return`Histogram of ${b(o)} activations from ${p(t[0].low)} to ${p(t.at(-1).high)}. The fullest bin is ${p(i.low)} to ${p(i.high)} with ${b(e)} tokens. ${b(s)} tokens lie at zero or above.`}};k.styles=[q,R,E`
      figure {
        container-type: inline-size;
        margin: 0;
        padding: 0.6rem 0 0 4rem;
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
      @container (max-width: 26rem) {
        .minor {
          display: none;
        }
      }
      .count {
        text-anchor: end;
      }
      .first {
        text-anchor: start;
      }
      .last {
        text-anchor: end;
      }
      .area {
        fill: transparent;
      }
      g:hover .area {
        fill: var(--raised);
      }
      .positive {
        fill: var(--positive-mark);
      }
      .negative {
        fill: var(--negative-mark);
      }
      .grid {
        stroke: var(--line);
      }
      .axis {
        stroke: var(--edge);
      }
      .zero {
        stroke: var(--ink);
      }
      line.top,
      line.bottom {
        stroke-width: 1.5px;
      }
      line.top {
        stroke: var(--positive-mark);
      }
      line.bottom {
        stroke: var(--negative-mark);
        stroke-dasharray: 2 1.5;
      }
      line.band {
        stroke: var(--edge);
      }
      figcaption {
        margin-left: -4rem;
        font-size: 0.8125rem;
        line-height: 1.4;
      }
      .key {
        padding-bottom: 1px;
        border-bottom: 2px solid var(--positive-mark);
      }
      .key.bottom {
        border-bottom: 2px dotted var(--negative-mark);
      }
    `],c([$({attribute:!1})],k.prototype,"histogram",2),c([$({attribute:!1})],k.prototype,"marks",2),k=c([z("lms-histogram")],k);function T(a){return Math.round((g-a*(g-6))*10)/10}var Q=["max","min","mean","sd","skew","kurtosis","density","density_half_max"],U=["density","density_half_max"],h=class extends L{constructor(){super(...arguments);this.shelved=null;this.source=null;this.marked=new Map;this.chosen=null;this.width="window";this.isDiverse=!1}get scale(){return this.record.stats}render(){let{record:t,shelved:e}=this,{bottom:o}=t,s=t.stats.min<0;return n`
      <h1><span class="model">${t.model}</span> ${t.neuron}</h1>
      <p class="quiet where">
        site <b>${t.site}</b> (${W[t.site]})
        ${e?`· ${e.activation_function}${e.is_gated?", gated":""}`:d}
        · ${b(t.stats.count)} tokens ${e?n`of <bdi>${e.corpus}</bdi>`:d}
      </p>
      <slot></slot>
      ${t.dead?n`<p class="alert">${`Dead on this corpus: never above 0 on ${b(t.stats.count)} tokens. It may well wake up on other texts.`}</p>`:d}
      <div class="summary">
        <section aria-label="Statistics">${this.renderStats()}</section>
        <section aria-label="Histogram and tokens">
          <lms-histogram .histogram=${t.histogram} .marks=${this.marks()}></lms-histogram>
          ${this.renderTokens()}
        </section>
      </div>
      ${t.dead&&!s?d:this.renderControls()}
      ${t.dead?d:this.renderList("top","Top",t.top)}
      ${o.length&&s?this.renderList("bottom","Bottom",o):d}
      ${s||t.dead?d:n`<p class="quiet">No activation is below 0, so there is no bottom to show.</p>`}
      ${t.dead||!t.bands.length?d:this.renderBands()}
      <slot name="after"></slot>
    `}renderStats(){let{stats:t}=this.record;return n`<dl class="stats">
      ${Q.map(e=>{let{label:o,meaning:s}=G[e],i=t[e],l=U.includes(e)&&i!==null?D(i):p(i);return n`<div><dt>${o}</dt><dd class="number">${l}</dd><dd class="quiet">${s}</dd></div>`})}
    </dl>`}marks(){let{record:t}=this,e=(o,s)=>o.map(({max:i})=>({value:i,kind:s}));return t.dead?e(t.bottom,"bottom"):[...e(t.bands.flatMap(o=>o.examples),"band"),...e(t.bottom,"bottom"),...e(t.top,"top")]}renderTokens(){let{logits:t,peak_tokens:e,top:o,dead:s}=this.record,i=e.filter(l=>l.count>1);return n`<dl class="facts tokens">
      ${t?n`<dt title="Tokens whose logit one unit of activation raises most, by the direct path through W_out and the unembedding">
              promotes
            </dt>
            <dd>${t.promoted.map(H)}</dd>
            <dt title="Tokens whose logit it lowers most">suppresses</dt>
            <dd>${t.suppressed.map(H)}</dd>`:d}
      ${s?d:n`<dt title="Tokens at the peaks of the top examples">peaks on</dt>
            <dd>
              ${i.length?i.map((l,u)=>J(l.token,`× ${l.count}${u?"":` of ${o.length}`}`)):n`another token in each of the top ${o.length} examples`}
            </dd>`}
    </dl>`}renderControls(){let{record:t}=this,e=(o,s)=>n`<button class="plain" @click=${()=>this.renderRoot.querySelector(`#${o}`)?.scrollIntoView()}>${s}</button>`;return n`<div class="controls">
      <lms-legend .scale=${this.scale}></lms-legend>
      <div class="row no-print" role="group" aria-label="Examples">
        <button aria-pressed=${this.width==="window"} @click=${()=>this.width="window"}>windows</button>
        <button aria-pressed=${this.width==="line"} @click=${()=>this.width="line"}>one line each</button>
        <button aria-pressed=${this.isDiverse} @click=${()=>this.isDiverse=!this.isDiverse}>one per peak token</button>
      </div>
      ${t.dead?d:n`<nav class="row no-print" aria-label="Lists">
            ${e("top","top")} ${t.stats.min<0&&t.bottom.length?e("bottom","bottom"):d}
            ${t.bands.length?e("bands","random"):d}
          </nav>`}
    </div>`}renderList(t,e,o){let s=this.isDiverse?B(o):I(o);return n`<section id=${t} aria-label=${`${e} examples`}>
      <h2>${e} ${o.length}</h2>
      ${this.isDiverse?n`<p class="quiet">
            ${s.length===o.length?`All ${o.length} peak on different tokens.`:`The best of each peak token: ${s.length} of ${o.length}.`}
          </p>`:d}
      ${this.renderExamples(e,s)}
    </section>`}renderExamples(t,e){let{record:o,shelved:s,source:i}=this,l=i&&s&&{catalogue:s.address,layer:o.layer,neuron:o.index},u=!!i?.live&&s?.why_not_live===null;return n`<ol class="examples">
      ${e.map(({example:x,rank:y})=>n`<li>
          <lms-example
            .example=${x} .rank=${y} .list=${t} .scale=${this.scale} .width=${this.width} .at=${l}
            .source=${i} .isLive=${u} .marked=${this.marked.get(x)??null}
            .chosen=${this.chosen&&(this.chosen.get(x)??[])}
          ></lms-example>
        </li>`)}
    </ol>`}renderBands(){return n`<section id="bands" aria-label="Random examples by band">
      <h2>Random examples, from the strongest band to the weakest</h2>
      <p class="quiet">
        Every segment of the corpus has one peak. The bands divide these peaks by quantiles; the examples in a band are
        drawn at random, so they show what the neuron does on ordinary days.
      </p>
      ${this.record.bands.toReversed().map(t=>{let e=V(t),o=this.isDiverse?B(t.examples):I(t.examples);return n`<h3>
            ${e} <span class="quiet">· ${D(t.share)} of segments</span>
          </h3>
          ${o.length?this.renderExamples(`random, ${e}:`,o):n`<p class="quiet">No segment of the corpus peaks here.</p>`}`})}
    </section>`}};h.styles=[q,R,E`
      :host {
        container-type: inline-size;
      }
      h1 {
        margin-bottom: 0.15em;
      }
      .model {
        color: var(--quiet);
        font-weight: 400;
      }
      .model::after {
        content: " ·";
      }
      .where {
        max-width: none;
        margin-top: 0;
      }
      .where b {
        color: var(--ink);
        font-weight: 600;
      }
      .summary {
        display: grid;
        grid-template-columns: minmax(0, 5fr) minmax(0, 6fr);
        gap: 0 2rem;
        align-items: start;
        margin: 1rem 0;
      }
      .stats {
        display: grid;
        grid-template-columns: max-content max-content 1fr;
        gap: 0 1rem;
        margin: 0;
        line-height: 1.35;
      }
      .stats div {
        display: grid;
        grid-column: 1 / -1;
        grid-template-columns: subgrid;
        align-items: baseline;
        padding: 0.25rem 0;
        border-bottom: 1px solid var(--line);
      }
      .stats div:last-child {
        border-bottom: 0;
      }
      dt {
        color: var(--quiet);
      }
      dd {
        margin: 0;
      }
      .stats .quiet {
        font-size: 0.8125rem;
      }
      .tokens {
        font-size: 0.875rem;
      }
      .tokens dd {
        display: flex;
        flex-wrap: wrap;
        gap: 0 0.9rem;
      }
      .chip {
        white-space: nowrap;
      }
      .chip code {
        overflow-wrap: anywhere;
        white-space: normal;
        unicode-bidi: isolate;
      }
      .controls {
        position: sticky;
        top: 0;
        z-index: 4;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.4rem 1.5rem;
        margin-top: 1.25rem;
        padding: 0.5rem 0;
        border-block: 1px solid var(--line);
        background: var(--page);
        font-size: 0.875rem;
      }
      .controls button:not(.plain) {
        padding-block: 0.1rem;
      }
      section {
        scroll-margin-top: 3.5rem;
      }
      .examples {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        position: relative;
        padding: 0.4rem 0 0.5rem;
        border-bottom: 1px solid var(--line);
        /* Laid out when it comes into sight. */
        contain-intrinsic-size: auto 7.5rem;
        content-visibility: auto;
      }
      li:hover,
      li:focus-within {
        /* A readout may stand out of its example. */
        z-index: 1;
        content-visibility: visible;
      }
      lms-example[width="line"] {
        margin-block: -0.3rem;
      }
      @container (max-width: 54rem) {
        .summary {
          grid-template-columns: minmax(0, 1fr);
          gap: 1rem;
        }
      }
      @container (max-width: 38rem) {
        .controls {
          position: static;
        }
        li {
          contain-intrinsic-size: auto 16rem;
        }
        .stats {
          grid-template-columns: 1fr max-content;
        }
        .stats .quiet {
          grid-column: 1 / -1;
        }
        dl.tokens {
          grid-template-columns: minmax(0, 1fr);
        }
        .tokens dd {
          margin-bottom: 0.4rem;
        }
      }
      @media print {
        .controls {
          position: static;
        }
        li {
          break-inside: avoid;
          content-visibility: visible;
        }
      }
    `],c([$({attribute:!1})],h.prototype,"record",2),c([$({attribute:!1})],h.prototype,"shelved",2),c([$({attribute:!1})],h.prototype,"source",2),c([$({attribute:!1})],h.prototype,"marked",2),c([$({attribute:!1})],h.prototype,"chosen",2),c([A()],h.prototype,"width",2),c([A()],h.prototype,"isDiverse",2),h=c([z("lms-neuron")],h);function J(a,m){return n`<span class="chip"><code>${C(a)}</code> <span class="quiet">${m}</span></span>`}function H({token:a,effect:m}){return J(a,`${m<0?"":"+"}${m.toFixed(2)}`)}
