"""Which neurons follow a rule: every neuron of a model, in one pass over a corpus.

Documents are split into three parts, and each token goes through the model once.

1.  *Choosing*, three eighths of the tokens or more. Each neuron's activations are counted in
    histograms of marked and of other tokens, and all neurons are ranked by average precision, on
    both sides and at five offsets; side, offset and threshold of the best are frozen. The same
    counts on labels of other documents say what the best neuron gets by chance.
2.  *Aiming*, an eighth or less. Only the best are recorded. Here the simpler rules are chosen that
    each of them has to face.
3.  *Confirmation*, the other half: that of `lmscope.hypotheses.test` with the same seed. The best
    are recorded and judged, their p corrected for all of them.

Memory does not grow with the corpus, but for about a hundred bytes a token: what the rule marks,
and the activations of the best.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lmscope.calibration import forward
from lmscope.catalogue import Catalogue
from lmscope.corpora import Corpus, load_corpus
from lmscope.errors import (
    BadOption,
    LayerOutOfRange,
    MissingArgument,
    NothingToTellFrom,
    NotWholeCorpus,
    RuleMarksNothingHere,
    Stopped,
    TooFewDocuments,
)
from lmscope.evidence import DEFAULTS, Thresholds, against_shuffled, halves, shuffles
from lmscope.hypotheses.ground import split
from lmscope.hypotheses.judging import Aim, Judged, Rivals, judge
from lmscope.looking import check_catalogue
from lmscope.marking import REACH, Marks, Tokens, check_marks, mark
from lmscope.neurons import NeuronId, Site
from lmscope.pack import Pack, packed
from lmscope.recording import Report, record
from lmscope.rules import Rule, Which, around, shifted

if TYPE_CHECKING:
    from lmscope.models import LanguageModel

OFFSETS = range(-REACH, REACH + 1)
SIDES = (1, -1)
N_SHUFFLES = len(OFFSETS)
"""As many looks at shuffled labels as at the rule's: one for each offset."""
N_LABEL_SHUFFLES = 999
"""Shuffles behind each p."""
_FAR, _NEAR = 0, 1 + len(OFFSETS)
_N_ROWS = 2 + len(OFFSETS) + N_SHUFFLES
_CHOOSING, _AIMING, _CONFIRMATION = range(3)


