"""The routes of evidence: what a rule marks, tests of hypotheses, and what is on record of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from lmscope.catalogue import Catalogue
from lmscope.errors import NoSuchTest, NotWholeCorpus, UnreadablePairs
from lmscope.marking import REACH
from lmscope.pairs import Pairs
from lmscope.rules import Rule
from lmscope.server.answers import as_json
from lmscope.server.jobs import Job as Running
from lmscope.server.jobs import Jobs
from lmscope.server.live import Lent, Live
from lmscope.server.notes import Address, Notebook, Person, subject_of
from lmscope.server.previews import MOST_TEXTS, Previews, read_texts
from lmscope.server.shapes import Index, Job, KeptTests, Preview, Texts, WholeTest
from lmscope.shelf import Shelf

if TYPE_CHECKING:
    from lmscope import journal
    from lmscope.hypotheses import Hypothesis
    from lmscope.models import LanguageModel

_LONGEST_RULE, _LONGEST_CLAIM, _MOST_TEXTS = 20_000, 2_000, 200_000
_LARGEST_NUMBER = 2**63 - 1

Which = Literal["last", "first", "any"]
Number = Annotated[int, Path(description="Number of the test", ge=1, le=_LARGEST_NUMBER)]
JobId = Annotated[str, Path(description="What `POST /api/tests` gave", pattern="^[0-9a-f]{16}$")]
RuleText = Annotated[str, Field(max_length=_LONGEST_RULE)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PreviewAsked(_Asked):
    """Which rule on which neuron's examples."""

    catalogue: str
    layer: Index
    index: Index
    rule: RuleText
    tokens: Which = "last"
    """Which token of a place should fire."""


class TextsAsked(_Asked):
    """Texts as they were pasted."""

    written: str
    """A table of two columns, or two lists: Markdown, CSV, TSV, JSON lines."""
    rule: RuleText | None = None


class HypothesisTexts(_Asked):
    """Texts that match and texts that do not; « and » stand round what should fire."""

    matching: Annotated[list[str], Field(max_length=_MOST_TEXTS)]
    other: Annotated[list[str], Field(max_length=_MOST_TEXTS)]
    paired: bool = False


class HypothesisAsked(_Asked):
    """A hypothesis, with the keys of its file."""

    claim: Annotated[str, Field(max_length=_LONGEST_CLAIM)] = ""
    rule: RuleText | None = None
    tokens: Which = "last"
    side: Literal["+", "-"] | None = None
    offset: Annotated[int, Field(ge=-REACH, le=REACH)] | None = None
    texts: HypothesisTexts | None = None
    thresholds: dict[str, float] = {}
    seed: Index = 0


class TestAsked(_Asked):
    """Which hypothesis on which neuron, and what is to be made for it."""

    person: str
    catalogue: str
    layer: Index
    index: Index
    hypothesis: HypothesisAsked
    pasted: str | None = None
    """Texts as they were pasted, in place of those of the hypothesis."""
    near_misses: bool = False
    """Make the texts that do not match by changing those that do."""
    harvest: Annotated[int, Field(ge=0, le=500)] = 0
    """So many pairs from held-out documents, where there are no texts."""
    causal: bool = False
    """Ask as well whether the model uses the neuron there; takes a minute or more."""
    parent: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    """SHA-256 of the hypothesis that this is an edit of."""


def routes(shelf: Shelf, live: Live, notebook: Notebook) -> APIRouter:
    """Build the routes.

    Args:
        shelf: The catalogues of the site.
        live: The models behind it.
        notebook: The lab notebook.
    """
    router = APIRouter(prefix="/api", tags=["evidence"])
    _preview(router, shelf)
    _testing(router, shelf, live, notebook)
    _reading(router, shelf, notebook)
    return router


