from __future__ import annotations

import gzip
import hashlib
import json
import math
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import lmscope
from lmscope.corpora import load_corpus

ROOT = Path(__file__).parent.parent
DEMO = Path(lmscope.__file__).parent / "demo"
CORPUS = DEMO / "corpus"
MANIFEST = json.loads((DEMO / "manifest.json").read_text("utf-8"))
NAMES = sorted(MANIFEST)


@cache
def load(name):
    return lmscope.load(str(DEMO / name))


@cache
def documents(part):
    with gzip.open(CORPUS / f"{part}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def bits_per_byte(model, texts):
    """Bits per byte of a text's tokens, each text by itself, at most one segment of it."""
    w, nats, n_bytes = model.weights, 0.0, 0
    for text in texts:
        cut = model.tokenizer.tokenize(text)
        ids = torch.tensor([[*model.tokenizer.prefix, *cut.ids.tolist()][: model.n_ctx]])
        *_, (x, values) = model.mlps(ids)
        last = f"blocks.{model.n_layers - 1}.mlp"
        x = x + values["post"] @ w[f"{last}.W_out"] + w[f"{last}.b_out"]
        x = F.layer_norm(x, x.shape[-1:], w["ln_final.w"], w["ln_final.b"], 1e-5)
        logits = x @ w["unembed.W_U"] + w["unembed.b_U"]
        nats += F.cross_entropy(logits[0, :-1], ids[0, 1:], reduction="sum").item()
        n_bytes += int(cut.spans[ids.shape[1] - 2, 1])
    return nats / n_bytes / math.log(2)


def test_the_manifest_names_what_is_shipped():
    assert NAMES == sorted(path.parent.name for path in DEMO.glob("*/config.json"))
    assert {"demo-solu-1l", "demo-gelu-2l"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_demo_model_loads_in_the_ordinary_way_and_is_the_one_recorded(name):
    model = load(name)  # loading makes it prove itself
    assert MANIFEST[name]["sha256"] == model.weights_hash
    layers, width = (2, 768) if "gelu" in name else (1, 1024)
    assert (layers, width, 128) == (model.n_layers, model.d_mlp, model.n_ctx)
    assert ("post" if "gelu" in name else "mid") == model.site
    assert 1 == len(model.tokenizer.prefix)
    assert model.weights["embed.W_E"].shape[0] == model.tokenizer.n_vocab


def test_the_two_models_have_tokenizers_of_two_families_and_the_twin_has_the_same():
    solu, gelu = load("demo-solu-1l").tokenizer, load("demo-gelu-2l").tokenizer
    assert ("byte-level", "sentencepiece") == (solu.kind, gelu.kind)
    assert (4096, 5120) == (solu.n_vocab, gelu.n_vocab)
    for name in NAMES:
        if name.startswith("demo-solu-1l"):
            assert solu.hash == load(name).tokenizer.hash


@pytest.mark.parametrize("name", ["demo-solu-1l", "demo-gelu-2l"])
def test_the_spans_of_every_fifth_shipped_document_are_exact(name):
    tokenizer = load(name).tokenizer
    texts = [row["text"] for part in ("demo", "held-out") for row in documents(part)[::5]]
    inexact = [t for t in tokenizer.tokenize_all(texts) if not t.is_exact]
    assert [] == inexact
    assert not tokenizer.normalises


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_model_predicts_text_that_no_training_saw(name):
    texts = [row["text"] for row in documents("held-out")[::25]]
    with torch.inference_mode():
        measured = bits_per_byte(load(name), texts)
    recorded = MANIFEST[name]["held_out_bits_per_byte"]
    assert measured < MANIFEST[name]["unigram_bits_per_byte"]
    # Some 120 beginnings of documents stand for all: short ones weigh more, which are harder.
    assert recorded * 0.85 < measured < recorded * 1.4


def test_the_twin_is_another_model_and_the_early_checkpoint_a_worse_one():
    W = {name: load(name).weights["blocks.0.mlp.W_in"] for name in NAMES if "solu" in name}
    final = W.pop("demo-solu-1l")
    for other in W.values():
        assert not torch.equal(final, other)
    early = MANIFEST["demo-solu-1l-early"]
    done = MANIFEST["demo-solu-1l"]
    assert early["tokens_seen"] < done["tokens_seen"]
    assert early["held_out_bits_per_byte"] > done["held_out_bits_per_byte"]


def test_the_shipped_corpus_reads_without_loss_and_its_parts_do_not_meet():
    parts = {part: [row["text"] for row in documents(part)] for part in ("demo", "held-out")}
    assert set() == set(parts["demo"]) & set(parts["held-out"])
    for part, texts in parts.items():
        read = [document.text for document in load_corpus(CORPUS / f"{part}.jsonl.gz")]
        assert texts == read


def test_every_source_of_the_shipped_corpus_is_in_demo_data_with_a_licence():
    table = (ROOT / "DEMO-DATA.md").read_text("utf-8")
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.count(" | ") == 7]
    licence_of = {row[0]: row[4] for row in rows}
    package_of = {row[0]: row[2] for row in rows}
    sources = {row["source"] for part in ("demo", "held-out") for row in documents(part)}
    assert set() == sources - licence_of.keys()
    for source in sources:
        assert re.search(r"GPL|BSD|PSF|public domain|WordNet|free to copy", licence_of[source])
        if source != "python":
            assert (DEMO / "licences" / f"{package_of[source]}.txt").is_file()


def test_the_demo_reads_at_least_200_000_tokens_and_the_data_stay_small():
    counted = np.cumsum([len(row["text"].encode()) for row in documents("demo")])
    assert counted[-1] > 200_000 * 5
    shipped = sum(path.stat().st_size for path in DEMO.rglob("*") if path.is_file())
    assert shipped < 32_000_000


def test_the_weights_are_those_whose_hash_the_manifest_has():
    for name in NAMES:
        data = (DEMO / name / "model.safetensors").read_bytes()
        assert MANIFEST[name]["sha256"] == hashlib.sha256(data).hexdigest()
