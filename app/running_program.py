"""How a command asks the program that already works with its data folder (``app.local_control`` answers).

What it asks with is loaded by every command that may be answered there, so this loads little.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Dict, Mapping, NamedTuple, Optional

if TYPE_CHECKING:
    import socket
    from pathlib import Path

FILE_NAME = "running.json"
ASK_STATE = "state"  # how it is with what a command of a later start is about
LARGEST_ANSWER = 256 * 1024 * 1024  # bytes: what a command shows of each of a million jobs
PATIENCE = 3.0  # seconds until a silent other end is left alone
_PIECE = 65536  # bytes that are read at once

Asked = Mapping[str, Any]


class ShownThere(NamedTuple):
    """What the program at work has written for a command, and the command's exit code."""

    code: int
    output: str
    errors: str


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
    if not address:
        return None
    import socket  # not where nobody listens

    try:
        target = ("127.0.0.1", int(address["port"]))
        message = json.dumps({**asked, "ask": name})
        with socket.create_connection(target, timeout=PATIENCE) as connection:
            connection.settimeout(patience)
            connection.sendall(f"{address['token']}\n{message}\n".encode("ascii"))
            return read_object(Lines(connection).next(LARGEST_ANSWER, patience)) or None
    except (OSError, ValueError, TypeError, LookupError, OverflowError):
        return None


def ask_to_show(data_dir: Path, name: str, asked: Asked, patience: float) -> Optional[ShownThere]:
    """Have the program at work do what a command asks for; None as for ``ask_running``.

    None also for any other answer: where a program was killed, its port may be a stranger's.
    """
    answer = ask_running(data_dir, name, asked, patience) or {}
    code, output, errors = (answer.get(key) for key in ShownThere._fields)
    if isinstance(code, int) and isinstance(output, str) and isinstance(errors, str):
        return ShownThere(code, output, errors)
    return None


def ask_state(data_dir: Path, command: str, *keys: str) -> Optional[Mapping[str, Any]]:
    """Ask the program at work how it is with what this command is about; None as for ``ask_to_show``.

    ``keys`` are those that an answer has.
    """
    answer = ask_running(data_dir, ASK_STATE, {"of": command})
    return answer if answer is not None and answer.keys() >= set(keys) else None


def _address(data_dir: Path) -> Dict[str, Any]:
    path = data_dir / FILE_NAME
    try:
        return read_object(path.read_bytes()) if path.is_file() else {}
    except OSError:
        return {}


def read_object(text: bytes) -> Dict[str, Any]:
    """Read a JSON object; an empty one where it is none."""
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


class Lines:
    """Reads a connection line by line, and never far ahead of the line that is asked for."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._rest = b""

    def next(self, largest: int, seconds: Optional[float] = None) -> bytes:
        """Return the next line; raises OSError where it is longer, or does not come in time.

        ``seconds`` is for all of it, so that a byte now and then is no way to stay.
        """
        found = bytearray(self._rest)
        end = None if seconds is None else time.monotonic() + seconds
        while b"\n" not in found[-_PIECE:]:
            if len(found) > largest:
                raise OSError("the line is too long")
            if end is not None:
                self._connection.settimeout(max(0.001, end - time.monotonic()))
            piece = self._connection.recv(_PIECE)
            found += piece
            if not piece:
                break
        line, newline, self._rest = bytes(found).partition(b"\n")
        if len(line) > largest:
            raise OSError("the line is too long")
        return line + newline
