"""Where windows stand: over the one they came from, on the screen, also where that one is not seen."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tkinter as tk
from pathlib import Path

import pytest

from tests.views.window import pump
from views.countdown import Countdown
from views.placement import asking_window, belong
from views.theme import Look

pytestmark = pytest.mark.window


def small(opener: tk.Misc, width: int = 300, height: int = 120) -> tk.Toplevel:
    window = tk.Toplevel(opener)
    window.withdraw()
    belong(window, opener, (width, height))
    window.deiconify()
    opener.update()
    return window


def test_a_small_window_stands_in_the_middle_of_the_one_below_and_on_the_screen(
    root: tk.Tk,
) -> None:
    root.geometry("600x400+100+100")
    root.update()
    window = small(root)
    assert abs(window.winfo_rootx() + 150 - (root.winfo_rootx() + 300)) < 10
    root.geometry("600x400+5000+5000")
    root.update()
    large = small(root, 500, 400)
    assert large.winfo_rootx() + 500 <= root.winfo_screenwidth()
    assert large.winfo_rooty() + 400 <= root.winfo_screenheight()


def test_a_question_is_asked_from_the_window_that_holds_or_has_the_keyboard(root: tk.Tk) -> None:
    first, second = small(root), small(root)
    entry = tk.Entry(first)
    entry.pack()
    root.update()
    entry.focus_force()
    pump(root, lambda: str(root.tk.call("focus")) == str(entry), "the keyboard")
    assert asking_window(root) is first
    second.grab_set()
    assert asking_window(root) is second
    second.grab_release()
    tip = tk.Toplevel(root)
    tip.overrideredirect(True)
    root.update()
    entry.focus_force()  # without a window manager it goes with the pointer
    pump(root, lambda: str(root.tk.call("focus")) == str(entry), "the keyboard")
    assert asking_window(root) is first


_NEXT_ROOT = """
import tkinter as tk
from tests.views.window import end, pump
for turn in ("left", "next"):
    root = tk.Tk()
    root.geometry("1000x800+50+50")  # over the pointer, which is in the middle of the screen
    entry = tk.Entry(root)
    entry.pack(fill="both", expand=True)
    pump(root, root.winfo_viewable, "the window")
    root.focus_force()
    root.update()
    entry.focus_set()
    root.update()
    if turn == "left":
        root.event_generate("<Motion>", warp=True, x=-40, y=-40)
        pump(root, lambda: not root.tk.call("focus"), "the keyboard to be given back")
    end(root)
"""


def test_a_window_that_the_pointer_has_left_goes_and_the_next_one_takes_the_keyboard() -> None:
    """Tk dies of it where the window just goes; here without a window manager."""
    if shutil.which("xvfb-run") is None:
        pytest.skip("needs xvfb-run")
    answer = subprocess.run(
        [
            *("xvfb-run", "--auto-servernum", "--server-args=-screen 0 1280x900x24"),
            *(sys.executable, "-c", _NEXT_ROOT),
        ],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr


def test_a_minute_to_say_no_is_seen_where_the_main_window_is_hidden(
    root: tk.Tk, look: Look
) -> None:
    root.withdraw()
    root.update()
    ends: list[str] = []
    countdown = Countdown(
        root,
        look,
        "Sleep",
        "In {seconds} seconds.",
        "Now",
        1,
        lambda: ends.append("done"),
        lambda: ends.append("declined"),
    )
    pump(root, countdown.winfo_viewable, "the question")
    assert countdown.told.cget("text") == "In 1 seconds."
    pump(root, lambda: ends, "its end")
    assert ends == ["done"]
    root.deiconify()
    root.update()
