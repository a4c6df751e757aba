"""Holds the code to docs/architecture.md: who may import whom, what the core must not touch, sizes."""

from __future__ import annotations

import ast
import re
import statistics
import sys
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import (
    AbstractSet,
    Callable,
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    Mapping,
    Sequence,
    Set,
    Tuple,
)

import pytest
from packaging.requirements import Requirement

from tests.product import OURS, ROOT, sources

_FRONTS = frozenset({"ui", "views", "window", "commandline", "main"})
_SERVICES = frozenset({"core", "config", "store", "tools", "logger"})
_WINDOW = frozenset(
    {
        *("views", "app", "core", "config", "statistics", "queue_manager", "scheduling", "store"),
        *("reports", "logger", "tools"),
    }
)
MAY_IMPORT: Dict[str, FrozenSet[str]] = {
    "core": frozenset({"core"}),
    "config": frozenset({"core"}),
    "logger": frozenset({"core", "config", "reports"}),
    "reports": frozenset({"core", "config", "store", "statistics"}),
    "store": frozenset({"core", "config"}),
    "metadata": frozenset({"core", "config"}),
    "cluster": frozenset({"core", "config"}),
    "phone": frozenset({"core", "cluster"}),
    "tools": frozenset({"core", "config"}),
    "monitor": frozenset({"core", "config", "store", "monitoring"}),
    "monitoring": frozenset({"core", "config", "store"}),
    "network": frozenset({"core", "config", "store", "cluster"}),
    "analyzer": frozenset({"core", "config", "mediainfo", "metadata", "store"}),
    "mediainfo": frozenset({"core", "processing"}),
    "processing": _SERVICES,
    "processor": _SERVICES | {"processing"},
    "statistics": frozenset({"core", "store"}),
    "queue_manager": OURS - _FRONTS - {"app", "sharing", "cluster", "network"},
    "scheduling": OURS - _FRONTS - {"app", "sharing", "queue_manager", "cluster", "network"},
    "sharing": OURS - _FRONTS - {"app", "queue_manager", "network"},
    "app": OURS - _FRONTS,
    "views": frozenset({"core", "config"}),
    "window": _WINDOW,
    "ui": _WINDOW | {"window"},
    "commandline": OURS - {"ui", "views", "window", "main"},
    "main": OURS,
}
# From the ground up: whoever stands on a line imports from the lines above it alone, never from its own.
LAYERS: Tuple[FrozenSet[str], ...] = (
    frozenset({"core"}),
    frozenset({"config"}),
    frozenset({"store", "tools", "metadata", "cluster", "views"}),
    frozenset({"statistics", "network", "monitoring", "phone"}),
    frozenset({"reports", "monitor"}),
    frozenset({"logger"}),
    frozenset({"processing"}),
    frozenset({"mediainfo", "processor"}),
    frozenset({"analyzer"}),
    frozenset({"scheduling"}),
    frozenset({"sharing", "queue_manager"}),
    frozenset({"app"}),
    frozenset({"window", "commandline"}),
    frozenset({"ui"}),
    frozenset({"main"}),
)
# What words of the column "never" stand for that name no module of ours.
LIBRARIES: Dict[str, FrozenSet[str]] = {
    "threads": frozenset({"threading", "concurrent", "multiprocessing", "asyncio"}),
    "SQL": frozenset({"sqlite3"}),
    "HTTP": frozenset({"http", "urllib3", "requests", "websockets"}),
    **{name: frozenset({name}) for name in ("os", "subprocess", "sqlite3", "threading", "tkinter")},
}
# Words of that column that other tests of this file hold.
ELSEWHERE = frozenset({"open", "now()", "logic", "each other"})
MAY_NAME_TKINTER = frozenset({"commandline/self_check.py"})
CORE_NEVER = frozenset(
    {"os", "subprocess", "sqlite3", "threading", "tkinter", "socket", "shutil", "time", "tempfile"}
)
SIZE_LIMIT = 450  # "about 400"; modules that are tables of data stand in DATA
DATA = frozenset(
    {
        "core/media/languages.py",
        "core/media/language_table.py",
        "core/settings/tree.py",
        "store/migrations.py",
    }
)


@lru_cache(maxsize=None)
def tree_of(path: Path) -> ast.Module:
    """The file's syntax; one test a rule goes over all of them, so that each file is read once."""
    return ast.parse(path.read_text("utf-8"))


def teardown_module() -> None:
    tree_of.cache_clear()  # 150 MB


@lru_cache(maxsize=None)
def imports(path: Path) -> FrozenSet[str]:
    """Every module that the file imports, also inside functions, in full names."""
    found: Set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
    return frozenset(found)


