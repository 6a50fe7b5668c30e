"""How well the activations of one neuron tell labelled tokens from the others.

Knows nothing of documents, so it gives no interval. x [n] float32 is side times activation, in
activation units; y [n] bool says which tokens the rule marks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lmscope.errors import ArraysDiffer, NotFinite, NoTokens

N_BINS = 256
"""Bins of `rank_bins`; the first `_N_EXACT` hold one rank each, the others grow by about 5 %."""
_N_EXACT = 40


def check(x: NDArray[np.float32], **arrays: NDArray[np.generic]) -> None:
    """Refuse activations that are no numbers, and arrays that are not one value for each token.

    Raises:
        ArraysDiffer: If the lengths differ.
        NotFinite: If an activation is infinite or not a number.
        NoTokens: If there is none.

    Example:
        >>> check(np.ones(3, np.float32), y=np.ones(3, np.bool_))
    """
    for name, array in arrays.items():
        if array.shape != x.shape[-1:]:
            raise ArraysDiffer("x", x.shape, name, array.shape)
    if not x.shape[-1]:
        raise NoTokens
    if n_bad := int((~np.isfinite(x)).sum()):
        raise NotFinite(n_bad, x.size)


def average_precision(x: NDArray[np.float32], y: NDArray[np.bool_]) -> float:
    """Give the average precision of x as a score for y: 0 to 1, chance is the share of positives.

    With the threshold running down the distinct values of x, the sum over them of the step in
    recall times the precision reached there. Ties are taken together and nothing is interpolated.
    Its smallest reachable value depends on the base rate, so values of rules with different base
    rates do not compare (Boyd et al. 2012). NaN without positives.

    Args:
        x: float32 [n], any unit.
        y: bool [n].

    Example:
        >>> round(average_precision(np.float32([3, 2, 2, 1]), np.array([1, 1, 0, 0], bool)), 4)
        0.8333

    Source:
        scikit-learn's ``average_precision_score``; Davis and Goadrich, "The relationship between
        precision-recall and ROC curves", ICML 2006, on why not to interpolate.
    """
    check(x, y=y)
    tokens, positives = _curve(x, y)[1:]
    return float(binned_average_precision(positives, tokens, np.ones(len(tokens), np.bool_)))


def auroc(x: NDArray[np.float32], y: NDArray[np.bool_]) -> float:
    """Give the chance that a positive token has a higher x than a negative one, ties half.

    Mann-Whitney U over the number of pairs. Blind to the base rate: at one positive in a thousand
    an area of 0.98 is compatible with an average precision of 0.4. NaN without both kinds.

    Args:
        x: float32 [n], any unit.
        y: bool [n].

    Example:
        >>> auroc(np.float32([3, 2, 2, 1]), np.array([1, 1, 0, 0], bool))
        0.875

    Source:
        Hanley and McNeil, Radiology 143 (1982) 29-36.
    """
    check(x, y=y)
    tokens, positives = _curve(x, y)[1:]
    return float(binned_area(positives, tokens))


@dataclass(frozen=True, slots=True)
class Threshold:
    """The activation from which on a neuron is said to fire."""

    value: float
    """In units of x, above 0; infinite if no positive token has an x above 0."""
    f1: float
    """F1 on the tokens it was chosen on: too good, because it was chosen there."""


def best_threshold(
    x: NDArray[np.float32], y: NDArray[np.bool_], *, ignore: NDArray[np.bool_] | None = None
) -> Threshold:
    """Find the value of x with the best F1; to be used on discovery documents only.

    Among the values of x above 0, since a neuron at rest does not fire; of equally good ones the
    highest.

    Args:
        x: float32 [n], any unit.
        y: bool [n].
        ignore: bool [n], tokens to leave out.

    Example:
        >>> best_threshold(np.float32([3, 2, 1, 0]), np.array([1, 1, 0, 1], bool))
        Threshold(value=2.0, f1=0.8)
    """
    if ignore is not None:
        x, y = x[~ignore], y[~ignore]
    check(x, y=y)
    values, tokens, positives = _curve(x, y)
    fired, hit = np.cumsum(tokens), np.cumsum(positives)
    f1 = np.where(values > 0, 2 * hit / (fired + hit[-1]), 0.0)
    best = int(np.argmax(f1))
    if f1[best] == 0:
        return Threshold(float("inf"), 0.0)
    return Threshold(float(values[best]), float(f1[best]))


def _curve(
    x: NDArray[np.float32], y: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
    """The distinct values of x, highest first, with the tokens and positives at each."""
    order = np.argsort(-x)  # ties are taken together: their order is all the same
    values = x[order]
    last = np.flatnonzero(np.append(values[1:] != values[:-1], True))
    hit = np.cumsum(y[order])[last]
    return values[last], np.diff(last + 1, prepend=0), np.diff(hit, prepend=0)


def rank_bins(x: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Sort tokens into at most `N_BINS` bins, log-spaced in the rank from the top.

    Bins of ranks, unlike bins of values, are fine where precision moves whatever the scale and the
    resting value of the neuron. Tied tokens share a bin. The labels have no say, so the bins may
    serve shuffled labels as well.

    Args:
        x: float32 [n], any unit.

    Returns:
        The bin of each token [n], 0 for the highest x; and of each bin whether all its tokens have
        the same x, bool [n_bins].

    Example:
        >>> rank_bins(np.float32([0, 5, 0, 7]))[0].tolist()
        [2, 1, 2, 0]
    """
    n = len(x)
    ordered = np.sort(x)[::-1]
    # The last rank is an edge too, so that no token lies beyond the edges.
    tail = np.geomspace(_N_EXACT, max(n, _N_EXACT), N_BINS - _N_EXACT).astype(np.intp)
    ranks = np.unique(np.minimum(np.concatenate([np.arange(1, _N_EXACT + 1), tail]), n) - 1)
    edges = np.unique(ordered[ranks])
    bins = len(edges) - np.searchsorted(edges, x, side="right")
    # Sorted downwards a bin is a run; it is single if its first value is also its last, the edge.
    last = np.searchsorted(-ordered, -edges[::-1], side="right")
    first = np.concatenate([[0], last[:-1]])
    return bins, ordered[first] == ordered[last - 1]


