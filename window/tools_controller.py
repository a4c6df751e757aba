"""The tools' page: what was found on this machine, looked for beside the event loop."""

from __future__ import annotations

from tkinter import ttk
from typing import List, Optional, Sequence

from core.encoders.listed import abilities_in_words
from core.errors import MediaProcessorError
from core.settings.tree import Settings
from tools.resolver import ToolStatus
from views.settings_tab import SettingsTab
from views.shown import together, visible
from views.texts import _
from views.tools_panel import ORIGINS, Row, ToolsPanel
from window.machine_check_controller import MachineCheckController
from window.services import WindowServices


class ToolsController:
    """Makes the table above the paths when that page is opened, and anew when a path was changed."""

    def __init__(self, tab: SettingsTab, services: WindowServices) -> None:
        self._services = services
        self.check = MachineCheckController(tab, services)
        self._paths = services.config.settings.tools
        self.panel: Optional[ToolsPanel] = None
        tab.add_head("tools", self._make)
        services.on_settings.append(self._changed)

    def find(self) -> None:
        """Look for every program."""
        self._look(again=False)

    def find_again(self) -> None:
        """Look for every program, and ask each anew: a driver may have been installed meanwhile."""
        self._look(again=True)

    def _look(self, *, again: bool) -> None:
        if self.panel is not None:
            self.panel.searching()
            look = self._services.program.find_tools
            self._services.slow.call(lambda: look(again), self._found, self._failed)

    def _make(self, parent: ttk.Frame) -> ToolsPanel:
        self.panel = ToolsPanel(parent, self._services.look, self.find_again, self.check.open)
        self.panel.after_idle(self.find)
        return self.panel

    def _changed(self, settings: Settings) -> None:
        if settings.tools != self._paths:
            self._paths = settings.tools
            self.find()

    def _found(self, findings: Sequence[ToolStatus]) -> None:
        if self.panel is not None:
            self.panel.show([_row(tool) for tool in findings])

    def _failed(self, error: Exception) -> None:
        if self.panel is not None:
            known = isinstance(error, MediaProcessorError)
            self.panel.tell(
                visible(str(error)) if known else _("This went wrong; the log says why.")
            )


def trouble(tool: ToolStatus) -> str:
    """What is wrong with a tool, beside the words that it is not installed."""
    return "" if tool.problem.endswith("was not found.") else tool.problem


def _row(tool: ToolStatus) -> Row:
    info = tool.info
    if info is None:
        advice = together((trouble(tool), tool.hint))
        return tool.name.value, _("not installed"), "", "", advice
    parts: List[str] = [together((tool.problem, tool.hint))] if tool.problem else []
    able = abilities_in_words(info.name, info.abilities)
    if able:
        parts.append(_("Encoders: {names}").format(names=", ".join(map(_, able))))
    return (
        tool.name.value,
        info.version,
        str(info.path),
        _(ORIGINS[info.origin]),
        " ".join(parts) or _("Ready."),
    )
