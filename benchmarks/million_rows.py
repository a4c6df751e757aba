"""A database as years of work have left it, written by SQL: a million rows of each kind in a minute of CPU.

Films seen, waiting, dealt with and of the library, as many of each; none of them lies on a disk.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import List

from core.events import JobState, QueueState
from core.queue.job import JobEnd, NewJob
from core.queue.job_facts import JobFacts
from core.settings.watched_folder import WatchedFolder
from monitor import FolderList
from store.connection import Database, path_to_sql
from store.jobs import JobStore
from store.library import LibraryStore
from store.queue_state import QueueStateStore

IN_FOLDER = 100  # films
_NUMBERS = (
    "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?) "
)


def fill_rows(data: Path, library: Path, rows: int) -> None:
    """Make a database of so many rows; its folder is not watched, so that nobody misses its films."""
    with Database(data) as database:
        folder = FolderList(database).add(WatchedFolder(library, enabled=False))
        jobs = JobStore(database)
        (number,) = jobs.add([NewJob(Path("/dealt with/film.mkv"), size=5_000_000_000)])
        facts = JobFacts("film", "h264", "av1", "1080p", "SVT-AV1", 5400.0, (("encode", 900.0),))
        end = JobEnd(JobState.COMPLETED, original_size=5_000_000_000, processed_size=2_000_000_000)
        jobs.finish(number, replace(end, facts=facts))
        QueueStateStore(database).save(QueueState.PAUSED)
    with closing(sqlite3.connect(str(data), isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        _see_and_queue(connection, folder.id, library, rows)
        _deal_with(connection, rows)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")
    with Database(data) as database:
        LibraryStore(database).update()
        _look_at_all(database)


def _see_and_queue(
    connection: sqlite3.Connection, folder_id: int, library: Path, rows: int
) -> None:
    connection.execute(
        _NUMBERS + "INSERT INTO seen_directories "
        "SELECT n, ?, printf('%04d/%06d', n / 100, n) FROM numbers",
        (rows // IN_FOLDER + 1, folder_id),
    )
    connection.execute(
        _NUMBERS + "INSERT INTO seen_files SELECT n, n / ? + 1, printf('Film %07d (2001).mkv', n), "
        "1000000 + n * 7919 % 900000000, 1700000000000000000 + n * 1000000000, n, "
        "printf('%d-%032x', 1000000 + n, n), 5400.0, 'film', NULL FROM numbers",
        (rows, IN_FOLDER),
    )
    connection.execute(
        "INSERT INTO jobs (id, filename, status, priority, position, added_at, original_size, film_time) "
        "SELECT f.id + 1, ? || '/' || d.path || '/' || f.name, 'queued', f.id % 3, f.id + 1, "
        "1700000000 + f.id, f.size, f.mtime_ns / 1e9 "
        "FROM seen_files f JOIN seen_directories d ON d.id = f.directory_id",
        (path_to_sql(library),),
    )


def _deal_with(connection: sqlite3.Connection, rows: int) -> None:
    """Copy the end of the one film that the queue has ended: 288 a day, over ten years for a million."""
    changed_of_table = {
        "jobs": {
            "id": "? + n",
            "filename": "'/dealt with/' || (n / 100) || '/Film ' || n || '.mkv'",
            "status": "CASE n % 10 WHEN 0 THEN 'skipped' ELSE 'completed' END",
            "end_time": "end_time - n * 300",
            "end_date": "date(end_time - n * 300, 'unixepoch')",
            "processed_size": "processed_size + n",
        },
        "job_ends": {
            "id": "id + n",
            "job_id": "? + n",
            "date": "date(date, (-n / 288) || ' days')",
        },
    }
    for table, changed in changed_of_table.items():
        names = _columns(connection, table)
        chosen = ", ".join(changed.get(name, name) for name in names)
        connection.execute(
            f"{_NUMBERS} INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} "
            f"FROM {table}, numbers WHERE id = 1",
            (rows - 1, rows + 1),
        )
    # All ends are alike, so that the sums of a day are those of the one so many times.
    for table, kept in (
        ("figures", ("dimension", "date", "name")),
        ("statistics", ("date", "average_processing_time")),
    ):
        chosen = ", ".join(
            "days.date" if name == "date" else name if name in kept else f"{name} * days.ends"
            for name in _columns(connection, table)
        )
        connection.execute(
            f"INSERT OR REPLACE INTO {table} SELECT {chosen} FROM (SELECT * FROM {table}) CROSS JOIN "
            "(SELECT date, count(*) AS ends FROM job_ends GROUP BY date) AS days"
        )


def _columns(connection: sqlite3.Connection, table: str) -> List[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def _look_at_all(database: Database) -> None:
    """As after a look into each film; six codecs, as many sizes of picture, one in nine needs nothing."""
    with database.transaction() as connection:
        connection.execute(
            "UPDATE library_films SET rules = 'x', codec = substr('h264hevcav1 vc1 mpg2mpg4', "
            "1 + id % 6 * 4, 4), width = 1280 + id % 6 * 320, height = 720 + id % 6 * 180, "
            "resolution = (720 + id % 6 * 180) || 'p', languages = ',en,nl,', template = 'SVT-AV1', "
            "outcome = CASE id % 9 WHEN 0 THEN 'nothing' ELSE 'encode' END, "
            "health = CASE id % 50 WHEN 0 THEN 'damaged' ELSE 'ok' END"
        )
