"""What a notebook shows without scripts: sanitizers keep it, any theme can be read, it is small."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import CONSTANT, DEAD, NEARLY_OFF
from hypothesis import given, settings
from hypothesis import strategies as st
from markup import HOSTILE, Markup

from lmscope import Catalogue, look, rank
from lmscope.notebook import look_html, manifest_html, neuron_html, ranking_html
from lmscope.writing import visible

TAGS = {
    "div", "p", "b", "u", "small", "details", "summary", "pre", "span", "ol", "li", "table", "tr",
    "th", "td", "code", "sub",
}  # fmt: skip
ATTRIBUTES = {"dir", "style", "title", "start"}
# What JupyterLab's sanitizer takes for each property; all else it drops.
_COLOUR = r"#[0-9a-f]+"
_LENGTH = r"([0-9]*[.])?[0-9]+(px|em|rem)"
STYLES = {
    "background": _COLOUR,
    "color": _COLOUR,
    "border-bottom": rf"(({_LENGTH}|dotted)\s*){{1,3}}",
    "line-height": r"([0-9]*[.])?[0-9]+",
    "margin-bottom": _LENGTH,
    "max-width": _LENGTH,
    "overflow-wrap": "normal|break-word",
    "text-align": "left|right|center|justify",
    "white-space": "normal|pre|nowrap|pre-wrap|pre-line",
}


def example(
    tokens: list[str], activations: list[float], peak: int = 0, split: tuple[int, ...] = ()
) -> dict[str, Any]:
    return {
        "document": 3, "segment": 7, "peak": peak, "tokens": tokens,
        "token_ids": [0] * len(tokens), "activations": activations, "max": activations[peak],
        "text": "".join(tokens), "start": 0, "end": 9, "spans": [[0, 0]] * len(tokens),
        "split": list(split),
    }  # fmt: skip


def record(top: Any = (), bottom: Any = (), **changes: Any) -> dict[str, Any]:
    edges = [-1 + i / 32 for i in range(32)] + [i / 8 for i in range(33)]
    counts = [0] * 64
    counts[20], counts[31], counts[32], counts[50] = 2, 900, 80, 1
    return {
        "neuron": "L0N7", "layer": 0, "index": 7, "model": "toy", "site": "mid", "dead": False,
        "stats": {
            "count": 983, "mean": 0.01, "sd": 0.2, "skew": 2.0, "kurtosis": None, "max": 4.0,
            "min": -1.0, "density": 0.08, "density_half_max": 0.001,
        },
        "histogram": {"edges": edges, "counts": counts},
        "top": list(top), "bottom": list(bottom),
        "bands": [
            {"low": None, "high": 0.5, "share": 0.75, "examples": list(top[:1])},
            {"low": 0.5, "high": None, "share": 0.25, "examples": []},
        ],
        "logits": {
            "promoted": [{"token": " cat", "token_id": 1, "effect": 0.75}],
            "suppressed": [{"token": "\n", "token_id": 2, "effect": -0.5}],
        },
        "peak_tokens": [
            {"token": " the", "token_id": 5, "count": 3}, {"token": "x", "token_id": 6, "count": 1},
        ],
        **changes,
    }  # fmt: skip


def seen(tokens: list[str], activations: list[float], **changes: Any) -> dict[str, Any]:
    return {
        "model": "toy", "neuron": "L0N7", "layer": 0, "index": 7, "site": "mid",
        "text": "".join(tokens), "tokens": tokens, "token_ids": [0] * len(tokens),
        "spans": [[0, 0]] * len(tokens), "split": [], "activations": activations,
        "counted": [True] * len(tokens), "peak": activations.index(max(activations)),
        "scale": {"min": -1.0, "max": 4.0}, "percentile": 0.998, "catalogue": "cat", **changes,
    }  # fmt: skip


def ranked(tokens: list[str], **changes: Any) -> dict[str, Any]:
    return {
        "model": "toy", "site": "mid", "text": "".join(tokens), "tokens": tokens,
        "token_ids": [0] * len(tokens), "spans": [[0, 0]] * len(tokens), "split": [],
        "token": None, "n_neurons": 48, "ranked_by": "relative",
        "neurons": [
            {"neuron": "L0N7", "layer": 0, "index": 7, "activation": 2.0, "token": 1,
             "relative": 0.5},
        ],
        "catalogue": "cat", **changes,
    }  # fmt: skip


def checked(page: str) -> Markup:
    """Take a page apart, and make sure that a sanitizer would leave it whole."""
    found = Markup(page)
    assert found.tags <= TAGS
    assert found.attributes <= ATTRIBUTES
    for _, attributes in found.elements:
        for rule in (attributes.get("style") or "").split(";"):
            if rule:
                name, value = rule.split(":")
                assert re.fullmatch(STYLES[name], value), rule
    assert len(page.encode()) < 200_000
    return found


TOP = [example(["I", " see", " the", "\n", " cat"], [0.0, 1.0, 4.0, -0.5, 0.25], 2)] * 12


# --- a neuron ------------------------------------------------------------------------------


def test_a_neuron_says_what_it_is_and_what_every_number_means() -> None:
    text = checked(neuron_html(record(TOP, TOP))).text

    assert "toy · L0N7 site mid" in text
    assert "Max 4, min -1, above 0 on 8 % of tokens" in text
    assert "density0.08fraction of tokens above 0" in text
    assert "kurtosisnone" in text
    assert "Promoted: ·cat +0.75" in text
    assert "Suppressed: ↵ -0.50" in text
    assert "Peaks on: ·the ×3\n" in text  # noqa: RUF001


def test_examples_have_value_tokens_and_place() -> None:
    page = neuron_html(record(TOP, TOP))
    found = checked(page)

    assert "4 \xa0I see the↵ cat" in found.text
    assert "Top 12" in found.text
    assert "7 more, down to 4" in found.text
    assert "Bottom 5 of 12, from 4" in found.text
    assert {"document 3, bytes 0 to 9"} == {
        attributes["title"] for tag, attributes in found.elements if tag == "li"
    }
    assert 12 + 5 + 1 == [tag for tag, _ in found.elements].count("li")


def test_the_peak_is_marked_without_any_style() -> None:
    found = checked(neuron_html(record(TOP[:1])))

    assert [" the", " the"] == found.texts["u"]  # in the list, and in the band


def test_values_are_seen_on_hover_and_colours_fit_the_neurons_own_scale() -> None:
    page = neuron_html(record(TOP[:1], bands=[]))

    assert '<span style="background:#1f6febb2" title="4"><b><u> the</u></b></span>' in page
    assert '<span style="background:#1f6feb2d" title="1"> see</span>' in page
    assert 'style="background:#d7640013;border-bottom:1px dotted" title="-0.5">↵<' in page
    assert "I<span" in page  # no colour for nothing


def test_the_histogram_is_made_of_characters() -> None:
    found = checked(neuron_html(record()))
    lines = found.text.split("\n")

    assert any(line.startswith("  900 ┤") and "█" in line for line in lines)
    assert any("┼" in line for line in lines)
    assert "Tokens by activation" in found.text


def test_a_neuron_without_any_token_says_so() -> None:
    empty = {"edges": [float(i) for i in range(65)], "counts": [0] * 64}

    assert "No token was counted." in checked(neuron_html(record(histogram=empty))).text


def test_a_dead_neuron_says_so_instead_of_showing_lists() -> None:
    text = checked(neuron_html(record(TOP, TOP, dead=True))).text

    assert "Dead on this corpus: never above 0 on 983 tokens." in text
    assert "Top" not in text


def test_a_model_without_unembedding_promotes_nothing() -> None:
    assert "Promoted" not in checked(neuron_html(record(TOP, logits=None))).text


@pytest.mark.parametrize("kind", ["gpt2", "llama", "bert", "solu"])
def test_neurons_of_a_catalogue_are_drawn(scanned: Callable[..., Path], kind: str) -> None:
    catalogue = Catalogue.open(scanned(kind))
    for place in [(0, DEAD), (0, CONSTANT), (0, NEARLY_OFF), (0, 39), (1, 0), (1, 7)]:
        found = catalogue[place]
        page = checked(found._repr_html_())

        assert found.id.short in page.text
        assert found.is_dead == ("Dead on this corpus" in page.text)


# --- tokens --------------------------------------------------------------------------------


def test_split_tokens_show_their_bytes_and_the_first_one_the_character() -> None:
    tokens = ["a", "\\xe4\\xbd", "\\xa0", " \\xf0\\x9f", "\\xff"]
    found = checked(neuron_html(record([example(tokens, [1.0, 2, 3, 4, 4], 4, (1, 2, 3, 4))])))

    assert ["e4 bd", "a0", "f0 9f", "ff"] == found.texts["sub"][:4]
    assert "a你" in found.text.replace("e4 bd", "").replace("a0", "")


def test_text_that_looks_like_bytes_is_text() -> None:
    found = checked(neuron_html(record([example(["C:\\xe4", "b"], [1.0, 0.0])])))

    assert "sub" not in found.tags
    assert "C:\\xe4" in found.text


def test_white_space_is_seen() -> None:
    tokens = ["\n\n", "\t", " ", "    ", "a  b"]
    found = checked(neuron_html(record([example(tokens, [1.0] * 5)])))

    assert "↵↵→·····a··b" in found.text


# --- themes --------------------------------------------------------------------------------

THEMES = {
    "JupyterLab": ("#212121", "#ffffff"), "JupyterLab dark": ("#e0e0e0", "#111111"),
    "VS Code": ("#000000", "#ffffff"), "VS Code dark": ("#d4d4d4", "#1e1e1e"),
    "GitHub dark": ("#e6edf3", "#0d1117"), "Colab dark": ("#e3e3e3", "#383838"),
}  # fmt: skip


def rgb(colour: str) -> list[float]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def luminance(colour: list[float]) -> float:
    linear = [((c / 255 + 0.055) / 1.055) ** 2.4 if c > 10 else c / 3294.6 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", THEMES)
def test_text_is_readable_on_every_shade_of_every_theme(theme: str) -> None:
    """WCAG 2.1 AA asks for a contrast of 4.5."""
    ink, paper = THEMES[theme]
    values = [i / 20 for i in range(-20, 21)]
    stats = record()["stats"] | {"max": 1.0}
    page = neuron_html(record([example(["x"] * 41, values, 40)], stats=stats))
    shades = re.findall(r"background:(#[0-9a-f]{6})([0-9a-f]{2})", page)

    assert len(shades) > 40
    for colour, alpha in shades:
        part = int(alpha, 16) / 255
        mixed = [p + part * (c - p) for p, c in zip(rgb(paper), rgb(colour), strict=True)]
        low, high = sorted((luminance(mixed), luminance(rgb(ink))))
        assert (high + 0.05) / (low + 0.05) >= 4.5


# --- hostile texts -------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_a_text(name: str) -> None:
    text = HOSTILE[name]
    few = [example(["a", text, "b"], [0.5, 4.0, -1.0], 1)]
    effects = [{"token": text, "token_id": 1, "effect": 1.0}]
    pages = [
        neuron_html(
            record(
                few, few, model=text, site=text, neuron=text,
                logits={"promoted": effects, "suppressed": effects},
                peak_tokens=[{"token": text, "token_id": 1, "count": 2}],
            )
        ),
        look_html(seen(["a", text, "b"], [0.5, 4.0, -1.0], model=text)),
        ranking_html(ranked(["a", text, "b"], token=1, model=text)),
    ]  # fmt: skip

    for page in pages:
        assert visible(text) in checked(page).text
        assert all(c == "\n" or visible(c, spaces=True) in (c, "·", "\\xa0") for c in page)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_manifest_is_a_text(name: str) -> None:
    text = HOSTILE[name]
    manifest = {
        "site": "mid",
        "model": {"name": text, "activation_function": text},
        "corpus": {"n_tokens": 1, "n_documents": 1},
        "options": {"layers": [0]},
    }

    assert visible(text) in checked(manifest_html(manifest, 3, "L0N0")).text


@settings(deadline=None)
@given(st.lists(st.text(), min_size=1), st.floats(allow_nan=False, width=16), st.data())
def test_whatever_the_tokens_are_no_element_is_made_of_them(
    tokens: list[str], value: float, data: Any
) -> None:
    split = data.draw(st.sets(st.integers(0, len(tokens) - 1)))
    few = [example(tokens, [value] * len(tokens), 0, tuple(sorted(split)))]

    checked(neuron_html(record(few, few)))


def test_a_line_of_ten_megabytes_makes_no_large_page() -> None:
    line = "<b>&" * 2_500_000
    few = [example([line] * 64, [4.0] * 64, 30)] * 20
    pages = [
        neuron_html(record(few, few)),
        look_html(seen([line, "a"], [1.0, 2.0])),
        ranking_html(ranked([line, line])),
    ]

    for page in pages:
        assert "<b>&<b>&" in checked(page).text


def test_a_text_of_many_tokens_is_drawn_near_its_peak() -> None:
    n = 300_000
    tokens, values = ["<x> "] * n, [1.0] * n
    tokens[n // 2], values[n // 2] = "here", 4.0
    text = checked(look_html(seen(tokens, values))).text

    assert "<x> here<x> " in text
    assert re.search(r"29\d,\d{3} tokens far from the peak are not drawn\.", text)


def test_the_largest_possible_neuron_is_not_too_large() -> None:
    tokens = ["\U000e0100\u202e<&\"'\u202e" * 9] * 64
    full = [example(tokens, [(-1) ** i * 0.9 for i in range(64)], 32, tuple(range(64)))] * 20
    band = {"low": -1.0, "high": 1.0, "share": 1.0, "examples": full}
    text = checked(neuron_html(record(full, full, bands=[band] * 5))).text

    assert "The rest is left out, to keep this page small." in text


# --- a look --------------------------------------------------------------------------------


def test_a_look_shows_the_text_its_peak_and_how_much_is_much() -> None:
    page = look_html(seen(["a", " b", "c"], [0.5, 2.0, -1.0]))
    found = checked(page)
    rows = re.findall(r"<tr><td.*?>(.*)</td></tr>", page)

    assert "a bc" in found.text
    assert [" b"] == found.texts["u"]
    assert (
        "Largest at ·b: 2, 0.5 of the corpus's maximum, above 99.8 % of the corpus's tokens. "
        "Scale: the corpus's -1 to 4."
    ) in found.text
    assert ["1 ·b 2", "2 c -1", "0 a 0.5"] == [
        " ".join(re.sub("<.*?>", " ", row).split()) for row in rows
    ]


def test_a_look_without_a_catalogue_has_its_own_scale() -> None:
    page = look_html(seen(["a", "b"], [0.5, 2.0], scale=None, percentile=None, catalogue=None))

    assert "Scale: this text's own extremes." in checked(page).text
    assert "#1f6febb2" in page


def test_a_token_that_does_not_count_has_no_colour() -> None:
    page = look_html(seen(["a", "b"], [7.5, 2.0], counted=[False, True], peak=1))

    assert ">a<span" in page
    assert "7.5" not in checked(page).text


def test_a_look_at_nothing_that_counts_says_so() -> None:
    page = look_html(seen(["a"], [0.5], counted=[False], peak=None))

    assert "No token counts here" in checked(page).text


def test_a_look_displays_itself(scanned: Any, model_of: Any) -> None:
    catalogue = Catalogue.open(scanned("gpt2"))
    text = "the river <b>& 👩‍👩‍👧‍👦"
    for found in (
        look(model_of("gpt2"), text, "L0N7"),
        look(model_of("gpt2"), text, "L0N7", catalogue=catalogue),
        rank(model_of("gpt2"), text),
        rank(model_of("gpt2"), text, catalogue=catalogue, token=3),
    ):
        assert "tiny-gpt2" in checked(found._repr_html_()).text


# --- a ranking and a catalogue -------------------------------------------------------------


def test_a_ranking_shows_where_each_neuron_responds() -> None:
    found = checked(ranking_html(ranked(["a", " b", "c"])))

    assert "neuronactivationof maxat\nL0N720.50a bc" in found.text
    assert [" b"] == found.texts["u"]
    assert "The first 1 of 48 neurons. Ranked by the share of each neuron's strongest" in found.text


def test_a_ranking_without_a_catalogue_says_by_what() -> None:
    text = checked(ranking_html(ranked(["a", " b"], ranked_by="activation", catalogue=None))).text

    assert "Ranked by size, so large neurons win." in text
    assert "of max" not in text


def test_a_ranking_at_one_token_names_it() -> None:
    assert "toy site mid, at ·b only" in checked(ranking_html(ranked(["a", " b"], token=1))).text


def test_a_long_text_is_cut_round_the_token_of_each_neuron() -> None:
    tokens = [f" {i}" for i in range(50)]
    neurons = ranked(tokens)["neurons"][0] | {"token": 25}

    text = checked(ranking_html(ranked(tokens, neurons=[neurons]))).text
    assert "… 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33…" in text


def test_a_catalogue_displays_itself(scanned: Any) -> None:
    text = checked(Catalogue.open(scanned("gpt2"))._repr_html_()).text

    assert "Catalogue of tiny-gpt2" in text
    assert "80 in 2 layers" in text
    assert 'catalogue["L0N0"]' in text


def test_where_no_html_is_shown_one_line_says_what_it_is(scanned: Any, model_of: Any) -> None:
    catalogue, model = Catalogue.open(scanned("gpt2")), model_of("gpt2")
    n = f"{catalogue.n_tokens:,}"

    assert re.fullmatch(
        rf"<tiny-gpt2/0/7 at post: [\d.]+ at most on {n} tokens>", repr(catalogue["L0N7"])
    )
    assert re.fullmatch(
        r"<tiny-gpt2/0/7 at post on \d tokens: -?[\d.]+ at most>",
        repr(look(model, "the river", "L0N7")),
    )
    assert re.fullmatch(
        r"<80 neurons of tiny-gpt2 at post, ranked: L\dN\d+, L\dN\d+, L\dN\d+>",
        repr(rank(model, "the river")),
    )


def test_numbers_that_are_none_are_drawn() -> None:
    stats = record()["stats"] | {"skew": None, "max": 0.0, "min": 0.0}
    few = [example(["a", "b"], [0.0, math.nan])]

    assert "skewnone" in checked(neuron_html(record(few, few, stats=stats))).text
