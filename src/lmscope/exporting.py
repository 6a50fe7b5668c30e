"""Catalogues as a site for any static host, and one neuron as one HTML file. Runs no model.

A site is the catalogues' own files, the bundle and an index, `catalogues.json`: what `lmscope
serve` sends, less what needs a model or a lab notebook. It is complete or absent, and the same
catalogues give the same bytes.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path

from lmscope.catalogue import Catalogue
from lmscope.errors import AlreadyThere, BadOption, DiskFull, NoCatalogues, WrongCatalogue
from lmscope.excerpts import share_file, write_excerpt
from lmscope.neurons import NeuronId
from lmscope.notebook import neuron_html
from lmscope.shelf import Shelf
from lmscope.tensors import replacing
from lmscope.writing import visible

BUNDLE = Path(__file__).parent / "static"
"""The built front end."""
_NOT_FOR_A_SITE = ("embed.js", "widget.js")  # for single files, and for notebooks
_NOTHING_LEFT = "Nothing was left behind."


@dataclass(frozen=True, slots=True)
class Exported:
    """A site that was written."""

    path: Path
    catalogues: tuple[str, ...]
    """Their addresses on the site."""
    n_neurons: int
    n_bytes: int
    embedded: tuple[str, ...]
    """Files of single neurons, relative to the site."""


def export(
    catalogues: Iterable[Catalogue],
    out: Path,
    *,
    layers: Sequence[int] | None = None,
    neurons: Sequence[str] | None = None,
    embed: bool = False,
) -> Exported:
    """Write a site that shows catalogues from any folder of any static host.

    Args:
        catalogues: Those to show, in this order.
        out: The folder; must not exist, or be empty.
        layers: Which layers to take along; None for all.
        neurons: Which neurons, in any spelling that `read_address` takes; one without a model
            is taken from every catalogue. None for all.
        embed: Write each of the neurons into an HTML file of its own, too.

    Raises:
        NoCatalogues: If there is none.
        AlreadyThere: If `out` holds anything.
        BadOption: If the options do not fit together, or nothing of a catalogue is wanted.
        LayerNotScanned: If a catalogue has no such layer.
        NeuronNotExported: If a catalogue has no such neuron.
        CatalogueDamaged: If a file of a catalogue is missing, cut, or not what it was.
        DiskFull: If there is no space left.
    """
    shelf = Shelf(catalogues)
    if not len(shelf):
        raise NoCatalogues
    if layers is not None and not layers:
        raise BadOption("--layers", "alone", "say which layers, as --layers 0,3-5")
    if layers is not None and neurons is not None:
        raise BadOption("--layers", ",".join(map(str, layers)), "--neurons says it already")
    if embed and neurons is None:
        raise BadOption("--embed", "alone", "say which neurons, as --neurons L0N737")
    chosen = _chosen(shelf, neurons)
    embedded = []
    with _complete_or_absent(out) as draft:
        _share_bundle(draft)
        written = []
        for address, catalogue in shelf:
            folder = draft / "catalogues" / address
            which = chosen.get(address)
            places = None if which is None else [(found.layer, found.neuron) for found in which]
            written.append(write_excerpt(catalogue, folder, layers=layers, neurons=places))
            if which is not None and embed:
                (draft / "neurons" / address).mkdir(parents=True)
                for found in which:
                    embedded.append(f"neurons/{address}/{found.short}.html")
                    (draft / embedded[-1]).write_text(neuron_page(catalogue, found), "utf-8")
        index = json.dumps(Shelf(written).to_json(), indent=1, ensure_ascii=False)
        (draft / "catalogues.json").write_text(f"{index}\n", "utf-8")
        n_bytes = sum(path.stat().st_size for path in draft.rglob("*") if path.is_file())
    return Exported(
        path=out,
        catalogues=tuple(address for address, _ in shelf),
        n_neurons=sum(map(len, written)),
        n_bytes=n_bytes,
        embedded=tuple(embedded),
    )


def embed_neuron(catalogue: Catalogue, which: str | NeuronId | tuple[int, int], path: Path) -> None:
    """Write one neuron into one HTML file, which opens from a disk and asks for nothing else.

    Args:
        catalogue: Where it is.
        which: The neuron, as ``catalogue[which]`` takes it.
        path: The file; must not exist.

    Raises:
        AlreadyThere: If it does.
        DiskFull: If there is no space left.
    """
    page = neuron_page(catalogue, which)
    if path.exists():
        raise AlreadyThere(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path, _NOTHING_LEFT) as file:
        file.write(page.encode())


def neuron_page(catalogue: Catalogue, which: str | NeuronId | tuple[int, int]) -> str:
    """Draw one neuron as a page of its own: script, data, and what is seen without scripts."""
    record = catalogue[which].to_json()
    shelved = Shelf([catalogue]).to_json()["catalogues"][0]
    script, licences = ((BUNDLE / name).read_text("utf-8") for name in ("embed.js", "LICENSES.txt"))
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(_STYLE)}; "
        "style-src-attr 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    data = _inert({"record": record, "shelved": shelved})
    title = escape(visible(f"{record['neuron']} · {record['model']} · lmscope"))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<noscript>
{neuron_html(record)}
</noscript>
<script type="application/json" id="lmscope-neuron">{data}</script>
<script>{script}</script>
<script type="text/plain" id="licences">{escape(licences, quote=False)}</script>
</body>
</html>
"""


_STYLE = "body{margin:1rem;font:0.9375rem/1.5 system-ui,sans-serif}"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _inert(value: object) -> str:
    """Write JSON that no text in it can leave: ASCII only, and nothing that HTML knows."""
    finite = json.loads(json.dumps(value), parse_constant=lambda _: None)
    text = json.dumps(finite, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _chosen(shelf: Shelf, neurons: Sequence[str] | None) -> dict[str, list[NeuronId]]:
    """Find the neurons that are wanted of each catalogue; no entry if all of them are."""
    if neurons is None:
        return {}
    chosen: dict[str, list[NeuronId]] = {address: [] for address, _ in shelf}
    for typed in dict.fromkeys(neurons):
        refusals = []
        for address, catalogue in shelf:
            try:
                chosen[address].append(catalogue.find(typed))
            except WrongCatalogue as error:  # a model is named, and it is another one
                refusals.append(error)
        if len(refusals) == len(shelf):
            raise refusals[0]
    for address, catalogue in shelf:
        if not chosen[address]:
            reason = f"none of them is of {catalogue.path}; leave that catalogue away"
            raise BadOption("--neurons", ",".join(neurons) or "without a name", reason)
    return chosen


def _share_bundle(draft: Path) -> None:
    for path in sorted(BUNDLE.rglob("*")):
        if path.is_file() and path.name not in _NOT_FOR_A_SITE:
            share_file(path, draft / path.relative_to(BUNDLE))
    # Hosts that make pages out of what they are given would leave files out.
    (draft / ".nojekyll").touch()


@contextmanager
def _complete_or_absent(out: Path) -> Iterator[Path]:
    """Give a folder to write into that becomes `out` at the end, and vanishes if anything fails."""
    if out.is_file() or (out.is_dir() and any(out.iterdir())):
        raise AlreadyThere(out)
    out = out.resolve()  # a name of its own, even for "."
    draft = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        draft.mkdir(parents=True)
        yield draft
        if out.is_dir():
            out.rmdir()
        draft.rename(out)
    except OSError as error:
        if isinstance(error, DiskFull) or error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(out, _NOTHING_LEFT) from error
        raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
