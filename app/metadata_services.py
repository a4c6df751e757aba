"""The parts that talk to Sonarr, Radarr, OMDb and media servers, built on one data folder."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, List, Optional, Tuple

from config import Config
from core.settings.services import MEDIA_SERVERS, ArrInstance, ConnectionReport, Service
from core.settings.tree import MetadataSettings
from logger import add_secret, with_log_fields
from metadata.instances import ArrInstances
from metadata.keys import ApiKeys
from metadata.media_servers import MediaServers, client_of
from metadata.omdb import OMDB_URL
from metadata.requests_queue import RequestQueue
from metadata.service import RATES, MetadataService
from processing.process_tree import SystemClock
from store.api_keys import ApiKeyStore
from store.connection import Database
from store.metadata_cache import MetadataCache
from store.settings import SettingStore
from store.vault import open_vault

if TYPE_CHECKING:
    from app.webhook_listener import WebhookListener
    from queue_manager import QueueManager

_LAST_WORDS = (
    10.0  # seconds that a rescan which was just asked for may still take at the program's end
)

_log = logging.getLogger("mediaprocessor.metadata")


class MetadataServices:
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
        self.media_servers = MediaServers(self.keys, clock, config)
        self._telling: List[threading.Thread] = []
        self._listener: Optional[WebhookListener] = None

    def test_connection(self, instance: ArrInstance) -> ConnectionReport:
        """Find out whether an instance can be used, stored or not, and if it cannot, why."""
        with self.instances.open_session() as session:
            if instance.service in MEDIA_SERVERS:
                return client_of(session, instance).test_connection()
            return self.instances.client(session, instance).test_connection()

    def tell_owner(self, before: Path, after: Path) -> None:
        """Have the owner of a replaced film, and the media servers, look at it again, in the background."""
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
        try:  # after it: a media server may ask the owner
            self.media_servers.refresh(str(before), str(after))
        except Exception:  # noqa: BLE001 - as above
            _log.exception("The media servers could not be told of a film.")

    def listen(self, manager: QueueManager) -> None:
        """Queue what Sonarr and Radarr download, from now on and as the settings have it each time."""
        from app.webhook_listener import WebhookListener  # most commands only ask

        self._listener = WebhookListener(
            self._config, self._database, self.keys, self.metadata, manager
        )

    @property
    def listens_at(self) -> Optional[Tuple[str, int]]:
        """Where Sonarr and Radarr are listened to; None where they are not."""
        return self._listener.place if self._listener is not None else None

    def close(self) -> None:
        """Stop listening and asking."""
        if self._listener is not None:
            self._listener.close()
        for thread in self._telling:
            thread.join(_LAST_WORDS)
        self.metadata.close()

    def _settings(self) -> MetadataSettings:
        return self._config.settings.metadata
