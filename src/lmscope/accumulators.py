"""What a scan remembers of every neuron while the corpus streams by; partial results merge.

Knows arrays only: neither models nor where the numbers are kept. Whatever order
batches come in, and however the corpus was shared out, the result is the same.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmscope.bins import N_BINS, N_SIDE, unit_edges

SIGNS = ("top", "bottom")
BAND_QUANTILES = (0.0, 0.25, 0.5, 0.75, 0.9)
"""Lower quantile of each band of segment peaks, as estimated before the scan."""

_FLOAT16_MAX = np.float32(65504)


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """The edges that are fixed before a scan, from a sample of its segments."""

    scale: NDArray[np.float32]
    """Unit of the histogram below and above zero, a power of two: [n_layers, 2, d_mlp]."""
    bands: NDArray[np.float32]
    """Lower edges of every band of segment peaks but the first: [n_layers, n_bands - 1, d_mlp]."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """The segments of one forward pass, beside the model's activations of them."""

    segments: NDArray[np.int64]
    """Global index of each segment: [n_segments]."""
    ids: NDArray[np.int64]
    """Token ids without prefix and suffix, zero past the end: [n_segments, n_tokens]."""
    lengths: NDArray[np.int64]
    """Tokens in each segment: [n_segments]."""
    keep: NDArray[np.bool_]
    """Tokens that count: [n_segments, n_tokens]."""
    eligible: NDArray[np.bool_]
    """Segments that may be shown as examples: [n_segments]."""
    offset: int
    """Prefix tokens before each segment."""


