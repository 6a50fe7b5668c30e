"""Models of the `transformers` library, and .gguf files read through it. Knows no hub and no names.

The base model runs without its LM head, and a hook takes the activations where they
enter (or, at site `pre`, leave) a projection; see `projections` for which one. For logits the
whole model runs, and the same hook may put other values in their place.
"""

from __future__ import annotations

import copy
import hashlib
import io
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import tokenizers
import torch
import transformers
from safetensors import SafetensorError
from tokenizers import pre_tokenizers
from torch import nn
from transformers import CONFIG_MAPPING, AutoConfig, AutoModel, AutoModelForCausalLM, AutoTokenizer
from transformers.activations import ACT2FN
from transformers.utils import logging

from lmscope.errors import (
    MissingExtra,
    ModelRefused,
    NoNextToken,
    NotAModel,
    UnsupportedArchitecture,
)
from lmscope.models import Edit
from lmscope.models.files import read_config, weight_files
from lmscope.models.projections import (
    PROJECTIONS,
    activation_name,
    check_readable,
    context_length,
    guess,
    is_causal,
    matrix,
    measure_norm,
    widths,
)
from lmscope.models.tokens import Tokenizer, read_backend
from lmscope.models.untrained import dealt_anew
from lmscope.neurons import Site, check_site

_FINAL_NORMS = ("norm", "ln_f", "norm_f", "final_norm", "final_layer_norm", "final_layernorm")
_SENTENCE = "The quick brown fox, aged 7, jumps over the lazy dog."
_TOLERANCE = {"float32": 1e-4, "float16": 1e-2, "bfloat16": 5e-2}


def load_hf(
    folder: Path,
    *,
    name: str,
    source: str,
    revision: str | None = None,
    dtype: str = "float32",
    device: str = "cpu",
    site: str | None = None,
    gguf_file: str | None = None,
) -> HFModel:
    """Load a model from a local folder; nothing is downloaded, and no code of the model runs.

    Args:
        folder: Where config.json, weights and tokenizer are, or the .gguf file.
        name: What the model is called on every output.
        source: Where the folder came from.
        revision: Commit of the hub repository, if it came from there.
        dtype: ``float32``, ``float16`` or ``bfloat16``.
        device: A torch device.
        site: ``post`` unless given; ``pre`` for MLPs that are not gated.
        gguf_file: Name of the .gguf file in the folder, which then is the whole model.

    Raises:
        NotAModel: If a file is missing or damaged.
        UnsupportedArchitecture: If its neurons cannot be found.
        ModelRefused: If it does not prove itself.
        UnknownSite: If it has no such site.
        MissingExtra: For a .gguf file without the packages that read it.
    """
    if gguf_file is None:
        _check_kind(folder, name)
        files = weight_files(file.name for file in folder.iterdir())
        if not files:
            raise NotAModel(str(folder), "it has no weights (model.safetensors)")
    else:
        files = [gguf_file]

    gguf = _gguf(gguf_file)
    with _quietly(), _explained(folder / (gguf_file or "")):
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False, **gguf)
        check_readable(name, config)
        config.use_cache = False
        config.chunk_size_feed_forward = 0  # a chunked MLP would call the hook more than once
        tokenizer = _load_tokenizer(folder, gguf)
        # Attention is left to transformers: SDPA where the architecture has it, eager elsewhere.
        family = AutoModelForCausalLM if is_causal(config) else AutoModel
        model, report = family.from_pretrained(  # type: ignore[misc]
            folder,
            config=config,
            dtype=getattr(torch, dtype),
            local_files_only=True,
            trust_remote_code=False,
            output_loading_info=True,
            **gguf,
        )
    # transformers fills what a checkpoint lacks with random numbers.
    if missing := sorted(key for key in report["missing_keys"] if "pooler" not in key):
        more = f" and {len(missing) - 1} more weights" if len(missing) > 1 else ""
        raise ModelRefused(name, f"its files lack {missing[0]}{more}")
    return HFModel(
        model.to(device).eval(),
        tokenizer,
        name=name,
        source=source,
        revision=revision,
        weights_hash=_hash(folder / file for file in files),
        site=site,
    )


