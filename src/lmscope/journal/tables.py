"""The tables of the lab notebook as they are now; `migrations` holds how they came to be so.

Knows no SQL dialect: what SQLite and PostgreSQL do differently is in `places`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from lmscope.journal.entries import LONGEST_MODEL, LONGEST_NAME, LONGEST_SITE, Subject
from lmscope.journal.records import LONGEST_VERDICT

REVISION = "0002"
"""Of the newest migration: known here, so that Alembic is loaded only where one must run."""
VERSION_TABLE = "lmscope_version"
"""Not Alembic's usual name: another program's database must not look like a notebook."""


class UtcTime(TypeDecorator[datetime]):
    """A moment. SQLite keeps no time zone, so both databases are given UTC and give UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Bring a time to UTC."""
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Say that it is UTC."""
        if value is None or value.tzinfo:
            return value and value.astimezone(UTC)
        return value.replace(tzinfo=UTC)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(LONGEST_NAME), nullable=False, unique=True),
)

IDENTITY = ("person_id", "known_by", "site", "layer", "neuron")
"""A person has one entry for each neuron."""

HYPOTHESIS = ("person_id", "sha256")
"""A person has each hypothesis once."""

TEST = ("hypothesis_id", "entry_id", "tested", "result_sha256")
"""A hypothesis has one such result on a neuron at one moment."""

# A neuron that was tested and never looked at has a row without visits, which is no entry of the
# log yet: `tests` needs something to point at.
entries = Table(
    "entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    # SHA-256 of the model's weights, or "name " and the model's name: see `Subject.known_by`.
    Column("known_by", String(len("name ") + LONGEST_MODEL), nullable=False),
    Column("site", String(LONGEST_SITE), nullable=False),
    Column("layer", Integer, nullable=False),
    Column("neuron", Integer, nullable=False),
    Column("model", String(LONGEST_MODEL), nullable=False),
    Column("first_seen", UtcTime, nullable=False),
    Column("last_seen", UtcTime, nullable=False),
    Column("n_visits", Integer, nullable=False),
    Column("starred", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    # In the row itself: an entry changes in one statement, and is read as it was at one moment.
    Column("tags", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint(*IDENTITY),
)
is_seen = entries.c.n_visits > 0
"""Whether a row is an entry of the log."""


def identity(subject: Subject) -> dict[str, str | int]:
    """Give what tells a neuron from all others."""
    return {
        "known_by": subject.known_by,
        "site": subject.site,
        "layer": subject.layer,
        "neuron": subject.neuron,
    }


def is_of(subject: Subject) -> list[ColumnElement[bool]]:
    """Choose the rows of `entries` that are of a neuron, one for each person."""
    return [entries.c[name] == value for name, value in identity(subject).items()]


def subject_of(row: Row[Any]) -> Subject:
    """Give the neuron of a row of `entries`."""
    weights = "" if row.known_by.startswith("name ") else row.known_by
    return Subject(row.model, weights, row.site, row.layer, row.neuron)


# Rows of the two tables below are written once; triggers refuse every change to them.
hypotheses = Table(
    "hypotheses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("claim", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("contents", JSON, nullable=False),
    Column("proposed", UtcTime, nullable=False),
    Column("parent_id", ForeignKey("hypotheses.id")),
    Column("version", Integer, nullable=False),
    UniqueConstraint(*HYPOTHESIS),
)

tests = Table(
    "tests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("hypothesis_id", ForeignKey("hypotheses.id"), nullable=False),
    # Whose it is, and of which neuron.
    Column("entry_id", ForeignKey("entries.id"), nullable=False, index=True),
    Column("tested", UtcTime, nullable=False),
    Column("verdict", String(LONGEST_VERDICT), nullable=False),
    Column("data", JSON, nullable=False),
    Column("result", JSON, nullable=False),
    Column("result_sha256", String(64), nullable=False),
    UniqueConstraint(*TEST),
)
