"""The solu-* and gelu-* checkpoints: their layout, their forward pass. Knows no other model.

They are not in transformers' format: config.json has no `model_type`, and the
weights are the state dict of the code that trained them (W_E, W_Q, W_in ...,
multiplied from the right). SoLU (Elhage et al. 2022, "Softmax Linear Units")
multiplies each pre-activation with its softmax over the layer and then applies
a LayerNorm of its own. neuroscope.io shows the values before that LayerNorm,
the site `mid`; what reaches the residual stream is the site `post`.
"""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from lmscope.errors import (
    BadOption,
    ModelRefused,
    NoNeurons,
    NotAModel,
    TextTooLong,
    UnknownSite,
    UnsupportedArchitecture,
)
from lmscope.models.files import is_toy_config, toy_tokenizer
from lmscope.models.tokens import Tokenizer
from lmscope.models.untrained import dealt_anew
from lmscope.neurons import Site

if TYPE_CHECKING:
    from lmscope.models import Edit, LanguageModel, Visit

EPS = 1e-5  # of every LayerNorm; the checkpoints do not state it
PROOF = "8) singled out 9) personality: she wrote “naïve” (2 of 10) and left.\n"
TOLERANCE = {"float32": 1e-4, "bfloat16": 5e-2, "float16": 1e-2}  # of the output's largest value

Weights = Mapping[str, Tensor]


def _solu(x: Tensor) -> Tensor:
    return x * x.softmax(-1)


ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "solu_ln": _solu,
    "solu": _solu,
    "gelu": F.gelu,
    "gelu_new": partial(F.gelu, approximate="tanh"),
    "relu": F.relu,
}


def load_toy(
    folder: Path,
    *,
    name: str,
    source: str,
    revision: str | None,
    dtype: str = "float32",
    device: str = "cpu",
    site: str | None = None,
    tokenizer: Path | None = None,
) -> ToyModel:
    """Load a checkpoint of this layout from a local folder, and let it prove itself.

    Args:
        folder: Holds config.json, weights (``*final.pth`` or model.safetensors) and perhaps
            tokenizer.json or tokenizer/tokenizer.json.
        name: What to call the model in messages and addresses.
        source: Hub repository or path that the folder came from.
        revision: Commit of the hub repository, if any.
        dtype: ``float32``, ``bfloat16`` or ``float16``.
        device: A device of torch.
        site: ``pre``, ``mid`` or ``post``; None for ``mid`` of SoLU models, else ``post``.
        tokenizer: Another folder with tokenizer.json, which comes first.

    Raises:
        NoNeurons: If the model has attention layers only.
        UnsupportedArchitecture: If the config asks for something unknown here.
        NotAModel: If a file is missing or is not what its name says.
        ModelRefused: If the weights do not fit the config, or the proof fails.
        UnknownSite: If the model has no such site.
        BadOption: If the dtype is none of the three.
    """
    if dtype not in TOLERANCE:
        choices = f"the choices are {', '.join(TOLERANCE)}"
        raise BadOption(option="--dtype", value=dtype, reason=choices)
    config = _read_config(folder, name)
    file = _weights_file(folder)
    weights = _read_weights(file)
    if source.rstrip("/").endswith("_old") or any("norm" in key for key in weights):
        weights = _from_old(weights, config["n_layers"])
    weights = _checked(weights, config, name)
    model = ToyModel(
        config,
        {key: w.to(device, getattr(torch, dtype)) for key, w in weights.items()},
        toy_tokenizer(folder, tokenizer, config),
        name=name,
        source=source,
        revision=revision,
        weights_hash=_sha256(file),
        site=site,
    )
    _prove(model)
    return model


