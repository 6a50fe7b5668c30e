"""The lab notebook, on SQLite and on PostgreSQL: visits, changes, lists, export and import."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import (
    ENTRY,
    NEURON,
    OTHER,
    OTHER_WEIGHTS,
    THEN,
    WEIGHTS,
    Postgres,
    lines,
    running,
    together,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from lmscope.errors import EntryRefused, ImportRefused, NotInLog, StaleEntry
from lmscope.journal import Counts, Entry, Imported, Journal, Subject, store
from lmscope.journal.entries import check_tags, merge
from lmscope.journal.formats import read_lines, to_csv, to_jsonl, to_markdown

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
