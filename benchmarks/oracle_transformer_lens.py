"""Compare lmscope's activations with TransformerLens's: same weights, same ids, every neuron.

A tiny random model of every architecture in lmscope's registry, and of the toy layout, is saved
to a folder that both load by themselves. lmscope reads all segments in one padded batch,
TransformerLens one segment at a time. TransformerLens would pull some forty more packages into
the environment, so this runs in one of its own:  make oracle
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

os.environ["HF_HUB_OFFLINE"] = "1"  # before any import: both libraries read it then

import tokenizers
import torch
import transformers
from huggingface_hub import HfApi
from tokenizers import models, pre_tokenizers, processors
from transformer_lens.model_bridge import TransformerBridge
from transformer_lens.model_bridge.sources import tl_legacy
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    PreTrainedTokenizerFast,
)

import lmscope
from lmscope.models.projections import PROJECTIONS

TOLERANCE = 1e-5  # of the layer's largest activation
MUST_LOAD = ("gpt2", "gpt_neox", "llama", "opt", "bert")
N_LAYERS, D_MODEL, N_HEADS, N_CTX = 4, 32, 4, 64
LENGTHS = (48, 41, 33, 20, 7, 2)
SPECIAL = ["<pad>", "<s>", "[CLS]", "[SEP]"]
N_VOCAB = len(SPECIAL) + 256
# Each configuration is given those of these that it knows.
SIZES: dict[str, Any] = {
    "vocab_size": N_VOCAB,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 3,
    "hidden_size": D_MODEL,
    "word_embed_proj_dim": D_MODEL,
    "num_hidden_layers": N_LAYERS,
    "num_attention_heads": N_HEADS,
    "num_key_value_heads": 2,
    "head_dim": D_MODEL // N_HEADS,
    "rotary_dim": D_MODEL // N_HEADS // 2,
    "max_position_embeddings": N_CTX,
    "attention_types": [[["global", "local"], 2]],
    **dict.fromkeys(("intermediate_size", "ffn_dim", "hidden_dim"), 4 * D_MODEL),
}
TOYS: dict[str, dict[str, Any]] = {
    "solu": {"act_fn": "solu_ln"},
    "solu, _old": {"act_fn": "solu_ln"},
    "gelu": {"act_fn": "gelu"},
    "gelu, LNPre": {"act_fn": "gelu", "normalization": "LNPre"},
}
HOOKS = {"pre": "mlp.hook_pre", "mid": "mlp.ln.hook_in", "post": "mlp.hook_post"}

Activations = dict[str, list[torch.Tensor]]
"""By site: a layer's activations of all tokens of all segments, [n_tokens, d_mlp]."""


# --- models --------------------------------------------------------------------------------


