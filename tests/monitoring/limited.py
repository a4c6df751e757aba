"""Watching in a world of its own: what runs in a user and mount namespace, so that nobody else is hit.

There the process may set the limits of inotify and mount disks, without being root outside.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
from pathlib import Path
from typing import Callable, List

import pytest

from core.settings.watched_folder import RootState
from tests.monitoring.bench import Bench, tiny_film
from tests.namespaces import in_namespaces

ROOT = Path(__file__).resolve().parents[2]
_LIMITS = Path("/proc/sys/user")


def in_own_world(scenario: Callable[[Path], None], place: Path) -> None:
    """Run a scenario of this module with limits of its own; skips where the system has none."""
    in_namespaces(scenario, place, ("--mount",), ("true",))


def _hurried(place: Path) -> Bench:
    patch = pytest.MonkeyPatch()  # for the whole process, which ends with the scenario
    patch.setattr("monitoring.root._TICK", 0.05)
    patch.setattr("monitoring.root._CALM", 0.1)
    return Bench(place, tiny_film(place))


def _limit(name: str, value: int) -> None:
    (_LIMITS / f"max_inotify_{name}").write_text(str(value))


def _told(bench: Bench) -> List[str]:
    return [notice.message for notice in bench.notices]


def no_instance_is_left(place: Path) -> None:
    with _hurried(place) as bench:
        held = [ctypes.CDLL(None).inotify_init() for _ in range(3)]
        _limit("instances", 3)
        bench.put("film.mkv")
        bench.start()
        assert bench.status.state is RootState.POLLING
        assert "its limit of watching programs for one user (user.max_inotify_instances, 3)" in (
            bench.status.message
        )
        assert "`sudo sysctl user.max_inotify_instances=1024`" in bench.status.message
        assert set(bench.queue()) == {"film.mkv"}
        bench.put("new.mkv", age=0)
        bench.wait_for_films("film.mkv", "new.mkv")
        assert _told(bench) == [bench.status.message], "said once, however often it is tried again"
        for descriptor in held:
            os.close(descriptor)
        _limit("instances", 4)  # any change of the limits is a reason to ask again at once
        bench.wait(lambda: bench.status.state is RootState.WATCHING, "the system to tell again")
        assert bench.status.message == ""
        assert _told(bench)[1:] == [f"The system tells of changes below {bench.folder} again."]
        bench.put("told.mkv", age=0)
        bench.wait_for_films("film.mkv", "new.mkv", "told.mkv")


def there_are_more_folders_than_watches(place: Path) -> None:
    with _hurried(place) as bench:
        _limit("watches", 5)
        for number in range(10):
            bench.put(f"{number}/film.mkv")
        bench.start()
        assert bench.status.state is RootState.POLLING
        assert "its limit of folders for one user (user.max_inotify_watches, 5) is reached" in (
            bench.status.message
        )
        bench.put("9/new.mkv", age=0)
        bench.wait(lambda: "9/new.mkv" in bench.queue(), "the film in the last folder")
        _limit("watches", 11)
        bench.wait(lambda: bench.status.state is RootState.WATCHING, "the system to tell again")
        assert len(_told(bench)) == 2
        assert bench.status.message == ""


def the_watches_end_with_a_new_folder(place: Path) -> None:
    pytest.MonkeyPatch().setattr("monitoring.watch._ASK_AGAIN", 1.0)
    with _hurried(place) as bench:
        _limit("watches", 2)
        bench.put("first/film.mkv")
        bench.start()
        assert bench.status.state is RootState.WATCHING
        bench.put("second/film.mkv", age=0)
        bench.wait(lambda: bench.status.state is RootState.POLLING, "the end of the watches")
        assert "user.max_inotify_watches, 2" in bench.status.message
        bench.wait_for_films("first/film.mkv", "second/film.mkv")
        bench.put("second/new.mkv", age=0)
        bench.wait(lambda: "second/new.mkv" in bench.queue(), "the film in the unwatched folder")
        (bench.folder / "first" / "film.mkv").unlink()
        (bench.folder / "first").rmdir()
        bench.wait(lambda: bench.status.state is RootState.WATCHING, "the watches to suffice")
        assert (bench.status.message, len(_told(bench))) == ("", 2)


def a_disk_is_mounted_over_the_folder(place: Path) -> None:
    with _hurried(place) as bench:
        bench.put("film.mkv")
        disk = _disk(place, bench)
        bench.start()
        subprocess.run(["mount", "--bind", disk, bench.folder], check=True)
        bench.wait(lambda: "on the disk.mkv" in bench.queue(), "the film on the disk")
        _await_watching(bench)
        bench.put("later.mkv", age=0)
        bench.wait(lambda: "later.mkv" in bench.queue(), "a film that comes to the disk")
        subprocess.run(["umount", bench.folder], check=True)
        _await_watching(bench)
        bench.put("below.mkv", age=0)
        bench.wait(lambda: "below.mkv" in bench.queue(), "a film after the disk has gone")
        assert any("had a disk mounted over it" in sentence for sentence in _told(bench))


def a_disk_is_mounted_over_a_folder_inside(place: Path) -> None:
    with _hurried(place) as bench:
        bench.put("film.mkv")
        (bench.folder / "disk").mkdir()
        disk = _disk(place, bench)
        bench.start()
        subprocess.run(["mount", "--bind", disk, bench.folder / "disk"], check=True)
        bench.wait(lambda: "disk/on the disk.mkv" in bench.queue(), "the film on the disk")
        _await_watching(bench)
        bench.put("disk/later.mkv", age=0)
        bench.wait(lambda: "disk/later.mkv" in bench.queue(), "a film that comes to the disk")


def _disk(place: Path, bench: Bench) -> Path:
    disk = place / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "none", disk], check=True)
    film = disk / "on the disk.mkv"
    film.write_bytes(bench.new_content())
    bench.set_age(film, 3600)
    return disk


def _await_watching(bench: Bench) -> None:
    bench.another_look()
    assert bench.status.state is RootState.WATCHING, "the system tells of changes, nothing polls"
