"""What a person typed: told apart, and where it makes no sense, explained. Runs nothing."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import CycloptsError, Parameter
from cyclopts.exceptions import (
    CoercionError,
    MissingArgumentError,
    RepeatArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
)

from lmscope.errors import (
    BadOption,
    LeftOver,
    LmscopeError,
    LooseText,
    MissingArgument,
    NoText,
    TextComesFirst,
    UnknownCommand,
    UnknownOption,
    UnreadableCorpus,
    UnreadableNeuron,
)

if TYPE_CHECKING:
    from lmscope.neurons import Address

Flag = Annotated[bool, Parameter(negative=(), show_default=False)]
Json = Annotated[bool, Parameter(name="--json", negative=(), show_default=False)]

USAGE = {
    "demo": "lmscope demo",
    "scan": "lmscope scan gpt2-small texts/ -o gpt2/",
    "merge": "lmscope merge part-1/ part-2/ -o whole/",
    "info": "lmscope info gpt2/",
    "verify": "lmscope verify gpt2/",
    "neuron": "lmscope neuron gpt2/ L3N100",
    "look": 'lmscope look gpt2-small L3N100 "any text"',
    "models": "lmscope models",
    "serve": "lmscope serve gpt2/",
    "export": "lmscope export gpt2/ -o site/",
    "log": "lmscope log --starred",
    "test": "lmscope test gpt2/ L3N100 --rule 'words: I, you, we'",
    "find": "lmscope find gpt2/ --rule 'words: I, you, we'",
    "tune": 'lmscope tune gpt2/ L3N100 "{marker} Aurora {marker} Luna"',
    "tokens": 'lmscope tokens "any text" solu-1l gpt2-small',
    "match": "lmscope match gpt2/ L3N100 solu-1l",
}
"""An example of every command, in the order in which one meets them."""

_LARGEST_TEXT = 1 << 24


def catalogue_and_address(
    first: str, second: str | None, command: str = "neuron"
) -> tuple[str, str]:
    """Tell a catalogue's folder and a neuron apart: two words, or one that ends with the neuron."""
    if second is not None:
        found = _address(first)
        if found is not None and found.model is None and Path(second).is_dir():
            raise LeftOver("The first place", first, f"lmscope {command} {second} {first}")
        return first, second
    found = None if Path(first).exists() else _address(first)
    if found is None or found.model is None:
        missing = "a neuron" if found is None else f"a catalogue before '{first}'"
        raise MissingArgument(f"lmscope {command}", missing, USAGE[command])
    return found.model, first.strip()[len(found.model) + 1 :]


def is_neuron(word: str) -> bool:
    """Tell whether a word is a neuron of no model in particular: L3N100, 3/100."""
    found = None if Path(word).exists() else _address(word)
    return found is not None and found.model is None


def names_neuron(word: str) -> bool:
    """Tell whether a word is a neuron with its model: solu-1l/0/737, gpt2/L3N100."""
    found = None if Path(word).exists() else _address(word)
    return found is not None and found.model is not None


def who_and_what(first: str, rest: Sequence[str]) -> tuple[str, Address | None, str]:
    """Tell model, neuron and text apart, and read the text from standard input if it is absent.

    What can be read as a neuron's address is one, unless it names another model than the
    first word, or the neuron is already known; so ``12/25/2024`` is a text.
    """
    from lmscope.neurons import read_address

    words = list(rest)
    model, which = first, None
    if not Path(first).exists():
        which = _address(first)
        if which is not None:
            if which.model is None:
                raise MissingArgument("lmscope look", f"a model before '{first}'", USAGE["look"])
            model = which.model
    read_as_neuron = ""
    if which is None and words:
        found = _address(words[0])
        if found is not None and found.model in (None, model):
            which, read_as_neuron = found, words.pop(0)
        elif len(words) == 2 and (re.search(r"\d", words[0]) or " " in words[1]):
            read_address(words[0])  # which says why it cannot
    if len(words) > 1:
        raise LooseText(words)
    return model, which, words[0] if words else _standard_input(NoText(read_as_neuron))


