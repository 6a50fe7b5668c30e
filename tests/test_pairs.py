from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmscope.errors import LmscopeError, NotUsable, UnreadablePairs
from lmscope.pairs import Facts, Pairs, Text, diff, facts
from lmscope.rules import Rule

HOW = (
    "Write a table with the columns 'matching' and 'not matching' (Markdown, CSV, TSV or JSON\n"
    "lines), or two lists: 'match:' and 'other:', each on a line of its own, a text a line."
)
HOSTILE = (
    "<script>alert('x')</script>",
    "=HYPERLINK(1)",
    "'; DROP TABLE pairs; --",
    "\x00\x01 \u202e\u200b",
    "a | b, c; d",
    '"quoted" `code`',
    "\\n %s {0} $(x)",
    "8) singled out 9) personality",
)


def texts(pairs: Pairs) -> tuple[list[str], list[str]]:
    return [t.text for t in pairs.matching], [t.text for t in pairs.other]


def sentence(written: str, **how: str) -> str:
    with pytest.raises(UnreadablePairs) as caught:
        Pairs.read(written, **how)  # type: ignore[arg-type]
    assert len(str(caught.value).splitlines()) <= 4
    return str(caught.value)


@pytest.mark.parametrize(
    "written",
    [
        "| matching | not matching |\n|----------|:------------:|\n| 8) a | 8. a |\n| b) | b. |",
        "The story's pairs:\n\nmatch | other\n-----|-----\n8) a | 8. a\nb) | b.\n\nThat is all.",
        "match,other\n8) a,8. a\nb),b.\n",
        '"Match", "No match"\r\n"8) a", "8. a"\r\n"b)", "b."\r\n',
        "match;other\n8) a;8. a\nb);b.",
        "fires\tdoes not match\n8) a\t8. a\n\nb)\tb.\n",
        '\ufeff{"match": "8) a", "not_match": "8. a"}\n\n{"match": "b)", "not_match": "b."}',
        "id,Matching texts,Non-matching texts,note\n1,8) a,8. a,x\n2,b),b.,y",
        "| # | with | without |\n|--|--|--|\n| 1 | `8) a` | `8. a` |\n| 2 | b) | b. |",
    ],
)
def test_one_table_may_be_written_in_many_ways(written: str) -> None:
    pairs = Pairs.read(written)

    assert (["8) a", "b)"], ["8. a", "b."]) == texts(pairs)
    assert pairs.is_paired
    assert 0 == pairs.n_incomplete


@pytest.mark.parametrize(
    "written",
    [
        "match:\n8) a\nb)\n\nother:\n8. a\n",
        "## Other\n8. a\n## Matching texts\n8) a\nb)",
        "**match:**\n- 8) a\n- b)\n**Does not match:**\n- 8. a",
        "matching:\r\n  8) a\r\n  b)  \r\nnegative:\r\n8. a",
    ],
)
def test_two_lists_are_not_paired(written: str) -> None:
    pairs = Pairs.read(written)

    assert (["8) a", "b)"], ["8. a"]) == texts(pairs)
    assert not pairs.is_paired


@pytest.mark.parametrize(
    "written",
    ["match:\na\nb", "matching\na\nb", '{"match": "a"}\n{"match": "b"}', "|on|\n|--|\n|a|\n|b|"],
)
def test_a_list_of_one_side_is_read(written: str) -> None:
    pairs = Pairs.read(written)

    assert (["a", "b"], []) == texts(pairs)
    assert not pairs.is_paired


def test_with_a_gap_nothing_is_paired_and_the_gaps_are_counted() -> None:
    pairs = Pairs.read("match,other\na,\nb,c\n,d\n,\n")

    assert (["a", "b"], ["c", "d"]) == texts(pairs)
    assert not pairs.is_paired
    assert 2 == pairs.n_incomplete


def test_a_bullet_that_only_one_side_has_belongs_to_the_texts() -> None:
    assert (["- a", "- b"], ["a"]) == texts(Pairs.read("match:\n- a\n- b\nother:\na"))


def test_spaces_survive_where_the_format_can_hold_them() -> None:
    assert ([" a\nb "], ["c"]) == texts(Pairs.read('match,other\n" a\nb ",c\n'))
    assert ([" a "], ["c"]) == texts(Pairs.read("match|other\n-|-\n` a `|c"))
    assert ([" a "], ["c"]) == texts(Pairs.read('{"match": " a ", "other": "c"}'))


