/** What the bytes of a catalogue mean: FORMAT.md in TypeScript. Knows neither fetch nor the page. */

import { Explained } from "./source.ts";
import type { Vocabulary } from "./source.ts";
import type { Band, Example, NeuronRecord } from "./types.ts";

export const FORMAT = 1;

export type Numbers = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

const BYTES = { U8: 1, F16: 2, U16: 2, F32: 4, I32: 4, U32: 4, I64: 8, U64: 8 };
type Dtype = keyof typeof BYTES;

/** A tensor of a safetensors file: where its bytes start in the file, and what they are. */
export interface Tensor {
  dtype: Dtype;
  shape: number[];
  start: number;
}

export type Header = ReadonlyMap<string, Tensor>;

/** A file that is not what the manifest promises; `name` says which, in which catalogue. */
export function damaged(name: string, reason: string): Explained {
  return new Explained(
    `${name} is damaged: ${reason}. The other files stay readable.\n` +
      "Check them all, where the catalogue lies, with: lmscope verify FOLDER",
    0,
    "CatalogueDamaged",
    { file: name, reason },
  );
}

const NOT_SAFETENSORS = "it is cut short or not a safetensors file";

/** Length of a safetensors header, from the first 8 bytes of the file. */
export function headerLength(bytes: Uint8Array, size: number, name: string): number {
  const n = bytes.length < 8 ? 0 : Number(new BigUint64Array(bytes.slice(0, 8).buffer)[0]);
  if (n < 2 || n > Math.min(size - 8, 100_000_000)) throw damaged(name, NOT_SAFETENSORS);
  return n;
}

/** Reads a safetensors header, of which `json` are the bytes from the ninth on. */
export function readHeader(json: Uint8Array, size: number, name: string): Header {
  const header = new Map<string, Tensor>();
  try {
    const entries: Record<string, any> = JSON.parse(new TextDecoder().decode(json));
    for (const [key, { dtype, shape, data_offsets }] of Object.entries(entries)) {
      if (key === "__metadata__") continue;
      const [first, last]: number[] = data_offsets;
      const n = (shape as number[]).reduce((a, b) => a * b, 1) * BYTES[dtype as Dtype];
      const start = 8 + json.length + first!;
      if (!(first! >= 0 && last! - first! === n && start + n <= size)) throw new RangeError(key);
      header.set(key, { dtype, shape, start });
    }
  } catch {
    throw damaged(name, NOT_SAFETENSORS);
  }
  return header;
}

export function tensor(header: Header, key: string, name: string): Tensor {
  const found = header.get(key);
  if (!found) throw damaged(name, `it has no tensor '${key}'`);
  return found;
}

/** Rows of a tensor when its first `nAxes` axes are counted through as one. */
export function rowsOf({ dtype, shape }: Tensor, nAxes: number): { n: number; stride: number } {
  const product = (sizes: number[]) => sizes.reduce((a, b) => a * b, 1);
  return { n: product(shape.slice(0, nAxes)), stride: product(shape.slice(nAxes)) * BYTES[dtype] };
}

/** The numbers that bytes spell; they are copied, so that they are aligned. */
export function numbers(dtype: Dtype, bytes: Uint8Array): Numbers {
  const { buffer } = bytes.slice(); // little-endian, like every machine that has a browser
  switch (dtype) {
    case "U8":
      return new Uint8Array(buffer);
    case "U16":
      return new Uint16Array(buffer);
    case "U32":
      return new Uint32Array(buffer);
    case "I32":
      return new Int32Array(buffer);
    case "F32":
      return new Float32Array(buffer);
    case "F16":
      return Float32Array.from(new Uint16Array(buffer), half);
    case "I64":
    case "U64":
      return wide(new Uint32Array(buffer));
  }
}

