"""What the window asks: files, a folder, one of a few answers. Tests put answers in its place."""

from __future__ import annotations

import copy
import tkinter as tk
from pathlib import Path
from tkinter import filedialog, ttk
from typing import Optional, Sequence, Tuple, TypeVar

from views.metrics import GROUP, QUESTION
from views.placement import asking_window, belong
from views.table_parts import Sign
from views.texts import _, sentence
from views.theme import Look

_FILMS = "*.mkv *.mp4 *.m4v *.avi *.mov *.ts *.m2ts *.mts *.webm *.wmv *.mpg *.mpeg *.vob *.flv"

_WRAP = 420  # pixels of a 96 dpi screen
_MOMENTS = (1, 100, 300)  # milliseconds after a click beside a question

Self = TypeVar("Self", bound="Dialogs")


class Dialogs:
    """The dialogs of the program; each belongs to the window that it was asked from."""

    def __init__(self, root: tk.Tk, look: Look) -> None:
        self._root = root
        self._look = look
        self.asker: Optional[tk.Misc] = None

    def over(self: Self, widget: tk.Misc) -> Self:
        """Return the same dialogs, over the window that this widget is in.

        Others stand over the window that the user is at, which is another where they come after a while.
        """
        copied = copy.copy(self)
        copied.asker = widget
        return copied

    @property
    def _parent(self) -> tk.Misc:
        asker = self.asker
        if asker is not None and asker.winfo_exists():
            return asker.winfo_toplevel()
        return asking_window(self._root)

    def films(self) -> Tuple[Path, ...]:
        """Ask for films; nothing when the user changes their mind."""
        chosen = filedialog.askopenfilenames(
            parent=self._parent,
            title=_("Add films"),
            filetypes=[(_("Films"), _FILMS + " " + _FILMS.upper()), (_("All files"), "*")],
        )
        return tuple(Path(path) for path in chosen or ())

    def folder(self) -> Optional[Path]:
        """Ask for a folder; None when the user changes their mind."""
        chosen = filedialog.askdirectory(
            parent=self._parent, title=_("Add a folder"), mustexist=True
        )
        return Path(chosen) if chosen else None

    def path(self, kind: str) -> str:
        """Ask for a ``folder`` or, for any other kind, a file; empty when the user changes their mind."""
        if kind == "folder":
            return filedialog.askdirectory(parent=self._parent, title=_("Choose a folder"))
        return str(filedialog.askopenfilename(parent=self._parent, title=_("Choose a file")) or "")

    def save_as(self, title: str, name: str, kind: str, pattern: str) -> Optional[Path]:
        """Ask where to write a file (``pattern``: ``*.html``); None when the user changes their mind."""
        chosen = filedialog.asksaveasfilename(
            parent=self._parent,
            title=title,
            initialfile=name,
            defaultextension=pattern.lstrip("*"),
            filetypes=[(kind, pattern)],
        )
        return Path(chosen) if chosen else None

    def tell(self, title: str, text: str) -> None:
        """Tell something that has to be read."""
        self._say(title, text, Sign("info", "accent"))

    def error(self, text: str) -> None:
        """Tell what went wrong."""
        self._say("MediaProcessor", sentence(text), Sign("warning", "error"))

    def _say(self, title: str, text: str, sign: Sign) -> None:
        """Tk's own box on X11 is bold, always light, and has its button's word in another language."""
        _Question(self._parent, self._look, title, text, (_("OK"),), sign)

    def choose(self, title: str, text: str, answers: Sequence[str]) -> Optional[int]:
        """Ask for one of the answers, by number; None when the question is closed without one."""
        return _Question(self._parent, self._look, title, text, answers).answer


class _Question(tk.Toplevel):
    """A question whose buttons say what they do."""

    def __init__(
        self,
        opener: tk.Misc,
        look: Look,
        title: str,
        text: str,
        answers: Sequence[str],
        sign: Optional[Sign] = None,
    ) -> None:
        super().__init__(opener)
        self.withdraw()
        self.title(title)
        self.resizable(False, False)
        self.answer: Optional[int] = None
        look.dress(self)
        body = ttk.Frame(self, padding=look.px(QUESTION))
        body.pack()
        told = ttk.Frame(body)
        told.pack(anchor="w")
        if sign is not None:
            image = look.icons.image(*sign)
            ttk.Label(told, image=image).pack(side="left", anchor="n", padx=(0, look.px(GROUP)))
        words = ttk.Label(told, text=text, justify="left")
        words.pack(side="left")
        row = ttk.Frame(body)
        row.pack(anchor="e", pady=(look.px(GROUP), 0))
        for number, label in enumerate(answers):
            button = ttk.Button(
                row,
                text=label,
                style="Accent.TButton" if number == 0 else "TButton",
                command=lambda chosen=number: self._close(chosen),  # type: ignore[misc]
            )
            button.pack(side="left", padx=(look.px(6), 0))
            if number == 0:
                button.focus_set()
                self.bind("<Return>", lambda _event: self._close(0))
        words.configure(wraplength=max(look.px(_WRAP), row.winfo_reqwidth()))
        self.bind("<Escape>", lambda _event: self._close(None))
        self.protocol("WM_DELETE_WINDOW", lambda: self._close(None))
        self.bind("<ButtonPress>", self._clicked)
        belong(self, opener, question=True)
        self.deiconify()
        self.wait_visibility()
        before = self.tk.splitlist(self.tk.call("grab", "current"))
        self.grab_set()
        self.wait_window()
        for path in before:  # a question within a question gives it back
            if opener.tk.call("winfo", "exists", path):
                opener.tk.call("grab", "set", path)

    def _clicked(self, event: tk.Event[tk.Misc]) -> None:
        """Keep the keyboard where the answer is: a click on a window that waits comes here by the grab.

        Its window manager gives that window the keyboard all the same, a moment later.
        """
        left, top = event.x_root - self.winfo_rootx(), event.y_root - self.winfo_rooty()
        if not (0 <= left < self.winfo_width() and 0 <= top < self.winfo_height()):
            self.lift()
            for moment in _MOMENTS:
                self.nametowidget(".").after(
                    moment, self._take_keyboard
                )  # it may be answered by then

    def _take_keyboard(self) -> None:
        if self.winfo_exists():
            (self.focus_lastfor() or self).focus_force()

    def _close(self, answer: Optional[int]) -> None:
        self.answer = answer
        self.destroy()
