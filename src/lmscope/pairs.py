"""Texts of evidence: some that fit a hypothesis and some that do not, one by one or as pairs.

Reads them from Markdown tables, CSV, TSV, JSON lines and two lists. What stands in them is only
text, whatever it looks like. Knows no models and no statistics.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from lmscope.errors import NotUsable, UnreadablePairs
from lmscope.text import without_surrogates

Kind = Literal["markdown", "csv", "tsv", "jsonl", "lists"]
_SUFFIXES: dict[str, Kind] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
_MATCHING = {
    "matching", "match", "matches", "matched", "fires", "firing", "fire", "on", "yes", "true",
    "positive", "positives", "pos", "with", "hit", "hits", "1", "+",
}  # fmt: skip
_OTHER = {
    "other", "others", "not matching", "non matching", "nonmatching", "no match", "not match",
    "does not match", "doesn't match", "unmatched", "silent", "off", "no", "false", "negative",
    "negatives", "neg", "without", "miss", "misses", "0", "-", "control", "controls", "counter",
}  # fmt: skip
_NOUNS = re.compile(r" ?(?:texts?|examples?|sentences?)$")
_HEADING = re.compile(r"#{1,6}\s*([^:#]{1,40}?)\s*:?|\**([^:*]{1,40}?)\**\s*:\s*\**")
_RULER = re.compile(r"\|?(?:\s*:?-+:?\s*\|)*\s*:?-+:?\s*\|?")
_BAR = re.compile(r"(?<!\\)\|")
_CODE = re.compile(r"(`{1,3})([^`]*)\1")
_BULLETS = ("- ", "* ", "• ")
_HOW = (
    "Write a table with the columns 'matching' and 'not matching' (Markdown, CSV, TSV or JSON\n"
    "lines), or two lists: 'match:' and 'other:', each on a line of its own, a text a line."
)


@dataclass(frozen=True, slots=True)
class Text:
    """One text, and what in it should fire if that was marked."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()
    """Half-open byte spans of `text.encode()`."""

    @classmethod
    def read(cls, written: str) -> Text:
        """Read a text in which « and » may stand round what should fire.

        French quotes with a space inside, and signs that are no pair, are only text.

        Example:
            >>> Text.read("I loved «it»")
            Text(text='I loved it', marks=((8, 10),))
        """
        written = without_surrogates(written)
        pieces = _MARKED.split(written)
        if len(pieces) == 1:
            return cls(written)
        ends = np.cumsum([len(piece.encode()) for piece in pieces]).tolist()
        return cls("".join(pieces), tuple(zip(ends[:-1:2], ends[1::2], strict=True)))

    @property
    def written(self) -> str:
        """The text with its marks, as it is read.

        Example:
            >>> Text.read("I loved «it»").written
            'I loved «it»'
        """
        data, pieces, at = self.text.encode(), [], 0
        for start, end in self.marks:
            pieces += [data[at:start], "«".encode(), data[start:end], "»".encode()]
            at = end
        return b"".join([*pieces, data[at:]]).decode()


_MARKED = re.compile(r"«(?![\s\u00a0\u202f])([^«»]+)(?<![\s\u00a0\u202f])»")


