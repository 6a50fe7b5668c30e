"""What a reader sees and does on the pages of the site, in Chromium; Python is the oracle."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, expect
from sites import (
    GELU,
    HOSTILE,
    LISTS,
    NEURON,
    SOLU,
    TINY,
    Reader,
    Site,
    drawn,
    examples,
    go_to,
    heading,
    shade,
    to,
    visit,
)

from lmscope.catalogue import Catalogue
from lmscope.writing import number, share, visible

TIMES = "\u00d7"


def names(catalogue: Catalogue, order: NDArray[Any]) -> list[str]:
    return [
        f"L{catalogue.layers[i // catalogue.d_mlp]}N{i % catalogue.d_mlp}" for i in order.tolist()
    ]


# --- models --------------------------------------------------------------------------------


def test_every_catalogue_is_listed_with_what_it_is(reader: Reader, site: Site) -> None:
    table = reader.open().get_by_role("table", name="Catalogues")

    expect(table.get_by_role("row")).to_have_count(1 + len(site.shelf))
    for address, catalogue in site.shelf:
        row = table.get_by_role("row").filter(has=row_link(reader.page, address))
        n_layers = "1 layer" if catalogue.n_layers == 1 else f"{catalogue.n_layers} layers"
        model = catalogue.manifest["model"]
        for fact in (
            f"{len(catalogue):,}",
            f"in {n_layers}",
            model["activation_function"],
            catalogue.site,
            f"{catalogue.n_tokens:,} tokens",
            site.entry(address)["corpus"],
            site.entry(address)["date"] or "not known",
        ):
            expect(row).to_contain_text(fact)
        is_built_in = address.startswith("demo-")
        expect(row.get_by_text("start here")).to_have_count(1 if is_built_in else 0)


def row_link(page: Page, address: str) -> Locator:
    return page.get_by_role("link", name=address, exact=True)


def test_the_first_page_leads_to_a_random_neuron(reader: Reader) -> None:
    seen = set()
    for _ in range(3):
        page = reader.open()
        page.get_by_role("button", name=f"Random neuron of {GELU}").click()
        page.wait_for_url(re.compile(rf"#/{GELU}/[01]/\d+$"))
        expect(page.get_by_role("heading", level=1)).to_contain_text(GELU)
        seen.add(page.url)

    assert len(seen) > 1


def test_the_newcomers_button_leads_to_a_neuron_of_a_built_in_model(reader: Reader) -> None:
    page = reader.open()
    page.get_by_role("button", name="Show me a neuron").click()

    page.wait_for_url(re.compile(r"#/demo-[^/]+/\d/\d+$"))
    expect(heading(page)).to_contain_text(re.compile(r"L\d+N\d+"))


# --- a model -------------------------------------------------------------------------------


def test_a_layer_has_its_first_and_last_neuron_and_a_random_one(reader: Reader) -> None:
    for layer in (0, 1):
        for which, neuron in (("First", 0), ("Last", 767)):
            page = reader.open(f"#/{GELU}")
            page.get_by_role("link", name=f"{which} neuron of layer {layer}").click()
            expect(page.get_by_role("heading", level=1)).to_contain_text(f"L{layer}N{neuron}")
    page = reader.open(f"#/{GELU}")
    page.get_by_role("button", name="Random neuron of layer 1").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("L1N")


@pytest.mark.parametrize("address", [GELU, TINY])
def test_a_layer_is_summed_up_as_by_numpy(reader: Reader, site: Site, address: str) -> None:
    catalogue = site[address]
    rows = reader.open(f"#/{address}").get_by_role("region", name="Layers").locator("tbody tr")

    expect(rows).to_have_count(catalogue.n_layers)
    for i in range(catalogue.n_layers):
        density, kurtosis = (
            np.nanquantile(catalogue.column(name)[i].astype(np.float64), (0.5, 0.25, 0.75))
            for name in ("density", "kurtosis")
        )
        dead = share(float(catalogue.column("is_dead")[i].mean()))
        numbers = [" ".join(t.split()) for t in rows.nth(i).locator("td.number").all_inner_texts()]
        assert [
            dead,
            "{} ({} to {})".format(*map(share, density)),
            "{} ({} to {})".format(*map(number, kurtosis)),
        ] == numbers


class Grid:
    """The table of a model's neurons."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.table = page.get_by_role("grid")

    def first(self, n: int) -> list[str]:
        """Give the addresses in the first n rows, once the table has them."""
        rows = self.table.locator(".rows [role=row]")
        rows.nth(n - 1).wait_for()
        return [rows.nth(i).get_by_role("link").inner_text() for i in range(n)]

    def shows(self, expected: list[str]) -> None:
        """Check the uppermost rows."""
        rows = self.table.locator(".rows [role=row] a")
        expect(rows.first).to_have_text(expected[0])
        assert expected == rows.all_inner_texts()[: len(expected)]

    def cells(self, i: int) -> list[str]:
        return self.table.locator(f"#row-{i}").get_by_role("gridcell").all_inner_texts()

    def sort_by(self, column: str) -> None:
        self.table.get_by_role("button", name=column, exact=True).click()


