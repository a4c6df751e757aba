"""The tabs of the main window, and who makes each; a tab's modules are loaded when it is made."""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass
from typing import Callable, Tuple

from views.texts import N_
from window.services import Tab, WindowServices


@dataclass(frozen=True)
class TabKind:
    """``name`` is what the program calls it and keeps, ``title`` what the user reads.

    ``beforehand``: it is made in an idle moment, before it is opened, since it has commands of the menu or
    takes long; the others are not made where nobody opens them.
    """

    name: str
    title: str
    make: Callable[[tk.Misc, WindowServices], Tab]
    beforehand: bool = True


def _queue(parent: tk.Misc, services: WindowServices) -> Tab:
    from window.queue_controller import QueueController

    return QueueController(parent, services)


def _originals(parent: tk.Misc, services: WindowServices) -> Tab:
    from window.originals_controller import OriginalsController

    return OriginalsController(parent, services)


def _library(parent: tk.Misc, services: WindowServices) -> Tab:
    from window.library_controller import LibraryController

    return LibraryController(parent, services)


def _statistics(parent: tk.Misc, services: WindowServices) -> Tab:
    from window.statistics_controller import StatisticsController

    return StatisticsController(parent, services)


def _logs(parent: tk.Misc, services: WindowServices) -> Tab:
    from window.log_controller import LogController

    return LogController(parent, services)


def _settings(parent: tk.Misc, services: WindowServices) -> Tab:
    from window.settings_controller import SettingsController

    return SettingsController(parent, services)


TABS: Tuple[TabKind, ...] = (
    TabKind("queue", N_("Queue"), _queue),
    TabKind("library", N_("Library"), _library, beforehand=False),
    TabKind("originals", N_("Originals"), _originals, beforehand=False),
    TabKind("statistics", N_("Statistics"), _statistics),
    TabKind("logs", N_("Logs"), _logs),
    TabKind("settings", N_("Settings"), _settings),
)
