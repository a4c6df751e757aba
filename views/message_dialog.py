"""One address for messages to fill in: its name, the address itself, and what it is told of."""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass, replace
from tkinter import ttk
from typing import Callable, Dict

from core.messages.message import MessageAddress, MessageKind
from views.metrics import EDGE, FIELD, GAP
from views.placement import belong
from views.secret_field import SecretField, ServiceSentence
from views.texts import _, sentence
from views.theme import Look


@dataclass(frozen=True)
class AddressCalls:
    """What the dialog asks for.

    ``save`` is answered by ``tell`` or ``destroy``, ``test`` by ``tell``.
    """

    save: Callable[[MessageAddress], None]
    test: Callable[[MessageAddress], None]


class MessageDialog(tk.Toplevel):
    """``address`` with id 0 is a new one."""

    def __init__(
        self, parent: tk.Misc, look: Look, address: MessageAddress, calls: AddressCalls
    ) -> None:
        super().__init__(parent)
        self.withdraw()
        self.title(_("Where messages go"))
        look.dress(self)
        self._look = look
        self._stored = address
        self._calls = calls
        self.name = tk.StringVar(self, address.name)
        self.address = tk.StringVar(self, address.address)
        self.enabled = tk.BooleanVar(self, address.enabled)
        self.kinds: Dict[MessageKind, tk.BooleanVar] = {
            kind: tk.BooleanVar(self, kind in address.kinds) for kind in MessageKind
        }
        body = ttk.Frame(self, padding=(look.px(EDGE), look.px(EDGE), look.px(EDGE), 0))
        body.pack(fill="both", expand=True)
        body.columnconfigure(1, weight=1)
        first = self._make_fields(body)
        self.note = ServiceSentence(body, look, "Muted.TLabel")
        self.note.grid(row=6, column=0, columnspan=2, sticky="ew", pady=(look.px(GAP), 0))
        self.note.say("")
        self._make_buttons()
        look.dress_all(self)
        self.bind("<Escape>", lambda _event: self.destroy())
        belong(self, parent)
        self.deiconify()
        first.focus_set()

    @property
    def filled_in(self) -> MessageAddress:
        """The address as the fields have it."""
        return replace(
            self._stored,
            name=self.name.get().strip(),
            address=self.address.get().strip(),
            kinds=frozenset(kind for kind, wanted in self.kinds.items() if wanted.get()),
            enabled=self.enabled.get(),
        )

    def save(self) -> None:
        """Hand the address over."""
        if not self.filled_in.kinds:
            self.tell(_("Choose what it is told of."), error=True)
            return
        self.save_button.state(["disabled"])
        self._calls.save(self.filled_in)

    def test(self) -> None:
        """Have a test message sent to what is typed."""
        self.test_button.state(["disabled"])
        self.note.say(_("Sending…"), "Muted.TLabel")
        self._calls.test(self.filled_in)

    def tell(self, text: str, *, error: bool = False) -> None:
        """Say how a test ended, or what is wrong."""
        if self.winfo_exists():
            for button in (self.save_button, self.test_button):
                button.state(["!disabled"])
            self.note.say(sentence(text), "Error.TLabel" if error else "Success.TLabel")

    def _make_fields(self, body: ttk.Frame) -> ttk.Entry:
        px = self._look.px
        name = ttk.Entry(body, textvariable=self.name, width=24)
        secret = SecretField(body, self._look, self.address)
        rows = ((_("Name"), name), (_("Address"), secret))
        for row, (label, field) in enumerate(rows):
            ttk.Label(body, text=label).grid(
                row=2 * row, column=0, sticky="w", padx=(0, px(EDGE)), pady=(0, px(FIELD))
            )
            field.grid(row=2 * row, column=1, sticky="ew", pady=(0, px(FIELD)))
        hint = ServiceSentence(body, self._look, "Hint.TLabel")
        hint.grid(row=3, column=1, sticky="ew", pady=(0, px(FIELD)))
        hint.say(
            _(
                "Such as ntfy://ntfy.sh/my-films, tgram://TOKEN/CHAT, discord://ID/TOKEN or "
                "mailto://user:password@example.org. It is kept like a password."
            )
        )
        ttk.Label(body, text=_("Is told of")).grid(row=4, column=0, sticky="nw", padx=(0, px(EDGE)))
        checks = ttk.Frame(body)
        checks.grid(row=4, column=1, sticky="w")
        for kind, wanted in self.kinds.items():
            ttk.Checkbutton(checks, text=sentence(kind.heading), variable=wanted).pack(anchor="w")
        ttk.Checkbutton(body, text=_("In use"), variable=self.enabled).grid(
            row=5, column=1, sticky="w", pady=(px(FIELD), 0)
        )
        return name

    def _make_buttons(self) -> None:
        px = self._look.px
        line = ttk.Frame(self)
        line.pack(side="bottom", fill="x", padx=px(EDGE), pady=px(EDGE))
        self.test_button = ttk.Button(line, text=_("Send a test"), command=self.test)
        self.test_button.pack(side="left")
        ttk.Button(line, text=_("Cancel"), command=self.destroy).pack(side="right")
        self.save_button = ttk.Button(
            line, text=_("Save"), underline=0, style="Accent.TButton", command=self.save
        )
        self.save_button.pack(side="right", padx=(px(GAP), px(GAP)))
