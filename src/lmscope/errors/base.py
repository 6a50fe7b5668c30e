"""What every explained mistake is, and the search for the nearest right name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any


class LmscopeError(Exception):
    """A mistake that lmscope explains; its text is meant for the person at the screen."""

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.facts = facts
        for name, value in facts.items():
            setattr(self, name, value)


# Letters and digits that are taken for one another, and separators that people mix.
_LOOK_ALIKES = str.maketrans({"1": "l", "i": "l", "|": "l", "0": "o", "_": "-", " ": "-", ".": "-"})


def fold(name: str) -> str:
    """Bring a name to a form in which look-alikes are equal.

    Example:
        >>> fold("SOLU_11") == fold("solu-1l") == fold("solu-il")
        True
    """
    return name.strip().casefold().translate(_LOOK_ALIKES)


def nearest(name: str, known: Iterable[str], n: int = 2) -> list[str]:
    """Find the known names that a person most likely meant, best first.

    Args:
        name: What was typed.
        known: The names that exist.
        n: How many to return at most.

    Example:
        >>> nearest("solu-11", ["solu-1l", "solu-2l", "gelu-1l", "gpt2-small"])
        ['solu-1l', 'solu-2l']
        >>> nearest("gpt2small", ["gpt2-small", "gpt2-xl"], n=1)
        ['gpt2-small']
    """
    wanted = fold(name)
    folded: dict[str, list[str]] = {}
    for candidate in known:
        folded.setdefault(fold(candidate), []).append(candidate)
    close = difflib.get_close_matches(wanted, folded, n=n, cutoff=0.6)
    same = [f for f in folded if f.replace("-", "") == wanted.replace("-", "")]
    order = same + [f for f in close if f not in same]
    return [candidate for f in order for candidate in folded[f]][:n]


def either(names: Sequence[str]) -> str:
    """Offer names in words.

    Example:
        >>> either(["a", "b"])
        "'a' or 'b'"
    """
    return " or ".join(f"'{n}'" for n in names)


def look_alike(typed: str, right: str) -> str | None:
    """Say which look-alike character was typed in place of the right one.

    Example:
        >>> look_alike("solu-11", "solu-1l")
        "You typed the digit '1' where the name has the letter 'l'."
    """
    if len(typed) != len(right):
        return None
    wrong = [(a, b) for a, b in zip(typed.casefold(), right.casefold(), strict=True) if a != b]
    if len(wrong) != 1 or fold(wrong[0][0]) != fold(wrong[0][1]):
        return None

    def kind(c: str) -> str:
        return "digit" if c.isdigit() else "letter" if c.isalpha() else "sign"

    a, b = wrong[0]
    return f"You typed the {kind(a)} '{a}' where the name has the {kind(b)} '{b}'."


def shortened(text: str) -> str:
    """Write as much of a text as a sentence has room for.

    Example:
        >>> shortened("word " * 20)
        'word word word word word word word word word word word word…'
    """
    return text if len(text) <= 60 else text[:59] + "…"


def numbered(n: int, thing: str) -> str:
    """Say how things are numbered.

    Example:
        >>> numbered(1, "layer"), numbered(12, "layer")
        ('one layer, numbered 0', 'layers 0 to 11')
    """
    return f"one {thing}, numbered 0" if n == 1 else f"{thing}s 0 to {n - 1}"