class ToyModel:
    """A checkpoint of this layout that satisfies the `LanguageModel` protocol.

    Args:
        config: The content of config.json.
        weights: Every tensor of `_shapes`, all of one dtype on one device.
        tokenizer: Puts BOS before each segment, if it has one.
        name: What to call the model.
        source: Hub repository or path.
        revision: Commit of the hub repository, if any.
        weights_hash: SHA-256 of the weight file.
        site: The site to read; None for the default.

    Raises:
        UnknownSite: If the model has no such site.
    """

    architecture = "toy"
    is_gated = False
    is_causal = True
    guess: str | None = None

    def __init__(
        self,
        config: Mapping[str, Any],
        weights: Weights,
        tokenizer: Tokenizer,
        *,
        name: str,
        source: str,
        revision: str | None,
        weights_hash: str,
        site: str | None,
    ) -> None:
        self._config = config
        self.name = name
        self.source = source
        self.revision = revision
        self.weights_hash = weights_hash
        self.tokenizer = tokenizer
        self.activation_function: str = config["act_fn"]
        self.has_inner_norm = self.activation_function == "solu_ln"
        self.sites: tuple[Site, ...] = (
            ("mid", "post", "pre") if self.has_inner_norm else ("post", "pre")
        )
        if site is not None and site not in self.sites:
            raise UnknownSite(name, site, self.sites)
        self.site = self.sites[0] if site is None else cast(Site, site)
        self.n_layers: int = config["n_layers"]
        self.d_mlp: int = config["d_mlp"]
        self.n_ctx: int = config["n_ctx"]
        self.n_parameters = sum(w.numel() for w in weights.values())
        self.dtype = str(weights["embed.W_E"].dtype).removeprefix("torch.")
        self.device = str(weights["embed.W_E"].device)
        self.weights = weights
        self.is_normalised = _normalization(config) is not None
        self._is_final_rms = bool(config.get("final_rms"))
        self._is_shortformer = _positions(config) == "shortformer"

    @torch.inference_mode()
    def run(
        self,
        ids: Tensor,
        lengths: Sequence[int],
        visit: Visit,
        layers: Sequence[int] | None = None,
    ) -> None:
        """See `LanguageModel.run`. Attention is causal, so the lengths change nothing.

        Raises:
            TextTooLong: If a row has more tokens than the model has positions.
        """
        wanted = range(self.n_layers) if layers is None else layers
        # The range comes first in zip, so that the last down projection never runs.
        up_to = range(max(wanted, default=-1) + 1)
        for layer, (_, values) in zip(up_to, self.mlps(ids), strict=False):
            if layer in wanted:
                visit(layer, values[self.site].float().contiguous())

    @torch.inference_mode()
    def logits(
        self,
        ids: Tensor,
        lengths: Sequence[int],
        replace: Mapping[int, Edit] | None = None,
        at: Sequence[int] | None = None,
    ) -> Tensor:
        """See `LanguageModel.logits`. Attention is causal, so the lengths change nothing.

        Raises:
            TextTooLong: If a row has more tokens than the model has positions.
        """
        w = self.weights
        for residual, values in self.mlps(ids, replace):
            x, post = residual, values["post"]
        last = f"blocks.{self.n_layers - 1}.mlp"
        x = x + _affine(post, w[f"{last}.W_out"], w[f"{last}.b_out"])
        if at is not None:
            x = x[torch.arange(len(x)), torch.tensor(list(at))]
        if self._is_final_rms and self.is_normalised:
            x = x / (x.square().mean(-1, keepdim=True) + EPS).sqrt() * w.get("ln_final.w", 1.0)
        else:
            x = self._norm(x, "ln_final")
        return F.linear(x, w["unembed.W_U"].T, w.get("unembed.b_U")).float()

    def out_weights(self, layer: int) -> Tensor:
        """See `LanguageModel.out_weights`."""
        return self.weights[f"blocks.{layer}.mlp.W_out"].float()

    def unembedding(self) -> Tensor:
        """See `LanguageModel.unembedding`; not centred if the final norm is an RMSNorm."""
        W_U = self.weights["unembed.W_U"].float()
        if (scale := self.weights.get("ln_final.w")) is not None:
            W_U = scale.float()[:, None] * W_U
        if self.is_normalised and not self._is_final_rms:
            W_U = W_U - W_U.mean(0)
        return W_U

    def untrained(self, seed: int = 0) -> ToyModel:
        """See `LanguageModel.untrained`."""
        generator = torch.Generator().manual_seed(seed)
        return ToyModel(
            self._config,
            {key: dealt_anew(w, generator) for key, w in self.weights.items()},
            self.tokenizer,
            name=f"untrained {self.name}",
            source=self.source,
            revision=self.revision,
            weights_hash=f"untrained {seed} {self.weights_hash}",
            site=self.site,
        )

    def mlps(
        self, ids: Tensor, replace: Mapping[int, Edit] | None = None
    ) -> Iterator[tuple[Tensor, dict[Site, Tensor]]]:
        """Yield each layer's residual stream before its MLP, and its neurons by site.

        Shapes are [n_segments, n_tokens, d_model] and [n_segments, n_tokens, d_mlp], in the
        model's dtype. A down projection runs only when the next layer is asked for. What
        `replace` gives for a layer's neurons at the model's site goes on from there.
        """
        n_tokens = ids.shape[1]
        if n_tokens > self.n_ctx:
            raise TextTooLong(self.name, n_tokens, self.n_ctx)
        w = self.weights
        x = w["embed.W_E"][ids.to(self.device)]
        positions = w["pos_embed.W_pos"][:n_tokens]
        if not self._is_shortformer:
            x = x + positions
        for layer in range(self.n_layers):
            block = f"blocks.{layer}"
            h = self._norm(x, f"{block}.ln1")
            # Shortformer (Press et al. 2021): positions steer attention, and are never moved by it.
            steering = h + positions if self._is_shortformer else h
            x = x + self._attention(f"{block}.attn", steering, h)
            edit = (replace or {}).get(layer)
            values = self._neurons(f"{block}.mlp", self._norm(x, f"{block}.ln2"), edit)
            yield x, values
            x = x + _affine(values["post"], w[f"{block}.mlp.W_out"], w[f"{block}.mlp.b_out"])

    def _norm(self, x: Tensor, key: str) -> Tensor:
        return _layer_norm(x, self.weights, key) if self.is_normalised else x

    def _attention(self, key: str, x: Tensor, content: Tensor) -> Tensor:
        """Attend by the queries and keys of `x` to the values of `content`."""

        def heads(letter: str, x: Tensor) -> Tensor:  # [n_segments, n_heads, n_tokens, d_head]
            W, b = self.weights[f"{key}.W_{letter}"], self.weights[f"{key}.b_{letter}"]
            wide = _affine(x, W.transpose(0, 1).flatten(1), b.flatten())
            return wide.view(*x.shape[:-1], *b.shape).transpose(1, 2)

        z = F.scaled_dot_product_attention(
            heads("Q", x), heads("K", x), heads("V", content), is_causal=True
        )
        W_O, b_O = self.weights[f"{key}.W_O"], self.weights[f"{key}.b_O"]
        return _affine(z.transpose(1, 2).flatten(2), W_O.flatten(0, 1), b_O)

    def _neurons(self, key: str, x: Tensor, edit: Edit | None) -> dict[Site, Tensor]:
        def known(site: Site, values: Tensor) -> Tensor:
            if edit is None or site != self.site:
                return values
            return edit(values.float().clone()).to(values.dtype)

        pre = known("pre", _affine(x, self.weights[f"{key}.W_in"], self.weights[f"{key}.b_in"]))
        active = ACTIVATIONS[self.activation_function](pre)
        if not self.has_inner_norm:
            return {"pre": pre, "post": known("post", active)}
        mid = known("mid", active)
        return {
            "pre": pre,
            "mid": mid,
            "post": known("post", _layer_norm(mid, self.weights, f"{key}.ln")),
        }


