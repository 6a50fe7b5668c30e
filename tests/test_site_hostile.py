"""Texts that would act, hide or vanish are texts: on site, file, notebook and terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect
from sites import HOSTILE, LINE, LISTS, TINY, Reader, Site, examples, heading, to

from lmscope.cli import main
from lmscope.exporting import embed_neuron, export
from lmscope.neurons import NeuronRecord
from lmscope.shelf import find
from lmscope.writing import visible

Readers = Callable[..., Reader]
CORPUS = "<b>texts.jsonl"
WRONG = "b, i, img, iframe, object, embed, [onmouseover], [onerror], [href^='javascript']"


@pytest.fixture
def record(site: Site) -> NeuronRecord:
    """A neuron whose lists have every text."""
    catalogue = site[TINY]
    for found in catalogue:
        lists = (found.top, found.bottom)
        if all(set(range(len(HOSTILE) + 1)) == {e.document for e in part} for part in lists):
            return found
    pytest.fail("No neuron has every text.")


@pytest.fixture(params=["server", "static host", "file"])
def page(
    request: pytest.FixtureRequest, readers: Readers, host: Callable[..., str], site: Site,
    tmp_path: Path, record: NeuronRecord, hostile_folder: Path,
) -> Page:  # fmt: skip
    """The neuron's page on each of the hosts."""
    if request.param == "server":
        return readers(site.url).open(to(TINY, record.id.short))
    if request.param == "static host":
        export(find([hostile_folder]), tmp_path / "site", neurons=[record.id.short])
        return readers(host(tmp_path / "site")).open(to(TINY, record.id.short))
    embed_neuron(site[TINY], record.id, tmp_path / "n.html")
    reader = readers(f"file://{tmp_path}/n.html")
    reader.page.goto(reader.url)
    return reader.page


def row_of(page: Page, record: NeuronRecord, name: str) -> Locator:
    """Give the top example that shows a text."""
    rank = next(i for i, e in enumerate(record.top) if e.text == HOSTILE[name])
    return examples(page, LISTS["top"]).nth(rank)


INSIDE = """(wrong) => {
  const found = [];
  const walk = root => {
    for (const e of root.querySelectorAll('*')) {
      if (e.localName === 'script' && !['application/json', 'text/plain', 'module'].includes(e.type)
          && e.textContent.includes('alert(')) found.push('script');
      if (e.localName.startsWith('lms-tokens')) {
        for (const bad of e.shadowRoot.querySelectorAll(wrong + ', script, a, div div')) {
          if (!bad.closest('.readout')) found.push(bad.outerHTML);
        }
      }
      if (e.shadowRoot) walk(e.shadowRoot);
    }
  };
  walk(document);
  return found;
}"""


def test_every_hostile_text_is_a_text(page: Page, record: NeuronRecord) -> None:
    expect(heading(page)).to_contain_text(record.id.short)
    for name, text in HOSTILE.items():
        row = row_of(page, record, name)
        expect(row.locator(".t").first).to_be_visible()
        shown = "".join(row.locator(".t").all_text_contents())
        assert text == shown, name
    # A script that ran would have opened a dialog, which fails the test as all that goes wrong.
    assert [] == page.evaluate(INSIDE, WRONG)
    assert page.locator("lms-tokens img, lms-tokens script").count() == 0


SHOWN = """parts => parts.map(
  e => getComputedStyle(e, e.className === 'mark' ? '::before' : '::after').content.slice(1, -1)
)"""
UNSEEN = ("control", "ansi", "bidi", "zero width", "lone cr", "spaces")


@pytest.mark.parametrize("name", UNSEEN)
def test_what_cannot_be_seen_is_drawn(reader: Reader, record: NeuronRecord, name: str) -> None:
    page = reader.open(to(TINY, record.id.short))
    row = row_of(page, record, name)
    shown = " ".join(row.locator(".mark, .bytes").evaluate_all(SHOWN)).replace("\\\\", "\\")
    unseen = {c for c in HOSTILE[name] if not c.isprintable()}

    assert unseen
    for c in unseen:  # as a mark, or as its bytes if tokens cut it
        assert visible(c) in shown or c.encode().hex(" ") in shown, repr(c)


