"""One neuron and one rule on a corpus: aim on one half of the documents, judge on the other.

Knows activations and marks, neither models nor files. What is chosen here (side, offset,
threshold, which rivals to face) is chosen on the discovery half and frozen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmscope.evidence import (
    DEFAULTS,
    CorpusEvidence,
    RivalEvidence,
    TextsEvidence,
    Threshold,
    Thresholds,
    Verdict,
    average_precision,
    best_threshold,
    compare,
    corpus_evidence,
    verdict,
)
from lmscope.marking import MOST_MARKED, REACH, Marks, Tokens, mark
from lmscope.pack import Pack
from lmscope.rules import Rule, Which, must_be_better, rivals

N_RIVALS = 5
"""Rivals that are compared on the confirmation half: the best of all on the discovery half."""
_SCREENED, _ENOUGH = 50_000, 50  # tokens on which rivals are screened, with so many marked ones


@dataclass(frozen=True, slots=True)
class Aim:
    """How a neuron is taken to fire at a rule's places; frozen before the evidence."""

    side: int
    """1 if it fires by large activations, -1 if by negative ones."""
    offset: int
    """Tokens after the place, negative before."""
    threshold: float
    """Side times activation from which it fires."""
    ap: float
    """Average precision on the documents it was chosen on: too good, because chosen there."""

    def to_json(self) -> dict[str, Any]:
        """Give it as plain JSON values."""
        both = {"ap": self.ap, "threshold": self.threshold}
        return {name: v if np.isfinite(v) else None for name, v in both.items()}

    @property
    def sign(self) -> str:
        """The side as people write it."""
        return "+" if self.side > 0 else "-"


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What a corpus says of one neuron and one rule, and what it comes to."""

    aim: Aim
    corpus: CorpusEvidence
    long_context: dict[str, float | None]
    """AP and recall without the first eight tokens of each segment, which have little before them;
    None without a marked token."""
    rivals: tuple[RivalEvidence, ...]
    verdict: Verdict


def take_aim(
    activations: NDArray[np.float32],
    marks: Marks,
    tokens: Tokens,
    discovery: NDArray[np.bool_],
    *,
    side: int | None = None,
    offset: int | None = None,
) -> Aim:
    """Find side, offset and threshold on the discovery documents.

    Both signs and five offsets are tried, the best average precision wins; of equals the positive
    side and the offset nearest to 0.

    Args:
        activations: Of the neuron, float32 [n_tokens].
        marks: Of the rule.
        tokens: Of the corpus.
        discovery: Tokens of the discovery half, bool [n_tokens].
        side: 1 or -1 if it is known beforehand.
        offset: From -2 to 2, if it is known beforehand.
    """
    best = Aim(side or 1, offset or 0, float("inf"), float("nan"))
    chosen: tuple[NDArray[np.float32], NDArray[np.bool_]] | None = None
    for o in sorted(range(-REACH, REACH + 1), key=abs) if offset is None else [offset]:
        y, ignore = marks.at(o, tokens)
        here = discovery & ~ignore
        if not y[here].any():
            continue
        for s in (1, -1) if side is None else (side,):
            x = s * activations[here]
            ap = average_precision(x, y[here])
            if not ap <= best.ap:
                best, chosen = Aim(s, o, float("inf"), ap), (x, y[here])
    if chosen is None:
        return best
    return Aim(best.side, best.offset, best_threshold(*chosen).value, best.ap)


@dataclass(frozen=True, slots=True, eq=False)
class Rival:
    """A simpler rule that stands against a rule."""

    rule: Rule
    marks: Marks
    """What it marks everywhere."""
    threshold: float
    """Its own, from the discovery half."""
    must_be_better: bool
    """Whether it takes the rule's place only then; see `lmscope.rules.must_be_better`."""


