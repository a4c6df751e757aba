"""Long tables of jobs: the ids of all rows in their order at once, the rows themselves a screen at a time.

A million ids take a fraction of a second and 8 MB; SQLite puts them into one text of digits that Python
turns into numbers without looking at each, so that no other thread of the program waits meanwhile.
"""

from __future__ import annotations

import os
import sys
import time
from array import array
from bisect import bisect_left
from dataclasses import dataclass, field
from enum import Enum
from pathlib import PurePath
from typing import Dict, List, Sequence, Tuple, Union

from core.events import JobState
from core.queue.film_filter import FilmFilter
from core.queue.job import Job
from store.connection import Database
from store.jobs import JobStore

_BYTES = 4  # of a number, as ``listed`` writes it
_CHUNK = 2 * _BYTES << 13  # characters of the list of ids that are read at once
_MOST_IDS = 500  # of one statement


class SortBy(str, Enum):
    """What a table of jobs is sorted by."""

    QUEUE = "queue"  # the order in which they will be processed
    NAME = "name"
    FOLDER = "folder"
    STATE = "state"
    SIZE = "size"
    RESULT = "result"
    SAVED = "saved"
    ADDED = "added"
    ENDED = "ended"
    MESSAGE = "message"
    PRIORITY = "priority"


# The file's name without its folder: what is left when everything up to the last separator goes.
_SEPARATOR = "'" + os.sep + "'"
# Each character of a name is looked for in the text of those that may go, so the usual ones stand first.
_USUAL = "' .eaionrst0123456789lmdkhupvc-()'"
# With a separator at its end.
_DIRECTORY = f"rtrim(filename, {_USUAL} || replace(filename, {_SEPARATOR}, ''))"
_BARE = f"replace(filename, {_DIRECTORY}, '')"
_ORDERS: Dict[SortBy, Tuple[str, ...]] = {
    SortBy.NAME: (f"{_BARE} COLLATE NOCASE",),
    SortBy.FOLDER: ("filename COLLATE NOCASE",),
    SortBy.STATE: ("status",),
    SortBy.SIZE: ("original_size",),
    SortBy.RESULT: ("processed_size",),
    SortBy.SAVED: ("original_size - processed_size",),
    SortBy.ADDED: ("added_at",),
    SortBy.ENDED: ("end_time",),
    SortBy.MESSAGE: ("message COLLATE NOCASE",),
    SortBy.PRIORITY: ("priority",),
}


@dataclass(frozen=True)
class Listing:
    """Which jobs a table has, and in which order; ``text`` must be part of the path or the note."""

    states: Tuple[JobState, ...]
    sort: SortBy = SortBy.QUEUE
    descending: bool = False
    text: str = ""
    narrowed: FilmFilter = FilmFilter()


@dataclass(frozen=True)
class QueuePlaces:
    """Where in the queue jobs are, from 1; the ids are sorted, each with its place."""

    ids: array[int] = field(default_factory=lambda: array("q"))
    places: array[int] = field(default_factory=lambda: array("q"))

    def place(self, job_id: int) -> int:
        """Return a job's place; 0 for one that is not in the queue."""
        index = bisect_left(self.ids, job_id)
        there = index < len(self.ids) and self.ids[index] == job_id
        return self.places[index] if there else 0


