from __future__ import annotations

import os
import shutil
import sys
import threading
from dataclasses import replace
from typing import List

import pytest

from core.events import JobState
from core.settings.watched_folder import ObserverKind, RootState
from monitoring.tree import NothingKnown, TreeReader
from tests.monitoring.bench import Bench

needs_links = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")


def test_what_lies_there_at_the_start_is_queued_without_waiting(bench: Bench) -> None:
    bench.put("b.mkv")
    bench.put("Series/S01/1.mkv")
    bench.put("notes.txt")
    bench.start()
    assert set(bench.queue()) == {"Series/S01/1.mkv", "b.mkv"}
    job = bench.queue()["b.mkv"]
    assert (job.folder_id, job.original_size) == (
        bench.watched.id,
        (bench.folder / "b.mkv").stat().st_size,
    )
    assert bench.status.state is RootState.WATCHING
    assert bench.status.films == 2


def test_a_film_that_is_copied_in_pieces_is_taken_when_it_is_whole(bench: Bench) -> None:
    bench.start()
    content = bench.new_content(500_000)
    path = bench.folder / "film.mkv"
    with path.open("wb") as file:
        for start in range(0, len(content), 50_000):
            file.write(content[start : start + 50_000])
            file.flush()
            bench.wait(lambda: bench.status.waiting == 1, "the film to be noticed")
            assert bench.queue() == {}
    bench.wait_for_films("film.mkv")
    assert bench.queue()["film.mkv"].original_size == len(content)
    assert bench.looks == [path]


@pytest.mark.skipif(sys.platform == "darwin", reason="nobody can be asked there")
def test_a_film_that_somebody_holds_open_for_writing_waits_however_still_it_is(
    bench: Bench,
) -> None:
    path = bench.put("film.mkv")
    with path.open("ab"):
        bench.start()
        bench.wait(lambda: bench.status.waiting == 1, "the film to be noticed")
        bench.another_look()
        assert bench.queue() == {}
    bench.wait_for_films("film.mkv")


def test_a_download_that_gets_its_name_at_the_end_is_taken(bench: Bench) -> None:
    bench.start()
    unfinished = bench.put("film.mkv.part")
    unfinished.rename(bench.folder / "film.mkv")
    bench.wait_for_films("film.mkv")
    assert bench.looks == [bench.folder / "film.mkv"]


@needs_links
@pytest.mark.parametrize("while_watching", [False, True])
def test_a_download_with_a_file_beside_it_is_taken_when_that_is_gone(
    bench: Bench, while_watching: bool
) -> None:
    if while_watching:
        bench.start()
    bench.put("film.mkv", age=0 if while_watching else 3600)
    beside = bench.folder / "film.mkv.aria2"
    beside.touch()
    if not while_watching:
        bench.start()
    bench.put("other.mkv", age=0)
    bench.wait_for_films("other.mkv")
    assert set(bench.queue()) == {"other.mkv"}, "it came first, and stands still for longer"
    beside.unlink()
    bench.wait_for_films("film.mkv", "other.mkv")


def test_a_file_with_two_names_is_one_film(bench: Bench) -> None:
    first = bench.put("a/film.mkv")
    os.link(first, bench.folder / "film copy.mkv")
    bench.start()
    assert len(bench.queue()) == 1
    os.link(first, bench.folder / "later.mkv")
    bench.wait(lambda: bench.status.waiting == 0 and bench.status.films == 3, "the third name")
    assert len(bench.queue()) == 1


