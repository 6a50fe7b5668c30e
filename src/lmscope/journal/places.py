"""Where a lab notebook lies: its address, how each database is set up, and why it may refuse.

Here is all that SQLite and PostgreSQL do differently. Knows no table.
"""

from __future__ import annotations

import os
import re
import shlex
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url

from lmscope.errors import (
    DiskFull,
    JournalBusy,
    JournalDamaged,
    JournalUnreachable,
    LmscopeError,
    MissingExtra,
    NotAJournal,
    NotUsable,
    UnknownJournal,
)

VARIABLE = "LMSCOPE_JOURNAL"
"""Names the notebook where no address is given."""
PATIENCE_S = 30
"""Longest wait for somebody else's change."""
_CONNECT_S = 10
_OLDEST_SQLITE = (3, 35)  # the first that gives back the row that it has changed


def reach(address: str | Path | None) -> Engine:
    """Get ready to connect to a notebook; nothing is opened yet.

    Args:
        address: A file, ``sqlite:///FILE`` or ``postgresql://NAME:PASSWORD@HOST/DATABASE``.
            None for the one that the environment names, else the person's own file.

    Raises:
        UnknownJournal: If it is no such address.
        MissingExtra: For PostgreSQL without the package that talks to it.
        NotUsable: If the person's own folder cannot be made.
    """
    text = str(address or os.environ.get(VARIABLE) or _own_file())
    scheme, is_url, rest = text.partition("://")
    scheme = scheme.partition("+")[0].casefold()
    if not is_url:
        if re.match(
            "postgres(ql)?[+:/]", text, re.IGNORECASE
        ):  # a slip, behind which a password may stand
            raise UnknownJournal("postgresql", "two slashes follow the colon")
        return _sqlite(text)
    if scheme == "sqlite":
        if not rest.startswith("/") or "?" in rest:
            raise UnknownJournal("sqlite", "after sqlite:/// comes the path of a file")
        return _sqlite(rest[1:])
    if scheme in ("postgresql", "postgres"):
        return _postgres(text)
    raise UnknownJournal(scheme, "SQLite and PostgreSQL can keep one")


def place_of(url: URL) -> str:
    """Say where it is without the name and password that open it."""
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    host = f"[{url.host}]" if ":" in (url.host or "") else url.host or ""
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{host}{port}/{url.database or ''}"


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Turn what a database refuses for a reason outside of lmscope into a sentence.

    Raises:
        LmscopeError: In place of such an exception of SQLAlchemy; others pass.
    """
    try:
        yield
    except exc.TimeoutError as error:  # all connections are taken
        raise JournalBusy(place_of(url), PATIENCE_S) from error
    except (exc.DBAPIError, sqlite3.Error) as error:
        if isinstance(error, exc.DBAPIError) and url.get_backend_name() == "postgresql":
            sentence = _explain_postgres(url, error)
        else:
            sentence = _explain_sqlite(url, getattr(error, "orig", error))
        if sentence is None:
            raise
        raise sentence from error


def lock_schema(connection: Connection) -> None:
    """Wait until no other process changes the tables; in SQLite a transaction that writes did."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('lmscope journal'))")


def settle(engine: Engine) -> None:
    """Let readers and a writer work at the same time; only now, since the file is a notebook.

    Raises:
        NotUsable: If it can be read only, which SQLite would not say before the first change.
    """
    if engine.name == "sqlite":
        path = Path(engine.url.database or "")
        if not os.access(path, os.W_OK):
            raise NotUsable(path, _why_not(path))
        deadline = time.monotonic() + PATIENCE_S
        connection = engine.raw_connection()
        try:
            while True:  # here SQLite itself does not wait for others who open the file
                try:
                    connection.cursor().execute("PRAGMA journal_mode = WAL")
                except sqlite3.OperationalError as error:
                    if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                        raise
                    time.sleep(0.01)
                else:
                    return
        finally:
            connection.close()


def check_encoding(connection: Connection) -> None:
    """Refuse a database that cannot store every text.

    Raises:
        NotAJournal: If its encoding is not UTF-8.
    """
    if connection.dialect.name == "postgresql":
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        if encoding != "UTF8":
            raise NotAJournal(
                place_of(connection.engine.url),
                f"its encoding is {encoding}, which lacks most characters",
                "Make another with: createdb --encoding UTF8 --template template0 NAME",
            )


# --- SQLite ----------------------------------------------------------------------------------


