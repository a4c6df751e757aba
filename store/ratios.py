"""What share of its size a film has kept, by template and picture size (``core.planning.forecast``)."""

from __future__ import annotations

import sqlite3
from typing import Dict

from core.planning.forecast import RatioKey, learn_ratio
from core.queue.estimate import Pool
from store.connection import Database

_MOST = 5000  # films: the last ones tell most about the next


def read_ratios(database: Database) -> Dict[RatioKey, Pool]:
    """Return the pools that the last encoded films make."""
    with database.read() as connection:
        return ratios_in(connection)


def ratios_in(connection: sqlite3.Connection) -> Dict[RatioKey, Pool]:
    """The same, inside a transaction."""
    ratios: Dict[RatioKey, Pool] = {}
    rows = connection.execute(
        "SELECT template, resolution, size_before, size_after FROM job_ends "
        "WHERE state = 'completed' AND template <> '' ORDER BY id DESC LIMIT ?",
        (_MOST,),
    ).fetchall()
    for row in reversed(rows):
        learn_ratio(ratios, *tuple(row))
    return ratios
