"""Hypotheses that were proposed and tests of them, as the log keeps them: never changed.

A notebook keeps what it is handed: contents and results are plain JSON, of which it
knows nothing but the size. Knows no database and no file.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from lmscope.errors import EntryRefused
from lmscope.journal.entries import SHA256, Subject, check_label, check_text, timestamp

LONGEST_CLAIM = 2_000
LONGEST_RULE = 20_000
LONGEST_VERDICT = 60
_LARGEST_CONTENTS = 1_000_000  # bytes as JSON
_LARGEST_DATA = 100_000
_LARGEST_RESULT = 2_000_000
_LARGEST_INTEGER = 2**63
_DEEPEST = 100
"""Lists and objects inside of each other; well within what any reader of JSON takes."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A hypothesis as a person wrote it down, before it was tested."""

    sha256: str
    """What it is known by, in hexadecimal."""
    claim: str
    """In words."""
    rule: str
    """Empty if only texts say."""
    contents: dict[str, Any]
    """The whole hypothesis as plain JSON."""
    proposed: datetime
    """When it was first written down, with its time zone."""
    parent: str | None
    """SHA-256 of the hypothesis that it is an edit of."""
    version: int
    """1 for the first, one more for each edit."""

    def to_json(self) -> dict[str, Any]:
        """Give it as plain JSON values; times in UTC as RFC 3339 wants them."""
        return {
            "sha256": self.sha256,
            "claim": self.claim,
            "rule": self.rule,
            "contents": self.contents,
            "proposed": timestamp(self.proposed),
            "parent": self.parent,
            "version": self.version,
        }


@dataclass(frozen=True, slots=True)
class Tested:
    """One test of a hypothesis on one neuron, with all that came out, whatever that was."""

    __test__: ClassVar = False  # it is no test of pytest's

    id: int
    """This notebook's own number of it; another notebook has another."""
    subject: Subject
    hypothesis: Proposed
    tested: datetime
    """With its time zone."""
    verdict: str
    """In one word or a few."""
    data: dict[str, Any]
    """What it was tested on: corpus, tokens, documents, seed, version of lmscope."""
    result: dict[str, Any]
    """The whole report as plain JSON."""
    result_sha256: str
    """SHA-256 of the result as JSON with sorted keys, in hexadecimal."""

    def to_json(self) -> dict[str, Any]:
        """Give it as plain JSON values, its hypothesis by hash, claim and rule."""
        return {
            "id": self.id,
            "model": self.subject.model,
            "weights": self.subject.weights,
            "site": self.subject.site,
            "layer": self.subject.layer,
            "index": self.subject.neuron,
            "hypothesis": self.hypothesis.sha256,
            "claim": self.hypothesis.claim,
            "rule": self.hypothesis.rule,
            "proposed": timestamp(self.hypothesis.proposed),
            "tested": timestamp(self.tested),
            "verdict": self.verdict,
            "data": self.data,
            "result": self.result,
            "result_sha256": self.result_sha256,
        }


def fingerprint(contents: Mapping[str, Any]) -> str:
    """Compute the SHA-256 of contents as JSON with sorted keys, in hexadecimal.

    Example:
        >>> fingerprint({"b": 1, "a": [0.5]}) == fingerprint({"a": [0.5], "b": 1})
        True
    """
    return hashlib.sha256(_written(contents)).hexdigest()


def check_sha256(sha256: str) -> str:
    """Return the hash as it is.

    Raises:
        EntryRefused: If it is none.
    """
    if not SHA256.fullmatch(sha256):
        message = "A hypothesis is known by its SHA-256: 64 digits 0-9 a-f."
        raise EntryRefused(message)
    return sha256


def check_claim(claim: str) -> str:
    """Return the claim as it is.

    Raises:
        EntryRefused: If it is too long, or a database cannot store it.
    """
    return check_text("A claim", claim, 0, LONGEST_CLAIM)


def check_rule(rule: str) -> str:
    """Return the rule as it is.

    Raises:
        EntryRefused: If it is too long, or a database cannot store it.
    """
    return check_text("A rule", rule, 0, LONGEST_RULE)


def check_verdict(verdict: str) -> str:
    """Return the verdict as it is kept: composed characters, single spaces.

    Raises:
        EntryRefused: If it is empty, too long or has characters that nobody sees.
    """
    return check_label("A verdict", verdict, LONGEST_VERDICT)


def check_contents(contents: Mapping[str, Any]) -> dict[str, Any]:
    """Return a hypothesis as plain JSON values; see `check_result`."""
    return _check("A hypothesis", contents, _LARGEST_CONTENTS)


def check_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a test was made on as plain JSON values; see `check_result`."""
    return _check("The data of a test", data, _LARGEST_DATA)


def check_result(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return a result as plain JSON values: what is read again is equal to it.

    Raises:
        EntryRefused: If JSON has no word for something in it, or it is too large.

    Example:
        >>> check_result({"interval": (0.25, 1)})
        {'interval': [0.25, 1]}
    """
    return _check("A result", result, _LARGEST_RESULT)


def _check(what: str, contents: Mapping[str, Any], largest: int) -> dict[str, Any]:
    if not isinstance(contents, Mapping):
        message = f"{what} is a JSON object."
        raise EntryRefused(message)
    plain: dict[str, Any] = _plain(what, contents, 0)
    if (size := len(_written(plain))) > largest:
        message = f"{what} has at most {largest:,} bytes as JSON; this one has {size:,}."
        raise EntryRefused(message)
    return plain


def _plain(what: str, value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        # NUL is all right: in the corpus it is text like any other, and JSON spells it out.
        if half := next((c for c in value if "\ud800" <= c <= "\udfff"), None):
            message = f"{what} cannot hold U+{ord(half):04X}: it is half a character."
            raise EntryRefused(message)
        return value
    if isinstance(value, int):
        if abs(value) > _LARGEST_INTEGER:
            message = f"{what} cannot hold whole numbers of more than 64 bits."
            raise EntryRefused(message)
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            message = f"{what} cannot hold {value}: JSON has no such number."
            raise EntryRefused(message)
        return float(value)
    if depth == _DEEPEST:
        message = f"{what} has lists and objects in each other at most {_DEEPEST} deep."
        raise EntryRefused(message)
    if isinstance(value, list | tuple):
        return [_plain(what, inner, depth + 1) for inner in value]
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            message = f"{what} cannot hold an object whose keys are no texts."
            raise EntryRefused(message)
        return {
            _plain(what, key, depth): _plain(what, inner, depth + 1) for key, inner in value.items()
        }
    message = f"{what} is plain JSON and cannot hold a {type(value).__name__}."
    raise EntryRefused(message)


def _written(contents: Mapping[str, Any]) -> bytes:
    return json.dumps(contents, sort_keys=True, ensure_ascii=False).encode()
