"""Keeps what the user has excluded out of the queue, however it would come in."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

from core.errors import Excluded, FileUnavailable, ProbeError
from core.queue.exclusion import Exclusion, excluded_reason, excluded_sentence
from core.queue.job import Job, NewJob
from store.connection import Database
from store.exclusions import ExclusionStore
from store.verdicts import fingerprint

_log = logging.getLogger("mediaprocessor.queue")
Held = Tuple[NewJob, Exclusion]


class ExclusionGate:
    """Tells which films are excluded; safe from any thread. Reads films: not under the queue's lock."""

    def __init__(self, database: Database) -> None:
        self.list = ExclusionStore(database)

    def of(self, film: Path) -> Optional[Exclusion]:
        """Return the entry that keeps a film from being touched; None where none does."""
        return self._among([film]).get(film)

    def demand_allowed(self, job: Job) -> None:
        """Raise Excluded for the job of a film that is on the list, unless it is wanted nevertheless."""
        exclusion = None if job.anyway else self.of(job.path)
        if exclusion is not None:
            raise Excluded(job.path, excluded_reason(job.path, exclusion))

    def sort_out(self, films: Sequence[NewJob]) -> Tuple[List[NewJob], List[Held]]:
        """Return the films that may be queued, and the others with the entry that holds each."""
        held = self._among([film.path for film in films if not film.anyway])
        allowed = [film for film in films if film.anyway or film.path not in held]
        return allowed, [
            (film, held[film.path]) for film in films if film.path in held and not film.anyway
        ]

    def allowed(self, films: Sequence[NewJob]) -> List[NewJob]:
        """Return the films that may be queued; the log says which may not."""
        allowed, held = self.sort_out(films)
        for film, exclusion in held:
            _log.info("%s", excluded_sentence(film.path, exclusion))
        return allowed

    def film_moved(self, before: Path, after: Path) -> None:
        """Let an entry follow its film, or its folder, which has another name now."""
        if before == after or self.list.empty:
            return
        exclusion = self.list.by_path([before]).get(before)
        if exclusion is None:
            return
        if not exclusion.is_folder:
            self.list.follow(exclusion, after)
            return
        renamed = _renamed_folder(exclusion.path, before, after)
        if renamed is not None and not exclusion.path.exists():
            self.list.follow(exclusion, renamed)

    def _among(self, films: Sequence[Path]) -> Dict[Path, Exclusion]:
        if not films or self.list.empty:
            return {}
        found = self.list.by_path(films)
        sizes = {film: _size(film) for film in films if film not in found}
        wanted = set(self.list.sizes_among([size for size in sizes.values() if size]))
        for film, size in sizes.items():
            exclusion = self._of_content(film) if size in wanted else None
            if exclusion is not None:
                found[film] = exclusion
        return found

    def _of_content(self, film: Path) -> Optional[Exclusion]:
        try:
            exclusion = self.list.of_content(fingerprint(film))
        except (FileUnavailable, ProbeError):
            return None  # what cannot be read is not worked on either
        if exclusion is not None and _is_gone(exclusion.path):  # renamed while nobody looked
            self.list.follow(exclusion, film)
        return exclusion


def _renamed_folder(folder: Path, before: Path, after: Path) -> Optional[Path]:
    """Return what a folder is called now, from the old and the new name of a film in it."""
    way = before.relative_to(folder).parts if folder in before.parents else ()
    if not way or after.parts[-len(way) :] != way:
        return None
    return Path(*after.parts[: -len(way)])


def _size(film: Path) -> int:
    try:
        return film.stat().st_size
    except OSError:
        return 0


def _is_gone(path: Path) -> bool:
    return path.parent.is_dir() and not path.exists()
