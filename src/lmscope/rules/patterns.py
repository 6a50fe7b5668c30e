r"""Regular expressions taken apart: which pieces they have, and where those stand.

Reads the syntax of the `regex` package as far as people use it. A pattern beyond that still finds
its places; it only cannot be made simpler, and no mark ``>>`` can be put into it. Knows no
documents and no tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import regex

Kind = Literal[
    "character", "run", "class", "anchor", "mark", "note", "reference",
    "group", "look", "repeat", "sequence", "choice",
]  # fmt: skip
"""`run`: letters or digits in a row. `anchor`: ``\\b``, ``^`` and the like. `mark`: ``>>``.
`note`: comments and flags. `look`: what looks ahead or behind."""

FIRE = "fire"
_LONGEST = 20_000
_EXTENSIONS = re.compile(r"\(\?(?P<on>[a-zA-Z0-9]*)(?:-[a-zA-Z]*)?(?P<end>[:)])")
_NAMED = re.compile(r"\(\?P?<([^>=!]*)>")
_CALL = re.compile(r"\(\?(?:P[=>]\w+|&\w+|R|(?P<number>\d+))\)")
_QUANTIFIER = re.compile(
    r"(?:(?P<sign>[*+?])|\{(?P<low>\d+)(?P<more>,(?P<high>\d*))?\}|\{,(?P<most>\d+)\})[?+]?"
)
_FUZZY = re.compile(r"\{\s*(\d+\s*<=?\s*)?[idse]\s*[<=,}:]")
_POSIX = re.compile(r"\[:\^?\w+:\]")
_CODE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))")
_OCTAL = re.compile(r"\\(0[0-7]{0,2}|[1-7][0-7]{2})")
_NUMBER = re.compile(r"\\([1-9]\d?)|\\g<(\w+)>")
_PROPERTY = re.compile(r"\\[pP](?:\{[^}]*\}|\w)|\\N\{[^}]*\}")
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}


class Mistake(Exception):
    """What is wrong in a pattern, and where."""

    def __init__(self, reason: str, at: int, remedy: str = "") -> None:
        super().__init__(reason)
        self.reason, self.at, self.remedy = reason, at, remedy


class Refused(Mistake):
    """What is wrong for lmscope, though it is a pattern."""


class Beyond(Exception):
    """Syntax that is not taken apart here."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a pattern, half-open in its characters."""

    kind: Kind
    start: int
    end: int
    parts: tuple[Piece, ...] = ()
    value: str = ""
    """The characters meant; a group's name; how a look looks: ``=``, ``!``, ``<=``, ``<!``."""
    low: int = 1
    high: int | None = 1

    @property
    def body(self) -> Piece:
        """What a group, a look or a repeat holds."""
        return self.parts[0]

    @property
    def is_negative(self) -> bool:
        """True for what must not be there."""
        return self.kind == "look" and self.value.endswith("!")

    def walk(self) -> Iterator[Piece]:
        """Give this piece and all that it holds, but not what must not be there."""
        yield self
        if not self.is_negative:
            for part in self.parts:
                yield from part.walk()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern and its pieces."""

    text: str
    flags: str
    root: Piece
    opens: tuple[int, ...]
    """Where each capturing group begins."""
    references: tuple[tuple[int, int, int], ...]
    """Start, end and number of what refers to a group by number."""

    def source(self, piece: Piece) -> str:
        """Give a piece as it was written."""
        return self.text[piece.start : piece.end]

    def replaced(self, piece: Piece, new: str) -> str:
        """Give the pattern with other text in place of a piece."""
        return self.text[: piece.start] + new + self.text[piece.end :]

    @property
    def branches(self) -> tuple[Piece, ...]:
        """The alternatives of the whole pattern."""
        return self.root.parts if self.root.kind == "choice" else (self.root,)

    def aheads(self) -> list[Piece]:
        """Give what looks ahead for something that must be there."""
        return [p for p in self.root.walk() if p.kind == "look" and p.value == "="]

    def edited(self, edits: Iterable[tuple[int, int, str]]) -> str:
        """Give the pattern with text put in, and references to groups by number kept right.

        Args:
            edits: Start, end and new text. What closes comes before what opens at one place.
        """
        edits = list(edits)
        inserted = [start for start, _, new in edits if new.startswith("(?P<")]
        renamed = []
        for start, end, number in self.references:
            if number > len(self.opens):
                continue  # `regex` says so
            at = self.opens[number - 1]
            number += sum(1 for position in inserted if position <= at)
            old = self.text[start:end]
            renamed.append((start, end, f"\\g<{number}>" if old[0] == "\\" else f"(?{number})"))
        pieces, done = [], 0
        for start, end, new in sorted([*edits, *renamed], key=lambda e: (e[0], e[2] != ")")):
            pieces += [self.text[done:start], new]
            done = end
        return "".join(pieces) + self.text[done:]


class _Reader:
    """Reads one pattern from left to right."""

    def __init__(self, text: str, flags: str) -> None:
        self.text = text
        self.at = 0
        self.is_verbose = "x" in flags
        self.opens: list[int] = []
        self.references: list[tuple[int, int, int]] = []

    def whole(self) -> Piece:
        root = self.choice()
        if self.at < len(self.text):
            raise Mistake("the bracket ) was never opened", self.at, r"For the bracket itself: \)")
        return root

    def choice(self) -> Piece:
        start, branches = self.at, [self.sequence()]
        while self.text.startswith("|", self.at):
            self.at += 1
            branches.append(self.sequence())
        if len(branches) == 1:
            return branches[0]
        return Piece("choice", start, self.at, tuple(branches))

    def sequence(self) -> Piece:
        start = self.at
        pieces: list[Piece] = []
        while True:
            self.skip()
            if self.at >= len(self.text) or self.text[self.at] in "|)":
                return Piece("sequence", start, self.at, tuple(pieces))
            piece = self.repeated(self.piece())
            if pieces and _go_together(pieces[-1], piece):
                before = pieces.pop()
                value = before.value + piece.value
                piece = Piece("run", before.start, piece.end, value=value)
            pieces.append(piece)

    def skip(self) -> None:
        while self.is_verbose and self.at < len(self.text):
            if self.text[self.at].isspace():
                self.at += 1
            elif self.text[self.at] == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return

    def take(self, kind: Kind, n: int, value: str = "") -> Piece:
        self.at += n
        return Piece(kind, self.at - n, self.at, value=value)

    def repeated(self, piece: Piece) -> Piece:
        while True:
            self.skip()
            if _FUZZY.match(self.text, self.at):
                raise Beyond("fuzzy matching {...}")
            found = _QUANTIFIER.match(self.text, self.at)
            if found is None:
                return piece
            if piece.kind in ("mark", "note"):
                raise Refused(f"there is nothing that {found[0]} could repeat", self.at)
            low, high = _bounds(found)
            self.at = found.end()
            piece = Piece("repeat", piece.start, self.at, (piece,), found[0], low, high)

    def piece(self) -> Piece:
        c = self.text[self.at]
        if self.text.startswith(">>", self.at):
            return self.take("mark", 2)
        if c == "(":
            return self.group()
        if c == "[":
            return self.set()
        if c == "\\":
            return self.escape()
        if c == ".":
            return self.take("class", 1)
        if c in "^$":
            return self.take("anchor", 1)
        if _QUANTIFIER.match(self.text, self.at):
            raise Mistake(f"there is nothing that {c} could repeat", self.at, f"For itself: \\{c}")
        return self.take("character", 1, c)

    def set(self) -> Piece:
        start, i = self.at, self.at + 1
        i += self.text.startswith("^", i)
        i += self.text.startswith("]", i)
        while not self.text.startswith("]", i):
            if i >= len(self.text):
                raise Mistake("the class [ is never closed", start, r"For the bracket itself: \[")
            if posix := _POSIX.match(self.text, i):
                i = posix.end()
            else:
                i += 2 if self.text[i] == "\\" else 1
        piece = self.take("class", i + 1 - start)
        if ">>" in (source := self.text[start : self.at]):
            raise Refused(
                f"the mark >> stands inside the class {source}, where it is only the character >",
                start + source.index(">>"),
                "Put it before the class.",
            )
        return piece

    def escape(self) -> Piece:
        c = self.text[self.at + 1 : self.at + 2]
        if not c:
            raise Mistake("nothing follows the last backslash", self.at, r"For itself: \\")
        if code := _CODE.match(self.text, self.at):
            value = int(code[1] or code[2] or code[3], 16)
            return self.take("character", len(code[0]), chr(min(value, 0x10FFFF)))
        if octal := _OCTAL.match(self.text, self.at):
            return self.take("character", len(octal[0]), chr(int(octal[1], 8)))
        if number := _NUMBER.match(self.text, self.at):
            piece = self.take("reference", len(number[0]))
            if (which := number[1] or number[2]).isdecimal() and int(which):
                self.references.append((piece.start, piece.end, int(which)))
            return piece
        if c == "L":
            raise Beyond(r"a named list \L<...>")
        if found := _PROPERTY.match(self.text, self.at):
            return self.take("class", len(found[0]))
        if c in "dDwWsSXR":
            return self.take("class", 2)
        if c in "bBAZmMGK":
            return self.take("anchor", 2)
        return self.take("character", 2, _CONTROLS.get(c, c))

    def group(self) -> Piece:
        start, text = self.at, self.text
        if text.startswith("(?#", start):
            end = text.find(")", start)
            if end < 0:
                raise Mistake("the comment (?# is never closed", start)
            return self.take("note", end + 1 - start)
        if call := _CALL.match(text, start):
            piece = self.take("reference", len(call[0]))
            if call["number"] and int(call["number"]):
                self.references.append((start, piece.end, int(call["number"])))
            return piece
        for sign in ("=", "!", "<=", "<!"):
            if text.startswith("(?" + sign, start):
                return self.closed("look", len(sign) + 2, sign)
        if text.startswith("(?>", start):
            return self.closed("group", 3)
        if named := _NAMED.match(text, start):
            self.opens.append(start)
            return self.closed("group", len(named[0]), named[1])
        if flags := _EXTENSIONS.match(text, start):
            return self.flagged(flags)
        if text.startswith(("(?", "(*"), start):
            raise Beyond(f"{text[start : start + 3]}...)")
        self.opens.append(start)
        return self.closed("group", 1)

    def flagged(self, found: re.Match[str]) -> Piece:
        if set(found["on"]) & set("Vrbep"):
            raise Beyond(f"the flags {found[0]}")
        before = self.is_verbose
        self.is_verbose |= "x" in found["on"]
        if found["end"] == ")":
            return self.take("note", len(found[0]))
        piece = self.closed("group", len(found[0]))
        self.is_verbose = before
        return piece

    def closed(self, kind: Kind, n: int, value: str = "") -> Piece:
        start = self.at
        self.at += n
        body = self.choice()
        if not self.text.startswith(")", self.at):
            raise Mistake("the bracket ( is never closed", start, r"For the bracket itself: \(")
        self.at += 1
        return Piece(kind, start, self.at, (body,), value)


def _go_together(a: Piece, b: Piece) -> bool:
    if a.kind not in ("character", "run") or b.kind != "character":
        return False
    both = a.value + b.value
    return both.isalpha() or both.isdecimal()


def _bounds(found: re.Match[str]) -> tuple[int, int | None]:
    if found["sign"]:
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[found["sign"]]
    if found["most"]:
        return 0, int(found["most"])
    low = int(found["low"])
    if not found["more"]:
        return low, low
    return low, int(found["high"]) if found["high"] else None


def take_apart(text: str, flags: str) -> Pattern:
    r"""Read a pattern.

    Raises:
        Mistake: If it cannot be read.
        Beyond: If it can, but not here.

    Example:
        >>> [piece.kind for piece in take_apart(r"ab+(?=\s)", "").root.parts]
        ['character', 'repeat', 'look']
    """
    if len(text) > _LONGEST:
        raise Refused(f"it has {len(text):,} characters, more than {_LONGEST:,}", _LONGEST)
    reader = _Reader(text, flags)
    try:
        root = reader.whole()
    except RecursionError:
        raise Mistake("its brackets are nested too deeply", 0) from None
    pattern = Pattern(text, flags, root, tuple(reader.opens), tuple(reader.references))
    for branch in pattern.branches:
        _check_marks(branch)
    _n_places(root)
    return pattern


def _check_marks(branch: Piece) -> None:
    """Refuse a mark that is not between the pieces of an alternative of the whole pattern."""
    for piece in branch.walk():
        for part in piece.parts:
            if part.kind == "mark" and piece is not branch:
                raise Refused(
                    "the mark >> stands inside brackets",
                    part.start,
                    "Put it outside them, or name the place: (?P<fire>...)",
                )
        if piece.is_negative and any(p.kind == "mark" or is_fire(p) for p in _inside(piece)):
            raise Refused(
                "the place to fire stands in what must not be there",
                piece.start,
                "Put it around something that is there.",
            )
    after = [p for p in branch.parts if p.kind != "note"]
    if branch.kind == "sequence" and after and after[-1].kind == "mark":
        raise Refused(
            "nothing follows the mark >>",
            after[-1].start,
            "Put it before what should fire.",
        )


def _inside(piece: Piece) -> Iterator[Piece]:
    for part in piece.parts:
        yield part
        yield from _inside(part)


def is_fire(piece: Piece) -> bool:
    """Tell whether it is the group round what should fire."""
    return piece.kind == "group" and piece.value == FIRE


def _n_places(piece: Piece) -> int:
    """Count the places to fire that one match can have; refuse two."""
    if piece.is_negative:
        return 0
    own = 1 if piece.kind == "mark" or is_fire(piece) else 0
    if piece.kind == "choice":
        return max(map(_n_places, piece.parts))
    n = own
    for part in piece.parts:
        n += _n_places(part)
        if n > 1:
            raise Refused(
                "it names two places to fire",
                part.start,
                "Keep one >> or (?P<fire>...), or one in each alternative.",
            )
    return n


def flags_of(flags: str) -> int:
    """Turn the letters behind a pattern into the flags of `regex`."""
    return sum(int(regex.RegexFlag[letter.upper()]) for letter in flags)
