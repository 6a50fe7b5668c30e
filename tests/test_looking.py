"""Any text through a tiny model, against its catalogue and against plain recomputation."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import D_MLP, KINDS, N_LAYERS, OPTIONS, distinct
from safetensors.numpy import load_file, save_file

from lmscope import Catalogue, NeuronId, look
from lmscope.errors import (
    LayerNotScanned,
    LayerOutOfRange,
    LmscopeError,
    NeuronOutOfRange,
    NoText,
    Stopped,
    TextTooLong,
    TokenOutOfRange,
    UnknownSite,
    WrongCatalogue,
)
from lmscope.looking import rank, recompute
from lmscope.models.loading import load
from lmscope.scanning import scan

TEXT = "8) singled out 9) personality, naïve 猫 👩‍👩‍👧‍👦"


def activations(model: Any, text: str) -> tuple[Any, Any]:
    """Give a text's activations [n_layers, n_tokens, d_mlp], and which tokens count."""
    tokenizer = model.tokenizer
    prefix, suffix = list(tokenizer.prefix), list(tokenizer.suffix)
    room = model.n_ctx - len(prefix) - len(suffix)
    ids = tokenizer.tokenize(text).ids.tolist()
    pieces, counts = [], []
    for start in range(0, len(ids), room):
        part = ids[start : start + room]
        whole = torch.tensor([[*prefix, *part, *suffix]])
        seen: list[Any] = []
        model.run(whole, [whole.shape[1]], lambda _, v, seen=seen: seen.append(v[0].numpy().copy()))
        pieces.append(np.stack(seen)[:, len(prefix) : len(prefix) + len(part)])
        counts += [t + len(prefix) >= 1 for t in range(len(part))]
    return np.concatenate(pieces, axis=1), np.array(counts)


# --- one neuron ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_look_equals_the_catalogue_at_the_same_text(
    kind: str, scanned: Any, model_of: Any, documents: list[str]
) -> None:
    """The first segment of a document is its beginning, so the same text gives the same numbers."""
    model, catalogue, texts = model_of(kind), Catalogue.open(scanned(kind)), distinct(documents)
    around = len(model.tokenizer.prefix) + len(model.tokenizer.suffix)
    room, n_seen = OPTIONS["context"] - around, 0
    for record in list(catalogue)[::5]:
        for example in record.top:
            cut = model.tokenizer.tokenize(texts[example.document])
            if len(cut) > room or catalogue.pack.text(example.document).decode() != cut.text:
                continue
            n_seen += 1
            found = look(model, cut.text, record.id, catalogue=catalogue)
            assert record.id == found.neuron
            assert cut.ids.tolist() == found.token_ids.tolist()
            first = next(i for i, (start, _) in enumerate(found.spans) if start == example.start)
            part = slice(first, first + len(example.tokens))
            stored = found.activations[part].astype(np.float16).astype(np.float32)
            assert np.array_equal(stored, example.activations)
            assert example.max == float(found.activations[first + example.peak])
            assert first + example.peak == found.peak
            assert (record.moments.min, record.moments.max) == found.scale
            assert found.percentile == record.histogram.fraction_below(example.max)
    assert n_seen >= 10


@pytest.mark.parametrize("kind", KINDS)
def test_a_look_says_which_bytes_each_token_covers(kind: str, model_of: Any) -> None:
    model = model_of(kind)
    found = look(model, TEXT, "L1N7")
    acts, counted = activations(model, TEXT)

    assert np.array_equal(acts[1, :, 7], found.activations)
    assert counted.tolist() == found.counted.tolist()
    assert TEXT == found.text
    data = TEXT.encode()
    pieces = [data[a:b].decode("utf-8", "backslashreplace") for a, b in found.spans.tolist()]
    assert pieces == list(found.tokens)
    if kind != "bert":
        assert data == b"".join(data[a:b] for a, b in found.spans.tolist())
    best = max(np.flatnonzero(counted), key=lambda t: (acts[1, t, 7], -t))
    assert best == found.peak
    assert None is found.scale is found.percentile is found.catalogue
    again = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert found.activations.tolist() == again["activations"]
    assert ("L1N7", 1, 7, found.spans.tolist()) == (
        again["neuron"], again["layer"], again["index"], again["spans"],
    )  # fmt: skip


def test_the_first_position_never_is_the_peak(model_of: Any) -> None:
    for n in range(D_MLP):
        found = look(model_of("gpt2"), TEXT, (0, n))
        assert [False, *[True] * (len(found.tokens) - 1)] == found.counted.tolist()
        assert found.peak is not None
        assert found.peak > 0
    alone = look(model_of("gpt2"), "x", "L0N0")
    assert (None, 1) == (alone.peak, len(alone.activations))
    assert None is json.loads(json.dumps(alone.to_json()))["peak"]


