import assert from "node:assert/strict";
import { test } from "node:test";
import { marked } from "../src/pieces.ts";
import { STATISTICS, aligned, count, number, share } from "../src/words.ts";
import { contract } from "./host.ts";

const table = await contract("writing.json");

test("numbers are written as in the terminal", () => {
  for (const [value, text] of table.number) assert.equal(number(value), text, String(value));
  assert.deepEqual([NaN, null, Infinity, -Infinity, 0, -0].map(number), ["none", "none", "inf", "-inf", "0", "-0"]);
});

test("shares are written as in the terminal", () => {
  for (const [value, text] of table.share) assert.equal(share(value), text, String(value));
});

test("texts are written as in the terminal: nothing in them is hidden or acts", () => {
  for (const [text, shown] of table.visible) {
    const drawn = marked(text).map((p) => (p.kind === "mark" && !/^ +$/.test(p.text) ? p.shown : p.text)).join("");
    assert.equal(drawn, shown);
  }
});

test("whole numbers have their thousands set apart", () => {
  assert.deepEqual([0, 999, 46080, 134515008].map(count), ["0", "999", "46,080", "134,515,008"]);
});

test("figures on one scale have as many decimals as each other", () => {
  const scale = { min: -0.17, max: 4.2 };
  assert.deepEqual([4.2, 0.51237, -0.17].map((v) => aligned(v, scale)), ["4.200", "0.512", "-0.170"]);
  assert.deepEqual([1234.5, 7].map((v) => aligned(v, { min: 0, max: 2000 })), ["1,235", "7"]);
  assert.equal(aligned(0.00012345, { min: 0, max: 0.0003 }), "0.0001235");
  assert.equal(aligned(2e-7, { min: 0, max: 3e-7 }), "2e-07");
  assert.equal(aligned(NaN, scale), "none");
  assert.equal(aligned(0, { min: 0, max: 0 }), "0");
});

test("every statistic is explained in a sentence", () => {
  for (const { label, meaning } of Object.values(STATISTICS)) {
    assert.ok(label.length < 20);
    assert.match(meaning, /^[A-Z].{10,140}\.$/);
  }
});
