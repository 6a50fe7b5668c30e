"""Time lmscope's scan against the bare forward pass of transformers, in one run and as ratios.

The same segments, in the same padded batches, float32, one process, all variants after each
other in every round, so that whatever slows the machine down hits all alike. Prints wall and
CPU seconds; where they disagree, the machine was busy.

    python benchmarks/scan.py [--model FOLDER] [--tokens 16384] [--corpus SPEC] [--repeat 3]
"""

from __future__ import annotations

import argparse
import platform
import resource
import statistics
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import tokenizers
import torch
import transformers
from tokenizers import decoders, models, pre_tokenizers, trainers
from transformers import AutoModel, AutoModelForCausalLM, GPT2Config

import lmscope
from lmscope import scanning
from lmscope.accumulators import Partial
from lmscope.corpora import Corpus, Counts
from lmscope.models import effects
from lmscope.pack import write_pack

CONTEXT, BATCH_TOKENS = 128, 2048  # the defaults of `lmscope scan`
STANDARD_LIBRARY = sysconfig.get_path("stdlib")
CORPUS = f"{STANDARD_LIBRARY}::glob=*.py"
TIMED: dict[str, tuple[Any, str]] = {
    "reading": (scanning, "write_pack"),
    "effects": (effects, "direct_effects"),
    "calibration": (scanning, "calibrate"),
    "pass": (scanning, "_run"),
    "bookkeeping": (Partial, "add_layer"),
    "saving": (scanning, "_write_state"),
    "writing": (scanning, "write_catalogue"),
}
"""What a scan calls: the name of each part, and where to listen. Bookkeeping is in the pass."""

Seconds = tuple[float, float]
"""Wall and CPU."""


# --- clocks --------------------------------------------------------------------------------


@contextmanager
def clock(times: dict[str, Seconds], name: str) -> Iterator[None]:
    """Add the seconds that pass to those of `name`."""
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        yield
    finally:
        before = times.get(name, (0.0, 0.0))
        times[name] = (
            before[0] + time.perf_counter() - wall,
            before[1] + time.process_time() - cpu,
        )


@contextmanager
def listening(times: dict[str, Seconds]) -> Iterator[None]:
    """Time the parts of every scan that runs meanwhile."""

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            with clock(times, name):
                return function(*args, **options)

        return call

    with ExitStack() as stack:
        for name, (place, attribute) in TIMED.items():
            function = timed(name, getattr(place, attribute))
            stack.enter_context(patch.object(place, attribute, function))
        yield


