/** The page of one neuron: what the catalogue knows of it, the ways to the next one, and the reader's notes. */

import { LitElement, css, html, nothing } from "lit";
import type { PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import * as address from "../address.ts";
import type { Address, Place } from "../address.ts";
import "../components/claim.ts";
import type { Claim } from "../components/claim.ts";
import "../components/copy.ts";
import type { Choice } from "../components/example.ts";
import { textOf } from "../components/example.ts";
import "../components/neuron.ts";
import "../components/notes.ts";
import type { Notes } from "../components/notes.ts";
import { markedIn, ruleFrom, runs } from "../claims.ts";
import { Places } from "../format.ts";
import { isTyping } from "../keys.ts";
import { agrees, embedding, recomputed, spellings, unseen } from "../lists.ts";
import { label } from "../pieces.ts";
import { Explained } from "../source.ts";
import type { Catalogue, Source } from "../source.ts";
import { base, theme } from "../theme.ts";
import type { Entry, Example, Marked, NeuronRecord, Preview, Shelf } from "../types.ts";
import { count, number } from "../words.ts";

/** Keys that may be held down. */
const STEPS = ["n", "p"];

/** A neuron with everything that its page draws: it changes as one, so that nothing is drawn half. */
interface Shown {
  at: Place;
  record: NeuronRecord;
  catalogue: Catalogue;
  places: Places;
}

@customElement("lms-neuron-page")
export class NeuronPage extends LitElement {
  @property({ attribute: false }) source!: Source;
  @property({ attribute: false }) shelf!: Shelf;
  @property({ attribute: false }) address!: Address;

  /** The neuron before stays until the new one is here. */
  @state() private shown: Shown | null = null;
  @state() private isLoading = false;
  @state() private trouble = "";
  @state() private entry: Entry | null = null;
  @state() private logTrouble = "";
  @state() private check: { isBusy: boolean; said: string; agrees: boolean | null } | null = null;
  /** What the rule in the panel marks. */
  @state() private marked: ReadonlyMap<Example, Marked> = new Map();
  /** Tokens of examples that the reader has chosen to start a rule from. */
  @state() private chosen: ReadonlyMap<Example, readonly number[]> = new Map();
  @query("lms-notes") private notes!: Notes | null;
  @query("lms-claim") private claim!: Claim | null;

  private loading = new AbortController();
  private checking = new AbortController();
  /** Neurons of a catalogue that are in the log, by their place; read when first asked for. */
  private seen: { catalogue: string; places: Set<number> } | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("keydown", this.press);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("keydown", this.press);
    this.loading.abort();
    this.checking.abort();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("address") && this.address.page === "neuron") void this.load(this.address.at);
  }

  private async load(at: Place): Promise<void> {
    this.loading.abort();
    this.checking.abort();
    const { signal } = (this.loading = new AbortController());
    this.isLoading = true;
    try {
      const catalogue = await this.source.catalogue(at.catalogue);
      const record = await catalogue.neuron(at.layer, at.neuron, signal);
      if (signal.aborted) return;
      this.shown = { at, record, catalogue, places: new Places(catalogue.manifest) };
      this.trouble = this.logTrouble = "";
      this.entry = this.check = null;
      this.marked = new Map();
      this.chosen = new Map();
      this.isLoading = false;
      document.title = `${record.neuron} · ${record.model} · lmscope`;
      void this.visit(this.shown);
      this.prepare(this.shown, signal);
    } catch (error) {
      if (signal.aborted) return;
      this.isLoading = false;
      this.shown = null;
      if (!(error instanceof Explained)) throw error;
      this.trouble = error.message;
    }
  }

  /** Reads the neighbours when there is nothing else to do: their bytes are then here already. */
  private prepare({ at, catalogue, places }: Shown, signal: AbortSignal): void {
    const idle = window.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 200));
    idle(() => {
      const flat = places.flat(at.layer, at.neuron);
      for (const next of [flat + 1, flat - 1]) {
        if (signal.aborted || next < 0 || next >= places.length) continue;
        const { layer, index } = places.at(next);
        catalogue.neuron(layer, index, signal).catch(() => {}); // whoever goes there will read why not
      }
    });
  }

  private async visit(shown: Shown): Promise<void> {
    const { journal } = this.source;
    const { at, places } = shown;
    if (!journal) return;
    try {
      const entry = await journal.visit(at.catalogue, at.layer, at.neuron);
      if (this.seen?.catalogue === at.catalogue) this.seen.places.add(places.flat(at.layer, at.neuron));
      if (shown === this.shown) this.entry = entry;
    } catch (error) {
      if (!(error instanceof Explained)) throw error;
      if (shown === this.shown) this.logTrouble = `This visit is not in the log: ${error.message}`;
    }
  }

  private go(flat: number): void {
    const { at, places } = this.shown!;
    const { layer, index } = places.at(flat);
    location.hash = address.neuron({ catalogue: at.catalogue, layer, neuron: index });
  }

  /** Place of the neuron that was asked for, which may still be on its way: so n, n, n goes three on. */
  private get flat(): number {
    const { at, places } = this.shown!;
    const asked = address.read(location.hash);
    const to = asked.page === "neuron" && asked.at.catalogue === at.catalogue ? asked.at : at;
    return places.flat(to.layer, to.neuron);
  }

  private step(by: 1 | -1): void {
    const to = this.flat + by;
    if (to >= 0 && to < this.shown!.places.length) this.go(to);
  }

  private random(): void {
    const { length } = this.shown!.places;
    const to = Math.floor(Math.random() * (length - 1));
    this.go(length > 1 && to >= this.flat ? to + 1 : to);
  }

  private async randomUnseen(): Promise<void> {
    const { journal } = this.source;
    const { at, places } = this.shown!;
    if (!journal) return;
    try {
      if (this.seen?.catalogue !== at.catalogue) {
        const { entries } = await journal.log();
        const here = entries.filter((e) => e.catalogue === at.catalogue).map((e) => places.flat(e.layer, e.index));
        this.seen = { catalogue: at.catalogue, places: new Set([...here.filter((flat) => flat >= 0), this.flat]) };
      }
      const to = unseen(places.length, this.seen.places);
      if (to < 0) this.logTrouble = `You have seen all ${count(places.length)} neurons of this catalogue.`;
      else this.go(to);
    } catch (error) {
      if (!(error instanceof Explained)) throw error;
      this.logTrouble = error.message;
    }
  }

  private press = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || isTyping(event) || !this.shown) return;
    const work: Record<string, (() => void) | null> = {
      n: () => this.step(1),
      p: () => this.step(-1),
      r: () => this.random(),
      u: this.source.journal ? () => void this.randomUnseen() : null,
      s: this.notes ? () => this.notes!.toggleStar() : null,
      e: this.isLive ? () => (location.hash = this.scopeAddress()) : null,
    };
    const found = work[event.key];
    if (!found || (event.repeat && !STEPS.includes(event.key))) return;
    event.preventDefault();
    found();
  };

  private get isLive(): boolean {
    return Boolean(this.source.live) && this.shown!.catalogue.shelved.why_not_live === null;
  }

  private scopeAddress(): string {
    const { at, record } = this.shown!;
    const example = record.top[0];
    return address.scope(at, example && !record.dead ? [textOf(example)] : []);
  }

  /** Lets the model read the segment of the first example again: all that it had seen before the peak. */
  private async recompute(): Promise<void> {
    const { at, record, catalogue } = this.shown!;
    const example = record.top[0]!;
    const { signal } = (this.checking = new AbortController());
    this.check = { isBusy: true, said: "The model reads the segment again…", agrees: null };
    try {
      const { document, start, end } = await catalogue.segment(example.segment);
      const { bytes } = await catalogue.document(document, start, end);
      const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
      const look = await this.source.live!.look(at.catalogue, at.layer, at.neuron, text, signal);
      const again = recomputed(example, look, start);
      if (signal.aborted) return;
      this.check =
        again === null
          ? {
              isBusy: false,
              said: "Read by itself, the segment of this example is cut into other tokens, so its values cannot be compared.",
              agrees: null,
            }
          : {
              isBusy: false,
              said: `Peak of the first example: stored ${number(example.max)}, recomputed ${number(again)} (the model read its whole segment, ${count(end - start)} bytes).`,
              agrees: agrees(example.max, again),
            };
    } catch (error) {
      if (signal.aborted) return;
      this.check = { isBusy: false, said: error instanceof Explained ? error.message : "", agrees: null };
      if (!(error instanceof Explained)) throw error;
    }
  }

  private get canTest(): boolean {
    return Boolean(this.source.evidence) && this.isLive;
  }

  private mark({ detail }: CustomEvent<Preview | null>): void {
    this.marked = detail ? markedIn(this.shown!.record, detail) : new Map();
  }

  private choose({ detail: { example, token } }: CustomEvent<Choice>): void {
    const before = this.chosen.get(example) ?? [];
    const after = before.includes(token) ? before.filter((t) => t !== token) : [...before, token];
    const chosen = new Map(this.chosen);
    if (after.length) chosen.set(example, after);
    else chosen.delete(example);
    this.chosen = chosen;
  }

  private startRule(): void {
    const choices = [...this.chosen].map(([{ tokens }, chosen]) => ({ tokens, chosen }));
    this.chosen = new Map();
    this.claim?.start(ruleFrom(choices));
  }

  protected override render() {
    if (this.trouble) {
      const { at } = this.address as Extract<Address, { page: "neuron" }>;
      return html`<h1>No such neuron here</h1>
        <p class="alert" role="alert">${this.trouble}</p>
        <p><a href=${address.model(at.catalogue)}>All neurons of ${at.catalogue}</a></p>`;
    }
    if (!this.shown) return html`<p class="quiet" role="status">Reading the catalogue…</p>`;
    const { record, catalogue } = this.shown;
    const { journal } = this.source;
    return html`
      ${this.renderWays()}
      <lms-neuron
        .record=${record} .shelved=${catalogue.shelved} .source=${this.source} aria-busy=${this.isLoading}
        .marked=${this.marked} .chosen=${this.canTest ? this.chosen : null} @choose=${this.choose}
      >
        ${journal
          ? html`<div class="notes">
              ${this.entry
                ? html`<lms-notes .journal=${journal} .entry=${this.entry}></lms-notes>`
                : nothing}
              ${this.logTrouble ? html`<p class="alert" role="status">${this.logTrouble}</p>` : nothing}
            </div>`
          : nothing}
        ${this.renderOnwards()}
        ${this.canTest
          ? html`<lms-claim
              class="no-print" .at=${this.shown.at} .record=${record} .evidence=${this.source.evidence!}
              .corpus=${catalogue.shelved.corpus} .test=${this.address.page === "neuron" ? this.address.test : null}
              @marks=${this.mark}
            ></lms-claim>`
          : nothing}
        <div slot="after">${this.renderAddresses()}</div>
      </lms-neuron>
      ${this.renderChosen()}
    `;
  }

  private renderChosen() {
    const pieces = [...this.chosen].flatMap(([{ tokens }, chosen]) => runs(tokens, chosen));
    return html`<div class="chosen no-print" role="region" aria-label="Chosen tokens" ?hidden=${!pieces.length}>
      <span role="status">${pieces.length ? html`Chosen: ${pieces.map((run) => html`<code>${label(run.text)}</code> `)}` : nothing}</span>
      <button @click=${this.startRule}>Start a rule from selected tokens</button>
      <button class="plain" @click=${() => (this.chosen = new Map())}>let them go</button>
    </div>`;
  }

  private renderWays() {
    const { at, places } = this.shown!;
    const flat = places.flat(at.layer, at.neuron);
    const way = (to: number, key: string, name: string) => {
      if (to < 0 || to >= places.length) {
        return html`<a class="button" role="link" aria-disabled="true">${name} <kbd>${key}</kbd></a>`;
      }
      const { layer, index } = places.at(to);
      const href = address.neuron({ catalogue: at.catalogue, layer, neuron: index });
      return html`<a class="button" href=${href} title=${`L${layer}N${index}`}>${name} <kbd>${key}</kbd></a>`;
    };
    return html`<nav class="row ways no-print" aria-label="Neurons">
      ${way(flat - 1, "p", "previous")} ${way(flat + 1, "n", "next")}
      <button @click=${this.random}>random <kbd>r</kbd></button>
      ${this.source.journal ? html`<button @click=${this.randomUnseen}>random unseen <kbd>u</kbd></button>` : nothing}
      <span class="quiet">
        <a href=${address.model(at.catalogue)}>${at.catalogue}</a>: ${count(flat + 1)} of ${count(places.length)}
      </span>
    </nav>`;
  }

  private renderOnwards() {
    const { at, record, catalogue } = this.shown!;
    const { check } = this;
    return html`<div class="row onwards no-print">
        ${this.isLive
          ? html`<a href=${this.scopeAddress()}>try your own text <kbd>e</kbd></a>
              <button class="plain" ?disabled=${check?.isBusy ?? false} @click=${this.recompute} ?hidden=${record.dead}>
                check against the model
              </button>`
          : nothing}
        <a href=${address.compare(at, null)}>compare</a>
        ${this.isLive ? nothing : html`<span class="quiet">${catalogue.shelved.why_not_live}</span>`}
      </div>
      <div class="check" role="status">
        ${check
          ? html`${check.agrees === null ? nothing : html`<span class="badge">${check.agrees ? "✓ agrees" : "✗ differs"}</span>`}
              <span class="said">${check.said}</span>`
          : nothing}
      </div>`;
  }

  private renderAddresses() {
    const { record, catalogue, at } = this.shown!;
    const here = new URL(address.neuron(at), document.baseURI).href;
    const framed = new URL(`embed.html${address.neuron(at)}`, document.baseURI).href;
    const rows: [string, string[]][] = [
      ["address", spellings(record)],
      ["link", [here]],
      ["embed", [embedding(framed, `${record.neuron} of ${record.model}`)]],
      ["Python", [`${catalogue.shelved.python}["${record.neuron}"]`]],
    ];
    return html`<section class="no-print" aria-labelledby="addresses">
      <h2 id="addresses">Take it elsewhere</h2>
      <dl class="facts">
        ${rows.map(
          ([name, texts]) => html`<dt>${name}</dt>
            ${texts.map(
              (text) => html`<dd>
                <code>${text}</code> <lms-copy .value=${text} .what=${`copy ${name}: ${text}`}></lms-copy>
              </dd>`,
            )}`,
        )}
      </dl>
    </section>`;
  }

  static override styles = [
    theme,
    base,
    css`
      .ways {
        margin: 0.75rem 0 0;
        font-size: 0.875rem;
      }
      .ways .quiet {
        margin-left: auto;
      }
      .button,
      .ways button {
        padding-block: 0.1rem;
      }
      .notes {
        min-height: 3.1rem;
      }
      .onwards {
        gap: 0.25rem 1.25rem;
        font-size: 0.875rem;
      }
      .check {
        font-size: 0.875rem;
      }
      .chosen {
        position: sticky;
        bottom: 0;
        z-index: 5;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.25rem 1rem;
        padding: 0.5rem 0;
        border-top: 1px solid var(--edge);
        background: var(--page);
      }
      .chosen > span {
        max-height: 4.5em;
        overflow-y: auto;
      }
      .said {
        white-space: pre-line;
      }
      dd + dd {
        grid-column: 2;
      }
      code {
        overflow-wrap: anywhere;
      }
      lms-copy {
        font-size: 0.8125rem;
      }
      @media (max-width: 40rem) {
        .ways .quiet {
          margin-left: 0;
        }
        dl.facts {
          grid-template-columns: minmax(0, 1fr);
        }
        dd + dd {
          grid-column: 1;
        }
        dt:not(:first-child) {
          margin-top: 0.4rem;
        }
        kbd {
          display: none;
        }
      }
      @media print {
        .notes {
          min-height: 0;
        }
      }
      @media (pointer: coarse) {
        kbd {
          display: none;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "lms-neuron-page": NeuronPage;
  }
}
