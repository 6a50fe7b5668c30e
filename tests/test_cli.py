"""What is typed at a terminal, and what is answered."""

from __future__ import annotations

import ast
import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pytest
import tokenizers
import torch
from tokenizers import models, pre_tokenizers

import lmscope as lmscope_package
from lmscope.cli import SiteName, app, main
from lmscope.cli.typed import USAGE
from lmscope.journal import Journal, Subject
from lmscope.models.names import KNOWN

D, F, H, E, CTX, VOCAB, N_LAYERS = 16, 24, 2, 8, 48, 258, 2

TEXTS = {
    "dogs.txt": "The dog barks at the door. A cat sleeps on the warm stove, and the dog barks.",
    "numbers.txt": "1) one\n2) two\n3) three\n\n\tdef f(x):\n\t\treturn x ** 2\n",
    "words.txt": "Füße, naïve, 你好, 😀! \x1b[31mred\x1b[0m and \u202eturned\u202c text.",
    "copy.txt": "The dog barks at the door. A cat sleeps on the warm stove, and the dog barks.",
}


def write_model(folder, act_fn="solu_ln", attn_only=False):
    """A random model in the layout of solu-1l, whose tokens are bytes."""
    generator = torch.Generator().manual_seed(7)
    shapes = {"embed.W_E": (VOCAB, D), "pos_embed.W_pos": (CTX, D), "unembed.W_U": (D, VOCAB)}
    shapes |= {"ln_final.w": (D,), "ln_final.b": (D,)}
    for i in range(N_LAYERS):
        shapes |= {
            f"blocks.{i}.{key}": shape
            for key, shape in {
                "ln1.w": (D,), "ln1.b": (D,), "ln2.w": (D,), "ln2.b": (D,),
                "attn.W_Q": (H, D, E), "attn.W_K": (H, D, E), "attn.W_V": (H, D, E),
                "attn.b_Q": (H, E), "attn.b_K": (H, E), "attn.b_V": (H, E),
                "attn.W_O": (H, E, D), "attn.b_O": (D,),
                "mlp.W_in": (D, F), "mlp.b_in": (F,), "mlp.W_out": (F, D), "mlp.b_out": (D,),
                "mlp.ln.w": (F,), "mlp.ln.b": (F,),
            }.items()
            if act_fn == "solu_ln" or not key.startswith("mlp.ln")
        }  # fmt: skip
    weights = {k: torch.randn(shape, generator=generator) for k, shape in shapes.items()}
    weights["unembed.b_U"] = torch.zeros(VOCAB)
    config = {
        "d_model": D, "d_mlp": F, "n_heads": H, "d_head": E, "n_layers": N_LAYERS, "n_ctx": CTX,
        "d_vocab": VOCAB, "act_fn": act_fn, "attn_only": attn_only, "normalization": "LN",
        "final_rms": False, "shortformer_pos": False, "tokenizer_name": "none",
    }  # fmt: skip
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    backend = tokenizers.Tokenizer(models.BPE({c: i for i, c in enumerate(letters)}, []))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.add_special_tokens(["<|BOS|>", "<|endoftext|>"])
    folder.mkdir(parents=True)
    backend.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps(config))
    torch.save(weights, folder / "model_final.pth")
    return folder


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """A folder with two models, some texts, and a catalogue that the command line made."""
    folder = tmp_path_factory.mktemp("home")
    write_model(folder / "tiny")
    write_model(folder / "tiny-gelu", act_fn="gelu")
    write_model(folder / "tiny-attn", attn_only=True)
    (folder / "texts").mkdir()
    for name, text in TEXTS.items():
        (folder / "texts" / name).write_text(text, "utf-8")
    (folder / "empty").mkdir()
    (folder / "blank.txt").write_text(" \n\n")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 20)
    (folder / "rows.jsonl").write_text('{"body": "a b c", "id": "1"}\n')
    made = ["scan", "tiny", "texts", "--context", "32", "--top", "5", "-o"]
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as left:
        patch.chdir(folder)
        main([*made, "cat"])
    assert 0 == left.value.code
    return folder


