"""Disks of other file systems, for tests: an image in a file, mounted as often as one likes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, List, Sequence

import pytest

_SIZE = 64 * 1024 * 1024
# Those that Linux's kernel and a program of its own mount (Debian's exfat-fuse).
_WAYS = (
    ("mkfs.exfat", ("mount", "-t", "exfat")),
    ("mkfs.exfat", ("mount.exfat-fuse",)),
    ("mkfs.vfat", ("mount", "-t", "vfat")),
)


class Disk:
    """A disk without lasting file numbers, mounted at ``place``."""

    def __init__(self, place: Path, device: str, mount: Sequence[str]) -> None:
        self.place = place
        self._device = device
        self._mount = mount

    def mount(self) -> bool:
        """Mount it; whether that went well."""
        return _done([*self._mount, self._device, str(self.place)])

    def unmount(self) -> None:
        """Take it away."""
        assert _done(["umount", str(self.place)])

    def mount_anew(self, first: Path) -> None:
        """Mount it anew and look at this file before all others: numbers are given as files are met."""
        self.unmount()
        assert self.mount()
        first.stat()


@contextmanager
def disk_without_numbers(tmp_path: Path) -> Iterator[Disk]:
    """An exFAT or FAT disk; the test is skipped where none can be made and mounted."""
    if not hasattr(os, "geteuid") or os.geteuid() or not shutil.which("losetup"):
        pytest.skip("only root can mount a disk image, with losetup")
    place = tmp_path / "disk"
    place.mkdir()
    tried: List[str] = []
    for make, mount in _WAYS:
        if not shutil.which(make) or not shutil.which(mount[0]):
            tried.append(f"no {make} or {mount[0]}")
            continue
        image = tmp_path / "disk.img"
        with image.open("wb") as file:
            file.truncate(_SIZE)
        if not _done([make, str(image)]):
            tried.append(make)
            continue
        answer = subprocess.run(
            ["losetup", "--show", "-f", str(image)], capture_output=True, text=True, check=False
        )
        device = answer.stdout.strip()
        if not device:
            pytest.skip(f"no loop device can be had: {answer.stderr.strip()}")
        disk = Disk(place, device, mount)
        try:
            if not disk.mount():
                tried.append(" ".join(mount))
                continue
            try:
                yield disk
            finally:
                disk.unmount()
            return
        finally:
            _done(["losetup", "-d", device])
    pytest.skip(f"no exFAT or FAT disk can be mounted here ({', '.join(tried)})")


def _done(argv: Sequence[str]) -> bool:
    return not subprocess.run(argv, capture_output=True, check=False).returncode


@contextmanager
def disk_of_4_megabytes(folder: Path) -> Iterator[Path]:
    """A disk that is soon full, mounted at ``folder``; the test is skipped where none can be mounted."""
    folder.mkdir()
    if sys.platform == "win32" or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    if not _done(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]):
        pytest.skip("this machine does not let a test mount a disk")
    try:
        yield folder
    finally:
        _done(["umount", str(folder)])