/** Counts and offsets of 64 bits, none of them negative, from their halves. */
function wide(halves: Uint32Array): Float64Array {
  const found = new Float64Array(halves.length / 2);
  for (let i = 0; i < found.length; i++) {
    const high = halves[2 * i + 1]!;
    if (high >= 1 << 21) {
      const what = (BigInt(high) << 32n) + BigInt(halves[2 * i]!);
      throw new Explained(`This catalogue has the number ${what}, and a browser counts to 2^53.`, 0, "TooLarge");
    }
    found[i] = high * 2 ** 32 + halves[2 * i]!;
  }
  return found;
}

let halves: Float32Array | undefined;

/** The number that 16 bits spell, by IEEE 754. */
export function half(bits: number): number {
  halves ??= Float32Array.from({ length: 1 << 16 }, (_, i) => {
    const [exponent, fraction] = [(i >> 10) & 31, i & 1023];
    const size =
      exponent === 0 ? fraction * 2 ** -24
      : exponent < 31 ? (1024 + fraction) * 2 ** (exponent - 25)
      : fraction ? NaN
      : Infinity;
    return i >> 15 ? -size : size;
  });
  return halves[bits]!;
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text that bytes spell; null if they are no whole characters. */
function whole(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}

/** The text that bytes spell, those that are no whole character as \xe2: Python's backslashreplace. */
export function printable(bytes: Uint8Array): string {
  const text = whole(bytes);
  if (text !== null) return text;
  let out = "";
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i]!;
    const n = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const character = i + n <= bytes.length ? whole(bytes.subarray(i, i + n)) : null;
    out += character ?? `\\x${lead.toString(16).padStart(2, "0")}`;
    i += character === null ? 1 : n;
  }
  return out;
}

/** The tokens of a model; most texts are read many times, so they are kept. */
export class Tokens implements Vocabulary {
  private texts: string[] = [];
  private splits: boolean[] = [];

  constructor(
    private readonly data: Uint8Array,
    private readonly ends: Uint32Array,
  ) {}

  get length(): number {
    return this.ends.length;
  }

  bytes(id: number): Uint8Array {
    return this.data.subarray(id ? this.ends[id - 1] : 0, this.ends[id] ?? 0);
  }

  text(id: number): string {
    return (this.texts[id] ??= printable(this.bytes(id)));
  }

  /** True if the token's bytes are no whole characters. */
  isSplit(id: number): boolean {
    return (this.splits[id] ??= whole(this.bytes(id)) === null);
  }
}

/** Which neurons a catalogue has, in the order of its rows: all of the scanned layers, or a choice. */
export class Places {
  readonly layers: number[];
  /** Rows that each layer takes in every tensor. */
  readonly nRows: number;
  readonly length: number;
  private readonly chosen: number[][] | null;

  constructor(private readonly manifest: any) {
    const { layers, neurons } = manifest.options;
    const { d_mlp } = manifest.model;
    this.layers = layers;
    this.chosen = neurons ? this.layers.map((layer) => neurons[layer] ?? Array.from({ length: d_mlp }, (_, n) => n)) : null;
    this.nRows = this.chosen ? Math.max(...this.chosen.map((n) => n.length)) : d_mlp;
    this.length = this.chosen ? this.chosen.reduce((n, list) => n + list.length, 0) : this.layers.length * this.nRows;
  }

  /** Neurons held of the layer at this place in `layers`. */
  count(i: number): number {
    return this.chosen ? this.chosen[i]!.length : this.nRows;
  }

  at(flat: number): { layer: number; index: number } {
    let i = 0;
    for (; flat >= this.count(i); i++) flat -= this.count(i);
    return { layer: this.layers[i]!, index: this.chosen?.[i]![flat] ?? flat };
  }

