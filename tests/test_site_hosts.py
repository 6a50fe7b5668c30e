"""The same pages from a static host under a sub-path, and what is said if something is missing."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from sites import (
    GELU,
    LISTS,
    NEURON,
    SOLU,
    TINY,
    Reader,
    Site,
    StaticHost,
    drawn,
    go_to,
    heading,
    serving,
    to,
)

from lmscope.exporting import export
from lmscope.shelf import Shelf, find

Host = Callable[..., str]
Readers = Callable[..., Reader]
KEPT = ("L0N3", "L0N500", "L1N0", "L1N9")


@pytest.fixture(scope="session")
def exported(shared: Callable[..., Path], folders: list[Path]) -> Path:
    """All catalogues as a static site."""
    return shared("site-exported", lambda folder: export(find(folders), folder))


@pytest.fixture
def static(exported: Path, host: Host, readers: Readers) -> Reader:
    """A browser on it."""
    return readers(host(exported))


# --- a static host -------------------------------------------------------------------------


def test_a_static_site_shows_a_neuron_as_the_server_does(static: Reader, reader: Reader) -> None:
    for address, neuron in ((SOLU, NEURON), (TINY, "L1N7")):
        for section in LISTS.values():
            pages = [one.open(to(address, neuron)) for one in (static, reader)]
            assert drawn(pages[1], section) == drawn(pages[0], section)
        shown = [p.get_by_role("region", name="Statistics").inner_text() for p in pages]
        assert shown[1] == shown[0]


def test_every_page_of_a_static_site_works_under_any_path(static: Reader, shelf: Shelf) -> None:
    page = static.open()
    expect(page.get_by_role("table", name="Catalogues").get_by_role("row")).to_have_count(4)
    page.get_by_role("link", name=GELU, exact=True).click()
    grid = page.get_by_role("grid")
    grid.get_by_role("button", name="kurtosis").click()
    best = int(np.argsort(-shelf[GELU].column("kurtosis").ravel(), kind="stable")[0])
    expect(grid.locator("#row-0 a")).to_have_text(f"L{best // 768}N{best % 768}")
    grid.locator("#row-0 a").click()
    page.get_by_role("button", name="full document").first.click()
    expect(page.locator(".around").first).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.press("r")
    static.open(f"#/compare/{SOLU}/0/5/{GELU}/1/9")
    expect(page.locator(".verdict")).to_be_visible()
    go_to(page, f"{SOLU}/0/7")
    expect(heading(page)).to_contain_text("L0N7")

    assert all(StaticHost.prefix in url for url in static.asked)
    assert not any("/api/" in url for url in static.asked)


def test_what_needs_a_server_is_absent_with_a_sentence_why(static: Reader) -> None:
    page = static.open(to(SOLU, NEURON))
    expect(page.get_by_text("A static site has no model.")).to_be_visible()
    drawn(page, LISTS["top"])
    for name in ("open in scope", "try your own text", "random unseen"):
        expect(page.get_by_role("link", name=name)).to_have_count(0)
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    expect(page.get_by_role("button", name="star")).to_have_count(0)
    expect(page.get_by_role("textbox", name="Note")).to_have_count(0)
    for key in "use":
        page.keyboard.press(key)
    expect(heading(page)).to_contain_text(NEURON)

    static.open("#/log")
    expect(page.get_by_text("A static site keeps no log.")).to_be_visible()
    static.open(f"#/scope/{SOLU}/0/5?text=any")
    expect(page.get_by_text("A static site has no model.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Text 1")).to_have_count(0)


def test_a_neurons_data_are_less_than_200_kilobytes(readers: Readers, site: Site) -> None:
    reader = readers(site.url)
    sizes: list[int] = []
    reader.page.on(
        "requestfinished",
        lambda r: sizes.append(r.sizes()["responseBodySize"]) if "/catalogues/" in r.url else None,
    )
    page = reader.open(to(SOLU, NEURON))
    drawn(page, LISTS["top"])
    page.wait_for_load_state("networkidle")

    assert 20_000 < sum(sizes) < 200_000


# --- beyond this machine -------------------------------------------------------------------


def test_beyond_loopback_the_address_with_the_token_is_needed_once(
    readers: Readers, demo_folder: Path, tmp_path: Path
) -> None:
    with serving([demo_folder], tmp_path / "journal.db", "--host", "0.0.0.0") as running:
        here, _, token = running.url.replace("0.0.0.0", "127.0.0.1").partition("?")
        reader = readers(here)
        page = reader.open("#/", f"?{token}")
        expect(page.get_by_role("link", name=SOLU, exact=True)).to_be_visible()
        assert "token" not in page.url
        page = reader.open(to(SOLU, NEURON))
        expect(page.get_by_role("button", name="star")).to_be_visible()

        stranger = readers(here)
        stranger.allowed.append("401")
        stranger.page.goto(here)
        expect(stranger.page.get_by_text("This server asks for a token.")).to_be_visible()
        for one in (reader, stranger):
            one.context.close()


# --- a part of a catalogue -----------------------------------------------------------------


@pytest.fixture(scope="session")
def part(shared: Callable[..., Path], demo_folder: Path) -> Path:
    """Four neurons of one catalogue as a static site."""

    def make(folder: Path) -> None:
        export([c for c in find([demo_folder]) if c.model == GELU], folder, neurons=KEPT)

    return shared("site-part", make)


def test_a_part_is_browsed_as_if_it_were_all(
    readers: Readers, host: Host, part: Path, reader: Reader
) -> None:
    url = host(part, "/")
    static = readers(url)
    page = static.open(f"#/{GELU}")
    rows = page.get_by_role("grid").locator(".rows [role=row] a")
    expect(rows).to_have_text(list(KEPT))
    for section in LISTS.values():
        whole, kept = (drawn(one.open(to(GELU, "L1N9")), section) for one in (reader, static))
        assert whole == kept
    static.open(to(GELU, KEPT[0]))
    for neuron in KEPT[1:]:
        page.keyboard.press("n")
        expect(heading(page)).to_contain_text(neuron)
    expect(page.get_by_role("link", name="next")).to_have_attribute("aria-disabled", "true")
    for _ in range(4):
        page.keyboard.press("r")
        expect(heading(page)).to_contain_text(re.compile("|".join(KEPT)))


def test_a_neuron_that_was_left_out_is_explained(readers: Readers, host: Host, part: Path) -> None:
    url = host(part, "/")
    page = readers(url).page
    page.goto(f"{url}#/{GELU}/0/4")

    expect(page.get_by_role("alert")).to_contain_text("L0N4")
    expect(page.get_by_role("alert")).to_contain_text(re.compile("export", re.IGNORECASE))


# --- when something is wrong ---------------------------------------------------------------


def broken(page: Page) -> str:
    """Give the sentence on a page that cannot be shown."""
    alert = page.get_by_role("alert").first
    expect(alert).to_be_visible()
    return alert.inner_text()


@pytest.mark.parametrize(
    ("file", "harm", "sentence"),
    [
        ("examples/L00.safetensors", "cut", "bytes instead of"),
        ("examples/L00.safetensors", "gone", "it is missing"),
        ("stats.safetensors", "header", "damaged"),
        ("manifest.json", "cut", "it is no JSON"),
        ("manifest.json", "format", "it has format 99, these pages read format 1"),
    ],
)
def test_damage_is_said_in_a_sentence(
    readers: Readers,
    host: Host,
    exported: Path,
    tmp_path: Path,
    file: str,
    harm: str,
    sentence: str,
) -> None:
    shutil.copytree(exported, tmp_path / "site")
    path = tmp_path / "site" / "catalogues" / SOLU / file
    data = path.read_bytes()
    path.unlink()
    if harm == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif harm == "header":
        path.write_bytes(b"\xff" * 8 + data[8:])
    elif harm == "format":
        path.write_bytes(data.replace(b'"format": 1', b'"format": 99', 1))
    url = host(tmp_path / "site")
    reader = readers(url)
    reader.allowed += ["404", "416"]
    reader.page.goto(url + to(SOLU, "L0N1000"))

    assert sentence in broken(reader.page)
    page = reader.open(to(GELU, "L0N0"))  # all else is still there
    expect(page.locator("lms-example").first).to_be_visible()


class NoRanges(SimpleHTTPRequestHandler):
    """Python's own server, as in ``python -m http.server``: it ignores Range."""

    def log_message(self, *_: object) -> None:
        pass


