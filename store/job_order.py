"""The order that the user gives the queue: by priority, highest first, then by position.

A position is a number between its neighbours', so that moving a job writes one row. When two neighbours
have come too close, the positions of their priority are numbered again, or those behind them move on a
little where a rule gives the positions (``core.queue.order_rule``). What a job's user has done with it is
kept in ``placed``: a rule leaves it where it is.
"""

from __future__ import annotations

import heapq
import sqlite3
from itertools import chain
from typing import List, Optional, Sequence, Tuple

from core.events import JobState
from core.queue.job import Where
from core.queue.order_rule import FARTHEST
from core.settings.choices import QueueOrder
from store.connection import Database
from store.migrations import FINAL_STATES
from store.queue_order import place_by_rule, rule_of

# The states of jobs that have a place in the queue.
_WAITING = f"status IN ('{JobState.QUEUED.value}', '{JobState.PAUSED.value}')"
# Two positions that are closer are numbered again; at ten million a double's own steps are a fifth of it.
_CLOSEST = 1e-8
_APART = 1e-7  # how far those then come to lie from each other under a rule
_Place = Tuple[int, int, float]  # id, priority, position


class JobOrder:
    """Moves waiting jobs; thread-safe. Other jobs are skipped."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def move(self, ids: Sequence[int], where: Where) -> None:
        """Move jobs to an end of the queue or by one place; several keep their order."""
        with self._database.transaction() as connection:
            chosen = _places(connection, ids)
            if not chosen:
                return
            if where is Where.TOP:
                _before(connection, chosen, _end(connection, chosen, first=True))
            elif where is Where.BOTTOM:
                _after(connection, chosen, _end(connection, chosen, first=False))
            elif where is Where.UP:
                target = _neighbour(connection, chosen[0], above=True, but=chosen)
                _before(connection, chosen, target or chosen[0])
            else:
                target = _neighbour(connection, chosen[-1], above=False, but=chosen)
                _after(connection, chosen, target or chosen[-1])

    def spread(self, ids: Sequence[int], wanted: bool) -> None:
        """Let jobs go before all others, each made by all machines together, or no more so.

        Those that are at work stay where they are.
        """
        with self._database.transaction() as connection:
            connection.executemany(
                f"UPDATE jobs SET spread = ? WHERE id = ? AND status NOT IN ({FINAL_STATES})",  # noqa: S608
                [(wanted, job_id) for job_id in ids],
            )
            if wanted:
                self.move(ids, Where.TOP)

    def place_before(self, ids: Sequence[int], before_id: Optional[int]) -> None:
        """Put jobs right before another one; at the end of the queue where that is None or gone."""
        with self._database.transaction() as connection:
            chosen = _places(connection, ids)
            target = _places(connection, [before_id] if before_id is not None else [])
            if not chosen or (target and target[0][0] in set(ids)):
                return
            if target:
                _before(connection, chosen, target[0])
            else:
                _after(connection, chosen, _end(connection, chosen, first=False))

    def set_priority(self, ids: Sequence[int], priority: int) -> None:
        """Give jobs a priority; among their equals they come last, in their order, or where the rule has
        them.
        """
        with self._database.transaction() as connection:
            chosen = _places(connection, ids)
            last = connection.execute(
                f"SELECT max(position) FROM jobs WHERE {_WAITING} AND priority = ?",  # noqa: S608
                (priority,),
            ).fetchone()[0]
            _write(
                connection,
                [
                    (job[0], priority, (last or 0.0) + number)
                    for number, job in enumerate(chosen, 1)
                ],
                placed=False,
            )
            place_by_rule(connection, [job[0] for job in chosen])


def _places(connection: sqlite3.Connection, ids: Sequence[int]) -> List[_Place]:
    """The waiting jobs among these, in the queue's order."""
    found: List[_Place] = []
    for begin in range(0, len(ids), 500):  # SQLite's limit of variables is 999 in old versions
        part = ids[begin : begin + 500]
        marks = ", ".join("?" * len(part))
        rows = connection.execute(
            f"SELECT id, priority, position FROM jobs WHERE id IN ({marks}) AND {_WAITING}",  # noqa: S608
            tuple(part),
        )
        found.extend((row[0], row[1], row[2]) for row in rows)
    return sorted(found, key=_rank)


def _rank(place: _Place) -> Tuple[int, float, int]:
    return (-place[1], place[2], place[0])


def _end(connection: sqlite3.Connection, chosen: List[_Place], *, first: bool) -> _Place:
    """The first or the last of the queue that is not among the chosen; else one of those."""
    edge = chosen[0] if first else chosen[-1]
    order = "priority DESC, position, id" if first else "priority, position DESC, id DESC"
    taken = {row[0] for row in chosen}
    best: Optional[_Place] = None
    for state in (JobState.QUEUED, JobState.PAUSED):
        rows = connection.execute(
            f"SELECT id, priority, position FROM jobs WHERE status = ? ORDER BY {order}",  # noqa: S608
            (state.value,),
        )
        for row in rows:
            place: _Place = (row[0], row[1], row[2])
            if place[0] not in taken:
                ahead = best is None or ((_rank(place) < _rank(best)) is first)
                best = place if ahead else best
                break
    return best or edge


