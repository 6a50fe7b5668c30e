"""Hypotheses and their tests in the lab notebook: dated, never changed, failed ones kept."""

from __future__ import annotations

import csv
import hashlib
import html
import io
import json
import re
import signal
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import ENTRY, NEURON, OTHER, OTHER_WEIGHTS, THEN, lines, running, together
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from sqlalchemy import exc, inspect, text

from lmscope.cli import main
from lmscope.errors import EntryRefused, ImportRefused, NotInLog, NotProposed
from lmscope.journal import (
    Counts,
    Imported,
    Journal,
    Proposed,
    Subject,
    Tested,
    migrations,
    places,
    store,
)
from lmscope.journal.formats import read_lines, to_csv, to_jsonl, to_markdown
from lmscope.journal.records import check_result, fingerprint
from lmscope.journal.tables import REVISION

LISTS = "5c" * 32
DIGITS = "d1" * 32
CLAIM, RULE = "fires on lists a) b) c)", r"(?:^|\s)[a-z]>>\)"
CONTENTS = {"claim": CLAIM, "rule": RULE, "offset": None, "thresholds": {"precision": 0.5}}
DATA = {"corpus": ["texts/"], "tokens": 10_000, "documents": 7, "seed": 0, "lmscope": "0.1.0"}
RESULT = {"verdict": "not supported", "ap": 0.1, "counter_examples": [{"token": " b"}]}
PROPOSED = Proposed(LISTS, CLAIM, RULE, CONTENTS, THEN, None, 1)
EDITED = replace(PROPOSED, sha256=DIGITS, rule="|", proposed=THEN, parent=LISTS, version=2)
TESTED = Tested(
    1,
    NEURON,
    PROPOSED,
    THEN + timedelta(minutes=5),
    "not supported",
    DATA,
    RESULT,
    fingerprint(RESULT),
)


def propose(journal: Journal, sha256: str = LISTS, person: str = "Ada", **rest: Any) -> Proposed:
    wanted: dict[str, Any] = {"contents": CONTENTS, "claim": CLAIM, "rule": RULE} | rest
    return journal.propose(person, sha256=sha256, **wanted)


def log_test(
    journal: Journal,
    subject: Subject = NEURON,
    sha256: str = LISTS,
    person: str = "Ada",
    **rest: Any,
) -> Tested:
    wanted: dict[str, Any] = {"verdict": "not supported", "data": DATA, "result": RESULT} | rest
    return journal.log_test(person, subject, sha256, **wanted)


