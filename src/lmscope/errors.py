"""Every mistake that lmscope explains, and the search for the nearest right name.

    LmscopeError
    ├── UnknownModel, AmbiguousModel, ModelNotHere, NotAModel     which model
    ├── NoNeurons, UnsupportedArchitecture, ModelRefused          a model without readable neurons
    ├── UnknownSite, UnreadableNeuron, LayerOutOfRange, NeuronOutOfRange, NeuronNotExported
    ├── UnknownCorpus, UnreadableCorpus, MissingField, EmptyCorpus
    ├── NoText, TextTooLong, TokenOutOfRange, ContextTooLong, Stopped
    ├── CatalogueExists, AlreadyThere, NotACatalogue, CatalogueUnfinished, CatalogueDamaged,
    │   NoCatalogues, UnknownAddress, WrongCatalogue, NothingToResume, ScanChanged, PartsDiffer
    ├── UnreadableRule, RuleNeedsTokens, RuleTooSlow, RuleTooBroad, UnreadablePairs
    ├── ArraysDiffer, NotFinite, NoTokens                        evidence
    ├── UnknownJournal, JournalUnreachable, NotAJournal, JournalDamaged, JournalTooNew,
    │   JournalBusy, EntryRefused, ImportRefused, NotInLog, StaleEntry
    ├── DiskFull, NotUsable, MissingExtra
    ├── NoSuchFile, NotLive, TooBusy, TookTooLong, TooLarge, PortTaken       the site
    ├── UnknownCommand, UnknownOption, BadOption, MissingArgument, LeftOver, LooseText

Each message is a fact, the nearest thing that works, the reason if it can be
seen, and one command: at most four lines. Each class keeps its facts as
attributes, so that a terminal, JSON and a page can each show them.
"""

from __future__ import annotations

import difflib
import errno
import os
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any


class LmscopeError(Exception):
    """A mistake that lmscope explains; its text is meant for the person at the screen."""

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.facts = facts
        for name, value in facts.items():
            setattr(self, name, value)


# Letters and digits that are taken for one another, and separators that people mix.
_LOOK_ALIKES = str.maketrans({"1": "l", "i": "l", "|": "l", "0": "o", "_": "-", " ": "-", ".": "-"})


def fold(name: str) -> str:
    """Bring a name to a form in which look-alikes are equal.

    Example:
        >>> fold("SOLU_11") == fold("solu-1l") == fold("solu-il")
        True
    """
    return name.strip().casefold().translate(_LOOK_ALIKES)


def nearest(name: str, known: Iterable[str], n: int = 2) -> list[str]:
    """Find the known names that a person most likely meant, best first.

    Args:
        name: What was typed.
        known: The names that exist.
        n: How many to return at most.

    Example:
        >>> nearest("solu-11", ["solu-1l", "solu-2l", "gelu-1l", "gpt2-small"])
        ['solu-1l', 'solu-2l']
        >>> nearest("gpt2small", ["gpt2-small", "gpt2-xl"], n=1)
        ['gpt2-small']
    """
    wanted = fold(name)
    folded: dict[str, list[str]] = {}
    for candidate in known:
        folded.setdefault(fold(candidate), []).append(candidate)
    close = difflib.get_close_matches(wanted, folded, n=n, cutoff=0.6)
    same = [f for f in folded if f.replace("-", "") == wanted.replace("-", "")]
    order = same + [f for f in close if f not in same]
    return [candidate for f in order for candidate in folded[f]][:n]


def _or(names: Sequence[str]) -> str:
    return " or ".join(f"'{n}'" for n in names)


