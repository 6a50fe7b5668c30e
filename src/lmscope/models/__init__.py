"""Language models as lmscope sees them: text in, neuron activations out.

`LanguageModel` is the one seam to the outside world of models. A second way of
loading is one new class with these attributes; nothing else in lmscope knows
where a model came from. Nothing here knows corpora, catalogues or statistics.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from lmscope.neurons import Site

if TYPE_CHECKING:  # names and addresses must be there at once, without torch
    import torch

    from lmscope.models.tokens import Tokenizer

Visit = Callable[[int, "torch.Tensor"], None]
"""Receives a layer's index and its activations, float32 [n_segments, n_tokens, d_mlp],
which are only valid during the call."""

Edit = Callable[["torch.Tensor"], "torch.Tensor"]
"""Receives a copy of a layer's activations, float32 [n_segments, n_tokens, d_mlp], which it may
change in place, and returns what the model is to go on with: the same shape."""


class LanguageModel(Protocol):
    """A model whose MLP neurons can be read at one site."""

    name: str
    """What the model is called on every output: alias, hub id, or folder name."""
    source: str
    """Where its files came from: hub repository or path."""
    revision: str | None
    """Commit of the hub repository; None for local files."""
    weights_hash: str
    """SHA-256 over the weight files' bytes."""
    architecture: str
    """`model_type` of transformers, or ``toy`` for the solu-* and gelu-* layout."""
    activation_function: str
    is_gated: bool
    is_causal: bool
    """False for encoders: their activations depend on the whole segment."""
    guess: str | None
    """None if the architecture is in the registry; otherwise how its neurons were found."""
    site: Site
    sites: tuple[Site, ...]
    n_layers: int
    d_mlp: int
    n_ctx: int
    n_parameters: int
    dtype: str
    device: str
    tokenizer: Tokenizer

    def run(
        self,
        ids: torch.Tensor,
        lengths: Sequence[int],
        visit: Visit,
        layers: Sequence[int] | None = None,
    ) -> None:
        """Run the model and hand over each wanted layer's activations, in layer order.

        Stops after the last wanted layer; the LM head never runs.

        Args:
            ids: Token ids, int64 [n_segments, n_tokens], with BOS or other special tokens
                already in place, padded on the right with any valid id.
            lengths: True number of tokens of each segment. What lies beyond is padding:
                it never influences the values before it, and its own values mean nothing.
            visit: Called once for each wanted layer.
            layers: Ascending layer indices; None for all.
        """
        ...

    def logits(
        self,
        ids: torch.Tensor,
        lengths: Sequence[int],
        replace: Mapping[int, Edit] | None = None,
        at: Sequence[int] | None = None,
    ) -> torch.Tensor:
        """Run the model to its prediction of the next token, with neurons replaced.

        What lies behind the model's site is computed from the replaced values: at site `pre` the
        activation function, at `mid` the LayerNorm, and all later layers. The logits are the
        model's own, with its caps and factors.

        Args:
            ids: As in `run`.
            lengths: As in `run`.
            replace: What becomes of some layers' activations at the model's site; None to
                change nothing.
            at: One position of each segment, prefix included; None for all positions.

        Returns:
            float32 [n_segments, n_tokens, n_vocab], or with `at` [n_segments, n_vocab], on the
            model's device.

        Raises:
            NoNextToken: If the model is an encoder.
        """
        ...

    def out_weights(self, layer: int) -> torch.Tensor:
        """Give the rows that each neuron writes to the residual stream, float32 [d_mlp, d_model].

        At sites before a LayerNorm or nonlinearity these are the rows of the same neuron's
        `post` value.
        """
        ...

    def unembedding(self) -> torch.Tensor | None:
        """Give W_U behind the final norm's scale, float32 [d_model, d_vocab].

        A LayerNorm's centring is included (each column has mean zero over d_model), its
        division by the standard deviation is not. None if the model has no unembedding.
        """
        ...

    def untrained(self, seed: int = 0) -> LanguageModel:
        """Give a model of the same shape that has learned nothing.

        The numbers of each weight are dealt anew among its places: their sizes stay, and nothing
        of what they did.
        """
        ...
