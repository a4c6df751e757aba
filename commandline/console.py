"""The console that a command was typed in, which Windows does not give to a windowed exe; and pipes."""

from __future__ import annotations

import os
import sys
from typing import Iterator

_GENERATIONS = 3  # the one-file exe unpacks in a process of its own between the console and us


def attach_console() -> bool:
    """Print on, and read from, the console of the program that started us.

    Only streams that are missing are replaced: what was given as a pipe or a file stays. False
    where there is no such console, as after a double-click.
    """
    if sys.platform != "win32":
        return False
    import ctypes

    if not any(ctypes.windll.kernel32.AttachConsole(pid) for pid in _ancestors()):
        return False
    # Python speaks Unicode to a console, whatever its code page is.
    if sys.stdin is None:
        sys.stdin = open("CONIN$", encoding="utf-8")  # noqa: PTH123, SIM115
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            stream = open("CONOUT$", "w", encoding="utf-8", buffering=1)  # noqa: PTH123, SIM115
            setattr(sys, name, stream)
    return True


def _ancestors() -> Iterator[int]:
    import psutil

    for _generation, process in zip(range(_GENERATIONS), psutil.Process().parents()):
        yield process.pid


def prepare_streams() -> None:
    """Make printing safe: in a windowed exe there are no streams, on old consoles not all characters."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def reader_has_gone() -> None:
    """After a BrokenPipeError: keep Python from complaining once more when it flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
