"""``--headless --when-done sleep|shutdown``: what the machine does after the run."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Callable

from app.power import leave
from commandline.output import Output
from core.errors import PowerRefused
from core.events import JobState
from core.queue.when_done import COUNTDOWN, WhenDone, why_stay_on
from store.jobs import JobStore

if TYPE_CHECKING:
    from app.program import Program

_TEXTS = {
    WhenDone.SLEEP: f"The computer goes to sleep in {COUNTDOWN} seconds; Ctrl+C keeps it awake.",
    WhenDone.SHUT_DOWN: f"The computer shuts down in {COUNTDOWN} seconds; Ctrl+C keeps it on.",
}


def completed(program: Program) -> int:
    """Return how many films are completed in the history: the difference is what a run has done."""
    return JobStore(program.database).counts()[JobState.COMPLETED]


def after_run(
    program: Program,
    wish: WhenDone,
    done: int,
    output: Output,
    wait: Callable[[float], None] = time.sleep,
) -> None:
    """Let the machine sleep or shut it down where the run processed ``done`` films and left none.

    ``wait`` lets the minute pass; Ctrl+C in it keeps the machine on.
    """
    why_not = why_stay_on(done, JobStore(program.database).counts())
    if why_not is not None:
        output.notice(why_not)
        return
    output.notice(_TEXTS[wish])
    try:
        wait(COUNTDOWN)
        leave(wish, program.runner)
    except KeyboardInterrupt:
        output.notice("The computer stays on.")
    except PowerRefused as error:
        output.error(error)
