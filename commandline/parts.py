"""The parts of the program, each built when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Optional, Type

import platformdirs

from analyzer import Analyzer
from config import Config
from core.errors import UsageError
from core.tools import Toolset
from logger import setup_logging
from processing.runner import ProcessRunner
from store.connection import Database
from store.settings import SettingStore
from tools.resolver import ToolReport, find_tools

DATABASE_NAME = "mediaprocessor.db"


def default_data_dir() -> Path:
    """Where settings, queue, history and logs live: %APPDATA% on Windows, XDG's data folder on Linux."""
    return platformdirs.user_data_path("MediaProcessor", appauthor=False, roaming=True)


class Parts:
    """What commands and the window are made of, in one data folder.

    Raises UsageError when the folder cannot be used.
    """

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            setup_logging(data_dir / "logs")
        except OSError as error:
            raise UsageError(
                f"The data folder {data_dir} cannot be used ({error.strerror}). "
                "Give another one with --data-dir."
            ) from error

    def __enter__(self) -> Parts:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        if "database" in vars(self):
            self.database.close()

    @cached_property
    def database(self) -> Database:
        """The SQLite database, made or brought up to date; raises StoreError."""
        return Database(self.data_dir / DATABASE_NAME)

    @cached_property
    def config(self) -> Config:
        """The settings."""
        return Config(SettingStore(self.database))

    @cached_property
    def runner(self) -> ProcessRunner:
        """What starts every outside program."""
        return ProcessRunner(low_priority=self.config.settings.processing.low_priority)

    @cached_property
    def tool_report(self) -> ToolReport:
        """Which programs there are and what is wrong with the others."""
        return find_tools(self.config.settings.tools, self.runner)

    @property
    def toolset(self) -> Toolset:
        """The best of each program here."""
        return self.tool_report.toolset

    @cached_property
    def analyzer(self) -> Analyzer:
        """What looks into films."""
        return Analyzer(self.runner, self.toolset)
