"""Client of one Plex Media Server: connection test, a look at one folder, who watches.

Answers are JSON where that is asked for. A refresh is that of a library's section, restricted to the film's
folder (``path``): Plex has no request for one file.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple

from core.protocol.peer_fields import LONGEST_PATH
from core.settings.path_mappings import pure_path
from core.settings.services import ArrInstance, ConnectionReport
from core.text.composed import composed
from core.text.sentence import Sentence
from metadata.answers import nobody_there
from metadata.media_server import (
    Refresh,
    ServerCalls,
    Viewer,
    path_there,
    text_in,
    watched_title,
)
from metadata.transport import CONNECT_SECONDS, LIST_BYTES, READ_SECONDS, Unreachable

if TYPE_CHECKING:
    import requests

_HEARD = "track"  # the type of what is heard and not seen


class PlexClient:
    """Client of one server (``metadata.media_server.MediaServer``)."""

    def __init__(
        self,
        session: requests.Session,
        instance: ArrInstance,
        timeout: Tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
    ) -> None:
        self.instance = instance
        self._calls = ServerCalls(session, instance, {"X-Plex-Token": instance.api_key}, timeout)

    def test_connection(self) -> ConnectionReport:
        """Ask for the server's own page: unlike ``/identity`` it needs the token."""
        try:
            answer = self._calls.ask("GET", "/")
        except Unreachable as error:
            return nobody_there(self.instance, error)
        problem = self._calls.problem(answer)
        if problem:
            return ConnectionReport(False, problem)
        container = _container(answer.body)
        version = text_in(container, "version")
        if not version or "machineIdentifier" not in (container or {}):
            return self._calls.something_else()
        return self._calls.connected(version, text_in(container, "friendlyName"))

    def refresh(self, before: str, after: str, *, times_kept: bool) -> Refresh:
        """Have the film's folder looked through in each library that has it."""
        folders = {path_there(path, self.instance) for path in (before, after)}
        parents = {str(pure_path(path).parent) for path in folders}
        wanted = [
            (section, folder)
            for folder in sorted(parents)
            for section in self._sections_with(folder)
        ]
        if not wanted:
            return Refresh(
                False,
                Sentence(
                    "{instance} has no library with the folder {folder}. Where it sees the films under "
                    "another path, map the folder.",
                    instance=self.instance.label,
                    folder=min(parents),
                ),
            )
        for section, folder in wanted:
            params = {"path": folder, **({"force": "1"} if times_kept else {})}
            answer = self._calls.ask("POST", f"/library/sections/{section}/refresh", params=params)
            if answer.status in (404, 405):  # servers from before the document know GET
                answer = self._calls.ask(
                    "GET", f"/library/sections/{section}/refresh", params=params
                )
            self._calls.checked(answer, with_body=False)
        return Refresh(
            True,
            Sentence(
                "{instance} looks at {folder} again.",
                instance=self.instance.label,
                folder=wanted[0][1],
            ),
        )

    def viewers(self) -> Tuple[Viewer, ...]:
        """Return the sessions that show something."""
        answer = self._calls.ask("GET", "/status/sessions", largest=LIST_BYTES)
        container = _container(self._calls.checked(answer))
        if container is None:
            raise self._calls.unexpected()
        rows = _rows(container, "Metadata")
        return tuple(self._viewer(row) for row in rows if row.get("type") != _HEARD)

    def _viewer(self, row: Dict[str, Any]) -> Viewer:
        session = text_in(row.get("Session"), "id") or text_in(row, "sessionKey")
        return Viewer(
            self.instance.label,
            session or text_in(row.get("Player"), "machineIdentifier"),
            text_in(row.get("User"), "title"),
            watched_title(text_in(row, "title"), text_in(row, "grandparentTitle")),
            text_in(row.get("Player"), "state") == "paused",
        )

    def _sections_with(self, folder: str) -> List[str]:
        """Return the keys of the libraries that a folder, as Plex sees it, belongs to."""
        answer = self._calls.ask("GET", "/library/sections/all", largest=LIST_BYTES)
        if answer.status in (400, 404):  # servers from before the document
            answer = self._calls.ask("GET", "/library/sections", largest=LIST_BYTES)
        container = _container(self._calls.checked(answer))
        if container is None:
            raise self._calls.unexpected()
        return [
            key
            for row in _rows(container, "Directory")
            for key in (_key(row),)
            if key and any(_is_below(folder, place) for place in _places(row))
        ]


def _container(body: object) -> Optional[Dict[str, Any]]:
    """Return what every answer is wrapped in."""
    found = body.get("MediaContainer") if isinstance(body, dict) else None
    return found if isinstance(found, dict) else None


def _rows(container: Dict[str, Any], name: str) -> List[Dict[str, Any]]:
    found = container.get(name)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _key(row: Dict[str, Any]) -> str:
    """Return a library's number; nothing else may become a part of an address."""
    key = str(row.get("key", ""))
    return key if key.isascii() and key.isdigit() else ""


def _places(row: Dict[str, Any]) -> List[str]:
    paths = [place.get("path") for place in _rows(row, "Location")]
    return [path for path in paths if isinstance(path, str) and 0 < len(path) <= LONGEST_PATH]


def _is_below(folder: str, place: str) -> bool:
    inner, outer = _compared(folder), _compared(place)
    return type(inner) is type(outer) and (inner == outer or outer in inner.parents)


def _compared(path: str) -> PurePath:
    return pure_path(composed(path))
