"""From evidence to one of seven verdicts, with the numbers that decide it. Computes no statistic.

The verdicts are about ordinary text. A person's own texts can speak against a neuron, and where
they agree that is said (`Verdict.texts`), but alone they never earn more than "not enough
evidence": they do not show what else the neuron fires on, and of 46,080 neurons 720 pass six pairs
by chance. So the design's "agrees with your texts" is not an eighth verdict but the first words of
this one's reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from lmscope.evidence.corpus import CorpusEvidence
from lmscope.evidence.documents import Estimate
from lmscope.evidence.rivals import RivalEvidence
from lmscope.evidence.texts import TextsEvidence

VerdictName = Literal[
    "holds up",
    "better explained by a simpler rule",
    "fires on it but not only",
    "fires on part of it",
    "real but weak",
    "does not hold",
    "not enough evidence",
]
VERDICTS: tuple[VerdictName, ...] = get_args(VerdictName)

TextsSay = Literal["agree", "speak against it", "leave it open", "too few"]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where one verdict ends and the next begins; fractions from 0 to 1.

    With the defaults planted neurons get their verdict and shuffled labels do not hold up
    (``benchmarks/intervals.py``). Specificity is judged by the squares of the activations, not by
    the activations themselves, because a gated neuron never rests: in SmolLM2-135M the best neuron
    for `` to`` has AP, recall and precision of 1.00, and yet only 0.30 of its activation is on
    the word, 0.80 of the squares. `win_rate` says when texts speak against a neuron; `rival_f1`
    keeps a rival that explains next to nothing from becoming the headline.
    """

    n_texts: int = 5
    """Independent pairs, or texts of each list, below which texts have no say."""
    positive_documents: int = 30
    """Documents with a marked token, for any verdict on a corpus."""
    firing_documents: int = 30
    """Documents in which the neuron fires, to say that it fires on the right ones."""
    ap_width: float = 0.3
    """Width of the interval of AP above which nothing is said, unless AP is low for certain."""
    ap: float = 0.5
    mass_precision_squared: float = 0.5
    recall: float = 0.5
    top: float = 0.8
    """Precision of the strongest token of the twenty documents where it is strongest."""
    located: float = 0.8
    """Share of fitting texts whose strongest token is a marked one."""
    win_rate: float = 0.9
    """Pairs that a detector wins; texts speak against a neuron that surely wins fewer."""
    rival_f1: float = 0.3
    """F1 beyond chance that a better rival surely has, for it to explain anything."""
    alpha: float = 0.05
    """Level of the p of texts: five pairs can reach it."""
    normalised: float = 0.01
    """(AP - base rate) / (1 - base rate), below which a neuron is next to nothing: with many tokens
    anything that reads them at all is surely more than chance."""
    alpha_shuffled: float = 0.01
    """Level of the p against shuffled labels. At 0.05 one neuron in twenty that has nothing to do
    with a rule would be called real, if weak."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the evidence says of one neuron and one rule."""

    verdict: VerdictName
    why: str
    """One or two sentences with the numbers that decide."""
    remarks: tuple[str, ...]
    """What else is true: other verdicts that apply in part, cautions."""
    texts: TextsSay | None
    """What the person's own texts say; None if there are none."""
    rival: str | None
    """Name of the rule that explains the neuron better."""
    missing_tokens: int | None
    """Roughly how many more tokens of such text would decide; None if that is not what is
    missing, or if no amount in reason would."""
    thresholds: Thresholds

    def to_json(self) -> dict[str, Any]:
        """Give the verdict as plain JSON values."""
        return asdict(self) | {"remarks": list(self.remarks)}


DEFAULTS = Thresholds()
_MOST_TIMES = 20  # a corpus this many times as large is out of reach


