"""Which catalogues a site shows, and under which addresses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from lmscope.catalogue import Catalogue
from lmscope.errors import CatalogueUnfinished, NoCatalogues, NotACatalogue, UnknownAddress
from lmscope.shelf import Shelf, find, holds_some


@pytest.fixture
def library(tmp_path: Path, scanned: Any) -> Path:
    """A folder with two catalogues at different depths, and things that are none."""
    root = tmp_path / "library"
    shutil.copytree(scanned("gpt2"), root / "one")
    shutil.copytree(scanned("llama"), root / "deeper" / "two")
    (root / "notes").mkdir()
    (root / ".hidden").mkdir()
    shutil.copytree(scanned("opt"), root / ".hidden" / "three")
    return root


def copied(source: Path, folder: Path, **model: object) -> Catalogue:
    """Copy a catalogue's manifest, with other facts about its model."""
    folder.mkdir(parents=True)
    manifest = json.loads((source / "manifest.json").read_text())
    manifest["site"] = model.get("site", manifest["site"])
    manifest["model"] |= model
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return Catalogue.open(folder)


def test_catalogues_are_found_two_levels_down_in_a_fixed_order(library: Path) -> None:
    found = find([library])

    assert ["deeper/two", "one"] == [str(c.path.relative_to(library)) for c in found]
    assert holds_some(library)
    assert not holds_some(library / "notes")


def test_a_catalogue_that_is_named_twice_is_shown_once(library: Path) -> None:
    assert 2 == len(find([library / "one", library, library / "deeper"]))


def test_a_folder_without_catalogues_is_said(library: Path, tmp_path: Path) -> None:
    with pytest.raises(NotACatalogue, match=r"notes is not a catalogue: it has no manifest\.json"):
        find([library / "notes"])
    with pytest.raises(NotACatalogue, match="there is no such folder"):
        find([tmp_path / "nowhere"])
    with pytest.raises(NoCatalogues, match="Make one with: lmscope demo"):
        find([])


def test_an_unfinished_scan_is_said_if_it_is_named(library: Path) -> None:
    (library / "half").mkdir()
    (library / "half" / "scan.json").write_text("{}")

    assert 2 == len(find([library]))
    with pytest.raises(CatalogueUnfinished):
        find([library / "half"])


def test_what_merely_lies_beside_catalogues_may_be_anything(library: Path) -> None:
    (library / "other").mkdir()
    (library / "other" / "manifest.json").write_text('{"name": "an app"}')

    assert 2 == len(find([library]))
    with pytest.raises(NotACatalogue):
        find([library / "other"])


def test_addresses_are_short_and_no_two_are_the_same(scanned: Any, tmp_path: Path) -> None:
    source = scanned("gpt2")
    names = ["gpt2", "me/gpt2", "gpt2", "log", "../ä b", "", "gpt2"]
    sites = ["post", "pre", "pre", "post", "post", "post", "post"]
    catalogues = [
        copied(source, tmp_path / str(i), name=name, site=site)
        for i, (name, site) in enumerate(zip(names, sites, strict=True))
    ]

    assert ["gpt2", "gpt2~pre", "gpt2~2", "log-model", "b", "model", "gpt2~post"] == [
        address for address, _ in Shelf(catalogues)
    ]


def test_an_address_that_is_not_there_is_said_with_the_nearest(scanned: Any) -> None:
    shelf = Shelf([Catalogue.open(scanned("gpt2"))])

    assert "tiny-gpt2" == shelf["tiny-gpt2"].model
    with pytest.raises(UnknownAddress) as caught:
        shelf["tiny-gptz"]
    assert ("There is no catalogue called 'tiny-gptz' here.\nDid you mean 'tiny-gpt2'?") == str(
        caught.value
    )


def test_a_neuron_of_the_log_is_found_by_the_weights_of_its_model(
    scanned: Any, tmp_path: Path
) -> None:
    one = Catalogue.open(scanned("gpt2"))
    other = copied(scanned("gpt2"), tmp_path / "pre", site="pre")
    shelf = Shelf([one, other])
    weights = one.manifest["model"]["weights_hash"]

    assert "tiny-gpt2" == shelf.address_of(weights, "post", 1)
    assert "tiny-gpt2~pre" == shelf.address_of(weights, "pre", 0)
    assert None is shelf.address_of(weights, "post", 2)
    assert None is shelf.address_of("0" * 64, "post", 0)


def test_the_index_says_what_the_catalogues_are(scanned: Any) -> None:
    catalogue = Catalogue.open(scanned("solu"))
    index = Shelf([catalogue]).to_json(python=lambda *_: 'a "b"')

    assert {
        "address": "tiny-solu",
        "path": "catalogues/tiny-solu/",
        "model": "tiny-solu",
        "site": "mid",
        "n_layers": 2,
        "layers": [0, 1],
        "d_mlp": 40,
        "n_neurons": 80,
        "activation_function": "solu_ln",
        "is_gated": False,
        "corpus": catalogue.manifest["corpus"]["spec"][0],
        "n_tokens": catalogue.n_tokens,
        "n_documents": catalogue.pack.n_documents,
        "date": None,
        "is_built_in": False,
        "python": r'from lmscope import Catalogue; Catalogue.open("a \"b\"")',
        "why_not_live": "A static site has no model. "
        "To try any text: pip install lmscope, then lmscope serve",
    } == index["catalogues"][0]
    assert (
        "A static site keeps no log. With a lab notebook: lmscope serve"
        == (index["why_no_journal"])
    )


def test_the_day_of_the_scan_is_that_of_its_last_run(scanned: Any, tmp_path: Path) -> None:
    catalogue = copied(scanned("gpt2"), tmp_path / "one")
    log = catalogue.path / "run.jsonl"
    for text, expected in (
        ('{"date": "2026-11-21T10:00:00+00:00"}\n{"date": "2026-11-22T01:00:00+00:00"}\n',
         "2026-11-22"),
        ("", None),
        ("rubbish", None),
        ('["date"]', None),
    ):  # fmt: skip
        log.write_text(text)
        assert expected == Shelf([catalogue]).to_json()["catalogues"][0]["date"]


def test_built_in_models_and_their_text_are_known(scanned: Any, tmp_path: Path) -> None:
    catalogue = copied(scanned("solu"), tmp_path / "demo", name="demo-solu-1l")
    catalogue.manifest["corpus"]["spec"] = ["/lib/lmscope/demo/corpus/demo.jsonl.gz", "mine.txt"]
    facts = Shelf([catalogue]).to_json()["catalogues"][0]

    assert facts["is_built_in"]
    assert "free books, manuals and code (built in), mine.txt" == facts["corpus"]
