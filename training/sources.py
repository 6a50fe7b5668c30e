"""Reads the sources of the demo corpus out of unpacked Debian packages. Knows no split, no tokens.

Each function yields texts; `SOURCES` names them, with licence and language. What is real text is
taken as it is, but for the markup that wraps it; where a source is a data base (a dictionary's
senses, the answers of a game's dialogue), it is written as a list in one of four styles.
"""

from __future__ import annotations

import gettext
import gzip
import html
import re
import struct
import subprocess
import sysconfig
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path

PIECE = 4000
"""Characters after which a long text is cut, at the next blank line."""

_MARKS = {
    "1)": [f"{n})" for n in range(1, 60)],
    "a)": [f"{c})" for c in "abcdefghijklmnopqrstuvwxyz"] + [f"a{c})" for c in "abcdefghij"],
    "1.": [f"{n}." for n in range(1, 60)],
    "-": ["-"] * 60,
}
_CHOICE = re.compile(r'(\t*)(?:(?:description|dialog|log|spaceport)\s+)?([`"])(.*)\2\s*$')
_SPOKEN = re.compile(r'speaker\s*=\s*"?([\w ]+)|(\w+)\s*=\s*_\s*"((?:[^"]|"")*)"')
_LISTED = re.compile(r"(?m)^\s*\(?(?:[a-z]|\d{1,2})\) \w")


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of text: the package that it is from, and how to read it."""

    name: str
    package: str
    licence: str
    what: str
    read: Callable[[Path], Iterable[str]]
    limit: int = 1 << 40
    """Bytes of text to keep: documents in the order of their hashes, up to this many."""


def number(text: str) -> int:
    """Give a text a number that depends on nothing but its bytes."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def as_list(items: list[str], seed: str) -> list[str]:
    """Write items as a list, in one of four styles that depends on the seed."""
    marks = _MARKS[list(_MARKS)[number(seed) % len(_MARKS)]]
    return [f"{mark} {item}" for mark, item in zip(marks, items, strict=False)]


def pieces(text: str, size: int = PIECE) -> Iterator[str]:
    """Cut a long text at blank lines into documents of about `size` characters."""
    piece: list[str] = []
    length = 0
    text = text.translate({ord("\r"): None, ord("\f"): "\n", 0xA0: " "})
    for paragraph in re.split(r"\n\s*\n", text):
        piece.append(paragraph.rstrip())
        length += len(paragraph)
        if length >= size:
            yield "\n\n".join(piece).strip("\n") + "\n"
            piece, length = [], 0
    yield "\n\n".join(piece).strip("\n") + "\n"


def _read(path: Path) -> str:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def files(root: Path, glob: str = "**/*.txt*", unless: str = "(?!)") -> Iterator[str]:
    """Yield the files that match, cut into pieces."""
    for path in sorted(root.glob(glob)):
        if path.is_file() and not path.is_symlink() and not re.search(unless, str(path)):
            yield from pieces(_read(path))


def listed(root: Path) -> Iterator[str]:
    """Yield the pieces of manuals that have two lines which begin `1)` or `a)`, or more."""
    for piece in files(root, "**/Documentation/**/*.rst.gz"):
        if len(_LISTED.findall(piece)) >= 2:
            yield piece


def kjv(root: Path) -> Iterator[str]:
    """Yield the chapters of the King James Bible, a verse a line, as its own program prints it."""
    program = root.parent / "bible-kjv" / "usr/bin/bible"
    command = [program, "-f", "-p", root / "usr/lib", "gen1:1-rev22:21"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, stdin=-3).stdout
    chapters: dict[tuple[str, str], list[str]] = {}
    for book, chapter, verse in re.findall(r"(?m)^(\d?[A-Za-z]+)(\d+):(\d+ .*)$", said):
        chapters.setdefault((book, chapter), []).append(f"{chapter}:{verse.strip()}")
    for verses in chapters.values():
        yield "\n".join(verses) + "\n"


