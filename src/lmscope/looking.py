"""A model and any text in, activations out: the interactive neuroscope.

Works without a catalogue; with one, values are put in relation to what the
neuron did on the corpus.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lmscope.accumulators import Batch
from lmscope.calibration import forward
from lmscope.catalogue import Catalogue
from lmscope.errors import (
    NoText,
    OtherSite,
    Stopped,
    TextTooLong,
    TokenOutOfRange,
    WrongCatalogue,
)
from lmscope.neurons import NeuronId, Site, check_neuron, check_site, read_address
from lmscope.notebook import look_html, ranking_html, widget_view
from lmscope.writing import number

if TYPE_CHECKING:
    from lmscope.models import LanguageModel
    from lmscope.text import TokenizedText


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One neuron on one text."""

    neuron: NeuronId
    site: Site
    text: str
    tokens: tuple[str, ...]
    token_ids: NDArray[np.int32]
    spans: NDArray[np.int32]
    """Half-open byte spans of ``text.encode()``, [n_tokens, 2]."""
    activations: NDArray[np.float32]
    """[n_tokens]"""
    counted: NDArray[np.bool_]
    """False at the first position of a segment, whose activations mean little: [n_tokens]."""
    split: tuple[int, ...]
    """Tokens whose bytes are no whole characters: `tokens` has them as ``\\xe2``."""
    peak: int | None
    """Counted token with the largest activation; None if no token counts."""
    scale: tuple[float, float] | None
    """Smallest and largest activation on the catalogue's corpus; None without a catalogue."""
    percentile: float | None
    """Share of the corpus's tokens that stay below the peak, 0 to 1; None without a catalogue."""
    catalogue: str | None

    def to_json(self) -> dict[str, Any]:
        """Give plain JSON values: the shape of ``lmscope look --json`` with a neuron."""
        return {
            **self.neuron.to_json(),
            "site": self.site,
            "text": self.text,
            "tokens": list(self.tokens),
            "token_ids": self.token_ids.tolist(),
            "spans": self.spans.tolist(),
            "split": list(self.split),
            "activations": [float(a) for a in self.activations],
            "counted": self.counted.tolist(),
            "peak": self.peak,
            "scale": None if self.scale is None else {"min": self.scale[0], "max": self.scale[1]},
            "percentile": self.percentile,
            "catalogue": self.catalogue,
        }

    def __repr__(self) -> str:
        peak = (
            "" if self.peak is None else f": {number(float(self.activations[self.peak]))} at most"
        )
        return f"<{self.neuron} at {self.site} on {len(self.tokens):,} tokens{peak}>"

    def _repr_html_(self) -> str:
        return look_html(self.to_json())

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, Any], dict[str, Any]]:
        return widget_view(look=self.to_json)


