/** A test on record: the verdict and why, then the numbers, then what speaks against it. */

import { LitElement, css, html, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import * as address from "../address.ts";
import type { Place } from "../address.ts";
import "../components/copy.ts";
import { interval } from "../components/levels.ts";
import "../components/levels.ts";
import "../components/strip.ts";
import "../components/tokens.ts";
import type { Scale } from "../components/tokens.ts";
import { label, readable } from "../pieces.ts";
import { Explained } from "../source.ts";
import type { Source } from "../source.ts";
import { base, theme } from "../theme.ts";
import type { InContext, KeptTest, OneText, Result, Shelf, WholeTest } from "../types.ts";
import { MEASURES, count, number, share } from "../words.ts";

/** Texts, or pairs of them, that are drawn at once; more at the reader's wish. */
const N_SHOWN = 20;
const N_MORE = 100;

const when = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** What cannot be seen is spelled out; the rest stays as it is. */
const shown = (text: string): string => readable(text).map((p) => (p.kind === "mark" ? p.shown : p.text)).join("");

@customElement("lms-test-page")
export class TestPage extends LitElement {
  @property({ attribute: false }) source!: Source;
  @property({ attribute: false }) shelf!: Shelf;
  @property({ attribute: false }) address!: { page: "test"; id: number };

  @state() private test: WholeTest | null = null;
  @state() private trouble = "";
  @state() private markdown = "";
  /** The neuron's own scale on the corpus; null until it is read, and where there is no catalogue of it. */
  @state() private scale: Scale | null = null;
  @state() private nShown = N_SHOWN;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("address")) void this.read(this.address.id);
  }

  private async read(id: number): Promise<void> {
    this.test = this.scale = null;
    this.trouble = this.markdown = "";
    this.nShown = N_SHOWN;
    const { evidence } = this.source;
    if (!evidence) {
      this.trouble = "A static site has no tests. To test what you think a neuron fires on: pip install lmscope, then lmscope serve";
      return;
    }
    try {
      const test = await evidence.one(id);
      if (id !== this.address.id) return;
      this.test = test;
      document.title = `${test.verdict} · L${test.layer}N${test.index} · lmscope`;
      const markdown = await evidence.markdown(id);
      if (test === this.test) this.markdown = markdown;
      if (test.catalogue === null) return;
      const { stats } = await (await this.source.catalogue(test.catalogue)).neuron(test.layer, test.index);
      if (test === this.test) this.scale = { min: stats.min, max: stats.max };
    } catch (error) {
      if (!(error instanceof Explained)) throw error;
      if (id === this.address.id && !this.test) this.trouble = error.message;
    }
  }

  private get at(): Place | null {
    const { catalogue, layer, index } = this.test!;
    return catalogue === null ? null : { catalogue, layer, neuron: index };
  }

  protected override render() {
    const { test } = this;
    if (this.trouble) {
      return html`<h1>No such test here</h1>
        <p class="alert" role="alert">${this.trouble}</p>`;
    }
    if (!test) return html`<p class="quiet" role="status">Reading the test…</p>`;
    const { result } = test;
    return html`
      <h1>${result.verdict.slice(0, 1).toUpperCase() + result.verdict.slice(1)}</h1>
      <p class="claim">${result.claim ? html`“<bdi>${shown(result.claim)}</bdi>”` : html`<span class="quiet">What the neuron fires on</span>`}</p>
      <p class="why">${shown(result.why)}</p>
      ${result.remarks.length ? html`<ul class="remarks">${result.remarks.map((remark) => html`<li>${shown(remark)}</li>`)}</ul>` : nothing}
      ${this.renderActions(test)} ${this.renderFacts(test)}
      ${result.corpus ? this.renderCorpus(result, result.corpus) : nothing}
      ${result.pairs ? this.renderTexts(result, result.pairs) : nothing}
      ${this.renderCausal(result)}
      ${this.renderPlaces("Its strongest firings outside the rule", "What speaks against it: one from each document, chosen by numbers alone.", result.counter_examples)}
      ${this.renderPlaces("Places of the rule where it does not fire", "The most silent first, one from each document.", result.missed)}
      ${this.renderAlso(result)} ${this.renderTried(test)} ${this.renderHow(test)}
    `;
  }

  private renderActions(test: WholeTest) {
    const { at } = this;
    const url = (file: "report.md" | "report.html" | "hypothesis.toml") => this.source.evidence!.fileUrl(test.id, file);
    return html`<div class="row no-print actions">
      ${at ? html`<a class="button" href=${address.again(at, test.id)}>change it and test again</a>` : nothing}
      ${this.markdown
        ? html`<lms-copy .value=${this.markdown} label="copy as Markdown" what="copy as Markdown: the report"></lms-copy>`
        : html`<span class="quiet">copy as Markdown</span>`}
      <a href=${url("report.md")} download>report as Markdown</a>
      <a href=${url("report.html")} download>report as HTML</a>
      <a href=${url("hypothesis.toml")} download title="A file that lmscope test takes">hypothesis as .toml</a>
    </div>`;
  }

  private renderFacts(test: WholeTest) {
    const { result } = test;
    const { at } = this;
    const neuron = `${result.model} ${result.neuron}`;
    return html`<dl class="facts">
      <dt>Neuron</dt>
      <dd>${at ? html`<a href=${address.neuron(at)}>${neuron}</a>` : neuron} <span class="quiet">site ${result.site}</span></dd>
      ${result.rule
        ? html`<dt>Rule</dt>
            <dd><code>${label(result.rule).replaceAll("·", " ")}</code></dd>
            ${result.rule_note ? html`<dt></dt><dd class="quiet">${shown(result.rule_note)}</dd>` : nothing}
            <dt>Fires at</dt>
            <dd>the ${result.tokens} token of each place, ${inWords(result)}</dd>`
        : nothing}
      <dt>Tested</dt>
      <dd><time datetime=${test.tested}>${when.format(new Date(test.tested))}</time></dd>
      <dt>Hypothesis</dt>
      <dd>
        <code title=${test.hypothesis}>${test.hypothesis.slice(0, 16)}</code>
        <span class="quiet">
          proposed <time datetime=${test.proposed}>${when.format(new Date(test.proposed))}</time>${test.version > 1 ? `, version ${count(test.version)}` : nothing}
        </span>
      </dd>
    </dl>
    ${test.is_kept ? nothing : html`<p class="quiet">This server keeps no log: the test is forgotten when it stops. Take the report along.</p>`}`;
  }

  private renderCorpus(result: Result, corpus: NonNullable<Result["corpus"]>) {
    const { controls } = result;
    const base = interval(corpus.base_rate);
    const chance: Record<string, string> = {
      ap: base, mass_precision: base, mass_precision_squared: base, precision: base, r: "0", auroc: "0.5",
    };
    return html`<section aria-labelledby="corpus">
      <h2 id="corpus">On ordinary text</h2>
      <p class="quiet">
        ${count(corpus.tokens)} tokens of ${count(corpus.documents)} held-out documents. The rule marks ${count(corpus.positives)} of
        them, in ${count(corpus.positive_documents)} documents. Side, offset and threshold were chosen on other documents. In
        brackets: 95 % intervals, from resampling documents.
      </p>
      <div class="wide">
        <table aria-label="Measures">
          <thead>
            <tr><th scope="col">measure</th><th scope="col" class="number">value</th><th scope="col" class="number">by chance</th><th scope="col" class="meaning">meaning</th></tr>
          </thead>
          <tbody>
            ${Object.entries(MEASURES).map(
              ([key, { label, meaning }]) => html`<tr>
                <th scope="row">${label}</th>
                <td class="number">${interval(corpus[key], corpus[`${key}_low`], corpus[`${key}_high`])}</td>
                <td class="number">${chance[key] ?? ""}</td>
                <td class="quiet meaning">${meaning}</td>
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
      <p>
        ${controls
          ? html`A random neuron of the layer has AP ${number(controls.ap)} (median of ${count(controls.n)}); the best of them on
            shuffled labels ${number(controls.ap_shuffled)}. `
          : nothing}
        p against shuffled labels: ${number(corpus.p)}.
      </p>
      <h3>Precision by level of activation</h3>
      <lms-levels .levels=${corpus.by_level} .baseRate=${corpus.base_rate ?? 0}></lms-levels>
      ${this.renderRivals(result, corpus)}
    </section>`;
  }

  private renderRivals(result: Result, corpus: NonNullable<Result["corpus"]>) {
    if (!result.rivals.length) return nothing;
    const r2 = corpus.r === null ? null : corpus.r ** 2;
    return html`<h3>Simpler rules</h3>
      <p class="quiet">
        Of ${count(result.n_rivals)} simpler rules that were tried these explain the neuron best. A rule must beat each of them
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
            <tr><th scope="row">this one</th><td class="number">${interval(corpus.f1)}</td><td></td><td class="number">${interval(r2)}</td><td></td></tr>
            ${result.rivals.map(
              (rival) => html`<tr>
                <th scope="row" class="rule"><code>${shown(rival.name)}</code></th>
                <td class="number">${interval(rival.f1)}</td>
                <td class="number">${interval(rival.f1_difference, rival.f1_difference_low, rival.f1_difference_high)}</td>
                <td class="number">${interval(rival.r2)}</td>
                <td class="number">${interval(rival.r2_difference, rival.r2_difference_low, rival.r2_difference_high)}</td>
              </tr>`,
            )}
          </tbody>
        </table>
      </div>`;
  }

  private renderTexts(result: Result, pairs: NonNullable<Result["pairs"]>) {
    const isPaired = pairs.kind === "pairs";
    const { matching, other } = pairs;
    const n = Math.max(matching.length, other.length);
    return html`<section aria-labelledby="texts">
      <h2 id="texts">On chosen texts</h2>
      <p>
        ${pairs.wins === null ? nothing : `${count(pairs.wins)} of `}${count(pairs.n)} independent ${isPaired ? "pairs" : "texts of each list"};
        p = ${number(pairs.p)}, and no less than ${number(pairs.min_p)} is possible with so many. Effect: ${number(pairs.effect)} of
        the neuron's own scale.${pairs.located === null ? nothing : ` It is strongest where it should be in ${share(pairs.located)} of the texts.`}
      </p>
      ${pairs.notes.map((note) => html`<p class="quiet">${shown(note)}</p>`)}
      <lms-strip .matching=${matching.map((t) => t.value)} .other=${other.map((t) => t.value)} .isPaired=${isPaired}></lms-strip>
      ${result.side === "-" ? html`<p class="quiet">Values are turned round: it fires by negative activations.</p>` : nothing}
      <div class="texts">
        <h3>matching</h3>
        <h3>not matching</h3>
        ${Array.from({ length: Math.min(n, this.nShown) }, (_, i) => [
          this.renderText(matching[i], `matching text ${i + 1}`),
          this.renderText(other[i], `other text ${i + 1}`),
        ])}
      </div>
      ${n > this.nShown
        ? html`<button @click=${() => (this.nShown += N_MORE)}>Show ${count(Math.min(N_MORE, n - this.nShown))} more of ${count(n)}</button>`
        : nothing}
    </section>`;
  }

  private renderText(text: OneText | undefined, name: string): TemplateResult {
    if (!text) return html`<div></div>`;
    const { tokens, activations } = text;
    return html`<div class="text">
      <b class="number">${number(text.value)}</b>
      ${tokens && activations
        ? html`<lms-tokens
            .tokens=${tokens} .activations=${activations} .peak=${text.peak} .scale=${this.scaleOf()} .label=${`Tokens of ${name}`}
            .marked=${text.is_marked ? { tokens: text.targeted, touched: [] } : null}
          ></lms-tokens>`
        : html`<span>${shown(text.text)}</span>`}
      ${text.is_known ? html`<span class="badge">one of its own examples</span>` : nothing}
    </div>`;
  }

  private scaleOf(): Scale {
    if (this.scale) return this.scale;
    const { pairs } = this.test!.result;
    const values = [...(pairs?.matching ?? []), ...(pairs?.other ?? [])].map((t) => t.value);
    return { min: Math.min(0, ...values), max: Math.max(0, ...values) };
  }

  private renderPlaces(title: string, what: string, places: InContext[]) {
    if (!places.length) return nothing;
    return html`<section aria-label=${title}>
      <h2>${title}</h2>
      <p class="quiet">${what}</p>
      <ol class="places">
        ${places.map(
          (place) => html`<li>
            <b class="number">${number(place.activation)}</b>
            <span class="context" dir="ltr">${shown(place.before)}<mark>${label(place.token)}</mark>${shown(place.after)}</span>
            <span class="quiet origin" title=${`${place.source}:${place.offset}`}><bdi>${place.source.split("/").at(-1)}:${place.offset}</bdi></span>
          </li>`,
        )}
      </ol>
    </section>`;
  }

  private renderCausal({ causal }: Result) {
    if (!causal) return nothing;
    return html`<section aria-labelledby="causal">
      <h2 id="causal">Does the model use it there?</h2>
      <p><b>${causal.finding.slice(0, 1).toUpperCase() + causal.finding.slice(1)}.</b> ${shown(causal.why)}</p>
      ${causal.remarks.map((remark) => html`<p class="quiet">${shown(remark)}</p>`)}
    </section>`;
  }

  private renderAlso({ fires_also_on }: Result) {
    if (!fires_also_on.length) return nothing;
    return html`<p>
      Outside the rule it fires most often on
      ${fires_also_on.slice(0, 5).map((row, i) => html`${i ? ", " : ""}<code>${label(row.token)}</code> (${share(row.share)} of its firings)`)}.
    </p>`;
  }

  private renderTried(test: WholeTest) {
    const all: KeptTest[] = [test, ...test.others].sort((a, b) => b.id - a.id);
    return html`<section aria-labelledby="tried">
      <h2 id="tried">All hypotheses tried on this neuron</h2>
      <p class="quiet">Those that failed too: a verdict among many tries is worth less.</p>
      <div class="wide">
        <table>
          <thead>
            <tr><th scope="col">tested</th><th scope="col">verdict</th><th scope="col">claim</th><th scope="col">rule</th></tr>
          </thead>
          <tbody>
            ${all.map(
              (one) => html`<tr>
                <td class="date"><time datetime=${one.tested}>${when.format(new Date(one.tested))}</time></td>
                <td>${one.id === test.id ? html`<b>${one.verdict}</b> (this one)` : html`<a href=${address.test(one.id)}>${one.verdict}</a>`}</td>
                <td><bdi>${shown(one.claim)}</bdi></td>
                <td class="rule"><code>${shown(one.rule)}</code></td>
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </section>`;
  }

  private renderHow({ result }: WholeTest) {
    const { data } = result;
    const changed = Object.entries(result.thresholds).map(([name, value]) => `${name} ${value}`).join(", ");
    return html`<details>
      <summary>How it was tested</summary>
      <p>
        lmscope ${data.lmscope}, seed ${result.seed}${data.corpus
          ? html`, corpus <bdi>${data.corpus.map(shown).join(", ")}</bdi> (SHA-256 ${data.sha256.slice(0, 16)}),
              ${count(data.tokens)} tokens${data.is_catalogues_own
                ? ". It is the corpus from which the catalogue's examples come: if they gave the idea, another corpus is a stricter test"
                : nothing}`
          : nothing}.
        ${result.n_neurons > 1 ? `${count(result.n_neurons)} neurons had been looked at; p of texts allows for that.` : nothing}
      </p>
      <p class="quiet">Thresholds: ${changed}.</p>
    </details>`;
  }

  static override styles = [
    theme,
    base,
    css`
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
    `,
  ];
}

/** Side and offset, as reports say them. */
function inWords({ offset, side }: Result): string {
  const tokens = Math.abs(offset) === 1 ? "one token" : `${Math.abs(offset)} tokens`;
  const where = !offset
    ? "at the place itself"
    : offset < 0
      ? `${tokens} before: it predicts the place`
      : `${tokens} after: a consequence of the place`;
  return `${where}; by ${side === "+" ? "large" : "negative"} activations`;
}

declare global {
  interface HTMLElementTagNameMap {
    "lms-test-page": TestPage;
  }
}
