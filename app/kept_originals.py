"""Kept originals, many at once: brought back or removed one after the other, whatever becomes of each."""

from __future__ import annotations

import logging
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, List, Protocol, Sequence, Tuple

from core.errors import MediaProcessorError
from core.queue.kept_original import KeptOriginal
from core.queue.outcome import beside_film
from core.reporting.kept_listing import KeptRow
from core.text.sentence import Sentence
from processor import Processor
from store.connection import Database
from store.kept_swaps import kept_swaps

_BREATH = 200  # rows

_log = logging.getLogger("mediaprocessor")


@dataclass(frozen=True)
class Refusal:
    """An original with which it could not be done, and the sentence that says why."""

    original: KeptOriginal
    sentence: str


@dataclass(frozen=True)
class BulkResult:
    """What became of several: with how many it was done, their bytes, and what was refused.

    ``films`` are the names under which restored films lie now; ``left`` is how many were not tried since
    their user stopped it.
    """

    done: int = 0
    size: int = 0
    films: Tuple[Path, ...] = ()
    refusals: Tuple[Refusal, ...] = ()
    left: int = 0


class Told(Protocol):
    """Hears how far it is."""

    def __call__(self, done: int, total: int, /) -> None:
        """Called before each and at the end, in the thread that works."""


def restore_each(
    processor: Processor,
    originals: Sequence[KeptOriginal],
    told: Told = lambda done, total: None,  # noqa: ARG005
    stopped: Callable[[], bool] = lambda: False,
) -> BulkResult:
    """Bring these originals back under their names; what is refused stops none of the others."""
    films: List[Path] = []

    def restore(original: KeptOriginal) -> int:
        if original.film is None:
            raise MediaProcessorError(
                Sentence(
                    "No film is known for {file}; it can be moved back by hand.",
                    file=str(original.path),
                )
            )
        films.append(processor.restore(original.film))
        return original.size

    return _each(restore, originals, told, stopped, films)


def free_each(
    processor: Processor,
    originals: Sequence[KeptOriginal],
    told: Told = lambda done, total: None,  # noqa: ARG005
    stopped: Callable[[], bool] = lambda: False,
) -> BulkResult:
    """Remove these originals before their time; what is refused stops none of the others."""

    def free(original: KeptOriginal) -> int:
        if original.film is None:
            raise MediaProcessorError(
                Sentence(
                    "No film is known for {file}: nobody can say whether it is still needed. It can be "
                    "removed by hand.",
                    file=str(original.path),
                )
            )
        return processor.freeing.free(original.id)

    return _each(free, originals, told, stopped, [])


def _each(
    deed: Callable[[KeptOriginal], int],
    originals: Sequence[KeptOriginal],
    told: Told,
    stopped: Callable[[], bool],
    films: List[Path],
) -> BulkResult:
    """Do it with each; ``deed`` returns the bytes that count, and may add to ``films``."""
    done = size = tried = 0
    refusals: List[Refusal] = []
    for original in originals:
        told(tried, len(originals))
        if stopped():
            break
        tried += 1
        try:
            size += deed(original)
        except (MediaProcessorError, OSError) as error:
            refusals.append(Refusal(original, _why(error)))
        else:
            done += 1
    told(tried, len(originals))
    return BulkResult(done, size, tuple(films), tuple(refusals), len(originals) - tried)


def _why(error: Exception) -> str:
    """Return what is wrong; the film is shown beside it."""
    if not isinstance(error, MediaProcessorError):
        _log.warning("%s", error)
    return beside_film(error)


def rows_now(
    database: Database, keep_days: float, strays: Sequence[KeptOriginal] = ()
) -> Dict[int, KeptRow]:
    """Return all originals that the journal knows, as they are now, by their numbers; reads their folders.

    ``strays`` are files that a search found and of which no film is known, as far as they are still there.
    """
    disks = _Disks()
    seconds = keep_days * 86400.0
    rows: Dict[int, KeptRow] = {}
    known = set()
    for number, swap in enumerate(kept_swaps(database)):
        if number % _BREATH == 0:
            time.sleep(0)  # the window's thread waits for the interpreter
        known.add(swap.holding)
        rows[swap.id] = KeptRow(
            *swap,
            None if swap.since is None else swap.since + seconds,
            os.path.lexists(swap.holding),
            disks.of(swap.holding),
        )
    for place, stray in enumerate(strays, 1):
        path = str(stray.path)
        if path not in known and os.path.lexists(path):
            rows[-place] = KeptRow(-place, "", path, stray.size, disk=disks.of(path))
    return rows


class _Disks:
    """Knows on which disk files lie: its drive, or where it is mounted; "" where a folder is not there."""

    def __init__(self) -> None:
        self._folders: Dict[str, str] = {}
        self._mounts: Dict[int, str] = {}

    def of(self, file: str) -> str:
        """Return it of one file."""
        folder = os.path.dirname(file)  # noqa: PTH120 - see kept_swaps
        if folder not in self._folders:
            self._folders[folder] = self._look(Path(folder))
        return self._folders[folder]

    def _look(self, folder: Path) -> str:
        if sys.platform == "win32":
            return folder.anchor
        try:
            device = folder.stat().st_dev
        except OSError:
            return ""
        if device not in self._mounts:
            place = folder.resolve()
            while not os.path.ismount(place) and place != place.parent:
                place = place.parent
            self._mounts[device] = str(place)
        return self._mounts[device]
