/** The keys of the site: one list for the overlay and the help page, and when a key is not meant as one. */

export interface Key {
  keys: string[];
  what: string;
}

export const KEYS: { where: string; keys: Key[] }[] = [
  {
    where: "Everywhere",
    keys: [
      { keys: ["?"], what: "this list" },
      { keys: ["/"], what: "search, or go to a neuron" },
    ],
  },
  {
    where: "On a neuron",
    keys: [
      { keys: ["n"], what: "next neuron" },
      { keys: ["p"], what: "previous neuron" },
      { keys: ["r"], what: "random neuron" },
      { keys: ["u"], what: "random neuron that you have not seen" },
      { keys: ["s"], what: "star it, or take the star away" },
      { keys: ["e"], what: "try your own text on it, in the scope" },
      { keys: ["Enter"], what: "choose a token of an example, to start a rule" },
    ],
  },
  {
    where: "In the scope",
    keys: [
      { keys: ["Ctrl", "Enter"], what: "another text, below" },
      { keys: ["←", "→"], what: "token by token" },
      { keys: ["Enter"], what: "which neurons respond to the token" },
    ],
  },
  {
    where: "In the table of neurons",
    keys: [
      { keys: ["↑", "↓"], what: "row by row" },
      { keys: ["Page Up", "Page Down"], what: "page by page" },
      { keys: ["Home", "End"], what: "first and last row" },
      { keys: ["Enter"], what: "open the neuron" },
    ],
  },
];

/** True if the key is meant for a field, or is a shortcut of the browser. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  const [target] = event.composedPath();
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}
