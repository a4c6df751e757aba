"""What these tests share: a clock that is set by hand, and keys in a real database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from metadata.keys import ApiKeys
from store.api_keys import ApiKeyStore
from store.connection import Database
from store.settings import SettingStore
from store.vault import FileVault

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
