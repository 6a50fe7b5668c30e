/** A neuron, or a neuron on a text, in a notebook: the same components, shown by anywidget. */

import "./components/look.ts";
import "./components/neuron.ts";

interface Model {
  get(name: string): unknown;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
}

const EVENTS = ["record", "shelved", "look"].map((name) => `change:${name}`);

function drawn(model: Model): HTMLElement {
  const look = model.get("look");
  return look
    ? Object.assign(document.createElement("lms-look"), { look })
    : Object.assign(document.createElement("lms-neuron"), { record: model.get("record"), shelved: model.get("shelved") });
}

function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const draw = () => {
    const element = drawn(model);
    // A notebook may be dark where the browser is light, and the other way round.
    element.style.setProperty("background", "var(--page)");
    element.style.setProperty("padding", "0.25rem 1rem 1rem");
    el.replaceChildren(element);
  };
  draw();
  for (const event of EVENTS) model.on(event, draw);
  return () => EVENTS.forEach((event) => model.off(event, draw));
}

export default { render };
