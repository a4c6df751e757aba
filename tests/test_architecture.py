"""Holds the code to docs/architecture.md: who may import whom, what the core must not touch, sizes."""

from __future__ import annotations

import ast
import re
import statistics
import sys
from importlib import metadata
from pathlib import Path
from typing import Dict, FrozenSet, Iterator, List, Set, Tuple

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
OURS = frozenset(
    {
        *(
            "analyzer",
            "app",
            "cluster",
            "commandline",
            "config",
            "core",
            "logger",
            "main",
            "mediainfo",
        ),
        *(
            "metadata",
            "monitor",
            "monitoring",
            "network",
            "processing",
            "processor",
            "queue_manager",
            "reports",
        ),
        *("scheduling", "sharing", "statistics", "store", "tools", "ui", "views", "window"),
    }
)
_FRONTS = frozenset({"ui", "views", "window", "commandline", "main"})
_SERVICES = frozenset({"core", "config", "store", "tools", "logger"})
_WINDOW = frozenset(
    {"views", "core", "config", "statistics", "queue_manager", "store", "reports", "logger"}
)
MAY_IMPORT: Dict[str, FrozenSet[str]] = {
    "core": frozenset({"core"}),
    "config": frozenset({"core"}),
    "logger": frozenset({"core", "config", "reports"}),
    "reports": frozenset({"core", "config", "store", "statistics"}),
    "store": frozenset({"core", "config"}),
    "metadata": frozenset({"core", "config"}),
    "cluster": frozenset({"core", "config"}),
    "tools": frozenset({"core", "config"}),
    "monitor": frozenset({"core", "config", "store", "monitoring"}),
    "monitoring": frozenset({"core", "config", "store"}),
    "network": frozenset({"core", "config", "store", "cluster"}),
    "analyzer": frozenset({"core", "config", "mediainfo", "metadata", "store"}),
    "mediainfo": frozenset({"core", "processing"}),
    "processing": _SERVICES,
    "processor": _SERVICES | {"processing"},
    "statistics": frozenset({"core", "store"}),
    "queue_manager": OURS - _FRONTS - {"app"},
    "scheduling": OURS - _FRONTS - {"app", "sharing", "queue_manager", "cluster", "network"},
    "sharing": OURS - _FRONTS - {"app", "queue_manager", "network"},
    "app": OURS - _FRONTS,
    "views": frozenset({"core", "config"}),
    "window": _WINDOW,
    "ui": _WINDOW | {"window"},
    "commandline": OURS - {"ui", "views", "window", "main"},
    "main": OURS,
}
CORE_NEVER = frozenset(
    {"os", "subprocess", "sqlite3", "threading", "tkinter", "socket", "shutil", "time", "tempfile"}
)
SIZE_LIMIT = 450  # "about 400"; modules that are tables of data stand in DATA
DATA = frozenset(
    {"core/media/languages.py", "core/media/language_table.py", "core/settings/tree.py"}
)


def sources() -> List[Path]:
    """Every product module."""
    tops = [path for path in ROOT.glob("*.py") if path.stem in OURS]
    return tops + [path for name in sorted(OURS) for path in (ROOT / name).rglob("*.py")]