def verdict(
    corpus: CorpusEvidence | None,
    texts: TextsEvidence | None = None,
    rivals: Sequence[RivalEvidence] = (),
    thresholds: Thresholds = DEFAULTS,
    *,
    n_neurons: int = 1,
) -> Verdict:
    """Decide what the evidence says; the first that applies is the verdict.

    1.  Not enough evidence, if fewer than 30 documents have a marked token; or fewer than 30 a
        firing one, or the interval of AP is wider than 0.3, unless it lies below 0.5.
    2.  Holds up, if AP and squared mass precision surely are at least 0.5, recall is, the precision
        of the strongest is at least 0.8, texts do not speak against it, and each simpler rival is
        worse.
    3.  Better explained by a simpler rule, if all else holds up but a rival is not worse; or if a
        rival that explains something surely is better.
    4.  Does not hold, if AP surely is below 0.5 and does not beat shuffled labels, or is less than
        0.01 of the way from the base rate to 1.
    5.  Fires on it but not only, if recall surely is at least 0.5, and squared mass precision or
        the precision of the strongest surely is too low, or texts show it: it surely prefers the
        fitting text of fewer than 0.9 of the pairs, or is strongest on a marked token in fewer than
        0.8 of texts.
    6.  Fires on part of it, if the strongest are right but recall surely is below 0.5.
    7.  Real but weak, if AP surely is below 0.5.
    8.  Otherwise an interval straddles its threshold, and the answer is: not enough evidence.

    "Surely" is by the end of the 95 % interval. Without 30 documents that have a marked token,
    texts that speak against the neuron make it "does not hold"; whatever else they say, the
    evidence is not enough.

    Args:
        corpus: Evidence on documents that had no part in the choice of neuron, side, offset,
            threshold and rule. Its `p` is to be corrected for the neurons carried to them.
        texts: Evidence from the person's own texts.
        rivals: Simpler rules, each compared on the same documents.
        thresholds: Where verdicts begin; stored with the verdict.
        n_neurons: Neurons that were looked at before this one was chosen. The p of texts is
            multiplied by it, since texts cannot be split into halves.

    Example:
        >>> import numpy as np
        >>> from lmscope.evidence.texts import pairs_evidence
        >>> fits, rest = np.arange(2, 8, dtype=np.float32), np.zeros(6, np.float32)
        >>> found = verdict(None, pairs_evidence(fits, rest))
        >>> found.verdict, found.texts
        ('not enough evidence', 'agree')
        >>> found.why[:59]
        'It agrees with your texts (6 of 6 pairs, p = 0.016), but th'
        >>> verdict(None, pairs_evidence(fits, rest), n_neurons=46_080).texts
        'leave it open'

    Source:
        The conditions are our own; for what each measure guards against see `corpus_evidence`,
        `compare` and `pairs_evidence`.
    """
    say, of_texts = _texts(texts, thresholds, n_neurons)
    if corpus is None or corpus.positive_documents < thresholds.positive_documents:
        name: VerdictName = "does not hold" if say == "speak against it" else "not enough evidence"
        lack, missing = _too_little(corpus, thresholds) if corpus else ("", None)
        if not corpus and not texts:
            lack = "There is neither a corpus nor a text to judge by."
        why = " ".join(s for s in (of_texts, lack) if s)
        return Verdict(name, why, (), say, None, missing, thresholds)
    rows = _rows(corpus, texts, rivals, thresholds)
    (name, why, rival, missing), *others = rows
    remarks = [of_texts] if of_texts else []
    remarks += [f"{other[0].upper()}{other[1:]}: {reason}" for other, reason, *_ in others]
    remarks += _cautions(corpus, rivals, name, thresholds)
    return Verdict(name, why, tuple(remarks), say, rival, missing, thresholds)


Row = tuple[VerdictName, str, str | None, int | None]


def _rows(
    corpus: CorpusEvidence,
    texts: TextsEvidence | None,
    rivals: Sequence[RivalEvidence],
    t: Thresholds,
) -> list[Row]:
    """The verdicts that apply, the decisive one first, with why, rival and missing tokens."""
    ap, squared, recall = corpus.ap, corpus.mass_precision_squared, _recall(corpus)
    top = corpus.top
    is_low, is_beyond = ap.high < t.ap, corpus.p < t.alpha_shuffled
    is_real = is_beyond and corpus.normalised >= t.normalised
    if not is_low and (lack := _too_little(corpus, t))[0]:
        return [("not enough evidence", lack[0], None, lack[1])]
    texts = texts if texts and texts.n >= t.n_texts else None
    located = texts.located if texts else None
    right_on_top = f"{top.marked} of its {top.n} strongest tokens are marked"
    is_right_on_top = top.precision >= t.top
    is_clean = (
        is_right_on_top
        and (not located or located.value >= t.located)
        and (not texts or texts.win_rate.high >= t.win_rate)
    )
    rows: list[Row] = []

    holds = ap.low >= t.ap and squared.low >= t.mass_precision_squared and recall.value >= t.recall
    if holds and is_clean:
        better = [r for r in rivals if r.stands]
    else:
        better = [r for r in rivals if r.is_better and r.explains >= t.rival_f1]
    if holds and is_clean and not better:
        why = (
            f"AP {_shown(ap)} at a base rate of {_share(corpus.base_rate)}; it fires on "
            f"{_shown(recall)} of the marked tokens, has {_shown(squared)} of its squared "
            f"activation on them, and {right_on_top}."
        )
        why += f" Simpler rules compared, none takes its place: {len(rivals)}." if rivals else ""
        rows.append(("holds up", why, None, None))
    elif better:
        rival = max(better, key=lambda r: r.f1.value)
        rows.append(
            ("better explained by a simpler rule", _against(corpus, rival), rival.name, None)
        )
    if is_low and not is_real:
        why = f"AP {_shown(ap)} at a base rate of {_share(corpus.base_rate)} is "
        why += "" if is_beyond else "not "
        why += f"surely more than shuffled labels give (p = {_share(corpus.p)})"
        why += ", but next to nothing." if is_beyond else "."
        rows.append(("does not hold", why, None, None))
        return rows
    if recall.low >= t.recall:
        but = [
            f"only {_shown(squared)} of its squared activation is on them"
            * (squared.high < t.mass_precision_squared),
            f"only {right_on_top}" * (top.precision_high < t.top),
        ]
        if located and located.high < t.located:
            but.append(f"it is strongest on one of them in only {_shown(located)} of your texts")
        if texts and texts.win_rate.high < t.win_rate:
            but.append(f"it prefers your fitting texts only in {_shown(texts.win_rate)} of cases")
        if any(but):
            why = f"It fires on {_shown(recall)} of the marked tokens, but {_and(but)}."
            rows.append(("fires on it but not only", why, None, None))
    if is_right_on_top and recall.high < t.recall:
        why = f"Of its {top.n} strongest tokens {top.marked} are marked, but it fires on only "
        why += f"{_shown(recall)} of all marked ones."
        rows.append(("fires on part of it", why, None, None))
    if is_low and is_real:
        why = f"AP {_shown(ap)} is more than shuffled labels give ({_share(corpus.ap_shuffled)}), "
        why += f"but surely below {t.ap:g}."
        rows.append(("real but weak", why, None, None))
    return rows or [_undecided(corpus, located, t)]