def test_no_mark_turns_the_text_round(reader: Reader, record: NeuronRecord) -> None:
    page = reader.open(to(TINY, record.id.short))
    row = row_of(page, record, "bidi")
    places = row.locator(".t").evaluate_all(
        "tokens => tokens.filter(t => /[a-z]/.test(t.textContent))"
        ".map(t => t.getBoundingClientRect()).map(b => [Math.round(b.y), Math.round(b.x)])"
    )

    assert sorted(places) == places
    assert len(places) > 5


def test_a_line_of_ten_megabytes_is_opened_by_the_piece(
    reader: Reader, record: NeuronRecord
) -> None:
    rank, example = next((i, e) for i, e in enumerate(record.top) if e.document == len(HOSTILE))
    page = reader.open(to(TINY, record.id.short))
    row = examples(page, LISTS["top"]).nth(rank)
    row.get_by_role("button", name="full document").click()

    size = f"{LINE - LINE % 64:,}"
    expect(row.get_by_text(f"This document has {size} bytes")).to_be_visible()
    text = "".join(row.locator(".text").all_text_contents())
    assert 20_000 < len(text) < 45_000
    assert text.count("x") > 19_000
    assert example.text in text
    width = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    assert width <= 0


def test_names_of_files_are_texts_on_every_page(reader: Reader, record: NeuronRecord) -> None:
    for address in (
        "#/",
        f"#/{TINY}",
        to(TINY, record.id.short),
        f"#/compare/{TINY}/0/1/{TINY}/0/2",
    ):
        page = reader.open(address)
        expect(page.get_by_text(CORPUS).first).to_be_visible()
        expect(page.locator("main b:has-text('texts.jsonl')")).to_have_count(0)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_in_the_scope_is_a_text(reader: Reader, name: str) -> None:
    text = HOSTILE[name]
    page = reader.open(f"#/scope/{TINY}/1/7?text={quote(text)}")
    found = page.locator(".result[aria-busy=false]")
    found.wait_for(timeout=90_000)
    # A text area has line feeds only.
    written = text.replace("\r\n", "\n").replace("\r", "\n")
    assert written == page.locator("lms-trial textarea").input_value()

    assert "".join(found.locator(".t").all_text_contents()) in (text, written)
    assert [] == page.evaluate(INSIDE, WRONG)


def test_hostile_addresses_are_texts(reader: Reader) -> None:
    for typed in HOSTILE.values():
        page = reader.open(f"#/{quote(typed, safe='')}")
        expect(heading(page)).to_have_text("Nothing here")
        expect(page.locator("main img, main script, main b")).to_have_count(0)


def test_a_notebooks_html_has_every_text_and_nothing_else(
    readers: Readers, site: Site, record: NeuronRecord, tmp_path: Path
) -> None:
    html: Any = record._repr_html_()
    (tmp_path / "cell.html").write_text(
        f"<!doctype html><meta charset=utf-8><link rel=icon href='data:,'>{html}", "utf-8"
    )
    reader = readers(f"file://{tmp_path}/cell.html")
    page = reader.page
    page.goto(reader.url)
    seen = page.locator("body").text_content() or ""

    for text in ("<script>", "onerror=", "onmouseover=", "<div", "&lt;b"):
        assert text in seen
    assert set("\x00\x1b\u202e\u200b\r").isdisjoint(seen)
    wrong = page.locator("body script, body img, body [onmouseover], body a, body iframe")
    expect(wrong).to_have_count(0)


def test_a_terminal_gets_every_text_and_no_control(
    hostile_folder: Path, record: NeuronRecord, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["neuron", str(hostile_folder), record.id.short])

    said = capsys.readouterr().out
    assert 0 == left.value.code
    assert {c for c in said if not c.isprintable()} <= {"\n"}
    for text in ("<script>alert(1)</script>", "&lt;b&gt;", "\\x1b[31m", "\\u202e", "\\x00"):
        assert text in said.replace("[", "").replace("]", "") or text in said
