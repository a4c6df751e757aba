"""What the services know about a film: asked, cached, and weighed."""

from __future__ import annotations

import logging
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Any,
    Dict,
    List,
    Mapping,
    Optional,
    Protocol,
    Tuple,
)

from core.errors import MetadataError
from core.media.identifiers import find_imdb_id
from core.media.languages import LanguageTag, parse_language
from core.media.model import MediaFile, NativeLanguage
from core.media.native_language import AnswerKind, LanguageAnswer, decide, file_answers
from core.ports import Clock, InterruptibleSleep
from core.settings.services import Service
from core.settings.source import SettingsSource
from core.settings.tree import MetadataSettings
from core.text.sentence import Sentence
from metadata.breaker import Breaker, Circuit
from metadata.instances import ArrInstances, FoundTitle
from metadata.keys import ApiKeys
from metadata.library_index import map_path
from metadata.omdb import OMDB_URL, OmdbAnswer, OmdbStatus, ask_omdb
from metadata.requests_queue import Priority, RequestQueue, Rests
from metadata.rescan import OwnerTold, tell_owner
from metadata.transport import ServiceError, SessionFactory, new_session

if TYPE_CHECKING:
    from metadata.webhook import Download

DAY = 24 * 3600.0
# Requests per second: OMDb publishes no limit, a Sonarr may run on a Raspberry Pi.
RATES = {"omdb": 5.0, "sonarr": 10.0, "radarr": 10.0}
_EPISODE = re.compile(r"(?i)(?<![a-z0-9])s\d{1,3}[ ._-]?e\d{1,4}|(?<!\d)\d{1,2}x\d{2,3}(?!\d)")

_log = logging.getLogger("mediaprocessor.metadata")


class AnswerCache(Protocol):
    """Keeps answers; ``store.metadata_cache.MetadataCache`` is one."""

    def find(self, source: str, title: str) -> Optional[Any]:
        """Return the kept answer, with its ``answer`` and ``fresh(now)``, or None."""

    def keep(
        self, source: str, title: str, answer: Optional[Mapping[str, Any]], now: float, life: float
    ) -> None:
        """Keep an answer."""


