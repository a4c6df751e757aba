"""What the window asks: files, a folder, one of a few answers. Tests put answers in its place."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path
from tkinter import filedialog, messagebox, ttk
from typing import Optional, Sequence, Tuple

from views.texts import _, sentence
from views.theme import Look

_FILMS = "*.mkv *.mp4 *.m4v *.avi *.mov *.ts *.m2ts *.mts *.webm *.wmv *.mpg *.mpeg *.vob *.flv"


class Dialogs:
    """The dialogs of one window."""

    def __init__(self, root: tk.Tk, look: Look) -> None:
        self._root = root
        self._look = look

    def films(self) -> Tuple[Path, ...]:
        """Ask for films; nothing when the user changes their mind."""
        chosen = filedialog.askopenfilenames(
            parent=self._root,
            title=_("Add films"),
            filetypes=[(_("Films"), _FILMS + " " + _FILMS.upper()), (_("All files"), "*")],
        )
        return tuple(Path(path) for path in chosen or ())

    def folder(self) -> Optional[Path]:
        """Ask for a folder; None when the user changes their mind."""
        chosen = filedialog.askdirectory(parent=self._root, title=_("Add a folder"), mustexist=True)
        return Path(chosen) if chosen else None

    def path(self, kind: str) -> str:
        """Ask for a ``folder`` or, for any other kind, a file; empty when the user changes their mind."""
        if kind == "folder":
            return filedialog.askdirectory(parent=self._root, title=_("Choose a folder"))
        return str(filedialog.askopenfilename(parent=self._root, title=_("Choose a file")) or "")

    def save_as(self, title: str, name: str, kind: str, pattern: str) -> Optional[Path]:
        """Ask where to write a file (``pattern``: ``*.html``); None when the user changes their mind."""
        chosen = filedialog.asksaveasfilename(
            parent=self._root,
            title=title,
            initialfile=name,
            defaultextension=pattern.lstrip("*"),
            filetypes=[(kind, pattern)],
        )
        return Path(chosen) if chosen else None

    def tell(self, title: str, text: str) -> None:
        """Tell something that has to be read."""
        messagebox.showinfo(title, text, parent=self._root)

    def error(self, text: str) -> None:
        """Tell what went wrong."""
        messagebox.showerror("MediaProcessor", sentence(text), parent=self._root)

    def choose(self, title: str, text: str, answers: Sequence[str]) -> Optional[int]:
        """Ask for one of the answers, by number; None when the question is closed without one."""
        return _Question(self._root, self._look, title, text, answers).answer


class _Question(tk.Toplevel):
    """A question whose buttons say what they do."""

    def __init__(
        self, root: tk.Tk, look: Look, title: str, text: str, answers: Sequence[str]
    ) -> None:
        super().__init__(root)
        self.withdraw()
        self.title(title)
        self.transient(root)
        self.resizable(False, False)
        self.answer: Optional[int] = None
        look.dress(self)
        body = ttk.Frame(self, padding=look.px(18))
        body.pack()
        ttk.Label(body, text=text, wraplength=look.px(420), justify="left").pack(anchor="w")
        row = ttk.Frame(body)
        row.pack(anchor="e", pady=(look.px(16), 0))
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
        self.bind("<Escape>", lambda _event: self._close(None))
        self.protocol("WM_DELETE_WINDOW", lambda: self._close(None))
        self.update_idletasks()
        left = root.winfo_rootx() + (root.winfo_width() - self.winfo_reqwidth()) // 2
        top = root.winfo_rooty() + (root.winfo_height() - self.winfo_reqheight()) // 3
        self.geometry(f"+{max(0, left)}+{max(0, top)}")
        self.deiconify()
        self.wait_visibility()
        self.grab_set()
        self.wait_window()

    def _close(self, answer: Optional[int]) -> None:
        self.answer = answer
        self.destroy()
