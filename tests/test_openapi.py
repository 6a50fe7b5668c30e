"""Schemathesis asks the server all that its description allows, and much that it does not."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from conftest import D_MLP, N_LAYERS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from lmscope.catalogue import Catalogue
from lmscope.server import app
from lmscope.shelf import Shelf

OPERATIONS = [
    (path, method)
    for path, methods in app(Shelf([])).openapi()["paths"].items()
    for method in methods
]
TAKE_ANYTHING = ("/catalogues.json", "/catalogues/{address}/{file}")
ADDRESS = "tiny-gpt2"
LOOPBACK = {"host": "127.0.0.1"}


@pytest.fixture(scope="module")
def description(scanned: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The description of a server with a tiny model, ready for any text and any note."""
    shelf = Shelf([Catalogue.open(scanned("gpt2"))])
    journal = tmp_path_factory.mktemp("openapi") / "journal.db"
    site = app(shelf, device="cpu", journal=str(journal))
    return schemathesis.openapi.from_asgi("/openapi.json", site, headers=LOOPBACK)


@st.composite
def real_facts(draw: st.DrawFn) -> dict[str, Any]:
    """Draw some of what the server knows; all else is left to schemathesis."""
    facts = {
        "address": ADDRESS,
        "catalogue": ADDRESS,
        "layer": draw(st.integers(0, N_LAYERS)),
        "index": draw(st.integers(0, D_MLP)),
        "version": draw(st.integers(0, 3)),
        "person": draw(st.sampled_from(["Ada", "<b>\u202e", ""])),
        "text": draw(st.text(max_size=60)),
        "file": draw(st.sampled_from(["manifest.json", "stats.safetensors", "../x"])),
    }
    kept = draw(st.sets(st.sampled_from(sorted(facts))))
    return {key: facts[key] for key in kept}


def put(facts: dict[str, Any], case: Any) -> None:
    for part in (case.path_parameters, case.query, case.body):
        if isinstance(part, dict):
            part.update({key: facts[key] for key in part.keys() & facts.keys()})


every_time_the_same = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_what_the_description_allows_is_answered_as_it_says(
    description: Any, path: str, method: str
) -> None:
    @given(description[path][method].as_strategy(), real_facts())
    @every_time_the_same
    def ask(case: Any, facts: dict[str, Any]) -> None:
        put(facts, case)
        # A text without a token, or a person without a name, fits the description and is refused.
        case.call_and_validate(headers=LOOPBACK, excluded_checks=[positive_data_acceptance])

    ask()


@pytest.mark.parametrize(("path", "method"), [o for o in OPERATIONS if o[0] not in TAKE_ANYTHING])
def test_what_the_description_forbids_is_refused_as_it_says(
    description: Any, path: str, method: str
) -> None:
    @given(description[path][method].as_strategy(generation_mode=GenerationMode.NEGATIVE))
    @every_time_the_same
    def ask(case: Any) -> None:
        case.call_and_validate(headers=LOOPBACK)

    ask()
