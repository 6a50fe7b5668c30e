"""The JSON that crosses between server and browser, for the OpenAPI description.

The keys are those of the command line's `--json`; `web/src/types.ts` says the same
to the browser.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Index = Annotated[int, Field(ge=0, le=2**31 - 1)]
Span = tuple[int, int]


class Example(BaseModel):
    """A window of tokens round the peak of one segment."""

    document: int
    segment: int
    peak: int
    tokens: list[str]
    token_ids: list[int]
    activations: list[float | None]
    max: float
    text: str
    start: int
    end: int
    spans: list[Span]
    split: list[int]


class Band(BaseModel):
    """Random examples between two quantiles of the segments' peaks."""

    low: float | None
    high: float | None
    share: float
    examples: list[Example]


class TokenEffect(BaseModel):
    """What one unit of activation adds to a token's logit."""

    token: str
    token_id: int
    effect: float


class TokenCount(BaseModel):
    """How many of the top examples peak on a token."""

    token: str
    token_id: int
    count: int


class Logits(BaseModel):
    """Direct logit effects."""

    promoted: list[TokenEffect]
    suppressed: list[TokenEffect]


class Stats(BaseModel):
    """Moments over all counted tokens; null for a constant neuron's skew and kurtosis."""

    count: int
    mean: float | None
    sd: float | None
    skew: float | None
    kurtosis: float | None
    max: float
    min: float
    density: float
    density_half_max: float


class Histogram(BaseModel):
    """Tokens by activation: 65 edges, 64 counts."""

    edges: list[float]
    counts: list[int]


class NeuronRecord(BaseModel):
    """All that a catalogue knows of one neuron."""

    neuron: str
    layer: int
    index: int
    model: str
    site: str
    dead: bool
    stats: Stats
    histogram: Histogram
    top: list[Example]
    bottom: list[Example]
    bands: list[Band]
    logits: Logits | None
    peak_tokens: list[TokenCount]


class Scale(BaseModel):
    """A neuron's extremes on the catalogue's corpus."""

    min: float
    max: float


class _Cut(BaseModel):
    model: str
    site: str
    text: str
    tokens: list[str]
    token_ids: list[int]
    spans: list[Span]
    split: list[int]
    catalogue: str | None


class Look(_Cut):
    """One neuron on one text."""

    neuron: str
    layer: int
    index: int
    activations: list[float | None]
    counted: list[bool]
    peak: int | None
    scale: Scale | None
    percentile: float | None


class Response(BaseModel):
    """How one neuron responds."""

    neuron: str
    layer: int
    index: int
    activation: float | None
    token: int
    relative: float | None


class Ranking(_Cut):
    """The neurons that respond most to a text."""

    token: int | None
    n_neurons: int
    ranked_by: str
    neurons: list[Response]


class Shelved(BaseModel):
    """A catalogue as the site's index lists it."""

    address: str
    path: str
    model: str
    site: str
    n_layers: int
    layers: list[int]
    d_mlp: int
    n_neurons: int
    activation_function: str
    is_gated: bool
    corpus: str
    n_tokens: int
    n_documents: int
    date: str | None
    is_built_in: bool
    python: str
    why_not_live: str | None


class ShelfIndex(BaseModel):
    """The site's index, `catalogues.json`."""

    lmscope: str
    catalogues: list[Shelved]
    why_no_journal: str | None
    person: str | None


class Entry(BaseModel):
    """One neuron in one person's log."""

    catalogue: str | None
    model: str
    weights: str
    site: str
    layer: int
    index: int
    first_seen: str
    last_seen: str
    n_visits: int
    starred: bool
    note: str
    tags: list[str]
    version: int


class Log(BaseModel):
    """The log of one person, the latest first."""

    person: str
    n_seen: int
    n_starred: int
    entries: list[Entry]


class Imported(BaseModel):
    """What an import changed."""

    n_added: int
    n_merged: int


class Problem(BaseModel):
    """A mistake, as in RFC 9457; `detail` is the sentence that the terminal would print."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    kind: str
