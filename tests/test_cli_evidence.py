"""`lmscope test` and `lmscope find` as they are typed, on a corpus with enough lists."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_hypotheses import CORPUS, KEYS, LISTS, WORDS, write_corpus

from lmscope.cli import main
from lmscope.evidence import VERDICTS
from lmscope.scanning import scan

RULE = LISTS.text
PAIRS = "matching,other\n" + "".join(
    f"{a} {b} a) {c},{a} {b} a. {c}\n" for a, b, c in zip(WORDS, WORDS[2:], WORDS[4:], strict=False)
)
Lmscope = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def folder(shared: Any, model_of: Any, model_folder: Any) -> Path:
    def make(folder: Path) -> None:
        folder.mkdir()
        corpus = write_corpus(folder / "lists.jsonl")
        scan(model_of("gpt2"), corpus, folder / "cat", context=48)
        write_corpus(folder / "other.jsonl", seed=5)
        (folder / "pairs.csv").write_text(PAIRS)

    return Path(shared("evidence", make))


@pytest.fixture
def lmscope(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Lmscope:
    """Type a command in the folder; log and cache are new for each test."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("LMSCOPE_JOURNAL", str(tmp_path / "journal.sqlite"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("sys.stdin", io.StringIO())

    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(words)
        return int(left.value.code or 0), *capsys.readouterr()

    return run


def test_a_test_prints_the_verdict_why_and_what_speaks_against_it(lmscope: Lmscope) -> None:
    code, out, err = lmscope("test", "cat", "L1N7", "--rule", RULE, "--claim", "lists a) b)")

    assert (0, "") == (code, err)
    verdict = out.split(" · ")[0].lower()
    assert verdict in VERDICTS
    for said in (
        "lists a) b)",
        RULE,
        "On ordinary text",
        "Precision by level of activation",
        "Simpler rules",
        "Strongest outside the rule",
        "a random neuron",
        "shuffled labels",
    ):
        assert said in out
    assert all(len(line) <= 100 for line in out.splitlines())


def test_json_has_every_key_and_says_the_same(lmscope: Lmscope) -> None:
    typed = ("test", "cat/L1N7", "--rule", RULE, "--pairs", "pairs.csv", "--json", "--no-journal")

    code, out, _ = lmscope(*typed)

    result = json.loads(out)
    assert code == 0
    assert set(result) >= KEYS
    assert set(result["corpus"]) >= CORPUS
    assert result["pairs"]["n"] == len(PAIRS.splitlines()) - 1
    assert result["neuron"] == "L1N7"
    assert out == lmscope(*typed)[1]  # from activations that were kept


def test_a_hypothesis_can_be_saved_shared_and_tested_again(
    lmscope: Lmscope, tmp_path: Path
) -> None:
    file = tmp_path / "h.toml"
    typed = ("test", "cat", "L1N7", "--rule", RULE, "--pairs", "pairs.csv", "--side", "negative")

    _, first, _ = lmscope(*typed, "--save", str(file), "--json", "--no-journal")
    _, again, _ = lmscope("test", str(file), "--json", "--no-journal")

    assert json.loads(first) == json.loads(again)
    assert json.loads(again)["side"] == "-"
    _, other, _ = lmscope("test", str(file), "cat/L1N8", "--json", "--no-journal")
    assert json.loads(other)["neuron"] == "L1N8"
    assert json.loads(other)["hypothesis"] == json.loads(first)["hypothesis"]


def test_other_texts_are_said_to_be_others(lmscope: Lmscope) -> None:
    typed = ("test", "cat", "L1N7", "--rule", RULE, "--json", "--no-journal")

    _, own, _ = lmscope(*typed)
    _, other, _ = lmscope(*typed, "--corpus", "other.jsonl")

    data = [json.loads(out)["data"] for out in (own, other)]
    assert [d["is_catalogues_own"] for d in data] == [True, False]
    assert data[1]["corpus"] == ["other.jsonl"]


