"""Neurons, texts and rankings as HTML without scripts, for notebooks. Knows their JSON only.

1. Nothing but the tags and inline styles that JupyterLab keeps in a notebook that is not trusted.
2. Where styles are taken away too, as on GitHub, all is still said: the peak is bold and
   underlined, values are text, the histogram is made of characters.
3. Colours are translucent, so text keeps the colour of the reader's theme, light or dark, with a
   contrast of 4.5:1 at least. What is below zero is dotted too, for eyes that cannot tell the two.
4. Corpus text is hostile: all of it passes through `visible` and is escaped.
5. A neuron has less than 200 kB.

Blue: above zero. Orange: below. The fuller, the nearer to the neuron's extreme on the corpus.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from html import escape
from typing import Any

from lmscope.errors import MissingExtra
from lmscope.writing import STATISTICS, columns, number, share, strength, visible

_BLUE, _ORANGE = ("#1f6feb", 0.7), ("#d76400", 0.6)
"""And how opaque the fullest colour is."""
_BYTES_OF_EXAMPLES = 150_000
_BYTES_OF_TEXT = 100_000
_N_AT_ONCE = 5
_NEAR, _AROUND = 16, 2_000
"""Tokens on each side of the peak: in examples that are folded away, and of a text at most."""
_LONGEST_TOKEN = 120
_WIDTH = 100

_UNIT = re.compile(r"\\x([0-9a-f]{2})|(.)", re.DOTALL)


def neuron_html(record: Mapping[str, Any]) -> str:
    """Draw everything that a catalogue knows of one neuron.

    Args:
        record: What `NeuronRecord.to_json` gives.
    """
    stats = record["stats"]
    scale = (stats["min"], stats["max"])
    parts = [_title(record), _statistics(stats), _histogram(record["histogram"])]
    if record["logits"] is not None:
        for name in ("promoted", "suppressed"):
            effects = (f"{_token(t['token'])} {t['effect']:+.2f}" for t in record["logits"][name])
            parts.append(f"<p>{name.capitalize()}: {', '.join(effects)}</p>")
    if record["dead"]:
        parts.append(
            f"<p><b>Dead on this corpus: never above 0 on {stats['count']:,} tokens.</b> "
            "It may well wake up on other texts.</p>"
        )
        return _page(parts)
    peaks = [
        f"{_token(t['token'])} \N{MULTIPLICATION SIGN}{t['count']}"
        for t in record["peak_tokens"]
        if t["count"] > 1
    ]
    parts.append(f"<p>Peaks on: {', '.join(peaks) or 'another token each time'}</p>")
    room = _Room(_BYTES_OF_EXAMPLES)
    top, bottom = record["top"], record["bottom"]
    if top:
        parts.append(f"<p><b>Top {len(top)}</b> {_LEGEND}</p>")
        parts.append(_listed(top[:_N_AT_ONCE], scale, room))
        if more := [_near(example) for example in top[_N_AT_ONCE:]]:
            summary = f"{len(more)} more, down to {number(more[-1]['max'])}"
            parts.append(_folded(summary, _listed(more, scale, room, first=_N_AT_ONCE + 1)))
    if bottom:
        shown = [_near(example) for example in bottom[:_N_AT_ONCE]]
        summary = f"<b>Bottom {len(shown)}</b> of {len(bottom)}, from {number(shown[0]['max'])}"
        parts.append(_folded(summary, _listed(shown, scale, room)))
    if record["bands"]:
        bands = "\n".join(_band(band, scale, room) for band in record["bands"])
        parts.append(_folded("<b>A random example from every level</b>", bands))
    return _page(parts)


def look_html(found: Mapping[str, Any]) -> str:
    """Draw one neuron on one text: the text shaded, then the tokens it responds to most.

    Args:
        found: What `Look.to_json` gives.
    """
    counted = found["counted"]
    values = [a if c else 0.0 for a, c in zip(found["activations"], counted, strict=True)]
    if found["scale"] is not None:
        scale = (found["scale"]["min"], found["scale"]["max"])
        said = f"Scale: the corpus's {number(scale[0])} to {number(scale[1])}."
    else:
        scale = (min(0.0, *values), max(0.0, *values))
        said = "Scale: this text's own extremes. A catalogue gives the neuron's own."
    n, peak = len(values), found["peak"] or 0
    near = range(max(0, peak - _AROUND), min(n, peak + _AROUND))
    drawn = _tokens(
        found["tokens"][near.start : near.stop],
        [i - near.start for i in found["split"] if i in near],
        values[near.start : near.stop],
        None if found["peak"] is None else peak - near.start,
        scale,
    )
    first, last = _as_many_as_fit(drawn, peak - near.start, _BYTES_OF_TEXT)
    left_out = n - (last - first)
    is_cut = near.start + first > 0, near.start + last < n
    text = f"{'…' * is_cut[0]}{''.join(drawn[first:last])}{'…' * is_cut[1]}"
    parts = [_title(found), f"<p>{_text(text)}</p>"]
    if left_out:
        parts.append(f"<p><small>{left_out:,} tokens far from the peak are not drawn.</small></p>")
    if found["peak"] is None:
        parts.append("<p>No token counts here: a segment's first token never does.</p>")
        return _page(parts)
    order = sorted((i for i, c in enumerate(counted) if c), key=lambda i: -abs(values[i]))
    rows = [[str(i), _token(found["tokens"][i]), number(values[i])] for i in order[:10]]
    parts.append(f"<p>{_peak_sentence(found)} <small>{said}</small></p>")
    parts.append(_folded("Strongest tokens", _table(["", "token", "activation"], rows)))
    return _page(parts)


def _peak_sentence(found: Mapping[str, Any]) -> str:
    value = found["activations"][found["peak"]]
    said = f"Largest at {_token(found['tokens'][found['peak']])}: <b>{number(value)}</b>"
    if found["scale"] is not None and found["scale"]["max"] > 0 and value > 0:
        said += f", {number(value / found['scale']['max'])} of the corpus's maximum"
    if found["percentile"] is not None and not math.isnan(found["percentile"]):
        said += f", above {share(found['percentile'])} of the corpus's tokens"
    return said + "."


def ranking_html(found: Mapping[str, Any]) -> str:
    """Draw the neurons that respond most to a text, and where in it.

    Args:
        found: What `Ranking.to_json` gives.
    """
    is_relative = found["ranked_by"] == "relative"
    names = ["neuron", "activation", *(["of max"] if is_relative else []), "at"]
    rows = []
    for r in found["neurons"]:
        relative = ["none" if r["relative"] is None else f"{r['relative']:.2f}"]
        place = _place(found["tokens"], found["split"], r["token"])
        rows.append(
            [r["neuron"], number(r["activation"]), *(relative if is_relative else []), place]
        )
    if is_relative:
        said = "Ranked by the share of each neuron's strongest activation on the corpus."
    else:
        said = "Ranked by size, so large neurons win. A catalogue gives each one's own scale."
    said = f"The first {len(rows)} of {found['n_neurons']:,} neurons. {said}"
    title = f"<p><b>{_seen(found['model'])}</b> <small>site {_seen(found['site'])}</small>"
    if found["token"] is not None:
        title += f", at {_token(found['tokens'][found['token']])} only"
    return _page([f"{title}</p>", _table(names, rows), f"<p><small>{said}</small></p>"])


def manifest_html(manifest: Mapping[str, Any], n_neurons: int, example: str) -> str:
    """Draw what a catalogue holds, in a few lines.

    Args:
        manifest: That of the catalogue.
        n_neurons: How many neurons can be read.
        example: Address of one of them.
    """
    model, corpus = manifest["model"], manifest["corpus"]
    n_layers = len(manifest["options"]["layers"])
    rows = [
        ["neurons", f"{n_neurons:,} in {n_layers} layer{'s' * (n_layers != 1)}"],
        ["activation", f"{_seen(model['activation_function'])}, at site {manifest['site']}"],
        ["corpus", f"{corpus['n_tokens']:,} tokens of {corpus['n_documents']:,} documents"],
    ]
    title = f"<p><b>Catalogue of {_seen(model['name'])}</b></p>"
    read = f'<p>One neuron: <code>catalogue["{example}"]</code></p>'
    return _page([title, _table([], rows), read])


def widget_view(**shapes: Callable[[], Mapping[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the live view, if a kernel is running and its packages are there; else nothing.

    Args:
        shapes: What the widget shows, by the names of its traits; made only if it is shown.

    Returns:
        Data and metadata of a MIME bundle.
    """
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if getattr(shell, "kernel", None) is None:
        return {}, {}
    try:
        from lmscope.widget import NeuronView
    except MissingExtra:
        return {}, {}
    view = NeuronView(**{name: shape() for name, shape in shapes.items()})
    data, metadata = view._repr_mimebundle_() or ({}, {})
    # Its plain text would take the place of the record's own.
    return {kind: value for kind, value in data.items() if kind != "text/plain"}, metadata


