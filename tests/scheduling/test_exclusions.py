"""What is excluded gets no job, however it is named or found, and is recognised under another name."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, List, Sequence, Tuple

import pytest

from app.exclusion_list import ExclusionList
from core.errors import UsageError
from core.events import JobState
from core.media.seen_file import SeenFile, SeenKind
from core.queue.exclusion import Exclusion
from core.queue.job import NewJob
from core.settings.watched_folder import WatchedFolder
from scheduling.exclusions import ExclusionGate
from scheduling.watched_folder_queue import QueueIntake
from store.connection import Database
from store.jobs import JobStore
from store.seen_files import SeenFileStore
from store.verdicts import fingerprint
from store.watched_folders import WatchedFolderStore
from tests.queue_service import Service


@dataclass
class Folder:
    """All of a data folder that the list needs."""

    database: Database


def film(path: Path) -> Path:
    """A file that reads like no other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(os.urandom(70_000))
    return path


def entry(path: Path) -> Exclusion:
    return Exclusion(path, path.is_dir(), size=path.stat().st_size, content=fingerprint(path))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "data.db") as opened:
        yield opened


@pytest.fixture
def gate(database: Database) -> ExclusionGate:
    return ExclusionGate(database)


def allowed(gate: ExclusionGate, paths: Sequence[Path]) -> List[Path]:
    return [job.path for job in gate.allowed([NewJob(path) for path in paths])]


def test_a_film_is_excluded_by_its_name_and_by_its_content(
    gate: ExclusionGate, tmp_path: Path
) -> None:
    one, other = film(tmp_path / "one.mkv"), film(tmp_path / "other.mkv")
    gate.list.add([entry(one)])
    assert allowed(gate, [one, other]) == [other]
    renamed = one.rename(tmp_path / "below.mkv")
    assert allowed(gate, [renamed, other]) == [other]
    (now,) = gate.list.all()
    assert now.path == renamed  # the entry has followed
    renamed.write_bytes(os.urandom(80_000))
    assert allowed(gate, [renamed]) == []  # by its name, whatever is in it now


def test_a_folder_stands_for_all_that_is_in_and_below_it_and_for_nothing_beside_it(
    gate: ExclusionGate, tmp_path: Path
) -> None:
    inside = film(tmp_path / "home" / "2020" / "a.mkv")
    beside = film(tmp_path / "home 2" / "b.mkv")
    gate.list.add([Exclusion(tmp_path / "home", is_folder=True)])
    assert allowed(gate, [inside, beside]) == [beside]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_to_a_folder_leads_to_the_same_films(gate: ExclusionGate, tmp_path: Path) -> None:
    real = film(tmp_path / "real" / "a.mkv")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    linked = tmp_path / "link" / "a.mkv"
    for excluded in (tmp_path / "real", tmp_path / "link", tmp_path / "link" / "below"):
        excluded.mkdir(exist_ok=True)
        (added,) = gate.list.add([Exclusion(excluded, is_folder=True)])
        expected = [] if excluded.name != "below" else [real, linked]
        assert allowed(gate, [real, linked]) == expected, excluded
        gate.list.remove([added.id])


def test_a_folder_that_is_renamed_stays_excluded(gate: ExclusionGate, tmp_path: Path) -> None:
    before = film(tmp_path / "home" / "2020" / "a.mkv")
    gate.list.add([Exclusion(tmp_path / "home", is_folder=True)])
    (tmp_path / "home").rename(tmp_path / "ours")
    after = tmp_path / "ours" / "2020" / "a.mkv"
    gate.film_moved(before, after)
    assert allowed(gate, [after]) == []


def test_a_film_that_is_taken_out_of_an_excluded_folder_may_be_touched(
    gate: ExclusionGate, tmp_path: Path
) -> None:
    before = film(tmp_path / "home" / "a.mkv")
    gate.list.add([Exclusion(tmp_path / "home", is_folder=True)])
    after = before.rename(tmp_path / "a.mkv")
    gate.film_moved(before, after)
    assert allowed(gate, [after]) == [after]


def test_a_film_that_is_wanted_nevertheless_is_queued(gate: ExclusionGate, tmp_path: Path) -> None:
    one = film(tmp_path / "one.mkv")
    gate.list.add([entry(one)])
    assert gate.allowed([NewJob(one, anyway=True)])
    assert gate.of(one) is not None


def test_a_film_taken_off_the_list_is_found_by_the_next_scan(
    database: Database, tmp_path: Path
) -> None:
    one = film(tmp_path / "one.mkv")
    folder = WatchedFolderStore(database).add(WatchedFolder(tmp_path))
    seen = SeenFile(folder.id, "", one.name, 70_000, 1, 1, "c", 1.0, SeenKind.FILM)
    SeenFileStore(database).keep([seen])
    exclusions = ExclusionList(Folder(database))  # type: ignore[arg-type]
    (added,) = ExclusionGate(database).list.add([entry(one)])
    assert exclusions.find(one) == added
    assert exclusions.remove([added]) == 1
    assert SeenFileStore(database).count(folder.id) == 0
    with pytest.raises(UsageError, match="not on the list"):
        exclusions.find(one)


def excluded(service: Service, *paths: Path) -> Tuple[Tuple[int, ...], Tuple[int, ...]]:
    """Exclude these; return the jobs that were cancelled and those that are being worked on."""
    exclusions = ExclusionList(service.bench)  # type: ignore[arg-type]
    done = exclusions.add(service.manager, paths)
    assert done.problems == ()
    return done.cancelled, done.running


def test_waiting_jobs_leave_the_queue_with_the_sentence_and_no_way_leads_back(
    service: Service,
) -> None:
    folder = service.bench.folder
    films = [film(folder / name) for name in ("a.mkv", "b.mkv", "below/c.mkv")]
    jobs = service.manager.add(films)
    service.manager.pause_job(jobs[0])
    assert excluded(service, films[0]) == ((jobs[0],), ())
    assert excluded(service, films[2].parent) == ((jobs[2],), ())
    for number in (0, 2):
        job = service.job(jobs[number])
        assert (job.state, job.error_code) == (JobState.CANCELLED, "excluded")
        assert job.message.startswith("Never touched: ")
    assert service.job(jobs[1]).state is JobState.QUEUED
    notices: List[Tuple[str, bool]] = []

    def notice(message: str, *, error: bool = False) -> None:
        notices.append((message, error))

    assert service.manager.add([films[0], films[2].parent], notice=notice) == ()
    assert [error for _message, error in notices] == [True, True]
    intake = QueueIntake(service.bench.database, service.manager, service.manager.events)
    assert intake.submit([NewJob(path) for path in films]) == ()
    # A retry is a way as well: it ends before anything is done.
    service.manager.remove(jobs[1])
    service.manager.retry(jobs[0])
    service.work_off()
    assert (service.job(jobs[0]).state, service.job(jobs[0]).error_code) == (
        JobState.SKIPPED,
        "excluded",
    )
    (anyway,) = service.manager.add([films[0]], anyway=True)
    assert service.job(anyway).anyway


def test_a_film_that_is_being_worked_on_is_told_of_and_goes_on(service: Service) -> None:
    slow = service.slow_film()
    (job_id,) = service.manager.add([slow])
    service.manager.start()
    service.until_encoding()
    assert excluded(service, slow) == ((), (job_id,))
    assert not service.job(job_id).state.final
    service.manager.cancel(job_id)
    service.until(lambda: service.job(job_id).state.final, "its end")
    assert JobStore(service.bench.database).open_job(slow) is None
