"""Statistics of ended jobs, summed by day, dimension and name in the transaction that ends the job.

Each end of a job is a row of ``job_ends`` that no retry takes back; the daily rows and the sums are a
shadow of those and can be remade from them. Ends are kept as long as the history is; sums for ever.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any, Dict, Iterator, List, Mapping, Sequence, Tuple

from core.chunk_progress import MachineShare, from_rows, rows_of, shares
from core.events import JobState
from core.queue.job import JobEnd
from core.reporting.statistics import Dimension, Sums, TopSaving
from core.steps import StepName
from core.target_quality.quality_json import quality_to_json, read_quality
from store.connection import Database, path_from_sql
from store.migrations import FINAL_STATES

_COLUMNS = (
    "completed, failed, skipped, size_before, size_after, seconds, film_seconds, "
    "scored, score_difference, target_met"
)
_SUMS = ", ".join(f"coalesce(sum({name.strip()}), 0)" for name in _COLUMNS.split(","))
_COUNTED = (JobState.COMPLETED, JobState.FAILED, JobState.SKIPPED)
_NO_SCORE = (0, 0.0, 0)
_Row = Tuple[str, str, str, int, int, int, int, int, float, float, int, float, int]


def record_figures(
    connection: sqlite3.Connection,
    job_id: int,
    date: str,
    end: JobEnd,
    seconds: float,
    instance_id: str,
) -> None:
    """Store one end and add it to the sums; cancelled jobs do not count."""
    if end.state not in _COUNTED:
        return
    facts = end.facts
    before = end.original_size or 0
    after = before if end.processed_size is None else end.processed_size
    details: Dict[str, Sequence[Any]] = {
        "audio_before": facts.audio_before,
        "audio_after": facts.audio_after,
        "steps": facts.step_seconds,
    }
    if facts.chunks:
        details["chunks"] = rows_of(facts.chunks)
    if facts.quality:
        details["quality"] = [quality_to_json(quality) for quality in facts.quality]
    values = (
        job_id,
        date,
        end.state.value,
        before,
        after,
        seconds,
        facts.film_seconds,
        instance_id,
        facts.content_type,
        facts.video_before,
        facts.resolution,
        facts.template,
        json.dumps(details) if any(details.values()) else "",
    )
    connection.execute(
        "INSERT INTO job_ends (job_id, date, state, size_before, size_after, seconds, "
        "film_seconds, machine, content, codec, resolution, template, details) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        values,
    )
    _add(connection, _rows(values[1:]))


def _rows(values: Tuple[object, ...]) -> Iterator[_Row]:
    """Return what one end adds to the sums."""
    date, state, before, after, seconds, film_seconds, machine, content, codec, *rest = values
    resolution, template, details = rest
    done = state == JobState.COMPLETED.value
    counts = (int(done), int(state == JobState.FAILED.value), int(state == JobState.SKIPPED.value))
    sums = (before, after, seconds, film_seconds) if done else (0, 0, 0.0, 0.0)
    more = json.loads(str(details)) if done and details else {}
    own, others = _machine_times(more, str(machine), seconds, film_seconds)
    scored = _score(more)
    for other in others:
        yield (
            *(str(date), Dimension.MACHINE.value, other.machine, 0, 0, 0, 0, 0),
            *(other.seconds, other.film_seconds, *_NO_SCORE),
        )
    for dimension, name in (
        (Dimension.ALL, ""),
        (Dimension.MACHINE, machine),
        (Dimension.CONTENT, content),
        (Dimension.CODEC, codec),
        (Dimension.RESOLUTION, resolution),
        (Dimension.TEMPLATE, template),
    ):
        times = own if done and dimension is Dimension.MACHINE else sums[2:]
        sizes = (*sums[:2], *times, *scored)
        yield (str(date), dimension.value, str(name), *counts, *sizes)  # type: ignore[misc]
    if more:
        for dimension, key in (
            (Dimension.AUDIO_BEFORE, "audio_before"),
            (Dimension.AUDIO_AFTER, "audio_after"),
        ):
            for codec_name in more[key]:
                yield (
                    *(str(date), dimension.value, codec_name, 1, 0, 0, 0, 0, 0.0, 0.0),
                    *_NO_SCORE,
                )
        for step, took in more["steps"]:
            yield (str(date), Dimension.STEP.value, step, 1, 0, 0, 0, 0, took, 0.0, *_NO_SCORE)


def _machine_times(
    more: Mapping[str, Any], machine: str, seconds: Any, film_seconds: Any
) -> Tuple[Tuple[float, float], Tuple[MachineShare, ...]]:
    """Seconds of work and of film that a job's own machine made, and what other machines made of it.

    Its own time is never more than the job took, however many encoders worked side by side.
    """
    found = {share.machine: share for share in shares(from_rows(more.get("chunks", ())))}
    others = tuple(share for name, share in found.items() if name not in ("", machine))
    if not others:
        return (seconds, film_seconds), ()
    mine = [found[name] for name in dict.fromkeys(("", machine)) if name in found]
    beside = sum(took for step, took in more["steps"] if step != StepName.ENCODE.value)
    worked = min(seconds, beside + sum(share.seconds for share in mine))
    shown = film_seconds - sum(share.film_seconds for share in others)
    return (worked, max(0.0, shown)), others


def _score(more: Mapping[str, Any]) -> Tuple[int, float, int]:
    """Whether the film was measured against its target, how far above that it is, and whether it is near."""
    for quality in map(read_quality, more.get("quality", ())):
        if quality is not None and quality.difference is not None:
            return 1, quality.difference, int(quality.met is True)
    return _NO_SCORE


def _add(connection: sqlite3.Connection, rows: Iterator[_Row]) -> None:
    connection.executemany(
        f"INSERT INTO figures (date, dimension, name, {_COLUMNS}) "  # noqa: S608
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (dimension, date, name) DO UPDATE SET "
        + ", ".join(f"{column} = {column} + excluded.{column}" for column in _COLUMNS.split(", ")),
        list(rows),
    )


class FigureStore:
    """Reads the sums; thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def by_name(self, dimension: Dimension, since: str, until: str) -> Dict[str, Sums]:
        """Return the sums of each name in a range of days."""
        return self._read(
            f"SELECT name, {_SUMS} FROM figures WHERE dimension = ? "  # noqa: S608
            "AND date BETWEEN ? AND ? GROUP BY name",
            dimension.value,
            since,
            until,
        )

    def by_day(self, since: str, until: str) -> Dict[str, Sums]:
        """Return the sums of each day on which something ended, in order."""
        return self._read(
            f"SELECT date, {_COLUMNS} FROM figures WHERE dimension = ? AND date BETWEEN ? AND ? "  # noqa: S608
            "ORDER BY date",
            Dimension.ALL.value,
            since,
            until,
        )

    def top_savings(self, since: str, until: str, count: int) -> Tuple[TopSaving, ...]:
        """Return the films of the history that saved most space."""
        saved = "original_size - processed_size"
        with self._database.read() as connection:
            days = connection.execute(
                "SELECT julianday(?) - julianday(?)", (until or "9999-12-31", since or "0001-01-01")
            ).fetchone()[0]
            # For few days the index by day is quicker; for many, the index by saving gives the best first.
            hint = "jobs_ended_on" if days is not None and days < 40 else "jobs_saved"
            rows = connection.execute(
                "SELECT filename, end_date, original_size, processed_size FROM jobs "  # noqa: S608
                f"INDEXED BY {hint} WHERE status = 'completed' AND end_date IS NOT NULL "
                f"AND {saved} > 0 AND end_date BETWEEN ? AND ? ORDER BY {saved} DESC LIMIT ?",
                (since, until or "9999", count),
            ).fetchall()
        return tuple(TopSaving(str(path_from_sql(row[0])), row[1], row[2], row[3]) for row in rows)

    def rebuild(self) -> int:
        """Recalculate the daily rows and the sums from the ends that are kept; return the number of days.

        Days of which ends were pruned stay as they are.
        """
        with self._database.transaction() as connection:
            first = connection.execute("SELECT min(date) FROM job_ends").fetchone()[0]
            if first is None:
                return 0
            for table in ("statistics", "figures"):
                connection.execute(f"DELETE FROM {table} WHERE date >= ?", (first,))  # noqa: S608
            connection.execute(_DAYS, (first,))
            cursor = connection.execute(
                "SELECT date, state, size_before, size_after, seconds, film_seconds, machine, "
                "content, codec, resolution, template, details FROM job_ends"
            )
            for part in iter(lambda: cursor.fetchmany(1000), []):
                rows: List[_Row] = []
                for end in part:
                    rows.extend(_rows(tuple(end)))
                _add(connection, iter(rows))
            days = connection.execute("SELECT count(*) FROM statistics WHERE date >= ?", (first,))
            return int(days.fetchone()[0])

    def prune(self, before: str) -> int:
        """Forget ended jobs and ends of days before this one; their sums stay. Return how many jobs."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM job_ends WHERE date < ?", (before,))
            # A day ends everywhere within two days of its beginning in UTC: the index has the few to look at.
            return connection.execute(
                f"DELETE FROM jobs WHERE status IN ({FINAL_STATES}) AND end_date < ? "  # noqa: S608
                "AND end_time < strftime('%s', ?, '+2 days') + 0",
                (before, before),
            ).rowcount

    def _read(self, query: str, *values: str) -> Dict[str, Sums]:
        bounds = list(values)
        bounds[-1] = bounds[-1] or "9999"
        with self._database.read() as connection:
            return {row[0]: Sums(*tuple(row)[1:]) for row in connection.execute(query, bounds)}


_DAYS = """
    INSERT INTO statistics
    SELECT date, sum(state = 'completed'), sum(state = 'failed'),
        sum(CASE WHEN state = 'completed' THEN size_before ELSE 0 END),
        sum(CASE WHEN state = 'completed' THEN size_before - size_after ELSE 0 END),
        coalesce(avg(CASE WHEN state = 'completed' THEN seconds END), 0)
    FROM job_ends WHERE date >= ? AND state IN ('completed', 'failed') GROUP BY date
"""
