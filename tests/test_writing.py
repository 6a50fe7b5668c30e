"""What a text holds is seen and does nothing; numbers are short; colours follow one rule."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmscope.writing import columns, number, share, strength, visible

# --- text ----------------------------------------------------------------------------------


@given(st.text())
def test_whatever_a_text_holds_what_is_drawn_can_be_printed(text):
    assert visible(text).replace("\u3000", "").isprintable()


@pytest.mark.parametrize(
    "hidden", ["\x1b[2J", "\x07", "\x9b", "\u202e", "\u200f", "\u200b", "\ufeff"]
)
def test_what_turns_hides_or_rings_is_shown_as_an_escape(hidden):
    assert f"a{hidden.encode('unicode_escape').decode()}b" == visible(f"a{hidden}b")


def test_white_space_is_seen_and_letters_of_all_scripts_are_left_alone():
    assert "a↵→b" == visible("a\n\tb")
    assert ("····", " ", " the", "·the") == (
        visible("    "), visible(" "), visible(" the"), visible(" the", spaces=True),
    )  # fmt: skip
    assert "Füße, 你好, мир, שלום <div> &lt;" == visible("Füße, 你好, мир, שלום <div> &lt;")


@pytest.mark.parametrize(
    "ignorable", ["\u034f", "\u115f", "\u3164", "\ufe0f", "\uffa0", "\U000e0100"]
)
def test_letters_and_marks_that_are_drawn_as_nothing_are_shown_too(ignorable):
    assert f"a{ignorable.encode('unicode_escape').decode()}" == visible(f"a{ignorable}")


def test_half_a_pair_of_surrogates_is_shown_as_an_escape():
    assert "\\ud83d" == visible("\ud83d")


# --- numbers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (4.21337, "4.213"),
        (-12345.6, "-12,346"),
        (0.0, "0"),
        (math.nan, "none"),
        (-math.inf, "-inf"),
    ],
)
def test_a_number_has_about_four_digits(value, shown):
    assert shown == number(value)


@pytest.mark.parametrize(
    ("fraction", "shown"),
    [(0, "0 %"), (0.3407, "34 %"), (0.99999, "99.99 %"), (1, "100 %"), (0.0000123, "0.0012 %")],
)
def test_a_share_is_never_rounded_to_the_whole(fraction, shown):
    assert shown == share(fraction)


# --- colours -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [
        (2.0, -1.0, 4.0, 0.5), (-1.0, -1.0, 4.0, -0.25), (9.0, -1.0, 4.0, 1.0),
        (0.05, -1.0, 4.0, 0.0), (0.0, 0.0, 0.0, 0.0), (math.nan, -1.0, 4.0, 0.0),
        (math.inf, -1.0, 4.0, 1.0), (0.5, -1.0, 0.0, 0.5), (-1.0, 0.0, 4.0, -0.25),
        (1.0, -1.0, math.inf, 0.0), (1.0, -1.0, math.nan, 1.0),
    ],
)  # fmt: skip
def test_a_colour_is_as_full_as_the_value_is_near_to_the_extreme(value, low, high, expected):
    assert expected == strength(value, low, high)


@given(st.floats(), st.floats(), st.floats())
def test_no_numbers_make_a_colour_fuller_than_full(value, low, high):
    filled = strength(value, low, high)

    assert -1 <= filled <= 1
    assert filled == 0 or (filled > 0) == (value > 0)


# --- the histogram -------------------------------------------------------------------------


@given(
    st.lists(st.integers(0, 10**9), min_size=2, max_size=64).filter(lambda n: len(n) % 2 == 0),
    st.integers(1, 8),
)
def test_every_bin_that_was_counted_has_a_column(counts, height):
    edges = [float(i - len(counts) // 2) for i in range(len(counts) + 1)]
    drawn = columns(edges, counts, 100, height)

    if drawn is None:
        assert not any(counts)
        return
    below, above = drawn.rows[-1][1:]
    n_seen = sum(c != " " for c in below + above)
    assert height == len(drawn.rows)
    assert sum(n > 0 for n in counts) == n_seen / (len(below + above) // _shown(counts))


def _shown(counts):
    """How many bins are drawn: those between the first and the last one counted, and zero."""
    filled = [i for i, n in enumerate(counts) if n]
    zero = len(counts) // 2
    return max(filled[-1], zero - 1) - min(filled[0], zero) + 1
