"""A served page without a program behind it, and a client that says just what a test wants."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple

from cluster.identity import client_context, load_identity
from core.errors import PhoneError
from core.text.sentence import Sentence
from phone.access import TokenGate
from phone.server import PhoneServer

TOKEN = "7QK2M-9TXWA-00000-ABCDE-FGHJK"
PATIENCE = 30.0  # seconds


class Desk:
    """Says one thing, and remembers what it was asked to do."""

    def __init__(self) -> None:
        self.did: List[Tuple[str, Optional[int]]] = []
        self.shown: Dict[str, Any] = {"machine": "Attic"}
        self.broken = False

    def state(self, language: str) -> bytes:
        if self.broken:
            raise RuntimeError("a fault of ours")
        return json.dumps({**self.shown, "language": language}).encode("ascii")

    def do(self, command: str, job_id: Optional[int]) -> str:
        if command == "impossible":
            raise PhoneError(Sentence("{file} was changed.", file="Film.mkv"))
        if command != "pause":
            raise ValueError(command)
        self.did.append((command, job_id))
        return ""


class Served:
    """The server, and how one talks with it; ``now`` is the clock of wrong guesses."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk()
        self.now = 1000.0
        context = load_identity(folder).server_context()
        gate = TokenGate(TOKEN, lambda: self.now)
        self.server = PhoneServer("127.0.0.1", 0, context, gate, self.desk, ("attic",))
        self.port = self.server.port

    def connect(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(
            "127.0.0.1", self.port, context=client_context(), timeout=PATIENCE
        )

    def ask(
        self, path: str, method: str = "GET", body: Optional[bytes] = None, **headers: Any
    ) -> Tuple[int, Dict[str, str], bytes]:
        """Ask once; header names are written with ``_`` for ``-``."""
        with contextlib.closing(self.connect()) as connection:
            return answer_of(connection, path, method, body, **headers)

    def encrypted(self) -> ssl.SSLSocket:
        """A bare connection, for what no HTTP library sends."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        return client_context().wrap_socket(plain)

    def close(self) -> None:
        self.server.close()


def answer_of(
    connection: http.client.HTTPSConnection,
    path: str,
    method: str = "GET",
    body: Optional[bytes] = None,
    **headers: Any,
) -> Tuple[int, Dict[str, str], bytes]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, sent)
    answer = connection.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read()


def with_token(token: str = TOKEN) -> Dict[str, Any]:
    return {"Authorization": f"Bearer {token}"}


def until_closed(connection: socket.socket) -> bytes:
    """What still comes until the other end closes; fails where it never does."""
    found = b""
    connection.settimeout(PATIENCE)
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while True:
            piece = connection.recv(65536)
            if not piece:
                break
            found += piece
    return found


def until(reached: Any, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.01)


@contextlib.contextmanager
def served(folder: Path) -> Iterator[Served]:
    made = Served(folder)
    try:
        yield made
    finally:
        made.close()
