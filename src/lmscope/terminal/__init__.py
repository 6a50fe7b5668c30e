"""Neurons, texts and catalogues drawn as pages for a terminal. Knows the nouns; no file, no model.

What the marks mean: blue background, above zero; orange, below; the fuller, the
nearer to the neuron's extreme on the corpus. Bold and underlined,
or in [brackets] where there are no colours: the peak. ``↵`` is a line break,
``→`` a tab, ``·`` a space where spaces would not be seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.cells import cell_len
from rich.console import Group
from rich.text import Text

from lmscope.terminal.ink import Paper, facts, histogram, shaded, table, wrapped
from lmscope.writing import STATISTICS, number, share, visible

if TYPE_CHECKING:
    from lmscope.looking import Look, Ranking
    from lmscope.neurons import Band, Example, NeuronRecord, TokenEffect

__all__ = [
    "Paper",
    "look_page",
    "manifest_page",
    "neuron_page",
    "ranking_page",
    "table",
    "visible",
]

_INDENT = 5


def neuron_page(
    record: NeuronRecord,
    paper: Paper,
    source: Callable[[int], tuple[str, int]],
    *,
    function: str,
    n_top: int = 10,
    n_bottom: int = 5,
    whole_bands: bool = False,
) -> Group:
    """Draw everything that the catalogue knows of one neuron.

    Args:
        record: The neuron.
        paper: What to draw on.
        source: Gives the file and the position there of a document (`Catalogue.source`).
        function: Name of the activation function, for the title.
        n_top: How many of the top examples to draw.
        n_bottom: How many of the bottom examples.
        whole_bands: Draw all examples of the bands, not one line for each band.
    """
    m = record.moments
    scale = (m.min, m.max)
    title = Text.assemble(
        (f"{record.id.model} · {record.id.short}", "bold"),
        (f" · site {record.site} · {function}", "dim"),
    )
    parts: list[Text] = [title, Text(), facts(_statistics(record)), Text()]
    parts += [
        histogram(record.histogram, paper),
        Text("Tokens by activation: log counts; each side of zero has its own scale.", "dim"),
    ]
    parts.append(Text())
    for name, effects in (("Promotes", record.promoted), ("Suppresses", record.suppressed)):
        if effects is not None:
            parts.append(_listed(name, (_effect(e) for e in effects), paper))
    if record.is_dead:
        parts += [
            Text(),
            Text(f"Dead on this corpus: never above 0 on {m.count:,} tokens.", "bold"),
        ]
        parts.append(Text("It may well wake up on other texts.", "dim"))
        return Group(*parts)
    peaks = [
        f"{visible(t.token, spaces=True)} \N{MULTIPLICATION SIGN}{t.count}"
        for t in record.peak_tokens
        if t.count > 1
    ]
    parts.append(_listed("Peaks on", peaks or ["another token each time"], paper))
    for name, examples, n in (("Top", record.top, n_top), ("Bottom", record.bottom, n_bottom)):
        shown = examples[:n]
        if shown:
            rest = f" (of {len(examples)})" if len(examples) > len(shown) else ""
            parts += [Text(), Text(f"{name} {len(shown)}{rest}", "bold")]
        for rank, example in enumerate(shown, 1):
            parts += _example(example, rank, scale, paper, source)
    if record.bands:
        parts += [Text(), Text("Random examples by band", "bold")]
    for band in record.bands:
        parts += _band(band, scale, paper, source if whole_bands else None)
    return Group(*parts)


def _statistics(record: NeuronRecord) -> list[tuple[str, str, str]]:
    m = record.moments
    rows = [(name, number(getattr(m, key)), meaning) for key, name, meaning in STATISTICS]
    return [*rows, ("tokens", f"{m.count:,}", "that were counted")]


def _effect(effect: TokenEffect) -> str:
    return f"{visible(effect.token, spaces=True)} {effect.effect:+.2f}"


def _listed(name: str, items: Iterable[str], paper: Paper) -> Text:
    """Draw items behind a name, wrapped between items only."""
    lines, indent = Text(f"{name:<12}", "dim"), 12
    used = indent
    for i, item in enumerate(items):
        if i and used + cell_len(item) + 3 > paper.width:
            lines.append("\n" + " " * indent)
            used = indent
        elif i:
            lines.append("   ")
            used += 3
        lines.append(item, "not dim")
        used += cell_len(item)
    return lines


def _example(
    example: Example,
    rank: int,
    scale: tuple[float, float],
    paper: Paper,
    source: Callable[[int], tuple[str, int]],
) -> list[Text]:
    where = "{}:{}".format(*source(example.document))
    token = visible(example.tokens[example.peak], spaces=True)
    head = Text(f"{rank:>3}  ")
    head.append(f"{_aligned(example.max, scale):>8}", "bold")
    head.append(f"  {_cut(token, 24)}")
    room = paper.width - head.cell_len - 3
    head.append(f"   {_cut_left(visible(where), max(12, room))}", "dim")
    tokens = shaded(example.tokens, example.activations, example.peak, scale, paper)
    return [head, wrapped(tokens, paper.width, _INDENT)]


def _aligned(value: float, scale: tuple[float, float]) -> str:
    """Write a number with as many decimals as show four digits of the scale's larger end."""
    largest = max(abs(scale[0]), abs(scale[1]))
    if not 1e-2 < largest < 1e6:
        return number(value)
    return f"{value:,.{max(0, 3 - math.floor(math.log10(largest)))}f}"


