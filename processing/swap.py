"""The one place where a verified result takes its film's place.

Every function here looks at the disk before each step and takes only the steps that are still
missing, so that it can be called again after a crash at any moment (docs/safety.md).
"""

from __future__ import annotations

import errno
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Callable, Optional

from core.errors import FileInUse, SourceChanged, SwapError, TargetTaken
from core.model import FileIdentity
from core.ports import Clock
from core.settings import FileSettings
from core.system_errors import is_in_use
from processing.filesystem import DOT_FOLDER, FileOperations, same_content, same_file
from processing.result import seal_of_entry
from processing.seal import seal_of
from store.journal import Journal, JournalEntry, Original, Outcome, Stage

_FIRST_WAIT = 0.1  # seconds; doubled at each try
_LONGEST_WAIT = 10.0
_FOLDER_TRIES = 5  # another job may tidy an empty folder away just when we made it


class Swapper:
    """Finishes and rolls back entries of the journal."""

    def __init__(
        self,
        journal: Journal,
        files: FileOperations,
        clock: Clock,
        settings: FileSettings,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._journal = journal
        self._files = files
        self._clock = clock
        self._settings = settings
        self._wait = wait

    def finish(self, entry: JournalEntry, *, patience: float) -> JournalEntry:
        """Bring a verified or swapped entry to its end.

        Raises SourceChanged, TargetTaken or SwapError when the film's place is not what it was
        (``roll_back`` then), FileInUse when another program holds the film for longer than
        ``patience`` seconds, OSError when the disk fails (the result is kept for another try).
        """
        deadline = self._clock.monotonic() + patience
        if entry.stage is Stage.VERIFIED:
            try:
                if entry.source == entry.target:
                    self._replace(entry, deadline)
                else:
                    self._place_beside(entry, deadline)
            except (SourceChanged, SwapError):
                self._demand_disk(entry)  # else what was read there means nothing
                raise
            self._files.sync_folder(entry.target.parent)
            now = self._clock.now()
            entry = self._journal.write(replace(entry, stage=Stage.SWAPPED, swapped_at=now))
        original = Original.HELD if self._files.taken(entry.holding) else Original.IN_PLACE
        if original is Original.HELD and self._settings.keep_original_days <= 0:
            self._files.remove(entry.holding)
            original = Original.REMOVED
        self.tidy(entry)
        return self._journal.write(
            replace(entry, stage=Stage.DONE, outcome=Outcome.REPLACED, original=original)
        )

    def roll_back(self, entry: JournalEntry) -> JournalEntry:
        """Leave the film as it was and remove what was made for it.

        Raises OSError where the film's disk is away: the original may wait there in holding.
        """
        if entry.stage is not Stage.INTENT:
            self._demand_disk(entry)
        self._give_back(entry)
        self._files.remove(entry.staged)
        self.tidy(entry)
        return self._journal.write(replace(entry, stage=Stage.DONE, outcome=Outcome.ROLLED_BACK))

    def tidy(self, entry: JournalEntry) -> None:
        """Remove the small files that steps left beside their result, and empty folders of ours."""
        clear_scratch(self._files, entry.staged)
        if entry.work is not None:
            self._files.remove(entry.work)
            clear_scratch(self._files, entry.work)
        self._files.remove(_passing(entry.holding))
        self._files.remove_folders(entry.holding.parent)
        self._files.remove_folders(entry.staged.parent)

    def _replace(self, entry: JournalEntry, deadline: float) -> None:
        """Same name: hold the original, then move the result onto the name."""
        if not self._files.taken(entry.staged) and self._is_result(entry, entry.target):
            return
        self._demand_result(entry)
        if not self._held(entry):
            self._demand_source(entry)
            self._hold(entry, deadline)
        # What was held is what was analysed, and nothing else has come under the name meanwhile.
        named = self._files.identity(entry.source)
        if not self._held(entry) or (
            named is not None and not same_file(named, entry.source_identity)
        ):
            raise SourceChanged(entry.source)
        self._files.sync_folder(entry.holding.parent)
        self._demand_result(entry)  # holding may have been a copy of minutes
        self._patiently(
            entry.source, deadline, lambda: self._files.replace(entry.staged, entry.target)
        )

    def _place_beside(self, entry: JournalEntry, deadline: float) -> None:
        """Another ending: the result takes its own name, then the original goes to holding."""
        if not self._is_result(entry, entry.target):
            self._demand_result(entry)
            self._demand_source(entry)
            try:
                self._files.move(entry.staged, entry.target)
            except FileExistsError:
                raise TargetTaken(entry.target) from None
        self._files.remove(entry.staged)  # its second name, when the move was cut short
        self._files.sync_folder(entry.target.parent)
        if not self._is(entry.source_identity, entry.source):
            return  # gone to holding already, or a new film that is not ours to move
        if not self._held(entry):
            self._hold(entry, deadline)
        self._patiently(entry.source, deadline, lambda: self._files.remove(entry.source))
        self._files.sync_folder(entry.holding.parent)

    def _hold(self, entry: JournalEntry, deadline: float) -> None:
        for attempt in range(_FOLDER_TRIES):
            try:
                self._files.make_folder(entry.holding.parent)
                self._patiently(entry.source, deadline, lambda: self._hold_once(entry))
                return
            except FileExistsError:
                raise SwapError(
                    entry.source, f"{entry.holding} is in the way. It will be tried again."
                ) from None
            except FileNotFoundError:
                if attempt == _FOLDER_TRIES - 1 or self._files.identity(entry.source) is None:
                    raise

    def _hold_once(self, entry: JournalEntry) -> None:
        """A second name if it can be had, else a rename, else (another disk) a whole copy."""
        if self._files.link(entry.source, entry.holding):
            return
        try:
            self._files.move(entry.source, entry.holding)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            passing = _passing(entry.holding)
            self._files.remove(passing)
            self._files.copy(entry.source, passing)
            self._files.replace(passing, entry.holding)

    def _give_back(self, entry: JournalEntry) -> None:
        """Undo a hold: the original under its name again, no second name left in holding."""
        held = self._files.identity(entry.holding)
        if held is None:
            return
        named = self._files.identity(entry.source)
        if named is None:
            self._files.move(entry.holding, entry.source)
        elif same_file(named, held) or self._is(entry.source_identity, entry.source):
            self._files.remove(entry.holding)
        # Else another film has the name: the held one stays where it is.

    def _demand_disk(self, entry: JournalEntry) -> None:
        """Without its folder nothing can be said of a film: a share that is away looks empty."""
        folders = [entry.source.parent]
        own = entry.holding.parent.parent  # the folder that holds "originals"
        if own.name != DOT_FOLDER and not self._files.taken(entry.source):
            folders.append(own)
        for folder in folders:
            if not folder.is_dir():
                raise OSError(errno.ENODEV, os.strerror(errno.ENODEV), str(folder))

    def _demand_result(self, entry: JournalEntry) -> None:
        if not self._is_result(entry, entry.staged):
            raise SwapError(entry.source, "the finished result is gone. It will be made anew.")
        seal = seal_of_entry(entry)
        if seal is not None and seal_of(entry.staged) != seal:
            raise SwapError(
                entry.source,
                "the finished result was changed after it was proved. It will be made anew.",
            )

    def _demand_source(self, entry: JournalEntry) -> None:
        if not self._is(entry.source_identity, entry.source):
            raise SourceChanged(entry.source)

    def _is_result(self, entry: JournalEntry, path: Path) -> bool:
        return self._is(entry.result_identity, path)

    def _is(self, wanted: Optional[FileIdentity], path: Path) -> bool:
        found = self._files.identity(path)
        return wanted is not None and found is not None and same_file(wanted, found)

    def _held(self, entry: JournalEntry) -> bool:
        return held(self._files, entry)

    def _patiently(self, path: Path, deadline: float, operation: Callable[[], None]) -> None:
        """Try again, ever more slowly, while Windows says that the file is in use."""
        pause = _FIRST_WAIT
        while True:
            try:
                operation()
                return
            except OSError as error:
                if not is_in_use(error):
                    raise
                if self._clock.monotonic() + pause > deadline:
                    raise FileInUse(path) from error
            self._wait(pause)
            pause = min(pause * 2, _LONGEST_WAIT)


def held(files: FileOperations, entry: JournalEntry) -> bool:
    """Whether the whole original waits in holding (its name appears there only when it is whole)."""
    found = files.identity(entry.holding)
    return found is not None and same_content(found, entry.source_identity)


def clear_scratch(files: FileOperations, staged: Path) -> None:
    """Remove the small files that steps left beside a staged result."""
    if staged.parent.is_dir():
        for path in staged.parent.iterdir():
            if path.name.startswith(staged.name + "."):
                files.remove(path)


def _passing(holding: Path) -> Path:
    """The name that a copy to another disk has until it is complete."""
    return holding.with_name(holding.name + ".copying")
