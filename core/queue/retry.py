"""Whether a job that met an error is tried again, when, and why.

Trouble that passes by itself (a share that is away, a full disk, a missing program) puts a job off, each
time for longer, and never ends it. A tool that failed may have had a bad moment: it gets one more try. What
is the film's own fault, or the rules', is the same the next time and ends the job at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from core.errors import (
    FilmMoved,
    MachineTrouble,
    MediaProcessorError,
    NodeTrouble,
    SourceChanged,
    StoreError,
    SwapPending,
    ToolFailed,
    ToolStalled,
    VerificationFailed,
)

DELAYS = (60.0, 300.0, 1800.0, 7200.0)  # seconds: the last one again and again
SWAP_DELAY = 600.0  # seconds until a film that was in use is tried again
FAILURES = 2  # a film that fails so often is set aside
_CHANGES = 3  # a film that changes so often while it is worked on is being written by somebody


class RetryAction(str, Enum):
    """What is done about an error."""

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
    """Decide about a job that has failed ``failures`` and was put off ``delays`` times so far.

    ``changes`` says how often its film changed before while it was worked on.
    """
    sentence = str(error)
    if isinstance(error, SwapPending):
        return Retry(RetryAction.SWAP_LATER, SWAP_DELAY, sentence)
    if isinstance(error, FilmMoved):
        return Retry(RetryAction.FOLLOW, 0.0, f"{sentence} It starts over under that name.")
    if isinstance(error, MachineTrouble) and delays >= len(DELAYS):
        return Retry(RetryAction.END, 0.0, sentence)  # it may be the film that asks too much of it
    if isinstance(error, SourceChanged):
        if changes + 1 >= _CHANGES:
            return Retry(RetryAction.END, 0.0, sentence)
        return Retry(RetryAction.WAIT, 0.0, f"{sentence} It starts over.")
    if isinstance(error, NodeTrouble):  # another machine, or a better moment of this one
        return Retry(RetryAction.WAIT, 0.0, sentence)
    if isinstance(error, MediaProcessorError) and error.transient:
        delay = DELAYS[min(delays, len(DELAYS) - 1)]
        return Retry(RetryAction.WAIT, delay, sentence)
    if isinstance(error, _BAD_MOMENT) and failures + 1 < FAILURES:
        return Retry(RetryAction.AGAIN, 0.0, f"It is tried once more. {sentence}")
    return Retry(RetryAction.END, 0.0, sentence)