def _neighbour(
    connection: sqlite3.Connection, place: _Place, *, above: bool, but: List[_Place]
) -> Optional[_Place]:
    """The next waiting job above or below that is not among ``but``."""
    job_id, priority, position = place
    taken = {row[0] for row in but}
    beyond, order = ("<", "DESC") if above else (">", "")
    further, next_order = (">", "") if above else ("<", "DESC")
    # Those of its priority, then those of the others: each a range of the index, begun where it lies.
    alike = f"priority = :priority AND (position, id) {beyond} (:position, :id)"
    best: Optional[_Place] = None
    for state in (JobState.QUEUED, JobState.PAUSED):
        rows = chain(
            *(
                connection.execute(
                    f"SELECT id, priority, position FROM jobs WHERE status = :state AND {where} "  # noqa: S608
                    f"ORDER BY priority {next_order}, position {order}, id {order}",
                    {
                        "state": state.value,
                        "priority": priority,
                        "position": position,
                        "id": job_id,
                    },
                )
                for where in (alike, f"priority {further} :priority")
            )
        )
        for row in rows:
            found: _Place = (row[0], row[1], row[2])
            if found[0] not in taken:
                nearer = best is None or ((_rank(found) > _rank(best)) is above)
                best = found if nearer else best
                break
    return best


def _before(connection: sqlite3.Connection, chosen: List[_Place], target: _Place) -> None:
    """Put the chosen between the target and the one above it of the same priority."""
    target = _parted(connection, target)
    low = connection.execute(
        f"SELECT max(position) FROM jobs WHERE {_WAITING} AND priority = ? AND position < ? "  # noqa: S608
        f"AND id NOT IN ({_marks(chosen)})",
        (target[1], target[2], *_few(chosen)),
    ).fetchone()[0]
    above = target[2] if low is not None else _beyond(connection, target[2], first=True)
    begin = above - len(chosen) - 1 if low is None else float(low)
    _spread(connection, chosen, target, begin, above)


def _after(connection: sqlite3.Connection, chosen: List[_Place], target: _Place) -> None:
    """Put the chosen between the target and the one below it of the same priority."""
    target = _parted(connection, target)
    high = connection.execute(
        f"SELECT min(position) FROM jobs WHERE {_WAITING} AND priority = ? AND position > ? "  # noqa: S608
        f"AND id NOT IN ({_marks(chosen)})",
        (target[1], target[2], *_few(chosen)),
    ).fetchone()[0]
    below = target[2] if high is not None else _beyond(connection, target[2], first=False)
    end = below + len(chosen) + 1 if high is None else float(high)
    _spread(connection, chosen, target, below, end)


def _beyond(connection: sqlite3.Connection, position: float, *, first: bool) -> float:
    """Where an end of the queue begins: beyond all that a rule may queue later."""
    if rule_of(connection) is QueueOrder.FOUND:
        return position
    return min(position, -FARTHEST) if first else max(position, FARTHEST)


def _spread(
    connection: sqlite3.Connection,
    chosen: List[_Place],
    target: _Place,
    begin: float,
    end: float,
) -> None:
    step = (end - begin) / (len(chosen) + 1)
    crowded = step < _CLOSEST
    by_rule = rule_of(connection) is not QueueOrder.FOUND
    if crowded and by_rule:
        step = _APART
    _write(
        connection,
        [(job[0], target[1], begin + step * number) for number, job in enumerate(chosen, 1)],
    )
    if crowded and by_rule:
        _keep_apart(connection, target[1], end, begin + step * len(chosen), but=chosen)
    elif crowded:
        _deal_out(connection, target[1])


def _parted(connection: sqlite3.Connection, target: _Place) -> _Place:
    """Part the jobs that a rule has put at the same place as another; return where that one is then."""
    if rule_of(connection) is QueueOrder.FOUND:
        return target
    _keep_apart(connection, target[1], target[2], None)
    return (_places(connection, [target[0]]) or [target])[0]


def _keep_apart(
    connection: sqlite3.Connection,
    priority: int,
    begin: float,
    last: Optional[float],
    but: Sequence[_Place] = (),
) -> None:
    """Move the jobs from ``begin`` on, but some, a little back where they are too close to ``last``."""
    left_out = {job[0] for job in but}
    # A query a state: the index has each in order, so that only the few rows that are looked at are read.
    rows = heapq.merge(
        *(
            map(
                tuple,
                connection.execute(
                    "SELECT position, id FROM jobs WHERE status = ? AND priority = ? AND position >= ? "
                    "ORDER BY position, id",
                    (state.value, priority, begin),
                ),
            )
            for state in (JobState.QUEUED, JobState.PAUSED)
        )
    )
    moved: List[_Place] = []
    for position, job_id in rows:
        if job_id in left_out:
            continue
        if last is not None and position >= last + _APART / 2:
            break
        last = position if last is None else last + _APART
        moved.append((job_id, priority, last))
    _write(connection, moved, placed=None)


def _deal_out(connection: sqlite3.Connection, priority: int) -> None:
    """Give the waiting jobs of a priority whole numbers, in the order that they have."""
    rows = connection.execute(
        f"SELECT id FROM jobs WHERE {_WAITING} AND priority = ? ORDER BY position, id",  # noqa: S608
        (priority,),
    ).fetchall()
    numbered = [(row[0], priority, float(number)) for number, row in enumerate(rows, 1)]
    _write(connection, numbered, placed=None)


def _write(
    connection: sqlite3.Connection, places: Sequence[_Place], *, placed: Optional[bool] = True
) -> None:
    """Store places; ``placed`` says whether the user has put the jobs there, None leaves that as it is."""
    connection.executemany(
        "UPDATE jobs SET priority = ?, position = ?, placed = coalesce(?, placed) WHERE id = ?",
        [(priority, position, placed, job_id) for job_id, priority, position in places],
    )


def _few(chosen: List[_Place]) -> Tuple[int, ...]:
    """Ids for one statement; of a larger selection the others come to lie in between, which is right."""
    return tuple(row[0] for row in chosen[:500])


def _marks(chosen: List[_Place]) -> str:
    return ", ".join("?" * len(_few(chosen)))