def look_alike(typed: str, right: str) -> str | None:
    """Say which look-alike character was typed in place of the right one.

    Example:
        >>> look_alike("solu-11", "solu-1l")
        "You typed the digit '1' where the name has the letter 'l'."
    """
    if len(typed) != len(right):
        return None
    wrong = [(a, b) for a, b in zip(typed.casefold(), right.casefold(), strict=True) if a != b]
    if len(wrong) != 1 or fold(wrong[0][0]) != fold(wrong[0][1]):
        return None

    def kind(c: str) -> str:
        return "digit" if c.isdigit() else "letter" if c.isalpha() else "sign"

    a, b = wrong[0]
    return f"You typed the {kind(a)} '{a}' where the name has the {kind(b)} '{b}'."


def _range(n: int, thing: str) -> str:
    return f"one {thing}, numbered 0" if n == 1 else f"{thing}s 0 to {n - 1}"


# --- which model ---------------------------------------------------------------------------


class UnknownModel(LmscopeError, LookupError):
    """No alias, folder, file or hub id of that name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        near = nearest(name, known)
        lines = [f"There is no model called '{name}'."]
        if near:
            lines.append(f"Did you mean {_or(near)}?")
            if why := look_alike(name, near[0]):
                lines.append(f"({why})")
        lines.append(f"See all {len(known)} names with: lmscope models")
        super().__init__("\n".join(lines), name=name, nearest=near)


class ModelNotHere(LmscopeError, LookupError):
    """A hub model that is not in the local cache while the hub cannot be reached."""

    def __init__(self, name: str, repo: str, reason: str) -> None:
        super().__init__(
            f"The files of '{name}' ({repo} on the Hugging Face hub) are not on this machine, "
            f"and the hub could not be reached ({reason}).\n"
            "Load it once with a network, or give a local folder or .gguf file instead of a name.\n"
            "See which models are already here with: lmscope models",
            name=name,
            repo=repo,
            reason=reason,
        )


class NotAModel(LmscopeError, ValueError):
    """A path that exists but holds no model."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"{path} is not a model: {reason}.\n"
            "A model is a folder with config.json, weights and tokenizer, or a .gguf file.",
            path=path,
            reason=reason,
        )


class NoNeurons(LmscopeError, ValueError):
    """A model without MLP layers."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} has attention layers only: without an MLP there are no neurons to look at.\n"
            "Models of the same family with neurons: 'solu-1l', 'gelu-1l'.",
            name=name,
        )


class UnsupportedArchitecture(LmscopeError, ValueError):
    """No MLP projection was found, neither in the registry nor by the rule."""

    def __init__(self, name: str, architecture: str, reason: str) -> None:
        super().__init__(
            f"lmscope does not know where the neurons of {name} are "
            f"(architecture {architecture!r}).\n"
            f"Reason: {reason}.\n"
            "See the architectures that it knows with: lmscope models --architectures",
            name=name,
            architecture=architecture,
            reason=reason,
        )


class ModelRefused(LmscopeError, ValueError):
    """A model whose activations did not reproduce the output of its own MLP."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"{name} was loaded, but did not prove itself: {reason}.\n"
            "Its neurons would be shown wrongly, so lmscope refuses it.",
            name=name,
            reason=reason,
        )


# --- which neuron --------------------------------------------------------------------------


class UnknownSite(LmscopeError, LookupError):
    """The model has no such site."""

    def __init__(self, model: str, site: str, sites: Sequence[str]) -> None:
        why = ": only SoLU models do" if site == "mid" else ""
        super().__init__(
            f"{model} has no site '{site}'{why}. Sites: {', '.join(sites)}.",
            model=model,
            site=site,
            sites=tuple(sites),
        )


class OtherSite(LmscopeError, ValueError):
    """A neuron addressed at another site than the model was loaded for."""

    def __init__(self, model: str, site: str, wanted: str) -> None:
        super().__init__(
            f"{model} was loaded at site '{site}', the address names site '{wanted}'.\n"
            f"Load it there: load('{model}', site='{wanted}'), "
            f"or on the command line --site {wanted}",
            model=model,
            site=site,
            wanted=wanted,
        )


