/** Reads pieces of files from any static host, and keeps them. Knows HTTP, but not what the bytes mean. */

import { damaged } from "./format.ts";
import { Explained } from "./source.ts";

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** A file of a catalogue: where it lies, what to call it in a sentence, how long the manifest says it is. */
export interface RemoteFile {
  url: string;
  name: string;
  size: number;
}

/** Bytes kept, and the longest file taken whole from a host that knows no ranges. */
const LIMIT = 64 << 20;

/** What went wrong, as the server explains it or as its status says. */
export async function refusal(response: Response, name: string): Promise<Explained> {
  const { status } = response;
  const isExplained = response.headers.get("content-type")?.startsWith("application/problem+json");
  const problem = isExplained ? await response.json().catch(() => null) : null;
  if (problem) {
    const { type: _, title: __, status: ___, detail, kind, ...facts } = problem;
    return new Explained(detail, status, kind, facts);
  }
  const what = `the server answers ${status} ${response.statusText}`.trim();
  return new Explained(`${name} cannot be read: ${what}.\nReload the page to try again.`, status, "ServerFault");
}

/** The same for a file, which may simply not be there. */
async function unread(response: Response, name: string): Promise<Explained> {
  const found = await refusal(response, name);
  return found.kind === "ServerFault" && [404, 410].includes(found.status) ? damaged(name, "it is missing") : found;
}

export class Ranges {
  private readonly kept = new Map<string, Uint8Array>();
  private nKept = 0;
  private readonly underway = new Map<string, { bytes: Promise<Uint8Array>; stop: AbortController; nWaiting: number }>();
  private readonly probes = new Map<string, Promise<unknown>>();

  constructor(
    private readonly fetch: Fetch,
    /** The sentence for a host that does not answer at all. */
    private readonly gone: () => string,
  ) {}

  /** Bytes [start, stop) of a file. Whoever asks for the same meanwhile shares the answer. */
  async read(file: RemoteFile, start: number, stop: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    if (start === stop) return new Uint8Array();
    if (stop > file.size) throw damaged(file.name, "it is cut short");
    const key = `${start}-${stop} ${file.url}`;
    // The first piece of a file comes alone: a host may send all of it.
    const probe = this.probes.get(file.url);
    if (probe && !this.underway.has(key)) await untilAborted(probe, signal);
    const known = this.recall(key) ?? this.recall(file.url)?.subarray(start, stop);
    if (known) return known;
    const reading = this.share(key, (s) => this.request(file, start, stop, s), signal);
    if (!probe) {
      const settled = reading.then(() => {}, () => this.probes.delete(file.url));
      this.probes.set(file.url, settled);
    }
    return reading;
  }

  /** A whole file. The browser asks whether its own copy is still the newest. */
  async whole(url: string, name: string): Promise<Uint8Array> {
    const response = await this.answer(url, { cache: "no-cache" });
    if (!response.ok) throw await unread(response, name);
    return this.body(response);
  }

  /** Brings a file that is needed whole, so that its pieces are here; in one answer, which may be compressed. */
  async load(file: RemoteFile): Promise<void> {
    const bytes = await this.whole(file.url, file.name);
    checkSize(bytes.length, file);
    this.keep(file.url, bytes);
  }

  private async share(key: string, work: (s: AbortSignal) => Promise<Uint8Array>, signal?: AbortSignal): Promise<Uint8Array> {
    let job = this.underway.get(key);
    if (!job) {
      const stop = new AbortController();
      const bytes = work(stop.signal).finally(() => {
        if (this.underway.get(key) === job) this.underway.delete(key);
      });
      job = { bytes, stop, nWaiting: 0 };
      this.underway.set(key, job);
    }
    job.nWaiting++;
    try {
      return await untilAborted(job.bytes, signal);
    } finally {
      if (--job.nWaiting === 0 && signal?.aborted) {
        if (this.underway.get(key) === job) this.underway.delete(key); // nobody joins what is being stopped
        job.stop.abort();
      }
    }
  }

  private async request(file: RemoteFile, start: number, stop: number, signal: AbortSignal): Promise<Uint8Array> {
    // Not through the browser's cache: it lets one request at a time read a file, and may mix old pieces with new.
    const response = await this.answer(file.url, { cache: "no-store", headers: { range: `bytes=${start}-${stop - 1}` }, signal });
    if (response.status === 416) throw damaged(file.name, "it is cut short");
    if (!response.ok) throw await unread(response, file.name);
    const isWhole = response.status !== 206;
    if (isWhole && file.size > LIMIT) {
      await response.body?.cancel();
      const has = `${file.name} has ${Math.round(file.size / (1 << 20))} MB`;
      throw new Explained(
        `This host does not send pieces of files (HTTP Range), and ${has}.\n` +
          "Put the folder on a host that does, or show it with: lmscope serve",
        response.status,
        "NoRanges",
      );
    }
    const bytes = await this.body(response);
    if (isWhole) {
      checkSize(bytes.length, file);
      this.keep(file.url, bytes);
      return bytes.subarray(start, stop);
    }
    const total = /\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1];
    if (total) checkSize(Number(total), file);
    if (bytes.length !== stop - start) throw damaged(file.name, "it is cut short");
    this.keep(`${start}-${stop} ${file.url}`, bytes);
    return bytes;
  }

  /** A response of any status; a host that is not there is a sentence. */
  async answer(url: string, init: RequestInit): Promise<Response> {
    return this.reached(() => this.fetch(url, init));
  }

  async body(response: Response): Promise<Uint8Array> {
    return new Uint8Array(await this.reached(() => response.arrayBuffer()));
  }

  private async reached<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new Explained(this.gone(), 0, "NoAnswer");
    }
  }

  private recall(key: string): Uint8Array | undefined {
    const bytes = this.kept.get(key);
    if (bytes) {
      this.kept.delete(key); // to the end: a Map remembers the order, and the oldest go first
      this.kept.set(key, bytes);
    }
    return bytes;
  }

  private keep(key: string, bytes: Uint8Array): void {
    this.nKept += bytes.length - (this.kept.get(key)?.length ?? 0);
    this.kept.delete(key);
    this.kept.set(key, bytes);
    for (const [oldest, { length }] of this.kept) {
      if (this.nKept <= LIMIT) break;
      this.kept.delete(oldest);
      this.nKept -= length;
    }
  }
}

function checkSize(size: number, file: RemoteFile): void {
  if (size === file.size) return;
  throw damaged(file.name, `it has ${size.toLocaleString("en")} bytes instead of ${file.size.toLocaleString("en")}`);
}

/** The promise's result, unless the signal comes first. */
function untilAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise;
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
