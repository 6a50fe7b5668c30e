"""Loading by path, name and hub id. The hub is a server on this machine; its cache is real."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tokenizers
import torch
from huggingface_hub import constants
from tokenizers import models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel

from lmscope.errors import BadOption, ModelNotHere, NoNeurons, NotAModel, UnknownModel
from lmscope.models.loading import load, load_tokenizer

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def save_tokenizer(path: Path) -> None:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocab = {c: i for i, c in enumerate(["<|BOS|>", *letters])}
    backend = tokenizers.Tokenizer(models.BPE(vocab, []))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.add_special_tokens(["<|BOS|>"])
    backend.save(str(path))


def save_gpt2(folder: Path, n_layer: int = 1) -> Path:
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=257, n_embd=8, n_inner=12, n_layer=n_layer, n_head=1, n_positions=64
    )
    GPT2LMHeadModel(config).save_pretrained(folder)
    save_tokenizer(folder / "tokenizer.json")
    return folder


def save_solu(folder: Path) -> Path:
    """Write a checkpoint in the layout of the toy models, without a tokenizer."""
    folder.mkdir(parents=True, exist_ok=True)
    d, f, v, n_ctx = 8, 12, 257, 64
    shapes = {
        "embed.W_E": (v, d),
        "pos_embed.W_pos": (n_ctx, d),
        **{f"blocks.0.{ln}.{p}": (d,) for ln in ("ln1", "ln2") for p in "wb"},
        **{f"blocks.0.attn.W_{p}": (2, d, 4) for p in "QKV"},
        **{f"blocks.0.attn.b_{p}": (2, 4) for p in "QKV"},
        "blocks.0.attn.W_O": (2, 4, d),
        "blocks.0.attn.b_O": (d,),
        "blocks.0.mlp.W_in": (d, f),
        "blocks.0.mlp.b_in": (f,),
        "blocks.0.mlp.ln.w": (f,),
        "blocks.0.mlp.ln.b": (f,),
        "blocks.0.mlp.W_out": (f, d),
        "blocks.0.mlp.b_out": (d,),
        "ln_final.w": (d,),
        "ln_final.b": (d,),
        "unembed.W_U": (d, v),
    }
    generator = torch.Generator().manual_seed(0)
    weights = {key: torch.randn(shape, generator=generator) for key, shape in shapes.items()}
    torch.save(weights, folder / "model_final.pth")
    config = {
        "d_model": d,
        "n_layers": 1,
        "d_mlp": f,
        "d_head": 4,
        "n_heads": 2,
        "n_ctx": n_ctx,
        "d_vocab": v,
        "act_fn": "solu_ln",
        "attn_only": False,
        "normalization": "LN",
        "tokenizer_name": "NeelNanda/gpt-neox-tokenizer-digits",
    }
    (folder / "config.json").write_text(json.dumps(config))
    return folder


class Hub(http.server.ThreadingHTTPServer):
    """As much of the hub's API as its client asks for, over a folder of repositories."""

    def __init__(self, root: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.root = root
        self.asked: list[str] = []


class _Answers(http.server.BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        path = self.path.partition("?")[0].strip("/")
        self.server.asked.append(f"{self.command} {path}")
        parts = path.removeprefix("api/models/").split("/")
        repo = self.server.root / "/".join(parts[:2])
        if parts[1] == "gated":
            return self.answer(403, b"", {"X-Error-Code": "GatedRepo"})
        if not repo.is_dir():
            return self.answer(404, b"", {"X-Error-Code": "RepoNotFound"})
        kind, revision = parts[2:4] or ("revision", "main")
        if revision not in ("main", COMMIT):
            return self.answer(404, b"", {"X-Error-Code": "RevisionNotFound"})
        files = sorted(file for file in repo.rglob("*") if file.is_file())
        names = [str(file.relative_to(repo)) for file in files]
        if not path.startswith("api/"):
            content = (repo / "/".join(parts[4:])).read_bytes()
            etag = f'"{"/".join(parts[4:])}-1"'.replace("/", "-")
            return self.answer(200, content, {"ETag": etag, "X-Repo-Commit": COMMIT})
        answer: Any
        if kind == "tree":
            answer = [
                {"type": "file", "path": name, "size": file.stat().st_size, "oid": "1"}
                for name, file in zip(names, files, strict=True)
            ]
        else:
            siblings = [{"rfilename": name} for name in names]
            answer = {"id": "/".join(parts[:2]), "sha": COMMIT, "siblings": siblings}
        return self.answer(200, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    do_HEAD = do_GET

    def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and no network."""
    path = tmp_path / "hub"
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    return path


@pytest.fixture
def hub(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    server = Hub(tmp_path / "served")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    set_endpoint(monkeypatch, f"http://127.0.0.1:{server.server_port}")
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def set_endpoint(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    template = endpoint + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)


def snapshot(cache: Path, repo: str, commit: str = COMMIT, ref: str = "main") -> Path:
    """Make an empty snapshot in the layout of the hub's cache."""
    folder = cache / f"models--{repo.replace('/', '--')}"
    (folder / "refs").mkdir(parents=True, exist_ok=True)
    (folder / "refs" / ref).write_text(commit)
    path = folder / "snapshots" / commit
    path.mkdir(parents=True)
    return path


# --- paths ------------------------------------------------------------------------------------


def test_a_folder_is_loaded_under_its_own_name(tmp_path: Path, cache: Path) -> None:
    folder = save_gpt2(tmp_path / "tiny")

    for name in (folder, str(folder)):
        model = load(name)

        assert ("tiny", str(folder), None) == (model.name, model.source, model.revision)
        assert 12 == model.d_mlp


def test_the_working_directory_has_a_name_too(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(save_gpt2(tmp_path / "tiny"))

    assert "tiny" == load(".").name


def test_a_toy_folder_is_loaded_with_its_tokenizer_from_the_cache(
    tmp_path: Path, cache: Path
) -> None:
    save_tokenizer(snapshot(cache, "NeelNanda/gpt-neox-tokenizer-digits") / "tokenizer.json")

    model = load(save_solu(tmp_path / "my-solu"))

    assert ("my-solu", "toy", "mid") == (model.name, model.architecture, model.site)
    assert (0,) == model.tokenizer.prefix


def test_a_path_that_is_not_there_names_what_lies_beside_it(tmp_path: Path, cache: Path) -> None:
    save_gpt2(tmp_path / "my-model")

    with pytest.raises(NotAModel, match="there is no such file or folder; beside it: my-model"):
        load(tmp_path / "my-modl")


@pytest.mark.parametrize(
    "name", ["./nothing", "~/nothing/here", "/nothing", "nothing.gguf", "a/b/c"]
)
def test_what_looks_like_a_path_is_not_asked_of_the_hub(name: str, cache: Path) -> None:
    with pytest.raises(NotAModel, match="there is no such file or folder"):
        load(name)


def test_a_file_that_is_no_gguf_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    file.touch()

    with pytest.raises(NotAModel, match=r"it is a file, and not a \.gguf file"):
        load(file)


def test_an_empty_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(NotAModel, match=r"it has no config\.json"):
        load(tmp_path)


def test_a_catalogue_called_like_a_model_does_not_hide_it(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_gpt2(snapshot(cache, "openai-community/gpt2"))
    (tmp_path / "gpt2-small").mkdir()
    monkeypatch.chdir(tmp_path)

    assert "openai-community/gpt2" == load("gpt2-small").source


# --- names, before any network --------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["solu-11", "gpt2small", "pythia-70", "", "not a name", "a text " * 900]
)
def test_an_unknown_name_never_reaches_the_hub(name: str, hub: Hub) -> None:
    with pytest.raises(UnknownModel):
        load(name)

    assert [] == hub.asked


def test_a_model_without_neurons_never_reaches_the_hub(hub: Hub) -> None:
    with pytest.raises(NoNeurons):
        load("attn-only-1l")

    assert [] == hub.asked


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"dtype": "int8"}, "--dtype int8: the dtypes are float32, bfloat16 and float16."),
        ({"device": "gpu"}, "--device gpu: this machine has: "),
        ({"device": "cuda:99"}, "--device cuda:99: this machine has: "),
    ],
)
def test_a_bad_option_is_said_first(options: dict[str, str], sentence: str, hub: Hub) -> None:
    with pytest.raises(BadOption) as error:
        load("gpt2", **options)  # type: ignore[arg-type]

    assert str(error.value).startswith(sentence)
    assert [] == hub.asked


