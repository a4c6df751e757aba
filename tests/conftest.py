"""Fixtures of every test: a runner of short commands, the tools of this machine, the film corpus."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.ports import CommandRunner
from core.settings import ToolSettings
from core.tools import Toolset
from processing.runner import ProcessRunner
from tools.resolver import find_tools

os.environ["LANGUAGE"] = "en"  # also for the programs that tests start: they read English texts
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
