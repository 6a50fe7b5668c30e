import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Asking, PAUSE_MS } from "../src/asking.ts";

interface Sent { text: string; signal: AbortSignal; answer: (a: string) => void; refuse: (e: unknown) => void }

/** A server whose answers come when the test says so. */
function asking() {
  const sent: Sent[] = [];
  let nDrawn = 0;
  const it = new Asking<string, string>(
    (text, signal) => new Promise((answer, refuse) => sent.push({ text, signal, answer, refuse })),
    () => nDrawn++,
  );
  return { it, sent, drawn: () => nDrawn };
}
const settle = async () => {
  for (let i = 0; i < 5; i++) await Promise.resolve();
};
const wait = (ms: number) => mock.timers.tick(ms);

test.beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
test.afterEach(() => mock.timers.reset());

test("what is being typed is asked once it stands still", () => {
  const { it, sent } = asking();
  for (const text of ["a", "ab", "abc"]) {
    it.put(text);
    wait(PAUSE_MS - 1);
  }

  assert.deepEqual([], sent);
  wait(1);
  assert.deepEqual(["abc"], sent.map((s) => s.text));
  assert.ok(it.isWaiting);
});

test("the answer is shown, and with it that it is current", async () => {
  const { it, sent } = asking();
  it.put("a");
  wait(PAUSE_MS);
  sent[0]!.answer("A");
  await settle();

  assert.deepEqual(["A", true, false], [it.answer, it.isCurrent, it.isWaiting]);
});

test("a question that has changed is given up at once", () => {
  const { it, sent } = asking();
  it.put("a");
  wait(PAUSE_MS);
  it.put("ab");

  assert.ok(sent[0]!.signal.aborted);
});

test("answers that come out of order are not drawn out of order", async () => {
  const { it, sent } = asking();
  it.put("a");
  wait(PAUSE_MS);
  it.put("ab");
  wait(PAUSE_MS);
  sent[1]!.answer("AB");
  await settle();
  sent[0]!.answer("A");
  await settle();

  assert.equal("AB", it.answer);
});

test("a late refusal of an old question is not shown", async () => {
  const { it, sent } = asking();
  it.put("a");
  wait(PAUSE_MS);
  it.put("ab");
  sent[0]!.refuse(new Error("too late"));
  await settle();

  assert.equal(null, it.trouble);
  assert.ok(it.isWaiting);
});

test("while a new answer is awaited the old one stays, marked as not current", async () => {
  const { it, sent } = asking();
  it.put("a");
  wait(PAUSE_MS);
  sent[0]!.answer("A");
  await settle();
  it.put("ab");

  assert.deepEqual(["A", false], [it.answer, it.isCurrent]);
});

test("an unchanged question is not asked again", async () => {
  const { it, sent, drawn } = asking();
  it.put("a");
  wait(PAUSE_MS);
  it.put("a");
  sent[0]!.answer("A");
  await settle();
  const before = drawn();
  it.put("a");
  wait(PAUSE_MS);

  assert.equal(1, sent.length);
  assert.equal(before, drawn());
});

test("what was asked before is answered from memory", async () => {
  const { it, sent } = asking();
  it.put("a");
  wait(PAUSE_MS);
  sent[0]!.answer("A");
  await settle();
  it.put("ab");
  it.put("a");
  wait(PAUSE_MS);

  assert.equal(1, sent.length);
  assert.deepEqual(["A", true], [it.answer, it.isCurrent]);
});

test("a refusal is shown in place of the old answer, and asked again only on demand", async () => {
  const { it, sent } = asking();
  it.put("a");
  wait(PAUSE_MS);
  sent[0]!.refuse(new Error("The server is gone."));
  await settle();

  assert.deepEqual(["The server is gone.", null, false], [(it.trouble as Error).message, it.answer, it.isWaiting]);
  it.put("a");
  wait(PAUSE_MS);
  assert.equal(1, sent.length);
  it.put("a", { again: true });
  wait(PAUSE_MS);
  assert.equal(2, sent.length);
});

test("no question asks nothing and clears the answer", async () => {
  const { it, sent } = asking();
  it.put("a");
  wait(PAUSE_MS);
  sent[0]!.answer("A");
  await settle();
  it.put(null);
  wait(PAUSE_MS);

  assert.equal(1, sent.length);
  assert.deepEqual([null, false], [it.answer, it.isWaiting]);
});

test("what is dropped is given up and may be asked again", () => {
  const { it, sent } = asking();
  it.put("a");
  wait(PAUSE_MS);
  it.drop();
  assert.ok(sent[0]!.signal.aborted);
  it.put("a");
  wait(PAUSE_MS);
  assert.equal(2, sent.length);
});
