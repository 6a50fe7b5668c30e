"""Near misses: a matching text changed as little as possible, so that a rule no longer matches.

A neuron that fires on `x)` lists should be silent where only the bracket is missing. Knows no
neurons; what is made here is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from lmscope.errors import RuleTooSlow
from lmscope.rules.forms import Regex, Rule
from lmscope.rules.joined import And, Or
from lmscope.rules.languages import LANGUAGES, counterpart
from lmscope.rules.patterns import Pattern, Piece
from lmscope.rules.searching import prepare

Edit = tuple[str, list[tuple[int, int, str]]]
"""What is changed, in words, and the new text of each changed range of characters."""

_NEAR = {
    ")": (".", "]", ":"),
    "(": ("[", "{"),
    "]": (")", "}"),
    "[": ("(", "{"),
    ".": (")", ",", ":"),
    ",": (";", "."),
    ";": (",", ":"),
    ":": (";", "."),
    "!": ("?", "."),
    "?": ("!", "."),
    '"': ("'",),
    "'": ('"',),
    "-": ("_", " "),
    " ": ("_",),
    "\n": (" ",),
    "\t": (" ",),
}
_OTHER_SIGN = ("·",)
_ENDING = ("", ".", ",", ";", ":", "!", "?", "\n")
_MOST_WORDS = 8
_LONG_NUMBER = 19
_LIMIT_S = 0.5
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_SIMPLE = ("character", "run", "class")


def near_misses(rule: Rule, text: str, language: str = "en") -> list[tuple[str, str]]:
    """Change a text that a rule matches, so that it does not match any more.

    Each piece of a pattern is deleted and replaced by its neighbours (`)` by `.` and `]`, a digit
    by the next one and by a letter), words of the match are deleted, capitals become small, and
    small words are put into other languages. A change is made at every match at once.

    Args:
        rule: Rules on tokens have no near misses: what a changed text's tokens are, no rule knows.
        text: A text that matches.
        language: `en`, `de`, `fr` or `es`: what it is written in.

    Returns:
        New text and what was changed, none of which the rule matches, none twice.

    Example:
        >>> for miss in near_misses(Rule.read(r"/1[)]/"), "1) one"):
        ...     print(*miss, sep=" | ")
        ) one | '1' deleted
        2) one | '1' replaced by '2'
        x) one | '1' replaced by 'x'
        -) one | '1' replaced by '-'
        1 one | ')' deleted
        1. one | ')' replaced by '.'
        1] one | ')' replaced by ']'
        1: one | ')' replaced by ':'
        one | '1)' deleted
    """
    if rule.needs_tokens or not (matches := _matches(rule, text)):
        return []
    seen: dict[str, str] = {}
    for what, changes in _edits(rule, text, matches, language):
        other = _applied(text, changes)
        if other.strip() and other != text and other not in seen and _is_missed(rule, other):
            seen[other] = what
    return list(seen.items())


def _is_missed(rule: Rule, text: str) -> bool:
    try:
        return not len(rule.places(text, limit_s=_LIMIT_S))
    except RuleTooSlow:
        return False


def _edits(rule: Rule, text: str, matches: list[tuple[int, int]], language: str) -> Iterator[Edit]:
    for pattern in _patterns(rule):
        yield from _of_pattern(pattern, text)
    yield from _of_words(text, matches)
    yield _changed(
        text, [(a, b, text[a:b].swapcase()) for a, b in matches], "with the case changed"
    )
    for other, name in LANGUAGES.items():
        if other != language:
            words = [
                (word.start(), word.end(), new)
                for a, b in matches
                for word in _WORD.finditer(text, a, b)
                if (new := counterpart(word[0], language, other))
            ]
            if words:
                news = dict.fromkeys(new for _, _, new in words)
                yield _changed(text, words, f"replaced by {_listed(news)} ({name})")
    yield _changed(text, [(a, b, "") for a, b in matches], "deleted")


def _matches(rule: Rule, text: str) -> list[tuple[int, int]]:
    """Find what a rule matches, in characters; what overlaps becomes one."""
    places = rule.places(text)
    found: list[tuple[int, int]] = []
    for span in sorted(places.matches.tolist()):
        start, end = (len(places.document[:at].decode("utf-8", "ignore")) for at in span)
        if found and start < found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _patterns(rule: Rule) -> Iterator[Regex]:
    if isinstance(rule, Regex):
        yield rule
    elif isinstance(rule, And | Or):
        for one in rule.rules:
            yield from _patterns(one)


def _of_pattern(rule: Regex, text: str) -> Iterator[Edit]:
    """Delete and replace what each piece of a pattern takes."""
    if (pattern := rule.parts) is None:
        return
    for piece in _units(pattern.root):
        spans = _taken(pattern, piece, text)
        if not spans:
            continue
        source = pattern.source(piece)
        yield _changed(text, [(a, b, "") for a, b in spans], "deleted", source)
        olds = [text[a:b] for a, b in spans]
        for news in zip(*map(_neighbours, olds), strict=False):
            changes = [(a, b, new) for (a, b), new in zip(spans, news, strict=True)]
            yield _changed(text, changes, f"replaced by {_listed(dict.fromkeys(news))}", source)


def _units(piece: Piece) -> Iterator[Piece]:
    """Give the characters, runs and classes of a pattern that must be there, repeats as one."""
    if piece.kind in _SIMPLE or (piece.kind == "repeat" and piece.body.kind in _SIMPLE):
        yield piece
    elif not piece.is_negative:
        for part in piece.parts:
            yield from _units(part)


def _taken(pattern: Pattern, piece: Piece, text: str) -> list[tuple[int, int]]:
    """Find what a piece takes in every match."""
    name = "piece"
    while name in pattern.text:
        name += "_"
    marks = [(p.start, p.end, "") for p in pattern.root.walk() if p.kind == "mark"]
    edits = [*marks, (piece.start, piece.start, f"(?P<{name}>"), (piece.end, piece.end, ")")]
    tagged = prepare(pattern.edited(edits), pattern.flags).pattern
    found: set[tuple[int, int]] = set()
    with suppress(TimeoutError):
        for match in tagged.finditer(text, timeout=_LIMIT_S):
            found |= set(match.spans(name))
    return sorted(span for span in found if span[0] < span[1])


def _neighbours(old: str) -> list[str]:
    """Give what is like a piece of text without being it, the nearest first."""
    if len(old) > 1:
        if old.isdecimal() and len(old) < _LONG_NUMBER:
            return [str(int(old) + 1), "x" * len(old), "-"]
        return [old.swapcase(), old[:-1]] if old.isalpha() else []
    if old.isdecimal():
        return [str((int(old) + 1) % 10), "x", "-"]
    if old.isalpha():
        after = chr(ord(old) + 1)
        return [old.swapcase(), after if after.isalpha() else old, "7", "-"]
    return list(_NEAR.get(old, _OTHER_SIGN))


def _of_words(text: str, matches: list[tuple[int, int]]) -> Iterator[Edit]:
    """Delete the first, the second, ... word of each match."""
    rows = [[m.span() for m in _WORD.finditer(text, a, b)] for a, b in matches]
    for i in range(min(max(map(len, rows)), _MOST_WORDS)):
        yield _changed(text, [(*row[i], "") for row in rows if i < len(row)], "deleted")


def _changed(text: str, changes: list[tuple[int, int, str]], how: str, source: str = "") -> Edit:
    olds = dict.fromkeys(text[a:b] for a, b, _ in changes)
    if source and len(olds) > 1:
        return f"what {source} takes {how}", changes
    return f"{_listed(olds)} {how}", changes


def _listed(texts: dict[str, None]) -> str:
    shown = [f"'{text if len(text) <= 30 else text[:29] + '…'}'" for text in list(texts)[:3]]
    return ", ".join(shown) + (", ..." if len(texts) > 3 else "")


def _applied(text: str, changes: list[tuple[int, int, str]]) -> str:
    """Change a text; what is deleted leaves no space too many."""
    pieces, done = [], 0
    for start, end, new in changes:
        before, after = text[max(start - 1, 0) : start], text[end : end + 1]
        pieces += [text[done:start], new]
        done = end
        if not new and after == " " and (not before or before.isspace()):
            done = end + 1
        elif not new and before == " " and after in _ENDING:
            pieces[-2] = pieces[-2].removesuffix(" ")
    return "".join(pieces) + text[done:]
