"""Lab notebooks for the tests, on SQLite and on a PostgreSQL server of the tests' own.

The server is real, thrown away at the end, and safe to kill: it lies in a temporary folder,
listens on a free port of 127.0.0.1, asks for a password and writes through to the disk as a
real one does.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lmscope.journal import Entry, Journal, Subject
from lmscope.journal.formats import to_jsonl

WEIGHTS, OTHER_WEIGHTS = "0a" * 32, "1b" * 32
NEURON = Subject("solu-1l", WEIGHTS, "mid", 0, 737)
OTHER = Subject("gelu-2l", OTHER_WEIGHTS, "post", 1, 3)
THEN = datetime(2025, 11, 24, 22, 14, 15, 123456, UTC)
ENTRY = Entry(NEURON, THEN, THEN + timedelta(hours=1), 3, True, "<b> |\n*c*", ("a", "b"), 7)

PASSWORD = "correct horse/battery@staple"
_QUOTED = "correct%20horse%2Fbattery%40staple"

# Stops the server when the tests end, however they end: then its standard input is closed.
_KEEPER = """
import signal, subprocess, sys
user, *command = sys.argv[1:]
server = subprocess.Popen(command, stdin=subprocess.DEVNULL, user=user or None, group=user or None,
                          extra_groups=[] if user else None, cwd="/")
sys.stdin.read()
server.send_signal(signal.SIGQUIT)
server.wait()
"""

SEEN_FROM_OUTSIDE = f"""
import sys
from lmscope.journal import Journal, Subject
NEURON = {NEURON!r}
"""
"""What a script of another process begins with."""


def lines(*entries: Entry) -> str:
    return to_jsonl(entries)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a notebook may be; nothing is there yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/journal.sqlite"
    server: Postgres = request.getfixturevalue("postgres")
    return server.empty()


@pytest.fixture
def journal(address: str) -> Iterator[Journal]:
    with Journal.open(address) as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@contextmanager
def running(script: str, *arguments: str, n: int = 1) -> Iterator[list[subprocess.Popen[str]]]:
    """Run a script in several processes at once."""
    command = [sys.executable, "-c", SEEN_FROM_OUTSIDE + script, *arguments]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(n)
    ]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def together(work: Callable[[int], Any], n: int) -> list[Any]:
    """Do something in several threads at once."""
    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(work, range(n)))


class Postgres:
    """A server, running."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries = binaries
        self._data = folder / "data"
        self._log = folder / "log"
        # initdb and postgres refuse to run as root.
        self._user = "postgres" if os.geteuid() == 0 else ""
        self._names = (f"journal_{i}" for i in count())
        if self._user:
            account = pwd.getpwnam(self._user)
            os.chown(folder, account.pw_uid, account.pw_gid)
        password = folder / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)  # the folder is closed to others
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        subprocess.run(
            [
                *(binaries / "initdb", "--no-sync", "--encoding=UTF8", "--locale=C"),
                *("--username=lmscope", "--auth=scram-sha-256", f"--pwfile={password}"),
                *("-D", self._data),
            ],
            user=self._user or None,
            group=self._user or None,
            extra_groups=[] if self._user else None,
            cwd="/",
            check=True,
            capture_output=True,
        )
        self.start()
        with self.connect("postgres") as connection:
            connection.execute("CREATE DATABASE journal")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with self._log.open("ab") as log:
            self._keeper = subprocess.Popen(
                [
                    *(sys.executable, "-I", "-c", _KEEPER, self._user),
                    *(self._binaries / "postgres", "-D", self._data),
                    *("-h", "127.0.0.1", "-p", str(self.port), "-k", self._data.parent),
                    *("-c", "fsync=on", "-c", "max_connections=100"),
                ],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 60
        while True:
            try:
                self.connect("postgres").close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise RuntimeError(self._log.read_text()[-2000:]) from None
                time.sleep(0.05)

    def stop(self) -> None:
        """Stop it at once."""
        assert self._keeper.stdin is not None
        self._keeper.stdin.close()
        self._keeper.wait(timeout=60)

    def kill(self) -> None:
        """Kill the server and all that serve its clients, with SIGKILL."""
        main = int((self._data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{main}/task/{main}/children")
        for pid in [main, *map(int, children.read_text().split() if children.exists() else [])]:
            os.kill(pid, signal.SIGKILL)
        self.stop()

    def connect(self, database: str) -> psycopg.Connection:
        """Open a connection of the owner, who may do everything."""
        return psycopg.connect(self.url(database), autocommit=True, connect_timeout=10)

    def url(self, database: str, user: str = "lmscope", password: str = _QUOTED) -> str:
        """Give the address of a database."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def empty(self) -> str:
        """Empty the database `journal`, and give its address; much quicker than making one."""
        with self.connect("journal") as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        return self.url("journal")

    def create(self, options: str = "") -> str:
        """Make an empty database, and give its name."""
        name = next(self._names)
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name} {options}".encode())
        return name


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server of Debian's package, which is installed if it is missing, and stop it."""
    binaries = _binaries() or _install()
    folder = Path(tempfile.mkdtemp(prefix="lmscope-postgres-"))
    try:
        server = Postgres(binaries, folder)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _binaries() -> Path | None:
    """Find the newest server; distributions keep it away from the search path."""
    debian = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    found = sorted(debian, key=lambda path: int(path.parts[-3]))
    if not found and (elsewhere := shutil.which("postgres")):
        found = [Path(elsewhere).resolve()]
    return found[-1].parent if found else None


def _install() -> Path:
    sentence = "The tests of the lab notebook need PostgreSQL: sudo apt install postgresql"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise RuntimeError(sentence)
    with Path(tempfile.gettempdir(), "lmscope-apt.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # other workers of the tests wait, and then find it
        if _binaries() is None:
            _apt_get("update")
            _apt_get("install", "-y", "--no-install-recommends", "postgresql")
    if (binaries := _binaries()) is None:
        raise RuntimeError(sentence)
    return binaries


def _apt_get(*words: str) -> None:
    subprocess.run(
        ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300", *words],
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        check=True,
    )
