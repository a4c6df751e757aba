"""Why films wait, in sentences: for the whole queue, and for the films left at the end of a run.

``clock`` writes a time (seconds since the epoch) as people read it.
"""

from __future__ import annotations

from collections import Counter
from typing import Callable, Iterable, Iterator, Tuple

from core.events import JobState, QueueState, QueueStateChanged
from core.queue.going_on import message_of
from core.queue.job import Job, JobKind
from core.text.sentence import Sentence, counted_sentence

GOES_ON = Sentence("The queue goes on.")
Clock = Callable[[float], str]
_LISTED = 10  # reasons that are listed one by one

NO_SLOTS = Sentence(
    "No film may be worked on here: queue.gpu_jobs, queue.software_jobs and queue.remux_jobs are all 0. "
    "`settings set queue.software_jobs 1` lets one."
)
_NO_SLOT = {
    JobKind.GPU: Sentence(
        "Films whose video the graphics chip encodes have no slot. `settings set queue.gpu_jobs 1` gives "
        "them one."
    ),
    JobKind.SOFTWARE: Sentence(
        "Films whose video the processor encodes have no slot. `settings set queue.software_jobs 1` gives "
        "them one."
    ),
    JobKind.REMUX: Sentence(
        "Films whose video is copied have no slot. `settings set queue.remux_jobs 1` gives them one."
    ),
}
_STATES = {
    QueueState.RUNNING: Sentence("The queue is at work."),
    QueueState.STOPPED: Sentence("The queue is stopped; `queue start` lets it begin."),
    QueueState.STOPPING: Sentence(
        "The queue stops when what runs has come to its end; `queue start` lets it go on."
    ),
}


def queue_sentence(now: QueueStateChanged, clock: Clock) -> Sentence:
    """Return what the queue does, and where it does nothing, why, and how to continue."""
    if now.state is QueueState.RUNNING and now.reason:
        return Sentence(
            "The queue is at work, but not with every film: {reason}", reason=now.reason
        )
    if now.state is not QueueState.PAUSED:
        return _STATES[now.state]
    if now.reason:
        return Sentence("The queue waits: {reason}", reason=now.reason)
    if now.until is not None:
        return Sentence(
            "The queue is paused until {time}; `queue resume` lets it go on.", time=clock(now.until)
        )
    return Sentence("The queue is paused; `queue resume` lets it go on.")


class HeldStory:
    """Reports once when something holds the queue up, and once when it continues."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held = ""

    def take(self, now: QueueStateChanged) -> str:
        """Return the sentence to report now; "" where nothing is new."""
        works = now.state is QueueState.RUNNING and not now.reason
        held = "" if works else queue_sentence(now, self._clock)
        if held == self._held:
            return ""
        self._held = held
        return held or GOES_ON


_Why = Tuple[
    Callable[..., Sentence], Tuple[str, ...]
]  # makes the sentence of a number, and of these


def why_they_wait(
    jobs: Iterable[Tuple[Job, int]],
    queue: QueueStateChanged,
    slots: Callable[[JobKind], int],
    now: float,
    clock: Clock,
) -> Iterator[Sentence]:
    """Yield why unfinished jobs wait: a sentence for each reason. A job stands for as many as are like it.

    ``slots`` tells how many films of a kind may be worked on at once; ``now`` in seconds since the epoch.
    """
    counts: Counter[_Why] = Counter()
    for job, number in jobs:
        counts[_why(job, queue, slots, now, clock)] += number
    reasons = counts.most_common()
    for (sentence_of, words), count in reasons[:_LISTED]:
        yield sentence_of(count, *words)
    rest = sum(count for _reason, count in reasons[_LISTED:])
    if rest:
        yield counted_sentence(
            "{number} film waits for other reasons; `queue list` shows them.",
            "{number} films wait for other reasons; `queue list` shows them.",
            rest,
        )


def _why(
    job: Job,
    queue: QueueStateChanged,
    slots: Callable[[JobKind], int],
    now: float,
    clock: Clock,
) -> _Why:
    message = message_of(job, without_path(without_lead(job.message), str(job.path)))
    if job.state is JobState.PAUSED:
        return _paused, ()
    if job.not_before is not None and job.not_before > now:
        time = clock(job.not_before)
        return (_waits_until_for, (time, message)) if message else (_waits_until, (time,))
    if queue.state is not QueueState.RUNNING:
        return _waits, (queue.reason or queue_sentence(queue, clock),)
    if job.kind is JobKind.GPU and queue.reason:
        return _waits, (queue.reason,)
    if job.kind in _NO_SLOT and not slots(job.kind):
        return _waits, (no_slot_sentence(job.kind),)
    return (_left_for, (message,)) if message else (_left, ())


def _paused(count: int) -> Sentence:
    return counted_sentence(
        "{number} film is paused; `queue resume JOB` lets it go on.",
        "{number} films are paused; `queue resume JOB` lets it go on.",
        count,
    )


def _waits_until(count: int, time: str) -> Sentence:
    return counted_sentence(
        "{number} film waits until {time}.", "{number} films wait until {time}.", count, time=time
    )


def _waits_until_for(count: int, time: str, reason: str) -> Sentence:
    return counted_sentence(
        "{number} film waits until {time}: {reason}",
        "{number} films wait until {time}: {reason}",
        count,
        time=time,
        reason=reason,
    )


def _waits(count: int, reason: str) -> Sentence:
    return counted_sentence(
        "{number} film waits: {reason}", "{number} films wait: {reason}", count, reason=reason
    )


def _left(count: int) -> Sentence:
    return counted_sentence(
        "{number} film is left in the queue.", "{number} films are left in the queue.", count
    )


def _left_for(count: int, reason: str) -> Sentence:
    return counted_sentence(
        "{number} film is left in the queue: {reason}",
        "{number} films are left in the queue: {reason}",
        count,
        reason=reason,
    )


def no_slot_sentence(kind: JobKind) -> str:
    """Return why a film of this kind waits for ever without a slot; "" for an unknown kind."""
    return _NO_SLOT.get(kind, "")


def waits(reason: str) -> Sentence:
    """The message of a job that waits for its time."""
    return Sentence("Waits: {reason}", reason=reason)


_LEAD = "Waits: "


def without_lead(message: str) -> str:
    """Return a job's reason to wait without the leading "Waits"."""
    reason = _field_of(message, "Waits: {reason}", "reason")
    if reason:
        return reason
    return message[len(_LEAD) :] if message.startswith(_LEAD) else message


def without_path(message: str, path: str) -> str:
    """Return a film's message without its path, for a place that begins with the film's name."""
    if isinstance(message, Sentence):
        problem = _field_of(message, "{path}: {problem}", "problem")
        if problem:
            return Sentence("{Problem}", problem=problem)
        if message.fields.get("path") == path and message.template.startswith("{path} "):
            return message.with_fields(path=Sentence("This film"))
        return message
    if message.startswith(f"{path}: "):
        rest = message[len(path) + 2 :]
        return rest[:1].upper() + rest[1:]
    return f"This film{message[len(path) :]}" if message.startswith(f"{path} ") else message


def _field_of(message: str, template: str, name: str) -> str:
    """A sentence's field where it has this template, else ""."""
    if not isinstance(message, Sentence) or message.template != template:
        return ""
    value = message.fields.get(name, "")
    return value if isinstance(value, str) else ""
