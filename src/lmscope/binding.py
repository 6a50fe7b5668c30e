"""The end of a scan: complete results turned into the files of a catalogue, the manifest last.

Knows what the files are to hold, and nothing of how they are read; FORMAT.md describes
every byte.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmscope.accumulators import BAND_QUANTILES, Edges, Partial, above_half_max, summarise
from lmscope.bins import unit_edges
from lmscope.catalogue import FORMAT_VERSION, shard_name
from lmscope.kernels import KEY_TOKENS
from lmscope.pack import Pack
from lmscope.tensors import replacing, sha256, write_tensors

N_PEAK_TOKENS = 5


def write_catalogue(
    folder: Path,
    asked: dict[str, Any],
    position: dict[str, Any],
    pack: Pack,
    partial: Partial,
    edges: Edges,
    kept: str,
) -> None:
    """Write examples, statistics and manifest; the manifest comes last and makes it complete.

    Args:
        folder: Holds the pack in ``documents/``, the vocabulary, and the logit effects if any.
        asked: Model, corpus and options of the scan.
        position: The position rule and what was measured for it.
        pack: The corpus.
        partial: Complete results; its lists are put in order.
        edges: The histogram scales and band edges.
        kept: What to tell the user is still there if the disk is full.

    Raises:
        DiskFull: If there is no space left; there is no manifest then.
    """
    layers: list[int] = asked["options"]["layers"]
    partial.in_order()
    (folder / "examples").mkdir(exist_ok=True)
    peak_ids, peak_counts = [], []
    for i, layer in enumerate(layers):
        arrays = _examples(i, pack, partial)
        write_tensors(folder / shard_name(layer), arrays, kept=kept)
        ids, counts = _count_peaks(arrays, partial.list_values.shape[-1])
        peak_ids.append(ids)
        peak_counts.append(counts)
    write_tensors(
        folder / "stats.safetensors",
        _statistics(asked, partial, edges, np.stack(peak_ids), np.stack(peak_counts)),
        kept=kept,
    )
    write_tensors(
        folder / "histograms.safetensors",
        {
            "counts": partial.counts.astype(np.uint32)
            if partial.n_tokens < 1 << 32
            else partial.counts.astype(np.uint64),
            "scale": edges.scale.transpose(0, 2, 1).copy(),
            "band_edges": edges.bands.transpose(0, 2, 1).copy(),
            "band_counts": partial.band_counts.astype(np.uint32),
        },
        kept=kept,
    )
    manifest = {
        "format": FORMAT_VERSION,
        "site": asked["model"]["site"],
        "model": asked["model"],
        "corpus": {**asked["corpus"], **_corpus_facts(pack)},
        "options": asked["options"],
        "counted": {
            "n_tokens": partial.n_tokens,
            "bos": pack.facts["prefix"],
            "eos": pack.facts["suffix"],
            "special_ids_never_counted": pack.facts["special_ids"],
            "first_position_counted": position["skip"],
            "measured": {k: v for k, v in position.items() if k != "skip"},
        },
        "histogram": {"unit_edges": unit_edges().tolist()},
        "bands": {"quantiles_aimed_at": list(BAND_QUANTILES)},
        "examples": {"same_key_tokens": KEY_TOKENS, "activations": "float16"},
        "versions": asked["versions"],
    }
    _write_card(folder, manifest, kept)
    manifest["files"] = _checksums(folder)
    with replacing(folder / "manifest.json", kept) as file:
        file.write(json.dumps(manifest, indent=1, ensure_ascii=False).encode() + b"\n")


def _corpus_facts(pack: Pack) -> dict[str, Any]:
    n_shown = int(pack.is_first_of_cluster().sum())
    hidden = {"prefix", "suffix", "special_ids", "sources"}
    facts = {k: v for k, v in pack.facts.items() if k not in hidden}
    return {**facts, "n_near_duplicate_documents": pack.n_documents - n_shown}


def _examples(i: int, pack: Pack, partial: Partial) -> dict[str, NDArray[Any]]:
    """Bring one layer's examples into the layout of the file: top, bottom, bands, in one row."""
    values = np.concatenate([*partial.list_values[i], partial.band_values[i]], axis=1)
    values[:, partial.list_values.shape[-1] : 2 * partial.list_values.shape[-1]] *= -1
    where = np.concatenate([*partial.list_where[i], partial.band_where[i]], axis=1).astype(np.int64)
    acts = np.concatenate([*partial.list_windows[i], partial.band_windows[i]], axis=1)
    window = acts.shape[-1]
    is_filled = where[..., 0] >= 0
    segments = np.where(is_filled, where[..., 0], 0)
    lengths = pack.lengths[segments]
    starts = np.clip(where[..., 1] - partial.before, 0, np.maximum(lengths - window, 0))
    n_shown = np.where(is_filled, np.minimum(window, lengths - starts), 0)
    places = pack.places(
        segments.ravel(), starts.ravel(), (starts + np.maximum(n_shown, 1)).ravel()
    )
    in_corpus = pack.token_start(segments) + starts
    token = np.minimum(in_corpus[..., None] + np.arange(window), pack.n_tokens - 1)
    ids = pack.window_ids(token)
    ids[np.arange(window) >= n_shown[..., None]] = 0
    table = np.stack(
        [
            segments,
            *places.reshape(*segments.shape, 3).transpose(2, 0, 1),
            starts,
            where[..., 1] - starts,
            n_shown,
        ],
        axis=-1,
    )
    table[~is_filled] = 0
    return {
        "activations": acts,
        "ids": ids,
        "values": np.where(is_filled, values, 0).astype(np.float32),
        "where": table.astype(np.uint32),
    }


