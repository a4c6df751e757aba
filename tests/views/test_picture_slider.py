"""Two stills over each other: the divider by mouse and keys, and the key that flips them."""

from __future__ import annotations

import tkinter as tk
from typing import List, Tuple

import pytest

from tests.views.window import pump
from views.palette import DARK
from views.picture_slider import PictureSlider, ShownSide
from views.theme import Look

WIDE, HIGH = 300, 200  # of the stills
RED, BLUE = bytes([200, 0, 0]), bytes([0, 0, 200])


def still(color: bytes) -> bytes:
    return b"P6\n%d %d\n255\n" % (WIDE, HIGH) + color * (WIDE * HIGH)


@pytest.fixture
def rooms() -> List[Tuple[int, int]]:
    return []


@pytest.fixture
def slider(root: tk.Tk, look: Look, rooms: List[Tuple[int, int]]) -> PictureSlider:
    made = PictureSlider(root, look, rooms.append)
    made.pack(fill="both", expand=True)
    root.geometry("400x300+0+0")
    pump(root, lambda: made.room[0] > 300 and made.winfo_viewable(), "the window")
    made.show(still(RED), still(BLUE))
    made.focus_force()
    root.update()
    return made


def edge(slider: PictureSlider) -> int:
    """Where the upper still ends, in pixels of the still."""
    slider.update()
    width = slider.over.winfo_width() if slider.over.winfo_ismapped() else 0
    return width - (slider.room[0] - WIDE) // 2


def test_the_divider_goes_by_keys_and_stays_in_the_picture(slider: PictureSlider) -> None:
    assert edge(slider) == WIDE // 2
    slider.event_generate("<Right>")
    assert edge(slider) == WIDE // 2 + 6
    slider.event_generate("<Left>", state=1)
    assert edge(slider) == WIDE // 2 + 6 - 30
    slider.event_generate("<End>")
    slider.event_generate("<Right>")
    assert edge(slider) == WIDE
    slider.event_generate("<Home>")
    slider.event_generate("<Left>")
    assert edge(slider) == 0


def test_the_divider_follows_the_mouse(slider: PictureSlider) -> None:
    left = (slider.room[0] - WIDE) // 2
    slider.under.event_generate("<Button-1>", x=left + 200, y=50)
    assert edge(slider) == 200
    slider.over.event_generate("<B1-Motion>", x=left + 60, y=50)
    assert edge(slider) == 60
    slider.over.event_generate("<B1-Motion>", x=left - 50, y=50)
    assert edge(slider) == 0


def test_space_flips_between_both_sides_and_an_arrow_shows_both(slider: PictureSlider) -> None:
    slider.event_generate("<space>")
    shown = [slider.shown]
    assert edge(slider) == 0
    slider.event_generate("<space>")
    shown.append(slider.shown)
    assert edge(slider) >= WIDE
    assert not slider.line.winfo_ismapped()
    slider.event_generate("<Right>")
    shown.append(slider.shown)
    assert shown == [ShownSide.AFTER, ShownSide.BEFORE, ShownSide.BOTH]
    slider.update()
    assert slider.line.winfo_ismapped()


def test_one_still_alone_has_no_divider_and_says_which_it_is(slider: PictureSlider) -> None:
    slider.show(None, still(BLUE))
    slider.update()
    assert not slider.both
    assert not slider.line.winfo_ismapped()
    assert texts(slider) == ["After"]
    slider.show(still(RED), None)
    assert texts(slider) == ["Before"]


def texts(slider: PictureSlider) -> List[str]:
    tk, canvas = slider.tk, str(slider.under)
    items = tk.splitlist(tk.call(canvas, "find", "all"))
    return [
        str(tk.call(canvas, "itemcget", item, "-text"))
        for item in items
        if tk.call(canvas, "type", item) == "text"
    ]


def test_a_sentence_stands_in_the_place_of_the_stills(slider: PictureSlider) -> None:
    slider.tell("There is nothing to be seen.")
    assert texts(slider) == ["There is nothing to be seen."]
    assert not slider.both


def test_other_room_is_told_once_when_it_has_settled(
    slider: PictureSlider, root: tk.Tk, rooms: List[Tuple[int, int]]
) -> None:
    pump(root, lambda: rooms, "the first size")
    root.geometry("500x400")
    pump(root, lambda: rooms[-1][0] > 450, "the other size")
    assert rooms[-1] == slider.room


def test_the_stills_take_the_theme(slider: PictureSlider, look: Look) -> None:
    look.apply(DARK)
    slider.recolor()
    assert slider.under.cget("background") == DARK.window
