"""Real sites for the tests: catalogues, a server, a static host under a sub-path, and Chromium.

A `Reader` is one person's browser; whatever goes wrong in it, and every request that leaves
this machine, fails the test that it belongs to.
"""

from __future__ import annotations

import fcntl
import json
import math
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from conftest import write_model
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from lmscope.catalogue import Catalogue
from lmscope.shelf import Shelf, find
from lmscope.writing import strength

SOLU, GELU, TINY = "demo-solu-1l", "demo-gelu-2l", "hostile"
"""Addresses of the catalogues."""
NEURON = "L0N5"
expect.set_options(timeout=20_000)  # machines that test are busy
WEB = Path(__file__).parents[1] / "web"
N_TOKENS = 30_000
"""Of each catalogue of the demo."""

LINE = 10_000_000
"""Bytes of the longest line."""
_RUN = " " + "x" * 63
HOSTILE = {
    "script": "before <script>alert(1)</script> after",
    "image": "look <img src=x onerror=alert(2)> here",
    "div": "one <div two </div> three",
    "entity": "less &lt;b&gt; and &amp;lt; more",
    "bidi": "left \u202eright to left\u202c done \u2066isolate\u2069 \u05e9\u05dc\u05d5\u05dd",
    "zero width": "zero\u200bwidth\u200djoin\ufeffmark\u00adsoft",
    "control": "nul\x00in the\x01middle\x7f",
    "emoji": "parrot 🦜 amulet 🧿 family 👩\u200d👩\u200d👧\u200d👦",
    "ansi": "red \x1b[31mtext\x1b[0m bell\x07 title \x1b]0;owned\x07",
    "lone cr": "one\rover\rtwo\r\nthree",
    "spaces": "a\tb  c   d\n\n  e",
    "template": "${alert(3)} {{alert(4)}} <!-- no comment --> ]]>",
    "quotes": "\"' onmouseover='alert(5)' <a href=javascript:alert(6)>x</a>",
    "replacement": "last \ufffd mark \U0010ffff end \u0300combining",
}
"""Texts that would act, hide or vanish where a page is made carelessly."""


