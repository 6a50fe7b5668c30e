"""Scans against a plain recomputation: one segment at a time, by definition, no lmscope code.

Only tokenizing is lmscope's. With `batch_tokens` 1 a scan's forward passes have the shapes of the
plain ones, so that every number must agree to the last bit; larger batches round differently.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats
import torch
from conftest import CONSTANT, DEAD, KINDS, LICENCE, N_LAYERS, OPTIONS, distinct
from safetensors.numpy import load_file
from torch import nn
from transformers import AutoModel, AutoModelForCausalLM

from lmscope import Catalogue
from lmscope.catalogue import progress_of
from lmscope.errors import (
    BadOption,
    CatalogueExists,
    ContextTooLong,
    DiskFull,
    EmptyCorpus,
    LayerOutOfRange,
    NothingToResume,
    PartsDiffer,
    ScanChanged,
)
from lmscope.models.loading import load
from lmscope.neurons import NeuronRecord
from lmscope.scanning import merge, resume, scan

# --- the oracle ------------------------------------------------------------------------------

DOWN = {
    "gpt2": "h.{}.mlp.c_proj",
    "gpt_neox": "layers.{}.mlp.dense_4h_to_h",
    "llama": "layers.{}.mlp.down_proj",
    "opt": "decoder.layers.{}.fc2",
    "bert": "encoder.layer.{}.output.dense",
}
FINAL_NORM = {
    "gpt2": "ln_f",
    "gpt_neox": "final_layer_norm",
    "llama": "norm",
    "opt": "decoder.final_layer_norm",
}


def toy_mid(weights: dict[str, torch.Tensor], ids: torch.Tensor) -> list[torch.Tensor]:
    """Run a SoLU model by its published formulas; give `mid` of each layer."""

    def norm(x: torch.Tensor, key: str) -> torch.Tensor:
        x = x - x.mean(-1, keepdim=True)
        return x / (x.pow(2).mean(-1, keepdim=True) + 1e-5).sqrt() * w[f"{key}.w"] + w[f"{key}.b"]

    w = weights
    n = len(ids)
    x = w["embed.W_E"][ids] + w["pos_embed.W_pos"][:n]
    seen = []
    for i in range(N_LAYERS):
        b = f"blocks.{i}"
        y = norm(x, f"{b}.ln1")
        q, k, v = (
            torch.einsum("td,hde->hte", y, w[f"{b}.attn.W_{s}"]) + w[f"{b}.attn.b_{s}"][:, None]
            for s in "QKV"
        )
        scores = q @ k.transpose(1, 2) / q.shape[-1] ** 0.5
        scores = scores.masked_fill(torch.ones(n, n).triu(1).bool(), -torch.inf)
        mixed = scores.softmax(-1) @ v
        x = x + torch.einsum("hte,hed->td", mixed, w[f"{b}.attn.W_O"]) + w[f"{b}.attn.b_O"]
        pre = norm(x, f"{b}.ln2") @ w[f"{b}.mlp.W_in"] + w[f"{b}.mlp.b_in"]
        mid = pre * pre.softmax(-1)
        seen.append(mid)
        x = x + norm(mid, f"{b}.mlp.ln") @ w[f"{b}.mlp.W_out"] + w[f"{b}.mlp.b_out"]
    return seen


@dataclass
class Segment:
    """One segment as the documentation defines it, with what the neurons do on it."""

    document: int
    ids: list[int]
    spans: list[tuple[int, int]]
    acts: list[np.ndarray]
    """float32 [n_tokens, d_mlp] of each layer."""
    exact: list[np.ndarray]
    """The same in float64."""
    counted: list[int]
    """Tokens that count."""


class Truth:
    """Everything about a tiny model's neurons on the corpus, recomputed."""

    def __init__(self, kind: str, folder: Path, model: Any, documents: list[str], skip: int):
        self.kind, self.folder, self.texts = kind, folder, distinct(documents)
        self.model, tokenizer = model, model.tokenizer
        prefix, suffix = list(tokenizer.prefix), list(tokenizer.suffix)
        room = OPTIONS["context"] - len(prefix) - len(suffix)
        # Licences that differ in a word or two repeat the first one.
        licences = [i for i, t in enumerate(self.texts) if t[:13] == LICENCE[:13]]
        self.hidden = set(licences[1:])
        self._load()
        self.segments: list[Segment] = []
        for d, text in enumerate(self.texts):
            cut = tokenizer.tokenize(text)
            for start in range(0, len(cut), room):
                ids = cut.ids[start : start + room].tolist()
                spans = [tuple(s) for s in cut.spans[start : start + room].tolist()]
                whole = torch.tensor([*prefix, *ids, *suffix])
                part = slice(len(prefix), len(prefix) + len(ids))
                counted = [
                    t
                    for t, i in enumerate(ids)
                    if t + len(prefix) >= max(skip, 1) and i not in tokenizer.special_ids
                ]
                acts = [a[part].numpy() for a in self._run(whole, torch.float32)]
                exact = [a[part].numpy() for a in self._run(whole, torch.float64)]
                self.segments.append(Segment(d, ids, spans, acts, exact, counted))
        self.d_mlp = self.segments[0].acts[0].shape[1]

    def _load(self) -> None:
        if self.kind == "solu":
            weights = torch.load(self.folder / "model_final.pth")
            self.weights = {k: w.double() for k, w in weights.items()}
            return
        family = AutoModel if self.kind == "bert" else AutoModelForCausalLM
        floats = torch.float32, torch.float64
        self.models = {t: family.from_pretrained(self.folder, dtype=t).eval() for t in floats}

    @torch.no_grad()
    def _run(self, ids: torch.Tensor, dtype: torch.dtype) -> list[torch.Tensor]:
        if self.kind == "solu":
            if dtype == torch.float64:
                return toy_mid(self.weights, ids)
            # No other program runs these, so there is nothing to be equal to bit by bit; that
            # these numbers are near the formulas' is one of the tests.
            found: list[torch.Tensor] = []
            self.model.run(ids[None], [len(ids)], lambda _, values: found.append(values[0].clone()))
            return found
        base: nn.Module = self.models[dtype].base_model
        seen: list[torch.Tensor] = []
        hooks = [
            base.get_submodule(DOWN[self.kind].format(i)).register_forward_pre_hook(
                lambda _, inputs: seen.append(inputs[0].reshape(len(ids), -1).clone())
            )
            for i in range(N_LAYERS)
        ]
        base(input_ids=ids[None], attention_mask=torch.ones_like(ids[None]))
        for hook in hooks:
            hook.remove()
        return seen

    def values(self, layer: int, neuron: int, exact: bool = False) -> np.ndarray:
        """Give the neuron's value on every token that counts."""
        return np.concatenate(
            [(s.exact if exact else s.acts)[layer][s.counted, neuron] for s in self.segments]
        )

    def peaks(self, layer: int, neuron: int, sign: int) -> dict[int, tuple[float, int]]:
        """Give value and token of each segment's peak, first of several equal ones."""
        found = {}
        for i, s in enumerate(self.segments):
            if s.counted:
                t = max(s.counted, key=lambda t: (sign * float(s.acts[layer][t, neuron]), -t))
                found[i] = float(s.acts[layer][t, neuron]), t
        return found

    def listed(self, layer: int, neuron: int, sign: int, k: int) -> list[tuple[float, int, int]]:
        """Give value, segment and token of the k strongest examples, by the definition."""
        of_key = defaultdict(list)
        for i, (value, t) in self.peaks(layer, neuron, sign).items():
            if self.segments[i].document not in self.hidden:
                key = tuple(self.segments[i].ids[max(0, t - 15) : t + 1])
                of_key[key].append((-sign * value, i, t))
        best = sorted(min(same) for same in of_key.values())[:k]
        return [(-sign * value, i, t) for value, i, t in best]


