"""Labels of a packed corpus and recorded activations, against plain recomputation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lmscope import Catalogue, look
from lmscope.errors import RuleMarksNothing, RuleMarksTooMuch, RuleTooSlow, Stopped
from lmscope.marking import Tokens, check_marks, mark
from lmscope.recording import Store, record
from lmscope.rules import Rule, label


@pytest.fixture
def catalogue(scanned: Any) -> Catalogue:
    return Catalogue.open(scanned("gpt2"))


def tokens_of(catalogue: Catalogue) -> Tokens:
    return Tokens.of(catalogue.pack, catalogue.manifest["counted"]["first_position_counted"])


@pytest.mark.parametrize("kind", ["gpt2", "llama", "bert", "solu"])
@pytest.mark.parametrize("which", ["last", "first", "any"])
@pytest.mark.parametrize("rule", [r"\w\)", "words: the, river", 'token: "e", digit', r"1>>\)"])
def test_labels_are_those_of_each_document_alone(
    kind: str, which: Any, rule: str, scanned: Any
) -> None:
    catalogue = Catalogue.open(scanned(kind))
    pack, read = catalogue.pack, Rule.read(rule)

    found = mark(read, pack, which)

    at, n_places = 0, 0
    for document in range(pack.n_documents):
        first, spans = pack.document_spans(document)
        text = pack.text(document).decode("utf-8", "replace")
        places = read.places(text, spans)
        assert first == at
        np.testing.assert_array_equal(
            label(places, spans, which), found.labels[at : at + len(spans)]
        )
        at += len(spans)
        n_places += len(places)
    assert (at, n_places) == (len(found.labels), found.n_places)
    assert (found.span is not None) == (which == "any")
    if found.span is not None:
        np.testing.assert_array_equal(found.span >= 0, found.labels)


def test_only_the_documents_that_are_wanted_are_read(catalogue: Catalogue) -> None:
    rule, pack = Rule.read("words: the"), catalogue.pack
    everywhere, some = mark(rule, pack), mark(rule, pack, documents=[0, 3])

    inside = np.isin(pack.document_of(tokens_of(catalogue).segment), [0, 3])

    np.testing.assert_array_equal(everywhere.labels & inside, some.labels)


@pytest.mark.parametrize("kind", ["gpt2", "llama", "bert"])
def test_tokens_that_count_are_those_of_the_scan(kind: str, scanned: Any) -> None:
    catalogue = Catalogue.open(scanned(kind))
    pack, tokens = catalogue.pack, tokens_of(Catalogue.open(scanned(kind)))
    skip = catalogue.manifest["counted"]["first_position_counted"]

    for rows in pack.plan(64):
        batch = pack.batch(rows, skip, np.ones(pack.n_documents, np.bool_))
        for i, start in enumerate(pack.token_start(rows).tolist()):
            n = int(batch.lengths[i])
            here = slice(start, start + n)
            np.testing.assert_array_equal(batch.keep[i, :n], tokens.counts[here])
            assert (tokens.segment[here] == rows[i]).all()
            assert tokens.is_short[here].tolist() == [t < 8 for t in range(n)]
    n_counted = catalogue["L0N7"].moments.count
    assert n_counted == tokens.counts.sum()


def test_near_duplicates_have_one_number(catalogue: Catalogue) -> None:
    tokens, pack = tokens_of(catalogue), catalogue.pack
    document = pack.document_of(tokens.segment)

    assert len(np.unique(tokens.document)) == pack.is_first_of_cluster().sum()
    assert len(np.unique(tokens.document)) < len(np.unique(document))


@pytest.mark.parametrize("offset", [-2, -1, 0, 1, 2])
def test_moved_labels_stay_in_their_segment_and_what_is_near_counts_for_nothing(
    catalogue: Catalogue, offset: int
) -> None:
    tokens = tokens_of(catalogue)
    marks = mark(Rule.read("words: the, a, of"), catalogue.pack, "any")

    y, ignore = marks.at(offset, tokens)
    span = marks.spans_at(offset, tokens)

    n = len(tokens)
    for i in range(n):

        def is_marked(j: int, i: int = i) -> bool:
            return 0 <= j < n and tokens.segment[j] == tokens.segment[i] and bool(marks.labels[j])

        fits = is_marked(i - offset) and bool(tokens.counts[i])
        near = any(is_marked(i + d) for d in range(-2, 3))
        assert y[i] == fits
        assert ignore[i] == ((near and not is_marked(i - offset)) or not tokens.counts[i])
        assert span is not None and marks.span is not None
        assert span[i] == (marks.span[i - offset] if is_marked(i - offset) else -1)


def test_a_rule_that_marks_nothing_or_nearly_everything_is_refused_with_a_reason(
    catalogue: Catalogue,
) -> None:
    tokens, pack = tokens_of(catalogue), catalogue.pack
    for text, kind, said in (
        ("xyzzyx", RuleMarksNothing, "'/xyzzyx/' marks nothing in 36 documents"),
        (r"\S", RuleMarksTooMuch, r"'/\\S/' marks \d+% of all tokens: any neuron would seem to"),
    ):
        rule = Rule.read(text)
        with pytest.raises(kind, match=said):
            check_marks(rule, mark(rule, pack), tokens, pack)


def test_a_rule_that_takes_too_long_names_the_document_and_the_construct(
    catalogue: Catalogue,
) -> None:
    with pytest.raises(RuleTooSlow) as refused:
        mark(Rule.read(r"(?:[a-z, ]+)+\d"), catalogue.pack, limit_s=0.001)

    message = str(refused.value)
    assert "in the document at " in message
    assert "mixed.jsonl" in message
    assert "(?:[a-z, ]+)+" in message


# --- activations ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["gpt2", "llama", "solu", "bert"])
def test_recorded_activations_are_those_of_a_look_at_each_segment(
    kind: str, scanned: Any, model_of: Any
) -> None:
    catalogue, model = Catalogue.open(scanned(kind)), model_of(kind)
    pack, wanted = catalogue.pack, {0: [7, 2], 1: [5]}

    found = record(model, pack, wanted, batch_tokens=1)

    checked = 0
    for document in (0, 2, 4):
        first, spans = pack.document_spans(document)
        n = min(int(pack.lengths[pack.document_of(np.arange(pack.n_segments)) == document][0]), 99)
        text = pack.text(document)[: spans[n - 1, 1]].decode()
        ids = pack.token_ids()[first : first + n].tolist()
        if model.tokenizer.tokenize(text).ids.tolist() != ids:
            continue  # the cut has changed the tokens
        checked += 1
        for layer, neurons in wanted.items():
            for row, neuron in enumerate(neurons):
                seen = look(model, text, (layer, neuron)).activations
                np.testing.assert_allclose(
                    seen, found[layer][row, first : first + n], rtol=1e-4, atol=1e-5
                )
    assert checked


def test_with_the_batches_of_the_scan_they_are_the_scans_to_the_last_bit(
    catalogue: Catalogue, model_of: Any
) -> None:
    tokens = tokens_of(catalogue)

    found = record(model_of("gpt2"), catalogue.pack, {0: [7]}, batch_tokens=1)[0][0]

    moments = catalogue["L0N7"].moments
    assert (moments.min, moments.max) == (found[tokens.counts].min(), found[tokens.counts].max())


def test_only_the_segments_that_are_wanted_are_run(catalogue: Catalogue, model_of: Any) -> None:
    pack = catalogue.pack
    segments = np.arange(pack.n_segments) % 3 == 0
    told: list[tuple[int, int]] = []

    found = record(
        model_of("gpt2"), pack, {1: [0]}, segments=segments, report=lambda *n: told.append(n)
    )[1][0]

    inside = np.repeat(segments, pack.lengths)
    np.testing.assert_array_equal(np.isnan(found), ~inside)
    assert told[-1] == (inside.sum(), inside.sum())


def test_a_recording_can_be_stopped(catalogue: Catalogue, model_of: Any) -> None:
    with pytest.raises(Stopped):
        record(model_of("gpt2"), catalogue.pack, {1: [0]}, should_stop=lambda: True)


def test_a_store_gives_what_was_written_and_nothing_that_is_damaged(tmp_path: Path) -> None:
    store = Store(tmp_path / "kept", {"weights": "a"})
    wanted = np.arange(5, dtype=np.float32)
    assert store.read(0, 1) is None

    store.write(0, 1, wanted)

    np.testing.assert_array_equal(wanted, store.read(0, 1))
    assert Store(tmp_path / "kept", {"weights": "b"}).read(0, 1) is None
    [file] = (tmp_path / "kept").glob("*/*")
    file.write_bytes(file.read_bytes()[:-4])
    assert store.read(0, 1) is None


def test_a_store_forgets_what_was_not_used_for_longest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    store = Store(tmp_path, {})
    for neuron in range(4):
        store.write(0, neuron, np.zeros(100, np.float32))
    files = sorted(tmp_path.glob("*/*"))
    for age, file in enumerate(files):
        os.utime(file, (1_000 + age, 1_000 + age))
    store.read(0, 0)  # used just now
    monkeypatch.setattr("lmscope.recording.MOST_BYTES", 2 * files[0].stat().st_size)

    store.tidy()

    assert [n for n in range(4) if store.read(0, n) is not None] == [0, 3]
