"""OMDb's keys: five rows with what became of each, and whether they are used in turn."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, Dict, List, Optional, Sequence

from core.settings.service_checks import key_problem
from core.settings.services import ApiKey, ApiStatus, Service
from views.api_backend import Change, KeyBook
from views.metrics import EDGE
from views.scrolled import ScrolledFrame
from views.secret_field import SecretField, ServiceSentence
from views.shown import visible
from views.texts import N_, _
from views.theme import Look

COUNT = Service.OMDB.largest_count
_TERMS = N_(
    "A free key allows 1,000 requests in 24 hours, for personal use. OMDb's terms do not say "
    "whether several free keys may be used in turn; a patron's key (about $1 a month, at "
    "patreon.com/omdb) allows far more requests."
)
STATUS_STYLES = {
    "Active": "Success.TLabel",
    "Limit reached": "Warning.TLabel",
    "Errors": "Warning.TLabel",
    "Inactive": "Error.TLabel",
}


class OmdbRow:
    """One key: what is stored, and what was typed over it."""

    def __init__(
        self, parent: ttk.Frame, look: Look, number: int, changed: Callable[[], None]
    ) -> None:
        self.stored: Optional[ApiKey] = None
        self._changed = changed
        self._removed = False
        self._refused = ""
        self._error = ""  # why the program took the key out of use
        self._text = tk.StringVar(parent)
        self._enabled = tk.BooleanVar(parent, value=True)
        gap, line = look.px(6), 3 * number
        above = (look.px(8), 0)
        ttk.Label(parent, text=_("API Key {number}:").format(number=number)).grid(
            row=line, column=0, sticky="w", pady=above
        )
        self.field = SecretField(parent, look, self._text)
        self.field.grid(row=line, column=1, sticky="ew", padx=gap, pady=above)
        self.check = ttk.Checkbutton(parent, text=_("In use"), variable=self._enabled)
        self.check.grid(row=line, column=2, padx=gap, pady=above)
        self.remove_button = ttk.Button(parent, text=_("Remove"), command=self.remove)
        self.remove_button.grid(row=line, column=3, padx=gap, pady=above)
        # Below and not beside: the smallest window has no more room.
        self.status = ttk.Label(parent, text=_("Not used"), style="Muted.TLabel")
        self.status.grid(row=line + 1, column=1, columnspan=3, sticky="w", padx=gap)
        self.problem_label = ServiceSentence(parent, look)
        self.problem_label.grid(row=line + 2, column=1, columnspan=3, sticky="ew", padx=gap)
        self.problem_label.say("")
        self._text.trace_add("write", lambda *_names: self._typed())
        self._enabled.trace_add("write", lambda *_names: self._typed())
        self._edited()

    @property
    def text(self) -> str:
        """The key as it was typed."""
        return self._text.get().strip()

    @text.setter
    def text(self, text: str) -> None:
        self._text.set(text)

    @property
    def edited(self) -> bool:
        """Whether it differs from what is stored."""
        if self.stored is None:
            return bool(self.text)
        return (
            self._removed
            or self.text != self.stored.secret
            or self._enabled.get() != self.stored.row.is_active
        )

    @property
    def problem(self) -> str:
        """What is wrong with what was typed; an empty row is none at all."""
        if self.stored is not None and not (self.stored.secret or self.text or self._removed):
            return _("The stored key can no longer be read. Enter it again, or remove it.")
        return key_problem(self.text) if self.text else ""

    def remove(self) -> None:
        """Take the key out; like every change this counts when it is saved."""
        self._text.set("")
        self._removed = self.stored is not None
        self._edited()

    def revert(self) -> None:
        """Go back to what is stored."""
        self._text.set(self.stored.secret if self.stored else "")
        self._enabled.set(self.stored.row.is_active if self.stored else True)
        self._removed = False
        self.field.mask()
        self._edited()

    def show_stored(self, stored: Optional[ApiKey], status: Optional[ApiStatus]) -> None:
        """Take over what is stored now; what the user has typed meanwhile stays."""
        untouched = not self.edited
        self.stored = stored
        if untouched:
            self.revert()
        text, style, error = _("Not used"), "Muted.TLabel", ""
        if stored is not None and status is not None:
            text, style = _(status.status), STATUS_STYLES.get(status.status, "TLabel")
            text += f" · {status.usage}"
            error = status.last_error if status.status in ("Errors", "Inactive") else ""
        self.status.configure(text=text, style=style)
        self._error = visible(error)
        self._edited()

    def change(self) -> Change:
        """What saving this row does."""
        stored, text, enabled = self.stored, self.text, self._enabled.get()

        def save(book: KeyBook) -> Callable[[], None]:
            if stored is not None and not text:
                book.remove(stored.id)
            else:
                book.save_omdb_key(text, stored.id if stored else 0, enabled=enabled)
            return lambda: self._saved(text)

        return Change(save, self._refuse)

    def _refuse(self, problem: str) -> None:
        self._refused = problem
        self._edited()

    def _saved(self, text: str) -> None:
        """Make room for what is stored now, unless something else was typed meanwhile."""
        self.stored = None
        self._removed = False
        if self.text == text:
            self._text.set("")

    def _typed(self) -> None:
        self._refused = ""
        if self.text:
            self._removed = False
        self._edited()

    def _edited(self) -> None:
        there = bool(self.text or self.stored) and not self._removed
        self.check.state(["!disabled" if there else "disabled"])
        self.remove_button.state(["!disabled" if there else "disabled"])
        self.problem_label.say(self.problem or self._refused or self._error)
        self._changed()


class OmdbKeysPage(ScrolledFrame):
    """The five keys, and how they are used; ``changed`` is called after every change."""

    def __init__(self, parent: tk.Misc, look: Look, changed: Callable[[], None]) -> None:
        super().__init__(parent)
        inside = self.inside
        inside.configure(padding=(0, look.px(EDGE), 0, 0))
        inside.columnconfigure(0, weight=1)
        ttk.Label(
            inside,
            text=_("OMDb API Keys (up to {count})").format(count=COUNT),
            style="Title.TLabel",
        ).grid(row=0, column=0, sticky="w")
        table = ttk.Frame(inside)
        table.grid(row=1, column=0, sticky="ew")
        table.columnconfigure(1, weight=1)
        self._changed: Callable[[], None] = lambda: None  # not while the rows are built
        self.rows = [
            OmdbRow(table, look, number, lambda: self._changed()) for number in range(1, COUNT + 1)
        ]
        self._changed = changed
        ttk.Separator(inside).grid(row=2, column=0, sticky="ew", pady=look.px(14))
        ttk.Label(inside, text=_("OMDb API Settings"), style="Title.TLabel").grid(
            row=3, column=0, sticky="w"
        )
        line = ttk.Frame(inside)
        line.grid(row=4, column=0, sticky="w", pady=look.px(8))
        self._stored_rotate = True
        self.rotate = tk.BooleanVar(self, value=True)
        self.rotate.trace_add("write", lambda *_names: changed())
        self.rotate_check = ttk.Checkbutton(line, text=_("Auto-rotate keys"), variable=self.rotate)
        self.rotate_check.pack(side="left")
        ttk.Label(line, text=_("Current Status:")).pack(side="left", padx=(look.px(20), look.px(6)))
        self.status = ttk.Label(line, text=_("No key"), style="Muted.TLabel")
        self.status.pack(side="left")
        for row, text in ((5, _TERMS), (6, "")):
            label = ServiceSentence(inside, look, "Muted.TLabel")
            label.grid(row=row, column=0, sticky="ew", pady=(0, look.px(8)))
            label.say(_(text) if text else "")
        self.warning_label = label
        self.rotate_problem = ServiceSentence(inside, look)
        self.rotate_problem.grid(row=7, column=0, sticky="ew")
        self.rotate_problem.say("")
        self.follow(inside)

    def load_api_keys(
        self, keys: Sequence[ApiKey], statuses: Sequence[ApiStatus], *, auto_rotate: bool
    ) -> None:
        """Show what is stored; what is typed and not saved stays."""
        by_name = {
            status.name: status for status in statuses if status.service == Service.OMDB.name
        }
        places = _places(keys)
        for place, row in enumerate(self.rows):
            key = places.get(place)
            row.show_stored(key, by_name.get(key.row.instance_name) if key else None)
        if self.rotate.get() == self._stored_rotate:
            self.rotate.set(auto_rotate)
        self._stored_rotate = auto_rotate
        self.status.configure(**_current_status(by_name))
        self._changed()

    def show_warning(self, text: str) -> None:
        """Tell where the keys are kept, where that is worth a word."""
        self.warning_label.say(_(text) if text else "")

    def changes(self, set_auto_rotate: Callable[[bool], None]) -> List[Change]:
        """What is not saved yet: removals first, since they make room."""
        rows = sorted((row for row in self.rows if row.edited), key=lambda row: bool(row.text))
        found = [row.change() for row in rows]
        rotate = self.rotate.get()
        if rotate != self._stored_rotate:

            def save(_book: KeyBook) -> Callable[[], None]:
                set_auto_rotate(rotate)
                return lambda: setattr(self, "_stored_rotate", rotate)

            found.append(Change(save, self.rotate_problem.say))
        return found

    @property
    def problems(self) -> List[str]:
        """What is wrong with what was typed."""
        return [row.problem for row in self.rows if row.edited and row.problem]

    def revert(self) -> None:
        """Forget what was typed."""
        for row in self.rows:
            row.revert()
        self.rotate.set(self._stored_rotate)

    def show_problems(self) -> None:
        """Each row shows its own as one types."""


def _places(keys: Sequence[ApiKey]) -> Dict[int, ApiKey]:
    """Which row shows which key: that of its number, as long as there is one."""
    places: Dict[int, ApiKey] = {}
    late = []
    for key in keys:
        place = key.row.priority - 1
        if place in places or not 0 <= place < COUNT:
            late.append(key)
        else:
            places[place] = key
    free = (place for place in range(COUNT) if place not in places)
    places.update(zip(list(free), late))
    return places


def _current_status(by_name: Dict[str, ApiStatus]) -> Dict[str, str]:
    """The text and style of the line that says whether OMDb is asked at all."""
    resting = [key.last_error for key in by_name.values() if key.status == "Waiting"]
    keys = [key for key in by_name.values() if key.status != "Waiting"]
    active = sum(key.status == "Active" for key in keys)
    if resting:
        return {
            "text": _("All keys have reached their limit; waiting. {until}").format(
                until=resting[0]
            ),
            "style": "Warning.TLabel",
        }
    if not keys:
        return {"text": _("No key: OMDb is not used"), "style": "Muted.TLabel"}
    if not active:
        return {"text": _("No usable key"), "style": "Error.TLabel"}
    return {
        "text": _("Active ({count} of {all} keys)").format(count=active, all=len(keys)),
        "style": "Success.TLabel",
    }