@dataclass(frozen=True, slots=True)
class Response:
    """How strongly one neuron responds to a text, at its strongest token."""

    neuron: NeuronId
    activation: float
    token: int
    """Index of the token where the neuron is farthest from zero."""
    relative: float | None
    """The activation as a share of the corpus's extreme on the same side of zero, so 1 is as
    strong as the strongest example; None without a catalogue."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """The neurons of a model that respond most to a text."""

    model: str
    site: Site
    text: str
    tokens: tuple[str, ...]
    token_ids: NDArray[np.int32]
    spans: NDArray[np.int32]
    split: tuple[int, ...]
    """Tokens whose bytes are no whole characters: `tokens` has them as ``\\xe2``."""
    token: int | None
    """The only token that was looked at; None for the whole text."""
    responses: tuple[Response, ...]
    """Strongest first: by `relative` if there is a catalogue, else by size of the activation."""
    n_neurons: int
    """How many neurons were compared."""
    catalogue: str | None

    def to_json(self) -> dict[str, Any]:
        """Give plain JSON values: the shape of ``lmscope look --json`` without a neuron."""
        return {
            "model": self.model,
            "site": self.site,
            "text": self.text,
            "tokens": list(self.tokens),
            "token_ids": self.token_ids.tolist(),
            "spans": self.spans.tolist(),
            "split": list(self.split),
            "token": self.token,
            "n_neurons": self.n_neurons,
            "ranked_by": "activation" if self.catalogue is None else "relative",
            "neurons": [
                {
                    "neuron": r.neuron.short,
                    "layer": r.neuron.layer,
                    "index": r.neuron.neuron,
                    "activation": r.activation,
                    "token": r.token,
                    "relative": r.relative,
                }
                for r in self.responses
            ],
            "catalogue": self.catalogue,
        }

    def __repr__(self) -> str:
        first = ", ".join(r.neuron.short for r in self.responses[:3])
        return f"<{self.n_neurons:,} neurons of {self.model} at {self.site}, ranked: {first}>"

    def _repr_html_(self) -> str:
        return ranking_html(self.to_json())


def look(
    model: LanguageModel,
    text: str,
    neuron: str | NeuronId | tuple[int, int],
    *,
    catalogue: Catalogue | None = None,
    in_segments: bool = False,
    should_stop: Callable[[], bool] | None = None,
) -> Look:
    """Show one neuron's activation on every token of a text.

    Args:
        model: A loaded model.
        text: Any text.
        neuron: Which neuron, in any spelling that `read_address` takes.
        catalogue: Gives the neuron's own scale.
        in_segments: Cut a text that is too long into segments; each starts without context.
        should_stop: Asked after every layer of every segment; True ends it early.

    Raises:
        NoText: If the text holds no token.
        TextTooLong: If the model cannot read it at once and `in_segments` is False.
        LayerOutOfRange: If the model has no such layer.
        NeuronOutOfRange: If the layer has no such neuron.
        WrongCatalogue: If the catalogue is of another model or site.
        Stopped: If `should_stop` ended it.
    """
    found = find_neuron(model, neuron)
    check_catalogue(model, catalogue)
    cut = model.tokenizer.tokenize(text)
    activations = np.empty(len(cut), np.float32)

    def keep(_: int, values: NDArray[np.float32], start: int) -> None:
        activations[start : start + len(values)] = values[:, found.neuron]

    skip = _skip(model, catalogue)
    counted = _run(model, cut, keep, [found.layer], skip, in_segments, should_stop)
    shown = np.where(counted, activations, -np.inf)
    peak = int(shown.argmax()) if counted.any() else None
    scale = percentile = None
    if catalogue is not None:
        record = catalogue[found.layer, found.neuron]
        scale = (record.moments.min, record.moments.max)
        if peak is not None:
            percentile = record.histogram.fraction_below(float(activations[peak]))
    return Look(
        neuron=found,
        site=model.site,
        text=cut.text,
        tokens=tuple(cut.pieces()),
        token_ids=cut.ids,
        spans=cut.spans,
        split=tuple(cut.split()),
        activations=activations,
        counted=counted,
        peak=peak,
        scale=scale,
        percentile=percentile,
        catalogue=None if catalogue is None else str(catalogue.path),
    )


def rank(
    model: LanguageModel,
    text: str,
    *,
    catalogue: Catalogue | None = None,
    n: int = 20,
    layers: Sequence[int] | None = None,
    token: int | None = None,
    in_segments: bool = False,
    should_stop: Callable[[], bool] | None = None,
) -> Ranking:
    """Find the neurons that respond most to a text.

    Without a catalogue large neurons win whatever they detect; with one, each is measured
    against its own strongest example, which is what people mean.

    Args:
        model: A loaded model.
        text: Any text.
        catalogue: Of the same model and site.
        n: How many neurons to return.
        layers: Which layers; None for all, or for all that the catalogue has.
        token: Look at this token only, counted from 0; None for the whole text.
        in_segments: As in `look`.
        should_stop: As in `look`.

    Raises:
        NoText: If the text holds no token.
        TokenOutOfRange: If it has no such token, or one that never counts.
        TextTooLong: If the model cannot read it at once and `in_segments` is False.
        WrongCatalogue: If the catalogue is of another model or site.
        Stopped: If `should_stop` ended it.
    """
    check_catalogue(model, catalogue)
    cut = model.tokenizer.tokenize(text)
    if token is not None and len(cut) and not 0 <= token < len(cut):
        raise TokenOutOfRange(len(cut), token)
    if layers is None:
        layers = range(model.n_layers) if catalogue is None else catalogue.layers
    for layer in layers:
        check_neuron(model.name, model.n_layers, model.d_mlp, layer, 0)
        if catalogue is not None:
            catalogue.neurons(layer)
    wanted = sorted(set(layers))
    skip = _skip(model, catalogue)
    high = np.full((len(wanted), model.d_mlp), -np.inf, np.float32)
    low = np.full((len(wanted), model.d_mlp), np.inf, np.float32)
    high_at = np.zeros((len(wanted), model.d_mlp), np.int64)
    low_at = np.zeros((len(wanted), model.d_mlp), np.int64)
    n_prefix = len(model.tokenizer.prefix)

    def keep(layer: int, values: NDArray[np.float32], start: int) -> None:
        i, first = wanted.index(layer), max(0, skip - n_prefix)
        if len(values) <= first:
            return
        here = values[first:]
        if token is not None:
            if not first <= token - start < len(values):
                return
            first = token - start
            here = values[first : first + 1]
        for best, at, sign in ((high, high_at, 1), (low, low_at, -1)):
            places = (sign * here).argmax(axis=0)
            peaks = np.take_along_axis(here, places[None], axis=0)[0]
            is_better = sign * peaks > sign * best[i]
            best[i] = np.where(is_better, peaks, best[i])
            at[i] = np.where(is_better, places + first + start, at[i])

    counted = _run(model, cut, keep, wanted, skip, in_segments, should_stop)
    if not counted.any():
        raise NoText
    if token is not None and not counted[token]:
        raise TokenOutOfRange(len(cut), token, counts=False)
    n_compared = high.size
    if catalogue is None:
        up, down = high, -low
    else:
        n_compared = sum(len(catalogue.neurons(layer)) for layer in wanted)
        rows = [catalogue.layers.index(layer) for layer in wanted]
        # Neurons that an excerpt left out have neither, and are not compared.
        most, least = (np.ma.filled(catalogue.column(of)[rows], 0) for of in ("max", "min"))
        with np.errstate(divide="ignore", invalid="ignore"):
            up = np.where(most > 0, high / most, -np.inf)
            down = np.where(least < 0, low / least, -np.inf)
        if not model.is_gated:  # only gated neurons speak by negative values
            down = np.full_like(down, -np.inf)
    is_up = up >= down
    strength = np.where(is_up, up, down).ravel()
    order = np.argsort(-strength, kind="stable")[:n]
    responses = []
    for flat in order[np.isfinite(strength[order])].tolist():
        i, neuron = divmod(flat, model.d_mlp)
        best, at = (high, high_at) if is_up[i, neuron] else (low, low_at)
        responses.append(
            Response(
                neuron=NeuronId(model.name, wanted[i], neuron),
                activation=float(best[i, neuron]),
                token=int(at[i, neuron]),
                relative=None if catalogue is None else float(strength[flat]),
            )
        )
    return Ranking(
        model=model.name,
        site=model.site,
        text=cut.text,
        tokens=tuple(cut.pieces()),
        token_ids=cut.ids,
        spans=cut.spans,
        split=tuple(cut.split()),
        token=token,
        responses=tuple(responses),
        n_neurons=n_compared,
        catalogue=None if catalogue is None else str(catalogue.path),
    )


def find_neuron(model: LanguageModel, neuron: str | NeuronId | tuple[int, int]) -> NeuronId:
    """Give a model's neuron by any spelling that `read_address` takes.

    Raises:
        UnreadableNeuron: If it names none.
        OtherSite: If it names a site that is not the one which the model is read at.
        LayerOutOfRange: If the model has no such layer.
        NeuronOutOfRange: If the layer has no such neuron.
    """
    if isinstance(neuron, NeuronId):
        layer, index = neuron.layer, neuron.neuron
    elif isinstance(neuron, tuple):
        layer, index = neuron
    else:
        address = read_address(neuron)
        layer, index = address.layer, address.neuron
        if address.site is not None and address.site != model.site:
            check_site(model.name, address.site, model.sites)
            raise OtherSite(model.name, model.site, address.site)
    return check_neuron(model.name, model.n_layers, model.d_mlp, layer, index)


def check_catalogue(model: LanguageModel, catalogue: Catalogue | None) -> None:
    """Make sure that a catalogue is of this model, site and dtype.

    Raises:
        WrongCatalogue: If it is not.
    """
    if catalogue is None:
        return
    its = catalogue.manifest["model"]
    same = ("weights_hash", "site", "dtype")
    if [its[key] for key in same] != [getattr(model, key) for key in same]:
        is_other_dtype = its["dtype"] != model.dtype
        raise WrongCatalogue(
            catalogue.path,
            f"{catalogue.model} at {catalogue.site}" + f" in {its['dtype']}" * is_other_dtype,
            f"{model.name} at {model.site}" + f" in {model.dtype}" * is_other_dtype,
        )


def _skip(model: LanguageModel, catalogue: Catalogue | None) -> int:
    """Give the number of first positions that do not count: as scanned, else the first one."""
    if catalogue is not None:
        return int(catalogue.manifest["counted"]["first_position_counted"])
    return max(1, len(model.tokenizer.prefix))


def _run(
    model: LanguageModel,
    cut: TokenizedText,
    keep: Any,
    layers: Sequence[int],
    skip: int,
    in_segments: bool,
    should_stop: Callable[[], bool] | None = None,
) -> NDArray[np.bool_]:
    """Run the model over a text, segment by segment, and tell which tokens count."""
    import torch

    if len(cut) == 0:
        raise NoText
    prefix, suffix = list(model.tokenizer.prefix), list(model.tokenizer.suffix)
    room = model.n_ctx - len(prefix) - len(suffix)
    if len(cut) > room and not in_segments:
        raise TextTooLong(model.name, len(cut), room)
    counted = ~np.isin(cut.ids, list(model.tokenizer.special_ids))
    for start in range(0, len(cut), room):
        ids = [*prefix, *cut.ids[start : start + room].tolist(), *suffix]
        n = len(ids) - len(prefix) - len(suffix)

        def visit(layer: int, values: torch.Tensor, start: int = start, n: int = n) -> None:
            if should_stop is not None and should_stop():
                raise Stopped
            acts = values[0, len(prefix) : len(prefix) + n].cpu().float().numpy()
            keep(layer, acts, start)

        model.run(torch.tensor([ids]), [len(ids)], visit, layers)
        counted[start : start + max(0, skip - len(prefix))] = False
    return counted


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What came of running the model again over a catalogue's examples."""

    n_examples: int
    n_wrong: int
    worst: float
    """Largest difference between stored and recomputed activation, as a share of the largest
    activation in its window."""
    wrong: tuple[str, ...]
    """The first twenty examples that differ, as ``L0N737 top 3``."""


