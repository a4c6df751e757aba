"""One caller of the page for the phone."""

from __future__ import annotations

import contextlib
import socket


class PhoneConnection:
    """One caller; ``socket`` is replaced once it is encrypted."""

    def __init__(self, plain: socket.socket, address: str) -> None:
        self.socket = plain
        self.address = address

    def hang_up(self) -> None:
        """Wake the thread that reads or writes there; it closes the socket itself."""
        with contextlib.suppress(OSError):
            # SSLSocket's own shutdown would take the encryption away from under that thread.
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)
