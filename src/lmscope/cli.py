"""The command line: words in, pages or JSON out. Knows every verb, and does nothing itself.

Whatever costs more than a moment to import is imported by the command that
needs it, so that `lmscope --help` answers at once, and catalogues are read
without torch.

Exit codes: 0; 1 for damage that was found, and for a bug; 2 for an explained
mistake; 130 after Ctrl-C; 141 if the reader of a pipe went away.
"""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn, Self, TextIO

from cyclopts import App, CycloptsError, Parameter
from cyclopts.exceptions import (
    CoercionError,
    MissingArgumentError,
    RepeatArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
)

from lmscope import __version__
from lmscope.errors import (
    BadOption,
    CatalogueDamaged,
    DiskFull,
    LeftOver,
    LmscopeError,
    LooseText,
    MissingArgument,
    NoText,
    NotUsable,
    UnknownCommand,
    UnknownOption,
    UnreadableCorpus,
    UnreadableNeuron,
)

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.progress import Progress as Bar

    from lmscope.catalogue import Catalogue
    from lmscope.neurons import Address
    from lmscope.scanning import Progress

USAGE = {
    "scan": "lmscope scan gpt2-small texts/ -o gpt2/",
    "merge": "lmscope merge part-1/ part-2/ -o whole/",
    "info": "lmscope info gpt2/",
    "verify": "lmscope verify gpt2/",
    "neuron": "lmscope neuron gpt2/ L3N100",
    "look": 'lmscope look gpt2-small L3N100 "any text"',
    "models": "lmscope models",
}
_SECONDS_BETWEEN_LINES = 5.0
_LARGEST_TEXT = 1 << 24
_N_RECOMPUTED = 200
_THE_MACHINE_SAYS_NO = {
    errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.ENOTDIR, errno.EISDIR,
    errno.ENAMETOOLONG, errno.EMFILE, errno.ELOOP, errno.EFBIG,
}  # fmt: skip

app = App(
    name="lmscope",
    help="""Read every MLP neuron of a language model.

  lmscope scan gpt2-small texts/ -o gpt2/      one pass, every neuron
  lmscope neuron gpt2/ L3N100                  what excites neuron 100 of layer 3
  lmscope look gpt2-small L3N100 "any text"    what it does on your own text""",
    version=__version__,
    help_format="plaintext",
    exit_on_error=False,
    print_error=False,
    suppress_keyboard_interrupt=False,
    result_action="return_value",
)

SiteName = Literal["post", "mid", "pre"]  # those of `lmscope.neurons`, which needs numpy
Json = Annotated[bool, Parameter(name="--json", negative=(), show_default=False)]
Flag = Annotated[bool, Parameter(negative=(), show_default=False)]
Out = Annotated[Path | None, Parameter(name=["-o", "--out"])]


# --- making catalogues ---------------------------------------------------------------------


