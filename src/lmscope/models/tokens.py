"""Cuts texts into token ids and says which bytes each token covers. Knows no model.

The offsets that tokenizer libraries report are wrong for byte fallback, split
characters, trimmed spaces and more, so spans are derived from the vocabulary:
each id stands for certain bytes, and joined they must be the text. Only where
they are not, because the tokenizer normalises, are the library's offsets mapped
back to bytes, and the text is marked as inexact.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import numpy as np
import tokenizers
from numpy.typing import NDArray

from lmscope.errors import NotAModel
from lmscope.text import TokenizedText, byte_at, without_surrogates

Kind = Literal["byte-level", "sentencepiece", "wordpiece", "other"]
"""How a vocabulary spells bytes. `byte-level`: one stand-in character per byte.
`sentencepiece`: U+2581 for a space, ``<0xE2>`` for a byte. `wordpiece`: ``##`` before
what continues a word. `other`: as it is written."""

_BYTE_FALLBACK = re.compile(r"<0x([0-9A-F]{2})>")
_KEEPS_ALL = {"ByteLevel", "Metaspace", "Prepend", "Replace", "Split", "Digits", "Punctuation"}


def read_backend(path: Path) -> tokenizers.Tokenizer:
    """Read a tokenizer.json.

    Raises:
        NotAModel: If it is missing or not a tokenizer.
    """
    try:
        return tokenizers.Tokenizer.from_str(path.read_text("utf-8"))
    except Exception as error:  # the Rust library raises bare Exception
        raise NotAModel(str(path), f"it cannot be read as a tokenizer ({error})") from None


class Tokenizer:
    r"""A tokenizer whose spans are bytes of the text.

    Args:
        backend: The library's tokenizer; it is copied, not changed.
        prefix: Ids put before every segment (BOS, ``[CLS]``).
        suffix: Ids put after every segment (``[SEP]``).
        special_ids: Further ids that cover no bytes, beside those that the backend itself
            declares special. The id for unknown text is never one of them: it covers bytes.

    Example:
        >>> from tokenizers import models, pre_tokenizers
        >>> letters = sorted(pre_tokenizers.ByteLevel.alphabet())
        >>> backend = tokenizers.Tokenizer(models.BPE({c: i for i, c in enumerate(letters)}, []))
        >>> backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        >>> cut = Tokenizer(backend).tokenize("né")
        >>> cut.pieces(), cut.spans.tolist()
        (['n', '\\xc3', '\\xa9'], [[0, 1], [1, 2], [2, 3]])
    """

    def __init__(
        self,
        backend: tokenizers.Tokenizer,
        *,
        prefix: tuple[int, ...] = (),
        suffix: tuple[int, ...] = (),
        special_ids: Iterable[int] = (),
    ) -> None:
        spec: dict[str, Any] = json.loads(backend.to_str())
        spec["truncation"] = spec["padding"] = None
        self.hash = _sha256(spec)
        self.kind = _kind(spec)
        self.prefix = prefix
        self.suffix = suffix

        # Post-processors only add special tokens and trim offsets; dropout cuts at random.
        spec["post_processor"] = None
        spec["model"].pop("dropout", None)
        self._backend = tokenizers.Tokenizer.from_str(json.dumps(spec))
        self._backend.encode_special_tokens = True  # written in a text, they are text

        vocab = self._backend.get_vocab(with_added_tokens=True)
        self.n_vocab = max(vocab.values(), default=-1) + 1
        unknown = _unknown_id(spec, vocab)
        declared = {token["id"] for token in spec["added_tokens"] if token["special"]}
        self.special_ids = frozenset(
            (declared | set(special_ids)) - {unknown} | set(prefix) | set(suffix)
        )
        self._bytes = [b""] * self.n_vocab
        spell = _speller(spec)
        for token, i in vocab.items():
            if i != unknown:
                self._bytes[i] = spell(token)
        self._keeps_all = _keeps_all(spec)

    @classmethod
    def from_file(
        cls,
        path: Path,
        *,
        prefix: tuple[int, ...] = (),
        suffix: tuple[int, ...] = (),
        special_ids: Iterable[int] = (),
    ) -> Tokenizer:
        """Read a tokenizer.json; the other arguments are those of the class.

        Raises:
            NotAModel: If the file is missing or not a tokenizer.
        """
        return cls(read_backend(path), prefix=prefix, suffix=suffix, special_ids=special_ids)

    @classmethod
    def from_backend(cls, backend: tokenizers.Tokenizer) -> Tokenizer:
        """Keep what the backend's own post-processor puts round a text as prefix and suffix."""
        encoding = backend.encode("a")
        mask = encoding.special_tokens_mask
        first, last = mask.index(0), len(mask) - mask[::-1].index(0)
        return cls(backend, prefix=tuple(encoding.ids[:first]), suffix=tuple(encoding.ids[last:]))

    @property
    def normalises(self) -> bool:
        """True if some text may not be the joined bytes of its tokens.

        The character U+2581 does not count: SentencePiece reads it as a space.
        """
        every_byte = {bytes([b]) for b in range(256)}
        return not (self._keeps_all and every_byte <= set(self._bytes))

    def tokenize(self, text: str) -> TokenizedText:
        """Cut one text of any length into tokens, without prefix and suffix.

        What looks like a special token is plain text. Surrogates, which UTF-8 cannot write,
        are joined where they are a pair and become U+FFFD where they are alone; the result's
        ``text`` and spans are those of the repaired text.
        """
        return self.tokenize_all([text])[0]

    def tokenize_all(self, texts: Sequence[str]) -> list[TokenizedText]:
        """Cut many texts at once; the same results as one by one, in the same order."""
        texts = [without_surrogates(text) for text in texts]
        encodings = self._backend.encode_batch_fast(texts, add_special_tokens=False)
        return [self._cut(text, e.ids) for text, e in zip(texts, encodings, strict=True)]

    def token_bytes(self, token_id: int) -> bytes:
        """Give the bytes that a token stands for.

        Empty for special tokens, for ids without a token (a model's vocabulary may be padded)
        and for the token of unknown text.
        """
        if token_id in self.special_ids or not 0 <= token_id < self.n_vocab:
            return b""
        return self._bytes[token_id]

    def spelling(self, token_id: int) -> str:
        """Give a token as the vocabulary writes it: ``<|endoftext|>``; empty for no token."""
        return self._backend.id_to_token(token_id) or ""

    def _cut(self, text: str, ids: list[int]) -> TokenizedText:
        data = text.encode()
        pieces = [self._bytes[i] for i in ids]
        joined = b"".join(pieces)
        is_exact = joined in (data, b" " + data)
        if is_exact:
            n_dummy = len(joined) - len(data)  # a space that was put in front of the text
            lengths = np.fromiter(map(len, pieces), dtype=np.int64, count=len(pieces))
            ends = np.maximum(np.cumsum(lengths) - n_dummy, 0)
            starts = np.concatenate([[0], ends[:-1]])[: len(ends)]
            spans = np.stack([starts, ends], axis=1)
        else:
            offsets = self._backend.encode(text, add_special_tokens=False).offsets
            spans = _disjoint(byte_at(text)[np.array(offsets, dtype=np.int64).reshape(-1, 2)])
        return TokenizedText(text, np.array(ids, np.int32), spans.astype(np.int32), is_exact)


