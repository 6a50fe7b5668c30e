/** What a reader writes about one neuron, on its way into the lab notebook. Knows no DOM.
 *
 * Nothing typed is lost: it is kept in the browser until the notebook has it, saved in order, and where
 * somebody else has written meanwhile it waits until the reader has chosen.
 */

import { isSame } from "./lists.ts";
import type { Written } from "./lists.ts";
import { Explained } from "./source.ts";
import type { Journal } from "./source.ts";
import type { Entry } from "./types.ts";

/** What localStorage offers and this needs. */
export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** A draft, and what the notebook had when it was begun. */
interface Kept {
  written: Written;
  base: Written;
}

const only = ({ starred, note, tags }: Written): Written => ({ starred, note, tags });

export class Draft {
  /** What the reader sees. */
  written: Written;
  /** The entry that somebody else has written meanwhile; nothing is sent while it is there. */
  theirs: Entry | null = null;
  said = "";
  private saving: Promise<void> | null = null;
  private readonly key: string;

  constructor(
    private readonly journal: Journal,
    /** As the notebook has it, as far as we know. */
    private saved: Entry,
    private readonly store: Store,
    private readonly onChange: () => void,
  ) {
    const { model, weights, site, layer, index } = saved;
    this.key = `lmscope.draft ${journal.person} ${model} ${weights} ${site} ${layer} ${index}`;
    const kept = this.kept();
    this.written = kept?.written ?? only(saved);
    if (this.isSaved) return;
    if (kept && !isSame(kept.base, saved)) this.theirs = saved;
    else this.said = "brought back what you had typed";
  }

  get isSaved(): boolean {
    return isSame(this.written, this.saved);
  }

  change(part: Partial<Written>): void {
    this.written = { ...this.written, ...part };
    this.said = "";
    this.keep();
    this.onChange();
  }

  /** Sends what is not saved yet; returns when there is nothing left to send. */
  save(): Promise<void> {
    this.saving ??= this.send().finally(() => (this.saving = null));
    return this.saving;
  }

  /** Goes on with one of the versions, or both, after somebody else has written. */
  choose(version: Written): Promise<void> {
    if (this.theirs) this.saved = this.theirs;
    this.theirs = null;
    this.change(only(version));
    return this.save();
  }

  private async send(): Promise<void> {
    while (!this.isSaved && !this.theirs) {
      this.said = "saving…";
      this.onChange();
      try {
        const sent = this.written;
        this.saved = await this.journal.mark({ ...this.saved, ...sent });
        // The notebook has its own way of writing: tags in order, for one.
        if (this.written === sent) this.written = only(this.saved);
        this.said = this.isSaved ? "saved" : "";
      } catch (error) {
        this.said = this.refused(error);
        if (this.said) break;
      } finally {
        this.keep();
        this.onChange();
      }
    }
  }

  private refused(error: unknown): string {
    if (error instanceof Explained && error.status === 409 && error.facts.entry) {
      const theirs = error.facts.entry as Entry;
      // The same words in two windows are no conflict.
      if (isSame(theirs, this.written) || isSame(theirs, this.saved)) this.saved = theirs;
      else this.theirs = theirs;
      return "";
    }
    return `not saved: ${error instanceof Error ? error.message : String(error)}`;
  }

  private kept(): Kept | null {
    try {
      return JSON.parse(this.store.getItem(this.key) ?? "null");
    } catch {
      return null; // a browser that stores nothing
    }
  }

  private keep(): void {
    try {
      if (this.isSaved) this.store.removeItem(this.key);
      else this.store.setItem(this.key, JSON.stringify({ written: this.written, base: only(this.saved) } satisfies Kept));
    } catch {
      // A browser that stores nothing: the page still has it.
    }
  }
}
