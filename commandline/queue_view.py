"""The queue as ``queue`` shows it: jobs in a table, what the queue does in a sentence, both as records."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Mapping, Optional, Sequence, Tuple

from app.instance_lock import at_work
from commandline.output import Output
from core.chunk_progress import counted
from core.events import JobState, QueueState, QueueStateChanged
from core.progress import Progress
from core.queue.going_on import message_of
from core.queue.held import queue_sentence
from core.queue.job import Job
from core.target_quality.film_quality import FilmQuality
from core.target_quality.quality_json import shown_quality
from core.text.formatting import duration_text, size_text
from reports.text_table import table
from scheduling.wall_clock import clock_text
from store.job_records import JobRecords
from store.jobs import JobStore
from store.queue_state import QueueStateStore

if TYPE_CHECKING:
    from app.data_folder import DataFolder
    from app.program import Program

UNFINISHED = tuple(state for state in JobState if not state.final)
_PROGRESS = ("percent", "fps", "speed", "eta")
_CHUNKS = ("chunks", "chunks_done", "chunks_in_hand")


def live_state(program: Program) -> Mapping[str, Any]:
    """How this program's queue is and how far its jobs are, for the ``queue list`` of a later start."""
    manager = program.manager_at_work()
    now = manager.overview()
    return {
        "state": now.state.value,
        "reason": now.reason,
        "until": now.until,
        "jobs": {
            str(job_id): {
                **{name: getattr(progress, name, None) for name in _PROGRESS},
                **_chunk_counts(progress),
            }
            for job_id, progress in manager.in_hand.items()
        },
    }


def _chunk_counts(progress: Optional[Progress]) -> Mapping[str, Optional[int]]:
    """How many chunks of a film are done and in hand, of how many; None where it is in one piece."""
    counts = counted(progress.chunks) if progress is not None and progress.chunks else None
    figures = (counts.total, counts.done, counts.in_hand) if counts else (None, None, None)
    return dict(zip(_CHUNKS, figures))


def show_queue(
    folder: DataFolder,
    states: Sequence[JobState],
    limit: int,
    output: Output,
    live: Mapping[str, Any],
) -> None:
    """Show what the queue does and its jobs in these states, ``limit`` at most (0: all).

    ``live`` is what the program at work tells of it (``live_state``); empty where none does.
    """
    ended = all(state.final for state in states)
    store = JobStore(folder.database)
    silent = not live and at_work(folder.data_dir)
    progress: Mapping[str, Mapping[str, Any]] = live.get("jobs", {})
    jobs = store.page(states, limit=limit or -1, newest_first=ended)
    record_queue(folder, live, output, silent=silent)
    ids = (job.id for job in jobs if job.state is JobState.COMPLETED)
    qualities = JobRecords(folder.database).qualities(ids) if output.json else {}
    for job in jobs:
        record_job(job, progress.get(str(job.id), {}), output, qualities.get(job.id))
    output.text(_queue_line(folder, live, silent=silent))
    if jobs:
        headers = ("Job", "Status", "Done", "Pace", "Left", "Priority", "Size", "Film", "")
        output.text(table(headers, [_row(job, progress.get(str(job.id), {})) for job in jobs]))
    counts = store.counts()
    left = sum(counts[state] for state in states) - len(jobs)
    if left > 0:
        output.text(f"… and {left} more; --limit 0 shows all.")


def _row(job: Job, progress: Mapping[str, Any]) -> Tuple[object, ...]:
    state = f"{job.state.value} ({job.step})" if job.step else job.state.value
    message = _message(job)
    if job.not_before is not None and job.not_before > time.time():
        message = f"Not before {clock_text(job.not_before)}. {message}".strip()
    priority = job.priority or ""
    percent, fps, speed, eta = (progress.get(name) for name in _PROGRESS)
    if percent is None and job.done_share and not job.state.final:
        percent = 100 * job.done_share
    done = "" if percent is None else f"{percent:.1f} %"
    if progress.get("chunks"):
        state = f"{state}, {progress['chunks_done']} of {progress['chunks']} chunks"
    pace = f"{fps:.1f} fps" if fps else f"{speed:.2f}x" if speed else ""
    left = "" if eta is None else duration_text(eta)
    size = size_text(job.original_size)
    return (job.id, state, done, pace, left, priority, size, job.path, message)


def _message(job: Job) -> str:
    """What there is to tell of a job; why it had to wait is old once its time has come."""
    over = job.not_before is not None and job.not_before <= time.time()
    return message_of(job, "" if over and job.state is JobState.QUEUED else job.message)


def record_job(
    job: Job,
    progress: Mapping[str, Any],
    output: Output,
    quality: Optional[FilmQuality] = None,
) -> None:
    """Write a job for programs; ``progress`` as ``live_state`` tells it, or nothing."""
    output.record(
        "job",
        job_id=job.id,
        file=str(job.path),
        state=job.state.value,
        step=job.step,
        kind=job.kind.value,
        priority=job.priority,
        attempt=job.attempt,
        added_at=job.added_at,
        not_before=job.not_before,
        original_size=job.original_size,
        processed_size=job.processed_size,
        message=_message(job),
        done_share=job.done_share,
        quality=shown_quality(quality),
        **{name: progress.get(name) for name in (*_PROGRESS, *_CHUNKS)},
    )


def _present_state(folder: DataFolder, live: Mapping[str, Any]) -> Tuple[str, Optional[float]]:
    """What the queue does; where no program is at work, what the user wants of it."""
    if live:
        return live["state"], live["until"]
    state, until = QueueStateStore(folder.database).load()
    return state.value, until


def record_queue(
    folder: DataFolder, live: Mapping[str, Any], output: Output, *, silent: bool = False
) -> None:
    """Write the queue for programs; ``silent`` is whether a program at work does not answer."""
    present, until = _present_state(folder, live)
    counts = JobStore(folder.database).counts()
    output.record(
        "queue",
        state=present,
        until=until,
        reason=live.get("reason", ""),
        at_work=bool(live) or silent,
        counts={state.value: count for state, count in counts.items()},
    )


def _queue_line(folder: DataFolder, live: Mapping[str, Any], *, silent: bool) -> str:
    """Say who works on the queue, what is in it, and why nothing happens where nothing does."""
    counts = JobStore(folder.database).counts()
    counted = ", ".join(f"{count} {state.value}" for state, count in counts.items() if count)
    jobs = counted or "the queue is empty"
    if live:
        now = QueueStateChanged(QueueState(live["state"]), live["reason"], live["until"])
        return f"{queue_sentence(now, clock_text)} In it: {counted or 'nothing'}."
    if silent:
        return f"A program is at work with this data folder and does not answer now: {jobs}."
    line = f"No program is at work with this data folder: {jobs}."
    if not any(counts[state] for state in UNFINISHED):
        return line
    wanted, until = QueueStateStore(folder.database).load()
    if wanted is QueueState.PAUSED:
        return f"{line} {queue_sentence(QueueStateChanged(wanted, '', until), clock_text)}"
    return f"{line} Start one with `--headless`, or open the window and start its queue."
