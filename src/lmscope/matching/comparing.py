"""All neurons of one model against all of another: who has whom for a partner, and how many.

The products of all pairs are summed while both models run; each token goes through each model
once, or once for every block of layers if the sums would not fit. The matrix of r is never stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lmscope.accumulators import Batch
from lmscope.calibration import forward
from lmscope.corpora import load_corpus
from lmscope.errors import BadOption, Stopped
from lmscope.matching.correlating import Products, Side
from lmscope.matching.rotation import rotated_best
from lmscope.matching.searching import Report, share_out
from lmscope.matching.windows import Points, cut_windows, shared_points
from lmscope.neurons import NeuronId
from lmscope.pack import Pack, Texts, packed

if TYPE_CHECKING:
    import torch

    from lmscope.models import LanguageModel

UNIVERSAL_EXCESS = 0.5
"""Gurnee et al.'s: a neuron whose best r is more than this above the best with rotated layers."""
FOUND_R = 0.5
"""A partner counts as found if r on the confirmation half is above this."""
_N_GRAPH = 32  # partners of each neuron among which the assignment chooses
_FAMILY_R = 0.9
_TILE = 512  # rows of r at once


@dataclass(frozen=True, slots=True, eq=False)
class Partners:
    """The best partner of every neuron of one model among those of the other."""

    partner: NDArray[np.int64]
    """Number of the partner, layer * d_mlp + index in the other model, [n]; chosen on discovery."""
    r_discovery: NDArray[np.float64]
    """[n]; NaN for a neuron that does the same everywhere, and has no partner."""
    r_confirmation: NDArray[np.float64]
    """r with this partner on the other documents, [n]."""
    second: NDArray[np.float64]
    """r of the second best on discovery, [n]."""
    rotation: NDArray[np.float64]
    """Mean over rotations of the best r with rotated layers of the other model, [n]."""
    is_mutual: NDArray[np.bool_]
    """Whether it is its partner's partner, [n]. On noise alone that holds for m / (n + m - 1)."""

    @property
    def excess(self) -> NDArray[np.float64]:
        """Difference of r on discovery and with rotated layers, [n], as Gurnee et al. define it."""
        return self.r_discovery - self.rotation

    @property
    def is_universal(self) -> NDArray[np.bool_]:
        """Whether the excess is above 0.5, [n]."""
        return np.nan_to_num(self.excess) > UNIVERSAL_EXCESS

    @property
    def is_found(self) -> NDArray[np.bool_]:
        """Whether r with the partner is above 0.5 on the other documents too, [n]."""
        return np.nan_to_num(self.r_confirmation) > FOUND_R


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Two models, neuron by neuron."""

    a: str
    b: str
    shape_a: tuple[int, int]
    """Layers, and neurons in each."""
    shape_b: tuple[int, int]
    n_points: int
    """Places where both models were seen, both halves."""
    n_tokens: int
    """Tokens of the first model."""
    n_documents: tuple[int, int]
    """For discovery and for confirmation."""
    partners_a: Partners
    """Of the first model's neurons."""
    partners_b: Partners
    best_r: NDArray[np.float64]
    """Mean over the neurons of a layer of the first model of the best r in a layer of the second,
    [n_layers_a, n_layers_b], on discovery."""
    pairs: tuple[tuple[int, int], ...]
    """One-to-one assignment: of all ways to give each neuron at most one partner and no partner
    to two, the one with the largest sum of r, among the 32 best partners of each."""
    families_a: tuple[tuple[int, ...], ...]
    """Neurons of one layer of the first model that do nearly the same: r above 0.9."""
    families_b: tuple[tuple[int, ...], ...]

    def neuron_a(self, number: int) -> NeuronId:
        """Give a neuron of the first model by its number."""
        return NeuronId(self.a, *divmod(int(number), self.shape_a[1]))

    def neuron_b(self, number: int) -> NeuronId:
        """Give a neuron of the second model by its number."""
        return NeuronId(self.b, *divmod(int(number), self.shape_b[1]))

    def to_json(self, n_best: int = 50) -> dict[str, Any]:
        """Give it as `lmscope match --json` prints it, with so many of the best pairs."""
        its = self.partners_a
        order = np.argsort(-np.nan_to_num(its.r_confirmation, nan=-2), kind="stable")[:n_best]
        return {
            "pair": [self.a, self.b],
            "neurons_a": self.shape_a[0] * self.shape_a[1],
            "neurons_b": self.shape_b[0] * self.shape_b[1],
            "points": self.n_points,
            "tokens": self.n_tokens,
            "discovery_documents": self.n_documents[0],
            "confirmation_documents": self.n_documents[1],
            "universal_share_a": float(self.partners_a.is_universal.mean()),
            "universal_share_b": float(self.partners_b.is_universal.mean()),
            "found_share_a": float(self.partners_a.is_found.mean()),
            "found_share_b": float(self.partners_b.is_found.mean()),
            "mutual": int(its.is_mutual.sum()),
            "mutual_by_chance": len(self.partners_b.partner)
            / (len(its.partner) + len(self.partners_b.partner) - 1),
            "assigned": len(self.pairs),
            "families_a": [[self.neuron_a(n).short for n in family] for family in self.families_a],
            "families_b": [[self.neuron_b(n).short for n in family] for family in self.families_b],
            "by_layer": {
                "a": _by_layer(self.partners_a, self.shape_a),
                "b": _by_layer(self.partners_b, self.shape_b),
                "best_r": [[_finite(r) for r in row] for row in self.best_r.round(6)],
            },
            "best": [
                {
                    "a": self.neuron_a(n).short,
                    "b": self.neuron_b(its.partner[n]).short,
                    "r": _finite(its.r_confirmation[n]),
                    "r_discovery": _finite(its.r_discovery[n]),
                    "excess": _finite(its.excess[n]),
                    "second": _finite(its.second[n]),
                    "mutual": bool(its.is_mutual[n]),
                }
                for n in order.tolist()
                if its.partner[n] >= 0
            ],
        }

    def __repr__(self) -> str:
        a, b = self.partners_a, self.partners_b
        return (
            f"<{self.a} and {self.b}: at {self.n_points:,} points {a.is_found.mean():.1%} and "
            f"{b.is_found.mean():.1%} of the neurons have a partner with r above {FOUND_R}>"
        )