if TYPE_CHECKING:
    _satisfies: type[LanguageModel] = ToyModel


def _affine(x: Tensor, W: Tensor, b: Tensor) -> Tensor:
    return F.linear(x, W.T, b)  # adds the bias within the product


def _layer_norm(x: Tensor, weights: Weights, key: str) -> Tensor:
    """Normalise; without scale and shift if the weights have none of that name (LNPre)."""
    return F.layer_norm(x, x.shape[-1:], weights.get(f"{key}.w"), weights.get(f"{key}.b"), EPS)


# --- config --------------------------------------------------------------------------------


def _normalization(config: Mapping[str, Any]) -> Any:
    return config.get("normalization", config.get("normalization_type"))


def _positions(config: Mapping[str, Any]) -> str:
    if config.get("shortformer_pos"):
        return "shortformer"
    return str(config.get("positional_embedding_type", "standard"))


def _read_config(folder: Path, name: str) -> dict[str, Any]:
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
    except (OSError, ValueError):
        raise NotAModel(str(folder), "its config.json is missing or cannot be read") from None
    if not isinstance(config, dict) or not is_toy_config(config):
        raise NotAModel(str(folder), "its config.json is not that of a solu-* or gelu-* model")
    if config.get("attn_only"):
        raise NoNeurons(name)

    if objection := _objection(config):
        raise UnsupportedArchitecture(name, ToyModel.architecture, objection)
    return config


