"""What ablating a neuron came to: numbers with intervals, and sentences. Runs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lmscope.evidence import Estimate, open_estimates
from lmscope.neurons import NeuronId, Site
from lmscope.writing import number

Finding = Literal["used there", "used alike", "used elsewhere", "no measurable effect"]
"""`used there`: ablating it changes the prediction at marked tokens surely more than at others, and
more so than for control neurons. `used alike`: more than ablating control neurons does, but not
surely more than at unmarked tokens where it is as far from rest. `used elsewhere`: surely less at
marked tokens than at others."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What ablation changes in the prediction at the ablated token, in nats, mean over tokens."""

    marked: Estimate
    """At marked tokens."""
    elsewhere: Estimate
    """At unmarked tokens where the neuron is as far from rest."""
    difference: Estimate
    """`marked` less `elsewhere`."""
    controls_marked: Estimate
    """At the same marked tokens, for the mean control neuron."""
    controls_elsewhere: Estimate
    """At the same unmarked tokens, for the mean control neuron."""
    beyond: Estimate
    """`marked` less `controls_marked`."""
    excess: Estimate
    """`difference` less that of the controls: what is the neuron's own at these places."""

    def to_json(self) -> dict[str, float | None]:
        """Give the estimates as plain JSON values, all in one level."""
        plain: dict[str, float | None] = {}
        for name in self.__slots__:
            plain |= getattr(self, name).to_json(name)
        return plain


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much ablation takes away, mean over tokens."""

    marked: float
    """The neuron's distance from rest at marked tokens, in activation units."""
    elsewhere: float
    """The same at the unmarked tokens that were matched to them."""
    push_marked: float
    """The distance times the length of the neuron's output weights, at marked tokens."""
    push_elsewhere: float
    controls_push_marked: float
    """The same of the mean control neuron, at the same tokens."""
    controls_push_elsewhere: float

    def to_json(self) -> dict[str, float]:
        """Give the sizes as plain JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Replacement:
    """A rule in the neuron's place, on text of the confirmation half."""

    share: Estimate
    """(loss ablated - loss with the rule) / (loss ablated - loss clean): 1 if the rule does all
    that the neuron does for the loss, 0 if nothing. NaN if ablating changes nothing measurable."""
    ablated: Estimate
    """Loss with the neuron at rest everywhere less clean loss, nats a token."""
    ruled: Estimate
    """Loss with the rule in its place less clean loss, nats a token."""
    clean: float
    """Loss of the model as it is, nats a token."""
    value: float
    """What the rule puts at marked tokens: the mean there on the discovery half."""
    tokens: int
    """Tokens that the losses are means of. Segments with a marked token were chosen more often,
    and are weighted to their share of the text."""

    def to_json(self) -> dict[str, float | int | None]:
        """Give it as plain JSON values, all in one level."""
        return {
            **self.share.to_json("share"),
            **self.ablated.to_json("ablated"),
            **self.ruled.to_json("ruled"),
            "clean": self.clean,
            "value": self.value,
            "tokens": self.tokens,
        }


@dataclass(frozen=True, slots=True, repr=False)
class CausalEvidence:
    """What happens to the model's predictions without one neuron; intervals by document."""

    neuron: NeuronId
    site: Site
    offset: int
    """Tokens after the rule's place at which the neuron is ablated, negative before."""
    finding: Finding
    why: str
    """What was found, in sentences with the numbers that decide."""
    remarks: tuple[str, ...]
    """Cautions."""
    kl: Effect
    """KL divergence of the ablated from the clean prediction of the next token; never negative."""
    loss: Effect
    """Fall of the true next token's log probability: positive if the neuron helps."""
    rest: float
    """What it is set to, in activation units: its mean over unmarked discovery tokens."""
    sizes: Sizes
    tokens: int
    """Marked tokens at which it was ablated."""
    tokens_elsewhere: int
    """Unmarked tokens at which it was."""
    documents: int
    """Independent documents that the marked ones are in."""
    n_controls: int
    """Neurons that were ablated in its place at each token, others from token to token."""
    replacement: Replacement
    n_passes: int
    """Forward passes of the model, those that ended at the neuron's layer among them."""
    n_tokens_run: int
    """Tokens in them, padding included."""

    def to_json(self) -> dict[str, Any]:
        """Give the evidence as plain JSON values; what does not exist is None."""
        names = (
            *("offset", "finding", "why", "rest", "tokens", "tokens_elsewhere", "documents"),
            *("n_controls", "n_passes", "n_tokens_run"),
        )
        return {
            **self.neuron.to_json(),
            "site": self.site,
            **{name: getattr(self, name) for name in names},
            "remarks": list(self.remarks),
            "kl": self.kl.to_json(),
            "loss": self.loss.to_json(),
            "sizes": self.sizes.to_json(),
            "replacement": self.replacement.to_json(),
        }

    def __repr__(self) -> str:
        return f"<{self.neuron} at {self.site}: {self.finding}. {self.why}>"