@dataclass(frozen=True, slots=True, eq=False)
class FoundNeuron:
    """One of the neurons that were carried to the confirmation half."""

    neuron: NeuronId
    aim: Aim
    """Side, offset and threshold, and the average precision on the documents it was chosen on."""
    judged: Judged
    """What the confirmation half says. `corpus.p` is corrected for all that were carried there."""

    def to_json(self) -> dict[str, Any]:
        """Give plain JSON values."""
        confirmation = self.judged.corpus.to_json()
        p = confirmation.pop("p")
        said = self.judged.verdict
        rivals = [rival.to_json() for rival in self.judged.rivals]
        return {
            **self.neuron.to_json(),
            "side": self.aim.sign,
            "offset": self.aim.offset,
            "discovery": self.aim.to_json(),
            "confirmation": confirmation | {"p_adjusted": p},
            "long_context": self.judged.long_context,
            "verdict": said.verdict,
            "why": said.why,
            "remarks": list(said.remarks),
            "missing_tokens": said.missing_tokens,
            "rival": next((r for r in rivals if r["name"] == said.rival), None),
        }

    def __repr__(self) -> str:
        ap = self.judged.corpus.ap
        return (
            f"<{self.neuron} {self.aim.sign} at {self.aim.offset:+d}: "
            f"AP {ap.value:.2f} [{ap.low:.2f}, {ap.high:.2f}], {self.judged.verdict.verdict}>"
        )


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The neurons of one model that follow a rule best, and what chance would have found."""

    rule: str
    which: Which
    model: str
    site: Site
    neurons: tuple[FoundNeuron, ...]
    """By average precision on the confirmation half, the highest first."""
    n_neurons: int
    """All that were ranked."""
    n_tokens: int
    """Tokens of the corpus, each read once."""
    n_documents: tuple[int, int, int]
    """Documents for choosing, for aiming and for confirmation; near-duplicates count as one."""
    base_rate: float
    """Share of tokens that the rule marks: the average precision of a neuron that knows nothing."""
    shuffled_best: float | None
    """The planted noise: the highest average precision of any neuron, on either side, in five
    shuffles of the labels among the documents for choosing. As many looks as the search had. None
    if the rule marks nothing there at offset 0."""
    random_median: float
    """The median over all neurons of what `discovery` says of the best."""
    correction: str
    """How many were looked at, and what p is corrected for, in words."""
    seed: int

    def to_json(self) -> dict[str, Any]:
        """Give plain JSON values: the shape of ``lmscope find --json`` with one model."""
        plain = ("rule", "which", "model", "site", "n_neurons", "n_tokens", "base_rate")
        chance = ("shuffled_best", "random_median", "correction", "seed")
        return {
            **{name: getattr(self, name) for name in plain},
            "documents": dict(
                zip(("choosing", "aiming", "confirmation"), self.n_documents, strict=True)
            ),
            **{name: getattr(self, name) for name in chance},
            "neurons": [neuron.to_json() for neuron in self.neurons],
        }

    def __repr__(self) -> str:
        first = ", ".join(found.neuron.short for found in self.neurons[:3])
        return f"<{self.n_neurons:,} neurons of {self.model} ranked for {self.rule!r}: {first}>"


def find(
    rule: Rule | str,
    subject: Catalogue | LanguageModel,
    corpus: Corpus | str | Path | Sequence[str | Path] | None = None,
    *,
    n_tokens: int | None = None,
    context: int = 128,
    device: str = "auto",
    report: Report | None = None,
    **options: Any,
) -> Found:
    """Find the neurons that fire where a rule says: of a catalogue's model, or of a loaded one.

    Args:
        rule: The rule, or how it is written.
        subject: A catalogue, whose model is loaded and whose own texts are searched unless others
            are given; or a loaded model.
        corpus: Other texts, as `lmscope.load_corpus` takes them.
        n_tokens: Tokens of those at most.
        context: Tokens in a segment of those.
        device: Where to load a catalogue's model.
        report: Told tokens done and tokens in all.
        options: `which`, `k`, `seed`, `thresholds`, `layers`, `batch_tokens` and `should_stop` of
            `search`, which has all that can go wrong as well.

    Raises:
        MissingArgument: If there is neither a catalogue nor a corpus.
        NotWholeCorpus: If the catalogue is an excerpt.

    Example:
        >>> from lmscope import load
        >>> from lmscope.demonstration import corpus
        >>> model = load("demo-gelu-2l", device="cpu")
        >>> found = find("words: the", model, corpus(), n_tokens=5_000, layers=[0], k=1)
        >>> found.neurons[0].neuron.short
        'L0N314'
    """
    catalogue = subject if isinstance(subject, Catalogue) else None
    if corpus is None and catalogue is None:
        usage = "lmscope find gpt2/ --rule 'words: I, you, we'"
        raise MissingArgument("lmscope find", "a catalogue, or texts by --corpus", usage)
    if corpus is None and catalogue is not None and catalogue.is_excerpt:
        raise NotWholeCorpus(catalogue.path)
    model = subject if not isinstance(subject, Catalogue) else _model_of(subject, device)
    skip = max(1, len(model.tokenizer.prefix))
    if catalogue is not None:
        skip = catalogue.manifest["counted"]["first_position_counted"]
    if corpus is None:
        assert catalogue is not None
        return search(rule, model, catalogue.pack, skip=skip, report=report, **options)
    described = corpus if isinstance(corpus, Corpus) else load_corpus(corpus)
    cut = packed(described, model.tokenizer, context=min(context, model.n_ctx), n_tokens=n_tokens)
    with cut as pack:
        return search(rule, model, pack, skip=skip, report=report, **options)


def _model_of(catalogue: Catalogue, device: str) -> LanguageModel:
    from lmscope.models.loading import load_again

    model = load_again(catalogue.manifest["model"], device=device)
    check_catalogue(model, catalogue)
    return model


def search(
    rule: Rule | str,
    model: LanguageModel,
    pack: Pack,
    *,
    skip: int,
    which: Which = "last",
    k: int = 20,
    seed: int = 0,
    thresholds: Thresholds = DEFAULTS,
    layers: Sequence[int] | None = None,
    batch_tokens: int = 2048,
    report: Report | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Found:
    """Find the neurons of a model that fire where a rule says, in a packed corpus.

    Null hypothesis behind each p: none of the neurons that were carried to the confirmation half
    has anything to do with the rule, beyond both having runs within documents. A gate, not an
    answer: lower ends of average precision decide, in the verdict.

    Args:
        rule: The rule, or how it is written.
        model: A loaded model.
        pack: A corpus that its tokenizer cut: a catalogue's own (`Catalogue.pack`) or another.
        skip: First positions of each segment, prefix included, that never count: of a catalogue
            ``manifest["counted"]["first_position_counted"]``.
        which: Which token of a place should fire.
        k: Neurons to carry to the confirmation half.
        seed: Of the parts, the shuffles and the intervals. Same arguments, same result.
        thresholds: Where verdicts begin.
        layers: Which layers; None for all.
        batch_tokens: Tokens in one forward pass.
        report: Told tokens done and tokens in all, after each batch.
        should_stop: Asked after each batch and each verdict; true ends the search.

    Raises:
        RuleMarksNothing: If the rule marks no token that counts.
        RuleMarksNothingHere: If it marks none in the documents for choosing.
        RuleMarksTooMuch: If it marks more than half of all tokens.
        NothingToTellFrom: If every token for choosing is marked or near a marked one.
        TooFewDocuments: If no token counts for choosing, or none for confirmation.
        UnreadableRule: If the text is no rule.
        RuleTooSlow: If the rule takes too long on a document.
        LayerOutOfRange: If the model has no such layer.
        BadOption: If `k` is less than 1.
        NotFinite: If one of the best has activations that are no finite numbers.
        Stopped: If `should_stop` ended it.

    Example:
        Which neuron of a layer of a demo model fires on the word "the":

        >>> import tempfile
        >>> from pathlib import Path
        >>> from lmscope import load, load_corpus
        >>> from lmscope.demonstration import corpus
        >>> from lmscope.pack import write_pack
        >>> model, place = load("demo-gelu-2l", device="cpu"), Path(tempfile.mkdtemp())
        >>> texts = load_corpus(corpus())
        >>> pack = write_pack(texts, model.tokenizer, place, context=128, n_tokens=20_000)
        >>> found = search("words: the", model, pack, skip=1, layers=[0], k=3)
        >>> found.neurons[0].neuron.short, found.neurons[0].aim.sign, found.neurons[0].aim.offset
        ('L0N314', '+', 0)
        >>> found.neurons[0].aim.ap > 0.9 > 0.3 > found.shuffled_best
        True

    Source:
        Westfall and Young, "Resampling-based multiple testing" (1993), for the correction; the
        measures are those of `lmscope.evidence`, where each has its own.
    """
    rule = Rule.read(rule) if isinstance(rule, str) else rule
    wanted = list(range(model.n_layers)) if layers is None else sorted(set(layers))
    for layer in wanted:
        if not 0 <= layer < model.n_layers:
            raise LayerOutOfRange(model.name, model.n_layers, layer)
    if k < 1 or not wanted:
        reason = "at least one neuron has to be looked at"
        raise BadOption("--layers" if k >= 1 else "--top", "" if k >= 1 else k, reason)
    tokens = Tokens.of(pack, skip)
    marks = mark(rule, pack, which)
    check_marks(rule, marks, tokens, pack)
    part_of_segment = _parts(pack, tokens, seed)
    part = part_of_segment[tokens.segment]
    is_choosing = part_of_segment == _CHOOSING
    rows = _rows(marks, tokens, part == _CHOOSING, seed)
    _check_rows(rule, rows, marks, tokens, part)

    n_choosing = int(pack.lengths[is_choosing].sum())
    counts = _count(
        model,
        pack,
        rows,
        wanted,
        is_choosing,
        batch_tokens,
        None if report is None else lambda done: report(done, pack.n_tokens),
        should_stop,
    )
    ap, shuffled_best = _rank(counts)
    best = ap.max(axis=(1, 2))  # [n_layers, d_mlp]
    order = np.argsort(-best, axis=None, kind="stable")[:k].tolist()
    places = [divmod(i, model.d_mlp) for i in order]
    aims = [_aim(ap[layer, :, :, neuron], counts[layer, :, neuron]) for layer, neuron in places]
    chosen = [(wanted[layer], neuron) for layer, neuron in places]
    del counts

    by_layer: dict[int, list[int]] = {}
    for layer, neuron in chosen:
        by_layer.setdefault(layer, []).append(neuron)
    recorded = record(
        model,
        pack,
        by_layer,
        segments=~is_choosing,
        batch_tokens=batch_tokens,
        report=None if report is None else lambda done, _: report(done + n_choosing, pack.n_tokens),
        should_stop=should_stop,
    )
    x = [recorded[layer][by_layer[layer].index(neuron)] for layer, neuron in chosen]
    confirmation = part == _CONFIRMATION
    p = corrected(x, aims, marks, tokens, confirmation, seed=seed)
    rivals = Rivals(rule, pack, marks, tokens, part == _AIMING, which)
    neurons = []
    for (layer, neuron), aim, activations, p_adjusted in zip(
        chosen, aims, x, p.tolist(), strict=True
    ):
        judged = judge(
            activations,
            aim,
            marks,
            tokens,
            confirmation,
            rivals,
            thresholds=thresholds,
            p_adjusted=p_adjusted,
            seed=seed,
        )
        neurons.append(FoundNeuron(NeuronId(model.name, layer, neuron), aim, judged))
        if should_stop is not None and should_stop():
            raise Stopped
    n_neurons = len(wanted) * model.d_mlp
    n_documents = [len(np.unique(tokens.document[part == i])) for i in range(3)]
    return Found(
        rule=rule.text,
        which=which,
        model=model.name,
        site=model.site,
        neurons=tuple(ranked(neurons)),
        n_neurons=n_neurons,
        n_tokens=pack.n_tokens,
        n_documents=(n_documents[0], n_documents[1], n_documents[2]),
        base_rate=float(marks.labels[tokens.counts].mean()),
        shuffled_best=shuffled_best,
        random_median=float(np.median(best)),
        correction=(
            f"{n_neurons:,} neurons were ranked by average precision on {n_choosing:,} tokens, on "
            f"both sides and at {len(OFFSETS)} offsets. The best {len(neurons)} were judged on "
            f"{int(confirmation.sum()):,} tokens of other documents, with side, offset and "
            f"threshold frozen. p is the share of {N_LABEL_SHUFFLES} shuffles of the labels among "
            f"those documents in which any of the {len(neurons)} does as well (max-T, Westfall and "
            "Young)."
        ),
        seed=seed,
    )


def ranked(neurons: Sequence[FoundNeuron]) -> list[FoundNeuron]:
    """Put neurons, of one model or of several, in the order of their confirmed precision.

    Average precisions of several models compare only as far as their tokenizers cut the rule's
    places alike: `CorpusEvidence.base_rate` says how far.
    """

    def key(found: FoundNeuron) -> tuple[float, float]:
        confirmed, chosen = found.judged.corpus.ap.value, found.aim.ap
        return (-confirmed if np.isfinite(confirmed) else 0.0, -chosen)

    return sorted(neurons, key=key)


# --- parts and rows ------------------------------------------------------------------------------


def _parts(pack: Pack, tokens: Tokens, seed: int) -> NDArray[np.int64]:
    """Share the segments out by their documents, [n_segments].

    Aiming gets half of a half of the discovery half, each time the lighter one: however long a
    document is, it never has more than a quarter.

    Raises:
        TooFewDocuments: If there is no token that counts for choosing, or none for confirmation.
    """
    document = pack.document_of(np.arange(pack.n_segments))
    sizes = np.bincount(document, pack.lengths, pack.n_documents)
    clusters = pack.clusters()
    part = np.where(split(pack, seed=seed)[0], _CONFIRMATION, _CHOOSING)
    aiming = np.flatnonzero(part == _CHOOSING)
    for _ in range(2):
        if len(aiming):
            is_second = halves(clusters[aiming], sizes[aiming], seed=seed)
            one, other = aiming[~is_second], aiming[is_second]
            aiming = other if sizes[other].sum() <= sizes[one].sum() else one
    part[aiming] = _AIMING
    counting = set(part[document[tokens.segment[tokens.counts]]].tolist())
    if not counting >= {_CHOOSING, _CONFIRMATION}:
        raise TooFewDocuments(len(np.unique(clusters)), 2)
    return part[document]


def _rows(
    marks: Marks, tokens: Tokens, choosing: NDArray[np.bool_], seed: int
) -> NDArray[np.uint16]:
    """Say in which rows of the histograms each token counts, one bit a row, [n_tokens].

    Row 0: far from every label. Rows 1 to 5: what is marked at offsets -2 to 2. Row 6: marked or
    near, so that with row 0 every token counts once. Then labels of other documents.
    """
    used = tokens.counts & choosing
    near = around(marks.labels, REACH, tokens.segment)
    masks = {_FAR: used & ~near, _NEAR: used & near}
    for i, offset in enumerate(OFFSETS):
        masks[1 + i] = marks.at(offset, tokens)[0] & choosing
    at = np.flatnonzero(used)
    labels = marks.labels[at]
    if labels.any():
        moved = shuffles(tokens.document[at], labels, n=N_SHUFFLES, seed=seed)
        for i, positive in enumerate(moved):
            masks[_NEAR + 1 + i] = np.zeros(len(used), np.bool_)
            masks[_NEAR + 1 + i][at[positive]] = True
    rows = np.zeros(len(used), np.uint16)
    for row, mask in masks.items():
        rows |= mask.astype(np.uint16) << row
    return rows


def _check_rows(
    rule: Rule,
    rows: NDArray[np.uint16],
    marks: Marks,
    tokens: Tokens,
    part: NDArray[np.int64],
) -> None:
    offsets = sum(1 << (1 + i) for i in range(len(OFFSETS)))
    if not (rows & offsets).any():
        n = len(np.unique(tokens.document[part == _CHOOSING]))
        raise RuleMarksNothingHere(rule.text, n, int((marks.labels & tokens.counts).sum()))
    if not (rows & 1 << _FAR).any():
        raise NothingToTellFrom(rule.text, REACH)


# --- the pass ------------------------------------------------------------------------------------


def _count(
    model: LanguageModel,
    pack: Pack,
    rows: NDArray[np.uint16],
    layers: list[int],
    segments: NDArray[np.bool_],
    batch_tokens: int,
    report: Callable[[int], None] | None,
    should_stop: Callable[[], bool] | None,
) -> NDArray[np.uint32]:
    """Run the model over some segments and count each neuron's activations, row by row.

    Returns:
        uint32 [n_layers, n_rows, d_mlp, n_bins], with the bins of `kernels.count_rows`.
    """
    import torch

    from lmscope import kernels  # numba takes a third of a second, readers do without

    n_bins = 2 * kernels.N_STEPS + 1
    counts = np.zeros((len(layers), _N_ROWS, model.d_mlp, n_bins), np.uint32)
    shown = np.ones(pack.n_documents, np.bool_)
    shares = _shares(model.d_mlp, torch.get_num_threads())
    done = 0
    with ThreadPoolExecutor(len(shares), thread_name_prefix="lmscope") as pool:
        for chosen in pack.plan(batch_tokens, segments):
            batch = pack.batch(chosen, 0, shown)
            token = np.arange(batch.ids.shape[1])
            at = np.minimum(pack.token_start(chosen)[:, None] + token, pack.n_tokens - 1)
            here = np.where(token < batch.lengths[:, None], rows[at], np.uint16(0))

            def visit(
                layer: int,
                acts: NDArray[np.float32],
                here: NDArray[np.uint16] = here,
                offset: int = batch.offset,
            ) -> None:
                bits, into = acts.view(np.int32), counts[layers.index(layer)]

                def work(share: tuple[int, int]) -> None:
                    kernels.count_rows(bits, offset, here, *share, into)

                list(pool.map(work, shares))

            forward(model, pack, batch, layers, visit)
            done += int(batch.lengths.sum())
            if report is not None:
                report(done)
            if should_stop is not None and should_stop():
                raise Stopped
    return counts


def _shares(d_mlp: int, n: int) -> list[tuple[int, int]]:
    step = -(-d_mlp // min(n, 16))
    return [(i, min(i + step, d_mlp)) for i in range(0, d_mlp, step)]


# --- the ranking ---------------------------------------------------------------------------------


def _rank(counts: NDArray[np.uint32]) -> tuple[NDArray[np.float64], float | None]:
    """Give average precisions, and the best of any neuron on shuffled labels.

    Negatives are the tokens far from all labels. Beside shuffled labels every other token is one,
    weighed so that the base rate is that of the rule: the shuffled have no places to be near to.

    Returns:
        float64 [n_layers, 2, 5, d_mlp], -1 where an offset marks nothing; and the best.
    """
    from lmscope.kernels import rank_counts

    n_layers, _, d_mlp, _ = counts.shape
    ap = np.empty((n_layers, len(SIDES), len(OFFSETS), d_mlp))
    shuffled = np.full((len(SIDES), N_SHUFFLES, d_mlp), np.nan)
    best = -1.0
    for layer, rows in enumerate(counts):
        far = rows[_FAR].astype(np.float64)
        everything = far + rows[_NEAR]
        n_far, n_all = far[0].sum(), everything[0].sum()
        n_marked = rows[1 + OFFSETS.index(0), 0].sum(dtype=np.float64)
        for i in range(len(OFFSETS)):
            rank_counts(rows[1 + i], far, 0, d_mlp, ap[layer, :, i])
        for i in range(N_SHUFFLES):
            moved = rows[_NEAR + 1 + i]
            if n := moved[0].sum(dtype=np.float64):
                scale = n_far / n_marked * n / (n_all - n)
                rank_counts(moved, (everything - moved) * scale, 0, d_mlp, shuffled[:, i])
                best = max(best, float(shuffled[:, i].max()))
    return np.where(np.isnan(ap), -1.0, ap), None if best < 0 else best


def _aim(ap: NDArray[np.float64], rows: NDArray[np.uint32]) -> Aim:
    """Freeze side, offset and threshold of one neuron.

    Of equal precisions the positive side and the offset nearest to 0 are taken. The threshold is
    the edge of a bin above 0 with the best F1.

    Args:
        ap: [2, 5].
        rows: Counts, [n_rows, n_bins].
    """
    from lmscope.kernels import N_STEPS, step_edges

    nearest_first = sorted(range(len(OFFSETS)), key=lambda i: abs(OFFSETS[i]))
    best, _, _, side, i = max(
        (ap[s, i], -s, -j, s, i) for s in range(len(SIDES)) for j, i in enumerate(nearest_first)
    )
    marked, far = (rows[r, :: SIDES[side]][: -N_STEPS - 1 : -1] for r in (1 + i, _FAR))
    hit = np.cumsum(marked, dtype=np.float64)
    f1 = 2 * hit / (hit + np.cumsum(far, dtype=np.float64) + rows[1 + i].sum())
    at = int(np.argmax(f1))
    threshold = float(step_edges()[::-1][at]) if f1[at] > 0 else float("inf")
    return Aim(SIDES[side], OFFSETS[i], threshold, float(best))


# --- the correction ------------------------------------------------------------------------------


def corrected(
    activations: Sequence[NDArray[np.float32]],
    aims: Sequence[Aim],
    marks: Marks,
    tokens: Tokens,
    confirmation: NDArray[np.bool_],
    *,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Give each neuron's p against shuffled labels, corrected for all of them.

    The neurons may have different offsets, and yet each shuffle must move the labels of all alike.
    So it is the activations that are moved, and only tokens count that do at every offset that is
    there, and that are near a label at none.

    Args:
        activations: Of each neuron, float32 [n_tokens].
        aims: Of each neuron.
        marks: Of the rule.
        tokens: Of the corpus.
        confirmation: Tokens of the confirmation half, bool [n_tokens].
        seed: Same arguments and seed, same result.

    Returns:
        Max-T p-values, [k]; 1 for all if no token is left.

    Source:
        See `lmscope.evidence.against_shuffled`.
    """
    offsets = {aim.offset for aim in aims}
    counts = tokens.counts & confirmation
    keep = np.ones(len(tokens), np.bool_)
    for offset in offsets:
        keep &= shifted(counts, -offset, tokens.segment)
    reach = REACH + max(map(abs, offsets))
    keep &= marks.labels | ~around(marks.labels, reach, tokens.segment)
    at = np.flatnonzero(keep)
    if not len(at):
        return np.ones(len(aims))
    moved = [aim.side * x[at + aim.offset] for x, aim in zip(activations, aims, strict=True)]
    return against_shuffled(
        np.stack(moved),
        marks.labels[at],
        tokens.document[at],
        n_shuffles=N_LABEL_SHUFFLES,
        seed=seed,
    ).p
