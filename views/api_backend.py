"""What the pages about services ask of the program; all of it may wait, so none is called in Tk's thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Protocol, Tuple

from core.settings.services import ApiKey, ApiStatus, ArrInstance, ConnectionReport, Service


class KeyBook(Protocol):
    """The stored keys and instances: ``metadata.keys.ApiKeys``, which documents the methods."""

    @property
    def warning(self) -> str:
        """What the user should know about where the secrets are kept."""

    def load_api_keys(self, service: Service) -> Tuple[ApiKey, ...]:
        """The keys of a service."""

    def load_arr_instances(self, service: Service) -> Tuple[ArrInstance, ...]:
        """The instances of a service."""

    def save_omdb_key(self, secret: str, key_id: int = 0, *, enabled: bool = True) -> int:
        """Add or change a key."""

    def save_arr_instance(self, instance: ArrInstance) -> int:
        """Add or change an instance."""

    def remove(self, key_id: int) -> None:
        """Forget a key or an instance."""

    def statuses(self) -> Tuple[ApiStatus, ...]:
        """The lines of the dashboard."""


class Background(Protocol):
    """Does ``work`` beside Tk's thread, then ``done`` with its result or ``failed`` in Tk's."""

    def __call__(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
        /,
    ) -> None:
        """Ask for it and return at once."""


class ApiServices(Protocol):
    """The keys, and the way to their services: ``app.metadata_services.MetadataServices``."""

    @property
    def keys(self) -> KeyBook:
        """What is stored."""

    def test_connection(self, instance: ArrInstance) -> ConnectionReport:
        """Find out whether an instance can be used, stored or not."""


@dataclass(frozen=True)
class ApiBackend:
    """How the pages reach the program.

    ``in_order`` does one thing after another; ``at_once`` several together, since a test of a server
    that is off lasts until its time limit.
    """

    services: ApiServices
    auto_rotate: Callable[[], bool]
    set_auto_rotate: Callable[[bool], None]
    in_order: Background
    at_once: Background


@dataclass(frozen=True)
class Change:
    """Something that is not saved yet.

    ``save`` is called in the background and returns what the window does afterwards; ``refuse`` shows
    why it could not be.
    """

    save: Callable[[KeyBook], Callable[[], None]]
    refuse: Callable[[str], None]
