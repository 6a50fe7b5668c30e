"""Writes the pages of some neurons of a catalogue as Markdown.

python training/pages.py CATALOGUE ADDRESS... > pages.md
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from lmscope import Catalogue
from lmscope.terminal import Paper, neuron_page
from rich.console import Console


def main(folder: str, addresses: list[str]) -> None:
    """Print one page after the other, with the five strongest examples of each neuron."""
    catalogue = Catalogue.open(folder)
    function = catalogue.manifest["model"]["activation_function"]

    def source(document: int) -> tuple[str, int]:
        path, offset = catalogue.source(document)
        return Path(path).name, offset

    for address in addresses:
        console = Console(width=100, file=io.StringIO())
        page = neuron_page(
            catalogue[address],
            Paper(width=100, is_coloured=False),
            source,
            function=function,
            n_top=5,
            n_bottom=0,
        )
        console.print(page)
        text = "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())
        print(f"## {catalogue.model} {address}\n\n```\n{text}\n```\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
