"""The steps of a program's work, one of which it does not survive."""

from __future__ import annotations

import os
import signal
import sys

if sys.platform == "win32":
    raise ImportError("SIGKILL and fork are POSIX")


class Countdown:
    """Counts steps and dies at one of them; 0 means never."""

    def __init__(self, die_at: int = 0) -> None:
        self.die_at = die_at
        self.steps = 0
        self.armed = False

    def step(self) -> None:
        if self.armed:
            self.steps += 1
            if self.steps == self.die_at:
                os.kill(os.getpid(), signal.SIGKILL)