def binned_average_precision(
    positives: NDArray[np.number], tokens: NDArray[np.number], is_single: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Give the average precision from counts in bins, for any number of neurons or resamples.

    Exact for bins that hold one value of x. In others positives and negatives are taken to be
    mixed evenly, and the precision at the middle positive stands for all of them.

    Args:
        positives: Positive tokens in each bin, highest x first, [..., n_bins].
        tokens: All tokens, the same shape.
        is_single: Bins whose tokens all have the same x, [n_bins].

    Returns:
        [...]; NaN without positives.

    Example:
        >>> float(binned_average_precision(np.array([1, 1]), np.array([1, 3]), np.ones(2, bool)))
        0.75
    """
    hit = np.cumsum(positives, -1, dtype=np.float64)
    fired = np.cumsum(tokens, -1, dtype=np.float64)
    half = np.where(is_single, 0.0, 0.5)
    precision = (hit - half * (positives - 1)) / np.maximum(fired - half * (tokens - 1), 0.5)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((positives * precision).sum(-1) / hit[..., -1])


def binned_area(positives: NDArray[np.number], tokens: NDArray[np.number]) -> NDArray[np.float64]:
    """Give the area under the ROC curve from counts in bins; tokens of one bin count as tied.

    Args:
        positives: Positive tokens in each bin, highest x first, [..., n_bins].
        tokens: All tokens, the same shape.

    Returns:
        [...]; NaN without positives or without negatives.

    Example:
        >>> float(binned_area(np.array([1, 1]), np.array([1, 3])))
        0.75
    """
    negatives = tokens - positives
    above = np.cumsum(negatives, -1, dtype=np.float64)
    n_negative = above[..., -1:]
    below = n_negative - above + negatives / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        won = (positives * below).sum(-1) / n_negative[..., 0]
        return np.asarray(won / positives.sum(-1, dtype=np.float64))
