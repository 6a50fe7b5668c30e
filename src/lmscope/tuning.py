"""A neuron's tuning curve: its activation on one text, as one place in it takes other values.

A template has one slot, filled with each value in turn: ``{marker} Aurora {marker} Luna``. Knows no
corpus: how often a value occurs in ordinary text is no part of it.
"""

from __future__ import annotations

import math
import re
import string
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lmscope.errors import BadOption, NoValues, UnknownFamily, UnreadableTemplate
from lmscope.neurons import NeuronId, Site, check_neuron
from lmscope.rules import Places, Rule, events, label
from lmscope.text import without_surrogates
from lmscope.writing import number, visible

if TYPE_CHECKING:
    from rich.console import Group
    from rich.text import Text

    from lmscope.models import LanguageModel
    from lmscope.terminal import Paper
    from lmscope.text import TokenizedText

FAMILIES: dict[str, tuple[str, ...]] = {
    "letters": tuple(string.ascii_lowercase),
    "digits": tuple(string.digits),
    "numbers": tuple(str(n) for n in range(21)),
    "punctuation": tuple(string.punctuation),
    "days": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "months": (
        *("January", "February", "March", "April", "May", "June", "July", "August"),
        *("September", "October", "November", "December"),
    ),
}
"""Values by name. ``numbers`` are 0 to 20; with a number behind it, from 0 to that one."""

_NUMBERS = re.compile(r"numbers (\d{1,4})")
_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[^{}]+|.", re.DOTALL)
_BATCH_TOKENS = 2048
_LONGEST_VALUE, _LONGEST_TEXT = 24, 120
_MOST_ROWS = 200
_BLUE, _ORANGE = "#1f6feb", "#d76400"
_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


@dataclass(frozen=True, slots=True)
class Template:
    """A text with one slot."""

    source: str
    slot: str
    """Name of the slot."""
    parts: tuple[str | None, ...]
    """Plain text; None where the slot is."""

    @classmethod
    def read(cls, source: str) -> Template:
        """Read a template: a name in braces is the slot, doubled braces are plain ones.

        Raises:
            UnreadableTemplate: If there is no slot, another one, or a brace that is neither.

        Example:
            >>> Template.read("{{{digit}}} and {digit}").fill("7")
            ('{7} and 7', [(1, 2), (8, 9)])
        """
        source = without_surrogates(source)
        parts: list[str | None] = []
        slot = None
        for piece in _PIECE.finditer(source):
            name = piece[1]
            if name is None:
                if piece[0] in ("{", "}"):
                    where = f"the brace at character {piece.start()} belongs to none"
                    raise UnreadableTemplate(source, where)
                parts.append({"{{": "{", "}}": "}"}.get(piece[0], piece[0]))
            elif not name.strip().isidentifier():
                raise UnreadableTemplate(source, f"'{{{name}}}' names no slot")
            elif slot not in (None, name.strip()):
                raise UnreadableTemplate(source, f"it has two slots, {slot} and {name.strip()}")
            else:
                slot = name.strip()
                parts.append(None)
        if slot is None:
            raise UnreadableTemplate(source, "it has no slot")
        return cls(source, slot, tuple(parts))

    def fill(self, value: str) -> tuple[str, list[tuple[int, int]]]:
        """Put a value into the slot.

        Returns:
            The text, and the byte span of each occurrence of the value in ``text.encode()``.
        """
        value = without_surrogates(value)
        text, spans = "", []
        for part in self.parts:
            if part is None:
                start = len(text.encode())
                spans.append((start, start + len(value.encode())))
            text += value if part is None else part
        return text, spans


