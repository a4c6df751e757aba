"""The services that know or show films, and their stored data: OMDb keys, Sonarrs, Radarrs, media servers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Optional, Tuple

# A path's beginning as the service sees it, and the same as this machine sees it.
PathMapping = Tuple[str, str]


class Service(str, Enum):
    """A service; the value is what the ``api_keys`` table says."""

    OMDB = "omdb"
    SONARR = "sonarr"
    RADARR = "radarr"
    PLEX = "plex"
    JELLYFIN = "jellyfin"
    EMBY = "emby"
    WEBHOOK = "webhook"  # our own listener: its row holds the secret of its address
    PHONE = "phone"  # the page for the phone: its row holds the token

    @property
    def label(self) -> str:
        """The name that the service calls itself."""
        return "OMDb" if self is Service.OMDB else self.value.capitalize()

    @property
    def largest_count(self) -> int:
        """How many keys or instances there may be, by the specification."""
        return {Service.OMDB: 5, Service.WEBHOOK: 1, Service.PHONE: 1}.get(self, 10)


ARR = (Service.SONARR, Service.RADARR)  # they manage films, and know their original language
MEDIA_SERVERS = (Service.PLEX, Service.JELLYFIN, Service.EMBY)  # they show films
SERVERS = (*ARR, *MEDIA_SERVERS)  # each with an address, a key and folders of its own


@dataclass(frozen=True)
class ApiKeyRow:
    """One row of ``api_keys``, in the specification's names; times in seconds since the epoch.

    ``api_key`` is not the key itself, but the vault's reference or sealed value. ``id`` 0 is not stored yet.
    """

    service: Service
    instance_name: str
    url: str
    api_key: str
    id: int = 0
    last_used: Optional[float] = None
    daily_uses: int = 0  # in the last 24 hours
    last_reset_date: str = ""
    last_error: str = ""
    error_count: int = 0
    is_active: bool = True
    priority: int = 0  # lower is asked first
    blocked_until: Optional[float] = None  # the service itself said that this key is spent
    path_mappings: Tuple[PathMapping, ...] = ()


@dataclass(frozen=True)
class ApiKey:
    """One OMDb key as it is used and shown; ``secret`` is never printed and may be empty: unreadable."""

    id: int
    secret: str = field(repr=False)
    row: ApiKeyRow

    @property
    def hint(self) -> str:
        """Enough of the key to tell it from the others."""
        return f"…{self.secret[-3:]}" if len(self.secret) > 6 else "…"


@dataclass(frozen=True)
class ArrInstance:
    """One configured Sonarr, Radarr or media server. ``api_key`` is the secret itself: it is never printed.

    ``priority``: of several Sonarrs or Radarrs the lowest is asked first; media servers are all told.
    """

    service: Service
    name: str
    url: str
    api_key: str = field(repr=False)
    id: int = 0
    priority: int = 0
    enabled: bool = True
    path_mappings: Tuple[PathMapping, ...] = ()

    @property
    def label(self) -> str:
        """What the user reads: "Radarr (Films)"."""
        return f"{self.service.label} ({self.name})"


@dataclass(frozen=True)
class ApiStatus:
    """One line of the API status dashboard; ``usage`` is a text such as 12/1000."""

    service: str
    name: str
    status: str
    usage: str
    last_used: Optional[float]
    errors: int
    last_error: str = ""


@dataclass(frozen=True)
class ConnectionReport:
    """The outcome of a connection test, as a sentence for the user."""

    ok: bool
    message: str
    version: str = ""
