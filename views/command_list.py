"""The commands of the main window, one list an area, in the order of the menus.

A new command is declared in its area's list and bound by name by the controller that does it:
``services.registry.bind("statistics.export", self.export)``. The window declares all of them before it
builds the first tab; a test finds those that nobody binds.
"""

from __future__ import annotations

from typing import Tuple

from views.commands import WindowCommand
from views.texts import N_

FILE, VIEW, SETTINGS, HELP = N_("&File"), N_("&View"), N_("&Settings"), N_("&Help")
MENUS = (FILE, VIEW, SETTINGS, HELP)

FILES = (
    WindowCommand("files.add", N_("Add &films…"), FILE, 0, "<Control-o>", "Ctrl+O"),
    WindowCommand("files.add_folder", N_("Add f&older…"), FILE, 0, "<Control-O>", "Ctrl+Shift+O"),
    WindowCommand("files.preview", N_("Pre&view…"), FILE, 0, "<Control-p>", "Ctrl+P"),
)
QUEUE = (
    WindowCommand("queue.start", N_("&Start"), FILE, 1, "<F5>", "F5"),
    WindowCommand("queue.pause", N_("&Pause"), FILE, 1, "<F6>", "F6"),
    WindowCommand("queue.pause_30", N_("Pause for &30 minutes"), FILE, 1),
    WindowCommand("queue.pause_60", N_("Pause for an &hour"), FILE, 1),
    WindowCommand("queue.pause_180", N_("Pause for thr&ee hours"), FILE, 1),
    WindowCommand("queue.stop", N_("S&top"), FILE, 1, "<F7>", "F7"),
    WindowCommand("queue.finish", N_("Stop &after this film"), FILE, 1, "<F8>", "F8"),
)
# Of the choice beside the machine's mode.
WHEN_DONE = (
    WindowCommand("when_done.nothing", N_("Nothing")),
    WindowCommand("when_done.sleep", N_("Sleep")),
    WindowCommand("when_done.shutdown", N_("Shut down")),
)
NETWORK = (WindowCommand("network.machines", N_("&Machines…"), FILE, 2, "<F9>", "F9"),)
SEARCH = (WindowCommand("queue.search", N_("Sea&rch the queue"), FILE, 2, "<Control-f>", "Ctrl+F"),)
TABLES = (  # about the table that is open
    WindowCommand("table.columns", N_("&Columns…"), VIEW, 0),
    WindowCommand("table.filter", N_("&Filter…"), VIEW, 1, "<Control-F>", "Ctrl+Shift+F"),
    WindowCommand("table.show_all", N_("Show &all films"), VIEW, 1),
)
# Of the rows of the queue's tables: on their buttons and in their menu, with keys of the table's own.
ROWS = (
    WindowCommand("job.top", N_("Move to the &top"), shortcut_text="Alt+Home"),
    WindowCommand("job.up", N_("Move &up"), shortcut_text="Alt+↑"),
    WindowCommand("job.down", N_("Move &down"), shortcut_text="Alt+↓"),
    WindowCommand("job.bottom", N_("Move to the &bottom"), shortcut_text="Alt+End"),
    WindowCommand("job.spread", N_("This film first, with e&verything"), group=1),
    WindowCommand("job.high", N_("&High priority"), group=1),
    WindowCommand("job.normal", N_("&Normal priority"), group=1),
    WindowCommand("job.low", N_("Lo&w priority"), group=1),
    WindowCommand("job.pause", N_("Pau&se"), group=2),
    WindowCommand("job.resume", N_("R&esume"), group=2),
    WindowCommand("job.cancel", N_("&Cancel"), group=2),
    WindowCommand("job.details", N_("&Details…"), FILE, 3, "<Alt-Return>", "Alt+Enter"),
    WindowCommand("job.log", N_("Show &log"), group=3),
    WindowCommand("job.open", N_("&Open film"), group=4),
    WindowCommand("job.open_folder", N_("Open &its folder"), group=4),
    WindowCommand("job.retry", N_("&Retry"), group=2),
    WindowCommand("job.retry_all", N_("Retry all &failed"), group=2),
    WindowCommand("job.remove", N_("Re&move from list"), group=3, shortcut_text="Del"),
)
# Of films in any table: in its menu.
FILMS_OF_ROWS = (
    WindowCommand("job.again", N_("Process again with today's r&ules"), group=4),
    WindowCommand("job.never", N_("Never touch this f&ilm"), group=4),
    WindowCommand("job.never_folder", N_("Never touch this &folder"), group=4),
)
ORIGINALS = (
    WindowCommand("kept.restore", N_("&Restore…")),
    WindowCommand("kept.free", N_("Free the &space…"), shortcut_text="Del"),
    WindowCommand("kept.again", N_("&Process again…"), group=1),
    WindowCommand("kept.never", N_("Never touch this f&ilm"), group=1),
    WindowCommand("kept.never_folder", N_("Never touch this f&older"), group=1),
    WindowCommand("kept.search", N_("Search f&or moved originals"), group=2),
    WindowCommand("exclusion.add_film", N_("Add &films…")),
    WindowCommand("exclusion.add_folder", N_("Add f&older…")),
    WindowCommand("exclusion.remove", N_("&Take off the list"), group=1, shortcut_text="Del"),
)
STATISTICS: Tuple[WindowCommand, ...] = ()
LOGS = (
    WindowCommand("logs.page", N_("Today's &log as HTML"), HELP, 1),
    WindowCommand("logs.folder", N_("Open log &folder"), HELP, 1),
    WindowCommand("logs.export", N_("Sa&ve the log as HTML…"), HELP, 1),
    WindowCommand("help.bundle", N_("Make a &bug report…"), HELP, 2),
)
WINDOW = (
    WindowCommand("window.close", N_("E&xit"), FILE, 9, "<Control-q>", "Ctrl+Q"),
    # On the tray's icon only.
    WindowCommand("window.show", N_("Open the window")),
    WindowCommand("window.exit", N_("Exit")),
    WindowCommand("settings.open", N_("&Settings…"), SETTINGS, 0, "<Control-comma>", "Ctrl+,"),
    WindowCommand("theme.system", N_("Same theme as the s&ystem"), SETTINGS, 1),
    WindowCommand("theme.light", N_("&Light theme"), SETTINGS, 1),
    WindowCommand("theme.dark", N_("&Dark theme"), SETTINGS, 1),
    WindowCommand("help.page", N_("&Help on this page"), HELP, 0, "<F1>", "F1"),
    WindowCommand("help.shortcuts", N_("&Keyboard shortcuts"), HELP, 0, "<Control-F1>", "Ctrl+F1"),
    WindowCommand("help.first_steps", N_("First s&teps…"), HELP, 0),
    WindowCommand("help.health", N_("System &status…"), HELP, 2),
    WindowCommand("help.about", N_("&About"), HELP, 9),
)

COMMANDS = (
    *FILES,
    *QUEUE,
    *WHEN_DONE,
    *SEARCH,
    *TABLES,
    *NETWORK,
    *STATISTICS,
    *LOGS,
    *WINDOW,
    *ROWS,
    *FILMS_OF_ROWS,
    *ORIGINALS,
)
