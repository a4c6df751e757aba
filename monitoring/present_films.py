"""The films that a folder holds before it is watched: counted, or noted to be left alone."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Iterator, List, Optional, Protocol, Tuple

from core.errors import MediaProcessorError
from core.media.film_names import pattern_filter
from core.media.seen_file import SeenFile, SeenKind
from core.settings.watched_folder import PresentFilms, WatchedFolder
from monitoring.tree import NothingKnown, ReadErrorHandler, Sighting, TreeReader
from store.seen_files import file_id_to_sql
from store.verdicts import fingerprint

_BATCH = 256  # films that are noted between two reports


class PresentFilmsSink(Protocol):
    """Learns how far the work is, in the thread that does it."""

    def __call__(self, found: PresentFilms, /) -> None:
        """Show it; what this raises ends the work."""


def count_present(
    folder: WatchedFolder,
    progress: PresentFilmsSink,
    unreadable: ReadErrorHandler = lambda _error: None,
) -> PresentFilms:
    """Count the films that the folder would take, by its patterns and smallest size; opens none of them.

    Raises OSError where the folder cannot be read; ``unreadable`` is called for a folder in it.
    """
    found = PresentFilms()
    for films in _by_directory(folder, unreadable):
        sizes = [film.size for film in films]
        found = PresentFilms(found.films + len(sizes), found.size + sum(sizes))
        progress(found)
    return found


def note_present(
    folder: WatchedFolder,
    progress: PresentFilmsSink,
    unreadable: ReadErrorHandler = lambda _error: None,
) -> Tuple[SeenFile, ...]:
    """Return a row for each film of the folder that keeps it from being queued, as ``SeenKind.LEFT_ALONE``.

    Reads 192 KiB of each, so that a film is known again under another name. Where a film cannot be read it is
    known by its name, size and date. Raises OSError as ``count_present``.
    """
    noted: List[SeenFile] = []
    size = 0
    with ThreadPoolExecutor(os.cpu_count() or 1, "film-note") as pool:
        for batch in _batches(_by_directory(folder, unreadable)):
            rows = [row for row in pool.map(_noted, batch) if row is not None]
            noted += rows
            size += sum(row.size for row in rows)
            progress(PresentFilms(len(noted), size))
    return tuple(noted)


def _by_directory(folder: WatchedFolder, unreadable: ReadErrorHandler) -> Iterator[List[Sighting]]:
    tree = TreeReader(
        folder.path,
        pattern_filter(folder.include, folder.ignore),
        recursive=folder.recursive,
        minimum_size=max(1, folder.minimum_size),
    )
    for listing in tree.read_all(NothingKnown(), unreadable):
        yield listing.sightings


def _batches(directories: Iterator[List[Sighting]]) -> Iterator[List[Sighting]]:
    batch: List[Sighting] = []
    for films in directories:
        batch += films
        while len(batch) >= _BATCH:
            yield batch[:_BATCH]
            batch = batch[_BATCH:]
    if batch:
        yield batch


def _noted(sighting: Sighting) -> Optional[SeenFile]:
    """The row of a film; None where it is gone meanwhile."""
    try:
        state = Path(sighting.path).stat()
    except OSError:
        return None
    try:
        content = fingerprint(sighting.path)
    except (MediaProcessorError, OSError):
        content = ""
    return SeenFile(
        0,  # the folder has no number yet
        sighting.directory,
        sighting.name,
        state.st_size,
        state.st_mtime_ns,
        file_id_to_sql(state.st_ino),
        content,
        0.0,
        SeenKind.LEFT_ALONE,
    )
