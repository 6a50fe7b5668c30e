"""Does the model use the neuron where the rule says? A claim of its own, which decides no other.

1.  The neuron is ablated, at one token at a time: its value there becomes its resting value, its
    mean over unmarked tokens of the discovery half. What changes is the prediction at that token.
2.  The same is done at unmarked tokens where it is as far from rest, and at all of these with other
    neurons of the layer that push the residual stream as far there. What is left after both is the
    neuron's own.
3.  A rule takes the neuron's place: its mean over marked tokens where the rule matches, rest
    elsewhere. How much of the loss that ablating it costs does this hand-written neuron recover?

A neuron can detect a pattern perfectly and not be used, and networks repair themselves, so that no
measurable effect is a normal answer. Effects keep their sign. Knows no rules, only what they mark.

checking   the protocol: `causal_check`
choosing   which tokens, segments and control neurons
running    forward passes, with a neuron replaced
findings   numbers with intervals, and what they come to in words
"""

from lmscope.causal.checking import causal_check
from lmscope.causal.findings import CausalEvidence, Effect, Finding, Replacement, Sizes

__all__ = ["CausalEvidence", "Effect", "Finding", "Replacement", "Sizes", "causal_check"]
