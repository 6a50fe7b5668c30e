"""Where documents come from: files, folders and hub data sets. Knows no model and no tokens.

A corpus is only a description. Reading it gives the same documents in the same order every time;
texts that were already seen are dropped, and those that nearly repeat an earlier one are marked.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path

from lmscope.corpora.readers import LARGEST, Unreadable, check, read
from lmscope.corpora.specs import Source, parse
from lmscope.duplicates import Clusters

__all__ = ["LARGEST", "Corpus", "Counts", "Document", "Unreadable", "load_corpus"]

Spec = str | Path | tuple[str | Path, float]

_N_NAMED = 5
_PILE = re.compile(r"[^\w\s\x00-\x7f]{256}")  # every combining mark is one of these
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Document:
    """One text and where it is from."""

    text: str
    """Unicode in normal form C, brought to it here, once; never blank, without lone surrogates."""
    source: str
    """Path of the file, beginning as the corpus was given, or ``hf:OWNER/NAME``."""
    offset: int
    """Where it starts in the file, in bytes (of a .gz file, unpacked); in csv and parquet files and
    on the hub, the row, counted from 0 behind the header."""
    cluster: int
    """The first document of the same corpus that it nearly repeats, as the index in the order of
    reading; its own index if there is none."""


@dataclass(slots=True)
class Counts:
    """What one reading has met so far. Everything that was left out is counted."""

    documents: int = 0
    exact_duplicates: int = 0
    """Texts seen before; left out."""
    near_duplicates: int = 0
    """Documents whose cluster an earlier one opened; not left out."""
    empty: int = 0
    """Texts of nothing but white space; left out."""
    replaced: int = 0
    """Bytes that are no UTF-8, and lone surrogates of JSON; each became U+FFFD."""
    unreadable: int = 0
    """Files, and lines of files, that could not be read; left out."""
    unreadable_first: list[Unreadable] = field(default_factory=list)
    """The first five of them."""

    def __str__(self) -> str:
        """Say it in one line, for people.

        Example:
            >>> print(Counts(documents=2, empty=1, unreadable=1, unreadable_first=[
            ...     Unreadable("a.gz", "it is binary, not text")]))
            2 documents, 1 empty, 1 unreadable (a.gz: it is binary, not text)
        """
        said = [
            (self.documents, "documents"),
            (self.near_duplicates, "of them near-duplicates"),
            (self.exact_duplicates, "exact duplicates left out"),
            (self.empty, "empty"),
            (self.replaced, "bytes replaced"),
            (self.unreadable, "unreadable"),
        ]
        text = ", ".join(f"{n:,} {what}" for n, what in said if n or what == "documents")
        if self.unreadable:
            named = "; ".join(f"{u.source}: {u.reason}" for u in self.unreadable_first)
            text += f" ({named}{'; ...' if self.unreadable > len(self.unreadable_first) else ''})"
        return text


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents to be read, in an order that depends on nothing but their names and texts.

    Several sources take turns: next comes the one that has delivered the fewest bytes of text for
    its weight; when one ends, the others go on.
    """

    sources: tuple[Source, ...]

    @property
    def spec(self) -> tuple[str, ...]:
        """What was given, as strings that load the same corpus again."""
        return tuple(source.given for source in self.sources)

    def __iter__(self) -> Iterator[Document]:
        return self.read(Counts())

    def read(self, counts: Counts) -> Iterator[Document]:
        """Read all documents from the first one on, and keep count.

        Args:
            counts: Brought up to date before each document is handed over, and at the end.
        """
        seen = set[bytes]()
        clusters = Clusters()
        index = 0
        delivered = [0.0] * len(self.sources)
        streams = {i: read(source) for i, source in enumerate(self.sources)}
        while streams:
            turn = min(streams, key=delivered.__getitem__)
            found = next(streams[turn], None)
            if found is None:
                del streams[turn]
                continue
            if isinstance(found, Unreadable):
                counts.unreadable += 1
                if len(counts.unreadable_first) < _N_NAMED:
                    counts.unreadable_first.append(found._replace(source=_shown(found.source)))
                continue
            text, replaced = _clean(found.text)
            counts.replaced += replaced
            if not text or text.isspace():
                counts.empty += 1
                continue
            data = text.encode()
            digest = blake2b(data, digest_size=16).digest()
            if digest in seen:
                counts.exact_duplicates += 1
                continue
            seen.add(digest)
            delivered[turn] += len(data) / self.sources[turn].weight
            cluster = clusters.place(index, text)
            counts.documents += 1
            counts.near_duplicates += cluster != index
            yield Document(text, _shown(found.source), found.offset, cluster)
            index += 1


def load_corpus(spec: str | Path | Sequence[Spec]) -> Corpus:
    r"""Describe a corpus, after a look at the beginning of each source.

    Args:
        spec: One source, or a list of them; a pair gives a source its weight.

            - ``book.txt``, ``code.py``, any UTF-8 text (UTF-16 with a byte order mark): one
              document. ``::split=line``, ``::split=blank`` (at blank lines) and ``::split=%``
              (as in fortune files) cut it.
            - ``rows.jsonl``, ``rows.csv``, ``rows.tsv``, ``rows.parquet``: a document per row.
              ``::field=body`` names the column; without it, ``text`` or the only one with texts.
            - All of these but parquet with ``.gz``.
            - ``folder``: its files, of those kinds. ``::glob=**/*.py`` chooses; the options
              above apply to each file.
            - ``hf:OWNER/NAME``: a data set of the Hugging Face hub, streamed. Options ``split``
              (``train`` if not given), ``field`` and ``config``.
            - Options are parted by commas; ``weight=2`` is one everywhere.

    Raises:
        UnknownCorpus: If a file or folder does not exist.
        UnreadableCorpus: If a source is binary, may not be opened, or is not what its name says.
        MissingField: If a table has no column of that name, or several that may be the text.
        BadOption: If an option is unknown or its value cannot work.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "jokes")
        ...     _ = path.write_text("One.\n%\nTwo.\n")
        ...     for document in load_corpus(f"{path}::split=%"):
        ...         print(document.offset, document.text.strip())
        0 One.
        7 Two.
    """
    sources = tuple(map(parse, [spec] if isinstance(spec, str | Path) else spec))
    for source in sources:
        check(source)
    return Corpus(sources)


def _clean(text: str) -> tuple[str, int]:
    """Bring a text to valid Unicode in normal form C, and count what had to be replaced."""
    replaced = 0
    try:
        text.encode()
    except UnicodeEncodeError:
        text, replaced = _SURROGATE.subn("\ufffd", text)
    if unicodedata.is_normalized("NFC", text):
        return text, replaced
    # The time to normalise grows with the square of a pile of marks: piles are taken in pieces.
    ends = [0, *(pile.end() for pile in _PILE.finditer(text)), len(text)]
    return "".join(unicodedata.normalize("NFC", text[a:b]) for a, b in pairwise(ends)), replaced


def _shown(name: str) -> str:
    """Write a file's name as valid Unicode, whatever its bytes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
