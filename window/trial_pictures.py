"""The pictures of a template's test: the part of the film and what was made of it, in a window of its own."""

from __future__ import annotations

import tkinter as tk
from typing import TYPE_CHECKING, Optional

from views.placement import color_title_bar
from views.texts import _
from window.film_sides import JobSides
from window.services import WindowServices

if TYPE_CHECKING:
    from app.template_trial import TemplateTrial
    from window.pictures_controller import PicturesController


class TrialPictures:
    """Shows the last test that ended well; ``close`` before its files go."""

    def __init__(self, parent: tk.Misc, services: WindowServices) -> None:
        self._parent = parent
        self._services = services
        self._sides: Optional[JobSides] = None
        self._name = ""
        self.window: Optional[tk.Toplevel] = None
        self.page: Optional[PicturesController] = None
        services.on_look.append(self._recolor)

    def take(self, trial: TemplateTrial, film: str) -> None:
        """Remember where the files of a test lie; ``film`` is the film's name."""
        self._sides = JobSides(trial.source, trial.result)
        self._name = film

    def open(self) -> None:
        """Show them, or bring the window to the front."""
        sides, look = self._sides, self._services.look
        if self.window is not None:
            self.window.lift()
            return
        if sides is None:
            return
        from window.pictures_controller import PicturesController  # few ever test a template

        self.window = window = tk.Toplevel(self._parent)
        window.withdraw()
        window.title(_("Test of {film}: before and after").format(film=self._name))
        window.transient(self._parent.winfo_toplevel())
        self.page = PicturesController(self._services, lambda: sides)
        view = self.page.attach(window)
        view.configure(padding=look.px(12))
        view.pack(fill="both", expand=True)
        window.bind("<Escape>", lambda _event: self.close())
        window.bind("<Destroy>", lambda event: self._destroyed(event.widget), add=True)
        wide = min(look.px(960), window.winfo_screenwidth())
        window.geometry(f"{wide}x{min(look.px(680), window.winfo_screenheight())}")
        window.minsize(look.px(480), look.px(360))
        look.dress_all(window)
        window.deiconify()
        color_title_bar(window, dark=look.palette.dark)
        view.slider.focus_set()
        self.page.begin()

    def close(self) -> None:
        """Close the window."""
        if self.window is not None:
            self.window.destroy()

    def _destroyed(self, widget: object) -> None:
        if widget is self.window:
            self.window = self.page = None

    def _recolor(self) -> None:
        if self.window is not None and self.page is not None:
            self._services.look.dress_all(self.window)
            self.page.view.recolor()
            color_title_bar(self.window, dark=self._services.look.palette.dark)
