"""The lab notebook, on SQLite and on PostgreSQL: nothing that was answered is ever lost."""

from __future__ import annotations

import csv
import hashlib
import html
import io
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from databases import PASSWORD, Postgres, running_postgres
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from sqlalchemy import event, inspect

from lmscope.errors import (
    DiskFull,
    EntryRefused,
    ImportRefused,
    JournalBusy,
    JournalDamaged,
    JournalTooNew,
    JournalUnreachable,
    LmscopeError,
    MissingExtra,
    NotAJournal,
    NotInLog,
    NotUsable,
    StaleEntry,
    UnknownJournal,
)
from lmscope.journal import Counts, Entry, Imported, Journal, Subject, migrations, places, store
from lmscope.journal.entries import check_tags, merge
from lmscope.journal.formats import read_lines, to_csv, to_jsonl, to_markdown
from lmscope.journal.tables import REVISION, VERSION_TABLE, metadata

WEIGHTS, OTHER_WEIGHTS = "0a" * 32, "1b" * 32
NEURON = Subject("solu-1l", WEIGHTS, "mid", 0, 737)
OTHER = Subject("gelu-2l", OTHER_WEIGHTS, "post", 1, 3)
THEN = datetime(2025, 11, 24, 22, 14, 15, 123456, UTC)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a notebook may be; nothing is there yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/journal.sqlite"
    server: Postgres = request.getfixturevalue("postgres")
    return server.empty()


@pytest.fixture
def journal(address: str) -> Iterator[Journal]:
    with Journal.open(address) as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@contextmanager
def running(script: str, *arguments: str, n: int = 1) -> Iterator[list[subprocess.Popen[str]]]:
    """Run a script in several processes at once."""
    command = [sys.executable, "-c", SEEN_FROM_OUTSIDE + script, *arguments]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(n)
    ]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def together(work: Callable[[int], Any], n: int) -> list[Any]:
    """Do something in several threads at once."""
    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(work, range(n)))


SEEN_FROM_OUTSIDE = f"""
import sys
from lmscope.journal import Journal, Subject
NEURON = {NEURON!r}
"""


# --- visits ----------------------------------------------------------------------------------


def test_the_first_visit_makes_an_entry(journal: Journal) -> None:
    before = datetime.now(UTC)
    entry = journal.visit("Ada", NEURON)

    assert before <= entry.first_seen == entry.last_seen <= datetime.now(UTC)
    assert Entry(NEURON, entry.first_seen, entry.last_seen, 1, False, "", (), 1) == entry
    assert entry == journal.entry("Ada", NEURON)


def test_what_was_never_seen_has_no_entry(journal: Journal) -> None:
    journal.visit("Ada", NEURON)

    assert journal.entry("Ada", OTHER) is None
    assert journal.entry("Grace", NEURON) is None


def test_another_visit_is_counted_and_changes_nothing_that_a_person_wrote(
    journal: Journal,
) -> None:
    first = journal.visit("Ada", NEURON)
    journal.mark("Ada", NEURON, starred=True, note="digits", tags=["a"], version=1)
    entry = journal.visit("Ada", NEURON)

    assert (2, True, "digits", ("a",), 2) == (
        *(entry.n_visits, entry.starred, entry.note, entry.tags, entry.version),
    )
    assert first.first_seen == entry.first_seen < entry.last_seen


def test_a_clock_that_is_set_back_takes_no_time_away(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = journal.visit("Ada", NEURON)

    class SetBack(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return THEN - timedelta(days=9000)

    monkeypatch.setattr(store, "datetime", SetBack)
    entry = journal.visit("Ada", NEURON)

    assert (first.first_seen, first.last_seen, 2) == (
        *(entry.first_seen, entry.last_seen, entry.n_visits),
    )


def test_people_have_logs_of_their_own(journal: Journal) -> None:
    journal.visit("Grace", NEURON)
    journal.visit("Ada", NEURON)
    journal.visit("ada", OTHER)
    journal.mark("Ada", NEURON, note="mine", version=1)

    assert ["Ada", "Grace", "ada"] == journal.people()
    assert ["mine"] == [entry.note for entry in journal.entries("Ada")]
    assert [""] == [entry.note for entry in journal.entries("Grace")]


def test_a_name_is_the_same_however_it_is_typed(journal: Journal) -> None:
    journal.visit("Ren\u00e9e  Descartes", NEURON)
    entry = journal.visit(" Rene\u0301e Descartes\n", NEURON)

    assert 2 == entry.n_visits
    assert ["Ren\u00e9e Descartes"] == journal.people()


def test_a_model_whose_folder_was_renamed_keeps_its_entries(journal: Journal) -> None:
    journal.visit("Ada", NEURON)
    renamed = replace(NEURON, model="./models/solu")
    entry = journal.visit("Ada", renamed)

    assert (2, renamed) == (entry.n_visits, entry.subject)
    assert entry == journal.entry("Ada", NEURON)


def test_two_models_of_one_name_do_not_mix(journal: Journal) -> None:
    journal.visit("Ada", NEURON)
    entry = journal.visit("Ada", replace(NEURON, weights=OTHER_WEIGHTS))

    assert 1 == entry.n_visits
    assert 2 == len(journal.entries("Ada"))


def test_a_model_without_files_is_known_by_its_name(journal: Journal) -> None:
    mine, yours = replace(NEURON, weights=""), replace(OTHER, weights="", layer=0, neuron=737)
    journal.visit("Ada", mine)
    journal.visit("Ada", NEURON)
    journal.visit("Ada", yours)
    entry = journal.visit("Ada", mine)

    assert (2, mine) == (entry.n_visits, entry.subject)
    assert {mine, NEURON, yours} == {entry.subject for entry in journal.entries("Ada")}


def test_site_layer_and_neuron_tell_entries_apart(journal: Journal) -> None:
    for changed in ({}, {"site": "post"}, {"layer": 1}, {"neuron": 738}):
        journal.visit("Ada", replace(NEURON, **changed))

    assert Counts(4, 0) == journal.counts("Ada")


def test_threads_lose_no_visit(journal: Journal) -> None:
    counts = together(lambda i: [journal.visit(f"P{i % 2}", NEURON).n_visits for _ in range(20)], 8)

    entries = [journal.entry(name, NEURON) for name in ("P0", "P1")]
    assert [80, 80] == [entry and entry.n_visits for entry in entries]
    assert sorted([*range(1, 81)] * 2) == sorted(n for seen in counts for n in seen)


def test_processes_lose_no_visit_and_may_all_make_the_tables(address: str) -> None:
    script = """
with Journal.open(sys.argv[1]) as journal:
    for _ in range(20):
        journal.visit("Ada", NEURON)
"""
    with running(script, address, n=3) as processes:
        said = [process.communicate() for process in processes]

    assert [("", "")] * 3 == said
    with Journal.open(address) as journal:
        assert [60] == [entry.n_visits for entry in journal.entries("Ada")]


# --- changes ---------------------------------------------------------------------------------


def test_a_change_is_kept_and_what_it_does_not_name_stays(journal: Journal) -> None:
    journal.visit("Ada", NEURON)

    starred = journal.mark("Ada", NEURON, starred=True, version=1)
    noted = journal.mark("Ada", NEURON, note="fires on\n1) lists", version=2)
    tagged = journal.mark("Ada", NEURON, tags=["lists", " digits", "", "lists"], version=3)
    plain = journal.mark("Ada", NEURON, starred=False, note="", tags=[], version=4)

    seen = [(e.starred, e.note, e.tags, e.version) for e in (starred, noted, tagged, plain)]
    assert [
        (True, "", (), 2),
        (True, "fires on\n1) lists", (), 3),
        (True, "fires on\n1) lists", ("digits", "lists"), 4),
        (False, "", (), 5),
    ] == seen
    assert plain == journal.entry("Ada", NEURON)


def test_the_last_writer_does_not_win_silently(journal: Journal) -> None:
    journal.visit("Ada", NEURON)
    mine = journal.mark("Ada", NEURON, note="mine", version=1)

    with pytest.raises(StaleEntry) as caught:
        journal.mark("Ada", NEURON, note="yours", version=1)

    assert (
        "The entry of solu-1l/0/737 has changed meanwhile: your change was made to version 1, "
        "now it is version 2.\nSee what it says now, then make your change again."
    ) == str(caught.value)
    assert mine == caught.value.facts["entry"] == journal.entry("Ada", NEURON)


def test_a_version_that_never_was_is_stale_too(journal: Journal) -> None:
    journal.visit("Ada", NEURON)

    with pytest.raises(StaleEntry):
        journal.mark("Ada", NEURON, note="x", version=2)


def test_of_changes_at_the_same_moment_one_is_kept_and_the_others_are_told(
    journal: Journal,
) -> None:
    journal.visit("Ada", NEURON)

    def change(i: int) -> str | int:
        try:
            return journal.mark("Ada", NEURON, note=str(i), version=1).note
        except StaleEntry as stale:
            return int(stale.facts["entry"].version)

    said = together(change, 8)

    entry = journal.entry("Ada", NEURON)
    assert entry is not None
    assert sorted([entry.note, *[2] * 7], key=str) == sorted(said, key=str)


def test_what_was_never_seen_cannot_be_starred(journal: Journal) -> None:
    with pytest.raises(NotInLog) as caught:
        journal.mark("Ada", NEURON, starred=True, version=1)

    assert (
        "solu-1l/0/737 is not in the log of Ada: it was never looked at under this name.\n"
        "Look at it first."
    ) == str(caught.value)
    assert [] == journal.people()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"note": "x" * 20_001}, "A note has at most 20,000 characters; this one has 20,001."),
        ({"note": "a\0b"}, "A note cannot hold U+0000: PostgreSQL cannot store it."),
        ({"note": "\ud83d"}, "A note cannot hold U+D83D: it is half a character."),
        ({"tags": ["x" * 61]}, "A tag has 1 to 60 characters; this one has 61."),
        ({"tags": ["a\x1b[31m"]}, "A tag is written in visible characters, without U+001B."),
        ({"tags": ["\u202egat"]}, "A tag is written in visible characters, without U+202E."),
        (
            {"tags": ["\u200d"]},
            "A tag needs a letter, a digit or a sign that can be seen.",
        ),
        ({"tags": map(str, range(51))}, "A neuron has at most 50 tags; here are 51."),
    ],
)
def test_what_an_entry_cannot_hold_is_refused(
    changes: dict[str, Any], sentence: str, file: Path
) -> None:
    with Journal.open(file) as journal:
        before = journal.visit("Ada", NEURON)
        with pytest.raises(EntryRefused) as caught:
            journal.mark("Ada", NEURON, **changes, version=1)

        assert sentence == str(caught.value)
        assert before == journal.entry("Ada", NEURON)


