"""Reads the folders of a watched root and compares them with what is known.

An unchanged file costs one ``stat`` of the directory scan and a look-up in a dictionary, nothing else. What
is known is asked for directory by directory: a million files take no more memory than a thousand.
"""

from __future__ import annotations

import math
import os
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, Iterator, List, Mapping, Optional, Protocol, Sequence, Tuple

from core.media.film_names import (
    BESIDE_DOWNLOADS,
    holds_films,
    is_disc,
    is_film,
    is_season,
    is_series,
    seems_extra,
    seems_extras,
    why_no_film,
)
from core.media.seen_file import KnownFile, KnownRow
from core.ports import Notifier
from core.text.sentence import Bytes, Sentence
from store.seen_files import file_id_to_sql

_HIDDEN = stat.FILE_ATTRIBUTE_HIDDEN
_REPARSE = stat.FILE_ATTRIBUTE_REPARSE_POINT
_JUNCTION = 0xA0000003
# DirEntry.stat has no file numbers there; only size and date are compared with what is known.
_HAS_FILE_ID = sys.platform != "win32"
# Directories that are about to be read, and of which what is known is asked for together.
_AHEAD = 64


@dataclass(frozen=True)
class Sighting:
    """A film's file that is new or has changed. ``directory`` below the root, with ``/``."""

    directory: str
    name: str
    path: Path
    size: int
    mtime_ns: int
    known: Optional[KnownFile] = None
    file_id: int = 0  # as it is stored; 0 where the system gives none
    noticed: float = math.inf  # seconds since the epoch, where it was still changing at first

    @property
    def relative(self) -> str:
        """The path below the root."""
        return f"{self.directory}/{self.name}" if self.directory else self.name


@dataclass(frozen=True)
class Unwanted:
    """A file with a film's name that is left out; ``why`` is the rest of a sentence about it."""

    path: Path
    why: str
    mtime_ns: int = 0  # of the file, where that matters

    @property
    def sentence(self) -> str:
        """The whole sentence."""
        return Sentence("{path} is passed over: {why}.", path=self.path, why=self.why)


@dataclass
class DirectoryListing:
    """One directory: what is new or changed, what came back and what is gone (row ids, names).

    ``passed_over`` are files and folders that are not films by their names alone.
    """

    directory: str
    sightings: List[Sighting] = field(default_factory=list)
    returned: List[Tuple[int, Path]] = field(default_factory=list)
    gone: List[Tuple[int, str]] = field(default_factory=list)
    unwanted: List[Unwanted] = field(default_factory=list)
    films: int = 0
    passed_over: List[Unwanted] = field(default_factory=list)


class PathFilter(Protocol):
    """What the user wants of a watched folder (``core.media.film_names.pattern_filter``)."""

    def __call__(self, path: str, /) -> bool:
        """Whether a path below the folder, with ``/``, is wanted."""


class ReadErrorHandler(Protocol):
    """Called for what could not be read during a walk; the walk continues."""

    def __call__(self, error: OSError, /) -> None:
        """Handle the error; ``error.filename`` is the folder."""


class KnownTree(Protocol):
    """What is known of a tree's files (``store.known_files``); each directory is asked for once."""

    def files(self, directory: str, soon: Sequence[str]) -> Dict[str, KnownRow]:
        """Return the files of a directory by name, the caller's own; ``soon`` are asked for next."""

    def unasked(self) -> Iterator[Tuple[str, Dict[str, KnownRow]]]:
        """Return the directories that nobody has asked for, with their files."""


class NothingKnown:
    """Every file is new."""

    def files(self, directory: str, soon: Sequence[str]) -> Dict[str, KnownRow]:  # noqa: ARG002
        """Return nothing."""
        return {}

    def unasked(self) -> Iterator[Tuple[str, Dict[str, KnownRow]]]:
        """Return nothing."""
        return iter(())


