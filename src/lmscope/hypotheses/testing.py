"""From a hypothesis, a neuron and a corpus to a verdict with everything behind it.

The one protocol; the command line, the site and Python all call `test`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import lmscope
from lmscope.catalogue import Catalogue
from lmscope.causal import CausalEvidence, causal_check
from lmscope.corpora import Corpus
from lmscope.errors import MissingArgument, Stopped
from lmscope.evidence import (
    Shuffled,
    Verdict,
    against_shuffled,
    average_precision,
    verdict,
)
from lmscope.hypotheses.examples import Place, counter_examples, fires_also_on, missed
from lmscope.hypotheses.ground import Ground, Report, Subject, laid_out, split
from lmscope.hypotheses.harvesting import harvest
from lmscope.hypotheses.hypothesis import Hypothesis
from lmscope.hypotheses.judging import Aim, Judged, Rivals, judge, take_aim
from lmscope.hypotheses.texts import TextsRead, completed, read_texts
from lmscope.neurons import NeuronId, Site
from lmscope.recording import Store, record

if TYPE_CHECKING:
    from lmscope.models import LanguageModel

N_CONTROLS = 20
"""Random neurons of the same layer that are recorded beside the tested one."""
_N_SHUFFLES = 99


@dataclass(frozen=True, slots=True)
class Controls:
    """What chance gives: other neurons of the layer, and shuffled labels."""

    n: int
    """Random neurons of the layer."""
    ap: float
    """Median of their average precisions, each on its better side."""
    ap_best: float
    """The largest of them."""
    ap_shuffled: float
    """What the best of them and the tested one stays below in 95 of 100 shuffles of the labels."""

    def to_json(self) -> dict[str, Any]:
        """Give them as plain JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, eq=False)
class Tested:
    """A hypothesis about one neuron, the evidence, and the verdict."""

    __test__ = False  # nor is it one of pytest's
    neuron: NeuronId
    site: Site
    hypothesis: Hypothesis
    aim: Aim
    texts: TextsRead | None
    judged: Judged | None
    """What the corpus says; None if there was none."""
    verdict: Verdict
    counter_examples: tuple[Place, ...]
    """The strongest firings outside the rule's places, one from each document."""
    missed: tuple[Place, ...]
    """Marked tokens on which it does not fire, the most silent first."""
    fires_also_on: tuple[dict[str, Any], ...]
    controls: Controls | None
    n_rivals: int
    """Simpler rules that were tried."""
    n_neurons: int
    """Neurons that were looked at before this one was chosen."""
    causal: CausalEvidence | None
    """Whether the model uses it there: a claim of its own, which decides no verdict. None if that
    was not asked."""
    data: dict[str, Any]
    """What it was tested on: corpus, halves, versions."""

    def to_json(self) -> dict[str, Any]:
        """Give plain JSON values: the shape of ``lmscope test --json``."""
        judged, said = self.judged, self.verdict
        rivals = [] if judged is None else [rival.to_json() for rival in judged.rivals]
        contents = self.hypothesis.to_json()
        return {
            **self.neuron.to_json(),
            "site": self.site,
            "hypothesis": self.hypothesis.sha256,
            "claim": contents["claim"],
            "rule": contents["rule"],
            "rule_note": self.hypothesis.rule.note if self.hypothesis.rule else "",
            "tokens": contents["tokens"],
            "side": self.aim.sign,
            "offset": self.aim.offset,
            "verdict": said.verdict,
            "why": said.why,
            "remarks": list(said.remarks),
            "texts_say": said.texts,
            "missing_tokens": said.missing_tokens,
            "pairs": None if self.texts is None else self.texts.to_json(),
            "corpus": None if judged is None else judged.corpus.to_json(),
            "discovery": None if judged is None else self.aim.to_json(),
            "long_context": None if judged is None else judged.long_context,
            "rival": next((r for r in rivals if r["name"] == said.rival), None),
            "rivals": rivals,
            "n_rivals": self.n_rivals,
            "n_neurons": self.n_neurons,
            "controls": None if self.controls is None else self.controls.to_json(),
            "causal": None if self.causal is None else self.causal.to_json(),
            "counter_examples": [place.to_json() for place in self.counter_examples],
            "missed": [place.to_json() for place in self.missed],
            "fires_also_on": list(self.fires_also_on),
            "thresholds": contents["thresholds"],
            "seed": contents["seed"],
            "data": self.data,
        }

    def __repr__(self) -> str:
        rule = self.hypothesis.rule.text if self.hypothesis.rule else "texts"
        return f"<{self.neuron} and {rule!r}: {self.verdict.verdict}. {self.verdict.why}>"


