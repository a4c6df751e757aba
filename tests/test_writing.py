"""How the code is written, as far as a program can tell (docs/writing.md)."""

from __future__ import annotations

import ast
from itertools import product
from pathlib import Path
from typing import Iterator, List

import pytest

ROOT = Path(__file__).resolve().parent.parent
# The folders of the program and what stands beside them; ``tests`` stands for its own modules.
LOOPS_HELD = (
    *("app", "benchmarks", "cluster", "commandline", "mediainfo", "metadata", "monitoring"),
    *("processing", "reports", "scheduling", "scripts", "sharing", "store", "tests", "tools"),
    *("views", "window"),
    *sorted(path.name for path in ROOT.glob("*.py")),
    *sorted(f"core/{path.parent.name}" for path in ROOT.glob("core/*/__init__.py")),
    *sorted(f"tests/{path.parent.name}" for path in ROOT.glob("tests/*/__init__.py")),
)
SAYS_NOTHING = {"one"}  # names of loop variables
LONGEST_TEST_NAME = 100


def modules(place: str) -> List[Path]:
    """The modules of a folder and those below it; of ``tests`` only its own."""
    path = ROOT / place
    if path.is_file():
        return [path]
    return sorted(path.glob("*.py") if place == "tests" else path.rglob("*.py"))


def loop_variables(tree: ast.AST) -> Iterator[ast.Name]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            for part in ast.walk(node.target):
                if isinstance(part, ast.Name):
                    yield part


@pytest.mark.parametrize("place", LOOPS_HELD)
def test_a_loop_variable_says_what_it_is(place: str) -> None:
    nameless = [
        f"{path.relative_to(ROOT)}:{variable.lineno}"
        for path in modules(place)
        for variable in loop_variables(ast.parse(path.read_text("utf-8")))
        if variable.id in SAYS_NOTHING
    ]
    assert nameless == []


def test_a_nameless_loop_variable_would_be_found() -> None:
    for name, loop in product(
        sorted(SAYS_NOTHING),
        (
            "for {0} in films: play({0})",
            "names = [{0}.name for {0} in films]",
            "pairs = {{key: {0} for key, {0} in films.items()}}",
        ),
    ):
        variables = loop_variables(ast.parse(loop.format(name)))
        assert name in {variable.id for variable in variables}, loop


def test_the_name_of_a_test_fits_on_a_line() -> None:
    too_long = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and len(node.name) > LONGEST_TEST_NAME
    ]
    assert too_long == []
