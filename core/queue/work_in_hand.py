"""What a film that is at work holds, and what would be lost if it were ended: for questions and cards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Optional

from core.chunk_progress import ChunkPhase
from core.progress import Progress
from core.queue.job import JobKind
from core.text.sentence import Bytes, Sentence


@dataclass(frozen=True)
class WorkInHand:
    """The work on one film so far: ``seconds`` without pauses, ``unfinished`` bytes of its result.

    ``machine`` is the id of the machine that makes the result, "" for this one. ``ready``: the result is
    made and only waits to take the film's place.
    """

    job_id: int
    film: str
    kind: JobKind = JobKind.UNKNOWN
    machine: str = ""
    seconds: float = 0.0
    unfinished: Optional[int] = None
    ready: bool = False
    in_chunks: Optional[float] = None  # of ``seconds``, those of the chunks that are not finished

    @property
    def stopped(self) -> WorkInHand:
        """The work that is lost where the film is only stopped, and goes on with its finished chunks."""
        return self if self.in_chunks is None else replace(self, seconds=self.in_chunks)


def seconds_in_chunks(progress: Optional[Progress]) -> Optional[float]:
    """Return how long the chunks of a film took so far that are not finished; None for one in one piece."""
    if progress is None or not progress.chunks:
        return None
    in_hand = [chunk for chunk in progress.chunks if chunk.phase is ChunkPhase.IN_HAND]
    return sum(chunk.made for chunk in in_hand) / progress.speed if progress.speed else 0.0


def loss_sentence(work: WorkInHand) -> Sentence:
    """Return what would be lost of one film's work: "1 h 12 min of work on Film.mkv"."""
    film = PurePath(work.film).name
    if work.ready:
        return Sentence("the finished result of {film}", film=film)
    minutes, seconds = divmod(int(work.seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return Sentence(
            "{hours} h {minutes} min of work on {film}", hours=hours, minutes=minutes, film=film
        )
    if minutes:
        return Sentence("{minutes} min of work on {film}", minutes=minutes, film=film)
    return Sentence("{seconds} s of work on {film}", seconds=seconds, film=film)


def held_sentence(work: WorkInHand, machine: str = "") -> Sentence:
    """Return what a film holds that stands still; ``machine`` is the name of the one that has it."""
    slot = {
        JobKind.GPU: Sentence("Holds 1 graphics slot"),
        JobKind.SOFTWARE: Sentence("Holds 1 processor slot"),
        JobKind.REMUX: Sentence("Holds 1 slot for copied pictures"),
    }.get(work.kind, Sentence("Holds 1 slot"))
    if machine:
        slot = Sentence("{slot} of {machine}", slot=slot, machine=machine)
    if not work.unfinished:
        return slot
    return Sentence(
        "{slot} and {size} of unfinished result", slot=slot, size=Bytes(work.unfinished)
    )
