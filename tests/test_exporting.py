"""A site on a static host: complete or absent, the same bytes each time, and no text can act."""

from __future__ import annotations

import base64
import errno
import hashlib
import json
import math
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from markup import Markup
from sites import HOSTILE, Reader, hosting

from lmscope import Catalogue
from lmscope.errors import (
    AlreadyThere,
    BadOption,
    CatalogueDamaged,
    DiskFull,
    LayerOutOfRange,
    LmscopeError,
    NeuronNotExported,
    NeuronOutOfRange,
    NoCatalogues,
    UnreadableNeuron,
    WrongCatalogue,
)
from lmscope.exporting import BUNDLE, embed_neuron, export, neuron_page
from lmscope.shelf import Shelf, find
from lmscope.writing import visible


@pytest.fixture
def two(scanned: Callable[..., Path]) -> list[Catalogue]:
    return [Catalogue.open(scanned(kind)) for kind in ("gpt2", "llama")]


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# --- what is in it -------------------------------------------------------------------------


def test_a_site_is_the_bundle_an_index_and_the_catalogues_own_files(
    two: list[Catalogue], tmp_path: Path
) -> None:
    done = export(two, tmp_path / "site")
    written = bytes_of(tmp_path / "site")
    bundle = bytes_of(BUNDLE)
    of_catalogues = {
        f"catalogues/{address}/{name}": data
        for address, catalogue in Shelf(two)
        for name, data in bytes_of(catalogue.path).items()
    }

    assert {**of_catalogues, ".nojekyll": b""}.items() <= written.items()
    assert set(written) - set(of_catalogues) == (
        {".nojekyll", "catalogues.json", *bundle} - {"embed.js", "widget.js"}
    )
    assert ("tiny-gpt2", "tiny-llama") == done.catalogues
    assert (160, sum(map(len, written.values())), ()) == (
        done.n_neurons, done.n_bytes, done.embedded,
    )  # fmt: skip


def test_the_index_says_what_a_static_host_cannot_do(two: list[Catalogue], tmp_path: Path) -> None:
    export(two, tmp_path / "site")
    index = json.loads((tmp_path / "site" / "catalogues.json").read_text("utf-8"))

    assert Shelf(two).to_json() == index
    for entry in index["catalogues"]:
        assert f"catalogues/{entry['address']}/" == entry["path"]
        assert 'Catalogue.open("catalogues/' in entry["python"]
        assert "A static site has no model." in entry["why_not_live"]
    assert "A static site keeps no log." in index["why_no_journal"]


def test_an_exported_site_is_found_read_and_exported_again(
    two: list[Catalogue], tmp_path: Path
) -> None:
    export(two, tmp_path / "site")
    again = find([tmp_path / "site"])
    export(again, tmp_path / "again")

    assert [repr(c) for c in two] == [repr(c) for c in again]
    assert [[], []] == [c.verify() for c in again]
    assert bytes_of(tmp_path / "site") == bytes_of(tmp_path / "again")


def test_no_address_in_the_page_leaves_its_folder() -> None:
    for name in ("index.html", "embed.html"):
        for tag, attributes in Markup((BUNDLE / name).read_text("utf-8")).elements:
            for key in ("src", "href"):
                if key in attributes:
                    assert re.match(r"[a-z./]*\w+\.\w+$", attributes[key] or ""), tag
                    assert not (attributes[key] or "").startswith("/")


def test_the_same_catalogues_give_the_same_bytes(two: list[Catalogue], tmp_path: Path) -> None:
    for name in ("a", "b"):
        export(two, tmp_path / name, neurons=["L0N7", "L1N3"], embed=True)

    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "b")


def test_the_day_of_the_scan_is_all_that_is_told_of_its_log(scanned: Any, tmp_path: Path) -> None:
    whole = Path(shutil.copytree(scanned("gpt2"), tmp_path / "whole"))
    log = {"date": "2026-11-22T10:11:12+00:00", "seconds": 1.5, "tokens_per_s": 901.2}
    (whole / "run.jsonl").write_text(json.dumps(log) + "\n")
    export([Catalogue.open(whole)], tmp_path / "site")
    index = json.loads((tmp_path / "site" / "catalogues.json").read_text("utf-8"))

    assert "2026-11-22" == index["catalogues"][0]["date"]
    assert not any(b"901.2" in data for data in bytes_of(tmp_path / "site").values())


