/** The frame of the site: header, addresses, keys, and the sentence when something is not so.
 *
 * Decides which page is shown and hands it the source, the shelf and its address; what a page shows is
 * its own affair. Pages are loaded when they are first asked for, so that the first one comes soon.
 */

import { LitElement, css, html, nothing } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import * as address from "./address.ts";
import type { Address } from "./address.ts";
import { find, missingAt } from "./goto.ts";
import type { Missing } from "./goto.ts";
import { HttpSource } from "./http.ts";
import { KEYS, isTyping } from "./keys.ts";
import { Explained } from "./source.ts";
import type { Source } from "./source.ts";
import { base, theme } from "./theme.ts";
import type { Shelf } from "./types.ts";

type Kind = Exclude<Address["page"], "unknown">;

interface Page extends HTMLElement {
  source: Source;
  shelf: Shelf;
  address: Address;
}

const PAGES: Record<Kind, { tag: string; label: string; to: string | null; load: () => Promise<unknown> }> = {
  models: { tag: "lms-models-page", label: "Models", to: address.models(), load: () => import("./pages/models.ts") },
  scope: { tag: "lms-scope-page", label: "Scope", to: address.scope(null, []), load: () => import("./pages/scope.ts") },
  compare: {
    tag: "lms-compare-page", label: "Compare", to: address.compare(null, null), load: () => import("./pages/compare.ts"),
  },
  log: { tag: "lms-log-page", label: "Log", to: address.log(), load: () => import("./pages/log.ts") },
  help: { tag: "lms-help-page", label: "Help", to: address.help(), load: () => import("./pages/help.ts") },
  model: { tag: "lms-model-page", label: "Model", to: null, load: () => import("./pages/model.ts") },
  test: { tag: "lms-test-page", label: "Test", to: null, load: () => import("./pages/test.ts") },
  neuron: { tag: "lms-neuron-page", label: "Neuron", to: null, load: () => import("./pages/neuron.ts") },
};
const FRAMED = { tag: "lms-framed-page", load: () => import("./pages/framed.ts") };

/** How long a page may take to show its heading before the focus is left alone. */
const HEADING_MS = 3000;

/** What a script that did not come means: the server has stopped, or has another version by now. */
const NOT_LOADED =
  "This page did not come: the server is not answering, or has been updated.\n" +
  "Reload it. If lmscope serve has stopped, start it again with: lmscope serve";

const BROKEN = "Load it again; if that does not help, tell the authors of lmscope.";

const page = css`
  body {
    margin: 0;
    background: var(--page);
  }
`;
document.adoptedStyleSheets = [theme.styleSheet!, page.styleSheet!];

function title(to: Address): string {
  switch (to.page) {
    case "models":
      return "lmscope";
    case "model":
      return `${to.catalogue} · lmscope`;
    case "neuron":
      return `L${to.at.layer}N${to.at.neuron} · ${to.at.catalogue} · lmscope`;
    case "scope":
      return to.layer === null ? "Scope · lmscope" : `Scope: L${to.layer}N${to.neuron} · ${to.catalogue} · lmscope`;
    case "test":
      return `Test ${to.id} · lmscope`;
    case "unknown":
      return "Nothing here · lmscope";
    default:
      return `${PAGES[to.page].label} · lmscope`;
  }
}

/** The heading of a page, or of a component that it consists of. */
function heading(element: Element): HTMLElement | null {
  const root = element.shadowRoot ?? element;
  const own = root.querySelector("h1");
  if (own) return own;
  for (const child of root.querySelectorAll("*")) {
    const found = child.localName.startsWith("lms-") && child.shadowRoot?.querySelector("h1");
    if (found) return found;
  }
  return null;
}

@customElement("lms-app")
export class App extends LitElement {
  @state() private address: Address = address.read(location.hash);
  @state() private shelf: Shelf | null = null;
  @state() private shown: Page | null = null;
  @state() private missing: Missing | null = null;
  /** Answer to what was typed into the box. */
  @state() private answer: Missing | null = null;
  @state() private trouble: string | null = null;

  @query("#go") private box!: HTMLInputElement | null;
  @query("main") private main!: HTMLElement;
  @query("dialog") private overlay!: HTMLDialogElement;

