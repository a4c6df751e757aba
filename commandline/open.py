"""``open [PATH…]``, also without a command: the window, once a data folder.

A second start gives its films to the first and ends.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Tuple

from app.handover import OPEN, hand_over, take_films
from app.instance_lock import LOCK_PATIENCE, AlreadyRunning, only_instance
from app.local_control import ControlListener
from commandline.command import Action, Command, open_program
from commandline.options import arguments
from commandline.remote_call import handlers

if TYPE_CHECKING:
    from app.program import Program

_PAUSE = 0.2


@dataclass(frozen=True)
class OpenOptions:
    """What ``open`` is asked for."""

    paths: Tuple[str, ...] = arguments("PATH", needed=False)


def run(program: Program, options: OpenOptions, open_window: Callable[[Program], int]) -> int:
    """Open the window on what the options name; return the exit code.

    Raises AlreadyRunning where the folder is worked on by a program without a window.
    """
    program.start_words = ()
    paths = tuple(Path(path).absolute() for path in options.paths)
    deadline = time.monotonic() + LOCK_PATIENCE
    offered = {OPEN: take_films(program.handed.put), **handlers(program)}
    while True:
        try:
            with only_instance(program.data_dir), ControlListener(program.data_dir, offered):
                if paths:
                    program.handed.put(paths)
                return open_window(program)
        except AlreadyRunning:
            if hand_over(program.data_dir, paths):
                return 0
            if time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)


COMMAND: Command[Program] = Command(open_program, (Action("", "", OpenOptions),))
