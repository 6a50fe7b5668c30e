"""From a neuron's page to a verdict: the claim, the rule as it is typed, the test, the report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect
from sites import GELU, NEURON, SOLU, Reader, Site, examples, heading, serving, to
from test_site_access import AXE, settle

from lmscope.rules import Rule, label

Readers = Callable[..., Reader]
RULE = "words: the, of"
SLOW = r"((\w| )+)+\1\2"
MISTAKE = "status of 422"
"""What Chromium says of every rule that is refused while it is half written."""
FIRST_VERDICT_MS = 240_000
"""A model is loaded and runs over a corpus; on a busy machine that takes its time."""
PASTED = (
    "match:\nthe river\nof stone\nthe moon\nof salt\nthe light\nother:\na river\nno stone\nmoon\n"
)


@pytest.fixture(scope="module")
def site(folders: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with a lab notebook and a cache of its own."""
    folder = tmp_path_factory.mktemp("site-evidence")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        with serving(folders, folder / "journal.db", "--device", "cpu") as running:
            yield running


@pytest.fixture
def reader(readers: Readers, site: Site) -> Reader:
    reader = readers(site.url)
    reader.allowed.append(MISTAKE)
    return reader


def rule(page: Page) -> Locator:
    return page.get_by_role("textbox", name="as a rule")


def marks(page: Page) -> Locator:
    return page.locator("#marks")


def fires(page: Page, section: str) -> list[list[int]]:
    """Give the tokens of each example that are outlined as marked."""
    found: list[list[int]] = examples(page, section).evaluate_all(
        """examples => examples.map(example => {
          const tokens = example.shadowRoot.querySelector('lms-tokens').shadowRoot;
          const all = [...tokens.querySelectorAll('.t')];
          const isMarked = all.map(t => t.classList.contains('fires'));
          return isMarked.flatMap((fires, i) => fires ? [i] : []);
        })"""
    )
    return found


def open_more(page: Page) -> None:
    rule(page).focus()
    page.get_by_text("Which token, which side").click()


def begin(page: Page) -> None:
    page.get_by_role("button", name="Test it").click()


def verdict(page: Page) -> None:
    """Wait for the page of a verdict."""
    page.wait_for_url(re.compile(r"#/tests/\d+$"), timeout=FIRST_VERDICT_MS)
    expect(page.get_by_role("heading", name="All hypotheses tried")).to_be_visible()


# --- the walk --------------------------------------------------------------------------------


def test_a_reader_walks_from_a_neuron_to_a_verdict_and_its_report(
    reader: Reader, site: Site, tmp_path: Path
) -> None:
    page = reader.open(to(SOLU, NEURON))
    page.get_by_role("textbox", name="in your words").fill("small <b>words</b>")
    rule(page).fill(RULE)
    expect(marks(page)).to_contain_text("Marks")
    open_more(page)
    page.get_by_role("textbox", name="Texts that should").fill(PASTED)
    expect(page.locator("#understood")).to_contain_text("5 texts that match, 3 that do not.")
    begin(page)
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    verdict(page)

    record = httpx.get(
        f"{site.url}api/tests/{page.url.rpartition('/')[2]}", params={"person": "Ada"}
    ).json()
    result = record["result"]
    expect(heading(page)).to_have_text(result["verdict"].capitalize())
    expect(page.get_by_text("“small <b>words</b>”")).to_be_visible()
    expect(page.get_by_text(result["why"])).to_be_visible()
    levels = [level for level in result["corpus"]["by_level"] if level["n"]]
    table = page.get_by_role("table", name="Precision by level")
    expect(table.get_by_role("row")).to_have_count(1 + len(levels))
    expect(page.get_by_role("img", name="Activations of matching texts")).to_be_visible()
    expect(page.locator("lms-strip circle")).to_have_count(8)
    expect(page.locator(".texts lms-tokens")).to_have_count(8)
    counter = page.get_by_role("region", name="Its strongest firings outside the rule")
    expect(counter.get_by_role("listitem")).to_have_count(len(result["counter_examples"]))
    copied = page.get_by_role("button", name="copy as Markdown")
    expect(copied).to_be_visible()
    for name, ending, start in (
        ("report as HTML", "html", "<!doctype html>"),
        ("report as Markdown", "md", "# small"),
        ("hypothesis as .toml", "toml", "claim ="),
    ):
        with page.expect_download() as caught:
            page.get_by_role("link", name=name).click()
        path = tmp_path / caught.value.suggested_filename
        caught.value.save_as(path)
        assert f".{ending}" == path.suffix
        assert path.read_text("utf-8").startswith(start)


