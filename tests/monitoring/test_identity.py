from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any, Type

import pytest

from core.errors import FileUnavailable, ProbeError
from core.events import JobState
from core.media.model import FileIdentity
from core.queue.job import JobEnd
from store.connection import Database
from store.journal import Journal, JournalEntry, Original, Outcome, Stage
from store.seen_files import SeenFileStore
from store.verdicts import VerdictKind, VerdictStore, fingerprint
from tests.films import make_film
from tests.monitoring.bench import Bench

SOME_FILE = FileIdentity(1, 1, 1, 1)


def finish(bench: Bench, name: str, state: JobState, code: str = "") -> None:
    """Let the job of a film end as a worker would."""
    job = bench.jobs.claim_next()
    assert job is not None
    assert job.path == bench.folder / name
    bench.jobs.finish(job.id, JobEnd(state, "It was so.", code))


def test_an_unchanged_library_is_neither_opened_nor_written_down_again(bench: Bench) -> None:
    for number in range(20):
        bench.put(f"{number % 3}/{number}.mkv")
    bench.start()
    assert len(bench.looks) == 20
    with bench.database.read() as connection:
        before = connection.execute("SELECT * FROM seen_files").fetchall()
    bench.restart()
    bench.another_look()
    with bench.database.read() as connection:
        assert connection.execute("SELECT * FROM seen_files").fetchall() == before
    assert bench.looks == []
    assert len(bench.queue()) == 20


def test_a_film_that_was_dealt_with_is_not_queued_again(bench: Bench) -> None:
    bench.put("film.mkv")
    bench.start()
    finish(bench, "film.mkv", JobState.SKIPPED)
    bench.restart()
    assert bench.queue() == {}


def test_a_renamed_film_is_not_processed_again(bench: Bench) -> None:
    path = bench.put("film.mkv")
    bench.start()
    finish(bench, "film.mkv", JobState.SKIPPED)
    bench.looks.clear()
    path.rename(bench.folder / "better name.mkv")
    bench.wait(lambda: name_of(bench) == ["better name.mkv"], "the new name")
    assert (bench.queue(), bench.looks) == ({}, [])


def name_of(bench: Bench) -> list[str]:
    """The names that are known and not missing."""
    with bench.database.read() as connection:
        rows = connection.execute(
            "SELECT name FROM seen_files WHERE missing_since IS NULL ORDER BY name"
        ).fetchall()
    return [row[0] for row in rows]


def test_a_queued_film_is_followed_to_its_new_name(bench: Bench) -> None:
    path = bench.put("film.mkv")
    bench.start()
    job = bench.queue()["film.mkv"]
    (bench.folder / "below").mkdir()
    path.rename(bench.folder / "below/film.mkv")
    bench.wait_for_films("below/film.mkv")
    assert bench.queue()["below/film.mkv"].id == job.id
    assert bench.events[-1].filename == str(bench.folder / "below/film.mkv")
    assert len(bench.looks) == 1


def test_a_renamed_folder_takes_its_films_jobs_along(bench: Bench) -> None:
    bench.put("Series/S01/1.mkv")
    bench.put("Series/S01/2.mkv")
    bench.start()
    (bench.folder / "Series").rename(bench.folder / "Series (2020)")
    bench.wait_for_films("Series (2020)/S01/1.mkv", "Series (2020)/S01/2.mkv")
    assert len(bench.looks) == 2


def test_a_film_renamed_while_the_program_was_not_running_is_known(bench: Bench) -> None:
    path = bench.put("film.mkv")
    bench.start()
    bench.monitor.stop()
    path.rename(bench.folder / "new.mkv")
    bench.restart()
    assert (set(bench.queue()), bench.looks) == ({"new.mkv"}, [])
    assert name_of(bench) == ["new.mkv"]


def test_a_film_that_goes_while_another_comes_is_gone(bench: Bench) -> None:
    path = bench.put("film.mkv")
    bench.start()
    bench.monitor.stop()
    path.unlink()
    bench.put("another.mkv")
    bench.restart()
    assert name_of(bench) == ["another.mkv"]


