"""How every answer is spelled: JSON as in the terminal, mistakes as in RFC 9457."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Response
from pydantic_core import from_json, to_json

from lmscope.errors import (
    DiskFull,
    LmscopeError,
    RuleTooSlow,
    StaleEntry,
    Stopped,
    TooBusy,
    TookTooLong,
    TooLarge,
    explained_by_machine,
)

_log = logging.getLogger("lmscope")


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
    body = _body(status, sentence, kind, facts)
    content = to_json(body, inf_nan_mode="null", fallback=str)
    return Response(content, status, headers, media_type="application/problem+json")


def _body(
    status: int, sentence: str, kind: str, facts: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    return {
        **(facts or {}),
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence,
        "kind": kind,
    }


def explained(error: LmscopeError) -> Response:
    """Answer with a mistake that lmscope explains."""
    return problem(status_of(error), str(error), type(error).__name__, error.facts)


def unexpected(error: Exception) -> Response:
    """Answer with what nobody foresaw; the log has more under the same mark."""
    if isinstance(error, OSError) and (known := explained_by_machine(error)) is not None:
        return explained(known)
    sentence, mark = _bug(error)
    return problem(500, sentence, "Bug", {"mark": mark})


def body_of(error: Exception) -> dict[str, Any]:
    """Give what `explained` or `unexpected` would answer, for a job that failed."""
    known = error if isinstance(error, LmscopeError) else None
    if isinstance(error, OSError) and known is None:
        known = explained_by_machine(error)
    if known is None:
        sentence, mark = _bug(error)
        return _body(500, sentence, "Bug", {"mark": mark})
    facts = from_json(to_json(known.facts, inf_nan_mode="null", fallback=str))
    return _body(status_of(known), str(known), type(known).__name__, facts)


def _bug(error: Exception) -> tuple[str, str]:
    mark = uuid.uuid4().hex[:8]
    _log.error("bug %s", mark, exc_info=error)
    sentence = (
        f"This is a bug in lmscope, not your mistake: {type(error).__name__}.\n"
        f"The server's terminal has more under the mark {mark}."
    )
    return sentence, mark


_STATUS: tuple[tuple[type[LmscopeError] | tuple[type[LmscopeError], ...], int], ...] = (
    (StaleEntry, 409),
    (TooLarge, 413),
    (RuleTooSlow, 422),  # a rule that is tried again takes as long
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
