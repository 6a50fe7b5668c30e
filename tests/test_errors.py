"""The tree of mistakes is the one that is drawn."""

from __future__ import annotations

import importlib
import inspect
import re

import pytest

import lmscope.errors
from lmscope.errors import LmscopeError

drawn = lmscope.errors.__doc__ or ""
TREE = {
    room: re.findall(r"\w+", names)
    for room, names in re.findall(r"[├└]── (\w+) +((?:[\w, ]+\n?(?: *│ +)?)+)", drawn)
}


@pytest.mark.parametrize("room", TREE)
def test_a_room_has_the_mistakes_that_the_tree_says_in_its_order(room: str) -> None:
    module = importlib.import_module(f"lmscope.errors.{room}")
    # Only the mistakes that the room makes, not those that it imports.
    own = re.findall(r"^class (\w+)", inspect.getsource(module), flags=re.MULTILINE)

    assert own == TREE[room]
    assert all(issubclass(getattr(lmscope.errors, name), LmscopeError) for name in own)


def test_the_tree_has_every_mistake() -> None:
    kinds = {n for n, kind in vars(lmscope.errors).items() if inspect.isclass(kind)}

    assert kinds - {"LmscopeError"} == {name for names in TREE.values() for name in names}


def test_a_traceback_names_a_mistake_as_it_is_imported() -> None:
    assert "lmscope.errors" == lmscope.errors.UnknownModel.__module__
