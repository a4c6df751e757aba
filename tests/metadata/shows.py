"""Servers that answer as Plex, Jellyfin and Emby do, by the forms of their OpenAPI documents."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional

from core.settings.services import ArrInstance, Service
from tests.metadata.server import KEY, Reply

PLEX_SECTIONS = {
    "MediaContainer": {
        "size": 2,
        "title1": "Plex Library",
        "Directory": [
            {"key": "1", "type": "movie", "Location": [{"id": 1, "path": "/data/films"}]},
            {"key": "2", "type": "show", "Location": [{"id": 2, "path": "D:\\Series"}]},
        ],
    }
}


def plex_session(user: str, title: str, state: str = "playing", **more: Any) -> Dict[str, Any]:
    """A row of ``/status/sessions``."""
    return {
        "type": "movie",
        "title": title,
        "User": {"id": "1", "title": user},
        "Player": {"state": state, "machineIdentifier": "abc", "title": "TV"},
        "Session": {"id": f"session-{user}", "bandwidth": 5212, "location": "lan"},
        **more,
    }


def emby_session(user: str, title: str, paused: bool = False, **item: Any) -> Dict[str, Any]:
    """A row of ``/Sessions``, which both have."""
    playing = {"Name": title, "Type": "Movie", "MediaType": "Video", **item}
    state = {"IsPaused": paused, "PlayMethod": "Transcode"}
    return {"Id": f"s-{user}", "UserName": user, "NowPlayingItem": playing, "PlayState": state}


@dataclass
class Shows:
    """A healthy media server; a test changes who watches, and reads what it was asked."""

    service: Service
    sessions: List[Dict[str, Any]] = field(default_factory=list)
    refreshes: List[Dict[str, str]] = field(default_factory=list)
    trouble: Optional[Reply] = None

    def __call__(self, method: str, path: str, query: Dict[str, str]) -> Reply:
        if self.trouble is not None:
            return self.trouble
        return self._plex(method, path, query) if self.is_plex else self._emby(method, path)

    @property
    def is_plex(self) -> bool:
        return self.service is Service.PLEX

    def _plex(self, method: str, path: str, query: Dict[str, str]) -> Reply:
        if path == "/":
            about = {"machineIdentifier": "c99", "version": "1.42.1", "friendlyName": "Attic"}
            return Reply(200, {"MediaContainer": about})
        if path == "/status/sessions":
            rows = {"Metadata": self.sessions} if self.sessions else {}
            return Reply(200, {"MediaContainer": {"size": len(self.sessions), **rows}})
        if path == "/library/sections/all":
            return Reply(200, PLEX_SECTIONS)
        if path.endswith("/refresh") and method == "POST":
            self.refreshes.append({"section": path.split("/")[3], **query})
            return Reply(200, None, content_type="text/html")
        return Reply(404, "<html>404</html>", content_type="text/html")

    def _emby(self, method: str, path: str) -> Reply:
        jellyfin = self.service is Service.JELLYFIN
        if not jellyfin:
            if not path.startswith("/emby/"):
                return Reply(404)
            path = path[len("/emby") :]
        if path == "/System/Info":
            product = {"ProductName": "Jellyfin Server"} if jellyfin else {}
            version = "10.11.3" if jellyfin else "4.8.11.0"
            return Reply(200, {"Version": version, "ServerName": "Attic", **product})
        if path == "/Sessions":
            idle = {"Id": "idle", "UserName": "Zoe", "PlayState": {"IsPaused": False}}
            return Reply(200, [idle, *self.sessions])
        if path == "/Library/Media/Updated" and method == "POST":
            return Reply(204 if jellyfin else 200, None, content_type="text/plain")
        return Reply(404)


def instance_of(service: Service, url: str, **more: Any) -> ArrInstance:
    return ArrInstance(service, "Home", url, KEY, **more)