def test_near_misses_and_harvested_pairs_are_made(lmscope: Lmscope, tmp_path: Path) -> None:
    texts = tmp_path / "only.csv"
    rows = (f"{a} {b} a) {c}\n" for a, b, c in zip(WORDS, WORDS[2:], WORDS[4:], strict=False))
    texts.write_text("matching\n" + "".join(rows))
    typed = ("test", "cat", "L1N7", "--rule", RULE, "--json", "--no-journal")

    code, refused, _ = lmscope(*typed, "--pairs", str(texts))
    _, missed, _ = lmscope(*typed, "--pairs", str(texts), "--near-misses")
    _, harvested, _ = lmscope(*typed, "--harvest", "7")

    assert code == 2
    assert "--near-misses" in json.loads(refused)["error"]["message"]
    assert json.loads(missed)["pairs"]["n"] == 6
    assert json.loads(harvested)["pairs"]["given"] == 7


def test_every_test_is_on_record_and_in_the_report_failed_ones_too(
    lmscope: Lmscope, tmp_path: Path
) -> None:
    lmscope("test", "cat", "L1N7", "--rule", "words: moon", "--claim", "it fires on the moon")
    lmscope("test", "cat", "L1N8", "--rule", "words: moon")
    _, out, _ = lmscope(
        "test", "cat", "L1N7", "--rule", RULE, "--report", str(tmp_path / "r.md"), "--json"
    )
    lmscope("test", "cat", "L1N7", "--rule", RULE, "--report", str(tmp_path / "r.html"))

    result = json.loads(out)
    assert result["n_neurons"] == 2
    for name in ("r.md", "r.html"):
        text = (tmp_path / name).read_text()
        assert "it fires on the moon" in text
        assert text.count("words: moon") == 1  # of this neuron, not of the other
    _, log, _ = lmscope("log", "--tests", "--json")
    assert len(json.loads(log)["tests"]) == 4


def test_find_ranks_neurons_and_says_what_chance_would_have_found(lmscope: Lmscope) -> None:
    typed = ("find", "cat", "--rule", RULE, "-n", "4")

    code, out, err = lmscope(*typed)
    _, again, _ = lmscope(*typed, "--json")

    assert (0, "") == (code, err)
    assert "shuffled labels" in out
    assert "80 neurons were ranked" in out
    found = json.loads(again)
    assert found["rule"] == RULE
    assert len(found["neurons"]) == 4
    for neuron in found["neurons"]:
        assert set(neuron) >= {"model", "neuron", "side", "offset", "discovery", "verdict"}
        assert set(neuron["confirmation"]) >= {"ap", "ap_low", "ap_high", "p_adjusted"}
        assert neuron["neuron"] in out
    aps = [neuron["confirmation"]["ap"] for neuron in found["neurons"]]
    assert aps == sorted(aps, reverse=True)


def test_find_searches_several_models_and_other_texts(lmscope: Lmscope, model_folder: Any) -> None:
    typed = ("find", "cat", str(model_folder("llama")), "--rule", RULE, "-n", "2")

    code, out, _ = lmscope(*typed, "--corpus", "other.jsonl", "--json")

    found = json.loads(out)
    assert code == 0
    assert {"tiny-gpt2", "tiny-llama"} == {neuron["model"] for neuron in found["neurons"]}
    assert len(found["searched"]) == 2


def test_pairs_for_a_demo_neuron_come_on_top_of_its_corpus(
    lmscope: Lmscope, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lmscope import demonstration

    monkeypatch.setattr(demonstration, "N_TOKENS", 6_000)
    rule = ("--rule", "words: I, you, we", "--json", "--no-journal")
    _, out, _ = lmscope("test", "demo-solu-1l/0/639", *rule, "--pairs", "pairs.csv")
    found = json.loads(out)

    assert found["pairs"] is not None
    assert found["corpus"] is not None
