"""Listens to what Sonarr and Radarr download, where the settings say, and gives it to the queue."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, List, Optional, Sequence, Tuple

from config import Config
from core.errors import MediaProcessorError
from core.events import ServiceNotice
from core.protocol.peer_fields import shown
from core.text.sentence import counted_sentence
from metadata.below_folders import files_below
from metadata.keys import ApiKeys
from metadata.service import MetadataService
from monitor import FolderList
from queue_manager import QueueManager
from store.connection import Database

if TYPE_CHECKING:
    from metadata.webhook import Download, WebhookServer

_MOST_LOOKED_UP = 200  # files of one event that are looked for in the libraries


class WebhookListener:
    """Follows the settings until it is closed; what cannot be done is told as an event of the queue."""

    def __init__(
        self,
        config: Config,
        database: Database,
        keys: ApiKeys,
        metadata: MetadataService,
        manager: QueueManager,
    ) -> None:
        self._config = config
        self._database = database
        self._keys = keys
        self._metadata = metadata
        self._manager = manager
        self._guard = threading.Lock()
        self._server: Optional[WebhookServer] = None
        self._place: Optional[Tuple[str, int]] = None
        self._closed = False
        self._follow_settings()
        config.on_change(self._follow_settings)

    @property
    def place(self) -> Optional[Tuple[str, int]]:
        """The address and port that are listened at; None where it does not listen."""
        return self._place

    def close(self) -> None:
        """Listen no more."""
        with self._guard:
            self._closed = True
            self._stop()

    def _follow_settings(self, _settings: object = None) -> None:
        try:
            self._listen()
        except MediaProcessorError as error:
            self._manager.events.put(ServiceNotice(str(error), error=True))

    def _listen(self) -> None:
        """Listen where the settings say; raises MetadataError where that cannot be."""
        settings = self._config.settings.metadata
        place = (settings.webhook_address, settings.webhook_port) if settings.webhook else None
        with self._guard:
            if self._closed or place == self._place:
                return
            self._stop()
            if place is not None:
                from metadata.webhook import WebhookServer  # most never listen

                self._server = WebhookServer(*place, self._keys.webhook_secret(), self._queue)
                self._place = place

    def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server = self._place = None

    def _queue(self, event: Download) -> None:
        files, others = self._split(event)
        self._manager.add(files)
        if others:
            self._manager.events.put(ServiceNotice(_not_ours(event, others), error=True))

    def _split(self, event: Download) -> Tuple[Tuple[Path, ...], Tuple[Path, ...]]:
        """Return an event's files that may be queued, and those that its sender may not name."""
        watched = [folder.path for folder in FolderList(self._database).all()]
        named = self._metadata.take_in(event)
        files, others = files_below(named, (*watched, *self._metadata.folders_of(event)))
        owned: List[Path] = []
        for path in others[:_MOST_LOOKED_UP]:
            folder = self._metadata.title_folder(path)
            owned += files_below([path], [folder])[0] if folder is not None else []
        return (*files, *owned), tuple(path for path in others if path not in owned)


def _not_ours(event: Download, files: Sequence[Path]) -> str:
    name = event.instance_name or event.service.label
    fields = {
        "name": name,
        "file": shown(str(files[0])),
        "service": event.service.label,
    }
    return counted_sentence(
        "{name} named a file {file}, which is not below a watched or mapped folder nor in {service}'s "
        "library, and was not queued. Watch its folder, or map it in the settings of the APIs.",
        "{name} named {number} files, such as {file}, which is not below a watched or mapped folder nor in "
        "{service}'s library, and was not queued. Watch its folder, or map it in the settings of the APIs.",
        len(files),
        **fields,
    )
