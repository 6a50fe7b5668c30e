"""Neurons drawn with characters and colours. Knows the nouns; no model, no file, no option.

Corpus text is hostile: all of it passes through `visible`, so that no control
character, escape sequence or mark that turns or hides text reaches a terminal.

What the marks mean: blue background, above zero; orange, below; the fuller, the
nearer to the largest (smallest) activation on the corpus. Bold and underlined,
or in [brackets] where there are no colours: the peak. ``↵`` a line break, ``→``
a tab, ``·`` a space where spaces would not be seen.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rich.cells import cell_len
from rich.console import Console, Group
from rich.style import Style
from rich.text import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lmscope.looking import Look, Ranking
    from lmscope.neurons import Band, Example, Histogram, NeuronRecord, TokenEffect

BLUE, ORANGE = (31, 111, 235), (240, 140, 0)
_DARK, _LIGHT = (16, 20, 24), (255, 255, 255)
_FAINTEST = 0.03
_INDENT = 5
_WHITE_SPACE = {"\n": "↵", "\t": "→"}
_EIGHTHS = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Paper:
    """What there is to draw on."""

    width: int = 100
    """In cells."""
    is_coloured: bool = True
    is_light: bool = False


# --- characters and colours ----------------------------------------------------------------


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
    value: float, low: float, high: float, *, is_light: bool = False
) -> tuple[str, str] | None:
    """Give the colours of an activation: background and text as ``#rrggbb``, or None for none.

    Linear from zero to `high` for a positive, to `low` for a negative value, and full beyond.

    Args:
        value: The activation.
        low: The smallest one on the scale; what lies below zero is measured by it.
        high: The largest one on the scale.
        is_light: True if the terminal's own background is light.

    Example:
        >>> shade(2.0, -1.0, 2.0), shade(-1.0, -1.0, 2.0)
        (('#1f6feb', '#ffffff'), ('#f08c00', '#000000'))
        >>> shade(0.0, 0.0, 0.0) is shade(float("nan"), -1.0, 2.0) is None
        True
    """
    if not value or math.isnan(value):
        return None
    full, edge = (BLUE, high) if value > 0 else (ORANGE, low)
    strength = min(1.0, value / edge) if value * edge > 0 else 1.0
    if not strength >= _FAINTEST:  # also if infinity was divided by infinity
        return None
    paper = _LIGHT if is_light else _DARK
    mixed = [round(p + strength * (f - p)) for p, f in zip(paper, full, strict=True)]
    # WCAG 2.1's relative luminance; at 0.179 black and white text are equally readable.
    linear = [((c / 255 + 0.055) / 1.055) ** 2.4 if c > 10 else c / 3294.6 for c in mixed]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    text = "#000000" if luminance > 0.21 else "#ffffff"
    return "#{:02x}{:02x}{:02x}".format(*mixed), text


def shaded(
    tokens: Sequence[str],
    activations: Sequence[float] | NDArray[np.float32],
    peak: int | None,
    scale: tuple[float, float],
    paper: Paper,
) -> Text:
    """Draw tokens one behind the other, each on the colour of its activation.

    Args:
        tokens: Their texts; parts of a character are written as ``\\xe2`` and drawn together.
        activations: One for each token, [n_tokens].
        peak: Index of the token to point out.
        scale: Smallest and largest activation of the corpus.
        paper: What to draw on.
    """
    drawn = Text()
    for token, first, last in whole_characters(tokens):
        value = max((float(a) for a in activations[first:last]), key=abs)
        colours = shade(value, *scale, is_light=paper.is_light) if paper.is_coloured else None
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
        while "\\x" in text and last < min(len(tokens), first + 4):
            try:  # the way back of `lmscope.text.printable`
                text = _unescaped("".join(tokens[first:last]))
                break
            except ValueError:
                last += 1
        else:
            last, text = first + 1, tokens[first]
        yield text, first, last
        first = last


def _unescaped(text: str) -> str:
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


# --- the histogram -------------------------------------------------------------------------


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
            colour = "#{:02x}{:02x}{:02x}".format(*(BLUE if first + i >= zero else ORANGE))
            drawn.append(_EIGHTHS[level] * width, colour if paper.is_coloured else "")
        drawn.append("\n")
    n_cells = width * len(counts) + 1
    axis, labels = ["─"] * n_cells, [" "] * (n_cells + margin + 12)
    is_free = [True] * len(labels)
    middle = len(found.counts) // 4
    for edge in (zero, first, last + 1, zero - middle, zero + middle):
        if not first <= edge <= last + 1:
            continue
        cell, text = width * (edge - first), number(float(found.edges[edge]))
        start = max(0, margin + cell - len(text) // 2)
        around = slice(max(0, start - 2), start + len(text) + 2)
        if all(is_free[around]):
            axis[cell] = "┼" if edge == zero else "┬"
            labels[start : start + len(text)] = text
            is_free[around] = [False] * len(is_free[around])
    drawn.append("└".rjust(margin) + "".join(axis) + "\n" + "".join(labels).rstrip(), "dim")
    return drawn


# --- pages ---------------------------------------------------------------------------------


def neuron_page(
    record: NeuronRecord,
    paper: Paper,
    source: Callable[[int], tuple[str, int]],
    *,
    function: str,
    n_top: int = 10,
    n_bottom: int = 5,
    whole_bands: bool = False,
) -> Group:
    """Draw everything that the catalogue knows of one neuron.

    Args:
        record: The neuron.
        paper: What to draw on.
        source: Gives the file and the position there of a document (`Catalogue.source`).
        function: Name of the activation function, for the title.
        n_top: How many of the top examples to draw.
        n_bottom: How many of the bottom examples.
        whole_bands: Draw all examples of the bands, not one line for each band.
    """
    m = record.moments
    scale = (m.min, m.max)
    title = Text.assemble(
        (f"{record.id.model} · {record.id.short}", "bold"),
        (f" · site {record.site} · {function}", "dim"),
    )
    parts: list[Text] = [title, Text(), facts(_statistics(record)), Text()]
    parts += [histogram(record.histogram, paper), Text("Tokens by activation, log scale.", "dim")]
    parts.append(Text())
    for name, effects in (("Promotes", record.promoted), ("Suppresses", record.suppressed)):
        if effects is not None:
            parts.append(_listed(name, (_effect(e) for e in effects), paper))
    if record.is_dead:
        parts += [Text(), Text(f"Dead on this corpus: never above 0 on {m.count:,} tokens.", "bold")]
        parts.append(Text("It may well wake up on other texts.", "dim"))
        return Group(*parts)
    peaks = (f"{visible(t.token, spaces=True)} ×{t.count}" for t in record.peak_tokens)
    parts.append(_listed("Peaks on", peaks, paper))
    for name, examples, n in (("Top", record.top, n_top), ("Bottom", record.bottom, n_bottom)):
        shown = examples[:n]
        if shown:
            rest = f" (of {len(examples)})" if len(examples) > len(shown) else ""
            parts += [Text(), Text(f"{name} {len(shown)}{rest}", "bold")]
        for rank, example in enumerate(shown, 1):
            parts += _example(example, rank, scale, paper, source)
    if record.bands:
        parts += [Text(), Text("Random examples by band", "bold")]
    for band in record.bands:
        parts += _band(band, scale, paper, source if whole_bands else None)
    return Group(*parts)


def _statistics(record: NeuronRecord) -> list[tuple[str, str, str]]:
    m = record.moments
    return [
        ("max", number(m.max), f"largest activation on {m.count:,} tokens"),
        ("min", number(m.min), "smallest"),
        ("mean", number(m.mean), ""),
        ("sd", number(m.sd), "standard deviation"),
        ("skew", number(m.skew), "above 0 if the upper tail is the longer one"),
        ("kurtosis", number(m.kurtosis), "0 for a bell curve; large if mostly silent, rarely loud"),
        ("density", number(m.density), "fraction of tokens above 0"),
        ("above half", number(m.density_half_max), "fraction of tokens above half of max"),
    ]


def _effect(effect: TokenEffect) -> str:
    return f"{visible(effect.token, spaces=True)} {effect.effect:+.2f}"


def _listed(name: str, items: Iterable[str], paper: Paper) -> Text:
    """Draw items behind a name, wrapped between items only."""
    lines, indent = Text(f"{name:<12}", "dim"), 12
    used = indent
    for i, item in enumerate(items):
        if i and used + cell_len(item) + 3 > paper.width:
            lines.append("\n" + " " * indent)
            used = indent
        elif i:
            lines.append("   ")
            used += 3
        lines.append(item, "not dim")
        used += cell_len(item)
    return lines


def _example(
    example: Example,
    rank: int,
    scale: tuple[float, float],
    paper: Paper,
    source: Callable[[int], tuple[str, int]],
) -> list[Text]:
    where = "{}:{}".format(*source(example.document))
    token = visible(example.tokens[example.peak], spaces=True)
    head = Text(f"{rank:>3}  ")
    head.append(f"{example.max:>8,.{_decimals(scale)}f}", "bold")
    head.append(f"  {_cut(token, 24)}")
    room = paper.width - head.cell_len - 3
    head.append(f"   {_cut_left(visible(where), max(12, room))}", "dim")
    tokens = shaded(example.tokens, example.activations, example.peak, scale, paper)
    return [head, wrapped(tokens, paper.width, _INDENT)]


def _decimals(scale: tuple[float, float]) -> int:
    """Give the decimals that show four digits of the scale's larger end."""
    largest = max(abs(scale[0]), abs(scale[1]))
    return min(9, max(0, 3 - math.floor(math.log10(largest)))) if 0 < largest < math.inf else 0