def _band(
    band: Band,
    scale: tuple[float, float],
    paper: Paper,
    source: Callable[[int], tuple[str, int]] | None,
) -> list[Text]:
    if math.isinf(band.low):
        label = f"up to {number(band.high)}" if math.isfinite(band.high) else "all"
    elif math.isinf(band.high):
        label = f"from {number(band.low)}"
    else:
        label = f"{number(band.low)} to {number(band.high)}"
    head = Text(f"  {label:<22}  ", "dim")
    head.append(f"{share(band.share):>7} of segments  ", "dim")
    if source is not None:
        drawn = [head]
        for rank, example in enumerate(band.examples, 1):
            drawn += _example(example, rank, scale, paper, source)
        return drawn
    if not band.examples:
        return [head]
    example = band.examples[0]
    room = paper.width - head.cell_len - 2
    first, last = around(example.tokens, example.peak, room - 4)
    line = Text("…" if first else " ", no_wrap=True, overflow="ellipsis")
    line.append_text(
        shaded(
            example.tokens[first:last],
            example.activations[first:last],
            example.peak - first,
            scale,
            paper,
        )
    )
    line.append("…" if last < len(example.tokens) else "")
    return [Text.assemble(head, line, no_wrap=True, overflow="ellipsis")]


def around(tokens: Sequence[str], peak: int, room: int) -> tuple[int, int]:
    """Choose the tokens on both sides of the peak that fit on one line.

    Returns:
        The first of them, and one behind the last.

    Example:
        >>> around(["one", " two", " three", " four"], 1, 10)
        (0, 2)
    """
    first, last = peak, peak + 1
    widths = [cell_len(visible(token)) for token in tokens]
    used = widths[peak]
    while True:
        is_longer_left = last >= len(tokens) or peak - first <= last - 1 - peak
        for at in (first - 1, last) if is_longer_left else (last, first - 1):
            if 0 <= at < len(tokens) and used + widths[at] <= room:
                used += widths[at]
                first, last = min(first, at), max(last, at + 1)
                break
        else:
            return first, last


def look_page(found: Look, paper: Paper, n: int = 20) -> Group:
    """Draw one neuron on one text: the text shaded, then the tokens it responds to most."""
    title = Text.assemble(
        (f"{found.neuron.model} · {found.neuron.short}", "bold"), (f" · site {found.site}", "dim")
    )
    values = np.where(found.counted, found.activations, np.float32(0))
    if found.scale is not None:
        scale = found.scale
        said = f"Scale: the corpus's {number(scale[0])} to {number(scale[1])}."
    else:
        scale = (float(min(values.min(), 0)), float(max(values.max(), 0)))
        said = "Scale: this text's own extremes. For the neuron's on a corpus: --catalogue DIR"
    parts: list[Text] = [title, Text()]
    text = shaded(found.tokens, values, found.peak, scale, paper)
    parts += [wrapped(text, paper.width), Text()]
    if found.peak is None:
        parts.append(Text("No token counts here: a segment's first token never does."))
        return Group(*parts)
    strongest = np.argsort(-np.abs(values), kind="stable")
    listed = [i for i in strongest.tolist() if found.counted[i]][:n]
    widest = max(abs(float(values[i])) for i in listed) or 1.0
    tokens = [_cut(visible(found.tokens[i], spaces=True), 24) for i in listed]
    room = max(cell_len(token) for token in tokens)
    for i, token in zip(listed, tokens, strict=True):
        value = float(values[i])
        bar = "█" * round(20 * abs(value) / widest) if math.isfinite(value) else ""
        line = Text.assemble(
            (f"{i:>5}  ", "dim"),
            token + " " * (room - cell_len(token)),
            (f"  {number(value):>9}  ", "bold" if i == found.peak else ""),
            (bar, paper.bar(value)),
        )
        parts.append(line)
    parts += [Text(), Text(_peak_sentence(found)), Text(said, "dim")]
    return Group(*parts)


