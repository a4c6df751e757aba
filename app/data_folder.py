"""The data folder: settings, database and logs, which is all that many commands need."""

from __future__ import annotations

import logging
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Callable, Optional, Type, TypeVar

from app.made_once import made_once
from app.privacy import FOLDER_MODE, make_private
from core.errors import MediaProcessorError, UsageError
from core.reporting.page_language import ENGLISH, PageLanguage
from core.system_errors import system_problem
from core.text.sentence import Sentence
from logger import close_logging, configure_logging, install_exception_hooks, setup_logging
from store.connection import Database

if TYPE_CHECKING:
    from config import Config
    from core.settings.tree import Settings

DATABASE_NAME = "mediaprocessor.db"

_Self = TypeVar("_Self", bound="DataFolder")
_log = logging.getLogger("mediaprocessor")


class DataFolder:
    """Used as a context manager; raises UsageError when the folder cannot be used."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.log_dir = data_dir / "logs"
        # Tells the user what opening the database has met; None where the window will.
        self.notice: Optional[Callable[[str], None]] = None
        # The language of what is told elsewhere than in the window; whoever has catalogues sets it.
        self.language_of: Callable[[Settings], PageLanguage] = lambda settings: ENGLISH  # noqa: ARG005
        self._without_hooks: Callable[[], None] = lambda: None
        try:
            data_dir.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
            private = make_private(data_dir)
            # Commands and the window show their errors themselves, as sentences.
            setup_logging(self.log_dir, console_level=logging.CRITICAL + 1)
            if not private:
                _log.warning(
                    "Other users may look into the data folder %s: it is not this user's, or not "
                    "MediaProcessor's alone. Give one of its own with --data-dir.",
                    data_dir,
                )
        except OSError as error:
            raise UsageError(
                Sentence(
                    "The data folder {data_dir} cannot be used ({problem}). Give another one with "
                    "--data-dir.",
                    data_dir=data_dir,
                    problem=system_problem(error),
                )
            ) from error

    def __enter__(self: _Self) -> _Self:
        # A windowed program has no stderr: what ends a thread would be seen nowhere.
        self._without_hooks = install_exception_hooks(self.thread_ended)
        return self

    def thread_ended(self, sentence: str) -> None:
        """A thread has ended by an error. It is in the log; nothing is put beside a command's answer."""

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        if isinstance(error, Exception) and not isinstance(error, (MediaProcessorError, OSError)):
            _log.error("unexpected error", exc_info=error)
        self.close()
        if "database" in vars(self):
            self.database.close()
        self._without_hooks()
        close_logging()

    def close(self) -> None:
        """End what stands on the database, before that is closed."""

    @made_once
    def database(self) -> Database:
        """The SQLite database, made or brought up to date; raises StoreError."""
        database = Database(self.data_dir / DATABASE_NAME)
        for notice in database.report.notices:
            _log.warning("%s", notice)
            if self.notice is not None:
                self.notice(notice)
        return database

    @made_once
    def config(self) -> Config:
        """The settings."""
        from app.autostart import follow_setting  # which bring the tree of all settings along
        from app.queue_rule import queue_follows_rule
        from config import Config
        from store.settings import SettingStore

        config = Config(SettingStore(self.database))
        config.add_effect(follow_setting(self.data_dir))
        config.add_effect(queue_follows_rule(self.database))
        configure_logging(config.settings.logs)
        config.on_change(lambda settings: configure_logging(settings.logs))
        return config
