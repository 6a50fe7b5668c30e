"""A test of a hypothesis drawn for a terminal. Knows its JSON only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group
from rich.text import Text

from lmscope.terminal.ink import Paper, facts, table, wrapped
from lmscope.writing import number, share, visible

_BAR, _INDENT, _N_SHOWN = 20, 2, 5
_COLOURS = {
    "holds up": "bold green",
    "does not hold": "bold red",
    "not enough evidence": "bold",
}


def verdict_page(result: Mapping[str, Any], paper: Paper) -> Group:
    """Draw a test: the verdict and why, then the numbers, then what speaks against it.

    Args:
        result: What `Tested.to_json` gives.
        paper: What to draw on.
    """
    colour = _COLOURS.get(result["verdict"], "bold yellow") if paper.is_coloured else "bold"
    parts: list[Text] = [
        Text.assemble(
            (result["verdict"].upper(), colour),
            (f" · {visible(result['model'])} · {result['neuron']}", "bold"),
            (f" · site {result['site']}", "dim"),
        )
    ]
    if result["claim"]:
        parts.append(wrapped(Text(visible(result["claim"])), paper.width))
    if result["rule"]:
        parts.append(Text(f"{visible(result['rule'])} · {_where(result)}", "dim"))
    parts += [Text(), wrapped(Text(visible(result["why"])), paper.width)]
    parts += [wrapped(Text(visible(remark), "dim"), paper.width) for remark in result["remarks"]]
    if result["corpus"]:
        parts += _corpus(result, result["corpus"])
    if result["pairs"]:
        parts += _texts(result["pairs"], paper)
    if causal := result["causal"]:
        parts += [Text(), Text(f"Does the model use it? {causal['finding']}", "bold")]
        parts += [wrapped(Text(visible(causal["why"])), paper.width)]
        parts += [wrapped(Text(visible(r), "dim"), paper.width) for r in causal["remarks"]]
    for key, title in (
        ("counter_examples", "Strongest outside the rule"),
        ("missed", "Silent where the rule says it should fire"),
    ):
        if result[key]:
            parts += [Text(), Text(title, "bold")]
            parts += [_place(place, paper) for place in result[key][:_N_SHOWN]]
    return Group(*parts)


def found_page(
    searched: Sequence[Mapping[str, Any]], neurons: Sequence[Mapping[str, Any]], paper: Paper
) -> Group:
    """Draw the neurons that follow a rule best, and what chance would have found.

    Args:
        searched: What `Found.to_json` gives, for each model.
        neurons: Those of all models, the best first.
        paper: What to draw on.
    """
    parts = [Text(visible(searched[0]["rule"]), "bold")]
    rows: list[tuple[str, ...]] = [
        ("model", "neuron", "side", "offset", "AP", "95 %", "p", "recall", "verdict")
    ]
    for neuron in neurons:
        held = neuron["confirmation"]
        rows.append(
            (
                visible(neuron["model"]),
                neuron["neuron"],
                neuron["side"],
                f"{neuron['offset']:+d}",
                _two(held["ap"]),
                f"{_two(held['ap_low'])} to {_two(held['ap_high'])}",
                _two(held["p_adjusted"]),
                _two(held["recall"]),
                neuron["verdict"],
            )
        )
    parts += [Text(), table(rows, "   rr rr")]
    for one in searched:
        chance = one["shuffled_best"]
        said = f"{visible(one['model'])}: the rule marks {share(one['base_rate'])} of the tokens. "
        said += f"The best of all neurons on shuffled labels has AP {_two(chance)}, "
        said += f"the median neuron {_two(one['random_median'])}. {one['correction']}"
        parts += [Text(), wrapped(Text(said, "dim"), paper.width)]
    best = neurons[0]
    parts += [
        Text(),
        Text(
            f"All about the first: lmscope test {visible(best['model'])}/{best['layer']}/"
            f"{best['index']} --rule '{visible(searched[0]['rule'])}'"
        ),
    ]
    return Group(*parts)


def _where(result: Mapping[str, Any]) -> str:
    offset = result["offset"]
    tokens = f"{abs(offset)} token{'s' * (abs(offset) > 1)}"
    at = "there" if not offset else f"{tokens} {'before' if offset < 0 else 'after'}"
    return f"fires {at}, {'above' if result['side'] == '+' else 'below'} zero"


def _corpus(result: Mapping[str, Any], corpus: Mapping[str, Any]) -> Iterator[Text]:
    yield Text()
    yield Text.assemble(
        ("On ordinary text", "bold"),
        (
            f"  {corpus['tokens']:,} tokens of {corpus['documents']:,} held-out documents, "
            f"{corpus['positives']:,} marked",
            "dim",
        ),
    )
    controls = result["controls"]
    chance = f"chance {number(corpus['base_rate'])}"
    if controls:
        chance += (
            f", a random neuron {number(controls['ap'])}, shuffled labels "
            f"{number(controls['ap_shuffled'])}"
        )
    rows = [
        ("AP", _interval(corpus, "ap"), chance),
        ("recall", _interval(corpus, "recall"), "of the marked tokens, at the frozen threshold"),
        ("precision", _interval(corpus, "precision"), "of its firings there"),
        ("mass²", _interval(corpus, "mass_precision_squared"), "of its squared activation"),
        ("r", _interval(corpus, "r"), "correlation of activation and label"),
        ("AUROC", _interval(corpus, "auroc"), "secondary: blind to the base rate"),
    ]
    yield facts(rows)
    yield Text()
    yield Text("Precision by level of activation", "bold")
    levels = [level for level in reversed(corpus["by_level"]) if level["n"]]
    if levels:
        lines: list[tuple[str, ...]] = [("", "", "", "tokens")]
        for level in levels:
            filled = round(_BAR * level["precision"])
            lines.append(
                (
                    f"  {number(level['low'])} to {number(level['high'])}",
                    "█" * filled + "░" * (_BAR - filled),
                    f"{level['precision']:.2f}",
                    f"{level['n']:,}",
                )
            )
        yield table(lines, "  rr")
    if result["rivals"]:
        yield Text()
        yield Text.assemble(
            ("Simpler rules", "bold"), (f"  the best of {result['n_rivals']} tried", "dim")
        )
        rows_: list[tuple[str, ...]] = [("  rule", "F1", "r²")]
        mine = corpus["f1"], (corpus["r"] or 0) ** 2
        rows_.append(("  this one", *(f"{v:.2f}" for v in mine)))
        rows_ += [
            (f"  {visible(r['name'])}", *(_two(r[key]) for key in ("f1", "r2")))
            for r in result["rivals"]
        ]
        yield table(rows_, " rr")


def _texts(pairs: Mapping[str, Any], paper: Paper) -> Iterator[Text]:
    yield Text()
    things = "pairs" if pairs["kind"] == "pairs" else "texts of each list"
    won = f"{pairs['wins']} of " if pairs["wins"] is not None else ""
    said = f"  {won}{pairs['n']} {things}, p = {number(pairs['p'])} "
    said += f"(no less than {number(pairs['min_p'])} is possible), "
    said += f"effect {number(pairs['effect'])} of its scale"
    if pairs["located"] is not None:
        said += f", at the right place in {share(pairs['located'])}"
    yield Text.assemble(("Your texts", "bold"), (said, "dim"))
    room = max((paper.width - 24) // 2, 20)
    shown = list(zip(pairs["matching"], pairs["other"], strict=False))[: 2 * _N_SHOWN]
    rows: list[tuple[str, ...]] = [("  matching", "", "not matching", "")]
    for match, other in shown:
        cells: list[str] = []
        for text in (match, other):
            cells += [_cut(visible(text["text"]), room), number(text["value"])]
        rows.append((f"  {cells[0]}", *cells[1:]))
    yield table(rows, " r r")
    for note in pairs["notes"]:
        yield wrapped(Text(visible(note), "dim"), paper.width)


def _place(place: Mapping[str, Any], paper: Paper) -> Text:
    value = f"{number(place['activation']):>9}  "
    token = f"[{visible(place['token'])}]"
    room = max(paper.width - len(value) - len(token), 20)
    before, after = visible(place["before"]), visible(place["after"])
    before = before[-(room * 2 // 3) :]
    return Text(f"{value}{before}{token}{after[: room - len(before)]}", no_wrap=True)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _interval(row: Mapping[str, Any], key: str) -> str:
    value, low, high = (row.get(key + end) for end in ("", "_low", "_high"))
    return f"{_two(value)} [{_two(low)}, {_two(high)}]"


def _two(value: float | None) -> str:
    if value is None:
        return "none"
    return f"{value:.2f}" if value == 0 or abs(value) >= 0.1 else f"{value:.2g}"
