"""What these tests share: a clock that is set by hand, and keys in a real database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Optional

from core.media.identifiers import find_imdb_id
from core.media.languages import parse_language
from core.media.model import AudioTrack, FileIdentity, MediaFile, TrackFlags
from core.ports import Clock
from core.settings.services import ArrInstance, Service
from core.settings.tree import MetadataSettings, Settings
from metadata.instances import ArrInstances
from metadata.keys import ApiKeys
from metadata.requests_queue import RequestQueue
from metadata.service import MetadataService
from processing.process_tree import SystemClock
from store.api_keys import ApiKeyStore
from store.connection import Database
from store.metadata_cache import MetadataCache
from store.settings import SettingStore
from store.vault import FileVault
from tests.metadata.server import KEY

DAY = 24 * 3600.0


@dataclass
class HandClock:
    """A clock that moves only when told to; ``now`` may go back, ``monotonic`` never does."""

    time: float = 1_700_000_000.0
    running: float = 0.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.running

    def advance(self, seconds: float) -> None:
        self.time += seconds
        self.running += seconds


def api_keys(folder: Path, clock: HandClock, **options: object) -> ApiKeys:
    """Keys over the database of a folder; calling it again is a restart of the program."""
    database = Database(folder / "keys.db", now=clock.now)
    return ApiKeys(
        ApiKeyStore(database),
        FileVault(folder),
        SettingStore(database),
        clock,
        **options,  # type: ignore[arg-type]
    )


def film(path: str, *audio: str, imdb_id: Optional[str] = None, default: str = "") -> MediaFile:
    """A film with these audio languages."""
    tracks = tuple(
        AudioTrack(
            number,
            number,
            "ac3",
            2,
            language=parse_language(language),
            flags=TrackFlags(default=language == default),
        )
        for number, language in enumerate(audio, 1)
    )
    found = find_imdb_id(Path(path)) if imdb_id is None else imdb_id
    return MediaFile(Path(path), FileIdentity(1, 1), "Matroska", 60, audio=tracks, imdb_id=found)


class MetadataSource:
    """Settings of which a test changes those about metadata."""

    def __init__(self) -> None:
        self.metadata = MetadataSettings()

    @property
    def settings(self) -> Settings:
        return replace(Settings(), metadata=self.metadata)


class Bench:
    """The whole service over a real database, asking servers that a test started."""

    def __init__(
        self, folder: Path, *, clock: Optional[Clock] = None, omdb_url: str = "", rate: float = 1e4
    ) -> None:
        self.clock = clock or SystemClock()
        self.database = Database(folder / "keys.db", now=self.clock.now)
        self._source = MetadataSource()
        self.keys = ApiKeys(
            ApiKeyStore(self.database),
            FileVault(folder),
            SettingStore(self.database),
            self.clock,
        )
        self.instances = ArrInstances(self.keys, self.clock, timeout=(0.5, 1.0))
        rates = dict.fromkeys(("omdb", "sonarr", "radarr"), rate)
        self.queue = RequestQueue(self.clock, rates, jitter=0.0)
        self.cache = MetadataCache(self.database)
        self.service = MetadataService(
            self.keys,
            self.instances,
            self.cache,
            self.queue,
            self._source,
            self.clock,
            omdb_url=omdb_url or "http://127.0.0.1:9/",
        )

    @property
    def settings(self) -> MetadataSettings:
        return self._source.metadata

    @settings.setter
    def settings(self, settings: MetadataSettings) -> None:
        self._source.metadata = settings

    def add(self, service: Service, url: str, name: str = "Main", **options: Any) -> None:
        options.setdefault("api_key", KEY)
        self.keys.save_arr_instance(ArrInstance(service, name, url, **options))

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *exception: object) -> None:
        self.service.close()
        self.database.close()
