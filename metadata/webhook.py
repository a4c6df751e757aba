"""A listener for Sonarr's and Radarr's webhooks, so that their downloads are queued at once."""

from __future__ import annotations

import hmac
import json
import logging
import re
import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict, Iterator, List, Optional, Protocol, Tuple

from core.errors import MetadataError
from core.protocol.peer_fields import LONGEST_TEXT, shown
from core.protocol.strangers import Strangers
from core.settings.services import Service
from core.text.sentence import Sentence

LARGEST_BODY = 1024 * 1024  # bytes; a season's import has about 100 kB
LARGEST_HEADERS = 64 * 1024  # bytes, with the first line
MOST_STRANGERS = 32  # callers that have not sent the secret yet
STRANGERS_SHARE = 8  # the same, of one address
MOST_AT_WORK = 16  # events handled at the same time
_SECONDS = 10.0  # within which a request must have arrived
_LONGEST_NUMBER = 20  # digits
_IMDB_ID = re.compile(r"tt\d{7,10}")

_log = logging.getLogger("mediaprocessor.webhook")


@dataclass(frozen=True)
class Download:
    """One "Download" event: the files as the server sees them, and their title."""

    service: Service
    instance_name: str
    paths: Tuple[str, ...]
    title: str = ""
    imdb_id: str = ""
    original_language: str = ""
    tags: Tuple[str, ...] = ()


def read_event(body: object) -> Optional[Download]:
    """Read a webhook's JSON; None for an event of another kind. Raises ValueError for anything else."""
    if not isinstance(body, dict) or not isinstance(body.get("eventType"), str):
        raise ValueError("no webhook of Sonarr or Radarr")  # noqa: TRY004 - of the value
    if body["eventType"] != "Download":
        return None
    service = Service.RADARR if isinstance(body.get("movie"), dict) else Service.SONARR
    title = _part(body, "movie" if service is Service.RADARR else "series")
    tags = title.get("tags")
    imdb_id = str(title.get("imdbId") or "").lower()
    return Download(
        service,
        shown(str(body.get("instanceName") or ""), LONGEST_TEXT),
        tuple(_paths(body, str(title.get("folderPath") or title.get("path") or ""))),
        shown(str(title.get("title") or "")),
        imdb_id if _IMDB_ID.fullmatch(imdb_id) else "",
        shown(str(_part(title, "originalLanguage").get("name") or ""), LONGEST_TEXT),
        tuple(shown(str(tag)) for tag in tags) if isinstance(tags, list) else (),
    )


def _paths(body: Dict[str, Any], folder: str) -> List[str]:
    several = body.get("episodeFiles")
    files = list(several) if isinstance(several, list) else []
    files += [_part(body, "episodeFile"), _part(body, "movieFile")]
    found = []
    for file in files:
        if isinstance(file, dict) and file.get("path"):
            found.append(str(file["path"]))
        elif isinstance(file, dict) and file.get("relativePath") and folder:
            found.append(f"{folder.rstrip('/')}/{file['relativePath']}")
    return list(dict.fromkeys(found))


def _part(body: Dict[str, Any], key: str) -> Dict[str, Any]:
    part = body.get(key)
    return part if isinstance(part, dict) else {}


class DownloadListener(Protocol):
    """Takes in what Sonarr or Radarr has downloaded."""

    def __call__(self, event: Download, /) -> None:
        """Queue its files; called in a thread of the listener."""


