/** How far apart two histograms are, and what that says about correlation. Pure: knows no page.
 *
 * A histogram tells how many tokens lie in a bin, not where in it. So each distance comes three times:
 *
 *   low, high   hold wherever in their bins the tokens lie; proven
 *   value       with the tokens spread inside the bins so that mean and sd come out as measured
 *
 * W1 and W2 are the Wasserstein distances, in the unit of the axis: how far a token has to be moved on
 * average (root mean square for W2) to turn one histogram into the other. KS, Kolmogorov-Smirnov, is the
 * largest difference between the shares of tokens that lie below any one value.
 *
 * For two neurons with mean 0 and sd 1 over the same tokens, the mean of a * b is largest if both are sorted
 * alike, and then it is 1 - W2^2 / 2. So no correlation can be above that; with b turned round, none can be
 * below. (Villani, Topics in Optimal Transportation, 2003, theorem 2.18: sorting is the cheapest transport.)
 */

import type { NeuronRecord } from "./types.ts";

/** A share of the tokens, anywhere from low to high; low == high if all sit at one value. */
export interface Piece {
  low: number;
  high: number;
  share: number;
}

/** One neuron on one axis. */
export interface Shape {
  /** By bin, as counted. */
  binned: Piece[];
  /** The same tokens, spread inside their bins. */
  spread: Piece[];
}

export interface Distance {
  value: number;
  low: number;
  high: number;
}

export interface Distances {
  w1: Distance;
  w2: Distance;
  ks: Distance;
}

/** Sub-pieces of a bin when its tokens are spread, on each side of the mean. */
const N_PARTS = 16;
/** What the float32 of a catalogue's mean and sd may do to a bound on a correlation. */
const SLACK = 1e-6;

/** The bins that hold tokens. The smallest, the largest and the zeros are known more exactly than by bin. */
export function pieces({ histogram, stats }: Pick<NeuronRecord, "histogram" | "stats">): Piece[] {
  const { edges, counts } = histogram;
  const total = sum(counts);
  const found: Piece[] = [];
  counts.forEach((count, i) => {
    if (count === 0) return;
    const [low, high] = [edges[i]!, edges[i + 1]!];
    // Tokens at exactly zero: all of a ReLU's silent ones. Every other value from zero up is positive.
    const nZero = low === 0 ? sum(counts.slice(i)) - Math.round(stats.density * stats.count) : 0;
    const zeros = Math.min(count, Math.max(0, nZero));
    if (zeros) found.push({ low: 0, high: 0, share: zeros / total });
    if (count > zeros) found.push({ low, high, share: (count - zeros) / total });
  });
  const [first, last] = [found[0], found.at(-1)];
  if (first && first.high > first.low) first.low = stats.min;
  if (last && last.high > last.low) last.high = stats.max;
  return found;
}

/** A neuron in units of its activation, and in standard deviations from its mean: null if it is constant. */
export function shapes(record: Pick<NeuronRecord, "histogram" | "stats">): { raw: Shape; standardised: Shape | null } {
  const binned = pieces(record);
  const { mean, sd } = record.stats;
  if (!sd || mean === null) return { raw: { binned, spread: binned }, standardised: null };
  const standard = moved(binned, -mean / sd, 1 / sd);
  const fine = spread(standard);
  return { raw: { binned, spread: moved(fine, mean, sd) }, standardised: { binned: standard, spread: fine } };
}

/** The neuron times -1. */
const turned = (from: readonly Piece[]): Piece[] => moved(from, 0, -1);

function moved(from: readonly Piece[], by: number, times: number): Piece[] {
  const found = from.map((p) => {
    const ends = [by + times * p.low, by + times * p.high] as const;
    return { low: Math.min(...ends), high: Math.max(...ends), share: p.share };
  });
  return times < 0 ? found.reverse() : found;
}

