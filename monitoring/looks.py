"""Looks into files that no longer change: several at a time, and ahead of the decisions about them.

While the files of one batch are decided about and stored, the next one is looked into, so that the
processes of MediaInfo always have something to do.
"""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import List, Optional, Sequence, Tuple, Union

from core.errors import ProbeError
from core.media.seen_file import FilmGlance
from monitoring.intake import Glances, Heartbeat
from monitoring.tree import Sighting
from store.seen_files import SeenFileStore
from store.verdicts import state_and_content

_AT_ONCE = 16  # files that a thread looks into at a time
_THREADS = 2 * (os.cpu_count() or 1)  # half of them read while the others wait for MediaInfo
_BEAT = 1.0  # seconds between two looks whether there is progress


@dataclass(frozen=True)
class FileLook:
    """What a file was when it was looked into; ``glance`` is None where its content was known already."""

    state: os.stat_result
    content: str
    glance: Union[FilmGlance, ProbeError, None] = None


@dataclass
class _Part:
    """Files that one thread looks into; ``steps`` grows as long as it gets on."""

    sightings: Sequence[Sighting]
    steps: int = 0
    looks: Future[List[Optional[FileLook]]] = field(default_factory=Future)


class Looking:
    """A batch of files that is being looked into."""

    def __init__(self, parts: Sequence[_Part]) -> None:
        self._parts = parts

    @property
    def sightings(self) -> List[Sighting]:
        """The files."""
        return [sighting for part in self._parts for sighting in part.sightings]

    def looks(self, beat: Heartbeat) -> List[Tuple[Sighting, Optional[FileLook]]]:
        """Wait for all looks; None for a file that could not be read now. What ``beat`` raises ends it."""
        found: List[Tuple[Sighting, Optional[FileLook]]] = []
        try:
            for part in self._parts:
                steps = -1
                while not part.looks.done():
                    if part.steps != steps:
                        steps = part.steps
                        beat()
                    wait((part.looks,), _BEAT)
                found += zip(part.sightings, part.looks.result())
        finally:
            self.cancel()
        beat()
        return found

    def cancel(self) -> None:
        """Look into none of those that were not begun yet."""
        for part in self._parts:
            part.looks.cancel()


class FilmLooks:
    """Looks into files for one folder's thread, or for all that are not watched."""

    def __init__(self, seen: SeenFileStore, glances: Glances, pool: ThreadPoolExecutor) -> None:
        self._seen = seen
        self._glances = glances
        self._pool = pool

    def begin(self, sightings: Sequence[Sighting]) -> Looking:
        """Have files looked into."""
        size = max(1, min(_AT_ONCE, len(sightings) // _THREADS))
        parts = [_Part(sightings[first : first + size]) for first in range(0, len(sightings), size)]
        for part in parts:
            part.looks = self._pool.submit(self._look_into, part)
        return Looking(parts)

    def glance(self, path: Path) -> FilmGlance:
        """Look into one film with MediaInfo; raises ProbeError."""
        (found,) = self._glances((path,))
        if isinstance(found, ProbeError):
            raise found
        return found

    def _look_into(self, part: _Part) -> List[Optional[FileLook]]:
        """Read the contents of files, and have MediaInfo look into those that are new."""
        looks: List[Optional[FileLook]] = []
        for sighting in part.sightings:
            looks.append(_read(sighting.path))
            part.steps += 1
        known = self._seen.contents_among([look.content for look in looks if look is not None])
        new = [
            (number, part.sightings[number].path, look)
            for number, look in enumerate(looks)
            if look is not None and look.content not in known
        ]
        for (number, _, look), glance in zip(new, self._glances([path for _, path, _ in new])):
            looks[number] = FileLook(look.state, look.content, glance)
            part.steps += 1
        return looks


def _read(path: Path) -> Optional[FileLook]:
    try:
        return FileLook(*state_and_content(path))
    except (ProbeError, OSError):  # it is no regular file any more, or cannot be read now
        return None


def look_pool() -> ThreadPoolExecutor:
    """The threads for ``FilmLooks``."""
    return ThreadPoolExecutor(_THREADS, "film-look")
