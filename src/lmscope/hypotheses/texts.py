"""A person's own texts on one neuron: from pairs and lists to one number for each text.

Each text's number is side times activation, at most, over its targeted tokens: those that the rule
marks, or that were marked by hand, moved by the offset; in a text without any, the region in which
it differs from its partner; else all tokens that count. Knows no corpus.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lmscope.errors import NoText, UnreadablePairs
from lmscope.evidence import TextsEvidence, lists_evidence, pairs_evidence
from lmscope.pairs import Pairs, Text, diff
from lmscope.rules import Places, Rule, Which, label, near_misses, shifted

if TYPE_CHECKING:
    from lmscope.looking import Look

_DIGIT = re.compile(r"\d+")
MOST_TEXTS = 2_000
"""Texts that are run; of more, an even choice."""


@dataclass(frozen=True, slots=True, eq=False)
class OneText:
    """One of the person's texts, and what the neuron does on it."""

    text: str
    tokens: tuple[str, ...]
    activations: NDArray[np.float32]
    """[n_tokens], in activation units, not times the side."""
    targeted: NDArray[np.bool_]
    """Tokens that its number is taken from, [n_tokens]."""
    is_marked: bool
    """Whether the rule or the person marks a token; else the targeted ones are a makeshift."""
    value: float
    """Side times activation, at most, over the targeted tokens."""
    peak: int
    """Token with the largest side times activation of those that count."""
    is_known: bool
    """Whether it is among the catalogue's own examples of the neuron."""

    def to_json(self) -> dict[str, Any]:
        """Give it as plain JSON values."""
        return {
            "text": self.text,
            "tokens": list(self.tokens),
            "activations": [float(a) for a in self.activations],
            "targeted": np.flatnonzero(self.targeted).tolist(),
            "is_marked": self.is_marked,
            "value": self.value,
            "peak": self.peak,
            "is_known": self.is_known,
        }


@dataclass(frozen=True, slots=True, eq=False)
class TextsRead:
    """What a person's texts say, with every text."""

    evidence: TextsEvidence
    matching: tuple[OneText, ...]
    other: tuple[OneText, ...]
    notes: tuple[str, ...]
    """What is worth knowing of the texts, in sentences."""

    def to_json(self) -> dict[str, Any]:
        """Give it as plain JSON values."""
        return {
            **self.evidence.to_json(),
            "matching": [text.to_json() for text in self.matching],
            "other": [text.to_json() for text in self.other],
            "notes": list(self.notes),
        }


def read_texts(
    pairs: Pairs,
    run: Callable[[str], Look],
    rule: Rule | None,
    which: Which,
    side: int,
    offset: int,
    scale: float,
    known: Sequence[str] = (),
    seed: int = 0,
) -> TextsRead:
    """Run a person's texts and test what they say of the neuron.

    Args:
        pairs: The texts; lists of one side only are refused.
        run: Runs the model on a text.
        rule: The rule; None if only marks in the texts say where.
        which: Which token of a place should fire.
        side: 1 or -1.
        offset: Tokens after the place.
        scale: The neuron's own scale, in activation units.
        known: The catalogue's examples of the neuron.
        seed: Same texts and seed, same result.

    Raises:
        UnreadablePairs: If one of the lists is empty.
        TextTooLong: If the model cannot read a text at once.
    """
    if not pairs.matching or not pairs.other:
        raise UnreadablePairs(
            "What was given",
            f"no text {'matches' if pairs.other else 'is of the other kind'}",
            "Give both, or let lmscope change the matching ones: --near-misses",
        )
    notes = []
    if len(pairs) > MOST_TEXTS:
        given, pairs = len(pairs), pairs.evenly(MOST_TEXTS)
        notes.append(f"Of {given:,} texts {len(pairs):,} were run, evenly chosen.")

    def one(text: Text, partner: Text | None) -> OneText:
        return _read(text, partner, run, rule, which, side, offset, known)

    is_paired = pairs.is_paired
    matching = tuple(map(one, pairs.matching, pairs.other if is_paired else repeat(None)))
    other = tuple(map(one, pairs.other, pairs.matching if is_paired else repeat(None)))
    values = [np.array([t.value for t in both], np.float32) for both in (matching, other)]
    located = None
    if all(text.is_marked for text in matching):
        located = np.array([bool(text.targeted[text.peak]) for text in matching])
    template = _templates(pairs.matching)
    if is_paired:
        evidence = pairs_evidence(
            *values, scale=scale, is_located=located, cluster=template, seed=seed
        )
    else:
        evidence = lists_evidence(
            *values,
            scale=scale,
            is_located=located,
            cluster=template,
            other_cluster=_templates(pairs.other),
        )
    notes += _notes(matching, other, rule)
    if len(np.unique(template)) < len(template):
        notes.append("Texts that are the same but for their digits count as one.")
    return TextsRead(evidence, matching, other, tuple(notes))


