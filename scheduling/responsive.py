"""What a program that stays does so that none of its threads keeps the others waiting for long."""

from __future__ import annotations

import gc
import sys

# Seconds; Python's own are 0.005. Windows waits in whole milliseconds.
_SWITCH_INTERVAL = 0.001 if sys.platform == "win32" else 0.0002


def keep_responsive() -> None:
    """Let no thread of this process keep another waiting for long; called once the program stands.

    Every call of Tk and each answer to another machine gives the interpreter's lock away, several times;
    where other threads compute, each waits for the switch interval to get it back. And a full collection
    of garbage stops all threads for as long as it looks at what the program is made of, which never goes.
    """
    sys.setswitchinterval(_SWITCH_INTERVAL)
    gc.freeze()
    gc.enable()  # which it is not while a window is built (``main``)
