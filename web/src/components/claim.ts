/** "I think it fires on ...": a hypothesis about one neuron while it is written, and its test while it is made.
 *
 * Fires `marks`, with what the rule marks or null, whenever that changes. What the fields hold is kept for each
 * neuron until the page is left for good.
 */

import { LitElement, css, html, nothing } from "lit";
import type { PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import * as address from "../address.ts";
import type { Place } from "../address.ts";
import { Asking } from "../asking.ts";
import { N_HARVESTED, edited, empty, hypothesis, said, understood } from "../claims.ts";
import type { Claim as Fields } from "../claims.ts";
import { Explained } from "../source.ts";
import type { Evidence } from "../source.ts";
import { base, theme } from "../theme.ts";
import type { Job, KeptTest, NeuronRecord, Preview, Texts, Which } from "../types.ts";
import { count, share } from "../words.ts";

const POLL_MS = 300;

const when = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** By neuron: what its fields hold, and the test that is being made of it. */
const drafts = new Map<string, Fields>();
const running = new Map<string, string>();

const FORMS: [string, string][] = [
  ["words: I, you, New York", "whole words or phrases, capital or small"],
  ["exact words: US, IT", "the same, capitals as written"],
  ["[a-z]\\)", "a pattern: a regular expression, alone or between slashes: /[a-z]\\)/i"],
  ["(?:^|\\s)[a-z]>>\\)", "what follows >> should fire, here the bracket"],
  ['marked: "I loved «it»"', "this text, and what should fire in it"],
  ['token: ")", " the", digit', "whole tokens of the model, or classes of them"],
  ["words: I, you and not /I am/", "several together, with and, or, not and brackets"],
];

const WHICH: [Which, string][] = [
  ["last", "the last one: a model knows the whole place only there"],
  ["first", "the first one"],
  ["any", "any of them"],
];

interface Rule {
  rule: string;
  tokens: Which;
  at: Place;
}

@customElement("lms-claim")
export class Claim extends LitElement {
  @property({ attribute: false }) at!: Place;
  @property({ attribute: false }) record!: NeuronRecord;
  @property({ attribute: false }) evidence!: Evidence;
  /** What the corpus of the test is called. */
  @property() corpus = "";
  /** A test whose hypothesis is to be changed. */
  @property({ attribute: false }) test: number | null = null;

  @state() private fields: Fields = empty();
  @state() private isOpen = false;
  @state() private job: Job | null = null;
  @state() private trouble = "";
  @state() private tests: KeptTest[] = [];
  @state() private edits: number | null = null;
  @state() private isTouched = false;

  private timer: ReturnType<typeof setTimeout> | undefined;
  private told: Preview | null = null;
  private readonly preview = new Asking<Rule, Preview>(
    ({ at, rule, tokens }, signal) => this.evidence.preview(at, rule, tokens, signal),
    () => this.tell(),
  );
  private readonly texts = new Asking<{ written: string; rule: string | null }, Texts>(
    ({ written, rule }, signal) => this.evidence.texts(written, rule, signal),
    () => this.requestUpdate(),
  );

  private get key(): string {
    return address.neuron(this.at);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.follow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.preview.drop();
    this.texts.drop();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("at") && address.neuron(changed.get("at") ?? { catalogue: "", layer: 0, neuron: 0 }) !== this.key) {
      this.fields = drafts.get(this.key) ?? empty();
      this.edits = null;
      this.isTouched = this.matches(":focus-within");
      this.trouble = "";
      this.job = null;
      this.tests = [];
      this.ask();
      this.follow();
      void this.list();
    }
    if ((changed.has("test") || changed.has("at")) && this.test !== null) void this.edit(this.test);
  }

  /** Puts a rule into its field, such as one made of chosen tokens. */
  start(rule: string): void {
    this.change({ rule });
    void this.updateComplete.then(() => {
      const field = this.renderRoot.querySelector<HTMLInputElement>("#rule");
      field?.focus();
      field?.scrollIntoView({ block: "center" });
    });
  }

  private change(part: Partial<Fields>): void {
    this.fields = { ...this.fields, ...part };
    this.trouble = "";
    drafts.set(this.key, this.fields);
    this.ask();
  }

  private ask(): void {
    const { rule, tokens, pasted } = this.fields;
    this.preview.put(rule.trim() ? { at: this.at, rule, tokens } : null);
    const isRuleRead = this.preview.trouble === null && pasted.length < 100_000;
    this.texts.put(pasted.trim() ? { written: pasted, rule: rule.trim() && isRuleRead ? rule : null } : null);
  }

  private tell(): void {
    this.requestUpdate();
    const now = this.preview.answer;
    if (now === this.told) return;
    this.told = now;
    this.dispatchEvent(new CustomEvent("marks", { detail: now }));
  }

  private async list(): Promise<void> {
    const { key } = this;
    const found = await this.evidence.tests(this.at).catch((error: unknown) => {
      if (!(error instanceof Explained)) throw error;
      return [];
    });
    if (key === this.key) this.tests = found;
  }

  private async edit(id: number): Promise<void> {
    const { key } = this;
    try {
      const whole = await this.evidence.one(id);
      if (key !== this.key || id !== this.test) return;
      this.change(edited(whole));
      this.edits = id;
      this.isOpen = true;
    } catch (error) {
      if (!(error instanceof Explained)) throw error;
      if (key === this.key) this.trouble = error.message;
    }
  }

  private async begin(event: Event): Promise<void> {
    event.preventDefault();
    const { at, fields, key } = this;
    if (this.isBusy) return;
    this.trouble = "";
    try {
      const job = await this.evidence.test({
        catalogue: at.catalogue,
        layer: at.layer,
        index: at.neuron,
        hypothesis: hypothesis(fields),
        pasted: fields.pasted.trim() ? fields.pasted : null,
        near_misses: fields.nearMisses,
        harvest: fields.harvest && !fields.pasted.trim() ? N_HARVESTED : 0,
        causal: fields.causal && fields.rule.trim() !== "",
        parent: fields.parent,
      });
      running.set(key, job.id);
      if (key === this.key) this.take(job);
    } catch (error) {
      if (!(error instanceof Explained)) throw error;
      if (key === this.key) this.trouble = error.message;
    }
  }

  /** Goes on asking for a test that is being made. */
  private follow(): void {
    clearTimeout(this.timer);
    const id = running.get(this.key);
    if (id !== undefined) this.timer = setTimeout(() => void this.poll(id), 0);
  }

  private async poll(id: string): Promise<void> {
    const { key } = this;
    try {
      const job = await this.evidence.job(id);
      if (key === this.key && this.isConnected) this.take(job);
    } catch (error) {
      if (!(error instanceof Explained)) throw error;
      running.delete(key);
      if (key !== this.key) return;
      this.job = null;
      this.trouble = error.message;
    }
  }

  private take(job: Job): void {
    this.job = job;
    if (job.state === "waiting" || job.state === "running") {
      this.timer = setTimeout(() => void this.poll(job.id), POLL_MS);
      return;
    }
    running.delete(this.key);
    if (job.state === "done" && job.record !== null) location.hash = address.test(job.record);
    else if (job.state === "failed") this.trouble = job.problem?.detail ?? "The test failed.";
  }

  private async cancel(): Promise<void> {
    const { job } = this;
    if (!job) return;
    clearTimeout(this.timer);
    try {
      this.take(await this.evidence.cancel(job.id));
    } catch (error) {
      if (!(error instanceof Explained)) throw error;
      this.trouble = error.message;
    }
  }

  /** False until the reader begins: then there is room for more. */
  private get isBegun(): boolean {
    const { claim, rule, pasted } = this.fields;
    return this.isTouched || Boolean(claim || rule || pasted || this.job || this.trouble);
  }

  private get isBusy(): boolean {
    return this.job?.state === "waiting" || this.job?.state === "running";
  }

  protected override render() {
    const { fields, isBegun } = this;
    return html`<section class=${isBegun ? "begun" : ""} aria-labelledby="title" @focusin=${() => (this.isTouched = true)}>
      <h2 id="title">I think it fires on …</h2>
      <form @submit=${this.begin}>
        <div class="pair">
          <label for="claim">in your words</label>
          <input
            id="claim" type="text" maxlength="2000" autocomplete="off" placeholder="lists like a) b) c)"
            .value=${live(fields.claim)} @input=${(e: InputEvent) => this.change({ claim: value(e) })}
          />
          <label for="rule" title="What should make it fire, so exactly that a machine can look for it">as a rule</label>
          <input
            id="rule" type="text" autocomplete="off" autocapitalize="off" spellcheck="false"
            placeholder="words: I, you   or a pattern: [a-z]\\)" aria-describedby=${isBegun ? "marks" : nothing}
            aria-invalid=${this.preview.trouble === null ? "false" : "true"}
            .value=${live(fields.rule)} @input=${(e: InputEvent) => this.change({ rule: value(e) })}
          />
        </div>
        ${isBegun ? this.renderRest() : nothing}
      </form>
      ${this.trouble ? html`<div class="alert" role="alert">${this.trouble}</div>` : nothing} ${this.renderJob()}
      ${this.renderTests()}
    </section>`;
  }

  private renderRest() {
    const { fields } = this;
    return html`${this.renderMarks()} ${this.renderForms()} ${this.renderMore()}
        <div class="row">
          <button ?disabled=${this.isBusy || !(fields.rule.trim() || fields.pasted.trim())}>Test it</button>
          <span class="quiet">
            ${this.edits === null
              ? "Half of the corpus chooses, the other half judges; what comes out stays on record, whatever it is."
              : html`A new version of what <a href=${address.test(this.edits)}>test ${this.edits}</a> tested.`}
          </span>
        </div>
        <p class="quiet warning">
          If the examples on this page gave you the idea, the corpus that they come from (<bdi>${this.corpus}</bdi>) is a mild
          test of it. Other text is better: give texts of your own above, or use <code>lmscope test --corpus</code>.
        </p>`;
  }

  private renderMarks() {
    const { preview, record, fields } = this;
    const { answer, trouble, isCurrent } = preview;
    if (trouble !== null) {
      return html`<div id="marks" class="alert" role="status">${trouble instanceof Error ? trouble.message : String(trouble)}</div>`;
    }
    return html`<p id="marks" class=${answer && !isCurrent ? "stale" : ""} role="status">
      ${answer
        ? said(answer, record, fields).map((sentence) => html`<span class="said">${sentence}</span> `)
        : html`<span class="quiet">Write a rule, or choose tokens in the examples below to start one.</span>`}
    </p>`;
  }

  private renderForms() {
    return html`<details>
      <summary>How rules are written</summary>
      <dl class="forms">
        ${FORMS.map(
          ([form, what]) => html`<div>
            <dt><button type="button" class="plain" title="Take it over" @click=${() => this.start(form)}><code>${form}</code></button></dt>
            <dd class="quiet">${what}</dd>
          </div>`,
        )}
      </dl>
    </details>`;
  }

  /** At once: `toggle` comes later, and what is drawn in between would undo it. */
  private openOrClose(event: Event) {
    event.preventDefault();
    this.isOpen = !this.isOpen;
  }

  private renderMore() {
    const { fields } = this;
    const { answer, trouble } = this.texts;
    const pastes = fields.pasted.trim() !== "";
    return html`<details .open=${live(this.isOpen)} @toggle=${(e: Event) => (this.isOpen = (e.target as HTMLDetailsElement).open)}>
      <summary @click=${this.openOrClose}>Which token, which side, and texts of your own</summary>
      <div class="choices">
        <label title="A place of the rule may cover several tokens of the model">
          Token of a place that fires
          <select @change=${(e: Event) => this.change({ tokens: value(e) as Which })}>
            ${WHICH.map(([which, what]) => html`<option value=${which} ?selected=${fields.tokens === which}>${what}</option>`)}
          </select>
        </label>
        <label title="Some neurons, above all gated ones, speak by large negative activations">
          It fires by
          <select @change=${(e: Event) => this.change({ side: value(e) as Fields["side"] })}>
            ${[["", "find out"], ["+", "large activations"], ["-", "negative activations"]].map(
              ([side, what]) => html`<option value=${side!} ?selected=${fields.side === side}>${what}</option>`,
            )}
          </select>
        </label>
        <label title="A neuron may fire a token before the place, which it then predicts, or after it">
          How far from the place
          <select @change=${(e: Event) => this.change({ offset: value(e) })}>
            <option value="" ?selected=${fields.offset === ""}>find out</option>
            ${[-2, -1, 0, 1, 2].map(
              (n) => html`<option value=${n} ?selected=${fields.offset === String(n)}>
                ${n === 0 ? "there" : `${Math.abs(n)} ${Math.abs(n) === 1 ? "token" : "tokens"} ${n < 0 ? "before" : "after"}`}
              </option>`,
            )}
          </select>
        </label>
      </div>
      <label class="texts" for="pasted">
        Texts that should make it fire, and texts that should not: a table with the columns
        <code>matching</code> and <code>other</code> (Markdown, CSV, TSV, JSON lines), or two lists under
        <code>match:</code> and <code>other:</code>
      </label>
      <textarea
        id="pasted" rows="4" spellcheck="false" aria-describedby="understood"
        placeholder=${"match:\na) singled out b) personality\nother:\na. singled out b. personality"}
        .value=${live(fields.pasted)} @input=${(e: InputEvent) => this.change({ pasted: value(e) })}
      ></textarea>
      <div id="understood" role="status">
        ${trouble !== null
          ? html`<div class="alert">${trouble instanceof Error ? trouble.message : String(trouble)}</div>`
          : answer
            ? html`<p>${understood(answer, fields.rule.trim() !== "", fields.nearMisses).map((s) => html`<span>${s}</span> `)}</p>`
            : nothing}
      </div>
      <p class="choices">
        <label title="Each matching text is changed a little, so that the rule does not match any more">
          <input
            type="checkbox" .checked=${live(fields.nearMisses)} ?disabled=${!pastes}
            @change=${(e: Event) => this.change({ nearMisses: (e.target as HTMLInputElement).checked })}
          />
          make near misses of the matching texts
        </label>
        <label title="Sentences of the half that judges, each with a copy that was changed so that the rule fails">
          <input
            type="checkbox" .checked=${live(fields.harvest)} ?disabled=${pastes}
            @change=${(e: Event) => this.change({ harvest: (e.target as HTMLInputElement).checked })}
          />
          take ${N_HARVESTED} pairs from held-out documents
        </label>
        <label title="The neuron is silenced at some places, and the model's guess of the next token is compared; takes a minute or more">
          <input
            type="checkbox" .checked=${live(fields.causal)}
            @change=${(e: Event) => this.change({ causal: (e.target as HTMLInputElement).checked })}
          />
          ask as well whether the model uses it there
        </label>
      </p>
    </details>`;
  }

  private renderJob() {
    const { job } = this;
    if (!job || job.state === "done" || job.state === "failed") return html`<div role="status"></div>`;
    if (job.state === "cancelled") return html`<div role="status"><p>Cancelled. The hypothesis stays on record, untested.</p></div>`;
    const part = job.total ? job.done / job.total : null;
    return html`<div class="row job">
      <progress max="1" .value=${part ?? 0} aria-label="Progress of the test" ?hidden=${part === null}></progress>
      <span role="status">${job.stage} …</span>
      ${part === null ? nothing : html`<span class="quiet">${share(part)} of ${count(job.total)} tokens</span>`}
      <button type="button" @click=${this.cancel}>Cancel</button>
    </div>`;
  }

  private renderTests() {
    if (!this.tests.length) return nothing;
    return html`<h3>Tested on this neuron</h3>
      <ul class="tests">
        ${this.tests.map(
          (test) => html`<li>
            <a href=${address.test(test.id)}>${test.verdict}</a>
            <bdi>${test.claim || test.rule || "texts only"}</bdi>
            <span class="quiet"><time datetime=${test.tested}>${when.format(new Date(test.tested))}</time></span>
          </li>`,
        )}
      </ul>`;
  }

  static override styles = [
    theme,
    base,
    css`
      section {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 0 1rem;
        align-items: center;
        margin: 0.5rem 0;
        padding: 0.35rem 0.75rem;
        border: 1px solid var(--line);
        border-radius: var(--round);
      }
      section > :not(h2, form) {
        grid-column: 1 / -1;
      }
      h2 {
        margin: 0;
        font-size: 1.1rem;
      }
      section.begun {
        display: block;
        padding: 0.25rem 1rem 0.75rem;
      }
      .begun h2 {
        margin: 0.4rem 0;
      }
      h3 {
        margin: 0.75rem 0 0.25rem;
      }
      .pair {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr) max-content minmax(0, 1fr);
        gap: 0.4rem 0.75rem;
        align-items: center;
      }
      .begun .pair {
        grid-template-columns: max-content minmax(0, 1fr);
      }
      .pair label {
        color: var(--quiet);
      }
      #rule,
      #pasted {
        font-family: var(--mono);
        font-size: 0.875rem;
      }
      #marks {
        max-width: none;
        min-height: 1.5em;
      }
      .said {
        white-space: pre-line;
      }
      .stale {
        opacity: 0.6;
      }
      details {
        margin: 0.25rem 0;
      }
      .forms div {
        display: flex;
        flex-wrap: wrap;
        gap: 0 0.9rem;
      }
      .forms dd {
        margin: 0;
      }
      .forms code,
      li bdi {
        overflow-wrap: anywhere;
      }
      .choices {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 1.5rem;
        max-width: none;
        margin: 0.5rem 0;
      }
      .choices label {
        max-width: 100%;
      }
      .warning {
        max-width: none;
        font-size: 0.875rem;
      }
      .texts {
        display: block;
        margin: 0.5rem 0 0.25rem;
      }
      .row {
        margin-top: 0.6rem;
      }
      .row > .quiet {
        flex: 1 1 16rem;
        font-size: 0.875rem;
      }
      .job > .quiet {
        flex: 0 1 auto;
      }
      .tests {
        max-height: 12rem;
        overflow-y: auto;
        padding: 0;
        list-style: none;
      }
      @media (max-width: 40rem) {
        section {
          padding-inline: 0.6rem;
        }
        section {
          grid-template-columns: minmax(0, 1fr);
        }
        .pair,
        .begun .pair {
          grid-template-columns: minmax(0, 1fr);
          gap: 0.15rem;
        }
      }
    `,
  ];
}

const value = (event: Event): string => (event.target as HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement).value;

declare global {
  interface HTMLElementTagNameMap {
    "lms-claim": Claim;
  }
}
