"""The list of films that wait, read while Tk starts and the window is built, which takes about as long."""

from __future__ import annotations

import threading
from array import array
from typing import Optional

from core.errors import MediaProcessorError
from store.connection import Database
from store.job_pages import JobPages, Listing
from views.queue_sections import PENDING

AHEAD = Listing(PENDING.states)


class QueueAhead:
    """Begins to read at once, in a thread of its own; what it found is good for one question."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ids: Optional[array[int]] = None
        self._taken = False
        self._thread = threading.Thread(target=self._read, name="window-ahead", daemon=True)
        self._thread.start()

    def take(self, listing: Listing) -> Optional[array[int]]:
        """Return a listing's ids, waiting for them; None where it is another one, or not the first time."""
        if self._taken or listing != AHEAD:
            return None
        self._taken = True
        self._thread.join()
        found, self._ids = self._ids, None
        return found

    def _read(self) -> None:
        try:
            self._ids = JobPages(self._database).ids(AHEAD)
        except MediaProcessorError:
            return  # whoever asks reads again, and tells
