"""The tools' page: what was found on this machine, looked for beside the event loop."""

from __future__ import annotations

from tkinter import ttk
from typing import List, Optional, Sequence

from core.encoders.listed import abilities_in_words
from core.errors import MediaProcessorError
from core.settings.tree import Settings
from views.settings_tab import SettingsTab
from views.texts import _
from views.tools_panel import Row, ToolsPanel
from window.services import ToolFinding, WindowServices


class ToolsController:
    """Makes the table above the paths when that page is opened, and anew when a path was changed."""

    def __init__(self, tab: SettingsTab, services: WindowServices) -> None:
        self._services = services
        self._paths = services.config.settings.tools
        self.panel: Optional[ToolsPanel] = None
        tab.add_head("tools", self._make)
        services.on_settings(self._changed)

    def find(self) -> None:
        """Look for every program."""
        self._look(again=False)

    def find_again(self) -> None:
        """Look for every program, and ask each anew: a driver may have been installed meanwhile."""
        self._look(again=True)

    def _look(self, *, again: bool) -> None:
        if self.panel is not None:
            self.panel.searching()
            look = self._services.find_tools
            self._services.slow.call(lambda: look(again), self._found, self._failed)

    def _make(self, parent: ttk.Frame) -> ToolsPanel:
        self.panel = ToolsPanel(parent, self._services.look, self.find_again)
        self.panel.after_idle(self.find)
        return self.panel

    def _changed(self, settings: Settings) -> None:
        if settings.tools != self._paths:
            self._paths = settings.tools
            self.find()

    def _found(self, findings: Sequence[ToolFinding]) -> None:
        if self.panel is not None:
            self.panel.show([_row(one) for one in findings])

    def _failed(self, error: Exception) -> None:
        if self.panel is not None:
            known = isinstance(error, MediaProcessorError)
            self.panel.tell(str(error) if known else _("This went wrong; the log says why."))


def _row(one: ToolFinding) -> Row:
    info = one.info
    if info is None:
        said = " ".join(part for part in (one.problem, one.hint) if part)
        return one.name.value, _("not found"), "", "", said
    parts: List[str] = [one.problem, one.hint] if one.problem else []
    able = abilities_in_words(info.name, info.abilities)
    if able:
        parts.append(_("It can use: {names}.").format(names=", ".join(able)))
    return (
        one.name.value,
        info.version,
        str(info.path),
        info.origin.value,
        " ".join(parts) or _("It is ready."),
    )
