"""A second start of the window hands its films to the first one and ends."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Callable, Mapping, Sequence, Tuple

from app.running_program import ask_running, running_process

OPEN = "open"
Received = Callable[[Tuple[Path, ...]], None]


def take_films(received: Received) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """Return what the first start offers: ``received`` gets the paths of each later one, maybe none."""

    def take(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        received(tuple(Path(str(path)) for path in asked["paths"]))
        return {"taken": True}

    return take


def hand_over(data_dir: Path, paths: Sequence[Path]) -> bool:
    """Give the paths to the window that runs on this data folder, which comes to the front.

    False where none answers: what holds the folder has no window, or is just ending.
    """
    process = running_process(data_dir)
    if process:
        _let_come_to_front(process)
    asked = {"paths": [str(path.absolute()) for path in paths]}
    return ask_running(data_dir, OPEN, asked) is not None


def _let_come_to_front(process: int) -> None:
    """Windows lets only the program that the user has just started bring a window to the front."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(process)
