import assert from "node:assert/strict";
import { test } from "node:test";

import { label, marked, type Piece, pieces, readable, whole } from "../src/pieces.ts";

const text = (text: string): Piece => ({ kind: "text", text });
const mark = (text: string, shown: string): Piece => ({ kind: "mark", text, shown });
const bytes = (hex: string, text = ""): Piece => ({ kind: "bytes", text, hex });
const shown = (s: string) => marked(s).map((p) => (p.kind === "mark" ? p.shown : p.text)).join("");
const copied = (s: string) => marked(s).map((p) => p.text).join("");

test("line breaks and tabs get a mark, single spaces between words none", () => {
  assert.deepEqual([text("one"), mark("\n", "↵"), mark("\t", "→"), text("two three")], marked("one\n\ttwo three"));
});

test("spaces that would not be seen are dots", () => {
  assert.deepEqual([mark(" ", "·")], marked(" "));
  assert.deepEqual([mark("\n", "↵"), mark("    ", "····"), text("if")], marked("\n    if"));
});

test("controls, bidi marks, zero-width characters and NUL are escapes", () => {
  assert.equal("\\x1b[2J\\u202e\\u200d\\x00\\ufeff\\r\\U000e0041", shown("\x1b[2J\u202e\u200d\0\ufeff\r\u{e0041}"));
});

test("no-break space and line separator are escapes, the ideographic space is none", () => {
  assert.equal("a\\xa0b\\u2028\u3000", shown("a\u00a0b\u2028\u3000"));
});

test("markup is text", () => {
  assert.deepEqual([text("<script>&lt; <div")], marked("<script>&lt; <div"));
});

test("what is copied is what was written", () => {
  const hostile = "a\n  b\u202e<b>\u200b\t\x07 😀\u3000";

  assert.equal(hostile, copied(hostile));
});

test("a label draws every space", () => {
  assert.equal("·the↵", label(" the\n"));
});

test("a document keeps its lines and spaces, but nothing that acts", () => {
  assert.deepEqual([text("a\n  b\tc"), mark("\u202e", "\\u202e"), text("d")], readable("a\n  b\tc\u202ed"));
});

test("a character that was cut goes to the token with its first byte", () => {
  const found = pieces(["a", " \\xf0\\x9f\\x98", "\\x80", "b"], [1, 2]);

  assert.deepEqual([[text("a")], [mark(" ", "·"), bytes("f0 9f 98", "😀")], [bytes("80")], [text("b")]], found);
});

test("bytes at the edge of a window belong to no character", () => {
  assert.deepEqual([[bytes("98 80")], [text("x")]], pieces(["\\x98\\x80", "x"], [0]));
  assert.deepEqual([[text("x")], [bytes("e2 9c")]], pieces(["x", "\\xe2\\x9c"], [1]));
});

test("two characters that were cut have their own badges", () => {
  const found = pieces(["\\xe2\\x9c", "\\x93\\xe2", "\\x9c\\x93"], [0, 1, 2]);

  assert.deepEqual([[bytes("e2 9c", "✓")], [bytes("93"), bytes("e2", "✓")], [bytes("9c 93")]], found);
});

test("a token that really reads \\xe2 is not taken for bytes", () => {
  assert.deepEqual([[text("\\xe2")]], pieces(["\\xe2"], []));
});

test("a model is not asked to read half a character", () => {
  assert.equal(" ok", whole("\\x98\\x80 ok\\xf0\\x9f", 3, [0, 2]));
  assert.equal("\\x98 ok", whole("\\x98 ok", 2, []));
  assert.equal("✓a", whole("✓a", 3, [0, 1]));
});