@pytest.fixture(scope="module")
def truth(model_folder: Any, model_of: Any, scanned: Any, documents: list[str]) -> Any:
    """Give the recomputation of one kind of model; the position rule is the catalogue's."""
    made: dict[str, Truth] = {}

    def give(kind: str) -> Truth:
        if kind not in made:
            skip = Catalogue.open(scanned(kind)).manifest["counted"]["first_position_counted"]
            made[kind] = Truth(kind, model_folder(kind), model_of(kind), documents, skip)
        return made[kind]

    return give


@cache
def records_of(path: Path) -> list[NeuronRecord]:
    """Read every neuron of a catalogue, once for all tests."""
    return list(Catalogue.open(path))


def where(example: Any, segment: Segment) -> int:
    """Give the token of the segment on which an example peaks."""
    first = next(
        t
        for t in range(len(segment.ids))
        if segment.spans[t][0] == example.start
        and segment.ids[t : t + len(example.token_ids)] == example.token_ids.tolist()
    )
    return first + int(example.peak)


def check_example(example: Any, truth: Truth, layer: int, neuron: int, token: int) -> None:
    """Compare a whole window with the recomputation, exactly."""
    segment = truth.segments[example.segment]
    n, width = len(segment.ids), min(OPTIONS["window"], len(segment.ids))
    before = OPTIONS["window"] * 5 // 8
    start = max(0, min(token - before, n - OPTIONS["window"]))
    assert segment.document == example.document
    assert token - start == example.peak
    assert segment.ids[start : start + width] == example.token_ids.tolist()
    values = segment.acts[layer][start : start + width, neuron]
    assert np.array_equal(values.astype(np.float16).astype(np.float32), example.activations)
    assert float(segment.acts[layer][token, neuron]) == example.max
    first, last = segment.spans[start][0], segment.spans[start + width - 1][1]
    assert (first, last) == (example.start, example.end)
    data = truth.texts[segment.document].encode()[first:last]
    assert data.decode("utf-8", "backslashreplace") == example.text
    assert width == len(example.tokens)
    if truth.kind != "bert":  # the pieces of an exact tokenizer are the text
        pieces = [
            truth.texts[segment.document].encode()[a:b].decode("utf-8", "backslashreplace")
            for a, b in segment.spans[start : start + width]
        ]
        assert pieces == list(example.tokens)


# --- 1. brute force --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_segments_are_those_of_the_definition(kind: str, scanned: Any, truth: Any) -> None:
    expected = truth(kind)
    folder = scanned(kind)
    tokens = load_file(folder / "documents" / "tokens.safetensors")
    segments = load_file(folder / "documents" / "segments.safetensors")
    documents = load_file(folder / "documents" / "documents.safetensors")

    assert [s.document for s in expected.segments] == segments["document"].tolist()
    ends = np.cumsum([len(s.ids) for s in expected.segments])
    assert [0, *ends.tolist()] == segments["token_start"].tolist()
    assert [i for s in expected.segments for i in s.ids] == tokens["ids"].tolist()
    assert [a for s in expected.segments for a, _ in s.spans] == tokens["starts"].tolist()
    assert [b for s in expected.segments for _, b in s.spans] == tokens["ends"].tolist()
    clusters = documents["cluster"].tolist()
    assert expected.hidden == {i for i, c in enumerate(clusters) if c != i}
    assert 2 == len(expected.hidden)
    assert "".join(expected.texts).encode() == (folder / "documents" / "text.bin").read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_float32_is_close_to_float64(kind: str, truth: Any) -> None:
    for s in truth(kind).segments:
        for rough, fine in zip(s.acts, s.exact, strict=True):
            assert np.abs(rough - fine).max() <= 2e-5 * max(1, np.abs(fine).max())


