/** How every page of the site is addressed; the one place that spells or reads a URL.
 *
 * All of it lives behind the #, so a static host under any path serves every page from one file.
 *
 *   #/                                     models
 *   #/demo-solu-1l                         a model: layers and the table of its neurons
 *   #/demo-solu-1l/0/737                   a neuron
 *   #/scope/demo-solu-1l/0/737?text=a&text=b    the scope; without layer and neuron: ranking
 *   #/compare/demo-solu-1l/0/737/demo-gelu-2l/1/12
 *   #/tests/12                             a test on record
 *   #/demo-solu-1l/0/737?test=12           a neuron, with the hypothesis of a test to be changed
 *   #/log
 *   #/help
 */

export interface Place { catalogue: string; layer: number; neuron: number }

export type Address =
  | { page: "models" }
  | { page: "model"; catalogue: string; query: URLSearchParams }
  | { page: "neuron"; at: Place; test: number | null }
  | { page: "test"; id: number }
  | { page: "scope"; catalogue: string | null; layer: number | null; neuron: number | null; texts: string[] }
  | { page: "compare"; a: Place | null; b: Place | null }
  | { page: "log" }
  | { page: "help" }
  | { page: "unknown"; typed: string };

const RESERVED = ["scope", "compare", "log", "help", "tests"];

function natural(s: string | undefined): number | null {
  return s !== undefined && /^\d{1,9}$/.test(s) ? Number(s) : null;
}

function place(parts: (string | undefined)[]): Place | null {
  const [catalogue, layer, neuron] = [parts[0], natural(parts[1]), natural(parts[2])];
  return catalogue && layer !== null && neuron !== null ? { catalogue, layer, neuron } : null;
}

export function read(hash: string): Address {
  const [path = "", query = ""] = hash.replace(/^#/, "").split(/\?(.*)/s);
  const search = new URLSearchParams(query);
  let parts: string[];
  try {
    parts = path.split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    return { page: "unknown", typed: hash };
  }
  const [first, ...rest] = parts;
  if (first === undefined) return { page: "models" };
  if (first === "log" || first === "help") return { page: first };
  if (first === "compare") return { page: "compare", a: place(rest), b: place(rest.slice(3)) };
  if (first === "scope") {
    return {
      page: "scope",
      catalogue: rest[0] ?? null,
      layer: natural(rest[1]),
      neuron: natural(rest[2]),
      texts: search.getAll("text"),
    };
  }
  if (first === "tests") {
    const id = natural(rest[0]);
    return id !== null && rest.length === 1 ? { page: "test", id } : { page: "unknown", typed: hash };
  }
  if (parts.length === 1) return { page: "model", catalogue: first, query: search };
  const at = place(parts);
  const test = natural(search.get("test") ?? undefined);
  return at && parts.length === 3 ? { page: "neuron", at, test } : { page: "unknown", typed: hash };
}

const path = (...parts: (string | number)[]): string =>
  "#/" + parts.map((p) => encodeURIComponent(p)).join("/");

export const models = (): string => "#/";
export const log = (): string => "#/log";
export const help = (): string => "#/help";
export const neuron = (at: Place): string => path(at.catalogue, at.layer, at.neuron);

export const test = (id: number): string => path("tests", id);
/** A neuron, with the hypothesis of one of its tests to be changed. */
export const again = (at: Place, id: number): string => `${neuron(at)}?test=${id}`;

export function model(catalogue: string, query?: URLSearchParams): string {
  const q = query?.toString();
  return path(catalogue) + (q ? `?${q}` : "");
}

export function scope(at: Place | { catalogue: string; layer: null; neuron: null } | null, texts: string[]): string {
  const where = !at
    ? path("scope")
    : at.layer === null
      ? path("scope", at.catalogue)
      : path("scope", at.catalogue, at.layer, at.neuron);
  return texts.length ? `${where}?${new URLSearchParams(texts.map((t) => ["text", t]))}` : where;
}

export function compare(a: Place | null, b: Place | null): string {
  if (!a) return path("compare");
  const first = ["compare", a.catalogue, a.layer, a.neuron];
  return b ? path(...first, b.catalogue, b.layer, b.neuron) : path(...first);
}

/** Names that no catalogue may have as its address. */
export { RESERVED };
