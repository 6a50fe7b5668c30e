"""The local site: catalogue bytes with Range, and JSON for what needs a model or the lab notebook.

It carries, it does not compute: pages are drawn by the browser from the catalogue's own
files, texts are answered by `looking`, tests by `hypotheses`, the log by `journal`. torch is
imported only when a model is asked for, the lab notebook's database only when the log is.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse
from starlette.staticfiles import StaticFiles

from lmscope import __version__
from lmscope.errors import LmscopeError, NoSuchFile
from lmscope.server import evidence, notes, texts
from lmscope.server.answers import as_json, explained, problem, unexpected
from lmscope.server.guard import Guard
from lmscope.server.live import Live
from lmscope.server.shapes import NeuronRecord, Problem, ShelfIndex
from lmscope.shelf import Shelf

STATIC = Path(__file__).parent.parent / "static"
"""The built front end."""

_ALSO_SERVED = ("manifest.json", "run.jsonl")
_SHORT = 1 << 18
_PROBLEM = {"application/problem+json": {"schema": Problem.model_json_schema()}}
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {"content": _PROBLEM, "description": "A mistake that lmscope explains"},
    "5XX": {"content": _PROBLEM, "description": "What the server cannot do now, or a bug"},
}


def app(
    shelf: Shelf,
    *,
    model: str = "auto",
    device: str = "auto",
    journal: str | None = None,
    has_journal: bool = True,
    person: str = "me",
    token: str | None = None,
) -> FastAPI:
    """Build the site's application.

    Args:
        shelf: The catalogues to show.
        model: ``auto`` loads the model of a catalogue when a text is tried on it; a name allows
            only that model; ``none`` allows none.
        device: As for `load`.
        journal: Where the lab notebook is: a path or the URL of a database; the user's own,
            unless told.
        has_journal: Keep a log of what is seen.
        person: Who writes in the lab notebook, unless the browser says otherwise.
        token: What every request must show; None on loopback.
    """
    site = FastAPI(
        title="lmscope",
        version=__version__,
        summary="Neurons of language models: catalogues, any text, and the log.",
        docs_url=None,  # its pages come from other hosts
        redoc_url=None,
        responses=_PROBLEMS,
    )
    live = Live(model, device)
    _explain_mistakes(site)
    _serve_catalogues(site, shelf, live, has_journal, person)
    site.include_router(texts.routes(shelf, live))
    notebook = notes.Notebook(journal, is_kept=has_journal)
    site.include_router(evidence.routes(shelf, live, notebook))
    if has_journal:
        site.include_router(notes.routes(shelf, notebook))
    _serve_bundle(site)
    site.add_middleware(Guard, token=token)
    return site


def _serve_catalogues(
    site: FastAPI, shelf: Shelf, live: Live, has_journal: bool, person: str
) -> None:
    @site.get("/catalogues.json", response_model=ShelfIndex, tags=["catalogues"])
    def index() -> Response:
        """List the catalogues of this site."""
        found = shelf.to_json(
            why_not_live=live.why_not,
            why_no_journal=None if has_journal else "This server was started with --no-journal.",
            person=person if has_journal else None,
            python=lambda _, catalogue: str(catalogue.path.resolve()),
        )
        return as_json(found)

    @site.get(
        "/catalogues/{address}/{file:path}",
        response_class=FileResponse,
        responses={206: {"description": "The bytes of one range"}},
        tags=["catalogues"],
    )
    async def catalogue_file(
        address: str, file: str, range: Annotated[str | None, Header()] = None
    ) -> Response:
        """Give a catalogue's own file, or one range of its bytes; FORMAT.md describes them."""
        catalogue = shelf[address]
        path = catalogue.path / file
        if file not in catalogue.manifest["files"] and file not in _ALSO_SERVED:
            raise NoSuchFile(address, file)
        _check_range(range)
        try:
            return _piece(path, range) or FileResponse(path)
        except FileNotFoundError:
            raise NoSuchFile(address, file) from None

    @site.get(
        "/api/catalogues/{address}/neurons/{layer}/{index}",
        response_model=NeuronRecord,
        tags=["catalogues"],
    )
    def neuron(address: str, layer: int, index: int) -> Response:
        """Give all that a catalogue knows of one neuron: `lmscope neuron --json`."""
        return as_json(shelf[address][layer, index].to_json())


_A_RANGE = r"(?:\d{1,15}-\d{0,15}|-\d{1,15})"
_RANGES = re.compile(rf"\s*bytes\s*=\s*{_A_RANGE}(?:\s*,\s*{_A_RANGE})*\s*", re.I)


def _check_range(range: str | None) -> None:
    """Refuse a header that is none, in the shape that every mistake has."""
    if range is None:
        return
    ends = ((int(a), int(b)) for a, b in re.findall(r"(\d{1,15})-(\d{1,15})", range))
    if not _RANGES.fullmatch(range) or any(a > b for a, b in ends):
        raise HTTPException(400, f"'{range[:60]}' is no range of bytes. One is: bytes=0-99")


def _piece(path: Path, range: str | None) -> Response | None:
    """Read one short range at once; None for all else, which is left to starlette.

    A page asks for some twenty of them, and starlette's way through its threads takes longer
    than the disk does.
    """
    wanted = re.fullmatch(r"bytes=(\d{1,15})-(\d{1,15})", range or "")
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        if wanted is None:
            return None
        start, stop = int(wanted[1]), min(int(wanted[2]) + 1, size)
        if not start < stop <= start + _SHORT:
            return None
        content = os.pread(file.fileno(), stop - start, start)
    headers = {"content-range": f"bytes {start}-{stop - 1}/{size}", "accept-ranges": "bytes"}
    return Response(content, 206, headers, media_type="application/octet-stream")


def _serve_bundle(site: FastAPI) -> None:
    """Give the front end's files, each by its name: a path that is nothing stays a mistake."""
    for path in sorted(file for file in STATIC.iterdir() if file.is_file()):

        def bundled(path: Path = path) -> Response:
            return FileResponse(path)

        site.get(f"/{path.name}", include_in_schema=False)(bundled)
        if path.name == "index.html":
            site.get("/", include_in_schema=False)(bundled)
    site.mount("/chunks", StaticFiles(directory=STATIC / "chunks"))


def _explain_mistakes(site: FastAPI) -> None:
    @site.exception_handler(LmscopeError)
    def mistake(_: Request, error: LmscopeError) -> Response:
        return explained(error)

    @site.exception_handler(RequestValidationError)
    def unreadable(_: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:]) or "the body"
        sentence = f"{place}: {first['msg'][:1].lower()}{first['msg'][1:]}."
        return problem(422, sentence, "Unreadable", {"field": place})

    @site.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        sentence = {
            404: f"There is no page {request.url.path} here.",
            405: f"{request.url.path} does not take {request.method}.",
        }.get(error.status_code, str(error.detail))
        return problem(error.status_code, sentence, "NotServed", headers=error.headers)

    @site.exception_handler(Exception)
    def bug(_: Request, error: Exception) -> Response:
        return unexpected(error)
