"""What is looked after now and then, whatever the queue does."""

from __future__ import annotations

import logging
import time
from typing import Callable

from scheduling.equipment import Equipment

_FIRST = 60.0  # seconds after the start
_EVERY = 3600.0  # seconds

_log = logging.getLogger("mediaprocessor.queue")


class Housekeeping:
    """Removes kept originals whose time is over; called often, it looks once an hour."""

    def __init__(self, equip: Callable[[], Equipment]) -> None:
        self._equip = equip
        self._next = time.monotonic() + _FIRST

    def __call__(self) -> None:
        """Look, when it is time; raises MediaProcessorError as ``Processor.expire_originals`` does."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY
            for original in self._equip().processor.expire_originals():
                _log.info("The kept original of %s was removed: its time is over.", original)