  /** Where a neuron stands: the place of its layer in `layers`, and its row there. */
  find(layer: number, index: number): { i: number; row: number } {
    const { name, n_layers, d_mlp } = this.manifest.model;
    const range = (n: number, thing: string) => (n === 1 ? `one ${thing}, numbered 0` : `${thing}s 0 to ${n - 1}`);
    if (!(layer >= 0 && layer < n_layers)) {
      const swapped = index >= 0 && index < n_layers && layer >= 0 && layer < d_mlp;
      const hint = swapped ? `\nDid you mean ${name}/${index}/${layer}? (The layer comes first.)` : "";
      throw absent("LayerOutOfRange", `${name} has ${range(n_layers, "layer")}. You asked for layer ${layer}.${hint}`);
    }
    if (!(index >= 0 && index < d_mlp)) {
      const has = `Layer ${layer} of ${name} has ${range(d_mlp, "neuron")}`;
      throw absent("NeuronOutOfRange", `${has}. You asked for neuron ${index}.`);
    }
    const i = this.layers.indexOf(layer);
    if (i < 0) {
      throw absent("LayerNotScanned", `Layer ${layer} was not scanned: this catalogue holds the layers ${few(this.layers)}.`);
    }
    const row = this.chosen ? this.chosen[i]!.indexOf(index) : index;
    if (row < 0) {
      const here = this.chosen![i]!;
      const near = here.reduce((a, b) => (Math.abs(b - index) < Math.abs(a - index) ? b : a));
      const has = `${here.length} of the ${d_mlp} neurons of layer ${layer}, from ${here[0]} to ${here.at(-1)}`;
      throw absent(
        "NeuronNotExported",
        `L${layer}N${index} was not exported: this catalogue holds ${has}.\nThe nearest is L${layer}N${near}.\n` +
          `Take it from the whole catalogue with: lmscope export CATALOGUE --neurons L${layer}N${index} -o DIR`,
      );
    }
    return { i, row };
  }

  /** Place of a neuron among all that are held; -1 if it is not. */
  flat(layer: number, index: number): number {
    const i = this.layers.indexOf(layer);
    if (i < 0) return -1;
    const row = this.chosen ? this.chosen[i]!.indexOf(index) : index < this.nRows ? index : -1;
    let before = 0;
    for (let j = 0; j < i; j++) before += this.count(j);
    return row < 0 ? -1 : before + row;
  }
}

const absent = (kind: string, sentence: string): Explained => new Explained(sentence, 404, kind);
const few = (n: number[]): string => n.slice(0, 8).join(", ") + (n.length > 8 ? ", ..." : "");

/** One neuron's rows, by tensor. */
export interface Rows {
  stats: Record<string, Numbers>;
  histograms: Record<string, Numbers>;
  /** Null if the model has no unembedding. */
  logits: Record<string, Numbers> | null;
  examples: Record<string, Numbers>;
}

export const STATS = [
  ...["mean", "sd", "skew", "kurtosis", "max", "min", "density_half_max"],
  ...["is_dead", "n_positive", "peak_ids", "peak_counts"],
];
export const HISTOGRAMS = ["counts", "scale", "band_edges", "band_counts"];
export const LOGITS = ["ids", "values"];
export const EXAMPLES = ["activations", "ids", "values", "where"];

/** A window of tokens that is to be read from the documents, because its tokens' bytes are not its text. */
export interface Window {
  segment: number;
  document: number;
  start: number;
  end: number;
  /** First token in its segment. */
  first: number;
  n: number;
}

export type ReadWindow = (window: Window) => Promise<{ text: Uint8Array; spans: [number, number][] }>;

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);
const known = (x: number): any => (Number.isNaN(x) ? null : x); // `any`: max and min are never NaN

