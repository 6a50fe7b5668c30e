r"""A text as several models cut it, drawn for a terminal. Knows its JSON only.

One line for each model, aligned on bytes: ``│`` is a token's end that all models share, ``┊`` one
that some share or none, and a blank stands where another model ends a token. ``·`` is a space,
``↵`` a line break. Bytes that are no whole character are written as ``\xe2``; what no token
covers is left blank.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from rich.cells import cell_len
from rich.console import Group
from rich.text import Text

from lmscope.terminal.ink import Paper, wrapped
from lmscope.text import printable
from lmscope.writing import visible

_LABEL = "shared by all"
_WIDEST_NAME = 28
_NARROWEST = 16  # cells for the text, however narrow the terminal


def tokens_page(result: Mapping[str, Any], paper: Paper) -> Group:
    """Draw a text as several models cut it, one under the other, and what they have in common.

    Args:
        result: What `Cuts.to_json` gives.
        paper: What to draw on.
    """
    data = result["text"].encode()
    shared = set(result["shared_by_all"])
    names = [_shortened(visible(model["model"])) for model in result["models"]]
    is_compared = len(names) > 1
    margin = max(map(cell_len, [*names, _LABEL * is_compared])) + 2
    rows = [_Row(model, data) for model in result["models"]]
    grid = _Grid(rows, data, max(_NARROWEST, paper.width - margin))
    parts: list[Text] = []
    for line in grid.lines():
        for name, row in zip(names, rows, strict=True):
            drawn = _beginning(name, margin)
            for text, end in grid.cells(row, line):
                drawn.append(text)
                if end is not None:
                    is_odd = end not in shared
                    colour = "bold yellow" if is_odd and paper.is_coloured else "dim"
                    drawn.append("┊" if is_odd else "│", colour)
            parts.append(drawn)
        if is_compared:
            drawn = _beginning(_LABEL, margin)
            for at in range(*line):
                mark = "▲" if grid.bounds[at + 1] in shared else " "
                drawn.append(" " * grid.width[at] + mark, "dim")
            drawn.rstrip()
            parts.append(drawn)
        parts.append(Text())
    parts += [wrapped(Text(_of_model(model)), paper.width) for model in result["models"]]
    parts += [wrapped(Text(_of_pair(pair)), paper.width) for pair in result["pairs"]]
    if is_compared:
        said = (
            "Tokens are counted from 0. Where all models end a token (▲) they have read the same "
            "bytes; only there can their neurons be compared."
        )
        parts += [wrapped(Text(said, "dim"), paper.width)]
    return Group(*parts)


class _Row:
    """One model's tokens, as far as its line needs them."""

    def __init__(self, model: Mapping[str, Any], data: bytes) -> None:
        spans = [(t["start"], t["end"]) for t in model["tokens"] if t["start"] < t["end"]]
        self.ends = {end for _, end in spans}
        self.bounds = self.ends | {start for start, _ in spans}
        self._covered = bytearray(len(data))
        for start, end in spans:
            self._covered[start:end] = b"\1" * (end - start)
        self._data = data

    def shown(self, start: int, end: int) -> str:
        """Write the bytes between two bounds; nothing if no token covers them."""
        return _shown(self._data[start:end]) if self._covered[start] else ""


