"""A catalogue on disk: opened without a model, read by the row, honest about what is damaged."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import D_MLP, N_LAYERS, OPTIONS, distinct
from safetensors.numpy import load_file

from lmscope import Catalogue, NeuronId
from lmscope.catalogue import COLUMNS
from lmscope.errors import (
    CatalogueDamaged,
    CatalogueUnfinished,
    LayerNotScanned,
    LayerOutOfRange,
    LmscopeError,
    NeuronOutOfRange,
    NotACatalogue,
    UnknownColumn,
    UnreadableNeuron,
    WrongCatalogue,
)
from lmscope.scanning import scan


@pytest.fixture
def catalogue(scanned: Any) -> Catalogue:
    return Catalogue.open(scanned("gpt2"))


@pytest.fixture
def copy(scanned: Any, tmp_path: Path) -> Path:
    """Give a copy that a test may damage."""
    return Path(shutil.copytree(scanned("gpt2"), tmp_path / "copy"))


# --- opening ---------------------------------------------------------------------------------


def refusal(path: Path, kind: type[LmscopeError] = NotACatalogue) -> str:
    with pytest.raises(kind) as caught:
        Catalogue.open(path)
    return str(caught.value).replace(str(path), "DIR")


WHAT_IT_IS = "A catalogue is a folder with manifest.json, made with: lmscope scan"


def test_a_folder_that_is_not_there_is_no_catalogue(tmp_path: Path) -> None:
    assert f"DIR is not a catalogue: there is no such folder.\n{WHAT_IT_IS}" == refusal(
        tmp_path / "nothing"
    )


def test_a_file_is_no_catalogue(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    assert f"DIR is not a catalogue: it is a file.\n{WHAT_IT_IS}" == refusal(tmp_path / "a.txt")


def test_an_empty_folder_is_no_catalogue(tmp_path: Path) -> None:
    assert f"DIR is not a catalogue: it has no manifest.json.\n{WHAT_IT_IS}" == refusal(tmp_path)


def test_a_model_is_no_catalogue(model_folder: Any) -> None:
    assert f"DIR is not a catalogue: it holds a model.\n{WHAT_IT_IS}" == refusal(
        model_folder("gpt2")
    )


@pytest.mark.parametrize("text", ["", "{", "\xff\x00", "[1"])
def test_a_manifest_that_is_no_json_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_bytes(text.encode("latin-1"))
    assert f"DIR is not a catalogue: its manifest.json cannot be read.\n{WHAT_IT_IS}" == refusal(
        tmp_path
    )


@pytest.mark.parametrize("value", [{}, [], 3, None, {"site": "post"}, {"name": "an app"}])
def test_the_manifest_of_something_else_is_said(tmp_path: Path, value: Any) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(value))
    assert (
        f"DIR is not a catalogue: its manifest.json is that of something else.\n{WHAT_IT_IS}"
        == refusal(tmp_path)
    )


def test_a_catalogue_of_the_future_is_refused(copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps({**manifest, "format": 99}))
    assert (
        f"DIR is not a catalogue: it has format 99, this lmscope reads format 1.\n{WHAT_IT_IS}"
        == refusal(copy)
    )


def test_an_unfinished_scan_says_how_far_it_is(
    model_of: Any, corpus_file: Path, tmp_path: Path
) -> None:
    options = {**OPTIONS, "batch_tokens": 300}
    n_asked = 0

    def after_two() -> bool:
        nonlocal n_asked
        n_asked += 1
        return n_asked == 2

    path = tmp_path / "scan"
    scan(model_of("gpt2"), corpus_file, path, should_stop=after_two, **options)
    total = len(load_file(path / "state.safetensors")["done"])
    assert (
        f"The scan in DIR is unfinished (2 of {total} blocks).\n"
        "Finish it with: lmscope scan --resume DIR"
    ) == refusal(path, CatalogueUnfinished)
    (path / "state.safetensors").unlink()
    assert "(0 of 0 blocks)" in refusal(path, CatalogueUnfinished)


# --- addresses -------------------------------------------------------------------------------


def test_a_neuron_is_found_in_every_spelling(catalogue: Catalogue, model_folder: Any) -> None:
    folder = model_folder("gpt2")
    spellings: list[Any] = [
        "L1N7", "l1n7", " L1N7 ", "L1.N7", "1/7", "blocks.1.mlp.hook_post[7]",
        "tiny-gpt2/1/7", "tiny-gpt2/L1N7", f"{folder}/1/7", f"{catalogue.path}/L1N7",
        (1, 7), (np.int64(1), np.int64(7)), NeuronId("tiny-gpt2", 1, 7),
    ]  # fmt: skip
    expected = json.dumps(catalogue[1, 7].to_json())
    for spelling in spellings:
        record = catalogue[spelling]
        assert NeuronId("tiny-gpt2", 1, 7) == record.id, spelling
        assert expected == json.dumps(record.to_json()), spelling


@pytest.mark.parametrize(
    ("which", "error", "sentence"),
    [
        ("L2N5", LayerOutOfRange, "tiny-gpt2 has layers 0 to 1. You asked for layer 2."),
        ("L-1N5", LayerOutOfRange, "tiny-gpt2 has layers 0 to 1. You asked for layer -1."),
        ("L0N40", NeuronOutOfRange,
         "Layer 0 of tiny-gpt2 has neurons 0 to 39. You asked for neuron 40."),
        ((0, -1), NeuronOutOfRange,
         "Layer 0 of tiny-gpt2 has neurons 0 to 39. You asked for neuron -1."),
        ("L7N1", LayerOutOfRange,
         "tiny-gpt2 has layers 0 to 1. You asked for layer 7.\n"
         "Did you mean tiny-gpt2/1/7? (The layer comes first.)"),
        ("L0Nx", UnreadableNeuron,
         "'L0Nx' does not name a neuron.\n"
         "Write layer and neuron as L0N737 or 0/737, or with the model: solu-1l/0/737."),
    ],
)  # fmt: skip
def test_a_neuron_that_is_not_there_is_said(
    catalogue: Catalogue, which: Any, error: type[LmscopeError], sentence: str
) -> None:
    with pytest.raises(error) as caught:
        catalogue[which]
    assert sentence == str(caught.value)


def test_another_model_or_site_is_refused(catalogue: Catalogue) -> None:
    for which, asked in (
        ("gelu-1l/0/7", "gelu-1l at post"),
        (NeuronId("gelu-1l", 0, 7), "gelu-1l at post"),
        ("blocks.0.mlp.hook_pre[7]", "tiny-gpt2 at pre"),
    ):
        with pytest.raises(WrongCatalogue) as caught:
            catalogue[which]
        assert (
            f"{catalogue.path} is the catalogue of tiny-gpt2 at post, not of {asked}.\n"
            "Numbers of different models or sites are never compared."
        ) == str(caught.value)


def test_a_layer_that_was_left_out_is_said(
    model_of: Any, corpus_file: Path, tmp_path: Path
) -> None:
    one = scan(model_of("gpt2"), corpus_file, tmp_path / "one", layers=[1], **OPTIONS)
    with pytest.raises(LayerNotScanned) as caught:
        one["L0N3"]
    assert (
        f"Layer 0 was not scanned: {tmp_path}/one holds the layers 1.\n"
        "Scan it into another folder with: lmscope scan MODEL CORPUS --layers 0 -o DIR"
    ) == str(caught.value)
    assert (40, [1]) == (len(one), sorted({r.id.layer for r in one}))
    assert (1, D_MLP) == one.column("max").shape
    assert "L1N0" == one.to_pandas().index[0]


# --- reading ---------------------------------------------------------------------------------


def test_iteration_goes_by_layer_and_neuron(catalogue: Catalogue) -> None:
    expected = [(la, n) for la in range(N_LAYERS) for n in range(D_MLP)]
    assert expected == [(r.id.layer, r.id.neuron) for r in catalogue]
    assert [(1, n) for n in range(D_MLP)] == [(r.id.layer, r.id.neuron) for r in catalogue.layer(1)]
    assert N_LAYERS * D_MLP == len(catalogue)
    n = f"{catalogue.n_tokens:,}"
    assert f"<Catalogue of tiny-gpt2 at post: 80 neurons, {n} tokens>" == repr(catalogue)


def test_columns_hold_what_the_records_say(catalogue: Catalogue) -> None:
    columns = {name: catalogue.column(name) for name in COLUMNS}
    for record in catalogue:
        at = record.id.layer, record.id.neuron
        for name in COLUMNS:
            if name == "peak_share":
                n = record.peak_tokens[0].count
                assert n / len(record.top) == pytest.approx(columns[name][at])
                continue
            said = record.is_dead if name == "is_dead" else getattr(record.moments, name)
            assert said == pytest.approx(columns[name][at], nan_ok=True), name


def test_a_statistic_that_is_not_there_gets_the_nearest_one(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownColumn) as near:
        catalogue.column("skewness")
    assert "A catalogue has no statistic 'skewness'.\nDid you mean 'skew'?" == str(near.value)
    with pytest.raises(UnknownColumn, match=r"It has: .*kurtosis"):
        catalogue.column("zzzzzz")


def test_a_table_has_a_row_for_each_neuron(catalogue: Catalogue) -> None:
    table = catalogue.to_pandas()

    assert N_LAYERS * D_MLP == len(table)
    assert ["layer", "neuron", *COLUMNS, "peak_token"] == list(table.columns)
    assert bool == table["is_dead"].dtype
    for record in catalogue:
        row = table.loc[record.id.short]
        assert (record.id.layer, record.id.neuron) == (row["layer"], row["neuron"])
        assert record.moments.max == row["max"]
        assert record.peak_tokens[0].token == row["peak_token"]


def test_documents_keep_text_and_source(
    catalogue: Catalogue, documents: list[str], corpus_file: Path
) -> None:
    for i, text in enumerate(distinct(documents)):
        assert text == catalogue.document(i)
        source, offset = catalogue.source(i)
        assert str(corpus_file) == source
        line = corpus_file.read_bytes()[offset:].split(b"\n")[0]
        assert json.loads(line)["text"].replace("e\u0301", "é") == text


def test_tokens_have_the_texts_of_the_tokenizer(catalogue: Catalogue, model_of: Any) -> None:
    tokenizer = model_of("gpt2").tokenizer
    for i in range(tokenizer.n_vocab):
        text = tokenizer.token_bytes(i).decode("utf-8", "backslashreplace")
        assert text == catalogue.token(i)


def test_a_record_is_plain_json(scanned: Any) -> None:
    for kind in ("gpt2", "llama", "bert"):
        for record in Catalogue.open(scanned(kind)):
            text = json.dumps(record.to_json(), allow_nan=False)
            again = json.loads(text)
            assert again == record.to_json()
            for key in ("neuron", "layer", "index", "model", "site", "dead", "stats", "histogram"):
                assert key in again
            for example in again["top"] + again["bottom"]:
                n = len(example["tokens"])
                assert n == len(example["token_ids"]) == len(example["activations"])
                assert 0 <= example["peak"] < n
                stored = example["activations"][example["peak"]]
                assert example["max"] == pytest.approx(stored, rel=1e-3, abs=1e-7)
            bands = again["bands"]
            assert 1 == pytest.approx(sum(b["share"] for b in bands))
            assert (None, None) == (bands[0]["low"], bands[-1]["high"])


def test_the_manifest_says_what_was_counted(catalogue: Catalogue, model_of: Any) -> None:
    manifest, model = catalogue.manifest, model_of("gpt2")

    assert (model.weights_hash, model.tokenizer.hash, "post") == (
        manifest["model"]["weights_hash"], manifest["model"]["tokenizer_hash"], manifest["site"],
    )  # fmt: skip
    assert {"context", "layers", "top", "per_band", "window", "batch_tokens"} == set(
        manifest["options"]
    )
    assert 36 == manifest["corpus"]["n_documents"] == manifest["corpus"]["read"]["documents"]
    assert 2 == manifest["corpus"]["read"]["exact_duplicates"]
    assert 1 == manifest["corpus"]["read"]["empty"]
    expected = {p.relative_to(catalogue.path).as_posix() for p in catalogue.path.rglob("*.*")}
    assert expected - {"manifest.json"} == set(manifest["files"])


def test_any_safetensors_reader_opens_the_files(catalogue: Catalogue) -> None:
    for path in catalogue.path.rglob("*.safetensors"):
        assert load_file(path)


# --- cost ------------------------------------------------------------------------------------


def test_reading_one_neuron_touches_only_its_own_bytes(
    scanned: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bounds: 25 reads and two for each example's text; its own rows and 8 kB, texts included."""
    catalogue = Catalogue.open(scanned("gpt2"))
    catalogue["L1N6"]  # opens the files and reads the vocabulary
    reads: list[int] = []
    real = os.pread
    monkeypatch.setattr(
        "lmscope.tensors.os.pread", lambda f, n, o: (reads.append(n), real(f, n, o))[1]
    )
    record = catalogue["L1N7"]
    examples = [*record.top, *record.bottom, *(e for b in record.bands for e in b.examples)]
    n_own = sum(
        array[0].nbytes
        for array in load_file(catalogue.path / "examples" / "L01.safetensors").values()
    )
    assert len(reads) <= 25 + 2 * len(examples)
    assert sum(reads) <= n_own + 8192
    every = sum(p.stat().st_size for p in catalogue.path.rglob("*.safetensors"))
    assert sum(reads) < every / 20


