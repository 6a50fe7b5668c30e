import assert from "node:assert/strict";
import { test } from "node:test";

import { again, read, test as testAt } from "../src/address.ts";
import { edited, empty, hypothesis, markedIn, ruleFrom, runs, said, understood, written } from "../src/claims.ts";
import type { Example, NeuronRecord, Preview, Texts, WholeTest } from "../src/types.ts";

const PREVIEW: Preview = {
  rule: "words: I", note: "", bits: 1, needs_tokens: false, top: [], bottom: [], bands: [], n_left_out: 0, slow: null,
  peaks: [-2, -1, 0, 1, 2].map((offset) => ({ offset, n_top: offset === -1 ? 12 : 3, n_bottom: offset === 0 ? 7 : 0 })),
  corpus: { places: 34, documents: 200, n_documents: 1125, share_of_tokens: 0.01 },
};
const example = (tokens: string[] = []): Example => ({ tokens }) as unknown as Example;
const RECORD = { top: Array.from({ length: 20 }, () => example()), bottom: [example()], bands: [] } as unknown as NeuronRecord;

test("runs of neighbouring tokens are joined, in the order of the text", () => {
  assert.deepEqual(
    runs(["a", " b", " c", "d"], [3, 1, 2]).map((r) => r.text),
    [" b cd"],
  );
  assert.deepEqual(
    runs(["a", " b", " c", "d"], [3, 0]).map((r) => r.text),
    ["a", "d"],
  );
});

for (const [tokens, chosen, expected] of [
  [["I", " loved", " it"], [1], "words: loved"],
  [["I", " loved", " it", " Loved"], [1, 2, 3], "words: loved it Loved"],
  [["I", " loved", " it", " Loved"], [1, 3], "words: Loved"],
  [["New", " York", " and", " me"], [0, 1], "words: New York"],
  [["this", " and", " that"], [1], 'words: "and"'],
  [["go", "blet", "s"], [0], "/go/"],
  [["go", "blet", "s"], [0, 1, 2], "words: goblets"],
  [["8", ")", " x"], [1], "/\\)/"],
  [["8", ")", " x"], [0, 1], "/8\\)/"],
  [["a", "\n", "b"], [1], "/\\n/"],
  [["a", "/", "b", ">>"], [1, 3], "/\\/|\\>\\>/"],
  [["x", " "], [1], "/ /"],
  [["x"], [], ""],
] as [string[], number[], string][]) {
  test(`a rule of ${JSON.stringify(chosen.map((i) => tokens[i]))} in ${JSON.stringify(tokens)}`, () => {
    assert.equal(ruleFrom([{ tokens, chosen }]), expected);
  });
}

test("tokens of several examples make one rule, each once", () => {
  const choices = [{ tokens: ["a", " moon"], chosen: [1] }, { tokens: [" Moon", " sun"], chosen: [0, 1] }, { tokens: ["Moon"], chosen: [0] }];
  assert.equal(ruleFrom(choices), "words: Moon, Moon sun");
});

