"""What a corpus says of one neuron and one rule. Knows neither models nor rules, only arrays.

All of it on documents that had no part in choosing side, offset, threshold or rule. Why so many
numbers: each alone can be fooled. A page of strongest examples hides low recall; the area under the
ROC curve hides a low base rate; recall or precision alone do not fall when labels are damaged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmscope.evidence.documents import Estimate, deal, estimates
from lmscope.evidence.measures import (
    auroc,
    average_precision,
    binned_area,
    binned_average_precision,
    check,
    rank_bins,
)
from lmscope.evidence.search import against_shuffled
from lmscope.evidence.sums import (
    N_SUMS,
    RATIOS,
    event_ratios,
    event_sums,
    ratios,
    token_sums,
)

N_LEVELS, N_TOP = 10, 20


@dataclass(frozen=True, slots=True)
class Level:
    """Tokens of one range of activations, and how many of them the rule marks."""

    low: float
    """From here on, in units of x."""
    high: float
    """Up to here, exclusive but for the highest level."""
    n: int
    """Tokens."""
    documents: int
    """Documents that they come from."""
    marked: int
    """Tokens that the rule marks."""
    precision: float
    """Share of them; NaN if there is no token."""
    precision_low: float
    """Wilson's 95 % interval for as many independent tokens as they are worth."""
    precision_high: float

    def to_json(self) -> dict[str, float | None]:
        """Give the level as plain JSON values."""
        named = ((name, getattr(self, name)) for name in self.__slots__)
        return {name: v if np.isfinite(v) else None for name, v in named}


@dataclass(frozen=True, slots=True)
class Scores:
    """Recall, precision and their harmonic mean at the frozen threshold."""

    recall: Estimate
    precision: Estimate
    f1: Estimate

    def to_json(self) -> dict[str, float | None]:
        """Give the scores as plain JSON values, all in one level."""
        return (
            self.recall.to_json("recall")
            | self.precision.to_json("precision")
            | self.f1.to_json("f1")
        )


@dataclass(frozen=True, slots=True)
class CorpusEvidence:
    """How a neuron and a rule go together on a corpus; every estimate with its 95 % interval."""

    documents: int
    """Independent documents with at least one token that counts."""
    tokens: int
    positives: int
    """Tokens that the rule marks."""
    positive_documents: int
    """Documents with at least one such token."""
    firing_documents: int
    """Documents in which the neuron reaches the threshold at least once."""
    base_rate: float
    """Share of tokens that the rule marks: what chance gives for AP, precision and mass."""
    ap: Estimate
    """Average precision."""
    lift: float
    """AP over base rate: 1 is chance."""
    normalised: float
    """(AP - base rate) / (1 - base rate): 0 is chance, 1 is perfect."""
    mass_precision: Estimate
    """Share of the neuron's positive activation, summed, that falls on marked tokens."""
    mass_precision_squared: Estimate
    """The same of its squares: small background activations weigh less."""
    threshold: float
    """Activation from which the neuron fires, frozen on other documents, in units of x."""
    token_scores: Scores
    event_scores: Scores | None
    """Marked spans that are hit anywhere, and runs of firing tokens that touch one."""
    r: Estimate
    """Pearson correlation of activation and label; its square is the share of variance."""
    auroc: Estimate
    """Area under the ROC curve. Secondary: it is blind to the base rate."""
    by_level: tuple[Level, ...]
    """Ten equal ranges from 0 to the largest activation, lowest first."""
    top: Level
    """The strongest token of each of the twenty documents where it is strongest."""
    p: float
    """Share of shuffles of the labels among documents whose AP is as high."""
    ap_shuffled: float
    """AP that 95 of 100 shuffles stay below."""

    def to_json(self) -> dict[str, Any]:
        """Give the evidence as plain JSON values; what does not exist is None."""
        plain = {
            name: getattr(self, name)
            for name in ("documents", "tokens", "positives", "positive_documents")
        }
        numbers = {
            name: v if np.isfinite(v := getattr(self, name)) else None
            for name in ("base_rate", "lift", "normalised", "threshold", "p", "ap_shuffled")
        }
        measured: dict[str, Any] = {}
        for name in ("ap", "mass_precision", "mass_precision_squared", "r", "auroc"):
            measured |= getattr(self, name).to_json(name)
        return {
            **plain,
            "firing_documents": self.firing_documents,
            **numbers,
            **measured,
            **self.token_scores.to_json(),
            "events": self.event_scores.to_json() if self.event_scores else None,
            "by_level": [level.to_json() for level in self.by_level],
            "top": self.top.to_json(),
        }