def test_a_changed_hypothesis_is_a_new_version_and_all_are_listed(
    reader: Reader, site: Site
) -> None:
    page = reader.open(to(GELU, "L0N7"))
    rule(page).fill(RULE)
    page.get_by_role("textbox", name="in your words").fill("small words")
    begin(page)
    verdict(page)
    first = page.url.rpartition("/")[2]
    page.get_by_role("link", name="change it and test again").click()
    expect(rule(page)).to_have_value(RULE)
    expect(page.get_by_role("textbox", name="in your words")).to_have_value("small words")
    expect(page.get_by_role("link", name=f"test {first}")).to_be_visible()
    rule(page).fill("words: the")
    begin(page)
    page.wait_for_url(re.compile(rf"#/tests/(?!{first}$)\d+$"), timeout=FIRST_VERDICT_MS)
    expect(page.get_by_text("version 2")).to_be_visible()
    tried = page.get_by_role("region", name="All hypotheses tried")
    expect(tried.get_by_role("row")).to_have_count(3)
    tried.get_by_role("link").click()
    page.wait_for_url(f"**/#/tests/{first}")

    reader.open(to(GELU, "L0N7"))
    expect(page.locator("lms-claim .tests li")).to_have_count(2)
    page = reader.open("#/log")
    expect(page.get_by_role("region", name="Tests").get_by_role("link").first).to_be_visible()


# --- the rule while it is typed ----------------------------------------------------------------


def test_a_rule_is_outlined_in_the_examples_as_it_is_typed(reader: Reader, site: Site) -> None:
    catalogue, read = site[SOLU], Rule.read(RULE)
    page = reader.open(to(SOLU, NEURON))
    examples(page, "Top examples").first.locator(".t").first.wait_for()
    rule(page).press_sequentially(RULE, delay=10)
    expect(marks(page)).to_contain_text("places in the first")
    expected = []
    for example in catalogue[NEURON].top:
        places = read.places(catalogue.pack.text(example.document).decode())
        marked = label(places, example.spans)
        expected.append([i for i, fires in enumerate(marked) if fires])

    assert expected == fires(page, "Top examples")
    assert any(expected)
    n = sum(e.peak in m for e, m in zip(catalogue[NEURON].top, expected, strict=True))
    page.get_by_text("Which token, which side").click()
    page.get_by_role("combobox", name="How far").select_option("0")
    expect(marks(page)).to_contain_text(f"Marks {n} of the 20 top examples' peaks")
    rule(page).fill("")
    expect(marks(page)).to_contain_text("Write a rule")
    assert not any(fires(page, "Top examples"))


def test_a_rule_is_started_from_tokens_that_are_clicked(reader: Reader, site: Site) -> None:
    page = reader.open(to(SOLU, NEURON))
    tokens = examples(page, "Top examples").first.locator(".t")
    peak = site[SOLU][NEURON].top[0].peak
    tokens.nth(peak).click()
    expect(tokens.nth(peak)).to_have_class(re.compile("chosen"))
    tokens.nth(peak).click()
    expect(page.get_by_role("region", name="Chosen tokens")).to_be_hidden()
    tokens.nth(peak).click()
    page.get_by_role("button", name="Start a rule from selected tokens").click()
    expect(rule(page)).to_be_focused()
    written = rule(page).input_value()

    assert Rule.read(written)
    expect(page.get_by_role("region", name="Chosen tokens")).to_be_hidden()
    expect(marks(page)).to_contain_text(re.compile("Marks [1-9]"))


