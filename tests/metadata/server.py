"""A real HTTP server that answers as Sonarr, Radarr and OMDb do, and as they should not; it counts."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import json
import ssl
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Callable, Dict, List, Optional, Tuple, Type
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

FIXTURES = Path(__file__).resolve().parent / "fixtures"
KEY = "right-key-1234"


def fixture(name: str) -> Any:
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


class Reply:
    """What the server sends; ``half`` breaks off in the middle, ``drip`` sends a byte at a time."""

    def __init__(
        self,
        status: int,
        body: Any = None,
        *,
        content_type: str = "application/json; charset=utf-8",
        headers: Optional[Dict[str, str]] = None,
        half: bool = False,
        drip: float = 0.0,
        wait: float = 0.0,
    ) -> None:
        self.status = status
        self.raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        if body is None:
            self.raw = b""
        self.content_type = content_type
        self.headers = headers or {}
        self.half, self.drip, self.wait = half, drip, wait


Answering = Callable[[str, str, Dict[str, str]], Reply]  # method, path, query


class Server:
    """Listens while the ``with`` block runs. ``asked`` counts requests by path."""

    def __init__(self, answer: Answering, certificate: Optional[Path] = None) -> None:
        self.answer = answer
        self.asked: Counter[str] = Counter()
        self.seen: List[Tuple[str, Dict[str, str]]] = []  # path, headers
        self.bodies: List[Any] = []
        self._guard = threading.Lock()
        handler = type("Handler", (_Handler,), {"owner": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        scheme = "https" if certificate else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.total = 0

    def note(self, path: str, headers: Dict[str, str]) -> None:
        with self._guard:
            self.total += 1
            self.asked[path] += 1
            self.seen.append((path, headers))

    def __enter__(self) -> Server:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def certificate_of(address: str, folder: Path) -> Path:
    """A certificate that nobody vouches for but itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(alternative, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain, form = serialization.NoEncryption(), serialization.PrivateFormat.PKCS8
    path = folder / "server.pem"
    path.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, form, plain))
    return path


class _Handler(BaseHTTPRequestHandler):
    owner: Server

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.owner.note(parts.path, dict(self.headers.items()))
        length = int(self.headers.get("Content-Length") or 0)
        if length:
            self.owner.bodies.append(json.loads(self.rfile.read(length)))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._send(self.owner.answer(self.command, parts.path, query))

    do_GET = do_POST = _serve  # noqa: N815 - http.server's own names

    def _send(self, reply: Reply) -> None:
        time.sleep(reply.wait)
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.raw)))
        self.end_headers()
        if reply.half:
            self.wfile.write(reply.raw[: len(reply.raw) // 2])
        elif reply.drip:
            for number in range(len(reply.raw)):
                self.wfile.write(reply.raw[number : number + 1])
                self.wfile.flush()
                time.sleep(reply.drip)
        else:
            self.wfile.write(reply.raw)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Quiet."""


def arr(
    app: str,
    titles: List[Dict[str, Any]],
    *,
    tags: Optional[List[Dict[str, Any]]] = None,
    found: Optional[Dict[str, Dict[str, Any]]] = None,
    version: str = "4.0.10.2544",
) -> Answering:
    """A healthy Sonarr or Radarr with this library; ``found``: what its look-up knows, by IMDb id."""

    def answer(method: str, path: str, query: Dict[str, str]) -> Reply:
        name = path.replace("/api/v3/", "")
        if name == "system/status":
            return Reply(200, {"appName": app, "version": version})
        if name in ("series", "movie"):
            return Reply(200, titles)
        if name == "tag":
            return Reply(200, tags or [])
        if name in ("series/lookup", "movie/lookup"):
            row = (found or {}).get(query.get("term", "").replace("imdb:", ""))
            return Reply(200, [row] if row else [])
        if name == "config/mediamanagement":
            return Reply(200, {"autoUnmonitorPreviouslyDownloadedMovies": True})
        if name == "command" and method == "POST":
            return Reply(201, {"id": 7, "status": "queued"})
        if name == "command/7":
            return Reply(200, {"id": 7, "status": "completed"})
        return Reply(404, {"message": "NotFound"})

    return answer


def omdb(titles: Dict[str, Dict[str, Any]]) -> Answering:
    """A healthy OMDb that knows these titles, by IMDb id."""

    def answer(method: str, path: str, query: Dict[str, str]) -> Reply:
        found = titles.get(query["i"])
        if found is None:
            return Reply(200, {"Response": "False", "Error": "Error getting data."})
        return Reply(200, {"Response": "True", "imdbID": query["i"], **found})

    return answer