def austen(root: Path) -> Iterator[str]:
    """Yield the six novels in pieces; they lie in R's serialised form, a string a line."""
    data = next(root.glob("**/data/Rdata.rdb")).read_bytes()
    at = 0
    while at < len(data):
        stream = zlib.decompressobj()
        raw = stream.decompress(data[at + 4 :])
        at = len(data) - len(stream.unused_data)
        start = raw.index(b"\x00\x00\x00\x10") + 4  # a vector of strings
        (n,), start = struct.unpack(">I", raw[start : start + 4]), start + 4
        lines = []
        for _ in range(n):
            (length,) = struct.unpack(">i", raw[start + 4 : start + 8])
            lines.append(raw[start + 8 : start + 8 + max(length, 0)].decode())
            start += 8 + max(length, 0)
        yield from pieces("\n".join(lines))


def fortunes(root: Path, unless: str = "(?!)") -> Iterator[str]:
    """Yield sayings: what lies between lines with '%'. Those marked as offensive are left out."""
    for path in sorted(root.glob("usr/share/games/fortunes/**/*")):
        if not path.is_file() or path.is_symlink() or path.suffix in (".dat", ".u8"):
            continue
        if not re.search(rf"/off/|ascii-?art|{unless}", str(path)):
            for saying in re.split(r"(?m)^%\s*\n", _read(path)):
                yield saying.rstrip() + "\n"


def perl(root: Path) -> Iterator[str]:
    """Yield Perl's manuals and FAQ without the marks of POD."""
    skip = {"perluniprops", "perltoc", "perlapi", "perlintern"}
    for path in sorted(root.glob("**/pod/perl*.pod")):
        if path.stem in skip or re.search(r"delta|perl5\d", path.stem):
            continue
        text = _read(path)
        text = re.sub(r"(?ms)^=begin.*?^=end[^\n]*\n|^=encoding[^\n]*\n|^=for[^\n]*\n", "", text)
        text = re.sub(r"(?m)^=(?:over|back|cut|pod)[^\n]*\n?", "", text)
        text = re.sub(r"(?m)^=(?:head\d|item) +", "", text)
        for _ in range(3):
            text = re.sub(r"[BCEFILSXZ]<([^<>\n]*(?:\n[^<>\n]*)?)>", _of_pod, text)
        yield from pieces(text)


def _of_pod(match: re.Match[str]) -> str:
    kind, inner = match[0][0], match[1]
    if kind in "XZ":
        return ""
    if kind == "E":
        return {"lt": "<", "gt": ">", "verbar": "|", "sol": "/"}.get(inner, html.unescape(inner))
    return inner.split("|")[0] if kind == "L" else inner


def markdown(root: Path) -> Iterator[str]:
    """Yield the Anarchist FAQ, each section by itself or in pieces."""
    for path in sorted(root.glob("**/markdown/*.md.gz")):
        if path.name != "alinks.md.gz":
            text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", _read(path))
            yield from pieces(re.sub(r"_(?=\")|(?<=\")_|\*\*", "", text))


def jargon(root: Path) -> Iterator[str]:
    """Yield the Jargon File after its table of contents."""
    text = _read(next(root.glob("**/jargon.txt.gz")))
    paragraphs = re.split(r"\n\s*\n", text)
    # The table of contents is thousands of headwords, each a paragraph of its own.
    kept = [p for p in paragraphs if len(p.split()) > 4 or ":" in p]
    yield from pieces("\n\n".join(kept))


def crawl(root: Path, language: str = "") -> Iterator[str]:
    """Yield descriptions out of a game, which speak to the player."""
    for path in sorted(root.glob(f"usr/share/crawl/dat/descript/{language}/*.txt")):
        if path.name == "quotes.txt":
            continue  # of living authors
        for entry in re.split(r"(?m)^%%%%\s*\n", _read(path)):
            entry = re.sub(r"(?m)^#.*\n|\{\{(?s:.*?)\}\}|<[^<>\n]*>|:nowrap|\[\[|\]\]", "", entry)
            if len(entry) > 80 and "@" not in entry:
                yield entry.strip() + "\n"


