"""What a test stands on: a neuron with its model, and a corpus in halves with its places marked.

Runs no model, and judges nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lmscope.catalogue import Catalogue
from lmscope.corpora import Corpus, load_corpus
from lmscope.errors import NotWholeCorpus, RuleMarksNothing
from lmscope.evidence import halves
from lmscope.hypotheses.hypothesis import Hypothesis
from lmscope.looking import Look, check_catalogue, find_neuron, look
from lmscope.marking import Marks, Tokens, check_marks, mark
from lmscope.neurons import NeuronId, Site
from lmscope.pack import Pack, packed
from lmscope.rules import Rule

if TYPE_CHECKING:
    from lmscope.models import LanguageModel

Report = Callable[[str, int, int], None]
"""Told what is being done, tokens done and tokens in all."""


class Subject:
    """A neuron with its model, which is loaded when it is first needed."""

    def __init__(
        self,
        neuron: str | NeuronId | tuple[int, int],
        model: LanguageModel | None,
        catalogue: Catalogue | None,
    ) -> None:
        self._model, self.catalogue = model, catalogue
        if catalogue is not None:
            self.id = catalogue.find(neuron)
            facts = catalogue.manifest["model"]
            self.site: Site = catalogue.site
            self.identity = {k: facts[k] for k in ("weights_hash", "tokenizer_hash", "dtype")}
            self.d_mlp = catalogue.d_mlp
            if model is not None:
                check_catalogue(model, catalogue)
        elif model is not None:
            self.id = find_neuron(model, neuron)
            self.site, self.d_mlp = model.site, model.d_mlp
            self.identity = {
                "weights_hash": model.weights_hash,
                "tokenizer_hash": model.tokenizer.hash,
                "dtype": model.dtype,
            }

    @property
    def model(self) -> LanguageModel:
        """The model, loaded now if it was not."""
        if self._model is None:
            assert self.catalogue is not None
            from lmscope.models.loading import load_again

            self._model = load_again(self.catalogue.manifest["model"])
            check_catalogue(self._model, self.catalogue)
        return self._model

    def look(self, text: str) -> Look:
        """Show what the neuron does on a text, cut into segments if it is long."""
        return look(self.model, text, self.id, in_segments=True)


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """A packed corpus, what the rule marks in it, and its two halves."""

    pack: Pack
    tokens: Tokens
    marks: Marks
    discovery: NDArray[np.bool_]
    confirmation: NDArray[np.bool_]
    batch_tokens: int
    is_stored: bool
    """Whether it is a catalogue's own corpus, on which activations are worth keeping."""
    data: dict[str, Any]


@contextmanager
def laid_out(
    subject: Subject,
    hypothesis: Hypothesis,
    corpus: Corpus | str | Path | Sequence[str | Path] | None,
    n_tokens: int | None,
    context: int,
    report: Report | None,
) -> Iterator[Ground | None]:
    """Lay out the corpus; None if the hypothesis has no rule, or there is no corpus."""
    rule, catalogue = hypothesis.rule, subject.catalogue
    if rule is None or (corpus is None and catalogue is None):
        yield None
        return
    skip = 0 if catalogue is None else catalogue.manifest["counted"]["first_position_counted"]
    if corpus is None:
        assert catalogue is not None
        if catalogue.is_excerpt:
            raise NotWholeCorpus(catalogue.path)
        asked = catalogue.manifest["options"]["batch_tokens"]
        spec = catalogue.manifest["corpus"]["spec"]
        yield _ground(catalogue.pack, hypothesis, rule, skip, n_tokens, asked, spec, is_stored=True)
        return
    described = corpus if isinstance(corpus, Corpus) else load_corpus(corpus)
    model = subject.model
    with packed(
        described,
        model.tokenizer,
        context=min(context, model.n_ctx),
        n_tokens=n_tokens,
        report=None if report is None else lambda n: report("reading", n, 0),
    ) as pack:
        skip = skip or max(1, len(model.tokenizer.prefix))
        spec = list(described.spec)
        yield _ground(pack, hypothesis, rule, skip, None, 2048, spec, is_stored=False)


def _ground(
    pack: Pack,
    hypothesis: Hypothesis,
    rule: Rule,
    skip: int,
    n_tokens: int | None,
    batch_tokens: int,
    spec: list[str],
    *,
    is_stored: bool,
) -> Ground | None:
    tokens = Tokens.of(pack, skip)
    marks = mark(rule, pack, hypothesis.which)
    try:
        check_marks(rule, marks, tokens, pack)
    except RuleMarksNothing:
        if hypothesis.pairs is None:
            raise
        return None  # the texts can still say something
    is_confirmation, is_used = split(pack, n_tokens, hypothesis.seed)
    document = pack.document_of(tokens.segment)
    used, confirmation = is_used[document], is_confirmation[document]
    data = {
        "corpus": spec,
        "sha256": pack.facts["sha256"],
        "context": pack.facts["context"],
        "tokens": int(used.sum()),
        "documents": int(is_used.sum()),
        "confirmation_documents": int((is_used & is_confirmation).sum()),
        "places": marks.n_places,
        "is_catalogues_own": is_stored,
    }
    whole = is_stored and bool(used.all())
    return Ground(
        pack,
        tokens,
        marks,
        used & ~confirmation,
        used & confirmation,
        batch_tokens,
        whole,
        data,
    )


def split(
    pack: Pack, n_tokens: int | None = None, seed: int = 0
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Share the documents of a corpus out into the two halves.

    Args:
        pack: The corpus.
        n_tokens: Use only random documents with about so many tokens; None for all.
        seed: Same corpus and seed, same halves.

    Returns:
        Which documents are for confirmation, and which are used: bool [n_documents] each.
    """
    lengths = np.bincount(
        pack.document_of(np.arange(pack.n_segments)), pack.lengths, pack.n_documents
    ).astype(np.int64)
    is_confirmation = halves(pack.clusters(), lengths, seed=seed)
    is_used = np.ones(pack.n_documents, np.bool_)
    if n_tokens is not None and n_tokens < lengths.sum():
        order = np.random.default_rng([seed, 1]).permutation(pack.n_documents)
        before = np.cumsum(lengths[order]) - lengths[order]
        is_used[order[before >= n_tokens]] = False
    return is_confirmation, is_used