class WebhookServer:
    """Listens in threads of its own until it is closed.

    ``on_download`` is called for each event, in one of those threads. Only who knows ``secret``, the
    path of the address, is listened to. Raises MetadataError where the port is not available.
    """

    def __init__(self, address: str, port: int, secret: str, on_download: DownloadListener) -> None:
        handler = _handler(f"/{secret}", on_download)
        try:
            self._server = _Server(address, port, handler)
        except (OSError, OverflowError) as error:
            raise MetadataError(
                Sentence(
                    "The webhook cannot listen on {address}:{port} ({problem}). Choose another port.",
                    address=address,
                    port=str(port),
                    problem=error,
                )
            ) from error
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.2,), name="webhook", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5.0)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = (
        128  # with the default of five, strangers could fill the system's own queue
    )

    def __init__(self, address: str, port: int, handler: Any) -> None:
        self._strangers: Strangers[Any] = Strangers(MOST_STRANGERS, STRANGERS_SHARE)
        self._at_work = threading.BoundedSemaphore(MOST_AT_WORK)
        self._guard = threading.Lock()
        super().__init__((address, port), handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve in a thread; where too many wait, the oldest that has not sent the secret is closed."""
        with self._guard:
            for oldest in self._strangers.add(request, str(client_address[0])):
                _hang_up(oldest)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one request and free its place."""
        # Ends the connection whatever the peer does, even if it sends a byte now and then.
        timer = threading.Timer(_SECONDS, self._too_late, (request,))
        timer.name, timer.daemon = "webhook-limit", True
        timer.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            timer.cancel()

    def shutdown_request(self, request: Any) -> None:
        """Close a connection, which is counted no longer."""
        with self._guard:
            self._strangers.remove(request)
        super().shutdown_request(request)

    @contextmanager
    def known(self, request: Any) -> Iterator[bool]:
        """Note that the caller knows the secret; return whether there is a place to serve it."""
        with self._guard:
            self._strangers.remove(request)
        free = self._at_work.acquire(blocking=False)
        try:
            yield free
        finally:
            if free:
                self._at_work.release()

    def _too_late(self, request: Any) -> None:
        with self._guard:
            _hang_up(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore peers that break off; the handler logs everything else."""


def _hang_up(request: Any) -> None:
    """Wake the thread that reads from it; that closes the connection."""
    with suppress(OSError):
        request.shutdown(socket.SHUT_RDWR)


class _Beginning:
    """A peer's stream: lines up to ``LARGEST_HEADERS`` in all, then as much as is read."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._left = LARGEST_HEADERS

    def readline(self, size: int = -1) -> bytes:
        """Return the next line; nothing where all lines together are too long."""
        most = self._left if size < 0 else min(size, self._left)
        line = bytes(self._file.readline(most)) if most else b""
        self._left -= len(line)
        return line

    def read(self, size: int) -> bytes:
        """Return so many bytes, fewer at the end."""
        return bytes(self._file.read(size))

    def close(self) -> None:
        """Close it."""
        self._file.close()


def _taken(length: str, body: Any, on_download: DownloadListener) -> int:
    """Read and handle an event; return the HTTP status."""
    if not (length.isascii() and length.isdigit()):
        return 411
    if len(length) > _LONGEST_NUMBER or int(length) > LARGEST_BODY:
        return 413
    try:
        event = read_event(json.loads(body.read(int(length)).decode("utf-8")))
    except (ValueError, RecursionError):
        return 400
    if event is not None:
        try:
            on_download(event)
        except Exception:  # noqa: BLE001 - the sender gets a status, the log the rest
            _log.exception("A webhook's event could not be taken in.")
            return 500
    return 200


def _handler(path: str, on_download: DownloadListener) -> type:
    class Handler(BaseHTTPRequestHandler):
        """One request; the answer is a status alone."""

        timeout = _SECONDS
        server_version = "MediaProcessor"
        sys_version = ""

        def setup(self) -> None:
            """Limit what is read before the secret is checked."""
            super().setup()
            self.rfile: Any = _Beginning(self.rfile)

        def do_POST(self) -> None:
            """Handle one event."""
            given = self.path.rstrip("/").encode("utf-8", "replace")
            if not hmac.compare_digest(given, path.encode()):
                self._answer(404)
                return
            server: Any = self.server
            with server.known(self.request) as free:
                length = self.headers.get("Content-Length", "")
                status = _taken(length, self.rfile, on_download) if free else 503
            self._answer(status)

        do_PUT = do_POST  # noqa: N815 - http.server's own name

        def do_GET(self) -> None:
            """Refuse: there is nothing to read here."""
            self._answer(404)

        def _answer(self, status: int) -> None:
            self.close_connection = True
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
            """Log nothing of the request: its path holds the secret."""

    return Handler