def long_line() -> str:
    """Write a document without a line break, hostile where a window of it begins."""
    needle = " <script>alert(7)</script>"
    half = _RUN * (LINE // len(_RUN) // 2)
    return half[: LINE // 2 - len(needle)] + needle + half


# --- catalogues ----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def demo_folder(shared: Callable[..., Path]) -> Path:
    """Both catalogues of the demo, of less text."""
    from lmscope.demonstration import MODELS, catalogue_of

    def make(folder: Path) -> None:
        for name in MODELS:
            catalogue_of(name, folder, n_tokens=N_TOKENS, say=print)

    return shared("site-demo", make)


@pytest.fixture(scope="session")
def hostile_folder(shared: Callable[..., Path]) -> Path:
    """A tiny model's catalogue; the top list of each neuron has every hostile text."""
    from lmscope.models.loading import load
    from lmscope.scanning import scan

    def write(folder: Path) -> None:
        texts = [*HOSTILE.values(), long_line()]
        write_model("gpt2", folder / "hostile", [*texts[:-1], *[_RUN * 40] * 20])
        lines = [json.dumps({"text": text}) + "\n" for text in texts]
        (folder / "<b>texts.jsonl").write_text("".join(lines))

    made = shared("site-hostile-model", write)

    def make(folder: Path) -> None:
        model = load(made / "hostile", device="cpu")
        options = {"context": 48, "window": 40, "top": 32, "per_band": 2}
        scan(model, made / "<b>texts.jsonl", folder, **options)
        (folder / "run.jsonl").write_text('{"date": "2026-11-22T10:00:00+00:00"}\n')

    return shared("site-hostile", make)


@pytest.fixture(scope="session")
def folders(demo_folder: Path, hostile_folder: Path) -> list[Path]:
    return [demo_folder, hostile_folder]


@pytest.fixture(scope="session")
def shelf(folders: list[Path]) -> Shelf:
    """The same catalogues as the sites have, read by Python: what the pages must agree with."""
    return Shelf(find(folders))


# --- hosts ---------------------------------------------------------------------------------


@dataclass
class Site:
    """A running host."""

    url: str
    """Ends with a slash."""
    shelf: Shelf
    pid: int | None = None

    def __getitem__(self, address: str) -> Catalogue:
        return self.shelf[address]

    def entry(self, address: str) -> dict[str, Any]:
        """Give what the index says of a catalogue."""
        return next(c for c in self.shelf.to_json()["catalogues"] if c["address"] == address)


@contextmanager
def serving(folders: list[Path], journal: Path, *options: str, port: str = "0") -> Iterator[Site]:
    """Run `lmscope serve` in a process of its own; port 0 is any that is free."""
    words = ["serve", *map(str, folders), "--port", port, "--json", "--person", "Ada"]
    command = [sys.executable, "-m", "lmscope", *words, "--journal", str(journal), *options]
    said = journal.with_suffix(".stderr")
    with (
        said.open("w") as stderr,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True) as process,
    ):
        assert process.stdout is not None
        try:
            lines = ""
            for line in process.stdout:
                lines += line
                if line.rstrip() == "}":
                    break
            assert lines, said.read_text()
            yield Site(json.loads(lines)["url"], Shelf(find(folders)), process.pid)
        finally:
            process.terminate()
            process.wait(20)
    assert "Traceback" not in said.read_text()


class StaticHost(SimpleHTTPRequestHandler):
    """Files and single byte ranges of them, under a sub-path; nothing else, like any host."""

    prefix = "/some/where/"

    def log_message(self, *_: object) -> None:
        pass

    def translate_path(self, path: str) -> str:
        if not path.startswith(self.prefix):
            return str(Path(self.directory) / "not served")
        return super().translate_path(path.removeprefix(self.prefix.rstrip("/")))

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        asked = self.headers.get("range", "")
        if not asked.startswith("bytes=") or not path.is_file():
            super().do_GET()
            return
        size = path.stat().st_size
        first, _, last = asked.removeprefix("bytes=").partition("-")
        start = int(first) if first else max(0, size - int(last))
        end = min(size, int(last) + 1) if first and last else size
        if start >= size:
            self.send_error(416)
            return
        with path.open("rb") as file:
            file.seek(start)
            body = file.read(end - start)
        self.send_response(206)
        self.send_header("content-type", self.guess_type(str(path)))
        self.send_header("content-range", f"bytes {start}-{end - 1}/{size}")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def hosting(
    folder: Path,
    prefix: str = StaticHost.prefix,
    kind: type[SimpleHTTPRequestHandler] = StaticHost,
) -> Iterator[str]:
    """Serve a folder under a sub-path of a dumb static host, and give its address."""
    handler = partial(type("Host", (kind,), {"prefix": prefix}), directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as host:
        threading.Thread(target=host.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{host.server_port}{prefix}"
        host.shutdown()


@pytest.fixture(scope="session")
def site(folders: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`lmscope serve` with a lab notebook of its own, once for all tests of a worker."""
    with serving(folders, tmp_path_factory.mktemp("site") / "journal.db") as running:
        yield running


# --- the browser ---------------------------------------------------------------------------

_FLAGS = [
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Names are not even looked up; what asks for one fails, and is recorded.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
_LOOPBACK = ("127.0.0.1", "localhost")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. Not for longer than a module: its event loop would be in others' way."""
    path = shutil.which("chromium")
    assert path is not None, "Get it with: scripts/debian_packages.sh"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@dataclass
class Reader:
    """One person's browser, and all that went wrong in it."""

    context: BrowserContext
    page: Page
    url: str
    asked: list[str] = field(default_factory=list)
    """Addresses of all requests."""
    failed: list[tuple[str, str]] = field(default_factory=list)
    """Requests without an answer, and why."""
    mistakes: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)
    """Parts of messages that this test means to bring about."""

    @classmethod
    def new(cls, browser: Browser, url: str, person: str | None = None, **options: Any) -> Reader:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(20_000)
        if person is not None:
            remembered = json.dumps(person)
            context.add_init_script(f"localStorage.setItem('lmscope.person', {remembered})")
        reader = cls(context, context.new_page(), url)
        context.on("console", lambda m: reader._heard(m.type, m.text))
        context.on("weberror", lambda e: reader._note(f"uncaught: {e.error}"))
        context.on("request", lambda r: reader._asks(r.url))
        context.on("requestfailed", lambda r: reader._failed(r.url, r.failure or ""))
        context.on("dialog", lambda d: (reader._note(f"dialog: {d.message}"), d.dismiss()))
        return reader

    def _note(self, what: str) -> None:
        self.mistakes.append(what)

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self._note(f"console: {text}")

    def _asks(self, url: str) -> None:
        self.asked.append(url)
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob", "file") and parts.hostname not in _LOOPBACK:
            self._note(f"request to another host: {url}")

    def _failed(self, url: str, why: str) -> None:
        self.failed.append((url, why))
        if why != "net::ERR_ABORTED":  # a page may give up what it no longer needs
            self._note(f"{why}: {url}")

    def open(self, hash_: str = "#/", file: str = "") -> Page:
        """Go to a page of the site and wait for its heading: that of the neuron, if it is one."""
        self.page.goto(self.url + file + hash_)
        neuron = re.fullmatch(r"#/[^/]+/(\d+)/(\d+)", hash_)
        said = f"L{neuron[1]}N{neuron[2]}\\b|Nothing here" if neuron else "."
        expect(self.page.locator("h1").first).to_have_text(re.compile(said))
        return self.page

    def close(self) -> None:
        """End the visit; what was not meant to go wrong must not have."""
        self.context.close()
        left = [m for m in self.mistakes if not any(part in m for part in self.allowed)]
        assert [] == left


@pytest.fixture
def host() -> Iterator[Callable[..., str]]:
    """Serve folders on static hosts, until the test is over: takes what `hosting` takes."""
    with ExitStack() as running:
        yield lambda *folder_and_more: running.enter_context(hosting(*folder_and_more))


@pytest.fixture
def readers(chromium: Browser, host: object) -> Iterator[Callable[..., Reader]]:
    """Open browsers, on any address. They are closed before the hosts, so nothing is cut off."""
    opened: list[Reader] = []

    def open_one(url: str, **options: Any) -> Reader:
        opened.append(Reader.new(chromium, url, **options))
        return opened[-1]

    yield open_one
    for reader in opened:
        reader.close()


@pytest.fixture
def reader(readers: Callable[..., Reader], site: Site) -> Reader:
    """A browser on the server's site."""
    return readers(site.url)


@pytest.fixture(scope="session")
def axe_source() -> str:
    """The accessibility checker; it is one of the front end's own packages."""
    path = WEB / "node_modules" / "axe-core" / "axe.min.js"
    with (WEB / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one worker gets it for all
        if not path.exists():
            assert shutil.which("npm"), "axe-core comes by npm. Get npm with: apt install npm"
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=WEB, check=True)
    return path.read_text("utf-8")


# --- reading pages -------------------------------------------------------------------------

LISTS = {"top": "Top examples", "bottom": "Bottom examples"}
DRAWN = """
examples => examples.map(example => {
  const { shadowRoot } = example;
  const tokens = shadowRoot.querySelector('lms-tokens').shadowRoot;
  return {
    rank: shadowRoot.querySelector('.rank').textContent.trim(),
    value: shadowRoot.querySelector('.value').textContent.trim(),
    tokens: [...tokens.querySelectorAll('.t')].map(t => t.textContent),
    shades: [...tokens.querySelectorAll('.t')].map(
      t => [...t.classList].find(c => /^[pn]\\d+$/.test(c)) ?? ''),
    peak: [...tokens.querySelectorAll('.t')].findIndex(t => t.classList.contains('peak')),
  };
})
"""


def examples(page: Page, section: str) -> Locator:
    return page.get_by_role("region", name=section).locator("lms-example")


def drawn(page: Page, section: str) -> list[dict[str, Any]]:
    """Read the examples of a list as they are on the page."""
    found = examples(page, section)
    found.first.locator(".t").first.wait_for()
    rows: list[dict[str, Any]] = found.evaluate_all(DRAWN)
    return rows


def shade(value: float, record: Any) -> str:
    """Give the colour of an activation: 24 steps from zero to the neuron's own extreme."""
    part = strength(value, record.moments.min, record.moments.max)
    level = max(1, math.floor(abs(part) * 24 + 0.5))
    return "" if part == 0 else f"{'p' if part > 0 else 'n'}{level}"


def to(catalogue_address: str, neuron: str) -> str:
    """Write where a neuron's page is."""
    return f"#/{catalogue_address}/" + neuron[1:].replace("N", "/")


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def visit(site: Site, person: str, catalogue: str, layer: int, index: int) -> None:
    asked = {"person": person, "catalogue": catalogue, "layer": layer, "index": index}
    httpx.post(f"{site.url}api/journal/visits", json=asked).raise_for_status()


def go_to(page: Page, typed: str) -> None:
    page.keyboard.press("/")
    page.get_by_role("textbox", name="Go to a neuron").fill(typed)
    page.keyboard.press("Enter")
