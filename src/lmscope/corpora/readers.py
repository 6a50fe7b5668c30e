"""Every way of getting texts out of files, folders and the hub. Knows no duplicates, no weights.

Readers yield what they find in a fixed order and hold one document at a time (of parquet, one
batch of rows). What cannot be read is yielded too, as `Unreadable`, and the rest goes on.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import os
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from lmscope.corpora.specs import HUB, Source, kind_of
from lmscope.errors import LmscopeError, MissingField, UnreadableCorpus

LARGEST = 1 << 26
"""Characters that a whole file may have as one document, or a csv file in one field."""

_HEAD = 8192
_NOT_TEXT = 0.3  # share of the head's bytes that are no UTF-8; Latin-1 prose stays far below
_BATCH = 64  # rows of a parquet file in memory at once
# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_ESCAPED = re.compile("[\udc80-\udcff]")
_PROBLEMS = (OSError, EOFError, UnicodeError, zlib.error, csv.Error, LmscopeError)


class Record(NamedTuple):
    """A text as found; a lone surrogate in it stands for a byte that is no UTF-8."""

    source: str
    offset: int
    text: str


class Unreadable(NamedTuple):
    """A file, or one record of it, that could not be read."""

    source: str
    reason: str


Found = Record | Unreadable


def check(source: Source) -> None:
    """Look at the beginning of a source.

    Raises:
        UnreadableCorpus: If it is not what its name says.
        MissingField: If it has no column of that name, or several that may be the text.
    """
    try:
        if source.kind == "folder":
            next(source.path.iterdir(), None)
        elif source.kind == "text":
            with _opened(source):
                pass
        else:
            any(isinstance(found, Record) for found in islice(_records(source), 100))
    except LmscopeError:
        raise
    except _PROBLEMS as problem:
        raise UnreadableCorpus(source.name, _reason(problem)) from problem


def read(source: Source) -> Iterator[Found]:
    """Read a source from its beginning; a folder's files in the order of their paths' bytes.

    Hidden files are left out, and linked folders are not entered: what they hold lies elsewhere.
    """
    if source.kind == "hub":
        yield from _hub(source)
    elif source.kind != "folder":
        yield from _carefully(source)
    else:
        for path in sorted(source.path.glob(source.glob), key=os.fsencode):
            below = path.relative_to(source.path)
            if not any(part.startswith(".") for part in below.parts):
                name = str(Path(source.name, below))
                yield from _carefully(replace(source, name=name, kind=kind_of(path)))


def _carefully(source: Source) -> Iterator[Found]:
    try:
        if source.path.is_dir():
            next(source.path.iterdir(), None)
        elif source.path.exists() and not source.path.is_file():
            yield Unreadable(source.name, "it is neither a file nor a folder")
        else:
            yield from _records(source)
    except _PROBLEMS as problem:
        yield Unreadable(source.name, _reason(problem))


def _records(source: Source) -> Iterator[Found]:
    readers = {"text": _text, "jsonl": _jsonl, "csv": _csv, "parquet": _parquet, "hub": _hub}
    return readers[source.kind](source)


def _reason(problem: BaseException) -> str:
    if isinstance(problem, MissingField):
        return f"it has no field '{problem.facts['field']}'"
    if isinstance(problem, LmscopeError):
        return str(problem.facts["reason"])
    said = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
    line = said.splitlines()[0][:200].rstrip(".")
    return line[:1].lower() + line[1:]


# --- text ----------------------------------------------------------------------------------


@contextmanager
def _opened(source: Source) -> Iterator[tuple[io.TextIOWrapper, int]]:
    """Open a file as text, behind its byte order mark of so many bytes."""
    path = source.path
    is_packed = path.suffix.lower() == ".gz"
    with cast(BinaryIO, gzip.open(path)) if is_packed else path.open("rb") as raw:
        head = raw.read(_HEAD)
        mark = next((mark for mark in _MARKS if head.startswith(mark)), b"")
        encoding = _MARKS.get(mark, "utf-8")
        if encoding == "utf-8":
            _refuse_binary(source.name, head)
        raw.seek(len(mark))
        # Both let every input through, and turn back into the same number of bytes.
        errors = "surrogateescape" if encoding == "utf-8" else "surrogatepass"
        with io.TextIOWrapper(raw, encoding, errors, newline="\n") as stream:
            yield stream, len(mark)


def _refuse_binary(name: str, head: bytes) -> None:
    n_wrong = len(_ESCAPED.findall(head.decode("utf-8", "surrogateescape")))
    if b"\0" in head:
        reason = "it is binary, not text"
    elif n_wrong > _NOT_TEXT * len(head):
        reason = f"it is not UTF-8 ({n_wrong:,} of its first {len(head):,} bytes are no characters)"
    else:
        return
    raise UnreadableCorpus(name, reason)


def _lines(stream: io.TextIOWrapper, offset: int) -> Iterator[tuple[int, str]]:
    for line in stream:
        yield offset, line
        offset += len(line.encode(stream.encoding, stream.errors or "strict"))


def _text(source: Source) -> Iterator[Found]:
    with _opened(source) as (stream, start):
        if source.split is None:
            text = stream.read(LARGEST + 1)
            if len(text) > LARGEST:
                reason = (
                    f"as one document it is too long (more than {LARGEST:,} characters); "
                    f"cut it with {source.name}::split=blank or split=line"
                )
                raise UnreadableCorpus(source.name, reason)
            yield Record(source.name, start, text)
        else:
            for offset, text in _parts(_lines(stream, start), source.split):
                yield Record(source.name, offset, text)


def _parts(lines: Iterator[tuple[int, str]], split: str) -> Iterator[tuple[int, str]]:
    """Cut at every line, at blank lines, or at lines which hold only a percent sign."""
    first, held = 0, list[str]()
    for offset, line in lines:
        bare = line.removesuffix("\n").removesuffix("\r")
        if split == "line":
            yield offset, bare
        elif bare != "%" if split == "%" else bare.strip():
            first = first if held else offset
            held.append(line)
        elif held:
            yield first, "".join(held)
            held = []
    if held:
        yield first, "".join(held)


# --- tables --------------------------------------------------------------------------------


def _column(source: Source, fields: Sequence[str], of_text: Sequence[str]) -> str:
    """Find the field with the text: the one asked for, else `text`, else the only candidate."""
    wanted = source.field or "text"
    if wanted in fields:
        return wanted
    if source.field is None and len(of_text) == 1:
        return of_text[0]
    if not of_text:
        reason = f"none of its fields holds text (it has: {', '.join(fields[:5]) or 'none'})"
        raise UnreadableCorpus(source.name, reason)
    raise MissingField(source.name, wanted, fields)


def _cell(source: Source, offset: int, value: Any, where: str) -> Found:
    if value is None or isinstance(value, str):
        return Record(source.name, offset, value or "")
    return Unreadable(source.name, f"{where} has a {type(value).__name__} in place of a text")


def _of_text(row: dict[str, Any]) -> list[str]:
    return [key for key, value in row.items() if isinstance(value, str)]


def _jsonl(source: Source) -> Iterator[Found]:
    column = None
    with _opened(source) as (stream, start):
        for n, (offset, line) in enumerate(_lines(stream, start), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                yield Unreadable(source.name, f"line {n} is not JSON")
                continue
            if not isinstance(row, dict):
                yield Unreadable(source.name, f"line {n} is not an object with fields")
                continue
            column = column or _column(source, list(row), _of_text(row))
            yield _cell(source, offset, row.get(column), f"line {n}")


def _csv(source: Source) -> Iterator[Found]:
    csv.field_size_limit(LARGEST)
    with _opened(source) as (stream, _):
        stream.reconfigure(newline="")
        head = stream.readline()
        rows = csv.reader(chain([head], stream), delimiter=max(",;\t", key=head.count))
        fields = next(rows, [])
        column = fields.index(_column(source, fields, fields)) if fields else 0
        for n, row in enumerate(rows):
            yield _cell(source, n, row[column] if column < len(row) else None, f"row {n}")


def _parquet(source: Source) -> Iterator[Found]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    def holds_text(kind: Any) -> bool:
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))

    try:
        with pq.ParquetFile(source.path) as table:
            schema = table.schema_arrow
            column = _column(source, schema.names, [f.name for f in schema if holds_text(f.type)])
            if not holds_text(kind := schema.field(column).type):
                reason = f"its field '{column}' holds {kind}, not text"
                raise UnreadableCorpus(source.name, reason)
            n = 0
            for batch in table.iter_batches(_BATCH, columns=[column]):
                # As bytes: parquet does not promise that a string is UTF-8.
                for value in batch.column(0).cast(pa.string()).cast(pa.binary()).to_pylist():
                    yield Record(source.name, n, (value or b"").decode("utf-8", "surrogateescape"))
                    n += 1
    except pa.ArrowInvalid as problem:
        raise UnreadableCorpus(source.name, _reason(problem)) from problem


def _hub(source: Source) -> Iterator[Found]:
    from datasets import load_dataset
    from datasets.exceptions import DatasetsError

    name, split = source.name.removeprefix(HUB), source.split or "train"
    column = None
    try:
        rows = load_dataset(name, source.config, split=split, streaming=True)
        for n, row in enumerate(rows):
            column = column or _column(source, list(row), _of_text(row))
            yield _cell(source, n, row.get(column), f"row {n}")
    except ConnectionError as problem:
        reason = "the Hugging Face hub could not be reached"
        remedy = "Without a network, give a file or a folder instead."
        raise UnreadableCorpus(source.name, reason, remedy) from problem
    except (OSError, ValueError, DatasetsError) as problem:
        raise UnreadableCorpus(source.name, _reason(problem)) from problem
