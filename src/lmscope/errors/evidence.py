"""Mistakes about rules, texts of evidence, and the arrays behind statistics."""

from __future__ import annotations

from lmscope.errors.base import LmscopeError


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


class NoTokens(LmscopeError, ValueError):
    """Evidence asked of nothing."""

    def __init__(self) -> None:
        super().__init__("There is nothing to judge by: not one token counts.")
