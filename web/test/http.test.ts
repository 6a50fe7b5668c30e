/** The contract: what the site reads from a catalogue's bytes is what Python reads; and what is said if it cannot. */

import assert from "node:assert/strict";
import { setMaxListeners } from "node:events";
import { test } from "node:test";
import { printable } from "../src/format.ts";
import { HttpSource } from "../src/http.ts";
import { Explained } from "../src/source.ts";
import type { NeuronRecord, Shelf } from "../src/types.ts";
import { BASE, Host, contract } from "./host.ts";

const NAMES = ["tiny-bytes", "tiny-words"] as const;
const neurons: Record<string, NeuronRecord[]> = await contract("neurons.json");

const says = (pattern: RegExp) => (error: unknown) => error instanceof Explained && pattern.test(error.message);
const path = (file: string) => `catalogues/tiny-bytes/${file}`;

function setUp() {
  const host = new Host();
  return { host, source: new HttpSource(`${BASE}index.html`, host.fetch) };
}

for (const name of NAMES) {
  test(`every number, token and text of ${name} is what Python reads`, async () => {
    const { host, source } = setUp();
    const catalogue = await source.catalogue(name);
    for (const expected of neurons[name]!) {
      assert.deepEqual(await catalogue.neuron(expected.layer, expected.index), expected);
    }
    assert.ok(host.asked.every((a) => a.method === "GET" && (a.range === null || /^bytes=\d+-\d+$/.test(a.range))));
  });

  test(`the columns of ${name} are what Python reads`, async () => {
    const catalogue = await setUp().source.catalogue(name);
    const columns: Record<string, (number | null)[]> = (await contract("columns.json"))[name];
    for (const [key, expected] of Object.entries(columns)) {
      const column = await catalogue.column(key);
      assert.deepEqual(Array.from(column, (x) => (Number.isNaN(x) ? null : x)), expected, key);
      assert.equal(await catalogue.column(key), column);
      const width = column.length / 16;
      assert.deepEqual([...(await catalogue.row(key, 9))], [...column.subarray(9 * width, 10 * width)], key);
    }
  });

  test(`what was read whole of ${name} is not asked for again, row by row`, async () => {
    const keys = Object.keys((await contract("columns.json"))[name]);
    const asked = async (isWhole: boolean) => {
      const { host, source } = setUp();
      const catalogue = await source.catalogue(name);
      await catalogue.row("max", 0); // and with it the header
      if (isWhole) for (const key of keys) await catalogue.column(key);
      const before = host.of("stats.safetensors").length;
      for (const expected of neurons[name]!) {
        assert.deepEqual(await catalogue.neuron(expected.layer, expected.index), expected);
      }
      return host.of("stats.safetensors").length - before;
    };
    assert.ok((await asked(true)) < (await asked(false)) - 3);
  });

  test(`the documents of ${name} and where they came from are what Python reads`, async () => {
    const catalogue = await setUp().source.catalogue(name);
    const documents: { text: string; source: string; offset: number }[] = (await contract("documents.json"))[name];
    for (const [i, { text, ...origin }] of documents.entries()) {
      const { bytes, start, size } = await catalogue.document(i);
      assert.equal(printable(bytes), text);
      assert.deepEqual([start, size], [0, bytes.length]);
      assert.deepEqual(await catalogue.origin(i), origin);
    }
    const whole = (await catalogue.document(0)).bytes;
    assert.deepEqual(await catalogue.document(0, 4, 9), { bytes: whole.slice(4, 9), start: 4, size: whole.length });
    assert.deepEqual(await catalogue.document(0, -5, 9), { bytes: whole.slice(0, 9), start: 0, size: whole.length });
    assert.equal((await catalogue.document(0, 60, 999)).bytes.length, whole.length - 60);
    await assert.rejects(catalogue.document(19), says(/^The corpus has documents 0 to 18\. You asked for document 19\.$/));
  });

  test(`the examples of ${name} lie in their segments`, async () => {
    const catalogue = await setUp().source.catalogue(name);
    for (const { segment, document, start, end } of neurons[name]!.flatMap((n) => n.top)) {
      const found = await catalogue.segment(segment);
      assert.equal(found.document, document);
      assert.ok(found.start <= start && end <= found.end);
    }
  });
}

test("the vocabulary has every token by its id", async () => {
  const vocabulary = await (await setUp().source.catalogue("tiny-bytes")).vocabulary();
  assert.equal(vocabulary.length, 265);
  for (const { token, token_id } of neurons["tiny-bytes"]!.flatMap((n) => n.peak_tokens)) {
    assert.equal(vocabulary.text(token_id), token);
  }
});

