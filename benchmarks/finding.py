"""Time a search by rule against a scan of the same tokens, in one run and as ratios.

Both read the same packed corpus, in float32, in one process and in turns, so that whatever slows
the machine down hits both. Prints wall and CPU seconds; where they disagree, the machine was busy.

    python benchmarks/finding.py --model FOLDER [--tokens 20000] [--corpus SPEC ...] [--rule RULE]
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import torch
import transformers
from scan import CONTEXT, CORPUS, Memory, Seconds, clock, listening, processor, shown

import lmscope
from lmscope import finding
from lmscope.pack import write_pack

PARTS = {
    "_count": "choosing: one pass, all neurons counted",
    "_rank": "choosing: all neurons ranked",
    "record": "aiming and confirmation: one pass",
    "corrected": "p of the best, corrected",
    "Rivals": "simpler rules screened",
    "judge": "verdicts on the best",
}


def search(times: dict[str, Seconds], rule: str, model: Any, pack: Any, skip: int) -> finding.Found:
    """Run `find`, and add what each of its parts takes."""

    def timed(name: str) -> Any:
        function = getattr(finding, name)

        def call(*args: Any, **options: Any) -> Any:
            with clock(times, name):
                return function(*args, **options)

        return call

    with ExitStack() as stack:
        for name in PARTS:
            stack.enter_context(patch.object(finding, name, timed(name)))
        with clock(times, "find"):
            return finding.search(rule, model, pack, skip=skip)


def minus(a: Seconds, b: Seconds) -> Seconds:
    return a[0] - b[0], a[1] - b[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--model", type=Path, required=True, help="folder of a model")
    parser.add_argument("--tokens", type=int, default=20_000)
    parser.add_argument("--corpus", nargs="+", default=[CORPUS], help="what `lmscope scan` takes")
    parser.add_argument("--rule", default="/[a-z]>>,/")
    parser.add_argument("--repeat", type=int, default=1)
    asked = parser.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    named = ", ".join(f"{name} {version(name)}" for name in ("lmscope", "torch", "transformers"))
    print(f"{processor()}, {torch.get_num_threads()} threads; {named}; float32")

    model: Any = lmscope.load(asked.model, device="cpu")
    corpus = lmscope.load_corpus(asked.corpus)
    memory, growth = Memory(), {"scan": 0.0, "find": 0.0}
    rounds: list[dict[str, Seconds]] = []
    with TemporaryDirectory() as place:
        tokenizer = model.tokenizer
        pack = write_pack(
            corpus, tokenizer, Path(place, "pack"), context=CONTEXT, n_tokens=asked.tokens
        )
        skip = max(1, len(tokenizer.prefix))
        # Compiled kernels and thread pools are ready in every round.
        lmscope.scan(model, corpus, Path(place, "warm"), n_tokens=2048, layers=[0])
        finding.search(asked.rule, model, pack, skip=skip, layers=[0], k=1)
        for i in range(asked.repeat):
            times: dict[str, Seconds] = {}
            memory.forget_peak()
            before = memory.now
            with clock(times, "scan"), listening(times):
                lmscope.scan(
                    model, corpus, Path(place, f"scan{i}"), n_tokens=asked.tokens, context=CONTEXT
                )
            growth["scan"] = max(growth["scan"], memory.peak - before)
            memory.forget_peak()
            before = memory.now
            found = search(times, asked.rule, model, pack, skip)
            growth["find"] = max(growth["find"], memory.peak - before)
            times["unread"] = minus(times["scan"], times["reading"])
            rounds.append(times)

    print(
        f"{asked.model.name}: {model.n_layers} x {model.d_mlp:,} neurons; {pack.n_tokens:,} tokens "
        f"in {pack.n_documents:,} documents; rule {asked.rule}\n"
        f"which marks {found.base_rate:.2%} of them; rounds: {asked.repeat}\n"
    )
    rows = {
        "pass": "scan: the pass over the text",
        "unread": "scan: all but reading and tokenising",
        "find": "find: all",
        **{name: f"  {title}" for name, title in PARTS.items()},
    }
    print(f"{'':<44}{'wall s':<21}CPU s")
    for name, title in rows.items():
        both = [shown([times[name][k] for times in rounds], ".1f") for k in range(2)]
        print(f"{title:<44}{both[0]:<21}{both[1]}")
    for base in ("pass", "unread"):
        ratios = [
            shown([times["find"][k] / times[base][k] for times in rounds], ".2f") for k in range(2)
        ]
        print(f"{'find / ' + rows[base]:<44}{ratios[0]:<21}{ratios[1]}")
    print(
        f"\nmemory added to what was loaded: scan {growth['scan']:,.0f} MB, "
        f"find {growth['find']:,.0f} MB; peak {memory.peak:,.0f} MB"
    )
    best = found.neurons[0]
    print(f"the best: {best!r}; best on shuffled labels: {found.shuffled_best:.3f}")


if __name__ == "__main__":
    main()
