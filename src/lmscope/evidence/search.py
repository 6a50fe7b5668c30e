"""What changes when many neurons are looked at: the best of them is good by chance too.

Rank all of them by `histogram_average_precision` on the discovery half, carry a few to the
confirmation half, and there correct for those few.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lmscope.evidence.documents import shuffles
from lmscope.evidence.measures import binned_average_precision, check, rank_bins


@dataclass(frozen=True, slots=True, eq=False)
class Bounded:
    """Average precisions from histograms, and what the exact ones must lie between."""

    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def histogram_average_precision(counts: NDArray[np.integer]) -> Bounded:
    """Give the average precision of any number of neurons from histograms of their activations.

    Where the positives of a bin lie among its negatives is unknown: `value` mixes them evenly,
    `low` puts the negatives first, `high` the positives. The exact value lies between the two,
    whatever the bins. With eight bins an octave (`log_bins`) and activations spread over several
    octaves the two are a few hundredths apart, and `value` is within one hundredth of the exact.
    The same on histograms of shuffled labels, and the maximum over neurons, is what the best neuron
    gets by chance.

    Args:
        counts: Tokens in each bin, lowest x first: unmarked in row 0, marked in row 1,
            [..., 2, n_bins].

    Returns:
        Three arrays [...]; NaN without marked tokens.

    Example:
        >>> found = histogram_average_precision(np.array([[[90, 5, 0], [0, 5, 5]]]))
        >>> found.low.round(2), found.value.round(2), found.high.round(2)
        (array([0.8]), array([0.88]), array([1.]))
    """
    down = counts[..., ::-1]
    positives, tokens = down[..., 1, :], down.sum(-2)
    value = binned_average_precision(positives, tokens, np.zeros(counts.shape[-1], np.bool_))
    hit = np.cumsum(positives, -1, dtype=np.float64)
    fired = np.cumsum(tokens, -1, dtype=np.float64)
    hit_before, missed_before = hit - positives, fired - tokens - (hit - positives)
    with np.errstate(invalid="ignore", divide="ignore"):
        # Behind the bin's negatives precision rises along a concave curve, so that its mean is at
        # least the mean of its ends. Before them it is at most that of the last one.
        first = (hit_before + 1) / np.maximum(fired - positives + 1, 1)
        last = hit / np.maximum(fired, 1)
        best = hit / np.maximum(hit + missed_before, 1)
        low = (positives * (first + last) / 2).sum(-1) / hit[..., -1]
        high = (positives * best).sum(-1) / hit[..., -1]
    return Bounded(value, np.asarray(low), np.asarray(high))


N_LOG_BINS = 256
_PER_OCTAVE_BITS = 3
_LOWEST = 0x37800000 >> (23 - _PER_OCTAVE_BITS)  # 2 ** -16


def log_bins(x: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Sort activations into 256 bins, eight to every octave from 2^-16 to 2^16.

    Reads the bin off the float's own bits, so that it costs a shift. Bin 0 holds all that is below,
    negative ones too; the last bin what is above.

    Args:
        x: float32 [...], in activation units.

    Example:
        >>> log_bins(np.float32([-3, 0, 1, 1.2, 2, 1e9])).tolist()
        [0, 0, 129, 130, 137, 255]
    """
    step = x.view(np.int32) >> (23 - _PER_OCTAVE_BITS)
    bins: NDArray[np.uint8] = np.clip(step - (_LOWEST - 1), 0, N_LOG_BINS - 1).astype(np.uint8)
    return bins


def holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correct p-values for their number, valid under any dependence between them.

    Null hypothesis: all of those that are rejected. The chance that any true one is among them is
    at most the level.

    Args:
        p: [k]. If sides and offsets were searched on the same documents as p comes from, they count
            among the k.

    Returns:
        Adjusted p-values, [k], in the same order.

    Example:
        >>> holm(np.array([0.01, 0.04, 0.03])).round(3).tolist()
        [0.03, 0.06, 0.06]

    Source:
        Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Stat. 6 (1979).
    """
    order = np.argsort(p, kind="stable")
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1)
    return adjusted


@dataclass(frozen=True, slots=True, eq=False)
class Shuffled:
    """Average precisions against those that the same neurons get on shuffled labels."""

    p: NDArray[np.float64]
    """For each neuron the share of shuffles in which any neuron got as much, [k]."""
    best: NDArray[np.float64]
    """The largest AP of any neuron in each shuffle, [n_shuffles]."""
    cut: float
    """Share of labels that fell beyond the end of the document they were given to."""


def against_shuffled(
    x: NDArray[np.float32],
    y: NDArray[np.bool_],
    document: NDArray[np.integer],
    *,
    n_shuffles: int = 999,
    seed: int = 0,
) -> Shuffled:
    """Compare the AP of k neurons with the best AP among them on labels of other documents.

    Null hypothesis: no neuron has anything to do with the labels, beyond both having runs within
    documents. Westfall and Young's max-T, so `p` is corrected for all k neurons; for one neuron it
    is a plain permutation p-value. A gate, not an answer: with many tokens nearly everything
    passes. The APs come from 256 bins of ranks on both sides of the comparison, and those of a
    shuffle are raised by the share of labels that it had to cut.

    Assumes that documents of similar length may change places.

    Args:
        x: Side times activation, float32 [k, n], or [n] for one neuron.
        y: bool [n].
        document: Number of each token's document, [n].
        n_shuffles: Shuffles; the smallest p is 1 / (n_shuffles + 1).
        seed: Same arguments and seed, same result.

    Raises:
        ArraysDiffer: If not all arrays have one value for each token.
        NotFinite: If an activation is infinite or not a number.
        NoTokens: If there is none.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> document, y = np.repeat(np.arange(100), 20), rng.random(2_000) < 0.05
        >>> x = rng.random((2, 2_000)).astype(np.float32)
        >>> x[0] += y
        >>> against_shuffled(x, y, document, n_shuffles=99).p.tolist()[0]
        0.01

    Source:
        Westfall and Young, "Resampling-based multiple testing" (1993); Phipson and Smyth,
        "Permutation p-values should never be zero", Stat. Appl. Genet. Mol. Biol. 9 (2010).
    """
    check(x, y=y, document=document)
    x = np.atleast_2d(x)
    n_positive = int(y.sum())
    if not n_positive:
        return Shuffled(np.ones(len(x)), np.zeros(n_shuffles), 0.0)
    binned = [rank_bins(row) for row in x]
    width = max(len(is_single) for _, is_single in binned)
    bins = np.stack([b + i * width for i, (b, _) in enumerate(binned)])
    is_single = np.ones((len(x), width), np.bool_)
    for row, (_, single) in zip(is_single, binned, strict=True):
        row[: len(single)] = single

    def counts(at: NDArray[np.intp] | slice) -> NDArray[np.intp]:
        found = np.bincount(bins[:, at].ravel(), minlength=len(x) * width)
        return found.reshape(len(x), width)

    tokens = counts(slice(None))
    observed = binned_average_precision(counts(np.flatnonzero(y)), tokens, is_single)
    best, kept = np.zeros(n_shuffles), 0
    for i, at in enumerate(shuffles(document, y, n=n_shuffles, seed=seed)):
        if len(at):
            reached = binned_average_precision(counts(at), tokens, is_single)
            best[i] = reached.max() * n_positive / len(at)
        kept += len(at)
    # A tie must not be lost to the last bit of a sum.
    as_much = best[:, None] >= observed - 1e-12
    p = (1 + as_much.sum(0)) / (n_shuffles + 1)
    return Shuffled(p, best, 1 - kept / max(n_positive * n_shuffles, 1))
