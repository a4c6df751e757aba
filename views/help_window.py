"""The help: topics at the left, the open one at the right; and all shortcuts, by the commands themselves."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import List, Sequence, Tuple

from views.commands import WindowCommand
from views.help_texts import SHORTCUTS, TOPICS
from views.metrics import EDGE, GROUP
from views.read_text import ReadText
from views.scrolled import AutoScrollbar
from views.texts import N_, _
from views.theme import Look

# Keys that are no command: what they do depends on where the keyboard is.
_MORE = (
    ("Ctrl+Tab", N_("The next tab")),
    ("Ctrl+Shift+Tab", N_("The tab before")),
    ("Esc", N_("Close the window that is in front")),
    ("Space", N_("Before and after: show the other side")),
    ("← →", N_("Before and after: move the divider")),
    ("Page Up, Page Down", N_("Before and after: another place of the film")),
)


class HelpWindow(tk.Toplevel):
    """``commands`` are listed with their shortcuts."""

    def __init__(self, parent: tk.Misc, look: Look, commands: Sequence[WindowCommand]) -> None:
        super().__init__(parent)
        self.withdraw()
        self.title(_("Help"))
        self.transient(parent.winfo_toplevel())
        px = look.px
        self.names: List[str] = [*TOPICS, SHORTCUTS]
        body = ttk.Frame(self, padding=px(EDGE))
        body.pack(fill="both", expand=True)
        close = ttk.Button(body, text=_("Close"), underline=0, command=self.destroy)
        close.pack(side="bottom", anchor="e", pady=(px(10), 0))
        self.list = tk.Listbox(body, width=24, exportselection=False, activestyle="none")
        for name in self.names:
            self.list.insert("end", f" {_title(name)}")
        self.list.pack(side="left", fill="y")
        self.list.bind("<<ListboxSelect>>", lambda _event: self._chosen())
        right = ttk.Frame(body)
        right.pack(side="left", fill="both", expand=True, padx=(px(GROUP), 0))
        self.head = ttk.Label(right, style="Title.TLabel")
        self.head.pack(anchor="w", pady=(0, px(8)))
        self.text = ReadText(right, look, height=12)
        self.key_list = self._make_keys(right, look, shortcuts_of(commands))
        self.bind("<Escape>", lambda _event: self.destroy())
        self.bind("<Alt-c>", lambda _event: self.destroy())
        self.minsize(px(520), px(320))
        look.dress_all(self)
        root = parent.winfo_toplevel()
        wide, high = min(px(760), self.winfo_screenwidth()), min(px(460), self.winfo_screenheight())
        left = root.winfo_rootx() + max(0, (root.winfo_width() - wide) // 2)
        top = root.winfo_rooty() + max(0, (root.winfo_height() - high) // 3)
        self.geometry(f"{wide}x{high}+{left}+{top}")
        self.deiconify()
        self.list.focus_set()

    def open(self, name: str) -> None:
        """Show a topic; the queue's where there is none of this name."""
        place = self.names.index(name if name in self.names else self.names[0])
        self.list.selection_clear(0, "end")
        self.list.selection_set(place)
        self.list.activate(place)
        self.list.see(place)
        self._show(self.names[place])

    def _chosen(self) -> None:
        for place in self.list.curselection():  # type: ignore[no-untyped-call]
            self._show(self.names[int(place)])

    def _show(self, name: str) -> None:
        self.head.configure(text=_title(name))
        if name == SHORTCUTS:
            self.text.pack_forget()
            self.key_list.pack(fill="both", expand=True)
            return
        self.key_list.pack_forget()
        _head, paragraphs = TOPICS[name]
        self.text.show([("\n\n".join(map(_, paragraphs)), "")])
        self.text.pack(fill="both", expand=True)

    def _make_keys(
        self, parent: tk.Misc, look: Look, shortcuts: Sequence[Tuple[str, str]]
    ) -> ttk.Frame:
        place = ttk.Frame(parent)
        self.table = ttk.Treeview(place, columns=("keys", "what"), show="headings", height=8)
        for name, title, width in (("keys", _("Shortcut"), 150), ("what", _("Action"), 300)):
            self.table.heading(name, text=title, anchor="w")
            self.table.column(name, width=look.px(width), stretch=name == "what")
        for keys, what in shortcuts:
            self.table.insert("", "end", values=(keys, what))
        bar = AutoScrollbar(place, orient="vertical", command=self.table.yview)
        self.table.configure(yscrollcommand=bar.set)
        place.rowconfigure(0, weight=1)
        place.columnconfigure(0, weight=1)
        self.table.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns")
        return place


def shortcuts_of(commands: Sequence[WindowCommand]) -> Sequence[Tuple[str, str]]:
    """Return keys and what they do, of every command that has some, and of the other keys."""
    listed = [
        (command.shortcut_text, command.text.rstrip("…"))
        for command in commands
        if command.shortcut_text
    ]
    return (*listed, *((keys, _(what)) for keys, what in _MORE))


def _title(name: str) -> str:
    return _("Keyboard shortcuts") if name == SHORTCUTS else _(TOPICS[name][0])