@dataclass(frozen=True, slots=True)
class Pairs:
    """Texts that should make a neuron fire, and texts that should not."""

    matching: tuple[Text, ...]
    other: tuple[Text, ...]
    is_paired: bool
    """True if the first belong to the second one by one."""
    n_incomplete: int = 0
    """Rows of a table with one text only; with one of them nothing is paired."""

    def __len__(self) -> int:
        return len(self.matching) + len(self.other)

    def evenly(self, most: int) -> Pairs:
        """Choose evenly among the texts if there are more of them, as many of each kind at most.

        Example:
            >>> many = Pairs(tuple(map(Text, "abcdef")), tuple(map(Text, "uvwxyz")), True)
            >>> [text.text for text in many.evenly(6).matching]
            ['a', 'c', 'f']
        """
        if len(self) <= most:
            return self

        def even(texts: tuple[Text, ...]) -> tuple[Text, ...]:
            n = min(len(texts), most // 2)
            return tuple(texts[i] for i in np.linspace(0, len(texts) - 1, n).astype(int))

        return replace(self, matching=even(self.matching), other=even(self.other))

    @classmethod
    def read(cls, written: str, name: str = "The text", kind: Kind | None = None) -> Pairs:
        r"""Read texts that were pasted or come from a file.

        Args:
            written: A Markdown table, CSV, TSV, JSON lines or two lists.
            name: What to call it if it cannot be read.
            kind: Which of them it is; found out if it is not given.

        Raises:
            UnreadablePairs: With what was found in place of two columns or lists.

        Example:
            >>> pairs = Pairs.read("| match | other |\n|---|---|\n| 8) a | 8. a |")
            >>> pairs.matching[0].text, pairs.other[0].text, pairs.is_paired
            ('8) a', '8. a', True)
        """
        written = written.removeprefix("\ufeff")
        if not written.strip():
            raise UnreadablePairs(name, "it is empty", _HOW)
        kind = kind or _kind(written)
        if kind == "lists":
            return _lists(written, name)
        if kind == "markdown":
            return _of_rows(*_markdown(written, name), name)
        if kind == "jsonl":
            return _of_rows(*_json_lines(written, name), name)
        return _of_rows(*_separated(written, name, kind), name)

    @classmethod
    def open(cls, path: Path | str) -> Pairs:
        """Read a file; what it holds is told by its ending or, if that says nothing, by itself.

        Raises:
            UnreadablePairs: If it holds no such texts.
            NotUsable: If it cannot be opened.
        """
        path = Path(path)
        try:
            written = path.read_text("utf-8")
        except OSError as error:
            raise NotUsable(path, (error.strerror or str(error)).lower()) from None
        except UnicodeDecodeError as error:
            raise UnreadablePairs(
                str(path), f"byte {error.start + 1:,} is no UTF-8", "Save it as UTF-8."
            ) from None
        return cls.read(written, str(path), _SUFFIXES.get(path.suffix.lower()))


@dataclass(frozen=True, slots=True)
class Facts:
    """What is worth knowing of texts before they are evidence; indices of texts."""

    repeated_matching: tuple[int, ...]
    """Matching texts that are the same as an earlier one."""
    repeated_other: tuple[int, ...]
    """The same for the others."""
    on_both_sides: tuple[int, ...]
    """Matching texts that are among the others too; of pairs, those with two equal sides."""
    without_place: tuple[int, ...]
    """Matching texts in which nothing is marked and the rule has no place."""
    others_with_place: tuple[int, ...]
    """Other texts in which the rule has a place."""


def facts(pairs: Pairs, has_place: Callable[[str], bool] | None = None) -> Facts:
    """Look texts over.

    Args:
        pairs: The texts.
        has_place: Tells whether the rule has a place in a text; None if there is no rule.
    """
    others = {text.text for text in pairs.other}
    both = (
        (m.text == o.text for m, o in zip(pairs.matching, pairs.other, strict=True))
        if pairs.is_paired
        else (m.text in others for m in pairs.matching)
    )
    without: list[int] = []
    with_place: list[int] = []
    if has_place is not None:
        without = [i for i, m in enumerate(pairs.matching) if not m.marks and not has_place(m.text)]
        with_place = [i for i, o in enumerate(pairs.other) if has_place(o.text)]
    return Facts(
        _repeated(pairs.matching),
        _repeated(pairs.other),
        tuple(i for i, is_same in enumerate(both) if is_same),
        tuple(without),
        tuple(with_place),
    )


def _repeated(texts: tuple[Text, ...]) -> tuple[int, ...]:
    first: dict[str, int] = {}
    return tuple(i for i, t in enumerate(texts) if first.setdefault(t.text, i) != i)


def diff(a: str, b: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Give the region in which two texts differ, without what they begin and end with alike.

    Returns:
        Half-open byte span in each; both empty if the texts are the same.

    Example:
        >>> diff("8) one", "8. one"), diff("I loved it", "loved it"), diff("é", "è")
        (((1, 2), (1, 2)), ((0, 2), (0, 0)), ((0, 2), (0, 2)))
    """
    start = _common(a, b)
    end = _common(a[start:][::-1], b[start:][::-1])
    before = len(a[:start].encode())
    changed = (text[start : len(text) - end].encode() for text in (a, b))
    first, second = ((before, before + len(data)) for data in changed)
    return first, second


def _common(a: str, b: str) -> int:
    """Count the characters that two texts begin with alike."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _kind(written: str) -> Kind:
    lines = _lines(written)
    first = next(filter(None, lines))
    if first.startswith("{"):
        return "jsonl"
    if _side(_heading(first)):
        return "lists"
    if first.startswith("|") or _rulers(lines):
        return "markdown"
    return "tsv" if "\t" in first else "csv"


def _lines(written: str) -> list[str]:
    return [line.strip() for line in re.split(r"\r\n?|\n", written)]


def _heading(line: str) -> str:
    found = _HEADING.fullmatch(line)
    return (found[1] or found[2] or "") if found else ""


def _side(column: str) -> Literal["matching", "other", ""]:
    """Tell which texts a column or list with this name holds."""
    name = re.sub(r"[\s_-]+", " ", column.strip().strip("*`\"'").casefold()).strip()
    name = _NOUNS.sub("", name) or column.strip()
    return "matching" if name in _MATCHING else "other" if name in _OTHER else ""


def _lists(written: str, name: str) -> Pairs:
    """Read two lists, each under its heading, a text a line."""
    found: dict[str, list[str]] = {"matching": [], "other": []}
    side = ""
    for i, line in enumerate(_lines(written), 1):
        if to := _side(_heading(line)):
            side = to
        elif line and not side:
            raise UnreadablePairs(name, f"line {i:,} stands under no heading", _HOW)
        elif line:
            found[side].append(line)
    texts = found["matching"] + found["other"]
    for bullet in _BULLETS:
        if texts and all(text.startswith(bullet) for text in texts):
            found = {s: [t.removeprefix(bullet).strip() for t in found[s]] for s in found}
    return _pairs(found["matching"], found["other"], name)


def _pairs(
    matching: Iterable[str],
    other: Iterable[str],
    name: str,
    *,
    is_paired: bool = False,
    n_incomplete: int = 0,
) -> Pairs:
    read = tuple(map(Text.read, matching)), tuple(map(Text.read, other))
    if not any(read):
        raise UnreadablePairs(name, "there is no text under its headings", _HOW)
    return Pairs(*read, is_paired, n_incomplete)


Row = Sequence[str | None]


def _of_rows(columns: Sequence[str], rows: Iterable[Row], name: str) -> Pairs:
    """Take the columns with matching and other texts out of a table."""
    sides = [_side(column) for column in columns]
    for side in ("matching", "other"):
        if sides.count(side) > 1:
            twice = [f"'{c}'" for c, s in zip(columns, sides, strict=True) if s == side]
            raise UnreadablePairs(
                name, f"{' and '.join(twice)} both name {side} texts", "Keep one of these columns."
            )
    if not any(sides):
        shown = ", ".join(f"'{_short(c)}'" for c in columns[:5]) + ", ..." * (len(columns) > 5)
        raise UnreadablePairs(name, f"its columns are {shown}", _HOW)
    at = {side: i for i, side in enumerate(sides) if side}
    both = [
        tuple(row[at[side]] if side in at else None for side in ("matching", "other"))
        for row in rows
    ]
    filled = [(m if m and m.strip() else None, o if o and o.strip() else None) for m, o in both]
    n_incomplete = sum((m is None) != (o is None) for m, o in filled) if len(at) == 2 else 0
    return _pairs(
        [m for m, _ in filled if m is not None],
        [o for _, o in filled if o is not None],
        name,
        is_paired=len(at) == 2 and not n_incomplete,
        n_incomplete=n_incomplete,
    )


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:29] + "…"


def _markdown(written: str, name: str) -> tuple[list[str], list[Row]]:
    """Read the one table of a Markdown text."""
    lines = _lines(written)
    rulers = _rulers(lines)
    if len(rulers) != 1:
        what = "no table" if not rulers else f"{len(rulers)} tables"
        raise UnreadablePairs(
            name, f"it holds {what}", "Keep one, with a line |---|---| under its header."
        )
    columns = _cells(lines[rulers[0] - 1])
    rows: list[Row] = []
    for i, line in enumerate(lines[rulers[0] + 1 :], rulers[0] + 2):
        if "|" not in line:
            break
        cells = _cells(line)
        _check_width(cells, columns, i, name, r"A | inside a text is written \|")
        rows.append([*cells, *[None] * (len(columns) - len(cells))])
    return columns, rows


def _rulers(lines: list[str]) -> list[int]:
    """Find the lines |---|---| under a header."""
    return [
        i
        for i, line in enumerate(lines)
        if "|" in line and "-" in line and _RULER.fullmatch(line) and i and "|" in lines[i - 1]
    ]


def _cells(line: str) -> list[str]:
    cells = _BAR.split(line.removeprefix("|"))
    if len(cells) > 1 and not cells[-1].strip():
        cells.pop()
    bare = (cell.strip().replace("\\|", "|") for cell in cells)
    return [code[2] if (code := _CODE.fullmatch(cell)) else cell for cell in bare]


def _check_width(cells: Row, columns: Row, line: int, name: str, remedy: str) -> None:
    if len(cells) > len(columns):
        raise UnreadablePairs(
            name,
            f"line {line:,} has {len(cells)} cells and the header {len(columns)}",
            remedy,
        )


def _separated(written: str, name: str, kind: Kind) -> tuple[list[str], list[Row]]:
    """Read a table with a header and separators."""
    header = written.lstrip().partition("\n")[0]
    comma = "," if header.count(",") >= header.count(";") else ";"
    reader = csv.reader(
        io.StringIO(written, newline=""),
        delimiter="\t" if kind == "tsv" else comma,
        skipinitialspace=f"{comma} " in header,
        strict=True,
    )
    columns: list[str] = []
    rows: list[Row] = []
    try:
        for cells in reader:
            if not any(cells):
                continue
            if not columns:
                columns = cells
                continue
            _check_width(
                cells, columns, reader.line_num, name, "Texts that hold the separator go in quotes."
            )
            rows.append([*cells, *[None] * (len(columns) - len(cells))])
    except csv.Error as error:
        raise UnreadablePairs(
            name,
            f"line {reader.line_num:,} is not as it should be ({error})",
            'A quote inside a text in quotes is written twice: ""',
        ) from None
    return columns, rows


def _json_lines(written: str, name: str) -> tuple[list[str], list[Row]]:
    """Read an object a line."""
    found: list[dict[str, str | None]] = []
    for i, line in enumerate(written.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise UnreadablePairs(name, f"line {i:,} is no JSON", _HOW) from None
        if not isinstance(row, dict):
            raise UnreadablePairs(name, f"line {i:,} is no JSON object", _HOW)
        for key, value in row.items():
            if _side(key) and not isinstance(value, str | None):
                raise UnreadablePairs(
                    name, f"'{_short(key)}' in line {i:,} is no text", "Write one text in quotes."
                )
        found.append(row)
    columns = list(dict.fromkeys(key for row in found for key in row))
    return columns, [[row.get(column) for column in columns] for row in found]