@pytest.mark.parametrize("kind", KINDS)
def test_both_lists_of_every_neuron_are_those_of_the_definition(
    kind: str, scanned: Any, truth: Any
) -> None:
    expected, catalogue = truth(kind), Catalogue.open(scanned(kind))
    for record in records_of(catalogue.path):
        layer, neuron = record.id.layer, record.id.neuron
        for sign, found in ((1, record.top), (-1, record.bottom)):
            listed = expected.listed(layer, neuron, sign, OPTIONS["top"])
            assert [(v, s) for v, s, _ in listed] == [(e.max, e.segment) for e in found]
            for example, (_, _, token) in zip(found, listed, strict=True):
                check_example(example, expected, layer, neuron, token)


@pytest.mark.parametrize("kind", KINDS)
def test_moments_and_extremes_equal_those_of_all_counted_values(
    kind: str, scanned: Any, truth: Any
) -> None:
    expected, catalogue = truth(kind), Catalogue.open(scanned(kind))
    for record in records_of(catalogue.path):
        x = expected.values(record.id.layer, record.id.neuron)
        fine = expected.values(record.id.layer, record.id.neuron, exact=True)
        m = record.moments
        assert len(x) == m.count == catalogue.n_tokens
        assert (float(x.max()), float(x.min())) == (m.max, m.min)
        assert np.mean(x > 0) == m.density
        assert (x.max() <= 0 if kind != "llama" else (x == 0).all()) == record.is_dead
        x = x.astype(np.float64)
        assert m.mean == pytest.approx(x.mean(), rel=2e-7, abs=1e-12)
        assert m.sd == pytest.approx(x.std(), rel=2e-7, abs=1e-12)
        if x.min() == x.max():
            assert np.isnan(m.skew) and np.isnan(m.kurtosis)
            continue
        assert m.skew == pytest.approx(scipy.stats.skew(x), rel=1e-6, abs=1e-6)
        assert m.kurtosis == pytest.approx(scipy.stats.kurtosis(x), rel=1e-6, abs=1e-6)
        # The same from float64 activations: what is lost is the model's rounding only.
        assert m.mean == pytest.approx(fine.mean(), rel=1e-4, abs=1e-5)
        assert m.sd == pytest.approx(fine.std(), rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_histograms_equal_a_search_in_their_own_edges(kind: str, scanned: Any, truth: Any) -> None:
    expected, catalogue = truth(kind), Catalogue.open(scanned(kind))
    for record in records_of(catalogue.path):
        x = expected.values(record.id.layer, record.id.neuron)
        edges, counts = record.histogram.edges, record.histogram.counts
        assert (65, 64) == (len(edges), len(counts))
        assert (np.diff(edges) > 0).all()
        bins = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, 63)
        assert np.bincount(bins, minlength=64).tolist() == counts.tolist()
        inside = (x >= edges[0]) & (x < edges[-1])
        assert np.histogram(x[inside], edges)[0].sum() == inside.sum()


@pytest.mark.parametrize("kind", KINDS)
def test_density_above_half_the_maximum_lies_in_its_bracket(
    kind: str, scanned: Any, truth: Any
) -> None:
    """The bracket: the share above the upper, and above the lower edge of the bin with half."""
    expected, catalogue = truth(kind), Catalogue.open(scanned(kind))
    for record in records_of(catalogue.path):
        x, edges = expected.values(record.id.layer, record.id.neuron), record.histogram.edges
        half = x.max() / 2
        if half <= 0:
            assert 0 == record.moments.density_half_max
            continue
        b = int(np.searchsorted(edges, half, side="right")) - 1
        low, high = np.mean(x >= edges[b + 1]), np.mean(x >= edges[b])
        assert low - 1e-6 <= record.moments.density_half_max <= high + 1e-6
        assert low - 1e-6 <= np.mean(x > half) <= high + 1e-6


def split_mix(segment: int, number: int) -> int:
    """Give the random rank of a segment for a neuron, written anew in Python's integers."""
    mask = (1 << 64) - 1
    z = (segment * 0x9E3779B97F4A7C15 + (number + 1) * 0xD1B54A32D192ED03) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return z ^ (z >> 31)


@pytest.mark.parametrize("kind", KINDS)
def test_bands_hold_their_share_and_the_examples_of_lowest_rank(
    kind: str, scanned: Any, truth: Any
) -> None:
    expected, catalogue = truth(kind), Catalogue.open(scanned(kind))
    for record in records_of(catalogue.path):
        layer, neuron = record.id.layer, record.id.neuron
        peaks = expected.peaks(layer, neuron, 1)
        assert 5 == len(record.bands)
        assert record.bands[0].low == -np.inf
        assert record.bands[-1].high == np.inf
        for band in record.bands:
            inside = [i for i, (v, _) in peaks.items() if band.low <= v < band.high]
            assert len(inside) / len(peaks) == band.share
            shown = [i for i in inside if expected.segments[i].document not in expected.hidden]
            shown.sort(key=lambda i: split_mix(i, layer * expected.d_mlp + neuron))
            assert shown[: OPTIONS["per_band"]] == [e.segment for e in band.examples]
            for example in band.examples:
                token = peaks[example.segment][1]
                check_example(example, expected, layer, neuron, token)


