"""How a command reaches the program that already works with its data folder.

That program listens on the loopback address and leaves port and a secret in a file of the data folder that
only its user may read; who knows the secret may ask what the program offers, and nothing else. The secret is
a line of its own, without which no more is read; then one line of JSON goes there, and one comes back.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
import secrets
import socket
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Callable, Mapping, Optional, Type

from app.running_program import FILE_NAME, PATIENCE, Asked, Lines, read_object
from core.protocol.strangers import Strangers

LARGEST = 4 * 1024 * 1024  # bytes of a question: the paths of some ten thousand films
QUESTION_PATIENCE = 30.0  # seconds within which a question of somebody known has to be here
MOST_STRANGERS = 16  # connections that have not said the secret yet
MOST_KNOWN = 64  # questions at once
_LONGEST_SECRET = 128  # bytes

_log = logging.getLogger("mediaprocessor")
Offered = Callable[[Asked], Mapping[str, Any]]


class ControlListener:
    """Answers what is ``offered``, by name, each question in a thread of its own.

    Used as a context manager. Where no socket can be had the program runs without: who asks is then told
    that it is at work.
    """

    def __init__(self, data_dir: Path, offered: Mapping[str, Offered]) -> None:
        self._file = data_dir / FILE_NAME
        self._offered = offered
        self._token = secrets.token_hex(32)
        self._socket: Optional[socket.socket] = None
        self._strangers: Strangers[socket.socket] = Strangers(MOST_STRANGERS, MOST_STRANGERS)
        self._places = threading.BoundedSemaphore(MOST_KNOWN)
        self._guard = threading.Lock()

    def __enter__(self) -> ControlListener:
        try:
            self._socket = socket.create_server(("127.0.0.1", 0))
            self._leave_address(self._socket.getsockname()[1])
        except OSError as error:
            _log.warning("Other starts of the program cannot ask this one (%s).", error)
            return self
        threading.Thread(target=self._listen, name="control", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        with suppress(OSError):
            self._file.unlink()
        if self._socket is not None:
            with suppress(OSError):  # wakes the thread in accept()
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()

    def _leave_address(self, port: int) -> None:
        address = {"port": port, "token": self._token, "process": os.getpid()}
        with suppress(FileNotFoundError):
            self._file.unlink()  # so that ours is made with its own permissions
        descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(address, file)

    def _listen(self) -> None:
        assert self._socket is not None
        while True:
            try:
                connection, (address, *_rest) = self._socket.accept()
            except OSError:
                return
            with self._guard:
                for oldest in self._strangers.add(connection, address):
                    _hang_up(oldest)
            threading.Thread(
                target=self._answer, args=(connection,), name="control-answer", daemon=True
            ).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            lines = Lines(connection)
            known = self._knows(lines)
            with self._guard:  # not before: a socket that was closed could be another's by then
                known = self._strangers.remove(connection) and known
            if known and self._places.acquire(blocking=False):
                try:
                    self._answer_known(connection, lines)
                finally:
                    self._places.release()

    def _knows(self, lines: Lines) -> bool:
        """Read one line, and hold it against the secret."""
        with suppress(OSError):
            said = lines.next(_LONGEST_SECRET, PATIENCE).rstrip(b"\r\n")
            return hmac.compare_digest(said, self._token.encode("ascii"))
        return False

    def _answer_known(self, connection: socket.socket, lines: Lines) -> None:
        asked = read_object(lines.next(LARGEST, QUESTION_PATIENCE))
        offered = self._offered.get(str(asked.get("ask", "")))
        if offered is None:
            return
        try:
            answer = offered(asked)
        except Exception:  # noqa: BLE001 - whoever asks sees that there is no answer
            _log.exception("A question of another start of the program failed.")
            return
        connection.settimeout(PATIENCE)
        connection.sendall(json.dumps(dict(answer)).encode("ascii") + b"\n")


def _hang_up(connection: socket.socket) -> None:
    """Wake the thread that reads there; it closes the connection itself."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
