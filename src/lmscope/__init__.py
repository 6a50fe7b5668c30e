"""Read every MLP neuron of a language model. Here are the public names, and nothing else.

    scan(load("solu-1l"), load_corpus("texts/"), "catalogue/")      one pass, every neuron
    Catalogue.open("catalogue/")["L0N737"].top[0].text              what excites it most
    look(load("solu-1l"), "any text", "L0N737").activations         what it does elsewhere
    rank(load("solu-1l"), "any text").responses                     which neurons respond most
    test(Hypothesis(rule=Rule.read("words: I, you")), "L0N737", load("solu-1l"), corpus="texts/")

A name is imported when it is first used: ``import lmscope`` itself loads no torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lmscope.catalogue import Catalogue
    from lmscope.causal import causal_check
    from lmscope.corpora import load_corpus
    from lmscope.cutting import cut
    from lmscope.errors import LmscopeError
    from lmscope.finding import find
    from lmscope.hypotheses import Hypothesis, test
    from lmscope.looking import look, rank
    from lmscope.matching import match
    from lmscope.models.loading import load
    from lmscope.neurons import NeuronId, NeuronRecord
    from lmscope.pairs import Pairs
    from lmscope.rules import Rule
    from lmscope.scanning import merge, resume, scan
    from lmscope.text import TokenizedText
    from lmscope.tuning import tuning_curve

__version__ = "0.1.0"

__all__ = [
    "Catalogue",
    "Hypothesis",
    "LmscopeError",
    "NeuronId",
    "NeuronRecord",
    "Pairs",
    "Rule",
    "TokenizedText",
    "causal_check",
    "cut",
    "find",
    "load",
    "load_corpus",
    "look",
    "match",
    "merge",
    "rank",
    "resume",
    "scan",
    "test",
    "tuning_curve",
]

# No module may be called like a public name: Python would put it in the name's place.
_HOMES = {
    "Catalogue": "catalogue",
    "Hypothesis": "hypotheses",
    "LmscopeError": "errors",
    "NeuronId": "neurons",
    "NeuronRecord": "neurons",
    "Pairs": "pairs",
    "Rule": "rules",
    "TokenizedText": "text",
    "causal_check": "causal",
    "cut": "cutting",
    "find": "finding",
    "load": "models.loading",
    "load_corpus": "corpora",
    "look": "looking",
    "match": "matching",
    "merge": "scanning",
    "rank": "looking",
    "resume": "scanning",
    "scan": "scanning",
    "test": "hypotheses",
    "tuning_curve": "tuning",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module 'lmscope' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"lmscope.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