class UnreadableNeuron(LmscopeError, ValueError):
    """Text that names no neuron."""

    def __init__(self, typed: str, reason: str = "") -> None:
        super().__init__(
            f"'{typed}' does not name a neuron{': ' + reason if reason else ''}.\n"
            "Write layer and neuron as L0N737 or 0/737, or with the model: solu-1l/0/737.",
            typed=typed,
        )


class LayerOutOfRange(LmscopeError, IndexError):
    """A layer that the model does not have."""

    def __init__(
        self, model: str, n_layers: int, layer: int, neuron: int = 0, d_mlp: int = 0
    ) -> None:
        has = f"has {_range(n_layers, 'layer')}"
        message = f"{model} {has}. You asked for layer {layer}."
        if 0 <= neuron < n_layers and 0 <= layer < d_mlp:
            message += f"\nDid you mean {model}/{neuron}/{layer}? (The layer comes first.)"
        super().__init__(message, model=model, n_layers=n_layers, layer=layer)


class LayerNotScanned(LmscopeError, IndexError):
    """A layer that the model has and the catalogue has not."""

    def __init__(self, path: Path | str, layer: int, layers: str) -> None:
        super().__init__(
            f"Layer {layer} was not scanned: {path} holds the layers {layers}.\n"
            f"Scan it into another folder with: lmscope scan MODEL CORPUS --layers {layer} -o DIR",
            path=str(path),
            layer=layer,
        )


class NeuronOutOfRange(LmscopeError, IndexError):
    """A neuron that the layer does not have."""

    def __init__(self, model: str, layer: int, d_mlp: int, neuron: int) -> None:
        super().__init__(
            f"Layer {layer} of {model} has {_range(d_mlp, 'neuron')}. "
            f"You asked for neuron {neuron}.",
            model=model,
            layer=layer,
            d_mlp=d_mlp,
            neuron=neuron,
        )


class NeuronNotExported(LmscopeError, IndexError):
    """A neuron that the model has and an excerpt of its catalogue has not."""

    def __init__(
        self, path: Path | str, layer: int, neuron: int, there: Sequence[int], d_mlp: int
    ) -> None:
        near = min(there, key=lambda n: abs(n - neuron))
        super().__init__(
            f"L{layer}N{neuron} was not exported: {path} holds {len(there):,} of the {d_mlp:,} "
            f"neurons of layer {layer}, from {there[0]} to {there[-1]}.\n"
            f"The nearest is L{layer}N{near}.\n"
            "Take it from the whole catalogue with: "
            f"lmscope export CATALOGUE --neurons L{layer}N{neuron} -o DIR",
            path=str(path),
            layer=layer,
            neuron=neuron,
            nearest=f"L{layer}N{near}",
        )


# --- corpora and texts ---------------------------------------------------------------------


class UnknownCorpus(LmscopeError, LookupError):
    """A corpus that is neither a file, a folder nor a hub data set."""

    def __init__(self, spec: str, near: Sequence[str] = ()) -> None:
        lines = [f"There is no file or folder '{spec}'."]
        if near:
            lines.append(f"Did you mean {_or(near)}?")
        lines.append(
            "A corpus is a .txt, .jsonl, .csv or .parquet file, a folder, or hf:OWNER/NAME."
        )
        super().__init__("\n".join(lines), spec=spec, nearest=list(near))


class UnreadableCorpus(LmscopeError, ValueError):
    """A corpus that exists but cannot be read as its kind."""

    def __init__(self, spec: str, reason: str, remedy: str = "") -> None:
        super().__init__(
            f"{spec} cannot be read: {reason}." + (f"\n{remedy}" if remedy else ""),
            spec=spec,
            reason=reason,
        )


