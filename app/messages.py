"""The parts that tell the user what happened, on a data folder that does work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Tuple

from app.data_folder import DataFolder
from app.made_once import made_once

if TYPE_CHECKING:
    from app.messenger import Messenger


class TellingFolder(DataFolder):
    """A data folder whose program tells its user elsewhere what happens."""

    def work_folders(self) -> Tuple[Path, ...]:
        """What work is written to, beside the films' own folders, which each job looks at itself."""
        work = self.config.settings.files.work_folder
        return (Path(work), self.data_dir) if work else (self.data_dir,)

    @made_once
    def messenger(self) -> Messenger:
        """What keeps and sends messages, in the user's language, once it is started."""
        from app.apprise_sender import AppriseSender
        from app.message_addresses import MessageAddresses
        from app.message_watch import DiskWatch, OriginalsWatch
        from app.messenger import Messenger
        from logger import add_secret
        from processing.process_tree import SystemClock
        from store.messages import MessageStore
        from store.settings import SettingStore
        from store.vault import open_vault

        database, config = self.database, self.config
        store = MessageStore(database)
        return Messenger(
            store,
            MessageAddresses(store, open_vault(self.data_dir), add_secret),
            AppriseSender(),
            config,
            SystemClock(),
            lambda: self.language_of(config.settings),
            (
                DiskWatch(config, self, database),
                OriginalsWatch(config, database, SettingStore(database)),
            ),
        )

    def close(self) -> None:
        """Send what is left."""
        if "messenger" in vars(self):
            self.messenger.close()
