"""A folder that is watched for new films only: what it held at first is left alone."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import List

import pytest

from core.events import JobState
from core.media.seen_file import SeenKind
from core.settings.watched_folder import PresentFilms, WatchedFolder
from monitoring.present_films import count_present
from store.seen_files import SeenFileStore
from tests.monitoring.bench import Bench


def left_alone(bench: Bench) -> List[str]:
    rows = SeenFileStore(bench.database).of_kinds(bench.watched.id, [SeenKind.LEFT_ALONE])
    return [path.relative_to(bench.folder).as_posix() for _row, path in rows]


@pytest.fixture
def only_new(bench: Bench) -> Bench:
    """Two films were there when the folder was added."""
    bench.monitor.folders.remove(bench.watched.id)
    bench.put("old.mkv")
    bench.put("below/older.mkv")
    bench.watched = bench.monitor.folders.add_for_new_films(WatchedFolder(bench.folder))
    return bench


def test_films_that_were_there_are_left_alone_after_restarts_and_new_ones_are_queued(
    only_new: Bench,
) -> None:
    only_new.start()
    assert only_new.queue() == {}
    only_new.put("new.mkv")
    only_new.wait(lambda: list(only_new.queue()) == ["new.mkv"], "the new film")
    only_new.restart()
    only_new.another_look()
    assert list(only_new.queue()) == ["new.mkv"]
    assert left_alone(only_new) == ["old.mkv", "below/older.mkv"]
    assert only_new.looks == [], "none of them is opened"


def test_a_film_that_is_left_alone_stays_so_under_another_name_and_date(only_new: Bench) -> None:
    only_new.start()
    (only_new.folder / "old.mkv").rename(only_new.folder / "below/renamed.mkv")
    only_new.set_age(only_new.folder / "below/older.mkv", 60)
    only_new.another_look()
    only_new.wait(lambda: "below/renamed.mkv" in left_alone(only_new), "the new name")
    assert left_alone(only_new) == ["below/older.mkv", "below/renamed.mkv"]
    assert only_new.queue() == {}


def test_a_film_that_was_left_alone_is_queued_when_its_content_changes(only_new: Bench) -> None:
    only_new.start()
    only_new.put("old.mkv")
    only_new.wait(lambda: list(only_new.queue()) == ["old.mkv"], "the better version")
    assert left_alone(only_new) == ["below/older.mkv"]


def test_a_film_that_is_left_alone_goes_away_and_comes_back_as_such(only_new: Bench) -> None:
    only_new.start()
    old, aside = only_new.folder / "old.mkv", only_new.place / "aside.mkv"
    for seconds in (None, 60.0):  # as it was, then with another date
        old.rename(aside)
        only_new.wait(lambda: left_alone(only_new) == ["below/older.mkv"], "its end")
        if seconds is not None:
            only_new.set_age(aside, seconds)
        aside.rename(old)
        only_new.wait(lambda: "old.mkv" in left_alone(only_new), "its return")
    assert only_new.queue() == {}


def test_a_copy_of_a_film_that_is_left_alone_is_a_new_film(only_new: Bench) -> None:
    only_new.start()
    shutil.copy(only_new.folder / "old.mkv", only_new.folder / "copy.mkv")
    only_new.set_age(only_new.folder / "copy.mkv", 60)
    only_new.wait(lambda: list(only_new.queue()) == ["copy.mkv"], "the copy")
    assert "old.mkv" in left_alone(only_new)


@pytest.mark.parametrize("how", [os.rename, shutil.copy, os.link])
def test_a_film_that_is_left_alone_in_one_folder_is_new_in_another(
    only_new: Bench, how: object
) -> None:
    other = only_new.place / "to process"
    other.mkdir()
    only_new.monitor.folders.add(WatchedFolder(other))
    only_new.start()
    assert callable(how)
    how(only_new.folder / "old.mkv", other / "old.mkv")
    only_new.set_age(other / "old.mkv", 60)
    only_new.wait(
        lambda: (
            [job.path for job in only_new.jobs.page((JobState.QUEUED,), limit=-1)]
            == [other / "old.mkv"]
        ),
        "the film",
    )


def test_nothing_is_watched_where_noting_is_given_up(bench: Bench) -> None:
    bench.monitor.folders.remove(bench.watched.id)
    bench.put("old.mkv")

    def give_up(_found: PresentFilms) -> None:
        raise RuntimeError("the window was closed")

    with pytest.raises(RuntimeError):
        bench.monitor.folders.add_for_new_films(WatchedFolder(bench.folder), give_up)
    assert bench.monitor.folders.all() == ()
    assert left_alone(bench) == []


def test_the_count_grows_and_follows_the_folders_patterns(tmp_path: Path) -> None:
    for name, size in (("a/one.mkv", 10), ("b/two.mkv", 20), ("b/sample.mkv", 40), ("c.txt", 80)):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes(size))
    told: List[PresentFilms] = []
    folder = WatchedFolder(tmp_path, ignore=("*sample*",))
    assert count_present(folder, told.append) == PresentFilms(2, 30)
    assert told == [PresentFilms(0, 0), PresentFilms(1, 10), PresentFilms(2, 30)]
