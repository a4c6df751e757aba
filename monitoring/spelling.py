"""One spelling for one path, so that a film that is named in two ways is one job."""

from __future__ import annotations

import os
import sys
from pathlib import Path, PureWindowsPath

from core.windows_names import respelled


def full_path(path: Path) -> Path:
    """Return the path from its root or drive on; on Windows as the disk spells it.

    A mapped drive keeps its letter, and a link its own name.
    """
    if sys.platform != "win32":
        return path.absolute()
    full = Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute leaves ".." in it
    try:
        return Path(respelled(PureWindowsPath(full), PureWindowsPath(full.resolve(strict=True))))
    except OSError:  # it is not there, or its disk cannot say
        return full
