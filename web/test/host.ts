/** A web server for tests, which may be slow, deaf to ranges or broken: the contract's site, from disk. */

import { readFile } from "node:fs/promises";
import type { Fetch } from "../src/ranges.ts";

export const BASE = "http://site.test/under/a/path/";
const ROOT = new URL("../../contract/site/", import.meta.url);

export interface Asked {
  path: string;
  method: string;
  range: string | null;
  body: string | null;
}

type Answer = (asked: Asked, signal?: AbortSignal) => Promise<Response | null> | Response | null;

export class Host {
  readonly asked: Asked[] = [];
  /** Files other than those on disk, by path; null if missing. */
  readonly files = new Map<string, Uint8Array | null>();
  /** False: the whole file comes, with status 200. */
  knowsRanges = true;
  /** Asked first; null leaves the answer to the files. */
  answer: Answer = () => null;

  readonly fetch: Fetch = async (url, init = {}) => {
    const headers = new Headers(init.headers);
    const path = decodeURIComponent(url.replace(BASE, ""));
    const asked = { path, method: init.method ?? "GET", range: headers.get("range"), body: (init.body as string) ?? null };
    this.asked.push(asked);
    init.signal?.throwIfAborted();
    return (await this.answer(asked, init.signal ?? undefined)) ?? this.file(asked);
  };

  private async file({ path, range, method }: Asked): Promise<Response> {
    if (method !== "GET") return new Response(null, { status: 405 });
    const bytes = await this.read(path);
    if (!bytes) return new Response("<p>Not here", { status: 404, headers: { "content-type": "text/html" } });
    if (!range || !this.knowsRanges) return new Response(bytes, { status: 200 });
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range)!.map(Number) as [number, number, number];
    if (first >= bytes.length) return new Response(null, { status: 416 });
    const part = bytes.slice(first, last + 1);
    const place = `bytes ${first}-${first + part.length - 1}/${bytes.length}`;
    return new Response(part, { status: 206, headers: { "content-range": place } });
  }

  async read(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const changed = this.files.get(path);
    if (changed !== undefined) return changed && new Uint8Array(changed);
    return readFile(new URL(path, ROOT)).then((b) => new Uint8Array(b), () => null);
  }

  /** The requests for one file. */
  of(path: string): Asked[] {
    return this.asked.filter((a) => a.path.endsWith(path));
  }
}

/** One of the contract's tables. */
export async function contract(name: string): Promise<any> {
  return JSON.parse(await readFile(new URL(`../../contract/${name}`, import.meta.url), "utf8"));
}