def test_a_film_moved_to_another_disk_is_known_by_its_content(bench: Bench) -> None:
    path = bench.put("film.mkv")
    bench.start()
    finish(bench, "film.mkv", JobState.SKIPPED)
    bench.monitor.stop()
    shutil.copyfile(path, bench.folder / "copied.mkv")  # another file number, another date
    path.unlink()
    bench.set_age(bench.folder / "copied.mkv", 3600)
    bench.restart()
    assert (bench.queue(), bench.looks) == ({}, [])
    assert name_of(bench) == ["copied.mkv"]


def test_a_film_renamed_under_a_worker_gets_a_new_job_when_that_has_failed(bench: Bench) -> None:
    path = bench.put("film.mkv")
    bench.start()
    job = bench.jobs.claim_next()
    assert job is not None
    path.rename(bench.folder / "new.mkv")
    bench.wait(lambda: name_of(bench) == ["new.mkv"], "the new name")
    assert bench.queue() == {}
    bench.jobs.finish(job.id, JobEnd(JobState.FAILED, "It is gone.", "file_unavailable"))
    bench.wait_for_films("new.mkv")


def test_a_new_date_alone_makes_no_new_film(bench: Bench) -> None:
    path = bench.put("film.mkv")
    bench.start()
    finish(bench, "film.mkv", JobState.SKIPPED)
    bench.looks.clear()
    bench.set_age(path, 100)
    bench.another_look()
    bench.wait(lambda: bench.status.waiting == 0, "the film to be looked at")
    assert (bench.queue(), bench.looks) == ({}, [])


def test_another_content_under_the_same_name_is_a_new_film(bench: Bench) -> None:
    path = bench.put("film.mkv")
    bench.start()
    finish(bench, "film.mkv", JobState.SKIPPED)
    path.write_bytes(bench.new_content())
    bench.wait_for_films("film.mkv")


def test_a_result_is_known_by_its_tag_also_with_a_new_database(bench: Bench) -> None:
    if not bench.looks_are_real:
        pytest.skip("MediaInfo is not here")
    make_film(bench.folder / "result.mkv", audio=[], tags={"MEDIAPROCESSOR": "1234"})
    bench.set_age(bench.folder / "result.mkv", 3600)
    bench.start()
    assert (bench.queue(), bench.looks) == ({}, [bench.folder / "result.mkv"])


def test_a_result_is_known_by_its_content(bench: Bench) -> None:
    path = bench.put("elsewhere.mkv")
    VerdictStore(bench.database).remember(fingerprint(path), "1234", VerdictKind.RESULT)
    bench.start()
    assert bench.queue() == {}


def test_our_swap_is_no_new_film(bench: Bench) -> None:
    path = bench.put("film.mkv")
    bench.start()
    finish(bench, "film.mkv", JobState.COMPLETED)
    path.write_bytes(bench.new_content(77))
    entry = journal(bench, path, result=identity(path))
    assert entry.id
    bench.wait(lambda: bench.status.waiting == 1, "the change to be noticed")
    bench.wait(lambda: bench.status.waiting == 0, "the change to be understood")
    assert bench.queue() == {}


def test_an_original_that_was_brought_back_is_not_processed_again(bench: Bench) -> None:
    path = bench.put("film.mkv")
    original = identity(path)
    bench.start()
    finish(bench, "film.mkv", JobState.COMPLETED)
    bench.monitor.stop()
    held = bench.place / "held"
    path.rename(held)
    bench.put("film.mkv", content=bench.new_content(7))
    journal(bench, path, result=identity(path))
    bench.restart()
    held.replace(path)
    journal(bench, path, source=original, outcome=Outcome.RESTORED)
    bench.another_look()
    bench.wait(lambda: bench.status.waiting == 0, "the original to be looked at")
    assert bench.queue() == {}


def identity(path: Path) -> FileIdentity:
    state = path.stat()
    return FileIdentity(state.st_size, state.st_mtime_ns, state.st_dev, state.st_ino)


