import assert from "node:assert/strict";
import { test } from "node:test";
import { Roll } from "../src/roll.ts";

function rolled(whole: number, longest = 10_000): Roll {
  const roll = new Roll(longest);
  roll.resize(whole, 500);
  return roll;
}

test("a table that fits scrolls as it is", () => {
  const roll = rolled(8_000);
  roll.follow(7_123);
  assert.deepEqual([8_000, 7_123, 7_123], [roll.shown, roll.top, roll.thumb]);
});

test("a long table moves one to one by small steps, and the thumb is put right at rest", () => {
  const roll = rolled(1_000_500);
  assert.equal(10_000, roll.shown);
  roll.follow(100);
  roll.follow(220);
  assert.deepEqual([220, 220], [roll.top, roll.thumb]);
  roll.moveTo(400_000);
  const { thumb } = roll;
  for (let i = 1; i <= 5; i++) roll.follow(thumb + 400 * i);
  assert.deepEqual([402_000, thumb + 2_000], [roll.top, roll.thumb]);
  roll.settle();
  assert.deepEqual([402_000, true], [roll.top, roll.thumb - thumb < 20]);
});

test("a dragged thumb moves a long table in proportion", () => {
  const roll = rolled(1_000_500);
  roll.follow(4_750);
  assert.equal(500_000, roll.top);
  roll.follow(9_500);
  assert.equal(1_000_000, roll.top);
  roll.follow(0);
  assert.equal(0, roll.top);
});

test("every pixel of a long table can be reached by small steps, up and down", () => {
  const roll = rolled(1_000_500);
  roll.moveTo(995_000);
  for (let i = 0; i < 60; i++) roll.follow(Math.min(9_500, roll.thumb + 100));
  assert.equal(1_000_000, roll.top);
  roll.moveTo(5_000);
  const tops: number[] = [];
  for (let i = 0; i < 60; i++) {
    roll.follow(Math.max(0, roll.thumb - 100));
    tops.push(roll.top);
  }
  assert.equal(0, tops.at(-1));
  assert.ok(tops.every((top, i) => i === 0 || tops[i - 1]! - top <= 100));
});

test("a table that becomes shorter still shows its last rows", () => {
  const roll = rolled(1_000_500);
  roll.moveTo(900_000);
  roll.resize(700, 500);
  assert.deepEqual([200, 200, 700], [roll.top, roll.thumb, roll.shown]);
  roll.resize(100, 500);
  assert.deepEqual([0, 0], [roll.top, roll.thumb]);
});
