"""Where messages go: a table above the settings of messages, with buttons to add, change, test and remove."""

from __future__ import annotations

import tkinter as tk
from datetime import datetime
from tkinter import ttk
from typing import Optional, Protocol, Sequence

from core.messages.message import EVERY_KIND, MessageAddress, MessageKind
from views import cldr
from views.fitted_tree import FittedTree
from views.secret_field import ServiceSentence
from views.texts import N_, _, sentence
from views.theme import Look

_ROWS = 4
# As a column has room for them.
_SHORT = {
    MessageKind.QUEUE_DONE: N_("queue done"),
    MessageKind.FILM_FAILED: N_("film failed"),
    MessageKind.MACHINE_LOST: N_("machine lost"),
    MessageKind.DISK_LOW: N_("disk nearly full"),
    MessageKind.ORIGINALS_EXPIRE: N_("originals expire"),
}


class AddressActions(Protocol):
    """What a user can do with addresses, in Tk's thread."""

    def edit_address(self, address: Optional[MessageAddress]) -> None:
        """Let the user change an address; None: enter a new one."""

    def test_address(self, address: MessageAddress) -> None:
        """Send a test message."""

    def remove_address(self, address: MessageAddress) -> None:
        """Forget an address, if the user confirms it."""


class AddressesPart(ttk.Frame):
    """Shows what ``show`` is given; the buttons ask ``actions``."""

    def __init__(self, parent: tk.Misc, look: Look, actions: AddressActions) -> None:
        super().__init__(parent)
        self._actions = actions
        self._shown: Sequence[MessageAddress] = ()
        gap = look.px(6)
        self.hint = ServiceSentence(self, look, "Muted.TLabel")
        self.columnconfigure(0, weight=1)
        self.hint.grid(row=0, sticky="ew", pady=(0, gap))
        self.hint.say(
            _(
                "Tells your phone, mailbox or chat what happened: by ntfy, Telegram, Discord, e-mail and "
                "more than a hundred others."
            )
        )
        self.table = FittedTree(
            self,
            look,
            columns=("name", "kinds", "state"),
            show="headings",
            height=_ROWS,
            selectmode="browse",
        )
        for name, title, width in (
            ("name", _("Name"), 110),
            ("kinds", _("Is told of"), 210),
            ("state", _("Last message"), 180),
        ):
            self.table.heading(name, text=title, anchor="w")
            self.table.column(name, width=look.column(width, title), stretch=name == "kinds")
        self.table.grid(row=1, sticky="ew")
        line = ttk.Frame(self)
        line.grid(row=2, sticky="ew", pady=(gap, 0))
        self.add_button = ttk.Button(
            line, text=_("Add…"), command=lambda: actions.edit_address(None)
        )
        self.edit_button = ttk.Button(
            line, text=_("Change…"), command=lambda: self._with_chosen(actions.edit_address)
        )
        self.test_button = ttk.Button(
            line, text=_("Send a test"), command=lambda: self._with_chosen(actions.test_address)
        )
        self.remove_button = ttk.Button(
            line, text=_("Remove"), command=lambda: self._with_chosen(actions.remove_address)
        )
        for button in (self.add_button, self.edit_button, self.test_button, self.remove_button):
            button.pack(side="left", padx=(0, gap))
        self.note = ServiceSentence(self, look, "Muted.TLabel")
        self.note.grid(row=3, sticky="ew", pady=(gap, 0))
        self.note.say("")
        self.table.bind("<<TreeviewSelect>>", lambda _event: self._chosen_changed())
        self.table.bind("<Double-1>", lambda _event: self._with_chosen(actions.edit_address))
        self.table.bind("<Return>", lambda _event: self._with_chosen(actions.edit_address))
        self.table.bind("<Delete>", lambda _event: self._with_chosen(actions.remove_address))
        self._chosen_changed()

    @property
    def chosen(self) -> Optional[MessageAddress]:
        """The chosen row's address."""
        for row in self.table.selection():
            return next((known for known in self._shown if str(known.id) == row), None)
        return None

    def show(self, addresses: Sequence[MessageAddress]) -> None:
        """Show the addresses; the chosen one stays chosen."""
        if addresses and list(addresses) == list(self._shown):
            return
        before = self.table.selection()
        self._shown = addresses
        self.table.delete(*self.table.get_children())
        for address in addresses:
            values = (address.name, kinds_in_words(address), _state(address))
            self.table.insert("", "end", iid=str(address.id), values=values)
        self.table.selection_set([row for row in before if self.table.exists(row)])
        self._chosen_changed()

    def tell(self, text: str, *, error: bool = False) -> None:
        """Say how a test ended, or what went wrong."""
        self.note.say(sentence(text), "Error.TLabel" if error else "Success.TLabel")

    def _with_chosen(self, deed: object) -> None:
        if self.chosen is not None and callable(deed):
            deed(self.chosen)

    def _chosen_changed(self) -> None:
        chosen = self.chosen
        for button in (self.edit_button, self.test_button, self.remove_button):
            button.state(["!disabled" if chosen else "disabled"])
        if chosen is not None:
            self.note.say(sentence(chosen.last_error), "Error.TLabel")


def kinds_in_words(address: MessageAddress) -> str:
    """What an address is told of, in a few words."""
    if address.kinds == EVERY_KIND:
        return _("everything")
    return cldr.listed([_(_SHORT[kind]) for kind in MessageKind if kind in address.kinds])


def _state(address: MessageAddress) -> str:
    if not address.enabled:
        return _("switched off")
    if address.sent_at is None:
        return _("none yet")
    return cldr.moment(datetime.fromtimestamp(address.sent_at).astimezone())
