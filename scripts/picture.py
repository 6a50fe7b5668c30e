"""Draw a neuron's page as an SVG picture, in the colours of a terminal.

Run it with:  python scripts/picture.py CATALOGUE ADDRESS OUT.svg [ROOT]

ROOT is cut from the front of the sources' paths.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

from lmscope import Catalogue
from lmscope.terminal import Paper, neuron_page


def draw(catalogue: Catalogue, address: str, root: str) -> str:
    """Give the picture; nothing in it is loaded from elsewhere."""

    def source(document: int) -> tuple[str, int]:
        path, offset = catalogue.source(document)
        return path.removeprefix(root), offset

    console = Console(
        record=True, width=104, force_terminal=True, color_system="truecolor", file=io.StringIO()
    )
    model = catalogue.manifest["model"]
    function = model["activation_function"] + ", gated" * model["is_gated"]
    paper = Paper(width=104)
    console.print(
        neuron_page(catalogue[address], paper, source, function=function, n_top=8, n_bottom=2)
    )
    # Shades are mixed for a black terminal; on rich's usual grey the faintest are dark patches.
    svg = console.export_svg(title=f"lmscope neuron {address}", theme=MONOKAI)
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit("Usage: python scripts/picture.py CATALOGUE ADDRESS OUT.svg [ROOT]")
    folder, address, target = sys.argv[1:4]
    root = sys.argv[4] if len(sys.argv) == 5 else ""
    Path(target).write_text(draw(Catalogue.open(folder), address, root), "utf-8")
