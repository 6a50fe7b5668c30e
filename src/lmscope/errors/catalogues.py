"""Mistakes about catalogues: what is there, what is whole, what belongs together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lmscope.errors.base import LmscopeError, either, look_alike, nearest


class UnknownColumn(LmscopeError, KeyError):
    """A statistic that the catalogue does not have."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        near = nearest(name, known)
        message = f"A catalogue has no statistic '{name}'."
        message += f"\nDid you mean {either(near)}?" if near else f"\nIt has: {', '.join(known)}."
        super().__init__(message, name=name, nearest=near)

    __str__ = Exception.__str__  # KeyError would quote the message


class CatalogueExists(LmscopeError, FileExistsError):
    """A folder that would have to be overwritten."""

    def __init__(self, path: Path | str, what: str) -> None:
        remedy = (
            f"Finish it with: lmscope scan --resume {path}"
            if what == "an unfinished scan"
            else "Give another folder with -o, or remove this one first."
        )
        super().__init__(
            f"{path} already holds {what}; nothing was changed.\n{remedy}", path=str(path)
        )


class AlreadyThere(LmscopeError, FileExistsError):
    """A file or folder that an export would have to overwrite."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(
            f"{path} is already there; nothing was changed.\n"
            "Give another name with -o, or remove it first.",
            path=str(path),
        )


class NotACatalogue(LmscopeError, ValueError):
    """A folder that is no catalogue."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(
            f"{path} is not a catalogue: {reason}.\n"
            "A catalogue is a folder with manifest.json, made with: lmscope scan",
            path=str(path),
            reason=reason,
        )


class CatalogueUnfinished(LmscopeError, ValueError):
    """A scan that has not reached its end."""

    def __init__(self, path: Path | str, done: int, total: int) -> None:
        super().__init__(
            f"The scan in {path} is unfinished ({done} of {total} blocks).\n"
            f"Finish it with: lmscope scan --resume {path}",
            path=str(path),
            done=done,
            total=total,
        )


class NoCatalogues(LmscopeError, LookupError):
    """A site without anything to show."""

    def __init__(self) -> None:
        super().__init__(
            "There is no catalogue to show.\n"
            "Make one with: lmscope demo\n"
            "or name the folders that hold some: lmscope serve DIR..."
        )


class UnknownAddress(LmscopeError, LookupError):
    """A catalogue that the site does not show."""

    def __init__(self, address: str, known: Sequence[str]) -> None:
        near = nearest(address, known)
        message = f"There is no catalogue called '{address}' here."
        if near:
            message += f"\nDid you mean {either(near)}?"
            if why := look_alike(address, near[0]):
                message += f"\n({why})"
        super().__init__(message, address=address, nearest=near)


class CatalogueDamaged(LmscopeError, ValueError):
    """A file of the catalogue that is missing or differs from its checksum."""

    def __init__(self, path: Path | str, file: str, reason: str) -> None:
        super().__init__(
            f"{file} in {path} is damaged: {reason}. The other files stay readable.\n"
            f"Check them all with: lmscope verify {path}",
            path=str(path),
            file=file,
            reason=reason,
        )


class WrongCatalogue(LmscopeError, ValueError):
    """A catalogue of another model or site than the one in hand."""

    def __init__(self, path: Path | str, catalogue_of: str, model: str) -> None:
        super().__init__(
            f"{path} is the catalogue of {catalogue_of}, not of {model}.\n"
            "Numbers of different models or sites are never compared.",
            path=str(path),
            catalogue_of=catalogue_of,
            model=model,
        )


class NothingToResume(LmscopeError, LookupError):
    """No unfinished scan in the folder."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(
            f"There is no unfinished scan in {path}: {reason}.\n"
            f"Start one with: lmscope scan MODEL CORPUS -o {path}",
            path=str(path),
            reason=reason,
        )


class ScanChanged(LmscopeError, ValueError):
    """Model files that are no longer those the scan began with."""

    def __init__(self, path: Path | str, what: str) -> None:
        super().__init__(
            f"The scan in {path} cannot go on: {what}.\n"
            "Half of its numbers would come from something else. Start it anew in another folder.",
            path=str(path),
            what=what,
        )


class PartsDiffer(LmscopeError, ValueError):
    """Partial scans that do not belong together."""

    def __init__(self, a: Path | str, b: Path | str, what: str) -> None:
        super().__init__(
            f"{a} and {b} cannot be merged: {what}.\n"
            "Parts belong together when model, corpus and options are the same "
            "and no part is there twice.",
            a=str(a),
            b=str(b),
            what=what,
        )