class TreeReader:
    """Reads one root; ``wanted`` filters the paths below it."""

    def __init__(
        self,
        root: Path,
        wanted: PathFilter,
        *,
        recursive: bool = True,
        minimum_size: int = 0,
    ) -> None:
        self.root = str(root)
        self._wanted = wanted
        self._recursive = recursive
        self._minimum_size = minimum_size

    def read_all(
        self, known: KnownTree, unreadable: ReadErrorHandler, start: str = ""
    ) -> Iterator[DirectoryListing]:
        """Read the whole tree from ``start`` down, or that directory alone where not recursive.

        A ``start`` that a walk from the root would not reach holds nothing. Directories that are known and
        were not met come last, as listings with only ``gone``, where the directory above them could be read.
        Raises OSError where the root cannot be read.
        """
        waiting, failed = [start] if self._counts(start) else [], []
        while waiting:
            directory = waiting.pop()
            before = known.files(directory, waiting[: -_AHEAD - 1 : -1])
            try:
                listing, folders = self._read(directory, before, unreadable)
            except (FileNotFoundError, NotADirectoryError):
                if not directory:
                    raise
                yield DirectoryListing(directory, gone=_there_before(before))
                continue
            except OSError as error:
                if not directory:
                    raise
                failed.append(directory)
                unreadable(error)
                continue
            if self._recursive:
                waiting.extend(sorted(folders, reverse=True))
            yield listing
        for directory, files in known.unasked():
            if not any(_within(directory, unread) for unread in failed):
                yield DirectoryListing(directory, gone=_there_before(files))

    def _read(
        self, directory: str, known: Dict[str, KnownRow], unreadable: ReadErrorHandler
    ) -> Tuple[DirectoryListing, List[str]]:
        """Read one directory; what is left of ``known`` then is gone."""
        listing, folders = DirectoryListing(directory), []
        problem: Optional[OSError] = None
        names: List[str] = []
        others: List[str] = []  # that are no films by their names
        prefix = f"{directory}/" if directory else ""
        entries_of = f"{self.root}/{directory}" if directory else str(self.root)
        with os.scandir(entries_of) as entries:
            for entry in entries:
                name = entry.name
                names.append(name)
                old = known.pop(name, None)
                if old is None and not is_film(name):
                    others.append(name)
                    # The entry's type costs nothing here; links are neither files nor folders.
                    if _holds_films(entry):
                        folders.append(prefix + name)
                    continue
                try:
                    state = entry.stat(follow_symlinks=False)
                    if old is not None and _is_same(state, old):
                        listing.films += 1
                        if old[4]:
                            listing.returned.append((old[3], Path(entry.path)))
                    elif not self._look(entry, state, old, listing, folders, prefix) and old:
                        known[name] = old
                except FileNotFoundError:  # deleted while the directory was read
                    if old is not None:
                        known[name] = old
                except OSError as error:  # a directory may be readable where its files are not
                    problem = OSError(error.errno, error.strerror, entries_of)
        if problem is not None:
            unreadable(problem)
        listing.gone += _there_before(known)
        self._pass_over(listing, names, others)
        folders = [
            folder for folder in folders if not self._extras(folder, names, listing.passed_over)
        ]
        return listing, [folder for folder in folders if not self._junction(folder)]

    def _pass_over(self, listing: DirectoryListing, names: List[str], others: List[str]) -> None:
        """Leave out downloads that are not whole, discs, and samples and extras of films beside them.

        All but the downloads are noted as passed over. ``others`` of the names are not those of films.
        """
        if not (listing.sightings or others):
            return  # as in most directories at most times; a path takes longer to make than the rest
        place = Path(self.root, listing.directory)
        beside = {
            name.rpartition(".")[0] for name in others if name.lower().endswith(BESIDE_DOWNLOADS)
        }
        films = []
        for sighting in sorted(listing.sightings, key=lambda sighting: sighting.name):
            why = ""
            if sighting.name in beside:
                continue
            if sighting.known is None and seems_extra(sighting.name):
                why = why_no_film(sighting.name, place.name, names)
            if why:
                listing.films -= 1
                listing.passed_over.append(
                    Unwanted(sighting.path, Sentence("it is {why}", why=why))
                )
            else:
                films.append(sighting)
        listing.sightings = films
        listing.passed_over += [
            Unwanted(place / name, Sentence("it is the structure of a disc"))
            for name in others
            if is_disc(name)
        ]

    def _extras(self, directory: str, beside: List[str], noted: List[Unwanted]) -> bool:
        """Whether a folder holds extras of a film beside or above it, and is not a series of that name."""
        above, _, name = directory.rpartition("/")
        if not seems_extras(name) or is_series(self._names(directory)):
            return False
        near = any(is_film(name) or is_season(name) for name in beside)
        parts = above.split("/")[:-1] if above else []  # the root itself holds all kinds of films
        higher = ["/".join(parts[: number + 1]) for number in range(len(parts))]
        if not near and not any(any(map(is_film, self._names(folder))) for folder in higher):
            return False
        noted.append(
            Unwanted(Path(self.root, directory), Sentence("it holds extras of a film beside it"))
        )
        return True

    def _names(self, directory: str) -> List[str]:
        try:
            return os.listdir(f"{self.root}/{directory}")  # noqa: PTH208 - names alone
        except OSError:
            return []

    def _look(
        self,
        entry: os.DirEntry[str],
        state: os.stat_result,
        old: Optional[KnownRow],
        listing: DirectoryListing,
        folders: List[str],
        prefix: str,
    ) -> bool:
        """Note a file that is new or has changed; False where it does not count."""
        if not stat.S_ISREG(state.st_mode):
            if _holds_films(entry):
                folders.append(prefix + entry.name)
            return False
        size, mtime = state.st_size, state.st_mtime_ns
        if getattr(state, "st_file_attributes", 0) & _HIDDEN:
            return False
        if size < self._minimum_size or not self._wanted(prefix + entry.name):
            why = self._why_unwanted(prefix + entry.name, size)
            listing.unwanted.append(Unwanted(Path(entry.path), why, mtime))
            return old is not None
        listing.films += 1
        listing.sightings.append(
            Sighting(
                listing.directory,
                entry.name,
                Path(entry.path),
                size,
                mtime,
                None if old is None else KnownFile.of(old),
                file_id_to_sql(state.st_ino) if _HAS_FILE_ID else 0,
            )
        )
        return True

    def _why_unwanted(self, path: str, size: int) -> str:
        if not self._wanted(path):
            return Sentence("the folder's patterns leave it out")
        if not size:
            return Sentence("it is empty")
        return Sentence(
            "it is smaller than the films that the folder takes ({smallest})",
            smallest=Bytes(self._minimum_size),
        )

    def _counts(self, directory: str) -> bool:
        """Whether a directory and all above it hold films, and none of them is a link."""
        parts = directory.split("/") if directory else []
        above = ["/".join(parts[: number + 1]) for number in range(len(parts))]
        noted: List[Unwanted] = []
        extras = (
            seems_extras(name)
            and self._extras(folder, self._names(folder.rpartition("/")[0]), noted)
            for name, folder in zip(parts, above)
        )
        try:
            if any(map(self._linked, above)):
                return False
            return all(map(holds_films, parts)) and not any(extras)
        except OSError:  # it is gone, as reading it will show
            return True

    def _linked(self, directory: str) -> bool:
        return Path(self.root, directory).is_symlink() or self._junction(directory)

    def _junction(self, directory: str) -> bool:
        """Whether a folder is a junction, Windows' older kind of link: it may lead out of the tree."""
        if sys.platform != "win32":
            return False
        state = os.lstat(f"{self.root}/{directory}")
        return bool(state.st_file_attributes & _REPARSE) and state.st_reparse_tag == _JUNCTION


