"""`lmscope match` as it is typed: a neuron in other models, and two models whole."""

from __future__ import annotations

import json
from pathlib import Path

from test_cli_evidence import Lmscope, folder, lmscope  # noqa: F401

MODELS = "demo-gelu-2l/0/314", "demo-solu-1l"
USAGE = "Write it like this: lmscope match gpt2/ L3N100 solu-1l\n"


def test_a_neuron_is_looked_for_in_the_models_that_follow_it(lmscope: Lmscope) -> None:  # noqa: F811
    code, out, err = lmscope("match", *MODELS, "demo-solu-1l-twin", "--tokens", "3000")

    assert (0, "") == (code, err)
    assert out.startswith("NOT ENOUGH EVIDENCE · demo-gelu-2l · L0N314 · ")
    assert "\ndemo-solu-1l: NOT ENOUGH EVIDENCE\n" in out
    assert "\ndemo-solu-1l-twin: " in out
    assert "neuron  sign  lag" in out


def test_its_json_has_what_the_page_says(lmscope: Lmscope) -> None:  # noqa: F811
    _, out, _ = lmscope("match", *MODELS, "--tokens", "3000", "-n", "4", "--json")
    found = json.loads(out)

    assert "demo-gelu-2l" == found["source"]["model"]
    assert "not enough evidence" == found["verdict"] == found["models"][0]["verdict"]
    assert 4 == len(found["matches"])
    keys = {"model", "neuron", "r_discovery", "r_confirmation", "low", "high", "excess"}
    assert keys | {"sign", "lag", "coverage"} <= found["matches"][0].keys()


def test_a_catalogue_brings_its_texts_and_its_model(lmscope: Lmscope, folder: Path) -> None:  # noqa: F811
    written = ("--tokens", "2000", "--json")
    code, out, err = lmscope("match", "cat/", "L1N7", "demo-solu-1l", *written)
    assert (0, "") == (code, err)
    _, again, _ = lmscope("match", "cat/L1N7", "demo-solu-1l", *written)
    assert out == again
    _, other, _ = lmscope(
        "match", "cat", "1/7", "demo-solu-1l", "--corpus", "other.jsonl", *written
    )
    assert json.loads(out)["matches"] != json.loads(other)["matches"]


def test_two_models_are_compared_whole(lmscope: Lmscope) -> None:  # noqa: F811
    typed = ("match", "demo-solu-1l", "demo-solu-1l-twin", "--tokens", "3000", "-n", "3")
    code, out, err = lmscope(*typed)
    _, written, _ = lmscope(*typed, "--json")
    found = json.loads(written)

    assert (0, "") == (code, err)
    assert out.startswith("demo-solu-1l · demo-solu-1l-twin · 1,024 and 1,024 neurons at ")
    assert f"{found['found_share_a']:.1%}" in out
    assert ["demo-solu-1l", "demo-solu-1l-twin"] == found["pair"]
    assert 3 == len(found["best"])
    assert all(f"{pair['a']} " in out for pair in found["best"])


def test_what_cannot_be_matched_is_said_in_sentences(lmscope: Lmscope, folder: Path) -> None:  # noqa: F811
    mistakes = {
        ("match",): "lmscope match needs a neuron.\n" + USAGE,
        ("match", "demo-gelu-2l/0/3"): "lmscope match needs a model or catalogue to search in.\n"
        + USAGE,
        ("match", "cat/", "L1N7"): "lmscope match needs a model or catalogue to search in.\n"
        + USAGE,
        ("match", "demo-gelu-2l/0/999", "demo-solu-1l"): "Layer 0 of demo-gelu-2l has neurons 0 "
        "to 767. You asked for neuron 999.\n",
        (*("match", *MODELS), "--rotations", "0"): "--rotations 0: it must be 1 or more.\n",
        (*("match", *MODELS), "--tokens", "0"): "--tokens 0: it must be 1 or more.\n",
        ("match", "demo-solu-1l", "demo-gelu-2l", "--tokens", "0"): "--tokens 0: it must be 1 or "
        "more.\n",
        ("match", "demo-solu-1l", "demo-gelu-2"): "There is no model called 'demo-gelu-2'.\n"
        "Did you mean 'demo-gelu-2l' or 'demo-solu-1l'?\nSee all 86 names with: lmscope models\n",
    }
    for typed, sentence in mistakes.items():
        assert (2, "", sentence) == lmscope(*typed)
