"""A watch is where we think it is, or the folder is looked through by ourselves, and the user is told."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Callable

import pytest

from core.settings.watched_folder import RootState
from monitoring.shares import mounts_below
from tests.monitoring import limited
from tests.monitoring.bench import Bench

needs_links = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
linux = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux'")


@linux
@pytest.mark.parametrize(
    "scenario",
    [
        limited.no_instance_is_left,
        limited.there_are_more_folders_than_watches,
        limited.the_watches_end_with_a_new_folder,
        limited.a_disk_is_mounted_over_the_folder,
        limited.a_disk_is_mounted_over_a_folder_inside,
    ],
)
def test_no_limit_and_no_mount_makes_the_watching_deaf(
    tmp_path: Path, scenario: Callable[[Path], None]
) -> None:
    limited.in_own_world(scenario, tmp_path)


@needs_links
def test_a_folder_that_is_a_link_is_watched_where_it_leads(bench: Bench) -> None:
    real = bench.place / "elsewhere"
    bench.folder.rmdir()
    real.mkdir()
    bench.folder.symlink_to(real)
    bench.put("below/film.mkv")
    bench.start()
    assert bench.status.state is RootState.WATCHING
    bench.put("below/new.mkv", age=0)
    bench.wait_for_films("below/film.mkv", "below/new.mkv")
    other = bench.place / "other"
    other.mkdir()
    (other / "third.mkv").write_bytes(bench.new_content())
    bench.folder.unlink()
    bench.folder.symlink_to(other)
    bench.wait(lambda: "third.mkv" in bench.queue(), "what the link leads to now")
    bench.another_look()
    bench.put("fourth.mkv", age=0)
    bench.wait(lambda: "fourth.mkv" in bench.queue(), "what comes where the link leads now")
    assert bench.status.state is RootState.WATCHING


@needs_links
@pytest.mark.parametrize("above", [False, True])
def test_a_folder_that_another_takes_the_place_of_is_watched_again(
    bench: Bench, above: bool
) -> None:
    """By a rename of its own, or of the folder above it, of which the system tells nothing."""
    if above:
        place = bench.place / "library"
        folder = place / "films"
        folder.mkdir(parents=True)
        bench.monitor.folders.change(replace(bench.watched, path=folder))
        bench.folder = folder
    else:
        place = folder = bench.folder
    bench.put("film.mkv")
    bench.start()
    new = bench.place / "new"
    shutil.copytree(place, new)
    place.rename(bench.place / "old")
    new.rename(place)
    bench.wait(
        lambda: any("was replaced" in notice.message for notice in bench.notices), "the notice"
    )
    bench.another_look()
    bench.put("new.mkv", age=0)
    bench.wait(lambda: "new.mkv" in bench.queue(), "what comes into the new folder")
    assert bench.status.state is RootState.WATCHING


@needs_links
def test_a_folder_that_is_replaced_all_the_time_is_looked_through_regularly(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on file systems whose numbers do not last: else it would be looked through without an end."""
    bench.put("film.mkv")
    bench.start()
    for number in range(6):
        if bench.status.state is RootState.POLLING:
            break
        before = len(bench.notices)
        bench.folder.rename(bench.place / f"old {number}")
        shutil.copytree(bench.place / f"old {number}", bench.folder)
        bench.wait(lambda before=before: len(bench.notices) > before, "the change to be seen")  # type: ignore[misc]
        bench.another_look()
    assert bench.status.state is RootState.POLLING
    assert "is another folder each time" in bench.status.message


def test_a_folder_below_that_was_not_readable_is_watched_from_when_it_is(bench: Bench) -> None:
    if sys.platform == "win32" or os.geteuid() == 0:
        pytest.skip("needs a user who may not read everything")
    path = bench.put("closed/film.mkv")
    path.parent.chmod(0)
    bench.put("open.mkv")
    bench.start()
    path.parent.chmod(0o755)
    bench.another_look()
    bench.put("closed/new.mkv", age=0)
    bench.wait_for_films("closed/film.mkv", "closed/new.mkv", "open.mkv")


@linux
def test_what_the_system_could_not_keep_in_mind_is_found_all_the_same(bench: Bench) -> None:
    """More changes at once than its queue holds: it drops the rest, and says so."""
    bench.start()
    (source,) = [watched.root._watch._source for watched in bench.monitor._roots.values()]
    assert source is not None
    limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    with source.changes._guard:  # the thread that takes the events waits here
        for number in range(limit // 4 + 100):
            path = bench.folder / f"{number}.txt"
            path.touch()
            path.chmod(0o600)
            path.chmod(0o644)
            path.unlink()
        bench.put("below/film.mkv", age=0)
    bench.wait_for_films("below/film.mkv")
    bench.put("below/new.mkv", age=0)
    bench.wait_for_films("below/film.mkv", "below/new.mkv")


@linux
def test_the_mounts_below_a_folder_are_read_from_the_kernels_table() -> None:
    assert mounts_below(Path("/proc/self/no such folder")) == ()
    assert {mount.place for mount in mounts_below(Path("/"))} >= {"/proc"}


@linux
def test_what_is_mounted_later_or_goes_is_seen_at_the_next_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "mountinfo"
    monkeypatch.setattr("monitoring.shares._MOUNT_TREE", table)
    usb = "36 35 98:0 / /films/usb rw - ext4 /dev/sdb1 rw\n"
    for text, places in (
        (usb, ["/films/usb"]),
        (usb + "37 35 0:40 / /films/nas rw - nfs nas:/films rw\n", ["/films/usb", "/films/nas"]),
        ("", []),
    ):
        table.write_text(text, "utf-8")
        assert [mount.place for mount in mounts_below(Path("/films"))] == places
