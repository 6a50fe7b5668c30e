/** What is said of one neuron on one text, beside its colours. Pure: no DOM, no source. */

import type { Look } from "./types.ts";
import { count, share } from "./words.ts";

type Scale = { min: number; max: number };

/** float32 of another batch shape rounds differently; so much apart is the same. */
const SAME = 1e-5;

/** Where a value stands among those of the corpus. */
export function standing(value: number, percentile: number, { min, max }: Scale): string {
  const slack = SAME * Math.max(Math.abs(min), Math.abs(max));
  if (value > max + slack) return "above every token of the corpus";
  if (value >= max - slack) return "as high as the highest in the corpus";
  if (value < min - slack) return "below every token of the corpus";
  return `above ${share(percentile)} of the corpus's tokens`;
}

/** How far a value goes towards the end of the neuron's scale on its side of zero. */
export function part(value: number, { min, max }: Scale): string | null {
  const edge = value > 0 ? max : min;
  return value * edge > 0 ? `${share(value / edge)} of its ${value > 0 ? "max" : "min"}` : null;
}

/** The counted token that is lowest; null if none counts. */
export function lowest({ activations, counted }: Pick<Look, "activations" | "counted">): number | null {
  let found: number | null = null;
  activations.forEach((value, i) => {
    if (counted[i] && (found === null || value < activations[found]!)) found = i;
  });
  return found;
}

/** Why some tokens do not count; null if all do. */
export function whyUncounted(counted: readonly boolean[]): string | null {
  const first = counted.indexOf(true);
  const n = first < 0 ? counted.length : first;
  const nMore = counted.filter((counts, i) => !counts && i > n).length;
  const said: string[] = [];
  if (n) {
    const which = n === 1 ? "The first token does" : `The first ${count(n)} tokens do`;
    said.push(`${which} not count: many models park attention there, with values of another size.`);
  }
  if (nMore) {
    const which = nMore === 1 ? "One more does" : `${count(nMore)} more do`;
    said.push(`${which} not: special tokens, or the first of each segment of a text that is too long to be read at once.`);
  }
  return said.join(" ") || null;
}

/** Longest text that the server takes, in characters (src/lmscope/server/texts.py). */
export const LONGEST_TEXT = 100_000;

/** Longest address that is put into the address bar and the clipboard. */
const LONGEST_LINK = 16_000;

export const fitsInLink = (hash: string): boolean => hash.length <= LONGEST_LINK;
