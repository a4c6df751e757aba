"""The films whose chunks are being dealt out now, as all who make chunks of them share them.

This machine's encoders and the wire's threads, for other machines, take chunks of a film from its board and
bring them back here: each is proved before it counts, whoever made it.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, Iterator, Optional, Protocol, Tuple

from core.chunk_errors import ChunkUnproven
from core.chunks.board import ChunkBoard, ChunkLease
from core.chunks.chunk import Chunk, ChunkPlan
from core.plan import Plan
from core.ports import Clock
from core.settings.tree import Settings
from core.tools import Toolset
from processing.chunks.encoding import EncodedChunk
from processing.control import JobControl

_LOOK = 0.5  # seconds between two looks for a free slot


@dataclass(frozen=True)
class DealtPlan:
    """What a film's chunks are made by; ``content`` identifies the film (``core.media.content``).

    ``toolset`` are the tools of the machine that it was planned for: whoever makes chunks of it has the like.
    ``folder`` is where its chunks lie.
    """

    job_id: int
    plan: Plan
    chunks: ChunkPlan
    settings: Settings
    toolset: Toolset
    content: str
    folder: Path


class ChunkKeeper(Protocol):
    """Who proves a film's chunks and keeps them (``processing.chunks.film``)."""

    def place(self, lease: ChunkLease) -> Path:
        """Make an empty file for a chunk of this attempt, until it is proved; raises OSError."""

    def cut_part(self, lease: ChunkLease, into: Path) -> None:
        """Write the part of the film that a chunk is made from; raises what the tool meets."""

    def hand_in(self, lease: ChunkLease, made: EncodedChunk) -> bool:
        """Prove a chunk and keep it; False where somebody else's came first. Takes its time.

        Raises ChunkUnproven, and what the tools raise.
        """


class DealtFilm:
    """One film; safe from any thread. ``changed`` is its lock, on which takers also wait.

    The times of the board are ``clock.monotonic``; while ``control`` stands still nobody takes any more.
    """

    def __init__(
        self,
        order: DealtPlan,
        board: ChunkBoard,
        changed: threading.Condition,
        keeper: ChunkKeeper,
        control: JobControl,
        clock: Clock,
    ) -> None:
        self.order = order
        self.changed = changed
        self._board = board
        self._keeper = keeper
        self._control = control
        self._clock = clock
        self._over = False

    @property
    def paused(self) -> bool:
        """Whether its user wants it to stand still."""
        return self._control.paused

    @property
    def board(self) -> ChunkBoard:
        """Who has what; for whoever holds the lock."""
        return self._board

    @property
    def over(self) -> bool:
        """Whether nobody is to make any more of it."""
        return self._over

    def chunk_of(self, lease: ChunkLease) -> Chunk:
        """Return the chunk that a lease is about."""
        return next(chunk for chunk in self.order.chunks.chunks if chunk.number == lease.chunk)

    def place_of(self, lease: ChunkLease) -> Path:
        """Make an empty file for a chunk of this attempt, until it is proved; raises OSError."""
        return self._keeper.place(lease)

    def cut_part(self, lease: ChunkLease, into: Path) -> None:
        """Write the part of the film that a chunk is made from; raises what the tool meets."""
        self._keeper.cut_part(lease, into)

    def next_for(self, taker: str) -> Optional[ChunkLease]:
        """Lease a taker its next chunk; None where it gets none now."""
        with self.changed:
            if self._over or self.paused or self._control.cancelled:
                return None
            return self._board.next_for(taker, self._clock.monotonic())

    def sign(self, lease: ChunkLease, share: Optional[float] = None) -> bool:
        """Take in a sign of life and how much of the chunk is made (0 to 1); False where it is to stop."""
        with self.changed:
            return not self._over and self._board.renew(*lease.key, self._clock.monotonic(), share)

    def hand_in(self, lease: ChunkLease, made: EncodedChunk) -> bool:
        """Prove a chunk and keep it; False where it is no longer this taker's, and its file nobody's.

        Raises ChunkUnproven and what the tools raise; the chunk then waits again.
        """
        if not self.sign(lease, 1.0):
            return False
        try:
            return self._keeper.hand_in(lease, made)
        except Exception as error:
            self.fail(lease, error)
            raise

    def fail(self, lease: ChunkLease, error: Exception) -> None:
        """Take in why a taker has not made its chunk; another one gets it where there is one.

        A machine whose first chunk is no good, or does not fit the others, gets no more of this film.
        """
        with self.changed:
            if isinstance(error, ChunkUnproven) and not self._board.has_proved(lease.taker):
                if self._board.holds(*lease.key):
                    self._board.exclude(lease.taker, str(error))
            else:
                self._board.fail(*lease.key)
            self.changed.notify_all()

    def leave_out(self, taker: str, reason: str) -> None:
        """Give a machine nothing of this film any more, without blame."""
        with self.changed:
            self._board.exclude(taker, reason)
            self.changed.notify_all()

    def has_proved(self, taker: str) -> bool:
        """Whether a chunk of this taker was proved before."""
        with self.changed:
            return self._board.has_proved(taker)

    def give_back(self, lease: ChunkLease) -> None:
        """Let a chunk wait again that its taker was stopped at."""
        with self.changed:
            self._board.give_back(*lease.key)
            self.changed.notify_all()

    def leave(self, taker: str) -> Tuple[ChunkLease, ...]:
        """A machine is gone; what it had in hand waits again."""
        with self.changed:
            lost = self._board.leave(taker)
            self.changed.notify_all()
            return lost

    def expire(self) -> Tuple[ChunkLease, ...]:
        """Take chunks back from machines that are silent."""
        with self.changed:
            late = self._board.expire(self._clock.monotonic())
            if late:
                self.changed.notify_all()
            return late

    def end(self) -> None:
        """Let nobody make any more of it; what is handed in from now on is nobody's."""
        with self.changed:
            self._over = True
            for lease in self._board.in_hand:
                self._board.give_back(*lease.key)
            self.changed.notify_all()


