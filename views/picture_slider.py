"""Two stills over each other, with a divider that goes by mouse and by keys, and a key that flips them.

The upper one lies on a canvas of its own that ends at the divider: moving it costs Tk next to nothing.
"""

from __future__ import annotations

import tkinter as tk
from enum import Enum
from typing import Callable, Literal, Optional, Tuple

from views.texts import _
from views.theme import Look

_STEP, _LONG_STEP = 0.02, 0.1  # of the picture's width
_SETTLED = 250  # milliseconds without another size
_SHIFT = 0x1  # Tk's bit of an event's state


class ShownSide(Enum):
    """Which side is seen."""

    BOTH = "both"
    BEFORE = "before"
    AFTER = "after"


class PictureSlider(tk.Frame):
    """``before`` is left of the divider. ``resized`` hears which room (pixels) there is for the stills."""

    def __init__(
        self, parent: tk.Misc, look: Look, resized: Callable[[Tuple[int, int]], None]
    ) -> None:
        super().__init__(parent, takefocus=True, highlightthickness=look.px(2))
        self._look = look
        self._resized = resized
        self._timer = ""
        self._images: Tuple[Optional[tk.PhotoImage], Optional[tk.PhotoImage]] = (None, None)
        self._size = (0, 0)  # of the stills
        self.share = 0.5  # of the picture's width, left of the divider
        self.shown = ShownSide.BOTH
        self.under = tk.Canvas(self, highlightthickness=0, borderwidth=0)
        self.over = tk.Canvas(self, highlightthickness=0, borderwidth=0)
        self.line = tk.Frame(self, cursor="sb_h_double_arrow")
        self.under.place(relwidth=1, relheight=1)
        self._note = ""
        self.under.bind("<Configure>", self._configured)
        for widget in (self.under, self.over, self.line):
            widget.bind("<Button-1>", self._pressed)
            widget.bind("<B1-Motion>", self._dragged)
        for keys, move in (
            (("<Left>", "<KP_Left>"), -1),
            (("<Right>", "<KP_Right>"), 1),
        ):
            for key in keys:
                self.bind(key, lambda event, move=move: self._step(event, move))  # type: ignore[misc]
        self.bind("<Home>", lambda _event: self.move_to(0.0))
        self.bind("<End>", lambda _event: self.move_to(1.0))
        self.bind("<space>", lambda _event: self.flip())
        self.recolor()

    @property
    def room(self) -> Tuple[int, int]:
        """The pixels that there are for the stills."""
        return max(1, self.under.winfo_width()), max(1, self.under.winfo_height())

    @property
    def both(self) -> bool:
        """Whether there are two stills to compare."""
        return None not in self._images

    def show(self, before: Optional[bytes], after: Optional[bytes]) -> None:
        """Show these stills (PPM or PNG) of the same size; a missing one leaves the other alone."""
        self._note = ""
        made = tuple(
            None if data is None else tk.PhotoImage(master=self, data=data)
            for data in (before, after)
        )
        self._images = (made[0], made[1])
        main = made[0] or made[1]
        self._size = (main.width(), main.height()) if main is not None else (0, 0)
        self._draw()

    def tell(self, text: str) -> None:
        """Say a sentence in the place of the stills."""
        self._note, self._images = text, (None, None)
        self._draw()

    def move_to(self, share: float) -> str:
        """Put the divider at this share of the picture's width and show both sides."""
        self.share = min(1.0, max(0.0, share))
        self.shown = ShownSide.BOTH
        self._place()
        return "break"

    def flip(self) -> str:
        """Show one side whole, and at the next call the other."""
        self.shown = ShownSide.BEFORE if self.shown is ShownSide.AFTER else ShownSide.AFTER
        self._place()
        return "break"

    def recolor(self) -> None:
        """Take the colours of the present palette."""
        colors = self._look.palette
        self.configure(
            background=colors.window,
            highlightbackground=colors.window,
            highlightcolor=colors.accent,
        )
        for canvas in (self.under, self.over):
            canvas.configure(background=colors.window)
        self.line.configure(background=colors.accent)
        self._draw()

    def _configured(self, _event: object) -> None:
        self._draw()
        if self._timer:
            self.after_cancel(self._timer)
        self._timer = self.after(_SETTLED, self._settled)

    def _settled(self) -> None:
        self._timer = ""
        self._resized(self.room)

    def _corner(self) -> Tuple[int, int]:
        """Where the stills begin."""
        wide, high = self.room
        return (wide - self._size[0]) // 2, (high - self._size[1]) // 2

    def _draw(self) -> None:
        before, after = self._images
        for canvas, image, name, anchor in (
            (self.under, after or before, _("After") if after else _("Before"), "ne"),
            (self.over, before if self.both else None, _("Before"), "nw"),
        ):
            canvas.delete("all")
            if image is not None:
                left, top = self._corner()
                canvas.create_image(left, top, image=image, anchor="nw")
                edge = left + (self._size[0] if anchor == "ne" else 0)
                self._write_side(canvas, name, edge, top, anchor)
        if self._note:
            wide, high = self.room
            self.under.create_text(
                *(wide // 2, high // 2),
                text=self._note,
                width=round(0.8 * wide),
                justify="center",
                fill=self._look.palette.muted,
            )
        self._place()

    def _write_side(self, canvas: tk.Canvas, name: str, x: int, y: int, anchor: str) -> None:
        """Write which side this is into the corner of its still, readable over whatever is there."""
        gap = self._look.px(6)
        sign = -1 if anchor == "ne" else 1
        place: Literal["ne", "nw"] = "ne" if anchor == "ne" else "nw"
        text = canvas.create_text(
            x + 2 * sign * gap, y + 2 * gap, text=name, anchor=place, fill="#ffffff"
        )
        left, top, right, bottom = canvas.bbox(text)
        ground = canvas.create_rectangle(
            *(left - gap, top - gap // 2, right + gap, bottom + gap // 2),
            fill="#1e1f22",
            outline="",
        )
        canvas.tag_lower(ground, text)

    def _place(self) -> None:
        """Let the upper still end at the divider."""
        if not self.both:
            self.over.place_forget()
            self.line.place_forget()
            return
        left, _top = self._corner()
        share = {ShownSide.BEFORE: 1.0, ShownSide.AFTER: 0.0, ShownSide.BOTH: self.share}[
            self.shown
        ]
        edge = left + round(share * self._size[0])
        wide = self.room[0] if self.shown is ShownSide.BEFORE else edge
        if wide:
            self.over.place(x=0, y=0, width=wide, relheight=1)
        else:
            self.over.place_forget()
        if self.shown is ShownSide.BOTH:
            thick = self._look.px(3)
            self.line.place(x=edge - thick // 2, y=0, width=thick, relheight=1)
            self.line.lift()
        else:
            self.line.place_forget()

    def _step(self, event: tk.Event[tk.Misc], direction: int) -> str:
        step = _LONG_STEP if int(event.state) & _SHIFT else _STEP
        return self.move_to(self.share + direction * step)

    def _pressed(self, event: tk.Event[tk.Misc]) -> None:
        self.focus_set()
        self._dragged(event)

    def _dragged(self, event: tk.Event[tk.Misc]) -> None:
        if self.both:
            x = event.x_root - self.under.winfo_rootx() - self._corner()[0]
            self.move_to(x / max(1, self._size[0]))
