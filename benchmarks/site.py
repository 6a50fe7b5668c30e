"""Time the site as a reader meets it: start, neuron pages, the table of all neurons, many readers.

A real server in a process of its own and a real Chromium. Times in the browser run from the
click, or the key, to the frame in which what was asked for is on the screen.

    python scripts/million.py CATALOGUE MILLION          # a million neurons, once
    python benchmarks/site.py MILLION [CATALOGUE...] [--repeat 5] [--readers 50]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

import lmscope
from lmscope.catalogue import Catalogue
from lmscope.demonstration import MODELS, catalogue_of, corpus

FLAGS = ["--no-sandbox", "--no-first-run", "--disable-background-networking"]
TEXT = "8) singled out 9) personality"
N_NEURONS, N_REQUESTS = 20, 60
AT_MOST_MS = {
    "the first byte of the first page": 1000,
    "a neuron, from a click": 150,
    "the next neuron, from a key": 150,
    "the table, scrolled to another place": 100,
    "the table, filtered": 100,
}
"""What was promised."""

# In the page: `work` begins something, `is_done` tells whether it is on the screen.
TIMED = """async ([work, isDone]) => {
  const app = document.querySelector('lms-app').shadowRoot;
  const neuron = () => app.querySelector('lms-neuron-page')?.shadowRoot;
  const model = () => app.querySelector('lms-model-page')?.shadowRoot;
  const table = () => model()?.querySelector('lms-table')?.shadowRoot;
  const begin = eval(work), done = eval(isDone);
  const started = performance.now();
  begin();
  while (!done()) {
    if (performance.now() - started > 30000) throw new Error(`not done: ${isDone}`);
    await new Promise(requestAnimationFrame);
  }
  await new Promise(requestAnimationFrame);
  return performance.now() - started;
}"""


@dataclass
class Server:
    """`lmscope serve` in a process of its own."""

    url: str
    pid: int
    first_byte_ms: float
    """From the start of the process to the first byte of the first page."""

    def megabytes(self, key: str) -> float:
        """Read its memory: ``VmRSS`` now, ``VmHWM`` at its peak."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(key)) / 1024


@contextmanager
def serving(folders: list[Path], home: Path) -> Iterator[Server]:
    command = [sys.executable, "-m", "lmscope", "serve", *map(str, folders), "--port", "0"]
    command += ["--json", "--journal", str(home / "journal.db"), "--person", "Ada"]
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = ""
        while not said.endswith("}\n"):
            said += process.stdout.readline()
        url = json.loads(said)["url"]
        with httpx.stream("GET", url) as page:
            next(page.iter_raw())
        taken = 1000 * (time.perf_counter() - started)
        try:
            yield Server(url, process.pid, taken)
        finally:
            process.terminate()


def spread(times: list[float], unit: str = "ms") -> str:
    return f"{statistics.median(times):,.0f} ({min(times):,.0f}-{max(times):,.0f}) {unit}"


def say(what: str, times: list[float]) -> None:
    """Print the median and the range, and how much of what was promised it takes."""
    print(f"{what:44}{spread(times):>24}", end="")
    if what in AT_MOST_MS:
        share = statistics.median(times) / AT_MOST_MS[what]
        print(f"   {share:5.0%} of {AT_MOST_MS[what]} ms", end="")
    print()


# --- the start -----------------------------------------------------------------------------


def time_start(folders: list[Path], repeat: int, chromium: Browser) -> None:
    first_bytes, drawn = [], []
    for _ in range(repeat):
        with TemporaryDirectory() as home:
            started = time.perf_counter()
            with serving(folders, Path(home)) as server:
                first_bytes.append(server.first_byte_ms)
                page = chromium.new_page()
                page.goto(server.url, wait_until="commit")
                page.get_by_role("table", name="Catalogues").wait_for()
                drawn.append(1000 * (time.perf_counter() - started))
                page.close()
    say("the first byte of the first page", first_bytes)
    say("the first page drawn, browser running", drawn)


# --- one reader ----------------------------------------------------------------------------


def measure(page: Page, work: str, is_done: str) -> float:
    taken: float = page.evaluate(TIMED, [f"() => {work}", f"() => {is_done}"])
    return taken


