"""An encode that has become pointless ends: its film renamed, replaced, edited or gone, its disk away."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Callable, Iterator, List, Optional, Tuple

import pytest

from core.errors import (
    FileUnavailable,
    FilmGone,
    FilmMoved,
    MediaProcessorError,
    SourceChanged,
    ToolFailed,
)
from core.events import JobState, JobStateChanged
from core.media.model import FileIdentity
from core.protocol.node_commands import NodeCommand
from core.queue.job import Job
from core.settings.choices import FilmAccess
from core.settings.path_mappings import PathMapping
from core.tools import Toolset
from processing import film_watch, process_tree
from processing.control import JobControl
from processing.filesystem import DOT_FOLDER, FileOperations, FileState
from processing.film_watch import FilmWatch
from tests.processing.bench import open_bench
from tests.queue_service import Service, encoders
from tests.scheduling.pair import Master, Pair, Slave
from tests.scheduling.shared_films import make_slow, queue_film, until_encoding

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows lets nobody rename or remove a film that is being read"
)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look more often than the program does."""
    monkeypatch.setattr(film_watch, "LOOK_EVERY", 0.2)


def ours(folder: Path) -> List[Path]:
    """What of ours lies anywhere below a folder."""
    return sorted(folder.rglob(DOT_FOLDER))


def encoding(service: Service) -> Job:
    """A job in the middle of its encode; its film lies in a folder of its own."""
    film = service.slow_film()
    folder = film.parent / "Slow (2020)"
    folder.mkdir()
    (job_id,) = service.manager.add([film.rename(folder / film.name)])
    service.manager.start()
    service.until_encoding()
    return service.job(job_id)


def told(service: Service) -> str:
    """All that was told of jobs so far."""
    events = (event for event in service.told if isinstance(event, JobStateChanged))
    return "\n".join(event.message or "" for event in events)


def test_a_film_renamed_while_it_is_encoded_is_begun_anew_under_its_new_name_within_ten_seconds(
    service: Service,
) -> None:
    job = encoding(service)
    before = {encoder.pid for encoder in encoders(service)}
    now = job.path.with_name("Slower.mkv")
    job.path.rename(now)
    renamed = time.monotonic()
    service.until(lambda: service.job(job.id).path == now, "the new name")
    assert time.monotonic() - renamed < 10
    service.until(
        lambda: not before & {encoder.pid for encoder in encoders(service)}, "the encoder's end"
    )
    service.until(lambda: service.job(job.id).state is JobState.PROCESSING, "the film's new turn")
    sentence = (
        f"It was renamed while it was being processed; it is now {now}. "
        "It is queued under that name."
    )
    service.until(lambda: sentence in told(service), "the sentence")
    service.manager.cancel(job.id)
    service.until(lambda: service.job(job.id).state is JobState.CANCELLED, "the end")
    assert ours(now.parent) == []


@pytest.mark.usefixtures("quick")
def test_nothing_of_ours_stays_behind_in_a_folder_that_was_renamed(service: Service) -> None:
    job = encoding(service)
    old, new = job.path.parent, job.path.parent.with_name("Slow (2021)")
    old.rename(new)
    service.until(lambda: service.job(job.id).path == new / job.path.name, "the new name")
    service.until(lambda: service.job(job.id).state is JobState.PROCESSING, "the film's new turn")
    service.manager.cancel(job.id)
    service.until(lambda: service.job(job.id).state is JobState.CANCELLED, "the end")
    assert ours(new) == []
    assert not old.exists(), "the old folder must not come back empty"


def deleted(film: Path) -> None:
    film.unlink()


def folder_deleted(film: Path) -> None:
    shutil.rmtree(film.parent)


def binned(film: Path) -> None:
    trash = film.parent.parent / ".Trash-0"
    trash.mkdir()
    film.rename(trash / film.name)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("deed", [deleted, folder_deleted, binned])
def test_the_encode_of_a_film_that_is_gone_ends_with_a_sentence(
    service: Service, deed: Callable[[Path], None]
) -> None:
    job = encoding(service)
    deed(job.path)
    service.until(lambda: service.job(job.id).state is JobState.SKIPPED, "the end")
    assert "moved, renamed or deleted while it was worked on" in service.job(job.id).message
    assert encoders(service) == []
    assert ours(service.bench.folder) == []


def replaced(film: Path) -> None:
    other = film.with_name("download.tmp")
    shutil.copyfile(film, other)
    other.replace(film)


def edited(film: Path) -> None:
    with film.open("r+b") as file:
        file.seek(-100, os.SEEK_END)
        file.write(b"x")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("deed", [replaced, edited])
def test_a_film_replaced_or_edited_while_it_is_encoded_is_begun_anew(
    service: Service, deed: Callable[[Path], None]
) -> None:
    job = encoding(service)
    before = {encoder.pid for encoder in encoders(service)}
    deed(job.path)
    sentence = "changed while it was being processed. It starts over."
    service.until(lambda: sentence in told(service), "the sentence")
    service.until(
        lambda: not before & {encoder.pid for encoder in encoders(service)}, "the encoder's end"
    )
    service.manager.cancel(job.id)
    service.until(lambda: service.job(job.id).state.final, "the end")
    assert ours(service.bench.folder) == []


