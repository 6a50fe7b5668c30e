r"""Rules on the characters of a text: what should make a neuron fire, and where.

A rule is written in one of these forms:

    \w\)                          a pattern: a regular expression, alone as it is
    /\w\)/i                       or between slashes, with flags i, m, s, x; / is then \/
    words: I, you, New York       whole words or phrases, capital or small
    exact words: US, "and"        the same, capitals as written
    marked: "I loved «it»"        this text, and what should fire in it; alone also without
                                  `marked:` and quotes
    token: ")", " the", digit     whole tokens: exact ones, classes (digit, letter, lower, upper,
                                  capital, punctuation, space), or those that /.../ takes whole;
                                  the last two do not see white space round the token

and these together, `not` before `and` before `or`, with brackets:

    words: I, you and not /"[^"\n]*"/ or token: digit

In quotes \" \\ \n \t \r and \xe2 (a byte) stand for what they say. What begins with none of the
forms is one pattern, and `and` in it is only letters.

**What fires.** In a pattern the group `(?P<fire>...)`, or what follows the mark `>>` up to the end
of the alternative (`I >>loved`; `\>>` is a plain one). Otherwise the whole match, and of it the
last token, since a model that reads from left to right cannot know the match before. If the
pattern looks ahead (`1\.(?=\s)`), the last character that it looks ahead for fires. `Rule.note`
says what is special. White space at the end of a match does not count; a match of no characters
fires at the character before it.

**Matches** are those of the `regex` package, whose syntax is that of `re` and more, except that
overlapping ones all count: `aa` matches twice in `aaa`. Of those that end at the same character
the longest is kept.

**Together.** `a or b`: the places of both. `a and b`: the places of each that end inside a place
of the other. `not a`: no place of a there; beside others it only takes away, alone it gives every
character in no place of a, white space aside.
"""

from __future__ import annotations

from lmscope.rules.forms import Marked, Regex, Rule, Token, Words
from lmscope.rules.joined import And, Not, Or
from lmscope.rules.labels import (
    Places,
    Which,
    around,
    events,
    label,
    shifted,
)
from lmscope.rules.misses import near_misses
from lmscope.rules.rivals import must_be_better, rivals

__all__ = [
    "And",
    "Marked",
    "Not",
    "Or",
    "Places",
    "Regex",
    "Rule",
    "Token",
    "Which",
    "Words",
    "around",
    "events",
    "label",
    "must_be_better",
    "near_misses",
    "rivals",
    "shifted",
]
