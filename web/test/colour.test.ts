import assert from "node:assert/strict";
import { test } from "node:test";
import { LEVELS, shade } from "../src/colour.ts";
import { contract } from "./host.ts";

test("an activation is as strong on the page as in the terminal", async () => {
  for (const { value, min, max, strength } of (await contract("writing.json")).strength) {
    const { side, level } = shade(value, { min, max });
    assert.equal(side, strength > 0 ? "positive" : strength < 0 ? "negative" : "none", `${value} in ${min} to ${max}`);
    assert.ok(Math.abs(level / LEVELS - Math.abs(strength)) <= 0.5 / LEVELS, `${value} in ${min} to ${max}`);
  }
});

test("the scale is linear from zero to the neuron's own extreme, on both sides alike", () => {
  const scale = { min: -2, max: 4 };
  assert.deepEqual(shade(4, scale), { side: "positive", level: 24 });
  assert.deepEqual(shade(2, scale), { side: "positive", level: 12 });
  assert.deepEqual(shade(-2, scale), { side: "negative", level: 12 });
  assert.deepEqual(shade(9, scale), { side: "positive", level: 24 });
  assert.deepEqual(shade(-9, scale), { side: "negative", level: 24 });
  assert.deepEqual(shade(0, scale), { side: "none", level: 0 });
  assert.deepEqual(shade(0.01, scale), { side: "none", level: 0 });
});

test("no value and no scale breaks it", () => {
  const odd = [0, -0, NaN, Infinity, -Infinity, 5e-324, -5e-324, 1, -1, 3.4e38];
  for (const value of odd) {
    for (const min of odd) {
      for (const max of odd) {
        const { side, level } = shade(value, { min, max });
        assert.ok(Number.isInteger(level) && level >= 0 && level <= LEVELS);
        assert.equal(level === 0, side === "none");
        if (side !== "none") assert.equal(side, value > 0 ? "positive" : "negative");
      }
    }
  }
});

test("what is stronger is never drawn weaker", () => {
  let last = 0;
  for (let value = 0; value < 2; value += 0.001) {
    const { level } = shade(value, { min: -1, max: 1.7 });
    assert.ok(level >= last);
    last = level;
  }
  assert.equal(last, LEVELS);
});
