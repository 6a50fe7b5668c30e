"""The command `match`: a neuron looked for in other models, or two models neuron by neuron.

It carries its arguments to the room that does the work.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from lmscope.cli import typed
from lmscope.cli.evidence import Many
from lmscope.cli.printing import paper, print_json, show
from lmscope.cli.scans import Steps
from lmscope.cli.typed import Flag, Json
from lmscope.errors import MissingArgument

if TYPE_CHECKING:
    from lmscope.models import LanguageModel
    from lmscope.pack import Texts


_N_TOKENS, _N_TOKENS_WHOLE = 50_000, 200_000


def match(
    *words: str,
    corpus: Many = None,
    tokens: int | None = None,
    n: Annotated[int, Parameter(name=["-n", "--number"])] = 20,
    rotations: int = 5,
    untrained: Flag = False,
    seed: int = 0,
    device: str = "auto",
    as_json: Json = False,
) -> int:
    """Look for a neuron in other models, whatever their tokenizers; or compare two models whole.

    Args:
        words: A catalogue or model and the neuron (gpt2/ L3N100, or demo-solu-1l/0/12), then the
            catalogues or models to search in. Without a neuron: two catalogues or models.
        corpus: Texts, as for scan; those of the first catalogue unless told.
        tokens: Tokens at most: 50000 for a neuron, 200000 for two models unless told.
        n: How many neurons of each model to measure again on held-out text; of two models, how
            many of the best pairs to print.
        rotations: Random rotations of each layer, for what chance gives.
        untrained: Search for a neuron in the same models untrained as well.
        seed: Of halves, rotations and intervals.
        device: cpu, cuda, mps; auto takes the fastest there is.
        as_json: Print JSON.
    """
    is_whole = len(words) == 2 and not any(map(typed.names_neuron, words[:1]))
    if is_whole and not typed.is_neuron(words[1]):
        return _compare(words[0], words[1], corpus, tokens, n, rotations, seed, device, as_json)
    is_apart = len(words) > 1 and typed.is_neuron(words[1])
    n_first = 2 if is_apart else 1
    if len(words) <= n_first:
        what = "a model or catalogue to search in" if words else "a neuron"
        raise MissingArgument("lmscope match", what, typed.USAGE["match"])
    name, address = typed.catalogue_and_address(
        words[0], words[1] if is_apart else None, command="match"
    )
    others = words[n_first:]
    texts = _texts([name, *others], corpus)
    from lmscope import matching

    with Steps() as steps:
        found = matching.match(
            address,
            _model(name, device),
            [_model(other, device) for other in others],
            texts,
            n_tokens=_N_TOKENS if tokens is None else tokens,
            k=n,
            n_rotations=rotations,
            untrained=untrained,
            seed=seed,
            report=steps.report,
        )
    if as_json:
        print_json(found.to_json())
    else:
        from lmscope.terminal.matches import match_page

        show(match_page(found.to_json(), paper()))
    return 0


def _compare(
    a: str,
    b: str,
    corpus: list[str] | None,
    tokens: int | None,
    n: int,
    rotations: int,
    seed: int,
    device: str,
    as_json: bool,
) -> int:
    models = [_model(name, device) for name in (a, b)]  # a wrong name is said before anything runs
    texts = _texts([a, b], corpus)
    from lmscope.matching import compare

    with Steps() as steps:
        found = compare(
            models[0],
            models[1],
            texts,
            n_tokens=_N_TOKENS_WHOLE if tokens is None else tokens,
            n_rotations=rotations,
            seed=seed,
            report=steps.report,
        )
    if as_json:
        print_json(found.to_json(n))
    else:
        from lmscope.terminal.matches import comparison_page

        show(comparison_page(found.to_json(n), paper()))
    return 0


def _texts(names: list[str], corpus: list[str] | None) -> Texts:
    """Choose the texts: those given, else those of the first catalogue, else the demo's."""
    from lmscope.corpora import load_corpus

    if corpus:
        return load_corpus(corpus)
    from lmscope.catalogue import Catalogue
    from lmscope.pack import PackedTexts

    for name in names:
        if (Path(name) / "manifest.json").exists():
            return PackedTexts(Catalogue.open(name).pack)
    from lmscope import demonstration

    if any(name in demonstration.MODELS for name in names):
        return load_corpus(demonstration.corpus())
    raise MissingArgument("lmscope match", "texts, by --corpus", typed.USAGE["match"])


def _model(name: str, device: str) -> LanguageModel:
    from lmscope.models.loading import load, load_again

    if (Path(name) / "manifest.json").exists():
        from lmscope.catalogue import Catalogue

        return load_again(Catalogue.open(name).manifest["model"], device=device)
    return load(name, device=device)