def values_of(values: str | Iterable[object], slot: str = "slot") -> tuple[str, ...]:
    """Give the values of a family, or those listed, as texts.

    Args:
        values: Name of one of `FAMILIES`, or the values.
        slot: Name of the slot, for the messages.

    Raises:
        UnknownFamily: If a name is none of a family.
        NoValues: If there is no value, or one without a character.

    Example:
        >>> values_of("numbers 3"), values_of(range(8, 10))
        (('0', '1', '2', '3'), ('8', '9'))
    """
    if isinstance(values, str):
        if found := _NUMBERS.fullmatch(values):
            return tuple(str(n) for n in range(int(found[1]) + 1))
        if values not in FAMILIES:
            raise UnknownFamily(values, list(FAMILIES))
        return FAMILIES[values]
    listed = tuple(str(value) for value in values)
    if not listed:
        raise NoValues(slot)
    if "" in listed:
        raise NoValues(slot, listed.index(""))
    return listed


@dataclass(frozen=True, slots=True)
class Point:
    """One value in the slot, and what the neuron does."""

    value: str
    text: str
    at_slot: tuple[float | None, ...]
    """Activation at the last token of each occurrence of the value, in the order of the text; None
    where the tokenizer left the value out and the text ends."""
    counted: tuple[bool, ...]
    """False for an occurrence that ends with the first token of the text, where activations mean
    little, or with none."""
    tokens: tuple[str, ...]
    """The last token of each occurrence; empty if there is none."""
    peak: float
    """Largest activation at any token that counts; NaN if none does."""
    peak_token: str
    """The token there; empty if none counts."""
    marked: tuple[bool, ...] | None
    """Whether the rule marks the last token of each occurrence; None without a rule."""

    def to_json(self) -> dict[str, Any]:
        """Give it as plain JSON values."""
        return {
            "value": self.value,
            "text": self.text,
            "at_slot": list(self.at_slot),
            "counted": list(self.counted),
            "tokens": list(self.tokens),
            "peak": None if math.isnan(self.peak) else self.peak,
            "peak_token": self.peak_token,
            "marked": None if self.marked is None else list(self.marked),
        }


@dataclass(frozen=True, slots=True, repr=False)
class TuningCurve:
    """A neuron's activation as a function of the slot's value."""

    neuron: NeuronId
    site: Site
    template: str
    slot: str
    rule: str | None
    """The rule that says which values should fire, as it is written."""
    points: tuple[Point, ...]
    """In the order of the values."""

    @property
    def n_occurrences(self) -> int:
        """How often the slot stands in the template."""
        return len(self.points[0].at_slot)

    def at_slot(self) -> NDArray[np.float64]:
        """Give the activations as an array, [n_values, n_occurrences]; NaN where none counts."""
        rows = [
            [
                a if counts and a is not None else math.nan
                for a, counts in zip(p.at_slot, p.counted, strict=True)
            ]
            for p in self.points
        ]
        return np.array(rows, np.float64)

    def to_json(self) -> dict[str, Any]:
        """Give plain JSON values."""
        return {
            **self.neuron.to_json(),
            "site": self.site,
            "template": self.template,
            "slot": self.slot,
            "rule": self.rule,
            "points": [point.to_json() for point in self.points],
        }

    def __repr__(self) -> str:
        best = _best(self)
        said = "" if best is None else f": {number(best[1])} at most, with {best[0].value!r}"
        return f"<{self.neuron} at {self.site} on {len(self.points)} values of {self.slot}{said}>"

    def _repr_html_(self) -> str:
        return curve_html(self)


