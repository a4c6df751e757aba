"""Why the machine should be left alone now: its battery, a full disk, a program that runs, a viewer."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Dict, Iterable, Optional, Protocol, Tuple

import psutil

from core.ports import Clock
from core.queue.job import JobKind
from core.settings.choices import WhileWatched
from core.settings.source import SettingsSource
from core.text.sentence import Bytes, Sentence, counted_sentence
from metadata.media_servers import Watched
from processing.process_tree import SystemClock
from scheduling.pause_reasons import Condition, PauseReason
from scheduling.ports import ErrorReport
from store.connection import Database

_LOOK_EVERY = 10.0  # seconds between two looks at all processes of the machine
_GIGABYTE = 10**9

_log = logging.getLogger("mediaprocessor.queue")


class WorkFolders(Protocol):
    """Who knows the folders that work is written to."""

    def work_folders(self) -> Iterable[Path]:
        """Return them as they are set now."""


def conditions(
    settings: SettingsSource, folders: WorkFolders, watched: Watched
) -> Tuple[Condition, ...]:
    """Return all conditions of this machine; the one that may hold only some films is the last."""
    return (
        OnBattery(settings),
        LowDisk(settings, folders),
        ProgramRuns(settings),
        SomebodyWatches(settings, watched),
    )


class DatabaseUsable:
    """The database can be written: without it no film may be replaced, and nothing would be remembered.

    ``errors`` hears of it once, when it begins.
    """

    def __init__(self, database: Database, errors: ErrorReport) -> None:
        self._database = database
        self._errors = errors
        self._shown = ""

    def pause_reason(self) -> Optional[str]:
        """Say so where it cannot be."""
        trouble = self._database.trouble()
        sentence = str(trouble) if trouble is not None else ""
        if sentence and sentence != self._shown:
            _log.error("%s", sentence)
            self._errors.error(sentence)
        self._shown = sentence
        return sentence or None


class OnBattery:
    """The machine is not plugged in."""

    def __init__(self, settings: SettingsSource) -> None:
        self._settings = settings

    def pause_reason(self) -> Optional[str]:
        """Say so where it is."""
        if not self._settings.settings.queue.pause_on_battery:
            return None
        battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
        if battery is None or battery.power_plugged is not False:
            return None
        return Sentence("The machine runs on its battery; it goes on when it is plugged in.")


class LowDisk:
    """A disk that work is written to is nearly full."""

    def __init__(self, settings: SettingsSource, folders: WorkFolders) -> None:
        self._settings = settings
        self._folders = folders
        self._sentences: Dict[Tuple[Path, float], str] = {}  # of the folders that are nearly full

    def pause_reason(self) -> Optional[str]:
        """Say which folder, and how much was free when it began; the figure changes all the time."""
        wanted = self._settings.settings.queue.lowest_free_gigabytes * _GIGABYTE
        for folder in self._folders.work_folders():
            try:
                free = shutil.disk_usage(folder).free
            except OSError:  # a share that is away: jobs say so themselves
                continue
            if free < wanted:
                sentence = Sentence(
                    "Only {free} are free for {folder}; it goes on from {wanted} on.",
                    free=Bytes(free),
                    folder=folder,
                    wanted=Bytes(wanted),
                )
                return self._sentences.setdefault((folder, wanted), sentence)
            self._sentences.pop((folder, wanted), None)
        return None


class ProgramRuns:
    """One of the programs that the user named is running: a player, a game."""

    def __init__(self, settings: SettingsSource, clock: Optional[Clock] = None) -> None:
        self._settings = settings
        self._clock = clock or SystemClock()
        self._looked = float("-inf")
        self._names: Tuple[str, ...] = ()
        self._program: Optional[str] = None

    def pause_reason(self) -> Optional[str]:
        """Say which program."""
        names = tuple(_plain(name) for name in self._settings.settings.queue.pause_programs)
        if names != self._names or self._clock.monotonic() - self._looked >= _LOOK_EVERY:
            self._names, self._looked = names, self._clock.monotonic()
            self._program = _running(names) if names else None
        return (
            Sentence("{program} is running; it goes on afterwards.", program=self._program)
            if self._program
            else None
        )


class SomebodyWatches:
    """Somebody watches on one of the media servers."""

    def __init__(self, settings: SettingsSource, watched: Watched) -> None:
        self._settings = settings
        self._watched = watched

    def pause_reason(self) -> Optional[PauseReason]:
        """Say who watches what, and where; of several the first."""
        wanted = self._settings.settings.queue.while_watched
        if wanted is WhileWatched.CONTINUE:
            return None
        viewers = self._watched.watching()
        if not viewers:
            return None
        first = viewers[0]
        watches = Sentence(
            "{user} is watching {title} ({server})",
            user=first.user or Sentence("Somebody"),
            title=first.title or Sentence("a film"),
            server=first.server,
        )
        if len(viewers) > 1:
            watches = counted_sentence(
                "{watches} and {number} more is watching",
                "{watches} and {number} more are watching",
                len(viewers) - 1,
                watches=watches,
            )
        if wanted is WhileWatched.CPU_ALONE:
            told = Sentence("{watches}; films for the graphics chip wait.", watches=watches)
            return PauseReason(told, kinds=(JobKind.GPU,))
        return PauseReason(Sentence("{watches}; the queue goes on afterwards.", watches=watches))


def _running(names: Tuple[str, ...]) -> Optional[str]:
    for process in psutil.process_iter(["name"]):
        name = process.info["name"]
        if name and _plain(name) in names:
            return str(name)
    return None


def _plain(name: str) -> str:
    """A program's name as people write it: no case, no ending."""
    plain = name.strip().casefold()
    return plain[: -len(".exe")] if plain.endswith(".exe") else plain