def _count_peaks(
    arrays: dict[str, NDArray[Any]], top: int
) -> tuple[NDArray[np.uint32], NDArray[np.uint16]]:
    """Count the tokens at the peaks of each top list, most frequent first, ties by id."""
    peak, n_shown = arrays["where"][:, :top, 5], arrays["where"][:, :top, 6]
    ids = np.take_along_axis(arrays["ids"][:, :top], peak[..., None].astype(np.int64), axis=-1)[
        ..., 0
    ]
    found_ids = np.zeros((len(ids), N_PEAK_TOKENS), np.uint32)
    found = np.zeros((len(ids), N_PEAK_TOKENS), np.uint16)
    for n, (row, is_filled) in enumerate(zip(ids, n_shown > 0, strict=True)):
        distinct, counts = np.unique(row[is_filled], return_counts=True)
        order = np.argsort(-counts, kind="stable")[:N_PEAK_TOKENS]
        found_ids[n, : len(order)], found[n, : len(order)] = distinct[order], counts[order]
    return found_ids, found


def _statistics(
    asked: dict[str, Any],
    partial: Partial,
    edges: Edges,
    peak_ids: NDArray[np.uint32],
    peak_counts: NDArray[np.uint16],
) -> dict[str, NDArray[Any]]:
    moments = summarise(partial.sums, partial.lows, partial.n_tokens)
    # Adding zero turns -0.0, which equals 0.0 and so depends on the order of work, into 0.0.
    low, high = partial.extremes[:, 0] + 0, partial.extremes[:, 1] + 0
    half = [above_half_max(partial.counts[i], edges.scale[i], high[i]) for i in range(len(high))]
    # A gated neuron also speaks by negative values; the others are silent unless above zero.
    is_dead = (high <= 0) & (low >= 0) if asked["model"]["is_gated"] else high <= 0
    n_listed = np.maximum((partial.list_where[:, 0, :, :, 0] >= 0).sum(axis=-1), 1)
    return {
        **{name: value.astype(np.float32) for name, value in moments.items()},
        "max": high,
        "min": low,
        "density": (partial.n_positive / partial.n_tokens).astype(np.float32),
        "density_half_max": np.stack(half).astype(np.float32),
        "n_positive": partial.n_positive,
        "is_dead": is_dead.astype(np.uint8),
        "peak_share": (peak_counts[..., 0] / n_listed).astype(np.float32),
        "peak_ids": peak_ids,
        "peak_counts": peak_counts,
    }


def _write_card(folder: Path, manifest: dict[str, Any], kept: str) -> None:
    model, corpus = manifest["model"], manifest["corpus"]
    card = f"""# Neurons of {model["name"]} at site {manifest["site"]}

A catalogue made by lmscope: every MLP neuron of {len(manifest["options"]["layers"])} layers
({model["d_mlp"]} neurons each), scanned over {corpus["n_tokens"]:,} tokens of
{corpus["n_documents"]:,} documents. Read it with

    from lmscope import Catalogue
    catalogue = Catalogue.open("this folder")

The texts in `documents/` come from: {", ".join(corpus["spec"])}. Their licences are those of
their sources.
"""
    with replacing(folder / "README.md", kept) as file:
        file.write(card.encode())


# What a running scan needs and a finished catalogue does not describe.
_NOT_LISTED = {"manifest.json", "scan.json", "state.safetensors", "edges.safetensors", "run.jsonl"}


def _checksums(folder: Path) -> dict[str, dict[str, Any]]:
    return {
        path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in _NOT_LISTED and not path.name.startswith(".")
    }
