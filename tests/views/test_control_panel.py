"""The row above the tabs says what the queue does, and when it goes on, in the window's language."""

from __future__ import annotations

import time
import tkinter as tk
from pathlib import Path
from typing import Iterator, Tuple

import pytest

from core.events import QueueState, QueueStateChanged
from scripts.texts import LOCALE
from views import texts
from views.command_list import COMMANDS
from views.commands import Registry
from views.control_panel import ControlPanel
from views.theme import Look

pytestmark = pytest.mark.window
WIDTH = 900  # pixels at 96 dpi, of the smallest screen that the window is made for
DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    "tr": ("Pazartesi", "Salı", "Çarşamba", "Perşembe", "Cuma", "Cumartesi", "Pazar"),
}
SENTENCES = {
    "en": ("It continues at {}.", "It continues on {} at {}."),
    "nl": ("Gaat om {} verder.", "Gaat {} om {} verder."),
    "tr": ("{} saatinde devam eder.", "{} günü {} saatinde devam eder."),
}


@pytest.fixture(params=DAYS)
def panel(
    root: tk.Tk, look: Look, request: pytest.FixtureRequest
) -> Iterator[Tuple[str, ControlPanel]]:
    texts.use_language(request.param, Path(LOCALE))
    registry = Registry(root)
    for command in COMMANDS:
        registry.add(command, lambda: None)
    yield request.param, ControlPanel(root, look, registry, "")
    texts.use_language("en", Path(LOCALE))


def test_the_weekday_is_told_where_the_queue_goes_on_another_day(
    panel: Tuple[str, ControlPanel],
) -> None:
    language, shown = panel
    now = time.time()
    today, other = SENTENCES[language]
    for days in range(7):
        then = now + days * 86400
        shown.show_state(QueueStateChanged(QueueState.PAUSED, "", then))
        day = DAYS[language][time.localtime(then).tm_wday]
        clock = time.strftime("%H:%M", time.localtime(then))
        expected = other.format(day, clock) if days else today.format(clock)
        assert shown.state_label.whole.endswith(expected)


def test_every_button_is_seen_at_900_pixels_in_every_language(
    root: tk.Tk, panel: Tuple[str, ControlPanel]
) -> None:
    _language, shown = panel
    shown.pack(fill="x")
    root.update_idletasks()
    assert shown.winfo_reqwidth() <= WIDTH
