"""A second start of the window hands its films to the first one and ends.

The first listens on the loopback address and leaves port and a secret in a file of the data folder that
only its user may read; who knows the secret may name paths, and nothing else. One line of JSON goes
there, one word comes back.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
import secrets
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Callable, Optional, Sequence, Tuple, Type

FILE_NAME = "window.json"
LARGEST = 1024 * 1024  # bytes: the paths of some ten thousand films
PATIENCE = 3.0  # seconds until a silent other end is left alone
_TAKEN = b"taken\n"

_log = logging.getLogger("mediaprocessor")
Received = Callable[[Tuple[Path, ...]], None]


class HandoverListener:
    """Calls ``received`` in a thread of its own with the paths of each later start, maybe none.

    Used as a context manager. Where no socket can be had the program runs without: a second start
    is then refused with a sentence.
    """

    def __init__(self, data_dir: Path, received: Received) -> None:
        self._file = data_dir / FILE_NAME
        self._received = received
        self._token = secrets.token_hex(32)
        self._socket: Optional[socket.socket] = None

    def __enter__(self) -> HandoverListener:
        try:
            self._socket = socket.create_server(("127.0.0.1", 0))
            self._leave_address(self._socket.getsockname()[1])
        except OSError as error:
            _log.warning("A second start cannot be handed over (%s).", error)
            return self
        threading.Thread(target=self._listen, name="handover", daemon=True).start()
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
                connection, _address = self._socket.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(PATIENCE)
        message = _read_line(connection)
        try:
            asked: Any = json.loads(message)
            token, names = str(asked["token"]), [str(one) for one in asked["paths"]]
        except (ValueError, TypeError, LookupError):
            return
        if hmac.compare_digest(token.encode("utf-8", "surrogatepass"), self._token.encode("ascii")):
            self._received(tuple(Path(one) for one in names))
            connection.sendall(_TAKEN)


def hand_over(data_dir: Path, paths: Sequence[Path]) -> bool:
    """Give the paths to the window that runs on this data folder, which comes to the front.

    False where none answers: what holds the folder has no window, or is just ending.
    """
    try:
        address: Any = json.loads((data_dir / FILE_NAME).read_text("utf-8"))
        _let_come_to_front(int(address["process"]))
        target = ("127.0.0.1", int(address["port"]))
        asked = {"token": address["token"], "paths": [str(one.absolute()) for one in paths]}
        with socket.create_connection(target, timeout=PATIENCE) as connection:
            connection.sendall(json.dumps(asked).encode("ascii") + b"\n")
            return _read_line(connection) == _TAKEN
    except (OSError, ValueError, TypeError, LookupError, OverflowError):
        return False


def _read_line(connection: socket.socket) -> bytes:
    """Return what comes up to the first line end; raises OSError where nothing comes in time."""
    found = b""
    while not found.endswith(b"\n"):
        piece = connection.recv(65536)
        found += piece
        if not piece or len(found) > LARGEST:
            break
    return found


def _let_come_to_front(process: int) -> None:
    """Windows lets only the program that the user has just started bring a window to the front."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(process)