test("the vocabulary comes whole, in one answer, and is held to its size", async () => {
  const { host, source } = setUp();
  const catalogue = await source.catalogue("tiny-bytes");
  host.files.set(path("vocab.safetensors"), new Uint8Array(9));
  await assert.rejects(catalogue.neuron(0, 0), says(/^vocab\.safetensors of tiny-bytes is damaged: it has 9 bytes instead of/));
  host.files.delete(path("vocab.safetensors"));
  await catalogue.neuron(0, 0);
  assert.deepEqual(host.of("vocab.safetensors").map((a) => a.range), [null, null]);
});

test("a host that knows no ranges shows the same", async () => {
  const { host, source } = setUp();
  host.knowsRanges = false;
  const [expected] = neurons["tiny-bytes"]!;
  assert.deepEqual(await (await source.catalogue("tiny-bytes")).neuron(0, 0), expected);
  for (const { path } of host.asked) assert.equal(host.of(path).length, 1, path);
});

test("the next neuron is here already", async () => {
  const { host, source } = setUp();
  const catalogue = await source.catalogue("tiny-bytes");
  await catalogue.neuron(0, 0);
  const before = host.asked.length;
  await catalogue.neuron(0, 1);
  assert.equal(host.asked.length, before);
});

test("a layer's examples are in a file of their own, whose row is the neuron", async () => {
  const { host, source } = setUp();
  await (await source.catalogue("tiny-bytes")).neuron(1, 7);
  assert.ok(host.of("examples/L01.safetensors").length);
  assert.equal(host.of("examples/L00.safetensors").length, 0);
});

test("an excerpt has the same of its neurons, and says of the others that they are not there", async () => {
  const catalogue = await setUp().source.catalogue("tiny-bytes~post");
  for (const expected of neurons["tiny-bytes"]!) {
    assert.deepEqual(await catalogue.neuron(expected.layer, expected.index), expected);
  }
  await assert.rejects(catalogue.neuron(0, 5), says(/^L0N5 was not exported: this catalogue holds 3 of the 8 neurons of layer 0/));
  const columns: Record<string, number[]> = (await contract("columns.json"))["tiny-bytes"];
  const kept = [0, 3, 4, 15];
  assert.deepEqual([...(await catalogue.column("max"))], kept.map((i) => columns.max![i]));
  assert.deepEqual([...(await catalogue.column("peak_ids"))], kept.flatMap((i) => columns.peak_ids!.slice(5 * i, 5 * i + 5)));
  assert.deepEqual([...(await catalogue.row("max", 3))], [columns.max![15]]);
});

test("of the documents that an excerpt left out nothing is there", async () => {
  const catalogue = await setUp().source.catalogue("tiny-bytes~post");
  const shown = new Set(neurons["tiny-bytes"]!.flatMap((n) => [n.top, n.bottom, ...n.bands.map((b) => b.examples)].flat()).map((e) => e.document));
  const left = [...Array(19).keys()].find((d) => !shown.has(d))!;
  assert.equal((await catalogue.document(left)).size, 0);
  assert.deepEqual(await catalogue.origin(left), { source: "", offset: 0 });
});

test("what a catalogue does not have is said in a sentence", async () => {
  const { source } = setUp();
  const catalogue = await source.catalogue("tiny-bytes");
  await assert.rejects(catalogue.neuron(0, 8), says(/^Layer 0 of tiny-bytes has neurons 0 to 7\. You asked for neuron 8\.$/));
  await assert.rejects(catalogue.neuron(2, 0), says(/^tiny-bytes has layers 0 to 1\. You asked for layer 2\./));
  await assert.rejects(catalogue.column("kurtosi"), says(/^stats\.safetensors of tiny-bytes is damaged: it has no tensor 'kurtosi'/));
  await assert.rejects(source.catalogue("tiny"), says(/^This site has no catalogue 'tiny'\. It has: tiny-bytes, tiny-words, tiny-bytes~post\.$/));
});

