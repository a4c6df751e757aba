"""How many cores and how much memory this program may use: the machine's, or what a container leaves of them.

Linux's control groups limit both, in two versions (cgroups(7)): files of a group lie below the place where
its controller is mounted, and each group above limits as well. Inside a container the group's own path may
not be seen; what is mounted is the group itself then.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterator, Optional

import psutil

_MOUNT = Path("/sys/fs/cgroup")
_GROUPS = Path("/proc/self/cgroup")


def usable_cores(groups: Path = _GROUPS, mount: Path = _MOUNT) -> float:
    """Return how many cores this program may use at the same time; a part of one where that is all."""
    cores = float(_allowed_cpus())
    for folder in _folders("cpu", groups, mount):
        quota = _quota(folder)
        if quota is not None:
            cores = min(cores, quota)
    return cores


def free_memory(groups: Path = _GROUPS, mount: Path = _MOUNT) -> int:
    """Return how many bytes more this program may take without anything being swapped out."""
    free = int(psutil.virtual_memory().available)
    for folder in _folders("memory", groups, mount):
        left = _memory_left(folder)
        if left is not None:
            free = min(free, left)
    return max(0, free)


def _allowed_cpus() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    process = psutil.Process()
    allowed = process.cpu_affinity() if hasattr(process, "cpu_affinity") else None
    return len(allowed or ()) or os.cpu_count() or 1


def _folders(controller: str, groups: Path, mount: Path) -> Iterator[Path]:
    """Yield the folders of this program's groups that the controller reads, from the innermost up."""
    text = _text(groups) or ""
    for line in text.splitlines():
        _number, controllers, place = [*line.split(":", 2), "", ""][:3]
        names = controllers.split(",") if controllers else [""]
        if controllers and controller not in names:
            continue
        root = mount / (controller if controllers else "")
        relative = Path(place.lstrip("/"))
        for part in (relative, *relative.parents):
            if (root / part).is_dir():
                yield root / part


def _quota(folder: Path) -> Optional[float]:
    """Version 2 has both numbers in one file, version 1 each in its own; "max" and -1 are no limit."""
    both = (_text(folder / "cpu.max") or "").split()
    if len(both) != 2:
        both = [_text(folder / f"cpu.cfs_{name}_us") or "" for name in ("quota", "period")]
    quota, period = (_whole(number) for number in both)
    return quota / period if quota and period else None


def _memory_left(folder: Path) -> Optional[int]:
    """What a group's limit leaves; files that are only remembered count as free."""
    for most, used in (
        ("memory.max", "memory.current"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes"),
    ):
        limit, usage = _whole(_text(folder / most)), _whole(_text(folder / used))
        if limit is not None and usage is not None:
            return limit - usage + _remembered(folder)
    return None


def _remembered(folder: Path) -> int:
    for line in (_text(folder / "memory.stat") or "").splitlines():
        name, _space, number = line.partition(" ")
        if name == "inactive_file":
            return _whole(number) or 0
    return 0


def _text(file: Path) -> Optional[str]:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None


def _whole(text: Optional[str]) -> Optional[int]:
    return int(text) if text and text.isdigit() else None
