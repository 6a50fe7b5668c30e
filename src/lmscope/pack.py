"""A corpus cut into tokens, documents and segments, on disk: what a scan reads.

The corpus is read and cut once, before the model sees any of it. So a scan
knows its length, an interrupted one needs neither corpus nor tokenizer, and
every example can be shown in its full document. Knows no model, only what a
tokenizer says of each text.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lmscope.accumulators import Batch
from lmscope.corpora import Counts, Document
from lmscope.errors import EmptyCorpus
from lmscope.tensors import Tensors, replacing, write_tensors
from lmscope.text import TokenizedText

_TOGETHER = 64  # documents tokenised at once
_GROUP = 1024  # neighbouring segments sorted by length together


class Cutter(Protocol):
    """What cuts the texts: a model's tokenizer."""

    n_vocab: int
    prefix: tuple[int, ...]
    suffix: tuple[int, ...]
    special_ids: frozenset[int]

    def tokenize_all(self, texts: Sequence[str]) -> list[TokenizedText]:
        """Cut several texts, without prefix and suffix."""
        ...


class Texts(Protocol):
    """What is cut: a `Corpus`, or texts made from one."""

    @property
    def spec(self) -> tuple[str, ...]:
        """What it is called."""
        ...

    def read(self, counts: Counts) -> Iterator[Document]:
        """Read all documents from the first one on, and keep count."""
        ...


