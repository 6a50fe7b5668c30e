"""The log in a database: every change is one transaction, which is on the disk when it returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    bindparam,
    case,
    func,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from lmscope.errors import EntryRefused, ImportRefused, NotInLog, NotProposed, StaleEntry
from lmscope.journal.entries import (
    LARGEST,
    Counts,
    Entry,
    Imported,
    Subject,
    check_note,
    check_person,
    check_tag,
    check_tags,
    merge,
)
from lmscope.journal.formats import read_lines, to_csv, to_jsonl, to_markdown
from lmscope.journal.places import explained, place_of, reach, settle
from lmscope.journal.records import (
    Proposed,
    Tested,
    check_claim,
    check_contents,
    check_data,
    check_result,
    check_rule,
    check_sha256,
    check_verdict,
    fingerprint,
)
from lmscope.journal.registry import (
    add_hypothesis,
    add_test,
    count_neurons,
    read_hypotheses,
    read_tests,
)
from lmscope.journal.tables import (
    IDENTITY,
    REVISION,
    VERSION_TABLE,
    entries,
    hypotheses,
    identity,
    is_of,
    is_seen,
    people,
    subject_of,
    tests,
)

Format = Literal["md", "jsonl", "csv"]

_Incoming = dict[tuple[str | int, ...], tuple[int, Entry]]
"""Entries by their neuron's coordinates, each with the number of its line."""


