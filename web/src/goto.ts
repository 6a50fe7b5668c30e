/** What a person typed to go somewhere: read kindly, answered with a sentence where it leads nowhere.
 *
 * Pure: knows the shelf and the addresses of the site, no element and no file of a catalogue.
 */

import * as address from "./address.ts";
import type { Address, Place } from "./address.ts";
import type { Shelf, Shelved } from "./types.ts";

export interface Suggestion {
  label: string;
  to: string;
}

/** A place that does not exist, and the nearest ones that do. */
export interface Missing {
  sentence: string;
  near: Suggestion[];
}

export type Found = { to: string } | Missing;

/** What is on the screen, which completes what was typed. */
export interface Here {
  catalogue: string | null;
  layer: number | null;
}

const SHORT = /^(?:(.*)[/\s:,])?L(-?\d+)[.\s]*N(-?\d+)$/is;
const HOOK = /^(?:(.*)[/\s:,])?blocks\.(-?\d+)\.mlp\.(?:(ln\.hook_in)|hook_(post|mid|pre))\[(-?\d+)\]$/is;
const NUMBER = /^-?\d+$/;

/** At most this many catalogues are named where one must be chosen. */
const N_NEAR = 5;

/** Brings a name to a form in which look-alikes are equal, as lmscope.errors.fold does. */
export function fold(name: string): string {
  return sameName(name).replace(/[1i|]/g, "l").replace(/0/g, "o");
}

