"""The routes of the lab notebook: what was seen, starred and noted, by whom."""

from __future__ import annotations

import threading
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Query, Response
from pydantic import BaseModel, ConfigDict

from lmscope.server.answers import as_json
from lmscope.server.shapes import Entry, Imported, Index, Log
from lmscope.shelf import Shelf

if TYPE_CHECKING:
    from lmscope import journal as kept

_MEDIA = {"md": "text/markdown", "jsonl": "application/jsonl", "csv": "text/csv"}

Person = Annotated[str, Query(description="Whose log")]
Address = Annotated[str, Path(description="Address of the catalogue on this site")]


class VisitAsked(BaseModel):
    """Who looks at which neuron."""

    model_config = ConfigDict(extra="forbid")

    person: str
    catalogue: str
    layer: Index
    index: Index


class MarkAsked(BaseModel):
    """What a person says of a neuron, and the version that she saw."""

    model_config = ConfigDict(extra="forbid")

    person: str
    starred: bool
    note: str
    tags: list[str]
    version: Index


class Notebook:
    """The journal, opened when it is first asked for: its database is slow to import."""

    def __init__(self, url: str | None, *, is_kept: bool = True) -> None:
        """Remember where it is.

        Args:
            url: A path or the URL of a database; None for the user's own.
            is_kept: False for an empty one that is gone when the server stops.
        """
        self._url = url
        self.is_kept = is_kept
        self._opened: kept.Journal | None = None
        self._lock = threading.Lock()

    def __call__(self) -> kept.Journal:
        """Open it, or give it open."""
        from lmscope.journal import Journal

        with self._lock:
            if self._opened is None and not self.is_kept:
                self._folder = TemporaryDirectory(prefix="lmscope-", ignore_cleanup_errors=True)
                self._opened = Journal.open(f"{self._folder.name}/journal.db")
            elif self._opened is None:
                self._opened = Journal.open(self._url)
        return self._opened


def routes(shelf: Shelf, notebook: Notebook) -> APIRouter:
    """Build the routes.

    Args:
        shelf: The catalogues of the site.
        notebook: The lab notebook.
    """
    router = APIRouter(prefix="/api/journal", tags=["journal"])

    @router.get("", response_model=Log)
    def log(person: Person) -> Response:
        """Give a person's log, the latest first."""
        opened = notebook()
        counts = opened.counts(person)
        return as_json(
            {
                "person": person,
                "n_seen": counts.n_seen,
                "n_starred": counts.n_starred,
                "entries": [_json(shelf, entry) for entry in opened.entries(person)],
            }
        )

    @router.get("/entries/{address}/{layer}/{index}", response_model=Entry | None)
    def entry(address: Address, layer: Index, index: Index, person: Person) -> Response:
        """Give what a person's log says of a neuron; null if she has not seen it."""
        found = notebook().entry(person, subject_of(shelf, address, layer, index))
        return as_json(None if found is None else _json(shelf, found))

    @router.post("/visits", response_model=Entry)
    def visit(asked: VisitAsked) -> Response:
        """Write down that a person looks at a neuron now."""
        subject = subject_of(shelf, asked.catalogue, asked.layer, asked.index)
        return as_json(_json(shelf, notebook().visit(asked.person, subject)))

    @router.put("/entries/{address}/{layer}/{index}", response_model=Entry)
    def mark(address: Address, layer: Index, index: Index, asked: MarkAsked) -> Response:
        """Change star, note and tags; 409 with the `entry` as it is if it changed meanwhile."""
        from lmscope.errors import StaleEntry

        try:
            changed = notebook().mark(
                asked.person,
                subject_of(shelf, address, layer, index),
                starred=asked.starred,
                note=asked.note,
                tags=asked.tags,
                version=asked.version,
            )
        except StaleEntry as error:
            error.facts["entry"] = _json(shelf, error.facts["entry"])
            raise
        return as_json(_json(shelf, changed))

    @router.post("/import", response_model=Imported)
    def load(person: Person, lines: Annotated[str, Body(media_type="text/plain")]) -> Response:
        """Take in what an export as JSON lines wrote; nothing that is there is lost."""
        done = notebook().load(person, lines)
        return as_json({"n_added": done.n_added, "n_merged": done.n_merged})

    @router.get("/export", response_class=Response)
    def export(person: Person, format: Literal["md", "jsonl", "csv"]) -> Response:
        """Give a person's log as a file: Markdown, JSON lines or CSV."""
        named = f'attachment; filename="lmscope-log.{format}"'
        return Response(
            notebook().export(person, format),
            media_type=_MEDIA[format],
            headers={"content-disposition": named},
        )

    return router


def subject_of(shelf: Shelf, address: str, layer: int, index: int) -> kept.Subject:
    """Name a neuron of a catalogue as the lab notebook knows it."""
    from lmscope.journal import Subject

    catalogue = shelf[address]
    catalogue.check(layer, index)
    weights = catalogue.manifest["model"]["weights_hash"]
    return Subject(catalogue.model, weights, catalogue.site, layer, index)


def _json(shelf: Shelf, entry: kept.Entry) -> dict[str, Any]:
    its = entry.subject
    return {**entry.to_json(), "catalogue": shelf.address_of(its.weights, its.site, its.layer)}
