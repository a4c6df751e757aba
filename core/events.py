"""Events, as frozen values that threads and machines exchange."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, Union

from core.states import JobState as JobState
from core.states import QueueState as QueueState

if TYPE_CHECKING:
    from core.progress import Progress


@dataclass(frozen=True)
class JobStateChanged:
    """A job's state has changed; ``message`` is the sentence for the user."""

    job_id: int
    state: JobState
    filename: str
    message: str = ""
    original_size: Optional[int] = None  # bytes
    processed_size: Optional[int] = None
    instance_id: str = ""  # the machine that processes it; "" for this one


@dataclass(frozen=True)
class JobProgressed:
    """A running job has made progress."""

    job_id: int
    progress: Progress


@dataclass(frozen=True)
class ServiceNotice:
    """Something the user should read that belongs to no single job."""

    message: str
    error: bool = False


@dataclass(frozen=True)
class QueueStateChanged:
    """The state of the whole queue has changed.

    ``reason`` says in a sentence why it pauses by itself; "" where the user asked for it. ``until`` is
    when it continues by itself, in seconds since the epoch.
    """

    state: QueueState
    reason: str = ""
    until: Optional[float] = None


@dataclass(frozen=True)
class JobRemoved:
    """A job is gone from the queue or the history; its film was not touched."""

    job_id: int


@dataclass(frozen=True)
class QueueListChanged:
    """Too many jobs were added or moved for single events: whoever shows them reads them again."""


@dataclass(frozen=True)
class QueueEmptied:
    """The last film has ended and none waits; sums up the films that ended since the queue was started.

    ``saved`` in bytes, by the completed ones together.
    """

    completed: int
    failed: int
    skipped: int
    saved: int


@dataclass(frozen=True)
class MachineLost:
    """A machine that had films in hand fell silent; they are begun anew elsewhere."""

    name: str
    films: int


@dataclass(frozen=True)
class EndRequested:
    """Another start of the program, or the system, wants this one to end; its films go on at the next start.

    With ``after_current`` what runs comes to its end first.
    """

    after_current: bool = False


Event = Union[
    JobStateChanged,
    JobProgressed,
    ServiceNotice,
    QueueStateChanged,
    JobRemoved,
    QueueListChanged,
    QueueEmptied,
    MachineLost,
    EndRequested,
]
