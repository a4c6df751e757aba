"""The watch over the program's own threads: each gives a beat, and one that dies or hangs is replaced.

A thread cannot be killed. One that hangs is told to end (by whoever ``restart`` belongs to), another takes
its place, and the user is told; what it had in hand is never worked on twice.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import Callable, Dict, Optional, Tuple

from core.ports import Clock, SupervisedThread
from core.reporting.health import ThreadHealth
from core.text.sentence import Sentence
from processing.process_tree import SystemClock
from scheduling.ports import ErrorReport, HealthRecord

INTERVAL = 2.0  # seconds between two looks
_KEEP_EVERY = 30.0  # seconds between two notes of the health for other programs

_log = logging.getLogger("mediaprocessor.queue")


@dataclass
class _Watched:
    allowed: float
    thread: SupervisedThread
    remark: Callable[[], str]
    restarts: int = 0
    message: str = ""


class _BeatingThread:
    """A thread that gives its beats itself (``Supervisor.watch``)."""

    def __init__(self, restart: Callable[[], None], alive: Callable[[], bool]) -> None:
        self._restart = restart
        self._alive = alive
        self.last_beat = time.monotonic()

    def beat(self) -> None:
        self.last_beat = time.monotonic()

    @property
    def alive(self) -> bool:
        return self._alive()

    def restart(self) -> None:
        self._restart()


class Supervisor:
    """``errors`` shows an error to the user; ``record`` notes the health where ``doctor`` finds it."""

    def __init__(
        self,
        clock: Optional[Clock] = None,
        errors: Optional[ErrorReport] = None,
        record: Optional[HealthRecord] = None,
    ) -> None:
        self._clock = clock or SystemClock()
        self._errors = errors
        self._record = record
        self._guard = threading.Lock()
        self._watched: Dict[str, _Watched] = {}
        self._ending = threading.Event()
        self._thread: Optional[threading.Thread] = None
        self._next_keep = 0.0

    def watch(
        self,
        name: str,
        allowed: float,
        restart: Callable[[], None],
        alive: Callable[[], bool] = lambda: True,
        remark: Callable[[], str] = lambda: "",
    ) -> Callable[[], None]:
        """Watch a thread from now on; return what it has to call at least every ``allowed`` seconds.

        ``remark`` is told with its health.
        """
        thread = _BeatingThread(restart, alive)
        self._follow(name, _Watched(allowed, thread, remark))
        return thread.beat

    def follow(self, name: str, allowed: float, thread: SupervisedThread) -> None:
        """Watch a thread that tells its last beat, at least one in ``allowed`` seconds."""
        self._follow(name, _Watched(allowed, thread, lambda: ""))

    def _follow(self, name: str, new: _Watched) -> None:
        with self._guard:
            before = self._watched.get(name)
            if before is not None:  # its successor: what happened stays known
                new.restarts, new.message = before.restarts, before.message
            self._watched[name] = new

    def forget(self, name: str) -> None:
        """Watch a thread no longer, which has ended as it should."""
        with self._guard:
            self._watched.pop(name, None)

    def health(self) -> Tuple[ThreadHealth, ...]:
        """Return the health of every watched thread, by name."""
        # Ages count time in which the machine was awake: after a sleep nobody is late.
        offset = self._clock.now() - time.monotonic()
        with self._guard:
            watched = sorted(self._watched.items())
        return tuple(
            ThreadHealth(
                name,
                entry.thread.last_beat + offset,
                entry.allowed,
                entry.restarts,
                " ".join(filter(None, (entry.message, entry.remark()))),
            )
            for name, entry in watched
        )

    def start(self) -> None:
        """Begin to watch; harmless when it has begun."""
        with self._guard:
            if self._thread is None and not self._ending.is_set():
                self._thread = threading.Thread(target=self._work, name="supervisor", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End; threads that end from now on are not replaced, and none is told of any more."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(INTERVAL * 2)
            self._note(())

    def look(self) -> None:
        """Look at every thread once."""
        with self._guard:
            watched = list(self._watched.items())
        for name, entry in watched:
            age = time.monotonic() - entry.thread.last_beat
            if not entry.thread.alive:
                self._replace(
                    entry,
                    Sentence("{thread} had ended unexpectedly and was restarted.", thread=name),
                )
            elif age > entry.allowed:
                self._replace(
                    entry,
                    Sentence(
                        "{thread} had not moved for {seconds} seconds and was restarted.",
                        thread=name,
                        seconds=round(age),
                    ),
                )
        if time.monotonic() >= self._next_keep:
            self._next_keep = time.monotonic() + _KEEP_EVERY
            self._note(self.health())

    def _note(self, health: Tuple[ThreadHealth, ...]) -> None:
        if self._record is not None:
            self._record.keep_health(health)

    def _replace(self, entry: _Watched, why: Sentence) -> None:
        entry.restarts += 1
        entry.message = why
        _log.error("%s", entry.message)
        if self._errors is not None:
            self._errors.error(entry.message)
        entry.thread.restart()

    def _work(self) -> None:
        while not self._ending.wait(INTERVAL):
            try:
                self.look()
            except Exception:  # noqa: BLE001 - who watches must not end
                _log.exception("The watch over the threads met an error.")
