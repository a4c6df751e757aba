"""How far each chunk of a film is, as people are shown it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple


class ChunkPhase(str, Enum):
    """Where a chunk is on its way."""

    WAITING = "waiting"
    IN_HAND = "in hand"  # an encoder makes it
    DONE = "done"  # made and proved


@dataclass(frozen=True)
class ChunkProgress:
    """One chunk of a film; ``number`` as ``core.chunks.chunk.Chunk`` has it, from 0.

    ``begin`` and ``end`` in seconds of the film, ``pictures`` None where they are not counted yet,
    ``share`` what is done of it (0 to 1), ``machine`` the instance that has or had it ("" for this one),
    ``size`` in bytes, ``seconds`` that its encoder took, ``proof`` the sentence that says how it was proved,
    ``quality_number`` the encoder's number for its quality, where one is aimed at.
    """

    number: int
    begin: float
    end: float
    phase: ChunkPhase = ChunkPhase.WAITING
    pictures: Optional[int] = None
    share: float = 0.0
    machine: str = ""
    size: Optional[int] = None
    seconds: Optional[float] = None
    proof: str = ""
    quality_number: Optional[float] = None

    @property
    def length(self) -> float:
        """Seconds of the film."""
        return max(0.0, self.end - self.begin)

    @property
    def made(self) -> float:
        """Seconds of the film that are done of it."""
        if self.phase is ChunkPhase.DONE:
            return self.length
        in_hand = self.phase is ChunkPhase.IN_HAND
        return self.length * min(max(self.share, 0.0), 1.0) if in_hand else 0.0


@dataclass(frozen=True)
class ChunkCounts:
    """How many chunks of a film are where."""

    total: int
    done: int
    in_hand: int

    @property
    def waiting(self) -> int:
        """How many no encoder has begun."""
        return self.total - self.done - self.in_hand


def rows_of(chunks: Iterable[ChunkProgress]) -> List[List[Any]]:
    """Return finished chunks in JSON's types, to be kept with their job."""
    return [
        [
            *(chunk.number, chunk.begin, chunk.end, chunk.pictures, chunk.size),
            *(chunk.seconds, chunk.machine, chunk.proof, chunk.quality_number),
        ]
        for chunk in chunks
        if chunk.phase is ChunkPhase.DONE
    ]


def from_rows(rows: Iterable[Sequence[Any]]) -> Tuple[ChunkProgress, ...]:
    """Return what ``rows_of`` wrote; an earlier version wrote no number."""
    return tuple(
        ChunkProgress(
            *(number, begin, end, ChunkPhase.DONE, pictures),
            machine=machine,
            size=size,
            seconds=seconds,
            proof=proof,
            quality_number=next(iter(more), None),
        )
        for number, begin, end, pictures, size, seconds, machine, proof, *more in rows
    )


def counted(chunks: Iterable[ChunkProgress]) -> ChunkCounts:
    """Count a film's chunks."""
    phases = [chunk.phase for chunk in chunks]
    return ChunkCounts(len(phases), phases.count(ChunkPhase.DONE), phases.count(ChunkPhase.IN_HAND))


@dataclass(frozen=True)
class MachineShare:
    """What a machine's encoders did of a film: how many chunks, how long they took, how much film that is."""

    machine: str
    chunks: int
    seconds: float
    film_seconds: float


def shares(chunks: Iterable[ChunkProgress]) -> Tuple[MachineShare, ...]:
    """Return what each machine has finished, those with most time first."""
    done: Dict[str, List[ChunkProgress]] = {}
    for chunk in chunks:
        if chunk.phase is ChunkPhase.DONE:
            done.setdefault(chunk.machine, []).append(chunk)
    found = (
        MachineShare(
            machine,
            len(finished),
            sum(chunk.seconds or 0.0 for chunk in finished),
            sum(chunk.length for chunk in finished),
        )
        for machine, finished in done.items()
    )
    return tuple(sorted(found, key=lambda share: (-share.seconds, share.machine)))
