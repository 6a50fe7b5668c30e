"""Search by rule, on a model whose activations are known, against counts and precisions by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lmscope import finding, kernels
from lmscope.catalogue import Catalogue
from lmscope.corpora import load_corpus
from lmscope.errors import (
    BadOption,
    LayerOutOfRange,
    NothingToTellFrom,
    RuleMarksNothing,
    RuleMarksNothingHere,
    RuleMarksTooMuch,
    Stopped,
    TooFewDocuments,
    UnreadableRule,
)
from lmscope.evidence import (
    against_shuffled,
    average_precision,
    histogram_average_precision,
    shuffles,
)
from lmscope.evidence.measures import binned_average_precision
from lmscope.finding import OFFSETS, SIDES, corrected, ranked, search
from lmscope.hypotheses.ground import split
from lmscope.hypotheses.judging import Aim
from lmscope.marking import Tokens, mark
from lmscope.pack import Pack, write_pack
from lmscope.recording import record
from lmscope.rules import Rule

N_LAYERS, D_MLP, SKIP = 3, 14, 1
AT, PLANTED = "/@/", (1, 5)
N_BINS = 2 * kernels.N_STEPS + 1


class Tables:
    """A model that reads its activations off tables: the same in every batch, to the last bit.

    Each neuron adds what it has for a token and for the one before, times something between 0.5 and
    1.5 that depends on all the tokens before. The planted one also fires round each `@`.
    """

    def __init__(self, like: Any, side: int = 1, offset: int = 0) -> None:
        for name in ("name", "site", "n_ctx", "tokenizer"):
            setattr(self, name, getattr(like, name))
        self.n_layers, self.d_mlp = N_LAYERS, D_MLP
        rng = np.random.default_rng(0)
        shape = (2, N_LAYERS, like.tokenizer.n_vocab, D_MLP)
        spread = np.exp(rng.standard_normal(shape)) * rng.standard_normal(shape)
        self.tables = torch.from_numpy(spread.astype(np.float32))
        self.tables[:, 0, :, 0] = 0  # a dead neuron
        self.tables[:, PLANTED[0], :, PLANTED[1]] *= 0.2  # it does little else
        self.side, self.offset = side, offset
        [self.at] = like.tokenizer.tokenize_all(["@"])[0].ids.tolist()
        self.n_tokens = 0
        self.layers: list[list[int]] = []

    def run(self, ids: Any, lengths: Any, visit: Any, layers: Any = None) -> None:
        self.n_tokens += sum(lengths) - len(lengths)  # one token before each segment
        self.layers.append(list(layers))
        before = torch.roll(ids, 1, 1)
        mixed = ids.cumsum(1)[..., None] * 2654435761 * (torch.arange(D_MLP) + 7)
        strength = 0.5 + (mixed % (1 << 32)).float() / (1 << 32)
        for layer in layers:
            values = self.tables[0, layer][ids] + self.tables[1, layer][before]
            values *= strength
            if layer == PLANTED[0]:
                moved = torch.roll(ids == self.at, self.offset, 1)
                values[..., PLANTED[1]] += self.side * 20 * moved
            visit(layer, values)


def words(seed: int) -> str:
    rng = np.random.default_rng(seed)
    some = ["the", "river", "of", "stone", "and", "light", "under", "green", "machine", "window"]
    chosen = [some[i] for i in rng.integers(0, len(some), 60)]
    if rng.random() < 0.7:
        for i in rng.choice(np.arange(0, 60, 12), 2, replace=False):
            chosen[i] = "@"
    return f"Number {seed}: " + " ".join(chosen)


@pytest.fixture(scope="module")
def cut(tmp_path_factory: Any, model_of: Callable[[str], Any]) -> Callable[[list[str]], Pack]:
    """Cut documents with a tokenizer that puts a token before each segment."""

    def give(documents: list[str]) -> Pack:
        folder = tmp_path_factory.mktemp("cut")
        file = folder / "documents.jsonl"
        file.write_text("".join(json.dumps({"text": text}) + "\n" for text in documents))
        tokenizer = model_of("llama").tokenizer
        return write_pack(load_corpus(file), tokenizer, folder / "pack", context=40)

    return give


@pytest.fixture(scope="module")
def pack(cut: Callable[[list[str]], Pack]) -> Pack:
    return cut([words(i) for i in range(160)])


@pytest.fixture
def tables(model_of: Callable[[str], Any]) -> Tables:
    return Tables(model_of("llama"))


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What `find` counted and ranked."""
    kept: dict[str, Any] = {}
    count, rank = finding._count, finding._rank

    def keep_count(*args: Any) -> Any:
        kept["rows"], kept["counts"] = args[2], count(*args)
        return kept["counts"]

    def keep_rank(counts: Any) -> Any:
        kept["ap"], kept["best"] = rank(counts)
        return kept["ap"], kept["best"]

    monkeypatch.setattr(finding, "_count", keep_count)
    monkeypatch.setattr(finding, "_rank", keep_rank)
    return kept


