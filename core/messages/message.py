"""What is told, and to whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import PureWindowsPath
from typing import FrozenSet, List, Optional

from core.events import Event, JobState, JobStateChanged, MachineLost, QueueEmptied
from core.text.sentence import Bytes, Field, Listed, Sentence, counted_sentence


class MessageKind(str, Enum):
    """What messages are about; the value is what is stored and what the command line takes."""

    QUEUE_DONE = "queue done"
    FILM_FAILED = "film failed"
    MACHINE_LOST = "machine lost"
    DISK_LOW = "disk nearly full"
    ORIGINALS_EXPIRE = "originals expire"

    @property
    def heading(self) -> Sentence:
        """What a message of it is headed."""
        return _TITLES[self]


_TITLES = {
    MessageKind.QUEUE_DONE: Sentence("The queue is done"),
    MessageKind.FILM_FAILED: Sentence("A film failed"),
    MessageKind.MACHINE_LOST: Sentence("A machine was lost"),
    MessageKind.DISK_LOW: Sentence("A disk is nearly full"),
    MessageKind.ORIGINALS_EXPIRE: Sentence("Originals will expire"),
}
EVERY_KIND = frozenset(MessageKind)


@dataclass(frozen=True)
class UserMessage:
    """Something that is told; ``happened`` in seconds since the epoch, ``id`` 0 before it is stored."""

    kind: MessageKind
    sentence: str
    happened: float
    id: int = 0


@dataclass(frozen=True)
class MessageAddress:
    """Where messages go. ``address`` is apprise's, which holds passwords and tokens: it is never printed."""

    name: str
    address: str = field(repr=False)
    kinds: FrozenSet[MessageKind] = EVERY_KIND
    enabled: bool = True
    id: int = 0
    told: int = 0  # the id of the last message that it has
    sent_at: Optional[float] = None  # seconds since the epoch
    last_error: str = ""


def message_of(event: Event, now: float) -> Optional[UserMessage]:
    """Return what is told of an event; None for one that is no news to somebody far away."""
    if isinstance(event, QueueEmptied):
        return UserMessage(MessageKind.QUEUE_DONE, queue_done(event), now)
    if isinstance(event, JobStateChanged) and event.state is JobState.FAILED:
        film = PureWindowsPath(event.filename).name  # takes both kinds of slashes
        told = Sentence("{film} failed. {problem}", film=film, problem=event.message)
        return UserMessage(MessageKind.FILM_FAILED, told, now)
    if isinstance(event, MachineLost):
        return UserMessage(MessageKind.MACHINE_LOST, machine_lost(event), now)
    return None


def queue_done(run: QueueEmptied) -> Sentence:
    """Return how a run of the queue went; what there was none of is left out."""
    told: List[Field] = []
    if run.completed:
        told.append(counted_sentence("{number} film done", "{number} films done", run.completed))
    if run.saved > 0:
        told.append(Sentence("{size} saved", size=Bytes(run.saved)))
    if run.failed:
        told.append(counted_sentence("{number} film failed", "{number} films failed", run.failed))
    if run.skipped:
        told.append(
            counted_sentence("{number} film skipped", "{number} films skipped", run.skipped)
        )
    return Sentence("The queue is done: {what}.", what=Listed(told))


def machine_lost(lost: MachineLost) -> Sentence:
    """Return which machine fell silent, and what becomes of its films."""
    return counted_sentence(
        "{name} has fallen silent. The film that it had in hand is begun anew.",
        "{name} has fallen silent. The {number} films that it had in hand are begun anew.",
        lost.films,
        name=lost.name,
    )


def originals_expire(count: int, size: int, days: float) -> Sentence:
    """Return how many originals, of so many bytes together, go within so many days."""
    return counted_sentence(
        "{number} kept original ({size}) is removed within {days} days. Whoever wants it back restores it "
        "before that.",
        "{number} kept originals ({size}) are removed within {days} days. Whoever wants one back restores it "
        "before that.",
        count,
        size=Bytes(size),
        days=f"{days:g}",
    )