def imports(path: Path) -> Iterator[str]:
    """Every module that the file imports, also inside functions, in full names."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


def owner(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].replace(".py", "")


NAMED = [str(path.relative_to(ROOT).as_posix()) for path in sources()]


@pytest.mark.parametrize("name", NAMED)
def test_imports_follow_the_table(name: str) -> None:
    path = ROOT / name
    allowed = MAY_IMPORT[owner(path)] | {owner(path)}
    found = {module.split(".")[0] for module in imports(path)} & OURS
    assert found <= allowed, f"{name} must not import {sorted(found - allowed)}"


@pytest.mark.parametrize("name", [module for module in NAMED if module.startswith("core/")])
def test_the_core_is_pure(name: str) -> None:
    path = ROOT / name
    libraries = {module.split(".")[0] for module in imports(path)} - {"core", "__future__"}
    if name.startswith("core/commands/"):
        libraries.discard("ffmpeg")  # its compile step is pure
    assert not libraries & CORE_NEVER
    assert libraries <= set(getattr(sys, "stdlib_module_names", libraries))  # told since 3.10
    calls = {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute))
    }
    assert not calls & {"open", "now", "utcnow", "today", "exists", "stat", "resolve", "getenv"}


@pytest.mark.parametrize("name", NAMED)
def test_nothing_runs_a_shell(name: str) -> None:
    for node in ast.walk(ast.parse((ROOT / name).read_text("utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "shell":
            assert isinstance(node.value, ast.Constant), f"{name}: line {node.value.lineno}"
            assert node.value.value is False, f"{name}: line {node.value.lineno}"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert (node.value.id, node.attr) not in {("os", "system"), ("os", "popen")}


# Programs that are started on other systems only: who starts them returns before, on Windows.
NOT_ON_WINDOWS = frozenset(
    {"processing/keep_awake.py: _begin", "window/opening.py: open_with_system"}
)


@pytest.mark.parametrize("name", NAMED)
def test_no_child_opens_a_console_window(name: str) -> None:
    started = {"Popen", "run", "call", "check_call", "check_output", "getoutput"}
    for function in ast.walk(ast.parse((ROOT / name).read_text("utf-8"))):
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        for node in ast.walk(function):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            module, called = node.func.value, node.func.attr
            if isinstance(module, ast.Name) and module.id == "subprocess" and called in started:
                quiet = any(keyword.arg == "creationflags" for keyword in node.keywords)
                place = f"{name}: {function.name}"
                assert quiet or place in NOT_ON_WINDOWS, f"{place} line {node.lineno}"


@pytest.mark.parametrize("name", [module for module in NAMED if module not in DATA])
def test_a_module_has_a_size_that_one_can_read(name: str) -> None:
    lines = len((ROOT / name).read_text("utf-8").splitlines())
    assert lines <= SIZE_LIMIT, f"{name} has {lines} lines"


@pytest.mark.parametrize("name", NAMED)
def test_every_module_says_what_it_is_for_and_reads_annotations_late(name: str) -> None:
    tree = ast.parse((ROOT / name).read_text("utf-8"))
    assert ast.get_docstring(tree), f"{name} has no docstring"
    if any(not isinstance(node, ast.Expr) for node in tree.body):
        assert "__future__" in set(imports(ROOT / name)), name


def test_import_statistics_finds_ours() -> None:
    assert Path(statistics.__file__).resolve().parent == ROOT


def required_distributions() -> List[str]:
    """The names in requirements.txt, without what this Python or platform does without."""
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    wanted = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return [
        requirement.name
        for requirement in wanted
        if requirement.marker is None or requirement.marker.evaluate()
    ]


@pytest.mark.parametrize("distribution", required_distributions())
def test_no_library_expects_the_standard_statistics(distribution: str) -> None:
    pattern = re.compile(r"^\s*(import|from) statistics\b", re.MULTILINE)
    for file in metadata.files(distribution) or ():
        path = Path(str(file.locate()))
        if path.suffix == ".py" and path.is_file():
            assert not pattern.search(path.read_text("utf-8", errors="replace")), path


def test_no_names_that_say_nothing() -> None:
    vague = {"utils", "helpers", "common", "misc"}
    assert not {path.stem for path in sources()} & vague


def test_the_specifications_modules_stand_at_the_top() -> None:
    named = (
        "main ui config monitor analyzer processor queue_manager network statistics logger"
    ).split(" ")
    assert [name for name in named if not (ROOT / f"{name}.py").is_file()] == []


def test_functions_are_short_enough_to_see_at_once() -> None:
    long: Set[Tuple[str, str, int]] = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = _last_line(node) - node.lineno + 1
                if lines > 60:
                    long.add((path.name, node.name, lines))
    assert not long


def _last_line(node: ast.AST) -> int:
    return max(getattr(inner, "end_lineno", 0) or 0 for inner in ast.walk(node))
