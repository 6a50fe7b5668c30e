from __future__ import annotations

import json
import unicodedata

import numpy as np
import pytest
import tokenizers
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors, trainers

from lmscope.errors import NotAModel
from lmscope.models.tokens import Tokenizer
from lmscope.text import TokenizedText

HARD_TEXTS = [
    "8) singled out 9) personality",
    "   \n\n\t  ",
    "line\r\nline\r\n",
    "naïve cafe\u0301 \u1e9b\u0323",
    "👩\u200d👩\u200d👧\u200d👦 🏳\ufe0f\u200d🌈 flags",
    "日本語 العربية हिन्दी",
    "\x00\x7f\ufeff\U0010ffff",
    "▁ <0x41> Ġ ## </w>",
    "<|endoftext|> <s> [CLS] <unk>",
]

texts = st.text(max_size=60) | st.lists(
    st.sampled_from(["👩\u200d👧", "e\u0301", "\r\n", "  ", " ", "\n", "the", "é", "日本", "8)"]),
    max_size=20,
).map("".join)


def byte_level_bpe(corpus, *, special=("<|endoftext|>",), normalizer=None, prefix_space=False):
    backend = tokenizers.Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix_space)
    backend.decoder = decoders.ByteLevel()
    if normalizer is not None:
        backend.normalizer = normalizer
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=list(special),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    backend.train_from_iterator(corpus, trainer)
    return backend


def sentencepiece_bpe():
    """Llama's way: a dummy space in front, U+2581 for spaces, bytes for what is unknown."""
    pieces = ["<unk>", "<s>", "</s>", *(f"<0x{b:02X}>" for b in range(256))]
    pieces += ["▁", "a", "b", "c", "▁a", "ab", "▁▁", "\u0301"]
    merges = [("▁", "a"), ("a", "b"), ("▁", "▁")]
    vocab = {piece: i for i, piece in enumerate(pieces)}
    backend = tokenizers.Tokenizer(
        models.BPE(vocab=vocab, merges=merges, unk_token="<unk>", byte_fallback=True)
    )
    backend.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    )
    backend.add_special_tokens(["<unk>", "<s>", "</s>"])
    return backend


def lower_casing_wordpiece():
    pieces = ["[UNK]", "[CLS]", "[SEP]", "sing", "##led", "out", "cafe", ")", "8", "[", "]", "cls"]
    vocab = {piece: i for i, piece in enumerate(pieces)}
    backend = tokenizers.Tokenizer(models.WordPiece(vocab, unk_token="[UNK]"))
    backend.normalizer = normalizers.BertNormalizer(lowercase=True)
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    backend.add_special_tokens(["[UNK]", "[CLS]", "[SEP]"])
    return backend


def bytes_of_tokens(tokenizer: Tokenizer, cut: TokenizedText) -> bytes:
    return b"".join(tokenizer.token_bytes(i) for i in cut.ids.tolist())


def assert_ordered(cut: TokenizedText) -> None:
    starts, ends = cut.spans[:, 0], cut.spans[:, 1]
    assert (starts <= ends).all()
    assert (ends[:-1] <= starts[1:]).all()
    assert ends.max(initial=0) <= len(cut.text.encode())


# --- byte-level ----------------------------------------------------------------------------


@settings(deadline=None, max_examples=30)
@given(corpus=st.lists(texts, max_size=5), text=texts)
def test_joined_bytes_are_the_text_and_ends_strictly_increase(corpus, text):
    tokenizer = Tokenizer(byte_level_bpe(corpus))
    cut = tokenizer.tokenize(text)
    data = text.encode()

    assert cut.is_exact
    assert data == bytes_of_tokens(tokenizer, cut)
    assert (np.diff(cut.spans[:, 1], prepend=0) > 0).all()
    assert [tokenizer.token_bytes(i) for i in cut.ids] == [data[a:b] for a, b in cut.spans]


@settings(deadline=None, max_examples=30)
@given(text=texts)
def test_nfc_text_never_fails_with_an_nfc_tokenizer(text):
    tokenizer = Tokenizer(byte_level_bpe(["é the"], normalizer=normalizers.NFC()))

    assert tokenizer.tokenize(unicodedata.normalize("NFC", text)).is_exact
    assert_ordered(tokenizer.tokenize(text))


