"""Make a catalogue of a million neurons, to see how site and server bear the size.

The texts and the tokens are those of a finished catalogue; the neurons are drawn at random. Each
gets one of 512 simulated distributions of activations, in its own unit, and examples at real
places of the corpus, many of them on a favourite token. Histogram, moments and lists of a neuron
agree with one another, as in a scan. The same catalogue gives the same bytes.

Run it with:  python scripts/million.py CATALOGUE FOLDER [LAYERS NEURONS_IN_A_LAYER]
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmscope.accumulators import BAND_QUANTILES
from lmscope.bins import N_BINS, N_SIDE, unit_edges
from lmscope.catalogue import FORMAT_VERSION, Catalogue, shard_name
from lmscope.kernels import KEY_TOKENS
from lmscope.pack import Pack
from lmscope.tensors import Tensors, replacing, sha256, write_tensors

N_LAYERS, D_MLP = 64, 16_384
TOP, PER_BAND, WINDOW = 5, 1, 8
N_BANDS = len(BAND_QUANTILES)
N_EXAMPLES = 2 * TOP + PER_BAND * N_BANDS
N_PEAK_TOKENS, N_EFFECTS = 5, 10
N_SHAPES, N_DRAWN = 512, 20_000
DEAD_SHARE = 0.02
LARGEST_LEAST = 0.17
"""How far a simulated neuron goes below zero, as with GELU, in units of its scale."""
SEED = 20

Arrays = dict[str, NDArray[Any]]


def make(source: Catalogue, folder: Path, n_layers: int = N_LAYERS, d_mlp: int = D_MLP) -> None:
    """Write the catalogue; the manifest comes last.

    Args:
        source: Gives documents and vocabulary.
        folder: New or empty.
        n_layers: Layers of the made-up model.
        d_mlp: Neurons in each.
    """
    (folder / "examples").mkdir(parents=True)
    shutil.copytree(source.path / "documents", folder / "documents")
    shutil.copy(source.path / "vocab.safetensors", folder)
    places = Places(source)
    shapes = draw_shapes(np.random.default_rng(SEED), source.n_tokens)
    stats: list[Arrays] = []
    histograms: list[Arrays] = []
    for layer in range(n_layers):
        random = np.random.default_rng([SEED, layer])
        statistics, histogram = draw_neurons(random, shapes, d_mlp, places.n_segments)
        examples = draw_examples(random, statistics, histogram, places)
        write_tensors(folder / shard_name(layer), examples)
        stats.append({**statistics, **count_peaks(examples)})
        histograms.append(histogram)
    write_tensors(folder / "stats.safetensors", stacked(stats))
    write_tensors(folder / "histograms.safetensors", stacked(histograms))
    write_tensors(folder / "logits.safetensors", draw_effects(places, n_layers, d_mlp))
    write_manifest(source, folder, n_layers, d_mlp)


def stacked(layers: list[Arrays]) -> Arrays:
    """Join the layers' arrays, one name after another, so that only one is there twice."""
    return {name: np.stack([layer.pop(name) for layer in layers]) for name in list(layers[0])}


