"""A window that leads through a few pages: a list of them, the open one, and the way on."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, Dict, List, Protocol, Sequence, Tuple

from views.metrics import EDGE, GROUP, ROW
from views.placement import belong
from views.texts import _
from views.theme import Look

_WIDE, _HIGH = 960, 640  # pixels of a 96 dpi screen
_DONE, _HERE, _AHEAD = "✓", "●", "○"


class WizardPage(Protocol):
    """One page. ``first`` takes the keyboard when it opens."""

    title: str
    body: ttk.Frame

    @property
    def first(self) -> tk.Misc:
        """What the keyboard begins with."""

    def opened(self) -> None:
        """The user has come to this page."""

    def leave(self, go_on: Callable[[], None]) -> None:
        """The user wants to keep what is set here and go on: call ``go_on`` when that is done."""


class Wizard(tk.Toplevel):
    """``pages`` are made with ``body`` as their parent; ``closed`` is called once, however it ends.

    ``finished`` says what the last page's button does, and is called when it was pressed.
    """

    def __init__(
        self,
        root: tk.Misc,
        look: Look,
        title: str,
        finish: str,
        finished: Callable[[], None],
        closed: Callable[[], None],
    ) -> None:
        super().__init__(root)
        self.withdraw()
        self.title(title)
        self._look = look
        self._finish = finish
        self._finished = finished
        self._closed = closed
        self._pages: List[WizardPage] = []
        self._signs: List[ttk.Label] = []
        self._seen: Dict[int, bool] = {}
        self.place = -1  # of the open page
        self._make_buttons()
        self._list = ttk.Frame(
            self, padding=(look.px(GROUP), look.px(GROUP), look.px(ROW), look.px(GROUP))
        )
        self._list.pack(side="left", fill="y")
        ttk.Separator(self, orient="vertical").pack(side="left", fill="y", pady=look.px(GROUP))
        self.body = ttk.Frame(self, padding=look.px(GROUP))
        self.body.pack(side="left", fill="both", expand=True)
        self.protocol("WM_DELETE_WINDOW", self.close)
        self.bind("<Escape>", lambda _event: self.close())

    @property
    def page(self) -> WizardPage:
        """The open page."""
        return self._pages[self.place]

    def begin(self, pages: Sequence[WizardPage]) -> None:
        """Take the pages, show the first one, and come onto the screen."""
        self._pages = list(pages)
        for page in self._pages:
            sign = ttk.Label(self._list, text=page.title, style="Muted.TLabel")
            sign.pack(anchor="w", pady=self._look.px(4))
            self._signs.append(sign)
        if len(self._pages) == 1:
            self._list.pack_forget()
        self._look.dress_all(self)
        self._come_up()
        self._open(0)

    def next(self) -> None:
        """Keep what is set on this page and go on to the next, or finish."""
        self.page.leave(self._go_on)

    def skip(self) -> None:
        """Leave this page as it was and go on."""
        self._open(self.place + 1)

    def back(self) -> None:
        """Go back to the page before."""
        self._open(self.place - 1)

    def close(self) -> None:
        """End here; what was kept so far stays kept."""
        closed, self._closed = self._closed, lambda: None
        self.destroy()
        closed()

    def allow_next(self, allowed: bool) -> None:
        """Let the user go on with Next, or not yet."""
        self.next_button.state(["!disabled" if allowed else "disabled"])

    def _go_on(self) -> None:
        if not self.winfo_exists():
            return
        if self.place + 1 < len(self._pages):
            self._open(self.place + 1)
        else:
            self._finished()
            self.close()

    def _open(self, place: int) -> None:
        if self.place >= 0:
            self.page.body.pack_forget()
        self.place = place
        self._seen[place] = True
        last = place == len(self._pages) - 1
        self.next_button.configure(text=self._finish if last else _("Next"), underline=0)
        self.back_button.state(["!disabled" if place > 0 else "disabled"])
        if last:
            self.skip_button.pack_forget()
        else:
            self.skip_button.pack(side="right", padx=(0, self._look.px(6)), after=self.next_button)
        self.allow_next(True)
        for number, sign in enumerate(self._signs):
            mark = _HERE if number == place else _DONE if number in self._seen else _AHEAD
            style = "Name.TLabel" if number == place else "Muted.TLabel"
            sign.configure(text=f"{mark}  {self._pages[number].title}", style=style)
        self.page.body.pack(fill="both", expand=True)
        self.page.opened()
        self.page.first.focus_set()

    def _make_buttons(self) -> None:
        look = self._look
        bar = ttk.Frame(self, padding=(look.px(GROUP), look.px(EDGE)))
        bar.pack(side="bottom", fill="x")
        ttk.Separator(self).pack(side="bottom", fill="x")
        self.close_button = ttk.Button(bar, text=_("Close"), underline=0, command=self.close)
        self.close_button.pack(side="left")
        self.next_button = ttk.Button(
            bar, text=_("Next"), underline=0, style="Accent.TButton", command=self.next
        )
        self.next_button.pack(side="right")
        self.skip_button = ttk.Button(bar, text=_("Skip"), underline=0, command=self.skip)
        self.skip_button.pack(side="right", padx=(0, look.px(6)))
        self.back_button = ttk.Button(bar, text=_("Back"), underline=0, command=self.back)
        self.back_button.pack(side="right", padx=(0, look.px(6)))

    def _come_up(self) -> None:
        px = self._look.px
        screen = self.winfo_screenwidth(), self.winfo_screenheight()
        wide, high = min(px(_WIDE), screen[0]), min(px(_HIGH), screen[1] - px(60))
        belong(self, self.master, (wide, high))
        self.minsize(min(px(640), wide), min(px(420), high))
        self.deiconify()


def heading(body: ttk.Frame, look: Look, title: str, text: str) -> Tuple[ttk.Label, ttk.Label]:
    """Put a page's title and what it is about at its top; the text is as wide as the page."""
    top = ttk.Label(body, text=title, style="Title.TLabel")
    top.pack(anchor="w")
    said = ttk.Label(body, text=text, style="Muted.TLabel", justify="left")
    said.pack(anchor="w", fill="x", pady=(look.px(4), look.px(12)))
    wrap_to(body, look, said)
    return top, said


def wrap_to(body: ttk.Frame, look: Look, *labels: ttk.Label) -> None:
    """Keep labels wrapped to the width of the frame that they stand in."""

    def widened(event: tk.Event[tk.Misc]) -> None:
        for label in labels:
            label.configure(wraplength=max(look.px(100), event.width - look.px(8)))

    body.bind("<Configure>", widened, add=True)
