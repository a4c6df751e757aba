"""Threads that make chunks of a film beside the job's own thread, as many as are wanted at the moment."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import Callable, Iterator, List, Optional

from core.errors import JobCancelled
from logger import with_log_fields
from processing.chunks.linked_control import LinkedControl
from processing.control import JobControl

TakeOne = Callable[[JobControl], bool]


class Takers:
    """``take`` makes one chunk under the control that it is given; False where there is none to be had.

    What it raises ends them all, and is raised again where the job's own thread asks.
    """

    def __init__(self, take: TakeOne, control: JobControl) -> None:
        self._take = take
        self._control = LinkedControl(control)
        self._guard = threading.Lock()
        self._threads: List[threading.Thread] = []
        self._wanted = 0
        self._trouble: Optional[BaseException] = None

    @property
    def at_work(self) -> int:
        """How many there are."""
        with self._guard:
            return len(self._threads)

    def want(self, number: int) -> None:
        """Have so many; one too many ends after the chunk that it has in hand."""
        with self._guard:
            self._wanted = number if self._trouble is None else 0
            while len(self._threads) < self._wanted:
                thread = threading.Thread(
                    target=with_log_fields(self._run), name="chunk-taker", daemon=True
                )
                self._threads.append(thread)
                thread.start()

    def demand_well(self) -> None:
        """Raise what one of them has met."""
        if self._trouble is not None:
            raise self._trouble

    def end(self) -> None:
        """End them at once, with what they have in hand, and wait until they are gone."""
        with self._guard:
            self._wanted = 0
            threads = tuple(self._threads)
        self._control.end(JobCancelled())
        for thread in threads:
            thread.join()

    def _run(self) -> None:
        try:
            while self._goes_on() and self._take(self._control):
                pass
        except BaseException as error:  # noqa: BLE001 - the job's own thread raises it
            with self._guard:
                self._trouble = self._trouble or error
                self._wanted = 0
        finally:
            with self._guard:
                self._threads.remove(threading.current_thread())

    def _goes_on(self) -> bool:
        with self._guard:
            return len(self._threads) <= self._wanted


@contextmanager
def takers(take: TakeOne, control: JobControl) -> Iterator[Takers]:
    """Have takers inside; none is left afterwards, however it ends."""
    found = Takers(take, control)
    try:
        yield found
    finally:
        found.end()
