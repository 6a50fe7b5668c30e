"""The server on hypotheses: what a rule marks, tests as jobs, and what is on record."""

from __future__ import annotations

import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import platformdirs
import pytest
from starlette.testclient import TestClient
from test_hypotheses import LISTS, lists_folder  # noqa: F401  # a fixture

from lmscope import hypotheses
from lmscope.catalogue import Catalogue
from lmscope.exporting import export
from lmscope.hypotheses import Hypothesis
from lmscope.pairs import Pairs
from lmscope.rules import label
from lmscope.server import app, live, previews
from lmscope.shelf import Shelf, find

HERE = "http://127.0.0.1:8640"
AT = {"catalogue": "tiny-gpt2", "layer": 0, "index": 1}
SLOW = r"((\w| )+)+\1\2"
"""A pattern that takes for ever on a line of words."""
PAIRS = "match:\na) stone\nb) moon\nc) of\na) light\nb) salt\n"
OTHERS = "other:\na. stone\nb. moon\nc. of\na light\nsalt\n"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda *_: tmp_path / "cache")


@pytest.fixture
def catalogue(lists_folder: Path) -> Catalogue:  # noqa: F811
    return Catalogue.open(lists_folder / "catalogue")


@pytest.fixture
def client(catalogue: Catalogue, tmp_path: Path) -> Iterator[TestClient]:
    site = app(Shelf([catalogue]), device="cpu", journal=str(tmp_path / "j.db"), person="Ada")
    with TestClient(site, base_url=HERE, raise_server_exceptions=False) as one:
        yield one


@pytest.fixture
def forgetful(catalogue: Catalogue) -> Iterator[TestClient]:
    """A server without a lab notebook."""
    site = app(Shelf([catalogue]), device="cpu", has_journal=False)
    with TestClient(site, base_url=HERE, raise_server_exceptions=False) as one:
        yield one


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a preview take its time: a busy machine would leave out what is compared here."""
    for name in ("_EXAMPLES_WITHIN_S", "_ALL_WITHIN_S"):
        monkeypatch.setattr(previews, name, 600.0)


def preview(client: TestClient, rule: str, **more: Any) -> Any:
    return client.post("/api/preview", json={**AT, "rule": rule, **more})


def begin(client: TestClient, hypothesis: dict[str, Any], **more: Any) -> Any:
    asked = {"person": "Ada", **AT, "hypothesis": hypothesis, **more}
    return client.post("/api/tests", json=asked)


def finished(client: TestClient, job: str) -> dict[str, Any]:
    """Wait for a job."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        found: dict[str, Any] = client.get(f"/api/jobs/{job}").json()
        if found["state"] not in ("waiting", "running"):
            return found
        time.sleep(0.02)
    pytest.fail("The job does not end.")


