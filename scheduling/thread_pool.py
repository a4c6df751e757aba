"""Threads that do one piece of work after the other, as many as there is work at the same time.

A thread has a connection to the database of its own; a new thread for each job would open one for each,
which takes milliseconds that everybody else waits for.
"""

from __future__ import annotations

import logging
import queue
import threading
from typing import Callable, Optional

_KEPT = 60.0  # seconds until a thread without work ends

_log = logging.getLogger("mediaprocessor.queue")


class IdleThreadPool:
    """Usable from every thread. Its threads do not keep the program from ending."""

    def __init__(self, name: str, kept: float = _KEPT) -> None:
        self._name = name
        self._kept = kept
        self._waiting: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._changed = threading.Condition()
        self._idle = 0  # threads that wait for work which nobody has promised them
        self._busy = 0

    def do(self, work: Callable[[], object]) -> None:
        """Have it done at once, beside everything else; what it raises is written down."""
        with self._changed:
            self._busy += 1
            if self._idle:
                self._idle -= 1
                self._waiting.put(work)
                return
        threading.Thread(target=self._live, args=(work,), name=self._name, daemon=True).start()

    def join(self, seconds: float) -> bool:
        """Wait until nothing is being done; whether that came about in time."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._busy, seconds)

    def _live(self, work: Callable[[], object]) -> None:
        while True:
            try:
                work()
            except Exception:  # noqa: BLE001 - the thread goes on
                _log.exception("A thread of %s met an error.", self._name)
            with self._changed:
                self._busy -= 1
                self._idle += 1
                self._changed.notify_all()
            del work  # and all that it knows of
            promised = self._next()
            if promised is None:
                return
            work = promised

    def _next(self) -> Optional[Callable[[], object]]:
        """Wait for work; None when the thread is to end."""
        while True:
            try:
                return self._waiting.get(timeout=self._kept)
            except queue.Empty:
                with self._changed:
                    if self._idle:  # else somebody has promised work meanwhile
                        self._idle -= 1
                        return None