def _band(
    band: Band,
    scale: tuple[float, float],
    paper: Paper,
    source: Callable[[int], tuple[str, int]] | None,
) -> list[Text]:
    if math.isinf(band.low):
        label = f"up to {number(band.high)}" if math.isfinite(band.high) else "all"
    elif math.isinf(band.high):
        label = f"from {number(band.low)}"
    else:
        label = f"{number(band.low)} to {number(band.high)}"
    head = Text(f"  {label:<22}  ", "dim")
    head.append(f"{share(band.share):>7} of segments  ", "dim")
    if source is not None:
        drawn = [head]
        for rank, example in enumerate(band.examples, 1):
            drawn += _example(example, rank, scale, paper, source)
        return drawn
    if not band.examples:
        return [head]
    example = band.examples[0]
    room = paper.width - head.cell_len - 2
    first, last = around(example.tokens, example.peak, room - 4)
    line = Text("…" if first else " ", no_wrap=True, overflow="ellipsis")
    line.append_text(
        shaded(
            example.tokens[first:last],
            example.activations[first:last],
            example.peak - first,
            scale,
            paper,
        )
    )
    line.append("…" if last < len(example.tokens) else "")
    return [Text.assemble(head, line, no_wrap=True, overflow="ellipsis")]


def around(tokens: Sequence[str], peak: int, room: int) -> tuple[int, int]:
    """Choose the tokens on both sides of the peak that fit on one line.

    Returns:
        The first of them, and one behind the last.

    Example:
        >>> around(["one", " two", " three", " four"], 1, 10)
        (0, 2)
    """
    first, last = peak, peak + 1
    widths = [cell_len(visible(token)) for token in tokens]
    used = widths[peak]
    while True:
        is_longer_left = last >= len(tokens) or peak - first <= last - 1 - peak
        for at in (first - 1, last) if is_longer_left else (last, first - 1):
            if 0 <= at < len(tokens) and used + widths[at] <= room:
                used += widths[at]
                first, last = min(first, at), max(last, at + 1)
                break
        else:
            return first, last