/** Puts a neuron's record together: what `lmscope neuron --json` prints. */
export async function record(
  manifest: any,
  at: { layer: number; index: number },
  { stats, histograms, logits, examples }: Rows,
  tokens: Tokens,
  readWindow: ReadWindow,
): Promise<NeuronRecord> {
  const { top, per_band } = manifest.options;
  const { n_tokens } = manifest.counted;
  const one = (name: string): number => stats[name]![0]!;
  const { counts, scale, band_edges, band_counts } = histograms as Record<string, Numbers>;
  const unit: number[] = manifest.histogram.unit_edges;
  const list = (first: number, n: number) => readList(examples, first, n, manifest, tokens, readWindow);
  const nSegments = Array.from(band_counts!).reduce((a, b) => a + b, 0);
  const bands = Array.from(band_counts!, async (n, b): Promise<Band> => ({
    low: b === 0 ? null : finite(band_edges![b - 1]!),
    high: b === band_edges!.length ? null : finite(band_edges![b]!),
    share: n / Math.max(1, nSegments),
    examples: await list(2 * top + b * per_band, per_band),
  }));
  const effects = (side: number) =>
    Array.from({ length: logits!.ids!.length / 2 }, (_, k) => {
      const place = (side * logits!.ids!.length) / 2 + k;
      const token_id = logits!.ids![place]!;
      return { token: tokens.text(token_id), token_id, effect: logits!.values![place]! };
    });
  return {
    neuron: `L${at.layer}N${at.index}`,
    layer: at.layer,
    index: at.index,
    model: manifest.model.name,
    site: manifest.site,
    dead: one("is_dead") !== 0,
    stats: {
      count: n_tokens,
      mean: known(one("mean")),
      sd: known(one("sd")),
      skew: known(one("skew")),
      kurtosis: known(one("kurtosis")),
      max: known(one("max")),
      min: known(one("min")),
      density: one("n_positive") / n_tokens,
      density_half_max: known(one("density_half_max")),
    },
    histogram: {
      edges: unit.map((edge, i) => Math.fround(edge * scale![i < unit.length >> 1 ? 0 : 1]!)),
      counts: Array.from(counts!),
    },
    top: await list(0, top),
    bottom: await list(top, top),
    bands: await Promise.all(bands),
    logits: logits && { promoted: effects(0), suppressed: effects(1) },
    peak_tokens: Array.from(stats.peak_ids!, (token_id, k) => ({
      token: tokens.text(token_id),
      token_id,
      count: stats.peak_counts![k]!,
    })).filter(({ count }) => count),
  };
}

const N_WHERE = 7;

async function readList(
  rows: Record<string, Numbers>,
  first: number,
  n: number,
  manifest: any,
  tokens: Tokens,
  readWindow: ReadWindow,
): Promise<Example[]> {
  const shown = Array.from({ length: n }, (_, k) => first + k).filter((e) => rows.where![e * N_WHERE + 6]);
  return Promise.all(shown.map((e) => readExample(rows, e, manifest, tokens, readWindow)));
}

async function readExample(
  rows: Record<string, Numbers>,
  e: number,
  manifest: any,
  tokens: Tokens,
  readWindow: ReadWindow,
): Promise<Example> {
  const [segment, document, start, end, firstToken, peak, nShown] = rows.where!.subarray(e * N_WHERE, (e + 1) * N_WHERE) as any;
  const window = manifest.options.window * e;
  const token_ids = Array.from(rows.ids!.subarray(window, window + nShown));
  const pieces = token_ids.map((id) => tokens.bytes(id));
  let at = start;
  let spans = pieces.map((piece): [number, number] => [at, (at += piece.length)]);
  let text: Uint8Array;
  if (at === end && manifest.corpus.n_inexact_documents === 0) {
    text = new Uint8Array(end - start);
    pieces.forEach((piece, i) => text.set(piece, spans[i]![0] - start));
  } else {
    // A tokenizer that normalises, or a space that it puts in front of a document.
    ({ text, spans } = await readWindow({ segment, document, start, end, first: firstToken, n: nShown }));
  }
  return {
    document,
    segment,
    peak,
    tokens: token_ids.map((id) => tokens.text(id)),
    token_ids,
    activations: Array.from(rows.activations!.subarray(window, window + nShown)),
    max: rows.values![e]!,
    text: printable(text),
    start,
    end,
    spans,
    split: token_ids.flatMap((id, i) => (tokens.isSplit(id) ? [i] : [])),
  };
}
