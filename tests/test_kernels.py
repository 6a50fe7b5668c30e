"""The compiled loops against the same definitions in plain Python and NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmscope import kernels
from lmscope.bins import N_BINS, N_SIDE, histogram_edges, unit_edges

MASK = (1 << 64) - 1


class Running:
    """What `update_tokens` changes and gives."""

    def __init__(self, n_neurons: int, n_segments: int) -> None:
        self.sums = np.zeros((4, n_neurons))
        self.lows = np.zeros((4, n_neurons))
        self.extremes = np.full((2, n_neurons), np.inf, np.float32)
        self.extremes[1] = -np.inf
        self.n_positive = np.zeros(n_neurons, np.int64)
        self.counts = np.zeros((n_neurons, N_BINS), np.int64)
        self.peaks = np.full((2, n_segments, n_neurons), 77, np.float32)
        self.at = np.full((2, n_segments, n_neurons), 77, np.int32)

    def fold(self, acts: Any, keep: Any, scale: Any, offset: int = 0, parts: Any = None) -> Running:
        for n0, n1 in parts or [(0, acts.shape[2])]:
            kernels.update_tokens(
                acts, offset, keep, n0, n1, np.float32(1) / scale, self.sums, self.lows,
                self.extremes, self.n_positive, self.counts, self.peaks, self.at,
            )  # fmt: skip
        return self


def fold_values(values: Any, below: float = 1.0, above: float = 1.0) -> Running:
    """Fold one neuron's values, all in one segment."""
    acts = np.asarray(values, np.float32)[None, :, None]
    keep = np.ones(acts.shape[:2], np.bool_)
    return Running(1, 1).fold(acts, keep, np.array([[below], [above]], np.float32))


def searched(values: Any, edges: Any) -> list[int]:
    """Count by a search in the edges; the outermost bins also take what lies beyond them."""
    bins = np.searchsorted(edges, np.asarray(values, np.float32), side="right") - 1
    return np.bincount(np.clip(bins, 0, N_BINS - 1), minlength=N_BINS).tolist()


# --- the histogram ---------------------------------------------------------------------------

powers = st.integers(-40, 40).map(lambda e: 2.0**e)


def test_the_unit_edges_are_exact_and_symmetric() -> None:
    unit = unit_edges()

    assert (N_BINS + 1,) == unit.shape
    assert (np.diff(unit) > 0).all()
    assert np.array_equal(unit, -unit[::-1])
    assert 0 == unit[N_SIDE]
    assert [float(x).as_integer_ratio()[1] <= 16 for x in unit] == [True] * len(unit)


@given(below=powers, above=powers)
@settings(max_examples=40, deadline=None)
def test_values_on_edges_and_beside_them_fall_where_a_search_puts_them(
    below: float, above: float
) -> None:
    edges = histogram_edges(np.array([below, above], np.float32))
    beside = [np.nextafter(edges, np.float32(to)) for to in (np.inf, -np.inf)]
    far = np.array([3e38, -3e38, 129 * above, -129 * below, 0.0, -0.0], np.float32)
    # Next to zero are numbers that no scale could hold apart from it.
    values = np.concatenate([edges, *beside, far, edges / 3])
    values = values[(values == 0) | (np.abs(values) > 1e-30)]

    assert searched(values, edges) == fold_values(values, below, above).counts[0].tolist()


@given(
    st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1, max_size=80),
    powers,
    powers,
)
@settings(max_examples=100, deadline=None)
def test_any_values_fall_where_a_search_puts_them(
    values: list[float], below: float, above: float
) -> None:
    values = [x for x in values if x == 0 or abs(x) > 1e-30]
    edges = histogram_edges(np.array([below, above], np.float32))

    counts = fold_values(values, below, above).counts[0].tolist()
    assert searched(values, edges) == counts
    assert len(values) == sum(counts)


# --- sums, extremes, peaks -------------------------------------------------------------------


def random_acts(seed: int, shape: tuple[int, ...]) -> Any:
    rng = np.random.default_rng(seed)
    acts = rng.standard_normal(shape).astype(np.float32)
    return np.where(rng.random(shape) < 0.3, np.round(acts), acts)  # many ties


