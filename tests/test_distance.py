"""What the site computes from two histograms, by scipy: the oracle of web/src/distance.ts.

``python tests/test_distance.py`` writes contract/distance.json, which the TypeScript tests read.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.integrate
import scipy.special
import scipy.stats
from numpy.typing import NDArray

from lmscope.bins import histogram_edges

CONTRACT = Path(__file__).parents[1] / "contract" / "distance.json"
N_TOKENS = 2000

Floats = NDArray[np.float64]


def even(a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any]:
    """Give the distances of two densities that are even inside each bin."""
    f, g = (
        scipy.stats.rv_histogram((np.array(h["counts"]), np.array(h["edges"])), density=False)
        for h in (a, b)
    )
    shares = [np.cumsum(h["counts"]) / sum(h["counts"]) for h in (a, b)]
    u = np.unique(np.concatenate([[0.0], *shares]).round(14))

    def integral(of: Any) -> float:
        steps = itertools.pairwise(u)
        return sum(scipy.integrate.quad(of, *step, epsabs=1e-12, limit=200)[0] for step in steps)

    x = np.union1d(a["edges"], b["edges"])
    return {
        "a": a,
        "b": b,
        "w1": integral(lambda u: abs(f.ppf(u) - g.ppf(u))),
        "w2": integral(lambda u: (f.ppf(u) - g.ppf(u)) ** 2) ** 0.5,
        "ks": float(abs(f.cdf(x) - g.cdf(x)).max()),
    }


def evens() -> list[dict[str, Any]]:
    def histogram(edges: list[float], counts: list[int]) -> dict[str, Any]:
        return {"edges": edges, "counts": counts}

    unit = histogram([0, 1], [4])
    uneven = histogram([-3, -1, -0.5, 0, 0.25, 1, 8], [1, 0, 7, 20, 0, 4])
    fine = histogram([-2 + i / 4 for i in range(17)], [(7 * i) % 11 for i in range(16)])
    return [
        even(unit, unit),
        even(unit, histogram([2, 3], [9])),
        even(unit, histogram([0, 0.5, 1], [3, 1])),
        even(unit, uneven),
        even(uneven, fine),
        even(fine, uneven),
    ]


def neuron(values: Floats, scale: tuple[float, float]) -> dict[str, Any]:
    """Give what a catalogue keeps of one neuron's values."""
    edges = histogram_edges(np.array(scale, np.float32))
    inner = edges[1:-1].astype(np.float64)
    counts = np.bincount(np.searchsorted(inner, values, side="right"), minlength=64)
    mean, sd = values.mean(), values.std()
    return {
        "histogram": {"edges": [float(e) for e in edges], "counts": counts.tolist()},
        "stats": {
            "count": len(values),
            "mean": float(np.float32(mean)),
            "sd": float(np.float32(sd)),
            "max": values.max(),
            "min": values.min(),
            "density": float(np.float32((values > 0).mean())),
        },
    }


def distances(a: Floats, b: Floats) -> dict[str, float]:
    return {
        "w1": float(scipy.stats.wasserstein_distance(a, b)),
        "w2": float(np.sqrt(np.mean((np.sort(a) - np.sort(b)) ** 2))),
        "ks": float(scipy.stats.ks_2samp(a, b, method="asymp").statistic),
    }


def measured(name: str, a: Floats, b: Floats, *scales: tuple[float, float]) -> dict[str, Any]:
    """Give two neurons over the same tokens, and the truth that their histograms only bound."""
    a, b = (v.astype(np.float32).astype(np.float64) for v in (a, b))
    za, zb = ((v - v.mean()) / v.std() for v in (a, b))
    return {
        "name": name,
        "a": neuron(a, scales[0]),
        "b": neuron(b, scales[1]),
        "raw": distances(a, b),
        "standardised": distances(za, zb),
        "correlation": {
            "least": float(np.mean(np.sort(za) * np.sort(zb)[::-1])),
            "found": float(np.corrcoef(a, b)[0, 1]),
            "most": float(np.mean(np.sort(za) * np.sort(zb))),
        },
    }


def measurements() -> list[dict[str, Any]]:
    i = np.arange(1, N_TOKENS + 1)
    # Evenly spread, unlike in order, and without a generator that may change with a version.
    u, v = (np.mod(i * step, 1) for step in (5**0.5 / 2 - 0.5, 2**0.5))
    x, y = scipy.special.ndtri(u), scipy.special.ndtri(v)
    wide = (4.0, 4.0)
    heavy = np.sinh(2.2 * x)
    burst = np.where(u > 0.999, 8.0, 0.05 * x)
    return [
        measured("two normal ones, narrow bins", x, 0.6 * x + 0.8 * y, (1, 1), (1, 1)),
        measured("two normal ones, wide bins", x, 0.6 * x + 0.8 * y, wide, wide),
        measured("normal, and the same times 3 plus 1", x, 3 * x + 1, wide, (8, 16)),
        measured("normal against a rectified copy", x, np.maximum(0, x - 1), wide, wide),
        measured("two rectified ones", np.maximum(0, x), np.maximum(0, x + y - 2), wide, wide),
        measured("normal against heavy tails", x, heavy, wide, (32, 32)),
        measured("heavy tails", heavy, heavy**3, (64, 64), (2.0**18, 2.0**18)),
        measured("rare bursts, bins wider than the sd", burst, 0.02 * y**2, (8, 16), (1, 4)),
        measured("skewed against its mirror", np.exp(x), -np.exp(x), (1, 16), (16, 1)),
        measured("a switch against normal", (x > 1.5) * 1.0, x, (1, 1), wide),
    ]


def contract() -> dict[str, Any]:
    return {"even": evens(), "measured": measurements()}


def same(expected: Any, found: Any) -> bool:
    if isinstance(expected, dict):
        return expected.keys() == found.keys() and all(same(expected[k], found[k]) for k in found)
    if isinstance(expected, list):
        return len(expected) == len(found) and all(map(same, expected, found))
    if isinstance(expected, float):
        return bool(found == pytest.approx(expected, rel=1e-8, abs=1e-10))
    return bool(expected == found)


def test_the_contract_with_the_site_is_what_scipy_says() -> None:
    assert same(json.loads(CONTRACT.read_text()), contract())


def test_sorted_alike_two_neurons_correlate_by_one_minus_half_the_squared_distance() -> None:
    for case in measurements():
        w2 = case["standardised"]["w2"]

        assert 1 - w2**2 / 2 == pytest.approx(case["correlation"]["most"], abs=1e-12)


def test_no_correlation_leaves_the_range_of_the_sorted_ones() -> None:
    for case in measurements():
        r = case["correlation"]

        assert r["least"] - 1e-12 <= r["found"] <= r["most"] + 1e-12


if __name__ == "__main__":
    CONTRACT.write_text(json.dumps(contract(), separators=(",", ":")) + "\n")
