"""A scan seen from outside: its progress, its interruption, and what is said of its result."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from lmscope.cli.printing import out, print_json, say

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from lmscope.catalogue import Catalogue
    from lmscope.scanning import Progress

_SECONDS_BETWEEN_LINES = 5.0


class Watch:
    """Shows how a scan gets on, and turns the first Ctrl-C into a request to stop."""

    def __init__(self) -> None:
        self.is_stopped = False
        self.latest: Progress | None = None
        self.seconds = 0.0
        """How long it took, without loading the model."""
        self.tokens_per_s = 0.0
        self._said_at = 0.0
        self._bar: Bar | None = None

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        self._before = signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(self, kind: object, *_: object) -> bool:
        signal.signal(signal.SIGINT, self._before)
        self.seconds = time.monotonic() - self._began
        if self._bar is not None:
            self._bar.stop()
        self.is_stopped |= kind is KeyboardInterrupt
        return kind is KeyboardInterrupt

    def _interrupt(self, *_: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # the second one kills at once
        if self.latest is None or self.latest.stage != "scanning":
            raise KeyboardInterrupt  # there, whole files are what is kept
        self.is_stopped = True
        # The bar hides the cursor, and the second Ctrl-C would leave it hidden.
        cursor = b"\x1b[?25h" if self._bar is not None else b""
        os.write(2, cursor + b"\nStopping after this batch. A second Ctrl-C kills at once.\n")

    def should_stop(self) -> bool:
        """Say whether Ctrl-C was pressed."""
        return self.is_stopped

    def report(self, progress: Progress) -> None:
        """Show how far the scan is: a bar on a terminal, a line every few seconds elsewhere."""
        if self.latest is None:
            self._began = time.monotonic()
        is_new = self.latest is None or self.latest.stage != progress.stage
        self.latest, now = progress, time.monotonic()
        if progress.stage == "scanning":
            self.tokens_per_s = progress.tokens_per_s or progress.tokens_done / (now - self._began)
        if sys.stderr.isatty() and os.environ.get("CI") != "true":
            self._draw(progress)
        elif is_new or now - self._said_at >= _SECONDS_BETWEEN_LINES:
            self._said_at = now
            say(f"{progress.stage}: {how_far(progress)}", sys.stderr)

    def _draw(self, progress: Progress) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as Bar

        if self._bar is None:
            self._bar = Bar(
                TextColumn("{task.description:<9}"),
                BarColumn(30),
                TextColumn("{task.fields[how_far]}"),
                console=Console(stderr=True, highlight=False),
                transient=True,
            )
            self._task = self._bar.add_task("", total=None, how_far="")
            self._bar.start()
        self._bar.update(
            self._task,
            description=progress.stage,
            completed=progress.tokens_done,
            total=progress.tokens_total,
            how_far=how_far(progress),
        )


class Steps:
    """Shows what a test is at: a line that changes on a terminal, nothing elsewhere."""

    def __enter__(self) -> Self:
        from rich.console import Console
        from rich.status import Status

        self._status = Status("", console=Console(stderr=True, highlight=False))
        if sys.stderr.isatty() and os.environ.get("CI") != "true":
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def report(self, what: str, done: int, total: int) -> None:
        """Say what is being done and, if tokens are counted, how far."""
        of = f" of {total:,}" if total else ""
        self._status.update(f"{what}: {done:,}{of} tokens" if done else what)


def how_far(p: Progress) -> str:
    """Say how far a scan is: tokens, speed, time left, neurons."""
    said = []
    if p.stage in ("reading", "scanning"):
        of = f" of {p.tokens_total:,}" if p.tokens_total else ""
        said.append(f"{p.tokens_done:,}{of} tokens")
        if p.tokens_per_s > 0:
            said.append(f"{p.tokens_per_s:,.0f} tokens/s")
            if p.tokens_total:
                said.append(f"{clock((p.tokens_total - p.tokens_done) / p.tokens_per_s)} left")
    return ", ".join([*said, f"{p.n_neurons:,} neurons"])


def clock(seconds: float) -> str:
    """Write a time as ``1:05`` or ``2:00:00``."""
    minutes, s = divmod(round(seconds), 60)
    hours, m = divmod(minutes, 60)
    return f"{hours}:{m:02}:{s:02}" if hours else f"{m}:{s:02}"


def counted(n: int, thing: str) -> str:
    """Write a number of things: ``1 document``, ``2 documents``."""
    return f"{n:,} {thing}{'s' * (n != 1)}"


def say_stopped(folder: Path, watch: Watch, as_json: bool) -> None:
    """Say what is kept of a scan that was interrupted, and how to go on."""
    command: str | None = f"lmscope scan --resume {folder}"
    p = watch.latest
    if not (folder / "scan.json").exists():
        command, message = None, "Stopped before anything was written."
    elif p is not None and p.stage == "scanning":
        message = f"Stopped: {p.tokens_done:,} of {p.tokens_total:,} tokens are scanned and kept."
    else:
        stage = f" while {p.stage}" if p is not None else ""
        message = f"Stopped{stage}: the files of {folder} that are complete are kept."
    if command is not None:
        message += f"\nGo on with: {command}"
    if as_json:
        print_json({"error": {"kind": "Stopped", "message": message, "next": command}})
    else:
        say(message, sys.stderr)


def say_made(found: Catalogue, watch: Watch, as_json: bool) -> None:
    """Say what a finished scan has made, and the next command to type."""
    from lmscope.catalogue import worth_seeing

    corpus = found.manifest["corpus"]
    read, n_tokens = corpus["read"], corpus["n_tokens"]
    command = f"lmscope neuron {found.path} {worth_seeing(found, 1)[0].short}"
    speed = f", {watch.tokens_per_s:,.0f} tokens/s" if watch.tokens_per_s else ""
    said = [
        f"{found.path} holds the {len(found):,} neurons of {found.model} at site {found.site}.",
        f"Scanned: {n_tokens:,} tokens of {counted(corpus['n_documents'], 'document')} "
        f"in {clock(watch.seconds)}{speed}.",
    ]
    if read["exact_duplicates"]:
        copies = "exact copies" if read["exact_duplicates"] > 1 else "exact copy"
        said.append(f"Left out: {read['exact_duplicates']:,} {copies}.")
    if read["unreadable"]:
        first = "; ".join(f"{source}: {reason}" for source, reason in read["unreadable_first"][:3])
        more = "; ..." * (read["unreadable"] > 3)
        said.append(f"Not readable: {read['unreadable']:,} ({first}{more}).")
    facts = {
        "path": str(found.path),
        "model": found.model,
        "site": found.site,
        "n_neurons": len(found),
        "n_tokens": n_tokens,
        "n_documents": corpus["n_documents"],
        "read": read,
        "seconds": watch.seconds,
        "tokens_per_s": watch.tokens_per_s,
        "next": command,
    }
    out("\n".join([*said, f"Read a neuron with: {command}"]), facts, as_json)


def log_run(folder: Path, watch: Watch, versions: dict[str, Any], *, is_resumed: bool) -> None:
    """Add one line to the catalogue's journal of runs, which is no part of its bytes."""
    from datetime import UTC, datetime

    line = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(watch.seconds, 3),
        "tokens_per_s": round(watch.tokens_per_s, 1),
        "is_resumed": is_resumed,
        "versions": versions,
    }
    with (folder / "run.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