def test_a_rule_is_started_by_keys_alone(reader: Reader) -> None:
    page = reader.open(to(SOLU, NEURON))
    examples(page, "Top examples").first.locator(".t.peak").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    chosen = page.get_by_role("region", name="Chosen tokens")
    expect(chosen.locator("code")).to_have_count(1)
    chosen.get_by_role("button", name="Start a rule").press("Enter")

    expect(rule(page)).to_be_focused()
    assert Rule.read(rule(page).input_value())


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("(a+", "'(a+' is no rule: the bracket ( is never closed (character 1)."),
        ("word: a", "Did you mean 'words:'?"),
        (SLOW, "was stopped after"),
        (SLOW, "What can take so long is"),
        ("zzzqqq", "None there: is it what you mean?"),
        (r"/\S/", "of all tokens: any neuron would seem to fit."),
    ],
)
def test_what_is_odd_about_a_rule_is_said_beside_it(
    reader: Reader, typed: str, sentence: str
) -> None:
    page = reader.open(to(SOLU, NEURON))
    rule(page).fill(typed)

    expect(marks(page)).to_contain_text(sentence)


@pytest.mark.parametrize(
    ("pasted", "sentence"),
    [
        ("match:\none\ntwo", "All of them match: a test needs others too."),
        ("other:\none\ntwo", "None of them matches: a test needs both kinds."),
        ("| a | b |\n|---|---|\n| x | y |", "its columns are 'a', 'b'"),
        ("| match | other |\n|---|---|\n| the x | a x |\n| the y | a y |", "2 pairs."),
        ("| match | other |\n|---|---|\n| the x | a x |\n| the y | |", "1 row had one text only"),
    ],
)
def test_what_is_odd_about_texts_is_said_below_them(
    reader: Reader, pasted: str, sentence: str
) -> None:
    page = reader.open(to(SOLU, NEURON))
    open_more(page)
    page.get_by_role("textbox", name="Texts that should").fill(pasted)

    expect(page.locator("#understood")).to_contain_text(sentence)


# --- what goes wrong ---------------------------------------------------------------------------


def test_nothing_can_be_tested_without_a_rule_or_texts(reader: Reader) -> None:
    page = reader.open(to(SOLU, NEURON))
    rule(page).focus()

    expect(page.get_by_role("button", name="Test it")).to_be_disabled()


@pytest.mark.parametrize(
    ("typed", "pasted", "sentence"),
    [
        ("zzzqqq", "", "marks nothing in"),
        (r"/\S/", "", "of all tokens: any neuron would seem to fit"),
        (RULE, "match:\nthe x\n", "no text is of the other kind"),
        ("(a", "", "is never closed"),
    ],
)
def test_what_cannot_be_tested_says_why(
    reader: Reader, typed: str, pasted: str, sentence: str
) -> None:
    page = reader.open(to(SOLU, NEURON))
    rule(page).fill(typed)
    if pasted:
        open_more(page)
        page.get_by_role("textbox", name="Texts that should").fill(pasted)
    begin(page)

    alert = page.locator("lms-claim").get_by_role("alert")
    expect(alert).to_contain_text(sentence, timeout=FIRST_VERDICT_MS)
    expect(page.get_by_role("button", name="Test it")).to_be_enabled()


def test_what_is_opened_stays_open_though_the_panel_is_drawn_again_at_once(reader: Reader) -> None:
    page = reader.open(to(SOLU, NEURON))
    rule(page).focus()
    page.locator("lms-claim").evaluate(
        """async (claim) => {
          const summaries = [...claim.renderRoot.querySelectorAll("summary")];
          summaries.find((one) => one.textContent.startsWith("Which token")).click();
          claim.requestUpdate();
          await claim.updateComplete;
        }"""
    )

    expect(page.get_by_role("textbox", name="Texts that should")).to_be_visible()