def everything(model: Any, pack: Pack) -> Any:
    """Every activation, float32 [n_layers, d_mlp, n_tokens]."""
    whole = record(model, pack, {layer: range(D_MLP) for layer in range(N_LAYERS)})
    return np.stack([whole[layer] for layer in range(N_LAYERS)])


def binned(x: Any) -> Any:
    """The bins of `count_rows`, by a search in their edges."""
    steps = np.searchsorted(kernels.step_edges(), np.abs(x), side="right")
    return kernels.N_STEPS + np.where(x < 0, -steps, steps)


def choosing(pack: Pack, tokens: Tokens, seed: int = 0) -> Any:
    return finding._parts(pack, tokens, seed)[tokens.segment] == finding._CHOOSING


# --- the loops -----------------------------------------------------------------------------------

activations = st.lists(
    st.one_of(
        st.floats(width=32, allow_nan=False),
        st.sampled_from([0.0, -0.0, *kernels.step_edges().tolist(), -4096.0, -1.25, 1e-30]),
    ),
    min_size=1,
    max_size=30,
)


@given(activations)
def test_a_bin_is_read_off_the_bits_as_a_search_in_the_edges_finds_it(values: list[float]) -> None:
    x = np.asarray(values, np.float32)
    counts = np.zeros((2, 1, N_BINS), np.uint32)
    rows = np.full((1, len(x)), 2, np.uint16)
    kernels.count_rows(x[None, :, None].view(np.int32), 0, rows, 0, 1, counts)

    assert np.bincount(binned(x), minlength=N_BINS).tolist() == counts[1, 0].tolist()
    assert not counts[0].any()


def test_a_layer_wider_than_a_chunk_is_counted_whatever_the_shares() -> None:
    rng = np.random.default_rng(0)
    bits = rng.standard_normal((3, 7, 1100)).astype(np.float32).view(np.int32)
    rows = rng.integers(0, 8, (3, 6)).astype(np.uint16)
    found = []
    for shares in ([(0, 1100)], finding._shares(1100, 7)):
        counts = np.zeros((3, 1100, N_BINS), np.uint32)
        for n0, n1 in shares:
            kernels.count_rows(bits, 1, rows, n0, n1, counts)
        found.append(counts)

    assert np.array_equal(*found)
    for row in range(3):
        assert (int((rows >> row & 1).sum()) == found[0][row].sum(-1)).all()


def test_the_ranking_is_that_of_the_evidence() -> None:
    rng = np.random.default_rng(0)
    far, marked = rng.poisson(0.8, (2, 50, N_BINS)).astype(np.uint32)
    out = np.empty((2, 50))
    kernels.rank_counts(marked, far.astype(np.float64), 0, 50, out)

    for side, got in zip(SIDES, out, strict=True):
        want = histogram_average_precision(np.stack([far, marked], 1)[..., ::side]).value
        assert np.allclose(want, got, rtol=1e-12)


# --- what is counted -----------------------------------------------------------------------------


