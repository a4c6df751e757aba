"""The pages of the first steps: programs, folders, languages, speed, originals, and one plan."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path
from tkinter import ttk
from typing import Callable, Dict, List, Optional, Sequence, Tuple

from core.errors import ConfigError
from core.settings.fields import FIELDS
from core.tools import InstallOffer
from views.empty_state import EmptyState
from views.fitted_tree import FittedTree
from views.language_list import LanguageList
from views.shown import visible
from views.step_cards import step_cards
from views.texts import _, sentence
from views.theme import Look
from views.wizard import heading, wrap_to

GoOn = Callable[[], None]
Keep = Callable[[Dict[str, str], GoOn], None]
AUDIO, SUBTITLES, DAYS = "audio.languages", "subtitles.languages", "files.keep_original_days"


class StepPage:
    """What the pages have in common."""

    def __init__(self, parent: tk.Misc, look: Look, title: str, text: str) -> None:
        self.title = title
        self.look = look
        self.body = ttk.Frame(parent)
        heading(self.body, look, title, text)

    @property
    def first(self) -> tk.Misc:
        """What the keyboard begins with."""
        return self.body

    def opened(self) -> None:
        """Nothing has to be read again."""

    def leave(self, go_on: GoOn) -> None:
        """Nothing has to be kept."""
        go_on()

    def note(self) -> ttk.Label:
        """Return a line for what happens, below what is there so far."""
        label = ttk.Label(self.body, style="Muted.TLabel", justify="left")
        label.pack(anchor="w", fill="x", pady=(self.look.px(8), 0))
        wrap_to(self.body, self.look, label)
        return label


class ToolsPage(StepPage):
    """``find`` looks for the programs, answered by ``show``; ``install`` gets the offer that was chosen."""

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        find: Callable[[], None],
        install: Callable[[InstallOffer], None],
    ) -> None:
        text = _(
            "MediaProcessor needs a few free programs. Required: ffmpeg and ffprobe. Optional: the "
            "others make it faster or more precise."
        )
        super().__init__(parent, look, _("Programs"), text)
        self._find = find
        self._install = install
        self.install_buttons: List[ttk.Button] = []
        self.table = FittedTree(
            self.body, look, columns=("name", "state"), show="headings", height=5, selectmode="none"
        )
        for name, title, width in (("name", _("Program"), 120), ("state", _("Status"), 400)):
            self.table.heading(name, text=title, anchor="w")
            self.table.column(name, width=look.px(width), stretch=name == "state")
        self.table.pack(fill="x")
        self.offers = ttk.Frame(self.body)
        self.offers.pack(fill="x", pady=(look.px(8), 0))
        line = ttk.Frame(self.body)
        line.pack(fill="x", pady=(look.px(8), 0))
        self.again_button = ttk.Button(line, text=_("Check again"), underline=0, command=find)
        self.again_button.pack(side="left")
        self.bar = ttk.Progressbar(line, mode="indeterminate", length=look.px(180))
        self.said = self.note()

    @property
    def first(self) -> tk.Misc:
        """What the keyboard begins with."""
        return self.again_button

    def opened(self) -> None:
        """Look for the programs where that was not done yet."""
        if not self.table.get_children():
            self._find()

    def show(self, rows: Sequence[Tuple[str, str]], offers: Sequence[InstallOffer]) -> None:
        """Show each program's name and state, and how those that are missing can be had."""
        self.table.delete(*self.table.get_children())
        for row in rows:
            self.table.insert("", "end", values=row)
        for old in self.offers.winfo_children():
            old.destroy()
        self.install_buttons = []
        for offer in offers:
            self._show_offer(offer)
        self.tell("" if offers else _("Everything is installed."))

    def busy(self, text: str) -> None:
        """Say what is going on; nothing else can be asked for meanwhile."""
        self.said.configure(text=text, style="Muted.TLabel")
        self.bar.pack(side="left", padx=self.look.px(12))
        self.bar.start(30)
        self._allow(False)

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Show the outcome of the last action."""
        self.bar.stop()
        self.bar.pack_forget()
        self.said.configure(text=sentence(text), style="Error.TLabel" if wrong else "Muted.TLabel")
        self._allow(True)

    def _allow(self, allowed: bool) -> None:
        for button in (self.again_button, *self.install_buttons):
            button.state(["!disabled" if allowed else "disabled"])

    def _show_offer(self, offer: InstallOffer) -> None:
        line = ttk.Frame(self.offers)
        line.pack(fill="x", pady=self.look.px(2))
        if offer.argv:
            button = ttk.Button(
                line,
                text=_("Install {program}…").format(program=offer.title),
                command=lambda: self._install(offer),
            )
            button.pack(side="left")
            self.install_buttons.append(button)
        else:
            label = ttk.Label(line, text=f"{offer.title}: {visible(offer.hint)}", justify="left")
            label.pack(anchor="w", fill="x")
            wrap_to(line, self.look, label)


class FirstFoldersPage(StepPage):
    """``choose`` asks for a folder; ``check`` gets a folder and answers by ``take`` or ``tell``."""

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        choose: Callable[[], Optional[Path]],
        check: Callable[[Path], None],
    ) -> None:
        text = _(
            "All films in these folders, and new ones, are added to the queue automatically. "
            "Watching starts at the end of these steps, after you have seen what would be done "
            "with one of them."
        )
        super().__init__(parent, look, _("Folders"), text)
        self._choose = choose
        self._check = check
        self.folders: List[Path] = []
        line = ttk.Frame(self.body)
        line.pack(fill="both", expand=True)
        self.list = tk.Listbox(line, height=8, exportselection=False, activestyle="none")
        look.dress(self.list)
        self.list.pack(side="left", fill="both", expand=True)
        self.empty = EmptyState(
            self.list,
            look,
            _("Add the folder that your films are in."),
            ((_("Add…"), self.add),),
        )
        buttons = ttk.Frame(line)
        buttons.pack(side="left", anchor="n", padx=(look.px(8), 0))
        self.add_button = ttk.Button(buttons, text=_("Add…"), underline=0, command=self.add)
        self.add_button.pack(fill="x")
        self.remove_button = ttk.Button(buttons, text=_("Remove"), underline=0, command=self.remove)
        self.remove_button.pack(fill="x", pady=look.px(6))
        self.list.bind("<Delete>", lambda _event: self.remove())
        self.list.bind("<<ListboxSelect>>", lambda _event: self._enable())
        self.only_new = tk.BooleanVar(self.body, False)
        for text, value in (
            (_("Process all of them, and new ones"), False),
            (_("Process only new ones from now on"), True),
        ):
            button = ttk.Radiobutton(self.body, text=text, variable=self.only_new, value=value)
            button.pack(anchor="w", pady=(look.px(4), 0))
        self.said = self.note()
        self.empty.show(empty=True)
        self._enable()

    @property
    def first(self) -> tk.Misc:
        """What the keyboard begins with."""
        return self.add_button

    def show_count(self, folder: Path, films: str) -> None:
        """Show beside a folder how many films it holds."""
        if folder in self.folders:
            place = self.folders.index(folder)
            self.list.delete(place)
            self.list.insert(place, f"{folder}   {films}")

    def add(self) -> None:
        """Ask for one more folder."""
        folder = self._choose()
        if folder is not None and folder not in self.folders:
            self._check(folder)

    def take(self, folder: Path) -> None:
        """Put a folder that may be watched on the list."""
        self.folders.append(folder)
        self.list.insert("end", str(folder))
        self.empty.show(empty=False)
        self.said.configure(text="")

    def tell(self, text: str) -> None:
        """Say why a folder cannot be watched."""
        self.said.configure(text=sentence(text), style="Error.TLabel")

    def remove(self) -> None:
        """Take the chosen folder off the list."""
        for place in self.list.curselection():  # type: ignore[no-untyped-call]
            self.list.delete(place)
            del self.folders[int(place)]
            break
        self.empty.show(empty=not self.folders)
        self._enable()

    def _enable(self) -> None:
        chosen = bool(self.list.curselection())  # type: ignore[no-untyped-call]
        self.remove_button.state(["!disabled" if chosen else "disabled"])


class _KeepingPage(StepPage):
    """A page of settings: ``keep`` stores texts by key and then goes on; ``tell`` says why it cannot."""

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        words: Tuple[str, str],
        keep: Keep,
    ) -> None:
        super().__init__(parent, look, *words)
        self._keep = keep
        self.said: ttk.Label

    def texts(self) -> Dict[str, str]:
        """What is set here, by key."""
        raise NotImplementedError

    def leave(self, go_on: GoOn) -> None:
        """Keep what is set here, unless something is wrong with it."""
        texts = self.texts()
        for key, text in texts.items():
            try:
                FIELDS[key].parse(text)
            except ConfigError as error:
                self.tell(visible(error.problem))
                return
        self.said.configure(text="")
        self._keep(texts, go_on)

    def tell(self, text: str) -> None:
        """Say why it cannot be kept."""
        self.said.configure(text=sentence(text), style="Error.TLabel")


class LanguagesPage(_KeepingPage):
    """``audio`` and ``subtitles`` are what is set now, codes with commas between them."""

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        audio: str,
        subtitles: str,
        keep: Keep,
    ) -> None:
        text = _(
            "Audio in these languages is kept, and always the film's original language. The first "
            "language comes first in the file. “und” (unknown) keeps tracks without a language tag."
        )
        super().__init__(parent, look, (_("Languages"), text), keep)
        self._subtitles = subtitles
        self.audio = tk.StringVar(self.body, audio)
        self.same = tk.BooleanVar(self.body, audio == subtitles)
        self.list = LanguageList(self.body, look, self.audio)
        self.list.pack(anchor="w")
        check = ttk.Checkbutton(
            self.body, text=_("Subtitles in the same languages"), underline=0, variable=self.same
        )
        check.pack(anchor="w", pady=(look.px(10), 0))
        self.said = self.note()

    @property
    def first(self) -> tk.Misc:
        """What the keyboard begins with."""
        return self.list.list

    def texts(self) -> Dict[str, str]:
        """What is set here, by key."""
        audio = self.audio.get()
        return {AUDIO: audio, SUBTITLES: audio if self.same.get() else self._subtitles}


class OriginalsPage(_KeepingPage):
    """``days`` is what is set now, as text."""

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        days: str,
        keep: Keep,
    ) -> None:
        text = _(
            "A film is replaced only after its result has been verified. The original is then kept "
            "in a hidden folder on the same disk, from which it can be restored, and is deleted "
            "after this time. 0 deletes it at once."
        )
        super().__init__(parent, look, (_("Originals"), text), keep)
        line = ttk.Frame(self.body)
        line.pack(anchor="w")
        self.days = tk.StringVar(self.body, days)
        ttk.Label(line, text=_("Keep originals for")).pack(side="left")
        self.spinbox = ttk.Spinbox(line, from_=0, to=3650, width=7, textvariable=self.days)
        self.spinbox.pack(side="left", padx=look.px(8))
        ttk.Label(line, text=_("days")).pack(side="left")
        self.said = self.note()
        cards = ttk.Frame(self.body)
        cards.pack(fill="x", pady=(look.px(12), 0))
        lines = (
            (
                _("Made beside the film"),
                _("The result is written under another name. The film itself is only read."),
            ),
            (
                _("Proved"),
                _("Its length, picture, sound and subtitles are compared with the film's."),
            ),
            (
                _("Kept"),
                _(
                    "Both take room on the disk for this time. A film's details bring its original "
                    "back with one button."
                ),
            ),
        )
        step_cards(cards, look, lines)

    @property
    def first(self) -> tk.Misc:
        """What the keyboard begins with."""
        return self.spinbox

    def texts(self) -> Dict[str, str]:
        """What is set here, by key."""
        return {DAYS: self.days.get().strip()}


class SpeedPage(StepPage):
    """``test`` begins the test or, while it runs, ends it; the answer comes by ``tell``."""

    def __init__(self, parent: tk.Misc, look: Look, test: Callable[[], None]) -> None:
        text = _(
            "A short test clip is generated and encoded with your settings, to see which encoder "
            "works here and how fast it is. This takes a few seconds, on slow machines a minute."
        )
        super().__init__(parent, look, _("Speed"), text)
        line = ttk.Frame(self.body)
        line.pack(fill="x")
        self.button = ttk.Button(
            line, text=_("Test this machine"), underline=0, style="Accent.TButton", command=test
        )
        self.button.pack(side="left")
        self.bar = ttk.Progressbar(line, maximum=100, length=look.px(220))
        self.said = self.note()
        cards = ttk.Frame(self.body)
        cards.pack(fill="x", pady=(look.px(12), 0))
        lines = (
            (
                _("Graphics or processor"),
                _(
                    "A graphics chip of Intel, NVIDIA or AMD encodes a film in minutes. Without one "
                    "the processor takes hours, and the result is smaller."
                ),
            ),
            (
                _("Only when it suits you"),
                _("In the settings you say at which hours films are processed."),
            ),
            (
                _("Several machines"),
                _("Other computers of yours can share the work: Settings, Network."),
            ),
        )
        step_cards(cards, look, lines)

    @property
    def first(self) -> tk.Misc:
        """What the keyboard begins with."""
        return self.button

    def running(self, text: str, percent: float) -> None:
        """Show how far the test is."""
        self.button.configure(text=_("Stop the test"))
        self.bar.pack(side="left", padx=self.look.px(12))
        self.bar.configure(value=percent)
        self.said.configure(text=text, style="Muted.TLabel")

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Say what the test has shown, or why there was none."""
        self.button.configure(text=_("Test this machine"))
        self.bar.pack_forget()
        self.said.configure(text=sentence(text), style="Error.TLabel" if wrong else "TLabel")