@pytest.mark.usefixtures("quick")
def test_a_renamed_film_that_is_queued_under_its_new_name_already_is_not_done_twice(
    service: Service,
) -> None:
    job = encoding(service)
    now = job.path.with_name("Slower.mkv")
    shutil.copyfile(job.path, now)  # a film: what is none fails as soon as it is looked at
    (other,) = service.manager.add([now])
    service.manager.pause_job(other)
    job.path.replace(now)
    service.until(lambda: service.job(job.id).state is JobState.SKIPPED, "the end")
    assert str(now) in service.job(job.id).message


# ---- the watch by itself


class Disk(FileOperations):
    """A disk whose looks at one file give what a test wants; ``hold`` lets them hang."""

    def __init__(self) -> None:
        self.answer: Optional[Exception] = None
        self.hold = threading.Event()
        self.hold.set()
        self.looks = 0
        self.reads = 0

    def identity(self, path: Path) -> Optional[FileIdentity]:
        self.reads += 1
        return super().identity(path)

    def state(self, path: Path) -> Optional[FileState]:
        self.looks += 1
        self.hold.wait(60)
        if self.answer is not None:
            raise self.answer
        return super().state(path)


def reason(control: JobControl) -> Optional[MediaProcessorError]:
    try:
        control.check()
    except MediaProcessorError as error:
        return error
    return None


