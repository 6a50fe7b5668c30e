"""Hypotheses and their tests on record, in the lab notebook: dated before they are tested.

What fails stays. Without a notebook everything works and nothing is kept.
"""

from __future__ import annotations

import getpass
import json
from itertools import zip_longest
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from lmscope.catalogue import Catalogue
from lmscope.hypotheses.hypothesis import Hypothesis
from lmscope.hypotheses.testing import Tested
from lmscope.journal import Journal, Subject
from lmscope.looking import find_neuron

if TYPE_CHECKING:
    from lmscope import journal
    from lmscope.models import LanguageModel


class Record:
    """One person's record of hypotheses, open."""

    def __init__(self, journal: Journal | None, person: str) -> None:
        self._journal, self._person = journal, person

    @classmethod
    def open(
        cls, journal: str | None = None, person: str | None = None, *, is_kept: bool = True
    ) -> Self:
        """Open a record.

        Args:
            journal: As in `Journal.open`.
            person: Whose record; the user's unless given.
            is_kept: False to keep none.
        """
        return cls(Journal.open(journal) if is_kept else None, person or getpass.getuser())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._journal is not None:
            self._journal.close()

    def propose(self, hypothesis: Hypothesis, parent: str | None = None) -> None:
        """Put a hypothesis on record before it is tested; one that is there keeps its date.

        Args:
            hypothesis: The hypothesis.
            parent: Hash of the one that this is an edit of.
        """
        if self._journal is not None:
            self._journal.propose(
                self._person,
                hypothesis.to_json(),
                claim=hypothesis.claim,
                rule=hypothesis.rule.text if hypothesis.rule else "",
                sha256=hypothesis.sha256,
                parent=parent,
            )

    def n_looked_at(
        self,
        neuron: str,
        *,
        catalogue: Catalogue | None = None,
        model: LanguageModel | None = None,
    ) -> int:
        """Count the neurons of the model that the person has seen or tested, this one included."""
        if self._journal is None:
            return 1
        if catalogue is not None:
            found, site = catalogue.find(neuron), catalogue.site
            weights = catalogue.manifest["model"]["weights_hash"]
        else:
            assert model is not None
            found, site, weights = find_neuron(model, neuron), model.site, model.weights_hash
        subject = Subject(found.model, weights, site, found.layer, found.neuron)
        return self._journal.n_looked_at(self._person, subject)

    def keep(self, tested: Tested) -> dict[str, Any]:
        """Put a test on record.

        Returns:
            What `Tested.to_json` gives, with its date and number if it was kept.
        """
        result = tested.to_json()
        if self._journal is None:
            return result
        kept = self._journal.log_test(
            self._person,
            _subject(tested),
            tested.hypothesis.sha256,
            verdict=tested.verdict.verdict,
            data=tested.data,
            result=_lean(result),
        )
        return result | {"tested": _date(kept.tested), "id": kept.id}

    def others(self, tested: Tested, but: int | None = None) -> list[dict[str, Any]]:
        """Give the other tests of the same neuron, failed ones too, newest first."""
        if self._journal is None:
            return []
        found = self._journal.tests(self._person, _subject(tested))
        return [shown(kept) for kept in found if kept.id != but]


def shown(kept: journal.Tested) -> dict[str, Any]:
    """Give what came of a test on record, with its date and number, as a report takes it."""
    return kept.result | {"tested": _date(kept.tested), "id": kept.id}


_MOST_TOKENS_BYTES = 1_000_000
"""Of the tokens and activations of texts, as JSON; a notebook takes two megabytes of a result."""


def _lean(result: dict[str, Any]) -> dict[str, Any]:
    """Leave out tokens and activations of the last texts if there are very many."""
    pairs = result["pairs"]
    if pairs is None:
        return result
    kept: dict[str, list[dict[str, Any]]] = {"matching": [], "other": []}
    left = _MOST_TOKENS_BYTES
    for both in zip_longest(pairs["matching"], pairs["other"]):
        for side, text in zip(kept, both, strict=True):
            if text is None:
                continue
            left -= sum(len(json.dumps(text[key])) for key in _TOKENS)
            text = text if left > 0 else {k: v for k, v in text.items() if k not in _TOKENS}
            kept[side].append(text)
    return result | {"pairs": pairs | kept}


_TOKENS = ("tokens", "activations", "targeted")


def _subject(tested: Tested) -> Subject:
    weights = tested.data["model"]["weights_hash"]
    its = tested.neuron
    return Subject(its.model, weights, tested.site, its.layer, its.neuron)


def _date(when: Any) -> str:
    return f"{when:%Y-%m-%d %H:%M}"
