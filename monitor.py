"""Which files of a folder are films.

Watching folders for new files comes with a later release; nothing here pretends to. What stands is
the question that watching will ask too: is this name a film's? Only names are looked at, no file is
opened, so that listing a large share stays quick.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path, PurePath
from typing import Callable, Iterator

# fmt: off
VIDEO_EXTENSIONS = frozenset({
    ".3g2", ".3gp", ".asf", ".avi", ".divx", ".f4v", ".flv", ".m2ts", ".m4v", ".mk3d", ".mkv",
    ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ogm", ".ogv", ".rm", ".rmvb", ".ts", ".webm", ".wmv",
})
# fmt: on
# Parts of discs, and what storage boxes and Windows keep beside the films.
_SKIPPED_FOLDERS = frozenset(
    {
        "sample",
        "samples",
        "trailer",
        "trailers",
        "bdmv",
        "video_ts",
        "@eadir",
        "#recycle",
        "$recycle.bin",
        "system volume information",
        "lost+found",
    }
)
# "Film.sample.mkv", "sample-film.mkv", "Film-trailer.mp4": the forms that release groups, Plex and
# Kodi use. A title may hold the word itself ("The Free Sample"), so a blank does not count.
_SAMPLE_OR_TRAILER = re.compile(
    r"^sample$|^sample[-._]|[-._]sample$|^trailer$|[-._]trailer\d*$", re.IGNORECASE
)


def is_film(name: str) -> bool:
    """Whether a file of this name (without its folder) is a film and no hidden file, sample or trailer."""
    path = PurePath(name)
    return (
        path.suffix.lower() in VIDEO_EXTENSIONS
        and not name.startswith(".")
        and _SAMPLE_OR_TRAILER.search(path.stem) is None
    )


def films_in(folder: Path, unreadable: Callable[[OSError], None]) -> Iterator[Path]:
    """Every film below ``folder``, in the order of names.

    Hidden folders are left out (the program's own ``.mediaprocessor`` is one), and so are symbolic
    links: a film is processed where it lies, once. ``unreadable`` is told of each folder that may
    not be read.
    """
    for parent, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and name.lower() not in _SKIPPED_FOLDERS
        )
        for name in sorted(names):
            path = Path(parent, name)
            if is_film(name) and _is_visible_file(path):
                yield path


def _is_visible_file(path: Path) -> bool:
    try:
        status = path.lstat()
    except OSError:  # it went away while the folder was read
        return False
    hidden = getattr(status, "st_file_attributes", 0) & stat.FILE_ATTRIBUTE_HIDDEN
    return stat.S_ISREG(status.st_mode) and not hidden
