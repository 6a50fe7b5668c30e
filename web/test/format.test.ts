/** The catalogue's bytes, read by hand-made files; the contract with Python is in http.test.ts. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Places, Tokens, half, headerLength, numbers, printable, readHeader, rowsOf, tensor } from "../src/format.ts";
import { Explained } from "../src/source.ts";

const bytes = (...b: number[]) => new Uint8Array(b);
const utf8 = (text: string) => new TextEncoder().encode(text);
const says = (pattern: RegExp) => (error: unknown) => error instanceof Explained && pattern.test(error.message);

test("sixteen bits are read as IEEE 754 says", () => {
  const known: [number, number][] = [
    [0x0000, 0], [0x8000, -0], [0x3c00, 1], [0xc000, -2], [0x7bff, 65504], [0xfbff, -65504],
    [0x0400, 2 ** -14], [0x0001, 2 ** -24], [0x03ff, 1023 * 2 ** -24], [0x3555, 0.333251953125],
    [0x7c00, Infinity], [0xfc00, -Infinity], [0x7e00, NaN],
  ];
  for (const [bits, value] of known) assert.equal(half(bits), value, bits.toString(16));
});

test("numbers are read from any place in a buffer, aligned or not", () => {
  const all = bytes(9, 0, 0, 128, 63, 0, 60, 255, 255, 255, 255);
  assert.deepEqual(numbers("F32", all.subarray(1, 5)), Float32Array.of(1));
  assert.deepEqual(numbers("F16", all.subarray(5, 7)), Float32Array.of(1));
  assert.deepEqual(numbers("I32", all.subarray(7, 11)), Int32Array.of(-1));
  assert.deepEqual(numbers("U16", all.subarray(7, 9)), Uint16Array.of(65535));
});

test("numbers of 64 bits are exact up to what a browser counts, and refused beyond", () => {
  const wide = (n: bigint) => numbers("U64", new Uint8Array(BigUint64Array.of(n).buffer))[0];
  assert.equal(wide(0n), 0);
  assert.equal(wide(5_000_000_001n), 5_000_000_001);
  assert.equal(wide(2n ** 53n - 1n), Number.MAX_SAFE_INTEGER);
  assert.throws(() => wide(2n ** 53n), says(/9007199254740992, and a browser counts to 2\^53/));
  assert.throws(() => wide(2n ** 64n - 1n), says(/18446744073709551615/));
});

const json = (value: unknown) => utf8(JSON.stringify(value));
const entry = (dtype: string, shape: number[], data_offsets: number[]) => ({ x: { dtype, shape, data_offsets } });

test("a header says where each tensor lies", () => {
  const head = json({ __metadata__: { a: "b" }, ...entry("U16", [2, 3, 5], [0, 60]) });
  const x = tensor(readHeader(head, 8 + head.length + 60, "f"), "x", "f");
  assert.equal(x.start, 8 + head.length);
  assert.deepEqual(rowsOf(x, 1), { n: 2, stride: 30 });
  assert.deepEqual(rowsOf(x, 2), { n: 6, stride: 10 });
});

test("a file that is cut short, lies about its size or is something else is refused in a sentence", () => {
  const isRefused = (head: Uint8Array, size: number) =>
    assert.throws(() => readHeader(head, size, "stats"), says(/^stats is damaged: it is cut short or not a safetensors file\./));
  const head = json(entry("F32", [2], [0, 8]));
  isRefused(head, 8 + head.length + 7);
  isRefused(json(entry("F32", [2], [0, 4])), 1000);
  isRefused(json(entry("F32", [2], [-8, 0])), 1000);
  isRefused(json(entry("F8", [8], [0, 8])), 1000);
  isRefused(json({ x: {} }), 1000);
  isRefused(utf8("<!doctype html>"), 1000);
  isRefused(json(null), 1000);
  const length = (b: Uint8Array, size: number) => () => headerLength(b, size, "stats");
  assert.equal(length(bytes(9, 0, 0, 0, 0, 0, 0, 0, 123), 100)(), 9);
  for (const [b, size] of [[bytes(), 0], [bytes(1, 2, 3), 3], [utf8("<!doctype html>"), 15], [bytes(93, 0, 0, 0, 0, 0, 0, 0), 100]] as const) {
    assert.throws(length(b, size), says(/cut short or not a safetensors file/));
  }
  assert.throws(() => tensor(new Map(), "values", "examples/L00.safetensors of gpt2"), says(/it has no tensor 'values'/));
});

test("bytes that are no whole character are written as Python writes them", () => {
  const known: [Uint8Array, string][] = [
    [utf8("né 👍🏽"), "né 👍🏽"],
    [utf8("\ufeffx\0"), "\ufeffx\0"],
    [bytes(0xc3), "\\xc3"],
    [bytes(0x61, 0xe2, 0x82, 0x62), "a\\xe2\\x82b"],
    [bytes(0xf0, 0x9f, 0x91), "\\xf0\\x9f\\x91"],
    [bytes(0x80, 0xc3, 0xa9, 0xff), "\\x80é\\xff"],
    [bytes(0xed, 0xa0, 0x80), "\\xed\\xa0\\x80"], // half of a pair
    [bytes(0xc0, 0x80), "\\xc0\\x80"], // too long for its character
    [bytes(0xf4, 0x90, 0x80, 0x80), "\\xf4\\x90\\x80\\x80"], // beyond the last character
    [bytes(0xe2, 0x82, 0xe2, 0x82, 0xac), "\\xe2\\x82€"],
  ];
  for (const [data, text] of known) assert.equal(printable(data), text);
});

test("a token is split if its own bytes are no whole characters", () => {
  const tokens = new Tokens(bytes(0x20, 0x61, 0xf0, 0x9f, 0x5c, 0x78, 0x65, 0x32), Uint32Array.of(2, 2, 4, 8));
  assert.equal(tokens.length, 4);
  assert.deepEqual([0, 1, 2, 3].map((id) => tokens.text(id)), [" a", "", "\\xf0\\x9f", "\\xe2"]);
  assert.deepEqual([0, 1, 2, 3].map((id) => tokens.isSplit(id)), [false, false, true, false]);
  assert.deepEqual(tokens.bytes(9), bytes());
});

const manifest = (options: object) => ({ model: { name: "tiny", n_layers: 3, d_mlp: 8 }, options });

test("all neurons of the scanned layers have a place, and no others", () => {
  const places = new Places(manifest({ layers: [0, 2] }));
  assert.equal(places.length, 16);
  assert.deepEqual(places.at(0), { layer: 0, index: 0 });
  assert.deepEqual(places.at(15), { layer: 2, index: 7 });
  assert.equal(places.flat(2, 7), 15);
  assert.equal(places.flat(1, 0), -1);
  assert.equal(places.flat(0, 8), -1);
  assert.deepEqual(places.find(2, 3), { i: 1, row: 3 });
  assert.throws(() => places.find(0, 8), says(/^Layer 0 of tiny has neurons 0 to 7\. You asked for neuron 8\.$/));
  assert.throws(() => places.find(1, 0), says(/^Layer 1 was not scanned: this catalogue holds the layers 0, 2\.$/));
  assert.throws(() => places.find(3, 0), says(/^tiny has layers 0 to 2\. You asked for layer 3\.\nDid you mean tiny\/0\/3\?/));
  assert.throws(() => places.find(-1, 0), says(/^tiny has layers 0 to 2\. You asked for layer -1\.$/));
});

test("a part of the neurons has places of its own", () => {
  const places = new Places(manifest({ layers: [0, 2], neurons: { 0: [3, 5, 7], 2: [1] } }));
  assert.equal(places.length, 4);
  assert.equal(places.nRows, 3);
  assert.deepEqual([0, 1, 2, 3].map((k) => places.at(k)), [
    { layer: 0, index: 3 }, { layer: 0, index: 5 }, { layer: 0, index: 7 }, { layer: 2, index: 1 },
  ]);
  assert.deepEqual([0, 1, 2, 3].map((k) => places.flat(places.at(k).layer, places.at(k).index)), [0, 1, 2, 3]);
  assert.equal(places.flat(2, 3), -1);
  assert.deepEqual(places.find(2, 1), { i: 1, row: 0 });
  assert.throws(() => places.find(0, 4), says(
    /^L0N4 was not exported: this catalogue holds 3 of the 8 neurons of layer 0, from 3 to 7\.\nThe nearest is L0N3\.\n.*--neurons L0N4 -o DIR$/,
  ));
});
