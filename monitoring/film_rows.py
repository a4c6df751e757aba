"""What becomes of a film that has arrived: a row of the files that were seen, and a job."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Optional

from core.media.model import FileIdentity
from core.media.seen_file import SeenFile, SeenKind
from core.queue.job import NewJob
from core.settings.watched_folder import WatchedFolder
from monitoring.tree import Sighting
from store.seen_files import file_id_to_sql


def seen_row(
    folder: WatchedFolder,
    sighting: Sighting,
    state: os.stat_result,
    content: str,
    duration: float,
    kind: SeenKind,
) -> SeenFile:
    """Return what is stored of a file that was seen; ``duration`` in seconds."""
    return SeenFile(
        folder.id,
        sighting.directory,
        sighting.name,
        state.st_size,
        state.st_mtime_ns,
        file_id_to_sql(state.st_ino),
        content,
        duration,
        kind,
    )


def identity_of(row: SeenFile) -> FileIdentity:
    """Return what tells a file that was seen from others."""
    return FileIdentity(row.size, row.mtime_ns, content=row.content)


def job_of_file(folder: WatchedFolder, path: Path, state: Optional[os.stat_result]) -> NewJob:
    """Return the job of a file in this folder; ``state`` is None where it cannot be read now."""
    size, changed = (None, None) if state is None else (state.st_size, state.st_mtime)
    return NewJob(path, priority=folder.priority, size=size, folder_id=folder.id, film_time=changed)


def job_of_row(folder: WatchedFolder, path: Path, seen: SeenFile) -> NewJob:
    """Return the job of a file in this folder that was seen."""
    changed = seen.mtime_ns / 1e9
    return NewJob(
        path, priority=folder.priority, size=seen.size, folder_id=folder.id, film_time=changed
    )
