"""Keeps the machine from falling asleep while a film is at work, and only then."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from typing import Optional

_log = logging.getLogger("mediaprocessor")


class KeepAwake:
    """``hold`` is called every few seconds, always by the same thread, with what is wanted now.

    A machine that offers no way is left as it is, with one line in the log.
    """

    def __init__(self) -> None:
        self._child: Optional[subprocess.Popen[bytes]] = None
        self._told = False

    def hold(self, wanted: bool) -> None:
        """Keep the machine awake for the next minute or so, or let it sleep again."""
        if sys.platform == "win32":
            if wanted:
                import ctypes

                # ES_SYSTEM_REQUIRED alone restarts Windows' idle timer; nothing has to be undone.
                ctypes.windll.kernel32.SetThreadExecutionState(0x00000001)
            return
        if wanted and (self._child is None or self._child.poll() is not None):
            self._begin()
        elif not wanted:
            self.release()

    def release(self) -> None:
        """Let the machine sleep again."""
        child, self._child = self._child, None
        if child is not None:
            if child.stdin is not None:
                child.stdin.close()  # what it runs reads to the end, and that ends it
            child.wait()

    def _begin(self) -> None:
        """Start the system's own program; it ends with its input, also when we are killed."""
        if self._told:
            return
        try:
            self._child = subprocess.Popen(
                self._argv(),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            # A program that cannot reach its service says so at once.
            self._child.wait(0.2)
        except subprocess.TimeoutExpired:
            return
        except OSError as error:
            self._give_up(str(error.strerror or error))
        else:
            self.release()
            self._give_up("the system's service did not answer")

    @staticmethod
    def _argv() -> list[str]:
        cat = shutil.which("cat") or "cat"
        if sys.platform == "darwin":
            return ["caffeinate", "-i", cat]
        why = "A film is being processed"
        who = "MediaProcessor"
        return ["systemd-inhibit", "--what=sleep:idle", f"--who={who}", f"--why={why}", cat]

    def _give_up(self, why: str) -> None:
        self._told = True
        _log.info("This machine cannot be kept awake while films are at work (%s).", why)
