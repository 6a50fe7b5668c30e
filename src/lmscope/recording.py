"""The activations of a few neurons on every token of a packed corpus, recorded and kept.

What a scan never keeps: four bytes for each neuron and token. Knows no rules.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lmscope.calibration import forward
from lmscope.errors import Stopped
from lmscope.pack import Pack
from lmscope.tensors import Tensors, write_tensors

if TYPE_CHECKING:
    from lmscope.models import LanguageModel

Report = Callable[[int, int], None]
"""Told tokens done and tokens in all."""


def record(
    model: LanguageModel,
    pack: Pack,
    wanted: Mapping[int, Sequence[int]],
    *,
    segments: NDArray[np.bool_] | None = None,
    batch_tokens: int = 2048,
    report: Report | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> dict[int, NDArray[np.float32]]:
    """Run the model over a corpus and keep what some neurons do on it.

    Args:
        model: The model whose tokenizer cut the corpus.
        pack: The corpus.
        wanted: Neurons of each layer. The model runs up to the last of the layers.
        segments: Which segments to run, bool [n_segments]; None for all.
        batch_tokens: Tokens in one forward pass. With the value of a scan, and all segments, the
            activations are those of the scan to the last bit.
        report: Called after each batch.
        should_stop: Asked after each batch; true ends it.

    Returns:
        Of each layer float32 [n_neurons, n_tokens], in activation units; NaN where nothing ran.

    Raises:
        Stopped: If `should_stop` ended it.
    """
    layers = sorted(wanted)
    found = {
        layer: np.full((len(wanted[layer]), pack.n_tokens), np.nan, np.float32) for layer in layers
    }
    shown = np.ones(pack.n_documents, np.bool_)
    plan = pack.plan(batch_tokens, segments)
    lengths = pack.lengths
    total, done = int(sum(lengths[rows].sum() for rows in plan)), 0
    for rows in plan:
        batch = pack.batch(rows, 0, shown)
        starts = pack.token_start(rows)

        def keep(
            layer: int,
            acts: NDArray[np.float32],
            starts: NDArray[np.int64] = starts,
            lengths: NDArray[np.int64] = batch.lengths,
            offset: int = batch.offset,
        ) -> None:
            chosen = acts[:, offset:, wanted[layer]]
            for i, (start, n) in enumerate(zip(starts.tolist(), lengths.tolist(), strict=True)):
                found[layer][:, start : start + n] = chosen[i, :n].T

        forward(model, pack, batch, layers, keep)
        done += int(batch.lengths.sum())
        if report is not None:
            report(done, total)
        if should_stop is not None and should_stop():
            raise Stopped
    return found


MOST_BYTES = 2_000_000_000
"""Activations kept on the disk; of more, those that were not used for longest are removed."""


class Store:
    """Activations that were recorded before, in a folder: a second hypothesis costs no pass.

    Example:
        >>> import tempfile
        >>> store = Store(Path(tempfile.mkdtemp()), {"weights": "ab", "corpus": "cd"})
        >>> store.write(0, 7, np.ones(3, np.float32))
        >>> store.read(0, 7), store.read(0, 8)
        (array([1., 1., 1.], dtype=float32), None)
    """

    def __init__(self, folder: Path, identity: Mapping[str, object]) -> None:
        """Open a store.

        Args:
            folder: Of all stores; made when something is written.
            identity: What the activations depend on: weights, tokenizer, site, dtype, corpus, ...
        """
        text = json.dumps(identity, sort_keys=True)
        self._all = folder
        self._folder = folder / hashlib.sha256(text.encode()).hexdigest()[:32]

    def read(self, layer: int, neuron: int) -> NDArray[np.float32] | None:
        """Read a neuron's activations, [n_tokens]; None if they are not there or damaged."""
        path = self._path(layer, neuron)
        try:
            found: NDArray[np.float32] = Tensors(path).read("activations")
            path.touch()
        except (OSError, ValueError, KeyError):
            return None
        return found

    def write(self, layer: int, neuron: int, activations: NDArray[np.float32]) -> None:
        """Keep a neuron's activations, and stay within `MOST_BYTES`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        write_tensors(self._path(layer, neuron), {"activations": activations})

    def tidy(self) -> None:
        """Remove what was not used for longest, until `MOST_BYTES` are left."""
        with suppress(OSError):  # another process may tidy up at the same time
            kept = sorted(
                ((s.st_mtime, s.st_size, path) for path in self._all.glob("*/*.safetensors")
                 for s in [path.stat()]), reverse=True,
            )  # fmt: skip
            total = 0
            for _, size, path in kept:
                total += size
                if total > MOST_BYTES:
                    path.unlink(missing_ok=True)

    def _path(self, layer: int, neuron: int) -> Path:
        return self._folder / f"L{layer}N{neuron}.safetensors"
