"""A screen of its own with a window manager, and the program on it: keys go in, pictures come out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Tuple

import psutil
import pytest

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120.0  # seconds
NEEDED = ("Xvfb", "openbox", "xdotool", "import")


def until(reached: Callable[[], Any], what: str) -> Any:
    """Wait until something is so, and return it; fails after ``PATIENCE`` seconds."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = reached()
        if found:
            return found
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)


@contextmanager
def screen() -> Iterator[Dict[str, str]]:
    """Open a screen; the environment for programs on it."""
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing or not sys.platform.startswith("linux"):
        pytest.skip(f"needs a Linux with {', '.join(missing or NEEDED)} (scripts/test.sh)")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as told:
        display = told.readline().strip()
    environment = {**os.environ, "DISPLAY": f":{display}", "LANGUAGE": "en"}
    quiet = subprocess.DEVNULL
    manager = subprocess.Popen(["openbox"], env=environment, stdout=quiet, stderr=quiet)
    try:
        yield environment
    finally:
        for process in (manager, server):
            process.terminate()
            process.wait(PATIENCE)


class Program:
    """``main.py`` as a process with its window open."""

    def __init__(self, environment: Dict[str, str], data_dir: Path) -> None:
        self._environment = environment
        self._data_dir = data_dir
        argv = [sys.executable, str(ROOT / "main.py"), "--data-dir", str(data_dir)]
        self.process = subprocess.Popen(argv, env=environment, cwd=str(data_dir))
        self.window = until(lambda: self.windows("MediaProcessor"), "the window")[0]
        self.xdotool("windowactivate", "--sync", self.window)

    def xdotool(self, *arguments: str) -> str:
        """What a user does, or what is on the screen."""
        answer = subprocess.run(
            ["xdotool", *arguments],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )
        return answer.stdout

    def windows(self, title: str) -> List[str]:
        """The windows of this title that are seen."""
        assert self.process.poll() is None, "the program has ended"
        return self.xdotool("search", "--onlyvisible", "--name", f"^{title}$").split()

    def keys(self, *keys: str) -> None:
        """Press keys, as xdotool names them, wherever the keyboard is."""
        self.xdotool("key", "--delay", "30", *keys)

    def click(self, place: Tuple[int, int], times: int = 1) -> None:
        """Press the mouse at a place of the window, in pixels from its upper left corner."""
        x, y = map(str, place)
        self.xdotool("mousemove", "--sync", "--window", self.window, x, y)
        self.xdotool("click", "--repeat", str(times), "--delay", "60", "1")

    def again(self) -> Program:
        """Start it once more, after its end."""
        return Program(self._environment, self._data_dir)

    def type(self, text: str) -> None:
        """Type a text."""
        self.xdotool("type", "--delay", "8", text)

    def picture(self) -> bytes:
        """What the window shows, as an uncompressed picture."""
        answer = subprocess.run(
            ["import", "-window", self.window, "ppm:-"],
            env=self._environment,
            stdout=subprocess.PIPE,
            check=True,
            timeout=PATIENCE,
        )
        return answer.stdout

    def tools(self, name: str) -> List[psutil.Process]:
        """The programs of this name that it has started."""
        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if name in Path(child.exe()).name:
                    found.append(child)
            except (psutil.Error, OSError):
                continue
        return found

    def quit(self) -> int:
        """Close the window by its key and wait for the end; the exit code."""
        self.xdotool("windowactivate", "--sync", self.window)
        self.keys("ctrl+q")
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """End it where a test has failed."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE)
