"""Icons: each is there in every size, has the palette's colour, and words go where room is scarce."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

import pytest

from core.library.film import LibraryState
from core.planning.preview import PreviewOutcome
from core.protocol.machines import Machine, MachineState
from core.reporting.kept_listing import KeptState
from core.settings.choices import NetworkMode
from core.settings.watched_folder import RootState
from scripts.make_icons import FILLED, LINES, mask
from tests.views.window import pump
from views.button_row import fit_buttons
from views.command_list import COMMANDS
from views.commands import Registry
from views.film_signs import OF_KEPT, OF_LIBRARY, OF_OUTCOMES
from views.icons import FOLDER, OF_COMMANDS, OF_TABS, SIZES, Icons
from views.indicators import grey_pixels
from views.palette import DARK, LIGHT
from views.signs import (
    FILM,
    OF_FOLDERS,
    OF_JOBS,
    OF_TRACKS,
    of_machine,
)
from views.signs import FOLDER as FOLDER_SIGN
from views.theme import Look

SIGNS = (
    *OF_JOBS.values(),
    *OF_LIBRARY.values(),
    *OF_OUTCOMES.values(),
    *OF_KEPT.values(),
    *OF_FOLDERS.values(),
    *OF_TRACKS.values(),
    FILM,
    FOLDER_SIGN,
    *(of_machine(Machine("", "", NetworkMode.SLAVE, state)) for state in MachineState),
)


def test_every_icon_is_drawn_and_used() -> None:
    used = {*OF_COMMANDS.values(), *OF_TABS.values(), *(sign.icon for sign in SIGNS)}
    assert used == set(LINES)
    assert set(OF_COMMANDS) <= {command.name for command in COMMANDS}
    for size in SIZES:
        assert {path.stem for path in (FOLDER / str(size)).iterdir()} == set(LINES)


def test_every_state_has_a_picture_and_states_differ_by_more_than_colour() -> None:
    assert set(OF_LIBRARY) == set(LibraryState)
    assert set(OF_OUTCOMES) == set(PreviewOutcome)
    assert set(OF_KEPT) == set(KeptState)
    assert set(OF_FOLDERS) == set(RootState)
    for signs in (OF_JOBS, OF_LIBRARY, OF_KEPT, OF_FOLDERS, OF_TRACKS):
        icons = [sign.icon for sign in signs.values()]
        assert len(set(icons)) == len(icons)


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
