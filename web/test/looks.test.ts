import assert from "node:assert/strict";
import { test } from "node:test";
import { fitsInLink, lowest, part, standing, whyUncounted } from "../src/looks.ts";

const scale = { min: -0.17, max: 5 };

test("a value is placed among those of the corpus", () => {
  assert.equal("above 99.98 % of the corpus's tokens", standing(3.4, 0.9998, scale));
  assert.equal("above 12 % of the corpus's tokens", standing(-0.1, 0.123, scale));
});

test("beyond the corpus no share is claimed", () => {
  assert.equal("above every token of the corpus", standing(5.1, 1, scale));
  assert.equal("below every token of the corpus", standing(-0.2, 0, scale));
});

test("the corpus's own peak, recomputed in another batch, is still its peak", () => {
  assert.equal("as high as the highest in the corpus", standing(5 - 1e-6, 0.9999, scale));
  assert.equal("as high as the highest in the corpus", standing(5 + 1e-6, 1, scale));
});

test("a value is a share of the end on its own side of zero", () => {
  assert.equal("50 % of its max", part(2.5, scale));
  assert.equal("100 % of its min", part(-0.17, scale));
  assert.equal(null, part(0, scale));
  assert.equal(null, part(1, { min: -1, max: -0.5 }));
});

test("the lowest token is one that counts", () => {
  assert.equal(2, lowest({ activations: [-9, 1, -2, 3], counted: [false, true, true, true] }));
  assert.equal(null, lowest({ activations: [-9], counted: [false] }));
});

test("tokens that do not count are explained", () => {
  assert.match(whyUncounted([false, true, true])!, /^The first token does not count: /);
  assert.match(whyUncounted([false, false, true])!, /^The first 2 tokens do not count: /);
  assert.match(whyUncounted([true, false, true])!, /^One more does not: special tokens, or the first of each segment/);
  assert.match(whyUncounted([false, true, false, false])!, /^The first token does not count: .* 2 more do not: /);
  assert.match(whyUncounted([false])!, /^The first token does not count/);
  assert.equal(null, whyUncounted([true, true]));
});

test("a text of many pages goes into no address", () => {
  assert.ok(fitsInLink("#/scope/demo/0/1?text=short"));
  assert.ok(!fitsInLink("#/scope/demo/0/1?text=" + "x".repeat(20_000)));
});
