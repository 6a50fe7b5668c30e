"""From places in a document's bytes to labels of its tokens. Knows no rules and no tokenizer.

Only byte spans come in, so labels of two tokenizers speak of the same characters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Which = Literal["last", "first", "any"]
"""Which of a place's tokens should fire. `last`: the one at which a model that reads from left to
right can know the whole place; `first`; `any`: all of them, scored as one event."""


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where a rule says that something should fire, in one document, in the order of the ends."""

    document: bytes
    """The text in UTF-8."""
    spans: NDArray[np.int64]
    """What should fire: half-open byte spans, [n, 2], each with another end. None ends in white
    space unless it is nothing else."""
    matches: NDArray[np.int64]
    """The whole match of each, with what it looked ahead for: byte spans, [n, 2]."""

    def __len__(self) -> int:
        return len(self.spans)

    def __repr__(self) -> str:
        return f"<{len(self):,} places in {len(self.document):,} bytes>"


def events(places: Places, spans: NDArray[np.integer]) -> NDArray[np.int64]:
    """Give the tokens of each place.

    The last is the token with the place's last byte: not earlier, since nothing can know the
    place before; where a tokenizer left that byte out, the next token. A token before it belongs
    to the place if its own last byte that is no white space does. Tokens may end inside a
    character. Places that end in none of these tokens are left out.

    Args:
        places: What a rule gave for the document.
        spans: Byte span of each token in the document, ascending, [n_tokens, 2]; all tokens of
            the document or those of one segment.

    Returns:
        First token of each place and one past its last, [n_events, 2].

    Example:
        >>> places = Places(b"a 8) b", np.array([[2, 4]]), np.array([[2, 4]]))
        >>> events(places, np.array([[0, 1], [1, 3], [3, 4], [4, 6]])).tolist()
        [[1, 3]]
    """
    last, is_here = _last_tokens(places, spans)
    if not is_here.any():
        return np.empty((0, 2), np.int64)
    first = np.searchsorted(_solid_ends(places.document, spans), places.spans[:, 0], side="right")
    found: NDArray[np.int64] = np.stack([np.minimum(first, last), last + 1], axis=1)[is_here]
    return found


def last_tokens(places: Places, spans: NDArray[np.integer]) -> NDArray[np.int64]:
    """Give the last token of each place, as `events` does, [n_events]; the arguments are its own.

    Example:
        >>> places = Places(b"a 8) b", np.array([[2, 4]]), np.array([[2, 4]]))
        >>> last_tokens(places, np.array([[0, 1], [1, 3], [3, 4], [4, 6]])).tolist()
        [2]
    """
    last, is_here = _last_tokens(places, spans)
    return last[is_here]


def _last_tokens(
    places: Places, spans: NDArray[np.integer]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The token with the last byte of each place or the next one, and whether it is there."""
    if spans.ndim != 2 or spans.shape[1] != 2:
        raise ValueError(f"spans have shape [n_tokens, 2], not {list(spans.shape)}")
    if len(spans) == 0 or len(places) == 0:
        return np.zeros(len(places), np.int64), np.zeros(len(places), np.bool_)
    starts, ends = spans[:, 0].astype(np.int64), spans[:, 1].astype(np.int64)
    reached = np.maximum.accumulate(np.where(starts < ends, ends, 0))
    last_byte = places.spans[:, 1] - 1
    last: NDArray[np.int64] = np.searchsorted(reached, last_byte, side="right").astype(np.int64)
    return last, (last < len(spans)) & (last_byte >= starts[0])


def _solid_ends(document: bytes, spans: NDArray[np.integer]) -> NDArray[np.int64]:
    """Give the end of each token without white space, never below an earlier one, [n_tokens]."""
    ends = np.where(spans[:, 0] < spans[:, 1], spans[:, 1], 0).astype(np.int64)
    last = np.frombuffer(document, np.uint8)[np.maximum(ends, 1) - 1]
    for i in np.flatnonzero(np.isin(last, _MAY_END_SPACE)):
        start, end = spans[i].tolist()
        piece = document[start:end].decode("utf-8", "surrogateescape").rstrip()
        ends[i] = start + len(piece.encode("utf-8", "surrogateescape"))
    solid: NDArray[np.int64] = np.maximum.accumulate(ends)
    return solid


_MAY_END_SPACE = np.array([c for c in range(256) if c >= 0x80 or chr(c).isspace()], np.uint8)
"""The last bytes that white space can have in UTF-8, and some others."""


def label(places: Places, spans: NDArray[np.integer], which: Which = "last") -> NDArray[np.bool_]:
    """Say which tokens should fire, [n_tokens]; the arguments are those of `events`.

    Example:
        >>> places = Places(b"a 8) b", np.array([[2, 4]]), np.array([[2, 4]]))
        >>> label(places, np.array([[0, 1], [1, 3], [3, 4], [4, 6]])).tolist()
        [False, False, True, False]
    """
    if which not in get_args(Which):
        raise ValueError(f"which is 'last', 'first' or 'any', not {which!r}")
    labels = np.zeros(len(spans), np.bool_)
    if which == "last":
        labels[last_tokens(places, spans)] = True
        return labels
    tokens = events(places, spans)
    if which == "first":
        labels[tokens[:, 0]] = True
    else:
        change = np.zeros(len(spans) + 1, np.int64)
        np.add.at(change, tokens[:, 0], 1)
        np.add.at(change, tokens[:, 1], -1)
        labels = np.cumsum(change)[:-1] > 0
    return labels


def shifted(
    labels: NDArray[np.bool_], delta: int, segments: NDArray[np.integer] | None = None
) -> NDArray[np.bool_]:
    """Move labels by some tokens; what would leave its segment is lost.

    Args:
        labels: [n_tokens].
        delta: -1 moves each label to the token before, 1 to the token after.
        segments: Which segment each token is in, [n_tokens]; None if all are in one.

    Example:
        >>> shifted(np.array([True, False, True, True]), 1, np.array([0, 0, 0, 1])).tolist()
        [False, True, False, False]
    """
    moved = np.zeros_like(labels)
    n = len(labels) - abs(delta)
    if n <= 0:
        return moved
    old, new = slice(max(-delta, 0), max(-delta, 0) + n), slice(max(delta, 0), max(delta, 0) + n)
    moved[new] = labels[old]
    if segments is not None:
        moved[new] &= segments[old] == segments[new]
    return moved


def around(
    labels: NDArray[np.bool_], n: int, segments: NDArray[np.integer] | None = None
) -> NDArray[np.bool_]:
    """Say which tokens are at most `n` tokens from a label, the labelled ones among them.

    A neuron that fires round a place is not wrong there: these tokens count neither for nor
    against it, except where the moved label is.

    Args:
        labels: [n_tokens].
        n: How far.
        segments: Which segment each token is in, [n_tokens]; None if all are in one.

    Example:
        >>> around(np.array([False, False, True, False, False]), 1).tolist()
        [False, True, True, True, False]
    """
    near = labels.copy()
    for delta in range(1, n + 1):
        near |= shifted(labels, delta, segments) | shifted(labels, -delta, segments)
    return near
