"""The whole program with its window, and dialogs that answer by themselves."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path
from typing import Callable, List, Mapping, Optional, Sequence, Tuple, Type

import app.program
import ui
from store.jobs import JobStore
from tests.films import AudioSpec, make_film
from tests.queue_service import SLOW
from tests.views.window import Errors, end, pump
from views.dialogs import Dialogs
from views.queue_tab import QueueTab
from views.windowed_table import WindowedTable


class Answers(Dialogs):
    """Dialogs that answer by themselves."""

    def __init__(self) -> None:
        self.chosen_films: Tuple[Path, ...] = ()
        self.chosen_folder: Optional[Path] = None
        self.saved_as: Optional[Path] = None
        self.chosen: Optional[int] = None
        self.asked: List[str] = []

    def films(self) -> Tuple[Path, ...]:
        return self.chosen_films

    def folder(self) -> Optional[Path]:
        return self.chosen_folder

    def save_as(self, title: str, name: str, kind: str, pattern: str) -> Optional[Path]:
        return self.saved_as

    def tell(self, title: str, text: str) -> None:
        self.asked.append(title)

    def error(self, text: str) -> None:
        self.asked.append(text)

    def choose(self, title: str, text: str, answers: Sequence[str]) -> Optional[int]:
        self.asked.append(title)
        return self.chosen


class Program:
    """The window on a data folder, as main.py opens it."""

    answers_class: Type[Answers] = Answers
    listens = False  # whether it hears of other machines, as main.py lets it
    settings: Mapping[str, str] = {
        "video.encode": "no",
        "queue.resume_at_start": "no",
        "verification.sample_points": "2",
        "processing.missing_mkvpropedit": "continue",
        "templates.normal": SLOW,
        "templates.normal_fallback": SLOW,
    }

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.errors = Errors()
        self.open()

    def open(self) -> None:
        self.parts = app.program.Program(self.folder / "data")
        self.parts.listens = self.listens
        self.parts.config.change(self.settings)
        self.root = tk.Tk(className=ui.NAME)
        self.answers = self.answers_class()
        self.window = ui.open_window(self.root, self.parts, lambda _root, _look: self.answers)
        callback_failed = self.root.report_callback_exception

        def failed(kind, error, trace):  # type: ignore[no-untyped-def]
            self.errors.take(kind, error, trace)
            callback_failed(kind, error, trace)

        self.root.report_callback_exception = failed
        self.opened = True

    @property
    def queue(self) -> QueueTab:
        view: QueueTab = self.window.tab("queue").view
        return view

    def table(self, name: str) -> WindowedTable:
        """A table of the queue, which is opened so that it is read."""
        if self.queue.open_section != name:
            self.queue.open(name)
        return self.queue.views[name].table

    def counts(self, **wanted: int) -> Callable[[], bool]:
        """Whether the sections have these numbers of films, by their titles."""
        return lambda: all(
            self.queue.title(name).endswith(f"({count})" if count else name.capitalize())
            for name, count in wanted.items()
        )

    def cell(self, name: str, row: int, column: str) -> str:
        """What a cell of a table on the screen says."""
        tree = self.table(name).tree
        return str(tree.set(str(row), column)) if tree.exists(str(row)) else ""

    def film(self, name: str, seconds: float = 1) -> Path:
        sound = [AudioSpec("flac"), AudioSpec("ac3", language="fra")]
        return make_film(self.folder / "films" / name, seconds=seconds, audio=sound)

    def invoke(self, name: str) -> None:
        self.window.registry.invoke(name)

    def until(self, reached: object, what: str) -> None:
        assert callable(reached)
        pump(self.root, reached, what)

    def select(self, name: str, row: int, command: str) -> None:
        table = self.table(name)
        self.until(lambda: row in table.ids, "the row")
        table.choice.only(list(table.ids).index(row))
        table.redraw()
        self.queue.show_chosen()
        self.until(lambda: self.window.registry.enabled(command), f"the command {command}")

    def until_commands_are_done(self) -> None:
        ended: List[bool] = []
        self.window.services.commands.call(lambda: True, ended.append, print)
        self.until(lambda: ended, "the commands so far")

    def until_encoding(self) -> None:
        cards = self.queue.area.cards
        self.until(
            lambda: any("%" in card.line.cget("text") for card in cards.values()), "progress"
        )

    def size(self) -> Tuple[int, int]:
        return self.root.winfo_width(), self.root.winfo_height()

    def close(self) -> None:
        """Close the window and wait until it is gone, as main.py does."""
        gone: List[bool] = []
        self.window.closed = lambda: gone.append(True)
        self.window.close()
        self.until_gone(gone)
        self.parts.__exit__(None, None, None)
        self.opened = False

    def until_gone(self, gone: List[bool]) -> None:
        self.until(lambda: gone, "the end")
        end(self.root)

    def jobs(self) -> JobStore:
        return JobStore(self.parts.database)
