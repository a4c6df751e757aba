"""The watch over the program's own threads: each gives a beat, and one that dies or hangs is replaced.

A thread cannot be killed. One that hangs is told to end (by whoever ``restart`` belongs to), another takes
its place, and the user is told; what it had in hand is never worked on twice.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import Callable, Dict, Optional, Sequence, Tuple

from core.reporting.health import ThreadHealth

INTERVAL = 2.0  # seconds between two looks
_KEEP_EVERY = 30.0  # seconds between two notes of the health for other programs

_log = logging.getLogger("mediaprocessor.queue")
Keep = Callable[[Sequence[ThreadHealth]], None]


@dataclass
class _Watched:
    allowed: float
    last_beat: Callable[[], float]  # by time.monotonic()
    alive: Callable[[], bool]
    restart: Callable[[], None]
    remark: Callable[[], str]
    restarts: int = 0
    message: str = ""


class Supervisor:
    """``notice`` shows an error to the user; ``keep`` notes the health where ``doctor`` finds it."""

    def __init__(
        self,
        now: Callable[[], float] = time.time,
        notice: Callable[[str], None] = lambda message: None,  # noqa: ARG005
        keep: Keep = lambda health: None,  # noqa: ARG005
    ) -> None:
        self._now = now
        self._notice = notice
        self._keep = keep
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
        beats = [time.monotonic()]

        def beat() -> None:
            beats[0] = time.monotonic()

        self.follow(name, allowed, lambda: beats[0], restart, alive, remark)
        return beat

    def follow(
        self,
        name: str,
        allowed: float,
        last_beat: Callable[[], float],
        restart: Callable[[], None],
        alive: Callable[[], bool] = lambda: True,
        remark: Callable[[], str] = lambda: "",
    ) -> None:
        """Watch a thread whose last beat, by ``time.monotonic()``, can be asked for."""
        with self._guard:
            before = self._watched.get(name)
            new = _Watched(allowed, last_beat, alive, restart, remark)
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
        offset = self._now() - time.monotonic()
        with self._guard:
            watched = sorted(self._watched.items())
        return tuple(
            ThreadHealth(
                name,
                one.last_beat() + offset,
                one.allowed,
                one.restarts,
                " ".join(filter(None, (one.message, one.remark()))),
            )
            for name, one in watched
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
            self._keep(())

    def look(self) -> None:
        """Look at every thread once."""
        with self._guard:
            watched = list(self._watched.items())
        for name, one in watched:
            age = time.monotonic() - one.last_beat()
            if not one.alive():
                self._replace(name, one, "had ended unexpectedly")
            elif age > one.allowed:
                self._replace(name, one, f"had not moved for {age:.0f} seconds")
        if time.monotonic() >= self._next_keep:
            self._next_keep = time.monotonic() + _KEEP_EVERY
            self._keep(self.health())

    def _replace(self, name: str, one: _Watched, what: str) -> None:
        one.restarts += 1
        one.message = f"{name} {what} and was restarted."
        _log.error("%s", one.message)
        self._notice(one.message)
        one.restart()

    def _work(self) -> None:
        while not self._ending.wait(INTERVAL):
            try:
                self.look()
            except Exception:  # noqa: BLE001 - who watches must not end
                _log.exception("The watch over the threads met an error.")