def _holds_films(entry: os.DirEntry[str]) -> bool:
    """Whether it is a folder that counts; the hidden attribute is read on Windows, where it costs nothing."""
    if not entry.is_dir(follow_symlinks=False) or not holds_films(entry.name):
        return False
    if sys.platform != "win32":
        return True
    return not entry.stat(follow_symlinks=False).st_file_attributes & _HIDDEN


def _is_same(state: os.stat_result, old: KnownRow) -> bool:
    """Whether a file is as it was seen before."""
    return (
        state.st_mtime_ns == old[1]
        and state.st_size == old[0]
        and (
            not _HAS_FILE_ID
            or state.st_ino == old[2]
            or file_id_to_sql(state.st_ino) == old[2]  # of a number that SQLite cannot keep
        )
        and stat.S_ISREG(state.st_mode)
    )


def _there_before(known: Mapping[str, KnownRow]) -> List[Tuple[int, str]]:
    return [(row[3], name) for name, row in known.items() if not row[4]]


def _within(directory: str, parent: str) -> bool:
    return directory == parent or not parent or directory.startswith(f"{parent}/")


def films_in(
    folder: Path,
    unreadable: ReadErrorHandler,
    passed_over: Notifier = lambda _: None,
) -> Iterator[Path]:
    """Yield every film below ``folder``, ordered by name.

    Hidden folders are left out (the program's own ``.mediaprocessor`` is one), and so are symbolic
    links: a film is processed once, at its real path. ``unreadable`` is called for each folder that cannot
    be read, ``passed_over`` with a sentence about each file and folder that is not a film by its name.
    """
    try:
        for listing in TreeReader(folder, lambda _: True).read_all(NothingKnown(), unreadable):
            for film in listing.passed_over:
                passed_over(film.sentence)
            yield from (sighting.path for sighting in listing.sightings)
    except OSError as error:
        unreadable(error)
