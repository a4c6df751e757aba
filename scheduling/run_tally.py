"""How the films of a run of the queue ended, told once when the last one has."""

from __future__ import annotations

from typing import Dict, Mapping, Optional, Tuple

from core.events import JobState, JobStateChanged, QueueEmptied

_COUNTED = (JobState.COMPLETED, JobState.FAILED, JobState.SKIPPED)
# A film that is paused, or open elsewhere, waits for somebody: the run is over without it.
_TO_COME = (JobState.QUEUED, JobState.ANALYZING, JobState.PROCESSING, JobState.VERIFYING)


class RunTally:
    """Guarded by the queue's lock, except for ``take``, which any thread may call."""

    def __init__(self) -> None:
        self._ends: Dict[int, Tuple[JobState, int]] = {}
        self._news = False

    def begin(self) -> None:
        """A run begins: what ended before is none of it."""
        self._ends = {}

    def take(self, job: JobStateChanged) -> None:
        """Keep how a job ended; one that was queued again after its end has not."""
        if job.state in _COUNTED:
            saved = (job.original_size or 0) - (job.processed_size or 0)
            self._ends[job.job_id] = job.state, saved if job.processed_size else 0
        else:
            self._ends.pop(job.job_id, None)
        self._news = True

    @property
    def asks(self) -> bool:
        """Whether the run may be over by what has happened since the last look."""
        return self._news and bool(self._ends)

    def look(self, counts: Mapping[JobState, int]) -> Optional[QueueEmptied]:
        """Return how the run went where nothing is left to do of it, once; ``counts`` are the queue's."""
        self._news = False
        if any(counts[state] for state in _TO_COME):
            return None
        ends, self._ends = tuple(self._ends.values()), {}
        states = [state for state, _saved in ends]
        completed, failed, skipped = (states.count(state) for state in _COUNTED)
        saved = sum(size for state, size in ends if state is JobState.COMPLETED)
        return QueueEmptied(completed, failed, skipped, saved)