def owner(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].replace(".py", "")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def each_name_of(problems: Callable[[Path], Iterable[str]], paths: Iterable[Path]) -> List[str]:
    """What is wrong with these files, each with the file's name before it."""
    return [f"{name_of(path)}: {problem}" for path in paths for problem in problems(path)]


def test_imports_follow_the_table() -> None:
    def forbidden(path: Path) -> List[str]:
        allowed = MAY_IMPORT[owner(path)] | {owner(path)}
        return sorted(({module.split(".")[0] for module in imports(path)} & OURS) - allowed)

    assert each_name_of(forbidden, sources()) == []


Graph = Mapping[str, AbstractSet[str]]


def module_name(path: Path) -> str:
    """``core/rules/__init__.py`` as ``core.rules``."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_modules(path: Path, known: AbstractSet[str]) -> Iterator[str]:
    """Every module of ours that a file imports, wherever in it; ``from package import module`` too."""
    for node in ast.walk(tree_of(path)):
        yield from names_in(node, known)


def names_in(node: ast.AST, known: AbstractSet[str]) -> Iterator[str]:
    """The modules of ours that one statement imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in known)
    elif isinstance(node, ast.ImportFrom) and node.module:
        for alias in node.names:
            below = f"{node.module}.{alias.name}"
            if below in known or node.module in known:
                yield below if below in known else node.module


@lru_cache(maxsize=None)
def whole_graph() -> Graph:
    """What each product module imports of the others."""
    paths = {module_name(path): path for path in sources()}
    return {
        name: set(imported_modules(path, paths.keys())) - {name} for name, path in paths.items()
    }


def circles(graph: Graph) -> List[FrozenSet[str]]:
    """Every set of modules that can all be reached from one another (Kosaraju's algorithm)."""
    backwards: Dict[str, Set[str]] = {name: set() for name in graph}
    for name, targets in graph.items():
        for target in targets:
            backwards[target].add(name)
    ended: List[str] = []
    _walk(graph, list(graph), set(), ended.append)
    seen: Set[str] = set()
    groups: List[FrozenSet[str]] = []
    for name in reversed(ended):
        group: List[str] = []
        _walk(backwards, [name], seen, group.append)
        groups.append(frozenset(group))
    return [group for group in groups if len(group) > 1]


def _walk(
    graph: Graph, starts: Iterable[str], seen: Set[str], ended: Callable[[str], None]
) -> None:
    """Go everywhere that can be reached; ``ended`` is told of each, the deepest first."""
    for start in starts:
        if start in seen:
            continue
        seen.add(start)
        way = [(start, iter(sorted(graph[start])))]
        while way:
            name, targets = way[-1]
            further = next((target for target in targets if target not in seen), None)
            if further is None:
                ended(name)
                way.pop()
            else:
                seen.add(further)
                way.append((further, iter(sorted(graph[further]))))


def grouped(graph: Graph, group_of: Callable[[str], str]) -> Graph:
    """The same imports between groups of modules."""
    groups: Dict[str, Set[str]] = {group_of(name): set() for name in graph}
    for name, targets in graph.items():
        groups[group_of(name)] |= {group_of(target) for target in targets} - {group_of(name)}
    return groups


def upward(graph: Graph, layers: Sequence[AbstractSet[str]]) -> List[str]:
    """Every import that does not go downward, as ``importer -> imported``."""
    height = {name: number for number, layer in enumerate(layers) for name in layer}
    return [
        f"{name} -> {target}"
        for name, targets in sorted(graph.items())
        for target in sorted(targets)
        if height[target] >= height[name]
    ]


def room_of(name: str) -> str:
    """``core.rules.audio`` as ``core.rules``; a module beside the rooms is one of its own."""
    return ".".join(name.split(".")[:2])


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert [sorted(circle) for circle in circles(whole_graph())] == []


def test_the_rooms_of_core_stand_in_no_circle() -> None:
    core = {name: names for name, names in whole_graph().items() if name.startswith("core.")}
    rooms = grouped({name: names - {"core"} for name, names in core.items()}, room_of)
    assert [sorted(circle) for circle in circles(rooms)] == []


def test_every_import_goes_down() -> None:
    assert {name for layer in LAYERS for name in layer} == OURS
    assert upward(grouped(whole_graph(), lambda name: name.split(".")[0]), LAYERS) == []


def test_a_circle_and_an_import_upward_would_be_seen() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}
    assert circles(graph) == [{"b", "c"}]
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []
    rooms = grouped(
        {"core.x.a": {"core.y.a"}, "core.y.a": set(), "core.y.b": {"core.x.b"}, "core.x.b": set()},
        room_of,
    )
    assert circles(rooms) == [{"core.x", "core.y"}]
    assert upward(graph, ({"c"}, {"b"}, {"a", "d"})) == ["c -> b", "d -> a"]


