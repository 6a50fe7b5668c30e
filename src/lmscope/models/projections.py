"""Where the neurons of each `transformers` architecture are. Loads nothing and runs nothing.

The input of an MLP's down projection is the vector of its neurons' activations:
``act(c_fc(x))`` in GPT-2, ``act(gate) * up`` in Llama. So it is enough to know that
module's path. `PROJECTIONS` holds the paths that were verified; `guess` looks for one by
its shape, and says so.
"""

from __future__ import annotations

import copy
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import nn
from transformers import PreTrainedConfig
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    MODEL_FOR_MASKED_LM_MAPPING_NAMES,
)
from transformers.pytorch_utils import Conv1D

from lmscope.errors import UnsupportedArchitecture


@dataclass(frozen=True, slots=True)
class Projection:
    """The modules round the neurons; paths start at the base model, ``{layer}`` is the layer."""

    down: str
    """The projection whose input is the activations (site `post`)."""
    up: str | None = None
    """The projection whose output is the pre-activations (site `pre`); None if gated, where
    no single module's output is."""
    norm: str | None = None
    """The norm that the projection's output passes before it joins the residual stream."""
    activation: str | None = None
    """The activation function, where the code fixes it and the configuration does not name it."""
    is_causal: bool = True
    guess: str | None = None
    """None if verified; otherwise the sentence that says how it was found."""

    @property
    def is_gated(self) -> bool:
        """True if the activation is a product, and when it is not known."""
        return self.up is None


_GPT2 = Projection("h.{layer}.mlp.c_proj", "h.{layer}.mlp.c_fc")
_GPTJ = Projection("h.{layer}.mlp.fc_out", "h.{layer}.mlp.fc_in")
_BLOOM = ("h.{layer}.mlp.dense_4h_to_h", "h.{layer}.mlp.dense_h_to_4h")
_LLAMA = Projection("layers.{layer}.mlp.down_proj")
_LLAMA_POSTNORM = Projection(_LLAMA.down, norm="layers.{layer}.post_feedforward_layernorm")
_UNGATED_LLAMA = Projection(_LLAMA.down, "layers.{layer}.mlp.up_proj")
_BERT = Projection(
    "encoder.layer.{layer}.output.dense",
    "encoder.layer.{layer}.intermediate.dense",
    is_causal=False,
)

PROJECTIONS: dict[str, Projection] = {
    "gpt2": _GPT2,
    "gpt_neo": _GPT2,
    "gpt_bigcode": _GPT2,
    "gptj": _GPTJ,
    "codegen": _GPTJ,
    "gpt_neox": Projection("layers.{layer}.mlp.dense_4h_to_h", "layers.{layer}.mlp.dense_h_to_4h"),
    "bloom": Projection(*_BLOOM, activation="gelu_pytorch_tanh"),
    "falcon": Projection(*_BLOOM),
    "mpt": Projection(
        "blocks.{layer}.ffn.down_proj", "blocks.{layer}.ffn.up_proj", activation="gelu"
    ),
    "opt": Projection("decoder.layers.{layer}.fc2", "decoder.layers.{layer}.fc1"),
    "phi": Projection("layers.{layer}.mlp.fc2", "layers.{layer}.mlp.fc1"),
    "starcoder2": Projection("layers.{layer}.mlp.c_proj", "layers.{layer}.mlp.c_fc"),
    "nemotron": _UNGATED_LLAMA,
    "arcee": _UNGATED_LLAMA,
    "llama": _LLAMA,
    "mistral": _LLAMA,
    "ministral": _LLAMA,
    "qwen2": _LLAMA,
    "qwen3": _LLAMA,
    "smollm3": _LLAMA,
    "gemma": _LLAMA,
    "gemma2": _LLAMA_POSTNORM,
    "gemma3_text": _LLAMA_POSTNORM,
    "olmo": _LLAMA,
    "olmo2": _LLAMA_POSTNORM,
    "olmo3": _LLAMA_POSTNORM,
    "phi3": _LLAMA,
    "stablelm": _LLAMA,
    "cohere": _LLAMA,
    "cohere2": _LLAMA,
    "granite": _LLAMA,
    "glm": _LLAMA,
    "glm4": Projection(_LLAMA.down, norm="layers.{layer}.post_mlp_layernorm"),
    "helium": _LLAMA,
    "seed_oss": _LLAMA,
    "bert": _BERT,
    "electra": _BERT,
    "roberta": _BERT,
    "xlm-roberta": _BERT,
    "distilbert": Projection(
        "transformer.layer.{layer}.ffn.lin2", "transformer.layer.{layer}.ffn.lin1", is_causal=False
    ),
    "modernbert": Projection("layers.{layer}.mlp.Wo", is_causal=False),
}
"""Keyed on the `model_type` of the configuration."""

_STATE_SPACE = re.compile(r"mamba|rwkv|retnet|xlstm|ssm|recurrent")
_EXPERT_COUNTS = ("num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts")


