"""A log as text: JSON lines that can be read again, and tables in Markdown and CSV.

What people write in notes may be hostile to whatever opens the text next. Knows
no database.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
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
    check_time,
)
from lmscope.journal.records import (
    Proposed,
    Tested,
    check_claim,
    check_contents,
    check_data,
    check_result,
    check_rule,
    check_sha256,
    check_verdict,
    fingerprint,
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


def to_jsonl(
    entries: Sequence[Entry], proposed: Sequence[Proposed] = (), tested: Sequence[Tested] = ()
) -> str:
    """Write one JSON object a line, with everything but the numbers that are this notebook's own.

    Lines end with a line feed; a note's own line separators may stand inside of one. Those of
    hypotheses and tests have a key `kind`, which says so.

    Args:
        entries: In any order.
        proposed: Each behind the one that it is an edit of.
        tested: Tests of these.
    """
    lines = [
        *(_without(entry.to_json(), "version") for entry in entries),
        *({"kind": "hypothesis"} | hypothesis.to_json() for hypothesis in proposed),
        *(
            {"kind": "test"} | _without(test.to_json(), "id", "claim", "rule", "proposed")
            for test in tested
        ),
    ]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _without(fields: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key not in keys}


def read_lines(text: str) -> Iterator[tuple[int, Entry | Proposed | Tested]]:
    """Read JSON lines, each with its number; empty ones are passed over.

    An entry needs neuron and times; without them n_visits is 1 and the others are empty. A
    hypothesis stands behind the one that it is an edit of, and a test behind its hypothesis; of
    several lines about one hypothesis the first counts. Other keys are ignored.

    Raises:
        ImportRefused: At the first line that is nothing of these.
    """
    proposed: dict[str, Proposed] = {}
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        if line.strip():
            try:
                found = _read(line, proposed)
            except EntryRefused as refused:
                raise ImportRefused(number, str(refused)) from refused
            if isinstance(found, Proposed):
                proposed.setdefault(found.sha256, found)
            yield number, found


def _read(line: str, proposed: Mapping[str, Proposed]) -> Entry | Proposed | Tested:
    fields = _Fields(line)
    kind = fields.text("kind", "entry")
    if kind == "entry":
        return _read_entry(fields)
    if kind == "hypothesis":
        return _read_hypothesis(fields, proposed)
    if kind == "test":
        return _read_test(fields, proposed)
    message = f"'kind' is {json.dumps(kind)[:40]}; it must be entry, hypothesis or test."
    raise EntryRefused(message)


class _Fields:
    """What stands under the keys of a line."""

    def __init__(self, line: str) -> None:
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else "it is too large"
            message = f"It is no JSON ({reason})."
            raise EntryRefused(message) from error
        if not isinstance(fields, dict):
            message = "It is no JSON object."
            raise EntryRefused(message)
        self._fields = fields

    def get(self, key: str, kind: type, what: str, default: Any = None) -> Any:
        value = self._fields.get(key, default)
        if type(value) is not kind:  # `isinstance` would take true for a number
            is_long = isinstance(value, list | dict)
            shown = "something else" if is_long else json.dumps(value)[:40]
            lacks = f"is {shown}" if key in self._fields else "is missing"
            message = f"'{key}' {lacks}; it must be {what}."
            raise EntryRefused(message)
        return value

    def is_null(self, key: str) -> bool:
        return self._fields.get(key) is None

    def text(self, key: str, default: str | None = None) -> str:
        return str(self.get(key, str, "a text", default))

    def number(self, key: str, default: int | None = None) -> int:
        return int(self.get(key, int, "a whole number", default))

    def object(self, key: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(key, dict, "an object")
        return found

    def time(self, key: str) -> datetime:
        return _time(key, self.get(key, str, "a time"))

    def subject(self) -> Subject:
        return Subject(
            self.text("model"),
            self.text("weights"),
            self.text("site"),
            self.number("layer"),
            self.number("index"),
        )


def _read_entry(fields: _Fields) -> Entry:
    tags = fields.get("tags", list, "a list of texts", [])
    if not all(isinstance(tag, str) for tag in tags):
        message = "'tags' must be a list of texts."
        raise EntryRefused(message)
    first, last = fields.time("first_seen"), fields.time("last_seen")
    n_visits = fields.number("n_visits", 1)
    check_seen(first, last, n_visits)
    return Entry(
        subject=fields.subject(),
        first_seen=first,
        last_seen=last,
        n_visits=n_visits,
        starred=fields.get("starred", bool, "true or false", False),
        note=check_note(fields.text("note", "")),
        tags=check_tags(tags),
        version=1,
    )


def _read_hypothesis(fields: _Fields, proposed: Mapping[str, Proposed]) -> Proposed:
    parent, version = None, 1
    if not fields.is_null("parent"):
        parent = check_sha256(fields.text("parent"))
        if parent not in proposed:
            message = f"No line before it has the hypothesis {parent[:12]} that it is an edit of."
            raise EntryRefused(message)
        version = proposed[parent].version + 1
    return Proposed(
        sha256=check_sha256(fields.text("sha256")),
        claim=check_claim(fields.text("claim")),
        rule=check_rule(fields.text("rule")),
        contents=check_contents(fields.object("contents")),
        proposed=check_time("A hypothesis is proposed", fields.time("proposed")),
        parent=parent,
        version=version,
    )


def _read_test(fields: _Fields, proposed: Mapping[str, Proposed]) -> Tested:
    sha256 = check_sha256(fields.text("hypothesis"))
    if sha256 not in proposed:
        message = f"No line before it has the hypothesis {sha256[:12]} that it is a test of."
        raise EntryRefused(message)
    result = check_result(fields.object("result"))
    if fields.text("result_sha256") != fingerprint(result):
        message = "'result_sha256' is not that of the result: one of them was changed."
        raise EntryRefused(message)
    return Tested(
        id=0,
        subject=fields.subject(),
        hypothesis=proposed[sha256],
        tested=check_time("A test is made", fields.time("tested")),
        verdict=check_verdict(fields.text("verdict")),
        data=check_data(fields.object("data")),
        result=result,
        result_sha256=fingerprint(result),
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


def to_markdown(person: str, entries: Sequence[Entry], tested: Sequence[Tested] = ()) -> str:
    """Write tables to read. Notes show as they were typed, whatever marks or HTML is in them.

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
            *map(_minute, (entry.first_seen, entry.last_seen)),
        )
        lines.append(f"| {' | '.join(cells)} |")
    if tested:
        lines += [
            *([""] if entries else []),
            "## Hypotheses tested",
            "",
            "| Tested | Neuron | Model | Site | Claim | Rule | Verdict |",
            "|---|---|---|---|---|---|---|",
        ]
    for test in tested:
        its = test.subject
        cells = (
            _minute(test.tested),
            f"L{its.layer}N{its.neuron}",
            _plain(its.model),
            _plain(its.site),
            _plain(test.hypothesis.claim),
            _plain(test.hypothesis.rule),
            _plain(test.verdict),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _minute(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"


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