def test_a_host_that_knows_no_ranges_shows_catalogues_of_this_size(
    readers: Readers, host: Host, exported: Path
) -> None:
    url = host(exported, "/", NoRanges)
    page = readers(url).open(to(SOLU, NEURON))

    expect(page.locator("lms-example").first).to_be_visible()


def test_a_server_that_is_gone_is_said(readers: Readers, demo_folder: Path, tmp_path: Path) -> None:
    with serving([demo_folder], tmp_path / "journal.db") as running:
        reader = readers(running.url)
        page = reader.open(to(SOLU, NEURON))
        page.wait_for_load_state("networkidle")
    reader.allowed += ["ERR_CONNECTION_REFUSED", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET"]
    page.evaluate(f"location.hash = '{to(SOLU, 'L0N900')}'")

    assert "lmscope serve is no longer answering" in broken(page)


def test_a_text_that_the_server_refuses_is_answered_with_its_sentence(
    reader: Reader, site: Site
) -> None:
    reader.allowed.append("413")
    page = reader.open(f"#/scope/{SOLU}/0/5")
    page.locator("lms-trial textarea").fill("x " * 50_001)

    sentence = "This text has 100,002 characters; a page takes 100,000."
    expect(page.get_by_role("alert").first).to_contain_text(sentence)
    expect(page.get_by_text("The texts are too long for a link.")).to_be_visible()