def test_every_neuron_is_counted_on_the_tokens_that_each_offset_says(
    tables: Tables, pack: Pack, seen: dict[str, Any]
) -> None:
    search(AT, tables, pack, skip=SKIP, k=1)
    tokens, marks = Tokens.of(pack, SKIP), mark(Rule.read(AT), pack)
    here, bins = choosing(pack, tokens), binned(everything(tables, pack))

    def by_hand(mask: Any) -> Any:
        return [[np.bincount(x[mask], minlength=N_BINS) for x in layer] for layer in bins]

    for i, offset in enumerate(OFFSETS):
        y, ignore = marks.at(offset, tokens)
        assert y[here].sum() > 50
        assert np.array_equal(by_hand(here & ~ignore & y), seen["counts"][:, 1 + i])
        assert np.array_equal(by_hand(here & ~ignore & ~y), seen["counts"][:, 0])
    counted = seen["counts"][:, 0] + seen["counts"][:, 6]
    assert np.array_equal(by_hand(here & tokens.counts), counted)


def test_shuffled_labels_are_counted_on_other_documents(
    tables: Tables, pack: Pack, seen: dict[str, Any]
) -> None:
    found = search(AT, tables, pack, skip=SKIP, k=1)
    tokens, marks = Tokens.of(pack, SKIP), mark(Rule.read(AT), pack)
    at = np.flatnonzero(choosing(pack, tokens) & tokens.counts)
    x = everything(tables, pack)[..., at]
    n_far, n_marked = (int((seen["rows"] >> row & 1).sum()) for row in (0, 3))
    best = 0.0
    for i, moved in enumerate(shuffles(tokens.document[at], marks.labels[at], n=5, seed=0)):
        y = np.zeros(len(at), np.bool_)
        y[moved] = True
        assert (y.sum() == seen["counts"][:, 7 + i].sum(-1)).all()
        # As many negatives to a positive as the rule has.
        weight = n_far / n_marked * y.sum() / (~y).sum()
        for row in binned(x).reshape(-1, len(at)):
            moved, rest = (np.bincount(row[which], minlength=N_BINS) for which in (y, ~y))
            for side in SIDES:
                tokens_of = moved[::-side] + weight * rest[::-side]
                ap = binned_average_precision(moved[::-side], tokens_of, np.zeros(N_BINS, bool))
                best = max(best, float(ap))
    assert best == pytest.approx(found.shuffled_best)


def test_the_ranking_is_close_to_exact_average_precision(
    tables: Tables, pack: Pack, seen: dict[str, Any]
) -> None:
    search(AT, tables, pack, skip=SKIP, k=1)
    tokens, marks = Tokens.of(pack, SKIP), mark(Rule.read(AT), pack)
    here, x = choosing(pack, tokens), everything(tables, pack)
    for i, offset in enumerate(OFFSETS):
        y, ignore = marks.at(offset, tokens)
        use = here & ~ignore
        for s, side in enumerate(SIDES):
            exact = [[average_precision(side * n[use], y[use]) for n in layer] for layer in x]
            counts = seen["counts"][:, [0, 1 + i], :, ::side].swapaxes(1, 2)
            bounds = histogram_average_precision(counts)
            assert (bounds.low - 1e-9 <= exact).all() and (exact <= bounds.high + 1e-9).all()
            away = np.abs(exact - seen["ap"][:, s, i])
            assert away.mean() < 0.005 and away.max() < 0.05


# --- what is found -------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize("offset", [-2, -1, 0, 1, 2])
def test_a_planted_neuron_is_found_with_its_side_and_offset(
    model_of: Any, pack: Pack, side: int, offset: int
) -> None:
    model = Tables(model_of("llama"), side, offset)
    found = search(AT, model, pack, skip=SKIP, k=4)
    first = found.neurons[0]

    assert (PLANTED, side, offset) == (
        (first.neuron.layer, first.neuron.neuron), first.aim.side, first.aim.offset
    )  # fmt: skip
    assert first.aim.ap > 0.9
    assert first.judged.verdict.verdict == "holds up"
    assert first.judged.corpus.p == 0.001
    assert found.shuffled_best is not None
    assert found.shuffled_best < 0.2 and found.base_rate < found.random_median < 0.2
    x = side * everything(model, pack)[PLANTED]
    tokens, marks = Tokens.of(pack, SKIP), mark(Rule.read(AT), pack)
    y, ignore = marks.at(offset, tokens)
    use = split(pack)[0][pack.document_of(tokens.segment)] & ~ignore
    assert average_precision(x[use], y[use]) == first.judged.corpus.ap.value


