"""Pages are readable with and without colours, and corpus text cannot play with the terminal."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.style import Style

from lmscope.looking import Look, Ranking, Response
from lmscope.neurons import (
    Band,
    Example,
    Histogram,
    Moments,
    NeuronId,
    NeuronRecord,
    TokenCount,
    TokenEffect,
)
from lmscope.terminal import Paper, look_page, neuron_page, ranking_page, table
from lmscope.terminal.ink import facts, histogram, shade, shaded, whole_characters, wrapped

PLAIN = Paper(80, is_coloured=False)
finite = st.floats(allow_nan=False, allow_infinity=False, width=32)


def drawn(page, *, width=80, colours=None):
    console = Console(
        file=io.StringIO(), width=width, force_terminal=colours is not None, color_system=colours
    )
    console.print(page)
    return console.file.getvalue()


def example(tokens, activations, peak):
    return Example(
        document=3, segment=7, peak=peak, tokens=tuple(tokens),
        token_ids=np.arange(len(tokens)), activations=np.array(activations, np.float32),
        max=activations[peak], text="".join(tokens), start=0, end=0,
        spans=np.zeros((len(tokens), 2), np.int64), split=(),
    )  # fmt: skip


def record(top=(), bottom=(), is_dead=False, counts=None, high=4.0, low=-1.0):
    edges = np.concatenate([np.linspace(-1, 0, 33)[:-1], np.linspace(0, 4, 33)])
    if counts is None:
        counts = np.zeros(64, int)
        counts[[20, 31, 32, 50]] = 2, 900, 80, 1
    return NeuronRecord(
        id=NeuronId("toy", 0, 7), site="mid", is_dead=is_dead,
        moments=Moments(983, 0.01, 0.2, 2.0, 30.0, high, low, 0.08, 0.001),
        histogram=Histogram(edges.astype(np.float32), np.asarray(counts)),
        top=tuple(top), bottom=tuple(bottom),
        bands=(Band(-math.inf, 0.5, 0.75, tuple(top[:1])), Band(0.5, math.inf, 0.25, ())),
        promoted=(TokenEffect(" cat", 1, 0.75),), suppressed=(TokenEffect("\n", 2, -0.5),),
        peak_tokens=(TokenCount(" the", 5, 3), TokenCount("x", 6, 1)),
    )  # fmt: skip


def page(found, paper=PLAIN, **options):
    return drawn(neuron_page(found, paper, lambda _: ("a.txt", 12), function="gelu", **options))


# --- text ----------------------------------------------------------------------------------


def test_tokens_that_share_a_character_are_drawn_together():
    tokens = ["é", "\\xe4\\xbd", "\\xa0", "\\xf0", "\\x9f", "\\x98", "\\x80"]

    assert ["é", "你", "😀"] == [text for text, _, _ in whole_characters(tokens)]
    assert [(0, 1), (1, 3), (3, 7)] == [(a, b) for _, a, b in whole_characters(tokens)]


@pytest.mark.parametrize(
    "tokens", [["\\xe4", "a"], ["\\xe4"], ["\\x", "\\xzz"], ["C:\\xampp", "b"]]
)
def test_bytes_that_are_no_character_stay_as_they_are(tokens):
    assert tokens == [text for text, _, _ in whole_characters(tokens)]


# --- colours -------------------------------------------------------------------------------


def test_the_largest_activation_is_blue_and_the_smallest_orange():
    assert ("#1f6feb", "#ffffff") == shade(4.0, -1.0, 4.0)
    assert ("#f08c00", "#000000") == shade(-4.0, -4.0, 1.0)
    assert shade(4.0, -1.0, 4.0) == shade(400.0, -1.0, 4.0) == shade(math.inf, -1.0, math.inf)


def test_half_the_maximum_is_half_the_colour():
    full, paper = (31, 111, 235), (16, 20, 24)
    halfway = "#{:02x}{:02x}{:02x}".format(
        *(round((a + b) / 2) for a, b in zip(full, paper, strict=True))
    )

    assert halfway == shade(2.0, -1.0, 4.0)[0]


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        (0.0, 0.0, 0.0), (-0.0, -1.0, 1.0), (math.nan, -1.0, 1.0), (1.0, -1.0, math.inf),
        (0.01, -1.0, 1.0), (-0.01, -1.0, 1.0),
    ],
)  # fmt: skip
def test_nothing_to_show_has_no_colour(value, low, high):
    assert shade(value, low, high) is None


def test_a_neuron_that_hardly_goes_below_zero_shows_no_orange():
    assert shade(-0.1, -0.1, 4.0) is None
    assert shade(-2.0, -4.0, 0.1) == shade(-0.5, -1.0, 1.0)


def test_a_neuron_that_was_never_above_zero_is_orange_until_it_is():
    assert shade(-0.5, -1.0, -0.1)[1] == "#ffffff"
    assert shade(0.2, -1.0, -0.1) == shade(0.2, -1.0, 1.0)
    assert shade(0.2, 0.0, 0.0) == shade(1.0, -1.0, 1.0)


@given(
    value=st.floats(), low=st.floats(), high=st.floats(), light=st.booleans(), deep=st.booleans()
)
def test_every_number_has_a_colour_that_a_terminal_knows(value, low, high, light, deep):
    colours = shade(value, low, high, is_light=light, is_deep=deep)

    assert colours is None or colours[1] in ("#000000", "#ffffff")
    assert colours is None or Style.parse(f"{colours[1]} on {colours[0]}").bgcolor


def test_without_colours_the_peak_is_in_brackets_and_nothing_else_changes():
    text = shaded(["a", " b", "\n"], [0.1, 4.0, 0.0], 1, (-1, 4), PLAIN)

    assert "a[ b]↵" == text.plain
    assert "a b↵" == shaded(["a", " b", "\n"], [0.1, 4.0, 0.0], 1, (-1, 4), Paper()).plain
    assert "a[·]" == shaded(["a", " "], [0.1, 4.0], 1, (-1, 4), PLAIN).plain


def test_with_colours_the_peak_is_bold_and_underlined_on_full_blue():
    text = drawn(shaded(["a", " b"], [0.0, 4.0], 1, (-1, 4), Paper()), colours="truecolor")

    assert "a\x1b[1;4;38;2;255;255;255;48;2;31;111;235m b\x1b[0m\n" == text


# --- lines ---------------------------------------------------------------------------------


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), max_size=30), max_size=40))
def test_no_line_is_wider_than_the_paper(tokens):
    text = shaded([f" {t}" for t in tokens], [0.0] * len(tokens), None, (-1, 1), PLAIN)

    assert all(cell_len(line) <= 40 for line in wrapped(text, 40, 5).plain.split("\n"))


def test_columns_are_aligned_however_wide_their_letters():
    assert "a   bb\n你   1" == table([("a", "bb"), ("你", "1")], " r").plain
    assert "  x     1  one\n  long  2" == facts([("x", "1", "one"), ("long", "2", "")]).plain


# --- the histogram -------------------------------------------------------------------------


def test_a_histogram_is_cut_to_what_was_seen_and_marks_zero():
    found = record().histogram
    lines = histogram(found, PLAIN, height=2).plain.split("\n")

    assert [
        "  900 ┤                      ██▃▃",
        "      │▃▃                    ████                                  ▂▂",
    ] == [line.rstrip() for line in lines[:2]]
    assert lines[2].startswith("      └┬")
    assert lines[2].index("┼") - len("      └") == 2 * 12  # bins 20 to 31 lie below zero
    assert "-0.375" == lines[3].split()[0]
    assert "0" == lines[3][lines[2].index("┼")]


def test_a_single_token_is_seen_beside_a_million():
    counts = np.zeros(64, int)
    counts[[32, 40]] = 1_000_000, 1
    lines = histogram(record(counts=counts).histogram, PLAIN).plain.split("\n")

    assert lines[5].rstrip()[-1] in "▁▂▃▄▅▆▇█"
    assert "  1,000,000 ┤███" == lines[0].rstrip()


def test_a_histogram_of_nothing_says_so():
    counts = np.zeros(64, int)

    assert "No token was counted." == histogram(record(counts=counts).histogram, PLAIN).plain


@given(st.lists(st.integers(0, 10**9), min_size=64, max_size=64), st.integers(40, 200))
def test_a_histogram_fits_on_the_paper(counts, width):
    shown = histogram(record(counts=counts).histogram, Paper(max(width, 90))).plain

    assert max(map(cell_len, shown.split("\n"))) <= max(width, 90) + 1


# --- pages ---------------------------------------------------------------------------------

TOP = [example(["I", " see", " the", "\x1b[2J", " cat"], [0.0, 1.0, 4.0, -0.5, 0.25], 2)] * 12
BOTTOM = [example(["no", " dog"], [0.0, -1.0], 1)] * 12


def test_a_page_says_what_every_number_means():
    shown = page(record(TOP, BOTTOM))

    assert shown.startswith("toy · L0N7 · site mid · gelu\n")
    assert "  density     0.08   fraction of tokens above 0\n" in shown
    assert "Promotes    ·cat +0.75\nSuppresses  ↵ -0.50\nPeaks on    ·the ×3\n" in shown  # noqa: RUF001


def test_a_page_shows_examples_with_value_peak_source_and_text():
    shown = page(record(TOP, BOTTOM))

    assert (
        "\nTop 10 (of 12)\n  1     4.000  ·the   a.txt:12\n     I see[ the]\\x1b[2J cat\n" in shown
    )
    assert "\nBottom 5 (of 12)\n  1    -1.000  ·dog   a.txt:12\n     no[ dog]\n" in shown
    assert "\x1b" not in shown


def test_a_band_is_one_line_unless_all_of_it_is_wanted():
    one = page(record(TOP))
    whole = page(record(TOP), whole_bands=True)

    assert "  up to 0.5                  75 % of segments   I see[ the]\\x1b[2J cat\n" in one
    assert "  from 0.5                   25 % of segments" in one
    assert whole.count("I see[ the]") == one.count("I see[ the]")


def test_a_dead_neuron_has_a_sentence_instead_of_lists():
    shown = page(record(TOP, BOTTOM, is_dead=True, high=0.0))

    assert "Dead on this corpus: never above 0 on 983 tokens.\n" in shown
    assert "Top" not in shown


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.0), (-2.0, -1.0), (3.0, 3.0), (-math.inf, 1e30)])
def test_neurons_of_odd_ranges_are_drawn(low, high):
    found = record([example(["a"], [high], 0)], [example(["b"], [low], 0)], low=low, high=high)

    for colours, paper in (("truecolor", Paper()), ("256", Paper(is_deep=False)), (None, PLAIN)):
        assert drawn(neuron_page(found, paper, lambda _: ("a", 0), function="x"), colours=colours)


def look(activations, counted=None, scale=None, percentile=None):
    n = len(activations)
    counted = np.ones(n, bool) if counted is None else np.array(counted)
    return Look(
        neuron=NeuronId("toy", 0, 7), site="mid", text="abc", tokens=("a", " b", "c")[:n],
        token_ids=np.arange(n), spans=np.zeros((n, 2), int), split=(),
        activations=np.array(activations, np.float32), counted=counted,
        peak=int(np.argmax(activations)) if counted.any() else None, scale=scale,
        percentile=percentile, catalogue=None,
    )  # fmt: skip


def test_a_look_lists_the_strongest_tokens_first():
    lines = drawn(look_page(look([0.5, 2.0, -1.0]), PLAIN)).split("\n")

    assert "a[ b]c" == lines[2]
    assert [["1", "·b", "2"], ["2", "c", "-1"], ["0", "a", "0.5"]] == [
        line.split()[:3] for line in lines[4:7]
    ]
    assert "Largest at ·b (token 1): 2." == lines[8]


def test_a_look_with_a_catalogue_says_how_much_is_much():
    shown = drawn(
        look_page(look([0.5, 2.0], scale=(-1.0, 4.0), percentile=0.998), PLAIN), width=120
    )

    assert "token 1): 2, 0.5 of the corpus's maximum, above 99.8 % of the corpus's tokens." in shown
    assert "Scale: the corpus's -1 to 4." in shown


def test_a_look_at_nothing_that_counts_says_so():
    shown = drawn(look_page(look([0.5], counted=[False]), PLAIN))

    assert "No token counts here" in shown


def test_a_ranking_shows_where_each_neuron_responds():
    found = Ranking(
        model="toy", site="mid", text="", tokens=("a", " b", "\x1b"), token_ids=np.arange(3),
        spans=np.zeros((3, 2), int), split=(), token=None, n_neurons=48, catalogue="cat",
        responses=(Response(NeuronId("toy", 0, 7), 2.0, 1, 0.5),),
    )  # fmt: skip
    lines = drawn(ranking_page(found)).split("\n")

    assert ["neuron  activation  of max  at", "L0N7             2    0.50  a[ b]\\x1b"] == lines[
        2:4
    ]
    assert lines[5].startswith("The first 1 of 48 neurons.")
