"""From a name to a model: a path, an alias, or a hub repository, in that order.

The one place in lmscope that knows the Hugging Face hub's cache and network. Everything
that can be said without them is said before they are touched.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingface_hub import HfApi, constants, errors, hf_hub_download, snapshot_download

# That of httpx or of httpx2, whichever this version of the client uses.
from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined]

from lmscope.errors import BadOption, LmscopeError, ModelNotHere, NotAModel, nearest
from lmscope.models import names
from lmscope.models.files import is_toy_config, read_config, toy_tokenizer, weight_files
from lmscope.models.tokens import Tokenizer, read_backend

if TYPE_CHECKING:
    from lmscope.models import LanguageModel

_SMALL_FILES = [
    "config.json",
    "tokenizer*",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab*",
    "merges.txt",
    "*.model",
    "*.index.json",
]
_TOKENIZER_FILES = ["tokenizer.json", "vocab*", "*.model"]
_DTYPES = {
    "float32": "float32",
    "fp32": "float32",
    "float": "float32",
    "bfloat16": "bfloat16",
    "bf16": "bfloat16",
    "float16": "float16",
    "fp16": "float16",
    "half": "float16",
}


def load(
    name: str | Path,
    *,
    dtype: str | None = None,
    device: str = "auto",
    site: str | None = None,
    revision: str | None = None,
    token: str | None = None,
    local_files_only: bool = False,
) -> LanguageModel:
    """Load a language model whose neurons can be read.

    Args:
        name: A folder, a .gguf file, a known name (``gpt2-small``, ``solu-1l``; see
            ``lmscope models``) or the id of a hub repository (``owner/name``).
        dtype: ``float32`` unless given; ``bfloat16`` and ``float16`` are faster and change
            the numbers. Also spelled ``torch.float32``, ``fp32``, ``bf16``, ``half``.
        device: ``cpu``, ``cuda``, ``cuda:1``, ``mps``; ``auto`` takes the fastest there is.
        site: Which tensor to read: ``post``, ``pre``, or ``mid`` for SoLU models, whose
            default it is.
        revision: Branch, tag or commit of the hub repository.
        token: Access token of the hub; without it that of ``HF_TOKEN`` or of a login.
        local_files_only: Never use the network, as with ``HF_HUB_OFFLINE=1``.

    Raises:
        UnknownModel: If there is nothing of that name; with the nearest names.
        ModelNotHere: If its files are not in the cache and cannot be fetched.
        NotAModel: If the path is missing or holds no model.
        NoNeurons: For a model with attention layers only.
        UnsupportedArchitecture: If its neurons cannot be found.
        ModelRefused: If what was found does not prove to be its neurons.
        UnknownSite: If the model has no such site.
        BadOption: For a dtype, device or revision that does not exist.
        MissingExtra: For a .gguf file without the packages that read it.
    """
    options: dict[str, Any] = {"dtype": _dtype(dtype), "device": _device(device), "site": site}
    files = _find(name, revision, token, local_files_only)
    options |= {"name": files.name, "source": files.source, "revision": files.revision}
    path, config = files.path, files.config()
    if not is_toy_config(config):
        from lmscope.models.hf import load_hf  # imports transformers, which takes seconds

        if path.is_file():
            return load_hf(path.parent, gguf_file=path.name, **options)
        return load_hf(path, **options)
    from lmscope.models.toy import load_toy

    elsewhere = _tokenizer_elsewhere(files, config, token, local_files_only)
    return load_toy(path, tokenizer=elsewhere, **options)


def load_tokenizer(
    name: str | Path,
    *,
    revision: str | None = None,
    token: str | None = None,
    local_files_only: bool = False,
) -> tuple[str, Tokenizer]:
    """Load the tokenizer of a language model, and nothing else of it.

    From the hub only small files are fetched. Neither torch nor transformers is imported where the
    model has a tokenizer.json.

    Args:
        name: As in `load`.
        revision: As in `load`.
        token: As in `load`.
        local_files_only: As in `load`.

    Returns:
        What the model is called, and its tokenizer.

    Raises:
        UnknownModel: If there is nothing of that name; with the nearest names.
        ModelNotHere: If its files are not in the cache and cannot be fetched.
        NotAModel: If the path is missing, holds no model, or none with a tokenizer that is read.
        NoNeurons: For a name of a model with attention layers only.
        BadOption: For a revision that does not exist.
        MissingExtra: For a .gguf file without the packages that read it.

    Example:
        >>> name, tokenizer = load_tokenizer("demo-solu-1l")
        >>> name, tokenizer.tokenize("a neuron").pieces()
        ('demo-solu-1l', ['a', ' ne', 'ur', 'on'])
    """
    files = _find(name, revision, token, local_files_only, with_weights=False)
    path, config = files.path, files.config()
    if is_toy_config(config):
        elsewhere = _tokenizer_elsewhere(files, config, token, local_files_only)
        return files.name, toy_tokenizer(path, elsewhere, config)
    if (path / "tokenizer.json").is_file():
        return files.name, Tokenizer.from_backend(read_backend(path / "tokenizer.json"))
    from lmscope.models.hf import load_hf_tokenizer  # imports transformers, which takes seconds

    if path.is_file():
        return files.name, load_hf_tokenizer(path.parent, gguf_file=path.name)
    return files.name, load_hf_tokenizer(path)


def load_again(was: Mapping[str, Any], *, device: str = "auto") -> LanguageModel:
    """Load the model that a catalogue or an unfinished scan was made with.

    Args:
        was: What its manifest says of the model.
        device: As in `load`.

    Raises:
        LmscopeError: As in `load`. The weights may have changed since; who needs them unchanged
            compares their hash.
    """
    return load(
        was["source"], dtype=was["dtype"], device=device, site=was["site"], revision=was["revision"]
    )


@dataclass(frozen=True, slots=True)
class _Files:
    """Where the files of a model are."""

    path: Path
    """A folder, or a .gguf file."""
    name: str
    source: str
    revision: str | None

    def config(self) -> dict[str, Any]:
        return {} if self.path.is_file() else read_config(self.path)


def _find(
    name: str | Path,
    revision: str | None,
    token: str | None,
    local_files_only: bool,
    *,
    with_weights: bool = True,
) -> _Files:
    """Find the files that a name means, fetched if need be; see `load` for the errors."""
    if (path := _local(name)) is not None:
        called = path.stem if path.is_file() else path.name.strip(".") or path.resolve().name
        return _Files(path, called, str(path.resolve()), None)
    known = names.resolve(str(name))
    if known is None and not re.fullmatch(r"[\w.-]+/[\w.-]+", str(name)):
        raise names.unknown(str(name))
    if known is not None and known.folder is not None:
        return _Files(known.folder, known.alias, known.alias, None)
    called, repo = (known.alias, known.repo) if known else (str(name), str(name))
    path = _fetch(called, repo, revision, token, local_files_only, with_weights)
    return _Files(path, called, repo, path.name)


def _local(name: str | Path) -> Path | None:
    """Give the path that a name means, or None if it means no path.

    A folder in the working directory does not hide a known name unless it holds a model: the
    catalogue of gpt2-small may well be called gpt2-small.
    """
    typed = str(name)
    if not typed.strip() or max(map(len, typed.encode().split(b"/"))) > 255:
        return None  # nothing, or a text that took the model's place: no file has such a name
    path = Path(name).expanduser()
    if path.is_file() and path.suffix != ".gguf":
        raise NotAModel(typed, "it is a file, and not a .gguf file")
    if path.is_file() or (path / "config.json").is_file():
        return path
    is_path = isinstance(name, Path) or typed.startswith((".", "~", "/")) or path.suffix == ".gguf"
    if path.is_dir() and (is_path or names.resolve(typed) is None):
        return path
    if not is_path and typed.count("/") < 2 and "\\" not in typed:
        return None
    reason = "there is no such file or folder"
    if path.parent.is_dir():
        beside = sorted(p.name for p in path.parent.iterdir() if p.is_dir() or p.suffix == ".gguf")
        if near := nearest(path.name, beside):
            reason += f"; beside it: {', '.join(near)}"
    raise NotAModel(typed, reason)


def _fetch(
    name: str,
    repo: str,
    revision: str | None,
    token: str | None,
    local_files_only: bool,
    with_weights: bool,
) -> Path:
    """Give the folder of a repository's files in the cache, fetched if need be."""
    here = _snapshot(repo, revision, with_weights)
    if local_files_only or constants.HF_HUB_OFFLINE:
        if here is None:
            raise ModelNotHere(name, repo, "offline mode is on")
        return here
    if here is not None and here.name == revision:  # a commit never changes
        return here
    try:
        # Unlike the listing of files, this request is not repeated for half a minute offline.
        files = HfApi(token=token).model_info(repo, revision=revision, timeout=10).siblings or []
        wanted = _wanted(repo, [file.rfilename for file in files], with_weights)
        return Path(snapshot_download(repo, revision=revision, token=token, allow_patterns=wanted))
    except errors.RevisionNotFoundError:
        reason = f"{repo} has no such branch, tag or commit"
        raise BadOption(option="--revision", value=revision, reason=reason) from None
    except (HTTPError, ConnectionError, errors.LocalEntryNotFoundError) as error:
        if here is not None:
            return here
        raise _explained(name, repo, error) from None