def test_the_threshold_is_the_edge_with_the_best_f1(
    tables: Tables, pack: Pack, seen: dict[str, Any]
) -> None:
    found = search(AT, tables, pack, skip=SKIP, k=5)
    tokens, marks = Tokens.of(pack, SKIP), mark(Rule.read(AT), pack)
    x = everything(tables, pack)
    for neuron in found.neurons:
        y, ignore = marks.at(neuron.aim.offset, tokens)
        use = choosing(pack, tokens) & ~ignore
        row = neuron.aim.side * x[neuron.neuron.layer, neuron.neuron.neuron][use]

        def f1(at: float, row: Any = row, y: Any = y[use]) -> float:
            return float(2 * (y & (row >= at)).sum() / (y.sum() + (row >= at).sum()))

        every = [f1(float(edge)) for edge in kernels.step_edges()]
        assert max(every) == pytest.approx(f1(neuron.aim.threshold))
        assert 0 < neuron.aim.threshold < 4096


def test_each_token_goes_through_the_model_once(tables: Tables, pack: Pack) -> None:
    told: list[tuple[int, int]] = []
    search(AT, tables, pack, skip=SKIP, k=1, report=lambda *how: told.append(how))

    assert pack.n_tokens == tables.n_tokens
    assert sorted(told) == told and (pack.n_tokens, pack.n_tokens) == told[-1]
    # The second time only up to the layer of the best.
    assert [[0, 1, 2], [PLANTED[0]]] == [tables.layers[0], tables.layers[-1]]


def test_the_parts_are_whole_documents_and_half_is_for_confirmation(pack: Pack) -> None:
    tokens = Tokens.of(pack, SKIP)
    part = finding._parts(pack, tokens, 3)
    document = pack.document_of(np.arange(pack.n_segments))

    assert all(len(set(part[document == d])) == 1 for d in range(pack.n_documents))
    assert np.array_equal(split(pack, seed=3)[0][document], part == finding._CONFIRMATION)
    shares = np.bincount(part, pack.lengths) / pack.n_tokens
    assert np.allclose([3 / 8, 1 / 8, 1 / 2], shares, atol=0.02)


def test_one_long_document_does_not_take_the_place_of_those_to_choose_on(
    cut: Callable[[list[str]], Pack],
) -> None:
    long = " ".join(words(300 + i) for i in range(30))
    uneven = cut([long, *(words(i) for i in range(20))])
    tokens = Tokens.of(uneven, SKIP)
    for seed in range(8):
        part = finding._parts(uneven, tokens, seed)
        choosing, aiming, _ = np.bincount(part, uneven.lengths, 3)
        assert choosing >= 3 * aiming


def test_the_same_search_finds_the_same(tables: Tables, pack: Pack) -> None:
    first, again, in_other_batches, other = (
        search(AT, tables, pack, skip=SKIP, k=3, **how).to_json()
        for how in ({}, {}, {"batch_tokens": 100}, {"seed": 1})  # type: ignore[arg-type]
    )

    assert first == again == in_other_batches
    assert first["neurons"] != other["neurons"]


def test_the_json_has_what_is_promised(tables: Tables, pack: Pack) -> None:
    found = search(Rule.read(AT), tables, pack, skip=SKIP, k=3)
    plain = json.loads(json.dumps(found.to_json(), allow_nan=False))

    assert AT == plain["rule"] and 3 == len(plain["neurons"])
    for neuron in plain["neurons"]:
        keys = {"model", "neuron", "side", "offset", "discovery", "confirmation", "verdict"}
        assert keys <= neuron.keys()
        assert {"ap", "ap_low", "ap_high", "p_adjusted"} <= neuron["confirmation"].keys()
        assert "p" not in neuron["confirmation"]
    assert "L1N5" == plain["neurons"][0]["neuron"] and "+" == plain["neurons"][0]["side"]
    assert "42 neurons were ranked" in plain["correction"]
    assert {"choosing", "aiming", "confirmation"} == plain["documents"].keys()
    assert 160 == sum(plain["documents"].values())
    assert "L1N5" in repr(found) and "holds up" in repr(found.neurons[0])


