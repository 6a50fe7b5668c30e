/** One example of a neuron: its rank, value, peak and tokens, and the ways on from it. */

import { LitElement, css, html, nothing } from "lit";
import type { PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { scope } from "../address.ts";
import type { Place } from "../address.ts";
import { printable } from "../format.ts";
import { label, whole } from "../pieces.ts";
import type { Origin, Source } from "../source.ts";
import { base, theme } from "../theme.ts";
import type { Marked, Example as Shape } from "../types.ts";
import { aligned, count } from "../words.ts";
import "./copy.ts";
import "./tokens.ts";
import type { Scale, Width } from "./tokens.ts";

/** Bytes of a document that are shown on each side of the window. */
const AROUND = 20_000;
const LONGEST_TOKEN = 24;

/** The text of an example, as a model may be asked to read it. */
export const textOf = (example: Shape): string => whole(example.text, example.tokens.length, example.split);

/** A token that the reader has chosen, or lets go. */
export interface Choice {
  example: Shape;
  token: number;
}

/** Fires `choose`, with a `Choice`, when one of its tokens is chosen, where it may be. */
@customElement("lms-example")
export class Example extends LitElement {
  @property({ attribute: false }) example!: Shape;
  @property({ attribute: false }) rank: number | null = null;
  /** What the list is called: "Top", "Bottom". */
  @property() list = "";
  @property({ attribute: false }) scale: Scale = { min: 0, max: 0 };
  @property({ reflect: true }) width: Exclude<Width, "document"> = "window";
  /** Where its neuron is on this site; null where it stands alone. */
  @property({ attribute: false }) at: Place | null = null;
  /** Null where there are no documents to read. */
  @property({ attribute: false }) source: Source | null = null;
  /** What a rule marks in it; null if there is no rule. */
  @property({ attribute: false }) marked: Marked | null = null;
  /** Tokens that the reader has chosen; null where nothing is to be chosen. */
  @property({ attribute: false }) chosen: readonly number[] | null = null;
  /** True if texts can be tried on the model. */
  @property({ type: Boolean }) isLive = false;

  @state() private origin: Origin | null = null;
  @state() private document: { before: string; after: string; size: number; isCut: boolean } | null = null;
  @state() private isOpen = false;
  @state() private isBusy = false;
  @state() private trouble = "";

  private watcher: IntersectionObserver | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.watcher?.disconnect();
    this.watcher = null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("example") || changed.has("source")) {
      this.origin = this.document = null;
      this.isOpen = this.isBusy = false;
      this.trouble = "";
    }
    if (changed.has("width")) this.isOpen = false;
  }

  protected override updated(): void {
    if (this.origin || !this.source || !this.at || this.watcher) return;
    // Where a document came from is read when its example comes into sight.
    this.watcher = new IntersectionObserver((entries) => {
      if (!entries.some((e) => e.isIntersecting)) return;
      this.watcher?.disconnect();
      this.watcher = null;
      void this.findOrigin();
    });
    this.watcher.observe(this);
  }

  private async findOrigin(): Promise<void> {
    const { example, source, at } = this;
    try {
      const origin = await (await source!.catalogue(at!.catalogue)).origin(example.document);
      if (example === this.example) this.origin = origin;
    } catch {
      // The document's number does instead.
      if (example === this.example) this.origin = { source: "", offset: 0 };
    }
  }

  private async toggleDocument(): Promise<void> {
    if (this.document) {
      this.document = null;
      return;
    }
    const { example, source, at } = this;
    this.isBusy = true;
    this.trouble = "";
    try {
      const from = Math.max(0, example.start - AROUND);
      const found = await (await source!.catalogue(at!.catalogue)).document(example.document, from, example.end + AROUND);
      if (example !== this.example) return;
      const size = found.size;
      const { bytes } = found;
      this.document = {
        before: printable(bytes.subarray(0, example.start - found.start)),
        after: printable(bytes.subarray(example.end - found.start)),
        size,
        isCut: bytes.length < size,
      };
      this.isOpen = true;
    } catch (error) {
      if (example === this.example) this.trouble = error instanceof Error ? error.message : String(error);
    } finally {
      if (example === this.example) this.isBusy = false;
    }
  }

  protected override render() {
    return this.width === "line" && !this.isOpen ? this.renderLine() : this.renderWhole();
  }

  private get name(): string {
    return [this.list, this.rank ?? ""].join(" ").trim() || "example";
  }

  private renderTokens(width: Width) {
    const { example } = this;
    return html`<lms-tokens
      .tokens=${example.tokens} .activations=${example.activations} .spans=${example.spans}
      .tokenIds=${example.token_ids} .split=${example.split} .peak=${example.peak} .scale=${this.scale}
      .width=${width} .textBefore=${this.document?.before ?? ""} .textAfter=${this.document?.after ?? ""}
      .marked=${this.marked} .chosen=${this.chosen ?? []} @pick=${this.pick}
      .label=${`Tokens of ${this.name}${this.chosen ? "; Enter chooses a token for a rule" : ""}`}
    ></lms-tokens>`;
  }

  private pick(event: CustomEvent<number>): void {
    if (!this.chosen) return;
    const detail: Choice = { example: this.example, token: event.detail };
    this.dispatchEvent(new CustomEvent("choose", { detail, bubbles: true, composed: true }));
  }

  private renderRank() {
    return this.rank === null ? nothing : html`<span class="rank">${this.rank}</span>`;
  }

  private renderLine() {
    return html`<div class="one-line">
      ${this.renderRank()}
      <b class="value">${aligned(this.example.max, this.scale)}</b>
      ${this.renderTokens("line")}
      <button class="plain" aria-expanded="false" aria-label=${`more: ${this.name}`} @click=${() => (this.isOpen = true)}>
        more
      </button>
    </div>`;
  }

  private renderWhole() {
    const { example } = this;
    const token = label(example.tokens[example.peak]!);
    const isOpened = this.width === "line";
    const toggle = this.document ? "window only" : "full document";
    return html`<div class="head">
        ${this.renderRank()}
        <b class="value">${aligned(example.max, this.scale)}</b>
        <span class="token">${token.length > LONGEST_TOKEN ? token.slice(0, LONGEST_TOKEN - 1) + "…" : token}</span>
        ${this.renderOrigin()}
        <span class="actions no-print">
          ${this.at && this.isLive
            ? html`<a href=${scope(this.at, [textOf(example)])} aria-label=${`open in scope: ${this.name}`}>open in scope</a>`
            : nothing}
          ${this.source && this.at
            ? html`<button
                class="plain" aria-expanded=${this.document !== null} ?disabled=${this.isBusy}
                aria-label=${`${toggle}: ${this.name}`} @click=${this.toggleDocument}
              >${toggle}</button>`
            : nothing}
          <lms-copy .value=${example.text} label="copy text" .what=${`copy text: ${this.name}`}></lms-copy>
          ${isOpened
            ? html`<button class="plain" aria-expanded="true" aria-label=${`less: ${this.name}`} @click=${this.close}>
                less
              </button>`
            : nothing}
        </span>
      </div>
      ${this.trouble ? html`<div class="alert" role="alert">${this.trouble}</div>` : nothing}
      ${this.document?.isCut
        ? html`<p class="quiet">
            This document has ${count(this.document.size)} bytes; here are the window and
            ${count(AROUND)} bytes on each side of it.
          </p>`
        : nothing}
      ${this.renderTokens(this.document ? "document" : "window")}`;
  }

  private close(): void {
    this.document = null;
    this.isOpen = false;
  }

  private renderOrigin() {
    const { document, start } = this.example;
    const { source = "", offset = 0 } = this.origin ?? {};
    const name = source.split("/").filter(Boolean).at(-1);
    const byte = `byte ${count(start)}`;
    const which = `document ${count(document)}`;
    return html`<span class="origin" title=${source ? `${source}:${offset}, ${which}, ${byte}` : `${which}, ${byte}`}
      ><bdi>${name ? `${name}:${offset}` : which}</bdi> · ${byte}</span
    >`;
  }

  static override styles = [
    theme,
    base,
    css`
      :host {
        container-type: inline-size;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 0.75rem;
      }
      .rank {
        min-width: 1.4rem;
        color: var(--quiet);
        font-variant-numeric: tabular-nums;
        text-align: right;
      }
      .value {
        min-width: 3.6rem;
        font-variant-numeric: tabular-nums;
        text-align: right;
      }
      .token {
        font-family: var(--mono);
        font-size: 0.875em;
        unicode-bidi: isolate;
        white-space: pre;
      }
      .origin {
        flex: 1 1 12rem;
        min-width: 0;
        overflow: hidden;
        color: var(--quiet);
        font-size: 0.8125rem;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 0 0.75rem;
        font-size: 0.8125rem;
      }
      .one-line {
        display: flex;
        align-items: baseline;
        gap: 0.75rem;
      }
      .one-line lms-tokens {
        flex: 1;
        min-width: 0;
      }
      .one-line button {
        font-size: 0.8125rem;
      }
      .head ~ :is(lms-tokens, p) {
        margin-left: 2.15rem;
      }
      @container (max-width: 38rem) {
        .head ~ :is(lms-tokens, p) {
          margin-left: 0;
        }
        .origin {
          flex-basis: 100%;
        }
        .one-line {
          gap: 0.4rem;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "lms-example": Example;
  }
}
