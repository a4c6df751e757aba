"""Drawings: worked out once, shown in any colours, and opaque, so that Tk draws them without a question."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

import pytest

from views.indicators import Drawing, drawn, grey_png, rounded_box, stretched, tick, tinted_png
from views.palette import DARK, LIGHT
from views.theme import Look

GROUND, EDGE, FILL, MARK = "#ffffff", "#800000", "#008000", "#000080"


def shown(root: tk.Tk, png: bytes) -> tk.PhotoImage:
    return tk.PhotoImage(master=root, data=png, format="png")


def color_at(image: tk.PhotoImage, x: int, y: int) -> str:
    return "#" + "".join(f"{part:02x}" for part in image.get(x, y))


@pytest.mark.parametrize("size", [16, 24, 31, 64])
def test_a_drawing_has_each_shapes_colour_in_its_place(root: tk.Tk, size: int) -> None:
    boxes = rounded_box(size, 0, 0.2 * size), rounded_box(size, 0.07 * size, 0.14 * size)
    drawing = Drawing(drawn(size, size, *boxes, tick(size)))
    image = shown(root, drawing.png(GROUND, EDGE, FILL, MARK))
    assert (image.width(), image.height()) == (size, size)
    assert color_at(image, 0, 0) == GROUND
    assert color_at(image, 0, size // 2) == EDGE
    assert color_at(image, size // 2, size // 4) == FILL
    assert color_at(image, round(0.42 * size), round(0.68 * size)) == MARK
    assert not any(image.transparency_get(x, y) for x in range(size) for y in range(size))


def test_a_stretched_drawing_keeps_its_corners(root: tk.Tk) -> None:
    corners = drawn(11, 11, rounded_box(11, 0, 4))
    small = shown(root, Drawing(corners).png(GROUND, FILL))
    large = shown(root, Drawing(stretched(corners, 40, 20)).png(GROUND, FILL))
    assert (large.width(), large.height()) == (40, 20)
    for x in range(5):
        for y in range(5):
            assert large.get(x, y) == large.get(39 - x, 19 - y) == small.get(x, y)
    assert color_at(large, 20, 0) == color_at(large, 0, 10) == FILL


def test_a_mask_is_shown_in_one_colour_as_opaque_as_it_is_bright(root: tk.Tk) -> None:
    image = shown(root, tinted_png(grey_png(2, bytes((0, 255, 128, 255))), FILL))
    assert image.transparency_get(0, 0)
    assert not image.transparency_get(1, 0)
    assert color_at(image, 1, 1) == FILL


@pytest.mark.window
def test_round_buttons_follow_the_theme_there_and_back(root: tk.Tk) -> None:
    look, seen = Look(root), []
    for palette in (LIGHT, DARK, LIGHT):
        look.apply(palette)
        seen.append(str(ttk.Style(root).layout("TButton")))
    assert seen[0] == seen[2] != seen[1]
    pictures = [
        name
        for name in root.image_names()
        if root.tk.call("image", "width", name) > 100
        and root.tk.call("image", "height", name) > 16  # no tab's line
    ]
    sides = {tuple(root.tk.call(name, "get", 0, 16)) for name in pictures}
    for palette in (LIGHT, DARK):
        assert tuple(int(palette.raised[at : at + 2], 16) for at in (1, 3, 5)) in sides
