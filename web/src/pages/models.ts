/** The first page: what there is to look at. */

import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import * as address from "../address.ts";
import { Places } from "../format.ts";
import type { Source } from "../source.ts";
import { base, theme } from "../theme.ts";
import type { Shelf, Shelved } from "../types.ts";
import { count } from "../words.ts";

@customElement("lms-models-page")
export class ModelsPage extends LitElement {
  @property({ attribute: false }) source!: Source;
  @property({ attribute: false }) shelf!: Shelf;
  @property({ attribute: false }) address!: { page: "models" };

  /** The catalogue of which a random neuron is on its way. */
  @state() private drawn: string | null = null;

  private async openRandom(catalogue: string): Promise<void> {
    this.drawn = catalogue;
    try {
      const places = new Places((await this.source.catalogue(catalogue)).manifest);
      const { layer, index } = places.at(Math.floor(Math.random() * places.length));
      location.hash = address.neuron({ catalogue, layer, neuron: index });
    } finally {
      this.drawn = null;
    }
  }

  protected override render() {
    const { catalogues } = this.shelf;
    const first = catalogues.find((c) => c.is_built_in) ?? catalogues[0];
    return html`
      <h1>Models</h1>
      <section aria-label="What am I looking at?" class="lead">
        <p>
          A language model reads text in pieces, the <em>tokens</em>. Inside it are thousands of small detectors, the
          <em>neurons</em>: each has a value at every token, mostly about zero, sometimes large. Nobody told them what
          to detect. lmscope has watched every neuron on a pile of text and kept the places where it rose highest.
          Look at those places and guess what the neuron likes. <a href=${address.help()}>More, and all the words</a>
        </p>
        ${first
          ? html`<p>
              <button class="start" ?disabled=${this.drawn !== null} @click=${() => this.openRandom(first.address)}>
                Show me a neuron
              </button>
              <span class="quiet">of ${first.address}, taken at random</span>
            </p>`
          : nothing}
      </section>
      ${first ? this.renderTable(catalogues) : this.renderEmpty()}
    `;
  }

  private renderEmpty() {
    return html`<p class="alert">There is no catalogue here yet.</p>
      <p>Make one of a model and some text, and serve it:</p>
      <pre>lmscope scan gpt2-small texts/ -o gpt2/
lmscope serve gpt2/</pre>
      <p>Or begin with the two small models and the text inside lmscope, which need no download:</p>
      <pre>lmscope demo</pre>`;
  }

  private renderTable(catalogues: Shelved[]) {
    const why = new Set(catalogues.map((c) => c.why_not_live));
    const [only] = why;
    return html`
      <h2>Catalogues</h2>
      <div class="table" role="table" aria-label="Catalogues">
        <div role="rowgroup" class="head">
          <div role="row">
            ${["Model", "Neurons", "Activation", "Site", "Corpus", "Date", "Random"].map(
              (label) => html`<span role="columnheader">${label}</span>`,
            )}
          </div>
        </div>
        <div role="rowgroup">${catalogues.map((c) => this.renderRow(c))}</div>
      </div>
      ${why.size === 1 && only ? html`<p class="quiet sentence">${only}</p>` : nothing}
    `;
  }

  private renderRow(c: Shelved) {
    const isPart = c.layers.length < c.n_layers;
    const cell = (label: string, what: unknown) =>
      html`<div role="cell"><span class="label" aria-hidden="true">${label}</span><div>${what}</div></div>`;
    return html`<div role="row">
      <div role="rowheader">
        <a class="name" href=${address.model(c.address)}>${c.address}</a>
        ${c.is_built_in ? html`<span class="badge">start here</span>` : nothing}
        ${c.model === c.address ? nothing : html`<div class="quiet">${c.model}</div>`}
      </div>
      ${cell(
        "Neurons",
        html`${count(c.n_neurons)}
          <span class="quiet">
            in ${isPart ? `${c.layers.length} of ` : ""}${count(c.n_layers)} ${c.n_layers === 1 ? "layer" : "layers"}
          </span>`,
      )}
      ${cell("Activation", html`${c.activation_function}${c.is_gated ? html` <span class="badge">gated</span>` : nothing}`)}
      ${cell("Site", c.site)}
      ${cell("Corpus", html`${c.corpus} <span class="quiet">${count(c.n_tokens)} tokens, ${count(c.n_documents)} documents</span>`)}
      ${cell("Date", c.date ? html`<time datetime=${c.date}>${c.date}</time>` : html`<span class="quiet">not known</span>`)}
      ${cell(
        "",
        html`<button
          ?disabled=${this.drawn === c.address}
          aria-label="Random neuron of ${c.address}"
          @click=${() => this.openRandom(c.address)}
        >
          Random neuron
        </button>`,
      )}
    </div>`;
  }

  static override styles = [
    theme,
    base,
    css`
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
    `,
  ];
}
