"""Kept originals as a table: which are shown, in which order, and what they come to together."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, Mapping, NamedTuple, Optional, Tuple, Union

from core.queue.kept_original import KeptOriginal
from core.text.composed import composed

_SOON = 7 * 86400.0  # seconds


class KeptState(str, Enum):
    """How it is with a kept original."""

    KEPT = "kept"
    MISSING = "missing"  # its file is not where it was left
    UNKNOWN = "unknown"  # a file of which no film is known


class KeptRow(NamedTuple):
    """One original; a tuple with text for paths, since there may be a hundred thousand.

    Sizes in bytes, times in seconds since the epoch. ``id`` is the number of its swap, and below 0 where no
    film is known; ``disk`` is where its disk is mounted, "" where that is away.
    """

    id: int
    film: str  # as it is named now; "" where none is known
    path: str  # where the original lies
    size: int
    result_size: Optional[int] = None
    since: Optional[float] = None
    expires: Optional[float] = None
    there: bool = True
    disk: str = ""

    @property
    def shown(self) -> str:
        """The path by which people know it."""
        return self.film or self.path

    @property
    def saved(self) -> int:
        """How many bytes smaller its film has become."""
        return 0 if self.result_size is None else self.size - self.result_size

    @property
    def state(self) -> KeptState:
        """How it is with it."""
        if not self.film:
            return KeptState.UNKNOWN
        return KeptState.KEPT if self.there else KeptState.MISSING

    @property
    def original(self) -> KeptOriginal:
        """It, as those take it who do something with it."""
        return KeptOriginal(
            Path(self.path),
            self.size,
            self.there,
            Path(self.film) if self.film else None,
            id=max(0, self.id),
            result_size=self.result_size,
        )


@dataclass(frozen=True)
class KeptFilter:
    """What is shown: ``text`` is part of a path; ``soon`` before this time (seconds since the epoch)."""

    text: str = ""
    state: Optional[KeptState] = None
    disk: Optional[str] = None
    expires_before: Optional[float] = None


@dataclass(frozen=True)
class KeptSums:
    """What originals come to: their number, bytes that lie on disks, of those by disk, and bytes saved."""

    count: int = 0
    size: int = 0
    saved: int = 0
    missing: int = 0
    by_disk: Tuple[Tuple[str, int], ...] = ()


def soon(now: float) -> float:
    """Return the time (seconds since the epoch) before which an original is said to expire soon."""
    return now + _SOON


def listed(
    rows: Mapping[int, KeptRow], sort: str, *, descending: bool, chosen: KeptFilter
) -> array[int]:
    """Return the numbers of the rows that are shown, in their order; ``sort`` is a column's name."""
    text = composed(chosen.text).casefold()
    shown = [row for row in rows.values() if _fits(row, chosen, text)]
    key: Callable[[KeptRow], Any] = _SORTS.get(sort, _SORTS["expires"])
    shown.sort(key=key, reverse=descending)
    return array("q", [row.id for row in shown])


def sums_of(rows: Iterable[KeptRow]) -> KeptSums:
    """Return what these come to together, the fullest disk first."""
    count = size = saved = missing = 0
    by_disk: Dict[str, int] = {}
    for row in rows:
        count += 1
        if not row.there:
            missing += 1
            continue
        size += row.size
        saved += row.saved
        by_disk[row.disk] = by_disk.get(row.disk, 0) + row.size
    disks = sorted(by_disk.items(), key=lambda disk: (-disk[1], disk[0]))
    return KeptSums(count, size, saved, missing, tuple(disks))


def _fits(row: KeptRow, chosen: KeptFilter, text: str) -> bool:
    if chosen.state is not None and row.state is not chosen.state:
        return False
    if chosen.disk is not None and row.disk != chosen.disk:
        return False
    before = chosen.expires_before
    if before is not None and (row.expires is None or row.expires > before):
        return False
    return not text or text in composed(row.shown).casefold()


# Plain texts and numbers: tuples would take several times as long to compare, and hold up the window. Equal
# rows stay in the order of their numbers.
_Key = Union[Callable[[KeptRow], str], Callable[[KeptRow], float]]
_SORTS: Dict[str, _Key] = {
    "name": lambda row: "\0".join(reversed(_parts(row))),
    "folder": lambda row: "\0".join(_parts(row)),
    "size": lambda row: float(row.size),
    "saved": lambda row: float(row.saved),
    "since": lambda row: row.since or 0.0,
    "expires": lambda row: math.inf if row.expires is None else row.expires,
}


def _parts(row: KeptRow) -> Tuple[str, str]:
    """Return the folder and the name of a film, as they are sorted."""
    folder, _, name = row.shown.casefold().replace("\\", "/").rpartition("/")
    return folder, name
