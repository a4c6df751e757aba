"""Decides what a file is that no longer changes: a new film, one that has moved, or our own result.

In this order, cheapest first: its number, size, date and content (192 KiB read) are those of a known file
(renamed); the journal knows it (our result, or an original that was brought back); its content is known; a
short look by MediaInfo. Only the last costs more than a millisecond, and it is taken once a content. What
reads files is ``monitoring.looks``.
"""

from __future__ import annotations

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import (
    Callable,
    Dict,
    Iterator,
    List,
    Optional,
    Protocol,
    Sequence,
    Tuple,
    TypeVar,
    Union,
)

from core.errors import FileUnavailable, ProbeError
from core.media.model import FileIdentity
from core.media.seen_file import FilmGlance, SeenFile, SeenKind
from core.queue.job import NewJob
from core.settings.watched_folder import WatchedFolder
from monitoring.film_rows import identity_of, job_of_file, job_of_row, seen_row
from monitoring.intake import Heartbeat, Intake
from monitoring.looks import FileLook, FilmLooks, Looking
from monitoring.swaps import Swaps, is_there, was_brought_back
from monitoring.tree import Sighting
from store.film_moves import MoveKind
from store.journal import Journal
from store.seen_files import SeenFileStore, file_id_to_sql
from store.verdicts import VerdictKind, VerdictStore, fingerprint

_log = logging.getLogger("mediaprocessor.monitor")
Given = TypeVar("Given")
Result = TypeVar("Result")


@dataclass
class Taken:
    """The outcome of a batch; ``later`` could not be read now, jobs of ``moving`` films are running."""

    queued: Tuple[int, ...] = ()
    moved: int = 0
    results: int = 0
    unfit: int = 0
    unchanged: int = 0
    later: List[Sighting] = field(default_factory=list)
    moving: List[Tuple[Path, Path]] = field(default_factory=list)


@dataclass(frozen=True)
class _Decided:
    seen: SeenFile
    film: Optional[NewJob] = None
    moved_from: Optional[Path] = None


@dataclass(frozen=True)
class _Examined:
    """A file whose content was read; ``kind`` is what the journal says of it.

    It has existed at least ``since`` that time (seconds since the epoch). ``glance`` is what a look has
    shown, None where none was taken yet.
    """

    seen: SeenFile
    path: Path
    kind: Optional[SeenKind]
    since: float
    glance: Union[FilmGlance, ProbeError, None]


class FolderOnline(Protocol):
    """Says whether a watched folder is there."""

    def __call__(self, folder_id: int, /) -> bool:
        """Whether it is: a file whose share is away has not moved."""


