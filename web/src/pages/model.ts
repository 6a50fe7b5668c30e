/** The page of a model: its layers, and a table of all its neurons to sort, filter and search. */

import { LitElement, css, html, nothing } from "lit";
import type { PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import * as address from "../address.ts";
import { LIVES, NUMERIC, Orders, SEEN, STARRED, VISITED } from "../browse.ts";
import { choose, nextSort, quartiles, readQuery, writeQuery } from "../browse.ts";
import type { Columns, Numeric, Query } from "../browse.ts";
import "../components/copy.ts";
import "../components/layers.ts";
import type { Layer } from "../components/layers.ts";
import "../components/table.ts";
import type { Column, Row, ShowEvent, SortEvent, Table } from "../components/table.ts";
import { Places } from "../format.ts";
import { isTyping } from "../keys.ts";
import { SITES } from "../lists.ts";
import { label } from "../pieces.ts";
import type { Catalogue, Source, Vocabulary } from "../source.ts";
import { base, theme } from "../theme.ts";
import type { Shelf } from "../types.ts";
import { STATISTICS, count, number, share } from "../words.ts";

/** Rows are asked for their peak tokens only when the table has stood still so long. */
const STILL_MS = 60;

/** How long the layers may be summed up before the page gets its turn. */
const TURN_MS = 10;

const WIDTHS: Record<Numeric, number> = { density: 5.5, kurtosis: 6, skew: 5.5, max: 5.5, min: 5.5, peak_share: 8.5 };

const isShare = (key: Numeric) => key === "density" || key === "peak_share";
const written = (key: Numeric, value: number) => (isShare(key) ? share(value) : number(value));

@customElement("lms-model-page")
export class ModelPage extends LitElement {
  @property({ attribute: false }) source!: Source;
  @property({ attribute: false }) shelf!: Shelf;
  @property({ attribute: false }) address!: { page: "model"; catalogue: string; query: URLSearchParams };

  @state() private catalogue: Catalogue | null = null;
  @state() private columns: Columns | null = null;
  @state() private layers: Layer[] = [];
  @state() private query: Query = readQuery(new URLSearchParams());
  /** Places of the neurons that the table shows. */
  @state() private chosen: Uint32Array = new Uint32Array();
  @state() private row: (i: number) => Row = () => ({ to: "", cells: [] });
  @state() private progress = "";
  @state() private trouble = "";

  @query("lms-table") private table!: Table | null;
  @query("#token") private search!: HTMLInputElement | null;

  private orders = new Orders();
  private vocabulary: Vocabulary | null = null;
  /** Peak tokens of the neurons that were on the screen, by place. */
  private peaks = new Map<number, unknown>();
  private still = 0;
  private nChoices = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("keydown", this.press);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("keydown", this.press);
    clearTimeout(this.still);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("address")) return;
    this.query = readQuery(this.address.query);
    clearTimeout(this.still);
    if (changed.get("address")?.catalogue !== this.address.catalogue) void this.open(this.address.catalogue);
    else this.choose().then(() => this.startAgain(), (error) => this.fail(error));
  }

  /** At the row where the reader was before, if this is a page of the browser's history. */
  private async startAgain(): Promise<void> {
    const row: number = history.state?.row ?? 0;
    await this.updateComplete;
    await this.table?.startAt(row);
  }

  private async open(name: string): Promise<void> {
    const isStale = () => this.address.catalogue !== name || !this.isConnected;
    this.catalogue = this.columns = this.vocabulary = null;
    this.orders = new Orders();
    this.peaks.clear();
    this.layers = [];
    this.trouble = "";
    try {
      const catalogue = await this.source.catalogue(name);
      if (isStale()) return;
      this.catalogue = catalogue;
      const places = new Places(catalogue.manifest);
      this.progress = `Reading the statistics of ${count(places.length)} neurons…`;
      const [isDead, ...numeric] = await Promise.all(["is_dead", ...NUMERIC].map((key) => catalogue.column(key)));
      if (isStale()) return;
      this.columns = {
        places,
        numeric: Object.fromEntries(NUMERIC.map((key, k) => [key, numeric[k]!])) as Columns["numeric"],
        isDead: isDead!,
        marks: null,
        peaks: null,
      };
      await this.choose();
      await this.startAgain();
      await Promise.all([this.readMarks(isStale), this.sumUp(isStale)]);
    } catch (error) {
      if (!isStale()) this.fail(error);
    }
  }

  private fail(error: unknown): void {
    this.progress = "";
    if (!(error instanceof Error)) throw error;
    this.trouble = error.message;
  }

  /** What the reader has seen of this catalogue, from the lab notebook. */
  private async readMarks(isStale: () => boolean): Promise<void> {
    if (!this.source.journal) return;
    const { entries } = await this.source.journal.log();
    if (isStale() || !this.columns) return;
    const { places } = this.columns;
    const marks = new Uint8Array(places.length);
    for (const entry of entries) {
      const place = entry.catalogue === this.address.catalogue ? places.flat(entry.layer, entry.index) : -1;
      if (place >= 0) marks[place] = entry.starred ? STARRED : VISITED;
    }
    this.columns = { ...this.columns, marks };
    await this.choose();
  }

  private async sumUp(isStale: () => boolean): Promise<void> {
    const { places, numeric, isDead } = this.columns!;
    const layers: Layer[] = [];
    let first = 0;
    let until = performance.now() + TURN_MS;
    for (const [i, layer] of places.layers.entries()) {
      const n = places.count(i);
      let nDead = 0;
      for (let place = first; place < first + n; place++) nDead += isDead[place]!;
      layers.push({
        layer,
        first,
        n,
        deadShare: nDead / Math.max(1, n),
        density: quartiles(numeric.density.subarray(first, first + n)),
        kurtosis: quartiles(numeric.kurtosis.subarray(first, first + n)),
      });
      first += n;
      if (performance.now() < until) continue;
      await new Promise((resolve) => setTimeout(resolve));
      if (isStale()) return;
      until = performance.now() + TURN_MS;
    }
    this.layers = layers;
  }

  private async choose(): Promise<void> {
    const { catalogue, query } = this;
    if (!catalogue || !this.columns) return;
    const choice = ++this.nChoices;
    if (query.token && !this.columns.peaks) {
      this.progress = `Reading the peak tokens of ${count(this.columns.places.length)} neurons…`;
      const [ids, counts, vocabulary] = await Promise.all([
        catalogue.column("peak_ids"), catalogue.column("peak_counts"), catalogue.vocabulary(),
      ]);
      if (catalogue !== this.catalogue) return;
      this.columns.peaks = { ids, counts, vocabulary };
      if (choice !== this.nChoices) return;
    }
    this.chosen = choose(this.columns, query, this.orders);
    this.row = (i) => this.describe(this.chosen[i]!);
    this.progress = "";
  }

  /** What was asked for differently from before. */
  private change(part: Partial<Query>): void {
    this.query = { ...this.query, ...part };
    history.replaceState(history.state, "", address.model(this.address.catalogue, writeQuery(this.query)));
    this.choose().then(() => this.table?.startAt(0), (error) => this.fail(error));
  }

  private limit(key: Numeric, side: "min" | "max", typed: string): void {
    const value = typed.trim() === "" || !Number.isFinite(Number(typed)) ? null : Number(typed);
    const limit = { min: null, max: null, ...this.query.limits[key], [side]: value };
    const limits = { ...this.query.limits, [key]: limit };
    if (limit.min === null && limit.max === null) delete limits[key];
    this.change({ limits });
  }

  private describe(place: number): Row {
    const { places, numeric, isDead, marks } = this.columns!;
    const { layer, index } = places.at(place);
    const figure = (key: Numeric) => written(key, numeric[key][place]!);
    const mark = marks?.[place];
    return {
      to: address.neuron({ catalogue: this.address.catalogue, layer, neuron: index }),
      cells: [
        `L${layer}N${index}`,
        figure("density"), figure("kurtosis"), figure("skew"), figure("max"), figure("min"),
        this.peaksOf(place),
        figure("peak_share"),
        isDead[place] ? "dead" : "",
        ...(marks ? [mark === STARRED ? "★ starred" : mark === VISITED ? "seen" : ""] : []),
      ],
    };
  }

  private peaksOf(place: number): unknown {
    const { peaks, places } = this.columns!;
    if (!peaks) return this.peaks.get(place) ?? "…";
    const width = peaks.ids.length / places.length;
    const [ids, counts] = [peaks.ids, peaks.counts].map((c) => c.subarray(width * place, width * (place + 1)));
    return drawn(ids!, counts!, peaks.vocabulary);
  }

  /** Reads the peak tokens of the rows that are on the screen, once it stands still. */
  private showed(event: ShowEvent): void {
    clearTimeout(this.still);
    const { first, last } = event.detail;
    this.still = window.setTimeout(() => {
      history.replaceState({ ...history.state, row: first }, "");
      this.readPeaks(first, last).catch((error) => this.fail(error));
    }, STILL_MS);
  }

  private async readPeaks(first: number, last: number): Promise<void> {
    const { catalogue } = this;
    if (!catalogue || this.columns?.peaks) return;
    const places = [...this.chosen.subarray(first, last)].filter((place) => !this.peaks.has(place));
    if (!places.length) return;
    this.vocabulary ??= await catalogue.vocabulary();
    const rows = await Promise.all(
      places.map((place) => Promise.all([catalogue.row("peak_ids", place), catalogue.row("peak_counts", place)])),
    );
    if (catalogue !== this.catalogue) return;
    rows.forEach(([ids, counts], k) => this.peaks.set(places[k]!, drawn(ids, counts, this.vocabulary!)));
    this.table?.requestUpdate();
  }

  private openRandom(): void {
    const { layer, index } = this.columns!.places.at(this.chosen[Math.floor(Math.random() * this.chosen.length)]!);
    location.hash = address.neuron({ catalogue: this.address.catalogue, layer, neuron: index });
  }

  private press = (event: KeyboardEvent): void => {
    if (event.key !== "/" || isTyping(event) || !this.search) return;
    event.preventDefault();
    this.search.focus();
    this.search.select();
  };

  protected override render() {
    return html`
      <h1>${this.address.catalogue}</h1>
      ${this.trouble ? html`<div class="alert" role="alert">${this.trouble}</div>` : nothing}
      ${this.catalogue ? this.renderFacts(this.catalogue) : nothing}
      ${this.columns ? html`${this.renderLayers(this.columns)} ${this.renderNeurons(this.columns)}` : nothing}
      <p class="quiet" role="status">${this.columns ? "" : this.progress}</p>
    `;
  }

  private renderFacts({ manifest, shelved }: Catalogue) {
    const { model } = manifest;
    const isPart = shelved.layers.length < shelved.n_layers;
    return html`
      <dl class="facts">
        <dt>Model</dt>
        <dd>
          ${model.name}${model.source === model.name ? nothing : html` <span class="quiet">from ${model.source}</span>`}
        </dd>
        <dt>Neurons</dt>
        <dd>
          ${count(shelved.n_neurons)} in ${isPart ? `${shelved.layers.length} of ` : ""}${shelved.n_layers}
          ${shelved.n_layers === 1 ? "layer" : "layers"}; activation function ${shelved.activation_function}${shelved.is_gated
            ? ", gated: a neuron is a product of two, and negative values speak too"
            : ""}
        </dd>
        <dt>Site</dt>
        <dd>${shelved.site} <span class="quiet">${SITES[shelved.site]}</span></dd>
        <dt>Corpus</dt>
        <dd>
          ${shelved.corpus} <span class="quiet">${count(shelved.n_tokens)} tokens of ${count(shelved.n_documents)}
          documents, ${manifest.corpus.context} tokens at a time${shelved.date ? `; scanned on ${shelved.date}` : ""}</span>
        </dd>
        <dt>Python</dt>
        <dd><code>${shelved.python}</code> <lms-copy .value=${shelved.python} what="Copy the line of Python"></lms-copy></dd>
        <dt>Any text</dt>
        <dd>
          ${shelved.why_not_live === null
            ? html`<a href=${address.scope({ catalogue: shelved.address, layer: null, neuron: null }, [])}>
                Which neurons respond to my text?</a
              >`
            : html`<span class="quiet">${shelved.why_not_live}</span>`}
        </dd>
      </dl>
    `;
  }

  private renderLayers({ places }: Columns) {
    return html`<h2>Layers</h2>
      <lms-layers
        .catalogue=${this.address.catalogue} .places=${places} .layers=${this.layers} .query=${this.query}
      ></lms-layers>`;
  }

  private renderNeurons({ places, marks }: Columns) {
    const { query, chosen } = this;
    const isAll = chosen.length === places.length;
    return html`
      <h2>Neurons</h2>
      <div class="row" role="search" aria-label="Neurons">
        <label>
          Peak token
          <input
            id="token" type="text" .value=${query.token} placeholder="part of a token" autocomplete="off"
            autocapitalize="off" spellcheck="false" title="Among the five tokens on which its largest activations lie"
            @input=${(e: InputEvent) => this.change({ token: (e.target as HTMLInputElement).value })}
          />
        </label>
        <label>
          <input
            type="checkbox" .checked=${query.isExact}
            @change=${(e: Event) => this.change({ isExact: (e.target as HTMLInputElement).checked })}
          />
          whole token
        </label>
        <label>
          <input
            type="checkbox" .checked=${query.isCaseSensitive}
            @change=${(e: Event) => this.change({ isCaseSensitive: (e.target as HTMLInputElement).checked })}
          />
          same case
        </label>
        ${places.layers.length > 1
          ? this.renderChoice("Layer", places.layers.map(String), query.layer === null ? "" : String(query.layer), (layer) =>
              this.change({ layer: layer === null ? null : Number(layer) }),
            )
          : nothing}
        ${this.renderChoice("Only", LIVES, query.life ?? "", (life) => this.change({ life }))}
        ${marks ? this.renderChoice("Log", SEEN, query.seen ?? "", (seen) => this.change({ seen })) : nothing}
      </div>
      ${this.renderLimits()}
      <p class="row">
        <span role="status">
          ${this.progress ||
          (isAll ? `${count(places.length)} neurons` : `${count(chosen.length)} of ${count(places.length)} neurons`)}
        </span>
        <button ?disabled=${!chosen.length} @click=${this.openRandom}>Random of these</button>
        ${isAll
          ? nothing
          : html`<button class="plain" @click=${() => this.change(readQuery(new URLSearchParams()))}>Show all</button>`}
      </p>
      <lms-table
        .label=${`Neurons of ${this.address.catalogue}`}
        .columns=${columnsOf(marks !== null)}
        .length=${chosen.length}
        .row=${this.row}
        .sort=${query.sort}
        @lms-sort=${(e: SortEvent) => this.change({ sort: nextSort(query.sort, e.detail as Numeric) })}
        @lms-show=${this.showed}
      ></lms-table>
    `;
  }

  private renderChoice<T extends string>(name: string, values: readonly T[], chosen: T | "", pick: (value: T | null) => void) {
    return html`<label>
      ${name}
      <select @change=${(e: Event) => pick(((e.target as HTMLSelectElement).value || null) as T | null)}>
        <option value="" ?selected=${chosen === ""}>all</option>
        ${values.map((value) => html`<option value=${value} ?selected=${value === chosen}>${value}</option>`)}
      </select>
    </label>`;
  }

  private renderLimits() {
    const { limits } = this.query;
    const n = Object.keys(limits).length;
    return html`<details ?open=${n > 0}>
      <summary>Limits${n ? ` (${n})` : ""}</summary>
      <div class="limits">
        ${NUMERIC.map((key) => {
          const { label, meaning } = STATISTICS[key]!;
          const field = (side: "min" | "max") => html`<input
            type="text" inputmode="decimal" aria-label="${side === "min" ? "Least" : "Greatest"} ${label}"
            .value=${String(limits[key]?.[side] ?? "")} placeholder=${isShare(key) ? (side === "min" ? "0" : "1") : "any"}
            @change=${(e: Event) => this.limit(key, side, (e.target as HTMLInputElement).value)}
          />`;
          return html`<div title=${meaning}>${field("min")}<span>≤ ${label} ≤</span>${field("max")}</div>`;
        })}
      </div>
    </details>`;
  }

  static override styles = [
    theme,
    base,
    css`
      label {
        white-space: nowrap;
      }
      [role="search"] {
        gap: 0.5rem 1rem;
      }
      #token {
        width: 12rem;
      }
      details {
        margin: 0.5rem 0;
      }
      .limits {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr));
        gap: 0.4rem 1rem;
        padding: 0.5rem 0;
      }
      .limits div {
        display: grid;
        grid-template-columns: 5rem 1fr 5rem;
        gap: 0.5rem;
        align-items: center;
        text-align: center;
      }
      lms-table {
        --tallest: max(18rem, min(44rem, calc(100vh - 12rem)));
      }
    `,
  ];
}

