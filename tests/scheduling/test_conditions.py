"""Why the queue pauses by itself, with real disks and real programs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Iterator

import psutil
import pytest

from core.settings.tree import QueueSettings
from scheduling.conditions import LowDisk, OnBattery, ProgramRuns, conditions


@pytest.fixture
def player(tmp_path: Path) -> Iterator[str]:
    """A program that runs, under a name that nobody else has."""
    if sys.platform == "win32":
        pytest.skip("a copy of sleep stands for a player")
    name = "MyPlayer4711"
    shutil.copy(shutil.which("sleep") or "", tmp_path / name)
    with subprocess.Popen([str(tmp_path / name), "100"]) as process:
        yield name
        process.kill()


def test_a_named_program_pauses_the_queue_while_it_runs(player: str) -> None:
    clock = [0.0]
    settings = QueueSettings(pause_programs=("kodi", f" {player.lower()}.exe "))
    condition = ProgramRuns(lambda: settings, lambda: clock[0])
    assert condition() == f"{player} is running; it goes on afterwards."
    for process in psutil.process_iter(["name"]):
        if process.info["name"] == player:
            process.kill()
            process.wait()
    clock[0] += 5.0
    assert condition(), "all processes are not looked at every second"
    clock[0] += 5.0
    assert condition() is None


def test_nobody_looks_at_processes_while_none_is_named() -> None:
    assert ProgramRuns(QueueSettings)() is None


def test_a_disk_that_is_nearly_full_is_named(tmp_path: Path) -> None:
    settings = QueueSettings(lowest_free_gigabytes=99999)
    sentence = LowDisk(lambda: settings, lambda: [tmp_path / "gone", tmp_path])() or ""
    assert sentence.startswith("Only ")
    assert f"are free for {tmp_path}; it goes on from 100.0 TB on." in sentence
    roomy = QueueSettings(lowest_free_gigabytes=0)
    assert LowDisk(lambda: roomy, lambda: [tmp_path])() is None


def test_a_disk_that_goes_on_getting_fuller_is_no_other_news(tmp_path: Path) -> None:
    settings = QueueSettings(lowest_free_gigabytes=99999)
    condition = LowDisk(lambda: settings, lambda: [tmp_path])
    if sys.platform != "linux":
        pytest.skip("room is taken without writing")
    first = condition()
    with (tmp_path / "more").open("wb") as more:
        os.posix_fallocate(more.fileno(), 0, 300_000_000)
        assert condition() == first


@pytest.mark.parametrize(
    ("plugged", "wanted", "held"),
    [(False, True, True), (True, True, False), (None, True, False), (False, False, False)],
)
def test_a_machine_on_its_battery_is_left_alone_where_the_user_wants_that(
    plugged: Any, wanted: bool, held: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Battery:
        power_plugged = plugged

    monkeypatch.setattr(psutil, "sensors_battery", Battery, raising=False)
    settings = QueueSettings(pause_on_battery=wanted)
    assert bool(OnBattery(lambda: settings)()) is held


def test_a_machine_without_a_battery_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "sensors_battery", lambda: None, raising=False)
    assert all(one() is None for one in conditions(QueueSettings, lambda: ()))
