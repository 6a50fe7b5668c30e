"""What a person's own texts say of one neuron: pairs, or two lists. Knows neither texts nor models.

Each text is one number, side times activation: the maximum over the tokens that the rule marks, or
over the edited region of a pair. Not over the whole text: the maximum of a longer text is larger by
chance. However well texts do, they cannot show what the neuron does on ordinary text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import comb, exp
from sys import float_info
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lmscope.errors import ArraysDiffer
from lmscope.evidence.documents import Estimate
from lmscope.evidence.measures import auroc, check

N_DRAWS = 100_000
"""Random sign patterns where there are too many to count them all; fewer beyond 1,000 pairs."""
_N_EXACT = 40  # pairs up to which all patterns are counted, as two halves of 2^20 sums
_MOST_SIGNS = 100_000_000  # signs drawn at most: about a second
_SMALLEST = float_info.min  # a p-value is never zero
_MOST_STEPS = 2_000_000_000  # additions for the exact distribution of ranks: about two seconds


@dataclass(frozen=True, slots=True)
class TextsEvidence:
    """What pairs of texts, or two lists of texts, say of a neuron chosen beforehand."""

    kind: Literal["pairs", "lists"]
    n: int
    """Independent pairs, or independent texts of the shorter list. One template counts once."""
    given: int
    """Pairs, or texts of both lists, as they were given."""
    wins: int | None
    """Pairs in which the fitting text activates the neuron more; None for lists."""
    zeros: int
    """Pairs without any difference; they are no wins, and `p` leaves them out. 0 for lists."""
    silent: int
    """Those of them, or for lists the fitting texts, that do not activate it above 0."""
    win_rate: Estimate
    """Chance that a fitting text activates the neuron more than its partner, or than one of the
    other list, ties half. Pairs: wins of n with Clopper and Pearson's 95 % interval. Lists: area
    under the ROC curve, with DeLong's variance and a t interval on the logit scale."""
    p: float
    """One-sided; see `pairs_evidence` and `lists_evidence`."""
    min_p: float
    """The smallest p that so many texts could give."""
    effect: float
    """Hodges-Lehmann median difference, in units of the neuron's own scale."""
    located: Estimate | None
    """Share of fitting texts whose strongest token is one that the rule marks, with Clopper and
    Pearson's interval; None if unknown."""

    def to_json(self) -> dict[str, Any]:
        """Give the evidence as plain JSON values."""
        plain = ("kind", "n", "given", "wins", "zeros", "silent", "p", "min_p", "effect")
        found = {name: getattr(self, name) for name in plain} | self.win_rate.to_json("win_rate")
        return found | (self.located.to_json("located") if self.located else {"located": None})


def pairs_evidence(
    matching: NDArray[np.float32],
    other: NDArray[np.float32],
    *,
    scale: float = 1.0,
    is_located: NDArray[np.bool_] | None = None,
    cluster: NDArray[np.integer] | None = None,
    seed: int = 0,
) -> TextsEvidence:
    """Test whether a neuron prefers the fitting text of each pair, by exact sign flips.

    Null hypothesis: in each pair it is chance which text activates the neuron more, so that every
    difference could as well have the opposite sign. `p` is the share of all 2^n sign patterns whose
    mean difference is at least the one seen, counted exactly up to 40 pairs that differ; beyond,
    (b + 1) / (m + 1) from 100,000 seeded patterns, fewer for thousands of pairs, or Hoeffding's
    bound where that is smaller than draws can show. Assumes that pairs are independent: those of
    one cluster are averaged first.

    With 6 pairs p cannot be below 1/64. It is for one neuron chosen beforehand: among 46,080
    neurons 720 pass six pairs by chance.

    Args:
        matching: Activation of each fitting text, [n], in activation units, times the side.
        other: The same of its partner, [n].
        scale: The neuron's own scale, in activation units: its 99.99 % quantile minus its median
            over a corpus.
        is_located: Whether the strongest token of the fitting text is one that the rule marks, [n].
        cluster: Pairs with the same number come from one template, [n].
        seed: Same arguments and seed, same p.

    Raises:
        ArraysDiffer: If not all arrays have one value for each pair.
        NotFinite: If an activation is infinite or not a number.
        NoTokens: If there is no pair.

    Example:
        >>> fits, rest = np.float32([3, 4, 2, 5, 3, 4]), np.float32([1, 1, 1, 2, 0, 5])
        >>> found = pairs_evidence(fits, rest, scale=2.0)
        >>> found.wins, found.p, found.min_p, round(found.effect, 6)
        (5, 0.046875, 0.015625, 1.0)

    Source:
        Fisher, "The design of experiments" (1935), section 21; Phipson and Smyth, "Permutation
        p-values should never be zero", Stat. Appl. Genet. Mol. Biol. 9 (2010); Hodges and Lehmann,
        Ann. Math. Stat. 34 (1963); Hoeffding, J. Am. Stat. Assoc. 58 (1963), theorem 2.
    """
    check(matching, other=other)
    check(other)
    difference = matching.astype(np.float64) - other
    silent = int(((difference == 0) & (matching <= 0)).sum())
    difference, located = _independent(difference, is_located, cluster)
    n, wins = len(difference), int((difference > 0).sum())
    differing = difference[difference != 0]
    return TextsEvidence(
        kind="pairs",
        n=n,
        given=len(matching),
        wins=wins,
        zeros=n - len(differing),
        silent=silent,
        win_rate=_clopper_pearson(wins, n),
        p=_sign_flips(differing, seed),
        min_p=max(0.5 ** len(differing), _SMALLEST),
        effect=_median_mean(difference) / scale,
        located=located,
    )


