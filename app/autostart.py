"""Whether the window opens when the user logs in: the registry's Run key, or a freedesktop autostart file."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Callable, Sequence

from core.errors import FolderNotWritable, MediaProcessorError
from core.settings.tree import Settings
from core.system_errors import system_problem
from core.text.sentence import Sentence
from reports.whole_file import whole_file

NAME = "MediaProcessor"
CONSOLE_NAME = "mediaprocessor-cli"  # its exe for consoles and scripts (MediaProcessor.spec)
_MAIN = Path(__file__).resolve().parent.parent / "main.py"


class AutostartError(MediaProcessorError):
    """The system would not have it; ``reason`` is a piece of the sentence."""

    code = "autostart"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            Sentence(
                "{name} cannot be started with the system ({reason}). Start it by hand, or add it to "
                "the system's own list of programs that start at login.",
                name=NAME,
                reason=reason,
            )
        )


def follow_setting(data_dir: Path) -> Callable[[Settings, Settings], None]:
    """Return what lets the system start the window at login, or no longer, when that setting changes.

    It raises AutostartError, and then that setting has to stay as it was.
    """

    def changed(before: Settings, after: Settings) -> None:
        wanted = after.window.start_with_system
        if wanted != before.window.start_with_system:
            set_autostart(wanted, start_command(data_dir))

    return changed


def start_command(data_dir: Path) -> Sequence[str]:
    """Return the argv that opens this copy of the program, small, on this data folder."""
    frozen = getattr(sys, "frozen", False)
    program = [windowed(sys.executable)] if frozen else [sys.executable, str(_MAIN)]
    return [*program, "--data-dir", str(data_dir), "--minimized"]


def windowed(program: str) -> str:
    """Return the packaged program that opens no console: what lies beside the one for consoles."""
    path = Path(program)
    beside = path.with_name(f"{NAME}{path.suffix}")
    return str(beside) if path.stem == CONSOLE_NAME and beside.is_file() else program


def set_autostart(wanted: bool, command: Sequence[str]) -> None:
    """Start ``command`` at each login from now on, or no longer; raises AutostartError."""
    try:
        _set(wanted, command)
    except FolderNotWritable as error:
        raise AutostartError(error.problem) from error
    except OSError as error:
        raise AutostartError(system_problem(error)) from error


if sys.platform == "win32":
    import winreg

    _RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"

    def _set(wanted: bool, command: Sequence[str]) -> None:
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _RUN) as key:
            if wanted:
                line = subprocess.list2cmdline(command)
                winreg.SetValueEx(key, NAME, 0, winreg.REG_SZ, line)
            else:
                with suppress(FileNotFoundError):
                    winreg.DeleteValue(key, NAME)

elif sys.platform == "darwin":

    def _set(wanted: bool, command: Sequence[str]) -> None:  # noqa: ARG001
        if wanted:
            raise AutostartError(Sentence("this system keeps its login items to itself"))

else:

    def _set(wanted: bool, command: Sequence[str]) -> None:
        file = _autostart_file()
        if not wanted:
            with suppress(FileNotFoundError):
                file.unlink()
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        quoted = " ".join(_quoted(word) for word in command)
        with whole_file(file) as staged:
            staged.write_text(
                f"[Desktop Entry]\nType=Application\nName={NAME}\nExec={quoted}\nTerminal=false\n",
                "utf-8",
            )

    def _autostart_file() -> Path:
        """Where freedesktop's autostart specification wants it."""
        config = os.environ.get("XDG_CONFIG_HOME")
        if not config:
            try:
                config = str(Path.home() / ".config")
            except RuntimeError as error:
                raise AutostartError(Sentence("this account has no home folder")) from error
        return Path(config) / "autostart" / f"{NAME.lower()}.desktop"

    def _quoted(word: str) -> str:
        """Quote one word of ``Exec``: freedesktop's own rules, whose backslashes are escaped twice."""
        for character in ("\\", '"', "`", "$"):
            word = word.replace(character, "\\" + character)
        return '"' + word.replace("\\", "\\\\").replace("%", "%%") + '"'
