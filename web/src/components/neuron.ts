/** Everything that a catalogue knows of one neuron, drawn from its record: the same on the site, in a file of
 * its own and in a notebook. What there is no source for is not offered.
 */

import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { SITES, bandLabel, onePerPeak, ranked } from "../lists.ts";
import { label } from "../pieces.ts";
import type { Source } from "../source.ts";
import { base, theme } from "../theme.ts";
import type { Example, Marked, NeuronRecord, Shelved, TokenEffect } from "../types.ts";
import { STATISTICS, count, number, share } from "../words.ts";
import "./example.ts";
import "./histogram.ts";
import type { Mark } from "./histogram.ts";
import "./legend.ts";
import type { Scale } from "./tokens.ts";

const STATS = ["max", "min", "mean", "sd", "skew", "kurtosis", "density", "density_half_max"] as const;
const SHARES: readonly string[] = ["density", "density_half_max"];

type Section = "top" | "bottom" | "bands";

@customElement("lms-neuron")
export class Neuron extends LitElement {
  @property({ attribute: false }) record!: NeuronRecord;
  /** The catalogue that it is from; null in a notebook, where the record does not know it. */
  @property({ attribute: false }) shelved: Shelved | null = null;
  /** Null where the record is all there is. */
  @property({ attribute: false }) source: Source | null = null;

  /** What a rule marks in the examples; empty if there is no rule. */
  @property({ attribute: false }) marked: ReadonlyMap<Example, Marked> = new Map();
  /** Tokens that the reader has chosen; null where nothing is to be chosen. */
  @property({ attribute: false }) chosen: ReadonlyMap<Example, readonly number[]> | null = null;

  @state() private width: "line" | "window" = "window";
  @state() private isDiverse = false;

  private get scale(): Scale {
    return this.record.stats;
  }

  protected override render() {
    const { record, shelved } = this;
    const { bottom } = record;
    const hasBelow = record.stats.min < 0;
    return html`
      <h1><span class="model">${record.model}</span> ${record.neuron}</h1>
      <p class="quiet where">
        site <b>${record.site}</b> (${SITES[record.site]})
        ${shelved ? `· ${shelved.activation_function}${shelved.is_gated ? ", gated" : ""}` : nothing}
        · ${count(record.stats.count)} tokens ${shelved ? html`of <bdi>${shelved.corpus}</bdi>` : nothing}
      </p>
      <slot></slot>
      ${record.dead
        ? html`<p class="alert">${`Dead on this corpus: never above 0 on ${count(record.stats.count)} tokens. It may well wake up on other texts.`}</p>`
        : nothing}
      <div class="summary">
        <section aria-label="Statistics">${this.renderStats()}</section>
        <section aria-label="Histogram and tokens">
          <lms-histogram .histogram=${record.histogram} .marks=${this.marks()}></lms-histogram>
          ${this.renderTokens()}
        </section>
      </div>
      ${record.dead && !hasBelow ? nothing : this.renderControls()}
      ${record.dead ? nothing : this.renderList("top", "Top", record.top)}
      ${bottom.length && hasBelow ? this.renderList("bottom", "Bottom", bottom) : nothing}
      ${hasBelow || record.dead ? nothing : html`<p class="quiet">No activation is below 0, so there is no bottom to show.</p>`}
      ${record.dead || !record.bands.length ? nothing : this.renderBands()}
      <slot name="after"></slot>
    `;
  }

  private renderStats() {
    const { stats } = this.record;
    return html`<dl class="stats">
      ${STATS.map((name) => {
        const { label, meaning } = STATISTICS[name]!;
        const value = stats[name];
        const shown = SHARES.includes(name) && value !== null ? share(value) : number(value);
        return html`<div><dt>${label}</dt><dd class="number">${shown}</dd><dd class="quiet">${meaning}</dd></div>`;
      })}
    </dl>`;
  }

  private marks(): Mark[] {
    const { record } = this;
    const of = (examples: readonly Example[], kind: Mark["kind"]) => examples.map(({ max }): Mark => ({ value: max, kind }));
    if (record.dead) return of(record.bottom, "bottom");
    return [...of(record.bands.flatMap((b) => b.examples), "band"), ...of(record.bottom, "bottom"), ...of(record.top, "top")];
  }

