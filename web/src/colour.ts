/** The one rule by which an activation becomes a colour. Pure: theme.ts says what the colours are. */

/** Steps between the page's background and the full colour. */
export const LEVELS = 24;

/** Share of the scale below which nothing is drawn, in the terminal too. */
const FAINTEST = 0.03;

export interface Shade {
  side: "positive" | "negative" | "none";
  /** 0 to `LEVELS`; 0 is no colour, on the side "none" only. */
  level: number;
}

/** Linear from zero to the neuron's own extreme in the corpus, the one farther from zero, and full beyond.
 *
 * One unit is as full above zero as below, so a neuron that hardly goes below zero shows no orange. */
export function shade(value: number, { min, max }: { min: number; max: number }): Shade {
  if (!value || Number.isNaN(value)) return { side: "none", level: 0 };
  const part = Math.abs(value) / Math.max(Math.abs(min), Math.abs(max));
  if (part < FAINTEST) return { side: "none", level: 0 };
  return { side: value > 0 ? "positive" : "negative", level: Math.max(1, Math.round(part < 1 ? part * LEVELS : LEVELS)) };
}
