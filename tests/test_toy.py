from __future__ import annotations

import hashlib
import json
import math
import os

import pytest
import tokenizers
import torch
from safetensors.torch import save_file
from tokenizers import models, pre_tokenizers

from lmscope.errors import (
    BadOption,
    ModelRefused,
    NoNeurons,
    NotAModel,
    TextTooLong,
    UnknownSite,
    UnsupportedArchitecture,
)
from lmscope.models.files import is_toy_config
from lmscope.models.toy import load_toy

D, F, H, E, CTX, VOCAB = 16, 24, 2, 6, 32, 258

CONFIG = {
    "d_model": D,
    "d_mlp": F,
    "n_heads": H,
    "d_head": E,
    "n_layers": 2,
    "n_ctx": CTX,
    "d_vocab": VOCAB,
    "act_fn": "solu_ln",
    "attn_only": False,
    "normalization": "LN",
    "final_rms": False,
    "shortformer_pos": False,
    "tokenizer_name": "NeelNanda/gpt-neox-tokenizer-digits",
}

BOS = 256


def random_weights(config, seed=0):
    """One random tensor for each key of the published layout, written out by hand."""
    shapes = {"embed.W_E": (VOCAB, D), "pos_embed.W_pos": (CTX, D)}
    for i in range(config["n_layers"]):
        shapes |= {
            f"blocks.{i}.ln1.w": (D,),
            f"blocks.{i}.ln1.b": (D,),
            f"blocks.{i}.attn.W_Q": (H, D, E),
            f"blocks.{i}.attn.W_K": (H, D, E),
            f"blocks.{i}.attn.W_V": (H, D, E),
            f"blocks.{i}.attn.b_Q": (H, E),
            f"blocks.{i}.attn.b_K": (H, E),
            f"blocks.{i}.attn.b_V": (H, E),
            f"blocks.{i}.attn.W_O": (H, E, D),
            f"blocks.{i}.attn.b_O": (D,),
            f"blocks.{i}.ln2.w": (D,),
            f"blocks.{i}.ln2.b": (D,),
            f"blocks.{i}.mlp.W_in": (D, F),
            f"blocks.{i}.mlp.b_in": (F,),
            f"blocks.{i}.mlp.W_out": (F, D),
            f"blocks.{i}.mlp.b_out": (D,),
        }
        if config["act_fn"] == "solu_ln":
            shapes |= {f"blocks.{i}.mlp.ln.w": (F,), f"blocks.{i}.mlp.ln.b": (F,)}
    shapes |= {"ln_final.w": (D,), "ln_final.b": (D,), "unembed.W_U": (D, VOCAB)}
    if config["normalization"] != "LN":
        shapes = {key: shape for key, shape in shapes.items() if "ln" not in key}

    generator = torch.Generator().manual_seed(seed)
    weights = {key: torch.randn(shape, generator=generator) for key, shape in shapes.items()}
    weights["unembed.b_U"] = torch.zeros(VOCAB)
    weights["blocks.0.attn.mask"] = torch.ones(CTX, CTX).tril().bool()
    weights["blocks.0.attn.IGNORE"] = torch.tensor(-1e5)
    return weights


@pytest.fixture
def write(tmp_path):
    """Write a checkpoint into a folder; options change its config, `weights` its tensors."""

    def write_folder(weights=None, **options):
        config = CONFIG | options
        letters = sorted(pre_tokenizers.ByteLevel.alphabet())
        backend = tokenizers.Tokenizer(models.BPE({c: i for i, c in enumerate(letters)}, []))
        backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        backend.add_special_tokens(["<|BOS|>", "<|endoftext|>"])
        backend.save(str(tmp_path / "tokenizer.json"))
        (tmp_path / "config.json").write_text(json.dumps(config))
        torch.save(weights or random_weights(config), tmp_path / "model_final.pth")
        return tmp_path

    return write_folder


def load(folder, **options):
    return load_toy(folder, **{"name": "tiny", "source": str(folder), "revision": None} | options)


