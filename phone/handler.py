"""One connection of a phone: its requests, and with which headers each is answered."""

from __future__ import annotations

import hashlib
import json
import socket
import ssl
import time
from http.client import parse_headers
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from pathlib import Path
from typing import Any, Collection, Dict, Mapping, Optional, Tuple
from urllib.parse import urlsplit

from core.errors import MediaProcessorError
from core.queue.outcome import sentence_of
from phone.access import is_own_host, is_own_site, token_in
from phone.connection import PhoneConnection
from phone.language import PhoneLanguage, phone_language, wanted_language
from phone.ports import PhoneHost
from phone.texts import page_texts

LARGEST_HEAD = 16 * 1024  # bytes of a request without its body
LARGEST_BODY = 4 * 1024  # bytes; a command has about 40
REQUEST_SECONDS = 20.0  # in which the next request has to be here; a phone asks every second
ANSWER_SECONDS = 10.0  # in which an answer has to be taken
LAST_SECONDS = 1.0  # in which a caller has to take its last answer and close
_PIECE = 16 * 1024  # bytes that are written at once
_ASSETS = Path(__file__).resolve().parent.parent / "assets"
_PAGE: Mapping[str, Tuple[Path, str]] = {
    "/": (_ASSETS / "phone" / "page.html", "text/html; charset=utf-8"),
    "/page.css": (_ASSETS / "phone" / "page.css", "text/css; charset=utf-8"),
    "/page.js": (_ASSETS / "phone" / "page.js", "text/javascript; charset=utf-8"),
    "/icon.png": (_ASSETS / "app_icon.png", "image/png"),
}
_JSON = "application/json; charset=utf-8"
# HSTS is left out on purpose: it holds for a name with all its ports, and would lock the user out of Sonarr's
# and Plex's plain pages on the same machine; with a certificate of our own browsers ignore it in any case.
SAFETY: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


class TimedStream:
    """What a caller sends, up to so many bytes and until ``until`` (``time.monotonic``).

    Raises socket.timeout after that, however a caller spreads its bytes.
    """

    def __init__(self, connection: socket.socket, most: int) -> None:
        self._connection = connection
        self._rest = b""
        self.left = most
        self.until = time.monotonic() + REQUEST_SECONDS

    def readline(self, size: int = -1) -> bytes:
        """Return the next line; raises ConnectionError where all together are too many bytes."""
        if not self.left:
            raise ConnectionError("too long")  # to be cut off would make another request of it
        most = self.left if size < 0 else min(size, self.left)
        while b"\n" not in self._rest and len(self._rest) < most and self._receive():
            pass
        end = self._rest.find(b"\n") + 1 or len(self._rest)
        return self._take(min(end, most))

    def read(self, size: int) -> bytes:
        """Return so many bytes, fewer at the end."""
        wanted = min(size, self.left)
        while len(self._rest) < wanted and self._receive():
            pass
        return self._take(wanted)

    def close(self) -> None:
        """Nothing: the connection is closed by whoever opened it."""

    def _take(self, size: int) -> bytes:
        taken, self._rest = self._rest[:size], self._rest[size:]
        self.left -= len(taken)
        return taken

    def _receive(self) -> bool:
        seconds = self.until - time.monotonic()
        if seconds <= 0:
            raise socket.timeout("too slow")
        self._connection.settimeout(seconds)
        piece = self._connection.recv(4096)
        self._rest += piece
        return bool(piece)


def redirection(stream: TimedStream, names: Collection[str]) -> bytes:
    """Return the answer to a request that is not encrypted: the same place with https."""
    first = stream.readline()
    if not first.rstrip().endswith((b"HTTP/1.0", b"HTTP/1.1")):
        return b""
    host = parse_headers(stream).get("Host")
    if not is_own_host(host, names):
        return b"HTTP/1.1 421 Misdirected Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    return (
        f"HTTP/1.1 308 Permanent Redirect\r\nLocation: https://{host}/\r\nCache-Control: no-store\r\n"
        "Content-Length: 0\r\nConnection: close\r\n\r\n"
    ).encode("ascii")


