"""Removes kept originals before their time, because their user wants the room.

Expiry removes what is old. Here it may be a minute old, so that the result is asked for first: it has to be
there, and be the one that was proved and put in the film's place.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Optional

from core.errors import OriginalStays, RestoreError
from core.text.sentence import Sentence
from processing.disk_errors import disk_errors_told
from processing.filesystem import FileOperations
from processing.holding import Holding, disk_is_away
from processing.originals import Originals
from processing.result import seal_of_entry
from processing.seal import seal_of
from processing.swap import Swapper
from processing.whereabouts import followed
from store.journal import Journal, JournalEntry, Original, Outcome, Stage


class Freeing:
    """Every method is safe from any thread, and may be called again after a crash."""

    def __init__(
        self,
        journal: Journal,
        files: FileOperations,
        swapper: Swapper,
        originals: Originals,
        holding: Holding,
    ) -> None:
        self._journal = journal
        self._files = files
        self._swapper = swapper
        self._originals = originals
        self._holding = holding

    def free(self, entry_id: int) -> int:
        """Remove the kept original of a swap; return how many bytes that were.

        0 where it was not there any more: its entry is closed then. Raises OriginalStays, with nothing
        changed, where the result is not there as it was proved, and what ``disk_errors_told`` does.
        """
        entry = self._entry(entry_id)
        try:
            with disk_errors_told(entry.target, entry.holding.parent, 0):
                return self._free_alone(entry)
        except RestoreError as error:
            raise OriginalStays(entry.target, error.problem) from None

    def _free_alone(self, entry: JournalEntry) -> int:
        with self._holding.alone_with(entry):
            return self._free(self._entry(entry.id))

    def _entry(self, entry_id: int) -> JournalEntry:
        entry = self._journal.entry(entry_id)
        if entry is None:
            raise OriginalStays(entry_id, Sentence("nothing is known of it."))
        if entry.stage is not Stage.DONE or entry.original is not Original.HELD:
            raise OriginalStays(
                entry.target, Sentence("it is not kept any more, or on its way back.")
            )
        return entry

    def _free(self, entry: JournalEntry) -> int:
        entry = self._at_its_place(entry)
        if disk_is_away(entry):
            raise OriginalStays(
                entry.target, Sentence("the disk of the film or of its original is not there.")
            )
        if entry.target in self._journal.wanted_again():
            raise OriginalStays(
                entry.target,
                Sentence(
                    "the film waits in the queue to be made from it once more. Cancel that first."
                ),
            )
        place = self._originals.nearby(entry)
        if place is None and self._files.taken(entry.holding):
            raise OriginalStays(entry.target, Sentence("another program wrote to it."))
        entry = replace(entry, holding=place or entry.holding)
        self._demand_result(entry)
        if place is not None:
            self._files.remove(place)
        self._swapper.tidy(entry)
        self._journal.write(replace(entry, original=Original.REMOVED))
        return 0 if place is None else entry.source_identity.size

    def _at_its_place(self, entry: JournalEntry) -> JournalEntry:
        """Return the entry with its paths of today, and keep them.

        A renamed folder is known by our own folder in it, which goes with the original: after a crash
        between that and the journal's last word nobody would find it again.
        """
        today = followed(self._files, entry)
        return entry if today == entry else self._journal.write(today)

    def _demand_result(self, entry: JournalEntry) -> None:
        """The result is there, and is the very one that was proved."""
        if entry.outcome is not Outcome.REPLACED or entry.result_identity is None:
            raise OriginalStays(
                entry.target,
                Sentence("another program replaced the film; no proved result of it is there."),
            )
        place = self._originals.result_of(entry)
        if place is None and not self._files.taken(entry.target):
            raise OriginalStays(
                entry.target,
                Sentence("its result is gone, so that this is all that is left of it."),
            )
        if not _is_proved(entry, place):
            raise OriginalStays(
                entry.target,
                Sentence("its result was changed after it was proved and put in its place."),
            )


def _is_proved(entry: JournalEntry, place: Optional[Path]) -> bool:
    """Whether the bytes of the result are those that were proved.

    Its seal knows that, whatever has become of its time; an older version has sealed nothing, and a
    result that was recognised (at ``place``) has to do.
    """
    seal = seal_of_entry(entry)
    if seal is None:
        return place is not None
    return seal_of(place or entry.target).content == seal.content
