"""Long tables of jobs: the ids of all rows in their order at once, the rows themselves a screen at a time.

A million ids take a fraction of a second and 8 MB; SQLite puts them into one text, so that no other
thread of the program waits for Python meanwhile.
"""

from __future__ import annotations

import os
import time
from array import array
from dataclasses import dataclass
from enum import Enum
from typing import Dict, Sequence, Tuple

from core.events import JobState
from core.queue.job import Job
from store.connection import Database
from store.jobs import JobStore

_CHUNK = 1 << 16  # characters of the list of ids that are read at once
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
_BARE = f"replace(filename, rtrim(filename, replace(filename, {_SEPARATOR}, '')), '')"
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


class JobPages:
    """Reads the tables; every thread that asks has its own connection."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._jobs = JobStore(database)

    def ids(self, listing: Listing) -> array[int]:
        """Return the ids of all rows in their order."""
        where, values = _where(listing)
        statement = (
            "SELECT group_concat(id) FROM (SELECT id FROM jobs "  # noqa: S608 - names of ours only
            f"WHERE {where} ORDER BY {_order(listing)})"
        )
        with self._database.read() as connection:
            text = connection.execute(statement, values).fetchone()[0] or ""
        return numbers_in(text)

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


def _where(listing: Listing) -> Tuple[str, Tuple[str, ...]]:
    marks = ", ".join("?" * len(listing.states))
    where, values = f"status IN ({marks})", tuple(state.value for state in listing.states)
    if listing.text:
        where += " AND (filename LIKE ? ESCAPE '\\' OR message LIKE ? ESCAPE '\\')"
        pattern = listing.text
        for special in "\\%_":
            pattern = pattern.replace(special, "\\" + special)
        values += (f"%{pattern}%",) * 2
    return where, values


def _order(listing: Listing) -> str:
    down = " DESC" if listing.descending else ""
    if listing.sort is SortBy.QUEUE:
        up = "" if listing.descending else " DESC"
        return f"priority{up}, position{down}, id{down}"
    return ", ".join(f"{column}{down}" for column in (*_ORDERS[listing.sort], "id"))


def numbers_in(text: str) -> array[int]:
    """Return the numbers of a list with commas; other threads run between two pieces of it."""
    numbers = array("q")
    first = 0
    while first < len(text):
        end = text.find(",", first + _CHUNK)
        end = len(text) if end < 0 else end
        numbers.extend(map(int, text[first:end].split(",")))
        first = end + 1
        time.sleep(0)
    return numbers
