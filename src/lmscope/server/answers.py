"""How every answer is spelled: JSON as in the terminal, mistakes as in RFC 9457."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Response
from pydantic_core import to_json

from lmscope.errors import (
    DiskFull,
    LmscopeError,
    StaleEntry,
    Stopped,
    TooBusy,
    TookTooLong,
    TooLarge,
)


def as_json(value: object) -> Response:
    """Answer with JSON; numbers that JSON does not have become null, as in the terminal."""
    return Response(to_json(value, inf_nan_mode="null"), media_type="application/json")


def problem(
    status: int,
    sentence: str,
    kind: str,
    facts: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer with a mistake; `detail` is the sentence that the terminal would print."""
    body = {
        **(facts or {}),
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence,
        "kind": kind,
    }
    content = to_json(body, inf_nan_mode="null", fallback=str)
    return Response(content, status, headers, media_type="application/problem+json")


def explained(error: LmscopeError) -> Response:
    """Answer with a mistake that lmscope explains."""
    return problem(status_of(error), str(error), type(error).__name__, error.facts)


_STATUS: tuple[tuple[type[LmscopeError] | tuple[type[LmscopeError], ...], int], ...] = (
    (StaleEntry, 409),
    (TooLarge, 413),
    ((TooBusy, TookTooLong, Stopped), 503),
    (DiskFull, 507),
)


def status_of(error: LmscopeError) -> int:
    """Choose the HTTP status of a mistake: what does not exist is 404, what makes no sense 422.

    Example:
        >>> from lmscope.errors import LayerOutOfRange, NoText
        >>> status_of(LayerOutOfRange("solu-1l", 1, 7)), status_of(NoText())
        (404, 422)
    """
    for kinds, status in _STATUS:
        if isinstance(error, kinds):
            return status
    if isinstance(error, LookupError):
        return 404
    if isinstance(error, ImportError):
        return 501
    if isinstance(error, OSError):
        return 503
    return 422
