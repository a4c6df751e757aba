"""One spelling for one path, so that a film that is named in two ways is one job."""

from __future__ import annotations

import os
import sys
import unicodedata
from pathlib import Path, PureWindowsPath

from core.text.windows_names import respelled


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


def as_on_disk(path: Path) -> Path:
    """Return the path with its accents as the disk has them, where it is there in another form only.

    macOS keeps them apart from their letters, and who names a film (Radarr, a list) does not.
    """
    if path.exists() or str(path).isascii():
        return path
    forms = (Path(unicodedata.normalize(form, str(path))) for form in ("NFC", "NFD"))
    return next((form for form in forms if form.exists()), path)
