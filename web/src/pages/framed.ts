/** One neuron inside somebody else's page: what is known of it, and the way to the whole site. */

import { LitElement, html } from "lit";
import type { PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { neuron } from "../address.ts";
import type { Place } from "../address.ts";
import "../components/neuron.ts";
import type { Source } from "../source.ts";
import { base, theme } from "../theme.ts";
import type { NeuronRecord, Shelf } from "../types.ts";

@customElement("lms-framed-page")
export class FramedPage extends LitElement {
  @property({ attribute: false }) source!: Source;
  @property({ attribute: false }) shelf!: Shelf;
  @property({ attribute: false }) address!: { page: "neuron"; at: Place };

  @state() private record: NeuronRecord | null = null;
  @state() private trouble = "";

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("address")) void this.read(this.address.at);
  }

  private async read(at: Place): Promise<void> {
    this.record = null;
    this.trouble = "";
    try {
      const record = await (await this.source.catalogue(at.catalogue)).neuron(at.layer, at.neuron);
      if (at === this.address.at) this.record = record;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (at === this.address.at) this.trouble = error.message;
    }
  }

  protected override render() {
    const { at } = this.address;
    const shelved = this.shelf.catalogues.find((c) => c.address === at.catalogue)!;
    const whole = html`<p><a href="./${neuron(at)}" target="_blank" rel="noopener">The whole page, in a tab of its own</a></p>`;
    if (this.record) return html`<lms-neuron .record=${this.record} .shelved=${shelved}>${whole}</lms-neuron>`;
    return html`
      <h1>L${at.layer}N${at.neuron} of ${at.catalogue}</h1>
      ${whole}
      ${this.trouble ? html`<div class="alert" role="alert">${this.trouble}</div>` : html`<p class="quiet" role="status">Reading…</p>`}
    `;
  }

  static override styles = [theme, base];
}