class MissingField(LmscopeError, LookupError):
    """A table without the text column that was asked for."""

    def __init__(self, spec: str, field: str, fields: Sequence[str]) -> None:
        near = nearest(field, fields, n=1) or list(fields[:1])
        shown = ", ".join(fields[:5]) + (", ..." if len(fields) > 5 else "")
        super().__init__(
            f"{spec} has no field '{field}'. It has: {shown}.\n"
            + (f"Name the one with the text: {spec}::field={near[0]}" if near else ""),
            spec=spec,
            field=field,
            fields=list(fields),
        )


class EmptyCorpus(LmscopeError, ValueError):
    """A corpus without a single token that counts."""

    def __init__(self, spec: str, reason: str) -> None:
        super().__init__(f"There is no text to scan in {spec}: {reason}.", spec=spec, reason=reason)


class NoText(LmscopeError, ValueError):
    """Nothing to look at."""

    def __init__(self, read_as_neuron: str = "") -> None:
        why = f": '{read_as_neuron}' names a neuron" if read_as_neuron else ""
        super().__init__(
            f"There is no text to look at{why}.\n"
            'Give it in quotes, or by a pipe: echo "any text" | lmscope look solu-1l L0N737'
        )


class TextTooLong(LmscopeError, ValueError):
    """More tokens than the model reads at once."""

    def __init__(self, model: str, n_tokens: int, n_ctx: int) -> None:
        super().__init__(
            f"This text has {n_tokens:,} tokens; {model} reads {n_ctx:,} at once.\n"
            "Cut the text, or let lmscope cut it into segments with: --segments",
            model=model,
            n_tokens=n_tokens,
            n_ctx=n_ctx,
        )


class TokenOutOfRange(LmscopeError, IndexError):
    """A token that the text does not have, or whose activations mean nothing."""

    def __init__(self, n_tokens: int, token: int, *, counts: bool = True) -> None:
        if counts:
            message = f"This text has {_range(n_tokens, 'token')}. You asked for token {token}."
        else:
            message = (
                f"Token {token} never counts: it is special, or the first of its segment, where "
                "many models park attention.\nAsk for a later one."
            )
        super().__init__(message, n_tokens=n_tokens, token=token)


class Stopped(LmscopeError):
    """A computation that was told to end early."""

    def __init__(self) -> None:
        super().__init__("It was stopped before its end; nothing was changed.")


class ContextTooLong(LmscopeError, ValueError):
    """A segment length that the model cannot read."""

    def __init__(self, model: str, context: int, n_ctx: int) -> None:
        super().__init__(
            f"--context {context} is more than {model} can read: its context is {n_ctx} tokens.\n"
            f"The longest that works: --context {n_ctx}",
            model=model,
            context=context,
            n_ctx=n_ctx,
        )


# --- catalogues ----------------------------------------------------------------------------


class UnknownColumn(LmscopeError, KeyError):
    """A statistic that the catalogue does not have."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        near = nearest(name, known)
        message = f"A catalogue has no statistic '{name}'."
        message += f"\nDid you mean {_or(near)}?" if near else f"\nIt has: {', '.join(known)}."
        super().__init__(message, name=name, nearest=near)

    __str__ = Exception.__str__  # KeyError would quote the message


class CatalogueExists(LmscopeError, FileExistsError):
    """A folder that would have to be overwritten."""

    def __init__(self, path: Path | str, what: str) -> None:
        remedy = (
            f"Finish it with: lmscope scan --resume {path}"
            if what == "an unfinished scan"
            else "Give another folder with -o, or remove this one first."
        )
        super().__init__(
            f"{path} already holds {what}; nothing was changed.\n{remedy}", path=str(path)
        )


class AlreadyThere(LmscopeError, FileExistsError):
    """A file or folder that an export would have to overwrite."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(
            f"{path} is already there; nothing was changed.\n"
            "Give another name with -o, or remove it first.",
            path=str(path),
        )


