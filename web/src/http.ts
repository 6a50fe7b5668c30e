/** The site's data from any web server: catalogues by ranges of their files, and, where
 * `lmscope serve` answers, the model and the lab notebook by its API. Knows no component. */

import { EXAMPLES, FORMAT, HISTOGRAMS, LOGITS, Places, STATS, Tokens } from "./format.ts";
import { damaged, headerLength, numbers, readHeader, record, rowsOf, tensor } from "./format.ts";
import type { Header, Numbers, Window } from "./format.ts";
import { Ranges, refusal } from "./ranges.ts";
import type { Fetch, RemoteFile } from "./ranges.ts";
import { Explained } from "./source.ts";
import type { Catalogue, Column, Evidence, Journal, Live, Origin, Source } from "./source.ts";
import type { Entry, Job, KeptTest, Log, Look, NeuronRecord, Preview, Ranking, Shelf, Shelved } from "./types.ts";
import type { TestAsked, Texts, WholeTest, Which } from "./types.ts";

/** Neighbouring rows that come with the one that is read, so that the next neuron is here already. */
const GROUP_BYTES = 16 << 10;
const GROUP_ROWS = 64;

const VOCABULARY = "vocab.safetensors";
const DOCUMENTS = "documents/documents.safetensors";
const SEGMENTS = "documents/segments.safetensors";
const TOKENS = "documents/tokens.safetensors";
const TEXT = "documents/text.bin";
const PACK = "documents/pack.json";

/** Longer than the header of any file that lmscope writes. */
const FIRST_BYTES = 2048;

export class HttpSource implements Source {
  private readonly base: string;
  private readonly ranges: Ranges;
  private readonly api: Api;
  private readonly catalogues = new Map<string, Promise<HttpCatalogue>>();
  private shelving: Promise<Shelf> | undefined;
  private onShelf: Shelf | undefined;
  private notebook: HttpJournal | undefined;
  private tester: HttpEvidence | undefined;

  /** `base` is the folder of the page: the site works under any path. */
  constructor(base: string = document.baseURI, fetch: Fetch = (url, init) => globalThis.fetch(url, init)) {
    this.base = base;
    this.ranges = new Ranges(fetch, () =>
      this.live || this.journal
        ? "lmscope serve is no longer answering. Start it again with: lmscope serve"
        : `${new URL(base).host} is not answering. Is this computer online?\nReload the page to try again.`,
    );
    this.api = new Api(base, this.ranges);
  }

  shelf(): Promise<Shelf> {
    this.shelving ??= this.readShelf().catch((error) => {
      this.shelving = undefined; // asked again, it is tried again
      throw error;
    });
    return this.shelving;
  }

  private async readShelf(): Promise<Shelf> {
    let shelf: Shelf;
    try {
      shelf = json(await this.ranges.whole(new URL("catalogues.json", this.base).href, "catalogues.json"));
    } catch (error) {
      if (error instanceof Explained && error.kind !== "CatalogueDamaged") throw error;
      throw new Explained(
        "There is no list of catalogues (catalogues.json) beside this page, or it cannot be read.\n" +
          "Make a site that has one with: lmscope export CATALOGUE -o DIR",
        0,
        "NoShelf",
      );
    }
    this.onShelf = shelf;
    if (shelf.why_no_journal === null) this.notebook = new HttpJournal(this.api, shelf.person);
    return shelf;
  }

  catalogue(address: string): Promise<HttpCatalogue> {
    let opening = this.catalogues.get(address);
    if (!opening) {
      opening = this.open(address).catch((error) => {
        this.catalogues.delete(address);
        throw error;
      });
      this.catalogues.set(address, opening);
    }
    return opening;
  }

