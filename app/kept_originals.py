"""Kept originals, many at once: brought back or removed one after the other, whatever becomes of each."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, List, Protocol, Sequence, Tuple

from core.errors import MediaProcessorError
from core.queue.kept_original import KeptOriginal
from core.queue.outcome import sentence_of
from core.text.sentence import Sentence
from processor import Processor

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
    """Return the sentence of an error, with its fields where it has some."""
    if isinstance(error, MediaProcessorError):
        sentence = error.args[0] if error.args else ""
        return sentence if isinstance(sentence, Sentence) else str(error)
    _log.warning("%s", error)
    return sentence_of(error)


def disks_of(files: Sequence[Path]) -> Dict[Path, str]:
    """Return on which disk the folders of these files lie: its drive, or where it is mounted.

    "" where a folder is not there.
    """
    disks: Dict[Path, str] = {}
    mounts: Dict[int, str] = {}
    for folder in {file.parent for file in files}:
        if sys.platform == "win32":
            disks[folder] = folder.anchor
            continue
        try:
            device = folder.stat().st_dev
        except OSError:
            disks[folder] = ""
            continue
        if device not in mounts:
            place = folder.resolve()
            while not os.path.ismount(place) and place != place.parent:
                place = place.parent
            mounts[device] = str(place)
        disks[folder] = mounts[device]
    return disks
