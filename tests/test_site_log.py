"""The log and the notes: what a reader has seen and written, and that nothing of it is lost."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect
from sites import GELU, NEURON, SOLU, TINY, Reader, Site, heading, serving, to, visit

Readers = Callable[..., Reader]


def note(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Note")


def star(page: Page) -> Locator:
    return page.get_by_role("button", name="star", exact=True)


def tags(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Tags")


def entry(site: Site, person: str, catalogue: str, layer: int, index: int) -> dict[str, Any]:
    url = f"{site.url}api/journal/entries/{catalogue}/{layer}/{index}"
    found: dict[str, Any] = httpx.get(url, params={"person": person}).json()
    return found


def mark(site: Site, person: str, catalogue: str, layer: int, index: int, **what: Any) -> None:
    visit(site, person, catalogue, layer, index)
    now = entry(site, person, catalogue, layer, index)
    written = {key: now[key] for key in ("starred", "note", "tags", "version")} | what
    url = f"{site.url}api/journal/entries/{catalogue}/{layer}/{index}"
    httpx.put(url, json={"person": person, **written}).raise_for_status()


def in_log(page: Page) -> list[str]:
    """Give the names of the neurons in the log, as listed."""
    page.locator("li .name").first.wait_for()
    return [name.split()[0] for name in page.locator("li .name").all_inner_texts()]


# --- seen and written ----------------------------------------------------------------------


def test_every_neuron_seen_is_in_the_log_with_its_time(readers: Readers, site: Site) -> None:
    reader = readers(site.url, person="Seen")
    for address, neuron in ((SOLU, NEURON), (GELU, "L1N9"), (SOLU, "L0N7"), (SOLU, NEURON)):
        page = reader.open(to(address, neuron))
        expect(star(page)).to_be_visible()
    page = reader.open("#/log")
    expect(page.get_by_text("Seen 3 neurons, 0 starred.")).to_be_visible()

    assert [NEURON, "L0N7", "L1N9"] == in_log(page)
    first = page.get_by_role("listitem").first
    expect(first).to_contain_text("seen 2 times")
    last_seen = entry(site, "Seen", SOLU, 0, 5)["last_seen"]
    expect(first.locator("time")).to_have_attribute("datetime", last_seen)
    first.get_by_role("link", name=NEURON).click()
    expect(heading(page)).to_contain_text(NEURON)


def test_star_note_and_tags_are_saved_as_they_are_typed(readers: Readers, site: Site) -> None:
    page = readers(site.url, person="Writes").open(to(SOLU, NEURON))
    star(page).click()
    note(page).fill("likes <b>lists</b>\nand 'quotes' \u202e")
    tags(page).fill("list, to do, #later")
    expect(page.get_by_text("saved", exact=True)).to_be_visible()
    page.reload()

    expect(star(page)).to_have_attribute("aria-pressed", "true")
    expect(note(page)).to_have_value("likes <b>lists</b>\nand 'quotes' \u202e")
    expect(tags(page)).to_have_value("later, list, to do")
    page.keyboard.press("s")
    expect(star(page)).to_have_attribute("aria-pressed", "false")
    page.wait_for_function("location.hash")
    page.goto(site.url + "#/log")
    expect(page.get_by_text("Seen 1 neuron, 0 starred.")).to_be_visible()
    expect(page.get_by_role("listitem")).to_contain_text("likes <b>lists</b>")
    expect(page.locator("main b")).to_have_count(0)


def test_the_log_is_searched_by_text_star_and_tag(readers: Readers, site: Site) -> None:
    mark(site, "Seeks", SOLU, 0, 1, note="Cats and dogs", tags=["animal"], starred=True)
    mark(site, "Seeks", SOLU, 0, 2, note="", tags=["animal", "later"])
    mark(site, "Seeks", GELU, 1, 3, note="numbers")
    page = readers(site.url, person="Seeks").open("#/log")
    expect(page.get_by_text("Seen 3 neurons, 1 starred.")).to_be_visible()

    search = page.get_by_role("searchbox", name="Search")
    for typed, found in (
        ("DOGS", ["L0N1"]), ("animal", ["L0N2", "L0N1"]), ("gelu", ["L1N3"]), ("L0N2", ["L0N2"]),
    ):  # fmt: skip
        search.fill(typed)
        expect(page.get_by_role("listitem")).to_have_count(len(found))
        assert found == in_log(page)
    search.fill("")
    page.get_by_label("starred only").check()
    assert ["L0N1"] == in_log(page)
    page.get_by_label("starred only").uncheck()
    page.get_by_role("combobox", name="Tag").select_option("later")
    assert ["L0N2"] == in_log(page)


def test_notes_and_stars_are_changed_in_the_log_too(readers: Readers, site: Site) -> None:
    mark(site, "Edits", SOLU, 0, 1, note="before")
    page = readers(site.url, person="Edits").open("#/log")
    page.get_by_role("button", name="Star L0N1").click()
    expect(page.get_by_text("Seen 1 neuron, 1 starred.")).to_be_visible()
    page.get_by_role("button", name="Edit the note on L0N1").click()
    note(page).fill("after")
    expect(page.get_by_text("saved", exact=True)).to_be_visible()

    found = entry(site, "Edits", SOLU, 0, 1)
    assert (True, "after") == (found["starred"], found["note"])


# --- several people, several windows -------------------------------------------------------


def test_two_peoples_logs_are_separate(readers: Readers, site: Site) -> None:
    ada, bea = readers(site.url, person="Ada A"), readers(site.url, person="Bea B")
    for reader, neuron, words in ((ada, "L0N1", "Ada's"), (bea, "L0N1", "Bea's")):
        page = reader.open(to(SOLU, neuron))
        note(page).fill(words)
        expect(page.get_by_text("saved", exact=True)).to_be_visible()
    bea.open(to(SOLU, "L0N2"))
    expect(star(bea.page)).to_be_visible()

    for reader, n_seen, words in ((ada, "1 neuron", "Ada's"), (bea, "2 neurons", "Bea's")):
        page = reader.open("#/log")
        expect(page.get_by_text(f"Seen {n_seen}, 0 starred.")).to_be_visible()
        expect(page.locator("li .note")).to_have_text(words)


def test_a_reader_says_who_she_is_and_is_remembered(readers: Readers, site: Site) -> None:
    visit(site, "Cleo C", SOLU, 0, 3)
    page = readers(site.url).open("#/log")
    name = page.get_by_role("textbox", name="You are")
    expect(name).to_have_value("Ada")  # whom the server was started for
    name.fill("Cleo C")
    name.press("Enter")
    expect(page.get_by_text("Seen 1 neuron, 0 starred.")).to_be_visible()
    page.reload()

    expect(page.get_by_role("textbox", name="You are")).to_have_value("Cleo C")


@pytest.mark.parametrize(
    ("choice", "kept"),
    [("keep yours", "mine"), ("take the other", "theirs"), ("keep both", "theirs\nmine")],
)
def test_two_windows_that_write_at_once_lose_nothing(
    readers: Readers, site: Site, choice: str, kept: str
) -> None:
    person = f"Twice {choice}"
    one, two = readers(site.url, person=person), readers(site.url, person=person)
    two.allowed.append("409")
    for reader in (one, two):
        reader.open(to(SOLU, NEURON))
        expect(note(reader.page)).to_be_visible()
    note(one.page).fill("theirs")
    expect(one.page.get_by_text("saved", exact=True)).to_be_visible()
    note(two.page).fill("mine")
    asked = two.page.get_by_role("alert")
    expect(asked).to_contain_text("changed in another window")
    expect(asked).to_contain_text("mine")
    expect(asked).to_contain_text("theirs")
    assert "theirs" == entry(site, person, SOLU, 0, 5)["note"]
    asked.get_by_role("button", name=choice).click()
    expect(asked).to_have_count(0)
    expect(note(two.page)).to_have_value(kept)
    two.page.reload()

    expect(note(two.page)).to_have_value(kept)


def test_what_was_typed_while_the_server_was_gone_comes_back(
    readers: Readers, folders: list[Path], tmp_path: Path
) -> None:
    journal = tmp_path / "journal.db"
    with serving(folders, journal) as first:
        reader = readers(first.url)
        page = reader.open(to(TINY, "L0N1"))
        star(page).click()
        expect(page.get_by_text("saved", exact=True)).to_be_visible()
    reader.allowed += ["ERR_CONNECTION_REFUSED", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET"]
    reader.allowed.append("409")  # the page that goes and the one that comes both save
    note(page).fill("written into the void")
    expect(page.get_by_text("lmscope serve is no longer answering")).to_be_visible()
    port = first.url.rstrip("/").rpartition(":")[2]
    with serving(folders, journal, port=port) as second:
        page.reload()
        expect(note(page)).to_have_value("written into the void")
        expect(star(page)).to_have_attribute("aria-pressed", "true")
        page.wait_for_timeout(1500)  # longer than a pause in typing

        found = entry(second, "Ada", TINY, 0, 1)
        assert (True, "written into the void") == (found["starred"], found["note"])


# --- taking it along -----------------------------------------------------------------------


def exported(page: Page, name: str) -> str:
    with page.expect_download() as download:
        page.get_by_role("link", name=name).click()
    return download.value.path().read_text("utf-8")


def test_a_log_is_exported_in_three_formats_and_imported_again(
    readers: Readers, site: Site, tmp_path: Path
) -> None:
    mark(site, "Takes", SOLU, 0, 1, note='a, "b"\nc', tags=["one", "two"], starred=True)
    mark(site, "Takes", GELU, 1, 2)
    page = readers(site.url, person="Takes").open("#/log")
    expect(page.get_by_text("Seen 2 neurons, 1 starred.")).to_be_visible()

    lines = exported(page, "JSON lines")
    parsed = [json.loads(line) for line in lines.splitlines()]
    assert {('a, "b"\nc', True), ("", False)} == {(e["note"], e["starred"]) for e in parsed}
    rows = list(csv.DictReader(io.StringIO(exported(page, "CSV"))))
    assert {'a, "b"\nc', ""} == {row["note"] for row in rows}
    markdown = exported(page, "Markdown")
    assert "L0N1" in markdown
    assert "L1N2" in markdown

    (tmp_path / "log.jsonl").write_text(lines, "utf-8")
    other = readers(site.url, person="Receives").open("#/log")
    other.get_by_text("Import", exact=True).click()
    other.get_by_label("File").set_input_files(tmp_path / "log.jsonl")
    expect(other.get_by_text("Seen 2 neurons, 1 starred.")).to_be_visible()
    found = entry(site, "Receives", SOLU, 0, 1)
    assert ("a, \"b\"\nc", ["one", "two"], True) == (
        found["note"], found["tags"], found["starred"],
    )  # fmt: skip


def test_lines_that_are_no_log_are_refused_with_their_place(readers: Readers, site: Site) -> None:
    reader = readers(site.url, person="Refused")
    reader.allowed.append("422")
    page = reader.open("#/log")
    page.get_by_text("Import", exact=True).click()
    page.get_by_label("Or its lines").fill("{}\nnonsense")
    page.get_by_role("button", name="Import the lines").click()

    expect(page.get_by_role("alert")).to_contain_text("Nothing was imported, because of line 1.")


def test_the_table_of_a_model_shows_what_was_seen_and_starred(readers: Readers, site: Site) -> None:
    visit(site, "Marks", TINY, 0, 3)
    mark(site, "Marks", TINY, 1, 5, starred=True)
    page = readers(site.url, person="Marks").open(f"#/{TINY}")
    rows = page.get_by_role("grid").locator(".rows [role=row]")
    for choice, names in (
        ("starred", ["L1N5"]), ("seen", ["L0N3", "L1N5"]), ("unseen", ["L0N0", "L0N1", "L0N2"]),
    ):  # fmt: skip
        page.get_by_role("combobox", name="Log").select_option(choice)
        expect(rows.first).to_contain_text(names[0])
        assert names == [row.split()[0] for row in rows.all_inner_texts()][: len(names)]
    expect(page.get_by_text("78 of 80 neurons")).to_be_visible()
    page.get_by_role("combobox", name="Log").select_option("starred")
    expect(rows.first).to_contain_text(re.compile("starred"))
