"""An excerpt of a catalogue is a catalogue: its neurons are the same, the others are not there."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import D_MLP
from safetensors.numpy import load_file

from lmscope import Catalogue, look, rank
from lmscope.catalogue import COLUMNS, worth_seeing
from lmscope.cli import main
from lmscope.errors import CatalogueDamaged, DiskFull, LayerNotScanned, NeuronNotExported
from lmscope.excerpts import share_file, write_excerpt
from lmscope.looking import recompute
from lmscope.scanning import scan

SOME = [(0, 3), (0, 7), (1, 30), (0, 39), (0, 7)]
"""In no order, one of them twice, and not as many in each layer."""


@pytest.fixture
def whole(scanned: Callable[..., Path]) -> Catalogue:
    return Catalogue.open(scanned("gpt2"))


@pytest.fixture
def some(whole: Catalogue, tmp_path: Path) -> Catalogue:
    return write_excerpt(whole, tmp_path / "some", neurons=SOME)


def as_text(record: Any) -> str:
    return json.dumps(record.to_json())


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# --- what is kept --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["gpt2", "llama", "bert", "solu"])
def test_its_neurons_are_those_of_the_whole_catalogue(
    scanned: Any, kind: str, tmp_path: Path
) -> None:
    whole = Catalogue.open(scanned(kind))
    some = write_excerpt(whole, tmp_path / "some", neurons=SOME)

    assert ["L0N3", "L0N7", "L0N39", "L1N30"] == [record.id.short for record in some]
    for record in some:
        assert as_text(whole[record.id]) == as_text(record)


def test_its_layers_are_those_of_the_whole_catalogue(whole: Catalogue, tmp_path: Path) -> None:
    one = write_excerpt(whole, tmp_path / "one", layers=[1])

    assert ([1], D_MLP) == (one.layers, len(one))
    assert [as_text(r) for r in whole.layer(1)] == [as_text(r) for r in one]
    assert "neurons" not in one.manifest["options"]
    with pytest.raises(LayerNotScanned):
        one["L0N3"]


def test_without_a_choice_every_byte_is_kept(whole: Catalogue, tmp_path: Path) -> None:
    copy = write_excerpt(whole, tmp_path / "copy")

    assert bytes_of(whole.path) == bytes_of(copy.path)


def test_every_excerpt_passes_its_checksums(whole: Catalogue, tmp_path: Path) -> None:
    for i, choice in enumerate(({}, {"layers": [0]}, {"neurons": SOME}, {"neurons": [(1, 0)]})):
        part = write_excerpt(whole, tmp_path / f"{i}", **choice)
        listed = {*part.manifest["files"], "manifest.json"}

        assert [] == part.verify()
        assert listed == set(bytes_of(part.path))
        for name in listed:
            if name.endswith(".safetensors"):
                assert load_file(part.path / name)


def test_the_same_choice_gives_the_same_bytes_in_whatever_order(
    whole: Catalogue, some: Catalogue, tmp_path: Path
) -> None:
    again = write_excerpt(whole, tmp_path / "again", neurons=reversed(SOME))

    assert bytes_of(some.path) == bytes_of(again.path)


def test_an_excerpt_of_an_excerpt_is_that_of_the_whole(
    whole: Catalogue, some: Catalogue, tmp_path: Path
) -> None:
    same = write_excerpt(some, tmp_path / "same", neurons=SOME)
    layer = write_excerpt(some, tmp_path / "layer", layers=[0])
    direct = write_excerpt(whole, tmp_path / "direct", neurons=[(0, 3), (0, 7), (0, 39)])

    assert bytes_of(some.path) == bytes_of(same.path)
    assert bytes_of(direct.path) == bytes_of(layer.path)


def test_shorter_layers_are_filled_up_with_zeros(some: Catalogue) -> None:
    for name in ("stats", "histograms", "logits"):
        for array in load_file(some.path / f"{name}.safetensors").values():
            assert (2, 3) == array.shape[:2]
            assert not array[1, 1:].any()
    for name in ("L00", "L01"):
        for array in load_file(some.path / "examples" / f"{name}.safetensors").values():
            assert 3 == len(array)


# --- what is not there ---------------------------------------------------------------------


def test_a_neuron_that_was_left_out_is_said(some: Catalogue) -> None:
    with pytest.raises(NeuronNotExported) as caught:
        some["L0N5"]
    assert (
        f"L0N5 was not exported: {some.path} holds 3 of the 40 neurons of layer 0, from 3 to 39.\n"
        "The nearest is L0N3.\n"
        "Take it from the whole catalogue with: lmscope export CATALOGUE --neurons L0N5 -o DIR"
    ) == str(caught.value)
    with pytest.raises(NeuronNotExported, match="The nearest is L1N30"):
        some[1, 0]


def test_no_row_of_zeros_is_taken_for_a_neuron(whole: Catalogue, some: Catalogue) -> None:
    table, every = some.to_pandas(), whole.to_pandas()

    assert 4 == len(some) == len(list(some)) == len(table)
    assert [1, 30] == [some.layers[1], *some.neurons(1).tolist()]
    assert ["L1N30"] == [record.id.short for record in some.layer(1)]
    assert every.loc[table.index].equals(table)
    assert {"L0N7", "L0N39", "L1N30", "L0N3"} >= {one.short for one in worth_seeing(some, 9)}
    assert "4 neurons" in repr(some)


def test_a_column_has_every_neuron_at_its_number(whole: Catalogue, some: Catalogue) -> None:
    there = np.zeros((2, D_MLP), bool)
    there[[0, 0, 0, 1], [3, 7, 39, 30]] = True
    for name in (*COLUMNS, "peak_ids"):
        column, of_whole = some.column(name), whole.column(name)

        assert of_whole.shape == column.shape
        np.testing.assert_array_equal(of_whole[there], column[there])
        assert np.ma.getmaskarray(column)[~there].all()
        assert not np.ma.getmaskarray(column)[there].any()
    assert whole.column("is_dead")[there].sum() == some.column("is_dead").sum()


def test_documents_that_no_neuron_shows_are_empty(whole: Catalogue, tmp_path: Path) -> None:
    one = write_excerpt(whole, tmp_path / "one", neurons=[(1, 30)])
    record = one["L1N30"]
    examples = [*record.top, *record.bottom, *(e for b in record.bands for e in b.examples)]
    shown = {example.document for example in examples}

    assert whole.pack.n_documents == one.pack.n_documents > len(shown)
    for i in range(whole.pack.n_documents):
        expected = (whole.document(i), whole.source(i)) if i in shown else ("", ("", 0))
        assert expected == (one.document(i), one.source(i))
    for e in examples:
        np.testing.assert_array_equal(whole.pack.spans(e.segment), one.pack.spans(e.segment))
        np.testing.assert_array_equal(whole.pack.ids(e.segment), one.pack.ids(e.segment))
    facts = one.pack.facts
    sizes = len((one.path / "documents" / "text.bin").read_bytes()), int(one.pack.lengths.sum())
    assert sizes == (facts["n_bytes"], facts["n_tokens"])
    assert whole.manifest["corpus"] == one.manifest["corpus"]


def test_paths_of_texts_that_are_not_shown_are_left_out(model_of: Any, tmp_path: Path) -> None:
    paths = [tmp_path / f"{letter}.txt" for letter in "abcdefghijkl"]
    for path in paths:
        path.write_text(f"the river {path.stem} reads the moon " * 20)
    whole = scan(model_of("gpt2"), [*map(str, paths)], tmp_path / "whole", top=1, per_band=1)
    assert whole is not None
    one = write_excerpt(whole, tmp_path / "one", neurons=[(0, 7)])
    found = one["L0N7"]
    examples = [*found.top, *found.bottom, *(e for band in found.bands for e in band.examples)]
    shown = {one.source(example.document)[0] for example in examples}

    assert {*shown, ""} == set(one.pack.facts["sources"]) < {*map(str, paths), ""}


# --- with a model --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["gpt2", "bert"])
def test_stored_examples_of_an_excerpt_are_recomputed(
    scanned: Any, model_of: Any, kind: str, tmp_path: Path
) -> None:
    some = write_excerpt(Catalogue.open(scanned(kind)), tmp_path / "some", neurons=SOME)
    found = recompute(some, model_of(kind))
    listed = recompute(some, model_of(kind), neurons=[(0, 39)])

    assert (0, 0) == (found.n_wrong, listed.n_wrong)
    assert found.n_examples > listed.n_examples > 0


def test_only_neurons_that_are_there_are_ranked(
    whole: Catalogue, some: Catalogue, model_of: Any
) -> None:
    model, text = model_of("gpt2"), "the river reads the quiet moon"
    every = rank(model, text, catalogue=whole, n=80)
    few = rank(model, text, catalogue=some, n=80)
    names = {record.id for record in some}

    assert [r for r in every.responses if r.neuron in names] == list(few.responses)
    assert (80, 4) == (every.n_neurons, few.n_neurons)


def test_a_text_is_seen_on_the_scale_of_a_neuron_that_is_there(
    whole: Catalogue, some: Catalogue, model_of: Any
) -> None:
    model = model_of("gpt2")
    a, b = (look(model, "the river", "L0N7", catalogue=c) for c in (whole, some))

    assert (a.scale, a.percentile) == (b.scale, b.percentile)
    with pytest.raises(NeuronNotExported):
        look(model, "the river", "L0N8", catalogue=some)


@pytest.mark.parametrize(
    "words", [["info"], ["verify"], ["verify", "--recompute", "--neurons", "2"]]
)
def test_the_command_line_counts_the_neurons_that_are_there(
    some: Catalogue, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main([words[0], str(some.path), *words[1:]])
    said = capsys.readouterr().out

    assert 0 == (stop.value.code or 0)
    if words == ["info"]:
        assert re.search(r"neurons +4 +1 of them dead", said)
        assert f"lmscope neuron {some.path} L" in said
    if len(words) > 1:
        assert "examples of 2 neurons were recomputed: all agree" in said


# --- files ---------------------------------------------------------------------------------


def test_large_files_get_a_second_name_and_small_ones_are_copied(tmp_path: Path) -> None:
    for name, size in (("large", 1 << 20), ("small", 1000)):
        (tmp_path / name).write_bytes(b"x" * size)
        share_file(tmp_path / name, tmp_path / "there" / name)

    assert (tmp_path / "large").samefile(tmp_path / "there" / "large")
    assert not (tmp_path / "small").samefile(tmp_path / "there" / "small")
    assert (tmp_path / "small").read_bytes() == (tmp_path / "there" / "small").read_bytes()


def test_where_no_second_name_can_be_given_files_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr("lmscope.excerpts.os.link", refuse)
    (tmp_path / "large").write_bytes(b"x" * (1 << 20))
    share_file(tmp_path / "large", tmp_path / "there")

    assert (tmp_path / "large").read_bytes() == (tmp_path / "there").read_bytes()


def test_of_the_log_of_runs_only_the_day_is_kept(scanned: Any, tmp_path: Path) -> None:
    whole = Path(shutil.copytree(scanned("gpt2"), tmp_path / "whole"))
    lines = [
        {"date": "2026-11-21T09:00:00+00:00", "seconds": 3.5, "tokens_per_s": 901.2},
        {"date": "2026-11-22T10:11:12+00:00", "seconds": 1.5, "is_resumed": True},
    ]
    (whole / "run.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    for i, choice in enumerate(({}, {"neurons": SOME})):
        part = write_excerpt(Catalogue.open(whole), tmp_path / f"{i}", **choice)

        assert '{"date": "2026-11-22"}\n' == (part.path / "run.jsonl").read_text()
        assert [] == part.verify()


# --- what can go wrong ---------------------------------------------------------------------


@pytest.fixture
def copy(scanned: Any, tmp_path: Path) -> Path:
    """Give a copy that a test may damage."""
    return Path(shutil.copytree(scanned("gpt2"), tmp_path / "copy"))


@pytest.mark.parametrize("name", ["stats.safetensors", "examples/L01.safetensors", "README.md"])
def test_a_file_of_the_wrong_size_is_not_taken_along(copy: Path, tmp_path: Path, name: str) -> None:
    size = (copy / name).stat().st_size
    os.truncate(copy / name, size - 1)
    with pytest.raises(CatalogueDamaged) as cut:
        write_excerpt(Catalogue.open(copy), tmp_path / "part")
    (copy / name).unlink()
    with pytest.raises(CatalogueDamaged, match="it is missing"):
        write_excerpt(Catalogue.open(copy), tmp_path / "part")

    assert f"it has {size - 1:,} bytes instead of {size:,}" in str(cut.value)
    assert not (tmp_path / "part").exists()


@pytest.mark.parametrize(
    "name",
    ["stats.safetensors", "histograms.safetensors", "logits.safetensors",
     "examples/L00.safetensors", "documents/text.bin", "documents/tokens.safetensors",
     "documents/documents.safetensors", "documents/segments.safetensors", "documents/pack.json"],
)  # fmt: skip
def test_damage_is_not_given_a_new_checksum(copy: Path, tmp_path: Path, name: str) -> None:
    data = bytearray((copy / name).read_bytes())
    data[-20] ^= 1
    (copy / name).write_bytes(data)

    with pytest.raises(CatalogueDamaged, match=f"{name} in .*its bytes differ from its checksum"):
        write_excerpt(Catalogue.open(copy), tmp_path / "part", neurons=SOME)
    assert not (tmp_path / "part" / "manifest.json").exists()


def test_on_a_full_disk_there_is_no_manifest(
    whole: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("lmscope.tensors.os.fsync", full)
    with pytest.raises(DiskFull):
        write_excerpt(whole, tmp_path / "part", neurons=SOME)

    assert not (tmp_path / "part" / "manifest.json").exists()
