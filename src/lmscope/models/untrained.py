"""The numbers of a weight dealt anew among its places: what a model is before it has learned."""

from __future__ import annotations

import torch


def dealt_anew(weight: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Give a weight with the same numbers in a random order.

    Example:
        >>> weight = torch.arange(6.0).view(2, 3)
        >>> found = dealt_anew(weight, torch.Generator().manual_seed(0))
        >>> found.shape, sorted(found.flatten().tolist()) == weight.flatten().tolist()
        (torch.Size([2, 3]), True)
    """
    order = torch.randperm(weight.numel(), generator=generator).to(weight.device)
    return weight.detach().flatten()[order].view(weight.shape)
