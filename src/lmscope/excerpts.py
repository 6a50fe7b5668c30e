"""A few layers or neurons of a catalogue, written as a catalogue of their own.

What is left out is cut from every file, down to the documents that no kept example shows; the
numbers of layers, neurons, documents and segments stay as they were. FORMAT.md says how.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmscope.catalogue import Catalogue, Damage, shard_name
from lmscope.errors import CatalogueDamaged
from lmscope.tensors import Tensors, replacing, sha256, write_tensors

_PER_LAYER = ("stats.safetensors", "histograms.safetensors", "logits.safetensors")
_SMALL = 1 << 20  # copied, so that who edits the copy does not edit the original


def write_excerpt(
    source: Catalogue,
    folder: Path,
    *,
    layers: Iterable[int] | None = None,
    neurons: Iterable[tuple[int, int]] | None = None,
) -> Catalogue:
    """Write a catalogue, or a part of it, into another folder; the manifest comes last.

    Large files that stay as they are get a second name where the disk can do that, and are
    copied elsewhere. What is cut is compared with its checksum first: it gets a new one.

    Args:
        source: The catalogue.
        folder: Must not exist.
        layers: Which layers to keep; None for all.
        neurons: Which (layer, neuron) to keep; None for all of the layers.

    Raises:
        CatalogueDamaged: If a file is missing, cut, or not what the manifest says.
        LayerNotScanned: If a layer is not there.
        NeuronNotExported: If a neuron is not there.
        DiskFull: If there is no space left; there is no manifest then.
    """
    _refuse(source, source.verify(only_sizes=True))
    kept = {la: source.neurons(la) for la in (source.layers if layers is None else layers)}
    if neurons is not None:
        chosen = [source.check(*which) for which in neurons]
        kept = {
            la: np.unique([found.neuron for found in chosen if found.layer == la])
            for la in {found.layer for found in chosen}
        }
    kept = {la: kept[la] for la in sorted(kept)}
    folder.mkdir(parents=True)
    return _Excerpt(source, folder, kept).write()


class _Excerpt:
    """One excerpt while it is being written."""

    def __init__(
        self, source: Catalogue, folder: Path, kept: Mapping[int, NDArray[np.int64]]
    ) -> None:
        self.source, self.folder, self.kept = source, folder, kept
        self.n_rows = max(map(len, kept.values()))
        self.is_whole = all(len(found) == source.d_mlp for found in kept.values())
        self.files: dict[str, dict[str, Any]] = {}

    def write(self) -> Catalogue:
        names = self.source.manifest["files"]
        self._day()
        if sum(map(len, self.kept.values())) == len(self.source):
            for name in (*names, "manifest.json"):
                share_file(self.source.path / name, self.folder / name)
            return Catalogue.open(self.folder)
        for name in _PER_LAYER:
            if name in names:
                self._cut(name)
        shown = [self._examples(layer) for layer in self.kept]
        self._keep("vocab.safetensors")
        if self.is_whole:
            for name in names:
                if name.startswith("documents/"):
                    self._keep(name)
        else:
            self._documents(np.unique(np.concatenate(shown)))
        self._card()
        _write_json(self.folder / "manifest.json", self._manifest())
        return Catalogue.open(self.folder)

    def _keep(self, name: str) -> None:
        """Take a file as it is."""
        share_file(self.source.path / name, self.folder / name)
        self.files[name] = self.source.manifest["files"][name]

    def _write(self, name: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        (self.folder / name).parent.mkdir(exist_ok=True)
        write_tensors(self.folder / name, arrays)
        self._list(name)

    def _list(self, name: str) -> None:
        path = self.folder / name
        self.files[name] = {"bytes": path.stat().st_size, "sha256": sha256(path)}

    def _tensors(self, name: str) -> Tensors:
        self._verify(name)
        return Tensors(self.source.path / name)

    def _verify(self, name: str) -> None:
        _refuse(self.source, [self.source.damage(name)])

    def _cut(self, name: str) -> None:
        """Keep the rows of a file with tensors [layers, neurons, ...]."""
        tensors = self._tensors(name)
        arrays = {}
        for key in tensors:
            layers = []
            for layer, neurons in self.kept.items():
                at = self.source.layers.index(layer)
                stored = tensors.rows(key, at, at + 1)[0]
                layers.append(self._filled_up(stored[self.source.rows(layer, neurons)]))
            arrays[key] = np.stack(layers)
        self._write(name, arrays)

    def _filled_up(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Add rows of zeros, so that every layer has as many."""
        return np.pad(rows, [(0, self.n_rows - len(rows)), *[(0, 0)] * (rows.ndim - 1)])

    def _examples(self, layer: int) -> NDArray[np.uint32]:
        """Keep the examples of one layer's neurons, and tell in which documents they are."""
        name, neurons = shard_name(layer), self.kept[layer]
        if self.is_whole:
            self._keep(name)
            return np.empty(0, np.uint32)
        tensors, rows = self._tensors(name), self.source.rows(layer, neurons).tolist()
        arrays = {
            key: self._filled_up(np.stack([tensors.row(key, row) for row in rows]))
            for key in tensors
        }
        self._write(name, arrays)
        where = arrays["where"]
        documents: NDArray[np.uint32] = where[..., 1][where[..., 6] > 0]
        return documents

    def _documents(self, shown: NDArray[np.uint32]) -> None:
        """Keep the documents that are shown, and empty the others."""
        for name in self.source.manifest["files"]:
            if name.startswith("documents/"):
                self._verify(name)
        pack, folder = self.source.pack, self.source.path / "documents"
        tensors = {
            part: Tensors(folder / f"{part}.safetensors")
            for part in ("tokens", "documents", "segments")
        }
        text_start, token_start, source, offset = (
            tensors["documents"].read(key)
            for key in ("text_start", "token_start", "source", "offset")
        )
        is_shown = np.zeros(pack.n_documents, np.bool_)
        is_shown[shown] = True
        sources, source[is_shown] = np.unique(source[is_shown], return_inverse=True)
        source[~is_shown], offset[~is_shown] = len(sources), 0
        self._write(
            "documents/documents.safetensors",
            {
                "text_start": _starts(np.diff(text_start) * is_shown),
                "token_start": _starts(np.diff(token_start) * is_shown),
                "source": source,
                "offset": offset,
                "cluster": tensors["documents"].read("cluster"),
            },
        )
        document = tensors["segments"].read("document")
        lengths = pack.lengths * is_shown[document]
        self._write(
            "documents/segments.safetensors",
            {"token_start": _starts(lengths), "document": document},
        )
        ends = [(0, 0), *((int(token_start[d]), int(token_start[d + 1])) for d in shown)]
        self._write(
            "documents/tokens.safetensors",
            {
                key: np.concatenate([tensors["tokens"].rows(key, *pair) for pair in ends])
                for key in ("ids", "starts", "ends")
            },
        )
        digest = hashlib.sha256()
        with replacing(self.folder / "documents" / "text.bin") as file:
            for d in range(pack.n_documents):
                data = pack.text(d) if is_shown[d] else b""
                digest.update(len(data).to_bytes(8, "little") + data)
                file.write(data)
        self._list("documents/text.bin")
        facts = {
            **pack.facts,
            "n_tokens": int(lengths.sum()),
            "n_bytes": (self.folder / "documents" / "text.bin").stat().st_size,
            "sha256": digest.hexdigest(),
            "sources": [*(pack.facts["sources"][i] for i in sources), ""],
        }
        _write_json(self.folder / "documents" / "pack.json", facts)
        self._list("documents/pack.json")

    def _manifest(self) -> dict[str, Any]:
        options = {**self.source.manifest["options"], "layers": list(self.kept)}
        if not self.is_whole:
            options["neurons"] = {str(la): found.tolist() for la, found in self.kept.items()}
        files = dict(sorted(self.files.items()))
        return {**self.source.manifest, "options": options, "files": files}

    def _card(self) -> None:
        model, corpus = self.source.manifest["model"], self.source.manifest["corpus"]
        n, of = sum(map(len, self.kept.values())), model["n_layers"] * model["d_mlp"]
        cut = "" if self.is_whole else "\nDocuments that none of these neurons shows are empty."
        card = f"""# {n:,} of the {of:,} neurons of {model["name"]} at site {self.source.site}

An excerpt of a catalogue made by lmscope. The neurons were scanned over {corpus["n_tokens"]:,}
tokens of {corpus["n_documents"]:,} documents.{cut}
Read it with

    from lmscope import Catalogue
    catalogue = Catalogue.open("this folder")

The licences of the texts in `documents/` are those of their sources.
"""
        (self.folder / "README.md").write_text(card, "utf-8")
        self._list("README.md")

    def _day(self) -> None:
        """Keep the day of the scan, of all that its log says of the machine."""
        if (day := self.source.day) is not None:
            (self.folder / "run.jsonl").write_text(json.dumps({"date": day}) + "\n", "utf-8")


def _refuse(source: Catalogue, damages: Iterable[Damage | None]) -> None:
    for damage in damages:
        if damage is not None:
            raise CatalogueDamaged(source.path, damage.file, damage.reason)


def share_file(source: Path, target: Path) -> None:
    """Give a large file a second name; copy a small one, and where the disk knows no second names.

    Args:
        source: The file.
        target: Its other name; its folder is made if it is not there.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    source = source.resolve()
    if source.stat().st_size >= _SMALL:
        with suppress(OSError):
            os.link(source, target)
            return
    shutil.copyfile(source, target)


def _starts(lengths: NDArray[Any]) -> NDArray[np.uint64]:
    return np.concatenate([[0], np.cumsum(lengths.astype(np.int64))]).astype(np.uint64)


def _write_json(path: Path, value: object) -> None:
    with replacing(path) as file:
        file.write(json.dumps(value, indent=1, ensure_ascii=False).encode() + b"\n")