def record_of(client: TestClient, hypothesis: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Test a hypothesis; gives the record."""
    answer = begin(client, hypothesis, **more)
    assert 200 == answer.status_code, answer.text
    job = finished(client, answer.json()["id"])
    assert ("done", None) == (job["state"], job["problem"])
    person = more.get("person", "Ada")
    record: dict[str, Any] = client.get(
        f"/api/tests/{job['record']}", params={"person": person}
    ).json()
    return record


# --- what a rule marks -----------------------------------------------------------------------


@pytest.mark.usefixtures("patient")
def test_a_preview_marks_the_tokens_that_a_test_would_mark(
    client: TestClient, catalogue: Catalogue
) -> None:
    found = preview(client, LISTS.text).json()
    record, pack = catalogue["L0N1"], catalogue.pack
    n_fires = 0
    for name, examples in (("top", record.top), ("bottom", record.bottom)):
        assert len(examples) == len(found[name])
        for example, marked in zip(examples, found[name], strict=True):
            text = pack.text(example.document).decode()
            places = LISTS.places(text)
            expected = label(places, example.spans)
            assert [i for i, fires in enumerate(expected) if fires] == marked["tokens"]
            spans = [tuple(span) for span in marked["fires"]]
            inside = {tuple(span) for span in places.spans.tolist()}
            assert set(spans) <= inside
            n_fires += len(marked["tokens"])
    assert n_fires > 0


@pytest.mark.usefixtures("patient")
def test_a_preview_says_how_many_peaks_and_places(client: TestClient, catalogue: Catalogue) -> None:
    found = preview(client, LISTS.text).json()
    pack, top = catalogue.pack, catalogue["L0N1"].top
    n_read = found["corpus"]["documents"]
    texts = (pack.text(document).decode() for document in range(n_read))

    assert (n_read, pack.n_documents) == (pack.n_documents, found["corpus"]["n_documents"])
    assert sum(len(LISTS.places(text)) for text in texts) == found["corpus"]["places"]
    at_peak = [example.peak in m["tokens"] for example, m in zip(top, found["top"], strict=True)]
    here = next(p for p in found["peaks"] if p["offset"] == 0)
    assert sum(at_peak) == here["n_top"]
    after = [example.peak - 1 in m["tokens"] for example, m in zip(top, found["top"], strict=True)]
    assert sum(after) == next(p for p in found["peaks"] if p["offset"] == 1)["n_top"]


@pytest.mark.usefixtures("patient")
def test_a_rule_on_tokens_is_previewed_too(client: TestClient, catalogue: Catalogue) -> None:
    found = preview(client, 'token: ")"').json()

    assert found["needs_tokens"]
    for example, marked in zip(catalogue["L0N1"].top, found["top"], strict=True):
        assert [i for i, t in enumerate(example.tokens) if t.strip() == ")" and t == ")"] == (
            marked["tokens"]
        )


@pytest.mark.usefixtures("patient")
def test_a_preview_of_what_marks_nothing_or_everything_is_an_answer(client: TestClient) -> None:
    nothing, everything = preview(client, "zzzz").json(), preview(client, r"/\S/").json()

    assert (0, 0.0) == (nothing["corpus"]["places"], nothing["corpus"]["share_of_tokens"])
    assert everything["corpus"]["share_of_tokens"] > 0.9


@pytest.mark.parametrize(
    ("rule", "at", "sentence"),
    [
        ("", None, "'' is no rule: it is empty.\n"
         "Write a pattern, as in /\\w\\)/, or words: I, you, we"),
        ("(a+", 1, "'(a+' is no rule: the bracket ( is never closed (character 1).\n"
         "For the bracket itself: \\("),
        ("words: I, ,", 11, None),
        ("regex: a", None, None),
    ],
)  # fmt: skip
def test_a_mistake_in_a_rule_is_a_sentence_with_its_character(
    client: TestClient, rule: str, at: int | None, sentence: str | None
) -> None:
    answer = preview(client, rule)

    assert (422, "UnreadableRule", at) == (
        answer.status_code, answer.json()["kind"], answer.json()["at"],
    )  # fmt: skip
    assert sentence in (None, answer.json()["detail"])


def test_a_catastrophic_rule_is_stopped_with_what_is_slow_in_it(client: TestClient) -> None:
    answer = preview(client, SLOW)

    assert (422, "RuleTooSlow") == (answer.status_code, answer.json()["kind"])
    assert r"What can take so long is " in answer.json()["detail"]


def test_a_catastrophic_rule_does_not_keep_others_waiting(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the rule runs, for as long as it likes, another request is answered."""
    monkeypatch.setattr(previews, "_EXAMPLES_WITHIN_S", 600.0)
    answered: list[int] = []
    slow = threading.Thread(target=lambda: answered.append(preview(client, SLOW).status_code))
    begun = threading.Event()
    whole = previews.Rule.places

    def places(rule: Any, *args: Any, limit_s: float, **more: Any) -> Any:
        begun.set()
        return whole(rule, *args, limit_s=min(limit_s, 3.0), **more)

    monkeypatch.setattr(previews.Rule, "places", places)
    slow.start()
    assert begun.wait(30)

    assert 200 == client.get("/catalogues.json").status_code
    assert [] == answered
    slow.join()
    assert [422] == answered


@pytest.mark.parametrize(
    ("asked", "status", "sentence"),
    [
        ({"layer": 2}, 404, "tiny-gpt2 has layers 0 to 1. You asked for layer 2."),
        ({"index": 40}, 404, "Layer 0 of tiny-gpt2 has neurons 0 to 39. You asked for neuron 40."),
        ({"catalogue": "none"}, 404, "There is no catalogue called 'none' here."),
        ({"rule": "x" * 20_001}, 422, "rule: string should have at most 20000 characters."),
        ({"tokens": "second"}, 422, "tokens: input should be 'last', 'first' or 'any'."),
        ({"typo": 1}, 422, "typo: extra inputs are not permitted."),
    ],
)
def test_a_preview_of_what_is_not_there_is_refused(
    client: TestClient, asked: dict[str, Any], status: int, sentence: str
) -> None:
    answer = client.post("/api/preview", json={**AT, "rule": "a", **asked})

    assert (status, sentence) == (answer.status_code, answer.json()["detail"].split("\n")[0])


# --- texts -----------------------------------------------------------------------------------


def read(client: TestClient, written: str, rule: str | None = None) -> Any:
    return client.post("/api/texts", json={"written": written, "rule": rule})


@pytest.mark.usefixtures("patient")
def test_texts_are_counted_and_what_is_odd_about_them_is_too(client: TestClient) -> None:
    found = read(client, PAIRS + OTHERS + "b) moon\nb) moon\n", LISTS.text).json()

    assert (5, 7, 12, False) == (
        found["n_matching"], found["n_other"], found["n_kept"], found["is_paired"],
    )  # fmt: skip
    assert ("a) stone", "a. stone") == (found["first_matching"], found["first_other"])
    assert (1, 1, 0, 2) == (
        found["n_repeated"], found["n_on_both_sides"], found["n_without_place"],
        found["n_others_with_place"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("", "What was pasted cannot be read as texts that match and texts that do not: "
         "it is empty."),
        ("| a | b |\n|---|---|\n| x | y |", "What was pasted cannot be read as texts that match "
         "and texts that do not: its columns are 'a', 'b'."),
        ("match:\n", "What was pasted cannot be read as texts that match and texts that do not: "
         "there is no text under its headings."),
    ],
)  # fmt: skip
def test_texts_that_cannot_be_read_say_why(client: TestClient, written: str, sentence: str) -> None:
    answer = read(client, written)

    assert (422, sentence) == (answer.status_code, answer.json()["detail"].split("\n")[0])


def test_ten_to_the_five_pairs_are_read_and_an_even_choice_of_them_is_tested(
    client: TestClient,
) -> None:
    written = "matching,other\n" + "".join(f"a) stone {i},a. stone {i}\n" for i in range(100_000))
    found = read(client, written, LISTS.text).json()

    assert (100_000, 100_000, 2_000, True) == (
        found["n_matching"], found["n_other"], found["n_kept"], found["is_paired"],
    )  # fmt: skip
    kept = Pairs.read(written).evenly(previews.MOST_TEXTS)
    assert ("a) stone 0", "a. stone 99999") == (kept.matching[0].text, kept.other[-1].text)
    assert all(m.text[2:] == o.text[2:] for m, o in zip(kept.matching, kept.other, strict=True))


# --- tests -----------------------------------------------------------------------------------


def test_a_test_is_that_of_the_library(client: TestClient, catalogue: Catalogue) -> None:
    record = record_of(client, {"claim": "lists", "rule": LISTS.text}, pasted=PAIRS + OTHERS)
    pairs = Pairs.read(PAIRS + OTHERS)
    hypothesis = Hypothesis("lists", LISTS, pairs=pairs)
    expected = hypotheses.test(hypothesis, "L0N1", catalogue=catalogue).to_json()

    assert hypothesis.sha256 == record["hypothesis"] == record["result"]["hypothesis"]
    assert expected == record["result"]
    assert hypothesis.to_json() == record["contents"]
    assert ("lists", LISTS.text, expected["verdict"], "tiny-gpt2") == (
        record["claim"], record["rule"], record["verdict"], record["catalogue"],
    )  # fmt: skip


def test_every_test_of_a_neuron_is_listed_newest_first(client: TestClient) -> None:
    first = record_of(client, {"claim": "lists", "rule": LISTS.text})
    second = record_of(
        client, {"claim": "stones", "rule": "words: stone"}, parent=first["hypothesis"]
    )
    elsewhere = record_of(client, {"rule": "words: stone"}, index=2)
    mine = client.get("/api/tests/of/tiny-gpt2/0/1?person=Ada").json()["tests"]

    assert [second["id"], first["id"]] == [test["id"] for test in mine]
    assert (first["hypothesis"], 2) == (second["parent"], second["version"])
    assert [first["id"]] == [other["id"] for other in second["others"]]
    all_of_them = client.get("/api/tests?person=Ada").json()["tests"]
    assert [elsewhere["id"], second["id"], first["id"]] == [test["id"] for test in all_of_them]
    assert [] == client.get("/api/tests?person=Bob").json()["tests"]
    hidden = client.get(f"/api/tests/{first['id']}?person=Bob")
    assert (404, f"There is no test {first['id']} on the record of Bob.") == (
        hidden.status_code, hidden.json()["detail"].split("\n")[0],
    )  # fmt: skip


def test_a_report_goes_out_as_markdown_html_and_toml(client: TestClient) -> None:
    first = record_of(client, {"claim": "<b>lists</b>", "rule": LISTS.text}, harvest=6)
    record_of(client, {"claim": "stones", "rule": "words: stone"})
    url, query = f"/api/tests/{first['id']}", {"person": "Ada"}
    markdown, html = (client.get(f"{url}/report.{k}", params=query) for k in ("md", "html"))
    toml = client.get(f"{url}/hypothesis.toml", params=query)

    assert "text/markdown; charset=utf-8" == markdown.headers["content-type"]
    assert "## All hypotheses tried on this neuron" in markdown.text
    assert "stones" in markdown.text
    assert "text/html; charset=utf-8" == html.headers["content-type"]
    assert "&lt;b&gt;lists" in html.text
    assert "<script" not in html.text
    named = f'attachment; filename="tiny-gpt2-L0N1-test-{first["id"]}.html"'
    assert named == html.headers["content-disposition"]
    assert "tiny-gpt2/0/1" == tomllib.loads(toml.text)["test"]["neuron"]
    assert first["hypothesis"] == Hypothesis.read(toml.text).sha256
    assert 422 == client.get(f"{url}/report.pdf", params=query).status_code


def test_near_misses_make_a_one_sided_list_a_test(client: TestClient) -> None:
    record = record_of(client, {"rule": LISTS.text}, pasted=PAIRS, near_misses=True)

    assert "pairs" == record["result"]["pairs"]["kind"]
    assert record["result"]["pairs"]["matching"]


@pytest.mark.parametrize(
    ("hypothesis", "more", "status", "sentence"),
    [
        ({}, {}, 422, "The text is no hypothesis: it has neither a rule nor texts, so there is no "
         "test of it."),
        ({"rule": "(a"}, {}, 422, "'(a' is no rule: the bracket ( is never closed (character 1)."),
        ({"rule": "a"}, {"pasted": PAIRS}, 422, "What was pasted cannot be read as texts that "
         "match and texts that do not: no text is of the other kind."),
        ({"rule": "a"}, {"pasted": OTHERS, "near_misses": True}, 422, "What was pasted cannot be "
         "read as texts that match and texts that do not: no text matches."),
        ({"rule": "a"}, {"pasted": "a,b\n1,2\n"}, 422, "What was pasted cannot be read as texts "
         "that match and texts that do not: its columns are 'a', 'b'."),
        ({"rule": "a"}, {"index": 40}, 404,
         "Layer 0 of tiny-gpt2 has neurons 0 to 39. You asked for neuron 40."),
        ({"rule": "a", "offset": 3}, {}, 422,
         "hypothesis.offset: input should be less than or equal to 2."),
        ({"rule": "a", "thresholds": {"app": 1}}, {}, 422,
         "The text is no hypothesis: there is no threshold 'app'."),
        ({"rule": "a"}, {"person": ""}, 422, None),
        ({"rule": "a"}, {"parent": "0" * 64}, 404, "The hypothesis 000000000000 is not on record: "
         "Ada has proposed none with this hash."),
    ],
)  # fmt: skip
def test_what_cannot_be_tested_is_refused_at_once(
    client: TestClient,
    hypothesis: dict[str, Any],
    more: dict[str, Any],
    status: int,
    sentence: str | None,
) -> None:
    answer = begin(client, hypothesis, **more)

    assert status == answer.status_code
    assert sentence in (None, answer.json()["detail"].split("\n")[0])


@pytest.mark.parametrize(
    ("rule", "kind", "sentence"),
    [
        ("zzzz", "RuleMarksNothing", "'/zzzz/' marks nothing in 160 documents"),
        (r"\S", "RuleMarksTooMuch", r"of all tokens: any neuron would seem to fit."),
    ],
)
def test_a_rule_that_no_corpus_can_test_ends_the_job_with_a_sentence(
    client: TestClient, rule: str, kind: str, sentence: str
) -> None:
    job = finished(client, begin(client, {"rule": rule}).json()["id"])

    assert ("failed", None, kind) == (job["state"], job["record"], job["problem"]["kind"])
    assert sentence in job["problem"]["detail"]
    assert [] == client.get("/api/tests?person=Ada").json()["tests"]


def test_a_rule_that_takes_for_ever_ends_the_job_with_a_sentence(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lmscope.hypotheses import ground

    mark = ground.mark
    monkeypatch.setattr(ground, "mark", lambda *args, **more: mark(*args, **more, limit_s=0.2))
    job = finished(client, begin(client, {"rule": SLOW}).json()["id"])

    assert "RuleTooSlow" == job["problem"]["kind"]
    assert "was stopped after" in job["problem"]["detail"]


def test_a_second_test_needs_no_model(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    first = record_of(client, {"rule": LISTS.text})

    def load(*_: object) -> None:
        pytest.fail("The model was loaded.")

    monkeypatch.setattr(live.Live, "_load", load)
    second = record_of(client, {"rule": LISTS.text, "claim": "again"})

    assert first["result"]["corpus"] == second["result"]["corpus"]


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Event, threading.Event]]:
    """Models that run only when they are let: an event that one has begun, and one that lets it."""
    begun, may_go = threading.Event(), threading.Event()
    whole = hypotheses.testing.record  # type: ignore[attr-defined]

    def record(*args: Any, should_stop: Callable[[], bool], **more: Any) -> Any:
        args[0].run  # noqa: B018  # the model is taken
        begun.set()
        while not may_go.wait(0.02) and not should_stop():
            pass
        return whole(*args, should_stop=should_stop, **more)

    monkeypatch.setattr(hypotheses.testing, "record", record)  # type: ignore[attr-defined]
    yield begun, may_go
    may_go.set()


def test_a_test_can_be_cancelled_and_leaves_the_model_to_others(
    client: TestClient, held: tuple[threading.Event, threading.Event]
) -> None:
    begun, _ = held
    job = begin(client, {"rule": LISTS.text}).json()["id"]
    assert begun.wait(60)
    waiting = begin(client, {"rule": "words: stone"}).json()
    assert "waiting" == waiting["state"]
    assert "cancelled" == client.delete(f"/api/jobs/{waiting['id']}").json()["state"]
    client.delete(f"/api/jobs/{job}")

    assert ("cancelled", None) == (finished(client, job)["state"], finished(client, job)["record"])
    assert "cancelled" == finished(client, waiting["id"])["state"]
    asked = {**AT, "text": "a) stone b) moon"}
    assert 200 == client.post("/api/look", json=asked).status_code
    assert [] == client.get("/api/tests?person=Ada").json()["tests"]


def test_a_text_waits_while_a_test_has_the_model_and_a_preview_does_not(
    client: TestClient, held: tuple[threading.Event, threading.Event]
) -> None:
    begun, may_go = held
    job = begin(client, {"rule": LISTS.text}).json()["id"]
    assert begun.wait(60)
    looked: list[int] = []
    asked = {**AT, "text": "a) stone b) moon"}
    look = threading.Thread(
        target=lambda: looked.append(client.post("/api/look", json=asked).status_code)
    )
    look.start()

    assert 200 == preview(client, LISTS.text).status_code
    assert "running" == client.get(f"/api/jobs/{job}").json()["state"]
    assert [] == looked
    may_go.set()
    assert "done" == finished(client, job)["state"]
    look.join(60)
    assert [200] == looked


def test_progress_is_told_in_tokens(
    client: TestClient, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lmscope.server import jobs

    told: list[tuple[str, int, int]] = []
    report = jobs.Job.report

    def listen(job: jobs.Job, *what: Any) -> None:
        told.append(what)
        report(job, *what)

    monkeypatch.setattr(jobs.Job, "report", listen)
    record_of(client, {"rule": LISTS.text})

    assert "reading the corpus" == told[0][0]
    running = [what for what in told if what[0] == "running the model"]
    n_tokens = catalogue.pack.n_tokens
    assert ("running the model", n_tokens, n_tokens) == running[-1]


def test_a_job_that_is_not_there_is_said(client: TestClient) -> None:
    for answer in (client.get(f"/api/jobs/{'0' * 16}"), client.delete(f"/api/jobs/{'0' * 16}")):
        assert (404, "NoSuchJob") == (answer.status_code, answer.json()["kind"])


def test_too_many_tests_are_refused(
    client: TestClient, held: tuple[threading.Event, threading.Event]
) -> None:
    statuses = [begin(client, {"rule": f"words: stone, a{i}"}).status_code for i in range(17)]

    assert [200] * 16 + [503] == statuses


# --- without a lab notebook, without a model ---------------------------------------------------


def test_without_a_notebook_tests_are_kept_until_the_server_stops(forgetful: TestClient) -> None:
    first = record_of(forgetful, {"rule": LISTS.text}, person="nobody")
    second = record_of(
        forgetful, {"rule": "words: stone"}, person="nobody", parent=first["hypothesis"]
    )
    found = forgetful.get("/api/tests/of/tiny-gpt2/0/1?person=nobody").json()["tests"]

    assert ([2, 1], False, 2) == ([t["id"] for t in found], second["is_kept"], second["version"])
    assert 200 == forgetful.get("/api/tests/1/report.md?person=nobody").status_code
    gone = forgetful.get("/api/tests/3?person=nobody")
    assert "There is no test 3 on the record of nobody." == gone.json()["detail"].split("\n")[0]


@pytest.mark.usefixtures("patient")
def test_without_models_nothing_is_tested_but_rules_are_previewed(catalogue: Catalogue) -> None:
    site = app(Shelf([catalogue]), model="none", has_journal=False)
    with TestClient(site, base_url=HERE) as client:
        answer = begin(client, {"rule": LISTS.text})

        assert (404, "NotLive") == (answer.status_code, answer.json()["kind"])
        assert 200 == preview(client, LISTS.text).status_code


def test_an_excerpt_is_no_ground_for_a_test(catalogue: Catalogue, tmp_path: Path) -> None:
    export([catalogue], tmp_path / "site", neurons=["L0N1"])
    part = find([tmp_path / "site"])
    with TestClient(app(Shelf(part), device="cpu", has_journal=False), base_url=HERE) as client:
        answer = begin(client, {"rule": LISTS.text})

    assert (422, "NotWholeCorpus") == (answer.status_code, answer.json()["kind"])


def test_texts_may_be_large_and_all_else_may_not(client: TestClient) -> None:
    large = "matching,other\n" + "a) stone,a. stone\n" * 120_000
    assert 200 == read(client, large).status_code
    refused = client.post("/api/preview", json={**AT, "rule": "a" * (1 << 20)})
    assert 413 == refused.status_code


def test_very_many_texts_still_fit_into_the_notebook(client: TestClient) -> None:
    rows = "".join(
        f"a) stone {i} {'moon ' * 12},a. stone {i} {'moon ' * 12}\n" for i in range(3000)
    )
    record = record_of(client, {"rule": LISTS.text}, pasted="matching,other\n" + rows)
    matching = record["result"]["pairs"]["matching"]

    assert 1000 == len(matching)
    assert "tokens" in matching[0]
    assert "tokens" not in matching[-1]


def test_whether_the_model_uses_the_neuron_is_asked_as_well(client: TestClient) -> None:
    record = record_of(client, {"rule": LISTS.text}, causal=True)

    assert record["result"]["causal"]["finding"]
    assert (
        "Does the model use it?"
        in client.get(f"/api/tests/{record['id']}/report.md?person=Ada").text
    )
