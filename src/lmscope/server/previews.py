"""What a rule marks, while it is being written: on a neuron's examples and on some documents.

All of it is bounded, in bytes and in time of work, since every keystroke may ask.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from lmscope.catalogue import Catalogue
from lmscope.errors import RuleTooBroad, RuleTooSlow
from lmscope.marking import REACH
from lmscope.neurons import Example
from lmscope.pack import Pack
from lmscope.pairs import Pairs, Text, facts
from lmscope.rules import Rule, Which, label

V = TypeVar("V")

_EXAMPLES_WITHIN_S, _ALL_WITHIN_S, _LEAST_S = 0.06, 0.1, 0.03
_LAST_S = 1e-3
_SLOW_S = 0.03
"""A text that has taken so long is slow by itself; one with less time left was only late."""
_MOST_EXAMPLES = 100
_MOST_DOCUMENTS, _MOST_BYTES, _LONGEST = 200, 200_000, 20_000
_BEFORE, _AFTER = 400, 100  # bytes of a document that a rule sees round an example
_MOST_PLACES = 100  # of one example
_N_REMEMBERED = 8
_TEXTS_LOOKED_AT = 300

MOST_TEXTS = 2_000
"""Texts that a hypothesis of the site keeps; of more, an even choice."""


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """A piece of a document with the tokens that are of interest in it."""

    text: str
    start: int
    """First byte of the piece in the document."""
    spans: NDArray[np.int64]
    """Of the tokens, in the piece, [n_tokens, 2]."""
    peak: int


_NOTHING: dict[str, Any] = {"fires": [], "matches": [], "tokens": [], "touched": []}


class Previews:
    """Rules on the examples of neurons, and on the first documents of catalogues."""

    def __init__(self) -> None:
        self._neurons: _Remembered[dict[str, list[_Piece]]] = _Remembered(_N_REMEMBERED)
        self._documents: _Remembered[list[_Piece]] = _Remembered(_N_REMEMBERED)

    def __call__(
        self, catalogue: Catalogue, layer: int, index: int, rule: Rule, which: Which
    ) -> dict[str, Any]:
        """Say what a rule marks; the shape of `lmscope.server.shapes.Preview`.

        Raises:
            RuleTooSlow: If the examples took too long.
        """
        key = str(catalogue.path), layer, index
        lists = self._neurons(key, lambda: _examples(catalogue, layer, index))
        documents = self._documents(key[0], lambda: _first(catalogue.pack))
        started = time.thread_time()
        examples = {
            name: _Seen(rule, pieces, which, started + _EXAMPLES_WITHIN_S)
            for name, pieces in lists.items()
        }
        until = max(started + _ALL_WITHIN_S, time.thread_time() + _LEAST_S)
        corpus, too_slow = _count(rule, documents, which, until)
        return {
            "rule": rule.text,
            "note": rule.note,
            "bits": rule.bits,
            "needs_tokens": rule.needs_tokens,
            **{name: seen.marked for name, seen in examples.items()},
            "peaks": [
                {
                    "offset": offset,
                    "n_top": examples["top"].n_peaks_at(offset),
                    "n_bottom": examples["bottom"].n_peaks_at(offset),
                }
                for offset in range(-REACH, REACH + 1)
            ],
            "corpus": corpus | {"n_documents": catalogue.pack.n_documents},
            "n_left_out": sum(seen.n_left_out for seen in examples.values()),
            "slow": None if too_slow is None else str(too_slow),
        }


class _Seen:
    """What a rule marks in the examples of one list, as many as there is time for."""

    def __init__(self, rule: Rule, pieces: list[_Piece], which: Which, until: float) -> None:
        self.marked: list[dict[str, Any]] = []
        self.n_left_out = 0
        self._peaks: list[tuple[int, NDArray[np.bool_]]] = []
        is_late = False
        for piece in pieces:
            left = until - time.thread_time()
            try:
                if is_late:
                    raise TimeoutError
                if is_late := left <= 0:
                    left = _LAST_S  # enough to learn what is slow, if anything is
                marked, labels = _mark(rule, piece, which, left)
            except TimeoutError as error:
                # What had half of the time left is slow by itself; the rest was only late.
                if isinstance(error, RuleTooSlow) and left >= _EXAMPLES_WITHIN_S / 2:
                    told = {"document": "the examples of this page", "limit_s": _EXAMPLES_WITHIN_S}
                    raise RuleTooSlow(**error.facts | told) from None
                marked, labels = _NOTHING, np.zeros(0, np.bool_)
                self.n_left_out += 1
            self.marked.append(marked)
            self._peaks.append((piece.peak, labels))

    def n_peaks_at(self, offset: int) -> int:
        """Count the examples whose peak is so many tokens after a marked one."""
        found = ((peak - offset, labels) for peak, labels in self._peaks)
        return sum(0 <= at < len(labels) and bool(labels[at]) for at, labels in found)


def _mark(
    rule: Rule, piece: _Piece, which: Which, left_s: float
) -> tuple[dict[str, Any], NDArray[np.bool_]]:
    places = rule.places(piece.text, piece.spans, limit_s=left_s)
    labels = label(places, piece.spans, which)
    ends = piece.spans[:, 1]
    seen = [
        i
        for i, (start, end) in enumerate(places.matches.tolist())
        if start < ends[-1] and end > piece.spans[0, 0]
    ][:_MOST_PLACES]
    touched = np.zeros(len(labels), np.bool_)
    for start, end in places.matches[seen].tolist():
        touched |= (piece.spans[:, 0] < end) & (ends > start)
    return {
        "fires": (places.spans[seen] + piece.start).tolist(),
        "matches": (places.matches[seen] + piece.start).tolist(),
        "tokens": np.flatnonzero(labels).tolist(),
        "touched": np.flatnonzero(touched).tolist(),
    }, labels


def _count(
    rule: Rule, documents: list[_Piece], which: Which, until: float
) -> tuple[dict[str, Any], RuleTooSlow | None]:
    """Count places in documents, as many as there is time for."""
    n_places = n_read = n_marked = n_tokens = 0
    too_slow = None
    for piece in documents:
        left = until - time.thread_time()
        if left <= 0:
            break
        try:
            places = rule.places(piece.text, piece.spans, limit_s=left)
        except RuleTooSlow as error:
            if left >= _SLOW_S:
                told = {"document": f"document {n_read + 1} of the corpus", "limit_s": left}
                too_slow = RuleTooSlow(**error.facts | told)
            break
        n_places += len(places)
        n_marked += int(label(places, piece.spans, which).sum())
        n_read, n_tokens = n_read + 1, n_tokens + len(piece.spans)
    share = n_marked / n_tokens if n_tokens else 0.0
    return {"places": n_places, "documents": n_read, "share_of_tokens": share}, too_slow


def _examples(catalogue: Catalogue, layer: int, index: int) -> dict[str, list[_Piece]]:
    record = catalogue[layer, index]
    bands = [example for band in record.bands for example in band.examples]
    lists = {"top": record.top, "bottom": record.bottom, "bands": bands}
    return {
        name: [_around(catalogue.pack, example) for example in examples[:_MOST_EXAMPLES]]
        for name, examples in lists.items()
    }


def _around(pack: Pack, example: Example) -> _Piece:
    start = max(0, example.start - _BEFORE)
    data = pack.text(example.document, start, example.end + _AFTER)
    while data and data[0] & 0xC0 == 0x80:  # the middle of a character
        data, start = data[1:], start + 1
    spans = np.asarray(example.spans, np.int64) - start
    return _Piece(data.decode("utf-8", "replace"), start, spans, example.peak)


def _first(pack: Pack) -> list[_Piece]:
    """The first documents of a corpus, those that are very long left out."""
    found: list[_Piece] = []
    n_bytes = 0
    for document in range(min(pack.n_documents, 4 * _MOST_DOCUMENTS)):
        _, spans = pack.document_spans(document)
        data = pack.text(document, 0, _LONGEST + 1)
        if not data or len(data) > _LONGEST or n_bytes + len(data) > _MOST_BYTES:
            continue
        n_bytes += len(data)
        found.append(_Piece(data.decode("utf-8", "replace"), 0, spans, 0))
        if len(found) == _MOST_DOCUMENTS:
            break
    return found


def read_texts(pairs: Pairs, rule: Rule | None) -> dict[str, Any]:
    """Say what was understood of a person's texts; the shape of `lmscope.server.shapes.Texts`."""
    kept = pairs.evenly(MOST_TEXTS)
    looked_at = pairs.evenly(_TEXTS_LOOKED_AT)
    until = time.thread_time() + _EXAMPLES_WITHIN_S

    def has_place(text: str) -> bool:
        assert rule is not None
        return len(rule.places(text, limit_s=max(until - time.thread_time(), 0.0))) > 0

    is_read = rule is not None and not rule.needs_tokens
    try:
        said = facts(looked_at, has_place if is_read else None)
    except (RuleTooSlow, RuleTooBroad):
        said = facts(looked_at)
    return {
        "n_matching": len(pairs.matching),
        "n_other": len(pairs.other),
        "n_kept": len(kept),
        "is_paired": pairs.is_paired,
        "n_incomplete": pairs.n_incomplete,
        "first_matching": _beginning(pairs.matching),
        "first_other": _beginning(pairs.other),
        "n_looked_at": len(looked_at),
        "n_repeated": len(said.repeated_matching) + len(said.repeated_other),
        "n_on_both_sides": len(said.on_both_sides),
        "n_without_place": len(said.without_place),
        "n_others_with_place": len(said.others_with_place),
    }


def _beginning(texts: tuple[Text, ...]) -> str | None:
    return texts[0].written[:200] if texts else None


class _Remembered(Generic[V]):
    """The last few things that were made, by a key."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: OrderedDict[Hashable, V] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, key: Hashable, make: Callable[[], V]) -> V:
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        made = make()
        with self._lock:
            self._made[key] = made
            while len(self._made) > self._most:
                self._made.popitem(last=False)
        return made
