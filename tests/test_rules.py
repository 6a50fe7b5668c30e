from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import regex
from conftest import write_tokenizer
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lmscope.errors import RuleNeedsTokens, RuleTooBroad, RuleTooSlow, UnreadableRule
from lmscope.models.tokens import Tokenizer
from lmscope.rules import (
    And,
    Marked,
    Not,
    Or,
    Places,
    Regex,
    Rule,
    Token,
    Words,
    around,
    events,
    label,
    near_misses,
    rivals,
    shifted,
)

FOUNDING = "8) singled out 9) personality"


def fires(rule: str, text: str, spans: Any = None) -> list[str]:
    places = Rule.read(rule).places(text, spans)
    return [places.document[a:b].decode("utf-8", "replace") for a, b in places.spans]


def matches(rule: str, text: str) -> list[str]:
    places = Rule.read(rule).places(text)
    return [places.document[a:b].decode() for a, b in places.matches]


def sentence(text: str) -> str:
    with pytest.raises(UnreadableRule) as caught:
        Rule.read(text)
    assert len(str(caught.value).splitlines()) <= 4
    return str(caught.value)


# --- how rules are written -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        (r"\w\)", r"/\w\)/"),
        (r"/\w\)/", r"/\w\)/"),
        ("/a/xi", "/a/ix"),
        ("(?i)foo", "/foo/i"),
        ("(?i)(?sm)foo", "/foo/ims"),
        (r"a\/b", r"/a\/b/"),
        ("a/b", r"/a\/b/"),
        (r"/[/]\\\//", r"/[\/]\\\//"),
        ("and or not", "/and or not/"),
        ("not here", "/not here/"),
        ("Q: who", "/Q: who/"),
        ("words:I,you ,  New  York", "words: I, you, New York"),
        ("WORDS: I, i, you", "words: I, you"),
        ("exact words: I, i", "exact words: I, i"),
        ('words: "and", or, "a, b", not', 'words: "and", "or", "a, b", "not"'),
        ("words: I and /a/", "words: I and /a/"),
        ("words: and and /a/", 'words: "and" and /a/'),
        ("words: I or (/a/)", "words: I or /a/"),
        ('words: "say \\"so\\"", "c(", "\\x61"', 'words: "say \\"so\\"", "c(", a'),
        ("I loved «it»", 'marked: "I loved «it»"'),
        ('marked: "«a»\\n", "«b»"', 'marked: "«a»\\n", "«b»"'),
        ('token: ")" , digit, /x+/i', 'token: ")", digit, /x+/i'),
        ('token: "\\xe2\\x80"', 'token: "\\xe2\\x80"'),
        ('token: "\\xc3\\xa9"', 'token: "é"'),
        ("/a/ and /b/ or /c/", "/a/ and /b/ or /c/"),
        ("/a/ and (/b/ or /c/)", "/a/ and (/b/ or /c/)"),
        ("((/a/) and (/b/ and /c/))", "/a/ and /b/ and /c/"),
        ("not (/a/ or not /b/)", "not (/a/ or not /b/)"),
        ("/a/ or /a/", "/a/ or /a/"),
        ("words: I and you".replace("and", "or words:"), "words: I or words: you"),
        ("words: a or /b/", "words: a or /b/"),
        ("Not /a/ AND NOT words: b", "not /a/ and not words: b"),
    ],
)
def test_a_rule_has_one_text_which_reads_back(written: str, canonical: str) -> None:
    rule = Rule.read(written)

    assert canonical == rule.text == str(rule)
    assert rule == Rule.read(canonical)


def test_the_hash_is_of_the_text_and_stays_for_ever() -> None:
    expected = "636d8c2dea7f0a40933f929f5d6d3751fddcc251744fa0735615241afaf8e57e"

    assert expected == Rule.read(r"\w\)").sha256
    assert expected == Rule.read(r"/\w\)/").sha256
    assert expected != Rule.read(r"/\w\)/i").sha256


def test_a_rule_cannot_be_changed() -> None:
    for text, name in [
        ("/a/", "pattern"),
        ("words: a", "words"),
        ("«a»", "texts"),
        ("token: digit", "classes"),
        ("not /a/", "rule"),
        ("/a/ or /b/", "rules"),
    ]:
        with pytest.raises(AttributeError):
            setattr(Rule.read(text), name, "b")


# What makes a rule, not rules: `regex` draws lots when its cache is full, and a strategy may not.
Make = Callable[[], Rule]
plain = st.text(st.characters(codec="utf-8"), min_size=1, max_size=10).filter(
    lambda t: bool(t.strip())
)
words = st.lists(
    plain.map(lambda t: " ".join(t.split())), min_size=1, max_size=4, unique_by=str.casefold
)


def atom(
    kind: str, text: str, some: list[str], tokens: list[bytes], flags: str, classes: list[str]
) -> Rule:
    if kind == "regex":
        return Regex(regex.escape(text), flags)
    if kind == "marked":
        return Marked((f"a«{text.replace('«', 'x').replace('»', 'y')}»",))
    if kind == "token":
        patterns = tuple(Regex(regex.escape(word)) for word in some[:1])
        return Token(tuple(tokens), tuple(classes), patterns)
    return Words(tuple(some), is_exact=kind == "exact")


atoms: st.SearchStrategy[Make] = st.builds(
    partial,
    st.just(atom),
    st.sampled_from(["regex", "marked", "token", "words", "exact"]),
    plain,
    words,
    st.lists(st.binary(min_size=1), max_size=3, unique=True),
    st.sampled_from(["", "i", "ms"]),
    st.lists(st.sampled_from(["digit", "space", "capital"]), max_size=2, unique=True),
)


