import assert from "node:assert/strict";
import { test } from "node:test";
import { find, fold, lookAlike, missing, missingAt, nearest } from "../src/goto.ts";
import { read } from "../src/address.ts";
import type { Shelf, Shelved } from "../src/types.ts";

const shelved = (address: string, more: Partial<Shelved> = {}): Shelved => ({
  address,
  path: `catalogues/${address}/`,
  model: address,
  site: "post",
  n_layers: 2,
  layers: [0, 1],
  d_mlp: 768,
  n_neurons: 1536,
  activation_function: "gelu",
  is_gated: false,
  corpus: "demo",
  n_tokens: 1,
  n_documents: 1,
  date: null,
  is_built_in: false,
  python: "",
  why_not_live: null,
  ...more,
});

const shelf: Shelf = {
  lmscope: "0.1.0",
  catalogues: [
    shelved("demo-solu-1l", { site: "mid", n_layers: 1, layers: [0], d_mlp: 1024 }),
    shelved("demo-gelu-2l"),
    shelved("pythia-70m", { model: "EleutherAI/pythia-70m", n_layers: 6, layers: [3, 4], d_mlp: 2048 }),
  ],
  why_no_journal: null,
  person: null,
};
const nowhere = { catalogue: null, layer: null };
const onSolu = { catalogue: "demo-solu-1l", layer: 0 };
const sentence = (typed: string, here: { catalogue: string | null; layer: number | null } = nowhere) => {
  const found = find(typed, shelf, here);
  assert.ok("sentence" in found, `${typed} leads to ${JSON.stringify(found)}`);
  return { first: found.sentence.split("\n")[0], all: found.sentence, near: found.near.map((n) => n.to) };
};

test("every spelling of a neuron leads to its page", () => {
  for (const typed of [
    "L0N737", "l0n737", "L0 N737", "L0.N737", "0/737", "0 737", "0:737",
    "demo-solu-1l/0/737", "demo-solu-1l/L0N737", "demo-solu-1l L0N737", "DEMO_SOLU_1L/0/737",
    "blocks.0.mlp.hook_mid[737]", "blocks.0.mlp.ln.hook_in[737]", "demo-solu-1l/blocks.0.mlp.hook_mid[737]",
    "  /demo-solu-1l/0/737/ ", "http://localhost:8000/#/demo-solu-1l/0/737", "#/demo-solu-1l/0/737",
  ]) {
    assert.deepEqual({ to: "#/demo-solu-1l/0/737" }, find(typed, shelf, onSolu), typed);
  }
});

test("the name of the model does as well as that of its catalogue", () => {
  assert.deepEqual({ to: "#/pythia-70m/3/12" }, find("EleutherAI/pythia-70m/3/12", shelf, onSolu));
  assert.deepEqual({ to: "#/pythia-70m" }, find("EleutherAI/pythia-70m", shelf, nowhere));
});

test("a catalogue, a layer of it and the pages are found by name", () => {
  assert.deepEqual({ to: "#/demo-gelu-2l" }, find("Demo gelu 2l", shelf, nowhere));
  assert.deepEqual({ to: "#/demo-gelu-2l?layer=1" }, find("demo-gelu-2l/1", shelf, nowhere));
  assert.deepEqual({ to: "#/log" }, find("log", shelf, nowhere));
});

test("a look-alike letter is pointed out", () => {
  assert.deepEqual(
    {
      sentence:
        "There is no catalogue called 'demo-solu-11' here.\nDid you mean 'demo-solu-1l'?\n" +
        "(You typed the digit '1' where the name has the letter 'l'.)",
      near: [{ label: "demo-solu-1l", to: "#/demo-solu-1l" }],
    },
    find("demo-solu-11", shelf, nowhere),
  );
  assert.deepEqual(["#/demo-solu-1l/0/3"], sentence("demo-solu-11/0/3").near);
});

test("a part of a name is enough to be asked", () => {
  assert.deepEqual(["#/demo-solu-1l"], sentence("solu").near);
  assert.equal("'xyzzy' names no neuron and no catalogue here.", sentence("xyzzy").first);
});

test("without a catalogue on the screen the reader is asked which", () => {
  assert.deepEqual(
    { first: "L0N900 is a neuron, but of which catalogue?", near: ["#/demo-solu-1l/0/900"] },
    (({ first, near }) => ({ first, near }))(sentence("L0N900")),
  );
});

test("layers and neurons out of range get the sentence of the terminal", () => {
  assert.equal("demo-solu-1l has one layer, numbered 0. You asked for layer 1.", sentence("1/5", onSolu).first);
  assert.equal("Layer 0 of demo-solu-1l has neurons 0 to 1023. You asked for neuron -1.", sentence("0/-1", onSolu).first);
  assert.deepEqual(["#/demo-solu-1l/0/1023"], sentence("L0N99999", onSolu).near);
  assert.equal(
    "Layer 0 was not scanned: this catalogue holds the layers 3, 4.",
    sentence("pythia-70m/0/1").first,
  );
});

test("swapped layer and neuron are put right", () => {
  const { all, near } = sentence("737/0", onSolu);
  assert.match(all, /Did you mean demo-solu-1l\/0\/737\? \(The layer comes first\.\)/);
  assert.deepEqual(["#/demo-solu-1l/0/737"], near);
});

test("another site is never taken for the one that was scanned", () => {
  const { first, near } = sentence("blocks.0.mlp.hook_post[737]", onSolu);
  assert.equal("demo-solu-1l was scanned at site 'mid', and you named site 'post'.", first);
  assert.deepEqual(["#/demo-solu-1l/0/737"], near);
});

test("a lone number asks for the layer and offers the one on the screen", () => {
  assert.deepEqual(["#/demo-solu-1l/0/737"], sentence("737", onSolu).near);
  assert.deepEqual([], sentence("737").near);
});

test("names are folded and compared as the terminal does it", () => {
  assert.equal(fold("SOLU_11"), fold("solu-il"));
  assert.deepEqual(["solu-1l", "solu-2l"], nearest("solu-11", ["solu-1l", "solu-2l", "gelu-xl-9000", "gpt2-small"]));
  assert.deepEqual(["gpt2-small"], nearest("gpt2small", ["gpt2-small", "gpt2-xl"], 1));
  assert.equal(null, lookAlike("solu-2l", "solu-1l"));
});

test("an address is checked before its page is shown", () => {
  assert.equal(null, missingAt(shelf, read("#/demo-gelu-2l/1/767")));
  assert.equal(null, missingAt(shelf, read("#/scope")));
  assert.equal(null, missingAt(shelf, read("#/compare/demo-gelu-2l/1/3")));
  assert.match(missingAt(shelf, read("#/compare/demo-gelu-2l/1/3/demo-gelu-2l/2/3"))!.sentence, /layers 0 to 1/);
  assert.match(missingAt(shelf, read("#/scope/demo-gelu-3l"))!.sentence, /no catalogue called 'demo-gelu-3l'/);
  assert.match(missing(shelf, { catalogue: "demo-gelu-2l", layer: 0, neuron: 768 })!.sentence, /neurons 0 to 767/);
});
