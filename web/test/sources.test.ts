/** What no source of the site may contain, because corpus text is hostile and a site asks no other host. */

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

const ROOT = new URL("../", import.meta.url);
const files = (await Promise.all(["src", "static"].map((d) => readdir(new URL(d, ROOT), { recursive: true }).then((f) => f.map((x) => `${d}/${x}`)))))
  .flat()
  .filter((f) => /\.(ts|html|svg)$/.test(f));
const sources = await Promise.all(files.map(async (f): Promise<[string, string]> => [f, await readFile(new URL(f, ROOT), "utf8")]));

test("there are sources", () => assert.ok(files.includes("src/http.ts")));

const FORBIDDEN = [
  ...["innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe", "parseHTMLUnsafe", "createContextualFragment"],
  ...["unsafeHTML", "unsafeSVG", "unsafeStatic", "unsafeMathML", "DOMParser", "srcdoc", "javascript:"],
  ...["document.write", "eval(", "new Function", "styleMap"],
];
for (const word of FORBIDDEN) {
  test(`no source has ${word}`, () => {
    const pattern = new RegExp(`(?<!\\w)${word.replace(/[.(]/g, "\\$&")}`);
    assert.deepEqual(sources.filter(([, text]) => pattern.test(text)).map(([f]) => f), []);
  });
}

test("no element sets its style by an attribute, which the policy of the page would drop", () => {
  const pattern = /[\s.]style=|setAttribute\(["']style/;
  assert.deepEqual(sources.filter(([, text]) => pattern.test(text)).map(([f]) => f), []);
});

test("no source names another host, but for the names of XML", () => {
  const hosts = (text: string) => [...text.matchAll(/(?:https?:)?\/\/([\w-]+(?:\.[\w-]+)+)/g)].map((m) => m[1]!);
  const named = sources.map(([f, text]): [string, string[]] => [f, hosts(text).filter((h) => h !== "www.w3.org")]);
  assert.deepEqual(named.filter(([, found]) => found.length), []);
});
