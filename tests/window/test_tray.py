"""The tray icon as far as a machine without a desktop can show it; the rest is seen on Windows."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
from pathlib import Path

import pytest

from window.tray import Tray

pytest.importorskip("pystray", reason="pystray is optional", exc_type=ImportError)

ROOT = Path(__file__).resolve().parents[2]
ICON = ROOT / "assets" / "app_icon.png"
ENTRIES = (("window.show", "Open"), ("window.exit", "Exit"))
# pystray's own backend without a desktop: real menus and images, and nothing that is shown.
CLICK = """
import queue, sys
from pathlib import Path
from window.tray import Tray
chosen = queue.SimpleQueue()
icon = Tray("MediaProcessor", Path(sys.argv[1]), (("window.show", "Open"), ("window.exit", "Exit")),
            chosen)._make()
icon.menu.items[0](icon)
icon.menu.items[1](icon)
print([chosen.get() for _ in range(chosen.qsize())], [item.text for item in icon.menu.items], icon.icon.size)
"""
# As pystray's backend for GTK ends where no service shows messages: at once, or when the icon goes.
NO_MESSAGES = """
import queue, sys, threading
from pathlib import Path
import pystray
from window.tray import Tray
def run(icon):
    icon._mark_ready()
    raise OSError("there is no service for messages")
pystray.Icon._run = run
errors = []
threading.excepthook = errors.append
tray = Tray("MediaProcessor", Path(sys.argv[1]), (("window.show", "Open"),), queue.SimpleQueue())
tray.start()
tray._thread.join(20)
print(tray._thread.is_alive(), tray.visible, len(errors))
"""


def told_by(program: str) -> str:
    """What a program says that has no desktop."""
    return subprocess.run(
        [sys.executable, "-c", program, str(ICON)],
        cwd=ROOT,
        env={**os.environ, "PYSTRAY_BACKEND": "dummy"},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    ).stdout


def test_a_click_brings_the_window_back_and_the_menu_ends_the_program() -> None:
    assert told_by(CLICK).startswith("['window.show', 'window.exit'] ['Open', 'Exit'] (")


def test_a_desktop_without_messages_has_no_icon_and_that_is_no_error() -> None:
    assert told_by(NO_MESSAGES).split() == ["False", "False", "0"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have a tray")
def test_without_a_tray_there_is_no_icon_to_hide_behind_and_nothing_waits_for_one() -> None:
    chosen: queue.SimpleQueue[str] = queue.SimpleQueue()
    icon = Tray("MediaProcessor", ICON, ENTRIES, chosen)
    icon.start()
    icon._thread.join(20)
    assert not icon._thread.is_alive()
    assert not icon.visible
    icon.show("nothing waits for this")
    icon.notify("nor for this")
    icon.stop()
    assert chosen.empty()


def test_an_icon_that_was_never_started_can_be_stopped() -> None:
    Tray("MediaProcessor", ICON, ENTRIES, queue.SimpleQueue()).stop()