@app.command(sort_key=0)
def scan(
    model: str | None = None,
    /,
    *corpus: str,
    out: Out = None,
    resume: Path | None = None,
    tokens: int | None = None,
    context: int = 128,
    layers: str | None = None,
    site: SiteName | None = None,
    dtype: str | None = None,
    device: str = "auto",
    revision: str | None = None,
    top: int = 20,
    per_band: int = 3,
    window: int = 64,
    batch_tokens: int = 2048,
    part: str | None = None,
    as_json: Json = False,
) -> int:
    """Scan every neuron of a model over a corpus, into a catalogue.

    Args:
        model: A known name (see `lmscope models`), a hub id, a folder or a .gguf file.
        corpus: Files, folders or hf:OWNER/NAME; with options like texts/::glob=**/*.md
        out: Folder of the catalogue; must not exist or be empty.
        resume: Go on with the unfinished scan in this folder; needs nothing else.
        tokens: Stop reading after so many tokens.
        context: Tokens in a segment.
        layers: Which layers, as 0,3-5; all unless told.
        site: Which tensor to record: post, or mid for SoLU models, unless told.
        dtype: float32 unless told; bfloat16 and float16 are faster and less exact.
        device: cpu, cuda, mps; auto takes the fastest there is.
        revision: Branch, tag or commit of a hub model.
        top: Examples in the top and in the bottom list.
        per_band: Random examples in each quantile band.
        window: Tokens kept round each peak.
        batch_tokens: Tokens in one forward pass.
        part: Scan one share only, as 1/4; `lmscope merge` puts the shares together.
        as_json: Print JSON.
    """
    if resume is not None:
        given = [model, *corpus, out, tokens, layers, site, dtype, revision, part]
        for word in given:
            if word is not None:
                raise LeftOver("lmscope scan --resume", str(word), f"lmscope scan --resume {resume}")
    elif model is None or not corpus or out is None:
        missing = "a model" if model is None else "a corpus" if not corpus else "a folder, by -o"
        raise MissingArgument("lmscope scan", missing, USAGE["scan"])
    folder = out if resume is None else resume
    assert folder is not None
    from lmscope import scanning
    from lmscope.corpora import load_corpus

    if resume is not None:
        scanning.read_scan(folder)  # before the model is loaded, which takes a while
    described = None if resume is not None else load_corpus(corpus)
    chosen, share = _layers(layers), _part(part)
    with _Watch(folder) as watch:
        if model is None or described is None:
            found = scanning.resume(
                folder, device=device, report=watch.report, should_stop=watch.should_stop
            )
        else:
            from lmscope.models.loading import load

            found = scanning.scan(
                load(model, dtype=dtype, device=device, site=site, revision=revision),
                described,
                folder,
                n_tokens=tokens,
                context=context,
                layers=chosen,
                top=top,
                per_band=per_band,
                window=window,
                batch_tokens=batch_tokens,
                part=share,
                report=watch.report,
                should_stop=watch.should_stop,
            )
    if watch.is_stopped:
        return _stopped(folder, watch, as_json)
    asked = scanning.read_scan(folder) if found is None else found.manifest
    _log_run(folder, watch, asked["versions"], is_resumed=resume is not None)
    if found is not None:
        _say_made(found, watch, as_json)
    else:
        i, n = asked["part"]
        done = f"Part {i} of {n} is done, in {folder}."
        command = "lmscope merge DIR DIR ... -o WHOLE"
        _out(
            f"{done}\nPut the parts together, when all are there, with: {command}",
            {"path": str(folder), "part": [i, n], "next": command},
            as_json,
        )
    return 0


@app.command(sort_key=1)
def merge(*parts: Path, out: Out = None, as_json: Json = False) -> int:
    """Put the parts of a scan together (scan --part).

    Args:
        parts: Folders of the parts, in any order.
        out: Folder of the result.
        as_json: Print JSON.
    """
    if len(parts) < 2 or out is None:
        missing = "two parts or more" if len(parts) < 2 else "a folder, by -o"
        raise MissingArgument("lmscope merge", missing, USAGE["merge"])
    from lmscope import scanning

    with _Watch(out) as watch:
        found = scanning.merge(parts[0], parts[1], out, *parts[2:])
    if found is not None:
        _say_made(found, watch, as_json)
    else:
        done, total = scanning.progress_of(out)
        _out(
            f"{out} holds {done} of {total} blocks now; some parts are still missing.",
            {"path": str(out), "blocks_done": done, "blocks": total},
            as_json,
        )
    return 0


# --- reading catalogues --------------------------------------------------------------------


