"""What an encoder uses of the machine over its first seconds."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import Callable, Optional, Sequence

import psutil

from core.chunks.side_by_side import Load
from core.ports import TimeSource

SETTLE_SECONDS = 5.0  # in which an encoder fills its look-ahead
WINDOW_SECONDS = 10.0


@dataclass(frozen=True)
class Usage:
    """So far, in seconds of one core: by the encoder, and by nobody on the whole machine; memory in bytes."""

    used: float
    idle: float
    memory: int


Processes = Sequence["subprocess.Popen[bytes]"]
UsageOf = Callable[[Processes], Optional[Usage]]


def usage_of(processes: Processes) -> Optional[Usage]:
    """Look at these processes with all that they started, and at the machine; None where they are gone."""
    used, memory = 0.0, 0
    try:
        for process in processes:
            root = psutil.Process(process.pid)
            for member in (root, *root.children(recursive=True)):
                times = member.cpu_times()
                used += times.user + times.system
                memory += member.memory_info().rss
    except psutil.Error:
        return None
    machine = psutil.cpu_times()
    return Usage(used, machine.idle + getattr(machine, "iowait", 0.0), memory)


class LoadMeter:
    """Looks at one encoder twice: when it has settled, and after the window.

    ``worked`` are the seconds that it was not held still, by whatever clock.
    """

    def __init__(
        self,
        worked: TimeSource,
        *,
        settle: float = SETTLE_SECONDS,
        window: float = WINDOW_SECONDS,
        usage: UsageOf = usage_of,
    ) -> None:
        self._worked = worked
        self._settle = settle
        self._window = window
        self._usage = usage
        self._began = worked()
        self._first: Optional[Usage] = None
        self._first_at = 0.0
        self.load: Optional[Load] = None

    def look(self, processes: Processes) -> Optional[Load]:
        """Look at it, where it is time; return the load once, at the end of the window."""
        now = self._worked()
        if self.load is not None or not processes:
            return None
        if self._first is None:
            if now - self._began >= self._settle:
                self._first, self._first_at = self._usage(processes), now
            return None
        passed = now - self._first_at
        if passed < self._window:
            return None
        last = self._usage(processes)
        if last is None:
            return None
        self.load = Load(
            max(0.0, last.used - self._first.used) / passed,
            max(0.0, last.idle - self._first.idle) / passed,
            max(last.memory, self._first.memory),
        )
        return self.load
