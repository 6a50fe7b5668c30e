/** Where the strokes of an axis stand. Pure. */

/** Round numbers from low to high: 1, 2 or 5 times a power of ten apart, about `n` of them. */
export function ticks(low: number, high: number, n: number): number[] {
  if (!(high > low)) return [low];
  const raw = (high - low) / n;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= raw * (1 - 1e-9))!;
  const found: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) found.push(Number((k * step).toPrecision(12)));
  return found;
}

/** Powers of ten from low to high, at most `n` of them. */
export function decades(low: number, high: number, n: number): number[] {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const step = Math.max(1, Math.ceil((last - first + 1) / n));
  const found: number[] = [];
  for (let k = first; k <= last; k += step) found.push(Number(`1e${k}`));
  return found;
}
