/** How everything looks: colours, type and the shared elements. Knows no component.
 *
 * `theme` names the colours; it fits a shadow root (:host) and the document (:root). `base` styles the
 * elements and these classes, for every shadow root; `shades` the tokens.
 *
 *   quiet       secondary text                  number      figures in columns
 *   badge       a small label                   alert       a sentence that something is not so
 *   plain       a button that looks like a link wide        a table that may scroll sideways (its wrapper)
 *   facts       a <dl> of short facts           row         a line of controls that wraps
 *   no-print    left out on paper               visually-hidden   for screen readers only
 *
 * Blue is above zero and orange below, everywhere; below zero is dotted too, for eyes that cannot tell the
 * two. The text keeps its colour on all shades, with a contrast of 4.5:1 at least: test/theme.test.ts.
 */

import { css, unsafeCSS } from "lit";
import { LEVELS } from "./colour.ts";

export const light = {
  page: "#fdfcf9",
  raised: "#f5f2eb",
  line: "#ded9cd",
  edge: "#858074",
  ink: "#1b1a18",
  quiet: "#5d584f",
  link: "#1c54a8",
  positive: "#5598f7",
  negative: "#f3a03a",
  "positive-mark": "#2a68c8",
  "negative-mark": "#b95f08",
  alert: "#fdf0d8",
};

export const dark: typeof light = {
  page: "#15171a",
  raised: "#1f2226",
  line: "#353a41",
  edge: "#7d858f",
  ink: "#ece9e2",
  quiet: "#aeaaa1",
  link: "#8fbaff",
  positive: "#2461c4",
  negative: "#9c5408",
  "positive-mark": "#5f9ff8",
  "negative-mark": "#e39a3f",
  alert: "#3a2c12",
};

const properties = (colours: typeof light) =>
  unsafeCSS(Object.entries(colours).map(([name, value]) => `--${name}: ${value};`).join(" "));

export const theme = css`
  :host,
  :root {
    color-scheme: light;
    ${properties(light)}
    --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
    --serif: Charter, "Bitstream Charter", "Iowan Old Style", "Palatino Linotype", Georgia, "Noto Serif",
      "DejaVu Serif", serif;
    --mono: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace;
    --gap: 0.75rem;
    --round: 4px;
  }
  @media (prefers-color-scheme: dark) {
    :host,
    :root {
      color-scheme: dark;
      ${properties(dark)}
    }
  }
  @media print {
    :host,
    :root {
      color-scheme: light;
      ${properties({ ...light, page: "#ffffff" })}
    }
  }
`;