def test_a_neuron_may_be_named_in_every_spelling(model_of: Any) -> None:
    model = model_of("solu")
    expected = look(model, TEXT, (1, 7)).to_json()
    for which in ("L1N7", "1/7", "tiny-solu/1/7", NeuronId("tiny-solu", 1, 7),
                  "blocks.1.mlp.hook_mid[7]"):  # fmt: skip
        assert expected == look(model, TEXT, which).to_json()


def long_text(model: Any) -> str:
    return " ".join(f"word {i}" for i in range(200))


@pytest.mark.parametrize("kind", ["gpt2", "llama", "bert", "solu"])
def test_a_text_that_is_too_long_is_cut_only_if_asked(kind: str, model_of: Any) -> None:
    model, text = model_of(kind), long_text(model_of(kind))
    room = 64 - len(model.tokenizer.prefix) - len(model.tokenizer.suffix)
    n = len(model.tokenizer.tokenize(text))
    with pytest.raises(TextTooLong) as caught:
        look(model, text, "L0N0")
    assert (
        f"This text has {n} tokens; {model.name} reads {room} at once.\n"
        "Cut the text, or let lmscope cut it into segments with: --segments"
    ).replace(f"has {n} ", f"has {n:,} ") == str(caught.value)
    with pytest.raises(TextTooLong):
        rank(model, text)

    found = look(model, text, "L1N3", in_segments=True)
    acts, counted = activations(model, text)
    assert n == len(found.activations)
    assert np.array_equal(acts[1, :, 3], found.activations)
    assert counted.tolist() == found.counted.tolist()


def test_a_text_of_just_the_models_length_is_read_at_once(model_of: Any) -> None:
    model = model_of("llama")
    ids = model.tokenizer.tokenize(long_text(model))
    text = ids.text[: int(ids.spans[62, 1])]

    assert 63 == len(look(model, text, "L0N0").activations)


@pytest.mark.parametrize(
    ("neuron", "error", "sentence"),
    [
        ("L2N5", LayerOutOfRange, "tiny-gpt2 has layers 0 to 1. You asked for layer 2."),
        ("L0N40", NeuronOutOfRange,
         "Layer 0 of tiny-gpt2 has neurons 0 to 39. You asked for neuron 40."),
        ("blocks.0.mlp.hook_mid[3]", UnknownSite,
         "tiny-gpt2 has no site 'mid': only SoLU models do. Sites: post, pre."),
    ],
)  # fmt: skip
def test_a_neuron_that_the_model_has_not_is_said(
    model_of: Any, neuron: Any, error: type[LmscopeError], sentence: str
) -> None:
    with pytest.raises(error) as caught:
        look(model_of("gpt2"), TEXT, neuron)
    assert sentence == str(caught.value)


def test_no_text_is_said(model_of: Any) -> None:
    for call in (lambda: look(model_of("gpt2"), "", "L0N0"), lambda: rank(model_of("gpt2"), "")):
        with pytest.raises(NoText, match="There is no text to look at"):
            call()
    with pytest.raises(NoText):
        rank(model_of("gpt2"), "x")  # one token, and it is the first


def test_another_models_catalogue_is_refused(model_of: Any, scanned: Any) -> None:
    other = Catalogue.open(scanned("gpt_neox"))
    calls = (
        lambda: look(model_of("gpt2"), TEXT, "L0N0", catalogue=other),
        lambda: rank(model_of("gpt2"), TEXT, catalogue=other),
        lambda: recompute(other, model_of("gpt2")),
    )
    for call in calls:
        with pytest.raises(WrongCatalogue) as caught:
            call()
        assert (
            f"{other.path} is the catalogue of tiny-gpt_neox at post, not of tiny-gpt2 at post.\n"
            "Numbers of different models or sites are never compared."
        ) == str(caught.value)


def test_a_catalogue_of_another_precision_is_refused(
    model_of: Any, model_folder: Any, scanned: Any
) -> None:
    catalogue = Catalogue.open(scanned("gpt2"))
    with pytest.raises(WrongCatalogue) as caught:
        recompute(catalogue, load(model_folder("gpt2"), dtype="bfloat16", device="cpu"))
    assert (
        f"{catalogue.path} is the catalogue of tiny-gpt2 at post in float32, "
        "not of tiny-gpt2 at post in bfloat16.\n"
        "Numbers of different models or sites are never compared."
    ) == str(caught.value)


