from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from huggingface_hub import constants

from lmscope.errors import NoNeurons
from lmscope.models.names import KNOWN, cached, resolve, unknown


def test_every_name_of_the_table_resolves_to_its_own_model() -> None:
    for model in KNOWN:
        for name in model.names:
            assert model is resolve(name)
            assert model is resolve(name.upper())


def test_no_name_is_used_twice() -> None:
    names = [name.casefold().replace("_", "-") for model in KNOWN for name in model.names]

    assert sorted(set(names)) == sorted(names)


def test_the_table_is_plausible() -> None:
    assert len(KNOWN) >= 45
    for model in KNOWN:
        assert re.fullmatch(r"[a-z0-9.-]+", model.alias)
        assert (model.folder is not None) or re.fullmatch(r"[\w.-]+/[\w.-]+", model.repo)
        assert model.site == ("mid" if "solu" in model.alias else "post")
        # Two matrices between the stream and the neurons, at least 64 wide, in every layer.
        assert model.n_parameters > 2 * 64 * model.n_neurons


@pytest.mark.parametrize(
    ("typed", "alias"),
    [
        ("SOLU_1L", "solu-1l"),
        ("gpt2", "gpt2-small"),
        (" GPT2 Medium ", "gpt2-medium"),
        ("EleutherAI/Pythia-70M", "pythia-70m"),
        ("neelnanda/solu_2l512w_c4_code", "solu-2l"),
        ("solu-1l-old", "solu-1l-pile"),
        ("gelu-4l-c4-code", "gelu-4l"),
    ],
)
def test_case_and_the_sign_between_words_are_forgiven(typed: str, alias: str) -> None:
    model = resolve(typed)

    assert model is not None
    assert alias == model.alias


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("solu-11", "solu-1l"),
        ("solu-il", "solu-1l"),
        ("so1u-1l", "solu-1l"),
        ("gpt2small", "gpt2-small"),
        ("gtp2-small", "gpt2-small"),
        ("pythia-70", "pythia-70m"),
        ("pithya-70m", "pythia-70m"),
        ("EleutherAI/pythia-70", "EleutherAI/pythia-70m"),
        ("gpt2-x1", "gpt2-xl"),
        ("smollm-135m", "smollm2-135m"),
    ],
)
def test_a_wrong_name_is_not_guessed_but_asked_about(typed: str, meant: str) -> None:
    assert resolve(typed) is None
    assert meant == unknown(typed).facts["nearest"][0]


def test_a_look_alike_letter_is_pointed_out() -> None:
    assert (
        "There is no model called 'solu-11'.\n"
        "Did you mean 'solu-1l' or 'solu-10l'?\n"
        "(You typed the digit '1' where the name has the letter 'l'.)\n"
        f"See all {len(KNOWN)} names with: lmscope models"
    ) == str(unknown("solu-11"))


@pytest.mark.parametrize(
    "typed", ["attn-only-2l", "Attn_Only_2L", "NeelNanda/Attn_Only_2L512W_C4_Code"]
)
def test_a_model_without_neurons_says_so(typed: str) -> None:
    with pytest.raises(NoNeurons, match="attn-only-2l has attention layers only"):
        resolve(typed)


def test_a_model_is_cached_once_its_weights_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    assert not cached("openai-community/gpt2")

    snapshot = tmp_path / "models--openai-community--gpt2" / "snapshots" / ("a" * 40)
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").touch()
    weights = snapshot / "model.safetensors"
    weights.symlink_to("../../blobs/1234")  # a download that has not come to its end
    assert not cached("openai-community/gpt2")

    weights.unlink()
    weights.touch()
    assert cached("openai-community/gpt2")


def test_the_cache_is_where_the_environment_says(tmp_path: Path) -> None:
    weights = tmp_path / "hub" / "models--a--b" / "snapshots" / "c" / "model.safetensors"
    weights.parent.mkdir(parents=True)
    weights.touch()
    script = "from lmscope.models.names import cached; print(cached('a/b'))"

    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"HF_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "True" == done.stdout.strip()
