r"""What the pieces of a pattern demand, and what follows from that. Knows no documents."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import regex
from numpy.typing import NDArray

from lmscope.rules.patterns import Pattern, Piece, flags_of, is_fire

_REFERENCE_BITS = 8.0
_CONSUMING = {"character", "run", "class", "reference", "group", "repeat"}


def has_place(piece: Piece) -> bool:
    """Tell whether it says itself what should fire."""
    return any(p.kind == "mark" or is_fire(p) for p in piece.walk())


def places_alone(pattern: Pattern) -> str | None:
    r"""Give what fires without what stands round it; None if that is the whole pattern.

    Example:
        >>> from lmscope.rules.patterns import take_apart
        >>> places_alone(take_apart(r"\w\)", "")), places_alone(take_apart(r"I >>loved it", ""))
        ('\\)', 'loved it')
    """
    alone = [_alone(pattern, branch) for branch in pattern.branches]
    whole = [pattern.source(branch) for branch in pattern.branches]
    return None if alone == whole or "" in alone else "|".join(dict.fromkeys(alone))


def _alone(pattern: Pattern, branch: Piece) -> str:
    for piece in branch.walk():
        if is_fire(piece):
            return pattern.source(piece.body)
    marks = [i for i, p in enumerate(branch.parts) if p.kind == "mark"]
    parts = branch.parts[marks[0] + 1 :] if marks else branch.parts
    last = parts[-1:]
    if last and last[0].kind == "look" and last[0].value == "=":
        return _alone(pattern, last[0].body)
    parts = tuple(p for p in parts if p.kind in _CONSUMING)
    return "".join(map(pattern.source, parts if marks else parts[-1:]))


def consumes_after_place(branch: Piece) -> bool:
    """Tell whether an alternative goes on behind the place that it names."""
    for i, part in enumerate(branch.parts):
        if any(map(is_fire, part.walk())):
            return any(p.kind in _CONSUMING for p in branch.parts[i + 1 :])
    return False


def first_repeat(pattern: Pattern) -> Piece | None:
    """Give a repeat of one character or class that the pattern begins with, if it has one.

    All matches that begin inside its run end where the first one ends.
    """
    pieces = [p for p in pattern.root.walk() if p.kind in ("reference", "choice")]
    if pieces or pattern.root.kind == "choice":
        return None
    for piece in pattern.root.parts:
        while piece.kind == "group" and piece.body.kind == "sequence":
            if len(piece.body.parts) != 1:
                return None
            piece = piece.body.parts[0]
        if piece.kind == "repeat":
            is_simple = piece.body.kind in ("character", "class") and piece.high is None
            return piece if is_simple else None
        if piece.kind not in ("anchor", "mark", "note") and not (
            piece.kind == "look" and piece.value.startswith("<")
        ):
            return None
    return None


@lru_cache(256)
def members(source: str, flags: str) -> NDArray[np.bool_]:
    """Tell which characters up to U+FFFF, surrogates aside, something of one character takes."""
    found = np.zeros(len(_ALL), np.bool_)
    for match in regex.compile(f"(?:{source})+", flags_of(flags)).finditer(_ALL):
        found[slice(*match.span())] = True
    return found


_ALL = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x10000)]))


def bits(pattern: Pattern, piece: Piece) -> float:
    r"""Measure what a piece demands, in bits: the fewer, the simpler.

    A character or class costs the logarithm of the share of all characters that it leaves out;
    what follows one another, and alternatives, add up; a repeat counts as often as it must; what
    may be missing, an anchor and a look cost one bit.

    Example:
        >>> from lmscope.rules.patterns import take_apart
        >>> for text in (r"\w\)", r"\)", r"[.)]", r"\d"):
        ...     pattern = take_apart(text, "")
        ...     print(text, round(bits(pattern, pattern.root), 1))
        \w\) 16.3
        \) 16.0
        [.)] 15.0
        \d 7.4
    """
    if piece.kind in ("character", "run"):
        n_folded = sum(map(_has_case, piece.value)) if "i" in pattern.flags else 0
        return len(piece.value) * math.log2(len(_ALL)) - n_folded
    if piece.kind == "class":
        n = int(members(pattern.source(piece), pattern.flags).sum())
        return math.log2(len(_ALL) / max(n, 1))
    if piece.kind == "repeat":
        return piece.low * bits(pattern, piece.body) if piece.low else 1.0
    own = {"anchor": 1.0, "look": 1.0, "reference": _REFERENCE_BITS}.get(piece.kind, 0.0)
    return own + sum(bits(pattern, part) for part in piece.parts)


def _has_case(c: str) -> bool:
    return c.lower() != c.upper()


def slowest(pattern: Pattern) -> tuple[str, int] | None:
    """Name the piece that most likely makes a pattern slow, and where it stands."""
    repeats = [p for p in pattern.root.walk() if p.kind == "repeat" and p.high != 1]
    for kinds, name in ((("repeat",), "a repeat inside a repeat"), (("choice",), "alternatives")):
        for outer in repeats:
            if any(p.kind in kinds for p in outer.body.walk()):
                named = name if "repeat" in kinds else f"{name} inside a repeat"
                return f"{named}, {pattern.source(outer)}", outer.start
    for piece in pattern.root.walk():
        row = [p for p in piece.parts if p.kind == "repeat" and p.high is None]
        if len(row) > 1:
            source = pattern.text[row[0].start : row[1].end]
            return f"two repeats in a row, {source}", row[0].start
    if repeats:
        return f"the repeat {pattern.source(repeats[0])}", repeats[0].start
    return None