def _tokenizer_elsewhere(
    files: _Files, config: Mapping[str, Any], token: str | None, local_files_only: bool
) -> Path | None:
    """Give the folder of a toy model's tokenizer, fetched if need be; None if it is the model's."""
    if "tokenizer_name" not in config or any(files.path.glob("**/tokenizer.json")):
        return None
    called, repo = f"the tokenizer of {files.name}", str(config["tokenizer_name"])
    return _fetch_tokenizer(called, repo, token, local_files_only)


def _fetch_tokenizer(name: str, repo: str, token: str | None, local_files_only: bool) -> Path:
    """Give the folder of a repository's tokenizer.json in the cache, fetched if need be."""
    try:
        file = hf_hub_download(
            repo, "tokenizer.json", token=token, local_files_only=local_files_only
        )
        return Path(file).parent
    except (HTTPError, ConnectionError, errors.LocalEntryNotFoundError) as error:
        raise _explained(name, repo, error) from None


def _explained(name: str, repo: str, error: Exception) -> LmscopeError:
    """Turn what the hub's client raises into a sentence."""
    if isinstance(error, errors.GatedRepoError):
        return ModelNotHere(name, repo, "access denied: accept its terms there and give a token")
    if isinstance(error, errors.RepositoryNotFoundError):
        return names.unknown(repo)
    if isinstance(error, errors.LocalEntryNotFoundError):
        return ModelNotHere(name, repo, "offline, or no connection")
    return ModelNotHere(name, repo, str(error).strip().partition("\n")[0][:100] or "no connection")


