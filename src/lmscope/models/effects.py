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
    unembedding = unembedding[:, : model.tokenizer.n_vocab]
    ids = np.empty((len(layers), model.d_mlp, 2, k), np.int32)
    values = np.empty((len(layers), model.d_mlp, 2, k), np.float32)
    for i, layer in enumerate(layers):
        rows = model.out_weights(layer)
        for n in range(0, len(rows), _ROWS):
            logits = rows[n : n + _ROWS] @ unembedding
            for side, sign in enumerate((1, -1)):
                found, places = _largest(sign * logits, k)
                values[i, n : n + _ROWS, side] = (sign * found).cpu().numpy()
                ids[i, n : n + _ROWS, side] = places.cpu().numpy()
    return {"ids": ids, "values": values}


def _largest(x: torch.Tensor, k: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Find the k largest of each row, several times faster than `topk` on the whole rows.

    The k largest lie in the k runs of columns with the largest maxima.
    """
    width = 64
    if x.shape[1] < 4 * k * width:
        found = x.topk(k, dim=-1)
        return found.values, found.indices
    x = torch.nn.functional.pad(x, (0, -x.shape[1] % width), value=-torch.inf)
    runs = x.view(len(x), -1, width)
    best = runs.amax(dim=-1).topk(k, dim=-1).indices
    inside = runs.gather(1, best[:, :, None].expand(-1, -1, width)).flatten(1)
    found = inside.topk(k, dim=-1)
    run, column = found.indices // width, found.indices % width
    return found.values, best.gather(1, run) * width + column