@pytest.mark.parametrize(
    ("person", "sentence"),
    [
        ("", "A person's name has 1 to 60 characters; this one has 0."),
        (" \n ", "A person's name has 1 to 60 characters; this one has 0."),
        ("x" * 61, "A person's name has 1 to 60 characters; this one has 61."),
        ("A\0", "A person's name cannot hold U+0000: PostgreSQL cannot store it."),
        ("A\u200bda", "A person's name is written in visible characters, without U+200B."),
        ("\u0301", "A person's name needs a letter, a digit or a sign that can be seen."),
    ],
)
def test_a_name_that_nobody_could_read_is_refused(person: str, sentence: str, file: Path) -> None:
    with Journal.open(file) as journal:
        for ask in (
            lambda: journal.visit(person, NEURON),
            lambda: journal.entry(person, NEURON),
            lambda: journal.mark(person, NEURON, version=1),
            lambda: journal.entries(person),
            lambda: journal.counts(person),
            lambda: journal.export(person, "md"),
            lambda: journal.load(person, ""),
        ):
            with pytest.raises(EntryRefused) as caught:
                ask()
            assert sentence == str(caught.value)
        assert [] == journal.people()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"model": ""}, "A model's name has 1 to 500 characters; this one has 0."),
        ({"site": "x" * 21}, "A site has 1 to 20 characters; this one has 21."),
        (
            {"weights": "0" * 63},
            "The weights of a model are named by their SHA-256: 64 digits 0-9 a-f.",
        ),
        ({"layer": -1}, "A layer is a whole number from 0 to 2,147,483,647."),
        ({"neuron": 2**31}, "A neuron is a whole number from 0 to 2,147,483,647."),
    ],
)
def test_a_neuron_that_cannot_be_is_refused(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(EntryRefused) as caught:
        replace(NEURON, **wrong)

    assert sentence == str(caught.value)


def test_the_longest_of_everything_is_kept(journal: Journal) -> None:
    person, tags = "😀" * 60, [f"{'😀' * 57}{i:03}" for i in range(50)]
    subject = Subject("😀" * 500, "", "😀" * 20, 2**31 - 1, 2**31 - 1)
    journal.visit(person, subject)
    entry = journal.mark(person, subject, note="😀" * 20_000, tags=tags, version=1)

    assert ("😀" * 20_000, tuple(tags), subject) == (entry.note, entry.tags, entry.subject)
    assert [entry] == journal.entries(person)


@pytest.mark.parametrize("name", ["श्री\u200dमान", "👩\u200d🔬", "O'Brien; DROP TABLE people", "%_"])
def test_any_name_that_can_be_read_is_a_name(name: str, journal: Journal) -> None:
    journal.visit(name, NEURON)

    assert [name] == journal.people()
    assert Counts(1, 0) == journal.counts(name)


# --- the list --------------------------------------------------------------------------------


@pytest.fixture
def full(journal: Journal) -> Journal:
    for i in (5, 3, 4):
        journal.visit("Ada", replace(NEURON, neuron=i))
    journal.visit("Ada", OTHER)
    journal.mark("Ada", OTHER, starred=True, note="GROẞE Straße, 100%", tags=["Orte"], version=1)
    journal.visit("Ada", replace(NEURON, neuron=3))
    return journal


def indices(entries: list[Entry]) -> list[tuple[int, int]]:
    return [(entry.subject.layer, entry.subject.neuron) for entry in entries]


def test_what_was_seen_last_comes_first(full: Journal) -> None:
    assert [(0, 3), (1, 3), (0, 4), (0, 5)] == indices(full.entries("Ada"))


def test_what_was_seen_at_the_same_moment_stands_in_a_fixed_order(journal: Journal) -> None:
    subjects = [replace(NEURON, layer=i, site=s) for s in ("post", "Mid") for i in (2, 10, 1)]
    for subject in subjects:
        journal.load("Ada", lines(Entry(subject, THEN, THEN, 1, False, "", (), 1)))

    assert [("Mid", 1), ("Mid", 2), ("Mid", 10), ("post", 1), ("post", 2), ("post", 10)] == [
        (entry.subject.site, entry.subject.layer) for entry in journal.entries("Ada")
    ]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("", [(0, 3), (1, 3), (0, 4), (0, 5)]),
        ("große strasse", [(1, 3)]),
        ("STRASSE gelu", [(1, 3)]),
        ("strasse solu", []),
        ("orte", [(1, 3)]),
        ("l0n4", [(0, 4)]),
        ("0/5", [(0, 5)]),
        ("MID", [(0, 3), (0, 4), (0, 5)]),
        ("100%", [(1, 3)]),
        ("_", []),
    ],
)
def test_a_search_finds_words_anywhere_in_capitals_or_not(
    search: str, expected: list[tuple[int, int]], full: Journal
) -> None:
    assert expected == indices(full.entries("Ada", search))


