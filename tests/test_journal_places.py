"""Where the lab notebook is kept: a file or a server, what may be in the way, and kill -9."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from databases import ENTRY, NEURON, OTHER, PASSWORD, THEN, Postgres, lines, running, together
from sqlalchemy import event, inspect

from lmscope.errors import (
    DiskFull,
    JournalBusy,
    JournalDamaged,
    JournalTooNew,
    JournalUnreachable,
    LmscopeError,
    MissingExtra,
    NotAJournal,
    NotUsable,
    UnknownJournal,
)
from lmscope.journal import Counts, Entry, Imported, Journal, migrations, places, store
from lmscope.journal.tables import REVISION, VERSION_TABLE, metadata

# --- kill -9 ---------------------------------------------------------------------------------

VISITING = """
import itertools
with Journal.open(sys.argv[1]) as journal:
    for i in itertools.count():
        subject = Subject(NEURON.model, NEURON.weights, "mid", i % 7, i)
        journal.visit(sys.argv[2], subject)
        journal.mark(sys.argv[2], subject, starred=True, note=f"note {i}", version=1)
        print(i, flush=True)
"""


def kept(journal: Journal, person: str) -> set[int]:
    """Give the neurons whose visit and change are both there."""
    return {
        entry.subject.neuron
        for entry in journal.entries(person)
        if entry.starred and entry.note == f"note {entry.subject.neuron}"
    }


def test_what_was_answered_survives_when_the_process_is_killed(address: str) -> None:
    # The second process finds what the end of the first one left behind.
    for person, n_answers in (("Ada", 1), ("Grace", 40)):
        with running(VISITING, address, person) as (process,):
            assert process.stdout is not None
            answered = [process.stdout.readline() for _ in range(n_answers)]
            process.send_signal(signal.SIGKILL)
            answered += process.stdout.readlines()
            assert -signal.SIGKILL == process.wait()
        with Journal.open(address) as journal:
            assert {int(line) for line in answered} <= kept(journal, person)
            assert len(journal.entries(person)) <= len(answered) + 1
            assert 1 == journal.visit(person, OTHER).n_visits


def test_what_was_answered_survives_when_the_server_is_killed(postgres: Postgres) -> None:
    address = postgres.url(postgres.create())
    with Journal.open(address) as journal, running(VISITING, address, "Ada") as (process,):
        journal.visit("Grace", NEURON)
        assert process.stdout is not None
        answered = [process.stdout.readline() for _ in range(40)]
        postgres.kill()
        try:
            rest, error = process.communicate(timeout=60)
        finally:
            postgres.start()
        answered += rest.splitlines()

        assert "JournalUnreachable" in error
        assert {int(line) for line in answered} <= kept(journal, "Ada")
        assert 2 == journal.visit("Grace", NEURON).n_visits  # its old connection is dead


# --- tables ----------------------------------------------------------------------------------


def tables(address: str) -> list[str]:
    engine = places.reach(address)
    try:
        return sorted(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_tables_and_migrations_agree(journal: Journal) -> None:
    with journal._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})

        assert [] == compare_metadata(context, metadata)


def test_the_newest_migration_is_known_without_alembic() -> None:
    assert REVISION == ScriptDirectory(str(Path(migrations.__file__).parent)).get_current_head()


def test_every_migration_can_be_undone_and_done_again(address: str) -> None:
    with Journal.open(address) as journal, journal._writer.begin() as connection:
        migrations.migrate(connection, "base")
    assert [VERSION_TABLE] == tables(address)
    with Journal.open(address) as journal:
        assert 1 == journal.visit("Ada", NEURON).n_visits
    assert ["entries", "hypotheses", VERSION_TABLE, "people", "tests"] == tables(address)


def test_a_notebook_survives_being_opened_again(address: str) -> None:
    with Journal.open(address) as journal:
        journal.visit("Ada", NEURON)
        entry = journal.mark("Ada", NEURON, starred=True, note="n", tags=["a"], version=1)
    with Journal.open(address) as journal:
        assert [entry] == journal.entries("Ada")


def test_a_migration_that_is_cut_off_has_not_begun(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(MigrationContext, "stamp", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            Journal.open(address)

    assert [] == tables(address)
    with Journal.open(address) as journal:
        assert [] == journal.people()


def test_threads_may_all_make_the_tables(address: str) -> None:
    def open_and_visit(_: int) -> None:
        with Journal.open(address) as journal:
            journal.visit("Ada", NEURON)

    together(open_and_visit, 8)

    with Journal.open(address) as journal:
        assert [8] == [entry.n_visits for entry in journal.entries("Ada")]


def test_an_open_notebook_loads_neither_models_nor_alembic(address: str) -> None:
    Journal.open(address).close()
    script = """
