"""What programs answered to short questions; whether it still holds is for ``tools.kept_answers`` to say."""

from __future__ import annotations

from contextlib import suppress

from core.store_errors import StoreError
from store.connection import Database, shown_text


class ToolAnswers:
    """A text for each program, by its path.

    A database that cannot be used is no reason to know of no programs: then nothing is remembered.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, program: str) -> str:
        """What was kept of a program; empty where nothing was."""
        row = None
        with suppress(StoreError), self._database.read() as connection:
            row = connection.execute(
                "SELECT record FROM tool_answers WHERE program = ?", (shown_text(program),)
            ).fetchone()
        return str(row[0]) if row is not None else ""

    def keep(self, program: str, record: str) -> None:
        """Keep it instead of what was kept before."""
        with suppress(StoreError), self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO tool_answers (program, record) VALUES (?, ?)",
                (shown_text(program), record),
            )

    def forget(self) -> None:
        """Have all programs asked again."""
        with suppress(StoreError), self._database.transaction() as connection:
            connection.execute("DELETE FROM tool_answers")
