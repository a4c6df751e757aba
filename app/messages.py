"""The parts that tell the user what happened, built on one data folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from app.apprise_sender import AppriseSender
from app.message_addresses import MessageAddresses
from app.message_watch import DiskWatch, OriginalsWatch
from app.messenger import Messenger
from core.reporting.page_language import PageLanguage
from logger import add_secret
from processing.process_tree import SystemClock
from scheduling.conditions import WorkFolders
from store.messages import MessageStore
from store.settings import SettingStore
from store.vault import open_vault

if TYPE_CHECKING:
    from app.data_folder import DataFolder


def messenger_of(
    folder: DataFolder, work: WorkFolders, language: Callable[[], PageLanguage]
) -> Messenger:
    """Return what keeps and sends messages; ``work`` knows the work folders, ``language`` is the user's."""
    database, config = folder.database, folder.config
    store = MessageStore(database)
    return Messenger(
        store,
        MessageAddresses(store, open_vault(folder.data_dir), add_secret),
        AppriseSender(),
        config,
        SystemClock(),
        language,
        (
            DiskWatch(config, work, database),
            OriginalsWatch(config, database, SettingStore(database)),
        ),
    )
