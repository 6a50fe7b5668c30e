"""A model whose neurons are functions of the bytes read so far, under any tokenizer.

Two of them with different tokenizers have the same neurons exactly where both have read the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
import tokenizers
import torch
from tokenizers import models, pre_tokenizers, trainers

from lmscope.models import Visit
from lmscope.models.tokens import Tokenizer

Reads = Callable[[bytes], float]


def bpe(n_vocab: int, texts: Sequence[str]) -> Tokenizer:
    """Train a byte-level BPE; with 256 entries it reads single bytes."""
    backend = tokenizers.Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=n_vocab, initial_alphabet=sorted(alphabet), show_progress=False
    )
    backend.train_from_iterator(texts, trainer)
    return Tokenizer(backend)


class ByteModel:
    """One layer or more of neurons, each a function of the bytes of its text so far."""

    architecture, activation_function, guess, revision = "bytes", "none", None, None
    is_gated, is_causal = False, True
    site, sites = "post", ("post",)
    dtype, device, n_parameters = "float32", "cpu", 0

    def __init__(
        self, name: str, tokenizer: Tokenizer, layers: Sequence[Sequence[Reads]], n_ctx: int = 64
    ) -> None:
        self.name = self.source = name
        self.weights_hash = hashlib.sha256(name.encode()).hexdigest()
        self.tokenizer, self.layers, self.n_ctx = tokenizer, layers, n_ctx
        self.n_layers, self.d_mlp = len(layers), len(layers[0])

    def run(
        self,
        ids: torch.Tensor,
        lengths: Sequence[int],
        visit: Visit,
        layers: Sequence[int] | None = None,
    ) -> None:
        wanted = range(self.n_layers) if layers is None else layers
        acts = np.zeros((len(wanted), *ids.shape, self.d_mlp), np.float32)
        for row, (line, length) in enumerate(zip(ids.tolist(), lengths, strict=True)):
            read = b""
            for at, token in enumerate(line[:length]):
                read += self.tokenizer.token_bytes(token)
                for i, layer in enumerate(wanted):
                    acts[i, row, at] = [neuron(read) for neuron in self.layers[layer]]
        for i, layer in enumerate(wanted):
            visit(layer, torch.from_numpy(acts[i]))


def ends_with(what: bytes) -> Reads:
    return lambda read: float(read.endswith(what))


def noise(seed: int) -> Reads:
    """Random, but the same for the same bytes."""

    def value(read: bytes) -> float:
        digest = hashlib.blake2b(read, digest_size=8, key=str(seed).encode()).digest()
        return int.from_bytes(digest) / 2**64

    return value


def since_newline(read: bytes) -> float:
    return (len(read) - read.rfind(b"\n")) / 30


def word_length(read: bytes) -> float:
    return (len(read) - read.rfind(b" ")) / 5


def n_vowels(read: bytes) -> float:
    return sum(read[-10:].count(v) for v in b"aeiou") / 5
