"""Lets this machine sleep, or shuts it down, by the system's own way."""

from __future__ import annotations

import sys
from typing import Callable

from core.errors import MediaProcessorError, PowerRefused
from core.ports import CommandRunner
from core.queue.when_done import WhenDone, power_command
from core.text.sentence import Sentence

_PATIENCE = 30.0  # seconds; the system answers at once and does it afterwards


def leave(
    wish: WhenDone,
    runner: CommandRunner,
    platform: str = sys.platform,
    suspend: Callable[[], bool] = lambda: _suspend_windows(),
) -> None:
    """Do it; returns once the system has agreed, and raises PowerRefused where it does not."""
    argv = power_command(wish, platform)
    if not argv:
        if wish is WhenDone.SLEEP and not suspend():
            raise PowerRefused(Sentence("Windows did not let it sleep."))
        return
    try:
        answer = runner.capture(argv, timeout=_PATIENCE)
    except MediaProcessorError as error:
        raise PowerRefused(str(error)) from error
    if answer.returncode != 0:
        lines = (answer.stderr or answer.stdout).strip().splitlines()
        raise PowerRefused(
            Sentence("{program}: {line}", program=argv[0], line=lines[-1])
            if lines
            else Sentence("{program} did not do it.", program=argv[0])
        )


def _suspend_windows() -> bool:
    """SetSuspendState of powrprof.dll: sleep, not hibernation; programs may object and wake-ups hold."""
    if sys.platform != "win32":
        return False
    import ctypes

    return bool(ctypes.windll.powrprof.SetSuspendState(0, 0, 0))
