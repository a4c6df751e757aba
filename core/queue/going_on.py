"""What is said of a film that has finished chunks and goes on with them."""

from __future__ import annotations

from typing import Dict

from core.queue.job import Job
from core.states import JobState
from core.text.sentence import Sentence, joined

INTERRUPTED = Sentence("Interrupted; it will start over.")
STOPPED = Sentence("Stopped; it will start over.")
LOST = Sentence("Its worker stopped responding or ended unexpectedly; it will start over.")
# The same of a film that does not start over.
_KEPT: Dict[str, Sentence] = {
    INTERRUPTED: Sentence("Interrupted."),
    STOPPED: Sentence("Stopped."),
    LOST: Sentence("Its worker stopped responding or ended unexpectedly."),
}


def message_of(job: Job, message: str) -> str:
    """Return a job's message, and where its film goes on with finished chunks, at how many percent.

    ``message`` is the job's own, or what a place shows of it.
    """
    if not job.done_share or job.state not in (JobState.QUEUED, JobState.PAUSED, JobState.FAILED):
        return message
    from core.chunks.origin import goes_on, percent_of  # few films have such

    message = _KEPT.get(message, message)
    if job.state is JobState.FAILED:
        percent = percent_of(job.done_share)
        again = Sentence("Tried again, it goes on at {percent} %.", percent=percent)
        return joined((message, again))
    return joined((goes_on(job.done_share), message))
