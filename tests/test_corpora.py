from __future__ import annotations

import csv
import gzip
import json
import os
import unicodedata
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmscope.corpora import LARGEST, Corpus, Counts, Document, Unreadable, load_corpus, readers
from lmscope.duplicates import Clusters, sketch
from lmscope.errors import (
    BadOption,
    LmscopeError,
    MissingField,
    UnknownCorpus,
    UnreadableCorpus,
)

LICENCE = " ".join(
    f"Clause {i} permits use number {i} and forbids the {i}th misuse." for i in range(30)
)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(path: str, content: str | bytes) -> str:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def write_rows(path: str, *rows: object) -> str:
    return write(path, "".join(json.dumps(row) + "\n" for row in rows))


def counted(corpus: Corpus) -> tuple[list[Document], Counts]:
    counts = Counts()
    return list(corpus.read(counts)), counts


def texts(spec: str | Path | list[str]) -> list[str]:
    return [document.text for document in load_corpus(spec)]


def places(spec: str) -> list[tuple[str, int]]:
    return [(document.source, document.offset) for document in load_corpus(spec)]


def sentence(spec: object) -> str:
    with pytest.raises(LmscopeError) as caught:
        load_corpus(spec)  # type: ignore[arg-type]
    return str(caught.value)


# --- text files ----------------------------------------------------------------------------


def test_a_text_file_is_one_document() -> None:
    write("a.txt", "One.\r\n\r\nTwo.\n")

    assert [Document("One.\r\n\r\nTwo.\n", "a.txt", 0, 0)] == list(load_corpus("a.txt"))


def test_a_path_object_is_never_taken_apart() -> None:
    write("odd::name.txt", "here")

    assert ["here"] == texts(Path("odd::name.txt")) == texts("odd::name.txt")
    assert ["here"] == texts("odd::name.txt::split=line")


@pytest.mark.parametrize(
    ("split", "expected"),
    [
        ("line", ["a", "b", "%", "c", "%%"]),
        ("%", ["a\r\n\r\nb\n", "c\n\n%%"]),
        ("blank", ["a\r\n", "b\n%\nc\n", "%%"]),
    ],
)
def test_a_file_is_cut_where_it_is_asked_to(split: str, expected: list[str]) -> None:
    content = write("a.txt", "a\r\n\r\nb\n%\nc\n\n%%")

    documents = list(load_corpus(f"a.txt::split={split}"))

    assert expected == [document.text for document in documents]
    data = Path(content).read_bytes()
    assert all(data[d.offset :].startswith(d.text.encode()) for d in documents)


@given(st.lists(st.text(st.characters(exclude_characters="\n\r\0", codec="utf-8"))))
def test_each_line_is_found_at_its_offset(lines: list[str]) -> None:
    data = "\n".join(lines).encode()
    write("lines.txt", data)

    for document in load_corpus("lines.txt::split=line"):
        line = data[document.offset :].split(b"\n")[0]
        assert document.text == unicodedata.normalize("NFC", line.decode())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-be"])
