"""What a person writes to name a corpus, checked and taken apart. Reads no text.

``PATH``, ``PATH::option=value,option=value`` or ``hf:OWNER/NAME::...``; a path that exists is taken
as it is, even if it holds ``::``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from lmscope.errors import BadOption, UnknownCorpus, UnreadableCorpus, nearest

Kind = Literal["text", "jsonl", "csv", "parquet", "folder", "hub"]
SPLITS = ("line", "blank", "%")
HUB = "hf:"

_SUFFIXES: dict[str, Kind] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
}
_OPTIONS: dict[Kind, tuple[str, ...]] = {
    "text": ("split", "weight"),
    "jsonl": ("field", "weight"),
    "csv": ("field", "weight"),
    "parquet": ("field", "weight"),
    "folder": ("glob", "split", "field", "weight"),
    "hub": ("split", "field", "config", "weight"),
}
_HUB_ID = re.compile(r"[\w-][\w.-]*/[\w.-]+")


@dataclass(frozen=True, slots=True)
class Source:
    """One file, folder or hub data set, and how it is to be read."""

    given: str
    """All that was written, options too."""
    name: str
    """Path as given, or ``hf:OWNER/NAME``: what its documents are named after."""
    kind: Kind
    field: str | None = None
    """Column of the text; None for ``text`` or else the only column of strings."""
    split: str | None = None
    """Text files: what parts the documents. Hub: which split."""
    glob: str = "**/*"
    config: str | None = None
    weight: float = 1.0
    """Share of the text, relative to the other sources."""

    @property
    def path(self) -> Path:
        """Where a file or folder is; means nothing for the hub."""
        return Path(self.name)


def kind_of(path: Path) -> Kind:
    """Tell from its name how a file is read.

    Example:
        >>> kind_of(Path("a.jsonl.gz")), kind_of(Path("b.py"))
        ('jsonl', 'text')
    """
    return _SUFFIXES.get(Path(path.name.lower().removesuffix(".gz")).suffix, "text")


def parse(spec: str | Path | tuple[str | Path, float]) -> Source:
    """Take one corpus apart.

    Raises:
        UnknownCorpus: If there is no such file or folder.
        UnreadableCorpus: If it is neither a file nor a folder.
        BadOption: If an option is unknown, of another kind of corpus, or has no usable value.

    Example:
        >>> parse("hf:roneneldan/TinyStories::split=validation,weight=0.5").weight
        0.5
    """
    if isinstance(spec, tuple):
        where, weight = str(spec[0]), spec[1]
        joint = "," if "::" in where and not _exists(where) else "::"
        spec = f"{where}{joint}weight={weight}"
    given = str(spec)
    is_plain = "::" not in given or _exists(given)
    name, _, options = (given, "", "") if is_plain else given.rpartition("::")
    if "::" in name and _exists(path := name.partition("::")[0]):
        reason = f"after the first :: options are parted by commas, not by another ::, in {given}"
        raise BadOption(f"{name.removeprefix(path)}::{options}", f"of {path}", reason)
    source = Source(given, name, _kind(name))
    for option in filter(None, options.split(",")):
        source = _with(source, option)
    return source


def _kind(name: str) -> Kind:
    if name.startswith(HUB) and len(name) > len(HUB):
        return "hub"
    path = Path(name)
    if not name or not _exists(name):
        raise UnknownCorpus(name, _near(name, path))
    if path.is_dir():
        return "folder"
    if not path.is_file():
        reason = "it is neither a file nor a folder"
        raise UnreadableCorpus(name, reason)
    return kind_of(path)


def _with(source: Source, option: str) -> Source:
    """Add one ``key=value`` to what is known of a source."""
    key, _, value = option.partition("=")
    known = _OPTIONS[source.kind]
    whose = f"of {source.name}"
    if key not in known:
        near = nearest(key, known, n=1)
        reason = (
            f"there is no such option, the nearest is '{near[0]}'"
            if near
            else f"its options are {', '.join(known)}"
        )
        raise BadOption(option, whose, reason)
    if not value:
        reason = f"write a value behind {key}="
        raise BadOption(option, whose, reason)
    if key == "weight" and not 0 < _number(value) < math.inf:
        reason = "a weight is a number above 0"
        raise BadOption(option, whose, reason)
    if key == "split" and source.kind != "hub" and value not in SPLITS:
        reason = f"documents are parted by {', '.join(SPLITS[:-1])} or {SPLITS[-1]}"
        raise BadOption(option, whose, reason)
    if key == "glob":
        try:
            next(source.path.glob(value), None)
        except (NotImplementedError, ValueError):  # pathlib's, for absolute and empty patterns
            reason = "a pattern is relative to the folder, such as **/*.py"
            raise BadOption(option, whose, reason) from None
    change: dict[str, Any] = {key: _number(value) if key == "weight" else value}
    return replace(source, **change)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _exists(name: str) -> bool:
    try:
        return Path(name).exists()
    except OSError:  # longer than names can be
        return False


def _near(name: str, path: Path) -> list[str]:
    """Find what was probably meant: a file in the same folder, or a data set of the hub."""
    try:
        beside = sorted(entry.name for entry in path.parent.iterdir())
    except (OSError, ValueError):
        beside = []
    near = [str(path.with_name(other)) for other in nearest(path.name, beside)]
    if near or not _HUB_ID.fullmatch(name):
        return near
    return [HUB + name]
