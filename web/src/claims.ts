/** What a reader thinks that a neuron fires on, while she writes it. Pure: no DOM, no source. */

import type { Example, Hypothesis, Marked, NeuronRecord, Preview, Texts, WholeTest, Which } from "./types.ts";
import { count, share } from "./words.ts";

/** Everything that the panel's fields hold. */
export interface Claim {
  claim: string;
  rule: string;
  tokens: Which;
  side: "" | "+" | "-";
  /** "" to find it out. */
  offset: string;
  /** Texts as they were pasted. */
  pasted: string;
  nearMisses: boolean;
  harvest: boolean;
  causal: boolean;
  /** SHA-256 of the hypothesis that it is an edit of. */
  parent: string | null;
  /** Thresholds and seed of that one. */
  rest: Pick<Hypothesis, "thresholds" | "seed">;
}

/** Pairs that are taken out of held-out documents, at the reader's wish. */
export const N_HARVESTED = 40;

export const empty = (): Claim => ({
  claim: "", rule: "", tokens: "last", side: "", offset: "", pasted: "", nearMisses: false, harvest: false, causal: false,
  parent: null, rest: {},
});

/** The same hypothesis again, to be changed. */
export function edited({ contents, hypothesis }: WholeTest): Claim {
  const { claim, rule, tokens, side, offset, texts, thresholds, seed } = contents;
  return {
    ...empty(),
    claim,
    rule: rule ?? "",
    tokens,
    side: side ?? "",
    offset: offset === null ? "" : String(offset),
    pasted: texts ? written(texts) : "",
    parent: hypothesis,
    rest: { ...(thresholds && { thresholds }), ...(seed !== undefined && { seed }) },
  };
}

/** Texts as a reader may paste them: pairs as JSON lines, which can hold every character, lists likewise. */
export function written({ matching, other, paired }: NonNullable<Hypothesis["texts"]>): string {
  const rows = paired
    ? matching.map((text, i) => ({ matching: text, other: other[i] ?? "" }))
    : [...matching.map((text) => ({ matching: text, other: null })), ...other.map((text) => ({ matching: null, other: text }))];
  return rows.map((row) => JSON.stringify(row)).join("\n");
}

export const hypothesis = (claim: Claim): Hypothesis => ({
  claim: claim.claim.trim(),
  rule: claim.rule.trim() ? claim.rule : null,
  tokens: claim.tokens,
  side: claim.side || null,
  offset: claim.offset === "" ? null : Number(claim.offset),
  texts: null,
  ...claim.rest,
});

/** What a preview marks, by example. */
export function markedIn(record: NeuronRecord, preview: Preview): Map<Example, Marked> {
  const lists: [Example[], Marked[]][] = [
    [record.top, preview.top],
    [record.bottom, preview.bottom],
    [record.bands.flatMap((band) => band.examples), preview.bands],
  ];
  return new Map(lists.flatMap(([examples, marked]) => marked.map((m, i): [Example, Marked] => [examples[i]!, m])));
}

const some = (n: number, what: string) => `${count(n)} ${what}${n === 1 ? "" : "s"}`;

function away(offset: number): string {
  if (!offset) return "";
  const tokens = Math.abs(offset) === 1 ? "one token" : `${Math.abs(offset)} tokens`;
  return offset < 0 ? `, if it fires ${tokens} before the place` : `, if it fires ${tokens} after the place`;
}

/** What a rule marks, in sentences. */
export function said(preview: Preview, record: NeuronRecord, { side, offset }: Pick<Claim, "side" | "offset">): string[] {
  const { peaks, corpus } = preview;
  const isBelow = side === "-" && record.bottom.length > 0;
  const [list, key] = isBelow ? (["bottom", "n_bottom"] as const) : (["top", "n_top"] as const);
  const offered = offset === "" ? peaks.toSorted((a, b) => Math.abs(a.offset) - Math.abs(b.offset)) : peaks.filter((p) => p.offset === Number(offset));
  const best = offered.reduce((a, b) => (b[key] > a[key] ? b : a), offered[0]!);
  const n = record[list].length;
  const found = [
    `Marks ${count(best[key])} of the ${count(n)} ${list} examples' peaks${best[key] ? away(best.offset) : ""}` +
      (corpus.documents
        ? `, and ${some(corpus.places, "place")} in the first ${some(corpus.documents, "document")} of ${count(corpus.n_documents)}.`
        : "."),
  ];
  if (preview.n_left_out) found.push(`There was no time for ${some(preview.n_left_out, "example")}.`);
  if (preview.slow) found.push(preview.slow);
  else if (!corpus.places && corpus.documents) {
    found.push("None there: is it what you mean? A rare thing needs more text, or texts of your own.");
  } else if (corpus.share_of_tokens > 0.5) {
    found.push(`That is ${share(corpus.share_of_tokens)} of all tokens: any neuron would seem to fit. Make it narrower.`);
  }
  if (preview.note) found.push(preview.note);
  return found;
}

