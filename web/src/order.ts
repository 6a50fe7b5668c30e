/** Sorts and filters a million rows between two frames. Pure: knows columns and indices, not what they mean. */

import type { Column, Vocabulary } from "./source.ts";

/** One byte for each row: 1 if it is kept. */
export type Mask = Uint8Array;

const DIGIT = 11; // bits sorted at once: three passes over 32, and the counts stay in the nearest cache
const N_DIGITS = 3;
const LAST = (1 << DIGIT) - 1;
const MINUS_ZERO = 0x80000000 | 0;
const NAN_HIGH = 0x7ff80000;

/** Indices of the rows by value; equal ones keep their order, NaN comes last in both directions. */
export function argsort(column: Column, { isDescending = false } = {}): Uint32Array {
  const { words, least, most } = keysOf(column);
  const weightiest = words.at(-1)!;
  const isNumber = (i: number) => weightiest[i]! >= least && weightiest[i]! <= most;
  const order = new Uint32Array(column.length);
  let n = 0;
  for (let i = 0; i < order.length; i++) if (isNumber(i)) order[n++] = i;
  for (let i = 0, at = n; at < order.length; i++) if (!isNumber(i)) order[at++] = i;
  for (const keys of words) sort(order.subarray(0, n), keys, isDescending);
  return order;
}

/** What a column is sorted by: unsigned words in the order of the values, the least weighty first. */
interface Keys {
  words: Uint32Array[];
  /** Bounds of the weightiest word; NaN is outside. */
  least: number;
  most: number;
}

function keysOf(column: Column): Keys {
  if (column instanceof Float32Array) return { words: [singles(column)], least: 0x007fffff, most: 0xff800000 };
  if (column instanceof Float64Array) return { words: doubles(column), least: 0x000fffff, most: 0xfff00000 };
  return { words: [new Uint32Array(column)], least: 0, most: 0xffffffff };
}

// The bits of a positive number grow with it. Those of a negative one, all but the sign, grow with its size,
// so they are turned round; and the sign, so that positive comes after negative. Minus zero is zero.

function singles(column: Float32Array): Uint32Array {
  const keys = new Uint32Array(column.length);
  const bits = new Int32Array(column.buffer, column.byteOffset, column.length);
  for (let i = 0; i < keys.length; i++) {
    const b = bits[i] === MINUS_ZERO ? 0 : bits[i]!;
    keys[i] = b ^ ((b >> 31) | MINUS_ZERO);
  }
  return keys;
}

function doubles(column: Float64Array): Uint32Array[] {
  const [low, high] = [new Uint32Array(column.length), new Uint32Array(column.length)] as const;
  const bits = new Int32Array(column.buffer, column.byteOffset, 2 * column.length);
  for (let i = 0; i < column.length; i++) {
    const value = column[i]!;
    const h = value === 0 ? 0 : value === value ? bits[2 * i + 1]! : NAN_HIGH;
    low[i] = bits[2 * i]! ^ (h >> 31);
    high[i] = h ^ ((h >> 31) | MINUS_ZERO);
  }
  return [low, high];
}

/** A stable radix sort of indices by the keys of their rows. */
function sort(order: Uint32Array, keys: Uint32Array, isDescending: boolean): void {
  const n = order.length;
  const flip = isDescending ? -1 : 0;
  // Key and index lie side by side, so that a step touches one place of memory and not two.
  let [pairs, next] = [new Uint32Array(2 * n), new Uint32Array(2 * n)];
  const starts = Array.from({ length: N_DIGITS }, () => new Uint32Array(1 << DIGIT));
  const [s0, s1, s2] = starts as [Uint32Array, Uint32Array, Uint32Array];
  for (let k = 0; k < n; k++) {
    const index = order[k]!;
    const key = keys[index]! ^ flip;
    pairs[2 * k] = key;
    pairs[2 * k + 1] = index;
    s0[key & LAST]!++;
    s1[(key >>> DIGIT) & LAST]!++;
    s2[key >>> (2 * DIGIT)]!++;
  }
  starts.forEach((counts, d) => {
    const shift = d * DIGIT;
    if (n && counts[(pairs[0]! >>> shift) & LAST] === n) return; // all alike in these bits
    let start = 0;
    for (let b = 0; b <= LAST; b++) {
      const size = counts[b]!;
      counts[b] = start;
      start += size;
    }
    for (let k = 0; k < 2 * n; k += 2) {
      const key = pairs[k]!;
      const to = 2 * counts[(key >>> shift) & LAST]!++;
      next[to] = key;
      next[to + 1] = pairs[k + 1]!;
    }
    [pairs, next] = [next, pairs];
  });
  for (let k = 0; k < n; k++) order[k] = pairs[2 * k + 1]!;
}

/** Drops the rows whose value is not from `low` to `high`; NaN is nowhere. */
export function keepWithin(mask: Mask, column: Column, low: number, high: number): void {
  for (let i = 0; i < column.length; i++) {
    if (!(column[i]! >= low && column[i]! <= high)) mask[i] = 0;
  }
}

/** One byte for each token: 1 if its text has what was typed in it, or with `isExact` is just that. */
export function tokensWith(
  vocabulary: Vocabulary,
  typed: string,
  { isExact = false, isCaseSensitive = false }: { isExact?: boolean; isCaseSensitive?: boolean } = {},
): Mask {
  const cased = (text: string) => (isCaseSensitive ? text : text.toLowerCase());
  const wanted = cased(typed);
  return Uint8Array.from({ length: vocabulary.length }, (_, id) => {
    const text = cased(vocabulary.text(id));
    return +(isExact ? text === wanted : text.includes(wanted));
  });
}

/** Drops the rows none of whose peak tokens is wanted. `ids` and `counts` have `width` entries a row. */
export function keepPeaking(mask: Mask, ids: Column, counts: Column, wanted: Mask): void {
  const width = ids.length / mask.length;
  for (let i = 0; i < mask.length; i++) {
    let isWanted = false;
    for (let k = i * width; k < (i + 1) * width && !isWanted; k++) isWanted = counts[k]! > 0 && wanted[ids[k]!] === 1;
    if (!isWanted) mask[i] = 0;
  }
}
