"""Every array that crosses a border has the shape and the type that its docstring promises.

jaxtyping binds each letter to one number per call, so "segments" is the same everywhere in
it; beartype does the checking. Neither is imported by the package.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from beartype import beartype
from conftest import KINDS
from jaxtyping import (
    Bool,
    Float16,
    Float32,
    Float64,
    Int32,
    Int64,
    Num,
    TypeCheckError,
    UInt8,
    UInt32,
    jaxtyped,
)

from lmscope.accumulators import Partial, choose_edges, summarise
from lmscope.calibration import forward
from lmscope.catalogue import Catalogue
from lmscope.looking import look
from lmscope.text import TokenizedText

checked = jaxtyped(typechecker=beartype)


@checked
def layer_border(
    acts: Float32[np.ndarray, "segments positions neurons"],
    segments: Int64[np.ndarray, "segments"],
    ids: Int64[np.ndarray, "segments tokens"],
    lengths: Int64[np.ndarray, "segments"],
    keep: Bool[np.ndarray, "segments tokens"],
    eligible: Bool[np.ndarray, "segments"],
    out_weights: Float32[torch.Tensor, "neurons d_model"],
) -> None:
    """What passes from a model to the accumulators."""


@checked
def unembedding_border(
    out_weights: Float32[torch.Tensor, "neurons d_model"],
    unembedding: Float32[torch.Tensor, "d_model d_vocab"],
) -> None:
    """What the direct logit effects are made of."""


@checked
def text_border(ids: Int32[np.ndarray, "tokens"], spans: Int32[np.ndarray, "tokens two"]) -> None:
    """What passes from a tokenizer to everything else."""


@checked
def edges_border(
    scale: Float32[np.ndarray, "layers 2 neurons"],
    bands: Float32[np.ndarray, "layers inner_edges neurons"],
) -> None:
    """What is fixed before a scan."""


@checked
def column_border(
    mean: Float32[np.ndarray, "layers neurons"],
    density: Float32[np.ndarray, "layers neurons"],
    n_positive: Int64[np.ndarray, "layers neurons"],
    is_dead: UInt8[np.ndarray, "layers neurons"],
    peak_ids: UInt32[np.ndarray, "layers neurons five"],
) -> None:
    """What a reader gets of a whole catalogue."""


@checked
def examples_border(
    activations: Float16[np.ndarray, "neurons entries window"],
    ids: Num[np.ndarray, "neurons entries window"],
    values: Float32[np.ndarray, "neurons entries"],
    where: UInt32[np.ndarray, "neurons entries 7"],
) -> None:
    """What a shard of examples holds."""


@checked
def look_border(
    ids: Int32[np.ndarray, "tokens"],
    spans: Int32[np.ndarray, "tokens 2"],
    activations: Float32[np.ndarray, "tokens"],
    counted: Bool[np.ndarray, "tokens"],
) -> None:
    """What looking at a text gives."""


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_hands_over_what_the_accumulators_expect(
    kind: str, model_of: Callable[[str], Any], scanned: Callable[..., Path]
) -> None:
    model = model_of(kind)
    pack = Catalogue.open(scanned(kind)).pack
    batch = pack.batch(np.arange(3), 1, np.ones(pack.n_documents, np.bool_))
    seen = []

    def visit(layer: int, acts: Any) -> None:
        seen.append(layer)
        layer_border(
            acts,
            batch.segments,
            batch.ids,
            batch.lengths,
            batch.keep,
            batch.eligible,
            model.out_weights(layer),
        )

    forward(model, pack, batch, list(range(model.n_layers)), visit)

    assert list(range(model.n_layers)) == seen
    if (unembedding := model.unembedding()) is not None:
        unembedding_border(model.out_weights(0), unembedding)


@pytest.mark.parametrize("kind", KINDS)
def test_a_catalogue_gives_arrays_of_one_shape(kind: str, scanned: Callable[..., Path]) -> None:
    catalogue = Catalogue.open(scanned(kind))

    names = ("mean", "density", "n_positive", "is_dead", "peak_ids")
    columns = [catalogue.column(name) for name in names]
    column_border(*columns)
    assert (len(catalogue.layers), catalogue.d_mlp) == columns[0].shape
    shard = catalogue.examples(0)
    assert catalogue.d_mlp == shard.shape("activations")[0]
    examples_border(*(shard.read(name) for name in ("activations", "ids", "values", "where")))


def test_a_text_has_one_span_per_token(model_of: Callable[[str], Any]) -> None:
    cut: TokenizedText = model_of("gpt2").tokenizer.tokenize("déjà vu 🙂")

    text_border(cut.ids, cut.spans)
    assert len(cut) == len(cut.spans) > 0


def test_looking_gives_one_activation_per_token(model_of: Callable[[str], Any]) -> None:
    seen = look(model_of("gpt2"), "one two three", (0, 0))

    look_border(seen.token_ids, seen.spans, seen.activations, seen.counted)
    assert len(seen.tokens) == len(seen.activations) > 0


def test_edges_belong_to_one_number_of_neurons() -> None:
    peaks = np.ones((5, 4), np.float32)

    scale, bands = choose_edges(peaks, -peaks[0], peaks[0])

    edges_border(scale[None], bands[None])
    assert ((2, 4), (4, 4)) == (scale.shape, bands.shape)


def test_a_wrong_shape_is_told_from_a_right_one() -> None:
    """The checks above can fail."""
    scale, bands = np.ones((1, 2, 4), np.float32), np.ones((1, 4, 5), np.float32)

    with pytest.raises(TypeCheckError):
        edges_border(scale, bands)


def test_sums_of_another_width_do_not_pass_for_those_of_the_layer() -> None:
    partial = Partial(1, 4, top=2, per_band=1, window=2)
    other = Partial(1, 5, top=2, per_band=1, window=2)

    with pytest.raises(ValueError, match="broadcast"):
        partial.merge(other)


@checked
def _moments_border(mean: Float64[np.ndarray, "layers neurons"]) -> None:
    """What power sums are turned into."""


def test_moments_keep_the_axes_of_the_sums() -> None:
    sums = np.ones((3, 4, 7))

    mean = summarise(sums, np.zeros_like(sums), 10)["mean"]

    _moments_border(mean)
    assert (3, 7) == mean.shape
