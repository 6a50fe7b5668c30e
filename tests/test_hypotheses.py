"""The protocol from a hypothesis to a verdict, on a tiny model and a corpus that is made for it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lmscope import Catalogue, hypotheses, look
from lmscope.errors import (
    LayerOutOfRange,
    MissingArgument,
    NeuronOutOfRange,
    NotUsable,
    NotWholeCorpus,
    RuleMarksNothing,
    RuleMarksTooMuch,
    Stopped,
    UnreadableHypothesis,
    UnreadablePairs,
    UnreadableRule,
    WrongCatalogue,
)
from lmscope.evidence import VERDICTS, Thresholds, average_precision, best_threshold
from lmscope.exporting import export
from lmscope.hypotheses import Hypothesis, Tested, open_file, reports, texts_json
from lmscope.hypotheses.examples import counter_examples, fires_also_on, missed
from lmscope.hypotheses.ground import split
from lmscope.hypotheses.harvesting import harvest
from lmscope.hypotheses.judging import Aim, Rivals, judge, take_aim
from lmscope.hypotheses.texts import MOST_TEXTS, completed, read_texts
from lmscope.marking import Marks, Tokens, mark
from lmscope.pack import Pack
from lmscope.pairs import Pairs, Text
from lmscope.rules import Rule
from lmscope.scanning import scan

LISTS = Rule.read(r"(?:^|\s)[a-z]>>\)")
N_DOCUMENTS = 160
WORDS = ["river", "stone", "the", "of", "and", "light", "paper", "moon", "garden", "salt"]


def write_corpus(path: Path, seed: int = 0) -> Path:
    """Write documents of words with lists a) b), other brackets and full stops."""
    rng = np.random.default_rng(seed)
    documents = []
    for _ in range(N_DOCUMENTS):
        words = list(rng.choice(WORDS, 60))
        for i in rng.integers(3, 57, 4):
            words[i] = str(
                rng.choice(["a) stone", "b) moon", "(the)", "a. light", "salt.", "c) of", "2)"])
            )
        documents.append(json.dumps({"text": " ".join(words)}) + "\n")
    path.write_text("".join(documents))
    return path


@pytest.fixture(scope="session")
def lists_folder(shared: Any, model_of: Any) -> Path:
    """A catalogue of the tiny model on that corpus."""

    def make(folder: Path) -> None:
        folder.mkdir()
        corpus = write_corpus(folder / "lists.jsonl")
        scan(model_of("gpt2"), corpus, folder / "catalogue", context=48)

    return Path(shared("lists", make))


@pytest.fixture
def catalogue(lists_folder: Path) -> Catalogue:
    return Catalogue.open(lists_folder / "catalogue")


@pytest.fixture
def model(model_of: Any) -> Any:
    return model_of("gpt2")


def ground(catalogue: Catalogue, rule: Rule = LISTS) -> tuple[Pack, Tokens, Marks, Any, Any]:
    """Lay out a corpus as `test` does: pack, tokens, marks, discovery, confirmation."""
    pack = catalogue.pack
    tokens = Tokens.of(pack, catalogue.manifest["counted"]["first_position_counted"])
    confirmation = split(pack)[0][pack.document_of(tokens.segment)]
    return pack, tokens, mark(rule, pack), ~confirmation, confirmation


# --- the noun ------------------------------------------------------------------------------

PAIRS = Pairs((Text("a) one"), Text.read("I loved «it»")), (Text("a. one"), Text("I loved")), True)
HYPOTHESES = [
    Hypothesis(rule=LISTS),
    Hypothesis('fires on "lists"\n\'\u202e', LISTS, "any", "-", -2, PAIRS, seed=7),
    Hypothesis(pairs=replace(PAIRS, is_paired=False)),
    Hypothesis("words", Rule.read('words: I, "a, b" and not /x\\/y/'), thresholds=Thresholds(ap=1)),
]


@pytest.mark.parametrize("hypothesis", HYPOTHESES)
def test_a_hypothesis_comes_back_from_its_file_and_its_json(
    hypothesis: Hypothesis, tmp_path: Path
) -> None:
    where = {"neuron": "gpt2/L0N1", "corpus": ["a.txt", "b/"], "n_tokens": 9}
    path = tmp_path / "hypothesis.toml"
    path.write_text(hypothesis.toml(where), "utf-8")

    found, place = open_file(path)

    assert (hypothesis, where) == (found, place)
    assert hypothesis == Hypothesis.from_json(json.loads(json.dumps(hypothesis.to_json())))
    assert hypothesis.sha256 == found.sha256


def test_another_claim_rule_text_threshold_or_seed_is_another_hypothesis() -> None:
    base = HYPOTHESES[1]
    others = [
        replace(base, claim="x"),
        replace(base, rule=Rule.read("b")),
        replace(base, which="last"),
        replace(base, side="+"),
        replace(base, offset=0),
        replace(base, pairs=replace(PAIRS, is_paired=False)),
        replace(base, thresholds=Thresholds(recall=0.4)),
        replace(base, seed=8),
    ]

    assert len({h.sha256 for h in [base, *others]}) == 1 + len(others)


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("", "it has neither a rule nor texts, so there is no test of it"),
        ("rule = ", "it is no TOML"),
        ('ruel = "a"', "there is no 'ruel' in one.\nDid you mean 'rule'?"),
        ("rule = 3", "'rule' is not text in quotes"),
        ('rule = "a"\noffset = 3', "'offset' is from -2 to 2"),
        ('rule = "a"\noffset = true', "'offset' is not a whole number"),
        ('rule = "a"\nside = "up"', "'side' is + or -"),
        ('rule = "a"\ntokens = "all"', "'tokens' is last, first or any"),
        ('rule = "a"\n[thresholds]\nrecal = 0.5', "there is no threshold 'recal'"),
        ('rule = "a"\n[thresholds]\nrecall = -1', "the threshold 'recall' is no number from 0 on"),
        ('rule = "a"\n[test]\nneruon = "x"', "there is no 'neruon' in [test]"),
        ('rule = "a"\ntest = 1', "'test' is no table"),
        ("[texts]\nmatching = [1]", "'matching' in 'texts' is no list of texts"),
        ("[texts]\nmatching = []", "'texts' holds no text"),
        (
            '[texts]\nmatching = ["a"]\nother = []\npaired = true',
            "of its pairs 1 match and 0 do not",
        ),
    ],
)
def test_what_is_no_hypothesis_says_why(toml: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "h.toml"
    path.write_text(toml)

    with pytest.raises(UnreadableHypothesis) as refused:
        open_file(path)

    assert str(refused.value).startswith(f"{path} is no hypothesis: ")
    assert said in str(refused.value)
    assert str(refused.value).count("\n") < 4


def test_a_rule_in_a_file_that_is_none_is_explained_as_a_rule(tmp_path: Path) -> None:
    path = tmp_path / "h.toml"
    path.write_text('rule = "(a"')
    with pytest.raises(UnreadableRule):
        open_file(path)
    with pytest.raises(NotUsable):
        open_file(tmp_path / "none.toml")
    path.write_bytes(b'claim = "\xff"')
    with pytest.raises(UnreadableHypothesis, match="byte 10 is no UTF-8"):
        open_file(path)


# --- aiming and judging --------------------------------------------------------------------


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize("offset", [-2, -1, 0, 1, 2])
def test_the_aim_finds_the_side_and_offset_that_were_planted(
    catalogue: Catalogue, side: int, offset: int
) -> None:
    _, tokens, marks, discovery, _ = ground(catalogue)
    y, _ = marks.at(offset, tokens)
    rng = np.random.default_rng(3)
    x = rng.exponential(0.1, len(tokens)).astype(np.float32)
    x += y * rng.exponential(1, len(tokens)).astype(np.float32)

    aim = take_aim(side * x, marks, tokens, discovery)

    assert (aim.side, aim.offset) == (side, offset)
    y, ignore = marks.at(offset, tokens)
    here = discovery & ~ignore
    assert aim.ap == average_precision(x[here], y[here])
    assert aim.threshold == best_threshold(x[here], y[here]).value


def test_what_is_known_beforehand_is_not_searched(catalogue: Catalogue) -> None:
    _, tokens, marks, discovery, _ = ground(catalogue)
    x = np.random.default_rng(0).normal(size=len(tokens)).astype(np.float32)

    aim = take_aim(x, marks, tokens, discovery, side=-1, offset=2)

    assert (aim.side, aim.offset) == (-1, 2)


def test_the_confirmation_half_has_no_part_in_the_aim(catalogue: Catalogue) -> None:
    _, tokens, marks, discovery, confirmation = ground(catalogue)
    x = np.random.default_rng(0).normal(size=len(tokens)).astype(np.float32)
    other = np.where(confirmation, 100 * marks.labels, x).astype(np.float32)

    assert take_aim(x, marks, tokens, discovery) == take_aim(other, marks, tokens, discovery)


def test_a_neuron_that_fires_on_every_bracket_is_explained_by_the_bracket(
    catalogue: Catalogue,
) -> None:
    pack, tokens, marks, discovery, confirmation = ground(catalogue)
    brackets = mark(Rule.read(r"\)"), pack)
    x = brackets.labels + np.random.default_rng(0).random(len(tokens)).astype(np.float32) / 4
    x = x.astype(np.float32)
    aim = take_aim(x, marks, tokens, discovery)
    rivals = Rivals(LISTS, pack, marks, tokens, discovery)

    judged = judge(x, aim, marks, tokens, confirmation, rivals)

    assert judged.verdict.verdict == "better explained by a simpler rule"
    # Whatever has the same places in this corpus is as good a name.
    same = mark(Rule.read(judged.verdict.rival or ""), pack)
    assert (same.labels == brackets.labels).all()


def test_a_neuron_that_is_the_rule_holds_up_with_the_numbers_of_its_construction(
    catalogue: Catalogue,
) -> None:
    pack, tokens, marks, discovery, confirmation = ground(catalogue)
    rng = np.random.default_rng(1)
    x = (marks.labels * rng.uniform(1, 2, len(tokens)) + rng.uniform(0, 0.1, len(tokens))).astype(
        np.float32
    )
    aim = take_aim(x, marks, tokens, discovery)

    judged = judge(
        x, aim, marks, tokens, confirmation, Rivals(LISTS, pack, marks, tokens, discovery)
    )

    assert judged.verdict.verdict == "holds up"
    assert judged.corpus.ap.value == 1
    assert judged.long_context == {"ap": 1.0, "recall": 1.0}
    y, ignore = marks.at(0, tokens)
    here = confirmation & ~ignore
    assert (judged.corpus.positives, judged.corpus.tokens) == (y[here].sum(), here.sum())
    assert judged.corpus.documents == len(np.unique(tokens.document[here]))
    assert not any(rival.stands for rival in judged.rivals)
    assert any(rival.is_worse for rival in judged.rivals)


def test_rivals_are_chosen_on_discovery_documents_only(catalogue: Catalogue) -> None:
    pack, tokens, marks, discovery, confirmation = ground(catalogue)
    x = np.random.default_rng(0).random(len(tokens)).astype(np.float32)
    aim = take_aim(x, marks, tokens, discovery)
    brackets = mark(Rule.read(r"\)"), pack).labels
    other = np.where(confirmation, 9 * brackets, x).astype(np.float32)

    first, second = (
        [
            (r.rule.text, r.threshold)
            for r in Rivals(LISTS, pack, marks, tokens, discovery).best(a, aim)
        ]
        for a in (x, other)
    )

    assert first == second
    assert len(first) == 5


def test_any_token_of_a_place_is_enough_where_that_is_asked_for(catalogue: Catalogue) -> None:
    rule = Rule.read("stone river|river stone|of the")
    pack, tokens, _, discovery, confirmation = ground(catalogue)
    marks = mark(rule, pack, "any")
    assert marks.span is not None
    first = np.diff(marks.span, prepend=-1) != 0
    x = (first & (marks.span >= 0)).astype(np.float32)
    aim = Aim(1, 0, 0.5, 1.0)

    judged = judge(x, aim, marks, tokens, confirmation)

    assert judged.corpus.event_scores is not None
    assert judged.corpus.event_scores.recall.value == 1
    assert judged.corpus.token_scores.recall.value < 0.75
    assert not discovery[confirmation].any()


# --- halves --------------------------------------------------------------------------------


def test_near_duplicates_stay_on_one_side(scanned: Any) -> None:
    pack = Catalogue.open(scanned("gpt2")).pack
    cluster = pack.clusters()
    for seed in range(20):
        side, used = split(pack, seed=seed)
        assert used.all()
        for c in np.unique(cluster):
            assert len(set(side[cluster == c].tolist())) == 1


def test_a_part_of_a_corpus_is_random_documents_with_about_so_many_tokens(
    catalogue: Catalogue,
) -> None:
    pack = catalogue.pack
    lengths = np.bincount(pack.document_of(np.arange(pack.n_segments)), pack.lengths)

    _, used = split(pack, 2_000)

    assert 2_000 <= lengths[used].sum() < 2_000 + lengths.max()
    assert not used[: used.sum()].all()
    assert (split(pack, 2_000)[1] == used).all()
    assert (split(pack, 2_000, seed=1)[1] != used).any()


# --- examples ------------------------------------------------------------------------------


def test_counter_examples_are_the_strongest_outside_and_missed_the_most_silent_inside(
    catalogue: Catalogue,
) -> None:
    pack, tokens, marks, _, confirmation = ground(catalogue)
    x = np.random.default_rng(5).normal(size=len(tokens)).astype(np.float32)
    aim = Aim(-1, 0, 0.5, 0.0)
    y, ignore = marks.at(0, tokens)

    outside = counter_examples(x, aim, marks, tokens, confirmation, pack, n=1_000)
    silent = missed(x, aim, marks, tokens, confirmation, pack, n=1_000)

    def strongest(which: Any, worst: int) -> dict[int, float]:
        best: dict[int, float] = {}
        for i in np.flatnonzero(which & confirmation):
            d = int(tokens.document[i])
            best[d] = worst * max(worst * float(x[i]), worst * best.get(d, worst * -9.0))
        return best

    fires = strongest(~y & ~ignore & (-x >= 0.5), -1)
    assert [p.activation for p in outside] == sorted(fires.values())
    quiet = strongest(y & (-x < 0.5), 1)
    assert [p.activation for p in silent] == sorted(quiet.values(), reverse=True)
    assert len({p.document for p in outside}) == len(outside)
    for place in outside[:20] + silent[:20]:
        text = pack.text(place.document).decode()
        assert place.before + place.token + place.after in text
        assert place.source.endswith("lists.jsonl")


def test_what_else_it_fires_on_is_counted(catalogue: Catalogue) -> None:
    pack, tokens, marks, _, confirmation = ground(catalogue)
    y, ignore = marks.at(0, tokens)
    moon = mark(Rule.read("words: moon"), pack).labels
    x = (moon | marks.labels).astype(np.float32)

    rows = fires_also_on(x, Aim(1, 0, 0.5, 1.0), marks, tokens, confirmation, pack)

    n = int((moon & ~ignore & ~y & confirmation).sum())
    assert sum(row["n"] for row in rows) == n
    assert all("moon".endswith(row["token"].strip()) for row in rows)
    n_firings = int((x[confirmation & tokens.counts] > 0).sum())
    assert sum(row["share"] for row in rows) == pytest.approx(n / n_firings)


# --- texts ---------------------------------------------------------------------------------


def texts_of(pairs: Pairs, model: Any, rule: Rule | None = LISTS, **options: Any) -> Any:
    asked = {"which": "last", "side": 1, "offset": 0, "scale": 2.0} | options
    return read_texts(pairs, lambda text: look(model, text, "L1N7"), rule, **asked)


def test_a_texts_number_is_its_largest_activation_where_the_rule_marks(model: Any) -> None:
    pairs = Pairs((Text("the a) moon b) river"),) * 1, (Text("the a. moon b. river"),), True)

    found = texts_of(pairs, model, side=-1)

    for text, written in ((found.matching[0], "a)"), (found.other[0], "a.")):
        seen = look(model, text.text, "L1N7")
        ends = seen.spans[:, 1].tolist()
        marked = {text.text.index(written[0] + written[1]) + 2, text.text.index("b") + 2}
        at = [i for i, end in enumerate(ends) if end in marked]
        if written == "a)":
            assert np.flatnonzero(text.targeted).tolist() == at
            assert text.is_marked
        else:  # no place of the rule: the region in which the texts differ
            assert not text.is_marked
            assert set(at) <= set(np.flatnonzero(text.targeted).tolist())
        assert text.value == (-seen.activations[text.targeted]).max()
        assert text.peak == int(np.where(seen.counted, -seen.activations, -np.inf).argmax())


def test_marks_by_hand_come_before_the_rule(model: Any) -> None:
    pairs = Pairs((Text.read("the «moon» a) river"),), (Text("the salt a) river"),), True)

    found = texts_of(pairs, model)

    seen = look(model, "the moon a) river", "L1N7")
    [last] = np.flatnonzero(found.matching[0].targeted)
    assert seen.spans[last, 1] == len("the moon")


def test_what_was_taken_out_leaves_the_token_after_it(model: Any) -> None:
    pairs = Pairs((Text("moon a) river"),), (Text("moon river"),), True)

    other = texts_of(pairs, model).other[0]

    seen = look(model, "moon river", "L1N7")
    first = next(i for i, (_, end) in enumerate(seen.spans.tolist()) if end > len("moon "))
    assert other.targeted[first]
    assert other.targeted.sum() <= 2


def test_the_evidence_of_pairs_is_that_of_their_numbers(model: Any) -> None:
    rng = np.random.default_rng(0)
    matching = [f"{' '.join(rng.choice(WORDS, 6))} a) {rng.choice(WORDS)}" for _ in range(8)]
    pairs = Pairs(
        tuple(map(Text, matching)), tuple(Text(m.replace(")", ".")) for m in matching), True
    )

    found = texts_of(pairs, model)

    m, o = (np.array([t.value for t in side]) for side in (found.matching, found.other))
    assert found.evidence.n == len(set(matching))
    assert found.evidence.wins == (m > o).sum()
    signs = np.array(np.meshgrid(*[[1, -1]] * 8)).reshape(8, -1)
    d = (m - o).astype(float)
    assert found.evidence.p == pytest.approx(((d @ signs) >= d.sum() - 1e-9).mean())
    means = [(d[i] + d[j]) / 2 for i in range(8) for j in range(i, 8)]
    assert found.evidence.effect == pytest.approx(np.median(means) / 2.0)


def test_texts_that_differ_in_digits_only_count_once(model: Any) -> None:
    pairs = Pairs(
        tuple(Text(f"{i}) stone a) moon") for i in range(6)),
        tuple(Text(f"{i}. stone a. moon") for i in range(6)),
        True,
    )

    found = texts_of(pairs, model)

    assert (found.evidence.n, found.evidence.given) == (1, 6)
    assert "Texts that are the same but for their digits count as one." in found.notes


def test_one_sided_lists_are_refused_and_near_misses_complete_them(model: Any) -> None:
    only = Pairs((Text("the a) moon"), Text("river b) salt")), (), False)
    with pytest.raises(UnreadablePairs, match="no text is of the other kind") as refused:
        texts_of(only, model)
    assert "--near-misses" in str(refused.value)
    with pytest.raises(UnreadablePairs, match="no text matches"):
        texts_of(Pairs((), only.matching, False), model)

    both = completed(only, LISTS)

    assert both.is_paired
    assert len(both.matching) == len(both.other) > 4
    assert not any(len(LISTS.places(text.text)) for text in both.other)
    assert texts_of(both, model).evidence.n == 2  # one template each
    with pytest.raises(UnreadablePairs, match="the rule matches none of the texts"):
        completed(Pairs((Text("moon"),), (), False), LISTS)


def test_a_hundred_thousand_pairs_are_thinned_out_evenly_and_that_is_said(model: Any) -> None:
    pairs = Pairs(
        tuple(Text(f"{WORDS[i % 7]} {'x' * (i % 50)} a) moon") for i in range(100_000)),
        tuple(Text(f"{WORDS[i % 7]} {'x' * (i % 50)} a. moon") for i in range(100_000)),
        True,
    )
    cache: dict[str, Any] = {}

    def run(text: str) -> Any:
        if text not in cache:
            cache[text] = look(model, text, "L1N7")
        return cache[text]

    found = read_texts(pairs, run, LISTS, "last", 1, 0, 1.0)

    assert len(found.matching) == len(found.other) == MOST_TEXTS // 2
    assert found.notes[0] == "Of 200,000 texts 2,000 were run, evenly chosen."


def test_the_catalogues_own_examples_are_pointed_out(model: Any) -> None:
    pairs = Pairs((Text("moon river a) stone"),), (Text("moon river a. stone"),), True)

    found = texts_of(pairs, model, known=["the light moon  river a) stone of salt"])

    assert found.matching[0].is_known
    assert not found.other[0].is_known
    assert found.notes[0].startswith("1 of your texts is among the neuron's own examples")


def test_harvested_pairs_come_from_the_documents_asked_for_and_differ_by_the_rule(
    catalogue: Catalogue,
) -> None:
    pack, _, marks, _, confirmation = ground(catalogue)

    pairs = harvest(LISTS, pack, marks, confirmation, 12)

    assert pairs is not None
    assert len(pairs.matching) == 12
    texts = [pack.text(d).decode() for d in range(pack.n_documents)]
    starts = np.cumsum([0] + [len(pack.document_spans(d)[1]) for d in range(pack.n_documents)])
    held_out = {t for t, at in zip(texts, starts[:-1], strict=True) if confirmation[at]}
    for match, other in zip(pairs.matching, pairs.other, strict=True):
        assert any(match.text in text for text in held_out)
        assert len(LISTS.places(match.text)) > 0 == len(LISTS.places(other.text))
    assert harvest(LISTS, pack, marks, confirmation, 12) == pairs
    assert harvest(LISTS, pack, marks, confirmation, 12, seed=1) != pairs
    assert harvest(Rule.read("token: digit"), pack, marks, confirmation, 3) is None


# --- the whole -----------------------------------------------------------------------------


def tried(catalogue: Catalogue, rule: str = LISTS.text, **options: Any) -> Tested:
    hypothesis = options.pop("hypothesis", None) or Hypothesis(rule=Rule.read(rule))
    return hypotheses.test(
        hypothesis, options.pop("neuron", "L1N7"), catalogue=catalogue, **options
    )


KEYS = {
    *("neuron", "rule", "side", "offset", "verdict", "why", "pairs", "corpus", "rival"),
    *("counter_examples", "missed"),
}
CORPUS = {
    *("documents", "tokens", "base_rate", "ap", "ap_low", "ap_high", "lift", "mass_precision"),
    *("recall", "f1", "r", "auroc", "by_level"),
}


def test_a_test_gives_every_key_and_the_same_bytes_again(catalogue: Catalogue) -> None:
    found = tried(catalogue, n_harvested=6)

    result = found.to_json()

    assert set(result) >= KEYS
    assert set(result["corpus"]) >= CORPUS
    assert set(result["pairs"]) >= {"n", "wins", "p", "min_p", "effect", "located"}
    assert result["verdict"] in VERDICTS
    text = json.dumps(result, allow_nan=False)
    assert text == json.dumps(tried(catalogue, n_harvested=6).to_json())
    assert found.verdict.why in repr(found)


def test_its_numbers_are_those_of_the_activations_on_the_confirmation_half(
    catalogue: Catalogue, model: Any
) -> None:
    from lmscope.recording import record

    _, tokens, marks, discovery, confirmation = ground(catalogue)
    x = record(model, catalogue.pack, {1: [7]}, batch_tokens=2048)[1][0]

    found = tried(catalogue)

    aim = take_aim(x, marks, tokens, discovery)
    assert found.aim == aim
    y, ignore = marks.at(aim.offset, tokens)
    here = confirmation & ~ignore
    scores = (aim.side * x)[here]
    order = np.argsort(-scores, kind="stable")
    hits, ap, seen, i = 0, 0.0, 0, 0
    while i < len(order):  # average precision, the slow way, ties together
        same = [j for j in order[i:] if scores[j] == scores[order[i]]]
        new = int(y[here][same].sum())
        hits, seen, i = hits + new, seen + len(same), i + len(same)
        ap += new / y[here].sum() * hits / seen
        if hits == y[here].sum():
            break
    assert found.judged is not None
    assert found.judged.corpus.ap.value == pytest.approx(ap)
    assert found.judged.corpus.token_scores.recall.value == pytest.approx(
        (scores[y[here]] >= aim.threshold).mean()
    )


def test_a_second_hypothesis_on_a_neuron_needs_no_pass_of_the_model(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tried(catalogue, store=tmp_path)

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the model was loaded")

    monkeypatch.setattr("lmscope.models.loading.load_again", refuse)

    assert first.to_json() == tried(catalogue, store=tmp_path).to_json()
    assert tried(catalogue, "words: moon", store=tmp_path).verdict.verdict in VERDICTS


def test_another_corpus_is_cut_and_run_and_leaves_nothing_behind(
    catalogue: Catalogue, model: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    other = write_corpus(tmp_path / "other.jsonl", seed=9)
    hypothesis = Hypothesis(rule=LISTS)

    by_model = hypotheses.test(hypothesis, "L1N7", model, corpus=other, context=48)
    by_catalogue = tried(catalogue, corpus=other, context=48, store=tmp_path / "store")

    assert by_model.judged is not None
    assert by_catalogue.judged is not None
    assert by_model.judged.corpus == by_catalogue.judged.corpus
    assert not by_model.data["is_catalogues_own"]
    assert by_model.data["sha256"] != catalogue.pack.facts["sha256"]
    assert [other] == list(tmp_path.iterdir())


def test_texts_alone_earn_no_verdict_and_say_what_they_say(model: Any) -> None:
    rng = np.random.default_rng(0)
    matching = [f"{' '.join(rng.choice(WORDS, 6))} a) {rng.choice(WORDS)}" for _ in range(6)]
    pairs = Pairs(
        tuple(map(Text, matching)), tuple(Text(m.replace(")", ".")) for m in matching), True
    )

    found = hypotheses.test(Hypothesis(rule=LISTS, pairs=pairs), "L1N7", model)

    assert found.judged is None
    assert found.verdict.verdict in ("not enough evidence", "does not hold")
    assert found.to_json()["corpus"] is None
    assert found.texts is not None
    assert found.texts.evidence.given == 6


def test_neurons_looked_at_before_count(catalogue: Catalogue) -> None:
    few = tried(catalogue, n_harvested=8)
    many = tried(catalogue, n_harvested=8, n_neurons=46_080)

    assert few.verdict.texts in ("agree", "leave it open", "speak against it")
    assert many.verdict.texts != "agree"
    assert many.to_json()["n_neurons"] == 46_080


def test_mistakes_are_explained(
    catalogue: Catalogue, model_of: Any, tmp_path: Path, scanned: Any
) -> None:
    for rule, kind in (("xyzzyx", RuleMarksNothing), (r"\S", RuleMarksTooMuch)):
        with pytest.raises(kind):
            tried(catalogue, rule)
    for neuron, wrong in (("L9N1", LayerOutOfRange), ("L0N999", NeuronOutOfRange)):
        with pytest.raises(wrong):
            tried(catalogue, neuron=neuron)
    with pytest.raises(MissingArgument):
        hypotheses.test(Hypothesis(rule=LISTS), "L0N1")
    with pytest.raises(WrongCatalogue):
        tried(catalogue, model=model_of("llama"))
    with pytest.raises(Stopped):
        tried(catalogue, should_stop=lambda: True)
    export([catalogue], tmp_path / "site", neurons=["L1N7"])
    [manifest] = (tmp_path / "site").rglob("manifest.json")
    with pytest.raises(NotWholeCorpus, match="is an excerpt"):
        tried(Catalogue.open(manifest.parent))


def test_a_rule_that_marks_nothing_leaves_the_texts_their_say(catalogue: Catalogue) -> None:
    rng = np.random.default_rng(0)
    texts = [f"{' '.join(rng.choice(WORDS, 5))} xyzzyx" for _ in range(6)]
    pairs = Pairs(tuple(map(Text, texts)), tuple(Text(t[:-7] + " moon") for t in texts), True)

    found = tried(catalogue, hypothesis=Hypothesis(rule=Rule.read("xyzzyx"), pairs=pairs))

    assert found.judged is None
    assert found.texts is not None


# --- reports -------------------------------------------------------------------------------


class Page(HTMLParser):
    """Collects a page's text and tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


