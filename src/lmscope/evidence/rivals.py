"""Whether a simpler rule explains a neuron as well. Knows of rules only what they mark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmscope.evidence.documents import Estimate, deal, estimates
from lmscope.evidence.measures import (
    average_precision,
    binned_average_precision,
    check,
    rank_bins,
)
from lmscope.evidence.sums import N_SUMS, ratios, token_sums

_SAME_BASE_RATE = 1.1  # ratio up to which AP compares


@dataclass(frozen=True, slots=True)
class RivalEvidence:
    """A rule and a rival on the same activations; differences are rule minus rival."""

    name: str
    """The rival as it is shown, for instance ``)``."""
    base_rate: float
    """Share of tokens that the rival marks."""
    f1: Estimate
    """F1 of the rival at its own threshold."""
    r2: Estimate
    """Share of variance that the rival explains, 0 if its correlation is negative."""
    mass_precision: Estimate
    """Share of activation on tokens that the rival marks. Never smaller for a rule that marks
    more, so it decides nothing."""
    f1_difference: Estimate
    r2_difference: Estimate
    mass_difference: Estimate
    ap_difference: Estimate | None
    """None if the base rates differ by more than a tenth."""
    differing_tokens: int
    """Tokens that one of the two marks and the other does not."""
    differing_documents: int
    must_be_better: bool = False
    """Whether it takes the rule's place only then: a part of the rule, or hardly simpler."""

    @property
    def is_worse(self) -> bool:
        """Whether the rule is shown to be better on F1 or r², and on neither to be worse."""
        both = (self.f1_difference, self.r2_difference)
        return any(d.low > 0 for d in both) and not any(d.high < 0 for d in both)

    @property
    def is_better(self) -> bool:
        """Whether the rival is shown to be better on F1 or r², and on neither to be worse."""
        both = (self.f1_difference, self.r2_difference)
        return any(d.high < 0 for d in both) and not any(d.low > 0 for d in both)

    @property
    def stands(self) -> bool:
        """Whether it stands in the way: of two equal rules the simpler one mostly does."""
        return self.is_better if self.must_be_better else not self.is_worse

    @property
    def explains(self) -> float:
        """How much of what it could the rival surely explains: F1 beyond that of chance, 0 to 1.

        What always fires has an F1 of 2 b / (1 + b) at base rate b: 0.84 if a rule marks most.
        """
        chance = 2 * self.base_rate / (1 + self.base_rate)
        return max((self.f1.low - chance) / (1 - chance), 0.0) if chance < 1 else 0.0

    def to_json(self) -> dict[str, Any]:
        """Give the comparison as plain JSON values."""
        found: dict[str, Any] = {"name": self.name, "base_rate": self.base_rate}
        for name in ("f1", "r2", "mass_precision"):
            found |= getattr(self, name).to_json(name)
        for name in ("f1_difference", "r2_difference", "mass_difference"):
            found |= getattr(self, name).to_json(name)
        missing = Estimate(*[float("nan")] * 3)
        return {
            **found,
            **(self.ap_difference or missing).to_json("ap_difference"),
            "differing_tokens": self.differing_tokens,
            "differing_documents": self.differing_documents,
            "stands": self.stands,
        }


