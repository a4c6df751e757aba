"""Power cuts: a disk that holds, after one, what had reached it by then, and nothing else.

The disk is an ext4 file system in a file. What a program has written without syncing it lies in the kernel's
memory for that file system, and is not in the file. So a copy of the file, made at the moment of the cut and
mounted instead of it, is what the machine would find when it starts again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Sequence

import psutil

_SIZE = 96 * 1024 * 1024


class PowerDisk:
    """A disk of its own below ``root``, mounted at ``place``; only root can have one."""

    def __init__(self, root: Path) -> None:
        self.place = root / "disk"
        self._image = root / "disk.img"

    @staticmethod
    def to_be_had() -> bool:
        """Whether this machine lets us."""
        root = hasattr(os, "geteuid") and not os.geteuid()
        return root and all(map(shutil.which, ("mkfs.ext4", "mount", "losetup")))

    def insert(self) -> None:
        """Make it anew, empty; raises OSError where it cannot be mounted."""
        self.place.mkdir(parents=True, exist_ok=True)
        with self._image.open("wb") as image:
            image.truncate(_SIZE)
        _run("mkfs.ext4", "-q", "-F", str(self._image))
        self._mount()

    def settle(self) -> None:
        """Let all that was written so far reach the disk."""
        _run("sync", "-f", str(self.place))

    def cut(self) -> None:
        """Take the power away from what works on it, and give it back."""
        self._end_programs()
        after = self._image.with_suffix(".after")
        _run("cp", "--sparse=always", str(self._image), str(after))
        _run("umount", str(self.place))
        after.replace(self._image)
        self._mount()

    def remove(self) -> None:
        """Take it away for good."""
        with suppress(OSError):
            _run("umount", str(self.place))
        self._image.unlink()

    def _mount(self) -> None:
        # Without what ext4 does for programs that do not sync: a file that was truncated and written anew is
        # written to the disk when it is closed.
        options = "loop,noauto_da_alloc"
        _run("mount", "-o", options, str(self._image), str(self.place))

    def _end_programs(self) -> None:
        """Programs that a killed one has left at work die with the power as well."""
        name = f"{self.place}{os.sep}"
        for process in psutil.process_iter(["cmdline"]):
            mine = any(name in word for word in process.info["cmdline"] or ())
            if mine and process.pid != os.getpid():
                with suppress(psutil.Error):
                    process.kill()
                    process.wait(5)


def _run(*argv: str) -> None:
    words: Sequence[str] = argv
    answer = subprocess.run(words, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise OSError(f"{argv[0]}: {answer.stderr.strip()}")