def test_more_neurons_may_be_asked_for_than_there_are(tables: Tables, pack: Pack) -> None:
    found = search(AT, tables, pack, skip=SKIP, layers=[1], k=100)

    assert D_MLP == len(found.neurons) == found.n_neurons
    assert PLANTED == (found.neurons[0].neuron.layer, found.neurons[0].neuron.neuron)
    order = [neuron.judged.corpus.ap.value for neuron in found.neurons]
    assert sorted(order, reverse=True) == order


def test_neurons_of_several_models_are_put_in_one_order(tables: Tables, pack: Pack) -> None:
    neurons = search(AT, tables, pack, skip=SKIP, k=3).neurons
    nothing = replace(neurons[0].judged.corpus.ap, value=float("nan"))
    judged = replace(neurons[0].judged, corpus=replace(neurons[0].judged.corpus, ap=nothing))
    unknown = replace(neurons[0], judged=judged)

    assert [*neurons, unknown] == ranked([unknown, *neurons[::-1]])


def test_any_token_of_a_place_may_fire(tables: Tables, pack: Pack) -> None:
    found = search(r"/@ \w+/", tables, pack, skip=SKIP, which="any", k=2)

    assert PLANTED == (found.neurons[0].neuron.layer, found.neurons[0].neuron.neuron)
    assert found.neurons[0].judged.corpus.event_scores is not None


@pytest.mark.parametrize("kind", ["gpt2", "llama", "bert", "solu"])
def test_every_kind_of_model_is_searched_on_the_corpus_of_its_catalogue(
    kind: str, model_of: Any, scanned: Any
) -> None:
    model, catalogue = model_of(kind), Catalogue.open(scanned(kind))
    skip = catalogue.manifest["counted"]["first_position_counted"]
    found = search("/e/", model, catalogue.pack, skip=skip, k=2)

    assert (model.name, model.site, 80) == (found.model, found.site, found.n_neurons)
    assert 2 == len(found.neurons)
    json.dumps(found.to_json(), allow_nan=False)


# --- the correction ------------------------------------------------------------------------------


def drawn(pack: Pack) -> tuple[Tokens, Any, Any, Any]:
    tokens, marks = Tokens.of(pack, SKIP), mark(Rule.read(AT), pack)
    x = np.random.default_rng(0).standard_normal((4, len(tokens))).astype(np.float32)
    return tokens, marks, x, split(pack)[0][pack.document_of(tokens.segment)]


def test_without_offsets_the_correction_is_that_of_the_evidence(pack: Pack) -> None:
    tokens, marks, x, confirmation = drawn(pack)
    x[1] -= 2 * marks.labels
    aims = [Aim(side, 0, 1.0, 0.5) for side in (1, -1, 1, 1)]
    y, ignore = marks.at(0, tokens)
    use = confirmation & ~ignore
    sides = np.array([[1], [-1], [1], [1]], np.float32)
    want = against_shuffled((sides * x)[:, use], y[use], tokens.document[use])

    assert want.p.tolist() == corrected(x, aims, marks, tokens, confirmation).tolist()


def test_neurons_with_different_offsets_are_corrected_together(pack: Pack) -> None:
    tokens, marks, x, confirmation = drawn(pack)
    aims = [Aim(side, offset, 1.0, 0.5) for side, offset in ((1, -2), (-1, 1), (1, 2), (1, 0))]
    for row, aim in zip(x[:3], aims[:3], strict=True):
        row += aim.side * 2 * marks.at(aim.offset, tokens)[0]
    p = corrected(x, aims, marks, tokens, confirmation)

    assert [0.001] * 3 == p[:3].tolist() and p[3] > 0.05


