import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  LIMIT, correlation, distances, ks, pieces, shapes, spread, verdict, w1, w2, whyOtherTokens,
} from "../src/distance.ts";
import type { Distance, Piece } from "../src/distance.ts";

interface Even { edges: number[]; counts: number[] }
interface Measured { histogram: Even; stats: any }
type Three = Record<"w1" | "w2" | "ks", number>;
const contract: {
  even: ({ a: Even; b: Even } & Three)[];
  measured: {
    name: string; a: Measured; b: Measured; raw: Three; standardised: Three;
    correlation: Record<"least" | "found" | "most", number>;
  }[];
} = JSON.parse(readFileSync(new URL("../../contract/distance.json", import.meta.url), "utf8"));

const near = (expected: number, found: number, tolerance = 1e-6) =>
  assert.ok(Math.abs(expected - found) <= tolerance, `expected ${expected}, found ${found}`);
const piece = (low: number, high: number, share: number): Piece => ({ low, high, share });
const plain = ({ edges, counts }: Even): Piece[] => {
  const total = counts.reduce((s, n) => s + n, 0);
  return counts.flatMap((n, i) => (n ? [piece(edges[i]!, edges[i + 1]!, n / total)] : []));
};
const neuron = (edges: number[], counts: number[], more: object): any => ({
  histogram: { edges, counts },
  stats: { count: counts.reduce((s, n) => s + n, 0), ...more },
});

test("a shift moves every token by as much", () => {
  const [a, b] = [[piece(0, 1, 1)], [piece(2, 3, 1)]];

  near(2, w1(a, b));
  near(2, w2(a, b));
  near(1, ks(a, b));
});

test("even from 0 to 1 against all at one half: worked by hand", () => {
  const [a, b] = [[piece(0, 1, 1)], [piece(0.5, 0.5, 1)]];

  near(1 / 4, w1(a, b));
  near(Math.sqrt(1 / 12), w2(a, b));
  near(1 / 2, ks(a, b)); // on each side of the jump
});

test("two heaps of different sizes: worked by hand", () => {
  const a = [piece(0, 0, 0.5), piece(4, 4, 0.5)];
  const b = [piece(0, 0, 0.75), piece(4, 4, 0.25)];

  near(1, w1(a, b));
  near(2, w2(a, b));
  near(0.25, ks(a, b));
});

test("tokens spread evenly inside the bins: scipy says the same", () => {
  assert.ok(contract.even.length >= 6);
  for (const { a, b, ...expected } of contract.even) {
    near(expected.w1, w1(plain(a), plain(b)));
    near(expected.w2, w2(plain(a), plain(b)));
    near(expected.ks, ks(plain(a), plain(b)));
  }
});

test("empty bins are no pieces, and the outermost pieces end at the smallest and largest value", () => {
  const found = pieces(neuron([-2, -1, 0, 1, 2], [2, 0, 5, 3], { min: -9, max: 1.5, density: 0.8 }));

  assert.deepEqual(found, [piece(-9, -1, 0.2), piece(0, 1, 0.5), piece(1, 1.5, 0.3)]);
});

test("tokens at exactly zero are a heap of their own", () => {
  const found = pieces(neuron([-1, 0, 1, 2], [0, 6, 4], { min: 0, max: 2, density: 0.5 }));

  assert.deepEqual(found, [piece(0, 0, 0.5), piece(0, 1, 0.1), piece(1, 2, 0.4)]);
});

test("a constant neuron is one heap and cannot be standardised", () => {
  const found = shapes(neuron([-1, 0, 1, 2], [0, 0, 7], { min: 1.5, max: 1.5, density: 1, mean: 1.5, sd: 0 }));

  assert.deepEqual(found, { raw: { binned: [piece(1.5, 1.5, 1)], spread: [piece(1.5, 1.5, 1)] }, standardised: null });
});

test("a neuron of which no token was counted has no pieces", () => {
  const found = shapes(neuron([-1, 0, 1], [0, 0], { min: 0, max: 0, density: 0, mean: null, sd: null }));

  assert.deepEqual(found, { raw: { binned: [], spread: [] }, standardised: null });
});

test("tokens spread inside their bins keep the counts and have mean 0 and sd 1", () => {
  for (const { a, b } of contract.measured) {
    for (const { standardised } of [shapes(a), shapes(b)]) {
      const { binned, spread } = standardised!;
      const moment = (power: number) =>
        spread.reduce((s, { low, high, share }) => {
          if (high === low) return s + share * low ** power;
          return s + (share * (high ** (power + 1) - low ** (power + 1))) / (power + 1) / (high - low);
        }, 0);

      near(1, moment(0));
      near(0, moment(1), 1e-4);
      near(1, moment(2), 1e-4);
      for (const { low, high, share } of binned) {
        const inside = spread.filter((p) => p.low >= low && p.high <= high && p.high > p.low === high > low);
        near(share, inside.reduce((s, p) => s + p.share, 0), 1e-9);
      }
    }
  }
});