# --- a part of it --------------------------------------------------------------------------


def test_only_the_layers_that_are_named_are_taken_along(
    two: list[Catalogue], tmp_path: Path
) -> None:
    done = export(two, tmp_path / "site", layers=[1])
    found = find([tmp_path / "site"])
    index = json.loads((tmp_path / "site" / "catalogues.json").read_text("utf-8"))

    assert 80 == done.n_neurons
    assert [[1], [1]] == [c.layers for c in found] == [e["layers"] for e in index["catalogues"]]
    assert [40, 40] == [entry["n_neurons"] for entry in index["catalogues"]]
    assert not list((tmp_path / "site").rglob("L00.safetensors"))


def test_neurons_may_be_named_with_and_without_a_model(
    two: list[Catalogue], tmp_path: Path
) -> None:
    export(two, tmp_path / "site", neurons=["1/7", "tiny-llama/0/3", "L1N7"])
    gpt2, llama = find([tmp_path / "site"])

    assert ["L1N7"] == [record.id.short for record in gpt2]
    assert ["L0N3", "L1N7"] == [record.id.short for record in llama]
    with pytest.raises(NeuronNotExported):
        gpt2["L1N8"]


def test_a_few_neurons_give_a_small_site(two: list[Catalogue], tmp_path: Path) -> None:
    for name, neurons in (("whole", None), ("few", ["L0N7"])):
        export(two, tmp_path / name, neurons=neurons)
    whole, few = (
        sum(path.stat().st_size for path in (tmp_path / name / "catalogues").rglob("*.*"))
        for name in ("whole", "few")
    )

    assert few < whole / 5


def test_named_neurons_become_files_of_their_own_too(two: list[Catalogue], tmp_path: Path) -> None:
    done = export(two[:1], tmp_path / "site", neurons=["L0N7", "L1N3"], embed=True)

    assert ("neurons/tiny-gpt2/L0N7.html", "neurons/tiny-gpt2/L1N3.html") == done.embedded
    for name, which in zip(done.embedded, ("L0N7", "L1N3"), strict=True):
        assert neuron_page(two[0], which) == (tmp_path / "site" / name).read_text("utf-8")


# --- what cannot be ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"layers": [0], "neurons": ["L0N7"]}, BadOption, "--layers 0: --neurons says it already."),
        ({"layers": []}, BadOption, "--layers alone: say which layers, as --layers 0,3-5."),
        ({"embed": True}, BadOption, "--embed alone: say which neurons, as --neurons L0N737."),
        ({"layers": [2]}, LayerOutOfRange,
         "tiny-gpt2 has layers 0 to 1. You asked for layer 2."),
        ({"neurons": ["L0N40"]}, NeuronOutOfRange,
         "Layer 0 of tiny-gpt2 has neurons 0 to 39. You asked for neuron 40."),
        ({"neurons": ["L0"]}, UnreadableNeuron,
         "'L0' does not name a neuron.\n"
         "Write layer and neuron as L0N737 or 0/737, or with the model: solu-1l/0/737."),
        ({"neurons": ["gelu-1l/0/7"]}, WrongCatalogue,
         "PATH is the catalogue of tiny-gpt2 at post, not of gelu-1l at post.\n"
         "Numbers of different models or sites are never compared."),
        ({"neurons": ["tiny-llama/0/7"]}, BadOption,
         "--neurons tiny-llama/0/7: none of them is of PATH; leave that catalogue away."),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_said_and_nothing_is_written(
    two: list[Catalogue],
    tmp_path: Path,
    options: Any,
    error: type[LmscopeError],
    sentence: str,
) -> None:
    with pytest.raises(error) as caught:
        export(two, tmp_path / "site", **options)

    assert sentence == str(caught.value).replace(str(two[0].path), "PATH")
    assert [] == list(tmp_path.iterdir())


def test_without_a_catalogue_there_is_no_site(tmp_path: Path) -> None:
    with pytest.raises(NoCatalogues):
        export([], tmp_path / "site")


