r"""Simpler rules that could explain the same: what a neuron may fire on instead.

A neuron that fires on `x)` may fire on every `)`. So each rule is tried against all that are left
if something is taken out of it or made wider. Knows no neurons and no texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import chain, islice
from typing import TypeVar

import regex

from lmscope.errors import UnreadableRule
from lmscope.rules.forms import TOKEN_CLASSES, Marked, Regex, Rule, Token, Words
from lmscope.rules.joined import And, Or
from lmscope.rules.measures import members, places_alone
from lmscope.rules.patterns import Pattern, Piece

_WIDER = (r"\d", "[a-z]", "[A-Z]", "[A-Za-z]", r"\w", r"[^\w\s]", r"\s")
_ALIKE = (
    ".)",
    ")]}",
    "([{",
    ".!?",
    ",;:",
    "'\"`",
    "-\u2013\u2014",
    "-*•",
    "/|\\",
    "+-*/=",
    "<>",
    '«»“”"',
)
_N_WIDER = 2
_EQUAL = 1e-9
_MOST = 150
_MOST_CHARACTERS = 100_000
_MOST_ALONE = 40
_A_FEW = 10
_WORD = re.compile(r"\S+")
T = TypeVar("T")


_SLIGHT = 4.0
"""Bits that a rule must save to be the simpler one of two that explain a neuron as well: wider
classes save one or two, a literal or a condition that falls away saves ten or more."""


def must_be_better(rule: Rule, rival: Rule) -> bool:
    r"""Tell whether a rival takes a rule's place only if it is shown to be better.

    So it is if it is hardly simpler: a little wider, or the same in any case or with any white
    space; and if it is a part of the rule, some of its alternatives: that the others are rare does
    not speak against the rule. Any other rival needs only be as good.

    Example:
        >>> rule = Rule.read(r"/\b(?:never|no)\)/")
        >>> others = (r"/\b(?:never|no)[)\]]/", r"/\b(?:never|no)\)/i", r"/\b(?:no)\)/", r"/\)/")
        >>> [must_be_better(rule, Rule.read(other)) for other in others]
        [True, True, True, False]
    """
    return (
        rival.bits > rule.bits - _SLIGHT
        or _folded(rival) == _folded(rule)
        or any(rival.text == part.text for part in _parts(rule))
    )


def _parts(rule: Rule) -> Iterator[Rule]:
    """Give rules that have fewer of its alternatives, and nothing else changed."""
    match rule:
        case Regex() if rule.parts is not None:
            for piece in rule.parts.root.walk():
                if piece.kind == "choice":
                    for text in _of_choice(rule.parts, piece):
                        yield from _made(text, rule.flags)
        case Words():
            yield from (Words(words, rule.is_exact) for words in _fewer(rule.words))
        case Marked():
            yield from map(Marked, _fewer(rule.texts))
        case Token():
            yield from _of_items(rule)
        case Or():
            for some in _fewer(rule.rules):
                yield some[0] if len(some) == 1 else Or(some)


def _folded(rule: Rule) -> Rule:
    """The rule in any case, with any white space in the place of a blank."""
    if isinstance(rule, Regex):
        pattern = re.sub(r"(?<!\\) ", r"\\s", rule.pattern)
        return Regex(pattern, rule.flags.replace("i", ""))
    return replace(rule, is_exact=False) if isinstance(rule, Words) else rule


def rivals(rule: Rule) -> list[Rule]:
    r"""Give the rules that are simpler than a rule and could explain the same places.

    Pieces taken out or made wider (`)` to `[.)]`), one alternative or word alone, what fires
    without what stands round it, the same as a whole token, any case. All need fewer `bits`.
    Of a pattern that lmscope does not take apart there are none; its `note` says so.

    Returns:
        The simplest first, none twice.

    Example:
        >>> print(*rivals(Rule.read("words: I, you")), sep="   ")
        words: I   words: you
        >>> [rule.text for rule in rivals(Rule.read(r"x\)")) if rule.bits > 26.5]
        ['/[a-z]\\)/', '/x[)\\]}]/', '/[xX]\\)/', '/x[.)]/', '/x\\)/i']
    """
    found: dict[str, Rule] = {}
    for other in _simpler(rule):
        if other.bits < rule.bits - _EQUAL and other.is_condition == rule.is_condition:
            found.setdefault(other.text, other)
    return sorted(found.values(), key=lambda r: (r.bits, r.text))


def _simpler(rule: Rule) -> Iterator[Rule]:
    match rule:
        case Regex():
            yield from _of_pattern(rule)
        case Words():
            yield from _parts(rule)
            yield Words(rule.words)
        case Marked():
            yield from _parts(rule)
            yield from _of_marked(rule)
        case Token():
            yield from _of_token(rule)
        case And() | Or():
            yield from _of_several(rule)


def _fewer(items: tuple[T, ...]) -> list[tuple[T, ...]]:
    """Give each item alone, of many the first ones; of a few also all but one."""
    if len(items) < 2:
        return []
    alone: list[tuple[T, ...]] = [(item,) for item in items[:_MOST_ALONE]]
    if len(items) > _A_FEW:
        return alone
    return alone + [items[:i] + items[i + 1 :] for i in range(len(items))]


def _of_pattern(rule: Regex) -> Iterator[Rule]:
    pattern = rule.parts
    if pattern is None:
        return
    alone = places_alone(pattern)
    yield from _made(rule.pattern, rule.flags + "i")
    for whole in _made(alone or rule.pattern, rule.flags):
        yield whole
        yield Token(patterns=(whole,))
        yield from _token_classes(whole)
        if alone and whole.parts:
            for text in _edited(whole.parts):
                yield from _made(text, rule.flags)
    for text in chain(_classes_alone(pattern), _edited(pattern)):
        yield from _made(text, rule.flags)


def _made(text: str, flags: str) -> Iterator[Regex]:
    """Give the pattern if it is one and does not match everywhere."""
    with suppress(UnreadableRule):
        rule = Regex(text, flags)
        if not rule.prepared.pattern.fullmatch(""):
            yield rule


def _token_classes(rule: Regex) -> Iterator[Rule]:
    """Give the classes of tokens that have every character which a pattern of one piece takes."""
    pieces = rule.parts.root.parts if rule.parts else ()
    if rule.parts and len(pieces) == 1 and pieces[0].kind in ("character", "class"):
        for name, takes in TOKEN_CLASSES.items():
            if takes.endswith("+") and _is_wider(takes[:-1], rule.parts, pieces[0]):
                yield Token(classes=(name,))


def _edited(pattern: Pattern) -> Iterator[str]:
    """Give the pattern with one piece less or one piece wider; of many the first ones."""
    n = min(_MOST, _MOST_CHARACTERS // max(len(pattern.text), 1))
    return islice(_with_one_edit(pattern), n)


def _with_one_edit(pattern: Pattern) -> Iterator[str]:
    for piece in pattern.root.walk():
        if piece.kind == "sequence":
            parts = [p for p in piece.parts if p.kind not in ("mark", "note")]
            if len(parts) > 1:
                yield from (pattern.replaced(p, "") for p in parts if not p.value.isspace())
        elif piece.kind == "choice":
            yield from _of_choice(pattern, piece)
        elif piece.kind == "repeat" and piece.low > 1:
            yield pattern.replaced(piece, pattern.source(piece.body) + "+")
        else:
            yield from (pattern.replaced(piece, new) for new in _wider(pattern, piece))


def _of_choice(pattern: Pattern, piece: Piece) -> Iterator[str]:
    sources = tuple(map(pattern.source, piece.parts))
    return (pattern.replaced(piece, "|".join(some)) for some in _fewer(sources))


def _wider(pattern: Pattern, piece: Piece) -> Iterator[str]:
    """Give what takes all that a character, a run or a class takes, and more."""
    if piece.kind == "run":
        yield r"\d+" if piece.value.isdecimal() else r"\w+"
    if piece.kind == "character":
        c = piece.value
        if c.lower() != c.upper() and "i" not in pattern.flags:
            yield f"[{c.lower()}{c.upper()}]"
        for alike in _ALIKE:
            if c in alike:
                yield "[" + "".join(f"\\{a}" if a in r"[]\-^" else a for a in alike) + "]"
    if piece.kind in ("character", "class"):
        wider = [new for new in _WIDER if _is_wider(new, pattern, piece)]
        yield from wider[:_N_WIDER]


def _is_wider(new: str, pattern: Pattern, piece: Piece) -> bool:
    if piece.kind == "character":
        c, is_folded = piece.value, "i" in pattern.flags
        return all(regex.fullmatch(new, x) for x in ({c, c.lower(), c.upper()} if is_folded else c))
    new_ones = members(new, "")
    old_ones = members(pattern.source(piece), pattern.flags)
    return bool(0 < old_ones.sum() < new_ones.sum() and new_ones[old_ones].all())


def _classes_alone(pattern: Pattern) -> Iterator[str]:
    """Give a digit and a letter if the pattern has a class with all digits or all letters."""
    classes = [p for p in pattern.root.walk() if p.kind == "class"]
    for narrow in (r"\d", "[A-Za-z]"):
        if any(
            members(pattern.source(p), pattern.flags)[members(narrow, "")].all() for p in classes
        ):
            yield narrow


def _of_marked(rule: Marked) -> Iterator[Rule]:
    """Take away words before the first mark, behind the last one, and all of both."""
    for i, text in enumerate(rule.texts):
        first, last = text.index("«"), text.rindex("»") + 1
        before, marked, after = text[:first], text[first:last], text[last:]
        shorter = [(before[word.start() :], after) for word in _WORD.finditer(before)][1:]
        shorter += [(before, after[: word.end()]) for word in _WORD.finditer(after)][:-1]
        for head, tail in [*shorter, ("", after), (before, ""), ("", "")]:
            yield Marked((*rule.texts[:i], head + marked + tail, *rule.texts[i + 1 :]))


def _of_token(rule: Token) -> Iterator[Rule]:
    """Give each kind of item alone, one item less, and the classes of the exact ones."""
    yield from _of_items(rule)
    if rule.exact:
        cores = [token.decode("utf-8", "replace").strip() for token in rule.exact]
        for name, takes in TOKEN_CLASSES.items():
            if all(regex.fullmatch(takes, core) for core in cores):
                yield Token((), tuple(dict.fromkeys((*rule.classes, name))), rule.patterns)
    for i, one in enumerate(rule.patterns):
        for other in _of_pattern(one):
            if isinstance(other, Regex):
                patterns = (*rule.patterns[:i], other, *rule.patterns[i + 1 :])
                yield Token(rule.exact, rule.classes, patterns)


def _of_items(rule: Token) -> Iterator[Rule]:
    items = [
        *(Token(exact=(i,)) for i in rule.exact),
        *(Token(classes=(i,)) for i in rule.classes),
        *(Token(patterns=(i,)) for i in rule.patterns),
    ]
    for some in _fewer(tuple(items)):
        yield Token(*(sum((getattr(i, kind) for i in some), ()) for kind in _KINDS))


def _of_several(rule: And | Or) -> Iterator[Rule]:
    """Leave rules out, or put a simpler one in the place of one."""
    kind = type(rule)
    for some in _fewer(rule.rules):
        yield some[0] if len(some) == 1 else kind(some)
    for i, one in enumerate(rule.rules):
        for other in _simpler(one):
            if other.bits < one.bits - _EQUAL:
                yield kind((*rule.rules[:i], other, *rule.rules[i + 1 :]))


_KINDS = ("exact", "classes", "patterns")
