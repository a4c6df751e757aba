"""How much one peer may send: size of a message, messages per second. Without a clock or a socket."""

from __future__ import annotations

from dataclasses import dataclass

from core.ports import TimeSource

LARGEST_MESSAGE = 1024 * 1024  # bytes; a log's end or a thousand film names fit
LARGEST_STRANGER = 16 * 1024  # bytes, before the peer has proven itself
HELLO_SECONDS = 10.0  # in which a peer has to prove itself
MESSAGES_A_SECOND = 50.0
BURST = 200  # messages
MOST_CONNECTIONS = 512  # transfers at once on one master; 64 slaves hardly reach that
MOST_STRANGERS = 128  # connections whose other end has not proven itself yet
STRANGERS_SHARE = 32  # the same, of one address
PAIRED_SECONDS = 10.0  # in which a machine that was paired has to end that connection
MOST_TRANSFERS = 8  # at the same time, of one node
MOST_WAITING = 1000  # unhandled messages of one node


@dataclass
class MessageBudget:
    """A token bucket: ``BURST`` messages at once, ``MESSAGES_A_SECOND`` in the long run."""

    now: TimeSource
    rate: float = MESSAGES_A_SECOND
    burst: float = BURST

    def __post_init__(self) -> None:
        self._left = self.burst
        self._at = self.now()

    def take(self) -> bool:
        """Count one message; False where the peer sends more than it may."""
        now = self.now()
        self._left = min(self.burst, self._left + max(0.0, now - self._at) * self.rate)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