with Journal.open(sys.argv[1]) as journal:
    journal.visit("Ada", NEURON)
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""
    with running(script, address) as (process,):
        loaded, error = process.communicate()

    assert "" == error
    assert set() == {"alembic", "numpy", "torch", "transformers"} & set(loaded.split())


# --- what may be in the way ------------------------------------------------------------------


def refusal(address: str | Path, kind: type[LmscopeError]) -> str:
    with pytest.raises(kind) as caught:
        Journal.open(address)
    said = str(caught.value)
    assert PASSWORD not in said
    assert "correct" not in said
    return said


def execute(journal: Journal, *statements: str) -> None:
    with journal._writer.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_a_notebook_of_a_newer_lmscope_is_left_alone(address: str) -> None:
    with Journal.open(address) as journal:
        execute(journal, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")

    assert (
        f"The lab notebook {journal.place} was written by a newer lmscope (its tables are of "
        f"revision 9999, this one knows {REVISION}).\n"
        "Get the newest with: pip install --upgrade lmscope"
    ) == refusal(address, JournalTooNew)


def test_tables_of_something_else_are_left_alone(address: str) -> None:
    with Journal.open(address) as journal:
        execute(
            journal,
            *(f"DROP TABLE {table}" for table in ("tests", "hypotheses", "entries", "people")),
            f"DROP TABLE {VERSION_TABLE}",
            *(f"CREATE TABLE {name} (id INTEGER)" for name in ("songs", "albums", "bands", "zoo")),
        )

    assert (
        f"{journal.place} is no lab notebook: it has the tables of something else "
        "(albums, bands, songs, ...). Nothing was changed.\n"
        "Give the notebook a place of its own."
    ) == refusal(address, NotAJournal)
    assert ["albums", "bands", "songs", "zoo"] == tables(address)


def test_who_keeps_the_notebook_to_himself_is_waited_for_but_not_for_ever(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "PATIENCE_S", 0.3)
    with Journal.open(address) as journal, Journal.open(address) as other:
        journal.visit("Ada", NEURON)
        with other._writer.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("LOCK TABLE entries")
            with pytest.raises(JournalBusy) as caught:
                journal.visit("Ada", NEURON)

        assert (
            f"The lab notebook {journal.place} is in use by another process, which did not let go "
            "of it for 0.3 seconds.\nNothing was changed; try again."
        ) == str(caught.value)
        assert 2 == journal.visit("Ada", NEURON).n_visits


def test_a_crowd_waits_for_its_turn(journal: Journal) -> None:
    together(lambda i: journal.visit(f"P{i}", NEURON), 40)  # as many threads as a server has

    assert 40 == len(journal.people())


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("mysql://ada:correct@db/x", "mysql://... names no lab notebook: SQLite and PostgreSQL "
                                     "can keep one"),
        ("sqlite://", "sqlite://... names no lab notebook: after sqlite:/// comes the path of a "
                      "file"),
        ("sqlite:///a?mode=ro", "sqlite://... names no lab notebook: after sqlite:/// comes the "
                                "path of a file"),
        ("sqlite:///", "sqlite://... names no lab notebook: a notebook in memory would be lost; "
                       "name a file"),
        (":memory:", "sqlite://... names no lab notebook: a notebook in memory would be lost; "
                     "name a file"),
        ("postgresql:/ada:correct@db/x", "postgresql://... names no lab notebook: two slashes "
                                         "follow the colon"),
        ("Postgres+psycopg:/ada:correct@db/x", "postgresql://... names no lab notebook: two "
                                               "slashes follow the colon"),
        ("postgresql://ada:correct@db:correct/x", "postgresql://... names no lab notebook: write "
         "it as postgresql://NAME:PASSWORD@HOST:5432/DATABASE"),
        ("postgresql://ada:in@correct@db/x", "postgresql://... names no lab notebook: in its name "
         "and password write @ as %40, / as %2F"),
        ("postgres://ada:in@b/correct@db/x", "postgresql://... names no lab notebook: in its name "
         "and password write @ as %40, / as %2F"),
    ],
)  # fmt: skip
def test_an_address_that_names_no_notebook_is_not_repeated(address: str, sentence: str) -> None:
    assert (
        f"The address {sentence}.\nGive a file, or postgresql://NAME:PASSWORD@HOST/DATABASE."
    ) == refusal(address, UnknownJournal)