  private readonly source = new HttpSource();
  private readonly isFramed = document.body.dataset.view === "embed";
  private nMoves = 0;
  private scrollTimer = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    history.scrollRestoration = "manual";
    window.addEventListener("hashchange", this.move);
    window.addEventListener("scroll", this.rememberScroll, { passive: true });
    window.addEventListener("unhandledrejection", this.explain);
    void this.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("hashchange", this.move);
    window.removeEventListener("scroll", this.rememberScroll);
    window.removeEventListener("unhandledrejection", this.explain);
    window.removeEventListener("keydown", this.press);
  }

  private async start(): Promise<void> {
    [this.shelf] = await Promise.all([this.source.shelf(), this.load(address.read(location.hash))]);
    await this.move();
  }

  /** Loads the page of an address; its element's name. */
  private async load(to: Address): Promise<string> {
    if (to.page === "unknown") return "";
    const { tag, load } = this.isFramed && to.page === "neuron" ? FRAMED : PAGES[to.page];
    await load().catch((error: unknown) => {
      throw error instanceof TypeError ? new Explained(NOT_LOADED) : error;
    });
    return tag;
  }

  /** Shows the page of the address in the address bar. */
  private move = async (): Promise<void> => {
    const { shelf } = this;
    if (!shelf) return;
    clearTimeout(this.scrollTimer);
    const move = ++this.nMoves;
    const to = address.read(location.hash);
    this.address = to;
    this.trouble = this.answer = null;
    document.title = title(to);
    this.missing = to.page === "unknown" ? this.nearTo(to.typed, shelf) : missingAt(shelf, to);
    if (this.missing) {
      this.shown = null;
    } else {
      const tag = await this.load(to);
      if (move !== this.nMoves) return;
      const next = this.shown?.localName === tag ? this.shown : (document.createElement(tag) as Page);
      Object.assign(next, { source: this.source, shelf, address: to });
      this.shown = next;
    }
    await this.updateComplete;
    // After the page's own listener, which may have taken the key.
    window.removeEventListener("keydown", this.press);
    window.addEventListener("keydown", this.press);
    this.restoreScroll(move);
    if (move > 1) await this.focusHeading(move);
  };

  private nearTo(typed: string, shelf: Shelf): Missing {
    const found = find(typed.replace(/^#/, ""), shelf, { catalogue: null, layer: null });
    if ("sentence" in found) return found;
    return { sentence: "No page has this address.", near: [{ label: found.to.replace(/^#\//, "") || "Models", to: found.to }] };
  }

  private rememberScroll = (): void => {
    clearTimeout(this.scrollTimer);
    this.scrollTimer = window.setTimeout(() => {
      history.replaceState({ ...history.state, scroll: window.scrollY }, "");
    }, 100);
  };

  /** To the top, or on the way back to where the reader was, once the page is that long again. */
  private restoreScroll(move: number): void {
    const wanted: number = history.state?.scroll ?? 0;
    window.scrollTo(0, wanted);
    if (window.scrollY >= wanted) return;
    const stop = () => {
      observer.disconnect();
      window.removeEventListener("wheel", stop);
      window.removeEventListener("keydown", stop);
      window.removeEventListener("pointerdown", stop);
    };
    const observer = new ResizeObserver(() => {
      if (move !== this.nMoves) return stop();
      window.scrollTo(0, wanted);
      if (window.scrollY >= wanted) stop();
    });
    observer.observe(this.main);
    window.addEventListener("wheel", stop);
    window.addEventListener("keydown", stop);
    window.addEventListener("pointerdown", stop);
  }

  /** A screen reader goes on reading at the heading of the page that has come. */
  private async focusHeading(move: number): Promise<void> {
    const until = performance.now() + HEADING_MS;
    const before = document.activeElement === this ? this.shadowRoot?.activeElement : document.activeElement;
    while (performance.now() < until && move === this.nMoves) {
      const now = document.activeElement === this ? this.shadowRoot?.activeElement : document.activeElement;
      if (now !== before && now !== document.body) return;
      const found = heading(this.shown ?? this.main);
      if (found) {
        found.tabIndex = -1;
        found.style.setProperty("outline", "none");
        found.focus({ preventScroll: true });
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }

  private explain = (event: PromiseRejectionEvent): void => {
    const { reason } = event;
    if (reason instanceof DOMException && reason.name === "AbortError") return event.preventDefault();
    if (reason instanceof Explained) event.preventDefault();
    const what = reason instanceof Error ? reason.message : String(reason);
    this.trouble = reason instanceof Explained ? what : `This page broke: ${what}\n${BROKEN}`;
  };

  private press = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || isTyping(event)) return;
    if (event.key === "?" && !this.isFramed) {
      event.preventDefault();
      this.overlay.showModal();
    } else if (event.key === "/" && this.box) {
      event.preventDefault();
      this.box.focus();
      this.box.select();
    }
  };

  private goTo(event: SubmitEvent): void {
    event.preventDefault();
    const typed = this.box!.value;
    if (!typed.trim() || !this.shelf) return;
    const to = this.address;
    const at = to.page === "neuron" ? to.at : to.page === "compare" ? to.a : null;
    const catalogue = at?.catalogue ?? ("catalogue" in to ? to.catalogue : null);
    const layer = at?.layer ?? (to.page === "scope" ? to.layer : null);
    const found = find(typed, this.shelf, { catalogue, layer });
    if ("sentence" in found) {
      this.answer = found;
      return;
    }
    this.answer = null;
    this.box!.value = "";
    this.box!.blur();
    location.hash = found.to;
  }

  protected override render() {
    if (this.isFramed) return html`<main>${this.renderPage()}</main>`;
    return html`
      <header class="no-print">
        <a class="skip" href=${location.hash || "#/"} @click=${this.skip}>Skip to the page</a>
        <a class="brand" href=${address.models()}>lmscope</a>
        <nav aria-label="Pages">
          ${(Object.keys(PAGES) as Kind[]).map((kind) => this.renderLink(kind))}
          <button class="keys" aria-label="Keys" title="Keys: ?" @click=${() => this.overlay.showModal()}>?</button>
        </nav>
        <form role="search" @submit=${this.goTo}>
          <input
            id="go" type="text" aria-label="Go to a neuron or a catalogue" placeholder="Go to L0N737"
            autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="go"
          />
          <button>Go</button>
        </form>
      </header>
      ${this.answer ? html`<div class="answer">${this.renderMissing(this.answer)}</div>` : nothing}
      <main tabindex="-1">${this.renderPage()}</main>
      ${this.renderOverlay()}
    `;
  }

  private renderLink(kind: Kind) {
    const { label, to } = PAGES[kind];
    if (!to) return nothing;
    const isHere = kind === this.address.page || (kind === "models" && this.address.page === "model");
    return html`<a href=${to} aria-current=${this.address.page === kind ? "page" : isHere ? "true" : nothing}>${label}</a>`;
  }

  private renderPage() {
    const trouble = this.trouble ? html`<div class="alert" role="alert">${this.trouble}</div>` : nothing;
    if (this.missing) {
      return html`${trouble}
        <h1>Nothing here</h1>
        ${this.renderMissing(this.missing)}
        <p><a href=${address.models()}>All catalogues</a></p>`;
    }
    if (this.shown) return html`${trouble}${this.shown}`;
    return trouble === nothing ? html`<p class="quiet">Loading…</p>` : trouble;
  }

  private renderMissing({ sentence, near }: Missing) {
    const links = html`<div class="near">${near.map((n) => html`<a href=${n.to}>${n.label}</a>`)}</div>`;
    return html`<div class="alert" role="alert">${sentence}${near.length ? links : nothing}</div>`;
  }

  private renderOverlay() {
    return html`<dialog aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      ${KEYS.map(
        ({ where, keys }) => html`
          <h3>${where}</h3>
          <dl>
            ${keys.map(
              ({ keys, what }) => html`<div><dt>${keys.map((k) => html`<kbd>${k}</kbd> `)}</dt><dd>${what}</dd></div>`,
            )}
          </dl>
        `,
      )}
      <form method="dialog"><button autofocus>Close</button></form>
    </dialog>`;
  }

  private skip(event: Event): void {
    event.preventDefault();
    this.main.focus();
  }

  static override styles = [
    theme,
    base,
    css`
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.4rem 1.25rem;
        padding: 0.5rem max(1rem, calc((100vw - 74rem) / 2));
        border-bottom: 1px solid var(--line);
        background: var(--raised);
      }
      .brand {
        color: var(--ink);
        font: 600 1.2rem/1.5 var(--serif);
        text-decoration: none;
      }
      nav {
        display: flex;
        flex: 1 1 auto;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.2rem 1rem;
      }
      nav a {
        padding: 0.15rem 0;
        color: var(--ink);
        text-decoration: none;
      }
      nav a:hover {
        text-decoration: underline;
      }
      nav a[aria-current] {
        box-shadow: 0 2px 0 var(--link);
      }
      .keys {
        padding: 0 0.55rem;
      }
      form[role="search"] {
        display: flex;
        gap: 0.35rem;
      }
      #go {
        width: 12rem;
      }
      main {
        max-width: 76rem;
        margin: 0 auto;
        padding: 0 1rem 3rem;
      }
      main:focus {
        outline: none;
      }
      .answer {
        max-width: 76rem;
        margin: 0 auto;
        padding: 0 1rem;
      }
      .near {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 1rem;
        white-space: normal;
      }
      .skip {
        position: absolute;
        left: -100vw;
      }
      .skip:focus {
        left: 0.5rem;
        top: 0.5rem;
        z-index: 10;
        padding: 0.4rem 0.8rem;
        background: var(--page);
      }
      dialog h2 {
        margin-top: 0;
      }
      dialog h3 {
        margin-bottom: 0.25rem;
      }
      dialog dl {
        margin: 0 0 1rem;
      }
      dialog dl div {
        display: grid;
        grid-template-columns: 11rem 1fr;
        gap: 0.75rem;
        padding: 0.15rem 0;
      }
      dialog dd {
        margin: 0;
      }
      kbd {
        white-space: nowrap;
      }
      @media (max-width: 40rem) {
        header {
          padding: 0.5rem 1rem;
        }
        nav {
          order: 3;
          flex-basis: 100%;
          gap: 0.2rem 0.9rem;
        }
        form[role="search"] {
          flex: 1 1 10rem;
        }
        #go {
          flex: 1;
          width: 0;
        }
      }
    `,
  ];
}
