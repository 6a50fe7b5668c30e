import{j as $}from"./SX4M7UQM.js";import{c as l}from"./CS66JUC2.js";import{d as c,e as v,h as w}from"./LMEHCCPS.js";import{a as n,b as m,c as t,f as i,h as p,i as h,j as d,k as u,n as f,o as g}from"./FALRISK7.js";var o=class extends p{constructor(){super(...arguments);this.drawn=null}async openRandom(e){this.drawn=e;try{let r=new $((await this.source.catalogue(e)).manifest),{layer:a,index:s}=r.at(Math.floor(Math.random()*r.length));location.hash=v({catalogue:e,layer:a,neuron:s})}finally{this.drawn=null}}render(){let{catalogues:e}=this.shelf,r=e.find(a=>a.is_built_in)??e[0];return t`
      <h1>Models</h1>
      <section aria-label="What am I looking at?" class="lead">
        <p>
          A language model reads text in pieces, the <em>tokens</em>. Inside it are thousands of small detectors, the
          <em>neurons</em>: each has a value at every token, mostly about zero, sometimes large. Nobody told them what
          to detect. lmscope has watched every neuron on a pile of text and kept the places where it rose highest.
          Look at those places and guess what the neuron likes. <a href=${c()}>More, and all the words</a>
        </p>
        ${r?t`<p>
              <button class="start" ?disabled=${this.drawn!==null} @click=${()=>this.openRandom(r.address)}>
                Show me a neuron
              </button>
              <span class="quiet">of ${r.address}, taken at random</span>
            </p>`:i}
      </section>
      ${r?this.renderTable(e):this.renderEmpty()}
    `}renderEmpty(){return t`<p class="alert">There is no catalogue here yet.</p>
      <p>Make one of a model and some text, and serve it:</p>
      <pre>lmscope scan gpt2-small texts/ -o gpt2/
lmscope serve gpt2/</pre>
      <p>Or begin with the two small models and the text inside lmscope, which need no download:</p>
      <pre>lmscope demo</pre>`}renderTable(e){let r=new Set(e.map(s=>s.why_not_live)),[a]=r;return t`
      <h2>Catalogues</h2>
      <div class="table" role="table" aria-label="Catalogues">
        <div role="rowgroup" class="head">
          <div role="row">
            ${["Model","Neurons","Activation","Site","Corpus","Date","Random"].map(s=>t`<span role="columnheader">${s}</span>`)}
          </div>
        </div>
        <div role="rowgroup">${e.map(s=>this.renderRow(s))}</div>
      </div>
      ${r.size===1&&a?t`<p class="quiet sentence">${a}</p>`:i}
    `}renderRow(e){let r=e.layers.length<e.n_layers,a=(s,b)=>t`<div role="cell"><span class="label" aria-hidden="true">${s}</span><div>${b}</div></div>`;return t`<div role="row">
      <div role="rowheader">
        <a class="name" href=${w(e.address)}>${e.address}</a>
        ${e.is_built_in?t`<span class="badge">start here</span>`:i}
        ${e.model===e.address?i:t`<div class="quiet">${e.model}</div>`}
      </div>
      ${a("Neurons",t`${l(e.n_neurons)}
          <span class="quiet">
            in ${r?`${e.layers.length} of `:""}${l(e.n_layers)} ${e.n_layers===1?"layer":"layers"}
          </span>`)}
      ${a("Activation",t`${e.activation_function}${e.is_gated?t` <span class="badge">gated</span>`:i}`)}
      ${a("Site",e.site)}
      ${a("Corpus",t`${e.corpus} <span class="quiet">${l(e.n_tokens)} tokens, ${l(e.n_documents)} documents</span>`)}
      ${a("Date",e.date?t`<time datetime=${e.date}>${e.date}</time>`:t`<span class="quiet">not known</span>`)}
      ${a("",t`<button
          ?disabled=${this.drawn===e.address}
          aria-label="Random neuron of ${e.address}"
          @click=${()=>this.openRandom(e.address)}
        >
          Random neuron
        </button>`)}
    </div>`}};o.styles=[f,g,m`
      .start {
        margin-right: 0.3rem;
        font-weight: 600;
      }
      [role="row"] {
        display: grid;
        grid-template-columns: minmax(9rem, 1.4fr) 1fr 1fr 4rem minmax(10rem, 1.8fr) 6.5rem 9rem;
        gap: 0 1rem;
        padding: 0.6rem 0;
        border-bottom: 1px solid var(--line);
        align-items: baseline;
      }
      [role="row"] > * {
        min-width: 0;
      }
      .head [role="row"] {
        padding: 0.2rem 0;
        border-bottom-color: var(--edge);
        color: var(--quiet);
      }
      .name {
        font-weight: 600;
      }
      .label {
        display: none;
      }
      .sentence {
        white-space: pre-line;
      }
      @media (max-width: 58rem) {
        .head {
          position: absolute;
          clip-path: inset(50%);
          width: 1px;
          height: 1px;
          overflow: hidden;
        }
        [role="row"] {
          display: block;
          padding: 0.8rem 0;
        }
        [role="cell"] {
          display: grid;
          grid-template-columns: 6rem 1fr;
          padding: 0.1rem 0;
        }
        [role="cell"] > div {
          grid-column: 2;
        }
        .label {
          display: block;
          color: var(--quiet);
        }
      }
    `],n([d({attribute:!1})],o.prototype,"source",2),n([d({attribute:!1})],o.prototype,"shelf",2),n([d({attribute:!1})],o.prototype,"address",2),n([u()],o.prototype,"drawn",2),o=n([h("lms-models-page")],o);export{o as ModelsPage};
