"""Where settings are read: as they are at the moment, or fixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from core.settings.tree import Settings


class SettingsSource(Protocol):
    """The settings as they are at this moment; ``config.Config`` is one."""

    @property
    def settings(self) -> Settings:
        """All of them, as one frozen value."""


@dataclass(frozen=True)
class FixedSettings:
    """A source whose settings do not change."""

    settings: Settings
