"""Fixtures of every test: this machine's tools, a runner, the film corpus, a queue, the program's window."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Dict, Iterator, List, Type
from unittest import mock

import pytest

from core.ports import CommandRunner
from core.settings.tree import ToolSettings
from core.tools import Toolset
from processing.runner import ProcessRunner
from tools.resolver import find_tools

if TYPE_CHECKING:
    from core.plan import Plan
    from core.target_quality.trial import ChosenNumber
    from processing.target_quality.chooser import QualityChooser
    from tests.queue_service import Service
    from tests.window_program import Program

os.environ["LANGUAGE"] = "en"  # also for the programs that tests start: they read English texts
_since_collection: List[str] = []  # the tests that ran since
CORPUS = Path(__file__).resolve().parents[2] / "shared" / "media"


@pytest.fixture(scope="session")
def runner() -> CommandRunner:
    """A runner of short commands."""
    return ProcessRunner(low_priority=False)


@pytest.fixture(scope="session")
def toolset(runner: CommandRunner) -> Toolset:
    """The programs of this machine, as the product finds them."""
    return find_tools(ToolSettings(), runner).toolset


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of the shared film corpus; tests that need it are skipped where it is not."""
    if not (CORPUS / "index.json").is_file():
        pytest.skip(f"the film corpus is not at {CORPUS}")
    return CORPUS


@pytest.fixture
def service(tmp_path: Path, toolset: Toolset) -> Iterator[Service]:
    """A queue with a database, films and tools of its own; its logs lie in ``tmp_path``/logs."""
    from logger import close_logging, setup_logging
    from tests.processing.bench import open_bench
    from tests.queue_service import PATIENCE, Service

    with open_bench(tmp_path, toolset) as bench:
        setup_logging(tmp_path / "logs", console_level=logging.CRITICAL)
        service = Service(bench, tmp_path / "logs")
        yield service
        for manager in [*service.earlier, service.manager]:
            assert manager is None or manager.shutdown(PATIENCE), "a worker did not end"
        close_logging()


@pytest.fixture(scope="session")
def desktop() -> Iterator[Dict[str, str]]:
    """A screen with a window manager: the environment of programs on it, also of this process.

    It stays to the end: Xlib ends a process that looks for events of a screen which is gone, and Tk
    looks at every screen on which it ever had a window.
    """
    from tests.screen import screen

    with screen() as environment:
        yield environment


@pytest.fixture
def program_class() -> Type[Program]:
    """What ``program`` is; a module may have another."""
    from tests.window_program import Program

    return Program


@pytest.fixture
def program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Program]:
    """The program with its window, on a data folder of its own; it is closed at the end."""
    from tests.views.window import require_display

    require_display()
    from window import log_controller

    monkeypatch.setattr(log_controller, "open_with_system", lambda _path: None)  # no browser
    program: Program = request.getfixturevalue("program_class")(tmp_path)
    yield program
    if program.opened:
        program.answers.chosen = 1  # films that are in work are let go of
        program.close()
    program.errors.raise_first()


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the process; leave collecting garbage to ``_clean_windows``.

    Wherever Python does it by itself may be a worker's thread, and an ended Tk that is freed there
    aborts the process. A program has one Tk, which lives as long as its process; the tests have hundreds.
    """
    gc.disable()
    mock.patch.object(gc, "enable").start()  # which the program does once its window stands
    if "PYTEST_XDIST_WORKER" in os.environ and "DISPLAY" in os.environ and shutil.which("Xvfb"):
        _begin_screen(config)


def pytest_collection_finish() -> None:
    """Leave out of every later collection what is there now: modules and tests, which stay to the end.

    They are hundreds of thousands of objects, and windows are freed after each of more than a thousand tests.
    """
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was skipped, by reason: a machine that skips much shows it at the end."""
    reasons = Counter(
        str(report.longrepr[2]).split("Skipped: ", 1)[-1]
        for report in terminalreporter.stats.get("skipped", ())
        if isinstance(report.longrepr, tuple)
    )
    if reasons:
        terminalreporter.section("skipped, and why")
    for reason, count in reasons.most_common():
        terminalreporter.line(f"{count:5} × {reason}")


def _begin_screen(config: pytest.Config) -> None:
    """Give this process a screen of its own: on a shared one, windows take the focus from each other."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    config.add_cleanup(server.terminate)
    os.close(write)
    with os.fdopen(read) as told:
        os.environ["DISPLAY"] = f":{told.readline().strip()}"


@pytest.fixture(autouse=True)
def _clean_windows(request: pytest.FixtureRequest) -> None:
    """Free the windows of the test before, in the thread that made them."""
    _since_collection.append(request.node.name)
    has_windows = request.node.get_closest_marker("window") or "views" in request.node.nodeid
    if has_windows or len(_since_collection) > 100:
        gc.collect()
        _since_collection.clear()


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> List[Plan]:
    """The plans whose number was searched, on whichever machine."""
    from processing.target_quality.chooser import QualityChooser

    found: List[Plan] = []
    choose = QualityChooser.choose

    def counted(self: QualityChooser, plan: Plan, *rest: object, **more: object) -> ChosenNumber:
        found.append(plan)
        return choose(self, plan, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(QualityChooser, "choose", counted)
    return found
