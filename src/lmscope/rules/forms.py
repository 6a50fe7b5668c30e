r"""What a rule can be: a pattern, words, tokens, or marked texts.

Rules are nouns: they never change, are equal if they say the same in the same words, and have one
text, which reads back to the same rule. Knows no neurons.
"""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle

import numpy as np
import regex
from numpy.typing import NDArray

from lmscope.errors import RuleNeedsTokens, RuleTooSlow, UnreadableRule
from lmscope.rules.labels import Places
from lmscope.rules.measures import bits, consumes_after_place, has_place
from lmscope.rules.patterns import FIRE, Mistake, Pattern
from lmscope.rules.searching import Document, Search, merged, prepare, search

_CHARACTER_BITS = 16.0
_FLAGS = "imsx"
TOKEN_CLASSES = {
    "digit": r"\d+",
    "letter": r"\p{L}+",
    "lower": r"\p{Ll}+",
    "upper": r"\p{Lu}+",
    "capital": r"\p{Lu}\p{L}*",
    "punctuation": r"[\p{P}\p{S}]+",
    "space": r"\s+",
}
"""What a whole token may be, white space round it aside: all digits, all letters, ..."""


class Rule(ABC):
    """What should make a neuron fire, on the characters of a text.

    Example:
        >>> rule = Rule.read("words: I, you and not /I am/")
        >>> rule.places("You and I: I am here").spans.tolist()
        [[0, 3], [8, 9]]
    """

    __slots__ = ()

    @staticmethod
    def read(text: str) -> Rule:
        """Read a rule; how they are written is described in `lmscope.rules`.

        Raises:
            UnreadableRule: If it is none, with what is wrong and where.
        """
        from lmscope.rules.reading import read

        return read(text)

    @property
    def text(self) -> str:
        """The rule as it is written; reads back to the same rule."""
        return self._text()

    @property
    def bits(self) -> float:
        """What it demands: the fewer bits, the simpler the rule."""
        return self._bits()

    @property
    def note(self) -> str:
        """What is worth knowing about where it fires; empty if nothing is."""
        return self._note()

    @property
    def needs_tokens(self) -> bool:
        """True if it speaks of tokens, so that a text alone does not decide it."""
        return self._needs_tokens()

    @property
    def is_condition(self) -> bool:
        """True if it only says where nothing should fire: beside others it takes places away."""
        return self._is_condition()

    @property
    def sha256(self) -> str:
        """SHA-256 of its text, in hexadecimal digits."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def __str__(self) -> str:
        return self.text

    def places(
        self,
        document: str,
        spans: NDArray[np.integer] | None = None,
        *,
        name: str = "",
        limit_s: float = 5.0,
        most: int = 4_000_000,
    ) -> Places:
        """Find what should fire in a document.

        Args:
            document: The whole text.
            spans: Byte span of each token of the document, [n_tokens, 2]; only rules on tokens
                need it.
            name: What to call the document if the rule must be stopped.
            limit_s: Seconds of work at most, and one more for each megabyte.
            most: Matches at most.

        Raises:
            RuleTooSlow: If the time is up.
            RuleTooBroad: If there are more matches.
            RuleNeedsTokens: If the rule speaks of tokens and there are no spans.
        """
        if self.needs_tokens and spans is None:
            raise RuleNeedsTokens(self.text)
        read = Document(document, spans, name, limit_s, most)
        rows = self.find(read)
        return Places(read.data, rows[:, :2], rows[:, 2:])

    def find(self, document: Document) -> NDArray[np.int64]:
        """Find the places: bytes of what fires and of the match, [n, 4], in order of their ends."""
        return self._find(document)

    def covers(self, document: Document) -> NDArray[np.bool_]:
        """Tell which bytes of a document are in a place, [n_bytes]."""
        return self._covers(document)

    @abstractmethod
    def _text(self) -> str: ...

    @abstractmethod
    def _bits(self) -> float: ...

    @abstractmethod
    def _find(self, document: Document) -> NDArray[np.int64]: ...

    def _note(self) -> str:
        return ""

    def _needs_tokens(self) -> bool:
        return False

    def _is_condition(self) -> bool:
        return False

    def _covers(self, document: Document) -> NDArray[np.bool_]:
        return covered(self.find(document), len(document.data))


@dataclass(frozen=True, slots=True)
class Regex(Rule):
    """A regular expression."""

    pattern: str
    flags: str = ""
    """Of `i`, `m`, `s` and `x`, in this order."""

    def __post_init__(self) -> None:
        pattern, flags = self.pattern, set(self.flags)
        while found := re.match(r"\(\?([imsx]+)\)", pattern):
            pattern, flags = pattern[found.end() :], flags | set(found[1])
        if unknown := "".join(sorted(flags - set(_FLAGS))):
            raise UnreadableRule(
                self.text,
                f"there is no flag '{unknown[0]}' for a pattern",
                "There are i (any case), m (^ and $ at every line), s (. takes line ends), "
                "x (spaces and comments are left out).\n"
                r"A slash inside the pattern is written \/",
            )
        if not pattern:
            raise UnreadableRule(self.text, "its pattern is empty")
        pattern = re.sub(r"\\(.)", lambda m: "/" if m[1] == "/" else m[0], pattern, flags=re.S)
        object.__setattr__(self, "pattern", pattern)
        object.__setattr__(self, "flags", "".join(f for f in _FLAGS if f in flags))
        try:
            prepare(self.pattern, self.flags)
        except Mistake as mistake:
            raise UnreadableRule(
                self.pattern,
                mistake.reason,
                mistake.remedy,
                at=min(mistake.at + 1, max(len(self.pattern), 1)),
            ) from None

    @property
    def prepared(self) -> Search:
        """The pattern, compiled and taken apart."""
        return prepare(self.pattern, self.flags)

    @property
    def parts(self) -> Pattern | None:
        """Its pieces; None if it is beyond what is taken apart."""
        return self.prepared.parts

    def _text(self) -> str:
        return f"/{slashed(self.pattern)}/{self.flags}"

    def _bits(self) -> float:
        if self.parts is None:
            return _CHARACTER_BITS * len(self.pattern)
        return bits(self.parts, self.parts.root)

    def _note(self) -> str:
        parts = self.parts
        if parts is None:
            return (
                f"{self.text} has {self.prepared.beyond}, which lmscope does not take apart: "
                "no simpler rules are tried beside it."
            )
        root = parts.root
        if has_place(root):
            if any(map(consumes_after_place, parts.branches)):
                return (
                    f"{self.text} goes on behind the place that should fire: a model that reads "
                    "from left to right cannot know the match there."
                )
            return ""
        looks = [p for p in root.walk() if p.kind == "look" and not p.value.startswith("<")]
        ahead = [parts.source(p) for p in looks if p.value == "="]
        if ahead:
            return (
                f"The label is on the last character of what {' or '.join(ahead)} looks ahead "
                "for, if that lies behind the match: the match is not known before."
            )
        if looks:
            return (
                f"The label is on the last character of the match; that {parts.source(looks[0])} "
                "holds is known only later."
            )
        return ""

    def _find(self, document: Document) -> NDArray[np.int64]:
        return search(self.text, self.prepared, document)


def slashed(pattern: str) -> str:
    """Put a backslash before each slash."""
    return pattern.replace("/", r"\/")


@dataclass(frozen=True, slots=True)
class Words(Rule):
    """Whole words or phrases."""

    words: tuple[str, ...]
    is_exact: bool = False
    """True if capital and small letters differ."""

    def __post_init__(self) -> None:
        words = [" ".join(word.split()) for word in self.words]
        first = {word if self.is_exact else word.casefold(): word for word in reversed(words)}
        object.__setattr__(self, "words", tuple(first.values())[::-1])

    def _text(self) -> str:
        return ("exact " if self.is_exact else "") + "words: " + ", ".join(map(_item, self.words))

    def _bits(self) -> float:
        return sum(map(len, self.words)) * (_CHARACTER_BITS - (not self.is_exact))

    def _find(self, document: Document) -> NDArray[np.int64]:
        found = [
            search(self.text, prepared, document)
            for prepared in _prepared_words(self.words, self.is_exact)
        ]
        return merged(np.concatenate(found))


@lru_cache(64)
def _prepared_words(words: tuple[str, ...], is_exact: bool) -> list[Search]:
    """Make a pattern of the words and one of the phrases of each length: they may overlap."""
    by_length: dict[int, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        by_length.setdefault(len(word.split()), []).append(word_pattern(word))
    return [prepare("|".join(some), "" if is_exact else "i") for some in by_length.values()]


def word_pattern(words: str) -> str:
    """Write words or a phrase as a pattern that matches them whole."""
    pattern = r"\s+".join(map(regex.escape, words.split()))
    return whole(words.strip(), pattern)


def whole(text: str, pattern: str) -> str:
    """Forbid letters and digits beside a pattern where its text begins or ends with one."""
    before = r"(?<!\w)" if re.match(r"\w", text) else ""
    after = r"(?!\w)" if re.search(r"\w\Z", text) else ""
    return f"{before}{pattern}{after}"


@dataclass(frozen=True, slots=True)
class Marked(Rule):
    """Texts in which « and » stand round what should fire; the rest must stand there as it is."""

    texts: tuple[str, ...]

    def __post_init__(self) -> None:
        for text in self.texts:
            pieces = re.split("[«»]", text)
            signs = list(re.finditer("[«»]", text))
            wrong = [sign for sign, right in zip(signs, cycle("«»")) if sign[0] != right]
            if wrong or len(signs) % 2:
                raise UnreadableRule(
                    text,
                    "its marks « and » are no pairs",
                    at=(wrong or signs[-1:])[0].start() + 1,
                )
            if not signs:
                raise UnreadableRule(
                    text, "it has no mark", "Put « and » round what should fire: I loved «it»"
                )
            if not all(piece.strip() for piece in pieces[1::2]):
                raise UnreadableRule(text, "there is nothing between « and »")

    def _text(self) -> str:
        return "marked: " + ", ".join(map(quoted, self.texts))

    def _bits(self) -> float:
        return sum(len(re.sub("[«»]", "", text)) for text in self.texts) * _CHARACTER_BITS

    def _note(self) -> str:
        if any(text[text.rindex("»") + 1 :].strip() for text in self.texts):
            return (
                f"{self.text} goes on behind the place that should fire: a model that reads "
                "from left to right cannot know the match there."
            )
        return ""

    def _find(self, document: Document) -> NDArray[np.int64]:
        found = [search(self.text, _prepared_marked(text), document) for text in self.texts]
        return merged(np.concatenate(found))


@lru_cache(1024)
def _prepared_marked(text: str) -> Search:
    pieces = [regex.escape(piece) for piece in re.split("[«»]", text)]
    for i in range(1, len(pieces), 2):
        pieces[i] = f"(?P<{FIRE}>{pieces[i]})"
    compiled = regex.compile(whole(re.sub("[«»]", "", text), "".join(pieces)))
    return Search(compiled, None, "", True, (), None)


@dataclass(frozen=True, slots=True)
class Token(Rule):
    """Whole tokens: exact ones, classes of them, and those that a pattern takes whole.

    Classes and patterns do not see white space round a token.
    """

    exact: tuple[bytes, ...] = ()
    classes: tuple[str, ...] = ()
    patterns: tuple[Regex, ...] = ()

    def _text(self) -> str:
        items = [*map(quoted, self.exact), *self.classes, *(p.text for p in self.patterns)]
        return "token: " + ", ".join(items)

    def _bits(self) -> float:
        exact = sum(map(len, self.exact)) * _CHARACTER_BITS
        classes = sum(Regex(TOKEN_CLASSES[c]).bits for c in self.classes)
        return exact + classes + sum(p.bits for p in self.patterns)

    def _needs_tokens(self) -> bool:
        return True

    def _find(self, document: Document) -> NDArray[np.int64]:
        assert document.spans is not None  # `places` has seen to it
        tests = [prepare(TOKEN_CLASSES[c], "").pattern for c in self.classes]
        tests += [p.prepared.pattern for p in self.patterns]
        known = _lengths(self.text)
        rows = []
        try:
            for start, end in document.spans.tolist():
                token = document.data[start:end]
                if (length := known.get(token)) is None:
                    length = known[token] = self._length(token, tests, document)
                if length:
                    rows.append((start, start + length) * 2)
        except TimeoutError:
            raise RuleTooSlow(
                self.text, "one of its patterns", 1, str(document), document.limit_s
            ) from None
        if len(known) > _MOST_LENGTHS:
            known.clear()
        return merged(np.array(rows, np.int64).reshape(-1, 4))

    def _length(self, token: bytes, tests: list[regex.Pattern[str]], document: Document) -> int:
        """Measure a token that is meant, without white space at its end; 0 for others."""
        text = token.decode("utf-8", "replace")
        core = text.strip() or text
        if token not in self.exact and not any(
            t.fullmatch(core, timeout=document.left_s) for t in tests
        ):
            return 0
        return len(token.rstrip()) or len(token)


@lru_cache(64)
def _lengths(rule: str) -> dict[bytes, int]:
    """What a rule on tokens has measured: a corpus has few tokens, each of them often."""
    return {}


_MOST_LENGTHS = 200_000


def covered(rows: NDArray[np.int64], n_bytes: int) -> NDArray[np.bool_]:
    """Tell which bytes are in a place, [n_bytes]."""
    change = np.zeros(n_bytes + 1, np.int32)
    np.add.at(change, rows[:, 0], 1)
    np.add.at(change, rows[:, 1], -1)
    return np.cumsum(change[:-1], dtype=np.int32) > 0


def quoted(text: str | bytes) -> str:
    r"""Put quotes round a text; bytes that are no whole character become ``\xe2``.

    Example:
        >>> print(quoted(' "\n'), quoted(b"\xe2\x80"))
        " \"\n" "\xe2\x80"
    """
    raw = text.encode() if isinstance(text, str) else text
    pieces = []
    for c in raw.decode("utf-8", "surrogateescape"):
        if c in _ESCAPES:
            pieces.append(_ESCAPES[c])
        elif "\udc80" <= c <= "\udcff" or not c.isprintable():
            pieces += [f"\\x{b:02x}" for b in c.encode("utf-8", "surrogateescape")]
        else:
            pieces.append(c)
    return '"' + "".join(pieces) + '"'


_ESCAPES = {"\\": r"\\", '"': r"\"", "\n": r"\n", "\t": r"\t", "\r": r"\r"}
_BARE = re.compile(r"[\w'.+&-]+(?: [\w'.+&-]+)*")
_JOINING = re.compile(r"\b(?:and|or|not)\b", re.I)


def _item(words: str) -> str:
    """Write words as an item of a list: with quotes only where they are needed."""
    is_bare = _BARE.fullmatch(words) and not _JOINING.search(words)
    return words if is_bare else quoted(words)
