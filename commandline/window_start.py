"""Opens the window, once a data folder: a second start gives its films to the first and ends."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Callable

from app.handover import OPEN, hand_over, take_films
from app.instance_lock import LOCK_PATIENCE, AlreadyRunning, only_instance
from app.local_control import ControlListener
from app.program import Parts
from commandline.remote_calls import answering

_PAUSE = 0.2


def run(parts: Parts, arguments: argparse.Namespace, open_window: Callable[[Parts], int]) -> int:
    """Open the window on what the arguments name; return the exit code.

    Raises AlreadyRunning where the folder is worked on by a program without a window.
    """
    paths = tuple(Path(one).absolute() for one in getattr(arguments, "paths", ()))
    parts.minimized = arguments.minimized
    deadline = time.monotonic() + LOCK_PATIENCE
    offered = {OPEN: take_films(parts.handed.put), **answering(parts)}
    while True:
        try:
            with only_instance(parts.data_dir), ControlListener(parts.data_dir, offered):
                if paths:
                    parts.handed.put(paths)
                return open_window(parts)
        except AlreadyRunning:
            if hand_over(parts.data_dir, paths):
                return 0
            if time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)