class Journal:
    """A lab notebook, open; any thread may use it.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> neuron = Subject("solu-1l", "0" * 64, "mid", 0, 737)
        >>> with TemporaryDirectory() as folder, Journal.open(f"{folder}/log.sqlite") as journal:
        ...     entry = journal.visit("Ada", neuron)
        ...     entry = journal.mark("Ada", neuron, starred=True, tags=["lists"], version=1)
        ...     print(entry.n_visits, entry.version, journal.counts("Ada"))
        ...     lists = {"claim": "lists", "rule": "[a-z]>>[)]"}
        ...     proposed = journal.propose("Ada", lists, **lists, sha256="5c" * 32)
        ...     tested = journal.log_test(
        ...         "Ada", neuron, proposed.sha256, verdict="not supported",
        ...         data={"tokens": 10_000}, result={"ap": 0.25},
        ...     )
        ...     print(tested.verdict, tested.tested >= proposed.proposed)
        1 2 seen 1 neuron, 1 starred
        not supported True
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(writes=True)
        self._insert: Any = sqlite.insert if engine.name == "sqlite" else postgresql.insert

    @classmethod
    def open(cls, address: str | Path | None = None) -> Self:
        """Open a notebook; its tables are made, or brought up to date, if need be.

        Args:
            address: A file, ``sqlite:///FILE`` or
                ``postgresql://NAME:PASSWORD@HOST/DATABASE``. By default what the environment
                variable LMSCOPE_JOURNAL names, else a file in the person's data folder.

        Raises:
            UnknownJournal: If that is no such address.
            MissingExtra: For PostgreSQL without the package that talks to it.
            JournalUnreachable: If the server cannot be reached or does not let us in.
            NotUsable: If the file cannot be read and written.
            NotAJournal: If something else is there.
            JournalDamaged: If it is no longer readable.
            JournalTooNew: If a newer lmscope made it.
            JournalBusy: If another process holds it for too long.
        """
        engine = reach(address)
        journal = cls(engine)
        try:
            with explained(engine.url):
                with journal._writer.begin() as connection:
                    if _revision(connection) != REVISION:
                        from lmscope.journal.migrations import migrate

                        migrate(connection)
                settle(engine)
        except BaseException:
            journal.close()
            raise
        return journal

    @property
    def place(self) -> str:
        """Where it is: a file, or the URL of a database without name and password."""
        return place_of(self._engine.url)

    def close(self) -> None:
        """Let go of file or server."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def visit(self, person: str, subject: Subject) -> Entry:
        """Note that a person looks at a neuron, now.

        Raises:
            EntryRefused: If the person's name cannot be kept.
        """
        now = datetime.now(UTC)
        with self._changing() as connection:
            new = self._insert(entries).values(
                person_id=self._person_id(connection, check_person(person)),
                **identity(subject),
                model=subject.model,
                first_seen=now,
                last_seen=now,
                n_visits=1,
                starred=False,
                note="",
                tags=[],
                version=1,
            )
            # Clocks may be set back. A row without visits has the time of a test.
            is_later = (new.excluded.last_seen > entries.c.last_seen) | ~is_seen
            seen = new.on_conflict_do_update(
                index_elements=IDENTITY,
                set_={
                    "model": new.excluded.model,
                    "first_seen": case(
                        (is_seen, entries.c.first_seen), else_=new.excluded.first_seen
                    ),
                    "last_seen": case(
                        (is_later, new.excluded.last_seen), else_=entries.c.last_seen
                    ),
                    "n_visits": entries.c.n_visits + 1,
                },
            )
            return _entry(connection.execute(seen.returning(entries)).one())

    def entry(self, person: str, subject: Subject) -> Entry | None:
        """Look up what a person's log says of a neuron; None if she has not seen it."""
        with self._reading() as connection:
            return _find(connection, check_person(person), subject)

    def mark(
        self,
        person: str,
        subject: Subject,
        *,
        starred: bool | None = None,
        note: str | None = None,
        tags: list[str] | tuple[str, ...] | None = None,
        version: int,
    ) -> Entry:
        """Change star, note or tags; what is None stays.

        Args:
            person: Whose log.
            subject: The neuron, which she has seen.
            starred: Whether it is starred.
            note: The whole note.
            tags: All tags.
            version: That of the entry which the person had before her when she made the change.

        Raises:
            StaleEntry: If the entry has changed meanwhile; has the entry as it is.
            NotInLog: If she has not seen the neuron.
            EntryRefused: If note or tags cannot be kept.
        """
        person = check_person(person)
        changes: dict[str, Any] = {"version": entries.c.version + 1}
        if starred is not None:
            changes["starred"] = starred
        if note is not None:
            changes["note"] = check_note(note)
        if tags is not None:
            changes["tags"] = list(check_tags(tags))
        change = update(entries).where(*_is(person, subject), entries.c.version == version)
        with self._changing() as connection:
            row = connection.execute(change.values(changes).returning(entries)).one_or_none()
            if row is not None:
                return _entry(row)
            now = _find(connection, person, subject)
        if now is None:
            raise NotInLog(person, subject.address)
        raise StaleEntry(subject.address, version, now)

    def entries(
        self, person: str, search: str = "", starred: bool | None = None, tag: str | None = None
    ) -> list[Entry]:
        """List what a person has seen, newest first.

        Args:
            person: Whose log.
            search: Words that all occur in model, address (L0N737 or 0/737), site, note or
                tags, in capitals or not.
            starred: True for the starred ones only, False for the others.
            tag: For those with this tag.
        """
        query = select(entries).join(people).where(people.c.name == check_person(person), is_seen)
        with self._reading() as connection:
            found = [_entry(row) for row in connection.execute(query)]
        # Here and not in SQL: there each database has its own idea of capitals and of order.
        if starred is not None:
            found = [entry for entry in found if entry.starred == starred]
        if tag is not None:
            tag = check_tag(tag)
            found = [entry for entry in found if tag in entry.tags]
        if words := search.casefold().split():
            found = [entry for entry in found if _mentions(entry, words)]
        found.sort(key=lambda entry: _coordinates(entry.subject))
        found.sort(key=lambda entry: entry.last_seen, reverse=True)
        return found

    def counts(self, person: str) -> Counts:
        """Count the neurons that a person has seen, and the starred ones among them."""
        query = (
            select(func.count(), func.count().filter(entries.c.starred))
            .select_from(entries.join(people))
            .where(people.c.name == check_person(person), is_seen)
        )
        with self._reading() as connection:
            return Counts(*connection.execute(query).one())

    def people(self) -> list[str]:
        """List everyone who has a log here, by name."""
        with self._reading() as connection:
            return sorted(connection.execute(select(people.c.name)).scalars())

    def propose(
        self,
        person: str,
        contents: Mapping[str, Any],
        *,
        claim: str,
        rule: str,
        sha256: str,
        parent: str | None = None,
    ) -> Proposed:
        """Write down a hypothesis, now; what has this hash already stays as it is, with its date.

        Args:
            person: Who proposes it.
            contents: The whole hypothesis as plain JSON values.
            claim: What it says, in words.
            rule: Where the neuron should fire; empty if only texts say.
            sha256: What it is known by from now on, in hexadecimal.
            parent: That of the hypothesis of hers that it is an edit of.

        Raises:
            NotProposed: If there is no such parent.
            EntryRefused: If the hash is none, or something else cannot be kept.
        """
        person = check_person(person)
        new = Proposed(
            sha256=check_sha256(sha256),
            claim=check_claim(claim),
            rule=check_rule(rule),
            contents=check_contents(contents),
            proposed=datetime.now(UTC),
            parent=None if parent is None else check_sha256(parent),
            version=1,
        )
        is_it = (people.c.name == person, hypotheses.c.sha256 == sha256)
        with self._changing() as connection:
            if not (found := read_hypotheses(connection, *is_it)):
                person_id = self._person_id(connection, person)
                add_hypothesis(connection, self._insert, person_id, person, new)
                found = read_hypotheses(connection, *is_it)
        return found[0]

    def hypotheses(self, person: str) -> list[Proposed]:
        """List what a person has proposed, newest first, tested or not."""
        with self._reading() as connection:
            return read_hypotheses(connection, people.c.name == check_person(person))

    def log_test(
        self,
        person: str,
        subject: Subject,
        hypothesis_sha256: str,
        *,
        verdict: str,
        data: Mapping[str, Any],
        result: Mapping[str, Any],
    ) -> Tested:
        """Write down a test that was made now, whatever its verdict.

        It is no visit: a neuron that was never looked at is still none that was seen.

        Args:
            person: Who made it.
            subject: The neuron.
            hypothesis_sha256: The hypothesis, which she has proposed before.
            verdict: In one word or a few.
            data: What it was made on: corpus, tokens, documents, seed, version of lmscope.
            result: The whole report, as plain JSON values.

        Raises:
            NotProposed: If the hypothesis is not on record.
            EntryRefused: If something cannot be kept.
        """
        person, sha256 = check_person(person), check_sha256(hypothesis_sha256)
        verdict, data, result = check_verdict(verdict), check_data(data), check_result(result)
        is_hers = (people.c.name == person, hypotheses.c.sha256 == sha256)
        with self._changing() as connection:
            found = read_hypotheses(connection, *is_hers)
            if not found:
                raise NotProposed(person, sha256)
            new = Tested(
                id=0,
                subject=subject,
                hypothesis=found[0],
                # Clocks may be set back; but it was proposed before it was tested.
                tested=max(datetime.now(UTC), found[0].proposed),
                verdict=verdict,
                data=data,
                result=result,
                result_sha256=fingerprint(result),
            )
            person_id = self._person_id(connection, person)
            add_test(connection, self._insert, person_id, person, new)
            is_it = (tests.c.tested == new.tested, tests.c.result_sha256 == new.result_sha256)
            return read_tests(connection, *is_hers, *is_of(subject), *is_it)[0]

    def tests(
        self, person: str, subject: Subject | None = None, hypothesis: str | None = None
    ) -> list[Tested]:
        """List every test that a person has made, newest first, those that failed among them.

        Args:
            person: Whose tests.
            subject: Only those on this neuron.
            hypothesis: Only those of the hypothesis with this SHA-256.
        """
        wanted = [people.c.name == check_person(person)]
        if subject is not None:
            wanted += is_of(subject)
        if hypothesis is not None:
            wanted.append(hypotheses.c.sha256 == check_sha256(hypothesis))
        with self._reading() as connection:
            return read_tests(connection, *wanted)

    def test(self, person: str, id: int) -> Tested | None:
        """Look up one of a person's tests by its number; None if there is no such."""
        person = check_person(person)
        if not 0 < id <= LARGEST:  # which PostgreSQL would not compare
            return None
        with self._reading() as connection:
            found = read_tests(connection, people.c.name == person, tests.c.id == id)
        return found[0] if found else None

    def n_looked_at(self, person: str, subject: Subject) -> int:
        """Count the neurons of a model at a site among which a person may have chosen this one.

        They are those that she has seen or tested, and this one in any case: the more there
        are, the sooner one of them does by chance what a hypothesis says.
        """
        with self._reading() as connection:
            return count_neurons(connection, check_person(person), subject)

    def export(self, person: str, format: Format) -> str:
        """Write a person's log as text.

        Args:
            person: Whose log.
            format: `jsonl` has everything, exactly, and can be read by `load`; `md` has tables
                to read, of neurons and of tests; `csv` is one for spreadsheets, of neurons
                only. Both are made harmless for what opens them.
        """
        person = check_person(person)
        found = self.entries(person)
        if format == "csv":
            return to_csv(found)
        tested = self.tests(person)
        if format == "md":
            return to_markdown(person, found, tested)
        # Read after the tests, so that none of theirs is missing.
        return to_jsonl(found, self.hypotheses(person)[::-1], tested[::-1])

    def load(self, person: str, jsonl: str) -> Imported:
        """Take what `export` wrote into a person's log, so that nothing of either is lost.

        Of a neuron that both have, the earlier first and the later last visit count, the larger
        number of visits, a star of either, all tags, and the paragraphs of both notes. Hypotheses
        and tests that are not there are added with their dates, and what is there stays as it is.
        The same text again changes nothing.

        Raises:
            ImportRefused: With the number of the line; nothing of the text is taken then.
            EntryRefused: If the person's name cannot be kept.
        """
        person = check_person(person)
        incoming: _Incoming = {}
        proposed: list[Proposed] = []
        tested: list[Tested] = []
        for line, found in read_lines(jsonl):
            if isinstance(found, Proposed):
                proposed.append(found)
            elif isinstance(found, Tested):
                tested.append(found)
            else:
                key = _coordinates(found.subject)
                before = incoming.get(key)
                incoming[key] = line, _merge(line, before[1], found) if before else found
        if not (incoming or proposed):  # there is no test without its hypothesis
            return Imported(0, 0)
        n_added = n_merged = 0
        with self._changing() as connection:
            person_id = self._person_id(connection, person)
            # Imports of one person, which hold many rows, must not wait for each other's. Visits
            # and marks hold one row and go on.
            owner = select(people.c.id).where(people.c.id == person_id)
            connection.execute(owner.with_for_update(key_share=True))
            while incoming:  # again only if a visit or a test added one of them meanwhile
                n_new, n_changed = _merge_known(connection, person_id, incoming)
                n_added += n_new + self._add_unknown(connection, person_id, incoming)
                n_merged += n_changed
            to = (connection, self._insert, person_id, person)
            n_hypotheses = sum([add_hypothesis(*to, new) for new in proposed])
            n_tests = sum([add_test(*to, new) for new in tested])
        return Imported(n_added, n_merged, n_hypotheses, n_tests)

    def _add_unknown(self, connection: Connection, person_id: int, incoming: _Incoming) -> int:
        """Take out of what comes in the entries that a person lacks, and add them."""
        if not incoming:
            return 0
        rows = [
            identity(entry.subject) | {"person_id": person_id} | _contents(entry)
            for _, entry in incoming.values()
        ]
        new = self._insert(entries).on_conflict_do_nothing(index_elements=IDENTITY)
        added = connection.execute(new.returning(entries), rows).all()
        for row in added:
            del incoming[_coordinates(_entry(row).subject)]
        return len(added)

    def _person_id(self, connection: Connection, name: str) -> int:
        known = select(people.c.id).where(people.c.name == name)
        found = connection.execute(known).scalar_one_or_none()
        if found is None:  # another process may add her at the same time
            new = self._insert(people).values(name=name).on_conflict_do_nothing()
            connection.execute(new)
            found = connection.execute(known).scalar_one()
        return int(found)

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        with explained(self._engine.url), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with explained(self._engine.url), self._engine.connect() as connection:
            yield connection


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    query = text(f"SELECT version_num FROM {VERSION_TABLE}")
    return connection.execute(query).scalar_one_or_none()


