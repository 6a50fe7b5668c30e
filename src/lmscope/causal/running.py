"""Forward passes of a causal check: activations read, a neuron ablated or replaced by a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lmscope.calibration import forward
from lmscope.causal.findings import Replacement
from lmscope.errors import Stopped
from lmscope.evidence import Estimate, open_estimates, ratio_estimate
from lmscope.marking import Tokens
from lmscope.pack import Pack

if TYPE_CHECKING:
    import torch

    from lmscope.models import Edit, LanguageModel

_FLOATS = 1 << 25
"""Logits that are made at once: 128 MB of float32."""


class Work:
    """The model, the corpus, and how much of the one was run on the other."""

    def __init__(
        self,
        model: LanguageModel,
        pack: Pack,
        batch_tokens: int,
        report: Callable[[int, int], None] | None,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self.model, self.pack = model, pack
        self.batch_tokens = batch_tokens
        self.report, self.should_stop = report, should_stop
        self.n_prefix, self.n_suffix = len(pack.facts["prefix"]), len(pack.facts["suffix"])
        self.n_passes = self.n_tokens = self.done = self.total = 0

    def begin(
        self,
        places: Sequence[NDArray[np.intp]],
        text: NDArray[np.int64],
        segment: NDArray[np.int64],
    ) -> None:
        """Count the batches to come, for who waits."""
        batches = [len(list(self.ends(at, segment))) for at in places]
        self.total = sum(batches) + len(list(self.whole(text)))

    def ends(
        self, at: NDArray[np.intp], segment: NDArray[np.int64]
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.int64]]]:
        """Share tokens out into batches: their indices, and how many positions each needs."""
        widths = at - self.pack.token_start(segment[at]) + 1 + self.n_prefix
        for rows in groups(widths, self.batch_tokens):
            yield rows, widths[rows]

    def whole(self, segments: NDArray[np.int64]) -> Iterator[NDArray[np.intp]]:
        """Share segments out into batches whose logits fit into memory."""
        n_logits = _FLOATS // max(self.model.tokenizer.n_vocab, 1)
        widths = self.pack.lengths[segments] + self.n_prefix + self.n_suffix
        return groups(widths, min(self.batch_tokens, n_logits))

    def logits(
        self,
        ids: torch.Tensor,
        lengths: list[int],
        edit: Edit | None,
        layer: int,
        at: list[int] | None = None,
    ) -> torch.Tensor:
        """Run the model with one layer edited."""
        found = self.model.logits(ids, lengths, None if edit is None else {layer: edit}, at)
        self.passed(ids.numel())
        return found

    def passed(self, n_tokens: int) -> None:
        """Note a forward pass."""
        self.n_passes += 1
        self.n_tokens += n_tokens
        if self.should_stop is not None and self.should_stop():
            raise Stopped

    def finished(self) -> None:
        """Note a batch that was run in every way."""
        self.done += 1
        if self.report is not None:
            self.report(self.done, self.total)


def groups(widths: NDArray[np.integer], n_tokens: int) -> Iterator[NDArray[np.intp]]:
    """Share rows out by width, longest first, so that each batch has at most so many tokens."""
    order = np.argsort(-widths, kind="stable")
    i = 0
    while i < len(order):
        n = max(1, n_tokens // int(widths[order[i]]))
        yield order[i : i + n]
        i += n


def read(
    work: Work,
    layer: int,
    segments: NDArray[np.int64],
    take: Callable[[int, NDArray[np.float32]], None],
) -> None:
    """Hand over each segment's first token and the layer's activations, [n_tokens, d_mlp]."""
    shown = np.ones(work.pack.n_documents, np.bool_)
    extra = work.n_prefix + work.n_suffix
    for rows in groups(work.pack.lengths[segments] + extra, work.batch_tokens):
        batch = work.pack.batch(segments[rows], 0, shown)
        starts = work.pack.token_start(batch.segments).tolist()
        lengths, skip = batch.lengths.tolist(), batch.offset

        def keep(
            _: int,
            acts: NDArray[np.float32],
            starts: list[int] = starts,
            lengths: list[int] = lengths,
            skip: int = skip,
        ) -> None:
            for values, start, n in zip(acts, starts, lengths, strict=True):
                take(start, values[skip : skip + n])

        forward(work.model, work.pack, batch, [layer], keep)
        work.passed(len(rows) * (max(lengths) + extra))


def levels(
    work: Work,
    layer: int,
    index: int,
    early: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    segments: Sequence[NDArray[np.int64]],
    segment: NDArray[np.int64],
) -> tuple[NDArray[np.float64], float]:
    """Give each neuron's mean over unmarked tokens, [d_mlp], and one neuron's over marked ones.

    Args:
        work: The model and the corpus.
        layer: Of the neurons.
        index: The one neuron.
        early: Marked and unmarked tokens, bool [n_tokens] each.
        segments: Those to take the marked and those to take the unmarked tokens from.
        segment: Of each token, [n_tokens].
    """
    is_random = np.zeros(work.pack.n_segments, np.bool_)
    is_random[segments[1]] = True
    sums = np.zeros(work.model.d_mlp)
    n, own = 0, list[NDArray[np.float32]]()

    def take(start: int, values: NDArray[np.float32]) -> None:
        nonlocal n
        here = slice(start, start + len(values))
        own.append(values[early[0][here], index])
        if is_random[segment[start]]:
            rests = values[early[1][here]]
            sums[:] += rests.sum(0, dtype=np.float64)
            n += len(rests)

    read(work, layer, np.union1d(*segments), take)
    return sums / n, float(np.concatenate(own).mean(dtype=np.float64))


def values_at(
    work: Work,
    layer: int,
    at: NDArray[np.intp],
    segment: NDArray[np.int64],
    neurons: Sequence[int] | None = None,
) -> NDArray[np.float64]:
    """Read the activations at some tokens, float64 [n_at, n_neurons]; None for all neurons."""
    order = np.argsort(at)
    ordered = at[order]
    found = np.empty((len(at), work.model.d_mlp if neurons is None else len(neurons)))

    def take(start: int, values: NDArray[np.float32]) -> None:
        first, last = np.searchsorted(ordered, [start, start + len(values)])
        rows = values[ordered[first:last] - start]
        found[order[first:last]] = rows if neurons is None else rows[:, neurons]

    read(work, layer, np.unique(segment[at]), take)
    return found


def ablated(
    work: Work,
    layer: int,
    neurons: NDArray[np.intp],
    rest: NDArray[np.float64],
    at: NDArray[np.intp],
    segment: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ablate neurons at single tokens, one at a time, with the text up to there.

    Clean and ablated passes have the same shape, so what changes nothing changes no bit.

    Args:
        work: The model and the corpus.
        layer: Of the neurons.
        neurons: Which neurons to ablate at each token, [n_at, n_neurons].
        rest: What each neuron of the layer is set to, [d_mlp].
        at: The tokens, [n_at].
        segment: Of each token of the corpus, [n_tokens].

    Returns:
        KL divergence and rise of the loss, in nats, [n_at, n_neurons].
    """
    import torch

    ids_of, prefix = work.pack.token_ids(), work.pack.facts["prefix"]
    kl, loss = np.empty((2, *neurons.shape))
    for rows, widths in work.ends(at, segment):
        ids = np.zeros((len(rows), int(widths.max())), np.int64)
        for row, token, width in zip(ids, at[rows].tolist(), widths.tolist(), strict=True):
            row[:width] = [*prefix, *ids_of[token + 1 - (width - len(prefix)) : token + 1]]
        given, lengths = torch.from_numpy(ids), widths.tolist()
        row_of, last = list(range(len(rows))), [width - 1 for width in lengths]
        following = torch.from_numpy(ids_of[at[rows] + 1].astype(np.int64))[:, None]
        clean = work.logits(given, lengths, None, layer, last).cpu().double().log_softmax(-1)
        for j, chosen in enumerate(neurons[rows].T):
            place, level = (row_of, last, chosen.tolist()), rest[chosen]

            def edit(values: torch.Tensor, place: Any = place, level: Any = level) -> torch.Tensor:
                values[place] = torch.as_tensor(level, dtype=values.dtype, device=values.device)
                return values

            found = work.logits(given, lengths, edit, layer, last).cpu().double().log_softmax(-1)
            kl[rows, j] = (clean.exp() * (clean - found)).sum(-1).numpy()
            loss[rows, j] = (clean - found).gather(1, following)[:, 0].numpy()
        work.finished()
    return kl, loss


