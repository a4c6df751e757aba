"""What happens to a film's job when the film is renamed, moved or deleted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from core.events import JobState
from core.text.sentence import Sentence
from store.connection import Database, path_to_sql, shown_parts, shown_text
from store.migrations import FINAL_STATES

_WAITING = f"status IN ('{JobState.QUEUED.value}', '{JobState.PAUSED.value}')"
# How a job ends whose film was not where it was expected.
FILM_GONE = "film_gone"
LOST_CODES = ("file_unavailable", "source_changed", FILM_GONE)


class MoveKind(str, Enum):
    """What a move means for the queue."""

    NO_JOB = "no job"  # the film's job has ended, or it never had one
    FOLLOWED = "followed"
    WORKED_ON = "worked on"  # a worker has the job: ask again when it has ended
    LOST = "lost"  # its job ended because the film was missing: it needs a new one


@dataclass(frozen=True)
class Move:
    """The result of a move; ``job_id`` is 0 where there is no job."""

    kind: MoveKind
    job_id: int = 0


def move_film(database: Database, before: Path, after: Path, message: str = "") -> Move:
    """Give a film's waiting job the new name, in one transaction; ``message`` says why."""
    said = message or Sentence("It was {before} when it was queued.", before=before)
    with database.transaction() as connection:
        row = connection.execute(
            f"SELECT id, status, error_code, status IN ({FINAL_STATES}) AS ended, {_WAITING} AS waits "  # noqa: S608
            "FROM jobs WHERE filename = ? ORDER BY id DESC LIMIT 1",
            (path_to_sql(before),),
        ).fetchone()
        if row is None:
            return Move(MoveKind.NO_JOB)
        if row["ended"]:
            lost = row["error_code"] in LOST_CODES
            return Move(MoveKind.LOST if lost else MoveKind.NO_JOB, row["id"])
        if not row["waits"]:
            return Move(MoveKind.WORKED_ON, row["id"])
        taken = connection.execute(
            f"SELECT 1 FROM jobs WHERE filename = ? AND status NOT IN ({FINAL_STATES})",  # noqa: S608
            (path_to_sql(after),),
        ).fetchone()
        if taken:
            return Move(MoveKind.NO_JOB, row["id"])
        connection.execute(
            "UPDATE jobs SET filename = ?, message = ?, message_parts = ? WHERE id = ?",
            (path_to_sql(after), shown_text(said), shown_parts(said), row["id"]),
        )
        return Move(MoveKind.FOLLOWED, row["id"])
