"""Trains one demo model on two cores and writes it as a folder that lmscope loads.

    python training/train.py demo-solu-1l WORK --tokens 16e6

WORK holds train.jsonl.gz, solu.json and gelu.json (corpus.py, vocabulary.py). Beside them the run
keeps WORK/NAME: state.pt (it resumes from there, and a resumed run sees the same batches), loss.csv
and the model so far: config.json, model.safetensors, tokenizer.json. The learning rate is flat and
falls to nothing over the last 40 % of the tokens, so that a run in its flat part can be resumed
with another number of tokens.

The layout and the forward pass are those of the solu-* and gelu-* checkpoints: weights multiply
from the right, embeddings are not tied, a SoLU has a LayerNorm of its own behind it. Every row of a
batch begins with BOS, as every segment does that lmscope reads.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor

BATCH = 24  # rows
LEARNING_RATE, WARMUP, DECAY, WEIGHT_DECAY = 3e-3, 200, 0.4, 0.05
N_CTX = 128
EVERY = 250  # steps between two lines of loss.csv, each with a checkpoint
DEMO = Path(__file__).parent.parent / "src/lmscope/demo/corpus/demo.jsonl.gz"


@dataclass(frozen=True)
class Shape:
    """What distinguishes one demo model from the others."""

    family: str
    seed: int
    n_layers: int
    d_mlp: int
    act_fn: str
    bos: str
    d_model: int = 256
    n_heads: int = 4
    early: int = 0
    """A step at which a copy of the model is set aside as NAME-early."""


SHAPES = {
    "demo-solu-1l": Shape("solu", 0, 1, 1024, "solu_ln", "<|BOS|>", early=500),
    "demo-gelu-2l": Shape("gelu", 1, 2, 768, "gelu", "<|endoftext|>"),
    "demo-solu-1l-twin": Shape("solu", 2, 1, 1024, "solu_ln", "<|BOS|>"),
}


def config_of(shape: Shape, n_vocab: int) -> dict[str, object]:
    """Write the config.json of this layout."""
    return {
        "d_model": shape.d_model,
        "d_mlp": shape.d_mlp,
        "d_head": shape.d_model // shape.n_heads,
        "n_heads": shape.n_heads,
        "n_layers": shape.n_layers,
        "n_ctx": N_CTX,
        "d_vocab": n_vocab,
        "act_fn": shape.act_fn,
        "attn_only": False,
        "normalization": "LN",
        "final_rms": False,
        "shortformer_pos": False,
        "seed": shape.seed,
    }


def begin(shape: Shape, n_vocab: int, frequencies: Tensor) -> dict[str, Tensor]:
    """Draw the weights a run begins with; the output's bias is the logarithm of the frequencies."""
    d, f, h = shape.d_model, shape.d_mlp, shape.n_heads
    generator = torch.Generator().manual_seed(shape.seed)

    def normal(*size: int, std: float) -> Tensor:
        return torch.randn(*size, generator=generator) * std

    w = {"embed.W_E": normal(n_vocab, d, std=0.02), "pos_embed.W_pos": normal(N_CTX, d, std=0.01)}
    out = (2 * shape.n_layers) ** -0.5
    for b in (f"blocks.{i}" for i in range(shape.n_layers)):
        w |= {
            f"{b}.{ln}.{p}": torch.full((d,), float(p == "w"))
            for ln in ("ln1", "ln2")
            for p in "wb"
        }
        w |= {f"{b}.attn.W_{x}": normal(h, d, d // h, std=d**-0.5) for x in "QKV"}
        w |= {f"{b}.attn.b_{x}": torch.zeros(h, d // h) for x in "QKV"}
        w |= {f"{b}.attn.W_O": normal(h, d // h, d, std=out * d**-0.5)}
        w |= {f"{b}.attn.b_O": torch.zeros(d)}
        w |= {f"{b}.mlp.W_in": normal(d, f, std=d**-0.5), f"{b}.mlp.b_in": torch.zeros(f)}
        if shape.act_fn == "solu_ln":
            w |= {f"{b}.mlp.ln.w": torch.ones(f), f"{b}.mlp.ln.b": torch.zeros(f)}
        w |= {f"{b}.mlp.W_out": normal(f, d, std=out * f**-0.5), f"{b}.mlp.b_out": torch.zeros(d)}
    w |= {"ln_final.w": torch.ones(d), "ln_final.b": torch.zeros(d)}
    return w | {"unembed.W_U": normal(d, n_vocab, std=0.02), "unembed.b_U": frequencies.log()}


def residual(w: dict[str, Tensor], shape: Shape, ids: Tensor) -> Tensor:
    """Give what the unembedding reads: [rows, tokens, d_model]."""

    def norm(x: Tensor, key: str) -> Tensor:
        return F.layer_norm(x, x.shape[-1:], w[f"{key}.w"], w[f"{key}.b"], 1e-5)

    x = w["embed.W_E"][ids] + w["pos_embed.W_pos"][: ids.shape[1]]
    for b in (f"blocks.{i}" for i in range(shape.n_layers)):
        h = norm(x, f"{b}.ln1")
        q, k, v = (
            (h @ w[f"{b}.attn.W_{c}"].transpose(0, 1).flatten(1) + w[f"{b}.attn.b_{c}"].flatten())
            .unflatten(-1, (shape.n_heads, -1))
            .transpose(1, 2)
            for c in "QKV"
        )
        z = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2)
        x = x + z @ w[f"{b}.attn.W_O"].flatten(0, 1) + w[f"{b}.attn.b_O"]
        h = norm(x, f"{b}.ln2") @ w[f"{b}.mlp.W_in"] + w[f"{b}.mlp.b_in"]
        h = norm(h * h.softmax(-1), f"{b}.mlp.ln") if shape.act_fn == "solu_ln" else F.gelu(h)
        x = x + h @ w[f"{b}.mlp.W_out"] + w[f"{b}.mlp.b_out"]
    return norm(x, "ln_final")


class Loss(torch.autograd.Function):
    """Mean cross-entropy of x @ W + b, with its gradient worked out on the way.

    The logits are by far the largest tensor of a step; taken 128 rows at a time they stay in the
    cache, which makes a step take three quarters of the time.
    """

    @staticmethod
    def forward(ctx, x: Tensor, W: Tensor, b: Tensor, targets: Tensor) -> Tensor:  # noqa: D102
        dx, dW, db, total = torch.empty_like(x), torch.zeros_like(W), torch.zeros_like(b), 0.0
        for i in range(0, len(x), 128):
            part = slice(i, i + 128)
            p = torch.addmm(b, x[part], W).log_softmax(-1)
            total -= p.gather(1, targets[part, None]).sum()
            p.exp_().scatter_add_(1, targets[part, None], -torch.ones_like(p[:, :1]))
            torch.mm(p, W.T, out=dx[part])
            dW.addmm_(x[part].T, p)
            db += p.sum(0)
        ctx.save_for_backward(dx.div_(len(x)), dW.div_(len(x)), db.div_(len(x)))
        return total / len(x)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor | None, ...]:  # noqa: D102
        dx, dW, db = ctx.saved_tensors
        return gradient * dx, gradient * dW, gradient * db, None


def loss_of(w: dict[str, Tensor], shape: Shape, rows: Tensor, is_bf16: bool) -> Tensor:
    """Give the mean loss in nats per token of rows [n, N_CTX + 1]."""
    W, b, targets = w["unembed.W_U"], w["unembed.b_U"], rows[:, 1:].flatten()
    if not is_bf16:
        return Loss.apply(residual(w, shape, rows[:, :-1]).flatten(0, 1), W, b, targets)
    with torch.autocast("cpu", torch.bfloat16):
        logits = residual(w, shape, rows[:, :-1]).flatten(0, 1) @ W + b
    return F.cross_entropy(logits.float(), targets)


# --- tokens --------------------------------------------------------------------------------


def stream(texts: Path, backend: Tokenizer, bos: int, kept: Path) -> np.ndarray:
    """Map the token ids of a .jsonl.gz file into memory: uint16, BOS before each document."""
    if not kept.exists():
        draft = kept.with_suffix(".part")
        with gzip.open(texts, "rt", encoding="utf-8") as lines, draft.open("wb") as file:
            for batch in batched(lines, 1000):
                read = [json.loads(line)["text"] for line in batch]
                for encoding in backend.encode_batch_fast(read, add_special_tokens=False):
                    np.array([bos, *encoding.ids], np.uint16).tofile(file)
        draft.rename(kept)
    return np.memmap(kept, np.uint16, "r")


def batched(lines: Iterator[str], n: int) -> Iterator[list[str]]:
    """Take lines n by n."""
    batch: list[str] = []
    for line in lines:
        batch.append(line)
        if len(batch) == n:
            yield batch
            batch = []
    yield batch


def rows_at(ids: np.ndarray, starts: np.ndarray, bos: int) -> Tensor:
    """Cut rows of BOS and N_CTX tokens out of the stream."""
    rows = np.stack([ids[s : s + N_CTX] for s in starts]).astype(np.int64)
    return torch.from_numpy(np.concatenate([np.full((len(rows), 1), bos), rows], axis=1))


def epoch_starts(n: int, seed: int, step: int) -> np.ndarray:
    """Say where the rows of a step begin; each pass cuts the stream anew and takes all of it."""
    per_pass = (n - N_CTX) // N_CTX - 1
    k = np.arange(step * BATCH, (step + 1) * BATCH)
    starts = np.empty(BATCH, np.int64)
    for turn in np.unique(k // per_pass):
        order = np.random.default_rng([seed, int(turn)])
        shift, permuted = int(order.integers(N_CTX)), order.permutation(per_pass)
        here = k // per_pass == turn
        starts[here] = permuted[k[here] % per_pass] * N_CTX + shift
    return starts


# --- training ------------------------------------------------------------------------------


def rate_at(step: int, n_steps: int) -> float:
    """Warm up, stay, and fall along half a cosine."""
    flat = n_steps * (1 - DECAY)
    if step < flat:
        return LEARNING_RATE * min(1.0, (step + 1) / WARMUP)
    return LEARNING_RATE * 0.5 * (1 + math.cos(math.pi * (step - flat) / (n_steps - flat)))


def write_model(
    folder: Path, w: dict[str, Tensor], config: dict[str, object], tokenizer: str
) -> None:
    """Write a folder that `lmscope.load` reads; the weights as float16."""
    folder.mkdir(parents=True, exist_ok=True)
    halves = {key: tensor.detach().half().contiguous() for key, tensor in w.items()}
    save_file(halves, folder / "model.safetensors.part")
    (folder / "model.safetensors.part").replace(folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    (folder / "tokenizer.json").write_text(tokenizer)


def main() -> None:
    """Train, or go on training."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=SHAPES)
    parser.add_argument("work", type=Path)
    parser.add_argument("--tokens", type=float, default=16e6)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--bf16", action="store_true", help="if the processor has it: AMX")
    parser.add_argument("--stop", type=int, default=1 << 40, help="stop at this step")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)

    shape, folder = SHAPES[args.name], args.work / args.name
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = (args.work / f"{shape.family}.json").read_text()
    backend = Tokenizer.from_str(tokenizer)
    bos, n_vocab = backend.token_to_id(shape.bos), backend.get_vocab_size()
    train = stream(args.work / "train.jsonl.gz", backend, bos, args.work / f"{shape.family}.train")
    demo = stream(DEMO, backend, bos, args.work / f"{shape.family}.demo")
    checks = rows_at(demo, np.arange(160) * (len(demo) // 161), bos)
    config = config_of(shape, n_vocab)

    counts = torch.from_numpy(np.bincount(train, minlength=n_vocab)).float() + 1
    w = begin(shape, n_vocab, counts / counts.sum())
    state: dict[str, object] = {}
    step, seconds = 0, 0.0
    if (folder / "state.pt").exists():
        state = torch.load(folder / "state.pt")
        w, step, seconds = state["weights"], state["step"], state["seconds"]
    for tensor in w.values():
        tensor.requires_grad_()
    decayed = [x for key, x in w.items() if x.dim() > 1 and ".b_" not in key]
    others = [x for key, x in w.items() if not (x.dim() > 1 and ".b_" not in key)]
    groups = [
        {"params": decayed, "weight_decay": WEIGHT_DECAY},
        {"params": others, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.95), fused=True)
    if state:
        optimizer.load_state_dict(state["optimizer"])

    n_steps = int(args.tokens / (BATCH * N_CTX))
    began, losses = time.perf_counter() - seconds, []
    while step < min(n_steps, args.stop):
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step, n_steps)
        rows = rows_at(train, epoch_starts(len(train), shape.seed, step), bos)
        loss = loss_of(w, shape, rows, args.bf16)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(w.values(), 1.0)
        optimizer.step()
        losses.append(loss.item())
        step += 1
        if step == shape.early:
            write_model(args.work / f"{args.name}-early", w, config, tokenizer)
        if step % EVERY and step != min(n_steps, args.stop):
            continue
        with torch.inference_mode():
            check = float(np.mean([loss_of(w, shape, r, args.bf16) for r in checks.split(32)]))
        seconds = time.perf_counter() - began
        line = [step, step * BATCH * N_CTX, rate_at(step - 1, n_steps), np.mean(losses), check]
        line = [*line[:2], *(f"{x:.5f}" for x in line[2:]), round(seconds)]
        losses = []
        if not (folder / "loss.csv").exists():
            (folder / "loss.csv").write_text("step,tokens,rate,train,demo,seconds\n")
        with (folder / "loss.csv").open("a", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow(line)
        print(*line, f"{step * BATCH * N_CTX / seconds:.0f} tokens/s", flush=True)
        write_model(folder, w, config, tokenizer)
        kept = {"weights": {k: x.detach() for k, x in w.items()}, "step": step, "seconds": seconds}
        torch.save(kept | {"optimizer": optimizer.state_dict()}, folder / "state.part")
        (folder / "state.part").replace(folder / "state.pt")


if __name__ == "__main__":
    main()
