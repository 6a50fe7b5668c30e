"""Neurons planted in a transformer's weights: what they fire on is known, and so is their verdict.

A Llama of two layers reads words. Three heads of its first layer carry to each place the words that
stand one, two and five places before, so a neuron of that layer may fire on any words at one of the
four places, if the words at the others let it. Documents differ in their topics, so that the tokens
of one are alike.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from lmscope.corpora import load_corpus
from lmscope.evidence import (
    VERDICTS,
    VerdictName,
    average_precision,
    best_threshold,
    histogram_average_precision,
    log_bins,
)
from lmscope.evidence.search import N_LOG_BINS
from lmscope.hypotheses.ground import split
from lmscope.hypotheses.judging import Judged, Rivals, judge, take_aim
from lmscope.marking import REACH, Marks, Tokens, mark
from lmscope.pack import Pack, write_pack
from lmscope.recording import record
from lmscope.rules import Rule, around, shifted

N_DOCUMENTS, CONTEXT = 600, 64
LENGTHS = (30, 45, 60, 100)
"""Of documents, in tokens, equally often; the longest have two segments."""
N_BASE, A, B, PAIRS = 24, (15, 8), (8, 4), (6, 4)
"""Words of every document, and topics of so many words each; of pairs four words that announce one
of four others, in half of the topics as the next word and in half as the next but one."""
SHARE_A, SHARE_B, SHARE_PAIRS = 0.36, 0.14, 0.07
ALIKE = 4.0
"""The sum of the Dirichlet weights of a document's topics: the intra-document correlation of which
topic a word is of is 1 / (1 + 4)."""
N_LAYERS = 2
BACK = (0, 1, 2, 5)
"""How many places back a neuron sees: the word itself, and one for each head. The last is beyond
all offsets that are searched."""
N_SLOTS = len(BACK)
N_AIMED = 8
"""Neurons that are aimed, where more are looked at."""
OFF = -120.0
"""What a word adds that silences a neuron: in float32 SiLU is exactly 0 there."""


@dataclass(frozen=True)
class Language:
    """Words, and how often each is where. Tokens are their numbers; one more is for all others."""

    words: tuple[str, ...]
    base: Any
    """Numbers of the words of every document, [N_BASE]."""
    a: Any
    """Numbers of the words of each topic, [topics, words]."""
    b: Any
    """The same of topics of another kind, which a document has independently of the first."""
    openers: Any
    """Words that announce, [topics, words]."""
    closers: Any
    """Words that they announce, [topics, words]."""
    weights: Any
    """Of each word within its topic, [n_words]."""

    @property
    def n_tokens(self) -> int:
        return len(self.words) + 1


def language(seed: int = 0) -> Language:
    """Make up some words of four letters."""
    rng = np.random.default_rng(seed)
    syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
    sizes = (N_BASE, A[0] * A[1], B[0] * B[1], PAIRS[0] * PAIRS[1], PAIRS[0] * PAIRS[1])
    codes = rng.choice(len(syllables) ** 2, sum(sizes), replace=False).tolist()
    words = tuple(syllables[c // len(syllables)] + syllables[c % len(syllables)] for c in codes)
    base, a, b, openers, closers = np.split(np.arange(len(words)), np.cumsum(sizes)[:-1])
    weights = np.exp(0.3 * rng.standard_normal(len(words)))
    weights[base] = 1 / (np.arange(N_BASE) + 3)
    shaped = (numbers.reshape(n) for numbers, n in ((a, A), (b, B), (openers, PAIRS)))
    return Language(words, base, *shaped, closers.reshape(PAIRS), weights)


@dataclass(frozen=True)
class Texts:
    """Documents of a language."""

    ids: Any
    """int [n_tokens]."""
    document: Any
    """Number of each token's document, [n_tokens]."""
    before: Any
    """The tokens that the model sees at each, [N_SLOTS, n_tokens]: of those that are not there, the
    first of the segment."""

    @cached_property
    def bounds(self) -> list[int]:
        return [*np.flatnonzero(np.diff(self.document, prepend=-1)).tolist(), len(self.ids)]


