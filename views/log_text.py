"""Lines of a log: levels by colour and name, searched, followed, and only the last ones kept."""

from __future__ import annotations

import logging
import tkinter as tk
from dataclasses import dataclass
from tkinter import ttk
from typing import List, Sequence, Set, Tuple

from views.scrolled import AutoScrollbar
from views.shown import visible
from views.theme import Look

LARGEST = 5000  # lines; the files hold everything
LONGEST = 2000  # characters of a line that are shown
_LEVELS = (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR)


@dataclass(frozen=True)
class LogLine:
    """One record of the log, already formatted and without secrets."""

    level: int
    text: str


class LogText(ttk.Frame):
    """A text that lines are added to in batches; it follows them while its end is in view.

    ``<<Searched>>`` tells that the number of matches, or the present one, has changed.
    """

    def __init__(self, parent: tk.Misc, look: Look) -> None:
        super().__init__(parent)
        self._look = look
        self._lines = 0
        self._wanted = ""
        self._lowest = logging.INFO
        self._levels: Set[int] = set()  # of the lines that are there
        self.follows = True
        self._at_end = True  # whether the end was in view when the text was seen last
        self.text = tk.Text(self, wrap="none", font="TkFixedFont", state="disabled", undo=False)
        upright = AutoScrollbar(self, orient="vertical", command=self.text.yview)
        across = AutoScrollbar(self, orient="horizontal", command=self.text.xview)
        self.text.configure(yscrollcommand=upright.set, xscrollcommand=across.set)
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self.text.grid(row=0, column=0, sticky="nsew")
        upright.grid(row=0, column=1, sticky="ns")
        across.grid(row=1, column=0, sticky="ew")
        # A disabled text takes no focus by itself, and without it there is no copying and no scrolling.
        self.text.bind("<Button-1>", lambda _event: self.text.focus_set())
        # A text that is not seen, or was just made smaller, has no end in view to tell by.
        for event in ("<Map>", "<Configure>"):
            self.text.bind(event, lambda _event: self._stay_at_end())
        for event in ("<ButtonRelease>", "<KeyRelease>", "<MouseWheel>"):
            for widget in (self.text, upright):
                widget.bind(event, lambda _event: self.after_idle(self._note_place), add=True)
        self.recolor()
        self.show_from(logging.INFO)

    def append(self, lines: Sequence[LogLine]) -> None:
        """Add lines; together this is 60 times quicker than one by one."""
        if not lines:
            return
        self._note_place()
        parts: List[str] = []
        for line in lines[-LARGEST:]:
            shown = _shown(line.text)
            self._levels.add(line.level)
            self._lines += shown.count("\n") + 1
            parts += [shown + "\n", _tag(line.level)]
        start = self.text.index("end-1c")
        self.text.configure(state="normal")
        self.text.insert("end", *parts)
        self._highlight(start)
        if self._lines > LARGEST:
            self.text.delete("1.0", f"{self._lines - LARGEST + 1}.0")
            self._lines = LARGEST
        self.text.configure(state="disabled")
        self._stay_at_end()
        if self._wanted:
            self.event_generate("<<Searched>>")

    def _note_place(self) -> None:
        if self.text.winfo_viewable():
            self._at_end = self.text.yview()[1] >= 1.0

    def _stay_at_end(self) -> None:
        if self.follows and self._at_end:
            self.text.see("end")

    def clear(self) -> None:
        """Take all lines out."""
        self.text.configure(state="normal")
        self.text.delete("1.0", "end")
        self.text.configure(state="disabled")
        self._lines = 0
        self._levels.clear()

    @property
    def blank(self) -> bool:
        """Whether no line is seen, as far as the levels go."""
        return not any(level >= self._lowest for level in self._levels)

    def show_from(self, lowest: int) -> None:
        """Show the lines of this level and above; the others stay, unseen."""
        self._lowest = lowest
        for level in _LEVELS:
            self.text.tag_configure(_tag(level), elide=level < lowest)
        self.search(self._wanted)
        if self.follows:
            self.text.see("end")

    def follow(self, wanted: bool) -> None:
        """Keep the newest line in view, or stay where the user reads."""
        self.follows = self._at_end = wanted
        self._stay_at_end()

    def search(self, wanted: str) -> None:
        """Mark all that matches among what is shown; empty marks nothing. Case does not matter."""
        self._wanted = wanted
        self.text.tag_remove("match", "1.0", "end")
        self.text.tag_remove("found", "1.0", "end")
        self._highlight("1.0")
        self.event_generate("<<Searched>>")

    def step(self, forward: bool = True) -> None:
        """Go to the next match, or the one before; from the end it goes on at the beginning."""
        at = [str(index) for index in self.text.tag_ranges("found")]
        if not self.matches:
            return
        search = self.text.tag_nextrange if forward else self.text.tag_prevrange
        start = at[1 if forward else 0] if at else self.text.index("@0,0")
        place: Sequence[str] = search("match", start) or search(
            "match", "1.0" if forward else "end"
        )
        first, last = place
        self.text.tag_remove("found", "1.0", "end")
        self.text.tag_add("found", first, last)
        self.text.see(last)
        self.text.see(first)
        self._note_place()
        self.event_generate("<<Searched>>")

    @property
    def matches(self) -> int:
        """How many matches are marked."""
        return len(self.text.tag_ranges("match")) // 2

    @property
    def present_match(self) -> int:
        """Which of them was gone to, from 1; 0 for none."""
        at = self.text.tag_ranges("found")
        if not at:
            return 0
        starts = [str(index) for index in self.text.tag_ranges("match")[::2]]
        return starts.index(str(at[0])) + 1 if str(at[0]) in starts else 0

    def recolor(self) -> None:
        """Take the colours of the present palette."""
        colors = self._look.palette
        for tag, color in (
            ("debug", colors.muted),
            ("info", colors.text),
            ("warning", colors.warning),
            ("error", colors.error),
        ):
            self.text.tag_configure(tag, foreground=color)
        self.text.tag_configure("match", background=colors.selection, foreground=colors.text)
        self.text.tag_configure("found", background=colors.accent, foreground=colors.on_accent)
        self.text.tag_raise("match")
        self.text.tag_raise("found")
        self.text.tag_raise("sel")

    def _highlight(self, start: str) -> None:
        if not self._wanted:
            return
        lengths = tk.StringVar(self)
        places: Tuple[str, ...] = self.tk.splitlist(
            self.tk.call(
                *(str(self.text), "search", "-all", "-nocase", "-count", str(lengths)),
                *("--", self._wanted, start, "end"),
            )
        )
        ranges: List[str] = []
        for place, length in zip(places, self.tk.splitlist(self.tk.call("set", str(lengths)))):
            ranges += [place, f"{place}+{length}c"]
        if ranges:
            self.tk.call(str(self.text), "tag", "add", "match", *ranges)


def _shown(text: str) -> str:
    """A line as it is shown: no characters that play tricks, and not longer than Tk can draw quickly."""
    lines = [visible(line.replace("\t", "    ")) for line in text.split("\n")]
    return "\n".join(line if len(line) <= LONGEST else line[: LONGEST - 1] + "…" for line in lines)


def _tag(level: int) -> str:
    if level >= logging.ERROR:
        return "error"
    if level >= logging.WARNING:
        return "warning"
    return "info" if level >= logging.INFO else "debug"