def test_what_is_there_is_never_overwritten(two: list[Catalogue], tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for path in (tmp_path / "site", tmp_path / "file"):
        with pytest.raises(AlreadyThere) as caught:
            export(two, path)
        assert (
            f"{path} is already there; nothing was changed.\n"
            "Give another name with -o, or remove it first."
        ) == str(caught.value)
    with pytest.raises(AlreadyThere):
        embed_neuron(two[0], "L0N7", tmp_path / "file")

    assert {"site/index.html": b"mine", "file": b"mine"} == bytes_of(tmp_path)


def test_an_empty_folder_may_be_filled(
    two: list[Catalogue], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site").mkdir()
    export(two, tmp_path / "site")
    monkeypatch.chdir(tmp_path)
    export(two, Path("deep/down/site/"))

    assert bytes_of(tmp_path / "site") == bytes_of(tmp_path / "deep" / "down" / "site")


@pytest.mark.parametrize("options", [{}, {"neurons": ["L0N7"]}])
def test_damage_is_found_before_anything_is_written(
    scanned: Any, two: list[Catalogue], tmp_path: Path, options: Any
) -> None:
    copy = Path(shutil.copytree(scanned("gpt2"), tmp_path / "copy"))
    os.truncate(copy / "stats.safetensors", 100)
    with pytest.raises(CatalogueDamaged, match=r"stats\.safetensors in .*: it has 100 bytes"):
        export([*two, Catalogue.open(copy)], tmp_path / "site", **options)

    assert ["copy"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize("call", ["os.fsync", "shutil.copyfile", "Path.write_text"])
def test_a_full_disk_leaves_nothing_behind(
    two: list[Catalogue], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    module = "tensors" if call == "os.fsync" else "excerpts"
    monkeypatch.setattr(f"lmscope.{module}.{call}", full)
    with pytest.raises(DiskFull) as caught:
        export(two, tmp_path / "site", neurons=["L0N7"])

    assert (
        f"The disk is full: {tmp_path / 'site'} could not be written.\nNothing was left behind."
    ) == str(caught.value)
    assert [] == list(tmp_path.iterdir())


def test_an_interrupted_export_leaves_nothing_behind(
    two: list[Catalogue], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lmscope.excerpts.Catalogue.open", interrupt)
    with pytest.raises(KeyboardInterrupt):
        export(two, tmp_path / "site")

    assert [] == list(tmp_path.iterdir())


# --- a neuron as one file ------------------------------------------------------------------

HEAD = {"html", "head", "meta", "link", "title", "style", "body", "noscript", "script"}
WITHOUT_SCRIPTS = {
    "div", "p", "b", "u", "small", "details", "summary", "pre", "span", "ol", "li", "table", "tr",
    "th", "td", "code", "sub",
}  # fmt: skip


def data_of(page: Markup) -> Any:
    return json.loads(page.texts["script"][0])


def test_the_file_has_the_record_and_what_the_site_knows_of_the_catalogue(
    two: list[Catalogue], tmp_path: Path
) -> None:
    embed_neuron(two[0], "L0N7", tmp_path / "new" / "L0N7.html")
    page = Markup((tmp_path / "new" / "L0N7.html").read_text("utf-8"))
    data = data_of(page)

    assert two[0]["L0N7"].to_json() == data["record"]
    assert Shelf(two).to_json()["catalogues"][0] == data["shelved"]
    assert ["L0N7 · tiny-gpt2 · lmscope"] == page.texts["title"]
    assert "DOCTYPE html" == page.declarations[0].replace("doctype", "DOCTYPE")


def test_the_file_runs_its_own_script_and_no_other(two: list[Catalogue]) -> None:
    page = Markup(neuron_page(two[0], "L0N7"))
    scripts = [attributes for tag, attributes in page.elements if tag == "script"]
    metas = [a for tag, a in page.elements if tag == "meta" and "http-equiv" in a]
    policy = metas[0]["content"] or ""
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))

    assert [{"type": "application/json", "id": "lmscope-neuron"}, {}] == scripts[:2]
    assert [{"type": "text/plain", "id": "licences"}] == scripts[2:]
    assert (BUNDLE / "embed.js").read_text("utf-8") == page.texts["script"][1]
    inside = {"script-src": page.texts["script"][1], "style-src": page.texts["style"][0]}
    for rule, text in inside.items():
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" == rules[rule]
    assert "'none'" == rules["default-src"] == rules["base-uri"] == rules["form-action"]
    assert "<script src" not in neuron_page(two[0], "L0N7")


def test_the_licences_of_what_is_inside_come_along(two: list[Catalogue]) -> None:
    page = Markup(neuron_page(two[0], "L0N7"))

    assert "BSD-3-Clause" in page.texts["script"][2]


def test_numbers_that_json_does_not_have_are_null(
    two: list[Catalogue], monkeypatch: pytest.MonkeyPatch
) -> None:
    record = two[0]["L0N7"].to_json()
    stats = {**record["stats"], "max": math.inf, "mean": math.nan}
    monkeypatch.setattr(
        "lmscope.neurons.NeuronRecord.to_json", lambda _: {**record, "stats": stats}
    )
    data = data_of(Markup(neuron_page(two[0], "L0N7")))

    assert (None, None) == (data["record"]["stats"]["max"], data["record"]["stats"]["mean"])
    assert record["top"] == data["record"]["top"]


def test_hostile_texts_stay_texts_in_the_file(hostile_folder: Path) -> None:
    catalogue = Catalogue.open(hostile_folder)
    for neuron in range(0, catalogue.d_mlp, 8):
        source = neuron_page(catalogue, (0, neuron))
        page = Markup(source)
        record = data_of(page)["record"]

        assert page.tags <= HEAD | WITHOUT_SCRIPTS
        assert not {name for name in page.attributes if name.startswith("on")}
        assert 3 == len(page.texts["script"])
        assert catalogue[0, neuron].to_json() == record
        assert set(HOSTILE.values()) <= {example["text"] for example in record["top"]}
        outside = source.replace((BUNDLE / "embed.js").read_text("utf-8"), "")
        outside = outside.replace((BUNDLE / "LICENSES.txt").read_text("utf-8"), "")
        assert all(c == "\n" or visible(c, spaces=True) in (c, "·", "\\xa0") for c in outside)


def test_a_line_of_ten_megabytes_makes_no_large_file(hostile_folder: Path, tmp_path: Path) -> None:
    catalogue = Catalogue.open(hostile_folder)
    export([catalogue], tmp_path / "site", neurons=["L0N7"], embed=True)

    assert (tmp_path / "site" / "neurons" / "hostile" / "L0N7.html").stat().st_size < 1_000_000


# --- in a browser --------------------------------------------------------------------------


def test_a_file_opens_from_a_disk(
    hostile_folder: Path, tmp_path: Path, readers: Callable[..., Reader]
) -> None:
    embed_neuron(Catalogue.open(hostile_folder), "L0N7", tmp_path / "n.html")
    reader = readers(f"file://{tmp_path}/n.html")
    page = reader.page
    page.goto(reader.url)
    page.locator("lms-neuron").wait_for()

    assert "L0N7" in page.locator("h1").first.inner_text()
    assert page.get_by_text("<script>alert(1)</script>").count() > 0
    assert page.locator("img, iframe, object").count() == 0
    assert all(url.startswith(("file:", "data:")) for url in reader.asked)


def test_a_file_is_read_without_scripts(
    hostile_folder: Path, tmp_path: Path, readers: Callable[..., Reader]
) -> None:
    embed_neuron(Catalogue.open(hostile_folder), "L0N7", tmp_path / "n.html")
    reader = readers(f"file://{tmp_path}/n.html", java_script_enabled=False)
    reader.page.goto(reader.url)
    body = reader.page.locator("body").inner_text()
    shade = reader.page.locator("li span[title]").first.evaluate(
        "element => getComputedStyle(element).backgroundColor"
    )

    assert "hostile · L0N7" in body
    assert "<script>alert(1)</script>" in body.replace("\xa0", " ")
    assert shade.startswith(("rgba(31, 111, 235, ", "rgba(215, 100, 0, "))


def test_a_site_is_read_from_a_sub_path_of_a_static_host(
    two: list[Catalogue], tmp_path: Path, readers: Callable[..., Reader]
) -> None:
    export(two, tmp_path / "site", neurons=["L0N7", "L1N3", "tiny-llama/1/30"])
    with hosting(tmp_path / "site") as url:
        page = readers(url).open("#/tiny-llama/1/30")
        page.locator("lms-neuron").wait_for()
        tokens = "".join(two[1]["L1N30"].top[0].tokens)

        assert "L1N30" in page.locator("h1").first.inner_text()
        assert tokens == page.locator("lms-tokens .run").first.text_content()
