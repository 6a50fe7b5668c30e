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
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from lmscope.journal.entries import LONGEST_MODEL, LONGEST_NAME, LONGEST_SITE

REVISION = "0001"
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

# `id` is what hypotheses and their runs will point at: whose they are and of which neuron.
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