def recompute(
    catalogue: Catalogue,
    model: LanguageModel,
    *,
    neurons: Sequence[tuple[int, int]] | None = None,
    report: Callable[[int, int], None] | None = None,
) -> Recomputed:
    """Run the model over the stored examples again and compare every activation.

    An example is wrong if its peak or any activation of its window differs from the stored
    one by more than float16 rounds (1 part in 1024, and its smallest step) beside 1e-5 of the
    window's largest activation, which float32 products of another machine may differ by.

    Args:
        catalogue: The catalogue.
        model: The model it was made with.
        neurons: Which (layer, neuron) to check; None for all.
        report: Called with batches done and batches in all.

    Raises:
        WrongCatalogue: If the model is another one.
    """
    check_catalogue(model, catalogue)
    pack = catalogue.pack
    wanted = {layer: catalogue.neurons(layer) for layer in catalogue.layers}
    if neurons is not None:
        for layer, neuron in neurons:
            catalogue.check(layer, neuron)
        wanted = {
            layer: np.unique([n for la, n in neurons if la == layer]).astype(np.int64)
            for layer in sorted({la for la, _ in neurons})
        }
    stored = {
        layer: {
            name: catalogue.examples(layer).read(name)[catalogue.rows(layer, neurons)]
            for name in ("activations", "values", "where")
        }
        for layer, neurons in wanted.items()
    }
    segments_of = [s["where"][..., 0][s["where"][..., 6] > 0] for s in stored.values()]
    needed = np.unique(np.concatenate([np.empty(0, np.uint32), *segments_of]))
    # The scan's own batches: products of the same shape round in the same way.
    plan = pack.plan(catalogue.manifest["options"]["batch_tokens"])
    batches = [b for b in plan if np.isin(b, needed).any()]
    shown = np.ones(pack.n_documents, np.bool_)
    n_examples, worst, wrong = 0, 0.0, list[str]()
    n_wrong = 0
    for done, segments in enumerate(batches):
        batch = pack.batch(segments, 0, shown)

        def visit(layer: int, acts: NDArray[np.float32], batch: Batch = batch) -> None:
            nonlocal n_examples, n_wrong, worst
            acts = acts[:, batch.offset :]
            mine = stored[layer]
            is_here = np.isin(mine["where"][..., 0], batch.segments) & (mine["where"][..., 6] > 0)
            rows, entries = np.nonzero(is_here)
            if len(rows) == 0:
                return
            where = mine["where"][rows, entries].astype(np.int64)
            order = np.argsort(batch.segments)
            s = order[np.searchsorted(batch.segments, where[:, 0], sorter=order)]
            column = np.arange(mine["activations"].shape[-1])
            is_shown = column < where[:, 6:7]
            token = np.minimum(where[:, 4:5] + column, acts.shape[1] - 1)
            again = acts[s[:, None], token, wanted[layer][rows, None]]
            kept = mine["activations"][rows, entries].astype(np.float32)
            size = np.abs(again).max(axis=1, where=is_shown, initial=0)
            off = np.where(is_shown, np.abs(np.clip(again, -65504, 65504) - kept), 0)
            peaks = np.take_along_axis(again, where[:, 5:6], axis=1)[:, 0]
            off_peak = np.abs(peaks - mine["values"][rows, entries])
            slack = 1e-5 * size + 2.0**-24  # the smallest step of float16
            is_wrong = (off > np.abs(again) / 1024 + slack[:, None]).any(axis=1)
            is_wrong |= off_peak > slack
            n_examples += len(rows)
            n_wrong += int(is_wrong.sum())
            # What a nearly silent neuron loses to float16's smallest step is no error.
            beyond = np.maximum(np.maximum(off.max(axis=1), off_peak) - 2.0**-24, 0)
            share = beyond / np.maximum(size, np.float32(1e-30))
            worst = max(worst, float(share.max()))
            for i in np.flatnonzero(is_wrong)[: 20 - len(wrong)]:
                neuron, place = int(wanted[layer][rows[i]]), catalogue.list_of(int(entries[i]))
                wrong.append(f"L{layer}N{neuron} {place}")

        forward(model, pack, batch, list(wanted), visit)
        if report is not None:
            report(done + 1, len(batches))
    return Recomputed(n_examples, n_wrong, worst, tuple(wrong))