  private async open(address: string): Promise<HttpCatalogue> {
    const { catalogues } = await this.shelf();
    const shelved = catalogues.find((c) => c.address === address);
    if (!shelved) {
      const has = catalogues.slice(0, 5).map((c) => c.address).join(", ") + (catalogues.length > 5 ? ", ..." : "");
      throw new Explained(`This site has no catalogue '${address}'. It has: ${has || "none"}.`, 404, "UnknownCatalogue");
    }
    const root = new URL(shelved.path, this.base).href;
    const manifest = await readJson(this.ranges, new URL("manifest.json", root).href, `manifest.json of ${address}`);
    if (manifest.format !== FORMAT) {
      const reads = `it has format ${manifest.format}, these pages read format ${FORMAT}`;
      throw new Explained(`${address} cannot be read: ${reads}.\nReload the page, or update lmscope.`, 0, "NotACatalogue");
    }
    return new HttpCatalogue(shelved, manifest, root, this.ranges);
  }

  /** Null until the shelf is read, and where no model answers. */
  get live(): Live | null {
    return this.onShelf?.catalogues.some((c) => c.why_not_live === null) ? this.api : null;
  }

  /** Null until the shelf is read, and where there is no server. */
  get evidence(): Evidence | null {
    if (!this.live && !this.journal) return null;
    this.tester ??= new HttpEvidence(this.api, () => this.notebook?.person ?? NOBODY);
    return this.tester;
  }

  /** Null until the shelf is read, and where there is no lab notebook. */
  get journal(): Journal | null {
    return this.notebook ?? null;
  }
}

const json = (bytes: Uint8Array): any => JSON.parse(new TextDecoder().decode(bytes));

async function readJson(ranges: Ranges, url: string, name: string): Promise<any> {
  const bytes = await ranges.whole(url, name);
  try {
    return json(bytes);
  } catch {
    throw damaged(name, "it is no JSON");
  }
}

class HttpCatalogue implements Catalogue {
  private readonly files = new Map<string, SafetensorsFile>();
  private readonly columns = new Map<string, Promise<Numbers>>();
  private readonly places: Places;
  private reading: Promise<Tokens> | undefined;
  private sources: Promise<string[]> | undefined;

  constructor(
    readonly shelved: Shelved,
    readonly manifest: any,
    private readonly root: string,
    private readonly ranges: Ranges,
  ) {
    this.places = new Places(manifest);
  }

  async neuron(layer: number, index: number, signal?: AbortSignal): Promise<NeuronRecord> {
    const { i, row } = this.places.find(layer, index);
    const flat = i * this.places.nRows + row;
    const shard = `examples/L${String(layer).padStart(2, "0")}.safetensors`;
    const read = async (name: string, keys: string[], nAxes: number, at: number) => {
      const file = this.file(name);
      const rows = await Promise.all(keys.map((key) => file.row(key, nAxes, at, signal)));
      return Object.fromEntries(keys.map((key, k) => [key, rows[k]!]));
    };
    const hasLogits = "logits.safetensors" in this.manifest.files;
    const [stats, histograms, logits, examples, tokens] = await Promise.all([
      read("stats.safetensors", STATS, 2, flat),
      read("histograms.safetensors", HISTOGRAMS, 2, flat),
      hasLogits ? read("logits.safetensors", LOGITS, 2, flat) : null,
      read(shard, EXAMPLES, 1, row),
      this.vocabulary(),
    ]);
    signal?.throwIfAborted();
    const readWindow = (window: Window) => this.window(window, signal);
    return record(this.manifest, { layer, index }, { stats, histograms, logits, examples }, tokens, readWindow);
  }

  async row(name: string, place: number): Promise<Column> {
    const { layer, index } = this.places.at(place);
    const { i, row } = this.places.find(layer, index);
    return (await this.file("stats.safetensors").row(name, 2, i * this.places.nRows + row)) as Column;
  }

  column(name: string): Promise<Column> {
    let reading = this.columns.get(name);
    if (!reading) {
      reading = this.readColumn(name).catch((error) => {
        this.columns.delete(name);
        throw error;
      });
      this.columns.set(name, reading);
    }
    return reading as Promise<Column>;
  }

  private async readColumn(name: string): Promise<Numbers> {
    const all = await this.file("stats.safetensors").whole(name);
    const { layers, nRows, length } = this.places;
    if (length === layers.length * nRows) return all;
    const width = all.length / (layers.length * nRows); // rows that fill up a layer are left out
    const held = layers.map((_, i) => all.subarray(i * nRows * width, (i * nRows + this.places.count(i)) * width));
    const kept = all.slice(0, length * width);
    let at = 0;
    for (const part of held) {
      kept.set(part, at);
      at += part.length;
    }
    return kept;
  }

