"""Time the search for one neuron in another model against a loop over neurons, and all against all.

The loop is what one writes first: a forward pass over the texts for every neuron of the other
model. It runs for a few neurons of every layer, and the rest is extrapolated; same model, same
texts, same process.

    python benchmarks/match.py --model FOLDER [--neuron demo-solu-1l/0/102] [--tokens 5000]
        [--points 20000] [--corpus SPEC ...]
"""

from __future__ import annotations

import argparse
import time
from importlib.metadata import version
from typing import Any
from unittest.mock import patch

import torch
from scan import Seconds, clock, processor

import lmscope
from lmscope.demonstration import corpus as demo_corpus
from lmscope.matching import compare, match
from lmscope.matching.correlating import Products
from lmscope.matching.windows import cut_windows
from lmscope.neurons import read_address
from lmscope.pack import Pack, packed
from lmscope.recording import record

_PER_LAYER = 1


def loop(model: Any, pack: Pack) -> tuple[float, int]:
    """Give seconds a neuron of a pass for each, and for how many it was measured."""
    start, n = time.perf_counter(), 0
    for layer in range(model.n_layers):
        for neuron in range(_PER_LAYER):
            record(model, pack, {layer: [neuron]})
            n += 1
    return (time.perf_counter() - start) / n, n


def best_rate() -> float:
    """Measure the fastest float32 product of large matrices, in GFLOP/s."""
    best = 0.0
    for n in (1024, 2048, 4096):
        x, y = torch.randn(n, n), torch.randn(n, n)
        for _ in range(5):
            start = time.perf_counter()
            x @ y
            best = max(best, 2 * n**3 / (time.perf_counter() - start) / 1e9)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--neuron", default="demo-solu-1l/0/102")
    parser.add_argument("--tokens", type=int, default=5_000)
    parser.add_argument("--points", type=int, default=20_000)
    parser.add_argument("--corpus", nargs="*", default=[str(demo_corpus())])
    told = parser.parse_args()
    asked = read_address(told.neuron)
    a, b = lmscope.load(asked.model, device="cpu"), lmscope.load(told.model, device="cpu")
    named = ", ".join(f"{n} {version(n)}" for n in ("lmscope", "torch", "transformers"))
    print(f"{processor()}, {torch.get_num_threads()} threads; {named}; float32", flush=True)

    times: dict[str, Seconds] = {}
    with clock(times, "match"):
        found = match(
            (asked.layer, asked.neuron), a, b, told.corpus, n_tokens=told.tokens, n_rotations=5
        )
    n_neurons = b.n_layers * b.d_mlp
    print(f"{told.neuron} among {n_neurons:,} neurons of {b.name}, {found.n_tokens:,} tokens:")
    print(f"  match: {times['match'][0]:.1f} s wall, {times['match'][1]:.1f} s CPU", flush=True)
    texts = cut_windows(
        lmscope.load_corpus(told.corpus),
        [a.tokenizer, b.tokenizer],
        [min(128, a.n_ctx), min(128, b.n_ctx)],
        n_tokens=told.tokens,
    )
    with packed(texts, b.tokenizer, context=min(128, b.n_ctx)) as pack:
        each, n = loop(b, pack)
    whole = each * n_neurons
    print(
        f"  loop: {each:.1f} s a neuron, measured on {n} of {n_neurons:,} ({n / n_neurons:.2%}); "
        f"all of it {whole / 3600:,.0f} hours, {whole / times['match'][0]:,.0f} times as long"
    )

    rate = best_rate()
    seconds = flops = 0.0
    add = Products.add

    def timed(products: Products, x: torch.Tensor, y: torch.Tensor) -> None:
        nonlocal seconds, flops
        start = time.perf_counter()
        add(products, x, y)
        seconds += time.perf_counter() - start
        flops += 2 * len(x) * x.shape[1] * y.shape[1]

    with clock(times, "compare"), patch.object(Products, "add", timed):
        compared = compare(a, b, told.corpus, n_tokens=told.points, n_rotations=1)
    print(
        f"{a.n_layers * a.d_mlp:,} x {n_neurons:,} neurons at {compared.n_points:,} points: "
        f"{times['compare'][0]:.0f} s wall, {times['compare'][1]:.0f} s CPU\n"
        f"  products: {seconds:.1f} s, {flops / seconds / 1e9:.0f} GFLOP/s, "
        f"{flops / seconds / 1e9 / rate:.0%} of the best measured here ({rate:.0f})"
    )


if __name__ == "__main__":
    main()
