"""What the adapters are handed from outside, so that every test can replace it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Mapping, Optional, Protocol, Sequence


class Clock(Protocol):
    """The time, as a dependency."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def monotonic(self) -> float:
        """Seconds since some moment, never going back."""


class TimeSource(Protocol):
    """One of a clock's two times alone: ``time.time``, ``time.monotonic``, or one that a test sets.

    The parameter's name says which: ``now`` is in seconds since the epoch, ``monotonic`` in seconds
    since some moment and never going back.
    """

    def __call__(self) -> float:
        """The time in seconds."""


class Notifier(Protocol):
    """Tells the user, or the log, what has happened."""

    def __call__(self, sentence: str, /) -> None:
        """Say it; ``sentence`` is whole and says what to do where there is something to do."""


class Sleep(Protocol):
    """``time.sleep``, or what a test does instead of waiting."""

    def __call__(self, seconds: float, /) -> None:
        """Wait so long."""


class InterruptibleSleep(Protocol):
    """Waits, but not for longer than the program runs."""

    def __call__(self, seconds: float, /) -> bool:
        """Wait so long; True where the program is ending, so that what was to follow must not begin."""


class Translator(Protocol):
    """Puts English texts into the user's language."""

    def __call__(self, text: str, /) -> str:
        """Return the translation; the text itself where there is none."""


class WithinTransaction(Protocol):
    """Writes something else in the transaction of a change."""

    def __call__(self) -> None:
        """Write it; where this raises, nothing of the change is stored either."""


class KeyValueStore(Protocol):
    """Texts by key; ``store.settings.SettingStore`` is one."""

    def all(self) -> Dict[str, str]:
        """Return every key with its text."""

    def change(
        self, values: Mapping[str, Optional[str]], along: Optional[WithinTransaction] = None
    ) -> None:
        """Store these texts and remove the keys that have None, with ``along``, all or nothing."""


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
