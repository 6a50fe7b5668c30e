"""The models that people call by a short name. Knows no weights and imports no torch.

A name that is not in this table may still be a hub id or a path; `load` decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lmscope.errors import NoNeurons, UnknownModel
from lmscope.neurons import Site


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A published model and what can be said of it before any file is fetched."""

    alias: str
    repo: str
    """Its repository on the Hugging Face hub; empty if it is built in."""
    n_layers: int
    d_mlp: int
    """Neurons in each layer."""
    n_parameters: int
    """Computed from the published configuration; tied weights count once."""
    corpus: str
    """What it was trained on, in a few words."""
    site: Site = "post"
    """The site that `load` reads unless another is asked for."""
    aliases: tuple[str, ...] = ()
    """Further names, former repositories included."""

    @property
    def n_neurons(self) -> int:
        """The number of neurons in all layers."""
        return self.n_layers * self.d_mlp

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it is known by."""
        return tuple(name for name in (self.alias, self.repo, *self.aliases) if name)

    @property
    def folder(self) -> Path | None:
        """Where a built-in model's files are; None for the others."""
        return None if self.repo else Path(__file__).parent.parent / "demo" / self.alias


def _toy(kind: str, n_layers: int, width: int, n_parameters: int) -> KnownModel:
    """A toy model trained on C4 and code: solu-1l is in NeelNanda/SoLU_1L512W_C4_Code."""
    alias, spelled = f"{kind}-{n_layers}l", {"solu": "SoLU", "gelu": "GELU"}[kind]
    return KnownModel(
        alias,
        f"NeelNanda/{spelled}_{n_layers}L{width}W_C4_Code",
        n_layers,
        4 * width,
        n_parameters,
        "C4 and code",
        site="mid" if kind == "solu" else "post",
        aliases=(f"{alias}-new", f"{alias}-c4-code"),
    )


def _pile(n_layers: int, width: int, version: int, n_parameters: int) -> KnownModel:
    """A toy model trained on the Pile: solu-1l-pile is in NeelNanda/SoLU_1L_v9_old."""
    return KnownModel(
        f"solu-{n_layers}l-pile",
        f"NeelNanda/SoLU_{n_layers}L_v{version}_old",
        n_layers,
        4 * width,
        n_parameters,
        "the Pile",
        site="mid",
        aliases=(f"solu-{n_layers}l-old",),
    )


_WEB, _PILE, _SECRET = "WebText", "the Pile", "not published"
_OPT = "BookCorpus, CC-Stories, the Pile, Reddit"
_SMOL = "FineWeb-Edu, DCLM, the Stack"
_BERT = "BookCorpus, Wikipedia"
_ROBERTA = "BookCorpus, Wikipedia, CC-News, OpenWebText, Stories"
_PHI = "synthetic textbooks, code"
_STORIES = "TinyStories"
_DEMO = "free books, manuals, code"