class Partial:
    """The running results of a scan: `add` batches, `merge` with the partial of others.

    Every array has the layer as its first axis and the neuron as its second, except
    `sums`, `lows` and `extremes`, whose second axis is the statistic.
    """

    def __init__(
        self,
        n_layers: int,
        d_mlp: int,
        *,
        top: int,
        per_band: int,
        window: int,
    ) -> None:
        n_bands = len(BAND_QUANTILES)
        lists = (n_layers, len(SIGNS), d_mlp, top)
        bands = (n_layers, d_mlp, n_bands * per_band)
        self.n_tokens = 0
        self.sums = np.zeros((n_layers, 4, d_mlp))
        self.lows = np.zeros((n_layers, 4, d_mlp))
        self.extremes = np.empty((n_layers, 2, d_mlp), np.float32)
        self.extremes[:, 0], self.extremes[:, 1] = np.inf, -np.inf
        self.n_positive = np.zeros((n_layers, d_mlp), np.int64)
        self.counts = np.zeros((n_layers, d_mlp, N_BINS), np.int64)
        self.list_values = np.full(lists, -np.inf, np.float32)
        self.list_where = np.full((*lists, 2), -1, np.int32)
        self.list_keys = np.zeros(lists, np.uint64)
        self.list_windows = np.zeros((*lists, window), np.float16)
        self.band_counts = np.zeros((n_layers, d_mlp, n_bands), np.int64)
        self.band_ranks = np.zeros(bands, np.uint64)
        self.band_values = np.full(bands, -np.inf, np.float32)
        self.band_where = np.full((*bands, 2), -1, np.int32)
        self.band_windows = np.zeros((*bands, window), np.float16)
        self._pool: ThreadPoolExecutor | None = None

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give every array by name, for writing to disk; `n_tokens` as an array of one."""
        named = {k: v for k, v in vars(self).items() if isinstance(v, np.ndarray)}
        return {**named, "n_tokens": np.array([self.n_tokens], np.int64)}

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> Partial:
        """Restore a partial from `arrays`."""
        partial = cls.__new__(cls)
        partial._pool = None
        for name, array in arrays.items():
            setattr(partial, name, array)
        partial.n_tokens = int(arrays["n_tokens"][0])
        return partial

    @property
    def before(self) -> int:
        """Tokens that a window shows before its peak, where the segment has them."""
        return int(self.list_windows.shape[-1]) * 5 // 8

    def add_layer(
        self, layer: int, acts: NDArray[np.float32], batch: Batch, edges: Edges, first: int
    ) -> None:
        """Fold one layer's activations of a batch into the results.

        Args:
            layer: Index among the scanned layers.
            acts: float32 [n_segments, n_positions, d_mlp], positions counted with the prefix.
            batch: Its segments.
            edges: The fixed edges.
            first: Number that this layer's neuron 0 has in the whole model; decides which
                segments its random examples come from.
        """
        from lmscope import kernels  # numba takes a third of a second, readers do without

        n_segments, d_mlp = len(batch.segments), acts.shape[2]
        peaks = np.empty((2, n_segments, d_mlp), np.float32)
        at = np.empty((2, n_segments, d_mlp), np.int32)
        keys = kernels.window_keys(batch.ids, batch.lengths)
        inverse = np.float32(1) / edges.scale[layer]
        fresh_top = np.full((2, d_mlp, self.list_values.shape[-1]), -1, np.int32)
        fresh_band = np.full((d_mlp, self.band_values.shape[-1]), -1, np.int32)

        def work(part: tuple[int, int]) -> None:
            n0, n1 = part
            kernels.update_tokens(
                acts, batch.offset, batch.keep, n0, n1, inverse,
                self.sums[layer], self.lows[layer], self.extremes[layer],
                self.n_positive[layer], self.counts[layer], peaks, at,
            )  # fmt: skip
            for sign in range(len(SIGNS)):
                kernels.update_lists(
                    peaks[sign], at[sign], keys, batch.segments, batch.eligible, n0, n1,
                    self.list_values[layer, sign], self.list_where[layer, sign],
                    self.list_keys[layer, sign], fresh_top[sign],
                )  # fmt: skip
                _keep_windows(
                    acts, batch, n0, n1, fresh_top[sign], self.list_where[layer, sign],
                    self.list_windows[layer, sign], self.before,
                )  # fmt: skip
            kernels.update_bands(
                peaks[0], at[0], batch.segments, batch.eligible, n0, n1, first,
                edges.bands[layer], self.band_counts[layer], self.band_ranks[layer],
                self.band_values[layer], self.band_where[layer], fresh_band,
            )  # fmt: skip
            _keep_windows(
                acts, batch, n0, n1, fresh_band, self.band_where[layer],
                self.band_windows[layer], self.before,
            )  # fmt: skip

        self._share(work, d_mlp)

    def _share(self, work: Any, d_mlp: int) -> None:
        """Run `work` on ranges of neurons, one for each processor."""
        n = min(_n_cpus(), 16)
        step = -(-d_mlp // n)
        parts = [(i, min(i + step, d_mlp)) for i in range(0, d_mlp, step)]
        if len(parts) == 1:
            work(parts[0])
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(n, thread_name_prefix="lmscope")
        list(self._pool.map(work, parts))

    def merge(self, other: Partial) -> None:
        """Add the results of other segments, scanned with the same edges.

        The result is the same in whatever order partials are merged: sums are kept as
        unevaluated sums of two float64, all else is counts, extremes and ordered lists.
        """
        self.n_tokens += other.n_tokens
        self.sums, self.lows = _add(self.sums, self.lows, other.sums, other.lows)
        self.extremes[:, 0] = np.minimum(self.extremes[:, 0], other.extremes[:, 0])
        self.extremes[:, 1] = np.maximum(self.extremes[:, 1], other.extremes[:, 1])
        self.n_positive += other.n_positive
        self.counts += other.counts
        self.band_counts += other.band_counts
        for layer in range(len(self.sums)):  # layer by layer bounds the copies
            self._merge_lists(layer, other)
            self._merge_bands(layer, other)

    def _merge_lists(self, layer: int, other: Partial) -> None:
        k = self.list_values.shape[-1]
        values, where, keys, windows = (
            np.concatenate([getattr(self, name)[layer], getattr(other, name)[layer]], axis=2)
            for name in ("list_values", "list_where", "list_keys", "list_windows")
        )
        order = _order(values, where[..., 0])
        sorted_keys = np.take_along_axis(keys, order, axis=-1)
        filled = np.take_along_axis(where[..., 0], order, axis=-1) >= 0
        # Only the best of each key stays; both lists had distinct keys, so a twin is one of two.
        same = (sorted_keys[..., :, None] == sorted_keys[..., None, :]) & filled[..., None, :]
        is_twin = np.tril(same, -1).any(axis=-1) | ~filled
        best = np.argsort(is_twin, axis=-1, kind="stable")[..., :k]
        chosen = np.take_along_axis(order, best, axis=-1)
        empty = np.take_along_axis(is_twin, best, axis=-1)
        self.list_values[layer] = np.where(
            empty, -np.inf, np.take_along_axis(values, chosen, axis=-1)
        )
        self.list_where[layer] = np.where(
            empty[..., None], -1, np.take_along_axis(where, chosen[..., None], axis=-2)
        )
        self.list_keys[layer] = np.where(empty, 0, np.take_along_axis(keys, chosen, axis=-1))
        self.list_windows[layer] = np.where(
            empty[..., None], 0, np.take_along_axis(windows, chosen[..., None], axis=-2)
        )

    def _merge_bands(self, layer: int, other: Partial) -> None:
        d_mlp, n_bands = self.band_counts.shape[1:]
        m = self.band_ranks.shape[-1] // n_bands

        def both(name: str) -> NDArray[Any]:
            a, b = (
                getattr(p, name)[layer].reshape(d_mlp, n_bands, m, *getattr(p, name).shape[3:])
                for p in (self, other)
            )
            return np.concatenate([a, b], axis=2)

        ranks, where = both("band_ranks"), both("band_where")
        order = np.lexsort((ranks, where[..., 0] < 0), axis=-1)[..., :m]
        for name in ("band_ranks", "band_values", "band_where", "band_windows"):
            merged = both(name)
            index = order.reshape(order.shape + (1,) * (merged.ndim - order.ndim))
            taken = np.take_along_axis(merged, index, axis=2)
            getattr(self, name)[layer] = taken.reshape(getattr(self, name)[layer].shape)

    def in_order(self) -> None:
        """Sort the lists: strongest first, ties by segment; bands by their random rank."""
        for layer in range(len(self.sums)):
            order = _order(self.list_values[layer], self.list_where[layer, ..., 0])
            for name in ("list_values", "list_where", "list_keys", "list_windows"):
                array = getattr(self, name)[layer]
                index = order.reshape(order.shape + (1,) * (array.ndim - order.ndim))
                array[:] = np.take_along_axis(array, index, axis=2)
            d_mlp, n_bands = self.band_counts.shape[1:]
            m = self.band_ranks.shape[-1] // n_bands
            ranks = self.band_ranks[layer].reshape(d_mlp, n_bands, m)
            empty = self.band_where[layer, ..., 0].reshape(d_mlp, n_bands, m) < 0
            inside = np.lexsort((ranks, empty), axis=-1)
            order = (inside + np.arange(n_bands)[:, None] * m).reshape(d_mlp, n_bands * m)
            for name in ("band_ranks", "band_values", "band_where", "band_windows"):
                array = getattr(self, name)[layer]
                index = order.reshape(order.shape + (1,) * (array.ndim - order.ndim))
                array[:] = np.take_along_axis(array, index, axis=1)


def _n_cpus() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1


def _order(values: NDArray[np.float32], segments: NDArray[np.int32]) -> NDArray[np.intp]:
    """Sort along the last axis: filled before empty, larger first, lower segment first."""
    return np.lexsort((segments, -values, segments < 0), axis=-1)


def _keep_windows(
    acts: NDArray[np.float32],
    batch: Batch,
    n0: int,
    n1: int,
    fresh: NDArray[np.int32],
    where: NDArray[np.int32],
    windows: NDArray[np.float16],
    before: int,
) -> None:
    """Copy the activations round the peak of each example that this batch brought."""
    from lmscope import kernels

    neurons, slots = np.nonzero(fresh[n0:n1] >= 0)
    if len(neurons) == 0:
        return
    neurons += n0
    out = np.empty((len(neurons), windows.shape[-1]), np.float32)
    kernels.gather_windows(
        acts,
        batch.offset,
        batch.lengths,
        neurons,
        fresh[neurons, slots],
        where[neurons, slots, 1],
        before,
        out,
    )
    windows[neurons, slots] = np.clip(out, -_FLOAT16_MAX, _FLOAT16_MAX)


def _add(
    a: NDArray[np.float64],
    a_low: NDArray[np.float64],
    b: NDArray[np.float64],
    b_low: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Add two unevaluated sums of two float64. Source: two-sum, as in `kernels.update_tokens`."""
    total = a + b
    shift = total - a
    return total, a_low + b_low + ((a - (total - shift)) + (b - shift))


