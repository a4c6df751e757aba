"""By which rule the queue's waiting films are in order: a drop-down above them."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, Dict

from core.settings.choices import QueueOrder
from views.metrics import GAP, GROUP
from views.texts import N_, _
from views.theme import Look

RULES: Dict[QueueOrder, str] = {
    QueueOrder.FOUND: N_("as found"),
    QueueOrder.LARGEST: N_("largest first"),
    QueueOrder.SAVING: N_("largest saving first"),
    QueueOrder.OLDEST: N_("oldest first"),
}


class OrderChoice(ttk.Frame):
    """``chosen`` is called with the rule that the user wants."""

    def __init__(self, parent: tk.Misc, look: Look, chosen: Callable[[QueueOrder], None]) -> None:
        super().__init__(parent)
        self._rules = {_(name): rule for rule, name in RULES.items()}
        self.rule = tk.StringVar(self)
        ttk.Label(self, text=_("Order:")).pack(side="left", padx=(look.px(GROUP), look.px(GAP)))
        self.box = ttk.Combobox(
            self,
            textvariable=self.rule,
            values=list(self._rules),
            state="readonly",
            width=max(map(len, self._rules)) + 1,
        )
        self.box.pack(side="left")
        self.box.bind("<<ComboboxSelected>>", lambda _event: chosen(self._rules[self.rule.get()]))

    def show(self, rule: QueueOrder) -> None:
        """Show which one holds."""
        self.rule.set(_(RULES[rule]))