def endless_sky(root: Path) -> Iterator[str]:
    """Yield the conversations of a game, told to `you`; the answers one can give are a list."""
    for path in sorted(root.glob("usr/share/games/endless-sky/data/**/*.txt")):
        for block in re.split(r"(?m)^(?=\S)", _read(path)):
            said, choices = list[str](), list[str]()
            choosing = -1
            for line in block.splitlines():
                indent = len(line) - len(line.lstrip("\t"))
                if line.strip() == "choice":
                    choosing = indent
                    continue
                if match := _CHOICE.match(line):
                    text = match[3].strip()
                    if choosing >= 0 and indent == choosing + 1:
                        choices.append(re.sub(r"^\((.*)\)$", r"\1", text))
                        continue
                    if choices:
                        said.append("\n".join(as_list(choices, block)))
                        choices, choosing = [], -1
                    if len(text) > 30:
                        said.append(text)
            if choices:
                said.append("\n".join(as_list(choices, block)))
            if said:
                yield from pieces("\n\n".join(said))


def wesnoth(root: Path, language: str = "en") -> Iterator[str]:
    """Yield the scenes of a game's campaigns as plays, in one of the languages that it speaks."""
    for campaign in sorted(root.parent.glob("wesnoth-1.16-*")):
        say = gettext.NullTranslations()
        if language != "en":
            catalogues = sorted(campaign.glob(f"**/{language}/LC_MESSAGES/*.mo"))
            if not catalogues:
                continue
            with catalogues[0].open("rb") as stream:
                say = gettext.GNUTranslations(stream)
        for scene in sorted(campaign.glob("**/scenarios/*.cfg")):
            lines, speaker = list[str](), ""
            for spoken, key, raw in _SPOKEN.findall(_read(scene)):
                if spoken:
                    speaker = "" if spoken in ("narrator", "unit", "second_unit") else spoken
                    continue
                source = raw.replace('""', '"')
                text = say.gettext(source)
                if language != "en" and text == source:
                    continue
                text = re.sub(r"<[^<>\n]*>|^[^\s^]*\^", "", text).strip()
                if key == "message" and text:
                    lines.append(f"{speaker}: {text}" if speaker else text)
                elif len(text) > 60:
                    lines.append(text)
                speaker = ""
            yield from pieces("\n\n".join(lines))


def wordnet(root: Path) -> Iterator[str]:
    """Yield the words that have two senses or more, as a dictionary lists them."""
    folder = root / "usr/share/wordnet"
    for kind in ("noun", "verb", "adj", "adv"):
        data = (folder / f"data.{kind}").read_bytes()
        for line in (folder / f"index.{kind}").read_text().splitlines():
            if line.startswith(" "):
                continue
            word, _, n_senses, *rest = line.split()
            if int(n_senses) < 2 or not word.isalpha():
                continue
            senses = []
            for offset in rest[-int(n_senses) :]:
                row = data[int(offset) : data.index(b"\n", int(offset))].decode()
                senses.append(row.split(" | ", 1)[1].strip())
            listed = as_list(senses, word)
            is_inline = number(word) >> 8 & 1
            joined = " ".join(listed) if is_inline else "\n".join(["", *listed])
            yield f"{word} ({kind}) {joined}\n" if is_inline else f"{word} ({kind}){joined}\n"


def python(root: Path) -> Iterator[str]:
    """Yield the standard library of the Python that runs this, cut before classes and functions."""
    del root
    library = Path(sysconfig.get_path("stdlib"))
    skip = r"-packages/|/tests?/|/encodings/|pydoc_data|idlelib/idle_test|lib2to3/tests|__phello__"
    for path in sorted(library.glob("**/*.py")):
        if re.search(skip, str(path)):
            continue
        module, length = list[str](), 0
        for part in re.split(r"(?m)^(?=(?:def|class|@|async def)\b)", _read(path)):
            module.append(part)
            length += len(part)
            if length > PIECE:
                yield "".join(module)
                module, length = [], 0
        if module:
            yield "".join(module)


