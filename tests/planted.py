"""Neurons whose truth is known, in documents that are alike within: for tests and benchmarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lmscope.evidence import (
    RivalEvidence,
    Thresholds,
    Verdict,
    VerdictName,
    auroc,
    average_precision,
    best_threshold,
    compare,
    corpus_evidence,
    halves,
    verdict,
)


@dataclass
class Planted:
    """A neuron, the rule that is asked about, and a rule that marks more."""

    x: Any
    """float32 [n_tokens]."""
    y: Any
    """bool [n_tokens]."""
    rival: Any
    """bool [n_tokens]: all of y, and more."""
    document: Any
    """int [n_tokens]."""


def plant(
    rng: np.random.Generator,
    *,
    n_documents: int = 1200,
    length: int = 100,
    base_rate: float = 0.01,
    recall: float = 0.7,
    of_rival: float = 0.0,
    elsewhere: float = 0.001,
    loud: float = 0.4,
    spread: float = 0.3,
    alike: float = 0.2,
    rest: float = 0.02,
    share: float = 0.4,
) -> Planted:
    """Draw a corpus of documents and a neuron on it.

    Args:
        rng: Where chance comes from.
        n_documents: Documents.
        length: Tokens of a document on average; actual lengths are negative binomial.
        base_rate: Share of tokens that the rule marks; it varies between documents.
        recall: Share of marked tokens that make it fire; varies between documents.
        of_rival: The same for tokens that only the rival marks.
        elsewhere: Share of all other tokens that make it fire; varies between documents.
        loud: How strongly it fires elsewhere, over 1 on the rule.
        spread: Standard deviation of the logarithm of its firing.
        alike: Intra-document correlation of all that varies between documents.
        rest: Standard deviation of its resting activation, of which the positive half is kept.
        share: Share of the rival's tokens that the rule marks.
    """
    n_tokens = np.maximum(rng.negative_binomial(3, 3 / (3 + length), n_documents), 5)
    document = np.repeat(np.arange(n_documents), n_tokens)
    n = len(document)

    def varying(mean: float, correlation: float = alike) -> Any:
        if mean in (0, 1):
            return np.full(n, mean)
        k = (1 - correlation) / correlation
        return rng.beta(mean * k, (1 - mean) * k, n_documents)[document]

    # Rare things cluster less, or most documents would have none of them.
    rival = rng.random(n) < varying(base_rate / share, alike / 4)
    y = rival & (rng.random(n) < share)
    chance = np.where(y, varying(recall), np.where(rival, varying(of_rival), 0))
    chance = np.where(rival, chance, varying(elsewhere, alike / 10))
    fires = rng.random(n) < chance
    gain = np.exp(spread / 2 * rng.standard_normal(n_documents))[document]
    strength = np.where(rival & ((chance > 0) & (y | (of_rival > 0))), 1.0, loud) * gain
    x = np.where(
        fires,
        strength * np.exp(spread * rng.standard_normal(n)),
        np.maximum(rest * rng.standard_normal(n), 0),
    )
    return Planted(x.astype(np.float32), y, rival, document)


CLASSES: dict[VerdictName, dict[str, Any]] = {
    "holds up": {"recall": 0.7, "elsewhere": 0.003, "loud": 0.7},
    "fires on it but not only": {"recall": 0.75, "elsewhere": 0.0115, "loud": 1.0},
    "fires on part of it": {"recall": 0.38, "elsewhere": 0.0005},
    "better explained by a simpler rule": {"recall": 0.7, "of_rival": 0.45},
    "real but weak": {"recall": 0.48, "elsewhere": 0.005, "loud": 1.0},
    "does not hold": {"recall": 0.02, "elsewhere": 0.02, "loud": 1.0},
    "not enough evidence": {"recall": 0.7, "n_documents": 110},
}
"""Neurons near the default thresholds, by the verdict that is true of them."""


def truth(how: dict[str, Any], *, threshold: float) -> dict[str, float]:
    """Measures of the distribution that such neurons are drawn from: of 20,000 documents."""
    found = plant(np.random.default_rng(0), n_documents=20_000, **how)
    x, y = found.x.astype(float), found.y
    fires, above = x >= threshold, np.maximum(x, 0)
    hit = float((fires & y).sum())
    return {
        "ap": average_precision(found.x, y),
        "mass_precision": float((above * y).sum() / above.sum()),
        "mass_precision_squared": float((above**2 * y).sum() / (above**2).sum()),
        "recall": hit / y.sum(),
        "precision": hit / fires.sum(),
        "f1": 2 * hit / (fires.sum() + y.sum()),
        "r": float(np.corrcoef(x, y)[0, 1]),
        "auroc": auroc(found.x, y),
    }


def judge(planted: Planted, seed: int = 0, thresholds: Thresholds | None = None) -> Verdict:
    """Take a neuron through the whole procedure: halves, threshold, evidence, rival, verdict."""
    sizes = np.bincount(planted.document)
    is_confirmation = halves(np.arange(len(sizes)), sizes, seed=seed)[planted.document]
    seen, new = ~is_confirmation, is_confirmation
    threshold = best_threshold(planted.x[seen], planted.y[seen]).value
    rival_threshold = best_threshold(planted.x[seen], planted.rival[seen]).value
    x, y, document = planted.x[new], planted.y[new], planted.document[new]
    corpus = corpus_evidence(x, y, document, threshold=threshold, n_resamples=500, seed=seed)
    rival: RivalEvidence = compare(
        "rival",
        x,
        y,
        planted.rival[new],
        document,
        threshold=threshold,
        rival_threshold=rival_threshold,
        n_resamples=500,
        seed=seed,
    )
    return verdict(corpus, None, [rival], thresholds or Thresholds())
