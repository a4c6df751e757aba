"""A film's quality beside its pictures: the curve with the chosen number, and what the finished film has."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import List, Optional, Sequence

from core.reporting.charts import Mark
from core.reporting.quality_curve import QualityCurve, curve_of, layout_curve
from core.target_quality.film_quality import FilmQuality
from core.target_quality.told import measured, where_measured
from views.charts import MarkCanvas
from views.metrics import LINE, ROW
from views.numbers import number_text
from views.scrolled import ScrolledFrame
from views.shown import visible
from views.texts import _
from views.theme import Look

_WIDE, _HIGH = 270, 210  # pixels of a 96 dpi screen
_TEXT_EDGE = 14  # what the scroll bar may take


class CurveView(MarkCanvas):
    """The curve alone; ``show`` gives it another one."""

    def __init__(self, parent: tk.Misc, look: Look) -> None:
        super().__init__(parent, look, _HIGH)
        self.configure(width=look.px(_WIDE))
        self._curve: Optional[QualityCurve] = None

    def show(self, curve: QualityCurve) -> None:
        """Show this curve from now on."""
        self._curve = curve
        self._draw(forced=True)

    def _marks(self, width: int, height: int) -> Optional[Sequence[Mark]]:
        if self._curve is None:
            return None
        return layout_curve(self._curve, width, height, self._measure, self._line)


class QualityPanel(ttk.Frame):
    """The curve and the sentences to it; nothing of it needs a file."""

    def __init__(self, parent: tk.Misc, look: Look) -> None:
        super().__init__(parent)
        self._quality: Optional[FilmQuality] = None
        scrolled = ScrolledFrame(self)
        scrolled.pack(fill="both", expand=True)
        inside = scrolled.inside
        ttk.Label(inside, style="Heading.TLabel", text=_("Quality")).pack(anchor="w")
        self.curve = CurveView(inside, look)
        self.curve.pack(fill="x", pady=(look.px(LINE), look.px(ROW)))
        self.sentences: List[ttk.Label] = []
        for style in ("TLabel", "TLabel", "Muted.TLabel"):
            wrap = look.px(_WIDE - _TEXT_EDGE)
            label = ttk.Label(inside, style=style, justify="left", wraplength=wrap)
            label.pack(anchor="w", pady=(0, look.px(LINE)))
            self.sentences.append(label)
        scrolled.follow(inside)

    def show(self, quality: FilmQuality) -> None:
        """Show what is known of a film's quality."""
        if quality == self._quality:
            return
        self._quality = quality
        self.curve.show(curve_of(quality, _, number_text))
        reason = quality.chosen.reason.message
        score = quality.score
        told = (measured(quality), reason, where_measured(score) if score is not None else "")
        for label, text in zip(self.sentences, told):
            label.configure(text=visible(text))
