"""Who may read a film: its mode, owner, group, access list and extended attributes, on a file beside it.

On Windows a file has the rights that its folder hands down, and a result lies in the film's folder.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from pathlib import Path
from typing import Iterator, Optional, Union

from core.text.sentence import Sentence

if sys.platform != "win32":
    import grp

_OWN = 0o600  # what the one who writes a file needs
_ACCESS_LIST = "system.posix_acl_access"  # acl(5)
# What belongs to one content: signatures, and rights of programs.
_OF_CONTENT = ("security.ima", "security.evm", "security.capability")


def create_like(path: Path, original: Path) -> str:
    """Make an empty file that nobody may read who may not read ``original``, from its first byte on.

    Its owner may write to it as well. Returns what ``take_rights`` does; raises FileExistsError.
    """
    found = original.stat()
    with _opened(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL) as descriptor:
        return _take_rights(descriptor, original, found, _OWN)


def take_rights(path: Path, original: Path) -> str:
    """Give a file the rights of ``original``; return a sentence where its group's could not be kept.

    Then that group may do what everybody may, and so may the group which the file has instead.
    """
    found = original.stat()
    if sys.platform == "win32":
        with contextlib.suppress(OSError):
            path.chmod(stat.S_IMODE(found.st_mode))
        return ""
    with _opened(path, os.O_RDONLY) as descriptor:
        return _take_rights(descriptor, original, found, 0)


def take_attributes(path: Path, original: Path) -> None:
    """Give a file the extended attributes of ``original``, as far as its file system and user may."""
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError), _opened(path, os.O_RDONLY) as descriptor:
        for name in os.listxattr(original):
            if name != _ACCESS_LIST and name not in _OF_CONTENT:
                with contextlib.suppress(OSError):
                    os.setxattr(descriptor, name, os.getxattr(original, name))


@contextlib.contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    """The file itself: what follows must not reach another that is put in its place, or a link's end."""
    descriptor = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), _OWN)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _take_rights(descriptor: int, original: Path, found: os.stat_result, more: int) -> str:
    if sys.platform == "win32":
        return ""
    mode, lost = stat.S_IMODE(found.st_mode), ""
    if not _take_owner(descriptor, found):
        mode, lost = _group_as_others(mode), _group_lost(original, found)
    elif not _take_access_list(descriptor, original):
        mode = _group_as_others(mode)
        lost = Sentence(
            "The access list of {original} cannot be kept: its disk or its user refuses. Who is "
            "named in it may do with the result what everybody may.",
            original=original,
        )
    with contextlib.suppress(OSError):
        os.chmod(descriptor, mode | more)
    return lost


def _group_as_others(mode: int) -> int:
    """The mode with a group that may do no more than everybody."""
    return mode & ~stat.S_IRWXG | mode & (mode & stat.S_IRWXO) << 3


def _take_owner(descriptor: int, found: os.stat_result) -> bool:
    """Whether the file has the group; the owner may be refused where the group is not."""
    if sys.platform == "win32":
        return True
    for owner, group in ((found.st_uid, -1), (-1, found.st_gid)):
        with contextlib.suppress(OSError):
            os.chown(descriptor, owner, group)
    return os.fstat(descriptor).st_gid == found.st_gid


def _take_access_list(descriptor: int, original: Path) -> bool:
    """Whether both have the same access list, or none: a folder may hand one down to new files."""
    if sys.platform != "linux":
        return True
    wanted = _access_list(original)
    try:
        if wanted is not None:
            os.setxattr(descriptor, _ACCESS_LIST, wanted)
        elif _access_list(descriptor) is not None:
            os.removexattr(descriptor, _ACCESS_LIST)
    except OSError:
        return False
    return True


def _access_list(file: Union[Path, int]) -> Optional[bytes]:
    if sys.platform != "linux":
        return None
    try:
        return os.getxattr(file, _ACCESS_LIST)
    except OSError as error:
        if error.errno in (errno.ENODATA, errno.ENOTSUP):
            return None
        raise


def _group_lost(original: Path, found: os.stat_result) -> str:
    group = str(found.st_gid)
    if sys.platform != "win32":
        with contextlib.suppress(KeyError):
            group = grp.getgrgid(found.st_gid).gr_name
    return Sentence(
        "The group {group} of {original} cannot be kept: this program's user is not in it. "
        "Members of the group may do with the result what everybody may.",
        group=group,
        original=original,
    )
