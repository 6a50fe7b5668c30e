"""What a neuron does to the prediction, on tiny models whose neurons were planted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import D_MLP
from hypothesis import given
from hypothesis import strategies as st

from lmscope import load, load_corpus
from lmscope.causal import causal_check
from lmscope.causal.choosing import matches, similar, some_text, spread_out
from lmscope.causal.findings import Effect, Sizes, told
from lmscope.causal.running import Work, ablated, groups, levels
from lmscope.errors import (
    ArraysDiffer,
    BadOption,
    NeuronOutOfRange,
    NoNextToken,
    NothingToAblate,
    Stopped,
)
from lmscope.evidence import Estimate, halves
from lmscope.marking import Marks, Tokens, mark
from lmscope.pack import Pack, write_pack
from lmscope.rules import Rule

LAYER, NEURON = 1, 7
WORDS = [
    *("the", "river", "stone", "light", "under", "every", "small", "green", "machine", "reads"),
    *("counts", "letter", "moon"),
]


def texts(n: int) -> list[str]:
    """In every text the sign = stands several times, and q behind it."""
    rng = np.random.default_rng(5)
    made = []
    for _ in range(n):
        words = rng.choice(WORDS, 40).tolist()
        for i in rng.choice(40, 4, replace=False).tolist():
            words[i] += " =q"
        made.append(" ".join(words))
    return made


@dataclass
class Ground:
    model: Any
    pack: Pack
    tokens: Tokens
    marks: Marks

    def check(self, neuron: tuple[int, int] = (LAYER, NEURON), **options: Any) -> Any:
        options = {"n_tokens": 24, "n_controls": 3, "n_text": 4000} | options
        model = options.pop("model", self.model)
        marks = options.pop("marks", self.marks)
        return causal_check(model, self.pack, neuron, marks, self.tokens, **options)


@pytest.fixture(scope="module")
def ground(
    tmp_path_factory: pytest.TempPathFactory, model_folder: Callable[[str], Path]
) -> Callable[..., Ground]:
    """Give a model that nobody else has, and a corpus that its tokenizer cut."""

    def give(kind: str = "gpt2", n: int = 40, **options: Any) -> Ground:
        model = load(model_folder(kind), device="cpu", **options)
        folder = tmp_path_factory.mktemp(kind)
        lines = [json.dumps({"text": text}) + "\n" for text in texts(n)]
        (folder / "made.jsonl").write_text("".join(lines))
        corpus = load_corpus(folder / "made.jsonl")
        pack = write_pack(corpus, model.tokenizer, folder / "pack", context=40)
        tokens = Tokens.of(pack, max(1, len(pack.facts["prefix"])))
        return Ground(model, pack, tokens, mark(Rule.read("="), pack))

    return give


class Planted:
    """A model with one neuron whose activation is what the token says."""

    def __init__(self, ground: Ground, on: float, off: float) -> None:
        self._model, self._on, self._off = ground.model, on, off
        self._ids = torch.from_numpy(
            np.unique(ground.pack.token_ids()[ground.marks.labels]).astype(np.int64)
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def _plant(self, ids: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
        is_on = torch.isin(ids, self._ids)
        values[..., NEURON] = torch.where(is_on, self._on, self._off)
        return values

    def run(self, ids: Any, lengths: Any, visit: Any, layers: Any = None) -> None:
        def planted(layer: int, values: torch.Tensor) -> None:
            visit(layer, self._plant(ids, values.clone()) if layer == LAYER else values)

        self._model.run(ids, lengths, planted, layers)

    def logits(self, ids: Any, lengths: Any, replace: Any = None, at: Any = None) -> torch.Tensor:
        later = dict(replace or {})
        edit = later.pop(LAYER, lambda values: values)
        later[LAYER] = lambda values: edit(self._plant(ids, values))
        return self._model.logits(ids, lengths, later, at)


def help_the_sign(ground: Ground, size: float) -> None:
    """Let the planted neuron write the q that follows the sign."""
    ids = ground.pack.token_ids()
    follows = int(ids[np.flatnonzero(ground.marks.labels)[0] + 1])
    embedding = ground.model._model.get_output_embeddings().weight
    with torch.no_grad():
        toward = embedding[follows] - embedding.mean(0)
        ground.model._down[LAYER].weight[NEURON] = size * toward / toward.norm()


# --- planted neurons -------------------------------------------------------------------------


def test_a_neuron_that_writes_nothing_changes_nothing_at_all(ground: Callable[..., Ground]) -> None:
    here = ground("gpt2")
    with torch.no_grad():
        here.model._down[LAYER].weight[NEURON] = 0.0

    found = here.check()

    assert "no measurable effect" == found.finding
    for effect in (found.kl, found.loss):
        for estimate in (effect.marked, effect.elsewhere, effect.difference):
            assert (0.0, 0.0, 0.0) == (estimate.value, estimate.low, estimate.high)
    assert (0.0, 0.0) == (found.replacement.ablated.value, found.replacement.ruled.value)
    assert np.isnan(found.replacement.share.value)
    assert "changes nothing measurable" in found.why
    assert "there is nothing to recover" in found.why
    assert 0.0 == found.sizes.push_marked


def test_a_neuron_that_writes_what_follows_is_used_there(ground: Callable[..., Ground]) -> None:
    here = ground("gpt2")
    help_the_sign(here, 20.0)

    found = here.check(model=Planted(here, 1.0, 0.0))

    assert "used there" == found.finding
    assert found.kl.excess.low > 0
    assert found.loss.marked.low > 0  # without it the true next token is less likely
    assert 0.0 == found.kl.elsewhere.value  # it is at rest there
    assert (1.0, 0.0, 0.0) == (found.sizes.marked, found.sizes.elsewhere, found.rest)
    assert found.remarks[0].startswith("At unmarked tokens it is hardly ever as far from rest")
    assert (24, 24, 20) == (found.tokens, found.tokens_elsewhere, found.documents)


def test_a_neuron_that_writes_against_what_follows_lowers_the_loss_when_ablated(
    ground: Callable[..., Ground],
) -> None:
    here = ground("gpt2")
    help_the_sign(here, -20.0)

    found = here.check(model=Planted(here, 1.0, 0.0))

    assert "used there" == found.finding
    assert found.loss.marked.high < 0  # no abs(): suppression is another finding
    assert found.replacement.ablated.high < 0
    assert np.isnan(found.replacement.share.value)
    assert "lowers the loss" in found.why


def test_a_rule_that_is_the_neuron_recovers_all_of_its_work(ground: Callable[..., Ground]) -> None:
    here = ground("gpt2")
    help_the_sign(here, 20.0)

    found = here.check(model=Planted(here, 1.0, 0.25)).replacement

    assert found.ablated.low > 0
    assert (1.0, 1.0, 1.0) == tuple(
        round(v, 9) for v in (found.share.value, found.share.low, found.share.high)
    )
    assert 0.0 == found.ruled.value
    assert 1.0 == found.value


def test_a_rule_that_is_another_one_recovers_nothing(ground: Callable[..., Ground]) -> None:
    here = ground("gpt2")
    help_the_sign(here, 20.0)
    other = mark(Rule.read("words: river, stone, light"), here.pack)

    found = here.check(model=Planted(here, 1.0, 0.0), marks=other).replacement

    assert found.ablated.low > 0
    assert abs(found.share.value) < 0.05


def test_half_of_the_places_recover_half_of_the_work(ground: Callable[..., Ground]) -> None:
    here = ground("gpt2")
    help_the_sign(here, 20.0)
    labels = here.marks.labels.copy()
    labels[np.flatnonzero(labels)[::2]] = False

    half = here.check(model=Planted(here, 1.0, 0.0), marks=Marks(labels, None, int(labels.sum())))

    # The resting value is higher, since half of the signs are unmarked; so it is not quite half.
    assert 0.3 < half.replacement.share.value < 0.7
    assert half.replacement.share.low > 0


def test_a_neuron_that_moves_the_prediction_everywhere_is_used_alike(
    ground: Callable[..., Ground],
) -> None:
    here = ground("gpt2")
    with torch.no_grad():
        here.model._down[LAYER].weight[NEURON] *= 30

    found = here.check()

    assert "used alike" == found.finding
    assert "Hardly any other neuron" in found.remarks[-1]


@pytest.mark.parametrize("site", ["mid", "post", "pre"])
def test_every_site_of_a_solu_model_can_be_ablated(
    ground: Callable[..., Ground], site: str
) -> None:
    found = ground("solu", 8, site=site).check(n_tokens=4, n_controls=2, n_text=200)

    assert site == found.site
    assert found.kl.marked.value > 0
    assert found.n_passes > 0


# --- by brute force --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["gpt2", "llama"])
def test_kl_and_loss_equal_those_of_one_segment_at_a_time(
    ground: Callable[..., Ground], kind: str
) -> None:
    here = ground(kind, 6)
    pack, model = here.pack, here.model
    rest = np.linspace(-1, 1, D_MLP)
    at = np.array([3, 25, 40, 77])
    neurons = np.array([[0, 5], [1, 1], [2, 7], [39, 3]])
    work = Work(model, pack, 64, None, None)

    kl, loss = ablated(work, LAYER, neurons, rest, at, here.tokens.segment)

    prefix = pack.facts["prefix"]
    for i, token in enumerate(at.tolist()):
        start = int(pack.token_start(here.tokens.segment[[token]])[0])
        ids = torch.tensor([[*prefix, *pack.token_ids()[start : token + 1].tolist()]])
        for j, neuron in enumerate(neurons[i].tolist()):
            both = []
            for is_ablated in (False, True):

                def put(
                    _: Any, inputs: Any, neuron: int = neuron, is_ablated: bool = is_ablated
                ) -> None:
                    if is_ablated:
                        inputs[0][0, -1, neuron] = rest[neuron]

                handle = model._down[LAYER].register_forward_pre_hook(put)
                with torch.no_grad():
                    scores = model._model(input_ids=ids).logits[0, -1].double().numpy()
                handle.remove()
                both.append(scores - np.log(np.exp(scores).sum()))
            clean, without = both
            following = int(pack.token_ids()[token + 1])
            expected = float((np.exp(clean) * (clean - without)).sum())
            assert expected == pytest.approx(kl[i, j], rel=1e-3, abs=1e-9)
            assert clean[following] - without[following] == pytest.approx(
                loss[i, j], rel=1e-3, abs=1e-5
            )


def test_the_loss_of_the_whole_text_is_transformers_own(ground: Callable[..., Ground]) -> None:
    here = ground("gpt2", 8)
    confirmation = np.arange(8) % 2 == 0

    found = here.check(n_text=10**6, confirmation=confirmation).replacement

    losses = []
    for segment in range(here.pack.n_segments):
        if not confirmation[here.pack.document_of(np.array([segment]))[0]]:
            continue
        ids = torch.from_numpy(here.pack.ids(segment))[None]
        following = int(here.pack.token_start(np.array([segment]))[0]) + ids.shape[1]
        is_last = following == here.pack.n_tokens or (
            here.tokens.document[following] != here.tokens.document[following - 1]
        )
        if not is_last:  # the next token is the first of the next segment
            ids = torch.cat([ids, torch.tensor([[int(here.pack.token_ids()[following])]])], 1)
        with torch.no_grad():
            scores = here.model._model(input_ids=ids).logits[0, 1:-1]
        each = torch.nn.functional.cross_entropy(scores, ids[0, 2:], reduction="none")
        losses += each.tolist()
    assert np.mean(losses) == pytest.approx(found.clean, rel=1e-5)
    assert len(losses) == found.tokens


def test_resting_values_are_the_means_over_unmarked_tokens(ground: Callable[..., Ground]) -> None:
    here = ground("gpt2", 6)
    seen = np.empty((here.pack.n_tokens, D_MLP))
    for segment in range(here.pack.n_segments):
        start = int(here.pack.token_start(np.array([segment]))[0])
        ids = torch.from_numpy(here.pack.ids(segment))[None]

        def visit(_: int, values: torch.Tensor, start: int = start) -> None:
            seen[start : start + values.shape[1]] = values[0].numpy()

        here.model.run(ids, [ids.shape[1]], visit, [LAYER])
    y, ignore = here.marks.at(0, here.tokens)
    every = np.arange(here.pack.n_segments)

    rest, value = levels(
        Work(here.model, here.pack, 200, None, None),
        *(LAYER, NEURON, (y, ~y & ~ignore), (every, every), here.tokens.segment),
    )

    np.testing.assert_allclose(seen[~y & ~ignore].mean(0), rest, rtol=1e-4, atol=1e-5)
    assert seen[y, NEURON].mean() == pytest.approx(value, rel=1e-4)


def test_effects_are_differences_of_differences() -> None:
    from lmscope.causal.findings import effect

    marked = np.array([[5.0, 1.0, 2.0], [3.0, 2.0, 3.0], [4.0, 0.0, 1.0]])
    away = np.array([[1.0, 0.0, 1.0], [2.0, 1.0, 2.0]])

    found = effect(marked, away, np.array([0, 1, 2]), np.array([1, 4]), 0)

    values = {name: getattr(found, name).value for name in Effect.__slots__}
    assert values == pytest.approx(
        {
            "marked": 4.0,
            "elsewhere": 1.5,
            "difference": 2.5,
            "controls_marked": 1.5,
            "controls_elsewhere": 1.0,
            "beyond": 2.5,
            "excess": 2.0,
        }
    )


# --- choosing --------------------------------------------------------------------------------


@given(
    st.lists(st.floats(-5, 5, width=16), min_size=1, max_size=8),
    st.lists(st.floats(-5, 5, width=16), min_size=1, max_size=12),
)
def test_each_value_is_matched_once_with_the_nearest_that_is_left(
    wanted: list[float], there: list[float]
) -> None:
    found = matches(np.array(wanted), np.array(there)).tolist()

    assert min(len(wanted), len(there)) == len(found) == len(set(found))
    left = dict(enumerate(there))
    for value, chosen in zip(sorted(wanted, reverse=True), found, strict=False):
        nearest = min(abs(value - other) for other in left.values())
        assert nearest == pytest.approx(abs(value - left.pop(chosen)))


def test_controls_are_the_nearest_in_push_and_never_the_neuron_itself() -> None:
    pushes = np.random.default_rng(0).gamma(1, 1, (5, 12))

    found = similar(pushes, 4, 3)

    for row, chosen in zip(pushes, found.tolist(), strict=True):
        gaps = {n: abs(push - row[4]) for n, push in enumerate(row) if n != 4}
        assert sorted(gaps, key=lambda n: gaps[n])[:3] == chosen
    assert (5, 11) == similar(pushes, 4, 99).shape


def test_tokens_come_from_as_many_documents_as_there_are() -> None:
    document = np.repeat([3, 4, 5, 9], [50, 1, 2, 7])

    chosen = spread_out(np.arange(60), document, 9, np.random.default_rng(1))

    assert {3: 3, 4: 1, 5: 2, 9: 3} == dict(
        zip(*(a.tolist() for a in np.unique(document[chosen], return_counts=True)), strict=True)
    )


def test_weights_make_a_sample_stand_for_the_whole_text() -> None:
    lengths = np.random.default_rng(0).integers(5, 40, 300)
    marked, plain = np.arange(0, 300, 10), np.setdiff1d(np.arange(300), np.arange(0, 300, 10))

    segments, weights = some_text(marked, plain, lengths, 1000, np.random.default_rng(1))

    is_marked = np.isin(segments, marked)
    for side, whole in ((is_marked, marked), (~is_marked, plain)):
        assert (lengths[segments] * weights)[side].sum() == pytest.approx(lengths[whole].sum())
    assert 1000 <= lengths[segments].sum() < 1080
    assert 400 < lengths[segments[is_marked]].sum() < 600


def test_batches_hold_so_many_tokens_at_most_and_everything_once() -> None:
    widths = np.array([3, 90, 10, 10, 7, 40])

    batches = [batch.tolist() for batch in groups(widths, 42)]

    assert [[1], [5], [2, 3, 4, 0]] == batches


# --- what is said, and what is refused -------------------------------------------------------


def about(**values: tuple[float, float, float]) -> Effect:
    none = dict.fromkeys(Effect.__slots__, (0.0, -1.0, 1.0))
    return Effect(**{name: Estimate(*three) for name, three in (none | values).items()})


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({}, "no measurable effect"),
        ({"difference": (2, 1, 3), "excess": (2, 1, 3)}, "used there"),
        ({"difference": (2, 1, 3), "excess": (0, -1, 1)}, "no measurable effect"),
        ({"difference": (0, -1, 1), "excess": (2, 1, 3)}, "no measurable effect"),
        ({"difference": (-2, -3, -1), "excess": (-2, -3, -1)}, "used elsewhere"),
        ({"beyond": (2, 1, 3)}, "used alike"),
    ],
)
def test_the_finding_is_what_the_intervals_are_sure_of(values: Any, finding: str) -> None:
    sizes = Sizes(1.0, 1.0, 2.0, 2.0, 2.0, 2.0)

    found, why = told(about(**values), about(), sizes, 20)

    assert finding == found
    assert ("No measurable effect of its own." in why) == (finding == "no measurable effect")
    assert "20 neurons of the layer that push the residual stream as far as can be found" in why


def test_evidence_is_plain_json_and_the_same_again(ground: Callable[..., Ground]) -> None:
    here = ground("gpt2", 12)

    found, again = here.check().to_json(), here.check().to_json()

    assert found == again
    assert found == json.loads(json.dumps(found, allow_nan=False))
    assert ("L1N7", 1, 7, "post") == tuple(found[k] for k in ("neuron", "layer", "index", "site"))
    assert {"marked", "marked_low", "marked_high", "excess"} <= set(found["kl"])
    assert found["why"] in repr(here.check())


def test_progress_is_told_and_it_can_be_stopped(ground: Callable[..., Ground]) -> None:
    here = ground("gpt2", 12)
    told: list[tuple[int, int]] = []
    here.check(report=lambda done, total: told.append((done, total)), batch_tokens=200)

    assert [(i + 1, len(told)) for i in range(len(told))] == told
    with pytest.raises(Stopped):
        here.check(should_stop=lambda: True)


def test_tokens_beside_the_rules_place_are_ablated_where_the_neuron_fires(
    ground: Callable[..., Ground],
) -> None:
    here = ground("gpt2")
    help_the_sign(here, 20.0)
    late = Marks(np.roll(here.marks.labels, 1), None, here.marks.n_places)

    found = here.check(model=Planted(here, 1.0, 0.0), marks=late, offset=-1)

    assert (-1, 1.0) == (found.offset, found.sizes.marked)
    assert "used there" == found.finding


def test_what_cannot_be_checked_is_said(ground: Callable[..., Ground]) -> None:
    here = ground("gpt2", 6)
    nothing = Marks(np.zeros(here.pack.n_tokens, np.bool_), None, 0)
    everything = Marks(np.ones(here.pack.n_tokens, np.bool_), None, here.pack.n_tokens)

    with pytest.raises(NothingToAblate, match="The rule marks 0 tokens of the half for discovery"):
        here.check(marks=nothing)
    with pytest.raises(NothingToAblate, match="leaves 0 there"):
        here.check(marks=everything)
    with pytest.raises(NeuronOutOfRange):
        here.check((0, D_MLP))
    with pytest.raises(BadOption, match="n_controls 0: at least one neuron"):
        here.check(n_controls=0)
    with pytest.raises(ArraysDiffer):
        here.check(marks=Marks(np.zeros(5, np.bool_), None, 0))
    encoder = ground("bert", 6)
    with pytest.raises(NoNextToken, match="is an encoder: it predicts no next token"):
        encoder.check()


def test_the_halves_are_those_of_the_evidence_unless_given(ground: Callable[..., Ground]) -> None:
    here = ground("gpt2", 12)
    sizes = np.bincount(here.pack.document_of(here.tokens.segment), minlength=12)
    same = halves(here.pack.clusters(), sizes, seed=3)

    assert here.check(seed=3).to_json() == here.check(seed=3, confirmation=same).to_json()