def lists_evidence(
    matching: NDArray[np.float32],
    other: NDArray[np.float32],
    *,
    scale: float = 1.0,
    is_located: NDArray[np.bool_] | None = None,
    cluster: NDArray[np.integer] | None = None,
    other_cluster: NDArray[np.integer] | None = None,
) -> TextsEvidence:
    """Test whether a neuron prefers the texts of one list to those of another.

    Null hypothesis: both lists come from one distribution. `p` is the share of all ways to divide
    the texts into lists of these lengths with at least as large a sum of ranks, so it is exact with
    ties too; beyond a few hundred texts it is the normal approximation with the correction for
    ties. Assumes that texts are independent: those of one cluster are averaged first.

    Args:
        matching: Activation of each fitting text, [n], in activation units, times the side.
        other: The same of each other text, [m].
        scale: The neuron's own scale, in activation units.
        is_located: Whether the strongest token of the fitting text is one that the rule marks, [n].
        cluster: Fitting texts with the same number come from one template, [n].
        other_cluster: The same for the others, [m].

    Raises:
        ArraysDiffer: If not all arrays of a list have one value for each text.
        NotFinite: If an activation is infinite or not a number.
        NoTokens: If a list is empty.

    Example:
        >>> fits = np.float32([3.1, 2.8, 4.0, 3.3, 2.9, 3.6])
        >>> rest = np.float32([0.1, 0.0, 0.4, 0.2, 0.3, 0.0])
        >>> found = lists_evidence(fits, rest)
        >>> found.win_rate.value, round(found.p, 5), found.p == found.min_p
        (1.0, 0.00108, True)

    Source:
        Streitberg and Röhmel, Statistical Software Newsletter 12 (1986): the shift algorithm;
        DeLong et al., Biometrics 44 (1988) 837-845.
    """
    check(matching)
    check(other)
    silent = int((matching <= 0).sum())
    given = len(matching) + len(other)
    fits, located = _independent(matching.astype(np.float64), is_located, cluster)
    rest, _ = _independent(other.astype(np.float64), None, other_cluster)
    n = min(len(fits), len(rest))
    return TextsEvidence(
        kind="lists",
        n=n,
        given=given,
        wins=None,
        zeros=0,
        silent=silent,
        win_rate=_area(fits, rest),
        p=_rank_sum(fits, rest),
        min_p=max(1 / comb(len(fits) + len(rest), n), _SMALLEST),
        effect=_median_difference(fits, rest) / scale,
        located=located,
    )


def _independent(
    values: NDArray[np.float64],
    is_located: NDArray[np.bool_] | None,
    cluster: NDArray[np.integer] | None,
) -> tuple[NDArray[np.float64], Estimate | None]:
    """Means over clusters, and the share of them that is located."""
    of, n = np.arange(len(values)), len(values)
    for name, array in (("is_located", is_located), ("cluster", cluster)):
        if array is not None and array.shape != values.shape:
            raise ArraysDiffer("matching", values.shape, name, array.shape)
    if cluster is not None:
        known, of = np.unique(cluster, return_inverse=True)
        n = len(known)
    size = np.bincount(of)
    located = None
    if is_located is not None:
        located = _clopper_pearson(float((np.bincount(of, is_located) / size).sum()), n)
    return np.bincount(of, values) / size, located


def _clopper_pearson(k: float, n: int) -> Estimate:
    from scipy.special import betaincinv

    low = float(betaincinv(k, n - k + 1, 0.025)) if k > 0 else 0.0
    high = float(betaincinv(k + 1, n - k, 0.975)) if k < n else 1.0
    return Estimate(k / n, low, high)