# --- parts of a page -----------------------------------------------------------------------

_LEGEND = (
    "<small>blue: above zero; orange, dotted: below; the fuller, the nearer to the extreme on the "
    "corpus; bold: the peak</small>"
)


class _Room:
    """How many bytes may still be written."""

    def __init__(self, n_bytes: int) -> None:
        self.n_bytes = n_bytes

    def takes(self, text: str) -> bool:
        """Use the room that a text needs, if there is so much."""
        n = len(text.encode())
        if n > self.n_bytes:
            return False
        self.n_bytes -= n
        return True


def _page(parts: Iterable[str]) -> str:
    inside = "\n".join(parts)
    return f'<div dir="ltr" style="max-width:60em">\n{inside}\n</div>'


def _title(found: Mapping[str, Any]) -> str:
    name = f"{_seen(found['model'])} · {_seen(found['neuron'])}"
    return f"<p><b>{name}</b> <small>site {_seen(found['site'])}</small></p>"


def _statistics(stats: Mapping[str, Any]) -> str:
    rows = []
    for key, name, meaning in STATISTICS:
        rows.append([name, number(math.nan if stats[key] is None else stats[key]), meaning])
    few = f"max {rows[0][1]}, min {rows[1][1]}, above 0 on {share(stats['density'])} of tokens"
    rows.append(["tokens", f"{stats['count']:,}", "that were counted"])
    return _folded(few[0].upper() + few[1:], _table([], rows))


