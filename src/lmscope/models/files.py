"""What a model's folder holds, said without reading weights. Imports no torch.

`transformers` takes seconds to import; what is a toy model, or no model, is known before that, and
a tokenizer.json is read without it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lmscope.errors import NotAModel
from lmscope.models.tokens import Tokenizer, read_backend

_FAMILIES_OF_WEIGHTS = (
    re.compile(r"model(-\d+-of-\d+)?\.safetensors"),
    re.compile(r"pytorch_model(-\d+-of-\d+)?\.bin"),
)
_BOS = ("<|BOS|>", "<|endoftext|>")  # the first that the vocabulary has goes before each text


def weight_files(names: Iterable[str]) -> list[str]:
    """Pick, of the names of a folder's files, those that hold the weights; safetensors first.

    Example:
        >>> weight_files(["config.json", "pytorch_model.bin", "model.safetensors"])
        ['model.safetensors']
    """
    there = sorted(names)
    for family in _FAMILIES_OF_WEIGHTS:
        if found := [name for name in there if family.fullmatch(name)]:
            return found
    return []


def read_config(folder: Path) -> dict[str, Any]:
    """Read a model folder's config.json.

    Raises:
        NotAModel: If it is missing or no JSON object.
    """
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
    except FileNotFoundError:
        reason = "it has no config.json"
        if ggufs := sorted(file.name for file in folder.glob("*.gguf")):
            reason += f", but {ggufs[0]}: give that file"
        raise NotAModel(str(folder), reason) from None
    except ValueError as error:
        raise NotAModel(str(folder), f"its config.json is not JSON ({error})") from None
    if not isinstance(config, dict):
        raise NotAModel(str(folder), "its config.json is not a JSON object")
    return config


def is_toy_config(config: Mapping[str, Any]) -> bool:
    """Recognise the config.json of the solu-* and gelu-* layout.

    Example:
        >>> is_toy_config({"model_type": "gpt2", "n_layer": 12})
        False
    """
    sizes = {"d_model", "d_head", "n_heads", "n_layers", "n_ctx", "d_vocab"}
    return "model_type" not in config and sizes <= config.keys()


def toy_tokenizer(folder: Path, other: Path | None, config: Mapping[str, Any]) -> Tokenizer:
    """Read the tokenizer of a model of that layout; it puts BOS before each segment, if it has one.

    Args:
        folder: That of the model.
        other: Another folder with tokenizer.json, which comes first.
        config: The content of config.json.

    Raises:
        NotAModel: If there is no tokenizer.json, or it is none.
    """
    for place in (other, folder, folder / "tokenizer"):
        if place is not None and (file := place / "tokenizer.json").is_file():
            backend = read_backend(file)
            bos = [i for token in _BOS if (i := backend.token_to_id(token)) is not None]
            return Tokenizer(backend, prefix=tuple(bos[:1]), special_ids=bos)
    named = config.get("tokenizer_name")
    raise NotAModel(
        str(folder),
        "it has no tokenizer.json" + (f" (its tokenizer is that of {named})" if named else ""),
    )
