/** One neuron on one text: the text in shades of the neuron's own scale, and what its peak means. */

import { LitElement, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { part, standing, whyUncounted } from "../looks.ts";
import { label } from "../pieces.ts";
import { base, theme } from "../theme.ts";
import type { Look as Shape } from "../types.ts";
import { number } from "../words.ts";
import "./tokens.ts";
import type { Scale } from "./tokens.ts";

@customElement("lms-look")
export class Look extends LitElement {
  @property({ attribute: false }) look!: Shape;

  /** The corpus's; without a catalogue the text's own, from zero. */
  private get scale(): Scale {
    const { scale, activations, counted } = this.look;
    const values = activations.filter((_, i) => counted[i]);
    return scale ?? { min: Math.min(0, ...values), max: Math.max(0, ...values) };
  }

  protected override render() {
    const { look, scale } = this;
    return html`<h2>
        <span class="quiet">${look.model} ·</span> ${look.neuron} <span class="quiet">· site ${look.site}</span>
      </h2>
      <lms-tokens
        .tokens=${look.tokens} .activations=${look.activations} .spans=${look.spans} .tokenIds=${look.token_ids}
        .split=${look.split} .peak=${look.peak} .scale=${scale} .counted=${look.counted}
        .label=${`Tokens of the text, on ${look.neuron}`}
      ></lms-tokens>
      <p>${this.renderPeak()}</p>
      <p class="quiet">
        ${look.scale
          ? html`Scale: the corpus's ${number(look.scale.min)} to ${number(look.scale.max)}.`
          : "Scale: this text's own extremes; a catalogue gives the neuron's on a corpus."}
        ${whyUncounted(look.counted)}
      </p>`;
  }

  private renderPeak() {
    const { tokens, activations, peak, scale, percentile } = this.look;
    if (peak === null) return "No token of this text counts.";
    const value = activations[peak]!;
    const size = scale && part(value, scale);
    return html`Peak <b>${number(value)}</b> on <code>${label(tokens[peak]!)}</code>${scale && percentile !== null
        ? `: ${standing(value, percentile, scale)}`
        : ""}${size ? html` <span class="quiet">(${size})</span>` : nothing}.`;
  }

  static override styles = [
    theme,
    base,
    css`
      h2 {
        margin-top: 0.5em;
      }
      h2 .quiet {
        font-weight: 400;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "lms-look": Look;
  }
}
