"""The states of a job and of the whole queue, as the database keeps them."""

from __future__ import annotations

from enum import Enum


class JobState(str, Enum):
    """The life of a job, as kept in the database's ``status`` column."""

    QUEUED = "queued"
    ANALYZING = "analyzing"
    PROCESSING = "processing"
    VERIFYING = "verifying"
    SWAP_PENDING = "swap pending"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    PAUSED = "paused"

    @property
    def final(self) -> bool:
        """Whether nothing more will happen to the job by itself."""
        return self in (
            JobState.COMPLETED,
            JobState.FAILED,
            JobState.SKIPPED,
            JobState.CANCELLED,
        )


class QueueState(str, Enum):
    """Whether the queue takes jobs."""

    STOPPED = "stopped"
    RUNNING = "running"
    PAUSED = "paused"  # running encoders are paused
    STOPPING = "stopping"  # running jobs finish, no new one begins
