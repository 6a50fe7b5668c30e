"""What is fixed before a scan: which positions count, histogram scales, band edges.

All of it is measured on a sample of segments spread over the corpus, so that every
part of a scan begins with the same edges and partial results add up. Keeps no files.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lmscope.accumulators import Batch, Edges, choose_edges
from lmscope.errors import EmptyCorpus, ModelRefused
from lmscope.pack import Pack

if TYPE_CHECKING:
    from lmscope.models import LanguageModel

_N_SEGMENTS = 128
_MAX_SKIP = 4
_N_POSITIONS = 8  # how many first positions are measured


def calibrate(
    model: LanguageModel, pack: Pack, options: dict[str, Any]
) -> tuple[dict[str, Any], Edges]:
    """Fix position rule, histogram scales and band edges on segments spread over the corpus.

    Args:
        model: The model.
        pack: The corpus.
        options: `layers` and `batch_tokens` of the scan.

    Returns:
        The position rule with what was measured for it, and the edges.

    Raises:
        ModelRefused: If an activation is not a finite number.
        EmptyCorpus: If no token of the sample counts.
    """
    n = min(_N_SEGMENTS, max(16, pack.n_segments // 20))
    spread = np.linspace(0, pack.n_segments - 1, min(n, pack.n_segments))
    chosen = np.unique(spread.round().astype(np.int64))
    layers: list[int] = options["layers"]
    position = _measure_positions(model, pack, chosen[:: max(1, len(chosen) // 32)], options)
    shape = (len(layers), len(chosen), model.d_mlp)
    peaks = np.full(shape, -np.inf, np.float32)
    lowest = np.full((len(layers), model.d_mlp), np.inf, np.float32)
    for rows, batch in _small_batches(pack, chosen, options["batch_tokens"], position["skip"]):

        def visit(
            layer: int, acts: NDArray[np.float32], rows: Any = rows, batch: Batch = batch
        ) -> None:
            i = layers.index(layer)
            acts = acts[:, batch.offset :][:, : batch.ids.shape[1]]
            kept = batch.keep[:, :, None]
            if not np.isfinite(acts).all(where=kept):
                reason = f"layer {layer} gives values that are no finite numbers in {model.dtype}"
                raise ModelRefused(model.name, reason)
            peaks[i, rows] = acts.max(axis=1, where=kept, initial=-np.inf)
            least = acts.min(axis=(0, 1), where=kept, initial=np.inf)
            lowest[i] = np.minimum(lowest[i], least)

        forward(model, pack, batch, layers, visit)
    counted = np.isfinite(peaks[0]).all(axis=1)
    if not counted.any():
        reason = f"no token counts behind position {position['skip'] - 1} of its segment"
        raise EmptyCorpus("the corpus", reason)
    peaks = peaks[:, counted]
    both = [choose_edges(peaks[i], lowest[i], peaks[i].max(axis=0)) for i in range(len(layers))]
    return position, Edges(np.stack([b[0] for b in both]), np.stack([b[1] for b in both]))


def _measure_positions(
    model: LanguageModel, pack: Pack, chosen: NDArray[np.int64], options: dict[str, Any]
) -> dict[str, Any]:
    """Measure at which positions the neurons have their largest values, and decide which to skip.

    Many models spend the first position on an attention sink with activations of another
    size. It never counts; further positions are left out as well if more than a tenth of the
    neurons beyond the expected share peak there.
    """
    n_prefix = len(pack.facts["prefix"])
    n_peaks = np.zeros(_N_POSITIONS, np.int64)
    n_tokens = np.zeros(_N_POSITIONS, np.int64)
    n_all = 0
    best: dict[int, NDArray[Any]] = {}  # layer -> the largest |x| and its position, per neuron
    for _, batch in _small_batches(pack, chosen, options["batch_tokens"], 0):
        real = np.arange(batch.ids.shape[1])[None] < batch.lengths[:, None]
        n_all += int(real.sum())
        per_position = real[:, : _N_POSITIONS - n_prefix].sum(axis=0)
        n_tokens[n_prefix : n_prefix + len(per_position)] += per_position

        def visit(layer: int, acts: NDArray[np.float32], real: Any = real) -> None:
            acts = acts[:, n_prefix:][:, : real.shape[1]]
            size = np.abs(acts).max(axis=0, where=real[:, :, None], initial=-1)
            place = size.argmax(axis=0)
            found = np.stack([np.take_along_axis(size, place[None], axis=0)[0], place + n_prefix])
            old = best.get(layer)
            best[layer] = found if old is None else np.where(found[0] > old[0], found, old)

        forward(model, pack, batch, options["layers"], visit)
    for found in best.values():
        places = found[1].astype(np.int64)
        n_peaks += np.bincount(places[places < _N_POSITIONS], minlength=_N_POSITIONS)
    n_neurons = len(best) * model.d_mlp
    shares, expected = n_peaks / n_neurons, n_tokens / n_all
    skip = max(1, n_prefix)
    while skip < _MAX_SKIP + n_prefix - 1 and shares[skip] > 0.1 + 3 * expected[skip]:
        skip += 1
    return {
        "skip": skip,
        "share_of_neurons_peaking_at_position": [round(float(x), 6) for x in shares],
        "expected_share": [round(float(x), 6) for x in expected],
    }


def _small_batches(
    pack: Pack, chosen: NDArray[np.int64], batch_tokens: int, skip: int
) -> list[tuple[NDArray[np.intp], Batch]]:
    order = np.argsort(-pack.lengths[chosen], kind="stable")
    size = max(1, batch_tokens // pack.facts["context"])
    shown = np.ones(pack.n_documents, np.bool_)
    parts = [order[i : i + size] for i in range(0, len(order), size)]
    return [(rows, pack.batch(chosen[rows], skip, shown)) for rows in parts]


def forward(
    model: LanguageModel,
    pack: Pack,
    batch: Batch,
    layers: list[int],
    visit: Callable[[int, NDArray[np.float32]], None],
) -> None:
    """Run the model over a batch and hand over each layer's activations.

    Args:
        model: The model.
        pack: Where the batch came from.
        batch: Its segments.
        layers: Ascending layer indices.
        visit: Receives the layer and float32 [n_segments, n_positions, d_mlp] on the CPU;
            positions are counted with the prefix, token t lies at ``batch.offset + t``.
    """
    import torch

    def hand_over(layer: int, values: torch.Tensor) -> None:
        visit(layer, np.ascontiguousarray(values.cpu().float().numpy()))

    ids = torch.from_numpy(pack.model_input(batch))
    extra = ids.shape[1] - batch.ids.shape[1]
    model.run(ids, (batch.lengths + extra).tolist(), hand_over, layers)
