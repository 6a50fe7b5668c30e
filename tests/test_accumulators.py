"""Running results: however segments are shuffled, batched, shared out and merged, they are one."""

from __future__ import annotations

import math
import os
import random
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lmscope import accumulators
from lmscope.accumulators import (
    BAND_QUANTILES,
    Batch,
    Edges,
    Partial,
    above_half_max,
    choose_edges,
    summarise,
)
from lmscope.bins import N_BINS, N_SIDE, histogram_edges

N_NEURONS, TOP, PER_BAND, WINDOW = 7, 4, 2, 6


@dataclass
class World:
    """Segments with everything that an accumulator is told of them."""

    ids: list[list[int]]
    acts: list[Any]
    """float32 [n_tokens, N_NEURONS] of each segment."""
    keep: list[list[bool]]
    eligible: list[bool]
    edges: Edges

    def partial(self) -> Partial:
        return Partial(1, N_NEURONS, top=TOP, per_band=PER_BAND, window=WINDOW)

    def add(self, partial: Partial, segments: list[int], offset: int = 0) -> None:
        """Fold a batch; what lies in prefix and padding must not matter."""
        width = max(len(self.ids[s]) for s in segments)
        acts = np.full((len(segments), offset + width + 1, N_NEURONS), 1e6, np.float32)
        ids = np.zeros((len(segments), width), np.int64)
        keep = np.zeros((len(segments), width), np.bool_)
        for row, s in enumerate(segments):
            n = len(self.ids[s])
            acts[row, offset : offset + n] = self.acts[s]
            ids[row, :n], keep[row, :n] = self.ids[s], self.keep[s]
        batch = Batch(
            np.array(segments, np.int64),
            ids,
            np.array([len(self.ids[s]) for s in segments], np.int64),
            keep,
            np.array([self.eligible[s] for s in segments]),
            offset,
        )
        partial.add_layer(0, acts, batch, self.edges, 100)
        partial.n_tokens += int(keep.sum())


SPECIAL = np.array([0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3e38, -3e38, 1e-30, -1e-30, 1e-45], np.float32)


def make_world(seed: int, n_segments: int) -> World:
    """Neurons: usual, with ties, never above zero, constant, dead, sparse, and of wild values."""
    rng = np.random.default_rng(seed)
    ids, acts, keep = [], [], []
    for _ in range(n_segments):
        n = int(rng.integers(1, 24))
        # Few distinct tokens: many segments end alike, so that keys are equal.
        ids.append([0] * n if rng.random() < 0.3 else rng.integers(0, 2, n).tolist())
        x = rng.standard_normal((n, N_NEURONS)).astype(np.float32)
        x[:, 1] = np.round(x[:, 1])
        x[:, 2] = -np.abs(x[:, 2])
        x[:, 3] = 0.8413447
        x[:, 4] = np.where(rng.random(n) < 0.5, np.float32(-0.0), np.float32(0.0))
        x[:, 5] = np.where(rng.random(n) < 0.05, x[:, 5], 0)
        x[:, 6] = rng.choice(SPECIAL, n)
        acts.append(x)
        keep.append((rng.random(n) < 0.9).tolist())
    scale = 2.0 ** rng.integers(-2, 3, (1, 2, N_NEURONS))
    bands = np.sort(rng.choice([-1.0, 0.0, 0.5, 1.0, 2.0], (1, 4, N_NEURONS)), axis=1)
    edges = Edges(scale.astype(np.float32), bands.astype(np.float32))
    return World(ids, acts, keep, (rng.random(n_segments) < 0.8).tolist(), edges)


def split(items: list[int], rng: random.Random, most: int) -> list[list[int]]:
    parts = []
    while items:
        n = rng.randint(1, most)
        parts.append(items[:n])
        items = items[n:]
    return parts


def final(partial: Partial) -> dict[str, bytes]:
    """Give the bytes of everything that a catalogue is made from."""
    partial.in_order()
    arrays = partial.arrays()
    moments = summarise(arrays.pop("sums"), arrays.pop("lows"), max(1, partial.n_tokens))
    shown = {k: v.astype(np.float32) for k, v in moments.items()} | arrays
    # Which sign of zero was met first is of no account; a catalogue stores zeros without a sign.
    shown["extremes"] = shown["extremes"] + np.float32(0)
    return {name: np.ascontiguousarray(array).tobytes() for name, array in shown.items()}


