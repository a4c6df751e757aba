"""The settings: a form made from what ``config`` says about each of them, page by page."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, Dict, List, Literal, Mapping, Optional, Sequence, Union

from config import SettingInfo
from core.errors import ConfigError
from views.channel_table import KEYS as CHANNEL_KEYS
from views.channel_table import ChannelTable
from views.scrolled import ScrolledFrame
from views.setting_field import Choose, SettingField
from views.settings_pages import GROUP_TITLES, KEPT_BY_ITSELF, SettingsPage, group_of, pages_for
from views.shown import visible
from views.texts import _, ngettext, sentence
from views.theme import Look
from views.tooltip import Tooltip

_SEARCH_PAUSE = 150  # milliseconds
_AROUND_TITLE = 34  # pixels at 96 dpi before and after a page's title in the list


class SettingsTab(ttk.Frame):
    """A list of pages beside the open one; changes are held until Apply.

    A page is made when it is opened first. ``apply`` gets the changed settings as text by key; the
    answer comes by ``show_stored`` or ``show_refused``. ``choose`` asks for a folder or a program.
    """

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        settings: Sequence[SettingInfo],
        apply: Callable[[Mapping[str, str]], None],
        choose: Optional[Choose] = None,
    ) -> None:
        super().__init__(parent, padding=look.px(10))
        self._look = look
        self._apply = apply
        self._choose = choose
        self.fields: Dict[str, SettingField] = {}  # of the pages that were opened
        self._infos = {info.key: info for info in settings if info.key not in KEPT_BY_ITSELF}
        self._of_page: Dict[str, SettingsPage] = {}
        self._pages: Dict[str, ScrolledFrame] = {}
        self._own_pages: Dict[str, Optional[ttk.Frame]] = {}
        self._makers: Dict[str, Callable[[tk.Misc], ttk.Frame]] = {}
        self.on_edit: List[Callable[[], None]] = []  # called after every change of a field
        self._heads: Dict[str, Callable[[ttk.Frame], ttk.Frame]] = {}
        self._feet: Dict[str, Callable[[ttk.Frame], ttk.Frame]] = {}
        self._make_bar()
        self._make_list()
        self._place = ttk.Frame(self)
        self._place.pack(side="left", fill="both", expand=True, padx=(look.px(14), 0))
        self._place.rowconfigure(0, weight=1)
        self._place.columnconfigure(0, weight=1)
        for page in pages_for(self._infos):
            self._of_page[page.name] = page
            self._list("end", page.name, _(page.title))
        self._opened = ""
        self.sections.bind("<<TreeviewSelect>>", lambda _event: self._open())
        self.open_section(self.sections.get_children()[0])
        self._edited()

    @property
    def setting_keys(self) -> Sequence[str]:
        """Every setting that has a field."""
        return tuple(self._infos)

    @property
    def unsaved(self) -> Dict[str, str]:
        """What was changed and not applied yet, as text by key."""
        return {field.setting.key: field.text for field in self._changed}

    def add_page(self, name: str, title: str, make: Callable[[tk.Misc], ttk.Frame]) -> None:
        """Add a page, second in the list, that is no list of settings and saves by itself.

        It is made when it is opened first, or asked for by ``own_page``.
        """
        self._own_pages[name] = None
        self._makers[name] = make
        self._list(1, name, title)

    def _list(self, place: Union[int, Literal["end"]], name: str, title: str) -> None:
        """Put a page into the list, which becomes as wide as the longest title, in whatever language."""
        self.sections.insert("", place, iid=name, text=title)
        measured = int(self.tk.call("font", "measure", "TkDefaultFont", title))
        needed = measured + self._look.px(_AROUND_TITLE)
        if needed > self.sections.column("#0", "width"):
            self.sections.column("#0", width=needed)

    def own_page(self, name: str) -> ttk.Frame:
        """Return an added page."""
        page = self._own_pages[name]
        if page is None:
            page = self._own_pages[name] = self._makers[name](self._place)
            self._look.dress_all(page)
        return page

    def add_head(self, page: str, make: Callable[[ttk.Frame], ttk.Frame]) -> None:
        """Put something above a page's fields, made with the page."""
        self._heads[page] = make

    def add_foot(self, page: str, make: Callable[[ttk.Frame], ttk.Frame]) -> None:
        """Put something below a page's fields, made with the page."""
        self._feet[page] = make

    def field(self, key: str) -> SettingField:
        """Return a setting's field; its page is made where it was not opened yet."""
        if key not in self.fields:
            self._build(self._page_of(key))
        return self.fields[key]

    def open_section(self, section: str) -> None:
        """Show a page, by its own name or that of a group of settings on it."""
        page = section if self.sections.exists(section) else self._page_of(section)
        self.sections.selection_set(page)
        self.sections.focus(page)
        self._open()

    def apply_changes(self) -> bool:
        """Hand over what was changed; where something cannot be, show it instead and return False."""
        if self._wrong:
            self.open_section(group_of(self._wrong[0].setting.key))
            self._wrong[0].widget.focus_set()
            return False
        if self._changed:
            self.status.configure(text=_("Saving…"), style="Muted.TLabel")
            self._apply(self.unsaved)
        return True

    def revert(self) -> None:
        """Forget what was changed since the last Apply."""
        for field in self._changed:
            field.revert()
        self._edited()

    def page_to_defaults(self) -> None:
        """Put the defaults into every field of the open page; they are stored by Apply."""
        (name,) = self.sections.selection()
        for key, field in self.fields.items():
            if self._page_of(key) == name:
                field.to_default()

    def show_stored(self, settings: Sequence[SettingInfo]) -> None:
        """Take over what is stored now."""
        for info in settings:
            if info.key in self._infos:
                self._infos[info.key] = info
            if info.key in self.fields:
                self.fields[info.key].show_stored(info)
        self._edited()
        if not self._changed:
            self.status.configure(text=_("Saved."), style="Muted.TLabel")

    def show_refused(self, error: Exception) -> None:
        """Say why nothing was stored, beside the field where it belongs to one."""
        self.status.configure(text=visible(str(error)), style="Error.TLabel")
        if isinstance(error, ConfigError) and error.setting in self._infos:
            self.open_section(group_of(error.setting))
            self.field(error.setting).show_problem(visible(error.problem))
            self.status.configure(text=_("Nothing was saved."), style="Error.TLabel")

    @property
    def _changed(self) -> List[SettingField]:
        return [field for field in self.fields.values() if field.edited]

    @property
    def _wrong(self) -> List[SettingField]:
        return [field for field in self._changed if field.problem]

    def _page_of(self, key: str) -> str:
        group = group_of(key)
        return next(page.name for page in self._of_page.values() if group in page.groups)

    def _make_bar(self) -> None:
        look = self._look
        self._bar = bar = ttk.Frame(self)
        bar.pack(side="bottom", fill="x", pady=(look.px(8), 0))
        self.apply_button = ttk.Button(
            bar,
            text=_("Apply"),
            underline=3,  # "a" is the control panel's
            style="Accent.TButton",
            command=self.apply_changes,
        )
        self.apply_button.pack(side="left")
        self.revert_button = ttk.Button(bar, text=_("Revert"), underline=0, command=self.revert)
        self.revert_button.pack(side="left", padx=look.px(6))
        self.defaults_button = ttk.Button(
            bar, text=_("Defaults"), underline=0, command=self.page_to_defaults
        )
        self.defaults_button.pack(side="right")
        Tooltip(self.defaults_button, look, _("Reset every setting on this page to its default"))
        self.status = ttk.Label(bar, style="Muted.TLabel")
        self.status.pack(side="left", padx=look.px(6))

    def _make_list(self) -> None:
        side = ttk.Frame(self)
        side.pack(side="left", fill="y")
        self._side = side
        label = _("Fi&nd a setting")
        ttk.Label(side, text=label.replace("&", ""), underline=label.find("&")).pack(anchor="w")
        self.search = tk.StringVar(self)
        self.search_field = ttk.Entry(side, textvariable=self.search)
        self.search_field.pack(fill="x", pady=(0, self._look.px(6)))
        self.search_field.bind("<Return>", lambda _event: self._go_to_found())
        self.search.trace_add("write", lambda *_names: self._search_later())
        self._searching = ""
        self.sections = ttk.Treeview(side, show="tree", selectmode="browse")
        self.sections.column("#0", width=self._look.px(170), stretch=False)
        self.sections.pack(fill="both", expand=True)

    def _search_later(self) -> None:
        if self._searching:
            self.after_cancel(self._searching)
        self._searching = self.after(_SEARCH_PAUSE, self._find)

    def _go_to_found(self) -> None:
        """Let the keyboard go on in the field that was looked for."""
        if self._searching:
            self.after_cancel(self._searching)
        found = self._find()
        if found is not None:
            found.widget.focus_set()

    def _find(self) -> Optional[SettingField]:
        """Open the page of the first setting whose label or explanation holds the text."""
        self._searching = ""
        wanted = self.search.get().strip().casefold()
        if not wanted:
            return None
        found = sorted(
            (info for info in self._infos.values() if wanted in _said(info)),
            key=lambda info: wanted not in _(info.label).casefold(),
        )
        if found:
            self.open_section(group_of(found[0].key))
            self.update_idletasks()
            self._pages[self._page_of(found[0].key)].show(self.field(found[0].key))
        self.status.configure(text="" if found else _("No setting matches."), style="Muted.TLabel")
        return self.field(found[0].key) if found else None

    def _build(self, name: str) -> None:
        page = self._of_page[name]
        frame = ScrolledFrame(self._place)
        self._pages[name] = frame
        ttk.Label(frame.inside, text=_(page.title), style="Title.TLabel").pack(anchor="w")
        if name in self._heads:
            head = self._heads[name](frame.inside)
            head.pack(fill="x", pady=(self._look.px(10), 0), padx=(0, self._look.px(10)))
        for group in page.groups:
            if len(page.groups) > 1:
                ttk.Label(frame.inside, text=_(GROUP_TITLES[group]), style="Heading.TLabel").pack(
                    anchor="w", pady=(self._look.px(16), 0)
                )
            for info in self._infos.values():
                if group_of(info.key) == group and info.key not in CHANNEL_KEYS:
                    self._add_field(frame, info)
        if "audio" in page.groups:
            self._add_channels(frame)
        if name in self._feet:
            foot = self._feet[name](frame.inside)
            foot.pack(
                fill="x", pady=(self._look.px(20), self._look.px(10)), padx=(0, self._look.px(10))
            )
        frame.follow(frame.inside)
        self._look.dress_all(frame)

    def _add_field(self, page: ScrolledFrame, info: SettingInfo) -> None:
        field = SettingField(page.inside, self._look, info, self._edited, self._choose)
        field.pack(fill="x", pady=(self._look.px(10), 0), padx=(0, self._look.px(10)))
        self.fields[info.key] = field
        page.wrap(field.wrapped, margin=self._look.px(16))

    def _add_channels(self, page: ScrolledFrame) -> None:
        self.channels = ChannelTable(page.inside, self._look, self._infos, self._edited)
        self.channels.pack(fill="x", pady=(self._look.px(16), 0))
        self.fields.update(self.channels.fields)

    def _open(self) -> None:
        (chosen,) = self.sections.selection() or ("",)
        if chosen == self._opened:  # the list tells of each choice once more, later
            return
        self._opened = chosen
        if chosen in self._of_page and chosen not in self._pages:
            self._build(chosen)
        shown = self.own_page(chosen) if chosen in self._own_pages else self._pages[chosen]
        for page in (*self._pages.values(), *self._own_pages.values()):
            if page is not None and page is not shown:
                page.grid_remove()
        shown.grid(row=0, column=0, sticky="nsew")
        if chosen in self._pages:
            self._pages[chosen].to_top()
        if chosen in self._own_pages:
            self._bar.pack_forget()
        else:
            gap = (self._look.px(8), 0)
            self._bar.pack(side="bottom", fill="x", pady=gap, before=self._side)

    def _edited(self) -> None:
        for listener in self.on_edit:
            listener()
        changed, wrong = self._changed, self._wrong
        self.apply_button.state(["!disabled" if changed and not wrong else "disabled"])
        self.revert_button.state(["!disabled" if changed else "disabled"])
        if wrong:
            self.status.configure(
                text=f"{_(wrong[0].setting.label)}: {sentence(wrong[0].problem)}",
                style="Error.TLabel",
            )
        elif changed:
            count = len(changed)
            text = ngettext("{n} unsaved change.", "{n} unsaved changes.", count)
            self.status.configure(text=text.format(n=count), style="Muted.TLabel")
        else:
            self.status.configure(text="")


def _said(info: SettingInfo) -> str:
    return f"{_(info.label)}\n{_(info.help) if info.help else ''}\n{info.key}".casefold()
