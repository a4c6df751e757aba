"""How this machine is connected, and pairing: a code on the master that is typed on the slave."""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass
from tkinter import ttk
from typing import Callable, Sequence

from core.protocol.machines import ClusterOverview, FoundMaster, ShownCode
from core.settings.choices import NetworkMode
from views.machine_texts import mode_text
from views.shown import visible
from views.texts import _
from views.theme import Look

_ADDRESSES = 3  # more are those of virtual networks


@dataclass(frozen=True)
class PairingCalls:
    """What the panel asks for; answers come by its ``show_…`` and ``tell``."""

    show_code: Callable[[], None]
    hide_code: Callable[[], None]
    discover: Callable[[], None]
    pair: Callable[[str, str], None]  # address, code


class PairingPanel(ttk.Frame):
    """``show`` brings it up to date; what it offers follows from the mode."""

    def __init__(self, parent: tk.Misc, look: Look, calls: PairingCalls) -> None:
        super().__init__(parent)
        self._look = look
        self._calls = calls
        self._masters: Sequence[FoundMaster] = ()
        self._left = 0.0
        self._timer = ""
        self._mode = NetworkMode.STANDALONE
        self.state_label = ttk.Label(self, font=look.bold_font)
        self.state_label.pack(anchor="w")
        self.told = ttk.Label(self, style="Muted.TLabel", justify="left", wraplength=look.px(560))
        self.told.pack(anchor="w", fill="x")
        self._make_master()
        self._make_slave()
        self.note = ttk.Label(self, justify="left", wraplength=look.px(560))
        self.note.pack(anchor="w", fill="x")
        self.bind("<Destroy>", lambda _event: self._stop_counting())

    def _make_master(self) -> None:
        gap = self._look.px(6)
        self.master_box = ttk.Frame(self)
        self.address_label = ttk.Label(
            self.master_box, justify="left", wraplength=self._look.px(560)
        )
        self.address_label.pack(anchor="w", pady=(gap, 0))
        line = ttk.Frame(self.master_box)
        line.pack(anchor="w", pady=(gap, 0))
        self.show_button = ttk.Button(
            line, text=_("Show a pairing code"), command=self._calls.show_code
        )
        self.show_button.pack(side="left")
        self.hide_button = ttk.Button(line, text=_("Hide"), command=self._calls.hide_code)
        self.code = ttk.Label(self.master_box, font=(self._look.mono, 22, "bold"))
        self.left = ttk.Label(
            self.master_box, style="Muted.TLabel", justify="left", wraplength=self._look.px(560)
        )

    def _make_slave(self) -> None:
        look = self._look
        gap = look.px(6)
        self.slave_box = box = ttk.Frame(self)
        ttk.Label(box, text=_("Pair with master at")).grid(row=0, column=0, sticky="w")
        self.address = tk.StringVar(self)
        self.masters = ttk.Combobox(box, textvariable=self.address, width=32)
        self.masters.grid(row=0, column=1, padx=gap, pady=(gap, 0), sticky="ew")
        self.masters.bind("<<ComboboxSelected>>", lambda _event: self._master_chosen())
        self.find_button = ttk.Button(box, text=_("Find masters"), command=self.find)
        self.find_button.grid(row=0, column=2, pady=(gap, 0), sticky="ew")
        ttk.Label(box, text=_("Code shown there")).grid(row=1, column=0, sticky="w")
        self.typed = tk.StringVar(self)
        entry = ttk.Entry(box, textvariable=self.typed, width=20)
        entry.grid(row=1, column=1, padx=gap, pady=gap, sticky="ew")
        entry.bind("<Return>", lambda _event: self.pair())
        self.pair_button = ttk.Button(box, text=_("Pair"), command=self.pair)
        self.pair_button.grid(row=1, column=2, sticky="ew")

    def show(self, cluster: ClusterOverview) -> None:
        """Show how the network is, and what can be done in this mode."""
        self._mode = cluster.mode
        self.state_label.configure(text=mode_text(cluster))
        told = [cluster.sentence, *cluster.problems]
        if cluster.mode is NetworkMode.STANDALONE:
            told = [
                _(
                    "This machine works alone. To share the work, choose master on the machine that "
                    "has the films, slave on the others, and pair them."
                )
            ]
        self.told.configure(text="\n".join(visible(sentence) for sentence in told if sentence))
        for box, mode in (
            (self.master_box, NetworkMode.MASTER),
            (self.slave_box, NetworkMode.SLAVE),
        ):
            if cluster.mode is mode and not box.winfo_manager():
                box.pack(anchor="w", fill="x", before=self.note)
            elif cluster.mode is not mode:
                box.pack_forget()

    def show_addresses(self, addresses: Sequence[str]) -> None:
        """Say at which addresses other machines reach this one."""
        text = ""
        if addresses:
            text = _(
                "This machine's address: {address}. Enter it on the other computer, with the code that "
                "the button shows."
            ).format(address=_(" or ").join(addresses[:_ADDRESSES]))
        self.address_label.configure(text=text)

    def show_code(self, code: ShownCode) -> None:
        """Show a code, and how long it is good for."""
        self.tell("")
        self.code.configure(text=code.text)
        self._left = code.seconds
        self.code.pack(anchor="w", pady=(self._look.px(6), 0))
        self.left.pack(anchor="w")
        self.hide_button.pack(side="left", padx=self._look.px(6))
        self._stop_counting()
        self._count()

    def hide_code(self) -> None:
        """Show no code any more."""
        self._stop_counting()
        self.code.configure(text="")
        for part in (self.code, self.left, self.hide_button):
            part.pack_forget()

    def show_masters(self, masters: Sequence[FoundMaster]) -> None:
        """Offer the masters that were found."""
        self.find_button.state(["!disabled"])
        self._masters = masters
        self.masters.configure(values=[_master_text(master) for master in masters])
        if masters and not self.address.get():
            self.address.set(masters[0].address)
        if not masters:
            self.tell(_("No master was found on this network. Enter its name or address."))
        else:
            self.tell("")

    def find(self) -> None:
        """Look for masters on this network."""
        self.find_button.state(["disabled"])
        self.tell(_("Searching for masters…"))
        self._calls.discover()

    def pair(self) -> None:
        """Pair with the master that is typed or chosen."""
        address, code = self.address.get().strip(), self.typed.get().strip()
        if not (address and code):
            self.tell(
                _("Enter the master's address and the code that it shows."), style="Error.TLabel"
            )
            return
        self.pair_button.state(["disabled"])
        self.tell(_("Pairing…"))
        self._calls.pair(address, code)

    def paired(self, text: str) -> None:
        """Say that it worked."""
        self.typed.set("")
        self.tell(text, style="Success.TLabel")

    def tell(self, text: str, style: str = "Muted.TLabel") -> None:
        """Show the outcome of the last action."""
        self.pair_button.state(["!disabled"])
        self.find_button.state(["!disabled"])
        self.note.configure(text=visible(text), style=style)

    def _master_chosen(self) -> None:
        chosen = self.masters.current()
        if 0 <= chosen < len(self._masters):
            self.address.set(self._masters[chosen].address)

    def _count(self) -> None:
        """Show the time that is left of the code, every second."""
        if self._left <= 0:
            self.hide_code()
            self.tell(_("The code has expired. Show a new one."))
            return
        minutes, seconds = divmod(round(self._left), 60)
        self.left.configure(
            text=_(
                "Enter this code on the other computer (Settings > Network) within {time} minutes. "
                "It works once."
            ).format(time=f"{minutes}:{seconds:02}")
        )
        self._left -= 1
        self._timer = self.after(1000, self._count)

    def _stop_counting(self) -> None:
        if self._timer:
            self.after_cancel(self._timer)
            self._timer = ""


def _master_text(master: FoundMaster) -> str:
    return f"{visible(master.name)} – {master.address}"