def shows(neuron: str) -> str:
    """Write: the page of this neuron is drawn, with the tokens of its examples."""
    return (
        f"neuron()?.querySelector('lms-neuron')?.record?.neuron === '{neuron}' && "
        f"neuron().querySelector('lms-neuron').shadowRoot.querySelector('h1')"
        f"?.textContent.includes('{neuron}') && "
        "[...neuron().querySelector('lms-neuron').shadowRoot.querySelectorAll('lms-example')]"
        ".every(e => e.shadowRoot?.querySelector('lms-tokens')?.shadowRoot?.querySelector('.t'))"
    )


def time_neurons(page: Page, url: str, address: str, catalogue: Catalogue) -> None:
    places = [
        (random.choice(catalogue.layers), random.randrange(catalogue.d_mlp - 1))
        for _ in range(N_NEURONS)
    ]
    page.goto(f"{url}#/{address}/{catalogue.layers[0]}/0")
    page.locator("lms-example").first.wait_for()
    clicks, keys = [], []
    for layer, index in places:
        link = f"#/{address}/{layer}/{index}"
        go = f"{{ const a = document.createElement('a'); a.href = '{link}'; a.click() }}"
        clicks.append(measure(page, go, shows(f"L{layer}N{index}")))
        page.wait_for_timeout(150)  # a reader looks at it
        press = "window.dispatchEvent(new KeyboardEvent('keydown', { key: 'n' }))"
        keys.append(measure(page, press, shows(f"L{layer}N{index + 1}")))
    say("a neuron, from a click", clicks)
    say("the next neuron, from a key", keys)


BOX = "table().querySelector('.box')"
BUTTONS = "[...table().querySelectorAll('[role=columnheader] button')]"
FIRST_ROW = "table().querySelector('.rows .line')"
FIELD = "model().querySelector('[aria-label=\"Least density\"]')"


def time_table(page: Page, url: str, address: str, catalogue: Catalogue, repeat: int) -> None:
    page.goto("about:blank")
    started = time.perf_counter()
    page.goto(f"{url}#/{address}", wait_until="commit")
    page.locator("lms-table .rows [role=row]").first.wait_for()
    say("the table, opened", [1000 * (time.perf_counter() - started)])
    page.get_by_text("Limits").click()
    page.wait_for_timeout(1000)

    scrolls, sorts, filters = [], [], []
    for _ in range(N_NEURONS):
        to = f"{{ const box = {BOX}; box.scrollTop = {random.random()} * box.scrollHeight }}"
        work = f"{{ window.before = {FIRST_ROW}.id; {to} }}"
        scrolls.append(measure(page, work, f"{FIRST_ROW}.id !== window.before"))
    say("the table, scrolled to another place", scrolls)
    for column in ("density", "kurtosis", "skew", "max", "min"):
        values = catalogue.column(column).ravel()
        layer, index = divmod(int((-values).argsort(kind="stable")[0]), catalogue.d_mlp)
        best = f"L{catalogue.layers[layer]}N{index}"
        click = f"{BUTTONS}.find(b => b.textContent.startsWith('{column}')).click()"
        sorts.append(measure(page, click, f"{FIRST_ROW}.textContent.includes('{best}')"))
    say("the table, sorted by another column", sorts)
    density = catalogue.column("density")
    for i in range(repeat):  # each time other neurons, and never all of them
        least = round(float(np.quantile(density, 0.2 + 0.6 * i / repeat)), 4) + 1e-4
        n = int((density >= least).sum())
        work = f"{{ const f = {FIELD}; f.value = {least}; f.dispatchEvent(new Event('change')) }}"
        filters.append(measure(page, work, f"model().textContent.includes('{n:,} of ')"))
    say("the table, filtered", filters)


# --- many readers --------------------------------------------------------------------------


