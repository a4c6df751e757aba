"""The file operations that keep films safe, each as atomic as the system allows."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator, Optional

from core.errors import ProbeError
from core.media.content import times_agree
from core.media.model import FileIdentity
from core.system_errors import is_in_use, is_missing
from processing import renaming
from processing.permissions import create_like, take_attributes, take_rights
from store.verdicts import fingerprint

DOT_FOLDER = ".mediaprocessor"  # beside the film; media servers and Sonarr/Radarr pass it by
_COPY_BYTES = 4 * 1024 * 1024
_COPIED = 2_100_000_000  # nanoseconds that the time of a copy may be off
_READ_ONLY, _HIDDEN, _SYSTEM = 1, 2, 4  # FILE_ATTRIBUTE_…


def same_file(one: FileIdentity, other: FileIdentity) -> bool:
    """Whether two identities describe the same, unchanged file.

    A disk that is mounted again has another device number, so that is not compared. File numbers do not
    last everywhere, nor do times to the nanosecond: where they differ, an equal content and a time that
    is the same as far as file systems keep it say that it is the file. A file of another content never is.
    """
    if not _may_be_same(one, other):
        return False
    same_id = one.inode == other.inode or not (one.inode and other.inode)
    if same_id and one.mtime_ns == other.mtime_ns:
        return True
    return bool(one.content and other.content) and times_agree(one.mtime_ns, other.mtime_ns)


def same_content(one: FileIdentity, other: FileIdentity) -> bool:
    """Whether a copy that took over its original's time is a copy of this state of the file.

    FAT keeps times to two seconds.
    """
    near = abs(one.mtime_ns - other.mtime_ns) < _COPIED
    return _may_be_same(one, other) and (near or times_agree(one.mtime_ns, other.mtime_ns))


def _may_be_same(one: FileIdentity, other: FileIdentity) -> bool:
    """Whether sizes and contents, as far as both are known, are equal."""
    other_content = one.content and other.content and one.content != other.content
    return one.size == other.size and not other_content


def outgoing(path: Path) -> Path:
    """Return the name that waits for ``path``'s while two files change places in several steps."""
    return path.with_name(path.name + ".outgoing")


@dataclass(frozen=True)
class FileState:
    """What the system says of a file; ``changed_ns`` is its ``ctime``, which no program can set back.

    On Windows that is when it was made.
    """

    device: int
    inode: int
    mode: int
    size: int
    mtime_ns: int
    changed_ns: int


