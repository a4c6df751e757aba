"""Presets beside the settings, each in a row of its own: its content as JSON by its name."""

from __future__ import annotations

import json
from typing import Dict, Optional, Tuple

from core.settings.presets import Preset
from store.connection import Database
from store.settings import SettingStore

_PREFIX = "preset:"  # no setting's key has a colon


class PresetStore:
    """Presets in the database; two names that differ in capitals alone are one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = SettingStore(database)

    def all(self) -> Tuple[Preset, ...]:
        """Return every preset, by its name."""
        return tuple(preset for _key, preset in sorted(self._by_key().items()))

    def find(self, name: str) -> Optional[Preset]:
        """Return the preset of this name, or None."""
        return self._by_key().get(_key(name))

    def add(self, preset: Preset, *, replace: bool = False) -> bool:
        """Store a preset; False, and nothing is stored, where its name is taken and not to be replaced."""
        content = json.dumps({"name": preset.name, "settings": dict(preset.settings)})
        with self._database.transaction(full_sync=True):
            if not replace and self.find(preset.name) is not None:
                return False
            self._rows.change({_key(preset.name): content})
        return True

    def remove(self, name: str) -> bool:
        """Forget a preset; False where there is none of this name."""
        with self._database.transaction(full_sync=True):
            known = self.find(name) is not None
            self._rows.change({_key(name): None})
        return known

    def _by_key(self) -> Dict[str, Preset]:
        rows = {key: text for key, text in self._rows.all().items() if key.startswith(_PREFIX)}
        contents = {key: json.loads(text) for key, text in rows.items()}
        return {key: Preset(row["name"], row["settings"]) for key, row in contents.items()}


def _key(name: str) -> str:
    return _PREFIX + name.casefold()