def _undecided(corpus: CorpusEvidence, located: Estimate | None, t: Thresholds) -> Row:
    """What to say where no verdict applies: nearly always that an interval straddles."""
    recall, top = _recall(corpus), corpus.top
    straddling = [
        (name, e, at)
        for name, e, at in (
            ("AP", corpus.ap, t.ap),
            ("squared mass precision", corpus.mass_precision_squared, t.mass_precision_squared),
            ("recall", recall, t.recall),
        )
        if e.low < at <= e.high
    ]
    open_ = [f"{name} {_shown(e)} may lie on either side of {at:g}" for name, e, at in straddling]
    if top.precision < t.top <= top.precision_high:
        open_.append(
            f"{top.marked} of its {top.n} strongest tokens are marked, which may be chance or a "
            f"precision below {t.top:g}"
        )
    if located and located.value < t.located <= located.high:
        open_.append(f"it is strongest on a marked token in only {_shown(located)} of your texts")
    if not open_:
        why = f"It fires on only {_shown(recall)} of the marked tokens, and of its {top.n} "
        why += f"strongest tokens only {top.marked} are marked."
        return "does not hold", why, None, None
    why = f"{_and(open_)}."
    why = f"{why[0].upper()}{why[1:]}"
    if not straddling:
        return "not enough evidence", why, None, None
    times = max(_times(e, at) for _, e, at in straddling)
    if times > _MOST_TIMES:
        why += " So near the threshold no corpus in reason would tell."
        return "not enough evidence", why, None, None
    missing = _about(corpus.tokens * (times - 1))
    why += f" It takes at least about {missing:,} more tokens of such text to tell."
    return "not enough evidence", why, None, missing


def _times(e: Estimate, at: float) -> float:
    """How many times as large a corpus would move an interval off a threshold.

    An interval shrinks with the root of the corpus; the estimate is taken to stay.
    """
    end = e.low if e.value >= at else e.high
    return ((end - e.value) / (at - e.value)) ** 2 if e.value != at else float("inf")


def _too_little(corpus: CorpusEvidence, t: Thresholds) -> tuple[str, int | None]:
    """What a corpus lacks for a verdict, in words and in tokens; nothing if it has enough."""
    positive, firing = corpus.positive_documents, corpus.firing_documents
    width = corpus.ap.high - corpus.ap.low
    if not positive:
        return f"The rule marks nothing in {corpus.documents:,} documents.", None
    if positive < t.positive_documents:
        in_ = "one document" if positive == 1 else f"{positive} documents"
        lack = f"The rule marks tokens in {in_}, {t.positive_documents} are needed"
        times = t.positive_documents / positive
    elif firing < t.firing_documents:
        lack = f"The neuron fires in {firing} documents, {t.firing_documents} are needed"
        times = t.firing_documents / max(firing, 1)
    elif width > t.ap_width:
        lack = f"AP is between {_share(corpus.ap.low)} and {_share(corpus.ap.high)}"
        times = (width / t.ap_width) ** 2
    else:
        return "", None
    missing = _about(corpus.tokens * (times - 1))
    return f"{lack}: about {missing:,} more tokens of such text.", missing


