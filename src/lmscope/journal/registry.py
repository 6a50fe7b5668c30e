"""Hypotheses and tests in the database: rows are added and read, never changed.

Works inside of the transaction that it is handed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from lmscope.errors import NotProposed
from lmscope.journal.entries import Subject
from lmscope.journal.records import Proposed, Tested
from lmscope.journal.tables import (
    HYPOTHESIS,
    IDENTITY,
    TEST,
    entries,
    hypotheses,
    identity,
    is_of,
    people,
    subject_of,
    tests,
)


def read_hypotheses(connection: Connection, *conditions: ColumnElement[bool]) -> list[Proposed]:
    """Read the hypotheses of which this holds, newest first."""
    parents = hypotheses.alias("parents")
    query = (
        select(hypotheses, parents.c.sha256.label("parent"))
        .join(people, hypotheses.c.person_id == people.c.id)
        .outerjoin(parents, hypotheses.c.parent_id == parents.c.id)
        .where(*conditions)
        .order_by(hypotheses.c.id.desc())
    )
    return [
        Proposed(
            sha256=row.sha256,
            claim=row.claim,
            rule=row.rule,
            contents=row.contents,
            proposed=row.proposed,
            parent=row.parent,
            version=row.version,
        )
        for row in connection.execute(query)
    ]


def read_tests(connection: Connection, *conditions: ColumnElement[bool]) -> list[Tested]:
    """Read the tests of which this holds, newest first."""
    joined = tests.join(hypotheses, tests.c.hypothesis_id == hypotheses.c.id)
    joined = joined.join(entries, tests.c.entry_id == entries.c.id)
    joined = joined.join(people, entries.c.person_id == people.c.id)
    wanted = select(tests, hypotheses.c.sha256, *(entries.c[name] for name in ("model", *IDENTITY)))
    wanted = wanted.select_from(joined).where(*conditions)
    rows = connection.execute(wanted.order_by(tests.c.tested.desc(), tests.c.id.desc())).all()
    # Read after them, so that none is missing: they are older, and stay.
    theirs = select(tests.c.hypothesis_id).select_from(joined).where(*conditions)
    known = {
        hypothesis.sha256: hypothesis
        for hypothesis in read_hypotheses(connection, hypotheses.c.id.in_(theirs))
    }
    return [
        Tested(
            id=row.id,
            subject=subject_of(row),
            hypothesis=known[row.sha256],
            tested=row.tested,
            verdict=row.verdict,
            data=row.data,
            result=row.result,
            result_sha256=row.result_sha256,
        )
        for row in rows
    ]


def add_hypothesis(
    connection: Connection, insert: Any, person_id: int, person: str, new: Proposed
) -> bool:
    """Add a hypothesis unless its hash is there; its version follows from its parent's.

    Raises:
        NotProposed: If its parent is not there.
    """
    parent_id, version = None, 1
    if new.parent is not None:
        parent_id, version = _find(connection, person_id, person, new.parent)
        version += 1
    row = {
        "person_id": person_id,
        "sha256": new.sha256,
        "claim": new.claim,
        "rule": new.rule,
        "contents": new.contents,
        "proposed": new.proposed,
        "parent_id": parent_id,
        "version": version,
    }
    adding = insert(hypotheses).values(row).on_conflict_do_nothing(index_elements=HYPOTHESIS)
    return connection.execute(adding.returning(hypotheses.c.id)).first() is not None


def add_test(connection: Connection, insert: Any, person_id: int, person: str, new: Tested) -> bool:
    """Add a test unless the same one is there.

    Raises:
        NotProposed: If its hypothesis is not there.
    """
    hypothesis_id, _ = _find(connection, person_id, person, new.hypothesis.sha256)
    row = {
        "hypothesis_id": hypothesis_id,
        "entry_id": _entry_id(connection, insert, person_id, new.subject, new.tested),
        "tested": new.tested,
        "verdict": new.verdict,
        "data": new.data,
        "result": new.result,
        "result_sha256": new.result_sha256,
    }
    adding = insert(tests).values(row).on_conflict_do_nothing(index_elements=TEST)
    return connection.execute(adding.returning(tests.c.id)).first() is not None


def count_neurons(connection: Connection, person: str, subject: Subject) -> int:
    """Count the neurons of a model at a site that are seen or tested, the subject among them."""
    query = (
        select(entries.c.layer, entries.c.neuron)
        .join(people)
        .where(
            people.c.name == person,
            entries.c.known_by == subject.known_by,
            entries.c.site == subject.site,
        )
    )
    is_another = (entries.c.layer != subject.layer) | (entries.c.neuron != subject.neuron)
    others = query.where(is_another).subquery()
    return 1 + int(connection.execute(select(func.count()).select_from(others)).scalar_one())


def _find(connection: Connection, person_id: int, person: str, sha256: str) -> tuple[int, int]:
    found = connection.execute(
        select(hypotheses.c.id, hypotheses.c.version).where(
            hypotheses.c.person_id == person_id, hypotheses.c.sha256 == sha256
        )
    ).one_or_none()
    if found is None:
        raise NotProposed(person, sha256)
    return int(found.id), int(found.version)


def _entry_id(
    connection: Connection, insert: Any, person_id: int, subject: Subject, tested: datetime
) -> int:
    """Find the row of a neuron; one that was never looked at gets a row without visits."""
    new = insert(entries).values(
        person_id=person_id,
        **identity(subject),
        model=subject.model,
        first_seen=tested,
        last_seen=tested,
        n_visits=0,
        starred=False,
        note="",
        tags=[],
        version=1,
    )
    connection.execute(new.on_conflict_do_nothing(index_elements=IDENTITY))
    query = select(entries.c.id).where(entries.c.person_id == person_id, *is_of(subject))
    return int(connection.execute(query).scalar_one())
