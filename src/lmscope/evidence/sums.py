"""What is summed over the tokens of each document, and the measures that come from the sums.

Sums add up, so the measures of any resample of documents cost one matrix product.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATIOS = ("recall", "precision", "f1", "mass_precision", "mass_precision_squared", "r")
"""What `ratios` gives, in this order."""
N_SUMS = 11


def token_sums(
    x: NDArray[np.float32],
    y: NDArray[np.bool_],
    threshold: float,
    of: NDArray[np.intp],
    n: int,
) -> NDArray[np.float64]:
    """Sum over each document what `ratios` needs, float64 [n, N_SUMS].

    Args:
        x: float32 [n_tokens].
        y: bool [n_tokens].
        threshold: Activation from which the neuron fires.
        of: Which of n documents each token is in, [n_tokens].
        n: Documents.
    """
    fires = x >= threshold
    above = np.maximum(x, 0).astype(np.float64)
    # About their mean, so that the variance does not drown in the square of it.
    centred = x.astype(np.float64) - x.mean(dtype=np.float64)
    columns = (
        np.ones(len(x)), y, fires, fires & y, above, above * y, above**2, above**2 * y,
        centred, centred**2, centred * y,
    )  # fmt: skip
    return np.stack([np.bincount(of, column, n) for column in columns], -1)


def ratios(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn sums [..., N_SUMS] into the measures `RATIOS` [..., 6]; NaN for what does not exist."""
    n, y, fires, hit, above, above_y, square, square_y, x, xx, xy = np.moveaxis(sums, -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = np.maximum(xx - x * x / n, 0) * (y - y * y / n)
        return np.stack(
            [
                hit / y,
                hit / fires,
                2 * hit / (y + fires),
                above_y / above,
                square_y / square,
                (xy - x * y / n) / np.sqrt(variance),
            ],
            -1,
        )


def event_sums(
    x: NDArray[np.float32],
    span: NDArray[np.integer],
    threshold: float,
    counts: NDArray[np.bool_],
    of: NDArray[np.intp],
    n: int,
) -> NDArray[np.float64]:
    """Count over each document marked spans and runs of firing tokens, float64 [n, 4].

    Args:
        x: float32 [n_tokens], in the order of the text.
        span: Number of the span that each token belongs to, -1 outside, [n_tokens].
        threshold: Activation from which the neuron fires.
        counts: Tokens that count, bool [n_tokens]; a run of others only is none.
        of: Which of n documents each token is in, [n_tokens]; a run ends with it.
        n: Documents.

    Returns:
        Spans, spans with a firing token, runs, runs that touch a span.
    """
    fires, inside = x >= threshold, span >= 0
    _, at, which = np.unique(span[inside], return_index=True, return_inverse=True)
    span_of = of[inside][at]
    is_hit = np.bincount(which, fires[inside]) > 0
    begins = fires.copy()
    begins[1:] &= ~fires[:-1] | (of[1:] != of[:-1])
    run = (np.cumsum(begins) - 1)[fires]
    run_of = of[begins]
    touches = np.bincount(run, inside[fires], len(run_of)) > 0
    is_run = np.bincount(run, (counts | inside)[fires], len(run_of)) > 0
    columns = (span_of, span_of[is_hit], run_of[is_run], run_of[touches])
    return np.stack([np.bincount(column, minlength=n) for column in columns], -1).astype(float)


def event_ratios(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn what `event_sums` counts [..., 4] into recall, precision and F1 [..., 3]."""
    spans, hit, runs, touching = np.moveaxis(sums, -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        recall, precision = hit / spans, touching / runs
        total = recall + precision
        f1 = np.where(total > 0, 2 * recall * precision / total, total)
    return np.stack([recall, precision, f1], -1)
