/** Which neurons of a catalogue the table shows, and in what order. Pure; order.ts does the work. */

import type { Places } from "./format.ts";
import { argsort, keepPeaking, keepWithin, tokensWith } from "./order.ts";
import type { Mask } from "./order.ts";
import type { Column, Vocabulary } from "./source.ts";

/** Statistics that can be sorted by and limited, in the order of the table's columns. */
export const NUMERIC = ["density", "kurtosis", "skew", "max", "min", "peak_share"] as const;
export type Numeric = (typeof NUMERIC)[number];

export const LIVES = ["alive", "dead"] as const;
export const SEEN = ["seen", "unseen", "starred"] as const;

/** What the lab notebook says of a neuron, one byte each. */
export const UNSEEN = 0;
export const VISITED = 1;
export const STARRED = 2;

export interface Query {
  layer: number | null;
  token: string;
  isExact: boolean;
  isCaseSensitive: boolean;
  life: (typeof LIVES)[number] | null;
  seen: (typeof SEEN)[number] | null;
  limits: Partial<Record<Numeric, { min: number | null; max: number | null }>>;
  sort: { key: Numeric; isDescending: boolean } | null;
}

function finite(typed: string | null): number | null {
  return typed !== null && typed.trim() !== "" && Number.isFinite(Number(typed)) ? Number(typed) : null;
}

function oneOf<T extends string>(known: readonly T[], typed: string | null): T | null {
  return known.find((k) => k === typed) ?? null;
}

/** Reads the part of the address behind the ?; what it does not know is left out. */
export function readQuery(search: URLSearchParams): Query {
  const limits: Query["limits"] = {};
  for (const key of NUMERIC) {
    const [min, max] = [finite(search.get(`min.${key}`)), finite(search.get(`max.${key}`))];
    if (min !== null || max !== null) limits[key] = { min, max };
  }
  const sort = search.get("sort") ?? "";
  const key = oneOf(NUMERIC, sort.replace(/^-/, ""));
  const layer = search.get("layer");
  return {
    layer: layer !== null && /^\d+$/.test(layer) ? Number(layer) : null,
    token: search.get("token") ?? "",
    isExact: search.has("exact"),
    isCaseSensitive: search.has("case"),
    life: oneOf(LIVES, search.get("only")),
    seen: oneOf(SEEN, search.get("log")),
    limits,
    sort: key && { key, isDescending: sort.startsWith("-") },
  };
}

export function writeQuery(query: Query): URLSearchParams {
  const search = new URLSearchParams();
  if (query.layer !== null) search.set("layer", String(query.layer));
  if (query.token) search.set("token", query.token);
  if (query.token && query.isExact) search.set("exact", "");
  if (query.token && query.isCaseSensitive) search.set("case", "");
  if (query.life) search.set("only", query.life);
  if (query.seen) search.set("log", query.seen);
  for (const key of NUMERIC) {
    const { min = null, max = null } = query.limits[key] ?? {};
    if (min !== null) search.set(`min.${key}`, String(min));
    if (max !== null) search.set(`max.${key}`, String(max));
  }
  if (query.sort) search.set("sort", (query.sort.isDescending ? "-" : "") + query.sort.key);
  return search;
}

/** What a click on a column's name asks for: first the largest, then the smallest, then no order. */
export function nextSort(sort: Query["sort"], key: Numeric): Query["sort"] {
  if (sort?.key !== key) return { key, isDescending: true };
  return sort.isDescending ? { key, isDescending: false } : null;
}

/** Everything that a choice may need; the peaks only if a token is searched for. */
export interface Columns {
  places: Places;
  numeric: Record<Numeric, Column>;
  isDead: Column;
  /** Null where there is no lab notebook. */
  marks: Mask | null;
  peaks: { ids: Column; counts: Column; vocabulary: Vocabulary } | null;
}

/** Sorted once, a column stays so: the orders of all neurons, by column and direction. */
export class Orders {
  private readonly known = new Map<string, Uint32Array>();

  of(columns: Columns, { key, isDescending }: NonNullable<Query["sort"]>): Uint32Array {
    const name = `${isDescending ? "-" : ""}${key}`;
    let order = this.known.get(name);
    if (!order) {
      order = argsort(columns.numeric[key], { isDescending });
      this.known.set(name, order);
    }
    return order;
  }
}

/** The neurons that a query asks for, as places among all of the catalogue, in its order. */
export function choose(columns: Columns, query: Query, orders: Orders): Uint32Array {
  const { places } = columns;
  const mask = new Uint8Array(places.length).fill(1);
  if (query.layer !== null) {
    let start = 0;
    places.layers.forEach((layer, i) => {
      const stop = start + places.count(i);
      if (layer !== query.layer) mask.fill(0, start, stop);
      start = stop;
    });
  }
  for (const key of NUMERIC) {
    const limit = query.limits[key];
    // As single precision, in which the columns are: 0.3 is to be within 0.3.
    if (limit) keepWithin(mask, columns.numeric[key], Math.fround(limit.min ?? -Infinity), Math.fround(limit.max ?? Infinity));
  }
  if (query.life) keepWithin(mask, columns.isDead, +(query.life === "dead"), +(query.life === "dead"));
  if (query.seen && columns.marks) {
    const [low, high] = { unseen: [UNSEEN, UNSEEN], seen: [VISITED, STARRED], starred: [STARRED, STARRED] }[query.seen];
    keepWithin(mask, columns.marks, low!, high!);
  }
  if (query.token && columns.peaks) {
    const { ids, counts, vocabulary } = columns.peaks;
    keepPeaking(mask, ids, counts, tokensWith(vocabulary, asWritten(query.token), query));
  }
  const chosen = new Uint32Array(mask.length);
  const order = query.sort && orders.of(columns, query.sort);
  let n = 0;
  for (let i = 0; i < mask.length; i++) {
    const row = order ? order[i]! : i;
    if (mask[row]) chosen[n++] = row;
  }
  return chosen.subarray(0, n);
}

/** A token as the table draws it may be typed as it is drawn. */
function asWritten(typed: string): string {
  return typed.replaceAll("·", " ").replaceAll("↵", "\n").replaceAll("→", "\t");
}

/** Five numbers of a distribution; null if nothing in it is a number. */
export interface Quartiles {
  min: number;
  low: number;
  median: number;
  high: number;
  max: number;
}

export function quartiles(values: Column): Quartiles | null {
  const sorted = Float32Array.from(values).sort(); // NaN comes last
  let n = sorted.length;
  while (n && Number.isNaN(sorted[n - 1]!)) n--;
  if (!n) return null;
  const at = (share: number) => {
    const place = share * (n - 1);
    const below = sorted[Math.floor(place)]!;
    return below + (sorted[Math.ceil(place)]! - below) * (place % 1);
  };
  return { min: at(0), low: at(0.25), median: at(0.5), high: at(0.75), max: at(1) };
}
