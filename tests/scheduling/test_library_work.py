"""Looking into the films of watched folders and checking them, with real films and real decoders."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Callable, Dict, Iterator, List

import pytest

from app.library import FilmLibrary
from app.program import Program
from core.events import JobState
from core.library.film import FilmHealth, LibraryState
from core.settings.watched_folder import WatchedFolder
from monitor import FolderList
from scheduling.film_checks import FilmChecks
from store.library import LibraryStore
from store.library_pages import LibraryListing
from tests.films import make_film

PATIENCE = 60.0  # seconds


def until(reached: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.01)


class Shelves:
    """A program with a watched folder of real films."""

    def __init__(self, program: Program, folder: Path) -> None:
        self.program = program
        self.folder = folder
        folder.mkdir()
        program.config.set("monitor.still_seconds", "0")
        FolderList(program.database).add(WatchedFolder(folder))
        self.manager = program.queue_manager()
        self.library: FilmLibrary = program.library(self.manager)

    def film(self, name: str, seconds: float = 4.0) -> Path:
        return make_film(self.folder / name, seconds=seconds)

    def scan(self) -> None:
        (folder,) = FolderList(self.program.database).all()
        self.program.monitor(self.manager).scan_once(folder)
        self.library.store.update()

    def states(self) -> Dict[str, LibraryState]:
        films = self.library.pages.films(LibraryListing())
        return {film.path.name: film.state for film in films}

    def health(self) -> Dict[str, FilmHealth]:
        films = self.library.pages.films(LibraryListing())
        return {film.path.name: film.health for film in films}


@pytest.fixture
def shelves(tmp_path: Path) -> Iterator[Shelves]:
    with Program(tmp_path / "data") as program:
        yield Shelves(program, tmp_path / "films")


def spoil(path: Path) -> None:
    """Overwrite a piece in the middle of a film's packets."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\x55" * (size // 12))


def test_a_look_finds_what_films_are_and_what_would_be_done(shelves: Shelves) -> None:
    path = shelves.film("A.mkv", 1)
    (shelves.folder / "broken.mkv").write_bytes(path.read_bytes()[:3000])
    shelves.scan()
    for job in shelves.manager.jobs(JobState.QUEUED):
        shelves.manager.remove(job.id)
    progress = shelves.library.look.run()
    assert (progress.running, progress.problem) == (False, "")
    assert progress.done == progress.total > 0
    film = next(film for film in shelves.library.pages.films(LibraryListing()) if film.path == path)
    assert (film.facts.codec, film.facts.width, film.facts.height) == ("h264", 320, 180)
    assert film.facts.duration == pytest.approx(1.0, abs=0.1)
    assert film.state is LibraryState.TO_PROCESS
    assert film.message
    assert shelves.library.look.run().total == 0, "nobody looks twice by the same settings"
    shelves.program.config.set("video.encode", "no")
    assert shelves.library.look.run().total == progress.total, "other settings, other plans"


def test_what_the_queue_and_the_preview_find_out_is_kept_as_well(shelves: Shelves) -> None:
    path = shelves.film("A.mkv", 1)
    shelves.scan()
    shelves.program.previews().look().at(path)
    (film,) = shelves.library.pages.films(LibraryListing())
    assert (film.facts.codec, film.state) == ("h264", LibraryState.PENDING)


def test_a_look_that_is_stopped_goes_on_where_it_was(shelves: Shelves) -> None:
    for number in range(3):
        shelves.film(f"{number}.mkv", 1 + number / 10)
    shelves.scan()
    (first, *_others) = shelves.library.pages.films(LibraryListing())
    shelves.program.previews().look().at(first.path)
    assert shelves.library.look.run().total == 2