# --- all neurons -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_long", [False, True])
def test_a_ranking_is_that_of_all_activations(kind: str, is_long: bool, model_of: Any) -> None:
    model = model_of(kind)
    text = long_text(model) if is_long else TEXT
    acts, counted = activations(model, text)
    here = np.where(counted[None, :, None], acts, 0)
    strength = np.abs(here).max(axis=1).ravel()
    order = sorted(range(len(strength)), key=lambda i: (-strength[i], i))[:15]
    found = rank(model, text, n=15, in_segments=True)

    assert [divmod(i, D_MLP) for i in order] == [
        (r.neuron.layer, r.neuron.neuron) for r in found.responses
    ]
    for r in found.responses:
        value = acts[r.neuron.layer, r.token, r.neuron.neuron]
        assert float(value) == r.activation
        assert abs(value) == strength[r.neuron.layer * D_MLP + r.neuron.neuron]
        assert counted[r.token]
        assert None is r.relative
    assert (N_LAYERS * D_MLP, None) == (found.n_neurons, found.catalogue)


@pytest.mark.parametrize("kind", KINDS)
def test_with_a_catalogue_a_ranking_is_relative_to_the_neurons_own_extremes(
    kind: str, model_of: Any, scanned: Any
) -> None:
    model, catalogue = model_of(kind), Catalogue.open(scanned(kind))
    acts, counted = activations(model, TEXT)
    expected = []
    for record in catalogue:
        x = acts[record.id.layer, counted, record.id.neuron].astype(np.float64)
        shares = [-np.inf]
        if record.moments.max > 0:
            shares.append(x.max() / record.moments.max)
        if record.moments.min < 0 and kind == "llama":  # only gated ones speak by negative values
            shares.append(x.min() / record.moments.min)
        expected.append(max(shares))
    found = rank(model, TEXT, catalogue=catalogue, n=12)
    best = sorted(expected, reverse=True)[:12]
    np.testing.assert_allclose([r.relative for r in found.responses], best, rtol=1e-6)
    for r in found.responses:
        own = expected[r.neuron.layer * D_MLP + r.neuron.neuron]
        assert r.relative == pytest.approx(own, rel=1e-6)
        assert float(acts[r.neuron.layer, r.token, r.neuron.neuron]) == r.activation
    assert str(catalogue.path) == found.catalogue
    json.dumps(found.to_json(), allow_nan=False)


def test_a_neuron_that_never_fired_does_not_respond(model_of: Any, scanned: Any) -> None:
    catalogue = Catalogue.open(scanned("gpt2"))
    found = rank(model_of("gpt2"), TEXT, catalogue=catalogue, n=1000)

    assert not any(catalogue[r.neuron].is_dead for r in found.responses)
    json.dumps(found.to_json(), allow_nan=False)


def test_a_ranking_can_be_of_some_layers(model_of: Any, scanned: Any, tmp_path: Path) -> None:
    model = model_of("gpt2")
    found = rank(model, TEXT, layers=[1], n=5)
    assert ({1}, D_MLP) == ({r.neuron.layer for r in found.responses}, found.n_neurons)
    with pytest.raises(LayerOutOfRange):
        rank(model, TEXT, layers=[2])


def test_layers_that_a_catalogue_lacks_are_not_ranked(
    model_of: Any, corpus_file: Path, tmp_path: Path
) -> None:
    model = model_of("gpt2")
    one = scan(model, corpus_file, tmp_path / "one", layers=[1], **OPTIONS)
    found = rank(model, TEXT, catalogue=one)
    assert {1} == {r.neuron.layer for r in found.responses}
    for call in (
        lambda: rank(model, TEXT, catalogue=one, layers=[0]),
        lambda: look(model, TEXT, "L0N1", catalogue=one),
    ):
        with pytest.raises(LayerNotScanned, match="Layer 0 was not scanned"):
            call()


@pytest.mark.parametrize("kind", ["gpt2", "llama"])
@pytest.mark.parametrize("is_long", [False, True])
def test_a_ranking_can_be_of_one_token(kind: str, is_long: bool, model_of: Any) -> None:
    model = model_of(kind)
    text = long_text(model) if is_long else TEXT
    values, counts = activations(model, text)
    for token in (1, 5, len(counts) - 2):
        if not counts[token]:
            continue
        found = rank(model, text, token=token, n=10, in_segments=True)
        at = values[:, token].ravel()
        order = np.argsort(-np.abs(at), kind="stable")[:10]
        assert token == found.token
        assert {token} == {r.token for r in found.responses}
        np.testing.assert_allclose(
            [at[i] for i in order], [r.activation for r in found.responses], rtol=1e-4, atol=1e-6
        )


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        (0, "Token 0 never counts: it is special, or the first of its segment, where many models "
            "park attention.\nAsk for a later one."),
        (99, "This text has tokens 0 to {last}. You asked for token 99."),
        (-1, "This text has tokens 0 to {last}. You asked for token -1."),
    ],
)  # fmt: skip
def test_a_token_that_cannot_be_ranked_is_said(model_of: Any, token: int, sentence: str) -> None:
    model = model_of("gpt2")
    with pytest.raises(TokenOutOfRange) as caught:
        rank(model, TEXT, token=token)
    assert sentence.format(last=len(model.tokenizer.tokenize(TEXT)) - 1) == str(caught.value)