function columnsOf(hasMarks: boolean): Column[] {
  const numeric = (key: Numeric): Column => ({
    key, ...STATISTICS[key]!, width: WIDTHS[key], isNumber: true, canSort: true,
  });
  const plain = (key: string, name: string, meaning: string, width: number): Column => ({
    key, label: name, meaning, width, isNumber: false, canSort: false,
  });
  const peaks = plain("peaks", "peak tokens", "The tokens at the peaks of the top examples, most frequent first", 16);
  return [
    plain("neuron", "neuron", "Layer and number", 7.5),
    ...NUMERIC.slice(0, 5).map(numeric),
    { ...peaks, canGrow: true },
    numeric("peak_share"),
    plain("dead", "dead", STATISTICS.is_dead!.meaning, 4),
    ...(hasMarks ? [plain("log", "log", "What your log says of it", 6)] : []),
  ];
}

function drawn(ids: ArrayLike<number>, counts: ArrayLike<number>, vocabulary: Vocabulary): unknown {
  return Array.from(ids, (id, k) => {
    const n = counts[k]!;
    const gap = k ? "\u2003" : "";
    return n ? html`${gap}<bdi>${label(vocabulary.text(id))}</bdi>${n > 1 ? ` ×${n}` : ""}` : nothing;
  });
}
