"""Files of tensors: any safetensors reader opens ours, and ours reads any; whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lmscope.errors import DiskFull
from lmscope.tensors import Tensors, replacing, sha256, write_tensors

KINDS = ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8", "?"]

arrays = st.dictionaries(
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=8).filter(
        lambda name: name != "__metadata__"
    ),
    st.sampled_from(KINDS).flatmap(
        lambda kind: hnp.arrays(np.dtype(kind), hnp.array_shapes(min_side=0, max_side=4))
    ),
    min_size=1,
    max_size=5,
)


@given(arrays)
@settings(max_examples=60, deadline=None)
def test_the_reference_library_reads_what_we_write(tmp_path_factory: Any, named: Any) -> None:
    path = tmp_path_factory.mktemp("t") / "x.safetensors"
    write_tensors(path, named, {"a": "b"})

    found = safetensors.numpy.load_file(path)
    assert set(named) == set(found)
    ours = Tensors(path)
    assert set(named) == set(ours)
    assert {"a": "b"} == ours.metadata
    for name, array in named.items():
        for other in (found[name], ours.read(name)):
            assert array.dtype == other.dtype
            assert array.tobytes() == other.tobytes()
            assert array.shape == other.shape
        assert name in ours
        assert array.shape == ours.shape(name)


@given(arrays)
@settings(max_examples=40, deadline=None)
def test_we_read_what_the_reference_library_writes(tmp_path_factory: Any, named: Any) -> None:
    path = tmp_path_factory.mktemp("t") / "x.safetensors"
    safetensors.numpy.save_file(named, path)

    ours = Tensors(path)
    for name, array in named.items():
        assert array.tobytes() == ours.read(name).tobytes()


def test_the_same_arrays_give_the_same_bytes_in_whatever_order(tmp_path: Path) -> None:
    named = {"b": np.arange(5, dtype=np.int16), "a": np.arange(3.0), "c": np.ones(3, np.uint8)}
    write_tensors(tmp_path / "1", named, {"x": "1", "w": "2"})
    write_tensors(tmp_path / "2", dict(reversed(named.items())), {"w": "2", "x": "1"})

    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_every_tensor_begins_at_a_multiple_of_its_item(tmp_path: Path) -> None:
    named = {f"{i}": np.ones(3, kind) for i, kind in enumerate(KINDS)}
    write_tensors(tmp_path / "x", named)
    data = (tmp_path / "x").read_bytes()
    n = int.from_bytes(data[:8], "little")
    assert 0 == (8 + n) % 8
    for name, entry in json.loads(data[8 : 8 + n]).items():
        assert 0 == entry["data_offsets"][0] % named[name].itemsize


@pytest.mark.parametrize("kind", [">f4", ">i8", ">u2"])
def test_the_other_byte_order_is_turned_round(tmp_path: Path, kind: str) -> None:
    write_tensors(tmp_path / "x", {"x": np.arange(7).astype(kind)})

    assert list(range(7)) == safetensors.numpy.load_file(tmp_path / "x")["x"].tolist()


def test_views_and_memory_maps_are_written_as_they_look(tmp_path: Path) -> None:
    whole = np.arange(24, dtype=np.int32).reshape(4, 6)
    whole.tofile(tmp_path / "raw")
    mapped = np.memmap(tmp_path / "raw", np.int32, "r", shape=(4, 6))
    write_tensors(tmp_path / "x", {"turned": whole.T, "some": whole[::2, 1:4], "mapped": mapped})

    ours = Tensors(tmp_path / "x")
    assert whole.T.tolist() == ours.read("turned").tolist()
    assert whole[::2, 1:4].tolist() == ours.read("some").tolist()
    assert whole.tolist() == ours.map("mapped").tolist()


def test_large_arrays_are_written_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lmscope.tensors._PIECE", 10)
    array = np.arange(1001, dtype=np.int32)
    write_tensors(tmp_path / "x", {"x": array})

    assert array.tolist() == Tensors(tmp_path / "x").read("x").tolist()


def test_parts_of_an_array_are_read_by_themselves(tmp_path: Path) -> None:
    array = np.arange(2 * 3 * 4, dtype=np.float32).reshape(2, 3, 4)
    write_tensors(tmp_path / "x", {"before": np.ones(9, np.uint8), "x": array})
    ours = Tensors(tmp_path / "x")

    assert array[1].tolist() == ours.row("x", 1).tolist()
    assert array[0:2].tolist() == ours.rows("x", 0, 2).tolist()
    assert [] == ours.rows("x", 1, 1).tolist()
    for flat in range(6):
        assert array[flat // 3, flat % 3].tolist() == ours.item("x", flat).tolist()
    rows = ours.rows("x", 0, 1)
    rows[:] = 0  # a copy
    assert array[0].tolist() == ours.row("x", 0).tolist()


def test_one_row_costs_one_read_of_its_own_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tensors(tmp_path / "x", {"x": np.zeros((1000, 50), np.float32)})
    ours, reads = Tensors(tmp_path / "x"), []
    real = os.pread
    monkeypatch.setattr(
        "lmscope.tensors.os.pread", lambda f, n, o: reads.append(n) or real(f, n, o)
    )
    ours.row("x", 700)

    assert [200] == reads


def test_reads_that_come_in_pieces_are_joined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tensors(tmp_path / "x", {"x": np.arange(100)})
    real = os.pread
    monkeypatch.setattr("lmscope.tensors.os.pread", lambda f, n, o: real(f, min(n, 7), o))

    assert list(range(100)) == Tensors(tmp_path / "x").read("x").tolist()


# --- whole or not at all ---------------------------------------------------------------------


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError), replacing(path) as file:
        file.write(b"new")
        raise RuntimeError
    assert b"old" == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_and_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    path = tmp_path / "x"
    write_tensors(path, {"x": np.arange(3)})
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("lmscope.tensors.os.fsync", full)
    with pytest.raises(DiskFull) as caught:
        write_tensors(path, {"x": np.arange(4)})
    assert (
        f"The disk is full: {path} could not be written.\nWhat was there before is unchanged."
    ) == str(caught.value)
    assert before == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())


def test_a_really_full_disk_is_said() -> None:
    with pytest.raises(OSError, match="No space left") as caught:
        Path("/dev/full").write_bytes(b"x")
    assert errno.ENOSPC == caught.value.errno  # the number that `replacing` looks for


def test_other_errors_of_the_system_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_tensors(tmp_path / "no" / "x", {"x": np.arange(4)})


# --- what is no such file --------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [b"", b"short", b"\xff" * 8, b"\xff" * 100, (2).to_bytes(8, "little") + b"[]",
     (5).to_bytes(8, "little") + b"{'a'}", (4).to_bytes(8, "little") + b"null",
     (1 << 40).to_bytes(8, "little") + b"{}"],
)  # fmt: skip
def test_what_is_no_file_of_tensors_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(ValueError):
        Tensors(tmp_path / "x")


def test_a_file_that_is_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    write_tensors(tmp_path / "x", {"x": np.arange(9), "y": np.ones(3, np.uint8)})
    data = (tmp_path / "x").read_bytes()
    for n in range(len(data)):
        (tmp_path / "cut").write_bytes(data[:n])
        with pytest.raises(ValueError):
            Tensors(tmp_path / "cut")


def test_files_are_closed(tmp_path: Path) -> None:
    write_tensors(tmp_path / "x", {"x": np.arange(9)})
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(50):
        Tensors(tmp_path / "x").read("x")
    assert before == len(list(Path("/proc/self/fd").iterdir()))


def test_the_checksum_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc" * 1000)

    assert hashlib.sha256(b"abc" * 1000).hexdigest() == sha256(tmp_path / "x")


def test_what_is_open_when_python_ends_is_closed_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.safetensors"
    write_tensors(path, {"x": np.arange(3)})
    words: list[object] = []
    monkeypatch.setattr("sys.unraisablehook", words.append)
    opened = Tensors(path)
    monkeypatch.setattr("lmscope.tensors.os", None)

    del opened

    assert [] == words