def test_a_byte_order_mark_tells_the_encoding_and_is_removed(encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    data = f"{mark}naïve\n\U0001f642\n".encode(encoding)
    write("a.txt", data)

    first, second = load_corpus("a.txt::split=line")

    assert ["naïve", "\U0001f642"] == [first.text, second.text]
    plain = encoding.replace("-sig", "").replace("16", "16-le").replace("32", "32-le")
    plain = "utf-16-be" if encoding == "utf-16-be" else plain
    assert "naïve" == data[first.offset : second.offset].decode(plain).rstrip()


def test_bytes_that_are_no_utf8_are_replaced_and_counted() -> None:
    write("a.txt", b"caf\xe9 and \xff\xfe, na\xc3\xafve\nand more\n")

    (one, two), counts = counted(load_corpus("a.txt::split=line"))

    assert "caf\ufffd and \ufffd\ufffd, naïve" == one.text
    assert Path("a.txt").read_bytes()[two.offset :] == b"and more\n"
    assert 3 == counts.replaced


def test_texts_are_brought_to_normal_form_c() -> None:
    write("a.txt", "cafe\u0301")

    assert ["caf\u00e9"] == texts("a.txt")


def test_a_tower_of_marks_does_not_take_all_day() -> None:
    write("a.txt", "a" + "\u0301\u0316" * 500_000)

    assert 1_000_000 <= len(*texts("a.txt"))


def test_blank_documents_are_counted_and_left_out() -> None:
    write("a.txt", "a\n\n \t\nb\n")
    write("empty.txt", "")

    assert 2 == counted(load_corpus("a.txt::split=line"))[1].empty
    assert ([], Counts(empty=1)) == counted(load_corpus("empty.txt"))


def test_a_line_of_ten_megabytes_is_read() -> None:
    line = "long line " * 1_000_000
    write("a.txt", f"short\n{line}\nshort again")

    assert ["short", line, "short again"] == texts("a.txt::split=line")
    write_rows("a.jsonl", {"text": line})
    assert [line] == texts("a.jsonl")
    write("a.csv", f'text\n"{line}"\n')
    assert [line] == texts("a.csv")


def test_a_file_too_long_for_one_document_says_how_to_cut_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(readers, "LARGEST", 10)
    write("a.txt", "ten chars.\nmore")

    documents, counts = counted(load_corpus("a.txt"))

    assert [] == documents
    assert (
        "0 documents, 1 unreadable (a.txt: as one document it is too long "
        "(more than 10 characters); cut it with a.txt::split=blank or split=line)"
    ) == str(counts)
    assert LARGEST == 1 << 26


def test_packed_files_are_read_and_their_offsets_count_unpacked_bytes() -> None:
    write("a.txt.gz", gzip.compress(b"one\ntwo\n"))
    write("b.jsonl.gz", gzip.compress(b'{"text": "three"}\n'))
    write("c.csv.gz", gzip.compress(b"id,text\n1,four\n"))

    assert [("a.txt.gz", 0), ("a.txt.gz", 4)] == places("a.txt.gz::split=line")
    assert ["three"] == texts("b.jsonl.gz")
    assert ["four"] == texts("c.csv.gz")


def test_a_packed_file_that_is_cut_short_keeps_what_could_be_read() -> None:
    packed = gzip.compress(os.urandom(60_000).hex().encode() + b"\nend\n")
    write("d/a.txt.gz", b"no gzip")
    write("d/b.txt.gz", packed[: len(packed) // 2])
    write("d/c.txt", "fine")

    documents, counts = counted(load_corpus("d"))

    assert ["fine"] == [document.text for document in documents]
    assert [
        ("d/a.txt.gz", "not a gzipped file (b'no')"),
        ("d/b.txt.gz", "compressed file ended before the end-of-stream marker was reached"),
    ] == counts.unreadable_first


def test_a_zero_byte_late_in_a_text_is_part_of_it() -> None:
    write("a.txt", text := "x" * 10_000 + "\0")

    assert [text] == texts("a.txt")


# --- folders -------------------------------------------------------------------------------


def test_a_folder_is_read_in_the_order_of_its_paths_bytes() -> None:
    for name in ("b.txt", "a/z.md", "ä.txt", "Z.txt", "a.txt", "a/b/c.py"):
        write(f"d/{name}", f"text of {name}")

    expected = ["d/Z.txt", "d/a.txt", "d/a/b/c.py", "d/a/z.md", "d/b.txt", "d/ä.txt"]
    assert expected == [name for name, _ in places("d")]


def test_a_glob_chooses_files() -> None:
    for name in ("top.py", "a/b/deep.py", "a/not.txt"):
        write(f"d/{name}", name)

    assert ["a/b/deep.py", "top.py"] == texts("d::glob=**/*.py")
    assert ["top.py"] == texts("d::glob=*.py")


def test_what_is_no_text_is_counted_and_named() -> None:
    write("d/fortunes", "One.\n%\nTwo.\n")
    write("d/fortunes.dat", b"\0\0\0\2\0\0\0\2%\0\0\0")
    write("d/koi8.txt", "привет, мир".encode("koi8-r"))
    write("d/.hidden/secret.txt", "secret")
    Path("d/gone.txt").symlink_to("nowhere")
    os.mkfifo("d/pipe")

    documents, counts = counted(load_corpus("d::split=%"))

    assert ["One.\n", "Two.\n"] == [document.text for document in documents]
    assert [
        ("d/fortunes.dat", "it is binary, not text"),
        ("d/gone.txt", "no such file or directory"),
        ("d/koi8.txt", "it is not UTF-8 (9 of its first 11 bytes are no characters)"),
        ("d/pipe", "it is neither a file nor a folder"),
    ] == counts.unreadable_first
    assert 4 == counts.unreadable


def test_a_folder_that_contains_itself_is_read_once() -> None:
    write("d/sub/a.txt", "text")
    Path("d/sub/loop").symlink_to("..", target_is_directory=True)

    assert [("d/sub/a.txt", 0)] == places("d")


def test_tables_in_a_folder_are_read_as_tables() -> None:
    write_rows("d/a.jsonl", {"text": "from jsonl"})
    write("d/b.csv", "x,y\n1,2\n")
    pq.write_table(pa.table({"text": ["from parquet"]}), "d/c.parquet")
    write("d/d.txt", "from txt")

    documents, counts = counted(load_corpus("d"))

    assert ["from jsonl", "from parquet", "from txt"] == [d.text for d in documents]
    assert [("d/b.csv", "it has no field 'text'")] == counts.unreadable_first


def test_a_folder_without_text_has_no_documents() -> None:
    Path("d/sub").mkdir(parents=True)

    assert ([], Counts()) == counted(load_corpus("d"))


def test_a_name_that_is_no_unicode_is_shown_with_escapes() -> None:
    write("d/plain.txt", "a")
    Path(os.fsdecode(b"d/\xff.txt")).write_text("b")

    assert ["d/plain.txt", "d/\\xff.txt"] == [name for name, _ in places("d")]


def test_the_present_folder_is_a_corpus_whatever_its_files_are_called() -> None:
    for name in ("~user", "hf:x", "a::split=line", "-"):
        write(name, name)

    assert [("-", 0), ("a::split=line", 0), ("hf:x", 0), ("~user", 0)] == places(".")


# --- tables --------------------------------------------------------------------------------


@given(st.lists(st.text()))
def test_any_texts_written_as_jsonl_come_back(rows: list[str]) -> None:
    write_rows("any.jsonl", *({"text": row} for row in rows))

    wanted = dict.fromkeys(
        unicodedata.normalize(
            "NFC", "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in row)
        )
        for row in rows
    )
    assert [text for text in wanted if text.strip()] == texts("any.jsonl")


def test_a_lone_surrogate_is_replaced_and_counted() -> None:
    write("a.jsonl", '{"text": "a\\ud800b \\ud83d\\ude42"}\n')

    documents, counts = counted(load_corpus("a.jsonl"))

    assert ["a\ufffdb \U0001f642"] == [document.text for document in documents]
    assert 1 == counts.replaced


def test_a_line_that_is_not_json_is_named_and_the_rest_goes_on() -> None:
    deep = "[" * 200_000
    write(
        "a.jsonl",
        f'{{"text": "one"}}\n{{"text": \n\n"text"\n{{"text": 3}}\n{deep}\n{{"text": "two"}}',
    )

    documents, counts = counted(load_corpus("a.jsonl"))

    assert ["one", "two"] == [document.text for document in documents]
    assert Path("a.jsonl").read_bytes()[documents[1].offset :] == b'{"text": "two"}'
    assert [
        ("a.jsonl", "line 2 is not JSON"),
        ("a.jsonl", "line 4 is not an object with fields"),
        ("a.jsonl", "line 5 has a int in place of a text"),
        ("a.jsonl", "line 6 is not JSON"),
    ] == counts.unreadable_first


def test_the_only_field_with_text_is_found() -> None:
    write_rows("a.jsonl", {"id": 1, "body": "here"})
    pq.write_table(pa.table({"id": [1], "body": ["there"]}), "b.parquet")

    assert ["here"] == texts("a.jsonl")
    assert ["there"] == texts("b.parquet")


def test_csv_keeps_quotes_and_newlines_inside_a_field() -> None:
    rows = ['He said "no", twice.', "two\r\nlines", "=1+1"]
    with Path("a.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["id", "text"], *enumerate(rows)])

    documents = list(load_corpus("a.csv"))

    assert rows == [document.text for document in documents]
    assert [0, 1, 2] == [document.offset for document in documents]


def test_the_separator_of_a_csv_file_is_read_from_its_header() -> None:
    write("a.tsv", "id\ttext\n1\ta, b; c\n")
    write("b.csv", "id;text\n1;a, b\n\n2\n")

    assert ["a, b; c"] == texts("a.tsv")
    assert ["a, b"] == texts("b.csv")
    assert 2 == counted(load_corpus("b.csv"))[1].empty


def test_parquet_rows_of_every_kind_of_string_are_read_in_order() -> None:
    rows = [f"row {i}" for i in range(200)]
    for kind in (pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())):
        pq.write_table(pa.table({"text": pa.array(rows).cast(kind)}), "a.parquet")

        assert [("a.parquet", i) for i in range(200)] == places("a.parquet")
        assert rows == texts("a.parquet")


def test_a_parquet_string_that_is_no_utf8_is_repaired() -> None:
    raw = pa.Array.from_buffers(pa.string(), 2, pa.array([b"a\xffb", None]).buffers())
    pq.write_table(pa.table({"text": raw}), "a.parquet")

    assert ["a\ufffdb"] == texts("a.parquet")


def test_a_hub_data_set_is_streamed() -> None:
    write_rows("owner/name/train.jsonl", {"id": 1, "body": "one"}, {"id": 2, "body": "two"})

    assert [("hf:owner/name", 0), ("hf:owner/name", 1)] == places("hf:owner/name")
    assert ["one", "two"] == texts("hf:owner/name::split=train,field=body")


# --- duplicates ----------------------------------------------------------------------------


def test_exact_duplicates_are_dropped_across_files_and_forms() -> None:
    write("a.txt", "cafe\u0301")
    write_rows("b.jsonl", {"text": "caf\u00e9"}, {"text": "tea"})

    documents, counts = counted(load_corpus(["a.txt", "b.jsonl"]))

    assert ["caf\u00e9", "tea"] == [document.text for document in documents]
    assert 1 == counts.exact_duplicates


def test_a_licence_with_another_year_and_name_is_marked() -> None:
    write("d/a", "An unrelated text, which opens a cluster of its own.")
    write("d/b", f"Copyright (c) 2014 Ada Lovelace\n\n{LICENCE}")
    write("d/c", f"Copyright (c) 2021 Grace Hopper\n\n{LICENCE}")
    write("d/d", f"# Copyright (c) 1999 Alan Turing\n# {LICENCE.upper()}\n".replace(". ", ".\n# "))

    documents, counts = counted(load_corpus("d"))

    assert [0, 1, 1, 1] == [document.cluster for document in documents]
    assert 2 == counts.near_duplicates


def test_texts_that_share_half_their_words_are_not_marked() -> None:
    write("d/a", LICENCE)
    write("d/b", LICENCE[: len(LICENCE) // 2] + LICENCE[: len(LICENCE) // 2].replace(" ", " so "))

    assert [0, 1] == [document.cluster for document in load_corpus("d")]


def test_short_texts_nearly_repeat_each_other_if_their_words_do() -> None:
    pair = "Hello, World!", "hello world"
    clusters = Clusters()

    assert [0, 0] == [clusters.place(i, text) for i, text in enumerate(pair)]


def test_texts_without_spaces_are_compared_by_their_characters() -> None:
    chinese = "".join(map(chr, range(0x4E00, 0x4F00)))
    clusters = Clusters()

    assert [0, 0] == [clusters.place(0, chinese), clusters.place(1, chinese.replace("三", "四"))]
    assert 2 == clusters.place(2, chinese[::-1])


def test_texts_without_words_repeat_nothing() -> None:
    clusters = Clusters()

    assert [0, 1] == [clusters.place(i, text) for i, text in enumerate(["!!!", "???"])]


def test_a_cluster_is_found_again_after_many_other_documents() -> None:
    clusters = Clusters()
    n = 3_000  # the table grows twice

    assert list(range(n)) == [clusters.place(i, f"document number {i}") for i in range(n)]
    assert [7, 2_999] == [clusters.place(n, f"Document number {i}!") for i in (7, 2_999)]


def test_a_sketch_is_the_same_on_every_machine() -> None:
    found = sketch(LICENCE)

    assert found is not None
    assert "1c4844b3c9aa5b38" == found[:8].tobytes().hex()


def test_a_long_text_with_a_change_in_front_is_still_near() -> None:
    text = " ".join(str(i * i) for i in range(40_000))
    clusters = Clusters()

    assert [0, 0] == [clusters.place(0, text), clusters.place(1, f"a new first line\n{text}")]


# --- several sources -----------------------------------------------------------------------


def test_sources_take_turns_by_weight() -> None:
    write("a.txt", "".join(f"a{i}\n" for i in range(6)))
    write("b.txt", "".join(f"b{i}\n" for i in range(4)))

    even = load_corpus(["a.txt::split=line", "b.txt::split=line"])
    heavy = load_corpus([("a.txt::split=line", 2), "b.txt::split=line"])

    assert "a0 b0 a1 b1 a2 b2 a3 b3 a4 a5" == " ".join(d.text for d in even)
    assert "a0 b0 a1 a2 b1 a3 a4 b2 a5 b3" == " ".join(d.text for d in heavy)
    assert ("a.txt::split=line,weight=2", "b.txt::split=line") == heavy.spec
    assert heavy == load_corpus(heavy.spec)


def test_every_reading_starts_anew() -> None:
    write("a.txt", "one\ntwo\nthree\n")
    corpus = load_corpus("a.txt::split=line")

    half_read = iter(corpus)
    next(half_read)

    assert list(corpus) == list(corpus)
    assert "two" == next(half_read).text


def test_counts_name_only_the_first_problems() -> None:
    write("a.jsonl", "no\n" * 1_200 + '{"text": "yes"}\n' * 2)

    _, counts = counted(load_corpus("a.jsonl"))

    assert (
        "1 documents, 1 exact duplicates left out, 1,200 unreadable ("
        + "; ".join(f"a.jsonl: line {n} is not JSON" for n in range(1, 6))
        + "; ...)"
    ) == str(counts)
    assert Unreadable("a.jsonl", "line 1 is not JSON") == counts.unreadable_first[0]


# --- mistakes ------------------------------------------------------------------------------

KINDS = "A corpus is a .txt, .jsonl, .csv or .parquet file, a folder, or hf:OWNER/NAME."


def test_a_path_that_is_not_there_gets_the_nearest_file() -> None:
    write("d/fortunes.txt", "x")

    assert (
        f"There is no file or folder 'd/fortune.txt'.\nDid you mean 'd/fortunes.txt'?\n{KINDS}"
        == (sentence("d/fortune.txt"))
    )
    assert f"There is no file or folder 'nowhere/at/all.txt'.\n{KINDS}" == (
        sentence("nowhere/at/all.txt::split=line")
    )
    assert f"There is no file or folder ''.\n{KINDS}" == sentence("")


def test_a_bare_hub_id_is_told_its_prefix() -> None:
    expected = (
        "There is no file or folder 'roneneldan/TinyStories'.\n"
        f"Did you mean 'hf:roneneldan/TinyStories'?\n{KINDS}"
    )
    assert expected == sentence("roneneldan/TinyStories")


def test_a_text_in_place_of_a_path_is_an_unknown_corpus() -> None:
    with pytest.raises(UnknownCorpus):
        load_corpus("the quick brown fox " * 1_000)
    with pytest.raises(UnknownCorpus):
        load_corpus("zero \0/byte")


def test_a_binary_file_is_refused_at_once() -> None:
    write("a.txt", b"GIF89a\0\0")

    assert "a.txt cannot be read: it is binary, not text." == sentence("a.txt")


def test_what_is_neither_file_nor_folder_is_refused() -> None:
    assert "/dev/null cannot be read: it is neither a file nor a folder." == sentence("/dev/null")


def test_a_file_that_is_no_parquet_is_refused() -> None:
    write("a.parquet", "not at all")

    with pytest.raises(UnreadableCorpus, match=r"^a.parquet cannot be read: parquet magic bytes"):
        load_corpus("a.parquet")


def test_a_parquet_file_without_strings_is_refused() -> None:
    pq.write_table(pa.table({"id": [1], "score": [0.5]}), "a.parquet")

    assert "a.parquet cannot be read: none of its fields holds text (it has: id, score)." == (
        sentence("a.parquet")
    )
    assert "a.parquet cannot be read: its field 'id' holds int64, not text." == (
        sentence("a.parquet::field=id")
    )


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.parquet"])
def test_a_wrong_field_gets_the_right_one(name: str) -> None:
    write_rows("a.jsonl", {"title": "x", "body": "y"})
    write("a.csv", "title,body\nx,y\n")
    pq.write_table(pa.table({"title": ["x"], "body": ["y"]}), "a.parquet")

    assert (
        f"{name} has no field 'boddy'. It has: title, body.\n"
        f"Name the one with the text: {name}::field=body"
    ) == sentence(f"{name}::field=boddy")
    with pytest.raises(MissingField):
        load_corpus(name)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("a.jsonl::fild=x", "fild=x of a.jsonl: there is no such option, the nearest is 'field'."),
        ("a.txt::field=x", "field=x of a.txt: its options are split, weight."),
        ("a.txt::split=", "split= of a.txt: write a value behind split=."),
        ("a.txt::split=page", "split=page of a.txt: documents are parted by line, blank or %."),
        ("a.txt::weight=0", "weight=0 of a.txt: a weight is a number above 0."),
        ("a.txt::weight=much", "weight=much of a.txt: a weight is a number above 0."),
        ([("a.txt", -1)], "weight=-1 of a.txt: a weight is a number above 0."),
        ([("a.txt", float("inf"))], "weight=inf of a.txt: a weight is a number above 0."),
        (
            "d::glob=/etc/*",
            "glob=/etc/* of d: a pattern is relative to the folder, such as **/*.py.",
        ),
        ("hf:o/n::rows=x", "rows=x of hf:o/n: its options are split, field, config, weight."),
    ],
)
def test_an_option_that_cannot_work_is_explained(spec: object, expected: str) -> None:
    write("a.txt", "x")
    write("a.jsonl", '{"text": "x"}')
    write("d/b.txt", "x")

    assert expected == sentence(spec)
    with pytest.raises(BadOption):
        load_corpus(spec)  # type: ignore[arg-type]


def test_a_hub_that_cannot_be_reached_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)

    assert (
        "hf:nobody/nothing cannot be read: the Hugging Face hub could not be reached.\n"
        "Without a network, give a file or a folder instead."
    ) == sentence("hf:nobody/nothing")


def test_options_that_are_not_parted_by_commas_are_said(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    with pytest.raises(BadOption) as caught:
        load_corpus(f"{tmp_path}/a.txt::split=%::weight=2")
    assert (
        f"::split=%::weight=2 of {tmp_path}/a.txt: after the first :: options are parted by "
        f"commas, not by another ::, in {tmp_path}/a.txt::split=%::weight=2."
    ) == str(caught.value)
