"""The nouns of the log, what they may hold, and how two records of one neuron become one.

Knows no database and no file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from lmscope.errors import EntryRefused

LONGEST_NAME = 60
LONGEST_MODEL = 500
LONGEST_SITE = 20
LONGEST_NOTE = 20_000
LONGEST_TAG = 60
MOST_TAGS = 50
LARGEST = 2**31 - 1  # of a column of whole numbers
_MOST_VISITS = 10**9  # leaves room to count on
_YEARS = range(1970, 3000)
SHA256 = re.compile("[0-9a-f]{64}")
_NOT_STORED = re.compile("[\0\ud800-\udfff]")
_JOINERS = "\u200c\u200d"  # invisible, but words of Persian and most emoji are written with them


@dataclass(frozen=True, slots=True)
class Subject:
    """One neuron, whatever its model's folder is called today.

    Example:
        >>> Subject("solu-1l", "0" * 64, "mid", 0, 737).address
        'solu-1l/0/737'
    """

    model: str
    """What the model was called when it was last seen; another name, still the same neuron."""
    weights: str
    """SHA-256 of the model's weights in hexadecimal. Empty for a model that came from no file;
    its name then stands for it."""
    site: str
    layer: int
    neuron: int

    def __post_init__(self) -> None:
        check_text("A model's name", self.model, 1, LONGEST_MODEL)
        check_text("A site", self.site, 1, LONGEST_SITE)
        if self.weights and not SHA256.fullmatch(self.weights):
            message = "The weights of a model are named by their SHA-256: 64 digits 0-9 a-f."
            raise EntryRefused(message)
        for what, value in (("layer", self.layer), ("neuron", self.neuron)):
            if not 0 <= value <= LARGEST:
                message = f"A {what} is a whole number from 0 to {LARGEST:,}."
                raise EntryRefused(message)

    @property
    def address(self) -> str:
        """Model, layer and neuron, as people write them."""
        return f"{self.model}/{self.layer}/{self.neuron}"

    @property
    def known_by(self) -> str:
        """What tells its model from all others, however that is called."""
        return self.weights or f"name {self.model}"


@dataclass(frozen=True, slots=True)
class Entry:
    """What one person's log says of one neuron."""

    subject: Subject
    first_seen: datetime
    """With its time zone, as all times here."""
    last_seen: datetime
    n_visits: int
    starred: bool
    note: str
    tags: tuple[str, ...]
    """Sorted, each once."""
    version: int
    """Grows when star, note or tags change; a visit does not change it."""

    def to_json(self) -> dict[str, Any]:
        """Give it with the keys of the site; times in UTC as RFC 3339 wants them."""
        return {
            "model": self.subject.model,
            "weights": self.subject.weights,
            "site": self.subject.site,
            "layer": self.subject.layer,
            "index": self.subject.neuron,
            "first_seen": timestamp(self.first_seen),
            "last_seen": timestamp(self.last_seen),
            "n_visits": self.n_visits,
            "starred": self.starred,
            "note": self.note,
            "tags": list(self.tags),
            "version": self.version,
        }


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is in one person's log.

    Example:
        >>> str(Counts(143, 9))
        'seen 143 neurons, 9 starred'
    """

    n_seen: int
    n_starred: int

    def __str__(self) -> str:
        neurons = "neuron" if self.n_seen == 1 else "neurons"
        return f"seen {self.n_seen:,} {neurons}, {self.n_starred:,} starred"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    n_added: int
    """Neurons that the log did not have."""
    n_merged: int
    """Neurons that it had, and of which it now knows more."""
    n_hypotheses: int = 0
    """Hypotheses that it did not have."""
    n_tests: int = 0
    """Tests that it did not have."""


def check_person(name: str) -> str:
    """Return the name as it is kept: composed characters, single spaces.

    Raises:
        EntryRefused: If it is empty, too long or has characters that nobody sees.

    Example:
        >>> check_person("  Ada   Lovelace ")
        'Ada Lovelace'
    """
    return check_label("A person's name", name, LONGEST_NAME)


def check_note(note: str) -> str:
    """Return the note as it is.

    Raises:
        EntryRefused: If it is too long, or a database cannot store it.
    """
    return check_text("A note", note, 0, LONGEST_NOTE)


def check_tag(tag: str) -> str:
    """Return the tag as it is kept: composed characters, single spaces.

    Raises:
        EntryRefused: If it is empty, too long or has characters that nobody sees.
    """
    return check_label("A tag", tag, LONGEST_TAG)


def check_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return the tags sorted, each once, without the empty ones.

    Raises:
        EntryRefused: If there are too many, or one of them is refused.

    Example:
        >>> check_tags(["lists", "", " digits", "lists"])
        ('digits', 'lists')
    """
    kept = sorted({check_tag(tag) for tag in tags if tag.strip()})
    if len(kept) > MOST_TAGS:
        message = f"A neuron has at most {MOST_TAGS} tags; here are {len(kept)}."
        raise EntryRefused(message)
    return tuple(kept)