def tuning_curve(
    model: LanguageModel,
    template: str,
    values: str | Iterable[object],
    neuron: tuple[int, int],
    *,
    rule: Rule | None = None,
) -> TuningCurve:
    r"""Fill a template's slot with one value after the other, and read a neuron.

    An occurrence's last token is the one with the last byte of the value that is no white space: a
    model that reads from left to right cannot know the whole value before. What follows it in the
    same token is part of what the neuron sees. The first token of a text does not count where the
    model puts none before it.

    Args:
        model: The model.
        template: A text with one slot in braces, once or several times; braces that are text are
            doubled.
        values: What to put there, or the name of a family: ``letters``, ``digits``, ``numbers``
            (0 to 20, or ``numbers 100``), ``punctuation``, ``days``, ``months``.
        neuron: Layer and index.
        rule: Says for each value whether it should fire.

    Raises:
        UnreadableTemplate: If the template has no slot or more than one.
        UnknownFamily: If a name is that of no family.
        NoValues: If there is no value, or an empty one.
        LayerOutOfRange: If the model has no such layer.
        NeuronOutOfRange: If the layer has no such neuron.
        BadOption: If a filled template is longer than the model reads at once.
        RuleNeedsTokens, RuleTooSlow, RuleTooBroad: As in `Rule.places`.

    Example:
        >>> from lmscope import load
        >>> model = load("demo-solu-1l")
        >>> curve = tuning_curve(model, "\n{marker} Aurora {marker} Luna", ["8)", "8."], (0, 7))
        >>> curve.at_slot().shape, [point.tokens for point in curve.points]
        ((2, 2), [(')', ')'), ('.', '.')])

    Source:
        Hubel and Wiesel, "Receptive fields of single neurones in the cat's striate cortex",
        J. Physiol. 148 (1959) 574-591: the response of one cell as one property of the stimulus is
        varied and all else kept.
    """
    name = check_neuron(model.name, model.n_layers, model.d_mlp, *neuron)
    read = Template.read(template)
    listed = values_of(values, read.slot)
    filled = [read.fill(value) for value in listed]
    cuts = model.tokenizer.tokenize_all([text for text, _ in filled])
    extra = len(model.tokenizer.prefix) + len(model.tokenizer.suffix)
    for value, cut in zip(listed, cuts, strict=True):
        if len(cut) > (room := model.n_ctx - extra):
            filled_with = f"with {_label(value)} it has {len(cut):,} tokens"
            reads = f"{model.name} reads {room:,} at once, so shorten it"
            raise BadOption("template", f"'{_label(template)}'", f"{filled_with}; {reads}")
    points = [
        _point(model, value, cut, spans, activations, rule)
        for value, cut, (_, spans), activations in zip(
            listed, cuts, filled, _activations(model, cuts, name), strict=True
        )
    ]
    return TuningCurve(
        neuron=name,
        site=model.site,
        template=template,
        slot=read.slot,
        rule=None if rule is None else str(rule),
        points=tuple(points),
    )


def _point(
    model: LanguageModel,
    value: str,
    cut: TokenizedText,
    spans: list[tuple[int, int]],
    activations: NDArray[np.float32],
    rule: Rule | None,
) -> Point:
    document, last = cut.text.encode(), list[int | None]()
    for start, end in spans:
        solid = len(document[start:end].decode().rstrip().encode()) or end - start
        place = np.array([[start, start + solid]], np.int64)
        found = events(Places(document, place, place), cut.spans)
        last.append(int(found[0, 1]) - 1 if len(found) else None)
    counts = ~np.isin(cut.ids, list(model.tokenizer.special_ids))
    counts[: max(0, 1 - len(model.tokenizer.prefix))] = False
    pieces = cut.pieces()
    peak = int(np.where(counts, activations, -np.inf).argmax()) if counts.any() else None
    marked = None
    if rule is not None:
        labels = label(rule.places(cut.text, cut.spans), cut.spans)
        marked = tuple(i is not None and bool(labels[i]) for i in last)
    return Point(
        value=value,
        text=cut.text,
        at_slot=tuple(None if i is None else float(activations[i]) for i in last),
        counted=tuple(i is not None and bool(counts[i]) for i in last),
        tokens=tuple("" if i is None else pieces[i] for i in last),
        peak=math.nan if peak is None else float(activations[peak]),
        peak_token="" if peak is None else pieces[peak],
        marked=marked,
    )