class Arrivals:
    """Handles files that have arrived; one for all folders, called from their threads.

    ``looks`` reads files, ``pool`` decides about several that take more than that. ``online`` says of a
    watched folder's id whether it is there: a file whose share is away has not moved.
    """

    def __init__(
        self,
        seen: SeenFileStore,
        journal: Journal,
        verdicts: VerdictStore,
        intake: Intake,
        looks: FilmLooks,
        pool: ThreadPoolExecutor,
        online: FolderOnline,
    ) -> None:
        self._seen = seen
        self._journal = journal
        self._swaps = Swaps(journal)
        self._verdicts = verdicts
        self._intake = intake
        self._looks = looks
        self._pool = pool
        self._online = online

    def renamed(self, folder: WatchedFolder, sighting: Sighting) -> bool:
        """Whether the file is known under a name that is gone; such a file need not be waited for."""
        state = _state(sighting.path)
        return state is not None and self._by_number(folder, sighting, state) is not None

    def look_into(self, sightings: Sequence[Sighting]) -> Looking:
        """Begin to look into files that no longer change, for ``take``."""
        return self._looks.begin(sightings)

    def take(self, folder: WatchedFolder, looking: Looking, beat: Heartbeat) -> Taken:
        """Decide about files that were looked into, queue the films among them, and store the decisions."""
        taken = Taken()
        decided: List[_Decided] = []
        numbers: Dict[Tuple[int, int], Path] = {}
        for sighting, look, decision in self._decisions(folder, looking.looks(beat), beat):
            if look is None or decision is None:
                taken.later.append(sighting)
            elif decision.film is None:
                decided.append(decision)
            else:
                decided.append(_once(decision, sighting.path, look.state, numbers))
        films = [decision.film for decision in decided if decision.film is not None]
        decided = [self._follow(decision, folder, films, taken) for decision in decided]
        # The queue first: after a crash in between the films are found again and have their jobs.
        taken.queued = self._intake.submit(films) if films else ()
        self._seen.keep([decision.seen for decision in decided])
        _count(decided, taken)
        _log_passed_over(folder, decided)
        return taken

    def came_back(self, folder: WatchedFolder, path: Path) -> None:
        """Handle a file that is back at its place, unchanged, after it was gone."""
        state = _state(path)
        swap = None
        if state is not None:
            here = FileIdentity(state.st_size, state.st_mtime_ns)
            swap = self._swaps.that_took(path, here)
        if swap is None or was_brought_back(swap):
            self.follow(folder, path, path)
        else:  # a copy with its date, after our swap
            self._intake.submit([job_of_file(folder, path, state)])

    def follow(self, folder: WatchedFolder, before: Path, after: Path) -> bool:
        """Let a film's job follow the move; False while a worker has it."""
        move = self._intake.film_moved(before, after)
        if move.kind is MoveKind.LOST and after.exists():
            self._intake.submit([job_of_file(folder, after, _state(after))])
        return move.kind is not MoveKind.WORKED_ON

    def another_name(self, gone: SeenFile) -> Optional[Path]:
        """Return another name of a file whose name is gone: a hard link of it, seen before."""
        for row, path in self._seen.by_file_id(gone.file_id, gone.size, gone.mtime_ns):
            same = gone.file_id and row.id != gone.id and row.content == gone.content
            if same and is_there(path):
                self._seen.keep([replace(row, kind=gone.kind)])
                return path
        return None

    def _follow(
        self, decided: _Decided, folder: WatchedFolder, films: List[NewJob], taken: Taken
    ) -> _Decided:
        """Let the job of a moved film follow it; a film that was handled before is skipped."""
        if decided.moved_from is None:
            return decided
        after = folder.path / decided.seen.directory / decided.seen.name
        move = self._intake.film_moved(decided.moved_from, after)
        if move.kind is MoveKind.WORKED_ON:
            taken.moving.append((decided.moved_from, after))
        elif move.kind is MoveKind.LOST:
            films.append(job_of_row(folder, after, decided.seen))
        if not decided.seen.kind.queued_once:
            return decided
        dealt_with = move.kind is MoveKind.NO_JOB
        kind = SeenKind.MOVED if dealt_with else SeenKind.FILM
        return replace(decided, seen=replace(decided.seen, kind=kind))

    def _decisions(
        self,
        folder: WatchedFolder,
        looks: Sequence[Tuple[Sighting, Optional[FileLook]]],
        beat: Heartbeat,
    ) -> Iterator[Tuple[Sighting, Optional[FileLook], Optional[_Decided]]]:
        """Decide about files; None for one that could not be read.

        The database is asked about all files at once: a query per file costs more than reading it, and
        other threads wait for the interpreter meanwhile. Those of which nothing is known are decided about
        right here, the others in the pool: a share may let them wait.
        """
        names = self._journal.films_among([sighting.path for sighting, _ in looks])
        ids = self._seen.file_ids_among(
            [sighting.file_id for sighting, _ in looks if sighting.file_id]
        )
        contents = [look.content for _, look in looks if look is not None]
        known = self._seen.contents_among(contents)
        results = self._verdicts.among(contents, VerdictKind.RESULT)

        def decide(found: Tuple[Sighting, FileLook]) -> _Decided:
            sighting, look = found
            maybe_renamed = not sighting.file_id or sighting.file_id in ids
            examined = self._examine(folder, sighting, look, maybe_renamed, sighting.path in names)
            if isinstance(examined, _Decided):
                return examined
            return self._decide(folder, examined, look.content in known, look.content in results)

        def is_plain(sighting: Sighting, look: FileLook) -> bool:
            return not (
                look.content in known
                or sighting.file_id in ids
                or not sighting.file_id
                or sighting.path in names
            )

        read = [(sighting, look) for sighting, look in looks if look is not None]
        others = [found for found in read if not is_plain(*found)]
        decided = {id(look): found for (_, look), found in self._each(decide, others, beat)}
        for sighting, look in looks:
            if look is not None and id(look) not in decided:
                decided[id(look)] = _or_later(partial(decide, (sighting, look)))
            yield sighting, look, None if look is None else decided[id(look)]

    def _each(
        self, work: Callable[[Given], Result], given: Sequence[Given], beat: Heartbeat
    ) -> Iterator[Tuple[Given, Optional[Result]]]:
        """Run ``work`` on each item in the pool; None where a file could not be read."""
        futures = [self._pool.submit(work, item) for item in given]
        try:
            for item, future in zip(given, futures):
                beat()
                yield item, _or_later(future.result)
        finally:
            for future in futures:  # where the program is ending
                future.cancel()

    def _examine(
        self,
        folder: WatchedFolder,
        sighting: Sighting,
        look: FileLook,
        maybe_renamed: bool,
        in_journal: bool,
    ) -> Union[_Decided, _Examined]:
        """Say what a file is by its number or the journal; raises OSError when it cannot be read now."""
        renamed = self._by_number(folder, sighting, look.state) if maybe_renamed else None
        # Some file systems renumber their files at each mount.
        if renamed is not None and renamed.seen.content == look.content:
            return renamed
        state = look.state
        here = FileIdentity(state.st_size, state.st_mtime_ns, content=look.content)
        kind = self._swaps.kind(sighting.path, here) if in_journal else None
        duration = look.glance.duration if isinstance(look.glance, FilmGlance) else 0.0
        seen = seen_row(folder, sighting, state, look.content, duration, kind or SeenKind.FILM)
        since = min(state.st_ctime, sighting.noticed)
        return _Examined(seen, sighting.path, kind, since, look.glance)

    def _decide(
        self, folder: WatchedFolder, examined: _Examined, known: bool, is_result: bool
    ) -> _Decided:
        """Decide what a file of this content is.

        Raises FileUnavailable or OSError when it cannot be read now.
        """
        kind = SeenKind.RESULT if examined.kind is None and is_result else examined.kind
        seen = _as_kind(examined.seen, kind or SeenKind.FILM)
        same = self._by_content(folder, seen, examined.path, examined.since) if known else None
        if same is not None and kind is None:
            return same
        if same is not None:
            known_here = replace(same.seen, kind=seen.kind)
            return _Decided(known_here, moved_from=same.moved_from)
        try:
            glance = examined.glance or self._looks.glance(examined.path)
            if isinstance(glance, ProbeError):
                raise glance
        except FileUnavailable:  # it may be a film nevertheless
            raise
        except ProbeError:
            fingerprint(
                examined.path
            )  # "no film" is remembered: its disk must be there, else this raises
            return _Decided(_as_kind(seen, kind or SeenKind.NO_FILM))
        if glance is not examined.glance:
            seen = replace(seen, duration=glance.duration)
        if kind is None and glance.plan_signature:
            kind = SeenKind.RESULT
        if kind is not None:
            return _Decided(_as_kind(seen, kind))
        return _Decided(seen, job_of_row(folder, examined.path, seen))

    def _by_number(
        self, folder: WatchedFolder, sighting: Sighting, state: os.stat_result
    ) -> Optional[_Decided]:
        """Return the decision for a known file of the same number, size and date: renamed or hard-linked."""
        number = file_id_to_sql(state.st_ino)
        known = sighting.known
        at_home = known is not None and (known.size, known.mtime_ns) == (
            state.st_size,
            state.st_mtime_ns,
        )
        if not number or at_home:  # at its old path: only its number changed, with a mount
            return None
        for row, path in self._seen.by_file_id(number, state.st_size, state.st_mtime_ns):
            if path == sighting.path or _left_alone_elsewhere(row, folder):
                continue
            seen = seen_row(folder, sighting, state, row.content, row.duration, row.kind)
            if self._left(row, path):
                swap = self._swaps.that_took(path, identity_of(row))
                if swap is None:
                    return _Decided(replace(seen, id=row.id), moved_from=path)
                if was_brought_back(swap):
                    return _Decided(replace(seen, id=row.id, kind=SeenKind.RESTORED))
                continue  # a number that the system has reused
            if is_there(path) and path.samefile(sighting.path):
                return _Decided(replace(seen, kind=_other_name(row.kind)))
        return None

    def _by_content(
        self, folder: WatchedFolder, seen: SeenFile, place: Path, since: float
    ) -> Optional[_Decided]:
        """Return the decision for a known content: another date, moved between disks, or downloaded again.

        ``since`` decides: a film that is moved exists before its old name is gone.
        """
        rows = self._seen.by_content(seen.content)
        for row, path in sorted(rows, key=lambda found: found[1] != place):
            same = replace(seen, duration=row.duration, kind=row.kind)
            if row.kind is SeenKind.LEFT_ALONE and (
                _left_alone_elsewhere(row, folder) or not (path == place or self._left(row, path))
            ):
                continue  # a copy of a film that is left alone is a new film
            if not row.kind.queued_once:
                left = path != place and self._left(row, path)
                return (
                    _Decided(replace(same, id=row.id), moved_from=path) if left else _Decided(same)
                )
            again = _Decided(replace(same, kind=SeenKind.FILM), job_of_row(folder, place, seen))
            swapped = self._swaps.that_took(path, identity_of(row)) is not None
            gone = row.missing_since
            if path == place:  # else only its date or number has changed
                fetched = gone is not None and row.mtime_ns != seen.mtime_ns
                return again if swapped or fetched else _Decided(same)
            if not self._left(row, path):  # a copy beside the original file
                return again
            if swapped or (gone is not None and since > gone):
                return again
            return _Decided(replace(same, id=row.id), moved_from=path)
        return None

    def _left(self, row: SeenFile, path: Path) -> bool:
        """Whether a known file is gone from its path, and its folder is reachable."""
        return self._online(row.folder_id) and not is_there(path)


