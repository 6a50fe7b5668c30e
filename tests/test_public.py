"""The public names are what `lmscope/__init__.py` says they are."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import lmscope


@pytest.mark.parametrize("name", lmscope.__all__)
def test_every_public_name_can_be_imported_from_the_root(name: str) -> None:
    thing = getattr(lmscope, name)

    assert name == thing.__name__
    assert thing.__doc__


def test_the_three_lists_of_names_agree() -> None:
    tree = ast.parse(Path(lmscope.__file__).read_text())
    seen_by_type_checkers = {
        alias.name: node.module.removeprefix("lmscope.")
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }

    assert seen_by_type_checkers == lmscope._HOMES
    assert sorted(seen_by_type_checkers) == sorted(lmscope.__all__)
    assert {*lmscope.__all__, "__version__"} == set(dir(lmscope))


def test_no_module_takes_the_place_of_a_public_name() -> None:
    modules = {module.name for module in pkgutil.iter_modules(lmscope.__path__)}

    assert set() == modules & set(lmscope.__all__)


def test_a_verb_stays_a_verb_when_its_module_is_imported() -> None:
    scanning = importlib.import_module("lmscope.scanning")

    assert lmscope.scan is scanning.scan


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'scna'"):
        lmscope.scna  # noqa: B018


def test_importing_the_root_loads_none_of_its_modules_and_no_numbers() -> None:
    script = "import sys, lmscope; print(*sorted(m.split('.')[0] for m in sys.modules))"
    script += "; print(*[m for m in sys.modules if m.startswith('lmscope.')])"
    shown = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    packages, own_modules = shown.split("\n")[:2]

    assert set() == {"numpy", "rich", "scipy", "torch", "transformers"} & set(packages.split())
    assert "" == own_modules
