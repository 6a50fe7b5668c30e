"""Where the edges of a histogram's bins lie. Knows neither neurons nor how tokens are counted.

Sixteen bins of equal width reach from zero to the scale, a power of two, on each side
of zero; beyond it the bins widen, because a neuron may be found to fire far above
what it was calibrated on. All edges are exact in binary, so binning is exact too.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

N_LINEAR = 16
"""Bins of equal width between zero and the scale, on each side of zero."""

TAIL = np.array(
    [1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 5, 6, 8, 12, 16, 32, 64, 128], dtype=np.float32
)
"""Edges beyond the scale, in scales."""

N_SIDE = N_LINEAR + len(TAIL) - 1
N_BINS = 2 * N_SIDE


def unit_edges() -> NDArray[np.float32]:
    """Give the histogram's edges in units of its scale, float32 [N_BINS + 1].

    Example:
        >>> unit_edges()[[0, 16, 31, 32, 33, 64]].tolist()
        [-128.0, -1.0, -0.0625, 0.0, 0.0625, 128.0]
    """
    above = np.concatenate([np.arange(N_LINEAR) / np.float32(N_LINEAR), TAIL])
    return np.concatenate([-above[:0:-1], above]).astype(np.float32)


def histogram_edges(scale: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give one neuron's histogram edges in activation units, float32 [N_BINS + 1].

    Args:
        scale: Its scale below and above zero, float32 [2].
    """
    unit = unit_edges()
    return np.concatenate([unit[:N_SIDE] * scale[0], unit[N_SIDE:] * scale[1]])