# --- where it is -----------------------------------------------------------------------------


def test_it_lies_in_the_data_folder_of_the_person_unless_the_environment_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_data_path", lambda name, **_: tmp_path / "new" / name)
    monkeypatch.delenv("LMSCOPE_JOURNAL", raising=False)
    with Journal.open() as journal:
        assert str(tmp_path / "new" / "lmscope" / "journal.sqlite") == journal.place
    for address in (str(tmp_path / "x.sqlite"), f"sqlite:///{tmp_path}/x.sqlite"):
        monkeypatch.setenv("LMSCOPE_JOURNAL", address)
        with Journal.open() as journal:
            assert str(tmp_path / "x.sqlite") == journal.place
    with Journal.open(tmp_path / "y.sqlite") as journal:
        assert str(tmp_path / "y.sqlite") == journal.place


def test_a_data_folder_that_cannot_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path / "file" / "x")
    monkeypatch.delenv("LMSCOPE_JOURNAL", raising=False)

    with pytest.raises(NotUsable) as caught:
        Journal.open()
    assert f"{tmp_path}/file/x cannot be used: not a directory." == str(caught.value)


@pytest.mark.parametrize("name", ["a b", "50%", "a?b#c", "é", "file:x"])
def test_a_file_may_have_any_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Journal.open(name) as journal:
        journal.visit("Ada", NEURON)

    assert (tmp_path / name).exists()
    with Journal.open(tmp_path / name) as journal:
        assert ["Ada"] == journal.people()


# --- SQLite ----------------------------------------------------------------------------------


def test_a_file_is_kept_so_that_readers_and_a_crash_do_no_harm(file: Path) -> None:
    with Journal.open(file) as journal, journal._engine.connect() as connection:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        asked = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names]

    assert ["wal", 2, 1, 30_000] == asked


def test_readers_do_not_wait_for_a_writer(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "PATIENCE_S", 0)
    with Journal.open(file) as journal:
        journal.visit("Ada", NEURON)
        with journal._writer.begin() as connection:
            connection.exec_driver_sql("DELETE FROM entries")
            assert Counts(1, 0) == journal.counts("Ada")
            connection.rollback()


def test_a_file_is_made_ready_while_another_process_writes(file: Path) -> None:
    Journal.open(file).close()
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("PRAGMA journal_mode = DELETE")  # as it is before the first process is ready
    other.execute("BEGIN IMMEDIATE")
    engine = places.reach(file)
    done = threading.Timer(0.3, other.rollback)
    done.start()
    places.settle(engine)
    engine.dispose()
    done.join()

    other.close()

    reader = sqlite3.connect(file)
    assert [("wal",)] == reader.execute("PRAGMA journal_mode").fetchall()
    reader.close()


