"""The part of the network's page that leads a phone to its page, beside Tk's thread."""

from __future__ import annotations

import tkinter as tk
from typing import TYPE_CHECKING, Callable

from core.queue.outcome import sentence_of
from core.settings.tree import Settings
from views.phone_panel import PhoneCalls, PhonePanel, ShownEntry
from views.shown import visible
from views.texts import _
from window.services import WindowServices

if TYPE_CHECKING:
    from app.phone_page import PhoneEntry

_YES = 0


class PhoneController:
    """Shows how it is when the page is opened, and after each change of the settings."""

    def __init__(self, parent: tk.Misc, services: WindowServices) -> None:
        self._services = services
        self.panel = PhonePanel(parent, services.look, PhoneCalls(self._show, self._renew))
        services.on_settings.append(self._look)
        self._look(services.config.settings)

    def _look(self, _settings: Settings) -> None:
        self._call(lambda: self._services.program.phone.entry(), self.panel.show)

    def _show(self) -> None:
        self._call(lambda: self._services.program.phone.entry(), self.panel.show_code)

    def _renew(self) -> None:
        text = _(
            "Phones that have the present token can no longer open the page until they are given the new one."
        )
        answer = self._services.dialogs.choose(
            _("New token"), text, (_("Make a new token"), _("Keep it"))
        )
        if answer == _YES:
            self._call(lambda: self._services.program.phone.renew_token(), self.panel.show_code)

    def _call(self, work: Callable[[], PhoneEntry], show: Callable[[ShownEntry], None]) -> None:
        """Making a token writes to the disk."""

        def done(entry: PhoneEntry) -> None:
            if self.panel.winfo_exists():
                show(_shown(entry))

        def failed(error: Exception) -> None:
            if self.panel.winfo_exists():
                self.panel.tell(visible(sentence_of(error)))

        self._services.tests.call(work, done, failed)


def _shown(entry: PhoneEntry) -> ShownEntry:
    return ShownEntry(
        entry.switched_on,
        entry.listens,
        entry.address,
        entry.token,
        entry.fingerprint,
        entry.code,
        entry.trouble,
    )
