"""The API settings: OMDb's keys, the Sonarrs, Radarrs and media servers, and how all of them fare."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Any, Callable, Dict, List, Tuple, Union

from core.errors import ConfigError, MediaProcessorError
from core.queue.outcome import sentence_of
from core.settings.services import SERVERS, ApiKey, ApiStatus, ArrInstance, Service
from views.api_backend import ApiBackend, Change
from views.api_status import ApiStatusPage
from views.arr_instances import ArrInstancesPage
from views.omdb_keys import OmdbKeysPage
from views.shown import visible
from views.texts import _, capital, ngettext, sentence
from views.theme import Look

_Stored = Tuple[
    Tuple[ApiKey, ...], Dict[Service, Tuple[ArrInstance, ...]], Tuple[ApiStatus, ...], bool, str
]


class ApiSettingsTab(ttk.Frame):
    """Reads and writes through ``backend``, never in Tk's thread; changes are held until Apply.

    What is stored is read whenever the tab comes into sight.
    """

    def __init__(self, parent: tk.Misc, look: Look, backend: ApiBackend) -> None:
        super().__init__(parent)
        self._look = look
        self._backend = backend
        self._saving = False
        self._built = False
        self._count = 0  # of changes that are not saved
        self.arr: Dict[Service, ArrInstancesPage] = {}
        self.setup_api_settings_ui()
        self._built = True
        self.pages.bind("<Map>", lambda _event: self.load())
        self.pages.bind("<<NotebookTabChanged>>", lambda _event: self._page_opened())
        self._edited()

    def setup_api_settings_ui(self) -> None:
        """Build the pages, and the bar that belongs to all of them."""
        look = self._look
        bar = ttk.Frame(self)
        bar.pack(side="bottom", fill="x", pady=(look.px(8), 0))
        self.apply_button = ttk.Button(
            bar, text=_("Apply"), underline=0, style="Accent.TButton", command=self.apply_changes
        )
        self.apply_button.pack(side="left")
        self.revert_button = ttk.Button(bar, text=_("Revert"), underline=0, command=self.revert)
        self.revert_button.pack(side="left", padx=look.px(6))
        self.note = ttk.Label(bar, style="Muted.TLabel")
        self.note.pack(side="left", padx=look.px(6))
        self.pages: Any = ttk.Notebook(self)  # typeshed leaves half of its methods untyped
        self.pages.pack(fill="both", expand=True)
        self.omdb = OmdbKeysPage(self.pages, look, lambda: self._edited())
        self.pages.add(self.omdb, text=_("OMDb API"))
        for service in SERVERS:
            self.arr[service] = ArrInstancesPage(
                self.pages, look, service, self._backend, lambda: self._edited()
            )
            self.pages.add(self.arr[service], text=service.label)
        self.status = ApiStatusPage(self.pages, look, self.load)
        self.pages.add(self.status, text=_("API Status"))

    def load(self) -> None:
        """Read what is stored and show it; what is typed and not saved stays."""
        self._backend.in_order(self._read, self._show, self._failed)

    def apply_changes(self) -> None:
        """Save what was changed, unless something of it cannot be."""
        wrong = [page for page in self._forms if page.problems]
        for page in wrong:
            page.show_problems()
        if wrong:
            self.pages.select(wrong[0])
            self._say(wrong[0].problems[0], error=True)
            return
        changes = self._changes()
        if not changes or self._saving:
            return
        self._saving = True
        self._edited()
        self._say(_("Saving…"))
        self._backend.in_order(lambda: self._save(changes), self._saved, self._failed)

    def revert(self) -> None:
        """Forget what was changed since the last Apply."""
        self.omdb.revert()
        self._backend.in_order(self._read, self._show_reverted, self._failed)

    @property
    def _forms(self) -> List[Union[OmdbKeysPage, ArrInstancesPage]]:
        return [self.omdb, *self.arr.values()]

    def _changes(self) -> List[Change]:
        found = self.omdb.changes(self._backend.set_auto_rotate)
        for page in self.arr.values():
            found += page.changes() if page.has_changes else []
        return found

    def _read(self) -> _Stored:
        """Called in the background, as ``_save`` is."""
        book = self._backend.services.keys
        return (
            book.load_api_keys(Service.OMDB),
            {service: book.load_arr_instances(service) for service in SERVERS},
            book.statuses(),
            self._backend.auto_rotate(),
            sentence(book.warning),
        )

    def _save(self, changes: List[Change]) -> List[Callable[[], None]]:
        """Save each on its own: one that is refused does not keep the others back."""
        book = self._backend.services.keys
        outcomes: List[Callable[[], None]] = []
        for change in changes:
            try:
                outcomes.append(change.save(book))
            except MediaProcessorError as error:
                outcomes.append(_refusal(change, error))
        return outcomes

    def _show(self, stored: _Stored) -> None:
        keys, instances, statuses, auto_rotate, warning = stored
        self.omdb.load_api_keys(keys, statuses, auto_rotate=auto_rotate)
        self.omdb.show_warning(warning)
        for service, page in self.arr.items():
            page.load_arr_instances(instances[service])
        self.status.show(statuses)

    def _show_reverted(self, stored: _Stored) -> None:
        for service, page in self.arr.items():
            page.revert(stored[1][service])
        self._show(stored)

    def _saved(self, outcomes: List[Callable[[], None]]) -> None:
        self._saving = False
        for outcome in outcomes:
            outcome()
        self._edited()
        if self._changes():
            self._say(_("Some changes could not be saved."), error=True)
        else:
            self._say(_("Saved."))
        self.load()

    def _failed(self, error: Exception) -> None:
        self._saving = False
        self._edited()
        self._say(sentence_of(error), error=True)

    def _page_opened(self) -> None:
        if self.pages.select() == str(self.status):
            self.load()

    def _edited(self) -> None:
        """Something was typed, or shown: what can be done now?"""
        if not self._built:
            return
        count = len(self._changes())
        for button in (self.apply_button, self.revert_button):
            button.state(["!disabled" if count and not self._saving else "disabled"])
        if count != self._count and not self._saving:
            self._count = count
            changes = ngettext("{n} unsaved change.", "{n} unsaved changes.", count)
            self._say(changes.format(n=count) if count else "")

    def _say(self, text: str, *, error: bool = False) -> None:
        self.note.configure(text=sentence(text), style="Error.TLabel" if error else "Muted.TLabel")


def _refusal(change: Change, error: MediaProcessorError) -> Callable[[], None]:
    problem = visible(error.problem if isinstance(error, ConfigError) else str(error))
    return lambda: change.refuse(capital(problem))
