/** The shapes that cross between Python and the browser; keys are those of the command line's --json. */

export interface Example {
  document: number;
  segment: number;
  /** Index of the peak in `tokens`. */
  peak: number;
  /** Bytes that are no whole character stand as \xe2. */
  tokens: string[];
  token_ids: number[];
  /** Byte span of each token in the document, half-open. */
  spans: [number, number][];
  /** Indices of the tokens whose bytes are no whole characters, written as \xe2 in `tokens`. */
  split: number[];
  activations: number[];
  /** Activation at the peak, exact float32. */
  max: number;
  text: string;
  /** First byte of the window in its document, and one past the last. */
  start: number;
  end: number;
}

export interface Band {
  low: number | null;
  high: number | null;
  share: number;
  examples: Example[];
}

export interface TokenEffect {
  token: string;
  token_id: number;
  effect: number;
}

export interface TokenCount {
  token: string;
  token_id: number;
  count: number;
}

export interface Stats {
  count: number;
  mean: number | null;
  sd: number | null;
  skew: number | null;
  kurtosis: number | null;
  max: number;
  min: number;
  density: number;
  density_half_max: number;
}

/** `lmscope neuron --json`, as `NeuronRecord.to_json` gives it. */
export interface NeuronRecord {
  /** L0N737 */
  neuron: string;
  layer: number;
  index: number;
  model: string;
  site: string;
  dead: boolean;
  stats: Stats;
  histogram: { edges: number[]; counts: number[] };
  top: Example[];
  bottom: Example[];
  bands: Band[];
  logits: { promoted: TokenEffect[]; suppressed: TokenEffect[] } | null;
  peak_tokens: TokenCount[];
}

/** `lmscope look --json` with a neuron. */
export interface Look {
  model: string;
  neuron: string;
  layer: number;
  index: number;
  site: string;
  text: string;
  tokens: string[];
  token_ids: number[];
  spans: [number, number][];
  split: number[];
  activations: number[];
  counted: boolean[];
  peak: number | null;
  scale: { min: number; max: number } | null;
  /** Share of the corpus's tokens that stay below the peak, 0 to 1. */
  percentile: number | null;
  catalogue: string | null;
}

/** `lmscope look --json` without a neuron. */
export interface Ranking {
  model: string;
  site: string;
  text: string;
  tokens: string[];
  token_ids: number[];
  spans: [number, number][];
  split: number[];
  n_neurons: number;
  ranked_by: "activation" | "relative";
  neurons: {
    neuron: string;
    layer: number;
    index: number;
    activation: number;
    token: number;
    relative: number | null;
  }[];
  catalogue: string | null;
}

/** One catalogue as the site's index, catalogues.json, lists it. */
export interface Shelved {
  /** Its name in every address of the site: letters, digits, - _ . and ~ only. */
  address: string;
  /** Where its files lie, relative to the site's root; ends with a slash. */
  path: string;
  model: string;
  site: string;
  n_layers: number;
  /** Layers that were scanned. */
  layers: number[];
  d_mlp: number;
  n_neurons: number;
  activation_function: string;
  is_gated: boolean;
  /** What the corpus was called when it was scanned. */
  corpus: string;
  n_tokens: number;
  n_documents: number;
  /** Day of the scan, 2026-11-22; null if no log of it is left. */
  date: string | null;
  /** One of the models inside the package: start here. */
  is_built_in: boolean;
  /** Line of Python that opens it. */
  python: string;
  /** Null if any text can be tried on the model; else the sentence why not. */
  why_not_live: string | null;
}

/** catalogues.json, at the site's root. */
export interface Shelf {
  lmscope: string;
  catalogues: Shelved[];
  /** Null if there is a lab notebook; else the sentence why not. */
  why_no_journal: string | null;
  /** Who the lab notebook takes the reader for, unless she says otherwise. */
  person: string | null;
}

/** One neuron in the log of one person. */
export interface Entry {
  /** Address of its catalogue on this site; null if that is not served here. */
  catalogue: string | null;
  model: string;
  /** SHA-256 of the model's weights. */
  weights: string;
  site: string;
  layer: number;
  index: number;
  /** RFC 3339, UTC. */
  first_seen: string;
  last_seen: string;
  n_visits: number;
  starred: boolean;
  note: string;
  tags: string[];
  /** Grows with every change; sent back with a change, so that no other change is lost. */
  version: number;
}

export interface Log {
  person: string;
  n_seen: number;
  n_starred: number;
  entries: Entry[];
}