class _Grid:
    """Columns between the bounds of all rows, each as wide as its text in any of them.

    Between two columns there is one cell, for the end of a token.
    """

    def __init__(self, rows: Sequence[_Row], data: bytes, room: int) -> None:
        self._room = room
        self._whole = _whole(data)
        self.bounds = [0]
        for end in sorted({len(data)}.union(*(row.bounds for row in rows)) - {0}):
            self.bounds += _broken(data, self.bounds[-1], end, self._whole, room - 1)
        self.width = [cell_len(_shown(data[a:b])) for a, b in pairwise(self.bounds)]
        for row in rows:
            for first, last in self._runs(row, 0, len(self.width)):
                text = row.shown(self.bounds[first], self.bounds[last])
                self.width[last - 1] += max(0, cell_len(text) - self._cells(first, last))
        self._breaks = set.intersection(*(self._whole | row.bounds for row in rows))

    def lines(self) -> Iterator[tuple[int, int]]:
        """Give the columns of each line, [first, last); no row is broken inside a character."""
        first = best = 0
        for last in range(1, len(self.bounds)):
            if best > first and self._cells(first, last) >= self._room:
                yield first, best
                first = best
            if self.bounds[last] in self._breaks:
                best = last
        yield first, len(self.width)

    def cells(self, row: _Row, line: tuple[int, int]) -> Iterator[tuple[str, int | None]]:
        """Give the texts of a row's columns on a line, and the token's end behind each, if any."""
        for first, last in self._runs(row, *line):
            end = self.bounds[last]
            text = row.shown(self.bounds[first], end)
            blanks = " " * (self._cells(first, last) - cell_len(text))
            yield (text + blanks, end) if end in row.ends else (text + blanks + " ", None)

    def _runs(self, row: _Row, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """Join the columns of a character that other models cut and this one does not."""
        first = start
        for last in range(start + 1, stop + 1):
            end = self.bounds[last]
            if last == stop or end in self._whole or end in row.bounds:
                yield first, last
                first = last

    def _cells(self, first: int, last: int) -> int:
        return sum(self.width[first:last]) + last - first - 1


def _whole(data: bytes) -> set[int]:
    """Give the byte offsets between characters, but none before what combines with another."""
    offsets, at = set[int](), 0
    for character in data.decode():
        if cell_len(visible(character)):
            offsets.add(at)
        at += len(character.encode())
    return offsets | {at}


def _broken(data: bytes, start: int, end: int, whole: set[int], most: int) -> list[int]:
    """Break what is longer than a line; give where its pieces end."""
    if cell_len(_shown(data[start:end])) <= most:
        return [end]
    ends, best = list[int](), start
    for at in [*sorted(at for at in whole if start < at < end), end]:
        if best > start and cell_len(_shown(data[start:at])) > most:
            ends.append(best)
            start = best
        best = at
    return [*ends, end]


def _shown(data: bytes) -> str:
    """Write bytes so that they take room and stay in it."""
    text = visible(printable(data), spaces=True)
    return text if cell_len(text[:1]) else "◌" + text


def _beginning(name: str, margin: int) -> Text:
    line = Text(no_wrap=True)
    line.append(name + " " * (margin - cell_len(name)), "bold")
    return line


def _shortened(name: str) -> str:
    return name if len(name) <= _WIDEST_NAME else "…" + name[1 - _WIDEST_NAME :]


def _of_model(model: Mapping[str, Any]) -> str:
    n = model["n_tokens"]
    said = f"{visible(model['model'])}: {n:,} token{'s' * (n != 1)}"
    around = [
        f"{' '.join(map(visible, model[where]))} {place}"
        for where, place in (("prefix", "before them"), ("suffix", "behind them"))
        if model[where]
    ]
    if around:
        said += f", {' and '.join(around)} without bytes"
    if not model["exact"]:
        said += ". It changes the text before it cuts it, so its ends are mapped back"
    return said + "."


def _of_pair(pair: Mapping[str, Any]) -> str:
    said = (
        f"{visible(pair['a'])} \N{MULTIPLICATION SIGN} {visible(pair['b'])}: "
        f"{pair['shared']:,} of {pair['ends_a']:,} and {pair['shared']:,} of {pair['ends_b']:,} "
        "ends shared"
    )
    first, n_same = pair["first_different_index"], pair["same_at_index"]
    if first is None:
        return f"{said}; token by token the same."
    if first == n_same:
        return f"{said}; from token {first} on, equal index means different text."
    return f"{said}; token {first} is the first whose index means different text."