class HFModel:
    """A `transformers` model whose MLP neurons can be read; see `LanguageModel` for the attributes.

    Args:
        model: The model with its LM head if it is causal, without any head if it is an encoder.
        tokenizer: Its tokenizer.
        name: What it is called on every output.
        source: Where its files came from.
        revision: Commit of the hub repository.
        weights_hash: SHA-256 over its weight files.
        site: ``post`` unless given.

    Raises:
        UnsupportedArchitecture: If its neurons cannot be found.
        ModelRefused: If what was found does not prove to be the MLPs' activations.
        UnknownSite: If it has no such site.
    """

    def __init__(
        self,
        model: transformers.PreTrainedModel,
        tokenizer: Tokenizer,
        *,
        name: str,
        source: str,
        revision: str | None = None,
        weights_hash: str = "",
        site: str | None = None,
    ) -> None:
        config = model.config
        base: nn.Module = model.base_model
        kind = str(config.model_type)
        projection = PROJECTIONS.get(kind) or guess(name, base, config)

        self.name = name
        self.source = source
        self.revision = revision
        self.weights_hash = weights_hash
        self.tokenizer = tokenizer
        self.architecture = kind
        self.activation_function = projection.activation or activation_name(config)
        self.is_gated = projection.is_gated
        self.is_causal = projection.is_causal
        self.guess = projection.guess
        self.sites: tuple[Site, ...] = ("post",) if projection.up is None else ("post", "pre")
        self.site: Site = check_site(name, site or "post", self.sites)
        self.n_ctx = context_length(config)
        self.n_parameters = sum(p.numel() for p in model.parameters())
        self.dtype = str(model.dtype).removeprefix("torch.")
        self.device = str(model.device)
        self.n_layers: int = config.get_text_config().num_hidden_layers

        self._model = model
        self._base = base
        if self.is_causal:  # else it is warned of a missing mask, which `_forward` does not need
            config.get_text_config().pad_token_id = None
        self._head: nn.Module | None = (
            model.get_output_embeddings() if self.is_causal else None  # type: ignore[no-untyped-call]
        )
        self._down = self._modules(projection.down)
        self._up = self._modules(projection.up) if projection.up else None
        self._norms = self._modules(projection.norm) if projection.norm else None
        self.d_mlp = self._width(getattr(config, "intermediate_size", None))
        self._prove(_rows(model))

    def run(
        self,
        ids: torch.Tensor,
        lengths: Sequence[int],
        visit: Callable[[int, torch.Tensor], None],
        layers: Sequence[int] | None = None,
    ) -> None:
        """Run the model and hand over each wanted layer's activations, in layer order.

        Args and guarantees are those of `LanguageModel.run`.
        """
        wanted = list(range(self.n_layers) if layers is None else layers)
        if not wanted:
            return

        def take(layer: int, activations: torch.Tensor) -> None:
            # OPT and others hand over [segments * tokens, neurons].
            shaped = activations.detach().reshape(*ids.shape, self.d_mlp)
            visit(layer, shaped.float().contiguous())
            if layer == wanted[-1]:
                raise _LastLayerSeen

        handles = [self._hook(layer, take) for layer in wanted]
        try:
            self._forward(ids, lengths)
        except _LastLayerSeen:
            pass
        finally:
            for handle in handles:
                handle.remove()

    @torch.no_grad()
    def logits(
        self,
        ids: torch.Tensor,
        lengths: Sequence[int],
        replace: Mapping[int, Edit] | None = None,
        at: Sequence[int] | None = None,
    ) -> torch.Tensor:
        """Run the model to its prediction of the next token, with neurons replaced.

        Args, guarantees and errors are those of `LanguageModel.logits`.
        """
        if self._head is None:
            raise NoNextToken(self.name)

        def edited(activations: torch.Tensor, edit: Edit) -> torch.Tensor:
            # OPT and others hand over [segments * tokens, neurons].
            shaped = activations.float().reshape(*ids.shape, self.d_mlp).clone()
            return edit(shaped).to(activations.dtype).reshape(activations.shape)

        handles = [self._edit_hook(layer, edit, edited) for layer, edit in (replace or {}).items()]
        rows, columns = torch.arange(len(ids)), torch.tensor([] if at is None else list(at))
        if at is not None:  # the head is the larger part of a small model
            handles.append(
                self._head.register_forward_pre_hook(
                    lambda _m, x: (x[0].reshape(*ids.shape, -1)[rows, columns][:, None], *x[1:])
                )
            )
        try:
            logits: torch.Tensor = self._model(input_ids=ids.to(self.device)).logits
        finally:
            for handle in handles:
                handle.remove()
        return logits.float() if at is None else logits[:, 0].float()

    def out_weights(self, layer: int) -> torch.Tensor:
        """Give the rows that each neuron writes to the residual stream, float32 [d_mlp, d_model].

        Where the MLP's output is normalised before it is added (Gemma 2 and 3, OLMo 2 and 3,
        GLM-4), that norm's scale is included, its division by the root mean square is not.
        """
        weights = matrix(self._down[layer])
        if self._norms is None:
            return weights
        scale, _ = measure_norm(self._norms[layer], weights.shape[1], weights.device)
        return weights * scale

    def untrained(self, seed: int = 0) -> HFModel:
        """See `LanguageModel.untrained`."""
        generator = torch.Generator().manual_seed(seed)
        model = copy.deepcopy(self._model)
        with torch.no_grad():
            for weight in model.parameters():
                weight.copy_(dealt_anew(weight, generator))
        return HFModel(
            model,
            self.tokenizer,
            name=f"untrained {self.name}",
            source=self.source,
            revision=self.revision,
            weights_hash=f"untrained {seed} {self.weights_hash}",
            site=self.site,
        )

    def unembedding(self) -> torch.Tensor | None:
        """Give W_U behind the final norm's scale, float32 [d_model, d_vocab]; None for encoders.

        Constant factors and monotone caps of the logits (Cohere, Granite, Gemma 2) are left
        out. Also None where more than a norm lies before the head (opt-350m) and where the
        norm is under no known name: no numbers are better than wrong ones.
        """
        if self._head is None:
            return None
        unembedding = cast(torch.Tensor, self._head.weight).detach().float().T
        d_model = widths(self._down[0])[1]
        norm = self._final_norm()
        if len(unembedding) != d_model or norm is None:
            return None
        scale, centres = measure_norm(norm, d_model, unembedding.device)
        unembedding = unembedding * scale[:, None]
        if centres:
            unembedding = unembedding - unembedding.mean(dim=0)
        return unembedding.contiguous()

    def _modules(self, path: str) -> list[nn.Module]:
        return [self._base.get_submodule(path.format(layer=n)) for n in range(self.n_layers)]

    def _width(self, declared: object) -> int:
        found = sorted({widths(down)[0] for down in self._down})
        if len(found) > 1:
            raise ModelRefused(
                self.name, f"its layers differ in width ({found[0]:,} to {found[-1]:,} neurons)"
            )
        if isinstance(declared, int) and declared != found[0]:
            reason = (
                f"its configuration says {declared:,} neurons a layer, its MLPs have {found[0]:,}"
            )
            raise ModelRefused(self.name, reason)
        return found[0]

    def _hook(
        self, layer: int, take: Callable[[int, torch.Tensor], None]
    ) -> torch.utils.hooks.RemovableHandle:
        if self.site == "pre" and self._up is not None:
            return self._up[layer].register_forward_hook(lambda _m, _x, y: take(layer, y))
        return self._down[layer].register_forward_pre_hook(lambda _m, x: take(layer, x[0]))

    def _edit_hook(
        self, layer: int, edit: Edit, edited: Callable[[torch.Tensor, Edit], torch.Tensor]
    ) -> torch.utils.hooks.RemovableHandle:
        if self.site == "pre" and self._up is not None:
            return self._up[layer].register_forward_hook(lambda _m, _x, y: edited(y, edit))
        return self._down[layer].register_forward_pre_hook(
            lambda _m, x: (edited(x[0], edit), *x[1:])
        )

    @torch.no_grad()
    def _forward(self, ids: torch.Tensor, lengths: Sequence[int]) -> None:
        ids = ids.to(self.device)
        if self.is_causal:
            # Padding on the right comes after every token that counts: no mask is needed.
            self._base(input_ids=ids)
        else:
            positions = torch.arange(ids.shape[1], device=self.device)
            ends = torch.tensor(list(lengths), device=self.device)
            self._base(input_ids=ids, attention_mask=(positions < ends[:, None]).long())

    def _final_norm(self) -> nn.Module | None:
        stack = getattr(self._base, "decoder", self._base)  # OPT's layers are one level down
        found = (getattr(stack, name, None) for name in _FINAL_NORMS)
        return next((norm for norm in found if norm is not None), None)

    def _prove(self, n_rows: int) -> None:
        """Run one sentence and check that what is read is what the MLPs compute with."""
        words = self.tokenizer.tokenize(_SENTENCE).ids.tolist()
        sentence = [*self.tokenizer.prefix, *words, *self.tokenizer.suffix][: self.n_ctx]
        if max(sentence) >= n_rows:
            reason = f"its tokenizer gives id {max(sentence):,}, its vocabulary has {n_rows:,} rows"
            raise ModelRefused(self.name, reason)
        ids = torch.tensor([sentence, sentence])
        ids[1, -1] = 0 if sentence[-1] else 1

        layers = sorted({0, self.n_layers - 1})
        seen: dict[nn.Module, tuple[torch.Tensor, torch.Tensor]] = {}

        def record(
            module: nn.Module, inputs: tuple[torch.Tensor, ...], output: torch.Tensor
        ) -> None:
            # Falcon adds to the output in place.
            seen[module] = inputs[0].float().clone(), output.float().clone()

        watched = [m[n] for m in (self._down, self._up or []) for n in layers if m]
        handles = [module.register_forward_hook(record) for module in watched]
        try:
            self._forward(ids, [len(sentence)] * 2)
        finally:
            for handle in handles:
                handle.remove()

        for layer in layers:
            down = self._down[layer]
            if down not in seen:
                raise ModelRefused(self.name, f"the MLP of layer {layer} did not run")
            activations, output = seen[down]
            bias = getattr(down, "bias", None)
            expected = activations @ matrix(down) + (0 if bias is None else bias.detach().float())
            what = f"in layer {layer} the MLP's output is not activations @ W_out + b_out"
            self._check(expected, output, what)
            if self._up is not None:
                computed = ACT2FN[self.activation_function](seen[self._up[layer]][1])
                what = f"in layer {layer} the activations are not {self.activation_function}(pre)"
                self._check(computed, activations, what)
            if self.is_causal:
                first, second = activations.reshape(2, len(sentence), -1)[:, :-1]
                what = f"in layer {layer} a token's activations depend on the tokens after it"
                self._check(first, second, what)

    def _check(self, expected: torch.Tensor, actual: torch.Tensor, what: str) -> None:
        scale = float(expected.abs().max()) or 1.0
        error = float((expected - actual).abs().max()) / scale
        if not error <= _TOLERANCE[self.dtype]:  # also refuses NaN
            raise ModelRefused(self.name, f"{what} (they differ by {error:.1g} of the largest)")


