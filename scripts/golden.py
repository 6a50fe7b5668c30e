"""Make the contract between Python and the site: tiny catalogues, and what must be read from them.

Python and TypeScript both read contract/site, and their tests hold both to the same JSON beside
it. The models are random, with weights from a generator that numpy keeps as it is; their last
bits depend on the machine, so the catalogues are made once and committed.

Run it with:  python scripts/golden.py           writes the tables anew, from the catalogues there
              python scripts/golden.py --scan    makes the catalogues anew as well
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch

from lmscope.catalogue import Catalogue
from lmscope.excerpts import write_excerpt
from lmscope.models.loading import load
from lmscope.scanning import scan
from lmscope.shelf import Shelf
from lmscope.writing import number, share, strength, visible

CONTRACT = Path(__file__).parents[1] / "contract"
OPTIONS: dict[str, Any] = {"context": 24, "window": 10, "top": 2, "per_band": 1}
D_MODEL, D_MLP, N_LAYERS, N_CTX = 8, 8, 2, 32
DEAD, CONSTANT = 3, 4
"""Neurons of layer 0 that were built so: never above zero; always the same."""
NEURONS = ((0, 0), (0, DEAD), (0, CONSTANT), (1, 7))
TEXTS = [
    "The cat sat on the mat, and then the other cat sat on the other mat.",
    "naïve café, Ελληνικά, русский: ¿qué tal?",
    "👩‍👩‍👧 🇫🇷 👍🏽 🤖🧠 ❤️",
    "吾輩は猫である。名前はまだ無い。中文维基百科",
    "<script>alert('&lt;div>')</script> <div class=\"a\">\r\n\t1) one 2) two</div>",
    "nul \x00, bell \x07, escape \x1b[2J, turned \u202e round\u202c, joined\u200dup, \ufeffmark",
    "\u05d0\u05d1\u05d2 (abc) \u200f\u0627\u0644\u0639\u0631\u0628\u064a\u0629\u200e",
    "def f(x):\n    return x  # two  spaces\n\n\n\tif x: pass",
    "a\\xe2b is written so; e\u0301 is not \\xc3\\xa9. [SEP] <|endoftext|> [UNK]",
    *"vwxyzVWXYZ",
]


def weights(shapes: dict[str, tuple[int, ...]], seed: int) -> dict[str, torch.Tensor]:
    """Draw weights; the same ones with every version of torch."""
    draw = np.random.RandomState(seed)
    return {
        key: torch.from_numpy(draw.standard_normal(shape).astype(np.float32) * 0.5)
        for key, shape in shapes.items()
    }


def write_bytes_model(folder: Path) -> None:
    """Write a model of bytes, and of a few words that take several."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = [("Ġ", "t"), ("h", "e"), ("Ġt", "he"), ("a", "t"), ("c", "at"), ("ð", "Ł"), ("ã", "ģ")]
    tokens = ["<|BOS|>", "<|endoftext|>", *letters, *("".join(pair) for pair in merges)]
    vocab = {token: i for i, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocab, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<|BOS|>", "<|endoftext|>"])
    folder.mkdir()
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "d_model": D_MODEL,
        "d_mlp": D_MLP,
        "n_heads": 2,
        "d_head": 4,
        "n_layers": N_LAYERS,
        "n_ctx": N_CTX,
        "d_vocab": len(vocab),
        "act_fn": "gelu",
        "attn_only": False,
        "normalization": "LN",
    }
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    shapes: dict[str, tuple[int, ...]] = {
        "embed.W_E": (len(vocab), D_MODEL),
        "pos_embed.W_pos": (N_CTX, D_MODEL),
        "ln_final.w": (D_MODEL,),
        "ln_final.b": (D_MODEL,),
        "unembed.W_U": (D_MODEL, len(vocab)),
        "unembed.b_U": (len(vocab),),
    }
    for i in range(N_LAYERS):
        b = f"blocks.{i}"
        shapes |= {f"{b}.{n}.{p}": (D_MODEL,) for n in ("ln1", "ln2") for p in "wb"}
        shapes |= {f"{b}.attn.W_{x}": (2, D_MODEL, 4) for x in "QKV"}
        shapes |= {f"{b}.attn.b_{x}": (2, 4) for x in "QKV"}
        shapes |= {
            f"{b}.attn.W_O": (2, 4, D_MODEL),
            f"{b}.attn.b_O": (D_MODEL,),
            f"{b}.mlp.W_in": (D_MODEL, D_MLP),
            f"{b}.mlp.b_in": (D_MLP,),
            f"{b}.mlp.W_out": (D_MLP, D_MODEL),
            f"{b}.mlp.b_out": (D_MODEL,),
        }
    drawn = weights(shapes, 1)
    drawn["blocks.0.mlp.W_in"][:, [DEAD, CONSTANT]] = 0.0
    drawn["blocks.0.mlp.b_in"][[DEAD, CONSTANT]] = torch.tensor([-3.0, 1.0])
    torch.save(drawn, folder / "model_final.pth")


