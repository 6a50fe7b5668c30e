"""Direct logit effects: which tokens a neuron promotes and suppresses by itself.

Knows weights only. What a neuron does through later layers is not in these numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

if TYPE_CHECKING:
    from lmscope.models import LanguageModel

_ROWS = 256  # neurons multiplied at once: 50 MB of logits for a vocabulary of 50,000
_RUN = 64  # columns searched together


@torch.inference_mode()
def direct_effects(
    model: LanguageModel, layers: Sequence[int], k: int = 10
) -> dict[str, NDArray[Any]] | None:
    """Find the tokens whose logits one unit of activation moves most.

    Args:
        model: The model; its `unembedding` includes the final norm's scale.
        layers: Which layers.
        k: Tokens on each side.

    Returns:
        ``ids`` int32 and ``values`` float32, each [n_layers, d_mlp, 2, k]: most promoted first,
        then most suppressed first. None if the model has no unembedding.

    Source:
        nostalgebraist, "interpreting GPT: the logit lens" (2020); for single neurons Geva et
        al., "Transformer Feed-Forward Layers Build Predictions by Promoting Concepts in the
        Vocabulary Space" (2022). The norm's division by the residual stream's size, the same
        for all tokens, is left out.
    """
    unembedding = model.unembedding()
    if unembedding is None:
        return None
    # Some checkpoints pad the vocabulary with rows that stand for no token.
    n_vocab = min(unembedding.shape[1], model.tokenizer.n_vocab)
    unembedding = unembedding[:, :n_vocab].contiguous()
    ids = np.empty((len(layers), model.d_mlp, 2, k), np.int32)
    values = np.empty((len(layers), model.d_mlp, 2, k), np.float32)
    for i, layer in enumerate(layers):
        rows = model.out_weights(layer)
        for n in range(0, len(rows), _ROWS):
            logits = rows[n : n + _ROWS] @ unembedding
            for side, (found, places) in enumerate(_extremes(logits, k)):
                values[i, n : n + _ROWS, side] = found.cpu().numpy()
                ids[i, n : n + _ROWS, side] = places.cpu().numpy()
    return {"ids": ids, "values": values}


def _extremes(
    x: torch.Tensor, k: int
) -> tuple[tuple[torch.Tensor, torch.Tensor], tuple[torch.Tensor, torch.Tensor]]:
    """Find the k largest and the k smallest of each row, with their columns.

    Columns are put into runs of `_RUN`; the k largest lie in the k runs with the largest
    maxima, so only those are sorted.
    """
    n_runs = x.shape[1] // _RUN
    if n_runs < 2 * k:
        most, least = x.topk(k, dim=-1), x.topk(k, dim=-1, largest=False)
        return (most.values, most.indices), (least.values, least.indices)
    n_even = n_runs * _RUN
    # A run is every n-th column: maxima over it are SIMD code. The few last columns join later.
    runs, last = x[:, :n_even].view(len(x), _RUN, n_runs), x[:, n_even:]
    sides = []
    for best, is_largest in ((runs.amax(dim=1), True), (runs.amin(dim=1), False)):
        chosen = best.topk(k, dim=-1, largest=is_largest).indices
        inside = runs.gather(2, chosen[:, None].expand(-1, _RUN, -1)).flatten(1)
        found = torch.cat([inside, last], dim=1).topk(k, dim=-1, largest=is_largest)
        places = found.indices
        columns = torch.where(
            places < k * _RUN,
            places // k * n_runs + chosen.gather(1, places % k),
            places - k * _RUN + n_even,
        )
        sides.append((found.values, columns))
    return sides[0], sides[1]
