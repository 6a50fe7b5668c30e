"""Does the pattern hold up? Arrays in, statistics out. Knows neither models, rules nor files.

1.  `halves` splits documents: one half is for choosing, the other for testing what was chosen.
2.  `histogram_average_precision` ranks all neurons of a model on the discovery half at once;
    `best_threshold` says from where on a neuron fires.
3.  `corpus_evidence` measures one neuron on the confirmation half, with intervals by document;
    `compare` sets simpler rules against it; `against_shuffled` corrects for several neurons.
4.  `pairs_evidence` and `lists_evidence` test a person's own texts, exactly.
5.  `verdict` says what it comes to, in one of seven names and a sentence with the numbers.

Notation: x [n] float32 is side times activation at the token that the offset points to, in
activation units; y [n] bool says which tokens the rule marks; document [n] is the number of each
token's document, the same for near-duplicates.
"""

from lmscope.evidence.corpus import CorpusEvidence, Level, Scores, corpus_evidence
from lmscope.evidence.documents import (
    Estimate,
    halves,
    open_estimates,
    ratio_estimate,
    shuffles,
)
from lmscope.evidence.measures import Threshold, auroc, average_precision, best_threshold
from lmscope.evidence.rivals import RivalEvidence, compare
from lmscope.evidence.search import (
    Bounded,
    Shuffled,
    against_shuffled,
    histogram_average_precision,
    holm,
    log_bins,
)
from lmscope.evidence.texts import TextsEvidence, lists_evidence, pairs_evidence
from lmscope.evidence.verdicts import DEFAULTS, VERDICTS, Thresholds, Verdict, VerdictName, verdict

__all__ = [
    "DEFAULTS",
    "VERDICTS",
    "Bounded",
    "CorpusEvidence",
    "Estimate",
    "Level",
    "RivalEvidence",
    "Scores",
    "Shuffled",
    "TextsEvidence",
    "Threshold",
    "Thresholds",
    "Verdict",
    "VerdictName",
    "against_shuffled",
    "auroc",
    "average_precision",
    "best_threshold",
    "compare",
    "corpus_evidence",
    "halves",
    "histogram_average_precision",
    "holm",
    "lists_evidence",
    "log_bins",
    "open_estimates",
    "pairs_evidence",
    "ratio_estimate",
    "shuffles",
    "verdict",
]