def compare(
    name: str,
    x: NDArray[np.float32],
    y: NDArray[np.bool_],
    rival: NDArray[np.bool_],
    document: NDArray[np.integer],
    *,
    threshold: float,
    rival_threshold: float,
    ignore: NDArray[np.bool_] | None = None,
    must_be_better: bool = False,
    n_resamples: int = 2_000,
    seed: int = 0,
) -> RivalEvidence:
    """Compare how well a rule and a rival explain one neuron, on the same resampled documents.

    F1 and r² decide, since both may be compared between rules with different base rates; average
    precision may not, and activation mass favours whatever marks more. Intervals of the differences
    are paired: both rules see the same documents in each resample. They are those of `estimates`.

    Args:
        name: The rival as it is shown.
        x: Side times activation, float32 [n], in activation units.
        y: Tokens that the rule marks, bool [n].
        rival: Tokens that the rival marks, bool [n].
        document: Number of each token's document, [n]. Near-duplicates share one number.
        threshold: Activation from which the neuron fires by the rule, from discovery documents.
        rival_threshold: The same for the rival, which has a right to its own best one.
        ignore: Tokens that count for neither, bool [n].
        must_be_better: Whether to be as good is not enough for the rival.
        n_resamples: Resamples of documents.
        seed: Same arguments and seed, same result.

    Raises:
        ArraysDiffer: If not all arrays have one value for each token.
        NotFinite: If an activation is infinite or not a number.
        NoTokens: If no token counts.

    Example:
        A neuron that fires on every second token, and a rule that marks half of those:

        >>> document, rival = np.repeat(np.arange(50), 8), np.tile([True, False], 200)
        >>> y, x = rival & np.tile([1, 1, 0, 0], 100).astype(bool), rival.astype(np.float32)
        >>> found = compare(")", x, y, rival, document, threshold=0.5, rival_threshold=0.5)
        >>> found.f1.value, round(found.f1_difference.value, 3), found.stands
        (1.0, -0.333, True)

    Source:
        The design of the rival test follows Huang et al., arXiv:2309.10312: an explanation must be
        set against others of the same neuron.
    """
    given = {"y": y, "rival": rival, "document": document}
    if ignore is not None:
        given["ignore"] = ignore
    check(x, **given)
    if ignore is not None:
        x, y, rival, document = x[~ignore], y[~ignore], rival[~ignore], document[~ignore]
        check(x)
    of = np.unique(document, return_inverse=True)[1]
    group_of = deal(int(of.max()) + 1, seed=seed)
    group, n = group_of[of], int(group_of.max()) + 1
    blocks: list[NDArray[Any]] = [
        token_sums(x, y, threshold, group, n),
        token_sums(x, rival, rival_threshold, group, n),
    ]
    rates = sorted((float(y.mean()), float(rival.mean())))
    is_comparable = 0 < rates[1] <= _SAME_BASE_RATE * rates[0]
    if is_comparable:
        bins, is_single = rank_bins(x)
        cell, shape = group * len(is_single) + bins, (n, len(is_single))
        for which in (y, rival, np.ones(len(x), np.bool_)):
            blocks += [np.bincount(cell, which, n * len(is_single)).reshape(shape)]

    def measures(sums: NDArray[np.float64]) -> NDArray[np.float64]:
        of_rule, of_rival = _explained(sums[..., :N_SUMS]), _explained(sums[..., N_SUMS:])
        parts = [of_rival, of_rule - of_rival]
        if is_comparable:
            ranked = np.split(sums[..., 2 * N_SUMS :], 3, axis=-1)
            aps = [binned_average_precision(hit, ranked[2], is_single) for hit in ranked[:2]]
            parts.append((aps[0] - aps[1])[..., None])
        return np.concatenate(parts, -1)

    rows = np.concatenate(blocks, axis=1)
    value = measures(rows.sum(0))
    if is_comparable:
        value[-1] = average_precision(x, y) - average_precision(x, rival)
    telling = len(np.unique(of[y | rival]))
    f1, r2, mass, f1_difference, r2_difference, mass_difference, *ap_difference = estimates(
        rows,
        measures,
        value,
        lowest=np.array([0.0] * 3 + [-1.0] * (len(value) - 3)),
        telling=np.full(len(value), telling),
        n_resamples=n_resamples,
        seed=seed,
    )
    differs = y != rival
    return RivalEvidence(
        name=name,
        base_rate=float(rival.mean()),
        f1=f1,
        r2=r2,
        mass_precision=mass,
        f1_difference=f1_difference,
        r2_difference=r2_difference,
        mass_difference=mass_difference,
        ap_difference=ap_difference[0] if ap_difference else None,
        differing_tokens=int(differs.sum()),
        differing_documents=len(np.unique(of[differs])),
        must_be_better=must_be_better,
    )


def _explained(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """F1, r² and mass precision [..., 3] from sums [..., N_SUMS]."""
    _, _, f1, mass, _, r = np.moveaxis(ratios(sums[..., :N_SUMS]), -1, 0)
    return np.stack([f1, np.maximum(r, 0) ** 2, mass], -1)