def test_opening_reads_the_manifest_only(scanned: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any) -> bytes:
        raise AssertionError

    monkeypatch.setattr("lmscope.tensors.os.pread", never)
    assert 80 == len(Catalogue.open(scanned("gpt2")))


# --- damage ----------------------------------------------------------------------------------


def test_an_intact_catalogue_has_no_damage(scanned: Any) -> None:
    for kind in ("gpt2", "bert", "solu"):
        assert [] == Catalogue.open(scanned(kind)).verify()


def test_verify_names_each_damaged_file_and_how(copy: Path) -> None:
    catalogue = Catalogue.open(copy)
    (copy / "examples" / "L01.safetensors").unlink()
    stats = copy / "stats.safetensors"
    size = stats.stat().st_size
    stats.write_bytes(stats.read_bytes()[:-10])
    text = bytearray((copy / "documents" / "text.bin").read_bytes())
    text[100] ^= 1
    (copy / "documents" / "text.bin").write_bytes(text)

    assert [
        ("documents/text.bin", "its bytes differ from its checksum"),
        ("examples/L01.safetensors", "it is missing"),
        ("stats.safetensors", f"it has {size - 10:,} bytes instead of {size:,}"),
    ] == sorted((d.file, d.reason) for d in catalogue.verify())


def test_a_flipped_bit_anywhere_is_found(copy: Path) -> None:
    catalogue = Catalogue.open(copy)
    for name in catalogue.manifest["files"]:
        data = (copy / name).read_bytes()
        for at in (0, len(data) // 2, len(data) - 1):
            (copy / name).write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            assert [name] == [d.file for d in catalogue.verify()]
        (copy / name).write_bytes(data)
    assert [] == catalogue.verify()


@pytest.mark.parametrize("how", ["missing", "cut", "empty", "other"])
def test_a_damaged_shard_is_named_and_the_other_layers_stay_readable(copy: Path, how: str) -> None:
    shard = copy / "examples" / "L01.safetensors"
    data = shard.read_bytes()
    if how == "missing":
        shard.unlink()
    else:
        shard.write_bytes({"cut": data[:-1], "empty": b"", "other": b"no tensors at all"}[how])
    catalogue = Catalogue.open(copy)
    with pytest.raises(CatalogueDamaged) as caught:
        catalogue["L1N0"]
    reason = "it is missing" if how == "missing" else "it is cut short or not a safetensors file"
    assert (
        f"examples/L01.safetensors in {copy} is damaged: {reason}. The other files stay readable.\n"
        f"Check them all with: lmscope verify {copy}"
    ) == str(caught.value)
    assert D_MLP == len(list(catalogue.layer(0)))


@pytest.mark.parametrize(
    "name",
    ["stats.safetensors", "histograms.safetensors", "logits.safetensors", "vocab.safetensors",
     "documents/pack.json", "documents/tokens.safetensors", "documents/documents.safetensors",
     "documents/segments.safetensors", "documents/text.bin"],
)  # fmt: skip
@pytest.mark.parametrize("how", ["missing", "cut"])
def test_every_other_file_that_is_damaged_is_said_too(copy: Path, name: str, how: str) -> None:
    path = copy / name
    if how == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    catalogue = Catalogue.open(copy)
    assert [name] == [d.file for d in catalogue.verify()]
    if (name, how) == ("documents/text.bin", "cut"):
        return  # what is left is read as far as it goes
    with pytest.raises(CatalogueDamaged, match="is damaged: it is "):
        for record in catalogue:
            for example in record.top:
                assert example.text in catalogue.document(example.document)


@pytest.mark.parametrize("kind", ["gpt2", "bert"])
def test_every_token_of_an_example_has_the_span_that_the_tokenizer_gave_it(
    kind: str, scanned: Any, model_of: Any
) -> None:
    """BERT's tokens lower the case and drop accents, so lengths of tokens are no spans there."""
    catalogue, tokenizer = Catalogue.open(scanned(kind)), model_of(kind).tokenizer
    n_split = 0
    for record in catalogue.layer(1):
        for example in (*record.top, *record.bottom):
            document = catalogue.document(example.document)
            spans = tokenizer.tokenize(document).spans.tolist()
            first = spans.index(example.spans[0].tolist())
            assert spans[first : first + len(example.tokens)] == example.spans.tolist()
            assert example.text == document.encode()[example.start : example.end].decode(
                "utf-8", "backslashreplace"
            )
            assert all("\\x" in example.tokens[i] for i in example.split)
            n_split += len(example.split)
    assert (n_split > 0) == (kind == "gpt2")


def test_a_shard_that_is_cut_while_it_is_open_is_said(copy: Path) -> None:
    catalogue = Catalogue.open(copy)
    catalogue["L1N0"]
    os.truncate(copy / "examples" / "L01.safetensors", 2000)
    with pytest.raises(CatalogueDamaged, match=r"examples/L01\.safetensors in "):
        catalogue["L1N39"]


def test_no_flipped_byte_of_a_header_gives_a_traceback(copy: Path) -> None:
    shard = copy / "examples" / "L01.safetensors"
    data = shard.read_bytes()
    n = 8 + int.from_bytes(data[:8], "little")
    for at in range(n):
        for bit in (1, 4, 16):
            with shard.open("r+b") as file:
                file.seek(at)
                file.write(bytes([data[at] ^ bit]))
            try:
                Catalogue.open(copy)["L1N7"]
            except CatalogueDamaged as error:
                assert "examples/L01.safetensors" in str(error)
        with shard.open("r+b") as file:
            file.write(data[: at + 1])
    assert [] == Catalogue.open(copy).verify()


# --- without torch ---------------------------------------------------------------------------

WITHOUT_TORCH = """
import importlib.abc, sys

class Refuse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"torch", "transformers", "tokenizers", "datasets"}:
            raise ImportError(name)

sys.meta_path.insert(0, Refuse())
import json
from lmscope import Catalogue
catalogue = Catalogue.open(sys.argv[1])
record = catalogue["L1N7"]
rows = [catalogue.column("max").shape, len(catalogue.to_pandas()), len(catalogue.verify())]
print(json.dumps([record.to_json(), rows, catalogue.document(4), len(list(catalogue))]))
"""


def test_a_catalogue_is_read_without_torch(catalogue: Catalogue) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, str(catalogue.path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "" == done.stderr
    record, rows, text, n = json.loads(done.stdout)
    assert catalogue["L1N7"].to_json() == record
    assert [[N_LAYERS, D_MLP], N_LAYERS * D_MLP, 0] == rows
    assert (catalogue.document(4), 80) == (text, n)


def test_numbers_that_are_none_are_null_in_json(scanned: Any) -> None:
    record = Catalogue.open(scanned("opt"))["L0N3"]

    assert math.isnan(record.moments.skew)
    assert None is record.to_json()["stats"]["skew"]