def test_of_noise_the_best_of_many_is_mostly_not_significant(pack: Pack) -> None:
    tokens, marks, _, confirmation = drawn(pack)
    least = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((10, len(tokens))).astype(np.float32)
        aims = [Aim(1, int(o), 1.0, 0.5) for o in rng.integers(-2, 3, 10)]
        least.append(corrected(x, aims, marks, tokens, confirmation, seed=seed).min())

    assert np.mean(np.array(least) < 0.05) <= 0.15  # 2 of 40 expected, 6 at most


def test_without_a_token_of_confirmation_every_p_is_1(pack: Pack) -> None:
    tokens, marks, x, confirmation = drawn(pack)
    aims = [Aim(1, 0, 1.0, 0.5)] * 4

    assert [1.0] * 4 == corrected(x, aims, marks, tokens, confirmation & False).tolist()


# --- what cannot be searched ---------------------------------------------------------------------


def test_a_search_can_be_stopped_anywhere(tables: Tables, pack: Pack) -> None:
    def asked(stop_at: int) -> int:
        n = 0

        def should_stop() -> bool:
            nonlocal n
            n += 1
            return n == stop_at

        with pytest.raises(Stopped) if stop_at else nullcontext():
            search(AT, tables, pack, skip=SKIP, k=2, batch_tokens=400, should_stop=should_stop)
        return n

    n = asked(0)
    assert n > 20
    for stop_at in (1, n // 4, n // 2, n - 1, n):
        assert stop_at == asked(stop_at)


def test_a_rule_without_places_is_refused(tables: Tables, pack: Pack) -> None:
    with pytest.raises(RuleMarksNothing):
        search("/unheard of/", tables, pack, skip=SKIP)
    assert 0 == tables.n_tokens


def test_a_rule_with_places_only_in_the_other_half_is_refused(tables: Tables, pack: Pack) -> None:
    there = int(np.flatnonzero(split(pack)[0])[0])
    name = pack.text(there).decode().partition(":")[0]
    with pytest.raises(RuleMarksNothingHere) as caught:
        search(f"/{name}:/", tables, pack, skip=SKIP)
    [*lines] = str(caught.value).split("\n")
    assert len(lines) <= 4 and lines[0].startswith(f"'/{name}:/' marks 1 tokens, but none in")
    assert 0 == tables.n_tokens


def test_a_rule_that_marks_nearly_everything_is_refused(tables: Tables, pack: Pack) -> None:
    with pytest.raises(RuleMarksTooMuch):
        search(r"/\w/", tables, pack, skip=SKIP)


def test_a_rule_that_leaves_nothing_far_from_its_places_is_refused(
    tables: Tables, cut: Callable[[list[str]], Pack]
) -> None:
    rng = np.random.default_rng(0)
    dense = cut(["".join(rng.choice(["@##", "@$#", "@#$"], 60)) for _ in range(8)])
    with pytest.raises(NothingToTellFrom, match="no token that is more than 2 tokens from"):
        search("/@/", tables, dense, skip=SKIP)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_document_or_two_are_too_few_and_say_so(
    tables: Tables, cut: Callable[[list[str]], Pack], n: int
) -> None:
    few = cut([f"{i} @ " + words(1000 + i) + " " + words(2000 + i) for i in range(n)])
    if n == 1:
        with pytest.raises(TooFewDocuments, match="here are 1 "):
            search(AT, tables, few, skip=SKIP)
    else:
        found = search(AT, tables, few, skip=SKIP, k=1)
        assert "not enough evidence" == found.neurons[0].judged.verdict.verdict


def test_what_is_mistyped_is_explained(tables: Tables, pack: Pack) -> None:
    with pytest.raises(UnreadableRule):
        search("/(/", tables, pack, skip=SKIP)
    with pytest.raises(LayerOutOfRange):
        search(AT, tables, pack, skip=SKIP, layers=[3])
    for how in ({"k": 0}, {"layers": []}):
        with pytest.raises(BadOption):
            search(AT, tables, pack, skip=SKIP, **how)  # type: ignore[arg-type]


def test_the_corpus_may_lie_anywhere(tables: Tables, pack: Pack, tmp_path: Path) -> None:
    again = Pack(pack.folder)
    assert search(AT, tables, again, skip=SKIP, k=1).n_tokens == pack.n_tokens
    assert [] == list(tmp_path.iterdir())
