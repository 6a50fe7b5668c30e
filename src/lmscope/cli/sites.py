"""The commands of the site: `serve` it, `export` it, read the `log` of what was seen.

Each carries its arguments to the room that does the work.
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from lmscope.cli import typed
from lmscope.cli.printing import out as report
from lmscope.cli.printing import print_json, say, show
from lmscope.cli.typed import Flag, Json
from lmscope.errors import BadOption, MissingArgument, NotUsable

if TYPE_CHECKING:
    from lmscope.journal import Tested
    from lmscope.shelf import Shelf


PORT = 8640


def serve(
    *folders: Path,
    model: str = "auto",
    host: str = "127.0.0.1",
    port: int = PORT,
    device: str = "auto",
    person: str | None = None,
    journal: str | None = None,
    no_journal: Flag = False,
    as_json: Json = False,
) -> int:
    """Show catalogues in the browser: a page for every neuron, and any text on its model.

    Args:
        folders: Catalogues, or folders that hold some; those of the demo and of this folder
            unless told.
        model: auto loads a catalogue's model when a text is tried; a name allows only that one;
            none allows none.
        host: Address to listen on; beyond this machine (0.0.0.0) a token is asked for.
        port: Port to listen on; 0 takes any that is free.
        device: cpu, cuda, mps; auto takes the fastest there is.
        person: Whose log is kept, unless the browser says otherwise; your user name.
        journal: File or database URL of the lab notebook; your own unless told.
        no_journal: Keep no log of what is seen.
        as_json: Print JSON.
    """
    if not 0 <= port <= 65535:
        raise BadOption("--port", port, "it is a number from 0 to 65535")
    from lmscope.shelf import Shelf, find, holds_some

    named = folders or [folder for folder in _usual_folders() if holds_some(folder)]
    found = Shelf(find(named))
    return show_site(
        found,
        model=model,
        host=host,
        port=port,
        device=device,
        person=person,
        journal=journal,
        has_journal=not no_journal,
        as_json=as_json,
    )


def show_site(
    shelf: Shelf,
    *,
    model: str = "auto",
    host: str = "127.0.0.1",
    port: int = PORT,
    device: str = "auto",
    person: str | None = None,
    journal: str | None = None,
    has_journal: bool = True,
    as_json: bool = False,
) -> int:
    """Serve a shelf until Ctrl-C; see `serve`."""
    import getpass
    import secrets

    from lmscope.server import app
    from lmscope.server.guard import LOOPBACK
    from lmscope.server.running import listen, run

    opened = listen(host, port)
    token = None if host in LOOPBACK else secrets.token_urlsafe(24)
    shown_host = f"[{host}]" if ":" in host else host
    url = f"http://{shown_host}:{opened.getsockname()[1]}/" + (f"?token={token}" if token else "")
    site = app(
        shelf,
        model=model,
        device=device,
        journal=journal,
        has_journal=has_journal,
        person=person or getpass.getuser(),
        token=token,
    )
    n_neurons = sum(len(catalogue) for _, catalogue in shelf)
    if as_json:
        print_json({"url": url, "catalogues": [address for address, _ in shelf]})
    else:
        things = "One catalogue" if len(shelf) == 1 else f"{len(shelf)} catalogues"
        say(f"{things}, {n_neurons:,} neurons. Open {url}   (Ctrl-C ends it)")
    sys.stdout.flush()
    try:
        run(site, opened)
    except KeyboardInterrupt:
        if not as_json:
            say("Stopped.")
    return 0


def _usual_folders() -> list[Path]:
    from platformdirs import user_cache_path

    return [user_cache_path("lmscope") / "demo", Path()]


def export(
    *folders: Path,
    out: Annotated[Path | None, Parameter(name=["-o", "--out"])] = None,
    layers: str | None = None,
    neurons: str | None = None,
    embed: Flag = False,
    as_json: Json = False,
) -> int:
    """Write the site of catalogues into a folder that any static host can show.

    Args:
        folders: Catalogues, or folders that hold some.
        out: The folder to write; or, for one neuron, one file of HTML, as L3N100.html.
        layers: Which layers, as 0,3-5; all unless told.
        neurons: Which neurons, as L3N100,L5N7; all unless told.
        embed: Write each of these neurons into an HTML file of its own as well.
        as_json: Print JSON.
    """
    if out is None or not folders:
        missing = "a folder to write, by -o" if out is None else "a catalogue"
        raise MissingArgument("lmscope export", missing, typed.USAGE["export"])
    wanted = None if layers is None else typed.layers(layers)
    which = None if neurons is None else [word.strip() for word in neurons.split(",")]
    from lmscope import exporting
    from lmscope.shelf import find

    catalogues = find(folders)
    if out.suffix.casefold() == ".html":
        if which is None or len(which) != 1 or len(catalogues) != 1:
            raise BadOption("-o", out, "a file of HTML holds one neuron of one catalogue")
        exporting.embed_neuron(catalogues[0], which[0], out)
        report(f"{out} opens in any browser.", {"path": str(out), "neuron": which[0]}, as_json)
        return 0
    done = exporting.export(catalogues, out, layers=wanted, neurons=which, embed=embed)
    n = len(done.catalogues)
    sentence = (
        f"{out} holds {done.n_neurons:,} neurons of {n} catalogue{'s' * (n > 1)}, "
        f"{done.n_bytes / 1e6:,.1f} MB.\n"
        "Put the folder on any static host that answers Range requests, under any path."
    )
    report(sentence, asdict(done), as_json)
    return 0


def log(
    *,
    person: str | None = None,
    search: str = "",
    starred: Flag = False,
    tag: str | None = None,
    tests: Flag = False,
    export: Literal["md", "jsonl", "csv"] | None = None,
    load: Annotated[Path | None, Parameter(name="--import")] = None,
    journal: str | None = None,
    as_json: Json = False,
) -> int:
    """Read the log of the neurons that were seen on the site, and of the tests.

    Args:
        person: Whose log; yours unless told.
        search: Only neurons whose address, note or tags hold this.
        starred: Only neurons with a star.
        tag: Only neurons with this tag.
        tests: Show the hypotheses that were tested instead, all of them.
        export: Print all of the log as Markdown (md), JSON lines or CSV.
        load: Take in a file that --export jsonl wrote; nothing that is there is lost.
        journal: File or database URL of the lab notebook; your own unless told.
        as_json: Print JSON.
    """
    import getpass

    from lmscope.journal import Journal

    who = person or getpass.getuser()
    incoming = None if load is None else _text_of(load)
    with Journal.open(journal) as notebook:
        if incoming is not None:
            done = notebook.load(who, incoming)
            sentence = f"{done.n_added:,} neurons added, {done.n_merged:,} merged."
            if done.n_hypotheses or done.n_tests:
                sentence += f" {done.n_hypotheses:,} hypotheses and {done.n_tests:,} tests added."
            report(sentence, asdict(done), as_json)
            return 0
        if export is not None:
            sys.stdout.write(notebook.export(who, export))
            return 0
        if tests:
            _show_tests(who, notebook.tests(who), as_json)
            return 0
        counts = notebook.counts(who)
        entries = notebook.entries(who, search=search, starred=starred or None, tag=tag)
    if as_json:
        print_json(
            {
                "person": who,
                "n_seen": counts.n_seen,
                "n_starred": counts.n_starred,
                "entries": [entry.to_json() for entry in entries],
            }
        )
        return 0
    from lmscope.terminal import table, visible

    say(f"{who}: {counts}.")
    rows = [("neuron", "last seen", "star", "tags", "note")]
    for entry in entries:
        note = entry.note.partition("\n")[0]
        rows.append(
            (
                visible(entry.subject.address),
                f"{entry.last_seen:%Y-%m-%d %H:%M}",
                "*" if entry.starred else "",
                visible(", ".join(entry.tags)),
                visible(note if len(note) <= 60 else note[:59] + "…"),
            )
        )
    if entries:
        show(table(rows, "     "))
    return 0


def _show_tests(person: str, tested: list[Tested], as_json: bool) -> None:
    if as_json:
        print_json({"person": person, "tests": [test.to_json() for test in tested]})
        return
    from lmscope.terminal import table, visible

    say(f"{person}: {len(tested):,} test{'' if len(tested) == 1 else 's'}.")
    rows = [("tested", "neuron", "rule", "verdict")]
    for test in tested:
        rule = test.hypothesis.rule or "(texts)"
        rows.append(
            (
                f"{test.tested:%Y-%m-%d %H:%M}",
                visible(test.subject.address),
                visible(rule if len(rule) <= 60 else rule[:59] + "…"),
                visible(test.verdict),
            )
        )
    if tested:
        show(table(rows))


def _text_of(path: Path) -> str:
    if not path.is_file():
        raise NotUsable(path, "there is no such file")
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise NotUsable(path, "it is no UTF-8 text") from None
