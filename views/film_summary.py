"""The head of the first page of the settings: what films become, in sentences, and presets to choose from."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, List, Optional, Sequence

from core.settings.ready_presets import AnyPreset
from views.texts import _, sentence
from views.theme import Look


class FilmSummary(ttk.Frame):
    """``choose`` gets the preset that was chosen."""

    def __init__(self, parent: tk.Misc, look: Look, choose: Callable[[AnyPreset], None]) -> None:
        super().__init__(parent)
        card = ttk.Frame(self, style="Card.TFrame", padding=look.px(12))
        card.pack(fill="x")
        self.said = ttk.Label(card, style="Card.TLabel", justify="left", wraplength=look.px(420))
        self.said.pack(anchor="w", fill="x")
        ttk.Label(self, text=_("Preset")).pack(anchor="w", pady=(look.px(14), look.px(2)))
        self.preset = PresetBox(self, choose)
        self.preset.pack(anchor="w")
        help_text = _("Fills in codec, quality and speed below; Apply makes it hold.")
        self.help = ttk.Label(self, text=help_text, style="Muted.TLabel", justify="left")
        self.help.pack(anchor="w", fill="x")

    def tell(self, text: str) -> None:
        """Show the summary."""
        self.said.configure(text=sentence(text))


class PresetBox(ttk.Combobox):
    """Chooses one of several presets; ``none`` is what it says where none of them is in use."""

    def __init__(
        self, parent: tk.Misc, choose: Callable[[AnyPreset], None], none: str = ""
    ) -> None:
        super().__init__(parent, state="readonly", width=34)
        self._choose = choose
        self._none = none or _("(your own choice)")
        self._presets: List[AnyPreset] = []
        self.bind("<<ComboboxSelected>>", lambda _event: self._chosen())
        self.bind("<MouseWheel>", lambda _event: "break")  # scrolling must not change it

    def offer(self, presets: Sequence[AnyPreset]) -> None:
        """Offer these presets."""
        self._presets = list(presets)
        names = [sentence(preset.name) for preset in presets]
        self.configure(values=names, width=max(34, *(len(name) for name in (*names, self._none))))

    def show(self, preset: Optional[AnyPreset]) -> None:
        """Show which one is in use."""
        self.set(self._none if preset is None else sentence(preset.name))

    def _chosen(self) -> None:
        self._choose(self._presets[self.current()])
        self.selection_clear()
