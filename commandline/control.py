"""How a command reaches the program that already works with its data folder.

That program listens on the loopback address and leaves port and a secret in a file of the data folder that
only its user may read; who knows the secret may ask what the program offers, and nothing else. One line of
JSON goes there, one comes back.
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
from typing import Any, Callable, Dict, Mapping, Optional, Type

FILE_NAME = "running.json"
LARGEST = 4 * 1024 * 1024  # bytes of a question: the paths of some ten thousand films
LARGEST_ANSWER = 256 * 1024 * 1024  # bytes: what a command shows of each of a million jobs
PATIENCE = 3.0  # seconds until a silent other end is left alone

_log = logging.getLogger("mediaprocessor")
Asked = Mapping[str, Any]
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
                connection, _address = self._socket.accept()
            except OSError:
                return
            threading.Thread(
                target=self._answer, args=(connection,), name="control-answer", daemon=True
            ).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(PATIENCE)
            asked = _object(_read_line(connection, LARGEST))
            offered = self._offered.get(str(asked.get("ask", "")))
            token = str(asked.get("token", "")).encode("utf-8", "surrogatepass")
            if hmac.compare_digest(token, self._token.encode("ascii")) and offered is not None:
                try:
                    answer = offered(asked)
                except Exception:  # noqa: BLE001 - whoever asks sees that there is no answer
                    _log.exception("A question of another start of the program failed.")
                    return
                connection.sendall(json.dumps(dict(answer)).encode("ascii") + b"\n")


def running_process(data_dir: Path) -> int:
    """The number of the process that listens for this data folder; 0 where none left its address."""
    process = _address(data_dir).get("process")
    return process if isinstance(process, int) else 0


def ask_running(
    data_dir: Path, name: str, asked: Asked, patience: float = PATIENCE
) -> Optional[Mapping[str, Any]]:
    """Ask the program that works with this data folder, and wait so many seconds for its answer.

    None where it does not answer: it does not listen, does not offer this, or is just ending.
    """
    address = _address(data_dir)
    try:
        target = ("127.0.0.1", int(address["port"]))
        message = json.dumps({**asked, "ask": name, "token": address["token"]})
        with socket.create_connection(target, timeout=PATIENCE) as connection:
            connection.settimeout(patience)
            connection.sendall(message.encode("ascii") + b"\n")
            return _object(_read_line(connection, LARGEST_ANSWER)) or None
    except (OSError, ValueError, TypeError, LookupError, OverflowError):
        return None


def _address(data_dir: Path) -> Dict[str, Any]:
    try:
        return _object((data_dir / FILE_NAME).read_bytes())
    except OSError:
        return {}


def _object(text: bytes) -> Dict[str, Any]:
    """Read a JSON object; an empty one where it is none."""
    try:
        found: Any = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _read_line(connection: socket.socket, largest: int) -> bytes:
    """Return what comes up to the first line end; raises OSError where nothing comes in time."""
    found = bytearray()
    while not found.endswith(b"\n"):
        piece = connection.recv(65536)
        found += piece
        if not piece or len(found) > largest:
            break
    return bytes(found)