class FileOperations:
    """Operations on films and results; a crash can happen between two of them, never inside one."""

    def identity(self, path: Path) -> Optional[FileIdentity]:
        """Return the file's identity, content included; None if there is no file.

        Raises OSError as ``state`` does. A content that cannot be read now (another program has the file to
        itself) is left empty.
        """
        found = self.state(path)
        if found is None:
            return None
        content = ""
        if stat.S_ISREG(found.mode):
            with contextlib.suppress(ProbeError):
                content = fingerprint(path)
        return FileIdentity(found.size, found.mtime_ns, found.device, found.inode, content)

    def state(self, path: Path) -> Optional[FileState]:
        """Return what the system says of a file without reading it; None if there is none.

        Raises OSError otherwise, also where a share that went away says "no such file".
        """
        try:
            found = path.stat()
        except OSError as error:
            if not is_missing(error):
                raise
            return None
        numbers = (found.st_dev, found.st_ino, found.st_mode)
        return FileState(*numbers, found.st_size, found.st_mtime_ns, found.st_ctime_ns)

    def size(self, path: Path) -> Optional[int]:
        """Return a file's size in bytes; None where there is none, or that cannot be told now."""
        try:
            return path.stat().st_size
        except OSError:
            return None

    def taken(self, path: Path) -> bool:
        """Whether anything exists under this name, even a dangling link."""
        return os.path.lexists(path)

    def names(self, path: Path) -> int:
        """Return how many names (hard links) the file has; 0 when there is none."""
        try:
            return path.lstat().st_nlink
        except OSError as error:
            if not is_missing(error):
                raise
            return 0

    def make_folder(self, path: Path) -> None:
        """Make a folder and those above it; our dot folder is hidden on Windows as well.

        Raises FileNotFoundError where the film's folder is gone, which is not ours to make again.
        """
        for folder in (path.parent, path):
            if folder.name == DOT_FOLDER:
                folder.mkdir(exist_ok=True)
                _hide(folder)
        path.mkdir(parents=path.parent.name != DOT_FOLDER != path.name, exist_ok=True)

    def remove_folders(self, path: Path) -> None:
        """Remove ``path`` and the dot folder that it lies in, as far as they are empty and ours."""
        with contextlib.suppress(OSError):
            if path.parent.name == DOT_FOLDER:
                path.rmdir()
                path = path.parent
            if path.name == DOT_FOLDER:
                path.rmdir()

    def link(self, existing: Path, new: Path) -> bool:
        """Create a hard link; False where the file system has none.

        Raises FileExistsError when the name is taken.
        """
        try:
            os.link(existing, new)
        except FileExistsError:
            raise
        except (OSError, NotImplementedError) as error:
            if isinstance(error, FileNotFoundError) or (
                isinstance(error, OSError) and is_in_use(error)
            ):
                raise
            return False
        return True

    def replace(self, old: Path, new: Path) -> None:
        """Put ``old`` under the name ``new``; what had that name has ``old``'s afterwards.

        Nothing is lost, whoever put it there. One step where two names can be exchanged; else what has
        the name waits under ``outgoing(old)`` in between. Raises FileNotFoundError when nothing has the
        name, FileExistsError when it was taken again in between; only within a volume.
        """
        if self.exchange(old, new):
            return
        waiting = outgoing(old)
        self.take(new, waiting)
        try:
            self.move(old, new)
        except OSError:
            with contextlib.suppress(FileExistsError):
                self.move(waiting, new)
            raise
        self.move(waiting, old)

    def overwrite(self, old: Path, new: Path) -> None:
        """Move over a file of ours, in one step; never onto a film's name. Only within a volume."""
        with _writable(new):
            old.replace(new)

    def exchange(self, one: Path, other: Path) -> bool:
        """Swap two names atomically; False where the system cannot."""
        return renaming.exchange(one, other)

    def take(self, old: Path, new: Path) -> None:
        """Rename what others may put anything under to a name in a folder of ours, in one step.

        What was moved is whatever had the name in that instant: look at it afterwards. Raises
        FileNotFoundError, FileExistsError when ``new`` is taken.
        """
        if self.rename_new(old, new):
            return
        if self.taken(new):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(new))
        os.rename(old, new)  # noqa: PTH104 - nobody but us makes names there

    def move(self, old: Path, new: Path) -> None:
        """Move a file of ours without overwriting, within a volume; raises FileExistsError.

        Where the system has no such rename, a link and a removal do the same. Where there are no links
        either (some old shares) a look comes before the move.
        """
        if self.rename_new(old, new):
            return
        if self.link(old, new):
            self.remove(old)
            return
        if self.taken(new):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(new))
        os.rename(old, new)  # noqa: PTH104 - as for take

    def rename_new(self, old: Path, new: Path) -> bool:
        """Rename in one step, refusing a taken name; False where that is not to be had."""
        return renaming.rename_new(old, new)

    def remove(self, path: Path) -> None:
        """Remove a file; it is no error if it is already gone."""
        try:
            with _writable(path):
                path.unlink()
        except OSError as error:
            if not is_missing(error):
                raise

    def remove_scratch(self, path: Path) -> None:
        """Remove a file of ours, or a folder of ours with the files in it; either may be gone."""
        if path.is_dir() and not path.is_symlink():
            with contextlib.suppress(FileNotFoundError):
                for file in tuple(path.iterdir()):
                    self.remove(file)
                path.rmdir()
        else:
            self.remove(path)

    def copy(self, old: Path, new: Path, keep_going: Callable[[], None] = lambda: None) -> None:
        """Copy to another volume and flush it to disk; ``keep_going`` may raise to stop the copy.

        ``new`` must not exist.
        """
        create_like(new, old)
        with old.open("rb") as source, new.open("r+b") as target:
            while True:
                piece = source.read(_COPY_BYTES)
                if not piece:
                    break
                target.write(piece)
                keep_going()
            target.flush()
            os.fsync(target.fileno())
        take_rights(new, old)
        shutil.copystat(old, new)

    def sync_file(self, path: Path) -> None:
        """Flush the file's content to disk."""
        attributes = _attributes(path)
        with _writable(path):
            descriptor = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
            if attributes & _READ_ONLY:
                _set_attributes(path, attributes)

    def sync_folder(self, path: Path) -> None:
        """Flush the folder's entries to disk; Windows does that automatically."""
        if sys.platform == "win32":
            return
        descriptor = os.open(path, os.O_RDONLY)
        try:
            with contextlib.suppress(OSError):  # some network shares cannot
                os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def create(self, path: Path, original: Path) -> str:
        """Take a name with an empty file that has the original's rights, and which its owner may write.

        Returns a sentence where the original's group cannot be kept; raises FileExistsError.
        """
        return create_like(path, original)

    def take_after(self, result: Path, original: Path, *, times: bool) -> str:
        """Give the result the original's rights, attributes and, if asked, modification time.

        On Windows: whether it is hidden, of the system, or to be read only. Returns a sentence where the
        original's group cannot be kept.
        """
        found = original.stat()
        take_attributes(result, original)
        lost = take_rights(result, original)
        kept = _attributes(original) & (_READ_ONLY | _HIDDEN | _SYSTEM)
        if times:
            os.utime(result, ns=(found.st_atime_ns, found.st_mtime_ns))
        if kept:
            _set_attributes(result, kept)
        return lost

    def free_space(self, folder: Path) -> int:
        """Return the free space that the user can write to on the folder's disk, in bytes."""
        return shutil.disk_usage(folder).free


@contextlib.contextmanager
def _writable(path: Path) -> Iterator[None]:
    """Windows neither replaces nor removes what is marked as read-only, nor opens it for writing.

    Its answer is "access denied", as for a file that another program has open.
    """
    attributes = _attributes(path)
    if attributes & _READ_ONLY:
        _set_attributes(path, attributes & ~_READ_ONLY)
    try:
        yield
    except OSError:
        if attributes & _READ_ONLY:
            _set_attributes(path, attributes)
        raise


def _attributes(path: Path) -> int:
    """Return Windows' attributes of a file; 0 on other systems and where there is none."""
    with contextlib.suppress(OSError):
        return int(getattr(path.lstat(), "st_file_attributes", 0))
    return 0


def _set_attributes(path: Path, attributes: int) -> None:
    if sys.platform == "win32":
        ctypes.windll.kernel32.SetFileAttributesW(str(path), attributes)


def _hide(path: Path) -> None:
    _set_attributes(path, _attributes(path) | _HIDDEN)
