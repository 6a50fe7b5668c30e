"""Colours and lines of a terminal: what the pages are drawn with. Knows no noun but numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rich.cells import cell_len
from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.text import Text

from lmscope.writing import BLUE, ORANGE, columns, strength, visible

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lmscope.neurons import Histogram

_DARK, _LIGHT = (16, 20, 24), (255, 255, 255)
# Steps among the 256 colours that keep the hue, which the nearest colours to a mixture do not.
_RAMPS = {
    (True, False): (17, 18, 25, 26, 33),
    (False, False): (236, 94, 130, 172, 208),
    (True, True): (189, 153, 111, 75, 33),
    (False, True): (230, 223, 222, 215, 208),
}


@dataclass(frozen=True, slots=True)
class Paper:
    """What there is to draw on."""

    width: int = 100
    """In cells."""
    is_coloured: bool = True
    is_light: bool = False
    """True if the terminal's own background is light."""
    is_deep: bool = True
    """True for 24-bit colours, False for 256."""

    def shade(self, value: float, low: float, high: float) -> tuple[str, str] | None:
        """Give the colours of an activation on this paper: see `shade`."""
        if not self.is_coloured:
            return None
        return shade(value, low, high, is_light=self.is_light, is_deep=self.is_deep)

    def bar(self, value: float) -> str:
        """Give the colour of a bar above or below zero."""
        colours = self.shade(math.copysign(1.0, value), -1.0, 1.0)
        return colours[0] if colours else ""


def shade(
    value: float, low: float, high: float, *, is_light: bool = False, is_deep: bool = True
) -> tuple[str, str] | None:
    """Give the colours of an activation, background and text, as rich spells them; or None.

    Linear from zero to `high` for a positive, to `low` for a negative value, and full beyond.

    Args:
        value: The activation.
        low: The smallest one on the scale; what lies below zero is measured by it.
        high: The largest one on the scale.
        is_light: True if the terminal's own background is light.
        is_deep: True if it has 24-bit colours, False if it has 256.

    Example:
        >>> shade(2.0, -1.0, 2.0), shade(-2.0, -1.0, 2.0)
        (('#1f6feb', '#ffffff'), ('#f08c00', '#000000'))
        >>> shade(1.0, -1.0, 2.0, is_deep=False)
        ('color(25)', '#ffffff')
        >>> shade(0.0, 0.0, 0.0) is shade(float("nan"), -1.0, 2.0) is None
        True
    """
    filled = strength(value, low, high)
    if not filled:
        return None
    if is_deep:
        full, paper = BLUE if value > 0 else ORANGE, _LIGHT if is_light else _DARK
        mixed = [round(p + abs(filled) * (f - p)) for p, f in zip(paper, full, strict=True)]
        background = "#{:02x}{:02x}{:02x}".format(*mixed)
    else:
        ramp = _RAMPS[value > 0, is_light]
        background = f"color({ramp[math.ceil(abs(filled) * len(ramp)) - 1]})"
    return background, "#000000" if _luminance(background) > 0.21 else "#ffffff"