def several(makes: st.SearchStrategy[Make]) -> st.SearchStrategy[Make]:
    some = st.lists(makes, min_size=2, max_size=3)
    return st.one_of(
        some.map(lambda m: lambda: And(tuple(one() for one in m))),
        some.map(lambda m: lambda: Or(tuple(one() for one in m))),
        makes.map(lambda m: lambda: Not(m())),
    )


any_rule = st.recursive(atoms, several, max_leaves=4)


@given(any_rule)
def test_every_rule_reads_back_from_its_text(make: Make) -> None:
    rule = make()
    again = Rule.read(rule.text)

    assert rule == again
    assert rule.text == again.text
    assert rule.sha256 == again.sha256


@given(st.text())
def test_whatever_is_typed_is_a_rule_or_explained(text: str) -> None:
    for start in ("", "/", "words: ", "token: ", 'marked: "«a»" and ', "(/a/ or "):
        try:
            rule = Rule.read(start + text)
        except UnreadableRule:
            continue
        assert rule == Rule.read(rule.text)


def test_reading_takes_no_longer_than_the_text() -> None:
    before = time.process_time()
    for text in ("words: a" + " " * 100_000 + "b", "(" * 100_000, "words: " + "a, " * 50_000 + "b"):
        with suppress(UnreadableRule):
            Rule.read(text)
    assert time.process_time() - before < 5