def read(model, ids, lengths=None, layers=None):
    """Run the model and keep what it hands over, by layer."""
    seen = {}
    ids = torch.tensor(ids)
    model.run(
        ids,
        lengths or [ids.shape[1]] * len(ids),
        lambda layer, values: seen.__setitem__(layer, values.clone()),
        layers,
    )
    return seen


# --- the oracle: the published formulas, one position and one head at a time, in float64 ----


def oracle(weights, config, ids):
    """Give per layer a dictionary of pre, mid (SoLU only) and post, float64 [n_tokens, d_mlp]."""
    w = {key: value.double() for key, value in weights.items()}

    def norm(x, key):
        mean = sum(x) / len(x)
        variance = sum((x - mean) ** 2) / len(x)
        x = (x - mean) / math.sqrt(variance + 1e-5)
        return x * w[f"{key}.w"] + w[f"{key}.b"] if f"{key}.w" in w else x

    def block_norm(x, key):
        return x if config["normalization"] is None else norm(x, key)

    def act(pre):
        if config["act_fn"] in ("solu_ln", "solu"):
            odds = torch.tensor([math.exp(v) for v in pre.tolist()]).double()
            return pre * odds / odds.sum()
        if config["act_fn"] == "relu":
            return torch.tensor([max(v, 0.0) for v in pre.tolist()]).double()
        if config["act_fn"] == "gelu_new":
            inner = [math.sqrt(2 / math.pi) * (v + 0.044715 * v**3) for v in pre.tolist()]
            return pre * torch.tensor([(1 + math.tanh(v)) / 2 for v in inner]).double()
        return pre * torch.tensor([(1 + math.erf(v / math.sqrt(2))) / 2 for v in pre]).double()

    positions = w["pos_embed.W_pos"]
    moved = not config["shortformer_pos"]
    stream = [w["embed.W_E"][i] + (positions[t] if moved else 0) for t, i in enumerate(ids)]
    layers = []
    for i in range(config["n_layers"]):
        content = [block_norm(x, f"blocks.{i}.ln1") for x in stream]
        steering = [x + (0 if moved else positions[t]) for t, x in enumerate(content)]
        after = [x + w[f"blocks.{i}.attn.b_O"] for x in stream]
        for h in range(config["n_heads"]):

            def head(xs, letter, i=i, h=h):
                matrix, bias = w[f"blocks.{i}.attn.W_{letter}"], w[f"blocks.{i}.attn.b_{letter}"]
                return [torch.einsum("d,de->e", x, matrix[h]) + bias[h] for x in xs]

            q, k, v = head(steering, "Q"), head(steering, "K"), head(content, "V")
            for t in range(len(ids)):
                odds = [math.exp(q[t] @ k[s] / math.sqrt(config["d_head"])) for s in range(t + 1)]
                mixed = sum(o * v[s] for s, o in enumerate(odds)) / sum(odds)
                after[t] = after[t] + mixed @ w[f"blocks.{i}.attn.W_O"][h]
        sites = {"pre": [], "mid": [], "post": []}
        for t, x in enumerate(after):
            pre = block_norm(x, f"blocks.{i}.ln2") @ w[f"blocks.{i}.mlp.W_in"]
            pre = pre + w[f"blocks.{i}.mlp.b_in"]
            mid = act(pre)
            post = norm(mid, f"blocks.{i}.mlp.ln") if config["act_fn"] == "solu_ln" else mid
            stream[t] = x + post @ w[f"blocks.{i}.mlp.W_out"] + w[f"blocks.{i}.mlp.b_out"]
            for site, value in zip(sites, (pre, mid, post), strict=True):
                sites[site].append(value)
        layers.append({site: torch.stack(values) for site, values in sites.items()})
    return layers


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"act_fn": "gelu"},
        {"act_fn": "gelu_new"},
        {"act_fn": "relu"},
        {"act_fn": "solu"},
        {"shortformer_pos": True},
        {"final_rms": True},
        {"normalization": "LNPre"},
        {"normalization": None, "act_fn": "gelu"},
        {"n_layers": 1},
    ],
    ids=str,
)
def test_every_variant_equals_the_formulas(write, options):
    config = CONFIG | options
    weights = random_weights(config)
    # Without LayerNorms nothing tames random weights, and exp() of the scores would overflow.
    scale = 1.0 if config["normalization"] else 0.2
    weights = {key: w * scale if w.is_floating_point() else w for key, w in weights.items()}
    folder = write(weights, **options)
    ids = [BOS, 3, 141, 59, 26, 5, 35]
    expected = oracle(weights, config, ids)

    for site in load(folder).sites:
        seen = read(load(folder, site=site), [ids])
        assert list(range(config["n_layers"])) == list(seen)
        for layer, values in seen.items():
            assert (1, len(ids), F) == values.shape
            assert torch.float32 == values.dtype
            truth = expected[layer][site]
            assert (values[0].double() - truth).abs().max() <= 2e-5 * truth.abs().max()


