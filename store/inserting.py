"""Many rows written at once.

A statement for each row lets other threads take the interpreter each time, and SQLite keeps what each
statement has touched in a journal of its own, on the disk where a trigger makes it long: that took ten
times as many writes as the rows themselves.
"""

from __future__ import annotations

import sqlite3
from typing import Sequence

_MOST_VALUES = 900  # in a statement; older SQLite takes 999


def insert_rows(
    connection: sqlite3.Connection, into: str, rows: Sequence[Sequence[object]], rest: str = ""
) -> None:
    """Insert rows, all of one length, in order: ``into`` stands before their values, ``rest`` behind."""
    if not rows:
        return
    at_once = _MOST_VALUES // len(rows[0])
    marks = f"({', '.join('?' * len(rows[0]))})"
    for first in range(0, len(rows), at_once):
        some = rows[first : first + at_once]
        connection.execute(
            f"{into} VALUES {', '.join([marks] * len(some))} {rest}",
            [value for row in some for value in row],
        )
