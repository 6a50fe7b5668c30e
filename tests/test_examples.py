"""The notebooks of `examples/` run from the first cell to the last, and are kept as they ran."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from markup import Markup
from nbclient import NotebookClient

EXAMPLES = Path(__file__).parents[1] / "examples"
NOTEBOOKS = sorted(path.name for path in EXAMPLES.glob("*.ipynb"))


def outputs(book: Any) -> list[Any]:
    return [output for cell in book.cells for output in cell.get("outputs", ())]


def shown(book: Any) -> str:
    """Give all that its cells print or display, tags taken away."""
    parts = []
    for output in outputs(book):
        data = output.get("data", {})
        parts.append(output.get("text") or Markup(data.get("text/html", "")).text)
        parts.append(data.get("text/plain", ""))
    return "\n".join(parts)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_kept_with_small_outputs_that_need_no_script(name: str) -> None:
    path = EXAMPLES / name
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)

    assert path.stat().st_size < 1_500_000
    assert "widgets" not in book.metadata
    for cell in book.cells:
        if cell.cell_type == "code":
            assert cell.execution_count
            assert all("stdout" == output.name for output in cell.outputs if "name" in output)
    for output in outputs(book):
        assert {"text/html", "text/plain"} >= set(output.get("data", {}))
        assert "script" not in Markup(output.get("data", {}).get("text/html", "")).tags
    for own in (str(Path.home()), str(Path.cwd()), "/tmp/"):
        assert own not in path.read_text("utf-8")


def test_the_newcomers_first_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline, on a machine that has never run lmscope, with a scan of less text."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LMSCOPE_EXAMPLE_TOKENS", "6000")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    path = Path(shutil.copy(EXAMPLES / "newcomer.ipynb", tmp_path))
    kept = nbformat.read(path, as_version=4)
    book = nbformat.read(path, as_version=4)
    NotebookClient(book, timeout=240, resources={"metadata": {"path": str(tmp_path)}}).execute()
    said = shown(book)

    assert [] == [output for output in outputs(book) if output.output_type == "error"]
    assert "<Catalogue of demo-solu-1l at mid: 1,024 neurons, 6,000 tokens>" in said
    assert "<demo-solu-1l/0/737 at mid: " in said
    assert "Top 20" in said
    assert "the LORD said unto Moses.↵12:7 Speak unto the people" in said
    assert "The first 5 of 1,024 neurons." in said
    assert "The first 5 of 1,536 neurons." in said
    assert set(shares(kept, 1)) == set(shares(book, 1)) == set(shares(book, 2))


def test_the_story_says_what_the_kept_outputs_show() -> None:
    book = nbformat.read(EXAMPLES / "newcomer.ipynb", as_version=4)
    ours, its = shares(book, 1), {text: other for text, (_, other) in shares(book, 2).items()}
    verses, others = list(ours)[:4], list(ours)[4:]
    surprises = [text for text in others if "fox" in text or "Dessert" in text]

    for found in ({text: value for text, (value,) in ours.items()}, its):
        assert all(found[text] > 0.25 for text in verses)
        assert all(found[text] >= 0.25 for text in surprises)
        assert all(found[text] < 0.2 for text in set(others) - set(surprises))
    assert "1,024 neurons of demo-solu-1l at mid, ranked: L0N737" in shown(book)


def shares(book: Any, n: int) -> dict[str, tuple[float, ...]]:
    """Read the lines that have `n` numbers in front of a text."""
    line = re.compile(rf"((?:\s+-?\d\.\d\d){{{n}}})\s+#*\s*('.*')")
    found = [line.fullmatch(each) for each in shown(book).split("\n")]
    return {m[2]: tuple(map(float, m[1].split())) for m in found if m}