def test_mid_is_x_times_softmax_and_post_is_its_layer_norm(write):
    folder = write()
    ids = [[BOS, 10, 20, 30]]
    pre, mid, post = (read(load(folder, site=site), ids)[1] for site in ("pre", "mid", "post"))
    weights = random_weights(CONFIG)
    scale, shift = weights["blocks.1.mlp.ln.w"], weights["blocks.1.mlp.ln.b"]

    torch.testing.assert_close(pre * torch.softmax(pre, -1), mid)
    torch.testing.assert_close(
        (mid - mid.mean(-1, keepdim=True))
        / (mid.var(-1, correction=0, keepdim=True) + 1e-5).sqrt()
        * scale
        + shift,
        post,
        rtol=1e-5,
        atol=1e-5,
    )


def test_what_lies_beyond_a_segments_length_changes_nothing(write):
    model = load(write())
    short = read(model, [[BOS, 1, 2, 3]])
    padded = read(model, [[BOS, 1, 2, 3, 99, 98], [BOS, 9, 8, 7, 6, 5]], [4, 6])
    other = read(model, [[BOS, 1, 2, 3, 0, 0], [BOS, 9, 8, 7, 6, 5]], [4, 6])

    for layer in range(2):
        torch.testing.assert_close(short[layer][0], padded[layer][0, :4])
        assert torch.equal(padded[layer][0, :4], other[layer][0, :4])


def test_only_the_wanted_layers_are_handed_over(write):
    model = load(write())

    assert [1] == list(read(model, [[BOS, 1]], layers=[1]))
    assert [] == list(read(model, [[BOS, 1]], layers=[]))


def test_nothing_runs_after_the_last_wanted_layer(write):
    model = load(write())
    unread = ("blocks.0.mlp.W_out", "blocks.1.", "unembed.", "ln_final.")
    model.weights = {key: w for key, w in model.weights.items() if not key.startswith(unread)}

    assert [0] == list(read(model, [[BOS, 1, 2]], layers=[0]))


def test_a_model_says_what_it_is(write):
    folder = write()
    model = load(folder, source="NeelNanda/SoLU_2L", revision="abc")
    weights = random_weights(CONFIG)

    assert ("tiny", "NeelNanda/SoLU_2L", "abc") == (model.name, model.source, model.revision)
    assert ("toy", "solu_ln", None) == (model.architecture, model.activation_function, model.guess)
    assert (2, F, CTX) == (model.n_layers, model.d_mlp, model.n_ctx)
    assert ("mid", ("mid", "post", "pre")) == (model.site, model.sites)
    assert ("float32", "cpu") == (model.dtype, model.device)
    assert (False, True) == (model.is_gated, model.is_causal)
    file = (folder / "model_final.pth").read_bytes()
    assert hashlib.sha256(file).hexdigest() == model.weights_hash
    buffers = ("mask", "IGNORE")
    assert model.n_parameters == sum(
        w.numel() for key, w in weights.items() if not key.endswith(buffers)
    )


