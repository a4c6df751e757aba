"""Long tables: the right ids in the right order, rows by id, and a million of them in a moment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import List

import pytest

from core.events import JobState
from core.queue.film_filter import FilmFilter
from core.queue.job import JobEnd, NewJob
from core.queue.job_facts import JobFacts
from store.connection import Database
from store.job_pages import JobPages, Listing, SortBy, listed, numbers_in
from store.jobs import JobStore

WAITING = (JobState.QUEUED, JobState.PAUSED)


@pytest.fixture
def pages(database: Database) -> JobPages:
    store = JobStore(database, iter(range(1000)).__next__)
    films = [("b/Zoo.mkv", 30), ("a/apple.mkv", 10), ("c/Mango.mkv", 20), ("c/100%_x.mkv", 5)]
    store.add([NewJob(Path("/films") / name, size=size) for name, size in films])
    store.add([NewJob(Path("/films/d/First.mkv"), priority=5)])
    done = store.add([NewJob(Path("/done/Old.mkv")), NewJob(Path("/done/New.mkv"))])
    for job_id, size in zip(done, (50, 90)):
        store.finish(job_id, JobEnd(JobState.COMPLETED, original_size=100, processed_size=size))
    return JobPages(database)


def names(pages: JobPages, listing: Listing) -> List[str]:
    ids = pages.ids(listing)
    rows = pages.rows(ids)
    return [rows[job_id].path.stem for job_id in ids]


def test_the_queue_comes_in_the_order_in_which_it_will_be_processed(pages: JobPages) -> None:
    queue = ["First", "Zoo", "apple", "Mango", "100%_x"]
    assert names(pages, Listing(WAITING)) == queue
    assert names(pages, Listing(WAITING, descending=True)) == queue[::-1]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (SortBy.NAME, ["100%_x", "apple", "First", "Mango", "Zoo"]),
        (SortBy.FOLDER, ["apple", "Zoo", "100%_x", "Mango", "First"]),
        (SortBy.SIZE, ["First", "100%_x", "apple", "Mango", "Zoo"]),
    ],
)
def test_a_table_is_sorted_both_ways(pages: JobPages, sort: SortBy, expected: List[str]) -> None:
    assert names(pages, Listing(WAITING, sort)) == expected
    assert names(pages, Listing(WAITING, sort, descending=True)) == expected[::-1]


@pytest.mark.parametrize("sort", list(SortBy))
def test_every_order_has_every_row_once(pages: JobPages, sort: SortBy) -> None:
    assert sorted(pages.ids(Listing(tuple(JobState), sort))) == [1, 2, 3, 4, 5, 6, 7]


def test_history_is_sorted_by_its_end_and_by_what_was_saved(pages: JobPages) -> None:
    done = (JobState.COMPLETED,)
    assert names(pages, Listing(done, SortBy.ENDED, descending=True)) == ["New", "Old"]
    assert names(pages, Listing(done, SortBy.SAVED, descending=True)) == ["Old", "New"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("APPLE", ["apple"]),
        (f"{os.sep}c{os.sep}", ["Mango", "100%_x"]),
        ("%_", ["100%_x"]),
        ("[", []),
    ],
)
def test_a_search_takes_every_character_for_itself(
    pages: JobPages, text: str, expected: List[str]
) -> None:
    assert names(pages, Listing(WAITING, text=text)) == expected


def test_an_empty_table_has_no_ids_and_rows_that_are_gone_are_left_out(pages: JobPages) -> None:
    assert not pages.ids(Listing((JobState.FAILED,)))
    assert list(pages.rows([3, 99])) == [3]
    assert pages.counts()[JobState.COMPLETED] == 2


def test_more_rows_than_one_statement_takes(database: Database) -> None:
    JobStore(database).add([NewJob(Path(f"/films/{n}.mkv")) for n in range(20_000)])
    pages = JobPages(database)
    ids = pages.ids(Listing(WAITING))
    assert list(ids) == list(range(1, 20_001))
    assert len(pages.rows(ids[:1200])) == 1200


@pytest.fixture
def library(database: Database) -> JobPages:
    """Films in folders, with sizes and codecs; that of the last is not known yet."""
    store = JobStore(database, iter(range(1000)).__next__)
    films = [
        ("Drama/A.mkv", 1_000, "h264"),
        ("Drama/old/B.mkv", 2_000, "hevc"),
        ("Drama_2/C.mkv", 3_000, "h264"),
        ("War/Drama.mkv", 4_000, ""),
    ]
    root = Path("/films").absolute()
    ids = store.add([NewJob(root / name, size=size) for name, size, _codec in films])
    for job_id, (_name, _size, codec) in zip(ids, films):
        store.keep_facts(job_id, JobFacts(video_before=codec))
    return JobPages(database)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (FilmFilter(), ["A", "B", "C", "Drama"]),
        (FilmFilter(folder=str(Path("/films/Drama").absolute())), ["A", "B"]),
        (FilmFilter(folder=str(Path("/films/Drama").absolute()) + os.sep), ["A", "B"]),
        (FilmFilter(folder="rama"), ["A", "B", "C"]),
        (FilmFilter(folder="_"), ["C"]),
        (FilmFilter(smallest=2_000), ["B", "C", "Drama"]),
        (FilmFilter(smallest=2_000, largest=3_000), ["B", "C"]),
        (FilmFilter(codec="h264"), ["A", "C"]),
        (FilmFilter(codec=""), ["Drama"]),
        (FilmFilter(folder="Drama", largest=2_500, codec="hevc"), ["B"]),
    ],
)
def test_films_are_found_by_folder_size_and_codec(
    library: JobPages, wanted: FilmFilter, expected: List[str]
) -> None:
    assert wanted.on is (wanted != FilmFilter())
    assert names(library, Listing(WAITING, narrowed=wanted)) == expected


def test_the_codecs_to_choose_from_are_those_that_the_films_have(library: JobPages) -> None:
    assert library.codecs(WAITING) == ("h264", "hevc")
    assert library.codecs((JobState.COMPLETED,)) == ()


def test_a_films_place_in_the_queue_is_known_in_any_order(pages: JobPages) -> None:
    queue = pages.ids(Listing(WAITING))
    places = pages.places(WAITING)
    assert [places.place(job_id) for job_id in queue] == [1, 2, 3, 4, 5]
    assert places.place(999) == 0
    assert pages.places((JobState.FAILED,)).place(1) == 0


@pytest.mark.parametrize("count", [0, 1, 8192, 20_001])
def test_numbers_come_out_of_the_database_as_they_are(database: Database, count: int) -> None:
    wanted = [(n * 214_748_357) % 2**32 for n in range(count)]
    with database.transaction() as connection:
        connection.execute("CREATE TEMP TABLE some (n INTEGER)")
        connection.executemany("INSERT INTO some VALUES (?)", ((n,) for n in wanted))
        (text,) = connection.execute(
            f"SELECT {listed('n')} FROM (SELECT n FROM some ORDER BY rowid)"
        ).fetchone()
    assert list(numbers_in(text or "")) == wanted
