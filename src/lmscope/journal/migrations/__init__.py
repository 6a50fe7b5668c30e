"""How the tables of the lab notebook came to be: run by Alembic, one step a change.

A step is a module in `versions`, named after its revision. There is no ini file
and no env.py: the steps run on a connection that is given, in its transaction,
so that a migration which is cut off has not begun.
"""

from __future__ import annotations

import threading
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from lmscope.errors import JournalTooNew, NotAJournal
from lmscope.journal.places import check_encoding, lock_schema, place_of
from lmscope.journal.tables import REVISION, VERSION_TABLE

_one_at_a_time = threading.Lock()  # `alembic.op`, which the steps use, is one for all threads


def migrate(connection: Connection, target: str = "head") -> None:
    """Bring the tables to a revision, `head` or an older one; `base` removes them.

    Args:
        connection: In a transaction that writes.
        target: The revision.

    Raises:
        JournalTooNew: If a newer lmscope made them.
        NotAJournal: If the database holds something else.
    """
    lock_schema(connection)
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    script = ScriptDirectory(str(Path(__file__).parent))
    steps = list(script.walk_revisions())[::-1]
    names = ["base", *(step.revision for step in steps)]
    now = context.get_current_revision() or "base"
    if now == "base":
        _check_empty(connection)
    elif now not in names:
        raise JournalTooNew(place_of(connection.engine.url), now, REVISION)
    at, to = names.index(now), len(steps) if target == "head" else names.index(target)
    with _one_at_a_time, Operations.context(context):
        for i in range(at, to):
            steps[i].module.upgrade()
            context.stamp(script, names[i + 1])
        for i in reversed(range(to, at)):
            steps[i].module.downgrade()
            context.stamp(script, names[i])


def _check_empty(connection: Connection) -> None:
    tables = sorted(set(inspect(connection).get_table_names()) - {VERSION_TABLE})
    if tables:
        shown = ", ".join(tables[:3]) + (", ..." if len(tables) > 3 else "")
        raise NotAJournal(
            place_of(connection.engine.url), f"it has the tables of something else ({shown})"
        )
    check_encoding(connection)
