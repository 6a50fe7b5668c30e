/** How numbers are written, as in the terminal (src/lmscope/writing.py), and what the statistics mean. */

/** The first digits of a positive number, rounded half to even as Python does, and its power of ten. */
function rounded(x: number, nDigits: number): [digits: string, exponent: number] {
  // A number halfway between two short ones ends long before its sixtieth digit; no other comes so near.
  const [mantissa, power] = x.toExponential(60).split("e") as [string, string];
  const all = mantissa.replace(".", "");
  const [kept, rest] = [all.slice(0, nDigits), all.slice(nDigits)];
  const isHalf = /^50*$/.test(rest);
  const isUp = isHalf ? Number(kept.at(-1)) % 2 === 1 : rest >= "5";
  const digits = isUp ? String(BigInt(kept) + 1n) : kept;
  return digits.length > nDigits ? [digits.slice(0, nDigits), Number(power) + 1] : [digits, Number(power)];
}

/** Python's format(x, ".{n}g"). */
function general(x: number, nDigits: number): string {
  if (Number.isNaN(x)) return "nan";
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  if (!Number.isFinite(x)) return `${sign}inf`;
  if (x === 0) return `${sign}0`;
  const [digits, exponent] = rounded(Math.abs(x), nDigits);
  const trimmed = (text: string) => (text.includes(".") ? text.replace(/\.?0*$/, "") : text);
  if (exponent < -4 || exponent >= nDigits) {
    const power = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${trimmed(`${digits[0]}.${digits.slice(1)}`)}e${exponent < 0 ? "-" : "+"}${power}`;
  }
  if (exponent < 0) return `${sign}${trimmed(`0.${"0".repeat(-exponent - 1)}${digits}`)}`;
  return sign + trimmed(`${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`);
}

/** About four digits; nothing is `none`. */
export function number(value: number | null): string {
  if (value === null || Number.isNaN(value)) return "none";
  const size = Math.abs(value);
  if (!(size >= 1000 && size < 1e9)) return general(value, 4);
  const half = Math.floor(size) + 0.5 === size; // Python rounds it to even
  return count(Math.sign(value) * (half ? 2 * Math.round(size / 2) : Math.round(size)));
}

/** A fraction as people say it, with more digits near nothing and near everything. */
export function share(fraction: number): string {
  const percent = 100 * fraction;
  if (percent > 100) return `${number(percent)} %`; // an activation beyond all that the corpus had
  if (percent >= 99) return `${general(percent === 100 ? percent : Math.min(percent, 99.99), 4)} %`;
  return `${general(percent, 2)} %`;
}

const grouped = new Intl.NumberFormat("en");

/** A whole number with its thousands set apart. */
export function count(n: number): string {
  return grouped.format(n);
}

/** A number with as many decimals as every other on the same scale, for columns of figures. */
export function aligned(value: number, { min, max }: { min: number; max: number }): string {
  const largest = Math.max(Math.abs(min), Math.abs(max));
  if (!Number.isFinite(value) || !(largest >= 1e-4 && largest < 1e9)) return number(value);
  const nDecimals = Math.max(0, 3 - Math.floor(Math.log10(largest)));
  return value.toLocaleString("en", { minimumFractionDigits: nDecimals, maximumFractionDigits: nDecimals });
}

/** Every statistic of a neuron: what a page calls it, and what it says to someone who has not met it. */
export const STATISTICS: Record<string, { label: string; meaning: string }> = {
  max: { label: "max", meaning: "The largest activation in the corpus." },
  min: { label: "min", meaning: "The smallest activation in the corpus." },
  mean: { label: "mean", meaning: "The average activation over all tokens." },
  sd: { label: "sd", meaning: "Standard deviation: how far activations usually lie from the mean." },
  skew: { label: "skew", meaning: "Above 0 if the far activations lie above the mean, below 0 if they lie beneath it." },
  kurtosis: {
    label: "kurtosis",
    meaning:
      "How rare and how far the far activations are: 0 for a normal distribution, large for a neuron that is mostly quiet.",
  },
  density: { label: "density", meaning: "Share of tokens with an activation above 0." },
  density_half_max: {
    label: "above half max",
    meaning: "Share of tokens above half the maximum: how often the neuron is really on.",
  },
  is_dead: { label: "dead", meaning: "No token of the corpus activated it." },
  peak_share: {
    label: "one peak token",
    meaning: "Share of the top examples that peak on the same token; 100 % is a neuron for a single token.",
  },
  n_positive: { label: "tokens above 0", meaning: "Number of tokens with an activation above 0." },
  count: { label: "tokens", meaning: "Tokens behind every statistic." },
};

/** Every measure of a rule on a corpus: what a page calls it, and what it says to someone who has not met it. */
export const MEASURES: Record<string, { label: string; meaning: string }> = {
  ap: { label: "average precision (AP)", meaning: "How well the activation sorts marked tokens before all others: 1 is perfect." },
  mass_precision: { label: "share of its activation", meaning: "How much of all its activation falls on marked tokens." },
  mass_precision_squared: { label: "the same of its squares", meaning: "Strong activations count more, the faint background less." },
  recall: { label: "recall", meaning: "Of the marked tokens, the share on which it fires, at the frozen threshold." },
  precision: { label: "precision", meaning: "Of the tokens on which it fires there, the share that is marked." },
  f1: { label: "F1", meaning: "Recall and precision in one number: their harmonic mean." },
  r: { label: "Pearson r", meaning: "Correlation of activation and rule: 1 is perfect." },
  auroc: { label: "AUROC", meaning: "Chance that a marked token is above another one. Blind to how rare the marked ones are." },
};
