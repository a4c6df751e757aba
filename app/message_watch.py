"""What is told without an event: disks that are nearly full, and kept originals that will soon be removed."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Dict, Iterable, List, Sequence, Tuple

from core.messages.message import MessageKind, UserMessage, originals_expire
from core.ports import KeyValueStore
from core.settings.source import SettingsSource
from scheduling.conditions import LowDisk, WorkFolders
from store.connection import Database
from store.held_time import HeldTime
from store.kept_swaps import kept_swaps
from store.watched_folders import WatchedFolderStore

_DISKS_EVERY = 60.0  # seconds
_ORIGINALS_EVERY = 3600.0  # seconds
_DAY = 86400.0  # seconds
_BETWEEN_NEWS = 0.9 * _DAY  # at least, between two messages about originals
_TOLD_KEY = "message_originals_told"  # the newest original that was told of, and when


class DiskWatch:
    """Tells once of each disk that has less room than the queue needs, until it has again."""

    def __init__(self, settings: SettingsSource, folders: WorkFolders, database: Database) -> None:
        self._settings = settings
        self._folders = folders
        self._database = database
        self._low: Dict[int, LowDisk] = {}
        self._told: Dict[int, str] = {}
        self._next = float("-inf")

    def look(self, now: float) -> Sequence[UserMessage]:
        """Look now and then."""
        if time.monotonic() < self._next:
            return ()
        self._next = time.monotonic() + _DISKS_EVERY
        news: List[UserMessage] = []
        for disk, folder in self._disks().items():
            watch = self._low.setdefault(disk, LowDisk(self._settings, _Only(folder)))
            sentence = watch.pause_reason()
            if sentence and disk not in self._told:
                news.append(UserMessage(MessageKind.DISK_LOW, sentence, now))
            self._told.pop(disk, None)
            if sentence:
                self._told[disk] = sentence
        return news

    def _disks(self) -> Dict[int, Path]:
        """Return the disks that films and work lie on, each by the first folder on it."""
        watched = (
            folder.path for folder in WatchedFolderStore(self._database).all() if folder.enabled
        )
        disks: Dict[int, Path] = {}
        for folder in (*self._folders.work_folders(), *watched):
            try:
                disks.setdefault(os.stat(folder).st_dev, folder)  # noqa: PTH116 - one call
            except OSError:  # a share that is away
                continue
        return disks


class _Only:
    """One folder (``scheduling.conditions.WorkFolders``)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def work_folders(self) -> Iterable[Path]:
        """Return it."""
        return (self._folder,)


class OriginalsWatch:
    """Tells once of each kept original that its time will soon be over, at most once a day."""

    def __init__(self, settings: SettingsSource, database: Database, texts: KeyValueStore) -> None:
        self._settings = settings
        self._database = database
        self._texts = texts
        self._next = float("-inf")

    def look(self, now: float) -> Sequence[UserMessage]:
        """Look once an hour."""
        if time.monotonic() < self._next:
            return ()
        self._next = time.monotonic() + _ORIGINALS_EVERY
        days = self._settings.settings.messages.expire_days
        newest, told_at = self._known()
        soon = self._soon(days)
        fresh = [(number, size) for number, size in soon if number > newest]
        if not fresh or 0 <= now - told_at < _BETWEEN_NEWS:
            return ()
        highest = max(number for number, _size in fresh)
        self._texts.change({_TOLD_KEY: f"{highest} {now!r}"})
        size = sum(size for _number, size in fresh)
        sentence = originals_expire(len(fresh), size, days)
        return (UserMessage(MessageKind.ORIGINALS_EXPIRE, sentence, now),)

    def _soon(self, days: float) -> List[Tuple[int, int]]:
        """Return the journal's numbers and the sizes of originals that go within so many days."""
        longest = self._settings.settings.files.keep_original_days * _DAY
        if not days or longest <= days * _DAY:  # they would be told of at once
            return []
        ages = HeldTime(self._database).ages()
        return [
            (swap.id, swap.size)
            for swap in kept_swaps(self._database)
            if longest - ages.get(swap.id, 0.0) <= days * _DAY
        ]

    def _known(self) -> Tuple[int, float]:
        number, _space, at = self._texts.all().get(_TOLD_KEY, "").partition(" ")
        try:
            return int(number), float(at)
        except ValueError:  # nothing was told yet
            return 0, float("-inf")
