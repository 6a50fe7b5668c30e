"""What a model's folder holds, said without reading weights. Imports no torch.

`transformers` takes seconds to import; what is a toy model, or no model, is known before that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lmscope.errors import NotAModel

_FAMILIES_OF_WEIGHTS = (
    re.compile(r"model(-\d+-of-\d+)?\.safetensors"),
    re.compile(r"pytorch_model(-\d+-of-\d+)?\.bin"),
)


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
