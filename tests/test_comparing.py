"""All neurons of one model against all of another: against numpy, permutations and noise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from byte_model import ByteModel, bpe, ends_with, noise
from test_matching import FEATURES, written

from lmscope import load
from lmscope.corpora import load_corpus
from lmscope.demonstration import corpus as demo_corpus
from lmscope.errors import BadOption, Stopped, TooFewDocuments
from lmscope.matching import comparing
from lmscope.matching.comparing import Compared, assigned, compare
from lmscope.matching.correlating import Products, Side
from lmscope.matching.searching import share_out
from lmscope.matching.windows import cut_windows, shared_points
from lmscope.pack import packed
from lmscope.recording import record


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("comparing"), 40)


@pytest.fixture(scope="module")
def tokenizers(texts: Path) -> list[Any]:
    read = [path.read_text() for path in sorted(texts.iterdir())]
    return [bpe(300, read), bpe(420, read[::2])]


@pytest.fixture(scope="module")
def demos() -> list[Any]:
    return [load(name, device="cpu") for name in ("demo-solu-1l", "demo-gelu-2l")]


@pytest.fixture(scope="module")
def compared(demos: list[Any]) -> Compared:
    return compare(*demos, demo_corpus(), n_tokens=6_000, n_rotations=2)


def test_partners_are_those_of_all_correlations_by_numpy(
    demos: list[Any], compared: Compared
) -> None:
    windows = cut_windows(
        load_corpus(demo_corpus()), [m.tokenizer for m in demos], [128, 128], n_tokens=6_000
    )
    cuts = [packed(windows, m.tokenizer, context=128) for m in demos]
    with cuts[0] as one, cuts[1] as other:
        points = shared_points((one, other), (1, 1))
        confirming = share_out(one, 0)[points.window]
        x, y = (
            np.concatenate([record(m, p, {i: range(m.d_mlp)})[i] for i in range(m.n_layers)])
            for m, p in zip(demos, (one, other), strict=True)
        )
    x, y = x[:, points.a], y[:, points.b]
    n = len(x)
    r = [np.corrcoef(x[:, half], y[:, half])[:n, n:] for half in (~confirming, confirming)]
    rows, best = np.arange(n), r[0].argmax(1)
    its = compared.partners_a

    assert len(points) == compared.n_points
    assert np.abs(r[0][rows, best] - its.r_discovery).max() < 1e-5
    same = its.partner == best  # all but ties within rounding
    assert same.mean() > 0.99
    assert np.abs(r[1][rows, best] - its.r_confirmation)[same].max() < 1e-5
    assert np.abs(np.sort(r[0], 1)[:, -2] - its.second).max() < 1e-5
    its, columns = compared.partners_b, np.arange(r[0].shape[1])
    best = r[0].argmax(0)
    same = its.partner == best
    assert same.mean() > 0.99
    assert np.abs(r[0].max(0) - its.r_discovery).max() < 1e-5
    assert np.abs(r[1][best, columns] - its.r_confirmation)[same].max() < 1e-5
    assert np.abs(np.sort(r[0], 0)[-2] - its.second).max() < 1e-5
    by_layer = r[0].reshape(n, 2, 768).max(2).mean(0)
    assert np.allclose(by_layer, compared.best_r[0], atol=1e-5)
    mutual = r[0].argmax(0)[r[0].argmax(1)] == rows
    assert (mutual == compared.partners_a.is_mutual).mean() > 0.99


def test_blocks_of_layers_give_the_same(demos: list[Any], compared: Compared) -> None:
    again = compare(*demos, demo_corpus(), n_tokens=6_000, n_rotations=2, max_bytes=1)

    for ours, theirs in (
        (compared.partners_a, again.partners_a),
        (compared.partners_b, again.partners_b),
    ):
        assert (ours.partner == theirs.partner).all()
        assert (ours.is_mutual == theirs.is_mutual).all()
        for name in ("r_discovery", "r_confirmation", "second", "rotation"):
            assert np.allclose(getattr(ours, name), getattr(theirs, name), equal_nan=True)
    assert compared.pairs == again.pairs
    assert (compared.families_a, compared.families_b) == (again.families_a, again.families_b)
    assert np.allclose(compared.best_r, again.best_r)


def test_the_same_twice_gives_the_same_json(demos: list[Any], compared: Compared) -> None:
    again = compare(*demos, demo_corpus(), n_tokens=6_000, n_rotations=2)

    assert compared.to_json() == again.to_json()
    keys = {"pair", "neurons_a", "neurons_b", "points", "universal_share_a", "universal_share_b"}
    assert keys | {"by_layer", "best"} <= compared.to_json().keys()
    assert {"a", "b", "r", "excess", "mutual"} <= compared.to_json()["best"][0].keys()
    r = [pair["r"] for pair in compared.to_json()["best"]]
    assert sorted(r, reverse=True) == r
    assert (50, 3) == (len(r), len(compared.to_json(3)["best"]))


def test_permuted_neurons_are_matched_one_to_one() -> None:
    model, other = load("demo-gelu-2l", device="cpu"), load("demo-gelu-2l", device="cpu")
    orders = []
    for layer in range(2):
        order = np.random.default_rng(layer).permutation(model.d_mlp)
        at, moved = f"blocks.{layer}.mlp", torch.from_numpy(order)
        other.weights |= {
            f"{at}.W_in": other.weights[f"{at}.W_in"][:, moved],
            f"{at}.b_in": other.weights[f"{at}.b_in"][moved],
            f"{at}.W_out": other.weights[f"{at}.W_out"][moved],
        }
        orders.append(layer * model.d_mlp + np.argsort(order))
    place = np.concatenate(orders)
    other.weights_hash = other.name = "permuted"
    found = compare(model, other, demo_corpus(), n_tokens=6_000, n_rotations=1)

    its = found.partners_a
    assert (place == its.partner).all()
    assert its.is_mutual.all()
    assert np.abs(its.r_confirmation - 1).max() < 1e-4
    assert tuple(enumerate(place.tolist())) == found.pairs
    assert np.allclose(its.r_discovery - its.rotation, its.excess)


def test_mutual_partners_among_noise_are_as_many_as_chance_gives(
    texts: Path, tokenizers: list[Any]
) -> None:
    a = ByteModel("a", tokenizers[0], [[noise(i) for i in range(60)]])
    b = ByteModel("b", tokenizers[1], [[noise(1000 + i) for i in range(100)]])
    found = compare(a, b, texts, context=40, n_rotations=1)
    expected = 100 / (60 + 100 - 1)  # of the 60

    assert abs(found.partners_a.is_mutual.mean() - expected) < 4 * (expected / 60) ** 0.5
    assert expected == found.to_json()["mutual_by_chance"]
    assert not found.partners_a.is_found.any()
    assert np.abs(found.partners_a.r_confirmation).max() < 0.2


def test_neurons_that_never_change_have_no_partner(texts: Path, tokenizers: list[Any]) -> None:
    a = ByteModel("a", tokenizers[0], [[*FEATURES, lambda _: 0.5]])
    b = ByteModel("b", tokenizers[1], [[lambda _: 0.1, *FEATURES[::-1]]])
    found = compare(a, b, texts, context=40, n_rotations=1)

    assert [4, 3, 2, 1, -1] == found.partners_a.partner.tolist()
    assert [-1, 3, 2, 1, 0] == found.partners_b.partner.tolist()
    assert [True] * 4 + [False] == found.partners_a.is_found.tolist()
    assert np.isnan(found.partners_a.r_discovery[4])
    assert ((0, 4), (1, 3), (2, 2), (3, 1)) == found.pairs
    assert ["L0N0", "L0N1", "L0N2", "L0N3"] == sorted(p["a"] for p in found.to_json()["best"])


def test_a_model_against_itself_shows_its_families_and_no_neuron_is_its_own_partner(
    texts: Path, tokenizers: list[Any]
) -> None:
    bracket = ends_with(b")")
    neurons = [bracket, noise(1), lambda read: 3 * bracket(read) + 1, noise(2), noise(3)]
    a = ByteModel("a", tokenizers[0], [neurons])
    found = compare(a, a, texts, context=40, n_rotations=1)

    assert ((0, 2),) == found.families_a == found.families_b
    assert [2, 0] == found.partners_a.partner[[0, 2]].tolist()
    assert (found.partners_a.partner != np.arange(5)).all()
    assert [["L0N0", "L0N2"]] == found.to_json()["families_a"]


def test_families_are_tied_by_any_member() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4_000, 1)) + np.array([[0, 0.0, 0, 0]])
    x += rng.normal(size=(4_000, 4)) * np.array([0.1, 0.2, 5, 0.4])
    side = Side(4)
    gram = Products(side, side)
    z = side.take(x.astype(np.float32))
    gram.add(z, z)

    assert [(10, 11, 13)] == comparing._families(gram, 10)


def test_an_assignment_is_the_best_of_all() -> None:
    from scipy.optimize import linear_sum_assignment

    r = np.random.default_rng(0).normal(size=(12, 9))
    to = np.tile(np.arange(9), (12, 1))
    pairs = assigned(to, r, 9)
    rows, columns = linear_sum_assignment(np.maximum(r, 0), maximize=True)
    best = np.maximum(r, 0)[rows, columns].sum()

    assert abs(best - sum(r[i, j] for i, j in pairs)) < 1e-9
    assert len({j for _, j in pairs}) == len(pairs)


def test_twins_share_most_then_trained_models_then_one_that_began_to_learn() -> None:
    one, twin, early, gelu = (
        load(f"demo-{name}", device="cpu")
        for name in ("solu-1l", "solu-1l-twin", "solu-1l-early", "gelu-2l")
    )
    shares = [
        compare(*pair, demo_corpus(), n_tokens=8_000, n_rotations=1).partners_a.is_found.mean()
        for pair in ((one, twin), (one, gelu), (early, gelu))
    ]

    assert shares[0] > 1.5 * shares[1] > 2 * shares[2] > 0, shares


def test_mistakes_are_sentences(texts: Path, tokenizers: list[Any], tmp_path: Path) -> None:
    a = ByteModel("a", tokenizers[0], [FEATURES])
    b = ByteModel("b", tokenizers[1], [FEATURES])
    one = tmp_path / "one.txt"
    one.write_text("8) singled out 9) personality")

    with pytest.raises(TooFewDocuments):
        compare(a, b, one)
    with pytest.raises(BadOption, match="--rotations"):
        compare(a, b, texts, n_rotations=0)
    with pytest.raises(Stopped):
        compare(a, b, texts, context=40, should_stop=lambda: True)
    assert "a and b: at" in repr(compare(a, b, texts, context=40, n_rotations=1))
