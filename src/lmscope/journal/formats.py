"""A log as text: JSON lines that can be read again, and tables in Markdown and CSV.

What people write in notes may be hostile to whatever opens the text next. Knows
no database.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from lmscope.errors import EntryRefused, ImportRefused
from lmscope.journal.entries import (
    Counts,
    Entry,
    Subject,
    check_note,
    check_seen,
    check_tags,
)

_TURNING = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]  # text that reads backwards from here
_SHOWN = (
    {code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\t\n"}
    | {code: f"\\x{code:02x}" for code in range(0x7F, 0xA0)}
    | {code: f"\\u{code:04x}" for code in _TURNING}
)
"""How characters that command a terminal or turn the direction of text are spelled out."""
_MARKS = re.compile(r"([\\`*_{}\[\]#|~^$])")
_FORMULA = re.compile(
    r"(^|[,;|\t\r\n\"'])(\s*)([=+\-@\uff0b\uff0d\uff1d\uff20])"
)  # also in full width
_COLUMNS = (
    *("model", "weights", "site", "layer", "index", "first_seen", "last_seen"),
    *("n_visits", "starred", "tags", "note"),
)


def to_jsonl(entries: Sequence[Entry]) -> str:
    """Write one JSON object a line, with everything but the version, which is this notebook's own.

    Lines end with a line feed; a note's own line separators may stand inside of one.
    """
    lines = (entry.to_json() for entry in entries)
    kept = ({k: v for k, v in line.items() if k != "version"} for line in lines)
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in kept)


def read_lines(text: str) -> Iterator[tuple[int, Entry]]:
    """Read JSON lines, each with its number; empty ones are passed over.

    Neuron and times are needed; without them n_visits is 1 and the others are empty. Other keys
    are ignored.

    Raises:
        ImportRefused: At the first line that is no entry.
    """
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        if line.strip():
            try:
                yield number, _read(line)
            except EntryRefused as refused:
                raise ImportRefused(number, str(refused)) from refused


def _read(line: str) -> Entry:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "it is too large"
        message = f"It is no JSON ({reason})."
        raise EntryRefused(message) from error
    if not isinstance(fields, dict):
        message = "It is no JSON object."
        raise EntryRefused(message)

    def field(key: str, kind: type, what: str, default: Any = None) -> Any:
        value = fields.get(key, default)
        if type(value) is not kind:  # `isinstance` would take true for a number
            is_long = isinstance(value, list | dict)
            shown = "something else" if is_long else json.dumps(value)[:40]
            lacks = f"is {shown}" if key in fields else "is missing"
            message = f"'{key}' {lacks}; it must be {what}."
            raise EntryRefused(message)
        return value

    tags = field("tags", list, "a list of texts", [])
    if not all(isinstance(tag, str) for tag in tags):
        message = "'tags' must be a list of texts."
        raise EntryRefused(message)
    first, last = (_time(key, field(key, str, "a time")) for key in ("first_seen", "last_seen"))
    n_visits = field("n_visits", int, "a whole number", 1)
    check_seen(first, last, n_visits)
    return Entry(
        subject=Subject(
            field("model", str, "a text"),
            field("weights", str, "a text"),
            field("site", str, "a text"),
            field("layer", int, "a whole number"),
            field("index", int, "a whole number"),
        ),
        first_seen=first,
        last_seen=last,
        n_visits=n_visits,
        starred=field("starred", bool, "true or false", False),
        note=check_note(field("note", str, "a text", "")),
        tags=check_tags(tags),
        version=1,
    )


def _time(key: str, text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
        if time.tzinfo is not None:
            return time.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    message = f"'{key}' is {json.dumps(text)[:40]}; a time looks like 2026-11-24T22:14:15Z."
    raise EntryRefused(message)


def to_markdown(person: str, entries: Sequence[Entry]) -> str:
    """Write a table to read. Notes show as they were typed, whatever marks or HTML is in them.

    Characters that command terminals or turn the direction of text are spelled out.
    """
    counts = str(Counts(len(entries), sum(entry.starred for entry in entries)))
    lines = [f"# Lab notebook of {_plain(person)}", "", f"{counts.capitalize()}.", ""]
    if entries:
        lines += [
            "| Neuron | Model | Site | Star | Tags | Note | Visits | First seen | Last seen |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
    for entry in entries:
        its = entry.subject
        cells = (
            f"L{its.layer}N{its.neuron}",
            _plain(its.model),
            _plain(its.site),
            "★" if entry.starred else "",
            _plain(", ".join(entry.tags)),
            _plain(entry.note),
            str(entry.n_visits),
            *(f"{time:%Y-%m-%d %H:%M} UTC" for time in (entry.first_seen, entry.last_seen)),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    r"""Escape what Markdown or HTML would take for a mark.

    Example:
        >>> print(_plain("a|b <i>\n*c*"))
        a\|b &lt;i&gt;<br>\*c\*
    """
    lines = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").splitlines()
    return "<br>".join(_MARKS.sub(r"\\\1", line.translate(_SHOWN)) for line in lines)


def to_csv(entries: Sequence[Entry]) -> str:
    """Write a table for spreadsheets, with a byte order mark, without which Excel garbles it.

    A sign that makes a formula is put behind an apostrophe wherever a cell could begin with it,
    also for a program that takes semicolons or tabs for the borders of cells. So texts may
    differ a little from what was typed; JSON lines have them exactly.
    """
    file = io.StringIO()
    file.write("\ufeff")
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(_COLUMNS)
    for entry in entries:
        cells = entry.to_json() | {
            "tags": ", ".join(entry.tags),
            "starred": "yes" if entry.starred else "no",
        }
        writer.writerow(
            _harmless(value) if isinstance(value, str) else value
            for value in (cells[name] for name in _COLUMNS)
        )
    return file.getvalue()


def _harmless(text: str) -> str:
    """Keep a text from becoming a formula.

    Example:
        >>> _harmless('=1+1'), _harmless('a;=1+1'), _harmless('1 - 1')
        ("'=1+1", "a;'=1+1", '1 - 1')
    """
    lines = re.sub("\r\n?", "\n", text).translate(_SHOWN)
    return _FORMULA.sub(r"\1\2'\3", lines)
