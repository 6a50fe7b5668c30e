import assert from "node:assert/strict";
import { test } from "node:test";
import { NUMERIC, Orders, choose, nextSort, quartiles, readQuery, writeQuery } from "../src/browse.ts";
import type { Columns } from "../src/browse.ts";
import { Places } from "../src/format.ts";

/** Two scanned layers, 1 and 4, of three neurons each. */
function columns(): Columns {
  const places = new Places({ model: { d_mlp: 3, n_layers: 6 }, options: { layers: [1, 4] } });
  const density = Float32Array.of(0.5, 0.1, 0, 0.3, 0.1, NaN);
  const tokens = [" the", "The", "cat", "\n"];
  return {
    places,
    numeric: {
      ...(Object.fromEntries(NUMERIC.map((key) => [key, new Float32Array(6)])) as Columns["numeric"]),
      density,
      max: Float32Array.of(1, 2, -1, 4, 5, 6),
    },
    isDead: Uint8Array.of(0, 0, 1, 0, 0, 0),
    marks: Uint8Array.of(0, 1, 2, 0, 0, 0),
    peaks: {
      ids: Uint32Array.from([0, 0, 1, 2, 2, 0, 3, 0, 2, 1, 2, 2]),
      counts: Uint16Array.from([20, 0, 9, 2, 0, 0, 5, 0, 7, 1, 2, 2]),
      vocabulary: { length: 4, bytes: () => new Uint8Array(), text: (id) => tokens[id]! },
    },
  };
}

const shown = (query: string) => [...choose(columns(), readQuery(new URLSearchParams(query)), new Orders())];

test("without a wish every neuron is shown, in its own order", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5], shown(""));
});

test("a layer is called by its number in the model", () => {
  assert.deepEqual([3, 4, 5], shown("layer=4"));
  assert.deepEqual([], shown("layer=0"));
});

test("neurons are sorted both ways, and what is no number comes last", () => {
  assert.deepEqual([0, 3, 1, 4, 2, 5], shown("sort=-density"));
  assert.deepEqual([2, 1, 4, 3, 0, 5], shown("sort=density"));
});

test("limits include their ends", () => {
  assert.deepEqual([0, 1, 3, 4], shown("min.density=0.1"));
  assert.deepEqual([1, 3], shown("min.density=0.1&max.density=0.3&max.max=4"));
});

test("dead and alive are told apart", () => {
  assert.deepEqual([2], shown("only=dead"));
  assert.deepEqual([0, 1, 3, 4, 5], shown("only=alive"));
});

test("the log tells what was seen; a starred neuron was seen too", () => {
  assert.deepEqual([1, 2], shown("log=seen"));
  assert.deepEqual([2], shown("log=starred"));
  assert.deepEqual([0, 3, 4, 5], shown("log=unseen"));
  assert.equal(6, choose({ ...columns(), marks: null }, readQuery(new URLSearchParams("log=seen")), new Orders()).length);
});

test("a token is searched among the peaks, as it is or as it is drawn", () => {
  assert.deepEqual([0, 1, 4], shown("token=THE"));
  assert.deepEqual([1, 4], shown("token=The&case"));
  assert.deepEqual([0], shown("token=·the"));
  assert.deepEqual([1, 4], shown("token=the&exact"));
  assert.deepEqual([3], shown("token=↵"));
});

test("wishes add up", () => {
  assert.deepEqual([4], shown("token=the&layer=4&min.max=5&sort=-max"));
});

test("a wish is written as it was read, and nonsense is left out", () => {
  const wish = "layer=3&token=+the&exact=&case=&only=dead&log=unseen&min.kurtosis=-1.5&max.kurtosis=100&sort=-peak_share";
  assert.equal(wish, writeQuery(readQuery(new URLSearchParams(wish))).toString());
  assert.equal("", writeQuery(readQuery(new URLSearchParams("layer=x&only=some&sort=colour&min.density=&max.max=1e999&a=b"))).toString());
  assert.equal("", writeQuery(readQuery(new URLSearchParams("exact=&case="))).toString());
});

test("a column is sorted down, then up, then not at all", () => {
  const down = nextSort(null, "max");
  assert.deepEqual({ key: "max", isDescending: true }, down);
  assert.deepEqual({ key: "max", isDescending: false }, nextSort(down, "max"));
  assert.equal(null, nextSort(nextSort(down, "max"), "max"));
  assert.deepEqual({ key: "min", isDescending: true }, nextSort(down, "min"));
});

test("quartiles are those of numpy's percentile", () => {
  assert.deepEqual({ min: 1, low: 1.75, median: 2.5, high: 3.25, max: 4 }, quartiles(Float32Array.of(4, NaN, 1, 3, 2)));
  assert.equal(null, quartiles(Float32Array.of(NaN)));
});
