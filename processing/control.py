"""Controls a running job from any thread: pausing, cancelling, and ending work that has become pointless."""

from __future__ import annotations

import threading
import time
from typing import Callable, Optional, Protocol

from core.errors import JobCancelled, MediaProcessorError
from core.events import JobState


class StageListener(Protocol):
    """Learns which stage a job has reached, in the thread that works on the job."""

    def __call__(self, stage: JobState, /) -> None:
        """Take in the stage that begins now."""


class JobControl:
    """What was requested of one job; the thread that works on the job polls it.

    Requests are kept as states, not sent as messages: a pause requested between two steps holds
    back the next step as well.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._cancelled = False
        self._pointless: Optional[MediaProcessorError] = None
        self._paused = False
        self._after_chunk = False
        self._resting = False
        self._looked = time.monotonic()
        self._paused_at = 0.0
        self._paused_seconds = 0.0
        self._on_change: Callable[[], None] = lambda: None

    @property
    def paused_seconds(self) -> float:
        """How long the job has been paused so far, in seconds."""
        with self._changed:
            now = time.monotonic() - self._paused_at if self._paused else 0.0
            return self._paused_seconds + now

    @property
    def cancelled(self) -> bool:
        """Whether the job should end and leave nothing behind."""
        self._looked = time.monotonic()
        return self._cancelled or self._pointless is not None

    @property
    def cancel_asked(self) -> bool:
        """Whether somebody cancelled the job, as opposed to its work having become pointless."""
        return self._cancelled

    @property
    def paused(self) -> bool:
        """Whether the job is paused."""
        return self._paused

    @property
    def after_chunk(self) -> bool:
        """Whether no further chunk of a film in chunks may begin for now; those in hand are finished."""
        return self._after_chunk

    @property
    def last_look(self) -> float:
        """When the working thread last polled this, by ``time.monotonic()``: its heartbeat.

        A paused job counts as alive.
        """
        return time.monotonic() if self._paused else self._looked

    def tell_changes_to(self, on_change: Callable[[], None]) -> None:
        """Call ``on_change`` when the job is to pause, go on or end, in the thread that asks for it.

        Who waits for something else meanwhile need not look here again and again.
        """
        self._on_change = on_change

    def _tell(self) -> None:
        self._changed.notify_all()
        self._on_change()

    def cancel(self) -> None:
        """Cancel the job, even if it is paused."""
        with self._changed:
            self._cancelled = True
            self._tell()

    def end(self, error: Optional[MediaProcessorError]) -> None:
        """Make ``check`` raise this error, because the work has become pointless. None: continue."""
        with self._changed:
            self._pointless = error
            self._tell()

    def pause(self) -> None:
        """Suspend the running encoder without ending it."""
        with self._changed:
            if self._paused:
                return
            self._paused_at = time.monotonic()
            self._paused = True
            self._tell()

    def resume(self) -> None:
        """Continue after a pause; does not count as a heartbeat of a job that was not paused."""
        with self._changed:
            if not self._paused:  # nobody waits
                return
            self._looked = time.monotonic()
            self._paused_seconds += self._looked - self._paused_at
            self._paused = self._resting = False
            self._tell()

    @property
    def resting(self) -> bool:
        """Whether the job stands still because no further chunk may begin."""
        return self._resting

    def rest(self) -> None:
        """Stand still, now that the last chunk in hand is finished."""
        with self._changed:
            if self._after_chunk:
                self._resting = True
                self.pause()

    def hold_after_chunk(self, wanted: bool) -> None:
        """Let a film in chunks stand still after those in hand, or no longer."""
        with self._changed:
            self._after_chunk = wanted

    def check(self) -> None:
        """Wait while paused; raises JobCancelled, or the error given to ``end``."""
        self._looked = time.monotonic()
        with self._changed:
            self._changed.wait_for(lambda: self._cancelled or self._pointless or not self._paused)
            if self._cancelled:
                raise JobCancelled
            if self._pointless is not None:
                raise self._pointless
