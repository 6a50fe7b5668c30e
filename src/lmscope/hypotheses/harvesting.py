"""Pairs from held-out documents: sentences that a rule marks, and the same without its place."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from lmscope.marking import Marks
from lmscope.pack import Pack
from lmscope.pairs import Pairs, Text
from lmscope.rules import Rule, near_misses

_BEFORE, _AFTER = 160, 60  # bytes; a model needs some text before the place
_BREAK = re.compile(rb"\n\s*\n")


def harvest(
    rule: Rule,
    pack: Pack,
    marks: Marks,
    where: NDArray[np.bool_],
    n: int,
    *,
    seed: int = 0,
    language: str = "en",
) -> Pairs | None:
    """Take texts that a rule marks out of documents, and change each so that it does not.

    One text from each document, documents in random order, with some text before the place and a
    little after it; its partner is one of the text's near misses, at random.

    Args:
        rule: The rule.
        pack: The corpus.
        marks: Of the rule.
        where: Tokens to choose from, bool [n_tokens]: those of the confirmation half.
        n: Pairs at most.
        seed: Same arguments and seed, same pairs.
        language: What the texts are written in, for near misses that change the language.

    Returns:
        The pairs; None if no text could be changed, as with rules on tokens.
    """
    if rule.needs_tokens:
        return None
    at = np.flatnonzero(marks.labels & where)
    documents, first = np.unique([pack.document_at(int(i)) for i in at], return_index=True)
    rng = np.random.default_rng(seed)
    pairs: list[tuple[Text, Text]] = []
    for i in rng.permutation(len(documents)):
        if len(pairs) == n:
            break
        text = _round(pack, int(documents[i]), int(at[first[i]]))
        if misses := near_misses(rule, text, language):
            miss, _ = misses[rng.integers(len(misses))]  # each kind of miss has its turn
            pairs.append((Text(text), Text(miss)))
    if not pairs:
        return None
    matching, other = zip(*pairs, strict=True)
    return Pairs(matching, other, is_paired=True)


def _round(pack: Pack, document: int, token: int) -> str:
    """The text round a token: from a paragraph's start if one is near."""
    first, spans = pack.document_spans(document)
    start, end = spans[token - first].tolist()
    begin = max(start - _BEFORE, 0)
    before = pack.text(document, begin, start)
    if breaks := list(_BREAK.finditer(before)):
        before = before[breaks[-1].end() :]
    after = pack.text(document, start, end + _AFTER)
    return (before + after).decode("utf-8", "ignore")
