"""One neuron of one model → the neurons of others that do the same, whatever their tokenizers.

One half of the documents chooses the best among all neurons, the other half says what they are
worth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lmscope.calibration import forward
from lmscope.corpora import load_corpus
from lmscope.errors import BadOption, NeuronIsConstant, Stopped, TooFewDocuments
from lmscope.evidence import Estimate, halves
from lmscope.evidence.documents import deal, estimates
from lmscope.looking import find_neuron
from lmscope.matching.correlating import Products, Side
from lmscope.matching.rotation import rotated_best
from lmscope.matching.verdicts import MatchVerdict, Seen, judge_match, over_all
from lmscope.matching.windows import Points, cut_windows, shared_points
from lmscope.neurons import NeuronId
from lmscope.pack import Pack, Texts, packed
from lmscope.recording import record

if TYPE_CHECKING:
    import torch

    from lmscope.models import LanguageModel

LAGS = (0, -1, 1)
"""Shared ends by which the other neuron may be late or early."""
_N_PERMUTED = 5
Report = Callable[[str, int, int], None]
"""Told what is being done, tokens done and tokens in all."""


@dataclass(frozen=True, slots=True)
class Match:
    """A neuron of another model, and how much it does what the searched one does."""

    neuron: NeuronId
    sign: int
    """1 if both are high together, -1 if one is low where the other is high."""
    lag: int
    """Shared ends by which it comes later; 0 if both fire at the same place."""
    r_discovery: float
    """Pearson's r, times the sign, on the documents that chose it: too high, by the choice."""
    r: Estimate
    """The same on the other documents."""
    excess: float
    """r minus the mean of the best r with rotated layers."""
    joint_documents: int
    """Confirmation documents over which what the two have in common is spread."""

    def to_json(self) -> dict[str, Any]:
        """Give it as plain JSON values."""
        its = self.neuron.to_json()
        return {
            **its,
            "r_discovery": self.r_discovery,
            "r_confirmation": _finite(self.r.value),
            "low": _finite(self.r.low),
            "high": _finite(self.r.high),
            "excess": _finite(self.excess),
            "sign": "+" if self.sign > 0 else "-",
            "lag": self.lag,
            "joint_documents": self.joint_documents,
        }


@dataclass(frozen=True, slots=True, eq=False)
class InModel:
    """What came of the search in one model."""

    model: str
    verdict: MatchVerdict
    why: str
    matches: tuple[Match, ...]
    """The best on the discovery half, in that order."""
    n_neurons: int
    """Neurons that were compared."""
    n_points: int
    """Places where both models were seen, both halves."""
    documents: int
    """Confirmation documents over which the searched neuron's activation is spread."""
    coverage: float
    """Share of the searched neuron's activation, squared and round its mean, at such places."""
    rotation: float | None
    """Mean over rotations of the best absolute r with a rotated layer; None if nothing was
    searched, because the neuron never fires at such places."""
    permuted: float | None
    """The best absolute r of any neuron when the texts of the searched one are dealt anew."""
    untrained: float | None
    """The best absolute r of any neuron of the same model untrained; None if it was not asked for:
    what the text alone gives, above all which token is read."""

    def to_json(self) -> dict[str, Any]:
        """Give it as plain JSON values, the matches apart."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "matches"}


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """A neuron, looked for in other models."""

    source: NeuronId
    models: tuple[InModel, ...]
    n_tokens: int
    """Tokens of the searched neuron's model."""
    n_documents: tuple[int, int]
    """For discovery and for confirmation."""

    @property
    def verdict(self) -> MatchVerdict:
        """Over all models."""
        return over_all([found.verdict for found in self.models])

    def to_json(self) -> dict[str, Any]:
        """Give it as `lmscope match --json` prints it."""
        return {
            "source": self.source.to_json(),
            "verdict": self.verdict,
            "tokens": self.n_tokens,
            "discovery_documents": self.n_documents[0],
            "confirmation_documents": self.n_documents[1],
            "models": [found.to_json() for found in self.models],
            "matches": [
                match.to_json() | {"coverage": found.coverage}
                for found in self.models
                for match in found.matches
            ],
        }

    def __repr__(self) -> str:
        said = "; ".join(f"{found.model}: {found.verdict}. {found.why}" for found in self.models)
        return f"<{self.source} in {said}>"


