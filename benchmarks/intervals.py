"""How often intervals hold the truth, and how often verdicts are right, on planted neurons.

    python benchmarks/intervals.py [--simulations 1000] [--draws 200]

Prints (1) for corpora of clustered documents how often each interval holds the truth, beside the
percentile and the BCa interval of the same resamples; (2) the verdicts on neurons planted near each
threshold, and on shuffled labels; (3) the time for half a million tokens.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from planted import CLASSES, judge, plant, truth

import lmscope.evidence.corpus
from lmscope.evidence import corpus_evidence, shuffles
from lmscope.evidence.documents import estimates

CORPORA: dict[str, dict[str, Any]] = {
    "200 documents": {"n_documents": 200, "base_rate": 0.02, "elsewhere": 0.005},
    "60 documents": {"n_documents": 60, "base_rate": 0.02, "elsewhere": 0.005},
    "1,000 documents, rare": {"n_documents": 1000, "base_rate": 0.004, "elsewhere": 0.002},
    "150 documents, frequent": {"n_documents": 150, "base_rate": 0.1, "elsewhere": 0.02},
    "200 documents, very alike": {"n_documents": 200, "base_rate": 0.02, "alike": 0.4},
    "300 documents, near 1": {"n_documents": 300, "recall": 0.95, "elsewhere": 0.0005},
    "200 documents, heavy tails": {"n_documents": 200, "spread": 0.9, "elsewhere": 0.01},
}
THRESHOLD = 0.35
NAMES = (
    "recall", "precision", "f1", "mass_precision", "mass_precision_squared", "r", "ap", "auroc",
)  # fmt: skip


def others(rows: Any, measures: Any, value: Any, resampled: Any) -> dict[str, Any]:
    """The percentile and the BCa interval, [2, n_measures] each."""
    total = rows.sum(0)
    left_out = measures(total - rows)
    influence = left_out.mean(0) - left_out
    with np.errstate(all="ignore"):
        a = np.nan_to_num((influence**3).sum(0) / (6 * (influence**2).sum(0) ** 1.5))
    share = ((resampled < value).mean(0) + (resampled <= value).mean(0)) / 2
    z0 = ndtri(np.clip(share, 1e-3, 1 - 1e-3))
    bca = []
    for z in (ndtri(0.025), ndtri(0.975)):
        q = np.clip(ndtr(z0 + (z0 + z) / (1 - a * (z0 + z))), 0, 1)
        bca.append([np.nanquantile(resampled[:, i], q[i]) for i in range(len(q))])
    return {"percentile": np.nanquantile(resampled, [0.025, 0.975], axis=0), "BCa": np.array(bca)}


def coverage(n: int) -> None:
    caught: dict[str, Any] = {}

    def catch(rows: Any, measures: Any, value: Any, **how: Any) -> Any:
        """Look on at `estimates` from inside, with its own resamples."""
        seen = []

        def watched(sums: Any) -> Any:
            seen.append(measures(sums))
            return seen[-1]

        found = estimates(rows, watched, value, **how)
        resampled = np.concatenate([each for each in seen if each.ndim == 2][: -(-1000 // 250)])
        keep = [0, 1, 2, 3, 4, 5, 9, 10]  # without the scores of events
        caught.update(
            others(rows, lambda s: measures(s)[..., keep], value[keep], resampled[:, keep])
        )
        return found

    lmscope.evidence.corpus.estimates = catch
    print(f"coverage of 95 % intervals in {n:,} corpora, %\n")
    print(
        f"{'':28}{'':12}"
        + "".join(f"{name.replace('mass_precision', 'mass'):>14}" for name in NAMES)
    )
    for title, how in CORPORA.items():
        how = {"length": 60} | how
        true = truth({k: v for k, v in how.items() if k != "n_documents"}, threshold=THRESHOLD)
        held: dict[str, list[list[bool]]] = {"lmscope": [], "percentile": [], "BCa": []}
        for seed in range(n):
            found = plant(np.random.default_rng([11, seed]), **how)
            if not found.y.any():
                continue
            evidence = corpus_evidence(
                found.x, found.y, found.document,
                threshold=THRESHOLD, n_resamples=1000, n_shuffles=1, seed=seed,
            ).to_json()  # fmt: skip
            ends = {
                "lmscope": np.array(
                    [[evidence[f"{m}_{e}"] for m in NAMES] for e in ("low", "high")]
                )
            }
            for kind, (low, high) in (ends | caught).items():
                held[kind].append(
                    [lo <= true[m] <= hi for m, lo, hi in zip(NAMES, low, high, strict=True)]
                )
        for kind, each in held.items():
            shares = "".join(f"{100 * share:14.1f}" for share in np.mean(each, 0))
            print(f"{title if kind == 'lmscope' else '':28}{kind:12}{shares}", flush=True)
    lmscope.evidence.corpus.estimates = estimates


def verdicts(n: int) -> None:
    print(f"\nverdicts on {n} neurons of each kind\n")
    for name, how in CLASSES.items():
        found = Counter(
            judge(plant(np.random.default_rng([5, seed]), **how), seed).verdict for seed in range(n)
        )
        wrong = ", ".join(f"{k} {v}" for k, v in found.items() if k != name)
        print(f"{name:36}{100 * found[name] / n:6.1f} %   {wrong}", flush=True)
    found = Counter()
    for seed in range(n):
        world = plant(np.random.default_rng([6, seed]), **CLASSES["holds up"])
        index = np.arange(len(world.x))
        for labels in (world.y, world.rival):
            [at] = shuffles(world.document, labels, n=1, seed=seed)
            labels[:] = np.isin(index, at)
        found[judge(world, seed).verdict] += 1
    print(f"{'shuffled labels':36}{', '.join(f'{k} {v}' for k, v in found.items())}")


def speed() -> None:
    found = plant(np.random.default_rng(0), n_documents=5000)
    corpus_evidence(found.x, found.y, found.document, threshold=0.5)
    wall, cpu = time.perf_counter(), time.process_time()
    corpus_evidence(found.x, found.y, found.document, threshold=0.5)
    print(
        f"\n{len(found.x):,} tokens in 5,000 documents: {time.perf_counter() - wall:.2f} s wall, "
        f"{time.process_time() - cpu:.2f} s CPU"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--simulations", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=200)
    chosen = parser.parse_args()
    speed()
    coverage(chosen.simulations)
    verdicts(chosen.draws)
