"""Which names are films' names, and which folders hold none.

Only names are looked at, so that listing a large share stays quick.
"""

from __future__ import annotations

import fnmatch
import re
from pathlib import PurePath
from typing import Callable, Optional, Sequence

# fmt: off
VIDEO_EXTENSIONS = frozenset({
    ".3g2", ".3gp", ".asf", ".avi", ".divx", ".f4v", ".flv", ".m2ts", ".m4v", ".mk3d", ".mkv",
    ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ogm", ".ogv", ".rm", ".rmvb", ".ts", ".webm", ".wmv",
})
# Beside the film: what media servers take for extras, parts of discs, what storage boxes and Windows
# keep. "Scenes", "shorts" and "other" are not here: people name collections so.
_SKIPPED_FOLDERS = frozenset({
    "sample", "samples", "trailer", "trailers", "extra", "extras", "featurette", "featurettes",
    "behind the scenes", "deleted scenes", "interviews", "bdmv", "video_ts", "@eadir", "#recycle",
    "$recycle.bin", "system volume information", "lost+found",
})
# fmt: on
# Folders in which download programs unpack, or leave what they could not unpack.
_UNPACKING = re.compile(r"_(unpack|failed|admin)_", re.IGNORECASE)
# "Film.sample.mkv", "sample-film.mkv", "Film-trailer.mp4", "Film-featurette.mkv": the forms that release
# groups, Plex, Jellyfin and Kodi use. A title may hold the word itself ("The Free Sample"), so a blank
# does not count.
_EXTRA = re.compile(
    r"^sample$|^sample[-._]|[-._]sample$|^trailer$|[-._]trailer\d*$"
    r"|-(behindthescenes|deleted|deletedscene|extra|featurette|interview|scene)\d*$",
    re.IGNORECASE,
)
# "film.part.mkv": a download that keeps the ending of its name.
_UNFINISHED = re.compile(r"\.(part|partial|!qb|crdownload|!ut|aria2|tmp)$", re.IGNORECASE)
# "film.mkv.aria2" beside "film.mkv": a download that has its size already and is not whole.
BESIDE_DOWNLOADS = (".aria2", ".part")


def is_film(name: str) -> bool:
    """Whether a file of this name (without its folder) is a film and no hidden file, sample or extra."""
    stem, dot, extension = name.rpartition(".")
    return (
        bool(stem)
        and f"{dot}{extension}".lower() in VIDEO_EXTENSIONS
        and not name.startswith(".")
        and _EXTRA.search(stem) is None
        and _UNFINISHED.search(stem) is None
    )


def holds_films(folder: str) -> bool:
    """Whether a folder of this name may hold films: none that is hidden (our own is), no extras."""
    return (
        not folder.startswith(".")
        and folder.lower() not in _SKIPPED_FOLDERS
        and _UNPACKING.match(folder) is None
    )


def is_film_path(path: PurePath) -> bool:
    """Whether a file of this path below a watched folder is a film by all its names."""
    return is_film(path.name) and all(map(holds_films, path.parts[:-1]))


def pattern_filter(include: Sequence[str], ignore: Sequence[str]) -> Callable[[str], bool]:
    """Return what says of a film's path below its folder, with ``/``, whether it is wanted."""
    wanted, unwanted = _matcher(include), _matcher(ignore)

    def allowed(path: str) -> bool:
        name = path.rpartition("/")[2]
        if unwanted is not None and (unwanted(path) or unwanted(name)):
            return False
        return wanted is None or bool(wanted(path) or wanted(name))

    return allowed


def _matcher(patterns: Sequence[str]) -> Optional[Callable[[str], object]]:
    if not patterns:
        return None
    texts = (fnmatch.translate(one.replace("\\", "/")) for one in patterns)
    return re.compile("|".join(f"(?:{text})" for text in texts), re.IGNORECASE).match
