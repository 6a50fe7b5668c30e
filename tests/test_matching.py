"""The same neuron in another model: against brute force, planted copies, and noise."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from byte_model import (
    ByteModel,
    Reads,
    bpe,
    ends_with,
    n_vowels,
    noise,
    since_newline,
    word_length,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from lmscope import load
from lmscope.corpora import Counts, load_corpus
from lmscope.demonstration import corpus as demo_corpus
from lmscope.errors import (
    BadOption,
    EmptyCorpus,
    NeuronIsConstant,
    NeuronOutOfRange,
    Stopped,
    TooFewDocuments,
)
from lmscope.evidence import Estimate
from lmscope.matching import match
from lmscope.matching.correlating import Products, Side
from lmscope.matching.rotation import _haar, rotated_best
from lmscope.matching.verdicts import Seen, judge_match, over_all
from lmscope.matching.windows import cut_windows, shared_points
from lmscope.pack import PackedTexts, packed

WORDS = [
    "stone",
    "river",
    "(a)",
    "b)",
    "singled",
    "out",
    "personality",
    "8)",
    "9)",
    "é",
    "日本",
    "the",
    "of",
    "and",
    "moon,",
    "house.",
]


def written(folder: Path, n_documents: int = 120, *, seed: int = 0) -> Path:
    rng = np.random.default_rng(seed)
    path = folder / "texts"
    path.mkdir()
    for i in range(n_documents):
        lines = [" ".join(rng.choice(WORDS, rng.integers(3, 9))) for _ in range(8)]
        (path / f"{i:03}.txt").write_text(f"{i} " + "\n".join(lines))
    return path


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("matching"))


@pytest.fixture(scope="module")
def tokenizers(texts: Path) -> list[Any]:
    read = [path.read_text() for path in sorted(texts.iterdir())]
    return [bpe(300, read), bpe(420, read[::2]), bpe(256, [])]


FEATURES: list[Reads] = [ends_with(b")"), since_newline, word_length, n_vowels]


# --- the sums ------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(1, 50), min_size=1, max_size=6), st.integers(0, 5))
def test_r_is_that_of_numpy_however_the_points_come_in_batches(sizes: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = sum(sizes) + 2
    x = rng.normal(300, 1, (n, 3)).astype(np.float32)
    y = (x[:, :2] @ rng.normal(size=(2, 4)) + rng.normal(size=(n, 4))).astype(np.float32)
    products, ends = Products(Side(3), Side(4)), np.cumsum([0, sizes[0] + 2, *sizes[1:]])
    for start, end in pairwise(ends):
        products.add(products.a.take(x[start:end]), products.b.take(y[start:end]))
    exact = np.corrcoef(x.astype(np.float64).T, y.astype(np.float64).T)[:3, 3:]

    assert np.allclose(exact, products.r(), atol=1e-5)


def test_large_means_heavy_tails_and_rare_spikes_keep_six_digits() -> None:
    rng = np.random.default_rng(1)
    n = 40_000
    f = rng.normal(size=(n, 1))
    x = np.concatenate([f + 300, np.exp(2 * f), (f > 3.2) * 1.0, f * 1e-3 + 1e4], axis=1)
    x = (x + 0.1 * rng.normal(size=x.shape) * x.std(0)).astype(np.float32)
    y = (0.5 * x[:, ::-1] + rng.normal(size=x.shape) * x.std(0)[::-1]).astype(np.float32)
    products = Products(Side(4), Side(4))
    for part in np.array_split(np.arange(n), 20):
        products.add(products.a.take(x[part]), products.b.take(y[part]))
    exact = np.corrcoef(x.astype(np.float64).T, y.astype(np.float64).T)[:4, 4:]
    naive = x.T @ y - len(x) * np.outer(x.mean(0), y.mean(0))
    naive /= len(x) * np.outer(x.std(0), y.std(0))

    assert np.abs(products.r() - exact).max() < 1e-5
    assert np.abs(naive - exact).max() > 1e-3  # which is why they are shifted first


def test_copies_have_r_of_one_with_their_sign() -> None:
    x = np.random.default_rng(2).exponential(size=(5_000, 1)).astype(np.float32)
    y = np.concatenate([3 * x + 1e4, -0.01 * x + 5], axis=1).astype(np.float32)
    products = Products(Side(1), Side(2))
    products.add(products.a.take(x), products.b.take(y))

    assert np.allclose([[1, -1]], products.r(), atol=1e-5)


def test_what_is_silent_at_first_counts_and_what_is_always_silent_has_no_r() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(400, 1)).astype(np.float32)
    y = np.concatenate([x * (np.arange(400) >= 200)[:, None], np.full((400, 1), 0.7)], axis=1)
    y = y.astype(np.float32)
    products = Products(Side(1), Side(2))
    for part in (slice(0, 200), slice(200, 400)):
        products.add(products.a.take(x[part]), products.b.take(y[part]))
    [[late, never]] = products.r()

    assert abs(late - np.corrcoef(x[:, 0], y[:, 0])[0, 1]) < 1e-5
    assert np.isnan(never)


def test_rotated_correlations_are_those_of_rotated_activations() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(600, 2)).astype(np.float32)
    y = (x @ rng.normal(size=(2, 16)) + rng.normal(size=(600, 16)) * 3 + 7).astype(np.float32)
    a, b = Side(2), Side(16)
    products, gram = Products(a, b), Products(b, b)
    for part in (slice(0, 250), slice(250, 600)):
        u, v = a.take(x[part]), b.take(y[part])
        products.add(u, v)
        gram.add(v, v)
    found = rotated_best([([products], gram)], n_rotations=3, seed=5)
    for k in range(3):
        z = y.astype(np.float64) @ _haar(16, seed=5 + 7919 * k).double().numpy().T
        brute = np.abs(np.corrcoef(x.T.astype(np.float64), z.T)[:2, 2:]).max(1)
        assert np.allclose(brute, found[k], atol=1e-4)


def test_a_rotation_keeps_lengths_and_angles() -> None:
    q = _haar(32, seed=0)

    assert torch.allclose(torch.eye(32), q @ q.T, atol=1e-5)


# --- windows and points --------------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.text(st.sampled_from("ab \n)é日👩\u200d👧\r\t8"), min_size=1, max_size=300).filter(
            lambda text: not text.isspace()
        ),
        min_size=1,
        max_size=4,
    ),
    st.integers(8, 40),
)
def test_windows_are_the_text_and_fit_into_every_model(
    tmp_path_factory: pytest.TempPathFactory, written: list[str], room: int
) -> None:
    path = tmp_path_factory.mktemp("w") / "rows.jsonl"
    path.write_text("".join(json.dumps({"text": t}) + "\n" for t in written))
    corpus = load_corpus(path)
    cutters = [bpe(256, []), bpe(280, written)]
    windows = list(cut_windows(corpus, cutters, [room, room]).read(Counts()))
    documents = list(corpus.read(Counts()))
    joined: dict[tuple[str, int], str] = {}
    for window in windows:
        key = (window.source, window.offset)
        joined[key] = joined.get(key, "") + window.text

    assert {(d.source, d.offset): d.text for d in documents} == joined
    for cutter in cutters:
        assert all(len(cutter.tokenize(window.text)) <= room for window in windows)


def test_points_are_where_both_have_read_the_same(texts: Path, tokenizers: list[Any]) -> None:
    a, b, _ = tokenizers
    windows = cut_windows(load_corpus(texts), [a, b], [40, 40])
    with packed(windows, a, context=40) as one, packed(windows, b, context=40) as other:
        points = shared_points((one, other), (1, 1))
        for window in range(0, one.n_documents, 7):
            (start_a, spans_a), (start_b, spans_b) = (
                pack.document_spans(window) for pack in (one, other)
            )
            here = points.window == window
            # The first token of each is masked, which both of them end somewhere.
            shared = sorted(set(spans_a[1:, 1].tolist()) & set(spans_b[1:, 1].tolist()))
            assert shared == spans_a[points.a[here] - start_a, 1].tolist()
            assert shared == spans_b[points.b[here] - start_b, 1].tolist()


def test_a_point_one_end_earlier_is_in_the_same_window(texts: Path, tokenizers: list[Any]) -> None:
    a, b, _ = tokenizers
    windows = cut_windows(load_corpus(texts), [a, b], [40, 40])
    with packed(windows, a, context=40) as one, packed(windows, b, context=40) as other:
        points = shared_points((one, other), (1, 1))
    at, is_there = points.lagged(1)

    assert (points.window[at] == points.window)[is_there].all()
    assert len(np.unique(points.window)) == (~is_there).sum()
    assert (at[is_there] == np.flatnonzero(is_there) - 1).all()


def test_a_neuron_that_spikes_on_first_tokens_goes_with_no_other_that_does(
    texts: Path, tokenizers: list[Any]
) -> None:
    def spike(seed: int) -> Reads:
        quiet = noise(seed)
        return lambda read: 50.0 if len(read) < 6 else quiet(read)

    tokenizer = tokenizers[2]  # the same for both, so that first tokens are aligned
    a = ByteModel("a", tokenizer, [[spike(1)]])
    b = ByteModel("b", tokenizer, [[spike(2), spike(3)]])
    [found] = match("L0N0", a, b, texts, context=40, n_rotations=1).models
    # Six bytes, of which the first is masked: five of them spike in both.
    assert found.matches[0].r.value > 0.9

    def first_only(seed: int) -> Reads:
        quiet = noise(seed)
        return lambda read: 50.0 if len(read) < 2 else quiet(read)

    a = ByteModel("a", tokenizer, [[first_only(1)]])
    b = ByteModel("b", tokenizer, [[first_only(2), first_only(3)]])
    [found] = match("L0N0", a, b, texts, context=40, n_rotations=1).models
    assert abs(found.matches[0].r.value) < 0.1


# --- the search ----------------------------------------------------------------------------------


@pytest.mark.parametrize("pair", [(0, 1), (1, 0), (0, 2), (2, 1)])
def test_functions_of_the_bytes_are_found_across_tokenizers(
    texts: Path, tokenizers: list[Any], pair: tuple[int, int]
) -> None:
    order = [2, 0, 3, 1]
    others: list[Reads] = [noise(i) for i in range(12)]
    layers = [others[:6], [*others[6:10], *others[10:]]]
    layers[1][:4] = [FEATURES[i] for i in order]
    a = ByteModel("a", tokenizers[pair[0]], [FEATURES])
    b = ByteModel("b", tokenizers[pair[1]], layers)
    for i in range(4):
        [found] = match(("L0N" + str(i)), a, b, texts, context=40, n_rotations=2).models
        best = found.matches[0]
        assert f"L1N{order.index(i)}" == best.neuron.short
        assert abs(best.r.value - 1) < 1e-9
        assert abs(best.r_discovery - 1) < 1e-5  # in float32
        assert (1, 0) == (best.sign, best.lag)
        is_seen = found.coverage >= 0.5  # a model of bytes does much between the ends of words
        assert ("universal" if is_seen else "not enough evidence") == found.verdict, found.why


def test_sign_and_lag_are_found(texts: Path, tokenizers: list[Any]) -> None:
    bracket = ends_with(b")")

    def one_late(read: bytes) -> float:
        return bracket(read[:-1])

    tokenizer = tokenizers[2]  # bytes: one point later is one byte later
    a = ByteModel("a", tokenizer, [[bracket]])
    b = ByteModel("b", tokenizer, [[noise(1), lambda read: 5 - 2 * bracket(read), one_late]])
    found = match("L0N0", a, b, texts, context=60, n_rotations=1).models[0].matches

    by_name = {m.neuron.short: (m.sign, m.lag, round(m.r.value, 3)) for m in found}
    assert ((-1, 0, 1.0), (1, 1, 1.0)) == (by_name["L0N1"], by_name["L0N2"])


def test_unrelated_neurons_are_not_found(texts: Path, tokenizers: list[Any]) -> None:
    verdicts = []
    for seed in range(12):
        a = ByteModel("a", tokenizers[0], [[noise(-1 - seed)]])
        b = ByteModel("b", tokenizers[1], [[noise(100 * seed + i) for i in range(20)]])
        [found] = match("L0N0", a, b, texts, context=40, n_rotations=1, seed=seed).models
        verdicts.append(found.verdict)
        assert abs(found.matches[0].r.value) < 0.12 > found.permuted

    assert {"not found"} == set(verdicts)


def test_documents_that_are_alike_within_do_not_make_a_match(
    texts: Path, tokenizers: list[Any]
) -> None:
    """Each neuron is one random level per window: few independent points, however many tokens."""

    def level(seed: int) -> Reads:
        quiet = noise(seed)
        return lambda read: quiet(read[:5])

    verdicts = []
    for seed in range(6):
        a = ByteModel("a", tokenizers[0], [[level(-1 - seed)]])
        b = ByteModel("b", tokenizers[1], [[level(100 * seed + i) for i in range(30)]])
        verdicts.append(match("L0N0", a, b, texts, context=40, n_rotations=1).models[0].verdict)

    assert not {"universal", "partial"} & set(verdicts)


def test_planted_correlations_lie_in_their_intervals(texts: Path, tokenizers: list[Any]) -> None:
    hits = []
    for i, rho in enumerate([0.3, 0.5, 0.7, 0.9] * 5):
        common, own = noise(10 * i), noise(10 * i + 1)

        def mixed(read: bytes, rho: float = rho, common: Reads = common, own: Reads = own) -> float:
            return rho * common(read) + (1 - rho**2) ** 0.5 * own(read)

        a = ByteModel("a", tokenizers[0], [[common]])
        b = ByteModel("b", tokenizers[2], [[mixed]])
        [best] = match("L0N0", a, b, texts, context=40, n_rotations=1).models[0].matches
        hits.append(best.r.low <= rho <= best.r.high)
        assert abs(best.r.value - rho) < 0.1

    assert sum(hits) >= 17  # of 20; 19 are expected


def test_a_permuted_model_has_every_neuron_at_its_new_place() -> None:
    model, other = load("demo-gelu-2l", device="cpu"), load("demo-gelu-2l", device="cpu")
    order = torch.from_numpy(np.random.default_rng(0).permutation(model.d_mlp))
    for layer in range(2):
        at = f"blocks.{layer}.mlp"
        other.weights |= {
            f"{at}.W_in": other.weights[f"{at}.W_in"][:, order],
            f"{at}.b_in": other.weights[f"{at}.b_in"][order],
            f"{at}.W_out": other.weights[f"{at}.W_out"][order],
        }
    other.weights_hash, other.name = "permuted", "permuted"
    for layer, index in ((0, 5), (1, 700)):
        [found] = match(
            (layer, index), model, other, demo_corpus(), n_tokens=6_000, n_rotations=1
        ).models
        place = (order == index).nonzero().item()
        assert (layer, place) == (found.matches[0].neuron.layer, found.matches[0].neuron.neuron)
        assert found.matches[0].r.value > 1 - 1e-6


def test_a_model_searched_in_itself_finds_the_neuron_that_is_most_alike_not_itself() -> None:
    model = load("demo-gelu-2l", device="cpu")
    [found] = match("L0N314", model, model, demo_corpus(), n_tokens=4_000, n_rotations=1).models

    assert "L0N314" not in [m.neuron.short for m in found.matches]


def test_the_search_is_the_same_twice_and_from_a_pack(texts: Path, tokenizers: list[Any]) -> None:
    a = ByteModel("a", tokenizers[0], [FEATURES])
    b = ByteModel("b", tokenizers[1], [[*FEATURES, noise(1)]])
    first = match("L0N1", a, b, texts, context=40).to_json()
    with packed(load_corpus(texts), tokenizers[2], context=500) as pack:
        again = match("L0N1", a, b, PackedTexts(pack), context=40).to_json()

    assert first == again


def test_several_models_are_searched_at_the_same_places(texts: Path, tokenizers: list[Any]) -> None:
    a = ByteModel("a", tokenizers[0], [FEATURES])
    b = ByteModel("b", tokenizers[1], [FEATURES])
    c = ByteModel("c", tokenizers[2], [[noise(1), noise(2)]])
    found = match("L0N0", a, [b, c], texts, context=40, n_rotations=1)

    assert ["universal", "not found"] == [one.verdict for one in found.models]
    assert "partial" == found.verdict
    json = found.to_json()
    assert {"b", "c"} == {m["model"] for m in json["matches"]}
    keys = {"model", "neuron", "r_discovery", "r_confirmation", "low", "high", "excess"}
    assert keys | {"sign", "lag", "coverage"} <= json["matches"][0].keys()
    assert "a/0/0 in b: universal" in repr(found)


def test_coverage_is_the_share_of_its_activation_at_shared_ends(
    texts: Path, tokenizers: list[Any]
) -> None:
    inside = ends_with(b"ingle")  # no end of the coarse one
    rarely = ends_with(b"sing")
    a = ByteModel("a", tokenizers[2], [[inside, ends_with(b")"), rarely]])
    b = ByteModel("b", tokenizers[1], [[noise(1), noise(2)]])
    [hidden] = match("L0N0", a, b, texts, context=60, n_rotations=1).models
    [seen] = match("L0N1", a, b, texts, context=60, n_rotations=1).models

    assert "not enough evidence" == hidden.verdict
    assert "cannot be compared there" in hidden.why
    assert hidden.coverage < 0.1 < 0.9 < seen.coverage


def test_an_untrained_model_has_less_of_it_and_the_verdict_says_how_much() -> None:
    a, b = load("demo-gelu-2l", device="cpu"), load("demo-solu-1l", device="cpu")
    options = {"n_tokens": 10_000, "n_rotations": 1}
    [found] = match("L0N314", a, b, demo_corpus(), untrained=True, **options).models
    [without] = match("L0N314", a, b, demo_corpus(), **options).models

    assert found.untrained is not None
    assert 0.05 < found.untrained < found.matches[0].r_discovery
    assert without.untrained is None
    assert without.matches == found.matches


# --- mistakes ------------------------------------------------------------------------------------


def test_mistakes_are_sentences(texts: Path, tokenizers: list[Any], tmp_path: Path) -> None:
    a = ByteModel("a", tokenizers[0], [[lambda _: 1.0, noise(1)]])
    b = ByteModel("b", tokenizers[1], [FEATURES])
    one = tmp_path / "one.txt"
    one.write_text("8) singled out 9) personality")

    with pytest.raises(NeuronIsConstant, match="a/0/0 has one and the same activation"):
        match("L0N0", a, b, texts, context=40)
    with pytest.raises(NeuronOutOfRange):
        match("L0N2", a, b, texts)
    with pytest.raises(TooFewDocuments):
        match("L0N1", a, b, one)
    letters = [tmp_path / "a.txt", tmp_path / "b.txt"]
    for letter in letters:
        letter.write_text("a" if letter == letters[0] else "b")
    with pytest.raises(EmptyCorpus, match="end no token at the same place"):
        match("L0N1", a, b, letters)
    with pytest.raises(BadOption, match="--number"):
        match("L0N1", a, b, texts, k=0)
    with pytest.raises(Stopped):
        match("L0N1", a, b, texts, context=40, should_stop=lambda: True)


def test_a_few_texts_show_little_and_it_says_how_little(
    tmp_path: Path, tokenizers: list[Any]
) -> None:
    few = written(tmp_path, 6)
    a = ByteModel("a", tokenizers[0], [[ends_with(b")")]])
    b = ByteModel("b", tokenizers[1], [[ends_with(b")"), *map(noise, range(30))]])
    [found] = match("L0N0", a, b, few, context=40, n_rotations=1).models

    assert "not enough evidence" == found.verdict
    assert "spread over 3 documents of the confirmation half, 30 are needed" in found.why
    assert "31 unrelated neurons reaches r 0." in found.why


# --- verdicts ------------------------------------------------------------------------------------

GOOD = Seen(
    model="b",
    r=Estimate(0.82, 0.75, 0.88),
    second=0.3,
    rotation=0.2,
    permuted=0.1,
    untrained=None,
    n_neurons=2048,
    coverage=0.98,
    documents=60,
    joint_documents=55,
)


@pytest.mark.parametrize(
    ("changes", "verdict", "says"),
    [
        ({}, "universal", "b has it: r 0.82 [0.75, 0.88] on documents that had no part"),
        ({"second": 0.8}, "universal", "a family rather than one neuron"),
        ({"r": Estimate(0.52, 0.45, 0.6)}, "partial", "something like it"),
        ({"r": Estimate(0.35, 0.25, 0.45)}, "not enough evidence", "More text would tell"),
        ({"r": Estimate(0.2, 0.1, 0.29)}, "not found", "0.3, where a match begins"),
        ({"r": Estimate(0.6, 0.5, 0.65), "rotation": 0.7}, "not found", "rotated layers"),
        ({"r": Estimate(0.6, 0.5, 0.65), "permuted": 0.7}, "not found", "permuted documents"),
        ({"untrained": 0.9}, "not found", "0.90, the best in the model untrained"),
        ({"untrained": 0.6}, "universal", ", 0.60 in the model untrained"),
        ({"documents": 29}, "not enough evidence", "29 documents"),
        ({"joint_documents": 29}, "not enough evidence", "over 29 documents only"),
        ({"joint_documents": 0}, "not found", "0.3"),
        ({"coverage": 0.49}, "not enough evidence", "Only 49%"),
        ({"r": Estimate(float("nan"), -1, 1)}, "not enough evidence", ""),
    ],
)
def test_the_verdict_follows_the_numbers(changes: dict[str, Any], verdict: str, says: str) -> None:
    found, why = judge_match(dataclasses.replace(GOOD, **changes))

    assert verdict == found
    assert says in why


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [
        (["universal", "universal"], "universal"),
        (["universal", "not found"], "partial"),
        (["not found", "not found"], "not found"),
        (["not found", "not enough evidence"], "not enough evidence"),
    ],
)
def test_verdicts_on_several_models_sum_up(verdicts: Sequence[Any], whole: str) -> None:
    assert whole == over_all(verdicts)


@pytest.mark.parametrize("kind", ["gpt2", "toy"])
def test_an_untrained_model_has_the_same_numbers_in_other_places(
    model_of: Callable[[str], Any], kind: str
) -> None:
    model = load("demo-solu-1l", device="cpu") if kind == "toy" else model_of(kind)
    once, again, other = model.untrained(1), model.untrained(1), model.untrained(2)

    def acts(its: Any) -> torch.Tensor:
        seen = []
        its.run(torch.tensor([[5, 6, 7, 8]]), [4], lambda _, x: seen.append(x.clone()), [0])
        return seen[0]

    assert torch.equal(acts(once), acts(again))
    assert not torch.allclose(acts(once), acts(other))
    assert not torch.allclose(acts(once), acts(model))
    ours, theirs = model.out_weights(0), once.out_weights(0)
    assert (ours.shape, model.n_parameters) == (theirs.shape, once.n_parameters)
    assert len({model.weights_hash, once.weights_hash, other.weights_hash}) == 3
    if kind == "toy":
        assert torch.equal(ours.flatten().sort().values, theirs.flatten().sort().values)
