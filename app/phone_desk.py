"""What the page for the phone shows and does, of the program at work."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Callable, Optional, TypeVar

from app.phone_state import PhoneStates
from core.errors import PhoneError
from core.text.sentence import Sentence, counted_sentence
from phone.texts import PhoneCommand
from store.connection import Database

if TYPE_CHECKING:
    from app.phone_ports import Controls
    from queue_manager import QueueManager

_Answer = TypeVar("_Answer")
_log = logging.getLogger("mediaprocessor.phone")


class ProgramDesk:
    """``phone.ports.PhoneDesk`` over a queue; what phones ask for is written into the log.

    All of it is done in one thread until ``close``: each thread that asks the database has a connection of
    its own, with half a megabyte of pages.
    """

    def __init__(self, database: Database, manager: QueueManager, controls: Controls) -> None:
        self._manager = manager
        self._controls = controls
        self._states = PhoneStates(database, manager, controls.machines(manager))
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="phone-desk")

    def close(self) -> None:
        """End the thread, once it has done what it does."""
        self._thread.shutdown(wait=False)

    def state(self, language: str) -> bytes:
        """Return all that the page shows as JSON."""
        return self._in_thread(lambda: self._states.json(language))

    def do(self, command: str, job_id: Optional[int]) -> str:
        """Do what a button says and return what to tell; raises ValueError for another command."""
        wanted = PhoneCommand(command)
        _log.info("The page for the phone asks: %s", f"{command} {job_id or ''}".strip())
        return self._in_thread(lambda: self._done(wanted, job_id))

    def _in_thread(self, work: Callable[[], _Answer]) -> _Answer:
        try:
            answer = self._thread.submit(work)
        except RuntimeError as error:
            raise PhoneError(Sentence("The page is being switched off.")) from error
        return answer.result()

    def _done(self, wanted: PhoneCommand, job_id: Optional[int]) -> str:
        try:
            return self._do(wanted, job_id)
        finally:
            self._states.outdate()

    def _do(self, wanted: PhoneCommand, job_id: Optional[int]) -> str:
        control = self._controls.machine_control(self._manager)
        if wanted is PhoneCommand.PAUSE:
            control.pause()
        elif wanted is PhoneCommand.RESUME:
            control.start()
        elif wanted is PhoneCommand.FINISH:
            control.stop_after_current()
        elif wanted is PhoneCommand.RETRY_ALL:
            return counted_sentence(
                "{number} film is in the queue again.",
                "{number} films are in the queue again.",
                self._manager.retry_all_failed(),
            )
        elif job_id is None:
            raise ValueError("which film")
        elif not self._manager.retry(job_id):
            raise PhoneError(
                Sentence("This film is not in the list any more, or is being processed already.")
            )
        return ""
