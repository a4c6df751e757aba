"""One spelling per path, so that a film that is named in two ways has one job."""

from __future__ import annotations

import os
import sys
import unicodedata
from pathlib import Path, PureWindowsPath

from core.text.windows_names import respelled


def full_path(path: Path) -> Path:
    """Return the absolute path; on Windows in the disk's own spelling.

    A mapped drive keeps its letter, and a link its own name.
    """
    if sys.platform != "win32":
        return path.absolute()
    full = Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute leaves ".." in it
    try:
        return Path(respelled(PureWindowsPath(full), PureWindowsPath(full.resolve(strict=True))))
    except OSError:  # it is not there, or its disk cannot say
        return full


def as_on_disk(path: Path) -> Path:
    """Return the path with accents as on the disk, where it only exists in the other Unicode form.

    macOS decomposes them, and those who name films (Radarr, a list) do not.
    """
    if path.exists() or str(path).isascii():
        return path
    forms = (Path(unicodedata.normalize(form, str(path))) for form in ("NFC", "NFD"))
    return next((form for form in forms if form.exists()), path)