class NotACatalogue(LmscopeError, ValueError):
    """A folder that is no catalogue."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(
            f"{path} is not a catalogue: {reason}.\n"
            "A catalogue is a folder with manifest.json, made with: lmscope scan",
            path=str(path),
            reason=reason,
        )


class CatalogueUnfinished(LmscopeError, ValueError):
    """A scan that has not reached its end."""

    def __init__(self, path: Path | str, done: int, total: int) -> None:
        super().__init__(
            f"The scan in {path} is unfinished ({done} of {total} blocks).\n"
            f"Finish it with: lmscope scan --resume {path}",
            path=str(path),
            done=done,
            total=total,
        )


class NoCatalogues(LmscopeError, LookupError):
    """A site without anything to show."""

    def __init__(self) -> None:
        super().__init__(
            "There is no catalogue to show.\n"
            "Make one with: lmscope demo\n"
            "or name the folders that hold some: lmscope serve DIR..."
        )


class UnknownAddress(LmscopeError, LookupError):
    """A catalogue that the site does not show."""

    def __init__(self, address: str, known: Sequence[str]) -> None:
        near = nearest(address, known)
        message = f"There is no catalogue called '{address}' here."
        if near:
            message += f"\nDid you mean {_or(near)}?"
            if why := look_alike(address, near[0]):
                message += f"\n({why})"
        super().__init__(message, address=address, nearest=near)


class CatalogueDamaged(LmscopeError, ValueError):
    """A file of the catalogue that is missing or differs from its checksum."""

    def __init__(self, path: Path | str, file: str, reason: str) -> None:
        super().__init__(
            f"{file} in {path} is damaged: {reason}. The other files stay readable.\n"
            f"Check them all with: lmscope verify {path}",
            path=str(path),
            file=file,
            reason=reason,
        )


class WrongCatalogue(LmscopeError, ValueError):
    """A catalogue of another model or site than the one in hand."""

    def __init__(self, path: Path | str, catalogue_of: str, model: str) -> None:
        super().__init__(
            f"{path} is the catalogue of {catalogue_of}, not of {model}.\n"
            "Numbers of different models or sites are never compared.",
            path=str(path),
            catalogue_of=catalogue_of,
            model=model,
        )


class NothingToResume(LmscopeError, LookupError):
    """No unfinished scan in the folder."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(
            f"There is no unfinished scan in {path}: {reason}.\n"
            f"Start one with: lmscope scan MODEL CORPUS -o {path}",
            path=str(path),
            reason=reason,
        )


class ScanChanged(LmscopeError, ValueError):
    """Model files that are no longer those the scan began with."""

    def __init__(self, path: Path | str, what: str) -> None:
        super().__init__(
            f"The scan in {path} cannot go on: {what}.\n"
            "Half of its numbers would come from something else. Start it anew in another folder.",
            path=str(path),
            what=what,
        )


class PartsDiffer(LmscopeError, ValueError):
    """Partial scans that do not belong together."""

    def __init__(self, a: Path | str, b: Path | str, what: str) -> None:
        super().__init__(
            f"{a} and {b} cannot be merged: {what}.\n"
            "Parts belong together when model, corpus and options are the same "
            "and no part is there twice.",
            a=str(a),
            b=str(b),
            what=what,
        )


# --- rules and texts of evidence -------------------------------------------------------------


def _brief(text: str) -> str:
    """Quote a text in one line, cut if it is long."""
    text = text.replace("\n", "↵")
    return f"'{text}'" if len(text) <= 60 else f"'{text[:59]}…'"


class UnreadableRule(LmscopeError, ValueError):
    """A text that is no rule."""

    def __init__(self, rule: str, reason: str, remedy: str = "", at: int | None = None) -> None:
        where = f" (character {at})" if at is not None else ""
        super().__init__(
            f"{_brief(rule)} is no rule: {reason}{where}." + (f"\n{remedy}" if remedy else ""),
            rule=rule,
            reason=reason,
            at=at,
        )


