"""Whether a job that met an error is tried again, when, and why.

Transient errors (an unreachable share, a full disk, a missing program) delay a job, each time for longer, and
never end it. A tool that failed may have had a bad moment: the job gets one more try. Errors of the film or
of the rules would repeat, and end the job at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from core.errors import (
    FilmMoved,
    MachineTrouble,
    MediaProcessorError,
    SourceChanged,
    SwapPending,
    ToolFailed,
    ToolStalled,
    VerificationFailed,
)
from core.peer_errors import NodeTrouble
from core.queue.outcome import beside_film
from core.store_errors import StoreError
from core.text.sentence import Sentence, joined

DELAYS = (60.0, 300.0, 1800.0, 7200.0)  # seconds; the last one repeats
SWAP_DELAY = 600.0  # seconds until a film that was in use is tried again
FAILURES = 2  # after this many failures a film is not tried again
_CHANGES = 3  # a film that changes this often during its job is still being written


class RetryAction(str, Enum):
    """What to do about an error."""

    END = "end"
    AGAIN = "again"  # another attempt; it counts as a failure
    WAIT = "wait"  # later; it does not count
    FOLLOW = "follow"  # the film has another name: the job takes it
    SWAP_LATER = "swap later"  # the result is there and takes the film's place later


@dataclass(frozen=True)
class Retry:
    """What to do, in how many seconds, and the sentence for the user."""

    action: RetryAction
    delay: float
    reason: str


_BAD_MOMENT = (ToolFailed, ToolStalled, VerificationFailed, StoreError)


def retry_of(error: Exception, *, failures: int, delays: int, changes: int) -> Retry:
    """Decide about a job that has failed ``failures`` and was delayed ``delays`` times so far.

    ``changes`` is how often its film has changed during the job before.
    """
    sentence = beside_film(error)
    if isinstance(error, SwapPending):
        return Retry(RetryAction.SWAP_LATER, SWAP_DELAY, sentence)
    if isinstance(error, FilmMoved):
        return Retry(
            RetryAction.FOLLOW, 0.0, joined([sentence, Sentence("It is queued under that name.")])
        )
    if isinstance(error, MachineTrouble) and delays >= len(DELAYS):
        return Retry(
            RetryAction.END, 0.0, sentence
        )  # the film itself may ask too much of the machine
    if isinstance(error, SourceChanged):
        if changes + 1 >= _CHANGES:
            return Retry(RetryAction.END, 0.0, sentence)
        return Retry(RetryAction.WAIT, 0.0, joined([sentence, Sentence("It starts over.")]))
    if isinstance(error, NodeTrouble):  # another machine, or a better moment of this one
        return Retry(RetryAction.WAIT, 0.0, sentence)
    if isinstance(error, MediaProcessorError) and error.transient:
        delay = DELAYS[min(delays, len(DELAYS) - 1)]
        return Retry(RetryAction.WAIT, delay, sentence)
    if isinstance(error, _BAD_MOMENT) and failures + 1 < FAILURES:
        return Retry(RetryAction.AGAIN, 0.0, joined([Sentence("It is tried once more."), sentence]))
    return Retry(RetryAction.END, 0.0, sentence)