def effect(
    marked: NDArray[np.float64],
    elsewhere: NDArray[np.float64],
    document: NDArray[np.integer],
    document_elsewhere: NDArray[np.integer],
    seed: int,
) -> Effect:
    """Set a neuron against its controls, with intervals by document.

    Args:
        marked: At marked tokens, [n, 1 + n_controls]; the neuron itself comes first.
        elsewhere: At unmarked tokens, [m, 1 + n_controls].
        document: Of the marked tokens, [n].
        document_elsewhere: Of the others, [m].
        seed: Of the resamples.
    """
    known = np.unique(np.concatenate([document, document_elsewhere]))
    columns = [
        np.bincount(np.searchsorted(known, owner), value, len(known)).astype(np.float64)
        for owner, values in ((document, marked), (document_elsewhere, elsewhere))
        for value in (np.ones(len(values)), values[:, 0], values[:, 1:].mean(1))
    ]

    def measures(sums: NDArray[np.float64]) -> NDArray[np.float64]:
        n, own, control, m, own_there, control_there = np.moveaxis(sums, -1, 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            own, control, own_there, control_there = (
                *(own / n, control / n),
                *(own_there / m, control_there / m),
            )
        difference = own - own_there
        parts = (own, own_there, difference, control, control_there, own - control)
        return np.stack([*parts, difference - (control - control_there)], -1)

    return Effect(*open_estimates(np.stack(columns, -1), measures, seed=seed))


# --- in words -----------------------------------------------------------------------------


def _between(estimate: Estimate) -> str:
    return f"{number(estimate.value)} ({number(estimate.low)} to {number(estimate.high)})"


def told(kl: Effect, loss: Effect, sizes: Sizes, n: int) -> tuple[Finding, str]:
    """Name what was found, and say it with the numbers that decide.

    Args:
        kl: The effect that decides: it has no sign that could cancel.
        loss: The effect that has a direction.
        sizes: How much ablation takes away.
        n: How many control neurons there are at each token.
    """
    near = f"{n} neurons of the layer that push the residual stream" if n > 1 else "one that pushes"
    like = (
        f"{near} as far as can be found ({number(sizes.controls_push_marked)} to its "
        f"{number(sizes.push_marked)})"
    )
    changes = f"changes by {_between(kl.marked)} nats of KL divergence at marked tokens"
    away = "at others where it is as far from rest"
    if kl.difference.low > 0 and kl.excess.low > 0:
        finding: Finding = "used there"
        why = (
            f"Without it the prediction {changes}: {_between(kl.difference)} more than {away}. With"
            f" {like}, the same difference is {_between(kl.excess)} smaller."
        )
    elif kl.difference.high < 0 and kl.excess.high < 0:
        finding = "used elsewhere"
        why = (
            f"Without it the prediction {changes}, and more {away}: the difference is "
            f"{_between(kl.difference)}. With {like}, it is not as far below zero."
        )
    elif kl.beyond.low > 0:
        finding = "used alike"
        why = (
            f"Without it the prediction {changes}, {_between(kl.beyond)} more than without {like}. "
            f"But it does not surely change more there than {away}: the difference is "
            f"{_between(kl.difference)}, that to those neurons' {_between(kl.excess)}."
        )
    else:
        return "no measurable effect", (
            f"No measurable effect of its own. Without it the prediction {changes}, "
            f"{_between(kl.beyond)} more than without {like}. It changes {_between(kl.difference)} "
            f"more there than {away}; that is {_between(kl.excess)} more than with those neurons."
        )
    if loss.marked.low > 0:
        why += f" The true next token becomes less likely: loss +{_between(loss.marked)}."
    elif loss.marked.high < 0:
        why += f" The true next token becomes likelier: loss {_between(loss.marked)}."
    else:
        why += (
            " Whether the true next token becomes likelier cannot be told: loss "
            f"{_between(loss.marked)}."
        )
    return finding, why


def told_of(found: Replacement) -> str:
    """Say how much of the neuron's work a rule does in its place."""
    if np.isnan(found.share.value):
        changes = "lowers the loss" if found.ablated.high < 0 else "changes nothing measurable"
        return (
            f"Over the whole text ablating it {changes} ({_between(found.ablated)} nats a token), "
            "so there is nothing to recover."
        )
    return (
        f"The rule in its place recovers {_between(found.share)} of the loss that ablating it "
        f"costs over the whole text, {_between(found.ablated)} nats a token."
    )


_FEW_DOCUMENTS = 20
_ALIKE = 0.8  # of the size that they are compared with, from which sizes are called alike


def remarks(sizes: Sizes, n_documents: int) -> Iterator[str]:
    """Say what to beware of.

    Args:
        sizes: How much ablation takes away.
        n_documents: Independent documents with an ablated marked token.
    """
    if n_documents < _FEW_DOCUMENTS:
        yield f"Only {n_documents} documents: the intervals are rough."
    if sizes.elsewhere < _ALIKE * sizes.marked:
        yield (
            "At unmarked tokens it is hardly ever as far from rest "
            f"({number(sizes.elsewhere)} where it is most like, {number(sizes.marked)} at marked "
            "ones), so part of the difference is size."
        )
    if sizes.controls_push_marked < _ALIKE * sizes.push_marked:
        yield (
            "Hardly any other neuron of the layer pushes the residual stream as far there "
            f"({number(sizes.controls_push_marked)} on average, {number(sizes.push_marked)} it "
            "itself), so part of what is beyond them is size."
        )
