"""Renames that never write over anything, and the exchange of two names, where the system has them.

Linux: ``renameat2(2)``, of glibc 2.28 and newer; macOS: ``renamex_np(2)``. A file system that does not
know them (NFS, many FUSE ones) says EINVAL or ENOTSUP; exFAT and CIFS know the first, but no exchange.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path
from typing import Any, Optional, Tuple

_UNKNOWN = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})
_HERE = -100  # AT_FDCWD: relative to the working directory


def rename_new(old: Path, new: Path) -> bool:
    """Rename in one step, refusing a name that is taken; False where that is not to be had.

    Raises FileExistsError and whatever else the system says (EXDEV: another disk).
    """
    if sys.platform == "win32":
        os.rename(old, new)  # noqa: PTH104 - refuses on Windows, where Path.rename says the same
        return True
    return _rename(old, new, _FLAGS[0])


def exchange(one: Path, other: Path) -> bool:
    """Swap two names atomically; False where the system cannot."""
    return sys.platform != "win32" and _rename(one, other, _FLAGS[1])


def _flags() -> Tuple[int, int]:
    """Return the system's flags for "refuse a taken name" and "exchange"."""
    return (4, 2) if sys.platform == "darwin" else (1, 2)


def _call() -> Optional[Any]:
    if sys.platform == "win32":
        return None
    name = "renamex_np" if sys.platform == "darwin" else "renameat2"
    return getattr(ctypes.CDLL(None, use_errno=True), name, None)


_FLAGS = _flags()
_CALL = _call()


def _rename(old: Path, new: Path, flag: int) -> bool:
    if _CALL is None:
        return False
    names = os.fsencode(old), os.fsencode(new)
    if sys.platform == "darwin":
        failed = _CALL(names[0], names[1], flag)
    else:
        failed = _CALL(_HERE, names[0], _HERE, names[1], flag)
    if not failed:
        return True
    code = ctypes.get_errno()
    if code in _UNKNOWN:
        return False
    raise OSError(code, os.strerror(code), str(old), None, str(new))