def _objection(config: Mapping[str, Any]) -> str | None:
    """Say what the config asks for that is unknown here, if anything."""
    for size in ("d_model", "d_mlp", "d_head", "n_heads", "n_layers", "n_ctx", "d_vocab"):
        if type(config.get(size)) is not int or config[size] < 1:
            return f"its config.json has {config.get(size)!r} for {size}"
    if config.get("act_fn") not in ACTIVATIONS:
        known = ", ".join(ACTIVATIONS)
        return f"the activation function {config.get('act_fn')!r} is not one of {known}"
    if _normalization(config) not in ("LN", "LNPre", None):
        return f"the normalization {_normalization(config)!r} is not LN, LNPre or null"
    if _positions(config) not in ("standard", "shortformer"):
        return f"the positions {_positions(config)!r} are not standard or shortformer"
    for extra in ("gated_mlp", "parallel_attn_mlp", "use_local_attn"):
        if config.get(extra):
            return f"its config.json asks for {extra}"
    return None


# --- weights -------------------------------------------------------------------------------


def _weights_file(folder: Path) -> Path:
    files = [*sorted(folder.glob("*final.pth")), folder / "model.safetensors"]
    for file in files:
        if file.is_file():
            return file
    raise NotAModel(str(folder), "it has no weights (a file *final.pth, or model.safetensors)")


def _read_weights(file: Path) -> dict[str, Tensor]:
    try:
        if file.suffix == ".safetensors":
            return load_file(file)
        weights = torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        reason = "it holds something besides tensors, and lmscope runs no code out of weights"
        raise NotAModel(str(file), reason) from None
    except (OSError, EOFError, RuntimeError, SafetensorError):
        raise NotAModel(str(file), "it is damaged or not a file of weights") from None
    if not isinstance(weights, dict) or not all(isinstance(w, Tensor) for w in weights.values()):
        raise NotAModel(str(file), "it holds no dictionary of tensors")
    return weights


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _from_old(weights: Weights, n_layers: int) -> dict[str, Tensor]:
    """Bring the first generation (`*_old`) to today's names and to multiplying from the right."""
    today = {}
    for key, w in weights.items():
        new = key.replace("norm", "ln")
        if new.startswith("ln."):
            new = new.replace("ln.", "ln_final.", 1)
        leaf = new.rpartition(".")[2]
        turned = n_layers <= 8 if leaf == "W_pos" else n_layers <= 6 and leaf.startswith("W_")
        today[new] = w.transpose(-2, -1).contiguous() if turned else w
    return today


