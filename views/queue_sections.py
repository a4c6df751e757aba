"""The tables of the queue tab: which jobs each holds, with which columns, and how a job reads as a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Dict, Optional, Tuple

from core.events import JobState
from core.queue.going_on import message_of
from core.queue.held import without_path
from core.queue.job import Job
from views.numbers import moment_text, percent_text, saved_text, size_text
from views.shown import visible
from views.signs import OF_JOBS
from views.table_parts import Column, Row
from views.texts import N_, NC_, _

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
PRIORITY_NAMES = {10: N_("High"), 0: N_("Normal"), -10: N_("Low")}  # as the menu gives them
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
    when_empty: Tuple[str, ...] = ()  # commands that end the emptiness


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


def _priority(job: Job) -> str:
    name = PRIORITY_NAMES.get(job.priority)
    return _(name) if name else f"{job.priority:+d}"


def _ended(job: Job) -> str:
    return moment_text(job.end_time)


def _machine(job: Job) -> str:
    return job.instance_id  # whoever reads the rows has put the name there


def _message(job: Job) -> str:
    # An older version began with the path.
    return visible(message_of(job, without_path(job.message, str(job.path))))


# In a narrow window the folder goes first, then the machine, then what is said elsewhere too.
_FILM = Column("name", N_("Film"), 380, stretch=True, least=240, always=True)
_FOLDER = Column("folder", N_("Folder"), 180, stretch=True, least=100, gives_way=1)
_STATE = Column("state", N_("Status"), 120, gives_way=6)
_SIZE = Column("size", N_("Size"), 90, numeric=True, gives_way=5)
_ENDED = Column("ended", N_("Finished"), 160, gives_way=4)
_REASON = Column("message", N_("Reason"), 420, stretch=True, least=200)
_MACHINE = Column(MACHINE, N_("Machine"), 110, gives_way=2)
_AFTER = ("job.retry", "job.details", "job.log", "job.remove")
_OPEN = ("job.open", "job.open_folder")
_WISHES = ("job.never", "job.never_folder")
_ORDER = (
    "job.top",
    "job.up",
    "job.down",
    "job.bottom",
    "job.spread",
    "job.high",
    "job.normal",
    "job.low",
)

PENDING = Section(
    "pending",
    NC_("list of films", "Pending"),
    (JobState.QUEUED, JobState.PAUSED, JobState.SWAP_PENDING),
    (
        _FILM,
        _SIZE,
        Column("priority", N_("Priority"), 80, always=True),
        _STATE,
        Column("message", N_("Note"), 130, stretch=True, least=90, gives_way=3),
        _FOLDER,
    ),
    (_name, _size, _priority, _state, _message, _folder),
    N_("The queue is empty. Add films or a folder, or drop them here."),
    (
        *_ORDER,
        *("job.pause", "job.resume", "job.cancel", "job.details", "job.log", "job.remove"),
        *_OPEN,
        *_WISHES,
    ),
    (
        *("job.top", "job.up", "job.down", "job.pause", "job.resume", "job.cancel"),
        *("job.details", "job.remove"),
    ),
    "queue",
    lead=Column("queue", N_("Order"), 80, always=True),
    filters=(JobState.QUEUED, JobState.PAUSED, JobState.SWAP_PENDING),
    when_empty=("files.add", "files.add_folder"),
)
COMPLETED = Section(
    "completed",
    NC_("list of films", "Completed"),
    (JobState.COMPLETED,),
    (
        _FILM,
        Column("size", N_("Before"), 90, numeric=True, gives_way=3),
        Column("result", N_("After"), 90, numeric=True, gives_way=5),
        Column("saved", N_("Saved"), 136, numeric=True),
        _ENDED,
        _MACHINE,
        _FOLDER,
    ),
    (_name, _size, _result, _saved, _ended, _machine, _folder),
    N_("No completed films yet."),
    (*_AFTER, "job.again", *_OPEN, *_WISHES),
    _AFTER,
    "ended",
    descending=True,
    lead=Column("", N_("Current size"), 110),
    when_empty=("files.add", "files.add_folder"),
)
FAILED = Section(
    "failed",
    NC_("list of films", "Failed"),
    (JobState.FAILED,),
    (_FILM, _REASON, _ENDED, _MACHINE, _FOLDER),
    (_name, _message, _ended, _machine, _folder),
    N_("No failed films."),
    ("job.retry", "job.retry_all", "job.details", "job.log", "job.remove", *_OPEN, *_WISHES),
    ("job.retry", "job.retry_all", "job.details", "job.log", "job.remove"),
    "ended",
    descending=True,
)
SKIPPED = Section(
    "skipped",
    NC_("list of films", "Skipped"),
    (JobState.SKIPPED,),
    (_FILM, _REASON, _ENDED, _FOLDER),
    (_name, _message, _ended, _folder),
    N_("No skipped films."),
    (*_AFTER, *_OPEN, *_WISHES),
    _AFTER,
    "ended",
    descending=True,
)
# What the user ended is no failure, and nothing that the program decided.
CANCELLED = Section(
    "cancelled",
    NC_("list of films", "Cancelled"),
    (JobState.CANCELLED,),
    (_FILM, _STATE, _SIZE, _ENDED, _FOLDER),
    (_name, _state, _size, _ended, _folder),
    N_("No cancelled films."),
    (*_AFTER, *_OPEN, *_WISHES),
    _AFTER,
    "ended",
    descending=True,
)
SECTIONS: Tuple[Section, ...] = (PENDING, COMPLETED, FAILED, SKIPPED, CANCELLED)
BY_NAME: Dict[str, Section] = {section.name: section for section in SECTIONS}


def section_of(state: JobState) -> Optional[Section]:
    """The table of a state; None for jobs that are at work and have a card."""
    return next((section for section in SECTIONS if state in section.states), None)


def row_of(section: Section, job: Job) -> Row:
    """A job as a row of its table."""
    values = tuple(visible(cell(job)) for cell in section.cells)
    bar, lead = None, ""
    if section is COMPLETED and job.original_size and job.processed_size is not None:
        bar = 100.0 * job.processed_size / job.original_size
        lead = f" {percent_text(bar)}"
    tag = "muted" if job.state is JobState.CANCELLED else ""
    return Row(values, lead, bar, OF_JOBS.get(job.state), tag)


def row_of_none(section: Section) -> Row:
    """A placeholder row for a job that is gone, until the table is read again."""
    return Row(("",) * len(section.columns))
