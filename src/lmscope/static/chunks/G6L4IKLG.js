import{a as G}from"./62JDYWOL.js";import"./YKF4EBZZ.js";import{a as P,b as B}from"./3NYV56MM.js";import{a as m,b as E,c as n,f as U}from"./CS66JUC2.js";import{e as C,f as F,g as L,k as D}from"./LMEHCCPS.js";import{a as l,b as _,c as a,d as x,f as i,h as M,i as R,j as b,k as q,n as S,o as N}from"./FALRISK7.js";var O=18,k=class extends M{constructor(){super(...arguments);this.levels=[];this.baseRate=0}render(){let t=this.levels.filter(e=>e.n).toReversed();return a`<p class="quiet">
        Of the tokens at each level, the share that the rule marks. The line is the 95 % interval; the stroke is chance,
        ${E(this.baseRate)}.
      </p>
      <div class="wide">
      <table aria-label="Precision by level of activation">
        <thead>
          <tr>
            <th scope="col">activation</th>
            <th scope="col" class="number">tokens</th>
            <th scope="col" class="number">marked</th>
            <th scope="col" class="bar">precision</th>
            <th scope="col" class="number"><span class="visually-hidden">precision and its interval</span></th>
          </tr>
        </thead>
        <tbody>
          ${t.map(e=>this.renderLevel(e))}
        </tbody>
      </table>
    </div>`}renderLevel({low:t,high:e,n:s,marked:r,precision:d,precision_low:h,precision_high:c}){return a`<tr>
      <th scope="row" class="number">${m(t)} to ${m(e)}</th>
      <td class="number">${n(s)}</td>
      <td class="number">${n(r)}</td>
      <td class="bar">
        <svg height=${O} aria-hidden="true">
          <rect class="ground" width="100%" height=${O}></rect>
          <rect class="part" width=${H(d??0)} height=${O}></rect>
          ${h===null||c===null?i:x`<line class="interval" x1=${H(h)} x2=${H(c)} y1=${O/2} y2=${O/2}></line>`}
          <line class="chance" x1=${H(this.baseRate)} x2=${H(this.baseRate)} y1="0" y2=${O}></line>
        </svg>
      </td>
      <td class="number">${v(d,h,c)}</td>
    </tr>`}};k.styles=[S,N,_`
      table {
        width: 100%;
        max-width: 48rem;
      }
      .bar {
        width: 60%;
        min-width: 6rem;
      }
      svg {
        display: block;
        width: 100%;
        forced-color-adjust: none;
      }
      .ground {
        fill: var(--raised);
      }
      .part {
        fill: var(--positive);
      }
      .interval {
        stroke: var(--ink);
        stroke-width: 2px;
      }
      .chance {
        stroke: var(--negative-mark);
        stroke-width: 2px;
      }
      @media (max-width: 40rem) {
        th,
        td {
          padding-right: 0.5rem;
          font-size: 0.8125rem;
        }
        .bar {
          width: 30%;
          min-width: 3rem;
        }
      }
    `],l([b({attribute:!1})],k.prototype,"levels",2),l([b({attribute:!1})],k.prototype,"baseRate",2),k=l([R("lms-levels")],k);var H=o=>`${(100*o).toFixed(2)}%`,V=o=>o==null?"none":String(Number(o.toPrecision(2)));function v(o,f,t){if(o==null)return"none";let e=String(Number(o.toPrecision(3)));return f===void 0||t===void 0?e:`${e} [${V(f)}, ${V(t)}]`}var[K,J,I]=[16,84,100],j=400,w=class extends M{constructor(){super(...arguments);this.matching=[];this.other=[];this.isPaired=!1}render(){let{matching:t,other:e}=this,s=[...t,...e];if(!s.length)return i;let[r,d]=[Math.min(0,...s),Math.max(0,...s)],h=(d-r||1)*.04,[c,g]=[r-h,d+h],y=$=>`${(100*($-c)/(g-c)).toFixed(2)}%`,[W,A]=[t.slice(0,j),e.slice(0,j)];return a`<figure>
      <svg height=${I+22} role="img" aria-label=${this.summary()}>
        <line class="zero" x1=${y(0)} x2=${y(0)} y1="0" y2=${I}></line>
        ${this.isPaired?W.map(($,T)=>T in A?x`<line class=${$>A[T]?"pair":"pair against"} x1=${y($)} x2=${y(A[T])} y1=${K} y2=${J}></line>`:i):i}
        ${W.map($=>x`<circle class="matching" cx=${y($)} cy=${K} r="5"></circle>`)}
        ${A.map($=>x`<circle class="other" cx=${y($)} cy=${J} r="5"></circle>`)}
        <line class="base" x1="0" x2="100%" y1=${I} y2=${I}></line>
        ${G(c,g,5).map($=>{let T=($-c)/(g-c);return x`<text class=${T<.04?"start":T>.96?"end":""} x=${y($)} y=${I+16}>${m($)}</text>`})}
      </svg>
      <figcaption class="quiet">
        <span><span class="key matching"></span>matching</span>
        <span><span class="key other"></span>not matching</span>
        ${this.isPaired?a`<span>An orange dashed line: a pair the wrong way round.</span>`:i}
        ${s.length>W.length+A.length?a`<span>The first ${n(j)} of each are drawn.</span>`:i}
      </figcaption>
    </figure>`}summary(){let t=r=>r.length?`from ${m(Math.min(...r))} to ${m(Math.max(...r))}`:"none",e=this.matching.filter((r,d)=>r>(this.other[d]??1/0)).length,s=this.isPaired?` In ${n(e)} of ${n(this.matching.length)} pairs the matching text is higher.`:"";return`Activations of matching texts ${t(this.matching)}, of the others ${t(this.other)}.${s}`}};w.styles=[S,N,_`
      figure {
        max-width: 48rem;
        margin: 0.75rem 0;
      }
      svg {
        display: block;
        width: 100%;
        overflow: visible;
        forced-color-adjust: none;
      }
      figcaption {
        display: flex;
        flex-wrap: wrap;
        gap: 0 1.25rem;
        font-size: 0.8125rem;
      }
      text {
        fill: var(--quiet);
        font-size: 0.75rem;
        text-anchor: middle;
      }
      .start {
        text-anchor: start;
      }
      .end {
        text-anchor: end;
      }
      .base {
        stroke: var(--edge);
      }
      .zero {
        stroke: var(--edge);
        stroke-dasharray: 1 3;
      }
      .pair {
        stroke: var(--edge);
        opacity: 0.7;
      }
      .against {
        stroke: var(--negative-mark);
        stroke-dasharray: 4 3;
        opacity: 1;
      }
      circle {
        stroke: var(--page);
      }
      circle.matching {
        fill: var(--positive-mark);
      }
      circle.other {
        fill: var(--page);
        stroke: var(--ink);
        stroke-width: 1.5px;
      }
      .key {
        display: inline-block;
        width: 0.6rem;
        height: 0.6rem;
        margin-right: 0.35rem;
        border: 1.5px solid var(--positive-mark);
        border-radius: 50%;
        background: var(--positive-mark);
        forced-color-adjust: none;
      }
      .key.other {
        border-color: var(--ink);
        background: none;
      }
    `],l([b({attribute:!1})],w.prototype,"matching",2),l([b({attribute:!1})],w.prototype,"other",2),l([b({type:Boolean})],w.prototype,"isPaired",2),w=l([R("lms-strip")],w);var Q=20,X=100,z=new Intl.DateTimeFormat("en-GB",{dateStyle:"medium",timeStyle:"short"}),p=o=>B(o).map(f=>f.kind==="mark"?f.shown:f.text).join(""),u=class extends M{constructor(){super(...arguments);this.test=null;this.trouble="";this.markdown="";this.scale=null;this.nShown=Q}willUpdate(t){t.has("address")&&this.read(this.address.id)}async read(t){this.test=this.scale=null,this.trouble=this.markdown="",this.nShown=Q;let{evidence:e}=this.source;if(!e){this.trouble="A static site has no tests. To test what you think a neuron fires on: pip install lmscope, then lmscope serve";return}try{let s=await e.one(t);if(t!==this.address.id)return;this.test=s,document.title=`${s.verdict} · L${s.layer}N${s.index} · lmscope`;let r=await e.markdown(t);if(s===this.test&&(this.markdown=r),s.catalogue===null)return;let{stats:d}=await(await this.source.catalogue(s.catalogue)).neuron(s.layer,s.index);s===this.test&&(this.scale={min:d.min,max:d.max})}catch(s){if(!(s instanceof D))throw s;t===this.address.id&&!this.test&&(this.trouble=s.message)}}get at(){let{catalogue:t,layer:e,index:s}=this.test;return t===null?null:{catalogue:t,layer:e,neuron:s}}render(){let{test:t}=this;if(this.trouble)return a`<h1>No such test here</h1>
        <p class="alert" role="alert">${this.trouble}</p>`;if(!t)return a`<p class="quiet" role="status">Reading the test…</p>`;let{result:e}=t;return a`
      <h1>${e.verdict.slice(0,1).toUpperCase()+e.verdict.slice(1)}</h1>
      <p class="claim">${e.claim?a`“<bdi>${p(e.claim)}</bdi>”`:a`<span class="quiet">What the neuron fires on</span>`}</p>
      <p class="why">${p(e.why)}</p>
      ${e.remarks.length?a`<ul class="remarks">${e.remarks.map(s=>a`<li>${p(s)}</li>`)}</ul>`:i}
      ${this.renderActions(t)} ${this.renderFacts(t)}
      ${e.corpus?this.renderCorpus(e,e.corpus):i}
      ${e.pairs?this.renderTexts(e,e.pairs):i}
      ${this.renderCausal(e)}
      ${this.renderPlaces("Its strongest firings outside the rule","What speaks against it: one from each document, chosen by numbers alone.",e.counter_examples)}
      ${this.renderPlaces("Places of the rule where it does not fire","The most silent first, one from each document.",e.missed)}
      ${this.renderAlso(e)} ${this.renderTried(t)} ${this.renderHow(t)}
    `}renderActions(t){let{at:e}=this,s=r=>this.source.evidence.fileUrl(t.id,r);return a`<div class="row no-print actions">
      ${e?a`<a class="button" href=${L(e,t.id)}>change it and test again</a>`:i}
      ${this.markdown?a`<lms-copy .value=${this.markdown} label="copy as Markdown" what="copy as Markdown: the report"></lms-copy>`:a`<span class="quiet">copy as Markdown</span>`}
      <a href=${s("report.md")} download>report as Markdown</a>
      <a href=${s("report.html")} download>report as HTML</a>
      <a href=${s("hypothesis.toml")} download title="A file that lmscope test takes">hypothesis as .toml</a>
    </div>`}renderFacts(t){let{result:e}=t,{at:s}=this,r=`${e.model} ${e.neuron}`;return a`<dl class="facts">
      <dt>Neuron</dt>
      <dd>${s?a`<a href=${C(s)}>${r}</a>`:r} <span class="quiet">site ${e.site}</span></dd>
      ${e.rule?a`<dt>Rule</dt>
            <dd><code>${P(e.rule).replaceAll("·"," ")}</code></dd>
            ${e.rule_note?a`<dt></dt><dd class="quiet">${p(e.rule_note)}</dd>`:i}
            <dt>Fires at</dt>
            <dd>the ${e.tokens} token of each place, ${Y(e)}</dd>`:i}
      <dt>Tested</dt>
      <dd><time datetime=${t.tested}>${z.format(new Date(t.tested))}</time></dd>
      <dt>Hypothesis</dt>
      <dd>
        <code title=${t.hypothesis}>${t.hypothesis.slice(0,16)}</code>
        <span class="quiet">
          proposed <time datetime=${t.proposed}>${z.format(new Date(t.proposed))}</time>${t.version>1?`, version ${n(t.version)}`:i}
        </span>
      </dd>
    </dl>
    ${t.is_kept?i:a`<p class="quiet">This server keeps no log: the test is forgotten when it stops. Take the report along.</p>`}`}renderCorpus(t,e){let{controls:s}=t,r=v(e.base_rate),d={ap:r,mass_precision:r,mass_precision_squared:r,precision:r,r:"0",auroc:"0.5"};return a`<section aria-labelledby="corpus">
      <h2 id="corpus">On ordinary text</h2>
      <p class="quiet">
        ${n(e.tokens)} tokens of ${n(e.documents)} held-out documents. The rule marks ${n(e.positives)} of
        them, in ${n(e.positive_documents)} documents. Side, offset and threshold were chosen on other documents. In
        brackets: 95 % intervals, from resampling documents.
      </p>
      <div class="wide">
        <table aria-label="Measures">
          <thead>
            <tr><th scope="col">measure</th><th scope="col" class="number">value</th><th scope="col" class="number">by chance</th><th scope="col" class="meaning">meaning</th></tr>
          </thead>
          <tbody>
            ${Object.entries(U).map(([h,{label:c,meaning:g}])=>a`<tr>
                <th scope="row">${c}</th>
                <td class="number">${v(e[h],e[`${h}_low`],e[`${h}_high`])}</td>
                <td class="number">${d[h]??""}</td>
                <td class="quiet meaning">${g}</td>
              </tr>`)}
          </tbody>
        </table>
      </div>
      <p>
        ${s?a`A random neuron of the layer has AP ${m(s.ap)} (median of ${n(s.n)}); the best of them on
            shuffled labels ${m(s.ap_shuffled)}. `:i}
        p against shuffled labels: ${m(e.p)}.
      </p>
      <h3>Precision by level of activation</h3>
      <lms-levels .levels=${e.by_level} .baseRate=${e.base_rate??0}></lms-levels>
      ${this.renderRivals(t,e)}
    </section>`}renderRivals(t,e){if(!t.rivals.length)return i;let s=e.r===null?null:e.r**2;return a`<h3>Simpler rules</h3>
      <p class="quiet">
        Of ${n(t.n_rivals)} simpler rules that were tried these explain the neuron best. A rule must beat each of them
        on F1 or r².
      </p>
      <div class="wide">
        <table>
          <thead>
            <tr>
              <th scope="col">rule</th><th scope="col" class="number">F1</th><th scope="col" class="number">rule minus rival</th>
              <th scope="col" class="number">r²</th><th scope="col" class="number">rule minus rival</th>
            </tr>
          </thead>
          <tbody>
            <tr><th scope="row">this one</th><td class="number">${v(e.f1)}</td><td></td><td class="number">${v(s)}</td><td></td></tr>
            ${t.rivals.map(r=>a`<tr>
                <th scope="row" class="rule"><code>${p(r.name)}</code></th>
                <td class="number">${v(r.f1)}</td>
                <td class="number">${v(r.f1_difference,r.f1_difference_low,r.f1_difference_high)}</td>
                <td class="number">${v(r.r2)}</td>
                <td class="number">${v(r.r2_difference,r.r2_difference_low,r.r2_difference_high)}</td>
              </tr>`)}
          </tbody>
        </table>
      </div>`}renderTexts(t,e){let s=e.kind==="pairs",{matching:r,other:d}=e,h=Math.max(r.length,d.length);return a`<section aria-labelledby="texts">
      <h2 id="texts">On chosen texts</h2>
      <p>
        ${e.wins===null?i:`${n(e.wins)} of `}${n(e.n)} independent ${s?"pairs":"texts of each list"};
        p = ${m(e.p)}, and no less than ${m(e.min_p)} is possible with so many. Effect: ${m(e.effect)} of
        the neuron's own scale.${e.located===null?i:` It is strongest where it should be in ${E(e.located)} of the texts.`}
      </p>
      ${e.notes.map(c=>a`<p class="quiet">${p(c)}</p>`)}
      <lms-strip .matching=${r.map(c=>c.value)} .other=${d.map(c=>c.value)} .isPaired=${s}></lms-strip>
      ${t.side==="-"?a`<p class="quiet">Values are turned round: it fires by negative activations.</p>`:i}
      <div class="texts">
        <h3>matching</h3>
        <h3>not matching</h3>
        ${Array.from({length:Math.min(h,this.nShown)},(c,g)=>[this.renderText(r[g],`matching text ${g+1}`),this.renderText(d[g],`other text ${g+1}`)])}
      </div>
      ${h>this.nShown?a`<button @click=${()=>this.nShown+=X}>Show ${n(Math.min(X,h-this.nShown))} more of ${n(h)}</button>`:i}
    </section>`}renderText(t,e){if(!t)return a`<div></div>`;let{tokens:s,activations:r}=t;return a`<div class="text">
      <b class="number">${m(t.value)}</b>
      ${s&&r?a`<lms-tokens
            .tokens=${s} .activations=${r} .peak=${t.peak} .scale=${this.scaleOf()} .label=${`Tokens of ${e}`}
            .marked=${t.is_marked?{tokens:t.targeted,touched:[]}:null}
          ></lms-tokens>`:a`<span>${p(t.text)}</span>`}
      ${t.is_known?a`<span class="badge">one of its own examples</span>`:i}
    </div>`}scaleOf(){if(this.scale)return this.scale;let{pairs:t}=this.test.result,e=[...t?.matching??[],...t?.other??[]].map(s=>s.value);return{min:Math.min(0,...e),max:Math.max(0,...e)}}renderPlaces(t,e,s){return s.length?a`<section aria-label=${t}>
      <h2>${t}</h2>
      <p class="quiet">${e}</p>
      <ol class="places">
        ${s.map(r=>a`<li>
            <b class="number">${m(r.activation)}</b>
            <span class="context" dir="ltr">${p(r.before)}<mark>${P(r.token)}</mark>${p(r.after)}</span>
            <span class="quiet origin" title=${`${r.source}:${r.offset}`}><bdi>${r.source.split("/").at(-1)}:${r.offset}</bdi></span>
          </li>`)}
      </ol>
    </section>`:i}renderCausal({causal:t}){return t?a`<section aria-labelledby="causal">
      <h2 id="causal">Does the model use it there?</h2>
      <p><b>${t.finding.slice(0,1).toUpperCase()+t.finding.slice(1)}.</b> ${p(t.why)}</p>
      ${t.remarks.map(e=>a`<p class="quiet">${p(e)}</p>`)}
    </section>`:i}renderAlso({fires_also_on:t}){return t.length?a`<p>
      Outside the rule it fires most often on
      ${t.slice(0,5).map((e,s)=>a`${s?", ":""}<code>${P(e.token)}</code> (${E(e.share)} of its firings)`)}.
    </p>`:i}renderTried(t){let e=[t,...t.others].sort((s,r)=>r.id-s.id);return a`<section aria-labelledby="tried">
      <h2 id="tried">All hypotheses tried on this neuron</h2>
      <p class="quiet">Those that failed too: a verdict among many tries is worth less.</p>
      <div class="wide">
        <table>
          <thead>
            <tr><th scope="col">tested</th><th scope="col">verdict</th><th scope="col">claim</th><th scope="col">rule</th></tr>
          </thead>
          <tbody>
            ${e.map(s=>a`<tr>
                <td class="date"><time datetime=${s.tested}>${z.format(new Date(s.tested))}</time></td>
                <td>${s.id===t.id?a`<b>${s.verdict}</b> (this one)`:a`<a href=${F(s.id)}>${s.verdict}</a>`}</td>
                <td><bdi>${p(s.claim)}</bdi></td>
                <td class="rule"><code>${p(s.rule)}</code></td>
              </tr>`)}
          </tbody>
        </table>
      </div>
    </section>`}renderHow({result:t}){let{data:e}=t,s=Object.entries(t.thresholds).map(([r,d])=>`${r} ${d}`).join(", ");return a`<details>
      <summary>How it was tested</summary>
      <p>
        lmscope ${e.lmscope}, seed ${t.seed}${e.corpus?a`, corpus <bdi>${e.corpus.map(p).join(", ")}</bdi> (SHA-256 ${e.sha256.slice(0,16)}),
              ${n(e.tokens)} tokens${e.is_catalogues_own?". It is the corpus from which the catalogue's examples come: if they gave the idea, another corpus is a stricter test":i}`:i}.
        ${t.n_neurons>1?`${n(t.n_neurons)} neurons had been looked at; p of texts allows for that.`:i}
      </p>
      <p class="quiet">Thresholds: ${s}.</p>
    </details>`}};u.styles=[S,N,_`
      h1 {
        margin-bottom: 0.15em;
      }
      .claim {
        margin-top: 0;
        font: 1.15rem/1.4 var(--serif);
      }
      .why {
        font-size: 1.05rem;
      }
      .remarks {
        max-width: 42rem;
      }
      .actions {
        gap: 0.4rem 1.25rem;
        margin: 1rem 0;
      }
      .actions lms-copy {
        font: inherit;
      }
      code {
        overflow-wrap: anywhere;
        white-space: pre-wrap;
        unicode-bidi: isolate;
      }
      .meaning {
        min-width: 12rem;
        font-size: 0.8125rem;
      }
      .rule {
        max-width: 24rem;
      }
      .date {
        white-space: nowrap;
      }
      .texts {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        gap: 0.4rem 1.5rem;
      }
      .texts h3 {
        margin: 0;
      }
      .text {
        display: flex;
        flex-wrap: wrap;
        gap: 0 0.75rem;
        align-items: baseline;
        border-top: 1px solid var(--line);
      }
      .text > :is(lms-tokens, span:not(.badge)) {
        flex: 1 1 10rem;
        min-width: 0;
      }
      .places {
        padding: 0;
        list-style: none;
      }
      .places li {
        display: grid;
        grid-template-columns: 4rem minmax(0, 1fr) minmax(0, 10rem);
        gap: 0 0.75rem;
        align-items: baseline;
        padding: 0.25rem 0;
        border-top: 1px solid var(--line);
      }
      .context {
        overflow-wrap: anywhere;
        white-space: pre-wrap;
        unicode-bidi: isolate;
      }
      mark {
        border-bottom: 2px solid var(--ink);
        background: none;
        color: inherit;
        font-weight: 650;
        unicode-bidi: isolate;
      }
      .origin {
        overflow: hidden;
        font-size: 0.8125rem;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      @media (max-width: 40rem) {
        .texts {
          grid-template-columns: minmax(0, 1fr);
        }
        .texts h3:nth-of-type(2) {
          display: none;
        }
        .places li {
          grid-template-columns: 4rem minmax(0, 1fr);
        }
        .origin {
          grid-column: 2;
        }
        dl.facts {
          grid-template-columns: minmax(0, 1fr);
        }
        .meaning {
          display: none;
        }
      }
    `],l([b({attribute:!1})],u.prototype,"source",2),l([b({attribute:!1})],u.prototype,"shelf",2),l([b({attribute:!1})],u.prototype,"address",2),l([q()],u.prototype,"test",2),l([q()],u.prototype,"trouble",2),l([q()],u.prototype,"markdown",2),l([q()],u.prototype,"scale",2),l([q()],u.prototype,"nShown",2),u=l([R("lms-test-page")],u);function Y({offset:o,side:f}){let t=Math.abs(o)===1?"one token":`${Math.abs(o)} tokens`;return`${o?o<0?`${t} before: it predicts the place`:`${t} after: a consequence of the place`:"at the place itself"}; by ${f==="+"?"large":"negative"} activations`}export{u as TestPage};