@pytest.mark.parametrize("text", HARD_TEXTS)
def test_hard_texts_are_exact(text):
    tokenizer = Tokenizer(byte_level_bpe(HARD_TEXTS))
    cut = tokenizer.tokenize(text)

    assert cut.is_exact
    assert text.encode() == bytes_of_tokens(tokenizer, cut)
    assert not tokenizer.normalises


def test_a_token_may_end_inside_a_character():
    cut = Tokenizer(byte_level_bpe([])).tokenize("é!")

    assert [[0, 1], [1, 2], [2, 3]] == cut.spans.tolist()
    assert ["\\xc3", "\\xa9", "!"] == cut.pieces()


def test_a_special_token_written_in_a_text_is_plain_text():
    tokenizer = Tokenizer(byte_level_bpe([], special=["<|endoftext|>"]), prefix=(0,))
    cut = tokenizer.tokenize("a<|endoftext|>b")

    assert 0 not in cut.ids
    assert len("a<|endoftext|>b") == len(cut)
    assert frozenset({0}) == tokenizer.special_ids
    assert b"" == tokenizer.token_bytes(0)


def test_an_added_token_stands_for_its_own_utf8():
    backend = byte_level_bpe([])
    backend.add_tokens(["    ", "Ġé"])
    tokenizer = Tokenizer(backend)
    cut = tokenizer.tokenize("a    bĠéc")

    assert ["a", "    ", "b", "Ġé", "c"] == cut.pieces()
    assert cut.is_exact


def test_a_space_that_the_tokenizer_puts_in_front_is_no_byte_of_the_text():
    cut = Tokenizer(byte_level_bpe(["a a a"] * 9, prefix_space=True)).tokenize("a a")

    assert [[0, 1], [1, 3]] == cut.spans.tolist()
    assert cut.is_exact


@pytest.mark.parametrize("first", ["8", "\u2126"], ids=["exact", "normalised"])
def test_a_post_processor_that_trims_spaces_off_tokens_changes_nothing(first):
    backend = byte_level_bpe([" 8 8 8"] * 9, normalizer=normalizers.NFC())
    backend.post_processor = processors.ByteLevel(trim_offsets=True)
    cut = Tokenizer(backend).tokenize(f"{first} 8")

    assert (first == "8") == cut.is_exact
    assert " 8" == cut.pieces()[-1]


def test_a_decomposed_accent_is_mapped_back_by_offsets():
    tokenizer = Tokenizer(byte_level_bpe([], normalizer=normalizers.NFC()))
    cut = tokenizer.tokenize("e\u0301 x")

    assert tokenizer.normalises
    assert not cut.is_exact
    assert "e\u0301 x" == cut.text
    assert len(cut.text.encode()) == cut.spans[-1, 1]
    assert_ordered(cut)


def test_a_vocabulary_without_every_byte_is_no_reason_to_lose_order():
    backend = tokenizers.Tokenizer(models.BPE({"a": 0, "b": 1}, []))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer = Tokenizer(backend)
    cut = tokenizer.tokenize("axb")

    assert tokenizer.normalises
    assert not cut.is_exact
    assert ["a", "b"] == [backend.id_to_token(i) for i in cut.ids]
    assert_ordered(cut)


@pytest.mark.parametrize(
    ("step", "component"),
    [
        ("normalizer", normalizers.Replace("\t", " ")),
        ("normalizer", normalizers.Lowercase()),
        ("pre_tokenizer", pre_tokenizers.Split(" ", "removed")),
        ("pre_tokenizer", pre_tokenizers.WhitespaceSplit()),
    ],
)
def test_a_step_that_changes_or_drops_text_is_noticed(step, component):
    backend = byte_level_bpe([])
    if step == "pre_tokenizer":
        component = pre_tokenizers.Sequence([component, backend.pre_tokenizer])
    setattr(backend, step, component)
    tokenizer = Tokenizer(backend)

    assert tokenizer.normalises
    assert not tokenizer.tokenize("A\tb c").is_exact


# --- SentencePiece -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("ab a", ["a", "b", " a"]),
        ("a", ["a"]),
        (" a", ["", " a"]),
        ("é", ["", "\\xc3", "\\xa9"]),
        ("a😀", ["a", "\\xf0", "\\x9f", "\\x98", "\\x80"]),
        ("  \n", [" ", " ", "\\n"]),
    ],
)
def test_sentencepiece_bytes_and_the_dummy_space(text, pieces):
    tokenizer = Tokenizer(sentencepiece_bpe())
    cut = tokenizer.tokenize(text)

    assert [p.replace("\\n", "\n") for p in pieces] == cut.pieces()
    assert cut.is_exact


