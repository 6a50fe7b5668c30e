"""A test as Markdown or HTML, to be pasted into a blog post or a paper. Knows its JSON only.

What is said is said once, in blocks; the two forms only write them differently. Corpus text is
hostile: all of it passes through `visible`, and each form escapes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from lmscope.writing import number, share, visible

_NEAR = 60
_MARKS = re.compile(r"([\\`*_{}\[\]#|~^$<>&!])")
_LINE_START = re.compile(r"^(\d+)([.)])|^([-+=:])")


@dataclass(frozen=True, slots=True)
class _Heading:
    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class _Paragraph:
    text: str
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class _Table:
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    bars: tuple[float | None, ...] = ()
    """Of each row a share to draw, where a form can."""


_Block = _Heading | _Paragraph | _Table


def markdown(result: Mapping[str, Any], others: Sequence[Mapping[str, Any]] = ()) -> str:
    """Write a test as Markdown.

    Args:
        result: What `Tested.to_json` gave; with `tested`, its date, if it is on record.
        others: The other tests of the same neuron on record, failed ones too.
    """
    return "\n\n".join(map(_markdown, _blocks(result, others))) + "\n"


def html(result: Mapping[str, Any], others: Sequence[Mapping[str, Any]] = ()) -> str:
    """Write a test as a piece of HTML without scripts; arguments are those of `markdown`."""
    body = "\n".join(map(_html, _blocks(result, others)))
    return f'<section lang="en">\n{body}\n</section>\n'


def document(result: Mapping[str, Any], others: Sequence[Mapping[str, Any]] = ()) -> str:
    """Write a test as a whole HTML document that needs nothing else."""
    title = escape(f"{_address(result)}: {result['verdict']}")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"{html(result, others)}</body>\n</html>\n"
    )


_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;"
    "color-scheme:light dark}table{border-collapse:collapse;display:block;overflow-x:auto}"
    "td,th{padding:.2rem .6rem;text-align:left;vertical-align:top;"
    "border-bottom:1px solid #8885}td{overflow-wrap:anywhere}"
)


# --- what is said --------------------------------------------------------------------------


def _blocks(result: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> Iterator[_Block]:
    claim = result["claim"] or "What the neuron fires on"
    yield _Heading(visible(claim), 1)
    yield _Paragraph(f"{result['verdict'].capitalize()}.", is_strong=True)
    yield _Paragraph(visible(result["why"]))
    for remark in result["remarks"]:
        yield _Paragraph(visible(remark))
    yield _Table(("What was tested", ""), tuple(_facts(result)))
    if corpus := result["corpus"]:
        yield from _of_corpus(result, corpus)
    if pairs := result["pairs"]:
        yield from _of_texts(pairs)
    if causal := result["causal"]:
        yield from _of_causal(causal)
    for key, title in (
        ("counter_examples", "Its strongest firings outside the rule"),
        ("missed", "Places of the rule where it does not fire"),
    ):
        if result[key]:
            yield _Heading(title)
            yield _Table(
                ("activation", "text", "from"),
                tuple(
                    (number(p["activation"]), _context(p), visible(p["source"]))
                    for p in result[key]
                ),
            )
    if result["fires_also_on"]:
        yield _Paragraph(
            "Outside the rule it fires most often on "
            + ", ".join(
                f"{visible(row['token'], spaces=True)} ({share(row['share'])} of its firings)"
                for row in result["fires_also_on"][:5]
            )
            + "."
        )
    if others:
        yield _Heading("All hypotheses tried on this neuron")
        yield _Paragraph("Those that failed too: a verdict among many tries is worth less.")
        yield _Table(
            ("tested", "claim", "rule", "verdict"),
            tuple(
                (
                    str(other.get("tested", "")),
                    visible(other["claim"]),
                    visible(other["rule"] or ""),
                    other["verdict"],
                )
                for other in [result, *others]
            ),
        )
    yield _Heading("How it was tested")
    yield _Paragraph(_how(result))


def _facts(result: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Neuron", f"{_address(result)} at {result['site']}"
    if result["rule"]:
        yield "Rule", visible(result["rule"])
        yield "Fires at", f"the {result['tokens']} token of each place, {in_words(result)}"
    if result.get("tested"):
        yield "Tested", str(result["tested"])
    yield "Hypothesis", f"SHA-256 {result['hypothesis'][:16]}"


def in_words(result: Mapping[str, Any]) -> str:
    """Say side and offset of a result in words.

    Example:
        >>> in_words({"offset": -1, "side": "+"})
        'one token before: it predicts the place; by large activations'
    """
    offset = result["offset"]
    tokens = "one token" if abs(offset) == 1 else f"{abs(offset)} tokens"
    where = "at the place itself"
    if offset < 0:
        where = f"{tokens} before: it predicts the place"
    elif offset > 0:
        where = f"{tokens} after: a consequence of the place"
    return f"{where}; by {'large' if result['side'] == '+' else 'negative'} activations"


def _of_corpus(result: Mapping[str, Any], corpus: Mapping[str, Any]) -> Iterator[_Block]:
    yield _Heading("On ordinary text")
    yield _Paragraph(
        f"{corpus['tokens']:,} tokens of {corpus['documents']:,} held-out documents, of which the "
        f"rule marks {corpus['positives']:,}; documents with one: "
        f"{corpus['positive_documents']:,}. Side, "
        "offset and threshold were chosen on other documents. In brackets: 95 % intervals from "
        "resampling documents."
    )
    rows = [
        ("base rate: what chance gives", number(corpus["base_rate"])),
        ("average precision (AP)", _interval(corpus, "ap")),
        ("lift: AP over base rate", number(_or_nan(corpus["lift"]))),
        ("share of its activation on marked tokens", _interval(corpus, "mass_precision")),
        ("the same of its squares", _interval(corpus, "mass_precision_squared")),
        ("recall at the frozen threshold", _interval(corpus, "recall")),
        ("precision there", _interval(corpus, "precision")),
        ("F1 there", _interval(corpus, "f1")),
        ("Pearson r", _interval(corpus, "r")),
        ("AUROC, which is blind to the base rate", _interval(corpus, "auroc")),
        ("p against shuffled labels", number(_or_nan(corpus["p"]))),
    ]
    if controls := result["controls"]:
        rows += [
            (f"AP of a random neuron of the layer (median of {controls['n']})",
             number(controls["ap"])),
            ("AP of the best of them on shuffled labels", number(controls["ap_shuffled"])),
        ]  # fmt: skip
    yield _Table(("measure", "value"), tuple(rows))
    yield _Heading("Precision by level of activation", 3)
    levels = [level for level in reversed(corpus["by_level"]) if level["n"]]
    yield _Table(
        ("activation", "tokens", "marked", "precision"),
        tuple(
            (
                f"{number(level['low'])} to {number(level['high'])}",
                f"{level['n']:,}",
                f"{level['marked']:,}",
                _interval(level, "precision"),
            )
            for level in levels
        ),
        tuple(level["precision"] for level in levels),
    )
    if result["rivals"]:
        yield _Heading("Simpler rules", 3)
        yield _Paragraph(
            f"{result['n_rivals']} simpler rules were tried; these explain the neuron best. A rule "
            "must beat each of them on F1 or r²."
        )
        yield _Table(
            ("rule", "F1", "rule minus rival", "r²", "rule minus rival"),
            tuple(
                (
                    visible(rival["name"]),
                    number(_or_nan(rival["f1"])),
                    _interval(rival, "f1_difference"),
                    number(_or_nan(rival["r2"])),
                    _interval(rival, "r2_difference"),
                )
                for rival in result["rivals"]
            ),
        )


def _of_texts(pairs: Mapping[str, Any]) -> Iterator[_Block]:
    yield _Heading("On chosen texts")
    things = "pairs" if pairs["kind"] == "pairs" else "texts of each list"
    said = f"{pairs['n']} independent {things}; p = {number(pairs['p'])}, "
    said += f"and no less than {number(pairs['min_p'])} is possible with so many. "
    said += f"Effect: {number(pairs['effect'])} of the neuron's own scale."
    if pairs["wins"] is not None:
        said = f"{pairs['wins']} of {said}"
    if pairs["located"] is not None:
        said += f" It is strongest where it should be in {share(pairs['located'])} of the texts."
    yield _Paragraph(said)
    for note in pairs["notes"]:
        yield _Paragraph(visible(note))
    if pairs["kind"] == "pairs":
        rows = zip(pairs["matching"], pairs["other"], strict=True)
        yield _Table(
            ("matching", "activation", "not matching", "activation"),
            tuple(
                (visible(m["text"]), number(m["value"]), visible(o["text"]), number(o["value"]))
                for m, o in rows
            ),
        )
    else:
        yield _Table(
            ("text", "matches", "activation"),
            tuple(
                (visible(text["text"]), "yes" if key == "matching" else "no", number(text["value"]))
                for key in ("matching", "other")
                for text in pairs[key]
            ),
        )


def _of_causal(causal: Mapping[str, Any]) -> Iterator[_Block]:
    yield _Heading("Does the model use it?")
    yield _Paragraph(f"{causal['finding'].capitalize()}.", is_strong=True)
    yield _Paragraph(visible(causal["why"]))
    for remark in causal["remarks"]:
        yield _Paragraph(visible(remark))
    kl, loss = causal["kl"], causal["loss"]
    yield _Table(
        ("measure", "at marked tokens", "less elsewhere, less controls"),
        (
            ("KL divergence, nats", _interval(kl, "marked"), _interval(kl, "excess")),
            ("loss, nats", _interval(loss, "marked"), _interval(loss, "excess")),
        ),
    )
    yield _Paragraph(
        "Share of the loss that the rule, in the neuron's place, recovers: "
        f"{_interval(causal['replacement'], 'share')}."
    )


def _how(result: Mapping[str, Any]) -> str:
    data = result["data"]
    said = f"lmscope {data['lmscope']}, seed {result['seed']}"
    if "corpus" in data:
        corpus = ", ".join(visible(spec) for spec in data["corpus"])
        said += f", corpus {corpus} (SHA-256 {data['sha256'][:16]}), {data['tokens']:,} tokens"
        if data["is_catalogues_own"]:
            said += (
                ". It is the corpus from which the catalogue's examples come: if they gave the "
                "idea, another corpus is a stricter test"
            )
    if result["n_neurons"] > 1:
        said += f". {result['n_neurons']:,} neurons had been looked at; p of texts allows for that"
    changed = ", ".join(f"{k} {v:g}" for k, v in result["thresholds"].items())
    return f"{said}. Thresholds: {changed}."


def _address(result: Mapping[str, Any]) -> str:
    return f"{visible(result['model'])}/{result['layer']}/{result['index']}"


def _context(place: Mapping[str, Any]) -> str:
    before, after = visible(place["before"][-_NEAR:]), visible(place["after"][: _NEAR // 2])
    return f"{before}[{visible(place['token'])}]{after}"


def _interval(row: Mapping[str, Any], key: str) -> str:
    value, low, high = (row.get(key + end) for end in ("", "_low", "_high"))
    if value is None:
        return "none"
    return f"{value:.3g} [{_or_nan(low):.2g}, {_or_nan(high):.2g}]"


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value


# --- how it is written ---------------------------------------------------------------------


def _markdown(block: _Block) -> str:
    if isinstance(block, _Heading):
        return f"{'#' * block.level} {_plain(block.text)}"
    if isinstance(block, _Paragraph):
        text = _LINE_START.sub(lambda m: f"{m[1] or ''}\\{m[2] or m[3]}", _plain(block.text))
        return f"**{text}**" if block.is_strong else text
    lines = [block.columns, ("---",) * len(block.columns), *block.rows]
    cells = [[cell if i < 2 else _plain(cell) for cell in line] for i, line in enumerate(lines)]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _plain(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)


def _html(block: _Block) -> str:
    if isinstance(block, _Heading):
        return f"<h{block.level}>{escape(block.text)}</h{block.level}>"
    if isinstance(block, _Paragraph):
        text = escape(block.text)
        return f"<p><strong>{text}</strong></p>" if block.is_strong else f"<p>{text}</p>"
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in block.columns)
    head += '<th scope="col"><span aria-hidden="true"></span></th>' if block.bars else ""
    rows = []
    for i, row in enumerate(block.rows):
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in row)
        if block.bars:
            cells += f"<td>{_bar(block.bars[i] or 0.0)}</td>"
        rows.append(f"<tr>{cells}</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _bar(part: float) -> str:
    return (
        '<svg width="120" height="12" viewBox="0 0 120 12" aria-hidden="true">'
        '<rect width="120" height="12" fill="#8883"/>'
        f'<rect width="{120 * part:.1f}" height="12" fill="#1f6feb"/></svg>'
    )
