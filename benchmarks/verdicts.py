"""How often verdicts are right on neurons planted in a transformer's weights.

    python benchmarks/verdicts.py [--corpora 25] [--each 8]

Prints, for neurons near the thresholds of each verdict, the share that gets it, and how often side
and offset are found; then what becomes of shuffled labels and of random weights. Each corpus has a
model of its own, with as many neurons of each kind; all of it goes through `lmscope.load`, the
recording of activations and the protocol of `lmscope test`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers.utils import logging

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from planted_model import (
    N_LAYERS,
    Drawing,
    Ground,
    Planted,
    Sown,
    language,
    run,
    shuffled,
    sow,
    truth,
    write_random,
    write_texts,
)

from lmscope import load
from lmscope.evidence import VERDICTS

N_RANDOM, N_WIDE = 50, 2_000
"""Neurons of each layer of a random model, and of one that is as wide as a real one."""
BETTER = "better explained by a simpler rule"


class Tally:
    """What became of neurons of several kinds."""

    def __init__(self) -> None:
        self.verdicts: dict[str, Counter[str]] = {}
        self.shares: dict[tuple[str, str], list[bool]] = {}
        self.wrong: list[str] = []

    def add(self, kind: str, verdict: str, **facts: bool) -> None:
        self.verdicts.setdefault(kind, Counter())[verdict] += 1
        for name, fact in facts.items():
            self.shares.setdefault((kind, name), []).append(bool(fact))

    def share(self, kind: str, name: str) -> str:
        found = self.shares.get((kind, name))
        return f"{100 * np.mean(found):6.1f}" if found else "     -"


def planted(sown: Sown, drawing: Drawing, tally: Tally) -> None:
    """Neurons of which the verdict is known."""
    ground = sown.ground
    rows = zip(sown.verdicts, sown.planted, sown.activations, strict=True)
    for i, (kind, neuron, activations) in enumerate(rows):
        judged = ground.decide(activations[None], neuron.rule, neuron.documents)
        aim, ap, verdict = judged.aim, judged.corpus.ap, judged.verdict
        facts = {}
        if kind != "does not hold":  # there is no right side and no right offset
            facts = {
                "side": aim.side == neuron.side,
                "offset": aim.offset == neuron.offset,
                "AP held": ap.low <= neuron.truth["ap"] <= ap.high,
            }
        if verdict.rival and verdict.verdict == kind:
            facts["rival"] = is_better(verdict.rival, neuron, ground, drawing)
            if not facts["rival"]:
                tally.wrong.append(f"corpus {ground.seed}, neuron {i}: {verdict.why}")
        tally.add(kind, verdict.verdict, **facts)
        if verdict.verdict != kind:
            known = ", ".join(f"{k} {v:.2f}" for k, v in neuron.truth.items())
            tally.wrong.append(
                f"corpus {ground.seed}, neuron {i}: {kind} is {verdict.verdict}. {neuron.rule[:40]}"
                f"... {aim.sign} {aim.offset:+d} (planted {neuron.side:+d} {neuron.offset:+d})\n"
                f"    {verdict.why}\n    truth: {known}"
            )


def is_better(rival: str, neuron: Planted, ground: Ground, drawing: Drawing) -> bool:
    """Whether a rule truly explains a neuron better than the one that was asked about."""
    marked = ground.words_of(rival)
    if marked is None:
        return False
    other = truth(replace(neuron, marked=marked, needs=None), drawing.population)
    return other["f1"] > neuron.truth["f1"] or other["r2"] > neuron.truth["r2"]


def shuffles(sown: Sown, drawing: Drawing, tally: Tally) -> None:
    """The same activations in other documents: what the rules mark has nothing to do with them."""
    ground, rng = sown.ground, np.random.default_rng([sown.ground.seed, 2])
    detectors = [i for i, verdict in enumerate(sown.verdicts) if verdict == "holds up"]
    for i in detectors:
        moved = shuffled(sown.activations[i : i + 1], ground.texts, rng)
        verdict = ground.decide(moved, sown.planted[i].rule).verdict.verdict
        tally.add("shuffled, a neuron that holds up", verdict)
    for asked in sown.pool:
        moved = shuffled(sown.activations, ground.texts, rng)
        verdict = ground.decide(moved, drawing.rule(asked)).verdict.verdict
        tally.add(f"shuffled, the best of {len(moved)} neurons", verdict)


def random_weights(sown: Sown, drawing: Drawing, folder: Path, tally: Tally) -> None:
    """The same rules, and single words, asked of the best neuron of models that learnt nothing."""
    ground, seed = sown.ground, sown.ground.seed
    rng = np.random.default_rng([seed, 3])
    words = [drawing.asked(rng, 1) for _ in sown.pool]
    for name, embedding, rules in (
        ("random weights", 0.02, {"the rules above": sown.pool}),
        ("random look-up", 1.0, {"the rules above": sown.pool, "one word": words}),
    ):
        write_random(folder / name, drawing.words, N_RANDOM, seed, embedding)
        found = run(load(folder / name, device="cpu"), ground.pack, N_LAYERS)
        activations = np.concatenate([found[layer] for layer in range(N_LAYERS)])
        for kind, some in rules.items():
            for asked in some:
                verdict = ground.decide(activations, drawing.rule(asked)).verdict
                tally.add(f"{name}, {kind}", verdict.verdict)
                if verdict.verdict == "holds up":
                    tally.wrong.append(f"{name}, {kind}: {verdict.why}")


def wide_layer(drawing: Drawing, folder: Path, tally: Tally) -> None:
    """Frequent single words, asked of the best neuron of a wide layer 0 that learnt nothing."""
    for kind, embedding in (("random weights", 0.02), ("random look-up", 1.0)):
        there = folder / kind
        write_random(there, drawing.words, N_WIDE, 0, embedding)
        model = load(there, device="cpu")
        texts = write_texts(drawing.words, np.random.default_rng([0, 1]))
        ground = Ground(there, drawing.words, texts, model, 0)
        activations = run(model, ground.pack)[0]
        for word in drawing.words.base.tolist():
            judged = ground.decide(activations, f"words: {drawing.words.words[word]}")
            name = f"{kind}, one frequent word, {N_WIDE:,} neurons"
            tally.add(name, judged.verdict.verdict)


def show(tally: Tally) -> None:
    print(f"\n{'%':36} right   side offset  AP held   what else")
    for kind in VERDICTS:
        found = tally.verdicts[kind]
        right = 100 * found[kind] / found.total()
        rest = ", ".join(f"{k} {v}" for k, v in found.most_common() if k != kind)
        columns = " ".join(tally.share(kind, name) for name in ("side", "offset", "AP held"))
        print(f"{kind:36}{right:6.1f} {columns}    {rest}")
    print(
        f"Of the simpler rules named {tally.share(BETTER, 'rival').strip()} % are truly better.\n"
    )
    for kind, found in tally.verdicts.items():
        if kind not in VERDICTS:
            rest = ", ".join(f"{k} {v}" for k, v in found.most_common())
            share = 100 * found["holds up"] / found.total()
            print(f"{kind:50}{share:6.1f} % of {found.total()} hold up; {rest}")


def timed(name: str, what: Callable[..., Any], *args: Any) -> Any:
    begin = time.process_time()
    found = what(*args)
    print(f"  {name} {time.process_time() - begin:.0f} s", end="", flush=True)
    return found


def main(n_corpora: int, n_each: int) -> None:
    torch.set_num_threads(1)
    logging.disable_progress_bar()
    drawing, tally = Drawing(language()), Tally()
    for seed in range(n_corpora):
        with tempfile.TemporaryDirectory() as name:
            print(f"corpus {seed}:", end="")
            sown = timed("sown", sow, drawing, Path(name), seed, n_each)
            timed("judged", planted, sown, drawing, tally)
            timed("shuffled", shuffles, sown, drawing, tally)
            timed("random weights", random_weights, sown, drawing, Path(name), tally)
            print(flush=True)
    with tempfile.TemporaryDirectory() as name:
        timed("wide layer", wide_layer, drawing, Path(name), tally)
    show(tally)
    print("\nNot as planted:", *tally.wrong, sep="\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--corpora", type=int, default=25)
    parser.add_argument("--each", type=int, default=8, help="neurons of each kind in a corpus")
    chosen = parser.parse_args()
    main(chosen.corpora, chosen.each)
