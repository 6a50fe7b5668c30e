"""Tiny random models of every architecture in the registry, saved to disk and loaded again."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gguf
import pytest
import tokenizers
import torch
import torch.nn.functional as F
from tokenizers import models, pre_tokenizers, processors
from torch import nn
from transformers import AutoConfig, AutoModel, AutoModelForCausalLM, PreTrainedModel
from transformers.pytorch_utils import Conv1D

from lmscope.errors import (
    MissingExtra,
    ModelRefused,
    NoNextToken,
    NotAModel,
    UnknownSite,
    UnsupportedArchitecture,
)
from lmscope.models import hf
from lmscope.models.hf import HFModel, load_hf
from lmscope.models.projections import PROJECTIONS
from lmscope.models.tokens import Tokenizer

D_MODEL, D_MLP, N_CTX = 16, 40, 80
BOS, CLS, SEP, PAD = "<s>", "[CLS]", "[SEP]", "<pad>"

USUAL = {
    "hidden_size": D_MODEL,
    "intermediate_size": D_MLP,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "max_position_embeddings": N_CTX,
}
GROUPED = USUAL | {"num_key_value_heads": 1, "head_dim": 8}
GPT2 = {"n_embd": D_MODEL, "n_inner": D_MLP, "n_layer": 2, "n_head": 2, "n_positions": N_CTX}
SIZES: dict[str, dict[str, Any]] = {
    "gpt2": GPT2,
    "gpt_bigcode": GPT2,
    "gptj": GPT2 | {"rotary_dim": 4},
    "codegen": GPT2 | {"rotary_dim": 4, "n_head": 4},
    "gpt_neo": {
        "hidden_size": D_MODEL,
        "intermediate_size": D_MLP,
        "num_layers": 2,
        "num_heads": 2,
        "attention_types": [[["global", "local"], 1]],
        "window_size": 4,
        "max_position_embeddings": N_CTX,
    },
    "gpt_neox": USUAL,
    "opt": {
        "hidden_size": D_MODEL,
        "word_embed_proj_dim": D_MODEL,
        "ffn_dim": D_MLP,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "max_position_embeddings": N_CTX,
    },
    "bloom": {"hidden_size": D_MODEL, "n_layer": 2, "n_head": 2},
    "falcon": {
        "hidden_size": D_MODEL,
        "ffn_hidden_size": D_MLP,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "alibi": True,
        "bias": True,
    },
    "mpt": {"d_model": D_MODEL, "n_heads": 2, "n_layers": 2},
    "phi": USUAL,
    "distilbert": {
        "dim": D_MODEL,
        "hidden_dim": D_MLP,
        "n_layers": 2,
        "n_heads": 2,
        "max_position_embeddings": N_CTX,
    },
    **dict.fromkeys(("bert", "electra", "roberta", "xlm-roberta", "modernbert"), USUAL),
}
KINDS = sorted(PROJECTIONS)
N_VOCAB = 261


def byte_tokenizer(*, encoder: bool) -> tokenizers.Tokenizer:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocab = {c: i for i, c in enumerate([PAD, BOS, CLS, SEP, *letters, "th"])}
    backend = tokenizers.Tokenizer(models.BPE(vocab, [("t", "h")]))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    backend.add_special_tokens([PAD, BOS, CLS, SEP])
    if encoder:
        backend.post_processor = processors.TemplateProcessing(
            single=f"{CLS} $A {SEP}", special_tokens=[(CLS, 2), (SEP, 3)]
        )
    return backend


def random_model(kind: str, **changes: Any) -> PreTrainedModel:
    sizes = {
        "vocab_size": N_VOCAB,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 3,
        **SIZES.get(kind, GROUPED),
        **changes,
    }
    torch.manual_seed(0)
    encoder = kind in PROJECTIONS and not PROJECTIONS[kind].is_causal
    family = AutoModel if encoder else AutoModelForCausalLM
    model: PreTrainedModel = family.from_config(AutoConfig.for_model(kind, **sizes))
    with torch.no_grad():
        for parameter in model.parameters():  # biases and norms too, which begin as 0 and 1
            parameter.add_(torch.randn_like(parameter) * 0.2)
    return model.eval()


def save(model: PreTrainedModel, folder: Path) -> Path:
    model.save_pretrained(folder)
    kind = model.config.model_type
    encoder = kind in PROJECTIONS and not PROJECTIONS[kind].is_causal
    byte_tokenizer(encoder=encoder).save(str(folder / "tokenizer.json"))
    return folder


Folders = Callable[[str], Path]


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """Save each architecture's model once."""
    root = tmp_path_factory.mktemp("models")

    def folder(kind: str) -> Path:
        path = root / kind
        return path if path.exists() else save(random_model(kind), path)

    return folder


