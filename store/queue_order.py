"""By which rule the waiting jobs are in order: kept beside them, so that both change together."""

from __future__ import annotations

import sqlite3
from itertools import groupby
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

from core.library.savings import Share, share_of
from core.queue.order_rule import in_rule_order, position_of
from core.settings.choices import QueueOrder
from store.connection import Database, path_to_sql
from store.ratios import ratios_in

_WAITING = "status IN ('queued', 'paused')"
_FACTS = "id, original_size, expected_saving, film_time, added_at"
_MOST_IDS = 10_000  # numbers in one statement
_SAVED = "l.size - coalesce(l.expected, l.size * s.likely)"
# What processing a film saves, as far as it is known (bytes).
_SAVING = (
    f"(SELECT CAST(max(0, {_SAVED}) AS INTEGER) FROM library_films l LEFT JOIN shares s "  # noqa: S608
    "ON s.template = l.template AND s.resolution = l.resolution "
    "WHERE l.path = jobs.filename AND l.outcome IN ('encode', 'copy', 'names'))"
)


def rule_of(connection: sqlite3.Connection) -> QueueOrder:
    """Return the rule that the positions follow."""
    row = connection.execute("SELECT rule FROM queue_order").fetchone()
    try:
        return QueueOrder.FOUND if row is None else QueueOrder(row[0])
    except ValueError:  # of another version
        return QueueOrder.FOUND


def shares(
    connection: sqlite3.Connection, films: str = "1", *values: object
) -> Dict[Tuple[str, str], Share]:
    """Return what share stays of films under each template and resolution of these of the library."""
    ratios = ratios_in(connection)
    pairs = connection.execute(
        f"SELECT DISTINCT template, resolution FROM library_films WHERE template <> '' AND {films}",  # noqa: S608
        values,
    ).fetchall()
    found = {
        (template, size): share_of(ratios, template, size) for template, size in map(tuple, pairs)
    }
    return {key: share for key, share in found.items() if share is not None}


def shares_table(
    connection: sqlite3.Connection, films: str = "1", *values: object
) -> Tuple[str, Tuple[object, ...]]:
    """Return the beginning of a statement that can name ``shares``, and its values."""
    rows = [(*key, share.likely) for key, share in shares(connection, films, *values).items()]
    rows = rows or [("", "-", 0.0)]
    marks = ", ".join(["(?, ?, ?)"] * len(rows))
    of_table = tuple(value for row in rows for value in row)
    return f"WITH shares(template, resolution, likely) AS (VALUES {marks}) ", of_table


class QueueOrderStore:
    """Puts waiting jobs in the order of a rule; thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def rule(self) -> QueueOrder:
        """The rule that the queue follows."""
        with self._database.read() as connection:
            return rule_of(connection)

    def follow(self, rule: QueueOrder) -> bool:
        """Put all waiting jobs in the order of another rule, in one transaction; False where it is the same.

        Jobs that the user has moved keep their places in the list, and priorities stay.
        """
        if self.rule is rule:
            return False
        with self._database.transaction() as connection:
            if rule is QueueOrder.SAVING:
                fill_savings(connection, _WAITING)
            rows = connection.execute(
                f"SELECT priority, placed, {_FACTS} FROM jobs WHERE {_WAITING} "  # noqa: S608
                "ORDER BY priority DESC, position, id"
            ).fetchall()
            positions: List[Tuple[int, float]] = []
            for _priority, alike in groupby(rows, key=lambda row: row[0]):
                jobs = [(row[2], None if row[1] else _position(rule, row)) for row in alike]
                positions += in_rule_order(jobs, ends_beyond=rule is not QueueOrder.FOUND)
            _write(connection, positions)
            connection.execute("INSERT OR REPLACE INTO queue_order VALUES (1, ?)", (rule.value,))
        return True


def place_by_rule(connection: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Put jobs where the rule has them: new ones, and those of which the user has changed the priority."""
    rule = rule_of(connection)
    if rule is QueueOrder.FOUND:
        return
    for first in range(0, len(ids), _MOST_IDS):
        chosen = f"id IN ({', '.join(map(str, ids[first : first + _MOST_IDS]))})"
        if rule is QueueOrder.SAVING:
            fill_savings(connection, chosen)
        _place(connection, rule, chosen)


def follow_savings(connection: sqlite3.Connection, film: Path) -> None:
    """Put a film's waiting job where it belongs, now that more is known of what it saves."""
    if rule_of(connection) is QueueOrder.SAVING:
        chosen = f"filename = ? AND {_WAITING}"
        fill_savings(connection, chosen, path_to_sql(film))
        _place(connection, QueueOrder.SAVING, chosen, path_to_sql(film))


def fill_savings(connection: sqlite3.Connection, where: str, *values: object) -> None:
    """Take over from the library what jobs are expected to save."""
    films = f"path IN (SELECT filename FROM jobs WHERE {where})"  # noqa: S608
    table, of_table = shares_table(connection, films, *values)
    connection.execute(
        f"{table} UPDATE jobs SET expected_saving = {_SAVING} WHERE {where}",  # noqa: S608
        (*of_table, *values),
    )


def _place(connection: sqlite3.Connection, rule: QueueOrder, where: str, *values: object) -> None:
    rows = connection.execute(
        f"SELECT priority, placed, {_FACTS} FROM jobs WHERE {where} AND NOT placed",  # noqa: S608
        values,
    ).fetchall()
    _write(connection, [(row[2], _position(rule, row)) for row in rows])


def _position(rule: QueueOrder, row: sqlite3.Row) -> float:
    _priority, _placed, number, size, saving, film_time, added_at = tuple(row)
    return position_of(
        rule, number, size=size, saving=saving, film_time=film_time, added_at=added_at
    )


def _write(connection: sqlite3.Connection, positions: Sequence[Tuple[int, float]]) -> None:
    connection.executemany(
        "UPDATE jobs SET position = ? WHERE id = ?",
        [(position, number) for number, position in positions],
    )
