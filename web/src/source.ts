/** Where a page's data comes from: the one seam between the components and the outside world. */

import type { Entry, Job, KeptTest, Log, Look, NeuronRecord, Preview, Ranking, Shelf, Shelved } from "./types.ts";
import type { TestAsked, Texts, WholeTest, Which } from "./types.ts";

/** A sentence for the reader, from the server or from here; never a stack trace. */
export class Explained extends Error {
  constructor(
    message: string,
    readonly status = 0,
    readonly kind = "",
    /** The rest of the problem's facts, such as the entry that another window has changed. */
    readonly facts: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

/** Numbers of one kind, one or more for each neuron. */
export type Column = Float32Array | Float64Array | Uint8Array | Uint16Array | Uint32Array;

/** Where a document came from: a file or data set, and the byte or row there. */
export interface Origin {
  source: string;
  offset: number;
}

/** One catalogue, read by ranges of its own files. */
export interface Catalogue {
  readonly shelved: Shelved;
  /** manifest.json as it is. */
  readonly manifest: any;
  neuron(layer: number, index: number, signal?: AbortSignal): Promise<NeuronRecord>;
  /** A statistic of every neuron, in the order of format.ts's `Places` (peak_ids, peak_counts: 5 each). Cached. */
  column(name: string): Promise<Column>;
  /** One neuron's part of a statistic, by its place in that order; its neighbours come along. */
  row(name: string, place: number): Promise<Column>;
  /** Texts of all tokens; index is the id. Cached. */
  vocabulary(): Promise<Vocabulary>;
  /** Where a document came from; reads none of its text. */
  origin(document: number): Promise<Origin>;
  /** Bytes [start, end) of a document as far as it has them (`start`: of the first one), and its size. */
  document(index: number, start?: number, end?: number): Promise<{ bytes: Uint8Array; start: number; size: number }>;
  /** Bytes of its document that a segment covers, half-open. */
  segment(index: number): Promise<{ document: number; start: number; end: number }>;
}

export interface Vocabulary {
  readonly length: number;
  bytes(id: number): Uint8Array;
  /** Text; bytes that are no whole character as \xe2. */
  text(id: number): string;
}

/** What only a server with a model can do; absent on a static host. */
export interface Live {
  look(address: string, layer: number, index: number, text: string, signal: AbortSignal): Promise<Look>;
  /** Neurons that respond most to a text, or, with `token`, at that token. */
  rank(address: string, text: string, token: number | null, signal: AbortSignal): Promise<Ranking>;
}

/** The log of one person in the lab notebook; absent on a static host. */
export interface Journal {
  /** Who writes; remembered by the browser. */
  person: string;
  log(): Promise<Log>;
  entry(address: string, layer: number, index: number): Promise<Entry | null>;
  visit(address: string, layer: number, index: number): Promise<Entry>;
  /** Throws Explained with status 409 and facts.entry if the entry has changed meanwhile. */
  mark(entry: Entry): Promise<Entry>;
  importLines(jsonl: string): Promise<{ n_added: number; n_merged: number }>;
  exportUrl(format: "md" | "jsonl" | "csv"): string;
}

/** What only a server can do with hypotheses: what a rule marks, tests, and those on record; absent on a static host. */
export interface Evidence {
  preview(at: { catalogue: string; layer: number; neuron: number }, rule: string, tokens: Which, signal: AbortSignal): Promise<Preview>;
  /** What is understood of texts that were pasted. */
  texts(written: string, rule: string | null, signal: AbortSignal): Promise<Texts>;
  /** Puts a hypothesis on record and begins to test it. */
  test(asked: TestAsked): Promise<Job>;
  job(id: string): Promise<Job>;
  cancel(id: string): Promise<Job>;
  /** Tests on record, newest first: all of this reader, or those of one neuron. */
  tests(at?: { catalogue: string; layer: number; neuron: number }): Promise<KeptTest[]>;
  one(id: number): Promise<WholeTest>;
  /** The report as Markdown. */
  markdown(id: number): Promise<string>;
  fileUrl(id: number, file: "report.md" | "report.html" | "hypothesis.toml"): string;
}

export interface Source {
  shelf(): Promise<Shelf>;
  catalogue(address: string): Promise<Catalogue>;
  readonly live: Live | null;
  readonly journal: Journal | null;
  readonly evidence: Evidence | null;
}