def look_page(found: Look, paper: Paper, n: int = 20) -> Group:
    """Draw one neuron on one text: the text shaded, then the tokens it responds to most."""
    title = Text.assemble(
        (f"{found.neuron.model} · {found.neuron.short}", "bold"), (f" · site {found.site}", "dim")
    )
    values = np.where(found.counted, found.activations, np.float32(0))
    if found.scale is not None:
        scale = found.scale
        said = f"Scale: the corpus's {number(scale[0])} to {number(scale[1])}."
    else:
        scale = (float(min(values.min(), 0)), float(max(values.max(), 0)))
        said = "Scale: this text's own extremes; for the neuron's, name its catalogue by --catalogue."
    parts: list[Text] = [title, Text()]
    text = shaded(found.tokens, values, found.peak, scale, paper)
    parts += [wrapped(text, paper.width), Text()]
    if found.peak is None:
        parts.append(Text("No token counts here: a segment's first token never does."))
        return Group(*parts)
    strongest = np.argsort(-np.abs(values), kind="stable")
    listed = [i for i in strongest.tolist() if found.counted[i]][:n]
    widest = max(abs(float(values[i])) for i in listed) or 1.0
    tokens = [_cut(visible(found.tokens[i], spaces=True), 24) for i in listed]
    room = max(cell_len(token) for token in tokens)
    for i, token in zip(listed, tokens, strict=True):
        value = float(values[i])
        line = Text(f"{i:>5}  ", "dim")
        line.append(token + " " * (room - cell_len(token)), "not dim")
        line.append(f"  {number(value):>9}  ", "not dim bold" if i == found.peak else "not dim")
        colour = "#{:02x}{:02x}{:02x}".format(*(BLUE if value > 0 else ORANGE))
        bar = "█" * round(20 * abs(value) / widest) if math.isfinite(value) else ""
        line.append(bar, colour if paper.is_coloured else "")
        parts.append(line)
    parts += [Text(), Text(_peak_sentence(found)), Text(said, "dim")]
    return Group(*parts)