def load(folder: Path, **options: Any) -> HFModel:
    return load_hf(folder, name=folder.name, source=str(folder), **options)


def activations(
    model: HFModel, ids: torch.Tensor, lengths: list[int], layers: list[int] | None = None
) -> dict[int, torch.Tensor]:
    seen: dict[int, torch.Tensor] = {}

    def visit(layer: int, values: torch.Tensor) -> None:
        assert layer not in seen
        assert values.is_contiguous()
        assert torch.float32 == values.dtype
        seen[layer] = values.clone()

    model.run(ids, lengths, visit, layers)
    return seen


def some_ids(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randint(4, N_VOCAB, shape, generator=torch.Generator().manual_seed(seed))


# --- every architecture ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_architecture_proves_itself_and_says_what_it_is(kind: str, folders: Folders) -> None:
    model = load(folders(kind))

    assert (kind, kind, None) == (model.name, model.architecture, model.guess)
    assert 2 == model.n_layers
    assert {"bloom": 64, "mpt": 64}.get(kind, D_MLP) == model.d_mlp
    assert PROJECTIONS[kind].is_causal == model.is_causal
    assert ("post", "float32", "cpu") == (model.site, model.dtype, model.device)
    assert "unknown" != model.activation_function
    around = ((), ()) if model.is_causal else ((2,), (3,))
    assert around == (model.tokenizer.prefix, model.tokenizer.suffix)
    assert (model.d_mlp, D_MODEL) == tuple(model.out_weights(1).shape)
    unembedding = model.unembedding()
    assert ((D_MODEL, N_VOCAB) if model.is_causal else None) == (
        unembedding if unembedding is None else tuple(unembedding.shape)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_padding_and_company_change_nothing(kind: str, folders: Folders) -> None:
    model = load(folders(kind))
    lengths = [5, 12, 9]
    ids = some_ids(3, 12)

    together = activations(model, ids, lengths)

    assert [0, 1] == list(together)
    for row, length in enumerate(lengths):
        alone = activations(model, ids[row : row + 1, :length], [length])
        for layer in (0, 1):
            torch.testing.assert_close(
                alone[layer][0], together[layer][row, :length], rtol=1e-4, atol=1e-5
            )


@pytest.mark.parametrize("kind", KINDS)
def test_the_numbers_are_those_of_the_ordinary_call_of_transformers(
    kind: str, folders: Folders
) -> None:
    transformer = random_model(kind)  # the same seed: the model that was saved
    ids = some_ids(2, 12)
    ids[1, 8:] = 0  # the id of padding, which RoBERTa looks for
    mask = torch.tensor([[1] * 12, [1] * 8 + [0] * 4])
    seen: list[torch.Tensor] = []
    down = transformer.base_model.get_submodule(PROJECTIONS[kind].down.format(layer=1))
    down.register_forward_pre_hook(lambda _m, x: seen.append(x[0].clone()))
    with torch.no_grad():
        transformer(input_ids=ids, attention_mask=mask)
    expected = seen[0].reshape(2, 12, -1)

    actual = activations(load(folders(kind)), ids, [12, 8])[1]

    torch.testing.assert_close(expected[0], actual[0], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(expected[1, :8], actual[1, :8], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_the_rule_finds_what_the_registry_knows_and_says_that_it_guessed(
    kind: str, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folders(kind)
    ids = some_ids(2, 9)
    known = activations(load(folder), ids, [9, 9])

    monkeypatch.delitem(PROJECTIONS, kind)
    model = load(folder)

    assert model.guess is not None
    assert f"{kind!r} is not in lmscope's registry" in model.guess
    for layer, values in activations(model, ids, [9, 9]).items():
        assert torch.equal(known[layer], values)


UNGATED = [kind for kind in KINDS if not PROJECTIONS[kind].is_gated]


@pytest.mark.parametrize("kind", UNGATED)
def test_the_activation_function_of_pre_is_post(kind: str, folders: Folders) -> None:
    from transformers.activations import ACT2FN

    ids = some_ids(2, 9)
    post = load(folders(kind))
    pre = load(folders(kind), site="pre")

    before, after = activations(pre, ids, [9, 9]), activations(post, ids, [9, 9])

    assert ("pre", ("post", "pre")) == (pre.site, pre.sites)
    for layer in (0, 1):
        computed = ACT2FN[pre.activation_function](before[layer])
        torch.testing.assert_close(after[layer], computed, rtol=1e-4, atol=1e-6)


# --- the numbers, computed another way ---------------------------------------------------------


def mlp_inputs(model: nn.Module, path: str, run: Callable[[], object]) -> torch.Tensor:
    seen: list[torch.Tensor] = []
    handle = model.get_submodule(path).register_forward_pre_hook(lambda _m, x: seen.append(x[0]))
    with torch.no_grad():
        run()
    handle.remove()
    return seen[0]


BY_HAND: dict[str, tuple[str, Callable[[nn.Module, torch.Tensor], torch.Tensor]]] = {
    "gpt2": (
        "transformer.h.1.mlp",
        lambda m, x: F.gelu(x @ m.c_fc.weight + m.c_fc.bias, approximate="tanh"),
    ),
    "llama": (
        "model.layers.1.mlp",
        lambda m, x: F.silu(x @ m.gate_proj.weight.T) * (x @ m.up_proj.weight.T),
    ),
    "gpt_neox": (
        "gpt_neox.layers.1.mlp",
        lambda m, x: F.gelu(x @ m.dense_h_to_4h.weight.T + m.dense_h_to_4h.bias),
    ),
    "opt": (
        "model.decoder.layers.1.fc1",
        lambda m, x: F.relu(x @ m.weight.T + m.bias).reshape(2, -1, D_MLP),
    ),
    "bert": (
        "encoder.layer.1.intermediate",
        lambda m, x: F.gelu(x @ m.dense.weight.T + m.dense.bias),
    ),
    "modernbert": (
        "layers.1.mlp",
        lambda m, x: F.gelu((x @ m.Wi.weight.T)[..., :D_MLP]) * (x @ m.Wi.weight.T)[..., D_MLP:],
    ),
    "phi3": (
        "model.layers.1.mlp",
        lambda m, x: (
            F.silu((x @ m.gate_up_proj.weight.T)[..., :D_MLP])
            * (x @ m.gate_up_proj.weight.T)[..., D_MLP:]
        ),
    ),
}


@pytest.mark.parametrize("kind", sorted(BY_HAND))
def test_activations_equal_the_formula_written_out(kind: str, folders: Folders) -> None:
    path, formula = BY_HAND[kind]
    ids = some_ids(2, 11)
    model = random_model(kind)  # the same seed: the model that was saved
    inputs = mlp_inputs(model, path, lambda: model(input_ids=ids))

    expected = formula(model.get_submodule(path), inputs)

    torch.testing.assert_close(
        expected, activations(load(folders(kind)), ids, [11, 11])[1], rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize(
    ("kind", "norm", "centres"),
    [
        ("gpt2", "transformer.ln_f", True),
        ("gpt_neox", "gpt_neox.final_layer_norm", True),
        ("opt", "model.decoder.final_layer_norm", True),
        ("nemotron", "model.norm", True),
        ("olmo", "model.norm", True),
        ("llama", "model.norm", False),
        ("gemma", "model.norm", False),
        ("gemma3_text", "model.norm", False),
    ],
)
def test_the_unembedding_gives_the_logits_up_to_the_norms_division(
    kind: str, norm: str, centres: bool, folders: Folders
) -> None:
    model = random_model(kind)
    residual = torch.randn(7, D_MODEL, generator=torch.Generator().manual_seed(2)) * 50
    final, head = model.get_submodule(norm), model.get_output_embeddings()
    with torch.no_grad():
        expected = head(final(residual)) - head(final(torch.zeros(1, D_MODEL)))

    unembedding = load(folders(kind)).unembedding()

    assert unembedding is not None
    if centres:
        torch.testing.assert_close(torch.zeros(N_VOCAB), unembedding.mean(0), rtol=0, atol=1e-5)
        residual = residual - residual.mean(-1, keepdim=True)
    spread = residual.pow(2).mean(-1, keepdim=True).sqrt()
    torch.testing.assert_close(expected, residual / spread @ unembedding, rtol=1e-3, atol=1e-3)


def test_a_norm_behind_the_mlp_scales_what_a_neuron_writes(folders: Folders) -> None:
    layer = random_model("gemma2").get_submodule("model.layers.1")

    expected = layer.mlp.down_proj.weight.T * (1 + layer.post_feedforward_layernorm.weight)

    torch.testing.assert_close(expected, load(folders("gemma2")).out_weights(1))


# --- running ------------------------------------------------------------------------------------


@pytest.mark.parametrize("site", ["post", "pre"])
def test_the_forward_pass_stops_at_the_last_wanted_layer(site: str) -> None:
    transformer = random_model("gpt2", n_layer=4)
    model = HFModel(
        transformer, Tokenizer(byte_tokenizer(encoder=False)), name="x", source="x", site=site
    )
    ran: list[str] = []
    for name, module in transformer.named_modules():
        module.register_forward_hook(lambda _m, _x, _y, name=name: ran.append(name))

    seen = activations(model, some_ids(1, 6), [6], layers=[0, 2])

    assert [0, 2] == list(seen)
    assert "transformer.h.1.mlp.c_proj" in ran
    assert "transformer.h.2.mlp.c_fc" in ran
    assert "transformer.h.2.mlp.c_proj" not in ran
    assert not any(name.startswith(("transformer.h.3", "lm_head")) for name in ran)


def test_no_layers_means_no_run(folders: Folders) -> None:
    assert {} == activations(load(folders("gpt2")), some_ids(1, 3), [3], layers=[])


def test_hooks_are_gone_after_a_visitor_raised(folders: Folders) -> None:
    model = load(folders("llama"))

    def interrupt(layer: int, values: torch.Tensor) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        model.run(some_ids(1, 3), [3], interrupt)

    assert [1] == list(activations(model, some_ids(1, 3), [3], layers=[1]))


def test_loading_twice_gives_the_same_bits_and_the_hash_is_that_of_the_weights(
    folders: Folders,
) -> None:
    folder = folders("gpt_neox")
    first, second = load(folder), load(folder)

    assert hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest() == (
        first.weights_hash
    )
    a, b = (activations(model, some_ids(2, 8), [8, 8]) for model in (first, second))
    assert all(torch.equal(a[layer], b[layer]) for layer in a)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_is_read_as_float32(dtype: str, folders: Folders) -> None:
    model = load(folders("llama"), dtype=dtype)

    seen = activations(model, some_ids(1, 5), [5])

    assert dtype == model.dtype
    exact = activations(load(folders("llama")), some_ids(1, 5), [5])
    torch.testing.assert_close(exact[0], seen[0], rtol=0.1, atol=0.1)


@pytest.mark.parametrize(
    ("kind", "n_ctx"), [("gpt2", N_CTX), ("roberta", N_CTX - 1), ("bloom", 2048), ("mpt", 2048)]
)
def test_the_context_is_what_the_model_can_read(kind: str, n_ctx: int, folders: Folders) -> None:
    model = load(folders(kind))

    assert n_ctx == model.n_ctx
    if n_ctx < 2048:
        seen = activations(model, some_ids(1, n_ctx), [n_ctx], layers=[0])
        assert (1, n_ctx, D_MLP) == tuple(seen[0].shape)


# --- refusals -----------------------------------------------------------------------------------


def test_pre_of_a_gated_mlp_is_refused(folders: Folders) -> None:
    with pytest.raises(UnknownSite, match=r"llama has no site 'pre'. Sites: post\."):
        load(folders("llama"), site="pre")


MIXTURE = {"num_local_experts": 4, "num_experts_per_tok": 2}


@pytest.mark.parametrize(
    ("kind", "sizes", "reason"),
    [
        ("mixtral", GROUPED | MIXTURE, "mixtures of experts"),
        ("qwen3_moe", GROUPED | {"num_experts": 4, "moe_intermediate_size": 8}, "mixtures of exp"),
        ("mamba", {"hidden_size": 16, "num_hidden_layers": 2, "state_size": 4}, "state-space"),
        ("t5", {"d_model": 16, "d_ff": 40, "num_layers": 2, "num_heads": 2}, "two stacks"),
    ],
)
def test_a_model_without_one_projection_is_refused_with_the_reason(
    kind: str, sizes: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    AutoConfig.for_model(kind, vocab_size=N_VOCAB, **sizes).save_pretrained(tmp_path)
    (tmp_path / "model.safetensors").touch()

    with pytest.raises(UnsupportedArchitecture, match=reason):
        load(tmp_path)


def test_an_mlp_as_narrow_as_the_stream_cannot_be_guessed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save(random_model("llama", intermediate_size=D_MODEL), tmp_path / "narrow")
    assert D_MODEL == load(folder).d_mlp

    monkeypatch.delitem(PROJECTIONS, "llama")
    with pytest.raises(UnsupportedArchitecture, match="no module looks like an MLP's down proj"):
        load(folder)


def edit_config(folder: Path, **changes: Any) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


@pytest.fixture
def gpt2(folders: Folders, tmp_path: Path) -> Path:
    """A copy that may be damaged."""
    return shutil.copytree(folders("gpt2"), tmp_path / "gpt2")


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("config.json", "it has no config.json"),
        ("model.safetensors", r"it has no weights \(model.safetensors\)"),
        ("tokenizer.json", "it has no tokenizer.json"),
    ],
)
def test_a_missing_file_is_named(file: str, reason: str, gpt2: Path) -> None:
    (gpt2 / file).unlink()

    with pytest.raises(NotAModel, match=reason):
        load(gpt2)


@pytest.mark.parametrize("file", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_damaged_file_is_no_traceback(file: str, gpt2: Path) -> None:
    (gpt2 / file).write_bytes(b"{ not what it should be")

    with pytest.raises(NotAModel, match="is not a model: it"):
        load(gpt2)


def test_weights_that_are_missing_are_not_made_up(gpt2: Path) -> None:
    edit_config(gpt2, n_layer=3)

    with pytest.raises(
        ModelRefused, match=r"its files lack transformer\.h\.2\.\S+ and 11 more weights"
    ):
        load(gpt2)


def test_weights_of_another_shape_are_refused(gpt2: Path) -> None:
    edit_config(gpt2, n_inner=56)

    with pytest.raises(NotAModel, match="it cannot be loaded"):
        load(gpt2)


def test_another_activation_function_than_the_configured_one_is_noticed(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hf, "activation_name", lambda config: "relu")

    with pytest.raises(ModelRefused, match=r"in layer 0 the activations are not relu\(pre\)"):
        load(folders("gpt2"))


def test_a_causal_architecture_that_sees_the_future_is_noticed() -> None:
    transformer = random_model("llama", attn_implementation="eager")
    for layer in transformer.model.layers:
        attend = layer.self_attn.forward
        layer.self_attn.forward = lambda *a, f=attend, **kw: f(*a, **kw | {"attention_mask": None})

    with pytest.raises(ModelRefused, match="depend on the tokens after it"):
        HFModel(transformer, Tokenizer(byte_tokenizer(encoder=False)), name="x", source="x")


def test_layers_of_different_widths_are_refused() -> None:
    transformer = random_model("gpt_neox")
    transformer.gpt_neox.layers[1].mlp.dense_4h_to_h = nn.Linear(D_MLP + 8, D_MODEL)

    with pytest.raises(ModelRefused, match=r"its layers differ in width \(40 to 48 neurons\)"):
        HFModel(transformer, Tokenizer(byte_tokenizer(encoder=False)), name="x", source="x")


def test_a_tokenizer_of_another_model_is_noticed(tmp_path: Path) -> None:
    folder = save(random_model("llama", vocab_size=64), tmp_path / "llama")

    with pytest.raises(ModelRefused, match=r"its tokenizer gives id \d+, its vocabulary has 64"):
        load(folder)


def test_code_that_comes_with_a_model_never_runs(gpt2: Path) -> None:
    (gpt2 / "modeling.py").write_text("raise SystemExit('it ran')")
    edit_config(gpt2, model_type="own_invention", auto_map={"AutoConfig": "modeling.Config"})

    with pytest.raises(UnsupportedArchitecture, match="its own code, which lmscope never runs"):
        load(gpt2)


def test_an_architecture_that_transformers_does_not_know_is_said_so(gpt2: Path) -> None:
    edit_config(gpt2, model_type="own_invention")

    with pytest.raises(UnsupportedArchitecture, match=r"transformers \d\S+ does not know it"):
        load(gpt2)


class Trap:
    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return Path.touch, (Path("sprung"),)


def test_older_weights_load_but_their_pickles_run_nothing(
    folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = shutil.copytree(folders("gpt2"), tmp_path / "older")
    (folder / "model.safetensors").unlink()
    weights = folder / "pytorch_model.bin"
    torch.save(random_model("gpt2").state_dict(), weights)
    expected = activations(load(folders("gpt2")), some_ids(1, 5), [5])

    assert torch.equal(expected[1], activations(load(folder), some_ids(1, 5), [5])[1])

    torch.save({"transformer.wte.weight": Trap()}, weights)
    with pytest.raises(NotAModel, match="it cannot be loaded"):
        load(folder)
    assert not Path("sprung").exists()


def test_a_model_in_several_files_is_hashed_in_the_order_of_their_names(tmp_path: Path) -> None:
    folder = tmp_path / "sharded"
    random_model("gpt2").save_pretrained(folder, max_shard_size="10KB")
    byte_tokenizer(encoder=False).save(str(folder / "tokenizer.json"))
    shards = sorted(folder.glob("model-*.safetensors"))

    assert len(shards) > 1
    whole = b"".join(shard.read_bytes() for shard in shards)
    assert hashlib.sha256(whole).hexdigest() == load(folder).weights_hash

    shards[0].unlink()
    with pytest.raises(NotAModel, match="it cannot be loaded"):
        load(folder)


def test_quantised_weights_are_refused(gpt2: Path) -> None:
    edit_config(gpt2, quantization_config={"quant_method": "gptq", "bits": 4})

    with pytest.raises(NotAModel, match="its weights are quantised"):
        load(gpt2)


# --- tokenizers -----------------------------------------------------------------------------------


def test_a_tokenizer_in_its_older_files_is_read(gpt2: Path) -> None:
    vocab = byte_tokenizer(encoder=False).get_vocab()
    (gpt2 / "tokenizer.json").unlink()
    (gpt2 / "vocab.json").write_text(json.dumps(vocab | {"<|endoftext|>": len(vocab)}))
    (gpt2 / "merges.txt").write_text("#version: 0.2\nt h\n")

    model = load(gpt2)

    assert ["th", "e"] == model.tokenizer.tokenize("the").pieces()
    assert () == model.tokenizer.prefix


# --- .gguf ----------------------------------------------------------------------------------------


@pytest.fixture
def llama_gguf(tmp_path: Path) -> Iterator[tuple[PreTrainedModel, Path]]:
    """A llama written by hand in the layout of llama.cpp, and the model that it came from."""
    model = random_model("llama", num_key_value_heads=2, rms_norm_eps=1e-5)
    path = tmp_path / "tiny.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(2)
    writer.add_context_length(N_CTX)
    writer.add_embedding_length(D_MODEL)
    writer.add_feed_forward_length(D_MLP)
    writer.add_head_count(2)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(8)
    writer.add_rope_freq_base(10_000.0)
    writer.add_vocab_size(N_VOCAB)
    vocab = byte_tokenizer(encoder=False).get_vocab()
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(sorted(vocab, key=vocab.__getitem__))
    writer.add_token_types([gguf.TokenType.CONTROL] * 4 + [gguf.TokenType.NORMAL] * 257)
    writer.add_token_merges(["t h"])
    writer.add_add_bos_token(True)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(3)
    short = {
        "self_attn.q_proj": "attn_q",
        "self_attn.k_proj": "attn_k",
        "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output",
        "mlp.gate_proj": "ffn_gate",
        "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down",
        "input_layernorm": "attn_norm",
        "post_attention_layernorm": "ffn_norm",
    }
    whole = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
    for key, tensor in model.state_dict().items():
        module = key.removesuffix(".weight")
        weights = tensor.numpy()
        if module in whole:
            written = whole[module]
        else:
            _, _, layer, part = module.split(".", 3)
            written = f"blk.{layer}.{short[part]}"
            if short[part] in ("attn_q", "attn_k"):  # llama.cpp interleaves the rotary halves
                weights = weights.reshape(2, 2, 4, D_MODEL).swapaxes(1, 2).reshape(D_MODEL, D_MODEL)
        writer.add_tensor(f"{written}.weight", weights.copy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    yield model, path


def test_a_gguf_file_gives_the_activations_of_the_model_it_was_made_of(
    llama_gguf: tuple[PreTrainedModel, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    original, path = llama_gguf
    ids = some_ids(2, 10)

    model = load(path.parent, gguf_file=path.name)

    assert ("llama", D_MLP, 2, N_CTX) == (
        model.architecture,
        model.d_mlp,
        model.n_layers,
        model.n_ctx,
    )
    assert hashlib.sha256(path.read_bytes()).hexdigest() == model.weights_hash
    assert ((1,), ["th", "e"]) == (model.tokenizer.prefix, model.tokenizer.tokenize("the").pieces())
    tokenizer = Tokenizer(byte_tokenizer(encoder=False))
    expected = activations(HFModel(original, tokenizer, name="x", source="x"), ids, [10, 10])
    for layer, values in activations(model, ids, [10, 10]).items():
        torch.testing.assert_close(expected[layer], values, rtol=1e-4, atol=1e-5)
    alone = hf.load_hf_tokenizer(path.parent, gguf_file=path.name)
    assert (model.tokenizer.hash, (1,)) == (alone.hash, alone.prefix)
    assert ("", "") == capsys.readouterr()


def test_a_gguf_file_needs_its_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hf, "find_spec", lambda name: None)

    with pytest.raises(MissingExtra, match=r'pip install "lmscope\[gguf\]"'):
        load(tmp_path, gguf_file="tiny.gguf")


def test_a_file_that_only_ends_in_gguf_is_no_model(tmp_path: Path) -> None:
    noise = random.Random(0).randbytes(4096)
    (tmp_path / "noise.gguf").write_bytes(noise)

    with pytest.raises(NotAModel, match=r"noise.gguf is not a model: it cannot be loaded"):
        load(tmp_path, gguf_file="noise.gguf")


def test_a_folder_with_only_a_gguf_file_says_to_give_the_file(tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf").touch()

    with pytest.raises(NotAModel, match=r"no config\.json, but tiny\.gguf: give that file"):
        load(tmp_path)


# --- logits, and neurons replaced ------------------------------------------------------------

CAUSAL = [kind for kind in KINDS if PROJECTIONS[kind].is_causal]


@pytest.mark.parametrize("kind", CAUSAL)
def test_logits_are_those_of_transformers_own_call(kind: str, folders: Folders) -> None:
    model = load(folders(kind))
    ids = some_ids(2, 12)
    with torch.no_grad():
        expected = random_model(kind)(input_ids=ids).logits

    every = model.logits(ids, [12, 12])

    assert torch.float32 == every.dtype
    torch.testing.assert_close(expected, every, rtol=1e-4, atol=1e-5)
    some = model.logits(ids, [12, 12], at=[3, 11])
    torch.testing.assert_close(expected[[0, 1], [3, 11]], some, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", CAUSAL)
def test_a_neuron_set_to_zero_is_a_neuron_whose_output_weights_are_zero(
    kind: str, folders: Folders
) -> None:
    """Computed another way: the weights are changed in place of the activation."""
    neuron, ids = 7, some_ids(2, 9)
    transformer = random_model(kind)
    down = transformer.base_model.get_submodule(PROJECTIONS[kind].down.format(layer=0))
    with torch.no_grad():
        across = down.weight if isinstance(down, Conv1D) else down.weight.T
        across[neuron] = 0.0
        expected = transformer(input_ids=ids).logits

    def edit(values: torch.Tensor) -> torch.Tensor:
        values[..., neuron] = 0.0
        return values

    model = load(folders(kind))
    actual = model.logits(ids, [9, 9], {0: edit})

    torch.testing.assert_close(expected, actual, rtol=1e-4, atol=1e-5)
    assert not torch.equal(model.logits(ids, [9, 9]), actual)
    model.run(ids, [9, 9], lambda _layer, _values: None)  # no hook is left behind
    torch.testing.assert_close(
        model.logits(ids, [9, 9]), random_model(kind)(input_ids=ids).logits, rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("kind", [kind for kind in UNGATED if kind in CAUSAL])
def test_a_replaced_preactivation_goes_through_the_activation_function(
    kind: str, folders: Folders
) -> None:
    from transformers.activations import ACT2FN

    ids = some_ids(2, 9)
    pre, post = load(folders(kind), site="pre"), load(folders(kind))
    active = float(ACT2FN[pre.activation_function](torch.tensor(0.75)))

    def put(value: float) -> Callable[[torch.Tensor], torch.Tensor]:
        def edit(values: torch.Tensor) -> torch.Tensor:
            values[1, 4, 7] = value
            return values

        return edit

    expected = post.logits(ids, [9, 9], {1: put(active)})
    actual = pre.logits(ids, [9, 9], {1: put(0.75)})

    torch.testing.assert_close(expected, actual, rtol=1e-4, atol=1e-5)
    assert torch.equal(pre.logits(ids, [9, 9])[0], actual[0])


def test_an_encoder_predicts_no_next_token(folders: Folders) -> None:
    with pytest.raises(NoNextToken, match="bert is an encoder: it predicts no next token"):
        load(folders("bert")).logits(some_ids(1, 5), [5])