@pytest.mark.parametrize("dtype", ["bf16", "torch.bfloat16", "bfloat16", "BF16"])
def test_a_dtype_has_several_spellings(dtype: str, tmp_path: Path) -> None:
    assert "bfloat16" == load(save_gpt2(tmp_path / "tiny"), dtype=dtype, device="cpu").dtype


# --- the cache ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["gpt2", "GPT2_Small", "openai-community/gpt2"])
def test_a_known_name_is_found_in_the_cache(name: str, cache: Path) -> None:
    save_gpt2(snapshot(cache, "openai-community/gpt2"))

    model = load(name)

    assert ("gpt2-small", "openai-community/gpt2", COMMIT) == (
        model.name,
        model.source,
        model.revision,
    )


def test_a_toy_model_is_found_in_the_cache(cache: Path) -> None:
    save_solu(snapshot(cache, "NeelNanda/SoLU_1L512W_C4_Code"))
    save_tokenizer(snapshot(cache, "NeelNanda/gpt-neox-tokenizer-digits") / "tokenizer.json")

    model = load("solu-1l")

    assert ("solu-1l", "mid", COMMIT) == (model.name, model.site, model.revision)
    assert "post" == load("solu-1l", site="post").site


def test_a_toy_model_without_its_tokenizer_names_it(cache: Path) -> None:
    save_solu(snapshot(cache, "NeelNanda/SoLU_1L512W_C4_Code"))

    with pytest.raises(ModelNotHere, match=r"tokenizer of solu-1l.*gpt-neox-tokenizer-digits"):
        load("solu-1l")


