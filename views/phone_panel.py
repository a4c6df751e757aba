"""How a phone gets to its page: address, token and QR code, shown when they are asked for."""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass
from tkinter import ttk
from typing import Callable, Sequence

from views.shown import visible
from views.texts import _
from views.theme import Look

_QUIET = 4  # dots around the code that cameras need (ISO/IEC 18004)
_DOT = 4  # pixels of a 96 dpi screen
_WIDTH = 560
_BLACK, _WHITE = "#000000", "#ffffff"  # in every theme: cameras look for dark dots


@dataclass(frozen=True)
class ShownEntry:
    """What the panel shows; ``code`` is the QR code row by row, True is dark."""

    switched_on: bool
    listens: bool
    address: str
    token: str
    fingerprint: str
    code: Sequence[Sequence[bool]]
    trouble: str = ""


@dataclass(frozen=True)
class PhoneCalls:
    """What the panel asks for."""

    show: Callable[[], None]  # the answer comes by ``show_code``
    renew: Callable[[], None]


class PhonePanel(ttk.Frame):
    """``show`` brings it up to date; the token is hidden until its button is pressed."""

    def __init__(self, parent: tk.Misc, look: Look, calls: PhoneCalls) -> None:
        super().__init__(parent)
        self._look = look
        gap, width = look.px(6), look.px(_WIDTH)
        ttk.Label(self, text=_("Page for the phone"), style="Heading.TLabel").pack(anchor="w")
        self.state_label = ttk.Label(self, justify="left", wraplength=width)
        self.state_label.pack(anchor="w", fill="x", pady=(gap, 0))
        line = ttk.Frame(self)
        line.pack(anchor="w", pady=(gap, 0))
        self.show_button = ttk.Button(line, text=_("Show QR code and token"), command=calls.show)
        self.hide_button = ttk.Button(line, text=_("Hide"), command=self.hide_code)
        self.renew_button = ttk.Button(line, text=_("New token…"), command=calls.renew)
        self.box = ttk.Frame(self)
        self.image = tk.PhotoImage(master=self, width=1, height=1)
        self.picture = ttk.Label(self.box, image=self.image)
        self.picture.pack(anchor="w", pady=(gap, 0))
        self.token = ttk.Entry(self.box, font=(look.mono, 14, "bold"), width=30)  # can be copied
        self.token.pack(anchor="w", pady=(gap, 0))
        self.certificate = ttk.Label(
            self.box, style="Muted.TLabel", justify="left", wraplength=width
        )
        self.certificate.pack(anchor="w", fill="x", pady=(gap, 0))

    def show(self, entry: ShownEntry) -> None:
        """Say whether the page is served, and where."""
        text, style = entry.trouble, "Error.TLabel"
        if not entry.switched_on:
            style = "Muted.TLabel"
            text = _(
                "Off. Switch it on above and press Apply; a phone on your network can then show the queue, "
                "pause it, resume it, and retry films."
            )
        elif not text:
            style = "TLabel"
            text = _("The page is at {address}").format(address=entry.address)
        self.state_label.configure(text=visible(text), style=style)
        if entry.switched_on and entry.listens:
            if not self.box.winfo_manager():
                self._offer()
            else:
                self.show_code(entry)
        else:
            self.hide_code()
            self.show_button.pack_forget()

    def show_code(self, entry: ShownEntry) -> None:
        """Show token and QR code."""
        self._draw(entry.code)
        self.token.state(["!readonly"])
        self.token.delete(0, "end")
        self.token.insert(0, entry.token)
        self.token.state(["readonly"])
        self.certificate.configure(
            text=_(
                "Scan the code with the phone's camera, or open the address there and enter the token. The "
                "browser warns once that it does not know this program's certificate; its SHA-256 is "
                "{fingerprint}"
            ).format(fingerprint="\n" + _halves(entry.fingerprint))
        )
        self.show_button.pack_forget()
        for button in (self.hide_button, self.renew_button):
            button.pack(side="left", padx=(0, self._look.px(6)))
        self.box.pack(anchor="w", fill="x")

    def hide_code(self) -> None:
        """Show them no more."""
        for part in (self.box, self.hide_button, self.renew_button):
            part.pack_forget()
        self.token.state(["!readonly"])
        self.token.delete(0, "end")
        self.image.blank()
        self._offer()

    def tell(self, text: str) -> None:
        """Say what went wrong."""
        self.state_label.configure(text=visible(text), style="Error.TLabel")

    def _offer(self) -> None:
        self.show_button.pack(side="left")

    def _draw(self, code: Sequence[Sequence[bool]]) -> None:
        """Draw the code with so many pixels a dot that a camera sees it on any screen."""
        side = len(code) + 2 * _QUIET
        small = tk.PhotoImage(master=self, width=side, height=side)
        small.put(_WHITE, to=(0, 0, side, side))
        rows = ("{" + " ".join(_BLACK if dark else _WHITE for dark in row) + "}" for row in code)
        small.put(" ".join(rows), to=(_QUIET, _QUIET))
        self.image = small.zoom(self._look.px(_DOT))
        self.picture.configure(image=self.image)


def _halves(fingerprint: str) -> str:
    """Write a fingerprint (pairs of digits) on two lines, so that it is broken between pairs."""
    middle = len(fingerprint) // 2
    return f"{fingerprint[:middle]}\n{fingerprint[middle + 1 :]}"
