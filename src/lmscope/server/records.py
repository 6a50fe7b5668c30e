"""Hypotheses and tests on record: in the lab notebook, or without one in memory for a while."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lmscope.catalogue import Catalogue
from lmscope.errors import NoSuchTest
from lmscope.server.notes import Notebook

if TYPE_CHECKING:
    from lmscope import journal
    from lmscope.hypotheses import Hypothesis, Tested

_MOST_IN_MEMORY = 500


class Records:
    """The tests that a site shows."""

    def __init__(self, notebook: Notebook | None) -> None:
        self._notebook = notebook
        self._proposed: dict[str, journal.Proposed] = {}
        self._tests: list[journal.Tested] = []
        self._n_kept = 0
        self._lock = threading.Lock()

    def propose(self, person: str, hypothesis: Hypothesis, parent: str | None) -> None:
        """Put a hypothesis on record before it is tested."""
        from lmscope.hypotheses.records import Record
        from lmscope.journal import Proposed

        if self._notebook is not None:
            Record(self._notebook(), person).propose(hypothesis, parent)
            return
        with self._lock:
            before = self._proposed.get(parent or "")
            new = Proposed(
                sha256=hypothesis.sha256,
                claim=hypothesis.claim,
                rule=hypothesis.rule.text if hypothesis.rule else "",
                contents=hypothesis.to_json(),
                proposed=datetime.now(UTC),
                parent=before.sha256 if before else None,
                version=before.version + 1 if before else 1,
            )
            self._proposed.setdefault(new.sha256, new)

    def n_looked_at(self, person: str, catalogue: Catalogue, layer: int, index: int) -> int:
        """Count the neurons among which this one may have been chosen, itself included."""
        from lmscope.hypotheses.records import Record

        if self._notebook is not None:
            address = f"L{layer}N{index}"
            return Record(self._notebook(), person).n_looked_at(address, catalogue=catalogue)
        with self._lock:
            tested = {test.subject for test in self._tests}
        return len(tested | {subject(catalogue, layer, index)})

    def keep(self, person: str, tested: Tested) -> int:
        """Put a test on record; gives its number."""
        from lmscope.hypotheses.records import Record
        from lmscope.journal import Subject
        from lmscope.journal import Tested as Kept

        if self._notebook is not None:
            number: int = Record(self._notebook(), person).keep(tested)["id"]
            return number
        weights, its = tested.data["model"]["weights_hash"], tested.neuron
        with self._lock:
            self._n_kept += 1
            new = Kept(
                id=self._n_kept,
                subject=Subject(its.model, weights, tested.site, its.layer, its.neuron),
                hypothesis=self._proposed[tested.hypothesis.sha256],
                tested=datetime.now(UTC),
                verdict=tested.verdict.verdict,
                data=tested.data,
                result=tested.to_json(),
                result_sha256="",
            )
            self._tests = [new, *self._tests][:_MOST_IN_MEMORY]
        return new.id

    def all(self, person: str, of: journal.Subject | None = None) -> list[journal.Tested]:
        """List tests, newest first: all of a person, or those of one neuron."""
        if self._notebook is not None:
            return self._notebook().tests(person, of)
        with self._lock:
            return [test for test in self._tests if of in (None, test.subject)]

    def one(self, person: str, number: int) -> journal.Tested:
        """Give a test.

        Raises:
            NoSuchTest: If the person has no such test.
        """
        if self._notebook is not None:
            found = self._notebook().test(person, number)
        else:
            with self._lock:
                found = next((test for test in self._tests if test.id == number), None)
        if found is None:
            raise NoSuchTest(number, "" if self._notebook is None else person)
        return found


def subject(catalogue: Catalogue, layer: int, index: int) -> journal.Subject:
    """Name a neuron of a catalogue as a lab notebook does."""
    from lmscope.journal import Subject

    weights = catalogue.manifest["model"]["weights_hash"]
    return Subject(catalogue.model, weights, catalogue.site, layer, index)


def shown(test: journal.Tested) -> dict[str, Any]:
    """Give what came of a test, with its date, as a report takes it."""
    return test.result | {"tested": f"{test.tested:%Y-%m-%d %H:%M}", "id": test.id}
