"""The made-up catalogue by which the site is measured: whole, and its numbers agree."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from lmscope.catalogue import Catalogue

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "contract" / "site" / "catalogues" / "tiny-words"
N_LAYERS, D_MLP = 3, 64


def load_million() -> ModuleType:
    spec = importlib.util.spec_from_file_location("million", ROOT / "scripts" / "million.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


million = load_million()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("made") / "catalogue"
    million.make(Catalogue.open(SOURCE), folder, N_LAYERS, D_MLP)
    return Catalogue.open(folder)


def test_it_is_whole(made: Catalogue) -> None:
    assert [] == made.verify()
    assert N_LAYERS * D_MLP == len(made) == len(list(made))


def test_the_numbers_of_a_neuron_agree(made: Catalogue) -> None:
    for record in made:
        counts, edges = record.histogram.counts, record.histogram.edges
        assert made.n_tokens == counts.sum()
        n_positive = counts[edges[:-1] >= 0].sum()
        assert np.float32(n_positive / made.n_tokens) == np.float32(record.moments.density)
        first, last = np.flatnonzero(counts)[[0, -1]]
        assert edges[first] <= record.moments.min <= edges[first + 1]
        assert edges[last] <= record.moments.max <= edges[last + 1]
        assert record.is_dead == (record.moments.max <= 0)


def test_the_lists_of_a_neuron_agree_with_its_numbers(made: Catalogue) -> None:
    for record in made:
        top, bottom = ([e.max for e in some] for some in (record.top, record.bottom))
        assert top == sorted(top, reverse=True)
        assert bottom == sorted(bottom)
        assert (record.moments.max, record.moments.min) == (top[0], bottom[0])
        peaks = Counter(int(e.token_ids[e.peak]) for e in record.top)
        assert peaks == {t.token_id: t.count for t in record.peak_tokens}


def test_a_window_is_a_piece_of_its_document(made: Catalogue) -> None:
    for record in made.layer(1):
        for example in (*record.top, *record.bottom):
            whole = made.pack.text(example.document)
            assert whole[example.start : example.end].decode(errors="replace") == example.text
            assert np.float16(example.max) == example.activations[example.peak]


def test_the_same_catalogue_gives_the_same_bytes(made: Catalogue, tmp_path: Path) -> None:
    million.make(Catalogue.open(SOURCE), tmp_path / "again", N_LAYERS, D_MLP)

    again = Catalogue.open(tmp_path / "again")
    assert made.manifest == again.manifest
