/** A histogram laid out: which bins are drawn, how high, and where a value stands among them. Knows no DOM.
 *
 * Each bin is as wide as any other, whatever its edges: near zero they are fine, far out coarse, and each
 * side of zero has its own.
 */

export interface Bin {
  low: number;
  high: number;
  count: number;
  /** Logarithm of the count, 0 to 1. */
  height: number;
  side: "positive" | "negative";
}

export interface Layout {
  /** From the first filled bin, or zero, to the last. */
  bins: Bin[];
  most: number;
  /** Counts to be marked on the vertical axis, and how high they are, 0 to 1. */
  levels: { count: number; height: number }[];
  /** Edges to be marked on the horizontal axis, and where they are, 0 to 1. */
  ticks: { value: number; at: number; isMinor: boolean }[];
  zero: number;
}

/** Labels on the axis are no nearer to each other than this part of its length; on a narrow one, the minor left out. */
const LEAST_GAP = 0.11;
const NARROW_GAP = 0.27;
const MOST_LEVELS = 4;

export function layout({ edges, counts }: { edges: number[]; counts: number[] }): Layout | null {
  const filled = counts.flatMap((count, i) => (count ? [i] : []));
  if (!filled.length) return null;
  const zero = edges.reduce((best, edge, i) => (Math.abs(edge) < Math.abs(edges[best]!) ? i : best), 0);
  const first = Math.min(filled[0]!, zero);
  const last = Math.max(filled.at(-1)!, zero - 1);
  const most = Math.max(...counts);
  const height = (count: number) => Math.log1p(count) / Math.log1p(most);
  const bins = counts.slice(first, last + 1).map((count, k): Bin => {
    const i = first + k;
    return { low: edges[i]!, high: edges[i + 1]!, count, height: height(count), side: i >= zero ? "positive" : "negative" };
  });
  const place = (i: number) => (i - first) / bins.length;
  const quarter = counts.length >> 2;
  const ticks: Layout["ticks"] = [];
  for (const i of [zero, first, last + 1, zero - quarter, zero + quarter, zero - quarter / 2, zero + quarter / 2]) {
    const at = place(i);
    const isNear = (gap: number) => (t: { at: number }) => Math.abs(t.at - at) < gap;
    if (i < first || i > last + 1 || ticks.some(isNear(LEAST_GAP))) continue;
    ticks.push({ value: edges[i]!, at, isMinor: ticks.filter((t) => !t.isMinor).some(isNear(NARROW_GAP)) });
  }
  const nDecades = Math.floor(Math.log10(most));
  const step = Math.max(1, Math.ceil((nDecades + 1) / MOST_LEVELS));
  const levels = [];
  for (let k = 0; k <= nDecades; k += step) levels.push({ count: 10 ** k, height: height(10 ** k) });
  return { bins, most, levels, ticks, zero: place(zero) };
}

/** Where a value stands on the axis, 0 to 1; beyond its ends at them. */
export function placeOf({ bins }: Layout, value: number): number {
  const i = bins.findIndex((bin) => value < bin.high);
  if (i < 0) return 1;
  const { low, high } = bins[i]!;
  return (i + Math.max(0, (value - low) / (high - low))) / bins.length;
}
