"""How long jobs have taken, pool by pool (``core.queue.estimate``), kept with each job's end."""

from __future__ import annotations

import math
import sqlite3
from typing import Dict, List, Optional, Tuple

from core.events import JobState
from core.queue.estimate import Measure, Pool, PoolKey, Waiting, seconds_a_unit
from core.queue.job import JobEnd, JobKind
from core.queue.job_facts import JobFacts
from store.connection import Database

_ENOUGH = 0.2  # of a film: what is made beside its picture would count for too much
_COLUMNS = "measure, instance_id, kind, template, resolution"


def record_speed(
    connection: sqlite3.Connection, end: JobEnd, kind: JobKind, instance_id: str
) -> None:
    """Count the time of a completed job in all its pools, inside the transaction that ends the job."""
    facts = end.facts
    seconds = sum(took for _step, took in facts.step_seconds)
    if end.state is not JobState.COMPLETED or seconds <= 0 or kind is JobKind.UNKNOWN:
        return
    # What other machines made of a film in chunks took none of this machine's time.
    made = facts.own_film_seconds / facts.film_seconds if facts.film_seconds > 0 else 1.0
    for measure, units in (
        (Measure.FILM_SECOND, facts.film_seconds * made),
        (Measure.BYTE, (end.original_size or 0) * made),
    ):
        if units <= 0 or made < _ENOUGH:
            continue
        value = math.log(seconds / units)
        exact = PoolKey(measure, instance_id, kind, facts.template, facts.resolution)
        wider = (
            PoolKey(measure, instance_id, kind, facts.template),
            PoolKey(measure, instance_id, kind),
            PoolKey(measure, instance_id),
        )
        for key in dict.fromkeys((exact, *wider)):
            _write(connection, key, _read(connection, key).plus(value))


def _values(key: PoolKey) -> Tuple[str, ...]:
    return (key.measure.value, key.instance_id, key.kind.value, key.template, key.resolution)


def _read(connection: sqlite3.Connection, key: PoolKey) -> Pool:
    row = connection.execute(
        "SELECT jobs, mean, squares FROM speeds WHERE measure = ? AND instance_id = ? "
        "AND kind = ? AND template = ? AND resolution = ?",
        _values(key),
    ).fetchone()
    return Pool(*row) if row is not None else Pool(0.0, 0.0, 0.0)


def _write(connection: sqlite3.Connection, key: PoolKey, pool: Pool) -> None:
    connection.execute(
        f"INSERT OR REPLACE INTO speeds ({_COLUMNS}, jobs, mean, squares) "  # noqa: S608
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*_values(key), pool.jobs, pool.mean, pool.squares),
    )


class SpeedStore:
    """Reads what the estimate is made from."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pools(self) -> Dict[PoolKey, Pool]:
        """Return every pool."""
        with self._database.read() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS}, jobs, mean, squares FROM speeds")  # noqa: S608
            return {
                PoolKey(Measure(row[0]), row[1], JobKind(row[2]), row[3], row[4]): Pool(*row[5:])
                for row in map(tuple, rows)
            }

    def expected(self, facts: JobFacts, kind: JobKind, instance_id: str) -> Optional[float]:
        """Return how many seconds a planned job is expected to take on a machine; None while unknown."""
        key = PoolKey(Measure.FILM_SECOND, instance_id, kind, facts.template, facts.resolution)
        a_second = seconds_a_unit(key, self.pools())
        return None if a_second is None else a_second * facts.film_seconds

    def waiting(self, instance_id: str) -> Tuple[Waiting, ...]:
        """Return the queued jobs in groups: by pool where they are planned, by size where not."""
        found: List[Waiting] = []
        with self._database.read() as connection:
            planned = connection.execute(
                "SELECT kind, template, resolution, count(*), sum(film_seconds), "
                "sum(film_seconds * film_seconds) FROM jobs "
                "WHERE status = 'queued' AND kind <> '' GROUP BY kind, template, resolution"
            )
            for kind, template, resolution, jobs, units, squares in map(tuple, planned):
                key = PoolKey(Measure.FILM_SECOND, instance_id, JobKind(kind), template, resolution)
                found.append(Waiting(key, jobs, units, squares))
            row = connection.execute(
                "SELECT count(*), sum(original_size), "
                "sum(CAST(original_size AS REAL) * original_size) FROM jobs "
                "WHERE status = 'queued' AND kind = ''"
            ).fetchone()
        if row[0]:
            key = PoolKey(Measure.BYTE, instance_id)
            found.append(Waiting(key, row[0], float(row[1] or 0), float(row[2] or 0)))
        return tuple(found)
