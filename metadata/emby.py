"""Client of one Jellyfin or Emby, which have the same requests: connection test, one film, who watches.

They differ in how the key is sent: Jellyfin takes nothing but its ``Authorization`` header since version 12,
Emby its ``X-Emby-Token``; and Emby's requests stand below ``/emby``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Tuple

from core.settings.services import ArrInstance, ConnectionReport, Service
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

_HEARD = "Audio"  # the media type of what is heard and not seen


class EmbyClient:
    """Client of one server (``metadata.media_server.MediaServer``)."""

    def __init__(
        self,
        session: requests.Session,
        instance: ArrInstance,
        timeout: Tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
    ) -> None:
        self.instance = instance
        jellyfin = instance.service is Service.JELLYFIN
        headers = (
            {"Authorization": f'MediaBrowser Client="MediaProcessor", Token="{instance.api_key}"'}
            if jellyfin
            else {"X-Emby-Token": instance.api_key}
        )
        based = jellyfin or instance.url.rstrip("/").lower().endswith("/emby")
        self._base = "" if based else "/emby"
        self._calls = ServerCalls(session, instance, headers, timeout)

    def test_connection(self) -> ConnectionReport:
        """Ask what the server is, then for its sessions, which need an administrator's key."""
        try:
            answer = self._calls.ask("GET", f"{self._base}/System/Info")
            problem = self._calls.problem(answer)
            if not problem:
                sessions = self._calls.ask("GET", f"{self._base}/Sessions", largest=LIST_BYTES)
                problem = self._calls.problem(sessions)
        except Unreachable as error:
            return nobody_there(self.instance, error)
        if problem:
            return ConnectionReport(False, problem)
        version, product = text_in(answer.body, "Version"), text_in(answer.body, "ProductName")
        is_jellyfin = product.lower().startswith("jellyfin")
        if not version or is_jellyfin is not (self.instance.service is Service.JELLYFIN):
            return self._calls.something_else()
        return self._calls.connected(version, text_in(answer.body, "ServerName"))

    def refresh(self, before: str, after: str, *, times_kept: bool) -> Refresh:  # noqa: ARG002
        """Report the film's path as changed; they find the item by it, and look at its size as well."""
        old, new = (path_there(path, self.instance) for path in (before, after))
        updates = (
            [{"Path": new, "UpdateType": "Modified"}]
            if old == new
            else [
                {"Path": old, "UpdateType": "Deleted"},
                {"Path": new, "UpdateType": "Created"},
            ]
        )
        answer = self._calls.ask(
            "POST", f"{self._base}/Library/Media/Updated", json={"Updates": updates}
        )
        self._calls.checked(answer, with_body=False)
        return Refresh(
            True,
            Sentence("{instance} looks at {path} again.", instance=self.instance.label, path=new),
        )

    def viewers(self) -> Tuple[Viewer, ...]:
        """Return the sessions that show something."""
        answer = self._calls.ask("GET", f"{self._base}/Sessions", largest=LIST_BYTES)
        rows = self._calls.checked(answer)
        if not isinstance(rows, list):
            raise self._calls.unexpected()
        return tuple(
            self._viewer(row, row["NowPlayingItem"])
            for row in rows
            if isinstance(row, dict) and _is_seen(row.get("NowPlayingItem"))
        )

    def _viewer(self, row: Dict[str, Any], item: Dict[str, Any]) -> Viewer:
        state = row.get("PlayState")
        return Viewer(
            self.instance.label,
            text_in(row, "Id"),
            text_in(row, "UserName"),
            watched_title(text_in(item, "Name"), text_in(item, "SeriesName")),
            isinstance(state, dict) and state.get("IsPaused") is True,
        )


def _is_seen(item: object) -> bool:
    return isinstance(item, dict) and item.get("MediaType") != _HEARD
