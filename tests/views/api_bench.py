"""What the tests of the API pages share: a server like a Sonarr, the pages over a real database."""

from __future__ import annotations

import contextlib
import json
import queue
import threading
import time
import tkinter as tk
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable, Iterator, List, Tuple

import requests

from config import Config
from core.settings.services import ArrInstance, ConnectionReport, Service
from metadata.arr import ArrClient
from metadata.keys import ApiKeys
from store.api_keys import ApiKeyStore
from store.connection import Database
from store.settings import SettingStore
from store.vault import FileVault
from tests.metadata.made import HandClock
from tests.views.window import pump
from views.api_backend import ApiBackend
from views.api_settings_tab import ApiSettingsTab
from views.pump import MessagePump
from views.theme import Look
from window.services import ServiceThread

KEY = "0123456789abcdef0123456789abcdef"
STATUS = "/api/v3/system/status"
TIME_LIMIT = (0.5, 0.5)  # seconds


class ArrServer:
    """A server whose first part of the path says what kind of server it is."""

    def __init__(self) -> None:
        self.asked: List[str] = []
        self.go_on = threading.Event()  # ends what /slow waits for
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                status, kind, body = server.answer(self.path, self.headers.get("X-Api-Key", ""))
                with contextlib.suppress(OSError):  # whoever asked had no more patience
                    self.send_response(status)
                    self.send_header("Content-Type", kind)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *_words: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, path: str, key: str) -> Tuple[int, str, bytes]:
        kind = path.split("/")[1]
        if kind == "slow":
            self.go_on.wait(20)
        if kind == "html":
            return 200, "text/html", b"<html>Please log in</html>"
        if kind == "nothing" or not path.endswith(STATUS):
            return 404, "application/json", b"{}"
        if key != KEY:
            return 401, "text/plain", b""
        if kind == "starting":
            words = {"errorMessage": "Sonarr is starting up, please try again later"}
            return 503, "application/json", json.dumps(words).encode()
        name = {"radarr": "Radarr", "other": "Lidarr"}.get(kind, "Sonarr")
        body = {"appName": name, "version": "4.0.19.1"}
        return 200, "application/json; charset=utf-8", json.dumps(body).encode()

    def close(self) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class ApiBench:
    """The pages over keys in a real database, with threads as the window has them."""

    def __init__(self, root: tk.Tk, look: Look, folder: Path) -> None:
        self.root = root
        self.look = look
        self.clock = HandClock(time.time())
        self.database = Database(folder / "api.db")
        self.config = Config(SettingStore(self.database))
        self.keys = self._keys(folder)
        answers: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._threads = [
            ServiceThread("in order", answers),
            ServiceThread("tests", answers, at_once=2),
        ]
        self._pump: MessagePump[Callable[[], None]] = MessagePump(
            root, answers, lambda answer: answer()
        )
        self._pump.start()
        self.waiting = 0
        self.tab = self.open()

    def _keys(self, folder: Path) -> ApiKeys:
        return ApiKeys(
            ApiKeyStore(self.database),
            FileVault(folder),
            SettingStore(self.database),
            self.clock,
            settings=self.config,
        )

    def open(self) -> ApiSettingsTab:
        """Show the tab anew, as the next start of the program does."""
        for child in self.root.winfo_children():
            child.destroy()
        self.tab = ApiSettingsTab(self.root, self.look, self._backend())
        self.tab.pack(fill="both", expand=True)
        self.root.update()
        self.settle()
        return self.tab

    def _backend(self) -> ApiBackend:
        def rotate(wanted: bool) -> None:
            self.config.set("metadata.rotate_omdb_keys", "yes" if wanted else "no")

        return ApiBackend(
            self,
            auto_rotate=lambda: self.config.settings.metadata.rotate_omdb_keys,
            set_auto_rotate=rotate,
            in_order=self._counted(self._threads[0]),
            at_once=self._counted(self._threads[1]),
        )

    def test_connection(self, instance: ArrInstance) -> ConnectionReport:
        assert threading.current_thread() is not threading.main_thread()
        return ArrClient(requests.Session(), instance, TIME_LIMIT).test_connection()

    def _counted(self, thread: ServiceThread) -> Callable[..., None]:
        """Know how many calls have no answer yet, so that a test can wait for all."""

        def call(
            work: Callable[[], Any],
            done: Callable[[Any], None],
            failed: Callable[[Exception], None],
        ) -> None:
            self.waiting += 1
            thread.call(work, self._answered(done), self._answered(failed))

        return call

    def _answered(self, handle: Callable[[Any], None]) -> Callable[[Any], None]:
        def answered(value: Any) -> None:
            self.waiting -= 1
            handle(value)

        return answered

    def settle(self) -> None:
        """Wait until everything that was asked for is answered and shown."""
        pump(self.root, lambda: self.waiting == 0, "the answers")
        self.root.update()

    def apply(self) -> None:
        self.tab.apply_button.invoke()
        self.settle()

    def enabled(self) -> bool:
        return bool(self.tab.apply_button.instate(["!disabled"]))

    def note(self) -> str:
        return str(self.tab.note.cget("text"))

    def instances(self, service: Service = Service.SONARR) -> List[ArrInstance]:
        return list(self.keys.load_arr_instances(service))

    def omdb_secrets(self) -> List[str]:
        return [key.secret for key in self.keys.load_api_keys(Service.OMDB)]

    def close(self) -> None:
        self.settle()
        self._pump.stop()
        for thread in self._threads:
            thread.stop()
        self.database.close()


@contextlib.contextmanager
def arr_server() -> Iterator[ArrServer]:
    """A server for the time of a test."""
    server = ArrServer()
    try:
        yield server
    finally:
        server.close()
