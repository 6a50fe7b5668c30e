"""Mistakes about the lab notebook: where it lies, and what may be written into it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

from lmscope.errors.base import LmscopeError


class UnknownJournal(LmscopeError, ValueError):
    """An address at which no lab notebook can be; only its scheme is told, the rest is secret."""

    def __init__(self, scheme: str, reason: str) -> None:
        super().__init__(
            f"The address {scheme}://... names no lab notebook: {reason}.\n"
            "Give a file, or postgresql://NAME:PASSWORD@HOST/DATABASE.",
            scheme=scheme,
            reason=reason,
        )


class JournalUnreachable(LmscopeError, ConnectionError):
    """A server that does not answer or does not let us in."""

    def __init__(self, place: str, reason: str, command: str) -> None:
        super().__init__(
            f"The lab notebook at {place} cannot be used: {reason}.\n"
            f"Try whether the database answers with: {command}",
            place=place,
            reason=reason,
        )


class NotAJournal(LmscopeError, ValueError):
    """A file or database that holds something else."""

    def __init__(
        self, place: str, reason: str, remedy: str = "Give the notebook a place of its own."
    ) -> None:
        super().__init__(
            f"{place} is no lab notebook: {reason}. Nothing was changed.\n{remedy}",
            place=place,
            reason=reason,
        )


class JournalDamaged(LmscopeError, ValueError):
    """A file whose pages contradict each other."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(
            f"The lab notebook {path} is damaged: {reason}.\n"
            f"Save what can still be read with: sqlite3 {shlex.quote(str(path))} .recover",
            path=str(path),
            reason=reason,
        )


class JournalTooNew(LmscopeError, ValueError):
    """A notebook whose tables this version does not know."""

    def __init__(self, place: str, revision: str, known: str) -> None:
        super().__init__(
            f"The lab notebook {place} was written by a newer lmscope "
            f"(its tables are of revision {revision}, this one knows {known}).\n"
            "Get the newest with: pip install --upgrade lmscope",
            place=place,
            revision=revision,
            known=known,
        )


class JournalBusy(LmscopeError, TimeoutError):
    """Another process that keeps the notebook to itself."""

    def __init__(self, place: str, waited_s: float) -> None:
        super().__init__(
            f"The lab notebook {place} is in use by another process, which did not let go of it "
            f"for {waited_s:g} seconds.\nNothing was changed; try again.",
            place=place,
            waited_s=waited_s,
        )


class EntryRefused(LmscopeError, ValueError):
    """A name, a note or anything else that a log cannot keep."""


class ImportRefused(LmscopeError, ValueError):
    """A line that is no entry of a log, or does not go together with what the log has."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(
            f"Nothing was imported, because of line {line}.\n{reason}", line=line, reason=reason
        )


class NotInLog(LmscopeError, LookupError):
    """A neuron that the person has not seen."""

    def __init__(self, person: str, neuron: str) -> None:
        super().__init__(
            f"{neuron} is not in the log of {person}: it was never looked at under this name.\n"
            "Look at it first.",
            person=person,
            neuron=neuron,
        )


class StaleEntry(LmscopeError):
    """A change to an entry that has changed meanwhile; `entry` is what it is now."""

    def __init__(self, neuron: str, version: int, entry: Any) -> None:
        super().__init__(
            f"The entry of {neuron} has changed meanwhile: your change was made to version "
            f"{version}, now it is version {entry.version}.\n"
            "See what it says now, then make your change again.",
            neuron=neuron,
            version=version,
            entry=entry,
        )


class NotProposed(LmscopeError, LookupError):
    """A hypothesis that the person has not written down."""

    def __init__(self, person: str, sha256: str) -> None:
        super().__init__(
            f"The hypothesis {sha256[:12]} is not on record: {person} has proposed none with this "
            "hash.\nPropose it first; then it can be tested, or edited into a new version.",
            person=person,
            sha256=sha256,
        )
