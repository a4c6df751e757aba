"""Why films wait, in sentences: for the whole queue, and for the films left at the end of a run.

``clock`` writes a time (seconds since the epoch) as people read it.
"""

from __future__ import annotations

from collections import Counter
from typing import Callable, Iterable, Iterator, Tuple

from core.events import JobState, QueueState, QueueStateChanged
from core.queue.job import Job, JobKind

GOES_ON = "The queue goes on."
WAITS = "Waits: "  # begins the message of a job that waits for its time
Clock = Callable[[float], str]
_LISTED = 10  # reasons that are listed one by one

_SLOTS = {
    JobKind.GPU: ("whose picture the graphics chip encodes", "queue.gpu_jobs"),
    JobKind.SOFTWARE: ("whose picture the processor encodes", "queue.software_jobs"),
    JobKind.REMUX: ("whose picture is copied", "queue.remux_jobs"),
}
NO_SLOTS = (
    "No film may be worked on here: queue.gpu_jobs, queue.software_jobs and queue.remux_jobs are all 0. "
    "`settings set queue.software_jobs 1` lets one."
)


def queue_sentence(now: QueueStateChanged, clock: Clock) -> str:
    """Return what the queue does, and where it does nothing, why, and how to continue."""
    if now.state is QueueState.PAUSED:
        if now.reason:
            return f"The queue waits: {now.reason}"
        until = f" until {clock(now.until)}" if now.until is not None else ""
        return f"The queue is paused{until}; `queue resume` lets it go on."
    return {
        QueueState.RUNNING: "The queue is at work.",
        QueueState.STOPPED: "The queue is stopped; `queue start` lets it begin.",
        QueueState.STOPPING: (
            "The queue stops when what runs has come to its end; `queue start` lets it go on."
        ),
    }[now.state]


class HeldStory:
    """Reports once when something holds the queue up, and once when it continues."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held = ""

    def take(self, now: QueueStateChanged) -> str:
        """Return the sentence to report now; "" where nothing is new."""
        held = "" if now.state is QueueState.RUNNING else queue_sentence(now, self._clock)
        if held == self._held:
            return ""
        self._held = held
        return held or GOES_ON


def why_they_wait(
    jobs: Iterable[Job],
    queue: QueueStateChanged,
    slots: Callable[[JobKind], int],
    now: float,
    clock: Clock,
) -> Iterator[str]:
    """Yield why the unfinished ``jobs`` wait: a sentence for each reason.

    ``slots`` tells how many films of a kind may be worked on at once; ``now`` in seconds since the epoch.
    """
    reasons = Counter(_why(job, queue, slots, now, clock) for job in jobs).most_common()
    for (verbs, why), count in reasons[:_LISTED]:
        yield _counted(count, verbs) + why
    rest = sum(count for _reason, count in reasons[_LISTED:])
    if rest:
        yield _counted(rest, _WAIT) + " for other reasons; `queue list` shows them."


_Verbs = Tuple[str, str]  # of one film, of several
_WAIT: _Verbs = ("waits", "wait")
_PAUSED: _Verbs = ("is paused", "are paused")
_LEFT: _Verbs = ("is left in the queue", "are left in the queue")


def _counted(count: int, verbs: _Verbs) -> str:
    return f"1 film {verbs[0]}" if count == 1 else f"{count} films {verbs[1]}"


def _why(
    job: Job,
    queue: QueueStateChanged,
    slots: Callable[[JobKind], int],
    now: float,
    clock: Clock,
) -> Tuple[_Verbs, str]:
    """Return the verb and what follows it, to the end of the sentence."""
    message = without_path(without_lead(job.message), str(job.path))
    if job.state is JobState.PAUSED:
        return _PAUSED, "; `queue resume JOB` lets it go on."
    if job.not_before is not None and job.not_before > now:
        return _WAIT, f" until {clock(job.not_before)}" + (f": {message}" if message else ".")
    if queue.state is not QueueState.RUNNING:
        return _WAIT, f": {queue.reason or queue_sentence(queue, clock)}"
    if job.kind in _SLOTS and not slots(job.kind):
        return _WAIT, f": {no_slot_sentence(job.kind)}"
    return _LEFT, f": {message}" if message else "."


def no_slot_sentence(kind: JobKind) -> str:
    """Return why a film of this kind waits for ever without a slot; "" for an unknown kind."""
    if kind not in _SLOTS:
        return ""
    films, key = _SLOTS[kind]
    return f"Films {films} have no slot. `settings set {key} 1` gives them one."


def without_lead(message: str) -> str:
    """Return a job's reason to wait without the leading "Waits"."""
    return message[len(WAITS) :] if message.startswith(WAITS) else message


def without_path(message: str, path: str) -> str:
    """Return a film's message without its path, for a line that begins with the film's name."""
    if message.startswith(f"{path}: "):
        rest = message[len(path) + 2 :]
        return rest[:1].upper() + rest[1:]
    return f"It{message[len(path) :]}" if message.startswith(f"{path} ") else message