@pytest.fixture
def set_back(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set the clock of the notebook."""

    def to(time: datetime) -> None:
        class SetBack(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return time

        monkeypatch.setattr(store, "datetime", SetBack)

    return to


# --- hypotheses ------------------------------------------------------------------------------


def test_a_hypothesis_is_dated_when_it_is_proposed(journal: Journal) -> None:
    before = datetime.now(UTC)
    found = propose(journal)

    assert before <= found.proposed <= datetime.now(UTC)
    assert replace(PROPOSED, proposed=found.proposed) == found
    assert [found] == journal.hypotheses("Ada")


def test_what_was_proposed_stays_as_it_was_with_its_date(journal: Journal) -> None:
    first = propose(journal)

    assert first == propose(journal)
    assert first == propose(journal, contents={}, claim="another", rule="", parent=DIGITS)
    assert [first] == journal.hypotheses("Ada")


def test_an_edit_is_a_new_version_and_the_old_one_stays(journal: Journal) -> None:
    first = propose(journal)
    second = propose(journal, DIGITS, rule="[0-9]", parent=LISTS)
    third = propose(journal, "3f" * 32, rule="[0-9]+", parent=DIGITS)
    branch = propose(journal, "4f" * 32, rule="[a-z]", parent=LISTS)

    assert [(None, 1), (LISTS, 2), (DIGITS, 3), (LISTS, 2)] == [
        (it.parent, it.version) for it in (first, second, third, branch)
    ]
    assert [branch, third, second, first] == journal.hypotheses("Ada")


def test_people_have_hypotheses_of_their_own(journal: Journal) -> None:
    mine = propose(journal)
    hers = propose(journal, person="Grace", claim="hers")
    log_test(journal)

    assert ("hers", CLAIM) == (hers.claim, mine.claim)
    assert [hers] == journal.hypotheses(" Grace")
    assert [] == journal.tests("Grace")
    assert [] == journal.hypotheses("Linus")
    with pytest.raises(NotProposed):
        propose(journal, "3f" * 32, person="Linus", parent=LISTS)
    assert ["Ada", "Grace"] == journal.people()


def test_an_edit_needs_what_it_is_an_edit_of(journal: Journal) -> None:
    with pytest.raises(NotProposed) as caught:
        propose(journal, parent=LISTS)

    assert (
        "The hypothesis 5c5c5c5c5c5c is not on record: Ada has proposed none with this hash.\n"
        "Propose it first; then it can be tested, or edited into a new version."
    ) == str(caught.value)
    assert [] == journal.people()


A_HASH = "A hypothesis is known by its SHA-256: 64 digits 0-9 a-f."


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"sha256": "5c" * 31}, A_HASH),
        ({"sha256": "5C" * 32}, A_HASH),
        ({"sha256": LISTS + "\n"}, A_HASH),
        ({"parent": ""}, A_HASH),
        ({"claim": "x" * 2001}, "A claim has at most 2,000 characters; this one has 2,001."),
        ({"claim": "a\0"}, "A claim cannot hold U+0000: PostgreSQL cannot store it."),
        ({"rule": "x" * 20_001}, "A rule has at most 20,000 characters; this one has 20,001."),
        ({"rule": "\ud83d"}, "A rule cannot hold U+D83D: it is half a character."),
        ({"contents": []}, "A hypothesis is a JSON object."),
        (
            {"contents": {"a": "x" * 10**6}},
            "A hypothesis has at most 1,000,000 bytes as JSON; this one has 1,000,009.",
        ),
    ],
)
def test_a_hypothesis_that_cannot_be_kept_is_refused(
    wrong: dict[str, Any], sentence: str, file: Path
) -> None:
    with Journal.open(file) as journal:
        with pytest.raises(EntryRefused) as caught:
            propose(journal, **wrong)

        assert sentence == str(caught.value)
        assert [] == journal.people()


# --- tests -----------------------------------------------------------------------------------


def test_a_test_is_kept_with_all_that_belongs_to_it(journal: Journal) -> None:
    proposed = propose(journal)
    found = log_test(journal)

    assert proposed.proposed <= found.tested <= datetime.now(UTC)
    assert replace(TESTED, id=found.id, hypothesis=proposed, tested=found.tested) == found
    assert [found] == journal.tests("Ada")
    assert found == journal.test("Ada", found.id)


def test_every_test_stays_the_failed_ones_too(journal: Journal) -> None:
    propose(journal)
    propose(journal, DIGITS)
    failed = log_test(journal)
    held = log_test(journal, verdict="supported", result={"ap": 0.9})
    again = log_test(journal)
    elsewhere = log_test(journal, OTHER, DIGITS)

    assert [elsewhere, again, held, failed] == journal.tests("Ada")
    assert [again, held, failed] == journal.tests("Ada", NEURON)
    assert [elsewhere] == journal.tests("Ada", hypothesis=DIGITS)
    assert [] == journal.tests("Ada", NEURON, DIGITS)
    assert ["not supported", "supported", "not supported"] == [
        test.verdict for test in journal.tests("Ada", replace(NEURON, model="renamed"), LISTS)
    ]


def test_what_was_not_proposed_cannot_be_tested(journal: Journal) -> None:
    with pytest.raises(NotProposed) as caught:
        log_test(journal)

    assert {"person": "Ada", "sha256": LISTS} == caught.value.facts
    assert [] == journal.people()
    propose(journal, person="Grace")
    with pytest.raises(NotProposed):
        log_test(journal)
    assert 1 == journal.n_looked_at("Ada", OTHER)


def test_no_clock_makes_a_test_older_than_its_hypothesis(journal: Journal, set_back: Any) -> None:
    proposed = propose(journal)
    set_back(THEN - timedelta(days=9000))

    assert proposed.proposed == log_test(journal).tested


def test_the_same_result_at_the_same_moment_is_one_test(journal: Journal, set_back: Any) -> None:
    propose(journal)
    set_back(datetime.now(UTC) + timedelta(days=1))

    assert log_test(journal) == log_test(journal)
    assert log_test(journal).id != log_test(journal, OTHER).id
    assert 2 == len(journal.tests("Ada"))


def test_a_test_is_looked_up_by_its_number_and_person(journal: Journal) -> None:
    propose(journal)
    propose(journal, person="Grace")
    found = log_test(journal)

    assert None is journal.test("Grace", found.id)
    for id in (found.id + 1, 0, -1, 2**31, 2**70):
        assert None is journal.test("Ada", id)


def test_a_test_is_no_visit(journal: Journal) -> None:
    propose(journal)
    test = log_test(journal)

    assert None is journal.entry("Ada", NEURON)
    assert [] == journal.entries("Ada")
    assert Counts(0, 0) == journal.counts("Ada")
    with pytest.raises(NotInLog):
        journal.mark("Ada", NEURON, starred=True, version=1)
    entry = journal.visit("Ada", NEURON)
    assert (1, 1) == (entry.n_visits, entry.version)
    assert test.tested < entry.first_seen == entry.last_seen
    log_test(journal)
    assert entry == journal.entry("Ada", NEURON)
    assert 2 == journal.visit("Ada", NEURON).n_visits


def test_a_first_visit_with_an_earlier_clock_has_one_time(journal: Journal, set_back: Any) -> None:
    propose(journal)
    log_test(journal)
    set_back(THEN)
    entry = journal.visit("Ada", NEURON)

    assert (THEN, THEN) == (entry.first_seen, entry.last_seen)


def test_a_neuron_that_was_tested_is_imported_as_if_it_were_new(journal: Journal) -> None:
    propose(journal)
    test = log_test(journal)

    assert Imported(1, 0) == journal.load("Ada", lines(ENTRY))
    assert replace(ENTRY, version=1) == journal.entry("Ada", NEURON)
    assert Imported(0, 0) == journal.load("Ada", lines(ENTRY))
    assert [test] == journal.tests("Ada")


def test_the_neurons_that_were_looked_at_are_counted_per_model_and_site(journal: Journal) -> None:
    propose(journal)
    assert 1 == journal.n_looked_at("Ada", NEURON)
    for i in range(3):
        journal.visit("Ada", replace(NEURON, neuron=i))
    for i in (2, 3, 3):
        log_test(journal, replace(NEURON, neuron=i))
    journal.visit("Ada", replace(NEURON, layer=1, neuron=0, model="renamed"))
    for subject in (
        replace(NEURON, site="post"),
        replace(NEURON, weights=OTHER_WEIGHTS),
        replace(NEURON, weights=""),
    ):
        journal.visit("Ada", subject)
    journal.visit("Grace", replace(NEURON, neuron=99))

    assert 5 == journal.n_looked_at("Ada", replace(NEURON, neuron=2))
    assert 6 == journal.n_looked_at("Ada", NEURON)  # itself, though it is not in the log yet
    log_test(journal)
    assert 6 == journal.n_looked_at("Ada", NEURON)
    assert 2 == journal.n_looked_at("Grace", NEURON)
    assert 1 == journal.n_looked_at("Nobody", NEURON)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"sha256": "x"}, A_HASH),
        ({"verdict": ""}, "A verdict has 1 to 60 characters; this one has 0."),
        ({"verdict": "a\0"}, "A verdict cannot hold U+0000: PostgreSQL cannot store it."),
        ({"verdict": "x" * 61}, "A verdict has 1 to 60 characters; this one has 61."),
        ({"result": {"p": float("nan")}}, "A result cannot hold nan: JSON has no such number."),
        (
            {"result": {"a": [{"b": float("-inf")}]}},
            "A result cannot hold -inf: JSON has no such number.",
        ),
        ({"data": {"p": 1e999}}, "The data of a test cannot hold inf: JSON has no such number."),
        ({"result": {"n": 2**70}}, "A result cannot hold whole numbers of more than 64 bits."),
        ({"result": {1: 2}}, "A result cannot hold an object whose keys are no texts."),
        ({"result": {"\udc80": 1}}, "A result cannot hold U+DC80: it is half a character."),
        ({"result": {"a": {1}}}, "A result is plain JSON and cannot hold a set."),
        ({"result": None}, "A result is a JSON object."),
        (
            {"result": json.loads('{"a":' + "[" * 101 + "]" * 101 + "}")},
            "A result has lists and objects in each other at most 100 deep.",
        ),
        (
            {"result": {"a": "é" * 10**6}},
            "A result has at most 2,000,000 bytes as JSON; this one has 2,000,009.",
        ),
        (
            {"data": {"a": "x" * 10**5}},
            "The data of a test has at most 100,000 bytes as JSON; this one has 100,009.",
        ),
    ],
)
def test_a_test_that_cannot_be_kept_is_refused(
    wrong: dict[str, Any], sentence: str, file: Path
) -> None:
    with Journal.open(file) as journal:
        propose(journal)
        with pytest.raises(EntryRefused) as caught:
            log_test(journal, **wrong)

        assert sentence == str(caught.value)
        assert [] == journal.tests("Ada")


HOSTILE: dict[str, Any] = {
    "nul \0": ["\0\x1b\u2028\u202e😀", "'; DROP TABLE tests; --", "%s %(a)s :a"],
    "numbers": [0.1, -0.0, 5e-324, 1e308, 2**63, -(2**63), 1, True, None],
    "": {"": [[], {}]},
}


def test_any_json_is_read_as_it_was_written(journal: Journal) -> None:
    propose(journal, contents=HOSTILE)
    found = log_test(journal, data=HOSTILE, result=HOSTILE)

    assert repr([HOSTILE] * 3) == repr([found.hypothesis.contents, found.data, found.result])
    assert fingerprint(HOSTILE) == found.result_sha256
    assert Imported(0, 0, 1, 1) == journal.load("Grace", journal.export("Ada", "jsonl"))
    assert repr(HOSTILE) == repr(journal.tests("Grace")[0].result)


def test_the_longest_of_everything_is_kept(journal: Journal) -> None:
    person, claim, rule, verdict = ("😀" * n for n in (60, 2000, 20_000, 60))
    large = {"a": "\0" * 333_000}  # 6 bytes each as JSON
    proposed = propose(journal, person=person, claim=claim, rule=rule)
    found = log_test(journal, person=person, verdict=verdict, result=large)

    assert (claim, rule, verdict, large) == (
        *(found.hypothesis.claim, found.hypothesis.rule, found.verdict, found.result),
    )
    assert found.hypothesis == proposed


json_objects = st.dictionaries(
    st.text(),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=5,
    ),
    max_size=3,
)


@given(json_objects)
def test_a_result_and_its_hash_survive_a_file(result: dict[str, Any]) -> None:
    test = replace(TESTED, id=0, result=result, result_sha256=fingerprint(result))
    read = [found for _, found in read_lines(to_jsonl([], [PROPOSED], [test]))]

    assert [PROPOSED, test] == read
    assert repr(result) == repr(check_result(result)) == repr(read[1].result)  # type: ignore[union-attr]


def test_the_hash_is_that_of_the_json_with_sorted_keys() -> None:
    text = '{"a": [1.5, "é"], "b": null}'

    assert hashlib.sha256(text.encode()).hexdigest() == fingerprint({"b": None, "a": [1.5, "é"]})


# --- nothing is changed ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE hypotheses SET claim = 'I knew it'",
        "UPDATE tests SET verdict = 'supported'",
        "UPDATE tests SET id = id + 1 WHERE verdict LIKE 'not%'",
        "DELETE FROM tests",
        "DELETE FROM hypotheses WHERE version = 2",
        "TRUNCATE tests",
        "TRUNCATE people CASCADE",
    ],
)
def test_the_database_itself_refuses_a_change(statement: str, journal: Journal) -> None:
    propose(journal)
    propose(journal, DIGITS, parent=LISTS)
    before = [log_test(journal)]
    refused = "what was proposed and tested is never changed"
    if journal._engine.name == "sqlite":  # which knows no TRUNCATE
        statement = statement.removesuffix(" CASCADE").replace("TRUNCATE people", "TRUNCATE tests")
        statement = statement.replace("TRUNCATE", "DELETE FROM")

    with pytest.raises(exc.IntegrityError, match=refused), journal._writer.begin() as connection:
        connection.execute(text(statement))

    assert before == journal.tests("Ada")
    assert 2 == len(journal.hypotheses("Ada"))


@pytest.fixture
def old(address: str) -> Iterator[str]:
    """A notebook with one entry as the first version of its tables has it."""
    engine = places.reach(address)
    with engine.execution_options(writes=True).begin() as connection:
        migrations.migrate(connection, "0001")
        connection.execute(text("INSERT INTO people (id, name) VALUES (1, 'Ada')"))
        time = "'2025-11-24 22:14:15.123456" + ("'" if engine.name == "sqlite" else "+00'")
        connection.execute(
            text(
                "INSERT INTO entries (person_id, known_by, site, layer, neuron, model, first_seen,"
                " last_seen, n_visits, starred, note, tags, version) VALUES (1, :weights, 'mid', 0,"
                f" 737, 'solu-1l', {time}, {time}, 3, true, '<b> |', '[\"a\", \"b\"]', 7)"
            ),
            {"weights": NEURON.weights},
        )
        assert {"entries", "people"} == {*inspect(connection).get_table_names()} - {
            "lmscope_version"
        }
    engine.dispose()
    yield address


def test_a_notebook_from_before_is_brought_up_to_date_with_its_entries(old: str) -> None:
    with Journal.open(old) as journal:
        assert [replace(ENTRY, last_seen=THEN, note="<b> |")] == journal.entries("Ada")
        propose(journal)
        log_test(journal)
        assert 4 == journal.visit("Ada", NEURON).n_visits
        with journal._reading() as connection:
            assert REVISION == store._revision(connection)
    with Journal.open(old) as journal:
        assert 1 == len(journal.tests("Ada", NEURON))


def test_several_may_bring_it_up_to_date_at_once(old: str) -> None:
    def work(_: int) -> None:
        with Journal.open(old) as journal:
            propose(journal)
            log_test(journal)

    together(work, 6)

    with Journal.open(old) as journal:
        assert 1 == len(journal.hypotheses("Ada"))
        assert 6 == len(journal.tests("Ada"))


def test_a_file_from_before_is_the_same_file(tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite"
    engine = places.reach(file)
    with engine.execution_options(writes=True).begin() as connection:
        migrations.migrate(connection, "0001")
    engine.dispose()
    with sqlite3.connect(file) as plain:
        assert [("0001",)] == plain.execute("SELECT version_num FROM lmscope_version").fetchall()
    plain.close()
    Journal.open(file).close()
    with sqlite3.connect(file) as plain:
        assert [("0002",)] == plain.execute("SELECT version_num FROM lmscope_version").fetchall()
        assert [("ok",)] == plain.execute("PRAGMA integrity_check").fetchall()
    plain.close()


# --- export and import -----------------------------------------------------------------------


def test_hypotheses_and_tests_are_further_json_lines() -> None:
    hypothesis, test = to_jsonl([ENTRY], [PROPOSED], [TESTED]).splitlines()[1:]

    assert {
        "kind": "hypothesis",
        "sha256": LISTS,
        "claim": CLAIM,
        "rule": RULE,
        "contents": CONTENTS,
        "proposed": "2025-11-24T22:14:15.123456Z",
        "parent": None,
        "version": 1,
    } == json.loads(hypothesis)
    assert {
        "kind": "test",
        "model": "solu-1l",
        "weights": NEURON.weights,
        "site": "mid",
        "layer": 0,
        "index": 737,
        "hypothesis": LISTS,
        "tested": "2025-11-24T22:19:15.123456Z",
        "verdict": "not supported",
        "data": DATA,
        "result": RESULT,
        "result_sha256": fingerprint(RESULT),
    } == json.loads(test)


def test_a_log_is_the_same_after_an_export_and_an_import(journal: Journal) -> None:
    propose(journal)
    propose(journal, DIGITS, rule="", parent=LISTS)
    journal.visit("Ada", NEURON)
    for subject, sha256 in ((OTHER, DIGITS), (NEURON, LISTS), (NEURON, DIGITS)):
        log_test(journal, subject, sha256)
    exported = journal.export("Ada", "jsonl")

    assert Imported(1, 0, 2, 3) == journal.load("Grace", exported)
    assert exported == journal.export("Grace", "jsonl")
    assert Imported(0, 0) == journal.load("Grace", exported)
    assert Imported(0, 0) == journal.load("Ada", exported + exported)
    assert journal.hypotheses("Ada") == journal.hypotheses("Grace")
    assert [replace(test, id=0) for test in journal.tests("Ada")] == [
        replace(test, id=0) for test in journal.tests("Grace")
    ]
    assert 1 == len(journal.entries("Grace"))


def test_an_import_changes_nothing_that_is_on_record(journal: Journal) -> None:
    mine = propose(journal, claim="mine")
    done = log_test(journal)
    theirs = to_jsonl([], [PROPOSED, EDITED], [TESTED])

    assert Imported(0, 0, 1, 1) == journal.load("Ada", theirs)
    assert [replace(EDITED, version=2), mine] == journal.hypotheses("Ada")
    assert [done, replace(TESTED, id=done.id + 1, hypothesis=mine)] == journal.tests("Ada")
    assert Imported(0, 0) == journal.load("Ada", theirs)


def test_an_export_from_before_is_imported(journal: Journal) -> None:
    assert Imported(1, 0) == journal.load("Ada", lines(ENTRY))
    assert Imported(0, 0) == journal.load("Ada", json.dumps({"kind": "entry"} | ENTRY.to_json()))


def line(record: Proposed | Tested, **changes: Any) -> str:
    tested = [record] if isinstance(record, Tested) else []
    proposed = [] if isinstance(record, Tested) else [record]
    return json.dumps(json.loads(to_jsonl([], proposed, tested)) | changes)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (line(PROPOSED, kind="theory"),
         "'kind' is \"theory\"; it must be entry, hypothesis or test."),
        (line(PROPOSED, kind=None), "'kind' is null; it must be a text."),
        (line(PROPOSED, sha256="x"), A_HASH),
        (line(PROPOSED, contents="x"), "'contents' is \"x\"; it must be an object."),
        (line(PROPOSED, claim=1), "'claim' is 1; it must be a text."),
        (line(PROPOSED, proposed="now"),
         "'proposed' is \"now\"; a time looks like 2026-11-24T22:14:15Z."),
        (line(PROPOSED, proposed="1900-01-01T00:00:00Z"),
         "A hypothesis is proposed between 1970 and 2999, not in 1900."),
        (line(PROPOSED, parent=DIGITS),
         "No line before it has the hypothesis d1d1d1d1d1d1 that it is an edit of."),
        (line(PROPOSED, parent=7), "'parent' is 7; it must be a text."),
        (line(TESTED, hypothesis=DIGITS),
         "No line before it has the hypothesis d1d1d1d1d1d1 that it is a test of."),
        (line(TESTED, verdict=" "), "A verdict has 1 to 60 characters; this one has 0."),
        (line(TESTED, tested="3000-01-01T00:00:00Z"),
         "A test is made between 1970 and 2999, not in 3000."),
        (line(TESTED, layer=-1), "A layer is a whole number from 0 to 2,147,483,647."),
        (line(TESTED, result=RESULT | {"ap": 0.9}),
         "'result_sha256' is not that of the result: one of them was changed."),
        (line(TESTED, result={"p": float("inf")}),
         "A result cannot hold inf: JSON has no such number."),
        (line(TESTED, data=None), "'data' is null; it must be an object."),
    ],
)  # fmt: skip
def test_of_a_text_with_a_wrong_line_nothing_is_imported(
    wrong: str, sentence: str, file: Path
) -> None:
    before = to_jsonl([ENTRY], [replace(PROPOSED, proposed=THEN)], [TESTED])
    with Journal.open(file) as journal:
        with pytest.raises(ImportRefused) as caught:
            journal.load("Ada", before + wrong)

        assert f"Nothing was imported, because of line 4.\n{sentence}" == str(caught.value)
        assert [] == journal.people()


@given(
    st.sampled_from([line(PROPOSED), line(TESTED)]).map(json.loads),
    st.dictionaries(
        st.sampled_from([*json.loads(line(PROPOSED)), *json.loads(line(TESTED))]),
        st.none() | st.integers() | st.floats() | st.text() | json_objects,
        max_size=2,
    ),
)
def test_any_line_is_imported_or_refused_in_a_sentence(
    fields: dict[str, Any], changes: dict[str, Any]
) -> None:
    try:
        found = list(read_lines(line(PROPOSED) + "\n" + json.dumps(fields | changes)))
    except ImportRefused as refused:
        assert str(refused).startswith("Nothing was imported, because of line 2.")
    else:
        assert 2 == len(found)


def test_the_markdown_has_a_table_of_the_tests() -> None:
    tested = replace(TESTED, hypothesis=replace(PROPOSED, claim="<b> |", rule="[a|b]\\s*"))

    assert to_markdown("Ada", [ENTRY]) + (
        "\n## Hypotheses tested\n"
        "\n"
        "| Tested | Neuron | Model | Site | Claim | Rule | Verdict |\n"
        "|---|---|---|---|---|---|---|\n"
        "| 2025-11-24 22:19 UTC | L0N737 | solu-1l | mid | &lt;b&gt; \\| "
        "| \\[a\\|b\\]\\\\s\\* | not supported |\n"
    ) == to_markdown("Ada", [ENTRY], [tested])
    assert "0 starred.\n\n## Hyp" in to_markdown("Ada", [], [tested])


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]), min_size=1))
def test_claim_and_rule_show_as_they_were_typed(typed: str) -> None:
    tested = replace(TESTED, hypothesis=replace(PROPOSED, claim=typed, rule=typed))
    page = MarkdownIt("commonmark").enable("table").render(to_markdown("Ada", [], [tested]))
    cells = re.findall("<td>(.*?)</td>", page, re.DOTALL)

    assert [typed.strip()] * 2 == [html.unescape(cell).strip() for cell in cells[4:6]]


def test_the_csv_has_neurons_only(journal: Journal) -> None:
    propose(journal)
    log_test(journal, OTHER)
    journal.load("Ada", lines(ENTRY))

    assert to_csv(journal.entries("Ada")) == journal.export("Ada", "csv")
    assert 2 == len(list(csv.reader(io.StringIO(journal.export("Ada", "csv"), newline=""))))
    assert to_markdown("Ada", journal.entries("Ada"), journal.tests("Ada")) == (
        journal.export("Ada", "md")
    )


# --- several at once, and kill -9 ------------------------------------------------------------

WORKING = """
import itertools
with Journal.open(sys.argv[1]) as journal:
    for i in range(int(sys.argv[2])):
        sha256 = f"{i:064x}"
        proposed = journal.propose("Ada", {"i": i}, claim="", rule="x", sha256=sha256)
        subject = Subject(NEURON.model, NEURON.weights, "mid", 0, i)
        test = journal.log_test("Ada", subject, sha256, verdict="open", data={}, result={"i": i})
        journal.visit("Ada", subject)
        print(i, proposed.proposed.isoformat(), flush=True)
"""


def test_threads_agree_on_the_first_date(journal: Journal) -> None:
    found = together(lambda _: propose(journal), 8)

    assert [found[0]] * 8 == found
    assert [found[0]] == journal.hypotheses("Ada")


def test_processes_lose_no_test(address: str) -> None:
    with running(WORKING, address, "15", n=3) as processes:
        said = [process.communicate() for process in processes]

    assert 1 == len(set(said)), said  # all were given the same dates
    assert "" == said[0][1]
    with Journal.open(address) as journal:
        assert {i: 3 for i in range(15)} == {
            i: len(journal.tests("Ada", hypothesis=f"{i:064x}")) for i in range(15)
        }
        assert 15 == len(journal.hypotheses("Ada"))
        assert [3] * 15 == [entry.n_visits for entry in journal.entries("Ada")]


def test_what_was_answered_survives_when_the_process_is_killed(address: str) -> None:
    with running(WORKING, address, "1000000") as (process,):
        assert process.stdout is not None
        answered = [process.stdout.readline() for _ in range(20)]
        process.send_signal(signal.SIGKILL)
        answered += process.stdout.readlines()
        assert -signal.SIGKILL == process.wait()

    dates = dict(said.split() for said in answered)
    with Journal.open(address) as journal:
        kept = {str(test.result["i"]): test for test in journal.tests("Ada")}
        assert dates.keys() <= kept.keys()
        assert len(kept) <= len(dates) + 1
        for i, date in dates.items():
            assert date == kept[i].hypothesis.proposed.isoformat()
            assert kept[i].result_sha256 == fingerprint(kept[i].result)


def test_tests_and_visits_during_an_import_are_kept(journal: Journal) -> None:
    propose(journal)
    made = [replace(ENTRY, subject=replace(NEURON, neuron=i)) for i in range(50)]
    theirs = [replace(TESTED, subject=entry.subject) for entry in made]

    def work(i: int) -> None:
        if i < 2:
            for _ in range(3):
                journal.load("Ada", to_jsonl(made, [PROPOSED, EDITED], theirs))
        else:
            for neuron in range(20):
                log_test(journal, replace(NEURON, neuron=neuron), result={"i": i})
                propose(journal, DIGITS, parent=LISTS)
                journal.visit("Ada", replace(NEURON, neuron=neuron))

    together(work, 4)

    assert 50 + 2 * 20 == len(journal.tests("Ada"))
    assert 2 == len(journal.hypotheses("Ada"))
    assert 50 == len(journal.entries("Ada"))


# --- the command line ------------------------------------------------------------------------


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as left:
        main(["log", "--person", "Ada", *words])
    captured = capsys.readouterr()
    assert (0, "") == (left.value.code, captured.err)
    return captured.out


def test_the_command_line_lists_the_tests(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMSCOPE_JOURNAL", str(file))
    with Journal.open(file) as journal:
        assert "Ada: 0 tests.\n" == said(capsys, "--tests")
        journal.load("Ada", to_jsonl([], [PROPOSED], [TESTED]))
        assert (
            "Ada: 1 test.\n"
            "tested            neuron         rule               verdict\n"
            "2025-11-24 22:19  solu-1l/0/737  (?:^|\\s)[a-z]>>\\)  not supported\n"
        ) == said(capsys, "--tests")
        propose(journal, DIGITS, rule="\x1b[31m" + "x" * 60)
        propose(journal, "3f" * 32, rule="")
        log_test(journal, sha256=DIGITS)
        log_test(journal, sha256="3f" * 32)
        shown = said(capsys, "--tests")
        assert shown.startswith("Ada: 3 tests.\n")
        assert "\x1b" not in shown
        assert "xxx…" in shown
        assert "(texts)" in shown
        assert {
            "person": "Ada",
            "tests": [test.to_json() for test in journal.tests("Ada")],
        } == json.loads(said(capsys, "--tests", "--json"))
        exported = file.with_suffix(".jsonl")
        exported.write_text(journal.export("Ada", "jsonl"), "utf-8")

    monkeypatch.setenv("LMSCOPE_JOURNAL", str(file.with_name("other.sqlite")))
    assert "0 neurons added, 0 merged. 3 hypotheses and 3 tests added.\n" == said(
        capsys, "--import", str(exported)
    )
    assert {"n_added": 0, "n_merged": 0, "n_hypotheses": 0, "n_tests": 0} == json.loads(
        said(capsys, "--import", str(exported), "--json")
    )