/** Spreads standardised pieces inside their bins, so that mean 0 and sd 1 come out.
 *
 * Bins are often wider than the sd, and tokens lie at their inner end; even spreading would give two alike
 * neurons a distance of several sd. Among all densities that have the bins' counts and these moments, the one
 * nearest to even spreading (by relative entropy) is that times exp(p x + q x^2), with p and q found by
 * Newton's method.
 */
export function spread(from: readonly Piece[]): Piece[] {
  const parts = from.map(graded);
  const weigh = (p: number, q: number) => {
    let [value, m1, m2, v11, v12, v22] = [-q, 0, -1, 1e-12, 0, 1e-12];
    const weights = from.map(({ share }, i) => {
      const logs = parts[i]!.map((t) => p * t.x + q * t.x2);
      const most = Math.max(...logs);
      const raw = parts[i]!.map((t, k) => t.share * Math.exp(logs[k]! - most));
      const all = sum(raw);
      const mean = (f: (k: number) => number) => raw.reduce((s, w, k) => s + w * f(k), 0) / all;
      const [x, x2] = [mean((k) => parts[i]![k]!.x), mean((k) => parts[i]![k]!.x2)];
      value += share * (most + Math.log(all));
      m1 += share * x;
      m2 += share * x2;
      v11 += share * mean((k) => (parts[i]![k]!.x - x) ** 2);
      v12 += share * mean((k) => (parts[i]![k]!.x - x) * (parts[i]![k]!.x2 - x2));
      v22 += share * mean((k) => (parts[i]![k]!.x2 - x2) ** 2);
      return raw.map((w) => (share * w) / all);
    });
    return { value, m1, m2, v11, v12, v22, weights };
  };
  let [p, q] = [0, 0];
  let now = weigh(p, q);
  for (let step = 0; step < 100 && Math.abs(now.m1) + Math.abs(now.m2) > 1e-9; step++) {
    const det = now.v11 * now.v22 - now.v12 ** 2;
    const dp = (now.v22 * now.m1 - now.v12 * now.m2) / det;
    const dq = (now.v11 * now.m2 - now.v12 * now.m1) / det;
    const fall = dp * now.m1 + dq * now.m2;
    let part = 1;
    let next = weigh(p - dp, q - dq);
    while (!(next.value <= now.value - 1e-4 * part * fall) && part > 1e-9) {
      part /= 2;
      next = weigh(p - part * dp, q - part * dq);
    }
    if (part <= 1e-9) break;
    [p, q, now] = [p - part * dp, q - part * dq, next];
  }
  return parts.flatMap((some, i) =>
    some.map(({ low, high }, k) => ({ low, high, share: now.weights[i]![k]! })).filter((t) => t.share > 0),
  );
}

/** A piece cut into parts that get finer towards the mean, with the means of x and x^2 in each. */
function graded({ low, high }: Piece) {
  const ends = Array.from({ length: N_PARTS + 1 }, (_, k) => (k / N_PARTS) ** 3);
  const above = (from: number, to: number) => ends.map((t) => from + t * (to - from));
  const below = (from: number, to: number) => ends.map((t) => to - t * (to - from)).reverse();
  const cuts =
    low === high ? [low, high]
    : low >= 0 ? above(low, high)
    : high <= 0 ? below(low, high)
    : [...below(low, 0), ...above(0, high).slice(1)];
  return cuts.slice(1).map((b, k) => {
    const a = cuts[k]!;
    return { low: a, high: b, x: (a + b) / 2, x2: (a * a + a * b + b * b) / 3, share: high > low ? (b - a) / (high - low) : 1 };
  });
}

