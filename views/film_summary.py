"""The head of the first page of the settings: what films become, in sentences, and presets to choose from."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, List, Optional, Sequence

from core.settings.ready_presets import AnyPreset
from views.metrics import EDGE
from views.texts import _, sentence
from views.theme import Look

ChoosePreset = Callable[[Optional[AnyPreset]], None]


class FilmSummary(ttk.Frame):
    """``choose`` gets the preset that was chosen."""

    def __init__(self, parent: tk.Misc, look: Look, choose: ChoosePreset) -> None:
        super().__init__(parent)
        card = ttk.Frame(self, style="Card.TFrame", padding=look.px(EDGE))
        card.pack(fill="x")
        self.said = ttk.Label(card, style="Card.TLabel", justify="left", wraplength=look.px(420))
        self.said.pack(anchor="w", fill="x")
        ttk.Label(self, text=_("Preset")).pack(anchor="w", pady=(look.px(14), look.px(2)))
        self.preset = PresetBox(self, choose, _("(your own choice)"))
        self.preset.pack(anchor="w")
        help_text = _("Fills in codec, quality and speed below; Apply makes it hold.")
        self.help = ttk.Label(self, text=help_text, style="Hint.TLabel", justify="left")
        self.help.pack(anchor="w", fill="x")

    def tell(self, text: str) -> None:
        """Show the summary."""
        self.said.configure(text=sentence(text))


class PresetBox(ttk.Combobox):
    """Chooses a preset; ``unlike`` is what stands there where none is in use.

    With ``everywhere`` there is a first choice of that name, which is told to ``choose`` as None.
    """

    def __init__(
        self, parent: tk.Misc, choose: ChoosePreset, unlike: str, everywhere: str = ""
    ) -> None:
        super().__init__(parent, state="readonly", width=38)
        self._choose = choose
        self._unlike = unlike
        self._everywhere = everywhere
        self._presets: List[Optional[AnyPreset]] = []
        self.bind("<<ComboboxSelected>>", lambda _event: self._chosen())
        self.bind("<MouseWheel>", lambda _event: "break")  # scrolling must not change it

    def offer(self, presets: Sequence[AnyPreset]) -> None:
        """Offer these presets."""
        first: List[Optional[AnyPreset]] = [None] if self._everywhere else []
        self._presets = [*first, *presets]
        names = [self._called(preset) for preset in self._presets]
        self.configure(values=names, width=max(38, *map(len, (*names, self._unlike))))

    def show(self, preset: Optional[AnyPreset]) -> None:
        """Show which one is in use, if any."""
        self.set(self._unlike if preset is None else self._called(preset))

    def show_everywhere(self) -> None:
        """Show the first choice."""
        self.set(self._everywhere)

    def _called(self, preset: Optional[AnyPreset]) -> str:
        return self._everywhere if preset is None else sentence(preset.name)

    def _chosen(self) -> None:
        self._choose(self._presets[self.current()])
        self.selection_clear()
