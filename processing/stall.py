"""The watch on a tool's progress: a first sign of life, then a position that grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from core.progress import Progress


@dataclass(frozen=True)
class Limits:
    """How patient we are with one tool, in seconds; ``total`` None: as long as it moves."""

    first_progress: float = 300.0
    stall: float = 600.0
    total: Optional[float] = None


class StallWatch:
    """Tells when a tool has stood still for too long; time spent paused does not count.

    Position is whatever grows: frames, percent or the size of the output. Lines alone are no sign of
    life, since a hanging tool can go on repeating itself.
    """

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._started = now
        self._moved = now
        self._alive = False
        self._paused: Optional[float] = None
        self._best = (0, 0.0, 0)

    def saw(self, progress: Progress, now: float) -> None:
        """Take a new state of the tool."""
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
        """Stop the clock."""
        if self._paused is None:
            self._paused = now

    def resume(self, now: float) -> None:
        """Let the clock run on."""
        if self._paused is not None:
            self._started += now - self._paused
            self._moved += now - self._paused
            self._paused = None

    def stalled(self, now: float) -> Optional[float]:
        """Return for how many seconds the tool has been given up on; None while all is well."""
        if self._paused is not None:
            return None
        still = now - self._moved
        patience = self._limits.stall if self._alive else self._limits.first_progress
        if still > patience:
            return still
        total = self._limits.total
        return now - self._started if total is not None and now - self._started > total else None
