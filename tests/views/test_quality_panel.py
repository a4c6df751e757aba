"""A film's quality beside its pictures: the curve with hints, the sentences, and room for both."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

import pytest

from tests.film_qualities import HDR, quality
from tests.views.window import pump
from views.palette import DARK, LIGHT
from views.quality_curve import PicturesAndQuality, QualityPanel, quality_rows
from views.theme import Look

pytestmark = pytest.mark.window


@pytest.fixture
def page(root: tk.Tk, look: Look) -> PicturesAndQuality:
    frame = ttk.Frame(root)
    frame.pack(fill="both", expand=True)
    made = PicturesAndQuality(frame, look)
    root.geometry("900x500+0+0")
    pump(root, lambda: made.pictures.winfo_width() > 800, "the page")
    return made


def shown(page: PicturesAndQuality) -> QualityPanel:
    panel = page.panel
    assert panel is not None
    pump(panel.winfo_toplevel(), lambda: panel.curve.hints, "the curve")
    return panel


def test_the_curve_stands_beside_the_pictures_with_what_the_film_has(
    page: PicturesAndQuality,
) -> None:
    page.show(quality())
    panel = shown(page)
    assert panel.winfo_x() >= page.pictures.winfo_x() + page.pictures.winfo_width()
    assert panel.curve.winfo_width() > 200
    texts = [label.cget("text") for label in panel.sentences]
    assert texts[0] == "Its quality is 94.2 ± 0.1, with 94 as the target."
    assert texts[1] == "25 is enough."
    assert texts[2].startswith("Measured at 4 places")
    assert sorted(panel.curve.hints.values())[-1].startswith("-crf 27: 92.8, worst second 86.8")


def test_a_point_tells_its_number_under_the_mouse(page: PicturesAndQuality) -> None:
    page.show(quality())
    curve = shown(page).curve
    item = next(item for item, hint in curve.hints.items() if hint.startswith("-crf 22"))
    left, top, right, bottom = curve.bbox(item)
    curve.event_generate("<Motion>", x=(left + right) // 2, y=(top + bottom) // 2)
    pump(curve.winfo_toplevel(), lambda: curve.find_withtag("hint"), "the hint")


def test_narrow_pictures_keep_the_room_and_the_curve_comes_back(
    root: tk.Tk, page: PicturesAndQuality
) -> None:
    page.show(quality())
    panel = shown(page)
    root.geometry("560x400")
    pump(root, lambda: not panel.winfo_ismapped(), "the curve to make room")
    root.geometry("900x500")
    pump(root, panel.winfo_ismapped, "the curve to come back")


def test_a_film_without_a_quality_has_the_page_for_its_pictures(
    root: tk.Tk, page: PicturesAndQuality
) -> None:
    page.show(quality())
    shown(page)
    page.show(None)
    pump(root, lambda: page.pictures.winfo_width() > 800, "the pictures to be as wide as before")
    assert page.panel is None


def test_the_curve_takes_the_colours_of_the_theme(
    page: PicturesAndQuality, look: Look, root: tk.Tk
) -> None:
    page.show(quality())
    curve = shown(page).curve
    look.apply(DARK)
    pump(root, lambda: curve.cget("background") == DARK.window, "its dark ground")
    look.apply(LIGHT)
    pump(root, lambda: curve.cget("background") == LIGHT.window, "its light ground")


def test_the_first_page_tells_score_error_target_and_number() -> None:
    assert quality_rows((quality(),)) == [
        ("Quality", "94.2 ± 0.1 (target 94)"),
        ("Encoder's number", "-crf 25"),
    ]
    assert quality_rows((quality(None, yardstick=HDR),))[0] == ("Quality", "target 94")
    assert quality_rows(()) == []