def test_a_revision_is_a_branch_or_a_commit(cache: Path) -> None:
    other = "f" * 40
    save_gpt2(snapshot(cache, "someone/tiny"))
    save_gpt2(snapshot(cache, "someone/tiny", commit=other, ref="step1000"), n_layer=2)

    assert (1, COMMIT) == ((m := load("someone/tiny")).n_layers, m.revision)
    assert (2, other) == ((m := load("someone/tiny", revision="step1000")).n_layers, m.revision)
    assert (2, other) == ((m := load("someone/tiny", revision=other)).n_layers, m.revision)
    with pytest.raises(ModelNotHere):
        load("someone/tiny", revision="step2000")


def test_a_model_that_is_not_in_the_cache_says_so_offline(cache: Path) -> None:
    with pytest.raises(ModelNotHere) as error:
        load("pythia-70m")

    assert (
        "The files of 'pythia-70m' (EleutherAI/pythia-70m on the Hugging Face hub) are not on "
        "this machine, and the hub could not be reached (offline mode is on)."
    ) == str(error.value).partition("\n")[0]


def test_local_files_only_never_asks_the_hub(hub: Hub) -> None:
    with pytest.raises(ModelNotHere):
        load("pythia-70m", local_files_only=True)

    assert [] == hub.asked


def test_a_download_that_was_cut_short_does_not_count(cache: Path) -> None:
    folder = save_gpt2(snapshot(cache, "openai-community/gpt2"))
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").symlink_to("../../blobs/gone")

    with pytest.raises(ModelNotHere):
        load("gpt2")


# --- the hub ------------------------------------------------------------------------------------


def test_a_model_is_fetched_once_and_only_what_is_needed(hub: Hub) -> None:
    repo = save_gpt2(hub.root / "someone" / "tiny")
    for other in ("pytorch_model.bin", "flax_model.msgpack", "onnx/model.onnx", "README.md"):
        (repo / other).parent.mkdir(exist_ok=True)
        (repo / other).write_text("not needed")

    model = load("someone/tiny")

    assert ("someone/tiny", COMMIT) == (model.name, model.revision)
    fetched = {line.rpartition("/")[2] for line in hub.asked if line.startswith("GET someone")}
    assert {"config.json", "generation_config.json", "model.safetensors", "tokenizer.json"} >= (
        fetched
    )
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= fetched
    hub.asked.clear()
    assert COMMIT == load("someone/tiny", revision=COMMIT).revision
    assert [] == hub.asked


