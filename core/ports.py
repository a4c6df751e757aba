"""What the adapters are handed from outside, so that every test can replace it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Sequence


class Clock(Protocol):
    """The time, as a dependency."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def monotonic(self) -> float:
        """Seconds since some moment, never going back."""


@dataclass(frozen=True)
class Captured:
    """What a short command answered."""

    returncode: int
    stdout: str
    stderr: str


class CommandRunner(Protocol):
    """Runs short commands (probes, version questions) to their end."""

    def capture(self, argv: Sequence[str], *, timeout: float) -> Captured:
        """Run and return the whole output, decoded as UTF-8 with replacement.

        Raises ToolNotFound when the program cannot be started and ToolStalled when ``timeout``
        seconds pass; the process tree is gone in both cases.
        """