def journal(
    bench: Bench,
    path: Path,
    *,
    source: FileIdentity = SOME_FILE,
    result: FileIdentity | None = None,
    outcome: Outcome = Outcome.REPLACED,
) -> JournalEntry:
    return Journal(bench.database).write(
        JournalEntry(
            1,
            1,
            path,
            path,
            path,
            path,
            source,
            "run",
            1,
            1.0,
            1.0,
            stage=Stage.DONE,
            outcome=outcome,
            original=Original.HELD,
            result_identity=result,
        )
    )


def renumber(bench: Bench, numbers: dict[str, int]) -> None:
    """What another mount does to the numbers of files that were seen."""
    with bench.database.transaction() as connection:
        for name, number in numbers.items():
            connection.execute("UPDATE seen_files SET file_id = ? WHERE name = ?", (number, name))


def test_a_number_that_another_mount_gave_to_another_film_makes_it_no_renamed_one(
    bench: Bench,
) -> None:
    path = bench.put("a.mkv")
    other = bench.put("b.mkv")
    os.utime(other, ns=(path.stat().st_mtime_ns, path.stat().st_mtime_ns))
    content = fingerprint(path)
    bench.start()
    for name in sorted(bench.queue()):
        finish(bench, name, JobState.SKIPPED)
    bench.monitor.stop()
    other.unlink()
    renumber(bench, {"a.mkv": 77, "b.mkv": path.stat().st_ino})
    bench.restart()
    path.rename(bench.folder / "c.mkv")
    bench.another_look()
    bench.wait(lambda: name_of(bench) == ["c.mkv"], "the new name")
    assert (bench.queue(), bench.looks) == ({}, [])
    with bench.database.read() as connection:
        (row,) = connection.execute("SELECT content FROM seen_files WHERE missing_since IS NULL")
    assert row[0] == content


@pytest.mark.parametrize("running", [True, False])
def test_the_journal_follows_a_result_into_a_renamed_folder(bench: Bench, running: bool) -> None:
    path = bench.put("Film (2020)/film.mkv")
    VerdictStore(bench.database).remember(fingerprint(path), "1234", VerdictKind.RESULT)
    entry = journal(bench, path, result=identity(path))
    bench.start()
    if not running:
        bench.monitor.stop()
        renumber(bench, {"film.mkv": 77})  # it was on another mount as well
    folder = path.parent.rename(bench.folder / "Movie [2020]")
    if not running:
        bench.restart()
    new = folder / "film.mkv"
    found = Journal(bench.database)
    bench.wait(lambda: found.of_film(new), "the journal to follow")
    assert [entry.id for entry in found.held_once_named(path)] == [entry.id]
    assert bench.queue() == {}


def test_an_original_that_came_back_on_fat_is_not_processed_again_when_the_clocks_change(
    bench: Bench,
) -> None:
    path = bench.put("film.mkv")
    came_back = replace(identity(path), content=fingerprint(path))
    journal(bench, path, source=came_back, outcome=Outcome.RESTORED)
    at = path.stat().st_mtime_ns // (2 * 10**9) * (2 * 10**9) - 3600 * 10**9
    os.utime(path, ns=(at, at))
    bench.start()
    assert bench.queue() == {}


def test_what_is_no_film_inside_is_looked_into_once(bench: Bench) -> None:
    bench.put("web page.mkv", content=b"<html>not found</html>" * 100)
    bench.start()
    assert bench.queue() == {}
    bench.restart()
    assert bench.looks == []


def test_a_copy_beside_its_film_is_a_film_of_its_own_and_not_looked_into(bench: Bench) -> None:
    path = bench.put("film.mkv")
    bench.start()
    shutil.copyfile(path, bench.folder / "copy.mkv")
    bench.wait_for_films("film.mkv", "copy.mkv")
    assert len(bench.looks) == 1


