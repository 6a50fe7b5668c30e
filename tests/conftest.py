"""Tiny models of six kinds on disk, a small corpus of every sort of text, and a scan of each.

Workers share what they make: whichever needs a folder first builds it, under another name, and
renames it; the others wait.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest

# Repeatable, and without deadlines, since the machine may be busy.
hypothesis.settings.register_profile("any machine", deadline=None, derandomize=True)
hypothesis.settings.load_profile("any machine")

pytest_plugins = ["databases", "sites"]

KINDS = ("gpt2", "gpt_neox", "llama", "opt", "bert", "solu")
D_MODEL, D_MLP, N_LAYERS, N_CTX = 16, 40, 2, 64
OPTIONS: dict[str, Any] = {"context": 40, "window": 24, "top": 20, "per_band": 3}
"""Small enough that documents have several segments and segments more tokens than a window."""
DEAD, CONSTANT, NEARLY_OFF = 3, 4, 5
"""Neurons of layer 0 that were built so: never above zero; always the same; hardly ever on."""
LICENCE = (
    "Permission is hereby granted, free of charge, to any person obtaining a copy of this "
    'software and associated documentation files (the "Software"), to deal in the Software '
    "without restriction, including without limitation the rights to use, copy, modify, merge, "
    "publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons "
    "to whom the Software is furnished to do so, subject to the following conditions: the above "
    "copyright notice and this permission notice shall be included in all copies."
)
_WORDS = [
    *("the", "a", "of", "and", "river", "stone", "light", "under", "every", "small", "green"),
    *("machine", "reads", "counts", "neuron", "letter", "moon", "paper", "quiet", "seven", "over"),
    *("window", "never", "because", "although", "garden", "winter", "iron", "salt", "morning"),
]


def make_documents() -> list[str]:
    """Write documents of every sort; among them repetitions that must not be read twice."""
    state = 7

    def pick(n: int) -> int:
        nonlocal state
        state = (state * 1103515245 + 12345) % (1 << 31)
        return (state >> 8) % n

    def prose(n: int) -> str:
        words = [_WORDS[pick(len(_WORDS))] for _ in range(n)]
        for i in range(6, n, 9):
            words[i] += ".\n" if i % 4 else ","
        return " ".join(words).capitalize() + "."

    code = (
        "def total(values):\n\t'Add them.'\n    result = 0\n"
        "    for i, value in enumerate(values):\n"
        "        if value <= 0 or i % 2:\n            continue\n        result += value ** 2\n"
        "    return result\n\n\nclass Point:\n    x: int = 0\n    y: int = 0\n"
    )
    return [
        prose(60),
        LICENCE,
        code,
        "吾輩は猫である。名前はまだ無い。どこで生れたか頓と見当がつかぬ。何でも薄暗いじめじめした所で",
        "👩‍👩‍👧‍👦 family 🇫🇷 flag 👍🏽 thumb 🤖🧠 robots, naïve café déjà-vu, "
        "Ελληνικά, русский 😀😀😀😀😀😀",
        "x",
        prose(35),
        LICENCE + " 2",  # a near-duplicate: the same but for its end
        "x",  # an exact duplicate
        prose(150),
        "   \n\t ",  # empty
        "<script>alert('&lt;div>')</script> <div class=\"a\">\r\n\t1) one 2) two 3) three</div>",
        "8) singled out 9) personality",
        "the same sentence again and again, " * 9,
        "e\u0301 is written in two ways: \u00e9.",
        prose(80),
        code,  # an exact duplicate
        code.replace("Point", "Place").replace("total", "amount"),
        "中文维基百科是维基百科协作计划的中文版本,自2002年10月24日正式成立。",
        "\x00\x01 control \u200b\u202e characters \ufeff <|endoftext|> [SEP] <s>",
        "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25",
        LICENCE.replace("hereby", "herewith"),  # another near-duplicate
        *[prose(5 + pick(40)) for _ in range(14)],
        "the same sentence again and again, " * 3 + "and then the end",
        "!",
        prose(200),
    ]


def distinct(documents: list[str]) -> list[str]:
    """Give the documents that a corpus has: in normal form, neither empty nor seen before."""
    normal = [unicodedata.normalize("NFC", text) for text in documents]
    return [t for i, t in enumerate(normal) if t.strip() and t not in normal[:i]]


def write_model(kind: str, folder: Path, texts: list[str]) -> None:
    """Save a random model and a tokenizer that was trained on the texts."""
    import torch

    folder.mkdir(parents=True)
    n_vocab = write_tokenizer(kind, folder, texts)
    torch.manual_seed(KINDS.index(kind))
    if kind == "solu":
        write_toy(folder, n_vocab)
        return
    from transformers import AutoConfig, AutoModel, AutoModelForCausalLM

    gpt2 = {
        "n_embd": D_MODEL,
        "n_inner": D_MLP,
        "n_layer": N_LAYERS,
        "n_head": 2,
        "n_positions": N_CTX,
    }
    usual = {
        "hidden_size": D_MODEL,
        "intermediate_size": D_MLP,
        "num_hidden_layers": N_LAYERS,
        "num_attention_heads": 2,
        "max_position_embeddings": N_CTX,
    }
    sizes = {
        "gpt2": gpt2,
        "llama": usual | {"num_key_value_heads": 1, "head_dim": 8},
        "opt": usual | {"ffn_dim": D_MLP, "word_embed_proj_dim": D_MODEL},
    }.get(kind, usual)
    # A vocabulary may have rows without a token.
    config = AutoConfig.for_model(kind, **sizes, **TOKENS, vocab_size=n_vocab + 3)
    model = (AutoModel if kind == "bert" else AutoModelForCausalLM).from_config(config)
    with torch.no_grad():
        for parameter in model.parameters():  # biases and norms too, which begin as 0 and 1
            parameter.add_(torch.randn_like(parameter) * 0.25)
        up = model.base_model.get_submodule(UP[kind].format(layer=0))
        across = up.weight.T if kind == "gpt2" else up.weight  # one row for each neuron
        across[[DEAD, CONSTANT]] = 0.0
        across[NEARLY_OFF] *= 3
        if kind != "llama":
            up.bias[DEAD], up.bias[CONSTANT] = -3.0, 1.0
            up.bias[NEARLY_OFF] = -7.0
    model.save_pretrained(folder)


TOKENS = {"bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 0}
UP = {
    "gpt2": "h.{layer}.mlp.c_fc",
    "gpt_neox": "layers.{layer}.mlp.dense_h_to_4h",
    "llama": "layers.{layer}.mlp.gate_proj",
    "opt": "decoder.layers.{layer}.fc1",
    "bert": "encoder.layer.{layer}.intermediate.dense",
}


def write_tokenizer(kind: str, folder: Path, texts: list[str]) -> int:
    import tokenizers
    from tokenizers import decoders, models, normalizers, pre_tokenizers, processors, trainers

    if kind == "bert":
        backend = tokenizers.Tokenizer(models.WordPiece(unk_token="[UNK]"))
        backend.normalizer = normalizers.BertNormalizer()
        backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        backend.decoder = decoders.WordPiece()
        special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
        trainer = trainers.WordPieceTrainer(
            vocab_size=300, special_tokens=special, show_progress=False
        )
        around = "[CLS] $A [SEP]", [("[CLS]", 2), ("[SEP]", 3)]
    else:
        backend = tokenizers.Tokenizer(models.BPE())
        backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        backend.decoder = decoders.ByteLevel()
        special = ["<|BOS|>", "<|endoftext|>", "<s>"]
        letters = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(
            vocab_size=380, special_tokens=special, initial_alphabet=letters, show_progress=False
        )
        around = "<s> $A", [("<s>", 2)]
    backend.train_from_iterator(texts, trainer)
    if kind in ("bert", "llama", "opt"):
        backend.post_processor = processors.TemplateProcessing(
            single=around[0], special_tokens=around[1]
        )
    backend.save(str(folder / "tokenizer.json"))
    return int(backend.get_vocab_size())


def write_toy(folder: Path, n_vocab: int) -> None:
    """Write a checkpoint in the layout of the SoLU models."""
    import torch

    n_heads, d_head = 2, 8
    config = {
        "d_model": D_MODEL,
        "d_mlp": D_MLP,
        "n_heads": n_heads,
        "d_head": d_head,
        "n_layers": N_LAYERS,
        "n_ctx": N_CTX,
        "d_vocab": n_vocab,
        "act_fn": "solu_ln",
        "attn_only": False,
        "normalization": "LN",
        "final_rms": False,
        "shortformer_pos": False,
        "tokenizer_name": "NeelNanda/gpt-neox-tokenizer-digits",
    }
    shapes: dict[str, tuple[int, ...]] = {
        "embed.W_E": (n_vocab, D_MODEL),
        "pos_embed.W_pos": (N_CTX, D_MODEL),
        "ln_final.w": (D_MODEL,),
        "ln_final.b": (D_MODEL,),
        "unembed.W_U": (D_MODEL, n_vocab),
    }
    for i in range(N_LAYERS):
        b = f"blocks.{i}"
        shapes |= {f"{b}.{n}.{p}": (D_MODEL,) for n in ("ln1", "ln2") for p in "wb"}
        shapes |= {f"{b}.attn.W_{x}": (n_heads, D_MODEL, d_head) for x in "QKV"}
        shapes |= {f"{b}.attn.b_{x}": (n_heads, d_head) for x in "QKV"}
        shapes |= {
            f"{b}.attn.W_O": (n_heads, d_head, D_MODEL),
            f"{b}.attn.b_O": (D_MODEL,),
            f"{b}.mlp.W_in": (D_MODEL, D_MLP),
            f"{b}.mlp.b_in": (D_MLP,),
            f"{b}.mlp.W_out": (D_MLP, D_MODEL),
            f"{b}.mlp.b_out": (D_MODEL,),
            f"{b}.mlp.ln.w": (D_MLP,),
            f"{b}.mlp.ln.b": (D_MLP,),
        }
    weights = {key: torch.randn(shape) * 0.5 for key, shape in shapes.items()}
    weights["blocks.0.mlp.W_in"][:, [DEAD, CONSTANT]] = 0.0
    weights["blocks.0.mlp.b_in"][[DEAD, CONSTANT]] = torch.tensor([-3.0, 0.0])
    weights["unembed.b_U"] = torch.zeros(n_vocab)
    (folder / "config.json").write_text(json.dumps(config))
    torch.save(weights, folder / "model_final.pth")


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Keep the machine's other workers alive, and the order of additions fixed."""
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def shared(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str, Callable[[Path], Any]], Path]:
    """Give a folder of the whole session that is made once, whichever worker needs it first."""
    base = tmp_path_factory.getbasetemp()
    root = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
    root.mkdir(exist_ok=True)

    def give(name: str, make: Callable[[Path], Any]) -> Path:
        path = root / name
        with (root / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                draft = root / f"{name}.draft"
                shutil.rmtree(draft, ignore_errors=True)  # of a make that failed
                make(draft)
                draft.rename(path)
        return path

    return give


@pytest.fixture(scope="session")
def documents() -> list[str]:
    """The documents as written, repetitions included."""
    return make_documents()


@pytest.fixture(scope="session")
def corpus_file(shared: Any, documents: list[str]) -> Path:
    """The same, a document per line of a .jsonl file."""

    def write(folder: Path) -> None:
        folder.mkdir()
        lines = [json.dumps({"text": text}) + "\n" for text in documents]
        (folder / "mixed.jsonl").write_text("".join(lines))

    return Path(shared("corpus", write) / "mixed.jsonl")


@pytest.fixture(scope="session")
def model_folder(shared: Any, documents: list[str]) -> Callable[[str], Path]:
    """Give the folder of a tiny model of one of `KINDS`."""
    texts = distinct(documents)
    return lambda kind: shared(f"tiny-{kind}", lambda folder: write_model(kind, folder, texts))


@pytest.fixture(scope="session")
def model_of(model_folder: Callable[[str], Path]) -> Callable[[str], Any]:
    """Give a tiny model, loaded."""
    from lmscope.models.loading import load

    return cache(lambda kind: load(model_folder(kind), device="cpu"))


@pytest.fixture(scope="session")
def scanned(shared: Any, model_of: Callable[[str], Any], corpus_file: Path) -> Callable[..., Path]:
    """Give the folder of a scan; with `batch_tokens` 1, a batch is one segment without padding."""
    from lmscope.scanning import scan

    def give(kind: str, batch_tokens: int = 1) -> Path:
        return Path(
            shared(
                f"scan-{kind}-{batch_tokens}",
                lambda path: scan(
                    model_of(kind), corpus_file, path, batch_tokens=batch_tokens, **OPTIONS
                ),
            )
        )

    return give