test("a file that is cut short, missing or another one is named", async () => {
  const file = "examples/L00.safetensors";
  const bytes = (await new Host().read(path(file)))!;
  const damaged = (reason: string) => says(new RegExp(`^examples/L00\\.safetensors of tiny-bytes is damaged: ${reason}\\.`));
  const cases: [Uint8Array | null, string][] = [
    [null, "it is missing"],
    [bytes.slice(0, 5000), "it has 5,000 bytes instead of [\\d,]+"],
    [new TextEncoder().encode("<!doctype html>".padEnd(bytes.length)), "it is cut short or not a safetensors file"],
    [Uint8Array.from(bytes, (b, i) => (i >= 8 && i < 300 && b === 118 ? 119 : b)), "it has no tensor 'activations'"],
  ];
  for (const knowsRanges of [true, false]) {
    for (const [content, reason] of cases) {
      const { host, source } = setUp();
      host.knowsRanges = knowsRanges;
      host.files.set(path(file), content);
      const catalogue = await source.catalogue("tiny-bytes");
      await assert.rejects(catalogue.neuron(0, 0), damaged(reason));
      assert.equal((await catalogue.neuron(1, 7)).neuron, "L1N7"); // the other files stay readable
      host.files.delete(path(file));
      if (content === null) assert.deepEqual(await catalogue.neuron(0, 0), neurons["tiny-bytes"]![0]);
    }
  }
});

test("a page without its list of catalogues says how to get one", async () => {
  const { host, source } = setUp();
  for (const content of [null, new TextEncoder().encode("<!doctype html>")]) {
    host.files.set("catalogues.json", content);
    await assert.rejects(source.shelf(), says(/^There is no list of catalogues \(catalogues\.json\).*\n.*lmscope export CATALOGUE -o DIR$/));
  }
  host.files.delete("catalogues.json");
  assert.equal((await source.shelf()).catalogues.length, 3);
});

test("a manifest that is missing, broken or of another format is named, and asked for again", async () => {
  const { host, source } = setUp();
  const text = new TextDecoder().decode((await host.read(path("manifest.json")))!);
  const broken: [Uint8Array | null, RegExp][] = [
    [null, /^manifest\.json of tiny-bytes is damaged: it is missing\./],
    [new TextEncoder().encode(text.slice(0, 99)), /^manifest\.json of tiny-bytes is damaged: it is no JSON\./],
    [new TextEncoder().encode(text.replace('"format": 1', '"format": 2')), /it has format 2, these pages read format 1/],
  ];
  for (const [content, sentence] of broken) {
    host.files.set(path("manifest.json"), content);
    await assert.rejects(source.catalogue("tiny-bytes"), says(sentence));
  }
  host.files.delete(path("manifest.json"));
  assert.equal((await source.catalogue("tiny-bytes")).manifest.format, 1);
});

test("a host that is gone is told apart from lmscope serve that is gone", async () => {
  const { host, source } = setUp();
  host.answer = () => {
    throw new TypeError("Failed to fetch");
  };
  await assert.rejects(source.shelf(), says(/^site\.test is not answering\. Is this computer online\?\n/));
  host.answer = served();
  await source.shelf();
  host.answer = () => {
    throw new TypeError("Failed to fetch");
  };
  await assert.rejects(source.catalogue("tiny-bytes"), says(/^lmscope serve is no longer answering\. Start it again with: lmscope serve$/));
});

test("a neuron that is no longer wanted is given up, and can be asked for again", async () => {
  const { host, source } = setUp();
  const catalogue = await source.catalogue("tiny-words");
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const signals: AbortSignal[] = [];
  host.answer = (_, signal) => {
    if (signal) signals.push(signal);
    return new Promise(() => {});
  };
  const reading = catalogue.neuron(0, 0, stop.signal);
  while (!signals.length) await new Promise((resolve) => setTimeout(resolve));
  stop.abort();
  host.answer = () => null;
  await assert.rejects(reading, { name: "AbortError" });
  assert.ok(signals.some((s) => s.aborted));
});

test("of two neurons that are asked for one after the other, each answer is its own", async () => {
  const { host, source } = setUp();
  const catalogue = await source.catalogue("tiny-bytes");
  await catalogue.vocabulary();
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  host.answer = ({ path }) => (path.includes("L00") ? opened.then(() => null) : null);
  const slow = catalogue.neuron(0, 0);
  assert.deepEqual(await catalogue.neuron(1, 7), neurons["tiny-bytes"]![3]);
  open();
  assert.deepEqual(await slow, neurons["tiny-bytes"]![0]);
});