COLUMNS = {
    "density": "density", "kurtosis": "kurtosis", "skew": "skew", "max": "max", "min": "min",
    "one peak token": "peak_share",
}  # fmt: skip
"""What the table calls a statistic, and its name in the catalogue."""


def test_the_table_says_of_a_neuron_what_the_catalogue_does(reader: Reader, site: Site) -> None:
    catalogue = site[SOLU]
    grid = Grid(reader.open(f"#/{SOLU}"))
    for i in range(4):
        record = catalogue[0, i]
        m = record.moments
        peaks = "\u2003".join(
            visible(t.token, spaces=True) + (f" {TIMES}{t.count}" if t.count > 1 else "")
            for t in record.peak_tokens
        )
        expect(grid.table.locator(f"#row-{i}")).to_contain_text(peaks)
        assert [
            record.id.short, share(m.density), number(m.kurtosis), number(m.skew),
            number(m.max), number(m.min), peaks,
            share(float(catalogue.column("peak_share")[0, i])), "",
        ] == grid.cells(i)[:9]  # fmt: skip


@pytest.mark.parametrize("address", [GELU, TINY])
def test_the_table_is_sorted_as_by_numpy(reader: Reader, site: Site, address: str) -> None:
    catalogue = site[address]
    grid = Grid(reader.open(f"#/{address}"))
    for label, column in COLUMNS.items():
        values = catalogue.column(column).ravel()
        grid.sort_by(label)
        grid.shows(names(catalogue, np.argsort(-values, kind="stable"))[:12])
        grid.sort_by(label)
        grid.shows(names(catalogue, np.argsort(values, kind="stable"))[:12])


def test_the_table_is_filtered_as_by_numpy(reader: Reader, site: Site) -> None:
    catalogue = site[GELU]
    density, kurtosis = (catalogue.column(c).ravel() for c in ("density", "kurtosis"))
    low, high = 0.05, float(np.nanquantile(kurtosis, 0.7))
    page = reader.open(f"#/{GELU}")
    grid = Grid(page)
    page.get_by_text("Limits").click()
    for field, value in (("Least density", low), ("Greatest kurtosis", high)):
        page.get_by_role("textbox", name=field).fill(str(value))
        page.keyboard.press("Tab")

    kept = np.flatnonzero((density >= low) & (kurtosis <= high))
    assert 12 < len(kept) < len(density)
    expect(page.get_by_text(f"{len(kept):,} of {len(density):,} neurons")).to_be_visible()
    grid.shows(names(catalogue, kept)[:12])
    page.get_by_role("combobox", name="Layer").select_option("1")
    grid.shows(names(catalogue, kept[kept >= catalogue.d_mlp])[:12])
    page.get_by_role("button", name="Show all").click()
    expect(page.get_by_text(f"{len(density):,} neurons", exact=True)).to_be_visible()


def test_dead_neurons_can_be_left_out_of_the_table(reader: Reader, site: Site) -> None:
    catalogue = site[TINY]
    is_dead = catalogue.column("is_dead").ravel().astype(bool)
    page = reader.open(f"#/{TINY}")
    page.get_by_role("combobox", name="Only").select_option("dead")

    Grid(page).shows(names(catalogue, np.flatnonzero(is_dead)))
    page.get_by_role("combobox", name="Only").select_option("alive")
    expect(page.get_by_text(f"{(~is_dead).sum()} of 80 neurons")).to_be_visible()