class MetadataService:
    """Asks the configured services about films; thread-safe.

    ``settings`` are read for each question. ``sleep`` is only used while waiting for a rescan.
    """

    def __init__(
        self,
        keys: ApiKeys,
        instances: ArrInstances,
        cache: AnswerCache,
        requests_queue: RequestQueue,
        settings: SettingsSource,
        clock: Clock,
        *,
        session: SessionFactory = new_session,
        omdb_url: str = OMDB_URL,
        sleep: Optional[InterruptibleSleep] = None,
    ) -> None:
        self._keys = keys
        self._instances = instances
        self._cache = cache
        self._queue = requests_queue
        self._source = settings
        self._clock = clock
        self._session = session
        self._omdb_url = omdb_url
        self._ending = threading.Event()
        self._sleep = sleep or self._ending.wait
        self._breaker = Breaker(clock)

    def _settings(self) -> MetadataSettings:
        return self._source.settings.metadata

    def close(self) -> None:
        """Cancel what is running."""
        self._ending.set()
        self._queue.close()

    def native_language(
        self, media: MediaFile, override: str = "", priority: Priority = Priority.NOW
    ) -> NativeLanguage:
        """Decide which language a film was made in; every answer is in its ``sources``.

        OMDb is asked only where Sonarr and Radarr do not settle it. A service that cannot be asked
        makes the answer less sure, never wrong: it raises nothing.
        """
        on_file = file_answers(media)
        if override or not self._settings().enabled:
            return decide(on_file, override)
        imdb_id = media.imdb_id.lower()
        found = self._arr(imdb_id, media, priority)
        first = decide((*found, *on_file))
        settled = any(title.languages and title.languages[0].primary != "en" for title in found)
        known_id = next((title.imdb_id for title in found if title.imdb_id), imdb_id)
        if settled or not known_id:
            return first
        omdb = self._omdb(known_id, priority)
        if not any(title.languages for title in found):
            series_id = self._series_of(known_id)
            found = self._arr(series_id, media, priority) if series_id else found
        return decide((*found, *omdb, *on_file)) if omdb else first

    def tags(self, media: MediaFile) -> Tuple[str, ...]:
        """Return the tags that Sonarr or Radarr has for the film's title; none where neither has it."""
        if not self._settings().enabled:
            return ()
        for content_type in _content_types(media):
            try:
                found = self._instances.get_metadata_from_instances(
                    media.imdb_id, content_type, str(media.path), look_up=False
                )
            except MetadataError as error:
                _log.info("No tags: %s", error)
                continue
            if found is not None:
                return found.title.tags
        return ()

    def tell_owner(self, before: Path, after: Path) -> OwnerTold:
        """Tell the Sonarr or Radarr that owns a film that it was replaced; may take two minutes."""
        settings = self._settings()
        if not (settings.enabled and settings.rescan):
            return OwnerTold(False, Sentence("Rescans are switched off in the settings."))
        told = tell_owner(self._instances, before, after, self._clock, self._sleep)
        if any(self._instances.configured(service) for service in (Service.SONARR, Service.RADARR)):
            _log.info("%s", told.message)  # without instances there is no owner
        return told

    def look_ahead(self, path: Path) -> None:
        """Ask about a film that was just found, with low priority and in the background."""
        imdb_id = find_imdb_id(path) if self._settings().enabled else ""
        cached = self._cache.find("omdb", imdb_id) if imdb_id else None
        if not imdb_id or (cached and cached.fresh(self._clock.now())):
            return
        if not self._keys.load_api_keys(Service.OMDB):
            return
        try:
            self._queue.submit("omdb", imdb_id, lambda: self._ask_omdb(imdb_id), patient=True)
        except MetadataError as error:
            _log.info("%s is not looked up ahead: %s", imdb_id, error)

    def take_in(self, event: Download) -> Tuple[Path, ...]:
        """Store what a webhook reported; return the files as this machine sees them."""
        self._instances.forget_libraries()
        if event.imdb_id and event.original_language:
            source = Sentence(
                "{service} ({instance_name})",
                service=event.service.label,
                instance_name=event.instance_name or event.service.label,
            )
            self._keep_arr(event.imdb_id, source, event.original_language, event.imdb_id)
        mappings = self._mappings(event)
        return tuple(Path(map_path(path, mappings)) for path in event.paths)

    def folders_of(self, event: Download) -> Tuple[Path, ...]:
        """Return the folders of this machine that the event's sender is mapped to."""
        return tuple(Path(ours) for _theirs, ours in self._mappings(event))

    def title_folder(self, path: Path) -> Optional[Path]:
        """Return the folder here of the title that a configured Sonarr or Radarr has this file in.

        Asks for their libraries: anybody could have sent the webhook, their answer is their own.
        """
        found = self._instances.owner_of(str(path))
        if found is None or not found.title.path:
            return None
        return Path(map_path(found.title.path, found.instance.path_mappings))

    def _mappings(self, event: Download) -> List[Tuple[str, str]]:
        return [
            pair
            for instance in self._instances.configured(event.service)
            if event.instance_name in ("", instance.name, event.service.label)
            for pair in instance.path_mappings
        ]

    def _arr(self, imdb_id: str, media: MediaFile, priority: Priority) -> Tuple[_ArrAnswer, ...]:
        """Return Sonarr's and Radarr's answers: from a library, from the cache, or by a look-up."""
        notes: List[_ArrAnswer] = []
        services = [kind for kind in _content_types(media) if self._instances.configured(_of(kind))]
        for kind in services:
            try:
                found = self._instances.get_metadata_from_instances(
                    imdb_id, kind, str(media.path), look_up=False
                )
            except MetadataError as error:
                notes.append(_unasked(_of(kind).label, error))
                continue
            if found is not None:
                return (self._kept(imdb_id, found),)
        cached = self._cache.find("arr", imdb_id) if imdb_id else None
        if cached and (cached.fresh(self._clock.now()) or notes):
            return (_arr_answer(cached.answer),) if cached.answer else tuple(notes)
        for kind in services if imdb_id else ():
            try:
                found = self._looked_up(imdb_id, kind, priority)
            except MetadataError as error:
                notes.append(_unasked(_of(kind).label, error))
                continue
            if found is not None:
                return (self._kept(imdb_id, found),)
        if services and imdb_id and not notes:
            self._cache.keep("arr", imdb_id, None, self._clock.now(), self._not_found_life())
        return tuple(dict.fromkeys(notes))

    def _looked_up(self, imdb_id: str, kind: str, priority: Priority) -> Optional[FoundTitle]:
        return self._queue.ask(
            _of(kind).value,
            imdb_id,
            lambda: self._instances.get_metadata_from_instances(imdb_id, kind),
            priority,
        )

    def _kept(self, imdb_id: str, found: FoundTitle) -> _ArrAnswer:
        title = found.title
        if imdb_id:
            self._keep_arr(imdb_id, found.instance.label, title.original_language, title.imdb_id)
        return _arr_answer(
            {
                "source": found.instance.label,
                "language": title.original_language,
                "imdb_id": title.imdb_id,
            }
        )

    def _keep_arr(self, imdb_id: str, source: str, language: str, known_id: str) -> None:
        record = {"source": source, "language": language, "imdb_id": known_id}
        cached = self._cache.find("arr", imdb_id)
        now = self._clock.now()
        if cached is None or not cached.fresh(now) or cached.answer != record:
            self._cache.keep("arr", imdb_id, record, now, self._settings().cache_days * DAY)

    def _omdb(self, imdb_id: str, priority: Priority) -> Tuple[LanguageAnswer, ...]:
        cached = self._cache.find("omdb", imdb_id)
        if cached is None or not cached.fresh(self._clock.now()):
            if not self._keys.load_api_keys(Service.OMDB):
                return ()
            try:
                self._queue.ask("omdb", imdb_id, lambda: self._ask_omdb(imdb_id), priority)
            except MetadataError as error:
                if cached is None:
                    return (_unasked("OMDb", error, AnswerKind.OMDB),)
            cached = self._cache.find("omdb", imdb_id)
        return (_omdb_answer(imdb_id, cached.answer if cached else None),)

    def _series_of(self, imdb_id: str) -> str:
        """Return the id of the series that an episode's id belongs to, where OMDb has told it."""
        cached = self._cache.find("omdb", imdb_id)
        return str(cached.answer.get("series_id") or "") if cached and cached.answer else ""

    def _ask_omdb(self, imdb_id: str) -> None:
        """Ask OMDb with a free key, and keep the answer.

        Raises Rests when all keys are spent, ServiceError when OMDb is down; neither is a key's fault.
        """
        if self._breaker.ask("omdb") is Circuit.OPEN:
            raise MetadataError(Sentence("OMDb did not answer just now; it is asked again later."))
        for _ in range(Service.OMDB.largest_count + 1):
            key = self._keys.get_available_omdb_api_key()
            if key is None:
                break
            try:
                with self._session() as session:
                    answer = ask_omdb(session, imdb_id, key, url=self._omdb_url)
            except ServiceError:
                self._breaker.failed("omdb", answered=True)
                raise
            self._breaker.succeeded("omdb")
            if answer.status in (OmdbStatus.FOUND, OmdbStatus.NOT_FOUND):
                self._keep_omdb(imdb_id, answer)
                return
            self._keys.handle_api_error(Service.OMDB, key, answer.message)
        end = self._keys.cooldown_end(Service.OMDB)
        if end is not None:
            raise Rests(Sentence("Every OMDb key is spent for today."), end)
        raise MetadataError(Sentence("No OMDb key can be used; the settings say why."))

    def _keep_omdb(self, imdb_id: str, answer: OmdbAnswer) -> None:
        now = self._clock.now()
        if answer.status is OmdbStatus.NOT_FOUND:
            self._cache.keep("omdb", imdb_id, None, now, self._not_found_life())
            return
        record: Dict[str, Any] = {
            "title": answer.title,
            "languages": list(answer.languages),
            "countries": list(answer.countries),
            "imdb_id": answer.imdb_id,
            "series_id": answer.series_id,
        }
        self._cache.keep("omdb", imdb_id, record, now, self._settings().cache_days * DAY)

    def _not_found_life(self) -> float:
        return self._settings().not_found_days * DAY


