"""The picture before and after: two stills with a divider, places to choose, sizes and a score below."""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass
from tkinter import ttk
from typing import Optional, Protocol, Tuple

from core.text.formatting import duration_text
from views.cldr import in_digits
from views.elided_label import ElidedLabel
from views.numbers import percent_text, size_text
from views.picture_slider import PictureSlider
from views.texts import _, ngettext
from views.theme import Look


class PictureActions(Protocol):
    """What the page asks for; all in Tk's thread."""

    def go_to(self, number: int) -> None:
        """Show another place, from 0."""

    def resized(self, room: Tuple[int, int]) -> None:
        """There is other room (pixels) for the stills."""

    def play(self, *, result: bool) -> None:
        """Play the result or the original in the system's own player."""


@dataclass(frozen=True)
class Scores:
    """What was measured so far: ``name`` of the measure with its unit, values by place."""

    name: str
    here: Optional[float]
    values: Tuple[float, ...]
    places: int


class BeforeAfter(ttk.Frame):
    """A page; ``slider`` has the stills and the keys."""

    def __init__(self, parent: tk.Misc, look: Look, actions: PictureActions) -> None:
        super().__init__(parent)
        self._actions = actions
        self._number, self._places = 0, 0
        px = look.px
        bar = ttk.Frame(self)
        bar.pack(fill="x", pady=(0, px(8)))
        self.back = ttk.Button(bar, text="◀", width=3, command=lambda: self._go(-1))
        self.next = ttk.Button(bar, text="▶", width=3, command=lambda: self._go(1))
        self.place_label = ttk.Label(bar)
        self.back.pack(side="left")
        self.next.pack(side="left", padx=px(4))
        self.place_label.pack(side="left", padx=px(8))
        self.flip = ttk.Button(bar, text=_("Flip"), command=lambda: self.slider.flip())
        self.flip.pack(side="right")
        hint = _("← → divider · Space flips · Page Up/Down: place")
        self.key_hint = ElidedLabel(bar, look, style="Muted.TLabel")
        self.key_hint.configure(anchor="e")
        self.key_hint.show(hint)
        self.key_hint.pack(side="left", fill="x", expand=True, padx=px(8))
        foot = ttk.Frame(self)
        foot.pack(side="bottom", fill="x", pady=(px(8), 0))
        buttons = ttk.Frame(foot)
        buttons.pack(side="right", anchor="n")
        self.play_original = ttk.Button(
            buttons, text=_("Play original"), command=lambda: actions.play(result=False)
        )
        self.play_result = ttk.Button(
            buttons, text=_("Play result"), command=lambda: actions.play(result=True)
        )
        self.play_original.pack(side="left", padx=(0, px(6)))
        self.play_result.pack(side="left")
        self.sizes = ttk.Label(foot, style="Heading.TLabel", justify="left")
        self.scored = ttk.Label(foot, justify="left")
        self.note = ttk.Label(foot, style="Muted.TLabel", justify="left")
        for label in (self.sizes, self.scored, self.note):
            label.pack(anchor="w", fill="x")
            label.bind("<Configure>", _wrap)
        self.slider = PictureSlider(self, look, actions.resized)
        self.slider.pack(fill="both", expand=True)
        for key, move in (("<Prior>", -1), ("<Next>", 1), ("<Up>", -1), ("<Down>", 1)):
            self.slider.bind(key, lambda _event, move=move: self._go(move))  # type: ignore[misc]
        self.show_sides(original=False, result=False)
        self.show_place(0, 0, None)

    def show_place(self, number: int, places: int, seconds: Optional[float]) -> None:
        """Say which place is shown; ``seconds`` after the beginning."""
        self._number, self._places = number, places
        text = ""
        if places and seconds is not None:
            text = _("Place {number} of {count} · {time}").format(
                number=number + 1, count=places, time=duration_text(seconds)
            )
        self.place_label.configure(text=text)
        self.back.state(["!disabled" if number > 0 else "disabled"])
        self.next.state(["!disabled" if number + 1 < places else "disabled"])

    def show_sides(self, *, original: bool, result: bool) -> None:
        """Offer what there is to be played and compared."""
        self.play_original.state(["!disabled" if original else "disabled"])
        self.play_result.state(["!disabled" if result else "disabled"])
        self.flip.state(["!disabled" if original and result else "disabled"])

    def show_sizes(self, before: Optional[int], after: Optional[int]) -> None:
        """Show the sizes in bytes, and how they are to each other."""
        if before and after is not None:
            text = _("Before {before} · after {after} ({share} of it)").format(
                before=size_text(before),
                after=size_text(after),
                share=percent_text(100 * after / before),
            )
        else:
            text = size_text(before if after is None else after)
        self.sizes.configure(text=text)

    def show_scores(self, scores: Optional[Scores]) -> None:
        """Show how alike the pictures are, as far as it is measured."""
        text = ""
        if scores is not None and scores.values:
            parts = []
            if scores.here is not None:
                parts.append(
                    _("{measure} here: {score}").format(
                        measure=scores.name, score=in_digits(f"{scores.here:.1f}")
                    )
                )
            count = len(scores.values)
            parts.append(
                ngettext(
                    "mean of {number} place: {mean}, lowest {lowest} (not of the whole film)",
                    "mean of {number} places: {mean}, lowest {lowest} (not of the whole film)",
                    count,
                ).format(
                    number=count,
                    mean=in_digits(f"{sum(scores.values) / count:.1f}"),
                    lowest=in_digits(f"{min(scores.values):.1f}"),
                )
            )
            text = " · ".join(parts)
        self.scored.configure(text=text)

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Say a sentence below the stills."""
        self.note.configure(text=text, style="Error.TLabel" if wrong else "Muted.TLabel")

    def recolor(self) -> None:
        """Take the colours of the present palette."""
        self.slider.recolor()

    def _go(self, move: int) -> str:
        if 0 <= self._number + move < self._places:
            self._actions.go_to(self._number + move)
        return "break"


def _wrap(event: tk.Event[tk.Misc]) -> None:
    assert isinstance(event.widget, ttk.Label)
    event.widget.configure(wraplength=max(1, event.width))