class RuleNeedsTokens(LmscopeError, ValueError):
    """A rule on tokens for a text that has not been cut."""

    def __init__(self, rule: str) -> None:
        super().__init__(
            f"{_brief(rule)} speaks of tokens, and what a token is depends on the model.\n"
            "Say of which model the tokens are, or write the rule on characters.",
            rule=rule,
        )


class RuleTooSlow(LmscopeError, TimeoutError):
    """A rule that was stopped in the middle of a document."""

    def __init__(self, rule: str, construct: str, at: int, document: str, limit_s: float) -> None:
        super().__init__(
            f"{_brief(rule)} was stopped after {limit_s:.2g} seconds in {document}.\n"
            f"What can take so long is {construct} (character {at}).\n"
            "Write it so that a text can match it in one way only: a+ in place of (a+)+.",
            rule=rule,
            construct=construct,
            at=at,
            document=document,
            limit_s=limit_s,
        )


class RuleTooBroad(LmscopeError, ValueError):
    """A rule that matches at nearly every character of a long document."""

    def __init__(self, rule: str, document: str, most: int) -> None:
        super().__init__(
            f"{_brief(rule)} matches more than {most:,} times in {document}.\n"
            "A rule that marks nearly everything says nothing; make it narrower.",
            rule=rule,
            document=document,
            most=most,
        )


class UnreadablePairs(LmscopeError, ValueError):
    """Texts of evidence that cannot be told into matching and other ones."""

    def __init__(self, name: str, reason: str, remedy: str = "") -> None:
        super().__init__(
            f"{name} cannot be read as texts that match and texts that do not: {reason}."
            + (f"\n{remedy}" if remedy else ""),
            name=name,
            reason=reason,
        )


# --- the lab notebook ----------------------------------------------------------------------


class UnknownJournal(LmscopeError, ValueError):
    """An address at which no lab notebook can be; only its scheme is told, the rest is secret."""

    def __init__(self, scheme: str, reason: str) -> None:
        super().__init__(
            f"The address {scheme}://... names no lab notebook: {reason}.\n"
            "Give a file, or postgresql://NAME:PASSWORD@HOST/DATABASE.",
            scheme=scheme,
            reason=reason,
        )


class JournalUnreachable(LmscopeError, ConnectionError):
    """A server that does not answer or does not let us in."""

    def __init__(self, place: str, reason: str, command: str) -> None:
        super().__init__(
            f"The lab notebook at {place} cannot be used: {reason}.\n"
            f"Try whether the database answers with: {command}",
            place=place,
            reason=reason,
        )


class NotAJournal(LmscopeError, ValueError):
    """A file or database that holds something else."""

    def __init__(
        self, place: str, reason: str, remedy: str = "Give the notebook a place of its own."
    ) -> None:
        super().__init__(
            f"{place} is no lab notebook: {reason}. Nothing was changed.\n{remedy}",
            place=place,
            reason=reason,
        )


class JournalDamaged(LmscopeError, ValueError):
    """A file whose pages contradict each other."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(
            f"The lab notebook {path} is damaged: {reason}.\n"
            f"Save what can still be read with: sqlite3 {shlex.quote(str(path))} .recover",
            path=str(path),
            reason=reason,
        )


class JournalTooNew(LmscopeError, ValueError):
    """A notebook whose tables this version does not know."""

    def __init__(self, place: str, revision: str, known: str) -> None:
        super().__init__(
            f"The lab notebook {place} was written by a newer lmscope "
            f"(its tables are of revision {revision}, this one knows {known}).\n"
            "Get the newest with: pip install --upgrade lmscope",
            place=place,
            revision=revision,
            known=known,
        )


class JournalBusy(LmscopeError, TimeoutError):
    """Another process that keeps the notebook to itself."""

    def __init__(self, place: str, waited_s: float) -> None:
        super().__init__(
            f"The lab notebook {place} is in use by another process, which did not let go of it "
            f"for {waited_s:g} seconds.\nNothing was changed; try again.",
            place=place,
            waited_s=waited_s,
        )


class EntryRefused(LmscopeError, ValueError):
    """A name, a note or anything else that a log cannot keep."""


class ImportRefused(LmscopeError, ValueError):
    """A line that is no entry of a log, or does not go together with what the log has."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(
            f"Nothing was imported, because of line {line}.\n{reason}", line=line, reason=reason
        )


