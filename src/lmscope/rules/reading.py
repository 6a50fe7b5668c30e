"""From text to rule. The grammar is told in `lmscope.rules`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from lmscope.errors import UnreadableRule, nearest
from lmscope.rules.forms import TOKEN_CLASSES, Marked, Regex, Rule, Token, Words
from lmscope.rules.joined import And, Not, Or

T = TypeVar("T")

_DEEPEST = 50
_FORMS = ("words", "exact words", "token", "marked")
_FORM = re.compile(r"(exact\s+words|words|token|marked)\s*:", re.I)
_BEGINS = re.compile(rf"\s*(?:\(\s*|not\s+|not(?=\())*(?:/|{_FORM.pattern})", re.I)
_NAME = re.compile(r"\s*([A-Za-z]+)\s*:")
_MISTAKEN = {"regex", "regexp", "re", "pattern"}
_JOINS = re.compile(r"(and|or)\b", re.I)
_NOT = re.compile(r"not\b", re.I)
_PART = r"[^\s,()\"/]+"
_ITEM = re.compile(rf"{_PART}(?:\s+(?!(?:and|or)(?:[\s(]|\Z)){_PART})*", re.I)
_WORD = re.compile(r"\S{1,20}")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.S)
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|.)", re.S)
_MEANS = {"\\": b"\\", '"': b'"', "n": b"\n", "t": b"\t", "r": b"\r"}


def read(text: str) -> Rule:
    """Read a rule.

    Raises:
        UnreadableRule: With what is wrong and where.
    """
    if not text.strip():
        raise UnreadableRule(
            text, "it is empty", "Write a pattern, as in /\\w\\)/, or words: I, you, we"
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UnreadableRule(
            text.encode(errors="replace").decode(),
            "there is half a character in it",
            at=error.start + 1,
        ) from None
    if _BEGINS.match(text):
        return _Reader(text).whole()
    if name := _NAME.match(text):
        _check_name(text, name[1])
    if "«" in text or "»" in text:
        return Marked((text.strip(),))
    return Regex(text)


def _check_name(text: str, name: str) -> None:
    """Refuse what looks like a form that there is not."""
    is_pattern = name.casefold() in _MISTAKEN
    near = nearest(name, _FORMS, n=1)
    if not near and not is_pattern:
        return
    pattern = "/" + text.strip().replace("/", r"\/") + "/"
    raise UnreadableRule(
        text,
        f"there is no form '{name}:'",
        ("A pattern stands between slashes: /\\w\\)/\n" if is_pattern else "")
        + (f"Did you mean '{near[0]}:'?\n" if near else "")
        + f"To search for these characters themselves: {pattern}",
    )


class _Reader:
    """Reads a rule with forms from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def whole(self) -> Rule:
        rule = self.any()
        if self.at < len(self.text):
            found = self.text[self.at]
            if found == ")":
                raise self.wrong("the bracket ) was never opened")
            raise self.wrong(f"and, or or the end was expected, not {self.word()}", _QUOTE_WORDS)
        return rule

    def wrong(self, reason: str, remedy: str = "", at: int | None = None) -> UnreadableRule:
        return UnreadableRule(
            self.text, reason, remedy, at=min((self.at if at is None else at) + 1, len(self.text))
        )

    def word(self) -> str:
        found = _WORD.match(self.text, self.at)
        return f"'{found[0]}'" if found else "the end"

    def skip(self) -> None:
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1

    def joined(self, word: str) -> bool:
        """Go past a joining word if it is the next one."""
        self.skip()
        found = _JOINS.match(self.text, self.at)
        if found is None or found[1].lower() != word:
            return False
        self.at = found.end()
        return True

    def any(self) -> Rule:
        rules = [self.all()]
        while self.joined("or"):
            rules.append(self.all())
        self.skip()
        return Or(tuple(rules)) if len(rules) > 1 else rules[0]

    def all(self) -> Rule:
        rules = [self.one()]
        while self.joined("and"):
            rules.append(self.one())
        return And(tuple(rules)) if len(rules) > 1 else rules[0]

    def one(self) -> Rule:
        self.skip()
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.wrong("its brackets are nested too deeply")
        rule = self._one()
        self.depth -= 1
        return rule

    def _one(self) -> Rule:
        if found := _NOT.match(self.text, self.at):
            self.at = found.end()
            return Not(self.one())
        if self.text.startswith("(", self.at):
            opened = self.at
            self.at += 1
            rule = self.any()
            if not self.text.startswith(")", self.at):
                if self.at < len(self.text):
                    raise self.wrong(f"and, or or ) was expected, not {self.word()}", _QUOTE_WORDS)
                raise self.wrong("the bracket ( is never closed", at=opened)
            self.at += 1
            return rule
        if self.text.startswith("/", self.at):
            return self.pattern()
        if form := _FORM.match(self.text, self.at):
            self.at = form.end()
            name = " ".join(form[1].lower().split())
            if name == "token":
                return self.token()
            if name == "marked":
                return Marked(self.list(self.marked))
            return Words(self.list(self.words), name == "exact words")
        raise self.wrong(
            f"a pattern /.../, words:, token:, marked: or ( was expected, not {self.word()}",
            _QUOTE_WORDS,
        )

    def pattern(self) -> Regex:
        """Read a pattern between slashes; a slash in a class needs no backslash."""
        start = i = self.at + 1
        is_class = False
        while i < len(self.text) and (is_class or self.text[i] != "/"):
            if self.text[i] == "\\":
                i += 1
            elif self.text[i] in "[]":
                is_class = self.text[i] == "["
            i += 1
        if i >= len(self.text):
            raise self.wrong(
                "the pattern has no second /", r"A slash inside a pattern is written \/"
            )
        self.at = i + 1
        flags = ""
        while self.text[self.at : self.at + 1].isalpha():
            flags += self.text[self.at]
            self.at += 1
        return Regex(self.text[start:i], flags)

    def list(self, item: Callable[[], T]) -> tuple[T, ...]:
        """Read items with commas between them; of equal ones the first is kept."""
        items = []
        while True:
            self.skip()
            items.append(item())
            self.skip()
            if not self.text.startswith(",", self.at):
                return tuple(dict.fromkeys(items))
            self.at += 1

    def words(self) -> str:
        if self.text.startswith('"', self.at):
            words = self.quoted_text()
        else:
            found = _ITEM.match(self.text, self.at)
            words = found[0] if found else ""
            self.at += len(words)
        words = " ".join(words.split())
        if not words:
            raise self.wrong(
                f"a word was expected, not {self.word()}", 'Signs go in quotes: words: "/", "("'
            )
        return words

    def marked(self) -> str:
        if not self.text.startswith('"', self.at):
            raise self.wrong(
                f"a text in quotes was expected, not {self.word()}",
                'Write it like this: marked: "I loved «it»"',
            )
        return self.quoted_text()

    def token(self) -> Token:
        items = self.list(self.token_item)
        return Token(
            tuple(i for i in items if isinstance(i, bytes)),
            tuple(i for i in items if isinstance(i, str)),
            tuple(i for i in items if isinstance(i, Regex)),
        )

    def token_item(self) -> bytes | str | Regex:
        if self.text.startswith("/", self.at):
            return self.pattern()
        if self.text.startswith('"', self.at):
            if token := self.quoted():
                return token
            raise self.wrong("a token has at least one character")
        found = re.compile(r"\w+").match(self.text, self.at)
        name = found[0].lower() if found else ""
        if name not in TOKEN_CLASSES:
            near = nearest(name, TOKEN_CLASSES, n=1)
            raise self.wrong(
                f"there is no class of tokens {self.word()}",
                (f"Did you mean {near[0]}?\n" if near else f"There are: {_CLASSES}.\n")
                + 'A token itself stands in quotes: token: " the", ")"',
            )
        self.at += len(name)
        return name

    def quoted_text(self) -> str:
        at = self.at
        try:
            return self.quoted().decode()
        except UnicodeDecodeError:
            raise self.wrong("there is half a character in it", at=at) from None

    def quoted(self) -> bytes:
        found = _QUOTED.match(self.text, self.at)
        if found is None:
            raise self.wrong("the quote is never closed", r"A quote inside is written \"")
        pieces, done = [], 0
        for escape in _ESCAPE.finditer(found[1]):
            if len(escape[1]) == 1 and escape[1] not in _MEANS:
                raise self.wrong(
                    f"{escape[0]} means nothing in quotes",
                    r"A backslash itself is written \\",
                    at=self.at + 1 + escape.start(),
                )
            means = _MEANS.get(escape[1]) or bytes.fromhex(escape[1][1:])
            pieces += [found[1][done : escape.start()].encode(), means]
            done = escape.end()
        self.at = found.end()
        return b"".join(pieces) + found[1][done:].encode()


_CLASSES = ", ".join(TOKEN_CLASSES)
_QUOTE_WORDS = 'Words that hold a comma, a bracket, "and" or "or" go in quotes.'