def write_texts(words: Language, rng: np.random.Generator, n: int = N_DOCUMENTS) -> Texts:
    """Draw documents."""

    def pick(numbers: Any, k: int) -> Any:
        p = words.weights[numbers]
        return rng.choice(numbers, k, p=p / p.sum())

    def topics(k: int, n_words: int) -> Any:
        return rng.choice(k, n_words, p=rng.dirichlet(np.full(k, ALIKE / k)))

    lengths = rng.permutation(np.resize(LENGTHS, n))
    documents = []
    for length in lengths.tolist():
        ids = pick(words.base, length)
        kind = rng.random(length)
        is_a, is_b = kind < SHARE_A, kind >= 1 - SHARE_B
        for where, of in ((is_a, words.a), (is_b, words.b)):
            chosen = topics(len(of), int(where.sum()))
            p = words.weights[of] / words.weights[of].sum(1, keepdims=True)
            rank = (rng.random(len(chosen))[:, None] > np.cumsum(p, 1)[chosen]).sum(1)
            ids[where] = of[chosen, np.minimum(rank, of.shape[1] - 1)]
        begins = np.flatnonzero(rng.random(length) < SHARE_PAIRS)
        free = 0
        of = topics(len(words.openers), len(begins))
        for at, topic in zip(begins.tolist(), of.tolist(), strict=True):
            gap = 1 + topic % 2
            if at >= free and at + gap < length:
                ids[at] = pick(words.openers[topic], 1)[0]
                ids[at + gap] = pick(words.closers[topic], 1)[0]
                free = at + gap + 1
        documents.append(ids)
    ids, document = np.concatenate(documents), np.repeat(np.arange(n), lengths)
    place = (np.arange(len(ids)) - np.searchsorted(document, document)) % CONTEXT
    before = [ids[np.arange(len(ids)) - np.minimum(place, k)] for k in BACK]
    return Texts(ids, document, np.stack(before))


def written(words: Language, texts: Texts) -> list[str]:
    """Write the documents out."""
    names = np.array(words.words)
    pairs = zip(texts.bounds[:-1], texts.bounds[1:], strict=True)
    return [" ".join(names[texts.ids[a:b]].tolist()) for a, b in pairs]


@dataclass(frozen=True, eq=False)
class Planted:
    """A neuron: SiLU of one sum over the words that it sees, times another sum."""

    gate: Any
    """What each word adds, at each of the places, [N_SLOTS, n_words]."""
    up: Any
    rule: str
    """The rule that is asked about."""
    marked: Any
    """Words that it marks, bool [n_words] ..."""
    needs: Any
    """... and words that must stand before them, bool [n_words]; None for any."""
    side: int
    """1 or -1."""
    offset: int
    """Words after the place that the rule marks at which it fires, negative before."""
    documents: int = N_DOCUMENTS
    """How many documents of a corpus are used."""
    truth: dict[str, float] = field(default_factory=dict)

    def activations(self, texts: Texts) -> Any:
        """What the neuron does by construction, [n_tokens]."""
        gate, up = (
            sum(table[k, texts.before[k]] for k in range(N_SLOTS)) for table in (self.gate, self.up)
        )
        return gate / (1 + np.exp(-gate)) * up

    def labels(self, texts: Texts) -> Any:
        """What the rule marks, bool [n_tokens]."""
        y = self.marked[texts.ids]
        if self.needs is not None:
            y &= shifted(self.needs[texts.ids], 1, texts.document)
        return y


