"""All configured Sonarr and Radarr instances: asked in their order, unreachable ones skipped."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Dict, List, Optional, Protocol, Sequence, Tuple

from core.errors import MetadataError
from core.ports import Clock
from core.settings.services import ArrInstance, Service
from core.settings.source import FixedSettings, SettingsSource
from core.settings.tree import Settings
from core.text.sentence import Sentence
from metadata.arr import ArrClient, ArrTitle
from metadata.breaker import Breaker, Circuit
from metadata.library_index import LibraryIndex
from metadata.transport import (
    CONNECT_SECONDS,
    READ_SECONDS,
    ServiceError,
    SessionFactory,
    Unreachable,
    new_session,
)

if TYPE_CHECKING:
    import requests

# When a server has not answered for this long, the next one is asked as well.
HEDGE_SECONDS = 0.2

_log = logging.getLogger("mediaprocessor.metadata")


class InstanceBook(Protocol):
    """The configured instances; ``metadata.keys.ApiKeys`` is one."""

    def load_arr_instances(self, service: Service) -> Tuple[ArrInstance, ...]:
        """Return the instances, best first."""

    def note_answer(self, instance: ArrInstance) -> None:
        """Note that an instance answered."""

    def note_failure(self, instance: ArrInstance, message: str) -> None:
        """Note that an instance did not answer, and why."""


@dataclass(frozen=True)
class FoundTitle:
    """A title and the instance that knows it."""

    instance: ArrInstance
    title: ArrTitle


@dataclass
class _Library:
    instance: ArrInstance
    index: LibraryIndex
    fetched: float


class ArrInstances:
    """Answers about titles from whichever instance has one; thread-safe.

    The book and the settings are read each time, so that a change counts at once. ``timeout``: to
    connect and between two pieces of an answer, in seconds.
    """

    def __init__(
        self,
        book: InstanceBook,
        clock: Clock,
        *,
        settings: Optional[SettingsSource] = None,
        session: SessionFactory = new_session,
        timeout: Tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
    ) -> None:
        self._book = book
        self._clock = clock
        self._settings = settings or FixedSettings(Settings())
        self._session = session
        self._timeout = timeout
        self._breaker = Breaker(clock)
        self._libraries: Dict[int, _Library] = {}
        self._locks: Dict[int, threading.Lock] = {}
        self._asked: Dict[int, float] = {}  # since when a question is unanswered
        self._guard = threading.Lock()

    def configured(self, service: Service) -> Tuple[ArrInstance, ...]:
        """Return the enabled instances of a service, best first."""
        return tuple(
            instance for instance in self._book.load_arr_instances(service) if instance.enabled
        )

    def get_metadata_from_instances(
        self, tt_id: str, content_type: str, path: str = "", *, look_up: bool = True
    ) -> Optional[FoundTitle]:
        """Ask the instances of the fitting service in their order; None when none knows the title.

        ``content_type``: "movie" asks Radarr, anything else Sonarr, as the specification has it. Without
        ``look_up`` only their libraries are searched. One that knows the language wins over one that
        knows the title alone, a better-placed one over a quicker one as long as it comes in time.
        Raises MetadataError when nobody knows the title and somebody could not be asked.
        """
        service = Service.RADARR if content_type.lower() == "movie" else Service.SONARR
        every = self.configured(service)
        at_hand = self._at_hand(every, tt_id, path)
        if at_hand is not None:
            return at_hand
        every = tuple(sorted(every, key=self._is_slow))
        futures = self._asked_in_turn(every, (tt_id, path, look_up))
        found = [
            future.result() for future in futures if future.done() and future.exception() is None
        ]
        titles = [title for title in found if title is not None]
        if titles:
            return next((title for title in titles if title.title.original_language), titles[0])
        if len(found) == len(every):
            return None
        errors = [
            future.exception()
            for future in futures
            if future.done() and future.exception() is not None
        ]
        first = errors[0] if errors else None
        if isinstance(first, ServiceError):
            raise first
        raise MetadataError(
            Sentence("No {service} can be reached just now.", service=service.label)
        ) from first

    def _at_hand(self, every: Sequence[ArrInstance], tt_id: str, path: str) -> Optional[FoundTitle]:
        """Return the answer of libraries that are here and fresh; None where an instance must be asked."""
        for instance in every:
            library = self._libraries.get(instance.id)
            if library is None or not self._is_good(library, instance):
                return None
            title = _in_library(library.index, instance, tt_id, path)
            if title is not None and title.original_language:
                return FoundTitle(instance, title)
        return None

    def _is_good(self, library: _Library, instance: ArrInstance) -> bool:
        age = self._clock.monotonic() - library.fetched
        return (
            age < self._settings.settings.metadata.library_minutes * 60
            and library.instance == instance
        )

    def _is_slow(self, instance: ArrInstance) -> bool:
        """Whether an earlier question to it is still unanswered after ``HEDGE_SECONDS``."""
        since = self._asked.get(instance.id)
        return since is not None and self._clock.monotonic() - since > HEDGE_SECONDS

    def _asked_in_turn(
        self, candidates: Sequence[ArrInstance], question: Tuple[str, str, bool]
    ) -> List[Future[Optional[FoundTitle]]]:
        """Ask one instance after the other, without waiting long for any; return the futures, best first."""
        running: List[Future[Optional[FoundTitle]]] = []
        for instance in candidates:
            circuit = self._breaker.ask(instance.id)
            if circuit is Circuit.OPEN:
                continue
            running.append(self._query_in_thread(instance, question))
            wait(running[-1:], 0.0 if circuit is Circuit.TRIAL else HEDGE_SECONDS)
            if any(_knows(future) for future in running):
                return running
        deadline = self._clock.monotonic() + sum(self._timeout)
        while not any(_knows(future) for future in running):
            pending = [future for future in running if not future.done()]
            left = deadline - self._clock.monotonic()
            if not pending or left <= 0:
                break
            wait(pending, left, FIRST_COMPLETED)
        return running

    def _query_in_thread(
        self, instance: ArrInstance, question: Tuple[str, str, bool]
    ) -> Future[Optional[FoundTitle]]:
        """Ask in a thread that never keeps the program from ending, unlike those of a pool."""
        future: Future[Optional[FoundTitle]] = Future()

        def run() -> None:
            try:
                future.set_result(self._query_watched(instance, *question))
            except Exception as error:  # noqa: BLE001 - raised again where the result is asked for
                future.set_exception(error)

        threading.Thread(target=run, name="arr", daemon=True).start()
        return future

    def _query_watched(
        self, instance: ArrInstance, tt_id: str, path: str, look_up: bool
    ) -> Optional[FoundTitle]:
        with self._guard:
            self._asked.setdefault(instance.id, self._clock.monotonic())
        try:
            title = self.query_arr_instance(instance, tt_id, path, look_up=look_up)
        except ServiceError as error:
            # It is reachable: a wrong key or an odd answer does not open the circuit.
            if isinstance(error, Unreachable) or error.retry:
                self._breaker.failed(instance.id, answered=not isinstance(error, Unreachable))
            _log.warning("%s: %s", instance.label, error)
            self._book.note_failure(instance, str(error))
            raise
        except Exception:
            self._breaker.failed(instance.id)
            raise
        finally:
            with self._guard:
                self._asked.pop(instance.id, None)
        self._breaker.succeeded(instance.id)
        return None if title is None else FoundTitle(instance, title)

    def query_arr_instance(
        self, instance: ArrInstance, tt_id: str, path: str = "", *, look_up: bool = True
    ) -> Optional[ArrTitle]:
        """Return what one instance knows, from its library or its look-up. Raises ServiceError."""
        title = _in_library(self._library(instance), instance, tt_id, path)
        if title is not None:
            return title
        if not (tt_id and look_up):
            return None
        with self._session() as session:
            answer = self.client(session, instance).lookup(tt_id)
        self._book.note_answer(instance)
        return answer

    def owner_of(self, path: str) -> Optional[FoundTitle]:
        """Return the instance that has this file in its library, to be told when it has changed."""
        for content_type in ("movie", "series"):
            try:
                found = self.get_metadata_from_instances("", content_type, path, look_up=False)
            except MetadataError as error:
                _log.warning("%s", error)
                continue
            if found is not None and found.title.id > 0:
                return found
        return None

    def client(self, session: requests.Session, instance: ArrInstance) -> ArrClient:
        """Return a client of one instance, with our time limits."""
        return ArrClient(session, instance, self._timeout)

    def open_session(self) -> requests.Session:
        """Return a session for a few calls of one thread; to be closed by the caller."""
        return self._session()

    def forget_libraries(self) -> None:
        """Drop the libraries, since a webhook says that they changed; the next question fetches them."""
        with self._guard:
            self._libraries.clear()

    def _library(self, instance: ArrInstance) -> LibraryIndex:
        with self._guard:
            lock = self._locks.setdefault(instance.id, threading.Lock())
        with lock:  # films that ask at the same time share one fetch
            known = self._libraries.get(instance.id)
            if known is not None and self._is_good(known, instance):
                return known.index
            with self._session() as session:
                titles = self.client(session, instance).library()
            self._book.note_answer(instance)
            index = LibraryIndex(titles, instance.path_mappings)
            self._libraries[instance.id] = _Library(instance, index, self._clock.monotonic())
            return index


def _in_library(
    index: LibraryIndex, instance: ArrInstance, tt_id: str, path: str
) -> Optional[ArrTitle]:
    """Return a title by its id, or by its folder.

    An episode's own id is never that of its series, so there the folder is enough; a film must not
    have another id than its folder's.
    """
    title = index.by_imdb(tt_id) if tt_id else None
    if title is None and path:
        title = index.by_path(path)
        if title is not None and instance.service is Service.RADARR:
            other = tt_id and title.imdb_id and title.imdb_id != tt_id.lower()
            return None if other else title
    return title


def _knows(future: Future[Optional[FoundTitle]]) -> bool:
    if not future.done() or future.exception() is not None:
        return False
    found = future.result()
    return found is not None and bool(found.title.original_language)