@settings(deadline=None)
@given(st.text("ab1 ()[]{}|*+?.^$\\>-/=!<:P#&,dwsb", max_size=12))
def test_whatever_pattern_is_typed_works_or_is_explained(text: str) -> None:
    try:
        rule = Rule.read(text)
    except UnreadableRule:
        return
    try:
        rule.places("ab 1) a>b\n", limit_s=0.2)
        near_misses(rule, "ab 1) a>b\n")
    except RuleTooSlow:
        pass
    for rival in rivals(rule):
        assert rival.bits < rule.bits
    assert isinstance(rule.note, str)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "'' is no rule: it is empty.\nWrite a pattern, as in /\\w\\)/, or words: I, you, we"),
        (
            " ",
            "' ' is no rule: it is empty.\nWrite a pattern, as in /\\w\\)/, or words: I, you, we",
        ),
        ("//", "'//' is no rule: its pattern is empty."),
        (
            "\ud800a",
            "'?a' is no rule: there is half a character in it (character 1).",
        ),
        (
            r"(\w\)",
            r"'(\w\)' is no rule: the bracket ( is never closed (character 1)."
            "\nFor the bracket itself: \\(",
        ),
        (
            "a)",
            "'a)' is no rule: the bracket ) was never opened (character 2)."
            "\nFor the bracket itself: \\)",
        ),
        (
            "x[ab",
            "'x[ab' is no rule: the class [ is never closed (character 2)."
            "\nFor the bracket itself: \\[",
        ),
        (
            "a|*",
            "'a|*' is no rule: there is nothing that * could repeat (character 3)."
            "\nFor itself: \\*",
        ),
        ("a>>*", "'a>>*' is no rule: there is nothing that * could repeat (character 4)."),
        ("a**", "'a**' is no rule: two repeats follow one another (character 2)."),
        (
            "a\\",
            "'a\\' is no rule: nothing follows the last backslash (character 2).\nFor itself: \\\\",
        ),
        ("(?#x", "'(?#x' is no rule: the comment (?# is never closed (character 1)."),
        (r"a\y", r"'a\y' is no rule: \y means nothing (character 3)."),
        (r"\x1", r"'\x1' is no rule: \x1 means nothing (character 2)."),
        (
            "a{2,1}",
            "'a{2,1}' is no rule: the smallest number of repeats is above the largest "
            "(character 2).",
        ),
        ("[b-a]", "'[b-a]' is no rule: a range in a class runs backwards (character 4)."),
        (
            r"\p{Foo}",
            r"'\p{Foo}' is no rule: there is no such property of characters (character 7).",
        ),
        ("(?z)a", "'(?z)a' is no rule: there is no group that begins like this (character 2)."),
        (
            "(?P=q)",
            "'(?P=q)' is no rule: it refers to a group that it does not have (character 3).",
        ),
        (
            r"\2(a)",
            r"'\2(a)' is no rule: it refers to a group that it does not have (character 2).",
        ),
        ("(?<x", "'(?<x' is no rule: the name of a group has no > behind it (character 4)."),
        (
            "(?P<a b>x)",
            "'(?P<a b>x)' is no rule: the name of a group may have letters, digits and _ only "
            "(character 7).",
        ),
        (
            "(?P<fire>a)(?P<fire>b)",
            "'(?P<fire>a)(?P<fire>b)' is no rule: it names two places to fire (character 12)."
            "\nKeep one >> or (?P<fire>...), or one in each alternative.",
        ),
        (
            "a>>(?P<fire>b)",
            "'a>>(?P<fire>b)' is no rule: it names two places to fire (character 4)."
            "\nKeep one >> or (?P<fire>...), or one in each alternative.",
        ),
        (
            "[a>>b]",
            "'[a>>b]' is no rule: the mark >> stands inside the class [a>>b], where it is only "
            "the character > (character 3).\nPut it before the class.",
        ),
        (
            "(a>>b)",
            "'(a>>b)' is no rule: the mark >> stands inside brackets (character 3)."
            "\nPut it outside them, or name the place: (?P<fire>...)",
        ),
        (
            "a(?!>>b)",
            "'a(?!>>b)' is no rule: the place to fire stands in what must not be there "
            "(character 2).\nPut it around something that is there.",
        ),
        (
            "a>>|b",
            "'a>>|b' is no rule: nothing follows the mark >> (character 2)."
            "\nPut it before what should fire.",
        ),
        (
            "(?|a>>b)",
            "'(?|a>>b)' is no rule: lmscope cannot put the mark >> into a pattern with (?|...) "
            "(character 5).\nName the place instead: (?P<fire>...)",
        ),
        (
            "a" * 20_001,
            f"'{'a' * 59}…' is no rule: it has 20,001 characters, more than 20,000 "
            "(character 20001).",
        ),
        (
            "(" * 5000,
            f"'{'(' * 59}…' is no rule: its brackets are nested too deeply (character 1).",
        ),
        (
            "/a/q",
            "'/a/q' is no rule: there is no flag 'q' for a pattern.\n"
            "There are i (any case), m (^ and $ at every line), s (. takes line ends), "
            "x (spaces and comments are left out).\n"
            "A slash inside the pattern is written \\/",
        ),
        (
            "/a",
            "'/a' is no rule: the pattern has no second / (character 1).\n"
            "A slash inside a pattern is written \\/",
        ),
        (
            "word: I",
            "'word: I' is no rule: there is no form 'word:'.\nDid you mean 'words:'?\n"
            "To search for these characters themselves: /word: I/",
        ),
        (
            "regex: a/b",
            "'regex: a/b' is no rule: there is no form 'regex:'.\n"
            "A pattern stands between slashes: /\\w\\)/\n"
            "To search for these characters themselves: /regex: a\\/b/",
        ),
        (
            "words: I and you",
            "'words: I and you' is no rule: a pattern /.../, words:, token:, marked: or ( was "
            "expected, not 'you' (character 14).\n"
            'Words that hold a comma, a bracket, "and" or "or" go in quotes.',
        ),
        (
            "words: I and",
            "'words: I and' is no rule: a pattern /.../, words:, token:, marked: or ( was "
            "expected, not the end (character 12).\n"
            'Words that hold a comma, a bracket, "and" or "or" go in quotes.',
        ),
        (
            "/a/ /b/",
            "'/a/ /b/' is no rule: and, or or the end was expected, not '/b/' (character 5).\n"
            'Words that hold a comma, a bracket, "and" or "or" go in quotes.',
        ),
        (
            "(/a/ or /b/",
            "'(/a/ or /b/' is no rule: the bracket ( is never closed (character 1).",
        ),
        (
            "(/a/ /b/)",
            "'(/a/ /b/)' is no rule: and, or or ) was expected, not '/b/)' (character 6).\n"
            'Words that hold a comma, a bracket, "and" or "or" go in quotes.',
        ),
        ("/a/)", "'/a/)' is no rule: the bracket ) was never opened (character 4)."),
        (
            "(" * 51 + "/a/",
            f"'{'(' * 51}/a/' is no rule: its brackets are nested too deeply (character 51).",
        ),
        (
            "words: I,",
            "'words: I,' is no rule: a word was expected, not the end (character 9).\n"
            'Signs go in quotes: words: "/", "("',
        ),
        (
            "words: , I",
            "'words: , I' is no rule: a word was expected, not ',' (character 8).\n"
            'Signs go in quotes: words: "/", "("',
        ),
        (
            'words: "\\xff"',
            "'words: \"\\xff\"' is no rule: there is half a character in it (character 8).",
        ),
        (
            "token: digi",
            "'token: digi' is no rule: there is no class of tokens 'digi' (character 8).\n"
            'Did you mean digit?\nA token itself stands in quotes: token: " the", ")"',
        ),
        (
            "token: the",
            "'token: the' is no rule: there is no class of tokens 'the' (character 8).\n"
            "There are: digit, letter, lower, upper, capital, punctuation, space.\n"
            'A token itself stands in quotes: token: " the", ")"',
        ),
        (
            'token: ""',
            "'token: \"\"' is no rule: a token has at least one character (character 9).",
        ),
        (
            'token: "a',
            "'token: \"a' is no rule: the quote is never closed (character 8).\n"
            'A quote inside is written \\"',
        ),
        (
            'token: "a\\q"',
            "'token: \"a\\q\"' is no rule: \\q means nothing in quotes (character 10).\n"
            "A backslash itself is written \\\\",
        ),
        (
            "marked: I «it»",
            "'marked: I «it»' is no rule: a text in quotes was expected, not 'I' (character 9).\n"
            'Write it like this: marked: "I loved «it»"',
        ),
        (
            'marked: "I"',
            "'I' is no rule: it has no mark.\nPut « and » round what should fire: I loved «it»",
        ),
        ("a» «b", "'a» «b' is no rule: its marks « and » are no pairs (character 2)."),
        ("a «b", "'a «b' is no rule: its marks « and » are no pairs (character 3)."),
        ("a « »", "'a « »' is no rule: there is nothing between « and »."),
    ],
)
def test_what_is_no_rule_is_said_with_its_place(text: str, says: str) -> None:
    assert says == sentence(text)


def test_an_error_keeps_its_facts() -> None:
    with pytest.raises(UnreadableRule) as caught:
        Rule.read("x[ab")

    facts = {"rule": "x[ab", "reason": "the class [ is never closed", "at": 2}
    assert facts == caught.value.facts


