"""What the adapters are handed from outside, so that every test can replace it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Sequence

from core.settings.tree import Settings


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


class SettingsSource(Protocol):
    """The settings as they are at this moment; ``config.Config`` is one."""

    @property
    def settings(self) -> Settings:
        """All of them, as one frozen value."""


@dataclass(frozen=True)
class FixedSettings:
    """A source whose settings do not change."""

    settings: Settings


class SupervisedThread(Protocol):
    """A thread that somebody watches (``scheduling.supervision``), and how another takes its place."""

    @property
    def last_beat(self) -> float:
        """When it gave its last sign of life, by ``time.monotonic()``."""

    @property
    def alive(self) -> bool:
        """Whether it is at work, or was told to end."""

    def restart(self) -> None:
        """Go on in another thread; the one before ends when it comes back from where it hangs."""
