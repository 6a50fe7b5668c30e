/** Two neurons of any two catalogues side by side: statistics, histograms on one axis, examples. */

import { LitElement, css, html, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import * as address from "../address.ts";
import type { Address, Place } from "../address.ts";
import { pair } from "../components/chart.ts";
import "../components/chart.ts";
import "../components/copy.ts";
import "../components/example.ts";
import "../components/legend.ts";
import type { Width } from "../components/tokens.ts";
import { LIMIT, correlation, distances, shapes, verdict, whyOtherTokens } from "../distance.ts";
import type { Distance, Shape } from "../distance.ts";
import { find } from "../goto.ts";
import { SITES } from "../lists.ts";
import { label } from "../pieces.ts";
import { Explained } from "../source.ts";
import type { Catalogue, Source } from "../source.ts";
import { base, theme } from "../theme.ts";
import type { NeuronRecord, Shelf, Shelved, Stats } from "../types.ts";
import { STATISTICS, count, number, share } from "../words.ts";

const N_EXAMPLES = 10;
const ROWS = ["max", "min", "mean", "sd", "skew", "kurtosis", "density", "density_half_max"] as const;
const SHARES: readonly string[] = ["density", "density_half_max"];

type Side = "a" | "b";
const SIDES: readonly Side[] = ["a", "b"];
const ORDINAL = { a: "First", b: "Second" };

/** One neuron that is here. */
interface Shown {
  at: Place;
  record: NeuronRecord;
  catalogue: Catalogue;
  raw: Shape;
  standardised: Shape | null;
}

@customElement("lms-compare-page")
export class ComparePage extends LitElement {
  @property({ attribute: false }) source!: Source;
  @property({ attribute: false }) shelf!: Shelf;
  @property({ attribute: false }) address!: Extract<Address, { page: "compare" }>;

  @state() private shown: Record<Side, Shown | null> = { a: null, b: null };
  @state() private trouble: Record<Side, string | null> = { a: null, b: null };
  /** As they stand in the fields. */
  @state() private typed: Record<Side, string> = { a: "", b: "" };
  /** Raw activations, if both neurons have the same unit; else standard deviations. */
  @state() private wantsRaw = false;
  @state() private width: Width = "line";

  private loading = new AbortController();

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.loading.abort();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("address")) this.begin();
  }

  private begin(): void {
    this.loading.abort();
    this.loading = new AbortController();
    this.trouble = { a: null, b: null };
    for (const side of SIDES) {
      const at = this.address[side];
      this.typed = { ...this.typed, [side]: at ? spelled(at) : "" };
      if (at && isSame(at, this.shown[side]?.at)) continue;
      this.shown = { ...this.shown, [side]: null };
      if (at) void this.load(side, at, this.loading.signal);
    }
  }

  private async load(side: Side, at: Place, signal: AbortSignal): Promise<void> {
    try {
      const catalogue = await this.source.catalogue(at.catalogue);
      const record = await catalogue.neuron(at.layer, at.neuron, signal);
      if (signal.aborted) return;
      this.shown = { ...this.shown, [side]: { at, record, catalogue, ...shapes(record) } };
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof Explained)) throw error;
      this.trouble = { ...this.trouble, [side]: error.message };
    }
  }

  /** Goes to what the fields say, or says why they name no neuron. */
  private submit(event: Event): void {
    event.preventDefault();
    const places: Record<Side, Place | null> = { a: null, b: null };
    this.trouble = { a: null, b: null };
    for (const side of SIDES) {
      const typed = this.typed[side].trim();
      if (!typed) continue;
      const here = this.address[side] ?? this.address[side === "a" ? "b" : "a"];
      const found = find(typed, this.shelf, { catalogue: here?.catalogue ?? null, layer: here?.layer ?? null });
      const to = "to" in found ? address.read(found.to) : null;
      if (to?.page === "neuron") places[side] = to.at;
      else {
        const sentence = "sentence" in found ? found.sentence : `'${typed}' names no neuron: which layer, which number?`;
        this.trouble = { ...this.trouble, [side]: sentence };
      }
    }
    if (this.trouble.a || this.trouble.b) return;
    const [first, second] = places.a ? [places.a, places.b] : [places.b, null];
    location.hash = address.compare(first, second);
  }

  protected override render() {
    const { a, b } = this.shown;
    const isAsked = this.address.a || this.address.b;
    return html`
      <h1>${a && b ? html`${nameOf(a, a, b)} <span class="quiet">and</span> ${nameOf(b, a, b)}` : "Compare two neurons"}</h1>
      ${isAsked ? nothing : html`<p class="quiet">
            Any two, of any two catalogues: statistics, histograms and examples side by side. Write them as below, or begin on
            the page of a neuron.
          </p>`}
      ${this.renderForm()}
      ${a && b ? this.renderBoth(a, b) : isAsked ? this.renderWaiting() : nothing}
    `;
  }

  private renderForm() {
    const { catalogues } = this.shelf;
    const sample = (c: Shelved | undefined, neuron: number) => (c ? `${c.address}/${c.layers.at(-1)}/${neuron}` : "");
    const samples = { a: sample(catalogues[0], 3), b: sample(catalogues.at(-1), 12) };
    return html`<form class="picker" aria-label="Neurons to compare" @submit=${this.submit}>
        ${SIDES.map(
          (side) => html`<div class="field">
            <label for=${side}><span class=${side === "b" ? "key second" : "key"}></span>${ORDINAL[side]} neuron</label>
            <input
              id=${side} type="text" autocomplete="off" autocapitalize="off" spellcheck="false" list="catalogues"
              placeholder=${samples[side]} aria-invalid=${this.trouble[side] ? "true" : "false"} .value=${this.typed[side]}
              @input=${(e: InputEvent) => (this.typed = { ...this.typed, [side]: (e.target as HTMLInputElement).value })}
            />
          </div>`,
        )}
        <datalist id="catalogues">${catalogues.map((c) => html`<option value="${c.address}/${c.layers[0]}/"></option>`)}</datalist>
        <button>Compare</button>
      </form>
      ${SIDES.map((side) => (this.trouble[side] ? html`<div class="alert" role="alert">${this.trouble[side]}</div>` : nothing))}`;
  }

  private renderWaiting() {
    const { a, b } = this.address;
    const missing = !a || !b;
    if (this.trouble.a || this.trouble.b) return nothing;
    return missing
      ? html`<p>Which neuron shall it be compared with? Write it into the other box, as <kbd>L0N737</kbd> or with its catalogue.</p>`
      : html`<p class="quiet" role="status">Loading…</p>`;
  }

  private renderBoth(a: Shown, b: Shown) {
    return html`${this.renderStats(a, b)} ${this.renderHistograms(a, b)} ${this.renderExamples(a, b)}`;
  }

  private renderStats(a: Shown, b: Shown) {
    const row = (name: string, meaning: string, of: (shown: Shown) => unknown, className = "") =>
      html`<tr>
        <th scope="row" title=${meaning || nothing}>${name}</th>
        ${[a, b].map((shown) => html`<td class=${className}>${of(shown)}</td>`)}
        <td class="quiet meaning">${meaning}</td>
      </tr>`;
    const tokens = (some: readonly { token: string }[]) =>
      html`<span class="tokens">${some.slice(0, 5).map(({ token }) => html`<code>${label(token)}</code> `)}</span>`;
    const statistic = (name: (typeof ROWS)[number]) => {
      const { label, meaning } = STATISTICS[name]!;
      const shown = (stats: Stats) => {
        const value = stats[name];
        return SHARES.includes(name) && value !== null ? share(value) : number(value);
      };
      return row(label, meaning, ({ record }) => shown(record.stats), "number");
    };
    return html`<div class="wide">
      <table class="stats">
        <caption class="visually-hidden">Both neurons, line by line</caption>
        <thead>
          <tr>
            <td></td>
            ${[a, b].map(
              ({ at, record }, i) => html`<th scope="col">
                <span class=${i ? "key second" : "key"}></span><a href=${address.neuron(at)}>${record.neuron}</a>
              </th>`,
            )}
            <td class="meaning"></td>
          </tr>
        </thead>
        <tbody>
          ${row("model", "", ({ record }) => record.model)}
          ${row("site", "", ({ record }) => html`<span title=${SITES[record.site] ?? ""}>${record.site}</span>`)}
          ${row("activation function", "", ({ catalogue }) => functionOf(catalogue.shelved))}
          ${row("corpus", "", ({ catalogue }) => html`<bdi>${catalogue.shelved.corpus}</bdi>`)}
          ${row("tokens", "Tokens behind every statistic.", ({ record }) => count(record.stats.count), "number")}
          ${ROWS.map(statistic)}
          ${row("peaks on", "Tokens at the peaks of the top examples.", ({ record }) =>
            record.dead ? html`<span class="quiet">dead: never above 0</span>` : tokens(record.peak_tokens))}
          ${row("promotes", "Tokens whose logit it raises most, by the direct path.", ({ record }) =>
            record.logits ? tokens(record.logits.promoted) : html`<span class="quiet">not known</span>`)}
          ${row("suppresses", "Tokens whose logit it lowers most.", ({ record }) =>
            record.logits ? tokens(record.logits.suppressed) : html`<span class="quiet">not known</span>`)}
        </tbody>
      </table>
    </div>`;
  }

  private renderHistograms(a: Shown, b: Shown) {
    const why = whyNoRawAxis(a, b);
    const constant = [a, b].filter((s) => !s.standardised).map((s) => nameOf(s, a, b));
    const isRaw = why === null && (this.wantsRaw || constant.length > 0);
    const [first, second] = isRaw ? [a.raw, b.raw] : [a.standardised, b.standardised];
    return html`<section aria-labelledby="histograms">
      <h2 id="histograms">Histograms on one axis</h2>
      ${first && second ? this.renderUnits(isRaw, constant.length === 0, why === null) : nothing}
      ${why ? html`<p class="quiet">${why}</p>` : nothing}
      ${constant.length
        ? html`<p class="quiet">
            ${constant.join(" and ")} had the same value on every token, so ${constant.length > 1 ? "they have" : "it has"} no
            standard deviation to be measured by.
          </p>`
        : nothing}
      ${first && second ? this.renderAxis(a, b, first, second, isRaw) : nothing}
    </section>`;
  }

  private renderUnits(isRaw: boolean, canStandardise: boolean, canBeRaw: boolean) {
    return html`<div class="row no-print" role="group" aria-label="Unit of the axis">
      <button aria-pressed=${isRaw ? "false" : "true"} ?disabled=${!canStandardise} @click=${() => (this.wantsRaw = false)}>
        standardised
      </button>
      <button aria-pressed=${isRaw ? "true" : "false"} ?disabled=${!canBeRaw} @click=${() => (this.wantsRaw = true)}>
        raw activations
      </button>
    </div>`;
  }

  private renderAxis(a: Shown, b: Shown, first: Shape, second: Shape, isRaw: boolean) {
    const drawn = (shown: Shown, { binned }: Shape) => ({
      name: nameOf(shown, a, b), pieces: binned, nTokens: shown.record.stats.count,
    });
    const found = distances(first, second, isRaw ? Infinity : LIMIT);
    const unit = isRaw ? "unit" : "sd";
    const row = (name: string, { value, low, high }: Distance, inWhat: string, meaning: string) => html`<tr>
      <th scope="row">${name}</th>
      <td class="number">${number(value)}${inWhat}</td>
      <td class="number quiet">${number(low)} to ${number(high)}</td>
      <td class="quiet meaning">${meaning}</td>
    </tr>`;
    return html`<lms-chart
        .first=${drawn(a, first)} .second=${drawn(b, second)} .unit=${unit}
        .axis=${isRaw ? rawAxis(a, b) : "standard deviations from each neuron's own mean"}
      ></lms-chart>
      <p class="verdict">${this.verdict(a, b)}</p>
      <div class="wide">
        <table>
          <caption class="visually-hidden">How far apart the histograms are</caption>
          <thead>
            <tr>
              <th scope="col">Distance</th><th scope="col" class="number">About</th><th scope="col" class="number">Surely</th>
              <td class="meaning"></td>
            </tr>
          </thead>
          <tbody>
            ${row("Wasserstein-1", found.w1, isRaw ? "" : " sd", "How far a token moves on average to turn one histogram into the other.")}
            ${row("Wasserstein-2", found.w2, isRaw ? "" : " sd", "The same as a root mean square: far moves weigh more.")}
            ${row("Kolmogorov–Smirnov", found.ks, "", "Largest difference between the shares of tokens below any one value.")}
          </tbody>
        </table>
      </div>
      <p class="quiet">
        A histogram knows the bin of a token, not its place in it. Surely: wherever in their bins the tokens lie. About: with
        the tokens spread inside the bins so that mean and sd are the measured ones.
      </p>`;
  }

  /** What the shapes can and cannot show. */
  private verdict(a: Shown, b: Shown): string {
    const why = whyOtherTokens(a.catalogue.manifest, b.catalogue.manifest);
    if (!a.standardised || !b.standardised) return "A constant neuron correlates with nothing.";
    if (isSame(a.at, b.at)) return "This is one neuron twice.";
    if (why === null) return verdict(correlation(a.standardised, b.standardised));
    return (
      `Shapes bound a correlation only over the same tokens, and ${why}. So these distances describe two shapes: they can ` +
      "neither rule out nor confirm that both neurons stand for the same feature."
    );
  }

  private renderExamples(a: Shown, b: Shown): TemplateResult {
    const button = (width: Width, name: string) =>
      html`<button aria-pressed=${this.width === width ? "true" : "false"} @click=${() => (this.width = width)}>${name}</button>`;
    return html`<section aria-labelledby="examples">
      <h2 id="examples">Top examples, each neuron on its own scale</h2>
      <div class="row no-print" role="group" aria-label="Examples">${button("line", "one line each")} ${button("window", "windows")}</div>
      <div class="sides">${[a, b].map((shown, i) => this.renderSide(shown, nameOf(shown, a, b), i))}</div>
    </section>`;
  }

  private renderSide({ at, record, catalogue }: Shown, name: string, i: number) {
    const isLive = Boolean(this.source.live) && catalogue.shelved.why_not_live === null;
    return html`<div class="side">
      <h3><span class=${i ? "key second" : "key"}></span><a href=${address.neuron(at)}>${name}</a></h3>
      <lms-legend .scale=${record.stats}></lms-legend>
      ${record.dead
        ? html`<p class="alert">Dead on this corpus: never above 0 on ${count(record.stats.count)} tokens.</p>`
        : html`<ol>
            ${record.top.slice(0, N_EXAMPLES).map(
              (example, k) => html`<li>
                <lms-example
                  .example=${example} .rank=${k + 1} .list=${`${name} top`} .scale=${record.stats} .width=${this.width}
                  .at=${at} .source=${this.source} .isLive=${isLive}
                ></lms-example>
              </li>`,
            )}
          </ol>`}
    </div>`;
  }

  static override styles = [
    theme,
    base,
    pair,
    css`
      h1 .quiet {
        font-weight: 400;
      }
      .picker {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 0.5rem 1rem;
        margin: 0.75rem 0;
      }
      .field {
        display: flex;
        flex: 0 1 22rem;
        flex-direction: column;
        min-width: 0;
      }
      input[aria-invalid="true"] {
        border-color: var(--negative-mark);
      }
      .stats {
        margin-top: 1rem;
      }
      .stats th[scope="row"] {
        color: var(--quiet);
        white-space: nowrap;
      }
      td:not(.number) {
        overflow-wrap: anywhere;
      }
      .stats td:not(.meaning) {
        min-width: 7rem;
        max-width: 16rem;
      }
      thead td {
        border-bottom-color: var(--edge);
      }
      .stats thead th {
        color: var(--ink);
        font-weight: 600;
        text-align: right;
        white-space: nowrap;
      }
      .stats tbody td:not(.meaning) {
        text-align: right;
      }
      .meaning {
        font-size: 0.8125rem;
      }
      code {
        unicode-bidi: isolate;
        white-space: pre-wrap;
      }
      .verdict {
        margin: 1rem 0;
        font-weight: 600;
      }
      .sides {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 0 2.5rem;
      }
      .side h3 {
        margin-bottom: 0.3rem;
      }
      ol {
        margin: 0.5rem 0 0;
        padding: 0;
        list-style: none;
      }
      li {
        padding: 0.4rem 0 0.5rem;
        border-bottom: 1px solid var(--line);
      }
      @media (max-width: 56rem) {
        .sides {
          grid-template-columns: minmax(0, 1fr);
        }
      }
      @media (max-width: 40rem) {
        .meaning {
          display: none;
        }
        .stats {
          width: 100%;
          table-layout: fixed;
        }
        .stats td:not(.meaning) {
          min-width: 0;
        }
        .stats th[scope="row"] {
          white-space: normal;
        }
        th,
        td {
          padding-right: 0.6rem;
        }
      }
    `,
  ];
}