def test_damaged_films_are_found_and_whole_ones_are_not_accused(shelves: Shelves) -> None:
    shelves.film("whole.mkv")
    spoil(shelves.film("spoilt.mkv", 6.0))
    cut = shelves.film("cut.mkv", 8.0)
    with cut.open("r+b") as file:
        file.truncate(cut.stat().st_size // 2)
    shelves.scan()
    before = {path: path.read_bytes() for path in shelves.folder.iterdir()}
    progress = shelves.library.checks.run()
    assert (progress.problem, progress.done, progress.total) == ("", 3, 3)
    assert shelves.health() == {
        "whole.mkv": FilmHealth.SOUND,
        "spoilt.mkv": FilmHealth.DAMAGED,
        "cut.mkv": FilmHealth.DAMAGED,
    }
    assert progress.damaged == 2
    assert {path: path.read_bytes() for path in shelves.folder.iterdir()} == before
    damaged = shelves.library.pages.films(LibraryListing(health=FilmHealth.DAMAGED))
    ends = {film.path.name: film.damage.places[-1].end for film in damaged}
    assert ends["cut.mkv"] == pytest.approx(8.0, abs=0.2), "all behind the cut is missing"
    assert all(0.0 < film.damage.places[0].start < 6.0 for film in damaged)
    assert all("broken" in film.health_sentence for film in damaged)


def test_a_check_ends_when_it_is_stopped_and_goes_on_where_it_was(shelves: Shelves) -> None:
    for number in range(3):
        shelves.film(f"{number}.mkv", 2 + number / 10)
    shelves.scan()
    (first, *_others) = shelves.library.store.to_check(0, 10)
    shelves.library.store.keep_health(first, FilmHealth.SOUND)
    checks = shelves.library.checks
    checks.start()
    assert shelves.library.store.check_wished
    checks.stop()
    assert not shelves.library.store.check_wished
    until(lambda: not checks.progress.running, "the end of the check")
    left = sum(health is FilmHealth.UNKNOWN for health in shelves.health().values())
    assert left <= 2
    assert checks.run().problem == ""
    assert set(shelves.health().values()) == {FilmHealth.SOUND}


def test_a_check_that_the_programs_end_has_ended_goes_on_at_the_next_start(
    shelves: Shelves,
) -> None:
    shelves.film("A.mkv", 2)
    shelves.scan()
    database = shelves.program.database
    LibraryStore(database).wish_check(wanted=True)
    told: List[str] = []
    again = FilmChecks(database, shelves.program._environment(), lambda: False, told.append)
    again.resume()
    until(lambda: told, "its end")
    assert told == ["All films are checked: 0 films are damaged."]
    assert shelves.health() == {"A.mkv": FilmHealth.SOUND}
    assert not LibraryStore(database).check_wished, "there is nothing left to do"


def test_a_check_waits_while_the_queue_is_at_work_unless_it_is_wanted_at_once(
    shelves: Shelves,
) -> None:
    shelves.film("A.mkv", 2)
    shelves.scan()
    checks = FilmChecks(shelves.program.database, shelves.program._environment(), lambda: True)
    checks.start()
    until(lambda: checks.progress.waiting, "waiting for the queue")
    assert shelves.health() == {"A.mkv": FilmHealth.UNKNOWN}
    shelves.program.config.set("monitor.check_films", "at once")
    until(lambda: not checks.progress.running, "the check, beside the queue")
    assert shelves.health() == {"A.mkv": FilmHealth.SOUND}


def test_a_waiting_check_can_be_stopped(shelves: Shelves) -> None:
    shelves.film("A.mkv", 1)
    shelves.scan()
    checks = FilmChecks(shelves.program.database, shelves.program._environment(), lambda: True)
    checks.start()
    until(lambda: checks.progress.waiting, "waiting for the queue")
    checks.stop()
    until(lambda: not checks.progress.running, "its end")


def test_a_film_that_is_away_is_neither_whole_nor_damaged(shelves: Shelves) -> None:
    path = shelves.film("A.mkv", 1)
    shelves.scan()
    path.rename(path.with_suffix(".away"))
    progress = shelves.library.checks.run()
    assert (progress.problem, shelves.health()) == ("", {"A.mkv": FilmHealth.UNKNOWN})
    assert shelves.library.look.run().problem == ""
    assert LibraryState.UNREADABLE not in shelves.states().values()


def test_chosen_films_are_queued_once_with_the_priority_that_is_wanted(shelves: Shelves) -> None:
    shelves.film("A.mkv", 1)
    shelves.film("B.mkv", 1.1)
    shelves.scan()
    first, second = shelves.manager.jobs(JobState.QUEUED)
    shelves.manager.remove(second.id)
    ids = shelves.library.pages.ids(LibraryListing())
    assert shelves.library.queue(ids, priority=7) == 1
    assert sorted(job.priority for job in shelves.manager.jobs(JobState.QUEUED)) == [0, 7]
    assert shelves.library.queue(ids) == 0
    assert first.id in [job.id for job in shelves.manager.jobs(JobState.QUEUED)]


def test_the_setting_puts_the_queue_in_order_at_once(shelves: Shelves) -> None:
    shelves.film("small.mkv", 1)
    shelves.film("large.mkv", 8)
    shelves.scan()
    shelves.program.config.set("queue.order", "largest first")
    order = [job.path.name for job in shelves.manager.jobs(JobState.QUEUED)]
    assert order == ["large.mkv", "small.mkv"]
    shelves.program.config.set("queue.order", "as found")
    ids = [job.id for job in shelves.manager.jobs(JobState.QUEUED)]
    assert ids == sorted(ids)