test("what a rule marks is said with the offset that fits best, unless one is given", () => {
  assert.equal(
    said(PREVIEW, RECORD, { side: "", offset: "" })[0],
    "Marks 12 of the 20 top examples' peaks, if it fires one token before the place, and 34 places in the first 200 documents of 1,125.",
  );
  assert.match(said(PREVIEW, RECORD, { side: "", offset: "0" })[0]!, /^Marks 3 of the 20 top examples' peaks, and 34 places/);
  assert.match(said(PREVIEW, RECORD, { side: "-", offset: "" })[0]!, /^Marks 7 of the 1 bottom examples' peaks, and/);
});

test("a rule that marks nothing or too much, or is slow, is told so", () => {
  const with_ = (corpus: Partial<Preview["corpus"]>, more: Partial<Preview> = {}) =>
    said({ ...PREVIEW, ...more, corpus: { ...PREVIEW.corpus, ...corpus } }, RECORD, { side: "", offset: "" }).slice(1).join(" ");
  assert.match(with_({ places: 0 }), /None there/);
  assert.match(with_({ share_of_tokens: 0.7 }), /^That is 70 % of all tokens/);
  assert.equal(with_({}, { slow: "It was stopped.", n_left_out: 1, note: "A note." }), "There was no time for 1 example. It was stopped. A note.");
});

const TEXTS: Texts = {
  n_matching: 5, n_other: 5, n_kept: 10, is_paired: false, n_incomplete: 0, first_matching: "a", first_other: "b",
  n_looked_at: 10, n_repeated: 0, n_on_both_sides: 0, n_without_place: 0, n_others_with_place: 0,
};

test("what was understood of texts is said", () => {
  const of = (part: Partial<Texts>, hasRule = true, nearMisses = false) => understood({ ...TEXTS, ...part }, hasRule, nearMisses).join(" ");
  assert.equal(of({}), "5 texts that match, 5 that do not.");
  assert.equal(of({ is_paired: true }), "5 pairs.");
  assert.match(of({ n_other: 0 }), /All of them match/);
  assert.doesNotMatch(of({ n_other: 0 }, true, true), /All of them match/);
  assert.match(of({ n_matching: 0 }), /None of them matches/);
  assert.match(of({ n_matching: 100_000, n_other: 100_000, n_kept: 2000, is_paired: true }), /^100,000 pairs. Of these 200,000 texts 2,000/);
  assert.match(of({ n_without_place: 2 }), /In 2 of the matching ones the rule marks nothing/);
  assert.doesNotMatch(of({ n_without_place: 2 }, false), /marks nothing/);
});

test("a hypothesis that is to be changed comes back as it was, with the one it is an edit of", () => {
  const contents = {
    claim: "c", rule: "words: I", tokens: "first", side: "-", offset: -1, thresholds: { ap: 0.4 }, seed: 3,
    texts: { matching: ['a "q"\n'], other: ["b"], paired: true },
  } as const;
  const fields = edited({ contents, hypothesis: "f".repeat(64) } as unknown as WholeTest);
  assert.deepEqual(hypothesis(fields), { ...contents, texts: null });
  assert.equal(fields.parent, "f".repeat(64));
  assert.deepEqual(JSON.parse(fields.pasted), { matching: 'a "q"\n', other: "b" });
  assert.deepEqual(hypothesis(empty()), { claim: "", rule: null, tokens: "last", side: null, offset: null, texts: null });
});

test("lists that are no pairs are written so that none becomes one", () => {
  const rows = written({ matching: ["a", "b"], other: ["c"], paired: false }).split("\n").map((row) => JSON.parse(row));
  assert.deepEqual(rows, [{ matching: "a", other: null }, { matching: "b", other: null }, { matching: null, other: "c" }]);
});

test("marks go to the examples of all lists", () => {
  const [a, b, c, d] = [example(), example(), example(), example()];
  const record = { top: [a], bottom: [b], bands: [{ examples: [c] }, { examples: [d] }] } as unknown as NeuronRecord;
  const marked = (token: number) => ({ fires: [], matches: [], tokens: [token], touched: [] });
  const found = markedIn(record, { ...PREVIEW, top: [marked(0)], bottom: [marked(1)], bands: [marked(2), marked(3)] });
  assert.deepEqual([a, b, c, d].map((e) => found.get(e!)!.tokens[0]), [0, 1, 2, 3]);
});

test("a test has an address, and so has a neuron with the hypothesis of one", () => {
  assert.deepEqual(read(testAt(12)), { page: "test", id: 12 });
  assert.deepEqual(read(again({ catalogue: "a", layer: 0, neuron: 5 }, 12)), {
    page: "neuron", at: { catalogue: "a", layer: 0, neuron: 5 }, test: 12,
  });
  assert.equal(read("#/tests/x").page, "unknown");
});
