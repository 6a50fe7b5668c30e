import assert from "node:assert/strict";
import { test } from "node:test";
import { decades, ticks } from "../src/axis.ts";

test("strokes stand at round numbers inside the axis", () => {
  assert.deepEqual([0, 2, 4, 6, 8], ticks(-0.4, 9.1, 5));
  assert.deepEqual([-0.1, -0.05, 0, 0.05, 0.1, 0.15], ticks(-0.12, 0.17, 6));
  assert.deepEqual([0, 0.1, 0.2, 0.3], ticks(0, 0.3, 3));
  assert.deepEqual([0, 200_000, 400_000], ticks(-3, 420_000, 3));
});

test("an axis of one value has one stroke", () => {
  assert.deepEqual([1.5], ticks(1.5, 1.5, 6));
});

test("powers of ten are thinned out, not crowded", () => {
  assert.deepEqual([1, 10, 100, 1000], decades(1, 1000, 5));
  assert.deepEqual([0.01, 10, 10_000], decades(0.01, 5e5, 3));
});
