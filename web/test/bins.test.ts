import assert from "node:assert/strict";
import { test } from "node:test";

import { layout, placeOf } from "../src/bins.ts";

const edges = [-4, -2, -1, 0, 1, 2, 4, 8, 16];

test("empty bins at both ends are left out, zero never", () => {
  const found = layout({ edges, counts: [0, 0, 3, 0, 0, 9, 0, 0] })!;

  assert.deepEqual([[-1, 0], [0, 1], [1, 2], [2, 4]], found.bins.map((b) => [b.low, b.high]));
  assert.deepEqual(["negative", "positive", "positive", "positive"], found.bins.map((b) => b.side));
  assert.equal(0.25, found.zero);
});

test("a neuron that is never above zero still shows where zero is", () => {
  const found = layout({ edges, counts: [2, 1, 0, 0, 0, 0, 0, 0] })!;

  assert.equal(1, found.zero);
  assert.ok(found.ticks.some((t) => t.value === 0 && t.at === 1));
});

test("heights are logarithms of the counts", () => {
  const found = layout({ edges, counts: [0, 0, 0, 0, 1, 99, 0, 0] })!;

  assert.deepEqual([0, Math.log(2) / Math.log(100), 1], found.bins.map((b) => b.height));
  assert.deepEqual([1, 10], found.levels.map((l) => l.count));
});

test("a value lies inside its bin, and at the end of the axis if it lies beyond", () => {
  const found = layout({ edges, counts: [0, 1, 1, 1, 1, 0, 0, 0] })!;

  assert.deepEqual([0, 0.25, 0.5, 0.875, 1], [-9, -1, 0, 1.5, 12].map((v) => placeOf(found, v)));
});

test("nothing counted, nothing drawn", () => {
  assert.equal(null, layout({ edges, counts: [0, 0, 0, 0, 0, 0, 0, 0] }));
});

test("a narrow axis has fewer labels, and zero is one of them", () => {
  const wide = Array.from({ length: 17 }, (_, i) => i - 4);
  const { ticks } = layout({ edges: wide, counts: Array.from({ length: 16 }, () => 1) })!;

  assert.deepEqual([0, 12], ticks.filter((t) => !t.isMinor).map((t) => t.value));
  assert.ok(ticks.some((t) => t.isMinor && t.value === -4));
});