def test_names_of_one_file_are_one_film_although_each_is_looked_into_ahead_of_the_other(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitoring.reading._BATCH", 1)  # a batch for each directory
    path = bench.put("A/film.mkv")
    for other in ("B/link.mkv", "C/link.mkv"):
        (bench.folder / other).parent.mkdir()
        os.link(path, bench.folder / other)
    bench.put("D/copy.mkv", content=path.read_bytes())
    bench.put("E/another.mkv")
    report = bench.monitor.scan_once(bench.watched)
    assert (report.films, report.queued) == (5, 3)
    assert set(bench.queue()) == {"A/film.mkv", "D/copy.mkv", "E/another.mkv"}
    again = bench.monitor.scan_once(bench.watched)
    assert (again.films, again.queued, again.gone) == (5, 0, 0)


def test_a_scan_that_is_ended_leaves_the_rest_to_the_next(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitoring.reading._BATCH", 1)
    names = [f"{number}/film.mkv" for number in range(6)]
    for name in names:
        bench.put(name)

    def beat() -> None:
        if bench.queue():
            raise InterruptedError("the program ends")

    with pytest.raises(InterruptedError):
        bench.monitor.scan_once(bench.watched, beat)
    assert 0 < len(bench.queue()) < len(names)
    bench.monitor.scan_once(bench.watched)
    assert set(bench.queue()) == set(names)


def test_a_film_takes_little_room(bench: Bench) -> None:
    for number in range(500):
        bench.put(f"A Rather Long Title of a Series/Season {number // 25}/S01E{number}.mkv")
    bench.start()
    bench.monitor.stop()
    bench.database.close()
    size = sum(file.stat().st_size for file in bench.place.glob("data.db*"))
    empty = bench.place / "empty.db"
    Database(empty).close()
    assert (size - empty.stat().st_size) / 500 < 2048


def test_names_that_are_no_text_are_kept(bench: Bench) -> None:
    name = os.fsdecode(b"f\xfcnf.mkv")
    try:
        bench.put(name)
    except OSError:
        pytest.skip("this file system takes only Unicode names")
    bench.start()
    bench.restart()
    assert bench.looks == []
    known = SeenFileStore(bench.database).known(bench.watched.id)
    assert list(known.files("")) == [name]


@pytest.mark.parametrize("error", [FileUnavailable, ProbeError])
def test_a_film_whose_disk_went_away_while_it_was_looked_into_is_looked_into_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, error: Type[ProbeError]
) -> None:
    bench.put("film.mkv")
    real, away = os.open, [True]

    def opened(path: str, *arguments: Any, **more: Any) -> Any:
        if str(path).endswith("film.mkv") and bench.looks and away:
            raise OSError(5, "Input/output error")
        return real(path, *arguments, **more)

    def trouble(path: Path) -> None:
        if away:
            raise error(path, "it cannot be read.")

    bench.trouble = trouble
    monkeypatch.setattr(os, "open", opened)
    bench.start()
    bench.wait(lambda: bench.looks, "the look that fails")
    away.clear()
    bench.another_look()
    bench.wait(lambda: list(bench.queue()) == ["film.mkv"], "the film")


def swapped(bench: Bench, path: Path, *, kept: bool = True) -> Path:
    """Take a film away as our swap does where the result has another ending; return its holding place."""
    before = identity(path)
    holding = bench.place / "originals" / path.name
    holding.parent.mkdir(exist_ok=True)
    content = path.read_bytes()
    path.rename(holding)
    target = path.with_suffix(".mkv")
    target.write_bytes(bench.new_content(9))
    bench.set_age(target, 3600)
    entry = journal(bench, path, source=before, result=identity(target))
    original = Original.HELD
    if not kept:
        holding.unlink()
        original = Original.REMOVED
        holding = bench.place / "kept by the test"
        holding.write_bytes(content)
    Journal(bench.database).write(
        replace(entry, target=target, holding=holding, original=original, swapped_at=1.0)
    )
    return holding


@pytest.fixture
def dealt_with(bench: Bench) -> Path:
    """A film that was processed, and whose result has another ending; where its original is kept."""
    path = bench.put("film.mp4")
    bench.start()
    finish(bench, "film.mp4", JobState.COMPLETED)
    holding = swapped(bench, path)
    bench.wait(lambda: name_of(bench) == ["film.mkv"], "the swap to be seen")
    assert bench.queue() == {}
    return holding


@pytest.mark.parametrize("name", ["copy.mp4", "film.mp4", "below/film.mp4"])
@pytest.mark.parametrize("with_date", [False, True])
def test_a_copy_of_an_original_that_our_swap_took_away_is_a_new_film(
    bench: Bench, dealt_with: Path, name: str, with_date: bool
) -> None:
    copied = bench.folder / name
    copied.parent.mkdir(exist_ok=True)
    (shutil.copy2 if with_date else shutil.copyfile)(dealt_with, copied)
    bench.wait_for_films(name)


def test_an_original_that_is_taken_out_of_holding_by_hand_is_no_new_film(
    bench: Bench, dealt_with: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "mediaprocessor.monitor")
    dealt_with.rename(bench.folder / "back.mp4")
    told = f"{bench.folder / 'back.mp4'} is passed over: it is an original that was brought back."
    bench.wait(lambda: told in caplog.messages, "the original to be passed over")
    bench.wait(lambda: "back.mp4" in name_of(bench), "the original")
    assert bench.queue() == {}


def test_a_film_that_was_deleted_and_is_fetched_anew_is_queued_again(bench: Bench) -> None:
    path = bench.put("film.mkv")
    bench.start()
    finish(bench, "film.mkv", JobState.SKIPPED)
    content = path.read_bytes()
    path.unlink()
    bench.wait(lambda: name_of(bench) == [], "the loss to be noticed")
    bench.put("again.mkv", content=content, age=0)
    bench.wait_for_films("again.mkv")
    finish(bench, "again.mkv", JobState.SKIPPED)
    (bench.folder / "again.mkv").unlink()
    bench.wait(lambda: name_of(bench) == [], "the second loss")
    bench.put("again.mkv", content=content, age=0)
    bench.wait_for_films("again.mkv")


def test_a_film_that_is_copied_to_another_disk_before_its_old_name_goes_has_moved(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """As a move between disks works; who imports it may set its rights and date afterwards."""
    caplog.set_level("INFO", "mediaprocessor.monitor")
    path = bench.put("film.mkv")
    bench.start()
    finish(bench, "film.mkv", JobState.SKIPPED)
    bench.settings = replace(bench.settings, still_seconds=600.0)
    moved = bench.put("below/moved.mkv", content=path.read_bytes(), age=0)
    bench.wait(lambda: bench.status.waiting == 1, "the copy to be noticed")
    path.unlink()
    bench.wait(lambda: name_of(bench) == [], "the old name to go")
    bench.settings = replace(bench.settings, still_seconds=0.5)
    moved.chmod(0o640)
    bench.wait(lambda: name_of(bench) == ["moved.mkv"], "the new name")
    assert bench.queue() == {}
    (line,) = [message for message in caplog.messages if "is passed over" in message]
    assert line.startswith(f"{moved} is passed over: it is known under another name")


def test_what_is_passed_over_is_said_once_in_the_log(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "mediaprocessor.monitor")
    bench.put("page.mkv", content=b"<html>not found</html>" * 100)
    result = bench.put("result.mkv")
    VerdictStore(bench.database).remember(fingerprint(result), "1234", VerdictKind.RESULT)
    bench.put("film.mkv")
    os.link(bench.folder / "film.mkv", bench.folder / "name.mkv")
    bench.put("old/film.mkv")
    bench.put("empty.mkv", content=b"")
    bench.put("growing.mkv", content=b"", age=0)
    bench.monitor.folders.change(replace(bench.watched, ignore=("old/*",)))
    bench.settings = replace(bench.settings, still_seconds=30.0)
    bench.start()
    bench.another_look()
    told = sorted(
        message.partition(" is passed over: ")[2]
        for message in caplog.messages
        if "passed" in message
    )
    assert told == [
        "it has a film's name, but no film inside.",
        "it is another name (hard link) of a film that is known.",
        "it is empty.",
        "the folder's patterns leave it out.",
        "this program made it.",
    ]


def test_a_copy_that_came_together_with_our_swap_is_a_new_film(bench: Bench) -> None:
    """Nobody has noticed yet that the original went, as after a start of the program."""
    path = bench.put("film.mp4")
    bench.start()
    finish(bench, "film.mp4", JobState.COMPLETED)
    bench.monitor.stop()
    kept = swapped(bench, path)
    shutil.copy2(kept, bench.folder / "copy.mp4")
    bench.restart()
    bench.wait_for_films("copy.mp4")
