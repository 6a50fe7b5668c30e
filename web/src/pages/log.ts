/** The log: every neuron that one person has seen, with star, note and tags. */

import { LitElement, css, html, nothing } from "lit";
import type { PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import * as address from "../address.ts";
import "../components/notes.ts";
import { isTyping } from "../keys.ts";
import { Explained } from "../source.ts";
import type { Journal, Source } from "../source.ts";
import { base, theme } from "../theme.ts";
import type { Entry, KeptTest, Shelf } from "../types.ts";
import { count } from "../words.ts";

/** Entries that are drawn at once; more at the reader's wish. */
const N_SHOWN = 100;

const FORMATS = [["md", "Markdown"], ["jsonl", "JSON lines"], ["csv", "CSV"]] as const;

const when = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

const keyOf = ({ model, weights, site, layer, index }: Entry) => [model, weights, site, layer, index].join(" ");

/** The same lab notebook, and what it has taken is told. */
function telling(journal: Journal, tell: (entry: Entry) => void): Journal {
  const mark = async (entry: Entry) => {
    const saved = await journal.mark(entry);
    tell(saved);
    return saved;
  };
  return Object.create(journal, { mark: { value: mark } });
}

const some = (n: number, what: string) => `${count(n)} ${what}${n === 1 ? "" : "s"}`;

@customElement("lms-log-page")
export class LogPage extends LitElement {
  @property({ attribute: false }) source!: Source;
  @property({ attribute: false }) shelf!: Shelf;
  @property({ attribute: false }) address!: { page: "log" };

  @state() private entries: Entry[] | null = null;
  @state() private sought = "";
  @state() private isOnlyStarred = false;
  @state() private tag = "";
  @state() private nShown = N_SHOWN;
  /** Entries whose notes are being written, as they were before. */
  @state() private open: ReadonlyMap<string, Entry> = new Map();
  @state() private said = "";
  @state() private trouble = "";
  @state() private tests: KeptTest[] = [];

  @query("#search") private search!: HTMLInputElement | null;
  @query("#pasted") private pasted!: HTMLTextAreaElement;

  private telling: Journal | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("keydown", this.press);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("keydown", this.press);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("address")) return;
    const { journal } = this.source;
    this.telling = journal && telling(journal, (entry) => this.take(entry));
    void this.read();
  }

  private async read(): Promise<void> {
    const { journal } = this.source;
    if (!journal) return;
    const { person } = journal;
    await this.trying(async () => {
      const tests = await this.source.evidence!.tests();
      if (person === journal.person) this.tests = tests;
    });
    await this.trying(async () => {
      const { entries } = await journal.log();
      if (person !== journal.person) return;
      const known = new Map(this.entries?.map((e) => [keyOf(e), e]));
      // What was saved while the log was on its way is newer than the log.
      this.entries = entries.map((e) => ((known.get(keyOf(e))?.version ?? 0) > e.version ? known.get(keyOf(e))! : e));
    });
  }

  private async trying(work: () => Promise<void>): Promise<void> {
    this.trouble = "";
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.trouble = error.message;
    }
  }

  private take(entry: Entry): void {
    this.entries = this.entries?.map((e) => (keyOf(e) === keyOf(entry) && e.version < entry.version ? entry : e)) ?? null;
  }

  /** The star goes through whatever else was changed meanwhile: it takes nothing away. */
  private async star(entry: Entry): Promise<void> {
    const starred = !entry.starred;
    await this.trying(async () => {
      try {
        await this.telling!.mark({ ...entry, starred });
      } catch (error) {
        if (!(error instanceof Explained && error.status === 409 && error.facts.entry)) throw error;
        await this.telling!.mark({ ...(error.facts.entry as Entry), starred });
      }
    });
  }

  private edit(entry: Entry, isOpen: boolean): void {
    const open = new Map(this.open);
    if (isOpen) open.set(keyOf(entry), entry);
    else open.delete(keyOf(entry));
    this.open = open;
    if (!isOpen) void this.read();
  }

  private rename(event: SubmitEvent): void {
    event.preventDefault();
    const { journal } = this.source;
    const name = String(new FormData(event.target as HTMLFormElement).get("person")).trim();
    if (!journal || !name || name === journal.person) return;
    journal.person = name;
    this.entries = null;
    this.open = new Map();
    this.tag = this.sought = "";
    this.said = `This is the log of ${name} now.`;
    void this.read();
  }

  private async bringIn(jsonl: string): Promise<void> {
    if (!jsonl.trim()) {
      this.said = "There is nothing to import: choose a file, or paste its lines.";
      return;
    }
    this.said = "Importing…";
    await this.trying(async () => {
      const { n_added, n_merged } = await this.source.journal!.importLines(jsonl);
      const were = n_merged === 1 ? "was" : "were";
      const merged = n_merged ? ` ${some(n_merged, "neuron")} ${were} here already; nothing of ${n_merged === 1 ? "it" : "them"} is lost.` : "";
      this.said = `${some(n_added, "neuron")} came in.${merged}`;
      this.pasted.value = "";
      await this.read();
    });
    if (this.trouble) this.said = "";
  }

  private async choseFile(event: Event): Promise<void> {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    if (file) await this.bringIn(await file.text());
    input.value = "";
  }

  private press = (event: KeyboardEvent): void => {
    if (event.key !== "/" || isTyping(event) || !this.search) return;
    event.preventDefault();
    this.search.focus();
    this.search.select();
  };

  private get found(): Entry[] {
    const sought = this.sought.trim().toLowerCase();
    return (this.entries ?? []).filter(
      (e) =>
        (!this.isOnlyStarred || e.starred) &&
        (!this.tag || e.tags.includes(this.tag)) &&
        [`L${e.layer}N${e.index}`, e.catalogue ?? "", e.model, e.note, ...e.tags].some((t) => t.toLowerCase().includes(sought)),
    );
  }

  protected override render() {
    const { journal } = this.source;
    const { entries } = this;
    if (!journal) {
      return html`<h1>Log</h1>
        <p class="alert">${this.shelf.why_no_journal}</p>`;
    }
    const nStarred = entries?.filter((e) => e.starred).length ?? 0;
    return html`
      <h1>Log</h1>
      ${this.trouble ? html`<div class="alert" role="alert">${this.trouble}</div>` : nothing}
      <form class="row" @submit=${this.rename}>
        <label>You are <input name="person" type="text" required maxlength="100" autocomplete="nickname" .value=${journal.person} /></label>
        <button>Change</button>
        <span class="quiet">Each name has a log of its own.</span>
      </form>
      <p class="sum">${entries ? `Seen ${some(entries.length, "neuron")}, ${count(nStarred)} starred.` : "Reading…"}</p>
      ${entries?.length ? this.renderList(entries) : nothing}
      ${entries && !entries.length
        ? html`<p class="quiet">Every neuron whose page you open is noted here, with what you write about it.</p>`
        : nothing}
      ${this.renderTests()} ${this.renderExchange(journal)}
      <p role="status">${this.said}</p>
    `;
  }

  private renderList(entries: Entry[]) {
    const { found } = this;
    const tags = [...new Set(entries.flatMap((e) => e.tags))].sort((a, b) => a.localeCompare(b));
    return html`
      <div class="row" role="search" aria-label="Log">
        <label
          >Search
          <input
            id="search" type="search" .value=${this.sought} placeholder="in notes, tags, names"
            @input=${(e: InputEvent) => (this.sought = (e.target as HTMLInputElement).value)}
        /></label>
        <label
          ><input
            type="checkbox" .checked=${this.isOnlyStarred}
            @change=${(e: Event) => (this.isOnlyStarred = (e.target as HTMLInputElement).checked)}
          />
          starred only</label
        >
        ${tags.length
          ? html`<label
              >Tag
              <select @change=${(e: Event) => (this.tag = (e.target as HTMLSelectElement).value)}>
                <option value="" ?selected=${!this.tag}>all</option>
                ${tags.map((t) => html`<option value=${t} ?selected=${t === this.tag}>${t}</option>`)}
              </select></label
            >`
          : nothing}
        <span class="quiet" role="status">
          ${found.length < entries.length ? `${count(found.length)} of ${count(entries.length)}` : nothing}
        </span>
      </div>
      <ol>
        ${repeat(found.slice(0, this.nShown), keyOf, (e) => this.renderEntry(e))}
      </ol>
      ${found.length > this.nShown
        ? html`<button @click=${() => (this.nShown += N_SHOWN)}>Show ${count(Math.min(N_SHOWN, found.length - this.nShown))} more</button>`
        : nothing}
    `;
  }

  private renderEntry(entry: Entry) {
    const { catalogue, layer, index } = entry;
    const name = `L${layer}N${index}`;
    const before = this.open.get(keyOf(entry));
    return html`<li>
      <div class="line">
        <button
          class="plain star" aria-pressed=${entry.starred} aria-label="Star ${name}" ?disabled=${catalogue === null}
          @click=${() => this.star(entry)}
        >
          <span aria-hidden="true">${entry.starred ? "★" : "☆"}</span>
        </button>
        <span class="name">
          ${catalogue === null ? name : html`<a href=${address.neuron({ catalogue, layer, neuron: index })}>${name}</a>`}
          <span class="quiet">${catalogue ?? html`${entry.model}, site ${entry.site}: not on this site`}</span>
        </span>
        <span class="quiet when">
          <time datetime=${entry.last_seen}>${when.format(new Date(entry.last_seen))}</time>${entry.n_visits > 1
            ? `, seen ${count(entry.n_visits)} times`
            : nothing}
        </span>
        ${catalogue === null
          ? nothing
          : html`<button
              class="plain" aria-expanded=${before !== undefined} aria-label="${before ? "Close" : "Edit"} the note on ${name}"
              @click=${() => this.edit(entry, !before)}
            >
              ${before ? "close" : "edit"}
            </button>`}
      </div>
      ${before
        ? html`<lms-notes .journal=${this.telling!} .entry=${before}></lms-notes>`
        : html`${entry.note ? html`<p class="note" dir="auto">${entry.note}</p>` : nothing}
          ${entry.tags.length
            ? html`<p class="tags">${entry.tags.map((tag) => html`<bdi class="badge">${tag}</bdi> `)}</p>`
            : nothing}`}
    </li>`;
  }

  private renderTests() {
    const { tests } = this;
    if (!tests.length) return nothing;
    return html`<h2>Tests</h2>
      <p class="quiet">All that were made, whatever came out, newest first.</p>
      <div class="wide tests" role="region" tabindex="0" aria-label="Tests">
        <table>
          <thead>
            <tr><th scope="col">tested</th><th scope="col">neuron</th><th scope="col">verdict</th><th scope="col">claim</th><th scope="col">rule</th></tr>
          </thead>
          <tbody>
            ${tests.map(
              (test) => html`<tr>
                <td class="date"><time datetime=${test.tested}>${when.format(new Date(test.tested))}</time></td>
                <td>${test.model} L${test.layer}N${test.index}</td>
                <td><a href=${address.test(test.id)} aria-label="${test.verdict}: test ${test.id}">${test.verdict}</a></td>
                <td><bdi>${test.claim}</bdi></td>
                <td><code>${test.rule}</code></td>
              </tr>`,
            )}
          </tbody>
        </table>
      </div>`;
  }

  private renderExchange(journal: Journal) {
    return html`
      <h2>Take it along</h2>
      <p class="row">
        Export as
        ${FORMATS.map(([format, name]) => html`<a href=${journal.exportUrl(format)} download>${name}</a>`)}
      </p>
      <details>
        <summary>Import</summary>
        <p class="quiet">The JSON lines of an export, of this log or of another.</p>
        <p><label>File <input type="file" accept=".jsonl,.json,.ndjson,.txt" @change=${this.choseFile} /></label></p>
        <p>
          <label>Or its lines <textarea id="pasted" rows="3" spellcheck="false"></textarea></label>
        </p>
        <button @click=${() => this.bringIn(this.pasted.value)}>Import the lines</button>
      </details>
    `;
  }

  static override styles = [
    theme,
    base,
    css`
      .sum {
        font-size: 1.1rem;
      }
      ol {
        margin: 1rem 0;
        padding: 0;
        list-style: none;
      }
      li {
        padding: 0.5rem 0;
        border-top: 1px solid var(--line);
      }
      .line {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0.2rem 0.8rem;
      }
      .name {
        flex: 1 1 12rem;
      }
      .name a {
        font-weight: 600;
      }
      button.star {
        font-size: 1.1rem;
        text-decoration: none;
      }
      button.star[aria-pressed="true"] {
        background: none;
        color: var(--negative-mark);
      }
      .tests {
        max-height: 24rem;
        overflow-y: auto;
      }
      .date {
        white-space: nowrap;
      }
      .tests :is(bdi, code) {
        overflow-wrap: anywhere;
      }
      .note {
        margin: 0.2rem 0 0.2rem 1.8rem;
        white-space: pre-wrap;
      }
      .tags {
        margin: 0.2rem 0 0.2rem 1.8rem;
      }
      lms-notes {
        margin-left: 1.8rem;
      }
    `,
  ];
}
