"""The catalogues that one site shows, each under a short address. Loads no model.

The same index, `catalogues.json`, is served by a server and written by an
export; the browser needs nothing else to find its way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from lmscope import __version__
from lmscope.catalogue import Catalogue
from lmscope.errors import CatalogueUnfinished, LmscopeError, NoCatalogues, UnknownAddress
from lmscope.models.names import resolve

_RESERVED = ("compare", "help", "log", "scope", "tests")  # the site's own pages
_DEEPEST = 2  # folders below the one that is named
_BUILT_IN_TEXT = "free books, manuals and code (built in)"


def find(folders: Iterable[Path]) -> list[Catalogue]:
    """Open the catalogues that folders are or hold, up to two levels down, in a fixed order.

    Raises:
        NotACatalogue: If a folder neither is one nor holds one.
        CatalogueUnfinished: If a folder that is named is an unfinished scan.
        NoCatalogues: If no folder is given.
    """
    found: dict[Path, Catalogue] = {}
    for folder in folders:
        inside = [path.parent for path in _manifests(folder, _DEEPEST)]
        if folder.joinpath("scan.json").exists() or not inside:
            inside = [folder]
        for path in inside:
            try:
                found.setdefault(path.resolve(), Catalogue.open(path))
            except CatalogueUnfinished:
                raise
            except LmscopeError:
                if path == folder:  # what merely lies beside a catalogue may be anything
                    raise
    if not found:
        raise NoCatalogues
    return list(found.values())


def holds_some(folder: Path) -> bool:
    """Tell whether a folder is a catalogue or holds one, up to two levels down."""
    return next(_manifests(folder, _DEEPEST), None) is not None


def _manifests(folder: Path, depth: int) -> Iterator[Path]:
    if (manifest := folder / "manifest.json").is_file():
        yield manifest
    elif depth and folder.is_dir():
        for inside in sorted(path for path in folder.iterdir() if path.is_dir()):
            if not inside.name.startswith("."):
                yield from _manifests(inside, depth - 1)


class Shelf:
    """Catalogues by their address, in the order in which a reader sees them.

    Example:
        >>> Shelf([]).to_json()["catalogues"]
        []
    """

    def __init__(self, catalogues: Iterable[Catalogue]) -> None:
        self._by_address: dict[str, Catalogue] = {}
        for catalogue in catalogues:
            self._by_address[self._address(catalogue)] = catalogue

    def _address(self, catalogue: Catalogue) -> str:
        name = re.sub(r"[^A-Za-z0-9._~-]+", "-", catalogue.model.rstrip("/").rpartition("/")[2])
        name = name.strip(".-") or "model"
        if name in _RESERVED:
            name += "-model"
        names = [name, f"{name}~{catalogue.site}"]
        names += [f"{name}~{i}" for i in range(2, len(self._by_address) + 3)]
        return next(n for n in names if n not in self._by_address)

    def __iter__(self) -> Iterator[tuple[str, Catalogue]]:
        return iter(self._by_address.items())

    def __len__(self) -> int:
        return len(self._by_address)

    def __getitem__(self, address: str) -> Catalogue:
        """Give the catalogue at an address.

        Raises:
            UnknownAddress: With the nearest addresses that exist.
        """
        if address not in self._by_address:
            raise UnknownAddress(address, list(self._by_address))
        return self._by_address[address]

    def address_of(self, weights: str, site: str, layer: int) -> str | None:
        """Find where a layer of a model is shown; None if it is not."""
        for address, catalogue in self:
            its = catalogue.manifest["model"]["weights_hash"], catalogue.site
            if its == (weights, site) and layer in catalogue.layers:
                return address
        return None

    def to_json(
        self,
        *,
        why_not_live: Callable[[Catalogue], str | None] = lambda _: _STATIC_HAS_NO_MODEL,
        why_no_journal: str | None = (
            "A static site keeps no log. With a lab notebook: lmscope serve"
        ),
        person: str | None = None,
        python: Callable[[str, Catalogue], str] = lambda address, _: f"catalogues/{address}",
    ) -> dict[str, Any]:
        """Give the index of the site, `catalogues.json`; FORMAT.md describes it.

        Args:
            why_not_live: Says why no text can be tried on a catalogue's model; None if it can.
            why_no_journal: Says why there is no lab notebook; None if there is.
            person: Who the lab notebook takes the reader for.
            python: Gives the path by which Python opens a catalogue.
        """
        return {
            "lmscope": __version__,
            "catalogues": [
                {
                    **_facts(address, catalogue),
                    "python": "from lmscope import Catalogue; "
                    f"Catalogue.open({json.dumps(python(address, catalogue))})",
                    "why_not_live": why_not_live(catalogue),
                }
                for address, catalogue in self
            ],
            "why_no_journal": why_no_journal,
            "person": person,
        }


_STATIC_HAS_NO_MODEL = (
    "A static site has no model. To try any text: pip install lmscope, then lmscope serve"
)


def _facts(address: str, catalogue: Catalogue) -> dict[str, Any]:
    model, corpus = catalogue.manifest["model"], catalogue.manifest["corpus"]
    known = resolve(catalogue.model)
    is_built_in = known is not None and known.folder is not None
    return {
        "address": address,
        "path": f"catalogues/{address}/",
        "model": catalogue.model,
        "site": catalogue.site,
        "n_layers": catalogue.n_layers,
        "layers": catalogue.layers,
        "d_mlp": catalogue.d_mlp,
        "n_neurons": len(catalogue),
        "activation_function": model["activation_function"],
        "is_gated": model["is_gated"],
        "corpus": ", ".join(_named(spec) for spec in corpus["spec"]),
        "n_tokens": catalogue.n_tokens,
        "n_documents": corpus["n_documents"],
        "date": catalogue.day,
        "is_built_in": is_built_in,
    }


def _named(spec: str) -> str:
    """Name the built-in text, which lies wherever lmscope was installed, by what it is."""
    parts = Path(spec.partition("::")[0]).parts
    return _BUILT_IN_TEXT if parts[-4:-1] == ("lmscope", "demo", "corpus") else spec