/** What a rule marks in one example; the bytes are those of its document. */
export interface Marked {
  fires: [number, number][];
  matches: [number, number][];
  /** Tokens of the example that should fire. */
  tokens: number[];
  /** Tokens of the example that are in a match. */
  touched: number[];
}

/** What a rule marks on the page of a neuron. */
export interface Preview {
  rule: string;
  note: string;
  bits: number;
  needs_tokens: boolean;
  top: Marked[];
  bottom: Marked[];
  /** Of all bands, from the lowest. */
  bands: Marked[];
  /** Examples whose peak is `offset` tokens after a marked token. */
  peaks: { offset: number; n_top: number; n_bottom: number }[];
  corpus: { places: number; documents: number; n_documents: number; share_of_tokens: number };
  /** Examples for which there was no time. */
  n_left_out: number;
  slow: string | null;
}

/** What was understood of texts that were pasted. */
export interface Texts {
  n_matching: number;
  n_other: number;
  n_kept: number;
  is_paired: boolean;
  n_incomplete: number;
  first_matching: string | null;
  first_other: string | null;
  n_looked_at: number;
  n_repeated: number;
  n_on_both_sides: number;
  n_without_place: number;
  n_others_with_place: number;
}

export type Which = "last" | "first" | "any";

/** A hypothesis, with the keys of its file. */
export interface Hypothesis {
  claim: string;
  rule: string | null;
  tokens: Which;
  side: "+" | "-" | null;
  offset: number | null;
  texts: { matching: string[]; other: string[]; paired: boolean } | null;
  thresholds?: Record<string, number>;
  seed?: number;
}

export interface TestAsked {
  catalogue: string;
  layer: number;
  index: number;
  hypothesis: Hypothesis;
  pasted: string | null;
  near_misses: boolean;
  harvest: number;
  causal: boolean;
  parent: string | null;
}

/** A test that is being made. */
export interface Job {
  id: string;
  state: "waiting" | "running" | "done" | "failed" | "cancelled";
  stage: string;
  done: number;
  total: number;
  record: number | null;
  problem: { detail: string; kind: string } | null;
}

/** A test on record, in one line. */
export interface KeptTest {
  id: number;
  catalogue: string | null;
  model: string;
  site: string;
  layer: number;
  index: number;
  hypothesis: string;
  claim: string;
  rule: string;
  verdict: string;
  /** RFC 3339, UTC. */
  tested: string;
}

/** A test on record with all that came of it. */
export interface WholeTest extends KeptTest {
  proposed: string;
  parent: string | null;
  version: number;
  contents: Hypothesis;
  result: Result;
  others: KeptTest[];
  is_kept: boolean;
}

/** A value with its 95 % interval, as `ap`, `ap_low` and `ap_high`. */
export type Measured = Record<string, any>;

export interface Level {
  low: number;
  high: number;
  n: number;
  marked: number;
  precision: number | null;
  precision_low: number | null;
  precision_high: number | null;
}

export interface OneText {
  text: string;
  /** Absent of texts beyond the first ones. */
  tokens?: string[];
  activations?: number[];
  targeted: number[];
  is_marked: boolean;
  value: number;
  peak: number;
  is_known: boolean;
}

export interface InContext {
  before: string;
  token: string;
  after: string;
  activation: number;
  document: number;
  source: string;
  offset: number;
}

/** `lmscope test --json`. */
export interface Result {
  model: string;
  neuron: string;
  layer: number;
  index: number;
  site: string;
  hypothesis: string;
  claim: string;
  rule: string | null;
  rule_note: string;
  tokens: Which;
  side: "+" | "-";
  offset: number;
  verdict: string;
  why: string;
  remarks: string[];
  pairs:
    | (Measured & {
        kind: "pairs" | "lists";
        n: number;
        wins: number | null;
        p: number;
        min_p: number;
        effect: number;
        located: number | null;
        matching: OneText[];
        other: OneText[];
        notes: string[];
      })
    | null;
  corpus:
    | (Measured & {
        tokens: number;
        documents: number;
        positives: number;
        positive_documents: number;
        firing_documents: number;
        by_level: Level[];
      })
    | null;
  rivals: Measured[];
  n_rivals: number;
  n_neurons: number;
  /** Absent in tests by earlier versions. */
  causal?: { finding: string; why: string; remarks: string[] } | null;
  controls: { n: number; ap: number; ap_best: number; ap_shuffled: number } | null;
  counter_examples: InContext[];
  missed: InContext[];
  fires_also_on: { token: string; n: number; share: number }[];
  thresholds: Record<string, number>;
  seed: number;
  data: Record<string, any>;
}