const spelled = ({ catalogue, layer, neuron }: Place): string => `${catalogue}/${layer}/${neuron}`;
const isSame = (a: Place, b: Place | undefined): boolean => b !== undefined && spelled(a) === spelled(b);

/** Its short name, with the catalogue if that tells the two apart. */
function nameOf(shown: Shown, a: Shown, b: Shown): string {
  return a.at.catalogue === b.at.catalogue ? shown.record.neuron : `${shown.at.catalogue} ${shown.record.neuron}`;
}

const functionOf = ({ activation_function, is_gated }: Shelved): string =>
  is_gated ? `${activation_function}, gated` : activation_function;

/** Why raw values of two neurons share no axis; null if they do. */
function whyNoRawAxis(a: Shown, b: Shown): string | null {
  if (a.record.site !== b.record.site) {
    const [one, other] = [a.record.site, b.record.site];
    return (
      `Only standardised: ${nameOf(a, a, b)} was recorded at site ${one} (${SITES[one]}), ${nameOf(b, a, b)} at site ` +
      `${other} (${SITES[other]}). Values of different sites are never laid on one axis.`
    );
  }
  if (a.catalogue.shelved.is_gated === b.catalogue.shelved.is_gated) return null;
  return "Only standardised: one of the two MLPs is gated, so its value is a product of two; the other's is not.";
}

function rawAxis(a: Shown, b: Shown): string {
  const [one, other] = [a, b].map((s) => `${s.record.model} (${functionOf(s.catalogue.shelved)})`);
  const axis = `activation at site ${a.record.site}`;
  return one === other ? axis : `${axis}, each in its own model's unit: ${one}, ${other}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "lms-compare-page": ComparePage;
  }
}