def until(reached: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def watched(path: Path, control: JobControl, files: FileOperations) -> FilmWatch:
    found = FileOperations().identity(path)
    assert found is not None
    return FilmWatch(path, found, control, files)


@pytest.mark.usefixtures("quick")
def test_a_share_that_goes_away_makes_the_film_wait_and_not_fail(tmp_path: Path) -> None:
    film = tmp_path / "Film.mkv"
    film.write_bytes(b"film")
    control, disk = JobControl(), Disk()
    with watched(film, control, disk):
        disk.answer = OSError(116, "Stale file handle")
        until(lambda: control.cancelled)
        error = reason(control)
    assert isinstance(error, FileUnavailable)
    assert not isinstance(error, FilmGone)
    assert "its disk or share is not connected (Stale file handle)" in str(error)
    assert error.transient


@pytest.mark.usefixtures("quick")
def test_a_disk_that_is_unmounted_under_the_work_makes_the_film_wait(tmp_path: Path) -> None:
    mounted = ["mount", "-t", "tmpfs", "tmpfs", str(tmp_path)]
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root can mount a disk")
    if subprocess.run(mounted, check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let a test mount a disk")
    film = tmp_path / "Film.mkv"
    film.write_bytes(b"film")
    control = JobControl()
    with watched(film, control, FileOperations()):
        subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)
        until(lambda: control.cancelled)
        error = reason(control)
    assert isinstance(error, FileUnavailable)
    assert not isinstance(error, FilmGone)
    assert "its disk or share was disconnected while it was worked on" in str(error)


@pytest.mark.usefixtures("quick")
def test_a_share_that_hangs_holds_up_neither_the_work_nor_its_end(tmp_path: Path) -> None:
    film = tmp_path / "Film.mkv"
    film.write_bytes(b"film")
    control, disk = JobControl(), Disk()
    disk.hold.clear()
    began = time.monotonic()
    with watched(film, control, disk):
        until(lambda: disk.looks)
        assert reason(control) is None, "nothing is known of a film on a disk that does not answer"
    assert time.monotonic() - began < 5
    disk.hold.set()


@pytest.mark.usefixtures("quick")
def test_a_look_that_comes_back_after_the_work_ends_nothing(tmp_path: Path) -> None:
    film = tmp_path / "Film.mkv"
    film.write_bytes(b"film")
    control, disk = JobControl(), Disk()
    watch = watched(film, control, disk)
    disk.answer = OSError(5, "Input/output error")
    disk.hold.clear()
    with watch:
        until(lambda: disk.looks == 1)
        disk.hold.set()
        disk.hold.clear()
        until(lambda: disk.looks == 2)
    disk.hold.set()
    watch._thread.join(20)
    assert not watch._thread.is_alive()
    assert not control.cancelled


@pytest.mark.usefixtures("quick")
def test_a_program_that_saves_a_film_by_replacing_it_with_itself_ends_nothing_in_between(
    tmp_path: Path,
) -> None:
    film = tmp_path / "Film.mkv"
    film.write_bytes(b"film")
    control, disk = JobControl(), Disk()
    with watched(film, control, disk):
        looks = disk.looks
        disk.answer = OSError(5, "Input/output error")
        until(lambda: disk.looks > looks)
        disk.answer = None
        looks = disk.looks
        until(lambda: disk.looks > looks + 2)
        assert not control.cancelled


@pytest.mark.usefixtures("quick")
def test_a_film_is_read_once_and_again_only_when_it_was_touched(tmp_path: Path) -> None:
    film = tmp_path / "Film.mkv"
    film.write_bytes(b"film")
    control, disk = JobControl(), Disk()
    with watched(film, control, disk):
        until(lambda: disk.looks > 6)
        assert disk.reads == 1
        film.chmod(0o600)
        until(lambda: disk.reads == 2)
        assert not control.cancelled
        before = film.stat()
        with film.open("r+b") as file:
            file.write(b"FILM")
        os.utime(film, ns=(before.st_atime_ns, before.st_mtime_ns))
        until(lambda: control.cancelled)
        assert isinstance(reason(control), SourceChanged), "size and time are what they were"


def test_what_a_tool_says_of_a_film_that_is_gone_is_not_the_answer(tmp_path: Path) -> None:
    film = tmp_path / "Film.mkv"
    film.write_bytes(b"film")
    control = JobControl()
    other = tmp_path / "Other.mkv"

    def fail(deed: Callable[[], object], path: Path) -> None:
        with watched(path, control, FileOperations()):
            deed()
            raise ToolFailed("ffmpeg", 1, ["Input/output error"])

    with pytest.raises(FilmMoved) as met:
        fail(lambda: film.rename(other), film)
    assert met.value.now == str(other)
    with pytest.raises(SourceChanged):
        fail(lambda: other.write_bytes(b"another"), other)
    assert not control.cancelled


# ---- on another machine


@pytest.fixture
def pair(tmp_path: Path, toolset: Toolset) -> Iterator[Pair]:
    with open_bench(tmp_path, toolset) as bench:
        pair = Pair(Master(bench))
        yield pair
        pair.end()


def on_a_slave(pair: Pair, folder: Path, toolset: Toolset, **more: Any) -> Tuple[Job, Slave]:
    """A job whose film a slave encodes."""
    make_slow(pair)
    job_id = queue_film(pair, seconds=20.0)
    slave = pair.slave("laptop", folder, toolset, **more)
    pair.master.start()
    slave.start()
    until_encoding(pair, job_id)
    return pair.master.job(job_id), slave


def until_idle(pair: Pair, slave: Slave) -> None:
    """Wait until a slave has nothing in hand, and nothing of it is left."""
    pair.master.until(lambda: not slave.work.work, "the slave's end of the work")
    assert slave.left_over() == []
    assert not list(process_tree.of_run(slave.runner.run_id)), "its encoder is gone"


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("shared", [False, True])
def test_a_film_renamed_on_the_master_is_begun_anew_and_the_slave_lets_go_of_it(
    pair: Pair, tmp_path: Path, toolset: Toolset, shared: bool
) -> None:
    here = PathMapping(str(tmp_path / "library"), str(tmp_path / "library"))
    access = FilmAccess.SHARED_PATH if shared else FilmAccess.TRANSFER
    more = {"access": access, "sees": (here,) if shared else ()}
    job, slave = on_a_slave(pair, tmp_path / "laptop", toolset, **more)
    slave.work.wish(NodeCommand.DRAIN)  # so that it does not take the film once more
    now = job.path.with_name("Renamed.mkv")
    job.path.rename(now)
    pair.master.until(lambda: pair.master.job(job.id).path == now, "the new name")
    until_idle(pair, slave)
    assert not pair.master.work._nodes.avoided("laptop"), "the machine is not to blame"
    assert ours(pair.master.bench.folder) == []


@pytest.mark.usefixtures("quick")
def test_nothing_of_a_slaves_stays_behind_in_a_folder_that_was_renamed(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    here = PathMapping(str(tmp_path / "library"), str(tmp_path / "library"))
    bench = pair.master.bench
    bench.folder = bench.folder / "Film (2020)"
    bench.folder.mkdir()
    job, slave = on_a_slave(
        pair, tmp_path / "laptop", toolset, access=FilmAccess.SHARED_PATH, sees=(here,)
    )
    assert [name for name in bench.ours() if name.endswith(".remote")]
    slave.work.wish(NodeCommand.DRAIN)
    now = bench.folder.with_name("Film (2021)")
    bench.folder.rename(now)
    pair.master.until(lambda: pair.master.job(job.id).path.parent == now, "the new name")
    until_idle(pair, slave)
    assert ours(tmp_path / "library") == []


def test_a_slave_of_another_master_ends_what_it_made_for_the_one_before(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    _job, slave = on_a_slave(pair, tmp_path / "laptop", toolset)
    slave.line.up = False
    slave.work.connected("another-master", "Other")
    until_idle(pair, slave)


def test_a_slave_that_was_unpaired_ends_what_it_made_for_its_master(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    _job, slave = on_a_slave(pair, tmp_path / "laptop", toolset)
    slave.line.up = False
    slave.unpaired.add("the-master")
    until_idle(pair, slave)


def test_a_slave_that_is_let_in_no_more_ends_its_work_and_the_master_has_the_film_back_at_once(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    job, slave = on_a_slave(pair, tmp_path / "laptop", toolset)
    slave.work.wish(NodeCommand.DRAIN)
    pair.master.work.take_back("laptop")
    pair.master.until_state(job.id, JobState.QUEUED)
    until_idle(pair, slave)
