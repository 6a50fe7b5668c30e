/** One neuron in an HTML file of its own: the record is in the page, so it opens from a disk too. */

import "./components/neuron.ts";
import { theme } from "./theme.ts";
import type { NeuronRecord, Shelved } from "./types.ts";

function mount(): void {
  const data = document.getElementById("lmscope-neuron");
  if (!data) return;
  const { record, shelved }: { record: NeuronRecord; shelved: Shelved } = JSON.parse(data.textContent);
  const page = new CSSStyleSheet();
  page.replaceSync("body { max-width: 76rem; margin: 0 auto; padding: 0 1rem 2rem; background: var(--page); }");
  document.adoptedStyleSheets = [theme.styleSheet!, page];
  document.title = `${record.neuron} · ${record.model} · lmscope`;
  const main = document.createElement("main");
  main.append(Object.assign(document.createElement("lms-neuron"), { record, shelved }));
  document.body.append(main);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mount);
else mount();
