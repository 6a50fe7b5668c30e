/** The layers of a catalogue: their ends, and how dense and how peaked their neurons are. */

import { LitElement, css, html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import * as address from "../address.ts";
import { writeQuery } from "../browse.ts";
import type { Quartiles, Query } from "../browse.ts";
import type { Places } from "../format.ts";
import { base, theme } from "../theme.ts";
import { number, share } from "../words.ts";

export interface Layer {
  layer: number;
  /** Place of its first neuron among all, and how many it has. */
  first: number;
  n: number;
  deadShare: number;
  density: Quartiles | null;
  kurtosis: Quartiles | null;
}

@customElement("lms-layers")
export class Layers extends LitElement {
  /** Address of the catalogue. */
  @property() catalogue = "";
  @property({ attribute: false }) places!: Places;
  /** Empty until they are summed up. */
  @property({ attribute: false }) layers: Layer[] = [];
  /** What the table shows, to which a layer is added. */
  @property({ attribute: false }) query!: Query;

  protected override render() {
    const { layers, query } = this;
    if (!layers.length) return html`<p class="quiet">Summing up…</p>`;
    const density = axis(layers.map((l) => l.density), (x) => x);
    const kurtosis = axis(layers.map((l) => l.kurtosis), Math.asinh);
    return html`
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
            ${layers.map(
              (l) => html`<tr>
                <th scope="row">
                  <a
                    href=${address.model(this.catalogue, writeQuery({ ...query, layer: l.layer }))}
                    aria-label="Layer ${l.layer}: show only its neurons"
                    title="Show only its neurons in the table"
                    >${l.layer}</a
                  >
                </th>
                <td class="links">${this.renderEnds(l)}</td>
                <td class="number">${share(l.deadShare)}</td>
                <td>${renderBox(l.density, density)}</td>
                <td class="number">${l.density ? spread(l.density, share) : nothing}</td>
                <td>${renderBox(l.kurtosis, kurtosis)}</td>
                <td class="number">${l.kurtosis ? spread(l.kurtosis, number) : nothing}</td>
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
    `;
  }

  private renderEnds({ layer, first, n }: Layer) {
    if (!n) return html`<span class="quiet">none kept</span>`;
    const to = (place: number) =>
      address.neuron({ catalogue: this.catalogue, layer, neuron: this.places.at(place).index });
    return html`<a href=${to(first)} aria-label="First neuron of layer ${layer}">first</a>
      <button
        class="plain"
        aria-label="Random neuron of layer ${layer}"
        @click=${() => (location.hash = to(first + Math.floor(Math.random() * n)))}
      >random</button>
      <a href=${to(first + n - 1)} aria-label="Last neuron of layer ${layer}">last</a>`;
  }

  static override styles = [
    theme,
    base,
    css`
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
    `,
  ];
}

const spread = ({ low, median, high }: Quartiles, write: (x: number) => string) =>
  html`${write(median)} <span class="quiet">(${write(low)} to ${write(high)})</span>`;

type Axis = (x: number) => number;

/** Puts the middle halves of all layers on one scale, 0 to 100. */
function axis(layers: (Quartiles | null)[], scale: Axis): Axis {
  const known = layers.flatMap((q) => (q ? [q] : []));
  const low = scale(Math.min(...known.map((q) => q.low)));
  const high = scale(Math.max(...known.map((q) => q.high)));
  return (x) => (high > low ? (100 * (scale(x) - low)) / (high - low) : 50);
}

function renderBox(q: Quartiles | null, at: Axis) {
  if (!q) return nothing;
  const [low, median, high] = [at(q.low), at(q.median), at(q.high)];
  return html`<svg viewBox="-2 0 104 16" preserveAspectRatio="none" aria-hidden="true">
    ${svg`<rect class="axis" x="0" y="7.5" width="100" height="1"/>
      <rect class="span" x=${low} y="3" width=${Math.max(0.5, high - low)} height="10"/>
      <rect class="median" x=${median - 0.75} y="1" width="1.5" height="14"/>`}
  </svg>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "lms-layers": Layers;
  }
}