def compare(
    a: LanguageModel,
    b: LanguageModel,
    corpus: Texts | str | Path | Sequence[str | Path],
    *,
    n_tokens: int | None = 200_000,
    context: int = 128,
    n_rotations: int = 5,
    seed: int = 0,
    batch_tokens: int = 2048,
    max_bytes: float = 4e9,
    report: Report | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Compared:
    """Compare all neurons of two models, whatever their tokenizers.

    Activations are paired as in `match`. Partners are chosen by Pearson's r on one half of the
    documents and measured on the other. Only positive r count, as in the paper.

    Args:
        a: A loaded model.
        b: Another one, or the same again.
        corpus: Texts of many documents: described as for `lmscope.load_corpus`, or what that gives.
        n_tokens: Tokens at most.
        context: Tokens in a window of the text at most.
        n_rotations: Random rotations of each layer for the baseline.
        seed: Of the halves and the rotations. Same arguments, same result.
        batch_tokens: Tokens in one forward pass.
        max_bytes: Memory for sums of products, two of 4 bytes for each pair of neurons; if more
            are needed, the models run again for every block of layers of the second.
        report: Told what is being done.
        should_stop: Asked after each batch; true ends the comparison.

    Raises:
        TooFewDocuments: If there are not two documents.
        EmptyCorpus: If the models end no token at the same place.
        BadOption: If `n_tokens` or `n_rotations` is less than 1.
        Stopped: If `should_stop` ended it.

    Example:
        >>> from lmscope import load
        >>> from lmscope.demonstration import corpus
        >>> one, twin = load("demo-solu-1l", device="cpu"), load("demo-solu-1l-twin", device="cpu")
        >>> found = compare(one, twin, corpus(), n_tokens=5_000, n_rotations=1)
        >>> bool(found.partners_a.is_found.mean() > 0.05)
        True

    Source:
        Gurnee et al., "Universal Neurons in GPT2 Language Models" (2024), arXiv 2401.12181.
    """
    if n_rotations < 1:
        raise BadOption("--rotations", n_rotations, "it must be 1 or more")
    described = load_corpus(corpus) if isinstance(corpus, str | Path | Sequence) else corpus
    lengths = [min(context, model.n_ctx) for model in (a, b)]
    if report is not None:
        report("cutting the texts", 0, 0)
    windows = cut_windows(described, [a.tokenizer, b.tokenizer], lengths, n_tokens=n_tokens)
    with ExitStack() as stack:
        packs = tuple(
            stack.enter_context(packed(windows, model.tokenizer, context=length))
            for model, length in zip((a, b), lengths, strict=True)
        )
        both = (packs[0], packs[1])
        points = shared_points(
            both, (max(1, len(a.tokenizer.prefix)), max(1, len(b.tokenizer.prefix)))
        )
        is_confirmation = share_out(packs[0], seed)
        bytes_a_layer = 8 * a.n_layers * a.d_mlp * b.d_mlp
        n_together = max(1, int(max_bytes // bytes_a_layer))
        found = _Found(a, b, n_rotations)
        for start in range(0, b.n_layers, n_together):
            block = list(range(start, min(start + n_together, b.n_layers)))
            sums = _sums(
                a, b, both, points, is_confirmation, block, batch_tokens, report, should_stop
            )
            if report is not None:
                report("ranking the partners", 0, 0)
            found.add(sums, block, seed)
        documents = packs[0].clusters()
        n_documents = [len(np.unique(documents[is_confirmation == side])) for side in (0, 1)]
        return found.compared(len(points), packs[0].n_tokens, (n_documents[0], n_documents[1]))


@dataclass(frozen=True, slots=True)
class _Sums:
    """What is summed over one half of the documents."""

    products: list[list[Products]]
    """Of the layers of the first model with those of the block."""
    grams_a: list[Products]
    grams_b: list[Products]


def _sums(
    a: LanguageModel,
    b: LanguageModel,
    packs: tuple[Pack, Pack],
    points: Points,
    is_confirmation: NDArray[np.bool_],
    block: list[int],
    batch_tokens: int,
    report: Report | None,
    should_stop: Callable[[], bool] | None,
) -> tuple[_Sums, _Sums]:
    """Run both models and sum products, for discovery and for confirmation."""
    halves = []
    done, total = 0, len(points)
    layers_a = list(range(a.n_layers))
    for half in (False, True):
        sides_a = [Side(a.d_mlp) for _ in layers_a]
        sides_b = [Side(b.d_mlp) for _ in block]
        products = [[Products(s, t) for t in sides_b] for s in sides_a]
        grams = [[Products(s, s) for s in sides] for sides in (sides_a, sides_b)]
        sums = _Sums(products, *grams)
        for batches, places, n in _batches(packs, points, is_confirmation == half, batch_tokens):
            x: list[torch.Tensor] = []

            def keep(
                layer: int,
                acts: NDArray[np.float32],
                x: list[torch.Tensor] = x,
                at: tuple[NDArray[np.intp], ...] = places[0],
                sums: _Sums = sums,
                is_choosing: bool = not half,
            ) -> None:
                x.append(sums.grams_a[layer].a.take(acts[at]))
                if is_choosing:
                    sums.grams_a[layer].add(x[-1], x[-1])

            def multiply(
                layer: int,
                acts: NDArray[np.float32],
                x: list[torch.Tensor] = x,
                at: tuple[NDArray[np.intp], ...] = places[1],
                sums: _Sums = sums,
                is_choosing: bool = not half,
            ) -> None:
                i = layer - block[0]
                y = sums.grams_b[i].b.take(acts[at])
                if is_choosing:
                    sums.grams_b[i].add(y, y)
                for its, row in zip(x, sums.products, strict=True):
                    row[i].add(its, y)

            forward(a, packs[0], batches[0], layers_a, keep)
            forward(b, packs[1], batches[1], block, multiply)
            done += n
            if report is not None:
                report(f"comparing {a.name} and {b.name}", done, total)
            if should_stop is not None and should_stop():
                raise Stopped
        halves.append(sums)
    return halves[0], halves[1]


def _batches(
    packs: tuple[Pack, Pack], points: Points, wanted: NDArray[np.bool_], batch_tokens: int
) -> Iterator[tuple[list[Batch], list[tuple[NDArray[np.intp], ...]], int]]:
    """Give the same windows as batches of both packs, with the points in them.

    Yields:
        The two batches; for each of them row and position, prefix included, of every point; and
        the number of points.
    """
    first_segment = [
        np.searchsorted(p.document_of(np.arange(p.n_segments)), np.arange(p.n_documents))
        for p in packs
    ]
    of_segment = packs[1].document_of(np.arange(packs[1].n_segments))
    is_first = np.append(True, np.diff(of_segment) > 0)
    for segments in packs[1].plan(batch_tokens, is_first & wanted[of_segment]):
        window = of_segment[segments]
        first = np.searchsorted(points.window, window)
        n = np.searchsorted(points.window, window, side="right") - first
        window, first, n = window[n > 0], first[n > 0], n[n > 0]
        if not len(window):
            continue
        row = np.repeat(np.arange(len(window)), n)
        here = np.arange(len(row)) - np.repeat(np.cumsum(n) - n, n) + first[row]
        batches: list[Batch] = []
        places: list[tuple[NDArray[np.intp], ...]] = []
        for pack, its, tokens in zip(packs, first_segment, (points.a, points.b), strict=True):
            chosen = its[window]
            batch = pack.batch(chosen, 0, np.ones(pack.n_documents, np.bool_))
            batches.append(batch)
            places.append((row, batch.offset + tokens[here] - pack.token_start(chosen)[row]))
        yield batches, places, len(here)


class _Found:
    """The partners found so far, block by block of the second model's layers."""

    def __init__(self, a: LanguageModel, b: LanguageModel, n_rotations: int) -> None:
        self._a, self._b, self._n_rotations = a, b, n_rotations
        n_a, n_b = a.n_layers * a.d_mlp, b.n_layers * b.d_mlp
        self._graph_r = np.full((n_a, _N_GRAPH), -np.inf)
        self._graph_to = np.full((n_a, _N_GRAPH), -1, np.int64)
        self._graph_held = np.full((n_a, _N_GRAPH), np.nan)
        self._rotated_a = np.zeros((n_rotations, n_a))
        self._rotation_b = np.zeros(n_b)
        self._of_b = np.full((3, n_b), np.nan)  # r on discovery, on confirmation, second best
        self._to_b = np.full(n_b, -1, np.int64)
        self._best_r = np.full((a.n_layers, b.n_layers), np.nan)
        self._families: tuple[list[tuple[int, ...]], list[tuple[int, ...]]] = ([], [])
        self._is_same = a.weights_hash == b.weights_hash and a.site == b.site

    def add(self, sums: tuple[_Sums, _Sums], block: list[int], seed: int) -> None:
        """Take in what one block of layers gave."""
        choosing, confirming = sums
        a, b = self._a, self._b
        for i, layer_b in enumerate(block):
            columns = slice(layer_b * b.d_mlp, (layer_b + 1) * b.d_mlp)
            best = np.full((2, b.d_mlp), -np.inf)
            held, to = np.full(b.d_mlp, np.nan), np.full(b.d_mlp, -1, np.int64)
            for layer_a in range(a.n_layers):
                on, other = choosing.products[layer_a][i], confirming.products[layer_a][i]
                means = []
                for start in range(0, a.d_mlp, _TILE):
                    rows = slice(start, min(start + _TILE, a.d_mlp))
                    r = on.r(rows)
                    if self._is_same and layer_a == layer_b:  # no neuron is its own partner
                        r[np.arange(len(r)), np.arange(rows.start, rows.stop)] = np.nan
                    confirmed, numbers = other.r(rows), layer_a * a.d_mlp + rows.start
                    with np.errstate(invalid="ignore"):
                        means.append(np.fmax.reduce(r, axis=1))
                    self._rank(numbers, r, confirmed, columns.start)
                    filled = np.where(np.isnan(r), -np.inf, r)
                    top = filled.argmax(0)
                    value = filled[top, np.arange(b.d_mlp)]
                    is_new = value > best[0]
                    best = np.sort([*best, *np.partition(filled, -2, axis=0)[-2:]], axis=0)[:1:-1]
                    held[is_new] = confirmed[top, np.arange(b.d_mlp)][is_new]
                    to[is_new] = numbers + top[is_new]
                largest = np.concatenate(means)
                if np.isfinite(largest).any():
                    self._best_r[layer_a, layer_b] = np.nanmean(largest)
            is_there = to >= 0
            self._of_b[:, columns] = np.where(is_there, [best[0], held, best[1]], np.nan)
            self._to_b[columns] = to
        rotated = [
            ([row[i] for row in choosing.products], choosing.grams_b[i]) for i in range(len(block))
        ]
        options: dict[str, Any] = {
            "n_rotations": self._n_rotations, "seed": seed, "both_signs": False,
        }  # fmt: skip
        self._rotated_a = np.maximum(self._rotated_a, rotated_best(rotated, **options))
        turned = [
            ([cell.transposed() for cell in row], gram)
            for row, gram in zip(choosing.products, choosing.grams_a, strict=True)
        ]
        of_block = slice(block[0] * b.d_mlp, (block[-1] + 1) * b.d_mlp)
        self._rotation_b[of_block] = rotated_best(turned, **options).mean(0)
        for i, layer in enumerate(block):
            self._families[1].extend(_families(choosing.grams_b[i], layer * b.d_mlp))
        if block[0] == 0:
            for layer, gram in enumerate(choosing.grams_a):
                self._families[0].extend(_families(gram, layer * a.d_mlp))

    def _rank(
        self,
        start: int,
        r: NDArray[np.float64],
        confirmed: NDArray[np.float64],
        first_column: int,
    ) -> None:
        """Keep the best partners of some neurons of the first model, in order."""
        rows = slice(start, start + len(r))
        n = min(_N_GRAPH, r.shape[1])
        filled = np.where(np.isnan(r), -np.inf, r)
        new = np.argpartition(-filled, n - 1, axis=1)[:, :n]
        at = np.arange(len(r))[:, None]
        values = np.concatenate([self._graph_r[rows], filled[at, new]], axis=1)
        to = np.concatenate([self._graph_to[rows], new + first_column], axis=1)
        held = np.concatenate([self._graph_held[rows], confirmed[at, new]], axis=1)
        # Ties go to the neuron that comes first, whatever the blocks.
        order = np.lexsort((to, -values), axis=1)[:, :_N_GRAPH]
        self._graph_r[rows], self._graph_to[rows] = values[at, order], to[at, order]
        self._graph_held[rows] = held[at, order]

    def compared(self, n_points: int, n_tokens: int, n_documents: tuple[int, int]) -> Compared:
        """Give the result, when all blocks are in."""
        a, b = self._a, self._b
        is_there = np.isfinite(self._graph_r[:, 0])
        to_a = np.where(is_there, self._graph_to[:, 0], -1)
        mutual_a = is_there & (self._to_b[to_a] == np.arange(len(to_a)))
        mutual_b = np.zeros(len(self._to_b), np.bool_)
        mutual_b[to_a[mutual_a]] = True
        graph = np.where(np.isfinite(self._graph_r), self._graph_r, np.nan)
        return Compared(
            a=a.name,
            b=b.name,
            shape_a=(a.n_layers, a.d_mlp),
            shape_b=(b.n_layers, b.d_mlp),
            n_points=n_points,
            n_tokens=n_tokens,
            n_documents=n_documents,
            partners_a=Partners(
                to_a,
                graph[:, 0],
                np.where(is_there, self._graph_held[:, 0], np.nan),
                graph[:, 1],
                self._rotated_a.mean(0),
                mutual_a,
            ),
            partners_b=Partners(
                self._to_b, self._of_b[0], self._of_b[1],
                np.where(np.isfinite(self._of_b[2]), self._of_b[2], np.nan),
                self._rotation_b, mutual_b,
            ),
            best_r=self._best_r,
            pairs=assigned(self._graph_to, self._graph_r, len(self._to_b)),
            families_a=tuple(self._families[0]),
            families_b=tuple(self._families[1]),
        )  # fmt: skip


def assigned(
    to: NDArray[np.int64], r: NDArray[np.float64], n_columns: int
) -> tuple[tuple[int, int], ...]:
    """Give each row at most one column and no column to two, with the largest sum of positive r.

    Args:
        to: Candidates of each row, [n_rows, n_candidates]; -1 for none.
        r: Their r, [n_rows, n_candidates].
        n_columns: Columns in all.

    Returns:
        Pairs of row and column, in order.

    Example:
        >>> assigned(np.array([[0, 1], [0, 1]]), np.array([[0.9, 0.8], [0.7, 0.1]]), 2)
        ((0, 1), (1, 0))
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    n_rows = len(to)
    row, place = np.nonzero((to >= 0) & (np.nan_to_num(r, neginf=0) > 0))
    # One more column for each row, with nothing to gain, so that a full matching always exists.
    rows = np.concatenate([row, np.arange(n_rows)])
    columns = np.concatenate([to[row, place], n_columns + np.arange(n_rows)])
    cost = np.concatenate([2 - r[row, place], np.full(n_rows, 2.0)])
    graph = csr_array((cost, (rows, columns)), shape=(n_rows, n_columns + n_rows))
    left, right = min_weight_full_bipartite_matching(graph)
    is_real = right < n_columns
    return tuple(zip(left[is_real].tolist(), right[is_real].tolist(), strict=True))


def _families(gram: Products, first: int) -> list[tuple[int, ...]]:
    """Give the groups of neurons of one layer that are tied by an r above 0.9."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    n = len(gram.a.scale)
    left, right = [], []
    for start in range(0, n, _TILE):
        r = np.nan_to_num(gram.r(slice(start, min(start + _TILE, n))))
        i, j = np.nonzero(r > _FAMILY_R)
        left.append(i + start)
        right.append(j)
    i, j = np.concatenate(left), np.concatenate(right)
    graph = csr_array((np.ones(len(i)), (i, j)), shape=(n, n))
    _, family = connected_components(graph, directed=False)
    members: dict[int, list[int]] = {}
    for neuron, its in enumerate(family.tolist()):
        members.setdefault(its, []).append(first + neuron)
    return [tuple(group) for group in members.values() if len(group) > 1]


def _by_layer(partners: Partners, shape: tuple[int, int]) -> list[dict[str, float | None]]:
    def share(of: NDArray[np.generic]) -> list[float]:
        means: list[float] = of.reshape(shape).mean(1).tolist()
        return means

    with np.errstate(invalid="ignore"):
        r = np.nan_to_num(partners.r_confirmation)
    return [
        {"universal_share": u, "found_share": f, "mean_r": m, "mean_rotation": q}
        for u, f, m, q in zip(
            share(partners.is_universal), share(partners.is_found), share(r),
            share(partners.rotation), strict=True,
        )
    ]  # fmt: skip


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
