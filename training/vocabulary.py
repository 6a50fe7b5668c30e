"""Trains the two tokenizers of the demo models. Knows no model.

    python training/vocabulary.py WORK

Two families, so that neurons can be compared across them. `solu`: byte-level BPE of 4,096, every
digit alone, `<|BOS|>`. `gelu`: SentencePiece's spelling (U+2581 for a space, bytes for what is
rare), BPE of 5,120, `<|endoftext|>`, trained on another order of merges: a space belongs to the
word behind it, and runs of spaces and of line ends are tokens.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

N_SOLU, N_GELU = 4096, 5120
EVERY = 3  # documents, of which one is read: the frequent pairs are the same


def texts(path: Path, every: int = 1) -> Iterator[str]:
    """Yield the texts of a .jsonl.gz file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for i, line in enumerate(lines):
            if i % every == 0:
                yield json.loads(line)["text"]


def byte_level(train: Path) -> Tokenizer:
    """Train the byte-level BPE."""
    backend = Tokenizer(models.BPE())
    digits = pre_tokenizers.Digits(individual_digits=True)
    words = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.pre_tokenizer = pre_tokenizers.Sequence([digits, words])
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=N_SOLU,
        special_tokens=["<|BOS|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    backend.train_from_iterator(texts(train, EVERY), trainer)
    return backend


def sentencepiece(train: Path) -> Tokenizer:
    """Train the BPE that spells as SentencePiece does, with bytes for rare characters."""
    special = ["<unk>", "<|endoftext|>"]
    byte_tokens = [f"<0x{byte:02X}>" for byte in range(256)]
    backend = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    backend.normalizer = normalizers.Replace(" ", "▁")
    words = r"\n+|▁+(?=▁)|▁?[\p{L}\p{M}]+|▁?\p{N}|▁?[^\s▁\p{L}\p{M}\p{N}]+|▁|\s"
    backend.pre_tokenizer = pre_tokenizers.Split(Regex(words), "isolated")
    backend.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=N_GELU,
        special_tokens=[*special, *byte_tokens],
        limit_alphabet=220,
        show_progress=False,
    )
    backend.train_from_iterator(texts(train, EVERY), trainer)
    # The trainer has no word for byte tokens: it took them as special, which they are not.
    spec = json.loads(backend.to_str())
    spec["added_tokens"] = [t for t in spec["added_tokens"] if t["content"] in special]
    return Tokenizer.from_str(json.dumps(spec))


def main(work: Path) -> None:
    """Train both and write them to WORK/solu.json and WORK/gelu.json."""
    for name, train in (("solu", byte_level), ("gelu", sentencepiece)):
        backend = train(work / "train.jsonl.gz")
        backend.save(str(work / f"{name}.json"))
        print(name, backend.get_vocab_size())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