class NotInLog(LmscopeError, LookupError):
    """A neuron that the person has not seen."""

    def __init__(self, person: str, neuron: str) -> None:
        super().__init__(
            f"{neuron} is not in the log of {person}: it was never looked at under this name.\n"
            "Look at it first.",
            person=person,
            neuron=neuron,
        )


class StaleEntry(LmscopeError):
    """A change to an entry that has changed meanwhile; `entry` is what it is now."""

    def __init__(self, neuron: str, version: int, entry: Any) -> None:
        super().__init__(
            f"The entry of {neuron} has changed meanwhile: your change was made to version "
            f"{version}, now it is version {entry.version}.\n"
            "See what it says now, then make your change again.",
            neuron=neuron,
            version=version,
            entry=entry,
        )


# --- evidence ------------------------------------------------------------------------------


class ArraysDiffer(LmscopeError, ValueError):
    """Arrays that are not one value each for every token, or for every text."""

    def __init__(
        self, name: str, shape: tuple[int, ...], other: str, other_shape: tuple[int, ...]
    ) -> None:
        super().__init__(
            f"{name} has the shape {list(shape)} and {other} has {list(other_shape)}.\n"
            "Both need one value for each of the same things.",
            names=(name, other),
            shapes=(shape, other_shape),
        )


class NotFinite(LmscopeError, ValueError):
    """Activations that are infinite or no numbers."""

    def __init__(self, n_bad: int, n: int) -> None:
        super().__init__(
            f"{n_bad:,} of {n:,} activations are infinite or no numbers.\n"
            "A model in half precision may do that: load it in float32.",
            n_bad=n_bad,
            n=n,
        )


class NoTokens(LmscopeError, ValueError):
    """Evidence asked of nothing."""

    def __init__(self) -> None:
        super().__init__("There is nothing to judge by: not one token counts.")


# --- the machine and the command line ------------------------------------------------------


class DiskFull(LmscopeError, OSError):
    """No space left while writing."""

    def __init__(self, path: Path | str, kept: str) -> None:
        super().__init__(f"The disk is full: {path} could not be written.\n{kept}", path=str(path))


class NotUsable(LmscopeError, OSError):
    """A file or folder that the machine does not let us read or write."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(f"{path} cannot be used: {reason}.", path=str(path), reason=reason)


class MissingExtra(LmscopeError, ImportError):
    """A feature whose optional packages are not installed."""

    def __init__(self, extra: str, what: str) -> None:
        super().__init__(
            f"{what} needs packages that are not installed.\n"
            f'Get them with: pip install "lmscope[{extra}]"',
            extra=extra,
            what=what,
        )


class UnknownCommand(LmscopeError, LookupError):
    """No command of that name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        near = nearest(name, known, n=1)
        message = f"There is no command '{name}'."
        message += f"\nDid you mean '{near[0]}'?" if near else f"\nThere are: {', '.join(known)}."
        message += "\nSee what each does with: lmscope --help"
        super().__init__(message, name=name, nearest=near)


class UnknownOption(LmscopeError, LookupError):
    """An option that the command does not have."""

    def __init__(self, command: str, option: str, known: Sequence[str]) -> None:
        near = [] if " " in option else nearest(option, known, n=1)
        lines = [f"{command} has no option '{option}'."]
        if " " in option:
            lines.append("A text that begins with a dash goes last, behind two dashes: -- TEXT")
        elif near:
            lines.append(f"Did you mean '{near[0]}'?")
        lines.append(f"See all with: {command} --help")
        super().__init__("\n".join(lines), command=command, option=option, nearest=near)