class JobPages:
    """Reads the tables; every thread that asks has its own connection."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._jobs = JobStore(database)

    def ids(self, listing: Listing, without: Sequence[int] = ()) -> array[int]:
        """Return the ids of all rows in their order, but for a few jobs that are shown elsewhere."""
        where, values = _where(listing)
        if without:
            where += f" AND id NOT IN ({', '.join(str(int(job_id)) for job_id in without)})"
        statement = (
            f"SELECT {listed('id')} FROM (SELECT id FROM jobs "  # noqa: S608 - names of ours only
            f"WHERE {where} ORDER BY {_order(listing)})"
        )
        with self._database.read() as connection:
            text = connection.execute(statement, values).fetchone()[0] or ""
        return numbers_in(text)

    def places(self, states: Sequence[JobState]) -> QueuePlaces:
        """Return the place of each job in these states, in the order in which they will be processed."""
        where, values = _where(Listing(tuple(states)))
        with self._database.read() as connection:
            ids, places = connection.execute(
                f"SELECT {listed('id')}, {listed('place')} FROM (SELECT id, row_number() "  # noqa: S608
                f"OVER (ORDER BY {_order(Listing(()))}) AS place FROM jobs WHERE {where} ORDER BY id)",
                values,
            ).fetchone()
        return QueuePlaces(numbers_in(ids or ""), numbers_in(places or ""))

    def codecs(self, states: Sequence[JobState]) -> Tuple[str, ...]:
        """Return the video codecs of the films in these states, as far as they are known, by name."""
        where, values = _where(Listing(tuple(states)))
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT DISTINCT video_before FROM jobs WHERE {where}",  # noqa: S608
                values,
            )
            return tuple(sorted(row[0] for row in rows if row[0]))

    def rows(self, ids: Sequence[int]) -> Dict[int, Job]:
        """Return the jobs of these ids that there are."""
        found: Dict[int, Job] = {}
        for first in range(0, len(ids), _MOST_IDS):
            for job in self._jobs.of_ids(ids[first : first + _MOST_IDS]):
                found[job.id] = job
        return found

    def counts(self) -> Dict[JobState, int]:
        """Return how many jobs there are in every state, zeros included."""
        return self._jobs.counts()


_Values = Tuple[Union[str, int], ...]


def _where(listing: Listing) -> Tuple[str, _Values]:
    """The condition of a listing, which begins with the states, and its values."""
    marks = ", ".join("?" * len(listing.states))
    where: List[str] = [f"status IN ({marks})"]
    values: _Values = tuple(state.value for state in listing.states)
    if listing.text:
        where.append("(filename LIKE ? ESCAPE '\\' OR message LIKE ? ESCAPE '\\')")
        values += (f"%{_literally(listing.text)}%",) * 2
    wanted = listing.narrowed
    if wanted.smallest is not None:
        where.append("original_size >= ?")
        values += (wanted.smallest,)
    if wanted.largest is not None:
        where.append("original_size <= ?")
        values += (wanted.largest,)
    if wanted.codec is not None:
        where.append("video_before = ?")
        values += (wanted.codec,)
    if wanted.folder:
        pattern = _literally(wanted.folder.rstrip("/" + os.sep))
        if PurePath(wanted.folder).is_absolute():
            where.append("filename LIKE ? ESCAPE '\\'")
            values += (pattern + _literally(os.sep) + "%",)
        else:
            # Taking a name apart is slow, so only where the part is in it at all.
            where.append(f"filename LIKE ? ESCAPE '\\' AND {_DIRECTORY} LIKE ? ESCAPE '\\'")
            values += (f"%{pattern}%",) * 2
    return " AND ".join(where), values


def _literally(text: str) -> str:
    """A text as a part of LIKE's pattern that stands for itself."""
    for special in "\\%_":
        text = text.replace(special, "\\" + special)
    return text


def _order(listing: Listing) -> str:
    down = " DESC" if listing.descending else ""
    if listing.sort is SortBy.QUEUE:
        up = "" if listing.descending else " DESC"
        return f"priority{up}, position{down}, id{down}"
    return ", ".join(f"{column}{down}" for column in (*_ORDERS[listing.sort], "id"))


def listed(column: str) -> str:
    """The words of SQL that put the numbers of a column, below 2 ** 32, into one text for ``numbers_in``."""
    return f"group_concat(printf('%0{2 * _BYTES}x', {column}), '')"


def numbers_in(text: str) -> array[int]:
    """Return the numbers of what ``listed`` has made; other threads run between two pieces of it."""
    numbers = array("q")
    size = numbers.itemsize
    for first in range(0, len(text), _CHUNK):
        narrow = bytes.fromhex(text[first : first + _CHUNK])
        wide = bytearray(len(narrow) // _BYTES * size)
        for place in range(_BYTES):
            at = _BYTES - 1 - place if sys.byteorder == "little" else size - _BYTES + place
            wide[at::size] = narrow[place::_BYTES]
        numbers.frombytes(wide)
        time.sleep(0)
    return numbers
