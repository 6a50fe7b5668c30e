"""The commands of evidence: `test` a hypothesis, `find` the neurons of a rule, `tune` one.

Each carries its arguments to the room that does the work.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from lmscope.cli import typed
from lmscope.cli.printing import paper, print_json, say, show
from lmscope.cli.scans import Steps
from lmscope.cli.typed import Flag, Json
from lmscope.errors import BadOption, LeftOver, MissingArgument

if TYPE_CHECKING:
    from lmscope.hypotheses import Hypothesis

Many = Annotated[list[str] | None, Parameter(consume_multiple=True, negative_iterable=())]


def test(
    *words: str,
    rule: str | None = None,
    claim: str | None = None,
    pairs: Path | None = None,
    corpus: Many = None,
    tokens: int | None = None,
    which: Literal["last", "first", "any"] | None = None,
    side: Literal["positive", "negative"] | None = None,
    offset: int | None = None,
    near_misses: Flag = False,
    harvest: int = 0,
    causal: Flag = False,
    seed: int | None = None,
    report: Path | None = None,
    save: Path | None = None,
    device: str = "auto",
    person: str | None = None,
    journal: str | None = None,
    no_journal: Flag = False,
    as_json: Json = False,
) -> int:
    """Test what you think a neuron fires on, on held-out text and on texts of your own.

    Args:
        words: A catalogue or model and the neuron (gpt2/ L3N100, or demo-solu-1l/0/12); or a file
            hypothesis.toml, which may say both.
        rule: Where it should fire, on characters: a regular expression, words: I, you, and so on.
        claim: The same in your words, for the record.
        pairs: Texts that match and texts that do not: Markdown, CSV, TSV, JSON lines or two lists.
        corpus: Other texts than the catalogue's, as for scan: the stricter test.
        tokens: Tokens at most.
        which: Which token of a place should fire: last unless told.
        side: Whether it fires above zero or below: found out unless told.
        offset: Tokens after the place, from -2 to 2: found out unless told.
        near_misses: Make the texts that do not match by changing those that do.
        harvest: So many pairs from held-out documents, where you give none.
        causal: Ask as well whether the model uses the neuron there; takes a minute or more.
        seed: Of halves and resamples: 0 unless told.
        report: Write a report to paste somewhere: a file that ends with .md or .html.
        save: Write the hypothesis to a file that can be shared and tested again.
        device: cpu, cuda, mps; auto takes the fastest there is.
        person: In whose log the test is kept; yours unless told.
        journal: File or database URL of the lab notebook; your own unless told.
        no_journal: Keep no record of the test.
        as_json: Print JSON.
    """
    if report is not None and report.suffix not in (".md", ".html"):
        raise BadOption("--report", report, "its name ends with .md or .html")
    if offset is not None and abs(offset) > 2:
        raise BadOption("--offset", offset, "it is a number from -2 to 2")
    told = {"rule": rule, "claim": claim, "tokens": which, "offset": offset, "seed": seed}
    told["side"] = side and {"positive": "+", "negative": "-"}[side]
    named, hypothesis, where = _hypothesis(words, told, pairs)
    name, address = typed.catalogue_and_address(*named, command="test")
    corpus, tokens = corpus or where.get("corpus"), tokens or where.get("n_tokens")
    if save is not None:
        place = {"neuron": "/".join(n for n in named if n), "corpus": corpus, "n_tokens": tokens}
        save.write_text(hypothesis.toml({k: v for k, v in place.items() if v}), "utf-8")
    from platformdirs import user_cache_path

    from lmscope import demonstration, hypotheses
    from lmscope.hypotheses.records import Record

    # Texts alone can be tested; but where there is a rule, the demo has a corpus at hand.
    is_enough = hypothesis.pairs and not (hypothesis.rule and name in demonstration.MODELS)
    with Steps() as steps, Record.open(journal, person, is_kept=not no_journal) as record:
        subject = _subject("test", name, device, steps, has_corpus=bool(corpus or is_enough))
        record.propose(hypothesis)
        tested = hypotheses.test(
            hypothesis,
            address,
            **subject,
            corpus=corpus,
            n_tokens=tokens,
            near_misses=near_misses,
            n_harvested=harvest,
            causal=causal,
            n_neurons=record.n_looked_at(address, **subject),
            store=user_cache_path("lmscope") / "activations",
            report=steps.report,
        )
        result = record.keep(tested)
        others = record.others(tested, but=result.get("id"))
    if report is not None:
        from lmscope.hypotheses import reports

        write = reports.markdown if report.suffix == ".md" else reports.document
        report.write_text(write(result, others), "utf-8")
    if as_json:
        print_json(result)
    else:
        from lmscope.terminal.verdicts import verdict_page

        show(verdict_page(result, paper()))
    return 0


def _hypothesis(
    words: Sequence[str], told: dict[str, Any], pairs: Path | None
) -> tuple[tuple[str, str | None], Hypothesis, dict[str, Any]]:
    """Read what is to be tested and on which neuron: from a file, or from what was typed."""
    from lmscope.hypotheses import Hypothesis, open_file, texts_json
    from lmscope.pairs import Pairs

    rest, contents, where = list(words), dict[str, Any](), dict[str, Any]()
    if rest and rest[0].endswith(".toml"):
        found, where = open_file(Path(rest.pop(0)))
        contents = found.to_json()
        rest = rest or [where["neuron"]] if "neuron" in where else rest
    if not rest:
        raise MissingArgument("lmscope test", "a neuron", typed.USAGE["test"])
    if len(rest) > 2:
        raise LeftOver("lmscope test", rest[2], typed.USAGE["test"])
    contents |= {key: value for key, value in told.items() if value is not None}
    if pairs is not None:
        contents["texts"] = texts_json(Pairs.open(pairs))
    if not contents.get("rule") and not contents.get("texts"):
        what = "a rule, by --rule, or texts, by --pairs"
        raise MissingArgument("lmscope test", what, typed.USAGE["test"])
    named = rest[0], rest[1] if len(rest) == 2 else None
    return named, Hypothesis.from_json(contents), where


def _subject(
    command: str, name: str, device: str, steps: Steps, *, has_corpus: bool
) -> dict[str, Any]:
    """Open a catalogue, or load a model; a model of the demo has a catalogue in the cache."""
    from lmscope.catalogue import Catalogue

    folder = Path(name)
    if (folder / "manifest.json").exists() or (folder / "scan.json").exists():
        return {"catalogue": Catalogue.open(folder)}
    from lmscope import demonstration

    if name in demonstration.MODELS and not has_corpus:
        from platformdirs import user_cache_path

        found = demonstration.catalogue_of(
            name,
            user_cache_path("lmscope") / "demo",
            n_tokens=demonstration.N_TOKENS,
            say=lambda sentence: say(sentence, sys.stderr),
            report=lambda p: steps.report(f"{p.stage} (once)", p.tokens_done, p.tokens_total or 0),
        )
        assert found is not None  # nobody asks it to stop early
        return {"catalogue": found}
    if not has_corpus:
        from lmscope.models.names import resolve, unknown

        if not folder.exists() and "/" not in name and resolve(name) is None:
            raise unknown(name)
        what = f"a catalogue of {name}, or texts by --corpus"
        raise MissingArgument(f"lmscope {command}", what, typed.USAGE[command])
    from lmscope.models.loading import load

    return {"model": load(name, device=device)}


def find(
    *subjects: str,
    rule: str | None = None,
    corpus: Many = None,
    tokens: int | None = None,
    which: Literal["last", "first", "any"] = "last",
    layers: str | None = None,
    n: Annotated[int, Parameter(name=["-n", "--number"])] = 20,
    seed: int = 0,
    device: str = "auto",
    as_json: Json = False,
) -> int:
    """Find the neurons that fire where a rule says, among all of one or several models.

    Args:
        subjects: Catalogues, whose own texts are searched; or models, with --corpus.
        rule: Where a neuron should fire, on characters: a regular expression, words: I, you, ...
        corpus: Other texts than the catalogues', as for scan.
        tokens: Tokens of those at most.
        which: Which token of a place should fire.
        layers: Which layers, as 0,3-5; all unless told.
        n: How many neurons of each model to judge on held-out text.
        seed: Of halves and shuffles.
        device: cpu, cuda, mps; auto takes the fastest there is.
        as_json: Print JSON.
    """
    if rule is None or not subjects:
        missing = "a rule, by --rule" if rule is None else "a catalogue or a model"
        raise MissingArgument("lmscope find", missing, typed.USAGE["find"])
    if n < 1:
        raise BadOption("-n", n, "it counts what is judged, from 1 on")
    if tokens is not None and not corpus:
        raise BadOption("--tokens", tokens, "a catalogue's texts are searched whole")
    wanted = None if layers is None else typed.layers(layers)
    from lmscope import finding
    from lmscope.rules import Rule

    read, found = Rule.read(rule), []
    with Steps() as steps:
        for name in subjects:
            [subject] = _subject("find", name, device, steps, has_corpus=bool(corpus)).values()
            found.append(
                finding.find(
                    read,
                    subject,
                    corpus,
                    n_tokens=tokens,
                    which=which,
                    k=n,
                    seed=seed,
                    layers=wanted,
                    device=device,
                    report=partial(steps.report, f"running {name}"),
                )
            )
    neurons = finding.ranked([neuron for one in found for neuron in one.neurons])
    if as_json:
        facts = [
            {k: v for k, v in one.to_json().items() if k not in ("neurons", "rule")}
            for one in found
        ]
        both = {"rule": read.text, "searched": facts}
        print_json(both | {"neurons": [neuron.to_json() for neuron in neurons]})
        return 0
    from lmscope.terminal.verdicts import found_page

    show(found_page([one.to_json() for one in found], [x.to_json() for x in neurons], paper()))
    return 0


def tune(
    *words: str,
    values: str = "letters",
    rule: str | None = None,
    device: str = "auto",
    as_json: Json = False,
) -> int:
    """Fill the slot of a template with one value after the other, and watch a neuron.

    Args:
        words: A catalogue or model, the neuron, and the template in quotes, with one slot in
            braces: "{marker} Aurora {marker} Luna".
        values: What fills the slot: letters, digits, numbers, numbers 100, punctuation, days,
            months; or values of your own, parted by commas.
        rule: Says for each value whether it should fire.
        device: cpu, cuda, mps; auto takes the fastest there is.
        as_json: Print JSON.
    """
    if len(words) not in (2, 3) or "{" not in words[-1]:
        raise MissingArgument("lmscope tune", "a neuron and a template", typed.USAGE["tune"])
    *named, template = words
    second = named[1] if len(named) == 2 else None
    name, address = typed.catalogue_and_address(named[0], second, command="tune")
    from lmscope.looking import find_neuron
    from lmscope.models.loading import load, load_again
    from lmscope.rules import Rule
    from lmscope.tuning import curve_page, tuning_curve

    read = None if rule is None else Rule.read(rule)
    if (Path(name) / "manifest.json").exists():
        from lmscope.catalogue import Catalogue

        model = load_again(Catalogue.open(name).manifest["model"], device=device)
    else:
        model = load(name, device=device)
    found = find_neuron(model, address)
    listed = values.split(",") if "," in values else values
    curve = tuning_curve(model, template, listed, (found.layer, found.neuron), rule=read)
    if as_json:
        print_json(curve.to_json())
    else:
        show(curve_page(curve, paper()))
    return 0