def test_neurons_are_found_by_a_peak_token(reader: Reader, site: Site) -> None:
    catalogue = site[SOLU]
    record = catalogue[0, 5]
    token = next(t.token for t in record.peak_tokens if t.token.strip().isalpha())
    texts = np.array([catalogue.token(i) for i in range(4096)])
    ids, counts = catalogue.column("peak_ids")[0], catalogue.column("peak_counts")[0]
    page = reader.open(f"#/{SOLU}")

    page.get_by_label("Peak token", exact=True).fill(token.upper())
    inside = np.array([token.upper().lower() in t.lower() for t in texts])
    kept = np.flatnonzero((inside[ids] & (counts > 0)).any(axis=1))
    assert 5 in kept
    expect(page.get_by_text(f"{len(kept):,} of 1,024 neurons")).to_be_visible()
    Grid(page).shows(names(catalogue, kept)[:8])

    page.get_by_label("Peak token", exact=True).fill(token)
    page.get_by_label("whole token").check()
    page.get_by_label("same case").check()
    kept = np.flatnonzero(((texts == token)[ids] & (counts > 0)).any(axis=1))
    expect(page.get_by_text(f"{len(kept):,} of 1,024 neurons")).to_be_visible()
    Grid(page).shows(names(catalogue, kept)[:8])


def test_only_the_rows_on_the_screen_exist(reader: Reader) -> None:
    page = reader.open(f"#/{GELU}")
    grid = Grid(page)
    grid.shows(["L0N0", "L0N1"])
    rows = grid.table.locator(".rows [role=row]")

    assert rows.count() < 60
    grid.table.evaluate(
        "box => box.scrollTo(0, 1000 * box.querySelector('.rows .line').offsetHeight)"
    )
    expect(rows.first).to_contain_text("L1N232")
    grid.table.focus()
    page.keyboard.press("End")
    expect(rows.last).to_contain_text("L1N767")
    assert rows.count() < 60
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("L1N767")


def test_sorting_and_filters_are_in_the_address(reader: Reader, site: Site) -> None:
    page = reader.open(f"#/{GELU}")
    Grid(page).sort_by("kurtosis")
    page.get_by_role("combobox", name="Layer").select_option("1")
    page.wait_for_url(re.compile("sort=-kurtosis"))
    page.reload()

    order = np.argsort(-site[GELU].column("kurtosis").ravel(), kind="stable")
    Grid(page).shows(names(site[GELU], order[order >= site[GELU].d_mlp])[:8])


def test_a_click_on_a_row_opens_its_neuron_and_back_leads_to_the_same_place(
    reader: Reader,
) -> None:
    page = reader.open(f"#/{GELU}")
    grid = Grid(page)
    grid.shows(["L0N0"])
    grid.table.evaluate(
        "box => box.scrollTo(0, 500 * box.querySelector('.rows .line').offsetHeight)"
    )
    row = grid.table.locator("#row-505")
    expect(row.get_by_role("gridcell").nth(6)).not_to_have_text("\u2026")  # it stands still
    row.get_by_role("gridcell").nth(3).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("L0N505")
    page.go_back()

    expect(Grid(page).table.locator("#row-505")).to_be_visible()


# --- a neuron ------------------------------------------------------------------------------


def dead_neuron(catalogue: Catalogue) -> str:
    return names(catalogue, np.flatnonzero(catalogue.column("is_dead").ravel()))[0]


@pytest.mark.parametrize(("address", "neuron"), [(SOLU, NEURON), (GELU, "L1N9"), (TINY, "L1N7")])
def test_the_examples_have_the_catalogues_tokens_and_values(
    reader: Reader, site: Site, address: str, neuron: str
) -> None:
    record = site[address][neuron]
    page = reader.open(to(address, neuron))
    for name, section in LISTS.items():
        listed = getattr(record, name)
        found = drawn(page, section)
        assert len(listed) == len(found)
        assert [str(i + 1) for i in range(len(listed))] == [e["rank"] for e in found]
        for example, shown in zip(listed, found, strict=True):
            assert example.max == pytest.approx(float(shown["value"]), abs=5.1e-4)
            assert example.peak == shown["peak"]
            if not example.split:
                assert list(example.tokens) == shown["tokens"]


