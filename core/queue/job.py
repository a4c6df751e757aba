"""A job: one film's way through the program, as the queue and the history show it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Optional, Tuple

from core.queue.job_facts import JobFacts
from core.states import JobState

if TYPE_CHECKING:
    from core.events import JobStateChanged


class JobKind(str, Enum):
    """What a job loads the machine with; each kind has its own slots. Known once the job is planned."""

    UNKNOWN = ""
    GPU = "gpu"  # the video is encoded on the GPU
    SOFTWARE = "software"  # on the CPU
    REMUX = "remux"  # the video is copied; only audio, tracks or names change


class Again(str, Enum):
    """From what a film is made that has been processed before, and is processed again on purpose."""

    NO = ""
    ORIGINAL = "original"  # its kept original, which comes back first
    RESULT = "result"  # the result itself: it loses quality once more


class Where(str, Enum):
    """Where in the queue the user moves jobs to."""

    TOP = "top"
    UP = "up"
    DOWN = "down"
    BOTTOM = "bottom"


@dataclass(frozen=True)
class NewJob:
    """A film that should be processed; a higher ``priority`` goes first."""

    path: Path
    priority: int = 0
    size: Optional[int] = None  # bytes, where it is known already
    native_language: str = ""  # as set by the user
    folder_id: int = 0  # the watched folder that it was found in
    again: Again = Again.NO
    anyway: bool = False  # although it is on the list of exclusions
    film_time: Optional[float] = None  # when the film was last changed, seconds since the epoch


@dataclass(frozen=True)
class Job:
    """One row of the queue or the history; times in seconds since the epoch, sizes in bytes."""

    id: int
    path: Path
    state: JobState
    added_at: float
    priority: int = 0
    position: float = 0.0  # the order among jobs of the same priority, lowest first
    attempt: int = 1
    kind: JobKind = JobKind.UNKNOWN
    not_before: Optional[float] = None  # seconds since the epoch; it waits until then
    failures: int = 0  # failed attempts since the user last asked for it
    delays: int = 0  # how often it was delayed
    start_time: Optional[float] = None
    end_time: Optional[float] = None
    original_size: Optional[int] = None
    processed_size: Optional[int] = None
    target: Optional[Path] = None  # the film's new path, where it differs
    native_language: str = ""
    instance_id: str = ""
    step: str = ""
    message: str = ""
    error_code: str = ""
    error_message: str = ""
    folder_id: int = 0  # the watched folder that it was found in; 0: queued by hand
    again: Again = Again.NO
    anyway: bool = False  # although it is on the list of exclusions
    done_share: float = 0.0  # of its film (0–1) that is in finished chunks
    spread: bool = False  # its user wants it made first, by all machines together

    @property
    def result_path(self) -> Path:
        """Return the film's path once the job is completed."""
        return self.target or self.path

    @property
    def event(self) -> JobStateChanged:
        """Return the event that announces the job's present state."""
        from core.events import JobStateChanged  # a list of jobs announces nothing

        return JobStateChanged(
            self.id,
            self.state,
            str(self.path),
            self.message,
            self.original_size,
            self.processed_size,
            self.instance_id,
        )


@dataclass(frozen=True)
class JobEnd:
    """How a job ended; ``commands`` are argv lists, ``verification`` is JSON text."""

    state: JobState
    message: str = ""
    error_code: str = ""
    original_size: Optional[int] = None
    processed_size: Optional[int] = None
    target: Optional[Path] = None
    commands: Tuple[Tuple[str, ...], ...] = ()
    verification: str = ""
    facts: JobFacts = JobFacts()
