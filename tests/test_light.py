"""Names, catalogues, corpora and the command line answer on a machine without torch."""

from __future__ import annotations

import subprocess
import sys

import pytest

# The finder comes first and refuses; `sys.modules["torch"] = None` would not do, because other
# libraries look into `sys.modules` to see whether torch is there, and trip over the None.
WITHOUT_HEAVY_PACKAGES = """
import importlib.abc, sys

class Refuse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"torch", "transformers", "datasets"}:
            raise ImportError(f"{name} was imported, but must not be needed here")

sys.meta_path.insert(0, Refuse())
"""


def run_without_heavy_packages(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_HEAVY_PACKAGES + script],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_refusal_works() -> None:
    assert "must not be needed" in run_without_heavy_packages("import torch").stderr


@pytest.mark.parametrize(
    "module",
    [
        "lmscope",
        "lmscope.catalogue",
        "lmscope.cli",
        "lmscope.corpora",
        "lmscope.exporting",
        "lmscope.models.loading",
        "lmscope.models.names",
        "lmscope.widget",
    ],
)
def test_it_is_imported_without_torch(module: str) -> None:
    result = run_without_heavy_packages(f"import {module}")

    assert "" == result.stderr


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["models"], ["tokens", "any text", "demo-solu-1l"]],
)
def test_the_command_line_answers_without_torch(arguments: list[str]) -> None:
    script = f"import sys; sys.argv[1:] = {arguments!r}; from lmscope.cli import main; main()"
    result = run_without_heavy_packages(script)

    assert ("", 0) == (result.stderr, result.returncode)
    assert result.stdout
