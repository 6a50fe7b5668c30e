/** A table of any length, of which only the rows on the screen exist. Knows no neuron.
 *
 * The rows lie in a layer that sticks to the top of the scrolling box, so they never run ahead of what is
 * drawn; roll.ts says which of them are seen.
 */

import { LitElement, css, html, nothing } from "lit";
import type { PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { Roll } from "../roll.ts";
import { base, theme } from "../theme.ts";

export interface Column {
  key: string;
  label: string;
  /** One line on what it is. */
  meaning: string;
  /** In rem; the one that grows takes what is left. */
  width: number;
  canGrow?: boolean;
  isNumber: boolean;
  canSort: boolean;
}

export interface Row {
  to: string;
  /** The first is the text of the link. */
  cells: unknown[];
}

export interface Sort {
  key: string;
  isDescending: boolean;
}

/** Asked for by a click on a column's name. */
export type SortEvent = CustomEvent<string>;

/** The rows that are on the screen, [first, last). */
export type ShowEvent = CustomEvent<{ first: number; last: number }>;

/** The thumb is put right when the reader has rested so long. */
const REST_MS = 150;

@customElement("lms-table")
export class Table extends LitElement {
  @property() label = "";
  @property({ attribute: false }) columns: Column[] = [];
  @property({ type: Number }) length = 0;
  @property({ attribute: false }) sort: Sort | null = null;
  /** What a row shows; called for those on the screen, each time they are drawn. */
  @property({ attribute: false }) row!: (i: number) => Row;

  /** The row that the keys move, -1 before they are used. */
  @state() private current = -1;

  @query(".box") private box!: HTMLElement;
  @query(".head") private head!: HTMLElement;

  private readonly roll = new Roll();
  private rowHeight = 32;
  private rest = 0;
  private shown = "";
  private readonly observer = new ResizeObserver(() => this.measure());

  /** Begins with a row, where the rows are others than before. */
  async startAt(row: number): Promise<void> {
    await this.updateComplete;
    this.current = -1;
    this.moveTo(row * this.rowHeight);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const root = parseFloat(getComputedStyle(document.documentElement).fontSize);
    this.rowHeight = 2 * root;
    this.style.setProperty("--row", `${this.rowHeight}px`);
    if (this.hasUpdated) this.observer.observe(this.box);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
    clearTimeout(this.rest);
  }

  protected override firstUpdated(): void {
    this.observer.observe(this.box);
    this.measure();
  }

  private measure(): void {
    this.roll.resize(this.length * this.rowHeight, Math.max(0, this.box.clientHeight - this.head.offsetHeight));
    this.placeThumb();
    this.requestUpdate();
  }

  private moveTo(top: number): void {
    this.roll.moveTo(top);
    this.placeThumb();
    this.requestUpdate();
  }

  /** True unless the box stands where the roll has it, as near as the screen's pixels allow. */
  private get isOff(): boolean {
    return Math.abs(this.box.scrollTop - this.roll.thumb) >= 1;
  }

  private placeThumb(): void {
    if (this.isOff) this.box.scrollTop = this.roll.thumb;
  }

  private scrolled(): void {
    if (!this.isOff) return;
    this.roll.follow(this.box.scrollTop);
    this.placeThumb();
    this.requestUpdate();
    clearTimeout(this.rest);
    this.rest = window.setTimeout(() => {
      this.roll.settle();
      this.placeThumb();
    }, REST_MS);
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.box) return;
    const page = Math.max(1, Math.floor(this.roll.height / this.rowHeight) - 1);
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (step !== undefined && this.length) {
      event.preventDefault();
      const from = this.current >= 0 ? this.current : Math.ceil(this.roll.top / this.rowHeight) - (step > 0 ? 1 : 0);
      this.current = Math.max(0, Math.min(this.length - 1, from + step));
      const upper = this.current * this.rowHeight;
      const lower = upper + this.rowHeight - this.roll.height;
      this.moveTo(Math.max(lower, Math.min(upper, this.roll.top)));
    } else if (event.key === "Enter" && this.current >= 0) {
      event.preventDefault();
      location.assign(this.row(this.current).to);
    }
  }

  /** A row is a link all over, for the keys that open it elsewhere too. */
  private open(event: MouseEvent, to: string): void {
    const isOnLink = event.composedPath().some((e) => e instanceof HTMLAnchorElement);
    if (isOnLink || !document.getSelection()?.isCollapsed) return;
    if (event.ctrlKey || event.metaKey) window.open(to);
    else location.assign(to);
  }

  private get range(): { first: number; last: number } {
    const { top, height } = this.roll;
    const first = Math.floor(top / this.rowHeight);
    return { first, last: Math.min(this.length, Math.ceil((top + height) / this.rowHeight)) };
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("columns")) {
      const width = (c: Column) => (c.canGrow ? `minmax(${c.width}rem, 1fr)` : `${c.width}rem`);
      this.style.setProperty("--columns", this.columns.map(width).join(" "));
      this.style.setProperty("--least", `${this.columns.reduce((sum, c) => sum + c.width, 0)}rem`);
    }
    if (changed.has("length")) {
      this.roll.resize(this.length * this.rowHeight, this.roll.height);
      this.current = Math.min(this.current, this.length - 1);
    }
  }

  protected override updated(changed: PropertyValues): void {
    const { range, roll } = this;
    if (changed.has("length")) {
      this.style.setProperty("--length", `${roll.shown}px`);
      this.placeThumb();
    }
    this.style.setProperty("--offset", `${(range.first * this.rowHeight - roll.top).toFixed(2)}px`);
    const shown = `${range.first} ${range.last}`;
    if (shown === this.shown && !changed.has("row")) return;
    this.shown = shown;
    this.dispatchEvent(new CustomEvent("lms-show", { detail: range }) satisfies ShowEvent);
  }

  protected override render() {
    const { first, last } = this.range;
    return html`
      <div
        class="box" role="grid" tabindex="0" aria-label=${this.label}
        aria-rowcount=${this.length + 1} aria-colcount=${this.columns.length}
        aria-activedescendant=${this.current >= first && this.current < last ? `row-${this.current}` : nothing}
        @scroll=${this.scrolled} @keydown=${this.press}
      >
        <div class="head" role="rowgroup">
          <div class="line" role="row" aria-rowindex="1">${this.columns.map((c) => this.renderName(c))}</div>
        </div>
        <div class="whole" role="presentation">
          <div class="rows" role="rowgroup">
            ${Array.from({ length: Math.max(0, last - first) }, (_, i) => this.renderRow(first + i))}
          </div>
        </div>
      </div>
    `;
  }

  private renderName({ key, label, meaning, isNumber, canSort }: Column) {
    const isSorted = this.sort?.key === key;
    const direction = isSorted ? (this.sort!.isDescending ? "descending" : "ascending") : "none";
    const arrow = isSorted ? (this.sort!.isDescending ? "↓" : "↑") : "";
    return html`<div
      role="columnheader" title=${meaning} class=${isNumber ? "number" : ""} aria-sort=${canSort ? direction : nothing}
    >
      ${canSort
        ? html`<button
            class="plain"
            @click=${() => this.dispatchEvent(new CustomEvent("lms-sort", { detail: key }) satisfies SortEvent)}
          >${label}<span class="arrow" aria-hidden="true">${arrow}</span></button>`
        : label}
    </div>`;
  }

  private renderRow(i: number) {
    const { to, cells } = this.row(i);
    return html`<div
      class="line ${i === this.current ? "current" : ""}" role="row" id="row-${i}" aria-rowindex=${i + 2}
      @click=${(event: MouseEvent) => this.open(event, to)}
    >
      ${cells.map((cell, k) => {
        const column = this.columns[k]!;
        return html`<div role="gridcell" class=${column.isNumber ? "number" : ""}>
          ${k === 0 ? html`<a href=${to} tabindex="-1">${cell}</a>` : cell}
        </div>`;
      })}
    </div>`;
  }

  static override styles = [
    theme,
    base,
    css`
      .box {
        position: relative;
        max-height: var(--tallest, 40rem);
        overflow: auto;
        overflow-anchor: none;
        border: 1px solid var(--line);
        border-radius: var(--round);
      }
      .head {
        position: sticky;
        top: 0;
        z-index: 2;
        min-width: var(--least);
        border-bottom: 1px solid var(--edge);
        background: var(--raised);
      }
      .whole {
        min-width: var(--least);
        height: var(--length, 0);
        overflow: clip;
      }
      .rows {
        position: sticky;
        top: var(--row);
        height: 0;
      }
      .line {
        display: grid;
        grid-template-columns: var(--columns);
        height: var(--row);
        align-items: center;
        font-size: 0.875rem;
      }
      .rows .line {
        transform: translateY(var(--offset));
        cursor: pointer;
      }
      .rows .line:nth-child(n) {
        border-bottom: 1px solid var(--line);
      }
      .rows .line:hover > * {
        background: var(--raised);
      }
      .rows .line.current {
        outline: 2px solid var(--link);
        outline-offset: -2px;
      }
      .line > * {
        height: 100%;
        padding: 0 0.6rem;
        overflow: hidden;
        line-height: calc(var(--row) - 1px);
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .line > :first-child {
        position: sticky;
        left: 0;
        z-index: 1;
        background: var(--page);
      }
      .head .line > :first-child {
        background: var(--raised);
      }
      .head .plain {
        color: var(--ink);
        font-weight: 600;
        line-height: inherit;
        text-decoration: none;
      }
      .head .plain:hover:enabled {
        text-decoration: underline;
      }
      .arrow {
        display: inline-block;
        width: 1em;
        text-align: center;
      }
      .head .number .arrow:empty {
        display: none;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "lms-table": Table;
  }
}
