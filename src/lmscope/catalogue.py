"""The folder that a scan leaves behind, opened read-only and read neuron by neuron.

Knows files and nouns, but no model: a catalogue is read, shown and served
without torch. FORMAT.md describes every byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lmscope.accumulators import (
    SIGNS,
)
from lmscope.bins import histogram_edges
from lmscope.errors import (
    CatalogueDamaged,
    CatalogueUnfinished,
    LayerNotScanned,
    NotACatalogue,
    UnknownColumn,
    WrongCatalogue,
)
from lmscope.neurons import (
    Band,
    Example,
    Histogram,
    Moments,
    NeuronId,
    NeuronRecord,
    TokenCount,
    TokenEffect,
    check_neuron,
    read_address,
)
from lmscope.pack import Pack
from lmscope.tensors import Tensors, sha256
from lmscope.text import is_split, printable

if TYPE_CHECKING:
    import pandas

FORMAT_VERSION = 1

COLUMNS = (
    "mean",
    "sd",
    "skew",
    "kurtosis",
    "max",
    "min",
    "density",
    "density_half_max",
    "is_dead",
    "peak_share",
)
"""Statistics with one value per neuron. `peak_share`: share of the top list that peaks on its
most frequent peak token. The others: see `Moments` and `NeuronRecord.is_dead`."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A file that is not what the manifest says."""

    file: str
    reason: str