class DealtFilms:
    """All films of this machine that are being made in chunks; safe from any thread.

    ``helpers`` is asked how many other machines would make chunks of a film that is not begun yet, since
    they would be idle otherwise, or its user wants it made with everything. ``takes_slot`` is asked before
    this machine encodes anything of a film: one may have been begun for others while all slots here were
    taken. ``goes_back`` is told of a film that waits for a slot to be encoded in one piece. A machine that is
    alone has no helpers, and its films a slot.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._films: Dict[int, DealtFilm] = {}
        self.alone()

    def alone(self) -> None:
        """Reckon with this machine only."""
        self.helpers: Callable[[int, Plan], int] = lambda _job_id, _plan: 0
        self.takes_slot: Callable[[int], bool] = lambda _job_id: True
        self.goes_back: Callable[[int], None] = lambda _job_id: None

    def await_slot(self, job_id: int, control: JobControl) -> None:
        """Wait until this machine may encode a film by itself; raises JobCancelled.

        Where it has no slot for such films at all, the film goes back to the queue for another machine.
        """
        while not self.takes_slot(job_id):
            self.goes_back(job_id)
            control.check()
            time.sleep(_LOOK)

    def begin(self, film: DealtFilm) -> None:
        """Let others take chunks of a film."""
        with self._guard:
            self._films[film.order.job_id] = film

    def end(self, film: DealtFilm) -> None:
        """Let nobody take any more of them; whoever has one in hand is told to stop."""
        film.end()
        with self._guard:
            if self._films.get(film.order.job_id) is film:
                del self._films[film.order.job_id]

    @contextmanager
    def dealing(self, film: DealtFilm) -> Iterator[None]:
        """Let others take chunks of a film as long as it is worked on."""
        self.begin(film)
        try:
            yield
        finally:
            self.end(film)

    def get(self, job_id: int) -> Optional[DealtFilm]:
        """Return the film of a job; None where it is not made in chunks now."""
        with self._guard:
            return self._films.get(job_id)

    def all(self) -> Tuple[DealtFilm, ...]:
        """Return all films, in the order in which they were begun."""
        with self._guard:
            return tuple(self._films.values())
