"""All configured media servers: told of a replaced film, and asked who watches.

A server that does not answer keeps nothing up: it counts as one with no viewers, and what is wrong is told
once until it answers again.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Dict, List, Protocol, Tuple

from core.ports import Clock
from core.settings.services import MEDIA_SERVERS, ArrInstance, Service
from core.settings.source import SettingsSource
from metadata.breaker import Breaker, Circuit
from metadata.instances import InstanceBook
from metadata.media_server import MediaServer, Viewer
from metadata.transport import ServiceError, SessionFactory, Unreachable, new_session

if TYPE_CHECKING:
    import requests

LOOK_EVERY = 15.0  # seconds between two questions who watches
KEPT = 90.0  # seconds that an answer counts
PAUSED_COUNTS = 600.0  # seconds that a film that stands still counts as watched
_TIMEOUT = (3.0, 6.0)  # seconds: who watches is asked again soon

_log = logging.getLogger("mediaprocessor.metadata")


class Watched(Protocol):
    """Who knows whether somebody watches; ``MediaServers`` is one."""

    def watching(self) -> Tuple[Viewer, ...]:
        """Return who watches, as far as is known now; never waits."""


def client_of(
    session: requests.Session,
    instance: ArrInstance,
    timeout: Tuple[float, float] = _TIMEOUT,
) -> MediaServer:
    """Return a client of one media server."""
    if instance.service is Service.PLEX:
        from metadata.plex import PlexClient

        return PlexClient(session, instance, timeout)
    from metadata.emby import EmbyClient

    return EmbyClient(session, instance, timeout)


class MediaServers:
    """Thread-safe. The book and the settings are read each time, so that a change counts at once."""

    def __init__(
        self,
        book: InstanceBook,
        clock: Clock,
        settings: SettingsSource,
        *,
        session: SessionFactory = new_session,
        timeout: Tuple[float, float] = _TIMEOUT,
    ) -> None:
        self._book = book
        self._clock = clock
        self._settings = settings
        self._session = session
        self._timeout = timeout
        self._breaker = Breaker(clock)
        self._guard = threading.Lock()
        self._looking = False
        self._looked = float("-inf")
        self._answered = float("-inf")
        self._viewers: Tuple[Viewer, ...] = ()
        self._paused: Dict[Tuple[str, str], float] = {}  # sessions that stand still, since when
        self._troubles: Dict[int, str] = {}  # what was told of a server that fails

    def configured(self) -> Tuple[ArrInstance, ...]:
        """Return the media servers that are in use."""
        return tuple(
            instance
            for service in MEDIA_SERVERS
            for instance in self._book.load_arr_instances(service)
            if instance.enabled
        )

    # ---- a replaced film

    def refresh(self, before: str, after: str) -> Tuple[str, ...]:
        """Have every server look at a replaced film again; return what became of it, in sentences.

        May take some seconds; never raises for what a server does.
        """
        settings = self._settings.settings
        if not settings.metadata.refresh_media_servers:
            return ()
        told: List[str] = []
        for instance in self.configured():
            try:
                with self._session() as session:
                    server = client_of(session, instance, self._timeout)
                    asked = server.refresh(before, after, times_kept=settings.files.keep_times)
            except ServiceError as error:
                self._failed(instance, error)
                told.append(str(error))
            else:
                self._answered_well(instance)
                self._book.note_answer(instance)
                _log.info("%s", asked.message)
                told.append(asked.message)
        return tuple(told)

    # ---- who watches

    def watching(self) -> Tuple[Viewer, ...]:
        """Return who watches, as far as is known now; asks anew in the background when it is time."""
        now = self._clock.monotonic()
        with self._guard:
            if now - self._looked >= LOOK_EVERY and not self._looking:
                self._looked = now
                if self.configured():
                    self._looking = True
                    threading.Thread(target=self._look, name="viewers", daemon=True).start()
                else:
                    self._viewers = ()
            return self._viewers if now - self._answered < KEPT else ()

    def _look(self) -> None:
        found: List[Viewer] = []
        try:
            for instance in self.configured():
                found += self._viewers_of(instance)
        except Exception:  # noqa: BLE001 - the next look may go well
            _log.exception("The media servers could not be asked who watches.")
        finally:
            with self._guard:
                self._looking = False
                self._viewers, self._answered = self._counted(found), self._clock.monotonic()

    def _viewers_of(self, instance: ArrInstance) -> Tuple[Viewer, ...]:
        if self._breaker.ask(instance.id) is Circuit.OPEN:
            return ()
        try:
            with self._session() as session:
                viewers = client_of(session, instance, self._timeout).viewers()
        except ServiceError as error:
            self._breaker.failed(instance.id, answered=not isinstance(error, Unreachable))
            self._failed(instance, error)
            return ()
        self._answered_well(instance)
        return tuple(
            replace(viewer, session=f"{instance.id}/{viewer.session}") for viewer in viewers
        )

    def _counted(self, viewers: List[Viewer]) -> Tuple[Viewer, ...]:
        """Leave out who has let the film stand still for long; the guard is held."""
        now = self._clock.monotonic()
        paused = {(viewer.session, viewer.title) for viewer in viewers if viewer.paused}
        self._paused = {known: self._paused.get(known, now) for known in paused}
        return tuple(
            viewer
            for viewer in viewers
            if now - self._paused.get((viewer.session, viewer.title), now) < PAUSED_COUNTS
        )

    # ---- what is wrong, told once

    def _failed(self, instance: ArrInstance, error: ServiceError) -> None:
        if self._troubles.get(instance.id) != str(error):
            self._troubles[instance.id] = str(error)
            _log.warning("%s: %s", instance.label, error)
            self._book.note_failure(instance, str(error))

    def _answered_well(self, instance: ArrInstance) -> None:
        self._breaker.succeeded(instance.id)
        if self._troubles.pop(instance.id, None):
            _log.info("%s answers again.", instance.label)
            self._book.note_answer(instance)