def _activations(
    model: LanguageModel, cuts: Sequence[TokenizedText], neuron: NeuronId
) -> list[NDArray[np.float32]]:
    """Run the texts, several at once, and give one neuron on the tokens of each."""
    import torch

    prefix, suffix = model.tokenizer.prefix, model.tokenizer.suffix
    found: list[NDArray[np.float32]] = []
    widest = max(len(cut) for cut in cuts) + len(prefix) + len(suffix)
    n_each = max(1, _BATCH_TOKENS // widest)
    for first in range(0, len(cuts), n_each):
        some = [[*prefix, *cut.ids.tolist(), *suffix] for cut in cuts[first : first + n_each]]
        ids = torch.zeros((len(some), max(map(len, some))), dtype=torch.int64)
        for row, text in enumerate(some):
            ids[row, : len(text)] = torch.tensor(text)

        def visit(_: int, values: torch.Tensor, some: list[list[int]] = some) -> None:
            one = values[:, :, neuron.neuron].cpu().float().numpy()
            for row, text in zip(one, some, strict=True):
                found.append(row[len(prefix) : len(text) - len(suffix)].copy())

        model.run(ids, [len(text) for text in some], visit, [neuron.layer])
    return found


# --- drawing ---------------------------------------------------------------------------------


def _best(curve: TuningCurve) -> tuple[Point, float] | None:
    """Find the value with the largest activation at the slot."""
    at_slot = np.where(np.isnan(curve.at_slot()), -np.inf, curve.at_slot()).max(1)
    best = int(at_slot.argmax())
    return None if at_slot[best] == -np.inf else (curve.points[best], float(at_slot[best]))


def _scale(curve: TuningCurve) -> float:
    """Give the length of the longest bar, in activation units.

    What the neuron does elsewhere in the text counts too, so that where it does nothing at the slot
    the bars are short.
    """
    sizes = np.abs([*curve.at_slot().ravel(), *(point.peak for point in curve.points)])
    return float(np.nanmax(sizes)) if np.isfinite(sizes).any() else 0.0


def _notes(curve: TuningCurve) -> Iterator[str]:
    yield (
        "Bars: activation at the last token of each occurrence; full width "
        f"{number(_scale(curve))}. Orange: below zero."
    )
    if curve.rule is not None:
        yield "*: the rule says that it should fire."
    if any(not counts for point in curve.points for counts in point.counted):
        yield (
            "none: the first token of a text does not count, since activations mean little there. "
            "Put a line end or a word before the slot."
        )


def _label(text: str) -> str:
    shown = visible(text[: _LONGEST_VALUE + 1], spaces=True)
    return shown if len(shown) <= _LONGEST_VALUE else shown[: _LONGEST_VALUE - 1] + "…"


def bar(value: float, most: float, width: int) -> str:
    """Draw the size of a number in eighths of a character.

    Args:
        value: The number; its sign is left to the colour.
        most: The number that fills the width.
        width: In characters.

    Example:
        >>> bar(0.5, 1.0, 5), bar(-1.0, 1.0, 3), bar(float("nan"), 1.0, 3)
        ('██▌', '███', '')
    """
    if not most > 0 or not math.isfinite(value):
        return ""
    eighths = round(8 * width * min(1.0, abs(value) / most))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8]


def _rows(curve: TuningCurve) -> Iterator[tuple[str, list[tuple[str, float]], str]]:
    """Give for each value its label, number and size of each occurrence, and the text's peak."""
    last = "" if curve.rule is None else " "
    for point, row in zip(curve.points, curve.at_slot().tolist(), strict=True):
        marks = point.marked or [False] * len(row)
        cells = [
            (number(value + 0.0) + ("*" if is_marked else last), value)  # + 0.0: no -0
            for value, is_marked in zip(row, marks, strict=True)
        ]
        yield _label(point.value), cells, f"{number(point.peak)} at {_label(point.peak_token)}"


