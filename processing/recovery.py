"""Putting things right after the program died: finish what was proved, undo what was not."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import FrozenSet, List, Optional, Set, Tuple

from core.errors import FileInUse, MediaProcessorError, NotEnoughSpace, RestoreError
from core.events import JobState
from core.ports import Clock
from core.queue.outcome import beside_film
from core.system_errors import system_problem
from core.text.sentence import Sentence
from processing import process_tree
from processing.filesystem import FileOperations
from processing.holding import Holding
from processing.swap import Swapper
from processing.whereabouts import followed, is_gone
from store.journal import Journal, JournalEntry, Outcome, Stage

# A staged file that our journal never heard of may be another machine's, on a shared disk, or ours
# from before the database was lost. A working encoder writes more often than this (seconds).
_FOREIGN_AGE = 86400.0
# What another machine made right beside the film for its master (``sharing.remote_result``).
_REMOTE_NAME = re.compile(r"\d+-\d+\.[0-9a-z]+\.remote(?:\..*)?")
_STAGED_NAME = re.compile(r"\d+-\d+(?:-\d+)?\.partial(?:\..*)?")


@dataclass(frozen=True)
class Recovered:
    """What became of one job that was under way; ``state`` is the one that its queue sets.

    QUEUED: to be tried again as the next attempt. COMPLETED: the result is in its place.
    SWAP_PENDING: the result is kept until its film can be replaced. None: a restore was finished.
    """

    job_id: int
    attempt: int
    path: Path
    state: Optional[JobState]
    message: str


class Recovery:
    """Reads the disk against the journal; doing it again is harmless."""

    def __init__(
        self,
        journal: Journal,
        files: FileOperations,
        swapper: Swapper,
        holding: Holding,
        clock: Clock,
        run_id: str,
    ) -> None:
        self._journal = journal
        self._files = files
        self._swapper = swapper
        self._holding = holding
        self._clock = clock
        self._run_id = run_id

    def run(self, others: FrozenSet[int] = frozenset()) -> Tuple[Recovered, ...]:
        """Finish or roll back every open entry.

        Those are left alone that another program works on, and those of the jobs that other machines
        make, until their result is proved.
        """
        done: List[Recovered] = []
        owned: Set[Path] = set()
        for entry in self._journal.unfinished():
            handed_out = entry.job_id in others and entry.stage is Stage.INTENT
            if handed_out or self._has_living_owner(entry):
                owned.add(entry.staged)
                owned.update({entry.work} if entry.work else ())
                continue
            if entry.run != self._run_id:
                process_tree.kill_leftovers(entry.run)
            done.append(self.settle(entry))
            if done[-1].state is JobState.SWAP_PENDING:
                owned.add(entry.staged)
        self._drop_leftovers(owned)
        return tuple(done)

    def settle(self, entry: JournalEntry, patience: float = 0.0) -> Recovered:
        """Bring one entry to its end, whatever moment it was left at."""
        try:
            state, message = self._settle(entry, patience)
        except FileInUse as error:
            state, message = JobState.SWAP_PENDING, beside_film(error)
        except OSError as error:
            state, message = _unreachable(entry, error)
        return Recovered(entry.job_id, entry.attempt, entry.target, state, message)

    def _settle(self, entry: JournalEntry, patience: float) -> Tuple[Optional[JobState], str]:
        entry = followed(self._files, entry)
        if not entry.source.parent.is_dir() and entry.stage is not Stage.INTENT:
            # An absent disk says nothing about what happened on it.
            if entry.stage is not Stage.RESTORING and is_gone(
                self._files, entry, self._clock.now()
            ):
                self._swapper.roll_back(entry)
                return JobState.QUEUED, Sentence(
                    "Its folder {parent} was removed or moved.", parent=entry.source.parent
                )
            pending = None if entry.stage is Stage.RESTORING else JobState.SWAP_PENDING
            return pending, Sentence(
                "Its folder {parent} is not there. It will be tried again.",
                parent=entry.source.parent,
            )
        if entry.stage is Stage.INTENT:
            self._swapper.roll_back(entry)
            return JobState.QUEUED, Sentence("The program ended while it worked on this film.")
        if entry.stage is Stage.RESTORING:
            return self._restored(entry)
        try:
            self._swapper.finish(entry, patience=patience)
        except FileInUse:
            raise
        except MediaProcessorError as error:
            # The film or its place has changed: what was proved is worth nothing.
            if self._swapper.roll_back(entry).outcome is not Outcome.REPLACED:
                return JobState.QUEUED, beside_film(error)
        return JobState.COMPLETED, Sentence(
            "Finished after a restart; the result was already proved."
        )

    def _restored(self, entry: JournalEntry) -> Tuple[Optional[JobState], str]:
        try:
            self._holding.finish_restore(entry)
        except (RestoreError, NotEnoughSpace) as error:
            return None, str(error)
        return None, Sentence("{source} was restored.", source=entry.source)

    def _has_living_owner(self, entry: JournalEntry) -> bool:
        if entry.owner_pid == os.getpid() and entry.run == self._run_id:
            return False
        return process_tree.is_running(entry.owner_pid, entry.owner_started) and (
            entry.owner_pid != os.getpid()
        )

    def _drop_leftovers(self, owned: Set[Path]) -> None:
        """Remove staged files that no open entry owns, in folders where we ever staged any."""
        ours = set(self._journal.staged_paths())
        for folder in {path.parent for path in ours}:
            try:
                found = tuple(folder.iterdir())
            except OSError:
                continue  # not there, or away
            for path in found:
                if _REMOTE_NAME.fullmatch(path.name) and self._is_old(path):
                    self._files.remove_scratch(path)
                if not _STAGED_NAME.fullmatch(path.name):
                    continue
                staged = path.with_name(path.name.partition(".partial")[0] + ".partial")
                if staged not in owned and (staged in ours or self._is_old(path)):
                    self._files.remove_scratch(path)
            self._files.remove_folders(folder)

    def _is_old(self, path: Path) -> bool:
        identity = self._files.identity(path)
        return identity is not None and (self._clock.now() - identity.mtime_ns / 1e9 > _FOREIGN_AGE)


def _unreachable(entry: JournalEntry, error: OSError) -> Tuple[Optional[JobState], str]:
    problem = system_problem(error)
    if entry.stage is Stage.RESTORING:
        return None, (
            Sentence(
                "{source} could not be restored ({problem}). Its original is kept: see to the disk "
                "and restore it again.",
                source=entry.source,
                problem=problem,
            )
        )
    pending = entry.stage in (Stage.VERIFIED, Stage.SWAPPED)
    state = JobState.SWAP_PENDING if pending else JobState.QUEUED
    return state, Sentence(
        "It could not be reached ({problem}). It will be tried again.", problem=problem
    )