def test_a_gelu_model_has_no_mid(write):
    folder = write(act_fn="gelu")

    assert ("post", ("post", "pre")) == (load(folder).site, load(folder).sites)
    with pytest.raises(UnknownSite, match="tiny has no site 'mid': only SoLU models do"):
        load(folder, site="mid")


def test_the_beginning_of_text_goes_before_every_segment(write):
    tokenizer = load(write()).tokenizer

    assert (BOS,) == tokenizer.prefix
    assert frozenset({BOS, BOS + 1}) == tokenizer.special_ids
    assert BOS not in tokenizer.tokenize("<|BOS|>").ids


def test_out_weights_are_the_rows_of_w_out(write):
    weights = random_weights(CONFIG)

    assert torch.equal(weights["blocks.1.mlp.W_out"], load(write(weights)).out_weights(1))


@pytest.mark.parametrize(
    ("options", "is_centred", "is_scaled"),
    [
        ({}, True, True),
        ({"final_rms": True}, False, True),
        ({"normalization": "LNPre"}, True, False),
        ({"normalization": None}, False, False),
    ],
    ids=str,
)
def test_the_unembedding_is_seen_through_the_final_norm(write, options, is_centred, is_scaled):
    weights = random_weights(CONFIG | options)
    expected = weights["unembed.W_U"].clone()
    if is_scaled:
        expected = torch.diag(weights["ln_final.w"]) @ expected
    if is_centred:
        expected = (torch.eye(D) - torch.ones(D, D) / D) @ expected

    torch.testing.assert_close(expected, load(write(weights, **options)).unembedding())


@pytest.mark.parametrize(("dtype", "tolerance"), [("bfloat16", 0.1), ("float16", 0.02)])
def test_half_precision_hands_over_float32_close_to_the_truth(write, dtype, tolerance):
    folder = write()
    model = load(folder, dtype=dtype)
    rough, fine = read(model, [[BOS, 1, 2]])[0], read(load(folder), [[BOS, 1, 2]])[0]

    assert dtype == model.dtype
    assert torch.float32 == rough.dtype
    assert torch.float32 == model.out_weights(0).dtype
    assert (rough - fine).abs().max() < tolerance * fine.abs().max()


def test_a_safetensors_file_holds_the_same_weights(write):
    folder = write()
    expected = read(load(folder), [[BOS, 1, 2]])[1]
    (folder / "model_final.pth").unlink()
    save_file(random_weights(CONFIG), folder / "model.safetensors")

    assert torch.equal(expected, read(load(folder), [[BOS, 1, 2]])[1])


def test_a_missing_output_bias_does_not_matter(write):
    weights = random_weights(CONFIG)
    del weights["unembed.b_U"]

    assert 2 == load(write(weights)).n_layers


@pytest.mark.parametrize("n_layers", [2, 8, 10])
def test_the_first_generation_of_checkpoints_is_turned_round(write, n_layers):
    config = CONFIG | {"n_layers": n_layers}
    weights = random_weights(config)
    expected = read(load(write(weights, n_layers=n_layers)), [[BOS, 1, 2]])

    old = {}
    for key, w in weights.items():
        if key == "pos_embed.W_pos" and n_layers in (2, 8):
            w = w.T.contiguous()
        elif ".W_" in key and key != "pos_embed.W_pos" and n_layers == 2:
            w = w.transpose(-1, -2).contiguous()
        new = (
            key.replace("ln_final", "norm").replace(".ln1.", ".norm1.").replace(".ln2.", ".norm2.")
        )
        old[new] = w
    model = load(write(old, n_layers=n_layers))

    for layer, values in read(model, [[BOS, 1, 2]]).items():
        assert torch.equal(expected[layer], values)


def test_the_tokenizer_may_lie_in_a_folder_of_its_own(write, tmp_path):
    folder = write()
    (tmp_path / "elsewhere").mkdir()
    (folder / "tokenizer.json").rename(tmp_path / "elsewhere" / "tokenizer.json")

    assert (BOS,) == load(folder, tokenizer=tmp_path / "elsewhere").tokenizer.prefix
    (tmp_path / "elsewhere").rename(folder / "tokenizer")
    assert (BOS,) == load(folder).tokenizer.prefix