_GPL2, _GPL3 = "GPL-2.0-or-later", "GPL-3.0-or-later"
_FAQ = "free to copy and change under the same notice"
_MB = 1_000_000
_RUDE = "/(?:ethnic|drugs|men-women|love|sex|politics|racism)$"

SOURCES = [
    Source("kjv", "bible-kjv-text", "public domain", "King James Bible, verse-numbered", kjv),
    Source("austen", "r-cran-janeaustenr", "public domain (package: MIT)", "six novels", austen),
    Source("anarchism", "anarchism", _GPL2, "An Anarchist FAQ", markdown, 5 * _MB),
    Source("jargon", "jargon-text", "public domain", "the Jargon File", jargon),
    Source("perl", "perl-doc", "Artistic or GPL-1.0-or-later", "manuals and FAQ", perl, 4 * _MB),
    Source("kernel", "linux-doc-6.1", "GPL-2.0", "manuals with lists", listed, 5 * _MB),
    Source("wordnet", "wordnet-base", "WordNet 3.0", "words of several senses", wordnet, 5 * _MB),
    Source("endless-sky", "endless-sky-data", _GPL3, "conversations", endless_sky, 5 * _MB),
    *(
        Source(f"wesnoth-{code}", "wesnoth-1.16-httt", _GPL2, f"scenes of 13 campaigns, {code}",
               partial(wesnoth, language=code), 2_500_000)
        for code in ("en", "de", "fr", "es")
    ),
    Source("crawl", "crawl-common", _GPL2, "descriptions", crawl),
    *(
        Source(f"crawl-{code}", "crawl-common", _GPL2, f"descriptions, {code}",
               partial(crawl, language=code))
        for code in ("de", "fr", "es")
    ),
    Source("fortunes", "fortunes", "BSD-3-Clause", "sayings", partial(fortunes, unless=_RUDE)),
    Source("fortunes-min", "fortunes-min", "BSD-3-Clause", "sayings, riddles", fortunes),
    Source("fortunes-bofh", "fortunes-bofh-excuses", "public domain", "excuses", fortunes),
    Source("fortunes-de", "fortunes-de", _GPL2, "sayings, jokes, recipes, German", fortunes),
    Source("fortunes-es", "fortunes-es", "public domain", "sayings, Spanish", fortunes),
    *(
        Source(f"debian-reference-{code}", f"debian-reference-{code}", _GPL2, f"manual, {code}",
               partial(files, glob="usr/share/debian-reference/*.txt.gz"))
        for code in ("en", "de", "fr", "es")
    ),
    *(
        Source(f"debian-faq-{code}", package, _FAQ, f"questions and answers, {code}", files)
        for code, package in (
            ("en", "debian-faq"),
            ("de", "debian-faq-de"),
            ("fr", "debian-faq-fr"),
        )
    ),
    *(
        Source(f"developers-reference-{code}", package, _GPL2, f"manual, {code}",
               partial(files, glob="**/developers-reference.txt.gz"))
        for code, package in (
            ("en", "developers-reference"),
            ("de", "developers-reference-de"),
            ("fr", "developers-reference-fr"),
        )
    ),
    *(
        Source(f"maint-guide-{code}", package, _GPL2, f"manual, {code}", files)
        for code, package in (
            ("en", "maint-guide"),
            ("de", "maint-guide-de"),
            ("es", "maint-guide-es"),
            ("fr", "maint-guide-fr"),
        )
    ),
    Source("policy", "debian-policy", _GPL2, "rules",
           partial(files, glob="usr/share/doc/debian-policy/*.txt.gz")),
    *(
        Source(f"installation-{code}", "installation-guide-amd64", "GPL-2.0",
               f"instructions, {code}", partial(files, glob=f"**/{code}/install.*.txt.gz"))
        for code in ("en", "de", "fr", "es")
    ),
    Source("python", "", "PSF-2.0", "Python's standard library", python, 8 * _MB),
]  # fmt: skip
