"""Brings the kept original of a film back, so that it is made once more from that and not from its result.

The original has the film's name then, whole, until the new result is proved and swapped in, which keeps it
again. A restore does that, with all its steps in the journal; here is only what tells a restore that was done
already (before a crash) from one that is missing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from core.errors import RestoreError
from processing.disk_errors import disk_errors_told
from processing.filesystem import FileOperations
from processing.holding import Holding
from processing.originals import Originals
from processing.recognition import Recognition
from store.journal import Journal, Outcome, Stage


class AgainFromOriginal:
    """Every method is safe from any thread, and may be called again after a crash."""

    def __init__(
        self, journal: Journal, files: FileOperations, originals: Originals, holding: Holding
    ) -> None:
        self._journal = journal
        self._files = files
        self._originals = originals
        self._holding = holding

    def is_result(self, film: Path) -> bool:
        """Whether the journal knows what lies there as a result that was swapped in."""
        return any(
            entry.target == film
            and entry.outcome is Outcome.REPLACED
            and Recognition(self._files, entry).is_result(film)
            for entry in self._journal.of_film(film)
        )

    def why_not_from_original(self, film: Path) -> str:
        """Return why a film cannot be made from its original; "" where it can."""
        if self._restored(film) is not None:
            return ""
        try:
            self._originals.find(film)
        except RestoreError as error:
            return error.problem
        return ""

    def bring_back(self, film: Path) -> Path:
        """Put the original in its result's place, where that is not done yet; return its name.

        Raises RestoreError; the film is as it was then.
        """
        with disk_errors_told(film, film.parent, 0):
            return self._restored(film) or self._holding.restore(film)

    def _restored(self, film: Path) -> Optional[Path]:
        """Return the original that was brought back for this film; None where that was not done."""
        for entry in self._journal.of_film(film):
            if entry.outcome is Outcome.ROLLED_BACK:  # an attempt that came to nothing
                continue
            if entry.stage is Stage.RESTORING:
                return None
            if entry.stage is not Stage.DONE:  # an attempt at the original, which goes on
                return film
            back = entry.outcome is Outcome.RESTORED
            known = Recognition(self._files, entry)
            return entry.source if back and known.is_original(entry.source) else None
        return None
