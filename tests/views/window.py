"""A real Tk window in tests: events are pumped until something is so, and no error of a callback is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import tkinter as tk
from types import TracebackType
from typing import Any, Callable, List, Optional, Type

import pytest

PATIENCE = 60.0  # seconds


def require_display() -> None:
    """Skip the test where no window can be opened."""
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        pytest.skip("no display (scripts/test.sh starts Xvfb)")


def press_keys(*keys: str) -> None:
    """Press keys as a keyboard does, such as ``ctrl+o``; skips the test where nothing can."""
    if shutil.which("xdotool") is None:
        pytest.skip("needs xdotool")
    subprocess.run(["xdotool", "key", *keys], check=True)


class Errors:
    """What callbacks raised: Tk itself would print it and go on."""

    def __init__(self) -> None:
        self.found: List[BaseException] = []

    def take(
        self,
        _kind: Type[BaseException],
        error: Optional[BaseException],
        _trace: Optional[TracebackType],
    ) -> None:
        if error is not None:
            self.found.append(error)

    def raise_first(self) -> None:
        """Fail with the first error, and its own traceback."""
        if self.found:
            raise self.found[0]


def end(root: tk.Tk) -> None:
    """Destroy a program's root so that the next one of this process may take the keyboard.

    Without a window manager, Tk (8.6.13) takes the keyboard where the pointer enters a window, and gives
    it back where it leaves, but remembers the widget that had it; ``focus -force`` looks at that, also
    when it is gone. A root that is seen and has the keyboard itself is forgotten when it goes; nothing
    may come in between.
    """
    root.deiconify()
    pump(root, root.winfo_viewable, "the window to be seen")
    root.focus_force()
    root.destroy()


def pump(root: tk.Misc, reached: Callable[[], Any], what: str, patience: float = PATIENCE) -> None:
    """Let the window live until something is so; fails after ``patience`` seconds."""
    deadline = time.monotonic() + patience
    while not reached():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        root.update()
        time.sleep(0.002)
