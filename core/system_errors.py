"""What an operating system's error means for a film: its disk is unreachable or full, or the file in use.

Python folds Windows' error codes into POSIX's few and unlike ones: a share that went away becomes "no such
file", a drive that is not ready "permission denied". So Windows' own code is looked at first
(https://learn.microsoft.com/windows/win32/debug/system-error-codes).
"""

from __future__ import annotations

import errno
from pathlib import PurePath
from typing import Dict, FrozenSet

from core.errors import FolderNotWritable
from core.text.sentence import Sentence

# Sharing and lock violations, a file that waits for its deletion, one that is mapped into memory.
_IN_USE: FrozenSet[int] = frozenset({32, 33, 303, 1224})
_ACCESS_DENIED = 5
_AWAY_ON_WINDOWS: FrozenSet[int] = frozenset(
    {
        *(15, 20, 21),  # no such drive, no such unit, not ready
        *(31, 55, 433, 483),  # the device does not work, is gone, does not exist, was taken out
        *(51, 53, 54, 58, 59, 64, 67, 71),  # the share's machine, name or connection is gone
        *(121, 1219, 1222, 1225, 1231, 1232, 1236, 1256),  # timed out, refused, no way there
        *(1117, 1167, 1203, 1326, 2250),  # the device fails, is not connected; no sign-in
    }
)
_FULL_ON_WINDOWS: FrozenSet[int] = frozenset({39, 112, 1295})
_WRITE_PROTECTED = 19
_TOO_LONG = 206
_AWAY: FrozenSet[int] = frozenset(
    getattr(errno, name)
    for name in (
        *("ESTALE", "EIO", "ENODEV", "ENXIO", "ENOTCONN", "ESHUTDOWN", "ETIMEDOUT"),
        *("EHOSTDOWN", "EHOSTUNREACH", "ENETDOWN", "ENETUNREACH", "ECONNABORTED", "ECONNRESET"),
        "ECONNREFUSED",
    )
    if hasattr(errno, name)
)
_FULL: FrozenSet[int] = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})


def _windows_code(error: OSError) -> int:
    return getattr(error, "winerror", None) or 0


def is_away(error: OSError) -> bool:
    """Whether the disk or share cannot be reached now, which passes by itself."""
    code = _windows_code(error)
    return code in _AWAY_ON_WINDOWS if code else error.errno in _AWAY


def is_full(error: OSError) -> bool:
    """Whether the disk, or what the user may write to it, is used up."""
    code = _windows_code(error)
    return code in _FULL_ON_WINDOWS if code else error.errno in _FULL


def is_read_only(error: OSError) -> bool:
    """Whether the whole disk may only be read: mounted so, or turned so after an error of its own."""
    code = _windows_code(error)
    return code == _WRITE_PROTECTED if code else error.errno == errno.EROFS


def is_too_long(error: OSError) -> bool:
    """Whether a command has more words or characters than the system starts."""
    code = _windows_code(error)
    return code == _TOO_LONG if code else error.errno == errno.E2BIG


def is_in_use(error: OSError) -> bool:
    """Whether Windows says that another program has the file open.

    "Access denied" can mean that as well: a file that is open and waits for its deletion answers so.
    """
    return _windows_code(error) in _IN_USE | {_ACCESS_DENIED}


def is_missing(error: OSError) -> bool:
    """Whether the name is not there, on a disk that is."""
    return isinstance(error, (FileNotFoundError, NotADirectoryError)) and not is_away(error)


def not_written(path: PurePath, error: OSError) -> FolderNotWritable:
    """Say why a file could not be written, and what to do; what the system says is in few words."""
    folder = path.parent
    if is_full(error):
        return FolderNotWritable(
            folder,
            Sentence("its disk is full"),
            Sentence("Make room, or name another place."),
        )
    if is_away(error):
        return FolderNotWritable(
            folder,
            Sentence("its disk is away"),
            Sentence("Try again when it is back, or name another place."),
        )
    if is_read_only(error):
        return FolderNotWritable(
            folder, Sentence("its disk is read-only"), Sentence("Name another place.")
        )
    if isinstance(error, FileNotFoundError):
        return FolderNotWritable(
            folder, Sentence("it does not exist"), Sentence("Make it, or name another place.")
        )
    if isinstance(error, NotADirectoryError):
        return FolderNotWritable(
            folder, Sentence("it is no folder"), Sentence("Name another place.")
        )
    if isinstance(error, IsADirectoryError):
        return FolderNotWritable(path, Sentence("it is a folder"), Sentence("Name a file in it."))
    problem = system_problem(error)
    if isinstance(error, PermissionError):
        return FolderNotWritable(folder, problem)
    return FolderNotWritable(folder, problem, Sentence("Try again, or name another place."))


# What the commonest errors of a disk are called, in sentences that continue "... (", with POSIX's own words.
_PROBLEMS: Dict[int, Sentence] = {
    errno.EACCES: Sentence("Permission denied"),
    errno.EPERM: Sentence("Operation not permitted"),
    errno.ENOENT: Sentence("No such file or directory"),
    errno.ENOTDIR: Sentence("Not a directory"),
    errno.EISDIR: Sentence("Is a directory"),
    errno.EEXIST: Sentence("File exists"),
    errno.EIO: Sentence("Input/output error"),
    errno.ENOSPC: Sentence("No space left on device"),
    errno.EROFS: Sentence("Read-only file system"),
    errno.ENAMETOOLONG: Sentence("File name too long"),
    errno.EMFILE: Sentence("Too many open files"),
    errno.EBUSY: Sentence("Device or resource busy"),
    errno.ECONNREFUSED: Sentence("Connection refused"),
    errno.ETIMEDOUT: Sentence("Connection timed out"),
    errno.EADDRINUSE: Sentence("Address already in use"),
}


def system_problem(error: BaseException) -> str:
    """What the system says of its error in few words; Windows says it in the user's language by itself."""
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    known = _PROBLEMS.get(error.errno or 0)
    return known if known is not None and known == error.strerror else error.strerror
