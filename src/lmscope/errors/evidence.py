"""Mistakes about rules, texts of evidence, and the arrays behind statistics."""

from __future__ import annotations

from collections.abc import Sequence

from lmscope.errors.base import LmscopeError, either, nearest


def _brief(text: str) -> str:
    """Quote a text in one line, cut if it is long."""
    text = text.replace("\n", "↵")
    return f"'{text}'" if len(text) <= 60 else f"'{text[:59]}…'"


class UnreadableRule(LmscopeError, ValueError):
    """A text that is no rule."""

    def __init__(self, rule: str, reason: str, remedy: str = "", at: int | None = None) -> None:
        where = f" (character {at})" if at is not None else ""
        super().__init__(
            f"{_brief(rule)} is no rule: {reason}{where}." + (f"\n{remedy}" if remedy else ""),
            rule=rule,
            reason=reason,
            at=at,
        )


class RuleNeedsTokens(LmscopeError, ValueError):
    """A rule on tokens for a text that has not been cut."""

    def __init__(self, rule: str) -> None:
        super().__init__(
            f"{_brief(rule)} speaks of tokens, and what a token is depends on the model.\n"
            "Say of which model the tokens are, or write the rule on characters.",
            rule=rule,
        )


class RuleTooSlow(LmscopeError, TimeoutError):
    """A rule that was stopped in the middle of a document."""

    def __init__(self, rule: str, construct: str, at: int, document: str, limit_s: float) -> None:
        super().__init__(
            f"{_brief(rule)} was stopped after {limit_s:.2g} seconds in {document}.\n"
            f"What can take so long is {construct} (character {at}).\n"
            "Write it so that a text can match it in one way only: a+ in place of (a+)+.",
            rule=rule,
            construct=construct,
            at=at,
            document=document,
            limit_s=limit_s,
        )


class RuleTooBroad(LmscopeError, ValueError):
    """A rule that matches at nearly every character of a long document."""

    def __init__(self, rule: str, document: str, most: int) -> None:
        super().__init__(
            f"{_brief(rule)} matches more than {most:,} times in {document}.\n"
            "A rule that marks nearly everything says nothing; make it narrower.",
            rule=rule,
            document=document,
            most=most,
        )


class RuleMarksNothing(LmscopeError, ValueError):
    """A rule without a place in a whole corpus."""

    def __init__(self, rule: str, n_documents: int, n_bytes: int) -> None:
        super().__init__(
            f"{_brief(rule)} marks nothing in {n_documents:,} documents, {n_bytes / 1e6:,.1f} MB.\n"
            "Either it is not what you meant, or such texts have none of it. Test it on others:\n"
            "--corpus FILES, or on your own texts: --pairs FILE",
            rule=rule,
            n_documents=n_documents,
            n_bytes=n_bytes,
        )


class RuleMarksTooMuch(LmscopeError, ValueError):
    """A rule that marks most tokens of a corpus."""

    def __init__(self, rule: str, share: float) -> None:
        super().__init__(
            f"{_brief(rule)} marks {share:.0%} of all tokens: any neuron would seem to fit.\n"
            "Turn it round (not ...), or say what is special about the places you mean.",
            rule=rule,
            share=share,
        )


class NotWholeCorpus(LmscopeError, ValueError):
    """An excerpt, which has only the texts of its examples."""

    def __init__(self, path: object) -> None:
        super().__init__(
            f"{path} is an excerpt: it has only texts on which its neurons fire, so they would\n"
            "speak for any rule. Test on a whole catalogue, or on other texts: --corpus FILES",
            path=path,
        )


class UnreadableHypothesis(LmscopeError, ValueError):
    """A hypothesis that cannot be read, or that says nothing to test."""

    def __init__(
        self, reason: str, key: str = "", near: Sequence[str] = (), name: str = "The text"
    ) -> None:
        remedy = f"Did you mean {either(near)}?" if near else "It needs a rule, texts, or both."
        super().__init__(
            f"{name} is no hypothesis: {reason}.\n{remedy}",
            reason=reason,
            key=key,
            near=tuple(near),
            name=name,
        )


class RuleMarksNothingHere(LmscopeError, ValueError):
    """A rule with no place in the documents that neurons are chosen on, but in others."""

    def __init__(self, rule: str, n_documents: int, n_elsewhere: int) -> None:
        super().__init__(
            f"{_brief(rule)} marks {n_elsewhere:,} tokens, but none in the {n_documents:,} "
            "documents that neurons are chosen on.\nSo rare a thing needs more text.",
            rule=rule,
            n_documents=n_documents,
            n_elsewhere=n_elsewhere,
        )