# --- what fires ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        (r"\w\)", FOUNDING, ["8)", "9)"]),
        (r"8>>\)", FOUNDING, [")"]),
        (r"(?P<fire>\w)\)", FOUNDING, ["8", "9"]),
        ("I >>loved", "I loved, I loved", ["loved", "loved"]),
        ("a>>b|c(?P<fire>d)", "ab cd", ["b", "d"]),
        ("a>>b|cd", "ab cd", ["b", "cd"]),
        (r"a\>>b", "a>>b", ["a>>b"]),
        (r"(?:(?P<fire>\d),?)+", "1,2,3", ["1", "2", "3"]),
        ("(?<=(?P<fire>a))b", "ab", ["a"]),
        # What looks ahead fires where it is known.
        (r"1\.(?=\s)", "1. One", [" "]),
        (r"1\.(?=\sOne)", "1. One", ["e"]),
        (r"a(?=bc?)(?=b)", "abc", ["c"]),
        (r"(?=\w\))\w\)", "8)", ["8)"]),
        (r"1\.>>(?=\s)", "1. One", [" "]),
        ("I >>(?=loved)", "I loved", ["loved"]),
        (r"1\.(?=(?P<fire>\s+)O)", "1.  One", ["  "]),
        (r"1\.(?=$)", "1.", ["1."]),
        (r"foo(?!bar)", "foo foobar", ["foo"]),
        # Overlapping matches count; of those that end together the longest is kept.
        ("aa", "aaaa", ["aa", "aa", "aa"]),
        (r"\b(\w+) \1\b", "the the the", ["the the", "the the"]),
        (r"\w+", "foo bar", ["foo", "bar"]),
        (r"\d{2,}", "1234 5", ["1234"]),
        ("[ab]*c", "abcbc c", ["abc", "bc", "c"]),
        (", >>\\w+,", ", a, b, c,", ["a,", "b,", "c,"]),
        # Matches of no characters fire at the character before.
        (r"(?<=\))", "8) 9)", [")", ")"]),
        (r"\b", "ab c", ["b", " ", "c"]),
        ("^", "ab", []),
        ("(?m)$", "ab\nc", ["b", "c"]),
        # White space at the end of a match does not count, unless it is all there is.
        (r"\w\)\s+", "8)  9", ["8)"]),
        (r"\n+", "a\n\nb", ["\n\n"]),
        ("(?x) a  b # two letters", "ab a b", ["ab"]),
        (r"é\)", "é) ü)", ["é)"]),
        ("😀", "a😀😀", ["😀", "😀"]),
        # References stay right when groups are put in.
        (r">>(\w)\1", "aab", ["aa"]),
        (r"(?=(b))(\w)\2(?=(\w)\3)", "bbcc", ["c"]),
        (r"(\w)x>>(?:(y)|z)\1", "axya axza axyb", ["ya", "za"]),
        (r"(?P<a>\w)-(?P=a)", "a-a", ["a-a"]),
        (r"(a(?1)?b)(?=c)", "aabbc", ["c"]),
        (r"x(?R)?y", "xxyy", ["xy", "xxyy"]),
        # Beyond what is taken apart.
        (r"(?:colour){e<=1}", "color", ["color"]),
        (r"(?|(?P<fire>a)b|(?P<fire>c)d)", "ab cd", ["a", "c"]),
        # Words.
        ("words: I, you", "I, You; youth Iyou i", ["I", "You", "i"]),
        ("exact words: I", "I i", ["I"]),
        ("words: New York, new", "new\n York New", ["new", "new\n York", "New"]),
        ('words: c++, "(a)"', "c++ xc++ (a)b", ["c++", "(a)"]),
        ("words: naïve", "Naïve naïvement", ["Naïve"]),
        # Marked texts.
        ("I loved «it»", "I loved it. I loved items. XI loved it", ["it"]),
        ("«I» loved «it»", "I loved it", ["I", "it"]),
        ('marked: "«8)»", "a «(»"', "8) a (", ["8)", "("]),
        ("1. «one»", "1. one 12 one", ["one"]),
        # Together.
        (r"/\w\)/ or /\)/", "8) )", ["8)", ")"]),
        (r"/\w\)/ and /\d/", "8) a)", ["8"]),
        (r"/\w\)/ and not /\d\)/", "8) a)", ["a)"]),
        (r'words: I and not /"[^"]*"/', 'I "I" I', ["I", "I"]),
        (r"/\(.*?\)/ and /\d/", "1 (2) 3", ["2"]),
        (r"/\d/ and /\(.*?\)/", "1 (2) 3", ["2"]),
        ("not /[a-y]/", "a z é\u3000!", ["z", "é", "!"]),
        ("not /a/ and not /b/", "abc", ["c"]),
        ("not (/a/ or /b/)", "abc", ["c"]),
        ("not not /ab/", "abc", ["a", "b"]),
        ("/a/ or not /[ab]/", "abc", ["a", "c"]),
        ("/\\w/ and (/a/ or not /b/)", "abc", ["a", "c"]),
    ],
)
def test_what_fires(rule: str, text: str, expected: list[str]) -> None:
    assert expected == fires(rule, text)


