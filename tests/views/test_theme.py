"""Colours that can be read, on every screen."""

from __future__ import annotations

import os
import subprocess
import sys
import tkinter as tk
from dataclasses import fields
from pathlib import Path
from tkinter import ttk
from typing import Optional, Tuple

import pytest

from core.settings.choices import Theme
from core.settings.watched_folder import WatchedFolder
from scripts.texts import LOCALE
from views.folders_page import FoldersPage
from views.health_page import HealthPage
from views.palette import DARK, LIGHT, Palette, palette_for
from views.plan_view import PlanView
from views.texts import use_language
from views.theme import Look
from views.tools_panel import ToolsPanel

ROOT = Path(__file__).resolve().parents[2]


class NoActions:
    """A page whose buttons are not pressed."""

    def edit_folder(self, folder: Optional[WatchedFolder]) -> None:
        raise AssertionError

    def remove_folder(self, folder: WatchedFolder) -> None:
        raise AssertionError


def luminance(color: str) -> float:
    """Relative luminance (WCAG 2.1)."""
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *((text, "window") for text in ("text", "muted", "error", "warning", "success")),
        *((text, "surface") for text in ("text", "muted", "error", "warning", "success")),
        ("text", "raised"),
        ("text", "hover"),
        ("text", "selection"),
        ("on_accent", "accent"),
    ],
)
def test_text_keeps_its_contrast(palette: Palette, text: str, ground: str) -> None:
    assert contrast(getattr(palette, text), getattr(palette, ground)) >= 4.5


def test_the_users_choice_wins_over_the_system() -> None:
    assert palette_for(Theme.DARK) is DARK
    assert palette_for(Theme.LIGHT) is LIGHT
    assert palette_for(Theme.SYSTEM) in (LIGHT, DARK)


def test_every_color_is_one() -> None:
    for palette in (LIGHT, DARK):
        for field in fields(palette):
            value = getattr(palette, field.name)
            assert isinstance(value, bool) or int(value[1:], 16) >= 0


@pytest.mark.window
def test_a_change_of_the_theme_reaches_every_kind_of_widget(root: tk.Tk, look: Look) -> None:
    text, menu = tk.Text(root), tk.Menu(root)
    ttk.Checkbutton(root, text="one").pack()
    look.apply(DARK)
    assert str(text.cget("background")) == DARK.surface
    assert str(menu.cget("foreground")) == DARK.text
    assert ttk.Style(root).lookup("TLabel", "foreground") == DARK.text
    look.apply(LIGHT)
    assert str(text.cget("background")) == LIGHT.surface


@pytest.mark.window
def test_sizes_follow_the_screen(root: tk.Tk) -> None:
    root.tk.call("tk", "scaling", 96 / 72)
    assert Look(root).px(10) == 10
    root.tk.call("tk", "scaling", 192 / 72)
    assert Look(root).px(10) == 20


@pytest.mark.window
@pytest.mark.parametrize("language", ["en", "nl", "tr"])
def test_no_title_of_a_column_is_cut_off(root: tk.Tk, language: str) -> None:
    look = Look(root)
    look.apply(LIGHT)
    use_language(language, LOCALE)
    try:
        tables = (
            HealthPage(root, look).table,
            PlanView(root, look).table,
            FoldersPage(root, look, NoActions()).table,
            ToolsPanel(root, look, lambda: None, lambda: None).table,
        )
    finally:
        use_language("en", LOCALE)
    for table in tables:
        for name in table["columns"]:
            title = table.heading(name, "text")
            needed = int(root.tk.call("font", "measure", "TkHeadingFont", title))
            assert table.column(name, "width") >= needed + look.px(12), title


_SIZES = """
import tkinter as tk
from views.theme import Look
root = tk.Tk()
look = Look(root)
print(root.tk.call("font", "metrics", (look.family, 100), "-linespace"), look.px(1000))
"""


def test_everything_is_as_large_as_the_desktop_has_its_fonts(root: tk.Tk, tmp_path: Path) -> None:
    """A desktop at 200 % says so in a resource, of which Tk's own scaling knows nothing."""
    if root.tk.call("tk", "windowingsystem") != "x11":
        pytest.skip("needs X11")
    resources = tmp_path / "resources"

    def sizes(dpi: int) -> Tuple[int, ...]:
        resources.write_text(f"Xft.dpi: {dpi}\n")
        answer = subprocess.run(
            [sys.executable, "-c", _SIZES],
            cwd=ROOT,
            env={**os.environ, "XENVIRONMENT": str(resources)},
            stdout=subprocess.PIPE,
            check=True,
        )
        return tuple(map(int, answer.stdout.split()))

    (line, pixels), (line_at_double, pixels_at_double) = sizes(96), sizes(192)
    assert 1.9 < line_at_double / line < 2.1
    assert (pixels, pixels_at_double) == (1000, 2000)


def test_a_list_that_was_opened_takes_the_colours_of_the_other_theme(root: tk.Tk) -> None:
    look = Look(root)
    look.apply(LIGHT)
    box = ttk.Combobox(root, values=("one", "two"))
    box.pack()
    listed = f"{root.tk.call('ttk::combobox::PopdownWindow', box)}.f.l"  # as opening it does
    look.apply(DARK)
    assert root.tk.call(listed, "cget", "-background") == DARK.surface
    assert root.tk.call(listed, "cget", "-foreground") == DARK.text
