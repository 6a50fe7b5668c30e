"""Where the tokens of two models meet: byte offsets of one text. Knows no model, no tokenizer.

What a causal model computes at a token is a function of the bytes up to the token's end. So
tokens of different tokenizers are compared where they end at the same byte, whatever their
indices and wherever they start.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def shared_ends(
    a: NDArray[np.integer], b: NDArray[np.integer]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair the tokens of two tokenizers that end at the same byte of one text.

    Spans that were mapped back from a normalising tokenizer can be empty or repeated. Of several
    tokens with the same end the last one counts: it has read all of it.

    Args:
        a: Byte offsets at which the tokens of one tokenizer end, in order, [n_tokens_a].
        b: Those of the other, [n_tokens_b].

    Returns:
        Indices into `a` and into `b`, strictly increasing, both [n_shared].

    Example:
        >>> a = np.array([2, 3, 11, 15, 17, 18, 30])
        >>> b = np.array([2, 3, 8, 11, 15, 17, 18, 30])
        >>> in_a, in_b = shared_ends(a, b)
        >>> in_a.tolist(), in_b.tolist()
        ([0, 1, 2, 3, 4, 5, 6], [0, 1, 3, 4, 5, 6, 7])
    """
    last_a, last_b = _last_of_equal(a), _last_of_equal(b)
    _, in_a, in_b = np.intersect1d(a[last_a], b[last_b], assume_unique=True, return_indices=True)
    return last_a[in_a], last_b[in_b]


def _last_of_equal(ends: NDArray[np.integer]) -> NDArray[np.int64]:
    """Give the index of the last of each run of equal numbers."""
    is_last = np.ones(len(ends), np.bool_)
    is_last[:-1] = ends[:-1] != ends[1:]
    return np.flatnonzero(is_last)
