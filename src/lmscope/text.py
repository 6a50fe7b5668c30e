"""A text and the bytes that each of its tokens covers. Knows no model and no tokenizer library.

Only byte offsets of the text survive a change of tokenizer, so they, and not
token indices, are what the rest of lmscope compares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class TokenizedText:
    """A text cut into tokens, without BOS or other tokens that cover no bytes.

    Example:
        >>> cut = TokenizedText("a b", np.array([5, 9]), np.array([[0, 1], [1, 3]]))
        >>> cut.pieces()
        ['a', ' b']
    """

    text: str
    """The text that was cut, as the tokenizer saw it."""
    ids: NDArray[np.int32]
    """Token ids, shape [n_tokens]."""
    spans: NDArray[np.int32]
    """Half-open byte spans into ``text.encode()``, shape [n_tokens, 2]."""
    is_exact: bool = True
    """True if the tokens' own bytes, joined, are the text; False if the tokenizer
    normalises (WordPiece, NFKC) and the spans were mapped back from it."""

    def __len__(self) -> int:
        return len(self.ids)

    def pieces(self) -> list[str]:
        r"""Give the text of each token; bytes that are no whole character as ``\xe2``."""
        data = self.text.encode()
        return [printable(data[start:end]) for start, end in self.spans.tolist()]

    def split(self) -> list[int]:
        """Give the tokens whose bytes are no whole characters, so that `pieces` escapes them."""
        data = self.text.encode()
        return [i for i, (a, b) in enumerate(self.spans.tolist()) if is_split(data[a:b])]


def printable(data: bytes) -> str:
    r"""Decode bytes as UTF-8, showing those that are no whole character as escapes.

    Example:
        >>> printable(" né".encode()), printable("é".encode()[:1])
        (' né', '\\xc3')
    """
    return data.decode("utf-8", "backslashreplace")


def is_split(data: bytes) -> bool:
    """Tell whether bytes are no whole characters: a token that ends inside an emoji.

    Example:
        >>> is_split("é".encode()), is_split("é".encode()[:1])
        (False, True)
    """
    try:
        data.decode()
    except UnicodeDecodeError:
        return True
    return False


def byte_at(text: str) -> NDArray[np.int64]:
    """Give the byte offset of each character and of the end, shape [n_characters + 1].

    Example:
        >>> byte_at("né!").tolist()
        [0, 1, 3, 4]
    """
    code = np.frombuffer(text.encode("utf-32-le"), dtype="<u4")
    widths = 1 + (code >= 0x80) + (code >= 0x800) + (code >= 0x10000)
    return np.concatenate([[0], np.cumsum(widths, dtype=np.int64)])


def without_surrogates(text: str) -> str:
    r"""Join surrogates that are a pair; those that are alone, which UTF-8 cannot write, are U+FFFD.

    Example:
        >>> without_surrogates("\ud83d\ude00 \ud83d")
        '😀 �'
    """
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