@app.command(sort_key=2)
def info(folder: Path, /, *, as_json: Json = False) -> int:
    """Say what a catalogue holds: model, corpus, options, size.

    Args:
        folder: The catalogue.
        as_json: Print JSON.
    """
    from lmscope.catalogue import Catalogue

    found = Catalogue.open(folder)
    its, corpus, read = found.manifest["model"], found.manifest["corpus"], found.manifest["corpus"]["read"]
    files = found.manifest["files"]
    wrong = [name for name, file in files.items() if _size(folder / name) != file["bytes"]]
    try:
        n_dead: int | None = int(found.column("is_dead").sum())
    except CatalogueDamaged:
        n_dead = None
    n_bytes = sum(file["bytes"] for file in files.values())
    if as_json:
        _print_json(
            {
                "path": str(folder),
                "n_neurons": len(found),
                "n_dead": n_dead,
                "size_bytes": n_bytes,
                "damaged": wrong,
                "manifest": found.manifest,
            }
        )
        return int(bool(wrong))
    from lmscope.terminal import facts

    of = "" if len(found.layers) == found.n_layers else f" of {found.n_layers}"
    left_out = ", ".join(
        f"{n:,} {what}"
        for n, what in (
            (read["exact_duplicates"], "exact duplicates left out"),
            (corpus["n_near_duplicate_documents"], "near-duplicates marked"),
            (read["unreadable"], "unreadable"),
        )
        if n
    )
    asked = found.manifest["options"]
    rows = [
        ("model", found.model, f"{its['architecture']}, {its['n_parameters']:,} parameters"),
        ("from", its["source"], f"revision {its['revision']}" if its["revision"] else ""),
        ("site", found.site, f"{its['activation_function']}{', gated' * its['is_gated']}"),
        ("layers", f"{len(found.layers)}{of}", f"{found.d_mlp:,} neurons each"),
        ("neurons", f"{len(found):,}", "" if n_dead is None else f"{n_dead:,} of them dead"),
        ("corpus", ", ".join(corpus["spec"]), ""),
        ("tokens", f"{corpus['n_tokens']:,}", f"{found.n_tokens:,} of them count"),
        ("documents", f"{corpus['n_documents']:,}", left_out),
        ("context", f"{asked['context']}", "tokens in a segment"),
        ("examples", f"{asked['top']}", "in the top and the bottom list of each neuron"),
        ("size", f"{n_bytes / 1e6:,.1f} MB", f"{len(files)} files"),
        ("made by", f"lmscope {found.manifest['versions']['lmscope']}", ""),
    ]
    _show(facts(rows))
    for name in wrong[:5]:
        _say(f"{name} is damaged: it is missing or of another size.")
    if wrong:
        _say(f"The other files stay readable. Check them all with: lmscope verify {folder}")
    else:
        _say(f"Read a neuron with: lmscope neuron {folder} {_notable(found)}")
    return int(bool(wrong))


@app.command(sort_key=3)
def verify(
    folder: Path, /, *, recompute: Flag = False, neurons: str | None = None, as_json: Json = False
) -> int:
    """Compare every file of a catalogue with its checksum.

    Args:
        folder: The catalogue.
        recompute: Run the model again, and compare the stored examples with what it gives.
        neurons: How many random neurons to recompute, or all; 200 unless told.
        as_json: Print JSON.
    """
    if neurons is not None and not recompute:
        raise BadOption("--neurons", neurons, "it belongs to --recompute, which is not there")
    n = _n_neurons(neurons)
    from lmscope.catalogue import Catalogue

    found = Catalogue.open(folder)
    damaged = found.verify()
    n_files = len(found.manifest["files"])
    said = [f"All {n_files} files of {folder} are as they were written."]
    if damaged:
        said = [f"{d.file} is damaged: {d.reason}." for d in damaged[:5]]
        said += [f"So are {len(damaged) - 5} more."] * (len(damaged) > 5)
        said.append(f"The other {n_files - len(damaged)} files of {folder} are as they were written.")
    facts: dict[str, Any] = {
        "path": str(folder),
        "n_files": n_files,
        "damaged": [{"file": d.file, "reason": d.reason} for d in damaged],
    }
    is_wrong = bool(damaged)
    if recompute and not damaged:
        sentence, facts["recomputed"] = _recompute(found, n)
        said.append(sentence)
        is_wrong = facts["recomputed"]["n_wrong"] > 0
    _out("\n".join(said), facts, as_json)
    return int(is_wrong)


