import assert from "node:assert/strict";
import { test } from "node:test";
import { argsort, keepPeaking, keepWithin, tokensWith } from "../src/order.ts";
import type { Column } from "../src/source.ts";
import type { Vocabulary } from "../src/source.ts";

/** Numbers that are the same in every run. */
function draw(n: number, of: (x: number) => number): number[] {
  let state = 7;
  return Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return of(state / 2 ** 32);
  });
}

function plainly(column: Column, isDescending: boolean): number[] {
  const all = [...column.keys()];
  const known = all.filter((i) => !Number.isNaN(column[i]!));
  known.sort((a, b) => (isDescending ? column[b]! - column[a]! : column[a]! - column[b]!) || a - b);
  return [...known, ...all.filter((i) => Number.isNaN(column[i]!))];
}

const odd = [0, -0, 1, -1, 1e-40, -1e-40, 3e38, -3e38, Infinity, -Infinity, NaN, -NaN, 2, 2, -2, -2];
const drawn = (scale: number) => draw(3000, (x) => (x < 0.1 ? NaN : Math.round((x - 0.5) * 200) * scale));
const columns: [string, Column][] = [
  ["floats", Float32Array.from([...odd, ...drawn(0.37)])],
  ["doubles", Float64Array.from([...odd, ...drawn(0.37e-9), 2 ** 53 - 1, 2 ** 53 - 2])],
  ["bytes", Uint8Array.from(draw(3000, (x) => x * 256))],
  ["shorts", Uint16Array.from(draw(3000, (x) => x * 65536))],
  ["words", Uint32Array.from([...draw(3000, (x) => x * 2 ** 32), 0xffffffff, 0])],
  ["equals", new Float32Array(100).fill(3)],
  ["nothing", new Float32Array()],
  ["only NaN", new Float32Array(5).fill(NaN)],
];

for (const [name, column] of columns) {
  for (const isDescending of [false, true]) {
    test(`${name} are sorted ${isDescending ? "down" : "up"}, equal ones in their order, NaN last`, () => {
      const known = column.slice();
      assert.deepEqual([...argsort(column, { isDescending })], plainly(column, isDescending));
      assert.deepEqual(column, known);
    });
  }
}

test("a part of a larger buffer is sorted by its own numbers", () => {
  const all = Float32Array.of(9, 3, 1, 2, 9);
  assert.deepEqual([...argsort(all.subarray(1, 4))], [1, 2, 0]);
});

test("a million neurons are sorted, each of them once", () => {
  const column = Float32Array.from(draw(1_000_000, (x) => (x < 0.01 ? NaN : (x - 0.3) * 10)));
  const order = argsort(column, { isDescending: true });
  assert.equal(new Set(order).size, column.length);
  const n = column.reduce((sum, x) => sum + (Number.isNaN(x) ? 0 : 1), 0);
  for (let i = 1; i < n; i++) assert.ok(column[order[i - 1]!]! >= column[order[i]!]!);
  assert.ok(order.subarray(n).every((i) => Number.isNaN(column[i]!)));
});

test("rows are kept by value; NaN is within nothing", () => {
  const mask = new Uint8Array(6).fill(1);
  keepWithin(mask, Float32Array.of(1, 2, NaN, 3, -Infinity, 2.5), 2, Infinity);
  assert.deepEqual([...mask], [0, 1, 0, 1, 0, 1]);
  keepWithin(mask, Float32Array.of(0, 0, 0, 0, 0, 9), 0, 0);
  assert.deepEqual([...mask], [0, 1, 0, 1, 0, 0]);
});

test("rows are kept by the tokens that they peak on", () => {
  const words = [" the", "The", " cat", "catalogue"];
  const vocabulary: Vocabulary = { length: 4, text: (id) => words[id]!, bytes: () => new Uint8Array() };
  assert.deepEqual([...tokensWith(vocabulary, "THE")], [1, 1, 0, 0]);
  assert.deepEqual([...tokensWith(vocabulary, "The", { isCaseSensitive: true })], [0, 1, 0, 0]);
  assert.deepEqual([...tokensWith(vocabulary, " cat", { isExact: true })], [0, 0, 1, 0]);
  const mask = Uint8Array.of(1, 1, 1, 0);
  const ids = Uint32Array.of(2, 0, 0, 2, 3, 1, 2, 2);
  const counts = Uint16Array.of(3, 1, 5, 0, 2, 2, 1, 1); // a count of 0: no such token
  keepPeaking(mask, ids, counts, tokensWith(vocabulary, "cat"));
  assert.deepEqual([...mask], [1, 0, 1, 0]);
});
