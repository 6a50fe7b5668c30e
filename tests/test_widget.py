"""In a notebook that runs, a neuron is the site's own component; without the extra, plain HTML."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from markup import Markup
from nbclient import NotebookClient
from sites import Reader, hosting

from lmscope import Catalogue, look
from lmscope.exporting import BUNDLE
from lmscope.widget import NeuronView

VIEW = "application/vnd.jupyter.widget-view+json"
REFUSE = """
import importlib.abc, sys

class Refuse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "anywidget":
            raise ImportError(name)

sys.meta_path.insert(0, Refuse())
"""


def run(cells: list[str], folder: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Run cells in a kernel of their own; give the bundle that each displays, and the widgets."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = NotebookClient(book, timeout=120, resources={"metadata": {"path": str(folder)}})
    client.execute()
    bundles = [
        dict(output.data)
        for cell in book.cells
        for output in cell.outputs
        if output.output_type == "execute_result"
    ]
    return bundles, client.widget_state


@pytest.fixture(scope="module")
def cells(scanned: Callable[..., Path], model_folder: Callable[[str], Path]) -> list[str]:
    return [
        "from lmscope import Catalogue, load, look, rank",
        f"catalogue = Catalogue.open({str(scanned('gpt2'))!r}); catalogue",
        "catalogue['L0N7']",
        f"model = load({str(model_folder('gpt2'))!r}, device='cpu')",
        "look(model, 'the river <b>', 'L0N7', catalogue=catalogue)",
        "rank(model, 'the river <b>', catalogue=catalogue)",
    ]


def test_a_running_notebook_shows_the_component_and_keeps_the_html(
    cells: list[str], scanned: Any, tmp_path: Path
) -> None:
    bundles, widgets = run(cells, tmp_path)
    catalogue, neuron, looked, ranking = bundles

    assert {"text/html", "text/plain", VIEW} == set(neuron) == set(looked)
    assert {"text/html", "text/plain"} == set(catalogue) == set(ranking)
    record = Catalogue.open(scanned("gpt2"))["L0N7"]
    assert record._repr_html_() == neuron["text/html"]
    assert repr(record) == neuron["text/plain"]
    states = [widgets[bundle[VIEW]["model_id"]] for bundle in (neuron, looked)]
    assert record.to_json() == states[0]["record"]
    assert (None, None) == (states[0]["look"], states[0]["shelved"])
    assert ("the river <b>", None) == (states[1]["look"]["text"], states[1]["record"])
    script = (BUNDLE / "widget.js").read_text("utf-8")
    assert [("AnyModel", script)] * 2 == [(s["_model_name"], s["_esm"]) for s in states]


def test_without_the_packages_there_is_html_without_scripts(
    cells: list[str], tmp_path: Path
) -> None:
    bundles, widgets = run([REFUSE, *cells], tmp_path)

    assert "anywidget" not in {state["_model_module"] for state in widgets.values()}
    assert 4 == len(bundles)
    for bundle in bundles:
        assert {"text/html", "text/plain"} == set(bundle)
        assert "script" not in Markup(bundle["text/html"]).tags


def test_outside_of_a_notebook_no_widget_is_made(scanned: Any) -> None:
    record = Catalogue.open(scanned("gpt2"))["L0N7"]

    assert ({}, {}) == record._repr_mimebundle_()


def test_without_the_packages_the_widget_says_how_to_get_them() -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"{REFUSE}\nimport lmscope.widget"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (
        "lmscope.errors.MissingExtra: The live view of a neuron in a notebook needs packages "
        'that are not installed.\nGet them with: pip install "lmscope[notebook]"\n'
    ) == done.stderr[done.stderr.rindex("lmscope.errors.") :]


def test_the_widget_takes_what_the_front_end_asks_for() -> None:
    view = NeuronView(record={"neuron": "L0N7"}, shelved={"address": "toy"})

    assert {"record", "shelved", "look"} <= set(view.keys)
    assert ({"neuron": "L0N7"}, {"address": "toy"}, None) == (view.record, view.shelved, view.look)


RENDER = """async ([url, shapes]) => {
  const { default: widget } = await import(url);
  const model = { get: (name) => shapes[name], on() {}, off() {} };
  const el = document.body.appendChild(document.createElement("div"));
  widget.render({ model, el });
}"""


@pytest.mark.parametrize("name", ["lms-neuron", "lms-look"])
def test_the_script_draws_what_the_widget_holds(
    name: str, scanned: Any, model_of: Any, tmp_path: Path, readers: Callable[..., Reader]
) -> None:
    catalogue = Catalogue.open(scanned("gpt2"))
    found = look(model_of("gpt2"), "the <b> river", "L0N7", catalogue=catalogue)
    shapes = {"record": catalogue["L0N7"].to_json(), "shelved": None, "look": None}
    if name == "lms-look":
        shapes = {"record": None, "shelved": None, "look": found.to_json()}
    (tmp_path / "index.html").write_text('<!doctype html><link rel="icon" href="data:,"><p>cell')
    shutil.copy(BUNDLE / "widget.js", tmp_path)
    with hosting(tmp_path) as url:
        page = readers(url).page
        page.goto(url)
        page.evaluate(RENDER, [f"{url}widget.js", shapes])
        page.locator(f"{name} lms-tokens .run").first.wait_for()
        drawn = page.locator(name)

        assert 1 == drawn.count()
        assert page.get_by_text("L0N7").count() > 0
        tokens = found.tokens if name == "lms-look" else catalogue["L0N7"].top[0].tokens
        assert "".join(tokens) == drawn.locator("lms-tokens .run").first.text_content()
