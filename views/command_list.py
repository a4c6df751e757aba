"""The commands of the main window, in the order of its menus."""

from __future__ import annotations

from views.commands import Command

COMMANDS = (
    Command("files.add", "Add &films…", "&File", 0, "<Control-o>", "Ctrl+O"),
    Command("files.add_folder", "Add f&older…", "&File", 0, "<Control-O>", "Ctrl+Shift+O"),
    Command("queue.start", "&Start", "&File", 1, "<F5>", "F5"),
    Command("queue.pause", "&Pause", "&File", 1, "<F6>", "F6"),
    Command("queue.stop", "S&top", "&File", 1, "<F7>", "F7"),
    Command("queue.finish", "Stop &after this film", "&File", 1, "<F8>", "F8"),
    Command("window.close", "E&xit", "&File", 2, "<Control-q>", "Ctrl+Q"),
    Command("settings.open", "&Settings…", "&Settings", 0, "<Control-comma>", "Ctrl+,"),
    Command("theme.system", "Theme as the s&ystem", "&Settings", 1),
    Command("theme.light", "&Light theme", "&Settings", 1),
    Command("theme.dark", "&Dark theme", "&Settings", 1),
    Command("help.about", "&About", "&Help", 0),
    Command("job.cancel", "&Cancel"),
    Command("job.retry", "&Retry"),
    Command("job.remove", "Re&move from list"),
)
