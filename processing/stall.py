"""Watches a tool's progress: first that there is any, then that its position grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from core.progress import Progress
from core.settings.tree import ProcessingSettings


@dataclass(frozen=True)
class Limits:
    """How long to wait for one tool, in seconds; ``total`` None: as long as it makes progress."""

    first_progress: float = 300.0
    stall: float = 600.0
    total: Optional[float] = None


def limits_of(settings: ProcessingSettings) -> Limits:
    """Return the user's patience with a tool."""
    return Limits(settings.first_progress_seconds, settings.stall_seconds)


class StallWatch:
    """Detects that a tool has made no progress for too long; paused time does not count.

    Progress means that frames, percent or the size of the output grow. Lines of output alone do not
    count: a tool that hangs may repeat the same line for ever.
    """

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._started = now
        self._moved = now
        self._alive = False
        self._paused: Optional[float] = None
        self._best = (0, 0.0, 0)

    def update(self, progress: Progress, now: float) -> None:
        """Take in the tool's newest state; ``now`` is the monotonic time in seconds."""
        position = (progress.frame or 0, progress.percent or 0.0, progress.output_size or 0)
        if any(new > old for new, old in zip(position, self._best)):
            self._best = (
                max(position[0], self._best[0]),
                max(position[1], self._best[1]),
                max(position[2], self._best[2]),
            )
            self._moved = now
            self._alive = True

    def pause(self, now: float) -> None:
        """Stop counting, as the tool is paused."""
        if self._paused is None:
            self._paused = now

    def resume(self, now: float) -> None:
        """Count again."""
        if self._paused is not None:
            self._started += now - self._paused
            self._moved += now - self._paused
            self._paused = None

    def stalled(self, now: float) -> Optional[float]:
        """Return how many seconds the tool has been stalled, once that is too long; None otherwise."""
        if self._paused is not None:
            return None
        still = now - self._moved
        patience = self._limits.stall if self._alive else self._limits.first_progress
        if still > patience:
            return still
        total = self._limits.total
        return now - self._started if total is not None and now - self._started > total else None
