/** The histograms of two neurons over one axis.
 *
 * Bins differ in width, in one histogram and between the two, so counts could not be laid over each other:
 * a bin twice as wide holds twice as many. Drawn is how densely tokens lie, as a share of all per unit of the
 * axis, on a logarithmic scale. Knows pieces of an axis, but no neuron.
 */

import { LitElement, css, html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import { decades, ticks } from "../axis.ts";
import type { Piece } from "../distance.ts";
import { base, theme } from "../theme.ts";
import { count, number, share } from "../words.ts";

export interface Drawn {
  name: string;
  pieces: readonly Piece[];
  /** Tokens behind the shares. */
  nTokens: number;
}

const HEIGHT = 220;
const WIDTH = 1000;

/** Colours of the first and the second neuron: neither is the blue or the orange of an activation. */
export const pair = css`
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
`;

interface Axes {
  low: number;
  high: number;
  /** Powers of ten of the least and the greatest density. */
  floor: number;
  top: number;
}

@customElement("lms-chart")
export class Chart extends LitElement {
  @property({ attribute: false }) first!: Drawn;
  @property({ attribute: false }) second!: Drawn;
  /** What the axis counts, with its unit. */
  @property() axis = "";
  /** The unit itself, as in "per sd". */
  @property() unit = "";

  protected override render() {
    const axes = this.axes();
    const percent = (x: number) => `${((100 * (x - axes.low)) / (axes.high - axes.low)).toFixed(3)}%`;
    return html`<figure>
      <figcaption class="quiet">
        <span class="which"><span class="key"></span>${this.first.name}</span>
        <span class="which"><span class="key second"></span>${this.second.name}</span>
        <span>Share of the tokens per ${this.unit}, on a logarithmic scale.</span>
      </figcaption>
      <svg height=${HEIGHT + 24} role="img" aria-label=${this.summary(axes)}>
        ${decades(10 ** axes.floor, 10 ** axes.top, 6).map((density) => {
          const at = y(Math.log10(density), axes);
          return svg`<line class="grid" x1="0" x2="100%" y1=${at} y2=${at}></line>
            <text class="density" x="-6" y=${at} dy="0.32em">${number(density)}</text>`;
        })}
        ${axes.low < 0 && axes.high > 0
          ? svg`<line class="zero" x1=${percent(0)} x2=${percent(0)} y1="0" y2=${HEIGHT}></line>`
          : nothing}
        <svg width="100%" height=${HEIGHT} viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">
          <path class="first area" d=${outline(this.first.pieces, axes)}></path>
          <path class="first" d=${outline(this.first.pieces, axes)}></path>
          <path class="second" d=${outline(this.second.pieces, axes)}></path>
        </svg>
        <line class="base" x1="0" x2="100%" y1=${HEIGHT} y2=${HEIGHT}></line>
        ${ticks(axes.low, axes.high, 6).map((value) => {
          const at = (value - axes.low) / (axes.high - axes.low);
          return svg`<line class="base" x1=${percent(value)} x2=${percent(value)} y1=${HEIGHT} y2=${HEIGHT + 5}></line>
            <text class=${at < 0.04 ? "start" : at > 0.96 ? "end" : ""} x=${percent(value)} y=${HEIGHT + 20}>${number(value)}</text>`;
        })}
      </svg>
      <p class="axis quiet" aria-hidden="true">${this.axis}</p>
      ${[this.first, this.second].map((drawn) => this.renderHeaps(drawn))}
      <details>
        <summary>The bins as numbers</summary>
        <div class="tables" role="region" tabindex="0" aria-label="Bins of both histograms">
          ${[this.first, this.second].map((drawn) => this.renderBins(drawn))}
        </div>
      </details>
    </figure>`;
  }

  private axes(): Axes {
    const all = [...this.first.pieces, ...this.second.pieces];
    const densities = all.filter((p) => p.high > p.low).map(density);
    const [low, high] = [Math.min(...all.map((p) => p.low)), Math.max(...all.map((p) => p.high))];
    const [least, most] = densities.length ? [Math.min(...densities), Math.max(...densities)] : [0.1, 1];
    const room = high > low ? 0 : 0.5;
    return { low: low - room, high: high + room, floor: Math.log10(least) - 0.4, top: Math.log10(most) + 0.1 };
  }

  /** Tokens that all have one value have no density: they are told in words and drawn as a stroke. */
  private renderHeaps({ name, pieces }: Drawn) {
    return pieces
      .filter((p) => p.high === p.low)
      .map(
        (p) => html`<p class="quiet heap">
          ${p.share === 1 ? "All" : `${share(p.share)} of the`} tokens of ${name} have one and the same value,
          ${number(p.low)}: the stroke to the top.
        </p>`,
      );
  }

  private renderBins({ name, pieces, nTokens }: Drawn) {
    return html`<table>
      <caption>${name}</caption>
      <thead><tr><th class="number">from</th><th class="number">to</th><th class="number">tokens</th></tr></thead>
      <tbody>
        ${pieces.map(
          (p) => html`<tr>
            <td class="number">${number(p.low)}</td><td class="number">${number(p.high)}</td>
            <td class="number">${count(Math.round(p.share * nTokens))}</td>
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  private summary({ low, high }: Axes): string {
    const range = ({ name, pieces }: Drawn) =>
      `${name} reaches from ${number(pieces[0]!.low)} to ${number(pieces.at(-1)!.high)}`;
    return (
      `Two histograms over one axis, ${this.axis}, from ${number(low)} to ${number(high)}. ` +
      `${range(this.first)}; ${range(this.second)}. The numbers follow below.`
    );
  }

  static override styles = [
    theme,
    base,
    pair,
    css`
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
    `,
  ];
}

const density = ({ low, high, share }: Piece): number => share / (high - low);

const y = (log: number, { floor, top }: Axes): number =>
  Math.round(10 * HEIGHT * (1 - (log - floor) / (top - floor))) / 10;

/** The steps of a histogram, down to the axis where no token lies; a heap at one value is a stroke to the top. */
function outline(pieces: readonly Piece[], axes: Axes): string {
  const x = (value: number) => ((WIDTH * (value - axes.low)) / (axes.high - axes.low)).toFixed(2);
  let [path, end] = ["", NaN];
  pieces.forEach((p, i) => {
    const height = p.high > p.low ? y(Math.log10(density(p)), axes) : 0;
    path += p.low === end ? `L${x(p.low)} ${height}` : `M${x(p.low)} ${HEIGHT}V${height}`;
    path += `H${x(p.high)}`;
    if (pieces[i + 1]?.low !== p.high) path += `V${HEIGHT}`;
    end = p.high;
  });
  return path;
}

declare global {
  interface HTMLElementTagNameMap {
    "lms-chart": Chart;
  }
}
