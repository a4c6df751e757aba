"""Icons: each is there in every size, has the palette's colour, and words go where room is scarce."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

import pytest

from scripts.make_icons import FILLED, LINES, mask
from tests.views.window import pump
from views.button_row import fit_buttons
from views.command_list import COMMANDS
from views.commands import Registry
from views.icons import FOLDER, OF_COMMANDS, OF_TABS, SIZES, Icons
from views.indicators import grey_pixels
from views.palette import DARK, LIGHT
from views.theme import Look


def test_every_icon_is_drawn_and_used() -> None:
    used = {*OF_COMMANDS.values(), *OF_TABS.values()}
    assert used == set(LINES)
    assert set(OF_COMMANDS) <= {command.name for command in COMMANDS}
    for size in SIZES:
        assert {path.stem for path in (FOLDER / str(size)).iterdir()} == set(LINES)


@pytest.mark.parametrize("name", ["play", "search"])
def test_the_files_are_what_the_script_draws(name: str) -> None:
    data = (FOLDER / "16" / f"{name}.png").read_bytes()
    assert grey_pixels(data) == mask(LINES[name], 16, filled=name in FILLED)


def test_an_icon_has_the_palettes_colour_and_follows_it(root: tk.Tk, look: Look) -> None:
    icons = Icons(root, look)
    image = icons.image("stop")
    middle = icons.size // 2
    assert image.get(middle, middle) == rgb(LIGHT.text)
    assert icons.image("stop") is image
    look.apply(DARK)
    icons.recolor()
    assert image.get(middle, middle) == rgb(DARK.text)
    assert image.transparency_get(0, 0)


def rgb(color: str) -> tuple[int, ...]:
    return tuple(int(color[at : at + 2], 16) for at in (1, 3, 5))


def test_a_narrow_row_drops_words_and_keeps_icons(root: tk.Tk, look: Look) -> None:
    registry = Registry(root, Icons(root, look))
    registry.declare(COMMANDS)
    row = tk.Frame(root)
    row.pack(fill="x")
    buttons = [registry.button(row, name) for name in ("queue.start", "queue.stop", "files.add")]
    for button in buttons:
        button.pack(side="left")
    fit_buttons(row, look, (buttons[1], buttons[2]))
    root.geometry("600x100")
    pump(root, lambda: row.winfo_width() == 600, "the width")
    assert [str(button.cget("compound")) for button in buttons] == ["left"] * 3
    needed = row.winfo_reqwidth()
    root.geometry(f"{needed - 10}x100")
    pump(root, lambda: str(buttons[1].cget("compound")) == "image", "one word to go")
    assert str(buttons[2].cget("compound")) == "left"
    root.geometry("600x100")
    pump(root, lambda: str(buttons[1].cget("compound")) == "left", "the word to come back")


def test_a_round_button_is_as_large_as_its_words_need(root: tk.Tk, look: Look) -> None:
    button = ttk.Button(root, text="Start")
    button.pack()
    root.update()
    line = int(root.tk.call("font", "metrics", "TkDefaultFont", "-linespace"))
    assert line < button.winfo_reqheight() < 2.5 * line
    assert button.winfo_reqwidth() < look.px(90)
    layout = str(ttk.Style(root).layout("TButton"))
    assert any(
        name in layout for name in ttk.Style(root).element_names() if name.startswith("Round")
    )
