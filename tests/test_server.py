"""The server's own answers: bytes, JSON, mistakes, and who may ask."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient
from test_light import WITHOUT_HEAVY_PACKAGES

import lmscope.looking
from lmscope.catalogue import Catalogue
from lmscope.errors import PortTaken
from lmscope.server import app, live
from lmscope.server.running import listen
from lmscope.shelf import Shelf

HERE = "http://127.0.0.1:8640"
TEXT = "8) singled out 9) personality"


@pytest.fixture(scope="module")
def shelf(scanned: Any) -> Shelf:
    return Shelf([Catalogue.open(scanned("gpt2")), Catalogue.open(scanned("solu"))])


@pytest.fixture
def client(shelf: Shelf, tmp_path: Path) -> TestClient:
    site = app(shelf, device="cpu", journal=str(tmp_path / "journal.sqlite"), person="Ada")
    return TestClient(site, base_url=HERE, raise_server_exceptions=False)


# --- pages and bytes -------------------------------------------------------------------------


def test_the_first_page_and_its_script_are_there(client: TestClient) -> None:
    page = client.get("/")

    assert 200 == page.status_code
    assert "text/html; charset=utf-8" == page.headers["content-type"]
    assert 'src="app.js"' in page.text or "src='app.js'" in page.text or "./app.js" in page.text
    assert 200 == client.get("/app.js").status_code


def test_every_answer_says_what_a_browser_may_do_with_it(client: TestClient) -> None:
    for path in ("/", "/catalogues.json", "/catalogues/tiny-gpt2/manifest.json", "/none"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "nosniff" == headers["x-content-type-options"]
    assert "frame-ancestors *" in client.get("/embed.html").headers["content-security-policy"]
    assert "no-store" == client.get("/catalogues/tiny-gpt2/manifest.json").headers["cache-control"]
    assert "no-cache" == client.get("/").headers["cache-control"]


def test_a_catalogues_bytes_are_given_whole_or_in_a_range(client: TestClient, shelf: Shelf) -> None:
    data = (shelf["tiny-gpt2"].path / "stats.safetensors").read_bytes()
    url = "/catalogues/tiny-gpt2/stats.safetensors"

    assert data == client.get(url).content
    part = client.get(url, headers={"range": "bytes=8-107"})
    assert (206, data[8:108]) == (part.status_code, part.content)
    assert f"bytes 8-107/{len(data)}" == part.headers["content-range"]
    assert 416 == client.get(url, headers={"range": f"bytes={len(data)}-"}).status_code
    for range in ("null", "bytes=9-3", "lines=1-2", "bytes="):
        refused = client.get(url, headers={"range": range})
        assert (400, f"'{range}' is no range of bytes. One is: bytes=0-99") == (
            refused.status_code,
            refused.json()["detail"],
        )


@pytest.mark.parametrize(
    "file",
    ["../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "scan.json", "", "examples", "/etc/passwd",
     "examples/L99.safetensors"],
)  # fmt: skip
def test_no_file_but_the_catalogues_own_is_given(client: TestClient, file: str) -> None:
    answer = client.get(f"/catalogues/tiny-gpt2/{file}")

    assert 404 == answer.status_code
    assert "application/problem+json" == answer.headers["content-type"]


def test_the_index_lists_the_catalogues(client: TestClient, shelf: Shelf) -> None:
    index = client.get("/catalogues.json").json()

    assert ["tiny-gpt2", "tiny-solu"] == [c["address"] for c in index["catalogues"]]
    assert [None, None] == [c["why_not_live"] for c in index["catalogues"]]
    assert (None, "Ada") == (index["why_no_journal"], index["person"])
    path = json.dumps(str(shelf["tiny-gpt2"].path.resolve()))
    assert (
        f"from lmscope import Catalogue; Catalogue.open({path})"
        == (index["catalogues"][0]["python"])
    )


def test_a_neuron_is_what_the_command_line_says_of_it(client: TestClient, shelf: Shelf) -> None:
    answer = client.get("/api/catalogues/tiny-gpt2/neurons/1/7")

    assert shelf["tiny-gpt2"]["L1N7"].to_json() == answer.json()


# --- any text --------------------------------------------------------------------------------


def test_a_look_is_that_of_the_library(client: TestClient, shelf: Shelf, model_of: Any) -> None:
    asked = {"catalogue": "tiny-solu", "layer": 1, "index": 5, "text": TEXT}
    answer = client.post("/api/look", json=asked).json()
    expected = lmscope.looking.look(
        model_of("solu"), TEXT, (1, 5), catalogue=shelf["tiny-solu"]
    ).to_json()

    np.testing.assert_allclose(expected.pop("activations"), answer.pop("activations"), rtol=1e-5)
    assert expected == answer


def test_a_ranking_is_that_of_the_library(client: TestClient, shelf: Shelf, model_of: Any) -> None:
    for token in (None, 3):
        asked = {"catalogue": "tiny-gpt2", "text": TEXT, "token": token, "n": 5}
        answer = client.post("/api/rank", json=asked).json()
        expected = lmscope.looking.rank(
            model_of("gpt2"), TEXT, catalogue=shelf["tiny-gpt2"], token=token, n=5
        ).to_json()
        assert [n["neuron"] for n in expected["neurons"]] == [
            n["neuron"] for n in answer["neurons"]
        ]
        assert (token, 80, "relative") == (
            answer["token"], answer["n_neurons"], answer["ranked_by"],
        )  # fmt: skip


def test_a_text_longer_than_the_context_is_cut_into_segments(client: TestClient) -> None:
    asked = {"catalogue": "tiny-gpt2", "layer": 0, "index": 0, "text": "word " * 300}
    answer = client.post("/api/look", json=asked).json()

    assert answer["counted"].count(False) > 3


@pytest.mark.parametrize(
    ("url", "asked", "status", "sentence"),
    [
        ("look", {"layer": 2, "index": 0}, 404,
         "tiny-gpt2 has layers 0 to 1. You asked for layer 2.\n"
         "Did you mean tiny-gpt2/0/2? (The layer comes first.)"),
        ("look", {"layer": 0, "index": 40}, 404,
         "Layer 0 of tiny-gpt2 has neurons 0 to 39. You asked for neuron 40."),
        ("look", {"layer": 0, "index": 0, "text": ""}, 422, "There is no text to look at.\nGive it"
         ' in quotes, or by a pipe: echo "any text" | lmscope look solu-1l L0N737'),
        ("look", {"layer": -1, "index": 0}, 422,
         "layer: input should be greater than or equal to 0."),
        ("look", {"layer": 0, "index": 0, "catalogue": "tiny-gqt2"}, 404,
         "There is no catalogue called 'tiny-gqt2' here.\nDid you mean 'tiny-gpt2'?"),
        ("look", {"layer": 0}, 422, "index: field required."),
        ("look", {"layer": 0, "index": 0, "text": "x" * 100_001}, 413,
         "This text has 100,001 characters; a page takes 100,000.\n"
         "Show every neuron a long text with: lmscope scan"),
        ("rank", {"token": 400}, 404, "This text has tokens 0 to 20. You asked for token 400."),
        ("rank", {"n": 0}, 422, "n: input should be greater than or equal to 1."),
        ("rank", {"typo": 1}, 422, "typo: extra inputs are not permitted."),
    ],
)  # fmt: skip
def test_a_mistake_is_answered_with_the_terminals_sentence(
    client: TestClient, url: str, asked: dict[str, Any], status: int, sentence: str
) -> None:
    answer = client.post(f"/api/{url}", json={"catalogue": "tiny-gpt2", "text": TEXT} | asked)

    assert (status, sentence) == (answer.status_code, answer.json()["detail"])
    assert "application/problem+json" == answer.headers["content-type"]
    assert status == answer.json()["status"]
    assert {"type", "title", "kind"} < set(answer.json())


def test_a_page_or_a_method_that_is_not_there_is_said(client: TestClient) -> None:
    assert "There is no page /nothing here." == client.get("/nothing").json()["detail"]
    answer = client.get("/api/look")
    assert (405, "/api/look does not take GET.") == (answer.status_code, answer.json()["detail"])


def test_a_bug_is_said_with_a_mark_that_the_log_has(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        message = "a secret path"
        raise RuntimeError(message)

    monkeypatch.setattr(Catalogue, "__getitem__", fail)
    site = TestClient(app(shelf, has_journal=False), base_url=HERE, raise_server_exceptions=False)
    answer = site.get("/api/catalogues/tiny-gpt2/neurons/0/0")

    assert 500 == answer.status_code
    assert "This is a bug in lmscope, not your mistake: RuntimeError." in answer.json()["detail"]
    assert "secret" not in answer.text
    assert answer.json()["mark"] in caplog.text


def test_a_file_that_is_gone_is_said(scanned: Any, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(scanned("gpt2"), copy)
    site = TestClient(app(Shelf([Catalogue.open(copy)]), has_journal=False), base_url=HERE)
    (copy / "stats.safetensors").unlink()

    answer = site.get("/api/catalogues/tiny-gpt2/neurons/0/0")
    assert (422, "CatalogueDamaged") == (answer.status_code, answer.json()["kind"])
    assert 404 == site.get("/catalogues/tiny-gpt2/stats.safetensors").status_code


# --- which models ----------------------------------------------------------------------------


def test_a_server_without_models_says_why(shelf: Shelf) -> None:
    site = TestClient(app(shelf, model="none", has_journal=False), base_url=HERE)
    answer = site.post(
        "/api/look", json={"catalogue": "tiny-gpt2", "layer": 0, "index": 0, "text": "x y"}
    )

    why = (
        "This server was started without models, with --model none.\n"
        "To try any text: lmscope serve --model auto"
    )
    assert (404, why) == (answer.status_code, answer.json()["detail"])
    index = site.get("/catalogues.json").json()
    assert {why} == {c["why_not_live"] for c in index["catalogues"]}
    assert ("This server was started with --no-journal.", None) == (
        index["why_no_journal"], index["person"],
    )  # fmt: skip
    assert 404 == site.get("/api/journal?person=Ada").status_code


def test_a_server_for_one_model_answers_for_that_one(shelf: Shelf) -> None:
    site = TestClient(app(shelf, model="tiny-solu", has_journal=False), base_url=HERE)
    first, second = (c["why_not_live"] for c in site.get("/catalogues.json").json()["catalogues"])

    assert first.startswith("This server was started for one other model, with --model tiny-solu.")
    assert None is second


def test_a_model_that_is_gone_is_said_before_anybody_types(scanned: Any, tmp_path: Path) -> None:
    catalogue = Catalogue.open(scanned("gpt2"))
    for source, sentence in (
        ("/nowhere/model", "The model of this catalogue is no longer at /nowhere/model."),
        ("some/repo", "The model's files are not on this machine (some/repo).\n"
         'Get them once, with a network: lmscope look some/repo "any text"'),
        ("demo-solu-1l", None),
    ):  # fmt: skip
        catalogue.manifest["model"]["source"] = source
        index = app(Shelf([catalogue]), has_journal=False)
        found = TestClient(index, base_url=HERE).get("/catalogues.json").json()
        assert sentence == found["catalogues"][0]["why_not_live"]


# --- who may ask -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8640", 200), ("localhost", 200), ("LOCALHOST:1", 200), ("[::1]:8640", 200),
        ("evil.example", 403), ("127.0.0.1.evil.example", 403), ("", 403),
        ("evil.example@127.0.0.1", 403), ("127.0.0.1/..", 403), ("[::1", 403),
    ],
)  # fmt: skip
def test_only_this_machines_names_are_answered(client: TestClient, host: str, status: int) -> None:
    assert status == client.get("/catalogues.json", headers={"host": host}).status_code


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (HERE, 200), ("http://localhost:8640", 403), ("http://127.0.0.1:9", 403), ("null", 403),
        ("https://evil.example", 403), ("http://[", 403), ("//", 403), ("", 403),
    ],
)  # fmt: skip
def test_pages_of_other_sites_are_refused(client: TestClient, origin: str, status: int) -> None:
    asked = {"catalogue": "tiny-gpt2", "layer": 0, "index": 0, "text": "a b"}
    answer = client.post("/api/look", json=asked, headers={"origin": origin})

    assert status == answer.status_code


def test_a_body_that_is_too_large_is_refused_whatever_it_says_of_itself(
    client: TestClient,
) -> None:
    sentence = "A request may have 1 MiB; this one has more."
    told = client.post("/api/look", content=b"x" * (1 << 20 | 1))
    assert (413, sentence) == (told.status_code, told.json()["detail"])
    untold = client.post("/api/look", content=iter([b"x" * 4096] * 300))
    assert (413, sentence) == (untold.status_code, untold.json()["detail"])


def test_beyond_loopback_a_token_is_asked_for_once(shelf: Shelf) -> None:
    site = TestClient(
        app(shelf, has_journal=False, token="s3cret"), base_url="http://box.example:8640"
    )

    refused = site.get("/catalogues.json")
    assert (401, "This server asks for a token.") == (
        refused.status_code, refused.json()["detail"].split("\n")[0],
    )  # fmt: skip
    assert 401 == site.get("/?token=wrong").status_code
    assert (
        200 == site.get("/catalogues.json", headers={"authorization": "Bearer s3cret"}).status_code
    )
    let_in = site.get("/?token=s3cret&a=b", follow_redirects=False)
    assert (303, "/?a=b") == (let_in.status_code, let_in.headers["location"])
    assert "HttpOnly" in let_in.headers["set-cookie"]
    assert "samesite=strict" in let_in.headers["set-cookie"].casefold()
    assert 200 == site.get("/catalogues.json").status_code
    elsewhere = site.get("//evil.example/?token=s3cret", follow_redirects=False)
    assert elsewhere.headers.get("location", "/").count("//") == 0


# --- a real socket ---------------------------------------------------------------------------


@contextmanager
def running(site: Any) -> Iterator[int]:
    """Run a site in a thread of this process; gives its port."""
    import uvicorn

    opened = listen("127.0.0.1", 0)
    config = uvicorn.Config(site, log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]})
    thread.start()
    try:
        yield opened.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        opened.close()


def post(port: int, url: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", url, json.dumps(asked), {"content-type": "application/json"})
    answer = connection.getresponse()
    found = answer.status, json.loads(answer.read())
    connection.close()
    return found


def test_a_text_whose_browser_went_away_is_dropped(shelf: Shelf) -> None:
    """Two thousand segments would take many seconds; the next text is answered at once."""
    asked = {"catalogue": "tiny-gpt2", "layer": 0, "index": 0, "text": "ab " * 30_000}
    begun, ended = threading.Event(), threading.Event()
    original = lmscope.looking.look

    def watched(*args: Any, **options: Any) -> Any:
        begun.set()
        try:
            return original(*args, **options)
        finally:
            ended.set()

    with pytest.MonkeyPatch.context() as patch, running(app(shelf, has_journal=False)) as port:
        short = {**asked, "text": "a b"}
        assert 200 == post(port, "/api/look", short)[0]  # the model is loaded now
        patch.setattr(lmscope.looking, "look", watched)
        body = json.dumps(asked).encode()
        with socket.create_connection(("127.0.0.1", port)) as gone:
            head = f"POST /api/look HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
            gone.sendall(head.encode() + b"Content-Type: application/json\r\n\r\n" + body)
            assert begun.wait(20)
            assert not ended.is_set()
        assert ended.wait(5)
        patch.undo()
        assert 200 == post(port, "/api/look", short)[0]


def test_a_text_that_takes_too_long_is_stopped_with_a_sentence(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_LONGEST_RUN_S", 0.0)
    site = TestClient(app(shelf, has_journal=False), base_url=HERE)
    answer = site.post(
        "/api/look", json={"catalogue": "tiny-gpt2", "layer": 0, "index": 0, "text": "a b"}
    )

    assert (503, "TookTooLong") == (answer.status_code, answer.json()["kind"])
    assert answer.json()["detail"].endswith("scan the whole one with: lmscope scan")


def test_one_text_at_a_time_and_a_queue_that_ends(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first text is held until three others were turned away, however slow the machine."""
    monkeypatch.setattr(live, "_LONGEST_QUEUE", 3)
    at_once: list[int] = []
    n_inside = 0
    may_go_on = threading.Event()
    original = lmscope.looking.look

    def watched(*args: Any, **options: Any) -> Any:
        nonlocal n_inside
        n_inside += 1
        at_once.append(n_inside)
        assert may_go_on.wait(60)
        try:
            return original(*args, **options)
        finally:
            n_inside -= 1

    asked = {"catalogue": "tiny-gpt2", "layer": 0, "index": 0, "text": "a b"}
    refused: list[dict[str, Any]] = []

    def ask(port: int) -> int:
        status, answer = post(port, "/api/look", asked)
        if status == 503:
            refused.append(answer)
            if len(refused) == 3:
                may_go_on.set()
        return status

    async def together(port: int) -> list[int]:
        return await asyncio.gather(*(asyncio.to_thread(ask, port) for _ in range(6)))

    with running(app(shelf, has_journal=False)) as port:
        assert 200 == post(port, "/api/look", asked)[0]  # the model is loaded now
        monkeypatch.setattr(lmscope.looking, "look", watched)
        statuses = asyncio.run(together(port))

    assert {1} == set(at_once)
    assert (3, 3) == (statuses.count(200), statuses.count(503))
    assert (
        "3 other texts are waiting for the model. Try again in a moment." == (refused[0]["detail"])
    )