def replaced(
    work: Work,
    neuron: tuple[int, int],
    levels: tuple[float, float],
    y: NDArray[np.bool_],
    can_lose: NDArray[np.bool_],
    tokens: Tokens,
    text: NDArray[np.int64],
    weight: NDArray[np.float64],
    seed: int,
) -> Replacement:
    """Measure the loss with the neuron as it is, at rest everywhere, and in the rule's hands.

    Args:
        work: The model and the corpus.
        neuron: Layer and index.
        levels: What it is set to at rest, and where the rule matches.
        y: Marked tokens, bool [n_tokens].
        can_lose: Tokens whose next one is known, bool [n_tokens].
        tokens: Of the corpus; those that do not count keep their activation.
        text: Segments to run, [n].
        weight: Of each segment, [n].
        seed: Of the resamples.
    """
    import torch

    (layer, index), (rest, value) = neuron, levels
    shown = np.ones(work.pack.n_documents, np.bool_)
    ids_of = work.pack.token_ids()
    owners, sums, n_counted = [], [], 0
    for rows in work.whole(text):
        batch = work.pack.batch(text[rows], 0, shown)
        ids = torch.from_numpy(work.pack.model_input(batch))
        lengths = (batch.lengths + work.n_prefix + work.n_suffix).tolist()
        shape = (len(rows), batch.ids.shape[1])
        is_set, is_marked, counted = np.zeros((3, *shape), np.bool_)
        following = np.zeros(shape, np.int64)
        for i, start in enumerate(work.pack.token_start(batch.segments).tolist()):
            n = int(batch.lengths[i])
            here = slice(start, start + n)
            is_set[i, :n], is_marked[i, :n] = tokens.counts[here], y[here]
            counted[i, :n] = tokens.counts[here] & can_lose[here]
            following[i][counted[i]] = ids_of[start + 1 + np.flatnonzero(counted[i])]
        inside = slice(work.n_prefix, work.n_prefix + shape[1])

        def losses(
            level: Any,
            given: Any = (ids, lengths),
            inside: slice = inside,
            is_set: Any = is_set,
            following: Any = following,
            counted: Any = counted,
        ) -> NDArray[np.float64]:
            def edit(values: torch.Tensor) -> torch.Tensor:
                part = values[:, inside, index]
                there, put = (torch.as_tensor(a, device=part.device) for a in (is_set, level))
                values[:, inside, index] = torch.where(there, put.to(part.dtype), part)
                return values

            ids, lengths = given
            found = work.logits(ids, lengths, None if level is None else edit, layer)
            found = found[:, inside].cpu()
            chosen = found.gather(-1, torch.from_numpy(following)[..., None])[..., 0]
            lost = (found.logsumexp(-1).double() - chosen.double()).numpy()
            total: NDArray[np.float64] = np.where(counted, lost, 0.0).sum(1)
            return total

        clean, idle = losses(None), losses(np.full(shape, rest))
        ruled = losses(np.where(is_marked, value, rest))
        n_counted += int(counted.sum())
        owners.append(tokens.document[work.pack.token_start(batch.segments)])
        columns = (counted.sum(1), clean, idle - ruled, idle - clean, ruled - clean)
        sums.append(np.stack(columns, -1) * weight[rows, None])
        work.finished()
    known, of = np.unique(np.concatenate(owners), return_inverse=True)
    per_segment = np.concatenate(sums)
    by_document = np.zeros((len(known), per_segment.shape[1]))
    np.add.at(by_document, of, per_segment)

    def means(sums: NDArray[np.float64]) -> NDArray[np.float64]:
        return sums[..., 3:] / sums[..., :1]

    by_document = by_document[by_document[:, 0] > 0]
    costs, ruled_costs = open_estimates(by_document, means, seed=seed)
    share = Estimate(np.nan, np.nan, np.nan)
    if costs.low > 0 and np.isfinite((found := ratio_estimate(by_document[:, 2:4])).low):
        share = found
    total = by_document.sum(0)
    return Replacement(share, costs, ruled_costs, float(total[1] / total[0]), value, n_counted)
