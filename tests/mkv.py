"""Matroska files as only MKVToolNix makes them; a skip where it is not installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Tuple

import pytest


def mkvtoolnix(program: str, *arguments: object) -> str:
    """Run one of MKVToolNix' programs to its end; return what it says."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"needs {program} in PATH")
    argv = [path, *map(str, arguments)]
    done = subprocess.run(argv, stdout=subprocess.PIPE, check=False, timeout=60)
    text = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, f"{argv}\n{text}"
    return text


def merged(path: Path, *arguments: object) -> Path:
    """Make a film by mkvmerge."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mkvtoolnix("mkvmerge", "-q", "-o", path, *arguments)
    return path


def srt(path: Path, cues: Tuple[Tuple[float, str], ...], seconds: float = 1.0) -> Path:
    """A SubRip file of these lines, each shown for so many seconds from its moment on."""

    def clock(moment: float) -> str:
        whole = int(moment)
        return (
            f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d},{moment % 1 * 1000:03.0f}"
        )

    lines = [
        f"{number}\n{clock(start)} --> {clock(start + seconds)}\n{text}\n"
        for number, (start, text) in enumerate(cues, 1)
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path
