"""docs/threads.md names every thread that the program starts: in the code, and in a run."""

from __future__ import annotations

import ast
import re
import threading
from pathlib import Path
from typing import Iterator, List, Optional, Set, Tuple

import pytest

from main import main
from tests.films import make_film
from tests.product import ROOT, sources

_MAKERS = {"Thread", "ThreadPoolExecutor", "ServiceThread", "IdleThreadPool"}
_PAGE = (ROOT / "docs" / "threads.md").read_text("utf-8")


def on_the_page() -> List[str]:
    """The names of the page as regular expressions; N stands for a number."""
    rows = (line.split("|")[1] for line in _PAGE.splitlines() if line.startswith("|"))
    names = {name.strip() for row in rows for name in row.split(",")} - {"thread", "---"}
    libraries = ["asyncio_N", r".*\(process_request_thread\)", "zeroconf.*", "Thread-N.*"]
    return [name.replace("N", r"\d+") for name in (*names, *libraries)]


def is_named(name: str) -> bool:
    return any(re.fullmatch(pattern, name) for pattern in on_the_page())


def made(path: Path) -> Iterator[Tuple[int, Optional[str]]]:
    """Where a module makes threads, and how it names them: numbers and the like as 1, None for no name."""
    for call in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(call, ast.Call):
            continue
        function = call.func
        maker = (
            function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        )
        if maker not in _MAKERS or not (call.args or call.keywords):
            continue
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        name = given.get("name") or given.get("thread_name_prefix")
        texts = [
            argument
            for argument in call.args
            if isinstance(argument, (ast.Constant, ast.JoinedStr))
        ]
        name = name or (texts[0] if texts else None)
        if isinstance(name, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else "1" for part in name.values)
            yield call.lineno, "".join(str(part) for part in parts)
        elif isinstance(name, ast.Constant):
            pooled = {"ThreadPoolExecutor": "_1", "IdleThreadPool": "-1"}.get(maker, "")
            yield call.lineno, f"{name.value!s}{pooled}"
        elif not isinstance(name, (ast.Name, ast.Attribute)):  # a name that is handed on
            yield call.lineno, None


THREADS = [
    (f"{path.relative_to(ROOT).as_posix()}:{line}", name)
    for path in sources()
    for line, name in made(path)
]


@pytest.mark.parametrize(("place", "name"), THREADS, ids=[place for place, _ in THREADS])
def test_each_thread_in_the_code_has_a_name_that_stands_on_the_page(
    place: str, name: Optional[str]
) -> None:
    assert name, f"{place}: a thread without a name"
    assert is_named(name), f"{place}: {name} is not in docs/threads.md"


def test_each_thread_of_a_run_stands_on_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: Set[str] = set()
    start = threading.Thread.start

    def record(thread: threading.Thread) -> None:
        seen.add(thread.name)
        start(thread)

    film = make_film(tmp_path / "library" / "Film.mkv", seconds=1)
    data = tmp_path / "data"
    main(["--data-dir", str(data), "settings", "set", "video.encode", "no"])
    monkeypatch.setattr(threading.Thread, "start", record)
    assert main(["--data-dir", str(data), "process", str(film)]) == 0
    assert {"worker-1", "queue-conductor", "tool-output"} <= seen
    assert [name for name in sorted(seen) if not is_named(name)] == []