def check_seen(first: datetime, last: datetime, n_visits: int) -> None:
    """Refuse times and counts that no log can have.

    Raises:
        EntryRefused: If the first time is after the last, or one of them is of another age.
    """
    check_time("A neuron is seen", first)
    check_time("A neuron is seen", last)
    if first > last:
        message = f"It was first seen ({first}) after it was last seen ({last})."
        raise EntryRefused(message)
    if not 0 < n_visits <= _MOST_VISITS:
        message = f"The number of visits is from 1 to {_MOST_VISITS:,}."
        raise EntryRefused(message)


def check_time(what: str, time: datetime) -> datetime:
    """Return the time as it is.

    Raises:
        EntryRefused: If it is of another age.
    """
    if time.year not in _YEARS:
        message = f"{what} between {_YEARS[0]} and {_YEARS[-1]}, not in {time.year}."
        raise EntryRefused(message)
    return time


def merge(mine: Entry, other: Entry) -> Entry:
    """Make one entry of two about the same neuron, so that nothing of either is lost.

    Merging the same again changes nothing. Of `other`'s note the paragraphs that `mine` does
    not have are added below. The version grows if star, note or tags change.

    Raises:
        EntryRefused: If note or tags together are more than an entry may hold.
    """
    merged = replace(
        mine,
        subject=other.subject if other.last_seen > mine.last_seen else mine.subject,
        first_seen=min(mine.first_seen, other.first_seen),
        last_seen=max(mine.last_seen, other.last_seen),
        n_visits=max(mine.n_visits, other.n_visits),
        starred=mine.starred or other.starred,
        note=check_note(_join(mine.note, other.note)),
        tags=check_tags(mine.tags + other.tags),
    )
    marks = (merged.starred, merged.note, merged.tags)
    is_changed = marks != (mine.starred, mine.note, mine.tags)
    return replace(merged, version=mine.version + is_changed)


def _join(mine: str, other: str) -> str:
    """Add the paragraphs of a note that another lacks; whole ones, since "no" is in "not so"."""
    have = {paragraph.strip() for paragraph in mine.split("\n\n")} | {""}
    missing = [p for p in other.split("\n\n") if p.strip() not in have]
    if not missing:
        return mine
    return "\n\n".join([mine, *missing]) if mine.strip() else other


def check_label(what: str, text: str, longest: int) -> str:
    """Return a text that people tell things apart by: composed characters, single spaces.

    Raises:
        EntryRefused: If it is empty, too long or has characters that nobody sees.
    """
    label = unicodedata.normalize("NFC", " ".join(text.split()))
    check_text(what, label, 1, longest)
    for character in label:
        if unicodedata.category(character) in ("Cc", "Cf") and character not in _JOINERS:
            message = f"{what} is written in visible characters, without U+{ord(character):04X}."
            raise EntryRefused(message)
    if not any(unicodedata.category(c)[0] in "LNPS" for c in label):
        message = f"{what} needs a letter, a digit or a sign that can be seen."
        raise EntryRefused(message)
    return label


def check_text(what: str, text: str, shortest: int, longest: int) -> str:
    """Return the text as it is.

    Raises:
        EntryRefused: If it is too short or too long, or a database cannot store it.
    """
    if not shortest <= len(text) <= longest:
        least = f"{shortest} to" if shortest else "at most"
        message = f"{what} has {least} {longest:,} characters; this one has {len(text):,}."
        raise EntryRefused(message)
    if found := _NOT_STORED.search(text):
        why = "PostgreSQL cannot store it" if found[0] == "\0" else "it is half a character"
        message = f"{what} cannot hold U+{ord(found[0]):04X}: {why}."
        raise EntryRefused(message)
    return text


def timestamp(time: datetime) -> str:
    """Write a time in UTC as RFC 3339 wants it."""
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