def write_pack(
    corpus: Texts,
    tokenizer: Cutter,
    folder: Path,
    *,
    context: int,
    n_tokens: int | None = None,
    report: Callable[[int], None] | None = None,
) -> Pack:
    """Cut a corpus and write it; `pack.json` comes last and makes the folder complete.

    Args:
        corpus: Texts with their provenance.
        tokenizer: What cuts them.
        folder: Made if absent; an incomplete earlier attempt in it is overwritten.
        context: Tokens in a segment, with the tokenizer's prefix and suffix.
        n_tokens: Stop after so many tokens; the last document is cut there. None for all.
        report: Called with the number of tokens so far.

    Raises:
        EmptyCorpus: If there is no token.
        DiskFull: If there is no space left.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.json").unlink(missing_ok=True)
    id_type = np.dtype(np.uint16 if tokenizer.n_vocab <= 1 << 16 else np.uint32)
    names = {"ids": id_type, "starts": np.dtype(np.uint32), "ends": np.dtype(np.uint32)}
    raw = {name: folder / f".{name}.raw" for name in names}
    digest = hashlib.sha256()
    text_start, token_start, offsets, clusters, sources = [0], [0], [], [], []
    source_of: dict[str, int] = {}
    n_inexact = n_cut_off = 0
    counts = Counts()
    met = counts
    with (
        replacing(folder / "text.bin", "The scan can be resumed.") as text_file,
        raw["ids"].open("wb") as ids_file,
        raw["starts"].open("wb") as starts_file,
        raw["ends"].open("wb") as ends_file,
    ):
        for document, cut, met_then in _cut(corpus, tokenizer, counts):
            left = None if n_tokens is None else n_tokens - token_start[-1]
            if left is not None and left <= 0:
                break
            keep = len(cut) if left is None else min(left, len(cut))
            n_cut_off += len(cut) - keep
            data = cut.text.encode()
            if keep < len(cut):  # nothing after the last token that is scanned
                data = data[: int(cut.spans[keep - 1, 1])]
            met = met_then
            n_inexact += not cut.is_exact
            digest.update(len(data).to_bytes(8, "little") + data)
            text_file.write(data)
            ids_file.write(cut.ids[:keep].astype(id_type).tobytes())
            starts_file.write(cut.spans[:keep, 0].astype(np.uint32).tobytes())
            ends_file.write(cut.spans[:keep, 1].astype(np.uint32).tobytes())
            text_start.append(text_start[-1] + len(data))
            token_start.append(token_start[-1] + keep)
            offsets.append(document.offset)
            clusters.append(document.cluster)
            sources.append(source_of.setdefault(document.source, len(source_of)))
            if report is not None:
                report(token_start[-1])
        else:  # what follows the last document was met too
            met = counts
    if token_start[-1] == 0:
        raise EmptyCorpus(", ".join(corpus.spec), str(met))
    starts, in_document = _segments(
        np.array(token_start), context - len(tokenizer.prefix) - len(tokenizer.suffix)
    )
    arrays: dict[str, NDArray[Any]] = {
        name: np.memmap(raw[name], dtype=kind, mode="r") for name, kind in names.items()
    }
    write_tensors(folder / "tokens.safetensors", arrays)
    write_tensors(
        folder / "documents.safetensors",
        {
            "text_start": np.array(text_start, np.uint64),
            "token_start": np.array(token_start, np.uint64),
            "source": np.array(sources, np.uint32),
            "offset": np.array(offsets, np.uint64),
            "cluster": np.array(clusters, np.uint32),
        },
    )
    write_tensors(
        folder / "segments.safetensors",
        {"token_start": starts.astype(np.uint64), "document": in_document.astype(np.uint32)},
    )
    facts = {
        "n_documents": len(sources),
        "n_segments": len(in_document),
        "n_tokens": token_start[-1],
        "n_bytes": text_start[-1],
        "n_inexact_documents": n_inexact,
        "n_tokens_beyond_limit_in_last_document": n_cut_off,
        "context": context,
        "prefix": list(tokenizer.prefix),
        "suffix": list(tokenizer.suffix),
        "special_ids": sorted(tokenizer.special_ids),
        "sha256": digest.hexdigest(),
        "read": asdict(met),
        "sources": list(source_of),
    }
    for path in raw.values():
        path.unlink()
    with replacing(folder / "pack.json") as file:
        file.write(json.dumps(facts, indent=1, ensure_ascii=False).encode() + b"\n")
    return Pack(folder)


@contextmanager
def packed(
    corpus: Texts,
    tokenizer: Cutter,
    *,
    context: int,
    n_tokens: int | None = None,
    report: Callable[[int], None] | None = None,
) -> Iterator[Pack]:
    """Cut a corpus into a folder that is gone afterwards; arguments are those of `write_pack`."""
    with TemporaryDirectory(prefix="lmscope-") as folder:
        yield write_pack(
            corpus, tokenizer, Path(folder), context=context, n_tokens=n_tokens, report=report
        )


def _cut(
    corpus: Texts, tokenizer: Cutter, counts: Counts
) -> Iterator[tuple[Document, TokenizedText, Counts]]:
    """Cut the documents, several at once, each with the counts as they were when it was read."""
    documents = (
        (document, replace(counts, unreadable_first=list(counts.unreadable_first)))
        for document in corpus.read(counts)
    )
    while together := list(islice(documents, _TOGETHER)):
        cuts = tokenizer.tokenize_all([document.text for document, _ in together])
        for (document, met), cut in zip(together, cuts, strict=True):
            yield document, cut, met


def _segments(
    token_start: NDArray[np.int64], step: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cut each document into runs of at most `step` tokens.

    Returns:
        First token of each segment and, last, the number of tokens: [n_segments + 1]; and the
        document of each segment: [n_segments].
    """
    lengths = np.diff(token_start)
    n_each = -(-lengths // step)
    document = np.repeat(np.arange(len(lengths)), n_each)
    first = np.cumsum(n_each) - n_each
    inside = np.arange(len(document)) - first[document]
    starts = token_start[document] + inside * step
    return np.append(starts, token_start[-1]), document


class PackedTexts:
    """The documents of a pack, to be cut again: by another tokenizer, or into windows."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self.spec: tuple[str, ...] = tuple(pack.facts["sources"])

    def read(self, counts: Counts) -> Iterator[Document]:
        """Read all documents from the first one on, and keep count."""
        clusters = self._pack.clusters().tolist()
        for i, cluster in enumerate(clusters):
            counts.documents += 1
            source, offset = self._pack.source(i)
            yield Document(self._pack.text(i).decode(), source, offset, cluster)


class Pack:
    """A packed corpus, open for reading."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.facts: dict[str, Any] = json.loads((folder / "pack.json").read_text("utf-8"))
        self.n_segments: int = self.facts["n_segments"]
        self.n_tokens: int = self.facts["n_tokens"]
        self.n_documents: int = self.facts["n_documents"]
        self._text = os.open(folder / "text.bin", os.O_RDONLY)
        self._tokens = Tensors(folder / "tokens.safetensors")
        self._maps: dict[str, NDArray[Any]] = {}
        self._documents = Tensors(folder / "documents.safetensors")
        segments = Tensors(folder / "segments.safetensors")
        # 12 bytes a segment and 8 a document stay in memory, 10 MB for a hundred million tokens.
        self._text_start = self._documents.read("text_start")
        self._token_start = self._documents.read("token_start")
        self._start = segments.read("token_start").astype(np.int64)
        self._document: NDArray[np.uint32] = segments.read("document")

    def __del__(self, close: Callable[[int], None] = os.close) -> None:
        if (file := getattr(self, "_text", None)) is not None:
            close(file)  # when Python ends, `os` may be gone before

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens in each segment, [n_segments]."""
        return np.diff(self._start)

    def document_of(self, segments: NDArray[Any]) -> NDArray[np.int64]:
        """Give the document of each segment."""
        documents: NDArray[np.int64] = self._document[segments].astype(np.int64)
        return documents

    def ids(self, segment: int) -> NDArray[np.int64]:
        """Read the token ids of a segment, without prefix and suffix."""
        rows = self._tokens.rows("ids", int(self._start[segment]), int(self._start[segment + 1]))
        return rows.astype(np.int64)

    def spans(self, segment: int) -> NDArray[np.int64]:
        """Read the byte spans of a segment's tokens in its document, [n_tokens, 2]."""
        start, stop = int(self._start[segment]), int(self._start[segment + 1])
        pair = [self._tokens.rows(name, start, stop) for name in ("starts", "ends")]
        return np.stack(pair, axis=1).astype(np.int64)

    def text(self, document: int, start: int = 0, end: int | None = None) -> bytes:
        """Read bytes [start, end) of a document; the whole document by default."""
        first, stop = int(self._text_start[document]), int(self._text_start[document + 1])
        length = stop - first if end is None else end
        return os.pread(self._text, max(0, min(length, stop - first) - start), first + start)

    def source(self, document: int) -> tuple[str, int]:
        """Give the file or data set a document came from, and its offset or row there."""
        source = int(self._documents.row("source", document))
        return self.facts["sources"][source], int(self._documents.row("offset", document))

    def is_first_of_cluster(self) -> NDArray[np.bool_]:
        """Tell which documents are no near-duplicate of an earlier one, [n_documents]."""
        clusters = self.clusters()
        is_first: NDArray[np.bool_] = clusters == np.arange(len(clusters))
        return is_first

    def clusters(self) -> NDArray[np.int64]:
        """Give the first document that each nearly repeats, itself if it is new, [n_documents]."""
        return self._documents.read("cluster").astype(np.int64)

    def document_spans(self, document: int) -> tuple[int, NDArray[np.int64]]:
        """Give a document's first token in the corpus, and the byte spans of all its tokens.

        Returns:
            The token, and half-open spans in the document, [n_tokens, 2].
        """
        start, stop = (int(self._token_start[document + i]) for i in (0, 1))
        pair = [self._all(name)[start:stop] for name in ("starts", "ends")]
        return start, np.stack(pair, axis=1).astype(np.int64)

    def document_at(self, token: int) -> int:
        """Give the document that a token of the corpus is in."""
        return int(np.searchsorted(self._token_start, token, side="right")) - 1

    def token_ids(self) -> NDArray[Any]:
        """Map the id of every token of the corpus, [n_tokens]."""
        return self._all("ids")

    def plan(
        self, n_batch_tokens: int, segments: NDArray[np.bool_] | None = None
    ) -> list[NDArray[np.int64]]:
        """Share the segments out into batches of similar length.

        Neighbouring segments are sorted by length and dealt out so that each batch holds at
        most `n_batch_tokens`, padding included. The plan depends on nothing else, so a batch
        is a unit of work that any worker computes in the same way.

        Args:
            n_batch_tokens: Tokens in a batch.
            segments: Which segments, bool [n_segments]; None for all.
        """
        extra = len(self.facts["prefix"]) + len(self.facts["suffix"])
        lengths = self.lengths + extra
        batches: list[NDArray[np.int64]] = []
        chosen = np.arange(self.n_segments) if segments is None else np.flatnonzero(segments)
        for g in range(0, len(chosen), _GROUP):
            near = chosen[g : g + _GROUP]
            order = near[np.argsort(-lengths[near], kind="stable")]
            order = order[lengths[order] > extra]  # an excerpt has emptied some
            i = 0
            while i < len(order):
                n = max(1, n_batch_tokens // int(lengths[order[i]]))
                batches.append(order[i : i + n])
                i += n
        return batches

    def batch(self, segments: NDArray[np.int64], skip: int, shown: NDArray[np.bool_]) -> Batch:
        """Read a batch.

        Args:
            segments: Which segments.
            skip: First positions of each segment, prefix included, that never count.
            shown: Documents whose segments may become examples, [n_documents].
        """
        lengths = self.lengths[segments]
        ids = np.zeros((len(segments), int(lengths.max())), np.int64)
        for row, segment in enumerate(segments):
            ids[row, : lengths[row]] = self.ids(int(segment))
        n_prefix = len(self.facts["prefix"])
        token = np.arange(ids.shape[1])
        keep = (token[None] < lengths[:, None]) & (token[None] + n_prefix >= skip)
        keep &= ~np.isin(ids, self.facts["special_ids"])
        eligible = shown[self.document_of(segments)]
        return Batch(segments, ids, lengths, keep, eligible, n_prefix)

    def model_input(self, batch: Batch) -> NDArray[np.int64]:
        """Give the ids that the model reads: prefix, tokens, suffix, padding on the right."""
        prefix, suffix = self.facts["prefix"], self.facts["suffix"]
        width = batch.ids.shape[1] + len(prefix) + len(suffix)
        ids = np.zeros((len(batch.ids), width), np.int64)
        ids[:, : len(prefix)] = prefix
        for row, n in enumerate(batch.lengths):
            ids[row, len(prefix) : len(prefix) + n] = batch.ids[row, :n]
            ids[row, len(prefix) + n : len(prefix) + n + len(suffix)] = suffix
        return ids

    def places(
        self, segments: NDArray[Any], starts: NDArray[Any], stops: NDArray[Any]
    ) -> NDArray[np.int64]:
        """Find document and byte range of windows of tokens.

        Args:
            segments: Segment of each window, [n].
            starts: First token in the segment, [n].
            stops: One past the last, [n].

        Returns:
            document, byte_start, byte_end: [n, 3].
        """
        first = self._start[segments] + starts
        last = self._start[segments] + stops - 1
        at = self._all("starts"), self._all("ends")
        return np.stack([self.document_of(segments), at[0][first], at[1][last]], axis=1)

    def window_ids(self, first: NDArray[np.int64]) -> NDArray[Any]:
        """Give the ids of the corpus at any token positions, same shape."""
        ids: NDArray[Any] = self._all("ids")[first]
        return ids

    def token_start(self, segments: NDArray[Any]) -> NDArray[np.int64]:
        """Give the position in the corpus of each segment's first token."""
        starts: NDArray[np.int64] = self._start[segments]
        return starts

    def _all(self, name: str) -> NDArray[Any]:
        """Map a whole token array, for those who touch nearly all of it."""
        if name not in self._maps:
            self._maps[name] = self._tokens.map(name)
        return self._maps[name]
