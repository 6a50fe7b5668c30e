"""Tuning curves: templates, values, and a neuron read where the slot ends."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from conftest import D_MLP
from hypothesis import given
from hypothesis import strategies as st
from markup import HOSTILE
from rich.console import Console
from test_notebook import checked

from lmscope.errors import (
    BadOption,
    LayerOutOfRange,
    NoValues,
    UnknownFamily,
    UnreadableTemplate,
)
from lmscope.looking import look
from lmscope.rules import Rule
from lmscope.terminal import Paper
from lmscope.tuning import FAMILIES, Template, bar, curve_page, tuning_curve, values_of

Models = Callable[[str], Any]


# --- templates -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "value", "text", "spans"),
    [
        ("{marker} Aurora {marker} Luna", "8)", "8) Aurora 8) Luna", [(0, 2), (10, 12)]),
        ("né {x}", "é", "né é", [(4, 6)]),  # bytes
        ("{{{x}}}", "7", "{7}", [(1, 2)]),
        ("{{x}} {x}", "7", "{x} 7", [(4, 5)]),
        ("{ x }", "7", "7", [(0, 1)]),
        ("{x}{x}", "ab", "abab", [(0, 2), (2, 4)]),
        ("{x}", "{y}", "{y}", [(0, 3)]),  # a value is no template
    ],
)
def test_the_slot_is_filled_and_its_bytes_are_known(
    source: str, value: str, text: str, spans: Any
) -> None:
    assert (text, spans) == Template.read(source).fill(value)


@given(st.text(max_size=12), st.text(min_size=1, max_size=4), st.text(max_size=12))
def test_any_text_can_stand_round_the_slot(before: str, value: str, after: str) -> None:
    def plain(text: str) -> str:
        return text.replace("{", "{{").replace("}", "}}")

    text, [(start, end)] = Template.read(f"{plain(before)}{{x}}{plain(after)}").fill(value)

    assert before + value + after == text
    assert value.encode() == text.encode()[start:end]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("Aurora", "it has no slot"),
        ("{{x}}", "it has no slot"),
        ("", "it has no slot"),
        ("{a} and {b}", "it has two slots, a and b"),
        ("{} x", "'{}' names no slot"),
        ("{8)} x", "'{8)}' names no slot"),
        ("{x} }", "the brace at character 4 belongs to none"),
        ("{x} {", "the brace at character 4 belongs to none"),
        ("{x}}", "the brace at character 3 belongs to none"),
    ],
)
def test_what_is_no_template_is_said_with_an_example(source: str, reason: str) -> None:
    with pytest.raises(UnreadableTemplate) as caught:
        Template.read(source)

    assert reason == caught.value.reason
    assert f"'{source}' is no template: {reason}.\n" in str(caught.value)
    assert str(caught.value).endswith("\n{marker} Aurora {marker} Luna")


# --- values ----------------------------------------------------------------------------------


def test_families_have_the_values_that_their_names_say() -> None:
    sizes = {name: len(values) for name, values in FAMILIES.items()}

    assert {
        "letters": 26, "digits": 10, "numbers": 21, "punctuation": 32, "days": 7, "months": 12,
    } == sizes  # fmt: skip
    assert ("a", "z", "0", "9", "!", "~") == tuple(
        FAMILIES[name][i] for name in ("letters", "digits", "punctuation") for i in (0, -1)
    )
    assert 101 == len(values_of("numbers 100"))
    assert ("8)", "None", "3") == values_of(["8)", None, 3])


def test_an_unknown_family_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownFamily) as caught:
        values_of("letter")

    assert (
        "There is no family of values called 'letter'.\n"
        "Did you mean 'letters'?\n"
        "Families: letters, digits, numbers, punctuation, days, months. "
        "Or list the values themselves: ['8)', '8.']"
    ) == str(caught.value)
    with pytest.raises(UnknownFamily):
        values_of("numbers 99999")


def test_no_value_and_an_empty_one_are_refused() -> None:
    with pytest.raises(NoValues, match=r"There is no value for the slot {day}\.\nGive at least"):
        values_of([], "day")
    with pytest.raises(NoValues, match=r"Value 1 for the slot \{day\} is empty"):
        values_of(["Monday", ""], "day")


# --- curves ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["gpt2", "llama", "solu", "bert"])
def test_activations_are_those_of_each_text_alone(kind: str, model_of: Models) -> None:
    model = model_of(kind)
    values = ["8)", "river", "x", "a longer value"]

    curve = tuning_curve(model, "the {m} stone {m} light", values, (1, 7))

    for value, point in zip(values, curve.points, strict=True):
        text = f"the {value} stone {value} light"
        alone = look(model, text, (1, 7))
        data, ends = text.encode(), []
        for start in (4, 4 + len(value) + 7):
            last = start + len(value) - 1
            ends.append(next(i for i, (a, b) in enumerate(alone.spans.tolist()) if a <= last < b))
            assert value[-1].encode() == data[last : last + 1]
        np.testing.assert_allclose(
            alone.activations[ends], np.array(point.at_slot), rtol=1e-3, atol=1e-4
        )
        assert tuple(alone.tokens[i] for i in ends) == point.tokens
        counted = np.where(alone.counted, alone.activations, -np.inf)
        assert counted.max() == pytest.approx(point.peak, rel=1e-3, abs=1e-4)
        assert alone.tokens[int(counted.argmax())] == point.peak_token
        assert (text, (True, True), None) == (point.text, point.counted, point.marked)


def test_many_values_run_in_batches_and_keep_their_order(
    model_of: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = tuning_curve(model_of("solu"), "the {n} stone", "numbers 60", (0, 9))
    monkeypatch.setattr("lmscope.tuning._BATCH_TOKENS", 20)
    parts = tuning_curve(model_of("solu"), "the {n} stone", "numbers 60", (0, 9))

    assert [str(n) for n in range(61)] == [point.value for point in parts.points]
    np.testing.assert_allclose(whole.at_slot(), parts.at_slot(), rtol=1e-3, atol=1e-5)


def test_the_first_token_of_a_text_does_not_count_unless_the_model_puts_one_before(
    model_of: Models,
) -> None:
    bare = tuning_curve(model_of("gpt2"), "{m} river {m}", ["!", "?"], (0, 5))
    begun = tuning_curve(model_of("llama"), "{m} river {m}", ["!", "?"], (0, 5))

    assert [(False, True)] * 2 == [point.counted for point in bare.points]
    assert [[True, False]] * 2 == np.isnan(bare.at_slot()).tolist()
    assert [(True, True)] * 2 == [point.counted for point in begun.points]
    page = bare._repr_html_()
    assert "Put a line end or a word before the slot." in page
    assert "before the slot" not in begun._repr_html_()


def test_white_space_at_the_end_of_a_value_is_not_where_it_ends(model_of: Models) -> None:
    curve = tuning_curve(model_of("solu"), "the {m}river", ["! ", "!", " "], (0, 5))

    assert ["!", "!"] == [point.tokens[0].strip() for point in curve.points[:2]]
    assert " " == curve.points[2].tokens[0][:1]


def test_a_rule_says_which_values_should_fire(model_of: Models) -> None:
    rule = Rule.read(r"\d>>\)")

    curve = tuning_curve(
        model_of("solu"), "the {m} Aurora {m}", ["8)", "8.", ")"], (0, 5), rule=rule
    )

    assert [(True, True), (False, False), (False, False)] == [p.marked for p in curve.points]
    assert r"/\d>>\)/" == curve.rule
    assert 2 == curve._repr_html_().count("*</span>")


def test_a_value_that_no_token_covers_has_no_activation(model_of: Models) -> None:
    curve = tuning_curve(model_of("bert"), "the river {m}", ["\u200b", "x"], (0, 5))

    point = curve.points[0]
    assert ((None,), (False,), ("",)) == (point.at_slot, point.counted, point.tokens)
    assert [True, False] == np.isnan(curve.at_slot()[:, 0]).tolist()
    json.dumps(curve.to_json(), allow_nan=False)


def test_what_cannot_be_read_is_refused(model_of: Models) -> None:
    model = model_of("gpt2")

    with pytest.raises(BadOption, match=r"with x it has \d+ tokens; tiny-gpt2 reads 64 at once"):
        tuning_curve(model, "{m}" + " river" * 99, ["x"], (0, 5))
    with pytest.raises(LayerOutOfRange):
        tuning_curve(model, "{m}", ["x"], (9, 5))
    with pytest.raises(UnreadableTemplate):
        tuning_curve(model, "river", ["x"], (0, D_MLP - 1))


# --- drawing ---------------------------------------------------------------------------------


def test_a_curve_is_plain_json(model_of: Models) -> None:
    curve = tuning_curve(model_of("solu"), "the {m} stone", "days", (0, 7))
    plain = curve.to_json()

    assert plain == json.loads(json.dumps(plain, allow_nan=False))
    assert ("L0N7", "mid", "m", None) == tuple(
        plain[key] for key in ("neuron", "site", "slot", "rule")
    )
    assert "Monday" == plain["points"][0]["value"]
    assert f"{curve.neuron} at mid on 7 values of m: " in repr(curve)


def drawn(curve: Any, **options: Any) -> str:
    file = io.StringIO()
    console = Console(width=options.get("width", 100), file=file, color_system=None)
    console.print(curve_page(curve, Paper(**options)))
    return file.getvalue()


def test_a_terminal_shows_a_line_for_each_value(model_of: Models) -> None:
    curve = tuning_curve(model_of("solu"), "the {m} stone {m}", "digits", (0, 7))

    lines = drawn(curve).splitlines()

    rows = [line for line in lines if line.strip() and line.split()[0] in "0123456789"]
    assert 10 == len(rows)
    assert all(len(line) <= 100 for line in rows)
    sizes = np.abs(curve.at_slot())
    row, column = np.unravel_index(int(sizes.argmax()), sizes.shape)
    assert f"{curve.at_slot()[row, column]:.4g}" in rows[row]
    lengths = [[len(run) for run in line.split() if run[0] in "█▏▎▍▌▋▊▉"] for line in rows]
    longest = max(sizes.max(), *(abs(point.peak) for point in curve.points))
    width = max(map(max, lengths))
    for drawn_bars, values in zip(lengths, sizes.tolist(), strict=True):
        assert drawn_bars == [math.ceil(round(8 * 27 * v / longest) / 8) for v in values if v]
    assert f"full width {longest:.4g}" in lines[-1]
    assert width <= 27
    assert "place 1" in lines[4] and "place 2" in lines[4] and "whole text" in lines[4]


def test_bars_grow_with_the_activation_and_fill_the_width_at_most() -> None:
    sizes = [len(bar(value, 4.0, 10)) for value in (0.0, 0.01, 1.0, 2.0, 4.0, 9.0)]

    assert sorted(sizes) == sizes
    assert 10 == sizes[-1] == sizes[-2]
    assert "" == bar(1.0, 0.0, 10) == bar(math.inf, 1.0, 10)


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_hostile_values_and_templates_are_text_on_every_page(value: str, model_of: Models) -> None:
    template = f"the {value.replace('{', '{{').replace('}', '}}')[:12]} {{m}} stone"
    curve = tuning_curve(model_of("solu"), template, [value[:20], "x"], (0, 7))

    checked(curve._repr_html_())
    assert "\x1b" not in drawn(curve, is_coloured=False)


def test_a_long_curve_stays_small_and_says_what_it_leaves_out(model_of: Models) -> None:
    model = model_of("solu")
    curve = tuning_curve(model, "the {m} stone", "numbers 999", (0, 7))

    assert len(curve.points) == 1000
    checked(curve._repr_html_())
    assert "The last 800 values are not drawn." in curve._repr_html_()


def test_a_neuron_that_is_always_zero_has_no_bars(model_of: Models) -> None:
    class Silent:
        def __getattr__(self, name: str) -> Any:
            return getattr(model_of("solu"), name)

        def run(self, ids: Any, lengths: Any, visit: Any, layers: Any = None) -> None:
            visit(layers[0], torch.zeros(*ids.shape, D_MLP))

    curve = tuning_curve(Silent(), "the {m} stone", ["x"], (0, 7))

    assert "█" not in drawn(curve)
    assert "█" not in curve._repr_html_()
