"""Which tokens of a packed corpus a rule marks, and which of its tokens count at all.

The one place where a rule meets a corpus. Knows no model: labels come from the text and the bytes
that each token covers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lmscope.errors import RuleMarksNothing, RuleMarksTooMuch, RuleTooBroad, RuleTooSlow
from lmscope.pack import Pack
from lmscope.rules import Rule, Which, around, events, label, shifted

REACH = 2
"""How many tokens before or after a marked one a neuron may fire: offsets -2 to 2 are searched."""
SHORT_CONTEXT = 8
"""Tokens of a segment that have little text before them."""


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """The tokens of a packed corpus as evidence needs them, in the order of the text."""

    document: NDArray[np.int64]
    """Number of each token's document, the same for near-duplicates, [n_tokens]."""
    segment: NDArray[np.int64]
    """Segment of each token, [n_tokens]."""
    counts: NDArray[np.bool_]
    """False for special tokens and the first of each segment, [n_tokens]."""
    is_short: NDArray[np.bool_]
    """True for the first eight tokens of each segment, [n_tokens]."""

    def __len__(self) -> int:
        return len(self.counts)

    @classmethod
    def of(cls, pack: Pack, skip: int) -> Tokens:
        """Describe the tokens of a pack.

        Args:
            pack: The corpus.
            skip: First positions of each segment, prefix included, that never count.
        """
        lengths = pack.lengths
        segment = np.repeat(np.arange(pack.n_segments), lengths)
        inside = np.arange(len(segment)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        counts = inside + len(pack.facts["prefix"]) >= skip
        counts &= ~np.isin(pack.token_ids(), pack.facts["special_ids"])
        document = pack.clusters()[pack.document_of(segment)]
        return cls(document, segment, counts, inside < SHORT_CONTEXT)


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What a rule marks in a packed corpus."""

    labels: NDArray[np.bool_]
    """Tokens that should fire, [n_tokens]."""
    span: NDArray[np.int32] | None
    """Number of the place that each token belongs to, -1 outside, [n_tokens]; only if any token of
    a place may fire."""
    n_places: int
    """Places that the rule found, with those that end beyond the last token of their document."""

    def at(self, offset: int, tokens: Tokens) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Give the labels moved by an offset, and what counts neither way.

        A neuron that fires round a place is not wrong there: tokens up to two from a label are no
        negatives.

        Args:
            offset: Tokens after the place, negative before.
            tokens: Of the same pack.

        Returns:
            y and ignore, bool [n_tokens].
        """
        y = shifted(self.labels, offset, tokens.segment)
        near = around(self.labels, REACH, tokens.segment)
        return y & tokens.counts, near & ~y | ~tokens.counts

    def spans_at(self, offset: int, tokens: Tokens) -> NDArray[np.int32] | None:
        """Give `span` moved by an offset; what would leave its segment is lost."""
        if self.span is None or offset == 0:
            return self.span
        moved = np.roll(self.span, offset)
        is_lost = np.roll(tokens.segment, offset) != tokens.segment
        is_lost[: max(offset, 0)] = True
        is_lost[len(moved) + min(offset, 0) :] = True
        moved[is_lost] = -1
        return moved


def mark(
    rule: Rule,
    pack: Pack,
    which: Which = "last",
    *,
    documents: Iterable[int] | None = None,
    limit_s: float = 5.0,
) -> Marks:
    """Find what a rule marks in the documents of a corpus.

    The rule reads whole documents, whatever segments the model reads them in.

    Args:
        rule: The rule.
        pack: The corpus.
        which: Which token of a place should fire.
        documents: Which documents to read; the tokens of others are not marked. None for all.
        limit_s: Seconds of work for each document at most, and one more for each megabyte.

    Raises:
        RuleTooSlow: With the construct and the document, if the time is up.
        RuleTooBroad: If a document has millions of matches.
    """
    labels = np.zeros(pack.n_tokens, np.bool_)
    span = np.full(pack.n_tokens, -1, np.int32) if which == "any" else None
    n_places = 0
    for document in range(pack.n_documents) if documents is None else documents:
        first, spans = pack.document_spans(document)
        text = pack.text(document).decode("utf-8", "replace")
        try:
            places = rule.places(text, spans if rule.needs_tokens else None, limit_s=limit_s)
        except (RuleTooSlow, RuleTooBroad) as error:
            source, offset = pack.source(document)
            named = {"document": f"the document at {offset:,} of {source}"}
            raise type(error)(**error.facts | named) from None
        if not len(places):
            continue
        here = slice(first, first + len(spans))
        labels[here] = label(places, spans, which)
        if span is not None:
            for i, (start, stop) in enumerate(events(places, spans).tolist()):
                span[first + start : first + stop] = n_places + i
        n_places += len(places)
    return Marks(labels, span, n_places)


MOST_MARKED = 0.5
"""Share of all tokens above which every neuron seems to fit."""


def check_marks(rule: Rule, marks: Marks, tokens: Tokens, pack: Pack) -> None:
    """Refuse a rule that no corpus of this kind can test.

    Raises:
        RuleMarksNothing: If it marks no token that counts.
        RuleMarksTooMuch: If it marks more than half of them.
    """
    n_marked = int((marks.labels & tokens.counts).sum())
    if not n_marked:
        raise RuleMarksNothing(rule.text, pack.n_documents, pack.facts["n_bytes"])
    share = n_marked / int(tokens.counts.sum())
    if share > MOST_MARKED:
        raise RuleMarksTooMuch(rule.text, share)