/** Case and separators are forgiven; nobody means anything by them. */
function sameName(name: string): string {
  return name.trim().toLowerCase().replace(/[_ .]/g, "-");
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swapped = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swapped, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** The known names that a person most likely meant, best first. */
export function nearest(name: string, known: string[], n = 2): string[] {
  const wanted = fold(name).slice(0, 100);
  const bare = (folded: string) => folded.replaceAll("-", "");
  const far = (candidate: string) => {
    const folded = fold(candidate);
    if (bare(folded) === bare(wanted)) return 0;
    if (bare(wanted).length > 2 && bare(folded).includes(bare(wanted))) return 0.2;
    return distance(wanted, folded) / Math.max(wanted.length, folded.length);
  };
  const order = known.map((candidate) => ({ candidate, far: far(candidate) })).sort((a, b) => a.far - b.far);
  const farthest = Math.min(0.4, (order[0]?.far ?? 0) + 0.2);
  return order
    .filter((c) => c.far <= farthest)
    .slice(0, n)
    .map((c) => c.candidate);
}

/** Which look-alike character was typed in place of the right one. */
export function lookAlike(typed: string, right: string): string | null {
  const [a, b] = [[...typed.toLowerCase()], [...right.toLowerCase()]];
  const wrong = a.flatMap((c, i) => (c === b[i] ? [] : [[c, b[i] ?? ""] as const]));
  const [first] = wrong;
  if (a.length !== b.length || wrong.length !== 1 || !first || fold(first[0]) !== fold(first[1])) return null;
  const kind = (c: string) => (/\d/.test(c) ? "digit" : /\p{L}/u.test(c) ? "letter" : "sign");
  return `You typed the ${kind(first[0])} '${first[0]}' where the name has the ${kind(first[1])} '${first[1]}'.`;
}

const quoted = (names: string[]) => names.map((n) => `'${n}'`).join(" or ");
const range = (n: number, thing: string) => (n === 1 ? `one ${thing}, numbered 0` : `${thing}s 0 to ${n - 1}`);
const short = (at: Place) => `${at.catalogue}/${at.layer}/${at.neuron}`;
const neuronAt = (at: Place): Suggestion => ({ label: short(at), to: address.neuron(at) });
const modelAt = (catalogue: string): Suggestion => ({ label: catalogue, to: address.model(catalogue) });

function unknownCatalogue(shelf: Shelf, typed: string, to: (catalogue: string) => Suggestion): Missing {
  const near = nearest(typed, shelf.catalogues.map((c) => c.address));
  const lines = [`There is no catalogue called '${typed}' here.`];
  if (near[0]) {
    lines.push(`Did you mean ${quoted(near)}?`);
    const why = lookAlike(typed, near[0]);
    if (why) lines.push(`(${why})`);
  }
  return { sentence: lines.join("\n"), near: near.map(to) };
}

/** Says why there is no such neuron, with the sentences of the terminal; null if there is. */
export function missing(shelf: Shelf, at: Place): Missing | null {
  const found = shelf.catalogues.find((c) => c.address === at.catalogue);
  if (!found) {
    return unknownCatalogue(shelf, at.catalogue, (catalogue) => {
      const place = { ...at, catalogue };
      return missing(shelf, place) ? modelAt(catalogue) : neuronAt(place);
    });
  }
  const { layer, neuron } = at;
  if (layer < 0 || layer >= found.n_layers) {
    const lines = [`${found.model} has ${range(found.n_layers, "layer")}. You asked for layer ${layer}.`];
    const swapped = { ...at, layer: neuron, neuron: layer };
    const fits = found.layers.includes(neuron) && layer >= 0 && layer < found.d_mlp;
    if (fits) lines.push(`Did you mean ${short(swapped)}? (The layer comes first.)`);
    return { sentence: lines.join("\n"), near: [fits ? neuronAt(swapped) : modelAt(at.catalogue)] };
  }
  if (!found.layers.includes(layer)) {
    const shown = found.layers.slice(0, 8).join(", ") + (found.layers.length > 8 ? ", …" : "");
    const has = found.layers.length === 1 ? `only layer ${shown}` : `the layers ${shown}`;
    return {
      sentence: `Layer ${layer} was not scanned: this catalogue holds ${has}.`,
      near: [modelAt(at.catalogue)],
    };
  }
  if (neuron < 0 || neuron >= found.d_mlp) {
    return {
      sentence: `Layer ${layer} of ${found.model} has ${range(found.d_mlp, "neuron")}. You asked for neuron ${neuron}.`,
      near: [neuronAt({ ...at, neuron: neuron < 0 ? 0 : found.d_mlp - 1 })],
    };
  }
  return null;
}

/** The same for a whole address: null if a page can be shown. */
export function missingAt(shelf: Shelf, to: Address): Missing | null {
  if (to.page === "neuron") return missing(shelf, to.at);
  if (to.page === "compare") return (to.a && missing(shelf, to.a)) ?? (to.b && missing(shelf, to.b));
  if (to.page === "scope" && to.catalogue !== null && to.layer !== null && to.neuron !== null) {
    return missing(shelf, { catalogue: to.catalogue, layer: to.layer, neuron: to.neuron });
  }
  if ((to.page === "model" || to.page === "scope") && to.catalogue !== null) {
    const known = shelf.catalogues.some((c) => c.address === to.catalogue);
    return known ? null : unknownCatalogue(shelf, to.catalogue, modelAt);
  }
  return null;
}

function catalogueOf(shelf: Shelf, typed: string, site: string | null): Shelved | null {
  const bySite = shelf.catalogues.filter((c) => site === null || c.site === site);
  for (const some of [bySite, shelf.catalogues]) {
    for (const name of [(s: string) => s, sameName]) {
      const found = some.find((c) => [c.address, c.model].some((n) => name(n) === name(typed)));
      if (found) return found;
    }
  }
  return null;
}

function readNeuron(typed: string) {
  const short = SHORT.exec(typed);
  if (short) return { name: short[1] ?? "", layer: Number(short[2]), neuron: Number(short[3]), site: null };
  const hook = HOOK.exec(typed);
  if (hook) {
    const site = hook[3] ? "mid" : hook[4]!.toLowerCase();
    return { name: hook[1] ?? "", layer: Number(hook[2]), neuron: Number(hook[5]), site };
  }
  const parts = typed.split(/[/\s:,]+/);
  const [layer, neuron] = parts.slice(-2);
  if (parts.length < 2 || !NUMBER.test(layer!) || !NUMBER.test(neuron!)) return null;
  return { name: parts.slice(0, -2).join("/"), layer: Number(layer), neuron: Number(neuron), site: null };
}

/** Which catalogue is meant where none was named. */
function whichCatalogue(shelf: Shelf, here: Here): string | null {
  return here.catalogue ?? (shelf.catalogues.length === 1 ? shelf.catalogues[0]!.address : null);
}

/** Finds the page that a person means: any spelling of a neuron, a catalogue, a page, a copied address. */
export function find(input: string, shelf: Shelf, here: Here): Found {
  const hash = input.indexOf("#/");
  if (hash >= 0) {
    const to = address.read(input.slice(hash).trim());
    if (to.page !== "unknown") return missingAt(shelf, to) ?? { to: input.slice(hash).trim() };
  }
  const typed = (hash >= 0 ? input.slice(hash + 2) : input).trim().replace(/^\/+|\/+$/g, "");
  const page = { models: address.models(), log: address.log(), help: address.help() }[typed.toLowerCase()];
  if (page) return { to: page };

  const read = readNeuron(typed);
  if (read) {
    const name = read.name.replace(/[/\s:,]+$/, "");
    const found = name ? catalogueOf(shelf, name, read.site) : null;
    const catalogue = found?.address ?? (name || whichCatalogue(shelf, here));
    const { layer, neuron } = read;
    if (catalogue === null) {
      return {
        sentence: `L${layer}N${neuron} is a neuron, but of which catalogue?`,
        near: shelf.catalogues
          .map((c) => ({ catalogue: c.address, layer, neuron }))
          .filter((at) => !missing(shelf, at))
          .slice(0, N_NEAR)
          .map(neuronAt),
      };
    }
    const at = { catalogue, layer, neuron };
    const none = missing(shelf, at);
    if (none) return none;
    const site = shelf.catalogues.find((c) => c.address === catalogue)!.site;
    if (read.site !== null && read.site !== site) {
      return {
        sentence:
          `${catalogue} was scanned at site '${site}', and you named site '${read.site}'.\n` +
          "Their numbers are not the same, and must not be compared.",
        near: [neuronAt(at)],
      };
    }
    return { to: address.neuron(at) };
  }

  const [, name, layer] = /^(.*?)(?:[/\s:,]+L?(\d+))?$/is.exec(typed)!;
  const whole = catalogueOf(shelf, typed, null);
  if (whole) return { to: address.model(whole.address) };
  const found = layer !== undefined ? catalogueOf(shelf, name!, null) : null;
  if (found) {
    const none = missing(shelf, { catalogue: found.address, layer: Number(layer), neuron: 0 });
    return none ?? { to: address.model(found.address, new URLSearchParams({ layer: layer! })) };
  }
  const how = "Write a neuron as L0N737 or 0/737, or with its catalogue in front.";
  if (NUMBER.test(typed)) {
    const catalogue = whichCatalogue(shelf, here);
    const only = shelf.catalogues.find((c) => c.address === catalogue)?.layers;
    const at = { catalogue: catalogue ?? "", layer: here.layer ?? (only?.length === 1 ? only[0]! : -1), neuron: Number(typed) };
    return { sentence: `'${typed}' names no neuron: which layer?\n${how}`, near: missing(shelf, at) ? [] : [neuronAt(at)] };
  }
  const none = unknownCatalogue(shelf, typed, modelAt);
  return none.near.length ? none : { sentence: `'${typed}' names no neuron and no catalogue here.\n${how}`, near: [] };
}
