"""The settings tab: saves beside the event loop, and shows what is stored after every change."""

from __future__ import annotations

import tkinter as tk
from typing import TYPE_CHECKING, Dict, Mapping, Sequence

from app.settings_by_page import change_by_page
from core.errors import ConfigError
from core.events import Event
from core.settings.tree import Settings
from views.settings_tab import SettingsTab
from views.texts import N_, _
from window.film_page_controller import FilmPageController
from window.folders_controller import FoldersController
from window.messages_controller import MessagesController
from window.network_controller import NetworkController
from window.services import WindowServices
from window.template_controller import TemplateController
from window.tools_controller import ToolsController
from window.transfer_controller import TransferController

if TYPE_CHECKING:
    from views.api_settings_tab import ApiSettingsTab

_SAVE, _DISCARD, _KEEP = range(3)
API_WORDS = (
    N_("OMDb, IMDb, Sonarr, Radarr, key, online service, original language"),
    N_("Plex, Jellyfin, Emby, media server, somebody watches"),
)


class SettingsController:
    """The form of all settings, and the pages that save by themselves."""

    def __init__(self, parent: tk.Misc, services: WindowServices) -> None:
        self._services = services
        self._closing = False  # whether the window is to close once the changes are stored
        self.view = SettingsTab(
            parent, services.look, services.config.describe(), self._apply, services.dialogs.path
        )
        self.films = FilmPageController(self.view, services)
        self.folders = FoldersController(self.view, services)
        self.view.add_page("api", _("API Management"), self._api_page, "folders", API_WORDS)
        self.transfer = TransferController(self.view, services, self.films.take_presets)
        self.templates = TemplateController(self.view, services)
        self.tools = ToolsController(self.view, services)
        self.network = NetworkController(self.view, services)
        self.messages = MessagesController(self.view, services)
        self.view.sidebar.open_expert(services.config.settings.window.expert_settings)
        services.on_settings.append(self._stored)
        services.kept.append(self._kept)
        services.before_closing.append(self._may_close)
        self._left: Dict[
            str, str
        ] = {}  # changes that the user was asked about when leaving the tab
        self._notebook = parent.nametowidget(parent.winfo_parent())
        self._notebook.bind("<<NotebookTabChanged>>", lambda _event: self._tab_changed(), add=True)

    @property
    def apis(self) -> ApiSettingsTab:
        """The page of the services, made where it was not opened yet."""
        from views.api_settings_tab import ApiSettingsTab

        page = self.view.own_page("api")
        assert isinstance(page, ApiSettingsTab)
        return page

    def opened(self) -> None:
        """The form is always up to date."""

    def handle(self, event: Event) -> None:
        """Nothing of the queue is shown here."""

    def turn_ended(self) -> None:
        """Nothing of the queue is shown here."""

    def close(self) -> None:
        """A test of a template ends, and a check of this machine."""
        self.templates.close()
        self.tools.check.end()

    def _kept(self) -> Dict[str, str]:
        """Whether the experts' pages were open, for the next start."""
        return {"window.expert_settings": "yes" if self.view.sidebar.expert_open else "no"}

    def _tab_changed(self) -> None:
        """Ask once what becomes of changes that were not applied, when another tab is opened."""
        unsaved = self.view.unsaved
        here = str(self._notebook.select()) == self.view.winfo_parent()
        if here or not unsaved or unsaved == self._left:
            return
        self._left = unsaved
        answer = self._services.dialogs.choose(
            _("Settings not saved"),
            _("Some changed settings have not been applied yet."),
            (_("Save"), _("Discard"), _("Decide later")),
        )
        if answer == _DISCARD:
            self.view.revert()
        elif answer == _SAVE and not self.view.apply_changes():
            self._services.window.open_tab("settings")

    def _may_close(self) -> bool:
        """Ask what becomes of changes that were not applied; False keeps the window open."""
        if not self.view.unsaved:
            return True
        services = self._services
        services.registry.invoke("window.show")  # it may be hidden when the program is asked to end
        services.window.open_tab("settings")
        answer = services.dialogs.choose(
            _("Settings not saved"),
            _("Some changed settings have not been applied yet."),
            (_("Save and close"), _("Close without saving"), _("Keep open")),
        )
        if answer == _SAVE:
            # Where something cannot be saved the window stays open, and a later Apply is just that.
            self._closing = self.view.apply_changes()
        return answer == _DISCARD

    def _apply(self, texts: Mapping[str, str]) -> None:
        config = self._services.config
        self._services.commands.call(
            lambda: change_by_page(config, texts, self.view.page_of), self._applied, self._refused
        )

    def _applied(self, refused: Sequence[ConfigError]) -> None:
        self.view.show_applied(self._services.config.describe())
        for error in reversed(refused):
            self._refused(error)
        if self._closing:
            self._closing = False
            self._services.registry.invoke("window.exit")

    def _refused(self, error: Exception) -> None:
        self._closing = False
        self._services.window.open_tab("settings")
        self.view.show_refused(error)

    def _stored(self, _settings: Settings) -> None:
        self.view.show_stored(self._services.config.describe())

    def _api_page(self, parent: tk.Misc) -> ApiSettingsTab:
        from views.api_backend import ApiBackend  # when the page is opened
        from views.api_settings_tab import ApiSettingsTab

        config, key = self._services.config, "metadata.rotate_omdb_keys"
        backend = ApiBackend(
            self._services.program.services,
            auto_rotate=lambda: config.settings.metadata.rotate_omdb_keys,
            set_auto_rotate=lambda wanted: config.set(key, "yes" if wanted else "no"),
            in_order=self._services.commands.call,
            at_once=self._services.tests.call,
        )
        return ApiSettingsTab(parent, self._services.look, backend)