def _histogram(found: Mapping[str, Any]) -> str:
    chart = columns(found["edges"], found["counts"], _WIDTH)
    if chart is None:
        return "<p>No token was counted.</p>"
    lines = [
        margin + _coloured(below, _ORANGE[0]) + _coloured(above, _BLUE[0])
        for margin, below, above in chart.rows
    ]
    lines += [chart.axis, chart.labels]
    caption = "Tokens by activation: log counts; each side of zero has its own scale."
    drawn = "\n".join(lines)
    return f'<pre style="line-height:1.1">{drawn}</pre>\n<p><small>{caption}</small></p>'


def _coloured(text: str, colour: str) -> str:
    return f'<span style="color:{colour}">{text}</span>' if text.strip() else text


def _folded(summary: str, inside: str) -> str:
    return f"<details><summary>{summary}</summary>\n{inside}\n</details>"


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    def row(cells: Sequence[str], tag: str) -> str:
        drawn = (f'<{tag} style="text-align:left">{cell}</{tag}>' for cell in cells)
        return f"<tr>{''.join(drawn)}</tr>"

    lines = [row(names, "th")] if names else []
    lines += [row(cells, "td") for cells in rows]
    inside = "\n".join(lines)
    return f"<table>\n{inside}\n</table>"


def _text(tokens: str) -> str:
    return f'<span style="white-space:pre-wrap;overflow-wrap:break-word">{tokens}</span>'


def _listed(
    examples: Sequence[Mapping[str, Any]], scale: tuple[float, float], room: _Room, first: int = 1
) -> str:
    """Draw examples one below the other, as long as there is room."""
    lines: list[str] = []
    for example in examples:
        line = _example(example, scale)
        if not room.takes(line):
            lines.append("<li>The rest is left out, to keep this page small.</li>")
            break
        lines.append(line)
    start = f' start="{first}"' if first > 1 else ""
    inside = "\n".join(lines)
    return f"<ol{start}>\n{inside}\n</ol>"


def _example(example: Mapping[str, Any], scale: tuple[float, float]) -> str:
    drawn = _tokens(
        example["tokens"], example["split"], example["activations"], example["peak"], scale
    )
    place = f"document {example['document']}, bytes {example['start']:,} to {example['end']:,}"
    line = f"{number(example['max'])} &nbsp;{_text(''.join(drawn))}"
    return f'<li title="{place}" style="margin-bottom:0.4em">{line}</li>'


