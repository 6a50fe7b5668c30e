/** Pieces of files from hosts of every kind: good, deaf to ranges, slow, broken and gone. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Ranges } from "../src/ranges.ts";
import type { RemoteFile } from "../src/ranges.ts";
import { Explained } from "../src/source.ts";
import { BASE, Host } from "./host.ts";

const GONE = "Nobody is there.";
const says = (pattern: RegExp) => (error: unknown) => error instanceof Explained && pattern.test(error.message);

function setUp(size = 1000) {
  const host = new Host();
  host.files.set("a.bin", Uint8Array.from({ length: size }, (_, i) => i % 251));
  const ranges = new Ranges(host.fetch, () => GONE);
  const file = (path = "a.bin", n = size): RemoteFile => ({ url: BASE + path, name: `${path} of tiny`, size: n });
  return { host, ranges, file };
}

/** A promise that is settled from outside. */
function gate() {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

const untilAsked = async (host: Host, n: number) => {
  while (host.asked.length < n) await new Promise((resolve) => setTimeout(resolve));
};

test("a piece is one request for one range, and is kept", async () => {
  const { host, ranges, file } = setUp();
  const piece = await ranges.read(file(), 10, 14);
  assert.deepEqual([...piece], [10, 11, 12, 13]);
  assert.deepEqual(await ranges.read(file(), 10, 14), piece);
  assert.deepEqual(host.asked.map((a) => `${a.method} ${a.range}`), ["GET bytes=10-13"]);
  assert.equal((await ranges.read(file(), 7, 7)).length, 0);
  assert.equal(host.asked.length, 1);
});

test("whoever asks for the same piece meanwhile shares the answer", async () => {
  const { host, ranges, file } = setUp();
  const [a, b] = await Promise.all([ranges.read(file(), 0, 9), ranges.read(file(), 0, 9)]);
  assert.deepEqual(a, b);
  assert.equal(host.asked.length, 1);
});

test("pieces of a file come side by side, the first one alone", async () => {
  const { host, ranges, file } = setUp();
  await ranges.read(file(), 0, 8);
  const { open, opened } = gate();
  host.answer = async () => opened.then(() => null);
  const both = Promise.all([ranges.read(file(), 10, 20), ranges.read(file(), 30, 40)]);
  await untilAsked(host, 3);
  open();
  assert.deepEqual((await both).map((b) => b[0]), [10, 30]);
});

test("answers that come in another order than the questions are not mixed up", async () => {
  const { host, ranges, file } = setUp();
  await ranges.read(file(), 0, 8);
  const first = gate();
  host.answer = ({ range }) => (range === "bytes=10-19" ? first.opened.then(() => null) : null);
  const slow = ranges.read(file(), 10, 20);
  assert.equal((await ranges.read(file(), 30, 40))[0], 30);
  first.open();
  assert.equal((await slow)[0], 10);
});

test("a host that sends the whole file with every answer is asked once", async () => {
  const { host, ranges, file } = setUp();
  host.knowsRanges = false;
  const pieces = await Promise.all([10, 20, 30].map((at) => ranges.read(file(), at, at + 5)));
  assert.deepEqual(pieces.map((p) => [...p]), [10, 20, 30].map((at) => [0, 1, 2, 3, 4].map((k) => at + k)));
  assert.equal(host.asked.length, 1);
});

test("such a host and a large file: a sentence, and the file is not read", async () => {
  const { host, ranges, file } = setUp();
  let isLeft = false;
  host.answer = () => new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(9)), cancel: () => void (isLeft = true) }));
  await assert.rejects(ranges.read(file("a.bin", 70 << 20), 0, 8), says(/^This host does not send pieces of files.* has 70 MB\.\n.*lmscope serve$/s));
  assert.ok(isLeft);
});

test("what is not as the manifest says is told in a sentence", async () => {
  const { host, ranges, file } = setUp();
  const damaged = (reason: string) => says(new RegExp(`^a\\.bin of tiny is damaged: ${reason}\\. The other files stay readable\\.\n.*lmscope verify`));
  await assert.rejects(ranges.read(file("a.bin", 900), 0, 8), damaged("it has 1,000 bytes instead of 900"));
  await assert.rejects(ranges.read(file("a.bin", 2000), 1500, 1600), damaged("it is cut short"));
  await assert.rejects(ranges.read(file(), 990, 1001), damaged("it is cut short"));
  host.knowsRanges = false;
  await assert.rejects(ranges.read(file("a.bin", 900), 0, 8), damaged("it has 1,000 bytes instead of 900"));
  host.answer = () => new Response(new Uint8Array(3), { status: 206 });
  await assert.rejects(ranges.read(file(), 20, 28), damaged("it is cut short"));
  await assert.rejects(ranges.read({ ...file(), url: `${BASE}b.bin` }, 0, 8), damaged("it is cut short"));
  host.answer = () => null;
  await assert.rejects(ranges.read({ ...file(), url: `${BASE}b.bin` }, 0, 8), damaged("it is missing"));
});

