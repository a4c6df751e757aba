"""The settings: a form made from what ``config`` says about each of them, page by page."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from config import SettingInfo
from core.errors import ConfigError
from core.settings.film_outcome import explained
from core.settings.search import Searchable
from core.settings.synonyms import SYNONYMS
from views.channel_table import KEYS as CHANNEL_KEYS
from views.channel_table import ChannelTable
from views.expert_page import ExpertPage
from views.metrics import EDGE, FIELD, LINE, SECTION
from views.numbers import count_text
from views.scrolled import ScrolledFrame
from views.setting_field import Choose, SettingField
from views.settings_pages import (
    EXPERT,
    FILMS,
    KEPT_BY_ITSELF,
    SettingsPage,
    blocks_of,
    group_of,
    pages_for,
    places_of,
)
from views.settings_sidebar import SettingsSidebar
from views.texts import _, ngettext, sentence
from views.theme import Look
from views.tooltip import Tooltip

MakePart = Callable[[ttk.Frame], ttk.Frame]


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
        super().__init__(
            parent, padding=(look.px(EDGE), look.px(EDGE), look.px(EDGE), look.px(LINE))
        )
        self._look = look
        self._apply = apply
        self._choose = choose
        self.fields: Dict[str, SettingField] = {}  # of the pages that were opened
        self._infos = {info.key: info for info in settings if info.key not in KEPT_BY_ITSELF}
        pages = pages_for(self._infos)
        self._of_page: Dict[str, SettingsPage] = {page.name: page for page in pages}
        self._places = places_of(self._infos, pages)
        self._pages: Dict[str, ScrolledFrame] = {}
        self._own_pages: Dict[str, Optional[ttk.Frame]] = {}
        self._applying = False  # whether changes of these pages are being stored
        self._makers: Dict[str, Callable[[tk.Misc], ttk.Frame]] = {}
        self._words: Dict[str, Tuple[str, ...]] = {}  # by which the added pages are found
        self.on_edit: List[Callable[[], None]] = []  # called after every change of a field
        self._heads: Dict[str, MakePart] = {}
        self._feet: Dict[str, MakePart] = {}
        self._marked: Optional[tk.Frame] = None
        self._make_bar()
        self.sidebar = SettingsSidebar(
            self, look, self._open, self._searchables, self._show_hit, self._enter_hit
        )
        self.sidebar.pack(side="left", fill="y")
        self.sections, self.search = self.sidebar.list, self.sidebar.search
        self._place = ttk.Frame(self)
        self._place.pack(side="left", fill="both", expand=True)
        self._place.rowconfigure(0, weight=1)
        self._place.columnconfigure(0, weight=1)
        for page in pages:
            self.sidebar.add(page.name, _(page.title), "end", expert=page.expert)
        self._opened = ""
        self.add_page(EXPERT, "", self._make_expert)
        self.open_section(self.sidebar.pages[0])
        self._edited()

    @property
    def setting_keys(self) -> Sequence[str]:
        """Every setting that has a field."""
        return tuple(self._infos)

    @property
    def unsaved(self) -> Dict[str, str]:
        """What was changed and not applied yet, as text by key."""
        return {field.setting.key: field.text for field in self._changed}

    @property
    def texts(self) -> Dict[str, str]:
        """Every setting as it stands in the form, as text by key."""
        return {**{key: info.text for key, info in self._infos.items()}, **self.unsaved}

    def add_page(
        self,
        name: str,
        title: str,
        make: Callable[[tk.Misc], ttk.Frame],
        after: str = "",
        words: Sequence[str] = (),
    ) -> None:
        """Add a page that is no list of settings and saves by itself, ``after`` another one.

        It is made when it is opened first, or asked for by ``own_page``; ``words`` are what it is found by.
        """
        self._own_pages[name] = None
        self._makers[name] = make
        self._words[name] = tuple(words)
        if not self.sections.exists(name):
            self.sidebar.add(name, title, self.sections.index(after) + 1 if after else "end")

    def own_page(self, name: str) -> ttk.Frame:
        """Return an added page."""
        page = self._own_pages[name]
        if page is None:
            page = self._own_pages[name] = self._makers[name](self._place)
            self._look.dress_all(page)
        return page

    def add_head(self, page: str, make: MakePart) -> None:
        """Put something above a page's fields; at once where the page is made already."""
        self._heads[page] = make
        if page in self._pages:
            first = self._pages[page].inside.winfo_children()[0]
            self._put_head(page, self._pages[page], after=first)

    def add_foot(self, page: str, make: MakePart) -> None:
        """Put something below a page's fields, made with the page."""
        self._feet[page] = make

    def field(self, key: str) -> SettingField:
        """Return a setting's field; its page is made where it was not opened yet."""
        if key not in self.fields:
            self._build(self.page_of(key))
        return self.fields[key]

    def page_of(self, key: str) -> str:
        """The name of the page that a setting stands on."""
        return self._places[key]

    def wrap(self, page: str, labels: Sequence[ttk.Label]) -> None:
        """Keep labels of a page's own parts as wide as the page."""
        self._pages[page].wrap(labels, margin=self._look.px(56))

    def open_section(self, section: str) -> None:
        """Show a page, by its own name or that of a group of settings on it."""
        if not self.sections.exists(section):
            groups = {group: page.name for page in self._of_page.values() for group in page.groups}
            section = groups[section]
        self.sidebar.choose(section)
        self._open()

    def apply_changes(self) -> bool:
        """Hand over what was changed on the pages where nothing is wrong.

        Where something is wrong, what was changed on its page stays as it is, and this returns False.
        """
        wrong = self._wrong
        good = self._good
        if good:
            self.status.configure(text=_("Saving…"), style="Muted.TLabel")
            self._applying = True
            self._apply(good)
        elif wrong:
            self.open_section(self.page_of(wrong[0].setting.key))
            wrong[0].take_focus()
        return not wrong

    def revert(self) -> None:
        """Forget what was changed since the last Apply."""
        for field in self._changed:
            field.revert()
        self._edited()

    def page_to_defaults(self) -> None:
        """Put the defaults into every field of the open page; they are stored by Apply."""
        for key, field in self.fields.items():
            if self.page_of(key) == self.sidebar.chosen:
                field.to_default()

    def show_applied(self, settings: Sequence[SettingInfo]) -> None:
        """Take over what is stored now that the changes of these pages are."""
        self._applying = False
        self._take_over(settings)
        if not self._changed:
            self.status.configure(text=_("Saved."), style="Muted.TLabel")

    def show_stored(self, settings: Sequence[SettingInfo]) -> None:
        """Take over what is stored now, and say what another place than these pages has changed."""
        if not self._differing(settings):
            return  # what was said of these pages still holds
        changed = self._take_over(settings)
        if not self._applying and not self._changed:
            told = ngettext(
                "“{setting}” was changed outside these pages.",
                "“{setting}” and {more} more were changed outside these pages.",
                len(changed),
            ).format(setting=_(changed[0].label), more=count_text(len(changed) - 1))
            self.status.configure(text=told, style="Muted.TLabel")

    def _take_over(self, settings: Sequence[SettingInfo]) -> List[SettingInfo]:
        """Show what is stored; return what of it is another value than before."""
        changed = self._differing(settings)
        for info in settings:
            if info.key in self._infos:
                self._infos[info.key] = info
            if info.key in self.fields:
                self.fields[info.key].show_stored(info)
        self._edited()
        return changed

    def _differing(self, settings: Sequence[SettingInfo]) -> List[SettingInfo]:
        """Return those of these pages that have another value than is shown as stored."""
        known = (info for info in settings if info.key in self._infos)
        return [info for info in known if info.text != self._infos[info.key].text]

    def show_refused(self, error: Exception) -> None:
        """Say why something was not stored, beside the field where it belongs to one."""
        self._applying = False
        self.status.configure(text=sentence(str(error)), style="Error.TLabel")
        if isinstance(error, ConfigError) and error.setting in self._infos:
            self.open_section(self.page_of(error.setting))
            self.field(error.setting).show_refused(error.problem)
            self._mark_wrong()
            title = self.sidebar.title(self.page_of(error.setting))
            told = _("Nothing on the page “{page}” was saved.").format(page=title)
            self.status.configure(text=told, style="Error.TLabel")

    @property
    def _changed(self) -> List[SettingField]:
        return [field for field in self.fields.values() if field.edited]

    @property
    def _wrong(self) -> List[SettingField]:
        return [field for field in self._changed if field.problem]

    @property
    def _good(self) -> Dict[str, str]:
        """What was changed on pages where nothing is wrong."""
        pages = {self.page_of(field.setting.key) for field in self._wrong}
        return {key: text for key, text in self.unsaved.items() if self.page_of(key) not in pages}

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
        self.status = ttk.Label(bar, style="Muted.TLabel", justify="left", anchor="w")
        self.status.pack(side="left", fill="x", expand=True, padx=look.px(6))
        self.status.bind(
            "<Configure>", lambda event: self.status.configure(wraplength=max(1, event.width))
        )

    # ---- the search

    def _searchables(self) -> Sequence[Searchable]:
        """All settings, then the added pages, in the window's language and in English."""
        pages = list(self._of_page)
        infos = sorted(self._infos.values(), key=lambda info: pages.index(self._places[info.key]))
        return [*map(self._searchable, infos), *self._searchable_pages()]

    def _searchable(self, info: SettingInfo) -> Searchable:
        words = SYNONYMS.get(info.key, "")
        choices = [explained(info.key, choice) for choice in info.choices]
        english = [text for text in (info.help, words, *choices) if text]
        return Searchable(
            info.key,
            (info.label, _(info.label)),
            (*english, *map(_, english), info.key),
        )

    def _searchable_pages(self) -> Iterator[Searchable]:
        for name, words in self._words.items():
            title = self.sidebar.title(name)
            yield Searchable(name, (title,), (*words, *map(_, words)))

    def _show_hit(self, name: str) -> None:
        """Open the page of a hit and mark the field; no name takes the mark away."""
        if self._marked is not None:
            self._marked.destroy()
            self._marked = None
        if name in self._infos:
            page = self.page_of(name)
            self.open_section(page)
            self.update_idletasks()
            field = self.field(name)
            self._pages[page].show(field)
            inside = self._pages[page].inside
            self._marked = tk.Frame(inside, background=self._look.palette.accent)
            px = self._look.px
            self._marked.place(in_=field, x=-px(9), relheight=1, width=px(4), bordermode="outside")
        elif name:
            self.open_section(name)

    def _enter_hit(self, name: str) -> None:
        if name in self._infos:
            self.field(name).take_focus()
        else:
            self.sections.focus_set()

    # ---- pages

    def _make_expert(self, parent: tk.Misc) -> ttk.Frame:
        pages = [(name, self.sidebar.title(name)) for name in self.sections.get_children(EXPERT)]
        return ExpertPage(parent, self._look, pages, self.open_section)

    def _build(self, name: str) -> None:
        page, px = self._of_page[name], self._look.px
        frame = self._pages[name] = ScrolledFrame(self._place)
        frame.inside.configure(padding=(px(EDGE), 0, px(EDGE), 0))
        ttk.Label(frame.inside, text=_(page.title), style="Title.TLabel").pack(anchor="w")
        if name in self._heads:
            self._put_head(name, frame)
        for block in blocks_of(page, tuple(self._infos)):
            if block.title:
                heading = ttk.Label(frame.inside, text=_(block.title), style="Heading.TLabel")
                heading.pack(anchor="w", pady=(px(SECTION), 0))
            for key in block.keys:
                if key not in CHANNEL_KEYS:
                    self._add_field(frame, self._infos[key])
        if "audio" in page.groups:
            self._add_channels(frame)
        elsewhere = [key for key in self._places if self._is_elsewhere(key, page)]
        if elsewhere:
            self._point_to_films(frame)
        if name in self._feet:
            foot = self._feet[name](frame.inside)
            foot.pack(fill="x", pady=(px(SECTION), px(EDGE)))
        frame.follow(frame.inside)
        self._look.dress_all(frame)

    def _put_head(self, name: str, frame: ScrolledFrame, after: Optional[tk.Misc] = None) -> None:
        head = self._heads[name](frame.inside)
        gap = (self._look.px(EDGE), 0)
        if after is None:
            head.pack(fill="x", pady=gap)
        else:
            head.pack(fill="x", pady=gap, after=after)
            frame.follow(head)

    def _is_elsewhere(self, key: str, page: SettingsPage) -> bool:
        return page.name != FILMS and group_of(key) in page.groups and self._places[key] == FILMS

    def _point_to_films(self, page: ScrolledFrame) -> None:
        """Say where the settings of these groups stand that the first page has."""
        text = _("More about this stands on the page “{page}”.").format(
            page=self.sidebar.title(FILMS)
        )
        button = ttk.Button(
            page.inside, text=text, style="Small.TButton", command=lambda: self.open_section(FILMS)
        )
        button.pack(anchor="w", pady=(self._look.px(SECTION), self._look.px(EDGE)))

    def _add_field(self, page: ScrolledFrame, info: SettingInfo) -> None:
        field = SettingField(
            page.inside,
            self._look,
            info,
            self._edited,
            self._choose,
            explain=lambda text: sentence(explained(info.key, text)),
        )
        field.pack(fill="x", pady=(self._look.px(FIELD), 0))
        self.fields[info.key] = field
        page.wrap(field.wrapped, margin=self._look.px(28))

    def _add_channels(self, page: ScrolledFrame) -> None:
        self.channels = ChannelTable(page.inside, self._look, self._infos, self._edited)
        self.channels.pack(fill="x", pady=(self._look.px(16), 0))
        self.fields.update(self.channels.fields)

    def _open(self) -> None:
        chosen = self.sidebar.chosen
        if not chosen or chosen == self._opened:  # the list tells of each choice once more, later
            return
        self._opened = chosen
        if chosen in self._of_page and chosen not in self._pages:
            self._build(chosen)
        shown = self.own_page(chosen) if chosen in self._own_pages else self._pages[chosen]
        for page in (*self._pages.values(), *self._own_pages.values()):
            if page is not None and page is not shown:
                page.grid_remove()
        # Pages of settings have this room inside, for the mark beside a field.
        left = self._look.px(EDGE) if chosen in self._own_pages else 0
        shown.grid(row=0, column=0, sticky="nsew", padx=(left, 0))
        if chosen in self._pages:
            self._pages[chosen].to_top()
        if chosen in self._own_pages:
            self._bar.pack_forget()
        else:
            gap = (self._look.px(8), 0)
            self._bar.pack(side="bottom", fill="x", pady=gap, before=self.sidebar)

    def _mark_wrong(self) -> None:
        self.sidebar.mark(
            {
                self.page_of(
                    field.setting.key
                ): f"{_(field.setting.label)}: {sentence(field.trouble)}"
                for field in reversed(self._changed)
                if field.trouble
            }
        )

    def _edited(self) -> None:
        for listener in self.on_edit:
            listener()
        changed, wrong = self._changed, self._wrong
        self.apply_button.state(["!disabled" if self._good else "disabled"])
        self.revert_button.state(["!disabled" if changed else "disabled"])
        self._mark_wrong()
        if wrong:
            told = _("“{page}” has an error: {setting}: {problem}").format(
                page=self.sidebar.title(self.page_of(wrong[0].setting.key)),
                setting=_(wrong[0].setting.label),
                problem=sentence(wrong[0].problem),
            )
            self.status.configure(text=told, style="Error.TLabel")
        elif changed:
            count = len(changed)
            text = ngettext("{n} unsaved change.", "{n} unsaved changes.", count)
            self.status.configure(text=text.format(n=count), style="Muted.TLabel")
        else:
            self.status.configure(text="")