def _near(example: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the tokens near the peak of an example."""
    first = max(0, example["peak"] - _NEAR)
    last = min(len(example["tokens"]), example["peak"] + _NEAR + 1)
    return {
        **example,
        "tokens": example["tokens"][first:last],
        "activations": example["activations"][first:last],
        "split": [i - first for i in example["split"] if first <= i < last],
        "peak": example["peak"] - first,
    }


def _band(band: Mapping[str, Any], scale: tuple[float, float], room: _Room) -> str:
    low, high = band["low"], band["high"]
    if low is None:
        label = "All" if high is None else f"Up to {number(high)}"
    else:
        label = f"From {number(low)}" + ("" if high is None else f" to {number(high)}")
    head = f"<p>{label}: {share(band['share'])} of segments</p>"
    if not band["examples"]:
        return head
    return f"{head}\n{_listed([_near(band['examples'][0])], scale, room)}"


# --- tokens ----------------------------------------------------------------------------------


def _seen(text: str, *, spaces: bool = False) -> str:
    """Write text so that all of it is seen and none of it acts."""
    shown = visible(text[: _LONGEST_TOKEN + 1], spaces=spaces or text == " ")
    shown = re.sub(" {2,}", lambda found: "·" * len(found[0]), shown)
    return escape(shown if len(shown) <= _LONGEST_TOKEN else shown[: _LONGEST_TOKEN - 1] + "…")


def _token(text: str) -> str:
    return f"<code>{_seen(text, spaces=True)}</code>"


def _tokens(
    tokens: Sequence[str],
    split: Sequence[int],
    values: Sequence[float],
    peak: int | None,
    scale: tuple[float, float],
) -> list[str]:
    """Draw each token on the colour of its activation."""
    texts = _pieces(tokens, split)
    return [
        _on_colour(text, value, scale, is_peak=i == peak)
        for i, (text, value) in enumerate(zip(texts, values, strict=True))
    ]


def _on_colour(text: str, value: float, scale: tuple[float, float], *, is_peak: bool) -> str:
    if is_peak:
        text = f"<b><u>{text}</u></b>"
    filled = strength(value, *scale)
    if not filled:
        return f'<span title="{number(value)}">{text}</span>' if is_peak else text
    colour, opaque = _BLUE if filled > 0 else _ORANGE
    style = f"background:{colour}{round(255 * abs(filled) * opaque):02x}"
    if filled < 0:
        style += ";border-bottom:1px dotted"
    return f'<span style="{style}" title="{number(value)}">{text}</span>'


def _place(tokens: Sequence[str], split: Sequence[int], at: int, n_around: int = 8) -> str:
    """Write a token between its neighbours."""
    first, last = max(0, at - n_around), min(len(tokens), at + n_around + 1)
    texts = _pieces(tokens[first:last], [i - first for i in split if first <= i < last])
    texts[at - first] = f"<b><u>{texts[at - first]}</u></b>"
    return _text(f"{'…' * (first > 0)}{''.join(texts)}{'…' * (last < len(tokens))}")


def _as_many_as_fit(drawn: Sequence[str], at: int, n_bytes: int) -> tuple[int, int]:
    """Choose the tokens on both sides of one that fit into a number of bytes: [first, last)."""
    room, first, last = _Room(n_bytes), at, at
    can_grow = True
    while can_grow:
        can_grow = False
        if last < len(drawn) and room.takes(drawn[last]):
            last, can_grow = last + 1, True
        if first > 0 and room.takes(drawn[first - 1]):
            first, can_grow = first - 1, True
    return first, last


def _pieces(tokens: Sequence[str], split: Sequence[int]) -> list[str]:
    r"""Write every token; split ones with their bytes, the character with the first of them.

    Example:
        >>> _pieces([" a", " \\xf0\\x9f", "\\x98\\x80!", "\\xff"], [1, 2, 3])
        [' a', '·😀<sub>f0 9f</sub>', '<sub>98 80</sub>!', '<sub>ff</sub>']
    """
    drawn = [_seen(token) for token in tokens]
    for run in _runs(split):
        units = [
            (i, bytes([int(unit[1], 16)]) if unit[1] else unit[2])
            for i in run
            for unit in _UNIT.finditer(tokens[i][:_LONGEST_TOKEN])
        ]
        for i in run:
            drawn[i] = ""
        at = 0
        while at < len(units):
            i, unit = units[at]
            if isinstance(unit, str):
                drawn[i] += _seen(unit)
                at += 1
                continue
            character, n = _character([u for _, u in units[at : at + 4]])
            drawn[i] += _seen(character)
            for j, byte in units[at : at + n]:
                assert isinstance(byte, bytes)
                drawn[j] += f"<sub>{byte.hex()}</sub>"
            at += n
    return [text.replace("</sub><sub>", " ") for text in drawn]


def _runs(split: Sequence[int]) -> list[list[int]]:
    """Put neighbours together.

    Example:
        >>> _runs([1, 2, 5])
        [[1, 2], [5]]
    """
    runs: list[list[int]] = []
    for i in split:
        if runs and runs[-1][-1] == i - 1:
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs


def _character(units: Sequence[bytes | str]) -> tuple[str, int]:
    """Find the character that begins at a byte, and how many bytes it has; none and 1 if none."""
    data = b""
    for unit in units:
        if isinstance(unit, str):
            break
        data += unit
        with suppress(UnicodeDecodeError):
            return data.decode(), len(data)
    return "", 1