@pytest.mark.parametrize(("address", "neuron"), [(SOLU, NEURON), (GELU, "L1N9"), (TINY, "L1N7")])
def test_every_token_has_the_shade_of_its_value_on_the_neurons_own_scale(
    reader: Reader, site: Site, address: str, neuron: str
) -> None:
    record = site[address][neuron]
    page = reader.open(to(address, neuron))
    seen = {""}
    for name, section in LISTS.items():
        for example, shown in zip(getattr(record, name), drawn(page, section), strict=True):
            expected = [shade(float(a), record) for a in example.activations]
            assert expected == shown["shades"]
            seen |= {s[:1] for s in expected}
    assert ({"", "p", "n"} if address == TINY else {"", "p"}) == seen


def test_above_zero_is_blue_and_below_is_orange_with_a_mark_for_any_eyes(
    reader: Reader, site: Site
) -> None:
    low, high = (site[TINY].column(name).ravel() for name in ("min", "max"))
    balanced = names(site[TINY], np.argsort(abs(high + low), kind="stable"))[0]
    page = reader.open(to(TINY, balanced))
    drawn(page, LISTS["top"])
    look = """tokens => tokens.map(t => {
      const { backgroundColor, backgroundImage, textDecorationLine } = getComputedStyle(t);
      const [red, , blue] = backgroundColor.match(/[\\d.]+/g).map(Number);
      return [red / blue, backgroundImage + textDecorationLine];
    })"""
    strong = ", .".join(f"{{}}{level}" for level in range(12, 25))
    above, below = (
        page.locator(f".{strong}".replace("{}", side)).evaluate_all(look) for side in "pn"
    )

    assert min(len(above), len(below)) > 3
    assert all(redness < 0.8 for redness, _ in above)
    assert all(redness > 1.25 for redness, _ in below)
    assert {mark for _, mark in above}.isdisjoint(mark for _, mark in below)


def readout(page: Page) -> Locator:
    return page.locator(".readout:visible")


def test_pointing_at_a_token_shows_its_value_and_its_bytes(reader: Reader, site: Site) -> None:
    record = site[SOLU][NEURON]
    page = reader.open(to(SOLU, NEURON))
    example = record.top[1]
    for i in (0, example.peak, len(example.tokens) - 1):
        token = examples(page, LISTS["top"]).nth(1).locator(".t").nth(i)
        token.hover()
        start, end = example.spans[i]
        for fact in (
            number(float(example.activations[i])),
            visible(example.tokens[i], spaces=True),
            f"bytes {start:,} to {end:,}",
        ):
            expect(readout(page)).to_contain_text(fact)
    assert (
        example.text.encode()
        == (site[SOLU].document(example.document).encode()[example.start : example.end])
    )


def test_the_keys_walk_over_the_tokens_and_a_screen_reader_hears_each(
    reader: Reader, site: Site
) -> None:
    example = site[SOLU][NEURON].top[0]
    page = reader.open(to(SOLU, NEURON))
    row = examples(page, LISTS["top"]).first
    row.locator(".t.peak").focus()
    for key, i in (
        ("ArrowRight", example.peak + 1), ("ArrowLeft", example.peak), ("Home", 0),
        ("End", len(example.tokens) - 1),
    ):  # fmt: skip
        page.keyboard.press(key)
        start, end = example.spans[i]
        expect(readout(page)).to_contain_text(f"bytes {start:,} to {end:,}")
        heard = row.locator("[aria-live=polite]").last
        expect(heard).to_contain_text(number(float(example.activations[i])))
    page.keyboard.press("Escape")
    expect(readout(page)).to_have_count(0)


def test_white_space_is_drawn_but_copied_as_it_was_written(
    readers: Callable[..., Reader], site: Site
) -> None:
    reader = readers(site.url, permissions=["clipboard-read", "clipboard-write"])
    record = site[TINY]["L1N7"]
    rank = next(i for i, e in enumerate(record.top) if e.text == HOSTILE["spaces"])
    page = reader.open(to(TINY, "L1N7"))
    row = examples(page, LISTS["top"]).nth(rank)
    shown = "marks => marks.map(m => getComputedStyle(m, '::before').content.slice(1, -1))"
    assert {"→", "·", "↵"} == set(row.locator(".mark").evaluate_all(shown))

    row.locator(".text").select_text()
    page.keyboard.press("Control+c")
    assert HOSTILE["spaces"] == page.evaluate("navigator.clipboard.readText()")
    row.get_by_role("button", name="copy text").click()
    assert HOSTILE["spaces"] == page.evaluate("navigator.clipboard.readText()")


