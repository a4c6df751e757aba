"""The tables of the queue tab: which jobs each holds, with which columns, and how a job reads as a row."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Callable, Dict, Optional, Tuple

from core.events import JobState
from core.queue.job import Job
from core.text.formatting import visible
from views.numbers import saved_text, size_text
from views.texts import N_, _, sentence
from views.windowed_table import Column, Row

STATE_NAMES = {
    JobState.QUEUED: N_("Waiting"),
    JobState.ANALYZING: N_("Analysing"),
    JobState.PROCESSING: N_("In progress"),
    JobState.VERIFYING: N_("Verifying"),
    JobState.SWAP_PENDING: N_("Finished, waiting for the file to be closed"),
    JobState.COMPLETED: N_("Completed"),
    JobState.FAILED: N_("Failed"),
    JobState.SKIPPED: N_("Skipped"),
    JobState.CANCELLED: N_("Cancelled"),
    JobState.PAUSED: N_("Paused"),
}
MACHINE = "machine"  # the column that is shown where there are several
RUNNING = (JobState.ANALYZING, JobState.PROCESSING, JobState.VERIFYING)


@dataclass(frozen=True)
class Section:
    """One table; ``sort`` is a name of ``store.job_pages.SortBy``, and so are the columns' names."""

    name: str
    title: str
    states: Tuple[JobState, ...]
    columns: Tuple[Column, ...]
    cells: Tuple[Callable[[Job], str], ...]
    empty: str
    commands: Tuple[str, ...]  # of the context menu
    buttons: Tuple[str, ...]
    sort: str
    descending: bool = False
    lead: Optional[Column] = None
    filters: Tuple[JobState, ...] = ()  # states that can be shown alone


def _name(job: Job) -> str:
    return job.path.name


def _folder(job: Job) -> str:
    return str(job.path.parent)


def _size(job: Job) -> str:
    return size_text(job.original_size)


def _result(job: Job) -> str:
    return size_text(job.processed_size)


def _saved(job: Job) -> str:
    if job.original_size is None or job.processed_size is None:
        return ""
    return saved_text(job.original_size, job.processed_size)


def _state(job: Job) -> str:
    return _(STATE_NAMES[job.state])


def _ended(job: Job) -> str:
    if job.end_time is None:
        return ""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(job.end_time))


def _machine(job: Job) -> str:
    return job.instance_id  # whoever reads the rows has put the name there


def _message(job: Job) -> str:
    return sentence(job.message)


_FILM = Column("name", N_("Film"), 260, stretch=True)
_FOLDER = Column("folder", N_("Folder"), 200, stretch=True)
_STATE = Column("state", N_("Status"), 120)
_SIZE = Column("size", N_("Size"), 80, numeric=True)
_ENDED = Column("ended", N_("Finished"), 150)
_REASON = Column("message", N_("Reason"), 380, stretch=True)
_MACHINE = Column(MACHINE, N_("Machine"), 110)
_AFTER = ("job.retry", "job.details", "job.log", "job.remove")
_ORDER = ("job.top", "job.up", "job.down", "job.bottom", "job.high", "job.normal", "job.low")

PENDING = Section(
    "pending",
    N_("Pending"),
    (JobState.QUEUED, JobState.PAUSED, JobState.SWAP_PENDING),
    (_FILM, _SIZE, _STATE, Column("message", N_("Note"), 130, stretch=True), _FOLDER),
    (_name, _size, _state, _message, _folder),
    N_("The queue is empty. Add films with File > Add films, or drop them here."),
    (
        *_ORDER,
        *("job.pause", "job.resume", "job.cancel", "job.details", "job.log", "job.remove"),
    ),
    (
        *("job.top", "job.up", "job.down", "job.pause", "job.resume", "job.cancel"),
        *("job.details", "job.remove"),
    ),
    "queue",
    lead=Column("queue", N_("Order"), 110),
    filters=(JobState.QUEUED, JobState.PAUSED, JobState.SWAP_PENDING),
)
COMPLETED = Section(
    "completed",
    N_("Completed"),
    (JobState.COMPLETED,),
    (
        _FILM,
        Column("size", N_("Before"), 80, numeric=True),
        Column("result", N_("After"), 80, numeric=True),
        Column("saved", N_("Saved"), 136, numeric=True),
        _ENDED,
        _MACHINE,
        _FOLDER,
    ),
    (_name, _size, _result, _saved, _ended, _machine, _folder),
    N_("No completed films yet."),
    _AFTER,
    _AFTER,
    "ended",
    descending=True,
    lead=Column("", N_("Current size"), 110),
)
FAILED = Section(
    "failed",
    N_("Failed"),
    (JobState.FAILED,),
    (_FILM, _REASON, _ENDED, _MACHINE, _FOLDER),
    (_name, _message, _ended, _machine, _folder),
    N_("No failed films."),
    ("job.retry", "job.retry_all", "job.details", "job.log", "job.remove"),
    ("job.retry", "job.retry_all", "job.details", "job.log", "job.remove"),
    "ended",
    descending=True,
)
SKIPPED = Section(
    "skipped",
    N_("Skipped"),
    (JobState.SKIPPED, JobState.CANCELLED),
    (_FILM, _STATE, _REASON, _ENDED, _FOLDER),
    (_name, _state, _message, _ended, _folder),
    N_("No skipped or cancelled films."),
    _AFTER,
    _AFTER,
    "ended",
    descending=True,
    filters=(JobState.SKIPPED, JobState.CANCELLED),
)
SECTIONS: Tuple[Section, ...] = (PENDING, COMPLETED, FAILED, SKIPPED)
BY_NAME: Dict[str, Section] = {section.name: section for section in SECTIONS}


def section_of(state: JobState) -> Optional[Section]:
    """The table of a state; None for jobs that are at work and have a card."""
    return next((section for section in SECTIONS if state in section.states), None)


def row_of(section: Section, job: Job, percent: Optional[float] = None) -> Row:
    """A job as a row of its table; ``percent`` is the progress of a paused job."""
    values = tuple(visible(cell(job)) for cell in section.cells)
    bar, lead = None, ""
    if section is COMPLETED and job.original_size and job.processed_size is not None:
        bar = 100.0 * job.processed_size / job.original_size
        lead = f" {bar:.0f} %"
    elif section is PENDING and percent is not None:
        bar, lead = percent, f" {percent:.0f} %"
    elif section is PENDING and job.priority:
        lead = f"({job.priority:+d})"
    return Row(values, lead, bar, "muted" if job.state is JobState.CANCELLED else "")


def row_of_none(section: Section) -> Row:
    """A placeholder row for a job that is gone, until the table is read again."""
    return Row(("",) * len(section.columns))
