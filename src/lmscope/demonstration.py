"""The demo: two small trained models and real text from inside the package, scanned in a minute.

Catalogues are kept in a cache folder; what is there and sound is used again, the rest is
made anew, with a word.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from lmscope.catalogue import Catalogue
from lmscope.errors import LmscopeError
from lmscope.scanning import Report, resume, scan
from lmscope.tensors import sha256

MODELS = ("demo-solu-1l", "demo-gelu-2l")
N_TOKENS = 250_000
"""How much of the built-in text is scanned unless told."""


def corpus() -> Path:
    """Give the path of the built-in text, which none of the demo models was trained on."""
    return Path(__file__).parent / "demo" / "corpus" / "demo.jsonl.gz"


def catalogue_of(
    name: str,
    cache: Path,
    *,
    n_tokens: int,
    say: Callable[[str], None],
    report: Report | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Catalogue | None:
    """Give the catalogue of a demo model: from the cache if it is sound, else from a scan.

    Args:
        name: One of `MODELS`.
        cache: Where the catalogues of the demo are kept, one folder for each.
        n_tokens: How much of the text to scan.
        say: Receives a sentence for everything that is not as one would expect.
        report: See `scan`.
        should_stop: See `scan`.

    Returns:
        The catalogue; None if `should_stop` ended the scan early.
    """
    from lmscope.models.loading import load

    folder = cache / f"{name}-{n_tokens}"
    if (folder / "manifest.json").exists():
        if (found := _sound(folder, name, say)) is not None:
            return found
    elif (folder / "scan.json").exists():
        say(f"The scan of {name} was interrupted; it goes on where it stopped.")
        try:
            return resume(folder, report=report, should_stop=should_stop)
        except (LmscopeError, OSError, ValueError) as error:
            say(f"It cannot go on ({_first_line(error)}); it begins anew.")
    if folder.exists():
        shutil.rmtree(folder)
    model = load(name, device="cpu")
    return scan(
        model,
        corpus(),
        folder,
        n_tokens=n_tokens,
        report=report,
        should_stop=should_stop,
    )


def _sound(folder: Path, name: str, say: Callable[[str], None]) -> Catalogue | None:
    """Open a catalogue of the cache if nothing in it is damaged and it is of this model."""
    try:
        found = Catalogue.open(folder)
        damage = found.verify()
    except LmscopeError as error:
        say(f"The catalogue of {name} cannot be used ({_first_line(error)}); it is made anew.")
        return None
    if damage:
        say(f"The catalogue of {name} is damaged ({damage[0].file}: {damage[0].reason}).")
        say("It is made anew.")
        return None
    weights = Path(__file__).parent / "demo" / name / "model.safetensors"
    if sha256(weights) != found.manifest["model"]["weights_hash"]:
        say(f"{name} is another version than the one in the cache; it is scanned anew.")
        return None
    return found


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")
