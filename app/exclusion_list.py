"""The list of what is never touched, as the window and the command line show and change it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Dict, Iterable, List, Sequence, Tuple

from core.errors import FileUnavailable, MediaProcessorError, ProbeError, UsageError
from core.queue.exclusion import Exclusion, ExclusionCause, excluded_reason
from core.text.sentence import Sentence
from monitoring.spelling import as_on_disk, full_path
from store.exclusions import ExclusionStore
from store.jobs import JobStore
from store.seen_files import SeenFileStore
from store.verdicts import fingerprint

if TYPE_CHECKING:
    from app.data_folder import DataFolder
    from queue_manager import QueueManager


@dataclass(frozen=True)
class ExclusionResult:
    """What came of excluding: new entries, jobs that were cancelled, jobs that are being worked on.

    ``problems`` are sentences about jobs that could not be cancelled.
    """

    added: Tuple[Exclusion, ...] = ()
    cancelled: Tuple[int, ...] = ()
    running: Tuple[int, ...] = ()
    problems: Tuple[str, ...] = ()


class ExclusionList:
    """Usable from every thread that may wait: films are read, and files looked for."""

    def __init__(self, folder: DataFolder) -> None:
        self._database = folder.database
        self._store = ExclusionStore(folder.database)
        self._jobs = JobStore(folder.database)
        self._seen = SeenFileStore(folder.database)

    def all(self) -> Tuple[Exclusion, ...]:
        """Return the whole list, the newest first."""
        return self._store.all()

    def add(
        self,
        manager: QueueManager,
        paths: Iterable[Path],
        cause: ExclusionCause = ExclusionCause.ASKED,
        note: str = "",
    ) -> ExclusionResult:
        """Never touch these films and folders any more; their waiting jobs are taken from the queue.

        A job that is being worked on goes on: ``manager.cancel`` ends it. A path that is not there is
        excluded as it is named.
        """
        wanted = [_entry(as_on_disk(full_path(path)), cause, note) for path in paths]
        added = self._store.add(wanted)
        in_hand = manager.in_hand
        cancelled: List[int] = []
        running: List[int] = []
        problems: List[str] = []
        for job_id, exclusion in self._jobs_of(added).items():
            job = self._jobs.get(job_id)
            if job is None:
                continue
            if job_id in in_hand:
                running.append(job_id)
                continue
            try:
                manager.exclude(job_id, excluded_reason(job.path, exclusion))
            except (MediaProcessorError, OSError) as error:
                problems.append(str(error))
            else:
                cancelled.append(job_id)
        return ExclusionResult(added, tuple(cancelled), tuple(running), tuple(problems))

    def find(self, path: Path) -> Exclusion:
        """Return the entry of a path; raises UsageError where it is not on the list."""
        exclusion = self._store.find(as_on_disk(full_path(path))) or self._store.find(path)
        if exclusion is None:
            raise UsageError(
                Sentence(
                    "{path} is not on the list of exclusions; `exclusions list` shows what is.",
                    path=str(path),
                )
            )
        return exclusion

    def remove(self, exclusions: Sequence[Exclusion]) -> int:
        """Take entries off the list; return how many.

        Films that were found meanwhile, and only for this had no job, are found anew by the next scan.
        """
        with self._database.transaction(full_sync=True):
            removed = self._store.remove([exclusion.id for exclusion in exclusions])
            self._seen.forget_unqueued([exclusion.path for exclusion in exclusions])
        return removed

    def _jobs_of(self, exclusions: Sequence[Exclusion]) -> Dict[int, Exclusion]:
        """Return the unfinished jobs that these entries hold."""
        found: Dict[int, Exclusion] = {}
        for exclusion in exclusions:
            if exclusion.is_folder:
                for folder in dict.fromkeys(
                    (exclusion.path, Path(os.path.realpath(exclusion.path)))
                ):
                    found.update(dict.fromkeys(self._jobs.unfinished_below(folder), exclusion))
                continue
            job = self._jobs.open_job(exclusion.path)
            if job is not None:
                found[job.id] = exclusion
            if exclusion.content:
                for job_id, film in self._jobs.unfinished_of_size(exclusion.size):
                    if _content(film) == exclusion.content:
                        found[job_id] = exclusion
        return found


def _entry(path: Path, cause: ExclusionCause, note: str) -> Exclusion:
    if path.is_dir():
        return Exclusion(path, True, cause, note)
    content = _content(path)
    size = path.stat().st_size if content else 0
    return Exclusion(path, False, cause, note, size=size, content=content)


def _content(film: Path) -> str:
    """Return what a film is known by; "" where it cannot be read now."""
    try:
        return fingerprint(film)
    except (FileUnavailable, ProbeError):
        return ""
