"""The exe as its user sees it: double-clicked, with films dropped on it, typed at, closed, killed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List

from core.events import JobState
from scripts.wine_desktop import TITLE, WineDesktop, unpacked, until, windows_path

# What may be seen: the window, Wine's own frame around its icon, and what the window opens.
EXPECTED = {TITLE, "Wine System Tray"}


class Program:
    """One exe on one desktop, with the data folder that it takes by itself."""

    def __init__(self, exe: Path, console_exe: Path, desktop: WineDesktop) -> None:
        self.exe = exe
        self._console_exe = console_exe
        self.desktop = desktop

    @property
    def data_dir(self) -> Path:
        """The data folder below %APPDATA%."""
        (user,) = self.desktop.prefix.glob("drive_c/users/*/AppData")
        return user / "Roaming" / "MediaProcessor"

    def command(self, *arguments: str) -> str:
        """Run a command with the exe for consoles; returns what it printed."""
        answer = self.desktop.run(self._console_exe, *arguments)
        assert answer.returncode == 0, answer
        return answer.stdout

    def records(self, *arguments: str) -> List[Dict[str, Any]]:
        """Run a command with ``--json``."""
        return [json.loads(line) for line in self.command("--json", *arguments).splitlines()]

    def be_known(self) -> None:
        """The user has seen the first steps, and has no MKVToolNix."""
        self.command("settings", "set", "window.first_steps", "done")
        self.command("settings", "set", "processing.missing_mkvpropedit", "continue")

    def start(self, *films: Path) -> None:
        """Double-click the exe, or drop films on it, and wait for its window."""
        self.desktop.double_click(self.exe, *(windows_path(film) for film in films))
        self.desktop.open_window()

    def close(self) -> None:
        """Close the window with the keyboard and wait until the program has ended."""
        self.desktop.press("alt+F4")
        until(lambda: not self.desktop.window(), "the end of the window")
        until(lambda: not self.unpacked(), "the removal of what was unpacked")

    def unpacked(self) -> List[Path]:
        """The folders that one-file exes have unpacked themselves into."""
        return unpacked(self.desktop.prefix)

    def states(self) -> Dict[str, str]:
        """The states of all jobs by their films' names."""
        every = [word for state in JobState for word in ("--state", state.value)]
        jobs = [
            record for record in self.records("queue", "list", *every) if record["type"] == "job"
        ]
        return {job["file"].rpartition("\\")[2]: job["state"] for job in jobs}
