"""Which chunk of a film is whose until when, and what is next for whom; without a clock.

A taker is whoever encodes: this machine, or another one. A chunk is leased to a taker with the number of
an attempt, as ``cluster.leases`` has it for whole films: signs of life renew the lease; where they stop, the
chunk waits again, and what the older attempt reports later is refused.

No chunk is made twice, with one exception: where none waits any more, a free taker gets the chunk that would
take a slow one longer than itself. The first that is proved counts, and the other is told to stop.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, replace
from typing import Dict, FrozenSet, Iterable, List, Mapping, Optional, Set, Tuple

LEASE_SECONDS = 60.0
MOST_FAILURES = 3  # of one chunk, on whichever machines; then the film is no film for chunks
# From this share of a chunk on its own pace tells more than that of the chunks before it.
_SHARE_TO_JUDGE = 0.1
# So much longer must a chunk take where it is before it is worth making it a second time.
_WORTH_TWICE = 1.2
_MOST_TOGETHER = 2  # takers of one chunk

Paces = Mapping[str, float]


@dataclass(frozen=True)
class ChunkLease:
    """One chunk in a taker's hands.

    ``began`` and ``until`` are in seconds by the caller's clock, which never goes back; ``share`` (0 to 1) is
    how much of it is made, as the taker says.
    """

    chunk: int
    attempt: int
    taker: str
    began: float
    until: float
    share: float = 0.0

    @property
    def key(self) -> Tuple[int, int, str]:
        """What a report of this attempt names."""
        return (self.chunk, self.attempt, self.taker)


class ChunkBoard:
    """The chunks of one film; used by one thread at a time.

    ``seconds`` is the length of each chunk by its number, ``finished`` are those that are proved already.
    ``here`` are takers of this machine: they need no signs of life, and no first chunk to be proved. Attempts
    are numbered from ``first_attempt``, each number once: who counts on from a later number after each start
    is never taken in by what an earlier run had handed out.
    """

    def __init__(
        self,
        seconds: Mapping[int, float],
        finished: Iterable[int] = (),
        *,
        here: Iterable[str] = (),
        lease_seconds: float = LEASE_SECONDS,
        first_attempt: int = 1,
    ) -> None:
        self._seconds = dict(seconds)
        self._done: Set[int] = set(finished) & set(self._seconds)
        self._here = frozenset(here)
        self._lease_seconds = lease_seconds
        self._attempt = first_attempt - 1
        self._leases: Dict[Tuple[int, int, str], ChunkLease] = {}
        self._last: Dict[int, Tuple[int, int, str]] = {}  # each chunk's last lease
        self._paces: Dict[str, float] = {}  # of each taker's last chunk
        self._seen: Dict[str, float] = {}  # when each taker that is there was heard of last
        self._proved: Set[str] = set(self._here)
        self._excluded: Dict[str, str] = {}
        self._failures: Dict[int, List[str]] = {}

    # ---- how it is

    @property
    def done(self) -> FrozenSet[int]:
        """The chunks that are proved."""
        return frozenset(self._done)

    @property
    def complete(self) -> bool:
        """Whether all are."""
        return len(self._done) == len(self._seconds)

    @property
    def in_hand(self) -> Tuple[ChunkLease, ...]:
        """All leases, in the order of the chunks."""
        return tuple(sorted(self._leases.values(), key=lambda lease: lease.key))

    @property
    def waiting(self) -> Tuple[int, ...]:
        """The chunks that nobody has, in their order."""
        taken = {lease.chunk for lease in self._leases.values()}
        return tuple(sorted(set(self._seconds) - self._done - taken))

    @property
    def hopeless(self) -> Optional[int]:
        """A chunk that failed too often: the film is to be made in one piece; None where none did."""
        often = (
            chunk for chunk, failures in self._failures.items() if len(failures) >= MOST_FAILURES
        )
        return min(often, default=None)

    @property
    def excluded(self) -> Mapping[str, str]:
        """The takers that get nothing of this film any more, with the reasons."""
        return dict(self._excluded)

    @property
    def share(self) -> float:
        """How much of the film is made, from 0 to 1; what is in hand counts as far as it is."""
        made = sum(self._seconds[chunk] for chunk in self._done)
        begun: Dict[int, float] = {}
        for lease in self._leases.values():
            begun[lease.chunk] = max(lease.share, begun.get(lease.chunk, 0.0))
        made += sum(self._seconds[chunk] * share for chunk, share in begun.items())
        total = sum(self._seconds.values())
        return min(1.0, made / total) if total > 0 else 1.0

    def holds(self, chunk: int, attempt: int, taker: str) -> bool:
        """Whether this taker has the lease of this attempt."""
        return (chunk, attempt, taker) in self._leases

    def has_proved(self, taker: str) -> bool:
        """Whether a chunk of this taker was proved before, or it is one of this machine."""
        return taker in self._proved

    def of_taker(self, taker: str) -> Tuple[ChunkLease, ...]:
        """Return what a taker has in hand."""
        return tuple(lease for lease in self.in_hand if lease.taker == taker)

    def paces(self, now: float) -> Dict[str, float]:
        """Return for each taker that is known by now how many seconds of film it encodes in a second."""
        found = dict(self._paces)
        for lease in self._leases.values():
            if lease.share >= _SHARE_TO_JUDGE and now > lease.began:
                found[lease.taker] = self._seconds[lease.chunk] * lease.share / (now - lease.began)
        return found

    def seconds_left(self, now: float) -> Optional[float]:
        """Return how long all chunks still take, waiting ones too; None as long as no pace is known."""
        paces = self.paces(now)
        if not paces:
            return None
        end = self._end_without("", self.waiting, now, paces, everybody=True)
        return end - now if math.isfinite(end) else None

    # ---- what is next

    def next_for(self, taker: str, now: float) -> Optional[ChunkLease]:
        """Lease a taker its next chunk; None where it gets none now. It may ask again at any time.

        None also where the end would come later with it than without: a slow machine takes no chunk that the
        others will have made before it.
        """
        self._seen[taker] = now
        if taker in self._excluded or self.hopeless is not None:
            return None
        if taker not in self._proved and not self._may_go_on(taker):
            return None
        paces = self.paces(now)
        waiting = self.waiting
        for chunk in waiting:
            if not self._avoids(taker, chunk, now):
                held_up = self._holds_up(taker, chunk, waiting, now, paces)
                return None if held_up else self._grant(chunk, taker, now)
        slow = None if waiting else self._slow_chunk(taker, now, paces)
        return None if slow is None else self._grant(slow, taker, now)

    def _may_go_on(self, taker: str) -> bool:
        """Whether a taker of which nothing is proved gets one more: while its first one is being proved."""
        held = self.of_taker(taker)
        return not held or (len(held) == 1 and held[0].share >= 1.0)

    def _grant(self, chunk: int, taker: str, now: float) -> ChunkLease:
        self._attempt += 1
        lease = ChunkLease(chunk, self._attempt, taker, now, self._until(taker, now))
        self._leases[lease.key] = lease
        self._last[chunk] = lease.key
        return lease

    def _until(self, taker: str, now: float) -> float:
        return math.inf if taker in self._here else now + self._lease_seconds

    def _avoids(self, taker: str, chunk: int, now: float) -> bool:
        """Whether a chunk that failed on this taker is left to another that is there."""
        failed_on = self._failures.get(chunk, ())
        if taker not in failed_on:
            return False
        there = {name for name, seen in self._seen.items() if now < self._until(name, seen)}
        there.update(lease.taker for lease in self._leases.values())
        return bool(there - set(self._excluded) - set(failed_on))

    def _holds_up(
        self, taker: str, chunk: int, waiting: Tuple[int, ...], now: float, paces: Paces
    ) -> bool:
        """Whether the film would be ready later where this taker gets this chunk."""
        pace = paces.get(taker)
        if pace is None or pace <= 0:
            return False
        others = tuple(number for number in waiting if number != chunk)
        without = self._end_without(taker, waiting, now, paces)
        if math.isinf(without):
            return False
        its_end = now + self._seconds[chunk] / pace
        return max(its_end, self._end_without(taker, others, now, paces)) > without

    def _end_without(
        self,
        taker: str,
        chunks: Tuple[int, ...],
        now: float,
        paces: Paces,
        *,
        everybody: bool = False,
    ) -> float:
        """Return when these chunks would be made, each by whoever of those at work is free first.

        ``taker`` makes none of them unless ``everybody`` does, but comes to the end of what it has.
        """
        typical = _typical(paces)
        ends = [(now + self._left(lease, now, paces), lease.taker) for lease in self.in_hand]
        last = max((end for end, _taker in ends), default=now)
        free = [(end, name) for end, name in ends if everybody or name != taker]
        heapq.heapify(free)
        for chunk in chunks:
            if not free:
                return math.inf
            begin, name = heapq.heappop(free)
            pace = paces.get(name, typical)
            end = begin + self._seconds[chunk] / pace if pace > 0 else math.inf
            last = max(last, end)
            heapq.heappush(free, (end, name))
        return last

    def _left(self, lease: ChunkLease, now: float, paces: Paces) -> float:
        """Return how many seconds a lease still takes, as far as that can be known.

        Of one that never said how far it is: the longer it has been silent, the longer it will be.
        """
        so_far = now - lease.began
        if lease.share >= _SHARE_TO_JUDGE:
            return so_far * (1.0 - lease.share) / lease.share
        pace = paces.get(lease.taker) or _typical(paces)
        expected = self._seconds[lease.chunk] / pace if pace > 0 else 0.0
        return max(expected - so_far, so_far)

    def _slow_chunk(self, taker: str, now: float, paces: Paces) -> Optional[int]:
        """Return the chunk of another taker that this one would have made before it; the slowest first."""
        pace = paces.get(taker) or _typical(paces)
        if pace <= 0:
            return None
        holders: Dict[int, List[ChunkLease]] = {}
        for lease in self._leases.values():
            holders.setdefault(lease.chunk, []).append(lease)
        slowest: Optional[Tuple[float, int]] = None
        for chunk, leases in holders.items():
            if len(leases) >= _MOST_TOGETHER or self._avoids(taker, chunk, now):
                continue
            left = min(self._left(lease, now, paces) for lease in leases)
            mine = any(lease.taker == taker for lease in leases)
            if not mine and left > _WORTH_TWICE * self._seconds[chunk] / pace:
                slowest = max(slowest or (left, chunk), (left, chunk))
        return slowest[1] if slowest else None

    # ---- what takers say

    def renew(
        self, chunk: int, attempt: int, taker: str, now: float, share: Optional[float] = None
    ) -> bool:
        """Take in a sign of life, and how far the chunk is; False where it is no longer this taker's.

        ``share`` is 1 for one that was handed in and is being proved.
        """
        lease = self._leases.get((chunk, attempt, taker))
        if lease is None:
            return False
        self._seen[taker] = now
        told = lease.share if share is None else min(1.0, max(0.0, share))
        self._leases[lease.key] = replace(lease, until=self._until(taker, now), share=told)
        return True

    def adopt(self, chunk: int, attempt: int, taker: str, now: float) -> bool:
        """Let a taker that is back go on with a chunk that nobody has begun since."""
        key = (chunk, attempt, taker)
        if key in self._leases:
            return True
        barred = taker in self._excluded or taker in self._failures.get(chunk, ())
        if barred or self._last.get(chunk) != key or chunk not in self.waiting:
            return False
        if taker not in self._proved and self.of_taker(taker):
            return False
        self._seen[taker] = now
        self._leases[key] = ChunkLease(chunk, attempt, taker, now, self._until(taker, now))
        return True

    def finish(
        self, chunk: int, attempt: int, taker: str, now: float
    ) -> Optional[Tuple[ChunkLease, ...]]:
        """Take in that a chunk is proved; return the leases of those that are to stop making it.

        None where it is not taken: it is no longer this taker's.
        """
        lease = self._leases.pop((chunk, attempt, taker), None)
        if lease is None:
            return None
        self._done.add(chunk)
        self._proved.add(taker)
        if now > lease.began:
            self._paces[taker] = self._seconds[chunk] / (now - lease.began)
        others = tuple(other for other in self.in_hand if other.chunk == chunk)
        for other in others:
            del self._leases[other.key]
            if other.share >= _SHARE_TO_JUDGE and now > other.began:
                pace = self._seconds[chunk] * other.share / (now - other.began)
                self._paces[other.taker] = pace
        return others

    def fail(self, chunk: int, attempt: int, taker: str) -> bool:
        """Take in that a chunk could not be made or was no good; it goes to another taker where there is one.

        False where it was no longer this taker's: then it counts nothing.
        """
        if self._leases.pop((chunk, attempt, taker), None) is None:
            return False
        self._failures.setdefault(chunk, []).append(taker)
        return True

    def give_back(self, chunk: int, attempt: int, taker: str) -> bool:
        """Let a chunk wait again that its taker was stopped at, which is nobody's fault."""
        return self._leases.pop((chunk, attempt, taker), None) is not None

    def exclude(self, taker: str, reason: str) -> Tuple[ChunkLease, ...]:
        """Give a taker nothing of this film any more: what it makes does not fit the others' chunks.

        Returns what it had in hand, which waits for others again.
        """
        self._excluded[taker] = reason
        return self.leave(taker)

    def leave(self, taker: str) -> Tuple[ChunkLease, ...]:
        """A taker is gone; return what it had in hand, which waits for others again."""
        lost = self.of_taker(taker)
        for lease in lost:
            del self._leases[lease.key]
        self._seen.pop(taker, None)
        return lost

    def expire(self, now: float) -> Tuple[ChunkLease, ...]:
        """End and return the leases whose sign of life is overdue; their takers count as gone."""
        late = tuple(lease for lease in self.in_hand if lease.until <= now)
        for lease in late:
            del self._leases[lease.key]
        for lease in late:
            self._seen.pop(lease.taker, None)
        return late

    def reopen(self, chunk: int) -> None:
        """Let a chunk be made again whose file is gone or turned out to be damaged."""
        self._done.discard(chunk)


def _typical(paces: Paces) -> float:
    """Return a pace to reckon with where a taker's own is not known: the middle one; 0 where none is."""
    ordered = sorted(paces.values())
    return ordered[len(ordered) // 2] if ordered else 0.0
