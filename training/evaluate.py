"""Measures the shipped models on held-out text against n-gram models. Trains nothing.

    python training/evaluate.py WORK [FOLDER ...] > training/results.md

The held-out documents (src/lmscope/demo/corpus/held-out.jsonl.gz) were seen by no training, nor was
any that nearly repeats one of them. Every document is read in segments of BOS and 127 tokens, as
lmscope reads them, so that each token has 63 tokens before it on average and some have none.

The n-gram models count the same tokens of the same training text, all of it, with the same
document boundaries, and discount absolutely (Ney, Essen and Kneser 1994): each count seen gives
0.75 to the next lower order, down to the unigrams and an even spread. They read a document whole.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import math
import sys
from pathlib import Path

import lmscope
import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer as Backend

from train import BATCH, N_CTX, SHAPES, stream

DEMO = Path(__file__).parent.parent / "src/lmscope/demo"
DISCOUNT = 0.75


class Ngrams:
    """Counts of all runs of up to three ids, and the probability of the last of them.

    Args:
        ids: The training stream, with a separator before each document.
        n_vocab: How many different ids there are.
    """

    def __init__(self, ids: np.ndarray, n_vocab: int) -> None:
        self.n_vocab = n_vocab
        stream = ids.astype(np.int64)
        self.tables = []
        for order in (1, 2, 3):
            keys = self._keys(stream, order)
            runs, counts = np.unique(keys, return_counts=True)
            contexts, first = np.unique(runs // n_vocab, return_index=True)
            sums, kinds = np.add.reduceat(counts, first), np.diff(np.append(first, len(runs)))
            self.tables.append((runs, counts, contexts, sums, kinds))

    def _keys(self, ids: np.ndarray, order: int) -> np.ndarray:
        keys = np.zeros(len(ids) - order + 1, np.int64)
        for k in range(order):
            keys = keys * self.n_vocab + ids[k : len(ids) - order + 1 + k]
        return keys

    def nats(self, ids: np.ndarray, highest: int) -> np.ndarray:
        """Give -log p of each id but the first, by all orders up to the highest."""
        stream = ids.astype(np.int64)
        p = np.full(len(ids), 1 / self.n_vocab)
        for order, table in zip(range(1, highest + 1), self.tables, strict=False):
            runs, counts, contexts, sums, kinds = table
            keys = self._keys(stream, order)
            c = _look_up(keys, runs, counts)
            total = _look_up(keys // self.n_vocab, contexts, sums)
            n_kinds = _look_up(keys // self.n_vocab, contexts, kinds)
            lower, seen = p[order - 1 :], total > 0
            here = np.maximum(c - DISCOUNT, 0) + DISCOUNT * n_kinds * lower
            p[order - 1 :] = np.where(seen, here / np.maximum(total, 1), lower)
        return -np.log(p[1:])


def _look_up(keys: np.ndarray, known: np.ndarray, values: np.ndarray) -> np.ndarray:
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.where(known[at] == keys, values[at], 0)


def model_nats(folder: Path, texts: list[str]) -> tuple[float, int]:
    """Sum the loss of a shipped model over texts; in nats, and the number of tokens."""
    model = lmscope.load(str(folder))
    width = model.n_ctx - 1
    rows, lengths = [], []
    for text in texts:
        ids = model.tokenizer.tokenize(text).ids.tolist()
        for i in range(0, len(ids), width):
            segment = [*model.tokenizer.prefix, *ids[i : i + width]]
            lengths.append(len(segment))
            rows.append(segment + [0] * (model.n_ctx - len(segment)))
    order = np.argsort(lengths)
    total, count = 0.0, 0
    with torch.inference_mode():
        for some in np.array_split(order, max(1, len(order) // 32)):
            longest = max(lengths[i] for i in some)
            ids = torch.tensor([rows[i][:longest] for i in some])
            losses = F.cross_entropy(logits(model, ids)[:, :-1].transpose(1, 2), ids[:, 1:],
                                     reduction="none")  # fmt: skip
            kept = torch.arange(1, longest) < torch.tensor([lengths[i] for i in some])[:, None]
            total += losses[kept].double().sum().item()
            count += int(kept.sum())
    return total, count


def logits(model, ids: torch.Tensor) -> torch.Tensor:
    """Give the logits [rows, tokens, vocabulary] of a model that lmscope has loaded."""
    w = model.weights
    *_, (x, values) = model.mlps(ids)
    b = f"blocks.{model.n_layers - 1}.mlp"
    x = x + values["post"] @ w[f"{b}.W_out"] + w[f"{b}.b_out"]
    x = F.layer_norm(x, x.shape[-1:], w["ln_final.w"], w["ln_final.b"], 1e-5)
    return x @ w["unembed.W_U"] + w["unembed.b_U"]


def sample(folder: Path, begin: str, n: int = 90, seed: int = 0, temperature: float = 0.8) -> str:
    """Let a model go on with a text."""
    model = lmscope.load(str(folder))
    backend = Backend.from_file(str(folder / "tokenizer.json"))
    torch.manual_seed(seed)
    ids = [*model.tokenizer.prefix, *model.tokenizer.tokenize(begin).ids.tolist()]
    with torch.inference_mode():
        for _ in range(n):
            scores = logits(model, torch.tensor([ids[-model.n_ctx :]]))[0, -1]
            ids.append(int(torch.multinomial((scores / temperature).softmax(-1), 1)))
    return backend.decode(ids)


def tokens_seen(name: str) -> int:
    """Say how many tokens a shipped model was trained on, by its recorded curve."""
    if name.endswith("-early"):
        return SHAPES[name.removesuffix("-early")].early * BATCH * N_CTX
    with (Path(__file__).parent / "curves" / f"{name}.csv").open() as file:
        return int(list(csv.DictReader(file))[-1]["tokens"])


def main(work: Path, folders: list[Path]) -> None:
    """Print a table of losses and samples; of the shipped models, also write the manifest."""
    torch.set_num_threads(1)
    with gzip.open(DEMO / "corpus/held-out.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    n_bytes = sum(len(text.encode()) for text in texts)
    print(f"{len(texts):,} held-out documents, {n_bytes:,} bytes\n")
    bits: dict[str, float] = {}
    print("| | tokens of text | nats per token | bits per byte |\n|---|---|---|---|")

    def say(name: str, nats: float, count: int) -> None:
        bits[name] = round(nats / n_bytes / math.log(2), 4)
        print(f"| {name} | {count:,} | {nats / count:.4f} | {bits[name]:.4f} |", flush=True)

    families = {SHAPES[name].family: SHAPES[name] for name in SHAPES}
    for family, shape in families.items():
        path = work / f"{family}.json"
        backend = Backend.from_file(str(path))
        bos = backend.token_to_id(shape.bos)
        train = stream(work / "train.jsonl.gz", backend, bos, work / f"{family}.train")
        ngrams = Ngrams(train, backend.get_vocab_size())
        held_out = [bos]
        for encoding in backend.encode_batch_fast(texts, add_special_tokens=False):
            held_out += [*encoding.ids, bos]
        ids = np.array(held_out)
        is_text = ids[1:] != bos
        for order, name in enumerate(("unigram", "bigram", "trigram"), 1):
            nats = ngrams.nats(ids, order)[is_text]
            say(f"{name}, tokens of {family}", float(nats.sum()), len(nats))
    manifest = {}
    for folder in folders:
        say(folder.name, *model_nats(folder, texts))
        config = json.loads((folder / "config.json").read_text())
        family = next(f for f, shape in families.items() if shape.act_fn == config["act_fn"])
        manifest[folder.name] = {
            "sha256": hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest(),
            "tokens_seen": tokens_seen(folder.name),
            "held_out_bits_per_byte": bits[folder.name],
            "unigram_bits_per_byte": bits[f"unigram, tokens of {family}"],
            "trigram_bits_per_byte": bits[f"trigram, tokens of {family}"],
        }
    if all(folder.parent == DEMO for folder in folders):
        (DEMO / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    for folder in folders:
        print(f"\n## {folder.name}\n")
        for begin in ("Elizabeth could not", "3:16 And", "happy (adj) 1)", "def main("):
            print("```\n" + sample(folder, begin) + "\n```\n")


if __name__ == "__main__":
    found = [Path(arg) for arg in sys.argv[2:]]
    main(Path(sys.argv[1]), found or sorted(p.parent for p in DEMO.glob("*/config.json")))