def _texts(
    texts: TextsEvidence | None, t: Thresholds, n_neurons: int
) -> tuple[TextsSay | None, str]:
    """What a person's own texts say, and in which words."""
    if not texts:
        return None, ""
    n, located = texts.n, texts.located
    things = "pairs" if texts.kind == "pairs" else "texts of each list"
    if n < t.n_texts:
        return "too few", (
            f"{n} {things} are too few: with so many p cannot be below {_share(texts.min_p)}. "
            f"{t.n_texts} are needed."
        )
    if texts.kind == "pairs":
        won = f"{texts.wins} of {n} pairs"
    else:
        won = f"a fitting text activates it more in {_share(texts.win_rate.value)} of all pairings"
    if texts.zeros == n:
        both = "is silent on" if texts.silent == texts.given else "does the same on"
        return "speak against it", f"It {both} both texts of all {n} pairs."
    if texts.win_rate.high < t.win_rate:
        return "speak against it", f"Your texts speak against it: {won}."
    if located and located.high < t.located:
        return "speak against it", (
            f"In your texts it is strongest elsewhere: on a marked token in only "
            f"{_shown(located)} of them."
        )
    p = min(texts.p * n_neurons, 1.0)
    if p < t.alpha and (not located or located.value >= t.located):
        return "agree", (
            f"It agrees with your texts ({won}, p = {_share(p)}), but they cannot show what else "
            "it fires on."
        )
    why = f"Your texts leave it open: {won}, p = {_share(p)}"
    if n_neurons > 1:
        by_chance = texts.min_p * n_neurons
        why += (
            (
                f", because {n_neurons:,} neurons were looked at and so few texts let "
                f"{_share(by_chance)} of them pass by chance"
            )
            if by_chance >= t.alpha
            else f" after correction for {n_neurons:,} neurons"
        )
    if located and located.value < t.located:
        why += f"; it is strongest on a marked token in {_shown(located)} of them"
    return "leave it open", f"{why}."


def _against(corpus: CorpusEvidence, rival: RivalEvidence) -> str:
    if not rival.differing_tokens:
        return (
            f"The simpler rule {rival.name} marks the same tokens in all {corpus.documents:,} "
            "documents, so they cannot tell the two apart."
        )
    f1, r2 = corpus.token_scores.f1.value, rival.r2.value + rival.r2_difference.value
    how = "explains it better" if rival.is_better else "explains it as well"
    why = f"The simpler rule {rival.name} {how}: F1 {_share(rival.f1.value)} against {_share(f1)}, "
    why += f"r² {_share(rival.r2.value)} against {_share(r2)}"
    if not rival.is_better:
        why += f", and they differ in only {rival.differing_documents:,} documents"
    return f"{why}."


def _cautions(
    corpus: CorpusEvidence, rivals: Sequence[RivalEvidence], name: VerdictName, t: Thresholds
) -> list[str]:
    """What a reader of the verdict should know besides."""
    found = []
    mass, least = corpus.mass_precision, t.mass_precision_squared
    if mass.high < least <= corpus.mass_precision_squared.low:
        found.append(
            f"Only {_shown(mass)} of its activation, not squared, is on marked tokens: it does not "
            "quite rest elsewhere."
        )
    better = [r for r in rivals if r.is_better]
    if better and name != "better explained by a simpler rule":
        rival = max(better, key=lambda r: r.f1.value)
        found.append(f"{_against(corpus, rival)} Neither explains much.")
    if corpus.base_rate > 0.2:
        found.append(
            f"The rule marks {_share(corpus.base_rate)} of all tokens: judge whole documents too."
        )
    return found


def _recall(corpus: CorpusEvidence) -> Estimate:
    return (corpus.event_scores or corpus.token_scores).recall


def _shown(e: Estimate) -> str:
    return f"{_share(e.value)} [{_share(e.low)}, {_share(e.high)}]"


def _share(v: float) -> str:
    """Two digits after the point, or two that are not zero.

    Example:
        >>> _share(0.8712), _share(0.00213), _share(1.0), _share(720.0)
        ('0.87', '0.0021', '1.00', '720')
    """
    return f"{v:.2f}" if v == 0 or 0.1 <= abs(v) < 10 else f"{v:.2g}" if abs(v) < 1 else f"{v:,.0f}"


def _about(n: float) -> int:
    """Two digits of a number of tokens are more than is known of it."""
    return int(float(f"{max(n, 1):.2g}"))


def _and(parts: Sequence[str]) -> str:
    said = [part for part in parts if part]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