def test_the_whole_match_is_told_with_what_it_looked_ahead_for() -> None:
    assert ["1. "] == matches(r"1\.(?=\s)", "1. One")
    assert ["8) "] == matches(r"\w\)\s", "8) a")
    assert ["I loved it"] == matches("I loved «it»", "I loved it")


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (r"\w\)", ""),
        ("a>>b", ""),
        (
            r"1\.(?=\s)",
            r"The label is on the last character of what (?=\s) looks ahead for, if that lies "
            "behind the match: the match is not known before.",
        ),
        (
            r"1\.(?!\d)",
            r"The label is on the last character of the match; that (?!\d) holds is known only "
            "later.",
        ),
        (
            "(?P<fire>I) loved",
            "/(?P<fire>I) loved/ goes on behind the place that should fire: a model that reads "
            "from left to right cannot know the match there.",
        ),
        (
            "«I» loved",
            'marked: "«I» loved" goes on behind the place that should fire: a model that reads '
            "from left to right cannot know the match there.",
        ),
        ("I «loved»", ""),
        (
            "(?:a){e<=1}",
            "/(?:a){e<=1}/ has fuzzy matching {...}, which lmscope does not take apart: no "
            "simpler rules are tried beside it.",
        ),
        (
            r"words: I and not /a(?!b)/",
            "The label is on the last character of the match; that (?!b) holds is known only "
            "later.",
        ),
    ],
)
def test_what_is_special_is_said_in_words(rule: str, says: str) -> None:
    assert says == Rule.read(rule).note


def brute_force(pattern: str, text: str) -> list[tuple[int, int]]:
    """Try every start; of the matches that end together keep the longest."""
    longest: dict[int, re.Match[str]] = {}
    for start in range(len(text) + 1):
        if match := re.compile(pattern).match(text, start):
            longest.setdefault(match.end(), match)
    found: dict[int, int] = {}
    for match in longest.values():
        a, b = match.span()
        if a == b:
            a -= 1
        elif stripped := match[0].rstrip():
            b = a + len(stripped)
        if a >= 0:
            found[b] = min(a, found.get(b, a))
    return sorted(((a, b) for b, a in found.items()), key=lambda span: span[1])


pieces = st.sampled_from(
    [
        "a",
        "b",
        " ",
        ".",
        "[ab]",
        r"\w",
        r"\b",
        "a+",
        "[ab]*",
        r"\w{2,}",
        ".*?",
        "a?",
        "(a|b)+",
        "(ab)",
    ]
)


@given(st.lists(pieces, min_size=1, max_size=4).map("".join), st.text("ab é", max_size=12))
def test_places_are_those_of_trying_everywhere(pattern: str, text: str) -> None:
    places = Rule.read(f"/{pattern}/").places(text)

    at = [len(text[:i].encode()) for i in range(len(text) + 1)]
    expected = [(at[a], at[b]) for a, b in brute_force(pattern, text)]
    assert expected == [tuple(span) for span in places.spans.tolist()]


@given(any_rule, st.text())
def test_places_are_whole_characters_of_any_text(make: Make, text: str) -> None:
    rule = make()
    n = len(text.encode("utf-8", "replace"))
    spans = np.array([[i, i + 1] for i in range(n)]).reshape(-1, 2)
    places = rule.places(text, spans)

    assert places.spans.shape == places.matches.shape == (len(places), 2)
    for (a, b), (start, end) in zip(places.spans.tolist(), places.matches.tolist(), strict=True):
        assert 0 <= a < b <= len(places.document)
        assert start <= end
        if not rule.needs_tokens:
            places.document[a:b].decode()
    assert sorted(set(places.spans[:, 1].tolist())) == places.spans[:, 1].tolist()


def test_half_characters_of_a_text_become_the_sign_for_them() -> None:
    places = Rule.read("\ufffd").places("a\ud800b")

    assert "a\ufffdb".encode() == places.document
    assert [[1, 4]] == places.spans.tolist()


def test_rules_on_tokens_need_the_tokens() -> None:
    spans = np.array([[0, 1], [1, 2], [2, 6], [6, 8], [8, 9], [9, 10]])

    assert ["8", " out"] == fires('token: digit, " out"', "8) outA!\xe9", spans)
    assert [")", "A!"] == fires("token: /\\)|A./", "8) outA!\xe9", spans)
    assert ["\ufffd"] == fires('token: "\\xc3"', "8) outA!\xe9", spans)
    assert ["out"] == [f.strip() for f in fires("token: /o\\w+/", "8) outA!\xe9", spans)]
    with pytest.raises(RuleNeedsTokens) as caught:
        Rule.read("token: digit or /a/").places("8")
    assert (
        "'token: digit or /a/' speaks of tokens, and what a token is depends on the model.\n"
        "Say of which model the tokens are, or write the rule on characters." == str(caught.value)
    )


# --- bounds --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "text", "construct", "at"),
    [
        ("(a|a)*$", "a" * 40 + "b", "alternatives inside a repeat, (a|a)*", 1),
        ("b?(a+)+$", "a" * 5000 + "b", "a repeat inside a repeat, (a+)+", 3),
        ("(?s)x.*x.*x.*y", "x" * 5000, "two repeats in a row, .*x.*", 2),
        (r"(.).*\1", "".join(map(chr, range(0x4E00, 0x9E00))), "the repeat .*", 4),
    ],
)
def test_a_pattern_without_end_is_stopped(pattern: str, text: str, construct: str, at: int) -> None:
    rule = Rule.read(pattern)
    before = time.process_time()
    with pytest.raises(RuleTooSlow) as caught:
        rule.places(text, name="corpus/a.txt:17", limit_s=0.2)

    seconds = 0.2 + len(text.encode()) / 1e6
    said = (
        f"'{rule}' was stopped after {seconds:.2g} seconds in corpus/a.txt:17.\n"
        f"What can take so long is {construct} (character {at}).\n"
        "Write it so that a text can match it in one way only: a+ in place of (a+)+."
    )
    assert said == str(caught.value)
    assert time.process_time() - before < 5