def curve_html(curve: TuningCurve) -> str:
    """Draw a tuning curve as a table of bars, without scripts.

    Of the tags and styles that notebooks keep where they are not trusted; the bars are characters,
    so that they are seen even where styles are taken away, and each says its text on hover.
    """
    most, n = _scale(curve), curve.n_occurrences
    width = max(8, 48 // n)
    names = [curve.slot, *(name for i in range(n) for name in (_nth(i, n), "")), "whole text"]
    head = "".join(f'<th style="text-align:left">{escape(visible(name))}</th>' for name in names)
    lines = [f"<tr>{head}</tr>"]
    shown = curve.points[:_MOST_ROWS]
    for point, (name, cells, peak) in zip(shown, _rows(curve), strict=False):
        drawn = [f"<code>{escape(name)}</code>"]
        for (text, value), token in zip(cells, point.tokens, strict=True):
            hover = escape(f"{visible(point.text[:_LONGEST_TEXT])}: {text} at {_label(token)}")
            colour = _ORANGE if value < 0 else _BLUE
            drawn += [
                f'<span title="{hover}">{text}</span>',
                f'<span style="color:{colour}" title="{hover}">{bar(value, most, width)}</span>',
            ]
        drawn.append(escape(peak))
        row = "".join(f'<td style="text-align:left">{cell}</td>' for cell in drawn)
        lines.append(f"<tr>{row}</tr>")
    where = f"{curve.neuron.model} · {curve.neuron.short}"
    title = f"<b>{escape(visible(where))}</b> <small>site {escape(curve.site)}</small>"
    notes = escape(" ".join(_notes(curve)))
    if left_out := len(curve.points) - len(shown):
        notes += f" The last {left_out:,} values are not drawn."
    table = "\n".join(lines)
    return (
        f'<div dir="ltr" style="max-width:60em">\n<p>{title}</p>\n'
        f"<p><code>{escape(visible(curve.template))}</code></p>\n"
        f"<table>\n{table}\n</table>\n<p><small>{notes}</small></p>\n</div>"
    )


def _nth(i: int, n: int) -> str:
    return "activation" if n == 1 else f"place {i + 1}"


def curve_page(curve: TuningCurve, paper: Paper) -> Group:
    """Draw a tuning curve for a terminal: a line for each value, a bar for each occurrence."""
    from rich.cells import cell_len
    from rich.console import Group
    from rich.text import Text

    rows, most, n = list(_rows(curve)), _scale(curve), curve.n_occurrences
    names = max(cell_len(curve.slot), *(cell_len(name) for name, _, _ in rows))
    numbers = max(9, *(len(text) for _, cells, _ in rows for text, _ in cells))
    peaks = max(10, *(cell_len(peak) for _, _, peak in rows))
    width = max(6, (paper.width - names - peaks - 4) // n - numbers - 4)

    def line(name: str, cells: Iterable[tuple[str, str, str]], last: str, style: str) -> Text:
        drawn = Text("  " + name + " " * (names - cell_len(name)), style, no_wrap=True)
        for text, filled, colour in cells:
            drawn.append(f"  {text:>{numbers}}  ")
            drawn.append(filled.ljust(width), colour)
        drawn.append("  " + last)
        return drawn

    heads = [(_nth(i, n), "", "") for i in range(n)]
    lines = [line(visible(curve.slot), heads, "whole text", "dim")]
    for name, cells, peak in rows:
        drawn = [
            (text, bar(value, most, width), paper.bar(value) if value else "")
            for text, value in cells
        ]
        lines.append(line(name, drawn, peak, ""))
    title = Text.assemble(
        (f"{curve.neuron.model} · {curve.neuron.short}", "bold"), (f" · site {curve.site}", "dim")
    )
    notes = [Text(note, "dim") for note in _notes(curve)]
    return Group(title, Text(), Text(visible(curve.template)), Text(), *lines, Text(), *notes)