def _snapshot(repo: str, revision: str | None, with_weights: bool) -> Path | None:
    """Find a repository's files in the cache without the hub's client.

    The client calls a snapshot incomplete unless every file of the repository is there, and
    only those that are needed were fetched.
    """
    folder = Path(constants.HF_HUB_CACHE, f"models--{repo.replace('/', '--')}")
    ref = folder / "refs" / (revision or "main")
    commit = ref.read_text("utf-8").strip() if ref.is_file() else revision
    snapshot = folder / "snapshots" / (commit or "none")
    there = [file.name for file in snapshot.glob("*") if file.exists()]
    if "config.json" not in there:
        return None
    is_all = bool(_weights(there)) or (not with_weights and _has_tokenizer(snapshot, there))
    return snapshot if is_all else None


def _has_tokenizer(folder: Path, files: Iterable[str]) -> bool:
    """Say whether a folder has a tokenizer, or is of the layout whose tokenizers are elsewhere."""
    own = any(fnmatch.fnmatch(f, p) for f in files for p in _TOKENIZER_FILES)
    return own or is_toy_config(read_config(folder))


def _weights(files: Iterable[str]) -> list[str]:
    files = list(files)
    return weight_files(files) or [file for file in files if file.endswith("final.pth")]


def _wanted(repo: str, files: Iterable[str], with_weights: bool) -> list[str]:
    """Choose what to fetch: configuration, tokenizer, and one form of the weights if wanted."""
    files = [file for file in files if "/" not in file]
    weights = _weights(files)
    if not weights:
        ggufs = [file for file in files if file.endswith(".gguf")]
        reason = "it has no weights that transformers reads"
        if ggufs:
            reason += f"; download its {ggufs[0]} and give that file"
        raise NotAModel(repo, reason)
    small = [f for f in files if any(fnmatch.fnmatch(f, pattern) for pattern in _SMALL_FILES)]
    return small + weights if with_weights else small


def _dtype(dtype: str | None) -> str:
    try:
        return _DTYPES[str(dtype or "float32").removeprefix("torch.").lower()]
    except KeyError:
        reason = "the dtypes are float32, bfloat16 and float16"
        raise BadOption(option="--dtype", value=dtype, reason=reason) from None


def _device(device: str) -> str:
    import torch

    here = [f"cuda:{n}" for n in range(torch.cuda.device_count())]
    here += ["mps"] if torch.backends.mps.is_available() else []
    here += ["cpu"]
    if device == "auto":
        return here[0]
    if device == "cuda" and here[0] == "cuda:0":
        return device
    if device not in here:
        raise BadOption(
            option="--device", value=device, reason=f"this machine has: {', '.join(here)}"
        )
    return device