def test_window_and_command_line_need_nothing_of_each_other() -> None:
    """What both need stands in ``app``, which knows neither."""
    for unit, others in (
        ("window", {"commandline", "main"}),
        ("views", {"commandline", "app", "window", "main"}),
        ("ui", {"commandline", "main"}),
        ("commandline", {"window", "views", "ui", "main"}),
        ("app", {"window", "views", "ui", "commandline", "main"}),
    ):
        for name, targets in whole_graph().items():
            if name.split(".")[0] == unit:
                found = {target for target in targets if target.split(".")[0] in others}
                assert not found, f"{name} must not import {sorted(found)}"


def table_of_the_document() -> List[Tuple[FrozenSet[str], FrozenSet[str]]]:
    """Each row of the document's table: modules, and what they never import, as it is written."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rows = text.split("| module | may import of ours | never |", 1)[1].split("\n\n", 1)[0]
    table = []
    for row in rows.splitlines()[2:]:
        modules, _may, never = (cell.strip() for cell in row.strip("|").split("|"))
        words = re.sub(r"\([^)]*[^)(]\)|;.*", "", never).replace("`", "")
        named = OURS & set(re.findall(r"\w+", re.sub(r"\(.*?\)", "", modules)))
        table.append((frozenset(named), frozenset(re.split(r", | nor ", words.strip())) - {"–"}))
    return table


def test_every_part_has_its_row_in_the_documents_table() -> None:
    rows = [modules for modules, _never in table_of_the_document()]
    assert frozenset().union(*rows) == OURS
    assert sum(map(len, rows)) == len(OURS), "a part has two rows"


@pytest.mark.parametrize(("modules", "never"), table_of_the_document())
def test_what_the_document_says_never_happens(
    modules: FrozenSet[str], never: FrozenSet[str]
) -> None:
    assert never <= OURS | LIBRARIES.keys() | ELSEWHERE, "a word that nothing holds"
    forbidden = {name for word in never for name in LIBRARIES.get(word, {word} & OURS)}
    for path in sources():
        unit = owner(path)
        if unit not in modules:
            continue
        among = modules - {unit} if "each other" in never else frozenset()
        found = {module.split(".")[0] for module in imports(path)} & (forbidden | among)
        if path.relative_to(ROOT).as_posix() in MAY_NAME_TKINTER:
            found.discard("tkinter")
        assert not found, f"{path.relative_to(ROOT)} must not import {sorted(found)}"


def test_main_is_wiring_alone() -> None:
    tree = ast.parse((ROOT / "main.py").read_text("utf-8"))
    assert not any(isinstance(node, (ast.ClassDef, ast.For, ast.While)) for node in ast.walk(tree))
    assert len((ROOT / "main.py").read_text("utf-8").splitlines()) < 80


def test_the_child_that_reads_films_needs_nothing_but_the_core() -> None:
    """It starts for every first question, and has to be quick."""
    reached, waiting = set(), ["mediainfo.child"]
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting += [target for target in whole_graph()[name] if target not in reached]
    assert {name.split(".")[0] for name in reached} == {"mediainfo", "core"}


def loaded_with(name: str) -> Set[str]:
    """The modules of ours that are loaded when this one is, without what functions load later."""
    paths = {module_name(path): path for path in sources()}
    reached, waiting = set(), [name]
    while waiting:
        module = waiting.pop()
        if module not in reached:
            reached.add(module)
            waiting += imports_at_once(tree_of(paths[module]).body, paths.keys())
    return reached


def imports_at_once(body: Iterable[ast.AST], known: AbstractSet[str]) -> Iterator[str]:
    """What statements import when they are run: not what functions do, nor what types alone need."""
    for node in body:
        types_alone = isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        if types_alone or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from names_in(node, known)
        else:
            yield from imports_at_once(ast.iter_child_nodes(node), known)


@pytest.mark.parametrize("module", ["commandline.process", "app.program", "queue_manager"])
def test_a_film_of_this_machine_alone_loads_nothing_of_other_machines(module: str) -> None:
    tops = {name.split(".")[0] for name in loaded_with(module)}
    assert not tops & {"sharing", "cluster", "network", "monitor", "window", "views"}


def namesakes() -> Dict[str, List[str]]:
    """The public classes whose name another class of the product has, and where they stand."""
    places: Dict[str, List[str]] = {}
    for path in sources():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(path.relative_to(ROOT).as_posix())
    return {name: found for name, found in sorted(places.items()) if len(found) > 1}


def test_no_two_public_classes_share_a_name() -> None:
    assert namesakes() == {}


def impure(path: Path) -> Iterator[str]:
    """What a file of the core imports and calls that it must not."""
    libraries = {module.split(".")[0] for module in imports(path)} - {"core", "__future__"}
    if name_of(path).startswith("core/commands/"):
        libraries.discard("ffmpeg")  # its compile step is pure
    standard = set(getattr(sys, "stdlib_module_names", libraries))  # told since 3.10
    yield from sorted((libraries & CORE_NEVER) | (libraries - standard))
    calls = {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute))
    }
    yield from sorted(
        calls & {"open", "now", "utcnow", "today", "exists", "stat", "resolve", "getenv"}
    )


def test_the_core_is_pure() -> None:
    core = [path for path in sources() if owner(path) == "core"]
    assert len(core) > 100
    assert each_name_of(impure, core) == []


def shells(path: Path) -> Iterator[str]:
    """The lines of a file that start a shell, or may."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.keyword) and node.arg == "shell":
            never = isinstance(node.value, ast.Constant) and node.value.value is False
            yield from () if never else (f"line {node.value.lineno}",)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            started = (node.value.id, node.attr) in {("os", "system"), ("os", "popen")}
            yield from (f"line {node.lineno}",) if started else ()