def test_a_bar_inside_a_cell_is_written_with_a_backslash() -> None:
    assert (["a|b"], ["c"]) == texts(Pairs.read("|match|other|\n|-|-|\n|a\\|b|c|"))


@pytest.mark.parametrize(
    ("written", "text", "marked"),
    [
        ("I loved «it»", "I loved it", ["it"]),
        ("«8»)«é» x", "8)é x", ["8", "é"]),
        ("« oui » and «no»", "« oui » and no", ["no"]),
        ("«\u00a0oui\u00a0»", "«\u00a0oui\u00a0»", []),
        ("« a", "« a", []),
        ("a» «b", "a» «b", []),
        ("««a»»", "«a»", ["a"]),
        ("«»", "«»", []),
        ("plain", "plain", []),
        ("\ud83d\ude00 \ud83d", "😀 \ufffd", []),
    ],
)
def test_what_should_fire_may_be_marked(written: str, text: str, marked: list[str]) -> None:
    read = Text.read(written)

    assert text == read.text
    assert marked == [text.encode()[a:b].decode() for a, b in read.marks]


@given(st.text(), st.text(min_size=1), st.text())
def test_marks_point_at_what_stood_between_them(before: str, core: str, after: str) -> None:
    for sign in "«»":
        before, core, after = (t.replace(sign, "") for t in (before, core, after))
    read = Text.read(f"{before}«{core}»{after}")

    if read.marks:
        [(start, end)] = read.marks
        data = read.text.encode()
        assert (before + core + after) == read.text
        assert core.encode() == data[start:end]
    else:
        assert not core or core[0].isspace() or core[-1].isspace()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_only_text(text: str) -> None:
    line = json.dumps({"match": text, "other": text})

    assert ([text], [text]) == texts(Pairs.read(line))


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1))
def test_json_lines_hold_any_text(rows: list[tuple[str, str]]) -> None:
    rows = [(a.replace("«", "") + "x", b.replace("«", "") + "y") for a, b in rows]
    written = "\n".join(json.dumps({"match": a, "other": b}) for a, b in rows)

    pairs = Pairs.read(written)

    assert ([a for a, _ in rows], [b for _, b in rows]) == texts(pairs)
    assert pairs.is_paired


@given(st.text())
def test_whatever_is_pasted_is_read_or_explained(written: str) -> None:
    for start in ("", "match:\n", "match,other\n", "|match|other|\n|-|-|\n", '{"match": "a"}\n'):
        try:
            pairs = Pairs.read(start + written)
        except LmscopeError as error:
            assert UnreadablePairs is type(error)
        else:
            assert pairs.matching or pairs.other


def test_a_hundred_thousand_pairs_take_moments() -> None:
    rows = [f"{i}) singled «out»,{i}. singled out" for i in range(100_000)]
    before = time.process_time()

    pairs = Pairs.read("match,other\n" + "\n".join(rows))
    found = facts(pairs)

    assert 100_000 == len(pairs.matching) == len(pairs.other)
    assert Facts((), (), (), (), ()) == found
    assert time.process_time() - before < 10


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", f"it is empty.\n{HOW}"),
        (" \n\t\n", f"it is empty.\n{HOW}"),
        ("text,label\na,1\n", f"its columns are 'text', 'label'.\n{HOW}"),
        ("I loved it\nI did\n", f"its columns are 'I loved it'.\n{HOW}"),
        ("a,b,c,d,e,f\n1,2,3,4,5,6", f"its columns are 'a', 'b', 'c', 'd', 'e', ....\n{HOW}"),
        ('{"text": "a"}', f"its columns are 'text'.\n{HOW}"),
        ("match,other\n", f"there is no text under its headings.\n{HOW}"),
        ("match:\n\nother:\n", f"there is no text under its headings.\n{HOW}"),
        (
            "match,matching,other\na,b,c",
            "'match' and 'matching' both name matching texts.\nKeep one of these columns.",
        ),
        (
            "match,other\na,b\nwell, yes, no\n",
            "line 3 has 3 cells and the header 2.\nTexts that hold the separator go in quotes.",
        ),
        (
            "|match|other|\n|-|-|\n|a|b|\n|a|b|c|",
            "line 4 has 3 cells and the header 2.\nA | inside a text is written \\|",
        ),
        (
            "|match|other|\n|-|-|\n|a|b|\n\n|match|other|\n|-|-|\n|c|d|",
            "it holds 2 tables.\nKeep one, with a line |---|---| under its header.",
        ),
        (
            "|match|other|\n|a|b|",
            "it holds no table.\nKeep one, with a line |---|---| under its header.",
        ),
        (
            'match,other\n"a,b\n',
            "line 2 is not as it should be (unexpected end of data).\n"
            'A quote inside a text in quotes is written twice: ""',
        ),
        ('{"match": "a"}\n{"match": \n', f"line 2 is no JSON.\n{HOW}"),
        ('{"match": "a"}\n["b"]\n', f"line 2 is no JSON object.\n{HOW}"),
        (
            '{"match": ["a"]}',
            "'match' in line 1 is no text.\nWrite one text in quotes.",
        ),
    ],
)
def test_what_cannot_be_read_is_said_with_what_was_found(written: str, says: str) -> None:
    start = "The text cannot be read as texts that match and texts that do not: "

    assert start + says == sentence(written)


