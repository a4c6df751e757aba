"""The presets of a data folder: saved from the settings, used for all films or for those of one folder."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import Tuple

from config import Config
from core.errors import UsageError
from core.settings.presets import PRESET_KEYS, Preset, checked_name, preset_of
from core.settings.watched_folder import WatchedFolder
from core.text.sentence import Sentence
from store.connection import Database
from store.presets import PresetStore


class PresetList:
    """Shows presets, saves, uses and removes them; raises UsageError for what cannot be."""

    def __init__(self, database: Database, config: Config) -> None:
        self._store = PresetStore(database)
        self._config = config

    def all(self) -> Tuple[Preset, ...]:
        """Return every preset, by its name."""
        return self._store.all()

    def find(self, name: str) -> Preset:
        """Return the preset of this name."""
        preset = self._store.find(checked_name(name))
        if preset is not None:
            return preset
        similar = difflib.get_close_matches(name, [preset.name for preset in self.all()], 1)
        hint = (
            Sentence("Did you mean {similar}?", similar=repr(similar[0]))
            if similar
            else Sentence("`presets list` shows them all.")
        )
        raise UsageError(Sentence("There is no preset {name}. {hint}", name=repr(name), hint=hint))

    def save(self, name: str, *, replace: bool = False) -> Preset:
        """Keep what the settings are now under a name."""
        preset = preset_of(name, self._config.settings)
        self.add(preset, replace=replace)
        return preset

    def add(self, preset: Preset, *, replace: bool = False) -> None:
        """Take a preset over, in place of one of its name where it is to ``replace`` that."""
        if not self._store.add(preset, replace=replace):
            raise UsageError(
                Sentence(
                    "There is a preset {preset} already; nothing was changed. Take another name, or "
                    "--replace it.",
                    preset=repr(preset.name),
                )
            )

    def remove(self, name: str) -> Preset:
        """Forget a preset; what it was used for stays as it is."""
        preset = self.find(name)
        self._store.remove(preset.name)
        return preset

    def use(self, preset: Preset) -> None:
        """Give all films the preset's settings; raises ConfigError where one cannot be used here."""
        self._config.change(preset.texts())

    def use_for_folder(self, preset: Preset, folder: WatchedFolder) -> WatchedFolder:
        """The folder with the preset as settings of its own; other settings of its own stay."""
        own = {key: text for key, text in folder.own_settings if key not in PRESET_KEYS}
        return replace(folder, own_settings=tuple(sorted({**own, **preset.texts()}.items())))
