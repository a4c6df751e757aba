"""What services answered about titles, so that a title is asked about once and not for every file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Mapping, Optional

from store.connection import Database


@dataclass(frozen=True)
class CachedAnswer:
    """One kept answer; ``answer`` None: the source does not know the title. Times since the epoch."""

    answer: Optional[Mapping[str, Any]]
    fetched_at: float
    expires_at: float

    def fresh(self, now: float) -> bool:
        """Whether it still holds; an answer from the future (the clock was set back) does not."""
        return self.fetched_at <= now < self.expires_at


class MetadataCache:
    """Answers by source and title; thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, source: str, title: str) -> Optional[CachedAnswer]:
        """Return the kept answer, fresh or not, or None."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT answer, fetched_at, expires_at FROM metadata_cache "
                "WHERE source = ? AND title = ?",
                (source, title),
            ).fetchone()
        if row is None:
            return None
        answer = None if row["answer"] is None else json.loads(row["answer"])
        return CachedAnswer(answer, row["fetched_at"], row["expires_at"])

    def keep(
        self, source: str, title: str, answer: Optional[Mapping[str, Any]], now: float, life: float
    ) -> None:
        """Keep an answer for ``life`` seconds; None for a title that the source does not know."""
        text = None if answer is None else json.dumps(answer)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO metadata_cache VALUES (?, ?, ?, ?, ?)",
                (source, title, text, now, now + life),
            )

    def forget(self, source: str = "", title: str = "") -> None:
        """Forget a source's answers, or one title's, or (without arguments) all."""
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM metadata_cache WHERE ? IN ('', source) AND ? IN ('', title)",
                (source, title),
            )