def test_a_character_that_tokens_cut_is_shown_once_and_as_bytes(reader: Reader, site: Site) -> None:
    record = site[TINY]["L1N7"]
    rank, example = next((i, e) for i, e in enumerate(record.top) if e.text == HOSTILE["emoji"])
    page = reader.open(to(TINY, "L1N7"))
    row = examples(page, LISTS["top"]).nth(rank)
    shown = "bytes => bytes.map(b => getComputedStyle(b, '::after').content.slice(1, -1))"

    assert "".join(row.locator(".t").all_text_contents()) == HOSTILE["emoji"]
    drawn_bytes = " ".join(row.locator(".bytes").evaluate_all(shown))
    cut = "🦜".encode().hex(" ")
    assert cut in drawn_bytes
    row.locator(".t").nth(example.split[0]).hover()
    own = example.tokens[example.split[0]].encode().decode("unicode_escape").encode("latin-1")
    expect(readout(page)).to_contain_text(own.lstrip(b" ").hex(" "))


def test_the_peak_is_in_the_middle_of_a_line(reader: Reader) -> None:
    page = reader.open(to(SOLU, NEURON))
    page.get_by_role("button", name="one line each").click()
    rows = examples(page, LISTS["top"])
    for i in (0, 3, 7):
        row = rows.nth(i)
        row.scroll_into_view_if_needed()
        middle = """row => {
          const middle = e => { const b = e.getBoundingClientRect(); return b.x + b.width / 2 };
          const tokens = row.shadowRoot.querySelector('lms-tokens').shadowRoot;
          return middle(tokens.querySelector('.peak')) - middle(tokens.querySelector('.text'));
        }"""
        expect(row.locator(".peak")).to_be_visible()
        assert abs(row.evaluate(middle)) < 3
        assert row.bounding_box()["height"] < 60


def test_an_example_is_expanded_to_its_whole_document(reader: Reader, site: Site) -> None:
    example = site[SOLU][NEURON].top[2]
    document = site[SOLU].document(example.document)
    page = reader.open(to(SOLU, NEURON))
    row = examples(page, LISTS["top"]).nth(2)
    row.get_by_role("button", name="full document").click()

    expect(row.locator(".around").first).to_be_visible()
    assert document == "".join(row.locator(".text").all_text_contents())
    is_inside = """text => {
      const [box, peak] = [text, text.querySelector('.peak')].map(e => e.getBoundingClientRect());
      return box.top <= peak.top && peak.bottom <= box.bottom;
    }"""
    assert row.locator(".text").evaluate(is_inside)
    row.get_by_role("button", name="window only").click()
    expect(row.locator(".around")).to_have_count(0)


def test_an_example_says_where_it_is_from(reader: Reader, site: Site) -> None:
    example = site[SOLU][NEURON].top[0]
    source, offset = site[SOLU].source(example.document)
    page = reader.open(to(SOLU, NEURON))

    origin = examples(page, LISTS["top"]).first.locator(".origin")
    expect(origin).to_contain_text(f"{source.rpartition('/')[2]}:{offset}")
    expect(origin).to_contain_text(f"byte {example.start:,}")


def test_random_examples_of_every_band_are_there(reader: Reader, site: Site) -> None:
    record = site[SOLU][NEURON]
    page = reader.open(to(SOLU, NEURON))
    section = page.get_by_role("region", name="Random examples by band")

    titles = section.get_by_role("heading", level=3).all_inner_texts()
    bands = list(reversed(record.bands))
    assert len(bands) == len(titles)
    for band, title in zip(bands, titles, strict=True):
        assert f"{share(band.share)} of segments" in title
        if np.isfinite(band.low):
            assert number(band.low) in title
    values = [float(e["value"]) for e in drawn(page, "Random examples by band")]
    assert [e.max for b in bands for e in b.examples] == pytest.approx(values, abs=5.1e-4)


