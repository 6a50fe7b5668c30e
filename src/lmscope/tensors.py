"""Named arrays in one safetensors file: written whole or not at all, read by the piece.

Knows nothing of what the arrays mean. The format is that of
https://huggingface.co/docs/safetensors, so any safetensors reader opens these
files; ours reads one row by one `pread`, where a memory map would pull in
megabytes of neighbours.
"""

from __future__ import annotations

import errno
import hashlib
import json
import operator
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from lmscope.errors import DiskFull

_NAMES = {
    "u1": "U8", "i1": "I8", "u2": "U16", "i2": "I16", "u4": "U32", "i4": "I32",
    "u8": "U64", "i8": "I64", "f2": "F16", "f4": "F32", "f8": "F64", "b1": "BOOL",
}  # fmt: skip
_TYPES = {name: np.dtype(f"<{code}" if code != "b1" else "?") for code, name in _NAMES.items()}
_PIECE = 1 << 24  # bytes copied or hashed at once


@contextmanager
def replacing(path: Path, kept: str = "What was there before is unchanged.") -> Iterator[BinaryIO]:
    """Open a file for writing that takes its place only when it is complete and on disk.

    Args:
        path: The file to make or replace.
        kept: What to tell the user is still there if the disk is full.

    Raises:
        DiskFull: If there is no space left; `path` is as it was.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(path, kept) from error
        raise
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_tensors(
    path: Path,
    arrays: Mapping[str, NDArray[Any]],
    metadata: Mapping[str, str] | None = None,
    kept: str = "What was there before is unchanged.",
) -> None:
    """Write arrays, which may be memory maps larger than memory, in a fixed order.

    Args:
        path: The file; replaced in one step.
        arrays: Numpy arrays by name; converted to little-endian.
        metadata: Strings for the header's ``__metadata__``.
        kept: See `replacing`.

    Raises:
        DiskFull: If there is no space left.
    """
    # Widest items first keeps every tensor aligned without holes, which the format forbids.
    order = sorted(arrays, key=lambda name: (-arrays[name].dtype.itemsize, name))
    header: dict[str, Any] = {"__metadata__": dict(sorted(metadata.items()))} if metadata else {}
    start = 0
    for name in order:
        array = arrays[name]
        kind = _NAMES[array.dtype.newbyteorder("<").str[1:]]
        stop = start + array.nbytes
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [start, stop]}
        start = stop
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    with replacing(path, kept) as file:
        file.write(len(head).to_bytes(8, "little") + head)
        for name in order:
            flat = arrays[name].reshape(-1)
            step = max(1, _PIECE // max(1, flat.itemsize))
            for i in range(0, len(flat), step):
                piece = flat[i : i + step]
                file.write(np.ascontiguousarray(piece, dtype=piece.dtype.newbyteorder("<")).data)


class Tensors:
    """A safetensors file open for reading.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "x.safetensors"
        >>> write_tensors(path, {"x": np.arange(6, dtype=np.int32).reshape(3, 2)})
        >>> Tensors(path).row("x", 1)
        array([2, 3], dtype=int32)
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_RDONLY)
        if hasattr(os, "posix_fadvise"):  # no read-ahead: the next row wanted is elsewhere
            os.posix_fadvise(self._file, 0, 0, os.POSIX_FADV_RANDOM)
        n_header = int.from_bytes(self._pread(8, 0), "little")
        size = os.fstat(self._file).st_size
        if not 2 <= n_header <= min(size - 8, 100_000_000):
            raise ValueError(path)
        header = json.loads(self._pread(n_header, 8))
        if not isinstance(header, dict):
            raise ValueError(path)
        self.metadata: dict[str, str] = header.pop("__metadata__", {})
        self._start = 8 + n_header
        self._entries: dict[str, Any] = header
        if not all(_is_sound(entry, size - self._start) for entry in header.values()):
            raise ValueError(path)

    def __del__(self, close: Callable[[int], None] = os.close) -> None:
        if (file := getattr(self, "_file", None)) is not None:
            close(file)  # when Python ends, `os` may be gone before

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def _pread(self, n: int, offset: int) -> bytes:
        pieces = []
        while n > 0:  # one call returns at most 2 GiB
            piece = os.pread(self._file, n, offset)
            if not piece:
                raise ValueError(self.path)
            pieces.append(piece)
            n, offset = n - len(piece), offset + len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def shape(self, name: str) -> tuple[int, ...]:
        """Give the shape of an array without reading it."""
        return tuple(self._entries[name]["shape"])

    def rows(self, name: str, start: int, stop: int) -> NDArray[Any]:
        """Read rows [start, stop) of the first axis, a writable copy."""
        entry = self._entries[name]
        kind, shape = _TYPES[entry["dtype"]], entry["shape"]
        stride = kind.itemsize * int(np.prod(shape[1:], dtype=np.int64))
        offset = self._start + entry["data_offsets"][0] + start * stride
        data = self._pread((stop - start) * stride, offset)
        return np.frombuffer(bytearray(data), dtype=kind).reshape(stop - start, *shape[1:])

    def row(self, name: str, index: int) -> NDArray[Any]:
        """Read one row of the first axis."""
        row: NDArray[Any] = self.rows(name, index, index + 1)[0]
        return row

    def item(self, name: str, index: int) -> Any:
        """Read one entry of an array whose first two axes are counted through as one."""
        entry = self._entries[name]
        kind, shape = _TYPES[entry["dtype"]], entry["shape"][2:]
        stride = kind.itemsize * int(np.prod(shape, dtype=np.int64))
        data = self._pread(stride, self._start + entry["data_offsets"][0] + index * stride)
        item = np.frombuffer(data, dtype=kind).reshape(shape)
        return item if shape else item[()]

    def read(self, name: str) -> NDArray[Any]:
        """Read a whole array."""
        return self.rows(name, 0, self._entries[name]["shape"][0])

    def map(self, name: str) -> NDArray[Any]:
        """Map a whole array into memory, for readers that touch most of it."""
        entry = self._entries[name]
        offset = self._start + entry["data_offsets"][0]
        shape = tuple(entry["shape"])
        return np.memmap(self.path, _TYPES[entry["dtype"]], "r", offset=offset, shape=shape)


def _is_sound(entry: Any, n_bytes: int) -> bool:
    """Tell whether a header's entry describes an array that the file holds."""
    try:
        start, stop = entry["data_offsets"]
        n_items = int(np.prod([operator.index(n) for n in entry["shape"]], dtype=np.int64))
        size = n_items * _TYPES[entry["dtype"]].itemsize
        return bool(0 <= start <= stop <= n_bytes and stop - start == size)
    except (KeyError, TypeError, ValueError):
        return False


def sha256(path: Path) -> str:
    """Hash a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