  private renderTokens() {
    const { logits, peak_tokens, top, dead } = this.record;
    const repeated = peak_tokens.filter((t) => t.count > 1);
    return html`<dl class="facts tokens">
      ${logits
        ? html`<dt title="Tokens whose logit one unit of activation raises most, by the direct path through W_out and the unembedding">
              promotes
            </dt>
            <dd>${logits.promoted.map(effect)}</dd>
            <dt title="Tokens whose logit it lowers most">suppresses</dt>
            <dd>${logits.suppressed.map(effect)}</dd>`
        : nothing}
      ${dead
        ? nothing
        : html`<dt title="Tokens at the peaks of the top examples">peaks on</dt>
            <dd>
              ${repeated.length
                ? repeated.map((t, i) => chip(t.token, `× ${t.count}${i ? "" : ` of ${top.length}`}`))
                : html`another token in each of the top ${top.length} examples`}
            </dd>`}
    </dl>`;
  }

  private renderControls() {
    const { record } = this;
    const jump = (section: Section, name: string) =>
      html`<button class="plain" @click=${() => this.renderRoot.querySelector(`#${section}`)?.scrollIntoView()}>${name}</button>`;
    return html`<div class="controls">
      <lms-legend .scale=${this.scale}></lms-legend>
      <div class="row no-print" role="group" aria-label="Examples">
        <button aria-pressed=${this.width === "window"} @click=${() => (this.width = "window")}>windows</button>
        <button aria-pressed=${this.width === "line"} @click=${() => (this.width = "line")}>one line each</button>
        <button aria-pressed=${this.isDiverse} @click=${() => (this.isDiverse = !this.isDiverse)}>one per peak token</button>
      </div>
      ${record.dead
        ? nothing
        : html`<nav class="row no-print" aria-label="Lists">
            ${jump("top", "top")} ${record.stats.min < 0 && record.bottom.length ? jump("bottom", "bottom") : nothing}
            ${record.bands.length ? jump("bands", "random") : nothing}
          </nav>`}
    </div>`;
  }

  private renderList(id: Section, name: string, examples: readonly Example[]) {
    const shown = this.isDiverse ? onePerPeak(examples) : ranked(examples);
    return html`<section id=${id} aria-label=${`${name} examples`}>
      <h2>${name} ${examples.length}</h2>
      ${this.isDiverse
        ? html`<p class="quiet">
            ${shown.length === examples.length
              ? `All ${examples.length} peak on different tokens.`
              : `The best of each peak token: ${shown.length} of ${examples.length}.`}
          </p>`
        : nothing}
      ${this.renderExamples(name, shown)}
    </section>`;
  }

  private renderExamples(list: string, shown: { example: Example; rank: number }[]): TemplateResult {
    const { record, shelved, source } = this;
    const at = source && shelved && { catalogue: shelved.address, layer: record.layer, neuron: record.index };
    const isLive = Boolean(source?.live) && shelved?.why_not_live === null;
    return html`<ol class="examples">
      ${shown.map(
        ({ example, rank }) => html`<li>
          <lms-example
            .example=${example} .rank=${rank} .list=${list} .scale=${this.scale} .width=${this.width} .at=${at}
            .source=${source} .isLive=${isLive} .marked=${this.marked.get(example) ?? null}
            .chosen=${this.chosen && (this.chosen.get(example) ?? [])}
          ></lms-example>
        </li>`,
      )}
    </ol>`;
  }

  private renderBands() {
    return html`<section id="bands" aria-label="Random examples by band">
      <h2>Random examples, from the strongest band to the weakest</h2>
      <p class="quiet">
        Every segment of the corpus has one peak. The bands divide these peaks by quantiles; the examples in a band are
        drawn at random, so they show what the neuron does on ordinary days.
      </p>
      ${this.record.bands.toReversed().map((band) => {
        const name = bandLabel(band);
        const shown = this.isDiverse ? onePerPeak(band.examples) : ranked(band.examples);
        return html`<h3>
            ${name} <span class="quiet">· ${share(band.share)} of segments</span>
          </h3>
          ${shown.length
            ? this.renderExamples(`random, ${name}:`, shown)
            : html`<p class="quiet">No segment of the corpus peaks here.</p>`}`;
      })}
    </section>`;
  }

  static override styles = [
    theme,
    base,
    css`
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
    `,
  ];
}

function chip(token: string, value: string): TemplateResult {
  return html`<span class="chip"><code>${label(token)}</code> <span class="quiet">${value}</span></span>`;
}

function effect({ token, effect }: TokenEffect): TemplateResult {
  return chip(token, `${effect < 0 ? "" : "+"}${effect.toFixed(2)}`);
}

declare global {
  interface HTMLElementTagNameMap {
    "lms-neuron": Neuron;
  }
}
