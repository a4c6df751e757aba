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
    Command("files.preview", N_("Pre&view…"), FILE, 0, "<Control-p>", "Ctrl+P"),
)
QUEUE = (
    Command("queue.start", N_("&Start"), FILE, 1, "<F5>", "F5"),
    Command("queue.pause", N_("&Pause"), FILE, 1, "<F6>", "F6"),
    Command("queue.pause_30", N_("Pause for &30 minutes"), FILE, 1),
    Command("queue.pause_60", N_("Pause for an &hour"), FILE, 1),
    Command("queue.pause_180", N_("Pause for thr&ee hours"), FILE, 1),
    Command("queue.stop", N_("S&top"), FILE, 1, "<F7>", "F7"),
    Command("queue.finish", N_("Stop &after this film"), FILE, 1, "<F8>", "F8"),
)
NETWORK = (Command("network.machines", N_("&Machines…"), FILE, 2, "<F9>", "F9"),)
SEARCH = (Command("queue.search", N_("Sea&rch the queue"), FILE, 2, "<Control-f>", "Ctrl+F"),)
# Of the rows of the queue's tables: on their buttons and in their menu, with keys of the table's own.
ROWS = (
    Command("job.top", N_("Move to the &top"), shortcut_text="Alt+Home"),
    Command("job.up", N_("Move &up"), shortcut_text="Alt+↑"),
    Command("job.down", N_("Move &down"), shortcut_text="Alt+↓"),
    Command("job.bottom", N_("Move to the &bottom"), shortcut_text="Alt+End"),
    Command("job.high", N_("&High priority"), group=1),
    Command("job.normal", N_("&Normal priority"), group=1),
    Command("job.low", N_("Lo&w priority"), group=1),
    Command("job.pause", N_("Pau&se"), group=2),
    Command("job.resume", N_("R&esume"), group=2),
    Command("job.cancel", N_("&Cancel"), group=2),
    Command("job.details", N_("&Details…"), FILE, 3, "<Alt-Return>", "Alt+Enter"),
    Command("job.log", N_("Show &log"), group=3),
    Command("job.retry", N_("&Retry"), group=2),
    Command("job.retry_all", N_("Retry a&ll failed"), group=2),
    Command("job.remove", N_("Re&move from list"), group=3, shortcut_text="Del"),
)
STATISTICS: Tuple[Command, ...] = ()
LOGS = (
    Command("logs.page", N_("Today's &log as HTML"), HELP, 1),
    Command("logs.folder", N_("Open log &folder"), HELP, 1),
    Command("logs.export", N_("Sa&ve the log as HTML…"), HELP, 1),
    Command("help.bundle", N_("Make a &bug report…"), HELP, 2),
)
WINDOW = (
    Command("window.close", N_("E&xit"), FILE, 9, "<Control-q>", "Ctrl+Q"),
    # On the tray's icon only.
    Command("window.show", N_("Open the window")),
    Command("window.exit", N_("Exit")),
    Command("settings.open", N_("&Settings…"), SETTINGS, 0, "<Control-comma>", "Ctrl+,"),
    Command("theme.system", N_("Same theme as the s&ystem"), SETTINGS, 1),
    Command("theme.light", N_("&Light theme"), SETTINGS, 1),
    Command("theme.dark", N_("&Dark theme"), SETTINGS, 1),
    Command("help.first_steps", N_("First s&teps…"), HELP, 0),
    Command("help.health", N_("System &status…"), HELP, 2),
    Command("help.about", N_("&About"), HELP, 9),
)

COMMANDS = (*FILES, *QUEUE, *SEARCH, *NETWORK, *STATISTICS, *LOGS, *WINDOW, *ROWS)
