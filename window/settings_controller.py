"""The settings tab: saves beside the event loop, and shows what is stored after every change."""

from __future__ import annotations

import tkinter as tk
from typing import Mapping

from core.events import Event
from core.settings import Settings
from views.api_backend import ApiBackend
from views.api_settings_tab import ApiSettingsTab
from views.settings_tab import SettingsTab
from window.services import WindowServices


class SettingsController:
    """The form of all settings, and the pages that save by themselves."""

    def __init__(self, parent: tk.Misc, services: WindowServices) -> None:
        self._services = services
        self.view = SettingsTab(parent, services.look, services.config.describe(), self._apply)
        self.apis = self.view.add_page("api", "API Management", self._api_page)
        services.on_settings(self._stored)

    def opened(self) -> None:
        """The form is always up to date."""

    def handle(self, event: Event) -> None:
        """Nothing of the queue is shown here."""

    def turn_ended(self) -> None:
        """Nothing of the queue is shown here."""

    def close(self) -> None:
        """Nothing is kept."""

    def _apply(self, texts: Mapping[str, str]) -> None:
        config = self._services.config
        self._services.commands.call(
            lambda: config.change(texts), lambda _done: None, self.view.show_refused
        )

    def _stored(self, _settings: Settings) -> None:
        self.view.show_stored(self._services.config.describe())

    def _api_page(self, parent: tk.Misc) -> ApiSettingsTab:
        config, key = self._services.config, "metadata.rotate_omdb_keys"
        backend = ApiBackend(
            self._services.apis,
            auto_rotate=lambda: config.settings.metadata.rotate_omdb_keys,
            set_auto_rotate=lambda wanted: config.set(key, "yes" if wanted else "no"),
            in_order=self._services.commands.call,
            at_once=self._services.tests.call,
        )
        return ApiSettingsTab(parent, self._services.look, backend)