def match(
    neuron: str | NeuronId | tuple[int, int],
    model: LanguageModel,
    others: LanguageModel | Sequence[LanguageModel],
    corpus: Texts | str | Path | Sequence[str | Path],
    *,
    n_tokens: int | None = 50_000,
    context: int = 128,
    k: int = 20,
    n_rotations: int = 5,
    untrained: bool = False,
    seed: int = 0,
    batch_tokens: int = 2048,
    report: Report | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Matched:
    """Look for a neuron in other models, among all their neurons.

    Activations are paired at the bytes where both tokenizers end a token: there both models have
    read the same text. On one half of the documents every neuron of the other model is compared
    by Pearson's r, with both signs and up to one shared end apart; the best are measured again on
    the other half.

    Args:
        neuron: Of `model`, in any spelling that `lmscope.neurons.read_address` takes.
        model: A loaded model.
        others: Loaded models to search in.
        corpus: Texts of many documents: described as for `lmscope.load_corpus`, or what that gives.
        n_tokens: Tokens at most.
        context: Tokens in a window of the text at most.
        k: Neurons of each model to measure again.
        n_rotations: Random rotations of each layer for the baseline.
        untrained: Search in the same models untrained as well: what is found there as well, no
            training put there. Twice the time.
        seed: Of the halves, the rotations and the intervals. Same arguments, same result.
        batch_tokens: Tokens in one forward pass.
        report: Told what is being done.
        should_stop: Asked after each batch; true ends the search.

    Raises:
        TooFewDocuments: If there are not two documents.
        NeuronIsConstant: If the searched neuron does the same everywhere.
        EmptyCorpus: If the models end no token at the same place.
        BadOption: If `k`, `n_tokens` or `n_rotations` is less than 1.
        UnreadableNeuron: If `neuron` cannot be read, LayerOutOfRange or NeuronOutOfRange if the
            model has no such neuron.
        Stopped: If `should_stop` ended it.

    Example:
        >>> from lmscope import load
        >>> from lmscope.demonstration import corpus
        >>> a, b = load("demo-gelu-2l", device="cpu"), load("demo-solu-1l", device="cpu")
        >>> found = match("L0N314", a, b, corpus(), n_tokens=2_000, n_rotations=1)
        >>> found.verdict, found.models[0].matches[0].neuron.model
        ('not enough evidence', 'demo-solu-1l')

    Source:
        Gurnee et al., "Universal Neurons in GPT2 Language Models" (2024), arXiv 2401.12181, for
        correlation and rotation; they pair equal tokens and have no second half.
    """
    found_id = find_neuron(model, neuron)
    for option, value in (("--number", k), ("--rotations", n_rotations)):
        if value < 1:
            raise BadOption(option, value, "it must be 1 or more")
    models = [model, *(others if isinstance(others, Sequence) else [others])]
    described = load_corpus(corpus) if isinstance(corpus, str | Path | Sequence) else corpus
    if report is not None:
        report("cutting the texts", 0, 0)
    windows = cut_windows(
        described,
        [m.tokenizer for m in models],
        [min(context, m.n_ctx) for m in models],
        n_tokens=n_tokens,
    )
    with ExitStack() as stack:
        pack, *packs = [
            stack.enter_context(packed(windows, m.tokenizer, context=min(context, m.n_ctx)))
            for m in models
        ]
        is_confirmation = share_out(pack, seed)
        told = _telling(report, "running", model)
        x = record(
            model,
            pack,
            {found_id.layer: [found_id.neuron]},
            batch_tokens=batch_tokens,
            report=told,
            should_stop=should_stop,
        )[found_id.layer][0]
        if np.ptp(x) == 0:
            raise NeuronIsConstant(str(found_id), len(x))
        searched = [
            _search(
                x, (model, pack), (other, its), is_confirmation,
                k=k, n_rotations=n_rotations, untrained=untrained, seed=seed,
                batch_tokens=batch_tokens,
                report=report, should_stop=should_stop, itself=found_id,
            )
            for other, its in zip(models[1:], packs, strict=True)
        ]  # fmt: skip
        documents = pack.clusters()
        n_documents = [len(np.unique(documents[is_confirmation == side])) for side in (0, 1)]
        return Matched(found_id, tuple(searched), pack.n_tokens, (n_documents[0], n_documents[1]))


def share_out(pack: Pack, seed: int) -> NDArray[np.bool_]:
    """Share the windows out by document: true for confirmation, [n_windows]."""
    clusters = pack.clusters()
    if len(np.unique(clusters)) < 2:
        raise TooFewDocuments(len(np.unique(clusters)), 2)
    lengths = np.bincount(
        pack.document_of(np.arange(pack.n_segments)), pack.lengths, pack.n_documents
    )
    return halves(clusters, lengths.astype(np.int64), seed=seed)


def _telling(
    report: Report | None, what: str, model: LanguageModel
) -> Callable[[int, int], None] | None:
    if report is None:
        return None
    return lambda done, of: report(f"{what} {model.name}", done, of)


def _search(
    x: NDArray[np.float32],
    a: tuple[LanguageModel, Pack],
    b: tuple[LanguageModel, Pack],
    is_confirmation: NDArray[np.bool_],
    *,
    k: int,
    n_rotations: int,
    untrained: bool,
    seed: int,
    batch_tokens: int,
    report: Report | None,
    should_stop: Callable[[], bool] | None,
    itself: NeuronId,
) -> InModel:
    """Compare one neuron, recorded on all tokens of its pack, with all of another model."""
    (model, pack), (other, its) = a, b
    skips = tuple(max(1, len(m.tokenizer.prefix)) for m in (model, other))
    points = shared_points((pack, its), (skips[0], skips[1]))
    values = x[points.a]
    confirming = is_confirmation[points.window]
    energy = np.square(x - x[points.counts_a].mean(), dtype=np.float64)
    coverage = float(energy[points.is_shared_a].sum() / energy[points.counts_a].sum())
    n_neurons = other.n_layers * other.d_mlp
    if any(len(np.unique(values[half])) < 2 for half in (confirming, ~confirming)):
        nothing = Seen(
            other.name, Estimate(np.nan, -1, 1), np.nan, 0, 0, None, n_neurons, coverage, 0, 0
        )
        verdict, why = judge_match(nothing)
        return InModel(
            other.name, verdict, why, (), n_neurons, len(points), 0, coverage, None, None, None
        )
    columns = _columns(values, points, ~confirming, seed)
    layers = _discover(
        other, its, points, ~is_confirmation, columns, batch_tokens,
        _telling(report, "searching", other), should_stop,
    )  # fmt: skip
    rotated = [([products], gram) for products, gram in layers]
    rotation = rotated_best(rotated, n_rotations=n_rotations, seed=seed)[:, 0].mean()
    r = np.stack([products.r() for products, _ in layers])  # [n_layers, n_columns, d_mlp]
    is_same = model.weights_hash == other.weights_hash and model.site == other.site
    if is_same:  # it would find itself
        r[itself.layer, :, itself.neuron] = np.nan
    n_lags = len(LAGS)
    permuted = float(np.nanmax(np.abs(r[:, n_lags:]), initial=0))
    without_training = None
    if untrained:
        begun = _discover(
            other.untrained(seed), its, points, ~is_confirmation, columns, batch_tokens,
            _telling(report, "searching, untrained,", other), should_stop,
        )  # fmt: skip
        every = np.stack([products.r()[:n_lags] for products, _ in begun])
        without_training = float(np.nanmax(np.abs(every), initial=0))
    best = np.nan_to_num(np.abs(r[:, :n_lags])).max(1)  # [n_layers, d_mlp]
    order = np.argsort(-best, axis=None, kind="stable")[:k]
    places = [divmod(i, other.d_mlp) for i in order.tolist()]
    matches = _confirm(
        values, other, its, points, is_confirmation, r[:, :n_lags], places, float(rotation),
        seed, batch_tokens, _telling(report, "confirming in", other), should_stop,
    )  # fmt: skip
    seen = Seen(
        model=other.name,
        r=matches[0].r,
        second=matches[1].r.value if len(matches) > 1 else float("nan"),
        rotation=float(rotation),
        permuted=permuted,
        untrained=without_training,
        n_neurons=n_neurons,
        coverage=coverage,
        documents=_spread_over(np.square(values - values[confirming].mean()), points, confirming),
        joint_documents=matches[0].joint_documents,
    )
    verdict, why = judge_match(seen)
    return InModel(
        model=other.name,
        verdict=verdict,
        why=why,
        matches=tuple(matches),
        n_neurons=n_neurons,
        n_points=len(points),
        documents=seen.documents,
        coverage=coverage,
        rotation=float(rotation),
        permuted=permuted,
        untrained=without_training,
    )


def _columns(
    values: NDArray[np.float32], points: Points, choosing: NDArray[np.bool_], seed: int
) -> NDArray[np.float32]:
    """Give what every neuron is compared with, [n_points, n_lags + n_permuted].

    First the neuron at each lag; where a window has no such point, its mean. Then the neuron with
    its windows dealt anew among the windows of other documents: cut or filled with its mean.
    """
    mean = values[choosing].mean()
    columns = []
    for lag in LAGS:
        at, is_there = points.lagged(lag)
        columns.append(np.where(is_there, values[at], mean))
    rng = np.random.default_rng([seed, 3])
    windows = np.unique(points.window[choosing])
    first = np.searchsorted(points.window, windows)
    last = np.searchsorted(points.window, windows, side="right")
    for _ in range(_N_PERMUTED):
        column = np.full(len(values), mean, np.float32)
        # A shuffle leaves few windows in place; what stays within a document is moved on.
        order = rng.permutation(len(windows))
        same = points.document[first] == points.document[first[order]]
        for i, j in zip(range(len(windows)), order.tolist(), strict=True):
            if not same[i]:
                n = min(last[i] - first[i], last[j] - first[j])
                column[first[i] : first[i] + n] = values[first[j] : first[j] + n]
        columns.append(column)
    return np.stack(columns, axis=1)


def _batches(
    pack: Pack, points: Points, wanted: NDArray[np.bool_], batch_tokens: int
) -> Iterator[tuple[Any, NDArray[np.intp], NDArray[np.intp], NDArray[np.int64]]]:
    """Give batches of the second pack with the points in them.

    Yields:
        The batch; of each of its points the row and the position in the batch, prefix included;
        and the points themselves. Each [n].
    """
    of_segment = pack.document_of(np.arange(pack.n_segments))
    is_first = np.append(True, np.diff(of_segment) > 0)
    shown = np.ones(pack.n_documents, np.bool_)
    for chosen in pack.plan(batch_tokens, is_first & wanted[of_segment]):
        batch = pack.batch(chosen, 0, shown)
        window, start = of_segment[chosen], pack.token_start(chosen)
        first = np.searchsorted(points.window, window)
        n = np.searchsorted(points.window, window, side="right") - first
        row = np.repeat(np.arange(len(chosen)), n)
        here = np.arange(len(row)) - np.repeat(np.cumsum(n) - n, n) + first[row]
        yield batch, row, batch.offset + points.b[here] - start[row], here


def _discover(
    other: LanguageModel,
    pack: Pack,
    points: Points,
    wanted: NDArray[np.bool_],
    columns: NDArray[np.float32],
    batch_tokens: int,
    report: Callable[[int, int], None] | None,
    should_stop: Callable[[], bool] | None,
) -> list[tuple[Products, Products]]:
    """Run the model over the windows of the discovery half and compare all its neurons.

    Returns:
        For each layer the products of the columns with its neurons, and of its neurons with
        each other.
    """
    searched = Side(columns.shape[1])
    sides = [Side(other.d_mlp) for _ in range(other.n_layers)]
    layers = [(Products(searched, side), Products(side, side)) for side in sides]
    done, total = 0, int(wanted[points.window].sum())
    for batch, row, at, here in _batches(pack, points, wanted, batch_tokens):
        if not len(here):
            continue
        x = searched.take(columns[here])

        def visit(
            layer: int,
            acts: NDArray[np.float32],
            x: torch.Tensor = x,
            row: NDArray[np.intp] = row,
            at: NDArray[np.intp] = at,
        ) -> None:
            y = sides[layer].take(acts[row, at])
            products, gram = layers[layer]
            products.add(x, y)
            gram.add(y, y)

        forward(other, pack, batch, list(range(other.n_layers)), visit)
        done += len(here)
        if report is not None:
            report(done, total)
        if should_stop is not None and should_stop():
            raise Stopped
    return layers


def _confirm(
    values: NDArray[np.float32],
    other: LanguageModel,
    pack: Pack,
    points: Points,
    is_confirmation: NDArray[np.bool_],
    r: NDArray[np.float64],
    places: Sequence[tuple[int, int]],
    rotation: float,
    seed: int,
    batch_tokens: int,
    report: Callable[[int, int], None] | None,
    should_stop: Callable[[], bool] | None,
) -> list[Match]:
    """Measure the candidates on the documents that had no part in choosing them."""
    wanted: dict[int, list[int]] = {}
    for layer, index in places:
        wanted.setdefault(layer, []).append(index)
    of_segment = pack.document_of(np.arange(pack.n_segments))
    recorded = record(
        other,
        pack,
        wanted,
        segments=is_confirmation[of_segment],
        batch_tokens=batch_tokens,
        report=report,
        should_stop=should_stop,
    )
    confirming = is_confirmation[points.window]
    document = points.document[confirming]
    _, of = np.unique(document, return_inverse=True)
    matches = []
    for layer, index in places:
        column = int(np.nanargmax(np.abs(r[layer, :, index])))
        chosen, lag = float(r[layer, column, index]), LAGS[column]
        sign = 1 if chosen >= 0 else -1
        y = recorded[layer][wanted[layer].index(index)][points.b]
        at, is_there = points.lagged(lag)
        both = confirming & is_there
        x_there = values[at]
        estimate = _estimate(x_there[both], sign * y[both], of[is_there[confirming]], seed=seed)
        product = (x_there - x_there[both].mean()) * (y - y[both].mean())
        matches.append(
            Match(
                neuron=NeuronId(other.name, layer, index),
                sign=sign,
                lag=lag,
                r_discovery=abs(chosen),
                r=estimate,
                excess=estimate.value - rotation,
                joint_documents=_spread_over(product, points, both),
            )
        )
    return matches


def _spread_over(amount: NDArray[np.float32], points: Points, where: NDArray[np.bool_]) -> int:
    """Say how many documents something is spread over: as many as would share it equally.

    Args:
        amount: At each point, [n_points]; what counts of a document is the size of its sum.
        points: The points.
        where: Those to look at, [n_points].

    Source:
        Kish, "Survey Sampling" (1965), for the effective number: the square of the sum by the
        sum of squares.
    """
    _, of = np.unique(points.document[where], return_inverse=True)
    sums = np.abs(np.bincount(of, amount[where]))
    squares = float(np.square(sums).sum())
    return round(float(sums.sum()) ** 2 / squares) if squares > 0 else 0


def _estimate(
    x: NDArray[np.float32], y: NDArray[np.float32], of: NDArray[np.intp], *, seed: int
) -> Estimate:
    """Give Pearson's r with its 95 % interval by document.

    Args:
        x: [n_points].
        y: [n_points].
        of: Document of each point, counted from 0.
        seed: Of the resamples.
    """
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return Estimate(float("nan"), -1.0, 1.0)
    # Means near zero and spreads of one, so that sums of squares lose nothing.
    u, v = ((z - z.mean(dtype=np.float64)) / z.std(dtype=np.float64) for z in (x, y))
    n = int(of.max()) + 1
    group = deal(n, seed=seed)[of]
    terms = (np.ones(len(u)), u, v, u * u, v * v, u * v)
    rows = np.stack([np.bincount(group, term) for term in terms], axis=1).astype(np.float64)
    value = _r(rows.sum(0))
    [found] = estimates(
        rows,
        _r,
        value,
        lowest=np.array([-1.0]),
        telling=np.array([len(rows)]),
        seed=seed,
    )
    return found


def _r(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """From sums of 1, x, y, x², y², xy [..., 6] to Pearson's r [..., 1]."""
    n, x, y, xx, yy, xy = (sums[..., i] for i in range(6))
    with np.errstate(invalid="ignore", divide="ignore"):
        r = (n * xy - x * y) / np.sqrt((n * xx - x * x) * (n * yy - y * y))
    return np.clip(r, -1, 1)[..., None]


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
