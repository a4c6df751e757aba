"""A proved result that waits for its swap: taken without a second encode, never with other bytes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterator, Type

import pytest

from core.errors import SwapPending
from core.events import JobState
from core.tools import Toolset
from processing.filesystem import FileOperations
from tests.processing.bench import Bench, digest, open_bench, with_section
from tests.processing.file_systems import Plain


class Killed(BaseException):
    """The program dies here; nothing of it runs afterwards."""


@pytest.fixture
def bench(tmp_path: Path, toolset: Toolset) -> Iterator[Bench]:
    with open_bench(tmp_path, toolset) as one:
        one.settings = with_section(one.settings, "files", in_use_minutes=0.0)
        one.make()
        yield one


def killed_between_two_renames(bench: Bench, system: Type[FileOperations]) -> None:
    """Die when the result has left its staged name and is about to take the film's."""

    class Dying(system):  # type: ignore[misc, valid-type]
        def replace(self, old: Path, new: Path) -> None:
            raise Killed

    bench.files = Dying()
    with pytest.raises(Killed):
        bench.process()


def finished(bench: Bench, system: Type[FileOperations]) -> bool:
    """Whether the next start takes the result that was proved."""
    (entry,) = bench.journal.unfinished()
    bench.files = system()
    (recovered,) = bench.processor.recover()
    made = entry.result_identity
    assert made is not None
    return recovered.state is JobState.COMPLETED and bench.film.stat().st_size == made.size


def test_a_swap_that_was_killed_within_a_rename_takes_the_proved_result(bench: Bench) -> None:
    class DyingInMove(Plain):
        def remove(self, path: Path) -> None:
            if path.suffix == ".partial":
                raise Killed
            super().remove(path)

    bench.files = DyingInMove()
    with pytest.raises(Killed):
        bench.process()
    assert finished(bench, Plain)


@pytest.mark.parametrize("system", [FileOperations, Plain])
def test_a_swap_that_was_killed_twice_takes_the_proved_result(
    bench: Bench, system: Type[FileOperations]
) -> None:
    killed_between_two_renames(bench, system)

    class DyingAgain(system):  # type: ignore[misc, valid-type]
        def sync_folder(self, path: Path) -> None:
            raise Killed

    bench.files = DyingAgain()
    with pytest.raises(Killed):
        bench.processor.recover()
    assert finished(bench, system)


@pytest.mark.parametrize("killed", [False, True])
def test_a_result_that_was_written_to_while_it_waited_is_not_taken(
    bench: Bench, killed: bool
) -> None:
    class InUse(FileOperations):
        def replace(self, old: Path, new: Path) -> None:
            raise PermissionError(13, "in use", str(old), 32)

    if killed:
        killed_between_two_renames(bench, FileOperations)
    else:
        bench.files = InUse()
        with pytest.raises(SwapPending):
            bench.process()
    (result,) = (path for path in bench.folder.rglob("1-1.*") if path.is_file())
    before = result.stat()
    with result.open("r+b") as file:
        file.seek(before.st_size // 2)
        file.write(b"\0" * 8192)
    os.utime(result, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not finished(bench, FileOperations)
    assert digest(bench.film) == bench.sha256
    assert bench.ours() == []
