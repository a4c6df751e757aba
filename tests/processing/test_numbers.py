"""A film is known where file numbers do not last, and a stranger in its place is not taken for it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Callable, Iterator, Optional, Tuple

import pytest

from core.errors import FileInUse, RestoreError, SourceChanged
from core.events import JobState
from core.media.content import SAMPLE
from core.media.model import FileIdentity
from core.tools import Toolset
from processing.filesystem import FileOperations
from tests.disks import Disk, disk_without_numbers
from tests.processing.bench import Bench, digest, fast_settings, open_bench, with_section

HOUR = 3600 * 10**9


@pytest.fixture
def bench(tmp_path: Path, toolset: Toolset) -> Iterator[Bench]:
    with open_bench(tmp_path, toolset) as one:
        yield one


class Renumbered(FileOperations):
    """A disk that is mounted anew before each look: other numbers, times as ``kept`` gives them."""

    def __init__(self, kept: Callable[[int], int] = lambda time: time) -> None:
        self._kept = kept
        self._number = 1

    def identity(self, path: Path) -> Optional[FileIdentity]:
        found = super().identity(path)
        if found is None:
            return None
        self._number += 1
        time = self._kept(found.mtime_ns)
        return replace(found, inode=self._number, device=self._number, mtime_ns=time)

    def link(self, existing: Path, new: Path) -> bool:
        return False


class InUse(FileOperations):
    """A film that a player has open."""

    def replace(self, old: Path, new: Path) -> None:
        error = PermissionError(13, "used by another process")
        setattr(error, "winerror", 32)  # noqa: B010 - no attribute of the class elsewhere
        raise error

    def take(self, old: Path, new: Path) -> None:
        self.replace(old, new)


def fat(hours: int = 0) -> Callable[[int], int]:
    """Times as FAT keeps them, read in a zone that is so many hours away."""
    return lambda time: time - time % (2 * 10**9) + hours * HOUR


def test_a_film_is_processed_restored_and_expires_on_a_disk_without_lasting_numbers(
    bench: Bench,
) -> None:
    bench.make()
    bench.files = Renumbered()
    assert bench.process().state is JobState.COMPLETED
    bench.files = Renumbered(fat(-1))
    assert bench.processor.restore(bench.film) == bench.film
    assert bench.untouched()
    bench.process()
    bench.files = Renumbered(fat(1))
    bench.forty_days_later()
    assert bench.processor.expire_originals() == (bench.film,)


def test_a_swap_that_was_waiting_is_finished_after_another_mount(bench: Bench) -> None:
    bench.settings = with_section(bench.settings, "files", in_use_minutes=0.0)
    bench.make()
    bench.files = InUse()
    with pytest.raises(FileInUse):
        bench.process()
    bench.restarted().files = Renumbered()
    (recovered,) = bench.processor.recover()
    assert recovered.state is JobState.COMPLETED
    bench.processor.restore(bench.film)
    assert bench.untouched()


def strangers_take(path: Path, place: int) -> None:
    """Another content under the same name and number, as large and as old."""
    found = path.stat()
    with path.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)
        file.seek(place)
        file.write(bytes([byte[0] ^ 1]))
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def places(path: Path) -> Tuple[int, ...]:
    """A byte at the head, in the middle and at the tail."""
    size = path.stat().st_size
    return (0, (size - SAMPLE) // 2, size - 1)


def test_another_film_of_the_same_size_and_time_is_never_taken_for_the_result(bench: Bench) -> None:
    bench.make()
    bench.process()
    for place in places(bench.film):
        strangers_take(bench.film, place)
        stranger = digest(bench.film)
        for files in (FileOperations(), Renumbered()):
            bench.files = files
            with pytest.raises(RestoreError, match="was changed after it was processed"):
                bench.processor.restore(bench.film)
        assert digest(bench.film) == stranger
        assert bench.ours() == ["originals/1-1 Film.mkv.original"]
        strangers_take(bench.film, place)  # it is the result again
    bench.processor.restore(bench.film)
    assert bench.untouched()


def test_another_file_of_the_same_size_and_time_is_never_taken_for_the_original(
    bench: Bench,
) -> None:
    bench.make()
    bench.process()
    result = digest(bench.film)
    (entry,) = bench.journal.held()
    bench.forty_days_later()
    for place in places(entry.holding):
        strangers_take(entry.holding, place)
        for files in (FileOperations(), Renumbered()):
            bench.files = files
            with pytest.raises(RestoreError, match="another program wrote"):
                bench.processor.restore(bench.film)
            assert bench.processor.expire_originals() == ()
        assert digest(bench.film) == result
        assert entry.holding.exists()
        strangers_take(entry.holding, place)
    assert bench.processor.expire_originals() == (bench.film,)


def test_another_film_of_the_same_size_and_time_is_not_processed_by_an_old_plan(
    bench: Bench,
) -> None:
    bench.make()
    plan = bench.plan()
    for place in places(bench.film):
        strangers_take(bench.film, place)
        stranger = digest(bench.film)
        with pytest.raises(SourceChanged):
            bench.process(plan)
        assert (digest(bench.film), bench.ours()) == (stranger, [])
        strangers_take(bench.film, place)
    assert bench.process(plan).state is JobState.COMPLETED


def test_an_entry_from_before_contents_were_kept_is_known_by_its_numbers(bench: Bench) -> None:
    bench.make()
    bench.process()
    with bench.database.transaction() as connection:
        connection.execute("UPDATE journal SET source_content = '', result_content = ''")
    assert bench.processor.restore(bench.film) == bench.film
    assert bench.untouched()


# ---- a real disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with disk_without_numbers(tmp_path) as one:
        yield one


@pytest.fixture
def on_disk(disk: Disk, toolset: Toolset) -> Iterator[Bench]:
    one = Bench(disk.place, toolset, fast_settings())
    one.make("Another.mkv")
    one.make()
    yield one
    one.database.close()


def test_an_original_comes_back_after_its_exfat_disk_was_mounted_anew(
    disk: Disk, on_disk: Bench
) -> None:
    on_disk.process()
    before = on_disk.film.stat().st_ino
    disk.mount_anew(on_disk.film)
    assert on_disk.film.stat().st_ino != before
    on_disk.restarted().processor.restore(on_disk.film)
    assert on_disk.visible() == ["Another.mkv", "Film.mkv"]
    assert digest(on_disk.film) == on_disk.sha256
    assert on_disk.ours() == []


def test_a_waiting_swap_on_an_exfat_disk_is_finished_after_it_was_mounted_anew(
    disk: Disk, on_disk: Bench
) -> None:
    on_disk.settings = with_section(on_disk.settings, "files", in_use_minutes=0.0)
    on_disk.files = InUse()
    with pytest.raises(FileInUse):
        on_disk.process()
    disk.mount_anew(on_disk.folder / "Another.mkv")
    (recovered,) = on_disk.restarted().processor.recover()
    assert recovered.state is JobState.COMPLETED
    disk.mount_anew(on_disk.folder / "Another.mkv")
    on_disk.processor.restore(on_disk.film)
    assert digest(on_disk.film) == on_disk.sha256
