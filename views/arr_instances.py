"""The Sonarrs, the Radarrs, or one kind of media server: a card for each, in their order."""

from __future__ import annotations

import itertools
import sys
import tkinter as tk
from dataclasses import replace
from tkinter import ttk
from typing import Callable, Dict, List, Optional, Sequence, Set

from core.errors import ConfigError
from core.queue.outcome import sentence_of
from core.settings.service_checks import (
    address_problem,
    key_problem,
    name_problem,
    parse_path_mappings,
    path_mappings_text,
)
from core.settings.services import MEDIA_SERVERS, ArrInstance, ConnectionReport, Service
from views.api_backend import ApiBackend, Change, KeyBook
from views.metrics import EDGE
from views.scrolled import ScrolledFrame
from views.secret_field import SecretField, ServiceSentence
from views.shown import visible
from views.texts import _
from views.theme import Look

_FIELDS = ("name", "address", "key", "paths")


class InstanceCard(ttk.LabelFrame):
    """One instance: what is stored, and what was typed over it."""

    def __init__(self, parent: tk.Misc, look: Look, page: ArrInstancesPage) -> None:
        super().__init__(parent, padding=look.px(EDGE))
        self.stored: Optional[ArrInstance] = None
        self._look = look
        self._page = page
        self._touched: Set[str] = set()
        self._filling = False
        self._test = 0
        self.name = tk.StringVar(self)
        self.address = tk.StringVar(self)
        self.key = tk.StringVar(self)
        self.enabled = tk.BooleanVar(self, value=True)
        self.problem_labels: Dict[str, ServiceSentence] = {}
        self.columnconfigure(1, weight=1)
        self.columnconfigure(3, weight=2)
        self._build_fields()
        self._build_buttons()
        for field, variable in (("name", self.name), ("address", self.address), ("key", self.key)):
            variable.trace_add("write", lambda *_names, one=field: self._edited(one))
        self.enabled.trace_add("write", lambda *_names: self._edited(""))

    def _build_fields(self) -> None:
        look = self._look
        gap = look.px(6)
        for text, column in ((_("Name:"), 0), (_("URL:"), 2)):
            ttk.Label(self, text=text).grid(row=0, column=column, sticky="w", padx=(0, gap))
        self.name_entry = ttk.Entry(self, textvariable=self.name, width=18)
        self.name_entry.grid(row=0, column=1, sticky="ew", padx=(0, 2 * gap))
        ttk.Entry(self, textvariable=self.address, width=30).grid(row=0, column=3, sticky="ew")
        self._problem("name", row=1, column=0, columnspan=2)
        self._problem("address", row=1, column=2, columnspan=2)
        ttk.Label(self, text=_("API Key:")).grid(row=2, column=0, sticky="w", padx=(0, gap))
        line = ttk.Frame(self)
        line.grid(row=2, column=1, columnspan=3, sticky="ew", pady=gap)
        self.secret = SecretField(line, look, self.key)
        self.secret.pack(side="left", fill="x", expand=True)
        ttk.Checkbutton(line, text=_("Enabled"), variable=self.enabled).pack(
            side="left", padx=(2 * gap, 0)
        )
        self._problem("key", row=3, column=1, columnspan=3)
        ttk.Label(self, text=_("Folders:")).grid(
            row=4, column=0, sticky="nw", padx=(0, gap), pady=(look.px(5), 0)
        )
        self.paths = tk.Text(self, height=1, width=40, wrap="none", undo=True)
        look.dress(self.paths)
        self.paths.grid(row=4, column=1, columnspan=3, sticky="ew")
        self.paths.bind("<<Modified>>", self._paths_modified)
        self.paths.bind("<Tab>", self._leave_forward)
        self._problem("paths", row=5, column=1, columnspan=3)

    def _problem(self, field: str, *, row: int, column: int, columnspan: int) -> None:
        label = ServiceSentence(self, self._look)
        label.grid(row=row, column=column, columnspan=columnspan, sticky="ew")
        label.say("")
        self.problem_labels[field] = label

    def _build_buttons(self) -> None:
        gap, page = self._look.px(6), self._page
        line = ttk.Frame(self)
        line.grid(row=7, column=0, columnspan=4, sticky="ew", pady=(gap, 0))
        self.test_button = ttk.Button(
            line, text=_("Test Connection"), command=lambda: page.test_arr_connection(self)
        )
        self.test_button.pack(side="left")
        self.remove_button = ttk.Button(
            line, text=_("Remove"), command=lambda: page.remove_arr_instance(self)
        )
        self.remove_button.pack(side="right")
        self.down_button = ttk.Button(line, text=_("Down"), command=lambda: page.move(self, 1))
        self.down_button.pack(side="right", padx=gap)
        self.up_button = ttk.Button(line, text=_("Up"), command=lambda: page.move(self, -1))
        self.up_button.pack(side="right")
        self.result = ServiceSentence(self, self._look)
        self.result.grid(row=8, column=0, columnspan=4, sticky="ew", pady=(gap, 0))
        self.result.say("")

    @property
    def typed(self) -> ArrInstance:
        """The instance as it stands in the form; a bad path mapping counts as none."""
        base = self.stored or ArrInstance(self._page.service, "", "", "")
        try:
            mappings = parse_path_mappings(self.paths.get("1.0", "end-1c"))
        except ConfigError:
            mappings = base.path_mappings
        return replace(
            base,
            name=self.name.get().strip(),
            url=self.address.get().strip().rstrip("/"),
            api_key=self.key.get().strip(),
            enabled=self.enabled.get(),
            path_mappings=mappings,
        )

    @property
    def edited(self) -> bool:
        """Whether it differs from what is stored."""
        return self.typed != self.stored or bool(self.problems)

    @property
    def problems(self) -> Dict[str, str]:
        """What is wrong, by field."""
        found = {
            "name": name_problem(self.name.get()) or self._page.name_taken(self),
            "address": address_problem(self.address.get(), self._page.service),
            "key": key_problem(self.key.get()),
            "paths": "",
        }
        try:
            parse_path_mappings(self.paths.get("1.0", "end-1c"))
        except ConfigError as error:
            found["paths"] = visible(error.problem)
        return {field: problem for field, problem in found.items() if problem}

    def show(self, instance: ArrInstance, *, stored: bool) -> None:
        """Fill the form; what is not ``stored`` is only proposed."""
        self.stored = instance if stored else None
        self._filling = True
        self.name.set(instance.name)
        self.address.set(instance.url)
        self.key.set(instance.api_key)
        self.enabled.set(instance.enabled)
        self.paths.delete("1.0", "end")
        self.paths.insert("1.0", path_mappings_text(instance.path_mappings))
        self._fit_paths()
        self._filling = False
        self._touched = set(_FIELDS) if stored else set()
        self.secret.mask()
        self.show_problems()

    def show_place(self, place: int, count: int) -> None:
        """Show which it is of how many."""
        self.configure(text=" " + _("Instance {number}").format(number=place) + " ")
        self.up_button.state(["disabled" if place == 1 else "!disabled"])
        self.down_button.state(["disabled" if place == count else "!disabled"])

    def touch_all(self) -> None:
        """Show also the problems of fields that nobody has typed in yet."""
        self._touched = set(_FIELDS)
        self.show_problems()

    def show_problems(self) -> None:
        """Say beside each field what is wrong with it."""
        problems = self.problems
        for field, label in self.problem_labels.items():
            label.say(problems.get(field, "") if field in self._touched else "")

    def begin_test(self) -> int:
        """Show that a test runs; return its number."""
        self._test += 1
        self.test_button.state(["disabled"])
        self.result.say(_("Testing…"), "Muted.TLabel")
        return self._test

    def end_test(self, number: int, text: str, *, ok: bool) -> None:
        """Show how a test ended, unless something else was typed since."""
        if self.winfo_exists() and number == self._test:
            self.test_button.state(["!disabled"])
            self.result.say(text, "Success.TLabel" if ok else "Error.TLabel")

    def change(self, wanted: ArrInstance) -> Change:
        """What saving this card does."""

        def save(book: KeyBook) -> Callable[[], None]:
            saved = replace(wanted, id=book.save_arr_instance(wanted))
            return lambda: self._saved(saved)

        return Change(save, lambda text: self.result.say(text, "Error.TLabel"))

    def _saved(self, instance: ArrInstance) -> None:
        self.stored = instance
        self._page.saved()

    def _edited(self, field: str) -> None:
        if self._filling:
            return
        self._touched.add(field)
        self._test += 1  # the answer to what was typed before is none to this
        self.test_button.state(["!disabled"])
        self.result.say("")
        self._page.edited()

    def _paths_modified(self, _event: object) -> None:
        if self.paths.edit_modified():
            self.paths.edit_modified(False)
            self._fit_paths()
            self._edited("paths")

    def _fit_paths(self) -> None:
        self.paths.configure(height=min(6, self.paths.get("1.0", "end-1c").count("\n") + 1))

    def _leave_forward(self, event: tk.Event[tk.Text]) -> str:
        following = event.widget.tk_focusNext()
        if following is not None:
            following.focus_set()
        return "break"


