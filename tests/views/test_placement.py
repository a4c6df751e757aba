"""Where windows stand: over the one they came from, on the screen, also where that one is not seen."""

from __future__ import annotations

import tkinter as tk

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
    assert asking_window(root) is first


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
