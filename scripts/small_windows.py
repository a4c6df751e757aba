"""Photographs of what a tour of the tabs does not show: small windows, questions, an empty program."""

from __future__ import annotations

import tkinter as tk
from typing import Callable, Sequence

import ui
from core.queue.when_done import WhenDone
from core.settings.watched_folder import WatchedFolder
from monitor import FolderList
from views.countdown import Countdown
from views.help_texts import SHORTCUTS
from views.machine_dialogs import SlotsDialog
from views.refusals_window import RefusalsWindow
from views.texts import _
from window.when_done import _NOW, _TEXTS, _TITLES

Snap = Callable[[tk.Misc, str], None]  # photographs a window under a name
Wait = Callable[[], None]
_MOMENT = 300  # milliseconds until a question is there
_EMPTY_PAGES = ("folders", "network")
_KINDS = (("gpu", 1), ("software", 1), ("remux", 2))


class SmallWindows:
    """Opens each small window, photographs it and closes it again."""

    def __init__(self, window: ui.MainWindow, snap: Snap, wait: Wait) -> None:
        self._window = window
        self._snap = snap
        self._wait = wait

    def all(self) -> None:
        """Photograph every one of them."""
        self.helps()
        self.folder_forms()
        self.of_no_page()
        self.pairing()
        self.questions()

    def helps(self) -> None:
        """The help, the shortcuts and the system status."""
        window = self._window
        for topic in ("queue", SHORTCUTS):
            window.help.open(topic)
            assert window.help.window is not None
            self.show(window.help.window, f"help-{topic}")
        window.status.open_health()
        assert window.status.page is not None
        self.show(window.status.page, "health")

    def folder_forms(self) -> None:
        """The form of a folder that is added, which says what it holds, and of one that is watched."""
        tab = self._window.open_tab("settings")
        tab.view.open_section("folders")
        watched = FolderList(self._window.services.program.database).all()
        for name, folder in (("new", WatchedFolder(watched[0].path.parent)), ("own", watched[0])):
            tab.folders.edit_folder(folder)
            while tab.folders.dialog is None:
                self._wait()
            form = tab.folders.dialog
            for _number in range(4):
                self._wait()
            for page in range(3 if name == "own" else 1):
                form.pages.select(page)
                self._put_in_sight(form)
                self._snap(form, f"folder-{name}-{page + 1}")
            self.show(form, f"folder-{name}")

    def of_no_page(self) -> None:
        """Windows that only come when something has happened."""
        window, wish = self._window, WhenDone.SHUT_DOWN
        nothing: Callable[[], None] = lambda: None  # noqa: E731
        texts = _(_TITLES[wish]), _(_TEXTS[wish]), _(_NOW[wish])
        self.show(Countdown(window.root, window.look, *texts, 60, nothing, nothing), "when-done")
        refusals = (
            ("The Kid (1921).mkv", "The original is on a disk that is not connected."),
            ("Sunrise (1927).mkv", "Another program has the file open."),
        )
        self.show(RefusalsWindow(window.root, window.look, "2", refusals), "refusals")
        slots = SlotsDialog(window.root, window.look, "Den", _KINDS, lambda _slots: None)
        self.show(slots, "slots")

    def pairing(self) -> None:
        """The page of the network with a code, and below."""
        view = self._window.open_tab("settings").view
        view.open_section("network")
        self._window.services.registry.invoke("settings.open")
        panel = self._window.tab("settings").network.pairing
        panel.show_button.invoke()
        for _number in range(4):
            self._wait()
        self._snap(self._window.root, "pairing")
        panel.hide_button.invoke()
        self._wait()

    def questions(self) -> None:
        """What asks before something is lost, and what says that something went wrong."""
        window = self._window
        window.open_tab("queue")
        if window.jobs_at_work:  # else it would close without a question
            self._ask(window.close, "question-close")
        sentence = "The folder /srv/films/Drama cannot be read."
        self._ask(lambda: window.dialogs.error(sentence), "error")
        self._ask(lambda: window.registry.invoke("help.about"), "about")

    def _ask(self, ask: Callable[[], object], name: str) -> None:
        """Photograph a question, which waits for its answer, and close it."""
        root = self._window.root

        def look() -> None:
            grabbed = root.tk.splitlist(root.tk.call("grab", "current"))
            if not grabbed:
                root.after(_MOMENT, look)
                return
            self._snap(root, name)
            root.tk.call("event", "generate", grabbed[0], "<Escape>")
            if root.tk.call("winfo", "exists", grabbed[0]):
                root.tk.call("destroy", grabbed[0])

        root.after(_MOMENT, look)
        ask()
        self._wait()

    def _put_in_sight(self, view: tk.Toplevel) -> None:
        view.geometry("+40+40")
        view.lift()
        self._wait()

    def show(self, view: tk.Toplevel, name: str) -> None:
        """Photograph a window and close it."""
        self._put_in_sight(view)
        self._snap(view, name)
        view.destroy()
        self._wait()


def empty_program(window: ui.MainWindow, tabs: Sequence[str], snap: Snap, wait: Wait) -> None:
    """Photograph what is seen before there is any film, folder or other machine."""
    small = SmallWindows(window, snap, wait)
    for name in tabs:
        tab = window.open_tab(name)
        for _number in range(3):
            wait()
        if name != "settings":
            snap(window.root, f"empty-{name}")
        if name == "originals":
            tab.view.open("excluded")
            snap(window.root, "empty-never-touched")
    for page in _EMPTY_PAGES:
        window.open_tab("settings").view.open_section(page)
        wait()
        snap(window.root, f"empty-settings-{page}")
    queue = window.open_tab("queue")
    for name in ("completed", "failed", "skipped", "cancelled"):
        queue.view.open(name)
        snap(window.root, f"empty-queue-{name}")
    window.registry.invoke("network.machines")
    assert window.cluster.window is not None
    small.show(window.cluster.window, "empty-machines")
    queue.preview.open()
    small.show(queue.preview.window.view, "empty-preview")
