"""A user at the program's window: a real pointer and keyboard, on a screen with a window manager.

What the user does is done in a thread of its own, since a dialog waits inside Tk's loop; what is asked of
widgets is asked in Tk's thread.
"""

from __future__ import annotations

import queue
import subprocess
import threading
import time
import tkinter as tk
from typing import Any, Callable, Dict, List, Optional

import ui
from app.program import Program as Parts
from tests.views.window import Errors
from tests.window_program import Program
from views.dialogs import Dialogs
from views.windowed_table import WindowedTable

PATIENCE = 20.0  # seconds
_ASKED = 5  # milliseconds between two looks for a question
_STEPS = 0.05  # seconds between two looks at something that is waited for


class RealProgram(Program):
    """The program with the dialogs that its owner has."""

    def open(self) -> None:
        self.parts = Parts(self.folder / "data")
        self.parts.config.change(self.settings)
        self.errors = Errors()
        self.root = tk.Tk(className=ui.NAME)
        self.window = ui.open_window(self.root, self.parts, Dialogs)
        self.root.report_callback_exception = self.errors.take
        self.opened = True

    def close(self) -> None:
        """End what runs, so that nothing is asked, and close."""
        self.parts.machine_control(self.window.services.manager).stop()
        self.until(lambda: not self.window.jobs_at_work, "the films at work to end")
        super().close()