class Catalogue:
    """A finished scan, open for reading.

    ``catalogue["L0N737"]`` gives a `NeuronRecord`; any spelling that `read_address` takes
    will do. Nothing but the rows that are asked for is read.
    """

    def __init__(self, path: Path, manifest: dict[str, Any]) -> None:
        self.path = path
        self.manifest = manifest
        self.model: str = manifest["model"]["name"]
        self.site: Any = manifest["site"]
        self.layers: list[int] = manifest["options"]["layers"]
        self.n_layers: int = manifest["model"]["n_layers"]
        """Layers of the model; `layers` lists those that were scanned."""
        self.d_mlp: int = manifest["model"]["d_mlp"]
        self.n_tokens: int = manifest["counted"]["n_tokens"]
        self._open: dict[str, Tensors] = {}
        self._pack: Pack | None = None
        self._vocab: tuple[bytes, NDArray[np.uint32]] | None = None

    @classmethod
    def open(cls, path: str | Path) -> Catalogue:
        """Open a catalogue.

        Raises:
            NotACatalogue: If the folder holds something else, or a newer format.
            CatalogueUnfinished: If its scan has not reached the end.
        """
        folder = Path(path)
        try:
            manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            raise cls._explain(folder) from None
        except ValueError:
            raise NotACatalogue(folder, "its manifest.json cannot be read") from None
        if not isinstance(manifest, dict) or "site" not in manifest or "counted" not in manifest:
            raise NotACatalogue(folder, "its manifest.json is that of something else")
        if manifest.get("format") != FORMAT_VERSION:
            found = manifest.get("format")
            reason = f"it has format {found}, this lmscope reads format {FORMAT_VERSION}"
            raise NotACatalogue(folder, reason)
        return cls(folder, manifest)

    @staticmethod
    def _explain(folder: Path) -> Exception:
        if not folder.exists():
            return NotACatalogue(folder, "there is no such folder")
        if folder.is_file():
            return NotACatalogue(folder, "it is a file")
        if (folder / "scan.json").exists():
            return CatalogueUnfinished(folder, *progress_of(folder))
        if (folder / "config.json").exists():
            return NotACatalogue(folder, "it holds a model")
        return NotACatalogue(folder, "it has no manifest.json")

    def __repr__(self) -> str:
        n = len(self.layers) * self.d_mlp
        return (
            f"<Catalogue of {self.model} at {self.site}: {n:,} neurons, {self.n_tokens:,} tokens>"
        )

    def __len__(self) -> int:
        return len(self.layers) * self.d_mlp

    def __iter__(self) -> Iterator[NeuronRecord]:
        for layer in self.layers:
            yield from self.layer(layer)

    def layer(self, layer: int) -> Iterator[NeuronRecord]:
        """Iterate over the neurons of one layer."""
        for neuron in range(self.d_mlp):
            yield self[NeuronId(self.model, layer, neuron)]

    def check(self, layer: int, neuron: int) -> NeuronId:
        """Return the neuron's id if it is in the catalogue.

        Raises:
            LayerOutOfRange: If the model has no such layer.
            LayerNotScanned: If it has, but the scan left it out.
            NeuronOutOfRange: If the layer has no such neuron.
        """
        found = check_neuron(self.model, self.n_layers, self.d_mlp, layer, neuron)
        if layer not in self.layers:
            shown = ", ".join(map(str, self.layers[:8])) + (", ..." if len(self.layers) > 8 else "")
            raise LayerNotScanned(self.path, layer, shown)
        return found

    def __getitem__(self, which: str | NeuronId | tuple[int, int]) -> NeuronRecord:
        """Read one neuron.

        Raises:
            LayerOutOfRange: See `check`.
            NeuronOutOfRange: See `check`.
            WrongCatalogue: If a model is named and it is another one.
            CatalogueDamaged: If its bytes are not there.
        """
        if isinstance(which, tuple):
            return self._read(self.check(*which))
        if isinstance(which, NeuronId):
            model, layer, neuron, site = which.model, which.layer, which.neuron, None
        else:
            address = read_address(which)
            model, layer, neuron, site = (
                address.model or self.model, address.layer, address.neuron, address.site,
            )  # fmt: skip
        here = (self.model, self.manifest["model"]["source"], str(self.path))
        if model.rstrip("/") not in here or site not in (None, self.site):
            raise WrongCatalogue(
                self.path, f"{self.model} at {self.site}", f"{model} at {site or self.site}"
            )
        return self._read(self.check(layer, neuron))

    def column(self, name: str) -> NDArray[Any]:
        """Read one statistic of all neurons, [n_layers_scanned, d_mlp].

        Args:
            name: One of `COLUMNS`, or any tensor of ``stats.safetensors``.
        """
        stats = self._tensors("stats.safetensors")
        if name not in stats:
            raise UnknownColumn(name, sorted(stats))
        return stats.read(name)

    def to_pandas(self) -> pandas.DataFrame:
        """Give a table with one row per neuron and the columns of `COLUMNS`, indexed by address."""
        import pandas as pd

        grid = np.repeat(self.layers, self.d_mlp), np.tile(np.arange(self.d_mlp), len(self.layers))
        table = pd.DataFrame({"layer": grid[0], "neuron": grid[1]})
        for name in COLUMNS:
            table[name] = self.column(name).ravel()
        table["is_dead"] = table["is_dead"].astype(bool)
        best = self.column("peak_ids")[..., 0].ravel()
        table["peak_token"] = [self.token(int(i)) for i in best]
        table.index = pd.Index([f"L{la}N{n}" for la, n in zip(*grid, strict=True)], name="address")
        return table

    def token(self, token_id: int) -> str:
        r"""Give the text of a token; bytes that are no whole character as ``\xe2``."""
        return printable(self._token_bytes(token_id))

    def _token_bytes(self, token_id: int) -> bytes:
        if self._vocab is None:
            vocab = self._tensors("vocab.safetensors")
            self._vocab = vocab.read("bytes").tobytes(), vocab.read("ends")
        data, ends = self._vocab
        start = int(ends[token_id - 1]) if token_id else 0
        return data[start : int(ends[token_id])]

    def document(self, index: int) -> str:
        """Read the full text of a document."""
        return printable(self.pack.text(index))

    def source(self, index: int) -> tuple[str, int]:
        """Give where a document came from: file or data set, and offset or row there."""
        return self.pack.source(index)

    @property
    def pack(self) -> Pack:
        """The corpus it was scanned over."""
        if self._pack is None:
            try:
                self._pack = Pack(self.path / "documents")
            except (OSError, ValueError) as error:
                raise CatalogueDamaged(self.path, "documents", _why(error)) from error
        return self._pack

    def examples(self, layer: int) -> Tensors:
        """Open one layer's examples as they are stored; FORMAT.md describes them."""
        return self._tensors(shard_name(layer))

    def list_of(self, entry: int) -> str:
        """Say where an entry of a neuron's stored examples is shown, such as ``top 3``."""
        top, m = self.manifest["options"]["top"], self.manifest["options"]["per_band"]
        if entry < 2 * top:
            return f"{SIGNS[entry // top]} {entry % top}"
        band, place = divmod(entry - 2 * top, m)
        return f"band {band} {place}"

    def _tensors(self, name: str) -> Tensors:
        if name not in self._open:
            try:
                self._open[name] = Tensors(self.path / name)
            except (OSError, ValueError) as error:
                raise CatalogueDamaged(self.path, name, _why(error)) from error
        return self._open[name]

    def _read(self, found: NeuronId) -> NeuronRecord:
        i, n = self.layers.index(found.layer), found.neuron
        shard = self.examples(found.layer)
        try:
            row = {key: shard.row(key, n) for key in ("activations", "ids", "values", "where")}
        except (KeyError, ValueError) as error:
            raise CatalogueDamaged(self.path, shard_name(found.layer), _why(error)) from error
        flat = i * self.d_mlp + n
        stats = self._tensors("stats.safetensors")
        one = {key: stats.item(key, flat) for key in (*COLUMNS, "n_positive")}
        top = self.manifest["options"]["top"]
        lists = [self._list(row, slice(s * top, (s + 1) * top)) for s in range(len(SIGNS))]
        return NeuronRecord(
            id=found,
            site=self.site,
            is_dead=bool(one["is_dead"]),
            moments=Moments(
                count=self.n_tokens,
                mean=float(one["mean"]),
                sd=float(one["sd"]),
                skew=float(one["skew"]),
                kurtosis=float(one["kurtosis"]),
                max=float(one["max"]),
                min=float(one["min"]),
                density=float(one["n_positive"]) / self.n_tokens,
                density_half_max=float(one["density_half_max"]),
            ),
            histogram=self._histogram(i, n),
            top=lists[0],
            bottom=lists[1],
            bands=self._bands(i, n, row, 2 * top),
            promoted=self._effects(i, n, 0),
            suppressed=self._effects(i, n, 1),
            peak_tokens=self._peak_tokens(flat),
        )

    def _list(self, row: dict[str, NDArray[Any]], part: slice) -> tuple[Example, ...]:
        return tuple(
            self._example(row, e) for e in range(part.start, part.stop) if row["where"][e, 6]
        )

    def _example(self, row: dict[str, NDArray[Any]], e: int) -> Example:
        segment, document, start, end, first, peak, n_shown = (int(x) for x in row["where"][e])
        ids = row["ids"][e, :n_shown].astype(np.int64)
        pieces = [self._token_bytes(int(t)) for t in ids]
        ends = start + np.cumsum([len(piece) for piece in pieces])
        spans = np.stack([np.append(start, ends[:-1]), ends], axis=1)
        text = b"".join(pieces)
        if ends[-1] != end or self.manifest["corpus"]["n_inexact_documents"]:
            # A tokenizer that normalises, or a special token spelled out.
            spans = self.pack.spans(segment)[first : first + n_shown]
            text = self.pack.text(document, start, end)
        return Example(
            document=document,
            segment=segment,
            peak=peak,
            tokens=tuple(printable(piece) for piece in pieces),
            token_ids=ids,
            activations=row["activations"][e, :n_shown].astype(np.float32),
            max=float(row["values"][e]),
            text=printable(text),
            start=start,
            end=end,
            spans=spans,
            split=tuple(i for i, piece in enumerate(pieces) if is_split(piece)),
        )

    def _histogram(self, i: int, n: int) -> Histogram:
        tensors = self._tensors("histograms.safetensors")
        flat = i * self.d_mlp + n
        scale = tensors.item("scale", flat)
        return Histogram(histogram_edges(scale), tensors.item("counts", flat).astype(np.int64))

    def _bands(self, i: int, n: int, row: dict[str, NDArray[Any]], first: int) -> tuple[Band, ...]:
        tensors = self._tensors("histograms.safetensors")
        flat = i * self.d_mlp + n
        edges = [-np.inf, *tensors.item("band_edges", flat).tolist(), np.inf]
        counts = tensors.item("band_counts", flat)
        m = self.manifest["options"]["per_band"]
        return tuple(
            Band(
                low=edges[b],
                high=edges[b + 1],
                share=float(counts[b]) / max(1, int(counts.sum())),
                examples=self._list(row, slice(first + b * m, first + (b + 1) * m)),
            )
            for b in range(len(counts))
        )

    def _effects(self, i: int, n: int, side: int) -> tuple[TokenEffect, ...] | None:
        if "logits.safetensors" not in self.manifest["files"]:
            return None
        tensors = self._tensors("logits.safetensors")
        flat = i * self.d_mlp + n
        ids, values = tensors.item("ids", flat)[side], tensors.item("values", flat)[side]
        return tuple(
            TokenEffect(self.token(t), t, v)
            for t, v in zip(ids.tolist(), values.tolist(), strict=True)
        )

    def _peak_tokens(self, flat: int) -> tuple[TokenCount, ...]:
        stats = self._tensors("stats.safetensors")
        pairs = zip(
            stats.item("peak_ids", flat).tolist(),
            stats.item("peak_counts", flat).tolist(),
            strict=True,
        )
        return tuple(TokenCount(self.token(t), t, c) for t, c in pairs if c)

    def verify(self) -> list[Damage]:
        """Compare every file with its checksum; the list is empty if all are right."""
        found = []
        for name, entry in self.manifest["files"].items():
            path = self.path / name
            if not path.is_file():
                found.append(Damage(name, "it is missing"))
            elif (size := path.stat().st_size) != entry["bytes"]:
                found.append(Damage(name, f"it has {size:,} bytes instead of {entry['bytes']:,}"))
            elif sha256(path) != entry["sha256"]:
                found.append(Damage(name, "its bytes differ from its checksum"))
        return found