@app.command(sort_key=4)
def neuron(
    catalogue: str,
    address: str | None = None,
    /,
    *,
    top: int = 10,
    bottom: int = 5,
    bands: Flag = False,
    everything: Annotated[bool, Parameter(name="--all", negative=(), show_default=False)] = False,
    as_json: Json = False,
) -> int:
    """Show one neuron: statistics, histogram, examples.

    Args:
        catalogue: Folder of a catalogue.
        address: Which neuron: L3N100, 3/100, blocks.3.mlp.hook_post[100]; or all in one, as
            DIR/3/100.
        top: How many of the top examples to show.
        bottom: How many of the bottom examples.
        bands: Show all examples of the bands.
        everything: Show all examples there are.
        as_json: Print JSON, with all examples.
    """
    for option, value in (("--top", top), ("--bottom", bottom)):
        if value < 0:
            raise BadOption(option, value, "it counts examples, from 0 on")
    folder, address = _catalogue_and_address(catalogue, address)
    from lmscope.catalogue import Catalogue

    found = Catalogue.open(folder)
    record = found[address]
    if as_json:
        examples = [*record.top, *record.bottom, *(e for b in record.bands for e in b.examples)]
        documents = {}
        for index in sorted({e.document for e in examples}):
            source, offset = found.source(index)
            documents[str(index)] = {"source": source, "offset": offset}
        _print_json({**record.to_json(), "catalogue": folder, "documents": documents})
        return 0
    from lmscope.terminal import neuron_page

    its = found.manifest["model"]
    _show(
        neuron_page(
            record,
            _paper(),
            found.source,
            function=its["activation_function"] + ", gated" * its["is_gated"],
            n_top=len(record.top) if everything else top,
            n_bottom=len(record.bottom) if everything else bottom,
            whole_bands=bands or everything,
        )
    )
    return 0


# --- running a model -----------------------------------------------------------------------


@app.command(sort_key=5)
def look(
    model: str,
    /,
    *words: str,
    catalogue: Path | None = None,
    site: SiteName | None = None,
    dtype: str | None = None,
    device: str = "auto",
    revision: str | None = None,
    segments: Flag = False,
    n: Annotated[int, Parameter(name=["-n", "--number"])] = 20,
    as_json: Json = False,
) -> int:
    """Show what a neuron does on any text, or which neurons respond to it most.

    Args:
        model: As for scan; with the neuron, if you like: solu-1l/0/737.
        words: The neuron, if one is meant (L0N737), and the text, in quotes. Without a text, or
            with -, standard input is read, less the line break at its end.
        catalogue: A catalogue of the model, which gives each neuron its own scale.
        site: Which tensor to read: the catalogue's, or the model's usual one, unless told.
        dtype: float32 unless told.
        device: cpu, cuda, mps; auto takes the fastest there is.
        revision: Branch, tag or commit of a hub model.
        segments: Cut a text that is too long; each segment starts without context.
        n: How many tokens, or neurons, to list.
        as_json: Print JSON.
    """
    if n < 1:
        raise BadOption("-n", n, "it counts what is listed, from 1 on")
    name, which, text = _who_and_what(model, words)
    from lmscope.catalogue import Catalogue
    from lmscope.looking import look, rank
    from lmscope.models.loading import load

    known = None if catalogue is None else Catalogue.open(catalogue)
    if site is None and which is not None and which.site is not None:
        site = which.site
    elif site is None and known is not None:
        site = known.site
    loaded = load(name, dtype=dtype, device=device, site=site, revision=revision)
    from lmscope import terminal

    if which is None:
        ranking = rank(loaded, text, catalogue=known, n=n, in_segments=segments)
        if as_json:
            _print_json(ranking.to_json())
        else:
            _show(terminal.ranking_page(ranking, _paper()))
        return 0
    found = look(
        loaded, text, (which.layer, which.neuron), catalogue=known, in_segments=segments
    )
    if as_json:
        _print_json(found.to_json())
    else:
        _show(terminal.look_page(found, _paper(), n))
    return 0


