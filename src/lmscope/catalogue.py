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
    LayerOutOfRange,
    NeuronNotExported,
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
from lmscope.notebook import manifest_html
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
        every = np.arange(self.d_mlp)
        kept: dict[str, list[int]] = manifest["options"].get("neurons") or {}
        self._neurons = {la: np.asarray(kept.get(str(la), every)) for la in self.layers}
        self._n_rows = max(map(len, self._neurons.values()))
        """Neurons in a layer's tensors; an excerpt fills up shorter layers with zeros."""
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
        return (
            f"<Catalogue of {self.model} at {self.site}: "
            f"{len(self):,} neurons, {self.n_tokens:,} tokens>"
        )

    def _repr_html_(self) -> str:
        first = self.layers[0]
        example = NeuronId(self.model, first, int(self._neurons[first][0]))
        return manifest_html(self.manifest, len(self), example.short)

    def __len__(self) -> int:
        return sum(map(len, self._neurons.values()))

    def __iter__(self) -> Iterator[NeuronRecord]:
        for layer in self.layers:
            yield from self.layer(layer)

    def layer(self, layer: int) -> Iterator[NeuronRecord]:
        """Iterate over the neurons of one layer."""
        for neuron in self.neurons(layer).tolist():
            yield self[NeuronId(self.model, layer, neuron)]

    def neurons(self, layer: int) -> NDArray[np.int64]:
        """Tell which neurons of a layer are there, ascending: all, but for an excerpt.

        Raises:
            LayerOutOfRange: If the model has no such layer.
            LayerNotScanned: If it has, but the scan left it out.
        """
        if not 0 <= layer < self.n_layers:
            raise LayerOutOfRange(self.model, self.n_layers, layer)
        if layer not in self._neurons:
            shown = ", ".join(map(str, self.layers[:8])) + (", ..." if len(self.layers) > 8 else "")
            raise LayerNotScanned(self.path, layer, shown)
        return self._neurons[layer]

    def places(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give the place of every neuron that is there: index of its layer in `layers`, number."""
        lengths = [len(self._neurons[layer]) for layer in self.layers]
        return (
            np.repeat(np.arange(len(lengths)), lengths),
            np.concatenate([self._neurons[layer] for layer in self.layers]),
        )

    def rows(self, layer: int, neurons: NDArray[np.int64]) -> NDArray[np.int64]:
        """Tell in which rows of a layer's tensors neurons are stored that are there."""
        rows: NDArray[np.int64] = np.searchsorted(self._neurons[layer], neurons)
        return rows

    def check(self, layer: int, neuron: int) -> NeuronId:
        """Return the neuron's id if it is in the catalogue.

        Raises:
            LayerOutOfRange: If the model has no such layer.
            LayerNotScanned: If it has, but the scan left it out.
            NeuronOutOfRange: If the layer has no such neuron.
            NeuronNotExported: If it has, but this is an excerpt without it.
        """
        found = check_neuron(self.model, self.n_layers, self.d_mlp, layer, neuron)
        here = self.neurons(layer)
        if len(here) < self.d_mlp and neuron not in here:
            raise NeuronNotExported(self.path, layer, neuron, here.tolist(), self.d_mlp)
        return found

    def __getitem__(self, which: str | NeuronId | tuple[int, int]) -> NeuronRecord:
        """Read one neuron.

        Raises:
            LayerOutOfRange: See `check`.
            NeuronOutOfRange: See `check`.
            WrongCatalogue: If a model is named and it is another one.
            CatalogueDamaged: If its bytes are not there.
        """
        return self._read(self.find(which))

    def find(self, which: str | NeuronId | tuple[int, int]) -> NeuronId:
        """Find a neuron by any spelling that `read_address` takes, without reading it.

        Raises:
            UnreadableNeuron: If it names none.
            WrongCatalogue: If a model is named and it is another one.
            LayerOutOfRange: See `check`.
            NeuronOutOfRange: See `check`.
        """
        if isinstance(which, tuple):
            return self.check(*which)
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
        return self.check(layer, neuron)

    def column(self, name: str) -> NDArray[Any]:
        """Read one statistic of all neurons, [n_layers_scanned, d_mlp].

        Of an excerpt it is a masked array, in which the neurons that are not there are masked.

        Args:
            name: One of `COLUMNS`, or any tensor of ``stats.safetensors``.
        """
        values = self.values(name)
        shape = (len(self.layers), self.d_mlp, *values.shape[1:])
        if len(values) == shape[0] * shape[1]:
            return values.reshape(shape)
        whole = np.ma.MaskedArray(np.zeros(shape, values.dtype), mask=True)
        whole[self.places()] = values
        return whole

    def values(self, name: str) -> NDArray[Any]:
        """Read one statistic of the neurons that are there, in the order of `places`.

        Args:
            name: As in `column`.
        """
        stats = self._tensors("stats.safetensors")
        if name not in stats:
            raise UnknownColumn(name, sorted(stats))
        stored = stats.read(name)
        parts = [stored[i, : len(self._neurons[layer])] for i, layer in enumerate(self.layers)]
        return np.concatenate(parts)

    def to_pandas(self) -> pandas.DataFrame:
        """Give a table with one row per neuron and the columns of `COLUMNS`, indexed by address."""
        import pandas as pd

        at, neurons = self.places()
        grid = np.array(self.layers)[at], neurons
        table = pd.DataFrame({"layer": grid[0], "neuron": grid[1]})
        for name in COLUMNS:
            table[name] = self.values(name)
        table["is_dead"] = table["is_dead"].astype(bool)
        table["peak_token"] = [self.token(int(i)) for i in self.values("peak_ids")[:, 0]]
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
    def is_excerpt(self) -> bool:
        """Whether only some neurons are there, with only the texts of their examples."""
        return "neurons" in self.manifest["options"]

    @property
    def day(self) -> str | None:
        """Day of the scan's last run, as 2026-11-22; None if no log of it is left.

        The catalogue itself has no date, so that a scan repeats exactly.
        """
        try:
            line = (self.path / "run.jsonl").read_text("utf-8").strip().rpartition("\n")[2]
            return str(json.loads(line)["date"])[:10]
        except (OSError, ValueError, KeyError, TypeError):
            return None

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
        i = self.layers.index(found.layer)
        n = int(self.rows(found.layer, np.array([found.neuron]))[0])
        shard = self.examples(found.layer)
        try:
            row = {key: shard.row(key, n) for key in ("activations", "ids", "values", "where")}
        except (KeyError, ValueError) as error:
            raise CatalogueDamaged(self.path, shard_name(found.layer), _why(error)) from error
        flat = i * self._n_rows + n
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
        flat = i * self._n_rows + n
        scale = tensors.item("scale", flat)
        return Histogram(histogram_edges(scale), tensors.item("counts", flat).astype(np.int64))

    def _bands(self, i: int, n: int, row: dict[str, NDArray[Any]], first: int) -> tuple[Band, ...]:
        tensors = self._tensors("histograms.safetensors")
        flat = i * self._n_rows + n
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
        flat = i * self._n_rows + n
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

    def verify(self, *, only_sizes: bool = False) -> list[Damage]:
        """Compare every file with its checksum; the list is empty if all are right.

        Args:
            only_sizes: Compare sizes, which takes no time, and read nothing.
        """
        damages = (self.damage(name, only_size=only_sizes) for name in self.manifest["files"])
        return [damage for damage in damages if damage is not None]

    def damage(self, name: str, *, only_size: bool = False) -> Damage | None:
        """Compare one file with what the manifest says of it; None if it is right."""
        path, entry = self.path / name, self.manifest["files"][name]
        if not path.is_file():
            return Damage(name, "it is missing")
        if (size := path.stat().st_size) != entry["bytes"]:
            return Damage(name, f"it has {size:,} bytes instead of {entry['bytes']:,}")
        if not only_size and sha256(path) != entry["sha256"]:
            return Damage(name, "its bytes differ from its checksum")
        return None


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
    share, tokens = catalogue.values("peak_share"), catalogue.values("peak_ids")[:, 0]
    loud = np.log1p(np.maximum(np.nan_to_num(catalogue.values("kurtosis")), 0))
    n_loud = catalogue.values("density_half_max") * catalogue.n_tokens
    score = loud * np.minimum(n_loud, 10) * (catalogue.values("is_dead") == 0)
    best = np.argsort(-score, kind="stable")
    turns = [
        iter(best[kind[best]].tolist())
        for kind in (share >= 0.9, (share >= 0.4) & (share < 0.9), share < 0.4)
    ]
    at, neurons = catalogue.places()
    chosen: list[NeuronId] = []
    seen = set[str]()
    while turns and len(chosen) < n:
        turn = turns.pop(0)
        for flat in turn:
            token = catalogue.token(int(tokens[flat])).strip().casefold()
            if token not in seen:
                seen.add(token)
                layer = catalogue.layers[int(at[flat])]
                chosen.append(NeuronId(catalogue.model, layer, int(neurons[flat])))
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
