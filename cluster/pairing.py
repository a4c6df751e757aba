"""The code that a master shows for a short while, and how often strangers may guess."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Dict, Optional

from cluster.proof import new_code
from core.ports import TimeSource

CODE_LIFE = 600.0  # seconds
FREE_FAILURES = 3  # wrong proofs of one address before it has to wait
FIRST_WAIT = 2.0  # seconds, doubled with each further wrong proof
LONGEST_WAIT = 900.0  # seconds
_MOST_ADDRESSES = 10_000  # remembered; a flood of addresses must not fill the memory


@dataclass(frozen=True)
class PairingCode:
    """What the master's window shows; ``until`` in seconds by the clock that was passed in."""

    text: str
    until: float


class PairingCodes:
    """One code at a time: good for one slave and ten minutes. ``now`` is a clock that never goes back."""

    def __init__(self, now: TimeSource) -> None:
        self._now = now
        self._guard = threading.Lock()
        self._code: Optional[PairingCode] = None

    def show(self) -> PairingCode:
        """Make a new code; an older one is worth nothing from now on."""
        code = PairingCode(new_code(), self._now() + CODE_LIFE)
        with self._guard:
            self._code = code
        return code

    def current(self) -> str:
        """Return the code that may be used now; "" where there is none."""
        with self._guard:
            code = self._code
        return code.text if code is not None and self._now() < code.until else ""

    def use(self, text: str) -> bool:
        """Spend the code with which a slave was let in; False where another slave has just spent it."""
        with self._guard:
            good = self._code is not None and self._code.text == text
            if good:
                self._code = None
        return good

    def hide(self) -> None:
        """Take the code back."""
        with self._guard:
            self._code = None


class FailedProofs:
    """Makes an address wait longer with each wrong proof; used by one thread."""

    def __init__(self, now: TimeSource) -> None:
        self._now = now
        self._failures: Dict[str, int] = {}
        self._until: Dict[str, float] = {}

    def wait(self, address: str) -> float:
        """Return how many seconds the address has to wait before it is listened to; 0 for none."""
        return max(0.0, self._until.get(address, 0.0) - self._now())

    def failed(self, address: str) -> None:
        """Count a wrong proof."""
        if address not in self._failures and len(self._failures) >= _MOST_ADDRESSES:
            self._forget_oldest()
        count = self._failures[address] = self._failures.get(address, 0) + 1
        if count > FREE_FAILURES:
            doubled = FIRST_WAIT * 2.0 ** min(count - FREE_FAILURES - 1, 20)
            self._until[address] = self._now() + min(doubled, LONGEST_WAIT)

    def succeeded(self, address: str) -> None:
        """Forget what an address did before it proved itself."""
        self._failures.pop(address, None)
        self._until.pop(address, None)

    def _forget_oldest(self) -> None:
        oldest = next(iter(self._failures))
        self._failures.pop(oldest)
        self._until.pop(oldest, None)
