"""What a neuron would match by chance if the other model's neurons were no special directions.

The partner's layer is rotated at random: the same information, in units that nobody trained. No
second pass over the text is needed, since covariances with rotated neurons are rotated covariances.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from lmscope.matching.correlating import Products


def rotated_best(
    layers: Sequence[tuple[Sequence[Products], Products]],
    *,
    n_rotations: int,
    seed: int = 0,
    both_signs: bool = True,
) -> NDArray[np.float64]:
    """Give the largest r of each row neuron with any rotated neuron of any layer.

    The maximum is taken for each rotation; averaging first would shrink it.

    Args:
        layers: For each layer of the partner the products of row neurons, in one or more groups,
            with its neurons, and those of its neurons with each other, over the same points.
        n_rotations: Random rotations, of the Haar measure; layers of equal width share them.
        seed: Of the rotations.
        both_signs: Whether a strongly negative r counts as well.

    Returns:
        float64 [n_rotations, n_rows]; 0 for a row neuron that has no r.

    Source:
        Gurnee et al., "Universal Neurons in GPT2 Language Models" (2024), arXiv 2401.12181, where
        the rotation is applied to the activations in a second pass, and only positive r count.
    """
    n_rows = sum(len(group.a.scale) for group in layers[0][0])
    best = torch.zeros(n_rotations, n_rows, dtype=torch.float64)
    for k in range(n_rotations):
        rotation = torch.empty(0, 0)
        for groups, gram in layers:
            scale = gram.b.scale
            if len(rotation) != len(scale):
                rotation = _haar(len(scale), seed=seed + 7919 * k)
            spread = gram.covariances().float() * torch.outer(scale, scale)
            under = ((rotation @ spread) * rotation).sum(1).clamp(min=0)
            start = 0
            for products in groups:
                over = (products.covariances().float() * scale) @ rotation.T
                r = over / torch.outer(products.a.scatter.float(), under).sqrt()
                r = (r.abs() if both_signs else r).nan_to_num(0)
                rows = slice(start, start + len(r))
                best[k, rows] = torch.maximum(best[k, rows], r.amax(1).double())
                start += len(r)
    found: NDArray[np.float64] = best.numpy()
    return found


def _haar(n: int, *, seed: int) -> torch.Tensor:
    """Draw a random orthogonal matrix, float32 [n, n]."""
    gaussian = np.random.default_rng(seed).standard_normal((n, n), np.float32)
    q, r = torch.linalg.qr(torch.from_numpy(gaussian))
    signed: torch.Tensor = q * r.diagonal().sign()
    return signed
