import assert from "node:assert/strict";
import { test } from "node:test";

import { agrees, bandLabel, embedding, isSame, joined, onePerPeak, recomputed, spellings, tagsOf, unseen } from "../src/lists.ts";
import type { Example, Look, NeuronRecord } from "../src/types.ts";

const example = (...ids: number[]) => ({ token_ids: ids, peak: ids.length - 1 }) as Example;
const written = (note: string, tags: string[] = [], starred = false) => ({ note, tags, starred });

test("one example per peak token keeps the best and its rank", () => {
  const found = onePerPeak([example(1, 7), example(2, 7), example(7, 3), example(7)]);

  assert.deepEqual([1, 3], found.map((f) => f.rank));
});

test("a band is named by its edges", () => {
  const name = (low: number | null, high: number | null) => bandLabel({ low, high, share: 1, examples: [] });

  assert.deepEqual(["up to 0.5", "0.5 to 1.25", "from 1.25", "all"], [
    name(null, 0.5), name(0.5, 1.25), name(1.25, null), name(null, null),
  ]);
});

test("a neuron's address has three spellings", () => {
  const record = { neuron: "L0N737", model: "solu-1l", layer: 0, index: 737, site: "mid" } as NeuronRecord;

  assert.deepEqual(["L0N737", "solu-1l/0/737", "blocks.0.mlp.hook_mid[737]"], spellings(record));
});

test("the snippet for another page cannot be broken by a name", () => {
  const found = embedding('https://a/embed.html#/x?a=1&b="', 'L0N1 of <b>"m"');

  assert.ok(found.includes('src="https://a/embed.html#/x?a=1&amp;b=&quot;"'));
  assert.ok(found.includes('title="L0N1 of &lt;b&gt;&quot;m&quot;"'));
});

test("tags are read as people type them", () => {
  assert.deepEqual(["list marker", "digits"], tagsOf(" list   marker, #digits,, digits"));
  assert.deepEqual([], tagsOf(" , "));
});

test("two versions of a note are joined without loss", () => {
  assert.deepEqual(written("theirs\nmine", ["b", "a"], true), joined(written("mine", ["a"], true), written("theirs", ["b"])));
  assert.equal("one two", joined(written("two"), written("one two")).note);
  assert.equal("one two", joined(written("one two"), written("one")).note);
});

test("versions differ by star, note or tags", () => {
  assert.ok(isSame(written("a", ["x"]), written("a", ["x"])));
  for (const other of [written("b", ["x"]), written("a", ["y"]), written("a", ["x"], true)]) {
    assert.ok(!isSame(written("a", ["x"]), other));
  }
});

test("a random neuron that was not seen is found among the last ones too", () => {
  assert.equal(2, unseen(4, new Set([0, 1, 3]), () => 0.999));
  assert.equal(3, unseen(4, new Set([1]), () => 0.9));
  assert.equal(-1, unseen(2, new Set([0, 1])));
});

test("an example's peak is found again in its segment", () => {
  const window = { token_ids: [5, 6], spans: [[104, 106], [106, 109]], peak: 1 } as Example;
  const look = (...ids: number[]) =>
    ({ token_ids: ids, spans: [[0, 4], [4, 6], [6, 9]], activations: [0, 1, 3.5] }) as unknown as Look;

  assert.equal(3.5, recomputed(window, look(4, 5, 6), 100));
  assert.equal(null, recomputed(window, look(4, 5, 7), 100));
  assert.equal(null, recomputed(window, look(4, 5, 6), 101));
});

test("activations agree within rounding", () => {
  assert.ok(agrees(3.412, 3.4121));
  assert.ok(!agrees(3.412, 3.5));
  assert.ok(!agrees(0.01, -0.01));
});