def _preview(router: APIRouter, shelf: Shelf) -> None:
    previews = Previews()

    @router.post("/preview", response_model=Preview)
    def preview(asked: PreviewAsked) -> Response:
        """Say what a rule marks on a neuron's examples, and how often it fires in some documents.

        Bounded: 100 examples of a list, 200 documents, 0.2 MB, and a tenth of a second.
        """
        catalogue = shelf[asked.catalogue]
        catalogue.check(asked.layer, asked.index)
        rule = Rule.read(asked.rule)
        return as_json(previews(catalogue, asked.layer, asked.index, rule, asked.tokens))

    @router.post("/texts", response_model=Texts)
    def texts(asked: TextsAsked) -> Response:
        """Say what is understood of texts that were pasted."""
        rule = Rule.read(asked.rule) if asked.rule else None
        return as_json(read_texts(Pairs.read(asked.written, "What was pasted"), rule))


def _testing(router: APIRouter, shelf: Shelf, live: Live, notebook: Notebook) -> None:
    jobs = Jobs()

    @router.post("/tests", response_model=Job)
    async def test(asked: TestAsked) -> Response:
        """Put a hypothesis on record and begin to test it; ask for the job until it is over."""
        catalogue = shelf[asked.catalogue]
        catalogue.check(asked.layer, asked.index)
        job = Running()
        lent = live.lend(catalogue, job.should_stop)
        hypothesis = await run_in_threadpool(_propose, asked, catalogue, notebook)
        jobs.start(
            job,
            lambda job: _test(asked, hypothesis, shelf, lent, notebook, job),
            lent.give_back,
        )
        return as_json(job.to_json())

    @router.get("/jobs/{job}", response_model=Job)
    async def progress(job: JobId) -> Response:
        """Say how far a test has come."""
        return as_json(jobs[job].to_json())

    @router.delete("/jobs/{job}", response_model=Job)
    async def cancel(job: JobId) -> Response:
        """End a test; the hypothesis stays on record, untested."""
        jobs[job].cancel()
        return as_json(jobs[job].to_json())


def _propose(asked: TestAsked, catalogue: Catalogue, notebook: Notebook) -> Hypothesis:
    """Read what is to be tested, find what can be found wrong at once, and put it on record."""
    from lmscope.hypotheses import Hypothesis, texts_json
    from lmscope.hypotheses.records import Record

    contents = asked.hypothesis.model_dump()
    if asked.pasted is not None and asked.pasted.strip():
        contents["texts"] = texts_json(
            Pairs.read(asked.pasted, "What was pasted").evenly(MOST_TEXTS)
        )
    hypothesis = Hypothesis.from_json(contents)
    if hypothesis.rule is not None and catalogue.is_excerpt:
        raise NotWholeCorpus(catalogue.path)
    pairs = hypothesis.pairs
    can_be_made = asked.near_misses and hypothesis.rule is not None
    if pairs is not None and not (pairs.matching and (pairs.other or can_be_made)):
        raise UnreadablePairs(
            "What was pasted",
            f"no text {'matches' if pairs.other else 'is of the other kind'}",
            "Give both, or only matching ones with a rule, and let lmscope make near misses.",
        )
    Record(notebook(), asked.person).propose(hypothesis, asked.parent)
    return hypothesis


def _test(
    asked: TestAsked,
    hypothesis: Hypothesis,
    shelf: Shelf,
    lent: Lent,
    notebook: Notebook,
    job: Running,
) -> int:
    """Test a hypothesis, in a thread of its own; gives the number of the test on record."""
    from platformdirs import user_cache_path

    from lmscope import hypotheses
    from lmscope.hypotheses.records import Record

    subject = subject_of(shelf, asked.catalogue, asked.layer, asked.index)
    job.report("reading the corpus", 0, 0)
    tested = hypotheses.test(
        hypothesis,
        (asked.layer, asked.index),
        cast("LanguageModel", lent),
        catalogue=shelf[asked.catalogue],
        near_misses=asked.near_misses,
        n_harvested=asked.harvest,
        causal=asked.causal,
        n_neurons=notebook().n_looked_at(asked.person, subject),
        store=user_cache_path("lmscope") / "activations",
        report=job.report,
        should_stop=job.should_stop,
    )
    number: int = Record(notebook(), asked.person).keep(tested)["id"]
    return number


