"""The part of the network's page that leads a phone to its page."""

from __future__ import annotations

import tkinter as tk
from typing import Type

import pytest

from tests.cluster.machines import free_port
from tests.window_program import Program
from views.phone_panel import PhonePanel


class StayingProgram(Program):
    """The program as main.py opens it: what stays may serve the page."""

    listens = True


@pytest.fixture
def program_class() -> Type[Program]:
    return StayingProgram


def panel_of(program: Program) -> PhonePanel:
    program.window.open_tab("settings").view.open_section("network")
    waiting = [program.root]
    while waiting:
        widget: tk.Misc = waiting.pop()
        if isinstance(widget, PhonePanel):
            return widget
        waiting += widget.winfo_children()  # type: ignore[arg-type]
    raise AssertionError("no panel for the phone")


def test_the_panel_shows_the_code_on_request_and_hides_it_again(program: Program) -> None:
    panel = panel_of(program)
    program.until(lambda: panel.state_label.cget("text").startswith("Off."), "that it is off")
    assert not panel.show_button.winfo_ismapped()
    change = {"network.phone": "yes", "network.phone_address": "127.0.0.1"}
    change["network.phone_port"] = str(free_port())
    services = program.window.services

    def follow(_done: object) -> None:
        for hear in services.on_settings:
            hear(program.parts.config.settings)

    services.commands.call(
        lambda: program.parts.config.change(change), follow, program.window.failed
    )
    program.until(lambda: "https://127.0.0.1:" in panel.state_label.cget("text"), "the address")
    assert panel.token.get() == ""  # nobody reads it over the shoulder
    panel.show_button.invoke()
    program.until(panel.token.get, "the token")
    entry = program.parts.phone.entry()
    assert panel.token.get() == entry.token
    dots = len(entry.code) + 8
    scale = panel.image.width() // dots
    drawn = [
        [
            panel.image.get((column + 4) * scale, (row + 4) * scale) == (0, 0, 0)
            for column in range(dots - 8)
        ]
        for row in range(dots - 8)
    ]
    assert drawn == [list(row) for row in entry.code]
    program.answers.chosen = 0
    panel.renew_button.invoke()
    program.until(lambda: panel.token.get() not in ("", entry.token), "the new token")
    panel.hide_button.invoke()
    assert panel.token.get() == ""
