"""The same feature in another model: which of its neurons do what a neuron does.

1.  `windows` cuts the text by bytes and finds the points at which two models can be compared.
2.  `correlating` sums products over these points; `rotation` says what chance would give.
3.  `searching` looks for one neuron in other models; `verdicts` says what it comes to.
4.  `comparing` gives every neuron of two models its partner in the other.
"""

from lmscope.matching.comparing import Compared, Partners, compare
from lmscope.matching.searching import InModel, Match, Matched, match
from lmscope.matching.verdicts import judge_match

__all__ = [
    "Compared",
    "InModel",
    "Match",
    "Matched",
    "Partners",
    "compare",
    "judge_match",
    "match",
]