def test_the_list_can_be_of_one_sort(full: Journal) -> None:
    assert [(1, 3)] == indices(full.entries("Ada", starred=True))
    assert [(0, 3), (0, 4), (0, 5)] == indices(full.entries("Ada", starred=False))
    assert [(1, 3)] == indices(full.entries("Ada", tag=" Orte"))
    assert [] == full.entries("Ada", tag="orte")
    assert [] == full.entries("Ada", "gelu", starred=False)


def test_neurons_are_counted(full: Journal) -> None:
    assert Counts(4, 1) == full.counts("Ada")
    assert Counts(0, 0) == full.counts("Grace")
    assert "seen 1 neuron, 0 starred" == str(Counts(1, 0))
    assert "seen 1,143 neurons, 9 starred" == str(Counts(1143, 9))


# --- export ----------------------------------------------------------------------------------


ENTRY = Entry(NEURON, THEN, THEN + timedelta(hours=1), 3, True, "<b> |\n*c*", ("a", "b"), 7)


def lines(*entries: Entry) -> str:
    return to_jsonl(entries)


def test_an_entry_as_json_has_the_keys_of_the_site() -> None:
    assert {
        "model": "solu-1l",
        "weights": WEIGHTS,
        "site": "mid",
        "layer": 0,
        "index": 737,
        "first_seen": "2025-11-24T22:14:15.123456Z",
        "last_seen": "2025-11-24T23:14:15.123456Z",
        "n_visits": 3,
        "starred": True,
        "note": "<b> |\n*c*",
        "tags": ["a", "b"],
        "version": 7,
    } == ENTRY.to_json()


def test_json_lines_have_everything_but_the_version() -> None:
    assert (
        f'{{"model": "solu-1l", "weights": "{WEIGHTS}", "site": "mid", "layer": 0, "index": 737, '
        '"first_seen": "2025-11-24T22:14:15.123456Z", "last_seen": "2025-11-24T23:14:15.123456Z", '
        '"n_visits": 3, "starred": true, "note": "<b> |\\n*c*", "tags": ["a", "b"]}\n'
    ) == lines(ENTRY)


def test_the_markdown_is_a_table() -> None:
    assert (
        "# Lab notebook of Ada \\[1\\]\n"
        "\n"
        "Seen 1 neuron, 1 starred.\n"
        "\n"
        "| Neuron | Model | Site | Star | Tags | Note | Visits | First seen | Last seen |\n"
        "|---|---|---|---|---|---|---|---|---|\n"
        "| L0N737 | solu-1l | mid | ★ | a, b | &lt;b&gt; \\|<br>\\*c\\* | 3 "
        "| 2025-11-24 22:14 UTC | 2025-11-24 23:14 UTC |\n"
    ) == to_markdown("Ada [1]", [ENTRY])


def test_the_markdown_of_an_empty_log_has_no_table() -> None:
    expected = "# Lab notebook of Ada\n\nSeen 0 neurons, 0 starred.\n\n"

    assert expected == to_markdown("Ada", [])


def test_the_csv_is_a_table_for_spreadsheets() -> None:
    assert (
        '\ufeff"model","weights","site","layer","index","first_seen","last_seen","n_visits",'
        '"starred","tags","note"\r\n'
        f'"solu-1l","{WEIGHTS}","mid",0,737,"2025-11-24T22:14:15.123456Z",'
        '"2025-11-24T23:14:15.123456Z",3,"yes","a, b","<b> |\n*c*"\r\n'
    ) == to_csv([ENTRY])


def test_a_log_is_exported_in_each_form(journal: Journal) -> None:
    journal.load("Ada", lines(ENTRY))

    found = journal.entries("Ada")
    assert lines(*found) == journal.export("Ada", "jsonl") == lines(ENTRY)
    assert to_markdown("Ada", found) == journal.export("Ada", "md")
    assert to_csv(found) == journal.export("Ada", "csv")


# Any text that a note may have, with much of what is dangerous somewhere.
texts = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
        st.sampled_from("=+-@\"',;|\t\r\n \\*_`[]<>&#~$!(){}:\u202e\u2028\x1b\x85"),
    ),
    max_size=40,
)


@settings(deadline=None)
@given(texts)
def test_no_note_becomes_a_formula_whatever_takes_the_csv_apart(note: str) -> None:
    written = to_csv([replace(ENTRY, note=note, subject=replace(NEURON, model="m" + note))])

    for cell in re.split('[,;|\t\r\n"]', written.removeprefix("\ufeff")):
        assert cell.lstrip()[:1] not in [*"=+-@\uff0b\uff0d\uff1d\uff20"]
    assert not set(written) & {"\x1b", "\x9b", "\u202e"}


@settings(deadline=None)
@given(texts)
def test_a_note_without_signs_of_formulas_survives_the_csv(note: str) -> None:
    note = re.sub("[^\\w ,;|\"'\n]", "", note)
    rows = list(csv.reader(io.StringIO(to_csv([replace(ENTRY, note=note)]), newline="")))

    assert note == rows[1][-1]


@settings(deadline=None)
@given(texts)
@example("&lt;b> &amp; &#42; &copy;")
def test_a_note_in_markdown_shows_as_it_was_typed(note: str) -> None:
    page = (
        MarkdownIt("commonmark")
        .enable("table")
        .render(to_markdown("Ada", [replace(ENTRY, note=note)]))
    )
    cells = re.findall("<td>(.*?)</td>", page, re.DOTALL)

    assert 9 == len(cells)
    shown = [html.unescape(line) for line in re.split("<br ?/?>", cells[5])]
    spelled = {i: chr(0x2400 + i) for i in range(32) if i != 9} | {0x202E: "\\u202e"}
    spelled |= {i: f"\\x{i:02x}" for i in range(0x7F, 0xA0)}
    expected = [line.translate(spelled) for line in note.splitlines()]
    for turning in [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]:
        expected = [line.replace(chr(turning), f"\\u{turning:04x}") for line in expected]
    assert "\n".join(expected).strip() == "\n".join(shown).strip()
    assert "<" not in re.sub("<br ?/?>", "", cells[5])


