"""Does what is due every few seconds, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from typing import Callable, Sequence

_log = logging.getLogger("mediaprocessor.queue")


class Conductor:
    """Calls each duty every ``interval`` seconds; what one raises is logged and does not end the others."""

    def __init__(self, duties: Sequence[Callable[[], None]], interval: float) -> None:
        self._duties = tuple(duties)
        self._interval = interval
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="queue-conductor", daemon=True)

    def start(self) -> None:
        """Begin; once."""
        self._thread.start()

    def stop(self, deadline: float) -> bool:
        """End; False where a duty has not come back after ``deadline`` seconds."""
        self._ending.set()
        if self._thread.ident is not None:
            self._thread.join(deadline)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while not self._ending.wait(self._interval):
            for duty in self._duties:
                try:
                    duty()
                except Exception:  # noqa: BLE001 - the next time may go well
                    _log.exception("The queue's housekeeping met an error.")