def text_and_models(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Tell a text and models apart, and read the text from standard input if it is absent.

    It is absent if the first word is a model by itself; a text that is one too comes by a pipe.
    """
    from lmscope.models import names

    if not words:
        raise MissingArgument("lmscope tokens", "a text and a model", USAGE["tokens"])
    first, rest = words[0], words[1:]
    strangers = [word for word in rest if not (_is_model(word) or re.fullmatch(r"\S*/\S*", word))]
    if _is_model(first):
        if strangers:
            raise TextComesFirst(first, strangers[0])
        return _standard_input(NoText(usage="lmscope tokens solu-1l gpt2-small")), words
    if not rest:
        raise MissingArgument("lmscope tokens", "a model", USAGE["tokens"])
    meant = [near for word in strangers for near in names.unknown(word).facts["nearest"]]
    if strangers and not meant and not any(" " in word for word in (first, *strangers)):
        raise LooseText(words[: words.index(strangers[-1], 1) + 1])
    return first, rest


def _is_model(word: str) -> bool:
    """Tell whether a word is a model by itself: a known name, a folder with a model, a .gguf."""
    from lmscope.models import names

    with suppress(OSError):  # a text is too long for a file's name
        files = [Path(word, name) for name in ("config.json", "manifest.json")]
        if any(file.is_file() for file in files) or (
            word.endswith(".gguf") and Path(word).is_file()
        ):
            return True
    with suppress(LmscopeError):
        return names.resolve(word) is not None
    return True


def _address(typed: str) -> Address | None:
    from lmscope.neurons import read_address

    try:
        return read_address(typed)
    except UnreadableNeuron:
        return None


def _standard_input(absent: NoText) -> str:
    if sys.stdin is None or sys.stdin.isatty():
        raise absent
    data = sys.stdin.buffer.read(_LARGEST_TEXT + 1)
    if len(data) > _LARGEST_TEXT:
        remedy = f"Show every neuron a long text with: {USAGE['scan']}"
        raise UnreadableCorpus("Standard input", "it holds more than 16 MiB", remedy)
    text = data.decode("utf-8", "replace").removesuffix("\n")
    if not text:
        raise absent
    return text


def layers(typed: str) -> list[int]:
    """Read ``0,3-5``."""
    found: set[int] = set()
    for part in typed.split(","):
        ends = re.fullmatch(r"\s*(\d{1,4})\s*(?:-\s*(\d{1,4})\s*)?", part)
        if ends is None or int(ends[2] or ends[1]) < int(ends[1]):
            raise BadOption("--layers", typed, "write single layers and ranges, as 0,3-5")
        found.update(range(int(ends[1]), int(ends[2] or ends[1]) + 1))
    return sorted(found)


def part(typed: str) -> tuple[int, int]:
    """Read ``1/4``."""
    found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", typed)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise BadOption("--part", typed, "write it as 1/4, 2/4, 3/4 or 4/4")
    return int(found[1]), int(found[2])


def n_neurons(typed: str) -> int | None:
    """Read how many neurons; None for ``all``."""
    if typed == "all":
        return None
    if not (typed.isdecimal() and int(typed) > 0):
        raise BadOption("--neurons", typed, "write a number, or all")
    return int(typed)


def explained(error: CycloptsError) -> LmscopeError:
    """Say in our words what cyclopts found wrong with a command line."""
    chain = list(error.command_chain or ())
    command = " ".join(["lmscope", *chain])
    usage = USAGE.get(chain[0] if chain else "", "lmscope --help")
    if isinstance(error, UnknownCommandError):
        word = (error.unused_tokens or [""])[0]
        if word.startswith("-"):
            return UnknownOption(command, word, ["--help", "--version"])
        return UnknownCommand(word, list(USAGE))
    if isinstance(error, UnknownOptionError):
        names = [name for argument in error.argument_collection for name in argument.names]
        known = [name for name in names if name.startswith("--")] + ["--help", "--version"]
        return UnknownOption(command, error.token.keyword or error.token.value, known)
    if isinstance(error, CoercionError) and error.token is not None:
        option = error.token.keyword or (error.argument.name if error.argument else "")
        return BadOption(option, error.token.value, _what_it_takes(error.target_type))
    if isinstance(error, MissingArgumentError) and error.argument is not None:
        name = error.keyword or error.argument.name
        what = f"a value behind {name}" if name.startswith("-") else f"a {name.lower()}"
        return MissingArgument(command, what, usage)
    if isinstance(error, UnusedCliTokensError):
        return LeftOver(command, (error.unused_tokens or [""])[0], usage)
    if isinstance(error, RepeatArgumentError):
        return BadOption(error.token.keyword or "", error.token.value, "it is there twice")
    error.verbose = False
    return LeftOver(command, str(error), usage)


def _what_it_takes(kind: Any) -> str:
    choices = getattr(kind, "__args__", ())
    if choices and all(isinstance(choice, str) for choice in choices):
        return f"it must be one of {', '.join(choices)}"
    return {int: "it takes a whole number"}.get(kind, "it cannot be read")
