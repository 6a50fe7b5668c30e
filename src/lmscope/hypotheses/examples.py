"""What speaks against a rule, shown: firings outside of it, and places where the neuron is silent.

Chosen by numbers alone, one from each document, so that nobody picks the nice ones.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmscope.hypotheses.judging import Aim
from lmscope.marking import Marks, Tokens
from lmscope.pack import Pack
from lmscope.text import printable

N_EXAMPLES = 10
_N_TOKENS = 8
_BEFORE, _AFTER = 100, 60  # bytes of context


@dataclass(frozen=True, slots=True)
class Place:
    """One token of the corpus in its context."""

    before: str
    token: str
    after: str
    activation: float
    """In activation units, not times the side."""
    document: int
    source: str
    offset: int
    """Of the document in its source: bytes of a file, rows of a data set."""

    def to_json(self) -> dict[str, Any]:
        """Give it as plain JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


def counter_examples(
    activations: NDArray[np.float32],
    aim: Aim,
    marks: Marks,
    tokens: Tokens,
    where: NDArray[np.bool_],
    pack: Pack,
    n: int = N_EXAMPLES,
) -> tuple[Place, ...]:
    """Find the strongest firings outside the rule's places, strongest first.

    Args:
        activations: Of the neuron, float32 [n_tokens].
        aim: Side, offset and threshold.
        marks: Of the rule.
        tokens: Of the corpus.
        where: Tokens to choose from, bool [n_tokens].
        pack: The corpus.
        n: How many at most; each from another document.
    """
    x, outside = _outside(activations, aim, marks, tokens, where)
    at = outside[x[outside] >= aim.threshold]
    return _shown(at[np.argsort(-x[at], kind="stable")], activations, tokens, pack, n)


def missed(
    activations: NDArray[np.float32],
    aim: Aim,
    marks: Marks,
    tokens: Tokens,
    where: NDArray[np.bool_],
    pack: Pack,
    n: int = N_EXAMPLES,
) -> tuple[Place, ...]:
    """Find the marked tokens on which the neuron does not fire, the most silent first.

    Arguments are those of `counter_examples`.
    """
    y, _ = marks.at(aim.offset, tokens)
    x = aim.side * activations
    at = np.flatnonzero(y & where & ~(x >= aim.threshold))
    return _shown(at[np.argsort(x[at], kind="stable")], activations, tokens, pack, n)


def fires_also_on(
    activations: NDArray[np.float32],
    aim: Aim,
    marks: Marks,
    tokens: Tokens,
    where: NDArray[np.bool_],
    pack: Pack,
) -> list[dict[str, Any]]:
    """Count the tokens outside the rule's places on which the neuron fires, most frequent first.

    Returns:
        Dictionaries with `token`, `n` and `share` of all its firings, in the place or outside.
    """
    x, outside = _outside(activations, aim, marks, tokens, where)
    fires = outside[x[outside] >= aim.threshold]
    n_firings = int((x[where & tokens.counts] >= aim.threshold).sum())
    ids, counts = np.unique(pack.token_ids()[fires], return_counts=True)
    first = {int(pack.token_ids()[i]): int(i) for i in fires[::-1]}
    found: Counter[str] = Counter()
    for token, n in zip(ids.tolist(), counts.tolist(), strict=True):
        found[_piece(pack, first[token])[1]] += n
    return [
        {"token": token, "n": n, "share": n / n_firings}
        for token, n in sorted(found.items(), key=lambda row: (-row[1], row[0]))[:_N_TOKENS]
    ]


def _outside(
    activations: NDArray[np.float32],
    aim: Aim,
    marks: Marks,
    tokens: Tokens,
    where: NDArray[np.bool_],
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    y, ignore = marks.at(aim.offset, tokens)
    return aim.side * activations, np.flatnonzero(where & ~y & ~ignore)


def _shown(
    at: NDArray[np.intp], activations: NDArray[np.float32], tokens: Tokens, pack: Pack, n: int
) -> tuple[Place, ...]:
    _, first = np.unique(tokens.document[at], return_index=True)
    return tuple(_place(pack, int(i), float(activations[i])) for i in at[np.sort(first)[:n]])


def _piece(pack: Pack, token: int) -> tuple[int, str, str, str]:
    document = pack.document_at(token)
    first, spans = pack.document_spans(document)
    start, end = spans[token - first].tolist()
    before, here, after = (
        pack.text(document, a, b)
        for a, b in ((max(start - _BEFORE, 0), start), (start, end), (end, end + _AFTER))
    )
    # A cut may fall inside a character; what is left of it at the ends says nothing.
    return document, printable(here), _whole(before), _whole(after)


def _whole(data: bytes) -> str:
    return data.decode("utf-8", "ignore")


def _place(pack: Pack, token: int, activation: float) -> Place:
    document, here, before, after = _piece(pack, token)
    source, offset = pack.source(document)
    return Place(before, here, after, activation, document, source, offset)
