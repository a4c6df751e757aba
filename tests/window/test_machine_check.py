"""The check of this machine in the whole window: how far it is, what was found, a copy for a report."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import List, Tuple

import pytest

from app import machine_check
from app.check_round import CheckRound
from app.sample_film import Clip
from core.reporting.machine_check import EncoderCheck
from tests.window_program import Program
from views.machine_check_window import MachineCheckWindow
from window.settings_controller import SettingsController

pytestmark = pytest.mark.window


@pytest.fixture
def page(program: Program) -> SettingsController:
    controller: SettingsController = program.window.open_tab("settings")
    controller.view.open_section("tools")
    program.root.update()
    return controller


@pytest.fixture
def check(page: SettingsController, monkeypatch: pytest.MonkeyPatch) -> MachineCheckWindow:
    monkeypatch.setattr(machine_check, "USUAL", Clip(320, 180, 1))
    assert page.tools.panel is not None
    page.tools.panel.check_button.invoke()
    assert page.tools.check.window is not None
    return page.tools.check.window


def said(check: MachineCheckWindow) -> str:
    return str(check.note.cget("text"))


def rows(check: MachineCheckWindow) -> List[List[str]]:
    return [
        [str(cell) for cell in check.table.item(row, "values")]
        for row in check.table.get_children()
    ]


def begin(program: Program, check: MachineCheckWindow) -> None:
    check.start_button.invoke()
    program.until(lambda: check.bar.cget("value") > 0, "progress")


def left_in(program: Program) -> List[Path]:
    return list(program.parts.data_dir.glob("machine-test-*"))


def test_a_check_shows_its_progress_then_each_encoder_and_can_be_copied(
    program: Program, check: MachineCheckWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: List[str] = []
    work = CheckRound.encoders

    def encoders(self: CheckRound) -> Tuple[EncoderCheck, ...]:
        threads.append(threading.current_thread().name)
        return work(self)

    monkeypatch.setattr(CheckRound, "encoders", encoders)
    assert check.copy_button.instate(["disabled"])
    begin(program, check)
    assert str(check.start_button.cget("text")) == "Cancel"
    assert check.copy_button.instate(["disabled"])
    program.until(lambda: rows(check), "the result")
    shown = {(row[0], row[2]): row[3] for row in rows(check)}
    assert shown["libx265", "8 bit"] == "proved"
    assert shown["NVEnc", ""] == "not here"
    assert "NVEncC was not found." in check.details.shown
    assert "Processor: " in check.details.shown
    check.copy_button.invoke()
    copied = check.clipboard_get()
    assert copied.startswith("**MediaProcessor: check of a machine**")
    assert "| libx265 " in copied
    assert str(program.folder) not in copied
    assert "in English" in str(check.copy_note.cget("text"))
    assert not left_in(program)
    assert threads == ["window-tests"]


def test_a_cancelled_check_leaves_nothing_and_can_begin_again(
    program: Program, check: MachineCheckWindow
) -> None:
    begin(program, check)
    check.start_button.invoke()
    program.until(lambda: "stopped" in said(check), "the end")
    assert not left_in(program)
    assert not rows(check)
    begin(program, check)


def test_closing_its_window_ends_the_check(program: Program, check: MachineCheckWindow) -> None:
    begin(program, check)
    check.close_button.invoke()
    assert not check.winfo_exists()
    program.until(lambda: not left_in(program), "the folder to be gone")


def test_what_makes_a_check_impossible_is_one_sentence_in_the_window(
    program: Program, check: MachineCheckWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine_check, "_ROOM", 10**18)  # no disk has so much
    check.start_button.invoke()
    program.until(lambda: "but the check needs" in said(check), "the reason")
    assert check.bar.cget("value") == 0


def test_everything_is_seen_in_the_smallest_window(
    program: Program, check: MachineCheckWindow
) -> None:
    wide, high = check.minsize()
    check.geometry(f"{wide}x{high}")
    program.until(lambda: check.winfo_height() <= high + 40, "the size")
    begin(program, check)
    program.until(lambda: rows(check), "the result")
    program.root.update()
    for widget in (check.table, check.details, check.copy_button, check.close_button, check.bar):
        assert widget.winfo_height() > 10, widget
        bottom = widget.winfo_rooty() + widget.winfo_height()
        assert bottom <= check.winfo_rooty() + check.winfo_height(), widget
    assert check.details.winfo_height() >= 3 * check.bar.winfo_height()
