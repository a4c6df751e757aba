"""Scans a watched folder and passes on the files that no longer change."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Dict, Iterable, List, Mapping, Protocol, Sequence, Set, Tuple

from core.media.film_names import BESIDE_DOWNLOADS, pattern_filter
from core.ports import TimeSource
from core.settings.watched_folder import WatchedFolder
from core.system_errors import system_problem
from core.text.sentence import Sentence
from monitoring.arrivals import Arrivals, Taken
from monitoring.intake import FolderReport, Heartbeat, Intake, ReadMonitorSettings
from monitoring.looks import Looking
from monitoring.stillness import Stillness
from monitoring.tree import DirectoryListing, Sighting, TreeReader
from monitoring.writers import WriterCheck
from store.seen_files import Gone, SeenFileStore, file_id_to_sql

_log = logging.getLogger("mediaprocessor.monitor")
_BATCH = 256  # films that are examined and stored together
_GONE_GRACE = 60.0  # seconds in which a deleted film may turn up elsewhere before its job ends
_REMEMBERED = 90 * 86400.0  # seconds that a missing file keeps its row


@dataclass(frozen=True)
class ScanReport:
    """The result of scanning a whole folder; ``offline`` says why it could not be scanned."""

    films: int = 0
    queued: int = 0
    moved: int = 0
    results: int = 0
    unfit: int = 0
    gone: int = 0
    waiting: int = 0  # still changing, or being written
    unreadable: Tuple[str, ...] = ()
    passed_over: Tuple[str, ...] = ()  # sentences about files that are not films by their names
    offline: str = ""

    def and_(self, taken: Taken) -> ScanReport:
        """Return the report with another batch."""
        return replace(
            self,
            queued=self.queued + len(taken.queued),
            moved=self.moved + taken.moved,
            results=self.results + taken.results,
            unfit=self.unfit + taken.unfit,
        )


@dataclass(frozen=True)
class RootServices:
    """What watching a folder needs; ``now`` in seconds since the epoch, ``monotonic`` any steady clock."""

    seen: SeenFileStore
    arrivals: Arrivals
    intake: Intake
    settings: ReadMonitorSettings
    report: FolderReport
    now: TimeSource = time.time
    monotonic: TimeSource = time.monotonic


class StillOnline(Protocol):
    """Looks again, after a scan, whether the folder is there."""

    def __call__(self) -> bool:
        """Whether it is."""


class Reading:
    """The state of one watched folder, for one thread."""

    def __init__(self, folder: WatchedFolder, services: RootServices) -> None:
        self.films = 0
        self._folder = folder
        self._services = services
        self._tree = TreeReader(
            folder.path,
            pattern_filter(folder.include, folder.ignore),
            recursive=folder.recursive,
            minimum_size=max(1, folder.minimum_size),
        )
        self._flat = TreeReader(
            folder.path,
            pattern_filter(folder.include, folder.ignore),
            recursive=False,
            minimum_size=max(1, folder.minimum_size),
        )
        self._writers = WriterCheck()
        self._still: Stillness[Path] = Stillness()
        self._noticed: Dict[Path, Sighting] = {}
        self._moving: List[Tuple[Path, Path]] = []
        self._unreadable: Dict[str, str] = {}
        self._unwanted: Set[Path] = set()

    @property
    def waiting(self) -> int:
        """Return how many files are still changing, or being written."""
        return len(self._noticed)

    def clear(self) -> None:
        """Forget the files that are still changing; the next scan finds them again."""
        self._still.clear()
        self._noticed.clear()

    def all(self, beat: Heartbeat, still_online: StillOnline) -> ScanReport:
        """Scan the whole folder.

        Files count as gone only if the folder is still there at the end: a share may vanish halfway.
        """
        known = self._services.seen.known(self._folder.id)
        self._unreadable.clear()
        report, gone = self._read(self._tree.read_all(known, self._cannot_read), beat, old=True)
        if not still_online():
            return replace(report, offline=Sentence("{path} went away.", path=self._folder.path))
        marked = self._services.seen.mark_gone(self._folder.id, gone)
        if marked:
            before = self._services.now() - _REMEMBERED
            self._services.seen.forget_missing(self._folder.id, before)
        self._count()
        return replace(
            report,
            gone=marked,
            waiting=self.waiting,
            unreadable=tuple(sorted(self._unreadable.values())),
        )

    def directories(self, dirty: Mapping[str, bool], beat: Heartbeat) -> None:
        """Scan these directories; those with True recursively."""
        covered = [name for name, below in dirty.items() if below]
        for directory, below in dirty.items():
            if any(
                directory.startswith(f"{other}/") or not other
                for other in covered
                if other != directory
            ):
                continue
            below = below and self._folder.recursive
            known = self._services.seen.known(self._folder.id, directory, below=below)
            tree = self._tree if below else self._flat
            listings = tree.read_all(known, self._cannot_read, directory)
            _, gone = self._read(listings, beat, old=False)
            self._services.seen.mark_gone(self._folder.id, gone)
        if dirty:
            self._count()

    def settle(self, beat: Heartbeat) -> None:
        """Pass on the files that no longer change, and let jobs follow films that a worker had."""
        ready: List[Sighting] = []
        seconds = self._services.settings().still_seconds
        for path in self._still.due(seconds, self._services.monotonic()):
            sighting = self._noticed[path]
            try:
                state = path.lstat()
            except OSError:  # renamed again, or deleted
                self._forget(path)
                continue
            sighting = replace(
                sighting,
                size=state.st_size,
                mtime_ns=state.st_mtime_ns,
                file_id=file_id_to_sql(state.st_ino),
            )
            if self._ready(sighting) and not _is_downloaded(path):
                ready.append(sighting)
            if len(ready) == _BATCH:
                self._take(self._look_into(ready), beat)
                ready = []
        if ready:
            self._take(self._look_into(ready), beat)
            self._count()
        arrivals = self._services.arrivals
        self._moving = [move for move in self._moving if not arrivals.follow(self._folder, *move)]

    def end_jobs_of_gone(self) -> None:
        """End the waiting jobs of films that were deleted and did not turn up elsewhere."""
        grace = max(_GONE_GRACE, 2 * self._services.settings().still_seconds)
        now = self._services.now()
        for gone, path in self._services.seen.missing(
            self._folder.id, now - 2 * grace - _GONE_GRACE, now - grace
        ):
            other = self._services.arrivals.another_name(gone)
            if other is None:
                self._services.intake.film_gone(path)
            else:
                self._services.arrivals.follow(self._folder, path, other)

    def _read(
        self, listings: Iterable[DirectoryListing], beat: Heartbeat, *, old: bool
    ) -> Tuple[ScanReport, List[Gone]]:
        """Handle the files that are ready; ``old`` trusts the date of a new file."""
        report, ready = ScanReport(), []
        gone: List[Gone] = []
        films = 0
        passed_over: List[str] = []
        looking: List[Looking] = []  # a batch that is decided about, and the next one
        try:
            for listing in listings:
                beat()
                films += listing.films
                if listing.gone:
                    gone.append((listing.directory, listing.gone))
                passed_over += [film.sentence for film in listing.passed_over]
                for sighting in listing.sightings:
                    if self._ready(sighting, old=old):
                        ready.append(sighting)
                self._came_back(listing)
                self._log_unwanted(listing)
                if len(ready) >= _BATCH:
                    looking.append(self._look_into(ready))
                    ready = []
                if len(looking) > 1:
                    report = report.and_(self._take(looking.pop(0), beat))
            if ready:
                looking.append(self._look_into(ready))
            while looking:
                report = report.and_(self._take(looking.pop(0), beat))
        finally:
            for batch in looking:
                batch.cancel()
        return replace(report, films=films, passed_over=tuple(passed_over)), gone

    def _ready(self, sighting: Sighting, *, old: bool = False) -> bool:
        """Whether a file is ready; one that is not is remembered."""
        settings, path = self._services.settings(), sighting.path
        still = self._still.see(path, sighting.size, sighting.mtime_ns, self._services.monotonic())
        new = path not in self._noticed
        if old and new:
            still = max(still, self._services.now() - sighting.mtime_ns / 1e9)
        renamed = new and not old and self._services.arrivals.renamed(self._folder, sighting)
        ready = renamed or (
            still >= settings.still_seconds and not self._writers.being_written(path)
        )
        if not ready:
            self._noticed[path] = self._since(sighting)
        return ready

    def _since(self, sighting: Sighting) -> Sighting:
        """Return the sighting with the time when the file was first noticed."""
        before = self._noticed.get(sighting.path)
        return replace(sighting, noticed=before.noticed if before else self._services.now())

    def _look_into(self, ready: Sequence[Sighting]) -> Looking:
        return self._services.arrivals.look_into(
            [
                self._since(sighting) if sighting.path in self._noticed else sighting
                for sighting in ready
            ]
        )

    def _take(self, looking: Looking, beat: Heartbeat) -> Taken:
        taken = self._services.arrivals.take(self._folder, looking, beat)
        for sighting in looking.sightings:
            self._forget(sighting.path)
        for sighting in taken.later:  # it is waited for again
            self._noticed[sighting.path] = self._since(sighting)
        self._moving += taken.moving
        return taken

    def _came_back(self, listing: DirectoryListing) -> None:
        """Handle deleted films that are back unchanged: their jobs may have ended meanwhile."""
        if listing.returned:
            self._services.seen.mark_returned(row for row, _ in listing.returned)
            for _, path in listing.returned:
                self._services.arrivals.came_back(self._folder, path)

    def _log_unwanted(self, listing: DirectoryListing) -> None:
        """Log which files are left out, once per run; a file that may still grow is not reported yet."""
        if not (listing.unwanted or listing.passed_over):
            return
        before = self._services.now() - self._services.settings().still_seconds
        for film in (*listing.unwanted, *listing.passed_over):
            if film.path not in self._unwanted and film.mtime_ns / 1e9 <= before:
                self._unwanted.add(film.path)
                _log.info("%s", film.sentence)

    def _count(self) -> None:
        self.films = self._services.seen.count(self._folder.id)

    def _forget(self, path: Path) -> None:
        self._still.forget(path)
        self._noticed.pop(path, None)

    def _cannot_read(self, error: OSError) -> None:
        place = str(error.filename)
        self._unreadable[place] = Sentence(
            "{place} cannot be read ({problem}).", place=place, problem=system_problem(error)
        )


def _is_downloaded(path: Path) -> bool:
    """Whether a file beside it shows that the film is still being downloaded, even if it pauses."""
    return any(path.with_name(f"{path.name}{ending}").exists() for ending in BESIDE_DOWNLOADS)