def _luminance(colour: str) -> float:
    """Give the relative luminance of WCAG 2.1; near 0.2 black and white text read equally well."""
    linear = [
        ((c / 255 + 0.055) / 1.055) ** 2.4 if c > 10 else c / 3294.6
        for c in Color.parse(colour).get_truecolor()
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def shaded(
    tokens: Sequence[str],
    activations: Sequence[float] | NDArray[np.float32],
    peak: int | None,
    scale: tuple[float, float],
    paper: Paper,
) -> Text:
    r"""Draw tokens one behind the other, each on the colour of its activation.

    Args:
        tokens: Their texts; parts of a character are written as ``\xe2`` and drawn together.
        activations: One for each token, [n_tokens].
        peak: Index of the token to point out.
        scale: Smallest and largest activation of the corpus.
        paper: What to draw on.
    """
    drawn = Text()
    for token, first, last in whole_characters(tokens):
        value = max((float(a) for a in activations[first:last]), key=abs)
        colours = paper.shade(value, *scale)
        is_peak = peak is not None and first <= peak < last
        style = Style(
            color=colours[1] if colours else None,
            bgcolor=colours[0] if colours else None,
            bold=is_peak or None,
            underline=is_peak or None,
        )
        shown = visible(token, spaces=is_peak and token.isspace())
        drawn.append(f"[{shown}]" if is_peak and not paper.is_coloured else shown, style)
    return drawn


def wrapped(text: Text, width: int, indent: int = 0) -> Text:
    """Break a text between words into lines no wider than `width`, indentation included."""
    lines = text.wrap(Console(width=width), width - indent)
    for line in lines:
        line.rstrip()
        line.pad_left(indent)
    return Text("\n").join(lines)


def whole_characters(tokens: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    r"""Join the tokens that share a character; the others come one by one.

    Args:
        tokens: Texts in which bytes that are no whole character stand as ``\xe2``.

    Yields:
        A text, and the tokens that it comes from: [first, last).

    Example:
        >>> list(whole_characters(["a", " \\xf0\\x9f\\x98", "\\x80", "b"]))
        [('a', 0, 1), (' 😀', 1, 3), ('b', 3, 4)]
    """
    first = 0
    while first < len(tokens):
        last, text = first + 1, tokens[first]
        if "\\x" in text:  # the longest character has four bytes, so four tokens at most
            for end in range(first + 1, min(len(tokens), first + 4) + 1):
                with suppress(ValueError):
                    last, text = end, _unescaped("".join(tokens[first:end]))
                    break
        yield text, first, last
        first = last


def _unescaped(text: str) -> str:
    """Undo `lmscope.text.printable`; a ValueError if it leaves a part of a character."""
    data, rest = bytearray(), text
    while rest:
        before, mark, rest = rest.partition("\\x")
        data += before.encode()
        if mark:
            data.append(int(rest[:2], 16))
            rest = rest[2:]
    return data.decode()


def facts(rows: Iterable[tuple[str, str, str]]) -> Text:
    """Draw lines of a name, a value, and what it means."""
    rows = list(rows)
    names = max(cell_len(name) for name, _, _ in rows)
    values = min(24, max(cell_len(value) for _, value, _ in rows))
    lines = Text()
    for i, (name, value, meaning) in enumerate(rows):
        lines.append("\n" * (i > 0) + f"  {name:<{names}}  ", "dim")
        lines.append(f"{value:<{values}}" if meaning else value)
        lines.append(f"  {meaning}" if meaning else "", "dim")
    return lines


def table(rows: Sequence[Sequence[str]], right: str = "", gap: int = 2) -> Text:
    """Draw rows in columns, the first row as their names.

    Args:
        rows: Cells of text; every row has as many.
        right: An ``r`` for each column to be set flush right, anything else for the others.
        gap: Spaces between columns.
    """
    widths = [max(cell_len(cell) for cell in column) for column in zip(*rows, strict=True)]
    drawn = Text(no_wrap=True, overflow="ellipsis")
    for i, row in enumerate(rows):
        cells = []
        for cell, width, side in zip(row, widths, right.ljust(len(widths)), strict=True):
            room = " " * (width - cell_len(cell))
            cells.append(room + cell if side == "r" else cell + room)
        line = (" " * gap).join(cells).rstrip()
        drawn.append(("\n" if i else "") + line, "bold" if i == 0 else "")
    return drawn


def histogram(found: Histogram, paper: Paper, height: int = 6) -> Text:
    """Draw how many tokens had which activation: a column per bin, log counts, zero marked."""
    chart = columns(found.edges.tolist(), found.counts.tolist(), paper.width, height)
    if chart is None:
        return Text("No token was counted.")
    drawn = Text(no_wrap=True)
    for margin, below, above in chart.rows:
        drawn.append(margin, "dim")
        drawn.append(below, paper.bar(-1))
        drawn.append(above + "\n", paper.bar(1))
    drawn.append(f"{chart.axis}\n{chart.labels}", "dim")
    return drawn
