"""Run the notebooks of `examples/` again, in place, and keep of their outputs what all can see.

    python scripts/run_examples.py

Left out are live views, which need a kernel, progress bars, and times.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

EXAMPLES = Path(__file__).parents[1] / "examples"
KEPT = ("text/html", "text/plain")


def run(path: Path) -> None:
    """Run one notebook and write it back with clean outputs."""
    book = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    NotebookClient(book, timeout=600, resources={"metadata": {"path": str(path.parent)}}).execute()
    book.metadata.pop("widgets", None)
    book.metadata.language_info = {"name": "python"}
    for i, cell in enumerate(book.cells):
        cell.id, cell.metadata = f"cell-{i:02}", {}
        if cell.cell_type != "code":
            continue
        cell.outputs = _clean(cell.outputs)
    nbformat.write(book, path)  # type: ignore[no-untyped-call]


def _clean(outputs: list[Any]) -> list[Any]:
    """Join what was printed, and leave out warnings and all but text and HTML."""
    kept: list[Any] = []
    for output in outputs:
        if output.get("name") == "stderr":
            continue
        if output.output_type == "stream" and kept and kept[-1].output_type == "stream":
            kept[-1].text += output.text
            continue
        if "data" in output:
            output.data = {kind: output.data[kind] for kind in KEPT if kind in output.data}
            output.metadata = {}
        kept.append(output)
    return kept


if __name__ == "__main__":
    for path in sorted(EXAMPLES.glob("*.ipynb")):
        run(path)
