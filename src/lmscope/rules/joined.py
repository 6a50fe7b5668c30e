"""Rules of several rules: and, or, not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from lmscope.errors import RuleTooBroad
from lmscope.rules.forms import Rule, covered
from lmscope.rules.searching import Document, merged
from lmscope.text import byte_at

_SPACES = np.array([c for c in range(0x3001) if chr(c).isspace()], np.uint32)


@dataclass(frozen=True, slots=True)
class _Several(Rule):
    """Several rules with one word between them."""

    rules: tuple[Rule, ...]

    def __post_init__(self) -> None:
        flat = (r.rules if type(r) is type(self) else (r,) for r in self.rules)
        object.__setattr__(self, "rules", tuple(chain.from_iterable(flat)))

    def _bits(self) -> float:
        return sum(r.bits for r in self.rules)

    def _note(self) -> str:
        return " ".join(dict.fromkeys(r.note for r in self.rules if r.note))

    def _needs_tokens(self) -> bool:
        return any(r.needs_tokens for r in self.rules)


class And(_Several):
    """What fires by one of its rules and ends in a place of all others.

    A condition (`not`) only takes places away. Of nothing but conditions, every character that
    they all leave fires.
    """

    __slots__ = ()

    def _text(self) -> str:
        return " and ".join(bracketed(r, Or) for r in self.rules)

    def _is_condition(self) -> bool:
        return all(r.is_condition for r in self.rules)

    def _covers(self, document: Document) -> NDArray[np.bool_]:
        if not self.is_condition:
            return covered(self.find(document), len(document.data))
        each = (r.covers(document) for r in self.rules)
        return reduce(np.logical_and, each)

    def _find(self, document: Document) -> NDArray[np.int64]:
        if self.is_condition:
            return characters(self, document)
        left = np.ones(len(document.data), np.bool_)
        for rule in self.rules:
            if rule.is_condition:
                left &= rule.covers(document)
        rows = [r.find(document) for r in self.rules if not r.is_condition]
        inside = [covered(found, len(document.data)) for found in rows]
        kept = []
        for i, found in enumerate(rows):
            last = found[:, 1] - 1
            is_in = left[last]
            for other in inside[:i] + inside[i + 1 :]:
                is_in = is_in & other[last]
            kept.append(found[is_in])
        return merged(np.concatenate(kept))


class Or(_Several):
    """What fires by any of its rules."""

    __slots__ = ()

    def _text(self) -> str:
        return " or ".join(r.text for r in self.rules)

    def _is_condition(self) -> bool:
        return any(r.is_condition for r in self.rules)

    def _covers(self, document: Document) -> NDArray[np.bool_]:
        each = (r.covers(document) for r in self.rules)
        return reduce(np.logical_or, each)

    def _find(self, document: Document) -> NDArray[np.int64]:
        if self.is_condition:
            return characters(self, document)
        return merged(np.concatenate([r.find(document) for r in self.rules]))


@dataclass(frozen=True, slots=True)
class Not(Rule):
    """Every character that is in no place of its rule."""

    rule: Rule

    def _text(self) -> str:
        return f"not {bracketed(self.rule, (And, Or))}"

    def _bits(self) -> float:
        return 1 + self.rule.bits

    def _note(self) -> str:
        return self.rule.note

    def _needs_tokens(self) -> bool:
        return self.rule.needs_tokens

    def _is_condition(self) -> bool:
        return True

    def _covers(self, document: Document) -> NDArray[np.bool_]:
        return ~self.rule.covers(document)

    def _find(self, document: Document) -> NDArray[np.int64]:
        return characters(self, document)


def characters(rule: Rule, document: Document) -> NDArray[np.int64]:
    """Make a place of each character that a condition leaves, white space aside: [n, 4]."""
    at = byte_at(document.text)
    codes = np.frombuffer(document.text.encode("utf-32-le"), np.uint32)
    is_left = rule.covers(document)[at[1:] - 1] & ~np.isin(codes, _SPACES)
    if (n := int(is_left.sum())) > document.most:
        raise RuleTooBroad(rule.text, str(document), document.most)
    rows = np.empty((n, 4), np.int64)
    rows[:, 0] = rows[:, 2] = at[:-1][is_left]
    rows[:, 1] = rows[:, 3] = at[1:][is_left]
    return rows


def bracketed(rule: Rule, kinds: type[Rule] | tuple[type[Rule], ...]) -> str:
    """Write a rule, in brackets if it is of a kind that binds less."""
    return f"({rule.text})" if isinstance(rule, kinds) else rule.text
