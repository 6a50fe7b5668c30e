"""Model and corpus in, catalogue out: one pass over the text for every neuron of every layer.

The only long job. It can be stopped anywhere and resumed, or shared out in
parts and merged, with the same bytes as a result.

The steps, each of which leaves complete files behind:
    scan.json    what was asked; written first, removed last
    documents/   the corpus, cut into tokens and segments (`pack`)
    vocab, logits, edges: what is fixed before the pass
    state        the running results and which batches are in them, every 45 seconds
    examples, stats, histograms, manifest.json: the catalogue (`binding`)
"""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from lmscope.accumulators import Batch, Edges, Partial
from lmscope.binding import write_catalogue
from lmscope.calibration import calibrate, forward
from lmscope.catalogue import FORMAT_VERSION, Catalogue
from lmscope.corpora import Corpus, load_corpus
from lmscope.errors import (
    BadOption,
    CatalogueExists,
    ContextTooLong,
    EmptyCorpus,
    LayerOutOfRange,
    NothingToResume,
    PartsDiffer,
    ScanChanged,
)
from lmscope.pack import Pack, write_pack
from lmscope.tensors import Tensors, replacing, write_tensors

if TYPE_CHECKING:
    from lmscope.models import LanguageModel

SECONDS_BETWEEN_SAVES = 45.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a scan is; handed to the `report` callback."""

    stage: Literal["reading", "preparing", "scanning", "writing"]
    tokens_done: int
    tokens_total: int | None
    """None while the corpus is still being read."""
    tokens_per_s: float
    """Over this run of the scan; 0 at its start."""
    n_neurons: int
    """Every neuron advances together: all of them have seen `tokens_done` tokens."""


Report = Callable[[Progress], None]


def scan(
    model: LanguageModel | str | Path,
    corpus: Corpus | str | Path | Sequence[str | Path],
    path: str | Path,
    *,
    n_tokens: int | None = None,
    context: int | None = None,
    layers: Sequence[int] | None = None,
    top: int = 20,
    per_band: int = 3,
    window: int = 64,
    batch_tokens: int = 2048,
    part: tuple[int, int] | None = None,
    report: Report | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Catalogue | None:
    """Scan every MLP neuron of a model over a corpus into a catalogue.

    Args:
        model: A loaded model, or what `lmscope.load` takes.
        corpus: A corpus, or what `lmscope.load_corpus` takes.
        path: Folder of the catalogue; must not exist or be empty.
        n_tokens: Stop reading after so many tokens; None for the whole corpus.
        context: Tokens in a segment, with BOS where the model has one; 128, or all that the
            model reads if that is less.
        layers: Which layers; None for all.
        top: Examples in the top and in the bottom list.
        per_band: Random examples in each quantile band.
        window: Tokens kept round each peak.
        batch_tokens: Tokens in one forward pass. Another value may change the last bits of
            the activations, because matrix products of another shape round differently.
        part: (i, n) scans only the i-th of n shares, counted from 1; put the shares together
            with `merge`. Every share must be given the same options.
        report: Called with a `Progress` several times a second.
        should_stop: Asked after every batch; if true the scan is saved and left, to be
            finished by `resume`.

    Returns:
        The catalogue; None if the scan was left early or is one of several parts.

    Raises:
        CatalogueExists: If `path` holds anything; nothing is changed.
        ContextTooLong: If the model cannot read so many tokens.
        EmptyCorpus: If the corpus holds no token that counts.
        DiskFull: If there is no space left; what was scanned is kept and can be resumed.
    """
    from lmscope.models.loading import load

    folder = Path(path)
    refuse_existing(folder)
    loaded = load(model) if isinstance(model, str | Path) else model
    context = min(128, loaded.n_ctx) if context is None else context
    described = corpus if isinstance(corpus, Corpus) else load_corpus(corpus)
    _check_options(loaded, context, layers, top, per_band, window, batch_tokens, part, n_tokens)
    wanted = list(range(loaded.n_layers)) if layers is None else sorted(set(layers))
    asked: dict[str, Any] = {
        "format": FORMAT_VERSION,
        "model": _describe(loaded),
        "corpus": {"spec": list(described.spec), "n_tokens_asked": n_tokens},
        "options": {
            "context": context,
            "layers": wanted,
            "top": top,
            "per_band": per_band,
            "window": min(window, context),
            "batch_tokens": batch_tokens,
        },
        "versions": versions(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    _write_json(folder / "scan.json", {**asked, "part": list(part or (1, 1))})
    try:
        return _advance(folder, loaded, described, report, should_stop)
    except EmptyCorpus:  # nothing was scanned: leave nothing behind
        shutil.rmtree(folder)
        raise


def resume(
    path: str | Path,
    *,
    model: LanguageModel | None = None,
    device: str = "auto",
    report: Report | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Catalogue | None:
    """Finish a scan that was interrupted; the result is the same, byte for byte.

    Args:
        path: Folder of the unfinished scan.
        model: The scan's model, if it is already loaded.
        device: Where to load it otherwise.
        report: As in `scan`.
        should_stop: As in `scan`.

    Raises:
        NothingToResume: If there is no unfinished scan.
        ScanChanged: If the model's weights are no longer those the scan began with.
    """
    from lmscope.models.loading import load_again

    folder = Path(path)
    asked = read_scan(folder)
    if model is None:
        model = load_again(asked["model"], device=device)
    now = _describe(model)
    for key, what in (
        ("weights_hash", "weights"),
        ("tokenizer_hash", "tokenizer"),
        ("dtype", "dtype"),
        ("site", "site"),
    ):
        if now[key] != asked["model"][key]:
            raise ScanChanged(folder, f"the model's {what} changed since it began")
    return _advance(folder, model, None, report, should_stop)


def merge(a: str | Path, b: str | Path, path: str | Path, *more: str | Path) -> Catalogue | None:
    """Put partial scans together; in any order and grouping the result is the same.

    Args:
        a: Folder of a partial scan (`scan` with `part`).
        b: Folder of another.
        path: Folder for the result.
        more: Folders of further parts.

    Returns:
        The catalogue if every part is there, byte for byte that of one scan of the whole;
        None if some are missing: then `path` is itself a partial scan, to be merged further.

    Raises:
        PartsDiffer: If they do not belong together.
        CatalogueExists: If `path` holds anything.
    """
    folders = [Path(a), Path(b), *map(Path, more)]
    refuse_existing(Path(path))
    first = folders[0]
    asked = read_scan(first)
    partial, done = _read_state(first)
    edges = _read_edges(first)
    for other in folders[1:]:
        _check_parts(first, asked, edges, other)
        its_partial, its_done = _read_state(other)
        if (done & its_done).any():
            raise PartsDiffer(first, other, "both hold the same part of the corpus")
        partial.merge(its_partial)
        done |= its_done
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        _write_json(folder / "scan.json", {**asked, "part": [1, 1]})
        shutil.copytree(first / "documents", folder / "documents")
        for name in ("vocab.safetensors", "logits.safetensors", "edges.safetensors"):
            if (first / name).exists():
                shutil.copyfile(first / name, folder / name)
        _write_state(folder, partial, done)
        return _finish(folder, partial) if done.all() else None
    except BaseException:  # the parts are as they were; half a result would only mislead
        shutil.rmtree(folder)
        raise


def read_scan(folder: Path) -> dict[str, Any]:
    """Read what an unfinished scan was asked to do.

    Raises:
        NothingToResume: If there is none.
    """
    try:
        asked: dict[str, Any] = json.loads((folder / "scan.json").read_text("utf-8"))
    except FileNotFoundError:
        if (folder / "manifest.json").exists():
            reason = "it is a finished catalogue"
        else:
            reason = "the folder has no scan.json" if folder.is_dir() else "there is no such folder"
        raise NothingToResume(folder, reason) from None
    return asked


# --- the pass ------------------------------------------------------------------------------


def _advance(
    folder: Path,
    model: LanguageModel,
    corpus: Corpus | None,
    report: Report | None,
    should_stop: Callable[[], bool] | None,
) -> Catalogue | None:
    """Do whatever the folder still lacks."""
    if (folder / "manifest.json").exists():  # only the tidying was cut short
        return _tidied(folder)
    asked = read_scan(folder)
    layers: list[int] = asked["options"]["layers"]
    tell = _teller(report, len(layers) * model.d_mlp)
    pack = _prepare_pack(folder, asked, model, corpus, tell)
    tell("preparing", 0, pack.n_tokens)
    _prepare_vocab(folder, model)
    _prepare_logits(folder, model, layers)
    edges, skip = _prepare_edges(folder, asked, model, pack)
    batches = pack.plan(asked["options"]["batch_tokens"])
    if (folder / "state.safetensors").exists():
        partial, done = _read_state(folder)
    else:
        partial = Partial(
            len(layers),
            model.d_mlp,
            top=asked["options"]["top"],
            per_band=asked["options"]["per_band"],
            window=asked["options"]["window"],
        )
        done = np.zeros(len(batches), np.bool_)
    i, n = asked["part"]
    mine = range((i - 1) * len(batches) // n, i * len(batches) // n)
    shown = pack.is_first_of_cluster()
    lengths = pack.lengths
    total = int(sum(lengths[batches[b]].sum() for b in mine))
    n_done = int(sum(lengths[batches[b]].sum() for b in mine if done[b]))
    saved_at, is_saved = time.monotonic(), True
    for b in mine:
        if done[b]:
            continue
        batch = pack.batch(batches[b], skip, shown)
        _run(model, pack, batch, layers, partial, edges)
        partial.n_tokens += int(batch.keep.sum())
        done[b], is_saved = True, False
        n_done += int(batch.lengths.sum())
        tell("scanning", n_done, total)
        if should_stop is not None and should_stop():
            _write_state(folder, partial, done)
            return None
        if time.monotonic() - saved_at > SECONDS_BETWEEN_SAVES:
            _write_state(folder, partial, done)
            saved_at, is_saved = time.monotonic(), True
    if not is_saved or not (folder / "state.safetensors").exists():
        _write_state(folder, partial, done)
    if n > 1:
        return None
    tell("writing", total, total)
    return _finish(folder, partial)


def _run(
    model: LanguageModel,
    pack: Pack,
    batch: Batch,
    layers: list[int],
    partial: Partial,
    edges: Edges,
) -> None:
    def visit(layer: int, acts: NDArray[np.float32]) -> None:
        partial.add_layer(layers.index(layer), acts, batch, edges, layer * model.d_mlp)

    forward(model, pack, batch, layers, visit)


def _finish(folder: Path, partial: Partial) -> Catalogue:
    """Turn complete results into a catalogue and remove what only the scan needed."""
    asked = read_scan(folder)
    edges = _read_edges(folder)
    if partial.n_tokens == 0:
        raise EmptyCorpus(
            ", ".join(asked["corpus"]["spec"]), "every token is the first of its segment or special"
        )
    position = json.loads(Tensors(folder / "edges.safetensors").metadata["position"])
    asked = {k: v for k, v in asked.items() if k != "part"}
    pack = Pack(folder / "documents")
    write_catalogue(folder, asked, position, pack, partial, edges, _kept(folder))
    return _tidied(folder)


def _tidied(folder: Path) -> Catalogue:
    """Open a complete catalogue and remove what only its scan needed."""
    catalogue = Catalogue.open(folder)
    for name in ("state.safetensors", "edges.safetensors", "scan.json"):
        (folder / name).unlink(missing_ok=True)
    return catalogue


# --- what is fixed before the pass ---------------------------------------------------------


def _prepare_pack(
    folder: Path,
    asked: dict[str, Any],
    model: LanguageModel,
    corpus: Corpus | None,
    tell: Callable[[Any, int, int | None], None],
) -> Pack:
    documents = folder / "documents"
    if (documents / "pack.json").exists():
        return Pack(documents)
    return write_pack(
        corpus or load_corpus(asked["corpus"]["spec"]),
        model.tokenizer,
        documents,
        context=asked["options"]["context"],
        n_tokens=asked["corpus"]["n_tokens_asked"],
        report=lambda n: tell("reading", n, None),
    )


def _prepare_vocab(folder: Path, model: LanguageModel) -> None:
    path = folder / "vocab.safetensors"
    if path.exists():
        return
    tokenizer = model.tokenizer
    pieces = [tokenizer.token_bytes(i) for i in range(tokenizer.n_vocab)]
    ends = np.cumsum([len(p) for p in pieces]).astype(np.uint32)
    write_tensors(path, {"bytes": np.frombuffer(b"".join(pieces), np.uint8), "ends": ends})


def _prepare_logits(folder: Path, model: LanguageModel, layers: list[int]) -> None:
    from lmscope.models.effects import direct_effects

    path = folder / "logits.safetensors"
    if path.exists():
        return
    effects = direct_effects(model, layers)
    if effects is not None:
        write_tensors(path, effects)


def _prepare_edges(
    folder: Path, asked: dict[str, Any], model: LanguageModel, pack: Pack
) -> tuple[Edges, int]:
    path = folder / "edges.safetensors"
    if not path.exists():
        position, edges = calibrate(model, pack, asked["options"])
        write_tensors(
            path,
            {"scale": edges.scale, "bands": edges.bands},
            {"position": json.dumps(position, sort_keys=True)},
        )
    skip: int = json.loads(Tensors(path).metadata["position"])["skip"]
    return _read_edges(folder), skip


# --- files and checks ----------------------------------------------------------------------


def _read_edges(folder: Path) -> Edges:
    tensors = Tensors(folder / "edges.safetensors")
    return Edges(tensors.read("scale"), tensors.read("bands"))


def _write_state(folder: Path, partial: Partial, done: NDArray[np.bool_]) -> None:
    arrays = {**partial.arrays(), "done": done}
    write_tensors(folder / "state.safetensors", arrays, kept=_kept(folder))


def _kept(folder: Path) -> str:
    return (
        "What was scanned until the last save is kept. Free some space, then finish with: "
        f"lmscope scan --resume {folder}"
    )


def _read_state(folder: Path) -> tuple[Partial, NDArray[np.bool_]]:
    path = folder / "state.safetensors"
    if not path.exists():
        raise NothingToResume(folder, "nothing of it was scanned yet")
    tensors = Tensors(path)
    arrays = {name: tensors.read(name) for name in tensors}
    done: NDArray[np.bool_] = arrays.pop("done")
    return Partial.from_arrays(arrays), done


def _check_parts(first: Path, asked: dict[str, Any], edges: Edges, other: Path) -> None:
    its = read_scan(other)
    packs = [json.loads((f / "documents" / "pack.json").read_text("utf-8")) for f in (first, other)]
    if packs[0] != packs[1]:
        raise PartsDiffer(first, other, "their corpora differ")
    model, its_model = asked["model"], its["model"]
    for key in model:
        if key not in ("device", "source") and model[key] != its_model[key]:
            raise PartsDiffer(
                first, other, f"{key} is {model[key]} in one, {its_model[key]} in the other"
            )
    if asked["options"] != its["options"]:
        raise PartsDiffer(first, other, "their options differ")
    its_edges = _read_edges(other)
    if not (
        np.array_equal(edges.scale, its_edges.scale)
        and np.array_equal(edges.bands, its_edges.bands)
    ):
        raise PartsDiffer(first, other, "their machines calibrated the model differently")


def refuse_existing(folder: Path) -> None:
    """Make sure that a folder may be written to.

    Raises:
        CatalogueExists: If it holds anything.
    """
    if (folder / "scan.json").exists():
        raise CatalogueExists(folder, "an unfinished scan")
    if (folder / "manifest.json").exists():
        raise CatalogueExists(folder, "a catalogue")
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise CatalogueExists(folder, "files")


def _check_options(
    model: LanguageModel,
    context: int,
    layers: Sequence[int] | None,
    top: int,
    per_band: int,
    window: int,
    batch_tokens: int,
    part: tuple[int, int] | None,
    n_tokens: int | None,
) -> None:
    least = len(model.tokenizer.prefix) + len(model.tokenizer.suffix) + 2
    if context < least:
        raise BadOption("--context", context, f"{model.name} needs at least {least}")
    if context > model.n_ctx:
        raise ContextTooLong(model.name, context, model.n_ctx)
    for layer in layers or ():
        if not 0 <= layer < model.n_layers:
            raise LayerOutOfRange(model.name, model.n_layers, layer)
    if layers is not None and len(layers) == 0:
        raise BadOption("--layers", "", "name at least one layer")
    for option, value, most in (
        ("--top", top, 1000),
        ("--per-band", per_band, 100),
        ("--window", window, 4096),
        ("--batch-tokens", batch_tokens, 1 << 24),
        ("--tokens", 1 if n_tokens is None else n_tokens, 1 << 62),
    ):
        if not 1 <= value <= most:
            raise BadOption(option, value, f"it must be between 1 and {most:,}")
    if part is not None and not 1 <= part[0] <= part[1]:
        raise BadOption("--part", f"{part[0]}/{part[1]}", "write it as 1/4, 2/4, 3/4 or 4/4")


def _describe(model: LanguageModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "source": model.source,
        "revision": model.revision,
        "weights_hash": model.weights_hash,
        "tokenizer_hash": model.tokenizer.hash,
        "tokenizer_kind": model.tokenizer.kind,
        "architecture": model.architecture,
        "activation_function": model.activation_function,
        "is_gated": model.is_gated,
        "is_causal": model.is_causal,
        "guess": model.guess,
        "site": model.site,
        "sites": list(model.sites),
        "n_layers": model.n_layers,
        "d_mlp": model.d_mlp,
        "n_ctx": model.n_ctx,
        "n_vocab": model.tokenizer.n_vocab,
        "n_parameters": model.n_parameters,
        "dtype": model.dtype,
        "device": model.device,
    }


def versions() -> dict[str, str]:
    """Give the versions of the packages that a scan's numbers depend on."""
    names = ("lmscope", "torch", "transformers", "tokenizers", "numpy")
    return {name: importlib.metadata.version(name) for name in names}


def _write_json(path: Path, value: object) -> None:
    with replacing(path) as file:
        file.write(json.dumps(value, indent=1, ensure_ascii=False).encode() + b"\n")


def _teller(report: Report | None, n_neurons: int) -> Callable[[Any, int, int | None], None]:
    """Measure the speed since each stage began; report at most ten times a second."""
    started: dict[str, tuple[float, int]] = {}
    last = 0.0

    def tell(stage: Any, done: int, total: int | None) -> None:
        nonlocal last
        if report is None:
            return
        now = time.monotonic()
        is_new = stage not in started
        began, done_then = started.setdefault(stage, (now, done))
        if not is_new and done != total and now - last < 0.1:
            return
        last = now
        speed = (done - done_then) / (now - began) if now > began else 0.0
        report(Progress(stage, done, total, speed, n_neurons))

    return tell