HOSTILE = "<script>alert(1)</script> | `x` [a](javascript:1) \u202e\x1b[31m"


@pytest.fixture(scope="session")
def result(lists_folder: Path) -> dict[str, Any]:
    catalogue = Catalogue.open(lists_folder / "catalogue")
    found = tried(catalogue, n_harvested=6).to_json()
    found["claim"] = HOSTILE
    found["counter_examples"][0]["before"] = HOSTILE
    found["pairs"]["matching"][0]["text"] = HOSTILE
    return found


def test_a_report_says_verdict_numbers_and_all_that_was_tried(result: dict[str, Any]) -> None:
    others = [result | {"rule": "words: other", "verdict": "does not hold", "tested": "2026-01-02"}]

    for text in (reports.markdown(result, others), reports.document(result, others)):
        plain = "".join(Page(text).texts) if text.startswith("<!") else text.replace("\\", "")
        for said in (
            result["why"].split("[")[0],
            f"{result['corpus']['ap']:.3g}",
            f"{result['corpus']['tokens']:,} tokens",
            "All hypotheses tried on this neuron",
            "words: other",
            "2026-01-02",
            result["hypothesis"][:16],
            result["data"]["sha256"][:16],
            "Precision by level of activation",
            "Simpler rules",
        ):
            assert said in plain
    assert "All hypotheses" not in reports.markdown(result)


def test_hostile_text_does_nothing_in_a_report(result: dict[str, Any]) -> None:
    page = Page(reports.document(result))
    assert "script" not in page.tags
    assert HOSTILE.split(" |", maxsplit=1)[0] in "".join(page.texts)
    markdown = reports.markdown(result)
    assert not re.search(r"(?<!\\)<script|(?<!\\)\[a\]\(|[\x1b\u202e]", markdown)
    rows = [line for line in markdown.split("\n") if line.startswith("|")]
    widths = {len(re.findall(r"(?<!\\)\|", row)) for row in rows if "script" in row}
    assert widths <= {4, 5}


def test_texts_are_written_as_they_are_read() -> None:
    written = texts_json(PAIRS)
    assert written["matching"] == ["a) one", "I loved «it»"]
    assert written["paired"] is True
