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
from store.messages import MessageStore
from store.settings import SettingStore
from store.vault import open_vault

if TYPE_CHECKING:
    from app.program import Program


def messenger_of(program: Program, language: Callable[[], PageLanguage]) -> Messenger:
    """Return what keeps and sends messages; ``language`` is the user's."""
    database, config = program.database, program.config
    store = MessageStore(database)
    return Messenger(
        store,
        MessageAddresses(store, open_vault(program.data_dir), add_secret),
        AppriseSender(),
        config,
        SystemClock(),
        language,
        (
            DiskWatch(config, program, database),
            OriginalsWatch(config, database, SettingStore(database)),
        ),
    )
