"""Which texts nearly repeat an earlier one, found in one pass. Knows not where texts come from.

1.  A text is its set of shingles: runs of eight words, whatever their case and punctuation.
2.  MinHash: two sets share the smallest value of a random hash as often as their Jaccard similarity
    says. Of 128 smallest values one byte each is kept, which is enough to compare them.
3.  Eight neighbouring bytes make one of 16 bands; only texts that share a band are compared: of
    pairs with similarity 0.8 a share of 0.95, with 0.9 of 0.9999, with 0.5 of 0.06.

Sources:
    Broder, "On the resemblance and containment of documents", SEQUENCES 1997.
    Li and König, "b-bit minwise hashing", WWW 2010.
    Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", chapter 3 (bands).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

N_WORDS = 8
"""Words in a shingle; a text of fewer words is one shingle."""
SIMILARITY = 0.8
"""Estimated Jaccard similarity, 0 to 1, from which two texts are near-duplicates."""
N_REMEMBERED = 1 << 19
"""Texts that a new one is compared with: the latest ones which repeat none. About 200 MB."""

_N_HASHES, _N_BANDS, _SLOTS_PER_TEXT = 128, 16, 4
# Bytes that differ in origin are equal once in 256.
_N_EQUAL = _N_HASHES * (SIMILARITY + (1 - SIMILARITY) / 256)
_BLOCK, _FEW = 1 << 16, 1 << 10  # bytes, and shingles, hashed at once: what fits in the cache


def _random_odd(n: int) -> NDArray[np.uint64]:
    # splitmix64: the same numbers in every process and with every version of numpy.
    z = np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (z ^ (z >> np.uint64(31))) | np.uint64(1)


_RANDOM = _random_odd(256 + _N_HASHES + 3)
_HASHES = _RANDOM[256:-3].astype(np.uint32)
_RADIX, _NEXT_WORD, _MIX = _RANDOM[-3:]
_POWERS = np.cumprod(np.full(_BLOCK, _RADIX))
_INVERSES = np.cumprod(np.full(_BLOCK, pow(int(_RADIX), -1, 1 << 64), dtype=np.uint64))
# A number for each byte of a word, 0 for what parts words. Beyond ASCII all bytes are letters;
# from 0xE0 on they begin a word, since the scripts there often write no spaces.
_LETTERS = [b > 127 or bytes([b]).isalnum() for b in range(256)]
_CODES = np.where(_LETTERS, _RANDOM[list(bytes(range(256)).lower())], np.uint64(0))
_FIRST_OF_WORD = 0xE0


def _shingles(data: NDArray[np.uint8]) -> NDArray[np.uint32]:
    codes = _CODES[data]
    is_letter = codes != 0
    is_first = is_letter.copy()
    is_first[1:] &= ~is_letter[:-1] | (data[1:] >= _FIRST_OF_WORD)
    firsts = np.flatnonzero(is_first)
    if not len(firsts):
        return np.empty(0, np.uint32)
    # A word's hash is the polynomial of its letters, wherever it stands.
    words = np.add.reduceat(codes * _POWERS[: len(data)], firsts) * _INVERSES[firsts]
    width = min(N_WORDS, len(words))
    n = len(words) - width + 1
    hashes = words[:n]
    for k in range(1, width):
        hashes = hashes * _NEXT_WORD + words[k : k + n]
    hashes = (hashes ^ (hashes >> np.uint64(29))) * _MIX
    return np.asarray(hashes >> np.uint64(32), np.uint32)


def sketch(text: str) -> NDArray[np.uint8] | None:
    """Reduce a text to 128 bytes; similar texts have many bytes in common.

    Returns:
        The sketch, uint8 [128]; None for a text without a letter or digit.

    Example:
        >>> a = sketch("Free as in speech, not as in beer.")
        >>> b = sketch("free as in SPEECH not as in beer")
        >>> int((a == b).sum())
        128
    """
    data = np.frombuffer(text.encode(), np.uint8)
    smallest = np.full(_N_HASHES, np.iinfo(np.uint32).max, np.uint32)
    is_empty = True
    for start in range(0, len(data), _BLOCK):
        shingles = _shingles(data[start : start + _BLOCK])
        for few in range(0, len(shingles), _FEW):
            is_empty = False
            hashed = shingles[few : few + _FEW, None] * _HASHES
            np.minimum(smallest, hashed.min(axis=0), out=smallest)
    # A byte that depends on every bit of the value; its lowest depends on few bits of a shingle.
    return None if is_empty else np.asarray(smallest * _HASHES >> np.uint32(24), np.uint8)


class Clusters:
    """The texts seen so far, each compared with those that opened a cluster before it.

    Example:
        >>> clusters = Clusters()
        >>> [clusters.place(i, text) for i, text in enumerate(["A b c.", "x y z", "a, b, c"])]
        [0, 1, 0]
    """

    def __init__(self) -> None:
        self._n = 0
        self._sketches = np.empty((0, _N_HASHES), np.uint8)
        self._documents = np.empty(0, np.int64)
        self._grow(1024)

    def place(self, document: int, text: str) -> int:
        """Name the first document of the text's cluster: `document` itself if the text is new."""
        found = sketch(text)
        if found is None:
            return document
        slots = self._slots(found)
        rows = self._rows[slots]
        rows = rows[rows >= 0]
        near = rows[(self._sketches[rows] == found).sum(axis=1) >= _N_EQUAL]
        if len(near):
            return int(self._documents[near].min())
        if self._n == len(self._sketches) < N_REMEMBERED:
            self._grow(2 * self._n)
            slots = self._slots(found)
        row = self._n % len(self._sketches)
        self._sketches[row], self._documents[row], self._rows[slots] = found, document, row
        self._n += 1
        return document

    def _slots(self, sketches: NDArray[np.uint8]) -> NDArray[np.intp]:
        """Give each band, eight bytes taken as one number, its place in the table: [..., 16]."""
        per_band = len(self._sketches) * _SLOTS_PER_TEXT
        shift = np.uint64(64 - (per_band.bit_length() - 1))
        places = (sketches.view("<u8") * _MIX) >> shift
        return np.asarray(places, np.intp) + np.arange(_N_BANDS) * per_band

    def _grow(self, n_texts: int) -> None:
        n = len(self._sketches)
        self._sketches = np.resize(self._sketches, (n_texts, _N_HASHES))
        self._documents = np.resize(self._documents, n_texts)
        self._rows = np.full(_N_BANDS * n_texts * _SLOTS_PER_TEXT, -1, np.int32)
        self._rows[self._slots(self._sketches[:n])] = np.arange(n, dtype=np.int32)[:, None]
