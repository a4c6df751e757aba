"""Kept originals: where they are, for how long, and how they are restored."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Callable, Iterator, List, Set, Tuple

from core.errors import MediaProcessorError, NotEnoughSpace, RestoreError, SourceChanged
from core.ports import Clock, Notifier
from core.settings.tree import FileSettings
from core.text.sentence import Sentence
from processing.filesystem import DOT_FOLDER, FileOperations
from processing.originals import ENDING, FOLDER, Originals, is_original
from processing.placing import Placing
from processing.recognition import Recognition
from processing.swap import Swapper, held
from processing.whereabouts import aside_for, demand_disk, followed
from store.journal import Journal, JournalEntry, Original, Outcome, Stage

_SECONDS_A_DAY = 86400.0
_LONGEST_NAME = 255  # bytes on most file systems, UTF-16 units on NTFS
_LONGEST_WINDOWS_PATH = (
    220  # of the 260 that Windows takes by default, less "originals" and endings
)


def staging_folder(film: Path) -> Path:
    """Return the folder beside the film in which its result is made."""
    return film.parent / DOT_FOLDER


def staged_path(files: FileOperations, folder: Path, label: str) -> Path:
    """Return a staged name that nothing has; another machine may work in the same folder."""
    number = 1
    path = folder / f"{label}.partial"
    while files.taken(path):
        number += 1
        path = folder / f"{label}-{number}.partial"
    return path


def holding_path(files: FileOperations, film: Path, label: str, settings: FileSettings) -> Path:
    """Return a free name for the original, with no ending that a media server takes for a film.

    It holds the film's name, for people, as far as that fits after ``label``.
    """
    folder = Path(settings.holding_folder) if settings.holding_folder else staging_folder(film)
    for number in range(1, 10000):
        prefix = f"{label} " if number == 1 else f"{label}-{number} "
        room = _LONGEST_NAME - len(os.fsencode(prefix + ENDING)) - len(".copying")
        if sys.platform == "win32":
            room = min(room, _LONGEST_WINDOWS_PATH - len(str(folder)) - len(prefix))
        name = film.name
        while name and len(os.fsencode(name)) > room:
            name = name[:-1]
        path = folder / FOLDER / (prefix + name + ENDING)
        if not files.taken(path):
            return path
    raise RestoreError(film, Sentence("{folder} has no free name left.", folder=folder))


def disk_is_away(entry: JournalEntry) -> bool:
    """Whether a folder is missing without which the disk of the film or of the original may be away."""
    beside = entry.holding.parent.parent.name == DOT_FOLDER  # removed with its last original
    return not entry.target.parent.is_dir() or not (beside or entry.holding.parent.is_dir())


class Holding:
    """Restores originals and deletes expired ones."""

    def __init__(
        self,
        journal: Journal,
        files: FileOperations,
        swapper: Swapper,
        originals: Originals,
        clock: Clock,
        settings: FileSettings,
        notify: Notifier,
    ) -> None:
        self._journal = journal
        self._files = files
        self._swapper = swapper
        self._originals = originals
        self._clock = clock
        self._settings = settings
        self._placing = Placing(files, notify)
        self._lock = threading.Lock()
        self._busy: Set[int] = set()  # entries that a thread works on

    def restore(self, film: Path) -> Path:
        """Bring the original back under its own name and remove the result; return that name.

        ``film`` is the name that the film has now or had before, in its folder or one that it was moved
        from. Raises RestoreError, and OSError where the disk does not let it; nothing is changed then, and
        it can be tried again.
        """
        entry = self._restorable(film)
        with self.alone_with(entry):
            if entry.stage is not Stage.RESTORING:  # else one that could not even be called off
                self._demand_restorable(film, entry)
                entry = self._journal.write(replace(self._as_found(entry), stage=Stage.RESTORING))
            return self._restore(entry)

    def finish_restore(self, entry: JournalEntry) -> Path:
        """Take the steps of a restore that are still missing; may be called again after a crash.

        Raises RestoreError when the name was taken meanwhile, OSError when the disk fails: the original is
        in holding then, as before. Only where the disk is away is the entry left as it is.
        """
        with self.alone_with(entry):
            return self._restore(entry)

    def _restore(self, entry: JournalEntry) -> Path:
        entry = followed(self._files, entry)
        demand_disk(self._files, entry)
        try:
            self._bring_back(entry)
            self._withdraw_result(entry)
            self._files.sync_folder(entry.source.parent)
            if self._files.taken(entry.holding):  # it came back as a copy
                self._demand_back(entry)
                self._files.remove(entry.holding)
        except (SourceChanged, FileExistsError):
            raise self._called_off(entry) from None
        except (OSError, MediaProcessorError):
            if not Recognition(self._files, entry).is_original(entry.source):
                self._called_off(entry)
            raise  # else only tidying up is missing, and the next call does it
        self._files.remove(entry.staged)
        self._swapper.tidy(entry)
        renamed = followed(self._files, entry)
        if renamed != entry:  # its folder, meanwhile, and our files went along
            return self._restore(renamed)
        self._journal.write(
            replace(entry, stage=Stage.DONE, outcome=Outcome.RESTORED, original=Original.IN_PLACE)
        )
        return entry.source

    def expire(self) -> Tuple[Path, ...]:
        """Remove originals that are too old or too many; return their former names.

        Only what the journal knows as replaced by a verified result, and only while the file in
        holding is still that original. What the clock on the wall alone says makes none too old.
        """
        removed: List[Path] = []
        longest = self._settings.keep_original_days * _SECONDS_A_DAY
        gap = max(longest, _SECONDS_A_DAY)
        held_time = self._journal.held_time
        held_time.look(self._clock.now(), self._clock.monotonic(), gap)
        ages = held_time.ages()
        again = self._journal.wanted_again()
        waiting = list(self._journal.held())
        kept = sum(entry.source_identity.size for entry in waiting)
        for entry in waiting:
            too_old = ages.get(entry.id, 0.0) >= longest
            too_many = kept > self._settings.keep_original_gigabytes * 1e9
            if not (too_old or too_many) or disk_is_away(entry) or entry.target in again:
                continue
            try:
                with self.alone_with(entry):
                    entry = followed(self._files, entry)
                    place = self._originals.nearby(entry)
                    gone, there = self._let_go(replace(entry, holding=place or entry.holding))
            except RestoreError:
                continue  # it is being brought back
            if there:
                removed.append(entry.source)
            if gone:
                kept -= entry.source_identity.size
        return tuple(removed)

    def _let_go(self, entry: JournalEntry) -> Tuple[bool, bool]:
        """Remove an expired original; return whether it existed and is now gone."""
        there = self._files.taken(entry.holding)
        now = {known.id: known for known in self._journal.of_job(entry.job_id)}[entry.id]
        if now.stage is not Stage.DONE or now.original is not Original.HELD:
            return False, False  # it is back, or on its way
        if there:
            if not held(self._files, entry):
                return False, False
            self._files.remove(entry.holding)
        if followed(self._files, entry) != entry:
            return False, False  # its folder was renamed, and the original went along
        self._swapper.tidy(entry)
        self._journal.write(replace(entry, original=Original.REMOVED))
        return True, there

    @contextlib.contextmanager
    def alone_with(self, entry: JournalEntry) -> Iterator[None]:
        """Lock an original against expiry and a second restore; raises RestoreError."""
        with self._lock:
            if entry.id in self._busy:
                raise RestoreError(entry.source, Sentence("it is being restored already."))
            self._busy.add(entry.id)
        try:
            yield
        finally:
            with self._lock:
                self._busy.discard(entry.id)

    def _restorable(self, film: Path) -> JournalEntry:
        begun = (step for step in self._journal.of_film(film) if step.stage is Stage.RESTORING)
        return next(begun, None) or self._originals.find(film)

    def _demand_restorable(self, film: Path, entry: JournalEntry) -> None:
        now = self._files.identity(entry.target)
        know = Recognition(self._files, entry)
        if now is not None and not know.is_result(entry.target):
            raise RestoreError(
                film,
                Sentence(
                    "the film was changed after it was processed. Move it away and try again."
                ),
            )
        if not entry.source.parent.is_dir():
            raise RestoreError(
                film,
                Sentence(
                    "its folder {parent} is not there. If it was renamed, give the name that the film has "
                    "now; if its disk is away, connect it.",
                    parent=entry.source.parent,
                ),
            )
        if entry.source != entry.target and self._files.taken(entry.source):
            raise RestoreError(
                film, Sentence("another file has the name {source} now.", source=entry.source.name)
            )

    def _as_found(self, entry: JournalEntry) -> JournalEntry:
        """Return the entry with the time that its original has now: a copy of a library may lose times.

        The steps after this ask for it, so that they see when another program writes to the original.
        """
        if Recognition(self._files, entry).is_held() or not entry.source_identity.content:
            return entry
        found = self._files.identity(entry.holding)
        if found is None or not is_original(self._files, entry.holding, entry):
            return entry
        identity = replace(entry.source_identity, mtime_ns=found.mtime_ns)
        return replace(entry, source_identity=identity)

    # ---- the steps of a restore

    def _bring_back(self, entry: JournalEntry) -> None:
        """Put the original under its name: by a rename, or by a copy from another disk."""
        know = Recognition(self._files, entry)
        self._placing.settle_last_step(aside_for(entry, entry.target))
        if know.is_original(entry.source):
            return
        self._files.make_folder(entry.staged.parent)
        self._straighten(entry)
        if self._files.taken(entry.staged) and not know.is_original(entry.staged):
            self._files.remove(entry.staged)
        if not self._files.taken(entry.staged):
            try:
                self._onto_name(entry, entry.holding)
                return
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
            self._copy_beside(entry)
        self._onto_name(entry, entry.staged)

    def _onto_name(self, entry: JournalEntry, fresh: Path) -> None:
        know = Recognition(self._files, entry)
        if entry.source != entry.target or not self._files.taken(entry.source):
            self._files.move(fresh, entry.source)
            return
        self._placing.put(
            fresh,
            aside_for(entry, entry.target),
            entry.source,
            is_old=know.is_result,
            is_fresh=know.is_original,
            spare=self._is_spare(entry),
        )

    def _copy_beside(self, entry: JournalEntry) -> None:
        """Copy the original to the film's disk; its staged name appears only when it is whole."""
        folder, size = entry.staged.parent, entry.source_identity.size
        free = self._files.free_space(folder)
        if free < size:
            raise NotEnoughSpace(folder, size, free)
        passing = entry.staged.with_name(entry.staged.name + ".copying")
        self._files.remove(passing)
        self._files.copy(entry.holding, passing)
        self._files.move(passing, entry.staged)

    def _withdraw_result(self, entry: JournalEntry) -> None:
        """Take the result away, now that the original has its name; what is not ours stays."""
        know, aside = Recognition(self._files, entry), aside_for(entry, entry.target)
        self._demand_back(entry)
        if self._files.taken(aside) and not know.is_result(aside):
            raise SourceChanged(entry.source)  # what had the name was no result of ours
        if entry.source != entry.target and not self._files.taken(aside):
            self._placing.withdraw(entry.target, aside, is_ours=know.is_result)
        self._demand_back(entry)
        self._files.remove(aside)

    def _demand_back(self, entry: JournalEntry) -> None:
        if not Recognition(self._files, entry).is_original(entry.source):
            raise SourceChanged(entry.source)

    def _called_off(self, entry: JournalEntry) -> RestoreError:
        """Put everything back to where it was before a restore, and return what to tell.

        Raises OSError where that cannot be; the next call tries again.
        """
        entry = followed(self._files, entry)
        demand_disk(self._files, entry)
        self._straighten(entry)
        self._files.remove(entry.staged)
        self._swapper.tidy(entry)
        renamed = followed(self._files, entry)
        if renamed != entry:  # its folder, meanwhile, and our files went along
            return self._called_off(renamed)
        self._journal.write(replace(entry, stage=Stage.DONE, original=Original.HELD))
        if self._files.taken(entry.holding):
            return RestoreError(
                entry.source, Sentence("another file has its name now. Move it away and try again.")
            )
        return RestoreError(
            entry.source, Sentence("another program replaced it as soon as it was back.")
        )

    def _straighten(self, entry: JournalEntry) -> None:
        """Bring the original and the result back from between their names."""
        know = Recognition(self._files, entry)
        by_copy = self._files.taken(entry.holding)
        self._placing.straighten(
            aside_for(entry, entry.target),
            entry.target,
            is_fresh=know.is_original,
            home=entry.staged if by_copy else entry.holding,
            spare=self._is_spare(entry),
        )

    def _is_spare(self, entry: JournalEntry) -> Callable[[Path], bool]:
        """Tell of the result, while there is the original, that it may be removed."""
        know = Recognition(self._files, entry)
        return lambda path: know.is_result(path) and know.is_held()
