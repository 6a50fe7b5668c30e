"""The nouns: which neuron, what was recorded of it, and how its address is read.

Knows neither models nor files.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from lmscope.errors import LayerOutOfRange, NeuronOutOfRange, UnknownSite, UnreadableNeuron
from lmscope.notebook import neuron_html, widget_view
from lmscope.writing import number

Site = Literal["post", "mid", "pre"]
"""Which tensor is recorded. `post`: what enters the MLP's down projection (for a gated
MLP the product, with its sign). `mid`: SoLU before its LayerNorm, the numbers of
neuroscope.io. `pre`: before the nonlinearity."""

SITES: tuple[Site, ...] = get_args(Site)


@dataclass(frozen=True, slots=True)
class NeuronId:
    """The address of one neuron.

    Example:
        >>> str(NeuronId("solu-1l", 0, 737)), NeuronId("solu-1l", 0, 737).short
        ('solu-1l/0/737', 'L0N737')
    """

    model: str
    layer: int
    neuron: int

    def __str__(self) -> str:
        return f"{self.model}/{self.layer}/{self.neuron}"

    @property
    def short(self) -> str:
        """The address inside its model, as the field writes it."""
        return f"L{self.layer}N{self.neuron}"

    def to_json(self) -> dict[str, str | int]:
        """Give it as every answer in JSON begins."""
        return {
            "model": self.model,
            "neuron": self.short,
            "layer": self.layer,
            "index": self.neuron,
        }


_SHORT = re.compile(r"[Ll](-?\d+)[.\s]*[Nn](-?\d+)")
_HOOK = re.compile(r"blocks\.(-?\d+)\.mlp\.(?:ln\.hook_in|hook_(post|mid|pre))\[(-?\d+)\]")
_NUMBER = re.compile(r"-?\d+")


@dataclass(frozen=True, slots=True)
class Address:
    """What a person typed to name a neuron: the model and the site may be absent."""

    model: str | None
    layer: int
    neuron: int
    site: Site | None = None


def read_address(typed: str) -> Address:
    """Read any of the spellings in which people name a neuron.

    Args:
        typed: ``L0N737``, ``0/737``, ``blocks.0.mlp.hook_post[737]``, or with a model in
            front: ``solu-1l/0/737``, ``EleutherAI/pythia-70m/3/12``, ``./folder/L0N737``.

    Raises:
        UnreadableNeuron: If layer and neuron cannot be told from it.

    Example:
        >>> read_address("NeelNanda/SoLU_1L512W_C4_Code/0/737")
        Address(model='NeelNanda/SoLU_1L512W_C4_Code', layer=0, neuron=737, site=None)
        >>> read_address("blocks.0.mlp.hook_mid[7]")
        Address(model=None, layer=0, neuron=7, site='mid')
    """
    whole = typed.strip().rstrip("/")
    model, _, last = whole.rpartition("/")
    if short := _SHORT.fullmatch(last):
        return Address(model or None, int(short[1]), int(short[2]))
    if hook := _HOOK.fullmatch(last):
        site: Any = hook[2] or "mid"
        return Address(model or None, int(hook[1]), int(hook[3]), site)
    model, _, layer = model.rpartition("/")
    for part, what in ((layer, "layer"), (last, "neuron")):
        if not _NUMBER.fullmatch(part):
            reason = f"'{part}' is no {what} number" if part and layer else ""
            raise UnreadableNeuron(typed, reason)
    return Address(model or None, int(layer), int(last))


def check_neuron(model: str, n_layers: int, d_mlp: int, layer: int, neuron: int) -> NeuronId:
    """Return the neuron's id if the model has it.

    Raises:
        LayerOutOfRange: With a hint if layer and neuron look swapped.
        NeuronOutOfRange: Negative numbers are refused as well.

    Example:
        >>> check_neuron("solu-1l", 1, 2048, 0, 737).short
        'L0N737'
    """
    if not 0 <= layer < n_layers:
        raise LayerOutOfRange(model, n_layers, layer, neuron, d_mlp)
    if not 0 <= neuron < d_mlp:
        raise NeuronOutOfRange(model, layer, d_mlp, neuron)
    return NeuronId(model, int(layer), int(neuron))  # not the integers of numpy: JSON has none


def check_site(model: str, site: str, sites: tuple[Site, ...]) -> Site:
    """Return the site if the model has it.

    Raises:
        UnknownSite: If it does not.

    Example:
        >>> check_site("gelu-1l", "post", ("post", "pre"))
        'post'
    """
    for known in sites:
        if known == site:
            return known
    raise UnknownSite(model, site, sites)


@dataclass(frozen=True, slots=True)
class Moments:
    """Summary of one neuron's activations over all counted tokens, in activation units."""

    count: int
    """Tokens that were counted (without BOS, position 0 and special tokens)."""
    mean: float
    sd: float
    """Population standard deviation."""
    skew: float
    """Third standardised moment; NaN for a constant neuron."""
    kurtosis: float
    """Fourth standardised moment minus 3: 0 for a normal distribution, NaN for a constant."""
    max: float
    min: float
    density: float
    """Fraction of tokens with an activation above 0."""
    density_half_max: float
    """Fraction of tokens above half of `max`, read from the histogram: exact up to the one bin
    that holds half of `max`. 0 if `max` is not above 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Token counts on edges that were fixed before the scan."""

    edges: NDArray[np.float32]
    """Shape [65], ascending; the outermost bins also count what lies beyond them."""
    counts: NDArray[np.int64]
    """Shape [64]; bin i counts ``edges[i] <= x < edges[i + 1]``."""

    def fraction_below(self, value: float) -> float:
        """Estimate the fraction of tokens below a value, linearly inside its bin."""
        total = int(self.counts.sum())
        if total == 0:
            return float("nan")
        below = np.concatenate([[0], np.cumsum(self.counts)])
        return float(np.interp(value, self.edges.astype(np.float64), below / total))

    def quantile(self, q: float) -> float:
        """Estimate the value that a fraction `q` of the tokens stays below."""
        total = int(self.counts.sum())
        if total == 0:
            return float("nan")
        below = np.concatenate([[0], np.cumsum(self.counts)]) / total
        inside = np.flatnonzero((below[:-1] < q) & (below[1:] >= q))
        i = int(inside[0]) if len(inside) else 0
        share = (q - below[i]) / max(below[i + 1] - below[i], 1e-300)
        low, high = float(self.edges[i]), float(self.edges[i + 1])
        return float(low + share * (high - low))


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A window of tokens round the peak of one segment."""

    document: int
    """Index of the document in the catalogue."""
    segment: int
    """Index of the segment in the catalogue."""
    peak: int
    """Index of the peak in `tokens`."""
    tokens: tuple[str, ...]
    token_ids: NDArray[np.int64]
    activations: NDArray[np.float32]
    """One activation for each token, stored as float16."""
    max: float
    """Activation at the peak, exact float32 (the smallest one in a bottom list)."""
    text: str
    """The bytes of the document that the window covers."""
    start: int
    """Byte offset of the window in its document."""
    end: int
    spans: NDArray[np.int64]
    """Half-open byte span of each token in the document, [n_tokens, 2]."""
    split: tuple[int, ...]
    """Tokens whose bytes are no whole characters: `tokens` has them as ``\\xe2``."""

    def to_json(self) -> dict[str, Any]:
        """Give the example as plain JSON values."""
        return {
            "document": self.document,
            "segment": self.segment,
            "peak": self.peak,
            "tokens": list(self.tokens),
            "token_ids": self.token_ids.tolist(),
            "activations": [float(a) for a in self.activations],
            "max": self.max,
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "spans": self.spans.tolist(),
            "split": list(self.split),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """Random examples whose segment peaks lie between two quantiles of all segment peaks."""

    low: float
    """Lower edge in activation units; -inf for the first band."""
    high: float
    """Upper edge; +inf for the last band."""
    share: float
    """Fraction of all segments whose peak lies in the band, counted exactly."""
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class TokenEffect:
    """What one unit of activation adds to a token's logit."""

    token: str
    token_id: int
    effect: float


