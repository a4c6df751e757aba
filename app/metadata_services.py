"""The parts that talk to Sonarr, Radarr and OMDb, built on one data folder."""

from __future__ import annotations

import logging
import threading
from functools import partial
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

from config import Config
from core.errors import MediaProcessorError
from core.events import ServiceNotice
from core.protocol.peer_fields import shown
from core.settings.services import ArrInstance, ConnectionReport, Service
from core.settings.tree import MetadataSettings
from logger import add_secret, with_log_fields
from metadata.below_folders import files_below
from metadata.instances import ArrInstances
from metadata.keys import ApiKeys
from metadata.omdb import OMDB_URL
from metadata.requests_queue import RequestQueue
from metadata.service import RATES, MetadataService
from metadata.webhook import Download, WebhookServer
from monitor import FolderList
from processing.process_tree import SystemClock
from queue_manager import QueueManager
from store.api_keys import ApiKeyStore
from store.connection import Database
from store.metadata_cache import MetadataCache
from store.settings import SettingStore
from store.vault import open_vault

_LAST_WORDS = (
    10.0  # seconds that a rescan which was just asked for may still take at the program's end
)

_MOST_LOOKED_UP = 200  # files of one event that are looked for in the libraries
_log = logging.getLogger("mediaprocessor.metadata")


class Services:
    """Keys, instances and what is asked of them; ``keys`` and ``metadata`` are for everybody."""

    def __init__(
        self, data_dir: Path, database: Database, config: Config, *, omdb_url: str = OMDB_URL
    ) -> None:
        clock = SystemClock()
        self._config = config
        self._database = database
        self.keys = ApiKeys(
            ApiKeyStore(database),
            open_vault(data_dir),
            SettingStore(database),
            clock,
            hide=add_secret,
            settings=config,
            transactions=database,
        )
        for service in Service:  # so that the log hides every key from the first line on
            self.keys.load_api_keys(service)
        self.instances = ArrInstances(self.keys, clock, settings=config)
        self.metadata = MetadataService(
            self.keys,
            self.instances,
            MetadataCache(database),
            RequestQueue(clock, RATES),
            config,
            clock,
            omdb_url=omdb_url,
        )
        self._telling: List[threading.Thread] = []
        self._listening = threading.Lock()
        self._listener: Optional[WebhookServer] = None
        self._place: Optional[Tuple[str, int]] = None  # where it listens
        self._closed = False

    def test_connection(self, instance: ArrInstance) -> ConnectionReport:
        """Find out whether an instance can be used, stored or not, and if it cannot, why."""
        with self.instances.open_session() as session:
            return self.instances.client(session, instance).test_connection()

    def tell_owner(self, before: Path, after: Path) -> None:
        """Have the owner of a replaced film rescan it, in the background."""
        self._telling = [thread for thread in self._telling if thread.is_alive()]
        thread = threading.Thread(
            target=with_log_fields(self._tell_owner),
            args=(before, after),
            name="owner",
            daemon=True,
        )
        self._telling.append(thread)
        thread.start()

    def _tell_owner(self, before: Path, after: Path) -> None:
        """The film is done whatever happens here: an error is for the log alone."""
        try:
            self.metadata.tell_owner(before, after)
        except Exception:  # noqa: BLE001 - whatever it is
            _log.exception("The owner of a film could not be told.")

    def listen(self, manager: QueueManager) -> None:
        """Queue what Sonarr and Radarr download, from now on and as the settings have it each time."""

        def as_set(_settings: object = None) -> None:
            try:
                self._listen(manager)
            except MediaProcessorError as error:
                manager.events.put(ServiceNotice(str(error), error=True))

        as_set()
        self._config.on_change(as_set)

    def _queue(self, manager: QueueManager, event: Download) -> None:
        files, others = self._split(event)
        manager.add(files)
        if others:
            manager.events.put(ServiceNotice(_not_ours(event, others), error=True))

    @property
    def listens_at(self) -> Optional[Tuple[str, int]]:
        """Where Sonarr and Radarr are listened to; None where they are not."""
        return self._place

    def _split(self, event: Download) -> Tuple[Tuple[Path, ...], Tuple[Path, ...]]:
        """Return an event's files that may be queued, and those that its sender may not name."""
        watched = [folder.path for folder in FolderList(self._database).all()]
        named = self.metadata.take_in(event)
        files, others = files_below(named, (*watched, *self.metadata.folders_of(event)))
        owned: List[Path] = []
        for path in others[:_MOST_LOOKED_UP]:
            folder = self.metadata.title_folder(path)
            owned += files_below([path], [folder])[0] if folder is not None else []
        return (*files, *owned), tuple(path for path in others if path not in owned)

    def _listen(self, manager: QueueManager) -> None:
        """Listen where the settings say; raises MetadataError where that cannot be."""
        settings = self._settings()
        place = (settings.webhook_address, settings.webhook_port) if settings.webhook else None
        with self._listening:
            if self._closed or place == self._place:
                return
            self._stop_listening()
            if place is not None:
                secret, queue = self.keys.webhook_secret(), partial(self._queue, manager)
                self._listener = WebhookServer(*place, secret, queue)
                self._place = place

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
        self._listener = self._place = None

    def close(self) -> None:
        """Stop listening and asking."""
        with self._listening:
            self._closed = True
            self._stop_listening()
        for thread in self._telling:
            thread.join(_LAST_WORDS)
        self.metadata.close()

    def _settings(self) -> MetadataSettings:
        return self._config.settings.metadata


def _not_ours(event: Download, files: Sequence[Path]) -> str:
    name = event.instance_name or event.service.label
    what = "a file" if len(files) == 1 else f"{len(files)} files, such as"
    return (
        f"{name} named {what} {shown(str(files[0]))}, which is not below a watched or mapped folder "
        f"nor in {event.service.label}'s library, and was not queued. Watch its folder, or map it in the "
        "settings of the APIs."
    )
