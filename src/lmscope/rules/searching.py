"""Where a pattern fires in one document. Knows no tokens.

Every match counts, overlapping ones too. Of those that end at one place the longest is kept.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from time import thread_time

import numpy as np
import regex
from numpy.typing import NDArray

from lmscope.errors import RuleTooBroad, RuleTooSlow
from lmscope.rules.measures import first_repeat, has_place, slowest
from lmscope.rules.patterns import FIRE, Beyond, Mistake, Pattern, Refused, flags_of, take_apart
from lmscope.text import byte_at, without_surrogates

_LOOKS_AT_CLOCK = 1024
_SECONDS_PER_MB = 1.0
_SAYS = {
    "missing )": "a bracket ( is never closed",
    "unbalanced parenthesis": "a bracket ) was never opened",
    "unterminated character set": "a class [ is never closed",
    "nothing to repeat": "a repeat has nothing before it",
    "multiple repeat": "two repeats follow one another",
    "min repeat greater than max repeat": "the smallest number of repeats is above the largest",
    "unknown group": "it refers to a group that it does not have",
    "invalid group reference": "it refers to a group that it does not have",
    "bad character range": "a range in a class runs backwards",
    "unknown property": "there is no such property of characters",
    "unknown extension": "there is no group that begins like this",
    "missing >": "the name of a group has no > behind it",
    "bad character in group name": "the name of a group may have letters, digits and _ only",
}


@dataclass(slots=True)
class Document:
    """One text that rules are looked for in, and how long that may take."""

    text: str
    spans: NDArray[np.integer] | None
    name: str
    limit_s: float
    most: int
    data: bytes = field(init=False)
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.text = without_surrogates(self.text)
        self.data = self.text.encode()
        self.limit_s += _SECONDS_PER_MB * len(self.data) / 1e6
        self.started = thread_time()

    def __str__(self) -> str:
        if self.name:
            return self.name
        n = len(self.text)
        return f"a document of {n:,} characters" if n > 40 else repr(self.text)

    @property
    def left_s(self) -> float:
        """Seconds of work that are left; never nothing, so that a short text is always read."""
        return max(self.limit_s - (thread_time() - self.started), 1e-3)

    def bytes_of(self, characters: NDArray[np.int64]) -> NDArray[np.int64]:
        """Turn positions of characters into positions of bytes."""
        if len(self.data) == len(self.text):
            return characters
        moved: NDArray[np.int64] = byte_at(self.text)[characters]
        return moved


@dataclass(frozen=True, slots=True)
class Search:
    """A pattern, ready to be looked for."""

    pattern: regex.Pattern[str]
    parts: Pattern | None
    """Its pieces; None if it is beyond what is taken apart."""
    beyond: str
    """Why it is."""
    names_place: bool
    aheads: tuple[str, ...]
    """Groups round what it looks ahead for."""
    first: tuple[str, int] | None
    """Group round the repeat it begins with, and the smallest number of repeats."""


@lru_cache(1024)
def prepare(text: str, flags: str) -> Search:
    """Compile a pattern so that its places can be told.

    Raises:
        Mistake: If it is no pattern.
    """
    try:
        parts = take_apart(text, flags)
    except (Beyond, Mistake) as trouble:
        if not isinstance(trouble, Refused):
            return _whole(text, flags, trouble)
        raise
    under = "_"
    while under in text:
        under += "_"
    edits: list[tuple[int, int, str]] = []
    for branch in parts.branches:
        if mark := next((p for p in branch.parts if p.kind == "mark"), None):
            edits += [(mark.start, mark.end, f"(?P<{FIRE}>"), (branch.end, branch.end, ")")]
    aheads: list[str] = []
    for ahead in parts.aheads():
        if ahead.body.start < ahead.body.end:
            aheads.append(f"{under}{len(aheads)}")
            edits += _round(aheads[-1], ahead.body.start, ahead.body.end)
    first = None
    if repeat := first_repeat(parts):
        first = f"{under}first", repeat.low
        edits += _round(first[0], repeat.start, repeat.end)
    marks = [(p.start, p.end, "") for p in parts.root.walk() if p.kind == "mark"]
    compiled = _compile(parts.edited(marks), flags)  # says what is wrong where it was written
    if edits:
        compiled = _compile(parts.edited(edits), flags)
    return Search(compiled, parts, "", has_place(parts.root), tuple(aheads), first)


def _round(name: str, start: int, end: int) -> list[tuple[int, int, str]]:
    return [(start, start, f"(?P<{name}>"), (end, end, ")")]


def _whole(text: str, flags: str, trouble: Beyond | Mistake) -> Search:
    """Take a pattern as it is, or say what is wrong with it."""
    try:
        compiled = _compile(text, flags)
    except Mistake as other:
        raise trouble if isinstance(trouble, Mistake) else other from None
    if ">>" in text:
        raise Refused(
            f"lmscope cannot put the mark >> into a pattern with {trouble}",
            text.index(">>"),
            "Name the place instead: (?P<fire>...)",
        )
    return Search(compiled, None, str(trouble), FIRE in compiled.groupindex, (), None)


def _compile(text: str, flags: str) -> regex.Pattern[str]:
    try:
        compiled: regex.Pattern[str] = regex.compile(text, flags_of(flags))
    except regex.error as error:
        said = str(error.msg)
        known = _SAYS.get(said, said)
        if said.startswith(("bad escape", "incomplete escape")):
            known = f"{said.split()[-1]} means nothing"
        raise Mistake(known, max((error.pos or 0) - 1, 0)) from None
    except (RecursionError, OverflowError, MemoryError):
        raise Mistake("it is too large", 0) from None
    return compiled


def search(rule: str, wanted: Search, document: Document) -> NDArray[np.int64]:
    """Find every place of a pattern in a document.

    Args:
        rule: What to call it if it must be stopped.
        wanted: The pattern.
        document: Where to look.

    Returns:
        Start and end of what fires, start and end of the match, in bytes: [n, 4].

    Raises:
        RuleTooSlow: If the time is up.
        RuleTooBroad: If there are more matches than a document may have.
    """
    found = array("q")
    text = document.text
    is_plain = not wanted.aheads and not wanted.names_place
    n = 0
    try:
        for match in _matches(wanted, document):
            n += 1
            if n % _LOOKS_AT_CLOCK == 0 and thread_time() - document.started > document.limit_s:
                raise TimeoutError
            if n > document.most:
                raise RuleTooBroad(rule, str(document), document.most)
            start, end = match.span()
            if is_plain and start < end and not text[end - 1].isspace():
                found.extend((start, end, start, end))
            else:
                for place in _places(wanted, match, text):
                    found.extend(place)
    except TimeoutError:
        slow, at = (wanted.parts and slowest(wanted.parts)) or ("the pattern as a whole", 0)
        raise RuleTooSlow(rule, slow, at + 1, str(document), document.limit_s) from None
    rows = np.array(found, np.int64).reshape(-1, 4)
    return merged(document.bytes_of(rows))


def _matches(wanted: Search, document: Document) -> Iterator[regex.Match[str]]:
    """Give every match, overlapping ones too, without those that a repeat gives again."""
    text = document.text
    if wanted.first is None:
        yield from wanted.pattern.finditer(text, overlapped=True, timeout=document.left_s)
        return
    name, low = wanted.first
    at = 0
    while at <= len(text):
        match = wanted.pattern.search(text, at, timeout=document.left_s)
        if match is None:
            return
        yield match
        at = match.end(name) - low + 1


def _places(wanted: Search, match: regex.Match[str], text: str) -> list[tuple[int, ...]]:
    """Give what fires in one match and the match itself, in characters."""
    start, end = match.span()
    ahead = max((match.span(name) for name in wanted.aheads), key=lambda s: s[1], default=(0, 0))
    known = max(end, ahead[1])
    fires = match.spans(FIRE) if wanted.names_place else []
    if not fires and known > end:
        fires = [(known - 1, known)]
    elif not fires:
        fires = [(start, end)]
    elif fires == [ahead[:1] * 2]:  # the mark >> before what it looks ahead for
        fires = [ahead]
    return [(*place, start, known) for a, b in fires if (place := _trimmed(a, b, text))]


def _trimmed(a: int, b: int, text: str) -> tuple[int, int] | None:
    """Leave out white space at the end; what has no character fires at the one before."""
    if a == b:
        return (a - 1, a) if a else None
    if text[b - 1].isspace():
        return a, a + (len(text[a:b].rstrip()) or b - a)
    return a, b


def merged(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Keep of the matches with one end the longest, and of the places too; in the order of ends.

    Args:
        rows: Start and end of what fires, start and end of the match: [n, 4].
    """
    if len(rows) < 2:
        return rows
    ends, which = np.unique(rows[:, 3], return_inverse=True)
    begins = np.full(len(ends), np.iinfo(np.int64).max)
    np.minimum.at(begins, which, rows[:, 2])
    rows = rows[rows[:, 2] == begins[which]]
    rows = rows[np.lexsort((rows[:, 2], rows[:, 0], rows[:, 1]))]
    is_first = np.diff(rows[:, 1], prepend=-1) > 0
    return rows[is_first]
