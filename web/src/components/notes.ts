/** What a reader thinks of one neuron: star, note and tags, kept in the lab notebook.
 *
 * Nothing typed is lost: it is saved as it is typed, kept in the browser until the notebook has it, and
 * where another window has written meanwhile both versions are shown and the reader chooses.
 */

import { LitElement, css, html, nothing } from "lit";
import type { PropertyValues } from "lit";
import { customElement, property } from "lit/decorators.js";
import { Draft } from "../drafts.ts";
import type { Store } from "../drafts.ts";
import { joined, tagsOf } from "../lists.ts";
import type { Written } from "../lists.ts";
import type { Journal } from "../source.ts";
import { base, theme } from "../theme.ts";
import type { Entry } from "../types.ts";

const PAUSE_MS = 800;

/** The browser's own store; where it is not allowed, one that forgets. */
function store(): Store {
  try {
    return localStorage;
  } catch {
    return { getItem: () => null, setItem: () => {}, removeItem: () => {} };
  }
}

@customElement("lms-notes")
export class Notes extends LitElement {
  @property({ attribute: false }) journal!: Journal;
  /** As the notebook had it when the neuron came. */
  @property({ attribute: false }) entry!: Entry;

  private draft!: Draft;
  /** Tags as they are typed. */
  private typed = "";
  private timer = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("pagehide", this.flush);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("pagehide", this.flush);
    this.flush();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("entry") && !changed.has("journal")) return;
    this.flush(); // the draft of the neuron before goes on by itself
    this.draft = new Draft(this.journal, this.entry, store(), () => this.requestUpdate());
    this.typed = this.draft.written.tags.join(", ");
    if (!this.draft.isSaved) this.later();
  }

  /** Turns the star on or off. */
  toggleStar(): void {
    this.draft.change({ starred: !this.draft.written.starred });
    this.flush();
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(this.flush, PAUSE_MS);
  }

  private flush = (): void => {
    clearTimeout(this.timer);
    void this.draft?.save();
  };

  private type(part: Partial<Written>): void {
    this.draft.change(part);
    this.later();
  }

  private choose(version: Written): void {
    this.typed = version.tags.join(", ");
    void this.draft.choose(version);
  }

  protected override render() {
    const { written, said, theirs } = this.draft;
    return html`<div class="notes no-print">
        <button class="star" aria-pressed=${written.starred} title="Star: s" @click=${this.toggleStar}>
          <span aria-hidden="true">${written.starred ? "★" : "☆"}</span> star
        </button>
        <label class="note"
          ><span class="visually-hidden">Note</span>
          <textarea
            rows="1" placeholder="What does it respond to? Your note" .value=${written.note}
            @input=${(e: Event) => this.type({ note: (e.target as HTMLTextAreaElement).value })}
            @change=${this.flush}
          ></textarea
        ></label>
        <label class="tags"
          ><span class="visually-hidden">Tags, with commas between them</span>
          <input
            type="text" placeholder="tags, with, commas" autocomplete="off" .value=${this.typed}
            @input=${this.typeTags} @change=${this.flush}
        /></label>
        <span class="quiet said" role="status">${said}</span>
      </div>
      <p class="on-paper">
        ${written.starred ? "★ " : ""}${written.note} ${written.tags.length ? html`<span class="quiet">${written.tags.join(", ")}</span>` : nothing}
      </p>
      ${theirs ? this.renderConflict(theirs) : nothing}`;
  }

  private typeTags(event: Event): void {
    this.typed = (event.target as HTMLInputElement).value;
    this.type({ tags: tagsOf(this.typed) });
  }

  private renderConflict(theirs: Entry) {
    const { written } = this.draft;
    const both = joined(written, theirs);
    return html`<div class="alert conflict" role="alert">
      <p>This entry was changed in another window while you wrote. Nothing is lost; choose.</p>
      <div class="versions">
        ${this.renderVersion("Yours", written, "keep yours")}
        ${this.renderVersion("The other", theirs, "take the other")}
        ${this.renderVersion("Both", both, "keep both")}
      </div>
    </div>`;
  }

  private renderVersion(name: string, version: Written, says: string) {
    return html`<div>
      <h3>${name} ${version.starred ? "★" : ""}</h3>
      <p class="text">${version.note || html`<span class="quiet">no note</span>`}</p>
      <p class="quiet">${version.tags.length ? version.tags.join(", ") : "no tags"}</p>
      <button @click=${() => this.choose(version)}>${says}</button>
    </div>`;
  }

  static override styles = [
    theme,
    base,
    css`
      .notes {
        display: flex;
        flex-wrap: wrap;
        align-items: flex-start;
        gap: 0.5rem;
        margin: 0.5rem 0;
      }
      .note {
        flex: 3 1 16rem;
      }
      .tags {
        flex: 1 1 9rem;
      }
      .tags input {
        width: 100%;
      }
      textarea {
        display: block;
        min-height: 2.1rem;
        max-height: 14rem;
        field-sizing: content;
      }
      .said:empty {
        display: none;
      }
      .said {
        flex: 0 1 auto;
        padding: 0.3rem 0;
        white-space: pre-line;
      }
      .on-paper {
        display: none;
        white-space: pre-line;
      }
      @media print {
        .on-paper {
          display: block;
        }
      }
      .conflict {
        max-width: none;
        white-space: normal;
      }
      .versions {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr));
        gap: 1rem;
      }
      h3 {
        margin: 0.3rem 0;
      }
      .text {
        max-height: 12rem;
        overflow-y: auto;
        white-space: pre-wrap;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "lms-notes": Notes;
  }
}
