"""Which file names are those of films, and which folders hold no films.

Only names are looked at, so that listing a large share stays quick.
"""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from typing import Callable, Collection, Iterable, Optional, Sequence

from core.text.composed import composed
from core.text.sentence import Sentence

# fmt: off
VIDEO_EXTENSIONS = frozenset({
    ".3g2", ".3gp", ".asf", ".avi", ".divx", ".f4v", ".flv", ".m2ts", ".m4v", ".mk3d", ".mkv",
    ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ogm", ".ogv", ".rm", ".rmvb", ".ts", ".webm", ".wmv",
    ".dvr-ms", ".evo", ".m1v", ".m2p", ".m2t", ".m2v", ".mp4v", ".mpe", ".mpv", ".mxf", ".qt", ".tod",
    ".tp", ".trp", ".vob", ".vro", ".wtv", ".xvid", ".dv",
})
# What a release is packed in: a sample lies beside it before the film is unpacked.
_ARCHIVES = frozenset({".rar", ".r00", ".001", ".7z", ".zip"})
# Parts of discs, and what storage boxes and Windows keep.
_DISCS = frozenset({"bdmv", "video_ts", "hvdvd_ts"})
_KEPT_BY_SYSTEMS = frozenset({
    "@eadir", "#recycle", "$recycle.bin", "system volume information", "lost+found",
})
# Beside the film: what media servers take for extras. "Scenes", "shorts" and "other" are not here: people
# name collections so. There are series of these names, too.
_EXTRAS = frozenset({
    "sample", "samples", "trailer", "trailers", "extra", "extras", "featurette", "featurettes",
    "behind the scenes", "deleted scenes", "interviews",
})
# fmt: on
# Folders in which download programs unpack, or leave what they could not unpack.
_UNPACKING = re.compile(r"_(unpack|failed|admin)_", re.IGNORECASE)
# "Film.sample.mkv", "sample-film.mkv", "Film-trailer.mp4", "Film-featurette.mkv": the forms that release
# groups, Plex, Jellyfin and Kodi use. A title may hold the word itself ("The Free Sample"), so a blank
# does not count, and neither does a name that has nothing to do with a film beside it ("Crime-Scene").
_EXTRA = re.compile(
    r"^(?:sample|trailer\d*)$|^sample[-._](?P<behind>.+)$|^(?P<before>.+?)(?:[-._](?:sample|trailer\d*)"
    r"|-(?:behindthescenes|deleted|deletedscene|extra|featurette|interview|scene)\d*)$",
    re.IGNORECASE,
)
# A release's name, whose sample can come before the film.
_RELEASE = re.compile(
    r"[._](?:19|20)\d\d[._]|\d{3,4}[pi](?![a-z])|[xh]\.?26[45]|xvid|bluray|web-?(?:dl|rip)|hdtv|dvdrip",
    re.IGNORECASE,
)
_ARTICLES = frozenset(
    {"the", "a", "an", "de", "het", "een", "der", "die", "das", "la", "le", "el", "il"}
)
_DISC_PART = re.compile(r"VTS_\d\d_\d\.VOB|VIDEO_TS\.VOB", re.IGNORECASE)
_EPISODE = re.compile(r"\bS\d{1,3}[ ._-]?E\d{1,4}|\b\d{1,2}x\d{2,3}\b", re.IGNORECASE)
_SEASON = re.compile(
    r"(?:season|series|staffel|seizoen|saison|temporada|stagione|sezon|sasong|saesong|sesong|kausi|sezona"
    r"|сезон)[ ._-]*\d+.*|s\d{1,3}|specials",
    re.IGNORECASE,
)
# "film.part.mkv": a download that keeps the ending of its name.
_UNFINISHED = re.compile(r"\.(part|partial|!qb|crdownload|!ut|aria2|tmp)$", re.IGNORECASE)
# "film.mkv.aria2" beside "film.mkv": a download that has its size already and is not whole.
BESIDE_DOWNLOADS = (".aria2", ".part")


