"""The commands of the main window, one list an area, in the order of the menus.

A new command is declared in its area's list and bound by name by the controller that does it:
``services.registry.bind("statistics.export", self.export)``. The window declares all of them before it
builds the first tab; a test finds those that nobody binds.
"""

from __future__ import annotations

from typing import Tuple

from views.commands import Command
from views.texts import N_

FILE, SETTINGS, HELP = N_("&File"), N_("&Settings"), N_("&Help")
MENUS = (FILE, SETTINGS, HELP)

FILES = (
    Command("files.add", N_("Add &films…"), FILE, 0, "<Control-o>", "Ctrl+O"),
    Command("files.add_folder", N_("Add f&older…"), FILE, 0, "<Control-O>", "Ctrl+Shift+O"),
)
QUEUE = (
    Command("queue.start", N_("&Start"), FILE, 1, "<F5>", "F5"),
    Command("queue.pause", N_("&Pause"), FILE, 1, "<F6>", "F6"),
    Command("queue.stop", N_("S&top"), FILE, 1, "<F7>", "F7"),
    Command("queue.finish", N_("Stop &after this film"), FILE, 1, "<F8>", "F8"),
)
SEARCH = (Command("queue.search", N_("S&earch the queue"), FILE, 2, "<Control-f>", "Ctrl+F"),)
# Of the rows of the queue's tables: on their buttons and in their menu, with keys of the table's own.
ROWS = (
    Command("job.cancel", N_("&Cancel")),
    Command("job.retry", N_("&Retry")),
    Command("job.retry_all", N_("Retry a&ll failed")),
    Command("job.remove", N_("Re&move from list"), shortcut_text="Del"),
)
STATISTICS: Tuple[Command, ...] = ()
LOGS = (
    Command("logs.page", N_("Today's &log as a page"), HELP, 1),
    Command("logs.folder", N_("Open log &folder"), HELP, 1),
    Command("logs.export", N_("Sa&ve the log as a page…"), HELP, 1),
    Command("help.bundle", N_("Make a &report for a bug…"), HELP, 2),
)
WINDOW = (
    Command("window.close", N_("E&xit"), FILE, 9, "<Control-q>", "Ctrl+Q"),
    # On the tray's icon only.
    Command("window.show", N_("Open the window")),
    Command("window.exit", N_("Exit")),
    Command("settings.open", N_("&Settings…"), SETTINGS, 0, "<Control-comma>", "Ctrl+,"),
    Command("theme.system", N_("Theme as the s&ystem"), SETTINGS, 1),
    Command("theme.light", N_("&Light theme"), SETTINGS, 1),
    Command("theme.dark", N_("&Dark theme"), SETTINGS, 1),
    Command("help.about", N_("&About"), HELP, 9),
)

COMMANDS = (*FILES, *QUEUE, *SEARCH, *STATISTICS, *LOGS, *WINDOW, *ROWS)
