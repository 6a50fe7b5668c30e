"""What a person thinks a neuron detects: written down, hashed, and not changed any more.

A noun and its file. Knows no model, no corpus and no statistics.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

import tomli_w

from lmscope.errors import NotUsable, UnreadableHypothesis, nearest
from lmscope.evidence import Thresholds
from lmscope.marking import REACH
from lmscope.pairs import Pairs, Text
from lmscope.rules import Rule, Which

Side = Literal["+", "-"]
_LONGEST_CLAIM = 2_000


@dataclass(frozen=True, slots=True)
class Hypothesis:
    r"""A claim about a neuron, and how it is to be tested; never changes.

    Two hypotheses with the same contents have the same hash, whoever wrote them and when.

    Raises:
        UnreadableHypothesis: If there is nothing to test, or an offset is too far.

    Example:
        >>> lists = Hypothesis("fires on lists a) b) c)", Rule.read(r"(?:^|\s)[a-z]>>\)"))
        >>> Hypothesis.read(lists.toml()).sha256 == lists.sha256
        True
    """

    claim: str = ""
    """In words."""
    rule: Rule | None = None
    """Where it should fire; None if only texts say."""
    which: Which = "last"
    """Which token of a place should fire."""
    side: Side | None = None
    """`+` or `-` if the neuron is known to fire by large or by negative activations; None to find
    out on the discovery half."""
    offset: int | None = None
    """Tokens after the place at which it fires; None to find out on the discovery half."""
    pairs: Pairs | None = None
    """Texts that match and texts that do not."""
    thresholds: Thresholds = field(default_factory=Thresholds)
    seed: int = 0
    """Of the halves, resamples and shuffles."""

    def __post_init__(self) -> None:
        if self.rule is None and self.pairs is None:
            raise UnreadableHypothesis("it has neither a rule nor texts, so there is no test of it")
        if len(self.claim) > _LONGEST_CLAIM:
            raise UnreadableHypothesis(f"its claim has more than {_LONGEST_CLAIM:,} characters")
        if self.which not in get_args(Which):
            raise UnreadableHypothesis("'tokens' is last, first or any", "tokens")
        if self.side not in (None, "+", "-"):
            raise UnreadableHypothesis("'side' is + or -", "side")
        if self.offset is not None and not -REACH <= self.offset <= REACH:
            raise UnreadableHypothesis(f"'offset' is from -{REACH} to {REACH}", "offset")

    @property
    def sha256(self) -> str:
        """SHA-256 of its contents as JSON with sorted keys, in hexadecimal digits."""
        text = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Give it as plain JSON values."""
        return {
            "claim": self.claim,
            "rule": None if self.rule is None else self.rule.text,
            "tokens": self.which,
            "side": self.side,
            "offset": self.offset,
            "texts": None if self.pairs is None else texts_json(self.pairs),
            "thresholds": asdict(self.thresholds),
            "seed": self.seed,
        }

    @classmethod
    def from_json(cls, contents: Mapping[str, Any]) -> Hypothesis:
        """Make it from what `to_json` gave, or from such a file's contents; all keys may be absent.

        Raises:
            UnreadableHypothesis: With the key that is wrong.
            UnreadableRule: If the rule is none.
        """
        known = ("claim", "rule", "tokens", "side", "offset", "texts", "thresholds", "seed")
        for key in contents:
            if key not in known:
                raise UnreadableHypothesis(f"there is no '{key}' in one", key, nearest(key, known))
        rule = _typed(contents, "rule", str)
        return cls(
            claim=_typed(contents, "claim", str) or "",
            rule=Rule.read(rule) if rule else None,
            which=_typed(contents, "tokens", str) or "last",
            side=_typed(contents, "side", str),
            offset=_typed(contents, "offset", int),
            pairs=_pairs(_typed(contents, "texts", dict)),
            thresholds=_thresholds(_typed(contents, "thresholds", dict) or {}),
            seed=_typed(contents, "seed", int) or 0,
        )

    def toml(self, where: Mapping[str, Any] | None = None) -> str:
        """Write it as a file to share.

        Args:
            where: What `lmscope test FILE` shall test it on: `neuron`, `corpus`, `n_tokens`.
        """
        contents = {k: v for k, v in self.to_json().items() if v not in (None, "")}
        defaults = asdict(Thresholds())
        changed = {k: v for k, v in contents.pop("thresholds").items() if v != defaults[k]}
        contents |= {"thresholds": changed} if changed else {}
        contents |= {"test": dict(where)} if where else {}
        return tomli_w.dumps(contents)

    @classmethod
    def read(cls, toml: str, name: str = "The text") -> Hypothesis:
        """Read what `toml` wrote; see `read_with_place` for what it is to be tested on."""
        return read_with_place(toml, name)[0]


