"""The scope and the comparison: a reader's own text on a neuron, and two neurons side by side."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, quote

import numpy as np
import pytest
import scipy.stats
from playwright.sync_api import Locator, Page, Route, expect
from sites import GELU, LISTS, NEURON, SOLU, TINY, Reader, Site, examples, heading, shade, to

from lmscope.looking import Look, look, rank
from lmscope.models.loading import load
from lmscope.neurons import NeuronRecord
from lmscope.writing import number, share, visible

TEXT = "8) singled out 9) personality"
FIRST_ANSWER_MS = 90_000
"""A model is loaded for the first text; on a busy machine that takes its time."""


def scope(address: str, neuron: str | None, *texts: str) -> str:
    where = f"/{neuron[1:].replace('N', '/')}" if neuron else ""
    return f"#/scope/{address}{where}?" + "&".join(f"text={quote(t)}" for t in texts)


@pytest.fixture(scope="module")
def looked(site: Site) -> Callable[..., Look]:
    """Look at a text by Python."""
    models = {name: load(name, device="cpu") for name in (SOLU, GELU)}
    return lambda address, neuron, text: look(
        models[address], text, neuron, catalogue=site[address], in_segments=True
    )


def result(page: Page, i: int = 0) -> Locator:
    """Give what is drawn of a text once it is the answer to it."""
    found = page.locator("lms-trial").nth(i).locator(".result[aria-busy=false]")
    found.wait_for(timeout=FIRST_ANSWER_MS)
    return found


def shades(where: Locator) -> list[str]:
    found: list[str] = where.locator(".t").evaluate_all(
        "tokens => tokens.map(t => [...t.classList].find(c => /^[pn]\\d+$/.test(c)) ?? '')"
    )
    return found


def text_box(page: Page, i: int = 0) -> Locator:
    return page.locator("lms-trial").nth(i).get_by_role("textbox")


# --- any text ------------------------------------------------------------------------------


def test_a_text_is_shown_on_the_neurons_own_scale_with_its_percentile(
    reader: Reader, site: Site, looked: Callable[..., Look]
) -> None:
    record = site[SOLU][NEURON]
    page = reader.open(scope(SOLU, NEURON, TEXT))
    expected = looked(SOLU, NEURON, TEXT)
    found = result(page)
    assert expected.peak is not None
    peak = float(expected.activations[expected.peak])

    assert list(expected.tokens) == found.locator(".t").all_text_contents()
    assert [
        shade(float(a), record) if counts else ""
        for a, counts in zip(expected.activations, expected.counted, strict=True)
    ] == shades(found)
    said = found.locator(".peak").first
    expect(said).to_contain_text(f"Peak {number(peak)} on")
    assert expected.percentile is not None
    expect(said).to_contain_text(f"above {share(expected.percentile)} of the corpus's tokens")
    expect(said).to_contain_text(f"{share(peak / record.moments.max)} of its max")
    expect(page.get_by_role("img", name="Scale")).to_have_accessible_name(
        re.compile(re.escape(f"blue to {number(record.moments.max)}"))
    )


def test_a_louder_text_does_not_change_the_colours_of_a_quiet_one(
    reader: Reader, site: Site
) -> None:
    strongest = site[SOLU][NEURON].top[0].text
    page = reader.open(scope(SOLU, NEURON, TEXT))
    before = shades(result(page))
    page.get_by_role("button", name="Another text").click()
    text_box(page, 1).fill(strongest)

    assert shades(result(page, 1)) != []
    assert before == shades(result(page))


def test_model_layer_neuron_and_texts_are_in_the_address(reader: Reader) -> None:
    page = reader.open(scope(SOLU, NEURON, TEXT))
    result(page)
    text_box(page).fill("one & two = 100 % #\u00fcber")
    page.get_by_role("button", name="Another text").click()
    text_box(page, 1).fill("second\nline")
    page.get_by_role("textbox", name="Neuron", exact=True).fill("7")
    page.wait_for_url(re.compile(rf"#/scope/{SOLU}/0/7\?"))
    page.wait_for_function("location.hash.includes('line')")

    texts = parse_qs(page.evaluate("location.hash.split('?')[1]"))["text"]
    assert ["one & two = 100 % #\u00fcber", "second\nline"] == texts
    page.reload()
    expect(text_box(page, 1)).to_have_value("second\nline")
    expect(heading(page)).to_contain_text("L0N7")
    assert "second\nline" == "".join(result(page, 1).locator(".t").all_text_contents())


def test_the_catalogue_and_the_neuron_can_be_chosen(
    reader: Reader, site: Site, looked: Callable[..., Look]
) -> None:
    page = reader.open(scope(SOLU, NEURON, TEXT))
    result(page)
    page.get_by_role("combobox", name="Catalogue").select_option(GELU)
    page.get_by_role("textbox", name="Neuron", exact=True).fill("L1N9")
    expect(heading(page)).to_contain_text("L1N9")
    expected = looked(GELU, "L1N9", TEXT)

    assert expected.peak is not None
    peak = number(float(expected.activations[expected.peak]))
    expect(page.locator(".peak b").first).to_have_text(peak, timeout=FIRST_ANSWER_MS)
    page.get_by_role("textbox", name="Neuron", exact=True).fill("768")
    expect(page.get_by_role("alert")).to_contain_text(
        "Layer 1 of demo-gelu-2l has neurons 0 to 767. You asked for neuron 768."
    )


def test_a_text_is_asked_for_while_it_is_typed_but_not_at_every_letter(
    reader: Reader, looked: Callable[..., Look]
) -> None:
    page = reader.open(scope(SOLU, NEURON, "x"))
    result(page)
    before = len(looks(reader))
    text_box(page).fill("")
    text_box(page).press_sequentially(TEXT, delay=10)
    expect(result(page).locator(".t")).to_have_count(len(looked(SOLU, NEURON, TEXT).tokens))

    assert TEXT == "".join(result(page).locator(".t").all_text_contents())
    assert 1 <= len(looks(reader)) - before < len(TEXT) / 3


def looks(reader: Reader) -> list[str]:
    return [url for url in reader.asked if url.endswith("/api/look")]


def test_an_answer_that_comes_late_is_never_drawn(reader: Reader) -> None:
    page = reader.open(scope(SOLU, NEURON, "warm"))
    result(page)
    late: list[Route] = []

    def hold(route: Route) -> None:
        asked = json.loads(route.request.post_data or "{}")
        if asked["text"] == "slow":
            late.append(route)  # answered only after the one to "quick"
        else:
            route.continue_()

    page.route("**/api/look", hold)
    page.evaluate(WATCH)
    with page.expect_request("**/api/look"):
        text_box(page).fill("slow")
    text_box(page).fill("quick")
    expect(result(page).locator(".t").first).to_have_text(re.compile("^q"))
    assert 1 == len(late)
    late[0].continue_()
    page.wait_for_timeout(400)

    assert "quick" == "".join(result(page).locator(".t").all_text_contents())
    drawn = page.evaluate("window.drawn")
    assert "quick" in drawn
    assert "slow" not in drawn
    assert "net::ERR_ABORTED" in [r for _, r in reader.failed]


WATCH = """() => {
  window.drawn = [];
  const trial = (root => {
    const page = root.querySelector('lms-app').shadowRoot.querySelector('lms-scope-page');
    return page.shadowRoot.querySelector('lms-trial').shadowRoot;
  })(document);
  new MutationObserver(() => {
    const tokens = trial.querySelector('lms-tokens')?.shadowRoot.querySelector('.text');
    if (tokens) window.drawn.push(tokens.textContent);
  }).observe(trial, { subtree: true, childList: true, attributes: true, characterData: true });
  setInterval(() => {
    const tokens = trial.querySelector('lms-tokens')?.shadowRoot.querySelector('.text');
    if (tokens) window.drawn.push(tokens.textContent);
  }, 10);
}"""


def test_several_texts_stand_one_below_another(reader: Reader) -> None:
    page = reader.open(scope(SOLU, NEURON, "one", "two"))
    for i, text in enumerate(("one", "two")):
        assert text == "".join(result(page, i).locator(".t").all_text_contents())
    first, second = (page.locator("lms-trial").nth(i).bounding_box() for i in (0, 1))
    assert first is not None
    assert second is not None
    assert first["y"] + first["height"] <= second["y"] + 1

    page.get_by_role("button", name="duplicate text 1").click()
    expect(text_box(page, 1)).to_have_value("one")
    page.get_by_role("button", name="remove text 1").click()
    expect(page.locator("lms-trial")).to_have_count(2)
    expect(text_box(page, 1)).to_have_value("two")
    text_box(page, 1).press("Control+Enter")
    expect(page.locator("lms-trial")).to_have_count(3)


def test_a_text_without_a_counted_token_says_so(reader: Reader) -> None:
    page = reader.open(scope(TINY, "L0N0", "a"))

    expect(result(page)).to_contain_text("No token of this text counts.")


# --- which neurons respond -----------------------------------------------------------------


def ranked(page: Page) -> list[list[str]]:
    table = page.locator("lms-trial table")
    table.wait_for(timeout=FIRST_ANSWER_MS)
    expect(page.locator(".ranking [aria-busy=true]")).to_have_count(0)
    page.get_by_role("button", name=re.compile("^show [0-9]+$")).click()
    return [row.locator("th, td").all_inner_texts() for row in table.locator("tbody tr").all()]


def test_the_neurons_that_respond_to_a_text_are_those_of_the_library(
    reader: Reader, site: Site
) -> None:
    model = load(SOLU, device="cpu")
    page = reader.open(scope(SOLU, None, TEXT))
    expected = rank(model, TEXT, catalogue=site[SOLU], n=50)
    assert [
        [
            r.neuron.short, number(r.activation), share(r.relative or 0),
            visible(expected.tokens[r.token], spaces=True),
        ]
        for r in expected.responses
    ] == [row[:4] for row in ranked(page)]  # fmt: skip

    token = 3
    page.locator("lms-trial .t").nth(token).click()
    expect(page.locator(".ranking").get_by_role("heading")).to_contain_text(
        visible(expected.tokens[token], spaces=True)
    )
    at_token = rank(model, TEXT, catalogue=site[SOLU], n=50, token=token)
    page.get_by_role("button", name="show only 10").click()
    assert [r.neuron.short for r in at_token.responses] == [row[0] for row in ranked(page)]

    first = at_token.responses[0].neuron.short
    page.get_by_role("link", name=f"put in scope: {first}").click()
    expect(heading(page)).to_contain_text(first)
    expect(text_box(page)).to_have_value(TEXT)


def test_a_token_under_a_neuron_ranks_the_neurons_at_it(reader: Reader) -> None:
    page = reader.open(scope(SOLU, NEURON, TEXT))
    result(page).locator(".t").nth(2).click()

    expect(page.locator(".ranking").get_by_role("heading")).to_contain_text(
        "Neurons that respond most to"
    )
    assert 50 == len(ranked(page))


# --- ways into the scope -------------------------------------------------------------------


def test_the_scope_opens_filled_in_from_a_neuron_and_from_every_example(
    reader: Reader, site: Site
) -> None:
    record = site[SOLU][NEURON]
    page = reader.open(to(SOLU, NEURON))
    links = page.get_by_role("link", name="open in scope")
    n_shown = len(record.top) + len(record.bottom) + sum(len(b.examples) for b in record.bands)
    expect(links).to_have_count(n_shown)
    examples(page, LISTS["top"]).nth(2).get_by_role("link", name="open in scope").click()
    expect(text_box(page)).to_have_value(record.top[2].text)
    expect(heading(page)).to_contain_text(NEURON)
    assert record.top[2].text == "".join(result(page).locator(".t").all_text_contents())

    page = reader.open(to(SOLU, NEURON))
    page.keyboard.press("e")
    expect(text_box(page)).to_have_value(record.top[0].text)
    page.go_back()
    page.get_by_role("link", name="try your own text").click()
    expect(text_box(page)).to_have_value(record.top[0].text)


# --- two neurons ---------------------------------------------------------------------------


def compare(a: str, b: str) -> str:
    return f"#/compare/{a}/{b}"


def placed(record: NeuronRecord, where: float) -> tuple[np.ndarray, np.ndarray]:
    """Put the tokens of each bin at one place in it, 0 to 1: values and counts, standardised.

    Those at exactly zero are known: there are more tokens from zero up than above it.
    """
    m, edges = record.moments, record.histogram.edges.astype(np.float64)
    counts = record.histogram.counts.copy()
    n_zero = counts[edges[:-1] >= 0].sum() - round(m.density * m.count)
    counts[edges[:-1] == 0] -= n_zero
    filled = np.flatnonzero(counts)
    low, high = edges[filled].copy(), edges[filled + 1].copy()
    low[0], high[-1] = m.min, m.max
    values = np.append(low + where * (high - low), 0.0)
    order = np.argsort(values, kind="stable")
    return ((values - m.mean) / m.sd)[order], np.append(counts[filled], n_zero)[order]


def steps(a: Any, b: Any) -> float:
    """Give the Kolmogorov-Smirnov distance of two weighted samples."""
    x = np.sort(np.concatenate([a[0], b[0]]))
    below = [
        np.concatenate([[0], np.cumsum(n)])[np.searchsorted(v, x, side="right")] / n.sum()
        for v, n in (a, b)
    ]
    return float(abs(below[0] - below[1]).max())


@pytest.mark.parametrize(
    ("a", "b"), [((SOLU, "L0N5"), (GELU, "L1N9")), ((GELU, "L0N3"), (GELU, "L1N9"))]
)
def test_two_neurons_stand_side_by_side_with_distances_that_hold_scipys(
    reader: Reader, site: Site, a: tuple[str, str], b: tuple[str, str]
) -> None:
    records = [site[address][neuron] for address, neuron in (a, b)]
    page = reader.open("#/compare/" + "/".join(to(*side)[2:] for side in (a, b)))
    rows = page.locator("table.stats tbody tr")
    for name, value in (
        ("max", lambda m: number(m.max)), ("kurtosis", lambda m: number(m.kurtosis)),
        ("density", lambda m: share(m.density)), ("tokens", lambda m: f"{m.count:,}"),
    ):  # fmt: skip
        row = rows.filter(has=page.locator(f"th:text-is('{name}')"))
        expect(row.locator("td.number").first).to_be_visible()
        assert [value(r.moments) for r in records] == row.locator("td.number").all_inner_texts()
    sides = page.locator(".side")
    for i, record in enumerate(records):
        expect(sides.nth(i).locator("lms-example")).to_have_count(10)
        shown = sides.nth(i).locator("lms-example .peak").first
        expect(shown).to_have_text(record.top[0].tokens[record.top[0].peak])

    found = {}
    for row in page.locator("table:has(caption:text('How far')) tbody tr").all():
        name, about, surely = row.locator("th, td").all_inner_texts()[:3]
        numbers = [float(x.removesuffix(" sd").replace(",", "")) for x in surely.split(" to ")]
        found[name] = (*numbers, float(about.removesuffix(" sd").replace(",", "")))
    assert {"Wasserstein-1", "Wasserstein-2", "Kolmogorov\u2013Smirnov"} == set(found)
    for low, high, about in found.values():
        assert low <= about <= high
    for where, other in itertools.product((0.0, 0.5, 0.999), repeat=2):
        one, two = placed(records[0], where), placed(records[1], other)
        w1 = scipy.stats.wasserstein_distance(one[0], two[0], one[1], two[1])
        low, high, _ = found["Wasserstein-1"]
        # Tokens all at one end of their bins have not the mean and sd that were measured.
        assert low * 0.999 <= w1
        assert w1 <= high * 1.001 or high == pytest.approx(2**0.5, abs=1e-3)
        low, high, _ = found["Kolmogorov\u2013Smirnov"]
        assert low - 1e-3 <= steps(one, two) <= high + 1e-3
    chart = page.get_by_role("img", name="Two histograms over one axis")
    label = chart.get_attribute("aria-label") or ""
    for (_, neuron), record in zip((a, b), records, strict=True):
        m = record.moments
        reach = re.search(rf"{neuron} reaches from ([-\d.,e]+) to ([-\d.,e]+)[;.] ", label)
        assert reach is not None
        shown_reach = [float(end.replace(",", "")) for end in reach.groups()]
        assert [(m.min - m.mean) / m.sd, (m.max - m.mean) / m.sd] == pytest.approx(
            shown_reach, rel=2e-3
        )


def test_a_comparison_says_what_it_can_and_cannot_show(reader: Reader) -> None:
    for a, b, sentence in (
        ((GELU, "L0N3"), (GELU, "L1N9"), "The shapes"),
        ((SOLU, "L0N5"), (SOLU, "L0N5"), "This is one neuron twice."),
        ((SOLU, "L0N5"), (TINY, "L0N0"),
         "they can neither rule out nor confirm that both neurons stand for the same feature"),
    ):  # fmt: skip
        page = reader.open("#/compare/" + "/".join(to(*side)[2:] for side in (a, b)))
        expect(page.locator(".verdict")).to_contain_text(sentence)


def test_values_of_different_sites_are_never_laid_on_one_axis(reader: Reader) -> None:
    page = reader.open(f"#/compare/{SOLU}/0/5/{GELU}/1/9")
    expect(page.get_by_role("button", name="raw activations")).to_be_disabled()
    expect(page.get_by_text("Values of different sites are never laid on one axis")).to_be_visible()

    page = reader.open(f"#/compare/{GELU}/0/5/{GELU}/1/9")
    raw = page.get_by_role("button", name="raw activations")
    raw.click()
    expect(raw).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("img", name="activation at site post")).to_be_visible()


def test_the_second_neuron_is_written_in_any_spelling(reader: Reader) -> None:
    page = reader.open(to(GELU, "L1N9"))
    page.get_by_role("link", name="compare", exact=True).click()
    expect(page.get_by_text("Which neuron shall it be compared with?")).to_be_visible()
    box = page.get_by_role("combobox", name="Second neuron")
    box.fill("demo-solu-11/0/5")
    box.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Did you mean 'demo-solu-1l'?")
    box.fill(f"{SOLU}/0/5")
    page.get_by_role("button", name="Compare", exact=True).click()

    page.wait_for_url(re.compile(rf"#/compare/{GELU}/1/9/{SOLU}/0/5$"))
    expect(page.locator(".verdict")).to_be_visible()
