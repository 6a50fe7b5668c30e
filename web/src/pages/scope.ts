/** The scope: any text through the model while it is typed, on the fixed scale of one neuron. */

import { LitElement, css, html, nothing } from "lit";
import type { PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import * as address from "../address.ts";
import type { Address, Place } from "../address.ts";
import "../components/copy.ts";
import { textOf } from "../components/example.ts";
import "../components/legend.ts";
import "../components/trial.ts";
import type { Trial } from "../components/trial.ts";
import { missing } from "../goto.ts";
import { SITES } from "../lists.ts";
import { fitsInLink } from "../looks.ts";
import { Explained } from "../source.ts";
import type { Source } from "../source.ts";
import { base, theme } from "../theme.ts";
import type { NeuronRecord, Shelf, Shelved } from "../types.ts";
import { count } from "../words.ts";

/** The address bar follows at this distance: browsers refuse more than a few changes a second. */
const ADDRESS_MS = 400;

/** Texts for someone who has none at hand: list markers, small words, code, names, a date. */
const SAMPLES = [
  "8) singled out 9) personality",
  "I loved it, you hated it, we left.",
  "def mean(numbers):\n    return sum(numbers) / len(numbers)",
  "On Monday, 3 May 1999, Maria moved from Lisbon to New York.",
];

@customElement("lms-scope-page")
export class ScopePage extends LitElement {
  @property({ attribute: false }) source!: Source;
  @property({ attribute: false }) shelf!: Shelf;
  @property({ attribute: false }) address!: Extract<Address, { page: "scope" }>;

  @state() private catalogue = "";
  /** As they stand in the fields. */
  @state() private layer = "";
  @state() private neuron = "";
  /** Each with a number of its own, so that a removed one takes its element along. */
  @state() private texts: { id: number; text: string }[] = [];
  @state() private record: NeuronRecord | null = null;
  @state() private trouble: string | null = null;

  private nTexts = 0;
  private timer = 0;
  /** Place that `record` is read for. */
  private wanted = "";

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("pagehide", this.flush);
    this.addEventListener("focusout", this.flush);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("pagehide", this.flush);
    this.removeEventListener("focusout", this.flush);
    this.forget();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("address")) this.begin();
    const { at } = this;
    const key = at ? address.neuron(at) : "";
    if (key === this.wanted) return;
    this.wanted = key;
    document.title = `${at ? `Scope: L${at.layer}N${at.neuron} · ${at.catalogue}` : "Scope"} · lmscope`;
    this.record = null;
    this.trouble = null;
    if (at) void this.read(at, key);
  }

  /** Takes over what the address says. */
  private begin(): void {
    this.forget();
    const { catalogue, layer, neuron, texts } = this.address;
    const first = this.shelf.catalogues.find((c) => c.why_not_live === null) ?? this.shelf.catalogues[0];
    this.catalogue = catalogue ?? first?.address ?? "";
    const only = this.shelved?.layers.length === 1 ? String(this.shelved.layers[0]) : "";
    this.layer = layer === null ? only : String(layer);
    this.neuron = neuron === null ? "" : String(neuron);
    this.texts = (texts.length ? texts : [""]).map((text) => this.numbered(text));
  }

  private numbered(text: string) {
    return { id: this.nTexts++, text };
  }

  private async read(at: Place, key: string): Promise<void> {
    try {
      const record = await (await this.source.catalogue(at.catalogue)).neuron(at.layer, at.neuron);
      if (key === this.wanted) this.record = record;
    } catch (error) {
      if (key !== this.wanted) return;
      if (!(error instanceof Explained)) throw error;
      this.trouble = error.message;
    }
  }

  private get shelved(): Shelved | undefined {
    return this.shelf.catalogues.find((c) => c.address === this.catalogue);
  }

  /** Why the fields name no neuron; null if they do, or leave it open. */
  private get misfit(): string | null {
    const { layer, neuron, shelved } = this;
    if (!shelved || !neuron) return null;
    for (const [typed, what, range] of [[layer, "layer", layersOf(shelved)], [neuron, "neuron", neuronsOf(shelved)]]) {
      if (!/^-?\d+$/.test(typed!)) return `${typed ? `'${typed}' is no ${what} number` : `No ${what} is given`}: write ${range}.`;
    }
    return missing(this.shelf, { catalogue: shelved.address, layer: Number(layer), neuron: Number(neuron) })?.sentence ?? null;
  }

  private get at(): Place | null {
    if (!this.neuron || this.misfit) return null;
    return { catalogue: this.catalogue, layer: Number(this.layer), neuron: Number(this.neuron) };
  }

  private get hash(): string {
    const texts = this.texts.map((t) => t.text).filter(Boolean);
    return address.scope(this.at ?? { catalogue: this.catalogue, layer: null, neuron: null }, texts);
  }

  /** The address bar is rewritten, not added to: one step back leads to where the reader came from. */
  private later(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(this.flush, ADDRESS_MS);
  }

  private forget(): void {
    clearTimeout(this.timer);
    this.timer = 0;
  }

  private flush = (): void => {
    if (!this.timer) return;
    this.forget();
    const { hash } = this;
    // A misfit stays out of the address: it would lead nowhere.
    if (!this.misfit && fitsInLink(hash)) history.replaceState(history.state, "", hash);
  };

  private choose(part: { catalogue?: string; layer?: string; neuron?: string }): void {
    const whole = /^\s*L(\d+)\s*N(\d+)\s*$/i.exec(part.neuron ?? "");
    if (part.catalogue !== undefined) this.catalogue = part.catalogue;
    if (part.layer !== undefined) this.layer = part.layer.trim();
    if (part.neuron !== undefined) this.neuron = whole?.[2] ?? part.neuron.trim();
    if (whole) this.layer = whole[1]!;
    this.later();
  }

  private typed(id: number, text: string): void {
    this.texts = this.texts.map((t) => (t.id === id ? { id, text } : t));
    this.later();
  }

  /** A new text after another one, or at the end; the cursor goes there. */
  private async add(text: string, after = this.texts.length - 1): Promise<void> {
    const added = this.numbered(text);
    this.texts = [...this.texts.slice(0, after + 1), added, ...this.texts.slice(after + 1)];
    this.later();
    await this.focusText(after + 1);
  }

  private async leaveOut(i: number): Promise<void> {
    this.texts = this.texts.toSpliced(i, 1);
    this.later();
    await this.focusText(Math.max(0, i - 1));
  }

  private async focusText(i: number): Promise<void> {
    await this.updateComplete;
    const trial = this.renderRoot.querySelectorAll<Trial>("lms-trial")[i];
    await trial?.updateComplete;
    trial?.focusText();
  }

  /** Into the first empty text, else into a new one. */
  private trySample(text: string): void {
    const empty = this.texts.findIndex((t) => !t.text);
    if (empty < 0) void this.add(text);
    else {
      this.typed(this.texts[empty]!.id, text);
      void this.focusText(empty);
    }
  }

  protected override render() {
    const { shelved, at } = this;
    if (!shelved) return html`<h1>Scope</h1><p class="alert">There is no catalogue here, so there is no neuron to look at.</p>`;
    const why = this.why(shelved);
    return html`
      <h1>Scope${at ? html` <span class="quiet">· L${at.layer}N${at.neuron} of ${shelved.model}</span>` : nothing}</h1>
      <p class="quiet">Any text through the model, while you type: what one neuron does at each token, or which neurons respond.</p>
      ${this.renderPicker(shelved)} ${this.renderWays(at)}
      ${why ? html`<p class="alert">${why}</p>` : this.renderTexts(shelved, at)}
    `;
  }

  /** Why no text can be tried on a catalogue; null if it can. */
  private why(shelved: Shelved): string | null {
    if (shelved.why_not_live !== null) return shelved.why_not_live;
    return this.source.live ? null : "There is no model behind this page, so no text can be tried here.";
  }

  private renderPicker(shelved: Shelved) {
    const { misfit } = this;
    const field = (id: "layer" | "neuron", name: string, hint: string) => html`<div class="field">
      <label for=${id}>${name}</label>
      <input
        id=${id} type="text" inputmode="numeric" autocomplete="off" size="6" aria-describedby="${id}-hint"
        aria-invalid=${misfit ? "true" : "false"} .value=${this[id]}
        @input=${(e: InputEvent) => this.choose({ [id]: (e.target as HTMLInputElement).value })}
      />
      <small id="${id}-hint">${hint}</small>
    </div>`;
    return html`<form class="picker" aria-label="Neuron in the scope" @submit=${(e: Event) => e.preventDefault()}>
        <div class="field">
          <label for="catalogue">Catalogue</label>
          <select
            id="catalogue" aria-describedby="catalogue-hint"
            @change=${(e: Event) => this.choose({ catalogue: (e.target as HTMLSelectElement).value })}
          >
            ${this.shelf.catalogues.map(
              (c) => html`<option value=${c.address} ?selected=${c.address === this.catalogue}>${c.address}</option>`,
            )}
          </select>
          <small id="catalogue-hint">site ${shelved.site}, ${SITES[shelved.site]}</small>
        </div>
        ${field("layer", "Layer", layersOf(shelved))} ${field("neuron", "Neuron", `${neuronsOf(shelved)}; empty: rank all`)}
      </form>
      ${misfit ? html`<div class="alert" role="alert">${misfit}</div>` : nothing}
      ${this.trouble ? html`<div class="alert" role="alert">${this.trouble}</div>` : nothing}`;
  }

  private renderWays(at: Place | null) {
    const { hash } = this;
    return html`<p class="ways">
      ${at
        ? html`<a href=${address.neuron(at)}>neuron page</a> <a href=${address.compare(at, null)}>compare with another</a>`
        : html`<a href=${address.model(this.catalogue)}>all neurons</a>`}
      ${fitsInLink(hash)
        ? html`<lms-copy .value=${new URL(hash, location.href).href} label="copy link" what="copy link to this scope"></lms-copy>`
        : html`<span class="quiet">The texts are too long for a link.</span>`}
    </p>`;
  }

  private renderTexts(shelved: Shelved, at: Place | null) {
    const { texts, record } = this;
    const samples = SAMPLES.filter((s) => !texts.some((t) => t.text === s));
    const best = record && !record.dead ? record.top[0] : undefined;
    return html`
      ${record
        ? html`<div class="scale">
            <lms-legend .scale=${record.stats}></lms-legend>
            <span class="quiet">
              Every text is on this one scale: what ${record.neuron} did on ${count(record.stats.count)} tokens of the corpus.
            </span>
          </div>
          ${record.dead ? html`<p class="alert">No token of the corpus activated ${record.neuron}: it is dead there.</p>` : nothing}`
        : nothing}
      ${repeat(
        texts,
        (t) => t.id,
        (t, i) => html`<lms-trial
          .live=${this.source.live} .shelved=${shelved} .at=${at} .isOpen=${!this.neuron}
          .text=${t.text} .number=${i + 1} .isOnly=${texts.length === 1} .texts=${texts.map((other) => other.text)}
          @typed=${(e: CustomEvent<string>) => this.typed(t.id, e.detail)} @add=${() => this.add("", i)}
          @duplicate=${() => this.add(t.text, i)} @remove=${() => this.leaveOut(i)}
        ></lms-trial>`,
      )}
      <p class="add">
        <button @click=${() => this.add("")}>Another text</button>
        <span class="quiet"><kbd>Ctrl</kbd> <kbd>Enter</kbd> in a text does the same.</span>
      </p>
      <div class="samples" role="group" aria-label="Texts to try">
        <span class="quiet">To try:</span>
        ${best ? html`<button class="sample" @click=${() => this.trySample(textOf(best))}>its strongest example</button>` : nothing}
        ${samples.map((s) => html`<button class="sample" @click=${() => this.trySample(s)}>${s.split("\n")[0]}</button>`)}
      </div>
    `;
  }

  static override styles = [
    theme,
    base,
    css`
      h1 .quiet {
        font-weight: 400;
      }
      .picker {
        display: grid;
        grid-template-columns: minmax(10rem, 20rem) 9rem minmax(9rem, 16rem);
        gap: 0.5rem 1rem;
        margin: 0.75rem 0;
      }
      .field {
        display: flex;
        flex-direction: column;
        min-width: 0;
      }
      .field small {
        color: var(--quiet);
      }
      input[aria-invalid="true"] {
        border-color: var(--negative-mark);
      }
      .ways,
      .scale {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0.2rem 1.25rem;
        max-width: none;
      }
      .scale {
        position: sticky;
        top: 0;
        z-index: 4;
        align-items: center;
        margin: 0.75rem 0 0.5rem;
        padding: 0.4rem 0;
        border-block: 1px solid var(--line);
        background: var(--page);
        font-size: 0.875rem;
      }
      lms-trial {
        margin-top: 0.75rem;
      }
      .samples {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0.4rem 0.6rem;
        margin: 1rem 0;
      }
      .sample {
        padding-block: 0.1rem;
        text-align: left;
      }
      @media (max-width: 40rem) {
        .picker {
          grid-template-columns: 1fr 1fr;
        }
        .field:first-child {
          grid-column: 1 / -1;
        }
        .scale {
          position: static;
        }
      }
    `,
  ];
}

function layersOf({ layers }: Shelved): string {
  if (layers.length === 1) return `only ${layers[0]}`;
  const isWhole = layers.at(-1)! - layers[0]! === layers.length - 1;
  return isWhole ? `${layers[0]} to ${layers.at(-1)}` : layers.join(", ");
}

const neuronsOf = ({ d_mlp }: Shelved): string => `0 to ${count(d_mlp - 1)}`;

declare global {
  interface HTMLElementTagNameMap {
    "lms-scope-page": ScopePage;
  }
}