def _or_later(work: Callable[[], Result]) -> Optional[Result]:
    """Do something with a file; None where it cannot be read now."""
    try:
        return work()
    except (FileUnavailable, OSError):
        return None


def _once(
    decided: _Decided, path: Path, state: os.stat_result, numbers: Dict[Tuple[int, int], Path]
) -> _Decided:
    """Two new names of one file in the same batch are one film."""
    if state.st_nlink < 2 or not state.st_ino:
        return decided
    first = numbers.setdefault((state.st_dev, state.st_ino), path)
    return decided if first == path else _Decided(replace(decided.seen, kind=SeenKind.SAME_FILE))


def _left_alone_elsewhere(row: SeenFile, folder: WatchedFolder) -> bool:
    """Whether a film is left alone in another folder: in this one it is new."""
    return row.kind is SeenKind.LEFT_ALONE and row.folder_id != folder.id


def _as_kind(seen: SeenFile, kind: SeenKind) -> SeenFile:
    """The same file as another kind; a new row is made only where it is not that already."""
    return seen if seen.kind is kind else replace(seen, kind=kind)


def _other_name(kind: SeenKind) -> SeenKind:
    return SeenKind.SAME_FILE if kind.queued_once else kind


def _count(decided: Sequence[_Decided], taken: Taken) -> None:
    for decision in decided:
        taken.moved += decision.moved_from is not None
        taken.results += decision.film is None and decision.seen.kind is SeenKind.RESULT
        taken.unfit += decision.seen.kind is SeenKind.NO_FILM
        taken.unchanged += decision.film is None and decision.seen.kind.queued_once


def _log_passed_over(folder: WatchedFolder, decided: Sequence[_Decided]) -> None:
    """Log which files get no job, and why; once, since a stored decision is not made again."""
    for decision in decided:
        why = decision.seen.kind.why_passed_over
        if decision.film is None and why:
            path = folder.path / decision.seen.directory / decision.seen.name
            _log.info("%s is passed over: %s.", path, why)


def _state(path: Path) -> Optional[os.stat_result]:
    try:
        return path.stat()
    except OSError:
        return None
