"""When a neuron counts as found again in another model, in words. Knows numbers only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lmscope.evidence import Estimate

MatchVerdict = Literal["universal", "partial", "not found", "not enough evidence"]

LEAST_R = 0.3
"""A confirmed r that is not surely above this is no match, whatever the baselines."""
UNIVERSAL_R = 0.5
"""Surely above this, the two neurons share most of what they do."""
LEAST_DOCUMENTS = 30
"""Documents over which the activation is spread: an r from fewer hangs on a handful of texts."""
LEAST_COVERAGE = 0.5
"""Of the neuron's activation at places where both models can be seen."""
_CLOSE = 0.05


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is to judge by: the best candidate of one model, confirmed on other documents."""

    model: str
    r: Estimate
    """On the confirmation half, with the sign of the discovery half: a match is positive."""
    second: float
    """r of the second best candidate there."""
    rotation: float
    """Mean over rotations of the best absolute r with a rotated layer."""
    permuted: float
    """Best absolute r of any neuron when the documents are dealt anew; the largest of a few."""
    untrained: float | None
    """Best absolute r of any neuron of the model untrained; None if that was not asked."""
    n_neurons: int
    coverage: float
    documents: int
    """Confirmation documents over which the searched neuron's activation is spread."""
    joint_documents: int
    """Those over which what the two have in common is spread."""


def judge_match(seen: Seen) -> tuple[MatchVerdict, str]:
    """Give the verdict on one model, and why.

    Example:
        >>> r = Estimate(0.82, 0.75, 0.88)
        >>> judge_match(Seen("b", r, 0.3, 0.2, 0.1, 0.4, 2048, 0.98, 60, 55))[0]
        'universal'
    """
    r, bar = seen.r, max(LEAST_R, seen.rotation, seen.permuted, seen.untrained or 0)
    shown = f"r {r.value:.2f} [{r.low:.2f}, {r.high:.2f}]"
    if seen.coverage < LEAST_COVERAGE:
        return "not enough evidence", (
            f"Only {seen.coverage:.0%} of its activation lies where both tokenizers end a token: "
            "the two cannot be compared there."
        )
    if seen.documents < LEAST_DOCUMENTS:
        by_chance = (
            f" On so little text the best of {seen.n_neurons:,} unrelated neurons reaches r "
            f"{seen.permuted:.2f} by chance."
        )
        return "not enough evidence", (
            f"What it does is spread over {seen.documents} documents of the confirmation half, "
            f"{LEAST_DOCUMENTS} are needed.{by_chance if seen.permuted else ''}"
        )
    if r.high <= bar or seen.joint_documents == 0:
        return "not found", (
            f"The best of {seen.n_neurons:,} neurons has {shown} on other documents, no more than "
            f"{_bar(seen)}."
        )
    if r.low <= bar:
        return "not enough evidence", (
            f"The best has {shown}: it may or may not be above {_bar(seen)}. More text would tell."
        )
    if seen.joint_documents < LEAST_DOCUMENTS:
        return "not enough evidence", (
            f"The best has {shown}, but what the two have in common is spread over "
            f"{seen.joint_documents} documents only, {LEAST_DOCUMENTS} are needed."
        )
    family = (
        f" Another one is as good (r {seen.second:.2f}): a family rather than one neuron."
        if r.value - seen.second < _CLOSE
        else ""
    )
    against = (
        f"{shown} on documents that had no part in choosing it, against {seen.rotation:.2f} with "
        f"rotated layers and {seen.permuted:.2f} with permuted documents"
    )
    if seen.untrained is not None:
        against += f", {seen.untrained:.2f} in the model untrained"
    if r.low > max(UNIVERSAL_R, bar):
        return "universal", f"{seen.model} has it: {against}.{family}"
    return "partial", (
        f"{seen.model} has something like it: {against}; not surely above {UNIVERSAL_R}.{family}"
    )


def _bar(seen: Seen) -> str:
    bars = {
        f"{seen.rotation:.2f}, the best of rotated layers": seen.rotation,
        f"{seen.permuted:.2f}, the best with permuted documents": seen.permuted,
        f"{LEAST_R}, where a match begins": LEAST_R,
    }
    if seen.untrained is not None:
        bars[f"{seen.untrained:.2f}, the best in the model untrained"] = seen.untrained
    return max(bars, key=bars.__getitem__)


def over_all(verdicts: Sequence[MatchVerdict]) -> MatchVerdict:
    """Sum up the verdicts on several models.

    Example:
        >>> over_all(["universal", "partial"]), over_all(["not found", "not enough evidence"])
        ('partial', 'not enough evidence')
    """
    if all(v == "universal" for v in verdicts):
        return "universal"
    if any(v in ("universal", "partial") for v in verdicts):
        return "partial"
    return "not found" if all(v == "not found" for v in verdicts) else "not enough evidence"
