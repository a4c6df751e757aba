"""The only place where a verified result replaces its film.

Every function here looks at the disk before each step and takes only the steps that are still
missing, so that it can be called again after a crash at any moment (docs/safety.md). Nothing that lies
under a film's name is removed before it was moved aside and recognised there (``placing``).
"""

from __future__ import annotations

import contextlib
import errno
from dataclasses import replace
from pathlib import Path
from typing import Callable

from core.errors import FileInUse, SourceChanged, SwapError, TargetTaken
from core.ports import Clock, Notifier, Sleep
from core.settings.tree import FileSettings
from core.system_errors import is_in_use
from core.text.sentence import Sentence
from processing.filesystem import DOT_FOLDER, FileOperations
from processing.placing import Placing
from processing.recognition import Recognition
from processing.result import seal_of_entry, sealed_again
from processing.seal import seal_of
from processing.whereabouts import aside_for, demand_disk, followed, is_gone
from store.journal import Journal, JournalEntry, Original, Outcome, Stage

_FIRST_WAIT = 0.1  # seconds; doubled at each try
_LONGEST_WAIT = 10.0
_RESULT_GONE = Sentence("the finished result is gone. It will be encoded again.")
_FOLDER_TRIES = 5  # another job may tidy an empty folder away just when we made it