def test_what_is_no_database_is_left_alone(file: Path) -> None:
    file.write_text("Dear diary, " * 500)

    assert (
        f"{file} is no lab notebook: it is no SQLite database. Nothing was changed.\n"
        "Give the notebook a place of its own."
    ) == refusal(file, NotAJournal)
    assert "Dear diary, " * 500 == file.read_text()


def test_another_programs_file_keeps_its_bytes(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE songs (id INTEGER)")
    connection.close()
    before = hashlib.sha256(file.read_bytes()).digest()

    assert "(songs)" in refusal(file, NotAJournal)
    assert before == hashlib.sha256(file.read_bytes()).digest()
    assert [file] == list(file.parent.iterdir())


def test_an_empty_file_becomes_a_notebook(file: Path) -> None:
    file.touch()

    with Journal.open(file) as journal:
        assert 1 == journal.visit("Ada", NEURON).n_visits


def test_a_damaged_file_is_told_apart(file: Path) -> None:
    with Journal.open(file) as journal:
        journal.load("Ada", lines(*(replace(ENTRY, subject=replace(NEURON, neuron=i))
                                    for i in range(500))))  # fmt: skip
    damaged = bytearray(file.read_bytes())
    damaged[4096:] = b"\xa5" * (len(damaged) - 4096)
    file.write_bytes(damaged)

    sentence = (
        f"The lab notebook {file} is damaged: database disk image is malformed.\n"
        f"Save what can still be read with: sqlite3 {file} .recover"
    )
    assert sentence == refusal(file, JournalDamaged)


def test_damage_that_shows_later_is_explained_too(file: Path) -> None:
    with Journal.open(file) as journal:
        journal.load("Ada", lines(*(replace(ENTRY, subject=replace(NEURON, neuron=i))
                                    for i in range(500))))  # fmt: skip
    damaged = bytearray(file.read_bytes())
    damaged[10 * 4096 :] = b"\xa5" * (len(damaged) - 10 * 4096)
    file.write_bytes(damaged)

    with Journal.open(file) as journal, pytest.raises(JournalDamaged):
        journal.entries("Ada")


def test_a_full_disk_is_told_and_keeps_what_was_there(file: Path) -> None:
    with Journal.open(file) as journal:
        entry = journal.visit("Ada", NEURON)
        event.listen(
            journal._engine,
            "connect",
            lambda connection, _: connection.execute("PRAGMA max_page_count = 1"),
        )
        journal._engine.dispose()
        with pytest.raises(DiskFull) as caught:
            journal.mark("Ada", NEURON, note="x" * 20_000, version=1)

        assert (
            f"The disk is full: {file} could not be written.\nWhat the log held before is kept."
        ) == str(caught.value)
        assert [entry] == journal.entries("Ada")


def test_a_python_with_an_old_sqlite_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.34.1")

    assert f"{file} cannot be used: Python's SQLite is 3.34.1, older than 3.35." == refusal(
        file, NotUsable
    )


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert f"{tmp_path} cannot be used: it is a folder; name a file in it." == refusal(
        tmp_path, NotUsable
    )


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "typo" / "journal.sqlite"

    assert f"{path} cannot be used: there is no folder {tmp_path}/typo." == refusal(path, NotUsable)


@pytest.fixture
def without_rights() -> Iterator[Path]:
    """Give a folder, in a process that may only do what its permissions allow: not as root."""
    folder = Path(tempfile.mkdtemp(prefix="lmscope-journal-"))
    nobody = 65534
    is_root = os.geteuid() == 0
    if is_root:
        os.chown(folder, nobody, -1)
        os.setresuid(nobody, nobody, 0)
    try:
        yield folder
    finally:
        if is_root:
            os.setresuid(0, 0, 0)
        folder.chmod(0o700)
        shutil.rmtree(folder)


def test_a_folder_that_may_not_be_written_is_named(without_rights: Path) -> None:
    without_rights.chmod(0o500)
    path = without_rights / "journal.sqlite"

    assert f"{path} cannot be used: files in {without_rights} may not be written." == refusal(
        path, NotUsable
    )


@pytest.mark.parametrize("mode", [0o000, 0o400])
def test_a_file_that_may_not_be_written_is_named(mode: int, without_rights: Path) -> None:
    path = without_rights / "journal.sqlite"
    Journal.open(path).close()
    path.chmod(mode)

    assert f"{path} cannot be used: it may not be written to." == refusal(path, NotUsable)


# --- PostgreSQL ------------------------------------------------------------------------------


def test_the_address_is_told_without_name_and_password(postgres: Postgres) -> None:
    name = postgres.create()
    with Journal.open(postgres.url(name)) as journal:
        assert f"postgresql://127.0.0.1:{postgres.port}/{name}" == journal.place


@pytest.mark.parametrize("scheme", ["postgres", "postgresql+psycopg", "postgresql+psycopg2"])
def test_other_spellings_of_the_scheme_are_taken(scheme: str, postgres: Postgres) -> None:
    address = postgres.url(postgres.create()).replace("postgresql", scheme)

    with Journal.open(address) as journal:
        assert 1 == journal.visit("Ada", NEURON).n_visits


def test_a_server_that_is_not_there_is_explained() -> None:
    assert (
        "The lab notebook at postgresql://127.0.0.1:1/log cannot be used: Connection refused.\n"
        "Try whether the database answers with: psql -h 127.0.0.1 -p 1 -U ada -d log"
    ) == refusal("postgresql://ada:correct@127.0.0.1:1/log", JournalUnreachable)


def test_a_host_that_is_not_there_is_explained() -> None:
    said = refusal("postgresql://ada:correct@no-such-host.invalid/log", JournalUnreachable)

    assert said.startswith(
        "The lab notebook at postgresql://no-such-host.invalid/log cannot be used: failed to "
        "resolve host 'no-such-host.invalid'"
    )


@pytest.mark.parametrize(
    ("user", "password", "database", "reason"),
    [
        ("lmscope", "correct%20but%20wrong", "postgres",
         'password authentication failed for user "lmscope"'),
        ("ada", "correct", "postgres", 'password authentication failed for user "ada"'),
        ("lmscope", None, "nothing", 'database "nothing" does not exist'),
        ("lmscope", None, "postgres?colour=red", 'invalid connection option "colour"'),
    ],
)  # fmt: skip
def test_a_server_that_refuses_is_explained(
    user: str, password: str | None, database: str, reason: str, postgres: Postgres
) -> None:
    address = postgres.url(database, user, *([password] if password else []))
    name = database.partition("?")[0]

    assert (
        f"The lab notebook at postgresql://127.0.0.1:{postgres.port}/{name} cannot be used: "
        f"{reason}.\nTry whether the database answers with: "
        f"psql -h 127.0.0.1 -p {postgres.port} -U {user} -d {name}"
    ) == refusal(address, JournalUnreachable)


def test_a_user_who_may_not_make_tables_is_told(postgres: Postgres) -> None:
    name = postgres.create()
    with postgres.connect(name) as connection:
        connection.execute("CREATE ROLE guest LOGIN PASSWORD 'correct'")
    try:
        said = refusal(postgres.url(name, "guest", "correct"), JournalUnreachable)
    finally:
        with postgres.connect(name) as connection:
            connection.execute("DROP ROLE guest")

    assert f"/{name} cannot be used: permission denied for schema public.\n" in said


def test_an_encoding_without_most_characters_is_refused(postgres: Postgres) -> None:
    name = postgres.create("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")

    assert (
        f"postgresql://127.0.0.1:{postgres.port}/{name} is no lab notebook: its encoding is "
        "LATIN1, which lacks most characters. Nothing was changed.\n"
        "Make another with: createdb --encoding UTF8 --template template0 NAME"
    ) == refusal(postgres.url(name), NotAJournal)


@pytest.mark.parametrize(
    ("setting", "value", "kept_value"),
    [
        ("synchronous_commit", "off", "on"),
        ("synchronous_commit", "remote_apply", "remote_apply"),
        ("default_transaction_isolation", "serializable", "read committed"),
        ("timezone", "Asia/Kolkata", "Asia/Kolkata"),
    ],
)
def test_settings_of_the_server_do_no_harm(
    setting: str, value: str, kept_value: str, postgres: Postgres
) -> None:
    name = postgres.create()
    with postgres.connect(name) as connection:
        connection.execute(f"ALTER DATABASE {name} SET {setting} = '{value}'".encode())

    with Journal.open(postgres.url(name)) as journal:
        entry = journal.visit("Ada", NEURON)
        assert UTC == entry.first_seen.tzinfo
        assert [entry] == journal.entries("Ada")
        with journal._engine.connect() as connection:
            shown = setting.replace("default_transaction", "transaction")
            assert kept_value == connection.exec_driver_sql(f"SHOW {shown}").scalar_one()


def test_an_import_waits_for_another_one_and_a_visit_does_not(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = postgres.empty()
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with Journal.open(address) as journal, ThreadPoolExecutor(1) as pool:
        journal.visit("Ada", NEURON)
        with postgres.connect("journal") as another, another.transaction():
            another.execute("SELECT id FROM entries FOR UPDATE")
            importing = pool.submit(journal.load, "Ada", lines(ENTRY))
            while another.execute(waiting).fetchone() != (1,):
                time.sleep(0.01)
            monkeypatch.setattr(places, "PATIENCE_S", 0.3)
            with Journal.open(address) as impatient:
                assert 1 == impatient.visit("Ada", OTHER).n_visits
                with pytest.raises(JournalBusy):
                    impatient.load("Ada", lines(replace(ENTRY, subject=OTHER)))
        assert Imported(0, 1) == importing.result()
        with postgres.connect("journal") as another, another.transaction():
            another.execute("SELECT id FROM people FOR NO KEY UPDATE")  # as an import holds it
            with Journal.open(address) as impatient, pytest.raises(JournalBusy):
                impatient.load("Ada", lines(ENTRY))


def test_a_first_visit_in_the_middle_of_an_import_is_merged(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = postgres.empty()
    merge_known = store._merge_known
    with Journal.open(address) as journal, Journal.open(address) as other:
        journal.visit("Ada", OTHER)

        def merge_then_visit(*arguments: Any) -> int:
            monkeypatch.undo()
            n_merged = merge_known(*arguments)
            other.visit("Ada", NEURON)
            return n_merged

        monkeypatch.setattr(store, "_merge_known", merge_then_visit)
        many = lines(ENTRY, replace(ENTRY, subject=replace(NEURON, neuron=1)))
        assert Imported(1, 1) == journal.load("Ada", many)
        entry = journal.entry("Ada", NEURON)

    assert entry is not None
    assert (THEN, 3, ENTRY.note) == (entry.first_seen, entry.n_visits, entry.note)


def test_the_order_is_not_that_of_the_servers_language(postgres: Postgres) -> None:
    name = postgres.create("LOCALE_PROVIDER icu ICU_LOCALE 'en' TEMPLATE template0")
    with Journal.open(postgres.url(name)) as journal:
        for person in ("b", "a", "C"):
            for site in ("b", "a", "C"):
                subject = replace(NEURON, site=site)
                journal.load(person, lines(Entry(subject, THEN, THEN, 1, False, "", (), 1)))

        assert ["C", "a", "b"] == journal.people()
        assert ["C", "a", "b"] == [entry.subject.site for entry in journal.entries("a")]


def test_without_its_driver_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "psycopg"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)

    assert (
        "A lab notebook in PostgreSQL needs packages that are not installed.\n"
        'Get them with: pip install "lmscope[postgres]"'
    ) == refusal("postgresql://ada@127.0.0.1/log", MissingExtra)