@app.command(sort_key=6)
def models(*, architectures: Flag = False, as_json: Json = False) -> int:
    """List the models known by name, and which of them are on this machine.

    Args:
        architectures: List instead the architectures whose neurons lmscope finds.
        as_json: Print JSON.
    """
    if architectures:
        from lmscope.models.projections import PROJECTIONS

        kinds = sorted([*PROJECTIONS, "toy"])
        _out("\n".join(kinds), {"architectures": kinds}, as_json)
        return 0
    from dataclasses import asdict

    from lmscope.models.names import KNOWN, cached

    if as_json:
        _print_json(
            {
                "models": [
                    {**asdict(m), "n_neurons": m.n_neurons, "cached": cached(m.repo)} for m in KNOWN
                ]
            }
        )
        return 0
    from lmscope.terminal import table

    rows = [("name", "layers", "neurons", "parameters", "site", "here", "trained on")]
    for m in KNOWN:
        size = f"{m.n_parameters / 1e6:,.0f} M"
        here = "yes" if cached(m.repo) else ""
        rows.append((m.alias, f"{m.n_layers}", f"{m.n_neurons:,}", size, m.site, here, m.corpus))
    _show(table(rows, " rrr"))
    return 0


# --- reading what was typed ----------------------------------------------------------------


def _address(typed: str) -> Address | None:
    from lmscope.neurons import read_address

    try:
        return read_address(typed)
    except UnreadableNeuron:
        return None


def _catalogue_and_address(first: str, second: str | None) -> tuple[str, str]:
    """Tell folder and neuron apart: two words, or one that ends with the neuron."""
    if second is not None:
        found = _address(first)
        if found is not None and found.model is None and Path(second).is_dir():
            raise LeftOver("The first place", first, f"lmscope neuron {second} {first}")
        return first, second
    found = None if Path(first).exists() else _address(first)
    if found is None or found.model is None:
        missing = "a catalogue" if found is not None else "a neuron"
        raise MissingArgument("lmscope neuron", missing, USAGE["neuron"])
    return found.model, first.strip()[len(found.model) + 1 :]


def _who_and_what(first: str, rest: Sequence[str]) -> tuple[str, Address | None, str]:
    """Tell model, neuron and text apart.

    What can be read as a neuron's address is one, unless it names another model than the
    first word or the neuron is already known; so ``12/25/2024`` is a text.
    """
    words = list(rest)
    model, which = first, None
    if not Path(first).exists():
        found = _address(first)
        if found is not None and found.model is None:
            raise MissingArgument("lmscope look", f"a model before '{first}'", USAGE["look"])
        if found is not None and found.model is not None:
            model, which = found.model, found
    read_as_neuron = ""
    if which is None and words:
        found = _address(words[0])
        if found is not None and found.model in (None, model):
            which, read_as_neuron = found, words.pop(0)
        elif len(words) == 2 and " " not in words[0]:
            raise UnreadableNeuron(words[0])
    if len(words) > 1:
        raise LooseText(words)
    if words and words[0] != "-":
        return model, which, words[0]
    return model, which, _standard_input(read_as_neuron if not words else "")


def _standard_input(read_as_neuron: str) -> str:
    if sys.stdin is None or sys.stdin.isatty():
        raise NoText(read_as_neuron)
    data = sys.stdin.buffer.read(_LARGEST_TEXT + 1)
    if len(data) > _LARGEST_TEXT:
        remedy = f"Read every neuron over a long text with: {USAGE['scan']}"
        raise UnreadableCorpus("Standard input", "it holds more than 16 MiB", remedy)
    text = data.decode("utf-8", "replace").removesuffix("\n")
    if not text:
        raise NoText(read_as_neuron)
    return text


def _layers(typed: str | None) -> list[int] | None:
    if typed is None:
        return None
    found: set[int] = set()
    for part in typed.split(","):
        ends = re.fullmatch(r"\s*(\d{1,4})\s*(?:-\s*(\d{1,4})\s*)?", part)
        if ends is None or (ends[2] is not None and int(ends[2]) < int(ends[1])):
            raise BadOption("--layers", typed, "write single layers and ranges, as 0,3-5")
        found.update(range(int(ends[1]), int(ends[2] or ends[1]) + 1))
    return sorted(found)


def _part(typed: str | None) -> tuple[int, int] | None:
    if typed is None:
        return None
    found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", typed)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise BadOption("--part", typed, "write it as 1/4, 2/4, 3/4 or 4/4")
    return int(found[1]), int(found[2])