def test_a_document_without_a_name_is_described() -> None:
    for text, called in (("a" * 45 + "b", "a document of 46 characters"), ("a" * 39 + "b", "'aaa")):
        with pytest.raises(RuleTooSlow, match=called):
            Rule.read("(a|a)*$").places(text, limit_s=0.1)


def test_slow_rules_on_tokens_and_slow_parts_are_stopped_too() -> None:
    spans = np.array([[0, 41]])
    for rule in ("token: /(a|a)*/", "/(a|a)*$/ and not /b/"):
        with pytest.raises(RuleTooSlow):
            Rule.read(rule).places("a" * 40 + "b", spans, limit_s=0.1)


def test_a_rule_that_marks_everything_is_stopped() -> None:
    for rule in (".", "not /a/"):
        with pytest.raises(RuleTooBroad) as caught:
            Rule.read(rule).places("b" * 1001, most=1000)
        assert (
            f"'{Rule.read(rule)}' matches more than 1,000 times in a document of 1,001 "
            "characters.\nA rule that marks nearly everything says nothing; make it narrower."
            == str(caught.value)
        )


@pytest.mark.parametrize("rule", [r"\w\)", r"\d\.(?=\s)", "words: text, foo", r"\w+\)", "I >>so"])
def test_ten_megabytes_are_read(rule: str) -> None:
    text = "é some 8) text with 1. things (x) and foo " * 240_000
    assert len(text) > 10_000_000

    places = Rule.read(rule).places(text)
    spans = np.arange(0, len(places.document), 4).repeat(2)[1:-1].reshape(-1, 2)

    assert len(fires(rule, text[:4200])) * 2400 == len(places)
    assert label(places, spans).sum() <= len(places)


# --- from places to tokens -----------------------------------------------------------------


def places_at(text: str, *spans: tuple[int, int]) -> Places:
    array = np.array(spans, np.int64).reshape(-1, 2)
    return Places(text.encode(), array, array)


def cut(*ends: int) -> NDArray[np.int32]:
    return np.array([(0, *ends)[:-1], ends], np.int32).T


@pytest.mark.parametrize(
    ("text", "span", "ends", "last", "first", "any_"),
    [
        ("a 8) b", (2, 4), (1, 3, 4, 6), [2], [1], [1, 2]),
        ("a 8). b", (2, 4), (1, 3, 5, 7), [2], [1], [1, 2]),  # a token goes on behind the place
        ("a 8) b", (2, 4), (1, 4, 6), [1], [1], [1]),
        ("1. One", (2, 3), (1, 2, 6), [2], [2], [2]),  # the space of " One" was looked ahead for
        ("a 8)  b", (2, 4), (1, 3, 6, 7), [2], [1], [1, 2]),  # a token with white space behind
        ("a\n\nb", (1, 3), (1, 2, 3, 4), [2], [2], [2]),  # white space belongs to the last one
        ("aéb", (1, 3), (1, 2, 3, 4), [2], [1], [1, 2]),  # a token ends inside a character
        ("aéb", (1, 3), (2, 4), [1], [0], [0, 1]),
        ("ab", (0, 1), (2,), [0], [0], [0]),
        ("x\u3000)y", (4, 5), (4, 6), [1], [1], [1]),
    ],
)
def test_a_place_belongs_to_the_tokens_that_hold_its_bytes(
    text: str,
    span: tuple[int, int],
    ends: tuple[int, ...],
    last: list[int],
    first: list[int],
    any_: list[int],
) -> None:
    places, spans = places_at(text, span), cut(*ends)

    assert last == np.flatnonzero(label(places, spans)).tolist()
    assert first == np.flatnonzero(label(places, spans, "first")).tolist()
    assert any_ == np.flatnonzero(label(places, spans, "any")).tolist()
    assert [[any_[0], any_[-1] + 1]] == events(places, spans).tolist()


def test_tokens_that_cover_nothing_and_gaps_are_no_trap() -> None:
    places = places_at("a 8) b", (1, 2), (2, 4))
    spans = np.array([[0, 0], [0, 1], [2, 3], [3, 3], [3, 4], [5, 6], [6, 6]])

    # The space is in no token: the next one is where it was read.
    assert [2, 4] == np.flatnonzero(label(places, spans)).tolist()
    assert [[2, 3], [2, 5]] == events(places, spans).tolist()


def test_a_segment_gets_only_the_places_that_end_in_it() -> None:
    text, spans = "a) b) c) d)", cut(*range(1, 12))
    places = Rule.read(r"\w\)").places(text)
    whole = label(places, spans)

    parts = [label(places, spans[i : i + 4]) for i in range(0, len(spans), 4)]

    assert whole.tolist() == np.concatenate(parts).tolist()
    assert 4 == sum(len(events(places, spans[i : i + 4])) for i in range(0, len(spans), 4))


def test_no_tokens_and_no_places_give_no_labels() -> None:
    none = np.empty((0, 2), np.int32)
    for which in ("last", "first", "any"):
        assert [] == label(places_at("ab", (0, 1)), none, which).tolist()
        assert [False] == label(places_at("ab"), cut(2), which).tolist()
        assert [] == label(places_at(""), none, which).tolist()


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \[n_tokens, 2\], not \[4\]"):
        label(places_at("ab", (0, 1)), np.zeros(4, np.int32))
    with pytest.raises(ValueError, match="not 'middle'"):
        label(places_at("ab", (0, 1)), cut(2), "middle")  # type: ignore[arg-type]


