"""Which tokens, segments and neurons a causal check is made on. Runs nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def matches(wanted: NDArray[np.floating], there: NDArray[np.floating]) -> NDArray[np.intp]:
    """Find for each wanted value the nearest one that is there, each used once.

    The largest comes first, since the fewest are like it.

    Args:
        wanted: [n].
        there: [m].

    Returns:
        Indices of `there`, [min(n, m)], from the largest wanted value down.

    Example:
        >>> matches(np.array([1.0, 9.0, 8.0]), np.array([0.0, 7.0, 1.5, 8.5])).tolist()
        [3, 1, 2]
    """
    order = np.argsort(there, kind="stable")
    values, free = there[order], np.ones(len(there), np.bool_)
    found = []
    for value in np.sort(wanted)[::-1][: len(there)].tolist():
        up = down = int(np.searchsorted(values, value))
        down -= 1
        while up < len(values) and not free[up]:
            up += 1
        while down >= 0 and not free[down]:
            down -= 1
        is_up = down < 0 or (up < len(values) and values[up] - value <= value - values[down])
        best = up if is_up else down
        free[best] = False
        found.append(order[best])
    return np.array(found, np.intp)


def similar(pushes: NDArray[np.floating], index: int, n: int) -> NDArray[np.intp]:
    """Find at each token the neurons that push the residual stream nearly as far as one of them.

    Args:
        pushes: How far each neuron of a layer pushes at each token, [n_tokens, d_mlp].
        index: The one neuron.
        n: How many others.

    Returns:
        Neurons, nearest first, [n_tokens, min(n, d_mlp - 1)].

    Example:
        >>> similar(np.array([[1.0, 4.0, 5.0, 2.0], [3.0, 1.0, 0.0, 9.0]]), 0, 2).tolist()
        [[3, 1], [1, 2]]
    """
    gaps = np.abs(pushes - pushes[:, [index]])
    gaps[:, index] = np.inf
    order = np.argsort(gaps, axis=1, kind="stable")
    return order[:, : min(n, pushes.shape[1] - 1)]


def spread_out(
    candidates: NDArray[np.intp],
    document: NDArray[np.integer],
    n: int,
    rng: np.random.Generator,
) -> NDArray[np.intp]:
    """Choose tokens at random, a second one of a document only when all have given one.

    Args:
        candidates: Tokens to choose from.
        document: Of every token, [n_tokens].
        n: How many at most.
        rng: Same state, same tokens.

    Returns:
        The tokens, ascending.

    Example:
        >>> document = np.array([0, 0, 0, 0, 1, 2])
        >>> chosen = spread_out(np.arange(6), document, 3, np.random.default_rng(0))
        >>> document[chosen].tolist()
        [0, 1, 2]
    """
    shuffled = rng.permutation(candidates)
    by_document = np.argsort(document[shuffled], kind="stable")
    owner = document[shuffled][by_document]
    first = np.searchsorted(owner, owner)  # of the document
    turn = np.arange(len(owner)) - first
    chosen = shuffled[by_document][np.argsort(turn + rng.random(len(turn)) / 2)][:n]
    return np.sort(chosen)


def some_segments(
    segments: NDArray[np.integer],
    lengths: NDArray[np.int64],
    n_tokens: int,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Choose segments at random until they have so many tokens.

    Args:
        segments: To choose from.
        lengths: Of all segments, in tokens, [n_segments].
        n_tokens: How many; the last segment chosen may go beyond.
        rng: Same state, same segments.

    Returns:
        The segments, ascending.
    """
    shuffled = rng.permutation(segments).astype(np.int64)
    before = np.cumsum(lengths[shuffled]) - lengths[shuffled]
    return np.sort(shuffled[before < n_tokens])


def some_text(
    marked: NDArray[np.int64],
    plain: NDArray[np.int64],
    lengths: NDArray[np.int64],
    n_tokens: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Choose segments, half of the tokens in those with a marked one.

    Args:
        marked: Segments with a marked token.
        plain: Segments without.
        lengths: Of all segments, in tokens, [n_segments].
        n_tokens: How many, about.
        rng: Same state, same segments.

    Returns:
        The segments, and how many tokens of the text each of their tokens stands for: both [n].
    """
    chosen = some_segments(marked, lengths, n_tokens // 2, rng)
    rest = some_segments(plain, lengths, n_tokens - int(lengths[chosen].sum()), rng)
    weights = [
        np.full(len(some), lengths[whole].sum() / max(lengths[some].sum(), 1))
        for some, whole in ((chosen, marked), (rest, plain))
    ]
    return np.concatenate([chosen, rest]), np.concatenate(weights)
