/** A button that copies a text, and says so. */

import { LitElement, css, html } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { base, theme } from "../theme.ts";

const SAID_MS = 2000;

/** Also where the clipboard's own interface is missing: on file:// and on hosts without TLS. */
async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.setAttribute("readonly", "");
    area.style.setProperty("position", "fixed");
    area.style.setProperty("opacity", "0");
    const before = document.activeElement;
    document.body.append(area);
    area.select();
    const isDone = document.execCommand("copy");
    area.remove();
    if (before instanceof HTMLElement) before.focus();
    return isDone;
  }
}

@customElement("lms-copy")
export class Copy extends LitElement {
  /** What is copied. */
  @property() value = "";
  /** What the button says. */
  @property() label = "copy";
  /** What a screen reader says instead: the same label may stand many times on a page. */
  @property() what = "";

  @state() private said = "";

  private async copy(): Promise<void> {
    this.said = (await toClipboard(this.value)) ? "copied" : "not allowed here";
    setTimeout(() => (this.said = ""), SAID_MS);
  }

  protected override render() {
    return html`<button class="plain" aria-label=${this.what || this.label} @click=${this.copy}>
        ${this.said || this.label}</button
      ><span class="visually-hidden" aria-live="polite">${this.said}</span>`;
  }

  static override styles = [
    theme,
    base,
    css`
      :host {
        display: inline-block;
        font: inherit;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "lms-copy": Copy;
  }
}