/** What was understood of pasted texts, in sentences. */
export function understood(texts: Texts, hasRule: boolean, nearMisses: boolean): string[] {
  const { n_matching, n_other, n_kept, is_paired, n_incomplete, n_looked_at } = texts;
  const total = n_matching + n_other;
  const found = [
    is_paired
      ? `${some(n_matching, "pair")}.`
      : `${some(n_matching, "text")} that ${n_matching === 1 ? "matches" : "match"}, ${count(n_other)} that ${n_other === 1 ? "does" : "do"} not.`,
  ];
  if (n_incomplete && n_incomplete < total) found.push(`${some(n_incomplete, "row")} had one text only, so nothing is paired.`);
  if (n_kept < total) found.push(`Of these ${count(total)} texts ${count(n_kept)}, evenly chosen, are tested and kept on record.`);
  const among = n_looked_at < total ? ` (of ${count(n_looked_at)} looked at)` : "";
  if (!n_matching) found.push("None of them matches: a test needs both kinds.");
  else if (!n_other && !nearMisses) {
    found.push("All of them match: a test needs others too. Paste some, or let lmscope make near misses.");
  }
  if (texts.n_on_both_sides) found.push(`${count(texts.n_on_both_sides)} stand on both sides${among}.`);
  if (texts.n_repeated) found.push(`${count(texts.n_repeated)} are repeated${among}.`);
  if (hasRule && texts.n_without_place) found.push(`In ${count(texts.n_without_place)} of the matching ones the rule marks nothing${among}.`);
  if (hasRule && texts.n_others_with_place) found.push(`In ${count(texts.n_others_with_place)} of the others it marks something${among}.`);
  return found;
}

const quoted = (text: string) =>
  `"${text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\t", "\\t").replaceAll("\r", "\\r")}"`;

const NEEDS_QUOTES = /^(and|or|not)$/i;

/** Runs of neighbouring tokens, each joined: what a reader chose, in the order of the text. */
export function runs(tokens: readonly string[], chosen: readonly number[]): { first: number; last: number; text: string }[] {
  const found: { first: number; last: number; text: string }[] = [];
  for (const i of [...chosen].sort((a, b) => a - b)) {
    const before = found.at(-1);
    if (before && before.last === i - 1) {
      before.last = i;
      before.text += tokens[i]!;
    } else found.push({ first: i, last: i, text: tokens[i]! });
  }
  return found;
}

/** A rule for tokens that were chosen: words if all are words that stand alone, else these characters, whatever they are. */
export function ruleFrom(choices: readonly { tokens: readonly string[]; chosen: readonly number[] }[]): string {
  const isWhole = ({ tokens, first, last }: { tokens: readonly string[]; first: number; last: number }) => {
    const [before, text, after] = [tokens[first - 1] ?? "", tokens.slice(first, last + 1).join(""), tokens[last + 1] ?? ""];
    const isOpen = /^\s/.test(text) || !/[\p{L}\p{N}_]$/u.test(before);
    return isOpen && !/^[\p{L}\p{N}_]/u.test(after);
  };
  const all = choices.flatMap(({ tokens, chosen }) => runs(tokens, chosen).map((run) => ({ ...run, tokens })));
  const texts = [...new Set(all.map((run) => run.text.trim() || run.text))];
  const areWords = all.every((run) => /^\s*[\p{L}\p{N}_'’-]+(\s+[\p{L}\p{N}_'’-]+)*\s*$/u.test(run.text) && isWhole(run));
  if (!texts.length) return "";
  if (areWords) {
    const once = [...new Map(texts.map((t) => [t.toLowerCase(), t])).values()];
    return `words: ${once.map((t) => (NEEDS_QUOTES.test(t) ? quoted(t) : t)).join(", ")}`;
  }
  const escaped = texts.map((t) => t.replace(/[\\^$.*+?()[\]{}|/#&~<>-]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\t", "\\t").replaceAll("\r", "\\r"));
  return `/${escaped.join("|")}/`;
}
