"""The special fields: languages in an order, hours of the week."""

from __future__ import annotations

import tkinter as tk

import pytest

from core.media.languages import known_languages
from core.settings.schedule import Schedule, hours_of, parse_schedule, schedule_of
from views.language_list import LanguageList
from views.theme import Look
from views.week_grid import WeekGrid

pytestmark = pytest.mark.window


@pytest.fixture
def languages(root: tk.Tk, look: Look) -> LanguageList:
    variable = tk.StringVar(root, "eng, nld, tur")
    widget = LanguageList(root, look, variable)
    widget.pack()
    root.update()
    return widget


@pytest.fixture
def week(root: tk.Tk, look: Look) -> WeekGrid:
    widget = WeekGrid(root, look, tk.StringVar(root, "mon-fri 22:00-24:00"))
    widget.pack()
    root.update()
    return widget


def test_languages_are_shown_by_name(languages: LanguageList) -> None:
    assert languages.list.get(0, "end") == ("English", "Dutch", "Turkish")


def test_a_language_is_dragged_to_its_place(languages: LanguageList, root: tk.Tk) -> None:
    first, third = languages.list.bbox(0), languages.list.bbox(2)
    assert first
    assert third
    (left, top, _width, height), last = first, third[1]
    languages.list.event_generate("<Button-1>", x=left + 5, y=top + height // 2)
    languages.list.event_generate("<B1-Motion>", x=left + 5, y=last + height // 2)
    languages.list.event_generate("<ButtonRelease-1>", x=left + 5, y=last + height // 2)
    root.update()
    assert languages.codes == ("nld", "tur", "eng")
    assert languages.row == 2


def test_a_language_is_moved_by_keys(languages: LanguageList, root: tk.Tk) -> None:
    languages.select(2)
    languages.list.focus_force()
    root.update()
    languages.list.event_generate("<Alt-Up>")
    root.update()
    assert languages.codes == ("eng", "tur", "nld")
    languages.list.event_generate("<Delete>")
    root.update()
    assert list(languages.codes) == ["eng", "nld"]


def test_the_list_to_choose_from_has_every_language(languages: LanguageList, root: tk.Tk) -> None:
    root.tk.call("ttk::combobox::Post", languages.chosen)
    root.update()
    names = languages.chosen["values"]
    root.tk.call("ttk::combobox::Unpost", languages.chosen)
    assert len(names) == len(known_languages())
    assert {"Dutch", "Turkish", "Bangla", "Unknown language"} <= set(names)


@pytest.mark.parametrize("typed", ["German", "deu", "ger", "de"])
def test_a_language_is_added_by_its_name_or_code(languages: LanguageList, typed: str) -> None:
    languages.chosen.set(typed)
    languages.add_button.invoke()
    assert languages.codes == ("eng", "nld", "tur", "deu")


def test_the_buttons_know_the_ends(languages: LanguageList) -> None:
    languages.select(0)
    assert languages.up_button.instate(["disabled"])
    languages.select(2)
    assert languages.down_button.instate(["disabled"])


def click(week: WeekGrid, day: int, hour: int) -> None:
    x, y = week.cell_at(day, hour)
    week.grid_area.event_generate("<Button-1>", x=x, y=y)


def text_of(week: WeekGrid) -> str:
    return week.entry.get()


def test_an_hour_is_opened_and_closed_by_a_click(week: WeekGrid) -> None:
    click(week, 0, 21)
    assert hours_of(parse_schedule(text_of(week))) >= {(0, 21), (0, 22), (1, 22)}
    assert text_of(week) == "mon 21:00-24:00; tue,wed,thu,fri 22:00-24:00"
    click(week, 0, 21)
    assert text_of(week) == "mon,tue,wed,thu,fri 22:00-24:00"


def test_hours_are_painted_in_one_stroke(week: WeekGrid) -> None:
    click(week, 5, 8)
    for hour in (9, 10):
        x, y = week.cell_at(5, hour)
        week.grid_area.event_generate("<B1-Motion>", x=x, y=y)
    assert "sat 08:00-11:00" in text_of(week)


def test_hours_are_chosen_by_keys(week: WeekGrid, root: tk.Tk) -> None:
    week.grid_area.focus_force()
    root.update()
    week.grid_area.event_generate("<Down>")
    week.grid_area.event_generate("<Right>")
    week.grid_area.event_generate("<space>")
    assert "tue 01:00-02:00" in text_of(week)


def test_the_last_hour_cannot_be_taken_away(root: tk.Tk, look: Look) -> None:
    week = WeekGrid(root, look, tk.StringVar(root, "mon 08:00-09:00"))
    week.pack()
    root.update()
    click(week, 0, 8)
    assert text_of(week) == "mon 08:00-09:00"


@pytest.mark.parametrize(
    "text", ["", "mon-fri 22:00-07:00; sat,sun 00:00-24:00", "wed 03:00-04:00; wed 06:00-09:00"]
)
def test_whole_hours_come_back_from_the_grid(text: str) -> None:
    hours = hours_of(parse_schedule(text))
    assert hours_of(schedule_of(hours)) == hours


def test_all_hours_are_always() -> None:
    assert schedule_of(hours_of(Schedule())) == Schedule()