def test_the_histogram_has_all_tokens_and_the_examples_marked_on_it(
    reader: Reader, site: Site
) -> None:
    record = site[SOLU][NEURON]
    page = reader.open(to(SOLU, NEURON))
    figure = page.get_by_role("region", name="Histogram")
    counts = figure.locator("tbody tr td:last-child").all_text_contents()

    assert [f"{n:,}" for n in record.histogram.counts if n] == counts
    assert record.moments.count == record.histogram.counts.sum()
    bars = figure.locator("rect.positive, rect.negative").count()
    assert bars >= len(counts)
    n_random = sum(len(b.examples) for b in record.bands)
    for kind, n in (("top", len(record.top)), ("bottom", len(record.bottom)), ("band", n_random)):
        expect(figure.locator(f"svg line.{kind}")).to_have_count(n)
    # The strongest mark stands over the last bar that is filled.
    last = figure.locator("rect.positive").last.bounding_box()
    strongest = max(m.bounding_box()["x"] for m in figure.locator("svg line.top").all())
    assert last["x"] - 1 <= strongest <= last["x"] + last["width"] + 1


def test_every_statistic_is_the_catalogues_and_is_explained_in_a_line(
    reader: Reader, site: Site
) -> None:
    m = site[SOLU][NEURON].moments
    rows = reader.open(to(SOLU, NEURON)).get_by_role("region", name="Statistics")
    expected = {
        "max": number(m.max), "min": number(m.min), "mean": number(m.mean), "sd": number(m.sd),
        "skew": number(m.skew), "kurtosis": number(m.kurtosis), "density": share(m.density),
        "above half max": share(m.density_half_max),
    }  # fmt: skip

    cells = [row.locator("dt, dd").all_inner_texts() for row in rows.locator("dl > div").all()]
    assert expected == {name: value for name, value, _ in cells}
    assert all(len(meaning) > 15 for _, _, meaning in cells)


def test_the_tokens_that_it_promotes_suppresses_and_peaks_on_are_listed(
    reader: Reader, site: Site
) -> None:
    record = site[SOLU][NEURON]
    facts = reader.open(to(SOLU, NEURON)).locator("dl.tokens")
    peaks = [t for t in record.peak_tokens if t.count > 1]
    expected = {
        "promotes": [(t.token, f"{t.effect:+.2f}") for t in record.promoted],
        "suppresses": [(t.token, f"{t.effect:+.2f}") for t in record.suppressed],
        "peaks on": [
            (t.token, f"{TIMES} {t.count}" + " of 20" * (i == 0)) for i, t in enumerate(peaks)
        ],
    }
    for name, tokens in expected.items():
        chips = facts.locator(f"dt:text-is('{name}') + dd .chip")
        assert [f"{visible(t, spaces=True)} {value}" for t, value in tokens] == [
            " ".join(chip.split()) for chip in chips.all_inner_texts()
        ]


def test_one_example_of_each_peak_token_is_shown_on_demand(reader: Reader, site: Site) -> None:
    record = site[SOLU][NEURON]
    page = reader.open(to(SOLU, NEURON))
    page.get_by_role("button", name="one per peak token").click()

    peaks = [int(e.token_ids[e.peak]) for e in record.top]
    ranks = [str(i + 1) for i, t in enumerate(peaks) if t not in peaks[:i]]
    assert len(ranks) < len(peaks)
    expect(examples(page, LISTS["top"])).to_have_count(len(ranks))
    assert ranks == [e["rank"] for e in drawn(page, LISTS["top"])]


def test_the_site_is_named_and_said(reader: Reader) -> None:
    for address, words in ((SOLU, "site mid (SoLU before"), (GELU, "site post (what enters")):
        expect(reader.open(to(address, NEURON)).get_by_text(words)).to_be_visible()


def test_a_dead_neuron_says_so(reader: Reader, site: Site) -> None:
    catalogue = site[TINY]
    page = reader.open(to(TINY, dead_neuron(catalogue)))

    dead = f"Dead on this corpus: never above 0 on {catalogue.n_tokens:,} tokens."
    expect(page.get_by_text(dead)).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("^Top"))).to_have_count(0)


# --- from neuron to neuron -----------------------------------------------------------------


def test_next_and_previous_go_through_all_layers_and_end(reader: Reader) -> None:
    page = reader.open(to(GELU, "L0N767"))
    page.get_by_role("link", name="next").click()
    expect(heading(page)).to_contain_text("L1N0")
    page.get_by_role("link", name="previous").click()
    expect(heading(page)).to_contain_text("L0N767")

    for neuron, name in (("L0N0", "previous"), ("L1N767", "next")):
        link = reader.open(to(GELU, neuron)).get_by_role("link", name=name)
        expect(heading(page)).to_contain_text(neuron)
        expect(link).to_have_attribute("aria-disabled", "true")
        expect(link).not_to_have_attribute("href", re.compile("."))


