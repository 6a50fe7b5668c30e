"""The command line: words in, pages or JSON out. Knows every verb, and does none itself.

Whatever costs more than a moment to import is imported by the command that
needs it, so that `lmscope --help` answers at once, and catalogues are read
without torch.

Exit codes: 1 for damage that was found, and for a bug; 2 for an explained
mistake; 130 after Ctrl-C; 141 if the reader of a pipe went away; else 0.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

from cyclopts import App, CycloptsError, Parameter

from lmscope import __version__
from lmscope.cli import evidence, matches, sites, tokens, typed
from lmscope.cli.printing import out, paper, print_json, say, show
from lmscope.cli.scans import Watch, log_run, say_made, say_stopped
from lmscope.cli.typed import Flag, Json
from lmscope.errors import (
    BadOption,
    CatalogueDamaged,
    LeftOver,
    LmscopeError,
    MissingArgument,
    UnknownSite,
    WrongCatalogue,
    explained_by_machine,
)

if TYPE_CHECKING:
    from lmscope.catalogue import Catalogue

_N_RECOMPUTED = 200

app = App(
    name="lmscope",
    help="""Read every MLP neuron of a language model.

  lmscope demo                                 start here: two built-in models
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
All = Annotated[bool, Parameter(name="--all", negative=(), show_default=False)]
Out = Annotated[Path | None, Parameter(name=["-o", "--out"])]


# --- a first look -------------------------------------------------------------------------


@app.command(sort_key=-1)
def demo(
    *,
    cache: Path | None = None,
    tokens: int | None = None,
    no_serve: Flag = False,
    port: int = sites.PORT,
    as_json: Json = False,
) -> int:
    """Scan two small trained models that are built in, and show their neurons in the browser.

    Needs no network. The second time the catalogues of the first are used.

    Args:
        cache: Where to keep the catalogues; the user's cache folder unless told.
        tokens: How much of the built-in text to scan: 250,000 tokens unless told.
        no_serve: Stop after showing three neurons of each in the terminal.
        port: Port of the site; 0 takes any that is free.
        as_json: Print JSON, and stop there.
    """
    from platformdirs import user_cache_path

    from lmscope import demonstration
    from lmscope.catalogue import worth_seeing
    from lmscope.terminal import neuron_page

    folder = cache or user_cache_path("lmscope") / "demo"
    shown: list[dict[str, Any]] = []
    catalogues: list[Catalogue] = []
    for name in demonstration.MODELS:
        with Watch() as watch:
            found = demonstration.catalogue_of(
                name,
                folder,
                n_tokens=tokens or demonstration.N_TOKENS,
                say=lambda sentence: say(sentence, sys.stderr),
                report=watch.report,
                should_stop=watch.should_stop,
            )
        if watch.is_stopped or found is None:
            say("Stopped. What was scanned is kept: lmscope demo goes on with it.", sys.stderr)
            return 130
        if watch.latest:
            log_run(found.path, watch, found.manifest["versions"], is_resumed=False)
        catalogues.append(found)
        best = worth_seeing(found, 3)
        shown.append(
            {
                "model": name,
                "catalogue": str(found.path),
                "n_tokens": found.n_tokens,
                "seconds": watch.seconds,
                "neurons": [one.short for one in best],
            }
        )
        if as_json:
            continue
        made = f" in {watch.seconds:.0f} s" if watch.latest else ", from the cache"
        say(f"{name}: {len(found):,} neurons on {found.n_tokens:,} tokens{made}.\n")
        function = found.manifest["model"]["activation_function"]
        for one in best:
            brief = neuron_page(
                found[one], paper(), found.source, function=function, n_top=5, n_bottom=0
            )
            show(brief)
            say(f"\nAll of it: lmscope neuron {found.path} {one.short}\n")
    if as_json:
        print_json({"demo": shown})
        return 0
    first = demonstration.MODELS[0]
    say(f'Try your own text: lmscope look {first} "any text" --catalogue {shown[0]["catalogue"]}')
    if no_serve:
        return 0
    from lmscope.shelf import Shelf

    return sites.show_site(Shelf(catalogues), port=port)


# --- making catalogues ---------------------------------------------------------------------