def write_words_model(folder: Path) -> None:
    """Write a BERT whose tokenizer normalises, so that tokens do not spell the text."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers
    from transformers import BertConfig, BertModel

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    letters = [chr(c) for c in range(ord("a"), ord("z") + 1)]
    words = ["the", "cat", "mat", "other", "##her", "吾", "猫", *"()<>/.,;:0123456789"]
    vocab = {t: i for i, t in enumerate([*special, *letters, *(f"##{c}" for c in letters), *words])}
    tokenizer = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.add_special_tokens(special)
    folder.mkdir()
    tokenizer.save(str(folder / "tokenizer.json"))
    config = BertConfig(
        hidden_size=D_MODEL,
        intermediate_size=D_MLP,
        num_hidden_layers=N_LAYERS,
        num_attention_heads=2,
        max_position_embeddings=N_CTX,
        vocab_size=len(vocab),
    )
    model = BertModel(config)
    state = model.state_dict()
    floats = {key: tuple(w.shape) for key, w in sorted(state.items()) if w.is_floating_point()}
    state |= weights(floats, 2)
    up = "encoder.layer.0.intermediate.dense"
    state[f"{up}.weight"][[DEAD, CONSTANT]] = 0.0
    state[f"{up}.bias"][[DEAD, CONSTANT]] = torch.tensor([-3.0, 1.0])
    model.load_state_dict(state)
    model.save_pretrained(folder)


MODELS = {"tiny-bytes": write_bytes_model, "tiny-words": write_words_model}
EXCERPT = "tiny-bytes~post"
"""Of the neurons of tiny-bytes that are in the tables; at the address that a shelf gives it."""


def write_catalogues(folder: Path) -> None:
    """Scan both models into catalogues in `folder`, and write the excerpt."""
    folder = folder.resolve()
    here = Path.cwd()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)  # so that the manifests name models and corpus without any path
        try:
            lines = [json.dumps({"text": text}) + "\n" for text in TEXTS]
            Path("texts.jsonl").write_text("".join(lines), "utf-8")
            for name, write in MODELS.items():
                write(Path(name))
                model = load(f"./{name}", device="cpu")
                model.source = name
                scan(model, "texts.jsonl", folder / name, **OPTIONS)
            write_excerpt(Catalogue.open(folder / "tiny-bytes"), folder / EXCERPT, neurons=NEURONS)
        finally:
            os.chdir(here)


def tables(catalogues: Path) -> dict[str, Any]:
    """Give what the site must read from the catalogues, and how it must write it, by file."""
    opened = {name: Catalogue.open(catalogues / name) for name in MODELS}
    shelf = Shelf([*opened.values(), Catalogue.open(catalogues / EXCERPT)]).to_json()
    values = [0.0, -0.0, 1e-9, 0.01, 0.0625, 0.3, 1.0, 2.5, 7.0, -0.01, -0.5, -1.0, -7.0]
    scales = [(-1.0, 2.5), (-0.17, 7.0), (0.0, 0.0), (0.5, 2.5), (-3.0, -1.0), (2.5, -1.0)]
    sizes = [
        10.0**e * d for e in range(-12, 13) for d in (1, 1.5, 2.0625, 4.21337, 9.9995, 9.99949)
    ]
    sizes += [0.03125, 2.0625, 16.125, 100.25, 1000.5, 1001.5, 12345.6, 999.95, 999999999.5, 2e22]
    fractions = [0, 1, 0.3407, 0.9998, 0.99999, 1.23e-5, 0.005, 0.125, 0.985, 0.99, 0.0625, 2]
    texts = [*TEXTS, "\xa0\u3000\u2028\xad", "\u3164\u034f\U000e0001\U000e0100", "\t\n\r", ""]
    return {
        "site/catalogues.json": shelf | {"lmscope": "0"},
        "neurons.json": {
            name: [catalogue[at].to_json() for at in NEURONS] for name, catalogue in opened.items()
        },
        "columns.json": {
            name: {
                key: [None if v != v else v for v in catalogue.column(key).ravel().tolist()]
                for key in ("max", "skew", "n_positive", "is_dead", "peak_ids", "peak_counts")
            }
            for name, catalogue in opened.items()
        },
        "documents.json": {
            name: [
                {"text": catalogue.document(d), "source": source, "offset": offset}
                for d in range(catalogue.manifest["corpus"]["n_documents"])
                for source, offset in [catalogue.source(d)]
            ]
            for name, catalogue in opened.items()
        },
        "writing.json": {
            "strength": [
                {"value": v, "min": low, "max": high, "strength": strength(v, low, high)}
                for low, high in scales
                for v in values
            ],
            "number": [[x, number(x)] for size in sizes for x in (size, -size)],
            "share": [[x, share(x)] for x in fractions],
            "visible": [[text, visible(text)] for text in texts],
        },
    }


def written(table: Any) -> str:
    """Give a table as its file has it."""
    return json.dumps(table, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def main() -> None:
    """Write the contract."""
    reader = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    reader.add_argument("--scan", action="store_true", help="make the catalogues anew as well")
    catalogues = CONTRACT / "site" / "catalogues"
    if reader.parse_args().scan:
        shutil.rmtree(catalogues, ignore_errors=True)
        catalogues.mkdir(parents=True)
        write_catalogues(catalogues)
    for name, table in tables(catalogues).items():
        (CONTRACT / name).write_text(written(table), "utf-8")


if __name__ == "__main__":
    main()