def test_the_keys_n_p_and_r_lead_on(reader: Reader) -> None:
    page = reader.open(to(GELU, "L0N0"))
    page.keyboard.press("p")  # there is none before
    for key, neuron in (("n", "L0N1"), ("n", "L0N2"), ("p", "L0N1")):
        page.keyboard.press(key)
        expect(heading(page)).to_contain_text(neuron)
    page.keyboard.press("r")
    expect(heading(page)).not_to_contain_text("L0N1")
    page.wait_for_url(re.compile(rf"#/{GELU}/[01]/\d+$"))


def test_keys_do_nothing_while_one_types(reader: Reader) -> None:
    page = reader.open(to(GELU, "L0N0"))
    page.get_by_role("textbox", name="Note").press_sequentially("n r u ? / s")

    expect(heading(page)).to_contain_text("L0N0")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("textbox", name="Note")).to_have_value("n r u ? / s")


def test_a_random_unseen_neuron_is_none_that_was_seen(
    readers: Callable[..., Reader], site: Site
) -> None:
    left = {(0, 11), (1, 2), (1, 30)}
    for layer in (0, 1):
        for index in range(40):
            if (layer, index) not in left | {(0, 0)}:
                visit(site, "Unseen", TINY, layer, index)
    page = readers(site.url, person="Unseen").open(to(TINY, "L0N0"))
    expect(page.get_by_role("button", name="star")).to_be_visible()
    found = set()
    for how in ("key", "button", "key"):
        before = page.url
        if how == "key":
            page.keyboard.press("u")
        else:
            page.get_by_role("button", name="random unseen").click()
        page.wait_for_url(lambda url, before=before: url != before)
        layer, index = page.url.rsplit("/", 2)[1:]
        expect(heading(page)).to_contain_text(f"L{layer}N{index}")
        expect(page.get_by_role("button", name="star")).to_be_visible()
        found.add((int(layer), int(index)))

    assert left == found
    page.keyboard.press("u")
    expect(page.get_by_text("You have seen all 80 neurons of this catalogue.")).to_be_visible()


def test_a_question_mark_shows_the_keys(reader: Reader) -> None:
    page = reader.open(to(SOLU, NEURON))
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    for what in ("next neuron", "previous neuron", "random neuron", "you have not seen"):
        expect(dialog).to_contain_text(what)
    page.keyboard.press("Escape")

    expect(dialog).to_have_count(0)


# --- addresses -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "neuron"),
    [
        ("L0N7", "demo-gelu-2l · L0N7"), ("1/3", "demo-gelu-2l · L1N3"),
        (f"{SOLU}/0/737", "demo-solu-1l · L0N737"), ("blocks.1.mlp.hook_post[9]", "L1N9"),
        (f"http://elsewhere/#/{SOLU}/0/3", "demo-solu-1l · L0N3"), (SOLU, SOLU), ("log", "Log"),
    ],
)  # fmt: skip
def test_the_box_leads_to_any_spelling(reader: Reader, typed: str, neuron: str) -> None:
    page = reader.open(to(GELU, "L0N0"))
    go_to(page, typed)

    expect(heading(page)).to_have_text(re.compile(neuron.replace(" · ", r"\s*(·\s*)?")))


@pytest.mark.parametrize(
    ("typed", "sentences", "way"),
    [
        ("demo-solu-11",
         ["There is no catalogue called 'demo-solu-11' here.", "Did you mean 'demo-solu-1l'?",
          "You typed the digit '1' where the name has the letter 'l'."], SOLU),
        (f"{SOLU}/1/5", ["demo-solu-1l has one layer, numbered 0. You asked for layer 1."], SOLU),
        (f"{GELU}/0/900",
         ["Layer 0 of demo-gelu-2l has neurons 0 to 767. You asked for neuron 900."],
         f"{GELU}/0/767"),
        (f"{GELU}/700/1", ["Did you mean demo-gelu-2l/1/700? (The layer comes first.)"],
         f"{GELU}/1/700"),
        ("blocks.0.mlp.hook_mid[3]", ["'post'", "'mid'"], f"{GELU}/0/3"),
    ],
)  # fmt: skip
def test_a_slip_is_answered_with_the_terminals_sentence_and_a_way_on(
    reader: Reader, typed: str, sentences: list[str], way: str
) -> None:
    page = reader.open(to(GELU, "L0N0"))
    go_to(page, typed)
    for sentence in sentences:
        expect(page.get_by_role("alert")).to_contain_text(sentence)
    page.get_by_role("alert").get_by_role("link", name=way, exact=True).click()

    page.wait_for_url(lambda url: url.endswith(f"#/{way}"))


