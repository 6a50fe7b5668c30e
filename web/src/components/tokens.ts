/** One run of tokens, each on the colour of its activation. Knows a scale, but no neuron and no file.
 *
 * Text nodes hold nothing but the text itself; marks for what cannot be seen and bytes of cut characters
 * are drawn by style sheets. So a selection copies what was written, and no text can act.
 */

import { LitElement, css, html, nothing } from "lit";
import type { PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { shade } from "../colour.ts";
import { label, pieces, readable } from "../pieces.ts";
import type { Piece } from "../pieces.ts";
import { base, shades, theme } from "../theme.ts";
import { count, number, share } from "../words.ts";

/** line: one line with the peak in its middle. window: all tokens. document: with the text round them. */
export type Width = "line" | "window" | "document";

/** Characters of a peak that is never broken between two lines. */
const LONGEST_WORD = 24;

export interface Scale {
  min: number;
  max: number;
}

function span(className: string, text: string): HTMLSpanElement {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}

function drawn(piece: Piece): Node {
  if (piece.kind === "text") return document.createTextNode(piece.text);
  const outer = document.createElement("span");
  if (piece.kind === "mark") {
    outer.className = "mark";
    outer.dataset.shown = piece.shown;
    outer.append(span(piece.text === "\n" ? "as-is line-break" : "as-is", piece.text));
  } else {
    outer.className = "bytes";
    outer.dataset.shown = piece.hex;
    outer.textContent = piece.text;
  }
  return outer;
}

/** Fires `pick`, with the token's index, when a token is clicked or Enter or the space bar is pressed on it. */
@customElement("lms-tokens")
export class Tokens extends LitElement {
  @property({ attribute: false }) tokens: readonly string[] = [];
  /** One for each token; none if no neuron is asked about. */
  @property({ attribute: false }) activations: readonly number[] = [];
  @property({ attribute: false }) spans: readonly (readonly [number, number])[] = [];
  @property({ attribute: false }) tokenIds: readonly number[] = [];
  /** Indices of the tokens that are written as bytes. */
  @property({ attribute: false }) split: readonly number[] = [];
  @property({ attribute: false }) peak: number | null = null;
  @property({ attribute: false }) scale: Scale = { min: 0, max: 0 };
  /** False for tokens that are in no statistic; all count if it is null. */
  @property({ attribute: false }) counted: readonly boolean[] | null = null;
  /** What a rule marks: tokens that should fire, and those that are in a match; null if there is no rule. */
  @property({ attribute: false }) marked: { tokens: readonly number[]; touched: readonly number[] } | null = null;
  /** Tokens that the reader has chosen. */
  @property({ attribute: false }) chosen: readonly number[] = [];
  @property({ reflect: true }) width: Width = "window";
  /** Text of the document before and after the tokens; drawn if the width is "document". */
  @property() textBefore = "";
  @property() textAfter = "";
  /** What a screen reader calls them. */
  @property() label = "Tokens";

  /** Token whose facts are shown. */
  @state() private shown: number | null = null;
  @query(".text") private text!: HTMLElement;
  @query(".readout") private readout!: HTMLElement | null;

  /** Token that the tab key leads to. */
  private current = 0;
  @state() private isFocused = false;
  private elements: HTMLElement[] = [];
  private parts: Piece[][] = [];
  private run = document.createElement("span");
  private observer: ResizeObserver | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.width === "line") this.requestUpdate("width");
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer?.disconnect();
    this.observer = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (["tokens", "activations", "split", "peak", "scale", "counted"].some((name) => changed.has(name))) {
      this.draw();
    }
    if (changed.has("tokens")) this.shown = null;
    this.outline();
  }

  /** Outlines what a rule marks and what was chosen; nothing else is drawn again. */
  private outline(): void {
    const [fires, touched, chosen] = [this.marked?.tokens, this.marked?.touched, this.chosen].map((some) => new Set(some));
    this.elements.forEach((element, i) => {
      element.classList.toggle("fires", fires!.has(i));
      element.classList.toggle("touched", touched!.has(i) && !fires!.has(i));
      element.classList.toggle("chosen", chosen!.has(i));
    });
  }

  private draw(): void {
    this.parts = pieces(this.tokens, this.split);
    this.elements = this.parts.map((parts, i) => {
      const element = document.createElement(i === this.peak ? "mark" : "span");
      const { side, level } = this.isCounted(i) ? shade(this.activations[i] ?? 0, this.scale) : { side: "none", level: 0 };
      const isWord = this.tokens[i]!.length <= LONGEST_WORD;
      const peak = i === this.peak ? ` peak${isWord ? " whole" : ""}` : "";
      const uncounted = this.isCounted(i) ? "" : " uncounted";
      element.className = `t${level ? ` ${side[0]}${level}` : ""}${peak}${uncounted}`;
      element.append(...parts.map(drawn));
      return element;
    });
    this.isFocused = false;
    this.run = document.createElement("span");
    this.run.className = "run";
    this.run.append(...this.elements);
    this.current = Math.min(this.peak ?? 0, this.elements.length - 1);
    const first = this.elements[this.current];
    if (first) first.tabIndex = 0;
  }

  private isCounted(i: number): boolean {
    return this.counted?.[i] ?? true;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("shown")) this.place();
    if (this.width === "document" && changed.has("width")) this.reveal();
    if (this.width === "line" && this.elements.length) {
      if (!this.observer) {
        this.observer = new ResizeObserver(this.centre);
        this.observer.observe(this.text);
      } else if (changed.has("tokens") || changed.has("width") || changed.has("peak")) {
        requestAnimationFrame(this.centre);
      }
    } else {
      this.observer?.disconnect();
      this.observer = null;
    }
  }

  /** Brings the peak into the middle of the line. Called between layout and paint, so that nothing jumps. */
  private centre = (): void => {
    const peak = this.elements[this.peak ?? 0];
    if (this.width !== "line" || !peak || this.isFocused) return;
    this.text.scrollLeft = peak.offsetLeft - this.text.offsetLeft + (peak.offsetWidth - this.text.clientWidth) / 2;
  };

  /** Scrolls a long document to its peak. */
  private reveal(): void {
    const peak = this.elements[this.peak ?? 0];
    if (!peak) return;
    this.text.scrollTop = peak.offsetTop - this.text.offsetTop - (this.text.clientHeight - peak.offsetHeight) / 2;
  }

  /** Puts the readout above its token, or below it where there is no room. */
  private place(): void {
    const { readout } = this;
    const token = this.shown === null ? null : this.elements[this.shown];
    if (!readout || !token) return;
    const here = this.getBoundingClientRect();
    const at = token.getClientRects()[0] ?? token.getBoundingClientRect();
    const { width, height } = readout.getBoundingClientRect();
    const left = Math.min(Math.max(at.left, here.left), Math.max(here.left, here.right - width));
    const isAbove = at.top - height - 4 >= 0;
    readout.style.setProperty("left", `${left - here.left}px`);
    readout.style.setProperty("top", `${(isAbove ? at.top - height - 3 : at.bottom + 3) - here.top}px`);
  }

  private tokenOf(event: Event): number | null {
    const target = event.target instanceof Element ? event.target.closest(".t") : null;
    const i = target ? this.elements.indexOf(target as HTMLElement) : -1;
    return i < 0 ? null : i;
  }

  private point(event: PointerEvent): void {
    const i = this.tokenOf(event);
    if (i !== null) this.shown = i;
    else if (!this.isFocused) this.shown = null;
  }

  private leave(): void {
    this.shown = this.isFocused ? this.current : null;
  }

  private focusIn(event: FocusEvent): void {
    const i = this.tokenOf(event);
    if (i === null) return;
    this.isFocused = true;
    this.current = this.shown = i;
  }

  private focusOut(): void {
    this.isFocused = false;
    this.shown = null;
  }

  /** A click, or a touch, fixes the readout to its token; not the end of a selection. */
  private choose(event: MouseEvent): void {
    const i = this.tokenOf(event);
    if (i === null || !(this.selection()?.isCollapsed ?? true)) return;
    this.go(i);
    this.pick(i);
  }

  /** Tells the page that a token was chosen, by click or by Enter; what that means is the page's affair. */
  private pick(i: number): void {
    this.dispatchEvent(new CustomEvent("pick", { detail: i }));
  }

  private go(i: number): void {
    const [from, to] = [this.elements[this.current], this.elements[i]];
    if (!from || !to) return;
    from.removeAttribute("tabindex");
    to.tabIndex = 0;
    to.focus({ preventScroll: this.width !== "line" && this.isSeen(to) });
  }

  private isSeen(token: HTMLElement): boolean {
    const { top, bottom } = token.getBoundingClientRect();
    return top >= 0 && bottom <= window.innerHeight;
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const last = this.elements.length - 1;
    const to: Record<string, number> = {
      ArrowLeft: Math.max(0, this.current - 1),
      ArrowRight: Math.min(last, this.current + 1),
      Home: 0,
      End: last,
    };
    const i = to[event.key];
    if (event.key === "Escape" && this.shown !== null) this.shown = null;
    else if ((event.key === "Enter" || event.key === " ") && this.isFocused) this.pick(this.current);
    else if (i !== undefined) this.go(i);
    else return;
    event.preventDefault();
  }

  private selection(): Selection | null {
    const root = this.renderRoot as ShadowRoot & { getSelection?: () => Selection | null };
    return root.getSelection ? root.getSelection() : document.getSelection();
  }

  /** The text as it was written: style sheets would turn line breaks that are drawn as marks into spaces. */
  private copy(event: ClipboardEvent): void {
    const selection = this.selection();
    if (!selection?.rangeCount || selection.isCollapsed || !event.clipboardData) return;
    const range = selection.getRangeAt(0);
    if (!this.text.contains(range.startContainer) || !this.text.contains(range.endContainer)) return;
    event.clipboardData.setData("text/plain", range.toString());
    event.preventDefault();
  }

  protected override render() {
    const isDocument = this.width === "document";
    const facts = this.shown === null ? null : this.facts(this.shown);
    // No space between the tags: all of it would be copied.
    return html`<div
        class="text" dir="ltr" role="group" aria-label=${this.label}
        @pointerover=${this.point} @pointerleave=${this.leave} @focusin=${this.focusIn} @focusout=${this.focusOut}
        @click=${this.choose} @keydown=${this.press} @copy=${this.copy}
      >${isDocument && this.textBefore ? this.renderAround(this.textBefore) : nothing}${this.run}${
        isDocument && this.textAfter ? this.renderAround(this.textAfter) : nothing}</div>
      <div class="readout" aria-hidden="true" ?hidden=${!facts}>
        ${facts
          ? html`<div class="value">${facts.value}</div><div class="name">${facts.name}</div><div>${facts.where}</div>`
          : nothing}
      </div>
      <div class="visually-hidden" aria-live="polite">
        ${this.isFocused && facts ? [facts.value, facts.name, facts.where].filter(Boolean).join("; ") : nothing}
      </div>`;
  }

  private renderAround(text: string) {
    return html`<span class="around">${readable(text).map(drawn)}</span>`;
  }

  private facts(i: number): { value: string; name: string; where: string } {
    const value = this.activations[i];
    const place = this.spans[i];
    const where = place ? [`bytes ${count(place[0])} to ${count(place[1])}`] : [];
    if (i in this.tokenIds) where.push(`token ${this.tokenIds[i]}`);
    if (this.marked?.tokens.includes(i)) where.push("marked by the rule");
    if (this.chosen.includes(i)) where.push("chosen");
    return {
      value: value === undefined ? "" : number(value) + (this.isCounted(i) ? this.partOf(value) : ", not counted"),
      name: this.name(i) + (i === this.peak ? " (peak)" : ""),
      where: where.join(", "),
    };
  }

  private partOf(value: number): string {
    const edge = value > 0 ? this.scale.max : this.scale.min;
    return value * edge > 0 ? `, ${share(value / edge)} of ${value > 0 ? "max" : "min"}` : "";
  }

  /** A token on one line; of a character that was cut its own bytes. */
  private name(i: number): string {
    if (!this.split.includes(i)) return label(this.tokens[i]!);
    return this.parts[i]!.map((p) => (p.kind === "bytes" ? p.hex : label(p.text))).join(" ");
  }

  static override styles = [
    theme,
    base,
    shades,
    css`
      :host {
        position: relative;
        line-height: 1.65;
      }
      .text {
        forced-color-adjust: none;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
        tab-size: 4;
      }
      .t,
      .around {
        unicode-bidi: isolate;
      }
      .t {
        padding-block: 0.12em;
        border-radius: 2px;
      }
      mark {
        background: none;
        color: inherit;
      }
      .t:hover {
        box-shadow: 0 0 0 1px var(--edge);
      }
      .touched {
        outline: 1px dashed var(--edge);
        outline-offset: -1px;
      }
      .fires {
        box-shadow: 0 0 0 2px var(--ink);
      }
      .chosen {
        outline: 3px double var(--link);
        outline-offset: 1px;
      }
      .t:focus {
        outline: 2px solid var(--link);
        outline-offset: 0;
      }
      .peak {
        border-bottom: 2px solid var(--ink);
        border-radius: 2px 2px 0 0;
        font-weight: 650;
      }
      .whole {
        white-space: pre;
      }
      .uncounted,
      .around {
        color: var(--quiet);
      }
      .mark,
      .bytes {
        unicode-bidi: isolate;
      }
      .mark::before {
        content: attr(data-shown);
      }
      [class="t"] > .mark::before,
      .around .mark::before {
        color: var(--quiet);
      }
      .as-is {
        display: inline-block;
        width: 0;
        height: 0;
        overflow: hidden;
        white-space: pre;
      }
      :host([width="document"]) .line-break {
        display: inline;
      }
      .bytes::after {
        margin-inline: 1px;
        padding-inline: 0.25em;
        border: 1px solid currentcolor;
        border-radius: 3px;
        content: attr(data-shown);
        font-family: var(--mono);
        font-size: 0.72em;
        white-space: nowrap;
      }

      :host([width="line"]) .text {
        overflow-x: auto;
        padding-block: 0.15rem;
        scrollbar-width: none;
        white-space: pre;
        mask-image: linear-gradient(to right, transparent, #000 3rem, #000 calc(100% - 3rem), transparent);
      }
      :host([width="line"]) .run {
        padding-inline: 50%;
      }
      :host([width="document"]) .text {
        max-height: 70vh;
        overflow-y: auto;
        padding: 0.5rem 0.75rem;
        border: 1px solid var(--line);
        border-radius: var(--round);
      }

      .readout {
        position: absolute;
        z-index: 5;
        width: max-content;
        max-width: min(100%, 22rem);
        padding: 0.25rem 0.55rem;
        border-radius: var(--round);
        background: var(--ink);
        color: var(--page);
        font-size: 0.8125rem;
        line-height: 1.4;
        pointer-events: none;
        user-select: none;
      }
      .value {
        font-weight: 650;
      }
      .name {
        font-family: var(--mono);
        overflow-wrap: anywhere;
        unicode-bidi: isolate;
      }
      @media (forced-colors: active) {
        .text {
          background: var(--page);
          color: var(--ink);
        }
      }
      @media print {
        :host([width="document"]) .text {
          max-height: none;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "lms-tokens": Tokens;
  }
}