def _peak_sentence(found: Look) -> str:
    assert found.peak is not None
    value = float(found.activations[found.peak])
    token = visible(found.tokens[found.peak], spaces=True)
    sentence = f"Largest at {_cut(token, 24)} (token {found.peak}): {number(value)}"
    if found.scale is not None and found.scale[1] > 0:
        sentence += f", {number(value / found.scale[1])} of the corpus's maximum"
    if found.percentile is not None and not math.isnan(found.percentile):
        sentence += f", above {share(found.percentile)} of the corpus's tokens"
    return sentence + "."


def ranking_page(found: Ranking, paper: Paper) -> Group:
    """Draw the neurons that respond most to a text, and where in it."""
    is_relative = found.catalogue is not None
    title = Text.assemble((found.model, "bold"), (f" · site {found.site}", "dim"))
    rows = [["neuron", "activation", *(["of max"] if is_relative else []), "at"]]
    for r in found.responses:
        relative = ["none" if r.relative is None else f"{r.relative:.2f}"] if is_relative else []
        rows.append([r.neuron.short, number(r.activation), *relative, _place(found.tokens, r.token)])
    if is_relative:
        said = "Ranked by the share of each neuron's strongest activation on the corpus."
    else:
        said = "Ranked by size, so large neurons win; name a catalogue by --catalogue for each one's own scale."
    return Group(
        title,
        Text(),
        table(rows, " rr" if is_relative else " r"),
        Text(),
        Text(f"The first {len(found.responses)} of {found.n_neurons:,} neurons. {said}", "dim"),
    )


def _place(tokens: Sequence[str], peak: int) -> str:
    """Write a token in brackets, between its neighbours."""
    first, last = around(tokens, peak, 48)
    before = "".join(visible(t) for t in tokens[first:peak])
    after = "".join(visible(t) for t in tokens[peak + 1 : last])
    return f"{'…' * (first > 0)}{before}[{visible(tokens[peak])}]{after}{'…' * (last < len(tokens))}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _cut_left(text: str, width: int) -> str:
    return text if len(text) <= width else "…" + text[1 - width :]
