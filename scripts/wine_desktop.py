"""A screen with a window manager, and a Windows (a Wine prefix) whose programs show their windows there.

python -m scripts.wine_desktop PREFIX EXE…    how long each takes from the double-click to its window
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from functools import lru_cache
from pathlib import Path, PureWindowsPath
from types import TracebackType
from typing import Callable, Dict, List, Optional, Sequence, Tuple, Type

_PATIENCE = 120.0  # seconds; a busy machine
_PAUSE = 0.1
TITLE = "MediaProcessor"
_TRAY = "Wine System Tray"


class TooLong(Exception):
    """What was waited for did not come about."""


def until(condition: Callable[[], object], what: str, seconds: float = _PATIENCE) -> None:
    """Wait for a condition; raises TooLong."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TooLong(f"{what} did not come about in {seconds:g} seconds")
        time.sleep(_PAUSE)


def windows_path(path: Path) -> str:
    """The name by which Windows programs know a file of this machine."""
    return str(PureWindowsPath("Z:" + str(path.resolve())))


class WineDesktop:
    """Used as a context manager; at its end everything in the prefix is ended and the screen goes."""

    def __init__(self, prefix: Path, size: str = "1280x900") -> None:
        self.prefix = prefix
        self._size = size
        self._screen: List[subprocess.Popen[bytes]] = []
        self.environment: Dict[str, str] = {}

    def __enter__(self) -> WineDesktop:
        reading, writing = os.pipe()
        argv = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{self._size}x24"]
        self._begin([*argv, "-nolisten", "tcp"], dict(os.environ), (writing,))
        os.close(writing)
        with os.fdopen(reading) as told:  # the server picks a number that is free
            number = told.readline().strip()
        self.environment = {
            **os.environ,
            "DISPLAY": f":{number}",
            "WINEPREFIX": str(self.prefix),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=d",
            "LANGUAGE": "en",
        }
        self._begin(["openbox", "--sm-disable"], self.environment)
        self._boot()
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self._end()
        for process in reversed(self._screen):
            process.terminate()
            process.wait()

    def _begin(
        self, argv: Sequence[str], environment: Dict[str, str], keep: Tuple[int, ...] = ()
    ) -> None:
        process = subprocess.Popen(
            list(argv),
            env=environment,
            pass_fds=keep,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._screen.append(process)

    def double_click(self, exe: Path, *arguments: str) -> None:
        """Start a program as Explorer does, by ShellExecute, without any stream."""
        self._begin(["wine", "start", "/unix", str(exe), *arguments], self.environment)

    def run(
        self,
        exe: Path,
        *arguments: str,
        seconds: float = _PATIENCE,
        folder: Optional[Path] = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end with its output in a pipe."""
        return subprocess.run(
            ["wine", str(exe), *arguments],
            env=self.environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",  # a program may write in the code page of its Windows
            timeout=seconds,
            check=False,
        )

    def kill_everything(self) -> None:
        """End all programs of this Windows at once, as a power cut does, and switch it on again."""
        self._end()
        self._boot()

    def _boot(self) -> None:
        """Start Wine's own services, which stay.

        Otherwise the next program starts them, and they keep its output open after its end.
        """
        subprocess.run(["wineserver", "--persistent"], env=self.environment, check=True)
        subprocess.run(
            ["wine", "cmd", "/c", "exit"],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )

    def _end(self) -> None:
        subprocess.run(["wineserver", "-k"], env=self.environment, check=False)
        subprocess.run(["wineserver", "-w"], env=self.environment, check=False)

    def xdotool(self, *arguments: str) -> str:
        """What xdotool answers; empty where it finds nothing."""
        return subprocess.run(
            ["xdotool", *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            check=False,
        ).stdout

    def titles(self) -> List[str]:
        """The titles of the windows that can be seen."""
        found = self.xdotool("search", "--onlyvisible", "--name", ".").split()
        return [self.xdotool("getwindowname", window).strip() for window in found]

    def window(self, title: str = TITLE) -> str:
        """The id of the visible window of exactly this title; empty where there is none."""
        return self.xdotool("search", "--onlyvisible", "--name", f"^{title}$").partition("\n")[0]

    def open_window(self, title: str = TITLE) -> str:
        """Wait for a program's window, bring it to the front and return its id.

        The program's icon comes up in a window of Wine's own, which would take the keyboard; that of
        Debian 12 does so (8.0), that of Debian 13 (10.0) shows none.
        """
        until(lambda: self.window(title), f"the window {title}")
        if _wine_version() < 9:
            until(lambda: self.window(_TRAY), "the icon")
            self.xdotool("windowmove", "--sync", self.window(_TRAY), "1100", "850")
        found = self.window(title)
        self.xdotool("windowactivate", "--sync", found)
        return found

    def press(self, *keys: str) -> None:
        """Press keys as somebody at the keyboard does, one after the other."""
        for key in keys:
            self.xdotool("key", key)
            time.sleep(_PAUSE)

    def screenshot(self, file: Path) -> None:
        """Take a picture of the whole screen."""
        subprocess.run(["import", "-window", "root", str(file)], env=self.environment, check=True)


@lru_cache(maxsize=None)
def _wine_version() -> int:
    """Return the first number of Wine's version; its first line may be about something else."""
    told = subprocess.run(["wine", "--version"], capture_output=True, encoding="utf-8", check=False)
    found = re.search(r"wine-(\d+)", told.stdout)
    return int(found.group(1)) if found else 0


def start_times(prefix: Path, exes: Sequence[Path]) -> List[Tuple[Path, float]]:
    """The shortest of three starts of each, in seconds until its window can be seen."""
    found = []
    with tempfile.TemporaryDirectory() as folder, WineDesktop(prefix) as desktop:
        for exe in exes:
            times = []
            for _turn in range(3):
                begun = time.monotonic()
                desktop.double_click(exe, "--data-dir", windows_path(Path(folder)))
                until(desktop.window, f"the window of {exe}")
                times.append(time.monotonic() - begun)
                desktop.kill_everything()
                until(lambda: not desktop.window(), "the end of the program")
            found.append((exe, min(times)))
    remove_unpacked(prefix)
    return found


def unpacked(prefix: Path) -> List[Path]:
    """Return the folders of one-file programs in this Windows's temporary folder.

    Wine 8 has it in the user's own folder, Wine 10 where Windows has it.
    """
    users = prefix / "drive_c" / "users"
    return [*users.glob("*/Temp/_MEI*"), *users.glob("*/AppData/Local/Temp/_MEI*")]


def remove_unpacked(prefix: Path) -> None:
    """Remove what killed one-file programs left there."""
    for folder in unpacked(prefix):
        shutil.rmtree(folder, ignore_errors=True)


def main(argv: Sequence[str]) -> int:
    """Print the start times."""
    for exe, seconds in start_times(Path(argv[0]), [Path(text).resolve() for text in argv[1:]]):
        print(f"{seconds:5.1f} s to the window of {exe}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
