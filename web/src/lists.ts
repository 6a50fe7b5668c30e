/** What is said of a neuron and its lists, beside numbers. Pure: no DOM, no source. */

import type { Band, Example, Look, NeuronRecord } from "./types.ts";
import { number } from "./words.ts";

/** The best example of each peak token, in the list's order; each with its rank in the whole list. */
export function onePerPeak(examples: readonly Example[]): { example: Example; rank: number }[] {
  const seen = new Set<number>();
  return ranked(examples).filter(({ example }) => {
    const id = example.token_ids[example.peak]!;
    return !seen.has(id) && Boolean(seen.add(id));
  });
}

export function ranked(examples: readonly Example[]): { example: Example; rank: number }[] {
  return examples.map((example, i) => ({ example, rank: i + 1 }));
}

export function bandLabel({ low, high }: Band): string {
  if (low === null) return high === null ? "all" : `up to ${number(high)}`;
  return high === null ? `from ${number(low)}` : `${number(low)} to ${number(high)}`;
}

/** Which tensor the numbers of a site are. */
export const SITES: Record<string, string> = {
  post: "what enters the MLP's down projection",
  mid: "SoLU before its LayerNorm",
  pre: "before the nonlinearity",
};

/** Every spelling of a neuron's address that lmscope reads, shortest first. */
export function spellings({ neuron, model, layer, index, site }: NeuronRecord): string[] {
  return [neuron, `${model}/${layer}/${index}`, `blocks.${layer}.mlp.hook_${site}[${index}]`];
}

/** Line of HTML that shows a page in another one. */
export function embedding(url: string, title: string): string {
  const quoted = (text: string) =>
    text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<iframe src="${quoted(url)}" title="${quoted(title)}" width="100%" height="640" loading="lazy"></iframe>`;
}

/** Tags as people type them: with commas or # between them. */
export function tagsOf(typed: string): string[] {
  return [...new Set(typed.split(/[,#\n]/).map((tag) => tag.trim().replace(/\s+/g, " ")).filter(Boolean))];
}

export interface Written {
  starred: boolean;
  note: string;
  tags: string[];
}

export function isSame(a: Written, b: Written): boolean {
  return a.starred === b.starred && a.note === b.note && a.tags.join() === b.tags.join();
}

/** Two versions of one entry in one: both notes, all tags, and a star if either has it. */
export function joined(mine: Written, theirs: Written): Written {
  const isInside = theirs.note.includes(mine.note);
  return {
    starred: mine.starred || theirs.starred,
    note: isInside ? theirs.note : mine.note.includes(theirs.note) ? mine.note : `${theirs.note}\n${mine.note}`,
    tags: [...new Set([...theirs.tags, ...mine.tags])],
  };
}

/** One of `n` places at random that is not in `seen`; -1 if all are. */
export function unseen(n: number, seen: ReadonlySet<number>, random: () => number = Math.random): number {
  let left = Math.floor(random() * (n - seen.size));
  for (let i = 0; i < n; i++) if (!seen.has(i) && left-- === 0) return i;
  return -1;
}

/** The activation at an example's peak, from a look at its whole segment, which begins at byte `start` of the
 * document; null if the segment is cut into other tokens when it is read by itself.
 */
export function recomputed(example: Example, look: Look, start: number): number | null {
  const first = look.spans.findIndex(([from]) => from + start === example.spans[0]![0]);
  const isSameCut = first >= 0 && example.token_ids.every((id, i) => id === look.token_ids[first + i]);
  return isSameCut ? look.activations[first + example.peak]! : null;
}

/** True if two computations of one activation differ by no more than rounding: of float32, in another batch. */
export function agrees(stored: number, again: number): boolean {
  return Math.abs(stored - again) <= 1e-4 + 1e-3 * Math.abs(stored);
}