def test_nothing_runs_a_shell() -> None:
    assert each_name_of(shells, sources()) == []


# Programs that are started on other systems only: who starts them returns before, on Windows.
NOT_ON_WINDOWS = frozenset(
    {"processing/keep_awake.py: _begin", "window/opening.py: open_with_system"}
)


def consoles(path: Path) -> Iterator[str]:
    """The functions of a file that start a child without saying whether it has a console."""
    started = {"Popen", "run", "call", "check_call", "check_output", "getoutput"}
    for function in ast.walk(tree_of(path)):
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        for node in ast.walk(function):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            module, called = node.func.value, node.func.attr
            if isinstance(module, ast.Name) and module.id == "subprocess" and called in started:
                quiet = any(keyword.arg == "creationflags" for keyword in node.keywords)
                yield from () if quiet else (function.name,)


def test_no_child_opens_a_console_window() -> None:
    assert set(each_name_of(consoles, sources())) == NOT_ON_WINDOWS


def many_processes(path: Path) -> Iterator[str]:
    """What a file takes of the library that the exe leaves out (``MediaProcessor.spec``)."""
    yield from (name for name in imports(path) if name.split(".")[0] == "multiprocessing")
    named = {node.attr for node in ast.walk(tree_of(path)) if isinstance(node, ast.Attribute)}
    taken = {
        alias.name
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    yield from (named | taken) & {"ProcessPoolExecutor"}


def test_nothing_needs_what_the_exe_leaves_out() -> None:
    assert each_name_of(many_processes, sources()) == []


def test_a_module_has_a_size_that_one_can_read() -> None:
    def too_long(path: Path) -> Iterator[str]:
        lines = len(path.read_text("utf-8").splitlines())
        if lines > SIZE_LIMIT and name_of(path) not in DATA:
            yield f"{lines} lines"

    assert each_name_of(too_long, sources()) == []


def test_every_module_says_what_it_is_for_and_reads_annotations_late() -> None:
    def lacking(path: Path) -> Iterator[str]:
        if not ast.get_docstring(tree_of(path)):
            yield "no docstring"
        has_code = any(not isinstance(node, ast.Expr) for node in tree_of(path).body)
        if has_code and "__future__" not in imports(path):
            yield "no late annotations"

    assert each_name_of(lacking, sources()) == []


def test_what_is_wrong_with_a_module_would_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = tmp_path / "core" / "wrong.py"
    module.parent.mkdir()
    module.write_text(
        "import socket\nimport subprocess as other\n\n\n"
        "def start():\n    now()\n    subprocess.run(['a'], shell=other)\n    os.system('a')\n",
        "utf-8",
    )
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    assert each_name_of(impure, [module]) == [
        f"core/wrong.py: {name}" for name in ("socket", "subprocess", "now")
    ]
    assert list(shells(module)) == ["line 7", "line 8"]
    assert list(consoles(module)) == ["start"]


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
        for node in ast.walk(tree_of(path)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = _last_line(node) - node.lineno + 1
                if lines > 60:
                    long.add((path.name, node.name, lines))
    assert not long


def _last_line(node: ast.AST) -> int:
    return max(getattr(inner, "end_lineno", 0) or 0 for inner in ast.walk(node))