/** Walks both along the share of tokens: steps in which each stays in one piece, from share u to v of it. */
function* together(a: readonly Piece[], b: readonly Piece[]) {
  let [i, j, usedA, usedB] = [0, 0, 0, 0];
  while (i < a.length && j < b.length) {
    const [p, q] = [a[i]!, b[j]!];
    const [leftA, leftB] = [p.share - usedA, q.share - usedB];
    const share = Math.min(leftA, leftB);
    const at = (piece: Piece, used: number) => piece.low + (piece.high - piece.low) * Math.min(1, used / piece.share);
    yield {
      share, p, q,
      first: at(p, usedA) - at(q, usedB),
      last: at(p, usedA + share) - at(q, usedB + share),
    };
    [i, usedA] = leftA > leftB ? [i, usedA + share] : [i + 1, 0];
    [j, usedB] = leftB > leftA ? [j, usedB + share] : [j + 1, 0];
  }
}

/** W1 = integral of |F - G|, exact for tokens spread evenly inside each piece. */
export function w1(a: readonly Piece[], b: readonly Piece[]): number {
  let found = 0;
  for (const { share, first: d, last: e } of together(a, b)) {
    found += share * (d * e >= 0 ? Math.abs(d + e) / 2 : (d * d + e * e) / (2 * Math.abs(d - e)));
  }
  return found;
}

/** W2, exact for tokens spread evenly inside each piece. */
export function w2(a: readonly Piece[], b: readonly Piece[]): number {
  let found = 0;
  for (const { share, first: d, last: e } of together(a, b)) found += (share * (d * d + d * e + e * e)) / 3;
  return Math.sqrt(found);
}

/** KS = max |F - G|, exact for tokens spread evenly inside each piece: it is reached at an end of a piece. */
export function ks(a: readonly Piece[], b: readonly Piece[]): number {
  const [f, g] = [shareBelow(a), shareBelow(b)];
  let most = 0;
  for (const x of ends(a, b)) {
    for (const isBefore of [true, false]) most = Math.max(most, Math.abs(f(x, isBefore) - g(x, isBefore)));
  }
  return most;
}

/** Share of the tokens below x (isBefore) or up to x; to be asked in ascending order. */
function shareBelow(from: readonly Piece[]): (x: number, isBefore: boolean) => number {
  let [i, done] = [0, 0];
  return (x, isBefore) => {
    for (let p = from[i]; p && (p.high < x || (p.high === x && (p.low < x || !isBefore))); p = from[++i]) done += p.share;
    const p = from[i];
    return p && p.low < x ? done + (p.share * (x - p.low)) / (p.high - p.low) : done;
  };
}

/** Every end of a piece, ascending. */
const ends = (a: readonly Piece[], b: readonly Piece[]) =>
  [...new Set([...a, ...b].flatMap((p) => [p.low, p.high]))].sort((x, y) => x - y);

/** W1 and W2 at the least and at the most, wherever in their pieces the tokens lie. */
function transport(a: readonly Piece[], b: readonly Piece[]) {
  const found = { near1: 0, far1: 0, near2: 0, far2: 0 };
  for (const { share, p, q } of together(a, b)) {
    const near = Math.max(0, p.low - q.high, q.low - p.high);
    const far = Math.max(p.high - q.low, q.high - p.low);
    found.near1 += share * near;
    found.far1 += share * far;
    found.near2 += share * near * near;
    found.far2 += share * far * far;
  }
  return found;
}

/** KS at the least and at the most. Bins are half-open, but the last piece includes its end, the largest value. */
function steps(a: readonly Piece[], b: readonly Piece[]): [number, number] {
  const surely = (from: readonly Piece[], x: number, isBefore: boolean) =>
    sum(from.map((p, i) => {
      const isOpen = p.high > p.low && i < from.length - 1;
      return p.high < x || (p.high === x && (isOpen || !isBefore)) ? p.share : 0;
    }));
  const maybe = (from: readonly Piece[], x: number, isBefore: boolean) =>
    sum(from.map((p) => (p.low < x || (p.low === x && !isBefore) ? p.share : 0)));
  let [least, most] = [0, 0];
  for (const x of ends(a, b)) {
    for (const isBefore of [true, false]) {
      least = Math.max(least, surely(a, x, isBefore) - maybe(b, x, isBefore), surely(b, x, isBefore) - maybe(a, x, isBefore));
      most = Math.max(most, maybe(a, x, isBefore) - surely(b, x, isBefore), maybe(b, x, isBefore) - surely(a, x, isBefore));
    }
  }
  return [least, most];
}

