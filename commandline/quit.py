"""``quit``: ends the program that is at work with the data folder, and waits until it has ended.

It is what an installer asks before it puts another version in the place of a running one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.instance_lock import at_work as somebody_at_work
from app.running_program import PATIENCE
from commandline.command import open_folder, single
from commandline.exit_codes import DONE
from commandline.numbers import seconds
from commandline.options import option, switch
from commandline.output import Output
from commandline.remote_call import call_running
from core.errors import MediaProcessorError
from core.events import EndRequested

if TYPE_CHECKING:
    from app.data_folder import DataFolder
    from app.program import Program

_WAIT = 120.0  # seconds: encoders end within a few, and threads have thirty
_PAUSE = 0.2


class StillAtWork(MediaProcessorError):
    """The program has not ended in time."""

    code = "still_at_work"
    transient = True

    def __init__(self, waited: float) -> None:
        self.waited = waited  # seconds
        super().__init__(
            f"The program has not ended within {waited:.0f} seconds. It may wait for an answer in its "
            "window, or for a film that is to be finished first; close its window, then try again."
        )


@dataclass(frozen=True)
class QuitOptions:
    """What ``quit`` is asked for."""

    after_current: bool = switch("--after-current", help="finish running films first")
    wait: float = option(
        "--wait",
        default=_WAIT,
        kind=seconds,
        metavar="SECONDS",
        help=f"how long to wait until it has ended (default {_WAIT:.0f})",
    )


def run(folder: DataFolder, options: QuitOptions, output: Output) -> int:
    """End it; 1 where it does not end in time. Raises StillAtWork."""
    begin = time.monotonic()
    asked = False
    if not somebody_at_work(folder.data_dir):
        output.text("No program is at work with this data folder.")
        return DONE
    while somebody_at_work(folder.data_dir):
        if not asked:  # one that has just begun does not listen yet
            patience = max(PATIENCE, options.wait)
            code = call_running(folder, "quit", options, output, patience)
            if code:
                return code
            asked = code is not None
        if time.monotonic() - begin > options.wait:
            raise StillAtWork(options.wait)
        time.sleep(_PAUSE)
    output.record("ended", seconds=round(time.monotonic() - begin, 1))
    output.text("It has ended.")
    return DONE


def at_work(program: Program, options: QuitOptions, output: Output) -> int:
    """Let this program end soon after the answer, for a later start."""
    manager = program.manager_at_work()
    films = len(manager.in_hand)
    words = program.start_words
    output.record("ending", films=films, start_again=None if words is None else " ".join(words))
    what = "1 film is" if films == 1 else f"{films} films are"
    if options.after_current and films:
        output.text(f"The program ends when {what} finished.")
    elif films:
        output.text(f"The program ends; {what} in work, and continued at its next start.")
    else:
        output.text("The program ends.")
    manager.events.put(EndRequested(options.after_current))
    return DONE


COMMAND = single(open_folder, QuitOptions, run, at_work)
