"""Neurons found again in other models, drawn for a terminal. Knows their JSON only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Group
from rich.text import Text

from lmscope.terminal.ink import Paper, table, wrapped
from lmscope.writing import visible

_COLOURS = {"universal": "bold green", "partial": "bold yellow", "not found": "bold red"}
_N_SHOWN = 5


def match_page(result: Mapping[str, Any], paper: Paper) -> Group:
    """Draw what came of looking for a neuron in other models.

    Args:
        result: What `Matched.to_json` gives.
        paper: What to draw on.
    """
    source = result["source"]
    parts: list[Text] = [
        Text.assemble(
            _verdict(result["verdict"], paper),
            (f" · {visible(source['model'])} · {source['neuron']}", "bold"),
            (
                f" · {result['tokens']:,} tokens; {result['discovery_documents']:,} documents to "
                f"choose on, {result['confirmation_documents']:,} to confirm on",
                "dim",
            ),
        )
    ]
    for found in result["models"]:
        parts += [
            Text(),
            Text.assemble(
                (f"{visible(found['model'])}: ", "bold"), _verdict(found["verdict"], paper)
            ),
            wrapped(Text(visible(found["why"])), paper.width),
        ]
        rows: list[tuple[str, ...]] = [
            ("neuron", "sign", "lag", "r", "95 %", "r when chosen", "excess", "joint documents")
        ]
        rows += [
            (
                match["neuron"],
                match["sign"],
                f"{match['lag']:+d}" if match["lag"] else "0",
                _two(match["r_confirmation"]),
                f"{_two(match['low'])} to {_two(match['high'])}",
                _two(match["r_discovery"]),
                _two(match["excess"]),
                f"{match['joint_documents']:,}",
            )
            for match in result["matches"]
            if match["model"] == found["model"]
        ][:_N_SHOWN]
        said = (
            f"Of {found['n_neurons']:,} neurons, at {found['n_points']:,} places where both models "
            f"end a token; they hold {found['coverage']:.0%} of the neuron's activation."
        )
        parts += [table(rows, "  rr rrr"), wrapped(Text(said, "dim"), paper.width)]
    return Group(*parts)


def comparison_page(result: Mapping[str, Any], paper: Paper) -> Group:
    """Draw what came of comparing two models.

    Args:
        result: What `Compared.to_json` gives.
        paper: What to draw on.
    """
    a, b = map(visible, result["pair"])
    parts = [
        Text.assemble(
            (f"{a} · {b}", "bold"),
            (
                f" · {result['neurons_a']:,} and {result['neurons_b']:,} neurons at "
                f"{result['points']:,} points; {result['discovery_documents']:,} documents to "
                f"choose on, {result['confirmation_documents']:,} to confirm on",
                "dim",
            ),
        ),
        Text(),
    ]
    rows: list[tuple[str, ...]] = [
        ("", "partner with r > 0.5", "excess > 0.5", "mean r", "rotated")
    ]
    for name, side in ((a, "a"), (b, "b")):
        layers = result["by_layer"][side]
        shares = (result[f"found_share_{side}"], result[f"universal_share_{side}"])
        rows.append((name, *(f"{share:.1%}" for share in shares), "", ""))
        rows += [
            (
                f"  layer {i}",
                f"{layer['found_share']:.1%}",
                f"{layer['universal_share']:.1%}",
                _two(layer["mean_r"]),
                _two(layer["mean_rotation"]),
            )
            for i, layer in enumerate(layers)
        ]
    said = (
        f"{result['mutual']:,} neurons are their partner's partner; on noise alone "
        f"{result['mutual_by_chance'] * result['neurons_a']:,.0f} would be. Partners are chosen on "
        "one half of the documents, r is measured on the other. Excess is r above the best of "
        "rotated layers, of the first half, as in Universal Neurons in GPT2 Language Models."
    )
    parts += [table(rows, " rrrr"), wrapped(Text(said, "dim"), paper.width), Text()]
    best: list[tuple[str, ...]] = [(a, b, "r", "r when chosen", "excess", "second", "mutual")]
    best += [
        (
            pair["a"],
            pair["b"],
            _two(pair["r"]),
            _two(pair["r_discovery"]),
            _two(pair["excess"]),
            _two(pair["second"]),
            "yes" if pair["mutual"] else "no",
        )
        for pair in result["best"]
    ]
    parts.append(table(best, "  rrrr "))
    for name, side in ((a, "a"), (b, "b")):
        if families := result[f"families_{side}"]:
            first = "; ".join(", ".join(family[:4]) for family in families[:3])
            said = f"{name}: {len(families):,} families that do nearly the same (r > 0.9): {first}"
            parts.append(wrapped(Text(said, "dim"), paper.width))
    return Group(*parts)


def _verdict(verdict: str, paper: Paper) -> tuple[str, str]:
    return verdict.upper(), _COLOURS.get(verdict, "bold") if paper.is_coloured else "bold"


def _two(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