class MissingArgument(LmscopeError, ValueError):
    """A command without something that it needs."""

    def __init__(self, command: str, what: str, usage: str) -> None:
        super().__init__(
            f"{command} needs {what}.\nWrite it like this: {usage}", command=command, what=what
        )


class LeftOver(LmscopeError, ValueError):
    """A word on the command line that the command has no use for."""

    def __init__(self, command: str, word: str, usage: str) -> None:
        super().__init__(
            f"{command} has no use for '{word}'.\nWrite it like this: {usage}",
            command=command,
            word=word,
        )


class LooseText(LmscopeError, ValueError):
    """A text whose words were given one by one."""

    def __init__(self, words: Sequence[str]) -> None:
        text = " ".join(words)
        text = text if len(text) <= 60 else text[:59] + "…"
        super().__init__(
            f"One text is looked at, but there are {len(words)} pieces: "
            f"{', '.join(repr(w) for w in words[:3])}{', ...' if len(words) > 3 else ''}.\n"
            f'Put quotes round it: "{text}"',
            words=list(words),
        )


class BadOption(LmscopeError, ValueError):
    """An option whose value cannot work."""

    def __init__(self, option: str, value: object, reason: str) -> None:
        super().__init__(f"{option} {value}: {reason}.", option=option, value=value, reason=reason)


_THE_MACHINE_SAYS_NO = {
    errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.ENOTDIR, errno.EISDIR,
    errno.ENAMETOOLONG, errno.EMFILE, errno.ELOOP, errno.EFBIG,
}  # fmt: skip


def explained_by_machine(error: OSError) -> LmscopeError | None:
    """Turn what the machine complains of into a sentence; None if it may be a bug.

    Example:
        >>> print(explained_by_machine(PermissionError(errno.EACCES, "no", "/root/x")))
        /root/x cannot be used: permission denied.
    """
    path = error.filename or "Standard output"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(path, "What was complete before is unchanged.")
    if error.errno in _THE_MACHINE_SAYS_NO:
        return NotUsable(path, os.strerror(error.errno).lower())
    return None


# --- the site ------------------------------------------------------------------------------


class NoSuchFile(LmscopeError, LookupError):
    """A file that a catalogue on the site does not have."""

    def __init__(self, address: str, file: str) -> None:
        super().__init__(
            f"The catalogue '{address}' has no file '{file}'.", address=address, file=file
        )


class NotLive(LmscopeError, LookupError):
    """A text for a model that this server does not run."""

    def __init__(self, why: str) -> None:
        super().__init__(why)


class TooBusy(LmscopeError):
    """More texts in the queue than would be answered in time."""

    def __init__(self, n_waiting: int) -> None:
        super().__init__(
            f"{n_waiting} other texts are waiting for the model. Try again in a moment.",
            n_waiting=n_waiting,
        )


class TookTooLong(LmscopeError):
    """A computation whose time was up."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The model had no answer within {seconds:.0f} seconds, so it was stopped.\n"
            "Give it a shorter text, or scan the whole one with: lmscope scan",
            seconds=seconds,
        )


class TooLarge(LmscopeError, ValueError):
    """A text that is too long for a page."""

    def __init__(self, n_characters: int, most: int) -> None:
        super().__init__(
            f"This text has {n_characters:,} characters; a page takes {most:,}.\n"
            "Show every neuron a long text with: lmscope scan",
            n_characters=n_characters,
            most=most,
        )


class PortTaken(LmscopeError, OSError):
    """A port on which another program listens, or an address that is not this machine's."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"Port {port} of {host} cannot be used: {reason}.\n"
            f"Take another, or any free one, with: lmscope serve --port {port + 1}  or  --port 0",
            host=host,
            port=port,
            reason=reason,
        )
