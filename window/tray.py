"""The icon in the system's tray, where there is one: what is going on, and a way back to the window.

pystray and Pillow are optional: without them, or without a tray, the window simply has no icon there and
closes when it is closed. pystray waits for the system in its calls, so that they are all made in threads
of the tray's own; what the user chooses goes into the queue ``chosen``.
"""

from __future__ import annotations

import logging
import os
import queue
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Callable, Optional, Sequence, Tuple

_LONGEST_TITLE = 120  # characters; Windows refuses more than 127
_log = logging.getLogger("mediaprocessor.window")


class Tray:
    """The icon, with a menu of ``entries`` (command and text); the first is what a click does."""

    def __init__(
        self,
        title: str,
        image: Path,
        entries: Sequence[Tuple[str, str]],
        chosen: queue.SimpleQueue[str],
    ) -> None:
        self._title = title
        self._image = image
        self._entries = entries
        self._chosen = chosen
        self._visible = threading.Event()
        self._calls: queue.SimpleQueue[Optional[Callable[[Any], None]]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._live, name="tray", daemon=True)

    @property
    def visible(self) -> bool:
        """Whether the user can see the icon, so that the window may hide behind it."""
        return self._visible.is_set() and self._thread.is_alive()

    def start(self) -> None:
        """Show the icon, as soon as the system has made it."""
        self._thread.start()

    def show(self, title: str) -> None:
        """Say what is going on when the mouse rests on the icon."""
        self._calls.put(lambda icon: setattr(icon, "title", title[:_LONGEST_TITLE]))

    def notify(self, message: str) -> None:
        """Let the system show a message for a moment, where its tray can."""

        def tell(icon: Any) -> None:
            if icon.HAS_NOTIFICATION:
                icon.notify(message, self._title)

        self._calls.put(tell)

    def stop(self, deadline: float = 2.0) -> None:
        """Take the icon away; ``deadline`` in seconds, for a desktop that does not answer."""
        self._calls.put(None)
        if self._thread.ident is not None:
            self._thread.join(deadline)

    def _live(self) -> None:
        try:
            icon = self._make()
        except Exception as error:  # noqa: BLE001 - no library, no display: there is no tray then
            _log.info("There is no tray icon (%s).", error)
            return
        if icon is not None:
            threading.Thread(
                target=self._serve, args=(icon,), name="tray-calls", daemon=True
            ).start()
            try:
                icon.run(self._shown)
            except Exception as error:  # noqa: BLE001 - not every desktop has what pystray asks it for
                _log.info("The tray icon is gone (%r).", error)

    def _shown(self, icon: Any) -> None:
        try:
            icon.visible = True
        except Exception as error:  # noqa: BLE001 - in a thread of pystray's, which nobody looks after
            _log.info("The tray icon cannot be shown (%r).", error)
        else:
            self._visible.set()

    def _make(self) -> Any:
        """Make the icon; None where nothing would show it."""
        if _without_desktop():
            _log.info("This desktop has no tray.")
            return None
        import pystray
        from PIL import Image

        if not _system_has_tray(pystray):
            _log.info("This desktop has no tray.")
            return None
        items = [
            pystray.MenuItem(text, self._choosing(name), default=place == 0)
            for place, (name, text) in enumerate(self._entries)
        ]
        with Image.open(self._image) as image:
            return pystray.Icon(self._title, image.copy(), self._title, pystray.Menu(*items))

    def _choosing(self, name: str) -> Callable[[Any, Any], None]:
        return lambda _icon, _item: self._chosen.put(name)

    def _serve(self, icon: Any) -> None:
        self._visible.wait()
        while True:
            call = self._calls.get()
            if call is None:
                break
            try:
                call(icon)
            except Exception as error:  # noqa: BLE001 - the desktop's own trouble; the next may go well
                _log.info("The tray icon did not take a change (%r).", error)
        icon.stop()


def _without_desktop() -> bool:
    """Whether there is only the X server itself for pystray to talk to: found out without its 60 modules."""
    asked = "PYSTRAY_BACKEND" in os.environ
    return sys.platform.startswith("linux") and not asked and find_spec("gi") is None


def _system_has_tray(pystray: Any) -> bool:
    """Whether the icon would be shown and could be clicked.

    macOS wants it in the main thread, which is Tk's. Where pystray talks to the X server itself, for
    want of a desktop's library, it never asks for clicks and is not safe to call from another thread
    (0.19.5): a window that hid behind that could be lost.
    """
    return sys.platform != "darwin" and not pystray.Icon.__module__.endswith("_xorg")
