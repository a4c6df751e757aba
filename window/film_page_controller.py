"""The head of the settings' first page: sums up what is typed, and offers the presets."""

from __future__ import annotations

from tkinter import ttk
from typing import Optional, Sequence

from app.presets import PresetList
from core.settings.film_outcome import outcome_of
from core.settings.presets import Preset
from core.settings.ready_presets import READY, AnyPreset, preset_like
from views.film_summary import FilmSummary
from views.settings_pages import FILMS
from views.settings_tab import SettingsTab
from window.services import WindowServices


class FilmPageController:
    """Makes the head of the page."""

    def __init__(self, tab: SettingsTab, services: WindowServices) -> None:
        self._tab = tab
        self._services = services
        self._presets: Sequence[AnyPreset] = READY
        self.summary: Optional[FilmSummary] = None
        tab.add_head(FILMS, self._make)
        tab.on_edit.append(self.show)

    def show(self) -> None:
        """Show what films become with what stands in the form now."""
        if self.summary is not None:
            texts = self._tab.texts
            self.summary.tell(outcome_of(texts))
            self.summary.preset.show(preset_like(texts, self._presets))

    def read(self) -> None:
        """Read the user's own presets again."""
        program = self._services.program
        self._services.commands.call(
            lambda: PresetList(program.database, program.config).all(),
            self.take_presets,
            self._services.window.failed,
        )

    def take_presets(self, presets: Sequence[Preset]) -> None:
        """Offer the user's presets after those that everybody has."""
        self._presets = (*READY, *presets)
        if self.summary is not None:
            self.summary.preset.offer(self._presets)
            self.show()

    def _make(self, parent: ttk.Frame) -> ttk.Frame:
        self.summary = FilmSummary(parent, self._services.look, self._choose)
        self.summary.preset.offer(self._presets)
        self._tab.wrap(FILMS, (self.summary.said, self.summary.help))
        self.show()
        self.read()
        return self.summary

    def _choose(self, preset: Optional[AnyPreset]) -> None:
        """Fill the preset's settings into the form; they are stored by Apply."""
        for key, text in preset.texts().items() if preset is not None else ():
            self._tab.field(key).text = text
        self.show()
