"""Does what is due every few seconds, in a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from typing import Callable, Sequence

from core.errors import MediaProcessorError

_log = logging.getLogger("mediaprocessor.queue")


class PeriodicThread:
    """Calls each duty every ``interval`` seconds; what one raises is logged and does not end the others.

    A ``core.ports.SupervisedThread``.
    """

    def __init__(self, duties: Sequence[Callable[[], None]], interval: float) -> None:
        self._duties = tuple(duties)
        self._interval = interval
        self._ending = threading.Event()
        self._trouble = ""
        self._beat = time.monotonic()
        self._thread = self._new_thread()

    @property
    def last_beat(self) -> float:
        """When it came round last, by ``time.monotonic()``."""
        return self._beat

    @property
    def alive(self) -> bool:
        """Whether it is at work, or was told to end."""
        return self._thread.is_alive() or self._ending.is_set() or self._thread.ident is None

    def start(self) -> None:
        """Begin; once."""
        self._beat = time.monotonic()
        self._thread.start()

    def restart(self) -> None:
        """Go on in another thread; the one before ends when it comes back from where it hangs."""
        self._thread = self._new_thread()
        self.start()

    def stop(self, deadline: float) -> bool:
        """End; False where a duty has not come back after ``deadline`` seconds."""
        self._ending.set()
        if self._thread.ident is not None:
            self._thread.join(deadline)
        return not self._thread.is_alive()

    def _new_thread(self) -> threading.Thread:
        return threading.Thread(target=self._work, name="queue-conductor", daemon=True)

    def _work(self) -> None:
        while not self._ending.wait(self._interval):
            for duty in self._duties:
                if threading.current_thread() is not self._thread:
                    return
                self._beat = time.monotonic()
                try:
                    duty()
                except MediaProcessorError as error:
                    if str(error) != self._trouble:  # the same trouble every few seconds
                        self._trouble = str(error)
                        _log.warning("The queue's housekeeping could not be done: %s", error)
                except Exception:  # noqa: BLE001 - the next time may go well
                    _log.exception("The queue's housekeeping met an error.")