def _n_neurons(typed: str | None) -> int | None:
    """Read the value of --neurons; None for all."""
    if typed == "all":
        return None
    if typed is not None and not (typed.isdecimal() and int(typed) > 0):
        raise BadOption("--neurons", typed, "write a number, or all")
    return _N_RECOMPUTED if typed is None else int(typed)


# --- saying what was done ------------------------------------------------------------------


class _Watch:
    """Shows how a scan gets on, and turns the first Ctrl-C into a request to stop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.is_stopped = False
        self.latest: Progress | None = None
        self.tokens_per_s = 0.0
        self._said_at = 0.0
        self._bar: Bar | None = None

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        self._before = signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(self, kind: object, *_: object) -> bool:
        signal.signal(signal.SIGINT, self._before)
        self.seconds = time.monotonic() - self._began
        if self._bar is not None:
            self._bar.stop()
        self.is_stopped |= kind is KeyboardInterrupt
        return kind is KeyboardInterrupt

    def _interrupt(self, *_: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # the second one kills at once
        if self.latest is None or self.latest.stage != "scanning":
            raise KeyboardInterrupt
        self.is_stopped = True
        # Shows the cursor, which the bar hides: the second one would leave it hidden.
        cursor = b"\x1b[?25h" if self._bar is not None else b""
        os.write(2, cursor + b"\nStopping after this batch. A second Ctrl-C kills at once.\n")

    def should_stop(self) -> bool:
        return self.is_stopped

    def report(self, progress: Progress) -> None:
        is_new = self.latest is None or self.latest.stage != progress.stage
        self.latest = progress
        if progress.stage == "scanning":
            self.tokens_per_s = progress.tokens_per_s
        if sys.stderr.isatty() and os.environ.get("CI") != "true":
            self._draw(progress)
        elif is_new or time.monotonic() - self._said_at >= _SECONDS_BETWEEN_LINES:
            self._said_at = time.monotonic()
            _say(f"{progress.stage}{', ' * bool(_gone(progress))}{_gone(progress)}", sys.stderr)

    def _draw(self, progress: Progress) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as Bar

        if self._bar is None:
            columns = (TextColumn("{task.description:<9}"), BarColumn(30), TextColumn("{task.fields[gone]}"))
            self._bar = Bar(*columns, console=Console(stderr=True, highlight=False), transient=True)
            self._task = self._bar.add_task("", total=None, gone="")
            self._bar.start()
        self._bar.update(
            self._task,
            description=progress.stage,
            completed=progress.tokens_done,
            total=progress.tokens_total,
            gone=_gone(progress),
        )


def _gone(p: Progress) -> str:
    """Say how far a scan is: tokens, speed, time left, neurons."""
    if p.stage in ("preparing", "writing"):
        return f"{p.n_neurons:,} neurons"
    of = f" of {p.tokens_total:,}" if p.tokens_total else ""
    said = [f"{p.tokens_done:,}{of} tokens"] if p.tokens_done else []
    if p.tokens_per_s > 0:
        said.append(f"{p.tokens_per_s:,.0f} tokens/s")
        if p.tokens_total:
            said.append(f"{_clock((p.tokens_total - p.tokens_done) / p.tokens_per_s)} left")
    return ", ".join([*said, f"{p.n_neurons:,} neurons"])


def _clock(seconds: float) -> str:
    minutes, s = divmod(round(seconds), 60)
    hours, m = divmod(minutes, 60)
    return f"{hours}:{m:02}:{s:02}" if hours else f"{m}:{s:02}"


def _stopped(folder: Path, watch: _Watch, as_json: bool) -> int:
    command = f"lmscope scan --resume {folder}"
    p = watch.latest
    if not (folder / "scan.json").exists():
        command, said = "", "Stopped. Nothing was written."
    elif p is not None and p.stage == "scanning":
        said = f"Stopped. {p.tokens_done:,} of {p.tokens_total:,} tokens are scanned and kept in {folder}."
    else:
        said = f"Stopped while {p.stage if p else 'starting'}. What is complete is kept in {folder}."
    message = said + (f"\nGo on with: {command}" if command else "")
    if as_json:
        _print_json({"error": {"kind": "Stopped", "message": message, "next": command or None}})
    else:
        _say(message, sys.stderr)
    return 130


def _say_made(found: Catalogue, watch: _Watch, as_json: bool) -> None:
    corpus = found.manifest["corpus"]
    read, n_tokens = corpus["read"], corpus["n_tokens"]
    speed = watch.tokens_per_s or n_tokens / max(watch.seconds, 1e-9)
    command = f"lmscope neuron {found.path} {_notable(found)}"
    if as_json:
        _print_json(
            {
                "path": str(found.path),
                "model": found.model,
                "site": found.site,
                "n_neurons": len(found),
                "n_tokens": n_tokens,
                "n_documents": corpus["n_documents"],
                "read": read,
                "seconds": watch.seconds,
                "tokens_per_s": speed,
                "next": command,
            }
        )
        return
    documents = f"{corpus['n_documents']:,} document{'s' * (corpus['n_documents'] != 1)}"
    _say(f"{found.path} holds the {len(found):,} neurons of {found.model} at site {found.site}.")
    _say(f"Scanned: {n_tokens:,} tokens of {documents} in {_clock(watch.seconds)}, {speed:,.0f} tokens/s.")
    if read["exact_duplicates"]:
        _say(f"Left out: {read['exact_duplicates']:,} exact duplicates.")
    if read["unreadable"]:
        named = "; ".join(f"{source}: {reason}" for source, reason in read["unreadable_first"][:3])
        _say(f"Not readable: {read['unreadable']:,} ({named}{'; ...' * (read['unreadable'] > 3)}).")
    _say(f"Read a neuron with: {command}")


def _notable(found: Catalogue) -> str:
    """Choose a neuron worth a first look: rarely loud, and loud on the same token."""
    import numpy as np

    with np.errstate(invalid="ignore"):
        loud = np.log1p(np.maximum(np.nan_to_num(found.column("kurtosis")), 0))
    # A list of twenty says something only if more tokens than one or two are above the noise.
    is_more_than_one = found.column("density_half_max") * found.n_tokens >= 3
    score = found.column("peak_share") * loud * (found.column("is_dead") == 0)
    layer, index = divmod(int((score * (0.01 + is_more_than_one)).argmax()), found.d_mlp)
    return f"L{found.layers[layer]}N{index}"


def _log_run(
    folder: Path, watch: _Watch, versions: dict[str, str], *, is_resumed: bool
) -> None:
    from datetime import UTC, datetime

    line = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(watch.seconds, 3),
        "tokens_per_s": round(watch.tokens_per_s, 1),
        "resumed": is_resumed,
        "versions": versions,
    }
    with (folder / "run.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def _recompute(found: Catalogue, n: int | None) -> tuple[str, dict[str, Any]]:
    from dataclasses import asdict

    import numpy as np

    from lmscope.looking import recompute
    from lmscope.models.loading import load

    its = found.manifest["model"]
    model = load(its["source"], dtype=its["dtype"], site=its["site"], revision=its["revision"])
    which = None
    if n is not None and n < len(found):
        chosen = np.random.default_rng(0).choice(len(found), n, replace=False)
        pairs = [divmod(i, found.d_mlp) for i in sorted(chosen.tolist())]
        which = [(found.layers[layer], index) for layer, index in pairs]
    result = recompute(found, model, neurons=which)
    n_neurons = len(found) if which is None else len(which)
    said = f"{result.n_examples:,} stored examples of {n_neurons:,} neurons were recomputed: "
    if result.n_wrong:
        said += f"{result.n_wrong:,} differ, as {', '.join(result.wrong[:3])}."
    else:
        said += f"all agree (the worst by {result.worst:.1g} of its size)."
    return said, {"n_neurons": n_neurons, **asdict(result)}


# --- printing ------------------------------------------------------------------------------


def _paper() -> Any:
    from rich.console import Console

    from lmscope.terminal import Paper

    console = Console()
    return Paper(
        width=min(console.width, 110) if console.is_terminal or "COLUMNS" in os.environ else 100,
        is_coloured=console.color_system is not None and not console.no_color,
        # Set by some terminals: "foreground;background", of which 7 and 15 are the light ones.
        is_light=os.environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15"),
    )


def _show(drawn: RenderableType) -> None:
    """Print a drawing; to anything but a terminal without cutting its lines."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, markup=False, emoji=False)
    if isinstance(drawn, Text) and not console.is_terminal:
        _say(drawn.plain)
    else:
        console.print(drawn) if console.is_terminal else console.print(drawn, width=1000)


