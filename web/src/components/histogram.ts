/** How many tokens had which activation, and where the examples of the page stand. */

import { LitElement, css, html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import { layout, placeOf } from "../bins.ts";
import type { Layout } from "../bins.ts";
import { base, theme } from "../theme.ts";
import { count as counted, number } from "../words.ts";

export interface Mark {
  value: number;
  kind: "top" | "bottom" | "band";
}

const HEIGHT = 132;
const percent = (x: number): string => `${(100 * x).toFixed(3)}%`;

@customElement("lms-histogram")
export class Histogram extends LitElement {
  @property({ attribute: false }) histogram: { edges: number[]; counts: number[] } = { edges: [], counts: [] };
  /** Values to be marked under the axis. */
  @property({ attribute: false }) marks: Mark[] = [];

  protected override render() {
    const found = layout(this.histogram);
    if (!found) return html`<p class="quiet">No token was counted.</p>`;
    return html`<figure>
      <svg height=${HEIGHT + 44} role="img" aria-label=${this.summary(found)}>
        ${found.levels.map(
          ({ count, height }) => svg`
            <line class="grid" x1="0" x2="100%" y1=${y(height)} y2=${y(height)}></line>
            <text class="count" x="-6" y=${y(height)} dy="0.32em">${counted(count)}</text>`,
        )}
        ${found.bins.map((bin, i) => {
          const at = percent(i / found.bins.length);
          const width = percent(1 / found.bins.length);
          return svg`<g>
            <title>${number(bin.low)} to ${number(bin.high)}: ${counted(bin.count)} tokens</title>
            <rect class="area" x=${at} width=${width} y="0" height=${HEIGHT}></rect>
            <rect class=${bin.side} x=${at} width=${width} y=${y(bin.height)} height=${HEIGHT - y(bin.height)}></rect>
          </g>`;
        })}
        <line class="axis" x1="0" x2="100%" y1=${HEIGHT} y2=${HEIGHT}></line>
        <line class="zero" x1=${percent(found.zero)} x2=${percent(found.zero)} y1="0" y2=${HEIGHT + 14}></line>
        ${this.marks.map(({ value, kind }) => {
          const at = percent(placeOf(found, value));
          return svg`<line class=${kind} x1=${at} x2=${at} y1=${HEIGHT + 2} y2=${HEIGHT + (kind === "band" ? 7 : 12)}></line>`;
        })}
        ${found.ticks.map(
          ({ value, at, isMinor }) => svg`<text
            class="${at < 0.05 ? "first" : at > 0.95 ? "last" : ""} ${isMinor ? "minor" : ""}"
            x=${percent(at)} y=${HEIGHT + 28}
          >${number(value)}</text>`,
        )}
      </svg>
      <figcaption class="quiet">
        Tokens by activation. Counts are logarithmic; each side of zero has its own scale, finer near
        zero.${this.marks.length
          ? html` Strokes under the axis: the <span class="key top">top</span>, the
              <span class="key bottom">bottom</span> and the random examples of this page.`
          : nothing}
      </figcaption>
      <div class="visually-hidden">
        <table>
          <caption>Tokens by activation</caption>
          <thead><tr><th>from</th><th>to</th><th>tokens</th></tr></thead>
          <tbody>
            ${found.bins
              .filter((bin) => bin.count)
              .map((b) => html`<tr><td>${number(b.low)}</td><td>${number(b.high)}</td><td>${counted(b.count)}</td></tr>`)}
          </tbody>
        </table>
      </div>
    </figure>`;
  }

  private summary({ bins, most }: Layout): string {
    const total = bins.reduce((sum, bin) => sum + bin.count, 0);
    const above = bins.reduce((sum, bin) => sum + (bin.side === "positive" ? bin.count : 0), 0);
    const peak = bins.find((bin) => bin.count === most)!;
    return (
      `Histogram of ${counted(total)} activations from ${number(bins[0]!.low)} to ${number(bins.at(-1)!.high)}. ` +
      `The fullest bin is ${number(peak.low)} to ${number(peak.high)} with ${counted(most)} tokens. ` +
      `${counted(above)} tokens lie at zero or above.`
    );
  }

  static override styles = [
    theme,
    base,
    css`
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
    `,
  ];
}

function y(height: number): number {
  return Math.round((HEIGHT - height * (HEIGHT - 6)) * 10) / 10;
}

declare global {
  interface HTMLElementTagNameMap {
    "lms-histogram": Histogram;
  }
}
