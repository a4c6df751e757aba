"""What watched folders tell the queue: films that came, moved or went, and disks that are away."""

from __future__ import annotations

from pathlib import Path
from typing import Sequence, Tuple

from core.events import JobState, QueueListChanged
from core.queue.job import JobEnd, NewJob
from core.text.sentence import Sentence
from processing.filesystem import FileOperations
from processing.originals import follow_film
from scheduling.exclusions import ExclusionGate
from scheduling.ports import EventSink, FilmReceiver
from store.connection import Database
from store.film_moves import FILM_GONE, Move, MoveKind, move_film
from store.jobs import JobStore
from store.journal import Journal


class QueueIntake:
    """What watched folders tell the queue (``monitoring.intake.Intake``); safe from any thread.

    ``receiver`` queues films, ``events`` takes what became of a job.
    """

    def __init__(self, database: Database, receiver: FilmReceiver, events: EventSink) -> None:
        self._database = database
        self._receiver = receiver
        self._events = events
        self._jobs = JobStore(database)
        self._journal = Journal(database)
        self._files = FileOperations()
        self._exclusions = ExclusionGate(database)

    def submit(self, films: Sequence[NewJob]) -> Tuple[int, ...]:
        """Queue films that came; return the ids of the new jobs."""
        return self._receiver.submit(films)

    def film_moved(self, before: Path, after: Path) -> Move:
        """Let the waiting job of a film that was renamed follow it, and what is kept or said of it."""
        move = move_film(self._database, before, after)
        if before != after:
            follow_film(self._journal, self._files, before, after)
            self._exclusions.film_moved(before, after)
        if move.kind is MoveKind.FOLLOWED:
            self._tell_job(move.job_id)
        return move

    def film_gone(self, path: Path) -> bool:
        """End the waiting job of a film that was deleted; False where there is none.

        One transaction, so that no worker takes the job in between.
        """
        end = JobEnd(
            JobState.SKIPPED, Sentence("The film was deleted before its turn came."), FILM_GONE
        )
        with self._database.transaction():
            job = self._jobs.open_job(path)
            if job is None or job.state is not JobState.QUEUED:
                return False
            self._jobs.finish(job.id, end)
        self._tell_job(job.id)
        return True

    def root_away(self, root: Path, until: float, message: str) -> None:
        """Let the waiting jobs below a folder that is away wait until then; a past time ends that."""
        self._jobs.put_off_below(root, until, message)
        self._events.put(QueueListChanged())

    def _tell_job(self, job_id: int) -> None:
        job = self._jobs.get(job_id)
        if job is not None:
            self._events.put(job.event)