@dataclass(frozen=True, slots=True)
class TokenCount:
    """How many of a list's examples peak on a token."""

    token: str
    token_id: int
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class NeuronRecord:
    """Everything the catalogue knows of one neuron."""

    id: NeuronId
    site: Site
    is_dead: bool
    """True if no counted token activated it above zero by more than rounding; see FORMAT.md."""
    moments: Moments
    histogram: Histogram
    top: tuple[Example, ...]
    bottom: tuple[Example, ...]
    bands: tuple[Band, ...]
    promoted: tuple[TokenEffect, ...] | None
    """None if the model has no unembedding to read them through."""
    suppressed: tuple[TokenEffect, ...] | None
    peak_tokens: tuple[TokenCount, ...]
    """Tokens at the peaks of the top list, most frequent first."""

    def to_json(self) -> dict[str, Any]:
        """Give the record as plain JSON values: the shape of ``lmscope neuron --json``."""
        m = self.moments
        logits = None
        if self.promoted is not None and self.suppressed is not None:
            logits = {
                "promoted": [asdict(t) for t in self.promoted],
                "suppressed": [asdict(t) for t in self.suppressed],
            }
        return {
            "neuron": self.id.short,
            "layer": self.id.layer,
            "index": self.id.neuron,
            "model": self.id.model,
            "site": self.site,
            "dead": self.is_dead,
            "stats": {k: v if v == v else None for k, v in asdict(m).items()},
            "histogram": {
                "edges": [float(e) for e in self.histogram.edges],
                "counts": self.histogram.counts.tolist(),
            },
            "top": [e.to_json() for e in self.top],
            "bottom": [e.to_json() for e in self.bottom],
            "bands": [
                {
                    "low": b.low if np.isfinite(b.low) else None,
                    "high": b.high if np.isfinite(b.high) else None,
                    "share": b.share,
                    "examples": [e.to_json() for e in b.examples],
                }
                for b in self.bands
            ],
            "logits": logits,
            "peak_tokens": [asdict(t) for t in self.peak_tokens],
        }

    def __repr__(self) -> str:
        of = f"{self.moments.count:,} tokens"
        return f"<{self.id} at {self.site}: {number(self.moments.max)} at most on {of}>"

    def _repr_html_(self) -> str:
        return neuron_html(self.to_json())

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, Any], dict[str, Any]]:
        return widget_view(record=self.to_json)
