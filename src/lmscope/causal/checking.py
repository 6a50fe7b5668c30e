"""The protocol of a causal check: choose, ablate, compare, replace."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lmscope.causal.choosing import matches, similar, some_segments, some_text, spread_out
from lmscope.causal.findings import CausalEvidence, Sizes, effect, remarks, told, told_of
from lmscope.causal.running import Work, ablated, levels, replaced, values_at
from lmscope.errors import ArraysDiffer, BadOption, NoNextToken, NothingToAblate
from lmscope.evidence import halves
from lmscope.marking import Marks, Tokens
from lmscope.neurons import check_neuron
from lmscope.pack import Pack

if TYPE_CHECKING:
    from lmscope.models import LanguageModel

_N_MEANS = 16_384, 32_768
"""Tokens of segments that the means over marked and over unmarked tokens are taken from."""
_N_POOL = 16_384
"""Tokens of segments in which unmarked tokens are matched to marked ones."""


def causal_check(
    model: LanguageModel,
    pack: Pack,
    neuron: tuple[int, int],
    marks: Marks,
    tokens: Tokens,
    *,
    offset: int = 0,
    confirmation: NDArray[np.bool_] | None = None,
    n_tokens: int = 128,
    n_controls: int = 20,
    n_text: int = 32_768,
    seed: int = 0,
    batch_tokens: int = 2048,
    report: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> CausalEvidence:
    r"""Ablate a neuron where a rule marks tokens, and elsewhere, and put the rule in its place.

    Let r be a neuron's mean over unmarked tokens, w its row of W_out, p the clean and q the ablated
    prediction of the next token at the one token where x was set to r. Measured are KL(p || q) and
    log p(next) - log q(next). The effect is a difference in differences: the mean at marked tokens
    less that at as many unmarked ones with the nearest |x - r|; less the same for control neurons,
    at each token the `n_controls` of the layer with the nearest |x - r| * ||w||. So tokens whose
    prediction moves easily, and neurons that move much, take themselves out. (It is |x - r| and
    not |x|, because that is what ablation takes away; they are one where a neuron rests at 0.) At
    site `mid` or `pre`, w is the row of the neuron's `post` value.

    It costs about ``n_tokens * (2 + n_controls)`` segments, which end at the ablated tokens, and
    ``3 * n_text`` tokens: about a minute on one busy core for a model of four million
    parameters.

    Args:
        model: The model whose tokenizer cut the corpus.
        pack: The corpus.
        neuron: Layer and index.
        marks: What the rule marks in the corpus.
        tokens: Of the corpus.
        offset: Where the neuron was found to fire: tokens after the place, negative before.
        confirmation: Documents on which effects are measured; the others give the means. Bool
            [n_documents]; None for `halves` with the same seed.
        n_tokens: Marked tokens to ablate at most, taken from as many documents as there are.
        n_controls: Other neurons to ablate at each token; as many as the layer has at most.
        n_text: Tokens on which the rule takes the neuron's place, half of them in segments with a
            marked token.
        seed: Same arguments and seed, same evidence.
        batch_tokens: Tokens in one forward pass at most.
        report: Told batches of ablated tokens and of text done, and how many there are.
        should_stop: Asked after each forward pass; true ends it.

    Raises:
        NoNextToken: If the model is an encoder.
        NothingToAblate: If a half lacks marked or unmarked tokens.
        LayerOutOfRange: If the model has no such layer.
        NeuronOutOfRange: If the layer has no such neuron.
        ArraysDiffer: If marks and tokens are of different corpora.
        BadOption: If there is to be no control.
        Stopped: If `should_stop` ended it.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from lmscope import load, load_corpus
        >>> from lmscope.marking import mark
        >>> from lmscope.pack import write_pack
        >>> from lmscope.rules import Rule
        >>> model, folder = load("demo-solu-1l"), Path(tempfile.mkdtemp())
        >>> for i in range(6):
        ...     _ = (folder / f"{i}.txt").write_text(f"{i}) one 2) two 3) three, and (no) more")
        >>> pack = write_pack(load_corpus(folder), model.tokenizer, folder / "pack", context=64)
        >>> marks = mark(Rule.read(r"\d\)"), pack)
        >>> found = causal_check(
        ...     model, pack, (0, 7), marks, Tokens.of(pack, 1), n_tokens=6, n_controls=2
        ... )
        >>> found.tokens, found.n_controls, found.kl.marked.value > 0
        (6, 2, True)

    Source:
        Mean ablation and its caveats: Zhang and Nanda, "Towards best practices of activation
        patching in language models" (2024). Loss recovered: Bricken et al., "Towards
        monosemanticity" (2023). Repair: McGrath et al., "The hydra effect" (2023).
    """
    layer, index = neuron
    name = check_neuron(model.name, model.n_layers, model.d_mlp, layer, index)
    if not model.is_causal:
        raise NoNextToken(model.name)
    if n_controls < 1:
        raise BadOption("n_controls", n_controls, "at least one neuron to compare with is needed")
    if not pack.n_tokens == len(tokens) == len(marks.labels):
        raise ArraysDiffer("marks", marks.labels.shape, "tokens", (len(tokens),))
    y, ignore = marks.at(offset, tokens)
    rng = np.random.default_rng(seed)
    document = pack.document_of(tokens.segment)
    if confirmation is None:
        n_each = np.bincount(document, minlength=pack.n_documents)
        confirmation = halves(pack.clusters(), n_each, seed=seed)
    is_late = confirmation[document]
    can_lose = is_late & np.append(document[1:] == document[:-1], False)  # knows its next token
    early = ~is_late & y, ~is_late & ~y & ~ignore
    late = can_lose & y, can_lose & ~y & ~ignore
    n_unmarked = min(int(early[1].sum()), int(late[1].sum()))
    if not (early[0].any() and late[0].any() and n_unmarked):
        raise NothingToAblate(int(early[0].sum()), int(late[0].sum()), n_unmarked)
    work = Work(model, pack, batch_tokens, report, should_stop)

    means_on = [
        some_segments(np.unique(tokens.segment[on]), pack.lengths, n, rng)
        for on, n in zip(early, _N_MEANS, strict=True)
    ]
    rest, value = levels(work, layer, index, early, means_on, tokens.segment)
    out = model.out_weights(layer).norm(dim=1).cpu().numpy().astype(np.float64)
    segments = some_segments(np.unique(tokens.segment[late[1]]), pack.lengths, _N_POOL, rng)
    pool = rng.permutation(np.flatnonzero(late[1] & np.isin(tokens.segment, segments)))
    there = values_at(work, layer, pool, tokens.segment, [index])[:, 0]
    at = spread_out(np.flatnonzero(late[0]), tokens.document, n_tokens, rng)
    # How far every neuron of the layer is from rest at the marked tokens, and at the others.
    here = np.abs(values_at(work, layer, at, tokens.segment) - rest)
    others = pool[matches(here[:, index], np.abs(there - rest[index]))]
    off = np.abs(values_at(work, layer, others, tokens.segment) - rest)
    here_like, off_like = (similar(far * out, index, n_controls) for far in (here, off))

    marked, every = np.unique(tokens.segment[y & is_late]), np.unique(tokens.segment[is_late])
    text, weight = some_text(marked, np.setdiff1d(every, marked), pack.lengths, n_text, rng)
    work.begin((at, others), text, tokens.segment)
    changes = [
        ablated(work, layer, np.insert(like, 0, index, axis=1), rest, place, tokens.segment)
        for place, like in ((at, here_like), (others, off_like))
    ]
    kl, loss = (
        effect(on, away, tokens.document[at], tokens.document[others], seed)
        for on, away in zip(*changes, strict=True)
    )
    replacement = replaced(
        work, (layer, index), (rest[index], value), y, can_lose, tokens, text, weight, seed
    )
    sizes = Sizes(
        *(float(far[:, index].mean()) for far in (here, off)),
        *(float(far[:, index].mean() * out[index]) for far in (here, off)),
        *(
            float(np.take_along_axis(far * out, like, 1).mean())
            for far, like in ((here, here_like), (off, off_like))
        ),
    )
    n_documents = len(np.unique(tokens.document[at]))
    finding, why = told(kl, loss, sizes, here_like.shape[1])
    return CausalEvidence(
        neuron=name,
        site=model.site,
        offset=offset,
        finding=finding,
        why=f"{why} {told_of(replacement)}",
        remarks=tuple(remarks(sizes, n_documents)),
        kl=kl,
        loss=loss,
        rest=float(rest[index]),
        sizes=sizes,
        tokens=len(at),
        tokens_elsewhere=len(others),
        documents=n_documents,
        n_controls=here_like.shape[1],
        replacement=replacement,
        n_passes=work.n_passes,
        n_tokens_run=work.n_tokens,
    )
