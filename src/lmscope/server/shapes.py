"""The JSON that crosses between server and browser, for the OpenAPI description.

The keys are those of the command line's `--json`; `web/src/types.ts` says the same
to the browser.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

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


class Marked(BaseModel):
    """What a rule marks in one example; bytes are those of its document."""

    fires: list[Span]
    """What should fire."""
    matches: list[Span]
    """The whole match of each."""
    tokens: list[int]
    """Tokens of the example that should fire."""
    touched: list[int]
    """Tokens of the example that are in a match."""


class Peaks(BaseModel):
    """Examples whose peak is `offset` tokens after a marked token."""

    offset: int
    n_top: int
    n_bottom: int


class Places(BaseModel):
    """How often a rule fires in the first documents of a catalogue's corpus."""

    places: int
    documents: int
    """Documents that were read: as many as there was time for."""
    n_documents: int
    """All there are."""
    share_of_tokens: float
    """Share of the tokens read that the rule marks."""


class Preview(BaseModel):
    """What a rule marks on the page of a neuron."""

    rule: str
    """As it is kept."""
    note: str
    """What is worth knowing of where it fires; may be empty."""
    bits: float
    """What it demands: the fewer, the simpler."""
    needs_tokens: bool
    top: list[Marked]
    bottom: list[Marked]
    bands: list[Marked]
    """Of all bands, one after the other, from the lowest."""
    peaks: list[Peaks]
    corpus: Places
    n_left_out: int
    """Examples for which there was no time."""
    slow: str | None
    """What takes so long, if the rule is slow; a test may still be possible."""


class Texts(BaseModel):
    """What was understood of a person's texts."""

    n_matching: int
    n_other: int
    n_kept: int
    """Texts that a test runs, evenly chosen where there are too many."""
    is_paired: bool
    n_incomplete: int
    """Rows with one text only."""
    first_matching: str | None
    first_other: str | None
    n_looked_at: int
    """Texts behind the counts below."""
    n_repeated: int
    n_on_both_sides: int
    n_without_place: int
    """Matching texts in which the rule marks nothing."""
    n_others_with_place: int
    """Other texts in which it marks something."""


class Problem(BaseModel):
    """A mistake, as in RFC 9457; `detail` is the sentence that the terminal would print."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    kind: str


class Job(BaseModel):
    """A test that is being made."""

    id: str
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    stage: str
    """What is being done, in words."""
    done: int
    """Tokens; 0 of 0 where that is not known."""
    total: int
    record: int | None
    """Number of the test, once it is done."""
    problem: Problem | None
    """Why it failed."""


class KeptTest(BaseModel):
    """A test on record, in one line."""

    id: int
    catalogue: str | None
    model: str
    site: str
    layer: int
    index: int
    hypothesis: str
    claim: str
    rule: str
    verdict: str
    tested: str


class KeptTests(BaseModel):
    """Tests on record, newest first."""

    person: str
    tests: list[KeptTest]


class WholeTest(KeptTest):
    """A test on record with all that came of it."""

    proposed: str
    parent: str | None
    """SHA-256 of the hypothesis that this is an edit of."""
    version: int
    contents: dict[str, Any]
    """The hypothesis, as in its file."""
    result: dict[str, Any]
    """What `lmscope test --json` prints."""
    others: list[KeptTest]
    """All other tests of the same neuron, failed ones too."""
    is_kept: bool
    """False without a lab notebook: it is forgotten when the server stops."""
