/** How often a rule is right at every level of a neuron's activation, strongest first, with 95 % intervals.
 *
 * A page of top examples shows the first row only. Knows numbers, but no neuron and no rule.
 */

import { LitElement, css, html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base, theme } from "../theme.ts";
import type { Level } from "../types.ts";
import { count, number, share } from "../words.ts";

const HEIGHT = 18;

@customElement("lms-levels")
export class Levels extends LitElement {
  /** From the lowest to the highest. */
  @property({ attribute: false }) levels: readonly Level[] = [];
  /** Share of all tokens that the rule marks: what chance gives. */
  @property({ attribute: false }) baseRate = 0;

  protected override render() {
    const shown = this.levels.filter((level) => level.n).toReversed();
    return html`<p class="quiet">
        Of the tokens at each level, the share that the rule marks. The line is the 95 % interval; the stroke is chance,
        ${share(this.baseRate)}.
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
          ${shown.map((level) => this.renderLevel(level))}
        </tbody>
      </table>
    </div>`;
  }

  private renderLevel({ low, high, n, marked, precision, precision_low, precision_high }: Level) {
    return html`<tr>
      <th scope="row" class="number">${number(low)} to ${number(high)}</th>
      <td class="number">${count(n)}</td>
      <td class="number">${count(marked)}</td>
      <td class="bar">
        <svg height=${HEIGHT} aria-hidden="true">
          <rect class="ground" width="100%" height=${HEIGHT}></rect>
          <rect class="part" width=${percent(precision ?? 0)} height=${HEIGHT}></rect>
          ${precision_low === null || precision_high === null
            ? nothing
            : svg`<line class="interval" x1=${percent(precision_low)} x2=${percent(precision_high)} y1=${HEIGHT / 2} y2=${HEIGHT / 2}></line>`}
          <line class="chance" x1=${percent(this.baseRate)} x2=${percent(this.baseRate)} y1="0" y2=${HEIGHT}></line>
        </svg>
      </td>
      <td class="number">${interval(precision, precision_low, precision_high)}</td>
    </tr>`;
  }

  static override styles = [
    theme,
    base,
    css`
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
    `,
  ];
}

const percent = (part: number): string => `${(100 * part).toFixed(2)}%`;

const two = (value: number | null | undefined): string => (value === null || value === undefined ? "none" : String(Number(value.toPrecision(2))));

/** A value with its interval, as reports have it. */
export function interval(value: number | null | undefined, low?: number | null, high?: number | null): string {
  if (value === null || value === undefined) return "none";
  const mean = String(Number(value.toPrecision(3)));
  return low === undefined || high === undefined ? mean : `${mean} [${two(low)}, ${two(high)}]`;
}

declare global {
  interface HTMLElementTagNameMap {
    "lms-levels": Levels;
  }
}
