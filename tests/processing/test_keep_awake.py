"""Keeping the machine awake, with a program in the place of systemd's."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import List

import psutil
import pytest

from processing.keep_awake import KeepAwake

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="systemd-inhibit is Linux's")


@pytest.fixture
def inhibitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Notes how it was called and runs the command, as systemd-inhibit does."""
    program = tmp_path / "systemd-inhibit"
    program.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/called\n'
        'while [ "${1#--}" != "$1" ]; do shift; done\nexec "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "called"


def children() -> List[str]:
    """The children of this process, without the tests' screen (tests/conftest.py) and MediaInfo's."""
    there = [child for child in psutil.Process().children() if child.status() != "zombie"]
    others = [child for child in there if "--mediainfo-child" not in child.cmdline()]
    return [child.name() for child in others if child.name() != "Xvfb"]


def test_the_machine_stays_awake_while_a_film_is_at_work_and_only_then(inhibitor: Path) -> None:
    awake = KeepAwake()
    awake.hold(True)
    awake.hold(True)
    deadline = time.monotonic() + 20
    while not inhibitor.exists() or children() != ["cat"]:
        assert time.monotonic() < deadline, children()
    assert "--what=sleep:idle" in inhibitor.read_text().splitlines()
    awake.hold(False)
    assert children() == []
    awake.hold(True)
    assert len(children()) == 1
    awake.release()
    assert children() == []


def test_a_machine_that_offers_no_way_is_asked_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    caplog.set_level("INFO", "mediaprocessor")
    awake = KeepAwake()
    for _ in range(3):
        awake.hold(True)
    awake.release()
    assert [record.message for record in caplog.records] == [
        "This machine cannot be kept awake while films are at work (No such file or directory)."
    ]


def test_a_service_that_does_not_answer_is_asked_once(inhibitor: Path) -> None:
    (inhibitor.parent / "systemd-inhibit").write_text("#!/bin/sh\nexit 1\n")
    awake = KeepAwake()
    awake.hold(True)
    awake.hold(True)
    assert children() == []