def corpus_evidence(
    x: NDArray[np.float32],
    y: NDArray[np.bool_],
    document: NDArray[np.integer],
    *,
    threshold: float,
    ignore: NDArray[np.bool_] | None = None,
    span: NDArray[np.integer] | None = None,
    n_resamples: int = 2_000,
    n_shuffles: int = 199,
    seed: int = 0,
) -> CorpusEvidence:
    """Measure how well one neuron detects what a rule marks, on documents it was not chosen on.

    Point estimates are exact. Intervals are those of `estimates`, with average precision and area
    computed from 256 bins of ranks and moved by what that differs on the whole corpus. The gate `p`
    is that of `against_shuffled` for this one neuron.

    For a pattern of context, such as a language, which marks much of each document, give one x and
    y for each document, for instance its mean, with every document numbered: the same measures
    then hold between documents.

    Args:
        x: Side times activation at the token that the offset points to, float32 [n], in activation
            units.
        y: Tokens that the rule marks, bool [n].
        document: Number of each token's document, [n]. Near-duplicates share one number.
        threshold: Activation from which the neuron fires, from `best_threshold` on other documents.
        ignore: Tokens that count neither way, bool [n]: those round a marked one, short contexts.
        span: Number of the marked span that each token belongs to, -1 outside, [n]: for scoring by
            events, where one firing token in a span of several is enough.
        n_resamples: Resamples of documents for the intervals.
        n_shuffles: Shuffles of labels for `p`, whose smallest value is 1 / (n_shuffles + 1).
        seed: Same arguments and seed, same result.

    Raises:
        ArraysDiffer: If not all arrays have one value for each token.
        NotFinite: If an activation is infinite or not a number.
        NoTokens: If no token counts.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> document, y = np.repeat(np.arange(200), 50), rng.random(10_000) < 0.02
        >>> x = np.where(y & (rng.random(10_000) < 0.8), 3, rng.random(10_000)).astype(np.float32)
        >>> found = corpus_evidence(x, y, document, threshold=2.0)
        >>> f"{found.ap.value:.2f} [{found.ap.low:.2f}, {found.ap.high:.2f}]"
        '0.82 [0.76, 0.86]'
        >>> found.to_json()["base_rate"], round(found.mass_precision.value, 3)
        (0.019, 0.089)

    Source:
        Oikarinen, Yan and Weng, "Evaluating neuron explanations", arXiv:2506.05774: which scores
        fall when labels are damaged (AP, r and F1 together do). Bricken et al., "Towards
        monosemanticity" (2023): precision by level of activation.
    """
    given = {"y": y, "document": document}
    given |= {k: v for k, v in (("ignore", ignore), ("span", span)) if v is not None}
    check(x, **given)
    counts = np.ones(len(x), np.bool_) if ignore is None else ~ignore
    of = np.unique(document, return_inverse=True)[1]
    group_of = deal(int(of.max()) + 1, seed=seed)
    group, n_groups = group_of[of], int(group_of.max()) + 1
    events = np.zeros((n_groups, 4))
    if span is not None:
        np.add.at(events, group_of, event_sums(x, span, threshold, counts, of, len(group_of)))
    x, y, of, group = x[counts], y[counts], of[counts], group[counts]
    check(x)

    bins, is_single = rank_bins(x)
    n_bins = len(is_single)
    cell = group * n_bins + bins
    rows = np.concatenate(
        [
            token_sums(x, y, threshold, group, n_groups),
            events,
            np.bincount(cell, y, n_groups * n_bins).reshape(n_groups, n_bins),
            np.bincount(cell, minlength=n_groups * n_bins).reshape(n_groups, n_bins),
        ],
        axis=1,
    )

    def measures(sums: NDArray[np.float64]) -> NDArray[np.float64]:
        events = sums[..., N_SUMS : N_SUMS + 4]
        positives, tokens = np.split(sums[..., N_SUMS + 4 :], 2, axis=-1)
        ranked = [binned_average_precision(positives, tokens, is_single)]
        ranked += [binned_area(positives, tokens)]
        parts = ratios(sums[..., :N_SUMS]), event_ratios(events), np.stack(ranked, -1)
        return np.concatenate(parts, -1)

    value = measures(rows.sum(0))
    value[-2:] = average_precision(x, y), auroc(x, y)
    fires = x >= threshold
    n_positive, n_firing, n_active = (len(np.unique(of[which])) for which in (y, fires, x > 0))
    n_span, n_run = (events[:, [0, 2]] > 0).sum(0)
    # In the order of `measures`; how many documents could have shown each otherwise.
    telling = [n_positive, n_firing, n_positive, n_active, n_active, n_positive]
    telling += [n_span, n_run, n_span, n_positive, n_positive]
    lowest = np.zeros(len(value))
    lowest[RATIOS.index("r")] = -1
    recall, precision, f1, mass, mass_squared, r, *by_event, ap, area = estimates(
        rows,
        measures,
        value,
        lowest=lowest,
        telling=np.array(telling),
        n_resamples=n_resamples,
        seed=seed,
    )
    shuffled = against_shuffled(x, y, of, n_shuffles=n_shuffles, seed=seed)
    base_rate = float(y.mean())
    return CorpusEvidence(
        documents=len(np.unique(of)),
        tokens=len(x),
        positives=int(y.sum()),
        positive_documents=n_positive,
        firing_documents=n_firing,
        base_rate=base_rate,
        ap=ap,
        lift=ap.value / base_rate if base_rate else float("nan"),
        normalised=(ap.value - base_rate) / (1 - base_rate) if base_rate < 1 else float("nan"),
        mass_precision=mass,
        mass_precision_squared=mass_squared,
        threshold=threshold,
        token_scores=Scores(recall, precision, f1),
        event_scores=Scores(*by_event) if span is not None else None,
        r=r,
        auroc=area,
        by_level=_levels(x, y, of),
        top=_top(x, y, of),
        p=float(shuffled.p[0]),
        ap_shuffled=float(np.quantile(shuffled.best, 0.95)),
    )


