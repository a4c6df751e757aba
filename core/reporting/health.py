"""Whether the program's threads are alive, by their heartbeats."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ThreadHealth:
    """One watched thread; times in seconds since the epoch.

    ``name`` is what the user reads ("Folder watcher"). ``allowed`` is how many seconds may pass
    between two beats. ``message`` says what was done when it was last found dead or hung, and what
    keeps it from its work as it should be.
    """

    name: str
    last_beat: float
    allowed: float
    restarts: int = 0
    message: str = ""

    def age(self, now: float) -> float:
        """Seconds since the last beat; never below 0, also after the clock was set back."""
        return max(0.0, now - self.last_beat)

    def late(self, now: float) -> bool:
        """Whether a heartbeat is overdue."""
        return self.age(now) > self.allowed
