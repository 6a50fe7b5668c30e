"""A text as several models cut it: the facts, and the page in the terminal."""

from __future__ import annotations

import json
import re
from functools import reduce
from typing import Any

import pytest
import tokenizers
from byte_model import ByteModel, bpe
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from tokenizers import models, normalizers, pre_tokenizers

from lmscope import cut
from lmscope.cutting import LONGEST, Cuts
from lmscope.errors import NoText, TooMuchToCut, UnknownModel
from lmscope.models.tokens import Tokenizer
from lmscope.terminal import Paper
from lmscope.terminal.tokens import tokens_page
from lmscope.writing import visible

FOUNDING = " 8) singled out 9) personality"
GPT_2 = [" 8", ")", " singled", " out", " 9", ")", " personality"]
NEOX = [" 8", ")", " sing", "led", " out", " 9", ")", " personality"]

texts = st.text(max_size=60) | st.lists(
    st.sampled_from(
        ["👩\u200d👧", "🏳\ufe0f", "e\u0301", "\r\n", "  ", " ", "\n", "the", "日本", "8)", "-" * 50]
    ),
    min_size=1,
    max_size=20,
).map("".join)


def named(name: str, tokenizer: Tokenizer) -> Any:
    return ByteModel(name, tokenizer, [[len]])


def words(pieces: list[str]) -> Tokenizer:
    """A tokenizer that knows these words, and cuts where they stand."""
    known = ["[UNK]", *dict.fromkeys(pieces)]
    backend = tokenizers.Tokenizer(
        models.WordLevel({word: i for i, word in enumerate(known)}, unk_token="[UNK]")
    )
    rule = "|".join(sorted((re.escape(word) for word in known), key=len, reverse=True))
    backend.pre_tokenizer = pre_tokenizers.Split(tokenizers.Regex(rule), "isolated")
    return Tokenizer(backend)


def word_piece() -> Tokenizer:
    pieces = ["[UNK]", "[CLS]", "[SEP]", "sing", "##led", "out", "person", "##ality", "8", "9", ")"]
    backend = tokenizers.Tokenizer(
        models.WordPiece({p: i for i, p in enumerate(pieces)}, unk_token="[UNK]")
    )
    backend.normalizer = normalizers.BertNormalizer(lowercase=True)
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return Tokenizer(backend, prefix=(1,), suffix=(2,))


def page(found: Cuts, width: int = 100) -> list[str]:
    console = Console(width=1000, no_color=True, highlight=False)
    with console.capture() as captured:
        console.print(tokens_page(found.to_json(), Paper(width=width, is_coloured=False)))
    return [line.rstrip() for line in captured.get().split("\n")]


def test_the_founding_sentence_has_seven_shared_ends_and_is_told_apart_by_index_from_token_2():
    found = cut(FOUNDING, named("gpt", words(GPT_2)), named("neox", words(NEOX)))
    (pair,) = found.pairs

    assert [GPT_2, NEOX] == [one.tokens.pieces() for one in found.models]
    assert [2, 3, 11, 15, 17, 18, 30] == found.shared_by_all.tolist()
    assert (7, 7, 8) == (pair.shared, pair.ends_a, pair.ends_b)
    assert (2, 2) == (pair.first_different_index, pair.same_at_index)
    assert [
        "gpt            ·8│)│·sing led│·out│·9│)│·personality│",
        "neox           ·8│)│·sing┊led│·out│·9│)│·personality│",
        "shared by all    ▲ ▲         ▲    ▲  ▲ ▲            ▲",
    ] == page(found)[:3]
    assert (
        "gpt \N{MULTIPLICATION SIGN} neox: 7 of 7 and 7 of 8 ends shared; from token 2 on, equal "
        "index means different text."
    ) in " ".join(page(found))


@settings(deadline=None, max_examples=50)
@given(text=texts)
def test_facts_are_those_of_brute_force(text: str) -> None:
    cutters = [named("a", bpe(300, [FOUNDING])), named("b", bpe(256, [])), named("c", word_piece())]
    if not text:
        with pytest.raises(NoText):
            cut(text, *cutters)
        return
    found = cut(text, *cutters)
    ends = [{end for _, end in one.tokens.spans.tolist() if end} for one in found.models]

    assert sorted(reduce(set.intersection, ends)) == found.shared_by_all.tolist()
    assert [len(ends[0] & ends[1]), len(ends[0] & ends[2]), len(ends[1] & ends[2])] == [
        pair.shared for pair in found.pairs
    ]
    for pair, (a, b) in zip(found.pairs, ((0, 1), (0, 2), (1, 2)), strict=True):
        spans = [found.models[i].tokens.spans.tolist() for i in (a, b)]
        same = [x == y for x, y in zip(*spans, strict=False)]
        is_equal = all(same) and len(spans[0]) == len(spans[1])
        expected = None if is_equal else [*same, False].index(False)
        assert (expected, sum(same)) == (pair.first_different_index, pair.same_at_index)