class PhoneHandler(BaseHTTPRequestHandler):
    """The requests of one connection, until it ends."""

    protocol_version = "HTTP/1.1"
    server: Any
    rfile: Any

    def __init__(
        self, encrypted: ssl.SSLSocket, caller: PhoneConnection, server: PhoneHost
    ) -> None:
        self._caller = caller
        super().__init__(encrypted, (caller.address, 0), server)  # type: ignore[arg-type]

    def setup(self) -> None:
        """Read and write with limits."""
        self.connection = self.request
        self.rfile = TimedStream(self.request, LARGEST_HEAD)
        self.wfile = BytesIO()  # what http.server itself would say ("100 Continue"): never sent

    def finish(self) -> None:
        """Let the last answer arrive: closing while something is unread would take it back on its way."""
        socket.socket.shutdown(self.request, socket.SHUT_WR)
        self.rfile.left, self.rfile.until = LARGEST_HEAD, time.monotonic() + LAST_SECONDS
        while self.rfile.read(1024):
            pass

    def handle_one_request(self) -> None:
        """Serve one request; the next one has its time and size anew."""
        self.rfile.left = LARGEST_HEAD
        self.rfile.until = time.monotonic() + REQUEST_SECONDS
        super().handle_one_request()

    def do_GET(self) -> None:
        """Hand out the page, its texts, or how the program is."""
        path = urlsplit(self.path).path
        if not self._is_for_us():
            return
        if path in _PAGE:
            file, kind = _PAGE[path]
            self._answer(200, file.read_bytes(), kind)
        elif path == "/texts":
            language = self._language()
            told = {"language": language.code, "texts": page_texts(language)}
            self._answer(200, json.dumps(told).encode("ascii"), _JSON)
        elif path == "/state":
            if self._is_known():
                self._send_state()
        else:
            self._answer(404)

    do_HEAD = do_GET  # noqa: N815 - http.server's own name

    def do_POST(self) -> None:
        """Do what a button says."""
        if not self._is_for_us():
            return
        if urlsplit(self.path).path != "/do":
            self._answer(404)
        elif self._is_known():
            self._answer(*self._done())

    def send_error(self, code: int, *_said: Any) -> None:
        """Answer what http.server itself refuses, without saying what runs here."""
        self._answer(code)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Log nothing of a request: commands are logged where they are done."""

    def _is_for_us(self) -> bool:
        """Whether this machine is meant, by a page of ours or by none; else that is answered."""
        host = self.headers.get("Host")
        if not is_own_host(host, self.server.names):
            self._answer(421)
            return False
        if not is_own_site(self.headers, host or ""):
            self._answer(403)
            return False
        return True

    def _is_known(self) -> bool:
        """Whether the request brings the token, and there is a place for it; else that is answered."""
        gate, address = self.server.gate, self._caller.address
        wait = gate.wait(address)
        if wait > 0:
            self._answer(429, headers={"Retry-After": str(int(wait) + 1)})
            return False
        if not gate.knows(token_in(self.headers), address):
            self._answer(401, headers={"WWW-Authenticate": "Bearer"})
            return False
        if not self.server.let_in(self._caller):
            self._answer(503, headers={"Retry-After": "5"})
            return False
        return True

    def _language(self) -> PhoneLanguage:
        return phone_language(wanted_language(self.headers.get("Accept-Language") or ""))

    def _send_state(self) -> None:
        try:
            body = self.server.desk.state(self._language().code)
        except MediaProcessorError as error:
            self._answer(409, self._told(sentence_of(error)), _JSON)
            return
        tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        if self.headers.get("If-None-Match") == tag:
            self._answer(304, headers={"ETag": tag})
        else:
            self._answer(200, body, _JSON, {"ETag": tag})

    def _done(self) -> Tuple[int, bytes, str]:
        length = self.headers.get("Content-Length") or ""
        kind = (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        if kind != "application/json":
            return 415, b"", _JSON
        if not (length.isascii() and length.isdigit() and len(length) < 10):
            return 411, b"", _JSON
        if int(length) > LARGEST_BODY:
            return 413, b"", _JSON
        self.rfile.left = LARGEST_BODY
        try:
            command, job_id = _command_in(self.rfile.read(int(length)))
            told = self.server.desk.do(command, job_id)
        except (ValueError, RecursionError):
            return 400, b"", _JSON
        except MediaProcessorError as error:
            return 409, self._told(sentence_of(error)), _JSON
        return 200, self._told(told), _JSON

    def _told(self, sentence: object) -> bytes:
        return json.dumps({"told": self._language().sentence(sentence)}).encode("ascii")

    def _answer(
        self,
        status: int,
        body: bytes = b"",
        kind: str = "",
        headers: Optional[Mapping[str, str]] = None,
    ) -> None:
        """Send a whole answer; a caller that does not take it in time is hung up on."""
        # What is left unread of a refused request would be taken for the next one.
        if status not in (200, 304, 409):
            self.close_connection = True
        lines: Dict[str, str] = {**SAFETY, **(headers or {})}
        if status != 304:
            lines["Content-Length"] = str(len(body))
        if kind:
            lines["Content-Type"] = kind
        if self.close_connection:
            lines["Connection"] = "close"
        reason = self.responses.get(status, ("Refused", ""))[0]
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        whole = f"HTTP/1.1 {int(status)} {reason}\r\n{head}\r\n".encode("ascii")
        self._write(whole if self.command == "HEAD" else whole + body)

    def _write(self, data: bytes) -> None:
        end = time.monotonic() + ANSWER_SECONDS
        for begin in range(0, len(data), _PIECE):
            seconds = end - time.monotonic()
            if seconds <= 0:
                raise socket.timeout("too slow")
            self.request.settimeout(seconds)
            self.request.sendall(data[begin : begin + _PIECE])


def _command_in(body: bytes) -> Tuple[str, Optional[int]]:
    """Read a command and the job that it is about; raises ValueError."""
    told = json.loads(body.decode("utf-8"))
    if not isinstance(told, dict) or not isinstance(told.get("do"), str):
        raise ValueError("no command")  # noqa: TRY004 - of the value
    job_id = told.get("film")
    if job_id is not None and (not isinstance(job_id, int) or not 0 < job_id < 2**63):
        raise ValueError("no film")
    return told["do"], job_id