class Rivals:
    """The simpler rules that stand against a rule on one corpus, marked only where needed."""

    def __init__(
        self,
        rule: Rule,
        pack: Pack,
        marks: Marks,
        tokens: Tokens,
        discovery: NDArray[np.bool_],
        which: Which = "last",
    ) -> None:
        self._rule = rule
        self._pack, self._tokens, self._which = pack, tokens, which
        self._discovery = discovery
        documents = _sample(pack, marks, discovery)
        self._sample = np.zeros(len(tokens), np.bool_)
        for document in documents:
            first, spans = pack.document_spans(document)
            self._sample[first : first + len(spans)] = True
        screened = [
            (rival, mark(rival, pack, which, documents=documents)) for rival in rivals(rule)
        ]
        n = int(self._sample.sum())
        self._screened = [
            (rival, found) for rival, found in screened if 0 < found.labels.sum() <= MOST_MARKED * n
        ]
        self._whole: dict[str, Marks] = {}

    def __len__(self) -> int:
        return len(self._screened)

    def best(self, activations: NDArray[np.float32], aim: Aim, n: int = N_RIVALS) -> list[Rival]:
        """Give the rivals with the best F1 on a part of the discovery half.

        A rival may say that the neuron fires from less on, never only from more on: what fires by
        the rule is what there is to explain. Else any word of a list on which the neuron is
        strongest would have an F1 of 1, since only what is as strong would count as firing.
        """
        ranked = []
        for rival, found in self._screened:
            if (fitted := self._fitted(activations, aim, found, self._sample)) is not None:
                ranked.append((-fitted.f1, rival.bits, rival.text, rival))
        chosen = []
        for *_, rival in sorted(ranked, key=lambda row: row[:3])[:n]:
            marks = self._whole.get(rival.text)
            if marks is None:
                marks = self._whole[rival.text] = mark(rival, self._pack, self._which)
            fitted = self._fitted(activations, aim, marks, self._discovery)
            assert fitted is not None  # it marks something in a part of them
            chosen.append(Rival(rival, marks, fitted.value, must_be_better(self._rule, rival)))
        return chosen

    def _fitted(
        self, activations: NDArray[np.float32], aim: Aim, marks: Marks, where: NDArray[np.bool_]
    ) -> Threshold | None:
        """Find a rival's own threshold, at most the rule's; None if it marks nothing there."""
        y, ignore = marks.at(aim.offset, self._tokens)
        here = where & ~ignore
        if not y[here].any():
            return None
        x = np.minimum(aim.side * activations[here], np.float32(aim.threshold))
        return best_threshold(x, y[here])


def _sample(pack: Pack, marks: Marks, discovery: NDArray[np.bool_]) -> list[int]:
    """The first discovery documents with enough tokens, and enough of them marked."""
    chosen, n_tokens, n_marked = [], 0, 0
    for document in range(pack.n_documents):
        first, spans = pack.document_spans(document)
        if not len(spans) or not discovery[first]:
            continue
        chosen.append(document)
        n_tokens += len(spans)
        n_marked += int(marks.labels[first : first + len(spans)].sum())
        if n_tokens >= _SCREENED and n_marked >= _ENOUGH:
            break
    return chosen


def judge(
    activations: NDArray[np.float32],
    aim: Aim,
    marks: Marks,
    tokens: Tokens,
    confirmation: NDArray[np.bool_],
    rivals: Rivals | None = None,
    *,
    texts: TextsEvidence | None = None,
    thresholds: Thresholds = DEFAULTS,
    n_neurons: int = 1,
    p_adjusted: float | None = None,
    seed: int = 0,
) -> Judged:
    """Judge a neuron and a rule on the confirmation documents.

    Args:
        activations: Of the neuron, float32 [n_tokens]; only those of confirmation documents and,
            with rivals, of discovery documents are read.
        aim: Frozen on the discovery half.
        marks: Of the rule.
        tokens: Of the corpus.
        confirmation: Tokens of the confirmation half, bool [n_tokens].
        rivals: The simpler rules; None for none.
        texts: What the person's own texts say.
        thresholds: Where verdicts begin.
        n_neurons: Neurons looked at before; see `verdict`.
        p_adjusted: The p against shuffled labels, corrected for the neurons that were carried to
            the confirmation half; None where it is this one only.
        seed: Same arguments and seed, same result.

    Raises:
        NoTokens: If no token of the confirmation half counts.
    """
    y, ignore = marks.at(aim.offset, tokens)
    x, fits, left_out = aim.side * activations[confirmation], y[confirmation], ignore[confirmation]
    span = marks.spans_at(aim.offset, tokens)
    corpus = corpus_evidence(
        x,
        fits,
        tokens.document[confirmation],
        threshold=aim.threshold,
        ignore=left_out,
        span=None if span is None else span[confirmation],
        seed=seed,
    )
    if p_adjusted is not None:
        corpus = replace(corpus, p=p_adjusted)
    is_long = ~tokens.is_short[confirmation] & ~left_out
    compared = []
    for rival in [] if rivals is None else rivals.best(activations, aim):
        other, other_ignore = rival.marks.at(aim.offset, tokens)
        neither = (ignore | other_ignore) & ~(y | other)
        there = confirmation & ~neither
        compared.append(
            compare(
                rival.rule.text,
                aim.side * activations[there],
                y[there],
                other[there],
                tokens.document[there],
                threshold=aim.threshold,
                rival_threshold=rival.threshold,
                must_be_better=rival.must_be_better,
                seed=seed,
            )
        )
    decided = verdict(corpus, texts, compared, thresholds, n_neurons=n_neurons)
    return Judged(
        aim, corpus, _without_short(x[is_long], fits[is_long], aim), tuple(compared), decided
    )


def _without_short(
    x: NDArray[np.float32], y: NDArray[np.bool_], aim: Aim
) -> dict[str, float | None]:
    if not y.any():
        return {"ap": None, "recall": None}
    return {"ap": average_precision(x, y), "recall": float((x[y] >= aim.threshold).mean())}