def test_a_test_is_cancelled(reader: Reader, site: Site) -> None:
    page = reader.open(to(GELU, "L1N9"))
    rule(page).fill(RULE)
    expect(marks(page)).to_contain_text("Marks")
    page.get_by_role("textbox", name="in your words").fill("never mind")
    begin(page)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("lms-claim")).to_contain_text("Cancelled.", timeout=FIRST_VERDICT_MS)

    found = httpx.get(f"{site.url}api/tests", params={"person": "Ada"}).json()["tests"]
    assert [] == [test for test in found if test["claim"] == "never mind"]


def test_a_test_that_is_not_there_is_said(reader: Reader) -> None:
    reader.allowed.append("status of 404")
    page = reader.open("#/tests/9999")

    expect(page.get_by_role("alert")).to_contain_text("There is no test 9999")
    reader.open("#/tests/x")
    expect(heading(page)).to_have_text("Nothing here")


# --- for every eye and hand --------------------------------------------------------------------


@pytest.fixture
def record(site: Site) -> str:
    """The address of a verdict with everything on it."""
    asked = {
        "person": "Ada",
        "catalogue": SOLU,
        "layer": 0,
        "index": 5,
        "hypothesis": {"claim": "small words", "rule": RULE},
        "harvest": 12,
    }
    with httpx.Client(base_url=site.url, timeout=60) as client:
        job = client.post("api/tests", json=asked).raise_for_status().json()
        while job["state"] in ("waiting", "running"):
            job = client.get(f"api/jobs/{job['id']}").json()
    assert "done" == job["state"], job
    return f"#/tests/{job['record']}"


def test_axe_finds_nothing_and_a_phone_needs_no_sideways_scrolling(
    readers: Readers, site: Site, axe_source: str, record: str
) -> None:
    reader = readers(site.url)
    reader.allowed.append(MISTAKE)
    reader.context.add_init_script(axe_source)
    page = reader.open(record)
    settle(page)
    expect(page.locator("lms-strip")).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert [] == page.evaluate(AXE)
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360

    page = reader.open(to(SOLU, NEURON))
    settle(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    open_more(page)
    page.get_by_text("How rules are written").click()
    rule(page).fill(RULE)
    expect(marks(page)).to_contain_text("Marks")
    examples(page, "Top examples").first.locator(".t.peak").click()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert [] == page.evaluate(AXE)
    rule(page).fill("(")
    expect(marks(page)).to_contain_text("is no rule")
    assert [] == page.evaluate(AXE)
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360


def test_a_verdict_shows_hostile_text_as_text(reader: Reader, site: Site) -> None:
    page = reader.open(to(SOLU, "L0N9"))
    evil = "<img src=x onerror=alert(1)> the \u202eriver"
    page.get_by_role("textbox", name="in your words").fill(evil)
    rule(page).fill(RULE)
    open_more(page)
    page.get_by_role("textbox", name="Texts that should").fill(
        f"match:\n{evil}\nother:\n<b>a</b>\n"
    )
    begin(page)
    verdict(page)

    expect(page.locator(".claim")).to_contain_text("<img src=x onerror=alert(1)> the \\u202eriver")
    expect(page.locator("img")).to_have_count(0)


def test_a_static_site_has_no_panel(
    readers: Readers, host: Callable[..., str], folders: list[Path], tmp_path: Path
) -> None:
    from lmscope.exporting import export
    from lmscope.shelf import find

    export(find(folders[:1]), tmp_path / "out", neurons=["L0N5"])
    reader = readers(host(tmp_path / "out"))
    page = reader.open(to(SOLU, NEURON))
    expect(examples(page, "Top examples").first).to_be_visible()

    expect(page.locator("lms-claim")).to_have_count(0)
    reader.open("#/tests/1")
    expect(page.get_by_role("alert")).to_contain_text("A static site has no tests.")
