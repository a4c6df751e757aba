"""The tray icon in a real X server, with a small tray of our own that holds it."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Callable, Iterator, List

import pytest

from window.tray import Tray

xlib = pytest.importorskip("Xlib", reason="the X client of the tray icon is not installed")
pytest.importorskip("pystray", reason="pystray is optional", exc_type=Exception)

ICON = Path(__file__).resolve().parents[2] / "assets" / "app_icon.png"
DEADLINE = 10.0
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the tray of X")


def until(reached: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + DEADLINE
    while not reached():
        assert time.monotonic() < end, what


class Panel:
    """What a desktop's panel does: owns the tray, and takes in the windows that ask for it."""

    def __init__(self) -> None:
        from Xlib import X, display

        self.display: Any = display.Display()
        screen = self.display.screen()
        self.window = screen.root.create_window(
            0, 0, 64, 64, 0, screen.root_depth, event_mask=X.SubstructureNotifyMask
        )
        self.window.map()
        atom = self.display.intern_atom(f"_NET_SYSTEM_TRAY_S{self.display.get_default_screen()}")
        self.window.set_selection_owner(atom, X.CurrentTime)
        self.display.sync()
        self.icons: List[Any] = []
        self._ending = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        from Xlib import X

        while not self._ending:
            if not self.display.pending_events():
                time.sleep(0.005)
                continue
            event = self.display.next_event()
            if event.type == X.ClientMessage and event.data[1][1] == 0:
                icon = self.display.create_resource_object("window", event.data[1][2])
                icon.reparent(self.window, 0, 0)
                icon.configure(width=64, height=64)
                icon.map()
                self.display.sync()
                self.icons.append(icon)

    def click(self) -> None:
        """Press the first mouse button over the icon."""
        subprocess.run(["xdotool", "mousemove", "8", "8", "click", "1"], check=True)

    def title(self) -> str:
        from Xlib import display

        own = display.Display()
        try:
            return str(own.create_resource_object("window", self.icons[0].id).get_wm_name())
        finally:
            own.close()

    def close(self) -> None:
        self._ending = True
        self._thread.join(DEADLINE)
        self.display.close()


@pytest.fixture
def panel(display: None) -> Iterator[Panel]:
    one = Panel()
    yield one
    one.close()


@pytest.fixture
def chosen() -> queue.Queue[str]:
    return queue.Queue()


@pytest.fixture(scope="module")
def display() -> Iterator[None]:
    """A connection all the time: an X server without any begins anew."""
    from Xlib.display import Display

    if not os.environ.get("DISPLAY"):
        pytest.skip("no display (scripts/test.sh starts Xvfb)")
    own = Display()
    yield
    own.close()


def tray(chosen: queue.Queue[str]) -> Tray:
    entries = (("window.show", "Open"), ("window.close", "Exit"))
    return Tray("MediaProcessor", ICON, entries, chosen.put)


@pytest.mark.skipif(not shutil.which("xdotool"), reason="xdotool is not installed")
def test_a_click_on_the_icon_brings_the_window_back(panel: Panel, chosen: queue.Queue[str]) -> None:
    icon = tray(chosen)
    icon.start()
    try:
        until(lambda: bool(panel.icons) and icon.visible, "the icon")
        panel.click()
        assert chosen.get(timeout=DEADLINE) == "window.show"
    finally:
        icon.stop()
    assert not icon.visible


def test_the_icon_says_what_is_going_on_and_never_more_than_the_system_takes(
    panel: Panel, chosen: queue.Queue[str]
) -> None:
    icon = tray(chosen)
    icon.start()
    try:
        until(lambda: bool(panel.icons) and icon.visible, "the icon")
        icon.notify("A film failed.")  # this tray cannot: nothing happens
        icon.show("Metropolis 43 % " + "x" * 300)
        until(lambda: "43 %" in panel.title(), "the title")
        assert len(panel.title()) <= 127
    finally:
        icon.stop()


def test_without_a_tray_there_is_no_icon_to_hide_behind(
    display: None, chosen: queue.Queue[str]
) -> None:
    icon = tray(chosen)
    icon.start()
    icon._thread.join(DEADLINE)
    assert not icon.visible
    icon.show("nothing waits for this")
    icon.stop()


def test_without_a_display_the_program_goes_on(
    chosen: queue.Queue[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":9999")
    icon = tray(chosen)
    icon.start()
    icon._thread.join(DEADLINE)
    assert not icon.visible
    icon.stop()