def test_a_port_that_is_taken_or_not_ours_is_said() -> None:
    opened = listen("127.0.0.1", 0)
    port = opened.getsockname()[1]
    with pytest.raises(PortTaken) as caught:
        listen("127.0.0.1", port)
    assert (
        f"Port {port} of 127.0.0.1 cannot be used: another program listens there.\n"
        f"Take another, or any free one, with: lmscope serve --port {port + 1}  or  --port 0"
    ) == str(caught.value)
    opened.close()
    with pytest.raises(PortTaken, match="this machine has no such address"):
        listen("192.0.2.1", 8640)
    with pytest.raises(PortTaken, match=r"no\.such\.host\.invalid"):
        listen("no.such.host.invalid", 8640)


def test_a_catalogue_is_served_without_torch(scanned: Any) -> None:
    script = f"""
from starlette.testclient import TestClient
from lmscope.catalogue import Catalogue
from lmscope.server import app
from lmscope.shelf import Shelf
site = TestClient(app(Shelf([Catalogue.open({str(scanned("gpt2"))!r})])), base_url="http://localhost")
assert site.get("/").status_code == 200
assert site.get("/api/catalogues/tiny-gpt2/neurons/0/7").json()["neuron"] == "L0N7"
assert site.get("/openapi.json").status_code == 200
import sys
assert "sqlalchemy" not in sys.modules
print(site.get("/catalogues.json").json()["catalogues"][0]["why_not_live"])
"""
    result = subprocess.run(
        [sys.executable, "-c", WITHOUT_HEAVY_PACKAGES + script],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ("", 0) == (result.stderr, result.returncode)
    assert "To try any text, PyTorch is needed: pip install torch\n" == result.stdout