def completed(pairs: Pairs, rule: Rule, language: str = "en") -> Pairs:
    r"""Give every matching text near misses as its partners: changed so that the rule fails.

    Args:
        pairs: Texts, of which only the matching ones are taken.
        rule: The rule.
        language: `en`, `de`, `fr` or `es`.

    Raises:
        UnreadablePairs: If the rule matches none of them, so that nothing can be taken away.

    Example:
        >>> made = completed(Pairs((Text("8) a"),), (), False), Rule.read(r"\d\)"))
        >>> made.other[0].text, made.is_paired
        (') a', True)
    """
    made = [
        (text, Text(miss))
        for text in pairs.matching
        for miss, _ in near_misses(rule, text.text, language)
    ]
    if not made:
        raise UnreadablePairs(
            "What was given",
            "the rule matches none of the texts, so nothing can be taken out of them",
            "Give texts that the rule matches, or the other texts too.",
        )
    return Pairs(tuple(m for m, _ in made), tuple(o for _, o in made), True)


def _read(
    text: Text,
    partner: Text | None,
    run: Callable[[str], Look],
    rule: Rule | None,
    which: Which,
    side: int,
    offset: int,
    known: Sequence[str],
) -> OneText:
    seen = run(text.text)
    activations, counts = seen.activations, seen.counted
    if not counts.any():
        raise NoText
    marked = shifted(label(_places(text, seen, rule), seen.spans, which), offset) & counts
    targeted = marked
    if not marked.any() and partner is not None:
        region = diff(text.text, partner.text)[0]
        targeted = shifted(_region(region, seen.spans), offset) & counts
    if not targeted.any():
        targeted = counts
    x = side * activations
    strongest = np.where(counts, x, -np.inf)
    return OneText(
        text=text.text,
        tokens=seen.tokens,
        activations=activations,
        targeted=targeted,
        is_marked=bool(marked.any()),
        value=float(x[targeted].max()),
        peak=int(strongest.argmax()),
        is_known=_is_among(text.text, known),
    )


def _places(text: Text, seen: Look, rule: Rule | None) -> Places:
    if text.marks or rule is None:
        spans = np.array(text.marks, np.int64).reshape(-1, 2)
        return Places(seen.text.encode(), spans, spans)
    return rule.places(seen.text, seen.spans)


def _region(region: tuple[int, int], spans: NDArray[np.integer]) -> NDArray[np.bool_]:
    """The tokens of a changed region; where something was only taken out, the token after it."""
    start, end = region
    inside: NDArray[np.bool_] = (spans[:, 0] < end) & (spans[:, 1] > start)
    if start == end:
        at = int(np.searchsorted(spans[:, 1], start, side="right"))
        inside = np.arange(len(spans)) == min(at, len(spans) - 1)
    return inside


def _is_among(text: str, known: Sequence[str]) -> bool:
    asked = " ".join(text.split())
    return len(asked) >= 12 and any(asked in " ".join(k.split()) for k in known)


def _templates(texts: Sequence[Text]) -> NDArray[np.int64]:
    """Number the texts; those that differ in their digits only come from one template."""
    seen: dict[str, int] = {}
    return np.array([seen.setdefault(_DIGIT.sub("0", t.text), len(seen)) for t in texts])


def _notes(matching: Sequence[OneText], other: Sequence[OneText], rule: Rule | None) -> list[str]:
    notes = []
    if n := sum(t.is_known for t in [*matching, *other]):
        notes.append(
            f"{n} of your texts {'is' if n == 1 else 'are'} among the neuron's own examples: "
            "they are what the idea came from, and no test of it."
        )
    if rule is not None and (n := sum(not t.is_marked for t in matching)):
        notes.append(f"In {n} of your matching texts the rule marks nothing.")
    if rule is not None and (n := sum(t.is_marked for t in other)):
        notes.append(f"In {n} of your other texts the rule marks something.")
    return notes
