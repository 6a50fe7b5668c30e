from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lmscope.catalogue import Catalogue, worth_seeing
from lmscope.cli import main
from lmscope.demonstration import MODELS, catalogue_of, corpus
from lmscope.models.loading import load
from lmscope.models.names import KNOWN
from lmscope.scanning import scan

N_TOKENS = 6_000


class Visit:
    """One call of `catalogue_of`, and what it said and did."""

    def __init__(self, cache: Path, *, stops: bool = False) -> None:
        self.said: list[str] = []
        self.stages: list[str] = []
        self.found = catalogue_of(
            MODELS[0],
            cache,
            n_tokens=N_TOKENS,
            say=self.said.append,
            report=lambda progress: self.stages.append(progress.stage),
            should_stop=lambda: stops,
        )


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    yield Visit(tmp_path_factory.mktemp("demo"))


def bytes_of(catalogue: Catalogue) -> dict[str, bytes]:
    return {
        str(path.relative_to(catalogue.path)): path.read_bytes()
        for path in sorted(catalogue.path.rglob("*"))
        if path.is_file()
    }


def copied(first: Visit, cache: Path) -> Path:
    import shutil

    assert first.found is not None
    return Path(shutil.copytree(first.found.path, cache / first.found.path.name))


def test_the_first_visit_scans_without_a_word(first: Visit) -> None:
    assert first.found is not None
    assert [] == first.said
    assert "scanning" in first.stages
    assert (1024, "mid", "demo-solu-1l") == (
        len(first.found),
        first.found.site,
        first.found.model,
    )


def test_the_second_visit_uses_what_is_there(first: Visit, cache: Path) -> None:
    copied(first, cache)

    second = Visit(cache)

    assert ([], []) == (second.said, second.stages)


def test_a_damaged_catalogue_is_made_anew_with_a_word(first: Visit, cache: Path) -> None:
    shard = copied(first, cache) / "stats.safetensors"
    data = bytearray(shard.read_bytes())
    data[-1] ^= 1
    shard.write_bytes(data)

    again = Visit(cache)

    assert [
        "The catalogue of demo-solu-1l is damaged "
        "(stats.safetensors: its bytes differ from its checksum).",
        "It is made anew.",
    ] == again.said
    assert first.found is not None
    assert again.found is not None
    assert bytes_of(first.found) == bytes_of(again.found)


def test_an_interrupted_scan_goes_on_with_a_word(first: Visit, cache: Path) -> None:
    assert Visit(cache, stops=True).found is None

    again = Visit(cache)

    assert ["The scan of demo-solu-1l was interrupted; it goes on where it stopped."] == again.said
    assert first.found is not None
    assert again.found is not None
    assert bytes_of(first.found) == bytes_of(again.found)


def test_the_catalogue_of_another_version_is_made_anew(first: Visit, cache: Path) -> None:
    path = copied(first, cache) / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["model"]["weights_hash"] = "0" * 64
    path.write_text(json.dumps(manifest), "utf-8")

    again = Visit(cache)

    assert [
        "demo-solu-1l is another version than the one in the cache; it is scanned anew."
    ] == again.said
    assert again.found is not None


def test_rubbish_in_the_cache_does_no_harm(first: Visit, cache: Path) -> None:
    folder = cache / f"{MODELS[0]}-{N_TOKENS}"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{", "utf-8")

    again = Visit(cache)

    assert 1 == len(again.said)
    assert "cannot be used" in again.said[0]
    assert again.found is not None


def test_neurons_worth_seeing_are_alive_and_about_different_tokens(first: Visit) -> None:
    assert first.found is not None

    chosen = worth_seeing(first.found, 5)

    records = [first.found[one] for one in chosen]
    assert 5 == len({r.peak_tokens[0].token.strip().casefold() for r in records})
    assert not any(r.is_dead for r in records)
    assert min(r.moments.kurtosis for r in records) > 10


def test_the_first_three_peak_on_one_token_on_a_few_and_on_many(first: Visit) -> None:
    assert first.found is not None

    records = [first.found[one] for one in worth_seeing(first.found, 3)]

    one, few, many = (r.peak_tokens[0].count / len(r.top) for r in records)
    assert one >= 0.9 > few >= 0.4 > many


def test_the_demo_shows_three_neurons_of_each_model(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["demo", "--cache", str(cache), "--tokens", str(N_TOKENS), "--no-serve"]
    with pytest.raises(SystemExit) as stop:
        main(asked)
    page = capsys.readouterr().out
    with pytest.raises(SystemExit):
        main([*asked, "--json"])
    shown: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["demo"]

    assert 0 == (stop.value.code or 0)
    assert list(MODELS) == [one["model"] for one in shown]
    for one in shown:
        assert 3 == len(one["neurons"])
        for neuron in one["neurons"]:
            assert f"lmscope neuron {one['catalogue']} {neuron}" in page


def test_the_demo_models_come_first_in_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["models"])

    lines = capsys.readouterr().out.splitlines()
    assert "demo-solu-1l" == lines[1].split()[0]
    assert "built in: start here" in lines[1]
    assert all(m.folder is not None and m.folder.is_dir() for m in KNOWN if not m.repo)


def test_the_text_is_there() -> None:
    assert corpus().is_file()


def test_a_neuron_of_the_demo_stands_for_the_colon_of_a_verse(tmp_path: Path) -> None:
    """A feature that was really learnt: the top list, and what the neuron says comes next."""
    verses = [
        f"{n}:{v} And the king of the north said unto them in the {n}th year: Behold, I come.\n"
        for n in range(1, 9)
        for v in range(2, 30, 3)
    ]
    (tmp_path / "verses.txt").write_text("".join(verses), "utf-8")

    catalogue = scan(load("demo-solu-1l", device="cpu"), tmp_path / "verses.txt", tmp_path / "c")

    assert catalogue is not None
    record = catalogue["L0N737"]
    assert {":"} == {example.tokens[example.peak] for example in record.top[:10]}
    assert all(example.tokens[example.peak + 1].strip().isdigit() for example in record.top[:10])
    assert record.promoted is not None
    assert set("123456789") == {effect.token for effect in record.promoted[:9]}