  vocabulary(): Promise<Tokens> {
    this.reading ??= this.readVocabulary().catch((error) => {
      this.reading = undefined;
      throw error;
    });
    return this.reading;
  }

  private async readVocabulary(): Promise<Tokens> {
    await this.ranges.load(this.remote(VOCABULARY));
    const file = this.file(VOCABULARY);
    const [bytes, ends] = await Promise.all([file.whole("bytes"), file.whole("ends")]);
    return new Tokens(bytes as Uint8Array, ends as Uint32Array);
  }

  async origin(document: number): Promise<Origin> {
    this.check(document, this.manifest.corpus.n_documents, "document");
    this.sources ??= this.readSources().catch((error) => {
      this.sources = undefined;
      throw error;
    });
    const [sources, source, offset] = await Promise.all([
      this.sources,
      this.number(DOCUMENTS, "source", document),
      this.number(DOCUMENTS, "offset", document),
    ]);
    return { source: sources[source]!, offset };
  }

  async document(index: number, start = 0, end = Infinity): Promise<{ bytes: Uint8Array; start: number; size: number }> {
    this.check(index, this.manifest.corpus.n_documents, "document");
    const [first, last] = await Promise.all([index, index + 1].map((d) => this.number(DOCUMENTS, "text_start", d)));
    const size = last! - first!;
    const from = Math.max(0, Math.min(start, size));
    const to = Math.max(from, Math.min(end, size));
    return { bytes: await this.ranges.read(this.remote(TEXT), first! + from, first! + to), start: from, size };
  }

  async segment(index: number): Promise<{ document: number; start: number; end: number }> {
    this.check(index, this.manifest.corpus.n_segments, "segment");
    const [document, first, next] = await Promise.all([
      this.number(SEGMENTS, "document", index),
      this.number(SEGMENTS, "token_start", index),
      this.number(SEGMENTS, "token_start", index + 1),
    ]);
    if (first === next) return { document, start: 0, end: 0 }; // of a document that an excerpt left out
    const [start, end] = await Promise.all([this.number(TOKENS, "starts", first), this.number(TOKENS, "ends", next - 1)]);
    return { document, start, end };
  }

  private check(index: number, n: number, thing: string): void {
    if (index >= 0 && index < n) return;
    const has = n === 1 ? `one ${thing}, numbered 0` : `${thing}s 0 to ${n - 1}`;
    throw new Explained(`The corpus has ${has}. You asked for ${thing} ${index}.`, 404, "OutOfRange");
  }

  private async number(file: string, key: string, index: number, signal?: AbortSignal): Promise<number> {
    return (await this.file(file).row(key, 1, index, signal))[0]!;
  }

  private async readSources(): Promise<string[]> {
    const { url, name } = this.remote(PACK);
    return (await readJson(this.ranges, url, name)).sources;
  }

  /** The text of a window and where its tokens lie in it, from the documents themselves. */
  private async window({ segment, document, start, end, first, n }: Window, signal?: AbortSignal) {
    const tokens = this.file(TOKENS);
    const [text, spans] = await Promise.all([
      this.number(DOCUMENTS, "text_start", document, signal).then((at) =>
        this.ranges.read(this.remote(TEXT), at + start, at + end, signal),
      ),
      this.number(SEGMENTS, "token_start", segment, signal).then(async (at) => {
        const read = (key: string) => tokens.rows(key, 1, at + first, n, signal);
        const [starts, ends] = await Promise.all([read("starts"), read("ends")]);
        return Array.from(starts, (s, i): [number, number] => [s, ends[i]!]);
      }),
    ]);
    return { text, spans };
  }

  private remote(path: string): RemoteFile {
    const name = `${path} of ${this.shelved.address}`;
    const entry = this.manifest.files[path];
    if (!entry) throw damaged(name, "it is missing");
    return { url: new URL(path, this.root).href, name, size: entry.bytes };
  }