@app.command(sort_key=0)
def scan(
    model: str | None = None,
    /,
    *corpus: str,
    out: Out = None,
    resume: Path | None = None,
    tokens: int | None = None,
    context: int | None = None,
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
        corpus: Files, folders or hf:OWNER/NAME; with options, as texts/::glob=**/*.md
        out: Folder of the catalogue; must not exist or be empty.
        resume: Go on with the unfinished scan in this folder; needs nothing else.
        tokens: Stop reading after so many tokens.
        context: Tokens in a segment: 128, or all that the model reads if that is less.
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
        given = (model, *corpus, out, tokens, layers, site, dtype, revision, part)
        if words := [str(word) for word in given if word is not None]:
            usage = f"lmscope scan --resume {resume}"
            raise LeftOver("lmscope scan --resume", words[0], usage)
        return _resume(resume, device, as_json)
    if model is None or not corpus or out is None:
        missing = "a model" if model is None else "a corpus" if not corpus else "a folder, by -o"
        raise MissingArgument("lmscope scan", missing, typed.USAGE["scan"])
    wanted = None if layers is None else typed.layers(layers)
    share = None if part is None else typed.part(part)
    from lmscope import scanning
    from lmscope.corpora import load_corpus

    scanning.refuse_existing(out)  # before the model is loaded
    described = load_corpus(corpus)
    with Watch() as watch:
        from lmscope.models.loading import load

        found = scanning.scan(
            load(model, dtype=dtype, device=device, site=site, revision=revision),
            described,
            out,
            n_tokens=tokens,
            context=context,
            layers=wanted,
            top=top,
            per_band=per_band,
            window=window,
            batch_tokens=batch_tokens,
            part=share,
            report=watch.report,
            should_stop=watch.should_stop,
        )
    if watch.is_stopped:
        say_stopped(out, watch, as_json)
        return 130
    return _finished(found, out, watch, as_json, is_resumed=False)


def _resume(folder: Path, device: str, as_json: bool) -> int:
    from lmscope import scanning

    with Watch() as watch:
        found = scanning.resume(
            folder, device=device, report=watch.report, should_stop=watch.should_stop
        )
    if watch.is_stopped:
        say_stopped(folder, watch, as_json)
        return 130
    return _finished(found, folder, watch, as_json, is_resumed=True)


def _finished(
    found: Catalogue | None, folder: Path, watch: Watch, as_json: bool, *, is_resumed: bool
) -> int:
    from lmscope.scanning import read_scan

    asked = read_scan(folder) if found is None else found.manifest
    log_run(folder, watch, asked["versions"], is_resumed=is_resumed)
    if found is not None:
        say_made(found, watch, as_json)
        return 0
    i, n = asked["part"]
    command = "lmscope merge DIR DIR ... -o WHOLE"
    sentence = (
        f"{folder} holds part {i} of {n}. When all are there, put them together with: {command}"
    )
    out(sentence, {"path": str(folder), "part": [i, n], "next": command}, as_json)
    return 0


@app.command(sort_key=1)
def merge(*parts: Path, out: Out = None, as_json: Json = False) -> int:
    """Put the parts of a scan together that `lmscope scan --part` has made.

    Args:
        parts: Their folders, in any order.
        out: Folder of the result.
        as_json: Print JSON.
    """
    if len(parts) < 2 or out is None:
        missing = "two parts or more" if len(parts) < 2 else "a folder, by -o"
        raise MissingArgument("lmscope merge", missing, typed.USAGE["merge"])
    return _merge(parts, out, as_json)


def _merge(parts: Sequence[Path], folder: Path, as_json: bool) -> int:
    from lmscope import scanning
    from lmscope.catalogue import progress_of

    with Watch() as watch:
        found = scanning.merge(parts[0], parts[1], folder, *parts[2:])
    if watch.is_stopped:
        return 130
    if found is not None:
        say_made(found, watch, as_json)
        return 0
    done, total = progress_of(folder)
    sentence = f"{folder} holds {done} of {total} blocks; some parts are still missing."
    out(sentence, {"path": str(folder), "blocks_done": done, "blocks": total}, as_json)
    return 0


# --- reading catalogues --------------------------------------------------------------------


@app.command(sort_key=2)
def info(folder: Path, /, *, as_json: Json = False) -> int:
    """Say what a catalogue holds: model, corpus, options, size.

    Args:
        folder: The catalogue.
        as_json: Print JSON.
    """
    from lmscope.catalogue import Catalogue, worth_seeing
    from lmscope.terminal import manifest_page

    found = Catalogue.open(folder)
    damaged = [damage.file for damage in found.verify(only_sizes=True)]
    n_dead = None
    with suppress(CatalogueDamaged):
        n_dead = int(found.column("is_dead").sum())
    if as_json:
        facts = {"path": str(folder), "n_neurons": len(found), "n_dead": n_dead}
        print_json({**facts, "damaged": damaged, "manifest": found.manifest})
        return int(bool(damaged))
    show(manifest_page(found.manifest, len(found), n_dead))
    for name in damaged[:5]:
        say(f"{name} is damaged: it is missing or of another size.")
    if damaged:
        say(f"The other files stay readable. Check them all with: lmscope verify {folder}")
        return 1
    say(f"Read a neuron with: lmscope neuron {folder} {worth_seeing(found, 1)[0].short}")
    return 0


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
    n = _N_RECOMPUTED if neurons is None else typed.n_neurons(neurons)
    from lmscope.catalogue import Catalogue

    found = Catalogue.open(folder)
    damaged = found.verify()
    n_files = len(found.manifest["files"])
    facts: dict[str, Any] = {
        "path": str(folder),
        "n_files": n_files,
        "damaged": [{"file": d.file, "reason": d.reason} for d in damaged],
    }
    said = [f"{d.file} is damaged: {d.reason}." for d in damaged[:5]]
    if len(damaged) > 5:
        said.append(f"So are {len(damaged) - 5} more.")
    rest = f"The other {n_files - len(damaged)}" if damaged else f"All {n_files}"
    said.append(f"{rest} files of {folder} are as they were written.")
    is_wrong = bool(damaged)
    if recompute and not damaged:
        sentence, facts["recomputed"] = _recompute(found, n)
        said.append(sentence)
        is_wrong = facts["recomputed"]["n_wrong"] > 0
    out("\n".join(said), facts, as_json)
    return int(is_wrong)


def _recompute(found: Catalogue, n: int | None) -> tuple[str, dict[str, Any]]:
    from dataclasses import asdict

    import numpy as np

    from lmscope.looking import recompute
    from lmscope.models.loading import load_again

    its = found.manifest["model"]
    model = load_again(its)
    which = None
    if n is not None and n < len(found):
        chosen = np.sort(np.random.default_rng(0).choice(len(found), n, replace=False))
        layer, index = (place[chosen].tolist() for place in found.places())
        which = [(found.layers[i], j) for i, j in zip(layer, index, strict=True)]
    result = recompute(found, model, neurons=which)
    n_neurons = len(found) if which is None else len(which)
    said = f"{result.n_examples:,} stored examples of {n_neurons:,} neurons were recomputed: "
    if result.n_wrong:
        said += f"{result.n_wrong:,} differ, as {', '.join(result.wrong[:3])}."
    else:
        said += "all agree to the stored precision."
    return said, {"n_neurons": n_neurons, **asdict(result)}


@app.command(sort_key=4)
def neuron(
    catalogue: str,
    address: str | None = None,
    /,
    *,
    top: int = 10,
    bottom: int = 5,
    bands: Flag = False,
    everything: All = False,
    as_json: Json = False,
) -> int:
    """Show one neuron: statistics, histogram, examples.

    Args:
        catalogue: Folder of a catalogue; or all in one, as DIR/3/100.
        address: Which neuron: L3N100, 3/100 or blocks.3.mlp.hook_post[100].
        top: How many of the top examples to show.
        bottom: How many of the bottom examples.
        bands: Show all examples of the bands.
        everything: Show all examples there are.
        as_json: Print JSON, with all examples.
    """
    for option, value in (("--top", top), ("--bottom", bottom)):
        if value < 0:
            raise BadOption(option, value, "it counts examples, from 0 on")
    folder, address = typed.catalogue_and_address(catalogue, address)
    from lmscope.catalogue import Catalogue

    found = Catalogue.open(folder)
    record = found[address]
    if as_json:
        examples = [*record.top, *record.bottom, *(e for b in record.bands for e in b.examples)]
        documents = {}
        for index in sorted({e.document for e in examples}):
            source, offset = found.source(index)
            documents[str(index)] = {"source": source, "offset": offset}
        print_json({**record.to_json(), "catalogue": folder, "documents": documents})
        return 0
    from lmscope.terminal import neuron_page

    its = found.manifest["model"]
    page = neuron_page(
        record,
        paper(),
        found.source,
        function=its["activation_function"] + ", gated" * its["is_gated"],
        n_top=len(record.top) if everything else top,
        n_bottom=len(record.bottom) if everything else bottom,
        whole_bands=bands or everything,
    )
    show(page)
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
    token: int | None = None,
    n: Annotated[int, Parameter(name=["-n", "--number"])] = 20,
    as_json: Json = False,
) -> int:
    """Show what a neuron does on any text, or which neurons a text excites most.

    Args:
        model: As for scan; or all in one, as solu-1l/0/737.
        words: The neuron, if one is meant (L0N737), and the text, in quotes. Without a text, or
            with -, standard input is read, less the line break at its end.
        catalogue: A catalogue of the model, which gives each neuron its own scale.
        site: Which tensor to read: the catalogue's, or the model's usual one, unless told.
        dtype: The catalogue's, or float32, unless told.
        device: cpu, cuda, mps; auto takes the fastest there is.
        revision: Branch, tag or commit of a hub model.
        segments: Cut a text that is too long; each segment starts without context.
        token: Rank the neurons at this token only, counted from 0.
        n: How many tokens, or neurons, to list.
        as_json: Print JSON.
    """
    if n < 1:
        raise BadOption("-n", n, "it counts what is listed, from 1 on")
    name, which, text = typed.who_and_what(model, words)
    if token is not None and which is not None:
        raise BadOption("--token", token, "it is for ranking neurons, and one neuron was named")
    from lmscope import looking, terminal
    from lmscope.catalogue import Catalogue
    from lmscope.models.loading import load

    known = None if catalogue is None else Catalogue.open(catalogue)
    wanted: str | None = site
    if wanted is None and which is not None:
        wanted = which.site
    if known is not None:
        wanted = wanted or known.site
        dtype = dtype or known.manifest["model"]["dtype"]
    try:
        loaded = load(name, dtype=dtype, device=device, site=wanted, revision=revision)
    except UnknownSite:
        if known is None or wanted != known.site:
            raise
        of = f"{known.model} at {known.site}"
        raise WrongCatalogue(known.path, of, name) from None
    if which is None:
        ranking = looking.rank(
            loaded, text, catalogue=known, n=n, token=token, in_segments=segments
        )
        if as_json:
            print_json(ranking.to_json())
        else:
            show(terminal.ranking_page(ranking))
        return 0
    address = (which.layer, which.neuron)
    found = looking.look(loaded, text, address, catalogue=known, in_segments=segments)
    if as_json:
        print_json(found.to_json())
    else:
        show(terminal.look_page(found, paper(), n))
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
        out("\n".join(kinds), {"architectures": kinds}, as_json)
        return 0
    from dataclasses import asdict

    from lmscope.models.names import KNOWN, cached
    from lmscope.terminal import table

    known = [
        {**asdict(m), "n_neurons": m.n_neurons, "cached": bool(m.folder) or cached(m.repo)}
        for m in KNOWN
    ]
    if as_json:
        print_json({"models": known})
        return 0
    rows = [("name", "layers", "neurons", "parameters", "site", "here", "trained on")]
    for m, facts in zip(KNOWN, known, strict=True):
        size, here = f"{m.n_parameters / 1e6:,.0f} M", "yes" if facts["cached"] else ""
        if m.folder is not None:
            here = "built in: start here" if m is KNOWN[0] else "built in"
        rows.append((m.alias, f"{m.n_layers}", f"{m.n_neurons:,}", size, m.site, here, m.corpus))
    show(table(rows, " rrr"))
    return 0


# --- showing catalogues ----------------------------------------------------------------------

app.command(sites.serve, sort_key=7)
app.command(sites.export, sort_key=8)
app.command(sites.log, sort_key=9)


# --- evidence --------------------------------------------------------------------------------

app.command(evidence.test, sort_key=10)
app.command(evidence.find, sort_key=11)
app.command(evidence.tune, sort_key=12)
app.command(tokens.tokens, sort_key=13)
app.command(matches.match, sort_key=14)


# --- running a command ---------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit.

    Args:
        arguments: What was typed behind ``lmscope``; that of the process unless given.

    Raises:
        SystemExit: Always, with the exit code.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    n_options = given.index("--") if "--" in given else len(given)
    # A dash stands for standard input, which is read wherever a text is absent.
    options = [word for word in given[:n_options] if word != "-"]
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):  # where our characters are missing, escapes will do
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        app.help_formatter = "default" if sys.stdout.isatty() else "plain"
        code = app([*options, *given[n_options:]]) or 0
        sys.stdout.flush()
    except BrokenPipeError:
        with suppress(OSError, ValueError):  # else Python complains when it closes stdout
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141
    except KeyboardInterrupt:
        code = 130
    except Exception as error:
        code = _explain(_as_mistake(error), "--json" in options)
    raise SystemExit(code)


def _as_mistake(error: Exception) -> Exception:
    """Turn what libraries and the machine complain of into a sentence, if it is no bug."""
    if isinstance(error, CycloptsError):
        return typed.explained(error)
    if isinstance(error, OSError) and not isinstance(error, LmscopeError):
        return explained_by_machine(error) or error
    return error


def _explain(error: Exception, as_json: bool) -> int:
    """Print the sentence of a mistake, or the traceback of a bug."""
    if isinstance(error, LmscopeError):
        code, kind, message, facts = 2, type(error).__name__, str(error), error.facts
    else:
        code, kind, facts = 1, "Bug", {}
        message = f"This is a bug in lmscope, not your mistake: {type(error).__name__}: {error}"
    if as_json:
        print_json({"error": {"kind": kind, "message": message, **facts}})
    else:
        say(message, sys.stderr)
    if code == 1:
        import traceback

        traceback.print_exception(error)
    return code