def test_a_film_deleted_while_queued_is_skipped_and_says_so(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitoring.reading._GONE_GRACE", 0.5)
    monkeypatch.setattr("monitoring.root._GONE_CHECK", 0.2)
    path = bench.put("film.mkv")
    bench.put("other.mkv")
    bench.start()
    path.unlink()
    bench.wait(lambda: "film.mkv" in bench.queue(JobState.SKIPPED), "the job to end")
    assert (
        bench.queue(JobState.SKIPPED)["film.mkv"].message
        == "The film was deleted before its turn came."
    )
    assert set(bench.queue()) == {"other.mkv"}
    path.write_bytes(bench.new_content())
    bench.wait_for_films("film.mkv", "other.mkv")


def test_thousands_of_films_dropped_at_once_are_all_taken(bench: Bench) -> None:
    bench.settings = replace(bench.settings, still_seconds=0.2)
    bench.start()
    names = set()
    for number in range(3_000):
        name = f"{number // 500}/{number}.mkv"
        path = bench.folder / name
        if number % 500 == 0:
            path.parent.mkdir()
        path.write_bytes(bench.film + b"\xec" + str(number).encode())
        names.add(name)
    bench.wait(lambda: bench.jobs.counts()[JobState.QUEUED] == len(names), "all of them", 120.0)
    assert set(bench.queue()) == names


def test_a_folder_that_goes_away_pauses_and_comes_back_without_losing_anything(
    bench: Bench,
) -> None:
    bench.put("film.mkv")
    bench.start()
    away = bench.place / "away"
    bench.folder.rename(away)
    bench.wait(lambda: bench.status.state is RootState.OFFLINE, "the loss to be noticed")
    assert set(bench.queue()) == {"film.mkv"}
    assert bench.jobs.next_queued() is None
    bench.looks.clear()
    away.rename(bench.folder)
    bench.wait(lambda: bench.status.state is RootState.WATCHING, "the return")
    bench.wait(bench.jobs.next_queued, "the job to be free again")
    assert (set(bench.queue()), bench.looks) == ({"film.mkv"}, [])
    told = [notice.message for notice in bench.notices]
    assert [text.split(" ")[-1] for text in told] == ["back.", "on."]
    bench.put("new.mkv", age=0)
    bench.wait_for_films("film.mkv", "new.mkv")


def test_an_empty_mount_point_is_no_empty_library(bench: Bench) -> None:
    bench.put("film.mkv")
    bench.start()
    bench.folder.rename(bench.place / "away")
    bench.folder.mkdir()
    bench.wait(lambda: bench.status.state is RootState.OFFLINE, "the loss to be noticed")
    assert "is empty, although films were seen there" in bench.status.message
    assert set(bench.queue()) == {"film.mkv"}


def test_a_folder_whose_last_film_was_taken_out_is_just_empty(bench: Bench) -> None:
    film = bench.put("film.mkv")
    bench.start()
    film.unlink()
    bench.wait(lambda: bench.status.films == 0, "the loss to be noticed")
    assert bench.status.state is RootState.WATCHING
    bench.put("new.mkv", age=0)
    bench.wait(lambda: "new.mkv" in bench.queue(), "the next film")
    assert bench.notices == []


@needs_links
@pytest.mark.parametrize("while_watching", [False, True])
def test_links_are_not_followed_out_of_the_folder_nor_round(
    bench: Bench, while_watching: bool
) -> None:
    if while_watching:
        bench.start()
    outside = bench.place / "outside"
    outside.mkdir()
    (outside / "film.mkv").write_bytes(bench.new_content())
    (bench.folder / "link").symlink_to(outside)
    (bench.folder / "link.mkv").symlink_to(outside / "film.mkv")
    (bench.folder / "round").symlink_to(bench.folder)
    bench.monitor.look_through()  # as where the system tells of a folder behind a link
    bench.put("film.mkv")
    bench.start()
    bench.wait_for_films("film.mkv")
    errors: List[OSError] = []
    reader = TreeReader(bench.folder, lambda _: True)
    for name in ("link", "round/link"):
        found = [
            sighting.path
            for each in reader.read_all(NothingKnown(), errors.append, name)
            for sighting in each.sightings
        ]
        assert (found, errors) == ([], [])


@pytest.mark.parametrize("while_watching", [False, True])
def test_our_own_files_samples_extras_and_downloads_are_left_alone(
    bench: Bench, while_watching: bool
) -> None:
    bench.put("film.mkv")
    if while_watching:
        bench.start()
    for name in (
        ".mediaprocessor/1-1.partial",
        ".mediaprocessor/film.mkv",
        "Sample/film.mkv",
        "film-sample.mkv",
        "Extras/film.mkv",
        "film-featurette.mkv",
        "film-trailer.mkv",
        "new.mkv.part",
        "new.mkv.!qB",
        "new.mkv.crdownload",
        "new.part.mkv",
        "_UNPACK_new/film.mkv",
        ".hidden.mkv",
    ):
        bench.put(name)
    (bench.folder / "empty.mkv").touch()
    bench.start()
    bench.wait_for_films("film.mkv")


def test_patterns_and_the_smallest_size_are_the_users(bench: Bench) -> None:
    bench.put("Keep/film.mkv", content=bench.new_content(5000))
    bench.put("Keep/small.mkv")
    bench.put("Keep/Not This.mkv", content=bench.new_content(5000))
    bench.put("Other/film.mkv", content=bench.new_content(5000))
    bench.monitor.folders.change(
        replace(bench.watched, include=("keep/*",), ignore=("*not this*",), minimum_size=5000)
    )
    bench.start()
    assert set(bench.queue()) == {"Keep/film.mkv"}


def test_a_polled_folder_is_looked_through_again_and_again(bench: Bench) -> None:
    bench.monitor.folders.change(replace(bench.watched, observer=ObserverKind.POLLING))
    bench.put("film.mkv")
    bench.start()
    assert bench.status.state is RootState.POLLING
    bench.put("new.mkv", age=0)
    bench.wait_for_films("film.mkv", "new.mkv")


def test_a_system_that_tells_of_no_changes_is_polled_and_says_so(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that nobody foresaw; the real limits are in test_places."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(38, "Function not implemented")

    kind = "inotify.InotifySource" if sys.platform == "linux" else "watchdog_source.WatchdogSource"
    monkeypatch.setattr(f"monitoring.{kind}", refuse)
    bench.start()
    assert bench.status.state is RootState.POLLING
    assert bench.status.message == (
        f"The system does not tell of changes below {bench.folder} (Function not implemented). "
        f"{bench.folder} is looked through regularly instead."
    )
    assert [notice.message for notice in bench.notices] == [bench.status.message]
    bench.put("new.mkv", age=0)
    bench.wait_for_films("new.mkv")


def test_changes_of_the_list_take_effect_while_it_watches(bench: Bench) -> None:
    bench.start()
    other = bench.place / "other"
    other.mkdir()
    bench.put("film.mkv", age=0)
    bench.wait_for_films("film.mkv")
    added = bench.monitor.folders.add(replace(bench.watched, id=0, path=other, priority=3))
    bench.monitor.reload()
    (other / "b.mkv").write_bytes(bench.new_content())
    bench.wait(lambda: bench.jobs.counts()[JobState.QUEUED] == 2, "the other folder's film")
    first = bench.jobs.next_queued()
    assert first is not None
    assert (first.path, first.priority, first.folder_id) == (other / "b.mkv", 3, added.id)
    bench.monitor.folders.change(replace(added, enabled=False))
    bench.monitor.reload()
    bench.wait(
        lambda: (
            [status.state for status in bench.monitor.statuses()]
            == [RootState.WATCHING, RootState.SWITCHED_OFF]
        ),
        "the folder to be switched off",
    )
    bench.monitor.folders.remove(added.id)
    assert [status.folder.path for status in bench.monitor.statuses()] == [bench.folder]


def test_only_the_folder_itself_where_the_user_wants_it_so(bench: Bench) -> None:
    bench.monitor.folders.change(replace(bench.watched, recursive=False))
    bench.put("film.mkv")
    bench.put("below/film.mkv")
    bench.start()
    bench.put("below/new.mkv", age=0)
    bench.put("new.mkv", age=0)
    bench.wait_for_films("film.mkv", "new.mkv")


def test_a_whole_folder_that_is_moved_in_is_taken(bench: Bench) -> None:
    bench.start()
    outside = bench.place / "Series"
    for number in range(3):
        path = outside / f"S01/{number}.mkv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bench.new_content())
    shutil.move(str(outside), str(bench.folder / "Series"))
    bench.wait_for_films("Series/S01/0.mkv", "Series/S01/1.mkv", "Series/S01/2.mkv")


def test_the_end_leaves_no_thread(bench: Bench) -> None:
    bench.put("film.mkv")
    bench.start()
    bench.monitor.stop()
    left = [thread.name for thread in threading.enumerate() if thread.name.startswith("folder")]
    assert left == []
