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


def _verdict(verdict: str, paper: Paper) -> tuple[str, str]:
    return verdict.upper(), _COLOURS.get(verdict, "bold") if paper.is_coloured else "bold"


def _two(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