# fmt: off
KNOWN: tuple[KnownModel, ...] = (
    KnownModel("demo-solu-1l", "", 1, 1024, 2_926_336, _DEMO, site="mid"),
    KnownModel("demo-gelu-2l", "", 2, 768, 3_976_704, _DEMO),
    KnownModel("demo-solu-1l-twin", "", 1, 1024, 2_926_336, f"{_DEMO}, another seed",
               site="mid"),
    KnownModel("demo-solu-1l-early", "", 1, 1024, 2_926_336, f"{_DEMO}, stopped early",
               site="mid"),
    KnownModel("gpt2-small", "openai-community/gpt2", 12, 3072, 124_439_808, _WEB,
               aliases=("gpt2",)),
    KnownModel("gpt2-medium", "openai-community/gpt2-medium", 24, 4096, 354_823_168, _WEB),
    KnownModel("gpt2-large", "openai-community/gpt2-large", 36, 5120, 774_030_080, _WEB),
    KnownModel("gpt2-xl", "openai-community/gpt2-xl", 48, 6400, 1_557_611_200, _WEB),
    KnownModel("distilgpt2", "distilbert/distilgpt2", 6, 3072, 81_912_576, "OpenWebText",
               aliases=("distil-gpt2", "distillgpt2")),
    _toy("solu", 1, 512, 53_150_342),
    _toy("solu", 2, 512, 56_306_822),
    _toy("solu", 3, 512, 59_463_302),
    _toy("solu", 4, 512, 62_619_782),
    _toy("solu", 6, 768, 117_530_758),
    _toy("solu", 8, 1024, 200_774_790),
    _toy("solu", 10, 1280, 321_789_062),
    _toy("solu", 12, 1536, 490_010_758),
    _toy("gelu", 1, 512, 53_146_246),
    _toy("gelu", 2, 512, 56_298_630),
    _toy("gelu", 3, 512, 59_451_014),
    _toy("gelu", 4, 512, 62_603_398),
    _pile(1, 1024, 9, 116_674_662),
    _pile(2, 736, 10, 87_846_246),
    _pile(4, 512, 11, 64_686_182),
    _pile(6, 768, 13, 120_629_350),
    _pile(8, 1024, 21, 204_905_574),
    _pile(10, 1280, 22, 326_952_038),
    _pile(12, 1536, 23, 496_205_926),
    KnownModel("pythia-14m", "EleutherAI/pythia-14m", 6, 512, 14_067_712, _PILE),
    KnownModel("pythia-31m", "EleutherAI/pythia-31m", 6, 1024, 30_494_720, _PILE),
    KnownModel("pythia-70m", "EleutherAI/pythia-70m", 6, 2048, 70_426_624, _PILE),
    KnownModel("pythia-160m", "EleutherAI/pythia-160m", 12, 3072, 162_322_944, _PILE),
    KnownModel("pythia-410m", "EleutherAI/pythia-410m", 24, 4096, 405_334_016, _PILE),
    KnownModel("pythia-1b", "EleutherAI/pythia-1b", 16, 8192, 1_011_781_632, _PILE),
    KnownModel("pythia-1.4b", "EleutherAI/pythia-1.4b", 24, 8192, 1_414_647_808, _PILE),
    KnownModel("pythia-2.8b", "EleutherAI/pythia-2.8b", 32, 10240, 2_775_208_960, _PILE),
    KnownModel("pythia-6.9b", "EleutherAI/pythia-6.9b", 32, 16384, 6_857_302_016, _PILE),
    KnownModel("pythia-12b", "EleutherAI/pythia-12b", 36, 20480, 11_846_072_320, _PILE),
    KnownModel("gpt-neo-125m", "EleutherAI/gpt-neo-125m", 12, 3072, 125_198_592, _PILE),
    KnownModel("gpt-neo-1.3b", "EleutherAI/gpt-neo-1.3B", 24, 8192, 1_315_575_808, _PILE),
    KnownModel("gpt-neo-2.7b", "EleutherAI/gpt-neo-2.7B", 32, 10240, 2_651_307_520, _PILE),
    KnownModel("gpt-j-6b", "EleutherAI/gpt-j-6b", 28, 16384, 6_050_882_784, _PILE,
               aliases=("gpt-j", "gptj")),
    KnownModel("opt-125m", "facebook/opt-125m", 12, 3072, 125_239_296, _OPT),
    KnownModel("opt-1.3b", "facebook/opt-1.3b", 24, 8192, 1_315_758_080, _OPT),
    KnownModel("opt-2.7b", "facebook/opt-2.7b", 32, 10240, 2_651_596_800, _OPT),
    KnownModel("opt-6.7b", "facebook/opt-6.7b", 32, 16384, 6_658_473_984, _OPT),
    KnownModel("bloom-560m", "bigscience/bloom-560m", 24, 4096, 559_214_592, "ROOTS"),
    KnownModel("bloom-1b1", "bigscience/bloom-1b1", 24, 6144, 1_065_314_304, "ROOTS"),
    KnownModel("bloom-1b7", "bigscience/bloom-1b7", 24, 8192, 1_722_408_960, "ROOTS"),
    KnownModel("falcon-rw-1b", "tiiuae/falcon-rw-1b", 24, 8192, 1_311_625_216, "RefinedWeb"),
    KnownModel("tinystories-1m", "roneneldan/TinyStories-1M", 8, 256, 3_745_984, _STORIES,
               aliases=("tiny-stories-1m",)),
    KnownModel("tinystories-3m", "roneneldan/TinyStories-3M", 8, 512, 8_278_400, _STORIES,
               aliases=("tiny-stories-3m",)),
    KnownModel("tinystories-8m", "roneneldan/TinyStories-8M", 8, 1024, 19_702_528, _STORIES,
               aliases=("tiny-stories-8m",)),
    KnownModel("tinystories-28m", "roneneldan/TinyStories-28M", 8, 2048, 51_987_968, _STORIES,
               aliases=("tiny-stories-28m",)),
    KnownModel("tinystories-33m", "roneneldan/TinyStories-33M", 4, 3072, 68_514_048, _STORIES,
               aliases=("tiny-stories-33m",)),
    KnownModel("smollm2-135m", "HuggingFaceTB/SmolLM2-135M", 30, 1536, 134_515_008, _SMOL),
    KnownModel("smollm2-360m", "HuggingFaceTB/SmolLM2-360M", 32, 2560, 361_821_120, _SMOL),
    KnownModel("smollm2-1.7b", "HuggingFaceTB/SmolLM2-1.7B", 24, 8192, 1_711_376_384, _SMOL),
    KnownModel("qwen2.5-0.5b", "Qwen/Qwen2.5-0.5B", 24, 4864, 494_032_768, _SECRET),
    KnownModel("qwen2.5-1.5b", "Qwen/Qwen2.5-1.5B", 28, 8960, 1_543_714_304, _SECRET),
    KnownModel("qwen3-0.6b", "Qwen/Qwen3-0.6B", 28, 3072, 596_049_920, _SECRET),
    KnownModel("qwen3-1.7b", "Qwen/Qwen3-1.7B", 28, 6144, 1_720_574_976, _SECRET),
    KnownModel("llama-2-7b", "meta-llama/Llama-2-7b-hf", 32, 11008, 6_738_415_616, _SECRET),
    KnownModel("llama-3.1-8b", "meta-llama/Llama-3.1-8B", 32, 14336, 8_030_261_248, _SECRET),
    KnownModel("llama-3.2-1b", "meta-llama/Llama-3.2-1B", 16, 8192, 1_235_814_400, _SECRET),
    KnownModel("llama-3.2-3b", "meta-llama/Llama-3.2-3B", 28, 8192, 3_212_749_824, _SECRET),
    KnownModel("mistral-7b", "mistralai/Mistral-7B-v0.1", 32, 14336, 7_241_732_096, _SECRET),
    KnownModel("gemma-2b", "google/gemma-2b", 18, 16384, 2_506_172_416, _SECRET),
    KnownModel("gemma-2-2b", "google/gemma-2-2b", 26, 9216, 2_614_341_888, _SECRET),
    KnownModel("gemma-3-270m", "google/gemma-3-270m", 18, 2048, 268_098_176, _SECRET),
    KnownModel("gemma-3-1b", "google/gemma-3-1b-pt", 26, 6912, 999_885_952, _SECRET),
    KnownModel("olmo-1b", "allenai/OLMo-1B-hf", 16, 8192, 1_176_764_416, "Dolma"),
    KnownModel("olmo-2-1b", "allenai/OLMo-2-0425-1B", 16, 8192, 1_484_916_736, "OLMo-mix, Dolmino"),
    KnownModel("phi-1", "microsoft/phi-1", 24, 8192, 1_418_270_720, _PHI),
    KnownModel("phi-1.5", "microsoft/phi-1_5", 24, 8192, 1_418_270_720, _PHI),
    KnownModel("phi-2", "microsoft/phi-2", 32, 10240, 2_779_683_840,
               "synthetic texts, filtered web"),
    KnownModel("stablelm-2-1.6b", "stabilityai/stablelm-2-1_6b", 24, 5632, 1_644_515_328,
               "RefinedWeb, RedPajama, the Pile, code"),
    KnownModel("starcoder2-3b", "bigcode/starcoder2-3b", 30, 12288, 3_030_371_328, "the Stack v2"),
    KnownModel("bert-base-uncased", "google-bert/bert-base-uncased", 12, 3072, 109_482_240, _BERT),
    KnownModel("bert-base-cased", "google-bert/bert-base-cased", 12, 3072, 108_310_272, _BERT),
    KnownModel("bert-large-uncased", "google-bert/bert-large-uncased", 24, 4096, 335_141_888,
               _BERT),
    KnownModel("roberta-base", "FacebookAI/roberta-base", 12, 3072, 124_645_632, _ROBERTA),
    KnownModel("roberta-large", "FacebookAI/roberta-large", 24, 4096, 355_359_744, _ROBERTA),
    KnownModel("distilbert-base-uncased", "distilbert/distilbert-base-uncased", 6, 3072, 66_362_880,
               _BERT, aliases=("distilbert",)),
    KnownModel("modernbert-base", "answerdotai/ModernBERT-base", 22, 1152, 149_014_272, _SECRET),
    KnownModel("modernbert-large", "answerdotai/ModernBERT-large", 28, 2624, 394_781_696, _SECRET),
)
# fmt: on


