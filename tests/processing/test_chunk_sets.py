"""Finished chunks on the disk: known again by all their bytes, and gone when nobody needs them."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from pathlib import Path
from typing import Iterator, List, Optional

import pytest

from core.chunks.chunk import Chunk, ChunkNumber, ChunkPlan, ChunkProof
from core.chunks.origin import ChunkOrigin
from core.events import JobState
from core.queue.job import JobEnd, NewJob
from processing.chunks.sets import ChunkSets
from processing.filesystem import DOT_FOLDER, FileOperations
from processing.process_tree import SystemClock, start_time
from store.chunks import ChunkSet, ChunkStore, Owner
from store.connection import Database
from store.jobs import JobStore
from store.verdicts import fingerprint
from tests.film_qualities import FOUND

_CHUNKS = tuple(Chunk(number, number * 10.0, number * 10.0 + 10.0, None, 1) for number in range(4))
_ORIGIN = ChunkOrigin("content", "ffmpeg 9", "120", "command", "rules")
_DAY = 86400.0


def _numbered(*values: float) -> ChunkPlan:
    """A plan whose first chunks have these numbers for their quality."""
    numbers = (ChunkNumber(chunk, value, FOUND) for chunk, value in enumerate(values))
    return ChunkPlan(_CHUNKS, numbers=tuple(numbers))


class _Clock(SystemClock):
    """Some days later."""

    days = 0.0

    def now(self) -> float:
        return super().now() + self.days * _DAY


class _Shelf:
    """A film with its chunks; each ``start`` is another run of the program."""

    def __init__(self, folder: Path) -> None:
        self.film = folder / "films" / "A.mkv"
        self.film.parent.mkdir()
        self.film.write_bytes(b"film")
        self.dot = self.film.parent / DOT_FOLDER
        self.database = Database(folder / "jobs.db")
        self.jobs = JobStore(self.database)
        (self.job_id,) = self.jobs.add([NewJob(self.film)])
        self.clock = _Clock()
        self.store = ChunkStore(self.database)
        self.start("first")

    def start(self, run: str) -> None:
        log = logging.getLogger("tests.chunks")
        self.sets = ChunkSets(self.store, FileOperations(), self.clock, run, log)

    def recover(self) -> None:
        self.sets.recover({self.dot}, lambda job_id: False)

    def begin(self, plan: ChunkPlan = ChunkPlan(_CHUNKS)) -> ChunkSet:  # noqa: B008 - it is frozen
        return self.sets.begin(_ORIGIN, self.film, self.job_id, self.dot, plan)

    def finish(
        self,
        known: ChunkSet,
        number: int,
        content: bytes = b"",
        quality_number: Optional[float] = None,
    ) -> ChunkSet:
        made = self.sets.path_for(known, number, 1)
        made.write_bytes(content or os.urandom(300_000))
        proof = ChunkProof(number, 250, 0.0, 9.96, 300_000, "hevc", "sets", quality_number)
        return self.sets.keep(known, _CHUNKS[number], made, proof, 3.0)

    def take_up(self) -> List[int]:
        """The numbers of the chunks that the next attempt finds."""
        known = self.sets.take_up(_ORIGIN, self.film, self.job_id, self.dot)
        return [chunk.number for chunk in known.finished] if known else []

    def files(self) -> List[str]:
        found = self.dot.rglob("*.chunk")
        return sorted(str(path.relative_to(self.dot)) for path in found)

    def share(self) -> float:
        job = self.jobs.get(self.job_id)
        assert job is not None
        return job.done_share


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[_Shelf]:
    made = _Shelf(tmp_path)
    yield made
    made.database.close()


def test_finished_chunks_are_there_after_a_crash_and_what_was_in_hand_is_not(shelf: _Shelf) -> None:
    known = shelf.finish(shelf.finish(shelf.begin(), 0), 2)
    half = shelf.sets.path_for(known, 3, 7)
    half.write_bytes(b"half a chunk")
    shelf.start("second")
    shelf.recover()
    assert not half.exists()
    assert shelf.take_up() == [0, 2]
    assert shelf.share() == 0.5


def test_a_chunk_with_another_number_than_its_plan_has_is_made_again(shelf: _Shelf) -> None:
    known = shelf.begin(_numbered(27.0, 25.5))
    known = shelf.finish(shelf.finish(known, 0, quality_number=27.0), 1, quality_number=27.0)
    shelf.finish(known, 2)  # its template decides
    shelf.start("second")
    shelf.recover()
    assert shelf.take_up() == [0, 2]
    assert shelf.files() == ["1.chunks/00001.chunk", "1.chunks/00003.chunk"]


def test_a_chunk_whose_bytes_have_changed_is_made_again(shelf: _Shelf) -> None:
    known = shelf.finish(shelf.finish(shelf.begin(), 0), 1)
    damaged = known.folder / known.finished[1].file
    with damaged.open("r+b") as file:  # as long as before, and of the same time
        file.seek(150_000)
        file.write(b"\0" * 8192)
    gone = known.folder / known.finished[0].file
    shelf.start("second")
    shelf.recover()
    assert shelf.take_up() == [0]
    assert not damaged.exists()
    gone.unlink()
    shelf.start("third")
    shelf.recover()
    assert shelf.take_up() == []
    assert shelf.share() == 0


def test_one_bit_anywhere_in_a_chunk_has_it_made_again(shelf: _Shelf) -> None:
    known = shelf.finish(shelf.begin(), 0, os.urandom(1_000_000))
    path = known.folder / known.finished[0].file
    with path.open("r+b") as file:
        file.seek(510_000)  # between the samples of a seal
        (byte,) = file.read(1)
        file.seek(510_000)
        file.write(bytes([byte ^ 1]))
    shelf.start("second")
    assert shelf.take_up() == []


def test_what_a_living_program_works_with_stays_as_it_is(shelf: _Shelf) -> None:
    known = shelf.finish(shelf.begin(), 0)
    other = Owner("other", os.getppid(), start_time(os.getppid()))
    shelf.store.take(known, replace(known, owner=other))
    half = shelf.sets.path_for(known, 3, 7)
    shelf.start("second")
    shelf.recover()
    shelf.jobs.finish(shelf.job_id, JobEnd(JobState.CANCELLED))
    shelf.sets.sweep()
    assert half.exists()
    assert shelf.take_up() == []
    assert shelf.sets.others_go(shelf.film, shelf.job_id) == ()
    assert len(shelf.store.all()) == 1


def test_two_jobs_of_one_program_never_share_a_set(shelf: _Shelf) -> None:
    shelf.sets.release(shelf.finish(shelf.begin(), 0))
    assert shelf.take_up() == [0]
    assert shelf.take_up() == []


def test_chunks_follow_their_films_folder(shelf: _Shelf) -> None:
    shelf.sets.release(shelf.finish(shelf.begin(), 0))
    renamed = shelf.film.parent.rename(shelf.film.parent.with_name("renamed"))
    shelf.film, shelf.dot = renamed / shelf.film.name, renamed / DOT_FOLDER
    assert shelf.take_up() == [0]
    assert shelf.store.all()[0].folder.parent == shelf.dot


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ("content", "The film has changed since it was begun: 2 finished chunks were removed"),
        ("tool", "another version of it, is used now (new): 2 finished chunks were removed"),
        ("rules", "The settings for this film have changed: 2 finished chunks were removed"),
        ("length", "The settings for this film have changed: 2 finished chunks were removed"),
    ],
)
def test_chunks_that_do_not_fit_go_and_the_user_is_told(
    shelf: _Shelf, changed: str, told: str
) -> None:
    shelf.sets.release(shelf.finish(shelf.finish(shelf.begin(), 0), 1))
    origin = replace(_ORIGIN, **{changed: "new"})
    (sentence,) = shelf.sets.others_go(shelf.film, shelf.job_id, origin)
    assert told in sentence
    assert not shelf.dot.exists()
    assert (shelf.store.empty, shelf.share()) == (True, 0)


def test_the_chunks_of_a_film_that_changed_at_work_go_and_of_one_that_was_touched_stay(
    shelf: _Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    content = fingerprint(shelf.film)
    known = shelf.sets.begin(
        replace(_ORIGIN, content=content), shelf.film, shelf.job_id, shelf.dot, ChunkPlan(_CHUNKS)
    )
    shelf.sets.release(shelf.finish(known, 0))
    os.utime(shelf.film, (1.0, 1.0))
    shelf.sets.film_changed(shelf.film, shelf.job_id)
    assert shelf.files()
    shelf.film.write_bytes(b"another film")
    shelf.sets.film_changed(shelf.film, shelf.job_id)
    assert not shelf.dot.exists()
    assert "The film has changed since it was begun: 1 finished chunk was removed" in caplog.text


@pytest.mark.parametrize("state", [JobState.CANCELLED, JobState.SKIPPED, JobState.COMPLETED])
def test_the_chunks_of_a_film_that_is_over_go(shelf: _Shelf, state: JobState) -> None:
    shelf.sets.release(shelf.finish(shelf.begin(), 0))
    shelf.sets.sweep()
    assert shelf.files()
    shelf.jobs.finish(shelf.job_id, JobEnd(state))
    shelf.sets.sweep()
    assert not shelf.dot.exists()
    assert shelf.store.empty


def test_the_chunks_of_a_film_that_left_the_queue_go(shelf: _Shelf) -> None:
    shelf.sets.release(shelf.finish(shelf.begin(), 0))
    shelf.jobs.remove(shelf.job_id)
    shelf.sets.sweep()
    assert not shelf.dot.exists()


def test_the_chunks_of_a_film_that_failed_wait_a_week_for_a_retry(shelf: _Shelf) -> None:
    shelf.sets.release(shelf.finish(shelf.begin(), 0))
    shelf.jobs.finish(shelf.job_id, JobEnd(JobState.FAILED))
    shelf.clock.days = 6.9
    shelf.sets.sweep()
    assert shelf.files()
    shelf.clock.days = 7.1
    shelf.sets.sweep()
    assert not shelf.dot.exists()


def test_while_a_disk_is_away_its_chunks_are_not_forgotten(shelf: _Shelf) -> None:
    known = shelf.finish(shelf.begin(), 0)
    shelf.sets.release(known)
    shelf.jobs.finish(shelf.job_id, JobEnd(JobState.CANCELLED))
    away = shelf.film.parent.rename(shelf.film.parent.with_name("away"))
    shelf.sets.sweep()
    assert len(shelf.store.all()) == 1
    away.rename(shelf.film.parent)
    shelf.sets.sweep()
    assert not shelf.dot.exists()
    assert shelf.store.empty


def test_a_folder_that_no_set_knows_may_be_another_machines_for_a_month(shelf: _Shelf) -> None:
    folder = shelf.dot / "12.chunks"
    folder.mkdir(parents=True)
    (folder / "00001.chunk").write_bytes(b"chunk")
    mine = shelf.dot / "films.chunks"
    mine.mkdir()
    shelf.clock.days = 29
    shelf.recover()
    assert folder.exists()
    shelf.clock.days = 31
    shelf.recover()
    assert not folder.exists()
    assert mine.exists()


def test_no_chunk_has_a_name_that_is_taken_for_a_film(shelf: _Shelf) -> None:
    known = shelf.finish(shelf.begin(), 0)
    shelf.sets.path_for(known, 1, 2)
    assert shelf.files() == [f"{shelf.job_id}.chunks/00001.chunk"]
    endings = {path.suffix for path in known.folder.iterdir()}
    assert endings == {".chunk", ".partial"}
