"""Mistakes that only a served site knows."""

from __future__ import annotations

from lmscope.errors.base import LmscopeError


class NoSuchFile(LmscopeError, LookupError):
    """A file that a catalogue on the site does not have."""

    def __init__(self, address: str, file: str) -> None:
        super().__init__(
            f"The catalogue '{address}' has no file '{file}'.", address=address, file=file
        )


class NoSuchJob(LmscopeError, LookupError):
    """A job that this server does not know, or knows no more."""

    def __init__(self, job: str) -> None:
        super().__init__(
            f"There is no job '{job[:40]}' here. The server may have been started again since.\n"
            "What it had finished is among the tests on record.",
            job=job,
        )


class NoSuchTest(LmscopeError, LookupError):
    """A test that is not on a person's record."""

    def __init__(self, number: int, person: str) -> None:
        super().__init__(
            f"There is no test {number} on the record of {person}.\n"
            "Another person's tests are on her own record; without a lab notebook they are "
            "forgotten when the server stops.",
            number=number,
            person=person,
        )


class NotLive(LmscopeError, LookupError):
    """A text for a model that this server does not run."""

    def __init__(self, why: str) -> None:
        super().__init__(why)


class TooBusy(LmscopeError):
    """More texts in the queue than would be answered in time."""

    def __init__(self, n_waiting: int) -> None:
        super().__init__(
            f"{n_waiting} other texts are waiting for the model. Try again in a moment.",
            n_waiting=n_waiting,
        )


class TookTooLong(LmscopeError):
    """A computation whose time was up."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The model had no answer within {seconds:.0f} seconds, so it was stopped.\n"
            "Give it a shorter text, or scan the whole one with: lmscope scan",
            seconds=seconds,
        )


class TooLarge(LmscopeError, ValueError):
    """A text that is too long for a page."""

    def __init__(self, n_characters: int, most: int) -> None:
        super().__init__(
            f"This text has {n_characters:,} characters; a page takes {most:,}.\n"
            "Show every neuron a long text with: lmscope scan",
            n_characters=n_characters,
            most=most,
        )


class PortTaken(LmscopeError, OSError):
    """A port on which another program listens, or an address that is not this machine's."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"Port {port} of {host} cannot be used: {reason}.\n"
            f"Take another, or any free one, with: lmscope serve --port {port + 1}  or  --port 0",
            host=host,
            port=port,
            reason=reason,
        )