def test_texts_before_the_first_heading_are_not_dropped() -> None:
    assert "line 1 stands under no heading" in sentence("a\nmatch:\nb", kind="lists")


def test_a_file_is_read_by_its_ending(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("match\tother\n1, 2\t3", "utf-8")
    (tmp_path / "a.jsonl").write_text('{"match": "1, 2", "other": "3"}', "utf-8")
    (tmp_path / "a.md").write_text("Some prose.\n\n|match|other|\n|-|-|\n|1, 2|3|\n", "utf-8")
    (tmp_path / "a.txt").write_text("match:\n1, 2\nother:\n3", "utf-8")

    for name in ("a.tsv", "a.jsonl", "a.md", "a.txt"):
        assert (["1, 2"], ["3"]) == texts(Pairs.open(tmp_path / name))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes("match,other\né,e".encode("latin-1"))

    with pytest.raises(UnreadablePairs) as caught:
        Pairs.open(tmp_path / "latin.csv")
    assert (
        f"{tmp_path}/latin.csv cannot be read as texts that match and texts that do not: "
        "byte 13 is no UTF-8.\nSave it as UTF-8." == str(caught.value)
    )
    with pytest.raises(NotUsable) as missing:
        Pairs.open(tmp_path / "none.csv")
    assert f"{tmp_path}/none.csv cannot be used: no such file or directory." == str(missing.value)
    with pytest.raises(NotUsable, match="is a directory"):
        Pairs.open(tmp_path)


def test_repeated_equal_and_unmarked_texts_are_told() -> None:
    rule = Rule.read(r"\w\)")
    rows = [("8) a", "8. a"), ("8) a", "b"), ("c", "c"), ("«d» e", "8. a"), ("f)", "g)")]
    pairs = Pairs.read("\n".join(json.dumps({"match": m, "other": o}) for m, o in rows))

    found = facts(pairs, lambda text: bool(len(rule.places(text))))

    assert Facts((1,), (3,), (2,), (2,), (4,)) == found


def test_of_two_lists_a_text_may_stand_in_both() -> None:
    found = facts(Pairs.read("match:\na\nb\nother:\nc\na\na"))

    assert Facts((), (2,), (0,), (), ()) == found


@pytest.mark.parametrize(
    ("a", "b", "spans"),
    [
        ("I loved it", "I loved them", ((8, 10), (8, 12))),
        ("8) one", "8. one", ((1, 2), (1, 2))),
        ("same", "same", ((4, 4), (4, 4))),
        ("", "new", ((0, 0), (0, 3))),
        ("aa", "aaa", ((2, 2), (2, 3))),
        ("é", "è", ((0, 2), (0, 2))),  # the same first byte
        ("a😀b", "a😁b", ((1, 5), (1, 5))),
    ],
)
def test_the_edited_region_is_found(
    a: str, b: str, spans: tuple[tuple[int, int], tuple[int, int]]
) -> None:
    assert spans == diff(a, b)


@given(st.text(), st.text(), st.text(), st.text())
def test_outside_the_edited_region_two_texts_are_alike(
    before: str, old: str, new: str, after: str
) -> None:
    a, b = before + old + after, before + new + after
    (a0, a1), (b0, b1) = diff(a, b)
    first, second = a.encode(), b.encode()

    assert a0 == b0 >= len(before.encode())
    assert first[:a0] == second[:b0]
    assert first[a1:] == second[b1:]
    first[a0:a1].decode(), second[b0:b1].decode()  # whole characters
    assert (a == b) == (a0 == a1 and b0 == b1)