def write_tokenizer(folder: Path, *, is_encoder: bool) -> None:
    """Give each byte a token: enough for both libraries to load the model."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocab = {piece: i for i, piece in enumerate([*SPECIAL, *letters])}
    backend = tokenizers.Tokenizer(models.BPE(vocab, []))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.add_special_tokens(SPECIAL)
    if is_encoder:
        around = [("[CLS]", 2), ("[SEP]", 3)]
        backend.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", None, around)
    fast = PreTrainedTokenizerFast(tokenizer_object=backend, pad_token="<pad>", bos_token="<s>")
    fast.save_pretrained(folder)


def write_hf(kind: str, folder: Path) -> None:
    is_causal = PROJECTIONS[kind].is_causal
    usual = AutoConfig.for_model(kind)
    known = usual.to_dict().keys() | usual.attribute_map.keys()
    config = AutoConfig.for_model(kind, **{k: v for k, v in SIZES.items() if k in known})
    family = AutoModelForCausalLM if is_causal else AutoModelForMaskedLM
    model = family.from_config(config)
    with torch.no_grad():
        for parameter in model.parameters():  # biases and norms too, which begin as 0 and 1
            parameter.add_(torch.randn_like(parameter) * 0.2)
    model.save_pretrained(folder)
    write_tokenizer(folder, is_encoder=not is_causal)


def write_toy(options: dict[str, Any], folder: Path) -> None:
    d, f, h, e = D_MODEL, 4 * D_MODEL, N_HEADS, D_MODEL // N_HEADS
    config: dict[str, Any] = {
        "d_model": d,
        "d_mlp": f,
        "n_heads": h,
        "d_head": e,
        "n_layers": N_LAYERS,
        "n_ctx": N_CTX,
        "d_vocab": N_VOCAB,
        "attn_only": False,
        "normalization": "LN",
        **options,
    }
    shapes: dict[str, tuple[int, ...]] = {"embed.W_E": (N_VOCAB, d), "pos_embed.W_pos": (N_CTX, d)}
    for block in (f"blocks.{i}" for i in range(N_LAYERS)):
        shapes |= {f"{block}.attn.W_{letter}": (h, d, e) for letter in "QKV"}
        shapes |= {f"{block}.attn.b_{letter}": (h, e) for letter in "QKV"}
        shapes |= {f"{block}.attn.W_O": (h, e, d), f"{block}.attn.b_O": (d,)}
        shapes |= {f"{block}.mlp.W_in": (d, f), f"{block}.mlp.b_in": (f,)}
        shapes |= {f"{block}.mlp.W_out": (f, d), f"{block}.mlp.b_out": (d,)}
        if config["normalization"] == "LN":
            shapes |= {f"{block}.{norm}.{p}": (d,) for norm in ("ln1", "ln2") for p in "wb"}
        if config["act_fn"] == "solu_ln":
            shapes |= {f"{block}.mlp.ln.{p}": (f,) for p in "wb"}
    if config["normalization"] == "LN":
        shapes |= {f"ln_final.{p}": (d,) for p in "wb"}
    shapes |= {"unembed.W_U": (d, N_VOCAB), "unembed.b_U": (N_VOCAB,)}
    weights = {key: torch.randn(shape) * 0.5 for key, shape in shapes.items()}
    if folder.name.endswith("_old"):
        weights = dict(old_layout(weights))
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    torch.save(weights, folder / "model_final.pth")
    write_tokenizer(folder, is_encoder=False)


def old_layout(weights: dict[str, torch.Tensor]) -> Iterator[tuple[str, torch.Tensor]]:
    """Turn the matrices round as in the repositories whose name ends in _old, up to 6 layers."""
    for key, weight in weights.items():
        is_matrix = key.rpartition(".")[2].startswith("W_")
        turned = weight.transpose(-1, -2).contiguous() if is_matrix else weight
        yield key.replace("ln_final", "norm").replace("ln", "norm"), turned


# --- the two readings ----------------------------------------------------------------------


def read_lmscope(folder: Path, segments: list[torch.Tensor]) -> Activations:
    padded = torch.nn.utils.rnn.pad_sequence(segments, batch_first=True)
    found: Activations = {}
    for site in lmscope.load(folder, device="cpu").sites:
        found[site] = layers = []

        def visit(layer: int, values: torch.Tensor, layers: list[torch.Tensor] = layers) -> None:
            own = zip(values, LENGTHS, strict=True)
            layers.append(torch.cat([row[:length].clone() for row, length in own]))

        lmscope.load(folder, device="cpu", site=site).run(padded, LENGTHS, visit)
    return found


def read_bridge(
    bridge: TransformerBridge, segments: list[torch.Tensor], sites: list[str]
) -> Activations:
    caches = [bridge.run_with_cache(segment[None])[1] for segment in segments]
    return {
        site: [
            torch.cat([cache[f"blocks.{layer}.{HOOKS[site]}"][0] for cache in caches])
            for layer in range(N_LAYERS)
        ]
        for site in sites
    }


@contextmanager
def hub_in(folder: Path) -> Iterator[None]:
    """Let TransformerLens, which takes toy models from the hub only, find them in a folder."""

    def download(_repo: str, file: str) -> str:
        return str(folder / file)

    files = [file.name for file in folder.iterdir()]
    with (
        patch("huggingface_hub.hf_hub_download", download),
        patch.object(HfApi, "list_repo_files", lambda _api, _repo: files),
    ):
        yield


def boot(folder: Path, *, is_toy: bool) -> TransformerBridge:
    if is_toy:
        with hub_in(folder):
            return tl_legacy.boot(f"NeelNanda/{folder.name}", device="cpu")
    return TransformerBridge.boot_transformers(str(folder), device="cpu")


# --- the comparison ------------------------------------------------------------------------


def compare(name: str, folder: Path, *, is_toy: bool) -> bool:
    """Print a line for one model; tell whether it may stand."""
    generator = torch.Generator().manual_seed(0)
    segments = [torch.randint(len(SPECIAL), N_VOCAB, (n,), generator=generator) for n in LENGTHS]
    try:
        bridge = boot(folder, is_toy=is_toy)
    except ValueError as error:
        reason = str(error).partition(". ")[0]
        print(f"{name:<14}not compared; TransformerLens: {reason}")
        return not is_toy and name not in MUST_LOAD
    mine = read_lmscope(folder, segments)
    theirs = read_bridge(bridge.eval(), segments, list(mine))
    worst = {
        site: max(
            ((a - b).abs().max() / b.abs().max()).item()
            for a, b in zip(mine[site], theirs[site], strict=True)
        )
        for site in mine
    }
    n_values = sum(values.numel() for values in theirs["post"])
    is_same = all(difference <= TOLERANCE for difference in worst.values())
    shown = "".join(f"{worst[s]:>10.1e}" if s in worst else f"{'-':>10}" for s in HOOKS)
    print(f"{name:<14}{n_values:>8,}{shown}  {'same' if is_same else 'DIFFERENT'}")
    return is_same


@torch.inference_mode()
def main() -> int:
    transformers.logging.disable_progress_bar()
    transformers.logging.set_verbosity_error()
    named = ("lmscope", "transformer-lens", "transformers", "torch")
    print(
        ", ".join(f"{name} {version(name)}" for name in named), f"({platform.machine()}, float32)"
    )
    print(
        f"{N_LAYERS} layers of {4 * D_MODEL} neurons, {sum(LENGTHS)} tokens. Largest difference,"
        f" as a part of\nthe layer's largest activation, over all neurons; at most {TOLERANCE:g}.\n"
    )
    print(f"{'model':<14}{'values':>8}" + "".join(f"{site:>10}" for site in HOOKS))
    verdicts = []
    with TemporaryDirectory() as place:
        for seed, name in enumerate([*sorted(PROJECTIONS), *TOYS]):
            folder = Path(place, name.replace(", ", ""))
            folder.mkdir()
            torch.manual_seed(seed)
            if name in TOYS:
                write_toy(TOYS[name], folder)
            else:
                write_hf(name, folder)
            verdicts.append(compare(name, folder, is_toy=name in TOYS))
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