test("a server's trouble is told, and the next try succeeds", async () => {
  const { host, ranges, file } = setUp();
  host.answer = () => new Response("oops", { status: 503, statusText: "Service Unavailable" });
  await assert.rejects(ranges.read(file(), 0, 8), says(/^a\.bin of tiny cannot be read: the server answers 503 Service Unavailable\.\n/));
  host.answer = () => {
    throw new TypeError("Failed to fetch");
  };
  await assert.rejects(ranges.read(file(), 0, 8), says(/^Nobody is there\.$/));
  host.answer = () => new Response(new ReadableStream({ start: (c) => c.error(new TypeError("reset")) }), { status: 206 });
  await assert.rejects(ranges.read(file(), 0, 8), says(/^Nobody is there\.$/));
  const problem = { type: "about:blank", title: "t", status: 404, detail: "There is no catalogue 'x'.", kind: "UnknownAddress", near: ["y"] };
  host.answer = () => new Response(JSON.stringify(problem), { status: 404, headers: { "content-type": "application/problem+json" } });
  await assert.rejects(ranges.read(file(), 0, 8), (error: Explained) => {
    assert.deepEqual([error.message, error.status, error.kind, error.facts], [problem.detail, 404, problem.kind, { near: ["y"] }]);
    return true;
  });
  host.answer = () => null;
  assert.equal((await ranges.read(file(), 0, 8)).length, 8);
});

test("a reading that nobody waits for is stopped; one that others wait for goes on", async () => {
  const { host, ranges, file } = setUp();
  await ranges.read(file(), 0, 8);
  const signals: AbortSignal[] = [];
  const { open, opened } = gate();
  host.answer = (_, signal) => {
    signals.push(signal!);
    return opened.then(() => null);
  };
  const [one, two] = [new AbortController(), new AbortController()];
  const first = ranges.read(file(), 10, 20, one.signal);
  const second = ranges.read(file(), 10, 20, two.signal);
  await untilAsked(host, 2);
  one.abort();
  await assert.rejects(first, { name: "AbortError" });
  assert.equal(signals[0]!.aborted, false);
  open();
  assert.equal((await second)[0], 10);

  const alone = new AbortController();
  const { opened: never } = gate();
  host.answer = (_, signal) => {
    signals.push(signal!);
    return never.then(() => null);
  };
  const third = ranges.read(file(), 30, 40, alone.signal);
  await untilAsked(host, 3);
  alone.abort();
  await assert.rejects(third, { name: "AbortError" });
  assert.equal(signals[1]!.aborted, true);
  await assert.rejects(ranges.read(file(), 50, 60, alone.signal), { name: "AbortError" });

  host.answer = () => null;
  assert.equal((await ranges.read(file(), 30, 40))[0], 30);
});

test("a first reading that is given up does not hold up the next", async () => {
  const { host, ranges, file } = setUp();
  const { opened: never } = gate();
  host.answer = () => never.then(() => null);
  const stop = new AbortController();
  const first = ranges.read(file(), 0, 8, stop.signal);
  const waiting = ranges.read(file(), 10, 20);
  await untilAsked(host, 1);
  host.answer = () => null;
  stop.abort();
  await assert.rejects(first, { name: "AbortError" });
  assert.equal((await waiting)[0], 10);
});

test("of what was read, the last 64 MB are kept", async () => {
  const size = 20 << 20;
  const { host, ranges, file } = setUp(size);
  host.files.set("b.bin", new Uint8Array(size));
  for (const at of [0, 1, 2, 0]) await ranges.read(file(), at, size); // the first is used again
  await ranges.read(file("b.bin"), 0, size);
  assert.equal(host.asked.length, 4);
  await ranges.read(file(), 0, size);
  assert.equal(host.asked.length, 4);
  await ranges.read(file(), 1, size);
  assert.equal(host.asked.length, 5);
});