class _LastLayerSeen(Exception):
    """Ends a forward pass from inside a hook."""


def _check_kind(folder: Path, name: str) -> None:
    """Refuse what `transformers` does not know, before it says so in its own words."""
    config = read_config(folder)
    kind = config.get("model_type")
    if not isinstance(kind, str):
        raise NotAModel(str(folder), "its config.json names no model_type")
    if kind not in CONFIG_MAPPING:
        reason = (
            "it brings its own code, which lmscope never runs"
            if "auto_map" in config
            else f"transformers {transformers.__version__} does not know it"
        )
        raise UnsupportedArchitecture(name, kind, reason)
    if "quantization_config" in config:
        raise NotAModel(str(folder), "its weights are quantised; only .gguf files may be")


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep transformers' warnings and progress bars from the screen."""
    verbosity = logging.get_verbosity()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        with redirect_stderr(io.StringIO()):  # some of its bars have no switch
            yield
    finally:
        logging.set_verbosity(verbosity)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what the libraries raise for damaged files into one sentence."""
    try:
        yield
    except (NotAModel, UnsupportedArchitecture):
        raise
    except (
        OSError,
        ValueError,
        KeyError,
        RuntimeError,
        SafetensorError,
        pickle.UnpicklingError,
    ) as error:
        raise NotAModel(str(path), f"it cannot be loaded ({_first_line(error)})") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200].rstrip(".:")


def load_hf_tokenizer(folder: Path, *, gguf_file: str | None = None) -> Tokenizer:
    """Load the tokenizer of a model without its weights.

    Args:
        folder: As in `load_hf`.
        gguf_file: As in `load_hf`.

    Raises:
        NotAModel: If there is none, or it cannot be read.
        MissingExtra: For a .gguf file without the packages that read it.
    """
    gguf = _gguf(gguf_file)
    with _quietly(), _explained(folder / (gguf_file or "")):
        return _load_tokenizer(folder, gguf)


def _gguf(file: str | None) -> dict[str, Any]:
    """Give the argument by which transformers reads a .gguf file, if it can."""
    if file is None:
        return {}
    if find_spec("gguf") is None or find_spec("accelerate") is None:
        raise MissingExtra(extra="gguf", what="Reading .gguf files")
    return {"gguf_file": file}


def _load_tokenizer(folder: Path, gguf: dict[str, Any]) -> Tokenizer:
    """Read tokenizer.json, or have it made from older files; with what is put round a text."""
    path = folder / "tokenizer.json"
    if path.is_file() and not gguf:
        backend = read_backend(path)
    else:
        if not gguf and not any(folder.glob("vocab*")) and not any(folder.glob("*.model")):
            raise NotAModel(str(folder), "it has no tokenizer.json")
        try:
            made = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, **gguf)
        except Exception as error:  # the Rust library raises bare Exception
            reason = f"its tokenizer cannot be read ({_first_line(error)})"
            raise NotAModel(str(folder), reason) from error
        if not hasattr(made, "backend_tokenizer"):
            reason = "its tokenizer is written in Python; lmscope reads tokenizer.json"
            raise NotAModel(str(folder), reason)
        backend = made.backend_tokenizer
        if gguf:
            restore_digits(backend, folder / gguf["gguf_file"])
    return Tokenizer.from_backend(backend)


def restore_digits(backend: tokenizers.Tokenizer, gguf: Path) -> None:
    """Let every digit stand alone before anything else is cut, where a .gguf file asks for it.

    transformers ignores the file's ``tokenizer.ggml.pre``. For ``smollm`` that would cut blanks
    and line ends before a digit otherwise than in the model's training. Other values are left as
    transformers reads them.
    """
    from gguf import GGUFReader

    field = GGUFReader(gguf).fields.get("tokenizer.ggml.pre")
    if field is not None and field.contents() == "smollm":
        backend.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Digits(individual_digits=True),
                pre_tokenizers.ByteLevel(add_prefix_space=False),
            ]
        )


def _hash(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as opened:
            while block := opened.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _rows(model: transformers.PreTrainedModel) -> int:
    return len(cast(torch.Tensor, model.get_input_embeddings().weight))