# --- import ----------------------------------------------------------------------------------


def entries_of_any_sort(n_neurons: int = 1000) -> st.SearchStrategy[Entry]:
    tags = st.lists(st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=9), max_size=4)
    times = st.datetimes(datetime(1970, 1, 2), datetime(2999, 12, 30), timezones=st.timezones())

    def build(neuron: int, seen: list[datetime], *rest: Any) -> Entry:
        n_visits, starred, note, its_tags, model = rest
        first, last = (time.astimezone(UTC) for time in (min(seen), max(seen)))
        subject = replace(NEURON, neuron=neuron, model=model)
        return Entry(subject, first, last, n_visits, starred, note, check_tags(its_tags), 1)

    return st.builds(
        build,
        st.integers(0, n_neurons - 1),
        st.lists(times, min_size=1, max_size=2),
        st.integers(1, 10**9),
        st.booleans(),
        texts,
        tags,
        texts.map(lambda text: "m" + text),
    )


@settings(deadline=None)
@given(st.lists(entries_of_any_sort(), max_size=5))
def test_what_is_exported_is_what_is_imported(made: list[Entry]) -> None:
    assert made == [entry for _, entry in read_lines(to_jsonl(made))]


@settings(deadline=None, max_examples=30)
@given(made=st.lists(entries_of_any_sort(), max_size=5, unique_by=lambda e: e.subject.neuron))
def test_an_imported_log_is_the_exported_one(made: list[Entry], journal_for_all: Journal) -> None:
    n_people = len(journal_for_all.people())
    one, two = f"P{n_people}", f"P{n_people} again"
    journal_for_all.visit(one, OTHER)  # makes the name known
    assert Imported(len(made), 0) == journal_for_all.load(two, lines(*made))
    exported = journal_for_all.export(two, "jsonl")
    assert Imported(len(made), 0) == journal_for_all.load(one, exported)

    order = [(entry.last_seen, entry.subject.neuron) for entry in made]
    assert {entry.subject.neuron: entry for entry in made} == {
        entry.subject.neuron: entry for entry in journal_for_all.entries(two)
    }
    assert sorted(order, key=lambda pair: (-pair[0].timestamp(), pair[1])) == [
        (entry.last_seen, entry.subject.neuron) for entry in journal_for_all.entries(two)
    ]
    journal_for_all.visit(two, OTHER)
    assert Imported(0, 0) == journal_for_all.load(two, exported)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def journal_for_all(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Journal]:
    """One notebook for all examples of a property; each takes people of its own."""
    where: str | Path = tmp_path_factory.mktemp("journal") / "journal.sqlite"
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        where = server.url(server.create())
    with Journal.open(where) as opened:
        yield opened


def paragraphs(note: str) -> set[str]:
    return {paragraph.strip() for paragraph in note.split("\n\n")} - {""}


@settings(deadline=None)
@given(entries_of_any_sort(1), entries_of_any_sort(1))
def test_a_merge_loses_nothing_and_a_second_one_changes_nothing(one: Entry, two: Entry) -> None:
    merged, other_way = merge(one, two), merge(two, one)

    assert merged == merge(merged, two) == merge(merged, one)
    assert one == merge(one, one)
    assert max(one.n_visits, two.n_visits) == merged.n_visits
    assert (min(one.first_seen, two.first_seen), max(one.last_seen, two.last_seen)) == (
        *(merged.first_seen, merged.last_seen),
    )
    assert (one.starred or two.starred) == merged.starred
    assert {*one.tags, *two.tags} == {*merged.tags}
    assert paragraphs(one.note) | paragraphs(two.note) == paragraphs(merged.note)
    is_changed = (one.starred, one.note, one.tags) != (merged.starred, merged.note, merged.tags)
    assert is_changed == (merged.version > one.version)
    # Two notebooks that read each other's log agree, but for the order of paragraphs.
    assert merged.note == merge(merged, other_way).note
    assert paragraphs(other_way.note) == paragraphs(merged.note)


@pytest.mark.parametrize(
    ("mine", "other", "expected"),
    [
        ("not a list neuron", "list neuron", "not a list neuron\n\nlist neuron"),
        ("a", "b\n\na\n\nc", "a\n\nb\n\nc"),
        ("a\n\nb", "a", "a\n\nb"),
        ("", "a\n", "a\n"),
        ("a\n", "b", "a\n\n\nb"),
        ("a", "", "a"),
    ],
)
def test_notes_are_joined_by_the_paragraph(mine: str, other: str, expected: str) -> None:
    assert expected == merge(replace(ENTRY, note=mine), replace(ENTRY, note=other)).note


def test_an_import_is_merged_with_what_is_there(journal: Journal) -> None:
    there = journal.visit("Ada", replace(NEURON, model="solu"))
    journal.mark("Ada", NEURON, note="mine", tags=["z"], version=1)
    earlier = replace(ENTRY, note="theirs")
    unseen = replace(ENTRY, subject=OTHER)

    assert Imported(1, 1) == journal.load("Ada", lines(earlier, unseen))
    assert replace(unseen, version=1) == journal.entry("Ada", OTHER)
    assert Entry(
        subject=there.subject,
        first_seen=THEN,
        last_seen=there.last_seen,
        n_visits=3,
        starred=True,
        note="mine\n\ntheirs",
        tags=("a", "b", "z"),
        version=3,
    ) == journal.entry("Ada", NEURON)
    before = journal.entries("Ada")
    assert Imported(0, 0) == journal.load("Ada", lines(earlier, unseen))
    assert before == journal.entries("Ada")


def test_the_later_visit_names_the_model(journal: Journal) -> None:
    journal.load("Ada", lines(ENTRY))
    later = replace(ENTRY, last_seen=THEN + timedelta(hours=2))
    journal.load("Ada", lines(replace(later, subject=replace(NEURON, model="renamed"))))
    journal.load("Ada", lines(ENTRY))

    assert ["renamed"] == [entry.subject.model for entry in journal.entries("Ada")]


def test_a_neuron_may_stand_in_several_lines(journal: Journal) -> None:
    twice = lines(ENTRY) + lines(replace(ENTRY, note="more", n_visits=9))

    assert Imported(1, 0) == journal.load("Ada", twice)
    assert [(9, "<b> |\n*c*\n\nmore")] == [(e.n_visits, e.note) for e in journal.entries("Ada")]
    assert Imported(0, 0) == journal.load("Ada", twice)


def test_an_import_forgives_what_editors_and_other_programs_add(journal: Journal) -> None:
    text = "\ufeff\n" + json.dumps(ENTRY.to_json() | {"catalogue": None}) + "\r\n\r\n"

    assert Imported(1, 0) == journal.load("Ada", text)
    assert [replace(ENTRY, version=1)] == journal.entries("Ada")
    assert Imported(0, 0) == journal.load("Grace", "\n")
    assert ["Ada"] == journal.people()