  private file(path: string): SafetensorsFile {
    let file = this.files.get(path);
    if (!file) {
      file = new SafetensorsFile(this.remote(path), this.ranges);
      this.files.set(path, file);
    }
    return file;
  }
}

class SafetensorsFile {
  private header: Header | undefined;
  /** Tensors that were read whole, for the table: their rows are there already. */
  private readonly held = new Map<string, Numbers>();

  constructor(
    private readonly remote: RemoteFile,
    private readonly ranges: Ranges,
  ) {}

  private async tensor(key: string, signal?: AbortSignal) {
    this.header ??= await this.readHeader(signal);
    return tensor(this.header, key, this.remote.name);
  }

  private async readHeader(signal?: AbortSignal): Promise<Header> {
    const { size, name } = this.remote;
    let bytes = await this.ranges.read(this.remote, 0, Math.min(FIRST_BYTES, size), signal);
    const stop = 8 + headerLength(bytes, size, name);
    if (stop > bytes.length) bytes = await this.ranges.read(this.remote, 0, stop, signal);
    return readHeader(bytes.subarray(8, stop), size, name);
  }

  /** Row of a tensor whose first `nAxes` axes are counted through as one; its neighbours are kept. */
  async row(key: string, nAxes: number, index: number, signal?: AbortSignal): Promise<Numbers> {
    const found = await this.tensor(key, signal);
    const { n, stride } = rowsOf(found, nAxes);
    if (!(index < n)) throw damaged(this.remote.name, `'${key}' has no row ${index}`);
    const held = this.held.get(key);
    if (held) return held.subarray((index * held.length) / n, ((index + 1) * held.length) / n);
    const nGroup = Math.min(GROUP_ROWS, Math.max(1, Math.floor(GROUP_BYTES / stride)));
    const first = index - (index % nGroup);
    const last = Math.min(n, first + nGroup);
    const group = await this.ranges.read(this.remote, found.start + first * stride, found.start + last * stride, signal);
    return numbers(found.dtype, group.subarray((index - first) * stride, (index - first + 1) * stride));
  }

  /** Some rows, by themselves. */
  async rows(key: string, nAxes: number, first: number, count: number, signal?: AbortSignal): Promise<Numbers> {
    const found = await this.tensor(key, signal);
    const { n, stride } = rowsOf(found, nAxes);
    if (!(first + count <= n)) throw damaged(this.remote.name, `'${key}' has no row ${first + count - 1}`);
    const start = found.start + first * stride;
    return numbers(found.dtype, await this.ranges.read(this.remote, start, start + count * stride, signal));
  }

  async whole(key: string): Promise<Numbers> {
    const { n } = rowsOf(await this.tensor(key), 1);
    const all = await this.rows(key, 1, 0, n);
    this.held.set(key, all);
    return all;
  }
}

/** What `lmscope serve` answers beside files. */
class Api implements Live {
  constructor(
    private readonly base: string,
    private readonly ranges: Ranges,
  ) {}

  look(catalogue: string, layer: number, index: number, text: string, signal: AbortSignal): Promise<Look> {
    return this.send("POST", "look", { catalogue, layer, index, text }, signal);
  }

  rank(catalogue: string, text: string, token: number | null, signal: AbortSignal): Promise<Ranking> {
    return this.send("POST", "rank", { catalogue, text, token, n: N_RANKED }, signal);
  }

  url(path: string): string {
    return new URL(`api/${path}`, this.base).href;
  }

  /** Sends a value as JSON, or a text as it is; a problem is thrown as its sentence. */
  async send(method: string, path: string, body?: object | string, signal?: AbortSignal): Promise<any> {
    return json(await this.bytes(method, path, body, signal));
  }

  async bytes(method: string, path: string, body?: object | string, signal?: AbortSignal): Promise<Uint8Array> {
    const isText = typeof body === "string";
    const response = await this.ranges.answer(this.url(path), {
      method,
      cache: "no-store",
      signal: signal ?? null,
      ...(body && {
        body: isText ? body : JSON.stringify(body),
        headers: { "content-type": isText ? "text/plain" : "application/json" },
      }),
    });
    if (!response.ok) throw await refusal(response, "The answer");
    return this.ranges.body(response);
  }
}