@pytest.mark.parametrize(
    ("hash_", "sentence"),
    [
        (f"#/{GELU}/2/0", "demo-gelu-2l has layers 0 to 1. You asked for layer 2."),
        (f"#/{GELU}/0/768", "You asked for neuron 768."), ("#/nothing", "'nothing'"),
        (f"#/{GELU}/0/-1", ""), ("#/%E0%A4%A", ""), (f"#/{GELU}/1/2/3/4", ""),
    ],
)  # fmt: skip
def test_an_address_that_leads_nowhere_says_why(reader: Reader, hash_: str, sentence: str) -> None:
    page = reader.open(hash_)

    expect(heading(page)).to_have_text("Nothing here")
    expect(page.get_by_role("alert")).to_contain_text(sentence)
    expect(page.get_by_role("link", name="All catalogues")).to_be_visible()


def test_address_and_link_are_copied_and_lead_back(
    readers: Callable[..., Reader], site: Site
) -> None:
    page = readers(site.url, permissions=["clipboard-read", "clipboard-write"]).open(
        to(SOLU, NEURON)
    )

    def copied(name: str) -> str:
        page.get_by_role("button", name=name).click()
        expect(page.get_by_text("copied").first).to_be_attached()
        text: str = page.evaluate("navigator.clipboard.readText()")
        return text

    assert "L0N5" == copied("copy address: L0N5")
    for name in (f"copy address: {SOLU}/0/5", "copy address: blocks.0.mlp.hook_mid[5]"):
        assert site[SOLU][NEURON].to_json() == site[SOLU][copied(name)].to_json()
    link = copied("copy link")
    other = readers(link)
    other.open("")
    expect(heading(other.page)).to_contain_text(NEURON)


def test_the_line_for_python_gives_the_same_neuron(reader: Reader, site: Site) -> None:
    page = reader.open(to(SOLU, NEURON))
    line = page.locator("dt:text-is('Python') + dd code").inner_text()
    head, _, last = line.partition("; ")

    scope: dict[str, Any] = {}
    exec(head, scope)
    assert site[SOLU][NEURON].to_json() == eval(last, scope).to_json()


BLOG = "<!doctype html><title>blog</title><link rel=icon href='data:,'><h1>Blog</h1>"


def test_a_neuron_is_shown_inside_a_page_of_another_origin(
    readers: Callable[..., Reader], host: Callable[..., str], site: Site, tmp_path: Path
) -> None:
    page = readers(site.url).open(to(SOLU, NEURON))
    line = page.locator("dt:text-is('embed') + dd code").inner_text()
    (tmp_path / "blog.html").write_text(f"{BLOG}{line}")
    url = host(tmp_path)
    blog = readers(url)
    blog.open("", "blog.html")
    frame = blog.page.frame_locator("iframe")
    expect(frame.get_by_role("heading", level=1)).to_contain_text(NEURON)
    expect(frame.locator("lms-example").first).to_be_visible()
    expect(frame.get_by_role("banner")).to_have_count(0)
    expect(frame.get_by_role("link", name="whole page")).to_have_attribute(
        "href", re.compile(rf"#/{SOLU}/0/5$")
    )
    assert not any("/api/" in url for url in blog.asked)

    framed = line.replace("embed.html", "")
    (tmp_path / "blog.html").write_text(f"{BLOG}{framed}")
    refused = readers(url)
    refused.allowed += ["frame-ancestors", "chrome-error", "ERR_BLOCKED_BY_RESPONSE"]
    refused.open("", "blog.html")
    expect(refused.page.frame_locator("iframe").locator("lms-app")).to_have_count(0)


def test_the_check_against_the_model_agrees(reader: Reader, site: Site) -> None:
    page = reader.open(to(SOLU, NEURON))
    page.get_by_role("button", name="check against the model").click()

    expect(page.get_by_text("agrees")).to_be_visible(timeout=60_000)
    expect(page.get_by_text(f"stored {number(site[SOLU][NEURON].top[0].max)}")).to_be_visible()
