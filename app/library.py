"""The library as the window and the command line show it, and what they do with its films."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional, Sequence

from scheduling.film_checks import FilmChecks
from scheduling.library_look import LibraryLook
from store.library import LibraryStore
from store.library_pages import LibraryPages

if TYPE_CHECKING:
    from core.ports import Notifier
    from queue_manager import QueueManager
    from scheduling.ports import QueueEnvironment
    from store.connection import Database

_BATCH = 1000  # films that are queued in one transaction


class FilmLibrary:
    """Calls read and write the database: make them beside Tk's thread.

    ``manager`` is the queue that films are given to, where there is one; ``tell`` takes what checking films
    has found.
    """

    def __init__(
        self,
        database: Database,
        environment: QueueEnvironment,
        manager: Optional[QueueManager] = None,
        tell: Notifier = lambda sentence: None,  # noqa: ARG005
    ) -> None:
        self._manager = manager
        self.store = LibraryStore(database)
        self.pages = LibraryPages(database)
        self.look = LibraryLook(database, environment)
        self.checks = FilmChecks(database, environment, self._busy, tell)

    def queue(self, film_ids: Sequence[int], priority: Optional[int] = None) -> int:
        """Queue films, with a priority or their folders'; return how many got a job.

        The queue passes over what is in it already, and what the user never wants touched.
        """
        if self._manager is None:
            return 0
        queued = 0
        for first in range(0, len(film_ids), _BATCH):
            films = self.pages.jobs(film_ids[first : first + _BATCH], priority)
            queued += len(self._manager.submit(films))
        return queued

    def close(self) -> None:
        """End what looks at films; it goes on at the next start."""
        self.look.stop()
        self.checks.close()

    def _busy(self) -> bool:
        return self._manager is not None and bool(self._manager.kinds_at_work())
