"""Programs that hung when they were asked: not asked again for a while, by whichever command."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Callable

from core.store_errors import StoreError
from store.connection import Database, shown_text

SILENT_SECONDS = 3600.0


class SilentPrograms:
    """``program`` names a file as it is: its path, size and date.

    A database that cannot be used is no reason to know of no programs: then nothing is remembered.
    """

    def __init__(self, database: Database, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now = now

    def knows(self, program: str) -> bool:
        """Whether it hung lately; a time to come is none that can be trusted."""
        row = None
        with suppress(StoreError), self._database.read() as connection:
            row = connection.execute(
                "SELECT since FROM silent_programs WHERE program = ?", (shown_text(program),)
            ).fetchone()
        return row is not None and 0.0 <= self._now() - float(row[0]) <= SILENT_SECONDS

    def keep(self, program: str) -> None:
        """It hangs now."""
        with suppress(StoreError), self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO silent_programs (program, since) VALUES (?, ?)",
                (shown_text(program), self._now()),
            )

    def forget(self) -> None:
        """Have all of them asked again."""
        with suppress(StoreError), self._database.transaction() as connection:
            connection.execute("DELETE FROM silent_programs")
