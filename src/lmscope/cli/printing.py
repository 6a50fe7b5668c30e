"""What reaches the screen or the pipe: drawings, sentences, JSON. Knows no verb."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lmscope.terminal import Paper

_WIDEST = 110  # cells; longer lines of running text are tiring to read
_WIDTH_OF_A_PIPE = 100


def paper() -> Paper:
    """Describe what stdout is: how wide, in colours or not, light or dark."""
    from rich.console import Console

    from lmscope.terminal import Paper

    console = Console()
    is_measured = console.is_terminal or "COLUMNS" in os.environ
    return Paper(
        width=min(console.width, _WIDEST) if is_measured else _WIDTH_OF_A_PIPE,
        is_coloured=console.color_system is not None and not console.no_color,
        is_deep=console.color_system == "truecolor",
        # Set by some terminals: "foreground;background", of which 7 and 15 are the light ones.
        is_light=os.environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15"),
    )


def show(drawn: RenderableType) -> None:
    """Print a drawing; lines are cut to the width of a terminal, but never in a pipe."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else 1000
    Console(highlight=False, markup=False, emoji=False, width=width).print(drawn)


def say(message: str, stream: TextIO | None = None) -> None:
    """Print sentences: what came from files and arguments cannot play with the terminal."""
    if not message.replace("\n", "").isprintable():
        from lmscope.terminal import visible

        message = "\n".join(visible(line) for line in message.split("\n"))
    (stream or sys.stdout).write(f"{message}\n")


def out(sentence: str, facts: dict[str, Any], as_json: bool) -> None:
    """Print the facts as JSON if that was asked for, else the sentence."""
    if as_json:
        print_json(facts)
    else:
        say(sentence)


def print_json(value: object) -> None:
    """Print JSON that every reader takes: ASCII, and null for numbers that JSON does not have."""
    sys.stdout.write(json.dumps(_finite(value), indent=1, allow_nan=False, default=str) + "\n")


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    if isinstance(value, dict):
        return {key: _finite(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    return value