/** A server with model and lab notebook; `answers` are those of its API, by method and path. */
function served(answers: Record<string, object | null> = {}): Host["answer"] {
  return async ({ path, method }) => {
    if (path === "catalogues.json") {
      const shelf: Shelf = await contract("site/catalogues.json");
      shelf.catalogues[0]!.why_not_live = null;
      return Response.json({ ...shelf, why_no_journal: null, person: "ada" });
    }
    const found = answers[`${method} ${path}`];
    return found === undefined ? null : Response.json(found);
  };
}

test("a static site has neither a model nor a log", async () => {
  const { source } = setUp();
  await source.shelf();
  assert.deepEqual([source.live, source.journal], [null, null]);
});

test("a server is asked for the model and the log by its API", async () => {
  const { host, source } = setUp();
  const entry = { catalogue: "tiny-bytes", layer: 0, index: 3, starred: true, note: "n", tags: ["t"], version: 2 } as any;
  host.answer = served({
    "POST api/look": { model: "m" },
    "POST api/rank": { n_neurons: 3 },
    "GET api/journal?person=ada": { person: "ada" },
    "GET api/journal/entries/tiny-bytes/0/3?person=ada": null,
    "POST api/journal/visits": entry,
    "PUT api/journal/entries/tiny-bytes/0/3": { ...entry, version: 3 },
    "POST api/journal/import?person=ada": { n_added: 1, n_merged: 0 },
  });
  await source.shelf();
  const [live, journal] = [source.live!, source.journal!];
  const { signal } = new AbortController();
  assert.deepEqual(await live.look("tiny-bytes", 0, 3, "a text", signal), { model: "m" });
  assert.deepEqual(await live.rank("tiny-bytes", "a text", 2, signal), { n_neurons: 3 });
  assert.deepEqual(await journal.log(), { person: "ada" });
  assert.equal(await journal.entry("tiny-bytes", 0, 3), null);
  assert.deepEqual(await journal.visit("tiny-bytes", 0, 3), entry);
  assert.equal((await journal.mark(entry)).version, 3);
  assert.deepEqual(await journal.importLines('{"a":1}\n'), { n_added: 1, n_merged: 0 });
  assert.equal(journal.exportUrl("csv"), `${BASE}api/journal/export?person=ada&format=csv`);
  await assert.rejects(journal.mark({ ...entry, catalogue: null, model: "m" }), says(/^No catalogue of m is on this site/));
  const bodies = host.asked.filter((a) => a.body).map((a) => [a.path, a.path.includes("import") ? a.body : JSON.parse(a.body!)]);
  const place = { catalogue: "tiny-bytes", layer: 0, index: 3 };
  assert.deepEqual(bodies, [
    ["api/look", { ...place, text: "a text" }],
    ["api/rank", { catalogue: "tiny-bytes", text: "a text", token: 2, n: 50 }],
    ["api/journal/visits", { person: "ada", ...place }],
    ["api/journal/entries/tiny-bytes/0/3", { person: "ada", starred: true, note: "n", tags: ["t"], version: 2 }],
    ["api/journal/import?person=ada", '{"a":1}\n'],
  ]);
});

test("the name in the log is the reader's, and stays when the page is left", async () => {
  const kept = new Map<string, string>();
  const storage = { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => void kept.set(k, v) };
  Object.defineProperty(globalThis, "localStorage", { value: storage, configurable: true });
  try {
    const open = async () => {
      const { host, source } = setUp();
      host.answer = served();
      await source.shelf();
      return source.journal!;
    };
    const journal = await open();
    assert.equal(journal.person, "ada");
    journal.person = "grace & co";
    assert.equal((await open()).person, "grace & co");
    assert.ok((await open()).exportUrl("md").endsWith("person=grace+%26+co&format=md"));
  } finally {
    Reflect.deleteProperty(globalThis, "localStorage");
  }
});

test("a problem that the server explains is its sentence, with what is known of it", async () => {
  const { host, source } = setUp();
  const entry = { catalogue: "tiny-bytes", layer: 0, index: 3, version: 5 };
  const problem = { type: "about:blank", title: "Conflict", status: 409, detail: "Another window has changed it.", kind: "EntryChanged", entry };
  const shelf = served();
  host.answer = async (asked, signal) =>
    asked.method === "PUT"
      ? new Response(JSON.stringify(problem), { status: 409, headers: { "content-type": "application/problem+json; charset=utf-8" } })
      : shelf(asked, signal);
  await source.shelf();
  await assert.rejects(source.journal!.mark(entry as any), (error: Explained) => {
    assert.deepEqual([error.message, error.status, error.kind, error.facts], [problem.detail, 409, "EntryChanged", { entry }]);
    return true;
  });
});
