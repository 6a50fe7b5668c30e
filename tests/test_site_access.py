"""The site for every eye and hand: keyboard alone, screen reader, dark, narrow."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sites import GELU, NEURON, SOLU, TINY, Reader, Site, examples, heading, to, visit

Readers = Callable[..., Reader]
TEXT = "8) singled out 9) personality"
PAGES = {
    "models": "#/",
    "model": f"#/{GELU}",
    "filtered": f"#/{TINY}?only=alive&sort=-kurtosis&min.density=0.1",
    "neuron": to(SOLU, NEURON),
    "hostile": to(TINY, "L1N7"),
    "dead": to(TINY, "L0N3"),
    "scope": f"#/scope/{SOLU}/0/5?text={TEXT}",
    "ranking": f"#/scope/{SOLU}?text={TEXT}",
    "compare": f"#/compare/{SOLU}/0/5/{GELU}/1/9",
    "log": "#/log",
    "help": "#/help",
    "nothing": f"#/{GELU}/5/0",
}


@pytest.fixture(params=PAGES)
def address(request: pytest.FixtureRequest, site: Site) -> str:
    visit(site, "Access", SOLU, 0, 5)
    return PAGES[request.param]


def settle(page: Page) -> None:
    """Wait until a page has what it shows."""
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text(re.compile("^(Loading|Reading|Summing)"))).to_have_count(0)
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    if "#/scope" in page.url:
        expect(page.locator("lms-tokens .t").first).to_be_visible(timeout=90_000)


AXE = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'] });
  return violations.map(v => `${v.impact}: ${v.id} (${v.help}) at `
    + v.nodes.slice(0, 3).map(n => `${n.target.flat().join(' ')}: ${n.failureSummary}`).join('; '));
}"""


def test_axe_finds_nothing_in_light_and_in_dark(
    readers: Readers, site: Site, axe_source: str, address: str
) -> None:
    reader = readers(site.url, person="Access")
    reader.context.add_init_script(axe_source)
    page = reader.open(address)
    settle(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)

        assert [] == page.evaluate(AXE)


def test_axe_finds_nothing_in_what_opens(readers: Readers, site: Site, axe_source: str) -> None:
    reader = readers(site.url, person="Access")
    reader.context.add_init_script(axe_source)
    page = reader.open(to(SOLU, NEURON))
    settle(page)
    page.get_by_role("button", name="one line each").click()
    examples(page, "Top examples").first.locator(".t.peak").focus()
    assert [] == page.evaluate(AXE)
    examples(page, "Top examples").nth(1).get_by_role("button", name="more").click()
    page.get_by_role("button", name="full document").first.click()
    expect(page.locator(".around").first).to_be_visible()
    assert [] == page.evaluate(AXE)
    page.keyboard.press("?")
    assert [] == page.evaluate(AXE)
    page.keyboard.press("Escape")
    page.goto(site.url + "embed.html" + to(SOLU, NEURON))
    expect(heading(page)).to_contain_text(NEURON)
    assert [] == page.evaluate(AXE)


def test_a_phone_shows_every_page_without_scrolling_sideways(
    readers: Readers, site: Site, address: str
) -> None:
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    page = readers(site.url, person="Access", **phone).open(address)
    settle(page)

    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    assert 360 == page.evaluate("Math.round(visualViewport.width)")


DEEPEST = """() => {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  const style = getComputedStyle(found);
  return {
    tag: found.localName,
    role: found.getAttribute('role'),
    name: found.getAttribute('aria-label') ?? found.textContent.trim(),
    className: found.className,
    isSeen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0,
  };
}"""


def tab_to(page: Page, is_there: Callable[[dict[str, Any]], bool], most: int = 60) -> None:
    """Press the tab key until it leads there; what is focused on the way must be seen to be."""
    for _ in range(most):
        page.keyboard.press("Tab")
        found = page.evaluate(DEEPEST)
        assert found["isSeen"], found
        if is_there(found):
            return
    pytest.fail("The tab key does not lead there.")


def test_keys_alone_lead_from_the_models_to_the_value_of_a_token(
    readers: Readers, site: Site
) -> None:
    page = readers(site.url, person="Keys").open()
    tab_to(page, lambda at: at["name"] == SOLU)
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text(SOLU)
    expect(page.get_by_role("grid")).to_be_visible()
    tab_to(page, lambda at: at["role"] == "grid")
    for _ in range(6):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(heading(page)).to_contain_text("L0N4")
    expect(page.locator("lms-tokens .t").first).to_be_visible()
    tab_to(page, lambda at: at["className"].startswith("t "))
    page.keyboard.press("Home")
    example = site[SOLU]["L0N4"].top[0]
    start, end = example.spans[0]
    expect(page.locator(".readout:visible")).to_contain_text(f"bytes {start:,} to {end:,}")


def test_keys_alone_rank_the_neurons_at_a_token(reader: Reader) -> None:
    page = reader.open(f"#/scope/{SOLU}/0/5?text={TEXT}")
    settle(page)
    page.locator("lms-trial textarea").focus()
    tab_to(page, lambda at: at["className"].startswith("t "))
    page.keyboard.press("End")
    page.keyboard.press("Enter")

    expect(page.locator(".ranking table")).to_be_visible(timeout=60_000)


def test_the_focus_goes_to_the_heading_of_a_page_that_comes(reader: Reader) -> None:
    page = reader.open()
    for link, title in (("Help", "Help"), ("Compare", "Compare two neurons")):
        page.get_by_role("navigation", name="Pages").get_by_role("link", name=link).click()
        expect(heading(page)).to_have_text(title)
        page.wait_for_function(f"() => ({DEEPEST})().tag === 'h1'")
        expect(page).to_have_title(f"{link} · lmscope")
    page.keyboard.press("Shift+Tab")
    page.reload()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    assert "main" == page.evaluate(DEEPEST)["tag"]


def brightness(page: Page, selector: str, colour: str) -> float:
    """Give the brightness of a colour on the page, 0 to 1."""
    of = "(e, colour) => getComputedStyle(e)[colour].match(/[\\d.]+/g).slice(0, 3).map(Number)"
    red, green, blue = (c / 255 for c in page.locator(selector).first.evaluate(of, colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_page_is_dark_where_the_reader_likes_it_dark(readers: Readers, site: Site) -> None:
    for scheme, is_dark in (("light", False), ("dark", True)):
        page = readers(site.url, color_scheme=scheme).open(to(TINY, "L1N7"))

        assert is_dark == (brightness(page, "body", "backgroundColor") < 0.2)
        assert is_dark == (brightness(page, "h1", "color") > 0.6)


def test_nothing_moves_for_a_reader_who_wants_no_motion(readers: Readers, site: Site) -> None:
    page = readers(site.url, reduced_motion="reduce").open(to(SOLU, NEURON))
    page.get_by_role("button", name="bottom", exact=True).click()
    page.keyboard.press("n")

    assert 0 == page.evaluate("document.getAnimations().length")
    assert "smooth" != page.evaluate("getComputedStyle(document.documentElement).scrollBehavior")