/** Hypotheses and their tests, by the server's API. */
class HttpEvidence implements Evidence {
  constructor(
    private readonly api: Api,
    private readonly person: () => string,
  ) {}

  preview(at: Place, rule: string, tokens: Which, signal: AbortSignal): Promise<Preview> {
    return this.api.send("POST", "preview", { ...asked(at), rule, tokens }, signal);
  }

  texts(written: string, rule: string | null, signal: AbortSignal): Promise<Texts> {
    return this.api.send("POST", "texts", { written, rule }, signal);
  }

  test(hypothesis: TestAsked): Promise<Job> {
    return this.api.send("POST", "tests", { person: this.person(), ...hypothesis });
  }

  job(id: string): Promise<Job> {
    return this.api.send("GET", `jobs/${encodeURIComponent(id)}`);
  }

  cancel(id: string): Promise<Job> {
    return this.api.send("DELETE", `jobs/${encodeURIComponent(id)}`);
  }

  async tests(at?: Place): Promise<KeptTest[]> {
    const of = at ? `/of/${encodeURIComponent(at.catalogue)}/${at.layer}/${at.neuron}` : "";
    return (await this.api.send("GET", `tests${of}?${this.query()}`)).tests;
  }

  one(id: number): Promise<WholeTest> {
    return this.api.send("GET", `tests/${id}?${this.query()}`);
  }

  async markdown(id: number): Promise<string> {
    return new TextDecoder().decode(await this.api.bytes("GET", `tests/${id}/report.md?${this.query()}`));
  }

  fileUrl(id: number, file: "report.md" | "report.html" | "hypothesis.toml"): string {
    return this.api.url(`tests/${id}/${file}?${this.query()}`);
  }

  private query(): string {
    return new URLSearchParams({ person: this.person() }).toString();
  }
}

interface Place { catalogue: string; layer: number; neuron: number }

const asked = ({ catalogue, layer, neuron }: Place) => ({ catalogue, layer, index: neuron });

/** Neurons that a ranking lists. */
const N_RANKED = 50;

const PERSON = "lmscope.person";
/** Whose tests they are where no log is kept. */
const NOBODY = "nobody";

class HttpJournal implements Journal {
  private name: string;

  constructor(
    private readonly api: Api,
    person: string | null,
  ) {
    this.name = remembered() ?? person ?? "";
  }

  get person(): string {
    return this.name;
  }

  set person(name: string) {
    this.name = name;
    try {
      localStorage.setItem(PERSON, name);
    } catch {
      // A browser that stores nothing forgets the name with the page.
    }
  }

  log(): Promise<Log> {
    return this.api.send("GET", `journal?${this.query()}`);
  }

  entry(address: string, layer: number, index: number): Promise<Entry | null> {
    return this.api.send("GET", `${path(address, layer, index)}?${this.query()}`);
  }

  visit(catalogue: string, layer: number, index: number): Promise<Entry> {
    return this.api.send("POST", "journal/visits", { person: this.name, catalogue, layer, index });
  }

  mark({ catalogue, model, layer, index, starred, note, tags, version }: Entry): Promise<Entry> {
    if (catalogue === null) {
      const sentence = `No catalogue of ${model} is on this site, so this entry cannot be changed here.`;
      return Promise.reject(new Explained(sentence, 0, "NotServed"));
    }
    return this.api.send("PUT", path(catalogue, layer, index), { person: this.name, starred, note, tags, version });
  }

  importLines(jsonl: string): Promise<{ n_added: number; n_merged: number }> {
    return this.api.send("POST", `journal/import?${this.query()}`, jsonl);
  }

  exportUrl(format: "md" | "jsonl" | "csv"): string {
    return this.api.url(`journal/export?${this.query()}&format=${format}`);
  }

  private query(): string {
    return new URLSearchParams({ person: this.name }).toString();
  }
}

const path = (address: string, layer: number, index: number): string =>
  `journal/entries/${encodeURIComponent(address)}/${layer}/${index}`;

function remembered(): string | null {
  try {
    return localStorage.getItem(PERSON);
  } catch {
    return null;
  }
}