def test_neuron_and_times_are_enough(journal: Journal) -> None:
    short = {key: value for key, value in ENTRY.to_json().items() if key in SHORTEST}
    short |= {"first_seen": "2025-11-25T03:44:15.123456+05:30"}
    journal.load("Ada", json.dumps(short))

    expected = Entry(NEURON, THEN, ENTRY.last_seen, 1, False, "", (), 1)
    assert [expected] == journal.entries("Ada")


SHORTEST = ("model", "weights", "site", "layer", "index", "first_seen", "last_seen")
LACKS_NOTHING = ENTRY.to_json()
A_TIME = "a time looks like 2026-11-24T22:14:15Z."


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("{", "It is no JSON (Expecting property name enclosed in double quotes)."),
        ("[" * 100_000, "It is no JSON (it is too large)."),
        ("1" * 5000, "It is no JSON (it is too large)."),
        ("[1]", "It is no JSON object."),
        ({"layer": "0"}, "'layer' is \"0\"; it must be a whole number."),
        ({"layer": True}, "'layer' is true; it must be a whole number."),
        ({"layer": -1}, "A layer is a whole number from 0 to 2,147,483,647."),
        ({"index": [[]]}, "'index' is something else; it must be a whole number."),
        ({"index": 1.5}, "'index' is 1.5; it must be a whole number."),
        ({"model": None}, "'model' is null; it must be a text."),
        ({"weights": "abc"}, "The weights of a model are named by their SHA-256: "
                             "64 digits 0-9 a-f."),
        ({"site": ""}, "A site has 1 to 20 characters; this one has 0."),
        ({"first_seen": "yesterday"}, f"'first_seen' is \"yesterday\"; {A_TIME}"),
        ({"first_seen": "2025-11-24T22:14:15"},
         f"'first_seen' is \"2025-11-24T22:14:15\"; {A_TIME}"),
        ({"first_seen": "0001-01-01T00:00:00+23:00"},
         f"'first_seen' is \"0001-01-01T00:00:00+23:00\"; {A_TIME}"),
        ({"first_seen": "1969-01-01T00:00:00Z"},
         "A neuron is seen between 1970 and 2999, not in 1969."),
        ({"last_seen": "2000-01-01T00:00:00Z"},
         "It was first seen (2025-11-24 22:14:15.123456+00:00) after it was last seen "
         "(2000-01-01 00:00:00+00:00)."),
        ({"n_visits": 0}, "The number of visits is from 1 to 1,000,000,000."),
        ({"n_visits": 10**30}, "The number of visits is from 1 to 1,000,000,000."),
        ({"starred": 1}, "'starred' is 1; it must be true or false."),
        ({"note": "a\0"}, "A note cannot hold U+0000: PostgreSQL cannot store it."),
        ({"note": "\ud83d"}, "A note cannot hold U+D83D: it is half a character."),
        ({"note": "x" * 20_001}, "A note has at most 20,000 characters; this one has 20,001."),
        ({"note": "x" * 19_999}, "A note has at most 20,000 characters; this one has 20,005."),
        ({"tags": "a"}, "'tags' is \"a\"; it must be a list of texts."),
        ({"tags": [1]}, "'tags' must be a list of texts."),
        ({"tags": [f"{i}" for i in range(50)]}, "A neuron has at most 50 tags; here are 51."),
    ],
)  # fmt: skip
def test_of_a_text_with_a_wrong_line_nothing_is_imported(
    wrong: str | dict[str, Any], sentence: str, journal: Journal
) -> None:
    journal.visit("Ada", NEURON)
    before = [journal.mark("Ada", NEURON, note="mine", tags=["z"], version=1)]
    line = wrong if isinstance(wrong, str) else json.dumps(LACKS_NOTHING | wrong)

    with pytest.raises(ImportRefused) as caught:
        journal.load("Ada", f"{lines(replace(ENTRY, subject=OTHER))}\n{line}")

    assert f"Nothing was imported, because of line 3.\n{sentence}" == str(caught.value)
    assert before == journal.entries("Ada")


@pytest.mark.parametrize("key", SHORTEST)
def test_a_line_that_lacks_a_needed_field_is_refused(key: str) -> None:
    fields = {name: value for name, value in LACKS_NOTHING.items() if name != key}

    with pytest.raises(ImportRefused, match=f"line 1.\n'{key}' is missing; it must be a"):
        list(read_lines(json.dumps(fields)))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None, max_examples=200)
@given(st.text() | st.dictionaries(st.sampled_from([*LACKS_NOTHING]), json_values, max_size=2))
def test_any_text_is_imported_or_refused_in_a_sentence(text: str | dict[str, Any]) -> None:
    if not isinstance(text, str):
        text = json.dumps(LACKS_NOTHING | text)
    try:
        for _, entry in read_lines(text):
            assert isinstance(entry, Entry)
    except ImportRefused:
        pass


def test_visits_during_an_import_are_counted(journal: Journal) -> None:
    made = [replace(ENTRY, subject=replace(NEURON, neuron=i)) for i in range(200)]
    journal.load("Ada", lines(*made))

    def work(i: int) -> None:
        if i == 0:
            for round in range(5):  # each changes every entry
                tagged = [replace(entry, tags=(f"t{round}",)) for entry in made]
                assert Imported(0, 200) == journal.load("Ada", lines(*tagged))
        else:
            for neuron in range(40):
                journal.visit("Ada", replace(NEURON, neuron=neuron))

    together(work, 4)

    visits = {e.subject.neuron: e.n_visits for e in journal.entries("Ada")}
    assert {i: 6 if i < 40 else 3 for i in range(200)} == visits


def test_imports_at_the_same_moment_wait_for_each_other(journal: Journal) -> None:
    made = [replace(ENTRY, subject=replace(NEURON, neuron=i)) for i in range(200)]

    def load(i: int) -> Imported:
        tagged = [replace(entry, tags=(f"t{i}",)) for entry in (made if i % 2 else made[::-1])]
        return journal.load("Ada", lines(*tagged))

    done = together(load, 4)

    assert [Imported(0, 200)] * 3 + [Imported(200, 0)] == sorted(done, key=lambda d: d.n_added)
    assert {("t0", "t1", "t2", "t3")} == {entry.tags for entry in journal.entries("Ada")}


# --- kill -9 ---------------------------------------------------------------------------------

VISITING = """
import itertools
with Journal.open(sys.argv[1]) as journal:
    for i in itertools.count():
        subject = Subject(NEURON.model, NEURON.weights, "mid", i % 7, i)
        journal.visit(sys.argv[2], subject)
        journal.mark(sys.argv[2], subject, starred=True, note=f"note {i}", version=1)
        print(i, flush=True)
"""


def kept(journal: Journal, person: str) -> set[int]:
    """Give the neurons whose visit and change are both there."""
    return {
        entry.subject.neuron
        for entry in journal.entries(person)
        if entry.starred and entry.note == f"note {entry.subject.neuron}"
    }


def test_what_was_answered_survives_when_the_process_is_killed(address: str) -> None:
    # The second process finds what the end of the first one left behind.
    for person, n_answers in (("Ada", 1), ("Grace", 40)):
        with running(VISITING, address, person) as (process,):
            assert process.stdout is not None
            answered = [process.stdout.readline() for _ in range(n_answers)]
            process.send_signal(signal.SIGKILL)
            answered += process.stdout.readlines()
            assert -signal.SIGKILL == process.wait()
        with Journal.open(address) as journal:
            assert {int(line) for line in answered} <= kept(journal, person)
            assert len(journal.entries(person)) <= len(answered) + 1
            assert 1 == journal.visit(person, OTHER).n_visits