def test_a_toy_model_is_fetched_with_its_tokenizer(hub: Hub) -> None:
    repo = save_solu(hub.root / "NeelNanda" / "SoLU_1L512W_C4_Code")
    (repo / "checkpoints").mkdir()
    (repo / "checkpoints" / "early_001.pth").write_text("not needed")
    tokenizer = hub.root / "NeelNanda" / "gpt-neox-tokenizer-digits"
    tokenizer.mkdir()
    save_tokenizer(tokenizer / "tokenizer.json")

    assert ("solu-1l", "mid") == ((model := load("solu-1l")).name, model.site)
    assert not any("early_001" in line for line in hub.asked)


def test_what_the_hub_does_not_have_gets_the_nearest_names(hub: Hub) -> None:
    with pytest.raises(UnknownModel, match="Did you mean 'EleutherAI/pythia-70m'"):
        load("EleutherAI/pythia-70")


def test_a_gated_model_asks_for_a_token(hub: Hub) -> None:
    with pytest.raises(ModelNotHere, match="accept its terms there and give a token"):
        load("someone/gated")


def test_a_revision_that_the_hub_does_not_have_is_named(hub: Hub) -> None:
    save_gpt2(hub.root / "someone" / "tiny")

    with pytest.raises(BadOption, match="--revision step9: someone/tiny has no such branch"):
        load("someone/tiny", revision="step9")


def test_a_repository_of_gguf_files_says_which_to_fetch(hub: Hub) -> None:
    repo = hub.root / "someone" / "quantised"
    repo.mkdir(parents=True)
    (repo / "tiny.Q4_0.gguf").touch()

    with pytest.raises(NotAModel, match=r"download its tiny\.Q4_0\.gguf and give that file"):
        load("someone/quantised")


def test_without_a_connection_the_cache_serves(
    hub: Hub, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_endpoint(monkeypatch, "http://127.0.0.1:9")  # nobody listens there
    save_gpt2(snapshot(cache, "openai-community/gpt2"))

    assert COMMIT == load("gpt2").revision
    with pytest.raises(ModelNotHere, match="the hub could not be reached"):
        load("pythia-70m")


# --- a tokenizer alone ----------------------------------------------------------------------------


def test_a_tokenizer_is_that_of_the_model(tmp_path: Path, cache: Path) -> None:
    folder = save_gpt2(tmp_path / "tiny")

    name, tokenizer = load_tokenizer(folder)

    assert "tiny" == name
    assert load(folder).tokenizer.hash == tokenizer.hash
    name, tokenizer = load_tokenizer("demo-solu-1l")
    its = load("demo-solu-1l").tokenizer
    assert ("demo-solu-1l", its.hash, its.prefix) == (name, tokenizer.hash, tokenizer.prefix)


def test_a_tokenizer_is_fetched_without_the_weights_and_once(hub: Hub, cache: Path) -> None:
    save_gpt2(hub.root / "someone" / "tiny")

    assert "someone/tiny" == load_tokenizer("someone/tiny")[0]

    fetched = {line.rpartition("/")[2] for line in hub.asked if line.startswith("GET someone")}
    assert {"config.json", "tokenizer.json"} == fetched
    hub.asked.clear()
    assert "someone/tiny" == load_tokenizer("someone/tiny", revision=COMMIT)[0]
    assert "someone/tiny" == load_tokenizer("someone/tiny", local_files_only=True)[0]
    assert [] == hub.asked
    with pytest.raises(ModelNotHere):  # a tokenizer is not the whole model
        load("someone/tiny", local_files_only=True)
    assert 12 == load("someone/tiny").d_mlp


def test_the_tokenizer_of_a_toy_model_is_fetched_from_where_its_config_says(hub: Hub) -> None:
    save_solu(hub.root / "NeelNanda" / "SoLU_1L512W_C4_Code")
    tokenizer = hub.root / "NeelNanda" / "gpt-neox-tokenizer-digits"
    tokenizer.mkdir()
    save_tokenizer(tokenizer / "tokenizer.json")

    name, found = load_tokenizer("solu-1l")

    assert ("solu-1l", (0,)) == (name, found.prefix)
    assert not any("final.pth" in line for line in hub.asked)
    assert "solu-1l" == load_tokenizer("solu-1l", local_files_only=True)[0]


def test_a_folder_without_a_tokenizer_says_so(tmp_path: Path, cache: Path) -> None:
    (save_gpt2(tmp_path / "tiny") / "tokenizer.json").unlink()

    with pytest.raises(NotAModel, match=r"it has no tokenizer\.json"):
        load_tokenizer(tmp_path / "tiny")