def test_the_layout_is_recognised_by_its_config():
    assert is_toy_config(CONFIG)
    assert not is_toy_config(CONFIG | {"model_type": "gpt2"})
    assert not is_toy_config({"architectures": ["GPT2LMHeadModel"]})


# --- what is refused -----------------------------------------------------------------------


def refusal(error, folder, **options):
    with pytest.raises(error) as caught:
        load(folder, **options)
    return str(caught.value).replace(str(folder), "FOLDER")


def test_attention_only_models_have_no_neurons(write):
    assert refusal(NoNeurons, write(attn_only=True)).startswith(
        "tiny has attention layers only: without an MLP there are no neurons to look at."
    )


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (
            {"act_fn": "silu"},
            "the activation function 'silu' is not one of solu_ln, solu, gelu, gelu_new, relu",
        ),
        ({"normalization": "RMS"}, "the normalization 'RMS' is not LN, LNPre or null"),
        (
            {"positional_embedding_type": "rotary"},
            "the positions 'rotary' are not standard or shortformer",
        ),
        ({"gated_mlp": True}, "its config.json asks for gated_mlp"),
        ({"d_mlp": None}, "its config.json has None for d_mlp"),
        ({"n_layers": 0}, "its config.json has 0 for n_layers"),
    ],
)
def test_what_is_unknown_here_is_said(write, options, reason):
    weights = random_weights(CONFIG)

    assert f"Reason: {reason}." in refusal(UnsupportedArchitecture, write(weights, **options))


def test_a_tensor_of_another_shape_is_named_with_both_shapes(write):
    weights = random_weights(CONFIG)
    weights["blocks.1.mlp.W_in"] = weights["blocks.1.mlp.W_in"].T.contiguous()

    assert (
        "tiny was loaded, but did not prove itself: "
        "blocks.1.mlp.W_in has shape [24, 16] where its config.json says [16, 24].\n"
        "Its neurons would be shown wrongly, so lmscope refuses it."
    ) == refusal(ModelRefused, write(weights))


def test_missing_tensors_are_named(write):
    weights = random_weights(CONFIG)
    del weights["blocks.0.ln2.w"]

    assert "its weights have no blocks.0.ln2.w." in refusal(ModelRefused, write(weights))
    del weights["ln_final.w"]
    assert "its weights have no blocks.0.ln2.w and 1 more." in refusal(ModelRefused, write(weights))


@pytest.mark.parametrize("key", ["blocks.0.mlp.W_gate", "blocks.0.mlp.ln3.w", "W_more"])
def test_a_matrix_without_a_use_is_refused(write, key):
    weights = random_weights(CONFIG) | {key: torch.zeros(D, F)}

    assert f"its weights have {key}, which its config.json gives no use." in refusal(
        ModelRefused, write(weights)
    )


def test_weights_that_are_no_numbers_do_not_prove_themselves(write):
    weights = random_weights(CONFIG)
    weights["blocks.0.attn.b_O"][3] = float("nan")

    assert "activations @ W_out + b_out of layer 1 is off by nan of nan" in refusal(
        ModelRefused, write(weights)
    )


def test_a_model_whose_down_projection_is_not_its_own_is_refused(write, monkeypatch):
    from lmscope.models import toy

    monkeypatch.setattr(toy.ToyModel, "out_weights", lambda self, layer: torch.ones(F, D))

    assert "did not prove itself: activations @ W_out + b_out of layer 1 is off by" in refusal(
        ModelRefused, write()
    )


def test_a_tokenizer_with_more_ids_than_rows_is_refused(write):
    weights = random_weights(CONFIG)
    weights["embed.W_E"] = weights["embed.W_E"][:200].contiguous()
    weights["unembed.W_U"] = weights["unembed.W_U"][:, :200].contiguous()
    weights["unembed.b_U"] = torch.zeros(200)

    assert "its tokenizer has 258 ids, its embedding 200 rows." in refusal(
        ModelRefused, write(weights, d_vocab=200)
    )


