"""A disk that turns read-only under the work: the film waits, and is done when it can be written again."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Iterator

import pytest

from core.errors import DiskReadOnly, SwapPending
from core.events import JobState
from core.queue.outcome import end_of_error
from core.queue.retry import DELAYS, RetryAction, retry_of
from core.tools import ToolName, Toolset
from processing.filesystem import DOT_FOLDER, FileOperations
from queue_manager import QueueManager
from scheduling import housekeeping
from store.connection import Database
from store.jobs import JobStore
from store.journal import Journal
from tests.processing.bench import (
    Bench,
    digest,
    fake_tool,
    fast_settings,
    open_bench,
    replaced_tool,
    tool_path,
)
from tests.queue_environment import Surroundings


class Disk:
    """A disk in a file, which can fail: it turns read-only at once, as ext4 does after an error."""

    def __init__(self, folder: Path) -> None:
        self.image = folder / "disk"
        self.place = folder / "mounted"
        self.place.mkdir()
        self.image.touch()
        os.truncate(self.image, 96 * 1024 * 1024)

    def mount(self) -> bool:
        made = self._run("mkfs.ext4", "-q", "-F", str(self.image))
        return made and self._run("mount", "-o", "loop", str(self.image), str(self.place))

    def fail(self) -> None:
        assert self._run("mount", "-o", "remount,abort", str(self.place))

    def mend(self) -> None:
        assert self.leave(), "the disk is in use"
        assert self._run("mount", "-o", "loop", str(self.image), str(self.place))

    def leave(self) -> bool:
        deadline = time.monotonic() + 10
        while not self._run("umount", str(self.place)):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    @staticmethod
    def _run(*command: str) -> bool:
        return not subprocess.run(command, check=False, capture_output=True).returncode


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root can mount a disk that fails")
    if shutil.which("mkfs.ext4") is None:
        pytest.skip("mkfs.ext4 is not installed (package e2fsprogs)")
    disk = Disk(tmp_path)
    if not disk.mount():
        pytest.skip("this machine does not let a test mount a disk")
    yield disk
    disk.leave()


@pytest.fixture
def bench(disk: Disk, toolset: Toolset) -> Iterator[Bench]:
    """A film on the disk that fails, a database on another."""
    bench = Bench(disk.place / "library", toolset, fast_settings())
    bench.database.close()
    bench.database = Database(disk.place.parent / "elsewhere.db")
    bench.journal = Journal(bench.database)
    bench.make(seconds=1)
    Disk._run("sync", "-f", str(disk.place))  # what has not reached the disk is lost with it
    yield bench
    bench.database.close()


def when_called(bench: Bench, folder: Path, *deeds: str) -> Toolset:
    """An ffmpeg that does something before it begins to write the result."""
    real = tool_path(bench.toolset, ToolName.FFMPEG)
    lines = ['case "$*" in *libopus*) ' + "; ".join(deeds) + ";; esac", f'exec "{real}" "$@"']
    script = fake_tool(folder / "ffmpeg", lines)
    return replaced_tool(bench.toolset, ToolName.FFMPEG, script)


def test_a_disk_that_turns_read_only_in_the_encode_makes_the_film_wait(
    bench: Bench, disk: Disk, tmp_path: Path
) -> None:
    plan, whole = bench.plan(), bench.toolset
    bench.toolset = when_called(bench, tmp_path, f"mount -o remount,abort '{disk.place}'")
    with pytest.raises(DiskReadOnly) as met:
        bench.process(plan)
    where = bench.folder / DOT_FOLDER
    assert str(met.value) == (
        f"The disk of {where} is read-only now. The film waits until it can be written again."
    )
    retry = retry_of(met.value, failures=1, delays=0, changes=0)
    assert (retry.action, retry.delay) == (RetryAction.WAIT, DELAYS[0])
    assert digest(bench.film) == bench.sha256
    disk.mend()
    bench.toolset = whole
    assert bench.process(attempt=2).state is JobState.COMPLETED
    assert bench.ours() == ["originals/1-2 Film.mkv.original"]


class FailsAtSwap(FileOperations):
    """Lets the disk fail right before the original gets its second name."""

    def __init__(self, deed: Callable[[], None]) -> None:
        self.deed = deed

    def link(self, existing: Path, new: Path) -> bool:
        deed, self.deed = self.deed, lambda: None
        deed()
        return super().link(existing, new)


def test_a_disk_that_turns_read_only_in_the_swap_keeps_the_result_until_it_is_writable(
    bench: Bench, disk: Disk
) -> None:
    bench.files = FailsAtSwap(disk.fail)
    with pytest.raises(SwapPending, match="Read-only file system"):
        bench.process()
    assert digest(bench.film) == bench.sha256
    disk.mend()
    bench.restarted()
    assert digest(bench.film) == bench.sha256
    assert bench.process(attempt=2).state is JobState.COMPLETED
    assert bench.ours() == ["originals/1-1 Film.mkv.original"]


def test_a_film_whose_disk_is_writable_again_goes_on_at_once(
    bench: Bench, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "_DISKS_EVERY", 0.1)
    assert Disk._run("mount", "-o", "remount,ro", str(disk.place))
    manager = QueueManager(bench.database, Surroundings(bench.equipment))
    try:
        (job_id,) = manager.add([bench.film])
        manager.start()
        jobs = JobStore(bench.database)
        until(lambda: jobs.waiting_for("disk_read_only"))
        until(lambda: manager._due_swaps._read_only._seen)
        assert Disk._run("mount", "-o", "remount,rw", str(disk.place))
        until(lambda: jobs.counts()[JobState.COMPLETED] == 1)
        assert job_id
    finally:
        assert manager.shutdown()


def until(reached: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.02)


# ---- everywhere: the system's answer is given here


def read_only(path: object) -> OSError:
    return OSError(errno.EROFS, "Read-only file system", str(path))


class Refusing(FileOperations):
    """Refuses one operation while ``refuses`` is set."""

    def __init__(self, name: str) -> None:
        self.refuses = True
        real: Callable[..., object] = getattr(self, name)

        def refusing(*paths: Path, **more: object) -> object:
            if self.refuses:
                raise read_only(paths[0])
            return real(*paths, **more)

        setattr(self, name, refusing)


@pytest.fixture
def plain(tmp_path: Path, toolset: Toolset) -> Iterator[Bench]:
    with open_bench(tmp_path, toolset) as bench:
        yield bench


@pytest.mark.parametrize("name", ["make_folder", "take_after", "sync_file"])
def test_whatever_a_read_only_disk_refuses_before_the_swap_is_waited_for(
    plain: Bench, name: str
) -> None:
    plain.make(seconds=1)
    plain.files = files = Refusing(name)
    with pytest.raises(DiskReadOnly) as met:
        plain.process()
    assert end_of_error(met.value).error_code == "disk_read_only"
    assert retry_of(met.value, failures=9, delays=9, changes=9).action is RetryAction.WAIT
    assert digest(plain.film) == plain.sha256
    files.refuses = False
    assert plain.process(attempt=2).state is JobState.COMPLETED


@pytest.mark.parametrize("name", ["link", "replace"])
def test_whatever_it_refuses_in_the_swap_keeps_the_result(plain: Bench, name: str) -> None:
    plain.make(seconds=1)
    plain.files = files = Refusing(name)
    with pytest.raises(SwapPending, match="Read-only file system"):
        plain.process()
    files.refuses = False
    assert plain.process(attempt=2).state is JobState.COMPLETED


def test_a_disk_that_is_write_protected_says_so_on_windows_too() -> None:
    from core.system_errors import is_read_only

    error = PermissionError(13, "The media is write protected")
    setattr(error, "winerror", 19)  # noqa: B010 - no attribute of the class elsewhere
    assert is_read_only(error)
    assert is_read_only(read_only("x"))
    assert not is_read_only(PermissionError(13, "Permission denied"))
