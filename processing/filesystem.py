"""The file operations that a film's safety rests on, each as atomic as the system lets it be."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import stat
import sys
from pathlib import Path
from typing import Callable, Optional

from core.model import FileIdentity

DOT_FOLDER = ".mediaprocessor"  # beside the film; media servers and Sonarr/Radarr pass it by
_COPY_BYTES = 4 * 1024 * 1024
_HIDDEN = 2  # FILE_ATTRIBUTE_HIDDEN
# ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION: another program has it open.
_IN_USE = (5, 32, 33)


def same_file(one: FileIdentity, other: FileIdentity) -> bool:
    """Whether two looks at a file saw the same state of it.

    A share that is mounted anew has another device number, so that is not compared; some file
    systems have no file ids, which then say nothing.
    """
    same_id = one.inode == other.inode or not (one.inode and other.inode)
    return one.size == other.size and one.mtime_ns == other.mtime_ns and same_id


def same_content(one: FileIdentity, other: FileIdentity) -> bool:
    """Whether a copy that took its original's time is one of this state of the file.

    FAT keeps times to two seconds.
    """
    return one.size == other.size and abs(one.mtime_ns - other.mtime_ns) < 2_100_000_000


def in_use(error: OSError) -> bool:
    """Whether Windows says that another program has the file open."""
    return getattr(error, "winerror", None) in _IN_USE


class FileOperations:
    """What is done to films and results; one method is one step that a crash can come between."""

    def identity(self, path: Path) -> Optional[FileIdentity]:
        """Return what the file is now; None when there is none. Raises OSError otherwise."""
        try:
            found = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return FileIdentity(found.st_size, found.st_mtime_ns, found.st_dev, found.st_ino)

    def taken(self, path: Path) -> bool:
        """Whether anything has this name, a dangling link included."""
        return os.path.lexists(path)

    def make_folder(self, path: Path) -> None:
        """Make a folder and those above it; our dot folder is hidden on Windows as well."""
        path.mkdir(parents=True, exist_ok=True)
        for folder in (path, path.parent):
            if folder.name == DOT_FOLDER:
                _hide(folder)

    def remove_folders(self, path: Path) -> None:
        """Remove ``path`` and the dot folder that it lies in, as far as they are empty and ours."""
        with contextlib.suppress(OSError):
            if path.parent.name == DOT_FOLDER:
                path.rmdir()
                path = path.parent
            if path.name == DOT_FOLDER:
                path.rmdir()

    def link(self, existing: Path, new: Path) -> bool:
        """Give the file a second name; False where that is not to be had.

        Raises FileExistsError when the name is taken.
        """
        try:
            os.link(existing, new)
        except FileExistsError:
            raise
        except (OSError, NotImplementedError) as error:
            if isinstance(error, FileNotFoundError) or (
                isinstance(error, OSError) and in_use(error)
            ):
                raise
            return False
        return True

    def replace(self, old: Path, new: Path) -> None:
        """Move over whatever has the name, in one step; only within a volume."""
        old.replace(new)

    def move(self, old: Path, new: Path) -> None:
        """Move without overwriting, within a volume; raises FileExistsError.

        Where the system has no such move, a link and a removal do the same. Where there are no links
        either (exFAT, some shares) a look comes before the move.
        """
        if sys.platform != "win32":
            if self.link(old, new):
                self.remove(old)
                return
            if self.taken(new):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(new))
        os.rename(old, new)  # noqa: PTH104 - refuses on Windows, where Path.rename says the same

    def remove(self, path: Path) -> None:
        """Remove a file; one that is gone already is no error."""
        with contextlib.suppress(FileNotFoundError):
            path.unlink()

    def copy(self, old: Path, new: Path, keep_going: Callable[[], None] = lambda: None) -> None:
        """Copy to another volume and wait until the disk has it; ``keep_going`` may raise to end it.

        ``new`` must not exist.
        """
        with old.open("rb") as source, new.open("xb") as target:
            while True:
                piece = source.read(_COPY_BYTES)
                if not piece:
                    break
                target.write(piece)
                keep_going()
            target.flush()
            os.fsync(target.fileno())
        shutil.copystat(old, new)

    def sync_file(self, path: Path) -> None:
        """Wait until the disk has the file's content."""
        descriptor = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def sync_folder(self, path: Path) -> None:
        """Wait until the disk has the folder's names; Windows does that by itself."""
        if sys.platform == "win32":
            return
        descriptor = os.open(path, os.O_RDONLY)
        try:
            with contextlib.suppress(OSError):  # some network shares cannot
                os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def take_after(self, result: Path, original: Path, *, times: bool) -> None:
        """Give the result the original's permissions, owner and, if asked, modification time."""
        found = original.stat()
        with contextlib.suppress(OSError):
            result.chmod(stat.S_IMODE(found.st_mode))
        if sys.platform != "win32":
            with contextlib.suppress(OSError):
                os.chown(result, found.st_uid, found.st_gid)
        if times:
            os.utime(result, ns=(found.st_atime_ns, found.st_mtime_ns))

    def free_space(self, folder: Path) -> int:
        """Return the bytes that a user may still write to the folder's disk."""
        return shutil.disk_usage(folder).free


def _hide(path: Path) -> None:
    if sys.platform == "win32":
        ctypes.windll.kernel32.SetFileAttributesW(str(path), _HIDDEN)