export const base = css`
  :host {
    display: block;
    box-sizing: border-box;
    color: var(--ink);
    font: 0.9375rem/1.5 var(--sans);
    overflow-wrap: break-word;
    text-size-adjust: 100%;
    print-color-adjust: exact;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box; /* not inherited: the children of details would get that of its hidden slot */
  }

  h1,
  h2,
  h3 {
    margin: 1.6em 0 0.5em;
    font-family: var(--serif);
    font-weight: 600;
    line-height: 1.2;
    text-wrap: balance;
  }
  h1 {
    margin-top: 0.6em;
    font-size: 1.65rem;
  }
  h2 {
    font-size: 1.2rem;
  }
  h3 {
    font-size: 1rem;
  }
  p {
    max-width: 42rem;
    margin: 0.5em 0;
  }
  ul,
  ol {
    margin: 0.5em 0;
    padding-left: 1.4em;
  }
  hr {
    border: 0;
    border-top: 1px solid var(--line);
  }
  small,
  .quiet {
    color: var(--quiet);
  }
  small {
    font-size: 0.8125rem;
  }

  a,
  button.plain {
    color: var(--link);
    text-decoration: underline;
    text-decoration-thickness: 1px;
    text-underline-offset: 0.16em;
  }
  a:hover,
  button.plain:hover:enabled {
    text-decoration-thickness: 2px;
  }
  :focus-visible {
    outline: 2px solid var(--link);
    outline-offset: 2px;
    border-radius: 2px;
  }

  button,
  input,
  select,
  textarea {
    max-width: 100%;
    padding: 0.25rem 0.6rem;
    border: 1px solid var(--edge);
    border-radius: var(--round);
    background: var(--page);
    color: var(--ink);
    font: inherit;
  }
  button,
  a.button {
    display: inline-block;
    padding: 0.25rem 0.7rem;
    border: 1px solid var(--edge);
    border-radius: var(--round);
    background: var(--raised);
    color: var(--ink);
    line-height: 1.5;
    text-decoration: none;
    cursor: pointer;
  }
  button:hover:enabled,
  a.button:hover {
    border-color: var(--ink);
  }
  button[aria-pressed="true"] {
    border-color: var(--ink);
    background: var(--ink);
    color: var(--page);
  }
  button:disabled,
  a.button[aria-disabled="true"] {
    border-style: dashed;
    color: var(--quiet);
    cursor: default;
  }
  button.plain {
    padding: 0;
    border: 0;
    background: none;
  }
  input[type="checkbox"],
  input[type="radio"] {
    accent-color: var(--link);
  }
  textarea {
    width: 100%;
    resize: vertical;
  }
  ::placeholder {
    color: var(--quiet);
    opacity: 1;
  }
  label {
    cursor: default;
  }
  fieldset {
    margin: 0;
    padding: 0;
    border: 0;
  }

  .wide {
    position: relative; /* what is visually hidden in it scrolls along */
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
  }
  caption {
    padding: 0.3rem 0;
    color: var(--quiet);
    text-align: left;
  }
  th,
  td {
    padding: 0.2rem 1rem 0.2rem 0;
    border-bottom: 1px solid var(--line);
    text-align: left;
    vertical-align: baseline;
  }
  thead th {
    border-bottom-color: var(--edge);
    color: var(--quiet);
    font-weight: 500;
  }
  tbody th {
    font-weight: inherit;
  }
  .number {
    font-variant-numeric: tabular-nums;
    text-align: right;
    white-space: nowrap;
  }

  dl.facts {
    display: grid;
    grid-template-columns: max-content 1fr;
    gap: 0.15rem 1rem;
    margin: 0.5em 0;
  }
  dl.facts dt {
    color: var(--quiet);
  }
  dl.facts dd {
    margin: 0;
    min-width: 0;
  }

  code,
  kbd,
  pre {
    font-family: var(--mono);
    font-size: 0.875em;
  }
  pre {
    margin: 0.5em 0;
    padding: 0.5rem 0.75rem;
    border: 1px solid var(--line);
    border-radius: var(--round);
    background: var(--raised);
    white-space: pre-wrap;
  }
  kbd {
    padding: 0 0.35em;
    border: 1px solid var(--edge);
    border-bottom-width: 2px;
    border-radius: var(--round);
    background: var(--raised);
  }
  summary {
    cursor: pointer;
  }
  dialog {
    max-width: min(40rem, calc(100vw - 2rem));
    border: 1px solid var(--edge);
    border-radius: var(--round);
    background: var(--page);
    color: var(--ink);
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 45%);
  }

  .badge {
    display: inline-block;
    padding: 0 0.45em;
    border: 1px solid var(--line);
    border-radius: 1em;
    background: var(--raised);
    color: var(--quiet);
    font-size: 0.8125rem;
    line-height: 1.45;
    white-space: nowrap;
  }
  .alert {
    max-width: 42rem;
    margin: 0.75rem 0;
    padding: 0.5rem 0.75rem;
    border-left: 3px solid var(--negative-mark);
    background: var(--alert);
    white-space: pre-line;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
      scroll-behavior: auto !important;
    }
  }
  @media print {
    .no-print {
      display: none !important;
    }
  }
`;

/** Classes p1 to p24 and n1 to n24: the background of a token by its activation. */
export const shades = css`
  ${unsafeCSS(
    Array.from({ length: LEVELS }, (_, i) => {
      const percent = (100 * (i + 1)) / LEVELS;
      const mixed = (side: string) => `color-mix(in srgb, var(--${side}) ${percent.toFixed(2)}%, var(--page))`;
      const dots = `color-mix(in srgb, var(--negative-mark) ${Math.min(100, 2 * percent).toFixed(2)}%, transparent)`;
      return (
        `.p${i + 1} { background: ${mixed("positive")}; } ` +
        `.n${i + 1} { background: ${mixed("negative")}; text-decoration: underline dotted ${dots}; }`
      );
    }).join("\n"),
  )}
`;