def _own_file() -> Path:
    from platformdirs import user_data_path

    folder = user_data_path("lmscope", appauthor=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotUsable(folder, os.strerror(error.errno or 0).lower()) from error
    return folder / "journal.sqlite"


def _sqlite(file: str) -> Engine:
    if file in ("", ":memory:"):
        raise UnknownJournal("sqlite", "a notebook in memory would be lost; name a file")
    path = Path(file).expanduser().absolute()
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        needed = ".".join(map(str, _OLDEST_SQLITE))
        raise NotUsable(path, f"Python's SQLite is {sqlite3.sqlite_version}, older than {needed}")
    engine = create_engine(URL.create("sqlite", database=str(path)))
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own transactions begin too late; see below
    connection.execute(f"PRAGMA busy_timeout = {int(PATIENCE_S * 1000)}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")  # a change that was answered is on the disk


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes then cannot wait for another writer, and fails.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _code(error: BaseException) -> int:
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)) & 0xFF


def _explain_sqlite(url: URL, error: BaseException) -> LmscopeError | None:
    path = Path(url.database or "")
    code = _code(error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return JournalBusy(str(path), PATIENCE_S)
    if code == sqlite3.SQLITE_FULL:
        return DiskFull(path, "What the log held before is kept.")
    if code == sqlite3.SQLITE_CORRUPT:
        return JournalDamaged(path, str(error))
    if code == sqlite3.SQLITE_NOTADB:
        return NotAJournal(str(path), "it is no SQLite database")
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return NotUsable(path, _why_not(path))
    if code == sqlite3.SQLITE_IOERR:
        return NotUsable(path, str(error))
    return None


def _why_not(path: Path) -> str:
    if path.is_dir():
        return "it is a folder; name a file in it"
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    if path.exists() and not os.access(path, os.W_OK):
        return "it may not be written to"
    return f"files in {path.parent} may not be written"


# --- PostgreSQL ------------------------------------------------------------------------------


def _postgres(address: str) -> Engine:
    how = "write it as postgresql://NAME:PASSWORD@HOST:5432/DATABASE"
    try:
        url = make_url(address).set(drivername="postgresql+psycopg")
    except (exc.ArgumentError, ValueError):  # whose text may quote half of a password
        raise UnknownJournal("postgresql", how) from None
    if "@" in (url.host or "") + (url.database or ""):
        raise UnknownJournal("postgresql", "in its name and password write @ as %40, / as %2F")
    try:
        engine = create_engine(
            url,
            isolation_level="READ COMMITTED",  # the server's default may be another
            pool_pre_ping=True,  # the server may have been started anew since the last change
            connect_args={} if "connect_timeout" in url.query else {"connect_timeout": _CONNECT_S},
        )
    except ImportError:
        raise MissingExtra("postgres", "A lab notebook in PostgreSQL") from None
    event.listen(engine, "connect", _set_up_postgres)
    return engine


def _set_up_postgres(connection: Any, _record: object) -> None:
    connection.execute(f"SELECT set_config('lock_timeout', '{PATIENCE_S}s', false)")
    connection.execute(  # else a change that was answered may be lost with the server
        "SELECT set_config('synchronous_commit', 'on', false)"
        " WHERE current_setting('synchronous_commit') = 'off'"
    )
    connection.commit()


def _explain_postgres(url: URL, error: exc.DBAPIError) -> LmscopeError | None:
    place = place_of(url)
    state = getattr(error.orig, "sqlstate", None) or ""
    if state == "55P03":  # lock not available
        return JournalBusy(place, PATIENCE_S)
    if state == "53100":  # disk full
        return DiskFull(place, "What the log held before is kept.")
    is_ours = isinstance(error, exc.ProgrammingError | exc.IntegrityError | exc.DataError) and state
    if is_ours and state != "42501":  # insufficient privilege
        return None
    asked = {"-h": url.host, "-p": url.port, "-U": url.username, "-d": url.database}
    words = [str(word) for pair in asked.items() if pair[1] for word in pair]
    said = getattr(getattr(error.orig, "diag", None), "message_primary", None)
    reason = said or _reason(str(error.orig))
    return JournalUnreachable(place, reason, shlex.join(["psql", *words]))


def _reason(message: str) -> str:
    r"""Find why there is no connection; the driver also tells the address and all attempts.

    Example:
        >>> _reason('connection failed: connection to "::1", port 1 failed: FATAL:  not you\n')
        'not you'
    """
    lines = message.strip().splitlines() or ["no reason was given"]
    failures = [line for line in lines if " failed: " in line] or lines
    return re.split(r"(?:failed|is bad|FATAL): +", failures[-1])[-1].strip().rstrip(".")