@given(st.text(), st.lists(st.integers(0, 60)), st.sampled_from([r"\w+", r"\s", "[^a]b?", r"..\s"]))
def test_labels_are_those_of_looking_at_each_token(text: str, cuts: list[int], rule: str) -> None:
    places = Rule.read(rule).places(text)
    data = places.document
    ends = sorted({min(c, len(data)) for c in [*cuts, len(data)]} - {0})
    spans = cut(*ends) if ends else np.empty((0, 2), np.int32)

    def solid(token: tuple[int, int]) -> int:
        piece = data[token[0] : token[1]].decode("utf-8", "surrogateescape").rstrip()
        return token[0] + len(piece.encode("utf-8", "surrogateescape")) - 1

    expected: dict[str, set[int]] = {"last": set(), "first": set(), "any": set()}
    for a, b in places.spans.tolist():
        last = next(i for i, (_, end) in enumerate(spans.tolist()) if end >= b)
        own = [
            i
            for i, token in enumerate(spans[:last].tolist())
            if solid(token) >= a and solid(token) >= token[0]
        ]
        expected["last"].add(last)
        expected["first"].add([*own, last][0])
        expected["any"] |= {*range([*own, last][0], last + 1)}
    for which, tokens in expected.items():
        assert sorted(tokens) == np.flatnonzero(label(places, spans, which)).tolist()  # type: ignore[arg-type]


def test_the_founding_text_is_labelled_alike_under_three_tokenizers(tmp_path: Path) -> None:
    texts = [FOUNDING, "8) 9) singled out personality", "the personality of a single one"] * 3
    byte_level = Tokenizer.from_file(trained(tmp_path, "gpt2", texts))
    wordpiece = Tokenizer.from_file(trained(tmp_path, "bert", texts))
    places = Rule.read(r"\w\)").places(FOUNDING)

    for tokenizer in (byte_level, wordpiece, characters()):
        tokens = tokenizer.tokenize(FOUNDING)
        pieces = tokens.pieces()
        labels = label(places, tokens.spans)
        ends = tokens.spans[labels][:, 1].tolist()

        assert [2, 17] == ends
        assert all(pieces[i].endswith(")") for i in np.flatnonzero(labels))
        assert 2 == len(events(places, tokens.spans))


def trained(folder: Path, kind: str, texts: list[str]) -> Path:
    (folder / kind).mkdir()
    write_tokenizer(kind, folder / kind, texts)
    return folder / kind / "tokenizer.json"


def characters() -> Tokenizer:
    from tokenizers import Tokenizer as Backend
    from tokenizers import models, pre_tokenizers

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    backend = Backend(models.BPE({c: i for i, c in enumerate(letters)}, []))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return Tokenizer(backend)


def flags(text: str) -> NDArray[np.bool_]:
    return np.array([c == "x" for c in text], np.bool_)


def test_shifted_labels_stay_in_their_segment() -> None:
    segments = np.array([0, 0, 0, 1, 1, 2])

    for delta, expected in [
        (0, "x.xx.x"),
        (1, ".x..x."),
        (-1, ".x...."),
        (2, "..x..."),
        (9, "......"),
    ]:
        assert flags(expected).tolist() == shifted(flags("x.xx.x"), delta, segments).tolist()
    for delta, expected in [(1, ".x.xx."), (-1, ".xx.x."), (-2, "xx.x..")]:
        assert flags(expected).tolist() == shifted(flags("x.xx.x"), delta).tolist()
    assert [] == shifted(flags(""), 1).tolist()


def test_what_is_around_a_label_stays_in_its_segment() -> None:
    segments = np.array([0, 0, 0, 0, 1, 1, 1])

    for n, expected in [(0, "...x..."), (1, "..xx..."), (2, ".xxx...")]:
        assert flags(expected).tolist() == around(flags("...x..."), n, segments).tolist()
    assert flags(".xxxxx.").tolist() == around(flags("...x..."), 2).tolist()


@given(st.lists(st.booleans()), st.integers(-3, 3), st.data())
def test_shifting_is_what_a_loop_does(labels: list[bool], delta: int, data: st.DataObject) -> None:
    ids = st.lists(st.integers(0, 2), min_size=len(labels), max_size=len(labels))
    segments = sorted(data.draw(ids))
    expected = [False] * len(labels)
    for i, is_labelled in enumerate(labels):
        j = i + delta
        if is_labelled and 0 <= j < len(labels) and segments[i] == segments[j]:
            expected[j] = True

    moved = shifted(np.array(labels, np.bool_), delta, np.array(segments, np.int64))

    assert expected == moved.tolist()


