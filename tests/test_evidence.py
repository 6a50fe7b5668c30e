"""Statistics against scipy, arithmetic and brute force; intervals and verdicts against truth."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from math import comb
from typing import Any

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import CLASSES, judge, plant, truth

from lmscope.errors import ArraysDiffer, NotFinite, NoTokens
from lmscope.evidence import (
    VERDICTS,
    CorpusEvidence,
    Estimate,
    Level,
    RivalEvidence,
    Scores,
    TextsEvidence,
    against_shuffled,
    auroc,
    average_precision,
    best_threshold,
    compare,
    corpus_evidence,
    halves,
    histogram_average_precision,
    holm,
    lists_evidence,
    log_bins,
    open_estimates,
    pairs_evidence,
    ratio_estimate,
    shuffles,
    verdict,
)
from lmscope.evidence.corpus import wilson
from lmscope.evidence.documents import N_GROUPS, deal, estimates
from lmscope.evidence.measures import binned_area, binned_average_precision, rank_bins


def f32(*values: float) -> Any:
    return np.array(values, np.float32)


def yes(*values: int) -> Any:
    return np.array(values, np.bool_)


def brute_average_precision(x: Any, y: Any) -> float:
    """The definition: over the distinct thresholds, step in recall times precision."""
    total, recall_before = 0.0, 0.0
    for threshold in sorted(set(x.tolist()), reverse=True):
        fires = x >= threshold
        recall, precision = (fires & y).sum() / y.sum(), y[fires].mean()
        total += (recall - recall_before) * precision
        recall_before = recall
    return float(total)


labelled = st.integers(2, 60).flatmap(
    lambda n: st.tuples(
        st.lists(st.sampled_from([-1.0, 0.0, 0.0, 0.5, 1.0, 2.0, 7.0]), min_size=n, max_size=n),
        st.lists(st.booleans(), min_size=n, max_size=n).filter(lambda y: 0 < sum(y) < len(y)),
    ).map(lambda pair: (f32(*pair[0]), yes(*pair[1])))
)


# --- measures ------------------------------------------------------------------------------


def test_average_precision_by_hand() -> None:
    # Thresholds 3: recall 1/3 at precision 1; 2: recall 2/3 at 2/3; 0: recall 1 at 3/5.
    assert (1 + 2 / 3 + 3 / 5) / 3 == pytest.approx(
        average_precision(f32(3, 2, 2, 0, 0), yes(1, 1, 0, 1, 0))
    )


@given(labelled)
def test_average_precision_is_its_definition(data: Any) -> None:
    x, y = data

    assert brute_average_precision(x, y) == pytest.approx(average_precision(x, y))


@given(labelled)
def test_few_distinct_values_are_binned_exactly(data: Any) -> None:
    x, y = data
    bins, is_single = rank_bins(x)
    counts = [np.bincount(bins, which, len(is_single)) for which in (y, np.ones(len(y)))]

    assert is_single.all()
    assert average_precision(x, y) == pytest.approx(
        float(binned_average_precision(*counts, is_single))
    )
    assert auroc(x, y) == pytest.approx(float(binned_area(*counts)))


@given(labelled)
def test_the_area_is_mann_whitneys_u(data: Any) -> None:
    x, y = data
    u = scipy.stats.mannwhitneyu(x[y], x[~y], method="asymptotic").statistic

    assert u / (y.sum() * (~y).sum()) == pytest.approx(auroc(x, y))


@given(labelled)
def test_the_best_threshold_is_the_best_above_rest(data: Any) -> None:
    x, y = data

    def f1(threshold: float) -> float:
        fires = x >= threshold
        return float(2 * (fires & y).sum() / (fires.sum() + y.sum()))

    best = max((f1(v) for v in x.tolist() if v > 0), default=0.0)
    found = best_threshold(x, y)

    assert best == pytest.approx(found.f1)
    assert best == pytest.approx(f1(found.value))
    assert found.value > 0


@pytest.mark.parametrize(("d", "area"), [(2, 0.921), (3, 0.983), (4, 0.998)])
@pytest.mark.parametrize("base_rate", [0.1, 0.01, 0.001, 0.0001])
def test_a_fine_area_hides_a_poor_average_precision(d: int, area: float, base_rate: float) -> None:
    """Two normal distributions of unit variance at distance d: counts of a trillion tokens."""
    other, marked = scipy.stats.norm(0), scipy.stats.norm(d)

    def precision_at(t: float) -> float:
        hit = base_rate * marked.sf(t)
        return float(marked.pdf(t) * hit / (hit + (1 - base_rate) * other.sf(t)))

    exact = sum(scipy.integrate.quad(precision_at, *ends)[0] for ends in [(-6, d), (d, d + 9)])
    edges = np.linspace(12, -8, 4001)
    positives = 1e12 * base_rate * np.diff(marked.sf(edges))
    tokens = positives + 1e12 * (1 - base_rate) * np.diff(other.sf(edges))

    assert exact == pytest.approx(
        float(binned_average_precision(positives, tokens, np.zeros(4000, np.bool_))), abs=1e-4
    )
    assert area == pytest.approx(float(binned_area(positives, tokens)), abs=6e-4)
    if (d, base_rate) == (3, 0.001):
        assert 0.378 == pytest.approx(exact, abs=5e-4)


def test_bins_of_ranks_lose_less_than_a_hundredth() -> None:
    for name, how in CLASSES.items():
        found = plant(np.random.default_rng(3), **how)
        bins, is_single = rank_bins(found.x)
        counts = [np.bincount(bins, w, len(is_single)) for w in (found.y, np.ones(len(bins)))]
        exact = average_precision(found.x, found.y)

        assert exact == pytest.approx(
            float(binned_average_precision(*counts, is_single)), abs=0.005
        ), name


# --- documents -----------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(1, 500)), min_size=1, max_size=60),
    st.integers(0, 5),
)
def test_halves_are_even_and_keep_clusters_together(
    documents: list[tuple[int, int]], seed: int
) -> None:
    cluster, tokens = (np.array(column) for column in zip(*documents, strict=True))
    side = halves(cluster, tokens, seed=seed)
    sizes = np.bincount(cluster, tokens)

    assert side.tolist() == halves(cluster, tokens, seed=seed).tolist()
    assert all(len(set(side[cluster == c].tolist())) == 1 for c in set(cluster.tolist()))
    assert abs(tokens[side].sum() - tokens[~side].sum()) <= sizes.max()


def test_another_seed_gives_other_halves() -> None:
    even = np.full(40, 10)

    assert halves(np.arange(40), even).tolist() != halves(np.arange(40), even, seed=1).tolist()


def test_the_interval_is_the_bootstrap_spread_with_satterthwaites_degrees_of_freedom() -> None:
    rng = np.random.default_rng(0)
    n = rng.integers(1, 30, 80).astype(float)
    rows = np.stack([rng.binomial(n.astype(int), rng.beta(2, 3, 80)), n], -1).astype(float)

    def share(sums: Any) -> Any:
        return sums[..., :1] / sums[..., 1:]

    value = share(rows.sum(0))
    [found] = estimates(rows, share, value, lowest=np.zeros(1), telling=np.array([80]))
    spread = scipy.stats.bootstrap(
        (rows[:, 0], rows[:, 1]),
        lambda k, n, axis: k.sum(axis) / n.sum(axis),
        paired=True,
        vectorized=True,
        rng=np.random.default_rng(1),
    ).standard_error
    influence = value - share(rows.sum(0) - rows)
    freedom = (
        2 * (influence**2).sum() ** 2 / ((influence**4).sum() - (influence**2).sum() ** 2 / 80)
    )
    p = float(value[0])
    reach = scipy.stats.t.ppf(0.975, freedom) * spread * np.sqrt(80 / 79) / (p * (1 - p))
    logit = np.log(p / (1 - p))

    assert 1 / (1 + np.exp(reach - logit)) == pytest.approx(found.low, abs=0.004)
    assert 1 / (1 + np.exp(-reach - logit)) == pytest.approx(found.high, abs=0.004)


def test_a_share_of_one_has_the_interval_of_clopper_and_pearson() -> None:
    rows = np.ones((12, 2))
    [found] = estimates(
        rows,
        lambda sums: sums[..., :1] / sums[..., 1:],
        np.ones(1),
        lowest=np.zeros(1),
        telling=np.array([12]),
    )
    exact = scipy.stats.binomtest(12, 12).proportion_ci()

    assert (exact.low, exact.high) == pytest.approx((found.low, found.high))


def mean(sums: Any) -> Any:
    return sums[..., :1] / sums[..., 1:]


def test_the_interval_of_a_mean_without_ends_is_students() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(-0.3, 2.0, 300)

    [found] = open_estimates(np.stack([x, np.ones(300)], -1), mean, n_resamples=20_000)

    expected = scipy.stats.t.interval(0.95, 299, x.mean(), scipy.stats.sem(x))
    assert x.mean() == pytest.approx(found.value)
    np.testing.assert_allclose(expected, [found.low, found.high], atol=0.01)


def test_an_interval_without_ends_holds_the_truth_of_skewed_effects() -> None:
    hits = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        n_tokens = rng.integers(1, 4, 60)
        sizes = np.exp(
            np.repeat(rng.normal(0, 0.6, 60), n_tokens) + rng.normal(0, 0.6, sum(n_tokens))
        )
        of = np.repeat(np.arange(60), n_tokens)
        rows = np.stack([np.bincount(of, sizes), n_tokens], -1)
        [found] = open_estimates(rows, mean, n_resamples=300, seed=seed)
        hits.append(found.low <= np.exp(0.36) <= found.high)

    assert 0.88 <= np.mean(hits) <= 0.99


def test_one_document_tells_a_mean_but_no_interval() -> None:
    [found] = open_estimates(np.array([[3.0, 2.0]]), mean)

    assert (1.5, -np.inf, np.inf) == (found.value, found.low, found.high)
    assert {"x": 1.5, "x_low": None, "x_high": None} == found.to_json("x")


def test_effects_that_are_all_nothing_are_surely_nothing() -> None:
    [found] = open_estimates(np.array([[0.0, 2.0], [0.0, 1.0], [0.0, 5.0]]), mean)

    assert (0.0, 0.0, 0.0) == (found.value, found.low, found.high)


@pytest.mark.parametrize("seed", range(5))
def test_the_interval_of_a_ratio_holds_what_a_t_test_does_not_reject(seed: int) -> None:
    rng = np.random.default_rng(seed)
    under = rng.normal(1.0, 1.2, 50)
    rows = np.stack([0.7 * under + rng.normal(0, 0.5, 50), under], -1)

    found = ratio_estimate(rows)

    for ratio in (found.low, found.high):  # at the ends the test is just about undecided
        t = scipy.stats.ttest_1samp(rows[:, 0] - ratio * rows[:, 1], 0).statistic
        assert 2.0 < abs(t) < 2.4  # of t with 12 degrees of freedom or more
    inside = rows[:, 0] - found.value * rows[:, 1]
    assert abs(scipy.stats.ttest_1samp(inside, 0).statistic) < 1e-9
    assert rows[:, 0].sum() / rows[:, 1].sum() == pytest.approx(found.value)
    assert found.low < found.value < found.high


def test_a_ratio_over_what_may_be_nothing_has_no_ends() -> None:
    under = np.array([1.0, -2.0, 0.5, 1.5, -0.5])

    found = ratio_estimate(np.stack([under * 2 + 1, under], -1))

    assert (-np.inf, np.inf) == (found.low, found.high)
    assert np.isnan(ratio_estimate(np.zeros((3, 2))).value)
    exact = ratio_estimate(np.array([[3.0, 3.0], [2.0, 2.0], [5.0, 5.0], [4.0, 4.0]]))
    assert (1.0, 1.0, 1.0) == pytest.approx((exact.value, exact.low, exact.high))


def test_one_document_says_nothing_of_others() -> None:
    found = corpus_evidence(f32(3, 0, 2, 0), yes(1, 0, 0, 1), np.zeros(4, int), threshold=1.0)

    assert (0, 1) == (found.ap.low, found.ap.high)


def test_many_documents_are_dealt_evenly() -> None:
    sizes = np.bincount(deal(N_GROUPS * 2 + 5))

    assert (N_GROUPS, {2, 3}) == (len(sizes), set(sizes.tolist()))


def test_the_intervals_hold_the_truth_where_documents_are_alike() -> None:
    """300 corpora of 150 documents, alike within: 95 % by design, 93 to 97 % wanted."""
    how: dict[str, Any] = {"length": 40, "base_rate": 0.03, "elsewhere": 0.01, "alike": 0.2}
    true = truth(how, threshold=0.35)
    held: dict[str, list[bool]] = {name: [] for name in true}
    widths = []
    for seed in range(300):
        found = plant(np.random.default_rng([1, seed]), n_documents=150, **how)
        evidence = corpus_evidence(
            found.x, found.y, found.document, threshold=0.35, n_resamples=400, n_shuffles=1
        ).to_json()
        for name, value in true.items():
            held[name].append(evidence[f"{name}_low"] <= value <= evidence[f"{name}_high"])
        widths.append(evidence["ap_high"] - evidence["ap_low"])
    shares = {name: float(np.mean(each)) for name, each in held.items()}

    assert 0.93 <= np.mean(list(shares.values())) <= 0.97
    # Two and a half standard errors of 300 draws.
    assert all(0.918 <= share <= 0.982 for share in shares.values()), shares
    assert 0.1 < np.mean(widths) < 0.3


def test_shuffled_labels_keep_their_runs() -> None:
    document = np.repeat(np.arange(30), 10)
    y = np.zeros(300, np.bool_)
    y[[3, 4, 5, 13, 14, 77]] = True
    for at in shuffles(document, y, n=20):
        moved = {int(d): (at[document[at] == d] % 10).tolist() for d in document[at]}

        assert [[3, 4, 5], [3, 4], [7]] == sorted(moved.values(), key=len, reverse=True)


def test_documents_change_labels_with_documents_of_similar_length() -> None:
    rng = np.random.default_rng(0)
    lengths = np.exp(rng.uniform(3, 7, 400)).astype(int)
    document = np.repeat(np.arange(400), lengths)
    y = rng.random(len(document)) < 0.05
    kept = [len(at) for at in shuffles(document, y, n=20)]

    assert 0.85 < np.mean(kept) / y.sum() <= 1


def test_documents_need_not_be_in_order() -> None:
    rng = np.random.default_rng(0)
    found = plant(rng, n_documents=60)
    order = rng.permutation(len(found.x))
    straight = corpus_evidence(found.x, found.y, found.document, threshold=0.5)
    mixed = corpus_evidence(found.x[order], found.y[order], found.document[order], threshold=0.5)

    assert straight.token_scores.to_json() == pytest.approx(mixed.token_scores.to_json())
    assert straight.ap.to_json("ap") == pytest.approx(mixed.ap.to_json("ap"))


# --- one neuron on a corpus ----------------------------------------------------------------


def test_corpus_evidence_by_hand() -> None:
    x = f32(5, 1, 0, 4, -1, 2, 0, 3)
    y = yes(1, 0, 0, 1, 0, 0, 1, 0)
    document = np.array([1, 1, 1, 4, 4, 4, 9, 9])
    found = corpus_evidence(x, y, document, threshold=3.0)

    assert (3, 8, 3, 3, 3) == (
        found.documents,
        found.tokens,
        found.positives,
        found.positive_documents,
        found.firing_documents,
    )
    assert (2 / 3, 2 / 3, 2 / 3) == pytest.approx(
        (
            found.token_scores.recall.value,
            found.token_scores.precision.value,
            found.token_scores.f1.value,
        )
    )
    assert 9 / 15 == pytest.approx(found.mass_precision.value)
    assert 41 / 55 == pytest.approx(found.mass_precision_squared.value)
    assert scipy.stats.pearsonr(x, y).statistic == pytest.approx(found.r.value)
    assert found.ap.value / (3 / 8) == pytest.approx(found.lift)
    assert (found.ap.value - 3 / 8) / (5 / 8) == pytest.approx(found.normalised)


def test_levels_are_ten_equal_ranges_and_the_top_is_one_token_of_each_document() -> None:
    x = f32(10, 9.5, 3.2, 0, 0.5, 8, 7, -2)
    y = yes(1, 0, 1, 1, 0, 1, 1, 0)
    found = corpus_evidence(x, y, np.array([0, 0, 0, 0, 1, 1, 1, 1]), threshold=3.0)

    assert [1, 0, 0, 1, 0, 0, 0, 1, 1, 2] == [level.n for level in found.by_level]
    assert [0.0, 1.0, 1.0, 1.0, 0.5] == [level.precision for level in found.by_level if level.n]
    assert (2, 1.0, 8.0, 10.0) == (
        found.top.n,
        found.top.precision,
        found.top.low,
        found.top.high,
    )


def test_independent_tokens_have_wilsons_interval() -> None:
    exact = scipy.stats.binomtest(15, 20).proportion_ci(method="wilson")

    assert (exact.low, exact.high) == pytest.approx(wilson(15, 20))


def test_tokens_of_one_document_are_worth_less_than_their_number() -> None:
    document = np.repeat(np.arange(20), 10)
    y = np.repeat(np.arange(20) % 2 == 0, 10)
    level = corpus_evidence(np.ones(200, np.float32), y, document, threshold=1.0).by_level[-1]
    low, high = wilson(9.5, 19)  # all or nothing: a document is worth one token

    assert 200 == level.n
    assert (low, high) == pytest.approx((level.precision_low, level.precision_high))


def test_what_is_ignored_counts_neither_way() -> None:
    found = plant(np.random.default_rng(0), n_documents=60)
    ignore = np.random.default_rng(1).random(len(found.x)) < 0.3
    evidence = corpus_evidence(
        found.x, found.y, found.document, threshold=0.5, ignore=ignore, n_shuffles=9
    )
    without = corpus_evidence(
        found.x[~ignore], found.y[~ignore], found.document[~ignore], threshold=0.5, n_shuffles=9
    )

    assert without == evidence
    assert best_threshold(found.x[~ignore], found.y[~ignore]) == best_threshold(
        found.x, found.y, ignore=ignore
    )


def test_a_span_is_hit_by_any_of_its_tokens_and_a_run_is_right_if_it_touches_one() -> None:
    # Spans 0 (hit), 1 (missed), 2 (hit at its end); runs: on span 0, stray, on span 2 and beyond
    # it, and one that the end of the document divides from it.
    span = np.array([-1, 0, 0, 0, -1, -1, -1, 1, 1, -1, 2, 2, -1, -1])
    x = f32(0, 0, 5, 5, 0, 5, 0, 0, 0, 0, 0, 5, 5, 5)
    document = np.array([0] * 9 + [1] * 4 + [2])
    found = corpus_evidence(x, span >= 0, document, threshold=1.0, span=span)

    assert found.event_scores is not None
    assert (2 / 3, 2 / 4) == pytest.approx(
        (found.event_scores.recall.value, found.event_scores.precision.value)
    )
    assert 4 / 7 == pytest.approx(found.event_scores.f1.value)


def test_a_run_of_ignored_tokens_is_none() -> None:
    span = np.array([0, -1, -1, -1, -1])
    x, ignore = f32(5, 0, 5, 0, 0), yes(0, 0, 1, 0, 0)
    found = corpus_evidence(
        x, span >= 0, np.array([0, 0, 0, 1, 1]), threshold=1.0, span=span, ignore=ignore
    )

    assert found.event_scores is not None
    assert 1 == found.event_scores.precision.value


def test_damaged_labels_lower_average_precision_correlation_and_f1() -> None:
    """Half of the marks dropped, or as many added at random: a sound score falls."""
    rng = np.random.default_rng(0)
    found = plant(rng, n_documents=400)
    dropped = found.y & (rng.random(len(found.y)) < 0.5)
    added = found.y | (rng.random(len(found.y)) < found.y.mean())

    def scores(y: Any) -> tuple[float, ...]:
        evidence = corpus_evidence(found.x, y, found.document, threshold=0.5, n_shuffles=1)
        return evidence.ap.value, evidence.r.value, evidence.token_scores.f1.value

    for damaged in (dropped, added):
        assert all(
            now < before - 0.05
            for before, now in zip(scores(found.y), scores(damaged), strict=True)
        )


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (f32(0, 0, 0, 0), yes(1, 0, 0, 1)),
        (f32(1, 2, 3, 4), yes(0, 0, 0, 0)),
        (f32(1, 2, 3, 4), yes(1, 1, 1, 1)),
        (f32(-1, -2, -3, -4), yes(1, 0, 1, 0)),
    ],
)
def test_what_does_not_exist_is_none(x: Any, y: Any) -> None:
    threshold = best_threshold(x, y).value
    evidence = corpus_evidence(x, y, np.array([0, 0, 1, 1]), threshold=threshold)
    found = json.loads(json.dumps(evidence.to_json(), allow_nan=False))

    assert found["mass_precision"] is None or x.max() > 0
    assert (found["ap"] is None) == (not y.any())
    assert (found["auroc"] is None) == (y.all() or not y.any())
    assert 10 == len(found["by_level"])


def test_the_json_has_what_was_promised() -> None:
    found = plant(np.random.default_rng(0), n_documents=60)
    evidence = corpus_evidence(found.x, found.y, found.document, threshold=0.5).to_json()

    assert {
        "documents", "tokens", "base_rate", "ap", "ap_low", "ap_high", "lift", "mass_precision",
        "recall", "f1", "r", "auroc", "by_level",
    } <= set(evidence)  # fmt: skip


def test_arrays_of_different_lengths_are_refused() -> None:
    with pytest.raises(ArraysDiffer) as caught:
        corpus_evidence(f32(1, 2), yes(1, 0, 1), np.zeros(2, int), threshold=1.0)

    assert (
        "x has the shape [2] and y has [3].\nBoth need one value for each of the same things."
        == str(caught.value)
    )


def test_activations_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(NotFinite, match="1 of 2 activations"):
        average_precision(f32(1, np.nan), yes(1, 0))


def test_nothing_is_no_evidence() -> None:
    with pytest.raises(NoTokens, match="not one token counts"):
        corpus_evidence(f32(1), yes(1), np.zeros(1, int), threshold=1.0, ignore=yes(1))


# --- many neurons --------------------------------------------------------------------------

histograms = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=12
).filter(lambda bins: sum(marked for _, marked in bins) > 0)


@given(histograms, st.randoms())
def test_the_exact_average_precision_lies_within_the_bounds(bins: Any, random: Any) -> None:
    counts = np.array(bins).T
    x, y = [], []
    for i, (n_other, n_marked) in enumerate(bins):
        for is_marked in [False] * n_other + [True] * n_marked:
            x.append(i + random.choice([0.1, 0.3, 0.5, 0.7]))
            y.append(is_marked)
    exact = average_precision(f32(*x), yes(*y))
    found = histogram_average_precision(counts)

    assert found.low <= exact + 1e-6
    assert exact <= found.high + 1e-6
    assert found.low <= found.value <= found.high


def test_eight_bins_an_octave_lose_less_than_a_hundredth() -> None:
    neurons = [plant(np.random.default_rng(4), **how) for how in CLASSES.values()]
    counts = np.zeros((len(neurons), 2, 256), int)
    for i, found in enumerate(neurons):
        np.add.at(counts[i], (found.y.astype(int), log_bins(found.x)), 1)
    approximate = histogram_average_precision(counts)
    exact = [average_precision(found.x, found.y) for found in neurons]

    assert exact == pytest.approx(approximate.value, abs=0.01)
    assert (approximate.low <= exact).all()
    assert (exact <= approximate.high).all()


def test_bins_are_eighths_of_octaves() -> None:
    x = f32(*np.sort(np.random.default_rng(0).lognormal(0, 3, 2000)))
    octave = np.floor(np.log2(x.astype(float)))
    within = np.floor((x / 2**octave - 1) * 8)
    expected = np.clip(1 + 8 * (octave + 16) + within, 0, 255)

    assert expected.tolist() == log_bins(x).tolist()


def test_holm_by_hand() -> None:
    assert [0.04, 0.06, 0.06, 0.2] == pytest.approx(holm(np.array([0.01, 0.02, 0.025, 0.2])))
    assert [1.0, 1.0] == holm(np.array([0.9, 0.8])).tolist()


def test_the_best_of_many_is_compared_with_the_best_of_as_many() -> None:
    rng = np.random.default_rng(0)
    document = np.repeat(np.arange(60), 20)
    y = rng.random(1200) < 0.05
    x = rng.random((8, 1200)).astype(np.float32)
    alone = [against_shuffled(row, y, document, n_shuffles=99) for row in x]
    together = against_shuffled(x, y, document, n_shuffles=99)

    assert np.max([each.best for each in alone], 0).tolist() == pytest.approx(together.best)
    assert all(
        single.p[0] <= joint for single, joint in zip(alone, together.p.tolist(), strict=True)
    )
    # The definition, on exact average precisions: every x is distinct, so the bins nearly are.
    reached = [
        max(average_precision(row, np.isin(np.arange(1200), at)) for row in x)
        for at in shuffles(document, y, n=99)
    ]
    exact = [(1 + sum(best >= average_precision(row, y) for best in reached)) / 100 for row in x]
    assert exact == pytest.approx(together.p, abs=0.05)


def test_p_of_a_neuron_without_anything_to_do_with_the_rule_is_uniform() -> None:
    p = []
    for seed in range(120):
        found = plant(np.random.default_rng([2, seed]), n_documents=60, length=40, base_rate=0.03)
        labels = plant(np.random.default_rng([3, seed]), n_documents=60, length=40, base_rate=0.03)
        n = min(len(found.x), len(labels.y))
        p += against_shuffled(
            found.x[:n], labels.y[:n], found.document[:n], n_shuffles=49, seed=seed
        ).p.tolist()

    assert scipy.stats.kstest(p, "uniform").pvalue > 0.01


# --- texts ---------------------------------------------------------------------------------


def brute_sign_flips(difference: Any) -> float:
    signs = np.array(list(itertools.product([1, -1], repeat=len(difference))))
    return float((signs @ difference >= difference.sum() - 1e-9).mean())


@given(st.lists(st.sampled_from([-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0]), min_size=1, max_size=11))
def test_p_of_pairs_is_the_share_of_sign_patterns(values: list[float]) -> None:
    difference = f32(*values)
    found = pairs_evidence(difference, np.zeros_like(difference))
    differing = difference[difference != 0].astype(float)

    assert brute_sign_flips(differing) == pytest.approx(found.p)
    assert (sum(v > 0 for v in values), sum(v == 0 for v in values)) == (found.wins, found.zeros)


@pytest.mark.parametrize("n", [12, 15])
def test_p_of_pairs_is_scipys(n: int) -> None:
    rng = np.random.default_rng(n)
    fits, rest = (rng.standard_normal(n).astype(np.float32) + shift for shift in (0.5, 0))
    oracle = scipy.stats.permutation_test(
        (fits, rest),
        lambda a, b, axis: np.mean(a - b, axis=axis),
        permutation_type="samples",
        alternative="greater",
        n_resamples=np.inf,
        vectorized=True,
    )

    assert oracle.pvalue == pytest.approx(pairs_evidence(fits, rest).p)


def test_counting_and_drawing_sign_patterns_agree() -> None:
    difference = np.random.default_rng(0).standard_normal(41).astype(np.float32) + 0.25
    drawn = pairs_evidence(difference, np.zeros(41, np.float32)).p
    counted = pairs_evidence(difference[:40], np.zeros(40, np.float32)).p

    assert scipy.stats.ttest_1samp(difference, 0, alternative="greater").pvalue == pytest.approx(
        drawn, rel=0.15
    )
    assert scipy.stats.ttest_1samp(
        difference[:40], 0, alternative="greater"
    ).pvalue == pytest.approx(counted, rel=0.15)


def test_a_hundred_thousand_pairs_are_answered() -> None:
    difference = np.random.default_rng(0).standard_normal(100_000).astype(np.float32)
    none = pairs_evidence(difference, np.zeros_like(difference))
    some = pairs_evidence(difference + 0.1, np.zeros_like(difference))

    assert 0.01 < none.p < 1
    assert 0 < some.p < 1e-100
    assert np.median(difference + 0.1) == pytest.approx(some.effect, abs=0.01)


@pytest.mark.parametrize(
    ("n", "of_pairs", "of_lists"),
    [(3, 0.125, 0.05), (5, 0.031, 0.0040), (6, 0.0156, 0.00108), (10, 0.00098, 5.4e-6),
     (15, 3.1e-5, 6e-9), (20, 9.5e-7, 7e-12)],
)  # fmt: skip
def test_the_smallest_p_of_few_texts(n: int, of_pairs: float, of_lists: float) -> None:
    fits, rest = np.arange(n, dtype=np.float32) + 100, np.arange(n, dtype=np.float32)
    pairs, lists = pairs_evidence(fits, rest), lists_evidence(fits, rest)

    assert of_pairs == pytest.approx(pairs.min_p, rel=0.1)
    assert of_lists == pytest.approx(lists.min_p, rel=0.1)
    assert (pairs.min_p, lists.min_p) == pytest.approx((pairs.p, lists.p))


@given(
    st.lists(st.sampled_from([0.0, 0.0, 1.0, 2.0, 2.5]), min_size=1, max_size=6),
    st.lists(st.sampled_from([0.0, 0.0, 1.0, 2.0]), min_size=1, max_size=6),
)
def test_p_of_lists_is_exact_with_ties(fits: list[float], rest: list[float]) -> None:
    ranks = scipy.stats.rankdata(fits + rest)
    sums = [sum(c) for c in itertools.combinations(ranks.tolist(), len(fits))]
    expected = np.mean([s >= ranks[: len(fits)].sum() for s in sums])
    found = lists_evidence(f32(*fits), f32(*rest))

    assert expected == pytest.approx(found.p)
    assert 1 / comb(len(fits) + len(rest), len(fits)) == found.min_p


@pytest.mark.parametrize(("n", "m", "method"), [(8, 13, "exact"), (13, 8, "exact"),
    (60, 40, "exact"), (2000, 500, "asymptotic")])  # fmt: skip
def test_p_of_lists_is_scipys(n: int, m: int, method: Any) -> None:
    rng = np.random.default_rng(n)
    fits = rng.standard_normal(n).astype(np.float32) + np.float32(0.3)
    rest = rng.standard_normal(m).astype(np.float32)
    oracle = scipy.stats.mannwhitneyu(fits, rest, alternative="greater", method=method)
    found = lists_evidence(fits, rest)

    assert oracle.pvalue == pytest.approx(found.p)
    assert oracle.statistic / (n * m) == pytest.approx(found.win_rate.value)


@given(
    st.lists(st.integers(-9, 9), min_size=1, max_size=9),
    st.lists(st.integers(-9, 9), min_size=1, max_size=9),
)
def test_effects_are_medians_of_all_means_and_of_all_differences(
    fits: list[int], rest: list[int]
) -> None:
    means = [(a + b) / 2 for a, b in itertools.combinations_with_replacement(fits, 2)]
    of_pairs = pairs_evidence(f32(*fits), np.zeros(len(fits), np.float32), scale=2.0)
    of_lists = lists_evidence(f32(*fits), f32(*rest), scale=2.0)

    assert np.median(means) / 2 == pytest.approx(of_pairs.effect, abs=1e-9)
    assert np.median([a - b for a in fits for b in rest]) / 2 == pytest.approx(
        of_lists.effect, abs=1e-9
    )


@pytest.mark.parametrize("k", [0, 1, 5, 10])
def test_the_win_rate_has_the_interval_of_clopper_and_pearson(k: int) -> None:
    fits = f32(*[2] * k, *[0] * (10 - k))
    found = pairs_evidence(fits, np.ones(10, np.float32), is_located=fits > 0)
    exact = scipy.stats.binomtest(k, 10).proportion_ci()

    assert found.located is not None
    assert (k / 10, exact.low, exact.high) == pytest.approx(
        (found.win_rate.value, found.win_rate.low, found.win_rate.high)
    )
    assert found.win_rate == found.located


def test_lists_that_are_silent_alike_speak_against_the_neuron() -> None:
    none = np.zeros(20, np.float32)
    found = lists_evidence(none, none)

    assert (0.5, 1.0) == (found.win_rate.value, found.p)
    assert "speak against it" == verdict(None, found).texts


def test_the_interval_of_the_area_covers() -> None:
    truth = scipy.stats.norm.cdf(1 / np.sqrt(2))
    rng = np.random.default_rng(0)
    held = []
    for _ in range(400):
        fits, rest = rng.standard_normal(20) + 1, rng.standard_normal(25)
        found = lists_evidence(fits.astype(np.float32), rest.astype(np.float32)).win_rate
        held.append(found.low <= truth <= found.high)

    assert 0.93 <= np.mean(held) <= 0.98


def test_pairs_of_one_template_count_once() -> None:
    fits, rest = f32(3, 5, 1, 2), f32(1, 1, 2, 0)
    found = pairs_evidence(fits, rest, cluster=np.array([7, 7, 7, 8]), is_located=yes(1, 0, 0, 1))

    assert (2, 4, 2, 0.25) == (found.n, found.given, found.wins, found.min_p)
    assert found.located is not None
    assert (1 / 3 + 1) / 2 == pytest.approx(found.located.value)


def test_silence_on_both_texts_is_counted() -> None:
    found = pairs_evidence(f32(0, 0, 2, 3), f32(0, 0, 2, 1))

    assert (3, 2, 1, 0.5) == (found.zeros, found.silent, found.wins, found.p)


def test_texts_of_unequal_number_are_refused() -> None:
    with pytest.raises(ArraysDiffer, match="other has"):
        pairs_evidence(f32(1, 2), f32(1))
    with pytest.raises(ArraysDiffer, match="cluster has"):
        pairs_evidence(f32(1, 2), f32(1, 2), cluster=np.array([1]))
    with pytest.raises(NoTokens):
        lists_evidence(f32(1), f32())


# --- rivals --------------------------------------------------------------------------------


def rival_of(found: Any, **changes: Any) -> RivalEvidence:
    given = {"threshold": 0.5, "rival_threshold": 0.5, "n_resamples": 300} | changes
    return compare(")", found.x, found.y, found.rival, found.document, **given)


def test_differences_are_those_of_each_rule_alone() -> None:
    found = plant(np.random.default_rng(0), n_documents=150, of_rival=0.3, elsewhere=0.004)
    rival = rival_of(found, rival_threshold=0.3)
    of_rule = corpus_evidence(found.x, found.y, found.document, threshold=0.5, n_shuffles=1)
    of_rival = corpus_evidence(found.x, found.rival, found.document, threshold=0.3, n_shuffles=1)

    assert of_rival.token_scores.f1.value == pytest.approx(rival.f1.value)
    assert of_rule.token_scores.f1.value - of_rival.token_scores.f1.value == pytest.approx(
        rival.f1_difference.value
    )
    assert of_rule.r.value**2 - of_rival.r.value**2 == pytest.approx(rival.r2_difference.value)
    assert of_rule.mass_precision.value - of_rival.mass_precision.value == pytest.approx(
        rival.mass_difference.value
    )
    assert rival.ap_difference is None
    assert (found.rival & ~found.y).sum() == rival.differing_tokens


def test_average_precisions_are_compared_where_base_rates_agree() -> None:
    found = plant(np.random.default_rng(0), n_documents=150, share=0.95, of_rival=0.5)
    rival = rival_of(found)
    exact = average_precision(found.x, found.y) - average_precision(found.x, found.rival)

    assert rival.ap_difference is not None
    assert exact == pytest.approx(rival.ap_difference.value)
    assert rival.ap_difference.low < exact < rival.ap_difference.high


def test_a_rule_that_marks_more_than_the_neuron_wants_is_worse() -> None:
    rival = rival_of(plant(np.random.default_rng(0), n_documents=150, of_rival=0.0))

    assert (True, False, False) == (rival.is_worse, rival.stands, rival.is_better)
    assert rival.mass_difference.value <= 0


def test_a_rule_that_the_neuron_follows_as_well_stands() -> None:
    rival = rival_of(plant(np.random.default_rng(0), n_documents=150, recall=0.7, of_rival=0.7))

    assert (False, True, True) == (rival.is_worse, rival.stands, rival.is_better)


def test_a_rival_that_marks_the_same_stands() -> None:
    found = plant(np.random.default_rng(0), n_documents=150, share=1.0)
    rival = rival_of(found)

    assert (0, True, False) == (rival.differing_tokens, rival.stands, rival.is_better)
    assert 0 == rival.f1_difference.value
    json.dumps(rival.to_json(), allow_nan=False)


# --- verdicts ------------------------------------------------------------------------------


def near(value: float, reach: float = 0.05) -> Estimate:
    return Estimate(value, value - reach, value + reach)


def made(**changes: Any) -> CorpusEvidence:
    """Evidence that holds up, with changes."""
    recall = changes.pop("recall", near(0.7))
    top = changes.pop("n_right", 19) / 20
    level = Level(1, 2, 20, 20, round(top * 20), top, *wilson(top * 20, 20))
    good = CorpusEvidence(
        documents=500, tokens=100_000, positives=1000, positive_documents=200,
        firing_documents=180, base_rate=0.01, ap=near(0.7), lift=70, normalised=0.69,
        mass_precision=near(0.6), mass_precision_squared=near(0.7), threshold=1.0,
        token_scores=Scores(recall, near(0.8), near(0.75)), event_scores=None, r=near(0.7),
        auroc=near(0.9), by_level=(), top=level, p=0.005, ap_shuffled=0.012,
    )  # fmt: skip
    return replace(good, **changes)


def made_rival(f1: float, f1_difference: Estimate, r2_difference: Estimate) -> RivalEvidence:
    return RivalEvidence(
        ")", 0.02, near(f1), near(0.4), near(0.8), f1_difference, r2_difference, near(0.0), None,
        900, 150,
    )  # fmt: skip


WORSE = made_rival(0.5, near(0.25), near(0.2))
EQUAL = made_rival(0.74, near(0.01), near(0.01))
BETTER = made_rival(0.8, near(-0.2), near(-0.2))


def agreeing(n: int = 10, wins: int = 10, located: int | None = None) -> TextsEvidence:
    fits = f32(*np.where(np.arange(n) < wins, 2 + np.arange(n) / 10, 0))
    is_located = None if located is None else np.arange(n) < located
    return pairs_evidence(fits, np.ones(n, np.float32), is_located=is_located)


@pytest.mark.parametrize(
    ("expected", "corpus", "texts", "rivals"),
    [
        ("holds up", made(), None, []),
        ("holds up", made(), agreeing(), [WORSE]),
        ("holds up", made(recall=near(0.52)), None, []),
        ("better explained by a simpler rule", made(), None, [WORSE, EQUAL]),
        ("better explained by a simpler rule", made(ap=near(0.3)), None, [BETTER]),
        ("real but weak", made(ap=near(0.3), recall=near(0.5)), None, [EQUAL]),
        ("real but weak", made(ap=near(0.1), recall=near(0.5)), None,
         [made_rival(0.2, near(-0.15), near(-0.1))]),
        ("fires on it but not only", made(mass_precision_squared=near(0.4)), None, []),
        ("fires on it but not only", made(n_right=9), None, []),
        ("fires on it but not only", made(), agreeing(20, located=8), []),
        ("fires on it but not only", made(), agreeing(20, wins=10), []),
        ("fires on part of it", made(ap=near(0.4), recall=near(0.4)), None, []),
        ("real but weak", made(ap=near(0.2), recall=near(0.3), n_right=8), None, []),
        ("does not hold", made(ap=near(0.02), p=0.3, recall=near(0.1), n_right=1), None, []),
        ("does not hold", made(recall=near(0.3), n_right=8), None, []),
        ("does not hold", made(ap=near(0.02, 0.01), p=0.2, mass_precision_squared=near(0.1)), None,
         []),
        ("not enough evidence", made(positive_documents=29), None, []),
        ("not enough evidence", made(firing_documents=29), None, []),
        ("not enough evidence", made(ap=near(0.7, 0.16)), None, []),
        ("not enough evidence", made(ap=near(0.52)), None, []),
        ("not enough evidence", made(n_right=14), None, []),
        ("not enough evidence", made(), agreeing(10, located=7), []),
        ("not enough evidence", None, agreeing(), []),
        ("not enough evidence", None, agreeing(4), []),
        ("not enough evidence", None, None, []),
        ("does not hold", None, agreeing(20, wins=10), []),
        ("does not hold", None, agreeing(20, located=8), []),
        ("does not hold", made(positive_documents=3), agreeing(20, wins=10), []),
    ],
)  # fmt: skip
def test_the_first_that_applies_is_the_verdict(
    expected: str, corpus: Any, texts: Any, rivals: Any
) -> None:
    found = verdict(corpus, texts, rivals)

    assert expected == found.verdict, found.why
    assert found.why.endswith(".")
    assert not found.why[0].islower()
    json.dumps(found.to_json(), allow_nan=False)


def test_a_neuron_that_never_fires_does_not_hold() -> None:
    y = np.tile([True] + [False] * 9, 40)
    evidence = corpus_evidence(
        np.full(400, -1, np.float32), y, np.repeat(np.arange(40), 10), threshold=float("inf")
    )

    assert 0 == evidence.top.n
    assert "does not hold" == verdict(evidence).verdict


def test_there_are_seven_verdicts() -> None:
    assert {
        "holds up", "fires on it but not only", "fires on part of it",
        "better explained by a simpler rule", "real but weak", "does not hold",
        "not enough evidence",
    } == set(VERDICTS)  # fmt: skip


def test_a_verdict_says_why_in_numbers() -> None:
    assert (
        "AP 0.70 [0.65, 0.75] at a base rate of 0.01; it fires on 0.70 [0.65, 0.75] of the marked "
        "tokens, has 0.70 [0.65, 0.75] of its squared activation on them, and 19 of its 20 "
        "strongest tokens are marked. Simpler rules compared, none takes its place: 1."
        == verdict(made(), None, [WORSE]).why
    )


def test_the_rival_is_named() -> None:
    found = verdict(made(), None, [EQUAL])

    assert ")" == found.rival
    assert (
        "The simpler rule ) explains it as well: F1 0.74 against 0.75, r² 0.40 against 0.41, and "
        "they differ in only 150 documents." == found.why
    )


def test_a_rival_that_marks_the_same_cannot_be_told_apart() -> None:
    same = replace(EQUAL, differing_tokens=0, differing_documents=0)

    assert (
        "The simpler rule ) marks the same tokens in all 500 documents, so they cannot tell the "
        "two apart." == verdict(made(), None, [same]).why
    )


def test_it_says_how_much_is_missing() -> None:
    few = verdict(made(positive_documents=20))
    wide = verdict(made(ap=near(0.7, 0.3)))
    close = verdict(made(ap=near(0.53)))
    closest = verdict(made(ap=near(0.501)))

    assert (
        "The rule marks tokens in 20 documents, 30 are needed: about 50,000 more tokens of such "
        "text." == few.why
    )
    assert (50_000, 300_000) == (few.missing_tokens, wide.missing_tokens)
    assert ("0.53 [0.48, 0.58]" in close.why, 180_000) == (True, close.missing_tokens)
    assert ("no corpus in reason" in closest.why, None) == (True, closest.missing_tokens)


def test_other_verdicts_that_apply_are_remarks() -> None:
    found = verdict(made(ap=near(0.3), recall=near(0.3)), agreeing())

    assert "fires on part of it" == found.verdict
    assert found.remarks[0].startswith("It agrees with your texts (10 of 10 pairs")
    assert found.remarks[1].startswith("Real but weak: AP 0.30")


def test_a_neuron_that_never_rests_is_described() -> None:
    [remark] = verdict(made(mass_precision=near(0.3))).remarks

    assert remark.startswith("Only 0.30 [0.25, 0.35] of its activation, not squared")


@pytest.mark.parametrize(
    ("expected", "texts", "n_neurons", "words"),
    [
        ("agree", agreeing(6), 1, "(6 of 6 pairs, p = 0.016), but they cannot show"),
        ("leave it open", agreeing(6), 46_080, "46,080 neurons were looked at and so few texts "
         "let 720 of them pass by chance"),
        ("agree", agreeing(30, 30), 46_080, "30 of 30 pairs"),
        ("leave it open", agreeing(6, wins=4), 1, "4 of 6 pairs"),
        ("leave it open", agreeing(10, located=7), 1, "strongest on a marked token in 0.70"),
        ("speak against it", agreeing(20, wins=10), 1, "10 of 20 pairs"),
        ("too few", agreeing(3), 1, "3 pairs are too few: with so many p cannot be below 0.12"),
        ("speak against it", pairs_evidence(np.zeros(9, np.float32), np.zeros(9, np.float32)), 1,
         "It is silent on both texts of all 9 pairs."),
        ("agree", lists_evidence(f32(3, 4, 5, 6, 7), f32(0, 1, 2, 0, 1)), 1, "in 1.00 of all"),
    ],
)  # fmt: skip
def test_what_texts_say(expected: str, texts: Any, n_neurons: int, words: str) -> None:
    found = verdict(None, texts, n_neurons=n_neurons)

    assert expected == found.texts
    assert words in found.why


@pytest.mark.parametrize("name", CLASSES)
def test_a_planted_neuron_gets_its_verdict(name: str) -> None:
    """Near the thresholds; 200 of each in benchmarks/intervals.py."""
    found = [
        judge(plant(np.random.default_rng([5, seed]), **CLASSES[name]), seed).verdict
        for seed in range(6)
    ]

    assert found.count(name) >= 5, found


def test_shuffled_labels_never_hold_up() -> None:
    for seed in range(12):
        found = plant(np.random.default_rng([6, seed]), **CLASSES["holds up"])
        index = np.arange(len(found.x))
        for labels in (found.y, found.rival):  # the same documents change places for both
            [at] = shuffles(found.document, labels, n=1, seed=seed)
            labels[:] = np.isin(index, at)

        assert judge(found, seed).verdict in (
            "does not hold",
            "not enough evidence",
            "real but weak",
        )


@settings(max_examples=20)
@given(st.integers(0, 1000))
def test_the_same_seed_gives_the_same_evidence(seed: int) -> None:
    found = plant(np.random.default_rng(seed), n_documents=20, length=20, base_rate=0.05)
    if not found.y.any():
        return
    first, second = (
        corpus_evidence(
            found.x, found.y, found.document, threshold=0.5, n_resamples=50, n_shuffles=9, seed=7
        ).to_json()
        for _ in range(2)
    )

    assert first == second