class Memory:
    """Resident memory of this process, MB; its peak can be forgotten on Linux only."""

    def forget_peak(self) -> None:
        try:
            Path("/proc/self/clear_refs").write_text("5")
        except OSError:
            return

    @property
    def now(self) -> float:
        return self._status("VmRSS") or self.peak

    @property
    def peak(self) -> float:
        unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
        return self._status("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit

    def _status(self, field: str) -> float | None:
        try:
            lines = Path("/proc/self/status").read_text().splitlines()
        except OSError:
            return None
        return next((int(x.split()[1]) / 1024 for x in lines if x.startswith(field)), None)


# --- models --------------------------------------------------------------------------------


def write_gpt2(folder: Path) -> None:
    """Save a model of GPT-2 small's shape, with random weights and a vocabulary of its size."""
    corpus = lmscope.load_corpus([f"{STANDARD_LIBRARY}::glob={g}.py" for g in ("*", "*/*")])
    config = GPT2Config()
    backend = tokenizers.Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=config.vocab_size,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = (document.text for document in corpus.read(Counts()))
    backend.train_from_iterator(texts, trainer)
    torch.manual_seed(0)
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    backend.save(str(folder / "tokenizer.json"))


# --- the three variants --------------------------------------------------------------------


def measure(name: str, folder: Path, corpus: Corpus, n_tokens: int, repeat: int) -> None:
    """Run all variants on one model, round by round, and print what they took."""
    model = lmscope.load(folder, device="cpu")
    full = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    bare = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
    memory, growth, top = Memory(), 0.0, 0.0
    with TemporaryDirectory() as place:
        pack = write_pack(
            corpus, model.tokenizer, Path(place, "pack"), context=CONTEXT, n_tokens=n_tokens
        )
        is_shown = pack.is_first_of_cluster()
        batches = [
            torch.from_numpy(pack.model_input(pack.batch(segments, 0, is_shown)))
            for segments in pack.plan(BATCH_TOKENS)
        ]

        @torch.inference_mode()
        def forward(which: torch.nn.Module, n: int | None = None) -> None:
            for ids in batches[:n]:
                which(input_ids=ids, use_cache=False)

        def scan(path: Path, n: int, layers: list[int] | None = None) -> None:
            lmscope.scan(
                model,
                corpus,
                path,
                n_tokens=n,
                context=CONTEXT,
                layers=layers,
                batch_tokens=BATCH_TOKENS,
            )

        # Compiled kernels and thread pools are ready in every round.
        scan(Path(place, "warm"), BATCH_TOKENS, [0])
        forward(full, 1)
        forward(bare, 1)

        rounds: list[dict[str, Seconds]] = []
        for i in range(repeat):
            times: dict[str, Seconds] = {}
            with clock(times, "full"):
                forward(full)
            with clock(times, "bare"):
                forward(bare)
            memory.forget_peak()
            before = memory.now
            with clock(times, "scan"), listening(times):
                scan(Path(place, f"scan{i}"), n_tokens)
            growth, top = max(growth, memory.peak - before), max(top, memory.peak)
            rounds.append(times)
            print(f"  round {i + 1} of {repeat} done", file=sys.stderr)

    n_padded = sum(ids.numel() for ids in batches)
    print(
        f"{name}: {model.n_layers} x {model.d_mlp:,} neurons,"
        f" vocabulary {model.tokenizer.n_vocab:,}"
    )
    print(
        f"{pack.n_tokens:,} tokens in {len(batches)} batches of {n_padded:,} positions;"
        f" rounds: {repeat}\n"
    )
    print_speeds(rounds, pack.n_tokens)
    print_parts(rounds, pack.n_tokens)
    weights = model.n_parameters * 4 / (1 << 20)
    print(
        f"peak memory: {top:,.0f} MB, of which the scan added {growth:,.0f} MB to what was loaded:"
        f" three copies\nof the weights, {weights:,.0f} MB each, of which a scan alone needs one\n"
    )


# --- tables --------------------------------------------------------------------------------


def shown(values: list[float], form: str) -> str:
    """Give median, and least and greatest in brackets."""
    low, high = min(values), max(values)
    return f"{statistics.median(values):{form}} ({low:{form}}-{high:{form}})"


def print_speeds(rounds: list[dict[str, Seconds]], n_tokens: int) -> None:
    """Print each variant's speed, and its ratio to both baselines in the same round."""
    titles = {
        "full": "transformers, with LM head",
        "bare": "transformers, without LM head",
        "pass": "lmscope, the pass over the text",
        "scan": "lmscope, the whole scan",
    }
    for clocked, unit in enumerate(("wall", "CPU")):
        print(f"{f'tokens per {unit} second':<33}{'':<21}{'x with head':<19}x without head")
        for key, title in titles.items():
            speed = shown([n_tokens / times[key][clocked] for times in rounds], ",.0f")
            ratios = [
                shown([times[base][clocked] / times[key][clocked] for times in rounds], ".2f")
                for base in ("full", "bare")
            ]
            print(f"{title:<33}{speed:<21}{ratios[0]:<19}{ratios[1]}")
        print()


def print_parts(rounds: list[dict[str, Seconds]], n_tokens: int) -> None:
    """Print where a scan's time goes."""

    def part(times: dict[str, Seconds], *names: str) -> Seconds:
        return tuple(sum(times.get(n, (0.0, 0.0))[k] for n in names) for k in range(2))  # type: ignore[return-value]

    def minus(a: Seconds, b: Seconds) -> Seconds:
        return a[0] - b[0], a[1] - b[1]

    outside = ("reading", "effects", "calibration", "pass", "saving", "writing")
    parts: dict[str, Callable[[dict[str, Seconds]], Seconds]] = {
        "reading and tokenising": lambda t: part(t, "reading"),
        "logit effects": lambda t: part(t, "effects"),
        "calibration": lambda t: part(t, "calibration"),
        "pass: model": lambda t: minus(part(t, "pass"), part(t, "bookkeeping")),
        "pass: bookkeeping": lambda t: part(t, "bookkeeping"),
        "saving and writing": lambda t: part(t, "saving", "writing"),
        "all else": lambda t: minus(part(t, "scan"), part(t, *outside)),
    }
    print(f"{'where a scan goes':<33}{'wall s':<21}{'CPU s':<21}share of wall")
    for title, seconds in parts.items():
        both = [shown([seconds(times)[k] for times in rounds], ".1f") for k in range(2)]
        share = shown([100 * seconds(times)[0] / times["scan"][0] for times in rounds], ".1f")
        print(f"{title:<33}{both[0]:<21}{both[1]:<21}{share} %")
    shares = [
        shown([100 * times["bookkeeping"][k] / times["pass"][k] for times in rounds], ".1f")
        for k in range(2)
    ]
    print(f"\nbookkeeping is {shares[0]} % of the pass by wall time, {shares[1]} % by CPU time")
    fixed = ("effects", "saving", "writing")
    worth = [n_tokens * part(times, *fixed)[1] / times["pass"][1] for times in rounds]
    print(
        "logit effects and writing, which hardly grow with the text, take the CPU time"
        f" of {shown(worth, ',.0f')}\ntokens of the pass"
    )


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--model", type=Path, help="folder of one more model, of transformers")
    parser.add_argument("--tokens", type=int, default=16_384)
    parser.add_argument(
        "--corpus", default=f"{STANDARD_LIBRARY}::glob=*.py", help="what `lmscope scan` takes"
    )
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()

    named = ", ".join(f"{name} {version(name)}" for name in ("lmscope", "torch", "transformers"))
    print(f"{processor()}, {torch.get_num_threads()} threads; {named}; float32")
    print("Median of the rounds, least and greatest in brackets.\n")
    corpus = lmscope.load_corpus(asked.corpus)
    with TemporaryDirectory() as place:
        folder = Path(place, "gpt2-small-shape")
        write_gpt2(folder)
        measure("GPT-2 small, random weights", folder, corpus, asked.tokens, asked.repeat)
    if asked.model is not None:
        measure(asked.model.name, asked.model, corpus, asked.tokens, asked.repeat)


if __name__ == "__main__":
    main()