@dataclass(frozen=True)
class _ArrAnswer(LanguageAnswer):
    """Sonarr's or Radarr's answer, with the title's id where they have one."""

    imdb_id: str = ""


def _arr_answer(record: Mapping[str, Any]) -> _ArrAnswer:
    language = parse_language(str(record.get("language") or "und"))
    known = () if language.is_special else (language,)
    return _ArrAnswer(
        AnswerKind.ARR,
        str(record.get("source")),
        known,
        note=Sentence("knows the title, not its language"),
        imdb_id=str(record.get("imdb_id") or ""),
    )


def _omdb_answer(imdb_id: str, record: Optional[Mapping[str, Any]]) -> LanguageAnswer:
    if record is None:
        return LanguageAnswer(AnswerKind.OMDB, "OMDb", note=Sentence("does not know the title"))
    languages: List[LanguageTag] = []
    for name in record.get("languages") or ():
        tag = parse_language(str(name))
        if not tag.is_special:
            languages.append(tag)
    told = str(record.get("imdb_id") or "")
    other = told and told.lower().lstrip("t0") != imdb_id.lower().lstrip("t0")
    return LanguageAnswer(
        AnswerKind.OMDB,
        "OMDb",
        tuple(languages),
        tuple(str(country) for country in record.get("countries") or ()),
        note=Sentence("knows the title, not its language"),
        doubt=Sentence("it answered about {told}", told=told) if other else "",
    )


def _unasked(source: str, error: MetadataError, kind: AnswerKind = AnswerKind.ARR) -> _ArrAnswer:
    return _ArrAnswer(kind, source, note=Sentence("could not be asked ({problem})", problem=error))


def _content_types(media: MediaFile) -> Tuple[str, str]:
    """Return which service is asked first: the folder or the file's name tells an episode from a film."""
    episode = _EPISODE.search(media.path.name) if not media.content else media.content == "series"
    return ("series", "movie") if episode else ("movie", "series")


def _of(content_type: str) -> Service:
    return Service.RADARR if content_type == "movie" else Service.SONARR