def _sha256(spec: dict[str, Any]) -> str:
    canonical = json.dumps(spec, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _parts(component: dict[str, Any] | None) -> list[dict[str, Any]]:
    """List the steps of a normalizer, pre-tokenizer or decoder, sequences opened."""
    if component is None:
        return []
    if component["type"] != "Sequence":
        return [component]
    steps = next(value for value in component.values() if isinstance(value, list))
    return list(chain.from_iterable(map(_parts, steps)))


def _kind(spec: dict[str, Any]) -> Kind:
    steps = [*_parts(spec["normalizer"]), *_parts(spec["pre_tokenizer"]), *_parts(spec["decoder"])]
    types = {step["type"] for step in steps}
    if "ByteLevel" in types:
        return "byte-level"
    if spec["model"]["type"] == "WordPiece":
        return "wordpiece"
    writes_spaces = any(step["type"] == "Replace" and step["content"] == "▁" for step in steps)
    if "Metaspace" in types or writes_spaces or spec["model"].get("byte_fallback"):
        return "sentencepiece"
    return "other"


def _keeps_all(spec: dict[str, Any]) -> bool:
    """Say whether every step before the model keeps every character."""
    steps = [*_parts(spec["normalizer"]), *_parts(spec["pre_tokenizer"])]
    return _kind(spec) in ("byte-level", "sentencepiece") and all(
        step["type"] in _KEEPS_ALL
        and step.get("behavior") != "Removed"
        and step.get("content", "▁") == "▁"
        for step in steps
    )


def _unknown_id(spec: dict[str, Any], vocab: dict[str, int]) -> int | None:
    """Find the id that stands for text outside the vocabulary, if such text can exist."""
    if spec["model"]["type"] == "Unigram":
        index: int | None = spec["model"]["unk_id"]
        return index
    if _kind(spec) == "byte-level":
        return None
    return vocab.get(spec["model"].get("unk_token") or "")


def _byte_of_character() -> dict[str, int]:
    """Invert the table in which byte-level vocabularies write bytes (GPT-2's encoder.py)."""
    shown = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), 256)]
    hidden = (b for b in range(256) if b not in shown)
    return {chr(b): b for b in shown} | {chr(256 + n): b for n, b in enumerate(hidden)}


_BYTE_OF_CHARACTER = _byte_of_character()


def _speller(spec: dict[str, Any]) -> Callable[[str], bytes]:
    """Give the function from a token, as the vocabulary writes it, to the bytes it spells."""
    added = {token["content"] for token in spec["added_tokens"]}

    def byte_level(token: str) -> bytes:
        if token in added or any(c not in _BYTE_OF_CHARACTER for c in token):
            return token.encode()
        return bytes(_BYTE_OF_CHARACTER[c] for c in token)

    def sentencepiece(token: str) -> bytes:
        if byte := _BYTE_FALLBACK.fullmatch(token):
            return bytes.fromhex(byte[1])
        return token.replace("▁", " ").encode()

    def wordpiece(token: str) -> bytes:
        return token.removeprefix(spec["model"]["continuing_subword_prefix"]).encode()

    spellings: dict[Kind, Callable[[str], bytes]] = {
        "byte-level": byte_level,
        "sentencepiece": sentencepiece,
        "wordpiece": wordpiece,
        "other": str.encode,
    }
    return spellings[_kind(spec)]


def _disjoint(spans: NDArray[np.int64]) -> NDArray[np.int64]:
    """Bring spans into order, so that no token claims bytes that a later one also claims.

    Of several tokens that share one character only the last has read all of it, so the
    others get empty spans.
    """
    starts = np.maximum.accumulate(spans[:, 0])
    ends = np.maximum(spans[:, 1], starts)
    ends[:-1] = np.minimum(ends[:-1], starts[1:])
    return np.stack([starts, ends], axis=1)
