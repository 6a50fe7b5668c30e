"""Asks which neuron of a demo model stands for which kind of token. Trains nothing.

    python training/neurons.py FOLDER [TOKENS]

Kinds are regular expressions; a token is of a kind if it ends within a match. For every neuron the
tokens of the demo corpus are put in the order of its values, and average precision says how well
that order puts the tokens of a kind first (1: all of them before all others; by chance: their
share). The neuron is chosen on every second document and measured on the others, so that the best
of a thousand is not flattered by having been chosen.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from pathlib import Path

import lmscope
import numpy as np
import torch

CORPUS = Path(__file__).parent.parent / "src/lmscope/demo/corpus/demo.jsonl.gz"
KINDS = {
    "list marker `a)` `8)`: its parenthesis": r"(?:^|(?<=\s))(?:[a-z]|\d{1,2})(\))(?= )",
    "list marker `1.` at the start of a line": r"(?m)^ *\d{1,2}(\.)(?= )",
    "verse number `3:16`: its colon": r"(?m)^\d{1,3}(:)(?=\d)",
    "dash or star at the start of a line": r"(?m)^ *([-*])(?= )",
    "first and second person pronouns": r"\b(I|me|my|we|us|our|you|your|You|We|My|Your)\b",
    "I": r"\b(I)\b(?!['.)])",
    "you": r"\b([Yy]ou)\b",
    "he, him, his": r"\b([Hh]e|him|[Hh]is)\b",
    "she, her": r"\b([Ss]he|[Hh]er)\b",
    "not, n't": r"\b(not)\b|(n't)\b",
    "opening quotation mark": r"(?:^|(?<=\s))(\")(?=\w)",
    "number": r"(\d+)",
    "year": r"\b(1[5-9]\d\d|20\d\d)\b",
    "def, class": r"(?m)^ *(def|class)\b",
    "self": r"\b(self)\b",
    "indentation": r"(?m)^( {4,})",
    "URL": r"(https?://\S+)",
    "LORD, God": r"\b(LORD|God|Lord)\b",
    "unto, thou, thee": r"\b(unto|thou|thee|thy|hath|shalt)\b",
    "German der, die, das": r"\b(der|die|das|den|dem)\b",
    "German und, nicht, ist": r"\b(und|nicht|ist|ein|eine|zu)\b",
    "French le, la, les, des": r"\b(le|la|les|des|du|une)\b(?=[^.]*[éèàç])",
    "Spanish el, los, que": r"\b(el|los|que|una|por)\b(?=[^.]*[áíóñ¿¡])",
    "umlaut": r"([äöüß])",
    "é": r"(é)",
    "end of a sentence": r"[a-z]([.!?])(?=\s)",
    "comma": r"(,)",
    "of": r"\b(of)\b",
    "Debian": r"\b([Dd]ebian)\b",
    "capital letters": r"\b([A-Z]{4,})\b",
}


def main(folder: Path, n_tokens: int) -> None:
    """Print, for every kind, the neuron that puts its tokens first."""
    torch.set_num_threads(1)
    model = lmscope.load(str(folder))
    width = model.n_ctx - len(model.tokenizer.prefix)
    rows, kinds, seconds = [], [], []
    with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
        for i, line in enumerate(lines):
            text = json.loads(line)["text"]
            cut = model.tokenizer.tokenize(text)
            marked = mark(text, cut.spans)
            for at in range(0, len(cut.ids), width):
                rows.append([*model.tokenizer.prefix, *cut.ids[at : at + width].tolist()])
            kinds.append(marked)
            seconds.append(np.full(len(marked), i % 2, bool))
            if sum(map(len, kinds)) >= n_tokens:
                break
    is_of, is_second = np.concatenate(kinds), np.concatenate(seconds)
    values = run(model, rows)
    print(f"{len(is_of):,} tokens\n")
    print("| kind | tokens | neuron | average precision | by chance |\n|---|---|---|---|---|")
    found = []
    halves = [(half, is_of[half].T.copy()) for half in (~is_second, is_second)]
    for layer, acts in enumerate(values):
        for neuron in range(acts.shape[1]):
            scores = []
            for half, wanted in halves:
                order = np.argsort(-acts[half, neuron], kind="stable")
                scores.append([precision(kind[order]) for kind in wanted])
            found.append((layer, neuron, *scores))
    for k, kind in enumerate(KINDS):
        layer, neuron, _, second = max(found, key=lambda f: f[2][k])
        share, n = is_of[is_second, k].mean(), is_of[:, k].sum()
        print(f"| {kind} | {n:,} | L{layer}/N{neuron} | {second[k]:.3f} | {share:.4f} |")


def mark(text: str, spans: np.ndarray) -> np.ndarray:
    """Say of which kinds each token is: bool [n_tokens, n_kinds]."""
    at = np.cumsum([0, *(len(c.encode()) for c in text)])
    marked = np.zeros((len(spans), len(KINDS)), bool)
    for k, pattern in enumerate(KINDS.values()):
        for match in re.finditer(pattern, text):
            group = match.lastindex or 0
            start, end = at[match.start(group)], at[match.end(group)]
            marked[np.searchsorted(spans[:, 1], start, "right") :, k] |= (
                spans[np.searchsorted(spans[:, 1], start, "right") :, 1] <= end
            )
    return marked


def run(model, rows: list[list[int]]) -> list[np.ndarray]:
    """Give the values of all neurons at all tokens but the prefix, by layer."""
    n_prefix = len(model.tokenizer.prefix)
    ends = np.cumsum([0, *(len(row) - n_prefix for row in rows)])
    values = [np.zeros((ends[-1], model.d_mlp), np.float16) for _ in range(model.n_layers)]
    order = np.argsort([len(row) for row in rows], kind="stable")
    for some in np.array_split(order, max(1, len(order) // 32)):
        longest = max(len(rows[i]) for i in some)
        ids = torch.tensor([rows[i] + [0] * (longest - len(rows[i])) for i in some])

        def visit(layer: int, acts: torch.Tensor, some=some) -> None:
            for row, i in enumerate(some):
                values[layer][ends[i] : ends[i + 1]] = acts[row, n_prefix : len(rows[i])]

        model.run(ids, [len(rows[i]) for i in some], visit)
    return values


def precision(is_of: np.ndarray) -> float:
    """Give the average precision of an order in which `is_of` says which items are wanted."""
    places = np.flatnonzero(is_of)
    return float(np.mean(np.arange(1, len(places) + 1) / (places + 1))) if len(places) else 0.0


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(float((*sys.argv[2:], "2e5")[0])))
