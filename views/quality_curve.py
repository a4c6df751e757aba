"""A film's quality beside its pictures: the curve with the chosen number, and what the finished film has."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import List, Optional, Sequence, Tuple

from core.reporting.charts import Mark
from core.reporting.quality_curve import QualityCurve, curve_of, layout_curve
from core.target_quality.film_quality import FilmQuality
from core.target_quality.told import measured, tenths, where_measured
from views.charts import MarkCanvas
from views.metrics import EDGE, LINE, ROW
from views.numbers import number_text
from views.scrolled import ScrolledFrame
from views.shown import visible
from views.texts import _
from views.theme import Look

_WIDE, _HIGH = 270, 210  # pixels of a 96 dpi screen
_TEXT_EDGE = 14  # what the scroll bar may take
_LEAST_PICTURES = 400  # pixels wide: beside narrower pictures there is no room for a curve


class CurveView(MarkCanvas):
    """The curve alone; ``show`` gives it another one."""

    def __init__(self, parent: tk.Misc, look: Look) -> None:
        super().__init__(parent, look, _HIGH)
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
        super().__init__(parent, width=look.px(_WIDE))
        self.pack_propagate(False)  # it is as high as the pictures, and scrolls
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


class PicturesAndQuality:
    """Lays a page out: ``pictures`` for whoever fills it, the quality beside it where it is known."""

    def __init__(self, page: tk.Misc, look: Look) -> None:
        self._page = page
        self._look = look
        self.panel: Optional[QualityPanel] = None  # made for the first film that has a quality
        self.pictures = ttk.Frame(page)
        self.pictures.pack(side="left", fill="both", expand=True)
        page.bind("<Configure>", lambda event: self._arrange(event.width), add=True)

    def show(self, quality: Optional[FilmQuality]) -> None:
        """Show a film's quality; None where it was encoded for none."""
        if quality is None:
            if self.panel is not None:
                self.panel.destroy()
                self.panel = None
            return
        if self.panel is None:
            self.panel = QualityPanel(self._page, self._look)
            self._look.dress_all(self.panel)
        self.panel.show(quality)
        self._arrange(self._page.winfo_width())

    def _arrange(self, width: int) -> None:
        panel, px = self.panel, self._look.px
        if panel is None:
            return
        fits = width >= px(_LEAST_PICTURES + _WIDE)
        if fits and not panel.winfo_manager():
            panel.pack(side="right", fill="y", padx=(px(EDGE), 0), before=self.pictures)
        elif not fits:
            panel.pack_forget()


def quality_rows(qualities: Sequence[FilmQuality]) -> List[Tuple[str, str]]:
    """Label and value of what a film's facts tell of its quality."""
    rows: List[Tuple[str, str]] = []
    for quality in qualities:
        target = number_text(f"{tenths(quality.chosen.target)}")
        text = _("target {score}").format(score=target)
        if quality.score is not None:
            mean, error = (tenths(value) for value in (quality.score.mean, quality.score.error))
            off = f" ± {number_text(f'{error}')}" if error else ""
            text = f"{number_text(f'{mean}')}{off} ({text})"
        rows.append((_("Quality"), text))
        rows.append(
            (_("Encoder's number"), f"{quality.option} {number_text(f'{quality.chosen.number:g}')}")
        )
    return rows