class RealUser:
    """Works with ``program`` on the screen of ``environment``."""

    def __init__(self, program: RealProgram, environment: Dict[str, str]) -> None:
        self.program = program
        self._environment = environment
        self._timer = ""
        self._questions: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def play(self, scenario: Callable[[], None]) -> None:
        """Let the user do this while the window lives; raises what went wrong."""
        went_wrong: List[BaseException] = []

        def run() -> None:
            try:
                scenario()
            except BaseException as error:  # noqa: BLE001 - raised again below
                went_wrong.append(error)
                self._questions.put(self._close_question)  # or the loop inside it never ends

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        self._answer()
        deadline = time.monotonic() + PATIENCE
        while thread.is_alive():
            assert time.monotonic() < deadline + PATIENCE, "the user waits for ever"
            self.program.root.update()
            time.sleep(0.002)
        self.program.root.after_cancel(self._timer)
        if went_wrong:
            raise went_wrong[0]
        self.program.errors.raise_first()

    def see(self, question: Callable[[], Any]) -> Any:
        """Ask in Tk's thread, which may be inside a dialog."""
        answers: queue.SimpleQueue[Any] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put((question(), None))
            except BaseException as error:  # noqa: BLE001 - raised again below
                answers.put((None, error))

        self._questions.put(ask)
        answer, error = answers.get(timeout=PATIENCE)
        if error is not None:
            raise error
        return answer

    def until(self, reached: Callable[[], Any], what: str) -> Any:
        """Wait until something is so, and return it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            found = self.see(reached)
            if found:
                return found
            assert time.monotonic() < deadline, f"waited in vain for {what}"
            time.sleep(_STEPS)

    def click(self, widget: tk.Misc, *, double: bool = False) -> None:
        """Press the left button over the middle of a widget."""
        self.point_at(widget)
        self._run("xdotool", "click", *(["--repeat", "2", "--delay", "40"] if double else []), "1")

    def press_button(self) -> None:
        """Press the left button where the pointer is."""
        self._run("xdotool", "click", "1")

    def click_row(
        self, table: WindowedTable, place: int, button: str = "1", times: int = 1
    ) -> None:
        """Press a button over a row of a table."""
        self.until(lambda: table.tree.bbox(str(place - table.top)), f"row {place} to be seen")
        self.pointer(*self.see(lambda: _middle_of_row(table, place)))
        self._run("xdotool", "click", "--repeat", str(times), "--delay", "40", button)

    def point_at(self, widget: tk.Misc) -> None:
        """Move the pointer to the middle of a widget that is seen."""
        self.until(widget.winfo_viewable, f"{widget} to be seen")
        self.pointer(*self.see(lambda: _middle(widget)))

    def pointer(self, left: int, top: int) -> None:
        """Move the pointer to a place on the screen."""
        self._run("xdotool", "mousemove", str(left), str(top))

    def press(self, *keys: str) -> None:
        """Press keys wherever the keyboard is."""
        self._run("xdotool", "key", "--delay", "30", *keys)

    def type(self, text: str) -> None:
        """Type a text wherever the keyboard is."""
        self._run("xdotool", "type", "--delay", "8", text)

    def stacking(self) -> List[str]:
        """The titles of the windows on the screen, lowest first, as the window manager has them."""
        told = self._run("xprop", "-root", "_NET_CLIENT_LIST_STACKING").partition("#")[2]
        return [self._title(number.strip()) for number in told.split(",") if number.strip()]

    def belongs_to(self, title: str) -> str:
        """The title of the window that this one is transient for; "" for none."""
        told = self._run("xprop", "-name", title, "WM_TRANSIENT_FOR").partition("#")[2].strip()
        return self._title(told) if told else ""

    def place(self, title: str) -> Dict[str, int]:
        """Where the inside of a window is on the screen: left, top, width, height."""
        told = self._run("xwininfo", "-name", title)
        names = {"Absolute upper-left X": "left", "Absolute upper-left Y": "top"}
        names.update({"Width": "width", "Height": "height"})
        lines = (line.strip().partition(":") for line in told.splitlines())
        return {names[name]: int(value) for name, _colon, value in lines if name in names}

    def until_on_top(self, title: str) -> None:
        """Wait until a window is the topmost."""
        deadline = time.monotonic() + PATIENCE
        while self.stacking()[-1:] != [title]:
            assert time.monotonic() < deadline, f"{title} never came up: {self.stacking()}"
            time.sleep(_STEPS)

    def dialog(self) -> tk.Misc:
        """The question that is open."""
        found: tk.Misc = self.until(self._grabbing, "a question")
        return found

    def answer(self, text: str) -> None:
        """Click the answer of the open question that says this."""
        question = self.dialog()
        buttons = self.see(lambda: [child for child in _below(question) if _says(child, text)])
        assert buttons, f"no answer says {text}"
        self.click(buttons[0])
        self.until(lambda: not question.winfo_exists(), "the question to go")

    def texts(self) -> str:
        """What the open question says."""
        question = self.dialog()
        return str(self.see(lambda: " ".join(filter(None, map(_text, _below(question))))))

    def _close_question(self) -> None:
        question = self._grabbing()
        if question is not None:
            question.destroy()

    def _grabbing(self) -> Optional[tk.Misc]:
        root = self.program.root
        paths = root.tk.splitlist(root.tk.call("grab", "current"))
        return root.nametowidget(str(paths[0])) if paths else None

    def _title(self, number: str) -> str:
        told = self._run("xprop", "-id", number.split()[-1], "_NET_WM_NAME", "WM_NAME")
        return next((line.split('"')[1] for line in told.splitlines() if '"' in line), number)

    def _answer(self) -> None:
        while True:
            try:
                self._questions.get_nowait()()
            except queue.Empty:
                break
        self._timer = self.program.root.after(_ASKED, self._answer)

    def _run(self, *argv: str) -> str:
        return subprocess.run(
            argv,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        ).stdout


def _below(widget: tk.Misc) -> List[tk.Misc]:
    found: List[tk.Misc] = []
    for child in widget.winfo_children():
        found += [child, *_below(child)]
    return found


def _text(widget: tk.Misc) -> str:
    try:
        return str(widget.cget("text"))
    except tk.TclError:
        return ""


def _says(widget: tk.Misc, text: str) -> bool:
    return widget.winfo_class() == "TButton" and _text(widget) == text


def _middle_of_row(table: WindowedTable, place: int) -> Any:
    tree = table.tree
    box: Any = tree.bbox(str(place - table.top))
    return tree.winfo_rootx() + 100, tree.winfo_rooty() + box[1] + box[3] // 2


def _middle(widget: tk.Misc) -> Any:
    return (
        widget.winfo_rootx() + widget.winfo_width() // 2,
        widget.winfo_rooty() + widget.winfo_height() // 2,
    )
