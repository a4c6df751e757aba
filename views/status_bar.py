"""The line below the tabs: the last message, free space, pace, how long it takes, and whether all is well."""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass
from tkinter import ttk
from typing import Callable, List, Optional, Sequence, Tuple

from core.queue.overview import Estimate
from core.reporting.health import ThreadHealth
from views.elided_label import ElidedLabel
from views.metrics import EDGE, GROUP, LINE
from views.numbers import decimal_text, pace_text, percent_text, size_text
from views.part_names import part_text
from views.shown import visible
from views.texts import _, ngettext
from views.theme import Look
from views.tooltip import Tooltip


@dataclass(frozen=True)
class Vitals:
    """What the bar shows; ``free`` is bytes by disk, the scarcest first, ``now`` seconds since the epoch."""

    now: float
    free: Tuple[Tuple[str, int], ...] = ()
    estimate: Optional[Estimate] = None
    health: Tuple[ThreadHealth, ...] = ()

    @property
    def late(self) -> Tuple[ThreadHealth, ...]:
        """The threads that should have given a beat by now."""
        return tuple(part for part in self.health if part.late(self.now))


class StatusBar(ttk.Frame):
    """``open_health`` is called when the user wants to know more about the program's health."""

    def __init__(self, parent: tk.Misc, look: Look, open_health: Callable[[], None]) -> None:
        super().__init__(parent, padding=(look.px(EDGE), look.px(LINE)))
        self._vitals = Vitals(0.0)
        gap = look.px(GROUP)
        self.health = ttk.Button(self, style="Health.TButton", takefocus=True, command=open_health)
        self.health.pack(side="right", padx=(gap, 0))
        Tooltip(self.health, look, self._health_tip)
        self.free = ttk.Label(self, style="Muted.TLabel")
        self.pace = ttk.Label(self, style="Muted.TLabel")
        self.estimate = ttk.Label(self, style="Muted.TLabel")
        for label in (self.free, self.pace, self.estimate):
            label.pack(side="right", padx=(gap, 0))
        Tooltip(self.free, look, self._free_tip)
        Tooltip(
            self.estimate,
            look,
            lambda: _("The queue is {percent} likely to be finished within this time.").format(
                percent=percent_text(90)
            ),
        )
        self.message = ElidedLabel(self, look, style="Muted.TLabel")
        self.message.pack(side="left", fill="x", expand=True)
        self.show_vitals(self._vitals)

    def tell(self, text: str, style: str = "Muted.TLabel") -> None:
        """Show one sentence until the next one."""
        self.message.show(visible(text), style)

    def show_pace(self, fps: Sequence[float], speeds: Sequence[float]) -> None:
        """Show the combined speed of the running jobs."""
        told: List[str] = []
        if fps:
            told.append(_("{number} fps").format(number=decimal_text(sum(fps), 0)))
        if speeds:
            told.append(pace_text(sum(speeds), 1))
        self.pace.configure(text=" · ".join(told))

    def show_vitals(self, vitals: Vitals) -> None:
        """Show the status of the program and the free space."""
        self._vitals = vitals
        self.free.configure(
            text=_("{size} free").format(size=size_text(vitals.free[0][1])) if vitals.free else ""
        )
        self.estimate.configure(text=estimate_text(vitals.estimate) if vitals.estimate else "")
        late = len(vitals.late)
        # A sign and a word beside the colour, for who does not tell red from green.
        if late:
            told = ngettext("{number} part not responding", "{number} parts not responding", late)
            self.health.configure(text="▲ " + told.format(number=late), style="Sick.TButton")
        else:
            self.health.configure(text="● " + _("Running normally"), style="Health.TButton")

    def _free_tip(self) -> str:
        return "\n".join(
            _("{size} free on the disk of {folder}").format(size=size_text(free), folder=place)
            for place, free in self._vitals.free
        )

    def _health_tip(self) -> str:
        late = ", ".join(part_text(part.name) for part in self._vitals.late)
        return late or _("All background tasks are running. Click for details.")


def estimate_text(estimate: Estimate) -> str:
    """The band of an estimate in words: ``about 3–5 h``; "" where nothing waits."""
    if estimate.high <= 0:
        return ""
    for unit, seconds in ((_("days"), 86400.0), (_("h"), 3600.0), (_("min"), 60.0)):
        if estimate.high >= 2 * seconds or seconds == 60.0:
            low = max(1, round(estimate.low / seconds))
            high = max(1, round(estimate.high / seconds))
            band = f"{low}–{high}" if low < high else f"{high}"
            return _("about {time} {unit}").format(time=band, unit=unit)
    return ""