def _reading(router: APIRouter, shelf: Shelf, notebook: Notebook) -> None:
    @router.get("/tests", response_model=KeptTests)
    def tests(person: Person) -> Response:
        """List all tests of a person, newest first."""
        return as_json(_listed(shelf, person, notebook().tests(person)))

    @router.get("/tests/of/{address}/{layer}/{index}", response_model=KeptTests)
    def tests_of(address: Address, layer: Index, index: Index, person: Person) -> Response:
        """List a person's tests of one neuron, newest first, those that failed among them."""
        found = notebook().tests(person, subject_of(shelf, address, layer, index))
        return as_json(_listed(shelf, person, found))

    @router.get("/tests/{number}", response_model=WholeTest)
    def one(number: Number, person: Person) -> Response:
        """Give a test with all that came of it."""
        test = _one(notebook, person, number)
        whole = test.to_json()
        proposed = test.hypothesis.to_json()
        return as_json(
            _line(shelf, test)
            | {key: proposed[key] for key in ("proposed", "parent", "version", "contents")}
            | {
                "result": whole["result"],
                "others": [_line(shelf, other) for other in _others(notebook, person, test)],
                "is_kept": notebook.is_kept,
            }
        )

    @router.get("/tests/{number}/report.{kind}", response_class=Response)
    def report(number: Number, kind: Literal["md", "html"], person: Person) -> Response:
        """Give a test as Markdown or HTML, to be pasted somewhere, with all tests of the neuron."""
        from lmscope.hypotheses import reports
        from lmscope.hypotheses.records import shown

        test = _one(notebook, person, number)
        others = [shown(other) for other in _others(notebook, person, test)]
        write = reports.markdown if kind == "md" else reports.document
        media = "text/markdown" if kind == "md" else "text/html"
        return _file(write(shown(test), others), media, test, kind)

    @router.get("/tests/{number}/hypothesis.toml", response_class=Response)
    def hypothesis(number: Number, person: Person) -> Response:
        """Give the hypothesis as a file that `lmscope test` takes."""
        from lmscope.hypotheses import Hypothesis

        test = _one(notebook, person, number)
        its = test.subject
        where = {"neuron": f"{its.model}/{its.layer}/{its.neuron}"}
        written = Hypothesis.from_json(test.hypothesis.contents).toml(where)
        return _file(written, "application/toml", test, "toml")


def _one(notebook: Notebook, person: str, number: int) -> journal.Tested:
    found = notebook().test(person, number)
    if found is None:
        raise NoSuchTest(number, person)
    return found


def _others(notebook: Notebook, person: str, test: journal.Tested) -> list[journal.Tested]:
    return [other for other in notebook().tests(person, test.subject) if other.id != test.id]


def _listed(shelf: Shelf, person: str, found: list[journal.Tested]) -> dict[str, Any]:
    return {"person": person, "tests": [_line(shelf, test) for test in found]}


def _line(shelf: Shelf, test: journal.Tested) -> dict[str, Any]:
    its, whole = test.subject, test.to_json()
    keys = ["id", "model", "site", "layer", "index"]
    keys += ["hypothesis", "claim", "rule", "verdict", "tested"]
    address = shelf.address_of(its.weights, its.site, its.layer)
    return {"catalogue": address} | {key: whole[key] for key in keys}


def _file(written: str, media: str, test: journal.Tested, ending: str) -> Response:
    its = test.subject
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{its.model}-L{its.layer}N{its.neuron}-test-{test.id}")
    headers = {"content-disposition": f'attachment; filename="{name}.{ending}"'}
    return Response(written, media_type=f"{media}; charset=utf-8", headers=headers)
