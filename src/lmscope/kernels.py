"""The inner loops of a scan, compiled by numba: one look at each activation while it is in cache.

Knows arrays only: neither models nor files nor what the numbers are for. All
kernels work on a range of neurons [n0, n1), so that threads can share a layer;
no result depends on how the neurons are shared out.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lmscope.bins import N_LINEAR, N_SIDE, TAIL

_TAIL_STARTS = TAIL[1:-1].copy()
_CHUNK = 512  # neurons whose running sums stay in the first-level cache together
# Squares of so many float32 of one size add up without rounding in float64. More would round,
# and always downwards, as the square of a 24-bit number is 0 or 1 modulo 4.
_EXACT = 32
KEY_TOKENS = 16
"""Two examples are the same if these many tokens up to their peaks are equal."""

_jit = njit(nogil=True, cache=True, boundscheck=False, error_model="numpy")


@_jit
def _tail_bin(z):
    """Give the bin of a value at least one scale away from zero, on the positive side."""
    b = N_SIDE + N_LINEAR
    for edge in _TAIL_STARTS:
        if z < edge:
            return b
        b += 1
    return b


@_jit
def _tail_bin_below(z):
    """Give the bin of -z: bins are closed below, so an edge belongs to the bin nearer to zero."""
    b = N_SIDE - 1 - N_LINEAR
    for edge in _TAIL_STARTS:
        if z <= edge:
            return b
        b -= 1
    return b


@_jit
def update_tokens(
    acts, offset, keep, n0, n1, inverse_scale, sums, lows, extremes, n_positive, counts, peaks, at
):
    """Fold every kept token into the running statistics and find each segment's two peaks.

    Args:
        acts: Activations, float32 [n_segments, n_positions, n_neurons].
        offset: Position of each segment's first token (the number of prefix tokens).
        keep: Which tokens count, bool [n_segments, n_tokens].
        n0: First neuron.
        n1: One past the last neuron.
        inverse_scale: 1 / histogram scale below and above zero, float32 [2, n_neurons].
        sums: Sums of x, x^2, x^3, x^4, float64 [4, n_neurons]; changed.
        lows: What `sums` lost to rounding, the same shape; changed. The unevaluated sum of
            both (a "double-double") makes the result independent of the order of addition
            for every practical purpose. Source: Knuth, TAOCP 2, 4.2.2, theorem B (two-sum).
        extremes: Smallest and largest value, float32 [2, n_neurons]; changed.
        n_positive: Tokens above zero, int64 [n_neurons]; changed.
        counts: Histogram, int64 [n_neurons, N_BINS]; changed.
        peaks: Out: largest x and largest -x of each segment, float32 [2, n_segments, n_neurons];
            -inf where no token counts.
        at: Out: the token where it is first reached, int32, same shape.
    """
    n_segments, n_tokens = keep.shape
    zero, one, per_scale = np.float32(0), np.float32(1), np.float32(N_LINEAR)
    part = np.empty((4, _CHUNK), dtype=np.float64)
    scaled = np.empty(_CHUNK, dtype=np.float32)
    for c0 in range(n0, n1, _CHUNK):
        c1 = min(c0 + _CHUNK, n1)
        width = c1 - c0
        inverse_below, inverse_above = inverse_scale[0, c0:c1], inverse_scale[1, c0:c1]
        positive, count = n_positive[c0:c1], counts[c0:c1]
        for s in range(n_segments):
            part[:] = 0.0
            n_kept = 0
            high, low = peaks[0, s, c0:c1], peaks[1, s, c0:c1]
            high_at, low_at = at[0, s, c0:c1], at[1, s, c0:c1]
            high[:] = -np.inf
            low[:] = np.inf
            high_at[:] = 0
            low_at[:] = 0
            for t in range(n_tokens):
                if not keep[s, t]:
                    continue
                row = acts[s, offset + t, c0:c1]
                for n in range(width):
                    x = np.float64(row[n])
                    xx = x * x
                    part[0, n] += x
                    part[1, n] += xx
                    part[2, n] += xx * x
                    part[3, n] += xx * xx
                n_kept += 1
                if n_kept % _EXACT == 0:
                    _fold(part, sums, lows, c0, c1)
                # Asking first whether anything changed lets the common case run as SIMD code.
                n_new = 0
                for n in range(width):
                    n_new += (row[n] > high[n]) | (row[n] < low[n])
                if n_new > 0:
                    here = np.int32(t)
                    for n in range(width):
                        x = row[n]
                        if x > high[n]:
                            high[n] = x
                            high_at[n] = here
                        if x < low[n]:
                            low[n] = x
                            low_at[n] = here
                for n in range(width):
                    x = row[n]
                    positive[n] += x > zero
                    scaled[n] = x * (inverse_above[n] if x > zero else inverse_below[n])
                for n in range(width):
                    z = scaled[n]
                    if -one <= z < one:  # floor closes bins below, on both sides of zero
                        count[n, N_SIDE + np.int32(np.floor(z * per_scale))] += 1
                    elif z > zero:
                        count[n, _tail_bin(z)] += 1
                    else:
                        count[n, _tail_bin_below(-z)] += 1
            for n in range(width):
                extremes[0, c0 + n] = min(extremes[0, c0 + n], low[n])
                extremes[1, c0 + n] = max(extremes[1, c0 + n], high[n])
                low[n] = -low[n]
            _fold(part, sums, lows, c0, c1)


@_jit
def _fold(part, sums, lows, c0, c1):
    """Move partial sums into the running ones and set them to zero."""
    for p in range(4):
        for n in range(c0, c1):
            a = sums[p, n]
            b = part[p, n - c0]
            total = a + b
            shift = total - a
            lows[p, n] += (a - (total - shift)) + (b - shift)
            sums[p, n] = total
            part[p, n - c0] = 0.0


@_jit
def window_keys(ids, lengths):
    """Hash the last KEY_TOKENS tokens up to each token, uint64 [n_segments, n_tokens].

    Source: FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/, on whole token ids.
    """
    n_segments, n_tokens = ids.shape
    keys = np.zeros((n_segments, n_tokens), dtype=np.uint64)
    for s in range(n_segments):
        for t in range(lengths[s]):
            h = np.uint64(14695981039346656037)
            for i in range(max(0, t - KEY_TOKENS + 1), t + 1):
                h = (h ^ np.uint64(ids[s, i] + 1)) * np.uint64(1099511628211)
            keys[s, t] = h
    return keys


@_jit
def update_lists(peaks, at, keys, segments, eligible, n0, n1, values, where, list_keys, fresh):
    """Put segment peaks into the lists of the strongest examples.

    A list holds the best peak of each key, best first by (value, lowest segment); what it
    holds does not depend on the order in which segments arrive.

    Args:
        peaks: Peak of each segment, float32 [n_segments, n_neurons].
        at: Token of the peak, int32, same shape.
        keys: `window_keys` of the batch.
        segments: Global index of each segment, int64 [n_segments].
        eligible: Whether a segment may be shown, bool [n_segments].
        n0: First neuron.
        n1: One past the last neuron.
        values: float32 [n_neurons, k], unordered; -inf where empty; changed.
        where: Segment and token of each example, int32 [n_neurons, k, 2]; changed.
        list_keys: uint64 [n_neurons, k]; changed.
        fresh: Set to the batch's segment for each slot that changed, int32 [n_neurons, k].
    """
    k = values.shape[1]
    for n in range(n0, n1):
        worst = _worst(values[n], where[n])
        for s in range(len(segments)):
            value = peaks[s, n]
            if value < values[n, worst] or value == -np.inf or not eligible[s]:
                continue
            t = at[s, n]
            key = keys[s, t]
            slot = worst
            for i in range(k):
                if list_keys[n, i] == key and where[n, i, 0] >= 0:
                    slot = i
                    break
            if _is_better(value, segments[s], values[n, slot], where[n, slot, 0]):
                values[n, slot] = value
                where[n, slot, 0] = segments[s]
                where[n, slot, 1] = t
                list_keys[n, slot] = key
                fresh[n, slot] = s
                worst = _worst(values[n], where[n])


@_jit
def _is_better(value, segment, other_value, other_segment):
    return (
        other_segment < 0
        or value > other_value
        or (value == other_value and segment < other_segment)
    )


@_jit
def _worst(values, where):
    worst = 0
    for i in range(len(values)):
        if where[i, 0] < 0:
            return i
        if _is_better(values[worst], where[worst, 0], values[i], where[i, 0]):
            worst = i
    return worst


@_jit
def priority(segment, neuron):
    """Give a pseudo-random 64-bit number for a segment and a neuron of the model.

    Source: the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
    """
    z = np.uint64(segment) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(neuron + 1) * np.uint64(
        0xD1B54A32D192ED03
    )
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@_jit
def update_bands(
    peaks, at, segments, eligible, n0, n1, first, edges, band_counts, ranks, values, where, fresh
):
    """Count segment peaks per band and keep a uniform random sample of each.

    The sample of a band is its segments with the lowest `priority`, so it does not depend
    on the order in which segments arrive. Source: bottom-k sampling (Cohen and Kaplan 2007).

    Args:
        peaks: As in `update_lists`, largest values.
        at: As in `update_lists`.
        segments: As in `update_lists`.
        eligible: As in `update_lists`; the others are counted but not kept.
        n0: First neuron.
        n1: One past the last neuron.
        first: Index in the whole model of this layer's neuron 0.
        edges: Lower edges of all bands but the first, ascending, float32 [n_bands - 1, n_neurons].
        band_counts: int64 [n_neurons, n_bands]; changed.
        ranks: Priorities, uint64 [n_neurons, n_bands * m]; changed.
        values: Peaks, float32, same shape; changed.
        where: Segment and token, int32 [n_neurons, n_bands * m, 2]; changed.
        fresh: As in `update_lists`.
    """
    n_bands = band_counts.shape[1]
    m = ranks.shape[1] // n_bands
    for n in range(n0, n1):
        for s in range(len(segments)):
            value = peaks[s, n]
            if value == -np.inf:
                continue
            band = 0
            while band < n_bands - 1 and value >= edges[band, n]:
                band += 1
            band_counts[n, band] += 1
            if not eligible[s]:
                continue
            rank = priority(segments[s], first + n)
            slot = band * m
            for i in range(band * m, band * m + m):
                if where[n, i, 0] < 0:
                    slot = i
                    break
                if ranks[n, i] > ranks[n, slot]:
                    slot = i
            if where[n, slot, 0] < 0 or rank < ranks[n, slot]:
                ranks[n, slot] = rank
                values[n, slot] = value
                where[n, slot, 0] = segments[s]
                where[n, slot, 1] = at[s, n]
                fresh[n, slot] = s


@_jit
def gather_windows(acts, offset, lengths, neurons, segments, tokens, before, out):
    """Copy the activations round each peak, float32 [n_examples, window], zero past the end.

    Args:
        acts: As in `update_tokens`.
        offset: As in `update_tokens`.
        lengths: Tokens in each segment, int64 [n_segments].
        neurons: Neuron of each example, int64 [n_examples].
        segments: Its segment in the batch, int64 [n_examples].
        tokens: Its peak's token, int64 [n_examples].
        before: Tokens shown before the peak, where the segment has them.
        out: The result.
    """
    window = out.shape[1]
    for i in range(len(neurons)):
        s, n = segments[i], neurons[i]
        start = window_start(tokens[i], lengths[s], window, before)
        stop = min(window, lengths[s] - start)
        for j in range(stop):
            out[i, j] = acts[s, offset + start + j, n]
        for j in range(stop, window):
            out[i, j] = 0.0


@_jit
def window_start(token, length, window, before):
    """Give the first token of the window round a peak, moved so that it stays in the segment."""
    return max(0, min(token - before, length - window))


_STEPS_PER_OCTAVE_BITS = 2
_LEAST, _MOST = -12, 12
N_STEPS = (_MOST - _LEAST << _STEPS_PER_OCTAVE_BITS) + 1
"""Bins of `count_rows` on each side of the middle one."""
_MANTISSA_BITS, _BIAS, _NO_SIGN = 23, 127, 0x7FFFFFFF
_SHIFT = _MANTISSA_BITS - _STEPS_PER_OCTAVE_BITS
_BELOW = (_BIAS + _LEAST << _STEPS_PER_OCTAVE_BITS) - 1


def step_edges() -> NDArray[np.float32]:
    """Give the least size of an activation in each bin of `count_rows` beside the middle one.

    Four bins to an octave from 2^-12 to 2^12, and one for all that is larger: float32 [N_STEPS].
    On the positive side a bin holds the values from its edge on, up to the next; the negative side
    mirrors it.

    Example:
        >>> step_edges()[[0, 48, 49, 52, -1]].tolist()
        [0.000244140625, 1.0, 1.25, 2.0, 4096.0]
    """
    steps = np.arange(_BELOW + 1, _BELOW + 1 + N_STEPS, dtype=np.int32)
    return (steps << _SHIFT).view(np.float32)


@_jit
def count_rows(bits, offset, rows, n0, n1, counts):
    """Count activations in bins that follow the octaves on both sides of zero, row by row.

    The bin is read off the float's own bits. Bin N_STEPS, the middle one, holds what is nearer to
    zero than the first of `step_edges`.

    Args:
        bits: Activations, float32 seen as int32, [n_segments, n_positions, n_neurons].
        offset: Position of each segment's first token (the number of prefix tokens).
        rows: The rows that each token counts in, one bit for each, uint16 [n_segments, n_tokens];
            0 for a token that does not count.
        n0: First neuron.
        n1: One past the last neuron.
        counts: uint32 [n_rows, n_neurons, 2 * N_STEPS + 1]; changed.
    """
    n_segments, n_tokens = rows.shape
    n_rows = counts.shape[0]
    bins = np.empty(_CHUNK, dtype=np.int32)
    for c0 in range(n0, n1, _CHUNK):
        c1 = min(c0 + _CHUNK, n1)
        width = c1 - c0
        for s in range(n_segments):
            for t in range(n_tokens):
                left = rows[s, t]
                if left == 0:
                    continue
                row = bits[s, offset + t, c0:c1]
                for n in range(width):
                    step = ((row[n] & np.int32(_NO_SIGN)) >> np.int32(_SHIFT)) - np.int32(_BELOW)
                    step = min(max(step, np.int32(0)), np.int32(N_STEPS))
                    bins[n] = np.int32(N_STEPS) + (step if row[n] >= 0 else -step)
                for r in range(n_rows):
                    if left >> np.uint16(r) & np.uint16(1):
                        count = counts[r, c0:c1]
                        for n in range(width):
                            count[n, bins[n]] += np.uint32(1)


@_jit
def rank_counts(positives, negatives, n0, n1, out):
    """Give the average precision of neurons by large values and by negative ones.

    In a bin positives and negatives are taken to be mixed evenly, as by
    `evidence.histogram_average_precision`, to which this is equal but for the last bits.

    Args:
        positives: Marked tokens in each bin, lowest activation first, uint32 [n_neurons, n_bins].
        negatives: The others, float64, same shape.
        n0: First neuron.
        n1: One past the last neuron.
        out: Of side 1 and of side -1, float64 [2, n_neurons]; changed. NaN without positives.
    """
    n_bins = positives.shape[1]
    for n in range(n0, n1):
        for side in range(2):
            hit, fired, total = 0.0, 0.0, 0.0
            for i in range(n_bins):
                b = i if side == 1 else n_bins - 1 - i
                marked = np.float64(positives[n, b])
                hit += marked
                fired += marked + negatives[n, b]
                if marked > 0:
                    middle = fired - 0.5 * (marked + negatives[n, b] - 1)
                    total += marked * (hit - 0.5 * (marked - 1)) / max(middle, 0.5)
            out[side, n] = total / hit if hit > 0 else np.nan