test("a bin that may hold what it likes holds it evenly", () => {
  const even = spread([piece(-Math.sqrt(3), Math.sqrt(3), 1)]);

  near(0, w1(even, [piece(-Math.sqrt(3), Math.sqrt(3), 1)]), 1e-6);
});

test("the true distance is never outside low and high", () => {
  const inside = (truth: number, { low, value, high }: Distance, what: string) => {
    assert.ok(low <= truth + 1e-6 && truth <= high + 1e-6, `${what}: ${truth} is outside ${low} to ${high}`);
    assert.ok(low <= value && value <= high, `${what}: ${value} is outside ${low} to ${high}`);
  };
  for (const { name, a, b, ...expected } of contract.measured) {
    const [one, two] = [shapes(a), shapes(b)];
    const raw = distances(one.raw, two.raw);
    const standardised = distances(one.standardised!, two.standardised!, LIMIT);
    for (const key of ["w1", "w2", "ks"] as const) {
      inside(expected.raw[key], raw[key], `${name}, ${key}`);
      inside(expected.standardised[key], standardised[key], `${name}, ${key}, standardised`);
    }
  }
});

test("the value shown is near the truth, where even spreading is far from it", () => {
  const worst = { shown: 0, even: 0 };
  for (const { a, b, standardised: truth } of contract.measured) {
    const [one, two] = [shapes(a).standardised!, shapes(b).standardised!];
    worst.shown = Math.max(worst.shown, Math.abs(truth.w1 - distances(one, two).w1.value));
    worst.even = Math.max(worst.even, Math.abs(truth.w1 - w1(one.binned, two.binned)));
  }

  assert.ok(worst.shown < 0.1, `${worst.shown}`);
  assert.ok(worst.even > 1, `${worst.even}`);
});

test("no correlation that the tokens allow is ruled out", () => {
  for (const { name, a, b, correlation: truth } of contract.measured) {
    const found = correlation(shapes(a).standardised!, shapes(b).standardised!);

    for (const r of [truth.least, truth.found, truth.most]) {
      assert.ok(found.least <= r + 1e-12 && r - 1e-12 <= found.most, `${name}: ${r} is outside ${JSON.stringify(found)}`);
    }
  }
});

test("bins of a quarter sd bound the correlation to within 0.15", () => {
  const { a, b, correlation: truth } = contract.measured.find((m) => m.name.includes("rectified copy"))!;
  const found = correlation(shapes(a).standardised!, shapes(b).standardised!);

  near(truth.most, found.most, 0.15);
  near(truth.most, found.likely, 0.03);
});

test("a switch that one token in five hundred turns on cannot follow one that half of them do: by hand", () => {
  const half = neuron([-1, 0, 1, 2], [0, 250, 250], { min: 0, max: 1, density: 0.5, mean: 0.5, sd: 0.5 });
  const p = 0.002;
  const rare = neuron([-1, 0, 1, 2], [0, 499, 1], { min: 0, max: 1, density: p, mean: p, sd: Math.sqrt(p * (1 - p)) });
  const found = correlation(shapes(half).standardised!, shapes(rare).standardised!);

  near(Math.sqrt(p / (1 - p)), found.most, 2e-6);
  near(-Math.sqrt(p / (1 - p)), found.least, 2e-6);
});

test("a bound is rounded to the weaker side", () => {
  assert.match(verdict({ least: -0.411, most: 0.611, likely: 0.5 }), /above 0\.62 and below −0\.42\. Whether/);
  assert.match(verdict({ least: -1, most: 0.611, likely: 0.5 }), /above 0\.62\. Whether/);
});

test("shapes that agree are not called a match", () => {
  assert.match(verdict({ least: -1, most: 1, likely: 0.99 }), /^The shapes agree; that alone says nothing about the same feature/);
});

test("bins too wide to tell are not called agreement", () => {
  const said = verdict({ least: -1, most: 0.999, likely: 0.4 });

  assert.match(said, /^The shapes differ, but in bins as wide as these that proves little: they rule out no correlation/);
  assert.match(verdict({ least: -1, most: 0.983, likely: 0.4 }), /rule out only a correlation above 0\.99/);
});

test("a bound needs the same tokens", () => {
  const scan = (tokenizer = "t", text = "c", first = 1) => ({
    model: { tokenizer_hash: tokenizer },
    corpus: { sha256: text, context: 128, n_tokens: 9 },
    counted: { n_tokens: 8, first_position_counted: first, bos: [0], eos: [], special_ids_never_counted: [0] },
  });

  assert.equal(null, whyOtherTokens(scan(), scan()));
  assert.match(whyOtherTokens(scan(), scan("u"))!, /different tokens/);
  assert.match(whyOtherTokens(scan(), scan("t", "d"))!, /different texts/);
  assert.match(whyOtherTokens(scan(), scan("t", "c", 2))!, /did not count the same tokens/);
});
