"""A circuit breaker: a server that is down is tried again from time to time, not for every film."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import Enum
from typing import Dict, Hashable

from core.ports import Clock

FIRST_REST = 30.0  # seconds
LONGEST_REST = 600.0
MOST_BAD_ANSWERS = 3  # a server that answers badly gets some more chances


class Circuit(str, Enum):
    """Whether a server may be asked."""

    CLOSED = "closed"  # it works
    OPEN = "open"  # it is not asked
    TRIAL = "trial"  # the pause is over, and this question finds out


@dataclass
class _Failures:
    count: int = 0
    bad_answers: int = 0
    resting_until: float = 0.0
    trial_since: float = -LONGEST_REST


class Breaker:
    """Remembers which servers failed; the pause doubles with each failure in a row."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failing: Dict[Hashable, _Failures] = {}

    def ask(self, key: Hashable) -> Circuit:
        """Whether the server may be asked now; a TRIAL must be followed by the question itself."""
        now = self._clock.monotonic()
        with self._lock:
            failing = self._failing.get(key)
            if failing is None or not failing.count:
                return Circuit.CLOSED
            if now < failing.resting_until or now < failing.trial_since + FIRST_REST:
                return Circuit.OPEN
            failing.trial_since = now
            return Circuit.TRIAL

    def succeeded(self, key: Hashable) -> None:
        """Close the circuit: the server answered."""
        with self._lock:
            self._failing.pop(key, None)

    def failed(self, key: Hashable, *, answered: bool = False) -> None:
        """Open the circuit: the server did not answer (or answered badly for the third time)."""
        with self._lock:
            failing = self._failing.setdefault(key, _Failures())
            failing.bad_answers += 1
            if answered and failing.bad_answers < MOST_BAD_ANSWERS:
                return
            failing.count += 1
            rest = min(FIRST_REST * 2.0 ** min(failing.count - 1, 10), LONGEST_REST)
            failing.resting_until = self._clock.monotonic() + rest
            failing.trial_since = -LONGEST_REST
