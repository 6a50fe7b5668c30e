"""The catalogues that Python and the site both read, and the tables that both must agree with.

If one of these fails because a format or a wording has changed on purpose, write the contract anew
with ``python scripts/golden.py`` (``--scan`` if the catalogues have changed) and look at what that
changes; then the TypeScript tests have to pass too.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from lmscope.catalogue import Catalogue
from lmscope.tensors import Tensors

ROOT = Path(__file__).parents[1]
CATALOGUES = ROOT / "contract" / "site" / "catalogues"
NAMES = ("tiny-bytes", "tiny-words", "tiny-bytes~post")


def load_golden() -> ModuleType:
    spec = importlib.util.spec_from_file_location("golden", ROOT / "scripts" / "golden.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


golden = load_golden()
TABLES: dict[str, Any] = golden.tables(CATALOGUES)


@pytest.mark.parametrize("name", NAMES)
def test_the_catalogues_are_as_they_were_made(name: str) -> None:
    assert [] == Catalogue.open(CATALOGUES / name).verify()


@pytest.mark.parametrize("name", TABLES)
def test_what_python_reads_and_writes_is_what_the_site_is_held_to(name: str) -> None:
    assert (ROOT / "contract" / name).read_text("utf-8") == golden.written(TABLES[name])


def test_the_contract_has_what_is_hard() -> None:
    of_bytes, of_words, excerpt = (Catalogue.open(CATALOGUES / name) for name in NAMES)
    shown = [e for at in golden.NEURONS for e in of_bytes[at].top + of_bytes[at].bottom]

    assert of_bytes[0, golden.DEAD].is_dead
    assert np.isnan(of_bytes[0, golden.CONSTANT].moments.skew)
    assert any(e.split for e in shown)
    assert of_words.manifest["corpus"]["n_inexact_documents"]
    assert of_words[0, 0].promoted is None
    assert any(e.text != "".join(e.tokens) for e in of_words[0, 0].top)
    assert [len(excerpt.neurons(layer)) for layer in (0, 1)] == [3, 1]
    assert "" in [excerpt.document(d) for d in range(len(golden.TEXTS))]


@pytest.fixture(scope="module")
def scanned_anew(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contract")
    golden.write_catalogues(folder)
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_a_scan_still_writes_such_a_catalogue(scanned_anew: Path, name: str) -> None:
    then, now = (Catalogue.open(folder / name) for folder in (CATALOGUES, scanned_anew))
    varying = {"versions", "files", "model"}

    assert list(then.manifest["files"]) == list(now.manifest["files"])
    assert without(then.manifest, varying) == without(now.manifest, varying)
    for file in then.manifest["files"]:
        if not file.endswith(".safetensors"):
            assert then.path.joinpath(file).read_bytes() == now.path.joinpath(file).read_bytes()
            continue
        old, new = Tensors(then.path / file), Tensors(now.path / file)
        assert {k: old.shape(k) for k in old} == {k: new.shape(k) for k in new}
        assert {k: old.read(k).dtype for k in old} == {k: new.read(k).dtype for k in new}
    # The last bits of an activation depend on the machine.
    np.testing.assert_allclose(then.column("max"), now.column("max"), rtol=1e-4)


def without(manifest: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    kept = {key: value for key, value in manifest.items() if key not in keys}
    return dict(json.loads(json.dumps(kept)))