def _coordinates(subject: Subject) -> tuple[str | int, ...]:
    return tuple(identity(subject).values())


def _contents(entry: Entry) -> dict[str, Any]:
    return {
        "model": entry.subject.model,
        "first_seen": entry.first_seen,
        "last_seen": entry.last_seen,
        "n_visits": entry.n_visits,
        "starred": entry.starred,
        "note": entry.note,
        "tags": list(entry.tags),
        "version": entry.version,
    }


def _is(person: str, subject: Subject) -> list[ColumnElement[bool]]:
    owner = select(people.c.id).where(people.c.name == person).scalar_subquery()
    return [
        is_seen,
        entries.c.person_id == owner,
        *is_of(subject),
    ]


def _find(connection: Connection, person: str, subject: Subject) -> Entry | None:
    row = connection.execute(select(entries).where(*_is(person, subject))).one_or_none()
    return None if row is None else _entry(row)


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        subject=subject_of(row),
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        n_visits=row.n_visits,
        starred=row.starred,
        note=row.note,
        tags=tuple(row.tags),
        version=row.version,
    )


def _merge_known(connection: Connection, person_id: int, incoming: _Incoming) -> tuple[int, int]:
    """Take out of what comes in the entries that a person has a row of, and merge them.

    Returns:
        How many were not seen before, and of how many more is known now.
    """
    query = select(entries).where(entries.c.person_id == person_id)
    n_new, changed = 0, []
    for row in connection.execute(query.with_for_update()):
        now = _entry(row)
        if found := incoming.pop(_coordinates(now.subject), None):
            line, merged = found
            if now.n_visits:
                merged = _merge(line, now, merged)
            else:
                n_new += 1
            if merged != now:
                changed.append({"row": row.id} | _contents(merged))
    if changed:
        change = update(entries).where(entries.c.id == bindparam("row"))
        connection.execute(change, changed)
    return n_new, len(changed) - n_new


def _mentions(entry: Entry, words: list[str]) -> bool:
    its = entry.subject
    where = f"{its.address} L{its.layer}N{its.neuron} {its.site}"
    everything = "\n".join([where, entry.note, *entry.tags]).casefold()
    return all(word in everything for word in words)


def _merge(line: int, mine: Entry, other: Entry) -> Entry:
    try:
        return merge(mine, other)
    except EntryRefused as refused:
        raise ImportRefused(line, str(refused)) from refused