class NothingToTellFrom(LmscopeError, ValueError):
    """A rule that leaves no token to tell the marked ones from."""

    def __init__(self, rule: str, reach: int) -> None:
        super().__init__(
            f"{_brief(rule)} leaves no token that is more than {reach} tokens from a marked one.\n"
            "A neuron is known by what it does elsewhere too; make the rule narrower.",
            rule=rule,
            reach=reach,
        )


class TooFewDocuments(LmscopeError, ValueError):
    """A corpus that cannot be split into documents to choose on and documents to judge on."""

    def __init__(self, n_documents: int, least: int) -> None:
        super().__init__(
            f"Neurons are chosen on some documents and judged on others, {least} at least; here "
            f"are {n_documents:,} that do not nearly repeat one another.\n"
            "Give a folder of texts, or cut one file into documents with ::split=.",
            n_documents=n_documents,
            least=least,
        )


class UnreadablePairs(LmscopeError, ValueError):
    """Texts of evidence that cannot be told into matching and other ones."""

    def __init__(self, name: str, reason: str, remedy: str = "") -> None:
        super().__init__(
            f"{name} cannot be read as texts that match and texts that do not: {reason}."
            + (f"\n{remedy}" if remedy else ""),
            name=name,
            reason=reason,
        )


class ArraysDiffer(LmscopeError, ValueError):
    """Arrays that are not one value each for every token, or for every text."""

    def __init__(
        self, name: str, shape: tuple[int, ...], other: str, other_shape: tuple[int, ...]
    ) -> None:
        super().__init__(
            f"{name} has the shape {list(shape)} and {other} has {list(other_shape)}.\n"
            "Both need one value for each of the same things.",
            names=(name, other),
            shapes=(shape, other_shape),
        )


class NotFinite(LmscopeError, ValueError):
    """Activations that are infinite or no numbers."""

    def __init__(self, n_bad: int, n: int) -> None:
        super().__init__(
            f"{n_bad:,} of {n:,} activations are infinite or no numbers.\n"
            "A model in half precision may do that: load it in float32.",
            n_bad=n_bad,
            n=n,
        )


class NeuronIsConstant(LmscopeError, ValueError):
    """A neuron that does the same everywhere, so that nothing goes along with it."""

    def __init__(self, neuron: str, n_points: int) -> None:
        super().__init__(
            f"{neuron} has one and the same activation at all {n_points:,} places that were "
            "compared.\nGive more text, or text in which it fires: lmscope neuron shows some.",
            neuron=neuron,
            n_points=n_points,
        )


class NoTokens(LmscopeError, ValueError):
    """Evidence asked of nothing."""

    def __init__(self) -> None:
        super().__init__("There is nothing to judge by: not one token counts.")


class NoNextToken(LmscopeError, ValueError):
    """The predictions of a model that makes none."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is an encoder: it predicts no next token, so what a neuron does to the\n"
            "prediction cannot be measured. Take a model that reads from left to right: gpt2-small",
            name=name,
        )


class NothingToAblate(LmscopeError, ValueError):
    """A causal check without marked tokens to choose from, or without others."""

    def __init__(self, n_discovery: int, n_confirmation: int, n_unmarked: int) -> None:
        super().__init__(
            f"The rule marks {n_discovery:,} tokens of the half for discovery and "
            f"{n_confirmation:,} of the half for\nconfirmation, and leaves {n_unmarked:,} there. "
            "A causal check needs some of each.\n"
            "Take more text: 100,000 tokens have enough of most rules.",
            n_discovery=n_discovery,
            n_confirmation=n_confirmation,
            n_unmarked=n_unmarked,
        )


class UnreadableTemplate(LmscopeError, ValueError):
    """A text that is no template with one slot."""

    def __init__(self, template: str, reason: str) -> None:
        super().__init__(
            f"{_brief(template)} is no template: {reason}.\n"
            "Write one name in braces, once or several times, and a brace that is text twice:\n"
            "{marker} Aurora {marker} Luna",
            template=template,
            reason=reason,
        )


class UnknownFamily(LmscopeError, LookupError):
    """A name that is no family of values."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        near = nearest(name, known)
        hint = f"Did you mean {either(near)}?\n" if near else ""
        super().__init__(
            f"There is no family of values called {_brief(name)}.\n{hint}"
            f"Families: {', '.join(known)}. Or list the values themselves: ['8)', '8.']",
            name=name,
            nearest=near,
        )


class NoValues(LmscopeError, ValueError):
    """A slot with nothing to put into it."""

    def __init__(self, slot: str, at: int | None = None) -> None:
        fact = (
            f"There is no value for the slot {{{slot}}}."
            if at is None
            else f"Value {at} for the slot {{{slot}}} is empty, so that no token stands there."
        )
        super().__init__(
            f"{fact}\nGive at least one text, or the name of a family: letters, ['8)', '8.']",
            slot=slot,
            at=at,
        )
