"""A setting that is one of several choices: shown in the user's words, kept as it is stored."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Sequence

from views.texts import N_, _

# By what is stored. A language of the window stands there in its own words, whatever the window speaks.
_WORDS = {
    "yes": N_("yes"),
    "no": N_("no"),
    "film": N_("films"),
    "series": N_("series"),
    "native": N_("at once, as the system reports"),
    "polling": N_("by regular searches"),
    "standalone": N_("standalone: works alone"),
    "master": N_("master: shares its films with slaves"),
    "slave": N_("slave: works for a master"),
    "mdns": N_("automatic (mDNS)"),
    "off": N_("only by address"),
    "automatic": N_("automatic"),
    "shared path": N_("shared folder"),
    "transfer": N_("over the network"),
    "as the system": N_("same as the system"),
    "as found": N_("as found"),
    "largest first": N_("largest first"),
    "largest saving first": N_("largest saving first"),
    "oldest first": N_("oldest first"),
    "when the queue has nothing to do": N_("when the queue has nothing to do"),
    "at once": N_("at once"),
    "pause": N_("pause the queue"),
    "use the CPU alone": N_("use the CPU only"),
    "keep working": N_("keep working"),
    "light": N_("light"),
    "dark": N_("dark"),
    "wait": N_("wait until it is installed"),
    "continue": N_("continue without it"),
    "skip": N_("skip the film"),
    "replace this name": N_("replace only this copy's name"),
    "copy the picture": N_("copy the video"),
    "keep only the static part": N_("keep plain HDR10"),
    "hevc": N_("HEVC: plays nearly everywhere"),
    "av1": N_("AV1: smaller, for new players"),
    "QSVEncC": N_("Intel, only with QSVEncC"),
    "Intel": N_("Intel graphics"),
    "NVIDIA": N_("NVIDIA card"),
    "AMD": N_("AMD graphics"),
    "any": N_("any that is found"),
    "none": N_("none: CPU only"),
    "smaller": N_("smaller"),
    "balanced": N_("balanced"),
    "better": N_("better"),
    "best": N_("best"),
    "by hand": N_("custom: as the templates say"),
    "very fast": N_("very fast"),
    "fast": N_("fast"),
    "normal": N_("normal"),
    "thorough": N_("thorough"),
    "very thorough": N_("very thorough"),
}


# Of one setting alone, where another one stores the same.
_OWN_WORDS = {
    "video.target": {
        "off": N_("off: the quality above decides"),
        "good": N_("good (92)"),
        "very good": N_("very good (94)"),
        "as good as the original": N_("as good as the original (96)"),
    },
}


def words_of(choice: str, key: str = "") -> str:
    """Return what a stored choice is called in the user's language; itself where it needs no words.

    ``key`` is the setting's.
    """
    words = {**_WORDS, **_OWN_WORDS.get(key, {})}
    return _(words[choice]) if choice in words else choice


class ChoiceBox(ttk.Combobox):
    """``variable`` has the choice as it is stored, and follows what the user chooses."""

    def __init__(
        self, parent: tk.Misc, variable: tk.StringVar, choices: Sequence[str], width: int
    ) -> None:
        self._variable = variable
        self._choices = tuple(choices)
        words = [words_of(choice) for choice in self._choices]
        super().__init__(parent, values=words, state="readonly", width=max(width, *map(len, words)))
        variable.trace_add("write", lambda *_names: self._show())
        self.bind("<<ComboboxSelected>>", lambda _event: self._take())
        self.bind("<MouseWheel>", lambda _event: "break")  # scrolling must not change it
        self._show()

    def _show(self) -> None:
        self.set(words_of(self._variable.get()))

    def _take(self) -> None:
        self._variable.set(self._choices[self.current()])


class OpenChoiceBox(ttk.Combobox):
    """The same where anything else may be typed too: ``key`` is the setting's, for its words."""

    def __init__(
        self,
        parent: tk.Misc,
        variable: tk.StringVar,
        choices: Sequence[str],
        width: int,
        key: str = "",
    ) -> None:
        self._variable = variable
        self._stored = {words_of(choice, key): choice for choice in choices}
        self._key = key
        self._shown = tk.StringVar(parent)
        words = tuple(self._stored)
        super().__init__(
            parent, values=words, textvariable=self._shown, width=max(width, *map(len, words))
        )
        variable.trace_add("write", lambda *_names: self._show())
        self._shown.trace_add("write", lambda *_names: self._take())
        self.bind("<MouseWheel>", lambda _event: "break")  # scrolling must not change it
        self._show()

    def _show(self) -> None:
        if self._stored.get(self._shown.get(), self._shown.get()) != self._variable.get():
            self._shown.set(words_of(self._variable.get(), self._key))

    def _take(self) -> None:
        stored = self._stored.get(self._shown.get(), self._shown.get())
        if stored != self._variable.get():
            self._variable.set(stored)