def _peak_sentence(found: Look) -> str:
    assert found.peak is not None
    value = float(found.activations[found.peak])
    token = visible(found.tokens[found.peak], spaces=True)
    sentence = f"Largest at {_cut(token, 24)} (token {found.peak}): {number(value)}"
    if found.scale is not None and found.scale[1] > 0 and value > 0:
        sentence += f", {number(value / found.scale[1])} of the corpus's maximum"
    if found.percentile is not None and not math.isnan(found.percentile):
        sentence += f", above {share(found.percentile)} of the corpus's tokens"
    return sentence + "."


def ranking_page(found: Ranking) -> Group:
    """Draw the neurons that respond most to a text, and where in it."""
    is_relative = found.catalogue is not None
    title = Text.assemble((found.model, "bold"), (f" · site {found.site}", "dim"))
    rows = [["neuron", "activation", *(["of max"] if is_relative else []), "at"]]
    for r in found.responses:
        relative = ["none" if r.relative is None else f"{r.relative:.2f}"] if is_relative else []
        rows.append(
            [r.neuron.short, number(r.activation), *relative, _place(found.tokens, r.token)]
        )
    if is_relative:
        said = "Ranked by the share of each neuron's strongest activation on the corpus."
    else:
        said = "Ranked by size, so large neurons win. For each one's own scale: --catalogue DIR"
    return Group(
        title,
        Text(),
        table(rows, " rr" if is_relative else " r"),
        Text(),
        Text(f"The first {len(found.responses)} of {found.n_neurons:,} neurons. {said}", "dim"),
    )


def _place(tokens: Sequence[str], peak: int) -> str:
    """Write a token in brackets, between its neighbours."""
    first, last = around(tokens, peak, 48)
    before = "".join(visible(t) for t in tokens[first:peak])
    after = "".join(visible(t) for t in tokens[peak + 1 : last])
    return (
        f"{'…' * (first > 0)}{before}[{visible(tokens[peak])}]{after}{'…' * (last < len(tokens))}"
    )


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _cut_left(text: str, width: int) -> str:
    return text if len(text) <= width else "…" + text[1 - width :]


def manifest_page(manifest: Mapping[str, Any], n_neurons: int, n_dead: int | None) -> Text:
    """Draw what a catalogue holds.

    Args:
        manifest: That of the catalogue.
        n_neurons: How many neurons can be read.
        n_dead: Its dead neurons, if they could be counted.
    """
    model, corpus, options = manifest["model"], manifest["corpus"], manifest["options"]
    n_layers, files = len(options["layers"]), manifest["files"]
    n_copies = corpus["read"]["exact_duplicates"]
    of = "" if n_layers == model["n_layers"] else f" of {model['n_layers']}"
    left_out = (
        (n_copies, f"exact {'copy' if n_copies == 1 else 'copies'} left out"),
        (corpus["n_near_duplicate_documents"], "near-duplicates marked"),
        (corpus["read"]["unreadable"], "not readable"),
    )
    rows = [
        ("model", model["name"], f"{model['architecture']}, {model['n_parameters']:,} parameters"),
        ("from", model["source"], f"revision {model['revision']}" if model["revision"] else ""),
        ("site", manifest["site"], model["activation_function"] + ", gated" * model["is_gated"]),
        ("layers", f"{n_layers}{of}", f"{model['d_mlp']:,} neurons each"),
        (
            "neurons",
            f"{n_neurons:,}",
            "" if n_dead is None else f"{n_dead:,} of them dead",
        ),
        ("corpus", ", ".join(corpus["spec"]), ""),
        (
            "tokens",
            f"{corpus['n_tokens']:,}",
            f"{manifest['counted']['n_tokens']:,} of them counted",
        ),
        (
            "documents",
            f"{corpus['n_documents']:,}",
            ", ".join(f"{n:,} {what}" for n, what in left_out if n),
        ),
        ("context", f"{options['context']}", "tokens in a segment"),
        ("examples", f"{options['top']}", "in the top and in the bottom list of a neuron"),
        (
            "size",
            f"{sum(file['bytes'] for file in files.values()) / 1e6:,.1f} MB",
            f"{len(files)} files",
        ),
        ("made by", f"lmscope {manifest['versions']['lmscope']}", ""),
    ]
    return facts([(name, visible(value), visible(meaning)) for name, value, meaning in rows])