@pytest.mark.parametrize("kind", KINDS)
def test_the_tokens_at_the_peaks_are_counted(kind: str, scanned: Any, truth: Any) -> None:
    expected, catalogue = truth(kind), Catalogue.open(scanned(kind))
    shares = catalogue.column("peak_share")
    for record in records_of(catalogue.path):
        listed = expected.listed(record.id.layer, record.id.neuron, 1, OPTIONS["top"])
        counts = Counter(expected.segments[s].ids[t] for _, s, t in listed)
        best = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:5]
        assert best == [(p.token_id, p.count) for p in record.peak_tokens]
        share = shares[record.id.layer, record.id.neuron]
        assert np.float32(best[0][1] / len(listed)) == share


def logits_by_hand(truth: Truth, layer: int, n_vocab: int) -> np.ndarray:
    """Give W_out @ norm @ W_U in float64, [d_mlp, n_vocab], written out for each kind."""
    if truth.kind == "solu":
        w = truth.weights
        rows, head = w[f"blocks.{layer}.mlp.W_out"], w["unembed.W_U"]
        scale, centred = w["ln_final.w"], True
    else:
        model = truth.models[torch.float64]
        down = model.base_model.get_submodule(DOWN[truth.kind].format(layer)).weight
        rows = down if truth.kind == "gpt2" else down.T
        head = model.get_output_embeddings().weight.T
        scale = model.base_model.get_submodule(FINAL_NORM[truth.kind]).weight
        centred = truth.kind != "llama"
    rows = rows.detach()
    if centred:  # the norm takes the mean away before it scales
        rows = rows - rows.mean(dim=1, keepdim=True)
    return (rows @ torch.diag(scale.detach()) @ head.detach()).numpy()[:, :n_vocab]


