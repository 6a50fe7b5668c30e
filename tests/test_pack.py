"""The corpus as cut on disk: every token once, every segment in one document, nothing invented."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import distinct
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file

from lmscope.corpora import load_corpus
from lmscope.errors import EmptyCorpus
from lmscope.pack import Pack, write_pack
from lmscope.text import TokenizedText


class Letters:
    """Cuts a text into its bytes; ids are bytes plus an offset."""

    def __init__(
        self, *, prefix: tuple[int, ...] = (), suffix: tuple[int, ...] = (), n_vocab: int = 300
    ) -> None:
        self.n_vocab = n_vocab
        self.prefix, self.suffix = prefix, suffix
        self.special_ids = frozenset({*prefix, *suffix, 299})

    def tokenize_all(self, texts: Sequence[str]) -> list[TokenizedText]:
        return [self.cut(text) for text in texts]

    def cut(self, text: str) -> TokenizedText:
        data = text.encode()
        spans = np.array([[i, i + 1] for i in range(len(data))], np.int32).reshape(-1, 2)
        ids = np.frombuffer(data, np.uint8).astype(np.int32)
        return TokenizedText(text, ids + self.n_vocab - 300, spans)


def corpus_of(folder: Path, texts: list[str]) -> Any:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "texts.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return load_corpus(path)


def packed(tmp_path: Path, texts: list[str], context: int = 8, **options: Any) -> Pack:
    """Pack some texts; options of the cutter and of `write_pack`."""
    n_tokens = options.pop("n_tokens", None)
    corpus = corpus_of(tmp_path, texts)
    return write_pack(
        corpus, Letters(**options), tmp_path / "pack", context=context, n_tokens=n_tokens
    )


texts = st.lists(
    st.text("abcdefghij é猫😀", min_size=1, max_size=40).filter(lambda t: not t.isspace()),
    min_size=1,
    max_size=12,
    unique=True,
)
affixes = st.sampled_from([((), ()), ((1,), ()), ((1,), (2,)), ((1, 2), (3,))])


@given(texts, affixes, st.integers(4, 20), st.none() | st.integers(1, 60))
@settings(max_examples=60, deadline=None)
def test_every_token_is_in_one_segment_of_its_own_document(
    tmp_path_factory: Any, given_texts: list[str], affix: Any, context: int, limit: int | None
) -> None:
    prefix, suffix = affix
    root = tmp_path_factory.mktemp("p")
    pack = packed(root, given_texts, context, prefix=prefix, suffix=suffix, n_tokens=limit)
    documents = distinct(given_texts)
    room = context - len(prefix) - len(suffix)
    expected, left = [], sum(map(len, map(str.encode, documents))) if limit is None else limit
    for d, text in enumerate(documents):
        data = text.encode()[: max(0, left)]
        left -= len(data)
        expected += [(d, i, data[i : i + room]) for i in range(0, len(data), room)]
    assert len(expected) == pack.n_segments
    segments = np.arange(pack.n_segments)
    assert [d for d, _, _ in expected] == pack.document_of(segments).tolist()
    assert [len(data) for _, _, data in expected] == pack.lengths.tolist()
    for s, (d, start, data) in enumerate(expected):
        assert list(data) == pack.ids(s).tolist()
        spans = [[start + i, start + i + 1] for i in range(len(data))]
        assert spans == pack.spans(s).tolist()
        assert data == pack.text(d, start, start + len(data))
    assert sum(len(data) for _, _, data in expected) == pack.n_tokens
    if limit is not None:
        assert pack.n_tokens == min(limit, sum(len(t.encode()) for t in documents))
    shutil.rmtree(root)


@given(texts, affixes, st.integers(4, 20), st.integers(1, 200))
@settings(max_examples=60, deadline=None)
def test_a_plan_covers_every_segment_once_within_its_limit(
    tmp_path_factory: Any, given_texts: list[str], affix: Any, context: int, n_batch_tokens: int
) -> None:
    prefix, suffix = affix
    root = tmp_path_factory.mktemp("p")
    pack = packed(root, given_texts, context, prefix=prefix, suffix=suffix)
    plan = pack.plan(n_batch_tokens)
    assert list(range(pack.n_segments)) == sorted(int(s) for batch in plan for s in batch)
    extra = len(prefix) + len(suffix)
    for segments in plan:
        width = int(pack.lengths[segments].max()) + extra
        assert 1 == len(segments) or width * len(segments) <= n_batch_tokens
    again = Pack(root / "pack").plan(n_batch_tokens)
    assert [b.tolist() for b in plan] == [b.tolist() for b in again]
    shutil.rmtree(root)


def test_little_is_wasted_on_padding(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    lengths = rng.geometric(0.02, 3000).clip(1, 400)
    letters = np.array(list("abcdefghij klmnop"))
    pack = packed(tmp_path, ["".join(rng.choice(letters, n)) for n in lengths], context=128)
    plan = pack.plan(2048)
    n_padded = sum(len(b) * int(pack.lengths[b].max()) for b in plan)

    assert len(plan) > 50
    assert pack.n_segments > 1024  # more than one group of neighbours
    assert n_padded < 1.1 * pack.n_tokens
    for batch in plan:  # neighbours, so that a part of a scan reads a part of the corpus
        assert batch.max() - batch.min() < 1024


@given(texts, affixes, st.integers(0, 5), st.data())
@settings(max_examples=60, deadline=None)
def test_a_batch_says_what_counts_and_what_the_model_reads(
    tmp_path_factory: Any, given_texts: list[str], affix: Any, skip: int, data: Any
) -> None:
    prefix, suffix = affix
    root = tmp_path_factory.mktemp("p")
    pack = packed(root, given_texts, 9, prefix=prefix, suffix=suffix, n_vocab=333)
    every = list(range(pack.n_segments))
    chosen = data.draw(st.lists(st.sampled_from(every), min_size=1, unique=True))
    shown = np.array(
        data.draw(st.lists(st.booleans(), min_size=pack.n_documents, max_size=pack.n_documents))
    )
    batch = pack.batch(np.array(chosen, np.int64), skip, shown)
    model_input = pack.model_input(batch)
    assert chosen == batch.segments.tolist()
    assert len(prefix) == batch.offset
    width = max(int(pack.lengths[s]) for s in chosen)
    assert (len(chosen), width) == batch.ids.shape == batch.keep.shape
    for row, s in enumerate(chosen):
        ids = pack.ids(s).tolist()
        n = len(ids)
        assert n == batch.lengths[row]
        assert [*ids, *[0] * (width - n)] == batch.ids[row].tolist()
        counts = [t + len(prefix) >= skip and i != 299 for t, i in enumerate(ids)]
        assert [*counts, *[False] * (width - n)] == batch.keep[row].tolist()
        assert shown[pack.document_of(np.array([s]))[0]] == batch.eligible[row]
        whole = [*prefix, *ids, *suffix]
        assert whole == model_input[row, : len(whole)].tolist()
        assert width + len(prefix) + len(suffix) == model_input.shape[1]
    shutil.rmtree(root)


def test_special_ids_in_a_text_do_not_count(tmp_path: Path) -> None:
    pack = packed(tmp_path, ["abca"], prefix=(97,))
    batch = pack.batch(np.array([0]), 0, np.ones(1, np.bool_))

    assert [[False, True, True, False]] == batch.keep.tolist()


@pytest.mark.parametrize(
    ("n_vocab", "kind"), [(300, "<u2"), (1 << 16, "<u2"), ((1 << 16) + 1, "<u4")]
)
def test_ids_take_two_bytes_where_two_are_enough(tmp_path: Path, n_vocab: int, kind: str) -> None:
    pack = packed(tmp_path, ["abc"], n_vocab=n_vocab)
    stored = load_file(tmp_path / "pack" / "tokens.safetensors")["ids"]

    assert np.dtype(kind) == stored.dtype
    expected = [ord(c) + n_vocab - 300 for c in "abc"]
    assert expected == stored.tolist() == pack.ids(0).tolist()


def test_a_limit_cuts_the_last_document_and_its_text(tmp_path: Path) -> None:
    pack = packed(tmp_path, ["abc", "défgh", "never read"], n_tokens=5)

    assert 2 == pack.n_documents
    assert (b"abc", b"d" + "é".encode()[:1]) == (pack.text(0), pack.text(1))
    assert 4 == pack.facts["n_tokens_beyond_limit_in_last_document"]
    assert 5 == pack.n_tokens == pack.lengths.sum()


def test_a_limit_at_a_documents_end_cuts_nothing(tmp_path: Path) -> None:
    pack = packed(tmp_path, ["abc", "def"], n_tokens=3)

    assert (1, 0, b"abc") == (
        pack.n_documents, pack.facts["n_tokens_beyond_limit_in_last_document"], pack.text(0),
    )  # fmt: skip


def test_parts_of_a_text_are_bytes_of_the_document(tmp_path: Path) -> None:
    pack = packed(tmp_path, ["first", "猫 and 😀"])

    assert "猫 and 😀".encode() == pack.text(1)
    assert b" and" == pack.text(1, 3, 7)
    assert b"" == pack.text(0, 2, 2)
    assert b"st" == pack.text(0, 3, 900)  # never a byte of the next document
    assert b"" == pack.text(0, 9, 12)


def test_documents_keep_where_they_came_from(tmp_path: Path) -> None:
    for name, text in {"a.txt": "one", "b.txt": "two", "c.txt": "one"}.items():
        (tmp_path / name).write_text(text)
    corpus = load_corpus([tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "c.txt"])
    pack = write_pack(corpus, Letters(), tmp_path / "pack", context=8)

    assert [(str(tmp_path / "a.txt"), 0), (str(tmp_path / "b.txt"), 0)] == [
        pack.source(0),
        pack.source(1),
    ]
    assert 1 == pack.facts["read"]["exact_duplicates"]


def test_near_duplicates_are_marked(tmp_path: Path) -> None:
    words = "Permission is hereby granted free of charge to any person obtaining a copy of this"
    long = " ".join(f"{words} {i}" for i in range(30))
    pack = packed(tmp_path, [long, "something else", long + " end"])

    assert [True, True, False] == pack.is_first_of_cluster().tolist()


def test_windows_are_found_in_the_text(tmp_path: Path) -> None:
    pack = packed(tmp_path, ["abcdefghijkl", "mnop"], context=5, prefix=(1,))
    places = pack.places(np.array([0, 1, 3]), np.array([1, 0, 2]), np.array([3, 4, 3]))

    assert [[0, 1, 3], [0, 4, 8], [1, 2, 3]] == places.tolist()
    assert [0, 4, 12] == pack.token_start(np.array([0, 1, 3])).tolist()
    assert [ord("b"), ord("m")] == pack.window_ids(np.array([1, 12])).tolist()


def test_texts_that_the_tokenizer_normalises_keep_their_bytes(
    tmp_path: Path, model_of: Any
) -> None:
    tokenizer = model_of("bert").tokenizer
    given_texts = ["Ünïcode IN Capitals  and   spaces", "plain words"]
    pack = write_pack(corpus_of(tmp_path, given_texts), tokenizer, tmp_path / "pack", context=8)

    assert 2 == pack.facts["n_inexact_documents"]
    assert given_texts[0].encode() == pack.text(0)
    for s in range(pack.n_segments):
        spans = pack.spans(s)
        assert (spans[:, 0] <= spans[:, 1]).all()
        assert (spans[1:, 0] >= spans[:-1, 1]).all()
        document = given_texts[pack.document_of(np.array([s]))[0]].encode()
        for token, (start, end) in zip(pack.ids(s), spans.tolist(), strict=True):
            piece = document[start:end].decode().lower().replace("ü", "u").replace("ï", "i")
            assert tokenizer.token_bytes(int(token)).decode() == piece


def test_a_text_without_a_token_is_a_document_without_a_segment(tmp_path: Path) -> None:
    class Nothing(Letters):
        def cut(self, text: str) -> TokenizedText:
            return super().cut("" if "silent" in text else text)

    corpus = corpus_of(tmp_path, ["silent one", "abc", "silent two"])
    pack = write_pack(corpus, Nothing(), tmp_path / "pack", context=8)

    assert (3, 1) == (pack.n_documents, pack.n_segments)
    assert [1] == pack.document_of(np.array([0])).tolist()
    assert b"abc" == pack.text(1, *pack.spans(0)[[0, -1], [0, 1]].tolist())


def test_a_corpus_without_a_token_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmptyCorpus, match=r"There is no text to scan in .*: 0 documents, 1 empty"):
        packed(tmp_path, ["  \n"])
    assert not (tmp_path / "pack" / "pack.json").exists()


def test_an_attempt_that_was_cut_off_is_overwritten(tmp_path: Path) -> None:
    expected = packed(tmp_path / "a", ["abc", "defghijklmnop"]).folder
    other = tmp_path / "b" / "pack"
    other.mkdir(parents=True)
    for name in (".ids.raw", ".starts.raw", ".ends.raw", "text.bin", "tokens.safetensors"):
        (other / name).write_bytes(b"half of something much longer than it should be")
    packed(tmp_path / "b", ["abc", "defghijklmnop"])

    def contents(folder: Path) -> dict[str, bytes]:
        found = {p.name: p.read_bytes() for p in folder.iterdir()}
        found["pack.json"] = found["pack.json"].replace(b"/b/", b"/a/")
        return found

    assert contents(expected) == contents(other)


def test_the_number_of_tokens_is_told_as_it_grows(tmp_path: Path) -> None:
    seen: list[int] = []
    corpus = corpus_of(tmp_path, ["abc", "de", "fghi"])
    write_pack(corpus, Letters(), tmp_path / "pack", context=8, report=seen.append)

    assert [3, 5, 9] == seen