def _say(message: str, stream: TextIO | None = None) -> None:
    """Print a sentence: what came from files and arguments cannot play with the terminal."""
    if not message.replace("\n", "").isprintable():
        from lmscope.terminal import visible

        message = "\n".join(visible(line) for line in message.split("\n"))
    print(message, file=stream or sys.stdout)


def _out(sentence: str, facts: dict[str, Any], as_json: bool) -> None:
    _print_json(facts) if as_json else _say(sentence)


def _print_json(value: object) -> None:
    """Print JSON that any reader takes: ASCII only, null for numbers that JSON does not have."""
    print(json.dumps(_finite(value), indent=1, allow_nan=False, default=str))


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    if isinstance(value, dict):
        return {key: _finite(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    return value


# --- mistakes ------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit.

    Args:
        arguments: What was typed behind ``lmscope``; that of the process unless given.

    Raises:
        SystemExit: Always, with the exit code.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = given[: given.index("--")] if "--" in given else given
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):  # a terminal without our characters gets escapes
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        boxes = "default" if sys.stdout.isatty() else "plain"
        app.help_formatter = boxes
        code = app(given) or 0
        sys.stdout.flush()
    except BrokenPipeError:
        with suppress(OSError, ValueError):  # else Python would complain when it closes stdout
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141
    except KeyboardInterrupt:
        code = 130
    except Exception as error:
        code = _explain(error, "--json" in options)
    raise SystemExit(code)


def _explain(error: Exception, as_json: bool) -> int:
    """Print the sentence of a mistake, or the traceback of a bug."""
    if isinstance(error, CycloptsError):
        error = _usage(error)
    elif isinstance(error, OSError) and not isinstance(error, LmscopeError):
        path = error.filename or "Standard output"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            error = DiskFull(path, "What was complete before is unchanged.")
        elif error.errno in _THE_MACHINE_SAYS_NO:
            error = NotUsable(path, os.strerror(error.errno).lower())
    is_mistake = isinstance(error, LmscopeError)
    message = str(error)
    if not is_mistake:
        message = f"This is a bug in lmscope, not your mistake: {type(error).__name__}: {error}"
    if as_json:
        facts = error.facts if isinstance(error, LmscopeError) else {}
        kind = type(error).__name__ if is_mistake else "Bug"
        _print_json({"error": {"kind": kind, "message": message, **facts}})
    if not as_json or not is_mistake:
        _say(message, sys.stderr)
    if not is_mistake:
        import traceback

        traceback.print_exception(error)
    return 2 if is_mistake else 1


def _usage(error: CycloptsError) -> LmscopeError:
    """Say in our words what cyclopts found wrong with the command line."""
    chain = list(error.command_chain or ())
    command = " ".join(["lmscope", *chain])
    usage = USAGE.get(chain[0] if chain else "", "lmscope --help")
    if isinstance(error, UnknownCommandError):
        return UnknownCommand((error.unused_tokens or [""])[0], list(USAGE))
    if isinstance(error, UnknownOptionError):
        known = [name for argument in error.argument_collection for name in argument.names]
        known = [name for name in known if name.startswith("--")]
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
    choices = getattr(kind, "__args__", None)
    if choices and all(isinstance(choice, str) for choice in choices):
        return f"it must be one of {', '.join(choices)}"
    return {int: "it takes a whole number", float: "it takes a number"}.get(kind, "it cannot be read")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
