"""Which tokens of two tokenizers meet, against brute force and on texts of every kind."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import tokenizers
from byte_model import bpe
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tokenizers import models, normalizers, pre_tokenizers

from lmscope.alignment import canonical_ends, shared_ends
from lmscope.models.names import KNOWN
from lmscope.models.tokens import Tokenizer
from lmscope.text import without_surrogates

FOUNDING = " 8) singled out 9) personality"
PROSE = (
    "It was the best of times, it was the worst of times; 'twas 1859, or so they'd say.\n\n"
    "She wrote \"naïve\" (2 of 10), didn't she?  Yes...  and left!\nThe end: 3.5 % of it, I'm told."
)

texts = st.text(max_size=60) | st.lists(
    st.sampled_from(
        ["👩\u200d👧", "🏳\ufe0f", "e\u0301", "\r\n", "  ", " ", "\n", "\t", "the", "é", "日本",
         "กำ", "か\u3099", "8)", "'s", "1\ufe0f\u20e3", "\u200d"]
    ),
    max_size=20,
).map("".join)  # fmt: skip
offsets = st.lists(st.integers(0, 12), max_size=12).map(lambda ends: np.array(sorted(ends), int))


def ends_of(tokenizer: Tokenizer, text: str) -> NDArray[np.int32]:
    return tokenizer.tokenize(text).spans[:, 1]


@cache
def demo(name: str) -> Tokenizer:
    folder = next(model.folder for model in KNOWN if model.alias == name)
    assert folder is not None
    return Tokenizer.from_file(Path(folder) / "tokenizer.json")


@cache
def some_bpe(n_vocab: int) -> Tokenizer:
    return bpe(n_vocab, [PROSE, FOUNDING, "sing led person alit y 日本 👩\u200d👧"])


def word_piece() -> Tokenizer:
    pieces = [
        "[UNK]",
        "sing",
        "##led",
        "out",
        "person",
        "##ality",
        "8",
        "9",
        ")",
        "1",
        "2",
        "\u2044",
    ]
    backend = tokenizers.Tokenizer(
        models.WordPiece({p: i for i, p in enumerate(pieces)}, unk_token="[UNK]")
    )
    backend.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return Tokenizer(backend)


# --- ends that two tokenizers share ----------------------------------------------------------


@given(a=offsets, b=offsets)
def test_shared_ends_are_those_of_brute_force(a: NDArray[np.int64], b: NDArray[np.int64]) -> None:
    expected = [
        (
            min(i for i, at in enumerate(a) if at == end),
            min(j for j, at in enumerate(b) if at == end),
        )
        for end in sorted({*a.tolist()} & {*b.tolist()})
    ]
    in_a, in_b = shared_ends(a, b)

    assert expected == list(zip(in_a.tolist(), in_b.tolist(), strict=True))


@given(a=offsets, b=offsets)
def test_it_does_not_matter_which_tokenizer_comes_first(
    a: NDArray[np.int64], b: NDArray[np.int64]
) -> None:
    assert [x.tolist() for x in shared_ends(a, b)] == [x.tolist() for x in shared_ends(b, a)][::-1]


@settings(deadline=None)
@given(text=texts)
def test_ends_shared_on_any_text_increase_and_are_where_both_have_read_the_same(text: str) -> None:
    a, b = some_bpe(300), demo("demo-gelu-2l")
    cut_a, cut_b = a.tokenize(text), b.tokenize(text)
    in_a, in_b = shared_ends(cut_a.spans[:, 1], cut_b.spans[:, 1])

    assert (np.diff(in_a) > 0).all()
    assert (np.diff(in_b) > 0).all()
    for i, j in zip(in_a.tolist(), in_b.tolist(), strict=True):
        read_a = b"".join(map(a.token_bytes, cut_a.ids[: i + 1].tolist()))
        assert read_a == b"".join(map(b.token_bytes, cut_b.ids[: j + 1].tolist()))
    if text:
        assert (len(cut_a) - 1, len(cut_b) - 1) == (in_a[-1], in_b[-1])


@settings(deadline=None)
@given(text=texts)
def test_a_tokenizer_of_single_bytes_shares_every_end_of_every_other(text: str) -> None:
    others = ends_of(some_bpe(320), text)
    in_bytes, in_others = shared_ends(ends_of(some_bpe(256), text), others)

    assert np.arange(len(others)).tolist() == in_others.tolist()
    assert (others - 1).tolist() == in_bytes.tolist()


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (demo("demo-solu-1l"), demo("demo-gelu-2l")),
        (demo("demo-solu-1l"), some_bpe(320)),
        (demo("demo-gelu-2l"), some_bpe(256)),
        (some_bpe(320), word_piece()),
    ],
)
def test_in_the_founding_sentence_the_closing_brackets_of_both_lists_meet(
    a: Tokenizer, b: Tokenizer
) -> None:
    ends_a, ends_b = ends_of(a, FOUNDING), ends_of(b, FOUNDING)
    in_a, in_b = shared_ends(ends_a, ends_b)

    shared = ends_a[in_a].tolist()
    assert shared == ends_b[in_b].tolist()
    assert {2, 3, 11, 15, 17, 18, 30} <= {*shared}


def test_what_a_normalising_tokenizer_ends_inside_a_word_is_not_shared() -> None:
    ends = ends_of(word_piece(), FOUNDING)

    assert [2, 3, 8, 11, 15, 17, 18, 25, 30] == ends.tolist()
    in_a, _ = shared_ends(np.array([2, 3, 11, 15, 17, 18, 30]), ends)
    assert 7 == len(in_a)


# --- the grid that needs no tokenizer ----------------------------------------------------------


@given(text=texts | st.text(st.characters(codec=None), max_size=30))
def test_canonical_ends_increase_up_to_the_end_of_the_text(text: str) -> None:
    ends = canonical_ends(text)
    n_bytes = len(without_surrogates(text).encode())

    assert (np.diff(ends, prepend=0) > 0).all()
    assert (n_bytes if text else None) == (ends[-1] if len(ends) else None)


@given(text=texts)
def test_canonical_ends_are_never_inside_a_character_or_before_what_combines_with_it(
    text: str,
) -> None:
    data = text.encode()
    for end in canonical_ends(text).tolist():
        behind = data[end:].decode()
        assert not re.match("[\u0301\u3099\ufe0f\u20e3]", behind)


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("", []),
        ("   ", ["   "]),
        (FOUNDING, [" 8", ")", " singled", " out", " 9", ")", " personality"]),
        ("they'd 'say' rock'n'roll", ["they", "'d", " 'say", "'", " rock", "'n", "'roll"]),
        ("one  two \n\n three\r\n", ["one", "  two", " \n\n three", "\r\n"]),
        ("end.\n\nThe", ["end", ".", "\n\n", "The"]),
        ("x += 10**2\n", ["x", " +=", " 10", "**", "2", "\n"]),
        ("日本語はラーメン", [*"日本語はラーメン"]),
        ("cafe\u0301 👩\u200d👧!", ["cafe\u0301", " 👩\u200d👧!"]),
        ("ไทย", [*"ไทย"]),
    ],
)
def test_a_text_is_cut_into_its_canonical_units(text: str, units: list[str]) -> None:
    assert np.cumsum([len(unit.encode()) for unit in units], dtype=int).tolist() == (
        canonical_ends(text).tolist()
    )


def test_canonical_points_of_prose_are_cut_by_the_rule_of_gpt_2() -> None:
    rule = pre_tokenizers.ByteLevel(add_prefix_space=False)
    ends = np.cumsum([len(piece) for piece, _ in rule.pre_tokenize_str(PROSE)])

    assert [] == np.setdiff1d(canonical_ends(PROSE), ends).tolist()


@pytest.mark.parametrize("name", ["demo-solu-1l", "demo-gelu-2l"])
def test_canonical_points_of_code_are_token_ends_of_real_tokenizers(name: str) -> None:
    code = Path(np.__file__).read_text("utf-8")
    points = canonical_ends(code)
    in_points, _ = shared_ends(points, ends_of(demo(name), code))

    assert len(points) > 4000
    assert len(in_points) > 0.99 * len(points)