class Swapper:
    """Finishes and rolls back entries of the journal; ``notify`` takes sentences for the user."""

    def __init__(
        self,
        journal: Journal,
        files: FileOperations,
        clock: Clock,
        settings: FileSettings,
        wait: Sleep,
        notify: Notifier,
    ) -> None:
        self._journal = journal
        self._files = files
        self._clock = clock
        self._settings = settings
        self._wait = wait
        self._notify = notify
        self._placing = Placing(files, notify)

    def finish(self, entry: JournalEntry, *, patience: float) -> JournalEntry:
        """Complete the swap of a verified or partly swapped entry.

        Raises SourceChanged, TargetTaken or SwapError when the film's place is not what it was
        (``roll_back`` then), FileInUse when another program holds the film for longer than
        ``patience`` seconds, OSError when the disk fails (the result is kept for another try).
        """
        deadline = self._clock.monotonic() + patience
        entry = followed(self._files, entry)
        if entry.stage is Stage.VERIFIED:
            try:
                if entry.source == entry.target:
                    self._replace(entry, deadline)
                else:
                    self._place_beside(entry, deadline)
            except (SourceChanged, SwapError):
                demand_disk(self._files, entry)  # else what was read there means nothing
                raise
        return self._complete(entry)

    def roll_back(self, entry: JournalEntry) -> JournalEntry:
        """Restore the film to what it was and remove everything made for it.

        A result that has taken the film's place already stays there. Raises OSError where the film's disk
        is away: the original may wait there in holding.
        """
        entry = followed(self._files, entry)
        original = entry.original
        if is_gone(self._files, entry, self._clock.now()):
            return self._journal.write(
                replace(
                    entry, stage=Stage.DONE, outcome=Outcome.ROLLED_BACK, original=Original.HELD
                )
            )
        if entry.stage is not Stage.INTENT:
            demand_disk(self._files, entry)
            if entry.stage is Stage.SWAPPED or not self._undo(entry):
                return self._complete(entry)
            original = self._give_back(entry)
        self._files.remove(entry.staged)
        self.tidy(entry)
        renamed = followed(self._files, entry)
        if renamed != entry:  # its folder, meanwhile, and our files went along
            return self.roll_back(renamed)
        if entry.stage is not Stage.INTENT:
            demand_disk(self._files, entry)
        return self._journal.write(
            replace(entry, stage=Stage.DONE, outcome=Outcome.ROLLED_BACK, original=original)
        )

    def tidy(self, entry: JournalEntry) -> None:
        """Remove the small files that steps left beside their result, and empty folders of ours."""
        clear_scratch(self._files, entry.staged)
        if entry.work is not None:
            self._files.remove(entry.work)
            clear_scratch(self._files, entry.work)
        self._files.remove(_passing(entry.holding))
        self._files.remove_folders(entry.holding.parent)
        self._files.remove_folders(entry.staged.parent)

    def _complete(self, entry: JournalEntry) -> JournalEntry:
        """The result is in its place: say so, let the original go if none is to be kept, tidy up."""
        know = Recognition(self._files, entry)
        if entry.stage is Stage.VERIFIED:
            self._files.sync_folder(entry.target.parent)
            now = self._clock.now()
            entry = self._journal.write(replace(entry, stage=Stage.SWAPPED, swapped_at=now))
        original = Original.HELD  # unless everything is seen to be there without it
        seen = self._files.taken(entry.holding) or self._is_away(entry)
        if not seen and know.is_result(entry.target):
            original = Original.IN_PLACE
        none_kept = self._settings.keep_original_days <= 0
        if none_kept and know.is_result(entry.target) and know.is_held():
            self._files.remove(entry.holding)
            original = Original.REMOVED
        for aside in {aside_for(entry, entry.target), aside_for(entry, entry.source)}:
            if know.is_spare(aside):
                self._files.remove(aside)
        self.tidy(entry)
        renamed = followed(self._files, entry)
        if renamed != entry:  # its folder, meanwhile, and our files went along
            return self._complete(renamed)
        return self._journal.write(
            replace(entry, stage=Stage.DONE, outcome=Outcome.REPLACED, original=original)
        )

    @staticmethod
    def _is_away(entry: JournalEntry) -> bool:
        own = entry.holding.parent.parent  # the folder that holds "originals"
        return own.name != DOT_FOLDER and not own.is_dir()

    # ---- the same name

    def _replace(self, entry: JournalEntry, deadline: float) -> None:
        """Move the original to holding, then give the result its name."""
        know, aside = Recognition(self._files, entry), aside_for(entry, entry.target)
        self._placing.settle_last_step(aside)
        if know.is_source(aside) and know.is_result(entry.target):
            self._let_go(entry, aside)  # only tidying up was missing
            return
        if not self._files.taken(aside) and know.is_result(entry.target):
            self._files.remove(entry.staged)  # its second name, when a move was cut short
            return
        # A rename that was cut short may have been a link: the result has both names then.
        renamed = not self._files.taken(entry.staged) or know.is_result(aside)
        self._straighten(entry)
        self._demand(know.is_result(entry.staged), entry, renamed=renamed)
        if renamed:
            self._seal_again(entry)
        if not know.is_held():
            self._demand_source(know)
            self._hold(entry, deadline, by_link=True)
        if not know.is_held():
            raise SourceChanged(entry.source)
        self._files.sync_folder(entry.holding.parent)
        self._demand_sealed(
            entry, entry.staged, renamed=renamed
        )  # holding may have been a copy of minutes
        try:
            self._patiently(entry.source, deadline, lambda: self._put(entry))
        except (FileInUse, OSError):
            with contextlib.suppress(OSError):
                self._seal_again(entry)
            raise
        self._let_go(entry, aside)

    def _put(self, entry: JournalEntry) -> None:
        know, aside = Recognition(self._files, entry), aside_for(entry, entry.target)
        self._straighten(entry)
        if self._files.taken(entry.target):
            self._placing.put(
                entry.staged,
                aside,
                entry.target,
                is_old=know.is_source,
                is_fresh=know.is_result,
                spare=know.is_spare,
            )
            return
        if know.lives_beside():  # under another name now
            raise SourceChanged(entry.source)
        try:
            self._files.move(entry.staged, entry.target)
        except FileExistsError:
            raise SourceChanged(entry.source) from None

    def _let_go(self, entry: JournalEntry, aside: Path) -> None:
        """Remove what was taken from the film's name, the original, from which holding has all."""
        if not self._files.taken(aside):
            return
        know = Recognition(self._files, entry)
        if not know.is_held():
            self._files.make_folder(entry.holding.parent)
            self._files.move(aside, entry.holding)
        elif know.is_source(aside):
            self._files.remove(aside)
        else:  # written to, by a program that has had it open all the time
            raise SourceChanged(entry.source)

    def _straighten(self, entry: JournalEntry) -> None:
        """Bring the result back to its staged name and the film to its own, from between the two."""
        know = Recognition(self._files, entry)
        self._placing.straighten(
            aside_for(entry, entry.target),
            entry.target,
            is_fresh=know.is_result,
            home=entry.staged,
            spare=know.is_spare,
        )

    # ---- another ending

    def _place_beside(self, entry: JournalEntry, deadline: float) -> None:
        """The result takes its own name, then the original goes to holding."""
        know = Recognition(self._files, entry)
        renamed = not self._files.taken(entry.staged)
        self._straighten(entry)
        self._return_taken(entry)
        if not know.is_result(entry.target):
            self._demand(know.is_result(entry.staged), entry, renamed=renamed)
            self._demand_source(know)
            try:
                self._files.move(entry.staged, entry.target)
            except FileExistsError:
                raise TargetTaken(entry.target) from None
        self._files.remove(entry.staged)  # its second name, when the move was cut short
        self._files.sync_folder(entry.target.parent)
        if self._files.taken(entry.source):
            self._demand_source(know)  # a new film is not ours to move
            if not know.is_held():
                self._hold(entry, deadline, by_link=False)
        if self._files.taken(entry.holding) and not know.is_held():
            raise SourceChanged(entry.source)
        if self._files.taken(entry.source):  # holding has a copy, on another disk
            self._patiently(entry.source, deadline, lambda: self._take_source(entry))
        self._files.sync_folder(entry.source.parent)

    def _take_source(self, entry: JournalEntry) -> None:
        """Remove the original of which holding has a whole copy, and nothing else, for the result."""
        know, aside = Recognition(self._files, entry), aside_for(entry, entry.source)
        if not know.is_result(entry.target):
            raise SwapError(entry.source, _RESULT_GONE)
        self._demand_sealed(entry, entry.target, renamed=True)
        if self._placing.withdraw(entry.source, aside, is_ours=know.is_source):
            self._let_go(entry, aside)
        elif self._files.taken(entry.source):
            raise SourceChanged(entry.source)

    def _return_taken(self, entry: JournalEntry) -> None:
        """Give the film's name back what a step that was cut short took from it."""
        aside = aside_for(entry, entry.source)
        if self._files.taken(aside):
            know = Recognition(self._files, entry)
            self._placing.give_back(aside, entry.source, know.is_spare)

    # ---- holding

    def _hold(self, entry: JournalEntry, deadline: float, *, by_link: bool) -> None:
        for attempt in range(_FOLDER_TRIES):
            try:
                self._files.make_folder(entry.holding.parent)
                self._demand_source(Recognition(self._files, entry))  # the folder may be another
                self._patiently(entry.source, deadline, lambda: self._hold_once(entry, by_link))
                return
            except FileExistsError:
                raise SwapError(
                    entry.source,
                    Sentence(
                        "{holding} is in the way. It will be tried again.", holding=entry.holding
                    ),
                ) from None
            except FileNotFoundError:
                if not self._files.taken(entry.source) and entry.source.parent.is_dir():
                    raise SourceChanged(entry.source) from None
                if attempt == _FOLDER_TRIES - 1:
                    raise

    def _hold_once(self, entry: JournalEntry, by_link: bool) -> None:
        """A second name if it can be had, else a rename, else (another disk) a whole copy."""
        if by_link and self._files.link(entry.source, entry.holding):
            return
        try:
            self._files.take(entry.source, entry.holding)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self._hold_copy(entry)

    def _hold_copy(self, entry: JournalEntry) -> None:
        passing = _passing(entry.holding)
        self._files.remove(passing)
        try:
            self._files.copy(entry.source, passing)
            self._demand_source(Recognition(self._files, entry))  # a copy takes minutes
        except (OSError, SourceChanged):
            self._files.remove(passing)
            raise
        self._files.move(passing, entry.holding)

    # ---- back

    def _undo(self, entry: JournalEntry) -> bool:
        """Take the result back from the film's place; False where it has to stay, all that is left."""
        know = Recognition(self._files, entry)
        self._straighten(entry)
        if entry.source == entry.target:
            return not know.is_result(entry.target)
        self._return_taken(entry)
        if self._files.taken(entry.holding) and not know.is_held():
            self._give_back(entry)
        if not know.is_result(entry.target):
            return True
        if not self._files.taken(entry.source):
            return False
        aside = aside_for(entry, entry.target)
        if self._placing.withdraw(entry.target, aside, is_ours=know.is_result):
            if not self._files.taken(entry.source):
                self._placing.give_back(aside, entry.target)
                return not know.is_result(entry.target)
            self._files.remove(aside)
        return True

    def _give_back(self, entry: JournalEntry) -> Original:
        """Undo a hold: the original under its name again, and nothing in holding that has another."""
        know = Recognition(self._files, entry)
        if not self._files.taken(entry.holding):
            return Original.IN_PLACE
        renamed = entry.source == entry.target and know.lives_beside()  # only then held by a link
        if not self._files.taken(entry.source) and not renamed:
            try:
                self._files.move(entry.holding, entry.source)
            except OSError as error:
                if error.errno != errno.EXDEV and not isinstance(error, FileExistsError):
                    raise
            else:
                return Original.IN_PLACE
        if (know.is_source(entry.source) and know.is_held()) or know.lives_beside():
            self._files.remove(entry.holding)
            return Original.IN_PLACE
        if know.is_held():
            self._notify(
                Sentence(
                    "{source} was replaced by another program. Its original is kept as {holding} as long "
                    "as other originals are.",
                    source=entry.source,
                    holding=entry.holding,
                )
            )
            return Original.HELD
        if not know.is_source(entry.source):  # what was renamed aside was another film
            self._placing.give_back(entry.holding, entry.source)
        return Original.IN_PLACE

    def _demand(self, there: bool, entry: JournalEntry, *, renamed: bool = False) -> None:
        if not there:
            raise SwapError(entry.source, _RESULT_GONE)
        self._demand_sealed(entry, entry.staged, renamed=renamed)

    def _demand_sealed(self, entry: JournalEntry, path: Path, *, renamed: bool) -> None:
        """The result's bytes, at this path, are those that were proved.

        A rename counts as a change of the file: where a swap was cut short after one (``renamed``), the
        samples alone have to do.
        """
        seal, found = seal_of_entry(entry), seal_of(path)
        if seal is not None and renamed:
            found = replace(found, changed_ns=seal.changed_ns)
        if seal is not None and found != seal:
            raise SwapError(
                entry.source,
                Sentence(
                    "the finished result was changed after it was proved. It will be encoded again."
                ),
            )

    def _seal_again(self, entry: JournalEntry) -> None:
        """Our own renames have broken the seal of a result that waits now for another try."""
        self._straighten(entry)
        self._demand_sealed(entry, entry.staged, renamed=True)
        if seal_of_entry(entry) is not None:
            self._journal.write(replace(entry, report=sealed_again(entry, seal_of(entry.staged))))

    def _demand_source(self, know: Recognition) -> None:
        if not know.is_source(know.entry.source):
            raise SourceChanged(know.entry.source)

    def _patiently(self, path: Path, deadline: float, operation: Callable[[], None]) -> None:
        """Retry with growing pauses while Windows says that the file is in use."""
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
    """Whether the complete original is in holding (its name appears there only once it is complete)."""
    return Recognition(files, entry).is_held()


def clear_scratch(files: FileOperations, staged: Path) -> None:
    """Remove what steps left beside a staged result: small files, and the folder of a search."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):  # the folder may go
        for path in staged.parent.iterdir():
            if path.name.startswith(staged.name + "."):
                files.remove_scratch(path)


def _passing(holding: Path) -> Path:
    """The name that a copy to another disk has until it is complete."""
    return holding.with_name(holding.name + ".copying")
