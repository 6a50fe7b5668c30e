"""How several models cut one text into tokens, and where all of them end one. Runs no model.

Only tokenizers are loaded. Tokens are compared by the bytes at which they end, and beside it is
said what a comparison by token index would have paired.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lmscope.alignment import shared_ends
from lmscope.catalogue import Catalogue
from lmscope.errors import NoText, TooMuchToCut
from lmscope.text import TokenizedText, without_surrogates

if TYPE_CHECKING:
    from lmscope.models import LanguageModel
    from lmscope.models.tokens import Tokenizer

LONGEST = 100_000
"""Bytes of a text that is cut at most: nobody reads more, token by token."""


@dataclass(frozen=True, slots=True, eq=False)
class ModelCut:
    """A text as one model cuts it."""

    model: str
    tokens: TokenizedText
    prefix: tuple[str, ...]
    """Special tokens that the model reads before the text: they cover no bytes."""
    suffix: tuple[str, ...]
    """Special tokens behind the text."""

    @property
    def ends(self) -> NDArray[np.int64]:
        """Byte offsets at which it ends a token, strictly increasing, [n_ends]."""
        ends = np.unique(self.tokens.spans[:, 1].astype(np.int64))
        return ends[
            ends > 0
        ]  # a space that was put in front of the text ends before its first byte

    def to_json(self) -> dict[str, Any]:
        """Give plain JSON values."""
        pieces, ids = self.tokens.pieces(), self.tokens.ids.tolist()
        spans = self.tokens.spans.tolist()
        return {
            "model": self.model,
            "n_tokens": len(ids),
            "exact": self.tokens.is_exact,
            "prefix": list(self.prefix),
            "suffix": list(self.suffix),
            "tokens": [
                {"text": piece, "start": start, "end": end, "id": i}
                for piece, (start, end), i in zip(pieces, spans, ids, strict=True)
            ],
        }


@dataclass(frozen=True, slots=True)
class PairOfCuts:
    """What two models' cuts of a text have in common."""

    a: str
    b: str
    shared: int
    """Byte offsets at which both end a token."""
    ends_a: int
    """Byte offsets at which the first model ends a token."""
    ends_b: int
    first_different_index: int | None
    """First token, counted from 0, that covers other bytes than the token of the same index in the
    other model; None if there is none."""
    same_at_index: int
    """Tokens that cover the same bytes as the token of the same index in the other model."""

    def to_json(self) -> dict[str, Any]:
        """Give plain JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, eq=False)
class Cuts:
    """A text as several models cut it."""

    text: str
    models: tuple[ModelCut, ...]
    pairs: tuple[PairOfCuts, ...]
    """Each two of the models, in their order."""
    shared_by_all: NDArray[np.int64]
    """Byte offsets at which every model ends a token: there all have read the same. [n_shared]"""

    def to_json(self) -> dict[str, Any]:
        """Give plain JSON values: the shape of ``lmscope tokens --json``."""
        return {
            "text": self.text,
            "models": [one.to_json() for one in self.models],
            "pairs": [pair.to_json() for pair in self.pairs],
            "shared_by_all": self.shared_by_all.tolist(),
        }

    def __repr__(self) -> str:
        counts = ", ".join(f"{one.model}: {len(one.tokens):,} tokens" for one in self.models)
        shared = f"; {len(self.shared_by_all):,} ends shared by all" * (len(self.models) > 1)
        return f"<{len(self.text.encode()):,} bytes, {counts}{shared}>"


def cut(text: str, model: str | Path | LanguageModel, *others: str | Path | LanguageModel) -> Cuts:
    """Show how models cut a text into tokens, and at which bytes all of them end one.

    At such a byte all models have read the same text, whatever the index of the token; only there
    can their neurons be compared. No weights are loaded.

    Args:
        text: Any text of at most 100,000 bytes.
        model: A loaded model, any name that `load` takes, or the folder of a catalogue.
        others: Further ones.

    Raises:
        NoText: If the text is empty.
        TooMuchToCut: If it is too long.
        LmscopeError: As in `load`, for a model whose tokenizer cannot be loaded.

    Example:
        >>> found = cut(" 8) singled out", "demo-solu-1l", "demo-gelu-2l")
        >>> [one.tokens.pieces() for one in found.models]
        [[' ', '8', ')', ' sing', 'led', ' out'], [' 8', ')', ' sing', 'led', ' out']]
        >>> found.shared_by_all.tolist(), found.pairs[0].first_different_index
        ([2, 3, 8, 11, 15], 0)
    """
    text = without_surrogates(text)
    n_bytes = len(text.encode())
    if not n_bytes:
        raise NoText(usage="lmscope tokens solu-1l gpt2-small")
    if n_bytes > LONGEST:
        raise TooMuchToCut(n_bytes, LONGEST)
    cuts = []
    for name, tokenizer in map(_tokenizer, (model, *others)):
        prefix, suffix = (
            tuple(map(tokenizer.spelling, ids)) for ids in (tokenizer.prefix, tokenizer.suffix)
        )
        cuts.append(ModelCut(name, tokenizer.tokenize(text), prefix, suffix))
    return Cuts(text, tuple(cuts), tuple(_pairs(cuts)), reduce(_both, [c.ends for c in cuts]))


def _pairs(cuts: Sequence[ModelCut]) -> list[PairOfCuts]:
    pairs = []
    for a, b in combinations(cuts, 2):
        n = min(len(a.tokens), len(b.tokens))
        is_same = (a.tokens.spans[:n] == b.tokens.spans[:n]).all(axis=1)
        n_same, n_most = int(is_same.sum()), max(len(a.tokens), len(b.tokens))
        first = None if n_same == n_most else int(np.append(is_same, False).argmin())
        n_shared = len(_both(a.ends, b.ends))
        pairs.append(
            PairOfCuts(a.model, b.model, n_shared, len(a.ends), len(b.ends), first, n_same)
        )
    return pairs


def _both(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    in_a, _ = shared_ends(a, b)
    return a[in_a]


def _tokenizer(model: str | Path | LanguageModel) -> tuple[str, Tokenizer]:
    from lmscope.models.loading import load_tokenizer

    if not isinstance(model, str | Path):
        return model.name, model.tokenizer
    if not _is_catalogue(model):
        return load_tokenizer(model)
    its = Catalogue.open(model).manifest["model"]
    _, tokenizer = load_tokenizer(its["source"], revision=its["revision"])
    return str(its["name"]), tokenizer


def _is_catalogue(name: str | Path) -> bool:
    with suppress(OSError):  # a text that took the model's place is too long for a file's name
        return (Path(name) / "manifest.json").is_file()
    return False
