"""Fixtures of the tests of the built exe: the exe, a Windows without Python, its screen."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Iterator

import pytest

from scripts.wine_desktop import WineDesktop, remove_unpacked
from tests.exe.program import Program


def _given(variable: str) -> Path:
    value = os.environ.get(variable, "")
    if not value:
        pytest.skip(f"{variable} is not set; scripts/test.sh builds the exe under Wine and sets it")
    return Path(value)


@pytest.fixture(scope="session")
def exe() -> Path:
    """The one-file exe."""
    return _given("MEDIAPROCESSOR_EXE")


@pytest.fixture(scope="session")
def console_exe(exe: Path) -> Path:
    """The exe for consoles, out of the folder that is built beside the one file."""
    return exe.parent / "MediaProcessor-folder" / "mediaprocessor-cli.exe"


@pytest.fixture(scope="session")
def desktop() -> Iterator[WineDesktop]:
    """A Windows in which no Python is installed, with a screen."""
    with WineDesktop(_given("MEDIAPROCESSOR_WINE_PREFIX")) as screen:
        yield screen


@pytest.fixture
def program(exe: Path, console_exe: Path, desktop: WineDesktop) -> Iterator[Program]:
    """The exe of a user who never started it before."""
    for folder in desktop.prefix.glob("drive_c/users/*/AppData/Roaming/MediaProcessor"):
        shutil.rmtree(folder)
    remove_unpacked(desktop.prefix)
    yield Program(exe, console_exe, desktop)
    desktop.kill_everything()