def time_readers(server: Server, catalogue: Catalogue, address: str, n_readers: int) -> None:
    """Time requests of many readers: alone, then while a scan and texts on a model run."""

    def read(seed: int) -> list[tuple[str, float]]:
        chance, times = random.Random(seed), []
        with httpx.Client(base_url=server.url, timeout=120) as client:
            for _ in range(N_REQUESTS // 2):
                layer, index = chance.choice(catalogue.layers), chance.randrange(catalogue.d_mlp)
                shard = f"catalogues/{address}/examples/L{layer:02}.safetensors"
                start = chance.randrange(1 << 20)
                for kind, url, headers in (
                    ("range", shard, {"range": f"bytes={start}-{start + 16383}"}),
                    ("JSON", f"api/catalogues/{address}/neurons/{layer}/{index}", {}),
                ):
                    started = time.perf_counter()
                    client.get(url, headers=headers).raise_for_status()
                    times.append((kind, 1000 * (time.perf_counter() - started)))
        return times

    def all_read(name: str) -> None:
        started = time.perf_counter()
        with ThreadPoolExecutor(n_readers) as pool:
            times = [t for some in pool.map(read, range(n_readers)) for t in some]
        per_second = len(times) / (time.perf_counter() - started)
        for kind in ("range", "JSON"):
            found = sorted(ms for k, ms in times if k == kind)
            p50, p99 = (found[int(q * len(found))] for q in (0.5, 0.99))
            print(f"{name:32}{kind:>8}{p50:>12,.0f}{p99:>12,.0f}{max(found):>12,.0f}   ms")
        print(f"{'':32}{len(times):>8,} requests, {per_second:,.0f} a second, none refused")

    print(f"\n{f'{n_readers} readers':32}{'':>8}{'p50':>12}{'p99':>12}{'most':>12}")
    all_read("alone")
    is_over = threading.Event()
    looks: list[float] = []

    def ask() -> None:
        with httpx.Client(base_url=server.url, timeout=120) as client:
            while not is_over.is_set():
                started = time.perf_counter()
                asked = {"catalogue": MODELS[0], "text": TEXT, "layer": 0, "index": 5}
                client.post("api/look", json=asked).raise_for_status()
                looks.append(1000 * (time.perf_counter() - started))

    with TemporaryDirectory() as home:
        command = [sys.executable, "-m", "lmscope", "scan", MODELS[1], str(corpus())]
        command += ["-o", f"{home}/scan", "--json"]
        asking = threading.Thread(target=ask)
        asking.start()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as scan:
            try:
                all_read("while a scan and texts run")
                assert scan.poll() is None, "the scan was over before the readers were"
            finally:
                is_over.set()
                asking.join()
                scan.terminate()
    print(f"{'a text in the scope meanwhile':44}{spread(looks):>24}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("catalogues", nargs="+", type=Path)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--tokens", type=int, default=30_000, help="of the demo, for the texts")
    asked = parser.parse_args()
    random.seed(0)
    chrome = shutil.which("chromium")
    if chrome is None:
        sys.exit("Chromium is needed: scripts/debian_packages.sh")
    with TemporaryDirectory() as home, sync_playwright() as playwright:
        demo = catalogue_of(MODELS[0], Path(home) / "demo", n_tokens=asked.tokens, say=print)
        assert demo is not None
        folders = [*asked.catalogues, demo.path]
        chromium = playwright.chromium.launch(executable_path=chrome, args=FLAGS)
        print(
            f"lmscope {lmscope.__version__}, Chromium {chromium.version}, Python "
            f"{platform.python_version()}, {os.cpu_count()} processors ({platform.machine()})"
        )
        print(
            f"median (least-most) of {asked.repeat}; neurons and scrolling: of {N_NEURONS}; "
            f"load of the machine before: {os.getloadavg()[0]:.1f}\n"
        )
        time_start(folders, asked.repeat, chromium)
        with serving(folders, Path(home)) as server:
            index = httpx.get(f"{server.url}catalogues.json").json()["catalogues"]
            for folder, entry in zip(asked.catalogues, index, strict=False):
                catalogue, address = Catalogue.open(folder), entry["address"]
                options = catalogue.manifest["options"]
                print(f"\n{address}: {len(catalogue):,} neurons, ", end="")
                print(f"{2 * options['top']} examples of {options['window']} tokens")
                page = chromium.new_page(viewport={"width": 1280, "height": 900})
                page.goto(server.url)
                time_neurons(page, server.url, address, catalogue)
                time_table(page, server.url, address, catalogue, asked.repeat)
                page.close()
            print(f"\nthe server's memory: {server.megabytes('VmRSS'):,.0f} MB")
            time_readers(
                server, Catalogue.open(asked.catalogues[0]), index[0]["address"], asked.readers
            )
            print(
                f"\nthe server's memory: {server.megabytes('VmRSS'):,.0f} MB, "
                f"{server.megabytes('VmHWM'):,.0f} MB at its peak (with a model loaded)"
            )


if __name__ == "__main__":
    main()
