"""The routes for any text: what one neuron does on it, which neurons respond to it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lmscope.errors import TooLarge
from lmscope.server.answers import as_json
from lmscope.server.live import Live
from lmscope.server.shapes import Index, Look, Ranking
from lmscope.shelf import Shelf

_LARGEST_TEXT = 100_000  # characters; more is for a scan


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    catalogue: str
    """Address of the catalogue on this site."""
    text: str


class LookAsked(_Asked):
    """Which neuron on which text."""

    layer: Index
    index: Index


class RankAsked(_Asked):
    """Which text, or which of its tokens."""

    token: Index | None = None
    """The only token to look at, counted from 0."""
    n: Annotated[int, Field(ge=1, le=500)] = 20
    """How many neurons to list."""


def routes(shelf: Shelf, live: Live) -> APIRouter:
    """Build the routes."""
    router = APIRouter(prefix="/api", tags=["texts"])

    @router.post("/look", response_model=Look)
    async def look(asked: LookAsked, request: Request) -> Response:
        """Show one neuron on a text: `lmscope look --json`. Long texts are cut into segments."""
        catalogue = shelf[asked.catalogue]
        catalogue.check(asked.layer, asked.index)
        _check(asked.text)
        from lmscope import looking

        return as_json(
            await live.run(
                request,
                catalogue,
                lambda model, should_stop: looking.look(
                    model,
                    asked.text,
                    (asked.layer, asked.index),
                    catalogue=catalogue,
                    in_segments=True,
                    should_stop=should_stop,
                ).to_json(),
            )
        )

    @router.post("/rank", response_model=Ranking)
    async def rank(asked: RankAsked, request: Request) -> Response:
        """List the neurons that respond most to a text: `lmscope look --json` without a neuron."""
        catalogue = shelf[asked.catalogue]
        _check(asked.text)
        from lmscope import looking

        return as_json(
            await live.run(
                request,
                catalogue,
                lambda model, should_stop: looking.rank(
                    model,
                    asked.text,
                    catalogue=catalogue,
                    n=asked.n,
                    token=asked.token,
                    in_segments=True,
                    should_stop=should_stop,
                ).to_json(),
            )
        )

    return router


def _check(text: str) -> None:
    if len(text) > _LARGEST_TEXT:
        raise TooLarge(len(text), _LARGEST_TEXT)
