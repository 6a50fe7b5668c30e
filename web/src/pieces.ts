/** Corpus text cut into what is drawn: hostile, so nothing in it may act, hide or vanish. Knows no DOM. */

export type Piece =
  /** Drawn as it is. */
  | { kind: "text"; text: string }
  /** Drawn as `shown`; `text` is what a selection copies. */
  | { kind: "mark"; text: string; shown: string }
  /** Bytes that are no whole character in this token; `text`: the character that begins with them, or "". */
  | { kind: "bytes"; text: string; hex: string };

const NAMED: Record<string, string> = { "\n": "↵", "\t": "→", "\r": "\\r" };

/** Two spaces or more; then what cannot be seen or acts on its neighbours: controls, formats (bidi, zero-width),
 * what no font has, separators but the space and the ideographic one, and the ignorable. */
const UNSEEN = / {2,}|[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?![ \u3000])\p{Zs}/gu;

/** Nearly every token; matched for speed only. */
const PLAIN = /^ ?[!-~]+$/;

function escaped(c: string): string {
  const code = c.codePointAt(0)!;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code < 0x10000
    ? `\\u${code.toString(16).padStart(4, "0")}`
    : `\\U${code.toString(16).padStart(8, "0")}`;
}

/** One text, with marks where something would not be seen. */
export function marked(text: string): Piece[] {
  if (PLAIN.test(text)) return [{ kind: "text", text }];
  if (text === " ") return [{ kind: "mark", text, shown: "·" }];
  const found: Piece[] = [];
  let last = 0;
  for (const match of text.matchAll(UNSEEN)) {
    const [c] = match;
    if (match.index > last) found.push({ kind: "text", text: text.slice(last, match.index) });
    const shown = c.startsWith(" ") ? "·".repeat(c.length) : (NAMED[c] ?? escaped(c));
    found.push({ kind: "mark", text: c, shown });
    last = match.index + c.length;
  }
  if (last < text.length) found.push({ kind: "text", text: text.slice(last) });
  return found;
}

/** One text on one line, for labels: every space is drawn. */
export function label(text: string): string {
  return marked(text)
    .map((p) => (p.kind === "mark" ? p.shown : p.text.replaceAll(" ", "·")))
    .join("");
}

/** The same for a text that keeps its lines and spaces, such as a document. */
export function readable(text: string): Piece[] {
  const found: Piece[] = [];
  for (const piece of marked(text)) {
    const isPlain = piece.kind === "text" || /^[ \n\t]/.test(piece.text);
    const last = found.at(-1);
    if (isPlain && last?.kind === "text") last.text += piece.text;
    else found.push(isPlain ? { kind: "text", text: piece.text } : piece);
  }
  return found;
}

/** A character of a split token, or one of its bytes that stand as \xe2. */
type Unit = { token: number; char: string } | { token: number; byte: number };

/** The pieces of every token. Split tokens share a character: it goes to the one that has its first byte. */
export function pieces(tokens: readonly string[], split: readonly number[]): Piece[][] {
  const isSplit = new Set(split);
  const found: Piece[][] = tokens.map((token, i) => (isSplit.has(i) ? [] : marked(token)));
  for (let first = 0; first < tokens.length; first++) {
    if (!isSplit.has(first)) continue;
    let last = first;
    while (isSplit.has(last + 1)) last++;
    join(found, units(tokens, first, last));
    first = last;
  }
  return found;
}

function units(tokens: readonly string[], first: number, last: number): Unit[] {
  const found: Unit[] = [];
  for (let token = first; token <= last; token++) {
    for (const [part, hex] of tokens[token]!.matchAll(/\\x([0-9a-f]{2})|[^]/gu)) {
      found.push(hex ? { token, byte: parseInt(hex, 16) } : { token, char: part });
    }
  }
  return found;
}

function join(found: Piece[][], run: Unit[]): void {
  for (let i = 0; i < run.length; ) {
    const unit = run[i]!;
    const pieces = found[unit.token]!;
    if ("char" in unit) {
      let text = "";
      for (let next = run[i]; next && "char" in next && next.token === unit.token; next = run[++i]) {
        text += next.char;
      }
      pieces.push(...marked(text));
      continue;
    }
    const [char, n] = character(run, i);
    run.slice(i, i + n).forEach((u, k) => {
      const { token, byte } = u as { token: number; byte: number };
      const hex = byte.toString(16).padStart(2, "0");
      const before = found[token]!.at(-1);
      // Bytes of one character, or of none, share a badge.
      if (before?.kind === "bytes" && (k > 0 || (!char && !before.text))) before.hex += ` ${hex}`;
      else found[token]!.push({ kind: "bytes", text: k ? "" : char, hex });
    });
    i += n;
  }
}

/** The whole character that begins at a byte, and how many bytes it has; "" and 1 if there is none. */
function character(run: Unit[], at: number): [string, number] {
  const bytes: number[] = [];
  for (const unit of run.slice(at, at + 4)) {
    if (!("byte" in unit)) break;
    bytes.push(unit.byte);
    if (bytes.length < 2) continue;
    try {
      return [new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes)), bytes.length];
    } catch {
      // Not whole yet.
    }
  }
  return ["", 1];
}

/** The text of an example without what is left of characters that its window cuts: to be read by a model. */
export function whole(text: string, nTokens: number, split: readonly number[]): string {
  const cutLeft = split.includes(0) ? text.replace(/^(\\x[89ab][0-9a-f]){1,3}/, "") : text;
  return split.includes(nTokens - 1) ? cutLeft.replace(/(\\x[c-f][0-9a-f])(\\x[89ab][0-9a-f]){0,2}$/, "") : cutLeft;
}