@given(st.integers(0, 1 << 32), st.integers(1, 6), st.integers(1, 12), st.integers(0, 2))
@settings(max_examples=40, deadline=None)
def test_sums_extremes_and_peaks_are_those_of_the_kept_tokens(
    seed: int, n_segments: int, n_tokens: int, offset: int
) -> None:
    acts = random_acts(seed, (n_segments, offset + n_tokens + 1, 5))
    keep = np.random.default_rng(seed + 1).random((n_segments, n_tokens)) < 0.7
    found = Running(5, n_segments).fold(acts, keep, np.ones((2, 5), np.float32), offset)
    for n in range(5):
        kept = [
            [(float(acts[s, offset + t, n]), t) for t in range(n_tokens) if keep[s, t]]
            for s in range(n_segments)
        ]
        every = [x for row in kept for x, _ in row]
        assert sum(x > 0 for x in every) == found.n_positive[n]
        for p in range(4):
            total = float(found.sums[p, n] + found.lows[p, n])
            assert total == pytest.approx(sum(x ** (p + 1) for x in every), rel=1e-12, abs=1e-12)
        if every:
            assert [min(every), max(every)] == found.extremes[:, n].tolist()
        for s, row in enumerate(kept):
            if not row:
                assert [-np.inf, -np.inf] == found.peaks[:, s, n].tolist()
                continue
            high, low = max(x for x, _ in row), min(x for x, _ in row)
            assert [high, -low] == found.peaks[:, s, n].tolist()
            assert next(t for x, t in row if x == high) == found.at[0, s, n]
            assert next(t for x, t in row if x == low) == found.at[1, s, n]


def test_nothing_depends_on_how_neurons_are_shared_out() -> None:
    acts = random_acts(4, (3, 9, 1200))  # more than two runs of neurons
    keep = np.random.default_rng(4).random((3, 9)) < 0.8
    scale = np.ones((2, 1200), np.float32)
    whole = Running(1200, 3).fold(acts, keep, scale)
    shared = Running(1200, 3).fold(acts, keep, scale, parts=[(700, 1200), (0, 3), (3, 700)])
    for name, array in vars(whole).items():
        assert np.array_equal(array, getattr(shared, name)), name


def test_what_a_sum_loses_to_rounding_is_kept() -> None:
    found = Running(1, 1)
    for x in (1e20, 1.0, -1e20):  # a float64 sum would be 0
        acts = np.full((1, 1, 1), x, np.float32)
        found.fold(acts, np.ones((1, 1), np.bool_), np.ones((2, 1), np.float32))
    big = float(np.float32(1e20))
    assert 1.0 == found.sums[0, 0] + found.lows[0, 0] + (big - big)


# --- keys, ranks, windows --------------------------------------------------------------------


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40), st.integers(1, 40))
@settings(max_examples=50, deadline=None)
def test_keys_are_equal_if_the_last_sixteen_tokens_are(ids: list[int], n: int) -> None:
    length = min(n, len(ids))
    padded = np.array([ids], np.int64)
    keys = kernels.window_keys(padded, np.array([length]))[0].tolist()
    for t in range(length):
        h = 14695981039346656037
        for i in ids[max(0, t - 15) : t + 1]:
            h = ((h ^ (i + 1)) * 1099511628211) & MASK
        assert h == keys[t]
    assert [0] * (len(ids) - length) == keys[length:]


def test_keys_of_short_and_long_endings_differ() -> None:
    ids = np.zeros((1, 40), np.int64)
    keys = kernels.window_keys(ids, np.array([40]))[0]

    assert 16 == len(set(keys.tolist()))
    assert 1 == len(set(keys[15:].tolist()))


@given(st.integers(0, (1 << 31) - 1), st.integers(0, 1 << 24))
def test_a_rank_is_that_of_split_mix(segment: int, neuron: int) -> None:
    z = (segment * 0x9E3779B97F4A7C15 + (neuron + 1) * 0xD1B54A32D192ED03) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    assert z ^ (z >> 31) == int(kernels.priority(segment, neuron))


def test_ranks_are_uniform_and_distinct() -> None:
    ranks = np.array(
        [[kernels.priority(s, n) for s in range(400)] for n in (0, 1, 5000)], np.uint64
    )

    assert 1200 == len(np.unique(ranks))
    for row in ranks:
        shares = np.bincount((row >> np.uint64(61)).astype(np.int64), minlength=8) / 400
        assert np.abs(shares - 1 / 8).max() < 0.06
    correlation = np.corrcoef(ranks.astype(np.float64))
    assert np.abs(correlation - np.eye(3)).max() < 0.15


@given(st.integers(1, 30), st.integers(1, 30), st.data())
@settings(max_examples=60, deadline=None)
def test_a_window_holds_its_peak_and_as_much_of_the_segment_as_it_can(
    length: int, window: int, data: Any
) -> None:
    token = data.draw(st.integers(0, length - 1))
    before = window * 5 // 8
    start = int(kernels.window_start(token, length, window, before))
    stop = min(start + window, length)
    assert 0 <= start <= token < stop
    assert min(window, length) == stop - start
    if start > 0 and stop < length:
        assert before == token - start

    acts = random_acts(length, (2, 3 + length, 4))
    out = np.full((1, window), 9, np.float32)
    at = (np.array([x]) for x in (2, 1, token))
    kernels.gather_windows(acts, 3, np.array([0, length]), *at, before, out)
    row = [*acts[1, 3 + start : 3 + stop, 2].tolist(), *[0.0] * (window - (stop - start))]
    assert row == out[0].tolist()