def test(
    hypothesis: Hypothesis,
    neuron: str | NeuronId | tuple[int, int],
    model: LanguageModel | None = None,
    *,
    catalogue: Catalogue | None = None,
    corpus: Corpus | str | Path | Sequence[str | Path] | None = None,
    n_tokens: int | None = None,
    context: int = 128,
    near_misses: bool = False,
    n_harvested: int = 0,
    causal: bool = False,
    n_neurons: int = 1,
    store: Path | None = None,
    report: Report | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Tested:
    r"""Test what a person thinks a neuron detects, and give a verdict in words.

    The documents are split into two halves: side, offset, threshold and rivals are chosen on one,
    everything that is reported is measured on the other. Near-duplicates stay together.

    Args:
        hypothesis: The claim and how it is to be tested.
        neuron: Which neuron, in any spelling that `lmscope.neurons.read_address` takes.
        model: A loaded model; that of the catalogue unless given, loaded only if it is needed.
        catalogue: Of the model. Its corpus is the corpus unless another is given; it knows the
            neuron's own scale and examples.
        corpus: Another corpus, as `lmscope.load_corpus` takes it: the better test, since the idea
            mostly comes from the catalogue's examples.
        n_tokens: Tokens at most; of a catalogue's corpus random documents with so many.
        context: Tokens in a segment of another corpus.
        near_misses: Take only the matching texts of the hypothesis, and change each so that the
            rule does not match any more.
        n_harvested: Pairs to take out of the confirmation half, where the hypothesis has no texts.
        causal: Ask as well whether the model uses the neuron there; see `causal_check`.
        n_neurons: Neurons that were looked at before this one was chosen; p of the texts is
            multiplied by it.
        store: Folder for activations: a second test of the same neuron on the same catalogue then
            needs no pass of the model. None to keep none.
        report: Told what is being done.
        should_stop: Asked now and then; true ends the test.

    Raises:
        MissingArgument: If there is neither a model nor a catalogue.
        RuleMarksNothing: If the rule marks nothing in the corpus, and there are no texts.
        RuleMarksTooMuch: If it marks more than half of all tokens.
        RuleTooSlow: If the rule takes too long on a document.
        UnreadablePairs: If only one kind of text is given.
        NotWholeCorpus: If the catalogue is an excerpt.
        WrongCatalogue: If the catalogue is of another model.
        Stopped: If `should_stop` ended it.

    Example:
        Texts alone, which are never enough:

        >>> from lmscope import load
        >>> from lmscope.pairs import Pairs
        >>> from lmscope.rules import Rule
        >>> texts = "match:\na) one\nb) two\nother:\na. one\nb. two"
        >>> lists = Hypothesis("lists", Rule.read("/[a-z]>>[)]/"), pairs=Pairs.read(texts))
        >>> test(lists, "L0N12", load("demo-solu-1l", device="cpu")).verdict.verdict
        'not enough evidence'

    Source:
        The measures are those of `lmscope.evidence`, where each has its own.
    """
    if model is None and catalogue is None:
        raise MissingArgument("lmscope test", "a catalogue or a model", "lmscope test --help")
    subject = Subject(neuron, model, catalogue)
    with laid_out(subject, hypothesis, corpus, n_tokens, context, report) as ground:
        return _tested(
            subject,
            hypothesis,
            ground,
            near_misses=near_misses,
            n_harvested=n_harvested,
            causal=causal,
            n_neurons=n_neurons,
            store=store,
            report=report,
            should_stop=should_stop,
        )


test.__test__ = False  # type: ignore[attr-defined]  # it is no test of pytest's


def _tested(
    subject: Subject,
    hypothesis: Hypothesis,
    ground: Ground | None,
    *,
    near_misses: bool,
    n_harvested: int,
    causal: bool,
    n_neurons: int,
    store: Path | None,
    report: Report | None,
    should_stop: Callable[[], bool] | None,
) -> Tested:
    rule, fixed = hypothesis.rule, hypothesis.side
    side = None if fixed is None else 1 if fixed == "+" else -1
    aim = Aim(side or 1, hypothesis.offset or 0, float("inf"), float("nan"))
    activations = np.empty((0, 0), np.float32)
    if ground is not None:
        activations = _activations(subject, ground, store, report, should_stop)
        aim = take_aim(
            activations[0],
            ground.marks,
            ground.tokens,
            ground.discovery,
            side=side,
            offset=hypothesis.offset,
        )

    def tell(what: str) -> None:
        if report is not None:
            report(what, 0, 0)
        if should_stop is not None and should_stop():
            raise Stopped

    pairs = hypothesis.pairs
    if pairs is None and n_harvested and ground is not None and rule is not None:
        pairs = harvest(
            rule, ground.pack, ground.marks, ground.confirmation, n_harvested, seed=hypothesis.seed
        )
    elif pairs is not None and near_misses and rule is not None:
        pairs = completed(pairs, rule)
    texts = None
    if pairs is not None:
        tell("running your texts")
        texts = read_texts(
            pairs,
            subject.look,
            rule,
            hypothesis.which,
            aim.side,
            aim.offset,
            _scale(subject, activations, ground),
            known=_known(subject),
            seed=hypothesis.seed,
        )
    data = {"lmscope": lmscope.__version__, "model": subject.identity, "seed": hypothesis.seed}
    if ground is None or rule is None:
        said = verdict(
            None, texts.evidence if texts else None, (), hypothesis.thresholds, n_neurons=n_neurons
        )
        return Tested(
            subject.id, subject.site, hypothesis, aim, texts, None, said, (), (), (), None, 0,
            n_neurons, None, data,
        )  # fmt: skip
    tell("trying simpler rules")
    rivals = Rivals(
        rule, ground.pack, ground.marks, ground.tokens, ground.discovery, hypothesis.which
    )
    tell("weighing the evidence")
    judged = judge(
        activations[0],
        aim,
        ground.marks,
        ground.tokens,
        ground.confirmation,
        rivals,
        texts=texts.evidence if texts else None,
        thresholds=hypothesis.thresholds,
        n_neurons=n_neurons,
        seed=hypothesis.seed,
    )
    shown = (activations[0], aim, ground.marks, ground.tokens, ground.confirmation, ground.pack)
    return Tested(
        neuron=subject.id,
        site=subject.site,
        hypothesis=hypothesis,
        aim=aim,
        texts=texts,
        judged=judged,
        verdict=judged.verdict,
        counter_examples=counter_examples(*shown),
        missed=missed(*shown),
        fires_also_on=tuple(fires_also_on(*shown)),
        controls=_controls(activations, aim, ground, hypothesis.seed),
        n_rivals=len(rivals),
        n_neurons=n_neurons,
        causal=_causal(subject, ground, aim, hypothesis.seed, report, should_stop)
        if causal
        else None,
        data=data | ground.data,
    )


def _activations(
    subject: Subject,
    ground: Ground,
    store: Path | None,
    report: Report | None,
    should_stop: Callable[[], bool] | None,
) -> NDArray[np.float32]:
    """Record the neuron, and in the rows below random others of its layer, [n, n_tokens]."""
    layer, index = subject.id.layer, subject.id.neuron
    others = [n for n in random_neurons(subject.d_mlp, layer) if n != index][:N_CONTROLS]
    wanted = [index, *others]
    found: dict[int, NDArray[np.float32]] = {}
    kept = None
    if store is not None and ground.is_stored:
        identity = {
            **subject.identity,
            "site": subject.site,
            "batch_tokens": ground.batch_tokens,
            **{key: ground.pack.facts[key] for key in ("sha256", "context", "n_tokens")},
        }
        kept = Store(store, identity)
        found = {n: a for n in wanted if (a := kept.read(layer, n)) is not None}
    if missing := [n for n in wanted if n not in found]:
        used = ground.discovery | ground.confirmation
        segments = np.zeros(ground.pack.n_segments, np.bool_)
        segments[ground.tokens.segment[used]] = True
        recorded = record(
            subject.model,
            ground.pack,
            {layer: missing},
            segments=segments,
            batch_tokens=ground.batch_tokens,
            report=None if report is None else partial(report, "running the model"),
            should_stop=should_stop,
        )[layer]
        found |= dict(zip(missing, recorded, strict=True))
        if kept is not None:
            for n in missing:
                kept.write(layer, n, found[n])
            kept.tidy()
    return np.stack([found[n] for n in wanted])


def random_neurons(d_mlp: int, layer: int) -> list[int]:
    """Give the neurons of a layer in an order that is random and always the same, a few at most.

    Example:
        >>> random_neurons(4, 0)
        [2, 0, 1, 3]
    """
    order: list[int] = np.random.default_rng(layer).permutation(d_mlp)[: N_CONTROLS + 1].tolist()
    return order


def _controls(
    activations: NDArray[np.float32], aim: Aim, ground: Ground, seed: int
) -> Controls | None:
    y, ignore = ground.marks.at(aim.offset, ground.tokens)
    here = ground.confirmation & ~ignore
    y, document = y[here], ground.tokens.document[here]
    if len(activations) < 2 or not y.any():
        return None
    x = activations[:, here]
    aps = [max(average_precision(side * row, y) for side in (1, -1)) for row in x[1:]]
    x[0] *= aim.side
    shuffled: Shuffled = against_shuffled(x, y, document, n_shuffles=_N_SHUFFLES, seed=seed)
    return Controls(
        n=len(aps),
        ap=float(np.median(aps)),
        ap_best=max(aps),
        ap_shuffled=float(np.quantile(shuffled.best, 0.95)),
    )


def _causal(
    subject: Subject,
    ground: Ground,
    aim: Aim,
    seed: int,
    report: Report | None,
    should_stop: Callable[[], bool] | None,
) -> CausalEvidence:
    return causal_check(
        subject.model,
        ground.pack,
        (subject.id.layer, subject.id.neuron),
        ground.marks,
        ground.tokens,
        offset=aim.offset,
        confirmation=split(ground.pack, seed=seed)[0],
        seed=seed,
        report=None if report is None else lambda n, of: report(f"ablating, {n} of {of}", 0, 0),
        should_stop=should_stop,
    )


def _scale(subject: Subject, activations: NDArray[np.float32], ground: Ground | None) -> float:
    """The neuron's own scale: 99.99 % quantile minus median, on the corpus if there is one."""
    if ground is not None:
        x = activations[0][ground.tokens.counts & (ground.discovery | ground.confirmation)]
        span = float(np.quantile(x, 0.9999) - np.median(x))
    elif subject.catalogue is not None:
        histogram = subject.catalogue[subject.id].histogram
        span = histogram.quantile(0.9999) - histogram.quantile(0.5)
    else:
        span = 1.0
    return span if span > 0 else 1.0


def _known(subject: Subject) -> list[str]:
    if subject.catalogue is None:
        return []
    return [example.text for example in subject.catalogue[subject.id].top]
