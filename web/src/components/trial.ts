/** One text in the scope: what the chosen neuron does on it, and which neurons respond to it.
 *
 * Asks the model while the text is typed. Knows a source with a model, but not the page's address.
 */

import { LitElement, css, html, nothing } from "lit";
import type { PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { live as current } from "lit/directives/live.js";
import * as address from "../address.ts";
import type { Place } from "../address.ts";
import { Asking } from "../asking.ts";
import { LONGEST_TEXT, lowest, part, standing, whyUncounted } from "../looks.ts";
import { label } from "../pieces.ts";
import type { Live } from "../source.ts";
import { base, theme } from "../theme.ts";
import type { Look, Ranking, Shelved } from "../types.ts";
import { count, number, share } from "../words.ts";
import "./tokens.ts";

/** Neurons of a ranking that are listed at once. */
const N_SHOWN = 10;
/** An answer that takes longer than this is worth a word. */
const SLOW_MS = 700;

/** Catalogues whose model has answered: it is loaded. */
const answered = new Set<string>();

interface Looked { catalogue: string; layer: number; neuron: number; text: string }
interface Ranked { catalogue: string; text: string; token: number | null }

@customElement("lms-trial")
export class Trial extends LitElement {
  @property({ attribute: false }) live!: Live;
  @property({ attribute: false }) shelved!: Shelved;
  /** The neuron in the scope. */
  @property({ attribute: false }) at: Place | null = null;
  /** No neuron is chosen: neurons are ranked instead. */
  @property({ type: Boolean }) isOpen = false;
  @property() text = "";
  /** Counted from 1. */
  @property({ type: Number }) number = 1;
  @property({ type: Boolean }) isOnly = true;
  /** All texts of the page, so that another neuron can be tried on them. */
  @property({ attribute: false }) texts: readonly string[] = [];

  @state() private wantsRanking = false;
  /** Token that neurons are ranked at; null for the whole text. */
  @state() private token: number | null = null;
  @state() private isWhole = false;
  @state() private isSlow = false;
  /** Why something that was pasted was not taken. */
  @state() private refusal: string | null = null;
  @query("textarea") private area!: HTMLTextAreaElement | null;

  private slowTimer = 0;
  private readonly look = new Asking<Looked, Look>(
    async ({ catalogue, layer, neuron, text }, signal) => heard(catalogue, this.live.look(catalogue, layer, neuron, text, signal)),
    () => this.changed(),
  );
  private readonly ranking = new Asking<Ranked, Ranking>(
    async ({ catalogue, text, token }, signal) => heard(catalogue, this.live.rank(catalogue, text, token, signal)),
    () => this.changed(),
  );

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.look.drop();
    this.ranking.drop();
    clearTimeout(this.slowTimer);
  }

  /** Puts the cursor into the text. */
  focusText(): void {
    this.area?.focus();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("text") || changed.has("shelved")) this.token = null;
    this.ask();
  }

  private ask(again = false): void {
    const { text, at } = this;
    const catalogue = this.shelved.address;
    this.look.put(text && at ? { ...at, text } : null, { again });
    this.ranking.put(text && this.isRanking ? { catalogue, text, token: this.token } : null, { again });
  }

  private get isRanking(): boolean {
    return this.wantsRanking || this.isOpen;
  }

  private changed(): void {
    clearTimeout(this.slowTimer);
    this.isSlow = false;
    if (this.look.isWaiting || this.ranking.isWaiting) {
      this.slowTimer = window.setTimeout(() => (this.isSlow = true), SLOW_MS);
    }
    this.requestUpdate();
  }

  private tell(what: "typed" | "add" | "duplicate" | "remove", detail?: string): void {
    this.dispatchEvent(new CustomEvent(what, { detail }));
  }

  private type(event: InputEvent): void {
    this.refusal = null;
    this.tell("typed", (event.target as HTMLTextAreaElement).value);
  }

  private press(event: KeyboardEvent): void {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    this.tell("add");
  }

  /** A field would hang for minutes on what nobody would read there. */
  private paste(event: ClipboardEvent): void {
    const { length } = event.clipboardData?.getData("text/plain") ?? "";
    this.refusal = null;
    if (length <= LONGEST_TEXT) return;
    event.preventDefault();
    this.refusal =
      `What you pasted has ${count(length)} characters; a page takes ${count(LONGEST_TEXT)}.\n` +
      "Show every neuron a long text with: lmscope scan";
  }

  private pick(event: CustomEvent<number>): void {
    this.token = event.detail;
    this.wantsRanking = true;
  }

  protected override render() {
    const { number: n } = this;
    return html`<section aria-labelledby="name">
      <div class="head">
        <label id="name" for="text">Text ${n}</label>
        <span class="status quiet" role="status">${this.status()}</span>
        <span class="actions">
          <button class="plain" aria-label=${`duplicate text ${n}`} @click=${() => this.tell("duplicate")}>duplicate</button>
          ${this.isOnly
            ? nothing
            : html`<button class="plain" aria-label=${`remove text ${n}`} @click=${() => this.tell("remove")}>remove</button>`}
        </span>
      </div>
      <textarea
        id="text" rows="2" dir="auto" spellcheck="false" autocapitalize="off" autocomplete="off"
        placeholder="Type or paste any text"
        .value=${current(this.text)} @input=${this.type}
        @keydown=${this.press} @paste=${this.paste}
      ></textarea>
      ${this.refusal ? html`<div class="alert" role="alert">${this.refusal}</div>` : nothing}
      ${this.at ? this.renderLook() : nothing} ${this.isRanking && this.text ? this.renderRanking() : nothing}
    </section>`;
  }

  /** Why nothing is to be seen yet. */
  private status() {
    if (!this.isSlow || !(this.look.isWaiting || this.ranking.isWaiting)) return nothing;
    return answered.has(this.shelved.address)
      ? "Waiting for the model…"
      : `The model ${this.shelved.model} is being loaded (first time only)…`;
  }

  private renderTrouble(trouble: unknown) {
    return html`<div class="alert" role="alert">${trouble instanceof Error ? trouble.message : String(trouble)}</div>
      <p><button @click=${() => this.ask(true)}>Try again</button></p>`;
  }

  private renderLook() {
    const { trouble, answer, isCurrent } = this.look;
    if (trouble !== null) return this.renderTrouble(trouble);
    if (!answer) return nothing;
    const scale = answer.scale ?? { min: 0, max: 0 };
    const why = whyUncounted(answer.counted);
    return html`<div class=${isCurrent ? "result" : "result stale"} aria-busy=${isCurrent ? "false" : "true"}>
      <p class="peak" aria-live="polite">${this.renderPeak(answer)}</p>
      ${this.renderTokens(answer, answer.activations, answer.peak, answer.counted, scale)}
      ${why ? html`<p class="quiet why">${why}</p>` : nothing}
      ${this.isRanking
        ? nothing
        : html`<p class="why">
            <button class="plain" @click=${() => (this.wantsRanking = true)}>Which neurons respond to this text?</button>
            <span class="quiet">Or choose a token: which respond to it?</span>
          </p>`}
    </div>`;
  }

  private renderPeak(look: Look) {
    const { peak, scale, percentile, activations, tokens } = look;
    if (peak === null) return "No token of this text counts. Type on.";
    const at = (i: number) => html`<code>${label(tokens[i]!)}</code>`;
    const value = activations[peak]!;
    const where = scale && percentile !== null ? `: ${standing(value, percentile, scale)}` : "";
    const size = scale ? part(value, scale) : null;
    const low = this.shelved.is_gated ? lowest(look) : null;
    const least = low === null ? 0 : activations[low]!;
    return html`Peak <b>${number(value)}</b> on ${at(peak)}${where}${size ? html` <span class="quiet">(${size})</span>` : nothing}.
    ${low !== null && least < 0 && scale
      ? html`Lowest <b>${number(least)}</b> on ${at(low)} <span class="quiet">(${part(least, scale)})</span>.`
      : nothing}`;
  }

  private renderTokens(
    cut: Look | Ranking, activations: number[], peak: number | null, counted: boolean[] | null,
    scale: { min: number; max: number },
  ) {
    return html`<lms-tokens
      .tokens=${cut.tokens} .tokenIds=${cut.token_ids} .spans=${cut.spans} .split=${cut.split}
      .activations=${activations} .peak=${peak} .counted=${counted} .scale=${scale}
      .label=${`Tokens of text ${this.number}; Enter ranks the neurons at a token`} @pick=${this.pick}
    ></lms-tokens>`;
  }

  private renderRanking() {
    const { trouble, answer, isCurrent, question } = this.ranking;
    const token = question?.token ?? null;
    const isOfText = answer?.text === this.text;
    const named = token === null || !answer || !isOfText ? "this text" : html`<code>${label(answer.tokens[token]!)}</code>`;
    return html`<div class="ranking">
      <h2>Neurons that respond most to ${named}</h2>
      <p class="actions">
        ${token === null
          ? nothing
          : html`<button class="plain" @click=${() => (this.token = null)}>to the whole text</button>`}
        ${this.isOpen
          ? html`<span class="quiet">Choose a token to rank the neurons at it.</span>`
          : html`<button class="plain" @click=${this.closeRanking}>close</button>`}
      </p>
      ${trouble === null
        ? nothing
        : this.renderTrouble(trouble)}
      ${answer
        ? html`<div class=${isCurrent ? "" : "stale"} aria-busy=${isCurrent ? "false" : "true"}>
            ${this.at ? nothing : this.renderTokens(answer, [], null, null, { min: 0, max: 0 })}
            ${this.renderTable(answer, token)}
          </div>`
        : nothing}
    </div>`;
  }

  private closeRanking(): void {
    this.wantsRanking = false;
    this.token = null;
  }

  private renderTable(ranking: Ranking, token: number | null) {
    const { neurons, tokens, n_neurons } = ranking;
    if (!neurons.length) return html`<p class="quiet">None of the ${count(n_neurons)} neurons responds.</p>`;
    const catalogue = this.shelved.address;
    const shown = this.isWhole ? neurons : neurons.slice(0, N_SHOWN);
    const texts = this.texts.filter(Boolean);
    return html`<div class="wide">
        <table>
          <caption>
            The strongest ${count(shown.length)} of ${count(n_neurons)}.
            ${ranking.ranked_by === "relative"
              ? "Each is measured by its own max in the corpus: 100 % is as strong as its strongest example."
              : "Ranked by the size of the activation."}
          </caption>
          <thead>
            <tr>
              <th scope="col">Neuron</th>
              <th scope="col" class="number">Activation</th>
              <th scope="col" class="number">Of own max</th>
              ${token === null ? html`<th scope="col">At</th>` : nothing}
              <th scope="col"><span class="visually-hidden">Try it</span></th>
            </tr>
          </thead>
          <tbody>
            ${shown.map((n) => {
              const at = { catalogue, layer: n.layer, neuron: n.index };
              const isHere = this.at?.layer === n.layer && this.at.neuron === n.index;
              return html`<tr>
                <th scope="row"><a href=${address.neuron(at)}>${n.neuron}</a></th>
                <td class="number">${number(n.activation)}</td>
                <td class="number">${n.relative === null ? "none" : share(n.relative)}</td>
                ${token === null ? html`<td class="token"><code>${label(tokens[n.token]!)}</code></td>` : nothing}
                <td>
                  ${isHere
                    ? html`<span class="quiet">in the scope</span>`
                    : html`<a href=${address.scope(at, texts)} aria-label=${`put in scope: ${n.neuron}`}>put in scope</a>`}
                </td>
              </tr>`;
            })}
          </tbody>
        </table>
      </div>
      ${neurons.length > N_SHOWN
        ? html`<p>
            <button class="plain" aria-expanded=${this.isWhole ? "true" : "false"} @click=${() => (this.isWhole = !this.isWhole)}>
              ${this.isWhole ? `show only ${N_SHOWN}` : `show ${count(neurons.length)}`}
            </button>
          </p>`
        : nothing}`;
  }

  static override styles = [
    theme,
    base,
    css`
      section {
        padding: 0.25rem 0 0.75rem;
        border-bottom: 1px solid var(--line);
      }
      .head,
      .actions {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 0.9rem;
      }
      .head {
        margin-bottom: 0.2rem;
      }
      label {
        color: var(--quiet);
      }
      .actions {
        max-width: none;
        margin: 0;
        font-size: 0.8125rem;
      }
      textarea {
        field-sizing: content;
        min-height: 3.5rem;
        max-height: 24rem;
        font-size: 1rem;
      }
      .result,
      .ranking {
        margin-top: 0.4rem;
      }
      .peak {
        max-width: none;
      }
      .why {
        max-width: none;
        margin: 0.35rem 0;
        font-size: 0.8125rem;
      }
      .status {
        flex: 1;
      }
      .stale {
        opacity: 0.6;
      }
      code {
        unicode-bidi: isolate;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .ranking {
        padding: 0.1rem 1rem 0.5rem;
        border-left: 3px solid var(--line);
      }
      .ranking h2 {
        margin: 0.4rem 0 0.2rem;
        font-size: 1rem;
      }
      .token {
        max-width: 14rem;
      }
      @media (max-width: 40rem) {
        .ranking {
          padding-inline: 0.6rem 0;
        }
        th,
        td {
          padding-right: 0.6rem;
        }
      }
    `,
  ];
}

/** Remembers that the model of a catalogue has answered. */
async function heard<T>(catalogue: string, answer: Promise<T>): Promise<T> {
  const found = await answer;
  answered.add(catalogue);
  return found;
}

declare global {
  interface HTMLElementTagNameMap {
    "lms-trial": Trial;
  }
}