def test_a_look_and_a_ranking_end_early_when_told(model_of: Any) -> None:
    model = model_of("gpt2")
    for call in (look, rank):
        asked: list[bool] = []

        def should_stop(asked: list[bool] = asked) -> bool:
            asked.append(True)
            return len(asked) > 1

        with pytest.raises(Stopped):
            arguments = ("L0N0",) if call is look else ()
            call(model, long_text(model), *arguments, in_segments=True, should_stop=should_stop)
        assert 2 == len(asked)


def test_tokens_that_end_inside_a_character_are_told(model_of: Any) -> None:
    found = look(model_of("gpt2"), "x \U0001f9ed\U0001f9ed", "L0N0")
    data = found.text.encode()
    for i, (start, end) in enumerate(found.spans.tolist()):
        is_whole = data[start:end].decode("utf-8", "ignore").encode() == data[start:end]
        assert is_whole == (i not in found.split)
    assert found.split
    assert list(found.split) == found.to_json()["split"]


# --- stored against recomputed ---------------------------------------------------------------


def windows(catalogue: Catalogue) -> list[Any]:
    """Give the activations of every example."""
    return [
        e.activations
        for r in catalogue
        for e in (*r.top, *r.bottom, *(e for b in r.bands for e in b.examples))
    ]


def n_examples(catalogue: Catalogue) -> int:
    return sum(
        len(r.top) + len(r.bottom) + sum(len(b.examples) for b in r.bands) for r in catalogue
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_stored_activation_equals_the_recomputed_one(
    kind: str, model_of: Any, scanned: Any
) -> None:
    for batch_tokens in (1, 300) if kind == "gpt2" else (300,):
        catalogue = Catalogue.open(scanned(kind, batch_tokens))
        found = recompute(catalogue, model_of(kind))

        assert (n_examples(catalogue), 0, ()) == (found.n_examples, found.n_wrong, found.wrong)
        # What float16 rounds: half a digit, and in windows of next to nothing its smallest step.
        smallest = min(np.abs(w).max() for w in windows(catalogue) if w.any())
        assert 0 < found.worst <= 2**-11 + 2**-25 / smallest


def test_some_neurons_can_be_recomputed_alone(model_of: Any, scanned: Any) -> None:
    catalogue, seen = Catalogue.open(scanned("gpt2")), list[tuple[int, int]]()
    found = recompute(
        catalogue,
        model_of("gpt2"),
        neurons=[(1, 7), (0, 9), (1, 7)],
        report=lambda done, total: seen.append((done, total)),
    )
    records = [catalogue[1, 7], catalogue[0, 9]]
    expected = sum(
        len(r.top) + len(r.bottom) + sum(len(b.examples) for b in r.bands) for r in records
    )
    assert (expected, 0) == (found.n_examples, found.n_wrong)
    assert [(i + 1, len(seen)) for i in range(len(seen))] == seen
    assert 0 == recompute(catalogue, model_of("gpt2"), neurons=[]).n_examples


@pytest.mark.parametrize("what", ["a peak", "a window", "a place"])
@pytest.mark.parametrize("entry", [3, 25, 41])
def test_a_value_that_was_tampered_with_is_found(
    what: str, entry: int, model_of: Any, scanned: Any, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(scanned("gpt2"), tmp_path / "copy"))
    path = folder / "examples" / "L01.safetensors"
    arrays = {name: array.copy() for name, array in load_file(path).items()}
    n, worst = 7, 0.002
    record = Catalogue.open(folder)[1, n]
    if what == "a peak":
        arrays["values"][n, entry] *= 1.001
        worst = 0.0005
    elif what == "a window":
        shown = int(arrays["where"][n, entry, -1])
        at = int(np.abs(arrays["activations"][n, entry, :shown]).argmax())
        arrays["activations"][n, entry, at] *= np.float16(1.01)
    else:  # another segment's numbers
        arrays["where"][n, entry, 0] = (int(arrays["where"][n, entry, 0]) + 1) % 4
    save_file(arrays, path)
    found = recompute(Catalogue.open(folder), model_of("gpt2"))

    place = {3: "top 3", 25: "bottom 5", 41: "band 0 1"}[entry]
    assert len(record.top) == OPTIONS["top"]
    assert (1, (f"L1N7 {place}",)) == (found.n_wrong, found.wrong)
    assert found.worst > worst or entry == 25
