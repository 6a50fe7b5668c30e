"""Does the pattern hold up? What a person thinks a neuron detects, tested.

hypothesis   the claim: a rule, texts, what is known beforehand; hashed, in a file to share
judging      one neuron on a corpus: aimed on one half, judged on the other, against rivals
texts        one neuron on the person's own texts
harvesting   pairs out of held-out documents
examples     what speaks against it: firings outside the rule, places where it is silent
testing      the protocol: `test`
reports      the same as Markdown or HTML, to be pasted
"""

from lmscope.hypotheses.hypothesis import Hypothesis, open_file, texts_json
from lmscope.hypotheses.testing import Tested, test

__all__ = ["Hypothesis", "Tested", "open_file", "test", "texts_json"]