def is_film(name: str) -> bool:
    """Whether a file of this name (without its folder) is a film by its ending, and no hidden file."""
    stem, dot, extension = name.rpartition(".")
    return (
        bool(stem)
        and f"{dot}{extension}".lower() in VIDEO_EXTENSIONS
        and not name.startswith(".")
        and _UNFINISHED.search(stem) is None
    )


def seems_extra(name: str) -> bool:
    """Whether a name looks like that of a sample, a trailer or another extra, or of a part of a disc."""
    return _EXTRA.match(_stem(name)) is not None or _DISC_PART.fullmatch(name) is not None


def why_no_film(name: str, folder: str, others: Collection[str]) -> str:
    """Why a file whose name has such a form is skipped, in a few words; empty where it is a film.

    ``others`` are the names of the files beside it, ``folder`` is the name of the one that it lies in.
    """
    if _DISC_PART.fullmatch(name):
        return Sentence("a part of a DVD")
    form = _EXTRA.match(_stem(name))
    if form is None:
        return ""
    films = [_plain(_stem(name)) for name in others if is_film(name) and not seems_extra(name)]
    packed = any(name[name.rfind(".") :].lower() in _ARCHIVES for name in others if "." in name)
    title = _plain(form["behind"] or form["before"] or "")
    if title and title == _plain(folder):
        return Sentence("an extra of the film that its folder is named for")
    if _RELEASE.search(_stem(name)) or (packed and not films):
        return Sentence("a sample or an extra")
    alike = not title or any(_begins_alike(title, film) for film in films)
    own_folder = any(_begins_alike(_plain(folder), film) for film in films if folder)
    return (
        Sentence("a sample or an extra of a film beside it")
        if films and (alike or own_folder)
        else ""
    )


def holds_films(folder: str) -> bool:
    """Whether a folder of this name may hold films: none that is hidden (our own is), no disc's parts."""
    name = folder.lower()
    return (
        not folder.startswith(".")
        and name not in _KEPT_BY_SYSTEMS
        and name not in _DISCS
        and _UNPACKING.match(folder) is None
    )


def is_disc(folder: str) -> bool:
    """Whether a folder of this name is the structure of a disc."""
    return folder.lower() in _DISCS


def seems_extras(folder: str) -> bool:
    """Whether a folder has a name that media servers take for extras; there are series of such names."""
    return folder.lower() in _EXTRAS


def is_season(folder: str) -> bool:
    """Whether a folder of this name holds a season of a series."""
    return _SEASON.fullmatch(_plain(folder)) is not None


def is_series(names: Iterable[str]) -> bool:
    """Whether the names in a folder are those of a series: seasons, or numbered episodes."""
    return any(is_season(name) or (is_film(name) and _EPISODE.search(name)) for name in names)


def _stem(name: str) -> str:
    return name.rpartition(".")[0]


def _plain(text: str) -> str:
    """Letters and figures alone, without accents, so that "Some.Film.2003" is "Some Film (2003)"."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", kept))


def _begins_alike(first: str, second: str) -> bool:
    """Whether the longer text begins with all words of the shorter; an article alone is not a title."""
    shorter, longer = sorted((first.split(), second.split()), key=len)
    return not _ARTICLES.issuperset(shorter) and longer[: len(shorter)] == shorter


def pattern_filter(include: Sequence[str], ignore: Sequence[str]) -> Callable[[str], bool]:
    """Return a predicate for paths of films below their folder, with ``/``: whether the film is wanted."""
    wanted, unwanted = _matcher(include), _matcher(ignore)

    def allowed(path: str) -> bool:
        path = composed(path)
        name = path.rpartition("/")[2]
        if unwanted is not None and (unwanted(path) or unwanted(name)):
            return False
        return wanted is None or bool(wanted(path) or wanted(name))

    return allowed


def _matcher(patterns: Sequence[str]) -> Optional[Callable[[str], object]]:
    if not patterns:
        return None
    texts = (fnmatch.translate(composed(pattern).replace("\\", "/")) for pattern in patterns)
    return re.compile("|".join(f"(?:{text})" for text in texts), re.IGNORECASE).match