class ArrInstancesPage(ttk.Frame):
    """The cards of one service; ``changed`` is called after every change."""

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        service: Service,
        backend: ApiBackend,
        changed: Callable[[], None],
    ) -> None:
        super().__init__(parent, padding=(0, look.px(EDGE), 0, 0))
        self.service = service
        self.cards: List[InstanceCard] = []
        self._look = look
        self._backend = backend
        self._changed = changed
        self._loaded: List[int] = []
        self.setup_arr_interface()

    def setup_arr_interface(self) -> None:
        """Build the page around the cards."""
        label, count = self.service.label, self.service.largest_count
        self.columnconfigure(0, weight=1)
        self.rowconfigure(2, weight=1)
        line = ttk.Frame(self)
        line.grid(row=0, column=0, sticky="ew")
        ttk.Label(
            line,
            text=_("{service} Instances (up to {count})").format(service=label, count=count),
            style="Title.TLabel",
        ).pack(side="left")
        self.add_button = ttk.Button(
            line,
            text=_("Add {service} Instance").format(service=label),
            command=self.add_arr_instance,
        )
        self.add_button.pack(side="right")
        hint = ServiceSentence(self, self._look, "Muted.TLabel")
        hint.grid(row=1, column=0, sticky="ew", pady=(self._look.px(4), self._look.px(6)))
        hint.say(self._hint().format(service=label))
        self._scrolled = ScrolledFrame(self)
        self._scrolled.grid(row=2, column=0, sticky="nsew")
        self._arrange()

    def _hint(self) -> str:
        if self.service not in MEDIA_SERVERS:
            return _(
                "Checked from top to bottom. The API key is in {service} under Settings > General. "
                "Folders are only needed if {service} sees the films under another path than this "
                "machine. One mapping per line: /tv = /mnt/media/tv."
            )
        if self.service is Service.PLEX:
            key = _(
                "The API key is Plex's token: in Plex choose Get Info of any film, then View XML. It stands "
                "at the end of that page's address, after X-Plex-Token=."
            )
        else:
            key = _("Make an API key in the administration of {service}, under API Keys.")
        rest = _(
            "After each film {service} is asked to look at it again, and the queue can rest while "
            "somebody watches. Folders are only needed if {service} sees the films under another path "
            "than this machine. One mapping per line: /films = /mnt/media/films."
        )
        return f"{key} {rest}"

    def load_arr_instances(self, instances: Sequence[ArrInstance]) -> None:
        """Show what is stored; while something is typed and not saved, all stays as it is."""
        if self.has_changes:
            return
        while len(self.cards) > len(instances):
            self.cards.pop().destroy()
        while len(self.cards) < len(instances):
            self._new_card()
        for card, instance in zip(self.cards, instances):
            if card.stored != instance:
                card.show(instance, stored=True)
        self._loaded = [instance.id for instance in instances]
        self._arrange()
        self._changed()

    def add_arr_instance(self) -> None:
        """Add an empty card; nothing when there are as many as there can be."""
        if len(self.cards) >= self.service.largest_count:
            return
        taken = {card.name.get().strip() for card in self.cards}
        proposals = (f"{self.service.label} {number}" for number in itertools.count(1))
        card = self._new_card()
        name = next(proposal for proposal in proposals if proposal not in taken)
        card.show(ArrInstance(self.service, name, "", ""), stored=False)
        self._arrange()
        card.update_idletasks()
        card.name_entry.focus_set()
        self._changed()

    def remove_arr_instance(self, card: InstanceCard) -> None:
        """Take a card away; like every change this counts when it is saved."""
        self.cards.remove(card)
        card.destroy()
        self._arrange()
        self.edited()

    def test_arr_connection(self, card: InstanceCard) -> None:
        """Ask the server that is typed, saved or not, in the background."""
        instance, problems = card.typed, card.problems
        if set(problems) & {"address", "key"}:
            card.touch_all()
            return
        number = card.begin_test()

        def done(report: ConnectionReport) -> None:
            card.end_test(number, visible(report.message), ok=report.ok)

        self._backend.at_once(
            lambda: self._backend.services.test_connection(instance),
            done,
            lambda error: card.end_test(number, sentence_of(error), ok=False),
        )

    def move(self, card: InstanceCard, by: int) -> None:
        """Let it be asked earlier or later."""
        place = self.cards.index(card)
        self.cards.insert(place + by, self.cards.pop(place))
        self._arrange()
        self._changed()

    def name_taken(self, card: InstanceCard) -> str:
        """Say that another card has the same name; empty when none has."""
        name = card.name.get().strip().lower()
        same = any(
            other is not card and other.name.get().strip().lower() == name for other in self.cards
        )
        problem = _("Another {service} has this name.").format(service=self.service.label)
        return problem if same else ""

    @property
    def has_changes(self) -> bool:
        """Whether something is not saved yet."""
        order = [card.stored.id if card.stored else 0 for card in self.cards]
        return order != self._loaded or any(card.edited for card in self.cards)

    @property
    def problems(self) -> List[str]:
        """What is wrong with what was typed."""
        return [problem for card in self.cards for problem in card.problems.values()]

    def changes(self) -> List[Change]:
        """What is not saved yet: removals first, since they make room."""
        kept = {card.stored.id for card in self.cards if card.stored}
        found = [
            self._removal(instance_id) for instance_id in self._loaded if instance_id not in kept
        ]
        last, last_id = 0, 0
        for card in self.cards:
            typed, new_id = card.typed, card.typed.id or sys.maxsize
            # Of two with the same priority the older one is asked first.
            lowest = last if new_id >= last_id else last + 1
            wanted = replace(typed, priority=max(typed.priority, lowest))
            last, last_id = wanted.priority, new_id
            if wanted != card.stored:
                found.append(card.change(wanted))
        return found

    def revert(self, instances: Sequence[ArrInstance]) -> None:
        """Forget what was typed; show these."""
        for card in self.cards:
            card.destroy()
        self.cards, self._loaded = [], []
        self.load_arr_instances(instances)

    def show_problems(self) -> None:
        """Show what is wrong also in fields that nobody has typed in yet."""
        for card in self.cards:
            card.touch_all()

    def saved(self) -> None:
        """A card is stored: what is loaded is what is stored now."""
        self._loaded = [card.stored.id for card in self.cards if card.stored]
        self._changed()

    def edited(self) -> None:
        """Something was typed: a name may be taken now, or free again."""
        for card in self.cards:
            card.show_problems()
        self._changed()

    def _removal(self, instance_id: int) -> Change:
        def save(book: KeyBook) -> Callable[[], None]:
            book.remove(instance_id)
            return lambda: self._removed(instance_id)

        return Change(save, lambda _text: None)

    def _removed(self, instance_id: int) -> None:
        self._loaded = [loaded_id for loaded_id in self._loaded if loaded_id != instance_id]
        self._changed()

    def _new_card(self) -> InstanceCard:
        card = InstanceCard(self._scrolled.inside, self._look, self)
        self._scrolled.follow(card)
        self.cards.append(card)
        return card

    def _arrange(self) -> None:
        for card in self.cards:
            card.pack_forget()
        for place, card in enumerate(self.cards, 1):
            card.pack(fill="x", pady=(0, self._look.px(8)), padx=(0, self._look.px(6)))
            card.show_place(place, len(self.cards))
            card.lift()  # the keyboard goes through the cards as they stand
        full = len(self.cards) >= self.service.largest_count
        self.add_button.state(["disabled" if full else "!disabled"])
