"""A listener for Sonarr's and Radarr's webhooks: what they have just downloaded is queued at once."""

from __future__ import annotations

import hmac
import json
import logging
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Dict, List, Optional, Tuple

from core.errors import MetadataError
from core.services import Service

LARGEST_BODY = 1024 * 1024  # bytes; a season's import has about 100 kB
_SECONDS = 10.0  # within which a request must be here
_MOST_AT_ONCE = 8

_log = logging.getLogger("mediaprocessor.webhook")


@dataclass(frozen=True)
class Download:
    """One "Download" event: the files as the server sees them, and what it told about their title."""

    service: Service
    instance_name: str
    paths: Tuple[str, ...]
    title: str = ""
    imdb_id: str = ""
    original_language: str = ""
    tags: Tuple[str, ...] = ()


def read_event(body: object) -> Optional[Download]:
    """Read a webhook's JSON; None for an event of another kind. Raises ValueError for what is none."""
    if not isinstance(body, dict) or not isinstance(body.get("eventType"), str):
        raise ValueError("no webhook of Sonarr or Radarr")  # noqa: TRY004 - of the value
    if body["eventType"] != "Download":
        return None
    service = Service.RADARR if isinstance(body.get("movie"), dict) else Service.SONARR
    title = _part(body, "movie" if service is Service.RADARR else "series")
    tags = title.get("tags")
    return Download(
        service,
        str(body.get("instanceName") or ""),
        tuple(_paths(body, str(title.get("folderPath") or title.get("path") or ""))),
        str(title.get("title") or ""),
        str(title.get("imdbId") or "").lower(),
        str(_part(title, "originalLanguage").get("name") or ""),
        tuple(str(one) for one in tags) if isinstance(tags, list) else (),
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


class WebhookServer:
    """Listens in threads of its own until it is closed.

    ``on_download`` is called for each event, in one of those threads. Only who knows ``secret``, the
    path of the address, is listened to. Raises MetadataError where the port cannot be had.
    """

    def __init__(
        self, address: str, port: int, secret: str, on_download: Callable[[Download], None]
    ) -> None:
        handler = _handler(f"/{secret}", on_download)
        try:
            self._server = _Server((address, port), handler)
        except (OSError, OverflowError) as error:
            raise MetadataError(
                f"The webhook cannot listen on {address}:{port} ({error}). Choose another port."
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

    def __init__(self, address: Tuple[str, int], handler: Any) -> None:
        self._free = threading.BoundedSemaphore(_MOST_AT_ONCE)
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve in a thread; who comes while all are taken is sent away."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one request and give the place free."""
        # Closes the connection whatever the peer does, a byte now and then included.
        timer = threading.Timer(_SECONDS, self.shutdown_request, (request,))
        timer.daemon = True
        timer.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            timer.cancel()
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A peer that breaks off is no error of ours; anything else is logged by the handler."""


def _handler(path: str, on_download: Callable[[Download], None]) -> type:
    class Handler(BaseHTTPRequestHandler):
        """One request; answers tell no more than the sender has to know."""

        timeout = _SECONDS
        server_version = "MediaProcessor"
        sys_version = ""

        def do_POST(self) -> None:
            """Take one event."""
            given = self.path.rstrip("/").encode("utf-8", "replace")
            if not hmac.compare_digest(given, path.encode()):
                self._answer(404)
                return
            status = self._take()
            self._answer(status)

        do_PUT = do_POST  # noqa: N815 - http.server's own name

        def do_GET(self) -> None:
            """Nothing is to be read here."""
            self._answer(404)

        def _take(self) -> int:
            length = self.headers.get("Content-Length", "")
            if not (length.isascii() and length.isdigit()):
                return 411
            if int(length) > LARGEST_BODY:
                return 413
            try:
                event = read_event(json.loads(self.rfile.read(int(length)).decode("utf-8")))
            except (ValueError, RecursionError):
                return 400
            if event is not None:
                try:
                    on_download(event)
                except Exception:  # noqa: BLE001 - the sender gets a status, the log the rest
                    _log.exception("A webhook's event could not be taken in.")
                    return 500
            return 200

        def _answer(self, status: int) -> None:
            self.close_connection = True
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
            """The path holds the secret: not a word of the request is logged."""

    return Handler