def summarise(
    sums: NDArray[np.float64], lows: NDArray[np.float64], n_tokens: int
) -> dict[str, NDArray[np.float64]]:
    """Turn power sums into moments.

    The raw sums are turned into central moments in extended precision; with float64 sums a
    neuron whose mean is a thousand times its standard deviation still has a kurtosis that is
    right to three digits.

    Args:
        sums: Sums of x to x^4: [..., 4, d_mlp].
        lows: What `sums` lost to rounding, the same shape.
        n_tokens: Number of values.

    Returns:
        mean, sd (population), skew and kurtosis (excess), each [..., d_mlp]; the last two are
        NaN for a constant neuron.

    Example:
        >>> x = np.array([1.0, 2.0, 3.0, 10.0])
        >>> sums = np.array([[np.sum(x**p)] for p in (1, 2, 3, 4)])
        >>> moments = summarise(sums, np.zeros_like(sums), 4)
        >>> round(float(moments["mean"][0]), 6), round(float(moments["skew"][0]), 6)
        (4.0, 1.018234)
    """
    s = (sums.astype(np.longdouble) + lows) / np.longdouble(n_tokens)
    m1, m2, m3, m4 = (s[..., i, :] for i in range(4))
    variance = np.maximum(m2 - m1**2, 0)
    third = m3 - 3 * m1 * m2 + 2 * m1**3
    fourth = m4 - 4 * m1 * m3 + 6 * m1**2 * m2 - 3 * m1**4
    # Rounding of the last digits must not pass for spread.
    spread = variance > 1e-13 * np.maximum(m2, np.finfo(np.float32).tiny)
    sd = np.sqrt(np.where(spread, variance, 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        skew = np.where(spread, third / sd**3, np.nan)
        kurtosis = np.where(spread, fourth / variance**2 - 3, np.nan)
    named = {"mean": m1, "sd": sd, "skew": skew, "kurtosis": kurtosis}
    return {name: value.astype(np.float64) for name, value in named.items()}


def above_half_max(
    counts: NDArray[np.int64], scale: NDArray[np.float32], maximum: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Estimate the fraction of tokens above half the maximum, from histograms.

    Exact up to the one bin that holds half the maximum, inside which values are taken to be
    spread evenly between the bin's edges.

    Args:
        counts: [d_mlp, N_BINS].
        scale: [2, d_mlp].
        maximum: [d_mlp].

    Returns:
        Fractions, [d_mlp]; 0 where the maximum is not above zero.
    """
    edges = unit_edges()[N_SIDE:].astype(np.float64)
    above = counts[:, N_SIDE:]
    tail = np.concatenate(
        [np.cumsum(above[:, ::-1], axis=1)[:, ::-1], np.zeros((len(counts), 1))], 1
    )
    half = np.maximum(maximum.astype(np.float64), 0) / scale[1] / 2
    bins = np.clip(np.searchsorted(edges, half, side="right") - 1, 0, N_SIDE - 1)
    rows = np.arange(len(counts))
    share = np.clip((half - edges[bins]) / (edges[bins + 1] - edges[bins]), 0, 1)
    n_above = tail[rows, bins + 1] + above[rows, bins] * (1 - share)
    total = np.maximum(counts.sum(axis=1), 1)
    return np.where(maximum > 0, n_above / total, 0.0)


def choose_edges(
    peaks: NDArray[np.float32], lowest: NDArray[np.float32], highest: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Fix one layer's histogram scale and band edges from a sample of segments.

    Args:
        peaks: Largest activation of each segment: [n_segments, d_mlp].
        lowest: Smallest activation of the sample: [d_mlp].
        highest: Largest activation of the sample: [d_mlp].

    Returns:
        Scale [2, d_mlp], the powers of two at or above the sample's reach below and above
        zero, 1 for a side it never reached; band edges [n_bands - 1, d_mlp].

    Example:
        >>> peaks = np.array([[0.0], [1.0], [2.0], [3.0], [4.0]], np.float32)
        >>> choose_edges(peaks, np.array([-0.17]), np.array([3.0]))[0].ravel().tolist()
        [0.25, 4.0]
    """
    reach = np.stack([-lowest, highest]).astype(np.float64)
    positive = np.where(reach > 0, reach, 1.0)
    scale = np.exp2(np.clip(np.ceil(np.log2(positive)), -60, 60)).astype(np.float32)
    # A side that never fired borrows the other side's unit, so that a late first value is binned.
    scale = np.where(reach > 0, scale, scale[::-1])
    quantiles: Sequence[float] = BAND_QUANTILES[1:]
    bands = np.quantile(peaks.astype(np.float64), quantiles, axis=0)
    return scale.astype(np.float32), bands.astype(np.float32)
