"""The hand on a running job, from any thread: the user's, and that of what makes it pointless."""

from __future__ import annotations

import threading
import time
from typing import Optional, Protocol

from core.errors import JobCancelled, MediaProcessorError
from core.events import JobState


class StageListener(Protocol):
    """Learns which stage a job has reached, in the thread that works on the job."""

    def __call__(self, stage: JobState, /) -> None:
        """Take in the stage that begins now."""


class JobControl:
    """What the user asked of one job; the thread that works on the job looks here.

    The wishes are kept as states, not sent as messages: a pause asked for between two steps holds
    back the next step as well.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._cancelled = False
        self._pointless: Optional[MediaProcessorError] = None
        self._paused = False
        self._looked = time.monotonic()
        self._paused_at = 0.0
        self._paused_seconds = 0.0

    @property
    def paused_seconds(self) -> float:
        """How long the job has stood still so far."""
        with self._changed:
            now = time.monotonic() - self._paused_at if self._paused else 0.0
            return self._paused_seconds + now

    @property
    def cancelled(self) -> bool:
        """Whether the job is to end and leave nothing behind."""
        self._looked = time.monotonic()
        return self._cancelled or self._pointless is not None

    @property
    def cancel_asked(self) -> bool:
        """Whether somebody asked for the job's end, as against its work having become pointless."""
        return self._cancelled

    @property
    def paused(self) -> bool:
        """Whether the job is to stand still."""
        return self._paused

    @property
    def last_look(self) -> float:
        """When the working thread looked here last, by ``time.monotonic()``: its sign of life.

        A job that stands still because it was told to is alive.
        """
        return time.monotonic() if self._paused else self._looked

    def cancel(self) -> None:
        """End the job; a paused one as well."""
        with self._changed:
            self._cancelled = True
            self._changed.notify_all()

    def end(self, error: Optional[MediaProcessorError]) -> None:
        """End what is being done now, for it has become pointless: ``check`` raises this. None: go on."""
        with self._changed:
            self._pointless = error
            self._changed.notify_all()

    def pause(self) -> None:
        """Stop the running encoder where it is, without ending it."""
        with self._changed:
            if not self._paused:
                self._paused_at = time.monotonic()
            self._paused = True
            self._changed.notify_all()

    def resume(self) -> None:
        """Go on after a pause; no sign of life of one that stands still without having been told to."""
        with self._changed:
            if not self._paused:  # nobody waits
                return
            self._looked = time.monotonic()
            self._paused_seconds += self._looked - self._paused_at
            self._paused = False
            self._changed.notify_all()

    def check(self) -> None:
        """Stand still while paused; raise JobCancelled, or what makes the work pointless, to end it."""
        self._looked = time.monotonic()
        with self._changed:
            self._changed.wait_for(lambda: self._cancelled or self._pointless or not self._paused)
            if self._cancelled:
                raise JobCancelled
            if self._pointless is not None:
                raise self._pointless
