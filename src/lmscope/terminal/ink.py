r"""Characters and colours of a terminal: what the pages are drawn with. Knows no noun but numbers.

Corpus text is hostile: all of it passes through `visible`, so that no control
character, escape sequence or mark that turns or hides text reaches a terminal.
"""

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

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lmscope.neurons import Histogram

BLUE, ORANGE = (31, 111, 235), (240, 140, 0)
_DARK, _LIGHT = (16, 20, 24), (255, 255, 255)
_FAINTEST = 0.03
# Steps among the 256 colours that keep the hue, which the nearest colours to a mixture do not.
_RAMPS = {
    (True, False): (17, 18, 25, 26, 33),
    (False, False): (236, 94, 130, 172, 208),
    (True, True): (189, 153, 111, 75, 33),
    (False, True): (230, 223, 222, 215, 208),
}
_WHITE_SPACE = {"\n": "↵", "\t": "→"}
_EIGHTHS = " ▁▂▃▄▅▆▇█"


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


def visible(text: str, *, spaces: bool = False) -> str:
    r"""Write text so that it can be seen whole and does nothing to the terminal.

    Args:
        text: Any text.
        spaces: Draw every space as ``·``; otherwise only two or more of them and nothing else.

    Example:
        >>> visible("one\n\ttwo"), visible("    "), visible(" the", spaces=True)
        ('one↵→two', '····', '·the')
        >>> print(visible("\x1b[2J\u202e\u200d"))
        \x1b[2J\u202e\u200d
    """
    if spaces or (len(text) > 1 and not text.strip(" ")):
        text = text.replace(" ", "·")
    if text.isprintable():  # true of nearly all text: separators and controls are not
        return text
    return "".join(c if c == "\u3000" else _WHITE_SPACE.get(c) or _escaped(c) for c in text)


def _escaped(c: str) -> str:
    return c if c.isprintable() else c.encode("unicode_escape").decode()


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
        >>> shade(2.0, -1.0, 2.0), shade(-1.0, -1.0, 2.0)
        (('#1f6feb', '#ffffff'), ('#f08c00', '#000000'))
        >>> shade(1.0, -1.0, 2.0, is_deep=False)
        ('color(25)', '#ffffff')
        >>> shade(0.0, 0.0, 0.0) is shade(float("nan"), -1.0, 2.0) is None
        True
    """
    if not value or math.isnan(value):
        return None
    edge = high if value > 0 else low
    strength = min(1.0, value / edge) if value * edge > 0 else 1.0
    if strength < _FAINTEST:
        return None
    if is_deep:
        full, paper = BLUE if value > 0 else ORANGE, _LIGHT if is_light else _DARK
        mixed = [round(p + strength * (f - p)) for p, f in zip(paper, full, strict=True)]
        background = "#{:02x}{:02x}{:02x}".format(*mixed)
    else:
        ramp = _RAMPS[value > 0, is_light]
        background = f"color({ramp[math.ceil(strength * len(ramp)) - 1]})"
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


def number(value: float) -> str:
    """Write a number with about four digits.

    Example:
        >>> number(4.21337), number(-12345.6), number(0.00016791), number(float("nan"))
        ('4.213', '-12,346', '0.0001679', 'none')
    """
    if math.isnan(value):
        return "none"
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.4g}"


def share(fraction: float) -> str:
    """Write a fraction as people say it, with more digits near nothing and near everything.

    Example:
        >>> share(0.3407), share(0.9998), share(0.0000123), share(1)
        ('34 %', '99.98 %', '0.0012 %', '100 %')
    """
    percent = 100 * fraction
    if percent >= 99:  # never rounded up to the whole, which would be another claim
        return f"{percent if percent == 100 else min(percent, 99.99):.4g} %"
    return f"{percent:.2g} %"


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
    filled = np.flatnonzero(found.counts)
    if not len(filled):
        return Text("No token was counted.")
    zero = int(np.argmin(np.abs(found.edges)))
    first, last = min(int(filled[0]), zero), max(int(filled[-1]), zero - 1)
    counts = found.counts[first : last + 1]
    most = int(counts.max())
    margin = len(f"{most:,}") + 4
    width = max(1, min(3, (paper.width - margin) // len(counts)))
    levels = np.ceil(np.log1p(counts) / math.log1p(most) * 8 * height).astype(int)
    drawn = Text(no_wrap=True)
    for row in range(height - 1, -1, -1):
        label = f"{most:,} ┤" if row == height - 1 else "│"
        drawn.append(label.rjust(margin), "dim")
        for i, level in enumerate(np.clip(levels - 8 * row, 0, 8).tolist()):
            drawn.append(_EIGHTHS[level] * width, paper.bar(1 if first + i >= zero else -1))
        drawn.append("\n")
    n_cells = width * len(counts) + 1
    axis, labels = ["─"] * n_cells, [" "] * (n_cells + margin + 12)
    is_free = [True] * len(labels)
    middle = len(found.counts) // 4
    for edge in (zero, first, last + 1, zero - middle, zero + middle):
        if not first <= edge <= last + 1:
            continue
        cell, text = width * (edge - first), number(float(found.edges[edge]))
        start = max(0, min(margin + cell - len(text) // 2, paper.width - len(text)))
        around = slice(max(0, start - 2), start + len(text) + 2)
        if all(is_free[around]):
            axis[cell] = "┼" if edge == zero else "┬"
            labels[start : start + len(text)] = text
            is_free[around] = [False] * len(is_free[around])
    drawn.append("└".rjust(margin) + "".join(axis) + "\n" + "".join(labels).rstrip(), "dim")
    return drawn