@pytest.mark.parametrize("kind", KINDS)
def test_logit_effects_equal_the_product_of_the_matrices(
    kind: str, scanned: Any, truth: Any, model_of: Any
) -> None:
    expected, catalogue = truth(kind), Catalogue.open(scanned(kind))
    if kind == "bert":
        assert catalogue["L0N0"].promoted is catalogue["L0N0"].suppressed is None
        return
    n_vocab = model_of(kind).tokenizer.n_vocab
    for layer in range(N_LAYERS):
        effects = logits_by_hand(expected, layer, n_vocab)
        for record in catalogue.layer(layer):
            row = effects[record.id.neuron]
            for found, best in (
                (record.promoted, np.sort(row)[::-1][:10]),
                (record.suppressed, np.sort(row)[:10]),
            ):
                assert 10 == len({t.token_id for t in found})
                np.testing.assert_allclose([t.effect for t in found], best, atol=3e-6)
                by_id = [row[t.token_id] for t in found]
                np.testing.assert_allclose(by_id, best, atol=3e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_first_positions_and_special_tokens_are_never_a_peak(
    kind: str, scanned: Any, truth: Any
) -> None:
    expected, catalogue = truth(kind), Catalogue.open(scanned(kind))
    counted = catalogue.manifest["counted"]
    n_prefix, special = len(counted["bos"]), set(counted["special_ids_never_counted"])
    assert counted["first_position_counted"] >= 1
    for record in records_of(catalogue.path):
        for example in (
            *record.top,
            *record.bottom,
            *(e for b in record.bands for e in b.examples),
        ):
            token = where(example, expected.segments[example.segment])
            assert token + n_prefix >= counted["first_position_counted"]
            assert special.isdisjoint(example.token_ids.tolist())


def test_near_duplicates_count_but_are_not_shown(scanned: Any, truth: Any) -> None:
    expected, catalogue = truth("gpt2"), Catalogue.open(scanned("gpt2"))
    assert 2 == catalogue.manifest["corpus"]["n_near_duplicate_documents"]
    assert sum(len(s.counted) for s in expected.segments) == catalogue.n_tokens
    for record in records_of(catalogue.path):
        examples = [*record.top, *record.bottom, *(e for b in record.bands for e in b.examples)]
        assert expected.hidden.isdisjoint(e.document for e in examples)


def test_an_example_is_in_a_list_once(scanned: Any) -> None:
    for kind in KINDS:
        for record in records_of(scanned(kind)):
            for found in (record.top, record.bottom):
                assert len({e.segment for e in found}) == len(found)
                ends = [tuple(e.token_ids[max(0, e.peak - 15) : e.peak + 1]) for e in found]
                assert len(set(ends)) == len(found)


def test_text_beyond_ascii_survives(scanned: Any, documents: list[str]) -> None:
    catalogue = Catalogue.open(scanned("gpt2"))
    texts = distinct(documents)
    assert texts == [catalogue.document(i) for i in range(len(texts))]
    seen = "".join(e.text for record in catalogue for e in (*record.top, *record.bottom))
    assert "\ufffd" not in seen
    for sign in (
        "👩",
        "🇫",
        "猫",
        "中",
        "ï",
        "русск"[-1],
        "<script>",
        "<div",
        "&lt;",
        "\t",
        "<|endoftext|>",
    ):
        assert sign in seen


def test_neurons_that_are_built_dead_or_constant_are_said_to_be(scanned: Any) -> None:
    for kind in KINDS:
        catalogue = Catalogue.open(scanned(kind))
        dead, constant = catalogue[0, DEAD], catalogue[0, CONSTANT]
        assert dead.is_dead
        assert 0 == dead.moments.density == dead.moments.density_half_max
        if kind != "solu":  # whose neurons share one softmax
            assert np.isnan([dead.moments.skew, dead.moments.kurtosis]).all()
        assert np.isnan([constant.moments.skew, constant.moments.kurtosis]).all()
        assert 0 == constant.moments.sd
        assert constant.moments.min == constant.moments.max == pytest.approx(constant.moments.mean)
        assert (constant.moments.max <= 0) == constant.is_dead
        assert None is constant.to_json()["stats"]["skew"]


def test_the_scanned_neurons_are_enough(scanned: Any) -> None:
    assert 480 == sum(len(Catalogue.open(scanned(kind))) for kind in KINDS)


# --- 2. the same bytes -----------------------------------------------------------------------


def contents(folder: Path) -> dict[str, bytes]:
    """Give every file of a folder but the log of its runs; hidden ones and left-overs too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "run.jsonl"
    }


def assert_same(expected: Path, actual: Path) -> None:
    """Compare two folders byte by byte, and name the files that differ."""
    one, other = contents(expected), contents(actual)
    assert list(one) == list(other)
    assert [] == [name for name in one if one[name] != other[name]]


def activations_of(folder: Path) -> dict[str, dict[str, np.ndarray]]:
    return {p.stem: load_file(p) for p in sorted((folder / "examples").iterdir())}


@pytest.mark.parametrize("kind", KINDS)
def test_two_scans_give_the_same_bytes(
    kind: str, scanned: Any, model_of: Any, corpus_file: Path, tmp_path: Path
) -> None:
    scan(model_of(kind), corpus_file, tmp_path / "again", batch_tokens=300, **OPTIONS)

    assert_same(scanned(kind, 300), tmp_path / "again")


@pytest.mark.parametrize("kind", KINDS)
def test_another_batch_size_changes_the_last_bits_only(kind: str, scanned: Any) -> None:
    one, other = Catalogue.open(scanned(kind)), Catalogue.open(scanned(kind, 300))
    n_entries = n_moved = 0
    for a, b in zip(one, other, strict=True):
        reach = max(abs(a.moments.max), abs(a.moments.min), 1e-3)
        for x, y in ((a.top, b.top), (a.bottom, b.bottom)):
            n_entries += len(x)
            n_moved += sum(e.segment != f.segment for e, f in zip(x, y, strict=True))
            strength = [e.max for e in x], [e.max for e in y]
            np.testing.assert_allclose(*strength, rtol=0, atol=1e-5 * reach)
            common = {e.segment: e for e in x}
            for f in y:
                e = common.get(f.segment)
                if e is not None and e.start == f.start:
                    np.testing.assert_allclose(
                        e.activations, f.activations, rtol=1e-3, atol=1e-5 * reach
                    )
        np.testing.assert_allclose(a.moments.mean, b.moments.mean, rtol=1e-5, atol=1e-6 * reach)
        np.testing.assert_allclose(a.moments.sd, b.moments.sd, rtol=1e-5, atol=1e-6 * reach)
        moved = np.abs(a.histogram.counts - b.histogram.counts).sum() / 2
        assert moved <= 3  # values within rounding of an edge
    # Only where two peaks are equal to seven digits do two examples change places.
    assert n_moved <= 0.01 * n_entries


# --- 3. stopped and resumed ------------------------------------------------------------------

DRIVER = """
import json, os, random, signal, sys, time
from pathlib import Path
import torch
torch.set_num_threads(1)
from lmscope import scanning, tensors
from lmscope.models.loading import load

model_folder, corpus, out, options, moments, n_outside, seconds = json.loads(sys.argv[1])
scanning.SECONDS_BETWEEN_SAVES = -1.0  # save after every batch
model = load(model_folder, device="cpu")
fsync = os.fsync
scanning.scan(model, corpus, f"{out}/warm", **options)  # the children inherit what it loaded

def start(name, moment=0):
    pid = os.fork()
    if pid:
        return pid
    seen = 0
    def counting(fd):
        nonlocal seen
        seen += 1
        if seen == moment:
            os.kill(os.getpid(), signal.SIGKILL)
        fsync(fd)
    tensors.os.fsync = counting
    scanning.scan(model, corpus, f"{out}/{name}", **options)
    os._exit(0)

for moment in moments:
    pid = start(f"write-{moment}", moment)
    print(f"write-{moment}", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

unlink = Path.unlink

def unlinking(self, missing_ok=False):
    unlink(self, missing_ok=missing_ok)
    if self.name == unlinked and (self.parent / "manifest.json").exists():
        os.kill(os.getpid(), signal.SIGKILL)

for unlinked in ("state.safetensors", "edges.safetensors"):  # all is written: only tidying is left
    Path.unlink = unlinking
    pid = start(f"tidy-{unlinked}")
    Path.unlink = unlink
    print(f"tidy-{unlinked}", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
rng = random.Random(5)
for i in range(n_outside):
    pid = start(f"time-{i}")
    time.sleep(seconds * rng.uniform(0.1, 0.7))
    os.kill(pid, signal.SIGKILL)
    print(f"time-{i}", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


@pytest.fixture(scope="module")
def killed(
    model_folder: Any, model_of: Any, corpus_file: Path, tmp_path_factory: Any
) -> tuple[Path, dict[str, Path]]:
    """Give an uninterrupted scan, and others that were killed in mid-air and resumed.

    SIGKILL falls on chosen writes, when a file is complete but not yet in its place, and at
    random times from outside.
    """
    out = tmp_path_factory.mktemp("killed")
    options = {**OPTIONS, "batch_tokens": 300}
    writes: list[str] = []
    patch = pytest.MonkeyPatch()
    with patch.context() as m:
        m.setattr("lmscope.scanning.SECONDS_BETWEEN_SAVES", -1.0)
        real = os.fsync
        m.setattr(
            "lmscope.tensors.os.fsync",
            lambda fd: (writes.append(Path(f"/proc/self/fd/{fd}").readlink().name), real(fd))[1],
        )
        began = time.monotonic()
        scan(model_of("gpt2"), corpus_file, out / "whole", **options)
        seconds = time.monotonic() - began
    names = [re.fullmatch(r"\.?(.+?)(\.part|\.\d+)?", name)[1] for name in writes]
    states = [i for i, name in enumerate(names, 1) if name == "state.safetensors"]
    # Reading, preparing, the first save and later ones, first file and manifest of the catalogue.
    assert ["scan.json", "text.bin", "tokens.safetensors"] == names[:3]
    moments = [2, 3, names.index("pack.json") + 1, names.index("edges.safetensors") + 1]
    moments += [states[0], *sorted(random.Random(3).sample(states[1:], 2))]
    moments += [states[-1] + 1, len(names) - 1, len(names)]
    arguments = [
        str(model_folder("gpt2")),
        str(corpus_file),
        str(out),
        options,
        moments,
        3,
        seconds,
    ]
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, json.dumps(arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TOKENIZERS_PARALLELISM": "false", "OMP_NUM_THREADS": "1"},
    )
    assert 0 == done.returncode, done.stderr
    ends = dict(line.split() for line in done.stdout.splitlines())
    assert {"-9"} == {ends[f"write-{moment}"] for moment in moments}
    folders = {name: out / name for name in ends if ends[name] == "-9" and (out / name).exists()}
    for name, folder in folders.items():
        if not (folder / "scan.json").exists():
            assert name.startswith("time")  # over before it was killed, or not yet begun
        else:
            resume(folder, model=model_of("gpt2"))
    return out / "whole", folders


def visible(folder: Path) -> dict[str, bytes]:
    return {k: v for k, v in contents(folder).items() if not Path(k).name.startswith(".")}


def test_a_scan_killed_anywhere_and_resumed_is_an_uninterrupted_one(killed: Any) -> None:
    whole, folders = killed
    expected = visible(whole)
    assert len(folders) >= 12
    for name, folder in folders.items():
        if (folder / "manifest.json").exists() or not name.startswith("time"):
            actual = visible(folder)
            assert list(expected) == list(actual), name
            assert [] == [k for k in expected if expected[k] != actual[k]], name
            assert [] == Catalogue.open(folder).verify()


def test_a_resumed_scan_leaves_no_half_written_files(killed: Any) -> None:
    _, folders = killed
    left = {
        f"{name}: {file}"
        for name, folder in folders.items()
        for file in contents(folder)
        if Path(file).name.startswith(".")
    }
    assert set() == left


@pytest.mark.parametrize("kind", KINDS)
def test_a_scan_that_was_asked_to_stop_goes_on_to_the_same_bytes(
    kind: str, scanned: Any, model_of: Any, corpus_file: Path, tmp_path: Path
) -> None:
    path, model, n_asked = tmp_path / "stopped", model_of(kind), 0

    def after_three() -> bool:
        nonlocal n_asked
        n_asked += 1
        return n_asked % 3 == 0

    options = {**OPTIONS, "batch_tokens": 300}
    result = scan(model, corpus_file, path, should_stop=after_three, **options)
    assert None is result
    done, total = progress_of(path)
    assert 3 == done < total
    n_runs = 1
    while result is None:
        result = resume(
            path, model=model if n_runs % 2 else None, device="cpu", should_stop=after_three
        )
        n_runs += 1
    assert total // 3 <= n_runs
    assert_same(scanned(kind, 300), path)


def test_what_was_not_begun_cannot_be_resumed(scanned: Any, tmp_path: Path) -> None:
    with pytest.raises(NothingToResume) as missing:
        resume(tmp_path / "nothing")
    assert (
        f"There is no unfinished scan in {tmp_path}/nothing: there is no such folder.\n"
        f"Start one with: lmscope scan MODEL CORPUS -o {tmp_path}/nothing"
    ) == str(missing.value)
    with pytest.raises(NothingToResume, match=r": the folder has no scan\.json\.\n"):
        resume(tmp_path)
    with pytest.raises(NothingToResume, match=r": it is a finished catalogue\.\n"):
        resume(scanned("gpt2"))


def test_a_scan_does_not_go_on_with_another_model(
    model_of: Any, corpus_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "stopped"
    scan(model_of("gpt2"), corpus_file, path, should_stop=lambda: True, **OPTIONS)
    before = contents(path)
    with pytest.raises(ScanChanged) as changed:
        resume(path, model=model_of("gpt_neox"))
    assert (
        f"The scan in {path} cannot go on: the model's weights changed since it began.\n"
        "Half of its numbers would come from something else. Start it anew in another folder."
    ) == str(changed.value)
    assert before == contents(path)


def test_a_scan_does_not_go_on_in_another_precision(
    model_of: Any, model_folder: Any, corpus_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "stopped"
    scan(model_of("gpt2"), corpus_file, path, should_stop=lambda: True, **OPTIONS)
    rough = load(model_folder("gpt2"), dtype="bfloat16", device="cpu")
    with pytest.raises(ScanChanged, match="dtype"):
        resume(path, model=rough)


# --- 4. parts --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parts(model_of: Any, corpus_file: Path, tmp_path_factory: Any) -> Any:
    """Give the folder of one part of a scan."""
    out = tmp_path_factory.mktemp("parts")

    def give(kind: str, i: int, n: int, **changes: Any) -> Path:
        name = "-".join([kind, str(i), str(n), *(f"{k}{v}" for k, v in changes.items())])
        path: Path = out / name.replace("/", "_")
        if not path.exists():
            options = {**OPTIONS, "batch_tokens": 300, "corpus": corpus_file, **changes}
            corpus = options.pop("corpus")
            assert None is scan(model_of(kind), corpus, path, part=(i, n), **options)
        return path

    return give


@pytest.mark.parametrize("kind", KINDS)
def test_halves_merged_in_either_order_are_the_whole(
    kind: str, parts: Any, scanned: Any, tmp_path: Path
) -> None:
    one, other = parts(kind, 1, 2), parts(kind, 2, 2)
    before = contents(one), contents(other)
    assert isinstance(merge(one, other, tmp_path / "a"), Catalogue)
    merge(other, one, tmp_path / "b")

    assert_same(scanned(kind, 300), tmp_path / "a")
    assert_same(scanned(kind, 300), tmp_path / "b")
    assert before == (contents(one), contents(other))


@pytest.mark.parametrize("kind", KINDS)
def test_three_parts_merged_in_any_grouping_are_the_whole(
    kind: str, parts: Any, scanned: Any, tmp_path: Path
) -> None:
    a, b, c = (parts(kind, i, 3) for i in (1, 2, 3))
    assert None is merge(a, b, tmp_path / "ab")
    assert None is merge(c, b, tmp_path / "cb")
    merge(tmp_path / "ab", c, tmp_path / "ab-c")
    merge(a, tmp_path / "cb", tmp_path / "a-cb")
    merge(c, a, tmp_path / "cab", b)

    for name in ("ab-c", "a-cb", "cab"):
        assert_same(scanned(kind, 300), tmp_path / name)


def test_a_merge_that_lacks_a_part_can_be_finished_by_scanning(
    parts: Any, scanned: Any, model_of: Any, tmp_path: Path
) -> None:
    merge(parts("gpt2", 1, 3), parts("gpt2", 3, 3), tmp_path / "two")
    resume(tmp_path / "two", model=model_of("gpt2"))

    assert_same(scanned("gpt2", 300), tmp_path / "two")


def test_more_parts_than_batches_still_make_the_whole(
    parts: Any, scanned: Any, tmp_path: Path
) -> None:
    n = 24
    merge(
        *(parts("solu", i, n) for i in (1, 2)),
        tmp_path / "all",
        *(parts("solu", i, n) for i in range(3, n + 1)),
    )

    assert_same(scanned("solu", 300), tmp_path / "all")


def refused_merge(a: Path, b: Path, path: Path) -> str:
    before = contents(a), contents(b)
    with pytest.raises(PartsDiffer) as caught:
        merge(a, b, path)
    assert not path.exists()
    assert before == (contents(a), contents(b))
    return str(caught.value).replace(str(a), "A").replace(str(b), "B")


def test_parts_that_do_not_belong_together_are_refused(
    parts: Any, documents: list[str], tmp_path: Path
) -> None:
    a = parts("gpt2", 1, 2)
    other_text = tmp_path / "other.txt"
    other_text.write_text("Quite another text, of one document. " * 30)
    rest = (
        "\nParts belong together when model, corpus and options are the same and no part is there "
        "twice."
    )
    out = tmp_path / "out"
    assert (
        f"A and A cannot be merged: both hold the same part of the corpus.{rest}"
        == refused_merge(a, a, out)
    )
    assert (
        f"A and B cannot be merged: both hold the same part of the corpus.{rest}"
        == refused_merge(a, parts("gpt2", 1, 3), out)
    )
    assert f"A and B cannot be merged: their options differ.{rest}" == refused_merge(
        a, parts("gpt2", 2, 2, top=7), out
    )
    assert f"A and B cannot be merged: their options differ.{rest}" == refused_merge(
        a, parts("gpt2", 2, 2, batch_tokens=200), out
    )
    assert f"A and B cannot be merged: their corpora differ.{rest}" == refused_merge(
        a, parts("gpt2", 2, 2, corpus=other_text), out
    )
    assert f"A and B cannot be merged: their corpora differ.{rest}" == refused_merge(
        a, parts("gpt2", 2, 2, context=32), out
    )
    assert (
        "A and B cannot be merged: name is tiny-gpt2 in one, tiny-gpt_neox in the other"
        in refused_merge(a, parts("gpt_neox", 2, 2), out)
    )


def test_a_merge_overwrites_nothing(parts: Any, scanned: Any) -> None:
    target = scanned("gpt2")
    before = contents(target)
    with pytest.raises(CatalogueExists, match="already holds a catalogue; nothing was changed"):
        merge(parts("gpt2", 1, 2), parts("gpt2", 2, 2), target)
    assert before == contents(target)


# --- what is asked of a scan -----------------------------------------------------------------


def test_only_the_wanted_layers_are_scanned_and_are_the_same(
    scanned: Any, model_of: Any, corpus_file: Path, tmp_path: Path
) -> None:
    scan(model_of("gpt2"), corpus_file, tmp_path / "one", layers=[1], batch_tokens=1, **OPTIONS)
    whole, one = Catalogue.open(scanned("gpt2")), Catalogue.open(tmp_path / "one")

    assert [1] == one.layers
    assert 40 == len(one)
    skips = [c.manifest["counted"]["first_position_counted"] for c in (whole, one)]
    assert skips[0] == skips[1]
    assert json.dumps([r.to_json() for r in whole.layer(1)]) == json.dumps(
        [r.to_json() for r in one]
    )


def test_a_limit_of_tokens_is_kept_to_the_token(
    model_of: Any, corpus_file: Path, tmp_path: Path
) -> None:
    catalogue = scan(model_of("gpt2"), corpus_file, tmp_path / "few", n_tokens=501, **OPTIONS)

    assert 501 == catalogue.manifest["corpus"]["n_tokens"]


def test_progress_is_told_for_every_stage_and_never_goes_back(
    model_of: Any, corpus_file: Path, tmp_path: Path
) -> None:
    seen: list[Any] = []
    scan(
        model_of("gpt2"),
        corpus_file,
        tmp_path / "a",
        report=seen.append,
        batch_tokens=100,
        **OPTIONS,
    )

    stages = list(dict.fromkeys(p.stage for p in seen))
    assert ["reading", "preparing", "scanning", "writing"] == stages
    scanning = [p for p in seen if p.stage == "scanning"]
    assert sorted(p.tokens_done for p in scanning) == [p.tokens_done for p in scanning]
    assert scanning[-1].tokens_done == scanning[-1].tokens_total
    assert {80} == {p.n_neurons for p in seen}


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"context": 65}, ContextTooLong,
         "--context 65 is more than tiny-llama can read: its context is 64 tokens.\n"
         "The longest that works: --context 64"),
        ({"context": 2}, BadOption, "--context 2: tiny-llama needs at least 3."),
        ({"layers": [2]}, LayerOutOfRange, "tiny-llama has layers 0 to 1. You asked for layer 2."),
        ({"layers": []}, BadOption, "--layers : name at least one layer."),
        ({"top": 0}, BadOption, "--top 0: it must be between 1 and 1,000."),
        ({"per_band": 101}, BadOption, "--per-band 101: it must be between 1 and 100."),
        ({"window": 0}, BadOption, "--window 0: it must be between 1 and 4,096."),
        ({"batch_tokens": 0}, BadOption, "--batch-tokens 0: it must be between 1 and 16,777,216."),
        ({"n_tokens": 0}, BadOption,
         "--tokens 0: it must be between 1 and 4,611,686,018,427,387,904."),
        ({"part": (3, 2)}, BadOption, "--part 3/2: write it as 1/4, 2/4, 3/4 or 4/4."),
        ({"part": (0, 2)}, BadOption, "--part 0/2: write it as 1/4, 2/4, 3/4 or 4/4."),
    ],
    ids=str,
)  # fmt: skip
def test_options_that_cannot_work_are_refused_before_anything_is_written(
    options: Any, error: type[Exception], sentence: str,
    model_of: Any, corpus_file: Path, tmp_path: Path,
) -> None:  # fmt: skip
    with pytest.raises(error) as caught:
        scan(model_of("llama"), corpus_file, tmp_path / "out", **{**OPTIONS, **options})
    assert sentence == str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_scan_overwrites_nothing(model_of: Any, corpus_file: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(CatalogueExists) as files:
        scan(model_of("gpt2"), corpus_file, tmp_path, **OPTIONS)
    assert (
        f"{tmp_path} already holds files; nothing was changed.\n"
        "Give another folder with -o, or remove this one first."
    ) == str(files.value)
    path = tmp_path / "stopped"
    scan(model_of("gpt2"), corpus_file, path, should_stop=lambda: True, **OPTIONS)
    before = contents(path)
    with pytest.raises(CatalogueExists) as unfinished:
        scan(model_of("gpt2"), corpus_file, path, **OPTIONS)
    assert (
        f"{path} already holds an unfinished scan; nothing was changed.\n"
        f"Finish it with: lmscope scan --resume {path}"
    ) == str(unfinished.value)
    assert before == contents(path)


@pytest.mark.parametrize("text", [" \n\t ", "a"])
def test_a_corpus_without_a_token_that_counts_leaves_nothing_behind(
    text: str, model_of: Any, tmp_path: Path
) -> None:
    (tmp_path / "empty.txt").write_text(text)
    with pytest.raises(EmptyCorpus, match="There is no text to scan in "):
        scan(model_of("gpt2"), tmp_path / "empty.txt", tmp_path / "out", **OPTIONS)
    assert not (tmp_path / "out").exists()


def test_a_full_disk_keeps_what_was_scanned(
    scanned: Any, model_of: Any, corpus_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, real, n_left = tmp_path / "full", os.fsync, 14

    def fsync(fd: int) -> None:
        nonlocal n_left
        n_left -= 1
        if n_left < 0:
            raise OSError(28, "No space left on device")
        real(fd)

    with monkeypatch.context() as m:
        m.setattr("lmscope.scanning.SECONDS_BETWEEN_SAVES", -1.0)
        m.setattr("lmscope.tensors.os.fsync", fsync)
        with pytest.raises(DiskFull) as full:
            scan(model_of("gpt2"), corpus_file, path, batch_tokens=300, **OPTIONS)
    assert (
        f"The disk is full: {path}/state.safetensors could not be written.\n"
        "What was scanned until the last save is kept. Free some space, then finish with: "
        f"lmscope scan --resume {path}"
    ) == str(full.value)
    assert progress_of(path)[0] > 0
    resume(path, model=model_of("gpt2"))
    assert_same(scanned("gpt2", 300), path)
