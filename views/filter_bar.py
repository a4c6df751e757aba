"""Narrows a list of films down by folder, size and codec; opened below the list's search."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, Dict, List, Optional, Sequence

from core.media.codec_names import codec_name
from core.queue.film_filter import FilmFilter
from views.numbers import size_text
from views.texts import _, pgettext
from views.theme import Look

_PAUSE = 250  # milliseconds after the last letter
_GIGABYTE = 1e9


class FilterBar(ttk.Frame):
    """The fields of a filter; ``changed`` is called when another one is wanted.

    ``choose_folder`` asks the user for a folder ("" for none).
    """

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        changed: Callable[[], None],
        choose_folder: Callable[[], str],
    ) -> None:
        super().__init__(parent)
        self._changed = changed
        self._choose = choose_folder
        self._timer = ""
        self._codecs: Dict[str, Optional[str]] = {}
        self.folder, self.smallest, self.largest, self.codec = (
            tk.StringVar(self) for _number in range(4)
        )
        gap = look.px(6)
        ttk.Label(self, text=_("Folder:")).pack(side="left", padx=(0, gap))
        self.folder_entry = ttk.Entry(self, textvariable=self.folder, width=20)
        self.folder_entry.pack(side="left", fill="x", expand=True)
        browse = ttk.Button(self, text="…", style="Small.TButton", command=self._browse)
        browse.pack(side="left", padx=(look.px(2), 0))
        ttk.Label(self, text=_("Size from:")).pack(side="left", padx=(look.px(14), gap))
        self.sizes: List[ttk.Entry] = []
        for variable, after in ((self.smallest, _("to:")), (self.largest, "GB")):
            entry = ttk.Entry(self, textvariable=variable, width=6, justify="right")
            entry.pack(side="left")
            ttk.Label(self, text=after).pack(side="left", padx=gap)
            self.sizes.append(entry)
        ttk.Label(self, text=_("Codec:")).pack(side="left", padx=(look.px(8), gap))
        self.codec_box = ttk.Combobox(self, textvariable=self.codec, state="readonly", width=14)
        self.codec_box.pack(side="left")
        self.codec_box.bind("<<ComboboxSelected>>", lambda _event: self._changed())
        self.show_codecs(())
        for variable in (self.folder, self.smallest, self.largest):
            variable.trace_add("write", lambda *_names: self._soon())
        self.bind("<Destroy>", lambda _event: self._stop())

    @property
    def wanted(self) -> FilmFilter:
        """The filter that the fields say; a size that is no number counts as none."""
        return FilmFilter(
            self.folder.get().strip(),
            _bytes(self.smallest.get()),
            _bytes(self.largest.get()),
            self._codecs.get(self.codec.get()),
        )

    def told(self) -> str:
        """The filter in words; "" where there is none."""
        wanted = self.wanted
        parts = [_("folder {folder}").format(folder=wanted.folder)] if wanted.folder else []
        if wanted.smallest is not None:
            parts.append(_("from {size}").format(size=size_text(wanted.smallest)))
        if wanted.largest is not None:
            parts.append(_("up to {size}").format(size=size_text(wanted.largest)))
        if wanted.codec is not None:
            parts.append(self.codec.get())
        return ", ".join(parts)

    def show_codecs(self, codecs: Sequence[str]) -> None:
        """Let one of these codecs be chosen."""
        chosen = self._codecs.get(self.codec.get())
        self._codecs = {
            pgettext("codecs", "All"): None,
            **{codec_name(codec): codec for codec in codecs},
        }
        if chosen and chosen not in codecs:
            self._codecs[codec_name(chosen)] = chosen
        self._codecs[_("Not known yet")] = ""
        self.codec_box.configure(values=list(self._codecs))
        if self.codec.get() not in self._codecs:
            self.codec.set(pgettext("codecs", "All"))

    def clear(self) -> None:
        """Let everything through again."""
        for variable in (self.folder, self.smallest, self.largest):
            variable.set("")
        self.codec.set(pgettext("codecs", "All"))
        self._now()

    def _browse(self) -> None:
        folder = self._choose()
        if folder:
            self.folder.set(folder)

    def _soon(self) -> None:
        self._stop()
        self._timer = self.after(_PAUSE, self._now)

    def _now(self) -> None:
        self._stop()
        for entry, text in zip(self.sizes, (self.smallest.get(), self.largest.get())):
            wrong = bool(text.strip()) and _bytes(text) is None
            entry.state(["invalid" if wrong else "!invalid"])
        self._changed()

    def _stop(self) -> None:
        if self._timer:
            self.after_cancel(self._timer)
            self._timer = ""


def _bytes(gigabytes: str) -> Optional[int]:
    """A size as it was typed, with a decimal point or comma; None where it is none."""
    try:
        size = float(gigabytes.strip().replace(",", "."))
    except ValueError:
        return None
    return round(size * _GIGABYTE) if 0 <= size < _GIGABYTE else None