def _shapes(config: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Give the shape of every tensor that the config promises."""
    d, f, v = config["d_model"], config["d_mlp"], config["d_vocab"]
    h, e = config["n_heads"], config["d_head"]
    has_scales = _normalization(config) == "LN"

    def norm(key: str, width: int) -> dict[str, tuple[int, ...]]:
        return {f"{key}.w": (width,), f"{key}.b": (width,)} if has_scales else {}

    shapes: dict[str, tuple[int, ...]] = {
        "embed.W_E": (v, d),
        "pos_embed.W_pos": (config["n_ctx"], d),
    }
    for block in (f"blocks.{layer}" for layer in range(config["n_layers"])):
        shapes |= norm(f"{block}.ln1", d)
        shapes |= {f"{block}.attn.W_{letter}": (h, d, e) for letter in "QKV"}
        shapes |= {f"{block}.attn.b_{letter}": (h, e) for letter in "QKV"}
        shapes |= {f"{block}.attn.W_O": (h, e, d), f"{block}.attn.b_O": (d,)}
        shapes |= norm(f"{block}.ln2", d)
        shapes |= {f"{block}.mlp.W_in": (d, f), f"{block}.mlp.b_in": (f,)}
        if config["act_fn"] == "solu_ln":
            shapes |= norm(f"{block}.mlp.ln", f)
        shapes |= {f"{block}.mlp.W_out": (f, d), f"{block}.mlp.b_out": (d,)}
    shapes |= norm("ln_final", d)
    if config.get("final_rms"):
        shapes.pop("ln_final.b", None)
    return shapes | {"unembed.W_U": (d, v), "unembed.b_U": (v,)}


def _checked(weights: Weights, config: Mapping[str, Any], name: str) -> dict[str, Tensor]:
    """Keep the tensors that the config promises, and refuse the model if they are not those."""
    shapes = _shapes(config)
    if "unembed.b_U" not in weights:
        del shapes["unembed.b_U"]  # absent in several checkpoints: zeros
    if missing := [key for key in shapes if key not in weights]:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise ModelRefused(name, f"its weights have no {missing[0]}{more}")
    # Buffers (attn.mask, IGNORE) do not matter; a matrix without a use means another computation.
    for key in weights:
        if key not in shapes and (".mlp." in key or key.rpartition(".")[2].startswith("W_")):
            raise ModelRefused(name, f"its weights have {key}, which its config.json gives no use")
    for key, shape in shapes.items():
        if (found := tuple(weights[key].shape)) != shape:
            raise ModelRefused(
                name, f"{key} has shape {list(found)} where its config.json says {list(shape)}"
            )
    return {key: weights[key] for key in shapes}


# --- proof -------------------------------------------------------------------


@torch.inference_mode()
def _prove(model: ToyModel) -> None:
    """Compare activations @ W_out + b_out with the last MLP's output, worked out step by step.

    The steps are taken in float64 from the residual stream before that MLP, with the
    LayerNorms spelt out, so that what the fast path gets wrong cannot go wrong twice alike.

    Raises:
        ModelRefused: If they differ, are not finite, or the tokenizer has ids without a row.
    """
    n_rows = model.weights["embed.W_E"].shape[0]
    if model.tokenizer.n_vocab > n_rows:
        reason = f"its tokenizer has {model.tokenizer.n_vocab:,} ids, its embedding {n_rows:,} rows"
        raise ModelRefused(model.name, reason)
    ids = [*model.tokenizer.prefix, *model.tokenizer.tokenize(PROOF).ids.tolist()][: model.n_ctx]
    *_, (residual, values) = model.mlps(torch.tensor([ids]))

    last = model.n_layers - 1
    w = {
        key.removeprefix(f"blocks.{last}."): weight.double()
        for key, weight in model.weights.items()
        if key.startswith((f"blocks.{last}.ln2.", f"blocks.{last}.mlp."))
    }

    def norm(x: Tensor, key: str) -> Tensor:
        x = x - x.mean(-1, keepdim=True)
        x = x / (x.square().mean(-1, keepdim=True) + EPS).sqrt()
        return x * w[f"{key}.w"] + w[f"{key}.b"] if f"{key}.w" in w else x

    x = residual.double()
    x = (norm(x, "ln2") if model.is_normalised else x) @ w["mlp.W_in"] + w["mlp.b_in"]
    x = ACTIVATIONS[model.activation_function](x)
    x = norm(x, "mlp.ln") if model.has_inner_norm else x
    expected = x @ w["mlp.W_out"] + w["mlp.b_out"]

    actual = values["post"].double() @ model.out_weights(last).double() + w["mlp.b_out"]
    difference = (actual - expected).abs().max().item()
    scale = expected.abs().max().item()
    if not difference <= TOLERANCE[model.dtype] * max(scale, 1.0):  # also true of NaN
        reason = (
            f"activations @ W_out + b_out of layer {last} is off by {difference:.2g} of {scale:.2g}"
        )
        raise ModelRefused(model.name, reason)
