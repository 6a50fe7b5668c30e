import assert from "node:assert/strict";
import { test } from "node:test";

import { Draft } from "../src/drafts.ts";
import type { Store } from "../src/drafts.ts";
import { Explained } from "../src/source.ts";
import type { Journal } from "../src/source.ts";
import type { Entry } from "../src/types.ts";

const entry = (part: Partial<Entry> = {}): Entry => ({
  catalogue: "demo", model: "demo", weights: "00", site: "post", layer: 0, index: 7, first_seen: "", last_seen: "",
  n_visits: 1, starred: false, note: "", tags: [], version: 1, ...part,
});

class Shelf implements Store {
  kept = new Map<string, string>();
  getItem = (key: string) => this.kept.get(key) ?? null;
  setItem = (key: string, value: string) => void this.kept.set(key, value);
  removeItem = (key: string) => void this.kept.delete(key);
}

/** A lab notebook with one entry, which refuses a change of an old version. */
class Notebook {
  person = "ada";
  marks: Entry[] = [];
  isDown = false;
  constructor(public entry: Entry) {}

  async mark(change: Entry): Promise<Entry> {
    await Promise.resolve();
    if (this.isDown) throw new Explained("lmscope serve is no longer answering.");
    if (change.version !== this.entry.version) throw new Explained("changed", 409, "EntryChanged", { entry: this.entry });
    this.marks.push(change);
    this.entry = { ...change, tags: change.tags.toSorted(), version: change.version + 1 };
    return this.entry;
  }
}

function desk(notebook: Notebook, store: Store = new Shelf(), from = notebook.entry) {
  return new Draft(notebook as unknown as Journal, from, store, () => {});
}

test("what is typed while a change is on its way is sent after it", async () => {
  const notebook = new Notebook(entry());
  const draft = desk(notebook);
  draft.change({ note: "w" });
  const saving = draft.save();
  draft.change({ note: "wa" });
  draft.change({ note: "water" });
  void draft.save();
  await saving;

  assert.deepEqual(["w", "water"], notebook.marks.map((m) => m.note));
  assert.equal("saved", draft.said);
});

test("tags are saved once, although the notebook puts them in order", async () => {
  const notebook = new Notebook(entry());
  const draft = desk(notebook);
  draft.change({ tags: ["to do", "list"] });
  await draft.save();

  assert.equal(1, notebook.marks.length);
  assert.deepEqual(["list", "to do"], draft.written.tags);
  assert.equal("saved", draft.said);
});

test("a change by somebody else waits for the reader, with both versions at hand", async () => {
  const notebook = new Notebook(entry());
  const draft = desk(notebook);
  notebook.entry = entry({ note: "theirs", version: 2 });
  draft.change({ note: "mine" });
  await draft.save();

  assert.equal("theirs", draft.theirs?.note);
  assert.equal("mine", draft.written.note);
  assert.deepEqual([], notebook.marks);

  await draft.choose({ starred: false, note: "theirs\nmine", tags: [] });

  assert.equal("theirs\nmine", notebook.entry.note);
  assert.equal(null, draft.theirs);
});

test("taking the other version sends nothing", async () => {
  const notebook = new Notebook(entry());
  const draft = desk(notebook);
  notebook.entry = entry({ note: "theirs", version: 2 });
  draft.change({ note: "mine" });
  await draft.save();
  await draft.choose(draft.theirs!);

  assert.deepEqual([], notebook.marks);
  assert.equal("theirs", draft.written.note);
});

test("a visit elsewhere that changed nothing written is no conflict", async () => {
  const notebook = new Notebook(entry());
  const draft = desk(notebook);
  notebook.entry = entry({ n_visits: 2, version: 2 });
  draft.change({ starred: true });
  await draft.save();

  assert.equal(null, draft.theirs);
  assert.equal(true, notebook.entry.starred);
});

test("what could not be saved is there after the page is loaded again", async () => {
  const notebook = new Notebook(entry());
  const store = new Shelf();
  const draft = desk(notebook, store);
  notebook.isDown = true;
  draft.change({ note: "only here" });
  await draft.save();

  assert.equal("not saved: lmscope serve is no longer answering.", draft.said);

  notebook.isDown = false;
  const again = desk(notebook, store);

  assert.equal("only here", again.written.note);

  await again.save();

  assert.equal("only here", notebook.entry.note);
  assert.equal(0, store.kept.size);
});

test("a draft that comes back after somebody else has written waits for the reader", async () => {
  const notebook = new Notebook(entry());
  const store = new Shelf();
  notebook.isDown = true;
  const draft = desk(notebook, store);
  draft.change({ note: "mine" });
  await draft.save();
  notebook.isDown = false;
  notebook.entry = entry({ note: "theirs", version: 2 });
  const again = desk(notebook, store);
  await again.save();

  assert.equal("theirs", again.theirs?.note);
  assert.equal("mine", again.written.note);
  assert.equal("theirs", notebook.entry.note);
});

test("another neuron's draft is another draft", () => {
  const store = new Shelf();
  desk(new Notebook(entry()), store).change({ note: "seven" });

  assert.equal("", desk(new Notebook(entry({ index: 8 })), store).written.note);
});