def _sign_flips(difference: NDArray[np.float64], seed: int) -> float:
    n = len(difference)
    # What differs only in the order of the additions is equal.
    seen = difference.sum() - 1e-12 * np.abs(difference).sum()
    if n <= _N_EXACT:
        left = np.sort(_signed_sums(difference[: n // 2]))
        right = np.sort(_signed_sums(difference[n // 2 :]))
        return float((len(right) - np.searchsorted(right, seen - left)).sum() / 2.0**n)
    n_draws = min(N_DRAWS, _MOST_SIGNS // n)
    bound = exp(-(max(seen, 0) ** 2) / (2 * (difference**2).sum()))
    if bound * (n_draws + 1) < 1:
        return max(bound, _SMALLEST)
    rng = np.random.default_rng(seed)
    as_much, batch = 0, max(1_000_000 // n, 1)
    for start in range(0, n_draws, batch):
        rows = min(batch, n_draws - start)
        packed = rng.integers(0, 256, (rows, -(-n // 8)), dtype=np.uint8)
        is_plus = np.unpackbits(packed, axis=1, count=n).astype(np.float64)
        as_much += int((2 * (is_plus @ difference) - difference.sum() >= seen).sum())
    return (as_much + 1) / (n_draws + 1)


def _signed_sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sums of all sign patterns, [2^n]."""
    sums = np.zeros(1)
    for v in values:
        sums = np.concatenate([sums + v, sums - v])
    return sums


def _rank_sum(fits: NDArray[np.float64], rest: NDArray[np.float64]) -> float:
    """The share of divisions with at least as large a sum of the fitting texts' ranks."""
    from scipy.stats import mannwhitneyu, rankdata

    # The sum of the shorter list says the same; its largest sums are the longer one's smallest.
    is_first = len(fits) <= len(rest)
    short = fits if is_first else rest
    n, total = len(short), len(fits) + len(rest)
    ranks = (2 * rankdata(np.concatenate([fits, rest]))).astype(np.int64)
    ranks //= np.gcd.reduce(ranks)
    seen = int((ranks[:n] if is_first else ranks[-n:]).sum())
    size = int(np.sort(ranks)[-n:].sum()) + 1
    if total * (n + 1) * size > _MOST_STEPS:
        return float(mannwhitneyu(fits, rest, alternative="greater", method="asymptotic").pvalue)
    ways = np.zeros((n + 1, size))
    ways[0, 0] = 1
    for r in ranks:
        ways[1:, r:] += ways[:-1, : size - r]
    as_much = ways[n, seen:] if is_first else ways[n, : seen + 1]
    return float(as_much.sum() / ways[n].sum())


def _area(fits: NDArray[np.float64], rest: NDArray[np.float64]) -> Estimate:
    from scipy.special import expit, logit, stdtrit

    n, m = len(fits), len(rest)
    values = np.concatenate([fits, rest])
    area = auroc(values, np.arange(n + m) < n)
    if min(n, m) < 2:
        return Estimate(area, 0.0, 1.0)
    parts = np.array([_beaten(fits, rest).var(ddof=1) / n, _beaten(rest, fits).var(ddof=1) / m])
    if not parts.any():  # all won, all lost, or all alike
        reach = 1 - 0.025 ** (1 / min(n, m))
        return Estimate(area, max(area - reach, 0.0), min(area + reach, 1.0))
    freedom = parts.sum() ** 2 / (parts**2 / [n - 1, m - 1]).sum()
    reach = stdtrit(freedom, 0.975) * np.sqrt(parts.sum()) / (area * (1 - area))
    low, high = expit(logit(area) + np.array([-reach, reach]))
    return Estimate(area, float(low), float(high))


def _beaten(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of b that each of a exceeds, ties half, [len(a)]."""
    ordered = np.sort(b)
    return (np.searchsorted(ordered, a) + np.searchsorted(ordered, a, side="right")) / 2 / len(b)


def _median_mean(values: NDArray[np.float64]) -> float:
    """The median of the means of all pairs of values, each with itself too."""
    ordered, n = np.sort(values), len(values)

    def below(v: float) -> int:
        twice = np.searchsorted(ordered, 2 * v - ordered, side="right").sum()
        return int(twice + np.searchsorted(ordered, v, side="right")) // 2

    return _median(below, n * (n + 1) // 2, ordered[0], ordered[-1])


def _median_difference(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """The median of all differences between a value of a and one of b."""
    ordered = np.sort(a)

    def below(v: float) -> int:
        return int(np.searchsorted(ordered, b + v, side="right").sum())

    return _median(below, len(a) * len(b), ordered[0] - b.max(), ordered[-1] - b.min())


def _median(below: Callable[[float], int], n: int, low: float, high: float) -> float:
    """The median of n values of which only is known how many are at most v, by bisection."""
    ends = []
    for k in ((n + 1) // 2, n // 2 + 1):
        a, b = float(low), float(high)
        while a < (middle := a + (b - a) / 2) < b and b - a > 1e-15 * max(abs(low), abs(high)):
            a, b = (a, middle) if below(middle) >= k else (middle, b)
        ends.append(a if below(a) >= k else b)
    return sum(ends) / 2