@settings(deadline=None, max_examples=50)
@given(text=texts.filter(bool), width=st.integers(36, 70))
def test_shared_ends_stand_in_one_column_and_lines_keep_to_the_width(text: str, width: int) -> None:
    text = re.sub("[│┊▲◌]", "", text) or "x"
    found = cut(text, *map(named, ("a", "b"), (bpe(300, [FOUNDING]), bpe(256, []))))
    lines = page(found, width)
    blocks = [at for at, line in enumerate(lines) if line.startswith("shared by all")]

    n_shared, drawn = 0, ""
    for at in blocks:
        a, b, marks = lines[at - 2 : at + 1]
        assert places(a, "│") == places(b, "│") == places(marks, "▲")
        assert max(map(cell_len, (a, b, marks))) <= width
        n_shared += marks.count("▲")
        drawn += a[len("shared by all  ") :]
    assert len(found.shared_by_all) == n_shared
    if text.isascii():
        assert visible(text, spaces=True) == re.sub("[│┊ ]", "", drawn)


def places(line: str, sign: str) -> list[int]:
    """The cells of a line in which a sign stands."""
    return [cell_len(line[:i]) for i, c in enumerate(line) if c == sign]


def test_a_character_that_one_model_cuts_stays_whole_in_the_other() -> None:
    found = cut("a👩b", named("whole", words(["a", "👩", "b"])), named("bytes", bpe(256, [])))

    assert [
        "whole          a│👩                 │b│",
        r"bytes          a│\xf0┊\x9f┊\x91┊\xa9│b│",
        "shared by all   ▲                   ▲ ▲",
    ] == page(found)[:3]


def test_a_model_that_changes_the_text_says_so_and_shows_what_it_leaves_out() -> None:
    found = cut("8) Singled", named("bert", word_piece()), named("bytes", bpe(256, [])))

    assert not found.models[0].tokens.is_exact
    assert [
        "bert           8│)│  S i n g│l e d│",
        "bytes          8│)│·┊S┊i┊n┊g│l┊e┊d│",
    ] == page(found)[:2]
    assert (
        "bert: 4 tokens, [CLS] before them and [SEP] behind them without bytes. It changes the "
        "text before it cuts it, so its ends are mapped back."
    ) in " ".join(page(found))


def test_one_model_alone_is_just_its_cut() -> None:
    assert ["neox  ·8│)│·sing│led│·out│·9│)│·personality│", "", "neox: 8 tokens.", ""] == page(
        cut(FOUNDING, named("neox", words(NEOX)))
    )


def test_the_same_tokenizer_twice_has_nothing_to_tell_apart() -> None:
    found = cut("one two", "demo-solu-1l", "demo-solu-1l-twin")

    assert (None, 2, 2) == (
        found.pairs[0].first_different_index,
        found.pairs[0].same_at_index,
        found.pairs[0].shared,
    )
    assert any(line.endswith("token by token the same.") for line in page(found))


def test_an_index_that_comes_right_again_is_not_called_wrong() -> None:
    found = cut("abcd", named("a", words(["ab", "c", "d"])), named("b", words(["a", "bc", "d"])))
    text = " ".join(page(found))

    assert (0, 1) == (found.pairs[0].first_different_index, found.pairs[0].same_at_index)
    assert "ends shared; token 0 is the first whose index means different text." in text


def test_json_has_the_promised_shape() -> None:
    shown = json.loads(json.dumps(cut(" 8)", named("gpt", words(GPT_2)), "demo-gelu-2l").to_json()))

    assert {"text", "models", "pairs", "shared_by_all"} == shown.keys()
    assert (" 8)", [2, 3]) == (shown["text"], shown["shared_by_all"])
    one = shown["models"][0]
    assert ("gpt", 2, True, [], []) == tuple(
        one[key] for key in ("model", "n_tokens", "exact", "prefix", "suffix")
    )
    assert {"text": " 8", "start": 0, "end": 2, "id": 1} == one["tokens"][0]
    assert ["<|endoftext|>"] == shown["models"][1]["prefix"]
    assert {
        "a": "gpt",
        "b": "demo-gelu-2l",
        "shared": 2,
        "ends_a": 2,
        "ends_b": 2,
        "first_different_index": None,
        "same_at_index": 2,
    } == shown["pairs"][0]


def test_a_result_says_what_it_is() -> None:
    found = cut(FOUNDING, named("gpt", words(GPT_2)), named("neox", words(NEOX)))

    assert "<30 bytes, gpt: 7 tokens, neox: 8 tokens; 7 ends shared by all>" == repr(found)


def test_what_cannot_be_cut_says_why() -> None:
    with pytest.raises(NoText):
        cut("", "demo-solu-1l")
    with pytest.raises(TooMuchToCut, match="This text has 100,001 bytes; 100,000 at most"):
        cut("x" * (LONGEST + 1), "demo-solu-1l")
    with pytest.raises(UnknownModel, match="'demo-solu-1l'"):
        cut("x", "demo-solu-11")
    with pytest.raises(UnknownModel):
        cut("x", "a text " * 900)