def read_with_place(toml: str, name: str = "The text") -> tuple[Hypothesis, dict[str, Any]]:
    """Read a hypothesis, and what its file says it is to be tested on.

    Raises:
        UnreadableHypothesis: If it is no TOML or not that of a hypothesis.
    """
    try:
        contents = tomllib.loads(toml.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise UnreadableHypothesis(f"it is no TOML ({error})", name=name) from None
    where = contents.pop("test", {})
    if not isinstance(where, dict):
        raise UnreadableHypothesis("'test' is no table", "test", name=name)
    kinds = {"neuron": str, "corpus": list, "n_tokens": int, "context": int}
    for key in where:
        if key not in kinds:
            reason = f"there is no '{key}' in [test]"
            raise UnreadableHypothesis(reason, key, nearest(key, kinds), name)
        _typed(where, key, kinds[key], name)
    try:
        return Hypothesis.from_json(contents), where
    except UnreadableHypothesis as error:
        raise UnreadableHypothesis(**error.facts | {"name": name}) from None


def open_file(path: Path) -> tuple[Hypothesis, dict[str, Any]]:
    """Read a hypothesis from a file.

    Raises:
        NotUsable: If it cannot be opened.
        UnreadableHypothesis: If it holds none.
    """
    try:
        return read_with_place(path.read_text("utf-8"), str(path))
    except OSError as error:
        raise NotUsable(path, (error.strerror or str(error)).lower()) from None
    except UnicodeDecodeError as error:
        reason = f"byte {error.start + 1:,} is no UTF-8"
        raise UnreadableHypothesis(reason, name=str(path)) from None


def _typed(contents: Mapping[str, Any], key: str, kind: type, name: str = "The text") -> Any:
    value = contents.get(key)
    if value is None or (isinstance(value, kind) and not isinstance(value, bool)):
        return value
    named = {str: "text in quotes", int: "a whole number", dict: "a table", list: "a list"}
    raise UnreadableHypothesis(f"'{key}' is not {named[kind]}", key, name=name)


def _thresholds(contents: Mapping[str, Any]) -> Thresholds:
    known = [f.name for f in fields(Thresholds)]
    for key, value in contents.items():
        if key not in known:
            reason = f"there is no threshold '{key}'"
            raise UnreadableHypothesis(reason, key, nearest(key, known))
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
            raise UnreadableHypothesis(f"the threshold '{key}' is no number from 0 on", key)
    return replace(Thresholds(), **contents)


def texts_json(pairs: Pairs) -> dict[str, Any]:
    """Give texts as a hypothesis has them: plain JSON values, marks as « and »."""
    return {
        "matching": [text.written for text in pairs.matching],
        "other": [text.written for text in pairs.other],
        "paired": pairs.is_paired,
    }


def _pairs(contents: Mapping[str, Any] | None) -> Pairs | None:
    if contents is None:
        return None
    sides = []
    for key in ("matching", "other"):
        texts = contents.get(key, [])
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise UnreadableHypothesis(f"'{key}' in 'texts' is no list of texts", key)
        sides.append(tuple(map(Text.read, texts)))
    is_paired = contents.get("paired", len(sides[0]) == len(sides[1]))
    if is_paired is True and len(sides[0]) != len(sides[1]):
        reason = f"of its pairs {len(sides[0])} match and {len(sides[1])} do not"
        raise UnreadableHypothesis(reason, "paired")
    if not any(sides):
        raise UnreadableHypothesis("'texts' holds no text", "texts")
    return Pairs(sides[0], sides[1], bool(is_paired))
