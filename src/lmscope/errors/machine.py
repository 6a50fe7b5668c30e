"""Mistakes of the command line, and what the machine says no to."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path

from lmscope.errors.base import LmscopeError, nearest, shortened


class DiskFull(LmscopeError, OSError):
    """No space left while writing."""

    def __init__(self, path: Path | str, kept: str) -> None:
        super().__init__(f"The disk is full: {path} could not be written.\n{kept}", path=str(path))


class NotUsable(LmscopeError, OSError):
    """A file or folder that the machine does not let us read or write."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(f"{path} cannot be used: {reason}.", path=str(path), reason=reason)


class MissingExtra(LmscopeError, ImportError):
    """A feature whose optional packages are not installed."""

    def __init__(self, extra: str, what: str) -> None:
        super().__init__(
            f"{what} needs packages that are not installed.\n"
            f'Get them with: pip install "lmscope[{extra}]"',
            extra=extra,
            what=what,
        )


class UnknownCommand(LmscopeError, LookupError):
    """No command of that name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        near = nearest(name, known, n=1)
        message = f"There is no command '{name}'."
        message += f"\nDid you mean '{near[0]}'?" if near else f"\nThere are: {', '.join(known)}."
        message += "\nSee what each does with: lmscope --help"
        super().__init__(message, name=name, nearest=near)


class UnknownOption(LmscopeError, LookupError):
    """An option that the command does not have."""

    def __init__(self, command: str, option: str, known: Sequence[str]) -> None:
        near = [] if " " in option else nearest(option, known, n=1)
        lines = [f"{command} has no option '{option}'."]
        if " " in option:
            lines.append("A text that begins with a dash goes last, behind two dashes: -- TEXT")
        elif near:
            lines.append(f"Did you mean '{near[0]}'?")
        lines.append(f"See all with: {command} --help")
        super().__init__("\n".join(lines), command=command, option=option, nearest=near)


class MissingArgument(LmscopeError, ValueError):
    """A command without something that it needs."""

    def __init__(self, command: str, what: str, usage: str) -> None:
        super().__init__(
            f"{command} needs {what}.\nWrite it like this: {usage}", command=command, what=what
        )


class LeftOver(LmscopeError, ValueError):
    """A word on the command line that the command has no use for."""

    def __init__(self, command: str, word: str, usage: str) -> None:
        super().__init__(
            f"{command} has no use for '{word}'.\nWrite it like this: {usage}",
            command=command,
            word=word,
        )


class LooseText(LmscopeError, ValueError):
    """A text whose words were given one by one."""

    def __init__(self, words: Sequence[str]) -> None:
        text = shortened(" ".join(words))
        super().__init__(
            f"One text is looked at, but there are {len(words)} pieces: "
            f"{', '.join(repr(w) for w in words[:3])}{', ...' if len(words) > 3 else ''}.\n"
            f'Put quotes round it: "{text}"',
            words=list(words),
        )


class BadOption(LmscopeError, ValueError):
    """An option whose value cannot work."""

    def __init__(self, option: str, value: object, reason: str) -> None:
        super().__init__(f"{option} {value}: {reason}.", option=option, value=value, reason=reason)


_THE_MACHINE_SAYS_NO = {
    errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.ENOTDIR, errno.EISDIR,
    errno.ENAMETOOLONG, errno.EMFILE, errno.ELOOP, errno.EFBIG,
}  # fmt: skip


def explained_by_machine(error: OSError) -> LmscopeError | None:
    """Turn what the machine complains of into a sentence; None if it may be a bug.

    Example:
        >>> print(explained_by_machine(PermissionError(errno.EACCES, "no", "/srv/x")))
        /srv/x cannot be used: permission denied.
    """
    path = error.filename or "Standard output"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(path, "What was complete before is unchanged.")
    if error.errno in _THE_MACHINE_SAYS_NO:
        return NotUsable(path, os.strerror(error.errno).lower())
    return None
