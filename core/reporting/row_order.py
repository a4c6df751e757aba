"""The rows of a long table by number: which are chosen, and where each is after the table was read again.

A table of a million rows is an array of ids. What is chosen in it is a few ranges of places, so that
choosing everything costs nothing; after a change the places move, mostly all by the same distance.
"""

from __future__ import annotations

import bisect
from array import array
from dataclasses import dataclass, field
from typing import (
    Collection,
    Dict,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Protocol,
    Tuple,
)

_CHUNK = 8192  # places that are compared at once


@dataclass(frozen=True)
class Ranges:
    """Places in a table as disjoint ranges (first, end) in order; ``end`` is not among them."""

    parts: Tuple[Tuple[int, int], ...] = ()

    @classmethod
    def of(cls, places: Iterable[int]) -> Ranges:
        """Return the ranges of single places, given in any order."""
        parts: List[Tuple[int, int]] = []
        for place in sorted(set(places)):
            if parts and parts[-1][1] == place:
                parts[-1] = (parts[-1][0], place + 1)
            else:
                parts.append((place, place + 1))
        return cls(tuple(parts))

    @property
    def count(self) -> int:
        """How many places there are."""
        return sum(end - first for first, end in self.parts)

    def __contains__(self, place: int) -> bool:
        at = bisect.bisect_right(self.parts, (place, float("inf"))) - 1
        return at >= 0 and self.parts[at][0] <= place < self.parts[at][1]

    def __iter__(self) -> Iterator[int]:
        for first, end in self.parts:
            yield from range(first, end)

    def with_range(self, first: int, end: int) -> Ranges:
        """Return these places and a range more."""
        kept = []
        for part in self.parts:
            if part[1] < first or part[0] > end:
                kept.append(part)
            else:
                first, end = min(first, part[0]), max(end, part[1])
        return Ranges(tuple(sorted([*kept, (first, end)])))

    def toggled(self, place: int) -> Ranges:
        """Return these places with this one more, or without it."""
        if place not in self:
            return self.with_range(place, place + 1)
        parts: List[Tuple[int, int]] = []
        for first, end in self.parts:
            if first <= place < end:
                parts += [part for part in ((first, place), (place + 1, end)) if part[0] < part[1]]
            else:
                parts.append((first, end))
        return Ranges(tuple(parts))

    def within(self, count: int) -> Ranges:
        """Return those of the places that a table of ``count`` rows has."""
        return Ranges(tuple((first, min(end, count)) for first, end in self.parts if first < count))


@dataclass(frozen=True)
class Reordering:
    """How the places of a table follow from those before it was read again.

    The first ``same`` rows are the same, and so are all from ``end`` on, which moved by ``moved``
    places. ``found`` has the new places of those ids between that were asked for.
    """

    same: int
    end: int
    moved: int
    found: Mapping[int, int] = field(default_factory=dict)

    def place(self, before: int, job_id: int) -> Optional[int]:
        """Where a row is now, that was at ``before``; None where it is gone or was not asked for."""
        if before < self.same:
            return before
        if before >= self.end:
            return before + self.moved
        return self.found.get(job_id)

    def top(self, ids: array[int], top: int, kept: int, seen: range) -> int:
        """The uppermost place with which the row at ``kept`` stays where it is on the screen.

        ``ids``, ``top``, ``kept`` and ``seen`` (the places on the screen) are those before. Where the row is
        gone, the nearest one above it stays, or else the nearest below it. Only a row that is still there
        makes the answer less than 0, which asks for blank lines above the first.
        """
        nearest = [*range(min(kept, seen.stop - 1), seen.start - 1, -1)]
        nearest += range(max(kept + 1, seen.start), seen.stop)
        for place in nearest:
            found = self.place(place, ids[place])
            if found is not None:
                moved: int = top + found - place
                return moved if place == kept else max(0, moved)
        return max(0, top)

    def only_comes_and_goes(self, ids: array[int], seen: range) -> bool:
        """Whether rows came and went among those at ``seen`` before, and none of these passed another."""
        found = [self.place(place, ids[place]) for place in seen]
        there = [place for place in found if place is not None]
        return there == sorted(there)

    def ranges(self, before: Ranges, ids: array[int]) -> Ranges:
        """Where chosen rows are now; ``ids`` are those of the table before."""
        moved = Ranges()
        between: List[int] = []
        for first, end in before.parts:
            if first < self.same:
                moved = moved.with_range(first, min(end, self.same))
            if end > self.end:
                moved = moved.with_range(max(first, self.end) + self.moved, end + self.moved)
            middle = ids[max(first, self.same) : max(self.same, min(end, self.end))]
            between += [self.found[row_id] for row_id in middle if row_id in self.found]
        for part in Ranges.of(between).parts:
            moved = moved.with_range(*part)
        return moved


class LetOthersRun(Protocol):
    """Called between two pieces of long work."""

    def __call__(self) -> None:
        """Let other threads run."""


def reorder(
    before: array[int],
    after: array[int],
    wanted: Collection[int] = (),
    breathe: LetOthersRun = lambda: None,
) -> Reordering:
    """Compare a table with what it was; ``breathe`` is called every few thousand rows."""
    same = _same_rows(before, after, breathe)
    tail = _same_tail(before, after, same, breathe)
    found: Dict[int, int] = {}
    asked = set(wanted)
    last = len(after) - tail
    for first in range(same, last if asked else same, _CHUNK):
        piece = after[first : min(first + _CHUNK, last)]
        # Several times as quick as to look at each in turn, which few pieces need.
        if not asked.isdisjoint(piece):
            for place, job_id in enumerate(piece, start=first):
                if job_id in asked:
                    found[job_id] = place
        breathe()
    return Reordering(same, len(before) - tail, len(after) - len(before), found)


def _same_rows(before: array[int], after: array[int], breathe: LetOthersRun) -> int:
    """How many rows at the beginning are the same."""
    shorter = min(len(before), len(after))
    for first in range(0, shorter, _CHUNK):
        end = min(first + _CHUNK, shorter)
        if before[first:end].tobytes() != after[first:end].tobytes():
            return next(at for at in range(first, end) if before[at] != after[at])
        breathe()
    return shorter


def _same_tail(before: array[int], after: array[int], same: int, breathe: LetOthersRun) -> int:
    """How many rows at the end are the same, besides the first ``same``."""
    longest = min(len(before), len(after)) - same
    for done in range(0, longest, _CHUNK):
        end = min(done + _CHUNK, longest)
        old_rows = before[len(before) - end : len(before) - done]
        new_rows = after[len(after) - end : len(after) - done]
        if old_rows.tobytes() != new_rows.tobytes():
            size = end - done
            return done + next(
                n for n in range(size) if old_rows[size - 1 - n] != new_rows[size - 1 - n]
            )
        breathe()
    return longest
