/** Where a page's data comes from: the one seam between the components and the outside world. */

import type { Entry, Log, Look, NeuronRecord, Ranking, Shelf, Shelved } from "./types.ts";

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

/** One catalogue, read by ranges of its own files. */
export interface Catalogue {
  readonly shelved: Shelved;
  /** manifest.json as it is. */
  readonly manifest: any;
  neuron(layer: number, index: number, signal?: AbortSignal): Promise<NeuronRecord>;
  /** A whole statistic, row-major [layers scanned, d_mlp] (peak_ids, peak_counts: times 5). Cached. */
  column(name: string): Promise<Float32Array | Uint8Array | Uint16Array | Uint32Array | Float64Array>;
  /** Texts of all tokens; index is the id. Cached. */
  vocabulary(): Promise<Vocabulary>;
  /** Bytes of a document, and where it came from. */
  document(index: number): Promise<{ bytes: Uint8Array; source: string; offset: number }>;
}

export interface Vocabulary {
  readonly length: number;
  bytes(id: number): Uint8Array;
  /** Text; bytes that are no whole character as \xe2. */
  text(id: number): string;
}

/** What only a server with a model or a lab notebook can do; absent on a static host. */
export interface Live {
  look(
    address: string, layer: number, index: number, texts: string[], signal: AbortSignal,
  ): Promise<(Look | Explained)[]>;
  /** Neurons that respond most to a text, or, with `token`, at that token. */
  rank(address: string, text: string, token: number | null, signal: AbortSignal): Promise<Ranking>;
}

export interface Journal {
  readonly person: string;
  log(): Promise<Log>;
  entry(address: string, layer: number, index: number): Promise<Entry | null>;
  visit(address: string, layer: number, index: number): Promise<Entry>;
  /** Throws Explained with status 409 and facts.entry if the entry has changed meanwhile. */
  mark(entry: Entry): Promise<Entry>;
  importLines(jsonl: string): Promise<{ n_added: number; n_merged: number }>;
  exportUrl(format: "md" | "jsonl" | "csv"): string;
}

export interface Source {
  shelf(): Promise<Shelf>;
  catalogue(address: string): Promise<Catalogue>;
  readonly live: Live | null;
  readonly journal: Journal | null;
}