def activation_name(config: PreTrainedConfig) -> str:
    """Give the name of the activation function, which configurations keep in four places."""
    names = ("hidden_act", "hidden_activation", "activation_function", "activation")
    found = (getattr(config, name, None) for name in names)
    return next((act for act in found if isinstance(act, str)), "unknown")


def context_length(config: PreTrainedConfig) -> int:
    """Give the number of tokens that the model reads at once, special ones included."""
    text: Any = config.get_text_config()
    # With ALiBi there is no limit; 2,048 is the length that BLOOM and MPT were trained at.
    n_ctx: int = getattr(text, "max_position_embeddings", getattr(text, "max_seq_len", 2048))
    if config.model_type in ("roberta", "xlm-roberta"):
        n_ctx -= (config.pad_token_id or 0) + 1  # its positions begin behind the padding's
    return n_ctx


def is_causal(config: PreTrainedConfig) -> bool:
    """Say whether a token's activations depend only on what precedes it."""
    kind = config.model_type
    if kind in PROJECTIONS:
        return PROJECTIONS[kind].is_causal
    return (
        kind in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES and kind not in MODEL_FOR_MASKED_LM_MAPPING_NAMES
    )


def check_readable(name: str, config: PreTrainedConfig) -> None:
    """Refuse the kinds of model whose neurons no single projection shows.

    Raises:
        UnsupportedArchitecture: For mixtures of experts, state-space models, and models of
            two stacks.
    """
    kind = str(config.model_type)
    if kind in PROJECTIONS:
        return
    if any((getattr(config, count, 0) or 0) > 1 for count in _EXPERT_COUNTS):
        reason = (
            "its MLPs are mixtures of experts, and which neurons run changes from token to token"
        )
    elif _STATE_SPACE.search(kind):
        reason = "it is built of state-space or recurrent blocks, not of MLPs"
    elif config.is_encoder_decoder:
        reason = "it has two stacks, an encoder and a decoder, so a layer's number is ambiguous"
    else:
        return
    raise UnsupportedArchitecture(name, kind, reason)


def guess(name: str, base: nn.Module, config: PreTrainedConfig) -> Projection:
    """Look for the down projection of an architecture that is not in the registry.

    The rule: in every layer, outside attention, exactly one Linear (or Conv1D) whose output
    is as wide as the residual stream and whose input is not. It found the right module in
    32 of 32 architectures, and cannot work where an MLP is no wider than the stream.

    Args:
        name: What to call the model in a message.
        base: The model without its head.
        config: Its configuration.

    Raises:
        UnsupportedArchitecture: If no module fits, or more than one.
    """
    kind, text = str(config.model_type), config.get_text_config()
    d_model, n_layers = text.hidden_size, text.num_hidden_layers
    layers: defaultdict[str, set[int]] = defaultdict(set)
    for path, module in base.named_modules():
        if not isinstance(module, nn.Linear | Conv1D) or re.search(r"att|mixer", path.lower()):
            continue
        n_in, n_out = widths(module)
        if n_out == d_model != n_in and (at := re.search(r"(?<=\.)\d+(?=\.)", path)):
            layers[f"{path[: at.start()]}{{layer}}{path[at.end() :]}"].add(int(at[0]))
    fits = sorted(path for path, found in layers.items() if found == set(range(n_layers)))
    if len(fits) != 1:
        reason = (
            f"more than one module looks like an MLP's down projection: {', '.join(fits[:3])}"
            if fits
            else "no module looks like an MLP's down projection in every one of its layers"
        )
        raise UnsupportedArchitecture(name, kind, reason)
    return Projection(
        fits[0],
        is_causal=is_causal(config),
        guess=f"The architecture {kind!r} is not in lmscope's registry; by their shape, its "
        f"neurons were taken to be the input of {fits[0].format(layer='N')}.",
    )


def widths(projection: nn.Module) -> tuple[int, int]:
    """Give the numbers of inputs and outputs of a Linear or a GPT-2 Conv1D (stored transposed)."""
    n_out, n_in = projection.weight.shape  # type: ignore[misc]
    return (n_out, n_in) if isinstance(projection, Conv1D) else (n_in, n_out)


def matrix(projection: nn.Module) -> torch.Tensor:
    """Give a projection's weights, float32 [inputs, outputs]."""
    weight = cast(torch.Tensor, projection.weight).detach().float()
    return weight if isinstance(projection, Conv1D) else weight.T.contiguous()


@torch.no_grad()
def measure_norm(norm: nn.Module, d_model: int, device: torch.device) -> tuple[torch.Tensor, bool]:
    """Measure a norm's scale [d_model], and whether it centres (LayerNorm) or not (RMSNorm).

    Measured, because what is stored differs: Gemma's scale is 1 + weight, OLMo has none. The
    probe is large so that the norm's epsilon does not matter.
    """
    norm = copy.deepcopy(norm).float()
    ones = torch.full((d_model,), 1e4, device=device)
    signs = ones * torch.tensor([1.0, -1.0], device=device).repeat(d_model)[:d_model]
    scale = (norm(signs) - norm(-signs)) / 2 * signs.sign()
    centres = bool((norm(ones) - norm(-ones)).abs().max() < 1e-3 * scale.abs().max())
    return scale, centres
