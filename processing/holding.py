"""Originals that wait: where, for how long, and how one comes back."""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import List, Tuple

from core.errors import RestoreError
from core.ports import Clock
from core.settings import FileSettings
from processing.filesystem import DOT_FOLDER, FileOperations, same_content, same_file
from processing.originals import ENDING, FOLDER, Originals
from processing.swap import Swapper
from store.journal import Journal, JournalEntry, Original, Outcome, Stage

_SECONDS_A_DAY = 86400.0
_LONGEST_NAME = 255  # bytes on most file systems, UTF-16 units on NTFS
_LONGEST_WINDOWS_PATH = (
    220  # of the 260 that Windows takes by default, less "originals" and endings
)


def staging_folder(film: Path) -> Path:
    """Return the folder beside the film in which its result is made."""
    return film.parent / DOT_FOLDER


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
    raise RestoreError(film, f"{folder} has no free name left.")


class Holding:
    """Brings originals back and lets old ones go."""

    def __init__(
        self,
        journal: Journal,
        files: FileOperations,
        swapper: Swapper,
        originals: Originals,
        clock: Clock,
        settings: FileSettings,
    ) -> None:
        self._journal = journal
        self._files = files
        self._swapper = swapper
        self._originals = originals
        self._clock = clock
        self._settings = settings

    def restore(self, film: Path) -> Path:
        """Bring the original back under its own name and remove the result; return that name.

        ``film`` is the name that the film has now or had before, in its folder or one that it was moved
        from. Raises RestoreError; nothing is changed then.
        """
        entry = self._originals.find(film)
        now = self._files.identity(entry.target)
        if now is not None and not (
            entry.result_identity and same_file(now, entry.result_identity)
        ):
            raise RestoreError(
                film, "the film was changed after it was processed. Move it away and try again."
            )
        if not entry.source.parent.is_dir():
            raise RestoreError(
                film,
                f"its folder {entry.source.parent} is not there. If it was renamed, give the name that "
                "the film has now; if its disk is away, connect it.",
            )
        if entry.source != entry.target and self._files.taken(entry.source):
            raise RestoreError(film, f"another file has the name {entry.source.name} now.")
        return self.finish_restore(self._journal.write(replace(entry, stage=Stage.RESTORING)))

    def finish_restore(self, entry: JournalEntry) -> Path:
        """Take the steps of a restore that are still missing; may be called again after a crash.

        Raises RestoreError when the name was taken meanwhile (the original stays in holding).
        """
        try:
            self._bring_back(entry)
        except FileExistsError:
            self._journal.write(replace(entry, stage=Stage.DONE))
            raise RestoreError(
                entry.source, "another file has its name now. Move it away and try again."
            ) from None
        if entry.source != entry.target:
            now = self._files.identity(entry.target)
            if now is not None and entry.result_identity and same_file(now, entry.result_identity):
                self._files.remove(entry.target)
        self._files.sync_folder(entry.source.parent)
        self._files.remove(entry.holding)
        self._files.remove(entry.staged)
        self._swapper.tidy(entry)
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
        waiting = list(self._journal.held())
        kept = sum(entry.source_identity.size for entry in waiting)
        for entry in waiting:
            too_old = ages.get(entry.id, 0.0) >= longest
            too_many = kept > self._settings.keep_original_gigabytes * 1e9
            if not (too_old or too_many) or not entry.target.parent.is_dir():
                continue  # without its folder the whole disk may be away
            place = self._originals.nearby(entry)
            if place is not None:
                entry = replace(entry, holding=place)  # its folder was renamed
                self._files.remove(place)
                removed.append(entry.source)
            elif self._files.taken(entry.holding):
                continue
            kept -= entry.source_identity.size
            self._swapper.tidy(entry)
            self._journal.write(replace(entry, original=Original.REMOVED))
        return tuple(removed)

    def _bring_back(self, entry: JournalEntry) -> None:
        if not self._files.taken(entry.holding):
            return
        if entry.source != entry.target and self._is_back(entry):
            return
        onto_name = self._files.replace if entry.source == entry.target else self._files.move
        try:
            onto_name(entry.holding, entry.source)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self._files.make_folder(entry.staged.parent)
            self._files.remove(entry.staged)
            self._files.copy(entry.holding, entry.staged)
            onto_name(entry.staged, entry.source)

    def _is_back(self, entry: JournalEntry) -> bool:
        found = self._files.identity(entry.source)
        return found is not None and same_content(found, entry.source_identity)