def worth_seeing(catalogue: Catalogue, n: int = 3) -> list[NeuronId]:
    """Choose neurons for a first look, by statistics: rarely loud, and loud more than once.

    The score is the logarithm of the kurtosis times the number of tokens above half the
    maximum, up to ten: where one token towers over all others, the rest of the list means
    little. In turn comes one whose top list peaks on a single token, one on a few and one on
    many; no two have the same most frequent peak token.

    Args:
        catalogue: Where to choose from.
        n: How many.
    """
    share, tokens = catalogue.column("peak_share").ravel(), catalogue.column("peak_ids")[..., 0]
    loud = np.log1p(np.maximum(np.nan_to_num(catalogue.column("kurtosis")), 0)).ravel()
    n_loud = catalogue.column("density_half_max").ravel() * catalogue.n_tokens
    score = loud * np.minimum(n_loud, 10) * (catalogue.column("is_dead").ravel() == 0)
    best = np.argsort(-score, kind="stable")
    turns = [
        iter(best[kind[best]].tolist())
        for kind in (share >= 0.9, (share >= 0.4) & (share < 0.9), share < 0.4)
    ]
    chosen: list[NeuronId] = []
    seen = set[str]()
    while turns and len(chosen) < n:
        turn = turns.pop(0)
        for flat in turn:
            token = catalogue.token(int(tokens.flat[flat])).strip().casefold()
            if token not in seen:
                seen.add(token)
                i, neuron = divmod(flat, catalogue.d_mlp)
                chosen.append(NeuronId(catalogue.model, catalogue.layers[i], neuron))
                turns.append(turn)
                break
    return chosen


def progress_of(folder: Path) -> tuple[int, int]:
    """Tell how many batches of an unfinished scan are done, of how many; (0, 0) if unknown."""
    state = folder / "state.safetensors"
    if not state.exists():
        return 0, 0
    done = Tensors(state).read("done")
    return int(done.sum()), len(done)


def shard_name(layer: int) -> str:
    """Give the path, inside a catalogue, of one layer's examples."""
    return f"examples/L{layer:02}.safetensors"


def _why(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "it is missing"
    if isinstance(error, KeyError):
        return f"it has no tensor {error}"
    return (
        "it is cut short or not a safetensors file" if isinstance(error, ValueError) else str(error)
    )