@settings(deadline=None, max_examples=50)
@given(text=texts)
def test_sentencepiece_is_exact_for_any_text_without_its_space_sign(text):
    tokenizer = Tokenizer(sentencepiece_bpe())
    text = text.replace("▁", " ")
    cut = tokenizer.tokenize(text)

    assert cut.is_exact
    assert "sentencepiece" == tokenizer.kind
    assert not tokenizer.normalises
    assert (b" " + text.encode() if text else b"") == bytes_of_tokens(tokenizer, cut)
    assert_ordered(cut)


@pytest.mark.parametrize("scheme", ["always", "first", "never"])
def test_every_prepend_scheme_of_metaspace_is_exact(scheme):
    backend = sentencepiece_bpe()
    backend.normalizer = None
    backend.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=scheme)
    tokenizer = Tokenizer(backend)

    for text in ["a ab", " a", "  a b", "\n", ""]:
        cut = tokenizer.tokenize(text)
        assert cut.is_exact
        assert_ordered(cut)
        assert len(text) == cut.spans[:, 1].max(initial=0)


def test_the_space_sign_itself_falls_back_to_offsets():
    cut = Tokenizer(sentencepiece_bpe()).tokenize("a▁b")

    assert not cut.is_exact
    assert [[0, 1], [1, 4], [4, 5]] == cut.spans.tolist()


def test_only_the_last_token_of_a_shared_character_claims_it():
    cut = Tokenizer(sentencepiece_bpe()).tokenize("▁é")

    assert not cut.is_exact
    assert ["▁", "", "é"] == cut.pieces()


def test_an_added_run_of_space_signs_is_a_run_of_spaces():
    backend = sentencepiece_bpe()
    backend.add_tokens(["▁▁"])
    cut = Tokenizer(backend).tokenize("a  b")

    assert cut.is_exact
    assert ["a", "  ", "b"] == cut.pieces()


def test_a_unigram_model_that_emits_a_special_token_keeps_its_bytes():
    pieces = [("<unk>", 0.0), ("</s>", 0.0), ("▁", -2.0), ("a", -1.0)]
    backend = tokenizers.Tokenizer(models.Unigram(pieces, unk_id=0, byte_fallback=False))
    backend.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    backend.add_special_tokens(["</s>"])
    tokenizer = Tokenizer(backend)
    cut = tokenizer.tokenize("a</s>a")

    assert cut.is_exact
    assert ["a", "</s>", "a"] == cut.pieces()
    assert b"" == tokenizer.token_bytes(1)


# --- WordPiece and the rest ----------------------------------------------------------------


def test_wordpiece_spans_are_those_of_the_text_before_lower_casing():
    tokenizer = Tokenizer(lower_casing_wordpiece(), prefix=(1,), suffix=(2,))
    cut = tokenizer.tokenize("8) SingLED  out CAFÉ zebra")

    assert ["8", ")", "Sing", "LED", "out", "CAFÉ", "zebra"] == cut.pieces()
    assert not cut.is_exact
    assert "wordpiece" == tokenizer.kind
    assert tokenizer.normalises
    assert b"led" == tokenizer.token_bytes(4)
    assert b"" == tokenizer.token_bytes(0)


def test_the_unknown_token_covers_bytes_and_is_not_special():
    tokenizer = Tokenizer(lower_casing_wordpiece(), prefix=(1,), suffix=(2,), special_ids=[0])

    assert frozenset({1, 2}) == tokenizer.special_ids


def test_wordpiece_reads_a_written_special_token_as_text():
    cut = Tokenizer(lower_casing_wordpiece()).tokenize("[CLS] out")

    assert ["[", "CLS", "]", "out"] == cut.pieces()


