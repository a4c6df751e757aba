"""The addresses on the page of messages: read, stored and tested beside the event loop."""

from __future__ import annotations

from tkinter import ttk
from typing import Callable, Optional

from app.messenger import Messenger
from core.errors import ConfigError
from core.messages.message import MessageAddress
from core.queue.outcome import sentence_of
from core.text.sentence import Sentence
from views.message_addresses import AddressesPart
from views.message_dialog import AddressCalls, MessageDialog
from views.settings_tab import SettingsTab
from views.shown import visible
from views.texts import _, capital
from window.services import WindowServices

PAGE = "messages"
_LOOK_AGAIN = 5000  # milliseconds
_REMOVE = 0


class MessagesController:
    """Puts the addresses above the settings of messages, once that page is opened."""

    def __init__(self, tab: SettingsTab, services: WindowServices) -> None:
        self._services = services
        self.part: Optional[AddressesPart] = None
        self.dialog: Optional[MessageDialog] = None
        tab.add_head(PAGE, self._make)

    def edit_address(self, address: Optional[MessageAddress]) -> None:
        """Open the dialog of an address, or of a new one."""
        if self.part is not None:
            calls = AddressCalls(self._save, self._test_typed)
            self.dialog = MessageDialog(
                self.part, self._services.look, address or MessageAddress("", ""), calls
            )

    def test_address(self, address: MessageAddress) -> None:
        """Send a test message to a stored address."""
        if self.part is not None:
            self._test(address, self.part.tell)

    def remove_address(self, address: MessageAddress) -> None:
        """Forget an address, if the user confirms it."""
        answer = self._services.dialogs.choose(
            _("Remove {name}").format(name=visible(address.name)),
            _("No message is sent to it any more."),
            (_("Remove"), _("Cancel")),
        )
        if answer == _REMOVE:
            self._services.commands.call(
                lambda: self._messenger.addresses.remove(address.id),
                lambda _done: self._read(),
                self._failed,
            )

    @property
    def _messenger(self) -> Messenger:
        return self._services.program.messenger

    def _make(self, parent: ttk.Frame) -> ttk.Frame:
        self.part = AddressesPart(parent, self._services.look, self)
        self._read()
        self.part.after(_LOOK_AGAIN, self._look)
        return self.part

    def _look(self) -> None:
        """Read the addresses now and then, as long as they are on the screen: some may have failed."""
        part = self.part
        if part is not None and part.winfo_exists():
            if part.winfo_ismapped():
                self._read()
            part.after(_LOOK_AGAIN, self._look)

    def _read(self) -> None:
        part = self.part
        if part is not None:
            self._services.commands.call(
                lambda: self._messenger.addresses.all(), part.show, self._failed
            )

    def _save(self, address: MessageAddress) -> None:
        dialog = self.dialog

        def saved(_id: int) -> None:
            if dialog is not None and dialog.winfo_exists():
                dialog.destroy()
            self._read()

        def refused(error: Exception) -> None:
            problem = error.problem if isinstance(error, ConfigError) else sentence_of(error)
            if dialog is not None:
                dialog.tell(capital(visible(problem)), error=True)

        self._services.commands.call(
            lambda: self._messenger.addresses.save(address), saved, refused
        )

    def _test_typed(self, address: MessageAddress) -> None:
        if self.dialog is not None:
            self._test(address, self.dialog.tell)

    def _test(self, address: MessageAddress, tell: Callable[..., None]) -> None:
        """Send a test message, which may take until a time limit."""
        named = address if address.name else MessageAddress("?", address.address)
        told = Sentence("A message was sent to {name}.", name=named.name)
        self._services.tests.call(
            lambda: self._messenger.test(named),
            lambda _done: tell(told),
            lambda error: tell(sentence_of(error), error=True),
        )

    def _failed(self, error: Exception) -> None:
        if self.part is not None:
            self.part.tell(sentence_of(error), error=True)