def test_what_was_answered_survives_when_the_server_is_killed(postgres: Postgres) -> None:
    address = postgres.url(postgres.create())
    with Journal.open(address) as journal, running(VISITING, address, "Ada") as (process,):
        journal.visit("Grace", NEURON)
        assert process.stdout is not None
        answered = [process.stdout.readline() for _ in range(40)]
        postgres.kill()
        try:
            rest, error = process.communicate(timeout=60)
        finally:
            postgres.start()
        answered += rest.splitlines()

        assert "JournalUnreachable" in error
        assert {int(line) for line in answered} <= kept(journal, "Ada")
        assert 2 == journal.visit("Grace", NEURON).n_visits  # its old connection is dead


# --- tables ----------------------------------------------------------------------------------


def tables(address: str) -> list[str]:
    engine = places.reach(address)
    try:
        return sorted(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_tables_and_migrations_agree(journal: Journal) -> None:
    with journal._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})

        assert [] == compare_metadata(context, metadata)


def test_the_newest_migration_is_known_without_alembic() -> None:
    assert REVISION == ScriptDirectory(str(Path(migrations.__file__).parent)).get_current_head()


def test_every_migration_can_be_undone_and_done_again(address: str) -> None:
    with Journal.open(address) as journal, journal._writer.begin() as connection:
        migrations.migrate(connection, "base")
    assert [VERSION_TABLE] == tables(address)
    with Journal.open(address) as journal:
        assert 1 == journal.visit("Ada", NEURON).n_visits
    assert ["entries", VERSION_TABLE, "people"] == tables(address)


def test_a_notebook_survives_being_opened_again(address: str) -> None:
    with Journal.open(address) as journal:
        journal.visit("Ada", NEURON)
        entry = journal.mark("Ada", NEURON, starred=True, note="n", tags=["a"], version=1)
    with Journal.open(address) as journal:
        assert [entry] == journal.entries("Ada")


