"""Kept originals as a table: which are shown, in which order, and what they come to together."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from enum import Enum
from typing import Callable, Dict, Iterable, Mapping, Optional, Tuple, Union

from core.queue.kept_original import KeptOriginal
from core.text.composed import composed

_SOON = 7 * 86400.0  # seconds


class KeptState(str, Enum):
    """How it is with a kept original."""

    KEPT = "kept"
    MISSING = "missing"  # its file is not where it was left
    UNKNOWN = "unknown"  # a file of which no film is known


@dataclass(frozen=True)
class KeptRow:
    """One original and the disk that it lies on ("" where that is away); ``id`` is its row's number."""

    id: int
    original: KeptOriginal
    disk: str = ""

    @property
    def state(self) -> KeptState:
        """How it is with it."""
        if self.original.film is None:
            return KeptState.UNKNOWN
        return KeptState.KEPT if self.original.there else KeptState.MISSING


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
    shown.sort(key=_SORTS.get(sort, _SORTS["expires"]), reverse=descending)
    return array("q", [row.id for row in shown])


def sums_of(rows: Iterable[KeptRow]) -> KeptSums:
    """Return what these come to together, the fullest disk first."""
    count = size = saved = missing = 0
    by_disk: Dict[str, int] = {}
    for row in rows:
        count += 1
        if not row.original.there:
            missing += 1
            continue
        size += row.original.size
        saved += row.original.saved or 0
        by_disk[row.disk] = by_disk.get(row.disk, 0) + row.original.size
    disks = sorted(by_disk.items(), key=lambda disk: (-disk[1], disk[0]))
    return KeptSums(count, size, saved, missing, tuple(disks))


def _fits(row: KeptRow, chosen: KeptFilter, text: str) -> bool:
    if chosen.state is not None and row.state is not chosen.state:
        return False
    if chosen.disk is not None and row.disk != chosen.disk:
        return False
    expires = row.original.expires_at
    if chosen.expires_before is not None and (expires is None or expires > chosen.expires_before):
        return False
    return not text or text in composed(str(row.original.film or row.original.path)).casefold()


_Key = Callable[[KeptRow], Tuple[Union[float, str], ...]]
_SORTS: Dict[str, _Key] = {
    "name": lambda row: (_name(row), row.id),
    "folder": lambda row: (_folder(row), _name(row), row.id),
    "size": lambda row: (row.original.size, row.id),
    "saved": lambda row: (row.original.saved or 0, row.id),
    "since": lambda row: (row.original.kept_since or 0.0, row.id),
    "expires": lambda row: (_expires(row), row.id),
    "disk": lambda row: (row.disk, _name(row), row.id),
}


def _name(row: KeptRow) -> str:
    return (row.original.film or row.original.path).name.casefold()


def _folder(row: KeptRow) -> str:
    return str((row.original.film or row.original.path).parent).casefold()


def _expires(row: KeptRow) -> float:
    expires = row.original.expires_at
    return math.inf if expires is None else expires
