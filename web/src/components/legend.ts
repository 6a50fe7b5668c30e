/** The scale of a neuron's colours: always its own range on the corpus, whatever text is shown. */

import { LitElement, css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { shade } from "../colour.ts";
import { base, shades, theme } from "../theme.ts";
import { number } from "../words.ts";
import type { Scale } from "./tokens.ts";

const N_STEPS = 12;

@customElement("lms-legend")
export class Legend extends LitElement {
  @property({ attribute: false }) scale: Scale = { min: 0, max: 0 };

  protected override render() {
    const { min, max } = this.scale;
    const ends = [min < 0 ? number(min) : "", max > 0 ? number(max) : ""];
    const orange = shade(min, this.scale).level ? "orange" : "no colour";
    const blue = shade(max, this.scale).level ? "blue" : "no colour";
    const said = [ends[0] && `${orange} from ${ends[0]}`, "no colour at 0", ends[1] && `${blue} to ${ends[1]}`].filter(Boolean);
    return html`<div class="legend" role="img" aria-label=${`Scale: ${said.join(", ")}`}>
      ${ends[0] ? html`<span>${ends[0]}</span><span class="bar">${this.renderSteps(min, 0)}</span>` : nothing}
      <span>0</span>
      ${ends[1] ? html`<span class="bar">${this.renderSteps(0, max)}</span><span>${ends[1]}</span>` : nothing}
    </div>`;
  }

  /** The very colours that tokens get. */
  private renderSteps(from: number, to: number) {
    return Array.from({ length: N_STEPS }, (_, k) => {
      const { side, level } = shade(from + ((k + 0.5) / N_STEPS) * (to - from), this.scale);
      return html`<i class=${level ? `${side[0]}${level}` : ""}></i>`;
    });
  }

  static override styles = [
    theme,
    base,
    shades,
    css`
      :host {
        display: inline-block;
        font: inherit;
      }
      .legend {
        display: flex;
        align-items: center;
        gap: 0.4rem;
        font-variant-numeric: tabular-nums;
      }
      .bar {
        display: flex;
        width: 5rem;
        height: 0.9rem;
        border: 1px solid var(--line);
        forced-color-adjust: none;
      }
      i {
        flex: 1;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "lms-legend": Legend;
  }
}
