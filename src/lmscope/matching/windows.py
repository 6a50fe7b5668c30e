"""One corpus cut into the same windows for two models, and the points that both can be seen at.

Tokens of different models cannot be paired by their index, and windows of equally many tokens do
not begin at the same place. So the text is cut by bytes, and two activations are paired where both
models have just read the same bytes of the same window.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lmscope.alignment import shared_ends
from lmscope.corpora import Counts, Document
from lmscope.errors import BadOption, EmptyCorpus
from lmscope.marking import Tokens
from lmscope.pack import Cutter, Pack, Texts

_MARGIN = 4
"""Tokens that a window may have more when it is cut alone: a word cut in two, a space in front."""


class Windows:
    """The windows of a corpus, in order; to `lmscope.pack` they are its documents."""

    def __init__(self, spec: tuple[str, ...], windows: Sequence[Document]) -> None:
        self.spec = spec
        self._windows = windows

    def __len__(self) -> int:
        return len(self._windows)

    def read(self, counts: Counts) -> Iterator[Document]:
        """Give all windows."""
        for window in self._windows:
            counts.documents += 1
            yield window


def cut_windows(
    corpus: Texts,
    tokenizers: Sequence[Cutter],
    lengths: Sequence[int],
    *,
    n_tokens: int | None = None,
) -> Windows:
    """Cut a corpus so that each window fits into a segment of every model.

    A window ends behind a newline, else before a space, else between two characters.

    Args:
        corpus: The corpus.
        tokenizers: Of the models.
        lengths: Tokens that a segment of each model has room for, prefix and suffix included.
        n_tokens: Stop after so many tokens of the first model; the last document is kept whole.
            None for all.

    Returns:
        Windows that share the number of their document, and of what nearly repeats it, as their
        `cluster`: the number of the first window.

    Raises:
        BadOption: If `n_tokens` is less than 1.
    """
    if n_tokens is not None and n_tokens < 1:
        raise BadOption("--tokens", n_tokens, "it must be 1 or more")
    rooms = [
        max(1, length - len(t.prefix) - len(t.suffix) - _MARGIN)
        for length, t in zip(lengths, tokenizers, strict=True)
    ]
    found: list[Document] = []
    first_window: list[int] = []
    n_read = 0
    for document in corpus.read(Counts()):
        if n_tokens is not None and n_read >= n_tokens:
            break
        ends = [t.tokenize_all([document.text])[0].spans[:, 1].astype(np.int64) for t in tokenizers]
        n_read += len(ends[0])
        first_window.append(len(found))
        cluster = first_window[document.cluster]
        data = document.text.encode()
        start = 0
        while start < len(data):
            stop = _stop(data, start, ends, rooms)
            found.append(
                Document(data[start:stop].decode(), document.source, document.offset, cluster)
            )
            start = stop
    return Windows(corpus.spec, found)


def _stop(data: bytes, start: int, ends: Sequence[NDArray[np.int64]], rooms: Sequence[int]) -> int:
    """Find where the window that starts here ends."""
    stop = len(data)
    for at, room in zip(ends, rooms, strict=True):
        last = int(np.searchsorted(at, start, side="right")) + room - 1
        if last < len(at):
            stop = min(stop, int(at[last]))
    if stop == len(data):
        return stop
    middle = start + (stop - start) // 2
    if (newline := data.rfind(b"\n", middle, stop)) >= 0:
        return newline + 1
    if (space := data.rfind(b" ", middle + 1, stop)) >= 0:
        return space
    while stop > start + 1 and data[stop] & 0xC0 == 0x80:
        stop -= 1
    while stop < len(data) and data[stop] & 0xC0 == 0x80:
        stop += 1
    return stop


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Where two models can be compared: both have just read the same bytes of the same window."""

    a: NDArray[np.int64]
    """Tokens of the first pack, in order, [n_points]."""
    b: NDArray[np.int64]
    """Tokens of the second pack, in order, [n_points]."""
    window: NDArray[np.int64]
    """Window of each point, [n_points]."""
    document: NDArray[np.int64]
    """Number of each point's document, the same for near-duplicates, [n_points]."""
    is_shared_a: NDArray[np.bool_]
    """Which tokens of the first pack are points, among those that count, [n_tokens]."""
    counts_a: NDArray[np.bool_]
    """Which tokens of the first pack could be points, [n_tokens]."""

    def __len__(self) -> int:
        return len(self.a)

    def lagged(self, lag: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Give for each point the one `lag` shared ends earlier, and whether its window has it."""
        at = np.arange(len(self)) - lag
        inside = (at >= 0) & (at < len(self))
        at = np.clip(at, 0, max(len(self) - 1, 0))
        return at, inside & (self.window[at] == self.window)


def shared_points(packs: tuple[Pack, Pack], skips: tuple[int, int]) -> Points:
    """Find the points of two packs of the same windows.

    Special tokens, the first tokens of a window, and what did not fit into the first segment of a
    window are no points: a neuron that spikes on the first token of every text would else go
    with every other that does.

    Args:
        packs: Written from the same `Windows`.
        skips: First positions of each segment that never count, prefix included.

    Raises:
        EmptyCorpus: If there is no point.
    """
    counts = []
    for pack, skip in zip(packs, skips, strict=True):
        tokens = Tokens.of(pack, skip)
        of = pack.document_of(tokens.segment)
        first = np.searchsorted(pack.document_of(np.arange(pack.n_segments)), of)
        counts.append(tokens.counts & (tokens.segment == first))
    clusters = packs[0].clusters()
    a, b, windows = [], [], []
    for window in range(packs[0].n_documents):
        (start_a, spans_a), (start_b, spans_b) = (pack.document_spans(window) for pack in packs)
        i, j = shared_ends(spans_a[:, 1], spans_b[:, 1])
        here = counts[0][start_a + i] & counts[1][start_b + j]
        a.append(start_a + i[here])
        b.append(start_b + j[here])
        windows.append(np.full(int(here.sum()), window))
    window_of = np.concatenate(windows)
    if not len(window_of):
        raise EmptyCorpus(
            "the texts", "the models end no token at the same place, first ones apart"
        )
    points_a = np.concatenate(a)
    is_shared = np.zeros(packs[0].n_tokens, np.bool_)
    is_shared[points_a] = True
    return Points(points_a, np.concatenate(b), window_of, clusters[window_of], is_shared, counts[0])
