"""Why the queue pauses by itself, with real disks and real programs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator, Optional, Tuple

import psutil
import pytest

from core.queue.job import JobKind
from core.settings.choices import WhileWatched
from core.settings.tree import QueueSettings
from metadata.media_server import Viewer
from scheduling.conditions import LowDisk, OnBattery, ProgramRuns, SomebodyWatches, conditions
from scheduling.pause_reasons import PauseReason
from tests.queue_environment import QueueLimits, SetClock


class Folders:
    """Folders that work is written to."""

    def __init__(self, *folders: Path) -> None:
        self.folders = folders

    def work_folders(self) -> Tuple[Path, ...]:
        return self.folders


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
    clock = SetClock(since=0.0)
    settings = QueueSettings(pause_programs=("kodi", f" {player.lower()}.exe "))
    condition = ProgramRuns(QueueLimits(settings), clock)
    assert condition.pause_reason() == f"{player} is running; it goes on afterwards."
    for process in psutil.process_iter(["name"]):
        if process.info["name"] == player:
            process.kill()
            process.wait()
    clock.since = 5.0
    assert condition.pause_reason(), "all processes are not looked at every second"
    clock.since = 10.0
    assert condition.pause_reason() is None


def test_nobody_looks_at_processes_while_none_is_named() -> None:
    assert ProgramRuns(QueueLimits()).pause_reason() is None


def test_a_disk_that_is_nearly_full_is_named(tmp_path: Path) -> None:
    settings = QueueSettings(lowest_free_gigabytes=99999)
    sentence = (
        LowDisk(QueueLimits(settings), Folders(tmp_path / "gone", tmp_path)).pause_reason() or ""
    )
    assert sentence.startswith("Only ")
    assert f"are free for {tmp_path}; it goes on from 100.0 TB on." in sentence
    roomy = QueueSettings(lowest_free_gigabytes=0)
    assert LowDisk(QueueLimits(roomy), Folders(tmp_path)).pause_reason() is None


def test_a_disk_that_goes_on_getting_fuller_is_no_other_news(tmp_path: Path) -> None:
    settings = QueueSettings(lowest_free_gigabytes=99999)
    condition = LowDisk(QueueLimits(settings), Folders(tmp_path))
    if sys.platform != "linux":
        pytest.skip("room is taken without writing")
    first = condition.pause_reason()
    with (tmp_path / "more").open("wb") as more:
        os.posix_fallocate(more.fileno(), 0, 300_000_000)
        assert condition.pause_reason() == first


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
    assert bool(OnBattery(QueueLimits(settings)).pause_reason()) is held


def test_a_machine_without_a_battery_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "sensors_battery", lambda: None, raising=False)
    assert all(
        condition.pause_reason() is None
        for condition in conditions(QueueLimits(), Folders(), Screens())
    )


@dataclass
class Screens:
    """Who watches."""

    viewers: Tuple[Viewer, ...] = ()

    def watching(self) -> Tuple[Viewer, ...]:
        return self.viewers


ANNA = Viewer("Plex (Home)", "1", "Anna", "Alien")


def reason_while(wanted: WhileWatched, *viewers: Viewer) -> Optional[PauseReason]:
    limits = QueueLimits(QueueSettings(while_watched=wanted))
    return SomebodyWatches(limits, Screens(viewers)).pause_reason()


def test_the_queue_rests_while_somebody_watches_and_says_who_and_what() -> None:
    reason = reason_while(WhileWatched.PAUSE, ANNA)
    assert reason is not None
    assert reason.reason == "Anna is watching Alien (Plex (Home)); the queue goes on afterwards."
    assert not reason.kinds
    assert reason_while(WhileWatched.PAUSE) is None


def test_of_several_viewers_the_first_is_named_and_the_others_are_counted() -> None:
    bob = Viewer("Emby (Attic)", "2", "", "")
    reason = reason_while(WhileWatched.PAUSE, bob, ANNA, ANNA)
    assert reason is not None
    assert reason.reason == (
        "Somebody is watching a film (Emby (Attic)) and 2 more are watching; "
        "the queue goes on afterwards."
    )


def test_only_films_for_the_graphics_chip_wait_where_the_user_wants_that() -> None:
    reason = reason_while(WhileWatched.CPU_ALONE, ANNA)
    assert reason is not None
    assert reason.kinds == (JobKind.GPU,)
    assert "films for the graphics chip wait" in reason.reason


def test_viewers_hold_nothing_where_the_user_wants_none_of_it() -> None:
    class Nobody:
        def watching(self) -> Tuple[Viewer, ...]:
            raise AssertionError("no server is asked")

    limits = QueueLimits(QueueSettings(while_watched=WhileWatched.CONTINUE))
    assert SomebodyWatches(limits, Nobody()).pause_reason() is None