def _plain(name: str) -> str:
    """Fold what people mix without meaning another model: case, and the sign between words."""
    return name.strip().casefold().replace("_", "-").replace(" ", "-")


_BY_NAME = {_plain(name): m for m in KNOWN for name in m.names}

_ATTENTION_ONLY = {
    _plain(name): f"attn-only-{n}l"
    for n in range(1, 5)
    for name in (
        f"attn-only-{n}l",
        f"attn-only-{n}l-new",
        f"attn-only-{n}l-c4-code",
        f"NeelNanda/Attn_Only_{n}L512W_C4_Code",
    )
}


def resolve(name: str) -> KnownModel | None:
    """Find the model of a name, whatever its case and separators; nothing is guessed.

    Args:
        name: An alias or the id of a hub repository.

    Returns:
        The model, or None if the name is not in the table.

    Raises:
        NoNeurons: If it is a model with attention layers only.

    Example:
        >>> resolve("SOLU_1L").repo, resolve("openai-community/gpt2").alias
        ('NeelNanda/SoLU_1L512W_C4_Code', 'gpt2-small')
        >>> resolve("solu-11") is None
        True
    """
    plain = _plain(name)
    if plain in _ATTENTION_ONLY:
        raise NoNeurons(_ATTENTION_ONLY[plain])
    return _BY_NAME.get(plain)


def unknown(name: str) -> UnknownModel:
    """Build the error for a name that is not in the table, with the nearest ones that are.

    Example:
        >>> print(unknown("pythia-70"))  # doctest: +ELLIPSIS
        There is no model called 'pythia-70'.
        Did you mean 'pythia-70m' or 'pythia-160m'?
        See all ... names with: lmscope models
    """
    return UnknownModel(name, [m.repo if m.repo and "/" in name else m.alias for m in KNOWN])


def cached(repo: str) -> bool:
    """Say whether weights of a hub repository are in the local cache (`HF_HOME`, `HF_HUB_CACHE`).

    Only looks at file names; a download that was cut short may count.
    """
    from huggingface_hub import constants

    snapshots = Path(constants.HF_HUB_CACHE, f"models--{repo.replace('/', '--')}", "snapshots")
    return any(
        file.exists()  # snapshots hold links, which dangle until their download is complete
        for pattern in ("*.safetensors", "*.bin", "*.pth")
        for file in snapshots.glob(f"*/{pattern}")
    )