def wilson(k: float, n: float) -> tuple[float, float]:
    """Give Wilson's 95 % interval for a share of k in n, neither of which need be whole.

    Example:
        >>> low, high = wilson(15, 20)
        >>> f"{low:.3f} {high:.3f}"
        '0.531 0.888'

    Source:
        Wilson, J. Am. Stat. Assoc. 22 (1927) 209-212.
    """
    z2 = 1.959963984540054**2
    middle = (k + z2 / 2) / (n + z2)
    reach = np.sqrt(z2 * (k * (1 - k / n) + z2 / 4)) / (n + z2)
    return max(float(middle - reach), 0.0), min(float(middle + reach), 1.0)


def _level(low: float, high: float, y: NDArray[np.bool_], of: NDArray[np.intp]) -> Level:
    """The precision of some tokens, [n], with an interval that allows for their documents.

    Wilson's interval for n over the design effect (Dean and Pagano 2015); where all tokens agree
    they are worth as many as there are documents.
    """
    n = len(y)
    if not n:
        nothing = float("nan")
        return Level(low, high, 0, 0, 0, nothing, nothing, nothing)
    documents, which = np.unique(of, return_inverse=True)
    share, n_documents = float(y.mean()), len(documents)
    worth = float(n_documents)
    if 0 < share < 1 and n_documents > 1:
        deviation = np.bincount(which, y - share)
        variance = (deviation**2).sum() / n**2 * n_documents / (n_documents - 1)
        worth = float(np.clip(share * (1 - share) / max(variance, 1e-300), 1, n))
    ends = wilson(share * worth, worth)
    return Level(low, high, n, n_documents, int(y.sum()), share, *ends)


def _levels(
    x: NDArray[np.float32], y: NDArray[np.bool_], of: NDArray[np.intp]
) -> tuple[Level, ...]:
    width = max(float(x.max()), 0.0) / N_LEVELS
    level = np.full(len(x), -1)
    if width:
        level[x > 0] = np.minimum(x[x > 0] / width, N_LEVELS - 1)
    return tuple(
        _level(i * width, (i + 1) * width, y[level == i], of[level == i]) for i in range(N_LEVELS)
    )


def _top(x: NDArray[np.float32], y: NDArray[np.bool_], of: NDArray[np.intp]) -> Level:
    """The strongest token of each of the documents where the neuron is strongest, if above 0."""
    strongest_first = np.argsort(-x, kind="stable")
    strongest_first = strongest_first[x[strongest_first] > 0]
    _, first = np.unique(of[strongest_first], return_index=True)
    top = strongest_first[np.sort(first)[:N_TOP]]
    low, high = (float(x[top[-1]]), float(x[top[0]])) if len(top) else (0.0, 0.0)
    return _level(low, high, y[top], of[top])
