"""How far each chunk of a film is, as people are shown it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Dict, Iterable, Optional, Tuple


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
    ``size`` in bytes, ``seconds`` that its encoder took, ``proof`` the sentence that says how it was proved.
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


def counted(chunks: Iterable[ChunkProgress]) -> ChunkCounts:
    """Count a film's chunks."""
    phases = [chunk.phase for chunk in chunks]
    return ChunkCounts(len(phases), phases.count(ChunkPhase.DONE), phases.count(ChunkPhase.IN_HAND))


def machine_seconds(chunks: Iterable[ChunkProgress]) -> Tuple[Tuple[str, float], ...]:
    """Return how long each machine's encoders worked on finished chunks, those with most time first."""
    found: Dict[str, float] = {}
    for chunk in chunks:
        if chunk.phase is ChunkPhase.DONE and chunk.seconds:
            found[chunk.machine] = found.get(chunk.machine, 0.0) + chunk.seconds
    return tuple(sorted(found.items(), key=lambda item: (-item[1], item[0])))