def truth(planted: Planted, texts: Texts) -> dict[str, float]:
    """Measures of a neuron and its rule in a population, of which the documents are a large sample.

    At the side and offset that are planted, and the threshold that is best there.
    """
    offset, document = planted.offset, texts.document
    moved = shifted(planted.labels(texts), offset, document)
    counts = moved | ~around(planted.labels(texts), REACH, document)
    alone = shifted(planted.marked[texts.ids], offset, document)[counts]
    word = np.roll(texts.ids, offset)[counts]
    x = (planted.side * planted.activations(texts)[counts]).astype(np.float32)
    y, document = moved[counts], document[counts]
    fires, square = x >= best_threshold(x, y).value, np.maximum(x, 0) ** 2
    hit, n_fires, n = int((fires & y).sum()), int(fires.sum()), int(y.sum())
    hits_of, n_of = (
        np.bincount(word[which], minlength=len(planted.marked)) for which in (fires & y, y)
    )
    strongest = np.lexsort((-x, document))
    best = strongest[np.diff(document[strongest], prepend=-1) > 0]
    halves = np.array_split(best, max(len(best) // (N_DOCUMENTS // 2), 1))
    return {
        "ap": average_precision(x, y),
        "mass": float(square[y].sum() / square.sum()),
        "recall": hit / n,
        "top": float(np.mean([y[half[np.argsort(-x[half])[:20]]].mean() for half in halves])),
        "f1": 2 * hit / (n_fires + n),
        "f1_of_one_word": float((2 * hits_of / np.maximum(n_fires + n_of, 1)).max()),
        "f1_without_one": float((2 * (hit - hits_of) / (n_fires + n - n_of)).max()),
        "f1_of_words_alone": best_threshold(x, alone).f1,
        "r2": float(np.corrcoef(x, y)[0, 1] ** 2),
        "r2_of_words_alone": float(np.corrcoef(x, alone)[0, 1] ** 2),
        "base_rate": float(y.mean()),
        "marked": n / len(best),
        "marked_documents": len(np.unique(document[y])) / len(best),
        "firing_documents": len(np.unique(document[fires])) / len(best),
    }


# The model


def sizes(words: Language, n_neurons: int) -> dict[str, Any]:
    """The configuration: room for a direction for each word at each place, and for one more."""
    n, n_heads = words.n_tokens, N_SLOTS - 1
    return {
        "vocab_size": n,
        "hidden_size": (N_SLOTS * n // n_heads + 1) * n_heads,
        "intermediate_size": n_neurons,
        "num_hidden_layers": N_LAYERS,
        "num_attention_heads": n_heads,
        "num_key_value_heads": n_heads,
        "head_dim": n + n % 2,
        "max_position_embeddings": CONTEXT,
        "tie_word_embeddings": False,
        "bos_token_id": None,
        "eos_token_id": None,
    }


def write_model(folder: Path, words: Language, planted: list[Planted], seed: int = 0) -> None:
    """Save a model with these neurons in layer 0, and its tokenizer."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    model = LlamaForCausalLM(LlamaConfig(**sizes(words, len(planted))))
    _write_weights(model, words, planted, seed)
    model.save_pretrained(folder)
    write_tokenizer(folder, words)


def write_random(
    folder: Path, words: Language, n_neurons: int, seed: int, embedding: float = 0.02
) -> None:
    """Save a model of the same shape, with the weights that training would begin with.

    Args:
        folder: Where to.
        words: Its vocabulary.
        n_neurons: Of each layer.
        seed: Of the weights.
        embedding: Standard deviation of the embedding. With 0.02, as of all other weights, what
            attention adds outweighs the token itself; with 1, PyTorch's own, layer 0 looks tokens
            up.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    model = LlamaForCausalLM(LlamaConfig(**sizes(words, n_neurons)))
    torch.nn.init.normal_(model.model.embed_tokens.weight, std=embedding)
    model.save_pretrained(folder)
    write_tokenizer(folder, words)


def _write_weights(model: Any, words: Language, planted: list[Planted], seed: int) -> None:
    import torch

    n, config, layer = words.n_tokens, model.config, model.model.layers[0]
    d, head = config.hidden_size, config.head_dim
    # An orthonormal basis, turned at random: the word, those before, and one that is always on.
    basis = np.linalg.qr(np.random.default_rng(seed).standard_normal((d, d)))[0].T
    slots, always = basis[: N_SLOTS * n].reshape(N_SLOTS, n, d), basis[-1]
    # RMSNorm divides by the root mean square, here of two and, behind attention, of five vectors.
    embedded = np.sqrt(d) * (slots[0] + always)
    attended, read = np.sqrt(d / 2), np.sqrt(d / (N_SLOTS + 1))

    # A head looks back k words: turned by k steps, the query meets the key of that place.
    frequency = 1 / config.rope_parameters["rope_theta"] ** (np.arange(0, head, 2) / head)
    sharp = 30 / (1 - np.cos(frequency)).sum() * np.sqrt(head)  # e^-30 of the weight is elsewhere
    key = np.concatenate([np.ones(head // 2), np.zeros(head // 2)])
    queries, values, outputs = [], [], []
    for slot, k in enumerate(BACK[1:], 1):
        queries.append(np.concatenate([np.cos(k * frequency), -np.sin(k * frequency)]) * sharp)
        values.append(np.zeros((head, d)))
        values[-1][:n] = slots[0] / attended
        outputs.append(np.zeros((d, head)))
        outputs[-1][:, :n] = np.sqrt(d) * slots[slot].T
    attention, mlp = layer.self_attn, layer.mlp
    pairs = [
        (model.model.embed_tokens, embedded),
        (attention.q_proj, np.outer(np.concatenate(queries), always) / attended),
        (attention.k_proj, np.outer(np.tile(key, N_SLOTS - 1), always) / attended),
        (attention.v_proj, np.concatenate(values)),
        (attention.o_proj, np.concatenate(outputs, 1)),
    ]
    for projection, name in ((mlp.gate_proj, "gate"), (mlp.up_proj, "up")):
        tables = np.zeros((len(planted), N_SLOTS, n))
        tables[..., :-1] = [getattr(neuron, name) for neuron in planted]
        tables[:, 0, -1] = 1  # all answer unknown words, or a model could prove nothing by them
        pairs.append((projection, tables.reshape(len(planted), -1) @ basis[: N_SLOTS * n] / read))
    with torch.no_grad():
        for module, weight in pairs:
            module.weight.copy_(torch.from_numpy(weight))


def write_tokenizer(folder: Path, words: Language) -> None:
    import tokenizers
    from tokenizers import decoders, models, pre_tokenizers

    vocabulary = {"▁" + word: i for i, word in enumerate((*words.words, "[UNK]"))}
    backend = tokenizers.Tokenizer(models.WordLevel(vocabulary, unk_token="▁[UNK]"))
    backend.pre_tokenizer = pre_tokenizers.Metaspace()
    backend.decoder = decoders.Metaspace()
    backend.save(str(folder / "tokenizer.json"))


# Neurons by the verdict that is true of them


@dataclass(frozen=True, eq=False)
class Asked:
    """A rule, as the words that it marks and those that must stand before them."""

    marked: Any
    """bool [n_words]"""
    needs: Any = None
    """bool [n_words]; None for any."""
    gap: int = 0
    """How many words before them other words announce them; 0 if none do."""


class Drawing:
    """Draws neurons whose truth is near the thresholds of a verdict, and not too near."""

    def __init__(self, words: Language, n_documents: int = 3_000) -> None:
        self.words = words
        self.population = write_texts(words, np.random.default_rng([0, 99]), n_documents)
        self.share = np.bincount(self.population.ids, minlength=len(words.words))
        self.share = self.share / len(self.population.ids)

    def asked(
        self, rng: np.random.Generator, n_words: int, *, has_context: bool = False, gap: int = 0
    ) -> Asked:
        """Draw a rule: some words of topics, perhaps behind others; or all that are announced."""
        words, n = self.words, len(self.words.words)
        marked, needs = np.zeros((2, n), np.bool_)
        marked[words.closers[gap - 1 :: 2] if gap else _choose(rng, words.a, n_words)] = True
        needs[_choose(rng, words.base, 12)] = True
        return Asked(marked, needs if has_context else None, gap)

    def pool(self, rng: np.random.Generator, n_lists: int = 4, n_contexts: int = 2) -> list[Asked]:
        """Draw the rules that are asked of the neurons of one corpus."""
        lists = [self.asked(rng, int(rng.integers(11, 14))) for _ in range(n_lists)]
        contexts = [self.asked(rng, 14, has_context=True) for _ in range(n_contexts)]
        return [*lists, *contexts, *(self.asked(rng, 0, gap=gap) for gap in (1, 2))]

    def neuron(
        self,
        rng: np.random.Generator,
        asked: Asked,
        *,
        recall: float = 1.0,
        known: float = 1.0,
        elsewhere: float = 0.0,
        loud: float = 1.0,
        others: float = 0.0,
    ) -> Planted:
        """Draw a neuron for a rule.

        Args:
            rng: Where chance comes from.
            asked: The rule.
            recall: Share of the places of the words it knows where the words around let it fire.
            known: Share of the rule's words that it knows.
            elsewhere: How often it meets further words on which it fires, over how often those.
            loud: How strongly it fires on them.
            others: Where the rule needs words before its own, share of all others that do too.
        """
        words, n = self.words, len(self.words.words)
        marked, needs = asked.marked, asked.needs
        offset = -asked.gap or int(rng.integers(0, 3 if needs is None else 2))
        side, at = int(rng.choice([1, -1])), max(offset, 0)
        seen = marked.copy()
        if asked.gap:
            seen[marked] = False
            seen[words.openers[asked.gap - 1 :: 2]] = True
        fires_on = self.some(rng, seen, known * self.share[seen].sum()) if known < 1 else seen
        further = self.some(rng, ~(seen | marked), elsewhere * self.share[fires_on].sum())

        gate, up = np.zeros((2, N_SLOTS, n))
        gate[at], up[at] = 0.3 * rng.standard_normal(n), 0.5 * rng.standard_normal(n)
        strength = np.where(further, loud, 1.0) * np.exp(0.3 * rng.standard_normal(n))
        on = fires_on | further
        gate[at, on], up[at, on] = 4, side * strength[on]
        free = [slot for slot in range(N_SLOTS) if slot != at]
        if needs is not None:
            free.remove(at + 1)
            more = self.some(rng, ~needs, others * self.share[~needs].sum())
            gate[at + 1, ~(needs | more)] = OFF
        if recall < 1:
            lets = self.some(rng, np.ones(n, np.bool_), recall)
            gate[rng.choice(free)] = np.where(lets, 0.5 * rng.standard_normal(n), OFF)
        return Planted(gate, up, self.rule(asked), marked, needs, side, offset)

    def stranger(self, rng: np.random.Generator, asked: Asked) -> Planted:
        """Draw a neuron that has nothing to do with a list of words.

        It fires five places behind words of every document, or of the other kind of topics.
        """
        gate, up = np.zeros((2, N_SLOTS, len(self.words.words)))
        others = np.zeros(gate.shape[1], np.bool_)
        others[np.concatenate([self.words.base[N_BASE // 4 :], self.words.b.ravel()])] = True
        lets = self.some(rng, others, rng.uniform(0.01, 0.05))
        gate[-1] = np.where(lets, 4, OFF)
        side = int(rng.choice([1, -1]))
        up[-1] = side * np.exp(0.3 * rng.standard_normal(len(lets)))
        return Planted(gate, up, self.rule(asked), asked.marked, asked.needs, side, 0)

    def some(self, rng: np.random.Generator, of: Any, share: float) -> Any:
        """Choose words at random that make up about a share of all tokens, bool [n_words]."""
        chosen = np.zeros(len(of), np.bool_)
        order = rng.permutation(np.flatnonzero(of))
        middle = np.cumsum(self.share[order]) - self.share[order] / 2
        chosen[order[: int(np.searchsorted(middle, share))]] = True
        return chosen

    def rule(self, asked: Asked) -> str:
        """Write a rule."""
        names = np.array(self.words.words)
        marked = names[asked.marked]
        if asked.needs is None:
            return "words: " + ", ".join(marked)
        return f"/(?:{'|'.join(names[asked.needs])}) >>(?:{'|'.join(marked)})/i"

    def draw(self, verdict: VerdictName, rng: np.random.Generator, pool: list[Asked]) -> Planted:
        """Draw a neuron of which a verdict is true, and near."""
        for _ in range(500):
            planted = self._propose(verdict, rng, pool)
            found = truth(planted, self.population)
            if is_near(verdict, found):
                planted.truth.update(found)
                n = N_DOCUMENTS
                if verdict == "not enough evidence":
                    n = _too_few(found, rng)
                return replace(planted, documents=n)
        raise AssertionError(f"None of 500 neurons is near the thresholds of '{verdict}'.")

    def _propose(
        self, verdict: VerdictName, rng: np.random.Generator, pool: list[Asked]
    ) -> Planted:
        def between(low: float, high: float) -> float:
            return float(rng.uniform(low, high))

        asked = pool[rng.integers(len(pool))]
        match verdict:
            case "holds up":
                how = {"recall": between(0.65, 0.95), "elsewhere": between(0.1, 1)}
                return self.neuron(rng, asked, **how, loud=between(0.4, 0.8))
            case "better explained by a simpler rule":
                if rng.random() < 0.5:
                    contexts = [asked for asked in pool if asked.needs is not None]
                    asked = contexts[rng.integers(len(contexts))]
                    how = {"recall": between(0.7, 1), "others": between(0.4, 0.8)}
                    return self.neuron(rng, asked, **how)
                asked = self.asked(rng, int(rng.integers(4, 8)))
                return self.neuron(rng, asked, recall=between(0.7, 1), known=between(0.4, 0.85))
            case "fires on it but not only":
                how = {"recall": between(0.65, 0.85), "elsewhere": between(0.8, 2.5)}
                return self.neuron(rng, asked, **how, loud=between(0.9, 1.1))
            case "fires on part of it":
                if asked.needs is None and not asked.gap and rng.random() < 0.5:
                    return self.neuron(rng, asked, known=between(0.25, 0.45))
                return self.neuron(rng, asked, recall=between(0.2, 0.42), elsewhere=between(0, 0.1))
            case "real but weak":
                how = {"recall": between(0.3, 0.48), "elsewhere": between(0.5, 1.5)}
                return self.neuron(rng, asked, **how, loud=between(1, 1.3))
            case "does not hold":
                lists = [asked for asked in pool if asked.needs is None and not asked.gap]
                return self.stranger(rng, lists[rng.integers(len(lists))])
            case "not enough evidence":
                asked = self.asked(rng, int(rng.integers(1, 14)))
                return self.neuron(rng, asked, recall=between(0.5, 0.95), elsewhere=0.2, loud=0.7)


def _choose(rng: np.random.Generator, numbers: Any, n: int) -> Any:
    return rng.choice(numbers.ravel(), n, replace=False)


def margin(truth: dict[str, float]) -> float:
    """Four standard errors of a share of the marked tokens of a confirmation half.

    With the design effect of these documents, 1.4. From there on a 95 % interval is clear of the
    threshold in 97 of 100 corpora.
    """
    return 4 * float(np.sqrt(0.25 * 1.4 / (truth["marked"] * N_DOCUMENTS / 2)))


def is_near(verdict: VerdictName, t: dict[str, float]) -> bool:
    """Tell whether a verdict is true of a neuron, and one of its thresholds near."""
    m = margin(t)
    over, under = t["ap"] - 0.5, 0.5 - t["ap"]
    match verdict:
        case "holds up":
            is_clean = t["mass"] >= 0.5 + m and t["recall"] >= 0.5 + m / 2 and t["top"] >= 0.97
            is_best = t["f1_without_one"] - t["f1"] < 0.01
            return m <= over <= m + 0.12 and is_clean and is_best
        case "better explained by a simpler rule":
            gain = max(t["f1_of_words_alone"], t["f1_without_one"]) - t["f1"]
            return m / 2 <= gain <= m / 2 + 0.12
        case "fires on it but not only":
            is_mixed = m <= 0.5 - t["mass"] <= m + 0.12
            return m <= t["recall"] - 0.5 <= m + 0.2 and is_mixed
        case "fires on part of it":
            is_no_word = t["f1"] - t["f1_of_one_word"] >= m / 2
            return m <= 0.5 - t["recall"] <= m + 0.12 and t["top"] >= 0.97 and is_no_word
        case "real but weak":
            is_real = t["ap"] >= 3 * t["base_rate"]
            return m <= under <= m + 0.2 and is_real and t["recall"] < 0.5 and t["top"] <= 0.5
        case "does not hold":
            return True
        case "not enough evidence":
            return t["ap"] >= 0.45


def _too_few(t: dict[str, float], rng: np.random.Generator) -> int:
    """How many documents have 13 to 20 in the confirmation half that are marked, or that fire."""
    of = t["marked_documents" if rng.random() < 0.5 else "firing_documents"]
    return min(round(2 * rng.uniform(13, 20) / of), N_DOCUMENTS)


# A corpus, cut and run


class Ground:
    """A corpus as the protocol sees it; remembers what was asked of it."""

    def __init__(self, folder: Path, words: Language, texts: Texts, model: Any, seed: int) -> None:
        file = folder / "texts.jsonl"
        rows = (json.dumps({"text": text}) + "\n" for text in written(words, texts))
        file.write_text("".join(rows))
        corpus = load_corpus(file)
        self.pack: Pack = write_pack(corpus, model.tokenizer, folder / "pack", context=CONTEXT)
        self.tokens, self.words = Tokens.of(self.pack, 1), words
        self.texts, self.seed = texts, seed
        self._asked: dict[tuple[str, int], tuple[Marks, Any, Any, Rivals]] = {}

    def asked(self, rule: str, documents: int) -> tuple[Marks, Any, Any, Rivals]:
        """What a rule marks, the two halves of so many documents, and the simpler rules."""
        if (rule, documents) not in self._asked:
            n_tokens = None if documents >= N_DOCUMENTS else documents * int(np.mean(LENGTHS))
            is_confirmation, is_used = split(self.pack, n_tokens, self.seed)
            document = self.pack.document_of(self.tokens.segment)
            used, confirmation = is_used[document], is_confirmation[document]
            found, discovery = Rule.read(rule), used & ~confirmation
            marks = mark(found, self.pack)
            rivals = Rivals(found, self.pack, marks, self.tokens, discovery)
            row = marks, discovery, used & confirmation, rivals
            self._asked[rule, documents] = row
        return self._asked[rule, documents]

    def decide(self, activations: Any, rule: str, documents: int = N_DOCUMENTS) -> Judged:
        """Take a neuron through the protocol of `lmscope.hypotheses.test`.

        Args:
            activations: Of several neurons, [n, n_tokens]: the best on the discovery half goes on.
                Of many only the best eight by histograms are aimed, as in `lmscope find`.
            rule: What is asked.
            documents: How many to use.
        """
        marks, discovery, confirmation, rivals = self.asked(rule, documents)
        if len(activations) > N_AIMED:
            aps = self._screened(activations[:, discovery], marks, discovery)
            activations = activations[np.argsort(-aps)[:N_AIMED]]
        aims = [take_aim(row, marks, self.tokens, discovery) for row in activations]
        best = max(range(len(aims)), key=lambda i: aims[i].ap)
        halves_and_rivals = self.tokens, confirmation, rivals
        return judge(activations[best], aims[best], marks, *halves_and_rivals, seed=self.seed)

    def _screened(self, activations: Any, marks: Marks, discovery: Any) -> Any:
        """The best average precision on any side, at any offset, from histograms, [n]."""
        best = np.zeros(len(activations))
        for side in (1, -1):
            bins = log_bins(side * activations)
            for offset in range(-REACH, REACH + 1):
                y, ignore = (found[discovery] for found in marks.at(offset, self.tokens))
                counts = [
                    [np.bincount(row[which], minlength=N_LOG_BINS) for which in (~(y | ignore), y)]
                    for row in bins
                ]
                best = np.fmax(best, histogram_average_precision(np.array(counts)).value)
        return best

    def words_of(self, rule: str) -> Any | None:
        """Words that a rule marks wherever they are, bool [n_words]; None if that is not all."""
        counts = self.tokens.counts  # the first word has nothing before it
        labels, ids = mark(Rule.read(rule), self.pack).labels[counts], self.texts.ids[counts]
        marked = np.isin(np.arange(len(self.words.words)), ids[labels])
        return marked if (marked[ids] == labels).all() else None


@dataclass(frozen=True, eq=False)
class Sown:
    """A model with planted neurons in layer 0, and a corpus."""

    model: Any
    verdicts: list[VerdictName]
    """What is true of each neuron."""
    planted: list[Planted]
    pool: list[Asked]
    ground: Ground
    activations: Any
    """What the model did, float32 [n_neurons, n_tokens]."""


def sow(drawing: Drawing, folder: Path, seed: int, n_each: int, **pool: int) -> Sown:
    """Draw neurons of every verdict, write a model with them, load it, and run it over a corpus."""
    from lmscope import load

    rng = np.random.default_rng([seed, 0])
    asked = drawing.pool(rng, **pool)
    verdicts = [verdict for verdict in VERDICTS for _ in range(n_each)]
    planted = [drawing.draw(verdict, rng, asked) for verdict in verdicts]
    write_model(folder / "model", drawing.words, planted)
    model = load(folder / "model", device="cpu")
    texts = write_texts(drawing.words, np.random.default_rng([seed, 1]))
    ground = Ground(folder, drawing.words, texts, model, seed)
    return Sown(model, verdicts, planted, asked, ground, run(model, ground.pack)[0])


def run(model: Any, pack: Pack, n_layers: int = 1) -> dict[int, Any]:
    """Record all neurons of the first layers, float32 [d_mlp, n_tokens] of each."""
    return record(model, pack, {layer: range(model.d_mlp) for layer in range(n_layers)})


def shuffled(activations: Any, texts: Texts, rng: np.random.Generator) -> Any:
    """Give each document the activations of another one of the same length, [..., n_tokens]."""
    bounds = np.array(texts.bounds)
    lengths = np.diff(bounds)
    source = np.arange(len(lengths))
    for length in LENGTHS:
        of = np.flatnonzero(lengths == length)
        source[of] = rng.permutation(of)
    index = np.concatenate([np.arange(bounds[s], bounds[s + 1]) for s in source])
    return activations[..., index]