class Places:
    """Where in the corpus an example may have its peak, and how to find a given token there."""

    def __init__(self, source: Catalogue) -> None:
        self.pack: Pack = source.pack
        tokens = Tensors(source.path / "documents" / "tokens.safetensors")
        self.ids: NDArray[Any] = tokens.read("ids")
        self.starts, self.ends = tokens.read("starts"), tokens.read("ends")
        self.n_segments = self.pack.n_segments
        self.first = self.pack.token_start(np.arange(self.n_segments))
        self.lengths = self.pack.lengths
        segment = np.repeat(np.arange(self.n_segments), self.lengths)
        counted = source.manifest["counted"]
        position = np.arange(len(self.ids)) - self.first[segment] + len(counted["bos"])
        counts = (position >= counted["first_position_counted"]) & ~np.isin(
            self.ids, counted["special_ids_never_counted"]
        )
        self.segment = segment
        self.places = np.flatnonzero(counts)
        # The same places sorted by token: those of token t begin at starts_of[t].
        self.by_token = self.places[np.argsort(self.ids[self.places], kind="stable")]
        n_each = np.bincount(self.ids[self.places], minlength=source.manifest["model"]["n_vocab"])
        self.starts_of, self.n_of = np.cumsum(n_each) - n_each, n_each
        self.favourites = np.flatnonzero(n_each >= min(50, n_each.max()))

    def draw(self, random: np.random.Generator, n: int, n_lists: int) -> NDArray[np.int64]:
        """Draw n peaks for each of n_lists lists, [n_lists, n]; a list prefers one token."""
        anywhere = self.places[random.integers(0, len(self.places), (n_lists, n))]
        token = self.favourites[random.integers(0, len(self.favourites), n_lists)]
        which = (random.random((n_lists, n)) * self.n_of[token, None]).astype(np.int64)
        there = self.by_token[self.starts_of[token, None] + which]
        is_there = random.random((n_lists, n)) < random.beta(0.6, 0.8, (n_lists, 1))
        return np.where(is_there, there, anywhere)

    def windows(self, peaks: NDArray[np.int64]) -> Arrays:
        """Give ids and places of the windows round peaks, [..., WINDOW] and [..., 7]."""
        segment = self.segment[peaks]
        length, first = self.lengths[segment], self.first[segment]
        inside = peaks - first
        start = np.clip(inside - WINDOW // 2, 0, np.maximum(length - WINDOW, 0))
        n_shown = np.minimum(WINDOW, length - start)
        token = np.minimum(
            (first + start)[..., None] + np.arange(WINDOW, dtype=np.int32), len(self.ids) - 1
        )
        ids = self.ids[token]
        ids[np.arange(WINDOW) >= n_shown[..., None]] = 0
        where = np.stack(
            [
                segment,
                self.pack.document_of(segment),
                self.starts[first + start],
                self.ends[first + start + n_shown - 1],
                start,
                inside - start,
                n_shown,
            ],
            axis=-1,
        )
        return {"ids": ids, "where": where.astype(np.uint32)}


def draw_shapes(random: np.random.Generator, n_tokens: int) -> Arrays:
    """Simulate distributions of activations, in units of their scale.

    Returns:
        `counts` u32 [N_SHAPES, N_BINS], each summing to `n_tokens`; `moments` f64 [N_SHAPES, 4]:
        mean, sd, skew, excess kurtosis; `above_half`: share of tokens above half of the maximum.
    """
    counts, moments, above_half = [], [], []
    for shape in range(N_SHAPES):
        is_positive = random.random(N_DRAWN) < 10 ** random.uniform(-3, -0.2)
        if shape < DEAD_SHARE * N_SHAPES:
            is_positive[:] = False
        size = random.exponential(1, N_DRAWN) ** random.uniform(0.8, 2)
        size *= random.uniform(0.5, 1) / size[is_positive].max(initial=1e-9)
        below = -LARGEST_LEAST * random.beta(1.2, 3, N_DRAWN)
        values = np.where(is_positive, size, below).astype(np.float32)
        found, _ = np.histogram(values, unit_edges())
        found = found * n_tokens // N_DRAWN
        found[found.argmax()] += n_tokens - found.sum()
        counts.append(found)
        z = (values - values.mean()) / values.std()
        moments.append([values.mean(), values.std(), (z**3).mean(), (z**4).mean() - 3])
        above_half.append((values > values.max() / 2).mean() if is_positive.any() else 0)
    return {
        "counts": np.array(counts, np.uint32),
        "moments": np.array(moments),
        "above_half": np.array(above_half, np.float32),
    }


def draw_neurons(
    random: np.random.Generator, shapes: Arrays, n: int, n_segments: int
) -> tuple[Arrays, Arrays]:
    """Draw the statistics and the histograms of a layer of n neurons."""
    shape = random.integers(0, N_SHAPES, n)
    scale = 2.0 ** random.integers(-3, 4, n)
    counts = shapes["counts"][shape]
    # A few tokens cross zero, so that no two neurons have quite the same density.
    is_alive = counts[:, N_SIDE:].any(axis=1)
    crossing = random.random(n) * 0.1 * counts[:, N_SIDE - 1] * is_alive
    counts[:, N_SIDE - 1] -= crossing.astype(np.uint32)
    counts[:, N_SIDE] += crossing.astype(np.uint32)
    edges = unit_edges()
    last = N_BINS - 1 - (counts[:, ::-1] > 0).argmax(axis=1)
    first = (counts > 0).argmax(axis=1)
    high = (edges[last] + random.random(n) * (edges[last + 1] - edges[last])) * scale
    low = (edges[first] + random.random(n) * (edges[first + 1] - edges[first])) * scale
    n_tokens = int(counts[0].sum(dtype=np.int64))
    n_positive = counts[:, N_SIDE:].sum(axis=1, dtype=np.int64)
    moments = shapes["moments"][shape] * random.normal(1, 0.01, (n, 4))
    mean, sd, skew, kurtosis = (moments * np.stack([scale, scale, scale**0, scale**0], axis=1)).T
    at = low[:, None] + (high - low)[:, None] * np.array([0.3, 0.4, 0.55, 0.7])
    shares = np.diff([*BAND_QUANTILES, 1.0])
    in_bands = np.round(shares * n_segments).astype(np.uint32)
    statistics = {
        **{"mean": mean, "sd": sd, "skew": skew, "kurtosis": kurtosis, "max": high, "min": low},
        "density": n_positive / n_tokens,
        "density_half_max": shapes["above_half"][shape],
    }
    return (
        {
            **{name: value.astype(np.float32) for name, value in statistics.items()},
            "n_positive": n_positive,
            "is_dead": (~is_alive).astype(np.uint8),
        },
        {
            "counts": counts,
            "scale": np.stack([scale, scale], axis=1).astype(np.float32),
            "band_edges": at.astype(np.float32),
            "band_counts": np.broadcast_to(in_bands, (n, N_BANDS)),
        },
    )


def draw_examples(
    random: np.random.Generator, statistics: Arrays, histogram: Arrays, places: Places
) -> Arrays:
    """Draw a layer's examples: top, bottom, bands."""
    n = len(statistics["max"])
    high, low = statistics["max"][:, None], statistics["min"][:, None]
    steps = np.cumsum(0.06 * random.random((2, n, TOP)), axis=-1)
    steps -= steps[..., :1]
    edges = np.concatenate([low, histogram["band_edges"], high], axis=1)
    inside = random.random((n, N_BANDS))
    values = np.concatenate(
        [
            high - np.abs(high) * steps[0],
            low + np.abs(low) * steps[1],
            edges[:, :-1] * (1 - inside) + edges[:, 1:] * inside,
        ],
        axis=1,
    ).astype(np.float32)
    peaks = np.concatenate(
        [places.draw(random, TOP, n), places.draw(random, N_EXAMPLES - TOP, n)], axis=1
    )
    found = places.windows(peaks)
    noise = random.normal(0, 0.12, (4096, WINDOW)).astype(np.float32)
    activations = noise[random.integers(0, len(noise), values.shape)] * values[..., None]
    column = np.arange(WINDOW, dtype=np.uint32)
    activations = np.where(column == found["where"][..., 5:6], values[..., None], activations)
    activations[column >= found["where"][..., 6:7]] = 0
    return {**found, "values": values, "activations": activations.astype(np.float16)}


def count_peaks(examples: Arrays) -> Arrays:
    """Count the tokens at the peaks of the top lists, most frequent first, ties by id."""
    peak = examples["where"][:, :TOP, 5:6].astype(np.int64)
    ids = np.take_along_axis(examples["ids"][:, :TOP], peak, axis=-1)[..., 0]
    ids = np.sort(ids, axis=1)
    counts = (ids[:, :, None] == ids[:, None]).sum(axis=2)
    is_first = np.pad(ids[:, 1:] != ids[:, :-1], ((0, 0), (1, 0)), constant_values=True)
    counts[~is_first] = 0
    order = np.argsort(-counts, axis=1, kind="stable")[:, :N_PEAK_TOKENS]
    counts = np.take_along_axis(counts, order, axis=1)
    ids = np.where(counts > 0, np.take_along_axis(ids, order, axis=1), 0)
    return {
        "peak_ids": ids.astype(np.uint32),
        "peak_counts": counts.astype(np.uint16),
        "peak_share": (counts[:, 0] / TOP).astype(np.float32),
    }


def draw_effects(places: Places, n_layers: int, d_mlp: int) -> Arrays:
    """Draw promoted and suppressed tokens."""
    random = np.random.default_rng([SEED, n_layers])
    shape = (n_layers, d_mlp, 2, N_EFFECTS)
    which = random.integers(0, len(places.favourites), shape, dtype=np.int32)
    values = np.sort(random.random(shape, dtype=np.float32), axis=-1)[..., ::-1].copy()
    values[:, :, 1] *= -1
    return {"ids": places.favourites.astype(np.int32)[which], "values": values}


def write_manifest(source: Catalogue, folder: Path, n_layers: int, d_mlp: int) -> None:
    """Describe the made-up model; corpus and counting are those of the source."""
    was = source.manifest
    manifest = {
        "format": FORMAT_VERSION,
        "site": "post",
        "model": {
            **was["model"],
            "name": "million" if n_layers * d_mlp >= 10**6 else "made-up",
            "source": "scripts/million.py",
            "weights_hash": "0" * 64,
            "architecture": "none",
            "activation_function": "gelu",
            "is_gated": False,
            "site": "post",
            "sites": ["post"],
            "n_layers": n_layers,
            "d_mlp": d_mlp,
            "n_parameters": 0,
        },
        "corpus": was["corpus"],
        "options": {
            **was["options"],
            "layers": list(range(n_layers)),
            "top": TOP,
            "per_band": PER_BAND,
            "window": WINDOW,
        },
        "counted": {k: v for k, v in was["counted"].items() if k != "measured"},
        "histogram": {"unit_edges": unit_edges().tolist()},
        "bands": {"quantiles_aimed_at": list(BAND_QUANTILES)},
        "examples": {"same_key_tokens": KEY_TOKENS, "activations": "float16"},
        "versions": was["versions"],
    }
    with replacing(folder / "README.md") as file:
        file.write(b"# Neurons drawn at random\n\nMade by scripts/million.py; no model has them.\n")
    manifest["files"] = {
        path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    with replacing(folder / "manifest.json") as file:
        file.write(json.dumps(manifest, indent=1, ensure_ascii=False).encode() + b"\n")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 5):
        sys.exit(
            "Name a finished catalogue and the folder to write: "
            "python scripts/million.py CATALOGUE FOLDER [LAYERS NEURONS_IN_A_LAYER]"
        )
    folder = Path(sys.argv[2])
    if folder.exists():
        sys.exit(f"{folder} is there already, and nothing is overwritten.")
    make(Catalogue.open(sys.argv[1]), folder, *map(int, sys.argv[3:]))
    sys.stdout.write(f"{folder}\n")
