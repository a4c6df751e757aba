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


def test_a_click_brings_the_window_back_and_the_menu_ends_the_program() -> None:
    told = subprocess.run(
        [sys.executable, "-c", CLICK, str(ICON)],
        cwd=ROOT,
        env={**os.environ, "PYSTRAY_BACKEND": "dummy"},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    assert told.stdout.startswith("['window.show', 'window.exit'] ['Open', 'Exit'] (")


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
