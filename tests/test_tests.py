"""How the tests themselves are kept: what several need stands in a module of its own, fixtures stand once."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path
from typing import Dict, Iterator, List

TESTS = Path(__file__).resolve().parent
MODULES = sorted(TESTS.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(TESTS).as_posix()


def imported(path: Path) -> Iterator[str]:
    """Every module, and everything taken from one, that a file imports anywhere."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_nobody_imports_from_a_test_module() -> None:
    modules = {
        f"tests.{name_of(module)[:-3].replace('/', '.')}"
        for module in MODULES
        if module.name.startswith("test_")
    }
    wrong = {name_of(path): sorted(set(imported(path)) & modules) for path in MODULES}
    assert {name: taken for name, taken in wrong.items() if taken} == {}


def fixtures(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and any(
            "fixture" in ast.dump(decorator) for decorator in node.decorator_list
        ):
            yield node


def test_no_fixture_is_copied() -> None:
    """What is done alike in several modules stands in a conftest.py."""
    places: Dict[str, List[str]] = defaultdict(list)
    for path in MODULES:
        for fixture in fixtures(path):
            if len(fixture.body) > 2:
                does = "".join(ast.dump(statement) for statement in fixture.body)
                places[does].append(f"{name_of(path)}: {fixture.name}")
    assert [names for names in places.values() if len(names) > 1] == []


def test_a_screen_goes_before_the_process_only_where_the_process_has_no_window_on_it() -> None:
    """Tk ends the process otherwise, with all tests that it has yet to run."""
    makers = {
        name_of(path)
        for path in MODULES
        if "tests.screen.screen" in set(imported(path)) and path.name != "conftest.py"
    }
    assert makers == {"test_program_window.py"}, "its program is a process of its own"


def test_the_window_is_opened_by_one_fixture() -> None:
    program = [
        name_of(path) for path in MODULES for fixture in fixtures(path) if fixture.name == "program"
    ]
    assert program == ["conftest.py", "exe/conftest.py"], "of the window, and of the packaged one"
