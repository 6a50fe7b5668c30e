r"""How texts, numbers and activations are written for people, on whatever page. Knows no page.

Corpus text is hostile: all of it passes through `visible`, so that no control
character, escape sequence or mark that turns or hides text reaches a reader.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

BLUE, ORANGE = (31, 111, 235), (240, 140, 0)
"""Above zero and below, as red, green and blue of 255."""
_FAINTEST = 0.03
_WHITE_SPACE = {"\n": "↵", "\t": "→"}
# Ignorable by Unicode, so drawn as nothing, although Python calls them printable.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_EIGHTHS = " ▁▂▃▄▅▆▇█"

STATISTICS = (
    ("max", "max", "largest activation"),
    ("min", "min", "smallest"),
    ("mean", "mean", ""),
    ("sd", "sd", "standard deviation"),
    ("skew", "skew", "above 0 if the upper tail is the longer one"),
    ("kurtosis", "kurtosis", "0 for a bell curve; large if mostly silent, rarely loud"),
    ("density", "density", "fraction of tokens above 0"),
    ("density_half_max", "above half", "fraction of tokens above half of max"),
)
"""Each statistic of `Moments`: its field, its name on a page, what it means in a few words."""


def visible(text: str, *, spaces: bool = False) -> str:
    r"""Write text so that it can be seen whole and does nothing to the page or the terminal.

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
    # True of nearly all text: separators and controls are not printable.
    if text.isprintable() and not _UNSEEN.search(text):
        return text
    return "".join(c if c == "\u3000" else _WHITE_SPACE.get(c) or _escaped(c) for c in text)


def _escaped(c: str) -> str:
    is_seen = c.isprintable() and not _UNSEEN.match(c)
    return c if is_seen else c.encode("unicode_escape").decode()


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
        >>> share(0.3407), share(0.9998), share(0.0000123), share(1), share(1.15)
        ('34 %', '99.98 %', '0.0012 %', '100 %', '115 %')
    """
    percent = 100 * fraction
    if percent > 100:  # an activation beyond all that the corpus had
        return f"{number(percent)} %"
    if percent >= 99:  # never rounded up to the whole, which would be another claim
        return f"{percent if percent == 100 else min(percent, 99.99):.4g} %"
    return f"{percent:.2g} %"


def strength(value: float, low: float, high: float) -> float:
    """Say how full the colour of an activation is: 1 for full blue, -1 for full orange.

    Linear from zero to the end of the scale that is farther from zero, and full beyond: one unit
    is as full above zero as below, so a neuron that hardly goes below zero shows no orange.
    0, no colour at all, for what is too near to zero to be seen.

    Args:
        value: The activation.
        low: The smallest one on the scale.
        high: The largest one on the scale.

    Example:
        >>> strength(1.0, -1.0, 2.0), strength(-7.0, -1.0, 2.0), strength(float("nan"), -1.0, 2.0)
        (0.5, -1.0, 0.0)
    """
    if not value or math.isnan(value):
        return 0.0
    edge = max(abs(low), abs(high))
    part = min(1.0, abs(value) / edge) if edge > 0 else 1.0
    return 0.0 if part < _FAINTEST else math.copysign(part, value)


@dataclass(frozen=True, slots=True)
class Columns:
    """A histogram in characters."""

    rows: list[tuple[str, str, str]]
    """From the top: the margin, the columns below zero, those above."""
    axis: str
    labels: str


def columns(
    edges: Sequence[float], counts: Sequence[int], width: int, height: int = 6
) -> Columns | None:
    r"""Draw how many tokens had which activation: a column per bin, log counts, zero marked.

    Args:
        edges: Of the bins, one more than counts.
        counts: Of tokens.
        width: Of the page, in characters.
        height: Of the tallest column, in lines.

    Returns:
        None if nothing was counted.

    Example:
        >>> drawn = columns([-2, -1, 0, 1, 2], [0, 1, 7, 1], 20, height=1)
        >>> drawn.rows
        [('  7 ┤', '▃▃▃', '███▃▃▃')]
        >>> print(drawn.axis + "\n" + drawn.labels)
            └───┼─────┬
                0     2
    """
    filled = [i for i, count in enumerate(counts) if count]
    if not filled:
        return None
    zero = min(range(len(edges)), key=lambda i: abs(edges[i]))
    first, last = min(filled[0], zero), max(filled[-1], zero - 1)
    shown = counts[first : last + 1]
    most = max(shown)
    margin = len(f"{most:,}") + 4
    cell_width = max(1, min(3, (width - margin) // len(shown)))
    levels = [math.ceil(math.log1p(n) / math.log1p(most) * 8 * height) for n in shown]
    n_below = zero - first
    rows = []
    for row in range(height - 1, -1, -1):
        cells = [_EIGHTHS[max(0, min(8, n - 8 * row))] * cell_width for n in levels]
        label = f"{most:,} ┤" if row == height - 1 else "│"
        rows.append((label.rjust(margin), "".join(cells[:n_below]), "".join(cells[n_below:])))
    n_cells = cell_width * len(shown) + 1
    axis, labels = ["─"] * n_cells, [" "] * (n_cells + margin + 12)
    is_free = [True] * len(labels)
    middle = len(counts) // 4
    for edge in (zero, first, last + 1, zero - middle, zero + middle):
        if not first <= edge <= last + 1:
            continue
        cell, text = cell_width * (edge - first), number(edges[edge])
        start = max(0, min(margin + cell - len(text) // 2, width - len(text)))
        around = slice(max(0, start - 2), start + len(text) + 2)
        if all(is_free[around]):
            axis[cell] = "┼" if edge == zero else "┬"
            labels[start : start + len(text)] = text
            is_free[around] = [False] * len(is_free[around])
    return Columns(rows, "└".rjust(margin) + "".join(axis), "".join(labels).rstrip())