/** The distances between two neurons on one axis. None is above `limit`: see `LIMIT`. */
export function distances(a: Shape, b: Shape, limit = Infinity): Distances {
  const found = transport(a.binned, b.binned);
  const [least, most] = steps(a.binned, b.binned);
  const within = (low: number, high: number, value: number) => ({ low, high, value: Math.min(high, Math.max(low, value)) });
  return {
    w1: within(found.near1, Math.min(limit, found.far1), w1(a.spread, b.spread)),
    w2: within(Math.sqrt(found.near2), Math.min(limit, Math.sqrt(found.far2)), w2(a.spread, b.spread)),
    ks: within(least, most, ks(a.spread, b.spread)),
  };
}

/** With mean 0 and sd 1 on both sides W1 <= W2 <= sqrt(2): two sorted neurons never correlate below 0. */
export const LIMIT = Math.SQRT2;

export interface Correlation {
  /** No correlation is below least or above most, wherever in their bins the tokens lie. */
  least: number;
  most: number;
  /** What `most` would be with the tokens spread inside the bins. */
  likely: number;
}

/** What the shapes of two standardised neurons over the same tokens leave open for their correlation. */
export function correlation(a: Shape, b: Shape): Correlation {
  const most = (from: readonly Piece[]) => Math.min(1, 1 - transport(a.binned, from).near2 / 2 + SLACK);
  return {
    least: -most(turned(b.binned)),
    most: most(b.binned),
    likely: Math.min(1, 1 - w2(a.spread, b.spread) ** 2 / 2),
  };
}

/** From here on shapes count as agreeing. */
const AGREEING = 0.98;

/** A bound in two digits, rounded so that it can only become weaker. */
const weaker = (bound: number) =>
  ((bound < 0 ? Math.floor(bound * 100) : Math.ceil(bound * 100)) / 100).toFixed(2).replace("-", "−");

/** What the shapes can show of a correlation, and what not. */
export function verdict({ least, most, likely }: Correlation): string {
  const shuffled = "a shuffled copy of a neuron has the very same histogram";
  if (most >= AGREEING && likely >= AGREEING) {
    return `The shapes agree; that alone says nothing about the same feature: ${shuffled}.`;
  }
  if (most >= AGREEING) {
    const only = Number(weaker(most)) < 1 ? `they rule out only a correlation above ${weaker(most)}` : "they rule out no correlation";
    return `The shapes differ, but in bins as wide as these that proves little: ${only}.`;
  }
  const low = -least < AGREEING ? ` and below ${weaker(least)}` : "";
  return `The shapes rule out a correlation above ${weaker(most)}${low}. Whether there is any they cannot say: ${shuffled}.`;
}

/** Why two catalogues were not measured on the same tokens, one by one; null if they were. */
export function whyOtherTokens(a: any, b: any): string | null {
  if (a.model.tokenizer_hash !== b.model.tokenizer_hash) return "the two models cut text into different tokens";
  if (a.corpus.sha256 !== b.corpus.sha256) return "the two were scanned over different texts";
  const counted = ({ corpus, counted }: any) =>
    JSON.stringify([
      corpus.context, corpus.n_tokens, counted.n_tokens, counted.first_position_counted,
      counted.bos, counted.eos, counted.special_ids_never_counted,
    ]);
  return counted(a) === counted(b) ? null : "the two scans did not count the same tokens of the text";
}

function sum(numbers: readonly number[]): number {
  let found = 0;
  for (const x of numbers) found += x;
  return found;
}