def test_a_migration_that_is_cut_off_has_not_begun(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(MigrationContext, "stamp", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            Journal.open(address)

    assert [] == tables(address)
    with Journal.open(address) as journal:
        assert [] == journal.people()


def test_threads_may_all_make_the_tables(address: str) -> None:
    def open_and_visit(_: int) -> None:
        with Journal.open(address) as journal:
            journal.visit("Ada", NEURON)

    together(open_and_visit, 8)

    with Journal.open(address) as journal:
        assert [8] == [entry.n_visits for entry in journal.entries("Ada")]


def test_an_open_notebook_loads_neither_models_nor_alembic(address: str) -> None:
    Journal.open(address).close()
    script = """
with Journal.open(sys.argv[1]) as journal:
    journal.visit("Ada", NEURON)
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""
    with running(script, address) as (process,):
        loaded, error = process.communicate()

    assert "" == error
    assert set() == {"alembic", "numpy", "torch", "transformers"} & set(loaded.split())


# --- what may be in the way ------------------------------------------------------------------


def refusal(address: str | Path, kind: type[LmscopeError]) -> str:
    with pytest.raises(kind) as caught:
        Journal.open(address)
    said = str(caught.value)
    assert PASSWORD not in said
    assert "correct" not in said
    return said


def execute(journal: Journal, *statements: str) -> None:
    with journal._writer.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_a_notebook_of_a_newer_lmscope_is_left_alone(address: str) -> None:
    with Journal.open(address) as journal:
        execute(journal, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")

    assert (
        f"The lab notebook {journal.place} was written by a newer lmscope (its tables are of "
        f"revision 9999, this one knows {REVISION}).\n"
        "Get the newest with: pip install --upgrade lmscope"
    ) == refusal(address, JournalTooNew)


def test_tables_of_something_else_are_left_alone(address: str) -> None:
    with Journal.open(address) as journal:
        execute(
            journal,
            *("DROP TABLE entries", "DROP TABLE people", f"DROP TABLE {VERSION_TABLE}"),
            *(f"CREATE TABLE {name} (id INTEGER)" for name in ("songs", "albums", "bands", "zoo")),
        )

    assert (
        f"{journal.place} is no lab notebook: it has the tables of something else "
        "(albums, bands, songs, ...). Nothing was changed.\n"
        "Give the notebook a place of its own."
    ) == refusal(address, NotAJournal)
    assert ["albums", "bands", "songs", "zoo"] == tables(address)


def test_who_keeps_the_notebook_to_himself_is_waited_for_but_not_for_ever(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "PATIENCE_S", 0.3)
    with Journal.open(address) as journal, Journal.open(address) as other:
        journal.visit("Ada", NEURON)
        with other._writer.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("LOCK TABLE entries")
            with pytest.raises(JournalBusy) as caught:
                journal.visit("Ada", NEURON)

        assert (
            f"The lab notebook {journal.place} is in use by another process, which did not let go "
            "of it for 0.3 seconds.\nNothing was changed; try again."
        ) == str(caught.value)
        assert 2 == journal.visit("Ada", NEURON).n_visits


def test_a_crowd_waits_for_its_turn(journal: Journal) -> None:
    together(lambda i: journal.visit(f"P{i}", NEURON), 40)  # as many threads as a server has

    assert 40 == len(journal.people())


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("mysql://ada:correct@db/x", "mysql://... names no lab notebook: SQLite and PostgreSQL "
                                     "can keep one"),
        ("sqlite://", "sqlite://... names no lab notebook: after sqlite:/// comes the path of a "
                      "file"),
        ("sqlite:///a?mode=ro", "sqlite://... names no lab notebook: after sqlite:/// comes the "
                                "path of a file"),
        ("sqlite:///", "sqlite://... names no lab notebook: a notebook in memory would be lost; "
                       "name a file"),
        (":memory:", "sqlite://... names no lab notebook: a notebook in memory would be lost; "
                     "name a file"),
        ("postgresql:/ada:correct@db/x", "postgresql://... names no lab notebook: two slashes "
                                         "follow the colon"),
        ("Postgres+psycopg:/ada:correct@db/x", "postgresql://... names no lab notebook: two "
                                               "slashes follow the colon"),
        ("postgresql://ada:correct@db:correct/x", "postgresql://... names no lab notebook: write "
         "it as postgresql://NAME:PASSWORD@HOST:5432/DATABASE"),
        ("postgresql://ada:in@correct@db/x", "postgresql://... names no lab notebook: in its name "
         "and password write @ as %40, / as %2F"),
        ("postgres://ada:in@b/correct@db/x", "postgresql://... names no lab notebook: in its name "
         "and password write @ as %40, / as %2F"),
    ],
)  # fmt: skip
def test_an_address_that_names_no_notebook_is_not_repeated(address: str, sentence: str) -> None:
    assert (
        f"The address {sentence}.\nGive a file, or postgresql://NAME:PASSWORD@HOST/DATABASE."
    ) == refusal(address, UnknownJournal)


# --- where it is -----------------------------------------------------------------------------


def test_it_lies_in_the_data_folder_of_the_person_unless_the_environment_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_data_path", lambda name, **_: tmp_path / "new" / name)
    monkeypatch.delenv("LMSCOPE_JOURNAL", raising=False)
    with Journal.open() as journal:
        assert str(tmp_path / "new" / "lmscope" / "journal.sqlite") == journal.place
    for address in (str(tmp_path / "x.sqlite"), f"sqlite:///{tmp_path}/x.sqlite"):
        monkeypatch.setenv("LMSCOPE_JOURNAL", address)
        with Journal.open() as journal:
            assert str(tmp_path / "x.sqlite") == journal.place
    with Journal.open(tmp_path / "y.sqlite") as journal:
        assert str(tmp_path / "y.sqlite") == journal.place


def test_a_data_folder_that_cannot_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path / "file" / "x")
    monkeypatch.delenv("LMSCOPE_JOURNAL", raising=False)

    with pytest.raises(NotUsable) as caught:
        Journal.open()
    assert f"{tmp_path}/file/x cannot be used: not a directory." == str(caught.value)


@pytest.mark.parametrize("name", ["a b", "50%", "a?b#c", "é", "file:x"])
def test_a_file_may_have_any_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Journal.open(name) as journal:
        journal.visit("Ada", NEURON)

    assert (tmp_path / name).exists()
    with Journal.open(tmp_path / name) as journal:
        assert ["Ada"] == journal.people()


# --- SQLite ----------------------------------------------------------------------------------


def test_a_file_is_kept_so_that_readers_and_a_crash_do_no_harm(file: Path) -> None:
    with Journal.open(file) as journal, journal._engine.connect() as connection:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        asked = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names]

    assert ["wal", 2, 1, 30_000] == asked


def test_readers_do_not_wait_for_a_writer(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "PATIENCE_S", 0)
    with Journal.open(file) as journal:
        journal.visit("Ada", NEURON)
        with journal._writer.begin() as connection:
            connection.exec_driver_sql("DELETE FROM entries")
            assert Counts(1, 0) == journal.counts("Ada")
            connection.rollback()


def test_a_file_is_made_ready_while_another_process_writes(file: Path) -> None:
    Journal.open(file).close()
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("PRAGMA journal_mode = DELETE")  # as it is before the first process is ready
    other.execute("BEGIN IMMEDIATE")
    engine = places.reach(file)
    done = threading.Timer(0.3, other.rollback)
    done.start()
    places.settle(engine)
    engine.dispose()
    done.join()

    other.close()

    reader = sqlite3.connect(file)
    assert [("wal",)] == reader.execute("PRAGMA journal_mode").fetchall()
    reader.close()


def test_what_is_no_database_is_left_alone(file: Path) -> None:
    file.write_text("Dear diary, " * 500)

    assert (
        f"{file} is no lab notebook: it is no SQLite database. Nothing was changed.\n"
        "Give the notebook a place of its own."
    ) == refusal(file, NotAJournal)
    assert "Dear diary, " * 500 == file.read_text()


def test_another_programs_file_keeps_its_bytes(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE songs (id INTEGER)")
    connection.close()
    before = hashlib.sha256(file.read_bytes()).digest()

    assert "(songs)" in refusal(file, NotAJournal)
    assert before == hashlib.sha256(file.read_bytes()).digest()
    assert [file] == list(file.parent.iterdir())


def test_an_empty_file_becomes_a_notebook(file: Path) -> None:
    file.touch()

    with Journal.open(file) as journal:
        assert 1 == journal.visit("Ada", NEURON).n_visits


def test_a_damaged_file_is_told_apart(file: Path) -> None:
    with Journal.open(file) as journal:
        journal.load("Ada", lines(*(replace(ENTRY, subject=replace(NEURON, neuron=i))
                                    for i in range(500))))  # fmt: skip
    damaged = bytearray(file.read_bytes())
    damaged[4096:] = b"\xa5" * (len(damaged) - 4096)
    file.write_bytes(damaged)

    sentence = (
        f"The lab notebook {file} is damaged: database disk image is malformed.\n"
        f"Save what can still be read with: sqlite3 {file} .recover"
    )
    assert sentence == refusal(file, JournalDamaged)


def test_damage_that_shows_later_is_explained_too(file: Path) -> None:
    with Journal.open(file) as journal:
        journal.load("Ada", lines(*(replace(ENTRY, subject=replace(NEURON, neuron=i))
                                    for i in range(500))))  # fmt: skip
    damaged = bytearray(file.read_bytes())
    damaged[10 * 4096 :] = b"\xa5" * (len(damaged) - 10 * 4096)
    file.write_bytes(damaged)

    with Journal.open(file) as journal, pytest.raises(JournalDamaged):
        journal.entries("Ada")


def test_a_full_disk_is_told_and_keeps_what_was_there(file: Path) -> None:
    with Journal.open(file) as journal:
        entry = journal.visit("Ada", NEURON)
        event.listen(
            journal._engine,
            "connect",
            lambda connection, _: connection.execute("PRAGMA max_page_count = 1"),
        )
        journal._engine.dispose()
        with pytest.raises(DiskFull) as caught:
            journal.mark("Ada", NEURON, note="x" * 20_000, version=1)

        assert (
            f"The disk is full: {file} could not be written.\nWhat the log held before is kept."
        ) == str(caught.value)
        assert [entry] == journal.entries("Ada")


def test_a_python_with_an_old_sqlite_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.34.1")

    assert f"{file} cannot be used: Python's SQLite is 3.34.1, older than 3.35." == refusal(
        file, NotUsable
    )


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert f"{tmp_path} cannot be used: it is a folder; name a file in it." == refusal(
        tmp_path, NotUsable
    )


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "typo" / "journal.sqlite"

    assert f"{path} cannot be used: there is no folder {tmp_path}/typo." == refusal(path, NotUsable)


@pytest.fixture
def without_rights() -> Iterator[Path]:
    """Give a folder, in a process that may only do what its permissions allow: not as root."""
    folder = Path(tempfile.mkdtemp(prefix="lmscope-journal-"))
    nobody = 65534
    is_root = os.geteuid() == 0
    if is_root:
        os.chown(folder, nobody, -1)
        os.setresuid(nobody, nobody, 0)
    try:
        yield folder
    finally:
        if is_root:
            os.setresuid(0, 0, 0)
        folder.chmod(0o700)
        shutil.rmtree(folder)


def test_a_folder_that_may_not_be_written_is_named(without_rights: Path) -> None:
    without_rights.chmod(0o500)
    path = without_rights / "journal.sqlite"

    assert f"{path} cannot be used: files in {without_rights} may not be written." == refusal(
        path, NotUsable
    )


@pytest.mark.parametrize("mode", [0o000, 0o400])
def test_a_file_that_may_not_be_written_is_named(mode: int, without_rights: Path) -> None:
    path = without_rights / "journal.sqlite"
    Journal.open(path).close()
    path.chmod(mode)

    assert f"{path} cannot be used: it may not be written to." == refusal(path, NotUsable)


# --- PostgreSQL ------------------------------------------------------------------------------


def test_the_address_is_told_without_name_and_password(postgres: Postgres) -> None:
    name = postgres.create()
    with Journal.open(postgres.url(name)) as journal:
        assert f"postgresql://127.0.0.1:{postgres.port}/{name}" == journal.place


@pytest.mark.parametrize("scheme", ["postgres", "postgresql+psycopg", "postgresql+psycopg2"])
def test_other_spellings_of_the_scheme_are_taken(scheme: str, postgres: Postgres) -> None:
    address = postgres.url(postgres.create()).replace("postgresql", scheme)

    with Journal.open(address) as journal:
        assert 1 == journal.visit("Ada", NEURON).n_visits


def test_a_server_that_is_not_there_is_explained() -> None:
    assert (
        "The lab notebook at postgresql://127.0.0.1:1/log cannot be used: Connection refused.\n"
        "Try whether the database answers with: psql -h 127.0.0.1 -p 1 -U ada -d log"
    ) == refusal("postgresql://ada:correct@127.0.0.1:1/log", JournalUnreachable)


def test_a_host_that_is_not_there_is_explained() -> None:
    said = refusal("postgresql://ada:correct@no-such-host.invalid/log", JournalUnreachable)

    assert said.startswith(
        "The lab notebook at postgresql://no-such-host.invalid/log cannot be used: failed to "
        "resolve host 'no-such-host.invalid'"
    )


@pytest.mark.parametrize(
    ("user", "password", "database", "reason"),
    [
        ("lmscope", "correct%20but%20wrong", "postgres",
         'password authentication failed for user "lmscope"'),
        ("ada", "correct", "postgres", 'password authentication failed for user "ada"'),
        ("lmscope", None, "nothing", 'database "nothing" does not exist'),
        ("lmscope", None, "postgres?colour=red", 'invalid connection option "colour"'),
    ],
)  # fmt: skip
def test_a_server_that_refuses_is_explained(
    user: str, password: str | None, database: str, reason: str, postgres: Postgres
) -> None:
    address = postgres.url(database, user, *([password] if password else []))
    name = database.partition("?")[0]

    assert (
        f"The lab notebook at postgresql://127.0.0.1:{postgres.port}/{name} cannot be used: "
        f"{reason}.\nTry whether the database answers with: "
        f"psql -h 127.0.0.1 -p {postgres.port} -U {user} -d {name}"
    ) == refusal(address, JournalUnreachable)


def test_a_user_who_may_not_make_tables_is_told(postgres: Postgres) -> None:
    name = postgres.create()
    with postgres.connect(name) as connection:
        connection.execute("CREATE ROLE guest LOGIN PASSWORD 'correct'")
    try:
        said = refusal(postgres.url(name, "guest", "correct"), JournalUnreachable)
    finally:
        with postgres.connect(name) as connection:
            connection.execute("DROP ROLE guest")

    assert f"/{name} cannot be used: permission denied for schema public.\n" in said


def test_an_encoding_without_most_characters_is_refused(postgres: Postgres) -> None:
    name = postgres.create("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")

    assert (
        f"postgresql://127.0.0.1:{postgres.port}/{name} is no lab notebook: its encoding is "
        "LATIN1, which lacks most characters. Nothing was changed.\n"
        "Make another with: createdb --encoding UTF8 --template template0 NAME"
    ) == refusal(postgres.url(name), NotAJournal)


@pytest.mark.parametrize(
    ("setting", "value", "kept_value"),
    [
        ("synchronous_commit", "off", "on"),
        ("synchronous_commit", "remote_apply", "remote_apply"),
        ("default_transaction_isolation", "serializable", "read committed"),
        ("timezone", "Asia/Kolkata", "Asia/Kolkata"),
    ],
)
def test_settings_of_the_server_do_no_harm(
    setting: str, value: str, kept_value: str, postgres: Postgres
) -> None:
    name = postgres.create()
    with postgres.connect(name) as connection:
        connection.execute(f"ALTER DATABASE {name} SET {setting} = '{value}'".encode())

    with Journal.open(postgres.url(name)) as journal:
        entry = journal.visit("Ada", NEURON)
        assert UTC == entry.first_seen.tzinfo
        assert [entry] == journal.entries("Ada")
        with journal._engine.connect() as connection:
            shown = setting.replace("default_transaction", "transaction")
            assert kept_value == connection.exec_driver_sql(f"SHOW {shown}").scalar_one()


def test_an_import_waits_for_another_one_and_a_visit_does_not(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = postgres.empty()
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with Journal.open(address) as journal, ThreadPoolExecutor(1) as pool:
        journal.visit("Ada", NEURON)
        with postgres.connect("journal") as another, another.transaction():
            another.execute("SELECT id FROM entries FOR UPDATE")
            importing = pool.submit(journal.load, "Ada", lines(ENTRY))
            while another.execute(waiting).fetchone() != (1,):
                time.sleep(0.01)
            monkeypatch.setattr(places, "PATIENCE_S", 0.3)
            with Journal.open(address) as impatient:
                assert 1 == impatient.visit("Ada", OTHER).n_visits
                with pytest.raises(JournalBusy):
                    impatient.load("Ada", lines(replace(ENTRY, subject=OTHER)))
        assert Imported(0, 1) == importing.result()
        with postgres.connect("journal") as another, another.transaction():
            another.execute("SELECT id FROM people FOR NO KEY UPDATE")  # as an import holds it
            with Journal.open(address) as impatient, pytest.raises(JournalBusy):
                impatient.load("Ada", lines(ENTRY))


def test_a_first_visit_in_the_middle_of_an_import_is_merged(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = postgres.empty()
    merge_known = store._merge_known
    with Journal.open(address) as journal, Journal.open(address) as other:
        journal.visit("Ada", OTHER)

        def merge_then_visit(*arguments: Any) -> int:
            monkeypatch.undo()
            n_merged = merge_known(*arguments)
            other.visit("Ada", NEURON)
            return n_merged

        monkeypatch.setattr(store, "_merge_known", merge_then_visit)
        many = lines(ENTRY, replace(ENTRY, subject=replace(NEURON, neuron=1)))
        assert Imported(1, 1) == journal.load("Ada", many)
        entry = journal.entry("Ada", NEURON)

    assert entry is not None
    assert (THEN, 3, ENTRY.note) == (entry.first_seen, entry.n_visits, entry.note)


def test_the_order_is_not_that_of_the_servers_language(postgres: Postgres) -> None:
    name = postgres.create("LOCALE_PROVIDER icu ICU_LOCALE 'en' TEMPLATE template0")
    with Journal.open(postgres.url(name)) as journal:
        for person in ("b", "a", "C"):
            for site in ("b", "a", "C"):
                subject = replace(NEURON, site=site)
                journal.load(person, lines(Entry(subject, THEN, THEN, 1, False, "", (), 1)))

        assert ["C", "a", "b"] == journal.people()
        assert ["C", "a", "b"] == [entry.subject.site for entry in journal.entries("a")]


def test_without_its_driver_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "psycopg"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)

    assert (
        "A lab notebook in PostgreSQL needs packages that are not installed.\n"
        'Get them with: pip install "lmscope[postgres]"'
    ) == refusal("postgresql://ada@127.0.0.1/log", MissingExtra)