# --- simpler rules -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            r"x\)",
            [r"/\)/", "/x/", r"/[.)]/", r"/x[.)]/", r"/[a-z]\)/", r"/x\)/i", r"token: /\)/"],
        ),
        (r"\w\)", [r"/\d/", "/[A-Za-z]/", r"/\)/", r"/\w[.)]/", r"/\w/", "token: punctuation"]),
        (r"\d\.(?=\s)", [r"/\d\./", r"/\.(?=\s)/", r"/\d(?=\s)/", r"/\s/"]),
        (r"I >>loved it", ["/loved it/", r"/I >>\w+ it/", "token: /loved it/", "/I >>loved it/i"]),
        (r"\bfoo\d{4}", [r"/foo\d{4}/", r"/\bfoo\d+/", r"/\b\d{4}/", r"/\b\w+\d{4}/"]),
        ("(?:foo|bar|baz)!", ["/(?:foo|baz)!/", "/(?:foo)!/", "/!/"]),
        ("words: I, you, we", ["words: I", "words: you", "words: I, we"]),
        ("exact words: I, you", ["exact words: I", "words: I, you"]),
        ("exact words: I, i", ["exact words: I", "words: I"]),
        (
            "I loved «it» so",
            ['marked: "«it»"', 'marked: "I loved «it»"', 'marked: "loved «it» so"'],
        ),
        ('token: " 8", ")"', ['token: ")"', 'token: " 8"']),
        ('token: "12", "34"', ["token: digit"]),
        (r"token: /8\)/", [r"token: /\)/"]),
        (r"/\w\)/ and not /a/", [r"/\w\)/", r"/\)/ and not /a/"]),
        ("/a/ or /b/ or words: c", ["/a/", "/b/ or words: c"]),
    ],
)
def test_simpler_rules_are_tried(rule: str, expected: list[str]) -> None:
    found = [rival.text for rival in rivals(Rule.read(rule))]

    assert [] == [text for text in expected if text not in found]


@settings(deadline=None)
@given(any_rule)
def test_every_rival_is_a_simpler_rule(make: Make) -> None:
    rule = make()
    found = rivals(rule)

    assert found == rivals(rule)
    assert len(found) == len({rival.text for rival in found})
    for rival in found:
        assert rival.bits < rule.bits
        assert rival == Rule.read(rival.text)
        assert 0 == len(rival.places("", np.empty((0, 2), np.int32)))


def test_a_rule_without_a_simpler_one_has_no_rivals() -> None:
    for rule in (r"\w", "words: I", "token: digit", "not /a/", "(?:a){e<=1}"):
        assert [] == [r for r in rivals(Rule.read(rule)) if not r.text.endswith("/i")]


def test_what_only_takes_away_is_no_rival_of_what_fires() -> None:
    assert "not /ab/" not in [rival.text for rival in rivals(Rule.read("/abcd/ and not /ab/"))]


def test_a_long_pattern_has_a_bounded_number_of_rivals() -> None:
    before = time.process_time()

    assert 0 < len(rivals(Rule.read("some (words|and) brackets, " * 200))) < 300
    assert 0 < len(rivals(Rule.read("[ab]" * 30))) < 300
    assert time.process_time() - before < 20


# --- near misses ---------------------------------------------------------------------------


def changed(rule: str, text: str, language: str = "en") -> list[str]:
    return [new for new, _ in near_misses(Rule.read(rule), text, language)]


def test_near_misses_change_one_piece_at_every_match() -> None:
    assert [
        (") singled out ) personality", r"what \w takes deleted"),
        ("-) singled out -) personality", r"what \w takes replaced by '-'"),
        ("8 singled out 9 personality", "')' deleted"),
        ("8. singled out 9. personality", "')' replaced by '.'"),
        ("8] singled out 9] personality", "')' replaced by ']'"),
        ("8: singled out 9: personality", "')' replaced by ':'"),
        ("singled out personality", "'8)', '9)' deleted"),
    ] == near_misses(Rule.read(r"\w\)"), FOUNDING)


def test_reviews_lose_their_pronouns_or_say_them_in_other_languages() -> None:
    assert [
        ("loved, love", "'I', 'it', 'my' deleted"),
        ("ich loved es, mein love", "'I', 'it', 'my' replaced by 'ich', 'es', 'mein' (German)"),
        ("je loved ça, mon love", "'I', 'it', 'my' replaced by 'je', 'ça', 'mon' (French)"),
        ("yo loved ello, mi love", "'I', 'it', 'my' replaced by 'yo', 'ello', 'mi' (Spanish)"),
    ] == near_misses(Rule.read("words: I, it, my"), "I loved it, my love")
    assert "oui" in changed("words: ja", "ja", "de")
    assert "Wir went" in changed("words: we", "We went")


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        (r"1\.(?=\s)", "1. One", ["2. One", "1) One", "1 One", "1._One", "One"]),
        ("exact words: US", "the US", ["the us", "the"]),
        ("I loved «it»", "I loved it!", ["loved it!", "I it!", "I loved!", "i LOVED IT!"]),
        (r"\d+ cats", "17 cats", ["xx cats", "17 CATS", "17 cat", "cats", "17"]),
        ("/foo/ and not /bar/", "foo", ["FOO", "fo"]),
        ("(?P<fire>a)b|cd", "ab cd", ["AB CD"]),  # one alternative alone leaves the other
    ],
)
def test_near_misses_of_every_sort(rule: str, text: str, expected: list[str]) -> None:
    found = changed(rule, text)

    assert [] == [new for new in expected if new not in found]


def test_what_does_not_match_or_speaks_of_tokens_has_no_near_misses() -> None:
    assert [] == changed(r"\w\)", "nothing")
    assert [] == changed("token: digit", "8")
    assert [] == changed(".", "!")


@settings(deadline=None)
@given(any_rule, st.text())
def test_near_misses_never_match(make: Make, text: str) -> None:
    rule = make()
    for new, what in near_misses(rule, text):
        assert 0 == len(rule.places(new))
        assert new != text
        assert what


def test_a_slow_pattern_does_not_hold_up_its_near_misses() -> None:
    rule = Rule.read("x(a|a)*$")
    before = time.process_time()

    near_misses(rule, "x" + "a" * 40)

    assert time.process_time() - before < 60