@dataclass
class Answer:
    code: int
    out: str
    err: str


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def lmscope(home, monkeypatch, capsys):
    """Type a command in the folder `home`; `stdin` are bytes from a pipe, None is a keyboard."""
    monkeypatch.chdir(home)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("LMSCOPE_JOURNAL", str(home / "journal.sqlite"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    capsys.readouterr()

    def run(*words, stdin=None):
        pipe = Terminal() if stdin is None else io.TextIOWrapper(io.BytesIO(stdin))
        monkeypatch.setattr("sys.stdin", pipe)
        with pytest.raises(SystemExit) as left:
            main(words)
        return Answer(left.value.code, *capsys.readouterr())

    return run


@pytest.fixture
def copy(home):
    """Copy a folder of `home` for a test to spoil; it is removed afterwards."""
    made = []

    def copied(name, to):
        shutil.copytree(home / name, home / to)
        made.append(home / to)
        return home / to

    yield copied
    for folder in made:
        shutil.rmtree(folder)


@pytest.fixture
def unfinished(home):
    """A scan that was stopped after its first batch."""
    from lmscope import load
    from lmscope.scanning import scan

    folder = home / "half"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        scan(
            load("tiny"), "texts", "half", context=32, top=5, batch_tokens=32,
            should_stop=lambda: True,
        )  # fmt: skip
    yield folder
    shutil.rmtree(folder)


# --- the sentences -------------------------------------------------------------------------

NO_NEURON = "Write layer and neuron as L0N737 or 0/737, or with the model: solu-1l/0/737."
NO_CATALOGUE = "A catalogue is a folder with manifest.json, made with: lmscope scan"
NO_CORPUS = "A corpus is a .txt, .jsonl, .csv or .parquet file, a folder, or hf:OWNER/NAME."
NO_MODEL = "A model is a folder with config.json, weights and tokenizer, or a .gguf file."
NO_TEXT = 'Give it in quotes, or by a pipe: echo "any text" | lmscope look solu-1l L0N737'
NEVER = "Numbers of different models or sites are never compared."
LIKE = "Write it like this: lmscope"
ALL = f"See all {len(KNOWN)} names with: lmscope models"

TOKENS = f'{LIKE} tokens "any text" solu-1l gpt2-small'
TEXT_TO_CUT = 'Give it in quotes, or by a pipe: echo "any text" | lmscope tokens solu-1l gpt2-small'
TEST = f"{LIKE} test gpt2/ L3N100 --rule 'words: I, you, we'"
ELSEWHERE = """\
Either it is not what you meant, or such texts have none of it. Test it on others:
--corpus FILES, or on your own texts: --pairs FILE"""
MISTAKES = {
    # which model
    'look solu-11 L0N1 "x"': f"""There is no model called 'solu-11'.
Did you mean 'solu-1l' or 'solu-10l'?
(You typed the digit '1' where the name has the letter 'l'.)
{ALL}""",
    'look solu-il L0N1 "x"': f"""There is no model called 'solu-il'.
Did you mean 'solu-1l' or 'solu-10l'?
(You typed the letter 'i' where the name has the digit '1'.)
{ALL}""",
    'look gpt2small L0N1 "x"': f"""There is no model called 'gpt2small'.
Did you mean 'gpt2-small' or 'gpt2-xl'?
{ALL}""",
    'look pythia-70 L0N1 "x"': f"""There is no model called 'pythia-70'.
Did you mean 'pythia-70m' or 'pythia-160m'?
{ALL}""",
    'look attn-only-2l L0N1 "x"': """\
attn-only-2l has attention layers only: without an MLP there are no neurons to look at.
Models of the same family with neurons: 'solu-1l', 'gelu-1l'.""",
    'look tiny-attn L0N1 "x"': """\
tiny-attn has attention layers only: without an MLP there are no neurons to look at.
Models of the same family with neurons: 'solu-1l', 'gelu-1l'.""",
    'look texts L0N1 "x"': f"""texts is not a model: it has no config.json.
{NO_MODEL}""",
    'look ./tiyn L0N1 "x"': f"""\
./tiyn is not a model: there is no such file or folder; beside it: tiny.
{NO_MODEL}""",
    # which neuron
    'look tiny L9N1 "x"': """tiny has layers 0 to 1. You asked for layer 9.
Did you mean tiny/1/9? (The layer comes first.)""",
    'look tiny L9N9 "x"': "tiny has layers 0 to 1. You asked for layer 9.",
    'look tiny/0/99 "x"': "Layer 0 of tiny has neurons 0 to 23. You asked for neuron 99.",
    'look tiny 0/-1 "x"': "Layer 0 of tiny has neurons 0 to 23. You asked for neuron -1.",
    'look tiny L-1N0 "x"': "tiny has layers 0 to 1. You asked for layer -1.",
    'look tiny 1.5 "x"': f"'1.5' does not name a neuron.\n{NO_NEURON}",
    'look tiny 0/a "x"': f"'0/a' does not name a neuron: 'a' is no neuron number.\n{NO_NEURON}",
    'look tiny a "two words"': f"'a' does not name a neuron.\n{NO_NEURON}",
    "neuron cat L9N9": "tiny has layers 0 to 1. You asked for layer 9.",
    "neuron cat 20/1": """tiny has layers 0 to 1. You asked for layer 20.
Did you mean tiny/1/20? (The layer comes first.)""",
    "neuron cat L0N24": "Layer 0 of tiny has neurons 0 to 23. You asked for neuron 24.",
    "neuron cat 0/-1": "Layer 0 of tiny has neurons 0 to 23. You asked for neuron -1.",
    "neuron cat 1.5": f"'1.5' does not name a neuron.\n{NO_NEURON}",
    "neuron cat a": f"'a' does not name a neuron.\n{NO_NEURON}",
    "neuron cat": f"lmscope neuron needs a neuron.\n{LIKE} neuron gpt2/ L3N100",
    "neuron L0N1": f"""lmscope neuron needs a catalogue before 'L0N1'.
{LIKE} neuron gpt2/ L3N100""",
    "neuron L0N1 cat": f"The first place has no use for 'L0N1'.\n{LIKE} neuron cat L0N1",
    # which site
    'look tiny-gelu L0N1 "x" --site mid': (
        "tiny-gelu has no site 'mid': only SoLU models do. Sites: post, pre."
    ),
    'look tiny-gelu "blocks.0.mlp.hook_mid[3]" "x"': (
        "tiny-gelu has no site 'mid': only SoLU models do. Sites: post, pre."
    ),
    'look tiny L0N1 "x" --site pots': "--site pots: it must be one of post, mid, pre.",
    # which catalogue
    "info nowhere": f"nowhere is not a catalogue: there is no such folder.\n{NO_CATALOGUE}",
    "info tiny": f"tiny is not a catalogue: it holds a model.\n{NO_CATALOGUE}",
    "verify empty": f"empty is not a catalogue: it has no manifest.json.\n{NO_CATALOGUE}",
    "neuron blank.txt L0N1": f"blank.txt is not a catalogue: it is a file.\n{NO_CATALOGUE}",
    "neuron tiny/0/1": f"tiny is not a catalogue: it holds a model.\n{NO_CATALOGUE}",
    "neuron cat gelu-1l/0/3": f"""\
cat is the catalogue of tiny at mid, not of gelu-1l at mid.
{NEVER}""",
    'neuron cat "blocks.0.mlp.hook_post[3]"': f"""\
cat is the catalogue of tiny at mid, not of tiny at post.
{NEVER}""",
    'look tiny-gelu L0N1 "x" --catalogue cat': f"""\
cat is the catalogue of tiny at mid, not of tiny-gelu.
{NEVER}""",
    'look tiny L0N1 "x" --catalogue cat --site post': f"""\
cat is the catalogue of tiny at mid, not of tiny at post.
{NEVER}""",
    # which text
    "look tiny L0N5": f"There is no text to look at: 'L0N5' names a neuron.\n{NO_TEXT}",
    "look tiny": f"There is no text to look at.\n{NO_TEXT}",
    "look tiny L0N5 -": f"There is no text to look at: 'L0N5' names a neuron.\n{NO_TEXT}",
    'look tiny L0N5 ""': f"There is no text to look at.\n{NO_TEXT}",
    "look tiny the cat sat": """\
One text is looked at, but there are 3 pieces: 'the', 'cat', 'sat'.
Put quotes round it: "the cat sat\"""",
    'look tiny L0N1 "- item one"': """lmscope look has no option '- item one'.
A text that begins with a dash goes last, behind two dashes: -- TEXT
See all with: lmscope look --help""",
    "look tiny L0N1 text --token 2": (
        "--token 2: it is for ranking neurons, and one neuron was named."
    ),
    f"look tiny L0N1 {'x' * 60}": """This text has 60 tokens; tiny reads 47 at once.
Cut the text, or let lmscope cut it into segments with: --segments""",
    # a scan
    "scan": f"lmscope scan needs a model.\n{LIKE} scan gpt2-small texts/ -o gpt2/",
    "scan tiny": f"lmscope scan needs a corpus.\n{LIKE} scan gpt2-small texts/ -o gpt2/",
    "scan tiny texts": f"""lmscope scan needs a folder, by -o.
{LIKE} scan gpt2-small texts/ -o gpt2/""",
    "scan tiny texts -o new --context 49": """\
--context 49 is more than tiny can read: its context is 48 tokens.
The longest that works: --context 48""",
    "scan tiny texts -o new --context x": "--context x: it takes a whole number.",
    "scan tiny texts -o new --context 32 --layers 7": (
        "tiny has layers 0 to 1. You asked for layer 7."
    ),
    "scan tiny texts -o new --layers 0,a": (
        "--layers 0,a: write single layers and ranges, as 0,3-5."
    ),
    "scan tiny texts -o new --part 5/4": "--part 5/4: write it as 1/4, 2/4, 3/4 or 4/4.",
    "scan tiny texts -o new --dtype float31": (
        "--dtype float31: the dtypes are float32, bfloat16 and float16."
    ),
    "scan tiny texts -o cat --context 32": """cat already holds a catalogue; nothing was changed.
Give another folder with -o, or remove this one first.""",
    "scan tiny texts -o texts --context 32": """texts already holds files; nothing was changed.
Give another folder with -o, or remove this one first.""",
    "scan tiny texst -o new": f"""There is no file or folder 'texst'.
Did you mean 'texts'?
{NO_CORPUS}""",
    "scan tiny rows.jsonl::field=text -o new": """\
rows.jsonl has no field 'text'. It has: body, id.
Name the one with the text: rows.jsonl::field=body""",
    "scan --resume nowhere": """\
There is no unfinished scan in nowhere: there is no such folder.
Start one with: lmscope scan MODEL CORPUS -o nowhere""",
    "scan --resume cat": """There is no unfinished scan in cat: it is a finished catalogue.
Start one with: lmscope scan MODEL CORPUS -o cat""",
    "scan --resume cat tiny": f"""lmscope scan --resume has no use for 'tiny'.
{LIKE} scan --resume cat""",
    "merge one": f"""lmscope merge needs two parts or more.
{LIKE} merge part-1/ part-2/ -o whole/""",
    # the site
    "serve texts": """texts is not a catalogue: it has no manifest.json.
A catalogue is a folder with manifest.json, made with: lmscope scan""",
    "serve cat --port 99999": "--port 99999: it is a number from 0 to 65535.",
    "serve cat --host 192.0.2.1 --port 8640": """\
Port 8640 of 192.0.2.1 cannot be used: this machine has no such address.
Take another, or any free one, with: lmscope serve --port 8641  or  --port 0""",
    "serve cat --modle none": """lmscope serve has no option '--modle'.
Did you mean '--model'?
See all with: lmscope serve --help""",
    "export -o site": f"""lmscope export needs a catalogue.
{LIKE} export gpt2/ -o site/""",
    "export cat": f"""lmscope export needs a folder to write, by -o.
{LIKE} export gpt2/ -o site/""",
    "export cat -o texts": """texts is already there; nothing was changed.
Give another name with -o, or remove it first.""",
    "export cat -o site --embed": "--embed alone: say which neurons, as --neurons L0N737.",
    "export cat -o site --neurons L0N24": """\
Layer 0 of tiny has neurons 0 to 23. You asked for neuron 24.""",
    "export cat -o site --layers 2": "tiny has layers 0 to 1. You asked for layer 2.",
    "export cat -o one.html": "-o one.html: a file of HTML holds one neuron of one catalogue.",
    "log --import nowhere.jsonl": "nowhere.jsonl cannot be used: there is no such file.",
    "log --export pdf": "--export pdf: it must be one of md, jsonl, csv.",
    # evidence
    "test": f"""lmscope test needs a neuron.
{TEST}""",
    "test cat L0N1": f"""lmscope test needs a rule, by --rule, or texts, by --pairs.
{TEST}""",
    "test cat L0N1 more --rule dog": f"""lmscope test has no use for 'more'.
{TEST}""",
    "test tiny L0N1 --rule dog": f"""\
lmscope test needs a catalogue of tiny, or texts by --corpus.
{TEST}""",
    "test cat L9N1 --rule dog": """tiny has layers 0 to 1. You asked for layer 9.
Did you mean tiny/1/9? (The layer comes first.)""",
    "test cat L0N99 --rule dog": ("Layer 0 of tiny has neurons 0 to 23. You asked for neuron 99."),
    "test cat L0N1 --rule '(dog'": """\
'(dog' is no rule: the bracket ( is never closed (character 1).
For the bracket itself: \\(""",
    "test cat L0N1 --rule ' '": """' ' is no rule: it is empty.
Write a pattern, as in /\\w\\)/, or words: I, you, we""",
    "test cat L0N1 --rule xyzzy": f"""'/xyzzy/' marks nothing in 3 documents, 0.0 MB.
{ELSEWHERE}""",
    "test cat L0N1 --rule '\\S'": """\
'/\\S/' marks 73% of all tokens: any neuron would seem to fit.
Turn it round (not ...), or say what is special about the places you mean.""",
    "test cat L0N1 --rule dog --offset 3": "--offset 3: it is a number from -2 to 2.",
    "test cat L0N1 --rule dog --report r.pdf": ("--report r.pdf: its name ends with .md or .html."),
    "test cat L0N1 --rule dog --pairs nowhere.csv": (
        "nowhere.csv cannot be used: no such file or directory."
    ),
    "test cat L0N1 --pairs rows.jsonl": """\
rows.jsonl cannot be read as texts that match and texts that do not: its columns are 'body', 'id'.
Write a table with the columns 'matching' and 'not matching' (Markdown, CSV, TSV or JSON
lines), or two lists: 'match:' and 'other:', each on a line of its own, a text a line.""",
    "test nowhere.toml": "nowhere.toml cannot be used: no such file or directory.",
    "find cat": f"""lmscope find needs a rule, by --rule.
{LIKE} find gpt2/ --rule 'words: I, you, we'""",
    "find solu-11 --rule dog": f"""There is no model called 'solu-11'.
Did you mean 'solu-1l' or 'solu-10l'?
(You typed the digit '1' where the name has the letter 'l'.)
{ALL}""",
    "find tiny --rule dog": f"""\
lmscope find needs a catalogue of tiny, or texts by --corpus.
{LIKE} find gpt2/ --rule 'words: I, you, we'""",
    "find cat --rule xyzzy": f"""'/xyzzy/' marks nothing in 3 documents, 0.0 MB.
{ELSEWHERE}""",
    "find cat --rule dog --tokens 9": "--tokens 9: a catalogue's texts are searched whole.",
    "find cat --rule dog -n 0": "-n 0: it counts what is judged, from 1 on.",
    "find cat --rule dog --layers 7": "tiny has layers 0 to 1. You asked for layer 7.",
    "tune cat L0N1": f"""lmscope tune needs a neuron and a template.
{LIKE} tune gpt2/ L3N100 "{{marker}} Aurora {{marker}} Luna\"""",
    "tune cat L0N99 '{x} a'": "Layer 0 of tiny has neurons 0 to 23. You asked for neuron 99.",
    # tokens
    "tokens": f"""lmscope tokens needs a text and a model.
{TOKENS}""",
    "tokens 'a text'": f"""lmscope tokens needs a model.
{TOKENS}""",
    "tokens '' tiny": f"There is no text to look at.\n{TEXT_TO_CUT}",
    "tokens tiny": f"There is no text to look at.\n{TEXT_TO_CUT}",
    "tokens - tiny cat": f"There is no text to look at.\n{TEXT_TO_CUT}",
    "tokens 'a text' solu-11": f"""There is no model called 'solu-11'.
Did you mean 'solu-1l' or 'solu-10l'?
(You typed the digit '1' where the name has the letter 'l'.)
{ALL}""",
    "tokens text ./tiyn": f"""\
./tiyn is not a model: there is no such file or folder; beside it: tiny.
{NO_MODEL}""",
    "tokens tiny 'a text'": """The text comes first, but 'tiny' is a model, and 'a text' is none.
Write it like this: lmscope tokens "a text" tiny""",
    "tokens gpt2 -- '- item'": """\
The text comes first, but 'gpt2' is a model, and '- item' is none.
Write it like this: lmscope tokens -- "- item" gpt2""",
    "tokens the cat sat tiny": """\
One text is looked at, but there are 3 pieces: 'the', 'cat', 'sat'.
Put quotes round it: "the cat sat\"""",
    f"tokens {'x' * 100_001} tiny": """\
This text has 100,001 bytes; 100,000 at most are shown token by token.
Give a part of it by a pipe: head -c 100000 FILE | lmscope tokens solu-1l gpt2-small""",
    f"tokens x '{'a text ' * 60}'": f"""\
There is no model called '{("a text " * 60)[:59]}…'.
{ALL}""",
    # the command line
    "scna": """There is no command 'scna'.
Did you mean 'scan'?
See what each does with: lmscope --help""",
    "frobnicate": f"""There is no command 'frobnicate'.
There are: {", ".join(USAGE)}.
See what each does with: lmscope --help""",
    "--verison": """lmscope has no option '--verison'.
Did you mean '--version'?
See all with: lmscope --help""",
    "neuron cat L0N1 --top-kk 3": """lmscope neuron has no option '--top-kk'.
Did you mean '--top'?
See all with: lmscope neuron --help""",
    "neuron cat L0N1 --top x": "--top x: it takes a whole number.",
    "neuron cat L0N1 --top -3": "--top -3: it counts examples, from 0 on.",
    "neuron cat L0N1 --top 3 --top 4": "--top 4: it is there twice.",
    "look tiny L0N1 x -n": f"""lmscope look needs a value behind -n.
{LIKE} look gpt2-small L3N100 "any text\"""",
    "info": f"lmscope info needs a folder.\n{LIKE} info gpt2/",
    "info cat dog": f"lmscope info has no use for 'dog'.\n{LIKE} info gpt2/",
    "verify cat --neurons 3": "--neurons 3: it belongs to --recompute, which is not there.",
    "verify cat --recompute --neurons few": "--neurons few: write a number, or all.",
}


@pytest.mark.parametrize("typed", MISTAKES)
def test_a_mistake_is_answered_by_its_sentence(lmscope, typed):
    answer = lmscope(*shlex.split(typed))

    assert MISTAKES[typed] + "\n" == answer.err
    assert (2, "") == (answer.code, answer.out)


@pytest.mark.parametrize("sentence", MISTAKES.values())
def test_a_sentence_is_short_and_has_none_of_the_words_that_help_nobody(sentence):
    assert sentence.count("\n") < 4
    assert not re.search(r"(?i)invalid|error|failed|please|!|traceback", sentence)


@pytest.mark.parametrize(
    ("corpus", "begins"),
    [
        ("blank.txt", "There is no text to scan in"),
        ("empty", "There is no text to scan in"),
        ("binary.txt", "binary.txt cannot be read: "),
    ],
)
def test_a_corpus_without_text_leaves_nothing_behind(lmscope, home, corpus, begins):
    answer = lmscope("scan", "tiny", corpus, "-o", "new", "--context", "32")

    assert 2 == answer.code
    assert begins in answer.err
    assert "Traceback" not in answer.err
    assert not (home / "new").exists()


def test_a_name_in_another_spelling_is_not_corrected(lmscope):
    answer = lmscope("look", "SOLU_1L", "L0N1", "x")

    assert answer.err.startswith("The files of 'solu-1l' (NeelNanda/SoLU_1L512W_C4_Code on")
    assert answer.err.endswith("already here with: lmscope models\n")


def test_an_unfinished_scan_is_named_with_the_command_that_ends_it(lmscope, unfinished):
    answer = lmscope("info", "half")

    assert answer.err.startswith("The scan in half is unfinished (1 of ")
    assert answer.err.endswith("Finish it with: lmscope scan --resume half\n")
    again = lmscope("scan", "tiny", "texts", "-o", "half", "--context", "32")
    assert (
        """half already holds an unfinished scan; nothing was changed.
Finish it with: lmscope scan --resume half
"""
        == again.err
    )


def test_a_full_disk_keeps_what_was_scanned(lmscope, unfinished):
    before = (unfinished / "state.safetensors").read_bytes()
    # The scan writes a new file beside the old one: here, where the disk is full.
    (unfinished / ".state.safetensors.part").symlink_to("/dev/full")

    answer = lmscope("scan", "--resume", "half")

    assert 2 == answer.code
    assert answer.err.endswith(
        "The disk is full: half/state.safetensors could not be written.\n"
        "What was scanned until the last save is kept. Free some space, then finish with: "
        "lmscope scan --resume half\n"
    )
    assert before == (unfinished / "state.safetensors").read_bytes()
    assert 0 == lmscope("scan", "--resume", "half").code


def test_a_folder_that_cannot_be_made_is_no_bug(lmscope):
    answer = lmscope("scan", "tiny", "texts", "--context", "32", "-o", "blank.txt/new")

    assert 2 == answer.code
    assert "blank.txt/new cannot be used: not a directory.\n" == answer.err


def test_every_command_that_a_message_names_exists_with_its_options():
    named = []
    for path in Path(lmscope_package.__file__).parent.rglob("*.py"):
        for found in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(found, ast.Constant) and isinstance(found.value, str):
                named += re.findall(r"(?:: |\| |`)lmscope (--\w+|[a-z]+)([^`|\n]*)", found.value)
    commands = {name for name, _ in named}

    assert {"scan", "merge", "verify", "neuron", "look", "models", "--help"} <= commands
    for command, rest in named:
        if command not in ("--help", "--version"):
            known = {name for a in app[command].assemble_argument_collection() for name in a.names}
            options = re.findall(r"(?<!\S)--?[a-z][a-z-]*", rest)
            assert set(options) <= known | {"--help"}, (command, rest)


# --- JSON ----------------------------------------------------------------------------------


def test_a_mistake_is_json_where_json_was_asked_for(lmscope):
    answer = lmscope("look", "solu-11", "L0N1", "x", "--json")
    error = json.loads(answer.out)["error"]

    assert (2, "") == (answer.code, answer.err)
    assert ("UnknownModel", "solu-11") == (error["kind"], error["name"])
    assert ["solu-1l", "solu-10l"] == error["nearest"]
    assert error["message"].startswith("There is no model called 'solu-11'.\n")


def test_a_wrong_command_line_is_json_too(lmscope):
    error = json.loads(lmscope("neuron", "cat", "--json", "--tpo", "3").out)["error"]

    assert {
        "kind": "UnknownOption",
        "option": "--tpo",
        "nearest": ["--top"],
    }.items() <= error.items()


def test_json_behind_two_dashes_is_a_text(lmscope):
    answer = lmscope("look", "tiny", "L0N1", "--", "--json")

    assert "--json" == re.sub(r"[][]", "", answer.out.split("\n")[2])


def test_a_neuron_as_json_has_the_promised_shape(lmscope):
    found = json.loads(lmscope("neuron", "cat", "L1N13", "--json").out)

    assert ("L1N13", 1, 13, "tiny", "mid", False) == tuple(
        found[key] for key in ("neuron", "layer", "index", "model", "site", "dead")
    )
    assert {"mean", "sd", "skew", "kurtosis", "max", "min", "density"} <= found["stats"].keys()
    assert (65, 64) == tuple(len(found["histogram"][key]) for key in ("edges", "counts"))
    assert {"promoted", "suppressed"} == found["logits"].keys()
    for example in found["top"] + found["bottom"]:
        n = len(example["tokens"])
        assert (n, n) == (len(example["token_ids"]), len(example["activations"]))
        assert 0 <= example["peak"] < n
        assert {"document", "segment", "max", "text"} <= example.keys()
        assert found["documents"][str(example["document"])]["source"].startswith("texts/")


def test_a_look_as_json_has_the_promised_shape(lmscope):
    found = json.loads(lmscope("look", "tiny", "L0N3", "Füße", "--json").out)

    assert [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [5, 6]] == found["spans"]
    assert 6 == len(found["tokens"]) == len(found["token_ids"]) == len(found["activations"])


def test_all_that_a_catalogue_and_the_models_are_is_json(lmscope):
    info = json.loads(lmscope("info", "cat", "--json").out)
    models = json.loads(lmscope("models", "--json").out)["models"]
    kinds = json.loads(lmscope("models", "--architectures", "--json").out)["architectures"]

    assert (48, "mid", []) == (info["n_neurons"], info["manifest"]["site"], info["damaged"])
    assert {"alias": "solu-1l", "n_neurons": 2048, "site": "mid"}.items() <= next(
        m for m in models if m["alias"] == "solu-1l"
    ).items()
    assert "gpt2" in kinds


# --- what works ----------------------------------------------------------------------------


def test_a_scan_says_what_it_made_and_what_to_type_next(lmscope, home):
    answer = lmscope("scan", "tiny", "texts", "-o", "new", "--context", "32", "--json")
    made = json.loads(answer.out)
    log = [json.loads(line) for line in (home / "new" / "run.jsonl").read_text().splitlines()]
    shutil.rmtree(home / "new")

    assert 0 == answer.code
    assert ("new", 48, 3, 1) == (
        made["path"], made["n_neurons"], made["n_documents"], made["read"]["exact_duplicates"],
    )  # fmt: skip
    assert re.fullmatch(r"lmscope neuron new L[01]N\d+", made["next"])
    assert re.search(r"^scanning: \d+ of \d+ tokens.*, 48 neurons$", answer.err, re.MULTILINE)
    assert [False] == [line["is_resumed"] for line in log]
    assert {"date", "seconds", "tokens_per_s", "versions"} <= log[0].keys()


def test_two_parts_merge_into_the_bytes_of_the_whole(lmscope, home):
    scan = ("scan", "tiny", "texts", "--context", "32", "--top", "5", "--batch-tokens", "32")
    for i in (1, 2):
        answer = lmscope(*scan, "--part", f"{i}/2", "-o", f"part-{i}")
        assert answer.out.startswith(f"part-{i} holds part {i} of 2. When all are there,")
    assert 0 == lmscope(*scan, "-o", "whole").code
    answer = lmscope("merge", "part-2", "part-1", "-o", "merged")
    whole, merged = (
        (home / name / "examples" / "L01.safetensors").read_bytes() for name in ("whole", "merged")
    )
    for name in ("part-1", "part-2", "whole", "merged"):
        shutil.rmtree(home / name)

    assert answer.out.startswith("merged holds the 48 neurons of tiny at site mid.\n")
    assert whole == merged


def test_an_interrupted_scan_is_resumed(lmscope, unfinished):
    answer = lmscope("scan", "--resume", "half")

    assert (0, "half holds the 48 neurons of tiny at site mid.") == (
        answer.code, answer.out.partition("\n")[0],
    )  # fmt: skip


def test_a_catalogue_is_described(lmscope):
    answer = lmscope("info", "cat")

    assert 0 == answer.code
    assert re.search(r"^ +documents +3 +1 exact copy left out$", answer.out, re.MULTILINE)
    assert re.search(r"^Read a neuron with: lmscope neuron cat L\dN\d+$", answer.out, re.MULTILINE)


def test_a_damaged_shard_is_named_and_the_rest_stays_readable(lmscope, copy):
    shard = copy("cat", "spoilt") / "examples" / "L01.safetensors"
    data = bytearray(shard.read_bytes())
    data[-1] ^= 1
    shard.write_bytes(data)
    assert (
        """\
examples/L01.safetensors is damaged: its bytes differ from its checksum.
The other 11 files of spoilt are as they were written.
"""
        == lmscope("verify", "spoilt").out
    )

    shard.write_bytes(data[: len(data) // 2])
    info, verified = lmscope("info", "spoilt"), lmscope("verify", "spoilt", "--json")

    assert 1 == info.code == verified.code
    assert "examples/L01.safetensors is damaged: it is missing or of another size.\n" in info.out
    assert ["examples/L01.safetensors"] == [d["file"] for d in json.loads(verified.out)["damaged"]]
    assert 0 == lmscope("neuron", "spoilt", "L0N3").code
    assert (
        """\
examples/L01.safetensors in spoilt is damaged: it is cut short or not a safetensors file. \
The other files stay readable.
Check them all with: lmscope verify spoilt
"""
        == lmscope("neuron", "spoilt", "L1N3").err
    )


def test_a_sound_catalogue_agrees_with_its_model(lmscope):
    assert "All 12 files of cat are as they were written.\n" == lmscope("verify", "cat").out
    answer = lmscope("verify", "cat", "--recompute", "--neurons", "10", "--json")
    result = json.loads(answer.out)["recomputed"]

    assert (0, 10, 0) == (answer.code, result["n_neurons"], result["n_wrong"])
    assert result["n_examples"] > 50


@pytest.mark.parametrize(
    "typed", ["cat L1N13", "cat 1/13", "cat/1/13", "cat/L1N13", "cat tiny/1/13", "cat/ L1N13",
              '"cat/blocks.1.mlp.hook_mid[13]"', '"cat" "blocks.1.mlp.hook_mid[13]"'],
)  # fmt: skip
def test_a_neuron_has_many_spellings(lmscope, typed):
    answer = lmscope("neuron", *shlex.split(typed))

    assert (0, "tiny · L1N13 · site mid · solu_ln") == (answer.code, answer.out.split("\n")[0])


def test_options_shorten_and_lengthen_a_page(lmscope):
    def heads(*options):
        return re.findall(r"^(?:Top|Bottom) .*", lmscope("neuron", "cat", "L1N13", *options).out, 8)

    assert ["Top 2 (of 5)", "Bottom 1 (of 5)"] == heads("--top", "2", "--bottom", "1")
    assert ["Top 5", "Bottom 5"] == heads("--top", "1", "--all")


@pytest.mark.parametrize("typed", ["tiny L0N3 {}", "tiny/0/3 {}", "tiny/L0N3 {}", "./tiny 0/3 {}"])
@pytest.mark.parametrize("text", ["The dog", "L0N5", "12/25/2024"])
def test_a_text_is_looked_at(lmscope, typed, text):
    answer = lmscope("look", *(text if word == "{}" else word for word in typed.split()))

    assert (0, "tiny · L0N3 · site mid") == (answer.code, answer.out.split("\n")[0])
    assert text == re.sub(r"[][]", "", answer.out.split("\n")[2])


def test_what_is_no_address_in_the_second_place_is_a_text_to_rank_by(lmscope):
    for text in ("The dog barks", "12/25/2024", "and/or"):
        answer = lmscope("look", "tiny", text, "-n", "3")

        assert 0 == answer.code
        assert "The first 3 of 48 neurons." in answer.out


@pytest.mark.parametrize("words", [["tiny", "L0N3"], ["tiny", "L0N3", "-"], ["tiny/0/3"]])
def test_a_text_comes_by_a_pipe_without_its_last_line_break(lmscope, words):
    answer = lmscope("look", *words, "--json", stdin="Füße\n".encode())

    assert "Füße" == json.loads(answer.out)["text"]


def test_bytes_in_a_pipe_that_are_no_text_do_no_harm(lmscope):
    answer = lmscope("look", "tiny", "L0N3", stdin=b"a\xff\x1b[2Jb")

    assert 0 == answer.code
    assert "\\x1b2Jb" in re.sub(r"[][]", "", answer.out)
    assert "\x1b" not in answer.out


def test_with_a_catalogue_a_neuron_has_its_own_scale(lmscope):
    answer = lmscope("look", "tiny", "L1N13", "t the", "--catalogue", "cat", "--json")
    found = json.loads(answer.out)

    assert found["scale"]["max"] > 0 > found["scale"]["min"]
    assert 0 <= found["percentile"] <= 1
    ranked = json.loads(lmscope("look", "tiny", "t the", "--catalogue", "cat", "--json").out)
    assert "relative" == ranked["ranked_by"]


def test_a_long_text_is_cut_on_request(lmscope):
    found = json.loads(lmscope("look", "tiny", "L0N3", "x" * 60, "--segments", "--json").out)

    assert 60 == len(found["activations"])


def test_the_site_in_a_hook_name_is_the_site_that_is_read(lmscope):
    answer = lmscope("look", "tiny", "blocks.0.mlp.hook_post[3]", "x y", "--json")

    assert "post" == json.loads(answer.out)["site"]


def test_nothing_from_the_corpus_plays_with_the_terminal(lmscope):
    for neuron in ("L0N1", "L0N2", "L1N13", "L1N20"):
        shown = lmscope("neuron", "cat", neuron, "--all").out

        assert shown.replace("\n", "").isprintable()


def test_a_text_is_cut_by_a_model_and_by_a_catalogue(lmscope):
    answer = lmscope("tokens", "8) é", "tiny", "./cat", "demo-solu-1l")
    found = json.loads(lmscope("tokens", "8) é", "tiny", "cat", "demo-solu-1l", "--json").out)

    assert (0, r"tiny           8│)│·┊\xc3┊\xa9│") == (answer.code, answer.out.split("\n")[0])
    assert ["tiny", "tiny", "demo-solu-1l"] == [model["model"] for model in found["models"]]
    assert [1, 2, 5] == found["shared_by_all"]


def test_a_text_to_cut_comes_by_a_pipe(lmscope):
    for words in (["tiny", "cat"], ["-", "tiny", "cat"]):
        answer = lmscope("tokens", *words, "--json", stdin="Füße\n".encode())

        assert "Füße" == json.loads(answer.out)["text"]


def test_nothing_in_a_text_to_cut_plays_with_the_terminal(lmscope):
    shown = lmscope("tokens", "\x1b[31mred\u202e\u200d \u0301x\x00", "tiny", "demo-gelu-2l").out

    assert shown.replace("\n", "").isprintable()


def test_the_models_are_listed(lmscope):
    lines = lmscope("models").out.split("\n")

    assert ["name", "layers", "neurons", "parameters", "site", "here", "trained", "on"] == (
        lines[0].split()
    )
    row = next(line for line in lines if line.startswith("solu-1l "))
    assert ["solu-1l", "1", "2,048", "53", "M", "mid", "C4", "and", "code"] == row.split()


def test_the_sites_on_the_command_line_are_those_of_the_neurons():
    from lmscope.neurons import SITES

    assert SITES == get_args(SiteName)


def test_every_command_has_an_example_and_every_example_a_command():
    assert list(USAGE) == [name for name in app if not name.startswith("-")]


def test_a_bug_says_that_it_is_one(lmscope, monkeypatch):
    def broken(*_):
        raise KeyError("x")

    monkeypatch.setattr("lmscope.catalogue.Catalogue.open", broken)
    answer = lmscope("info", "cat")

    assert (1, "This is a bug in lmscope, not your mistake: KeyError: 'x'") == (
        answer.code, answer.err.partition("\n")[0],
    )  # fmt: skip
    assert "Traceback (most recent call last)" in answer.err


# --- as a process --------------------------------------------------------------------------


def shell(home, command, **options):
    command = command.replace("lmscope", f"{sys.executable} -m lmscope")
    environment = {**os.environ, "PYTHONWARNINGS": "error", "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        ["bash", "-c", command], cwd=home, capture_output=True, text=True, check=False,
        env=environment, **options,
    )  # fmt: skip


def test_the_reader_of_a_pipe_may_leave(home):
    result = shell(home, "lmscope neuron cat L1N13 --all | head -n 1")

    assert ("tiny · L1N13 · site mid · solu_ln\n", "") == (result.stdout, result.stderr)


def test_a_full_disk_behind_the_output_is_said(home):
    result = shell(home, "lmscope neuron cat L1N13 > /dev/full")

    assert (2, "The disk is full: Standard output could not be written.") == (
        result.returncode, result.stderr.partition("\n")[0],
    )  # fmt: skip


def test_a_terminal_without_our_characters_gets_escapes(home):
    result = shell(home, "PYTHONIOENCODING=ascii lmscope neuron cat L1N13")

    assert 0 == result.returncode
    assert result.stdout.startswith("tiny \\xb7 L1N13")


# --- the site --------------------------------------------------------------------------------


def test_a_site_is_exported_whole_in_part_and_as_one_file(lmscope, home):
    answer = lmscope("export", "cat", "-o", "site")
    assert (0, "") == (answer.code, answer.err)
    assert answer.out.startswith("site holds 48 neurons of 1 catalogue, ")
    part = json.loads(
        lmscope("export", "cat", "-o", "part", "--neurons", "L0N1,1/2", "--embed", "--json").out
    )
    assert 2 == part["n_neurons"]
    assert ["neurons/tiny/L0N1.html", "neurons/tiny/L1N2.html"] == part["embedded"]
    assert part["n_bytes"] < sum(f.stat().st_size for f in (home / "site").rglob("*.*"))
    one = lmscope("export", "cat", "--neurons", "L1N2", "-o", "one.html")
    assert "one.html opens in any browser.\n" == one.out
    assert (home / "one.html").read_bytes() == (home / "part" / part["embedded"][1]).read_bytes()
    for name in ("site", "part"):
        assert lmscope("info", f"{name}/catalogues/tiny").code == 0
        shutil.rmtree(home / name)
    (home / "one.html").unlink()


def test_the_log_is_read_written_out_and_taken_in(lmscope, home):
    weights = json.loads((home / "cat" / "manifest.json").read_text())["model"]["weights_hash"]
    neuron = Subject("tiny", weights, "mid", 1, 7)
    with Journal.open(home / "journal.sqlite") as journal:
        journal.visit("Ada", neuron)
        journal.mark("Ada", neuron, starred=True, note="lists\x1b[31m", tags=["a"], version=1)
        journal.visit("Ada", Subject("tiny", weights, "mid", 0, 3))

    answer = lmscope("log", "--person", "Ada")
    assert answer.out.startswith("Ada: seen 2 neurons, 1 starred.\n")
    assert "\x1b" not in answer.out
    assert ["tiny/1/7"] == re.findall(r"tiny/1/7|tiny/0/3", lmscope(
        "log", "--person", "Ada", "--starred").out)  # fmt: skip
    found = json.loads(lmscope("log", "--person", "Ada", "--search", "L0N3", "--json").out)
    assert [3] == [entry["index"] for entry in found["entries"]]
    lines = lmscope("log", "--person", "Ada", "--export", "jsonl").out
    (home / "log.jsonl").write_text(lines)
    assert (
        "2 neurons added, 0 merged.\n"
        == lmscope("log", "--person", "Bo", "--import", "log.jsonl").out
    )
    assert lines == lmscope("log", "--person", "Bo", "--export", "jsonl").out
    (home / "log.jsonl").write_bytes(b"\xff")
    assert (
        "log.jsonl cannot be used: it is no UTF-8 text.\n"
        == lmscope("log", "--import", "log.jsonl").err
    )


def test_the_site_is_served_until_ctrl_c(home):
    """The first line says where; with nothing named, the catalogues of this folder are shown."""
    command = [sys.executable, "-m", "lmscope", "serve", "--port", "0", "--no-journal", "--json"]
    environment = os.environ | {"XDG_CACHE_HOME": str(home / "cache")}
    with subprocess.Popen(
        command, cwd=home, stdout=subprocess.PIPE, text=True, env=environment
    ) as server:
        said = ""
        while not said.endswith("}\n"):
            said += server.stdout.readline()
        facts = json.loads(said)
        with urllib.request.urlopen(facts["url"] + "catalogues.json") as answer:
            index = json.load(answer)
        server.send_signal(signal.SIGINT)
        assert 0 == server.wait(20)
    assert "tiny" in facts["catalogues"]
    assert facts["catalogues"] == [one["address"] for one in index["catalogues"]]


def test_beyond_this_machine_the_address_has_a_token(home):
    command = [sys.executable, "-m", "lmscope", "serve", "cat", "--host", "0.0.0.0"]
    with subprocess.Popen(
        [*command, "--port", "0", "--no-journal"], cwd=home, stdout=subprocess.PIPE, text=True
    ) as server:
        said = server.stdout.readline()
        url = re.search(r"http://0\.0\.0\.0:\d+/\?token=\S+", said)[0]
        local = url.replace("0.0.0.0", "127.0.0.1")
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(local.partition("?")[0])
        keeper = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        assert b"lmscope" in keeper.open(local).read()
        server.send_signal(signal.SIGINT)
        server.wait(20)


def test_help_has_no_boxes_in_a_pipe(home):
    result = shell(home, "lmscope --help")

    assert "" == result.stderr
    assert re.findall(r"^  ([a-z]+): ", result.stdout, re.MULTILINE) == list(USAGE)
    assert not re.search("[╭│]", result.stdout)


def test_after_ctrl_c_the_command_to_go_on_is_said(home, tmp_path):
    (tmp_path / "long.txt").write_text("The dog barks at the door. " * 800)
    process = subprocess.Popen(
        [sys.executable, "-m", "lmscope", "scan", "tiny", str(tmp_path / "long.txt"),
         "--context", "32", "--batch-tokens", "32", "-o", str(tmp_path / "new")],
        cwd=home, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process.stderr:
        for line in process.stderr:
            if line.startswith("scanning"):
                process.send_signal(signal.SIGINT)
                break
        said = process.stderr.read().splitlines(keepends=True)

    assert 130 == process.wait()
    assert f"Go on with: lmscope scan --resume {tmp_path / 'new'}\n" == said[-1]
    assert re.fullmatch(r"Stopped: [\d,]+ of 21,600 tokens are scanned and kept.\n", said[-2])
    assert (tmp_path / "new" / "state.safetensors").exists()
