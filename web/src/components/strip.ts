/** Texts that match and texts that do not, on one axis: two rows of points, those of a pair joined by a line. */

import { LitElement, css, html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import { ticks } from "../axis.ts";
import { base, theme } from "../theme.ts";
import { count, number } from "../words.ts";

const [TOP, BOTTOM, HEIGHT] = [16, 84, 100];
/** Points of each row that are drawn; more would be a stripe. */
const MOST = 400;

@customElement("lms-strip")
export class Strip extends LitElement {
  @property({ attribute: false }) matching: readonly number[] = [];
  @property({ attribute: false }) other: readonly number[] = [];
  /** True if the first belong to the second one by one. */
  @property({ type: Boolean }) isPaired = false;

  protected override render() {
    const { matching, other } = this;
    const all = [...matching, ...other];
    if (!all.length) return nothing;
    const [least, most] = [Math.min(0, ...all), Math.max(0, ...all)];
    const room = (most - least || 1) * 0.04;
    const [low, high] = [least - room, most + room];
    const x = (value: number) => `${((100 * (value - low)) / (high - low)).toFixed(2)}%`;
    const [a, b] = [matching.slice(0, MOST), other.slice(0, MOST)];
    return html`<figure>
      <svg height=${HEIGHT + 22} role="img" aria-label=${this.summary()}>
        <line class="zero" x1=${x(0)} x2=${x(0)} y1="0" y2=${HEIGHT}></line>
        ${this.isPaired
          ? a.map((value, i) =>
              i in b
                ? svg`<line class=${value > b[i]! ? "pair" : "pair against"} x1=${x(value)} x2=${x(b[i]!)} y1=${TOP} y2=${BOTTOM}></line>`
                : nothing,
            )
          : nothing}
        ${a.map((value) => svg`<circle class="matching" cx=${x(value)} cy=${TOP} r="5"></circle>`)}
        ${b.map((value) => svg`<circle class="other" cx=${x(value)} cy=${BOTTOM} r="5"></circle>`)}
        <line class="base" x1="0" x2="100%" y1=${HEIGHT} y2=${HEIGHT}></line>
        ${ticks(low, high, 5).map((value) => {
          const at = (value - low) / (high - low);
          return svg`<text class=${at < 0.04 ? "start" : at > 0.96 ? "end" : ""} x=${x(value)} y=${HEIGHT + 16}>${number(value)}</text>`;
        })}
      </svg>
      <figcaption class="quiet">
        <span><span class="key matching"></span>matching</span>
        <span><span class="key other"></span>not matching</span>
        ${this.isPaired ? html`<span>An orange dashed line: a pair the wrong way round.</span>` : nothing}
        ${all.length > a.length + b.length ? html`<span>The first ${count(MOST)} of each are drawn.</span>` : nothing}
      </figcaption>
    </figure>`;
  }

  private summary(): string {
    const range = (values: readonly number[]) =>
      values.length ? `from ${number(Math.min(...values))} to ${number(Math.max(...values))}` : "none";
    const wins = this.matching.filter((value, i) => value > (this.other[i] ?? Infinity)).length;
    const pairs = this.isPaired ? ` In ${count(wins)} of ${count(this.matching.length)} pairs the matching text is higher.` : "";
    return `Activations of matching texts ${range(this.matching)}, of the others ${range(this.other)}.${pairs}`;
  }

  static override styles = [
    theme,
    base,
    css`
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
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "lms-strip": Strip;
  }
}