@given(seed=st.integers(0, 1 << 32), n_segments=st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_any_order_batching_and_merging_gives_the_same_bytes(seed: int, n_segments: int) -> None:
    world = make_world(seed, n_segments)
    one = world.partial()
    for s in range(n_segments):
        world.add(one, [s])
    expected = final(one)

    rng = random.Random(seed)
    order = list(range(n_segments))
    rng.shuffle(order)
    partials = []
    for share in split(order, rng, n_segments):
        partial = world.partial()
        for batch in split(share, rng, 6):
            world.add(partial, batch, offset=rng.randint(0, 2))
        if rng.random() < 0.3:  # as if written to disk and read again
            copies = {name: array.copy() for name, array in partial.arrays().items()}
            partial = Partial.from_arrays(copies)
        if rng.random() < 0.3:
            partial.in_order()
        partials.append(partial)
    partials.append(world.partial())  # a share without a segment
    while len(partials) > 1:
        rng.shuffle(partials)
        other = partials.pop()
        partials[rng.randrange(len(partials))].merge(other)

    actual = final(partials[0])
    assert [] == [name for name in expected if expected[name] != actual[name]]


@given(seed=st.integers(0, 1 << 32), n_segments=st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_lists_bands_and_counts_are_those_of_the_definition(seed: int, n_segments: int) -> None:
    world = make_world(seed, n_segments)
    partial = world.partial()
    order = list(range(n_segments))
    random.Random(seed).shuffle(order)
    for batch in split(order, random.Random(seed), 5):
        world.add(partial, batch)
    partial.in_order()
    for n in range(N_NEURONS):
        kept = [
            [(float(world.acts[s][t, n]), t) for t, yes in enumerate(world.keep[s]) if yes]
            for s in range(n_segments)
        ]
        every = np.array([x for row in kept for x, _ in row], np.float32)
        assert len(every) == partial.n_tokens
        assert (every > 0).sum() == partial.n_positive[0, n]
        edges = histogram_edges(world.edges.scale[0, :, n])
        is_tiny = (np.abs(every) < 1e-40) & (every != 0)  # vanish when divided by the scale
        bins = np.clip(np.searchsorted(edges, every[~is_tiny], side="right") - 1, 0, N_BINS - 1)
        counts = partial.counts[0, n] - np.bincount(bins, minlength=N_BINS)
        assert is_tiny.sum() == counts.sum() == counts[N_SIDE]
        if len(every):
            assert [every.min(), every.max()] == partial.extremes[0, :, n].tolist()
        for side, sign in enumerate((1, -1)):
            of_key = defaultdict(list)
            for s, row in enumerate(kept):
                if row and world.eligible[s]:
                    value, t = max(row, key=lambda pair: (sign * pair[0], -pair[1]))
                    key = tuple(world.ids[s][max(0, t - 15) : t + 1])
                    of_key[key].append((-sign * value, s, t))
            best = sorted(min(same) for same in of_key.values())[:TOP]
            where = partial.list_where[0, side, n]
            found = list(zip(partial.list_values[0, side, n].tolist(), where.tolist(), strict=True))
            assert [(-value, [s, t]) for value, s, t in best] == found[: len(best)]
            assert [(-math.inf, [-1, -1])] * (TOP - len(best)) == found[len(best) :]
            for (_, s, t), window in zip(best, partial.list_windows[0, side, n], strict=False):
                check_window(world, s, t, n, window)
        check_bands(world, partial, n, kept)


def check_window(world: World, s: int, t: int, n: int, window: Any) -> None:
    length = len(world.ids[s])
    start = max(0, min(t - WINDOW * 5 // 8, length - WINDOW))
    values = np.clip(world.acts[s][start : start + WINDOW, n], -65504, 65504).astype(np.float16)
    assert [*values.tolist(), *[0.0] * (WINDOW - len(values))] == window.tolist()


def check_bands(world: World, partial: Partial, n: int, kept: Any) -> None:
    edges = [-math.inf, *world.edges.bands[0, :, n].tolist(), math.inf]
    peaks = {s: max(row, key=lambda p: (p[0], -p[1])) for s, row in enumerate(kept) if row}
    in_band = defaultdict(list)
    for s, (value, t) in peaks.items():
        band = sum(value >= edge for edge in edges[1:-1])
        in_band[band].append((rank(s, 100 + n), s, t))
    for b in range(len(BAND_QUANTILES)):
        assert len(in_band[b]) == partial.band_counts[0, n, b]
        shown = sorted(e for e in in_band[b] if world.eligible[e[1]])[:PER_BAND]
        slots = slice(b * PER_BAND, b * PER_BAND + PER_BAND)
        where = partial.band_where[0, n, slots].tolist()
        assert [[s, t] for _, s, t in shown] == where[: len(shown)]
        assert [[-1, -1]] * (PER_BAND - len(shown)) == where[len(shown) :]
        for (_, s, t), window in zip(shown, partial.band_windows[0, n, slots], strict=False):
            check_window(world, s, t, n, window)


def rank(segment: int, number: int) -> int:
    mask = (1 << 64) - 1
    z = (segment * 0x9E3779B97F4A7C15 + (number + 1) * 0xD1B54A32D192ED03) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return z ^ (z >> 31)


def test_a_partial_does_not_change_when_it_is_merged_into_another() -> None:
    world = make_world(1, 12)
    a, b = world.partial(), world.partial()
    world.add(a, [0, 1, 2, 3, 4])
    world.add(b, [5, 6, 7, 8, 9, 10, 11])
    before = {name: array.tobytes() for name, array in b.arrays().items()}
    a.merge(b)
    world.add(a, [1, 2])
    assert before == {name: array.tobytes() for name, array in b.arrays().items()}


# --- moments ---------------------------------------------------------------------------------


def moments_of(values: Any, per_segment: int = 128) -> dict[str, float]:
    """Stream one neuron's values through a partial and summarise them."""
    x = np.asarray(values, np.float32)
    partial = Partial(1, 1, top=1, per_band=1, window=1)
    edges = Edges(np.ones((1, 2, 1), np.float32), np.zeros((1, 4, 1), np.float32))
    for i, start in enumerate(range(0, len(x), per_segment)):
        row = x[start : start + per_segment]
        keep = np.ones((1, len(row)), np.bool_)
        ids = np.zeros((1, len(row)), np.int64)
        batch = Batch(np.array([i]), ids, np.array([len(row)]), keep, np.array([True]), 0)
        partial.add_layer(0, np.ascontiguousarray(row[None, :, None]), batch, edges, 0)
        partial.n_tokens += len(row)
    found = summarise(partial.sums, partial.lows, partial.n_tokens)
    return {name: float(value[0, 0]) for name, value in found.items()}


def check_moments(values: Any, **tolerance: float) -> None:
    x = np.asarray(values, np.float32).astype(np.longdouble)
    found = moments_of(values)
    assert found["mean"] == pytest.approx(float(x.mean()), rel=1e-9, abs=1e-30)
    assert found["sd"] == pytest.approx(float(x.std()), **tolerance)
    assert found["skew"] == pytest.approx(float(scipy.stats.skew(x)), **tolerance)
    assert found["kurtosis"] == pytest.approx(float(scipy.stats.kurtosis(x)), **tolerance)


def normal(n: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).standard_normal(n)


def test_moments_of_a_normal_sample_equal_scipys() -> None:
    check_moments(normal(20_000), rel=1e-9, abs=1e-9)


def test_moments_of_a_mean_three_hundred_times_the_spread_equal_scipys() -> None:
    check_moments(normal(50_000) + 300, rel=1e-5, abs=1e-5)
    check_moments((normal(50_000) - 300) * 1e-6, rel=1e-5, abs=1e-5)
    check_moments((normal(50_000) + 1000) * 1e4, rel=1e-3, abs=1e-3)


def test_moments_of_a_neuron_that_fires_once_in_ten_thousand_equal_scipys() -> None:
    x = np.where(np.random.default_rng(2).random(200_000) < 1e-4, 5 + normal(200_000), 0)
    assert 5 <= (x > 0).sum() <= 50
    check_moments(x, rel=1e-9, abs=1e-9)
    check_moments(x - 0.17, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("size", [1e-24, 1e-12, 1e12, 1e37])
def test_moments_of_tiny_and_huge_values_equal_scipys(size: float) -> None:
    x = (np.abs(normal(5_000)) * size).astype(np.float32)
    found = moments_of(x)
    scaled = x.astype(np.longdouble) / size  # out of scipy's way
    assert found["mean"] == pytest.approx(float(scaled.mean()) * size, rel=1e-9)
    assert found["sd"] == pytest.approx(float(scaled.std()) * size, rel=1e-9)
    assert found["skew"] == pytest.approx(float(scipy.stats.skew(scaled)), rel=1e-6)
    assert found["kurtosis"] == pytest.approx(float(scipy.stats.kurtosis(scaled)), rel=1e-6)


@pytest.mark.parametrize("per_segment", [1, 128, 2048, 8192])
@pytest.mark.parametrize("value", [0.8413447, -0.0036374331, 1.0, 0.0, -1e-30, 3.3e37, 0.1])
def test_a_constant_neuron_has_no_skew(value: float, per_segment: int) -> None:
    found = moments_of(np.full(16_384, value, np.float32), per_segment)
    assert 0 == found["sd"]
    assert found["mean"] == pytest.approx(float(np.float32(value)), rel=1e-12)
    assert math.isnan(found["skew"]) and math.isnan(found["kurtosis"])


def test_one_token_has_no_spread() -> None:
    found = moments_of([2.5])
    assert (2.5, 0) == (found["mean"], found["sd"])
    assert math.isnan(found["skew"])


@given(seed=st.integers(0, 1 << 32), n=st.integers(2, 400))
@settings(max_examples=40, deadline=None)
def test_moments_of_any_sample_equal_scipys(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    x = (rng.standard_normal(n) + rng.choice([0, 1, 10, 100])) * 10.0 ** rng.integers(-6, 7)
    # Two values may be as near to each other as float32 allows; `summarise` promises nothing there.
    assume(abs(x.mean()) < 300 * x.std())
    check_moments(x, rel=1e-5, abs=1e-5)


# --- half the maximum, edges -----------------------------------------------------------------


@given(st.lists(st.floats(-8, 100, width=32), min_size=1, max_size=60), st.integers(-3, 4))
@settings(max_examples=100, deadline=None)
def test_the_share_above_half_the_maximum_lies_between_those_of_its_bins_edges(
    values: list[float], exponent: int
) -> None:
    x = np.array(values, np.float32)
    scale = np.full((2, 1), 2.0**exponent, np.float32)
    edges = histogram_edges(scale[:, 0])
    bins = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, N_BINS - 1)
    counts = np.bincount(bins, minlength=N_BINS)[None]
    share = float(above_half_max(counts, scale, x.max(keepdims=True))[0])
    half = float(x.max()) / 2
    if half <= 0:
        assert 0 == share
        return
    b = min(int(np.searchsorted(edges, half, side="right")) - 1, N_BINS - 1)
    beyond = np.inf if b == N_BINS - 1 else edges[b + 1]
    assert np.mean(x >= beyond) - 1e-9 <= share <= np.mean(x >= edges[b]) + 1e-9


@given(seed=st.integers(0, 1 << 32), n=st.integers(1, 30))
@settings(max_examples=40, deadline=None)
def test_scales_are_the_powers_of_two_that_reach_the_sample(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    peaks = (rng.standard_normal((n, 6)) * 10.0 ** rng.integers(-3, 4)).astype(np.float32)
    lowest = np.minimum(peaks.min(axis=0), -rng.random(6)).astype(np.float32)
    highest = peaks.max(axis=0)
    highest[0], lowest[1], highest[2] = 0.0, 0.5, -1.0  # a side that never fired
    lowest[2] = 0.25  # as both, which no sample can be
    scale, bands = choose_edges(peaks, lowest, highest)
    assert (np.float32, (2, 6), np.float32, (4, 6)) == (
        scale.dtype, scale.shape, bands.dtype, bands.shape,
    )  # fmt: skip
    for j in range(6):
        reach = [-float(lowest[j]), float(highest[j])]
        powers = [2.0 ** math.ceil(math.log2(r)) if r > 0 else None for r in reach]
        expected = [powers[0] or powers[1] or 1.0, powers[1] or powers[0] or 1.0]
        assert expected == scale[:, j].tolist()
        for q, edge in zip(BAND_QUANTILES[1:], bands[:, j], strict=True):
            assert np.float32(np.quantile(peaks[:, j].astype(np.float64), q)) == edge


# --- threads ---------------------------------------------------------------------------------


def test_the_number_of_threads_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    world, seen = make_world(3, 30), set()
    for n in (1, 2, 3, N_NEURONS):
        monkeypatch.setattr(accumulators, "_n_cpus", lambda n=n: n)
        monkeypatch.setattr(os, "process_cpu_count", lambda n=n: n, raising=False)
        partial = world.partial()
        for i in range(0, 30, 5):
            world.add(partial, list(range(i, i + 5)))
        seen.add(b"".join(array.tobytes() for array in partial.arrays().values()))
    assert 1 == len(seen)
