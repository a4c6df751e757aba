"""Tells the user what happened while nobody looks: keeps messages, and sends them when it is time.

No film waits for a message: what happens goes into a queue, a thread of its own does the rest, and an
address that cannot be reached is told once, tried again later, and never an error of a film.
"""

from __future__ import annotations

import logging
import queue
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Callable, Dict, List, Optional, Protocol, Sequence

from app.message_addresses import MessageAddresses
from core.errors import MediaProcessorError, MessageNotSent
from core.events import Event
from core.messages.letter import Letter, letter_of, trial_letter
from core.messages.message import MessageAddress, UserMessage, message_of
from core.messages.timing import OLDEST, is_quiet, rest_after, too_soon
from core.ports import Clock, Notifier
from core.reporting.page_language import PageLanguage
from core.settings.source import SettingsSource
from store.messages import MessageStore

LOOK_EVERY = 15.0  # seconds
_LAST_WORDS = 10.0  # seconds that sending may take when the program ends

_log = logging.getLogger("mediaprocessor.messages")


class LetterSender(Protocol):
    """Sends letters; ``app.apprise_sender.AppriseSender`` is one."""

    def send(self, name: str, address: str, letter: Letter) -> None:
        """Send one; raises MessageNotSent."""


class Watch(Protocol):
    """Looks for what no event tells."""

    def look(self, now: float) -> Sequence[UserMessage]:
        """Return what is to be told; called every few seconds."""


@dataclass
class _Failing:
    """An address that could not be reached."""

    failures: int = 0
    until: float = 0.0  # by ``Clock.monotonic``: when it is tried again


class Messenger:
    """Thread-safe. ``complain`` shows the user, once, that an address cannot be reached."""

    def __init__(
        self,
        store: MessageStore,
        addresses: MessageAddresses,
        sender: LetterSender,
        settings: SettingsSource,
        clock: Clock,
        language: Callable[[], PageLanguage],
        watches: Sequence[Watch] = (),
        look_every: float = LOOK_EVERY,
    ) -> None:
        self.addresses = addresses
        self._store = store
        self._sender = sender
        self._settings = settings
        self._clock = clock
        self._language = language
        self._watches = tuple(watches)
        self._look_every = look_every
        self._complain: Notifier = lambda sentence: None  # noqa: ARG005
        self._happened: queue.SimpleQueue[Optional[UserMessage]] = queue.SimpleQueue()
        self._failing: Dict[int, _Failing] = {}
        self._thread: Optional[threading.Thread] = None
        self._ending = False
        self._trouble = ""

    def start(self, complain: Notifier) -> None:
        """Send from now on what happens; once."""
        self._complain = complain
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="messages", daemon=True)
            self._thread.start()

    def take(self, event: Event) -> None:
        """Take what has happened (``scheduling.event_publisher.EventFollower``)."""
        message = message_of(event, self._clock.now())
        if message is not None:
            self._happened.put(message)

    def wake(self) -> None:
        """Look now: an address was changed."""
        self._happened.put(None)

    def close(self) -> None:
        """Send what is left, as far as that is quick, and end."""
        self._ending = True
        self.wake()
        if self._thread is not None:
            self._thread.join(_LAST_WORDS)

    def test(self, address: MessageAddress) -> None:
        """Send a message to an address at once, stored or not; raises MessageNotSent."""
        letter = trial_letter(self._machine, self._language())
        self._sender.send(address.name, address.address, letter)

    @property
    def _machine(self) -> str:
        return self._settings.settings.network.name or socket.gethostname()

    # ---- the thread

    def _work(self) -> None:
        while not self._ending:
            message: Optional[UserMessage] = None
            with suppress(queue.Empty):
                message = self._happened.get(timeout=self._look_every)
            self._round(message)
        self._round(None)  # what happened while the last round went on

    def _round(self, message: Optional[UserMessage]) -> None:
        try:
            addresses = self.addresses.all()
            if not any(address.enabled for address in addresses):
                self._forget_what_happened()
                return
            self._keep(message)
            for address in addresses:
                if address.enabled:
                    self._serve(address)
            self._store.prune(self._clock.now() - OLDEST)
            self._trouble = ""
        except Exception as error:  # noqa: BLE001 - the next round may go well
            # Its type alone: a text may quote an address.
            told = str(error) if isinstance(error, MediaProcessorError) else type(error).__name__
            if told != self._trouble:
                self._trouble = told
                _log.warning("Messages could not be looked after: %s", told)

    def _forget_what_happened(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._happened.get_nowait()

    def _keep(self, first: Optional[UserMessage]) -> None:
        """Store what has happened, and what there is to be seen."""
        found: List[Optional[UserMessage]] = [first]
        with suppress(queue.Empty):
            while True:
                found.append(self._happened.get_nowait())
        for watch in self._watches:
            found += watch.look(self._clock.now())
        for message in found:
            if message is not None:
                self._store.add(message)

    def _serve(self, address: MessageAddress) -> None:
        """Send an address what it does not have yet, when that may be."""
        now = self._clock.now()
        every = self._store.after(address.told, now - OLDEST)
        wanted = [message for message in every if message.kind in address.kinds]
        if not wanted:
            if every:
                self._store.mark_told(address.id, every[-1].id, None)
            return
        if not self._may_send(address, now):
            return
        letter = letter_of(wanted, self._machine, self._language())
        try:
            self._sender.send(address.name, address.address, letter)
        except MessageNotSent as error:
            self._failed(address, error)
        else:
            self._failing.pop(address.id, None)
            self._store.mark_told(address.id, every[-1].id, now)
            _log.info("%d messages were sent to %s.", len(wanted), address.name)

    def _may_send(self, address: MessageAddress, now: float) -> bool:
        settings = self._settings.settings.messages
        if is_quiet(settings, datetime.fromtimestamp(now)):  # noqa: DTZ006 - the clock on the wall
            return False
        if self._ending:  # who waits for a run's end gets to know it
            return address.id not in self._failing
        failing = self._failing.get(address.id)
        if failing is not None and self._clock.monotonic() < failing.until:
            return False
        return not too_soon(settings, now, address.sent_at)

    def _failed(self, address: MessageAddress, error: MessageNotSent) -> None:
        failing = self._failing.setdefault(address.id, _Failing())
        failing.failures += 1
        failing.until = self._clock.monotonic() + rest_after(failing.failures)
        if failing.failures == 1:
            _log.warning("%s", error)
            self._complain(str(error))
        self._store.note_error(address.id, error.problem)