def test_a_vocabulary_of_whole_words_is_of_the_other_kind():
    backend = tokenizers.Tokenizer(models.WordLevel({"<unk>": 0, "a": 1}, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = Tokenizer(backend)

    assert "other" == tokenizer.kind
    assert ["a", "bb"] == tokenizer.tokenize("a bb").pieces()


# --- any tokenizer -------------------------------------------------------------------------

BACKENDS = [lambda: byte_level_bpe(["the cat"]), sentencepiece_bpe, lower_casing_wordpiece]


@pytest.mark.parametrize("backend", BACKENDS)
def test_empty_text_has_no_tokens(backend):
    cut = Tokenizer(backend()).tokenize("")

    assert (0,) == cut.ids.shape
    assert (0, 2) == cut.spans.shape
    assert (np.int32, np.int32) == (cut.ids.dtype, cut.spans.dtype)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_batch_gives_the_same_as_one_by_one(backend):
    tokenizer = Tokenizer(backend())

    for text, cut in zip(HARD_TEXTS, tokenizer.tokenize_all(HARD_TEXTS), strict=True):
        alone = tokenizer.tokenize(text)
        assert text == cut.text
        assert alone.ids.tolist() == cut.ids.tolist()
        assert alone.spans.tolist() == cut.spans.tolist()
        assert_ordered(cut)


@pytest.mark.parametrize("backend", BACKENDS)
def test_truncation_and_padding_are_off_and_the_callers_tokenizer_is_left_alone(backend):
    mine = backend()
    plain = Tokenizer(mine)
    mine.enable_truncation(max_length=2)
    mine.enable_padding(length=50)
    before = mine.to_str()
    tokenizer = Tokenizer(mine)

    assert plain.tokenize(HARD_TEXTS[0]).ids.tolist() == (
        tokenizer.tokenize(HARD_TEXTS[0]).ids.tolist()
    )
    assert plain.hash == tokenizer.hash
    assert before == mine.to_str()
    assert not mine.encode_special_tokens


@pytest.mark.parametrize(
    ("text", "repaired"),
    [("a\ud800b", "a\ufffdb"), ("\udc00\ud800", "\ufffd\ufffd"), ("\ud83d\ude00", "😀")],
)
def test_lone_surrogates_become_replacement_characters(text, repaired):
    cut = Tokenizer(byte_level_bpe([])).tokenize(text)

    assert repaired == cut.text
    assert len(repaired.encode()) == cut.spans[-1, 1]


def test_random_merges_of_bpe_dropout_are_off():
    spec = json.loads(byte_level_bpe(["the cat sat on the mat"] * 9).to_str())
    spec["model"]["dropout"] = 0.5
    tokenizer = Tokenizer(tokenizers.Tokenizer.from_str(json.dumps(spec)))

    assert 1 == len({tuple(tokenizer.tokenize("the cat sat").ids.tolist()) for _ in range(20)})


def test_ids_without_a_token_stand_for_nothing():
    tokenizer = Tokenizer(sentencepiece_bpe())

    assert 267 == tokenizer.n_vocab
    assert b"" == tokenizer.token_bytes(tokenizer.n_vocab)
    assert b"" == tokenizer.token_bytes(-1)


def test_the_hash_tells_vocabularies_apart():
    one, other = byte_level_bpe(["the cat"]), byte_level_bpe(["the dog"])

    assert Tokenizer(one).hash == Tokenizer(one, prefix=(0,)).hash
    assert Tokenizer(one).hash != Tokenizer(other).hash


def test_a_long_text_is_one_list_of_tokens():
    text = "the cat sat on the mat, 8) é\n" * 10_000
    cut = Tokenizer(byte_level_bpe(["the cat sat on the mat"])).tokenize(text)

    assert cut.is_exact
    assert len(text.encode()) == cut.spans[-1, 1]


def test_a_tokenizer_file_is_read(tmp_path):
    path = tmp_path / "tokenizer.json"
    sentencepiece_bpe().save(str(path))
    tokenizer = Tokenizer.from_file(path, prefix=(1,))

    assert (1,) == tokenizer.prefix
    assert Tokenizer(sentencepiece_bpe()).hash == tokenizer.hash


@pytest.mark.parametrize("content", [None, "", "{}", "\x00\x01"])
def test_a_file_that_is_no_tokenizer_is_refused_in_a_sentence(tmp_path, content):
    path = tmp_path / "tokenizer.json"
    if content is not None:
        path.write_text(content)

    with pytest.raises(NotAModel, match=r"tokenizer\.json is not a model: it cannot be read as"):
        Tokenizer.from_file(path)