class Trap:
    """Unpickled, it makes a folder."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_code_in_a_weight_file_does_not_run(write, tmp_path):
    folder = write(random_weights(CONFIG) | {"trap": Trap(tmp_path / "sprung")})

    assert (
        "FOLDER/model_final.pth is not a model: "
        "it holds something besides tensors, and lmscope runs no code out of weights."
    ) in refusal(NotAModel, folder)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("content", [b"", b"no weights", b"PK\x03\x04 half a zip file"])
def test_a_damaged_weight_file_is_no_model(write, content):
    folder = write()
    (folder / "model_final.pth").write_bytes(content)

    assert refusal(NotAModel, folder).startswith("FOLDER/model_final.pth is not a model: it ")


def test_a_half_copied_weight_file_is_no_model(write):
    folder = write()
    file = folder / "model_final.pth"
    file.write_bytes(file.read_bytes()[:5000])

    assert "it is damaged or not a file of weights" in refusal(NotAModel, folder)


def test_a_weight_file_of_something_else_is_no_model(write):
    assert "it holds no dictionary of tensors" in refusal(NotAModel, write([torch.zeros(3)]))


def test_missing_files_are_named(write):
    folder = write()
    (folder / "tokenizer.json").unlink()
    assert (
        "it has no tokenizer.json (its tokenizer is that of NeelNanda/gpt-neox-tokenizer-digits)."
    ) in refusal(NotAModel, folder)

    (folder / "model_final.pth").unlink()
    assert "it has no weights (a file *final.pth, or model.safetensors)." in refusal(
        NotAModel, folder
    )

    (folder / "config.json").write_text("{")
    assert "its config.json is missing or cannot be read." in refusal(NotAModel, folder)

    (folder / "config.json").write_text('{"model_type": "gpt2"}')
    assert "its config.json is not that of a solu-* or gelu-* model." in refusal(NotAModel, folder)


def test_an_unknown_dtype_is_answered_with_the_choices(write):
    assert "--dtype float8: the choices are float32, bfloat16, float16." == refusal(
        BadOption, write(), dtype="float8"
    )


def test_more_tokens_than_positions_are_refused(write):
    with pytest.raises(TextTooLong, match=r"This text has 33 tokens; tiny reads 32 at once"):
        read(load(write()), [[BOS] + [1] * 32])


# --- logits, and neurons replaced ------------------------------------------------------------


def logits_by_hand(weights, config, ids, replaced=None):
    """The published formulas once more, in float64; `replaced` is (layer, site, t, neuron, value).

    The replaced value takes the place of the one at its site, and the rest follows from it.
    """
    w = {key: value.double() for key, value in weights.items()}

    def norm(x, key, centred=True):
        x = x - x.mean() if centred else x
        x = x / math.sqrt((x**2).mean() + 1e-5)
        return x * w[f"{key}.w"] + (w[f"{key}.b"] if centred else 0) if f"{key}.w" in w else x

    gelu = torch.nn.functional.gelu
    solu = config["act_fn"] in ("solu", "solu_ln")
    act = (lambda x: x * torch.softmax(x, -1)) if solu else gelu
    is_normed = config["normalization"] is not None
    stream = [w["embed.W_E"][i] + w["pos_embed.W_pos"][t] for t, i in enumerate(ids)]
    for i in range(config["n_layers"]):
        block = {k.removeprefix(f"blocks.{i}."): v for k, v in w.items() if f"blocks.{i}." in k}
        content = [norm(x, f"blocks.{i}.ln1") if is_normed else x for x in stream]
        for t in reversed(range(len(ids))):  # from the end, since earlier ones are still needed
            stream[t] = stream[t] + block["attn.b_O"]
            for h in range(config["n_heads"]):
                q, k, v = (
                    [x @ block[f"attn.W_{a}"][h] + block[f"attn.b_{a}"][h] for x in content]
                    for a in "QKV"
                )
                scores = torch.stack([q[t] @ k[s] for s in range(t + 1)])
                odds = torch.softmax(scores / math.sqrt(config["d_head"]), 0)
                mixed = sum(o * v[s] for s, o in enumerate(odds))
                stream[t] = stream[t] + mixed @ block["attn.W_O"][h]
        for t, x in enumerate(stream):
            values = norm(x, f"blocks.{i}.ln2") if is_normed else x
            values = values @ block["mlp.W_in"] + block["mlp.b_in"]
            for site in ("pre", "mid", "post"):
                if site == "mid":
                    values = act(values)
                elif site == "post" and config["act_fn"] == "solu_ln":
                    values = norm(values, f"blocks.{i}.mlp.ln")
                if replaced is not None and replaced[:3] == (i, site, t):
                    values = values.clone()
                    values[replaced[3]] = replaced[4]
            stream[t] = x + values @ block["mlp.W_out"] + block["mlp.b_out"]
    rms = config["final_rms"]
    last = [norm(x, "ln_final", centred=not rms) if is_normed else x for x in stream]
    return torch.stack([x @ w["unembed.W_U"] + w["unembed.b_U"] for x in last])


VARIANTS = [
    {},
    {"act_fn": "gelu"},
    {"final_rms": True},
    {"normalization": "LNPre", "final_rms": True},
    {"normalization": None, "act_fn": "gelu"},
]


def one_replaced(t, neuron, value):
    def edit(values):
        values[:, t, neuron] = value
        return values

    return edit


@pytest.mark.parametrize("options", VARIANTS, ids=str)
def test_logits_with_and_without_a_neuron_replaced_equal_the_formulas(write, options):
    config = CONFIG | options
    weights = random_weights(config)
    scale = 1.0 if config["normalization"] else 0.2
    weights = {key: w * scale if w.is_floating_point() else w for key, w in weights.items()}
    weights["unembed.b_U"] = torch.linspace(-1, 1, VOCAB)
    folder = write(weights, **options)
    ids = [BOS, 3, 141, 59, 26, 5, 35]

    for site in load(folder).sites:
        model = load(folder, site=site)
        clean = model.logits(torch.tensor([ids, ids]), [7, 7])
        truth = logits_by_hand(weights, config, ids)
        assert (2, 7, VOCAB) == clean.shape
        assert torch.float32 == clean.dtype
        assert (clean[1].double() - truth).abs().max() <= 2e-5 * truth.abs().max()
        for layer in (0, 1):
            edited = model.logits(torch.tensor([ids]), [7], {layer: one_replaced(2, 11, 1.75)})
            truth = logits_by_hand(weights, config, ids, (layer, site, 2, 11, 1.75))
            assert (edited[0].double() - truth).abs().max() <= 2e-5 * truth.abs().max()
            assert torch.equal(clean[0, :2], edited[0, :2])
            assert not torch.equal(clean[0, 2], edited[0, 2])


def test_logits_at_one_position_of_each_segment_are_those_of_all(write):
    model = load(write())
    ids = torch.tensor([[BOS, 1, 2, 3], [BOS, 9, 8, 0]])
    edit = {1: one_replaced(1, 5, 3.0)}

    every, some = model.logits(ids, [4, 3], edit), model.logits(ids, [4, 3], edit, at=[1, 2])

    torch.testing.assert_close(torch.stack([every[0, 1], every[1, 2]]), some)


def test_an_edit_that_changes_nothing_changes_no_bit(write):
    for dtype in ("float32", "bfloat16"):
        model = load(write(), dtype=dtype)
        ids = torch.tensor([[BOS, 1, 2, 3]])
        given = []

        def edit(values, given=given):
            given.append((values.dtype, tuple(values.shape)))
            return values

        edited = model.logits(ids, [4], {0: edit, 1: edit})

        assert torch.equal(model.logits(ids, [4]), edited)
        assert [(torch.float32, (1, 4, F))] * 2 == given
